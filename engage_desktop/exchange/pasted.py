"""Cells copied from a spreadsheet: tabs between them, quotation marks round those with breaks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from engage_desktop.exchange.tables import (
    NotATable,
    Table,
    header_index,
    trim_empty_end,
    unique_headers,
)

PASTED = "pasted cells"


def pasted_table(text: str, *, header_row: int = 0) -> Table:
    """Read copied cells; the first row holds the headings. Raises `NotATable` when empty."""
    rows = [cells for cells in split_cells(text) if any(cell.strip() for cell in cells)]
    if not rows:
        raise NotATable("There is nothing to paste: the clipboard holds no cells.")
    at = header_index(rows[:20], header_row, PASTED)
    notes: list[str] = []
    headers = unique_headers(trim_empty_end(rows[at]), notes)

    def read() -> Iterator[tuple[int, list[str]]]:
        yield from ((number, cells) for number, cells in enumerate(rows, 1) if number > at + 1)

    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Table(
        PASTED,
        headers,
        read,
        notes,
        digest=digest,
        delimiter="\t",
        estimate=len(rows),
        told_short=False,
    )


def split_cells(text: str) -> list[list[str]]:
    """Rows of cells. A quotation mark counts only where it opens a cell and closes the same one.

    Spreadsheets put marks round a copied cell that holds a tab or a line break, but leave other
    cells as they are, so that `"Great" she said` must stay as it is.
    """
    text = text.replace("\r\n", "\n")
    rows: list[list[str]] = []
    cells: list[str] = []
    at = 0
    while at <= len(text):
        cell, at = _cell(text, at)
        cells.append(cell)
        end = text[at : at + 1]
        at += 1
        if end != "\t":
            rows.append(cells)
            cells = []
        if not end:
            break
    if rows and rows[-1] == [""]:
        rows.pop()
    return rows


def _cell(text: str, at: int) -> tuple[str, int]:
    """The cell that starts at `at`, and where it ends."""
    if text[at : at + 1] == '"':
        close = at + 1
        while (close := text.find('"', close)) != -1:
            if text[close + 1 : close + 2] == '"':
                close += 2
                continue
            if text[close + 1 : close + 2] in ("", "\t", "\n"):
                return text[at + 1 : close].replace('""', '"'), close + 1
            break
    ends = [found for mark in "\t\n" if (found := text.find(mark, at)) != -1]
    end = min(ends, default=len(text))
    return text[at:end], end
