"""An area of several pages under tabs: Events with Venues, Feedback with its four faces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from db.changes import Applied
from ui.pages.page import Page
from ui.widgets.base import look, named, spaced


class TabsPage(Page):
    """Passes everything on to the page in view."""

    def __init__(
        self, name: str, pages: Sequence[tuple[str, Page]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        look(named(self, name), "page")
        box = QVBoxLayout(self)
        spaced(box, gap=0)
        head = look(QWidget(), "bar")
        named(head, name)
        row = QVBoxLayout(head)
        spaced(row, (20, 4, 20, 0), 0)
        self.bar = named(QTabBar(), name)
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setUsesScrollButtons(True)
        row.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(head)
        self._stack = QStackedWidget()
        box.addWidget(self._stack, 1)
        self.pages = [page for _, page in pages]
        for words, page in pages:
            self.bar.addTab(words)
            self._stack.addWidget(page)
            page.primary_changed.connect(self.primary_changed)
        self._at = 0
        self._in_view = False
        self.bar.currentChanged.connect(self._switch)

    @property
    def current(self) -> Page:
        """The page in view."""
        return self.pages[self._at]

    def _switch(self, index: int) -> None:
        if index == self._at:
            return
        self.current.leave()
        self._at = index
        self._stack.setCurrentIndex(index)
        if self._in_view:
            self.current.enter()
        self.primary_changed.emit()

    @property
    def primary(self) -> tuple[str, str]:
        return self.current.primary

    def run_primary(self) -> None:
        self.current.run_primary()

    def enter(self) -> None:
        self._in_view = True
        self.current.enter()

    def leave(self) -> bool:
        self._in_view = False
        return self.current.leave()

    def heard(self, applied: Applied) -> None:
        for page in self.pages:
            page.heard(applied)

    def set_hidden(self, hidden: bool) -> None:
        for page in self.pages:
            page.set_hidden(hidden)

    def holds(self, kind: str) -> bool:
        return any(page.holds(kind) for page in self.pages)

    def open_record(self, kind: str, record_id: str) -> None:
        index = next(i for i, page in enumerate(self.pages) if page.holds(kind))
        self.bar.setCurrentIndex(index)
        self.pages[index].open_record(kind, record_id)

    def begin_record(self, kind: str, defaults: dict[str, Any]) -> None:
        index = next(i for i, page in enumerate(self.pages) if page.holds(kind))
        self.bar.setCurrentIndex(index)
        self.pages[index].begin_record(kind, defaults)

    def save(self) -> None:
        self.current.save()

    @property
    def list_page(self) -> Any:
        return self.current.list_page

    def show_errand(self, errand: str) -> None:
        for index, page in enumerate(self.pages):
            if page.takes_errand(errand):
                self.bar.setCurrentIndex(index)
                page.show_errand(errand)
                return
