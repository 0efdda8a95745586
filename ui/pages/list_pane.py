"""Search, filters, count and the list of one kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from db.errors import Cancelled
from db.query import ListQuery
from db.reader import Reader
from db.record import Record
from db.search import LEAST_PREFIX
from engage_desktop.queries.row_marks import RowMark, row_marks
from ui.pages.filters import Filters
from ui.pages.kept_filters import KeptFilters
from ui.pages.page import Surroundings
from ui.table.model import RecordsModel
from ui.table.view import RecordsView
from ui.widgets.base import Label, Scroll, look, named, spaced
from ui.widgets.buttons import Button
from ui.widgets.pills import Chip
from ui.widgets.top_bar import FindBox
from ui.words import count_words, lower_first, translate

SEARCH_MS = 180


class ListPane(QWidget):
    """Search, filters, count and the list."""

    query_changed = Signal()

    def __init__(self, kind: type[Record], around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self.kind, self._around = kind, around
        look(named(self, kind.meta.plural), "pane")
        tasks = around.context.tasks
        columns = kind.meta.columns
        self.base = ListQuery(kind.meta.name, columns, sort=kind.meta.sort)
        self.model = RecordsModel(
            around.context.registry, tasks, self.base, around.context.readings.note, self._marks
        )
        self.model.setParent(self)
        self.view = RecordsView(self.model, tasks, self)
        box = QVBoxLayout(self)
        spaced(box, (0, 10, 0, 0), 8)
        top = QVBoxLayout()
        spaced(top, (10, 0, 10, 0), 8)
        plural = lower_first(kind.meta.plural)
        words = translate("list", "Search {what}").format(what=plural)
        self.search = FindBox(words, words)
        self.search.textChanged.connect(self._typed)
        row = QHBoxLayout()
        spaced(row, gap=4)
        row.addWidget(self.search, 1)
        self.menu = Button(translate("list", "Import, export, print, bin"), "more_horiz", "icon")
        row.addWidget(self.menu)
        top.addLayout(row)
        self.filters = Filters(kind, tasks, around.today)
        self.filters.changed.connect(self.ask)
        self.kept = KeptFilters(kind, self.filters, around, self)
        top.addWidget(self.filters)
        line = QHBoxLayout()
        spaced(line, gap=8)
        self.count = Label("", "small")
        line.addWidget(self.count, 1)
        self.in_bin = Chip(translate("list", "In the bin"), icon_name="delete")
        self.in_bin.clicked.connect(self.ask)
        self.in_bin.hide()
        line.addWidget(self.in_bin)
        top.addLayout(line)
        box.addLayout(top)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        box.addWidget(self.stack, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_MS)
        self._timer.timeout.connect(self.ask)
        self.model.counted.connect(self._counted)
        self.model.failed.connect(self._failed)
        self.view.copied.connect(around.toast)
        self.view.widths_changed.connect(self._keep_widths)
        self.view.set_widths(around.settings.get(f"widths:{kind.meta.name}", {}))

    @property
    def query(self) -> ListQuery:
        """What the list shows now."""
        text = self.search.text().strip()
        text = text if len(text) >= LEAST_PREFIX else ""
        sort = "-pk" if text else self.model.query.sort
        if not text and self.model.query.text:
            sort = self.base.sort
        return replace(
            self.base, where=self.filters.where, text=text, sort=sort, bin=self.in_bin.isChecked()
        )

    @property
    def narrowed(self) -> bool:
        """True when not everything is listed."""
        return bool(self.query.text or self.query.where or self.query.bin)

    def ask(self) -> None:
        """Show what search and filters say."""
        self._timer.stop()
        self.model.show(self.query)
        self.query_changed.emit()

    def _marks(
        self, reader: Reader, kind: str, ids: list[str]
    ) -> Mapping[str, tuple[RowMark, ...]]:
        return row_marks(reader, kind, ids, self._around.today())

    def _typed(self, text: str) -> None:
        if 0 < len(text.strip()) < LEAST_PREFIX and not self.model.query.text:
            self.count.setText(translate("list", "Type at least three letters"))
            return
        self._timer.start()

    def _counted(self, count: int) -> None:
        meta = self.kind.meta
        many = lower_first(meta.plural)
        one = lower_first(meta.label)
        if one == many:
            one, many = translate("list", "entry"), translate("list", "entries")
        words = count_words(count, one, many)
        if self.query.bin:
            words = translate("list", "{count} in the bin").format(count=words)
        elif self.narrowed:
            words = translate("list", "{count} found").format(count=words)
        self.count.setText(words)
        nothing = count == 0 and self.narrowed
        if nothing and self.stack.count() == 1:
            self.stack.addWidget(self._nothing())
        self.stack.setCurrentIndex(1 if nothing else 0)

    @staticmethod
    def _nothing() -> Scroll:
        """In large text there may be no room for all of it under search and filters."""
        from ui.widgets.cards import EmptyState

        heading = translate("list", "Nothing found")
        words = translate("list", "Try fewer letters, or take a filter off.")
        return Scroll(EmptyState("search", heading, words), heading)

    def _failed(self, error: object) -> None:
        if not isinstance(error, Cancelled):
            self.count.setText(getattr(error, "sentence", translate("list", "This list could not "
                               "be read. Nothing was changed.")))  # fmt: skip

    def _keep_widths(self, widths: dict[str, int]) -> None:
        self._around.settings.set(f"widths:{self.kind.meta.name}", widths)

    def show_bin(self, shown: bool) -> None:
        """List what is in the bin, or what is not."""
        self.in_bin.setVisible(shown)
        self.in_bin.setChecked(shown)
        self.ask()
