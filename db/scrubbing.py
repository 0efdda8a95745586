"""Taking erased values out of the log, so that nothing is left of them but that they were there.

Functions on the writer's connection, inside its transaction. What SQLite itself keeps of old pages
is another matter: see `db.erase`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from db.changes import packed
from db.connection import Connection
from db.erasing import ERASED, MOVED, Erasures, is_mark, left_of
from db.merge import Merged, OpView
from db.record import Registry
from db.typed import ERASED_STATE, raw_id


class Keeps(Protocol):
    """What is needed of the one that keeps records in step with their ops."""

    connection: Connection
    registry: Registry

    def erased_ids(self) -> set[str]: ...
    def refresh(self, pk: int) -> Merged | None: ...


def erased_ids(connection: Connection) -> set[str]:
    """Ids of every record that is erased."""
    rows = connection.execute("SELECT lower(hex(id)) FROM record WHERE state = ?", (ERASED_STATE,))
    return {row[0] for row in rows}


def with_owner(keeper: Keeps, kind: str, ops: Iterable[OpView], merged: Merged) -> Merged:
    """What a record comes to when what it belongs to, or ever belonged to, was erased.

    "Ever", because a laptop that has the change of owner later must come to the same. The
    erasure itself names the changes of owner that its author had seen: those are let go.
    """
    owner_field = keeper.registry[kind].meta.parent if kind in keeper.registry else ""
    if merged.erased or not owner_field or not keeper.erased_ids():
        return merged
    erasers: set[str] = set()
    for op in ops:
        owner = op.values.get(owner_field)
        if isinstance(owner, str) and owner in keeper.erased_ids():
            by = _erasers(keeper.connection, owner)
            if any(op.key not in moved for moved in by.values()):
                erasers |= by.keys()
            elif not by and _went_with_its_own(keeper, owner, {owner}):
                erasers.add(f"{owner}:0")
    if not erasers:
        return merged
    return Merged({}, {}, frozenset(), False, Erasures(frozenset(erasers)))


def _went_with_its_own(keeper: Keeps, record_id: str, seen: set[str]) -> bool:
    """Does what a record belongs to lead to an erasure, or only round in a circle?

    No program of ours lets a record belong to itself; what goes round holds itself erased.
    """
    rows = keeper.connection.execute(
        "SELECT r.kind, lower(hex(c.id)) || ':' || o.idx, o.body FROM record r "
        "JOIN op o ON o.record = r.pk JOIN change_set c ON c.pk = o.change_set "
        "WHERE r.id = ? AND o.standing = 0 AND o.kind IN ('', r.kind)",
        (raw_id(record_id),),
    ).fetchall()
    for kind, key, body in rows:
        owner = json.loads(body).get(kept_in(keeper.registry, kind))
        if not isinstance(owner, str) or owner in seen or owner not in keeper.erased_ids():
            continue
        by = _erasers(keeper.connection, owner)
        if any(key not in moved for moved in by.values()):
            return True
        if not by and _went_with_its_own(keeper, owner, seen | {owner}):
            return True
    return False


def _erasers(connection: Connection, record_id: str) -> Mapping[str, set[str]]:
    """The counting ops that erased a record, each with the ops it let go."""
    rows = connection.execute(
        "SELECT lower(hex(c.id)) || ':' || o.idx, o.body, o.supersedes FROM record r "
        "JOIN op o ON o.record = r.pk JOIN change_set c ON c.pk = o.change_set "
        "WHERE r.id = ? AND o.standing = 0",
        (raw_id(record_id),),
    )
    return {
        key: set((json.loads(supersedes) if supersedes else {}).get(MOVED, ()))
        for key, body, supersedes in rows
        if ERASED in json.loads(body)
    }


def scrub_ops(keeper: Keeps, pk: int, kind: str, merged: Merged) -> None:
    """Reduce every op about a record, counting or not, to what may stay; note it to be finished."""
    touched: set[int] = set()
    for table, rows in (("op", _ops(keeper, pk, kind)), ("telling", _tellings(keeper, pk))):
        for row in rows:
            left = reduced(
                row.key, row.body, row.supersedes, merged.erasures,
                kept_in(keeper.registry, row.kind), rights_in(keeper.registry, row.kind),
                row.seen,
            )  # fmt: skip
            if left is None:
                continue
            keeper.connection.execute(
                f"UPDATE {table} SET body = ?, supersedes = ? WHERE {row.where}", (*left, *row.at)
            )
            touched.add(row.at[0])
            _note_files(keeper, row.kind, json.loads(row.body), json.loads(left[0]))
    keeper.connection.executemany(
        "UPDATE change_set SET undoable = 0 WHERE pk = ?", [(each,) for each in touched]
    )
    _note(keeper.connection, merged.erasures, anew=bool(touched))


class _Row(NamedTuple):
    """What is kept of an op, and where. `seen` cites the erasures that its author had seen."""

    where: str
    at: tuple[Any, ...]
    key: str
    kind: str
    body: str
    supersedes: str | None
    seen: str | None


def _ops(keeper: Keeps, pk: int, kind: str) -> list[_Row]:
    rows = keeper.connection.execute(
        "SELECT o.change_set, o.idx, lower(hex(c.id)) || ':' || o.idx, "
        "CASE o.kind WHEN '' THEN ? ELSE o.kind END, o.body, o.supersedes FROM op o "
        "JOIN change_set c ON c.pk = o.change_set WHERE o.record = ?",
        (kind, pk),
    )
    where = "change_set = ? AND idx = ?"
    return [
        _Row(where, (set_pk, index), key, said, body, named, named)
        for set_pk, index, key, said, body, named in rows
    ]


def _tellings(keeper: Keeps, pk: int) -> list[_Row]:
    """What files say of ops of which they tell differently, each with what counts as seen by it."""
    rows = keeper.connection.execute(
        "SELECT t.change_set, t.idx, t.source, t.record, t.kind, t.compartment, "
        "lower(hex(c.id)) || ':' || t.idx, t.kind, t.body, t.supersedes, "
        "CASE WHEN t.says THEN o.supersedes ELSE t.supersedes END FROM record r "
        "JOIN telling t ON t.record = r.id JOIN change_set c ON c.pk = t.change_set "
        "LEFT JOIN op o ON o.change_set = t.change_set AND o.idx = t.idx WHERE r.pk = ?",
        (pk,),
    )
    where = "change_set = ? AND idx = ? AND source = ? AND record = ? AND kind = ? "
    where += "AND compartment = ?"
    return [_Row(where, tuple(row[:6]), *row[6:]) for row in rows]


def kept_in(registry: Registry, kind: str) -> str:
    """The field that says to what a record of a kind belongs; "" for none."""
    return registry[kind].meta.parent if kind in registry else ""


def rights_in(registry: Registry, kind: str) -> list[str]:
    """The fields of a kind that give the officer they name a right to the record."""
    if kind not in registry:
        return []
    return [name for name, spec in registry[kind].specs().items() if spec.purpose]


def _note_files(
    keeper: Keeps, kind: str, before: Mapping[str, Any], left: Mapping[str, Any]
) -> None:
    """Remember which attachments were named by what went."""
    specs = keeper.registry[kind].specs() if kind in keeper.registry else {}
    gone = [
        (value,)
        for slot, value in before.items()
        if slot not in left and slot in specs and specs[slot].file and value
    ]
    keeper.connection.executemany("INSERT OR IGNORE INTO erased_file VALUES (?)", gone)


def reduced(
    key: str,
    body: str,
    supersedes: str | None,
    erasures: Erasures,
    keep: str,
    rights: Sequence[str] = (),
    seen: str | None = None,
) -> tuple[str, str | None] | None:
    """An op's stored body and supersedes after scrubbing; None when nothing has to go."""
    values = json.loads(body)
    named = json.loads(supersedes) if supersedes else {}
    left, left_named = left_of(
        key, values, named, erasures, whole=bool(erasures.whole), keep=keep, rights=rights,
        seen=json.loads(seen) if seen else {},
    )  # fmt: skip
    if left == values and left_named == named:
        return None
    return packed(left), packed(left_named) if left_named else None


