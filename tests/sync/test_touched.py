"""A file of the place that was touched, and kept its size: read again, and put back if altered."""

from __future__ import annotations

from engage_desktop.sync import LocalPlace, verify_folder
from engage_desktop.sync.team_changes import change_role
from tests.sync.laptops import alter, bundles, codes, touch


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


# -- another whole delivery under the name of one ----------------------------------------------


def exchanged(shared, one, other):
    """The bytes of another delivery under the name of one."""
    one.write_bytes(other.read_bytes())
    touch(one)


def test_another_whole_delivery_under_its_name_is_named_and_put_right(pair, shared, opened):
    priya, sam = pair
    for name in ("Church hall", "Library"):
        priya.add_venue(name)
        priya.sync(shared)
    first, second = bundles(shared)
    good = first.read_bytes()
    exchanged(shared, first, second)
    receipt = priya.sync(shared)
    name = first.relative_to(shared).as_posix()
    assert [(item.file, item.code) for item in receipt.quarantined] == [(name, "misnamed")]
    assert receipt.in_words()[0].startswith(f"Misnamed: {name}. The file is another whole")
    assert [p.read_bytes() for p in bundles(shared) if "-again" in p.name] == [good]
    assert (codes(sam.sync(shared)), sam.state()) == (["misnamed"], priya.state())
    priya.sync(shared)
    before = sorted(shared.rglob("*"))
    del opened[:]
    for one in (*pair, *pair):
        assert codes(one.sync(shared)) == ["misnamed"], "named for as long as it lies there"
    assert opened == [], "and not read for that"
    assert sorted(shared.rglob("*")) == before


def test_what_lies_under_anothers_name_alone_counts_all_the_same(pair, shared):
    priya, sam = pair
    for name in ("Church hall", "Library"):
        priya.add_venue(name)
        priya.sync(shared)
    first, second = bundles(shared)
    exchanged(shared, first, second)
    second.unlink()
    receipt = sam.sync(shared)
    assert (receipt.received, codes(receipt)) == (1, ["misnamed"])
    assert [w.missing for w in receipt.waiting] == [(1,)]
    priya.sync(shared)
    sam.sync(shared)
    assert sam.state() == priya.state()


def test_a_check_of_the_folder_names_it_too(pair, shared):
    priya, _ = pair
    for name in ("Church hall", "Library"):
        priya.add_venue(name)
        priya.sync(shared)
    first, second = bundles(shared)
    exchanged(shared, second, first)
    report = verify_folder(LocalPlace(shared))
    assert [(item.file, item.code) for item in report.bad] == [
        (second.relative_to(shared).as_posix(), "misnamed")
    ]
    assert report.bundles == 1
    priya.sync(shared)
    report = verify_folder(LocalPlace(shared))
    assert ([item.code for item in report.bad], report.bundles) == (["misnamed"], 2)


# -- altered twice -----------------------------------------------------------------------------


def test_what_was_put_back_and_altered_again_is_put_back_again(pair, shared):
    priya, sam = pair
    priya.add_venue("Church hall")
    priya.sync(shared)
    (path,) = bundles(shared)
    good = path.read_bytes()
    for time in range(1, 4):
        for each in bundles(shared):
            alter(each)
        assert codes(priya.sync(shared)) == ["damaged", *["signature"] * (time - 1)]
        assert [p.read_bytes() == good for p in bundles(shared)].count(True) == 1
    assert sam.sync(shared).received == 1
    assert sam.state() == priya.state()
    before = sorted(shared.rglob("*"))
    for one in pair:
        one.sync(shared)
    assert sorted(shared.rglob("*")) == before


def test_somebody_who_alters_it_for_ever_fills_no_folder(pair, shared):
    priya, _ = pair
    priya.add_venue("Church hall")
    priya.sync(shared)
    for _ in range(12):
        for each in bundles(shared):
            alter(each)
        receipt = priya.sync(shared)
    assert len(bundles(shared)) == 10
    assert len(codes(receipt)) == 10


def kept(one):
    """What a laptop keeps of the deliveries."""
    return bundles(one.folder / "sealed")


