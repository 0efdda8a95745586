"""Many random interleavings over real stores: everybody comes to the same records.

Each seed lets three laptops create, change, delete, undo and settle in any order, with clocks up
to ten years wrong, while their changes reach each other one by one, shuffled, doubled and late.
What must hold is worked out a second time from the bare set of changes.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import random
import shutil
from collections import defaultdict

import pytest

from db.changes import BIN, SEEN, Bin, Create, Edit, Restore
from db.errors import KnownError
from db.model import declared
from engage_desktop.records.stakeholder import Stakeholder
from tests.kinds import every_field_kind
from tests.sync.laptops import Laptop

KIND = every_field_kind()
TEN_YEARS_MS = 10 * 365 * 24 * 3600 * 1000


SEEDS_A_STORE = 10
"""How many seeds share their stores: records of different seeds never meet."""


@contextlib.contextmanager
def three_laptops(folder):
    made = [
        Laptop(folder / name, name, registry=KIND.registry, migrations=KIND.migrations)
        for name in ("Priya", "Sam", "Alex")
    ]
    try:
        yield made
    finally:
        for one in made:
            one.close()
        shutil.rmtree(folder)


class Game:
    """One seed."""

    def __init__(self, seed, trio):
        self.random = random.Random(seed)
        self.laptops = trio
        self.log = []  # every (head, op) that anybody wrote
        self.marks = [self._mark(one) for one in trio]
        self.mine = [[] for _ in trio]  # own change sets, for undo
        self.ids = []
        for one in trio:
            one.ms = 1_790_000_000_000 + self.random.randint(-TEN_YEARS_MS, TEN_YEARS_MS)

    @staticmethod
    def _mark(laptop):
        last = 0
        for arrival, _, _ in laptop.store.ops_after(getattr(laptop, "mark", 0)):
            last = arrival
        laptop.mark = max(last, getattr(laptop, "mark", 0))
        return laptop.mark

    def collect(self, at):
        for arrival, head, op in self.laptops[at].store.ops_after(self.marks[at]):
            self.marks[at] = arrival
            if not self.mine[at] or self.mine[at][-1] != head.id:
                self.mine[at].append(head.id)
            self.log.append((head, op))

    def play(self, steps):
        acts = [self.create, self.bin, self.restore, self.undo, self.settle, self.reopen]
        acts += [self.edit] * 6 + [self.deliver] * 3
        for _ in range(2):
            self.create(0)
            self.collect(0)
        for _ in range(steps):
            at = self.random.randrange(len(self.laptops))
            act = self.random.choice(acts)
            with contextlib.suppress(KnownError):  # not possible just now: the officer is told
                act(at)
            self.collect(at)

    def here(self, at):
        store = self.laptops[at].store
        return [(kind, rid) for kind, rid in self.ids if store.exists(kind, rid)]

    def any_here(self, at):
        found = self.here(at)
        if not found:
            raise KnownError("nothing here yet")
        return self.random.choice(found)

    # -- acts ------------------------------------------------------------------------------

    def create(self, at):
        store = self.laptops[at].store
        if self.random.random() < 0.3 and self.ids:  # two officers import the same row
            kind, rid = self.random.choice(self.ids)
            if store.exists(kind, rid):
                return
        else:
            kind, rid = self.random.choice(["specimen", "stakeholder"]), store.new_id()
            self.ids.append((kind, rid))
        values = {"name": self.random.choice("abc"), **self.values(kind)}
        cls = Stakeholder if kind == "stakeholder" else KIND.cls
        store.apply([Create(cls.model_validate({"id": rid, **values}))], "Create")

    def values(self, kind):
        pick = self.random.choice
        choices = {
            "stakeholder": {
                "name": pick("abcd"),
                "do_not_contact": pick([True, False]),
                "bulletin": pick(["yes", "no", "not_asked"]),
                "notes": pick(["", "one", "two\nlines"]),
            },
            "specimen": {
                "name": pick("abcd"),
                "story": pick(["", "long", "longer"]),
                "weight": pick([None, 0, 1, 2]),
                "price": pick([None, -5, 100]),
                "kept": pick([True, False]),
                "found_on": pick([None, dt.date(2026, 3, 27), dt.date(2025, 1, 1)]),
                "colour": pick(["", "red", "blue"]),
                "tools": self.random.sample(["map", "rope", "torch"], self.random.randrange(4)),
                "signs": {
                    sign: pick(["yes", "no"])
                    for sign in ("lit", "raised", "bilingual")
                    if self.random.random() < 0.5
                },
                "place": pick([None, "1" * 32, "2" * 32]),
                "subjects": self.random.sample(["3" * 32, "4" * 32], self.random.randrange(3)),
            },
        }[kind]
        names = self.random.sample(sorted(choices), self.random.randint(1, 3))
        return {name: choices[name] for name in names}

    def edit(self, at):
        kind, rid = self.any_here(at)
        if self.laptops[at].store.where(kind, rid) == "bin":
            self.restore(at)
        self.laptops[at].store.apply([Edit(kind, rid, self.values(kind))], "Edit")

    def bin(self, at):
        self.laptops[at].store.apply([Bin(*self.any_here(at))], "Delete")

    def restore(self, at):
        self.laptops[at].store.apply([Restore(*self.any_here(at))], "Restore")

    def undo(self, at):
        if self.mine[at]:
            self.laptops[at].store.undo(self.random.choice(self.mine[at][-3:]))

    def settle(self, at):
        store = self.laptops[at].store
        mine = set(self.ids)
        conflicts = [c for c in store.conflicts() if (c.kind, c.id) in mine]
        if conflicts:
            conflict = self.random.choice(conflicts)
            value = self.random.choice(conflict.versions).value
            if conflict.slot == "name" and self.random.random() < 0.3:
                value = "a third"
            store.resolve(conflict.kind, conflict.id, conflict.slot, value)

    def deliver(self, at):
        if self.log:
            some = self.random.choices(self.log, k=self.random.randint(1, len(self.log)))
            self.laptops[at].store.receive(some)

    def reopen(self, at):
        if self.random.random() < 0.05:
            one = self.laptops[at]
            one.close()
            again = Laptop(
                one.folder,
                one.store.officer,
                seed=self.random.random(),
                registry=KIND.registry,
                migrations=KIND.migrations,
            )
            one.store, one.blobs, one.random = again.store, again.blobs, again.random
            again.ms = one.ms
            one.store.now = one.now

    # -- the end ---------------------------------------------------------------------------

    def deliver_everything(self):
        for one in self.laptops:
            items = self.log + self.random.choices(self.log, k=len(self.log) // 3)
            self.random.shuffle(items)
            while items:
                cut = self.random.randint(1, len(items))
                one.store.receive(items[:cut])
                del items[:cut]

    def seen_by(self, laptop):
        store, wanted = laptop.store, set(self.ids)
        conflicts = defaultdict(dict)
        for conflict in store.conflicts():
            if (conflict.kind, conflict.id) in wanted:
                conflicts[conflict.kind, conflict.id][conflict.slot] = {
                    (version.op, json.dumps(version.value)) for version in conflict.versions
                }
        found = {}
        for kind, rid in self.ids:
            state = store.where(kind, rid)
            values = store.get(kind, rid).model_dump(mode="json") if state else None
            found[kind, rid] = (state, values, dict(conflicts[kind, rid]))
        return found

    def check(self):
        states = [self.seen_by(one) for one in self.laptops]
        assert states[0] == states[1] == states[2]
        by_record = defaultdict(list)
        for head, op in self.log:
            by_record[op.kind, op.record].append((head, op))
        for key, ops in by_record.items():
            self.check_record(key, ops, *states[0][key])

    def check_record(self, key, ops, state, values, conflicts):
        """Against a second, plain reading of the same set of changes."""
        gone = {(k, slot) for _, op in ops for slot, keys in op.supersedes.items() for k in keys}
        speaking = defaultdict(list)
        for head, op in ops:
            for slot, value in op.values.items():
                if (op.id, slot) not in gone:
                    speaking[slot].append((head, op, value))
        specs, defaults = KIND.registry[key[0]].specs(), declared(KIND.registry[key[0]])
        for slot, versions in speaking.items():
            if slot == BIN:
                continue
            distinct = {json.dumps(value) for _, _, value in versions}
            assert (slot in conflicts) == (len(distinct) > 1)
            name, _, element = slot.partition(":")
            if slot in conflicts:  # every version is kept for a person to choose from
                kept = {(op.id, json.dumps(value)) for _, op, value in versions}
                assert conflicts[slot] == kept
            if specs[name].is_set:
                shown = element in values.get(name, ())
                assert shown == all(value is not None for _, _, value in versions)
            else:
                shown = values.get(name)
                stored = [value for _, _, value in versions]
                blank = ("", None, False, defaults[name].default)
                assert shown in stored or (shown in blank and None in stored)
        for name in ("do_not_contact",):
            if key[0] == "stakeholder" and any(v for _, _, v in speaking.get(name, [])):
                assert values[name] is True
        binned = [op for _, op, value in speaking.get(BIN, []) if value]
        kept = [op for _, op, value in speaking.get(BIN, []) if not value]
        seen = {k for op in binned for k in (op.id, *op.supersedes.get(SEEN, ()))}
        unseen = [op for slot, rows in speaking.items() if slot != BIN for _, op, _ in rows]
        survives = not binned or kept or any(op.id not in seen for op in unseen)
        assert state == ("live" if survives else "bin")
        assert (BIN in conflicts) == bool(binned and survives)


def run(seeds, folder):
    """Play every seed; how many changes and conflicts there were in all."""
    changes = conflicts = 0
    for first in range(seeds.start, seeds.stop, SEEDS_A_STORE):
        with three_laptops(folder / str(first)) as trio:
            for seed in range(first, min(first + SEEDS_A_STORE, seeds.stop)):
                game = Game(seed, trio)
                game.play(40)
                game.deliver_everything()
                try:
                    game.check()
                except BaseException as error:
                    error.add_note(f"seed {seed}")
                    raise
                changes += len(game.log)
                conflicts += sum(len(found) for _, _, found in game.seen_by(trio[0]).values())
            for one in trio:
                report = one.store.check()
                assert report.ok, report.problems
    return changes, conflicts


def test_a_hundred_interleavings_converge(tmp_path):
    changes, conflicts = run(range(100), tmp_path)
    assert changes > 1000
    assert conflicts > 50


@pytest.mark.soak(minutes=20)
@pytest.mark.timeout(7200)
def test_ten_thousand_interleavings_converge(tmp_path, progress, record_property):
    changes = conflicts = 0
    for first in range(1000, 11_000, 1000):
        more, open_ = run(range(first, first + 1000), tmp_path)
        changes, conflicts = changes + more, conflicts + open_
        progress(f"{first:,} interleavings: {changes:,} changes")
    for what, count in (("interleavings", 10_000), ("changes", changes), ("conflicts", conflicts)):
        record_property(what, count)
    assert changes > 100_000
