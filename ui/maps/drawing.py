"""What an officer asked of a map, and the scene that answers it. Runs on a reading thread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from db.reader import Reader
from engage_desktop.maps import grid, network
from engage_desktop.maps.scene import Scene
from engage_desktop.maps.views import VIEWS, Plot
from engage_desktop.queries import ties
from engage_desktop.queries.mapping import Keep, Occasion, occasions, scored

GRID, NETWORK = "stakeholder-map", "network"


@dataclass(frozen=True, slots=True)
class Asked:
    """One map: which, for whom, and how large. `size` and `text` are in the scene's points."""

    face: str
    size: tuple[float, float]
    text: float
    on: dt.date
    hide_names: bool = False
    keep: Keep = field(default_factory=Keep)
    view: str = "power-interest"
    occasion: str = ""
    focus: str = ""
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Drawn:
    """The scene; for a grid also its geometry, and what may be compared with."""

    asked: Asked
    scene: Scene
    plot: Plot | None = None
    occasions: tuple[Occasion, ...] = ()


def draw(reader: Reader, asked: Asked) -> Drawn:
    """The map that was asked for. Raises `KnownError` with a sentence, `Cancelled`."""
    return _FACES[asked.face](reader, asked)


def _grid(reader: Reader, asked: Asked) -> Drawn:
    view = VIEWS[asked.view]
    known = tuple(occasions(reader))
    occasion = asked.occasion if any(one.name == asked.occasion for one in known) else ""
    scores = scored(reader, view.x.name, view.y.name, asked.keep, occasion)
    scene = grid.build(scores, view, size=asked.size, text=asked.text, hide_names=asked.hide_names)
    plot = grid.plot_for(scores, view, size=asked.size, text=asked.text)
    return Drawn(asked, scene, plot, known)


def _network(reader: Reader, asked: Asked) -> Drawn:
    found = ties.network(reader, on=asked.on, keep=asked.keep, focus=asked.focus, depth=asked.depth)
    return Drawn(
        asked,
        network.build(found, size=asked.size, text=asked.text, hide_names=asked.hide_names),
    )


_FACES: dict[str, Callable[[Reader, Asked], Drawn]] = {GRID: _grid, NETWORK: _network}

__all__ = ["GRID", "NETWORK", "Asked", "Drawn", "draw"]
