"""What a map is made of, whoever draws it.

A `Scene` is plain data: things to draw in painting order (`items`, the furthest back first), words
for those who cannot see them, a legend and a table. The window, the PDF and the SVG draw the same
one, and none of them decides where anything stands.

Lengths are in points (72 to the inch on paper; a screen may take them as pixels at 100 %), from
the top left corner: x grows to the right and y downwards. A text stands on its baseline.

**Keys.** An item that stands for something has a `key`: for a `Mark` the id of its stakeholder, for
an `Area` of a place map the id of its place, for a `Line` of the network the id of the record that
is the tie (a "works for" has none of its own: "works:" and the id of who works there), for a row
of the matrix "group:" or "type:" and the code, or the id of whom it is about. "ghost:" and an id
is where that stakeholder stood earlier. A `Text` with the key of a mark is its label and
moves with it. What has no key is furniture.

**Words.** `words` is what a screen reader says of the item, or a tooltip: a sentence without a full
stop. Marks and areas with a key and words, in the order of `items`, are what the arrow keys walk
(`Scene.walk`); the table has a row for each of the same keys (`Table.keys`), in the same order, and
perhaps rows for some that found no room in the picture.

**Tones.** Colours are named, never given: see `palette`. Nothing is told by colour alone: kinds
differ in shape, ties in stroke, shades have their number written on them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Point = tuple[float, float]
Shape = Literal["disc", "square", "diamond", "hexagon"]
Stroke = Literal["solid", "dashed", "dotted", "dashdot"]
Anchor = Literal["start", "middle", "end"]
Name = Literal["stakeholder-map", "network", "matrix", "types", "place-map"]

DASHES: dict[Stroke, tuple[float, ...]] = {
    "solid": (),
    "dashed": (5.0, 3.0),
    "dotted": (1.2, 2.4),
    "dashdot": (6.0, 2.4, 1.2, 2.4),
}
"""Lengths of ink and gap, in points, at a line 1 point wide."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One stakeholder, or the sign of something in a legend.

    `radius` is that of the circle that holds the shape. `ghost` is drawn hollow with a dashed edge.
    `barred` has a bar across it: not to be contacted.
    """

    x: float
    y: float
    radius: float
    shape: Shape = "disc"
    tone: str = "plain"
    key: str = ""
    words: str = ""
    ghost: bool = False
    barred: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, with an arrow head at its last one where `arrow` says so."""

    points: tuple[Point, ...]
    tone: str = "muted"
    width: float = 1.0
    stroke: Stroke = "solid"
    arrow: bool = False
    key: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon; further rings are its islands and holes (even-odd).

    `edge` is the width of its outline, 0 for none. `hatched` areas are gaps: drawn with thin
    slanting lines in the tone's ink.
    """

    rings: tuple[tuple[Point, ...], ...]
    tone: str = "surface"
    edge: float = 0.0
    key: str = ""
    words: str = ""
    hatched: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """One line of words. `x` is its start, middle or end as `anchor` says, `y` its baseline.

    With a `ground` (a tone), the words stand on a box of that tone as wide as they are, from one
    `ascent` above the baseline to one `descent` below: so that no line runs through them.
    """

    x: float
    y: float
    text: str
    size: float = 9.0
    tone: str = "text"
    bold: bool = False
    anchor: Anchor = "start"
    key: str = ""
    ground: str = ""

    @property
    def ascent(self) -> float:
        """How far a `ground` reaches above the baseline."""
        return self.size * 0.82

    @property
    def descent(self) -> float:
        """How far a `ground` reaches below the baseline."""
        return self.size * 0.24


Item = Mark | Line | Area | Text


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend: how something is drawn, and what it means."""

    sign: Mark | Line | Area
    words: str


@dataclass(frozen=True, slots=True)
class Table:
    """The same as the picture, in words. `keys` has one key for each row, "" where none.

    `gap` is what a screen or paper says in an empty cell that is a gap; files keep it empty.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    keys: tuple[str, ...]
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """Something the map shows that the officer should act on: a sentence or two, and about whom."""

    sentence: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole map.

    `size` is its width and height. `description` is a paragraph that stands for the picture.
    `notes` are sentences to print beneath: what was left out, and why. `unplaced` are those who
    belong on it and have no place yet (key and name; at most a few hundred), `unplaced_count` how
    many there are altogether. `details` is a finer table where there is one: a row for each tie.
    """

    name: Name
    title: str
    size: tuple[float, float]
    description: str
    items: tuple[Item, ...]
    table: Table
    legend: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()
    advice: tuple[Advice, ...] = ()
    unplaced: tuple[tuple[str, str], ...] = ()
    unplaced_count: int = 0
    details: Table | None = None

    def walk(self) -> Iterator[Mark | Area]:
        """What the arrow keys go through, in order."""
        for item in self.items:
            if isinstance(item, Mark | Area) and item.key and item.words:
                yield item


def outline(mark: Mark) -> tuple[Point, ...]:
    """The corners of a mark that has any, clockwise from the top (left); () for a disc."""
    x, y, r = mark.x, mark.y, mark.radius
    if mark.shape == "square":
        half = r * 0.86
        return (
            (x - half, y - half),
            (x + half, y - half),
            (x + half, y + half),
            (x - half, y + half),
        )
    if mark.shape == "diamond":
        return ((x, y - r), (x + r, y), (x, y + r), (x - r, y))
    if mark.shape == "hexagon":
        return tuple(
            (x + r * math.sin(step * math.pi / 3), y - r * math.cos(step * math.pi / 3))
            for step in range(6)
        )
    return ()


def bar(mark: Mark) -> tuple[Point, Point]:
    """The ends of the bar across a mark that is not to be contacted."""
    reach = mark.radius * 1.25
    return (mark.x - reach, mark.y + reach), (mark.x + reach, mark.y - reach)


def arrow_head(line: Line, length: float = 5.0) -> tuple[Point, Point, Point]:
    """The head at a line's last point: its tip and two corners. `length` in points."""
    (x0, y0), (x1, y1) = line.points[-2], line.points[-1]
    far = math.hypot(x1 - x0, y1 - y0) or 1.0
    along, across = (x1 - x0) / far * length, (y1 - y0) / far * length
    wide = 0.42
    return (
        (x1, y1),
        (x1 - along - across * wide, y1 - across + along * wide),
        (x1 - along + across * wide, y1 - across - along * wide),
    )


def rectangle(
    left: float, top: float, right: float, bottom: float
) -> tuple[tuple[Point, ...], ...]:
    """The rings of a rectangle."""
    return (((left, top), (right, top), (right, bottom), (left, bottom)),)


def hatching(area: Area, step: float = 6.0) -> Iterator[tuple[Point, Point]]:
    """Slanting lines across the box that holds an area, upwards to the right."""
    xs = [x for ring in area.rings for x, _ in ring]
    ys = [y for ring in area.rings for _, y in ring]
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    along = left - (bottom - top) + step
    while along < right:
        begin = (max(along, left), bottom - max(0.0, left - along))
        reach = min(right - begin[0], begin[1] - top)
        yield begin, (begin[0] + reach, begin[1] - reach)
        along += step
