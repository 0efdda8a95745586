"""Large buttons with a picture and a word, for fingers, gloves and keys."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from resources import icon_ids
from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.buttons import BOX, Tick

LEAST_TARGET = 44
"""Smallest side of a target in pixels at 100 %, for gloves (WCAG 2.2, 2.5.5)."""

PAD = 16
"""Room inside a large tick box in pixels at 100 % text."""

TONES = {
    "very_good": "good",
    "good": "good",
    "neither": "muted",
    "poor": "warning",
    "very_poor": "bad",
    "dont_know": "muted",
}
"""Colour token of each answer's face; its picture, word and key say it too."""


@cache
def _known() -> frozenset[str]:
    return frozenset(icon_ids())


class Tile(QAbstractButton):
    """A picture above a word; checked tiles are tinted, ringed and ticked, not tinted alone."""

    def __init__(
        self,
        label: str,
        icon: str,
        *,
        number: str = "",
        tone: str = "brand",
        bold: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = next((i for i in (icon, icon.removeprefix("sentiment_")) if i in _known()),
                          "label")  # fmt: skip
        self._number = number
        self._tone = tone
        self._bold = bold
        self._badge = False
        self.setText(label)
        self.setCheckable(True)
        self.setAccessibleName(label)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def number(self) -> str:
        """The key that presses this tile."""
        return self._number

    def set_number(self, number: str) -> None:
        """Another key presses this tile now."""
        self._number = number
        self.update()

    def show_badge(self, shown: bool) -> None:
        """Show the tile's key in its corner while keys choose among these tiles."""
        if shown != self._badge:
            self._badge = shown
            self.update()

    def minimumSizeHint(self) -> QSize:
        """Wide enough for its words in at most two lines, never less than a gloved finger."""
        metrics = self._metrics()
        words = max((metrics.horizontalAdvance(w) for w in self.text().split()), default=0)
        two_lines = metrics.horizontalAdvance(self._words()) * 0.62 if self._wraps() else 0
        one_line = metrics.horizontalAdvance(self._words()) if not self._wraps() else 0
        pad = metrics.height()
        width = max(words + pad, int(max(two_lines, one_line)) + pad, LEAST_TARGET)
        lines = 2 if self._wraps() else 1
        height = self._picture() + metrics.lineSpacing() * lines + metrics.height() * 2
        return QSize(width, max(height, LEAST_TARGET))

    def sizeHint(self) -> QSize:
        """The least size."""
        return self.minimumSizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that the pointer is over it."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Show that the pointer has left."""
        super().leaveEvent(event)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Another text size is another tile size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Card, picture, words, tick, ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        c = theme().colours
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        chosen = self.isChecked()
        fill = c.selected if chosen or self.isDown() else c.surface
        edge = QColor(c.action if chosen or self.underMouse() else c.control)
        painter.setPen(QPen(edge, 2))
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(box, 8, 8)
        self._paint_face(painter, box)
        if chosen:
            side = self._metrics().height()
            at = box.topRight().toPoint()
            tick = pixmap(
                "check_circle", "action", side, ratio=self.devicePixelRatioF(), scaled=False
            )
            painter.drawPixmap(at.x() - side - 5, at.y() + 5, tick)
        elif self._badge and self._number:
            self._paint_badge(painter, box)
        painter.end()

    def _paint_face(self, painter: QPainter, box: QRectF) -> None:
        c = theme().colours
        metrics = self._metrics()
        fits = metrics.horizontalAdvance(self._words()) <= box.width() - 8
        words_height = metrics.lineSpacing() * (1 if fits else 2)
        picture = self._picture()
        gap = metrics.height() // 2
        top = box.top() + (box.height() - picture - gap - words_height) / 2
        face = pixmap(self._icon, self._tone, picture, ratio=self.devicePixelRatioF(), scaled=False)
        painter.drawPixmap(round(box.center().x() - picture / 2), round(top), face)
        painter.setPen(QColor(c.text))
        painter.setFont(self._face())
        area = QRectF(box.left() + 4, top + picture + gap, box.width() - 8, words_height + 2)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(area, int(flags | Qt.TextFlag.TextWordWrap), self._words())

    def _paint_badge(self, painter: QPainter, box: QRectF) -> None:
        c = theme().colours
        side = self._metrics().height() * 1.2
        badge = QRectF(box.left() + 6, box.top() + 6, side, side)
        painter.setPen(QPen(QColor(c.control), 1))
        painter.setBrush(QColor(c.page))
        painter.drawRoundedRect(badge, 4, 4)
        painter.setPen(QColor(c.text))
        painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), self._number)

    def _words(self) -> str:
        return f"{self._number}  {self.text()}" if self._bold and self._number else self.text()

    def _wraps(self) -> bool:
        return len(self.text()) > 13

    def _face(self) -> QFont:
        return theme().font("body", "bold" if self._bold else "regular")

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(self._face())

    def _picture(self) -> int:
        height = self._metrics().height()
        return round(height * (2.3 if self._bold else 1.6))


class BigTick(Tick):
    """A tick box in a card of its own, large enough for a gloved finger. Starts unticked."""

    def __init__(self, text: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._key = key
        self.setToolTip(f"{text} ({key})")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def heightForWidth(self, width: int) -> int:
        """Its words, with room around."""
        pad = theme().px(PAD)
        return max(super().heightForWidth(width - 2 * pad) + pad, theme().px(LEAST_TARGET))

    def sizeHint(self) -> QSize:
        """Its words in one line, with room around."""
        hint = super().sizeHint()
        return self._roomy(hint)

    def minimumSizeHint(self) -> QSize:
        """Its longest word, with room around."""
        return self._roomy(super().minimumSizeHint())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The card, the box and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        c, px = theme().colours, theme().px
        chosen = self.isChecked()
        painter.setPen(QPen(QColor(c.action if chosen else c.control), 2 if chosen else 1))
        painter.setBrush(QColor(c.selected if chosen else c.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), px(8), px(8))
        side = px(BOX)
        top = (self.height() - side) / 2
        box = QRectF(px(PAD), top, side, side)
        painter.setPen(QPen(QColor(c.action if chosen else c.control), px(2)))
        painter.setBrush(QColor(c.action if chosen else c.surface))
        painter.drawRoundedRect(box, px(3), px(3))
        if chosen:
            tick = pixmap("check", "on_action", BOX - 4, ratio=self.devicePixelRatioF())
            painter.drawPixmap(box.topLeft().toPoint() + QPoint(px(2), px(2)), tick)
        painter.setPen(QColor(c.text))
        left = px(PAD) + side + px(12)
        area = QRectF(left, 0, self.width() - left - px(PAD), self.height())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(area, int(flags | Qt.TextFlag.TextWordWrap), self.text())
        painter.end()

    def _roomy(self, size: QSize) -> QSize:
        pad = theme().px(PAD)
        least = theme().px(LEAST_TARGET)
        return QSize(size.width() + 2 * pad + theme().px(4), max(size.height() + pad, least))
