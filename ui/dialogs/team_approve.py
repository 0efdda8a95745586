"""Letting a colleague's laptop in: two people read eight words to each other, then one decides."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from engage_desktop.sync.enrol import Request
from engage_desktop.sync.team_asking import answer_file, approve
from engage_desktop.workspace import Workspace
from ui.dialogs.fields import PathField
from ui.dialogs.parts import button
from ui.dialogs.questions import sentence_of
from ui.dialogs.small import SmallDialog
from ui.dialogs.team_parts import EightWords, RoleQuestion
from ui.tasks import Tasks, Ticket
from ui.widgets.banners import Banner
from ui.widgets.buttons import Tick
from ui.words import translate

SUFFIX = ".answer"


def write_private(path: Path, data: bytes) -> None:
    """A file that appears whole and that only this person can read."""
    from engage_desktop.leaving import leaving

    with leaving(path, private=True, sealed=True) as file:
        file.write(data)


class ApproveDialog(SmallDialog):
    """`approved(officer)` once the laptop is let in. Nothing is, before the words were compared.

    `colleague` is who has this name in the team already: a second laptop, or somebody who took it.
    `by_file` asks for a place to write the answer to, because the laptop sees no folder.
    """

    approved = Signal(str)

    def __init__(
        self, workspace: Workspace, tasks: Tasks, request: Request, *,
        by_file: bool = False, colleague: str = "", parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        who = request.officer
        super().__init__(
            translate("approve", "Let {who} in?").format(who=who),
            translate(
                "approve",
                "Telephone {who}, or stand beside them. Their laptop shows eight words. Have them"
                " read the words to you, and compare each one with these.",
            ).format(who=who),
            wide=740,
            parent=parent,
        )
        self._workspace, self._tasks, self._request = workspace, tasks, request
        self.words = EightWords(request.words)
        self.body.addWidget(self.words)
        self.different = Banner(
            "bad",
            translate("approve", "Do not let this laptop in."),
            translate(
                "approve",
                "Somebody may have changed the request on its way. Close this, and have your"
                " colleague bring the request on a stick instead.",
            ),
        )
        self.different.hide()
        self.body.addWidget(self.different)
        self.twice = Banner(
            "warning",
            translate("approve", "{who} has a laptop in the team already.").format(who=colleague),
            translate("approve", "Let this one in only if they tell you themselves that it is"
                      " theirs too. Somebody else of that name asks under another one."),
        )  # fmt: skip
        self.twice.setVisible(bool(colleague))
        self.body.addWidget(self.twice)
        self.same = Tick(
            translate("approve", "{who} read exactly these eight words to me").format(who=who)
        )
        self.same.toggled.connect(self._compared)
        self.body.addWidget(self.same)
        self.question = RoleQuestion()
        self.question.changed.connect(self.fit_soon)
        self.body.addWidget(self.question)
        self.place: PathField | None = None
        if by_file:
            name = f"{who}{SUFFIX}"
            self.place = PathField(
                translate("approve", "Put the answer here"),
                translate("approve", "Take it back to their laptop on the stick"),
                mode="save", path=str(workspace.folder.parent / name),
            )  # fmt: skip
            self.body.addWidget(self.place)
        self.go = button(
            translate("approve", "Let {who} in").format(who=who), "primary", icon="how_to_reg",
            pressed=self.let_in,
        )  # fmt: skip
        self.go.setEnabled(False)
        self.not_same = button(
            translate("approve", "The words are different"), "danger", pressed=self.refuse
        )
        self.close_button = button(translate("approve", "Not now"), "quiet", pressed=self.reject)
        self.foot.add(self.go, self.not_same, self.close_button)
        first = self.close_button if colleague else self.same  # what is told is read before
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def let_in(self) -> None:
        """Approve, with exactly the words that are shown."""
        if not self.same.isChecked() or not self.question.checked():
            return
        path = self.place.path if self.place is not None else None
        if self.place is not None:
            if path is None:
                self.place.say(translate("approve", "Choose where to put the answer."))
                return
            self.place.say("")
        self.go.setEnabled(False)
        store, request, words = self._workspace.store, self._request, self.words.words
        role, last = self.question.role, self.question.last_day()

        def job(_ticket: Ticket) -> str:
            approve(store, [request], words, role=role, last_day=last)
            if path is not None:
                write_private(path, answer_file(store))
            return request.officer

        self._tasks.team(job, self._done, self._failed)

    def refuse(self) -> None:
        """The words differ: nobody is let in, and the reason is said."""
        self.same.setChecked(False)
        self.same.setEnabled(False)
        self.go.setEnabled(False)
        self.different.show()
        self.not_same.hide()
        self.close_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.fit()

    def fit_soon(self) -> None:
        """What is asked changed."""
        if self.isVisible():
            self.fit()

    def _compared(self, same: bool) -> None:
        self.go.setEnabled(same)

    def _done(self, officer: str) -> None:
        self.approved.emit(officer)
        self.accept()

    def _failed(self, error: Exception) -> None:
        self.go.setEnabled(self.same.isChecked())
        self.problem.say(sentence_of(error))
        self.fit()


__all__ = ["SUFFIX", "ApproveDialog", "write_private"]
