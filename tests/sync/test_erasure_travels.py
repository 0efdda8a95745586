"""What was erased is gone from every laptop, and from every sealed file they can open."""

from __future__ import annotations

import io

import pytest

from db.changes import Create
from db.erase import Erase
from engage_desktop.erased import ERASED_FILES, confirmations
from engage_desktop.records.filing import Attachment
from engage_desktop.sync.container import frame
from engage_desktop.sync.cores import BUNDLE, SNAPSHOT
from engage_desktop.sync.receipt_words import not_taken_words
from engage_desktop.sync.team import membership
from engage_desktop.sync.work import Behind

NEEDLE = "the heron on the weir"


def sealed_text(laptop, folder):
    """Every line of every bundle and snapshot below a folder that this laptop can open."""
    ring = membership(laptop.store).ring
    found = []
    for path in sorted(folder.rglob("*")):
        kind = {".bundle": BUNDLE, ".snapshot": SNAPSHOT}.get(path.suffix)
        if kind is None:
            continue
        data = path.read_bytes()
        with io.BytesIO(data) as file:
            bundle = frame(file, len(data), kind)
            bundle.verify(membership(laptop.store).roster.known[bundle.device].sign)
            for part in bundle.parts:
                keys = ring.openers(part.compartment, part.epoch)
                assert keys
                found += list(bundle.lines(part, keys))
    return b"\n".join(found).decode()


@pytest.fixture
def three(laptop, shared):
    """Priya and Lee (admins) and Sam; a comment with the phrase has reached all."""
    priya = laptop("Priya")
    lee = laptop("Lee", by=priya, role="admin")
    sam = laptop("Sam", by=priya)
    comment = sam.add_comment(f"I was told of {NEEDLE} by the nurse")
    hall = sam.add_venue("Hall")
    for one in (sam, priya, lee):
        one.sync(shared)
    assert NEEDLE in sealed_text(priya, shared)
    return priya, lee, sam, comment, hall


def sync(one, shared):
    def noted(digest):
        known = one.store.get_setting(ERASED_FILES, [])
        one.store.set_setting(ERASED_FILES, [*known, digest])

    def tidy():
        one.store.finish_erasures(one.blobs, removed=noted)

    return one.sync(shared, tidy=tidy)


def test_the_phrase_is_in_no_file_of_any_laptop_that_confirmed(three, shared):
    priya, lee, sam, comment, hall = three
    response = priya.store.get("comment", comment).response
    applied = priya.store.erase(Erase("response", response), "Erase a response for good")
    sync(priya, shared)  # erased, and a snapshot made without it
    assert confirmations(priya.store)[applied.change_set] == {priya.store.device}
    assert NEEDLE in sealed_text(lee, shared)  # the old bundle waits for the others
    for one in (lee, sam, priya):
        sync(one, shared)
    everybody = {one.store.device for one in (priya, lee, sam)}
    assert confirmations(priya.store)[applied.change_set] == everybody
    for one in (priya, lee, sam):
        assert NEEDLE not in sealed_text(priya, one.folder / "sealed")
        assert one.store.where("comment", comment) == "erased"
        assert one.store.where("venue", hall) == "live"
    assert NEEDLE not in sealed_text(priya, shared)
    assert priya.state() == lee.state() == sam.state()


def test_a_laptop_that_has_not_confirmed_is_named(three, shared):
    priya, lee, sam, comment, _ = three
    applied = priya.store.erase(Erase("comment", comment), "Erase a comment for good")
    receipt = sync(priya, shared)
    assert receipt.behind == [Behind("Lee", 0, 1), Behind("Sam", 0, 1)], "said at once"
    assert not_taken_words(receipt.as_json()) == [
        "The laptops of Lee and Sam have not confirmed 1 erasure yet: what was erased may still be "
        "on them. They have to send and receive."
    ]
    sync(lee, shared)
    receipt = sync(priya, shared)
    assert receipt.behind == [Behind("Sam", 0, 1)]
    assert not_taken_words(receipt.as_json()) == [
        "Sam’s laptop has not confirmed 1 erasure yet: what was erased may still be on it. It has "
        "to send and receive."
    ]
    confirmed = confirmations(priya.store)[applied.change_set]
    assert confirmed == {priya.store.device, lee.store.device}
    assert sam.store.device not in confirmed


def test_a_new_laptop_never_sees_what_was_erased(three, shared, laptop):
    priya, lee, sam, comment, _ = three
    priya.store.erase(Erase("comment", comment), "Erase a comment for good")
    for one in (priya, lee, sam, priya):
        sync(one, shared)
    ann = laptop("Ann", by=priya)
    sync(ann, shared)
    assert ann.state() == priya.state()
    assert ann.store.where("comment", comment) == "erased"
    assert NEEDLE not in sealed_text(priya, ann.folder / "sealed")


def test_an_erasure_by_an_officer_is_carried_out_by_the_next_admin(three, shared):
    priya, lee, sam, comment, _ = three
    applied = sam.store.erase(Erase("comment", comment), "Erase a comment for good")
    sync(sam, shared)
    assert confirmations(sam.store)[applied.change_set] == {sam.store.device}
    for one in (priya, lee, sam, priya, lee, sam):
        sync(one, shared)
    assert NEEDLE not in sealed_text(priya, shared)
    for one in (priya, lee, sam):
        assert len(confirmations(one.store)[applied.change_set]) == 3
        assert NEEDLE not in sealed_text(priya, one.folder / "sealed")


def test_a_sealed_attachment_goes_and_stays_gone(laptop, shared):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    hall = priya.add_venue("Hall")
    digest, size = priya.blobs.put(io.BytesIO(NEEDLE.encode() * 40))
    attachment = Attachment(
        id=priya.store.new_id(), owner=hall, filename="plan.txt", digest=digest, size=size
    )
    priya.store.apply([Create(attachment)], "Add a file")
    for one in (priya, sam):
        sync(one, shared)
    assert sam.blobs.has(digest)
    assert list((shared / "blob").rglob("*.age"))
    priya.store.erase(Erase("attachment", attachment.id), "Erase an attachment for good")
    sync(priya, shared)
    assert not list((shared / "blob").rglob("*.age"))
    for one in (sam, priya, sam, priya):
        sync(one, shared)
    for one in (priya, sam):
        assert not one.blobs.has(digest)
        assert not list((one.folder / "sealed" / "blob").rglob("*.age"))
    assert not list((shared / "blob").rglob("*.age"))
    assert not sam.sync(shared).attachments_missing
