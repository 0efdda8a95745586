"""Tables kept as text: which letters, which separator, and then the rows."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Iterator
from pathlib import Path

from db.errors import InvalidInput
from engage_desktop.exchange.tables import (
    NotATable,
    Table,
    header_index,
    trim_empty_end,
    unique_headers,
)

MOST_CELL = 6_000_000
"""Longest cell read, in characters; the longest text a record keeps is 5,000,000."""

_SEPARATORS = (",", "\t", ";", "|")
_SAMPLE_CHARACTERS = 64_000
_SAMPLE_ROWS = 40
_HEADING_ROWS = 20


_BITE = 1 << 20


class _InBigBites(io.BufferedReader):
    """Reads a file a megabyte at a time, where text files read 8 KB.

    Each read from the disk lets go of Python's lock for a moment too short for another thread to
    take it, and starts that thread's wait anew: in small bites a file kept a window waiting from
    its first row to its last.
    """

    def read1(self, size: int = -1, /) -> bytes:
        """From what is here, and only then from the disk."""
        return self.read(size)


def open_delimited(path: Path, *, header_row: int = 0, encoding: str = "") -> Table:
    """Find a text table's encoding, separator and headings. Raises `NotATable`."""
    encoding = _named(encoding) or find_encoding(path)
    sample = _sample(path, encoding)
    if sample.count("\0") > len(sample) / 200:
        raise NotATable(
            f"“{path.name}” is not a table of text. Import needs a spreadsheet or a CSV file. "
            "Nothing was imported."
        )
    delimiter, skip = _told_separator(sample)
    delimiter = delimiter or find_delimiter(sample)
    first = list(itertools.islice(_records(path, encoding, delimiter, skip), _HEADING_ROWS))
    at = header_index([cells for _, cells in first], header_row, path.name)
    notes: list[str] = []
    headers = unique_headers(trim_empty_end(first[at][1]), notes)
    number_of_headings = first[at][0]

    def read() -> Iterator[tuple[int, list[str]]]:
        for number, cells in _records(path, encoding, delimiter, skip):
            if number > number_of_headings:
                yield number, cells

    length = path.stat().st_size
    rows_in_sample = max(1, sample.count("\n"))
    per_row = max(1, len(sample) / rows_in_sample)
    return Table(
        path.name,
        headers,
        read,
        notes,
        encoding=encoding,
        delimiter=delimiter,
        estimate=max(1, int(length / per_row)),
    )


def _named(encoding: str) -> str:
    if not encoding:
        return ""
    try:
        found = codecs.lookup(encoding)
        b"Name".decode(found.name)  # some codecs turn bytes into other bytes, or into nothing
    except (LookupError, ValueError):
        raise InvalidInput(
            f"There is no encoding called “{encoding[:40]}”. Nothing was imported. Leave it out, "
            "or name one such as cp1252 or utf-8."
        ) from None
    return found.name


def find_encoding(path: Path) -> str:
    """UTF-8 or UTF-16 (with or without their mark), else Windows-1252.

    UTF-16 without a mark shows in its zero bytes: every other byte of English text is one. A file
    that is not UTF-8 to its last byte is taken for Windows-1252.
    """
    with path.open("rb") as file:
        head = file.read(4096)
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if wide := _wide(head):
            return wide
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(head)
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _wide(head: bytes) -> str:
    half = len(head) // 2
    if half == 0:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.6 and odd < half * 0.1:
        return "utf-16-be"
    return ""


def _undefined_in_windows(error: UnicodeError) -> tuple[str, int]:
    """Five bytes mean nothing in Windows-1252; browsers read them as control characters."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("engage-windows", _undefined_in_windows)


def _errors(encoding: str) -> str:
    if encoding == "cp1252":
        return "engage-windows"
    return "replace" if encoding.startswith("utf-16") else "strict"


def _sample(path: Path, encoding: str) -> str:
    with path.open("r", encoding=encoding, errors=_errors(encoding), newline="") as file:
        try:
            return file.read(_SAMPLE_CHARACTERS)
        except UnicodeDecodeError:
            raise NotATable(
                f"“{path.name}” is not written in {encoding}. Nothing was imported."
            ) from None


def _told_separator(sample: str) -> tuple[str, int]:
    """The separator in a first line "sep=;", and how many lines to pass over."""
    first = sample.split("\n", 1)[0].rstrip("\r")
    if first.casefold().startswith("sep=") and len(first) == 5:
        return first[4], 1
    return "", 0


def find_delimiter(sample: str) -> str:
    """The separator under which most rows have as many cells as the first; comma when none does."""
    best, best_score = ",", 0.0
    for delimiter in _SEPARATORS:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        widths: list[int] = []
        try:
            for cells in itertools.islice(reader, _SAMPLE_ROWS):
                if cells:
                    widths.append(len(cells))
        except csv.Error:
            continue
        if len(widths) > 1 and len(sample) >= _SAMPLE_CHARACTERS and len(widths) < _SAMPLE_ROWS:
            widths.pop()  # the sample may have cut it
        if not widths or max(widths) < 2:
            continue
        usual = max(set(widths), key=widths.count)
        score = widths.count(usual) / len(widths) + min(usual, 50) / 1000
        if usual > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _records(
    path: Path, encoding: str, delimiter: str, skip: int
) -> Iterator[tuple[int, list[str]]]:
    """Numbered records with anything in them, as a spreadsheet would count its rows."""
    csv.field_size_limit(MOST_CELL)
    bites = _InBigBites(io.FileIO(path), _BITE)
    with io.TextIOWrapper(bites, encoding, _errors(encoding), newline="") as file:
        for _ in range(skip):
            file.readline()
        reader = csv.reader(file, delimiter=delimiter)
        number = before = 0
        cells: list[str] = []
        try:
            for cells in reader:
                number += 1
                if any(cell and not cell.isspace() for cell in cells):
                    yield number, cells
                last, before = before, reader.line_num
            if cells and ("\n" in cells[-1] or "\r" in cells[-1]):
                _check_closed(path, encoding, delimiter, skip + last, number)
        except csv.Error:
            raise NotATable(
                f"Row {number + 1} of “{path.name}” holds a cell of more than {MOST_CELL:,} "
                "characters. Perhaps a quotation mark was opened and never closed. "
                "Nothing was imported."
            ) from None
        except UnicodeDecodeError:
            raise NotATable(
                f"“{path.name}” stops being {encoding} after row {number}. Nothing was imported."
            ) from None


def _check_closed(path: Path, encoding: str, delimiter: str, line: int, number: int) -> None:
    """Did the last row end, or the file? What an open quotation mark swallowed were rows."""
    with path.open("r", encoding=encoding, errors=_errors(encoding), newline="") as file:
        try:
            for _ in csv.reader(
                itertools.islice(file, line, None), delimiter=delimiter, strict=True
            ):
                pass
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                raise NotATable(
                    f"Row {number} of “{path.name}” opens a quotation mark that is never closed, "
                    "so the rows after it cannot be told apart. Nothing was imported. Close it "
                    "there, and import the file again."
                ) from None
