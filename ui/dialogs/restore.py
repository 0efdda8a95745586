"""Bringing a workspace back from a backup, into a new folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal

from ui.dialogs.fields import Field, PassphraseField, PathField
from ui.dialogs.questions import QuestionSheet
from ui.words import translate


class RestoreSheet(QuestionSheet):
    """`asked` carries the backup, the new folder and its passphrase or recovery code."""

    asked = Signal(object, object, str)

    def __init__(self, folder: Path) -> None:
        super().__init__(
            translate("restore", "Restore a backup"),
            translate("restore", "The backup is laid into a new folder and checked before it is"
                      " opened. Nothing that is on this laptop is changed."),
        )  # fmt: skip
        self.source = PathField(
            translate("restore", "Backup file"),
            mode="open",
            files=translate("restore", "Backups (*.engage-backup);;All files (*)"),
        )
        self.folder = PathField(translate("restore", "New folder"), path=str(folder))
        self.secret = PassphraseField(
            translate("restore", "Passphrase"),
            translate("restore", "The passphrase at the time of the backup, or the recovery code"),
        )
        self.ask_in_order(self.source, self.folder, self.secret)
        self.go = self.add_button(translate("restore", "Restore backup"), "primary", self.submit)
        self.add_back()

    def problems(self) -> dict[Field, str]:
        """What is missing."""
        found: dict[Field, str] = {}
        if self.source.path is None:
            found[self.source] = translate("restore", "Choose the backup file.")
        if self.folder.path is None:
            found[self.folder] = translate("restore", "Choose a new folder.")
        if not self.secret.text:
            found[self.secret] = translate("restore", "Type the passphrase or recovery code.")
        return found

    def send(self) -> None:
        """Everything is fit."""
        self.asked.emit(self.source.path, self.folder.path, self.secret.text)
