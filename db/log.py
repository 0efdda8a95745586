"""Reading the log of change sets: what sync sends, what an officer sees as history.

Functions on the writer's connection; none of them begins a transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from db import tellings
from db.changes import AGAIN, BIN, SEEN, ChangeSetHead, Conflict, HistoryEntry, Op, Version, packed
from db.claims import AT_ONCE, Logged, logged, source_pk
from db.connection import Connection
from db.erasing import is_mark
from db.merge import OpView
from db.record import Registry
from db.standing import AsideOp, Source, Verdict
from db.writer import Writer


def latest_stamp(connection: Connection, until_ms: int) -> tuple[int, int]:
    """The latest (ms, counter) this laptop has written or followed.

    A colleague's stamp after `until_ms` was not followed, or one wrong clock would lead them all.
    """
    row = connection.execute(
        "SELECT ms, counter FROM change_set WHERE here OR ms <= ? "
        "ORDER BY ms DESC, counter DESC LIMIT 1",
        (until_ms,),
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def unfinished(connection: Connection) -> list[tuple[int, str]]:
    """(row key, why) of this laptop's change sets that were cut off."""
    rows = connection.execute("SELECT pk, why FROM change_set WHERE here AND finished IS NULL")
    return [(int(pk), str(why)) for pk, why in rows]


def finish(connection: Connection, set_pk: int) -> None:
    """Give a change set its arrival number: from now on it counts, and is sent."""
    connection.execute(
        "UPDATE change_set SET finished = (SELECT coalesce(max(finished), 0) + 1 FROM change_set) "
        "WHERE pk = ?",
        (set_pk,),
    )


def drop_set(connection: Connection, set_pk: int) -> list[int]:
    """Delete an unfinished change set; the row keys of the records it touched."""
    rows = connection.execute("SELECT DISTINCT record FROM op WHERE change_set = ?", (set_pk,))
    pks = [int(row[0]) for row in rows]
    connection.execute("DELETE FROM op WHERE change_set = ?", (set_pk,))
    tellings.drop(connection, set_pk)
    connection.execute("DELETE FROM change_set WHERE pk = ?", (set_pk,))
    return pks


def own_ops(
    connection: Connection, registry: Registry, arrival: int, index: int, limit: int
) -> list[tuple[int, ChangeSetHead, Op]]:
    """(arrival, envelope, op) of this laptop's finished change sets after (`arrival`, `index`)."""
    found = logged(
        connection, registry,
        "WHERE c.here AND c.finished >= ? AND (c.finished > ? OR o.idx > ?) "
        "ORDER BY c.finished, o.idx LIMIT ?",
        (arrival, arrival, index, limit),
    )  # fmt: skip
    numbers: dict[int, int] = {}
    ops: list[tuple[int, ChangeSetHead, Op]] = []
    differing = tellings.are_any(connection)
    for item in found:
        if item.set_pk not in numbers:
            numbers[item.set_pk] = _arrival(connection, item.set_pk)
        op = tellings.own(connection, item) if differing else item.claim.op
        ops.append((numbers[item.set_pk], item.claim.head, op))
    return ops


def _arrival(connection: Connection, set_pk: int) -> int:
    row = connection.execute("SELECT finished FROM change_set WHERE pk = ?", (set_pk,)).fetchone()
    return int(row[0])


def set_source(connection: Connection, after: int, upto: int, source: Source) -> None:
    """Note the file that holds own change sets with arrival numbers in (`after`, `upto`]."""
    for table in ("op", "telling"):
        connection.execute(
            f"UPDATE {table} SET source = ? WHERE source = 0 AND change_set IN "
            "(SELECT pk FROM change_set WHERE here AND finished > ? AND finished <= ?)",
            (source_pk(connection, source), after, upto),
        )


