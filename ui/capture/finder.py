"""Finding one topic among many by a few letters."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QWidget

from engage_desktop.capture.card import topics_by_letters
from ui.dialogs.parts import button, column, row
from ui.theme import theme
from ui.widgets.base import Label, named, sized
from ui.words import translate


class TopicFinder(QDialog):
    """Type a few letters, arrows to choose, Enter to take."""

    chosen = Signal(str)

    def __init__(self, topics: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._topics = topics
        title = translate("topics", "Find a topic")
        named(self, title)
        self.setWindowTitle(title)
        layout = column(self, gap=10, edges=(20, 18, 20, 18))
        layout.addWidget(Label(title, "heading"))
        self.letters = named(QLineEdit(), translate("topics", "First letters"))
        self.letters.textChanged.connect(self._show)
        self.letters.installEventFilter(self)
        self.list = named(QListWidget(), translate("topics", "Topics"))
        self.list.setMinimumSize(theme().px(240), theme().px(120))
        self.list.itemActivated.connect(self._take_item)
        layout.addWidget(self.letters)
        layout.addWidget(self.list, 1)
        foot = row()
        foot.addStretch(1)
        foot.addWidget(button(translate("topics", "Go back"), pressed=self.reject))
        foot.addWidget(button(translate("topics", "Choose topic"), "primary", pressed=self.take))
        layout.addLayout(foot)
        sized(self, 420, 460)
        self._show("")

    def take(self) -> None:
        """Take the topic that is marked."""
        item = self.list.currentItem()
        if item is not None:
            self._take_item(item)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows and Enter in the letters move in the list."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                last = self.list.count() - 1
                self.list.setCurrentRow(max(0, min(last, self.list.currentRow() + step)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.take()
                return True
        return super().eventFilter(watched, event)

    def _show(self, letters: str) -> None:
        self.list.clear()
        for topic, name in topics_by_letters(letters, self._topics):
            item = QListWidgetItem(name)
            item.setData(Qt.ItemDataRole.UserRole, topic)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _take_item(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))
        self.accept()
