"""What counts of an op of which files tell differently.

Only a laptop that is broken, or was tampered with, says two things under one id; a copied one may
send the same thing twice, once with values that were erased since taken out. Each file's telling is
kept, and what counts is what all of them say that came in time (`db.precedence`): no more of it can
be laid at the author's door, and it does not hang on which came first.

That holds with erasures too, because it is decided slot by slot. A telling of which a field was
scrubbed has no say in that field and loses none in the others; where an erasure takes a field of
the op, it takes it out of every telling. So scrubbing before another telling comes leaves what
scrubbing after it would, and nothing has to be remembered of what is gone, not even a hash.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from db import claims
from db.changes import Op, packed, same_content
from db.claims import Logged
from db.connection import Connection
from db.erasing import MOVED, RIGHT, SCRUBBED, field_of_slot, is_mark, is_scrubbed, right_of
from db.precedence import Order
from db.standing import Claim, Source

Key = tuple[int, int]
"""Row key of a change set, and the index in it."""

Leaves = Callable[[Op, Mapping[str, Sequence[str]]], tuple[dict[str, Any], dict[str, Any]]]
"""From an op, and what it counts as having seen, to what erasures leave of it."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Tellings of one op, which of them have a say, and what counts of them."""

    tellings: tuple[Claim, ...]
    says: tuple[bool, ...]
    counts: Claim


def with_telling(order: Order, known: Sequence[Claim], came: Claim) -> tuple[Claim, ...]:
    """What is told of an op after one telling more.

    Two that are whole and say the same are one, of the first of their files. Of one file there is
    one telling of a place: what all its copies say, of which some may be bare.
    """
    came = _placed(order, came, known)
    rest = [_placed(order, each, [came]) for each in known]
    for each in list(rest):
        if each.source == came.source and order.of_place(each.op) == order.of_place(came.op):
            came = replace(came, op=agreed([each.op, came.op], order.parent(came.op.kind)))
            rest.remove(each)
    if not is_scrubbed(came.op.values):
        for each in [each for each in rest if same_content(each.op, came.op)]:
            came = replace(came, source=order.first(each.source, came.source))
            rest.remove(each)
    return tuple(sorted([*rest, came], key=lambda each: (_sha(each), order.of_place(each.op))))


def weighed(order: Order, tellings: Sequence[Claim]) -> Weighed:
    """What counts: of those that came in time, about the first place, what they agree on."""
    late = [order.late(each.source) for each in tellings]
    places = [order.of_place(each.op) for each in tellings]
    first = min(zip(late, places, strict=True))
    says = tuple(both == first for both in zip(late, places, strict=True))
    heard = [each for each, has_say in zip(tellings, says, strict=True) if has_say]
    source = heard[0].source
    for each in heard[1:]:
        source = order.first(source, each.source)
    op = agreed([each.op for each in heard], order.parent(heard[0].op.kind))
    counts = replace(heard[0], op=op, source=source)
    return Weighed(tuple(tellings), says, counts)


def bared(found: Weighed, order: Order, leaves: Leaves) -> Weighed:
    """The same after scrubbing: what an erasure takes of what counts, it takes of every telling."""
    seen = found.counts.op.supersedes
    tellings = []
    for each, has_say in zip(found.tellings, found.says, strict=True):
        values, named = leaves(each.op, seen if has_say else each.op.supersedes)
        tellings.append(replace(each, op=replace(each.op, values=values, supersedes=named)))
    return weighed(order, tellings)


def agreed(ops: Sequence[Op], parent: str = "") -> Op:
    """What all of these say, slot by slot. Who was scrubbed of a field has no say in it.

    That something is erased holds when any of them says so: an erasure is never taken back.
    `parent` is the field that says to what the record belongs: scrubbing an op whole leaves it.
    """
    first = ops[0]
    if all(same_content(first, other) for other in ops[1:]):
        return first
    because = {op.because for op in ops}
    return replace(
        first,
        values=_values(ops, parent),
        supersedes=_supersedes(ops),
        creates=all(op.creates for op in ops),
        because=because.pop() if len(because) == 1 else "",
    )


