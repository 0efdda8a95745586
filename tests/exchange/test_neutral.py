"""Cells that a spreadsheet would run go out harmless and come back whole."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage_desktop.exchange.neutral import neutralised, restored, xml_restored, xml_safe
from engage_desktop.exchange.tables import open_table
from engage_desktop.exchange.writers import CsvWriter, XlsxWriter

RISKY = ["=1+1", "+44", "-5", "@SUM", "\tx", "\rx", "＝1"]
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
TRICKY = st.text(st.sampled_from("'=+-@\t\r\n\"_x000B \x0b,;\u00a0\ufeff"), max_size=12)


@given(TEXTS | TRICKY)
def test_what_was_made_harmless_comes_back_equal(text: str) -> None:
    assert restored(neutralised(text)) == text
    assert xml_restored(xml_safe(text)) == text


@pytest.mark.parametrize("text", RISKY)
def test_no_spreadsheet_runs_it_and_an_apostrophe_of_its_own_stays(text: str) -> None:
    assert neutralised(text) == "'" + text
    assert neutralised("'" + text) == "''" + text
    assert restored(neutralised("'" + text)) == "'" + text
    assert neutralised("'tis") == "'tis"


@given(st.lists(st.tuples(TEXTS | TRICKY, TEXTS | TRICKY), max_size=5))
def test_both_files_give_back_every_text(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("files")
    for name, writer_of in (("a.csv", CsvWriter), ("a.xlsx", XlsxWriter)):
        file = io.BytesIO()
        writer = writer_of(file)
        writer.begin("Rows", ["key", "=first", "second"])
        for number, row in enumerate(rows):
            writer.row([f"k{number}", *row])
        writer.close()
        path = folder / name
        path.write_bytes(file.getvalue())
        table = open_table(path)
        assert table.headers == ("key", "=first", "second")
        assert [row.cells for row in table.rows()] == [
            (f"k{number}", *row) for number, row in enumerate(rows)
        ]


def test_a_workbook_holds_text_and_no_formula(tmp_path: Path) -> None:
    file = io.BytesIO()
    writer = XlsxWriter(file)
    writer.begin("Rows: [odd] name that is far too long for a sheet", ["a"])
    writer.row(["=HYPERLINK(1)"])
    writer.close()
    sheet = openpyxl.load_workbook(file).worksheets[0]
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].value == "'=HYPERLINK(1)"


def test_a_workbook_leaves_nothing_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file was asked for")

    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    with (tmp_path / "a.xlsx").open("wb") as file:
        writer = XlsxWriter(file)
        writer.begin("One", ["a", "b", "c"])
        writer.row(["x" * 100_000, dt.date(2026, 3, 27), 12])
        writer.row([None, dt.date(1776, 7, 4), -(10**18)])
        writer.begin("One", ["a"])
        writer.close()
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["One", "One 2", "Long cells"]
    assert book["One"]["B2"].value == dt.datetime.fromisoformat("2026-03-27")
    assert [row.cells for row in open_table(tmp_path / "a.xlsx").rows()] == [
        ("x" * 100_000, "2026-03-27", "12"),
        ("", "4/7/1776", "-1000000000000000000"),
    ]
