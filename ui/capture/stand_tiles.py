"""The tiles of the stand: the answers, of which one holds, and the topics, of which any may."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from engage_desktop.capture.card import ANSWERS, NOT_ASKED
from engage_desktop.capture.desk import Topic
from ui.capture.finder import TopicFinder
from ui.capture.grid import TileGrid
from ui.capture.tiles import TONES, Tile
from ui.widgets.base import named
from ui.words import translate

MOST_TOPICS = 8
"""Topics offered as tiles; the rest are found under More."""

LAST_ICON = "more_horiz"
"""The picture of a topic that is for everything else: it stands last."""


class Answers(QWidget):
    """One tile for each answer; `changed` when another is chosen or the chosen one let go.

    `watcher` is given each tile's events first: keys mean the same on every tile of the stand.
    """

    changed = Signal()

    def __init__(self, asked: str, watcher: QObject) -> None:
        super().__init__()
        named(self, asked)
        self._tiles: dict[str, Tile] = {}
        grid = TileGrid(self, 12)
        for number, choice in enumerate(ANSWERS, start=1):
            face, tone = f"sentiment_{choice.icon}", TONES[choice.code]
            tile = Tile(choice.label, face, number=str(number), tone=tone, bold=True)
            named(tile, translate("stand", "{number}, {answer}").format(
                number=number, answer=choice.label))  # fmt: skip
            tile.clicked.connect(self._clicked)
            tile.installEventFilter(watcher)
            self._tiles[choice.code] = tile
            grid.addWidget(tile)

    @property
    def tiles(self) -> list[Tile]:
        """In the order of the keys."""
        return list(self._tiles.values())

    @property
    def code(self) -> str:
        """The answer that holds."""
        return next((code for code, tile in self._tiles.items() if tile.isChecked()), NOT_ASKED)

    def put(self, code: str) -> None:
        """Choose an answer, or none."""
        for each, tile in self._tiles.items():
            tile.setChecked(each == code)
        self.changed.emit()

    def first(self) -> Tile:
        """The tile that takes the keyboard: the chosen one, or else the first."""
        chosen = next((tile for tile in self.tiles if tile.isChecked()), None)
        return chosen or self.tiles[0]

    def _clicked(self) -> None:
        pressed = self.sender()
        for tile in self.tiles:
            if tile is not pressed:
                tile.setChecked(False)
        self.changed.emit()


class Topics(QWidget):
    """A tile for each topic of the stand, and More. `grew` when a tile was added for one found."""

    changed = Signal()
    grew = Signal()

    def __init__(self, topics: Sequence[Topic], watcher: QObject) -> None:
        super().__init__()
        named(self, translate("stand", "What about?"))
        self._known, self._watcher = list(topics), watcher
        self._tiles: dict[str, Tile] = {}
        self._grid = TileGrid(self, 10)
        self._other = Tile(translate("stand", "More"), "search", number="9")
        self._other.setCheckable(False)
        self._other.clicked.connect(self.find)
        self._other.installEventFilter(watcher)
        offered = [t for t in self._known if t.on_stand] or self._known
        for topic in sorted(offered[:MOST_TOPICS], key=lambda t: t.icon == LAST_ICON):
            self._add(topic)
        self._grid.addWidget(self._other)

    @property
    def tiles(self) -> list[Tile]:
        """Every topic's, and More last."""
        return [*self._tiles.values(), self._other]

    @property
    def chosen(self) -> tuple[str, ...]:
        """The topics that hold, by id."""
        return tuple(topic for topic, tile in self._tiles.items() if tile.isChecked())

    def put(self, chosen: tuple[str, ...]) -> None:
        """Show these, with a tile for each."""
        for topic in chosen:
            self._tile_for(topic)
        for topic, tile in self._tiles.items():
            tile.setChecked(topic in chosen)

    def key(self, digit: str) -> None:
        """Press the tile that has this key."""
        for tile in self.tiles:
            if tile.number == digit:
                tile.setFocus(Qt.FocusReason.TabFocusReason)
                tile.click()
                return

    def show_badges(self, shown: bool) -> None:
        """Show the tiles' keys while they choose among them."""
        for tile in self.tiles:
            tile.show_badge(shown)

    def find(self) -> None:
        """Look for any topic by its letters."""
        finder = TopicFinder([(t.id, t.name) for t in self._known], self)
        finder.chosen.connect(self._found)
        finder.open()

    def _found(self, topic: str) -> None:
        tile = self._tile_for(topic)
        if tile is not None:
            tile.setChecked(True)
            tile.setFocus()
            self.changed.emit()

    def _tile_for(self, topic: str) -> Tile | None:
        if topic not in self._tiles:
            found = next((t for t in self._known if t.id == topic), None)
            if found is None:
                return None
            self._grid.removeWidget(self._other)
            self._add(found)
            self._grid.addWidget(self._other)
            self.updateGeometry()
            self.grew.emit()
        return self._tiles[topic]

    def _add(self, topic: Topic) -> None:
        number = str(len(self._tiles) + 1)
        tile = Tile(topic.name, topic.icon or "label", number=number if len(number) == 1 else "")
        tile.clicked.connect(self.changed)
        tile.installEventFilter(self._watcher)
        self._tiles[topic.id] = tile
        self._grid.addWidget(tile)
        self._other.set_number("9" if len(self._tiles) < 9 else "0")


__all__ = ["LAST_ICON", "MOST_TOPICS", "Answers", "Topics"]
