"""The area Send and receive: the exchange itself, what waits for a choice, and what changed."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer

from db.changes import Applied
from db.reader import Reader
from engage_desktop import watching
from engage_desktop.queries.versions import undecided_count
from ui.pages.page import Page, Surroundings
from ui.pages.tabs_page import Tab, TabsPage
from ui.words import translate

SOON_MS = 400


def _exchange(around: Surroundings) -> Page:
    from ui.pages.guest import GuestPage

    name = translate("areas", "Send and receive")
    return GuestPage(name, around.flows.send_receive_page(around.context))


def _versions(around: Surroundings) -> Page:
    from ui.pages.versions import VersionsPage

    return VersionsPage(around)


def _changes(around: Surroundings) -> Page:
    from ui.pages.changes import ChangesPage

    return ChangesPage(around)


class ColleaguesPage(TabsPage):
    """Three tabs; the last two say how many wait behind them."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._words = (
            translate("areas", "Send and receive"),
            translate("areas", "Two versions"),
            translate("areas", "What changed for you"),
        )
        exchange, versions, changes = self._words
        super().__init__(
            exchange,
            [
                Tab(exchange, partial(_exchange, around)),
                Tab(versions, partial(_versions, around), (), ("versions",)),
                Tab(changes, partial(_changes, around), (), ("changes",)),
            ],
        )
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self.count)

    def enter(self) -> None:
        super().enter()
        self.count()

    def heard(self, applied: Applied) -> None:
        super().heard(applied)
        self._soon.start()

    def page(self, index: int) -> Page:
        """The page of a tab; what it counts itself stands on its tab at once."""
        new = index not in self._made
        page = super().page(index)
        if new and index:
            page.badge_changed.connect(self._name_versions if index == 1 else self._name_changes)
        return page

    def count(self) -> None:
        """How many wait."""
        store = self._around.context.workspace.store

        def job(reader: Reader) -> tuple[int, int]:
            unread = sum(item.unread for item in watching.every(store, reader))
            return undecided_count(reader), unread

        self._around.context.tasks.read(job, self._counted, key=(self, "count"))

    def _counted(self, found: tuple[int, int]) -> None:
        for index, count in enumerate(found, 1):
            self._name(index, count)

    def _name_versions(self, count: int) -> None:
        self._name(1, count)

    def _name_changes(self, count: int) -> None:
        self._name(2, count)

    def _name(self, index: int, count: int) -> None:
        self.tabs.name_tab(index, self._words[index], count)
        self.tabs.lay()
