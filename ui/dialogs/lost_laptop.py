"""A lost laptop: what it held, when it last sent, and by when a breach has to be reported."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from db.errors import InvalidInput
from db.reader import Reader
from engage_desktop.records.values import read_date
from engage_desktop.sync import lost_report
from engage_desktop.sync.team_leaving import Lost, lost, set_breach_clock
from engage_desktop.sync.team_view import Laptop
from engage_desktop.workspace import Workspace
from ui.dialogs.fields import TextField
from ui.dialogs.parts import button, card, column, row
from ui.dialogs.questions import sentence_of
from ui.dialogs.small import SmallDialog
from ui.dialogs.team_parts import plain_list
from ui.tasks import Tasks
from ui.theme import theme
from ui.widgets.banners import Banner
from ui.widgets.base import Label, clear, look, named
from ui.widgets.flow import FlowRow
from ui.words import moment_words, translate


class LostDialog(SmallDialog):
    """The report as a screen; it can be printed. `take_out` when the laptop is to be taken out."""

    take_out = Signal()

    def __init__(
        self, workspace: Workspace, tasks: Tasks, laptop: Laptop, *, admin: bool = True,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            translate("lost", "Lost laptop: {who}").format(who=laptop.officer), "", wide=680,
            parent=parent,
        )  # fmt: skip
        self._workspace, self._tasks, self.laptop = workspace, tasks, laptop
        self.found: Lost | None = None
        self.deadline = Banner("bad", translate("lost", "Looking…"))
        self.body.addWidget(self.deadline)
        now = dt.datetime.now().astimezone()
        self._known = now
        self._ask(now)
        self._facts = self._table(translate("lost", "What is known"))
        self._held = self._table(translate("lost", "What it may hold, at most"))
        frame = card(translate("lost", "To bear in mind"))
        inside = column(frame, gap=8, edges=(16, 12, 16, 14))
        inside.addWidget(Label(translate("lost", "To bear in mind"), "heading"))
        inside.addWidget(plain_list(lost_report.NOTES, translate("lost", "To bear in mind")))
        self.body.addWidget(frame)
        self.print = button(translate("lost", "Print the report…"), "primary", icon="print",
                            pressed=self.show_report)  # fmt: skip
        self.print.setEnabled(False)
        self.out = button(translate("lost", "Take it out of the team…"), "danger", icon="block",
                          pressed=self._take_out)  # fmt: skip
        if not admin or laptop.standing != "in" or laptop.here:
            self.out.hide()
        close = button(translate("lost", "Close"), "quiet", pressed=self.reject)
        self.foot.add(self.print, self.out, close)
        self.read()

    def read(self) -> None:
        """Look at what is known here."""
        store, device = self._workspace.store, self.laptop.device
        ms = int(self._known.timestamp() * 1000)

        def job(_reader: Reader) -> Lost:
            return lost(store, device, known_ms=ms)

        self._tasks.read(job, self._show, self._failed, key=self)

    def apply(self) -> None:
        """Another day and hour, or another clock."""
        try:
            known, hours = self._typed()
        except InvalidInput as error:
            self.problem.say(error.sentence)
            self.fit()
            return
        self.problem.say("")
        self._known = known
        store, before = self._workspace.store, self.found.hours if self.found else 0
        if hours == before:
            self.read()
            return
        self._tasks.write(lambda _t: set_breach_clock(store, hours), self._kept, self._failed)

    def show_report(self) -> QWidget:
        """The report on paper, to look at, save or print."""
        from ui.dialogs.print_preview import PrintPreview

        title = translate("lost", "Lost laptop report")
        preview = PrintPreview(title, self.render_report, self._tasks, parent=self)
        preview.open()
        return preview

    def render_report(self) -> bytes:
        """The report as a PDF. For a task."""
        from engage_desktop.documents.lost_doc import render_lost

        found, out = self.found, BytesIO()
        assert found is not None
        store = self._workspace.store
        today = dt.datetime.now().astimezone().date()
        render_lost(lost_report.lost_doc(found, store.registry, store.officer, today), out)
        return out.getvalue()

    def _ask(self, now: dt.datetime) -> None:
        frame = card(translate("lost", "The clock"))
        inside = column(frame, gap=10, edges=(16, 12, 16, 14))
        flow = FlowRow(translate("lost", "The clock"), 14)
        self.day = TextField(translate("lost", "Noticed on"), "",
                             f"{now.day}/{now.month}/{now.year}")  # fmt: skip
        self.time = TextField(translate("lost", "At"), "", f"{now:%H:%M}")
        self.hours = TextField(translate("lost", "Hours to report"), "", "")
        for field, wide in ((self.day, 150), (self.time, 90), (self.hours, 130)):
            field.setFixedWidth(theme().px(wide))
            field.edit.returnPressed.connect(self.apply)
            flow.add(field)
        self.again = button(translate("lost", "Work it out again"), "secondary",
                            pressed=self.apply)  # fmt: skip
        inside.addWidget(flow)
        line = row()
        line.addWidget(self.again)
        line.addStretch(1)
        inside.addLayout(line)
        self.body.addWidget(frame)

    def _table(self, heading: str) -> QGridLayout:
        frame = card(heading)
        inside = column(frame, gap=8, edges=(16, 12, 16, 14))
        inside.addWidget(Label(heading, "heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme().px(16))
        grid.setVerticalSpacing(theme().px(6))
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        inside.addLayout(grid)
        self.body.addWidget(frame)
        return grid

    def _typed(self) -> tuple[dt.datetime, int]:
        try:
            day = read_date(self.day.text)
            if day is None:
                raise ValueError(translate("lost", "Type the day the loss was noticed."))
        except ValueError as error:
            raise InvalidInput(str(error)) from None
        try:
            clock = dt.time.fromisoformat(self.time.text)
        except ValueError:
            raise InvalidInput(
                translate("lost", "Type the time as 14:30. Nothing was changed.")
            ) from None
        if not self.hours.text.isascii() or not self.hours.text.isdigit():
            raise InvalidInput(translate("lost", "Type the hours as a number, such as 72."))
        return dt.datetime.combine(day, clock).astimezone(), int(self.hours.text)

    def _show(self, found: Lost) -> None:
        self.found = found
        words = translate("lost", "Report a breach by {when}").format(
            when=moment_words(found.deadline_ms))  # fmt: skip
        self.deadline.show_as("bad", words, lost_report.clock_words(found))
        self.hours.edit.setText(str(found.hours))
        _fill(self._facts, lost_report.facts(found))
        _fill(self._held, lost_report.held(found, self._workspace.store.registry))
        self.print.setEnabled(True)
        self.fit_soon()  # the tables have a height only once they are laid out

    def _kept(self, _none: object) -> None:
        self.read()

    def _take_out(self) -> None:
        self.accept()
        self.take_out.emit()

    def _failed(self, error: Exception) -> None:
        self.problem.say(sentence_of(error))
        self.fit()


def _fill(grid: QGridLayout, rows: tuple[tuple[str, str], ...]) -> None:
    clear(grid)
    for at, (label, words) in enumerate(rows):
        said = named(Label(words), f"{label}: {words}")
        name = look(Label(label), "muted")
        grid.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(said, at, 1, Qt.AlignmentFlag.AlignTop)


__all__ = ["LostDialog"]
