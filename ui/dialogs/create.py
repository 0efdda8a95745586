"""Questions for a new workspace: whose, where, and its passphrase."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal

from ui.dialogs.fields import Field, PassphraseField, PathField, StrengthMeter, TextField
from ui.dialogs.questions import QuestionSheet
from ui.dialogs.strength import strength_of
from ui.words import translate


class CreateSheet(QuestionSheet):
    """`asked` carries officer, folder and passphrase once they are fit to be used."""

    asked = Signal(str, object, str)

    def __init__(self, folder: Path) -> None:
        super().__init__(
            translate("create", "Create my workspace"),
            translate("create", "Everything you write down is kept in one folder on this laptop,"
                      " locked with your passphrase."),
        )  # fmt: skip
        self.officer = TextField(
            translate("create", "Your name"), translate("create", "Colleagues see who wrote what")
        )
        self.folder = PathField(
            translate("create", "Where to keep it"),
            translate("create", "A folder of its own; not one that is synced by another program"),
            path=str(folder),
        )
        self.passphrase = PassphraseField(
            translate("create", "Passphrase"),
            translate("create", "Four or more words that do not belong together"),
        )
        self.again = PassphraseField(translate("create", "The passphrase again"))
        self.meter = StrengthMeter()
        self.passphrase.edit.textChanged.connect(self.meter.judge)
        self.ask_in_order(self.officer, self.folder, self.passphrase)
        self.body.addWidget(self.meter)
        self.ask_in_order(self.again)
        self.go = self.add_button(translate("create", "Create workspace"), "primary", self.submit)
        self.add_back()

    def problems(self) -> dict[Field, str]:
        """One sentence for each answer that will not do."""
        found: dict[Field, str] = {}
        if not self.officer.text:
            found[self.officer] = translate("create", "Type your name.")
        if self.folder.path is None:
            found[self.folder] = translate("create", "Choose a folder to keep it in.")
        found |= passphrase_problems(self.passphrase, self.again)
        return found

    def send(self) -> None:
        """Everything is fit."""
        self.asked.emit(self.officer.text, self.folder.path, self.passphrase.text)


def passphrase_problems(first: PassphraseField, again: PassphraseField) -> dict[Field, str]:
    """What keeps two fields from being a passphrase."""
    judged = strength_of(first.text)
    if not first.text:
        return {first: translate("create", "Type a passphrase.")}
    if not judged.enough:
        return {first: judged.words}
    if first.text != again.text:
        return {again: translate("create", "The two are not the same. Type it again.")}
    return {}
