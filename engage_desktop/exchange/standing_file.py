"""A list that matters, as a file: CSV or a spreadsheet."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from db.errors import InvalidInput
from db.store import Store
from engage_desktop.exchange.exporter import format_of
from engage_desktop.exchange.writers import CsvWriter, TableWriter, XlsxWriter
from engage_desktop.leaving import leaving
from engage_desktop.outside import check_target_outside
from engage_desktop.queries.standing_lists import Asked, list_title, standing_list

HEADINGS = ("Name", "About", "Day")


def write_standing_list(store: Store, name: str, asked: Asked, path: Path) -> tuple[int, int]:
    """Write a list into a file (.csv or .xlsx) that appears only when it is whole.

    Returns how many rows, and how many seats marked sensitive were left out. Raises `NotFound`,
    `InvalidInput`, `DiskFull`, `ReadOnly`.
    """
    check_target_outside(path)
    form = format_of(path)
    if form == "json":
        raise InvalidInput("A list is written as .csv or .xlsx. Nothing was written.")
    with closing(store.reader()) as reader:
        found = standing_list(reader, name, asked)
    with leaving(path) as file:
        writer: TableWriter = CsvWriter(file) if form == "csv" else XlsxWriter(file)
        try:
            writer.begin(list_title(name, asked), HEADINGS)
            for row in found.rows:
                writer.row([row.name, row.what, row.since])
            writer.close()
        except BaseException:
            writer.abandon()
            raise
    return len(found.rows), found.covered


__all__ = ["HEADINGS", "write_standing_list"]
