"""A field copy on the command line: out, keyed into, back, wiped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Engage


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder


def add(engage: Engage, ws: Path, kind: str, **values: object) -> str:
    done = engage("add", ws, kind, json.dumps(values), "--json")
    assert done.code == 0, done.err
    return str(done.json["id"])


@pytest.fixture
def fair(engage, ws, shared) -> str:
    ann = add(engage, ws, "stakeholder", name="Ann Fielding")
    add(engage, ws, "stakeholder", name="Zebedee Otherwhere")
    event = add(engage, ws, "event", name="Spring fair", invited=[ann])
    assert engage("sync", ws, shared).code == 0
    return event


def test_a_copy_goes_out_and_comes_back(engage, ws, shared, fair, tmp_path) -> None:
    file, code, away = tmp_path / "fair.fieldcopy", tmp_path / "code.txt", tmp_path / "away"
    made = engage("field-copy", ws, fair, file, "--officer", "Sam", "--json").json
    assert made["records"] == {"event": 1, "stakeholder": 1}
    code.write_text(made["code"])
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("harvest plum 78")
    begin = ("new", away, "--officer", "Sam", "--field-copy", file)
    refused = engage(*begin, "--join-code-file", wrong, "--json")
    assert (refused.code, refused.error["code"]) == (1, "wrong_code")
    assert not away.exists()
    assert engage(*begin, "--join-code-file", code).code == 0
    rows = engage("list", away, "stakeholder", "--json").json["rows"]
    assert [row["title"] for row in rows] == ["Ann Fielding"]
    card = add(engage, away, "response", event=fair)
    early = engage("field-copy-return", away, shared, "--yes", "--json")
    assert (early.code, early.error["code"]) == (1, "not_returned")
    assert "no office laptop" in early.error["sentence"]
    assert engage("sync", ws, shared, "--json").json["received"] == 1
    assert engage("show", ws, "response", card).code == 0
    (row,) = engage("field-copies", ws, "--json").json["rows"]
    assert (row["title"], row["officer"], row["state"]) == ("Spring fair", "Sam", "out")
    assert engage("field-copy-return", away, shared).code == 0
    assert away.exists(), "only --yes wipes"
    later = add(engage, away, "response", event=fair)
    assert engage("field-copy-return", away, shared, "--yes").code == 1, "not all is read yet"
    assert engage("sync", ws, shared).code == 0
    assert engage("field-copy-return", away, shared, "--yes", "--json").json["wiped"]
    assert not away.exists()
    assert engage("sync", ws, shared).code == 0
    assert engage("show", ws, "response", later).code == 0
    assert [r["state"] for r in engage("field-copies", ws, "--json").json["rows"]] == ["returned"]
    report = engage("team", "lost", ws, "Sam", "--json").json
    assert [copy["state"] for copy in report["copies"]] == ["returned"]
    assert engage("verify", shared).code == 0


def test_no_copy_takes_the_place_of_another_file_unasked(engage, ws, shared, fair, tmp_path):
    file = tmp_path / "fair.fieldcopy"
    assert engage("field-copy", ws, fair, file, "--officer", "Sam").code == 0
    first = file.read_bytes()
    again = engage("field-copy", ws, fair, file, "--officer", "Kim", "--json")
    assert (again.code, again.error["code"]) == (1, "file_there")
    assert "is a field copy already. Nothing was written" in again.error["sentence"]
    assert "--replace" in again.error["sentence"]
    assert file.read_bytes() == first
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear all")
    refused = engage("field-copy", ws, fair, letter, "--json")
    assert refused.error["code"] == "file_there"
    assert letter.read_text() == "Dear all"
    assert [r["officer"] for r in engage("field-copies", ws, "--json").json["rows"]] == ["Sam"]
    assert engage("field-copy", ws, fair, file, "--officer", "Kim", "--replace").code == 0
    assert file.read_bytes() != first


def test_what_is_no_field_copy_is_not_wiped(engage, ws, shared, fair, tmp_path) -> None:
    refused = engage("field-copy-return", ws, shared, "--yes", "--json")
    assert (refused.code, refused.error["code"]) == (1, "not_allowed")
    assert ws.exists()
    assert engage("field-copy", ws, "0" * 32, tmp_path / "x.fieldcopy").code == 1
    assert engage("field-copy", ws, fair, ws / "x.fieldcopy").code == 1
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear all")
    done = engage("new", tmp_path / "w", "--officer", "Sam", "--field-copy", letter, "--json")
    assert done.code == 1
    assert "not a field copy" in done.error["sentence"]
    both = ("--field-copy", letter, "--join", letter)
    assert engage("new", tmp_path / "w", "--officer", "Sam", *both).code == 1
    assert not (tmp_path / "w").exists()
