"""The head of an open record: what it is called, what is to be seen of it first, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.form.context import Context
from ui.pages.record_watch import WatchButton
from ui.widgets.base import Label, clear, named, spaced
from ui.widgets.buttons import Button
from ui.widgets.flow import FlowRow
from ui.widgets.pills import Pill
from ui.words import translate

if TYPE_CHECKING:
    from ui.pages.facts import Facts

LONGEST = 120
"""Characters of a title."""


class RecordHead(QWidget):
    """Title and buttons, a line with its pill and the bell, and flags. Acts on none of them."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        named(self, translate("record", "Head of the record"))
        box = QVBoxLayout(self)
        spaced(box, gap=8)
        box.addLayout(self._buttons())
        under = QHBoxLayout()
        spaced(under, gap=10)
        self.pill = Pill("", "plain")
        self.line = Label("", "muted")
        under.addWidget(self.pill, 0, Qt.AlignmentFlag.AlignVCenter)
        under.addWidget(self.line, 1)
        under.addStretch(0)  # or the bell stands in the middle where there is no line
        self.watch = WatchButton(context)
        under.addWidget(self.watch, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(under)
        self.flags = FlowRow(translate("record", "To be seen first"), 6)
        box.addWidget(self.flags)
        self.only_title("")

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        spaced(row, gap=10)
        self.back = Button(translate("record", "Back to the list"), "arrow_back", "icon", key="Esc")
        self.title = Label("", "title")
        self.state = Label("", "small", wrap=False)
        self.save = Button(translate("record", "Save"), "save", "secondary", key="Ctrl+S")
        self.make = Button(translate("record", "Make handout"), "menu_book", "secondary")
        self.more = Button(translate("record", "More"), "more_horiz", "icon")
        row.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.title, 1)
        for widget in (self.state, self.save, self.make, self.more):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        return row

    def only_title(self, words: str) -> None:
        """Of what is not kept, or not any more."""
        self.title.setText(words)
        for widget in (self.line, self.pill, self.state, self.save, self.make, self.more,
                       self.flags, self.watch):  # fmt: skip
            widget.hide()

    def show_title(self, words: str) -> None:
        """What it is called, cut where that is a page of text."""
        self.title.setText(words if len(words) <= LONGEST else words[: LONGEST - 1] + "…")

    def show_facts(self, facts: Facts) -> None:
        """What is to be seen of it first."""
        self.line.setText(facts.line)
        self.line.setVisible(bool(facts.line))
        self.pill.setVisible(facts.pill is not None)
        if facts.pill:
            self.pill.show_as(*facts.pill)
        clear(self.flags.flow)
        self.flags.add(*(Pill(words, tone) for words, tone in facts.flags))
        self.flags.setVisible(bool(facts.flags))

    def show_state(self, words: str, *, unsaved: bool) -> None:
        """Whether what is typed is kept."""
        self.state.setText(words)
        self.state.setVisible(bool(words))
        self.save.setVisible(unsaved)


__all__ = ["RecordHead"]
