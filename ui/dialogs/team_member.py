"""One laptop of the team: another role, or out of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from engage_desktop.sync.errors import OwnRights
from engage_desktop.sync.roles import in_sentence
from engage_desktop.sync.team_changes import change_role, revoke
from engage_desktop.sync.team_leaving import hand_over, led_by
from engage_desktop.sync.team_view import Laptop
from engage_desktop.workspace import Workspace
from ui.dialogs.fields import TextField
from ui.dialogs.parts import button
from ui.dialogs.questions import sentence_of
from ui.dialogs.small import SmallDialog
from ui.dialogs.team_parts import Colleague, RoleQuestion, plain_list
from ui.tasks import Tasks, Ticket
from ui.widgets.buttons import Button
from ui.words import count_words, translate


class _MemberDialog(SmallDialog):
    """`done(words)` says what came of it."""

    done = Signal(str)

    def __init__(
        self, title: str, words: str, workspace: Workspace, tasks: Tasks, laptop: Laptop,
        parent: QWidget | None,
    ) -> None:  # fmt: skip
        super().__init__(title, words, wide=600, parent=parent)
        self._store, self._tasks, self.laptop = workspace.store, tasks, laptop
        self.go: Button

    def _add_buttons(self, words: str, how: str, icon: str) -> None:
        self.go = button(words, how, icon=icon, pressed=self.send)
        cancel = button(translate("member", "Cancel"), "quiet", pressed=self.reject)
        self.foot.add(self.go, cancel)

    def send(self) -> None:
        """For subclasses: do it."""

    def _finished(self, words: str) -> None:
        self.done.emit(words)
        self.accept()

    def _failed(self, error: Exception) -> None:
        self.go.setEnabled(True)
        self.problem.say(sentence_of(error))
        self.fit()


class RoleDialog(_MemberDialog):
    """Another role for a laptop, and its last day."""

    def __init__(
        self, workspace: Workspace, tasks: Tasks, laptop: Laptop, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            translate("member", "What {who} may do").format(who=laptop.officer),
            translate(
                "member",
                "The new role holds from the next time both laptops send and receive. What they"
                " wrote before stays.",
            ),
            workspace, tasks, laptop, parent,
        )  # fmt: skip
        self._meant = False
        self.question = RoleQuestion(laptop.role, laptop.last_day)
        self.question.changed.connect(self._changed)
        self.body.addWidget(self.question)
        self._add_buttons(translate("member", "Give this role"), "primary", "badge")
        self.question.combo.setFocus(Qt.FocusReason.OtherFocusReason)

    def send(self) -> None:
        """Give the role."""
        if not self.question.checked():
            return
        self.go.setEnabled(False)
        store, laptop = self._store, self.laptop
        role, last = self.question.role, self.question.last_day()
        yes = self._meant
        said = translate("member", "{who} is {role} from now on.").format(
            who=laptop.officer, role=in_sentence(role))  # fmt: skip

        def job(_ticket: Ticket) -> str:
            change_role(store, laptop.device, role, last_day=last, yes=yes)
            return said

        self._tasks.team(job, self._finished, self._failed)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, OwnRights):  # said once; who presses again means it
            self._meant = True
            self.go.say(translate("member", "Give up my rights"))
        super()._failed(error)

    def _changed(self) -> None:
        if self._meant:  # another role: it is asked anew
            self._meant = False
            self.problem.say("")
            self.go.say(translate("member", "Give this role"))
        if self.isVisible():
            self.fit()


class RevokeDialog(_MemberDialog):
    """Takes a laptop out of the team, and says plainly what that does not do."""

    def __init__(
        self, workspace: Workspace, tasks: Tasks, laptop: Laptop, colleagues: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        who = laptop.officer
        title, words = self._heading(laptop)
        super().__init__(title, words, workspace, tasks, laptop, parent)
        self.body.addWidget(
            plain_list(
                self._effects(laptop), translate("member", "What this does, and does not do")
            )
        )
        self.why = TextField(
            translate("member", "Why"),
            translate("member", "Admins can read this later, such as “lost on the bus, 3 May”"),
        )
        self.body.addWidget(self.why)
        self.to = Colleague(
            translate("member", "Who takes over what {who} leads?").format(who=who),
            colleagues, none=translate("member", "Nobody yet"),
        )  # fmt: skip
        self.body.addWidget(self.to)
        go = translate("member", "Take out of the team")
        if laptop.left:
            go = translate("member", "Take out for good")
        self._add_buttons(go, "danger", "block")
        self.why.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @staticmethod
    def _heading(laptop: Laptop) -> tuple[str, str]:
        who = laptop.officer
        if not laptop.left:
            return translate("member", "Take {who}’s laptop out of the team?").format(who=who), ""
        return (
            translate("member", "Take {who}’s laptop out for good?").format(who=who),
            translate("member", "It left the team by itself, and may come back as it is. Whoever"
                      " has it now could go on writing as of before it left."),
        )  # fmt: skip

    @staticmethod
    def _effects(laptop: Laptop) -> list[str]:
        keys = translate("member", "New changes are sealed with new keys that it does not have.")
        back = translate("member", "It comes back only as a new workspace, with a new invitation.")
        return [
            translate("member", "What is on the laptop is not recalled. It stays there,"
                      " locked with its passphrase."),
            translate("member", "What it sent before and has come here still counts."),
            translate("member", "What it sends from now on is set aside and changes nothing."),
            back if laptop.left else keys,  # the keys were changed as it left
        ]  # fmt: skip

    def send(self) -> None:
        """Take it out, and hand over."""
        self.go.setEnabled(False)
        store, laptop = self._store, self.laptop
        why, to = self.why.text, self.to.name

        def job(_ticket: Ticket) -> tuple[int, int]:
            revoke(store, laptop.device, why)
            handed = hand_over(store, laptop.officer, to) if to else []
            return len(handed), len(led_by(store, laptop.officer))

        self._tasks.team(job, self._revoked, self._failed)

    def _revoked(self, counts: tuple[int, int]) -> None:
        handed, left = counts
        words = translate("member", "{who}’s laptop is out of the team. Send and receive, so that"
                          " the others know.").format(who=self.laptop.officer)  # fmt: skip
        one, many = translate("member", "record"), translate("member", "records")
        if handed:
            words += " " + translate("member", "{to} now leads {what}.").format(
                to=self.to.name, what=count_words(handed, one, many))  # fmt: skip
        elif left:
            words += " " + translate("member", "They still lead {what}.").format(
                what=count_words(left, one, many))  # fmt: skip
        self._finished(words)


__all__ = ["RevokeDialog", "RoleDialog"]