def to_judge(
    connection: Connection,
    registry: Registry,
    devices: Sequence[str] | None,
    after: tuple[int, int],
) -> list[Logged]:
    """Some of the ops that wait, are by these laptops (None: any) or about records that these wrote
    down, after a position in the log.

    Those of an import that is still running are among them.
    """
    where = "(o.change_set, o.idx) > (?, ?)"
    params: list[object] = [*after]
    if devices is not None and not devices:
        where += (
            f" AND o.standing <> 0 AND o.standing = {Verdict.WAITING:d}"  # of few: by the index
        )
    elif devices is not None:
        marks = ", ".join("?" * len(devices))
        where += (
            f" AND (o.standing = {Verdict.WAITING:d} OR c.device IN ({marks}) OR o.record IN "
            "(SELECT w.record FROM op w JOIN change_set m ON m.pk = w.change_set "
            f"WHERE w.creates AND m.device IN ({marks})))"
        )
        params += [*devices, *devices]
    where = f"WHERE {where} ORDER BY o.change_set, o.idx LIMIT {AT_ONCE}"
    return list(logged(connection, registry, where, params))


def set_aside(connection: Connection, registry: Registry) -> list[AsideOp]:
    """The ops that do not count, newest first. One about a record of which nothing counts is called
    by what it says itself."""
    rows = connection.execute(
        "SELECT CASE o.kind WHEN '' THEN r.kind ELSE o.kind END, lower(hex(r.id)), r.title, "
        "c.officer, c.device, c.ms, c.why, o.standing, o.reason, lower(hex(c.id)) || ':' || o.idx, "
        "o.body "
        "FROM op o JOIN change_set c ON c.pk = o.change_set JOIN record r ON r.pk = o.record "
        "WHERE o.standing <> 0 ORDER BY c.ms DESC, c.counter DESC, c.id, o.idx DESC"
    )
    return [
        AsideOp(kind, record_id, title or _said(registry, kind, body), officer, device, ms, why,
                Verdict(verdict), reason, op)
        for kind, record_id, title, officer, device, ms, why, verdict, reason, op, body in rows
    ]  # fmt: skip


def _said(registry: Registry, kind: str, body: str) -> str:
    return registry[kind].short_title(json.loads(body)) if kind in registry else ""


def is_nearly_bare(connection: Connection) -> bool:
    """Are there few change sets yet, whoever's, as on a new laptop?"""
    query = "SELECT count(*) FROM (SELECT 1 FROM change_set LIMIT ?)"
    return bool(connection.execute(query, (AT_ONCE,)).fetchone()[0] < AT_ONCE)


def is_bare(connection: Connection) -> bool:
    """Was nothing ever written here, and did nothing come?"""
    query = "SELECT EXISTS (SELECT 1 FROM change_set) OR EXISTS (SELECT 1 FROM record)"
    return not connection.execute(query).fetchone()[0]


def conflict_count(connection: Connection) -> int:
    """How many fields hold more than one version."""
    return int(connection.execute("SELECT count(*) FROM conflict").fetchone()[0])


def conflicts(connection: Connection, writer: Writer, only: int | None = None) -> list[Conflict]:
    """Every conflict with its versions, latest first; or those of one record, by its row key."""
    found: list[Conflict] = []
    where, params = ("", ()) if only is None else ("WHERE c.record = ? ", (only,))
    rows = connection.execute(
        "SELECT c.record, c.slot, r.kind, lower(hex(r.id)), r.title FROM conflict c "
        f"JOIN record r ON r.pk = c.record {where}ORDER BY c.record DESC, c.slot",
        params,
    ).fetchall()
    for pk, slot, kind, record_id, title in rows:
        if not _is_known(writer.registry, kind, slot):
            continue
        state = writer.state(pk)
        if slot == BIN:
            versions = _bin_versions(connection, state.heads)
        else:
            said = {op.key: op for op in state.ops}
            heads = state.heads.get(slot, [])
            versions = [
                _version(connection, op.key, op.values[slot], _first(op, slot, said))
                for op in heads
            ]
        found.append(Conflict(kind, record_id, title, slot, tuple(versions)))
    return found


def count_conflicts(connection: Connection, registry: Registry) -> int:
    """How many `conflicts` there are, without working out what stands in each."""
    rows = connection.execute(
        "SELECT r.kind, c.slot, count(*) FROM conflict c JOIN record r ON r.pk = c.record "
        "GROUP BY r.kind, c.slot"
    )
    return sum(count for kind, slot, count in rows if _is_known(registry, kind, slot))


def _is_known(registry: Registry, kind: str, slot: str) -> bool:
    """Can this release ask an officer about it? A newer release's fields wait for the upgrade."""
    return kind in registry and (slot == BIN or slot.partition(":")[0] in registry[kind].specs())


