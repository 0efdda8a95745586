"""The store: one door for every change, and everyone who wants to know is told.

Everything that changes the store is a change set, applied in one transaction (or, for a long
import, in short ones that count only when the last is in). Undo is the inverse change set. The
audit trail, sync and the screens read change sets; none of them writes a row.
"""

from __future__ import annotations

import contextlib
import hmac
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from db import applying, log, undo
from db.batch import Batch
from db.changes import (
    BIN,
    Applied,
    Change,
    ChangeSetHead,
    Conflict,
    HistoryEntry,
    Touched,
    What,
    device_mark,
)
from db.check import CheckReport, check_contents, check_pages
from db.clock import LEAP_MS, HybridClock, NowMs, Randomness, system_ms, system_random
from db.connection import Connection, connect, copy_into, known_errors
from db.erase import Erasing
from db.errors import CannotUndo, Erased, KnownError, NotAWorkspace, NotFound
from db.loading import Loading
from db.migrations import OWN, Migration, pending, upgrade
from db.migrations import applied as applied_migrations
from db.parts import restored_with
from db.reader import Reader
from db.record import Record, Registry
from db.writer import Writer

Progress = Callable[[int, int], None]

RECORD_KEY = "team_record_key"
"""Secret from which ids of imported rows are derived; the same on every laptop of a team."""


READ_BY = "read_by"
"""Setting: the last migration after which the ops of newer releases were looked at again."""


