"""The whole history as lines of JSON: each op with its envelope and the file that it came in.

A snapshot's lines follow the records, not the authors, so that a new laptop works each record out
once. Envelopes and files are told when they are first needed and named by a number after that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from db.changes import ChangeSetHead, Op
from db.fields import ID
from db.standing import Source
from engage_desktop.sync.cores import HASH, count, matching
from engage_desktop.sync.errors import refused
from engage_desktop.sync.lines import end_line, head_line, line_of, read_head, read_op

Item = tuple[ChangeSetHead, Op, Source | None]


def write_items(items: Iterable[Item]) -> Iterator[bytes]:
    """The lines of one part, its end included."""
    heads: dict[str, int] = {}
    sources: dict[str, int] = {}
    total = 0
    for head, op, source in items:
        if source is not None and source.sha256 not in sources:
            sources[source.sha256] = len(sources) + 1
            row = [source.device, source.incarnation, source.seq, source.sha256]
            yield line_of(["file", *row])
        if head.id not in heads:
            heads[head.id] = len(heads)
            yield head_line(head)
        number = sources[source.sha256] if source is not None else 0
        supersedes = {slot: list(keys) for slot, keys in op.supersedes.items()}
        row = [op.index, op.kind, op.record, dict(op.values), supersedes, op.creates, op.because]
        yield line_of(["op", heads[head.id], number, *row])
        total += 1
    yield end_line(total)


def read_items(lines: Iterable[bytes], compartment: str) -> Iterator[Item]:
    """What `write_items` wrote. Raises `Refused`: content."""
    heads: list[ChangeSetHead] = []
    sources: list[Source | None] = [None]
    total, ended = 0, False
    for line in lines:
        try:
            row = json.loads(line)
            if ended:
                raise ValueError("nothing follows the end")
            match row:
                case ["op", int(at), int(came_in), *rest] if at >= 0 and came_in >= 0:
                    head, source = heads[at], sources[came_in]
                    op = read_op(head.id, rest, compartment)
                    total += 1
                case ["set", *rest]:
                    heads.append(read_head(rest))
                    continue
                case ["file", *rest]:
                    sources.append(_source(rest))
                    continue
                case ["end", int(said)] if said == total:
                    ended = True
                    continue
                case _:
                    raise ValueError("not a line of ours")
        except (ValueError, TypeError, IndexError, RecursionError):
            raise refused("content") from None
        yield head, op, source
    if not ended:
        raise refused("content")


def _source(row: list[Any]) -> Source:
    device, incarnation, seq, sha = row
    return Source(matching(ID, device), matching(ID, incarnation), count(seq), matching(HASH, sha))