def _bin_versions(connection: Connection, heads: dict[str, Any]) -> list[Version]:
    deletions = [op for op in heads.get(BIN, []) if op.values[BIN]]
    seen = {key for op in deletions for key in op.supersedes.get(SEEN, ())}
    edits = {op.key: op for ops in heads.values() for op in ops if op.key not in seen}
    edits = {key: op for key, op in edits.items() if op not in deletions}
    return [_version(connection, op.key, True, op.key) for op in deletions] + [
        _version(connection, op.key, False, op.key)
        for op in sorted(edits.values(), key=lambda op: op.stamp, reverse=True)
    ]


def binned_by_undo(connection: Connection, writer: Writer, pk: int) -> bool:
    """Was a record put in the bin by taking its making back?"""
    state = writer.state(pk)
    binning = [op for op in state.heads.get(BIN, []) if op.values[BIN]]
    by_key = {op.key: op for op in state.ops}
    return bool(binning) and all(_unmade(connection, op, by_key) for op in binning)


def _unmade(connection: Connection, op: OpView, by_key: Mapping[str, OpView]) -> bool:
    """Does this op bin a record by undoing its making, and not by undoing its rescue?"""
    row = connection.execute(
        "SELECT lower(hex(undoes)) FROM change_set WHERE id = ?", (bytes.fromhex(op.key[:32]),)
    ).fetchone()
    if not row[0]:
        return False
    undone = [other for key, other in by_key.items() if key[:32] == row[0] and BIN in other.values]
    rescued = [by_key[k] for other in undone for k in other.supersedes.get(BIN, ()) if k in by_key]
    return all(_unmade(connection, earlier, by_key) for earlier in rescued if earlier.values[BIN])


def _first(op: OpView, slot: str, said: Mapping[str, OpView]) -> str:
    """The op that first said this version: what an undo says again stays whose it was.

    Believed only of an op that is here and says just this.
    """
    key = next(iter(op.supersedes.get(AGAIN + slot, ())), "")
    first = said.get(key)
    if first is None or slot not in first.values:
        return op.key
    return key if packed(first.values[slot]) == packed(op.values[slot]) else op.key


def _version(connection: Connection, key: str, value: Any, first: str) -> Version:
    row = connection.execute(
        "SELECT officer, ms FROM change_set WHERE id = ?", (bytes.fromhex(first[:32]),)
    ).fetchone()
    return Version(value, str(row[0]), int(row[1]), key)


def history(connection: Connection, pk: int) -> list[HistoryEntry]:
    """Every change of one record that counts, newest first."""
    rows = connection.execute(
        "SELECT c.ms, c.officer, c.why, lower(hex(c.id)), o.body FROM op o "
        "JOIN change_set c ON c.pk = o.change_set WHERE o.record = ? AND o.standing = 0 "
        "ORDER BY c.ms DESC, c.counter DESC, o.idx DESC",
        (pk,),
    )
    return [
        HistoryEntry(ms, who, why, set_id, json.loads(body)) for ms, who, why, set_id, body in rows
    ]


def unread_records(connection: Connection) -> list[int]:
    """Records with ops that an earlier release could not understand."""
    rows = connection.execute("SELECT DISTINCT record FROM op WHERE unread")
    return [int(row[0]) for row in rows]


def mark_read(connection: Connection, registry: Registry) -> None:
    """Note which of those ops this release understands."""
    kinds: Iterable[str] = registry.names()
    for kind in kinds:
        known = set(registry[kind].specs()) | {BIN}
        rows = connection.execute(
            "SELECT o.change_set, o.idx, o.body FROM op o JOIN record r ON r.pk = o.record "
            "WHERE o.unread AND CASE o.kind WHEN '' THEN r.kind ELSE o.kind END = ?",
            (kind,),
        ).fetchall()
        for set_pk, index, body in rows:
            if all(slot.partition(":")[0] in known or is_mark(slot) for slot in json.loads(body)):
                connection.execute(
                    "UPDATE op SET unread = 0 WHERE change_set = ? AND idx = ?", (set_pk, index)
                )


def set_setting(connection: Connection, name: str, value: Any) -> None:
    """Keep a small JSON value."""
    connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, packed(value)))


def set_secret(connection: Connection, name: str, value: bytes) -> None:
    """Keep a credential."""
    connection.execute("INSERT OR REPLACE INTO secret VALUES (?, ?)", (name, value))
