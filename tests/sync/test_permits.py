"""What may be done is told before it is tried, and the judge says the same when it is tried."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.changes import Bin, Create, Edit
from db.errors import NotPermitted
from engage_desktop.records import words as w
from engage_desktop.records.event import Event
from engage_desktop.records.feedback import Response
from engage_desktop.records.registry import REGISTRY
from engage_desktop.rules import rights, written_by_import
from engage_desktop.sync.permits import ACTS, may, may_team
from engage_desktop.sync.rights import judge_store
from engage_desktop.sync.roles import ROLES
from engage_desktop.sync.team import create_invite, join_team, membership
from tests.roles import least, takes_act, takes_new
from tests.sync.laptops import Laptop


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "shared"
    found.mkdir()
    return found


@pytest.fixture
def laptops(tmp_path):
    made = [Laptop(tmp_path / "ann", "Ann")]
    yield made
    for laptop in made:
        laptop.close()


def colleague(laptops, folder, role):
    """A colleague of that role, in step, with three records of Ann's: an event that the colleague
    leads, one that they do not, and a response."""
    ann, store = laptops[0], laptops[0].store
    other = ann.invite("Bob", folder.parent / "bob", role=role)
    laptops.append(other)
    led = Event(id=store.new_id(), name="Forum", lead="Bob")
    others = Event(id=store.new_id(), name="Stand", lead="Ann")
    card = Response(id=store.new_id())
    store.apply([Create(led), Create(others), Create(card)], "Add")
    ann.sync(folder, start=True)
    other.sync(folder)
    ann.sync(folder)
    other.sync(folder)
    return other, led.id, others.id, card.id


def told(laptop, *asked):
    reader = laptop.store.reader()
    try:
        return may(laptop.store, reader, *asked)
    finally:
        reader.close()


def test_without_a_team_everything_may_be_done(laptops):
    assert told(laptops[0], "event", "create") == ""
    assert may_team(laptops[0].store) == ""


@pytest.mark.parametrize("role", ROLES)
def test_what_is_told_is_what_happens(laptops, folder, role):
    other, led, others, card = colleague(laptops, folder, role)
    store = other.store
    judge_store(store, membership(store).roster)
    new_event, new_card = (Event(id=store.new_id(), name="New"), Response(id=store.new_id()))
    tried = [
        ("event", "create", "", [Create(new_event)]),
        ("response", "create", "", [Create(new_card)]),
        ("event", "edit", led, [Edit("event", led, {"name": "Changed"})]),
        ("event", "edit", others, [Edit("event", others, {"name": "Changed"})]),
        ("response", "delete", card, [Bin("response", card)]),
        ("event", "delete", others, [Bin("event", others)]),
    ]
    for kind, act, record, changes in tried:
        if record and not store.exists(kind, record):
            continue  # a field copy does not read it
        sentence = told(other, kind, act, record)
        if sentence:
            assert sentence.endswith(".")
            with pytest.raises(NotPermitted):
                store.apply(changes, "Try")
        else:
            store.apply(changes, "Try")
    if role in ("volunteer", "field"):
        assert told(other, "response", "edit", new_card.id) == "", "keyed in here"
    assert bool(may_team(store)) == (role != "admin")


def test_the_sentence_names_the_role_and_the_way_out(laptops, folder):
    other, _, others, _ = colleague(laptops, folder, "commissioner")
    assert told(other, "event", "edit", others) == (
        "A commissioner changes only records that name them as the lead."
    )


DAY_MS = 24 * 3_600_000
LAST_DAYS = {"volunteer": 3, "field": 3}
"""Days from now until the last one, of the roles that have one."""


class Colleague:
    """Bob in one role, in step with Ann; `records` are Ann's and his own, by kind."""

    def __init__(self, folder, role):
        shared = folder / "shared"
        shared.mkdir(parents=True)
        self.role, self.ann, self.bob = role, Laptop(folder / "ann", "Ann"), None
        self.bob = Laptop(folder / "bob", "Bob")
        self.bob.ms = self.ann.ms
        today = dt.datetime.fromtimestamp(self.ann.ms / 1000, dt.UTC).date()
        last = today + dt.timedelta(days=LAST_DAYS[role]) if role in LAST_DAYS else None
        data = create_invite(
            self.ann.store, role=role, last_day=last, randomness=self.ann.random.randbytes
        )
        join_team(self.bob.store, data, None, randomness=self.bob.random.randbytes)
        self.records = {kind: [] for kind in REGISTRY.names()}
        for lead in ("Bob", "Ann", ""):
            for kind in REGISTRY.names():
                named = {"lead": lead} if "lead" in REGISTRY[kind].specs() else {}
                self.add(self.ann, kind, **named)
                self.bin(self.ann, kind, self.add(self.ann, kind, **named))
        for laptop in (self.ann, self.bob, self.ann, self.bob):
            laptop.sync(shared, start=True)
        for kind in ("response", "comment"):
            if takes_new(self.bob.store, (kind,)):
                self.add(self.bob, kind)
                self.bin(self.bob, kind, self.add(self.bob, kind))

    def add(self, laptop, kind, **values):
        record = least(REGISTRY, kind, laptop.store, **values)
        laptop.store.apply([Create(record)], "Add")
        self.records[kind].append(record.id)
        return record.id

    def bin(self, laptop, kind, record):
        laptop.store.apply([Bin(kind, record)], "Delete")

    def here(self, kind, where):
        """Bob's records of a kind that are "live" or in the "bin"."""
        return [r for r in self.records[kind] if self.bob.store.where(kind, r) == where]

    def close(self):
        self.ann.close()
        self.bob.close()