def _note(connection: Connection, erasures: Erasures, *, anew: bool) -> None:
    """Remember which change sets erase, and whether the file has to be cleaned (again)."""
    keys = set(erasures.whole).union(*(erasures.fields or {}).values())
    for set_id in {key[:32] for key in keys}:
        connection.execute(
            "INSERT OR IGNORE INTO erasing_set(change_set) SELECT pk FROM change_set WHERE id = ?",
            (bytes.fromhex(set_id),),
        )
        if anew:
            connection.execute(
                "UPDATE erasing_set SET cleaned = NULL WHERE change_set = "
                "(SELECT pk FROM change_set WHERE id = ?)",
                (bytes.fromhex(set_id),),
            )


def spread(keeper: Keeps, changed: set[str]) -> None:
    """Let what belongs to records that were erased just now (or no longer are) follow them.

    `changed` grows while their parts are worked out anew, and is empty at the end.
    """
    while changed:
        owners = set(changed)
        changed.clear()
        for pk in _ever_parts(keeper, owners):
            keeper.refresh(pk)


def _ever_parts(keeper: Keeps, owners: set[str]) -> list[int]:
    """Row keys of the records of which any op ever said that they belong to one of `owners`.

    Those that moved elsewhere are in no index, so every op of such kinds is looked at.
    """
    found: set[int] = set()
    for cls in keeper.registry:
        if not cls.meta.parent:
            continue
        rows = keeper.connection.execute(
            "SELECT o.record, json_extract(o.body, ?) FROM op o JOIN record r ON r.pk = o.record "
            "WHERE r.kind = ?",
            (f'$."{cls.meta.parent}"', cls.meta.name),
        )
        found.update(pk for pk, owner in rows if owner in owners)
    return sorted(found)


def moved_away(keeper: Keeps, record_id: str, parts: set[int]) -> list[str]:
    """Ops by which records once belonged to this one that do not now: an erasure lets them go."""
    keys: list[str] = []
    for cls in keeper.registry:
        if not cls.meta.parent:
            continue
        rows = keeper.connection.execute(
            "SELECT o.record, lower(hex(c.id)) || ':' || o.idx FROM op o "
            "JOIN record r ON r.pk = o.record JOIN change_set c ON c.pk = o.change_set "
            "WHERE r.kind = ? AND r.state <> ? AND json_extract(o.body, ?) = ?",
            (cls.meta.name, ERASED_STATE, f'$."{cls.meta.parent}"', record_id),
        )
        keys += [key for pk, key in rows if pk not in parts]
    return sorted(keys)


def is_bare(keeper: Keeps, pk: int, kind: str) -> bool:
    """Does the log hold nothing of an erased record but marks and what it belonged to?"""
    return all(
        slot == kept_in(keeper.registry, row.kind) or is_mark(slot)
        for row in (*_ops(keeper, pk, kind), *_tellings(keeper, pk))
        for slot in json.loads(row.body)
    )