class Store(Loading, Erasing):
    """An open workspace's records. Safe to use from several threads; one writes at a time."""

    def __init__(
        self, connection: Connection, path: Path, key: bytes, registry: Registry, *,
        now: NowMs, randomness: Randomness,
    ) -> None:  # fmt: skip
        super().__init__(connection, path, key, registry)
        self._random = randomness
        self.now = now
        self._clock = HybridClock(now, *log.latest_stamp(connection, now() + LEAP_MS))
        self.officer = str(self.get_setting("officer", ""))
        self.device = str(self.get_setting("device", ""))
        self.recovered: list[str] = []

    # -- opening and closing ---------------------------------------------------------------

    @classmethod
    def create(
        cls, path: Path, key: bytes, registry: Registry, migrations: Iterable[Migration], *,
        officer: str, device: str, now: NowMs = system_ms, randomness: Randomness = system_random,
    ) -> Store:  # fmt: skip
        """Make a new store at `path`. Raises `ReadOnly` or `DiskFull`; leaves no file then."""
        if path.exists():
            raise KnownError(f"“{path.name}” is there already. Nothing was changed.")
        try:
            connection = connect(path, key, create=True)
            with known_errors(path.name):
                connection.execute("PRAGMA auto_vacuum = NONE")
                upgrade(connection, (*OWN, *migrations))
                log.set_setting(connection, "officer", officer)
                log.set_setting(connection, "device", device)
                log.set_secret(connection, RECORD_KEY, randomness(32))
        except KnownError:
            for name in (path, *side_files(path)):
                name.unlink(missing_ok=True)
            raise
        return cls(connection, path, key, registry, now=now, randomness=randomness)

    @classmethod
    def open(
        cls, path: Path, key: bytes, registry: Registry, migrations: Iterable[Migration], *,
        now: NowMs = system_ms, randomness: Randomness = system_random,
        before_upgrade: Callable[[Connection], None] | None = None,
    ) -> Store:  # fmt: skip
        """Open a store and bring it up to this release.

        `before_upgrade` is called with the connection when there is anything to upgrade; it is
        where a backup is made. What had been cut off (an import without its end) is taken back
        and told in `recovered`. Raises `NewerVersion`, `NotAWorkspace`, `DamagedStore`.
        """
        connection = connect(path, key)
        try:
            with known_errors(path.name):
                steps = pending(connection, tuple(migrations))
                if OWN[0] in steps:
                    raise NotAWorkspace(
                        f"“{path.name}” holds no records of this program. Nothing was changed. "
                        "Choose another folder, or restore a backup."
                    )
                if steps:
                    if before_upgrade is not None:
                        before_upgrade(connection)
                    upgrade(connection, steps)
                store = cls(connection, path, key, registry, now=now, randomness=randomness)
                store._take_up()
        except BaseException:
            connection.close()
            raise
        return store

    def _take_up(self) -> None:
        for set_pk, why in log.unfinished(self._connection):
            count = self._withdraw(set_pk)
            if count:
                self.recovered.append(
                    f"“{why}” had not finished when the program stopped. It was taken back "
                    f"whole ({count:,} records); everything saved before is here."
                )
        latest = applied_migrations(self._connection)[-1]
        if self.get_setting(READ_BY) != latest:
            # Asked of the store, not of this start: an upgrade may have been cut off before it.
            with self._writing():
                for pk in log.unread_records(self._connection):
                    self._writer.refresh(pk)
                log.mark_read(self._connection, self.registry)
                log.set_setting(self._connection, READ_BY, latest)

    def reader(self) -> Reader:
        """A new read-only connection of its own, for one thread at a time."""
        return Reader(connect(self.path, self._key, read_only=True), self.registry)

    def check(self, progress: Progress | None = None) -> CheckReport:
        """Is every page, record, count and search entry whole? Changes nothing.

        Others may write while the records are gone through, which takes the time.
        """
        report = CheckReport()
        with self._reading():
            check_pages(self._connection, report)
        if report.ok:
            with known_errors(self.path.name):
                connection = connect(self.path, self._key, read_only=True)
                try:
                    check_contents(connection, Writer(connection, self.registry), report, progress)
                finally:
                    connection.close()
        return report

    def snapshot(self, target: Path) -> None:
        """Write a whole, encrypted copy of the store to a new file, while others write on."""
        with known_errors(self.path.name):
            connection = connect(self.path, self._key, read_only=True)
            try:
                connection.execute("PRAGMA query_only = OFF")  # or no copy could be written
                copy_into(connection, target)
            finally:
                connection.close()

    def close(self) -> None:
        """Close the writer. Readers are closed by those who opened them."""
        with self._lock:
            with contextlib.suppress(Exception):
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._connection.close()

    # -- ids -------------------------------------------------------------------------------

    def new_id(self) -> str:
        """A random record id."""
        return self._random(16).hex()

    def derived_id(self, *parts: str) -> str:
        """The id that every laptop of the team gives to these words, and nobody else can guess."""
        if self._record_key is None:  # asked for with every row of an import
            self._record_key = self.get_secret(RECORD_KEY) or b""
        key = self._record_key
        message = b"\x1f".join(part.encode() for part in parts)
        return hmac.new(key, message, sha256).digest()[:16].hex()

    # -- changing --------------------------------------------------------------------------

    def apply(
        self, changes: Iterable[Change], why: str, *, initiator: object | None = None,
        undoable: bool = True, circles: bool = False,
    ) -> Applied:  # fmt: skip
        """Apply changes as one change set in one transaction, or none of them.

        `circles`: links that lead round are let by, where nobody can choose others.

        Raises `InvalidInput`, `NotFound`, `NotPermitted`, `DiskFull`, `ReadOnly`. A change that
        changes nothing leaves no trace; `Applied.change_set` is then "".
        """
        with self._lock:
            with self._writing():
                head, set_pk = self._begin(why, undoes=None, undoable=undoable)
                touched = applying.run(self._writer, head, set_pk, 0, changes, circles=circles)
                self._finish(set_pk, bool(touched))
            applied = Applied(head.id if touched else "", why, tuple(touched), initiator)
        self._tell(applied)
        return applied

    @contextlib.contextmanager
    def batch(
        self, why: str, *, initiator: object | None = None, undoable: bool = True
    ) -> Iterator[Batch]:
        """Apply many changes in short transactions under one change set, one undo step.

        Leaving with an exception, or a crash, takes all of it back.
        """
        with self._lock, self._writing():
            head, set_pk = self._begin(why, undoes=None, undoable=undoable)
        batch = Batch(self, head, set_pk)
        self._writer.unfinished.add(head.id)
        try:
            try:
                yield batch
            except BaseException:
                batch.withdraw()
                raise
            if batch.withdrawn:
                return
            with self._lock, self._writing():
                self._finish(set_pk, batch.touched > 0)
        finally:
            self._writer.unfinished.discard(head.id)
        self._tell(Applied(head.id if batch.touched else "", why, batch.told(), initiator))

    def undo(self, change_set: str | None = None, *, initiator: object | None = None) -> Applied:
        """Take back a change set of this laptop's, by default the last one.

        Raises `CannotUndo` when somebody changed the same things since, or there is nothing.
        """
        with self._lock:
            chosen = change_set or undo.stacks(self._connection).top_undo()
            applied = self._invert(chosen, initiator)
        self._tell(applied)
        return applied

    def redo(self, *, initiator: object | None = None) -> Applied:
        """Bring back what was last undone."""
        with self._lock:
            applied = self._invert(undo.stacks(self._connection).top_redo(), initiator)
        self._tell(applied)
        return applied

    @property
    def writes(self) -> int:
        """How many rows were written and kept since this store was opened, of any kind."""
        with self._reading():
            return int(self._connection.total_changes) - self._taken_back

    def undo_words(self) -> str | None:
        """What `undo` would take back, in the officer's words."""
        with self._reading():
            return undo.stacks(self._connection).undo_words()

    def redo_words(self) -> str | None:
        """What `redo` would bring back, in the officer's words."""
        with self._reading():
            return undo.stacks(self._connection).redo_words()

    def resolve(
        self, kind: str, record_id: str, slot: str, value: Any, *,
        why: str = "Choose between two versions", initiator: object | None = None,
    ) -> Applied:  # fmt: skip
        """Settle a conflict: keep one version or a third value. The answer travels.

        For slot "_bin", `value` True deletes the record and False keeps it. For a set's element
        ("themes:<id>") True keeps it and False or None leaves it out; for a feature "yes"/"no".
        """
        with self._lock:
            with self._writing():
                head, set_pk = self._begin(why, undoes=None, undoable=True)
                pk, _ = self._writer.row(kind, record_id)
                slots = {slot: applying.settled(self._writer, kind, record_id, slot, value)}
                self._writer.write_slots(set_pk, 0, head, pk, kind, slots)
                self._finish(set_pk, True)
            what: What = "edited"
            if slot == BIN:
                what = "binned" if value else "restored"
            applied = Applied(head.id, why, (Touched(kind, record_id, what),), initiator)
        self._tell(applied)
        return applied

    # -- reading on the writer's connection ------------------------------------------------

    def get(self, kind: str, record_id: str) -> Record:
        """One record, in the bin or not. Raises `NotFound`."""
        with self._reading():
            pk, _ = self._writer.row(kind, record_id)
            table = self._writer.tables[kind]
            values = table.read(self._connection, pk) or {}
            return table.record(record_id, values)

    def exists(self, kind: str, record_id: str) -> bool:
        """Is such a record here, in the bin or not?"""
        return self.where(kind, record_id) in ("live", "bin")

    def where(self, kind: str, record_id: str) -> str | None:
        """ "live", "bin", "erased", or None when there is no such record."""
        with self._reading():
            try:
                _, state = self._writer.row(kind, record_id)
            except Erased:
                return "erased"
            except NotFound:
                return None
            return "bin" if state else "live"

    def was_undone(self, kind: str, record_id: str) -> bool:
        """Is a record in the bin only because its making was undone, not because it was deleted?"""
        with self._reading():
            pk, state = self._writer.row(kind, record_id)
            return bool(state) and log.binned_by_undo(self._connection, self._writer, pk)

    def conflicts(self) -> list[Conflict]:
        """Every field that holds more than one version, newest record first."""
        with self._reading():
            return log.conflicts(self._connection, self._writer)

    def conflict_count(self) -> int:
        """How many `conflicts` there are."""
        with self._reading():
            return log.count_conflicts(self._connection, self.registry)

    def in_bin_with(self, kind: str, record_id: str) -> set[str]:
        """Ids of the parts that went into the bin with a record, and would come out with it."""
        with self._reading():
            return {part for _, part in restored_with(self._writer, kind, record_id)}

    def conflicts_of(self, kind: str, record_id: str) -> list[Conflict]:
        """Those of one record, whatever else waits. Raises `NotFound`."""
        with self._reading():
            pk, _ = self._writer.row(kind, record_id)
            return log.conflicts(self._connection, self._writer, pk)

    def history(self, kind: str, record_id: str) -> list[HistoryEntry]:
        """Who changed what, newest first. Of what was erased only marks are left in `values`."""
        with self._reading():
            try:
                pk, _ = self._writer.row(kind, record_id)
            except Erased:
                pk = self._writer.pk_of(record_id)
            return log.history(self._connection, pk)

    # -- inside ----------------------------------------------------------------------------

    def _begin(self, why: str, *, undoes: str | None, undoable: bool) -> tuple[ChangeSetHead, int]:
        ms, counter = self._clock.tick()
        why = why.encode("utf-8", "replace").decode()
        roster = str(self.get_setting("roster_head", ""))
        set_id = device_mark(self.device) + self._random(8).hex()  # nobody else's can begin so
        head = ChangeSetHead(set_id, self.device, self.officer, ms, counter, why, undoes, roster)
        set_pk = self._writer.open_set(head, undoable=undoable)
        return head, set_pk

    def _finish(self, set_pk: int, changed: bool) -> None:
        if changed:
            log.finish(self._connection, set_pk)
        else:
            self._connection.execute("DELETE FROM change_set WHERE pk = ?", (set_pk,))

    def _write_more(
        self, head: ChangeSetHead, set_pk: int, index: int, changes: Iterable[Change]
    ) -> list[Touched]:
        with self._lock, self._writing():
            return applying.run(self._writer, head, set_pk, index, changes)

    def _invert(self, change_set: str, initiator: object | None) -> Applied:
        with self._writing():
            plan = undo.inverse(self._connection, self._writer, change_set)
            if not plan.steps:
                raise CannotUndo("That has been undone already. Nothing was changed.")
            head, set_pk = self._begin(plan.why, undoes=change_set, undoable=True)
            index = 0
            for step in plan.steps:
                index = self._writer.give_back(set_pk, index, head, step.pk, step.kind,
                                               step.slots, step.versions)  # fmt: skip
            self._finish(set_pk, True)
        return Applied(head.id, plan.why, plan.touched, initiator)

    def _withdraw(self, set_pk: int) -> int:
        with self._lock, self._writing():
            pks = log.drop_set(self._connection, set_pk)
            for pk in pks:
                self._writer.refresh(pk)
            self._writer.rejudge(pks)
        self._writer.forget_ids()
        return len(pks)


def side_files(path: Path) -> tuple[Path, Path]:
    """The two files that SQLite keeps beside an open store."""
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")