def contradict(one: Claim, other: Claim) -> bool:
    """Do two tellings differ in more than what was scrubbed?"""
    if (one.op.kind, one.op.record) != (other.op.kind, other.op.record):
        return True
    if one.op.compartment != other.op.compartment and one.op.compartment and other.op.compartment:
        return True
    both = agreed([one.op, other.op])
    return not (_holds(both, one.op) and _holds(both, other.op))


def same_but_for_marks(one: Op, other: Op) -> bool:
    """Do two ops of one id come to the same, whatever is noted of what was scrubbed?"""
    return same_content(_unmarked(one), _unmarked(other))


def _placed(order: Order, claim: Claim, others: Sequence[Claim]) -> Claim:
    """A telling from before ops said their compartment lies where the others do."""
    if claim.op.compartment:
        return claim
    about = (claim.op.kind, claim.op.record)
    known = [o.op for o in others if o.op.compartment and (o.op.kind, o.op.record) == about]
    if not known:
        return claim
    there = min(known, key=order.of_place).compartment
    return replace(claim, op=replace(claim.op, compartment=there))


def _sha(claim: Claim) -> str:
    return claim.source.sha256 if claim.source is not None else ""


def _values(ops: Sequence[Op], parent: str) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for slot in {slot for op in ops for slot in op.values}:
        said = [op.values[slot] for op in ops if slot in op.values]
        if not is_mark(slot):
            same = len({packed(value) for value in said}) == 1
            if same and all(slot in op.values or _may_have_said(op, slot, parent) for op in ops):
                kept[slot] = said[0]
        elif slot == SCRUBBED:
            if len(said) == len(ops):
                kept[slot] = 1
        elif slot.startswith(f"{SCRUBBED}:"):
            if all(is_scrubbed(op.values, slot.partition(":")[2]) for op in ops):
                kept[slot] = 1
        elif not slot.startswith(RIGHT):
            kept[slot] = min(said, key=packed)
    return kept | dict.fromkeys(_rights(ops, kept), 1)


def _may_have_said(op: Op, slot: str, parent: str) -> bool:
    """May an op have said something in a slot before it was scrubbed?"""
    name = field_of_slot(slot)
    if name == parent:
        return f"{SCRUBBED}:{name}" in op.values
    return is_scrubbed(op.values, name)


def _rights(ops: Sequence[Op], kept: Mapping[str, Any]) -> set[str]:
    """The marks of erased names that each of these left or would leave, but of one that stays."""
    key = ops[0].id
    marks = {slot for op in ops for slot in op.values if slot.startswith(RIGHT)}
    for op in ops if marks else ():
        marks &= set(op.values) | _named(key, op.values)
    return marks - _named(key, kept) if marks else marks


def _named(key: str, values: Mapping[str, Any]) -> set[str]:
    return {right_of(key, value) for value in values.values() if isinstance(value, str)}


def _supersedes(ops: Sequence[Op]) -> dict[str, list[str]]:
    kept: dict[str, list[str]] = {}
    for slot in {slot for op in ops for slot in op.supersedes}:
        said = [
            list(op.supersedes.get(slot, ()))
            for op in ops
            if slot in op.supersedes or not _is_bare_of(op, slot)
        ]
        if all(keys == said[0] for keys in said):
            kept[slot] = said[0]
        elif common := set(said[0]).intersection(*said[1:]):
            kept[slot] = sorted(common)
    return kept


def _is_bare_of(op: Op, slot: str) -> bool:
    """Was what an op replaced in a slot scrubbed, if it replaced anything?"""
    return slot != MOVED and not is_mark(slot) and is_scrubbed(op.values, field_of_slot(slot))


def _holds(full: Op, part: Op) -> bool:
    here, there = _unmarked(full), _unmarked(part)
    same = (here.creates, here.because) == (there.creates, there.because)
    if {slot for slot in here.values if is_mark(slot)} != {s for s in there.values if is_mark(s)}:
        return False
    return same and all(
        slot in here.values and packed(here.values[slot]) == packed(value)
        for slot, value in there.values.items()
    ) and all(
        list(here.supersedes.get(slot, ())) == list(keys) for slot, keys in there.supersedes.items()
    )  # fmt: skip


def _unmarked(op: Op) -> Op:
    values = {s: value for s, value in op.values.items() if not s.startswith((SCRUBBED, RIGHT))}
    return replace(op, values=values)


