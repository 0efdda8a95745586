"""A shared folder written by every release so far is still read, to the last word."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from engage_desktop.sync import LocalPlace, join_team, verify_folder
from engage_desktop.sync.team import membership
from engage_desktop.sync.team_asking import open_requests
from tests.sync.laptops import Laptop
from tools.make_sync_fixture import shown

SAVED = sorted((Path(__file__).parent.parent / "fixtures").glob("sync-*"))
BOTH = pytest.mark.parametrize("which", ["bundles", "snapshot"])
EACH = pytest.mark.parametrize("saved", SAVED, ids=lambda path: path.name)


def test_every_kind_of_file_is_among_them():
    (first, *_) = SAVED
    for kind in ("team.json", "roster", "b", "blob", "join"):
        assert (first / "bundles" / kind).exists(), kind
    for kind in ("team.json", "roster", "snap", "ack", "blob", "join"):
        assert (first / "snapshot" / kind).exists(), kind


@EACH
@BOTH
def test_nothing_in_it_is_bad(saved, which):
    report = verify_folder(LocalPlace(saved / which))
    assert report.ok, report.bad
    assert not report.gaps
    assert (report.bundles > 0, report.snapshots) == (
        (True, 0) if which == "bundles" else (False, 1)
    )


@EACH
@BOTH
def test_a_new_laptop_reads_it(saved, which, tmp_path, laptop):
    shared = tmp_path / "shared"
    shutil.copytree(saved / which, shared)
    robin = laptop("Robin")
    join_team(robin.store, (saved / "invitation.json").read_bytes())
    receipt = robin.sync(shared)
    assert (receipt.quarantined, receipt.waiting, receipt.attachments_missing) == ([], [], 0)
    assert receipt.attachments_received == 1
    then = json.loads((saved / "content.json").read_text())
    now = shown(robin)
    assert now["conflicts"] == then["conflicts"]
    assert now["records"].keys() == then["records"].keys()
    for key, (state, title, values) in then["records"].items():
        assert now["records"][key][:2] == [state, title]
        # A later release may know more fields; what was written is unchanged.
        assert {name: now["records"][key][2].get(name) for name in values} == values
    assert sorted(m.officer for m in membership(robin.store).roster.members.values()) == [
        "Priya", "Robin", "Sam",
    ]  # fmt: skip
    requests, aside = open_requests(robin.store, LocalPlace(shared))
    assert ([r.officer for r in requests], aside) == (["Casey"], [])
    assert robin.store.check().ok


@EACH
def test_the_two_folders_end_as_one(saved, tmp_path, laptop):
    for which in ("bundles", "snapshot"):
        shutil.copytree(saved / which, tmp_path / which)
    robin = laptop("Robin")
    assert isinstance(robin, Laptop)
    join_team(robin.store, (saved / "invitation.json").read_bytes())
    robin.sync(tmp_path / "bundles")
    before = robin.state()
    receipt = robin.sync(tmp_path / "snapshot")
    assert (receipt.received, receipt.quarantined) == (0, [])
    assert robin.state() == before
