"""No command takes another file's place unasked, its own earlier output included."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Engage

THEIRS = b"somebody's only copy"

WRITERS = {
    "send-file": ("send-file", "WS", "FILE"),
    "export": ("export", "WS", "stakeholder", "FILE.csv"),
    "export by option": ("export", "WS", "all", "--out", "FILE.xlsx"),
    "cards": ("export", "WS", "stakeholder", "FILE.vcf"),
    "print": ("print", "WS", "register", "--kind", "venue", "--out", "FILE.pdf"),
    "labels": ("print", "WS", "labels", "--out", "FILE.pdf"),
    "map": ("print", "WS", "stakeholder-map", "--out", "FILE.svg"),
    "mail-list": ("mail-list", "WS", "FILE.csv"),
    "digest": ("digest", "WS", "--out", "FILE.eml"),
    "digest on paper": ("digest", "WS", "--out", "FILE.pdf"),
    "backup": ("backup", "WS", "FILE"),
    "attachment": ("save-attachment", "WS", "ATTACHMENT", "--out", "FILE"),
    "mapping": ("import", "WS", "venue", "ROWS", "--save-mapping", "FILE.toml"),
    "invite": ("team", "invite", "WS", "FILE"),
    "ask": ("team", "ask", "NEW", "--out", "FILE"),
}


@pytest.fixture
def county(engage: Engage, ws: Path, tmp_path: Path) -> dict[str, str]:
    """A workspace in a team, with one of what each command needs."""
    new, rows = tmp_path / "new", tmp_path / "rows.csv"
    assert engage("new", new, "--officer", "Priya Shah").code == 0
    rows.write_text("Name\nMarsh Hall\n", encoding="utf-8")
    assert engage("team", "invite", ws, tmp_path / "founding").code == 0
    hall = engage("add", ws, "venue", json.dumps({"name": "Mill Hall"}), "--json").json["id"]
    forum = {"name": "Mill Forum", "address": "1 Mill Lane", "postcode": "ZZ1 1ZZ"}
    assert engage("add", ws, "stakeholder", json.dumps(forum)).code == 0
    kept = engage("attach", ws, "venue", hall, rows, "--json").json["id"]
    return {"WS": str(ws), "NEW": str(new), "ROWS": str(rows), "ATTACHMENT": kept}


def filled(parts: tuple[str, ...], names: dict[str, str], folder: Path) -> tuple[list[str], Path]:
    """A command's words with the names of this test, and the file that it writes."""
    named = next(part for part in parts if part.startswith("FILE"))
    target = folder / named.replace("FILE", "target")
    return [str(target) if part == named else names.get(part, part) for part in parts], target


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_that_is_there_stays(
    engage: Engage, county: dict[str, str], tmp_path: Path, name: str
) -> None:
    words, target = filled(WRITERS[name], county, tmp_path)
    target.write_bytes(THEIRS)
    refused = engage(*words, "--json")
    assert (refused.code, refused.out, refused.error["code"]) == (1, "", "file_there")
    sentence = refused.error["sentence"]
    assert "Nothing was written, and it stays as it is" in sentence
    assert sentence.endswith("To write over it: --replace")
    assert target.read_bytes() == THEIRS
    replaced = engage(*words, "--replace", "--json")
    assert replaced.code == 0, replaced.err
    written = target.read_bytes()
    assert written != THEIRS
    assert engage(*words, "--json").error["code"] == "file_there", "its own output is a file too"
    assert target.read_bytes() == written


def test_nobody_is_let_in_where_the_answer_cannot_be_written(
    engage: Engage, county: dict[str, str], tmp_path: Path
) -> None:
    asked, answer = tmp_path / "asked", tmp_path / "answer"
    words = engage("team", "ask", county["NEW"], "--out", asked, "--json").json["words"]
    answer.write_bytes(THEIRS)
    approve = ("team", "approve", county["WS"], asked, "--words", words, "--out", answer)
    assert engage(*approve, "--json").error["code"] == "file_there"
    assert answer.read_bytes() == THEIRS
    assert engage("team", "members", county["WS"], "--json").json["total"] == 1
    assert engage(*approve, "--replace").code == 0
    assert answer.read_bytes() != THEIRS


