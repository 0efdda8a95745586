"""The map of places: how many stakeholders there are in each, in shades and in numbers.

Places of one level stand as tiles, under the name of what they lie in; those that have a boundary
stand where they are. The number is printed on each: the shade only repeats it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from db.errors import InvalidInput
from engage_desktop.maps.boundaries import Shape, project, rings_of
from engage_desktop.maps.labels import Taken, fits
from engage_desktop.maps.lettering import shortened, spelt, width, wrapped
from engage_desktop.maps.palette import shade
from engage_desktop.maps.scene import Area, Entry, Item, Scene, Table, Text, rectangle
from engage_desktop.plain import counted
from engage_desktop.queries.peopled import Peopled
from engage_desktop.records.values import fold
from engage_desktop.stakeholders.places import Spot

A4_ROOM = (770.0, 400.0)
_MOST = 400
_GAP = 5.0
_FLAT = 0.62  # how high a tile is for its width, at most
_LONG = 3.0  # how wide it is for its height, at most
_MAP_SHARE = 0.66
"""Where some places have a boundary and some not, this much of the page is the map."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Level:
    """A level that can be drawn: its code, its words, and how many places it has."""

    code: str
    words: str
    places: int


def levels(peopled: Peopled) -> list[Level]:
    """The levels in use, that with the most places first; practices last."""
    counts = Counter(spot.level for spot in peopled.spots)
    words = {spot.level: spot.level_words or "No level" for spot in peopled.spots}
    order = sorted(
        counts, key=lambda code: (code == "practice", code != "locality", -counts[code], code)
    )
    return [Level(code, words[code], counts[code]) for code in order]


def build(
    peopled: Peopled,
    *,
    level: str = "",
    size: tuple[float, float] = A4_ROOM,
    text: float = 9.0,
) -> Scene:
    """The scene of one level, by its code or words; "" is localities, or what there is most of.

    Raises `InvalidInput` for a level that no place has.
    """
    known = levels(peopled)
    chosen = _chosen(known, level)
    spots = [spot for spot in peopled.spots if chosen is not None and spot.level == chosen.code]
    spots.sort(key=lambda spot: (-peopled.counts[spot.id], fold(spot.name), spot.id))
    return _County(peopled, chosen, spots[:_MOST], len(spots) - len(spots[:_MOST])).scene(
        size, text
    )


def _chosen(known: Sequence[Level], level: str) -> Level | None:
    if not level.strip():
        return known[0] if known else None
    for one in known:
        if fold(level) in (fold(one.code), fold(one.words)):
            return one
    listed = ", ".join(one.words for one in known) or "none yet"
    raise InvalidInput(f"No place is a “{level}”. Levels in use: {listed}. Nothing was drawn.")


