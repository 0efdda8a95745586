"""Taking a permission back: on which day, and how we were told."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from engage_desktop.records.values import read_date
from ui.dialogs.fields import TextField
from ui.dialogs.parts import button
from ui.dialogs.small import SmallDialog
from ui.words import translate


class WithdrawDialog(SmallDialog):
    """`chosen` carries the day and how; whoever opened it accepts it, or says what is wrong."""

    chosen = Signal(object, str)

    def __init__(self, purpose: str, today: dt.date, parent: QWidget | None = None) -> None:
        title = translate("may", "Withdraw: {purpose}").format(purpose=purpose)
        words = translate("may", "The yes stays written down, with the day on which it ended.")
        super().__init__(title, words, wide=460, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        day = f"{today.day}/{today.month}/{today.year}"
        self.day = TextField(translate("may", "On"), translate("may", "Day/month/year"), day)
        self.how = TextField(translate("may", "How"), translate("may", "For example: rang us"))
        for field in (self.day, self.how):
            self.body.addWidget(field)
        go = button(translate("may", "Withdraw permission"), "danger", pressed=self.take)
        go.setDefault(True)
        self.foot.add(go, button(translate("may", "Go back"), "quiet", pressed=self.reject))
        self.how.edit.setFocus()

    def take(self) -> None:
        """Pass on what is typed, where it is a day."""
        try:
            day = read_date(self.day.text)
        except ValueError as error:
            self.problem.say(str(error))
            return
        if day is None:
            self.problem.say(translate("may", "Give the day on which it was withdrawn."))
            return
        self.chosen.emit(day, self.how.text)
