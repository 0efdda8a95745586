"""Files with a record, from the command line: kept, listed, copied out, binned and put back."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from db.keys import CHEAP
from engage_desktop.workspace import Surroundings, Workspace
from tests.cli.conftest import PASSPHRASE, Engage

NEEDLE = b"zwetschgenknoedel in the minutes\n"


@pytest.fixture
def venue(engage: Engage, ws: Path) -> str:
    data = json.dumps({"name": "Village hall"})
    return str(engage("add", ws, "venue", data, "--json").json["id"])


@pytest.fixture
def minutes(tmp_path: Path) -> Path:
    path = tmp_path / "Minutes – März.txt"
    path.write_bytes(NEEDLE * 10_000)
    return path


def test_a_file_is_kept_listed_and_copied_out(
    engage: Engage, ws: Path, venue: str, minutes: Path, tmp_path: Path
) -> None:
    added = engage("attach", ws, "venue", venue, minutes, "--note", "Signed", "--json").json
    assert added["filename"] == minutes.name
    assert added["media_type"] == "text/plain"
    assert added["size"] == minutes.stat().st_size
    listed = engage("attachments", ws, "venue", venue, "--json").json
    assert listed["total"] == 1
    row = listed["rows"][0]
    assert (row["id"], row["owner"], row["here"]) == (added["id"], venue, True)
    assert (row["description"], row["belongs_to"]) == ("Signed", "Village hall")
    assert engage("attachments", ws, "--json").json == listed
    words = engage("attachments", ws).out
    assert minutes.name in words
    assert words.endswith("1 attachment\n")
    out = tmp_path / "copy.txt"
    saved = engage("save-attachment", ws, added["id"], "--out", out, "--json").json
    assert saved["bytes"] == minutes.stat().st_size
    assert out.read_bytes() == minutes.read_bytes()
    sealed = [path for path in (ws / "blobs").rglob("*") if path.is_file()]
    assert len(sealed) == 1
    assert NEEDLE not in sealed[0].read_bytes()


def test_it_goes_to_the_bin_and_comes_back(
    engage: Engage, ws: Path, venue: str, minutes: Path
) -> None:
    added = engage("attach", ws, "venue", venue, minutes, "--json").json["id"]

    def there(*more: str) -> int:
        return int(engage("attachments", ws, "venue", venue, *more, "--json").json["total"])

    assert engage("detach", ws, added, "--json").json["changed"] is True
    assert (there(), there("--bin")) == (0, 1)
    assert engage("detach", ws, added, "--json").json["changed"] is False
    assert engage("undo", ws).out.startswith("Undo: Delete a file")
    assert there() == 1
    assert engage("detach", ws, added).out == f"“{minutes.name}” is in the bin.\n"
    assert engage("put-back", ws, "attachment", added).code == 0
    assert there() == 1
    engage("undo", ws, "attachment", added)
    assert there() == 0


def test_slips_are_told_and_nothing_is_kept(
    engage: Engage, ws: Path, venue: str, minutes: Path, tmp_path: Path
) -> None:
    def told(*arguments: object) -> str:
        done = engage(*arguments, "--json")
        assert (done.code, done.out) == (1, ""), arguments
        return str(done.error["sentence"])

    assert "could not be read" in told("attach", ws, "venue", venue, tmp_path / "gone.txt")
    assert "is not a file" in told("attach", ws, "venue", venue, tmp_path)
    assert "no venue" in told("attach", ws, "venue", "0" * 32, minutes).casefold()
    assert "not the id of a record" in told("attach", ws, "venue", "hall", minutes)
    added = engage("attach", ws, "venue", venue, minutes, "--json").json["id"]
    assert "No files can be added" in told("attach", ws, "attachment", added, minutes)
    assert "Say which record" in told("attachments", ws, "venue")
    assert "Say where to write" in told("save-attachment", ws, added)
    assert "folder of a workspace" in told("save-attachment", ws, added, "--out", ws / "x.txt")
    told("detach", ws, venue)
    told("save-attachment", ws, "0" * 32, "--out", tmp_path / "x.txt")
    note = "x" * 3000
    assert "longer than" in told("attach", ws, "venue", venue, minutes, "--note", note)
    engage("delete", ws, "venue", venue)
    assert "in the bin" in told("attach", ws, "venue", venue, minutes)
    assert engage("attachments", ws, "--json").json["total"] == 0
    assert not (tmp_path / "x.txt").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes are of POSIX")
def test_a_pipe_is_not_waited_for(engage: Engage, ws: Path, venue: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is not a file" in engage("attach", ws, "venue", venue, tmp_path / "pipe").err


def test_content_that_is_not_here_yet_is_said(
    engage: Engage, ws: Path, venue: str, minutes: Path, tmp_path: Path
) -> None:
    added = engage("attach", ws, "venue", venue, minutes, "--json").json["id"]
    for path in (ws / "blobs").rglob("*"):
        if path.is_file():
            path.unlink()
    assert engage("attachments", ws, "--json").json["rows"][0]["here"] is False
    out = tmp_path / "copy.txt"
    out.write_bytes(b"what was there")
    done = engage("save-attachment", ws, added, "--out", out, "--replace", "--json")
    assert "not on this laptop yet" in done.error["sentence"]
    assert out.read_bytes() == b"what was there"


def test_several_files_are_one_step_or_none(
    engage: Engage, ws: Path, venue: str, minutes: Path, tmp_path: Path
) -> None:
    from engage_desktop.attachments import attach, attachments

    around = Surroundings(cost=CHEAP)
    with Workspace.open(ws, PASSPHRASE, around=around) as workspace:
        with pytest.raises(Exception, match="could not be read"):
            attach(workspace, "venue", venue, [minutes, tmp_path / "gone.txt"])
        reader = workspace.store.reader()
        assert attachments(reader) == []
        attach(workspace, "venue", venue, [minutes, minutes])
        assert len(attachments(reader, venue)) == 2
        assert workspace.store.undo_words() == "Add 2 files"
        workspace.store.undo()
        assert attachments(reader) == []
        reader.close()
