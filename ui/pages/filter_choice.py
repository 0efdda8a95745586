"""Choosing what a filter is, where a short menu does not hold it: any record, any period."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from db.query import ListQuery
from db.reader import Reader
from engage_desktop.records.values import read_date
from ui.dialogs.fields import TextField
from ui.dialogs.parts import button
from ui.dialogs.questions import sentence_of
from ui.dialogs.small import SmallDialog
from ui.tasks import Tasks
from ui.theme import theme
from ui.widgets.base import Label, named
from ui.words import translate

MOST_FOUND = 50
"""Records listed at once; more letters find the others."""

STILL_MS = 150
"""Milliseconds of stillness before what is typed is looked for."""


class RecordFinder(SmallDialog):
    """Any record of a kind, by some letters of it. `chosen` carries its id and title."""

    chosen = Signal(str, str)

    def __init__(
        self, target: str, label: str, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        title = translate("filter", "Filter by {field}").format(field=label)
        super().__init__(title, wide=520, parent=parent)
        self._target, self._tasks = target, tasks
        self.letters = TextField(translate("filter", "Some letters of it"))
        self.letters.edit.installEventFilter(self)
        self.found = named(QListWidget(), translate("filter", "Found"))
        self.found.setMinimumHeight(theme().px(200))
        self.found.itemActivated.connect(self._take)
        self.more = Label("", "muted")
        for widget in (self.letters, self.found, self.more):
            self.body.addWidget(widget)
        self.foot.add(
            button(translate("filter", "Choose"), "primary", pressed=self.take),
            button(translate("filter", "Go back"), "quiet", pressed=self.reject),
        )
        self._still = QTimer(self)
        self._still.setSingleShot(True)
        self._still.setInterval(STILL_MS)
        self._still.timeout.connect(self.search)
        self.letters.edit.textEdited.connect(self._typed)
        self.letters.edit.setFocus()
        self.search()

    def search(self) -> None:
        """Look for what is typed; everything where nothing is."""
        text, target = self.letters.text, self._target

        def job(reader: Reader) -> tuple[list[tuple[str, str]], int]:
            query = ListQuery(target, text=text, sort=reader.registry[target].meta.sort)
            page = reader.page(query, limit=MOST_FOUND)
            return [(row.id, row.title) for row in page.rows], reader.count(query)

        self._tasks.read(job, self._show, self._failed, key=self)

    def take(self) -> None:
        """Filter by the record that is marked."""
        item = self.found.currentItem()
        if item is not None:
            self._take(item)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows and Enter in the letters move in the list."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                last = self.found.count() - 1
                self.found.setCurrentRow(max(0, min(last, self.found.currentRow() + step)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.take()
                return True
        return super().eventFilter(watched, event)

    def _typed(self) -> None:
        self._still.start()

    def _show(self, answer: tuple[list[tuple[str, str]], int]) -> None:
        rows, total = answer
        self.found.clear()
        for record_id, title in rows:
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, record_id)
            self.found.addItem(item)
        self.found.setCurrentRow(0)
        words = ""
        if not total:
            words = translate("filter", "Nothing has these letters.")
        elif total > len(rows):
            words = translate("filter", "{shown} of {total} are shown: type more letters.").format(
                shown=f"{len(rows):,}", total=f"{total:,}"
            )
        said = bool(self.more.text())
        self.more.setText(words)
        if words and not said:
            self.fit()  # a line more than it opened with

    def _failed(self, error: Exception) -> None:
        self.problem.say(sentence_of(error))

    def _take(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole), item.text())
        self.accept()


class PeriodDialog(SmallDialog):
    """From one day to another, both included. `chosen` carries a `Period`."""

    chosen = Signal(object)

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        title = translate("filter", "{field}: from … to …").format(field=label)
        super().__init__(title, wide=460, parent=parent)
        hint = translate("filter", "For example 1/4/2026. May be empty.")
        self.first = TextField(translate("filter", "From"), hint)
        self.last = TextField(translate("filter", "To, that day included"), hint)
        for field in (self.first, self.last):
            self.body.addWidget(field)
        self.go = button(translate("filter", "Show these"), "primary", pressed=self.take)
        self.go.setDefault(True)
        self.foot.add(self.go, button(translate("filter", "Go back"), "quiet", pressed=self.reject))
        self.first.edit.setFocus()

    def take(self) -> None:
        """Filter by what is typed, where it is a period."""
        try:
            first, last = (_day(field.edit) for field in (self.first, self.last))
        except ValueError as error:
            self.problem.say(str(error))
            return
        if first is None and last is None:
            self.problem.say(translate("filter", "Type at least one of the two days."))
        elif first and last and last < first:
            self.problem.say(translate("filter", "The period ends before it begins."))
        else:
            self.chosen.emit((first, last))
            self.accept()


def _day(edit: QLineEdit) -> dt.date | None:
    return read_date(edit.text()) if edit.text().strip() else None
