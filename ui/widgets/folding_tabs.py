"""Tabs that fit: those that hold something first, the rest under “More”."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QTabBar, QWidget

from ui.theme import theme
from ui.widgets.base import named, spaced
from ui.widgets.buttons import Button
from ui.words import translate

AROUND = 24
"""What the style sheet leaves around the words of a tab, in pixels at 100 % text."""


class _Bar(QTabBar):
    """Tells how wide each tab wants to be, shown or not."""

    def wanted(self, tab: int) -> int:
        """In pixels; bold words, as those of the chosen tab are, have room."""
        metrics = QFontMetrics(theme().font("body", "bold"))
        bold = metrics.horizontalAdvance(self.tabText(tab)) + theme().px(AROUND) + 2
        return max(bold, self.tabSizeHint(tab).width())


class FoldingTabs(QWidget):
    """A tab bar that never scrolls. The first tab and the chosen one are always seen.

    A tab that is not offered is nowhere; one that is empty is under “More” until it is chosen.
    """

    def __init__(self, name: str, more: str = "", parent: QWidget | None = None) -> None:
        """`more` names the button of what is folded away to who hears the screen."""
        super().__init__(parent)
        named(self, name)
        row = QHBoxLayout(self)
        spaced(row, gap=4)
        self.bar = named(_Bar(), name)
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setUsesScrollButtons(False)
        self.bar.setElideMode(Qt.TextElideMode.ElideNone)
        self.bar.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.more = Button(translate("tabs", "More"), "keyboard_arrow_down", "quiet")
        self.more.icon_after()
        named(self.more, more or translate("tabs", "More parts of this record"))
        self.more.clicked.connect(self.show_menu)
        self.more.hide()
        row.addWidget(self.bar, 1)
        row.addWidget(self.more)
        self._names: list[str] = []
        self._counts: list[int] = []
        self._offered: set[int] = set()
        self._empty: set[int] = set()
        self._called: set[int] = set()
        self.bar.currentChanged.connect(self._chosen)
        theme().changed.connect(self.lay)

    def add(self, name: str) -> None:
        """One more tab at the end."""
        self._names.append(name)
        self._counts.append(0)
        self._offered.add(self.bar.addTab(name))

    def offer(self, tabs: Iterable[int], empty: Iterable[int] = ()) -> None:
        """Which tabs there are for what is shown now, and which of them hold nothing."""
        self._offered, self._empty, self._called = {0, *tabs}, set(empty), set()
        self.lay()

    def keep(self, tabs: Iterable[int], empty: Iterable[int] = ()) -> None:
        """The same for what is shown still: what was called from “More” stays in view."""
        called = self._called
        self.offer(tabs, empty)
        self._called = called & self._offered
        self.lay()

    def name_tab(self, index: int, name: str, count: int) -> None:
        """Say what is behind a tab, and how many."""
        self._names[index], self._counts[index] = name, count
        words = f"{name} {count:,}" if count else name
        if words != self.bar.tabText(index):
            self.bar.setTabText(index, words)

    @property
    def empty(self) -> frozenset[int]:
        """The tabs that hold nothing and were not called for."""
        return frozenset(self._empty - self._called)

    @property
    def folded(self) -> list[int]:
        """The tabs under “More”, in their order."""
        return [tab for tab in sorted(self._offered) if not self.bar.isTabVisible(tab)]

    def lay(self) -> None:
        """Show as many tabs as there is room for, by what they hold."""
        at = self.bar.currentIndex()
        order = sorted(self._offered, key=lambda tab: (tab != 0, tab != at, self._is_empty(tab)))
        held = [tab for tab in order if tab in (0, at) or not self._is_empty(tab)]
        shown = set(held)
        if len(held) < len(order) or self._wide(held) > self.width():
            room = self.width() - self.more.sizeHint().width() - theme().px(8)
            while len(held) > 1 and self._wide(held) > room and held[-1] not in (0, at):
                held.pop()
            shown = set(held)
        for tab in range(self.bar.count()):
            if self.bar.isTabVisible(tab) != (tab in shown):  # said again, Qt forgets to lay out
                self.bar.setTabVisible(tab, tab in shown)
        self.more.setVisible(bool(self.folded))

    def _is_empty(self, tab: int) -> bool:
        return tab in self._empty and tab not in self._called

    def _wide(self, tabs: list[int]) -> int:
        return sum(self.bar.wanted(tab) for tab in tabs)

    def _chosen(self, index: int) -> None:
        if index in self._empty:
            self._called.add(index)
        self.lay()

    def menu(self) -> QMenu:
        """What is folded away; choosing one shows it."""
        menu = named(QMenu(self), self.more.accessibleName())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for tab in self.folded:
            words = self.bar.tabText(tab)
            if tab in self._empty:
                words = translate("tabs", "{name} (none yet)").format(name=self._names[tab])
            menu.addAction(words.replace("&", "&&"), self._called_for).setData(tab)
        return menu

    def show_menu(self) -> None:
        """Open what is folded away under its button."""
        self.menu().popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 2)))

    def _called_for(self) -> None:
        self.bar.setCurrentIndex(int(self.sender().data()))
        self.bar.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.lay()
