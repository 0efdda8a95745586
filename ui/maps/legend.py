"""What the signs of a map mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from engage_desktop.maps.scene import Area, Entry, Mark
from ui.maps.painting import Painter
from ui.theme import theme
from ui.widgets.base import Label, clear, named, spaced
from ui.words import translate

WIDE, HIGH = 30, 18


class _Sign(QWidget):
    """One sign, in the middle of a small box."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        named(self, entry.words)
        self._sign = entry.sign
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme().px(WIDE), theme().px(HIGH))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sign, middle = self._sign, (self.width() / 2, self.height() / 2)
        if isinstance(sign, Mark):
            sign = replace(sign, x=middle[0], y=middle[1])
        else:
            rings = sign.rings if isinstance(sign, Area) else (sign.points,)
            xs = [x for ring in rings for x, _ in ring]
            ys = [y for ring in rings for _, y in ring]
            painter.translate(
                middle[0] - (min(xs) + max(xs)) / 2, middle[1] - (min(ys) + max(ys)) / 2
            )
        Painter().paint(painter, sign)
        painter.end()


class Legend(QWidget):
    """A line for each sign in use."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, translate("maps", "What the signs mean"))
        self._box = QVBoxLayout(self)
        spaced(self._box, gap=4)
        self._entries: tuple[Entry, ...] = ()

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these lines."""
        if tuple(entries) == self._entries:
            return
        self._entries = tuple(entries)
        clear(self._box)
        for entry in entries:
            line = QHBoxLayout()
            spaced(line, gap=8)
            line.addWidget(_Sign(entry))
            line.addWidget(Label(entry.words, "small"), 1)
            self._box.addLayout(line)


__all__ = ["Legend"]
