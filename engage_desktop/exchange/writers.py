"""Tables out: CSV for any program, XLSX for officers, JSON for other software.

Cells arrive as text, whole numbers, dates or None. Text that a spreadsheet would run as a formula
is made harmless (see `neutral`); what a workbook's cell cannot hold goes on in a sheet of its
own, so that nothing is cut.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO, Protocol

from db.fields import FieldType, Spec
from engage_desktop.exchange.neutral import neutralised
from engage_desktop.exchange.workbook import LONG_MARK, LONG_SHEET
from engage_desktop.exchange.xlsxfile import XlsxFile
from engage_desktop.records.values import show

Cell = str | int | dt.date | None

_MOST_IN_CELL = 32_000  # of 32,767, in UTF-16 units; leaves room for the mark
_PIECE = 15_000  # characters, each of which may be two units
_FIRST_DAY = dt.date(1900, 3, 1)  # before this, spreadsheets disagree about the calendar
_LARGEST = 10**15  # above this, spreadsheets round whole numbers
_MARKED = re.compile(re.escape(LONG_MARK) + r"\d+$")


class TableWriter(Protocol):
    """Writes one table after another into a file."""

    def begin(self, name: str, headings: Sequence[str]) -> None:
        """Start a table."""

    def row(self, cells: Sequence[Cell]) -> None:
        """Add a row to it."""

    def close(self) -> None:
        """Everything is written."""

    def abandon(self) -> None:
        """Let the file go, unfinished; it is thrown away. Never raises."""


def cell_of(spec: Spec, value: Any) -> Cell:
    """A value as a cell: numbers and dates as such, everything else as officers read it."""
    if value is None:
        return None
    if spec.type is FieldType.INTEGER:
        return int(value)
    if spec.type is FieldType.DATE:
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
    return show(spec, value)


class CsvWriter:
    """UTF-8 with its mark, commas, and line ends as spreadsheets write them."""

    def __init__(self, file: BinaryIO) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
        self._csv = csv.writer(self._text, lineterminator="\r\n")

    def begin(self, name: str, headings: Sequence[str]) -> None:
        """Write the headings."""
        self._csv.writerow([neutralised(heading) for heading in headings])

    def row(self, cells: Sequence[Cell]) -> None:
        """Write one row."""
        self._csv.writerow([neutralised(_plain(cell)) for cell in cells])

    def close(self) -> None:
        """Hand everything to the file, which its owner closes."""
        self._text.flush()
        self._text.detach()

    def abandon(self) -> None:
        """Let go of the file."""
        with contextlib.suppress(OSError, ValueError):
            self._text.detach()


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.date):
        return f"{cell.day}/{cell.month}/{cell.year:04d}"
    return str(cell)


class XlsxWriter:
    """One sheet a table. Written row by row: memory does not grow with the table."""

    def __init__(self, file: BinaryIO) -> None:
        self._book = XlsxFile(file)
        self._long: list[tuple[int, str]] = []
        self._tokens = 0

    def begin(self, name: str, headings: Sequence[str]) -> None:
        """Start a sheet, its headings bold and kept in sight."""
        self._book.sheet(self._sheet_name(name))
        self._book.row([neutralised(heading) for heading in headings], bold=True)

    def _sheet_name(self, name: str) -> str:
        taken = {sheet.casefold() for sheet in self._book.sheets}
        plain = re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ")[:31] or "Sheet"
        number = 2
        found = plain
        while found.casefold() in taken:
            found = f"{plain[:27]} {number}"
            number += 1
        return found

    def row(self, cells: Sequence[Cell]) -> None:
        """Add a row to the sheet."""
        self._book.row([self._cell(cell) for cell in cells])

    def _cell(self, cell: Cell) -> Cell:
        if isinstance(cell, dt.date):
            return cell if cell >= _FIRST_DAY else _plain(cell)
        if isinstance(cell, int) and abs(cell) >= _LARGEST:
            return neutralised(str(cell))
        if not isinstance(cell, str) or not cell:
            return cell
        text = neutralised(cell)
        if len(text) > _MOST_IN_CELL // 2 and _units(text) > _MOST_IN_CELL:
            return self._split(text)
        return self._split(text) if _MARKED.search(text) else text

    def _split(self, text: str) -> str:
        self._tokens += 1
        for at in range(_PIECE, max(len(text), _PIECE + 1), _PIECE):
            self._long.append((self._tokens, neutralised(text[at : at + _PIECE])))
        return f"{text[:_PIECE]}{LONG_MARK}{self._tokens}"

    def close(self) -> None:
        """Write the long cells and the workbook."""
        if self._long:
            self._book.sheet(LONG_SHEET)
            self._book.row(["Number", "Text"], bold=True)
            for token, piece in self._long:
                self._book.row([token, piece])
        self._book.close()

    def abandon(self) -> None:
        """Let go of the file."""
        self._book.abandon()


def _units(text: str) -> int:
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def write_json_rows(file: BinaryIO, total: int, rows: Iterable[Mapping[str, Any]]) -> None:
    """`{"total": …, "rows": […]}`, one row a line, without holding them all."""
    file.write(f'{{"total": {total}, "rows": ['.encode())
    for number, row in enumerate(rows):
        line = json.dumps(row, ensure_ascii=False)
        file.write(("," if number else "").encode() + b"\n" + line.encode("utf-8", "surrogatepass"))
    file.write(b"\n]}\n")
