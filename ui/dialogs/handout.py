"""Writing an easy-read sheet: a picture, a few bold words, one short sentence; one idea each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QWidget,
)

from db.changes import Applied
from engage_desktop.documents.easy_read import Finding, Level, render_easy_read
from engage_desktop.workspace import Workspace
from ui.dialogs.handout_line import LineEditor
from ui.dialogs.handout_lines import (
    Line,
    changes_between,
    draft_of,
    findings_of,
    first_lines,
    lines_from,
    lines_of,
    pictures,
    sheet_of,
)
from ui.dialogs.pages_of import Printed
from ui.dialogs.parts import Problem, button, card, column, row
from ui.dialogs.print_preview import PrintPreview
from ui.dialogs.questions import sentence_of
from ui.icons import pictogram
from ui.tasks import Tasks, Ticket
from ui.theme import theme
from ui.widgets.base import Label, Scroll, clear, look, named, sized
from ui.widgets.flow import FlowRow
from ui.widgets.pills import Pill
from ui.widgets.refused import mute
from ui.words import translate

DRAFT_DELAY = 250


class HandoutEditor(QDialog):
    """The easy-read lines of one “You said, we did”, saved as records.

    With a `refusal` (why this role may not write them) the sheet is only read and printed.
    """

    def __init__(
        self, workspace: Workspace, tasks: Tasks, you_said: str, *,
        today: Callable[[], dt.date] = dt.date.today, refusal: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._refusal = refusal
        self._workspace, self._store, self._tasks = workspace, workspace.store, tasks
        self._you_said, self._today = you_said, today
        self._saved: list[Line] = []
        self.lines: list[Line] = []
        self._topic = ""
        self._loading = True
        self.findings: list[Finding] = []
        self._after_save: Callable[[], None] | None = None
        title = translate("handout", "Easy-read sheet")
        named(look(self, "page"), title)
        self.setWindowTitle(title)
        sized(self, 1120, 720)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(DRAFT_DELAY)
        self._soon.timeout.connect(self._settle)
        self._build()
        self._rule()
        tasks.read(self._read, self._opened, self._failed)

    # What it is about

    @property
    def current(self) -> int:
        """The line that is being written."""
        return self.list.currentRow()

    def select(self, at: int) -> None:
        """Go to a line."""
        self.list.setCurrentRow(max(0, min(at, len(self.lines) - 1)))

    def add_line(self) -> None:
        """A new line below this one."""
        if self._refusal:
            return
        at = self.current + 1
        self.lines.insert(at, Line())
        self._show_lines(at)
        self.line.heading.setFocus()
        self._touched()

    def remove_line(self) -> None:
        """Take this line off the sheet. Undo brings it back once it is saved."""
        at = self.current
        if 0 <= at < len(self.lines) and not self._refusal:
            del self.lines[at]
            self.lines = self.lines or [Line()]
            self._show_lines(min(at, len(self.lines) - 1))
            self._touched()

    def move_line(self, by: int) -> None:
        """Move this line up (-1) or down (1)."""
        at, to = self.current, self.current + by
        if 0 <= at < len(self.lines) and 0 <= to < len(self.lines) and not self._refusal:
            self.lines[at], self.lines[to] = self.lines[to], self.lines[at]
            self._show_lines(to)
            self._touched()

    def save_lines(self, then: Callable[[], None] | None = None) -> None:
        """Write what changed, as one step that can be undone."""
        if self._refusal:
            if then is not None:
                then()
            return
        self._after_save = then
        changes, kept = changes_between(self._saved, self.lines, self._you_said, self._store.new_id)
        if not changes:
            self._written((None, kept))
            return
        store = self._store

        def job(_ticket: Ticket) -> tuple[Applied, list[Line]]:
            return store.apply(changes, "Write the easy-read sheet", initiator=self), kept

        self._tasks.write(job, self._written, self._failed)

    def preview(self) -> None:
        """Save, and look at the printed sheet."""
        self.save_lines(self._open_preview)

    def reject(self) -> None:
        """Leave. What is not saved stays as a draft."""
        self._keep_draft()
        super().reject()

    # Building

    def _build(self) -> None:
        outer = column(self, gap=12, edges=(24, 18, 24, 18))
        top = row(gap=12)
        self.title = Label(translate("handout", "Easy-read sheet"), "title")
        top.addWidget(self.title, 1)
        self.state = Label("", "muted", wrap=False)
        named(self.state, translate("handout", "What was done"))
        top.addWidget(self.state)
        outer.addLayout(top)
        self.problem = Problem()
        outer.addWidget(self.problem)
        both = named(QSplitter(Qt.Orientation.Horizontal), translate("handout", "Sheet"))
        both.setChildrenCollapsible(False)
        left = named(QWidget(), translate("handout", "Lines and what to mend"))
        left_box = column(left, gap=10)
        left_box.addWidget(self._list_side(), 3)
        left_box.addWidget(self._check_card(), 2)
        both.addWidget(left)
        inner = look(named(QWidget(), translate("handout", "This line")), "plain")
        page = column(inner, gap=12, edges=(12, 0, 4, 0))
        self.line = LineEditor()
        self.line.changed.connect(self._line_changed)
        page.addWidget(self.line)
        page.addStretch(1)
        both.addWidget(Scroll(inner, translate("handout", "This line")))
        both.setSizes([theme().px(400), theme().px(660)])
        both.setStretchFactor(1, 1)
        outer.addWidget(both, 1)
        foot = row(gap=10)
        foot.addWidget(button(translate("handout", "Close"), "quiet", pressed=self.reject))
        foot.addStretch(1)
        self.save = button(translate("handout", "Save sheet"), "secondary", icon="save",
                           key="Ctrl+S", pressed=self._save_pressed)  # fmt: skip
        self.look_at = button(translate("handout", "Preview and print"), "primary", icon="print",
                              key="Ctrl+P", pressed=self.preview)  # fmt: skip
        foot.addWidget(self.save)
        foot.addWidget(self.look_at)
        outer.addLayout(foot)

    def _list_side(self) -> QWidget:
        side = card(translate("handout", "Lines"))
        box = column(side, gap=8, edges=(8, 8, 8, 8))
        self.list = named(QListWidget(), translate("handout", "Lines of the sheet"))
        self.list.setWordWrap(True)
        self.list.setIconSize(QSize(theme().px(44), theme().px(44)))
        self.list.setSpacing(2)
        self.list.setMinimumHeight(theme().px(60))
        self.list.currentRowChanged.connect(self._show_line)
        box.addWidget(self.list, 1)
        flow = FlowRow(translate("handout", "Lines"), 6)
        self._writing = (
            button(translate("handout", "Add line"), "plain", icon="add", key="Ctrl+N",
                   pressed=self.add_line),
            button(translate("handout", "Move up"), "icon", icon="arrow_upward",
                   key="Alt+Up", pressed=self._up),
            button(translate("handout", "Move down"), "icon", icon="arrow_downward",
                   key="Alt+Down", pressed=self._down),
            button(translate("handout", "Remove line"), "icon", icon="delete",
                   pressed=self.remove_line),
        )  # fmt: skip
        flow.add(*self._writing)
        box.addWidget(flow)
        return side

    def _check_card(self) -> QWidget:
        words = translate("handout", "Is it easy to read?")
        frame = card(words)
        box = column(frame, gap=8, edges=(16, 12, 8, 12))
        box.addWidget(Label(words, "heading"))
        inner = look(named(QWidget(), words), "plain")
        self._found = column(inner, gap=8, edges=(0, 0, 8, 0))
        box.addWidget(Scroll(inner, words), 1)
        return frame

    def _rule(self) -> None:
        """What the role does not allow is muted, and it is said why."""
        for widget in (*self._writing, self.save):
            mute(widget, self._refusal)
        self.line.setEnabled(not self._refusal)
        if self._refusal:
            self.problem.say(self._refusal)

    # Reading and showing

    def _read(self, reader: Any) -> tuple[Any, list[Line]]:
        return reader.get("you_said", self._you_said), lines_of(reader, self._you_said)

    def _opened(self, read: tuple[Any, list[Line]]) -> None:
        record, self._saved = read
        self._topic = record.topic
        title = translate("handout", "Easy-read sheet: {topic}").format(topic=record.topic)
        self.title.setText(title)
        named(self.title, title)
        draft = self._workspace.drafts.get(self._draft_name)
        if draft:
            self.lines = lines_from(draft)
            self._say(translate("handout", "Taken up where you left off"))
        else:
            self.lines = list(self._saved) or first_lines(record)
        self._loading = False
        self._show_lines(0)
        self._check()

    def _show_lines(self, at: int) -> None:
        self._loading = True
        self.list.clear()
        for number, line in enumerate(self.lines, start=1):
            item = QListWidgetItem()
            self._name_item(item, number, line)
            self._paint_item(item, line)
            self.list.addItem(item)
        self._loading = False
        self.list.setCurrentRow(at)
        self._show_line(at)

    @staticmethod
    def _name_item(item: QListWidgetItem, number: int, line: Line) -> None:
        words = line.heading or line.sentence or translate("handout", "New line")
        item.setText(f"{number}. {words}")
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{number}. {words}")

    def _paint_item(self, item: QListWidgetItem, line: Line) -> None:
        side = theme().px(44)
        item.setSizeHint(QSize(theme().px(200), side + theme().px(16)))
        if line.pictogram and _known(line.pictogram):
            item.setIcon(QIcon(pictogram(line.pictogram, "brand", 44, ratio=2.0)))
        else:
            item.setIcon(QIcon())

    def _show_line(self, at: int) -> None:
        if not self._loading and 0 <= at < len(self.lines):
            self.line.show_line(self.lines[at])

    # Typing

    def _line_changed(self, line: Line) -> None:
        at = self.current
        if self._loading or not 0 <= at < len(self.lines):
            return
        self.lines[at] = line
        item = self.list.item(at)
        self._name_item(item, at + 1, line)
        self._paint_item(item, line)
        self._touched()

    def _touched(self) -> None:
        if not self._loading:
            self._soon.start()

    def _settle(self) -> None:
        self._keep_draft()
        self._check()

    def _keep_draft(self) -> None:
        self._soon.stop()
        if self._loading:
            return
        if draft_of(self.lines) == draft_of(self._saved) or (
            not self._saved and _untouched(self.lines)
        ):
            self._workspace.drafts.delete(self._draft_name)
            return
        self._workspace.drafts.put(self._draft_name, draft_of(self.lines))
        self._say(translate("handout", "Kept as you type"))

    def _check(self) -> None:
        self.findings = findings_of(self._topic, self.lines, self._today())
        clear(self._found)
        if not self.findings:
            self._found.addWidget(Pill(translate("handout", "Nothing to mend"), "good"))
        for finding in self.findings:
            line = row(gap=10)
            tone = {Level.FAIL: "bad", Level.WARN: "warning", Level.HINT: "info"}[finding.level]
            where = finding.where
            if where.startswith("Row "):  # one line here is one row of the printed sheet
                where = translate("handout", "Line {number}").format(number=where[4:])
            line.addWidget(Pill(where, tone), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(Label(finding.sentence), 1)
            self._found.addLayout(line)
        self._found.addStretch(1)

    # Saving

    def _save_pressed(self) -> None:
        self.save_lines()

    def _written(self, written: tuple[object, list[Line]]) -> None:
        at = self.current
        self._saved = list(written[1])
        self.lines = list(written[1]) or [Line()]
        self._workspace.drafts.delete(self._draft_name)
        self._show_lines(min(max(at, 0), len(self.lines) - 1))
        self.problem.say("")
        self._say(translate("handout", "Saved"))
        then, self._after_save = self._after_save, None
        if then is not None:
            then()

    def _open_preview(self) -> None:
        topic, lines, today = self._topic, list(self.lines), self._today()
        preview = PrintPreview(
            translate("handout", "Easy-read sheet: {topic}").format(topic=topic),
            lambda: printed_sheet(topic, lines, today),
            self._tasks,
            file_name=f"{topic} easy read.pdf".replace("/", "-"),
            parent=self,
        )
        preview.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        preview.open()

    def _failed(self, error: Exception) -> None:
        self.problem.say(sentence_of(error))

    def _say(self, words: str) -> None:
        self.state.setText(words)
        named(self.state, words)

    def _up(self) -> None:
        self.move_line(-1)

    def _down(self) -> None:
        self.move_line(1)

    @property
    def _draft_name(self) -> str:
        return f"handout:{self._you_said}"


def printed_sheet(topic: str, lines: list[Line], day: dt.date) -> Printed:
    """The sheet as a PDF, and what is hard to read in it."""
    from io import BytesIO

    sheet = sheet_of(topic, lines, day)
    out = BytesIO()
    report = render_easy_read(sheet, out)
    return Printed(out.getvalue(), tuple(report.warnings))


def _known(picture: str) -> bool:
    return any(found == picture for found, _ in pictures(""))


def _untouched(lines: list[Line]) -> bool:
    return all(not line.id for line in lines) and len(lines) == 3 and not lines[2].sentence
