"""A workbook written straight into its file, sheet after sheet.

Nothing is kept in memory but the row at hand, and nothing is laid down in a temporary file on the
way: what an officer exports stands in the file they chose and nowhere else. Format: ECMA-376, the
least that every spreadsheet program opens.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import zipfile
from collections.abc import Iterable
from typing import IO, BinaryIO
from xml.sax.saxutils import escape, quoteattr

from engage_desktop.exchange.neutral import xml_safe

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FIRST_DAY = dt.date(1899, 12, 30)  # day 0 of spreadsheets, their leap-day slip taken in

_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" '
    'formatCode="d/m/yyyy"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/>'
    '</font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill>'
    '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border>'
    '</borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
    '</cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" '
    'xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
    "</cellStyles></styleSheet>"
)
_PLAIN, _BOLD, _DATE = "", ' s="1"', ' s="2"'

Value = str | int | dt.date | None


class XlsxFile:
    """Open sheets one after another, add their rows, close."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._sheets: list[str] = []
        self._part: IO[bytes] | None = None
        self._row = 0

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets begun so far."""
        return tuple(self._sheets)

    def sheet(self, name: str) -> None:
        """Begin a sheet, its first row kept in sight. The one before is finished."""
        self._end_sheet()
        self._sheets.append(name)
        self._row = 0
        part = f"xl/worksheets/sheet{len(self._sheets)}.xml"
        self._part = self._zip.open(part, "w", force_zip64=True)
        self._write(
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            '</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><sheetData>'
        )

    def row(self, values: Iterable[Value], *, bold: bool = False) -> None:
        """Add a row. Text is written as text, whatever it begins with."""
        self._row += 1
        cells = [
            _cell(f"{_letters(column)}{self._row}", value, _BOLD if bold else _PLAIN)
            for column, value in enumerate(values)
            if value is not None and value != ""
        ]
        self._write(f'<row r="{self._row}">{"".join(cells)}</row>')

    def _write(self, text: str) -> None:
        assert self._part is not None
        self._part.write(text.encode())

    def _end_sheet(self) -> None:
        if self._part is not None:
            self._write("</sheetData></worksheet>")
            self._part.close()
            self._part = None

    def abandon(self) -> None:
        """Let go of the file while it is open, so that nothing writes to it later."""
        with contextlib.suppress(OSError, ValueError):
            if self._part is not None:
                self._part.close()
        with contextlib.suppress(OSError, ValueError):
            self._zip.close()

    def close(self) -> None:
        """Finish the workbook; the file itself is its owner's to close."""
        if not self._sheets:
            self.sheet("Empty")
        self._end_sheet()
        numbers = range(1, len(self._sheets) + 1)
        sheets = "".join(
            f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
            for number, name in zip(numbers, self._sheets, strict=True)
        )
        relations = "".join(
            f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" '
            f'Target="worksheets/sheet{n}.xml"/>'
            for n in numbers
        )
        style = len(self._sheets) + 1
        overrides = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" '
            f'ContentType="{_TYPES}.worksheet+xml"/>'
            for n in numbers
        )
        parts = {
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}'
            "</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'{relations}<Relationship Id="rId{style}" Type="{_OFFICE}/styles" '
            'Target="styles.xml"/></Relationships>',
            "xl/styles.xml": _STYLES,
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship '
            f'Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>",
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default '
            'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships'
            '+xml"/><Default Extension="xml" ContentType="application/xml"/><Override '
            f'PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/><Override '
            f'PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>{overrides}</Types>',
        }
        for name, text in parts.items():
            self._zip.writestr(name, _HEAD + text)
        self._zip.close()


def _cell(place: str, value: Value, style: str) -> str:
    if isinstance(value, dt.date):
        return f'<c r="{place}"{_DATE}><v>{(value - _FIRST_DAY).days}</v></c>'
    if isinstance(value, int):
        return f'<c r="{place}"{style}><v>{value}</v></c>'
    text = escape(xml_safe(str(value)))
    return f'<c r="{place}" t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'


def _letters(column: int) -> str:
    """The name of a column: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
