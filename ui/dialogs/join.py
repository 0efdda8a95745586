"""Joining a team with a colleague's invitation file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal

from engage_desktop.doors import JoinWish
from ui.dialogs.create import passphrase_problems
from ui.dialogs.fields import Field, PassphraseField, PathField, StrengthMeter, TextField
from ui.dialogs.questions import QuestionSheet
from ui.words import translate


class JoinSheet(QuestionSheet):
    """`asked` carries a `JoinWish`."""

    asked = Signal(object)

    def __init__(self, folder: Path) -> None:
        super().__init__(
            translate("join", "Join a team with a file"),
            translate("join", "A colleague made an invitation or a field copy for you. It begins a"
                      " workspace on this laptop that shares with theirs."),
        )  # fmt: skip
        self.invitation = PathField(
            translate("join", "Invitation or field copy"),
            mode="open",
            files=translate("join", "Invitations (*.invite *.fieldcopy);;All files (*)"),
        )
        self.code = TextField(
            translate("join", "Code"),
            translate("join", "Your colleague tells you this, best by telephone"),
        )
        self.officer = TextField(
            translate("join", "Your name"), translate("join", "Colleagues see who wrote what")
        )
        self.folder = PathField(translate("join", "Where to keep it"), path=str(folder))
        self.passphrase = PassphraseField(
            translate("join", "Passphrase"),
            translate("join", "Your own, for this laptop: four or more words"),
        )
        self.again = PassphraseField(translate("join", "The passphrase again"))
        self.meter = StrengthMeter()
        self.passphrase.edit.textChanged.connect(self.meter.judge)
        self.ask_in_order(self.invitation, self.code, self.officer, self.folder, self.passphrase)
        self.body.addWidget(self.meter)
        self.ask_in_order(self.again)
        self.go = self.add_button(translate("join", "Join team"), "primary", self.submit)
        self.add_back()

    def problems(self) -> dict[Field, str]:
        """What is missing."""
        found: dict[Field, str] = {}
        if self.invitation.path is None:
            found[self.invitation] = translate("join", "Choose the file that your colleague made.")
        elif not self.invitation.path.is_file():
            found[self.invitation] = translate("join", "There is no such file.")
        if not self.officer.text:
            found[self.officer] = translate("join", "Type your name.")
        if self.folder.path is None:
            found[self.folder] = translate("join", "Choose a folder to keep it in.")
        return found | passphrase_problems(self.passphrase, self.again)

    def send(self) -> None:
        """Everything is fit."""
        invitation, folder = self.invitation.path, self.folder.path
        if invitation is not None and folder is not None:
            self.asked.emit(
                JoinWish(
                    invitation, self.code.text, self.officer.text, folder, self.passphrase.text
                )
            )
