"""Which two scores a grid sets against each other, and the grid as geometry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from db.errors import InvalidInput
from engage_desktop.maps.cells import Box
from engage_desktop.maps.lettering import width
from engage_desktop.stakeholders.influence import AXES, STRATEGIES, Axis, quadrant

A4_PLOT = (762.0, 400.0)
"""Room for the picture on a sheet of A4 on its side, under its title."""

Cell = tuple[int, int]
"""Column from the left and row from the bottom, both from 0."""

_STRETCH = 0.6
"""The part of the grid that is shared out by how many stand where; the rest is shared evenly."""

Given = Mapping[str, int | str]
"""Scores by the names of their axes; what is not scored is left out."""


@dataclass(frozen=True, slots=True)
class View:
    """Which score goes across (`x`) and which upwards (`y`)."""

    name: str
    title: str
    x: Axis
    y: Axis

    @property
    def strategic(self) -> bool:
        """Do its quadrants say what to do?"""
        return self.y.name == "power" and self.x.name in ("interest", "impact")

    @property
    def wanted(self) -> bool:
        """Does it set what is wanted against what is?"""
        return self.y.name == f"{self.x.name}_wanted"

    def cell(self, scores: Given) -> Cell | None:
        """Where scores put somebody; None where one of the two is missing."""
        across, up = scores.get(self.x.name), scores.get(self.y.name)
        if across not in self.x.values or up not in self.y.values:
            return None
        return self.x.values.index(across), self.y.values.index(up)

    def values(self, cell: Cell) -> dict[str, int | str]:
        """The fields that a place in `cell` means, ready for an edit."""
        return {self.x.name: self.x.values[cell[0]], self.y.name: self.y.values[cell[1]]}

    def strategy(self, scores: Given) -> str:
        """What the quadrant asks of us; "" where quadrants ask nothing or a score is missing."""
        if not self.strategic or self.cell(scores) is None:
            return ""
        return STRATEGIES[quadrant(int(scores[self.y.name]), int(scores[self.x.name]))]

    def said(self, scores: Given) -> list[str]:
        """Both scores in words, upwards first; what is missing is left out."""
        return [
            f"{axis.label.lower()} {axis.said(scores[axis.name])}"
            for axis in (self.y, self.x)
            if scores.get(axis.name) in axis.values
        ]


def _view(name: str, title: str, y: str, x: str) -> View:
    return View(name, title, AXES[x], AXES[y])


POWER_INTEREST = _view("power-interest", "Power and interest", "power", "interest")
VIEWS = {
    view.name: view
    for view in (
        POWER_INTEREST,
        _view("power-impact", "Power and impact", "power", "impact"),
        _view("power-attitude", "Power and attitude", "power", "attitude"),
        _view("impact-interest", "Impact and interest", "impact", "interest"),
        _view("attitude", "Attitude now and wanted", "attitude_wanted", "attitude"),
        _view("level", "Involvement now and wanted", "level_wanted", "level"),
    )
}
"""The grids offered, the first of them when nobody says."""


def view_of(words: str) -> View:
    """A view by its name, or "UP/ACROSS" for any two axes. Raises `InvalidInput`."""
    plain = words.strip().casefold().replace(" ", "-")
    if plain in VIEWS:
        return VIEWS[plain]
    up, slash, across = (part.strip("-").replace("-", "_") for part in plain.partition("/"))
    if not slash or up not in AXES or across not in AXES or up == across:
        raise InvalidInput(
            f"There are no axes “{words}”. Write one of {', '.join(VIEWS)}, or two scores such as "
            f"power/attitude from: {', '.join(AXES)}. Nothing was written."
        )
    known = next((v for v in VIEWS.values() if (v.y.name, v.x.name) == (up, across)), None)
    title = f"{AXES[up].label} and {AXES[across].label.lower()}"
    return known or View(plain, title, AXES[across], AXES[up])


@dataclass(frozen=True, slots=True)
class Plot:
    """The grid on its page: the edges of its columns from the left, of its rows from the foot."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]

    @property
    def box(self) -> Box:
        """The outer lines."""
        return Box(self.xs[0], self.ys[-1], self.xs[-1], self.ys[0])

    @property
    def columns(self) -> int:
        """How many there are."""
        return len(self.xs) - 1

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.ys) - 1

    def cell_box(self, cell: Cell) -> Box:
        """The edges of a cell."""
        column, row = cell
        return Box(self.xs[column], self.ys[row + 1], self.xs[column + 1], self.ys[row])

    def cell_at(self, x: float, y: float) -> Cell | None:
        """The cell in which a point lies; None outside the grid."""
        box = self.box
        if not (box.left <= x <= box.right and box.top <= y <= box.bottom):
            return None
        column = sum(x > edge for edge in self.xs[1:-1])
        return column, sum(y < edge for edge in self.ys[1:-1])


def plot_of(
    view: View = POWER_INTEREST,
    size: tuple[float, float] = A4_PLOT,
    text: float = 9.0,
    crowd: Mapping[Cell, int] | None = None,
) -> Plot:
    """Where the grid that is built with the same arguments stands.

    With a `crowd` (how many stand in each cell), columns and rows with many are given more room.
    """
    left = max(width(word, text) for word in view.y.words) + 8
    top, right, bottom = text * 1.4 + 6, size[0] - 1, size[1] - text * 2.8 - 8
    columns, rows = _shares(len(view.x.values), 0, crowd), _shares(len(view.y.values), 1, crowd)
    xs = tuple(left + (right - left) * share for share in columns)
    strip = strip_of(view, text)
    foot, head = bottom - strip, top + strip
    ys = [foot - (foot - head) * share for share in rows]
    return Plot(xs, (bottom, *ys[1:-1], top))


def strip_of(view: View, text: float) -> float:
    """The height kept free at the top and the foot for the words of the quadrants."""
    return text * 1.5 if view.strategic else 0.0


def _shares(count: int, side: int, crowd: Mapping[Cell, int] | None) -> tuple[float, ...]:
    """Edges from 0 to 1: even, or in part by the fullest cell of each column (or row)."""
    fullest = [0] * count
    for cell, many in (crowd or {}).items():
        fullest[cell[side]] = max(fullest[cell[side]], many)
    whole = sum(fullest)
    edges = [0.0]
    for many in fullest:
        share = 1 / count
        if whole:
            share = (1 - _STRETCH) * share + _STRETCH * many / whole
        edges.append(edges[-1] + share)
    return (*edges[:-1], 1.0)