def test_one_damaged_on_the_own_disk_too_is_put_back_by_a_colleague_and_mended(pair, shared):
    priya, sam = pair
    hall = priya.add_venue("Church hall")
    priya.sync(shared)
    sam.sync(shared)
    sam.edit_venue(hall, notes="Warm")
    sam.sync(shared)
    priya.sync(shared)
    theirs = next(p for p in bundles(shared) if p.parent.name == sam.store.device)
    (mine,) = [p for p in kept(sam) if p.parent.name == sam.store.device]
    good = mine.read_bytes()
    alter(theirs)
    alter(mine)
    receipt = sam.sync(shared)
    assert (codes(receipt), receipt.sent) == (["damaged"], 0)
    (note,) = receipt.notes
    assert note.startswith("Delivery 1 from Sam’s laptop: altered or gone in the shared folder, ")
    assert "Whoever else keeps it puts it back" in note
    assert mine.read_bytes() != good
    assert priya.sync(shared).passed_on == 1
    receipt = sam.sync(shared)
    assert (receipt.notes, codes(receipt)) == ([], ["damaged"])
    assert mine.read_bytes() == good, "taken back from the folder"


def test_one_that_nobody_has_whole_any_more_goes_into_the_whole_history(pair, shared, laptop):
    priya, sam = pair
    priya.add_venue("Church hall")
    priya.sync(shared)
    sam.sync(shared)
    for path in (*bundles(shared), *kept(priya), *kept(sam)):
        alter(path)
    receipt = sam.sync(shared)
    assert "Delivery 1 from Priya’s laptop" in receipt.notes[0], "an officer can only name it"
    assert list(shared.rglob("*.snapshot")) == []
    receipt = priya.sync(shared)
    assert "The whole history was written anew, and stands for it." in receipt.notes[0]
    assert len(list(shared.rglob("*.snapshot"))) == 1
    alex = laptop("Alex", by=priya)
    receipt = alex.sync(shared)
    assert (receipt.received, receipt.waiting) == (1, [])
    assert alex.state() == priya.state()
    for one in (sam, priya, alex, sam, priya, alex):
        receipt = one.sync(shared)
    assert (codes(receipt), receipt.notes) == ([], []), "every laptop holds it, so the rest went"
    assert bundles(shared) == []
    assert sam.state() == priya.state()


def test_one_that_nobody_took_in_is_said_again_once_its_author_may_write_the_history(pair, shared):
    priya, sam = pair
    priya.sync(shared)
    sam.add_venue("Church hall")
    sam.sync(shared)
    for path in (*bundles(shared), *kept(sam)):
        alter(path)
    assert codes(priya.sync(shared)) == ["damaged"]
    assert "ask an admin to give this laptop an admin’s role" in sam.sync(shared).notes[0]
    change_role(priya.store, "Sam", "admin")
    priya.sync(shared)
    assert "The whole history was written anew" in sam.sync(shared).notes[0]
    receipt = priya.sync(shared)
    assert (receipt.received, receipt.waiting) == (1, [])
    assert priya.state() == sam.state()


def test_a_link_under_its_name_stops_nobody(pair, shared, tmp_path):
    priya, sam = pair
    priya.add_venue("Church hall")
    priya.sync(shared)
    (path,) = bundles(shared)
    good = path.read_bytes()
    path.unlink()
    path.symlink_to(tmp_path / "nowhere")
    sam.add_venue("Library")
    for one in (priya, sam, priya):
        assert codes(one.sync(shared)) == ["link"]
    assert good in [p.read_bytes() for p in bundles(shared) if p != path]
    assert not (tmp_path / "nowhere").exists()
    assert sam.state() == priya.state()


def test_a_place_that_never_had_it_is_not_said_to_have_lost_it(pair, shared, tmp_path):
    """Only the own copy is damaged: an untouched folder has it still."""
    priya, sam = pair
    priya.add_venue("Church hall")
    priya.sync(shared)
    sam.sync(shared)
    for path in kept(priya):
        alter(path)
    stick = tmp_path / "stick"
    stick.mkdir()
    receipt = priya.sync(stick, start=True)
    assert receipt.notes == []
    assert not (stick / "snap").exists()
    assert priya.sync(shared).notes == []


def test_one_that_is_gone_is_named_at_each_exchange_until_somebody_puts_it_back(pair, shared):
    priya, sam = pair
    priya.add_venue("Church hall")
    priya.sync(shared)
    sam.sync(shared)
    (path,) = bundles(shared)
    path.unlink()
    (own,) = kept(sam)
    alter(own)
    for _ in range(2):
        (note,) = sam.sync(shared).notes
        assert "altered or gone in the shared folder" in note
    priya.sync(shared)
    assert sam.sync(shared).notes == []
    assert sam.sync(shared).notes == []
