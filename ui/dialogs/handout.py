"""Writing an easy-read sheet: a picture, a few bold words, one short sentence; one idea each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QWidget,
)

from db.changes import Applied
from engage_desktop.documents.easy_read import Finding, Level, render_easy_read
from engage_desktop.workspace import Workspace
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
from ui.dialogs.parts import Problem, button, card, column, dress, row
from ui.dialogs.print_preview import PrintPreview
from ui.dialogs.questions import sentence_of
from ui.icons import pictogram
from ui.tasks import Tasks, Ticket
from ui.theme import theme
from ui.widgets.base import Label, Scroll, clear, look, named, sized
from ui.widgets.flow import FlowRow
from ui.widgets.pills import Pill
from ui.words import count_words, translate

_Index = QModelIndex | QPersistentModelIndex
MOST_WORDS = 15
DRAFT_DELAY = 250


class PictureModel(QAbstractListModel):
    """The pictures that a few letters mean. Drawn only when they are seen."""

    def __init__(self) -> None:
        super().__init__()
        self._found: list[tuple[str, str]] = pictures("")

    def search(self, text: str) -> None:
        """Show what these letters mean."""
        self.beginResetModel()
        self._found = pictures(text)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """How many were found."""
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A picture and its name."""
        picture, label = self._found[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return picture
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(theme().px(108), theme().px(100))
        if role == Qt.ItemDataRole.DecorationRole:
            return QIcon(pictogram(picture, "brand", 48, ratio=2.0))
        if role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return label
        return None

    def row_of(self, picture: str) -> int:
        """Where a picture stands, or -1."""
        return next((n for n, (found, _) in enumerate(self._found) if found == picture), -1)


class HandoutEditor(QDialog):
    """The easy-read lines of one “You said, we did”, saved as records."""

    def __init__(
        self, workspace: Workspace, tasks: Tasks, you_said: str, *,
        today: Callable[[], dt.date] = dt.date.today, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
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
        at = self.current + 1
        self.lines.insert(at, Line())
        self._show_lines(at)
        self.heading.setFocus()
        self._touched()

    def remove_line(self) -> None:
        """Take this line off the sheet. Undo brings it back once it is saved."""
        at = self.current
        if 0 <= at < len(self.lines):
            del self.lines[at]
            self.lines = self.lines or [Line()]
            self._show_lines(min(at, len(self.lines) - 1))
            self._touched()

    def move_line(self, by: int) -> None:
        """Move this line up (-1) or down (1)."""
        at, to = self.current, self.current + by
        if 0 <= at < len(self.lines) and 0 <= to < len(self.lines):
            self.lines[at], self.lines[to] = self.lines[to], self.lines[at]
            self._show_lines(to)
            self._touched()

    def save_lines(self, then: Callable[[], None] | None = None) -> None:
        """Write what changed, as one step that can be undone."""
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
        page.addWidget(self._editing_card())
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
        flow.add(
            button(translate("handout", "Add line"), "plain", icon="add", key="Ctrl+N",
                   pressed=self.add_line),
            button(translate("handout", "Move up"), "icon", icon="arrow_upward",
                   key="Alt+Up", pressed=self._up),
            button(translate("handout", "Move down"), "icon", icon="arrow_downward",
                   key="Alt+Down", pressed=self._down),
            button(translate("handout", "Remove line"), "icon", icon="delete",
                   pressed=self.remove_line),
        )  # fmt: skip
        box.addWidget(flow)
        return side

    def _editing_card(self) -> QWidget:
        frame = card(translate("handout", "This line"))
        box = column(frame, gap=8, edges=(16, 14, 16, 16))
        both = row(gap=18)
        left = column(gap=6)
        self.picture = Label("", wrap=False)
        self.picture.setFixedSize(theme().px(132), theme().px(132))
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        named(self.picture, translate("handout", "No picture yet"))
        left.addWidget(self.picture)
        self.picture_name = Label("", "small")
        self.picture_name.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        left.addWidget(self.picture_name)
        left.addStretch(1)
        both.addLayout(left)
        words = column(gap=6)
        bold, sentence = translate("handout", "Bold words"), translate("handout", "Sentence")
        words.addWidget(Label(bold, "strong"))
        self.heading = named(QLineEdit(), bold)
        self.heading.setMaxLength(120)
        words.addWidget(self.heading)
        words.addWidget(Label(sentence, "strong"))
        words.addWidget(Label(translate("handout", "One idea, 15 words at most"), "small"))
        self.sentence = named(QPlainTextEdit(), sentence)
        self.sentence.setTabChangesFocus(True)
        dress(self.sentence, "QPlainTextEdit { min-height: 60u; max-height: 60u; }")
        words.addWidget(self.sentence)
        self.count = Pill("", "good")
        words.addWidget(self.count)
        both.addLayout(words, 1)
        box.addLayout(both)
        find = translate("handout", "Find a picture")
        box.addWidget(Label(find, "strong"))
        self.find = named(QLineEdit(), find)
        self.find.setPlaceholderText(translate("handout", "bus, doctor, telephone…"))
        box.addWidget(self.find)
        self.pictures = self._picture_list()
        box.addWidget(self.pictures)
        self.heading.textEdited.connect(self._typed)
        self.sentence.textChanged.connect(self._typed)
        self.find.textChanged.connect(self._search)
        return frame

    def _picture_list(self) -> QListView:
        view = named(QListView(), translate("handout", "Pictures"))
        self._pictures = PictureModel()
        self._pictures.setParent(view)
        view.setModel(self._pictures)
        view.setViewMode(QListView.ViewMode.IconMode)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setMovement(QListView.Movement.Static)
        view.setUniformItemSizes(True)
        view.setWordWrap(True)
        side = theme().px(48)
        view.setIconSize(QSize(side, side))
        view.setGridSize(QSize(theme().px(112), theme().px(104)))
        view.setMinimumHeight(theme().px(250))
        view.clicked.connect(self._picked)
        view.activated.connect(self._picked)
        return view

    def _check_card(self) -> QWidget:
        words = translate("handout", "Is it easy to read?")
        frame = card(words)
        box = column(frame, gap=8, edges=(16, 12, 8, 12))
        box.addWidget(Label(words, "heading"))
        inner = look(named(QWidget(), words), "plain")
        self._found = column(inner, gap=8, edges=(0, 0, 8, 0))
        box.addWidget(Scroll(inner, words), 1)
        return frame

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
            words = line.heading or line.sentence or translate("handout", "New line")
            item = QListWidgetItem(f"{number}. {words}")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{number}. {words}")
            self._paint_item(item, line)
            self.list.addItem(item)
        self._loading = False
        self.list.setCurrentRow(at)
        self._show_line(at)

    def _paint_item(self, item: QListWidgetItem, line: Line) -> None:
        side = theme().px(44)
        item.setSizeHint(QSize(theme().px(200), side + theme().px(16)))
        if line.pictogram and _known(line.pictogram):
            item.setIcon(QIcon(pictogram(line.pictogram, "brand", 44, ratio=2.0)))
        else:
            item.setIcon(QIcon())

    def _show_line(self, at: int) -> None:
        if self._loading or not 0 <= at < len(self.lines):
            return
        self._loading = True
        line = self.lines[at]
        self.heading.setText(line.heading)
        self.sentence.setPlainText(line.sentence)
        self._show_picture(line.pictogram)
        self._loading = False
        self._count()

    def _show_picture(self, picture: str) -> None:
        label = next((name for found, name in pictures("") if found == picture), "")
        if label:
            self.picture.setPixmap(pictogram(picture, "brand", 112, ratio=2.0))
        else:
            self.picture.clear()
        named(self.picture, label or translate("handout", "No picture yet"))
        self.picture_name.setText(label or translate("handout", "No picture yet"))
        at = self._pictures.row_of(picture)
        self.pictures.setCurrentIndex(self._pictures.index(at) if at >= 0 else QModelIndex())
        QTimer.singleShot(0, self, self._reveal_picture)  # once the list is laid out

    def _reveal_picture(self) -> None:
        at = self.pictures.currentIndex()
        seen = self.pictures.viewport().rect()
        if at.isValid() and not seen.contains(self.pictures.visualRect(at)):
            self.pictures.scrollTo(at, QListView.ScrollHint.PositionAtCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The picture that is chosen stays in view."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._reveal_picture)

    # Typing

    def _typed(self) -> None:
        if self._loading or not 0 <= self.current < len(self.lines):
            return
        at = self.current
        self.lines[at] = replace(
            self.lines[at], heading=self.heading.text(), sentence=self.sentence.toPlainText()
        )
        words = self.lines[at].heading or self.lines[at].sentence
        self.list.item(at).setText(f"{at + 1}. {words or translate('handout', 'New line')}")
        self._count()
        self._touched()

    def _picked(self, index: _Index) -> None:
        at = self.current
        if index.isValid() and 0 <= at < len(self.lines):
            picture = str(index.data(Qt.ItemDataRole.UserRole))
            self.lines[at] = replace(self.lines[at], pictogram=picture)
            self._show_picture(picture)
            self._paint_item(self.list.item(at), self.lines[at])
            self._touched()

    def _search(self, text: str) -> None:
        self._pictures.search(text)
        if self._pictures.rowCount():
            self.pictures.setCurrentIndex(self._pictures.index(0))

    def _count(self) -> None:
        sentences = [s for s in self.sentence.toPlainText().replace("!", ".").split(".") if s]
        longest = max((len(s.split()) for s in sentences), default=0)
        words = count_words(longest, translate("handout", "word"), translate("handout", "words"))
        if longest > MOST_WORDS:
            said = translate("handout", "{words} in one sentence: make it two").format(words=words)
            self.count.show_as(said, "warning")
        else:
            self.count.show_as(words, "good" if longest else "plain")

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
