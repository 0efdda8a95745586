"""The lists that matter: how long each is, and who is on the one chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from db.changes import Applied
from db.errors import KnownError
from db.reader import Reader
from engage_desktop.maps.scene import Table
from engage_desktop.queries.standing_lists import (
    LISTS,
    MONTHS,
    Asked,
    Found,
    list_title,
    standing_counts,
    standing_list,
)
from engage_desktop.stakeholders.parts import TERM_SOON_DAYS
from ui.maps.table import MapTable
from ui.pages.page import Page, Surroundings
from ui.table.values import title_shown
from ui.theme import theme
from ui.widgets.base import Label, look, named, spaced
from ui.widgets.buttons import Button, Combo
from ui.widgets.cards import EmptyState
from ui.widgets.counted import CountedList
from ui.widgets.flow import FlowRow
from ui.words import count_words, translate

K = Qt.Key
PAGE = 200
"""Rows shown at first; a button shows as many more."""
SIDE, NAME = 300, 230
"""Widths of the lists and of the names, in pixels at 100 %."""
REFRESH_MS = 250
KINDS = frozenset({"stakeholder", "interaction", "permission", "membership"})
MONTHS_OFFERED = (1, 2, 3, 6, 9, 12, 18, 24, 36)
DAYS_OFFERED = (30, 60, 90, 180, 365)
MONTHS_KEPT, DAYS_KEPT = "lists:months", "lists:days"


@dataclass(frozen=True, slots=True)
class Shown:
    """What was read: how long each list is, and the rows of one."""

    name: str
    asked: Asked
    counts: Mapping[str, int]
    found: Found


class StandingListsPage(Page):
    """The lists at the left, who is on one at the right; Enter goes there, and on to the record."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around, self._context = around, around.context
        look(named(self, translate("lists", "Lists")), "page")
        self.shown: Shown | None = None
        self._in_view, self._hidden, self._limit = False, False, PAGE
        row = QHBoxLayout(self)
        spaced(row, (16, 12, 16, 12), 16)
        self.lists = CountedList(translate("lists", "Which list"))
        for name in LISTS:
            self.lists.add(name)
        row.addWidget(self.lists)
        row.addWidget(self._right(), 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._say_lists()
        self.lists.setCurrentRow(0)
        self.lists.currentRowChanged.connect(self._other)
        self.lists.itemActivated.connect(self._into)
        self.rows.opened.connect(self._open)
        self.rows.installEventFilter(self)
        theme().changed.connect(self._lay)

    def _right(self) -> QWidget:
        right = named(QWidget(), translate("lists", "The list chosen"))
        box = QVBoxLayout(right)
        spaced(box, gap=8)
        self._title = Label("", "heading")
        self._note = Label("", "small")
        self.months = self._choice(
            translate("lists", "Months without a contact"), MONTHS_OFFERED, "month", MONTHS_KEPT,
            MONTHS,
        )  # fmt: skip
        self.days = self._choice(
            translate("lists", "Days to the end of a term"), DAYS_OFFERED, "day", DAYS_KEPT,
            TERM_SOON_DAYS,
        )  # fmt: skip
        self.print_button = Button(translate("lists", "Print"), "print", "secondary")
        self.print_button.clicked.connect(self.print_list)
        self.export_button = Button(translate("lists", "Export"), "download", "secondary")
        self.export_button.clicked.connect(self.export_list)
        tools = FlowRow(translate("lists", "What to do with this list"), 10)
        tools.add(self.months, self.days, self.print_button, self.export_button)
        self.rows = MapTable(translate("lists", "Who is on the list"))
        head = self.rows.horizontalHeader()
        head.setStretchLastSection(True)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.empty = EmptyState("check_circle", translate("lists", "Nobody"), "")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.rows)
        self.stack.addWidget(self.empty)
        self.more = Button("", "keyboard_arrow_down", "quiet")
        self.more.clicked.connect(self.show_more)
        for widget in (self._title, self._note, tools):
            box.addWidget(widget)
        box.addWidget(self.stack, 1)
        box.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.more.hide()
        return right

    def _choice(
        self, name: str, offered: tuple[int, ...], unit: str, kept: str, usual: int
    ) -> Combo:  # fmt: skip
        made = Combo(name, [(str(n), count_words(n, unit)) for n in offered])
        at = made.findData(str(self._around.settings.get(kept, usual)))
        made.setCurrentIndex(at if at >= 0 else offered.index(usual))
        made.setProperty("kept", kept)
        made.activated.connect(self._chose)
        return made

    # -- what is asked -----------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The list that is chosen."""
        return self.lists.code

    @property
    def asked(self) -> Asked:
        """As of today, for as long as was chosen."""
        return Asked(
            self._around.today(), int(self.months.currentData()), int(self.days.currentData()),
            sensitive=True,
        )  # fmt: skip

    def _chose(self) -> None:
        box = self.sender()
        if isinstance(box, Combo):
            self._around.settings.set(str(box.property("kept")), int(box.currentData()))
        self._limit = PAGE
        self._say_lists()
        self.refresh()

    def _other(self) -> None:
        self._limit = PAGE
        if self._in_view:
            self.refresh()

    def show_more(self) -> None:
        """As many rows again."""
        self._limit += PAGE
        self.refresh()

    def refresh(self) -> None:
        """Count every list and read the rows of the one chosen."""
        name, asked, limit = self.name, self.asked, self._limit
        self._say_tools()

        def job(reader: Reader) -> Shown:
            with reader.steady():
                found = standing_list(reader, name, asked, limit=limit)
                return Shown(name, asked, standing_counts(reader, asked), found)

        self._context.tasks.read(job, self._came, self._failed, key=self)

    # -- showing -----------------------------------------------------------------------------

    def _came(self, shown: Shown) -> None:
        self.shown = shown
        self._say_lists()
        self._say_rows()

    def _failed(self, error: BaseException) -> None:
        self._note.setText(
            error.sentence
            if isinstance(error, KnownError)
            else translate("lists", "This list could not be read. Nothing was changed.")
        )

    def _say_lists(self) -> None:
        asked, counts = self.asked, self.shown.counts if self.shown else {}
        for at, name in enumerate(LISTS):
            self.lists.say(at, list_title(name, asked), counts.get(name))

    def _say_tools(self) -> None:
        self._title.setText(list_title(self.name, self.asked))
        self.months.setVisible(self.name == "not-contacted")
        self.days.setVisible(self.name == "terms")

    def _say_rows(self) -> None:
        if self.shown is None or self.shown.name != self.name:
            return
        found = self.shown.found
        registry = self._context.registry
        names = [
            title_shown(registry["stakeholder"], row.name, hidden=self._hidden)
            for row in found.rows
        ]
        headings = (translate("lists", "Name"), translate("lists", "About"))
        self.rows.show_table(
            Table(
                headings,
                tuple((name, row.what) for name, row in zip(names, found.rows, strict=True)),
                tuple(f"{row.kind}:{row.id}" for row in found.rows),
            )
        )
        self._lay()
        if found.rows and not self.rows.key:
            self.rows.selectRow(0)
        self._note.setText(self._notes(found))
        for button in (self.print_button, self.export_button):
            button.setEnabled(found.count > 0)
        self.more.setVisible(len(found.rows) < found.count)
        self.more.setText(
            translate("lists", "Show more: {shown} of {all} are shown").format(
                shown=f"{len(found.rows):,}", all=f"{found.count:,}"
            )
        )
        self.empty.say(translate("lists", "Nobody is on this list"), _WHEN_EMPTY[self.name]())
        self.stack.setCurrentWidget(self.rows if found.count else self.empty)

    def _notes(self, found: Found) -> str:
        said = [count_words(found.count, translate("lists", "line"))]
        said += [f"{what}: {n:,}" for what, n in found.by]
        if found.left_out:
            said.append(
                translate("lists", "{n} who are not to be contacted are left out").format(
                    n=f"{found.left_out:,}"
                )
            )
        return "  ·  ".join(said)

    def _lay(self) -> None:
        self.lists.setFixedWidth(min(theme().px(SIDE), max(160, self.width() * 2 // 5)))
        if self.rows.rows.rowCount():
            room = max(160, self.rows.viewport().width() * 2 // 5)
            self.rows.horizontalHeader().resizeSection(0, min(theme().px(NAME), room))
            self.rows.resizeRowsToContents()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay()

    # -- doing -------------------------------------------------------------------------------

    def _open(self, key: str) -> None:
        kind, _, record_id = key.partition(":")
        self._context.open_record(kind, record_id)

    def _into(self) -> None:
        """The keyboard goes to the rows."""
        if self.stack.currentWidget() is self.rows:
            self.rows.setFocus(Qt.FocusReason.TabFocusReason)

    def print_list(self) -> None:
        """Preview the whole list on paper, without what is marked sensitive."""
        asked = replace(self.asked, sensitive=False)
        self._around.flows.print_standing(self._around.window, self.name, asked)

    def export_list(self) -> None:
        """Write the whole list into a file, without what is marked sensitive."""
        asked = replace(self.asked, sensitive=False)
        self._around.flows.export_standing(self._around.window, self.name, asked)

    # -- the window's side -------------------------------------------------------------------

    def enter(self) -> None:
        self._in_view = True
        self.refresh()

    def leave(self) -> bool:
        self._in_view = False
        self._timer.stop()
        return True

    def take_keyboard(self) -> None:
        self.lists.setFocus(Qt.FocusReason.OtherFocusReason)

    def heard(self, applied: Applied) -> None:
        if self._in_view and applied.kinds & KINDS:
            self._timer.start()

    def set_hidden(self, hidden: bool) -> None:
        self._hidden = hidden
        self._say_rows()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape goes back from the rows to the lists."""
        if (
            watched is self.rows
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == K.Key_Escape
        ):
            self.take_keyboard()
            return True
        return super().eventFilter(watched, event)


_WHEN_EMPTY = {
    "not-contacted": lambda: translate(
        "lists", "Everybody who may be contacted has been within this time."
    ),
    "needs-never-asked": lambda: translate("lists", "Everybody was asked what they need."),
    "ask-again": lambda: translate(
        "lists",
        "Nobody’s needs are due to be asked again. “Ask again by” on a record sets the day.",
    ),
    "consent-over": lambda: translate("lists", "No permission has run out or was withdrawn."),
    "promises": lambda: translate("lists", "Every promise is kept, or its day is still to come."),
    "terms": lambda: translate("lists", "No seat’s term is over or ends within this time."),
    "vacant": lambda: translate("lists", "Somebody holds every seat."),
    "children": lambda: translate(
        "lists", "For every child somebody agrees, or judged that they can agree themselves."
    ),
    "review": lambda: translate(
        "lists", "Nothing is due to be looked at again. “Review on” on a record sets the day."
    ),
}


__all__ = ["PAGE", "StandingListsPage"]
