"""What the command line calls things: a file, a folder, a place, whose delivery is missing."""

from __future__ import annotations

import json
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from engage_desktop.queries.standing import standing
from engage_desktop.sync.desk import FOLDER
from engage_desktop.workspace import Workspace
from tests.cli.conftest import PASSPHRASE, Engage
from ui.standing_words import status_of


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder


def test_a_file_where_a_folder_belongs_is_called_a_file(engage: Engage, ws, tmp_path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sam")
    other = tmp_path / "other"
    assert engage("new", other, "--officer", "Priya").code == 0
    ways = [
        ("sync", ws, file),
        ("sync", ws, file / "within"),
        ("snapshot", ws, file),
        ("verify", file),
        ("team", "ask", other, file),
    ]
    for way in ways:
        told = engage(*way, "--json")
        assert (told.code, told.error["code"]) == (1, "not_a_folder"), way
        assert "“letter.txt” is a file, not a folder." in told.error["sentence"]
        assert "drive" not in told.error["sentence"]
    assert file.read_text() == "Dear Sam"
    gone = engage("sync", ws, tmp_path / "away", "--json")
    assert gone.error["code"] == "folder_unavailable"
    assert "Plug in the drive" in gone.error["sentence"]


def test_a_folder_where_a_delivery_belongs_is_called_a_folder(engage: Engage, ws, shared) -> None:
    told = engage("receive-file", ws, shared, "--json").error
    assert "“shared” is a folder, not a file" in told["sentence"]
    assert "engage sync WS FOLDER" in told["sentence"]


def test_another_teams_file_is_not_called_a_folder(engage: Engage, ws, tmp_path) -> None:
    other, alone = tmp_path / "other", tmp_path / "alone"
    for folder in (other, alone):
        assert engage("new", folder, "--officer", "Priya").code == 0
    delivery = tmp_path / "monday.engage"
    assert engage("send-file", other, delivery).code == 0
    assert engage("send-file", ws, tmp_path / "own.engage").code == 0
    told = engage("receive-file", ws, delivery, "--json").error
    assert told["code"] == "other_team"
    assert told["sentence"].startswith("This file belongs to another team.")
    assert "folder" not in told["sentence"]
    told = engage("receive-file", alone, delivery, "--json").error
    assert told["sentence"].startswith("This file belongs to a team, and this workspace is in none")
    bad = tmp_path / "bad.engage"
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr("team.json", b"{}")
    told = engage("receive-file", ws, bad, "--json").error
    assert "The team's file (team.json) is damaged" in told["sentence"]
    assert "shared folder" not in told["sentence"]


def test_forgetting_an_unknown_place_says_what_is_known(engage: Engage, ws) -> None:
    told = engage("place", "forget", ws, "s3://county-team", "--json").error
    assert told["code"] == "not_found"
    assert told["sentence"].endswith("None are known.")
    assert "Add it" not in told["sentence"]
    from db.keys import CHEAP
    from engage_desktop.sync.remote.address import parse_address
    from engage_desktop.sync.remote.book import keep_place_known
    from engage_desktop.workspace import Surroundings, Workspace
    from tests.cli.conftest import PASSPHRASE

    with Workspace.open(ws, PASSPHRASE, around=Surroundings(cost=CHEAP)) as workspace:
        keep_place_known(workspace.store, parse_address("s3://north-team"), None)
    told = engage("place", "forget", ws, "s3://county-team", "--json").error
    assert told["sentence"].endswith("Known: s3://north-team.")
    assert engage("place", "forget", ws, "s3://north-team").code == 0


def test_a_file_of_erased_people_only_is_told_as_such(engage: Engage, ws, tmp_path) -> None:
    person = {"name": "Xylograph Quockerwodger", "email": "xq@example.org"}
    made = engage("add", ws, "stakeholder", json.dumps(person), "--json").json["id"]
    assert engage("erase", ws, "stakeholder", made, "--reason", "Asked", "--yes").code == 0
    file = tmp_path / "old.csv"
    file.write_text("Name,E-mail\nXylograph Quockerwodger,xq@example.org\n")
    told = engage("import", ws, "stakeholder", file, "--json")
    assert (told.code, told.error["code"]) == (1, "nothing_taken")
    assert "about somebody who was erased for good" in told.error["sentence"]
    assert "column is which" not in told.error["sentence"]
    file.write_text("Name,E-mail\n,not an address\n")
    told = engage("import", ws, "stakeholder", file, "--json")
    assert "column is which" in told.error["sentence"]


def test_whose_delivery_is_missing_is_said_by_name(engage: Engage, ws, shared, tmp_path) -> None:
    for name in ("Hall", "Library", "Barn"):
        assert engage("add", ws, "venue", json.dumps({"name": name})).code == 0
        assert engage("sync", ws, shared).code == 0
    device = engage("team", "members", ws, "--json").json["rows"][0]["device"]
    (second,) = (shared / "b" / device).glob("00000002-*")
    second.unlink()
    told = engage("verify", shared)
    assert told.code == 0
    assert "Not here (yet): delivery 2 from Sam Field’s laptop." in told.out
    assert device not in told.out


def test_what_waits_is_counted_as_it_is_when_it_was_sent(engage: Engage, ws, shared, tmp_path):
    """One act may write many records, such as an import."""
    file = tmp_path / "venues.csv"
    file.write_text("Name\nHall\nLibrary\nBarn\n")
    assert engage("import", ws, "venue", file).code == 0
    with Workspace.open(ws, PASSPHRASE) as workspace, closing(workspace.store.reader()) as reader:
        waits = standing(reader).to_send
    assert waits > 3
    assert engage("sync", ws, shared, "--json").json["sent"] == waits
    with Workspace.open(ws, PASSPHRASE) as workspace, closing(workspace.store.reader()) as reader:
        assert standing(reader).to_send == 0


def test_the_window_knows_the_folder_that_the_command_used(engage: Engage, ws, shared, tmp_path):
    assert engage("sync", ws, shared).code == 0
    with Workspace.open(ws, PASSPHRASE) as workspace:
        reader = workspace.store.reader()
        found = standing(reader)
        reader.close()
        assert (found.folder_here, status_of(found, "").place) == (True, "Shared folder found")
        workspace.store.set_setting(FOLDER, str(tmp_path / "another"))
    assert engage("sync", ws, shared).code == 0
    with Workspace.open(ws, PASSPHRASE) as workspace:
        known = workspace.store.get_setting(FOLDER)
    assert known == str(tmp_path / "another"), "what was chosen in the window stays"
