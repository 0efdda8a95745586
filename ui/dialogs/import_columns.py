"""Which column goes to which field, and what this file's own values mean."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from engage_desktop.exchange.guess import notes_field
from engage_desktop.exchange.targets import Shape
from engage_desktop.exchange.wizard import FLAGS, NOT_TAKEN, REST, ImportState
from ui.dialogs.import_detail import ColumnDetail
from ui.dialogs.parts import column
from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.banners import Banner
from ui.widgets.base import Scroll, named
from ui.widgets.buttons import Combo, Tick
from ui.words import translate

_Index = QModelIndex | QPersistentModelIndex
COLUMN, SAMPLES, GOES_TO = range(3)


def places(shape: Shape) -> list[tuple[str, str]]:
    """Where a column can go: (path, the officer's words), Not taken first."""
    found = [(NOT_TAKEN, translate("import", "Not taken"))]
    if notes := notes_field(shape):
        words = translate("import", "A line in {notes}").format(notes=shape.target(notes).heading)
        found.append((REST, words))
    if shape.is_feedback:
        found.append((FLAGS, translate("import", "Themes: a mark means yes")))
    for target in shape.targets.values():
        if target.spec is not None and not target.by_id:
            found.append((target.path, target.heading))
    ids = [t for t in shape.targets.values() if t.spec is None or t.by_id]
    return found + [(t.path, t.heading) for t in ids]


class ColumnsModel(QAbstractTableModel):
    """The file's columns, one a row."""

    def __init__(self, state: ImportState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = state
        self.places = places(state.shape)
        self._words = dict(self.places)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One for each column of the file."""
        return 0 if parent.isValid() else len(self.state.found.columns)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Column, values, field."""
        return 0 if parent.isValid() else 3

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """What the three columns are."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            translate("import", "Column in the file"),
            translate("import", "First values"),
            translate("import", "Goes to"),
        )[section]

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """The field can be chosen."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == GOES_TO else flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for each cell."""
        facts = self.state.found.columns[index.row()]
        if role == Qt.ItemDataRole.EditRole and index.column() == GOES_TO:
            return self.state.goes_to(facts.header)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            goes = self._words.get(self.state.goes_to(facts.header), "")
            return translate("import", "{column} goes to {place}").format(
                column=facts.header, place=goes
            )
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if index.column() == COLUMN:
            return facts.header
        if index.column() == SAMPLES:
            if not facts.samples:
                return translate("import", "Empty in every row")
            return " · ".join(" ".join(sample.split())[:60] for sample in facts.samples)
        return self._words.get(self.state.goes_to(facts.header), self.state.goes_to(facts.header))

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Let the column go somewhere else."""
        if role != Qt.ItemDataRole.EditRole or index.column() != GOES_TO:
            return False
        self.state.send(self.state.found.columns[index.row()].header, str(value))
        self.refresh()  # where one becomes a line, others may
        return True

    def refresh(self) -> None:
        """Everything may be different."""
        last = self.rowCount() - 1
        self.dataChanged.emit(self.index(0, 0), self.index(last, 2))


class _Cells(QStyledItemDelegate):
    """Rows with a fine line; the field looks like the list that it opens."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        px, box = theme().px, option.rect
        view = option.widget
        current = isinstance(view, QTableView) and view.currentIndex().row() == index.row()
        painter.save()
        if current:
            painter.fillRect(box, theme().colour("selected"))
        painter.fillRect(box.x(), box.bottom(), box.width(), 1, theme().colour("line"))
        taken = index.siblingAtColumn(GOES_TO).data(Qt.ItemDataRole.EditRole) != NOT_TAKEN
        inside = box.adjusted(px(10), 0, -px(8), 0)
        tone, weight = "text", "regular"
        if index.column() == COLUMN:
            weight = "semi"
        elif index.column() == SAMPLES:
            tone = "muted"
        else:
            painter.setPen(theme().colour("control"))
            painter.setBrush(theme().colour("surface"))
            painter.drawRoundedRect(box.adjusted(px(4), px(4), -px(8), -px(5)), px(6), px(6))
            arrow = pixmap(
                "keyboard_arrow_down", "text", 18, ratio=painter.device().devicePixelRatio()
            )
            painter.drawPixmap(box.right() - px(32), box.center().y() - px(9), arrow)
            inside = box.adjusted(px(14), 0, -px(36), 0)
            tone = "text" if taken else "muted"
        painter.setFont(theme().font("body", weight))
        painter.setPen(theme().colour(tone))
        words = painter.fontMetrics().elidedText(
            str(index.data() or ""), Qt.TextElideMode.ElideRight, inside.width()
        )
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(inside, int(flags), words)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """The list of fields."""
        model = index.model()
        header = str(index.siblingAtColumn(COLUMN).data())
        words = translate("import", "Field for {column}").format(column=header)
        combo = Combo(words, model.places if isinstance(model, ColumnsModel) else ())
        combo.setParent(parent)
        combo.activated.connect(self._chosen)
        return combo

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Where it goes now."""
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        """Where it goes from now on."""
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData())

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        """As large as the cell."""
        editor.setGeometry(option.rect.adjusted(2, 2, -4, -3))

    def _chosen(self) -> None:
        editor = self.sender()
        if isinstance(editor, QComboBox):
            self.commitData.emit(editor)
            self.closeEditor.emit(editor)


class ColumnsTable(QTableView):
    """Arrows go through the columns; Enter, F2 or a letter opens the list of fields."""

    moved = Signal(str)  # header

    def __init__(self) -> None:
        super().__init__()
        named(self, translate("import", "Columns of the file"))
        self.setItemDelegate(_Cells(self))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            trigger.EditKeyPressed | trigger.AnyKeyPressed | trigger.SelectedClicked
            | trigger.DoubleClicked
        )  # fmt: skip
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme().px(40))
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.clicked.connect(self._open_list)

    def show_state(self, state: ImportState) -> ColumnsModel:
        """Show the columns of a file."""
        model = ColumnsModel(state, self)
        self.setModel(model)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        words = self.fontMetrics().horizontalAdvance(translate("import", "First values"))
        header.setMinimumSectionSize(words + theme().px(28))  # the stretched one shrinks to this
        header.setSectionResizeMode(COLUMN, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(SAMPLES, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(GOES_TO, QHeaderView.ResizeMode.Interactive)
        letter = self.fontMetrics().averageCharWidth()
        self.setColumnWidth(COLUMN, letter * 26)
        self.setColumnWidth(GOES_TO, letter * 32)
        self.setCurrentIndex(model.index(0, GOES_TO))
        return model

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        """Say which column is shown beside."""
        super().currentChanged(current, previous)
        self.viewport().update()
        if current.isValid():
            self.moved.emit(str(current.siblingAtColumn(COLUMN).data()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the list; arrows stay in the field's column."""
        opens = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if opens and self.state() != QAbstractItemView.State.EditingState:
            self._open_list(self.currentIndex())
            return
        super().keyPressEvent(event)

    def _open_list(self, index: _Index) -> None:
        at = index.siblingAtColumn(GOES_TO)
        if not at.isValid():
            return
        self.setCurrentIndex(at)
        self.edit(at)
        editor = self.indexWidget(at) or self.viewport().findChild(QComboBox)
        if isinstance(editor, QComboBox):
            editor.showPopup()

    def event(self, event: QEvent) -> bool:
        """Rows grow with the text."""
        if event.type() == QEvent.Type.StyleChange:
            self.verticalHeader().setDefaultSectionSize(theme().px(40))
        return super().event(event)


class ColumnsStep(QWidget):
    """The table of columns and, beside it, the one that the keyboard is on."""

    def __init__(self) -> None:
        super().__init__()
        named(self, translate("import", "Columns"))
        outer = column(self, gap=10)
        self.suggestion = Banner("info")
        self.suggestion.add_button(translate("import", "Take them as themes"), self._accept)
        self.suggestion.hide()
        outer.addWidget(self.suggestion)
        self.keep = Tick(translate("import", "Keep what fits no field as lines in the notes"))
        self.keep.clicked.connect(self._keep)
        outer.addWidget(self.keep)
        from PySide6.QtWidgets import QSplitter

        both = QSplitter(Qt.Orientation.Horizontal)
        named(both, translate("import", "Columns"))
        both.setChildrenCollapsible(False)
        self.table = ColumnsTable()
        self.detail = ColumnDetail()
        both.addWidget(self.table)
        both.addWidget(Scroll(self.detail, translate("import", "This column")))
        both.setStretchFactor(0, 3)
        both.setStretchFactor(1, 2)
        both.setSizes([theme().px(700), theme().px(400)])
        outer.addWidget(both, 1)
        self.table.moved.connect(self._moved)
        self._state: ImportState | None = None
        self._model: ColumnsModel | None = None

    def show_state(self, state: ImportState) -> None:
        """Show a file's columns."""
        self._state = state
        self._model = self.table.show_state(state)
        self._model.dataChanged.connect(self._again)
        self.keep.setVisible(bool(notes_field(state.shape)))
        self.keep.setChecked(bool(state.rest))
        count = len(state.suggested)
        self.suggestion.setVisible(bool(count))
        if count:
            self.suggestion.show_as(
                "info",
                translate("import", "{n} columns hold nothing but marks.").format(n=count),
                translate("import", "They look like themes: {names}.").format(
                    names=", ".join(state.suggested[:4]) + ("…" if count > 4 else "")
                ),
            )
        self._moved(state.found.columns[0].header)

    def take_keyboard(self) -> None:
        """Begin in the table."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _accept(self) -> None:
        if self._state is not None and self._model is not None:
            self._state.accept_suggestion()
            self.suggestion.hide()
            self._model.refresh()
            self.table.setFocus()

    def _keep(self) -> None:
        if self._state is not None and self._model is not None:
            self._state.keep_rest(self.keep.isChecked())
            self._model.refresh()

    def _moved(self, header: str) -> None:
        if self._state is not None and header:
            self.detail.show_column(self._state, header)

    def _again(self) -> None:
        if self._state is not None:
            self.keep.setChecked(bool(self._state.rest))
        index = self.table.currentIndex()
        if index.isValid():
            self._moved(str(index.siblingAtColumn(COLUMN).data()))
