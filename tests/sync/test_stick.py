"""A delivery in one file: it brings what a folder would bring, and a bad one brings nothing."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile

import pytest

from db.changes import Create, Edit
from db.errors import InvalidInput, KnownError, NotFound
from db.keys import CHEAP
from engage_desktop.records.venue import Venue
from engage_desktop.sync import desk, join_team
from engage_desktop.sync.errors import OtherTeam
from engage_desktop.sync.receipt_words import receipt_words
from engage_desktop.sync.stick import BadDelivery, receive_file, send_file
from engage_desktop.workspace import Surroundings, Workspace

PASSPHRASE = "bus hedge violin cider"


@pytest.fixture
def office(tmp_path):
    """Workspaces by name; the second joins the first."""
    made = []

    def make(officer, by=None):
        workspace, _ = Workspace.create(
            tmp_path / officer, officer=officer, passphrase=PASSPHRASE,
            around=Surroundings(cost=CHEAP),
        )  # fmt: skip
        made.append(workspace)
        if by is not None:
            desk.invite(by, tmp_path / "invitation", "officer", 7, None)
            join_team(workspace.store, (tmp_path / "invitation").read_bytes())
        return workspace

    yield make
    for workspace in made:
        workspace.close()


def add_venue(workspace, name):
    record = Venue(id=workspace.store.new_id(), name=name)
    workspace.store.apply([Create(record)], "Add venue")
    return record.id


@pytest.fixture
def pair(office):
    sam = office("Sam")
    return sam, office("Priya", by=sam)


def test_a_file_brings_what_a_folder_would_and_twice_is_once(pair, tmp_path):
    sam, priya = pair
    venue = add_venue(sam, "Mere Hall")
    (tmp_path / "poster.bin").write_bytes(bytes(range(256)) * 5000)
    from engage_desktop.attachments import attach

    attach(sam, "venue", venue, [tmp_path / "poster.bin"], why="Add a file")
    out = tmp_path / "week 1.engage"
    sent = desk.write_delivery(sam, out)
    assert sent.sent > 0
    assert b"Mere Hall" not in out.read_bytes()
    got = desk.read_delivery(priya, out)
    assert got.received >= 2
    assert got.attachments_received == 1
    assert priya.store.get("venue", venue).name == "Mere Hall"
    again = desk.read_delivery(priya, out)
    assert (again.received, again.quarantined) == (0, [])
    priya.store.apply([Edit("venue", venue, {"capacity": 40})], "Change capacity")
    desk.write_delivery(priya, tmp_path / "back.engage")
    desk.read_delivery(sam, tmp_path / "back.engage")
    assert sam.store.get("venue", venue).capacity == 40
    assert "week 1.engage" in receipt_words(desk.receipts(priya.store)[-1])


def test_a_stick_serves_where_a_folder_is_used_too(pair, tmp_path):
    sam, priya = pair
    shared = tmp_path / "shared"
    shared.mkdir()
    desk.send_and_receive(sam, shared)
    venue = add_venue(sam, "Mere Hall")
    send_file(sam, tmp_path / "a.engage")
    desk.send_and_receive(sam, shared)  # what went by the file goes into the folder as well
    desk.send_and_receive(priya, shared)
    assert priya.store.exists("venue", venue)
    assert receive_file(priya, tmp_path / "a.engage").received == 0


def test_another_teams_file_and_a_missing_one_change_nothing(pair, office, tmp_path):
    sam, _ = pair
    other = office("Ann")
    add_venue(other, "Elsewhere")
    send_file(other, tmp_path / "other.engage")
    add_venue(sam, "Mere Hall")
    with pytest.raises(OtherTeam):
        receive_file(sam, tmp_path / "other.engage")
    with pytest.raises(NotFound):
        receive_file(sam, tmp_path / "none.engage")
    with pytest.raises(InvalidInput):
        send_file(sam, sam.folder / "inside.engage")
    assert sam.store.check().ok


def rewritten(source, target, change):
    """The same delivery with its members passed through `change(info, data)`."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            for made, data in change(info, old.read(info)):
                new.writestr(made, data)


def named(name, mode=0o100600, packed=zipfile.ZIP_STORED):
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    info.compress_type = packed
    return info


