"""Inviting a colleague: a file for them, and a code to tell them by another way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from db.clock import system_random
from db.errors import InvalidInput
from engage_desktop.leaving import FileThere, free_name
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync.names import name_to_invite
from engage_desktop.sync.team import new_code
from engage_desktop.workspace import Workspace
from ui.dialogs.fields import PathField, TextField
from ui.dialogs.parts import button, card, column, dress, row
from ui.dialogs.questions import sentence_of
from ui.dialogs.recovery_code import CODE_LOOK
from ui.dialogs.small import SmallDialog
from ui.dialogs.team_parts import RoleQuestion
from ui.tasks import Tasks
from ui.widgets.base import Label, named
from ui.widgets.buttons import Combo
from ui.widgets.flow import FlowRow
from ui.words import translate

SUFFIX = ".invite"
DAYS = (7, 14, 30)


def _write(
    workspace: Workspace, path: Path, officer: str, role: str, days: int,
    last_day: dt.date | None, replace: bool,
) -> tuple[Path, str]:  # fmt: skip
    """Make an invitation behind a code of its own; the file and the code."""
    code = new_code(system_random)
    exchange_desk.invite(
        workspace, path, role, days, code, last_day, officer=officer, replace_file=replace
    )
    return path, code


class InviteDialog(SmallDialog):
    """Asks for whom it is, role and place, writes the file, then shows the code once."""

    invited = Signal()
    suffix = SUFFIX

    def __init__(self, workspace: Workspace, tasks: Tasks, parent: QWidget | None = None) -> None:
        title, words = self._heading()
        super().__init__(title, words, wide=580, parent=parent)
        self._workspace, self._tasks = workspace, tasks
        self.code = self._name = ""
        self._agreed: Path | None = None
        self._wanted: Path | None = None
        self._box = self.body
        self._ask()
        self._show()
        self.go = button(self._go_words(), "primary", icon="person_add", pressed=self.make)
        self.close_button = button(translate("invite", "Close"), "quiet", pressed=self.reject)
        self.place.edit.textChanged.connect(self._place_changed)
        self.place.picked.connect(self._picked)
        self.foot.add(self.go, self.close_button)

    def make(self) -> None:
        """Write the file."""
        path = self.place.path
        if path is None:
            self.place.say(translate("invite", "Choose where to put the file."))
            return
        if path.suffix != self.suffix:
            path = path.with_name(path.name + self.suffix)
        self.place.say("")
        self._wanted = path
        job = self._job(path)
        if job is not None:
            self.go.setEnabled(False)
            self._tasks.team(lambda _t: job(), self._made, self._failed)

    # What is made; a field copy is made in the same way

    def _heading(self) -> tuple[str, str]:
        return translate("invite", "Invite a colleague"), translate(
            "invite",
            "You give them a file, on a stick or by e-mail, and tell them the code by"
            " telephone. One file is for one laptop.",
        )

    def _go_words(self) -> str:
        return translate("invite", "Make invitation")

    def _written_words(self, path: Path) -> str:
        return translate("invite", "“{name}” is written. They join under the name {who}.").format(
            name=path.name, who=self._name)  # fmt: skip

    def _job(self, path: Path) -> Callable[[], tuple[Path, str]] | None:
        dated, named_one = self.question.checked(), self._is_named()
        if not dated or not named_one:
            return None
        role, days = self.question.role, int(self.days.currentData())
        return partial(_write, self._workspace, path, self._name, role, days,
                       self.question.last_day(), path == self._agreed)  # fmt: skip

    def _is_named(self) -> bool:
        """Whether it is said whom the invitation is for; says so beside it where it is not."""
        problem = ""
        try:
            self._name = name_to_invite(self.officer.text)
        except InvalidInput as error:
            problem = error.sentence
        self.officer.say(problem)
        if problem:
            self.officer.edit.setFocus()
        self.fit_soon()
        return not problem

    def _ask(self) -> None:
        self.questions = named(QWidget(), translate("invite", "Questions"))
        box = column(self.questions, gap=12)
        self.officer = TextField(
            translate("invite", "Who is it for?"),
            translate("invite", "Their name, as colleagues will read it. Nobody joins with the file"
                      " under another name."),
        )  # fmt: skip
        box.addWidget(self.officer)
        self.question = RoleQuestion()
        self.question.changed.connect(self.fit_soon)
        box.addWidget(self.question)
        lasts = translate("invite", "The invitation can be used for")
        how_long = column(gap=6)
        how_long.addWidget(Label(lasts, "strong"))
        self.days = Combo(
            lasts, [(str(d), translate("invite", "{n} days").format(n=d)) for d in DAYS]
        )
        how_long.addWidget(self.days)
        box.addLayout(how_long)
        self.place = PathField(
            translate("invite", "Put the file here"),
            mode="save",
            files=translate("invite", "Invitations (*.invite)"),
            path=str(
                free_name(self._workspace.folder.parent, translate("invite", "Invitation"), SUFFIX)
            ),
        )
        box.addWidget(self.place)
        self._box.addWidget(self.questions)

    def _show(self) -> None:
        self.answer = card(translate("invite", "The code"))
        box = column(self.answer, gap=8, edges=(16, 14, 16, 14))
        self.written = Label("", "strong")
        box.addWidget(self.written)
        box.addWidget(
            Label(translate("invite", "Tell them this code, not in the same message as the file."
                            " It is shown this once."))
        )  # fmt: skip
        self._groups = FlowRow(translate("invite", "The code"), 8)
        box.addWidget(self._groups)
        self.copy = button(translate("invite", "Copy code"), "plain", icon="content_copy",
                           pressed=self._copy)  # fmt: skip
        line = row()
        line.addWidget(self.copy)
        line.addStretch(1)
        box.addLayout(line)
        self.answer.hide()
        self._box.addWidget(self.answer)

    def _made(self, made: tuple[Path, str]) -> None:
        path, self.code = made
        self.problem.say("")
        self.questions.hide()
        self.go.hide()
        self.written.setText(self._written_words(path))
        for group in self.code.split("-"):
            self._groups.add(dress(Label(group, wrap=False), CODE_LOOK))
        self.answer.show()
        self.fit()
        self.copy.setFocus()
        self.invited.emit()

    def _failed(self, error: Exception) -> None:
        self.go.setEnabled(True)
        self.problem.say(sentence_of(error))
        if isinstance(error, FileThere):  # said once; who presses again means this very file
            self._agreed = self._wanted
            self.go.say(translate("invite", "Write over that file"))
        self.fit_soon()

    def _place_changed(self, _text: str) -> None:
        self._agreed = None
        self.go.say(self._go_words())
        self.problem.say("")

    def _picked(self) -> None:
        """Out of the system's own chooser, which asks about a file of that name itself."""
        self._agreed = self.place.path

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code)
        self.copy.say(translate("invite", "Copied"))
