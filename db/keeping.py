"""What the tables of a record hold, kept in step with its ops.

Which ops still speak for a field is never stored: a record has few ops, and working it out from
them each time leaves nothing that could disagree with the log. Only ops that count are looked at.
Nothing here begins or ends a transaction.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from db.changes import Op, from_slots, packed
from db.connection import Connection
from db.erasing import erasing_part, left_of
from db.errors import Erased, NotFound
from db.fields import Spec
from db.healing import LIFTED
from db.merge import Merged, OpView, merge
from db.record import Registry
from db.scrubbing import erased_ids, kept_in, rights_in, scrub_ops, spread, with_owner
from db.tellings import Leaves
from db.typed import ABSENT, BINNED, ERASED_STATE, LIVE, TypedTable, id_of, raw_id

Slots = dict[str, Any]


class Keeper:
    """Keeps the present state of records in step with the log."""

    def __init__(self, connection: Connection, registry: Registry) -> None:
        self.connection = connection
        self.registry = registry
        self.tables = {cls.meta.name: TypedTable(cls) for cls in registry}
        self._tally: Counter[tuple[str, int]] = Counter()
        self._pks: dict[str, int] = {}
        self._erased: set[str] | None = None
        self._owners: set[str] = set()

    # -- rows and ids ----------------------------------------------------------------------

    def pk_of(self, record_id: str) -> int:
        """The row key of an id, making a place for a record that is not here yet."""
        known = self._pks.get(record_id)
        if known is not None:
            return known
        raw = raw_id(record_id)
        row = self.connection.execute("SELECT pk FROM record WHERE id = ?", (raw,)).fetchone()
        if row is None:
            cursor = self.connection.execute(
                "INSERT INTO record(id, kind, state, title, ms) VALUES (?, '', ?, '', 0)",
                (raw, ABSENT),
            )
            pk = int(cursor.lastrowid)
        else:
            pk = int(row[0])
        if len(self._pks) > 200_000:
            self._pks.clear()
        self._pks[record_id] = pk
        return pk

    def learn(self, pks: Mapping[str, int]) -> None:
        """Row keys of ids that were looked up or made by somebody else."""
        if len(self._pks) > 200_000:
            self._pks.clear()
        self._pks.update(pks)

    def known(self) -> Mapping[str, int]:
        """Row keys of ids that need not be looked up."""
        return self._pks

    def unlearn(self) -> None:
        """After a part of a transaction was undone: no id is known without looking."""
        self._pks.clear()

    def row(self, kind: str, record_id: str) -> tuple[int, int]:
        """(row key, state) of a record. Raises `NotFound`, also for a kind this release lacks.

        One that was erased is not found either: `Erased`.
        """
        label = self.registry[kind].meta.label.lower()
        found = self.connection.execute(
            "SELECT pk, state FROM record WHERE id = ? AND kind = ?",
            (raw_id(record_id), kind),
        ).fetchone()
        if found is None or found[1] == ABSENT:
            raise NotFound(f"There is no {label} with the id “{record_id}” here.")
        if found[1] == ERASED_STATE:
            raise Erased(label)
        return int(found[0]), int(found[1])

    def erased_ids(self) -> set[str]:
        """Ids of every record that is erased."""
        if self._erased is None:
            self._erased = erased_ids(self.connection)
        return self._erased

    def forget_ids(self) -> None:
        """After a rollback, ids made in it are no longer known."""
        self._pks.clear()
        self._tally.clear()
        self._erased = None
        self._owners.clear()

    # -- state from ops --------------------------------------------------------------------

    def state(self, pk: int) -> State:
        """Every op about a record that counts, and what they merge to."""
        kind = self._kind(pk)
        ops: list[OpView] = []
        rows = self.connection.execute(
            "SELECT lower(hex(c.id)), o.idx, c.ms, c.counter, c.device, o.body, o.supersedes, "
            "o.kind FROM op o JOIN change_set c ON c.pk = o.change_set "
            "WHERE o.record = ? AND o.standing = 0",
            (pk,),
        )
        for set_id, index, ms, counter, device, body, supersedes, said in rows:
            values, named = json.loads(body), json.loads(supersedes) if supersedes else {}
            if said not in ("", kind):  # an erasure is one, whatever kind it takes the record for
                values, named = erasing_part(values, named)
                if not values:
                    continue
            stamp = (ms, counter, device, set_id, index)
            ops.append(OpView(f"{set_id}:{index}", stamp, values, named))
        return State(ops, self._merged(kind, ops))

    def _merged(self, kind: str, ops: list[OpView]) -> Merged:
        return with_owner(self, kind, ops, merge(ops, self._specs(kind)))

    def _kind(self, pk: int) -> str:
        row = self.connection.execute("SELECT kind FROM record WHERE pk = ?", (pk,)).fetchone()
        return str(row[0])

    def _specs(self, kind: str) -> Mapping[str, Spec]:
        return self.registry[kind].specs() if kind in self.registry else {}

    def follow(self, pk: int, kind: str, ops: list[OpView]) -> Merged:
        """Bring the tables of one record in step with its ops, of which there is one at least."""
        specs = self._specs(kind)
        merged = self._merged(kind, ops)
        self._store_conflicts(pk, merged)
        if merged.erasures.any:
            scrub_ops(self, pk, kind, merged)
        self._mark(pk, merged.erased)
        if merged.erased:
            self._empty(pk, kind, ops)
            return merged
        state = BINNED if merged.binned else LIVE
        values = from_slots(specs, merged.values)
        title = self.registry[kind].short_title(values) if kind in self.registry else ""
        self.connection.execute(
            "UPDATE record SET kind = ?, state = ?, title = ?, ms = ? WHERE pk = ?",
            (kind, state, title, max(op.stamp[0] for op in ops), pk),
        )
        if kind in self.registry:
            before = self.tables[kind].write(self.connection, pk, state, values, self.pk_of)
            self.count(kind, state, before)
        return merged

    def _mark(self, pk: int, erased: bool) -> None:
        """Note that a record became erased, or no longer is: its parts have to follow."""
        if not erased and not self.erased_ids():
            return
        record_id = id_of(self.connection, pk)
        if erased != (record_id in self.erased_ids()):
            self._owners.add(record_id)
            (self.erased_ids().add if erased else self.erased_ids().discard)(record_id)
            if not erased:  # what was taken out of it has to be looked for
                self.connection.execute(
                    "INSERT OR REPLACE INTO setting VALUES (?, ?)", (LIFTED, packed(True))
                )

    def _empty(self, pk: int, kind: str, ops: list[OpView]) -> None:
        """Let nothing of an erased record stand but its row key, kind and state."""
        if kind in self.registry:
            before = self.tables[kind].remove(self.connection, pk)
            if before is not None:
                self._tally[kind, before] -= 1
        self.connection.execute(
            "UPDATE record SET kind = ?, state = ?, title = '', ms = ? WHERE pk = ?",
            (kind, ERASED_STATE, max(op.stamp[0] for op in ops), pk),
        )

    def count(self, kind: str, state: int, before: int | None, records: int = 1) -> None:
        """One record (or more) more is in `state`, and one fewer in the state it had."""
        if before != state:
            self._tally[kind, state] += records
            if before is not None:
                self._tally[kind, before] -= records

    def leaves(self, pk: int) -> Leaves:
        """What erasures that count leave of an op about a record."""
        merged = self.state(pk).merged

        def left(op: Op, seen: Mapping[str, Sequence[str]]) -> tuple[Slots, dict[str, Any]]:
            return left_of(
                op.id, op.values, op.supersedes, merged.erasures, whole=merged.erased,
                keep=kept_in(self.registry, op.kind), rights=rights_in(self.registry, op.kind),
                seen=seen,
            )  # fmt: skip

        return left

    def _store_conflicts(self, pk: int, merged: Merged) -> None:
        self.connection.execute("DELETE FROM conflict WHERE record = ?", (pk,))
        self.connection.executemany(
            "INSERT INTO conflict(record, slot) VALUES (?, ?)",
            [(pk, slot) for slot in merged.conflicts],
        )

    def refresh(self, pk: int) -> Merged | None:
        """Work out a record anew from its ops. None when none is left that counts."""
        kind = self._settle_kind(pk)
        now = self.state(pk)
        if not now.ops:
            self._vanish(pk, kind)
            return None
        return self.follow(pk, kind, now.ops)

    def _settle_kind(self, pk: int) -> str:
        """The kind of a record; where ops disagree, that of the earliest which wrote it down.

        The others stay in the log and are not merged.
        """
        kind = self._kind(pk)
        odd = self.connection.execute(
            "SELECT 1 FROM op WHERE record = ? AND kind <> '' LIMIT 1", (pk,)
        ).fetchone()
        if odd is None:
            return kind
        first = self.connection.execute(
            "SELECT o.kind FROM op o JOIN change_set c ON c.pk = o.change_set "
            "WHERE o.record = ? AND o.standing = 0 "
            "ORDER BY o.creates DESC, c.ms, c.counter, c.device, c.id, o.idx LIMIT 1",
            (pk,),
        ).fetchone()
        if first is None or first[0] in ("", kind):
            return kind
        self._vanish(pk, kind)
        self.rename_kind(pk, kind, first[0])
        return str(first[0])

    def rename_kind(self, pk: int, old: str, new: str) -> None:
        """Let a record be of another kind; its ops go on saying which kind they meant."""
        self.connection.execute(
            "UPDATE op SET kind = CASE kind WHEN '' THEN ? WHEN ? THEN '' ELSE kind END "
            "WHERE record = ?",
            (old, new, pk),
        )
        self.connection.execute("UPDATE record SET kind = ? WHERE pk = ?", (new, pk))

    def _vanish(self, pk: int, kind: str) -> None:
        if kind in self.registry:
            before = self.tables[kind].remove(self.connection, pk)
            if before is not None:
                self._tally[kind, before] -= 1
        self.connection.execute("DELETE FROM conflict WHERE record = ?", (pk,))
        self._mark(pk, False)
        self.connection.execute(
            "UPDATE record SET state = ?, title = '', ms = 0, kind = CASE WHEN "
            "EXISTS (SELECT 1 FROM op o WHERE o.record = record.pk) THEN kind ELSE '' END "
            "WHERE pk = ?",
            (ABSENT, pk),
        )

    def flush_tally(self) -> None:
        """Write the counts this transaction changed, after what belongs to erased records."""
        spread(self, self._owners)
        self.connection.executemany(
            "INSERT INTO tally(kind, state, n) VALUES (?, ?, ?) "
            "ON CONFLICT(kind, state) DO UPDATE SET n = n + excluded.n",
            [(kind, state, n) for (kind, state), n in self._tally.items() if n],
        )
        self._tally.clear()


class State:
    """A record's ops that count, with what they merge to."""

    __slots__ = ("heads", "merged", "ops")

    def __init__(self, ops: list[OpView], merged: Merged) -> None:
        self.ops = ops
        self.merged = merged
        self.heads = merged.heads
