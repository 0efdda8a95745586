"""The bar across the top: find anything, undo with words, and the one primary action."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.base import Label, look, named, spaced
from ui.widgets.buttons import Button
from ui.words import translate


class FindBox(QLineEdit):
    """A search field with its picture and, while empty, the key that brings you here."""

    def __init__(self, hint: str, name: str, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self._hints = (hint, name)
        self.setPlaceholderText(hint)
        self.setClearButtonEnabled(False)
        named(self, name, translate("find", "Type at least three letters"))
        theme().changed.connect(self._rescale)
        self._rescale()

    def _rescale(self) -> None:
        self.setTextMargins(theme().px(26), 0, theme().px(4), 0)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        words = self.fontMetrics().horizontalAdvance(self._hints[0])
        return QSize(words + theme().px(130), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The longest hint there is room for."""
        super().resizeEvent(event)
        room = self.width() - theme().px(26 + 24)
        advance = self.fontMetrics().horizontalAdvance
        fitting = (hint for hint in self._hints if advance(hint) <= room)
        self.setPlaceholderText(next(fitting, self._hints[-1]))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        px = theme().px
        picture = pixmap("search", "muted", 18, ratio=self.devicePixelRatioF())
        painter.drawPixmap(px(10), (self.height() - px(18)) // 2, picture)
        hint = self.fontMetrics().horizontalAdvance(self.placeholderText())
        painter.setFont(theme().font("small"))
        metrics = painter.fontMetrics()
        wide = metrics.horizontalAdvance(self._key) + px(14)
        if self._key and not self.text() and self.width() > hint + wide + px(60):
            tall = metrics.height() + px(2)
            box = self.rect()
            box.setLeft(box.right() - wide - px(8))
            box.setWidth(wide)
            box.setTop((self.height() - tall) // 2)
            box.setHeight(tall)
            painter.setPen(theme().colour("line"))
            painter.setBrush(theme().colour("page"))
            painter.drawRoundedRect(box, px(4), px(4))
            painter.setPen(theme().colour("muted"))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self._key)
        painter.end()


class TopBar(QWidget):
    """`undo_pressed`, and `primary_pressed` for the page's one primary action."""

    undo_pressed = Signal()
    primary_pressed = Signal()

    def __init__(self, find: FindBox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look(self, "bar")
        named(self, translate("top bar", "Top bar"))
        self.find = find
        row = QHBoxLayout(self)
        spaced(row, (20, 9, 20, 9), 8)
        find.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row.addWidget(find, 5)
        row.addStretch(4)
        self._undo_words = Label("", "small", wrap=False)
        self._undo = Button(translate("top bar", "Undo"), "undo", "icon", key="Ctrl+Z")
        self._undo.clicked.connect(self.undo_pressed)
        self.primary = Button("", "add", "primary")
        self.primary.clicked.connect(self.primary_pressed)
        for widget in (self._undo_words, self._undo, self.primary):
            row.addWidget(widget)
        self.show_undo("")
        self.show_primary("", "")
        theme().changed.connect(self._rescale)
        self._rescale()

    def _rescale(self) -> None:
        self.find.setMaximumWidth(theme().px(440))

    def show_undo(self, words: str) -> None:
        """What would be undone ("Undo: change venue"); empty when there is nothing."""
        self._words = words
        named(self._undo, words or translate("top bar", "Undo"))
        named(self._undo_words, words or translate("top bar", "Undo"))
        self._undo.setToolTip(f"{words} (Ctrl+Z)" if words else "")
        self._undo.setVisible(bool(words))
        self._undo_words.setVisible(bool(words))
        self._elide()

    def _elide(self) -> None:
        room = max(theme().px(60), int(self.width() * 0.3))
        metrics = self._undo_words.fontMetrics()
        mode = Qt.TextElideMode.ElideRight
        self._undo_words.setText(metrics.elidedText(self._words, mode, room))

    def resizeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().resizeEvent(event)
        self._elide()

    def show_primary(self, text: str, icon_name: str = "add", key: str = "") -> None:
        """The page's one primary action; no text hides the button."""
        self.primary.setVisible(bool(text))
        if text:
            self.primary.say(text)
            self.primary.set_icon(icon_name)
            self.primary.setToolTip(f"{text} ({key})" if key else "")
        else:
            named(self.primary, translate("top bar", "New"))
