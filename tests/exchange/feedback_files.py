"""A small file of feedback with everything that is awkward in real ones. All of it is made up."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import openpyxl

from engage_desktop.exchange.mapping import ColumnRule, FlagColumns, ImportMapping

HEADINGS = ["Row ID", "Person", "Date", "Ward", "Answer", "Question", "Words", "Staff", "Waiting"]
ROWS = [
    ["r1", "p1", "03/10/2021", "Heron", "1", "Why?", "Kind, “always”\nand\u00a0quick", "1", ""],
    ["r2", "p1", "10/03/2021", "Heron", "1", "Better?", "Did not answer", "", ""],
    ["r3", "p2", "17/10/2021", "Heron", "2", "Why?", "", "", ""],
    ["r4", "p2", "10/17/2021", "Heron", "2", "Better?", "Shorter wait", "", "1"],
    ["r5", "p3", "10/18/2021", "Lapwing", "7", "Why?", "=never a formula", "", ""],
    ["r6", "p4", "20/10/2021", "Lapwing", "5", "Why?", " ", "", ""],
]

MAPPING = ImportMapping(
    kind="feedback",
    source="made-up-ward",
    key=("Row ID",),
    group=("Person",),
    constants={"response.source": "Survey"},
    columns={
        "Row ID": ColumnRule("comment.reference"),
        "Person": ColumnRule("response.reference"),
        "Date": ColumnRule("response.received_on"),
        "Ward": ColumnRule("response.service"),
        "Answer": ColumnRule(
            "response.fft",
            {"1": "very_good", "2": "good", "5": "very_poor", "7": "not_asked"},
        ),
        "Question": ColumnRule("comment.question"),
        "Words": ColumnRule("comment.text", empty=("Did not answer",)),
        "Absent": ColumnRule("response.place"),
    },
    flags=FlagColumns(rest=True),
)


def csv_bytes(rows: list[list[str]], encoding: str = "utf-8", **dialect: str) -> bytes:
    """The rows below their headings as a text table."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, **dialect)  # type: ignore[arg-type]
    writer.writerow(HEADINGS)
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def save_csv(path: Path, rows: list[list[str]] | None = None) -> Path:
    """A CSV of the rows."""
    path.write_bytes(csv_bytes(ROWS if rows is None else rows))
    return path


def save_as_spreadsheet(path: Path, rows: list[list[str]] | None = None) -> Path:
    """What a spreadsheet makes of the CSV: numbers and clear dates are such, empty cells none."""
    book = openpyxl.Workbook()
    book.active.append(HEADINGS)
    for row in ROWS if rows is None else rows:
        book.active.append([_typed(cell) for cell in row])
    book.save(path)
    return path


def _typed(cell: str) -> object:
    if cell.isdigit():
        return int(cell)
    parts = cell.split("/")
    if len(parts) == 3 and int(parts[1]) <= 12:
        return dt.date(int(parts[2]), int(parts[1]), int(parts[0]))
    return cell if not cell.startswith("=") else "'" + cell
