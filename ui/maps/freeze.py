"""Keeping today's scores as those of an occasion, to be drawn beside later ones."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engage_desktop.freezing import Frozen, freeze_scores
from engage_desktop.queries.mapping import Keep
from ui.dialogs.fields import TextField
from ui.dialogs.questions import sentence_of
from ui.dialogs.small import SmallDialog
from ui.form.context import Context
from ui.tasks import Ticket
from ui.widgets.buttons import Button
from ui.words import count_words, translate


class FreezeDialog(SmallDialog):
    """One question: what the occasion is called. `frozen(name)` when the scores are kept."""

    frozen = Signal(str)

    def __init__(
        self, context: Context, keep: Keep, day: dt.date, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            translate("maps", "Keep today’s scores"),
            translate("maps", "As they stand now, under the name of an occasion. Later the map can "
                      "show beside today’s scores where everyone stood then."),
            parent=parent,
        )  # fmt: skip
        self._context, self._keep, self._day = context, keep, day
        self.name = TextField(
            translate("maps", "What is the occasion?"),
            translate("maps", "For example “Start of the urgent care consultation”"),
        )
        self.body.addWidget(self.name)
        self.name.edit.returnPressed.connect(self.submit)
        self.keep_button = Button(translate("maps", "Keep these scores"), "save", "primary")
        self.keep_button.clicked.connect(self.submit)
        leave = Button(translate("maps", "Go back"), how="quiet")
        leave.clicked.connect(self.reject)
        self.foot.add(self.keep_button, leave)

    def submit(self) -> None:
        """Keep them, or say what is missing."""
        store, name = self._context.workspace.store, self.name.edit.text()
        keep, day = self._keep, self._day
        self.keep_button.setEnabled(False)

        def job(_ticket: Ticket) -> Frozen:
            with closing(store.reader()) as reader:
                return freeze_scores(store, reader, name, day, keep)

        self._context.tasks.write(job, self._done, self._failed)

    def _done(self, done: Frozen) -> None:
        many = count_words(done.stakeholders, translate("maps", "stakeholder"),
                           translate("maps", "stakeholders"))  # fmt: skip
        self._context.say(
            translate("maps", "Scores of {many} are kept as “{name}”").format(
                many=many, name=done.occasion
            )
        )
        self.frozen.emit(done.occasion)
        self.accept()

    def _failed(self, error: Exception) -> None:
        self.keep_button.setEnabled(True)
        self.problem.say(sentence_of(error))
        self.fit_soon()
        self.name.edit.setFocus()


__all__ = ["FreezeDialog"]
