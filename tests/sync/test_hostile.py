"""What a folder can hold that it should not: each thing is harmless and has a name."""

from __future__ import annotations

import io
import json
import os
import shutil

import pytest

from db.changes import ChangeSetHead, Create, Op, device_mark
from db.errors import InvalidInput
from db.keys import CHEAP
from engage_desktop.faults import fault_log
from engage_desktop.records.venue import Venue
from engage_desktop.sync import create_invite, has_team, join_team, membership
from engage_desktop.sync.books import Books, Position
from engage_desktop.sync.container import PartSource, write_bundle
from engage_desktop.sync.cores import Core
from engage_desktop.sync.errors import (
    BadInvitation,
    FolderEmptied,
    FolderNotStarted,
    FolderUnavailable,
    NotAllowed,
    NoTeam,
    OtherTeam,
    Refused,
)
from engage_desktop.sync.lines import end_line, head_line, op_line
from engage_desktop.sync.roster import TEAM_FILE, Roster, read_entry, read_team
from tests.sync.laptops import Laptop, bundles, codes


def test_a_flipped_bit_is_named_and_the_rest_is_taken(pair, shared):
    priya, sam = pair
    priya.add_venue("One")
    priya.sync(shared)
    priya.add_venue("Two")
    priya.sync(shared)
    first = bundles(shared)[0]
    good = first.read_bytes()
    first.write_bytes(good[:100] + bytes([good[100] ^ 1]) + good[101:])
    receipt = sam.sync(shared)
    assert codes(receipt) == ["damaged"]
    assert receipt.quarantined[0].file == str(first.relative_to(shared))
    assert receipt.received == 1
    assert [(w.officer, w.missing) for w in receipt.waiting] == [("Priya", (1,))]
    words = receipt.in_words()
    assert words[0] == "Waiting for delivery 1 from Priya’s laptop."
    assert words[1].startswith("Set aside, and nothing in it used: b/")
    assert not any(word in " ".join(words).lower() for word in ("quarantine", " op ", "hash"))
    first.write_bytes(good)
    receipt = sam.sync(shared)
    assert (receipt.received, receipt.waiting, receipt.quarantined) == (1, [], [])
    assert sam.state() == priya.state()


def test_a_gap_is_shown_and_nothing_sticks(pair, shared, tmp_path):
    priya, sam = pair
    for number in range(4):
        priya.add_venue(f"Hall {number}")
        priya.sync(shared)
    files = bundles(shared)
    for path in files[1:3]:
        shutil.move(path, tmp_path / path.name)
    receipt = sam.sync(shared)
    assert receipt.received == 2
    assert receipt.waiting[0].missing == (2, 3)
    assert receipt.as_json()["waiting"] == [
        {"device": priya.store.device, "officer": "Priya", "missing": [2, 3]}
    ]
    for path in files[1:3]:
        shutil.move(tmp_path / path.name, path)
    assert sam.sync(shared).waiting == []
    assert sam.state() == priya.state()


def test_what_somebody_else_had_seen_is_waited_for(laptop, shared, tmp_path):
    priya = laptop("Priya")
    sam, alex = laptop("Sam", by=priya), laptop("Alex", by=priya)
    priya.add_venue("Church hall")
    priya.sync(shared)
    sam.sync(shared)
    sam.add_venue("Library")
    sam.sync(shared)
    shutil.move(shared / "b" / priya.store.device, tmp_path / "late")
    receipt = alex.sync(shared)
    assert [(w.officer, w.missing) for w in receipt.waiting] == [("Priya", (1,))]


COPIES = [
    "{stem} (1).bundle",
    "{stem} - Copy.bundle",
    "Copy of {stem}.bundle",
    "{stem}-LAPTOP-4F2K.bundle",
    "{stem} (Sam's conflicted copy 2026-03-27).bundle",
    "{stem} (conflicted copy 2026-03-27 140212).bundle",
    "{stem}.sync-conflict-20260327-140212-ABCDEFG.bundle",
    "{stem} [Conflict].bundle",
    "{stem}_conf(1).bundle",
    "{stem}.bundle.1",
    "{stem}.bundle (case conflict)",
    "{stem} 2.bundle",
    "{stem}.bundle.bak",
    "Kopie von {stem}.bundle",
]


