"""The one write path for changes made here: ops go into the log, and the typed tables follow.

Nothing here begins or ends a transaction or tells a listener; the store does. Whether the
officer may do it is asked of the store's judge before anything else could see it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlcipher3.dbapi2 import IntegrityError

from db import claims
from db.changes import AGAIN, BIN, SEEN, ChangeSetHead, Op, difference, to_slots
from db.compartments import compartment_of, latest_compartment
from db.connection import Connection
from db.erasing import citations
from db.errors import Erased, InvalidInput, StoreBusy
from db.judging import Bench
from db.keeping import Keeper, Slots, State
from db.merge import OpView
from db.record import Record, Registry, field_in_json, validated
from db.standing import COUNTING, Claim, Judge
from db.typed import BINNED, LIVE, id_of, raw_id

Because = Callable[[str, str], str]
"""From a record's kind and id to the op that gives this officer the right to change it, or ""."""


class Writer(Keeper):
    """Writes this laptop's own ops."""

    def __init__(self, connection: Connection, registry: Registry) -> None:
        super().__init__(connection, registry)
        self.judge: Judge | None = None
        self.because: Because | None = None
        self.unfinished: set[str] = set()
        """Ids of the batches that are being written: what they made is theirs until they end."""

    def open_set(self, head: ChangeSetHead, *, undoable: bool) -> int:
        """Write the envelope of a change set that is being made; its row key."""
        cursor = self.connection.execute(
            "INSERT INTO change_set(id, device, officer, ms, counter, why, undoes, roster_head, "
            "here, finished, undoable) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, NULL, ?)",
            (bytes.fromhex(head.id), head.device, head.officer, head.ms, head.counter, head.why,
             bytes.fromhex(head.undoes) if head.undoes else None, head.roster_head, undoable),
        )  # fmt: skip
        return int(cursor.lastrowid)

    def _log(self, set_pk: int, head: ChangeSetHead, pk: int, op: Op) -> None:
        """Put an own op in the log. Raises `NotPermitted`."""
        if self.because is not None:
            op = replace(op, because=self.because(op.kind, op.record))
        if self.judge is not None:
            Bench(self.connection, self.registry, self.judge).permit(Claim(head, op))
        row = claims.row_of(set_pk, pk, op, kind=op.kind, standing=COUNTING, source=0, unread=False)
        self.connection.execute(claims.INSERT_OP, row)

    def rejudge(self, pks: list[int]) -> None:
        """Judge anew every op about these records, after it changed who wrote them down."""
        if self.judge is None:
            return
        bench = Bench(self.connection, self.registry, self.judge)
        again = list(claims.about(self.connection, self.registry, pks))
        _, changed = bench.settle({}, again)
        claims.set_standings(self.connection, changed)
        for pk in {item.record_pk for item, _ in changed}:
            self.refresh(pk)

    # -- changes made here -----------------------------------------------------------------

    def create(self, set_pk: int, index: int, head: ChangeSetHead, record: Record) -> None:
        """Write a new record. Raises `InvalidInput` when the id is taken, and `NotPermitted`."""
        cls = type(record)
        kind = cls.meta.name
        values = record.model_dump(mode="json", exclude={"id"})
        slots = to_slots(cls.specs(), values)
        self._owner_stands(cls, slots)
        pk, first = self._settle_in(record.id, cls, cls.short_title(values), head.ms)
        compartment = compartment_of(self.connection, self.registry, kind, values)
        op = Op(head.id, index, kind, record.id, slots, {}, compartment, creates=True)
        self._log(set_pk, head, pk, op)
        if first:
            self.tables[kind].write(self.connection, pk, LIVE, values, self.pk_of, new=True)
            self.count(kind, LIVE, None)
        else:
            self.refresh(pk)
            self.rejudge([pk])

    def _settle_in(
        self, record_id: str, cls: type[Record], title: str, ms: int
    ) -> tuple[int, bool]:
        """The row key of a new record, and whether nothing at all was written about it before.

        Its place may have been made by a link to it, or by changes that do not count.
        """
        kind = cls.meta.name
        try:  # nearly always new, and asking first would cost as much again
            cursor = self.connection.execute(
                "INSERT INTO record(id, kind, state, title, ms) VALUES (?, ?, 0, ?, ?)",
                (raw_id(record_id), kind, title, ms),
            )
            return int(cursor.lastrowid), True
        except IntegrityError:
            pk = self.pk_of(record_id)
            old = self._kind(pk)
            taken = self.connection.execute(
                "UPDATE record SET kind = ?, state = 0, title = ?, ms = ? "
                "WHERE pk = ? AND state = 9",
                (kind, title, ms, pk),
            )
            if taken.rowcount == 1:
                if old not in ("", kind):
                    self.rename_kind(pk, old, kind)
                return pk, old == ""
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
        self._owner_stands(self.registry[kind], slots)
        self.write_slots(set_pk, index, head, pk, kind, slots)
        return True

    def _owner_stands(self, cls: type[Record], slots: Slots) -> None:
        """Raise `Erased` for what would belong to an erased record, and so be erased with it."""
        if cls.meta.parent and slots.get(cls.meta.parent) in self.erased_ids():
            raise Erased(f"{cls.specs()[cls.meta.parent].label.lower()} that this belongs to")

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

    def give_back(
        self, set_pk: int, index: int, head: ChangeSetHead, pk: int, kind: str, slots: Slots,
        versions: Mapping[str, list[tuple[Any, str]]],
    ) -> int:  # fmt: skip
        """Write what slots held before; the next free index.

        Where a slot held several versions, each is said again by an op of its own, which names the
        op that first said it: they stand beside each other as before, whoever said them. The last
        shows.
        """
        heads = self.state(pk).heads
        before = {slot: [op.key for op in heads.get(slot, ())] for slot in versions}
        named = {AGAIN + slot: [found[0][1]] for slot, found in versions.items()}
        first = {slot: found[0][0] for slot, found in versions.items()}
        self.write_slots(set_pk, index, head, pk, kind, {**slots, **first}, named)
        for place in range(1, max((len(found) for found in versions.values()), default=1)):
            index += 1
            beside = {slot: found[place] for slot, found in versions.items() if len(found) > place}
            named = {AGAIN + slot: [origin] for slot, (_, origin) in beside.items()}
            named |= {slot: before[slot] for slot in beside}
            values = {slot: value for slot, (value, _) in beside.items()}
            self.write_slots(set_pk, index, head, pk, kind, values, named)
        return index + 1

    def write_slots(
        self, set_pk: int, index: int, head: ChangeSetHead, pk: int, kind: str, slots: Slots,
        named: Mapping[str, list[str]] | None = None,
    ) -> None:  # fmt: skip
        """Write one op that supersedes every present version of these slots, and follow it.

        On a record in the bin it says again that the record is there: a change that its deleter
        had not seen would bring it back. `named` goes into `supersedes` as well, before what was
        found for the same slot.

        Raises `StoreBusy` and `NotPermitted`.
        """
        now = self.state(pk)
        if self.unfinished and any(
            op.key[:32] in self.unfinished and op.key[:32] != head.id for op in now.ops
        ):
            raise StoreBusy(
                "This record belongs to an import that is still running. Nothing was changed. "
                "Wait until the import has finished, or stop it, and try again."
            )
        compartment, slots = self._compartment(kind, pk, now, slots)
        if now.merged.binned and BIN not in slots:
            slots = {**slots, BIN: True}
        supersedes = {slot: [op.key for op in now.heads.get(slot, ())] for slot in slots}
        supersedes = {slot: keys for slot, keys in supersedes.items() if keys}
        if slots.get(BIN):
            supersedes[SEEN] = sorted({op.key for ops in now.heads.values() for op in ops})
        supersedes |= citations(now.ops, slots) | dict(named or {})
        record_id = id_of(self.connection, pk)
        op = Op(head.id, index, kind, record_id, slots, supersedes, compartment)
        self._log(set_pk, head, pk, op)
        stamp = (head.ms, head.counter, head.device, head.id, index)
        self.follow(pk, kind, [*now.ops, OpView(op.id, stamp, slots, supersedes)])

    def _compartment(self, kind: str, pk: int, now: State, slots: Slots) -> tuple[str, Slots]:
        """The compartment of a change. One that moves its record there says all of it again."""
        meta = self.registry[kind].meta
        if not meta.follows:
            return meta.compartment, slots
        values = {**now.merged.values, **slots}
        compartment = compartment_of(self.connection, self.registry, kind, values)
        if latest_compartment(self.connection, pk) in ("", compartment):
            return compartment, slots
        return compartment, {
            slot: v for slot, v in values.items() if slot in slots or v is not None
        }

    def _in_conflict(self, pk: int, slot: str) -> bool:
        row = self.connection.execute(
            "SELECT 1 FROM conflict WHERE record = ? AND slot = ?", (pk, slot)
        ).fetchone()
        return row is not None