class _County:
    """Puts one scene together."""

    def __init__(
        self, peopled: Peopled, level: Level | None, spots: list[Spot], left_out: int
    ) -> None:
        self._peopled, self._level, self._spots = peopled, level, spots
        self._left_out = left_out
        self._names = {spot.id: spelt(spot.name) or "No name" for spot in peopled.spots}
        self._most = max((peopled.counts[spot.id] for spot in spots), default=0)
        self._rings = {spot.id: rings for spot in spots if (rings := rings_of(spot.boundary))}

    def scene(self, size: tuple[float, float], text: float) -> Scene:
        """The whole of it. Real boundaries on the left, tiles beside them, or either alone."""
        mapped = [spot for spot in self._spots if spot.id in self._rings]
        tiled = [spot for spot in self._spots if spot.id not in self._rings]
        split = size[0] * _MAP_SHARE if mapped and tiled else size[0] if mapped else 0.0
        items: list[Item] = []
        if mapped:
            items += self._map(mapped, (0.0, 0.0, split, size[1]), text)
        if tiled:
            begin = split + (2 * _GAP if mapped else 0.0)
            items += self._tiles(tiled, (begin, 0.0, size[0], size[1]), text, bool(mapped))
        order = {spot.id: place for place, spot in enumerate(self._spots)}
        areas = sorted(
            (item for item in items if isinstance(item, Area) and item.key),
            key=lambda area: order[area.key],
        )
        rest = [item for item in items if not (isinstance(item, Area) and item.key)]
        return Scene(
            "place-map", "Where stakeholders are", size, self._description(),
            (*areas, *rest), self._table(), self._legend(), self._notes(),
        )  # fmt: skip

    def _count(self, spot: Spot) -> int:
        return self._peopled.counts[spot.id]

    def _area(self, spot: Spot, rings: tuple[tuple[tuple[float, float], ...], ...]) -> Area:
        count = self._count(spot)
        words = f"{self._names[spot.id]}: {counted(count, 'stakeholder')}"
        if spot.people:
            words += f", of {spot.people:,} people"
        return Area(rings, shade(count, self._most), 0.8, spot.id, words)

    # -- real boundaries ---------------------------------------------------------------

    def _map(self, spots: list[Spot], box: Box, text: float) -> Iterator[Item]:
        shapes = project({spot.id: self._rings[spot.id] for spot in spots}, box)
        for spot in spots:
            yield self._area(spot, shapes[spot.id].rings)
        taken, size = Taken(), (box[2], box[3])
        for spot in spots:  # every number before any name
            yield from self._number(spot, shapes[spot.id], size, text, taken)
        for spot in spots:
            yield from self._name(spot, shapes[spot.id], size, text, taken)

    def _number(
        self, spot: Spot, shape: Shape, size: tuple[float, float], text: float, taken: Taken
    ) -> Iterator[Text]:
        """The count in the middle, or as near as it has room; smaller before it is left out."""
        said = f"{self._count(spot):,}"
        tone = shade(self._count(spot), self._most)
        for points in (text * 1.25, text, text * 0.8):
            across = width(said, points, bold=True)
            for aside, down in ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, -1)):
                x = shape.centre[0] + aside * across
                y = shape.centre[1] + points * (0.35 + down)
                made = Text(x, y, said, points, tone, True, "middle", spot.id, tone)
                if fits(made, across, size, taken):
                    yield made
                    return

    def _name(
        self, spot: Spot, shape: Shape, size: tuple[float, float], text: float, taken: Taken
    ) -> Iterator[Text]:
        """The name under or above the number, within the width of the place."""
        xs = [x for ring in shape.rings for x, _ in ring]
        tone, room = shade(self._count(spot), self._most), (max(xs) - min(xs)) * 0.9
        said = shortened(self._names[spot.id], text, room)
        across = width(said, text)
        for down in (text * 1.6, -text * 1.0):
            y = shape.centre[1] + down
            made = Text(shape.centre[0], y, said, text, tone, False, "middle", spot.id, tone)
            if said and fits(made, across, size, taken):
                yield made
                return

    # -- tiles -------------------------------------------------------------------------

    def _tiles(self, spots: list[Spot], box: Box, text: float, beside: bool) -> Iterator[Item]:
        blocks = self._blocks(spots)
        head = text * 1.9
        if beside:
            said = shortened("No boundary loaded", text, box[2] - box[0])
            yield Text(box[0], box[1] + text, said, text, "muted")
            box = (box[0], box[1] + head, box[2], box[3])
        columns, height = _fitting([len(some) for _, some in blocks], box, head)
        step = min((box[2] - box[0] + _GAP) / columns, height * _LONG + _GAP)
        y = box[1]
        for name, some in blocks:
            said = shortened(name, text, box[2] - box[0], bold=True)
            yield Text(box[0], y + text, said, text, "text", True)
            y += head
            for place, spot in enumerate(some):
                left = box[0] + place % columns * step
                top = y + place // columns * (height + _GAP)
                yield from self._tile(spot, (left, top, left + step - _GAP, top + height), text)
            y += math.ceil(len(some) / columns) * (height + _GAP)

    def _blocks(self, spots: Iterable[Spot]) -> list[tuple[str, list[Spot]]]:
        """Places under the name of what they lie in, both by name."""
        found: dict[str, list[Spot]] = {}
        for spot in sorted(spots, key=lambda spot: (fold(spot.name), spot.id)):
            found.setdefault(spot.within, []).append(spot)
        named = [
            (self._names.get(within, "") if within else "", some) for within, some in found.items()
        ]
        words = self._level.words if self._level else ""
        only = len(named) == 1
        return [
            (name or (words if only else "Lies in nothing larger"), some)
            for name, some in sorted(named, key=lambda block: (not block[0], fold(block[0])))
        ]

    def _tile(self, spot: Spot, box: Box, text: float) -> Iterator[Item]:
        left, top, right, bottom = box
        area = self._area(spot, rectangle(*box))
        yield area
        height, room = bottom - top, right - left - 8
        large = min(text * 2.0, height * 0.42)
        said = f"{self._count(spot):,}"
        large = min(large, room / max(width(said, 1.0, bold=True), 0.1))
        yield Text(left + 4, bottom - 4, said, large, area.tone, True, key=spot.id)
        small = min(text, height * 0.3)
        lines = max(1, int((height - large - 6) / (small * 1.2)))
        for index, line in enumerate(
            wrapped(self._names[spot.id], small, room, lines=min(3, lines))
        ):
            y = top + 3 + small * (0.85 + 1.2 * index)
            yield Text(left + 4, y, line, small, area.tone, key=spot.id)
        if spot.people:
            of = f"of {spot.people:,} people"
            x = left + 4 + width(said, large, bold=True) + 4
            if x + width(of, small * 0.9) <= right - 3:
                yield Text(x, bottom - 4, of, small * 0.9, area.tone, key=spot.id)

    # -- words -------------------------------------------------------------------------

    def _description(self) -> str:
        if self._level is None:
            return "No places are written down yet, so there is nothing to draw."
        words = self._level.words.lower()
        parts = [
            f"{counted(len(self._spots), 'place')} of the level {words}, each with the number of "
            "stakeholders in it."
        ]
        told = ", ".join(
            f"{self._names[spot.id]} ({self._count(spot):,})"
            for spot in self._spots[:3]
            if self._count(spot)
        )
        if told:
            parts.append(f"Most: {told}.")
        if empty := [self._names[spot.id] for spot in self._spots if not self._count(spot)]:
            more = f" and {len(empty) - 6:,} more" if len(empty) > 6 else ""
            parts.append(f"Nobody yet: {', '.join(empty[:6])}{more}.")
        return " ".join(parts)

    def _notes(self) -> tuple[str, ...]:
        found = [f"Only {self._peopled.scope}."] if self._peopled.scope else []
        if nowhere := self._peopled.nowhere:
            have = counted(nowhere, "stakeholder has", "stakeholders have")
            found.append(f"{have} no place, or one that is not written down, and "
                         f"{'is' if nowhere == 1 else 'are'} in no number here.")  # fmt: skip
        if self._spots:
            found.append("Somebody linked to two places counts in both.")
        if self._left_out:
            left = counted(self._left_out, "place")
            found.append(f"{left} with the fewest stakeholders are left out.")
        return tuple(found)

    def _legend(self) -> tuple[Entry, ...]:
        """Which numbers a shade stands for."""
        found: list[Entry] = []
        first = 0
        while first <= self._most and self._spots:
            tone = shade(first, self._most)
            last = _last_of(tone, first, self._most)
            sign = Area(rectangle(0, 0, 12, 9), tone, 0.7)
            found.append(Entry(sign, _range(first, last)))
            first = last + 1
        return tuple(found)

    def _table(self) -> Table:
        headings = ("Place", "Level", "Lies in", "Stakeholders", "People", "Per 10,000 people")
        rows = tuple(
            (self._names[spot.id], spot.level_words, self._names.get(spot.within, ""),
             str(self._count(spot)), f"{spot.people:,}" if spot.people else "",
             f"{self._count(spot) * 10_000 / spot.people:.1f}" if spot.people else "")
            for spot in self._spots
        )  # fmt: skip
        return Table(headings, rows, tuple(spot.id for spot in self._spots))


def _last_of(tone: str, low: int, most: int) -> int:
    """The greatest count of a shade that begins at `low`; shades only rise."""
    high = most
    while low < high:
        middle = (low + high + 1) // 2
        if shade(middle, most) == tone:
            low = middle
        else:
            high = middle - 1
    return low


def _range(first: int, last: int) -> str:
    if last == 0:
        return "Nobody"
    return f"{first:,}" if first == last else f"{first:,} to {last:,}"


def _fitting(blocks: Sequence[int], box: Box, head: float) -> tuple[int, float]:
    """How many columns of tiles there are and how high a tile is: the fewest that fit."""
    across, down = box[2] - box[0], box[3] - box[1]
    best = (1, 0.0)
    for columns in range(1, max(blocks) + 1):
        rows = sum(math.ceil(count / columns) for count in blocks)
        room = (down - len(blocks) * head) / rows - _GAP
        height = min((across / columns - _GAP) * _FLAT, room)
        if height * min(across / columns, height * _LONG) > best[1] * min(
            across / best[0], best[1] * _LONG
        ):
            best = (columns, height)
    return best[0], max(best[1], 4.0)
