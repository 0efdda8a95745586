"""A map on paper: the picture on one sheet with its signs and what to act on, then its table.

The picture is one figure of the structure tree, with the scene's description to stand for it; the
table on the following pages says the same row by row. A map that is a table (one with gaps) is
printed as that table alone, its gaps hatched and said. All of it is vectors and real text in
embedded faces. Lengths are in points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import BinaryIO, Literal

from engage_desktop.documents.columns import Grid, settle
from engage_desktop.documents.flow import Flow
from engage_desktop.documents.fonts import FontBook
from engage_desktop.documents.ink import Ink
from engage_desktop.documents.layout import Line as TextLine
from engage_desktop.documents.register import draw_rows
from engage_desktop.documents.style import (
    A3_LANDSCAPE,
    A4_LANDSCAPE,
    StyleSheet,
    TextStyle,
    colour,
)
from engage_desktop.documents.tagged import Clock, DocumentReport, TaggedPdf, system_clock
from engage_desktop.maps.palette import PAPER
from engage_desktop.maps.scene import Entry, Line, Mark, Scene
from engage_desktop.plain import counted, long_date

Paper = Literal["a4", "a3"]
Draw = Callable[[tuple[float, float], float], Scene]
"""Builds the scene for a size and a text size, both in points."""

MARGIN = 36.0
"""Round every page."""

_SIGN = 24.0
_SLACK = 4.0  # so that rounding sends no line to a second page
_TRIES = 4
_LEAST = 0.5
"""The picture never gets less than this share of its page: then words go to the next."""


@dataclass(frozen=True)
class Sheet:
    """A paper: its size, the size of names in the picture, and that of the words beneath it."""

    page: tuple[float, float]
    names: float
    words: float


PAPERS: dict[Paper, Sheet] = {
    "a4": Sheet(A4_LANDSCAPE, 9.0, 9.5),
    "a3": Sheet(A3_LANDSCAPE, 11.0, 12.0),
}


def render_map(
    draw: Draw,
    out: BinaryIO,
    *,
    paper: Paper = "a4",
    day: date | None = None,
    clock: Clock = system_clock,
    book: FontBook | None = None,
) -> DocumentReport:
    """Write a map to `out` as a tagged PDF.

    `draw` is called more than once: to learn which words stand beneath the picture, and then for
    the room that they leave.
    """
    sheet, faces = PAPERS[paper], book or FontBook()
    first = draw((sheet.page[0] - 2 * MARGIN, sheet.page[1] * 0.6), sheet.names)
    rows = [[_spelt(cell, faces) for cell in row] for row in first.table.rows]
    grid = settle(first.table.headings, rows, faces, margin=MARGIN, page=sheet.page)
    style = StyleSheet("Map", grid.size, 1.3, margin=MARGIN)
    pdf = TaggedPdf(
        title=first.title, page_size=sheet.page, clock=clock, book=faces, subject=first.description
    )
    small = style.body.sized(sheet.words)
    left = long_date(day) if day else ""
    flow = Flow(pdf, style, footer_left=left, running=first.title, small=small)
    page = _MapPage(flow, small, faces)
    if first.table.gap:
        page.heading(first)
    else:
        page.draw(first, lambda size: draw(size, sheet.names))
    _table_pages(flow, first, grid, rows, faces)
    warnings = () if grid.size >= 10 else ("The table has small print: its columns are many.",)
    return DocumentReport(pdf.save(out, flow.footer), warnings)


def render_picture(
    scene: Scene, out: BinaryIO, *, clock: Clock = system_clock, book: FontBook | None = None
) -> DocumentReport:
    """Write the picture alone, with its signs and notes, on one page just as large as they are.

    For turning into pixels: print `render_map`.
    """
    tall = scene.size[1] * 2 + 5_000.0
    _, used = _pictured(scene, tall, clock, book or FontBook())
    pdf, _ = _pictured(scene, used + _SLACK, clock, book or FontBook())
    return DocumentReport(pdf.save(out))


def _pictured(
    scene: Scene, height: float, clock: Clock, faces: FontBook
) -> tuple[TaggedPdf, float]:
    """The picture on a page of this height, and how much of it was used."""
    style = StyleSheet("Map", 12.0, 1.3, margin=MARGIN)
    small = style.body.sized(PAPERS["a4"].words)
    pdf = TaggedPdf(
        title=scene.title, page_size=(scene.size[0] + 2 * MARGIN, height), clock=clock,
        book=faces, subject=scene.description,
    )  # fmt: skip
    flow = Flow(pdf, style, small=small)
    _MapPage(flow, small, faces).draw(scene, lambda size: scene)
    return pdf, height - flow.y + flow.bottom


def _spelt(text: str, book: FontBook) -> str:
    return book.spell(text, StyleSheet("Map", 12.0, 1.3).body.font)


def _table_pages(
    flow: Flow, scene: Scene, grid: Grid, rows: list[list[str]], book: FontBook
) -> None:
    if not scene.table.gap:
        flow.new_page()
        flow.text("H2", "The same in words", flow.sheet.heading, after=4)
    flow.text("P", _spelt(scene.description, book), flow.sheet.body, after=8)
    draw_rows(flow, scene.table.headings, grid, rows, scene.table.gap)
    flow.skip(8)
    flow.text("P", f"{counted(len(rows), 'row')}. End of the table.", flow.sheet.body)


class _MapPage:
    """The first page: title, picture, signs, advice, notes."""

    def __init__(self, flow: Flow, small: TextStyle, book: FontBook) -> None:
        self._flow, self._pdf, self._small, self._book = flow, flow.pdf, small, book
        self._gap = small.size * 0.8

    def draw(self, first: Scene, draw: Callable[[tuple[float, float]], Scene]) -> None:
        """`first` has the words; `draw` the picture for the room left."""
        flow = self._flow
        self._title(first)
        scene, beneath = first, 0.0
        for _ in range(_TRIES):  # a smaller picture may have more to say beneath it
            if self._beneath(scene) <= beneath:
                break
            beneath = self._beneath(scene)
            room = max(flow.room - beneath - self._gap, flow.room * _LEAST)
            scene = draw((flow.width, room))
        self._picture(scene)
        flow.skip(self._gap)
        self._legend(scene.legend)
        for advice in scene.advice:
            self._advice(advice.sentence)
        for note in scene.notes:
            flow.text("P", _spelt(note, self._book), self._small)

    def heading(self, scene: Scene) -> None:
        """The first page of a map that is a table: its title, and what was left out."""
        self._title(scene)
        for note in scene.notes:
            self._flow.text("P", _spelt(note, self._book), self._small)

    def _title(self, scene: Scene) -> None:
        flow = self._flow
        flow.new_page()
        flow.text("H1", _spelt(scene.title, self._book), flow.sheet.title.sized(20), after=6)

    def _beneath(self, scene: Scene) -> float:
        """The height of everything under the picture."""
        height = len(self._rows_of(scene.legend)) * self._small.leading * 1.15
        height += self._gap * (0.5 if scene.legend else 0)
        for advice in scene.advice:
            height += len(self._advised(advice.sentence)) * self._small.leading + 3 * self._gap
        for note in scene.notes:
            lines = self._pdf.measure(_spelt(note, self._book), self._small, self._flow.width)
            height += len(lines) * self._small.leading
        return height + 2

    def _picture(self, scene: Scene) -> None:
        flow, pdf = self._flow, self._pdf
        across, down = scene.size
        box = (flow.left, flow.y - down, flow.left + across, flow.y)
        alt = f"{scene.title}. {scene.description}"
        with pdf.content(pdf.add("Figure", alt=_spelt(alt, self._book), box=box)):
            Ink(pdf, flow.left, flow.y).draw(scene.items)
        flow.y -= down

    def _rows_of(
        self, legend: tuple[Entry, ...]
    ) -> list[list[tuple[Entry, list[TextLine], float]]]:
        """The entries in rows, each with its words and where it begins."""
        rows: list[list[tuple[Entry, list[TextLine], float]]] = []
        x = 0.0
        for entry in legend:
            lines = self._pdf.measure(
                _spelt(entry.words, self._book), self._small, self._flow.width - _SIGN
            )[:1]
            across = _SIGN + lines[0].width
            if not rows or x + across > self._flow.width:
                rows.append([])
                x = 0.0
            rows[-1].append((entry, lines, x))
            x += across + 2 * self._gap
        return rows

    def _legend(self, legend: tuple[Entry, ...]) -> None:
        flow, pdf, step = self._flow, self._pdf, self._small.leading * 1.15
        for row in self._rows_of(legend):
            flow.need(step)
            for entry, lines, x in row:
                left, middle = flow.left + x, flow.y - self._small.leading / 2
                with pdf.artifact("Layout"):
                    _sign(Ink(pdf, left, middle), entry)
                with pdf.content(pdf.add("P")):
                    pdf.draw_lines(lines, self._small, left + _SIGN, flow.y, lines[0].width)
            flow.y -= step
        flow.skip(self._gap * 0.5 if legend else 0)

    def _advised(self, sentence: str) -> list[TextLine]:
        room = self._flow.width - 2 * self._gap
        return self._pdf.measure(_spelt(sentence, self._book), self._bold, room)

    @property
    def _bold(self) -> TextStyle:
        strong = self._flow.sheet.strong.sized(self._small.size)
        return strong.coloured(colour(PAPER["warning"].text))

    def _advice(self, sentence: str) -> None:
        """A sentence to act on, in a box of its own."""
        flow, pdf, lines = self._flow, self._pdf, self._advised(sentence)
        height = len(lines) * self._small.leading + 2 * self._gap
        flow.need(height + self._gap)
        with pdf.artifact("Background"):
            canvas = pdf.canvas
            canvas.setFillColor(colour(PAPER["warning"].ground))
            canvas.setStrokeColor(colour(PAPER["warning"].ink))
            canvas.setLineWidth(0.8)
            canvas.roundRect(flow.left, flow.y - height, flow.width, height, 3, stroke=1, fill=1)
        with pdf.content(pdf.add("P")):
            top = flow.y - self._gap
            pdf.draw_lines(lines, self._bold, flow.left + self._gap, top, flow.width)
        flow.y -= height + self._gap


def _sign(ink: Ink, entry: Entry) -> None:
    """A sign in the middle of the room before its words; `ink` begins at its left and middle."""
    sign = entry.sign
    if isinstance(sign, Mark):
        ink.draw([replace(sign, x=9.0, y=0.0)])
    elif isinstance(sign, Line):
        ink.draw([sign])
    else:
        rings = tuple(tuple((x + 3.0, y - 4.5) for x, y in ring) for ring in sign.rings)
        ink.draw([replace(sign, rings=rings)])