@pytest.mark.parametrize("original", [True, False])
def test_conflict_copies_collapse(pair, shared, original):
    priya, sam = pair
    priya.add_venue("Church hall")
    priya.sync(shared)
    (path,) = bundles(shared)
    for pattern in COPIES:
        shutil.copy(path, path.parent / pattern.format(stem=path.stem))
    if not original:
        path.unlink()
    receipt = sam.sync(shared)
    assert (receipt.received, receipt.quarantined) == (1, [])
    assert sam.state() == priya.state()
    before = sorted(shared.rglob("*"))
    receipt = sam.sync(shared)
    assert (receipt.received, receipt.quarantined) == (0, [])
    assert sorted(shared.rglob("*")) == before


def test_empty_placeholder_foreign_and_linked_files_are_named(pair, shared, tmp_path):
    priya, sam = pair
    priya.add_venue("Church hall")
    priya.sync(shared)
    (path,) = bundles(shared)
    folder = path.parent
    (tmp_path / "secret").write_bytes(path.read_bytes())
    (folder / "notes.docx").write_bytes(b"PK\x03\x04 not ours")
    (folder / f"00000002-{'0' * 64}.bundle").write_bytes(b"")
    (folder / f"00000003-{'1' * 64}.bundle").write_bytes(path.read_bytes()[:200])
    (folder / "link.bundle").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "pipe.bundle")
    for litter in ("desktop.ini", "Thumbs.db", ".DS_Store", "~$x.bundle"):
        (folder / litter).write_bytes(b"litter")
    with (folder / "huge.bundle").open("wb") as huge:
        huge.truncate(10 << 30)
    receipt = sam.sync(shared)
    assert codes(receipt) == ["cut_short", "empty", "link", "not_a_file", "not_ours", "too_big"]
    assert all(item.reason.endswith(".") for item in receipt.quarantined)
    assert receipt.received == 1
    assert sam.state() == priya.state()


def test_a_file_emptied_by_a_synced_folder_is_published_again(pair, shared):
    priya, sam = pair
    priya.add_venue("Church hall")
    priya.sync(shared)
    (path,) = bundles(shared)
    path.write_bytes(b"")
    receipt = priya.sync(shared)
    assert codes(receipt) == ["empty"]
    receipt = sam.sync(shared)
    assert receipt.received == 1
    assert sam.state() == priya.state()
    before = sorted(shared.rglob("*"))
    priya.sync(shared)
    assert sorted(shared.rglob("*")) == before


def test_a_stranger_changes_nothing_until_the_team_knows_them(laptop, shared, tmp_path):
    priya = laptop("Priya")
    priya.sync(shared)
    sam = laptop("Sam", by=priya)
    sam.add_venue("Library")
    sam.sync(shared)
    (entry,) = [p for p in (shared / "roster").iterdir() if p.name.startswith("000002")]
    entry.rename(tmp_path / "hidden")
    receipt = priya.sync(shared)
    assert codes(receipt) == ["stranger"]
    assert receipt.received == 0
    assert codes(priya.sync(shared)) == ["stranger"]
    (tmp_path / "hidden").rename(entry)
    receipt = priya.sync(shared)
    assert (codes(receipt), receipt.received) == ([], 1)


def test_another_team_s_folder_and_files_are_refused(pair, laptop, shared, tmp_path):
    priya, _ = pair
    other = laptop("Casey")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other.add_venue("Far away")
    other.sync(elsewhere)
    before = priya.state()
    with pytest.raises(OtherTeam) as caught:
        priya.sync(elsewhere)
    assert "another team" in caught.value.sentence
    priya.sync(shared)
    shutil.copytree(elsewhere / "b", shared / "b", dirs_exist_ok=True)
    shutil.copytree(elsewhere / "roster", shared / "roster", dirs_exist_ok=True)
    receipt = priya.sync(shared)
    assert codes(receipt) == ["other_team", "other_team"]
    assert priya.state() == before


