"""The register of erasures, and who read what is confidential. Neither is written by hand."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.changes import Applied
from db.reader import Reader
from engage_desktop.erasing import ErasureLine, lines_of
from engage_desktop.readings import may_see_readings
from ui.pages.page import Page, Surroundings
from ui.pages.records_page import RecordsPage
from ui.widgets.base import Label, Scroll, clear, look, named, spaced
from ui.widgets.buttons import Button
from ui.widgets.cards import Card, EmptyState, ruled
from ui.widgets.flow import FlowRow
from ui.words import count_words, moment_words, translate

MOST = 100
"""Erasures on the page at first, the newest; a button shows as many more."""
REFRESH_MS = 150


class ErasuresPage(Page):
    """What was erased, by whom, when and why, and which laptops have confirmed."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around = around
        name = translate("erasures", "Erasures")
        look(named(self, name), "page")
        outer = QVBoxLayout(self)
        spaced(outer)
        inner = named(QWidget(), name)
        box = QVBoxLayout(inner)
        spaced(box, (20, 16, 20, 20), 14)
        self.scroll = Scroll(inner, name)
        outer.addWidget(self.scroll)
        self.heading = Label(name, "title")
        box.addWidget(self.heading)
        self.purpose = Label(
            translate("erasures", "What was erased for good, who did it, when and why, and from "
                      "which laptops it is gone. Not a word of what went is kept."),
            "muted",
        )  # fmt: skip
        box.addWidget(self.purpose)
        self.tools = FlowRow(name, 10)
        self.print_button = Button(translate("erasures", "Print the register"), "print",
                                   "secondary")  # fmt: skip
        self.print_button.clicked.connect(self.print_list)
        self.export_button = Button(translate("erasures", "Export the register"), "download",
                                    "secondary")  # fmt: skip
        self.export_button.clicked.connect(self.export_list)
        self.tools.add(self.print_button, self.export_button)
        box.addWidget(self.tools)
        self.count = Label("", "small")
        box.addWidget(self.count)
        self.card = Card(name=name)
        box.addWidget(self.card)
        self.more = Button(translate("erasures", "Show earlier ones"), "keyboard_arrow_down",
                           "quiet")  # fmt: skip
        self.more.clicked.connect(self._show_more)
        box.addWidget(self.more)
        self.empty = EmptyState(
            "delete", translate("erasures", "Nothing was erased yet"),
            translate("erasures", "When somebody asks to be forgotten, open the record, choose "
                      "More and “Erase for good…”. It is written down here that it was done."),
        )  # fmt: skip
        box.addWidget(self.empty)
        box.addStretch(1)
        for widget in (self.tools, self.count, self.card, self.more, self.empty):
            widget.hide()
        self.lines: list[ErasureLine] = []
        self._most, self._in_view = MOST, False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        around.context.tasks.wrote.connect(self._wrote)

    # -- the window's side -------------------------------------------------------------------

    def enter(self) -> None:
        self._in_view = True
        self.refresh()

    def leave(self) -> bool:
        self._in_view = False
        self._timer.stop()
        return True

    def take_keyboard(self) -> None:
        (self.print_button if self.print_button.isVisible() else self.scroll).setFocus()

    def heard(self, applied: Applied) -> None:
        if self._in_view and (
            "erasure" in applied.kinds or any(t.what == "erased" for t in applied.touched)
        ):
            self._timer.start()

    def _wrote(self) -> None:
        """What was left of one may be gone now, or a laptop has confirmed."""
        if self._in_view and self.isVisible() and any("Not yet" in x.laptops for x in self.lines):
            self._timer.start()

    def holds(self, kind: str) -> bool:
        return kind == "erasure"

    def open_record(self, kind: str, record_id: str) -> None:
        self.enter()

    # -- showing -----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the register again."""
        store = self._around.context.workspace.store

        def job(_reader: Reader) -> list[ErasureLine]:
            return lines_of(store)

        self._around.context.tasks.read(job, self._came, key=self)

    def _came(self, lines: list[ErasureLine]) -> None:
        self.lines = lines
        clear(self.card.body)
        ruled(self.card.body, [self._line(line) for line in lines[: self._most]])
        words = count_words(len(lines), translate("erasures", "erasure"))
        self.count.setText(words)
        for widget in (self.tools, self.count, self.card):
            widget.setVisible(bool(lines))
        self.more.setVisible(len(lines) > self._most)
        self.empty.setVisible(not lines)
        self.purpose.setVisible(bool(lines))

    def _show_more(self) -> None:
        self._most += MOST
        self._came(self.lines)

    def _line(self, line: ErasureLine) -> QWidget:
        made = QWidget()
        box = QVBoxLayout(made)
        spaced(box, (0, 6, 0, 6), 2)
        strong = f"{line.what}. {line.scope}"
        who = f"{line.officer} · {moment_words(line.ms)}"
        said = [translate("erasures", "Reason: {words}").format(words=line.reason)]
        if not line.reason:
            said = [translate("erasures", "The reason is not here yet.")]
        if line.refused:
            said.append(translate("erasures", "Kept: {words}").format(
                words=line.refused.replace("\n", "; ")))  # fmt: skip
        said.append(line.laptops)
        box.addWidget(Label(strong, "strong"))
        box.addWidget(Label(who, "small"))
        for words in said:
            box.addWidget(Label(words))
        return named(made, ". ".join([strong, who, *said]))

    def print_list(self) -> None:
        """Preview the register as it is printed."""
        self._around.flows.print_erasures(self._around.window)

    def export_list(self) -> None:
        """Write the register into a file."""
        self._around.flows.export_erasures(self._around.window)


class ReadingsPage(RecordsPage):
    """Who read which confidential record, when and how. For admins."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(
            around.context.registry["reading"], around, by_hand=False, parent=parent,
            purpose=translate("areas", "Opening, finding, listing, printing or exporting a "
                              "confidential record is written down here: who, when and how. "
                              "Not a word of what was read."),
        )  # fmt: skip
        self._allowed: bool | None = None

    def _empty(self) -> EmptyState:
        heading = translate("list", "No confidential record was read yet")
        return EmptyState("help", heading, self._purpose)

    def enter(self) -> None:
        store = self._context.workspace.store
        self._allowed = may_see_readings(store)
        if self._allowed:
            super().enter()
            return
        if self._closed is None:
            self._closed = EmptyState(
                "lock", translate("list", "Only admins see who read what"),
                translate("list", "Ask an admin of your team. What you read yourself is written "
                          "down all the same."),
            )  # fmt: skip
            self._stack.addWidget(self._closed)
        self._stack.setCurrentWidget(self._closed)

    _closed: EmptyState | None = None

    def open_record(self, kind: str, record_id: str) -> None:
        self.enter()
        if self._allowed:
            super().open_record(kind, record_id)

    def take_keyboard(self) -> None:
        if self._allowed and not self.is_empty:
            super().take_keyboard()

    @property
    def list_page(self) -> RecordsPage | None:  # type: ignore[override]
        return self if self._allowed else None


__all__ = ["ErasuresPage", "ReadingsPage"]
