"""The whole history in a place: who is new to the team has nothing else, so it is looked after."""

from __future__ import annotations

import os
import shutil

import pytest

from engage_desktop.sync import LocalPlace, verify_folder
from tests.sync.conftest import read_below
from tests.sync.laptops import alter, bundles, codes


@pytest.fixture
def compacted(pair, shared):
    """A folder that holds one snapshot and nothing else to start from; its path."""
    priya, sam = pair
    for name in ("Church hall", "Library", "Mill"):
        priya.add_venue(name)
        priya.sync(shared)
    sam.sync(shared)
    priya.sync(shared, snapshot=True)
    for one in (sam, priya, sam, priya):
        assert codes(one.sync(shared)) == []
    assert bundles(shared) == []
    (path,) = (shared / "snap").iterdir()
    return path


@pytest.fixture
def opened(monkeypatch):
    """Every snapshot that is read out of a shared folder, by name."""
    return read_below("snap/", monkeypatch)


def cut(path):
    os.truncate(path, 50)


@pytest.mark.parametrize(("damage", "code"), [(alter, "damaged"), (cut, "cut_short")])
def test_one_that_was_altered_is_named_and_put_beside(
    pair, shared, compacted, laptop, opened, damage, code
):
    priya, sam = pair
    good = compacted.read_bytes()
    damage(compacted)
    altered = compacted.read_bytes()
    assert codes(sam.sync(shared)) == [code]
    assert compacted.read_bytes() == altered, "what somebody left there is left"
    (again,) = (p for p in (shared / "snap").iterdir() if p != compacted)
    assert again.read_bytes() == good
    assert codes(priya.sync(shared)) == [code]
    del opened[:]
    for one in (*pair, *pair):
        assert codes(one.sync(shared)) == [code], "named for as long as it lies there"
    assert len(list((shared / "snap").iterdir())) == 2
    assert opened == []
    alex = laptop("Alex", by=priya)
    priya.sync(shared)
    assert alex.sync(shared).received == 3
    assert alex.state() == priya.state() == sam.state()
    assert [bad.code for bad in verify_folder(LocalPlace(shared)).bad] == [code]


def test_one_altered_while_the_deliveries_lie_there_stands_for_none_of_them(pair, shared, laptop):
    priya, sam = pair
    priya.add_venue("Mill")
    priya.sync(shared)
    sam.sync(shared)
    priya.sync(shared, snapshot=True)
    (path,) = (shared / "snap").iterdir()
    good = path.read_bytes()
    alter(path)
    sam.sync(shared)
    assert bundles(shared), "nothing leaves for a history that cannot be read"
    for one in (priya, sam, priya, sam):
        one.sync(shared)
    assert [p.read_bytes() for p in (shared / "snap").iterdir() if p != path] == [good]
    assert bundles(shared) == []
    alex = laptop("Alex", by=priya)
    priya.sync(shared)
    alex.sync(shared)
    assert alex.state() == priya.state() == sam.state()


def test_it_is_read_once_in_each_place_and_mends_what_is_kept_here(pair, shared, compacted, opened):
    priya, sam = pair
    copy = shared.parent / "copy"
    shutil.copytree(shared, copy)
    (kept,) = (sam.folder / "sealed" / "snap").iterdir()
    good = kept.read_bytes()
    alter(kept)
    del opened[:]
    for _ in range(3):
        assert codes(sam.sync(copy)) == []
    assert opened == [compacted.relative_to(shared).as_posix()]
    assert kept.read_bytes() == good
    assert priya.state() == sam.state()


def test_where_it_was_altered_everywhere_the_next_one_takes_its_place(
    pair, shared, compacted, laptop
):
    priya, sam = pair
    alter(compacted)
    for one in pair:
        for kept in (one.folder / "sealed" / "snap").iterdir():
            alter(kept)
    sam.sync(shared)
    priya.add_venue("Barn")
    priya.sync(shared, snapshot=True)
    sam.sync(shared)
    alex = laptop("Alex", by=priya)
    priya.sync(shared)
    alex.sync(shared)
    assert alex.state() == priya.state() == sam.state()


def test_a_link_under_its_name_stops_nobody(pair, shared, compacted, tmp_path):
    _, sam = pair
    good = compacted.read_bytes()
    compacted.unlink()
    compacted.symlink_to(tmp_path / "nowhere")
    assert codes(sam.sync(shared)) == ["link"]
    assert [p.read_bytes() for p in (shared / "snap").iterdir() if p != compacted] == [good]
    assert not (tmp_path / "nowhere").exists()
