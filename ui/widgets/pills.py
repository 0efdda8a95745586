"""Pills, chips and icon tiles: words with an icon, so that colour never speaks alone."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.base import named
from ui.words import translate

TONE_ICONS = {"good": "check", "warning": "warning", "bad": "close", "info": "info", "plain": ""}


class Pill(QWidget):
    """A short status: icon and words on a tinted ground."""

    def __init__(
        self,
        text: str,
        tone: str = "plain",
        icon_name: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_as(text, tone, icon_name)
        theme().changed.connect(self._rescale)

    def show_as(self, text: str, tone: str = "plain", icon_name: str | None = None) -> None:
        """New words, tone and icon (None: the tone's own)."""
        self.text, self._tone = text, tone
        self._icon = TONE_ICONS[tone] if icon_name is None else icon_name
        named(self, text or translate("pill", "Status"))
        self._rescale()

    def _rescale(self) -> None:
        self.setFont(theme().font("small", "bold"))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        px = theme().px
        icon_room = px(18) if self._icon else 0
        return QSize(
            metrics.horizontalAdvance(self.text) + icon_room + px(16) + 1,
            max(metrics.height(), px(16)) + px(4),
        )

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px = theme().px
        words, ground = theme().tone(self._tone)
        edge = theme().scheme == "contrast"
        painter.setPen(QPen(words, 1) if edge else Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), px(4), px(4))
        left = px(8)
        if self._icon:
            picture = pixmap(self._icon, words.name(), 14, ratio=self.devicePixelRatioF())
            painter.drawPixmap(left, (self.height() - px(14)) // 2, picture)
            left += px(18)
        painter.setPen(words)
        painter.drawText(
            self.rect().adjusted(left, 0, 0, 0),
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft),
            self.text,
        )
        painter.end()


class IconTile(QWidget):
    """A small tinted square with an icon; the words beside it carry the meaning."""

    def __init__(
        self, icon_name: str, tone: str, name: str, side: int = 32, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon, self._tone, self._side = icon_name, tone, side
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        named(self, name)

    def sizeHint(self) -> QSize:
        return QSize(theme().px(self._side), theme().px(self._side))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words, ground = theme().tone(self._tone)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()), theme().px(4), theme().px(4))
        inner = self._side * 0.62
        side = theme().px(inner)
        picture = pixmap(self._icon, words.name(), inner, ratio=self.devicePixelRatioF())
        painter.drawPixmap((self.width() - side) // 2, (self.height() - side) // 2, picture)
        painter.end()


class Chip(QAbstractButton):
    """A filter or an element of a set: pressed or not, or (with `removable`) taken off.

    `removed` is emitted by its cross, Delete or Backspace.
    """

    removed = Signal()

    def __init__(
        self,
        text: str,
        *,
        icon_name: str = "",
        removable: bool = False,
        checkable: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setText(text)
        self._icon_name = icon_name
        self._removable = removable
        self.setCheckable(checkable and not removable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        named(self, f"{text}, press Delete to take off" if removable else text)
        theme().changed.connect(self._rescale)
        if removable:
            self.clicked.connect(self.removed)
        self._rescale()

    def say(self, text: str) -> None:
        """New words."""
        self.setText(text)
        named(self, text)
        self.updateGeometry()
        self.update()

    def _rescale(self) -> None:
        self.setFont(theme().font("small", "semi"))
        self.updateGeometry()
        self.update()

    def _icon_shown(self) -> str:
        if self._removable:
            return "close"
        return "check" if self.isCheckable() and self.isChecked() else self._icon_name

    def sizeHint(self) -> QSize:
        px = theme().px
        room = px(20) if self._icon_name or self._removable or self.isCheckable() else 0
        words = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(words + room + px(20) + 1, max(self.fontMetrics().height(), px(18)) + px(10))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._removable and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px, on = theme().px, self.isChecked() or self._removable
        words = theme().colour("on_selected" if on else "text")
        edge = "action" if on else "control"
        painter.setPen(QPen(theme().colour(edge), 1))
        painter.setBrush(theme().colour("selected" if on else "surface"))
        radius = px(6)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        shown = self._icon_shown()
        room = self._icon_name or self._removable or self.isCheckable()
        box = self.rect().adjusted(px(10), 0, -px(10), 0)
        if room and shown:
            at = box.right() - px(15) if self._removable else box.left() - px(2)
            picture = pixmap(shown, words.name(), 16, ratio=self.devicePixelRatioF())
            painter.drawPixmap(at, (self.height() - px(16)) // 2, picture)
        if room and shown and not self._removable:
            box.adjust(px(18), 0, 0, 0)
        elif room and not self._removable:
            box.adjust(px(9), 0, 0, 0)
        painter.setPen(words)
        painter.drawText(
            box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self.text()
        )
        painter.end()
