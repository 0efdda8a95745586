"""A layout of equal tiles in as many columns as fit, so that text at 200 % never clips."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class TileGrid(QLayout):
    """Rows of equally wide items; the number of columns follows the width.

    A tile is never narrower than the widest item's minimum. Columns are evened out: eight tiles
    that do not fit in one row stand four and four, not seven and one.
    """

    def __init__(self, parent: QWidget | None = None, gap: int = 12) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(QMargins(0, 0, 0, 0))

    def addItem(self, item: QLayoutItem) -> None:
        """Take an item at the end."""
        self._items.append(item)

    def count(self) -> int:
        """How many tiles there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The tile at that place, or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take a tile out, or None."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Grows sideways only."""
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        """A narrower grid is a taller one."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of all rows at that width."""
        columns = self._columns(width)
        rows = -(-len(self._items) // columns) if self._items else 0
        return rows * self._tile().height() + max(0, rows - 1) * self._gap

    def minimumSize(self) -> QSize:
        """One tile wide."""
        return self._tile()

    def sizeHint(self) -> QSize:
        """All tiles in one row."""
        tile = self._tile()
        count = max(1, len(self._items))
        return QSize(count * tile.width() + (count - 1) * self._gap, tile.height())

    def setGeometry(self, rect: QRect) -> None:
        """Lay the tiles out."""
        super().setGeometry(rect)
        if not self._items:
            return
        columns = self._columns(rect.width())
        width = (rect.width() - (columns - 1) * self._gap) / columns
        height = self._tile().height()
        for index, item in enumerate(self._items):
            row, column = divmod(index, columns)
            left = round(column * (width + self._gap))
            right = round(column * (width + self._gap) + width)
            top = row * (height + self._gap)
            item.setGeometry(QRect(rect.topLeft() + QPoint(left, top), QSize(right - left, height)))

    def _tile(self) -> QSize:
        size = QSize(0, 0)
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _columns(self, width: int) -> int:
        count = len(self._items)
        if not count:
            return 1
        tile = max(1, self._tile().width())
        fit = max(1, min(count, (width + self._gap) // (tile + self._gap)))
        rows = -(-count // fit)
        return -(-count // rows)
