"""A map as its table: the same rows that the arrow keys walk, for whoever reads it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from engage_desktop.maps.scene import Table
from ui.theme import theme
from ui.widgets.base import named

Index = QModelIndex | QPersistentModelIndex
_EMPTY = Table((), (), ())


class MapTableModel(QAbstractTableModel):
    """The rows of one scene's table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = _EMPTY

    def show_table(self, table: Table) -> None:
        """Show other rows."""
        if table == self.table:
            return
        self.beginResetModel()
        self.table = table
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.table.headings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        said = (
            Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        )  # fmt: skip
        if not index.isValid() or role not in said:
            return None
        words = self.table.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.table.headings[index.column()]}: {words or '–'}"
        return words

    def headerData(
        self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and way == Qt.Orientation.Horizontal:
            return self.table.headings[section]
        return None


class MapTable(QTableView):
    """`opened(key)` on Enter or a double click; `chosen(key)` as rows are walked."""

    opened = Signal(str)
    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name)
        self.rows = MapTableModel(self)
        self.setModel(self.rows)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setWordWrap(True)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        named(self.horizontalHeader(), name)
        self.activated.connect(self._open)

    def show_table(self, table: Table) -> None:
        """Show other rows; the row of the same key stays chosen."""
        key = self.key
        fresh = table.headings != self.rows.table.headings
        self.rows.show_table(table)
        if fresh:
            self._fit()
        self.choose(key)

    @property
    def key(self) -> str:
        """What the chosen row is about; "" for none."""
        return self._key_of(self.currentIndex())

    def choose(self, key: str) -> None:
        """Go to the row of a key, if there is one."""
        keys = self.rows.table.keys
        if key and key in keys:
            self.setCurrentIndex(
                self.rows.index(keys.index(key), max(0, self.currentIndex().column()))
            )

    def _key_of(self, index: Index) -> str:
        keys = self.rows.table.keys
        return keys[index.row()] if index.isValid() and index.row() < len(keys) else ""

    def _fit(self) -> None:
        head, longest = self.horizontalHeader(), theme().px(220)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.resizeColumnsToContents()
        for column in range(self.rows.columnCount()):
            if head.sectionSize(column) > longest:
                head.resizeSection(column, longest)

    def _open(self, index: QModelIndex) -> None:
        if key := self._key_of(index):
            self.opened.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.key:
            self.opened.emit(self.key)
            return
        super().keyPressEvent(event)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if self.key:
            self.chosen.emit(self.key)


__all__ = ["MapTable", "MapTableModel"]
