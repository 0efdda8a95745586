"""The left rail: areas with their badges, and at the bottom how things stand."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.base import Label, Rule, Scroll, look, named, spaced
from ui.widgets.buttons import Button
from ui.words import count_words, translate

_TEXT_LEFT, _RIGHT, _TALL = 40, 10, 36


class RailButton(QAbstractButton):
    """One area: icon, words that may take two lines, and a count of what needs somebody."""

    def __init__(self, name: str, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(name)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._icon_name, self._badge, self._narrow = icon_name, 0, False
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_badge(0)
        theme().changed.connect(self._rescale)
        self._rescale()

    def set_badge(self, count: int) -> None:
        """How many things in this area need somebody; 0 shows none."""
        self._badge = count
        needs = count_words(count, translate("rail", "needs you"), translate("rail", "need you"))
        named(self, f"{self.text()}, {needs}" if count else self.text())
        self.updateGeometry()
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Only the icon, with the words as a tip."""
        self._narrow = narrow
        self.setToolTip(self.text() if narrow else "")
        self.updateGeometry()
        self.update()

    def _rescale(self) -> None:
        self.setFont(theme().font("body", "medium"))
        self.updateGeometry()

    def _bold(self) -> None:
        self.setFont(theme().font("body", "bold" if self.isChecked() else "medium"))

    def _words_width(self, width: int) -> int:
        badge = self._badge_width() + theme().px(5) if self._badge else 0
        return max(theme().px(40), width - theme().px(_TEXT_LEFT + _RIGHT) - badge)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if self._narrow:
            return theme().px(_TALL)
        box = self.fontMetrics().boundingRect(
            QRect(0, 0, self._words_width(width), 10_000),
            int(Qt.TextFlag.TextWordWrap),
            self.text(),
        )
        return max(theme().px(_TALL), box.height() + theme().px(14))

    def sizeHint(self) -> QSize:
        if self._narrow:
            return QSize(theme().px(44), theme().px(_TALL))
        return QSize(theme().px(178), self.heightForWidth(theme().px(178)))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(44), theme().px(_TALL))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px, on = theme().px, self.isChecked()
        self._bold()
        painter.setFont(self.font())
        painter.setPen(Qt.PenStyle.NoPen)
        if on or self.underMouse():
            painter.setBrush(theme().colour("action" if on else "track"))
            painter.drawRoundedRect(QRectF(self.rect()), px(6), px(6))
        if on:
            painter.setBrush(theme().colour("selected"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(px(3), 0, 0, 0), px(5), px(5))
        colour = "on_selected" if on else "text"
        shown = pixmap(self._icon_name, colour, 20, ratio=self.devicePixelRatioF())
        painter.drawPixmap(px(11), (self.height() - px(20)) // 2, shown)
        if not self._narrow:
            words = QRect(px(_TEXT_LEFT), 0, self._words_width(self.width()), self.height())
            painter.setPen(theme().colour(colour))
            flags = Qt.TextFlag.TextWordWrap.value | Qt.AlignmentFlag.AlignVCenter.value
            painter.drawText(words, flags, self.text())
        if self._badge:
            self._paint_badge(painter)
        painter.end()

    @property
    def _badge_words(self) -> str:
        return str(self._badge) if self._badge < 100 else "99+"

    def _badge_width(self) -> int:
        metrics = QFontMetrics(theme().font("small", "bold"))
        return max(theme().px(20), metrics.horizontalAdvance(self._badge_words) + theme().px(12))

    def _paint_badge(self, painter: QPainter) -> None:
        px = theme().px
        text, width = self._badge_words, self._badge_width()
        painter.setFont(theme().font("small", "bold"))
        metrics = painter.fontMetrics()
        tall = max(px(17), metrics.height() - 2)
        if self._narrow:
            box = QRectF(self.width() - width, 0, width, tall)
        else:
            left = self.width() - px(_RIGHT) - width
            box = QRectF(left, (self.height() - tall) / 2, width, tall)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("badge"))
        painter.drawRoundedRect(box, tall / 2, tall / 2)
        painter.setPen(theme().colour("on_badge"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


@dataclass(frozen=True)
class Status:
    """How things stand, in the officer's words."""

    place: str  # "Working offline", "Shared folder found"
    as_of: str
    to_send: int
    offline: bool = True


class _StatusBlock(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        spaced(box, (10, 8, 4, 4), 2)
        top = QHBoxLayout()
        spaced(top, gap=4)
        self._icon, self._place = Label("", wrap=False), Label("", "small")
        top.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._place, 1)
        self._as_of, self._to_send = Label("", "small"), Label("", "small")
        box.addLayout(top)
        box.addWidget(self._as_of)
        box.addWidget(self._to_send)
        theme().changed.connect(self._tint)
        self.status = Status("", "", 0)

    def show_status(self, status: Status) -> None:
        self.status = status
        sends = count_words(
            status.to_send,
            translate("rail", "change to send"),
            translate("rail", "changes to send"),
        )
        self._place.setText(status.place)
        self._as_of.setText(status.as_of)
        self._to_send.setText(sends if status.to_send else translate("rail", "Nothing to send"))
        named(self, f"{status.place}. {status.as_of}. {self._to_send.text()}.")
        named(self._icon, status.place)
        self._tint()

    def _tint(self) -> None:
        name = "cloud_off" if self.status.offline else "cloud_done"
        colour = "warning" if self.status.offline else "good"
        self._icon.setPixmap(pixmap(name, colour, 16, ratio=self.devicePixelRatioF()))


class Rail(QWidget):
    """Areas from top to bottom. Up and Down move, Enter or Space opens."""

    chosen = Signal(str)

    def __init__(self, brand: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look(self, "rail")
        named(self, translate("rail", "Areas"))
        self._buttons: dict[str, RailButton] = {}
        outer = QVBoxLayout(self)
        spaced(outer, (8, 12, 8, 8), 6)
        self._brand = Label(brand, "brand", wrap=False)
        self._brand.setContentsMargins(theme().px(10), theme().px(3), 0, theme().px(3))
        outer.addWidget(self._brand)
        inner = QWidget()
        self._list = QVBoxLayout(inner)
        spaced(self._list, (4, 4, 4, 4), 1)
        self._list.addStretch(1)
        outer.addWidget(Scroll(inner, translate("rail", "Areas")), 1)
        self._rule = Rule()
        outer.addWidget(self._rule)
        self.status = _StatusBlock()
        outer.addWidget(self.status)
        self.view = Button(translate("rail", "View"), "visibility", "quiet")
        self.view.setToolTip(translate("rail", "Text size, colours, hide names, lock"))
        outer.addWidget(self.view, 0, Qt.AlignmentFlag.AlignLeft)
        self._narrow = False
        theme().changed.connect(self._rescale)
        self._rescale()

    def add_area(self, area: str, name: str, icon_name: str) -> RailButton:
        """One more area, under those before it."""
        button = RailButton(name, icon_name)
        button.setProperty("area", area)
        button.clicked.connect(self._clicked)
        self._buttons[area] = button
        self._list.insertWidget(self._list.count() - 1, button)
        return button

    def choose(self, area: str) -> None:
        """Mark an area as the one in view. The keyboard does not stay behind on another."""
        self._buttons[area].setChecked(True)
        if self.window().focusWidget() in self._buttons.values():
            self.take_keyboard()

    def take_keyboard(self) -> None:
        """Put the keyboard on the area in view."""
        for button in self._buttons.values():
            if button.isChecked():
                button.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_badge(self, area: str, count: int) -> None:
        """How many things in that area need somebody."""
        if area in self._buttons:
            self._buttons[area].set_badge(count)

    def set_narrow(self, narrow: bool) -> None:
        """Only icons, where the window has little room for its text size."""
        if narrow != self._narrow:
            self._narrow = narrow
            for button in self._buttons.values():
                button.set_narrow(narrow)
            self.status.setVisible(not narrow)
            self._brand.setVisible(not narrow)
            self._rule.setVisible(not narrow)
            self.view.show_words(not narrow)
            self._rescale()

    def _rescale(self) -> None:
        self.setFixedWidth(theme().px(68 if self._narrow else 196))

    def _clicked(self) -> None:
        self.chosen.emit(str(self.sender().property("area")))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        buttons = list(self._buttons.values())
        at = next((i for i, button in enumerate(buttons) if button.hasFocus()), None)
        if step is None or at is None:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and at is not None:
                buttons[at].click()
                return
            super().keyPressEvent(event)
            return
        buttons[(at + step) % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)
