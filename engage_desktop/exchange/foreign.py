"""What a file is when it is not a table: so that the sentence says it, and what to do."""

from __future__ import annotations

import zipfile
from pathlib import Path

_STARTS: tuple[tuple[bytes, str], ...] = (
    (
        b"\xd0\xcf\x11\xe0",
        "is an old Excel file (.xls) or a workbook with a password. "
        "Open it in your spreadsheet program and save it as .xlsx.",
    ),
    (b"%PDF", "is a PDF. Import needs a spreadsheet or a CSV file."),
    (b"\x89PNG", "is a picture. Import needs a spreadsheet or a CSV file."),
    (b"\xff\xd8\xff", "is a picture. Import needs a spreadsheet or a CSV file."),
    (b"GIF8", "is a picture. Import needs a spreadsheet or a CSV file."),
    (b"\x1f\x8b", "is a compressed file (gzip). Unpack it and import the file inside."),
    (b"7z\xbc\xaf", "is a compressed file (7z). Unpack it and import the file inside."),
    (b"Rar!", "is a compressed file (RAR). Unpack it and import the file inside."),
    (b"SQLite format 3", "is a database, not a table. Save the table you need as CSV."),
    (b"{\\rtf", "is a text document (RTF). Import needs a spreadsheet or a CSV file."),
    (b"MZ", "is a program. It was not started."),
)

_TEXT_STARTS: tuple[tuple[str, str], ...] = (
    (
        "<!doctype html",
        "is a web page, even if its name ends in .xls. "
        "Open it in your spreadsheet program and save it as .xlsx.",
    ),
    (
        "<html",
        "is a web page, even if its name ends in .xls. "
        "Open it in your spreadsheet program and save it as .xlsx.",
    ),
    ("<table", "is a piece of a web page. Open it in a spreadsheet program and save it as .xlsx."),
    ("<?xml", "is an XML file. Import needs a spreadsheet or a CSV file."),
    ("begin:vcalendar", "is a calendar (iCalendar). Import needs a spreadsheet or a CSV file."),
    ('{"', "is a JSON file. Import needs a spreadsheet or a CSV file."),
    ("[{", "is a JSON file. Import needs a spreadsheet or a CSV file."),
)


def what_is(path: Path, head: bytes) -> str:
    """Half a sentence that says what the file is, or "" when it may be a table of text."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _in_zip(path)
    for start, words in _STARTS:
        if head.startswith(start):
            return words
    text = head.decode("latin-1").lstrip("\ufeffï»¿ \r\n\t").casefold()
    for begin, words in _TEXT_STARTS:
        if text.startswith(begin):
            return words
    return ""


def _in_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "is a damaged or cut-off workbook or ZIP file. Ask for it again."
    if "xl/workbook.bin" in names:
        return "is a binary workbook (.xlsb). Open it and save it as .xlsx."
    if any(name.startswith("word/") for name in names):
        return "is a Word document. Import needs a spreadsheet or a CSV file."
    if any(name.startswith("ppt/") for name in names):
        return "is a slide show. Import needs a spreadsheet or a CSV file."
    if "mimetype" in names and "content.xml" in names:
        return "is an OpenDocument file. Open it and save it as .xlsx or .csv."
    files = [name for name in names if not name.endswith("/")]
    holds = f"one file, “{files[0]}”" if len(files) == 1 else f"{len(files)} files"
    return f"is a ZIP file that holds {holds}. Unpack it and import the file inside."
