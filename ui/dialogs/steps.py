"""Where one is in a few steps: numbered, named, the present one marked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.base import named
from ui.words import translate


class Steps(QWidget):
    """1 File, 2 Columns, … painted in a line; wraps to short form when there is little room."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = list(names)
        self._at = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_at(0)

    def show_at(self, at: int) -> None:
        """This step is the present one."""
        self._at = at
        words = translate("steps", "Step {n} of {all}: {name}")
        named(self, words.format(n=at + 1, all=len(self._names), name=self._names[at]))
        self.update()

    def sizeHint(self) -> QSize:
        """All names in a line."""
        return QSize(theme().px(480), theme().px(32))

    def minimumSizeHint(self) -> QSize:
        """The numbers alone."""
        return QSize(theme().px(30) * len(self._names), theme().px(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Circles, names and the line between."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px, side = theme().px, theme().px(26)
        wide = self.width() / len(self._names)
        middle = self.height() / 2
        for index, name in enumerate(self._names):
            left = index * wide
            done, now = index < self._at, index == self._at
            circle = QRectF(left, middle - side / 2, side, side)
            painter.setPen(QPen(theme().colour("action" if done or now else "control"), 2))
            painter.setBrush(theme().colour("action" if now else "surface"))
            painter.drawEllipse(circle.adjusted(1, 1, -1, -1))
            painter.setFont(theme().font("small", "bold"))
            if done:
                tick = pixmap("check", "action", 18, ratio=self.devicePixelRatioF())
                painter.drawPixmap(round(left + (side - px(18)) / 2), round(middle - px(9)), tick)
            else:
                painter.setPen(theme().colour("on_action" if now else "muted"))
                painter.drawText(circle, int(Qt.AlignmentFlag.AlignCenter), str(index + 1))
            painter.setFont(theme().font("body", "bold" if now else "regular"))
            painter.setPen(theme().colour("text" if now or done else "muted"))
            room = QRectF(left + side + px(8), 0, wide - side - px(20), self.height())
            words = painter.fontMetrics().elidedText(
                name, Qt.TextElideMode.ElideRight, int(room.width())
            )
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(room, int(flags), words)
        painter.end()
