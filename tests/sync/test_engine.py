"""Two and more laptops over one folder."""

from __future__ import annotations

import io
import itertools

import pytest

from db.changes import Create
from engage_desktop.records.filing import Attachment
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.records.venue import Venue
from engage_desktop.sync.keys import blob_name


def everyone_syncs(*laptops, place, rounds=2):
    for _ in range(rounds):
        for one in laptops:
            one.sync(place)


def test_a_record_travels_and_the_receipt_counts_it(laptop, shared):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    priya.add_venue("Church hall")
    priya.add_comment("The ramp was steep")
    receipt = priya.sync(shared)
    assert (receipt.sent, receipt.received) == (3, 0)
    receipt = sam.sync(shared)
    assert (receipt.sent, receipt.received) == (0, 3)
    assert receipt.from_whom == {"Priya": 3}
    assert sam.state() == priya.state()
    assert receipt.quarantined == []
    assert receipt.waiting == []


def test_a_sync_with_nothing_new_writes_nothing(laptop, shared):
    priya = laptop("Priya")
    priya.add_venue("Church hall")
    priya.sync(shared)
    before = sorted(shared.rglob("*"))
    receipt = priya.sync(shared)
    assert (receipt.sent, receipt.received) == (0, 0)
    assert sorted(shared.rglob("*")) == before


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_three_laptops_agree_whatever_the_order(laptop, shared, order):
    priya = laptop("Priya")
    laptops = [priya, laptop("Sam", by=priya), laptop("Alex", by=priya)]
    venue = priya.add_venue("Church hall")
    for at in order:
        laptops[at].add_comment(f"from {at}")
        laptops[at].sync(shared)
    everyone_syncs(*laptops, place=shared)
    for number, one in enumerate(laptops):
        one.edit_venue(venue, name=f"Hall {number}")
    for at in order:
        laptops[at].sync(shared)
    everyone_syncs(*laptops, place=shared)
    states = [one.state() for one in laptops]
    assert states[0] == states[1] == states[2]
    assert len(states[0]["conflicts"]) == 1


def test_a_conflict_is_shown_chosen_and_the_choice_travels(laptop, shared):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    venue = priya.add_venue("Church hall")
    everyone_syncs(priya, sam, place=shared)
    priya.edit_venue(venue, name="Hall by the church")
    sam.edit_venue(venue, name="Parish hall")
    priya.sync(shared)
    assert sam.sync(shared).conflicts == 1
    assert priya.sync(shared).conflicts == 1
    (conflict,) = sam.store.conflicts()
    assert {v.value for v in conflict.versions} == {"Hall by the church", "Parish hall"}
    assert {v.officer for v in conflict.versions} == {"Priya", "Sam"}
    sam.store.resolve("venue", venue, conflict.slot, "Parish hall")
    sam.sync(shared)
    assert priya.sync(shared).conflicts == 0
    assert priya.store.get("venue", venue).name == "Parish hall"
    assert priya.state() == sam.state()


def test_the_newcomer_may_sync_first(laptop, shared):
    priya = laptop("Priya")
    priya.add_venue("Church hall")
    sam = laptop("Sam", by=priya)
    sam.add_venue("Library")
    sam.sync(shared)
    receipt = priya.sync(shared)
    assert receipt.received == 1
    sam.sync(shared)
    assert priya.state() == sam.state()


def test_a_newcomer_reads_the_whole_history_at_once(laptop, shared):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    for number in range(3):
        priya.add_venue(f"Hall {number}")
        priya.sync(shared)
        sam.add_venue(f"Library {number}")
        sam.sync(shared)
    alex = laptop("Alex", by=priya)
    assert alex.sync(shared).received == 6
    priya.sync(shared)
    assert alex.state() == priya.state()


def test_attachments_travel_and_may_come_later(laptop, shared):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    content = bytes(range(256)) * 2000
    digest, size = priya.blobs.put(io.BytesIO(content))
    record = Attachment(id=priya.store.new_id(), filename="plan.pdf", size=size, digest=digest)
    priya.store.apply([Create(record)], "Attach a file")
    receipt = priya.sync(shared)
    assert receipt.attachments_sent == 1
    (sealed,) = (shared / "blob").rglob("*.age")
    hidden = sealed.read_bytes()
    sealed.unlink()
    receipt = sam.sync(shared)
    assert receipt.received == 1
    assert receipt.attachments_missing == 1
    assert sam.store.get("attachment", record.id).digest == digest
    sealed.write_bytes(hidden[:-1] + bytes([hidden[-1] ^ 1]))
    receipt = sam.sync(shared)
    assert [item.code for item in receipt.quarantined] == ["damaged"]
    sealed.write_bytes(hidden)
    receipt = sam.sync(shared)
    assert receipt.attachments_received == 1
    assert receipt.attachments_missing == 0
    assert b"".join(sam.blobs.read(digest)) == content
    assert sam.sync(shared).attachments_received == 0