@pytest.mark.parametrize("text", [b"", b"{}", b"not json", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_team_file_stops_everything(pair, shared, text):
    priya, _ = pair
    priya.add_venue("Church hall")
    (shared / TEAM_FILE).write_bytes(text)
    with pytest.raises(OtherTeam):
        priya.sync(shared)
    assert sorted(p.name for p in shared.iterdir()) == [TEAM_FILE]


def test_every_bit_of_the_team_file_and_of_a_roster_entry_counts(pair, shared):
    priya, sam = pair
    priya.sync(shared)
    team = shared / TEAM_FILE
    good = team.read_bytes()
    for at in range(len(good)):
        for bit in range(8):
            bad = good[:at] + bytes([good[at] ^ (1 << bit)]) + good[at + 1 :]
            with pytest.raises(OtherTeam):
                read_team(bad)
    mine = membership(sam.store)
    entries = list(mine.roster.entries.values())
    (enrol,) = [e for e in entries if e.body["type"] == "enrol"]
    (found,) = [e for e in entries if e.body["type"] == "found"]
    for at in range(len(enrol.text)):
        bad = enrol.text[:at] + bytes([enrol.text[at] ^ (1 << at % 8)]) + enrol.text[at + 1 :]
        try:
            entry = read_entry(bad, mine.team.id)
        except Refused:
            continue
        roster = Roster(mine.team, [found, entry])
        assert set(roster.members) == {priya.store.device}
        assert entry.sha256 in roster.bad or entry.body["type"] not in ("found", "enrol")


def head_of(laptop, mine):
    """An envelope as that laptop would write it."""
    device, officer = laptop.store.device, laptop.store.officer
    return ChangeSetHead(number_of(device), device, officer, 1, 0, "x", None, mine.roster.head)


def number_of(device):
    """An id that this laptop might give to a change set."""
    return device_mark(device) + "9" * 16


def forged(laptop, head=None, ops=(), **core):
    """A file signed by a real member that holds whatever they like."""
    mine = membership(laptop.store)
    parts = []
    _, to = mine.roster.recipient("general")
    head = head or head_of(laptop, mine)
    lines = [head_line(head), *(op_line(op) for op in ops), end_line(len(ops))]
    parts.append(PartSource("general", 1, to, lines))
    said = {
        "team": mine.team.id,
        "device": laptop.store.device,
        "incarnation": "a" * 32,
        "seq": 1,
    } | core
    out = io.BytesIO()
    sha = write_bundle(out, Core(**said), parts, mine.sign)
    return f"{said['seq']:08d}-{sha}.bundle", out.getvalue()


def put(shared, laptop, file):
    folder = shared / "b" / laptop.store.device
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file[0]).write_bytes(file[1])


def op(**more):
    said = {
        "change_set": "9" * 32,
        "index": 0,
        "kind": "venue",
        "record": "8" * 32,
        "values": {"name": "Forged"},
    }
    return Op(**(said | more))


def test_changes_in_another_s_name_are_refused(pair, shared):
    priya, sam = pair
    sam.sync(shared)
    hers, his = priya.store.device, sam.store.device
    for number, device, officer in (
        (number_of(his), hers, "Sam"),
        (number_of(his), his, "Priya"),
        (number_of(hers), his, "Sam"),
        ("9" * 32, his, "Sam"),
    ):
        head = ChangeSetHead(number, device, officer, 1, 0, "x")
        put(shared, sam, forged(sam, head, [op()]))
    before = priya.state()
    receipt = priya.sync(shared)
    assert codes(receipt) == ["author"] * 4
    assert priya.state() == before


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "VENUE; DROP TABLE record"},
        {"record": "short"},
        {"index": -1},
        {"values": {"name": ["a", "list"]}},
        {"values": {"name": 5}},
        {"values": {"name": "NUL \0"}},
        {"values": {"name": "\ud800"}},
        {"values": {"capacity": "many"}},
        {"values": {"capacity": 2**70}},
        {"values": {"capacity": True}},
        {"values": {"_bin": 1}},
        {"values": {"access:": "yes"}},
        {"values": {"access:ramp": "perhaps"}},
        {"values": {"access": "yes"}},
        {"supersedes": {"name": ["not an op"]}},
        {"supersedes": {"name": "x"}},
    ],
)
def test_values_that_nothing_else_would_let_in_are_refused_whole(pair, shared, bad):
    priya, sam = pair
    sam.sync(shared)
    ok = op(index=7, record="7" * 32)
    try:
        file = forged(sam, None, [ok, op(**bad)])
    except UnicodeEncodeError:
        line = json.dumps(["op", 0, "venue", "8" * 32, bad["values"], {}]).encode() + b"\n"
        file = forged_lines(sam, [line])
    put(shared, sam, file)
    before = priya.state()
    receipt = priya.sync(shared)
    assert codes(receipt) == ["content"]
    assert priya.state() == before
    assert priya.sync(shared).received == 0


