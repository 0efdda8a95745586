"""Names beside points, so that no name covers another or a point.

Those with most to say come first. A name is tried beside, above and below its point, whole; then
shortened; then as a number of the table. Lengths are in points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engage_desktop.maps.lettering import shortened, width
from engage_desktop.maps.scene import Anchor, Mark, Text

_GAP = 2.0
_SHORTER = (8.0, 5.0)
"""Ems a name is shortened to, in turn, where the whole has no room: some 16 and 10 letters."""

_SQUARE = 40.0

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Wish:
    """A mark with its name, and the number to put where no name has room."""

    mark: Mark
    name: str
    number: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Labelled:
    """What came of it: the names, how many became numbers and how many have no label at all."""

    texts: tuple[Text, ...]
    numbers: int
    bare: int


class Taken:
    """Boxes in use, found again by the squares they touch."""

    def __init__(self) -> None:
        self._squares: dict[tuple[int, int], list[Box]] = {}

    def add(self, box: Box) -> None:
        """Take a box."""
        for square in self._touched(box):
            self._squares.setdefault(square, []).append(box)

    def free(self, box: Box) -> bool:
        """Is nothing there yet?"""
        left, top, right, bottom = box
        return not any(
            left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
            for square in self._touched(box)
            for other in self._squares.get(square, ())
        )

    @staticmethod
    def _touched(box: Box) -> Iterator[tuple[int, int]]:
        for column in range(int(box[0] // _SQUARE), int(box[2] // _SQUARE) + 1):
            for row in range(int(box[1] // _SQUARE), int(box[3] // _SQUARE) + 1):
                yield column, row


def label(
    wishes: Sequence[Wish],
    size: tuple[float, float],
    text: float,
    *,
    taken: Taken,
    ground: str = "",
) -> Labelled:
    """Labels for marks in the order of `wishes`. `text` is their size; `taken` learns of them."""
    for mark in (wish.mark for wish in wishes):
        r = mark.radius
        taken.add((mark.x - r, mark.y - r, mark.x + r, mark.y + r))
    found: list[Text] = []
    numbers = bare = 0
    for wish in wishes:
        placed = _placed(wish, taken, size, text, ground)
        if placed is None:
            bare += 1
            continue
        numbers += placed.text == wish.number and wish.name != wish.number
        found.append(placed)
    return Labelled(tuple(found), numbers, bare)


def _placed(
    wish: Wish, taken: Taken, size: tuple[float, float], text: float, ground: str
) -> Text | None:
    for said, points in _tries(wish, text):
        across = width(said, points, bold=wish.bold)
        for x, y, anchor in _spots(wish.mark, points, across):
            made = Text(x, y, said, points, "text", wish.bold, anchor, wish.mark.key, ground)
            if fits(made, across, size, taken):
                return made
    return None


def fits(text: Text, across: float, size: tuple[float, float], taken: Taken) -> bool:
    """Take the room of a text that is `across` wide, if it is free and on the page."""
    left = text.x - {"start": 0.0, "middle": across / 2, "end": across}[text.anchor]
    box = (left, text.y - text.ascent, left + across, text.y + text.descent)
    inside = box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]
    if not inside or not taken.free(box):
        return False
    taken.add(box)
    return True


def _tries(wish: Wish, text: float) -> Iterator[tuple[str, float]]:
    """What may be said, the best first, and how large."""
    yield wish.name, text
    known = {wish.name}
    for ems in _SHORTER:
        said = shortened(wish.name, text, ems * text, bold=wish.bold)
        if said and said not in known:
            known.add(said)
            yield said, text
    yield wish.number, text * 0.8


def _spots(mark: Mark, text: float, across: float) -> Iterator[tuple[float, float, Anchor]]:
    """Right, left, below, above, the corners, and between these."""
    beside = mark.radius + _GAP
    middle = mark.y + text * 0.3
    yield mark.x + beside, middle, "start"
    yield mark.x - beside, middle, "end"
    yield mark.x, mark.y + mark.radius + text * 0.85, "middle"
    yield mark.x, mark.y - mark.radius - text * 0.28, "middle"
    aslant = mark.radius * 0.7 + 1.0
    yield mark.x + aslant, mark.y + mark.radius + text * 0.7, "start"
    yield mark.x + aslant, mark.y - mark.radius - text * 0.1, "start"
    yield mark.x - aslant, mark.y + mark.radius + text * 0.7, "end"
    yield mark.x - aslant, mark.y - mark.radius - text * 0.1, "end"
    for share in (0.25, -0.25, 0.12, -0.12):
        yield mark.x + share * across, mark.y + mark.radius + text * 0.85, "middle"
        yield mark.x + share * across, mark.y - mark.radius - text * 0.28, "middle"
    for down in (0.45, -0.45):
        yield mark.x + beside, middle + down * text, "start"
        yield mark.x - beside, middle + down * text, "end"
