"""Leaving the team: everything that one leads goes to a colleague first, as one change."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from db.reader import Reader
from engage_desktop.sync.errors import TeamEnds
from engage_desktop.sync.team_leaving import Led, leave, led_by
from engage_desktop.workspace import Workspace
from ui.dialogs.parts import button
from ui.dialogs.questions import sentence_of
from ui.dialogs.small import SmallDialog
from ui.dialogs.team_parts import Colleague, plain_list
from ui.tasks import Tasks
from ui.widgets.base import Label, named
from ui.words import count_words, translate

MOST_SHOWN = 6
"""Titles of what is handed over."""


class LeaveDialog(SmallDialog):
    """`left(words)` once the laptop has said that it leaves."""

    left = Signal(str)

    def __init__(
        self, workspace: Workspace, tasks: Tasks, colleagues: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            translate("leave", "Leave the team?"),
            translate(
                "leave",
                "What you wrote stays with your colleagues. This laptop keeps what it has and gets"
                " nothing more; an admin can let it in again.",
            ),
            wide=600, parent=parent,
        )  # fmt: skip
        self._workspace, self._tasks = workspace, tasks
        self.leads: list[Led] | None = None
        self.warned = False
        self.count = Label(translate("leave", "Looking for what you lead…"), "strong")
        self.body.addWidget(self.count)
        self.to = Colleague(translate("leave", "Who takes over what you lead?"), colleagues)
        self.to.hide()
        self.body.addWidget(self.to)
        self.go = button(translate("leave", "Leave the team"), "danger", icon="logout",
                         pressed=self.go_now)  # fmt: skip
        self.go.setEnabled(False)
        cancel = button(translate("leave", "Stay"), "quiet", pressed=self.reject)
        self.foot.add(self.go, cancel)
        cancel.setFocus(Qt.FocusReason.OtherFocusReason)  # Enter alone leaves nothing
        store = workspace.store

        def job(_reader: Reader) -> list[Led]:
            return led_by(store, store.officer)

        tasks.read(job, self._found, self._failed, key=self)

    def go_now(self) -> None:
        """Hand over, then leave."""
        to = self.to.name if self.leads else ""
        if self.leads and not to:
            self.problem.say(translate("leave", "Choose who takes over, or type the name."))
            self.to.combo.setFocus(Qt.FocusReason.OtherFocusReason)
            self.fit()
            return
        self.go.setEnabled(False)
        store, yes = self._workspace.store, self.warned
        self._tasks.team(lambda _t: leave(store, to or None, yes=yes)[1], self._gone, self._failed)

    def _found(self, leads: list[Led]) -> None:
        self.leads = leads
        what = count_words(len(leads), translate("leave", "record"), translate("leave", "records"))
        words = (
            translate("leave", "You lead {what}:").format(what=what)
            if leads
            else translate("leave", "You lead nothing, so there is nothing to hand over.")
        )
        self.count.setText(words)
        named(self.count, words)
        if leads:
            shown = [led.title or translate("leave", "No title") for led in leads[:MOST_SHOWN]]
            if len(leads) > MOST_SHOWN:
                more = len(leads) - MOST_SHOWN
                shown.append(translate("leave", "and {n} more").format(n=f"{more:,}"))
            titles = plain_list(shown, translate("leave", "What you lead"))
            self.body.insertWidget(1, titles)
        self.to.setVisible(bool(leads))
        self.go.setEnabled(True)
        self.fit()

    def _gone(self, handed: list[Led]) -> None:
        words = translate("leave", "This laptop leaves the team. Send and receive once more, so"
                          " that the others know.")  # fmt: skip
        if handed:
            what = count_words(
                len(handed), translate("leave", "record"), translate("leave", "records")
            )
            words = f"{translate('leave', '{to} now leads {what}.')} {words}".format(
                to=self.to.name, what=what
            )
        self.left.emit(words)
        self.accept()

    def _failed(self, error: Exception) -> None:
        self.go.setEnabled(self.leads is not None)
        if isinstance(error, TeamEnds):  # said once; who presses again means it
            self.warned = True
            words = translate("leave", "Leave the team all the same")
            self.go.setText(words)
            named(self.go, words)
        self.problem.say(sentence_of(error))
        self.fit()


__all__ = ["LeaveDialog"]