def forged_lines(laptop, lines):
    mine = membership(laptop.store)
    _, to = mine.roster.recipient("general")
    head = head_of(laptop, mine)
    all_lines = [head_line(head), *lines, end_line(len(lines))]
    out = io.BytesIO()
    core = Core(mine.team.id, laptop.store.device, "a" * 32, 1)
    sha = write_bundle(out, core, [PartSource("general", 1, to, all_lines)], mine.sign)
    return f"00000001-{sha}.bundle", out.getvalue()


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"{}\n",
        b'["end",5]\n',
        b'["set"]\n',
        b'["op",0]\n',
        b"[" * 50_000 + b"\n",
        b'["op",' + b"9" * 5000 + b',"venue","x",{},{}]\n',
        b"\xff\xfe\n",
    ],
)
def test_lines_that_are_not_ours_are_refused(pair, shared, line):
    priya, sam = pair
    sam.sync(shared)
    put(shared, sam, forged_lines(sam, [line]))
    assert codes(priya.sync(shared)) == ["content"]


def test_a_file_that_says_one_change_twice_is_refused(pair, shared):
    """Each file tells a change once: what it comes to with other files' tellings hangs on that."""
    priya, sam = pair
    sam.sync(shared)
    put(shared, sam, forged(sam, ops=[op(), op(values={"name": "Otherwise"})]))
    assert codes(priya.sync(shared)) == ["content"]
    assert not priya.store.exists("venue", "8" * 32)


def test_a_fault_of_ours_is_noted_without_what_the_file_says(pair, shared, monkeypatch):
    priya, sam = pair
    sam.sync(shared)
    sam.store.apply([Create(Venue(id=sam.store.new_id(), name="Sundial House"))], "Add a venue")
    sam.sync(shared)

    def wrong(_registry, op):
        raise KeyError(f"{op.values}")

    monkeypatch.setattr("engage_desktop.sync.receiving.fits", wrong)
    assert "content" in codes(priya.sync(shared))
    noted = fault_log().read_text("utf-8")
    assert "builtins.KeyError" in noted
    assert "take_in" in noted
    assert "Sundial" not in noted


def test_unknown_kinds_and_fields_are_kept_for_a_later_version(pair, shared):
    priya, sam = pair
    sam.sync(shared)
    ops = [
        op(kind="tea_urn", values={"litres": 5}),
        op(index=1, record="7" * 32, values={"name": "Known", "colour": "red"}),
    ]
    put(shared, sam, forged(sam, None, ops))
    receipt = priya.sync(shared)
    assert (codes(receipt), receipt.received) == ([], 2)
    assert priya.store.get("venue", "7" * 32).name == "Known"


def test_a_clock_ten_years_ahead_poisons_nobody(pair, shared):
    priya, sam = pair
    venue = priya.add_venue("Church hall")
    priya.sync(shared)
    sam.ms += 10 * 365 * 24 * 3600 * 1000
    sam.sync(shared)
    sam.edit_venue(venue, name="From the future")
    sam.sync(shared)
    priya.sync(shared)
    priya.edit_venue(venue, name="Now")
    priya.sync(shared)
    sam.sync(shared)
    assert priya.store.get("venue", venue).name == "Now"
    assert priya.state() == sam.state()
    assert priya.store.conflicts() == []


def test_a_claim_of_endless_missing_numbers_costs_little(pair, shared):
    priya, sam = pair
    sam.sync(shared)
    put(shared, sam, forged(sam, None, [op()], seq=2**52, prev="f" * 64))
    receipt = priya.sync(shared)
    assert receipt.received == 1
    assert len(receipt.waiting[0].missing) == 1000


