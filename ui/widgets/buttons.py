"""Buttons with the verb on them, tick boxes and radio buttons whose words wrap, and combos."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QShowEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QLabel,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QWidget,
)

from ui.icons import icon, pixmap
from ui.theme import theme
from ui.widgets.base import look, named

_ICON_COLOUR = {"primary": "on_action", "secondary": "action", "danger": "bad", "link": "action"}
KEYPAD = Qt.KeyboardModifier.KeypadModifier
BOX = 22
"""Side of a tick box in pixels at 100 % text."""


class Button(QPushButton):
    """A button. `how`: plain, primary, secondary, danger, quiet, link or icon."""

    def __init__(
        self,
        text: str,
        icon_name: str = "",
        how: str = "plain",
        *,
        key: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._how = how
        self._write(text)
        look(self, how)
        named(self, text)
        if how == "icon" or key:
            self.setToolTip(f"{text} ({key})" if key else text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        theme().changed.connect(self._tint)
        self._tint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the keyboard, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & ~KEYPAD:
            self.click()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Its picture is muted with it."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self._tint()

    def say(self, text: str) -> None:
        """New words on the button, for the eye and the ear."""
        self._write(text)
        named(self, text)
        if self.toolTip():
            self.setToolTip(text)

    def _write(self, text: str) -> None:
        if self._how != "icon":
            # Qt leaves too little between icon and words.
            gap = " " if self._icon_name and text else ""
            words = text.replace("&", "&&")
            after = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            self.setText(words + gap.replace(" ", "\N{NO-BREAK SPACE}") if after else gap + words)

    def show_words(self, shown: bool) -> None:
        """Its words beside the icon, or the icon alone; it is called the same."""
        self._write(self.accessibleName() if shown else "")

    def icon_after(self) -> None:
        """The icon stands after the words."""
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._write(self.accessibleName())

    def set_icon(self, icon_name: str) -> None:
        """Another icon of the set."""
        self._icon_name = icon_name
        self._tint()

    def _tint(self) -> None:
        if self._icon_name:
            colour = _ICON_COLOUR.get(self._how, "text")
            self.setIcon(icon(self._icon_name, colour, disabled=not self.isEnabled()))
        side = theme().px(20)
        self.setIconSize(QSize(side, side))


class _Worded:
    """A box or ring with words beside it that wrap: painted here, for both kinds of button.

    Mixed in before the Qt class, whose painting and measuring it takes over.
    """

    ring = False

    def _set_up(self: QAbstractButton, text: str) -> None:
        named(self, text)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self: QAbstractButton, width: int) -> int:
        words = self.fontMetrics().boundingRect(_words_box(width), _WRAPPED, self.text())
        return max(theme().px(BOX), words.height()) + 2 * theme().px(4)

    def sizeHint(self: QAbstractButton) -> QSize:
        words = self.fontMetrics().size(0, self.text())
        width = _words_box(0).left() + words.width() + 2
        return QSize(width, max(theme().px(BOX), words.height()) + 2 * theme().px(4))

    def minimumSizeHint(self: QAbstractButton) -> QSize:
        advance = self.fontMetrics().horizontalAdvance
        longest = max((advance(word) for word in self.text().split()), default=0)
        return QSize(_words_box(0).left() + longest + 2, self.sizeHint().height())

    def hitButton(self: QAbstractButton, at: QPoint) -> bool:
        return self.rect().contains(at)

    def paintEvent(self: QAbstractButton, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side, pad, line = theme().px(BOX), theme().px(4), self.fontMetrics().height()
        box = QRectF(1, pad + max(0, (line - side) / 2) + 1, side - 2, side - 2)
        if self.ring:  # type: ignore[attr-defined]
            _paint_ring(painter, box, self.isChecked())
        else:
            _paint_box(painter, box, self.isChecked(), self.devicePixelRatioF())
        painter.setPen(theme().colour("text" if self.isEnabled() else "muted"))
        words = _words_box(self.width())
        words.moveTop(pad + max(0, (side - line) // 2))
        painter.drawText(words, _WRAPPED, self.text())
        painter.end()


_WRAPPED = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft)


def _words_box(width: int) -> QRect:
    left = theme().px(BOX + 10)
    return QRect(left, 0, max(1, width - left), 100_000)


def _paint_ring(painter: QPainter, box: QRectF, on: bool) -> None:
    painter.setPen(QPen(theme().colour("action" if on else "control"), theme().px(2)))
    painter.setBrush(theme().colour("surface"))
    painter.drawEllipse(box)
    if on:
        inset = box.width() * 0.27
        painter.setBrush(theme().colour("action"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(box.adjusted(inset, inset, -inset, -inset))


def _paint_box(painter: QPainter, box: QRectF, on: bool, ratio: float) -> None:
    painter.setPen(QPen(theme().colour("action" if on else "control"), theme().px(2)))
    painter.setBrush(theme().colour("action" if on else "surface"))
    painter.drawRoundedRect(box, theme().px(3), theme().px(3))
    if on:
        half = theme().px(BOX - 4) // 2
        tick = pixmap("check", "on_action", BOX - 4, ratio=ratio)
        painter.drawPixmap(box.center().toPoint() - QPoint(half, half), tick)


class Tick(_Worded, QCheckBox):
    """A tick box."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        QCheckBox.__init__(self, text, parent)
        self._set_up(text)


class Radio(_Worded, QRadioButton):
    """One of several, of which one is chosen."""

    ring = True

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        QRadioButton.__init__(self, text, parent)
        self._set_up(text)


class Combo(QComboBox):
    """A list to choose from. The wheel scrolls the page, never the choice."""

    def __init__(
        self,
        name: str,
        items: Sequence[tuple[str, str]] = (),
        *,
        editable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, name)
        self.setEditable(editable)
        if editable:
            self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            named(self.lineEdit(), name)
        for code, label in items:
            self.addItem(label, code)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def minimumSizeHint(self) -> QSize:
        """May be narrower than its longest item, which the open list shows whole."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), theme().px(160)), hint.height())

    def showEvent(self, event: QShowEvent) -> None:
        """On Linux Qt calls a list by the words chosen in it; the question comes from a label."""
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is None or self.isEditable():
            return
        labels = parent.findChildren(QLabel, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if not any(label.buddy() is self for label in labels):
            asked = QLabel(self.accessibleName(), parent)
            asked.hide()
            asked.setBuddy(self)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        side = theme().px(20)
        arrow = pixmap("keyboard_arrow_down", "text", 20, ratio=self.devicePixelRatioF())
        painter.drawPixmap(self.width() - side - theme().px(6), (self.height() - side) // 2, arrow)
        painter.end()
