"""The cards that were keyed, and the row that is being keyed, in one table."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    Qt,
    QTimer,
)
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from engage_desktop.capture.card import answer_words
from engage_desktop.capture.desk import Desk
from ui.theme import theme
from ui.widgets.base import named
from ui.words import translate

_Index = QModelIndex | QPersistentModelIndex
CARD, ANSWER, TOPIC, COMMENT, QUOTE, REPLY = range(6)
ROW_HEIGHT = 40


def headings() -> list[str]:
    """The columns' words."""
    return [
        translate("batch", "Card"),
        translate("batch", "Answer"),
        translate("batch", "Topic"),
        translate("batch", "Comment"),
        translate("batch", "May quote?"),
        translate("batch", "Reply?"),
    ]


class CardsModel(QAbstractTableModel):
    """The desk's cards, oldest first, with one row more for the next card."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._rows = len(desk.cards)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Cards, and the next."""
        return 0 if parent.isValid() else self._rows + 1

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Six."""
        return 0 if parent.isValid() else 6

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The columns' words."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return headings()[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a card says; the next card has only its number."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        row, column = index.row(), index.column()
        if column == CARD:
            return str(self._desk.hidden + row + 1)
        if row >= self._rows:
            return None
        card = self._desk.cards[row].card
        if column == ANSWER:
            return answer_words(card.fft)
        if column == TOPIC:
            return ", ".join(filter(None, map(self._desk.topic_name, card.themes)))
        if column == COMMENT:
            return " ".join(card.words.split()) if role == Qt.ItemDataRole.DisplayRole \
                else card.words  # fmt: skip
        if column == QUOTE:
            yes, no = translate("batch", "Yes"), translate("batch", "No")
            return {"yes": yes, "no": no}.get(card.quote, "")
        return translate("batch", "Yes") if card.reply else translate("batch", "No")

    def grew(self) -> None:
        """A card was kept: it stands above the next one."""
        if len(self._desk.cards) > self._rows:
            self.beginInsertRows(QModelIndex(), self._rows, len(self._desk.cards) - 1)
            self._rows = len(self._desk.cards)
            self.endInsertRows()

    def shrank(self) -> None:
        """The last card was taken back."""
        if len(self._desk.cards) < self._rows:
            self.beginRemoveRows(QModelIndex(), len(self._desk.cards), self._rows - 1)
            self._rows = len(self._desk.cards)
            self.endRemoveRows()

    def changed(self, row: int) -> None:
        """A card was corrected."""
        self.dataChanged.emit(self.index(row, 0), self.index(row, 5))


class _Cell(QStyledItemDelegate):
    """Words with the header's margin, and a fine line under each card."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        px, box = theme().px, option.rect
        painter.save()
        painter.fillRect(box.x(), box.bottom(), box.width(), 1, theme().colour("line"))
        painter.setFont(theme().font())
        painter.setPen(theme().colour("text"))
        inside = box.adjusted(px(10), 0, -px(6), 0)
        words = painter.fontMetrics().elidedText(
            str(index.data() or ""), Qt.TextElideMode.ElideRight, inside.width()
        )
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(inside, int(flags), words)
        painter.restore()


class CardsTable(QTableView):
    """A table whose one row holds the five fields; the keyboard never lands on the table."""

    def __init__(self, model: CardsModel, fields: list[QWidget]) -> None:
        super().__init__()
        named(self, translate("batch", "Cards keyed"))
        self.setModel(model)
        self._fields = fields
        self._row = model.rowCount() - 1
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setTabKeyNavigation(False)
        self.setItemDelegate(_Cell(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setHighlightSections(False)
        for field in fields:
            field.setParent(self.viewport())
        header.sectionResized.connect(self._soon)
        self.verticalScrollBar().valueChanged.connect(self._place)
        self.horizontalScrollBar().valueChanged.connect(self._place)
        theme().changed.connect(self._rescale)
        self._rescale()

    @property
    def keyed_row(self) -> int:
        """The row that holds the fields."""
        return self._row

    def key_row(self, row: int) -> None:
        """Move the fields to a row."""
        self._row = row
        self._reveal()

    def _reveal(self) -> None:
        self.executeDelayedItemsLayout()
        self.scrollTo(self.model().index(self._row, CARD))
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The comment takes what the others leave."""
        super().resizeEvent(event)
        self._share_width()
        QTimer.singleShot(0, self, self._reveal)

    def _rescale(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme().px(ROW_HEIGHT))
        self._share_width()

    def _share_width(self) -> None:
        letter = self.fontMetrics().averageCharWidth()
        small = QFontMetrics(theme().font("small", "semi"))
        pads = theme().px(22)
        least = [small.horizontalAdvance(words) + pads for words in headings()]
        wishes = {CARD: 5, ANSWER: 24, TOPIC: 22, QUOTE: 9, REPLY: 10}
        room = self.viewport().width()
        widths = {c: max(least[c], letter * wish) for c, wish in wishes.items()}
        if room - sum(widths.values()) < letter * 20:
            widths = {c: max(least[c], letter * wish * 2 // 3) for c, wish in wishes.items()}
        comment = max(letter * 20, room - sum(widths.values()))
        for column, width in (*widths.items(), (COMMENT, comment)):
            self.setColumnWidth(column, max(1, width))
        self._place()

    def _soon(self, *_: int) -> None:
        QTimer.singleShot(0, self, self._place)

    def _place(self, *_: int) -> None:
        for column, field in enumerate(self._fields, start=1):
            box: QRect = self.visualRect(self.model().index(self._row, column))
            field.setGeometry(box.adjusted(0, 2, 0, -3))
            field.setVisible(box.isValid())

    def event(self, event: QEvent) -> bool:
        """Fields follow every new layout of the rows."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return done
