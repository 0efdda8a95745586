"""Places as a tree: arrows walk and fold, F2 renames, Ctrl+X and Ctrl+V move, Delete bins."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QStandardItem
from PySide6.QtGui import QStandardItemModel as ItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTreeView, QWidget

from engage_desktop.queries.places import PlaceNode
from engage_desktop.records.place import LEVELS
from ui.theme import theme
from ui.widgets.base import named
from ui.words import count_words, translate

IdRole = Qt.ItemDataRole.UserRole
NAME, LEVEL, PEOPLE = 0, 1, 2
_LEVELS = {choice.code: choice.label for choice in LEVELS}
Index = QModelIndex | QPersistentModelIndex


class PlaceTree(QTreeView):
    """`renamed(id, name)`, `move_wanted(id, into)` and the like: the page does what is asked."""

    opened = Signal(str)
    moved_to = Signal(str)
    renamed = Signal(str, str)
    move_wanted = Signal(str, str)
    bin_wanted = Signal()
    cut = Signal(str)
    menu_wanted = Signal(QMenu)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, translate("places", "Places"), translate(
            "places", "F2 renames. Ctrl+X and then Ctrl+V on another place moves. Delete bins."
        ))  # fmt: skip
        self._model = ItemModel(0, 3, self)
        self.setModel(self._model)
        self._nodes: dict[str, PlaceNode] = {}
        self._items: dict[str, QStandardItem] = {}
        self._closed: set[str] = set()
        self._cut, self._keep = "", ""
        self._filling = self._narrow = False
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAllColumnsShowFocus(True)
        self.setUniformRowHeights(True)
        self.setTabKeyNavigation(False)
        self.setExpandsOnDoubleClick(False)
        self._model.itemChanged.connect(self._edited)
        self.collapsed.connect(self._folded)
        self.expanded.connect(self._unfolded)
        self.doubleClicked.connect(self._open)
        theme().changed.connect(self._rescale)
        self._rescale()

    def _rescale(self) -> None:
        self.setIndentation(theme().px(22))
        head = self.header()
        head.setStretchLastSection(False)
        if self._model.columnCount() == 3:
            head.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
            for column in (LEVEL, PEOPLE):
                head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
            self.setColumnHidden(LEVEL, self._narrow)

    def set_narrow(self, narrow: bool) -> None:
        """Beside an open record there is room for name and figure."""
        self._narrow = narrow
        self._rescale()

    # -- showing -----------------------------------------------------------------------------

    def show_nodes(self, nodes: Sequence[PlaceNode]) -> None:
        """Other places, or the same again: what is folded and where one is stays."""
        keep = self._keep or self.current_id
        self._filling = True
        self._model.clear()
        self._model.setHorizontalHeaderLabels(
            [translate("places", "Place"), translate("places", "Level"),
             translate("places", "Stakeholders")]
        )  # fmt: skip
        self._rescale()
        self._nodes = {node.id: node for node in nodes}
        self._items = {}
        for node in nodes:
            row = self._row(node)
            above = self._items.get(node.within)
            (above if above is not None else self._model.invisibleRootItem()).appendRow(row)
            self._items[node.id] = row[0]
        self.expandAll()
        for closed in self._closed & set(self._items):
            self.collapse(self._items[closed].index())
        self._filling = False
        self.select_id(keep if keep in self._items else next(iter(self._items), ""))

    def _row(self, node: PlaceNode) -> list[QStandardItem]:
        level = _LEVELS.get(node.level, node.level)
        name, kind, people = (
            QStandardItem(node.name), QStandardItem(level), QStandardItem(f"{node.stakeholders:,}")
        )  # fmt: skip
        people.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for item in (kind, people):
            item.setEditable(False)
        count = count_words(node.stakeholders, "stakeholder", "stakeholders")
        said = ", ".join(part for part in (node.name, level, count) if part)
        name.setData(said, Qt.ItemDataRole.AccessibleTextRole)
        people.setData(count, Qt.ItemDataRole.AccessibleTextRole)
        for item in (name, kind, people):
            item.setData(node.id, IdRole)
        return [name, kind, people]

    @property
    def nodes(self) -> dict[str, PlaceNode]:
        """What is shown, by id."""
        return self._nodes

    @property
    def current_id(self) -> str:
        """The place the cursor is on."""
        return str(self.currentIndex().data(IdRole) or "")

    def select_id(self, place_id: str) -> None:
        """Put the cursor on a place without opening it; on one to come, when it has come."""
        self._keep = place_id
        item = self._items.get(place_id)
        if item is None:
            return
        self._keep = ""
        self._filling = True
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(item.index(), flags.ClearAndSelect | flags.Rows)
        self.scrollTo(item.index())
        self._filling = False

    # -- hands -------------------------------------------------------------------------------

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        place = str(current.data(IdRole) or "")
        if place and not self._filling:
            self.moved_to.emit(place)

    def _edited(self, item: QStandardItem) -> None:
        if self._filling:
            return
        place, name = str(item.data(IdRole)), " ".join(item.text().split())
        node = self._nodes[place]
        if name and name != node.name:
            self.renamed.emit(place, name)
        else:
            self._filling = True
            item.setText(node.name)
            self._filling = False

    def rename(self) -> None:
        """Type another name where the cursor is."""
        if self.currentIndex().isValid():
            self.edit(self.currentIndex().siblingAtColumn(NAME))

    def take(self) -> None:
        """Remember the place, to be put somewhere else."""
        self._cut = self.current_id
        if self._cut:
            self.cut.emit(self._nodes[self._cut].name)

    def put(self) -> None:
        """Move what was taken into the place the cursor is on."""
        if self._cut and self._cut in self._nodes and self.current_id:
            self.move_wanted.emit(self._cut, self.current_id)
        self._cut = ""

    def put_at_top(self) -> None:
        """Move the place under the cursor out of every other."""
        if self.current_id:
            self.move_wanted.emit(self.current_id, "")

    @property
    def taken(self) -> str:
        """The name of the place that was taken to be moved; "" for none."""
        node = self._nodes.get(self._cut)
        return node.name if node else ""

    def _open(self) -> None:
        if self.current_id:
            self.opened.emit(self.current_id)

    def _folded(self, index: Index) -> None:
        if not self._filling:
            self._closed.add(str(index.data(IdRole)))

    def _unfolded(self, index: Index) -> None:
        if not self._filling:
            self._closed.discard(str(index.data(IdRole)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = QKeySequence.StandardKey
        if self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif event.key() == Qt.Key.Key_Delete:
            self.bin_wanted.emit()
        elif event.matches(keys.Cut):
            self.take()
        elif event.matches(keys.Paste):
            self.put()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = named(QMenu(self), translate("places", "This place"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menu_wanted.emit(menu)
        menu.popup(event.globalPos())


__all__ = ["PlaceTree"]
