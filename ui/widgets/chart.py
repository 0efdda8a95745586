"""Bars with their words beside them, and the same figures as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QSizePolicy,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.theme import theme
from ui.widgets.base import named, spaced
from ui.widgets.buttons import Button
from ui.words import translate


@dataclass(frozen=True)
class Bar:
    """One line of the chart. `tone` colours it; `note` stands behind the number."""

    label: str
    count: int
    note: str = ""
    tone: str = "bar"


class _Bars(QWidget):
    """Painted bars; read out as one sentence a bar."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.bars: list[Bar] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        named(self, name)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        self.bars = list(bars)
        said = "; ".join(f"{b.label}: {b.count:,} {b.note}".strip() for b in self.bars)
        named(self, self._name, said)
        self.updateGeometry()
        self.update()

    def _columns(self, width: int) -> tuple[int, int]:
        """Room for labels and for numbers."""
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(b.label) for b in self.bars), default=0)
        numbers = max((metrics.horizontalAdvance(self._said(b)) for b in self.bars), default=0)
        return min(widest + 2, int(width * 0.42)), min(numbers + 2, int(width * 0.34))

    @staticmethod
    def _said(bar: Bar) -> str:
        return f"{bar.count:,}  {bar.note}".rstrip()

    def _row_height(self, bar: Bar, width: int) -> int:
        label, number = self._columns(width)
        wrap = int(Qt.TextFlag.TextWordWrap)
        metrics = self.fontMetrics()
        tall = max(
            metrics.boundingRect(QRect(0, 0, max(1, label), 9999), wrap, bar.label).height(),
            metrics.boundingRect(QRect(0, 0, max(1, number), 9999), wrap, self._said(bar)).height(),
        )
        return max(tall, theme().px(16)) + theme().px(8)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return sum(self._row_height(bar, width) for bar in self.bars)

    def sizeHint(self) -> QSize:
        width = max(self.width(), theme().px(320))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(180), self.heightForWidth(max(self.width(), theme().px(180))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px, top = theme().px, 0
        label, number = self._columns(self.width())
        left = label + px(12)
        room = max(1, self.width() - left - number - px(12))
        most = max((bar.count for bar in self.bars), default=0) or 1
        centre = Qt.AlignmentFlag.AlignVCenter.value | Qt.TextFlag.TextWordWrap.value
        for bar in self.bars:
            tall = self._row_height(bar, self.width())
            painter.setPen(theme().colour("text"))
            painter.drawText(QRect(0, top, label, tall), centre, bar.label)
            painter.drawText(
                QRect(left + room + px(12), top, number, tall), centre, self._said(bar)
            )
            painter.setPen(Qt.PenStyle.NoPen)
            box = QRectF(left, top + (tall - px(14)) / 2, room, px(14))
            painter.setBrush(theme().colour("track"))
            painter.drawRoundedRect(box, px(2), px(2))
            painter.setBrush(theme().colour(bar.tone))
            if bar.count:
                box.setWidth(max(px(3), room * bar.count / most))
                painter.drawRoundedRect(box, px(2), px(2))
            top += tall
        painter.end()


class BarChart(QWidget):
    """Bars, and one press away the same as a table for who cannot or would not read bars."""

    def __init__(
        self, name: str, label_head: str, count_head: str, note_head: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        named(self, name)
        self._heads = [label_head, count_head, *([note_head] if note_head else [])]
        self._bars = _Bars(name)
        self._table = named(QTableWidget(0, len(self._heads)), name)
        self._table.setHorizontalHeaderLabels(self._heads)
        self._table.verticalHeader().hide()
        self._table.setTabKeyNavigation(False)
        self._table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        head = self._table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._bars)
        self._stack.addWidget(self._table)
        self._toggle = Button(translate("chart", "Show as table"), "table", "quiet")
        self._name_toggle()
        self._toggle.clicked.connect(self.toggle)
        box = QVBoxLayout(self)
        spaced(box, gap=4)
        box.addWidget(self._stack)
        box.addWidget(self._toggle, 0, Qt.AlignmentFlag.AlignLeft)
        self._fit()

    @property
    def bars(self) -> list[Bar]:
        """What is shown."""
        return self._bars.bars

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """New figures, for both faces."""
        self._bars.show_bars(bars)
        self._table.setRowCount(len(bars))
        for row, bar in enumerate(bars):
            texts = (bar.label, f"{bar.count:,}", bar.note)[: len(self._heads)]
            for column, text in enumerate(texts):
                self._table.setItem(row, column, QTableWidgetItem(text))
        self._table.resizeRowsToContents()
        self._fit()

    def toggle(self) -> None:
        """Bars or table."""
        table = self._stack.currentIndex() == 0
        self._stack.setCurrentIndex(int(table))
        self._toggle.say(
            translate("chart", "Show as bars") if table else translate("chart", "Show as table")
        )
        self._toggle.set_icon("bar_chart" if table else "table")
        self._name_toggle()
        self._fit()

    def _name_toggle(self) -> None:
        """Two charts on a page have two buttons: each says whose it is."""
        words = self._toggle.text().strip()
        named(self._toggle, f"{words}: {self.accessibleName()}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._stack.currentIndex() == 0:
            tall = self._bars.heightForWidth(max(1, self._stack.width()))
        else:
            tall = self._table.horizontalHeader().sizeHint().height() + 4
            tall += sum(self._table.rowHeight(row) for row in range(self._table.rowCount()))
        self._stack.setFixedHeight(max(tall, theme().px(24)))
