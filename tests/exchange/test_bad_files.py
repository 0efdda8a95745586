"""Files and mappings that somebody got wrong: a sentence, and nothing is swallowed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import InvalidInput, KnownError
from engage_desktop.exchange.mapping import load_mapping
from engage_desktop.exchange.rowreader import RowReader
from engage_desktop.exchange.tables import NotATable, open_table, unique_headers
from engage_desktop.exchange.targets import shape_of
from engage_desktop.records.registry import REGISTRY
from engage_desktop.records.values import parse


def rows(path: Path, text: str) -> list[tuple[str, ...]]:
    path.write_bytes(text.encode())
    return [row.cells for row in open_table(path).rows()]


@pytest.mark.parametrize(
    "text",
    [
        'Name,Notes\nBarn,x\n"Hall,unclosed\nChurch,y\n',
        'Name,Notes\nBarn,x\nHall,"unclosed\r\nChurch,y\r\nMill,z',
        'Name,"Notes\nBarn,x\n',
        'sep=;\nName;Notes\nBarn;"x\nHall;y\n',
    ],
)
def test_a_quotation_mark_that_is_never_closed_swallows_no_rows(tmp_path: Path, text: str) -> None:
    with pytest.raises(NotATable, match="never closed"):
        rows(tmp_path / "f.csv", text)


def test_quotation_marks_that_are_closed_or_stray_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    assert rows(file, 'Name,Notes\nBarn,"two\nlines\n"\n') == [("Barn", "two\nlines\n")]
    assert rows(file, 'Name,Notes\nBarn,"two\nlines\n"') == [("Barn", "two\nlines\n")]
    assert rows(file, 'Name,Notes\nBa"rn,12" pipe\n') == [('Ba"rn', '12" pipe')]
    assert rows(file, 'Name,Notes\n"a\n"b,c\n') == [("a\nb", "c")]


@given(st.lists(st.lists(st.text('ab ",\n\r;', max_size=6), min_size=2, max_size=2), max_size=6))
def test_what_a_program_writes_is_never_taken_for_unclosed(table: list[list[str]]) -> None:
    import csv
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["Name", "Notes"], *table])
        read = [row.cells for row in open_table(path).rows()]
    assert len(read) == sum(1 for cells in table if any(cell.strip() for cell in cells))


@pytest.mark.parametrize(
    "encoding", ["nope", "base64", "rot13", "hex", "zlib", "bz2", "undefined", "\0", "x" * 5000]
)
def test_an_encoding_that_is_none(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "f.csv"
    file.write_text("Name,Notes\nHall,x\n", "utf-8")
    with pytest.raises(InvalidInput, match="no encoding called"):
        open_table(file, encoding=encoding)


@pytest.mark.parametrize("digits", [61, 5000])
def test_a_number_of_endless_digits_is_refused_in_our_words(digits: int) -> None:
    for kind, field in (("venue", "capacity"), ("counted_return", "count")):
        with pytest.raises(ValueError, match="must be a whole number") as told:
            parse(REGISTRY[kind].specs()[field], "1" * digits)
        assert len(str(told.value)) < 150


def test_many_columns_of_one_name_are_told_in_a_few_lines() -> None:
    notes: list[str] = []
    assert len(set(unique_headers(["Name"] * 500, notes))) == 500
    assert len(notes) == 11
    assert notes[-1] == "The same is true of 489 more columns."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('update = "no"', "true or false"),
        ("update = 5", "true or false"),
        ("header_row = true", "must be a number"),
        ("a = " + "[" * 5000, "is not a mapping file"),
        ('[flags]\nto = "access"\ncolumns = "rest"', "the flags take the column “Zebra”"),
        ('[flags]\nto = "name"\ncolumns = ["Zebra"]', "holds one value"),
        ('[flags]\nto = "id"\ncolumns = ["Zebra"]', "holds one value"),
    ],
)
def test_a_mapping_that_makes_no_sense(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "m.toml"
    file.write_text(f'kind = "venue"\n{text}\n[columns]\nName = "name"\n', "utf-8")
    with pytest.raises(KnownError, match=words):
        RowReader(shape_of(REGISTRY, "venue"), load_mapping(file), ("Name", "Zebra"))
