"""A merge goes through the shared folder, and is taken back on the other laptop."""

from __future__ import annotations

from contextlib import closing

import pytest

from db.changes import Create
from db.errors import KnownError, NotPermitted
from engage_desktop.duplicates import find_duplicates, say_distinct
from engage_desktop.merging import gather, merge, merging_of, plan_merge
from engage_desktop.records.registry import REGISTRY
from engage_desktop.sync.team_changes import change_role
from engage_desktop.unmerging import unmerge


def add(laptop, kind, **values):
    record = REGISTRY[kind].model_validate({"id": laptop.store.new_id(), **values})
    laptop.store.apply([Create(record)], "Add")
    return record.id


def two_janes(laptop):
    one = add(laptop, "stakeholder", name="Jane Okafor", email="jane@example.org", needs=["bsl"])
    other = add(laptop, "stakeholder", name="Jan Okafor", email="jane@example.org",
                phone="01632 960111", bulletin="no", needs=["quiet"])  # fmt: skip
    group = add(laptop, "stakeholder", name="Forum", nature="group")
    add(laptop, "interaction", stakeholder=other, subject="Call")
    add(laptop, "membership", member=other, group=group, role="chair")
    add(laptop, "event", name="Day", invited=[one, other])
    add(laptop, "response", respondent=other, fft="good")
    return one, other


def planned(laptop, one, other):
    with closing(laptop.store.reader()) as reader:
        return plan_merge(laptop.store, reader, one, other)


def seen(laptop):
    """All an officer sees but the merge itself."""
    state = laptop.state()
    return {k: v for k, v in state["records"].items() if k[0] != "merging"}, state["conflicts"]


def test_merged_here_and_taken_back_there(laptop, shared):
    ann = laptop("Ann")
    one, other = two_janes(ann)
    ann.sync(shared, start=True)
    sam = laptop("Sam", by=ann)
    for each in (ann, sam, ann, sam):
        each.sync(shared)
    before = seen(ann)
    assert seen(sam) == before
    merging = merging_of(merge(ann.store, planned(ann, one, other)))
    ann.sync(shared)
    sam.sync(shared)
    assert sam.store.where("stakeholder", other) == "bin"
    assert sam.store.get("stakeholder", one).phone == "01632 960111"
    unmerge(sam.store, merging)
    sam.sync(shared)
    ann.sync(shared)
    assert seen(sam) == before
    assert seen(ann) == before
    for each in (ann, sam):
        assert each.store.check().ok


def test_a_new_laptop_that_begins_with_the_whole_history_takes_it_back(laptop, shared):
    """What the kept record said before comes with the history, so it is there as well."""
    ann = laptop("Ann")
    one, other = two_janes(ann)
    before = seen(ann)
    merging = merging_of(merge(ann.store, planned(ann, one, other)))
    ann.sync(shared, start=True)
    sam = laptop("Sam", by=ann)
    ann.sync(shared)
    sam.sync(shared)
    unmerge(sam.store, merging)
    assert seen(sam) == before


def test_two_told_apart_here_are_apart_there(laptop, shared):
    ann = laptop("Ann")
    one, other = two_janes(ann)
    say_distinct(ann.store, one, other)
    ann.sync(shared, start=True)
    sam = laptop("Sam", by=ann)
    sam.sync(shared)
    with closing(sam.store.reader()) as reader:
        assert find_duplicates(reader) == []


@pytest.mark.parametrize("role", ["volunteer", "commissioner", "reader"])
def test_whose_role_does_not_reach_is_told_so(laptop, shared, role):
    """They do not hold the records, and can make none."""
    ann = laptop("Ann")
    one, other = two_janes(ann)
    ann.sync(shared, start=True)
    bob = ann.invite("Bob", shared.parent / "bob", role=role)
    try:
        bob.sync(shared)
        ann.sync(shared)
        bob.sync(shared)
        with pytest.raises(KnownError, match="no stakeholder"):
            planned(bob, one, other)
        with pytest.raises(NotPermitted) as refused:
            add(bob, "stakeholder", name="Jane")
        assert refused.value.sentence.endswith(".")
    finally:
        bob.close()


def test_an_officer_who_became_a_reader_is_told_before_and_when_they_try(laptop, shared):
    ann = laptop("Ann")
    one, other = two_janes(ann)
    ann.sync(shared, start=True)
    sam = laptop("Sam", by=ann)
    for each in (sam, ann, sam):
        each.sync(shared)
    change_role(ann.store, sam.store.device, "reader")
    ann.sync(shared)
    sam.sync(shared)
    plan = planned(sam, one, other)
    assert plan.refused == "A reader cannot change this. An admin can give you another role."
    with pytest.raises(NotPermitted, match="reader cannot"):
        merge(sam.store, plan)
    with pytest.raises(NotPermitted):
        say_distinct(sam.store, one, other)
    assert sam.store.where("stakeholder", other) == "live"


def test_an_officer_leaves_confidential_notes_to_who_may_read_them(laptop, shared):
    """They come along when an admin says so, and go back with the rest."""
    ann = laptop("Ann")
    one, other = two_janes(ann)
    note = add(ann, "confidential_note", stakeholder=other, text="A worry")
    ann.sync(shared, start=True)
    sam = laptop("Sam", by=ann)
    for each in (sam, ann, sam):
        each.sync(shared)
    assert not sam.store.exists("confidential_note", note)
    plan = planned(sam, one, other)
    assert plan.refused == ""
    merging = merging_of(merge(sam.store, plan))
    sam.sync(shared)
    ann.sync(shared)
    assert ann.store.get("confidential_note", note).stakeholder == other
    gather(ann.store, merging)
    assert ann.store.get("confidential_note", note).stakeholder == one
    ann.sync(shared)
    sam.sync(shared)
    unmerge(sam.store, merging)
    sam.sync(shared)
    ann.sync(shared)
    assert ann.store.get("confidential_note", note).stakeholder == one, "not Sam's to move"
    unmerge(ann.store, merging)
    assert ann.store.get("confidential_note", note).stakeholder == other
