"""A file as headings and rows, whatever program wrote it.

Every reader gives a `Table`: headings that are all different, and rows that can be gone through
more than once without holding them in memory. Cells are text; what a spreadsheet kept as a
number or a date is written the way `records.values` reads it. A file that is not a table gets a
sentence that says what it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from db.errors import Cancelled, InvalidInput, KnownError, NotFound
from engage_desktop.exchange.neutral import restored

MOST_BYTES = 200_000_000
"""Largest file that is read, in bytes."""

MOST_ROWS = 100_000
"""Most rows taken from one file. Every row is checked before the first is kept, so what they become
has to fit in memory: some 3.5 kB a row of feedback."""

MOST_COLUMNS = 2_000
_NOTES = 10

Progress = Callable[[int, int], None]
"""Told (done, total); total is an estimate, and 0 when nothing is known."""

CancelCheck = Callable[[], bool]


class NotATable(KnownError):
    """The file holds something other than rows and columns."""

    code = "not_a_table"


class TooLarge(KnownError):
    """The file is larger than is read in one go."""

    code = "too_large"


@dataclass(frozen=True, slots=True)
class Row:
    """One row as the officer counts them in a spreadsheet: the headings are usually row 1.

    `cells` is as long as the headings. `problem` is a sentence when the row cannot be taken.
    """

    number: int
    cells: tuple[str, ...]
    problem: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CardFile:
    """A file that a row brings with it, such as the picture on a contact's card."""

    row: int
    name: str
    media_type: str
    data: bytes


_LOOK_UP = 50
"""Rows between two looks at whether to stop: a few milliseconds."""


@dataclass(slots=True)
class Table:
    """Headings and rows. `rows()` may be called again and starts from the top each time.

    `bare` are columns that say nothing to people (a key, when a card was changed): they are never
    kept as notes unasked. `remarks` are sentences about single rows. `files` goes through what the
    rows bring with them besides their cells, in the rows' order; `unit` is what a row is called.
    """

    name: str
    headers: tuple[str, ...]
    read: Callable[[], Iterator[tuple[int, list[str]]]]
    notes: list[str] = field(default_factory=list)
    digest: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    estimate: int = 0
    told_short: bool = True
    bare: frozenset[str] = frozenset()
    remarks: dict[int, str] = field(default_factory=dict)
    files: Callable[[], Iterator[CardFile]] | None = None
    unit: str = "row"

    @property
    def is_cards(self) -> bool:
        """Are these contacts' cards, of which each is a person or an organisation?"""
        return self.unit == "card"

    def rows(
        self, progress: Progress | None = None, cancelled: CancelCheck | None = None
    ) -> Iterator[Row]:
        """Every row below the headings that holds anything.

        Raises `Cancelled` once `cancelled()` is true, and `TooLarge` above `MOST_ROWS`.
        """
        for taken, (number, cells) in enumerate(self._records()):
            if taken >= MOST_ROWS:
                raise TooLarge(
                    f"“{self.name}” has more than {MOST_ROWS:,} rows. Nothing was imported. "
                    "Split it into smaller files and import them one after another."
                )
            if taken % _LOOK_UP == 0:
                if cancelled is not None and cancelled():
                    raise Cancelled("The import was stopped. Nothing was kept of it.")
                if progress is not None:
                    progress(taken, max(taken, self.estimate))
            row = _row(number, cells, len(self.headers), self.told_short)
            said = self.remarks.get(number)
            yield replace(row, note=f"{said} {row.note}".strip()) if said else row

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        try:
            yield from self.read()
        except OSError as error:
            raise unreadable(self.name, error) from None


def unreadable(name: str, error: OSError) -> KnownError:
    """What to say of a file that was there and does not answer."""
    return KnownError(
        f"“{name}” cannot be read ({error.strerror or 'the disk did not answer'}). "
        "Nothing was imported.",
        code="unreadable",
    )


def _row(number: int, cells: list[str], width: int, told_short: bool) -> Row:
    note = ""
    if len(cells) > width:
        extra = [cell for cell in cells[width:] if cell.strip()]
        if extra:
            return Row(
                number,
                tuple(restored(cell) for cell in cells[:width]),
                f"It has {len(cells)} cells where the headings have {width}, "
                "so it is not clear which cell is which.",
            )
        cells = cells[:width]
    elif len(cells) < width:
        if told_short:
            note = f"It has {len(cells)} cells where the headings have {width}; the rest is empty."
        cells = cells + [""] * (width - len(cells))
    return Row(number, tuple(map(restored, cells)), "", note)


