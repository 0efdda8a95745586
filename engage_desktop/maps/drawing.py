"""From a store to a scene: the one place where the command line and the window choose a map.

`Wish` says what is wanted, in codes and ids; `draw` reads once and gives a function that builds the
scene for any size, so that paper and screen fit the same map to their own room.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from db.errors import InvalidInput
from db.reader import Reader
from engage_desktop.maps import county, grid, matrix, network
from engage_desktop.maps.graph import nobody_asks
from engage_desktop.maps.scene import Name, Scene
from engage_desktop.queries.mapping import Keep, scored
from engage_desktop.queries.matrix import standings
from engage_desktop.queries.peopled import peopled
from engage_desktop.queries.ties import network as ties_of

Size = tuple[float, float]
Build = Callable[[Size, float], Scene]
"""Builds the scene for a size and a size of text, both in points."""

NAMES: dict[Name, str] = {
    "stakeholder-map": "The grid of two scores, as power and interest, with who has moved.",
    "network": "Who is linked with whom, as of a day.",
    "matrix": "The stakeholder matrix: who is in each group, and what is wanted; gaps shown.",
    "types": "Stakeholders by type, with organisation and job title; gaps shown.",
    "place-map": "How many stakeholders there are in each place.",
}
"""Every map, and what it shows."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which map, of whom, and how. What a map has no use for is passed over.

    `axes` is a grid's name or "UP/ACROSS"; `since` an occasion whose scores are drawn as ghosts;
    `kinds` codes of ties; `level` a level of places.
    """

    name: Name
    keep: Keep = field(default_factory=Keep)
    axes: str = "power-interest"
    since: str = ""
    focus: str = ""
    depth: int = 1
    on: dt.date | None = None
    kinds: tuple[str, ...] = ()
    level: str = ""
    hide_names: bool = False


def draw(
    reader: Reader,
    wish: Wish,
    *,
    today: dt.date,
    progress: Callable[[int, int | None], None] = nobody_asks,
    cancelled: Callable[[], bool] = lambda: False,
) -> Build:
    """Read what a map needs. Raises `NotFound`, `InvalidInput`."""
    hide = wish.hide_names
    if wish.name == "stakeholder-map":
        view = grid.view_of(wish.axes)
        scores = scored(reader, view.x.name, view.y.name, wish.keep, wish.since)
        return lambda size, text: grid.build(scores, view, size=size, text=text, hide_names=hide)
    if wish.name == "network":
        ties = ties_of(
            reader, on=wish.on or today, keep=wish.keep, focus=wish.focus, depth=wish.depth,
            kinds=wish.kinds,
        )  # fmt: skip
        return lambda size, text: network.build(
            ties, size=size, text=text, hide_names=hide, progress=progress, cancelled=cancelled
        )
    if wish.name in ("matrix", "types"):
        known = standings(reader, wish.keep)
        table = matrix.matrix if wish.name == "matrix" else matrix.types
        return lambda size, text: table(known, across=size[0], text=text, hide_names=hide)
    if wish.name == "place-map":
        places = peopled(reader, wish.keep, boundaries=True)
        return lambda size, text: county.build(places, level=wish.level, size=size, text=text)
    raise InvalidInput(f"There is no map “{wish.name}”. Maps: {', '.join(NAMES)}.")
