"""What may be done is told before it is tried, and the judge says the same when it is tried."""

import pytest

from db.changes import Bin, Create, Edit
from db.errors import NotPermitted
from engage_desktop.records.event import Event
from engage_desktop.records.feedback import Response
from engage_desktop.sync.permits import may, may_team
from engage_desktop.sync.rights import judge_store
from engage_desktop.sync.roles import ROLES
from engage_desktop.sync.team import membership
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
