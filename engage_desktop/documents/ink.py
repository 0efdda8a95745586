"""A map's items on a page of a tagged PDF: vectors and real text, never a picture of them.

The scene's y runs downwards from its top; the page's upwards. Lengths are in points.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engage_desktop.documents.fonts import Font
from engage_desktop.documents.style import (
    BODY_FAMILY,
    PLAIN_DIGITS_FAMILY,
    TextStyle,
    colour,
)
from engage_desktop.documents.tagged import TaggedPdf
from engage_desktop.maps.palette import PAPER, Tone
from engage_desktop.maps.scene import (
    DASHES,
    Area,
    Item,
    Line,
    Mark,
    Point,
    Text,
    arrow_head,
    bar,
    hatching,
    outline,
)

_NO_LIMIT = 1e6


class Ink:
    """Draws items whose corner (0, 0) stands at `left`, `top` of the page, inside `content`."""

    def __init__(self, pdf: TaggedPdf, left: float, top: float) -> None:
        self._pdf, self._left, self._top = pdf, left, top

    def draw(self, items: Iterable[Item]) -> None:
        """All of them, in order. Raises MissingGlyphError."""
        for item in items:
            if isinstance(item, Area):
                self._area(item)
            elif isinstance(item, Line):
                self._line(item)
            elif isinstance(item, Mark):
                self._mark(item)
            else:
                self._text(item)

    def _at(self, point: Point) -> Point:
        return self._left + point[0], self._top - point[1]

    def _set(self, tone: Tone, width: float, dashes: Iterable[float] = ()) -> Any:
        canvas = self._pdf.canvas
        canvas.setFillColor(colour(tone.ground))
        canvas.setStrokeColor(colour(tone.ink))
        canvas.setLineWidth(width)
        canvas.setDash(list(dashes))
        return canvas

    def _path(self, rings: Iterable[tuple[Point, ...]], *, close: bool) -> Any:
        path = self._pdf.canvas.beginPath()
        for ring in rings:
            path.moveTo(*self._at(ring[0]))
            for point in ring[1:]:
                path.lineTo(*self._at(point))
            if close:
                path.close()
        return path

    def _area(self, area: Area) -> None:
        canvas = self._set(PAPER[area.tone], area.edge)
        path = self._path(area.rings, close=True)
        canvas.drawPath(path, stroke=int(area.edge > 0), fill=1, fillMode=0)
        if area.hatched:
            canvas.setLineWidth(0.4)
            for begin, end in hatching(area):
                canvas.line(*self._at(begin), *self._at(end))

    def _line(self, line: Line) -> None:
        dashes = [part * max(line.width, 0.6) for part in DASHES[line.stroke]]
        canvas = self._set(PAPER[line.tone], line.width, dashes)
        canvas.drawPath(self._path([line.points], close=False), stroke=1, fill=0)
        if line.arrow:
            canvas.setDash([])
            canvas.setFillColor(colour(PAPER[line.tone].ink))
            canvas.drawPath(self._path([arrow_head(line)], close=True), stroke=0, fill=1)

    def _mark(self, mark: Mark) -> None:
        tone = PAPER[mark.tone]
        canvas = self._set(tone, 1.0, (2, 1.5) if mark.ghost else ())
        fill = int(not mark.ghost)
        if corners := outline(mark):
            canvas.drawPath(self._path([corners], close=True), stroke=1, fill=fill)
        else:
            canvas.circle(*self._at((mark.x, mark.y)), mark.radius, stroke=1, fill=fill)
        if mark.barred:
            canvas.setStrokeColor(colour(PAPER["bad"].ink))
            canvas.setLineWidth(1.2)
            begin, end = bar(mark)
            canvas.line(*self._at(begin), *self._at(end))

    def _text(self, text: Text) -> None:
        font = Font(BODY_FAMILY, "Bold" if text.bold else "Regular", PLAIN_DIGITS_FAMILY)
        style = TextStyle(font, text.size, text.size, colour(PAPER[text.tone].text))
        lines = self._pdf.measure(self._pdf.book.spell(text.text, font), style, _NO_LIMIT)[:1]
        across = lines[0].width
        x, base = self._at((text.x, text.y))
        x -= {"start": 0.0, "middle": across / 2, "end": across}[text.anchor]
        if text.ground:
            canvas = self._set(PAPER[text.ground], 0)
            foot, height = base - text.descent, text.ascent + text.descent
            canvas.rect(x, foot, across, height, stroke=0, fill=1)
        face = self._pdf.book.chain(font)[0]
        rise = text.size / 2 + text.size * face.cap_height / face.upem / 2
        self._pdf.draw_lines(lines, style, x, base + rise, across)