def test_the_same_attachment_of_two_officers_is_sealed_once_where_one_knew(laptop, shared):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    digests = set()
    for one in (priya, sam):
        digest, size = one.blobs.put(io.BytesIO(b"the same leaflet"))
        digests.add(digest)
        record = Attachment(id=one.store.new_id(), filename="a", size=size, digest=digest)
        one.store.apply([Create(record)], "Attach a file")
        one.sync(shared)
    assert len(digests) == 1
    assert len(list((shared / "blob").rglob("*.age"))) == 1


def attach(one, owner, content):
    """Keep a file with a record; its digest and the id of the attachment."""
    digest, size = one.blobs.put(io.BytesIO(content))
    record = Attachment(id=one.store.new_id(), filename="a", size=size, digest=digest, owner=owner)
    one.store.apply([Create(record)], "Attach a file")
    return digest, record.id


def test_a_file_is_sealed_for_each_compartment_that_holds_it(laptop, shared):
    priya = laptop("Priya")
    robin = laptop("Robin", by=priya, role="reader")
    hall = priya.add_venue("Church hall")
    person = Stakeholder(id=priya.store.new_id(), name="Jo")
    priya.store.apply([Create(person)], "Add a person")
    digest, with_person = attach(priya, person.id, b"the same leaflet")
    priya.sync(shared)
    robin.sync(shared)
    assert not robin.blobs.has(digest)
    assert not robin.store.exists("attachment", with_person)
    _, with_hall = attach(priya, hall, b"the same leaflet")
    priya.sync(shared)
    assert len(list((shared / "blob").rglob("*.age"))) == 2
    receipt = robin.sync(shared)
    assert (receipt.attachments_received, receipt.attachments_missing) == (1, 0)
    assert b"".join(robin.blobs.read(digest)) == b"the same leaflet"
    assert robin.store.exists("attachment", with_hall)
    assert not robin.store.exists("attachment", with_person)


def test_an_attachment_under_the_name_of_an_earlier_release_is_found(laptop, shared, monkeypatch):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    digest, _ = attach(priya, None, b"an old leaflet")
    with monkeypatch.context() as then:
        then.setattr(
            "engage_desktop.sync.sending.blob_name",
            lambda key, digest, c="": blob_name(key, digest),
        )
        priya.sync(shared)
    assert sam.sync(shared).attachments_received == 1
    assert sam.blobs.has(digest)


def test_an_op_knows_the_file_that_brought_it_on_every_laptop(laptop, shared):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    priya.add_venue("Church hall")
    priya.add_comment("The ramp was steep")
    assert {source for *_, source in priya.store.all_ops()} == {None}
    priya.sync(shared)
    priya.add_venue("Library")
    priya.sync(shared)
    sam.sync(shared)
    found = [
        {op.id: (source, op.compartment, op.creates) for _, op, source in one.store.all_ops()}
        for one in (priya, sam)
    ]
    assert found[0] == found[1]
    assert sorted(source.seq for source, _, _ in found[0].values()) == [1, 1, 1, 2]
    assert {c for _, c, _ in found[0].values()} == {"general", "people"}
    assert all(creates for _, _, creates in found[0].values())


def test_two_places_bring_everyone_together(laptop, shared, tmp_path):
    """A stick and a network drive: whoever has both passes on what others left."""
    stick = tmp_path / "stick"
    stick.mkdir()
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    alex = laptop("Alex", by=priya)
    priya.add_venue("Church hall")
    priya.sync(shared)
    sam.sync(shared)
    sam.sync(stick, start=True)
    assert alex.sync(stick).received == 1
    alex.add_venue("Library")
    alex.sync(stick)
    sam.sync(stick)
    assert sam.sync(shared).passed_on == 1
    priya.sync(shared)
    assert priya.state() == alex.state()


def test_a_large_change_set_is_split_nowhere_and_small_ones_share_a_file(
    laptop, shared, monkeypatch
):
    monkeypatch.setattr("engage_desktop.sync.sending.ENOUGH", 1000)
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    for number in range(30):
        priya.add_venue(f"Hall {number}")
    with priya.store.batch("Import") as batch:
        for number in range(50):
            batch.add([Create(Venue(id=priya.store.new_id(), name=f"Many {number}"))])
    assert priya.sync(shared).sent == 80
    bundles = list((shared / "b").rglob("*.bundle"))
    assert 2 < len(bundles) < 30
    assert sam.sync(shared).received == 80
    assert sam.state() == priya.state()


def test_a_slow_clock_stays_behind_what_it_has_seen_after_a_restart(laptop, shared):
    """Sam's laptop is five hours slow; Sam's answer to Priya still comes after it."""
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    sam.ms -= 5 * 3600 * 1000
    venue = priya.add_venue("Church hall")
    priya.sync(shared)
    sam.sync(shared)
    sam.close()
    again = laptop("Sam", seed=1)
    again.ms = sam.ms
    again.edit_venue(venue, notes="The ramp is steep")
    assert [entry.officer for entry in again.store.history("venue", venue)] == ["Sam", "Priya"]
