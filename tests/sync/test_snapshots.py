"""A snapshot stands for the bundles it names: nothing more is known with them, nothing less."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage_desktop.sync import LocalPlace, verify_folder
from engage_desktop.sync.books import Books
from engage_desktop.sync.compaction import replaced
from engage_desktop.sync.engine import LAST
from engage_desktop.sync.errors import NotAllowed
from engage_desktop.sync.receipt_words import not_taken_words, receipt_words
from engage_desktop.sync.team import DAY_MS
from engage_desktop.sync.team_changes import change_role
from engage_desktop.sync.work import Behind


def names(folder, under):
    return sorted(p.name for p in (folder / under).rglob("*") if p.is_file())


def team(laptop, shared):
    """Priya (admin) and Sam (officer), who both worked and hold all that was sent."""
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    hall = priya.add_venue("Hall")
    priya.sync(shared)
    sam.sync(shared)
    sam.edit_venue(hall, name="Great Hall")
    sam.add_comment("The ramp is steep")
    sam.sync(shared)
    priya.sync(shared)
    return priya, sam, hall


def test_bundles_leave_once_everybody_holds_the_snapshot(laptop, shared):
    priya, sam, _ = team(laptop, shared)
    before = names(shared, "b")
    assert len(before) == 2
    priya.sync(shared, snapshot=True)
    assert len(names(shared, "snap")) == 1
    assert names(shared, "b") == before  # Sam has not said yet that he holds it
    sam.sync(shared)  # now he does, and both have said so
    assert names(shared, "b") == []
    priya.sync(shared)
    assert priya.state() == sam.state()
    report = verify_folder(LocalPlace(shared))
    assert report.ok
    assert report.snapshots == 1
    assert not report.gaps


def test_a_new_laptop_starts_from_the_snapshot(laptop, shared):
    priya, sam, hall = team(laptop, shared)
    for one in (priya, sam, priya):
        one.sync(shared, snapshot=one is priya and not names(shared, "snap"))
    assert names(shared, "b") == []
    ann = laptop("Ann", by=priya)
    receipt = ann.sync(shared)
    assert receipt.received
    assert not receipt.waiting
    assert not receipt.quarantined
    assert receipt.from_whom == {"Priya": 1, "Sam": 3}  # who wrote it, not who packed it
    assert ann.state() == priya.state()
    history = [entry.officer for entry in ann.store.history("venue", hall)]
    assert history == ["Sam", "Priya"]  # the whole history, also what was replaced since
    ann.add_venue("Library")
    ann.sync(shared)
    sam.sync(shared)
    assert ann.state() == sam.state()
    assert ann.sync(shared).received == 0


def test_what_a_snapshot_stands_for_is_known_when_it_comes_late(laptop, shared, tmp_path):
    priya, sam, _ = team(laptop, shared)
    stick = tmp_path / "stick"
    shutil.copytree(shared, stick)
    for one in (priya, sam, priya):
        one.sync(shared, snapshot=one is priya and not names(shared, "snap"))
    ann = laptop("Ann", by=priya)
    ann.sync(shared)
    state = ann.state()
    receipt = ann.sync(stick)
    assert receipt.received == 0
    assert ann.state() == state
    assert names(stick, "snap")  # the stick is given it, too


def test_the_bundles_and_the_snapshot_say_the_same(laptop, shared, tmp_path):
    priya, sam, _ = team(laptop, shared)
    early = laptop("Ann", by=priya)
    early.sync(shared)
    priya.sync(shared, snapshot=True)
    late = laptop("Lee", by=priya)
    for entry in (shared / "b").rglob("*.bundle"):
        entry.unlink()
    late.sync(shared)
    assert late.state() == early.state() == sam.state()


def test_only_who_reads_everything_makes_one(laptop, shared):
    _, sam, _ = team(laptop, shared)
    with pytest.raises(NotAllowed):
        sam.sync(shared, snapshot=True)
    assert names(shared, "snap") == []


def test_a_snapshot_by_somebody_else_is_set_aside(laptop, shared, monkeypatch):
    priya, sam, _ = team(laptop, shared)
    monkeypatch.setattr("engage_desktop.sync.snapshots.may_make", lambda work: True)
    sam.sync(shared, snapshot=True)
    monkeypatch.undo()
    before = priya.state()
    receipt = priya.sync(shared)
    assert [item.code for item in receipt.quarantined] == ["not_admin"]
    assert priya.state() == before
    assert [item.code for item in verify_folder(LocalPlace(shared)).bad] == ["not_admin"]


@pytest.mark.parametrize("how", ["flip", "cut", "longer", "empty", "renamed"])
def test_a_damaged_snapshot_is_named_and_changes_nothing(laptop, shared, how):
    priya, sam, _ = team(laptop, shared)
    priya.sync(shared, snapshot=True)
    (path,) = (shared / "snap").iterdir()
    data = path.read_bytes()
    spoiled = {
        "flip": data[:600] + bytes([data[600] ^ 1]) + data[601:],
        "cut": data[:-10],
        "longer": data + b"x",
        "empty": b"",
        "renamed": data,
    }[how]
    path.unlink()
    name = "0" * 64 + ".snapshot" if how == "renamed" else path.name
    (shared / "snap" / name).write_bytes(spoiled)
    shutil.rmtree(priya.folder / "sealed" / "snap")
    before = sam.state()
    receipt = sam.sync(shared)
    assert len(receipt.quarantined) == 1
    assert sam.state() == before
    assert not verify_folder(LocalPlace(shared)).ok


def test_two_admins_snapshots_end_as_one(laptop, shared, tmp_path):
    priya, sam, _ = team(laptop, shared)
    lee = laptop("Lee", by=priya, role="admin")
    lee.sync(shared)
    other = tmp_path / "other"
    shutil.copytree(shared, other)
    priya.add_venue("Priya's")
    lee.add_venue("Lee's")
    priya.sync(shared, snapshot=True)
    lee.sync(other, snapshot=True)
    for place in (shared, other, shared, other):
        for one in (priya, lee, sam):
            one.sync(place)
    for one in (priya, lee, sam, priya, lee, sam):
        one.sync(shared)
    assert len(names(shared, "snap")) == 1
    assert names(shared, "b") == []
    assert priya.state() == lee.state() == sam.state()


def test_what_a_snapshot_carries_counts_as_sent(laptop, shared):
    priya, sam, _ = team(laptop, shared)
    priya.add_venue("Church hall")
    receipt = priya.sync(shared, snapshot=True)
    assert receipt.sent == 1
    assert sam.sync(shared).received == 1


def test_who_is_waited_for_is_told(laptop, shared):
    priya, sam, _ = team(laptop, shared)
    receipt = priya.sync(shared, snapshot=True)
    assert receipt.not_holding == ["Sam"]
    assert receipt.behind == [], "until Sam's next sync that is as it should be"
    assert [note for note in receipt.notes if "written anew" in note]
    priya.ms += 13 * DAY_MS
    assert priya.sync(shared).behind == []
    priya.ms += DAY_MS
    assert priya.sync(shared).behind == [Behind("Sam", 14, 0)]
    (words,) = not_taken_words(priya.store.get_setting(LAST))
    assert words.startswith("Sam’s laptop has not taken the newest history for 14 days")
    sam.sync(shared)
    again = priya.sync(shared)
    assert (again.not_holding, again.behind, again.notes) == ([], [], [])
    priya.add_venue("Library")
    assert priya.sync(shared, snapshot=True).behind == [], "counted anew from here"


def test_what_is_said_of_the_team_counts_apart(laptop, shared):
    priya, sam, _ = team(laptop, shared)
    idle = priya.sync(shared)
    assert (idle.team_sent, idle.team_received) == (0, 0)
    change_role(priya.store, "Sam", "reader")
    receipt = priya.sync(shared)
    assert (receipt.sent, receipt.team_sent) == (0, 1)
    assert receipt_words(receipt.as_json()) == "1 change to the team sent"
    receipt = sam.sync(shared)
    assert (receipt.received, receipt.team_received, receipt.team_sent) == (0, 1, 0)
    assert receipt_words(receipt.as_json()) == "1 change to the team received"
    both = {"sent": 3, "team_sent": 2, "received": 4, "team_received": 1, "from_whom": {"Sam": 4}}
    assert receipt_words(both) == (
        "3 changes sent, 4 received, from Sam (4), and 2 changes to the team sent and 1 received"
    )


def test_a_sync_with_nothing_new_writes_nothing(laptop, shared):
    priya, sam, _ = team(laptop, shared)
    for one in (priya, sam, priya, sam, priya):
        one.sync(shared, snapshot=one is priya and not names(shared, "snap"))

    def stamps():
        return {
            str(p.relative_to(shared)): p.stat().st_mtime_ns
            for p in shared.rglob("*")
            if p.is_file()
        }

    before = stamps()
    for one in (priya, sam):
        receipt = one.sync(shared)
        assert receipt.sent == receipt.received == receipt.passed_on == 0
    assert stamps() == before


@given(st.dictionaries(st.text("0123456789abcdef", min_size=4), st.frozensets(st.integers(0, 5))))
def test_the_snapshots_that_stay_hold_all_that_any_of_them_held(holds):
    replaces = {
        new: [old for old in holds if old != new and holds[old] <= holds[new]] for new in holds
    }
    stay = holds.keys() - replaced(holds.keys(), replaces)
    assert all(any(held <= holds[sha] for sha in stay) for held in holds.values())
    assert not any(holds[a] <= holds[b] for a in stay for b in stay if a != b)


def test_two_that_say_the_same_leave_none_from_before_them(laptop, shared):
    """Whichever of the three names is the greatest."""
    priya = laptop("Priya")
    ann = laptop("Ann", by=priya, role="admin")
    for turn in range(8):
        priya.add_venue(f"Hall {turn}")
        priya.sync(shared)
        ann.sync(shared)
        ann.add_venue(f"Library {turn}")
        ann.sync(shared)
        priya.sync(shared, snapshot=True)
        ann.sync(shared, snapshot=True)  # takes Priya's in and makes one that says the same
        priya.sync(shared)
        ann.sync(shared)
        assert (ann.sync(shared).sent, priya.sync(shared).sent) == (0, 0)
        assert names(shared, "b") == []
        for one in (priya, ann):
            notes = Books(one.store).snapshots()
            most = max(note["covers"] for note in notes.values())
            kept = [name.partition(".")[0] for name in names(one.folder / "sealed", "snap")]
            assert [notes[sha]["covers"] for sha in kept] == [most]
