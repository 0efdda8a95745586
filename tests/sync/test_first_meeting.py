"""A place that is new to a laptop: what it took in elsewhere is read through there, once."""

from __future__ import annotations

import shutil

import pytest

from db.errors import Cancelled, ReadOnly
from engage_desktop.sync import receiving
from engage_desktop.sync.place import LocalPlace
from tests.sync.laptops import alter, bundles, codes

COUNT = 6


@pytest.fixture
def elsewhere(pair, shared, tmp_path):
    """A copy of the folder in which two laptops have exchanged six deliveries."""
    priya, sam = pair
    for number in range(COUNT):
        priya.add_venue(f"Hall {number}")
        priya.sync(shared)
    sam.sync(shared)
    copy = tmp_path / "elsewhere"
    shutil.copytree(shared, copy)
    return copy


def test_what_was_altered_there_is_found_though_nobody_saw_it_whole(pair, elsewhere, laptop):
    priya, sam = pair
    first, second, *_ = bundles(elsewhere)
    good = first.read_bytes()
    alter(first)
    receipt = sam.sync(elsewhere)
    assert (codes(receipt), receipt.passed_on) == (["damaged"], 1)
    assert [p.read_bytes() for p in bundles(elsewhere) if "-again" in p.name] == [good]
    alter(second)
    assert codes(priya.sync(elsewhere)) == ["damaged", "damaged"]
    alex = laptop("Alex", by=priya)
    priya.sync(elsewhere)
    assert alex.sync(elsewhere).received == COUNT
    assert alex.state() == priya.state() == sam.state()


def test_it_is_read_once_and_never_again(pair, shared, elsewhere, opened):
    _, sam = pair
    told = []
    receipt = sam.sync(elsewhere, progress=lambda *step: told.append(step))
    assert (receipt.received, codes(receipt)) == (0, [])
    assert len(opened) == COUNT
    words = "Reading what lies in the shared folder"
    assert [step for step in told if step[0] == words] == [
        (words, done, COUNT) for done in range(COUNT + 1)
    ]
    for place in (elsewhere, shared, elsewhere, shared):
        sam.sync(place)
    assert len(opened) == COUNT
    assert words not in {step[0] for step in told[COUNT + 20 :]}


def test_stopped_half_way_it_goes_on_behind_what_was_read(pair, elsewhere, opened):
    _, sam = pair
    alter(bundles(elsewhere)[-1])
    for upto in (2, 4):
        with pytest.raises(Cancelled):
            sam.sync(elsewhere, cancelled=lambda upto=upto: len(opened) > upto)
        assert len(opened) == upto + 1
    assert codes(sam.sync(elsewhere)) == ["damaged"]
    assert len(set(opened)) == COUNT
    assert len(opened) == COUNT + 2, "only what was cut off is read again"


class Killed(BaseException):
    """The program ends here."""


def test_not_even_a_kill_has_it_begin_again(pair, elsewhere, opened, monkeypatch):
    _, sam = pair
    monkeypatch.setattr(receiving, "SAVED_EVERY", 2)

    def die(words, done, total):
        if words.startswith("Reading what lies") and done == 5:
            raise Killed

    with pytest.raises(Killed):
        sam.sync(elsewhere, progress=die)
    assert len(opened) == 5
    sam.sync(elsewhere)
    assert len(opened) <= COUNT + 2
    del opened[:]
    sam.sync(elsewhere)
    assert opened == []


class Locked(LocalPlace):
    """A folder of which this laptop may only read."""

    def put_if_absent(self, name, data):
        raise ReadOnly("The shared folder does not let this laptop write.")


def test_where_nothing_may_be_written_it_is_named_and_the_sync_ends_well(pair, elsewhere):
    _, sam = pair
    path = bundles(elsewhere)[2]
    alter(path)
    before = sorted(elsewhere.rglob("*"))
    for _ in range(2):
        assert codes(sam.sync(Locked(elsewhere))) == ["damaged"]
    assert sorted(elsewhere.rglob("*")) == before
    sam.add_venue("Mill")
    with pytest.raises(ReadOnly):  # what is new cannot be sent, and that is said
        sam.sync(Locked(elsewhere))


def test_a_delivery_put_there_by_a_colleague_and_known_from_a_stick_is_read_once_too(
    pair, shared, tmp_path, opened
):
    priya, sam = pair
    stick = tmp_path / "stick"
    stick.mkdir()
    priya.add_venue("Church hall")
    priya.sync(shared)
    sam.sync(shared)
    priya.add_venue("Library")
    priya.sync(stick, start=True)
    sam.sync(stick)
    priya.sync(shared)
    alter(max(bundles(shared), key=lambda path: path.name))
    del opened[:]
    receipt = sam.sync(shared)
    assert (codes(receipt), receipt.passed_on) == (["damaged"], 1)
    assert len(opened) == 1
