"""A commissioner's change cites who named them as the lead, and the lead has changed since."""

from __future__ import annotations

import itertools

import pytest

from db.changes import Create, Edit
from db.errors import NotPermitted
from engage_desktop.records.event import Event
from engage_desktop.sync.team_changes import change_role


@pytest.fixture
def office(laptop, shared):
    """Ann the admin, Bob a commissioner who leads the one event, Cy an officer; all in step."""
    ann = laptop("Ann")
    bob = laptop("Bob", by=ann, role="commissioner")
    cy = laptop("Cy", by=ann)
    event = Event(id=ann.store.new_id(), name="Forum", lead="Bob")
    ann.store.apply([Create(event)], "Add")
    for one in (ann, bob, cy, ann, bob):
        one.sync(shared)
    return ann, bob, cy, event.id


def in_step(shared, *laptops):
    for one in laptops * 2:
        one.sync(shared)
    pictures = [one.state() for one in laptops]
    assert all(each == pictures[0] for each in pictures)
    return pictures[0]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_what_was_written_without_knowing_counts_in_whatever_order_it_comes(office, shared, order):
    ann, bob, cy, event = office
    ann.store.apply([Edit("event", event, {"lead": "Cy"})], "Another lead")
    bob.store.apply([Edit("event", event, {"name": "Open forum"})], "Mend the name")
    for i in order:
        (ann, bob, cy)[i].sync(shared)
    in_step(shared, ann, bob, cy)
    for one in (ann, bob, cy):
        assert one.store.set_aside() == []
        found = one.store.get("event", event)
        assert (found.name, found.lead) == ("Open forum", "Cy")


def test_where_both_changed_one_field_there_are_two_versions(office, shared):
    ann, bob, cy, event = office
    ann.store.apply([Edit("event", event, {"lead": "Cy", "name": "Cy’s forum"})], "Another lead")
    bob.store.apply([Edit("event", event, {"name": "Bob’s forum"})], "Mend the name")
    in_step(shared, ann, bob, cy)
    (conflict,) = ann.store.conflicts()
    assert {v.value for v in conflict.versions} == {"Cy’s forum", "Bob’s forum"}


def test_who_has_heard_of_the_new_lead_writes_nothing_more_there(office, shared):
    ann, bob, cy, event = office
    ann.store.apply([Edit("event", event, {"lead": "Cy"})], "Another lead")
    in_step(shared, ann, bob, cy)
    before = bob.state()
    with pytest.raises(NotPermitted):
        bob.store.apply([Edit("event", event, {"name": "Mine still"})], "Mend the name")
    assert bob.state() == before
    ann.store.apply([Edit("event", event, {"lead": "Bob"})], "Bob again")
    in_step(shared, ann, bob, cy)
    bob.store.apply([Edit("event", event, {"name": "Mine again"})], "Mend the name")
    assert in_step(shared, ann, bob, cy)["records"]["event", event][1] == "Mine again"


def test_who_cites_the_old_change_on_purpose_is_ended_by_a_role_and_its_mark(office, shared):
    ann, bob, cy, event = office
    (named,) = [op.id for _, _, op in ann.store.ops_after(0) if op.record == event]
    ann.store.apply([Edit("event", event, {"lead": "Cy"})], "Another lead")
    in_step(shared, ann, bob, cy)
    bob.store.because = lambda _kind, _record: named  # a laptop that was tampered with
    bob.store.apply([Edit("event", event, {"name": "Cited"})], "As if nothing had happened")
    assert in_step(shared, ann, bob, cy)["records"]["event", event][1] == "Cited"
    change_role(ann.store, "Bob", "reader")
    bob.store.apply([Edit("event", event, {"name": "Cited again"})], "And again")
    bob.sync(shared)
    in_step(shared, ann, cy)
    assert ann.store.get("event", event).name == "Cited"
    in_step(shared, ann, bob, cy)
    assert [a.reason for a in cy.store.set_aside()] == ["role"]
