"""The list itself: columns when it has room, two lines a record beside an open one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from db.reader import Reader, Row
from ui.icons import pixmap
from ui.table.model import IdRole, NoteRole, RecordsModel, RowRole, tsv
from ui.tasks import Tasks
from ui.theme import theme
from ui.widgets.base import named
from ui.widgets.focus import paint_ring
from ui.words import count_words, translate

MOST_COPIED = 10_000


class _RowPainter(QStyledItemDelegate):
    """Paints a cell, or in the two-line form the whole row."""

    def __init__(self, view: RecordsView) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        painter.save()
        if self._view.two_lines:
            self._paint_two_lines(painter, option, index)
        else:
            self._paint_cell(painter, option, index)
        painter.restore()

    def _paint_cell(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        px, box = theme().px, option.rect
        on = bool(option.state & QStyle.StateFlag.State_Selected)
        if on:
            painter.fillRect(box, theme().colour("selected"))
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, theme().colour("line"))
        first = index.column() == self._view.first_column
        painter.setFont(theme().font("body", "semi" if first else "regular"))
        painter.setPen(theme().colour("on_selected" if on else "text"))
        room = box.adjusted(px(10), 0, -px(10), 0)
        if first:
            room = self._paint_marks(painter, room, index)
        words = painter.fontMetrics().elidedText(
            str(index.data() or ""), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, int(index.data(Qt.ItemDataRole.TextAlignmentRole)), words)
        if on and first:
            painter.fillRect(box.left(), box.top(), px(3), box.height(), theme().colour("action"))
        view = self._view
        if view.hasFocus() and index.row() == view.currentIndex().row():
            self._paint_focus(painter, index)

    def _paint_marks(self, painter: QPainter, room: QRect, index: QModelIndex) -> QRect:
        """Small pictures at the right of a name; what is left is for the name."""
        row = index.data(RowRole)
        marks = self._view.records.marks(row) if isinstance(row, Row) else ()
        px = theme().px
        side, right = px(17), room.right()
        for mark in reversed(marks):
            colour = theme().tone(mark.tone)[0].name()
            picture = pixmap(mark.icon, colour, 17, ratio=painter.device().devicePixelRatioF())
            right -= side
            painter.drawPixmap(right, room.center().y() - side // 2, picture)
            right -= px(4)
        return QRect(room.left(), room.top(), right - room.left(), room.height())

    def _paint_focus(self, painter: QPainter, index: QModelIndex) -> None:
        width = self._view.horizontalHeader().length()
        left = -self._view.horizontalHeader().offset()
        rect = self._view.visualRect(index)
        width = min(width, self._view.viewport().width() - left)
        painter.setClipRect(rect)
        paint_ring(painter, QRect(left, rect.top(), width, rect.height()))

    def _paint_two_lines(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        px, box = theme().px, option.rect
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = bool(option.state & QStyle.StateFlag.State_Selected)
        frame = box.adjusted(px(8), px(2), -px(8), -px(2))
        painter.setPen(Qt.PenStyle.NoPen)
        if on:
            painter.setBrush(theme().colour("action"))
            painter.drawRoundedRect(frame, px(6), px(6))
            painter.setBrush(theme().colour("selected"))
            painter.drawRoundedRect(frame.adjusted(px(3), 0, 0, 0), px(5), px(5))
        words = frame.adjusted(px(12), px(6), -px(10), -px(6))
        row = index.data(RowRole)
        title = self._view.records.title(row) if isinstance(row, Row) else "…"
        mode = Qt.TextElideMode.ElideRight
        painter.setFont(theme().font("body", "semi"))
        painter.setPen(theme().colour("on_selected" if on else "text"))
        metrics = painter.fontMetrics()
        top = QRect(words.left(), words.top(), words.width(), metrics.height())
        top = self._paint_marks(painter, top, index)
        painter.drawText(top, 0, metrics.elidedText(" ".join(title.split()), mode, top.width()))
        painter.setFont(theme().font("small"))
        painter.setPen(theme().colour("text" if on else "muted"))
        metrics = painter.fontMetrics()
        under = QRect(words.left(), top.bottom() + px(2), words.width(), metrics.height())
        note = str(index.data(NoteRole) or "")
        painter.drawText(under, 0, metrics.elidedText(note, mode, under.width()))
        if self._view.hasFocus() and index.row() == self._view.currentIndex().row():
            paint_ring(painter, frame)


class _Header(QHeaderView):
    """Headings that sort. The arrow is painted in the words' colour, so that it is seen."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(theme().px(56))
        self.setTextElideMode(Qt.TextElideMode.ElideRight)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        painter.save()
        super().paintSection(painter, rect, section)
        painter.restore()
        if self.isSortIndicatorShown() and section == self.sortIndicatorSection():
            down = self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
            name = "arrow_downward" if down else "arrow_upward"
            side = theme().px(14)
            shown = pixmap(name, "text", 14, ratio=self.devicePixelRatioF())
            at = QPoint(rect.right() - side - theme().px(4), rect.center().y() - side // 2)
            painter.drawPixmap(at, shown)


_MOVES = frozenset({
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
})  # fmt: skip


class RecordsView(QTableView):
    """Arrows move, Enter opens, Delete asks to bin, Ctrl+C copies rows. Tab goes on."""

    opened = Signal(str)
    moved_to = Signal(str)
    bin_wanted = Signal()
    copied = Signal(str)
    widths_changed = Signal(dict)
    menu_wanted = Signal(QMenu)

    def __init__(self, model: RecordsModel, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.records, self._tasks = model, tasks
        self.two_lines = False
        self._keep = ""
        self.setProperty("rings_rows", True)
        named(self, model.kind.meta.plural)
        self.setHorizontalHeader(_Header(self))
        self.setModel(model)
        self.setItemDelegate(_RowPainter(self))
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(1)
        model.rows_in_view = self.rows_in_view
        model.modelReset.connect(self._show_sort)
        model.refreshed.connect(self._stay)
        model.counted.connect(self._stay)
        head = self.horizontalHeader()
        head.sectionClicked.connect(self._sort_by)
        head.sectionResized.connect(self._resized)
        self.doubleClicked.connect(self._open)
        theme().changed.connect(self._rescale)
        self._laying = False
        self._widths: dict[str, int] = {}
        self._first_width = 0
        self._rescale()
        self._show_sort()

    # -- how it looks ------------------------------------------------------------------------

    @property
    def first_column(self) -> int:
        """The leftmost column."""
        return self.horizontalHeader().logicalIndex(0)

    def set_two_lines(self, two_lines: bool) -> None:
        """Two lines a record, without columns; or a row of columns."""
        if two_lines != self.two_lines:
            self.two_lines = two_lines
            self._rescale()
            if self.currentIndex().isValid():
                self.scrollTo(self.currentIndex())

    def set_widths(self, widths: dict[str, int]) -> None:
        """Column widths that were kept, in pixels at 100 % text, by path."""
        self._widths = dict(widths)
        self._lay_columns()

    def _rescale(self) -> None:
        px = theme().px
        body = self.fontMetrics().height()
        tall = body * 2 + px(19) if self.two_lines else max(px(40), body + px(14))
        self.verticalHeader().setDefaultSectionSize(tall)
        self.horizontalHeader().setVisible(not self.two_lines)
        bar = Qt.ScrollBarPolicy
        self.setHorizontalScrollBarPolicy(
            bar.ScrollBarAlwaysOff if self.two_lines else bar.ScrollBarAsNeeded
        )
        self._lay_columns()

    def _lay_columns(self) -> None:
        self._laying = True
        head = self.horizontalHeader()
        for column, path in enumerate(self.records.query.columns):
            self.setColumnHidden(column, self.two_lines and column > 0)
            spec = self.records.specs[column]
            wish = self._widths.get(path) or spec.width * 7.6 + 24
            words = self.fontMetrics().horizontalAdvance(spec.label) + theme().px(38)
            width = max(words, theme().px(wish))
            head.resizeSection(column, width)
            if column == 0:
                self._first_width = width
        self._laying = False
        self._use_room()

    def _use_room(self) -> None:
        """The first column takes the room that is left, and all of it in the two-line form."""
        if not self.records.query.columns:
            return
        head = self.horizontalHeader()
        room = self.viewport().width()
        if not self.two_lines:
            room = max(self._first_width, room - head.length() + head.sectionSize(0))
        self._laying = True
        head.resizeSection(0, room)
        self._laying = False

    def resizeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().resizeEvent(event)
        self._use_room()

    def _resized(self, column: int, _old: int, new: int) -> None:
        if self._laying or self.two_lines:
            return
        if column == 0:
            self._first_width = new
        self._widths[self.records.query.columns[column]] = round(new * 100 / theme().percent)
        self.widths_changed.emit(dict(self._widths))

    def _sort_by(self, column: int) -> None:
        head = self.horizontalHeader()
        again = head.sortIndicatorSection() == column and head.isSortIndicatorShown()
        up = head.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        order = Qt.SortOrder.DescendingOrder if again and up else Qt.SortOrder.AscendingOrder
        self.records.sort(column, order)

    def _show_sort(self) -> None:
        sort = self.records.query.sort
        path = sort.lstrip("-")
        columns = self.records.query.columns
        down = sort.startswith("-")
        head = self.horizontalHeader()
        head.setSortIndicatorShown(path in columns)
        if path in columns:
            order = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
            head.setSortIndicator(columns.index(path), order)

    # -- where one is ------------------------------------------------------------------------

    def rows_in_view(self) -> tuple[int, int]:
        """First and last row on the screen."""
        first = self.rowAt(0)
        last = self.rowAt(self.viewport().height() - 1)
        return max(0, first), last if last >= 0 else max(0, self.records.count - 1)

    @property
    def current_id(self) -> str:
        """The record the cursor is on, "" while it is not known."""
        return str(self.currentIndex().data(IdRole) or "")

    def selected_ids(self) -> list[str]:
        """Ids of the selected rows that are loaded, from the top."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        found = (self.records.row(row) for row in rows)
        return [row.id for row in found if row is not None]

    def select_id(self, record_id: str) -> bool:
        """Put the cursor on a record that is loaded, without opening it."""
        self._keep = record_id
        row = self.records.row_of(record_id) if record_id else None
        if row is None:
            return False
        if self.current_id != record_id or not self.selectionModel().hasSelection():
            was = self.blockSignals(True)
            self._quiet = True
            self.selectRow(row)
            self.scrollTo(self.records.index(row, 0))
            self._quiet = False
            self.blockSignals(was)
            self.viewport().update()
        return True

    _quiet = False

    def clear_place(self) -> None:
        """Select nothing."""
        self._keep = ""
        self._quiet = True
        self.clearSelection()
        self.setCurrentIndex(QModelIndex())
        self._quiet = False

    def _stay(self) -> None:
        if self._keep and self.current_id != self._keep:
            self.select_id(self._keep)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()
        record_id = str(current.data(IdRole) or "")
        if record_id and not self._quiet:
            self._keep = record_id
            self.moved_to.emit(record_id)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.viewport().update()

    # -- hands -------------------------------------------------------------------------------

    def keyboardSearch(self, search: str) -> None:
        """Off: letters belong to the search field."""

    def _open(self) -> None:
        if self.current_id:
            self.opened.emit(self.current_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif event.key() == Qt.Key.Key_Delete:
            self._mark_place()
            self.bin_wanted.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)
            if event.key() in _MOVES:
                self._mark_place()

    def _mark_place(self) -> None:
        """Where the cursor is counts as chosen: a list of one row has nowhere to move to."""
        if self.currentIndex().isValid() and not self.selectionModel().hasSelection():
            self.selectRow(self.currentIndex().row())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = named(QMenu(self), self.accessibleName())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menu_wanted.emit(menu)
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        at = self.visualRect(self.currentIndex()).bottomLeft() if keyboard else event.pos()
        menu.popup(self.viewport().mapToGlobal(at))

    def focusInEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.records.count:
            self._quiet = True
            self.selectionModel().setCurrentIndex(
                self.records.index(max(0, self.rowAt(0)), 0),
                self.selectionModel().SelectionFlag.NoUpdate,
            )
            self._quiet = False
        self.viewport().update()

    def focusOutEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().focusOutEvent(event)
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(280), theme().px(300))

    # -- copying -----------------------------------------------------------------------------

    def copy(self) -> None:
        """The selected rows as tab-separated text, fetched if they are not here."""
        ranges = self._ranges()
        if not ranges:
            return
        query, note = self.records.query, self.records.note_read

        def job(reader: Reader) -> list[Row]:
            found: list[Row] = []
            for first, last in ranges:
                room = min(last - first + 1, MOST_COPIED - len(found))
                found += reader.page(query, offset=first, limit=room).rows if room > 0 else []
            note(((query.kind, row.id) for row in found), "exported")  # it leaves the workspace
            return found

        self._tasks.read(job, self._copy, self.records.failed.emit, key=(self, "copy"))

    def _ranges(self) -> Sequence[tuple[int, int]]:
        return sorted((part.top(), part.bottom()) for part in self.selectionModel().selection())

    def _copy(self, rows: list[Row]) -> None:
        QGuiApplication.clipboard().setText(tsv(rows, self.records))
        done = count_words(
            len(rows), translate("table", "row copied"), translate("table", "rows copied")
        )
        self.copied.emit(done)
