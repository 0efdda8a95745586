"""Workbooks (.xlsx, .xlsm): values only. Formulas give what they last showed; macros never run."""

from __future__ import annotations

import datetime as dt
import itertools
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from db.errors import InvalidInput
from engage_desktop.exchange.neutral import restored, xml_restored
from engage_desktop.exchange.tables import (
    MOST_COLUMNS,
    NotATable,
    Table,
    TooLarge,
    header_index,
    trim_empty_end,
    unique_headers,
)

MOST_UNPACKED = 1_500_000_000
"""Most bytes a workbook may unpack to; a small file can be made to unpack to any size."""

LONG_SHEET = "Long cells"
"""The sheet in which an export keeps what is longer than a workbook's cell can hold."""

_HEADING_ROWS = 20


def is_workbook(path: Path) -> bool:
    """Is it a workbook by what is inside, whatever its name ends in?"""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def open_workbook(
    path: Path, *, sheet: str = "", prefer: Sequence[str] = (), header_row: int = 0
) -> Table:
    """The sheet called `sheet`, else one of `prefer`, else the first with anything in it.

    Raises `NotATable` for a damaged workbook and `InvalidInput` for a sheet that is not there.
    """
    _check_size(path)
    with _Book(path) as book:
        names = [worksheet.title for worksheet in book.worksheets]
        shown = [name for name in names if name != LONG_SHEET]
        if sheet:
            wanted = sheet.casefold()
            chosen = next((name for name in shown if name.casefold() == wanted), None)
            if chosen is None:
                raise InvalidInput(
                    f"“{path.name}” has no sheet called “{sheet}”. Its sheets: {', '.join(shown)}."
                )
            first = _first_rows(path, book, chosen)
        else:
            preferred = {name.casefold() for name in prefer}
            order = sorted(shown, key=lambda name: name.casefold() not in preferred)  # stable
            chosen, first = _first_filled(path, book, order)
        estimate = int(book[chosen].max_row or 0)
    at = header_index([cells for _, cells in first], header_row, path.name)
    number_of_headings = first[at][0]
    notes: list[str] = []
    headers = unique_headers(trim_empty_end(first[at][1]), notes)
    others = [name for name in shown if name != chosen]
    if others and not sheet:
        notes.append(f"The sheet “{chosen}” is read. Other sheets are not: {', '.join(others)}.")
    long_cells = _long_cells(path) if LONG_SHEET in names else {}

    def read() -> Iterator[tuple[int, list[str]]]:
        for number, cells in _records(path, chosen, long_cells):
            if number > number_of_headings:
                yield number, cells

    return Table(
        path.name,
        headers,
        read,
        notes,
        sheet=chosen,
        sheets=tuple(shown),
        told_short=False,
        estimate=estimate,
    )


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        raise _damaged(path) from None
    if unpacked > MOST_UNPACKED:
        raise TooLarge(
            f"“{path.name}” would unpack to {unpacked / 1e9:,.1f} GB. Nothing was imported. "
            "Save the sheet you need as a file of its own."
        )


def _damaged(path: Path) -> NotATable:
    return NotATable(
        f"“{path.name}” is a damaged or cut-off workbook. Nothing was imported. "
        "Open it in your spreadsheet program, save it again, or ask for it again."
    )


class _Book:
    """A workbook open for reading, closed on leaving."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Any:
        import openpyxl

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # extensions it does not draw, which we never need
                self._file = self._path.open("rb")
                self._book = openpyxl.load_workbook(
                    self._file, read_only=True, data_only=True, keep_vba=False, keep_links=False
                )
        except Exception:  # noqa: BLE001 - the library raises whatever the damage provokes
            self._file.close()
            raise _damaged(self._path) from None
        return self._book

    def __exit__(self, *error: object) -> None:
        self._book.close()
        self._file.close()


def _first_filled(
    path: Path, book: Any, names: list[str]
) -> tuple[str, list[tuple[int, list[str]]]]:
    for name in names:
        first = _first_rows(path, book, name)
        if first:
            return name, first
    raise NotATable(f"“{path.name}” has no sheet with anything in it. Nothing was imported.")


def _first_rows(path: Path, book: Any, sheet: str) -> list[tuple[int, list[str]]]:
    return list(itertools.islice(_rows_of(path, book, sheet, {}), _HEADING_ROWS))


def _records(path: Path, sheet: str, long_cells: dict[str, str]) -> Iterator[tuple[int, list[str]]]:
    with _Book(path) as book:
        yield from _rows_of(path, book, sheet, long_cells)


def _rows_of(
    path: Path, book: Any, sheet: str, long_cells: dict[str, str]
) -> Iterator[tuple[int, list[str]]]:
    worksheet = book[sheet]
    worksheet.reset_dimensions()  # some programs write a wrong size, and rows go missing
    try:
        for number, values in enumerate(worksheet.iter_rows(values_only=True), 1):
            cells = [cell_text(value) for value in values[: MOST_COLUMNS + 1]]
            while cells and not cells[-1]:
                cells.pop()
            if any(cell.strip() for cell in cells):
                yield number, [_joined(cell, long_cells) for cell in cells]
    except Exception:  # noqa: BLE001 - as above
        raise _damaged(path) from None


def _joined(cell: str, long_cells: dict[str, str]) -> str:
    if not long_cells:
        return cell
    text, mark, token = cell.rpartition(LONG_MARK)
    if mark and token in long_cells:
        return text + long_cells[token]
    return cell


LONG_MARK = " …continued in sheet “Long cells” under "
"""Ends a cell that goes on elsewhere; a number follows it."""


def _long_cells(path: Path) -> dict[str, str]:
    parts: dict[str, str] = {}
    for _, cells in _records(path, LONG_SHEET, {}):
        if len(cells) >= 2:
            parts[cells[0]] = parts.get(cells[0], "") + restored(cells[1])
    return parts


def cell_text(value: Any) -> str:
    """What a spreadsheet's cell says, in the form the rest of the program reads.

    A date is YYYY-MM-DD (there is no doubt which is the month), a number has no ".0".
    """
    match value:
        case None:
            return ""
        case str():
            return xml_restored(value)
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case dt.datetime():
            if value.time() == dt.time():
                return value.date().isoformat()
            return value.replace(microsecond=0).isoformat(" ")
        case dt.time():
            return value.strftime("%H:%M:%S" if value.second else "%H:%M")
        case dt.timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
        case _:
            return str(value)
