"""Ops as they are kept in the log, with all that is known of each, read and written in bulk.

Functions on a connection; none of them begins a transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from db.changes import BIN, ChangeSetHead, Op, packed
from db.connection import Connection
from db.erasing import is_mark
from db.record import Registry
from db.standing import COUNTING, Claim, Source, Standing, Verdict

_T = TypeVar("_T")

AT_ONCE = 400
"""How many ids one statement asks for."""

_COLUMNS = (
    "lower(hex(c.id)), c.device, c.officer, c.ms, c.counter, c.why, lower(hex(c.undoes)), "
    "c.roster_head, o.idx, CASE o.kind WHEN '' THEN r.kind ELSE o.kind END, lower(hex(r.id)), "
    "o.body, o.supersedes, o.compartment, o.creates, o.because, o.source, s.device, "
    "s.incarnation, s.seq, s.sha256, o.standing, o.reason, o.change_set, o.record"
)
_JOINS = (
    "JOIN change_set c ON c.pk = o.change_set JOIN record r ON r.pk = o.record "
    "LEFT JOIN source s ON s.pk = o.source"
)

FINISHED = "(c.finished IS NOT NULL OR NOT c.here)"
"""Leaves out what an import that is still running has written."""


@dataclass(frozen=True, slots=True)
class Logged:
    """An op in the log: row keys of its change set and its record, and what it comes to."""

    set_pk: int
    record_pk: int
    claim: Claim
    standing: Standing

    @property
    def key(self) -> tuple[int, int]:
        """Row key of the change set, and the index in it."""
        return self.set_pk, self.claim.op.index


def logged(
    connection: Connection,
    registry: Registry,
    where: str,
    params: Sequence[Any] = (),
    *,
    start: str = "FROM op o",
) -> Iterator[Logged]:
    """The ops for which `where` holds, of `o` (op), `c` (change set), `r` (record)."""
    rows = connection.execute(f"SELECT {_COLUMNS} {start} {_JOINS} {where}", params)
    for row in rows:
        yield _logged(registry, row)


def _logged(registry: Registry, row: Sequence[Any]) -> Logged:
    head = head_of(row)
    kind, compartment = row[9], row[13]
    if not compartment and kind in registry:  # written before ops said it
        compartment = registry[kind].meta.compartment
    op = Op(
        row[0], row[8], kind, row[10], json.loads(row[11]), json.loads(row[12]) if row[12] else {},
        compartment, bool(row[14]), row[15] or "",
    )  # fmt: skip
    source = Source(*row[17:21]) if row[16] else None
    standing = Standing(Verdict(row[21]), row[22]) if row[21] else COUNTING
    return Logged(row[23], row[24], Claim(head, op, source), standing)


def head_of(row: Sequence[Any]) -> ChangeSetHead:
    """An envelope from columns in its own order, ids in hexadecimal."""
    set_id, device, officer, ms, counter, why, undoes, roster_head = row[:8]
    return ChangeSetHead(set_id, device, officer, ms, counter, why, undoes or None, roster_head)


def by_keys(
    connection: Connection, registry: Registry, keys: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], Logged]:
    """The ops of these (row key of the change set, index) that are here."""
    found: dict[tuple[int, int], Logged] = {}
    for some in pieces(keys):
        marks = ", ".join(["(?, ?)"] * len(some))
        rows = logged(
            connection, registry, "", [part for key in some for part in key],
            start=f"FROM (VALUES {marks}) v CROSS JOIN op o ON o.change_set = v.column1 "
            "AND o.idx = v.column2",
        )  # fmt: skip
        found.update(((item.set_pk, item.claim.op.index), item) for item in rows)
    return found


def citing(connection: Connection, registry: Registry, ids: Sequence[str]) -> Iterator[Logged]:
    """The ops that name one of these as the reason for their author's right."""
    some_cite = connection.execute("SELECT 1 FROM op WHERE because IS NOT NULL LIMIT 1").fetchone()
    for some in pieces(ids) if some_cite else ():
        marks = ", ".join("?" * len(some))
        yield from logged(connection, registry, f"WHERE o.because IN ({marks})", some)


def about(connection: Connection, registry: Registry, pks: Sequence[int]) -> Iterator[Logged]:
    """Every op about these records."""
    for some in pieces(pks):
        marks = ", ".join("?" * len(some))
        yield from logged(connection, registry, f"WHERE o.record IN ({marks})", some)


def set_standings(connection: Connection, changed: Iterable[tuple[Logged, Standing]]) -> None:
    """Note what these ops come to now."""
    connection.executemany(
        "UPDATE op SET standing = ?, reason = ? WHERE change_set = ? AND idx = ?",
        [(int(now.verdict), now.reason, item.set_pk, item.claim.op.index) for item, now in changed],
    )


def source_pk(connection: Connection, source: Source | None) -> int:
    """The row key of a file, noted when it is first named; 0 for none."""
    if source is None:
        return 0
    row = connection.execute("SELECT pk FROM source WHERE sha256 = ?", (source.sha256,)).fetchone()
    if row is not None:
        return int(row[0])
    cursor = connection.execute(
        "INSERT INTO source(device, incarnation, seq, sha256) VALUES (?, ?, ?, ?)",
        (source.device, source.incarnation, source.seq, source.sha256),
    )
    return int(cursor.lastrowid)


def earlier(one: Source | None, other: Source | None) -> Source | None:
    """Of two files that hold one op, the one that counts as having brought it."""
    if one is None or other is None:
        return one or other
    return min(one, other, key=lambda s: (s.seq, s.incarnation, s.sha256))


def is_unread(registry: Registry, op: Op) -> bool:
    """Does an op hold anything that this release does not know?"""
    if op.kind not in registry:
        return True
    specs = registry[op.kind].specs()
    for slot in op.values:
        if slot in specs or slot.partition(":")[0] in specs or slot == BIN or is_mark(slot):
            continue
        return True
    return False


def row_of(
    set_pk: int, record_pk: int, op: Op, *, kind: str, standing: Standing, source: int, unread: bool
) -> tuple[Any, ...]:
    """An op as `INSERT_OP` takes it. `kind` is that of its record."""
    return (
        set_pk, op.index, record_pk, packed(op.values),
        packed(op.supersedes) if op.supersedes else None, unread,
        "" if op.kind == kind else op.kind, op.compartment, int(standing.verdict),
        standing.reason, source, op.creates, op.because or None,
    )  # fmt: skip


INSERT_OP = (
    "INSERT INTO op(change_set, idx, record, body, supersedes, unread, kind, compartment, "
    "standing, reason, source, creates, because) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def pieces(items: Sequence[_T], size: int = AT_ONCE) -> Iterator[Sequence[_T]]:
    """`items` in runs of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
