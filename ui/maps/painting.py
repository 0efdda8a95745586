"""The items of a scene, painted. Where each stands is the scene's; colours are the scheme's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QStaticText,
    QTransform,
)

from engage_desktop.maps import palette
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
from ui.theme import FAMILY, theme

_ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}


Stroke = Callable[[QPainter], None]
"""Paints one thing, with everything it needs made beforehand."""


class Prepared:
    """A scene's items, made ready once, so that a frame costs little more than the drawing."""

    def __init__(self, items: Iterable[Item], painter: Painter) -> None:
        self._strokes: list[tuple[str, Stroke]] = []
        lines: list[Line] = []
        for item in items:
            if isinstance(item, Line):
                lines.append(item)
                continue
            self._take(lines, painter)
            self._strokes.append((item.key, painter.stroke(item)))
        self._take(lines, painter)

    def _take(self, lines: list[Line], painter: Painter) -> None:
        """Lines that follow each other are drawn together, look by look."""
        looks: dict[tuple[str, float, str, bool], list[Line]] = {}
        for line in lines:
            look = (line.tone, line.width, line.stroke, len(line.points) == 2)
            looks.setdefault(look, []).append(line)
        self._strokes += [("", painter.lines(some)) for some in looks.values()]
        lines.clear()

    def paint(self, painter: QPainter, without: str = "") -> None:
        """All of it, back to front; what has the key `without` is left out."""
        for key, stroke in self._strokes:
            if not without or key != without:
                stroke(painter)


class Painter:
    """Makes items ready in one scheme. Pens, brushes and fonts are made once and kept."""

    def __init__(self) -> None:
        self._tones = palette.SCHEMES[theme().scheme]
        self._colours: dict[str, QColor] = {}
        self._fonts: dict[tuple[float, bool], tuple[QFont, QFontMetricsF]] = {}

    def paint(self, painter: QPainter, item: Item) -> None:
        """One item, where it stands."""
        self.stroke(item)(painter)

    def stroke(self, item: Item) -> Stroke:
        """One item made ready."""
        if isinstance(item, Mark):
            return self._mark(item)
        if isinstance(item, Line):
            return self.lines([item])
        return self._area(item) if isinstance(item, Area) else self._text(item)

    def ground(self, tone: str) -> QColor:
        """What is filled in a tone."""
        return self._colour(self._tones[tone].ground)

    def ink(self, tone: str) -> QColor:
        """Edges and lines of a tone."""
        return self._colour(self._tones[tone].ink)

    def words(self, tone: str) -> QColor:
        """Words on the ground of a tone."""
        return self._colour(self._tones[tone].text)

    def _colour(self, name: str) -> QColor:
        if name not in self._colours:
            self._colours[name] = QColor(name)
        return self._colours[name]

    def font(self, size: float, bold: bool) -> tuple[QFont, QFontMetricsF]:
        """The face of a text, and how wide its words are. `size` as the scene gives it."""
        key = (round(size, 2), bold)
        if key not in self._fonts:
            font = QFont(FAMILY)
            font.setPixelSize(max(1, round(size)))
            font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
            self._fonts[key] = font, QFontMetricsF(font)
        return self._fonts[key]

    def room(self, text: Text) -> QRectF:
        """The box in which a text's words stand."""
        wide = self.font(text.size, text.bold)[1].horizontalAdvance(text.text)
        left = text.x - wide * _ANCHORS[text.anchor]
        return QRectF(left, text.y - text.ascent, wide, text.ascent + text.descent)

    def _mark(self, mark: Mark) -> Stroke:
        pen = QPen(self.ink(mark.tone), 1.2)
        if mark.ghost:
            pen.setStyle(Qt.PenStyle.DashLine)
        brush = QBrush(Qt.BrushStyle.NoBrush) if mark.ghost else QBrush(self.ground(mark.tone))
        corners = outline(mark)
        polygon = _polygon(corners) if corners else None
        box = QRectF(mark.x - mark.radius, mark.y - mark.radius, 2 * mark.radius, 2 * mark.radius)
        struck = QLineF(*bar(mark)[0], *bar(mark)[1])
        bad = QPen(self.ink("bad"), 1.8)

        def stroke(painter: QPainter) -> None:
            painter.setPen(pen)
            painter.setBrush(brush)
            if polygon is not None:
                painter.drawPolygon(polygon)
            else:
                painter.drawEllipse(box)
            if mark.barred:
                painter.setPen(bad)
                painter.drawLine(struck)

        return stroke

    def lines(self, some: Sequence[Line]) -> Stroke:
        """Lines of one look, made ready together."""
        first = some[0]
        ink = self.ink(first.tone)
        pen = QPen(ink, first.width)
        if dashes := DASHES[first.stroke]:
            pen.setDashPattern(list(dashes))
        straight = [QLineF(*line.points[0], *line.points[1]) for line in some
                    if len(line.points) == 2]  # fmt: skip
        bent = [_polygon(line.points) for line in some if len(line.points) > 2]
        heads = QPainterPath()
        heads.setFillRule(Qt.FillRule.WindingFill)
        for line in some:
            if line.arrow:
                heads.addPolygon(_polygon(arrow_head(line)))
                heads.closeSubpath()

        def stroke(painter: QPainter) -> None:
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if straight:
                painter.drawLines(straight)
            for polygon in bent:
                painter.drawPolyline(polygon)
            if not heads.isEmpty():
                painter.fillPath(heads, ink)

        return stroke

    def _area(self, area: Area) -> Stroke:
        path, ground = path_of(area), self.ground(area.tone)
        fine, edge = QPen(self.ink(area.tone), 0.6), QPen(self.ink(area.tone), area.edge)
        slanting = [QLineF(*begin, *end) for begin, end in hatching(area)] if area.hatched else []

        def stroke(painter: QPainter) -> None:
            painter.fillPath(path, ground)
            if slanting:
                painter.save()
                painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
                painter.setPen(fine)
                painter.drawLines(slanting)
                painter.restore()
            if area.edge:
                painter.strokePath(path, edge)

        return stroke

    def _text(self, text: Text) -> Stroke:
        font, metrics = self.font(text.size, text.bold)
        room = self.room(text)
        words = QStaticText(text.text)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        words.prepare(QTransform(), font)
        at = QPointF(room.left(), text.y - metrics.ascent())
        box = room.adjusted(-1, 0, 1, 0)
        ground = self.ground(text.ground) if text.ground else None
        pen = QPen(self.words(text.ground or text.tone))

        def stroke(painter: QPainter) -> None:
            if ground is not None:
                painter.fillRect(box, ground)
            painter.setFont(font)
            painter.setPen(pen)
            painter.drawStaticText(at, words)

        return stroke


def path_of(area: Area) -> QPainterPath:
    """The rings of an area, filled by odd and even."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for ring in area.rings:
        path.addPolygon(_polygon(ring))
        path.closeSubpath()
    return path


def _polygon(points: tuple[Point, ...]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])


__all__ = ["Painter", "Prepared", "path_of"]
