"""Who heard of a revocation before a file and who heard after it come to the same."""

from __future__ import annotations

import shutil
from dataclasses import asdict

import pytest

from db.changes import Create
from db.erase import Erase
from engage_desktop.records.feedback import Comment, Response
from engage_desktop.rules import judge_by_the_team
from engage_desktop.sync.books import Books, Position
from engage_desktop.sync.team_changes import revoke
from tests.sync.laptops import Laptop


def copied(one, folder, seed):
    """A second copy of a laptop's workspace, used beside it."""
    folder.mkdir()
    one.store.snapshot(folder / "store.db")
    two = Laptop(folder, one.store.officer, seed=seed)
    two.ms = one.ms
    return two


def opened_anew(one):
    """The store as it is when its workspace was just opened."""
    one.store.lateness, one.store.compartments = None, ()
    judge_by_the_team(one.store)


def stick_of(tmp_path, shared, name):
    """The shared folder as it is now, to go on with apart."""
    stick = tmp_path / name
    shutil.copytree(shared, stick)
    return stick


def test_a_volunteer_s_card_stays_theirs_whatever_a_laptop_that_is_out_says(
    laptop, shared, tmp_path
):
    priya = laptop("Priya")
    sam, alex = (laptop(name, by=priya) for name in ("Sam", "Alex"))
    vera = laptop("Vera", by=priya, role="volunteer")
    for one in (priya, sam, alex, vera, priya):
        one.sync(shared)
    card = Response(id=vera.store.new_id())
    comment = Comment(id=vera.store.new_id(), response=card.id, text="Keyed in")
    vera.store.apply([Create(card), Create(comment)], "Key in")
    apart = stick_of(tmp_path, shared, "apart")
    revoke(priya.store, "Alex")
    priya.sync(shared)
    alex.store.apply([Create(card), Create(comment)], "Say the same again")
    alex.sync(apart)
    sam.sync(apart)  # Sam has not heard yet
    vera.sync(shared)
    for one in (priya, sam, priya):
        one.sync(shared)
    assert priya.state() == sam.state()
    assert [a.officer for a in sam.store.set_aside()] == ["Alex", "Alex"]
    assert sam.store.get("comment", comment.id).text == "Keyed in"


def test_two_admins_take_a_laptop_out_apart_and_a_third_laptop_can_tell(laptop, shared, tmp_path):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya, role="admin")
    alex, lee = (laptop(name, by=priya) for name in ("Alex", "Lee"))
    for one in (priya, sam, alex, lee, priya, sam):
        one.sync(shared)
    hall = alex.add_venue("Hall")
    alex.sync(shared)
    priya.sync(shared)
    apart = stick_of(tmp_path, shared, "apart")
    late = alex.add_venue("Late hall")
    alex.sync(apart)
    revoke(priya.store, "Alex")  # up to the first file
    priya.sync(shared)
    lee.sync(shared)  # Lee hears of it before the second comes
    sam.sync(apart)
    revoke(sam.store, "Alex")  # up to the second
    for place in (apart, shared):
        for one in (sam, lee, priya, sam, lee):
            one.sync(place)
    assert priya.state() == sam.state() == lee.state()
    assert lee.store.where("venue", hall) == "live"
    assert not lee.store.exists("venue", late)


def test_a_snapshot_tells_which_file_follows_which(laptop, shared, tmp_path):
    """A row that a copied laptop divided: numbers alone do not tell its branches apart."""
    priya = laptop("Priya")
    alex = laptop("Alex", by=priya)
    for one in (priya, alex, priya):
        one.sync(shared)
    alex.add_venue("Hall")
    alex.sync(shared)
    twin = copied(alex, tmp_path / "twin", 9)
    apart = stick_of(tmp_path, shared, "apart")
    for name in ("North hall", "South hall"):
        alex.add_venue(name)
        alex.sync(shared)
    priya.sync(shared)
    revoke(priya.store, "Alex")  # up to the third file of the one branch
    odd = twin.add_venue("Odd hall")
    twin.sync(apart)  # the second file of the other
    twin.close()
    for place in (apart, shared):
        priya.sync(place)
    assert not priya.store.exists("venue", odd)
    priya.sync(shared, snapshot=True)
    shutil.rmtree(shared / "b")
    lee = laptop("Lee", by=priya)
    lee.sync(shared)
    assert lee.state() == priya.state()
    reasons = {a.reason for a in lee.store.set_aside()}
    assert reasons == {a.reason for a in priya.store.set_aside()} == {"revoked"}


def test_a_copy_that_learns_of_itself_from_a_snapshot_goes_on_under_a_new_number(
    laptop, shared, tmp_path
):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    sam.add_venue("Hall")
    for one in (sam, priya):
        one.sync(shared)
    old = copied(sam, tmp_path / "old", 9)
    sam.add_venue("North hall")
    for one in (sam, priya):
        one.sync(shared)
    priya.sync(shared, snapshot=True)
    shutil.rmtree(shared / "b")
    before = Books(old.store).position()
    old.add_venue("South hall")
    receipt = old.sync(shared)
    after = Books(old.store).position()
    assert after.incarnation != before.incarnation
    assert after.seq == before.seq + 2  # the number between is in the snapshot
    assert any("restored from a backup, or copied" in note for note in receipt.notes)
    priya.sync(shared)
    assert old.state() == priya.state()
    assert Books(old.store).position() == after
    assert old.sync(shared).notes == []
    old.close()


