"""Files as officers meet them, and files that are no tables at all."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from db.errors import Cancelled, InvalidInput, KnownError, NotFound
from engage_desktop.exchange import tables
from engage_desktop.exchange.pasted import pasted_table
from engage_desktop.exchange.tables import NotATable, Table, TooLarge, open_table

TEXT = 'Name,Said\r\nZoë,"It’s “fine”,\r\nreally\u00a0so"\r\nAnn,£5\r\n'
CELLS = [("Zoë", "It’s “fine”,\r\nreally\u00a0so"), ("Ann", "£5")]


def cells(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows()]


def written(tmp_path: Path, data: bytes, name: str = "file.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"],
)
def test_the_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    table = open_table(written(tmp_path, TEXT.encode(encoding)))
    assert table.headers == ("Name", "Said")
    assert cells(table) == CELLS
    assert cells(table) == CELLS, "rows can be gone through again"


def test_bytes_that_mean_nothing_in_windows_are_no_obstacle(tmp_path: Path) -> None:
    path = written(tmp_path, b"Name,Said\r\nAnn,caf\xe9 \x81\r\n")
    assert cells(open_table(path)) == [("Ann", "café \x81")]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_separator_is_found_whatever_the_name_says(tmp_path: Path, delimiter: str) -> None:
    lines = ["Name;Said".replace(";", delimiter)]
    lines += [f'Ann{delimiter}"a, b; c | d"', f"Ben{delimiter}yes"] * 3
    table = open_table(written(tmp_path, "\n".join(lines).encode()))
    assert table.delimiter == delimiter
    assert cells(table)[:2] == [("Ann", "a, b; c | d"), ("Ben", "yes")]


def test_a_line_that_names_the_separator_is_believed(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, b"sep=;\r\nName;Said\r\nAnn;1,2,3\r\n"))
    assert cells(table) == [("Ann", "1,2,3")]


def test_one_column_a_title_above_and_empty_lines(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, b"Name\r\n\r\nAnn\r\n\r\nBen\r\n"))
    assert [(row.number, row.cells) for row in table.rows()] == [(3, ("Ann",)), (5, ("Ben",))]
    titled = written(tmp_path, b"Report of 2026,,\r\n,,\r\nName,Said,When\r\nAnn,x,y\r\n")
    assert open_table(titled).headers == ("Name", "Said", "When")
    assert open_table(titled, header_row=1).headers == ("Report of 2026",)


def test_headings_twice_or_empty_are_told_apart(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, b"Name,Name,,When\r\na,b,c,d\r\n"))
    assert table.headers == ("Name", "Name (2)", "Column 3", "When")
    assert "Two columns are called “Name”" in table.notes[0]


def test_ragged_rows_are_listed_and_nothing_is_guessed(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, b"a,b\r\n1,2,3\r\n1\r\n1,2,\r\n"))
    rows = list(table.rows())
    assert "3 cells where the headings have 2" in rows[0].problem
    assert rows[1].cells == ("1", "")
    assert "1 cells" in rows[1].note
    assert (rows[2].problem, rows[2].note) == ("", "")


def test_a_cell_of_a_megabyte_is_read(tmp_path: Path) -> None:
    long = "word " * 250_000
    table = open_table(written(tmp_path, f"a,b\r\n1,{long}\r\n".encode()))
    assert cells(table) == [("1", long)]


def test_a_quotation_mark_that_is_never_closed_gets_a_sentence(tmp_path: Path) -> None:
    path = written(tmp_path, b'a,b\r\n1,"open\r\n' + b"x,y\r\n" * 1_300_000)
    with pytest.raises(NotATable, match="never closed"):
        list(open_table(path).rows())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\r\n\r\n", "no cells"),
        (b"%PDF-1.7 x", "is a PDF"),
        (b"\x89PNG\r\n\x1a\n", "is a picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel file"),
        (b"<html><table>", "web page"),
        (b'{"a": 1}', "JSON"),
        (b"PK\x03\x04 cut off", "damaged or cut-off"),
        (bytes(range(128, 192)) + b"\0" * 3000 + b"\1" * 50, "not a table"),
    ],
)
def test_what_is_no_table_is_called_by_its_name(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(NotATable, match=words):
        open_table(written(tmp_path, data))


def test_a_zip_with_the_wrong_name_is_looked_into(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("comments.csv", "a,b\n1,2\n")
    with pytest.raises(NotATable, match=r"a ZIP file that holds one file, “comments\.csv”"):
        open_table(written(tmp_path, file.getvalue()))
    book = io.BytesIO()
    workbook = openpyxl.Workbook()
    workbook.active.append(["Name"])
    workbook.active.append(["Ann"])
    workbook.save(book)
    assert cells(open_table(written(tmp_path, book.getvalue(), "renamed.csv"))) == [("Ann",)]


def test_missing_folders_and_huge_files_get_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotFound, match="no file"):
        open_table(tmp_path / "none.csv")
    with pytest.raises(NotATable, match="is a folder"):
        open_table(tmp_path)
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(2_000_000_000)
    with pytest.raises(TooLarge, match="2,000 MB"):
        open_table(huge)
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    many = open_table(written(tmp_path, b"a\r\n" + b"1\r\n" * 9))
    with pytest.raises(TooLarge, match="more than 3 rows"):
        list(many.rows())


def test_reading_tells_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, b"a,b\r\n" + b"1,2\r\n" * 1000))
    told: list[tuple[int, int]] = []
    list(table.rows(lambda done, total: told.append((done, total))))
    assert told[0][0] == 0
    assert told[-1][0] >= 800
    with pytest.raises(Cancelled):
        list(table.rows(None, lambda: True))


def test_a_workbook_gives_values_in_the_form_we_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Empty"
    sheet = book.create_sheet("Rows")
    sheet.append(["Title over all"])
    sheet.append(["Name", "When", "At", "How many", "Share", "Sum", "Yes", "Control"])
    sheet.append(
        ["Ann", dt.date(2026, 3, 27), dt.time(14, 30), 12.0, 0.5, "=1+1", True, "a_x000B_b"]
    )
    sheet.append([None, dt.datetime.fromisoformat("2026-03-27 14:30"), None, 3])
    sheet.merge_cells("A1:C1")
    book.save(tmp_path / "book.xlsx")
    table = open_table(tmp_path / "book.xlsx")
    assert table.sheet == "Rows"
    assert table.headers == (
        "Name", "When", "At", "How many", "Share", "Sum", "Yes", "Control")  # fmt: skip
    assert cells(table) == [
        ("Ann", "2026-03-27", "14:30", "12", "0.5", "", "TRUE", "a\x0bb"),
        ("", "2026-03-27 14:30:00", "", "3", "", "", "", ""),
    ]
    assert not any(row.note for row in table.rows())
    with pytest.raises(InvalidInput, match="Its sheets: Empty, Rows"):
        open_table(tmp_path / "book.xlsx", sheet="Nowhere")


def test_a_workbook_that_unpacks_to_a_flood_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engage_desktop.exchange import workbook

    book = openpyxl.Workbook()
    book.active.append(["Name"])
    book.save(tmp_path / "book.xlsx")
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 100)
    with pytest.raises(TooLarge, match="unpack"):
        open_table(tmp_path / "book.xlsx")


def test_cells_pasted_from_a_spreadsheet() -> None:
    text = 'Name\tSaid\r\nAnn\t"two\r\nlines and ""marks"""\r\n"Great" she said\t"Fine"\r\n'
    table = pasted_table(text)
    assert table.headers == ("Name", "Said")
    assert cells(table) == [("Ann", 'two\nlines and "marks"'), ('"Great" she said', "Fine")]
    assert cells(pasted_table("Name\nAnn")) == [("Ann",)]
    with pytest.raises(NotATable, match="nothing to paste"):
        pasted_table(" \n\t\n")


def test_every_public_sample_file_is_read_or_named(shared_data: Path) -> None:
    shapes, refused = {}, {}
    for path in sorted(shared_data.iterdir()):
        try:
            table = open_table(path)
            shapes[path.name] = (len(table.headers), sum(1 for _ in table.rows()))
        except KnownError as error:
            refused[path.name] = error.sentence
    assert {Path(name).suffix for name in refused} == {".ics", ".jsonl", ".xsd"}
    assert all("Nothing was imported" in sentence for sentence in refused.values())
    assert shapes["nhs_fft_comments_v6framework.csv"] == (61, 7908)
    assert shapes["encoding_utf16le.csv"] == (12, 34)
    assert shapes["encoding_windows1252.tsv"] == (38, 9)
    assert shapes["tab_separated_named_csv.csv"] == (38, 9)
    assert shapes["nhse_fft_published_table_AE_template.xlsm"][1] > 0
