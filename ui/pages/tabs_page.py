"""An area of several pages under tabs: Events with Venues, Feedback with its four faces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from db.changes import Applied
from ui.pages.page import Page
from ui.widgets.base import look, named, spaced
from ui.widgets.folding_tabs import FoldingTabs
from ui.words import translate


@dataclass(frozen=True)
class Tab:
    """One face of an area: its words, the kinds it holds, and how its page is made."""

    words: str
    make: Callable[[], Page]
    kinds: tuple[str, ...] = ()
    errands: tuple[str, ...] = ()


class TabsPage(Page):
    """Passes everything on to the page in view. A page is made when its tab is first shown."""

    def __init__(self, name: str, tabs: Sequence[Tab], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look(named(self, name), "page")
        box = QVBoxLayout(self)
        spaced(box, gap=0)
        head = look(QWidget(), "bar")
        named(head, name)
        row = QVBoxLayout(head)
        spaced(row, (20, 4, 20, 0), 0)
        self.tabs = FoldingTabs(name, translate("tabs", "More of {area}").format(area=name))
        self.bar = self.tabs.bar
        row.addWidget(self.tabs)
        box.addWidget(head)
        self._stack = QStackedWidget()
        box.addWidget(self._stack, 1)
        self._tabs = list(tabs)
        self._made: dict[int, Page] = {}
        for tab in tabs:
            self.tabs.add(tab.words)
        self._at, self._in_view, self._hidden = 0, False, False
        self.bar.currentChanged.connect(self._switch)

    def page(self, index: int) -> Page:
        """The page of a tab, made on the first visit."""
        if index not in self._made:
            page = self._tabs[index].make()
            page.primary_changed.connect(self.primary_changed)
            page.set_hidden(self._hidden)
            self._made[index] = page
            self._stack.addWidget(page)
        return self._made[index]

    @property
    def current(self) -> Page:
        """The page in view."""
        return self.page(self._at)

    def _switch(self, index: int) -> None:
        if index == self._at:
            return
        self.current.leave()
        self._at = index
        self._stack.setCurrentWidget(self.current)
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

    def take_keyboard(self) -> None:
        self.current.take_keyboard()

    def leave(self) -> bool:
        self._in_view = False
        return self.current.leave()

    def heard(self, applied: Applied) -> None:
        for page in self._made.values():
            page.heard(applied)

    def set_hidden(self, hidden: bool) -> None:
        self._hidden = hidden
        for page in self._made.values():
            page.set_hidden(hidden)

    def holds(self, kind: str) -> bool:
        return any(kind in tab.kinds for tab in self._tabs)

    def open_record(self, kind: str, record_id: str) -> None:
        self.bar.setCurrentIndex(self._index(kind))
        self.current.open_record(kind, record_id)

    def _index(self, kind: str) -> int:
        return next(i for i, tab in enumerate(self._tabs) if kind in tab.kinds)

    def begin_record(self, kind: str, defaults: dict[str, Any]) -> None:
        self.bar.setCurrentIndex(self._index(kind))
        self.current.begin_record(kind, defaults)

    def save(self) -> None:
        self.current.save()

    @property
    def place(self) -> tuple[str, str]:
        return self.current.place

    @property
    def list_page(self) -> Any:
        return self.current.list_page

    def show_errand(self, errand: str) -> None:
        for index, tab in enumerate(self._tabs):
            if errand in tab.errands:
                self.bar.setCurrentIndex(index)
                self.current.show_errand(errand)
                return