@pytest.mark.parametrize("what", ["again", "otherwise"])
@pytest.mark.parametrize("first", ["revocation", "file"])
@pytest.mark.parametrize("anew", [False, True], ids=["open", "opened anew"])
def test_who_keeps_a_laptop_that_is_out_cannot_take_back_what_it_sent(
    laptop, shared, tmp_path, what, first, anew
):
    """By sending the same under lower numbers, or something else under the same."""
    priya = laptop("Priya")
    sam, alex = (laptop(name, by=priya) for name in ("Sam", "Alex"))
    for one in (priya, sam, alex, priya):
        one.sync(shared)
    hall = alex.add_venue("Hall")
    thief = copied(alex, tmp_path / "thief", 9)
    if what == "otherwise":
        forge(thief, "Hall", "Hell")
    for one in (alex, priya, sam):
        one.sync(shared)
    thief.store.set_setting("sync.self", asdict(Position("0" * 32, life=Books(thief.store).life())))
    apart = stick_of(tmp_path, shared, "apart")
    shutil.rmtree(apart / "b")
    thief.sync(apart)
    revoke(priya.store, "Alex")
    order = (apart, shared) if first == "file" else (shared, apart)
    priya.sync(shared)
    for place in order:
        if anew:
            opened_anew(sam)
        sam.sync(place)
    if anew:
        opened_anew(priya)
    priya.sync(apart)
    for one in (priya, sam):
        assert one.store.get("venue", hall).name == "Hall"
        one.sync(shared)
    assert priya.state() == sam.state()
    assert priya.store.set_aside() == sam.store.set_aside() == []
    thief.close()


def forge(one, name, other):
    """Make a laptop's own log say something else, as no program of ours does."""
    rewritten = "UPDATE op SET body = replace(body, ?, ?)"
    with one.store._lock:
        one.store._connection.execute(rewritten, (f'"{name}"', f'"{other}"'))


def erased_and_revoked(laptop, shared, tmp_path, **how):
    """Alex erases a hall; Sam carries it out before he hears that Alex was out already."""
    priya = laptop("Priya")
    sam, alex = (laptop(name, by=priya) for name in ("Sam", "Alex"))
    hall = priya.add_venue("Hall", address="1 Mill Lane")
    for one in (priya, sam, alex, priya):
        one.sync(shared)
    apart = stick_of(tmp_path, shared, "apart")
    revoke(priya.store, "Alex")
    alex.store.erase(Erase("venue", hall, **how), "Out of spite")
    alex.sync(apart)
    sam.sync(apart)
    sam.store.finish_erasures(sam.blobs)
    return priya, sam, hall, apart


def test_what_was_erased_by_a_laptop_that_was_out_comes_back(laptop, shared, tmp_path):
    priya, sam, hall, apart = erased_and_revoked(laptop, shared, tmp_path)
    assert sam.store.is_erased(hall)
    priya.sync(shared)
    sam.sync(shared)
    assert sam.store.get("venue", hall).address == "1 Mill Lane"
    priya.sync(apart)
    assert priya.state() == sam.state()
    assert sam.store.check().ok
    assert {a.reason for a in sam.store.set_aside()} == {"revoked"}
    receipt = sam.sync(shared)
    assert (receipt.received, receipt.sent) == (0, 0)


def test_what_lies_only_in_a_snapshot_comes_back_from_it(laptop, shared, tmp_path):
    priya, sam, hall, _ = erased_and_revoked(laptop, shared, tmp_path, fields=("address",))
    assert sam.store.get("venue", hall).address == ""
    shutil.rmtree(sam.folder / "sealed" / "b")
    priya.sync(shared, snapshot=True)
    shutil.rmtree(shared / "b")
    sam.sync(shared)
    assert sam.store.get("venue", hall).address == "1 Mill Lane"
    assert priya.state() == sam.state()


def test_what_lies_nowhere_waits_for_the_place_that_brings_it(laptop, shared, tmp_path):
    priya, sam, hall, apart = erased_and_revoked(laptop, shared, tmp_path)
    priya.sync(shared)
    other = tmp_path / "other"
    (other / "b").mkdir(parents=True)
    shutil.copytree(shared / "roster", other / "roster")
    shutil.copy(shared / "team.json", other)
    shutil.rmtree(sam.folder / "sealed" / "b")
    sam.sync(other)  # hears of it, where nothing else lies
    assert not sam.store.is_erased(hall)
    assert not sam.store.exists("venue", hall) or sam.store.get("venue", hall).address == ""
    sam.sync(shared)
    assert sam.store.get("venue", hall).address == "1 Mill Lane"
    assert priya.state()["records"] == sam.state()["records"]
    assert apart.exists()


def test_a_store_that_was_opened_without_the_team_s_rules_takes_nothing_in_without_them(
    laptop, shared, tmp_path
):
    priya = laptop("Priya")
    alex = laptop("Alex", by=priya)
    for one in (priya, alex, priya):
        one.sync(shared)
    apart = stick_of(tmp_path, shared, "apart")
    revoke(priya.store, "Alex")
    hall = alex.add_venue("Hall")
    alex.sync(apart)
    priya.store.judge = priya.store.lateness = None
    priya.sync(apart)
    assert not priya.store.exists("venue", hall)
    (aside,) = priya.store.set_aside()
    assert aside.reason == "revoked"