def test_an_empty_folder_that_was_used_is_taken_for_an_unplugged_drive(pair, shared, tmp_path):
    priya, _ = pair
    priya.add_venue("Church hall")
    priya.sync(shared)
    shutil.rmtree(shared)
    with pytest.raises(FolderUnavailable):
        priya.sync(shared)
    assert not shared.exists()
    shared.mkdir()
    with pytest.raises(FolderEmptied) as caught:
        priya.sync(shared)
    assert "plugged in" in caught.value.sentence
    assert list(shared.iterdir()) == []
    assert len(priya.state()["records"]) == 1
    priya.sync(shared, start=True)
    assert len(bundles(shared)) == 1


def test_a_second_folder_must_be_confirmed(pair, shared, tmp_path):
    priya, _ = pair
    priya.sync(shared)
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(FolderNotStarted):
        priya.sync(other)
    assert list(other.iterdir()) == []


def test_a_folder_that_lost_its_team_file_is_not_started_anew(pair, shared):
    priya, _ = pair
    priya.sync(shared)
    (shared / TEAM_FILE).unlink()
    with pytest.raises(FolderUnavailable):
        priya.sync(shared, start=True)
    assert not (shared / TEAM_FILE).exists()


def test_a_needle_is_in_no_file_outside_the_stores(pair, shared):
    priya, sam = pair
    needle = "Quokka-parade-7731"
    priya.add_comment(needle)
    priya.add_venue(needle)
    invitation = create_invite(priya.store, code="abc", cost=CHEAP)
    assert needle.encode() not in invitation
    priya.sync(shared)
    sam.sync(shared)
    for path in [*shared.rglob("*"), *priya.folder.rglob("*"), *sam.folder.rglob("*")]:
        if path.is_file():
            assert needle.encode() not in path.read_bytes(), path


def test_a_role_reads_only_its_parts_and_still_passes_them_on(laptop, shared, tmp_path):
    priya = laptop("Priya")
    robin = priya.invite("Robin", tmp_path / "robin", role="reader")
    alex = priya.invite("Alex", tmp_path / "alex")
    try:
        priya.add_comment("The ramp was steep")
        priya.add_venue("Church hall")
        priya.sync(shared)
        receipt = robin.sync(shared)
        kinds = {kind for kind, _ in robin.state()["records"]}
        assert kinds == {"venue"}
        assert receipt.received == 1
        stick = tmp_path / "stick"
        stick.mkdir()
        robin.sync(stick, start=True)
        assert alex.sync(stick).received == 3
        assert alex.state() == priya.state()
        join_team(robin.store, create_invite(priya.store, role="officer", cost=CHEAP))
        assert robin.sync(shared).received == 2
        assert robin.state() == priya.state()
    finally:
        robin.close()
        alex.close()


def test_an_invitation_lets_in_one_laptop(laptop, shared, tmp_path):
    priya = laptop("Priya")
    data = create_invite(priya.store, cost=CHEAP)
    twins = [Laptop(tmp_path / name, name) for name in ("Sam", "Alex")]
    try:
        for one in twins:
            join_team(one.store, data)
            one.add_venue(f"Hall of {one.store.officer}")
        twins[0].sync(shared)
        receipt = twins[1].sync(shared)
        assert "invitation" in receipt.notes[0]
        assert codes(priya.sync(shared)) == ["held", "held"]
        priya.sync(shared)
        roster = membership(priya.store).roster
        assert len(roster.held) == 2
        assert roster.disputes == [], "nothing that two admins did apart, and nothing to review"
        join_team(twins[1].store, create_invite(priya.store, cost=CHEAP))
        twins[1].sync(shared)
        receipt = priya.sync(shared)
        assert (codes(receipt), receipt.received) == (["held"], 1)
    finally:
        for one in twins:
            one.close()


def test_a_late_use_of_an_old_invitation_holds_only_the_late_one(laptop, shared, tmp_path):
    priya = laptop("Priya")
    data = create_invite(priya.store, cost=CHEAP)
    sam = Laptop(tmp_path / "sam", "Sam")
    try:
        join_team(sam.store, data)
        sam.sync(shared)
        join_team(sam.store, data)  # the same laptop twice: harmless
        sam.sync(shared)
        priya.sync(shared)
        assert set(membership(priya.store).roster.members) == {
            priya.store.device,
            sam.store.device,
        }
    finally:
        sam.close()


