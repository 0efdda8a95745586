"""Every kind of file in a shared folder: each flipped bit, each cut, each odd name, each intruder.

Bundles have their own tests (`test_container`, `test_hostile`). Here are snapshots, entries of the
roster, acks and requests to join: small ones bit by bit, real ones where they lie.
"""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

import pytest
import zstandard

from engage_desktop.sync import LocalPlace, verify_folder
from engage_desktop.sync.acks import Ack, read_ack, write_ack
from engage_desktop.sync.container import MAGIC, PartSource, frame, write_bundle
from engage_desktop.sync.cores import SNAPSHOT, Core, Covered, Mark
from engage_desktop.sync.enrol import read_request, write_request
from engage_desktop.sync.entries import admin_entry, read_entry
from engage_desktop.sync.errors import REASONS, Refused
from engage_desktop.sync.keys import SigningKey, age_recipient, new_age_identity
from engage_desktop.sync.lines import end_line
from engage_desktop.sync.roster import Roster
from engage_desktop.sync.team import membership
from engage_desktop.sync.team_asking import ask, open_requests
from engage_desktop.sync.team_changes import revoke
from tests.sync.laptops import Laptop

KEY = SigningKey(bytes(range(32)))
IDENTITY = new_age_identity()


def flips(data):
    """Every way to change one bit."""
    for at in range(len(data)):
        for bit in range(8):
            yield data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def cuts(data):
    """Every shorter beginning, the empty one among them."""
    return (data[:length] for length in range(len(data)))


def reason(read, data):
    """Why it is refused: a reason that has words."""
    with pytest.raises(Refused) as caught:
        read(data)
    assert caught.value.code in REASONS
    assert caught.value.sentence.startswith(REASONS[caught.value.code])
    return caught.value.code


# -- bit by bit ------------------------------------------------------------------------------


def small_snapshot():
    core = Core(
        team="a" * 32, device="b" * 32, incarnation="c" * 32, seq=1, prev="d" * 64, kind=SNAPSHOT,
        covers=(Covered("b" * 32, Mark("c" * 32, 1, "d" * 64)),), erasures=("e" * 32,),
    )  # fmt: skip
    out = io.BytesIO()
    parts = [PartSource("general", 1, age_recipient(IDENTITY), [end_line(0)])]
    write_bundle(out, core, parts, KEY)
    return out.getvalue()


def open_snapshot(data):
    bundle = frame(io.BytesIO(data), len(data), SNAPSHOT)
    bundle.verify(KEY.public)
    return [list(bundle.lines(part, [IDENTITY])) for part in bundle.parts]


def test_every_bit_and_every_cut_of_a_snapshot():
    data = small_snapshot()
    assert open_snapshot(data) == [[end_line(0).strip()]]
    found = {reason(open_snapshot, bad) for bad in flips(data)}
    assert "signature" in found
    assert found <= {"signature", "not_ours", "cut_short", "too_long", "header", "too_big"}
    assert {reason(open_snapshot, bad) for bad in cuts(data)} == {"cut_short", "empty"}
    for more in (b"\0", b"\n", data):
        assert reason(open_snapshot, data + more) == "too_long"


def test_a_snapshot_and_a_bundle_are_not_taken_for_each_other():
    data = small_snapshot()
    with pytest.raises(Refused) as caught:
        frame(io.BytesIO(data), len(data))
    assert caught.value.code == "not_ours"
    as_bundle = MAGIC["bundle"] + data[len(MAGIC[SNAPSHOT]) :]
    with pytest.raises(Refused) as caught:
        frame(io.BytesIO(as_bundle), len(as_bundle))
    assert caught.value.code == "header"


