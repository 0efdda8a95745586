"""Real laptops, real files: work, roles, erasures, snapshots, backups and sticks in any order.

The rules are what people do; whatever they did, once everybody met again, all who are in the
team hold the same, nothing that was said to be kept is gone, and nothing erased is back.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from db.erase import Erase
from db.errors import KnownError
from engage_desktop.sync import LocalPlace, verify_folder
from engage_desktop.sync.team import membership
from engage_desktop.sync.team_changes import change_role, revoke
from tests.sync.laptops import Laptop

WHO = st.integers(0, 2)
TEN_YEARS_MS = 10 * 365 * 24 * 3600 * 1000


class Office(RuleBasedStateMachine):
    """Priya and Sam are admins, Alex is an officer until one of them says otherwise."""

    @initialize(ahead=st.sampled_from([0, TEN_YEARS_MS, -TEN_YEARS_MS]))
    def found(self, ahead):
        self.folder = Path(tempfile.mkdtemp())
        self.shared, self.stick = self.folder / "shared", self.folder / "stick"
        self.shared.mkdir()
        self.stick.mkdir()
        priya = Laptop(self.folder / "0", "Priya")
        self.laptops = [priya]
        for number, (name, role) in enumerate((("Sam", "admin"), ("Alex", "officer")), 1):
            self.laptops.append(priya.invite(name, self.folder / str(number), role=role))
        self.laptops[2].ms += ahead
        self.number = 0
        self.kept: set[str] = set()  # venues written by admins, whom nobody takes out
        self.unsent: dict[int, set[str]] = {0: set(), 1: set(), 2: set()}
        self.erased: set[str] = set()
        self.erasing: dict[int, set[str]] = {0: set(), 1: set(), 2: set()}  # and not sent yet
        self.add(0)
        for at in range(3):
            self.meet(at, self.shared)

    # -- work ------------------------------------------------------------------------------

    def live(self, at):
        found = self.laptops[at].state()["records"]
        return sorted(
            r for (kind, r), (state, _, _) in found.items() if not state and kind == "venue"
        )

    @rule(at=WHO)
    def add(self, at):
        self.number += 1
        with contextlib.suppress(KnownError):  # Alex's role may not let him
            venue = self.laptops[at].add_venue(f"Hall {self.number}")
            if at < 2:
                self.unsent[at].add(venue)

    @rule(at=WHO, which=st.integers(0, 9))
    def edit(self, at, which):
        self.number += 1
        for venue in self.live(at)[which : which + 1]:
            with contextlib.suppress(KnownError):
                values = {"name": f"Name {self.number}", "access": {"step_free_entrance": "no"}}
                self.laptops[at].edit_venue(venue, **values)

    @rule(at=WHO)
    def bin(self, at):
        for venue in self.live(at)[-1:]:
            with contextlib.suppress(KnownError):
                self.laptops[at].bin_venue(venue)

    @rule(at=WHO)
    def settle(self, at):
        store = self.laptops[at].store
        for conflict in store.conflicts()[:1]:
            with contextlib.suppress(KnownError):
                value = conflict.versions[-1].value
                store.resolve(conflict.kind, conflict.id, conflict.slot, value)

    @rule(at=st.integers(0, 1), fields=st.sampled_from([(), ("address",)]))
    def erase(self, at, fields):
        for venue in self.live(at)[:1]:
            with contextlib.suppress(KnownError):
                self.laptops[at].store.erase(Erase("venue", venue, fields), "Asked for")
                if not fields:
                    self.erasing[at].add(venue)

    # -- the team --------------------------------------------------------------------------

    @rule(by=st.integers(0, 1), role=st.sampled_from(["officer", "reader", "commissioner"]))
    def give_a_role(self, by, role):
        with contextlib.suppress(KnownError):
            change_role(self.laptops[by].store, "Alex", role)

    @rule(by=st.integers(0, 1))
    def take_out(self, by):
        with contextlib.suppress(KnownError):
            revoke(self.laptops[by].store, "Alex")

    # -- meeting ---------------------------------------------------------------------------

    def meet(self, at, place, **more):
        one = self.laptops[at]
        receipt = one.sync(
            place, start=True, tidy=lambda: one.store.finish_erasures(one.blobs), **more
        )
        self.kept |= self.unsent[at]
        self.unsent[at].clear()
        self.erased |= self.erasing[at]
        self.erasing[at].clear()
        return receipt

    @rule(at=WHO)
    def sync(self, at):
        self.meet(at, self.shared)

    @rule(at=WHO)
    def use_the_stick(self, at):
        self.meet(at, self.stick)

    @rule(at=st.integers(0, 1))
    def make_a_snapshot(self, at):
        with contextlib.suppress(KnownError):  # not everything that was sent is here
            self.meet(at, self.shared, snapshot=True)

    @rule(at=WHO)
    def copy_a_file(self, at):
        self.number += 1
        for path in sorted((self.shared / "b").rglob("*.bundle"))[:1]:
            first, _, _ = path.stem.partition(" ")  # of a copy's copy the name would grow too long
            shutil.copy(path, path.with_name(f"{first} ({self.number}).bundle"))

    @rule(at=WHO)
    def back_up(self, at):
        target = self.folder / f"backup-{at}.db"
        target.unlink(missing_ok=True)
        self.laptops[at].store.snapshot(target)

    @rule(at=WHO)
    def go_back(self, at):
        """What was written since the backup and not sent is lost, as an officer is told."""
        backup = self.folder / f"backup-{at}.db"
        if not backup.exists():
            return
        one = self.laptops[at]
        one.close()
        self.unsent[at].clear()
        self.erasing[at].clear()
        self.number += 1
        fresh = self.folder / f"{at}-{self.number}"
        fresh.mkdir()
        shutil.copy(backup, fresh / "store.db")
        again = Laptop(fresh, one.store.officer, seed=self.number)
        again.ms = one.ms
        again.store.set_setting("incarnation", f"{self.number:016x}")  # as a restore does
        self.laptops[at] = again

    # -- the end ---------------------------------------------------------------------------

    def teardown(self):
        if not hasattr(self, "laptops"):
            return
        try:
            self.check()
        finally:
            for one in self.laptops:
                one.close()
            shutil.rmtree(self.folder)

    def check(self):
        for _ in range(3):
            for place in (self.stick, self.shared):
                for at in range(3):
                    self.meet(at, place)
        members = membership(self.laptops[0].store).roster.members
        newcomer = self.laptops[0].invite("Robin", self.folder / "robin", role="admin")
        self.laptops.append(newcomer)
        self.unsent[3] = self.erasing[3] = set()
        for at in (3, 0, 1, 2, 3):
            self.meet(at, self.shared)
        admins = [self.laptops[0], self.laptops[1], newcomer]
        states = [one.state() for one in admins]
        assert states[0] == states[1], "two admins differ"
        assert states[0] == states[2], "who started from the folder differs"
        there = {record: state for (_, record), (state, _, _) in states[0]["records"].items()}
        assert self.kept <= there.keys(), "something acknowledged is lost"
        alex = self.laptops[2]
        if members.get(alex.store.device):
            mine = alex.state()["records"]
            readable = {k: v for k, v in states[0]["records"].items() if k in mine}
            assert mine == readable
        for one in admins:
            assert {a.device for a in one.store.set_aside()} <= {alex.store.device}
            report = one.store.check()
            assert report.ok, report.problems
            assert not any(
                one.store.where("venue", venue) in ("live", "bin")
                for venue in self.erased & self.kept
            ), "an erased record is back"
        report = verify_folder(LocalPlace(self.shared))
        assert report.ok, report.bad


def play(examples: int, steps: int, say=lambda line: None) -> int:
    """How many were played. A fault is shrunk to the fewest steps that show it."""
    played = 0

    class Counted(Office):
        def teardown(self):
            nonlocal played
            super().teardown()
            played += 1
            if played % 50 == 0:
                say(f"{played} of {examples} played")

    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Counted,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None,
            suppress_health_check=quiet,
        ),
    )  # fmt: skip
    return played


def test_whatever_people_do_they_come_to_the_same():
    play(8, 18)


@pytest.mark.soak(minutes=12)
@pytest.mark.timeout(4 * 3600)
def test_whatever_people_do_for_long(progress, record_property):
    record_property("examples", play(600, 40, progress))
