"""A file of the place that was touched, and kept its size: read again, and put back if altered."""

from __future__ import annotations

import os

import pytest

from engage_desktop.sync.place import LocalPlace
from tests.sync.laptops import bundles, codes


def touch(path):
    """A second later, as anybody's writing is."""
    ns = path.stat().st_mtime_ns + 1_000_000_000
    os.utime(path, ns=(ns, ns))


def alter(path):
    """Another byte in the middle, and the same size."""
    good = path.read_bytes()
    middle = len(good) // 2
    path.write_bytes(good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :])
    touch(path)


@pytest.fixture
def opened(monkeypatch):
    """Every delivery that is read out of the shared folder, by name."""
    names = []
    real = LocalPlace.open

    def spy(self, name):
        if self.folder.name == "shared" and name.startswith("b/"):
            names.append(name)
        return real(self, name)

    monkeypatch.setattr(LocalPlace, "open", spy)
    return names


def test_whoever_sent_it_puts_it_back_though_nobody_read_it_yet(pair, shared):
    priya, sam = pair
    priya.add_venue("Church hall")
    priya.sync(shared)
    (path,) = bundles(shared)
    good = path.read_bytes()
    alter(path)
    altered = path.read_bytes()
    assert codes(sam.sync(shared)) == ["damaged"]
    assert codes(priya.sync(shared)) == ["damaged"]
    assert path.read_bytes() == altered, "what somebody left there is left"
    assert [p.read_bytes() for p in bundles(shared) if p != path] == [good]
    assert sam.sync(shared).received == 1
    assert sam.state() == priya.state()
    before = sorted(shared.rglob("*"))
    assert codes(priya.sync(shared)) == ["damaged"], "named for as long as it lies there"
    assert sorted(shared.rglob("*")) == before


def test_a_colleague_who_took_it_in_puts_it_back(pair, shared, laptop):
    priya, sam = pair
    priya.add_venue("Church hall")
    priya.sync(shared)
    sam.sync(shared)
    alex = laptop("Alex", by=priya)
    (path,) = bundles(shared)
    alter(path)
    receipt = sam.sync(shared)
    assert (codes(receipt), receipt.passed_on) == (["damaged"], 1)
    priya.sync(shared)
    assert alex.sync(shared).received == 1
    assert alex.state() == priya.state() == sam.state()


def test_a_touched_file_that_is_whole_is_read_once_and_never_named(pair, shared, opened):
    priya, sam = pair
    priya.add_venue("Church hall")
    priya.sync(shared)
    sam.sync(shared)
    (path,) = bundles(shared)
    touch(path)
    for one in pair:
        del opened[:]
        receipt = one.sync(shared)
        assert (receipt.received, receipt.passed_on, codes(receipt)) == (0, 0, [])
        assert opened == [path.relative_to(shared).as_posix()]
        one.sync(shared)
        assert len(opened) == 1
    assert bundles(shared) == [path]


def test_nothing_is_read_again_that_nobody_touched(pair, shared, opened):
    priya, sam = pair
    for name in ("Church hall", "Library", "Mill"):
        priya.add_venue(name)
        priya.sync(shared)
    assert opened == []
    sam.sync(shared)
    assert len(opened) == 3
    for one in (*pair, *pair):
        one.sync(shared)
    assert len(opened) == 3


def test_one_that_came_back_as_it_was_is_named_no_more(pair, shared):
    priya, sam = pair
    priya.add_venue("Church hall")
    priya.sync(shared)
    sam.sync(shared)
    (path,) = bundles(shared)
    good = path.read_bytes()
    alter(path)
    assert codes(priya.sync(shared)) == ["damaged"]
    path.write_bytes(good)
    touch(path)
    for one in (*pair, *pair):
        assert codes(one.sync(shared)) == []
    assert sam.state() == priya.state()


def test_the_long_list_is_not_even_read_where_nothing_was_touched(pair, shared, monkeypatch):
    """Or a sync with nothing new would cost more the longer the history is."""
    priya, sam = pair
    priya.add_venue("Church hall")
    priya.sync(shared)
    sam.sync(shared)
    asked = []
    for one in pair:
        real = one.store.get_setting
        monkeypatch.setattr(
            one.store, "get_setting", lambda k, *d, real=real: asked.append(k) or real(k, *d)
        )
        one.sync(shared)
        assert any(key.startswith("sync.seen_mark.") for key in asked)
        assert [key for key in asked if key.startswith("sync.seen.")] == []
    touch(bundles(shared)[0])
    sam.sync(shared)
    assert [key for key in asked if key.startswith("sync.seen.")] != []
