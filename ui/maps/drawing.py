"""What an officer asked of a map, and the scene that answers it. Runs on a reading thread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from db.reader import Reader
from engage_desktop.maps import drawing, grid
from engage_desktop.maps.drawing import Wish
from engage_desktop.maps.scene import Name, Scene
from engage_desktop.maps.views import Plot, view_of
from engage_desktop.queries.mapping import Occasion, occasions, scored

GRID: Name = "stakeholder-map"
NETWORK: Name = "network"
MATRIX: Name = "matrix"
TYPES: Name = "types"
PLACES: Name = "place-map"
FLEXIBLE = frozenset({MATRIX, TYPES})
"""Maps that are as tall as what is in them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A map for a surface: what is wished for, and how large. Lengths in the scene's points."""

    wish: Wish
    size: tuple[float, float]
    text: float
    today: dt.date


@dataclass(frozen=True, slots=True)
class Drawn:
    """The scene; for a grid also its geometry, and what may be compared with."""

    asked: Asked
    scene: Scene
    plot: Plot | None = None
    occasions: tuple[Occasion, ...] = ()


def draw(reader: Reader, asked: Asked, cancelled: Callable[[], bool] = lambda: False) -> Drawn:
    """The map that was asked for. Raises `KnownError` with a sentence, `Cancelled`."""
    wish = asked.wish
    if wish.name == GRID:
        return _grid(reader, asked)
    build = drawing.draw(reader, wish, today=asked.today, cancelled=cancelled)
    return Drawn(asked, build(asked.size, asked.text))


def _grid(reader: Reader, asked: Asked) -> Drawn:
    wish, view = asked.wish, view_of(asked.wish.axes)
    known = tuple(occasions(reader))
    since = wish.since if any(one.name == wish.since for one in known) else ""
    scores = scored(reader, view.x.name, view.y.name, wish.keep, since)
    scene = grid.build(scores, view, size=asked.size, text=asked.text, hide_names=wish.hide_names)
    plot = grid.plot_for(scores, view, size=asked.size, text=asked.text)
    return Drawn(asked, scene, plot, known)


__all__ = ["FLEXIBLE", "GRID", "MATRIX", "NETWORK", "PLACES", "TYPES", "Asked", "Drawn", "draw"]
