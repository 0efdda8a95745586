"""Many in one cell: side by side, in order, as large as the cell lets them be.

Names first; names shortened; then numbers; then as many numbers as fit and "12 more". Lengths are
in points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from engage_desktop.maps.lettering import shortened, width
from engage_desktop.maps.scene import Mark, Text

_SMALLEST = 0.78  # of the size asked for: 7 points where 9 are asked for
_READABLE = 6.5  # ems that a shortened name must keep: some eleven letters
_LINE = 1.28  # from line to line, in ems
_BEFORE, _GAP, _AFTER = 1.0, 2.0, 2.5  # before a mark, between it and its name, behind that
_BESIDE = _BEFORE + _GAP + _AFTER
_BIT = 0.01  # so that what just fits is not lost to rounding
_GHOST = 3.0


@dataclass(frozen=True, slots=True)
class Box:
    """Edges, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    def less(self, strip: Strip) -> Box:
        """The box above a strip at its foot."""
        return replace(self, bottom=self.bottom - strip.height)


@dataclass(frozen=True, slots=True)
class Strip:
    """Places for ghosts at the foot of a cell: x, y and radius of each."""

    height: float
    spots: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """What stands in a cell. `more` counts those who found no room."""

    marks: tuple[Mark, ...]
    labels: tuple[Text, ...]
    numbered: bool = False
    more: int = 0


def ghost_strip(box: Box, count: int) -> Strip:
    """A strip for `count` ghosts, never more than a third of the cell: then they stand closer."""
    if not count:
        return Strip(0.0, ())
    pitch = 2 * _GHOST + 2
    per_row = max(1, int(box.width / pitch))
    rows = ceil(count / per_row)
    most = max(1, int(box.height / 3 / pitch))
    if rows > most:
        rows, per_row = most, ceil(count / most)
    step = min(pitch, box.width / per_row)
    top = box.bottom - rows * pitch
    spots = tuple(
        (box.left + (index % per_row + 0.5) * step, top + (index // per_row + 0.5) * pitch, _GHOST)
        for index in range(count)
    )
    return Strip(rows * pitch, spots)


def fill(
    box: Box,
    marks: Sequence[Mark],
    labels: Sequence[str],
    numbers: Sequence[int],
    text: float,
    ground: str,
) -> Placed:
    """Marks and labels of one cell, in the order given. `text` is the size wished for, `ground`
    the tone of the cell."""
    longest = max((width(label, text) / text for label in labels), default=0.0)
    size = text
    while size >= text * _SMALLEST - 0.01:
        shape = _shape(box, len(marks), size, min(longest, _READABLE), marks[0].radius)
        if shape is not None:
            return Placed(*_named(box, marks, labels, size, shape, ground))
        size -= 0.5
    return _numbered(box, marks, numbers, text * _SMALLEST, ground)


def _shape(box: Box, count: int, size: float, ems: float, radius: float) -> int | None:
    """How many columns hold `count` labels of `ems`; None where the cell is too small."""
    rows = int(box.height / (size * _LINE))
    if not rows:
        return None
    columns = ceil(count / rows)
    room = box.width / columns - 2 * radius - _BESIDE
    return columns if room >= ems * size - _BIT else None


def _named(
    box: Box, marks: Sequence[Mark], labels: Sequence[str], size: float, columns: int, ground: str
) -> tuple[tuple[Mark, ...], tuple[Text, ...]]:
    rows = ceil(len(marks) / columns)
    line, step = size * _LINE, box.width / columns
    found: list[Mark] = []
    words: list[Text] = []
    for index, (mark, label) in enumerate(zip(marks, labels, strict=True)):
        left, middle = box.left + index // rows * step, box.top + (index % rows + 0.5) * line
        found.append(replace(mark, x=left + mark.radius + _BEFORE, y=middle))
        x = left + 2 * mark.radius + _BEFORE + _GAP
        said = shortened(label, size, left + step - x - _AFTER + 2 * _BIT)
        words.append(Text(x, middle + size * 0.35, said, size, key=mark.key, ground=ground))
    return tuple(found), tuple(words)


def _numbered(
    box: Box, marks: Sequence[Mark], numbers: Sequence[int], size: float, ground: str
) -> Placed:
    """Numbers for names; the last line says how many more there are, where there are more."""
    small = [replace(mark, radius=size * 0.4) for mark in marks]
    labels = [str(number) for number in numbers]
    ems = max(width(label, size) / size for label in labels)
    columns = _shape(box, len(marks), size, ems, small[0].radius)
    if columns is not None:
        # As many columns as stand side by side: numbers are read in rows like words.
        return Placed(*_named(box, small, labels, size, columns, ground), numbered=True)
    upper = replace(box, bottom=box.bottom - size * _LINE)
    across = int(box.width / (2 * small[0].radius + _BESIDE + ems * size))
    shown = min(len(marks), across * max(0, int(upper.height / (size * _LINE))))
    more = Text(box.left + 1, box.bottom - size * 0.35, "", size, "muted", ground=ground)
    said = shortened(f"{len(marks) - shown:,} more: see the table", size, box.width) or "+"
    found, words = (
        _named(upper, small[:shown], labels[:shown], size, across, ground) if shown else ((), ())
    )
    return Placed(found, (*words, replace(more, text=said)), bool(shown), len(marks) - shown)
