"""Change sets as lines of JSON, and back.

One line opens a change set; a line for each of its ops follows; a last line counts the ops. A
change set that spans compartments opens in each of its parts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from db.changes import ChangeSetHead, Op, device_mark
from db.fields import ID
from engage_desktop.sync.errors import refused

_OP = re.compile(r"[0-9a-f]{32}:\d{1,9}")
_KIND = re.compile(r"[a-z][a-z_]{0,60}")
_MOST_MS = 1 << 48
_MOST_COUNTER = 1 << 32
_MOST_WORDS = 100_000
"""Characters of a slot, a reason or a name: beyond what any screen or file here produces."""


def head_line(head: ChangeSetHead) -> bytes:
    """The line that opens a change set."""
    return line_of(["set", *head_row(head)])


def head_row(head: ChangeSetHead) -> list[Any]:
    """An envelope as `read_head` takes it."""
    return [
        head.id, head.device, head.officer, head.ms, head.counter, head.why, head.undoes,
        head.roster_head,
    ]  # fmt: skip


def op_line(op: Op) -> bytes:
    """The line of one op of the change set that was opened last."""
    supersedes = {slot: list(keys) for slot, keys in op.supersedes.items()}
    row = ["op", op.index, op.kind, op.record, dict(op.values), supersedes]
    if op.creates or op.because:
        row += [op.creates, op.because]
    return line_of(row)


def end_line(ops: int) -> bytes:
    """The last line of a part."""
    return line_of(["end", ops])


def line_of(value: list[Any]) -> bytes:
    """One line of JSON with its end."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def read_lines(
    lines: Iterable[bytes], device: str, officer: str, compartment: str = ""
) -> Iterator[tuple[ChangeSetHead, Op]]:
    """The ops of a compartment's part that `officer`'s laptop `device` wrote.

    Raises `Refused`: content (not of the form above, or one op twice), author (in another's name,
    or under an id that only another laptop gives: whoever has not that laptop's file, because it
    is held, would believe this one, and whoever has it would not).
    """
    head: ChangeSetHead | None = None
    mark = device_mark(device)
    seen: set[str] = set()
    ended = False
    for line in lines:
        try:
            row = json.loads(line)
            if ended:
                raise ValueError("nothing follows the end")
            match row:
                case ["set", *rest]:
                    head = read_head(rest)
                case ["op", *rest] if head is not None:
                    op = read_op(head.id, rest, compartment)
                    if op.id in seen:
                        raise ValueError("a file says an op once")
                    seen.add(op.id)
                case ["end", int(total)] if total == len(seen):
                    ended = True
                    continue
                case _:
                    raise ValueError("not a line of ours")
        except (ValueError, TypeError, RecursionError):
            raise refused("content") from None
        if head.device != device or head.officer != officer or not head.id.startswith(mark):
            raise refused("author")
        if row[0] == "op":
            yield head, op
    if not ended:
        raise refused("content")


def read_head(row: list[Any], *, clean: bool = False) -> ChangeSetHead:
    """The envelope of a row. Raises `ValueError` or `TypeError` for any other form.

    `clean` says that the texts are known to hold neither a NUL nor half of a character.
    """
    set_id, device, officer, ms, counter, why, undoes, roster_head = row
    _check(_matches(ID, set_id) and _matches(ID, device))
    _check(undoes is None or _matches(ID, undoes))
    for text in (officer, why, roster_head):
        _check(isinstance(text, str) and len(text) <= _MOST_WORDS)
        if not clean:
            text.encode()
    _check(_number(ms, _MOST_MS) and _number(counter, _MOST_COUNTER))
    return ChangeSetHead(set_id, device, officer, ms, counter, why, undoes, roster_head)


def read_op(change_set: str, row: list[Any], compartment: str = "", *, clean: bool = False) -> Op:
    """The op of a row. Raises `ValueError` or `TypeError` for any other form.

    `clean` says that the texts are known to hold neither a NUL nor half of a character.
    """
    index, kind, record, values, supersedes, *claims = row
    creates, because = claims or (False, "")
    _check(isinstance(creates, bool) and (because == "" or _matches(_OP, because)))
    _check(_number(index, 1 << 31) and _matches(_KIND, kind) and _matches(ID, record))
    _check(isinstance(values, dict) and isinstance(supersedes, dict))
    for slot, value in values.items():
        _check_value(value, clean)
        if not slot or len(slot) > _MOST_WORDS:
            raise ValueError("not a slot")
        if not clean:
            slot.encode()  # half a surrogate pair is a ValueError here, not a crash in the store
    for slot, keys in supersedes.items():
        _check(isinstance(keys, list) and all(_matches(_OP, key) for key in keys))
        slot.encode()
    return Op(
        change_set, index, kind, record, values, supersedes,
        compartment=compartment, creates=creates, because=because,
    )  # fmt: skip


def plain_heads(rows: list[Any]) -> bool:
    """Would `read_head` take each of these? False where that is not seen at a glance.

    Column by column: what calls a function for each op costs more than the reading itself. The
    texts are known to hold neither a NUL nor half of a character.
    """
    if not rows:
        return True
    if set(map(len, rows)) != {8}:
        return False
    ids, devices, officers, stamps, counters, whys, undone, rosters = zip(*rows, strict=True)
    return (
        all(map(ID.fullmatch, ids))
        and all(map(ID.fullmatch, set(devices)))
        and all(undo is None or ID.fullmatch(undo) for undo in set(undone))
        and all(
            type(text) is str and len(text) <= _MOST_WORDS
            for text in {*officers, *whys, *rosters}
        )
        and _all_below(stamps, _MOST_MS)
        and _all_below(counters, _MOST_COUNTER)
    )  # fmt: skip


def plain_ops(rows: list[Any]) -> bool:
    """The same for `read_op`, of rows with two places before what it takes."""
    if not rows:
        return True
    if set(map(len, rows)) != {9}:
        return False
    _, _, indexes, kinds, records, values, supersedes, creates, reasons = zip(*rows, strict=True)
    if not (
        _all_below(indexes, 1 << 31)
        and all(map(_KIND.fullmatch, set(kinds)))
        and all(map(ID.fullmatch, records))
        and set(map(type, values)) == {dict}
        and set(map(type, supersedes)) == {dict}
        and set(map(type, creates)) == {bool}
        and all(because == "" or _OP.fullmatch(because) for because in set(reasons))
        and all(0 < len(slot) <= _MOST_WORDS for slot in set(chain.from_iterable(values)))
    ):
        return False
    for value in [v for v in chain.from_iterable(map(dict.values, values)) if type(v) is not str]:
        if value != 1:  # as for every element of a set
            _check_value(value, True)
    for named in filter(None, supersedes):
        for keys in named.values():
            if type(keys) is not list or not all(map(_OP.fullmatch, keys)):
                return False
    return True


def _all_below(numbers: Sequence[Any], limit: int) -> bool:
    """Are these whole numbers, none of them negative or as large as the limit?"""
    return set(map(type, numbers)) == {int} and min(numbers) >= 0 and max(numbers) < limit


def _check_value(value: object, clean: bool) -> None:
    form = type(value)
    if form is str:
        assert isinstance(value, str)
        if not clean:
            value.encode()
            _check("\0" not in value)
    elif form is int:
        assert isinstance(value, int)
        _check(abs(value) < 1 << 63)
    elif form is float:
        assert isinstance(value, float)
        _check(value == value and abs(value) != float("inf"))
    elif value is not None and form is not bool:
        raise ValueError("not a value")


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _number(value: object, limit: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < limit


def _check(holds: bool) -> None:
    if not holds:
        raise ValueError("not of the right form")
