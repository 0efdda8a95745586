"""A printed register: any list of records as a table, from ten rows to tens of thousands.

Rows are drawn as they come and the pages before them are already packed away, so that the time and
room taken grow with the rows and no faster. Column widths are settled from the first rows;
later ones wrap. The head of the table is part of the structure once, and said again on each page
as an artifact. Lengths are in points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import BinaryIO, Literal
from unicodedata import normalize

from db.errors import Cancelled
from engage_desktop.documents.columns import PAD_X, PAD_Y, Grid, settle
from engage_desktop.documents.flow import Flow
from engage_desktop.documents.fonts import FontBook
from engage_desktop.documents.layout import Line
from engage_desktop.documents.structure import Element
from engage_desktop.documents.style import (
    DARK,
    RULE,
    SELECTED,
    StyleSheet,
    TextStyle,
)
from engage_desktop.documents.tagged import Clock, DocumentReport, TaggedPdf, system_clock
from engage_desktop.maps.scene import Area, hatching, rectangle
from engage_desktop.plain import counted, long_date

Progress = Callable[[int, int | None], None]

_SAMPLE = 200
_SMALLEST_ADVISED = 12.0
_EVERY = 50
_MARGIN = 40.0


@dataclass(frozen=True)
class Column:
    """A column of a register. Numbers and sums stand on the right."""

    title: str
    align: Literal["left", "right"] = "left"


def render_register(
    title: str,
    columns: Sequence[Column | str],
    rows: Iterable[Sequence[str]],
    out: BinaryIO,
    *,
    filters: str = "",
    total: int | None = None,
    day: date | None = None,
    footer_left: str = "",
    body_size: float | None = None,
    spell_missing: bool = False,
    clock: Clock = system_clock,
    book: FontBook | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> DocumentReport:
    """Write a register to `out` as a tagged PDF.

    `rows` may be a stream; `total` is its length if that is known, for `progress(done, total)`.
    `filters` says in words what the list was narrowed to. `body_size` fixes the type size in
    points (12, 14, 18...); without it, the largest of 12 down to 8 in which the columns stand
    side by side. With `spell_missing`, a character in no face is named in square brackets instead
    of stopping the print, and the report says so. A row shorter than the columns is filled with
    empty cells.

    Raises Cancelled when `cancelled` says so, MissingGlyphError for a character in no face, and
    ValueError if there are no columns.
    """
    heads = [Column(c) if isinstance(c, str) else c for c in columns]
    if not heads:
        raise ValueError("a register needs at least one column")
    faces = book or FontBook()
    spelling = _Spelling(faces)
    stream = map(spelling.row, rows) if spell_missing else iter(rows)
    first = list(islice(stream, _SAMPLE))
    grid = settle([head.title for head in heads], first, faces, margin=_MARGIN, fixed=body_size)
    sheet = StyleSheet("Register", grid.size, 1.3, margin=_MARGIN)
    pdf = TaggedPdf(title=title, page_size=grid.page, clock=clock, book=faces, subject=filters)
    left = " · ".join(part for part in (footer_left, long_date(day) if day else "") if part)
    flow = Flow(pdf, sheet, footer_left=left, running=title)
    drawing = _Register(flow, heads, grid, progress, cancelled, total)
    drawing.draw(title, filters, chain(first, stream))
    pages = pdf.save(out, flow.footer, drawing.check)
    warnings = [spelling.warning] if spelling.cells else []
    if grid.size < _SMALLEST_ADVISED:
        warnings.append(
            f"{len(heads)} columns only fit in {grid.size:g} point, which is small to read. "
            "Print fewer columns for a larger type."
        )
    return DocumentReport(pages, tuple(warnings))


def draw_rows(
    flow: Flow, heads: Sequence[str], grid: Grid, rows: Iterable[Sequence[str]], gap: str = ""
) -> int:
    """A table within another document, from where `flow` stands; how many rows it has.

    `grid` must be settled for the flow's page, margin and type size. An empty cell is hatched and
    says `gap`, where one is given. Raises MissingGlyphError.
    """
    columns = [Column(head) for head in heads]
    return _Register(flow, columns, grid, None, lambda: False, None, gap).table(rows)


class _Spelling:
    """Names what no face can draw, and counts the cells in which it did."""

    def __init__(self, book: FontBook) -> None:
        self._book = book
        self._font = StyleSheet("Register", _SMALLEST_ADVISED, 1.3).body.font
        self.cells = 0

    def row(self, row: Sequence[str]) -> list[str]:
        """The same row in characters that can be drawn."""
        spelt = [self._book.spell(cell, self._font) for cell in row]
        self.cells += sum(a != normalize("NFC", b) for a, b in zip(spelt, row, strict=True))
        return spelt

    @property
    def warning(self) -> str:
        """What the person should know of it."""
        cells = counted(self.cells, "cell has signs", "cells have signs")
        return f"{cells} that no font has. They are named in square brackets."


class _Register:
    """Draws the head, then row after row."""

    def __init__(
        self,
        flow: Flow,
        heads: Sequence[Column],
        grid: Grid,
        progress: Progress | None,
        cancelled: Callable[[], bool],
        total: int | None,
        gap: str = "",
    ) -> None:
        self._gap = gap
        self._flow = flow
        self._pdf = flow.pdf
        self._heads = heads
        self._grid = grid
        self._progress = progress
        self._cancelled = cancelled
        self._total = total
        self._lefts = [flow.left + sum(grid.widths[:index]) for index in range(len(heads))]
        strong = flow.sheet.strong.coloured(DARK)
        self._head_style = strong
        self._head_lines = [
            self._pdf.measure(head.title, strong, width - 2 * PAD_X)
            for head, width in zip(heads, grid.widths, strict=True)
        ]
        self._head_height = self._height(self._head_lines, strong)

    def check(self) -> None:
        """Raise Cancelled if the person stopped it."""
        if self._cancelled():
            raise Cancelled("You stopped the print. Nothing was written.")

    def draw(self, title: str, filters: str, rows: Iterable[Sequence[str]]) -> None:
        flow = self._flow
        flow.new_page()
        flow.text("H1", title, flow.sheet.title, after=4)
        if filters:
            flow.text("P", filters, flow.sheet.body)
        flow.skip(10)
        done = self.table(rows)
        flow.skip(8)
        end = (
            f"{counted(done, 'row')}. End of the list."
            if done
            else "There is nothing in this list."
        )
        flow.text("P", end, flow.sheet.body)
        self._tell(done)

    def _tell(self, done: int) -> None:
        if self._progress is not None:
            self._progress(done, self._total)

    def table(self, rows: Iterable[Sequence[str]]) -> int:
        """The table itself; how many rows it has."""
        waiting = iter(rows)
        first = next(waiting, None)
        if first is None:
            return 0
        table = self._pdf.add("Table")
        self._table_head(self._pdf.add("THead", table))
        body = self._pdf.add("TBody", table)
        done = 0
        for row in chain([first], waiting):
            self._row(body, row)
            done += 1
            if done % _EVERY == 0:
                self._tell(done)
                self.check()
        return done

    def _height(self, cells: Sequence[Sequence[Line]], style: TextStyle) -> float:
        return max((len(cell) for cell in cells), default=1) * style.leading + 2 * PAD_Y

    def _tint(self, height: float) -> None:
        with self._pdf.artifact("Background"):
            canvas = self._pdf.canvas
            canvas.setFillColor(SELECTED)
            canvas.rect(
                self._flow.left, self._flow.y - height, self._flow.width, height, stroke=0, fill=1
            )

    def _table_head(self, head: Element) -> None:
        """The head once, in the structure."""
        self._tint(self._head_height)
        row = self._pdf.add("TR", head)
        for index, lines in enumerate(self._head_lines):
            cell = self._pdf.add("TH", row, scope="Column")
            if lines:
                with self._pdf.content(cell):
                    self._cell(index, lines, self._head_style)
        self._flow.y -= self._head_height

    def _new_page(self) -> None:
        """A page with the head said again, for the eye alone."""
        self._flow.new_page()
        self._tint(self._head_height)
        with self._pdf.artifact("Pagination"):
            for index, lines in enumerate(self._head_lines):
                self._cell(index, lines, self._head_style)
        self._flow.y -= self._head_height

    def _cell(self, index: int, lines: Sequence[Line], style: TextStyle) -> None:
        left = self._lefts[index] + PAD_X
        width = self._grid.widths[index] - 2 * PAD_X
        top = self._flow.y - PAD_Y
        if self._heads[index].align == "left":
            self._pdf.draw_lines(lines, style, left, top, width)
            return
        for line in lines:
            across = left + width - line.width
            top = self._pdf.draw_lines([line], style, across, top, line.width)

    def _row(self, body: Element, row: Sequence[str]) -> None:
        style = self._flow.sheet.body
        cells = list(self._measured(row, style))
        if self._height(cells, style) > self._flow.room:
            self._new_page()
        element = self._pdf.add("TR", body)
        owners = [self._pdf.add("TD", element) for _ in self._heads]
        self._hatch(row, self._height(cells, style))
        while True:
            # A row taller than a page goes on, cell by cell, at the head of the next.
            fits = max(1, int((self._flow.room - 2 * PAD_Y + 0.01) / style.leading))
            part = [cell[:fits] for cell in cells]
            for index, (owner, lines) in enumerate(zip(owners, part, strict=True)):
                if lines:
                    with self._pdf.content(owner):
                        self._cell(index, lines, style)
            self._flow.y -= self._height(part, style)
            self._rule()
            cells = [cell[fits:] for cell in cells]
            if not any(cells):
                return
            self._new_page()

    def _measured(self, row: Sequence[str], style: TextStyle) -> Iterator[list[Line]]:
        for index, width in enumerate(self._grid.widths):
            text = (row[index].strip() if index < len(row) else "") or self._gap
            yield self._pdf.measure(text, style, width - 2 * PAD_X) if text else []

    def _hatch(self, row: Sequence[str], height: float) -> None:
        """Slanting lines behind the cells that are gaps, as far as this page goes."""
        empty = [at for at, cell in enumerate(row) if not cell.strip()] if self._gap else []
        bottom = max(self._flow.y - height, self._flow.bottom)
        for index in empty:
            left, width = self._lefts[index], self._grid.widths[index]
            box = Area(rectangle(left, bottom, left + width, self._flow.y))
            with self._pdf.artifact("Background"):
                self._pdf.canvas.setStrokeColor(RULE)
                self._pdf.canvas.setLineWidth(0.6)
                for (x0, y0), (x1, y1) in hatching(box):
                    self._pdf.canvas.line(x0, y0, x1, y1)

    def _rule(self) -> None:
        with self._pdf.artifact("Layout"):
            canvas = self._pdf.canvas
            canvas.setStrokeColor(RULE)
            canvas.setLineWidth(0.6)
            right = self._flow.left + self._flow.width
            canvas.line(self._flow.left, self._flow.y, right, self._flow.y)
