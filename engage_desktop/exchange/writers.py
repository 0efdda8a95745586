"""Tables out: CSV for any program, XLSX for officers, JSON for other software.

Cells arrive as text, whole numbers, dates or None. Text that a spreadsheet would run as a formula
is made harmless (see `neutral`); what a workbook's cell cannot hold goes on in a sheet of its
own, so that nothing is cut.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO, Protocol

from db.fields import FieldType, Spec
from engage_desktop.exchange.neutral import neutralised, xml_safe
from engage_desktop.exchange.workbook import LONG_MARK, LONG_SHEET
from engage_desktop.records.values import show

Cell = str | int | dt.date | None

_MOST_IN_CELL = 32_000  # of 32,767, in UTF-16 units; leaves room for the mark
_PIECE = 4_000  # characters: even wholly escaped (7 for 1) this fits a cell
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


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.date):
        return f"{cell.day}/{cell.month}/{cell.year:04d}"
    return str(cell)


class XlsxWriter:
    """One sheet a table. Written row by row: memory does not grow with the table."""

    def __init__(self, file: BinaryIO) -> None:
        import openpyxl

        self._file = file
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet: Any = None
        self._long: list[tuple[str, str]] = []
        self._tokens = 0
        self._names: set[str] = set()

    def begin(self, name: str, headings: Sequence[str]) -> None:
        """Start a sheet, its headings bold and kept in sight."""
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font

        self._sheet = self._book.create_sheet(self._sheet_name(name))
        self._sheet.freeze_panes = "A2"
        bold = Font(bold=True)
        cells = []
        for heading in headings:
            cell = WriteOnlyCell(self._sheet, value=xml_safe(neutralised(heading)))
            cell.font = bold
            cells.append(cell)
        self._sheet.append(cells)

    def _sheet_name(self, name: str) -> str:
        plain = re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ")[:31] or "Sheet"
        number = 2
        found = plain
        while found.casefold() in self._names:
            found = f"{plain[:27]} {number}"
            number += 1
        self._names.add(found.casefold())
        return found

    def row(self, cells: Sequence[Cell]) -> None:
        """Add a row to the sheet."""
        self._sheet.append([self._cell(cell) for cell in cells])

    def _cell(self, cell: Cell) -> Any:
        if isinstance(cell, dt.date):
            return self._date(cell) if cell >= _FIRST_DAY else _plain(cell)
        if isinstance(cell, int) and abs(cell) >= _LARGEST:
            return neutralised(str(cell))
        if not isinstance(cell, str) or not cell:
            return cell if cell != "" else None
        text = neutralised(cell)
        safe = xml_safe(text)
        if _units(safe) > _MOST_IN_CELL or _MARKED.search(text):
            return self._split(text)
        return safe

    def _date(self, day: dt.date) -> Any:
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(self._sheet, value=day)
        cell.number_format = "d/m/yyyy"
        return cell

    def _split(self, text: str) -> str:
        self._tokens += 1
        token = str(self._tokens)
        for at in range(_PIECE, max(len(text), _PIECE + 1), _PIECE):
            self._long.append((token, xml_safe(neutralised(text[at : at + _PIECE]))))
        return xml_safe(text[:_PIECE]) + LONG_MARK + token

    def close(self) -> None:
        """Write the long cells and the workbook."""
        if self._long:
            sheet = self._book.create_sheet(LONG_SHEET)
            sheet.append(["Number", "Text"])
            for token, piece in self._long:
                sheet.append([int(token), piece])
        if not self._book.sheetnames:
            self._book.create_sheet("Empty")
        self._book.save(self._file)


def _units(text: str) -> int:
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def write_json_rows(file: BinaryIO, total: int, rows: Iterable[Mapping[str, Any]]) -> None:
    """`{"total": …, "rows": […]}`, one row a line, without holding them all."""
    file.write(f'{{"total": {total}, "rows": ['.encode())
    for number, row in enumerate(rows):
        line = json.dumps(row, ensure_ascii=False)
        file.write(("," if number else "").encode() + b"\n" + line.encode("utf-8", "surrogatepass"))
    file.write(b"\n]}\n")
