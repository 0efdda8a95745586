"""A folder is checked without any key to the data."""

from __future__ import annotations

import io
import json
import os
import shutil

import pytest

from db.changes import Create
from engage_desktop.records.filing import Attachment
from engage_desktop.sync import LocalPlace, verify_folder
from engage_desktop.sync.errors import FolderUnavailable
from engage_desktop.sync.team_asking import ask


@pytest.fixture
def folder(laptop, shared):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    for number in range(3):
        priya.add_venue(f"Hall {number}")
        priya.sync(shared)
    digest, size = sam.blobs.put(io.BytesIO(b"a leaflet" * 50))
    record = Attachment(id=sam.store.new_id(), filename="leaflet", size=size, digest=digest)
    sam.store.apply([Create(record)], "Attach a file")
    sam.sync(shared)
    return shared


def report(folder):
    return verify_folder(LocalPlace(folder)).as_json()


def codes(found):
    return [item["code"] for item in found["bad"]]


def test_a_whole_folder(folder):
    found = report(folder)
    assert found == {
        "ok": True,
        "bundles": 4,
        "snapshots": 0,
        "attachments": 1,
        "laptops": 2,
        "bad": [],
        "noticed": [],
        "gaps": [],
    }


def test_any_flipped_bit_anywhere_is_found(folder):
    for path in [p for p in folder.rglob("*") if p.is_file() and p.name != "team.json"]:
        good = path.read_bytes()
        for at in range(0, len(good), 37):
            path.write_bytes(good[:at] + bytes([good[at] ^ 4]) + good[at + 1 :])
            found = report(folder)
            assert not found["ok"]
            assert str(path.relative_to(folder)) in {item["file"] for item in found["bad"]}
        path.write_bytes(good)
    assert report(folder)["ok"]


def test_a_request_to_join_is_held_to_its_signature(folder, laptop):
    lee = laptop("Lee")
    asked = ask(lee.store, LocalPlace(folder)).request
    assert report(folder)["ok"]
    file = folder / asked.name
    file.write_text(file.read_text().replace('"officer":"Lee"', '"officer":"Leo"'))
    found = report(folder)
    assert [(b["file"], b["code"]) for b in found["bad"]] == [(asked.name, "signature")]


def test_gaps_are_told_and_copies_are_not_counted_twice(folder):
    priya = next(p.parent for p in (folder / "b").rglob("00000003-*"))
    mine = sorted(priya.iterdir())
    shutil.copy(mine[0], mine[0].with_name("copy (1).bundle"))
    assert report(folder)["bundles"] == 4
    mine[1].unlink()
    found = report(folder)
    assert found["ok"]
    assert found["gaps"] == [{"device": priya.name, "officer": "Priya", "missing": [2]}]


def test_files_with_odd_names_are_named_and_do_no_harm(folder):
    device = next((folder / "b").iterdir())
    odd = os.fsencode(folder) + b"/caf\xe9.txt", os.fsencode(device) + b"/caf\xe9.bundle"
    for name in odd:
        with open(name, "wb") as file:
            file.write(b"anything")
    os.mkdir(os.fsencode(folder) + b"/snap\xff")
    (folder / "holiday.jpg").write_bytes(b"anything")
    found = report(folder)
    assert [(b["file"], b["code"]) for b in found["bad"]] == [
        (f"b/{device.name}/caf\ufffd.bundle", "odd_name")
    ]
    assert [(n["file"], n["code"]) for n in found["noticed"]] == [
        ("caf\ufffd.txt", "odd_name"),
        ("holiday.jpg", "beside"),
        ("snap\ufffd", "odd_name"),
    ]
    json.dumps(found).encode()
    for name in odd[1:]:
        os.unlink(name)
    found = report(folder)
    assert found["ok"], "what lies beside is no fault of the folder"
    assert len(found["noticed"]) == 3


def test_a_sync_names_a_file_whose_name_cannot_be_said(laptop, shared):
    priya = laptop("Priya")
    priya.add_venue("Hall")
    priya.sync(shared)
    for where in ("b", "roster", "ack", "join", "snap"):
        (shared / where).mkdir(exist_ok=True)
        with open(os.fsencode(shared / where) + b"/caf\xe9", "wb") as file:
            file.write(b"anything")
    receipt = priya.sync(shared)
    named = {(item.file, item.code) for item in receipt.quarantined}
    assert named == {(f"{w}/caf\ufffd", "odd_name") for w in ("b", "roster", "ack", "snap")}
    assert os.path.exists(os.fsencode(shared) + b"/b/caf\xe9"), "left where it is"


def test_a_folder_of_no_team(tmp_path):
    with pytest.raises(FolderUnavailable) as caught:
        verify_folder(LocalPlace(tmp_path))
    assert "not a team's shared folder" in caught.value.sentence


def test_every_truncation_of_a_bundle_is_named(folder):
    path = next((folder / "b").rglob("*.bundle"))
    good = path.read_bytes()
    for length in range(0, len(good), 11):
        path.write_bytes(good[:length])
        assert codes(report(folder)) == ["empty" if length == 0 else "cut_short"]


def test_a_file_where_a_folder_of_ours_should_be_is_named(laptop, shared):
    priya = laptop("Priya")
    priya.add_venue("Hall")
    priya.sync(shared)
    shutil.rmtree(shared / "b")
    (shared / "b").write_bytes(b"")
    report = verify_folder(LocalPlace(shared))
    assert [(item.file, item.code) for item in report.bad] == [("b", "not_a_folder")]


@pytest.mark.parametrize(("data", "code"), [(b"{}", "damaged"), (None, "vanished")])
def test_without_its_teams_file_a_folder_is_bad_and_says_so(laptop, shared, data, code):
    priya = laptop("Priya")
    priya.add_venue("Hall")
    priya.sync(shared)
    (shared / "team.json").unlink()
    if data is not None:
        (shared / "team.json").write_bytes(data)
    report = verify_folder(LocalPlace(shared))
    assert [(item.file, item.code) for item in report.bad] == [("team.json", code)]
    assert not report.ok
