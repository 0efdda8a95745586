"""Pictures, drawn as vectors: sharp at any size, and nothing to embed.

Pictograms come from `resources` as SVG text of one colour. Ticks, crosses and arrows are drawn here
because no text face has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

from fontTools.misc.transform import Transform
from fontTools.pens.basePen import BasePen
from fontTools.pens.transformPen import TransformPen
from fontTools.svgLib.path import parse_path
from reportlab.pdfgen.canvas import FILL_EVEN_ODD, FILL_NON_ZERO

import resources
from db.errors import NotFound

_SVG = "{http://www.w3.org/2000/svg}"
_QUIET = frozenset({"svg", "g", "path", "title", "desc", "defs", "metadata"})


class PictureError(NotFound):
    """A picture is not there, or is not of the simple kind that can be drawn."""

    code = "picture"


@dataclass(frozen=True)
class Picture:
    """An SVG made of filled paths: its view box, and each path with its filling rule."""

    left: float
    top: float
    width: float
    height: float
    paths: tuple[tuple[str, bool], ...]


class _CanvasPen(BasePen):  # type: ignore[misc]
    """Draws font-style outlines into a ReportLab path."""

    def __init__(self, path: Any) -> None:
        super().__init__(None)
        self._path = path

    def _moveTo(self, point: tuple[float, float]) -> None:
        self._path.moveTo(*point)

    def _lineTo(self, point: tuple[float, float]) -> None:
        self._path.lineTo(*point)

    def _curveToOne(
        self, one: tuple[float, float], two: tuple[float, float], end: tuple[float, float]
    ) -> None:
        self._path.curveTo(*one, *two, *end)

    def _closePath(self) -> None:
        self._path.close()

    def _endPath(self) -> None:
        pass


def parse_picture(svg: str) -> Picture:
    """The picture in `svg`. Raises PictureError for anything but filled paths in a view box.

    An outline with a stroke, a gradient or a bitmap would come out as a wrong shape, so it is
    refused instead.
    """
    if "<!DOCTYPE" in svg or "<!ENTITY" in svg:
        raise PictureError("The picture has a document type, which pictures here may not have.")
    try:
        root = ElementTree.fromstring(svg)
        left, top, width, height = (float(part) for part in root.attrib["viewBox"].split())
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        raise PictureError("The picture is not an SVG with a view box. Choose another.") from error
    if width <= 0 or height <= 0:
        raise PictureError("The picture has no size. Choose another.")
    paths = tuple(_paths(root, even_odd=False))
    if not paths:
        raise PictureError("The picture has no filled shape. Choose another.")
    return Picture(left, top, width, height, paths)


def _paths(element: ElementTree.Element, *, even_odd: bool) -> Iterator[tuple[str, bool]]:
    tag = element.tag.removeprefix(_SVG)
    if tag not in _QUIET or "transform" in element.attrib or "stroke" in element.attrib:
        raise PictureError(f"The picture uses “{tag}” in a way that cannot be printed here.")
    rule = element.get("fill-rule")
    even_odd = even_odd if rule is None else rule == "evenodd"
    if tag == "path" and element.get("fill") != "none":
        yield element.get("d", ""), even_odd
    if tag not in ("defs", "metadata"):
        for child in element:
            yield from _paths(child, even_odd=even_odd)


@lru_cache(maxsize=256)
def pictogram(pictogram_id: str) -> Picture:
    """The shipped pictogram of that name. Raises PictureError if there is none."""
    try:
        return parse_picture(resources.pictogram_svg(pictogram_id))
    except resources.MissingResourceError as error:
        raise PictureError(
            f"There is no picture called “{pictogram_id}”. Nothing was printed. Choose another."
        ) from error


def label_of(pictogram_id: str) -> str:
    """The words that stand for a pictogram. Raises PictureError if there is none."""
    for entry in resources.pictograms():
        if entry.id == pictogram_id:
            return entry.label
    raise PictureError(
        f"There is no picture called “{pictogram_id}”. Nothing was printed. Choose another."
    )


def draw_picture(
    canvas: Any,
    picture: Picture,
    x: float,
    y: float,
    width: float,
    height: float,
    colour: tuple[float, float, float],
) -> None:
    """Fill `picture` into a box, as large as fits and in its middle. Lengths are in points."""
    scale = min(width / picture.width, height / picture.height)
    across = x + (width - picture.width * scale) / 2 - picture.left * scale
    # SVG counts downwards, PDF upwards.
    up = y + (height - picture.height * scale) / 2 + (picture.top + picture.height) * scale
    place = Transform(scale, 0, 0, -scale, across, up)
    canvas.setFillColor(colour)
    for outline, even_odd in picture.paths:
        path = canvas.beginPath()
        parse_path(outline, TransformPen(_CanvasPen(path), place))
        rule = FILL_EVEN_ODD if even_odd else FILL_NON_ZERO
        canvas.drawPath(path, stroke=0, fill=1, fillMode=rule)


def draw_tick(
    canvas: Any, x: float, y: float, size: float, colour: tuple[float, float, float]
) -> None:
    """A tick in a square of `size` points whose lower left corner is at (x, y)."""
    _strokes(canvas, [((0.15, 0.5), (0.4, 0.22), (0.87, 0.8))], x, y, size, colour)


def draw_cross(
    canvas: Any, x: float, y: float, size: float, colour: tuple[float, float, float]
) -> None:
    """A cross in a square of `size` points whose lower left corner is at (x, y)."""
    lines = [((0.2, 0.2), (0.8, 0.8)), ((0.2, 0.8), (0.8, 0.2))]
    _strokes(canvas, lines, x, y, size, colour)


def draw_arrow(
    canvas: Any, x: float, y: float, size: float, colour: tuple[float, float, float]
) -> None:
    """An arrow to the right in a square of `size` points with its corner at (x, y)."""
    lines = [((0.1, 0.5), (0.88, 0.5)), ((0.58, 0.78), (0.88, 0.5), (0.58, 0.22))]
    _strokes(canvas, lines, x, y, size, colour)


def _strokes(
    canvas: Any,
    lines: Sequence[tuple[tuple[float, float], ...]],
    x: float,
    y: float,
    size: float,
    colour: tuple[float, float, float],
) -> None:
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(size * 0.13)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    path = canvas.beginPath()
    for line in lines:
        path.moveTo(x + line[0][0] * size, y + line[0][1] * size)
        for across, up in line[1:]:
            path.lineTo(x + across * size, y + up * size)
    canvas.drawPath(path, stroke=1, fill=0)
