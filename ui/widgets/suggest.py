"""A list that opens under a search field while one types. The field keeps the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.base import Label, look, named, spaced

MOST_SHOWN = 9
_KEY, _NOTE, _ICON, _MUTED = (Qt.ItemDataRole.UserRole + n for n in range(4))


@dataclass(frozen=True)
class Suggestion:
    """One line: what it is called, what it is, and the key that is handed back.

    A muted one cannot be done; its note says why.
    """

    key: object
    title: str
    note: str = ""
    icon: str = ""
    muted: bool = False


class _Lines(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(theme().px(120), max(theme().px(34), option.fontMetrics.height() + 10))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        px = theme().px
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = bool(option.state & QStyle.StateFlag.State_Selected)
        if on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().colour("selected"))
            painter.drawRoundedRect(option.rect.adjusted(2, 1, -2, -1), px(4), px(4))
        box = option.rect.adjusted(px(10), 0, -px(10), 0)
        if icon_name := index.data(_ICON):
            ratio = painter.device().devicePixelRatioF()
            shown = pixmap(icon_name, "on_selected" if on else "muted", 18, ratio=ratio)
            painter.drawPixmap(box.left(), box.center().y() - px(9) + 1, shown)
        box.adjust(px(28), 0, 0, 0)
        muted = bool(index.data(_MUTED))
        note = "" if muted else str(index.data(_NOTE) or "")
        metrics = option.fontMetrics
        room = min(metrics.horizontalAdvance(note) + px(4), box.width() * 2 // 5) if note else 0
        mode = Qt.TextElideMode.ElideRight
        words = QRect(box).adjusted(0, 0, -(room + px(12) if room else 0), 0)
        painter.setPen(theme().colour("muted" if muted else "on_selected" if on else "text"))
        title = metrics.elidedText(str(index.data()), mode, words.width())
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), title)
        painter.setPen(theme().colour("text" if on else "muted"))
        tail = QRect(box.right() - room, box.top(), room, box.height())
        painter.drawText(
            tail,
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight),
            metrics.elidedText(note, mode, room),
        )
        painter.restore()


class Suggest(QFrame):
    """`chosen` carries the key of the line that was taken."""

    chosen = Signal(object)

    def __init__(self, field: QLineEdit, name: str) -> None:
        super().__init__(field.window())
        look(self, "popup")
        named(self, name)
        self._field = field
        self._model = QStandardItemModel(self)
        self._view = named(QListView(self), name)
        self._view.setModel(self._model)
        self._view.setItemDelegate(_Lines(self._view))
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.clicked.connect(self._clicked)
        box = QVBoxLayout(self)
        spaced(box, (4, 4, 4, 4), 0)
        box.addWidget(self._view)
        self._why = Label("", "small")
        self._why.setContentsMargins(10, 6, 10, 6)
        self._why.hide()
        box.addWidget(self._why)
        field.installEventFilter(self)
        self.hide()

    @property
    def titles(self) -> list[str]:
        """What is listed, from the top."""
        return [self._model.item(row).text() for row in range(self._model.rowCount())]

    def show_items(self, items: Sequence[Suggestion]) -> None:
        """List these under the field; none closes the list."""
        self._model.clear()
        for item in items:
            line = QStandardItem(item.title)
            line.setData(item.key, _KEY)
            line.setData(item.note, _NOTE)
            line.setData(item.icon, _ICON)
            line.setData(item.muted, _MUTED)
            line.setData(
                f"{item.title}, {item.note}".rstrip(", "), Qt.ItemDataRole.AccessibleTextRole
            )
            self._model.appendRow(line)
        if not items or not self._field.isVisible():
            self.hide()
            return
        self._view.setCurrentIndex(self._model.index(0, 0))
        self._tell()
        self.show()
        self.raise_()

    def _tell(self) -> None:
        """Say below the list why the present line cannot be done, where it cannot."""
        here = self._view.currentIndex()
        why = str(here.data(_NOTE) or "") if here.data(_MUTED) else ""
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self._place()

    def _place(self) -> None:
        window = self._field.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        px = theme().px
        row = max(px(34), self._view.fontMetrics().height() + 10)
        tall = row * min(self._model.rowCount(), MOST_SHOWN) + px(12)
        at = self._field.mapTo(window, QPoint(0, self._field.height() + 4))
        room_below = window.height() - at.y() - px(8)
        if room_below < min(tall, row * 3):
            above = self._field.mapTo(window, QPoint(0, 0)).y() - px(8)
            tall = min(tall, above)
            at.setY(above - tall + 4)
        else:
            tall = min(tall, room_below)
        width = min(max(self._field.width(), px(320)), window.width() - px(8))
        if self._why.text():
            tall += self._why.heightForWidth(width - px(8))
        at.setX(min(at.x(), window.width() - width - px(4)))
        self.setGeometry(at.x(), at.y(), width, tall)

    def _clicked(self, index: QModelIndex) -> None:
        self.hide()
        self.chosen.emit(index.data(_KEY))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self.hide()
        if not isinstance(event, QKeyEvent) or not self.isVisible():
            return False
        if event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return False

    def _key(self, event: QKeyEvent) -> bool:
        row = self._view.currentIndex().row()
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            there = self._model.index((row + step) % self._model.rowCount(), 0)
            self._view.setCurrentIndex(there)
            self._tell()
            said = str(there.data(Qt.ItemDataRole.AccessibleTextRole))
            self._field.setAccessibleDescription(said)
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._clicked(self._view.currentIndex())
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return True
        return False