# -- in the store ------------------------------------------------------------------------------


def are_any(connection: Connection) -> bool:
    """Is there any op of which files tell differently?"""
    return connection.execute("SELECT 1 FROM telling LIMIT 1").fetchone() is not None


_COLUMNS = (
    "t.change_set, t.idx, lower(hex(c.id)), c.device, c.officer, c.ms, c.counter, c.why, "
    "lower(hex(c.undoes)), c.roster_head, t.kind, lower(hex(t.record)), t.body, t.supersedes, "
    "t.compartment, t.creates, t.because, t.source, s.device, s.incarnation, s.seq, s.sha256, "
    "t.says"
)
_TABLES = (
    "FROM telling t JOIN change_set c ON c.pk = t.change_set LEFT JOIN source s ON s.pk = t.source"
)


def stored(
    connection: Connection, where: str = "", params: Sequence[Any] = ()
) -> Iterator[tuple[Key, Claim, bool]]:
    """The tellings for which `where` holds, of `t`, `c` (change set) and `s` (file): which op's,
    what it says, and whether it has a say."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} {_TABLES} {where} "
        "ORDER BY t.change_set, t.idx, coalesce(s.sha256, ''), t.compartment, t.kind, t.record",
        params,
    ).fetchall()
    for row in rows:
        op = Op(
            row[2], row[1], row[10], row[11], json.loads(row[12]),
            json.loads(row[13]) if row[13] else {}, row[14], bool(row[15]), row[16],
        )  # fmt: skip
        source = Source(*row[18:22]) if row[17] else None
        yield (row[0], row[1]), Claim(claims.head_of(row[2:10]), op, source), bool(row[22])


def by_keys(connection: Connection, keys: Iterable[Key]) -> dict[Key, tuple[Claim, ...]]:
    """The tellings of these ops, of those of which files tell differently."""
    found: dict[Key, list[Claim]] = {}
    for key in keys:
        some = stored(connection, "WHERE t.change_set = ? AND t.idx = ?", key)
        for _, claim, _ in some:
            found.setdefault(key, []).append(claim)
    return {key: tuple(told) for key, told in found.items()}


def own(connection: Connection, item: Logged) -> Op:
    """What this laptop itself says of an op of its own, to be sent."""
    some = stored(connection, "WHERE t.change_set = ? AND t.idx = ?", item.key)
    told = [claim for _, claim, _ in some]
    for claim in told:
        if claim.source in (None, item.claim.source):
            return claim.op
    return item.claim.op


def all_in(
    connection: Connection, where: str, compartments: Collection[str] | None
) -> list[tuple[Key, Claim]]:
    """Every telling there is in these compartments, for whose change set `where` holds."""
    return [
        (key, claim)
        for key, claim, _ in stored(connection, f"WHERE {where}")
        if compartments is None or claim.op.compartment in compartments
    ]


def write(
    connection: Connection, key: Key, found: Weighed, source_pk: Callable[[Any], int]
) -> None:
    """Keep the tellings of an op. A single one is in the log already."""
    drop(connection, *key)
    if len(found.tellings) < 2:
        return
    connection.executemany(
        "INSERT INTO telling(change_set, idx, source, record, kind, body, supersedes, compartment, "
        "creates, because, says) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *key, source_pk(claim.source), bytes.fromhex(claim.op.record), claim.op.kind,
                packed(claim.op.values),
                packed(claim.op.supersedes) if claim.op.supersedes else None,
                claim.op.compartment, claim.op.creates, claim.op.because, says,
            )
            for claim, says in zip(found.tellings, found.says, strict=True)
        ],
    )  # fmt: skip


def drop(connection: Connection, set_pk: int, index: int | None = None) -> None:
    """Forget the tellings of an op, or of a whole change set."""
    if index is None:
        connection.execute("DELETE FROM telling WHERE change_set = ?", (set_pk,))
    else:
        connection.execute("DELETE FROM telling WHERE change_set = ? AND idx = ?", (set_pk, index))


__all__ = [
    "Weighed",
    "agreed",
    "all_in",
    "are_any",
    "bared",
    "by_keys",
    "contradict",
    "drop",
    "own",
    "same_but_for_marks",
    "stored",
    "weighed",
    "with_telling",
    "write",
]