OVER = " whose last day is over"
COLLEAGUES = (*ROLES, *(role + OVER for role in LAST_DAYS))


@pytest.fixture(scope="module")
def colleagues(tmp_path_factory):
    made = {}
    for name in COLLEAGUES:
        role = name.removesuffix(OVER)
        made[name] = Colleague(tmp_path_factory.mktemp("colleague"), role)
        if name.endswith(OVER):
            made[name].bob.ms += 7 * DAY_MS
    yield made
    for each in made.values():
        each.close()


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(COLLEAGUES), st.sampled_from(REGISTRY.names()), st.sampled_from(ACTS),
    st.integers(0, 5),
)  # fmt: skip
def test_the_rules_say_what_the_store_does(colleagues, who, kind, act, which):
    colleague = colleagues[who]
    bob, record = colleague.bob, ""
    records = colleague.here(kind, "bin" if act == "restore" else "live")
    if act != "create":
        if not records:
            return  # this colleague reads none of that kind
        record = records[which % len(records)]
    said = told(bob, kind, act, record)
    if act == "create":
        taken = takes_new(bob.store, (kind,))
    else:
        taken = takes_act(bob.store, kind, act, record)
    assert (said == "") == taken, said
    assert said == "" or said.endswith(".")
    known = rights_of(bob)
    if act == "create":
        assert known.adding([kind], bob.store.dated) == said
    elif known.changing(kind, bob.store.dated):
        assert said, "where nothing may be changed, this may not"
    elif not known.bound:
        assert not said, "where it depends on no record, all may be changed"


@pytest.mark.parametrize("who", COLLEAGUES)
def test_what_is_offered_for_each_kind_is_what_the_store_takes(colleagues, who):
    bob = colleagues[who].bob
    known, allowed = rights_of(bob), []
    for kind in REGISTRY.names():
        for kinds in ((kind,), written_by_import(kind)):
            said = known.adding(kinds, bob.store.dated)
            assert (said == "") == takes_new(bob.store, kinds), (kinds, said)
            allowed += [kind] if not said and len(kinds) == 1 else []
    confidential = {cls.meta.name for cls in REGISTRY if cls.meta.compartment == w.CONFIDENTIAL}
    assert confidential == {"reading", "confidential_note"}
    wanted = {
        "admin": set(REGISTRY.names()),
        **dict.fromkeys(("officer", "approver", "payer"), set(REGISTRY.names()) - confidential),
        "volunteer": {"response", "comment"},
        "field": {"response", "comment"},
    }
    assert set(allowed) == wanted.get(who, set())


def test_the_rights_of_a_last_day_turn_with_the_clock(colleagues):
    known = rights_of(colleagues["volunteer"].bob)
    assert known.ends_ms is not None
    assert known.adding(["response"], known.ends_ms) == ""
    assert "last day" in known.adding(["response"], known.ends_ms + 1)
    assert "volunteer cannot add this" in known.adding(["event"], known.ends_ms)


def rights_of(laptop):
    reader = laptop.store.reader()
    try:
        return rights(laptop.store, reader)
    finally:
        reader.close()
