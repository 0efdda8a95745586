"""A large choice: a picture, a few bold words, and what it means."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.base import named

_FLAGS = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


class Choice(QAbstractButton):
    """One of a few ways to go on. Enter and Space choose it."""

    def __init__(
        self, icon: str, heading: str, words: str, *, first: bool = False,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setText(heading)
        self._icon, self._words, self._first = icon, words, first
        named(self, heading, words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        """Words wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Both texts at that width, with room around."""
        px = theme().px
        inner = max(px(80), width - self._left() - px(48))
        heading, words = self._heights(inner)
        return max(px(72), heading + words + px(4) + 2 * px(16))

    def sizeHint(self) -> QSize:
        """Comfortable reading width."""
        width = theme().px(420)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Narrow, but whole."""
        return QSize(theme().px(200), theme().px(72))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """The pointer is over it."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer has left."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Card, icon, heading, words, arrow."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        c, px = theme().colours, theme().px
        over = self.underMouse() or self.isDown()
        painter.setPen(QPen(theme().colour("action" if over or self._first else "control"),
                            2 if self._first else 1))  # fmt: skip
        painter.setBrush(theme().colour("selected" if over else "surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), px(8), px(8))
        ratio = self.devicePixelRatioF()
        tile = QRectF(px(18), (self.height() - px(44)) / 2, px(44), px(44))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("info_back"))
        painter.drawRoundedRect(tile, px(6), px(6))
        picture = pixmap(self._icon, "info", 26, ratio=ratio)
        painter.drawPixmap(round(tile.x() + px(9)), round(tile.y() + px(9)), picture)
        arrow = pixmap("chevron_right", "action", 22, ratio=ratio)
        painter.drawPixmap(self.width() - px(36), (self.height() - px(22)) // 2, arrow)
        inner = self.width() - self._left() - px(48)
        heading, words = self._heights(inner)
        top = (self.height() - heading - words - px(4)) // 2
        painter.setPen(theme().colour("text"))
        painter.setFont(theme().font("heading", "bold"))
        painter.drawText(QRect(self._left(), top, inner, heading), _FLAGS, self.text())
        painter.setPen(theme().colour("text" if c.muted == c.text else "muted"))
        painter.setFont(theme().font())
        below = QRect(self._left(), top + heading + px(4), inner, words)
        painter.drawText(below, _FLAGS, self._words)
        painter.end()

    def _left(self) -> int:
        return theme().px(80)

    def _heights(self, inner: int) -> tuple[int, int]:
        room = QRect(0, 0, inner, 100_000)
        big = QFontMetrics(theme().font("heading", "bold"))
        small = QFontMetrics(theme().font())
        return (
            big.boundingRect(room, _FLAGS, self.text()).height() + 1,
            small.boundingRect(room, _FLAGS, self._words).height() + 1,
        )
