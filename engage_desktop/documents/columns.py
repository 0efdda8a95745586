"""How wide each column of a register is, which way up the page lies, and how large the type.

Settled from the first rows, so that a register can be a stream. Every column is given the width
of its longest word; what is left goes, a little at a time, to whichever column makes the most rows
tall. The largest type wins in which rows stay short. Lengths are in points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from engage_desktop.documents.fonts import FontBook
from engage_desktop.documents.layout import Layout
from engage_desktop.documents.shaping import Shaper
from engage_desktop.documents.style import A4, A4_LANDSCAPE, StyleSheet

PAD_X, PAD_Y = 5.0, 4.0
_SIZES = (12.0, 11.0, 10.0, 9.0, 8.0)
_LONGEST_WORD = 120.0
_STEP = 6.0
_SAMPLE = 80
# Mean lines to a row that still read as a row, upright and on its side.
_SHORT_UPRIGHT, _SHORT = 1.5, 3.5
_LOSS, _LOSS_OF_A_WORD = 1.12, 1.6


@dataclass(frozen=True)
class Grid:
    """The settled table: the page, the type size, and how wide each column is."""

    page: tuple[float, float]
    size: float
    widths: tuple[float, ...]


@dataclass(frozen=True)
class _Measures:
    """What the columns of the sample need at one size.

    A cell is its width on one line, and how much of a line is lost each time it has to wrap: more
    where it is a single long word, which parts in few places.
    """

    least: tuple[float, ...]
    natural: tuple[float, ...]
    cells: tuple[tuple[tuple[float, float], ...], ...]


def settle(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    book: FontBook,
    *,
    margin: float,
    fixed: float | None = None,
    page: tuple[float, float] | None = None,
) -> Grid:
    """The grid for columns called `heads` with `rows` as a sample.

    `fixed` is a type size to keep whatever comes of it, `page` the only page to lay it out for.
    Raises MissingGlyphError.
    """
    pages = ((A4, _SHORT_UPRIGHT), (A4_LANDSCAPE, _SHORT)) if page is None else ((page, _SHORT),)
    layout = Layout(Shaper(book))
    last: Grid | None = None
    for size in (fixed,) if fixed else _SIZES:
        measures = _measure(heads, rows[:_SAMPLE], layout, size)
        for sheet, short in pages:
            room = sheet[0] - 2 * margin
            widths, mean = _share(measures, room)
            last = Grid(sheet, size, widths)
            if sum(measures.least) <= room and mean <= short:
                return last
    assert last is not None
    return last


def _measure(
    heads: Sequence[str], rows: Sequence[Sequence[str]], layout: Layout, size: float
) -> _Measures:
    sheet = StyleSheet("Register", size, 1.3)
    body, strong = sheet.body.font, sheet.strong.font
    least = [layout.widest_word(head, strong, size, _LONGEST_WORD) for head in heads]
    natural = list(least)
    cells: list[tuple[tuple[float, float], ...]] = []
    for row in rows:
        widths: list[tuple[float, float]] = []
        for index in range(len(heads)):
            text = row[index] if index < len(row) else ""
            width = layout.width(text, body, size)
            widths.append((width, _LOSS if " " in text.strip() else _LOSS_OF_A_WORD))
            word = layout.widest_word(text, body, size, _LONGEST_WORD)
            least[index] = max(least[index], word)
            natural[index] = max(natural[index], width)
        cells.append(tuple(widths))
    pad = 2 * PAD_X
    return _Measures(
        tuple(width + pad for width in least),
        tuple(width + pad for width in natural),
        tuple(cells),
    )


def _share(measures: _Measures, room: float) -> tuple[tuple[float, ...], float]:
    """Widths that fill `room`, and the mean number of lines a row of the sample then has."""
    floor = sum(measures.least)
    if floor > room:
        widths = [width * room / floor for width in measures.least]
        return tuple(widths), _lines(measures, widths)[1]
    widths = list(measures.least)
    spare = room - floor
    while spare >= _STEP:
        pressure, _mean = _lines(measures, widths)
        neediest = max(range(len(widths)), key=lambda index: pressure[index])
        if pressure[neediest] == 0:
            break
        widths[neediest] += _STEP
        spare -= _STEP
    # Whatever nobody needs is spread, so that the table fills the page.
    whole = sum(widths)
    widths = [width * room / whole for width in widths]
    return tuple(widths), _lines(measures, widths)[1]


def _lines(measures: _Measures, widths: Sequence[float]) -> tuple[list[int], float]:
    """For each column, the lines of the rows that it alone makes tall; and the mean of all rows."""
    pressure = [0] * len(widths)
    total = 0
    for cells in measures.cells:
        heights = [
            ceil(cell / (width - 2 * PAD_X) * (1.0 if cell + 2 * PAD_X <= width else loss))
            for (cell, loss), width in zip(cells, widths, strict=True)
        ]
        tallest = max(heights)
        total += max(tallest, 1)
        if tallest > 1:
            for index, height in enumerate(heights):
                if height == tallest:
                    pressure[index] += height
    return pressure, total / max(len(measures.cells), 1)
