"""Reading the log of change sets: what sync sends, what an officer sees as history.

Functions on the writer's connection; none of them begins a transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from db.changes import BIN, SEEN, ChangeSetHead, Conflict, HistoryEntry, Op, Version, packed
from db.connection import Connection
from db.merge import OpView
from db.record import Registry
from db.typed import id_of
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
    connection.execute("DELETE FROM change_set WHERE pk = ?", (set_pk,))
    return pks


def own_ops(
    connection: Connection, arrival: int, index: int, limit: int
) -> list[tuple[int, ChangeSetHead, Op]]:
    """(arrival, envelope, op) of this laptop's finished change sets after (`arrival`, `index`)."""
    found: list[tuple[int, ChangeSetHead, Op]] = []
    rows = connection.execute(
        "SELECT c.finished, lower(hex(c.id)), c.device, c.officer, c.ms, c.counter, c.why, "
        "lower(hex(c.undoes)), c.roster_head, o.idx, r.kind, lower(hex(r.id)), o.body, "
        "o.supersedes FROM change_set c JOIN op o ON o.change_set = c.pk "
        "JOIN record r ON r.pk = o.record WHERE c.here AND c.finished >= ? "
        "AND (c.finished > ? OR o.idx > ?) ORDER BY c.finished, o.idx LIMIT ?",
        (arrival, arrival, index, limit),
    )
    for row in rows:
        undoes = row[7] or None
        head = ChangeSetHead(row[1], row[2], row[3], row[4], row[5], row[6], undoes, row[8])
        body, supersedes = json.loads(row[12]), json.loads(row[13]) if row[13] else {}
        op = Op(row[1], int(row[9]), row[10], row[11], body, supersedes)
        found.append((int(row[0]), head, op))
    return found


def conflict_count(connection: Connection) -> int:
    """How many fields hold more than one version."""
    return int(connection.execute("SELECT count(*) FROM conflict").fetchone()[0])


def state_of(connection: Connection, pk: int) -> int:
    """A record's state: live, in the bin or absent."""
    return int(connection.execute("SELECT state FROM record WHERE pk = ?", (pk,)).fetchone()[0])


def name_of(connection: Connection, pk: int) -> tuple[str, str]:
    """(kind, id) of a row key."""
    kind = connection.execute("SELECT kind FROM record WHERE pk = ?", (pk,)).fetchone()[0]
    return str(kind), id_of(connection, pk)


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
        heads = writer.state(pk).heads
        if slot == BIN:
            versions = _bin_versions(connection, heads)
        else:
            versions = [
                _version(connection, op.key, op.values[slot], op.stamp[0])
                for op in heads.get(slot, [])
            ]
        found.append(Conflict(kind, record_id, title, slot, tuple(versions)))
    return found


def _is_known(registry: Registry, kind: str, slot: str) -> bool:
    """Can this release ask an officer about it? A newer release's fields wait for the upgrade."""
    return kind in registry and (slot == BIN or slot.partition(":")[0] in registry[kind].specs())


def _bin_versions(connection: Connection, heads: dict[str, Any]) -> list[Version]:
    deletions = [op for op in heads.get(BIN, []) if op.values[BIN]]
    seen = {key for op in deletions for key in op.supersedes.get(SEEN, ())}
    edits = {op.key: op for ops in heads.values() for op in ops if op.key not in seen}
    edits = {key: op for key, op in edits.items() if op not in deletions}
    return [_version(connection, op.key, True, op.stamp[0]) for op in deletions] + [
        _version(connection, op.key, False, op.stamp[0])
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


def _version(connection: Connection, key: str, value: Any, ms: int) -> Version:
    row = connection.execute(
        "SELECT officer FROM change_set WHERE id = ?", (bytes.fromhex(key[:32]),)
    ).fetchone()
    return Version(value, str(row[0]), ms, key)


def history(connection: Connection, pk: int) -> list[HistoryEntry]:
    """Every change of one record, newest first."""
    rows = connection.execute(
        "SELECT c.ms, c.officer, c.why, lower(hex(c.id)), o.body FROM op o "
        "JOIN change_set c ON c.pk = o.change_set WHERE o.record = ? "
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
            "WHERE o.unread AND r.kind = ?",
            (kind,),
        ).fetchall()
        for set_pk, index, body in rows:
            if all(slot.partition(":")[0] in known for slot in json.loads(body)):
                connection.execute(
                    "UPDATE op SET unread = 0 WHERE change_set = ? AND idx = ?", (set_pk, index)
                )


def set_setting(connection: Connection, name: str, value: Any) -> None:
    """Keep a small JSON value."""
    connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, packed(value)))


def set_secret(connection: Connection, name: str, value: bytes) -> None:
    """Keep a credential."""
    connection.execute("INSERT OR REPLACE INTO secret VALUES (?, ?)", (name, value))
