"""The whole history as lines of JSON: some hundred ops at a time, with all that they need.

A snapshot's lines follow the records, not the authors, so that a new laptop works each record out
once. Each line tells the files and the envelopes of its own ops, which name them by their place in
it: a reader never holds more than a line, and reads a line with one call, which costs a third of
reading op by op.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic_core import from_json

from db.changes import ChangeSetHead, Op
from db.fields import ID
from db.pages import Item, Page, items_of
from db.standing import Source
from engage_desktop.sync.cores import count, matching
from engage_desktop.sync.errors import refused
from engage_desktop.sync.lines import (
    end_line,
    head_row,
    line_of,
    plain_heads,
    plain_ops,
    read_head,
    read_op,
)
from engage_desktop.sync.papers import HASH

OPS_IN_LINE = 200
"""How many ops a line holds, at most."""

TEXT_IN_LINE = 1 << 18
"""Characters of values after which a line ends, so that very long texts lie alone."""


class _Line:
    """One line while it is gathered."""

    def __init__(self) -> None:
        self._sources: dict[str, int] = {}
        self._heads: dict[str, int] = {}
        self._files: list[list[Any]] = []
        self._sets: list[list[Any]] = []
        self._ops: list[list[Any]] = []
        self._text = 0

    @property
    def is_full(self) -> bool:
        """Should the next op go into another line?"""
        return len(self._ops) >= OPS_IN_LINE or self._text >= TEXT_IN_LINE

    def add(self, head: ChangeSetHead, op: Op, source: Source | None) -> None:
        """One op more."""
        number = 0
        if source is not None:
            number = self._sources.get(source.sha256, 0)
            if not number:
                self._files.append([source.device, source.incarnation, source.seq, source.sha256])
                number = self._sources[source.sha256] = len(self._files)
        at = self._heads.get(head.id)
        if at is None:
            at = self._heads[head.id] = len(self._sets)
            self._sets.append(head_row(head))
        supersedes = {slot: list(keys) for slot, keys in op.supersedes.items()}
        values = dict(op.values)
        self._ops.append(
            [at, number, op.index, op.kind, op.record, values, supersedes, op.creates, op.because]
        )
        self._text += sum(len(value) for value in values.values() if type(value) is str)

    def written(self) -> bytes:
        """The line itself."""
        return line_of(["ops", self._files, self._sets, self._ops])


def write_items(items: Iterable[Item]) -> Iterator[bytes]:
    """The lines of one part, its end included."""
    line, total = _Line(), 0
    for head, op, source in items:
        total += 1
        if line.is_full:
            yield line.written()
            line = _Line()
        line.add(head, op, source)
    if total:
        yield line.written()
    yield end_line(total)


def read_items(lines: Iterable[bytes], compartment: str) -> Iterator[Item]:
    """What `write_items` wrote. Raises `Refused`: content."""
    for page in read_pages(lines, compartment):
        yield from items_of(page.rows())


def read_pages(lines: Iterable[bytes], compartment: str) -> Iterator[Page]:
    """The same, a line at a time. Raises `Refused`: content."""
    total, ended = 0, False
    for line in lines:
        try:
            row = from_json(line, allow_inf_nan=False, cache_strings="keys")
            if ended:
                raise ValueError("nothing follows the end")
            match row:
                case ["ops", list(files), list(sets), list(ops)]:
                    # What escapes nothing holds no NUL and no half of a character.
                    page = _read(files, sets, ops, compartment, clean=b"\\u" not in line)
                    total += len(ops)
                case ["end", int(said)] if said == total:
                    ended = True
                    continue
                case _:
                    raise ValueError("not a line of ours")
        except (ValueError, TypeError, IndexError, RecursionError):
            raise refused("content") from None
        yield page
    if not ended:
        raise refused("content")


def _read(
    files: list[Any], sets: list[Any], ops: list[Any], compartment: str, *, clean: bool
) -> Page:
    """A line of the right form. Raises `ValueError` or `TypeError` for any other."""
    sources = [None, *map(_source, files)]
    if not (clean and plain_heads(sets) and plain_ops(ops)):
        heads = [read_head(row, clean=clean) for row in sets]
        for at, _, *rest in ops:
            read_op(heads[at].id, rest, compartment, clean=clean)
            if len(rest) != 7:
                raise ValueError("not a row of ours")
    for place, most in ((0, len(sets)), (1, len(sources))):
        places = [row[place] for row in ops]
        if ops and (set(map(type, places)) != {int} or min(places) < 0 or max(places) >= most):
            raise ValueError("not a place in this line")
    return Page(compartment, sources, sets, ops)


def _source(row: list[Any]) -> Source:
    device, incarnation, seq, sha = row
    return Source(matching(ID, device), matching(ID, incarnation), count(seq), matching(HASH, sha))