def test_every_bit_and_every_cut_of_a_request_to_join():
    request = write_request(
        KEY, team="a" * 32, device="b" * 32, officer="Sam", age=age_recipient(IDENTITY),
        nonce="c" * 64, ms=1,
    )  # fmt: skip
    assert read_request(request.text) == request
    for bad in flips(request.text):
        assert reason(read_request, bad) in {"header", "signature"}
    for bad in cuts(request.text):
        assert reason(read_request, bad) in {"header", "empty"}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Priya (admin) and Sam, a folder with one file of each kind at least, and who asks to join."""
    folder = tmp_path_factory.mktemp("office")
    shared = folder / "shared"
    shared.mkdir()
    priya = Laptop(folder / "priya", "Priya")
    sam = priya.invite("Sam", folder / "sam")
    priya.add_venue("Church hall")
    priya.add_comment("The ramp was steep")
    priya.sync(shared)
    sam.sync(shared)
    priya.sync(shared, snapshot=True)
    sam.sync(shared)
    alex = Laptop(folder / "alex", "Alex")
    ask(alex.store, LocalPlace(shared), randomness=alex.random.randbytes)
    mine = membership(priya.store)
    for one in (priya, sam, alex):
        one.close()
    return folder, mine


def test_every_bit_and_every_cut_of_an_ack(office):
    _, mine = office
    roster = mine.roster
    ack = Ack(mine.device, 5, frozenset({"1" * 64}), frozenset({"2" * 32}))
    _, data = write_ack(mine.sign, mine.team.id, ack)

    def read(bad):
        return read_ack(bad, roster)

    assert read(data) == ack
    found = {reason(read, bad) for bad in flips(data)}
    assert found == {"header", "signature", "other_team", "stranger"}
    assert {reason(read, bad) for bad in cuts(data)} == {"header", "empty"}


def test_the_word_of_a_laptop_that_left_stays_good(laptop, shared):
    """Else every sync and every check would name it for ever."""
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    priya.add_venue("Church hall")
    sam.sync(shared)
    priya.sync(shared, snapshot=True)
    sam.sync(shared)
    assert len(list((shared / "ack").iterdir())) == 2
    revoke(priya.store, "Sam")
    for _ in range(2):
        assert priya.sync(shared).quarantined == []
    assert verify_folder(LocalPlace(shared)).ok


def test_every_bit_and_every_cut_of_an_entry_of_the_roster(office):
    """What still reads as an entry is another one, and counts for nothing."""
    _, mine = office
    before = list(mine.roster.entries.values())
    sam = next(m.device for m in mine.roster.members.values() if m.officer == "Sam")
    said = {"device": sam, "why": "", "marks": {"c" * 32: [1, "d" * 64]}, "rotate": None}
    text = admin_entry(
        mine.sign, team=mine.team.id, by=mine.device, type="revoke", parents=before, ms=9,
        said=said,
    )  # fmt: skip
    good = Roster(mine.team, [*before, read_entry(text, mine.team.id)])
    assert sam not in good.members
    found = set()
    changed = []
    for bad in flips(text):
        try:
            changed.append(read_entry(bad, mine.team.id))
        except Refused as error:
            found.add(error.code)
    assert found == {"header", "other_team"}
    # All that still have the form, at once: if any counted, the team would be another one.
    roster = Roster(mine.team, [*before, *changed])
    for entry in changed:
        known = entry.sha256 in roster.bad or entry.sha256 in roster.pending
        assert known or entry.sha256 not in roster.graph.number or entry.body["type"] != "revoke"
        found.add(roster.bad.get(entry.sha256, ""))
    assert "signature" in found
    assert roster.members == mine.roster.members
    for bad in cuts(text):
        assert reason(lambda data: read_entry(data, mine.team.id), bad) in {"header", "empty"}


# -- where they lie --------------------------------------------------------------------------

COPIES = [
    "{stem} (1){end}",
    "{stem} - Copy{end}",
    "Copy of {stem}{end}",
    "{stem}-LAPTOP-4F2K{end}",
    "{stem} (Sam's conflicted copy 2026-03-27){end}",
    "{stem} (conflicted copy 2026-03-27 140212){end}",
    "{stem}.sync-conflict-20260327-140212-ABCDEFG{end}",
    "{stem} [Conflict]{end}",
    "{stem}_conf(1){end}",
    "{stem}{end}.1",
    "{stem}{end} (case conflict)",
    "{stem} 2{end}",
    "{stem}{end}.bak",
    "Kopie von {stem}{end}",
]
KINDS = ["b", "snap", "roster", "ack", "join"]


class Scene:
    """A copy of the office, with a new laptop that has never synced."""

    def __init__(self, office, folder):
        source, self.mine = office
        shutil.copytree(source, folder)
        self.folder = folder
        self.shared = folder / "shared"
        self.priya = Laptop(folder / "priya", "Priya", seed=1)
        self.fresh = self.priya.invite("Robin", folder / "robin")

    def files(self, under):
        return sorted(p for p in (self.shared / under).rglob("*") if p.is_file())

    def requests(self):
        found, aside = open_requests(self.priya.store, LocalPlace(self.shared))
        return [r.officer for r in found], sorted(item.code for item in aside)

    def close(self):
        self.priya.close()
        self.fresh.close()


@pytest.fixture
def scene(office, tmp_path):
    made = Scene(office, tmp_path / "scene")
    yield made
    made.close()


def tree(folder):
    return {p: (p.lstat().st_size, p.lstat().st_mtime_ns) for p in folder.rglob("*")}


@pytest.mark.parametrize("original", [True, False], ids=["beside", "instead"])
@pytest.mark.parametrize("under", KINDS)
def test_conflict_copies_of_any_file_collapse(scene, under, original):
    wanted = scene.priya.state()
    there = scene.files(under)
    if under != "b":  # every bundle has left for the snapshot
        assert there
    for path in there:
        for pattern in COPIES:
            copy = pattern.format(stem=path.stem, end=path.suffix)
            shutil.copy(path, path.parent / copy)
        if not original:
            path.unlink()
    receipt = scene.fresh.sync(scene.shared)
    assert receipt.quarantined == []
    assert receipt.waiting == []
    assert scene.fresh.state() == wanted
    assert set(membership(scene.fresh.store).roster.members) >= set(scene.mine.roster.members)
    assert scene.requests() == (["Alex"], [])
    assert verify_folder(LocalPlace(scene.shared)).ok
    for one in (scene.priya, scene.fresh, scene.priya):
        assert one.sync(scene.shared).quarantined == []
    before = tree(scene.shared)
    for one in (scene.fresh, scene.priya):
        receipt = one.sync(scene.shared)
        assert (receipt.received, receipt.sent, receipt.quarantined) == (0, 0, [])
    assert tree(scene.shared) == before


def bomb(scene):
    """A snapshot that an admin signed, of which one part unpacks to 10 GB and does not say so."""
    packed = zstandard.ZstdCompressor(level=1).compress(bytes(200 << 20))
    core = Core(
        team=scene.mine.team.id, device=scene.mine.device, incarnation="c" * 32, seq=0,
        kind=SNAPSHOT, roster=scene.mine.roster.head,
    )  # fmt: skip
    _, to = scene.mine.roster.recipient("general")
    out = io.BytesIO()
    key = scene.mine.sign
    lines = [b"[" + b" " * (40 << 20) + b"\n"] * 3
    write_bundle(out, core, [PartSource("general", 1, to, lines)], key)
    assert len(packed) < 1 << 20
    return out.getvalue()


def intrude(scene, under, outside):
    """Put everything into a folder that does not belong there; the codes it must be named by."""
    folder = scene.shared / under
    if under == "b":
        folder /= scene.mine.device
    folder.mkdir(parents=True, exist_ok=True)
    sha, device = "0" * 64, scene.mine.device
    name = {
        "b": f"00000009-{sha}.bundle",
        "snap": f"{sha}.snapshot",
        "roster": f"000009-{sha}.json",
        "ack": f"{device}-{sha}.json",
        "join": f"{sha}.json",
    }[under]
    good = scene.files("snap")[0].read_bytes()
    (folder / name).write_bytes(b"")  # a placeholder of OneDrive or Dropbox before it arrives
    (folder / f".{name}.icloud").write_bytes(b"bplist00 of a file that is elsewhere")
    (folder / "desktop.ini").write_bytes(b"[.ShellClassInfo]")
    (folder / "~$notes.docx").write_bytes(b"\x05Word")
    (folder / "notes.docx").write_bytes(b"PK\x03\x04 not ours")
    (outside / "secret").write_bytes(good)
    (folder / f"link{Path(name).suffix}").symlink_to(outside / "secret")
    (folder / "out").symlink_to(outside)
    os.mkfifo(folder / f"pipe{Path(name).suffix}")
    with (folder / f"huge{Path(name).suffix}").open("wb") as huge:
        huge.truncate(10 << 30)
    small = {"roster", "ack", "join"}
    return sorted(
        ["empty", "header" if under in small else "not_ours", "link", "link", "not_a_file",
         "too_big"]
    )  # fmt: skip


@pytest.mark.parametrize("under", KINDS)
def test_intruders_in_any_folder_are_harmless_and_named(scene, under, tmp_path):
    wanted = scene.priya.state()
    outside = tmp_path / "outside"
    outside.mkdir()
    codes = intrude(scene, under, outside)
    secret = tree(outside)
    receipt = scene.fresh.sync(scene.shared)
    if under == "join":
        assert scene.requests() == (["Alex"], codes)
    else:
        assert sorted(item.code for item in receipt.quarantined) == codes
        assert all(item.file.startswith(f"{under}/") for item in receipt.quarantined)
        assert all(item.reason.endswith(".") for item in receipt.quarantined)
        report = verify_folder(LocalPlace(scene.shared))
        assert sorted(item.code for item in report.bad) == codes
    assert scene.fresh.state() == wanted
    assert scene.fresh.store.check().ok
    assert tree(outside) == secret
    again = scene.fresh.sync(scene.shared)
    assert (again.sent, again.received) == (0, 0)


def test_a_snapshot_that_claims_or_unpacks_to_gigabytes_is_named(scene):
    wanted = scene.priya.state()
    data = scene.files("snap")[0].read_bytes()
    start = len(MAGIC[SNAPSHOT])
    claim = data[:start] + (0xFFFFFFFF).to_bytes(4, "big") + data[start + 4 :]
    (scene.shared / "snap" / "claim.snapshot").write_bytes(claim)
    (scene.shared / "snap" / "bomb.snapshot").write_bytes(bomb(scene))
    receipt = scene.fresh.sync(scene.shared)
    found = {item.file: item.code for item in receipt.quarantined}
    assert found["snap/claim.snapshot"] == "too_big"
    assert found["snap/bomb.snapshot"] in {"too_big", "unpacks", "content"}
    assert scene.fresh.state() == wanted
