"""Steps of a piece of work side by side: each done, open or overdue, with its day and words."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import theme
from ui.widgets.base import Label, named, spaced
from ui.widgets.pills import IconTile

LOOKS = {
    "done": ("check", "good"),
    "open": ("schedule", "plain"),
    "overdue": ("error", "bad"),
    "not_needed": ("remove", "plain"),
}
"""Icon and tone of each state."""

COLUMN = 205
"""A step is at least so wide (pixels at 100 % text)."""
MOST_COLUMNS = 3


@dataclass(frozen=True)
class StepShown:
    """`state` is one of `LOOKS`; `said` is how the state is told, for those who do not see it."""

    name: str
    state: str
    said: str
    words: str


class StepTile(QWidget):
    """One step."""

    def __init__(self, step: StepShown) -> None:
        super().__init__()
        named(self, f"{step.name}: {step.said}. {step.words}")
        icon, tone = LOOKS[step.state]
        row = QHBoxLayout(self)
        spaced(row, gap=8)
        row.addWidget(IconTile(icon, tone, step.said, 26), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        spaced(words, gap=0)
        words.addWidget(Label(step.name, "strong"))
        words.addWidget(Label(step.words, "small"))
        words.addStretch(1)
        row.addLayout(words, 1)


class StepGrid(QWidget):
    """The steps in reading order, in as many columns as there is room for."""

    def __init__(self, name: str) -> None:
        super().__init__()
        named(self, name)
        self._grid = QGridLayout(self)
        spaced(self._grid, gap=12)
        self._tiles: list[StepTile] = []
        self._columns = 0

    def show_steps(self, steps: list[StepShown]) -> None:
        """Other steps."""
        for tile in self._tiles:
            self._grid.removeWidget(tile)
            tile.hide()
            tile.setParent(None)
            tile.deleteLater()
        self._tiles = [StepTile(step) for step in steps]
        self._columns = 0
        self._lay()

    def _lay(self) -> None:
        columns = max(1, min(MOST_COLUMNS, self.width() // theme().px(COLUMN)))
        if columns == self._columns:
            return
        self._columns = columns
        for at, tile in enumerate(self._tiles):
            self._grid.addWidget(tile, at // columns, at % columns)
        for column in range(MOST_COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay()
