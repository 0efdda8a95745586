"""The one write path: ops go into the log, and the typed tables follow.

Nothing here begins or ends a transaction, tells a listener or checks a person's rights; the
store does. Which ops still speak for a field is never stored: a record has few ops, and working
it out from them each time leaves nothing that could disagree with the log.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlcipher3.dbapi2 import IntegrityError

from db.changes import BIN, SEEN, ChangeSetHead, Op, difference, from_slots, packed, to_slots
from db.connection import Connection
from db.errors import InvalidInput, NotFound, StoreBusy
from db.fields import Spec, is_id
from db.merge import Merged, OpView, merge
from db.record import Record, Registry, field_in_json, validated
from db.typed import ABSENT, BINNED, LIVE, TypedTable, raw_id

Slots = dict[str, Any]


class Writer:
    """Writes ops and keeps the present state in step with them."""

    def __init__(self, connection: Connection, registry: Registry) -> None:
        self.connection = connection
        self.registry = registry
        self.tables = {cls.meta.name: TypedTable(cls) for cls in registry}
        self._tally: Counter[tuple[str, int]] = Counter()
        self._pks: dict[str, int] = {}
        self.unfinished: set[str] = set()
        """Ids of the batches that are being written: what they made is theirs until they end."""

    # -- the log ---------------------------------------------------------------------------

    def open_set(
        self, head: ChangeSetHead, *, here: bool, finished: int | None, undoable: bool
    ) -> int:
        """Write a change set's envelope; the row key of the one already here if it is known."""
        set_id = bytes.fromhex(head.id)
        row = self.connection.execute(
            "SELECT pk FROM change_set WHERE id = ?", (set_id,)
        ).fetchone()
        if row is not None:
            return int(row[0])
        undoes = bytes.fromhex(head.undoes) if head.undoes else None
        cursor = self.connection.execute(
            "INSERT INTO change_set(id, device, officer, ms, counter, why, undoes, roster_head, "
            "here, finished, undoable) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (set_id, head.device, head.officer, head.ms, head.counter, head.why, undoes,
             head.roster_head, here, finished, undoable),
        )  # fmt: skip
        return int(cursor.lastrowid)

    def _log(
        self,
        set_pk: int,
        index: int,
        pk: int,
        values: Slots,
        supersedes: Mapping[str, Any],
        *,
        unread: bool = False,
    ) -> None:
        self.connection.execute(
            "INSERT INTO op(change_set, idx, record, body, supersedes, unread) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (set_pk, index, pk, packed(values), packed(supersedes) if supersedes else None, unread),
        )

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

    def row(self, kind: str, record_id: str) -> tuple[int, int]:
        """(row key, state) of a record. Raises `NotFound`, also for a kind this release lacks."""
        label = self.registry[kind].meta.label.lower()
        found = self.connection.execute(
            "SELECT pk, state FROM record WHERE id = ? AND kind = ?",
            (raw_id(record_id), kind),
        ).fetchone()
        if found is None or found[1] == ABSENT:
            raise NotFound(f"There is no {label} with the id “{record_id}” here.")
        return int(found[0]), int(found[1])

    def forget_ids(self) -> None:
        """After a rollback, ids made in it are no longer known."""
        self._pks.clear()
        self._tally.clear()

    # -- changes made here -----------------------------------------------------------------

    def create(self, set_pk: int, index: int, head: ChangeSetHead, record: Record) -> None:
        """Write a new record. Raises `InvalidInput` when the id is taken."""
        cls = type(record)
        values = record.model_dump(mode="json", exclude={"id"})
        slots = to_slots(cls.specs(), values)
        pk = self._settle_in(record.id, cls, cls.short_title(values), head.ms)
        self._log(set_pk, index, pk, slots, {})
        self.tables[cls.meta.name].write(self.connection, pk, LIVE, values, self.pk_of, new=True)
        self._tally[cls.meta.name, LIVE] += 1

    def _settle_in(self, record_id: str, cls: type[Record], title: str, ms: int) -> int:
        """The row key of a new record; its place may have been made by a link to it."""
        try:  # nearly always new, and asking first would cost as much again
            cursor = self.connection.execute(
                "INSERT INTO record(id, kind, state, title, ms) VALUES (?, ?, 0, ?, ?)",
                (raw_id(record_id), cls.meta.name, title, ms),
            )
            return int(cursor.lastrowid)
        except IntegrityError:
            pk = self.pk_of(record_id)
            taken = self.connection.execute(
                "UPDATE record SET kind = ?, state = 0, title = ?, ms = ? "
                "WHERE pk = ? AND state = 9",
                (cls.meta.name, title, ms, pk),
            )
            if taken.rowcount == 1:
                return pk
        raise InvalidInput(f"A {cls.meta.label.lower()} with the id “{record_id}” exists.")

    def edit(
        self,
        set_pk: int,
        index: int,
        head: ChangeSetHead,
        kind: str,
        record_id: str,
        values: Mapping[str, Any],
        *,
        force: frozenset[str] = frozenset(),
    ) -> bool:
        """Change fields. False when nothing differs. `force` names slots to settle regardless."""
        pk, state = self.row(kind, record_id)
        if state == BINNED:
            raise InvalidInput("This record is in the bin. Restore it first, then change it.")
        before = self.tables[kind].read(self.connection, pk) or {}
        after = self.edited(kind, record_id, before, values)
        specs = self.registry[kind].specs()
        slots = difference(specs, before, {name: after.get(name) for name in values})
        for slot in force:
            slots.setdefault(slot, to_slots(specs, after).get(slot))
        if not slots:
            return False
        self.write_slots(set_pk, index, head, pk, kind, slots)
        return True

    def edited(
        self, kind: str, record_id: str, before: Mapping[str, Any], values: Mapping[str, Any]
    ) -> dict[str, Any]:
        """A record's values after a change. Raises `InvalidInput` for the fields that change.

        What was wrong before and is not touched stays as it is: an old slip in one field must
        not keep an officer from mending another.
        """
        cls = self.registry[kind]
        unknown = [name for name in values if name not in cls.specs()]
        if unknown:
            raise InvalidInput(f"{cls.meta.label} has no field called “{unknown[0]}”.")
        merged = {**before, **values}
        merged = {name: value for name, value in merged.items() if value is not None}
        for name, spec in cls.specs().items():
            if name in values and values[name] is None and spec.required:
                raise InvalidInput(f"{spec.label} is needed.", {name: f"{spec.label} is needed."})
        try:
            dumped = validated(cls, {"id": record_id, **merged}).model_dump(
                mode="json", exclude={"id"}
            )
        except InvalidInput as error:
            old = self._old_problems(cls, record_id, before)
            mine = {
                n: s
                for n, s in error.problems.items()
                if n in values or (n not in cls.specs() and old.get(n) != s)
            }
            if mine or not error.problems:
                raise InvalidInput(" ".join(mine.values()) or error.sentence, mine) from None
            dumped = {**merged}
            for name in values:
                if name in merged:
                    dumped[name] = field_in_json(cls, name, merged[name])
        return {n: (None if n in values and values[n] is None else v) for n, v in dumped.items()}

    @staticmethod
    def _old_problems(
        cls: type[Record], record_id: str, before: Mapping[str, Any]
    ) -> Mapping[str, str]:
        try:
            validated(cls, {"id": record_id, **before})
        except InvalidInput as error:
            return error.problems
        return {}

    def set_bin(
        self, set_pk: int, index: int, head: ChangeSetHead, kind: str, record_id: str, into: bool
    ) -> bool:
        """Move a record into or out of the bin. False when it is there already."""
        pk, state = self.row(kind, record_id)
        if (state == BINNED) == into and not self._in_conflict(pk, BIN):
            return False
        self.write_slots(set_pk, index, head, pk, kind, {BIN: into})
        return True

    def write_slots(
        self, set_pk: int, index: int, head: ChangeSetHead, pk: int, kind: str, slots: Slots
    ) -> None:
        """Write one op that supersedes every present version of these slots, and follow it.

        On a record in the bin it says again that the record is there: a change that its deleter
        had not seen would bring it back.
        """
        now = self.state(pk)
        if self.unfinished and any(
            op.key[:32] in self.unfinished and op.key[:32] != head.id for op in now.ops
        ):
            raise StoreBusy(
                "This record belongs to an import that is still running. Nothing was changed. "
                "Wait until the import has finished, or stop it, and try again."
            )
        if now.merged.binned and BIN not in slots:
            slots = {**slots, BIN: True}
        supersedes = {slot: [op.key for op in now.heads.get(slot, ())] for slot in slots}
        supersedes = {slot: keys for slot, keys in supersedes.items() if keys}
        if slots.get(BIN):
            supersedes[SEEN] = sorted({op.key for ops in now.heads.values() for op in ops})
        self._log(set_pk, index, pk, slots, supersedes)
        key = f"{head.id}:{index}"
        mine = OpView(key, (head.ms, head.counter, head.device, head.id, index), slots, supersedes)
        self.follow(pk, kind, [*now.ops, mine], head.ms)

    def _in_conflict(self, pk: int, slot: str) -> bool:
        row = self.connection.execute(
            "SELECT 1 FROM conflict WHERE record = ? AND slot = ?", (pk, slot)
        ).fetchone()
        return row is not None

    # -- state from ops --------------------------------------------------------------------

    def state(self, pk: int) -> _State:
        """Every op about a record, and what they merge to."""
        kind = self.connection.execute("SELECT kind FROM record WHERE pk = ?", (pk,)).fetchone()[0]
        ops = [
            OpView(
                f"{set_id}:{index}", (ms, counter, device, set_id, index),
                json.loads(body), json.loads(supersedes) if supersedes else {},
            )
            for set_id, index, ms, counter, device, body, supersedes in self.connection.execute(
                "SELECT lower(hex(c.id)), o.idx, c.ms, c.counter, c.device, o.body, o.supersedes "
                "FROM op o JOIN change_set c ON c.pk = o.change_set WHERE o.record = ?",
                (pk,),
            )
        ]  # fmt: skip
        return _State(ops, merge(ops, self._specs(kind)))

    def _specs(self, kind: str) -> Mapping[str, Spec]:
        return self.registry[kind].specs() if kind in self.registry else {}

    def follow(self, pk: int, kind: str, ops: list[OpView], ms: int) -> Merged:
        """Bring the tables of one record in step with its ops."""
        specs = self._specs(kind)
        merged = merge(ops, specs)
        self._store_conflicts(pk, merged)
        state = BINNED if merged.binned else LIVE
        values = from_slots(specs, merged.values)
        title = self.registry[kind].short_title(values) if kind in self.registry else ""
        self.connection.execute(
            "UPDATE record SET kind = ?, state = ?, title = ?, ms = max(ms, ?) WHERE pk = ?",
            (kind, state, title, ms, pk),
        )
        if kind in self.registry:
            before = self.tables[kind].write(self.connection, pk, state, values, self.pk_of)
            if before != state:
                self._tally[kind, state] += 1
                if before is not None:
                    self._tally[kind, before] -= 1
        return merged

    def _store_conflicts(self, pk: int, merged: Merged) -> None:
        self.connection.execute("DELETE FROM conflict WHERE record = ?", (pk,))
        self.connection.executemany(
            "INSERT INTO conflict(record, slot) VALUES (?, ?)",
            [(pk, slot) for slot in merged.conflicts],
        )

    # -- changes from colleagues -----------------------------------------------------------

    def take_in(self, set_pk: int, op: Op) -> int | None:
        """Put a colleague's op in the log. The row key of its record, None when known already."""
        known = self.connection.execute(
            "SELECT 1 FROM op WHERE change_set = ? AND idx = ?", (set_pk, op.index)
        ).fetchone()
        if known is not None:
            return None
        _check_form(op)
        pk = self.pk_of(op.record)
        specs = self._specs(op.kind)
        unread = op.kind not in self.registry or any(
            slot != BIN and slot.partition(":")[0] not in specs for slot in op.values
        )
        self.connection.execute(
            "UPDATE record SET kind = ? WHERE pk = ? AND kind = ''", (op.kind, pk)
        )
        self._log(set_pk, op.index, pk, dict(op.values), op.supersedes, unread=unread)
        return pk

    def refresh(self, pk: int) -> Merged | None:
        """Work out a record anew from its ops. None when it has none left."""
        now = self.state(pk)
        kind = self.connection.execute("SELECT kind FROM record WHERE pk = ?", (pk,)).fetchone()[0]
        if not now.ops:
            self._vanish(pk, kind)
            return None
        return self.follow(pk, kind, now.ops, max(op.stamp[0] for op in now.ops))

    def _vanish(self, pk: int, kind: str) -> None:
        if kind in self.registry:
            before = self.tables[kind].remove(self.connection, pk)
            if before is not None:
                self._tally[kind, before] -= 1
        self.connection.execute("DELETE FROM conflict WHERE record = ?", (pk,))
        self.connection.execute(
            "UPDATE record SET kind = '', state = 9, title = '' WHERE pk = ?", (pk,)
        )

    def flush_tally(self) -> None:
        """Write the counts this transaction changed."""
        self.connection.executemany(
            "INSERT INTO tally(kind, state, n) VALUES (?, ?, ?) "
            "ON CONFLICT(kind, state) DO UPDATE SET n = n + excluded.n",
            [(kind, state, n) for (kind, state), n in self._tally.items() if n],
        )
        self._tally.clear()


class _State:
    """A record's ops with what they merge to."""

    __slots__ = ("heads", "merged", "ops")

    def __init__(self, ops: list[OpView], merged: Merged) -> None:
        self.ops = ops
        self.merged = merged
        self.heads = merged.heads


def _check_form(op: Op) -> None:
    """Raise `InvalidInput` for an op that no program of ours writes."""
    try:
        packed(op.values).encode()
        packed(op.supersedes).encode()
        form = is_id(op.record) and op.index >= 0 and not isinstance(op.values.get(BIN), str)
    except (TypeError, ValueError, AttributeError):
        form = False
    if not form:
        raise InvalidInput(
            "Some changes received cannot be read: they were not written by this program, or they "
            "are damaged. None of them was taken in; everything that was here is kept."
        )
