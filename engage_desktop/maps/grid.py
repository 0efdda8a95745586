"""The grid of two scores: power and interest, and its cousins.

`build` gives the scene; `plot_for` the same grid as geometry, so that a window can tell into which
cell something was dropped: `plot_for(scores, view, ...).cell_at(x, y)`, and then
`view.values(cell)` for the fields to write. `VIEWS` are the grids offered, `view_of` reads one
from words. Columns and rows with many in them are given more room, unless `even` asks otherwise.

Several stakeholders in one cell stand side by side in the order of their names, so that the same
people give the same picture on every laptop. Where names have no room they are shortened, then
become numbers of the table's rows; where numbers have none, the cell says how many more there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import hypot

from engage_desktop.maps import grid_words
from engage_desktop.maps.cells import Box, Placed, fill, ghost_strip
from engage_desktop.maps.people import Names, Scored, Scores, in_order
from engage_desktop.maps.scene import Area, Item, Line, Mark, Scene, Text, rectangle
from engage_desktop.maps.views import (
    A4_PLOT,
    POWER_INTEREST,
    VIEWS,
    Cell,
    Plot,
    View,
    plot_of,
    strip_of,
    view_of,
)
from engage_desktop.stakeholders.influence import HIGH, STRATEGIES, Quadrant, quadrant

_STRONG, _FINE = ("muted", 1.5), ("line", 0.7)


def build(
    scores: Scores,
    view: View = POWER_INTEREST,
    *,
    size: tuple[float, float] = A4_PLOT,
    text: float = 9.0,
    hide_names: bool = False,
    even: bool = False,
) -> Scene:
    """The scene of a grid. `text` is the size of names where there is room for it, in points."""
    names = Names(hide_names)
    cells = _in_cells(scores, view)
    reading = sorted(cells, key=lambda cell: (-cell[1], -cell[0]))
    people = [one for cell in reading for one in cells[cell]]
    found = grid_words.Found(scores, view, names, people, _moved(people, view))
    drawing = _Drawing(found, cells, reading, _plot(cells, view, size, text, even), text)
    items, placed = drawing.items()
    return Scene(
        "stakeholder-map", view.title, size, found.description(), items, found.table(),
        found.legend(), found.notes(placed), found.advice(),
        tuple((who.id, names(who)) for who in scores.others), scores.others_count,
    )  # fmt: skip


def plot_for(
    scores: Scores,
    view: View = POWER_INTEREST,
    *,
    size: tuple[float, float] = A4_PLOT,
    text: float = 9.0,
    even: bool = False,
) -> Plot:
    """The grid that `build` draws for the same arguments."""
    return _plot(_in_cells(scores, view), view, size, text, even)


def _plot(
    cells: dict[Cell, list[Scored]], view: View, size: tuple[float, float], text: float, even: bool
) -> Plot:
    crowd = {cell: len(some) for cell, some in cells.items()}
    return plot_of(view, size, text, None if even else crowd)


def _in_cells(scores: Scores, view: View) -> dict[Cell, list[Scored]]:
    """Everyone in their cell, by name."""
    by_id = {one.who.id: one for one in scores.placed}
    cells: dict[Cell, list[Scored]] = {}
    for who in in_order(one.who for one in scores.placed):
        cell = view.cell(by_id[who.id].now)
        if cell is not None:
            cells.setdefault(cell, []).append(by_id[who.id])
    return cells


def _moved(people: Iterable[Scored], view: View) -> dict[str, Cell]:
    """Where those stood who stand elsewhere today."""
    moved = {}
    for one in people:
        was = view.cell(one.then) if one.before is not None else None
        if was is not None and was != view.cell(one.now):
            moved[one.who.id] = was
    return moved


class _Drawing:
    """Puts the items of one grid together."""

    def __init__(
        self,
        found: grid_words.Found,
        cells: dict[Cell, list[Scored]],
        reading: list[Cell],
        plot: Plot,
        text: float,
    ) -> None:
        self._found, self._view = found, found.view
        self._cells, self._reading, self._plot, self._text = cells, reading, plot, text

    def items(self) -> tuple[tuple[Item, ...], list[Placed]]:
        """Back to front, and what stands in each cell."""
        placed = self._placed()
        marks = {mark.key: mark for item in placed for mark in item.marks}
        ghosts = self._ghosts()
        items: list[Item] = [*self._ground(), *self._lines(), *self._axes(), *self._strategies()]
        items += [_arrow(ghost, marks[key]) for key, ghost in ghosts.items() if key in marks]
        items += [*ghosts.values(), *marks.values()]
        items += [label for item in placed for label in item.labels]
        return tuple(items), placed

    def _placed(self) -> list[Placed]:
        leaving = Counter(self._found.moved.values())
        found = []
        for cell in self._reading:
            some = [one.who for one in self._cells[cell]]
            marks = [
                Mark(0, 0, self._text * 0.42, who.shape, "plain", who.id, self._found.words(one),
                     barred=who.do_not_contact)
                for who, one in zip(some, self._cells[cell], strict=True)
            ]  # fmt: skip
            box = self._inside(cell)
            room = box.less(ghost_strip(box, leaving[cell]))
            labels = [self._found.names(who) for who in some]
            numbers = [self._found.numbers[who.id] for who in some]
            ground = self._ground_of(cell) if self._found.moved else ""
            found.append(fill(room, marks, labels, numbers, self._text, ground))
        return found

    def _inside(self, cell: Cell) -> Box:
        """A cell without the strip for the words of its quadrant."""
        box = self._plot.cell_box(cell)
        strip = strip_of(self._view, self._text)
        top = strip if cell[1] == self._plot.rows - 1 else 0.0
        bottom = strip if cell[1] == 0 else 0.0
        return Box(box.left + 3, box.top + 3 + top, box.right - 3, box.bottom - 3 - bottom)

    def _ghosts(self) -> dict[str, Mark]:
        """Where those who moved stood: in a strip at the foot of that cell, by name."""
        waiting: dict[Cell, list[Scored]] = {}
        for one in self._found.people:
            if one.who.id in self._found.moved:
                waiting.setdefault(self._found.moved[one.who.id], []).append(one)
        found: dict[str, Mark] = {}
        for cell, some in waiting.items():
            spots = ghost_strip(self._inside(cell), len(some)).spots
            for (x, y, radius), one in zip(spots, some, strict=True):
                key = f"ghost:{one.who.id}"
                found[one.who.id] = Mark(x, y, radius, one.who.shape, "muted", key, ghost=True)
        return found

    def _ground(self) -> Iterable[Item]:
        """The cells, tinted by quadrant, or along the diagonal where what is wanted is."""
        for column in range(self._plot.columns):
            for row in range(self._plot.rows):
                box = self._plot.cell_box((column, row))
                rings = rectangle(box.left, box.top, box.right, box.bottom)
                yield Area(rings, self._ground_of((column, row)))

    def _ground_of(self, cell: Cell) -> str:
        column, row = cell
        if self._view.strategic:
            return grid_words.QUADRANT_TONES[quadrant(row + 1, column + 1)]
        return "good" if self._view.wanted and column == row else "surface"

    def _lines(self) -> Iterable[Item]:
        """Fine lines between cells, strong ones between quadrants."""
        box = self._plot.box
        for column, x in enumerate(self._plot.xs):
            yield Line(((x, box.top), (x, box.bottom)), *self._weight(column))
        for row, y in enumerate(self._plot.ys):
            yield Line(((box.left, y), (box.right, y)), *self._weight(row))

    def _weight(self, index: int) -> tuple[str, float]:
        return _STRONG if self._view.strategic and index == HIGH - 1 else _FINE

    def _axes(self) -> Iterable[Item]:
        """The words of each column and row, and which score goes where it grows."""
        plot, text = self._plot.box, self._text
        for column, word in enumerate(self._view.x.words):
            box = self._plot.cell_box((column, 0))
            middle = (box.left + box.right) / 2
            yield Text(middle, plot.bottom + text * 1.25, word, text, "muted", anchor="middle")
        for row, word in enumerate(self._view.y.words):
            box = self._plot.cell_box((0, row))
            middle = (box.top + box.bottom) / 2 + text * 0.35
            yield Text(plot.left - 5, middle, word, text, "muted", anchor="end")
        base, foot = plot.top - 6, plot.bottom + text * 2.8 + 2
        yield Line(((4, base), (4, base - text)), "text", 1.2, arrow=True)
        yield Text(10, base, self._view.y.label, text, "text", bold=True)
        right, level = plot.right, foot - text * 0.35
        yield Line(((right - text - 1, level), (right - 1, level)), "text", 1.2, arrow=True)
        label = self._view.x.label
        yield Text(right - text - 6, foot, label, text, "text", bold=True, anchor="end")

    def _strategies(self) -> Iterable[Item]:
        """What each quadrant asks, at its outer edge."""
        if not self._view.strategic:
            return
        plot, text = self._plot.box, self._text
        middle = self._plot.xs[HIGH - 1]
        high_power: tuple[Quadrant, ...] = ("closely", "satisfied")
        for name, words in STRATEGIES.items():
            x = (plot.right if name in ("closely", "informed") else middle) - 4
            y = plot.top + text * 1.2 if name in high_power else plot.bottom - text * 0.5
            yield Text(x, y, words, text * 1.1, bold=True, anchor="end")


def _arrow(ghost: Mark, mark: Mark) -> Line:
    """From where somebody stood to where they stand, edge to edge."""
    far = hypot(mark.x - ghost.x, mark.y - ghost.y) or 1.0
    across, down = (mark.x - ghost.x) / far, (mark.y - ghost.y) / far
    begin = (ghost.x + across * ghost.radius, ghost.y + down * ghost.radius)
    end = (mark.x - across * (mark.radius + 1), mark.y - down * (mark.radius + 1))
    return Line((begin, end), "muted", 0.9, arrow=True)


__all__ = ["A4_PLOT", "VIEWS", "Cell", "Plot", "View", "build", "plot_for", "view_of"]