def open_table(
    path: Path,
    *,
    sheet: str = "",
    prefer: Sequence[str] = (),
    header_row: int = 0,
    encoding: str = "",
) -> Table:
    """Read a file's shape: CSV, tab-separated, XLSX or XLSM (its macros are never run), vCard.

    `sheet` chooses a workbook's sheet by name; `prefer` names sheets to take if they are there.
    `header_row` (1 is the first) where the headings
    are not the first row that looks like headings. Raises `NotFound`, `TooLarge`, `NotATable`.
    """
    from engage_desktop.exchange import cards, delimited, foreign, workbook
    from engage_desktop.exchange.vcard import is_vcard

    path = Path(path)
    head = _first_bytes(path)
    if head.startswith(b"PK\x03\x04") and workbook.is_workbook(path):
        table = workbook.open_workbook(path, sheet=sheet, prefer=prefer, header_row=header_row)
    elif is_vcard(head) or path.suffix.casefold() in (".vcf", ".vcard"):
        table = cards.open_cards(path)
        if sheet:
            table.notes.append(no_sheets(f"“{path.name}”", sheet))
    else:
        what = foreign.what_is(path, head)
        if what:
            raise NotATable(f"“{path.name}” {what} Nothing was imported.")
        table = delimited.open_delimited(path, header_row=header_row, encoding=encoding)
        if sheet:
            table.notes.append(no_sheets(f"“{path.name}”", sheet))
    table.digest = table.digest or file_digest(path)
    return table


def no_sheets(name: str, sheet: str) -> str:
    """What to say where a sheet was asked for of something that is no workbook."""
    return f"{name} is not a workbook and has no sheet “{sheet}”: all of it was read."


def _first_bytes(path: Path) -> bytes:
    """The start of a file, once it is known to be one that can be read and is not too large."""
    try:
        if path.is_dir():
            raise NotATable(
                f"“{path.name}” is a folder. Nothing was imported. Choose a file in it."
            )
        size = path.stat().st_size
        if size == 0:
            raise NotATable(f"“{path.name}” is empty. Nothing was imported.")
        if size > MOST_BYTES:
            raise TooLarge(
                f"“{path.name}” is {size / 1_000_000:,.0f} MB. Files up to "
                f"{MOST_BYTES / 1_000_000:,.0f} MB are read in one go. Nothing was imported. "
                "Split it into smaller files and import them one after another."
            )
        with path.open("rb") as file:
            return file.read(4096)
    except FileNotFoundError:
        raise NotFound(f"There is no file “{path.name}” there. Nothing was imported.") from None
    except OSError as error:
        raise unreadable(path.name, error) from None


def file_digest(path: Path) -> str:
    """SHA-256 of a file, read in steps."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def unique_headers(cells: Iterable[str], notes: list[str]) -> tuple[str, ...]:
    """Headings that can be told apart: a second "Name" becomes "Name (2)", an empty one "Column 5".

    What was changed is added to `notes`. Line breaks and runs of spaces inside a heading count as
    one space. Raises `NotATable` above `MOST_COLUMNS`.
    """
    found: list[str] = []
    taken: set[str] = set()
    renamed: list[str] = []
    for position, cell in enumerate(cells, 1):
        plain = " ".join(restored(cell).split())
        name = plain or f"Column {position}"
        count = 2
        while name.casefold() in taken:
            name = f"{plain or 'Column'} ({count})"
            count += 1
        if plain and name != plain:
            renamed.append(f"Two columns are called “{plain}”. One is called “{name}” here.")
        taken.add(name.casefold())
        found.append(name)
    if len(found) > MOST_COLUMNS:
        raise NotATable(
            f"The file has {len(found):,} columns; up to {MOST_COLUMNS:,} are read. "
            "Nothing was imported."
        )
    notes += renamed[:_NOTES]
    if len(renamed) > _NOTES:
        notes.append(f"The same is true of {len(renamed) - _NOTES:,} more columns.")
    return tuple(found)


def trim_empty_end(cells: list[str]) -> list[str]:
    """Headings without the empty ones that trail behind the last."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def header_index(rows: list[list[str]], header_row: int, name: str) -> int:
    """Where in `rows` (from the top of the file) the headings are.

    A title or a note above a table fills one cell; headings fill more than half as many cells as
    the fullest of the first rows. Raises `NotATable` where nothing is filled at all.
    """
    if header_row:
        if header_row > len(rows) or not any(cell.strip() for cell in rows[header_row - 1]):
            raise InvalidInput(f"Row {header_row} of “{name}” holds no headings.")
        return header_row - 1
    filled = [sum(1 for cell in cells if cell.strip()) for cells in rows]
    most = max(filled, default=0)
    if not most:
        raise NotATable(f"“{name}” holds no cells with anything in them. Nothing was imported.")
    return next(index for index, count in enumerate(filled) if count * 2 > most or count == most)