def test_nothing_is_imported_where_the_mapping_cannot_be_written(
    engage: Engage, county: dict[str, str], tmp_path: Path
) -> None:
    words, target = filled(WRITERS["mapping"], county, tmp_path)
    target.write_bytes(THEIRS)
    assert engage(*words).code == 1
    assert engage("list", county["WS"], "venue", "--json").json["total"] == 1


def test_a_link_that_leads_nowhere_and_a_folder_are_no_free_places(
    engage: Engage, county: dict[str, str], tmp_path: Path
) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "gone.csv")
    refused = engage("export", county["WS"], "venue", link, "--json")
    assert refused.error["code"] == "file_there"
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    for more in ((), ("--replace",)):
        refused = engage("export", county["WS"], "venue", folder, *more, "--json")
        assert refused.code == 1
        assert folder.is_dir()
    inside = engage("export", county["WS"], "venue", Path(county["WS"]) / "store.db", "--json")
    assert "folder of a workspace" in inside.error["sentence"]


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes")
@pytest.mark.parametrize("more", [(), ("--replace",)])
def test_only_a_file_is_written_over(engage: Engage, ws: Path, tmp_path: Path, more) -> None:
    real = tmp_path / "real"
    real.mkdir()
    link, pipe = tmp_path / "link.csv", tmp_path / "pipe.csv"
    link.symlink_to(real, target_is_directory=True)
    os.mkfifo(pipe)
    for target in (link, pipe, real):
        for command in (("export", ws, "venue", target), ("backup", ws, target)):
            told = engage(*command, *more)
            assert told.code == 1
            assert "Nothing was written" in told.err
    assert link.is_symlink()
    assert pipe.is_fifo()
    assert list(real.iterdir()) == []


def test_a_missing_folder_is_told_before_anything_is_done(
    engage: Engage, ws: Path, tmp_path: Path
) -> None:
    for more in ((), ("--replace",)):
        told = engage("team", "invite", ws, tmp_path / "gone" / "x.invite", "--for", "Bea", *more)
        assert told.code == 1
        assert "Nothing was changed" in told.err
    assert engage("team", "members", ws).code == 1, "no team was founded for it"


def test_a_mapping_is_not_written_over_what_is_read(
    engage: Engage, ws: Path, tmp_path: Path
) -> None:
    file, before = tmp_path / "venues.csv", "Name\nHall\n"
    file.write_text(before)
    for more in ((), ("--preview",)):
        told = engage("import", ws, "venue", file, "--save-mapping", file, "--replace", *more)
        assert told.code == 1
        assert "is what is read" in told.err
        assert file.read_text() == before
    mapping = tmp_path / "venues.toml"
    told = engage("import", ws, "venue", file, "--rest", "nosuchfield", "--save-mapping", mapping)
    assert told.code == 1
    assert not mapping.exists()


def test_replace_is_no_leave_to_write_into_the_folder_that_a_team_shares(
    engage: Engage, ws: Path, tmp_path: Path
) -> None:
    shared, key = tmp_path / "Team", tmp_path / "Team" / "key.engage-key"
    shared.mkdir()
    assert engage("add", ws, "venue", '{"name": "Church hall"}').code == 0
    assert engage("sync", ws, shared).code == 0
    (delivery,) = (shared / "b").rglob("*.bundle")
    before = {path: path.read_bytes() for path in shared.rglob("*") if path.is_file()}
    for words in (
        ("export", ws, "venue", delivery.with_suffix(".csv")),
        ("export", ws, "venue", delivery, "--replace"),
        ("print", ws, "stakeholders", "--out", shared / "team.json", "--replace"),
        ("backup", ws, delivery, "--replace"),
        ("send-file", ws, shared / "team.json", "--replace"),
        ("team", "invite", ws, shared / "open.invite"),
        ("team", "recovery", "make", ws, key),
    ):
        refused = engage(*words, "--json")
        assert refused.code == 1, words
        assert "Nothing was written" in refused.error["sentence"], words
        assert "“Team”" in refused.error["sentence"], words
    assert {p: p.read_bytes() for p in shared.rglob("*") if p.is_file()} == before
