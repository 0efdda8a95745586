"""The list of fields with two versions: loaded as it is scrolled, changed row by row."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from db.reader import Reader
from engage_desktop.queries.versions import AT_ONCE, Undecided, undecided, undecided_count
from ui.tasks import Tasks
from ui.theme import theme
from ui.widgets.base import named
from ui.widgets.focus import paint_ring
from ui.words import translate

AnyIndex = QModelIndex
Key = tuple[str, str]


class UndecidedModel(QAbstractListModel):
    """`total` is how many there are, loaded or not; `loaded` comes after each look."""

    loaded = Signal()

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self.items: list[Undecided] = []
        self.total = 0
        self.later: set[Key] = set()
        self.held: Undecided | None = None  # settled, and to be chosen again
        self._loading = False

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """How many are loaded."""
        return 0 if parent is not None and parent.isValid() else len(self.items)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words of a row, also for a screen reader."""
        if not index.isValid() or index.row() >= len(self.items):
            return None
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.title
        if role == Qt.ItemDataRole.UserRole:
            return self.note(item)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{item.title}. {self.note(item)}"
        return None

    def note(self, item: Undecided) -> str:
        """The second line."""
        words = f"{item.field_label} · {item.kind_label}"
        if item.key in self.later:
            words += " · " + translate("versions", "later")
        return words

    def canFetchMore(self, parent: AnyIndex) -> bool:
        """Are there more, and is nobody fetching them?"""
        return not parent.isValid() and not self._loading and len(self.items) < self.total

    def fetchMore(self, parent: AnyIndex) -> None:
        """Ask for the next page."""
        self._loading = True
        after = self.items[-1].place if self.items else None
        self._tasks.read(lambda reader: undecided(reader, after), self._more, self._lost, key=self)

    def _more(self, found: list[Undecided]) -> None:
        self._loading = False
        if not found:
            self.total = len(self.items)
            return
        first = len(self.items)
        self.beginInsertRows(QModelIndex(), first, first + len(found) - 1)
        self.items += found
        self.endInsertRows()
        self.loaded.emit()

    def _lost(self, _error: BaseException) -> None:
        self._loading = False

    def look(self) -> None:
        """Look again, as far as was looked before."""
        self._loading = True
        count = max(AT_ONCE, len(self.items))

        def job(reader: Reader) -> tuple[int, list[Undecided]]:
            return undecided_count(reader), undecided(reader, limit=count)

        self._tasks.read(job, self._came, self._lost, key=self)

    def _came(self, found: tuple[int, list[Undecided]]) -> None:
        """Take rows out and put rows in, so that the place and the keyboard stay."""
        self._loading = False
        self.total, items = found
        if self.held is not None:
            items = self._with_held(items)
        keys = {item.key for item in items}
        for row in reversed(range(len(self.items))):
            if self.items[row].key not in keys:
                self.drop(row)
        for row, item in enumerate(items):
            if row < len(self.items) and self.items[row].key == item.key:
                if self.items[row] != item:
                    self.items[row] = item
                    self.dataChanged.emit(self.index(row), self.index(row))
                continue
            self.beginInsertRows(QModelIndex(), row, row)
            self.items.insert(row, item)
            self.endInsertRows()
        if len(self.items) > len(items):  # two changed places
            self.beginResetModel()
            self.items = list(items)
            self.endResetModel()
        self.loaded.emit()

    def _with_held(self, items: list[Undecided]) -> list[Undecided]:
        held = self.held
        if held is None or any(item.key == held.key for item in items):
            return items
        self.total += 1
        return sorted([*items, held], key=lambda item: (-item.place[0], item.place[1]))

    def hold(self, item: Undecided) -> int:
        """Put one that was settled back in its place, to be chosen again; its row."""
        self.held = item
        items = self._with_held(self.items)
        row = next(at for at, each in enumerate(items) if each.key == item.key)
        if len(items) > len(self.items):
            self.beginInsertRows(QModelIndex(), row, row)
            self.items.insert(row, item)
            self.endInsertRows()
        return row

    def drop(self, row: int) -> None:
        """Take a row out."""
        self.beginRemoveRows(QModelIndex(), row, row)
        del self.items[row]
        self.endRemoveRows()

    def row_of(self, key: Key) -> int:
        """Where an item stands; -1 where it does not."""
        return next((row for row, item in enumerate(self.items) if item.key == key), -1)

    def put_off(self, row: int) -> None:
        """Mark a row as left for later."""
        self.later.add(self.items[row].key)
        self.dataChanged.emit(self.index(row), self.index(row))


class _Painter(QStyledItemDelegate):
    """Two lines a row: the record, and under it the field."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        px, box = theme().px, option.rect
        on = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        inside = box.adjusted(px(2), 1, -px(2), -1)
        if on:
            painter.setBrush(theme().colour("action"))
            painter.drawRoundedRect(inside, px(6), px(6))
            painter.setBrush(theme().colour("selected"))
            painter.drawRoundedRect(inside.adjusted(px(3), 0, 0, 0), px(5), px(5))
        room = inside.adjusted(px(12), px(7), -px(10), -px(7))
        painter.setPen(theme().colour("on_selected" if on else "text"))
        self._line(painter, room, str(index.data() or ""), "body", "semi")
        tall = painter.fontMetrics().lineSpacing()
        painter.setPen(theme().colour("on_selected" if on else "muted"))
        note = str(index.data(Qt.ItemDataRole.UserRole) or "")
        self._line(painter, room.adjusted(0, tall, 0, 0), note, "small", "regular")
        if on and self.parent() is not None and self.parent().hasFocus():  # type: ignore[attr-defined]
            paint_ring(painter, inside)
        painter.restore()

    @staticmethod
    def _line(painter: QPainter, room: QRect, words: str, size: str, weight: str) -> None:
        painter.setFont(theme().font(size, weight))
        shown = painter.fontMetrics().elidedText(
            " ".join(words.split()), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignTop), shown)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(theme().px(120), theme().px(54))


class UndecidedList(QListView):
    """Arrows move, Enter goes to the versions. Letters and numbers are left to the page."""

    def __init__(self, model: UndecidedModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, translate("versions", "Fields with two versions"))
        self.setModel(model)
        self.setItemDelegate(_Painter(self))
        self.setUniformItemSizes(True)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme().changed.connect(self._again)

    def _again(self) -> None:
        self.doItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What is text, or Enter, is for the page."""
        typed = event.text() and event.text().isprintable() and not event.modifiers()
        if typed or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)
