"""Who is a member of a group that reveals something goes out only where somebody asks."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from tests.cli.conftest import Engage


@pytest.fixture
def seats(engage: Engage, ws: Path) -> None:
    def add(kind: str, **values: object) -> str:
        return str(engage("add", ws, kind, json.dumps(values), "--json").json["id"])

    person = add("stakeholder", name="Ada Fell")
    support = add("stakeholder", name="Haven Support", nature="group", reveals=True)
    board = add("stakeholder", name="Mill Board", nature="committee")
    for group in (support, board, None):
        add("membership", member=person, group=group)


def groups(path: Path) -> list[str]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return sorted(row["Group or committee"] for row in csv.DictReader(file))
    if path.suffix == ".json":
        return sorted(
            row.get("linked", {}).get("group", "") for row in json.loads(path.read_text())["rows"]
        )
    sheet = openpyxl.load_workbook(path)["Memberships"]
    head, *rows = sheet.iter_rows(values_only=True)
    return sorted(str(row[head.index("Group or committee")] or "") for row in rows)


@pytest.mark.parametrize("name", ["m.csv", "m.json", "m.xlsx"])
def test_an_export_leaves_them_out_and_says_how_many(
    engage: Engage, ws: Path, seats: None, tmp_path: Path, name: str
) -> None:
    out = tmp_path / name
    answer = engage("export", ws, "membership", out, "--json").json
    assert (answer["rows"], answer["left_out"]) == (2, 1)
    assert groups(out) == ["", "Mill Board"]
    again = ("export", ws, "membership", out, "--replace", "--json")
    answer = engage(*again, "--sensitive").json
    assert (answer["rows"], answer["left_out"]) == (3, 0)
    assert groups(out) == ["", "Haven Support", "Mill Board"]
    answer = engage(*again, "--where", "role=chair").json
    assert (answer["rows"], answer["left_out"]) == (0, 0)


def test_everything_leaves_them_out_too(
    engage: Engage, ws: Path, seats: None, tmp_path: Path
) -> None:
    out = tmp_path / "all.xlsx"
    assert engage("export", ws, "all", out, "--json").json["left_out"] == 1
    assert groups(out) == ["", "Mill Board"]
    assert "--sensitive" in engage("export", ws, "all", out, "--replace").out
    engage("export", ws, "all", out, "--sensitive", "--replace")
    assert "Haven Support" in groups(out)


def test_a_printed_register_leaves_them_out(
    engage: Engage, ws: Path, seats: None, tmp_path: Path
) -> None:
    def printed(*more: str) -> str:
        out = tmp_path / "seats.pdf"
        ran = engage(
            "print", ws, "register", "--kind", "membership", "--out", out, "--replace", *more
        )
        assert ran.code == 0, ran.err
        document = pypdfium2.PdfDocument(out)
        try:
            return " ".join(page.get_textpage().get_text_range() for page in document)
        finally:
            document.close()

    assert "Mill Board" in printed()
    assert "Haven" not in printed()
    assert "Haven Support" in printed("--sensitive")
