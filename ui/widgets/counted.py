"""A list of a few things to choose from, each with how many there are."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.theme import theme
from ui.widgets.base import named

COUNT = int(Qt.ItemDataRole.UserRole) + 1
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter)
_FIGURE = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class _Counted(QStyledItemDelegate):
    """The words at the left, wrapped where they must; the figure at the right."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:  # fmt: skip
        self.initStyleOption(option, index)
        words, option.text = option.text, ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        room, figure = self._rooms(option, index)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        palette = option.palette
        ink = palette.highlightedText().color() if chosen else palette.text().color()
        count = index.data(COUNT)
        muted = not chosen and not count
        painter.save()
        painter.setFont(option.font)
        painter.setPen(theme().colour("muted") if muted else ink)
        painter.drawText(room, _WRAP, words)
        if count is not None:
            painter.drawText(figure, _FIGURE, f"{count:,}")
        painter.restore()

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        self.initStyleOption(option, index)
        if isinstance(option.widget, QListWidget):
            option.rect.setWidth(option.widget.viewport().width())
            option.rect.setHeight(10_000)
        room, _figure = self._rooms(option, index)
        tall = QFontMetrics(option.font).boundingRect(room, _WRAP, str(index.data())).height()
        return QSize(room.width(), tall + 2 * theme().px(8))

    @staticmethod
    def _rooms(
        option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> tuple[QRect, QRect]:
        edge = theme().px(10)
        inner = option.rect.adjusted(edge, 0, -edge, 0)
        count = index.data(COUNT)
        wide = 0 if count is None else option.fontMetrics.horizontalAdvance(f"{count:,}")
        words, figure = QRect(inner), QRect(inner)
        words.setRight(inner.right() - wide - edge)
        figure.setLeft(inner.right() - wide)
        return words, figure


class CountedList(QListWidget):
    """Say what there is with `add`, and how many with `say`."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name)
        self.setItemDelegate(_Counted(self))
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def add(self, code: str) -> None:
        """One more thing, without words yet."""
        item = QListWidgetItem()
        item.setData(Qt.ItemDataRole.UserRole, code)
        self.addItem(item)

    def say(self, at: int, words: str, count: int | None) -> None:
        """The words of one, and how many there are; None where that is not known."""
        item = self.item(at)
        item.setText(words)
        item.setData(COUNT, count)
        told = words if count is None else f"{words}: {count:,}"
        item.setData(Qt.ItemDataRole.AccessibleTextRole, told)

    @property
    def code(self) -> str:
        """What is chosen; "" for nothing."""
        item = self.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item else ""


__all__ = ["COUNT", "CountedList"]
