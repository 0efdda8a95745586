"""Before a mail-merge list is written: for what, to whom, and in which format they need it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from db.query import ListQuery
from db.reader import Reader
from engage_desktop.queries.mailing import (
    STANDARD,
    Bulletin,
    Wanted,
    bulletin,
    form_label,
    recipients,
)
from engage_desktop.records.contact import PURPOSES
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.stakeholders.needs import QUICK_FORMATS
from ui.dialogs.fields import Field
from ui.dialogs.questions import sentence_of
from ui.dialogs.small import SmallDialog
from ui.form.context import Context
from ui.tasks import Ticket
from ui.widgets.base import Label
from ui.widgets.buttons import Button, Combo
from ui.words import count_words, translate

SOON_MS = 120


@dataclass(frozen=True, slots=True)
class Counted:
    """How many would be on the list, how many are left out, and the bulletin's readers."""

    wanted: Wanted
    people: int
    left_out: int
    bulletin: Bulletin


class MailListDialog(SmallDialog):
    """Four questions; how many that is is said before anything is written."""

    def __init__(
        self, context: Context, query: ListQuery, today: dt.date, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            translate("mail", "List for a mailing"),
            translate("mail", "For everyone in this list who may be sent it: names, addresses and "
                      "the format each needs, as a file for a mail-merge."),
            parent=parent,
        )  # fmt: skip
        self._context, self._query, self._today = context, query, today
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self.count)
        specs = Stakeholder.specs()
        anyone = [("", translate("mail", "Everyone"))]
        self.purpose = self._ask(
            translate("mail", "For what?"), [(each.code, each.label) for each in PURPOSES]
        )
        self.purpose.setCurrentIndex(self.purpose.findData("bulletin"))
        self.level = self._ask(
            translate("mail", "Which level of involvement?"),
            anyone + [(each.code, each.label) for each in specs["involvement"].choices],
        )
        self.interest = self._ask(
            translate("mail", "With which interest?"),
            anyone + [(each.code, each.label) for each in specs["interests"].choices],
        )
        self.form = self._ask(
            translate("mail", "Who needs which format?"),
            anyone + [(code, form_label(code)) for code in (STANDARD, *QUICK_FORMATS)],
        )
        self.found = Label("", "strong")
        self.readers = Label("", "small")
        self.body.addWidget(self.found)
        self.body.addWidget(self.readers)
        self.go = Button(translate("mail", "Save the list"), "download", "primary")
        self.go.clicked.connect(self.choose_file)
        leave = Button(translate("mail", "Go back"), how="quiet")
        leave.clicked.connect(self.reject)
        self.foot.add(self.go, leave)
        self.count()

    def _ask(self, words: str, items: list[tuple[str, str]]) -> Combo:
        combo = Combo(words, items)
        combo.currentIndexChanged.connect(self._count_soon)
        self.body.addWidget(Field(words, combo))
        return combo

    @property
    def wanted(self) -> Wanted:
        """What was answered."""
        boxes = (self.purpose, self.level, self.interest, self.form)
        return Wanted(*(str(box.currentData() or "") for box in boxes))

    def _count_soon(self) -> None:
        self._soon.start()

    def count(self) -> None:
        """Say how many that is."""
        wanted, query, today = self.wanted, self._query, self._today

        def job(reader: Reader) -> Counted:
            with reader.steady():
                found = [bool(each.why_not) for each in recipients(reader, query, today, wanted)]
            return Counted(wanted, found.count(False), found.count(True), bulletin(reader, today))

        self._context.tasks.read(job, self._counted, self._failed, key=self)

    def _counted(self, told: Counted) -> None:
        if told.wanted != self.wanted:
            return
        words = count_words(told.people, translate("mail", "person"), translate("mail", "people"))
        if told.left_out:
            left = translate("mail", "; {n} are left out, because they may not be sent it")
            words += left.format(n=f"{told.left_out:,}")
        self.found.setText(words)
        rows = [f"{row.label}: {row.people:,}" for row in told.bulletin.rows if row.people]
        said = translate("mail", "The bulletin goes to {n}. {formats}.")
        people = count_words(told.bulletin.people, translate("mail", "person"),
                             translate("mail", "people"))  # fmt: skip
        self.readers.setText(said.format(n=people, formats="; ".join(rows)))
        self.go.setEnabled(told.people > 0)
        self.fit_soon()

    def choose_file(self) -> None:
        """Ask where to."""
        dialog = QFileDialog(self, translate("mail", "Save the list"),
                             translate("mail", "Mailing list.xlsx"))  # fmt: skip
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["Excel (*.xlsx)", "CSV (*.csv)"])
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.write_to)
        dialog.open()

    def write_to(self, name: str) -> None:
        """Write it there."""
        store, path, wanted = self._context.workspace.store, Path(name), self.wanted
        query, today = self._query, self._today
        self.go.setEnabled(False)

        def job(_ticket: Ticket) -> str:
            from engage_desktop.mailing import list_words, write_mail_list

            return list_words(write_mail_list(store, path, query, wanted, today=today), path.name)

        self._context.tasks.write(job, self._written, self._failed)

    def _written(self, words: str) -> None:
        self._context.say(words)
        self.accept()

    def _failed(self, error: Exception) -> None:
        self.go.setEnabled(True)
        self.problem.say(sentence_of(error))
        self.fit_soon()


__all__ = ["MailListDialog"]
