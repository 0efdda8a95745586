"""What a role may not read stays closed, is handed on, and opens with a re-sealed snapshot."""

from __future__ import annotations

import io
import shutil

import pytest

from db.changes import Create, Edit
from db.errors import NotPermitted
from engage_desktop.records.feedback import Theme
from engage_desktop.records.filing import Attachment
from engage_desktop.sync import LocalPlace, verify_folder
from engage_desktop.sync.keys import COMPARTMENTS
from engage_desktop.sync.team import membership
from engage_desktop.sync.team_changes import change_role, revoke


def test_a_reader_relays_what_it_cannot_open_and_reads_it_after_its_role_grew(
    laptop, shared, tmp_path
):
    priya = laptop("Priya")
    robin = laptop("Robin", by=priya, role="reader")
    comment = priya.add_comment("in confidence")
    digest, size = priya.blobs.put(io.BytesIO(b"a plan of the ward" * 99))
    plan = Attachment(
        id=priya.store.new_id(), owner=comment, filename="plan.txt", digest=digest, size=size
    )
    priya.store.apply([Create(plan)], "Add a file")
    hall = priya.add_venue("Hall")
    priya.sync(shared)
    robin.sync(shared)
    assert robin.store.get("venue", hall).name == "Hall"
    assert robin.store.where("comment", comment) is None
    assert not robin.blobs.has(digest)

    stick = tmp_path / "stick"  # Robin hands on what Robin cannot open
    stick.mkdir()
    robin.sync(stick, start=True)
    ann = laptop("Ann", by=priya)
    ann.sync(stick)
    assert ann.store.get("comment", comment).text == "in confidence"

    priya.sync(shared)
    change_role(priya.store, robin.store.device, "officer")
    robin.sync(shared)
    assert robin.store.where("comment", comment) is None  # new keys alone open nothing old
    priya.sync(shared)
    robin.sync(shared)
    if robin.store.where("comment", comment) is None:  # keys first, history with the next
        robin.sync(shared)
    assert robin.store.get("comment", comment).text == "in confidence"
    assert robin.blobs.has(digest)
    assert "confidential" not in membership(robin.store).ring.identities
    for one in (priya, ann, robin, priya):
        one.sync(shared)
    assert robin.state() == ann.state()
    assert verify_folder(LocalPlace(shared)).ok


def test_what_a_role_may_not_do_is_refused_here_and_without_effect_there(laptop, shared):
    priya = laptop("Priya")
    robin = laptop("Robin", by=priya, role="reader")
    hall = priya.add_venue("Hall")
    priya.sync(shared)
    robin.sync(shared)
    with pytest.raises(NotPermitted):
        robin.edit_venue(hall, name="Palace")
    robin.store.judge = None  # a laptop that was tampered with
    robin.edit_venue(hall, name="Palace")
    robin.sync(shared)
    receipt = priya.sync(shared)
    assert priya.store.get("venue", hall).name == "Hall"
    assert [item.code for item in receipt.quarantined] == ["role"]
    aside = priya.store.set_aside()
    assert [(item.officer, item.reason, item.id) for item in aside] == [("Robin", "role", hall)]


def test_what_came_after_a_revocation_has_no_effect_whatever_came_first(laptop, shared, tmp_path):
    priya = laptop("Priya")
    sam, lee = laptop("Sam", by=priya), laptop("Lee", by=priya)
    hall = priya.add_venue("Hall")
    for one in (priya, sam, lee, priya):
        one.sync(shared)
    sam.edit_venue(hall, name="Good")
    sam.sync(shared)
    priya.sync(shared)
    other = tmp_path / "other"
    shutil.copytree(shared, other)
    revoke(priya.store, sam.store.device)
    sam.edit_venue(hall, name="Bad")
    sam.sync(other)
    lee.sync(other)  # Lee has not heard yet
    assert lee.store.get("venue", hall).name == "Bad"
    priya.sync(shared)
    lee.sync(shared)
    assert lee.store.get("venue", hall).name == "Good"
    receipt = priya.sync(other)
    assert priya.store.get("venue", hall).name == "Good"
    assert {item.code for item in receipt.quarantined} == {"revoked"}
    assert priya.state() == lee.state()
    priya.store.apply([Edit("venue", hall, {"name": "Better"})], "Rename")
    priya.sync(shared)
    sam.sync(shared)
    ring = membership(sam.store).ring
    assert all(not ring.openers(name, 2) for name in COMPARTMENTS)
    assert sam.store.get("venue", hall).name == "Good"  # "Better" is sealed with keys it lacks


def test_a_commissioner_changes_only_what_they_lead(laptop, shared):
    from engage_desktop.records.event import Event

    priya = laptop("Priya")
    cole = laptop("Cole", by=priya, role="commissioner")
    mine = Event(id=priya.store.new_id(), name="Mine", lead="Cole")
    other = Event(id=priya.store.new_id(), name="Other", lead="Priya")
    priya.store.apply([Create(mine), Create(other)], "Add events")
    priya.sync(shared)
    cole.sync(shared)
    cole.store.apply([Edit("event", mine.id, {"name": "Mine indeed"})], "Rename")
    with pytest.raises(NotPermitted):
        cole.store.apply([Edit("event", other.id, {"name": "Taken"})], "Rename")
    cole.sync(shared)
    receipt = priya.sync(shared)
    assert priya.store.get("event", mine.id).name == "Mine indeed"
    assert priya.store.get("event", other.id).name == "Other"
    assert receipt.quarantined == []


def test_what_a_release_before_could_not_judge_is_judged_after_the_upgrade(laptop, shared):
    priya = laptop("Priya")
    vera = laptop("Vera", by=priya, role="volunteer")
    priya.sync(shared)
    vera.sync(shared)
    theme = Theme(id=vera.store.new_id(), name="Parking")
    with pytest.raises(NotPermitted):
        vera.store.apply([Create(theme)], "Add")
    assert priya.store.get_setting("sync.judged_by")
    vera.store.judge = None
    vera.store.apply([Create(theme)], "Add")
    vera.sync(shared)
    priya.sync(shared)
    assert priya.store.where("theme", theme.id) is None
    assert [item.reason for item in priya.store.set_aside()] == ["role"]
    judge, priya.store.judge = priya.store.judge, None  # a later release that lets it count
    priya.sync(shared)
    assert priya.store.where("theme", theme.id) is None
    priya.store.set_setting("sync.judged_by", [])
    priya.sync(shared)
    assert priya.store.where("theme", theme.id) == "live"
    priya.store.judge = judge
