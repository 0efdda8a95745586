"""The store's side of sharing: giving ops away, taking others' in, and judging them.

`Store` is made of this and of what changes records here. Whatever comes in is taken in short
transactions, so that the officer's own work never waits for seconds; each leaves the tables in
step with the log, and doing any of it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from db import claims, log, tellings
from db.batch import Told
from db.changes import Applied, ChangeSetHead, Op, Received
from db.connection import connect, known_errors
from db.forms import check_form
from db.healing import LIFTED, UPGRADED, bare_for_nothing, lifts
from db.intake import Intake, Taken, refreshed
from db.judging import Bench
from db.kept import Kept
from db.pages import Item
from db.precedence import Lateness
from db.standing import AsideOp, Judge, Source, Verdict
from db.writer import Because

OPS_AT_ONCE = 1_000
"""How many ops are fetched while other threads wait."""

OPS_IN_STEP = 500
"""How many ops one transaction takes in, about, while an officer works."""

LAST_INDEX = 2**62
"""Above the index of any op in a change set."""

AGAIN = "judge_again"
"""Setting: whose ops were being judged anew; null for everybody's. Absent when nothing was."""


class Sharing(Kept):
    """What a store does with colleagues' changes."""

    # -- who may do what -------------------------------------------------------------------

    @property
    def judge(self) -> Judge | None:
        """Decides whether an op counts; None lets everything count.

        Ops that are here are not judged anew when it is set: see `reconsider`.
        """
        return self._writer.judge

    @judge.setter
    def judge(self, judge: Judge | None) -> None:
        with self._lock:
            self._writer.judge = judge

    lateness: Lateness | None = None
    """Tells of a file how much of its laptop's right had ended when it came, 0 for nothing. What a
    file on time says goes before what others say under the same ids; None trusts all alike."""

    compartments: Sequence[str] = ()
    """All there are, first what most may read: where files put one change in two, the first counts,
    so that whoever reads fewer of them comes to the same."""

    @property
    def because(self) -> Because | None:
        """From a kind and an id to the op that lets this officer change that record, or ""."""
        return self._writer.because

    @because.setter
    def because(self, because: Because | None) -> None:
        with self._lock:
            self._writer.because = because

    # -- giving ----------------------------------------------------------------------------

    def ops_after(self, arrival: int) -> Iterator[tuple[int, ChangeSetHead, Op]]:
        """This laptop's own finished ops after a number, in the order they were finished.

        Other threads may write between two of them; what they write comes last.
        """
        index = LAST_INDEX
        while True:
            with self._reading():
                some = log.own_ops(self._connection, self.registry, arrival, index, OPS_AT_ONCE)
            yield from some
            if len(some) < OPS_AT_ONCE:
                return
            arrival, index = some[-1][0], some[-1][2].index

    def published(self, after: int, upto: int, source: Source) -> None:
        """Note which file holds this laptop's own change sets from `after` (not in it) to `upto`.

        From then on a judge sees them as colleagues' judges do.
        """
        with self._lock, self._writing():
            log.set_source(self._connection, after, upto, source)

    def all_ops(
        self, compartments: Iterable[str] | None = None
    ) -> Iterator[tuple[ChangeSetHead, Op, Source | None]]:
        """Every op there is, whoever's and whatever it comes to, record by record; last those of
        which files tell differently, with all they tell.

        As it was when the first was asked for: others write on meanwhile. `compartments` leaves
        out all others.
        """
        wanted = None if compartments is None else frozenset(compartments)
        with known_errors(self.path.name):
            connection = connect(self.path, self._key, read_only=True)
            try:
                connection.execute("BEGIN")
                where, params = f"WHERE {claims.FINISHED}", sorted(wanted or ())
                if wanted is not None:  # what was written before ops said it is told by its kind
                    marks = ", ".join("?" * len(wanted))
                    where += f" AND o.compartment IN ('', {marks})" if wanted else " AND 0"
                told = tellings.all_in(connection, claims.FINISHED, None)
                apart = {key for key, _ in told}
                for item in claims.logged(
                    connection, self.registry, f"{where} ORDER BY o.record", params
                ):
                    claim = item.claim
                    if item.key in apart:
                        continue
                    if wanted is None or claim.op.compartment in wanted:
                        yield claim.head, claim.op, claim.source
                for _, claim in sorted(told, key=lambda item: item[1].op.record):
                    if wanted is None or claim.op.compartment in wanted:
                        yield claim.head, claim.op, claim.source
            finally:
                connection.close()

    def counting_ops(
        self, records: Iterable[str], compartments: Iterable[str]
    ) -> Iterator[tuple[ChangeSetHead, Op, Source | None]]:
        """The ops that count about these records and travel in these compartments.

        As they were when the first was asked for.
        """
        wanted = frozenset(compartments)
        with known_errors(self.path.name):
            connection = connect(self.path, self._key, read_only=True)
            try:
                connection.execute("BEGIN")
                for record in records:
                    for item in claims.logged(
                        connection,
                        self.registry,
                        f"WHERE {claims.FINISHED} AND r.id = ?",
                        [bytes.fromhex(record)],
                    ):
                        claim, verdict = item.claim, item.standing.verdict
                        if verdict is Verdict.COUNTS and claim.op.compartment in wanted:
                            yield claim.head, claim.op, claim.source
            finally:
                connection.close()

    # -- taking in -------------------------------------------------------------------------

    def receive(
        self,
        items: Iterable[tuple[ChangeSetHead, Op]],
        *,
        source: Source | None = None,
        initiator: object | None = None,
    ) -> Received:
        """Take in a colleague's ops: in any order, any number of times.

        All are looked at before the first is written: where one is not of the right form,
        `InvalidInput` is raised and nothing was taken in. Stopped later, by a crash or a full
        disk, some are here and some are not, which is no harm: receive them again.
        """
        checked: list[Item] = []
        for head, op in items:
            check_form(op)
            checked.append((head, op, source))
        return self._take_in(_steps(checked, OPS_IN_STEP), initiator)

    def _take_in(self, steps: Iterator[list[Item]], initiator: object | None) -> Received:
        self._finish_judging()
        intake = self._intake()
        told = Told()
        with self._reading():
            before = log.conflict_count(self._connection)
        try:
            for step in steps:
                with self._lock:
                    with self._writing():
                        intake.take(step)
                    for head in {head.id: head for head, _, _ in step}.values():
                        self._clock.observe(head.ms, head.counter)
                told.add(intake.taken.touched)
                intake.taken.touched.clear()
        finally:
            self._tell(Applied("", RECEIVED, told.told(), initiator, "received"))
        with self._reading():
            conflicts = log.conflict_count(self._connection) - before
        return received(intake.taken, conflicts)

    # -- judging anew ----------------------------------------------------------------------

    def reconsider(self, devices: Iterable[str] | None = None) -> Received:
        """Judge anew what waits and what these laptops wrote (None: everybody), after the roster
        changed. Records whose ops count or cease to count are worked out again.

        Cut off, it is taken up at the next `reconsider`, `receive` or `load`.
        """
        with self._lock:
            left = self.get_setting(AGAIN, [])
            again = None if devices is None or left is None else sorted({*devices, *left})
            self.set_setting(AGAIN, again)
        return self._judge_anew(again)

    def _finish_judging(self) -> None:
        left = self.get_setting(AGAIN, [])
        if left is None or left:
            self._judge_anew(left)

    def _judge_anew(self, devices: list[str] | None) -> Received:
        bench = Bench(self._connection, self.registry, self.judge)
        told = Told()
        records: set[int] = set()
        with self._reading():
            before = log.conflict_count(self._connection)
        self._weigh_again(told)
        position: tuple[int, int] | None = (-1, -1)
        while position is not None:
            with self._lock, self._writing():
                page = log.to_judge(self._connection, self.registry, devices, position)
                position = page[-1].key if page else None
                _, changed = bench.settle({}, page)
                claims.set_standings(self._connection, changed)
                if lifts(changed):
                    log.set_setting(self._connection, LIFTED, True)
                dirty = {
                    item.record_pk
                    for item, now in changed
                    if Verdict.COUNTS in (item.standing.verdict, now.verdict)
                }
                records |= dirty
                found = [refreshed(self._connection, self._writer, pk) for pk in sorted(dirty)]
                told.add(item for item in found if item is not None)
        self.set_setting(AGAIN, [])
        self._tell(Applied("", RECEIVED, told.told(), None, "received"))
        with self._reading():
            conflicts = log.conflict_count(self._connection) - before
        return Received(changed=len(records), conflicts=max(0, conflicts))

    def _intake(self) -> Intake:
        return Intake(self._connection, self._writer, self.judge, self.lateness, self.compartments)

    def _weigh_again(self, told: Told) -> None:
        """Which of several tellings of one op came in time may have changed."""
        intake = self._intake()
        with self._lock, self._writing():
            all_told = tellings.all_in(self._connection, "1", None)
            intake.take([(claim.head, claim.op, claim.source) for _, claim in all_told])
        told.add(intake.taken.touched)

    def erasure_was_lifted(self) -> bool:
        """Did an erasure that was carried out here cease to count since `files_were_noted`?"""
        return bool(self.get_setting(LIFTED, False))

    def files_to_read_again(self) -> frozenset[str]:
        """SHA-256 of the files that brought what no erasure takes that counts.

        After an upgrade, of what any takes: this release may leave more of it.
        """
        with self._reading():
            return bare_for_nothing(self._writer, all_=self.get_setting(LIFTED) == UPGRADED)

    def reads_erased_again(self) -> None:
        """This release knows rights that the last one did not, so it would leave their marks."""
        self.set_setting(LIFTED, UPGRADED)

    def files_were_noted(self) -> None:
        """Which those are is kept elsewhere, until they are read."""
        self.set_setting(LIFTED, False)

    def standing_values(self, kind: str, record_id: str, slot: str) -> list[tuple[str, Any]]:
        """The values of a slot that stand, latest first, each with the op that says it."""
        with self._reading():
            pk, _ = self._writer.row(kind, record_id)
            heads = self._writer.state(pk).heads.get(slot, ())
            return [(op.key, op.values[slot]) for op in heads]

    def set_aside(self) -> list[AsideOp]:
        """The ops that do not count, or not yet, newest first."""
        with self._reading():
            return log.set_aside(self._connection, self.registry)


RECEIVED = "Received from colleagues"


def received(taken: Taken, conflicts: int) -> Received:
    """What came of taking ops in, with this many conflicts more than before."""
    return Received(
        taken.new_ops, len(taken.records), max(0, conflicts), taken.waiting, taken.aside,
        tuple(sorted(taken.contradicted)),
    )  # fmt: skip


def _steps(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Items in runs short enough for one transaction; what is about one record stays together."""
    step: list[Item] = []
    for item in items:
        full = len(step) >= size and item[1].record != step[-1][1].record
        if full or len(step) >= 4 * size:
            yield step
            step = []
        step.append(item)
    if step:
        yield step


__all__ = ["Sharing"]