def test_invitations_that_cannot_be_used(laptop, tmp_path):
    priya = laptop("Priya")
    data = create_invite(priya.store, code="K7M2P-9XQ4R", cost=CHEAP)
    sam = laptop("Sam")
    for bad in (b"", b"{}", data[:-10], data + b"x", b"PK\x03\x04", data.replace(b"8", b"9", 1)):
        with pytest.raises(BadInvitation):
            join_team(sam.store, bad, "K7M2P-9XQ4R")
    for code, reason in ((None, "code_needed"), ("WRONG-CODE1", "wrong_code")):
        with pytest.raises(BadInvitation) as caught:
            join_team(sam.store, data, code)
        assert caught.value.code == reason
    sam.ms += 8 * 24 * 3600 * 1000
    with pytest.raises(BadInvitation) as caught:
        join_team(sam.store, data, "K7M2P-9XQ4R")
    assert caught.value.code == "expired"
    sam.ms -= 8 * 24 * 3600 * 1000
    with pytest.raises(BadInvitation) as caught:
        join_team(sam.store, data.replace(b'"memory_kib":8', b'"memory_kib":99999999999'), "x")
    join_team(sam.store, data, "k7m2p 9xq4r")
    assert membership(sam.store).team.id == membership(priya.store).team.id
    assert sam.store.derived_id("a", "b") == priya.store.derived_id("a", "b")
    casey = laptop("Casey")
    casey.add_venue("Own work")
    with pytest.raises(BadInvitation) as caught:
        join_team(casey.store, create_invite(priya.store))
    assert caught.value.code == "not_empty"


def test_only_an_admin_invites(laptop):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    with pytest.raises(NotAllowed) as caught:
        create_invite(sam.store)
    assert "Priya" in caught.value.sentence
    with pytest.raises(InvalidInput):
        create_invite(priya.store, role="king")
    with pytest.raises(InvalidInput):
        create_invite(priya.store, days=400)


def test_a_restored_workspace_never_uses_a_number_twice(pair, shared, tmp_path):
    priya, sam = pair
    priya.add_venue("One")
    priya.sync(shared)
    priya.store.snapshot(tmp_path / "backup.db")
    priya.add_venue("Two")
    priya.sync(shared)
    restored = tmp_path / "restored"
    restored.mkdir()
    shutil.copy(tmp_path / "backup.db", restored / "store.db")
    again = Laptop(restored, "Priya", seed=1)
    try:
        again.add_venue("Three")
        receipt = again.sync(shared)
        assert receipt.received == 1
        assert "restored from a backup" in receipt.notes[0]
        assert receipt.sent == 1
        numbers = [path.name[:8] for path in bundles(shared)]
        assert numbers == ["00000001", "00000002", "00000003"]
        sam.sync(shared)
        assert sam.state() == again.state()
        assert again.sync(shared).notes == []
        priya.sync(shared)
        priya.add_venue("Four")
        priya.sync(shared)
        sam.sync(shared)
        again.sync(shared)
        assert sam.state() == again.state() == priya.state()
        assert sam.sync(shared).waiting == []
    finally:
        again.close()


def test_a_position_survives_being_kept(laptop):
    priya = laptop("Priya")
    books = Books(priya.store)
    position = Position("a" * 32, 3, "b" * 64, 9, 2)
    books.begin_freezing(position)
    assert Books(priya.store).freezing() == position
    books.drop_freezing()
    assert Books(priya.store).freezing() is None


def test_a_workspace_in_no_team_founds_none_in_a_team_s_folder(laptop, shared):
    priya = laptop("Priya")
    priya.sync(shared)
    sam = laptop("Sam")
    with pytest.raises(NoTeam) as caught:
        sam.sync(shared)
    assert "invitation" in caught.value.sentence
    join_team(sam.store, create_invite(priya.store, cost=CHEAP))
    assert sam.sync(shared).quarantined == []


def test_a_missing_folder_founds_no_team(laptop, tmp_path):
    priya = laptop("Priya")
    with pytest.raises(FolderUnavailable):
        priya.sync(tmp_path / "gone")
    assert not has_team(priya.store)
