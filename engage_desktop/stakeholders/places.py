"""Where a stakeholder is: the places they are linked to, else the one their locality names.

Whoever is in a place is in everything that place lies within.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engage_desktop.records.values import fold

_NEAREST = (
    "locality", "neighbourhood", "ward", "district", "constituency", "county", "practice"
)  # fmt: skip
"""Of two places with the name of a locality, the one of the earlier level is meant."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of the tree. `level` is its code, `level_words` what that is called, `within` the
    id of what it lies in, "" for none; `people` the population or list size; `boundary` GeoJSON."""

    id: str
    name: str
    level: str = ""
    level_words: str = ""
    within: str = ""
    code: str = ""
    people: int | None = None
    boundary: str = ""


def by_name(spots: Iterable[Spot]) -> dict[str, str]:
    """From a folded name to the id of the place meant by it."""

    def rank(spot: Spot) -> tuple[int, str]:
        at = _NEAREST.index(spot.level) if spot.level in _NEAREST else len(_NEAREST)
        return at, spot.id

    found: dict[str, Spot] = {}
    for spot in spots:
        known = found.get(fold(spot.name))
        if known is None or rank(spot) < rank(known):
            found[fold(spot.name)] = spot
    return {name: spot.id for name, spot in found.items()}


def lines_up(spots: Sequence[Spot]) -> dict[str, tuple[str, ...]]:
    """From a place to itself and everything it lies within, the nearest first.

    A circle (which two laptops can make together) ends where it comes round.
    """
    above = {spot.id: spot.within for spot in spots}
    found = {}
    for spot in spots:
        chain: dict[str, None] = {}
        at = spot.id
        while at in above and at not in chain:
            chain[at] = None
            at = above[at]
        found[spot.id] = tuple(chain)
    return found


def whereabouts(
    linked: Iterable[str], locality: str, names: Mapping[str, str],
    lines: Mapping[str, tuple[str, ...]],
) -> set[str]:  # fmt: skip
    """Every place somebody is in. `names` is of `by_name`, `lines` of `lines_up`."""
    here = [place for place in linked if place in lines]
    if not here and (named := names.get(fold(locality))):
        here = [named]
    return {place for start in here for place in lines[start]}