ADDED = {
    "a path out of it": named("../../evil"),
    "an absolute path": named("/etc/passwd"),
    "a path out of a folder": named("b/../../evil.bundle"),
    "a drive letter": named("C:/evil"),
    "a backslash": named("b\\evil"),
    "a program": named("run.exe"),
    "a link": named("b/x/link", 0o120777),
    "a folder": named("b/x/", 0o040700),
    "a bomb": named("b/x/bomb.bundle", packed=zipfile.ZIP_DEFLATED),
    "a device": named("b/x/null", 0o020666),
}


@pytest.mark.parametrize("what", sorted(ADDED))
def test_a_file_with_anything_else_in_it_is_refused_whole(pair, tmp_path, what):
    sam, priya = pair
    venue = add_venue(sam, "Mere Hall")
    good, bad = tmp_path / "good.engage", tmp_path / "bad.engage"
    send_file(sam, good)
    last = []

    def change(info, data):
        last.append(info)
        yield info, data
        if len(last) == 1:
            yield ADDED[what], b"\0" * 1_000_000

    rewritten(good, bad, change)
    with pytest.raises(BadDelivery) as caught:
        receive_file(priya, bad)
    assert "Nothing was changed" in caught.value.sentence
    assert not priya.store.exists("venue", venue)
    assert sorted(p.name for p in tmp_path.iterdir() if "evil" in p.name) == []
    assert receive_file(priya, good).received > 0


def test_two_members_over_one_another_are_refused(pair, tmp_path):
    """A directory may point many names at the same bytes: many times the file when read."""
    sam, priya = pair
    send_file(sam, tmp_path / "good.engage")
    whole = io.BytesIO((tmp_path / "good.engage").read_bytes())
    with zipfile.ZipFile(whole, "a") as archive:
        archive.writestr(named(f"b/{'a' * 32}/one.bundle"), b"\1" * 3_000_000)
        first = archive.infolist()[-1]
        for number in range(20):
            twin = named(f"b/{'a' * 32}/twin{number}.bundle")
            for name in ("header_offset", "file_size", "compress_size", "CRC"):
                setattr(twin, name, getattr(first, name))
            archive.filelist.append(twin)
    (tmp_path / "bad.engage").write_bytes(whole.getvalue())
    with pytest.raises(BadDelivery, match="more than it does"):
        receive_file(priya, tmp_path / "bad.engage")


def test_every_cut_is_told_and_harmless(pair, tmp_path):
    sam, priya = pair
    venue = add_venue(sam, "Mere Hall")
    send_file(sam, tmp_path / "good.engage")
    data = (tmp_path / "good.engage").read_bytes()
    bad = tmp_path / "bad.engage"
    for end in [*range(0, len(data), max(1, len(data) // 60)), len(data) - 1]:
        bad.write_bytes(data[:end])
        with pytest.raises(KnownError):
            receive_file(priya, bad)
    assert not priya.store.exists("venue", venue)


def test_flipped_bits_are_named_and_nothing_wrong_is_taken(pair, tmp_path):
    sam, priya = pair
    add_venue(sam, "Mere Hall")
    send_file(sam, tmp_path / "good.engage")
    data = (tmp_path / "good.engage").read_bytes()
    bad = tmp_path / "bad.engage"
    for at in range(7, len(data), max(1, len(data) // 150)):
        flipped = bytearray(data)
        flipped[at] ^= 0x10
        bad.write_bytes(flipped)
        with contextlib.suppress(KnownError):  # whatever else is a fault of ours
            receive_file(priya, bad)
    names = [v.name for v in _venues(priya)]
    assert names in ([], ["Mere Hall"])
    receive_file(priya, tmp_path / "good.engage")
    assert [v.name for v in _venues(priya)] == ["Mere Hall"]


def _venues(workspace):
    from db.query import ListQuery

    reader = workspace.store.reader()
    try:
        return [reader.get("venue", row.id) for row in reader.page(ListQuery("venue")).rows]
    finally:
        reader.close()


def test_what_claims_a_million_files_is_not_read(tmp_path, pair):
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 60_000, 60_000, 10, 0, 0)
    (tmp_path / "bad.engage").write_bytes(b"PK\x03\x04" + b"\0" * 40 + end)
    with pytest.raises(BadDelivery):
        receive_file(pair[0], tmp_path / "bad.engage")
