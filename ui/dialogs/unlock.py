"""Opening a locked workspace: the passphrase, or the recovery code and a new passphrase."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from db.errors import WrongPassphrase
from engage_desktop.unlocking import TooSoon
from ui.dialogs.create import passphrase_problems
from ui.dialogs.fields import Field, PassphraseField, PathField, StrengthMeter, TextField
from ui.dialogs.questions import QuestionSheet, sentence_of
from ui.dialogs.recent import Opened
from ui.widgets.banners import Banner
from ui.words import count_words, translate


class Countdown:
    """Says every second how long it still is, and hands the keyboard back at the end."""

    def __init__(self, sheet: QuestionSheet, go: QWidget, field: Field) -> None:
        self._sheet, self._go, self._field = sheet, go, field
        self.left = 0
        self._tick = QTimer(sheet)
        self._tick.setInterval(1_000)
        self._tick.timeout.connect(self._second)

    def begin(self, seconds: int) -> None:
        """Wait before the next try; the window goes on living."""
        self.left = max(1, seconds)
        self._go.setEnabled(False)
        self._field.editor.setEnabled(False)
        self._say()
        self._tick.start()

    def _second(self) -> None:
        self.left -= 1
        if self.left > 0:
            self._say()
            return
        self._tick.stop()
        self._go.setEnabled(True)
        self._field.editor.setEnabled(True)
        self._field.say("")
        self._field.editor.setFocus()

    def _say(self) -> None:
        seconds = count_words(
            self.left, translate("unlock", "second"), translate("unlock", "seconds")
        )
        self._field.say(
            translate("unlock", "That does not open it. Try again in {seconds}.").format(
                seconds=seconds
            )
        )


class UnlockSheet(QuestionSheet):
    """`asked` carries folder, secret, and whether it is the recovery code."""

    asked = Signal(object, str, bool)

    def __init__(self, opened: Opened | None) -> None:
        title = (
            translate("unlock", "Open {name}").format(name=opened.name)
            if opened
            else translate("unlock", "Open a workspace")
        )
        super().__init__(title, opened.officer if opened else "")
        self._opened = opened
        self._by_code = False
        self.folder = PathField(
            translate("unlock", "Folder"), translate("unlock", "The folder the workspace is in")
        )
        self.passphrase = PassphraseField(translate("unlock", "Passphrase"))
        self.code = TextField(
            translate("unlock", "Recovery code"),
            translate("unlock", "Five groups of five, from the printed sheet. Gaps and capitals"
                      " make no difference."),
        )  # fmt: skip
        if opened is None:
            self.ask_in_order(self.folder)
        else:
            self.folder.setParent(self)
            self.folder.hide()
        self.ask_in_order(self.passphrase, self.code)
        self.code.hide()
        self.lost = Banner(
            "info",
            translate("unlock", "Neither opens it?"),
            translate(
                "unlock",
                "Without passphrase and recovery code nobody can open this workspace, not"
                " even an admin. If it is somebody else’s, only they can. If it is yours, go back"
                " and ask your team to let you in with a new workspace: all that was sent"
                " comes back.",
            ),
        )
        self.lost.hide()
        self.body.addWidget(self.lost)
        self.go = self.add_button(translate("unlock", "Open workspace"), "primary", self.submit)
        self.add_back()
        self.other = self.add_button(
            translate("unlock", "Use the recovery code instead"), "link", self.use_code
        )
        self.countdown = Countdown(self, self.go, self.passphrase)
        self.code_countdown = Countdown(self, self.go, self.code)

    @property
    def path(self) -> Path | None:
        """The workspace's folder."""
        return self._opened.folder if self._opened else self.folder.path

    def use_code(self) -> None:
        """Ask for the other one of passphrase and recovery code."""
        self._by_code = not self._by_code
        self.passphrase.setVisible(not self._by_code)
        self.code.setVisible(self._by_code)
        self.other.say(
            translate("unlock", "Use the passphrase instead")
            if self._by_code
            else translate("unlock", "Use the recovery code instead")
        )
        (self.code if self._by_code else self.passphrase).editor.setFocus()

    def problems(self) -> dict[Field, str]:
        """What is missing."""
        found: dict[Field, str] = {}
        if self.path is None:
            found[self.folder] = translate("unlock", "Choose the folder it is in.")
        if self._by_code and not self.code.text:
            found[self.code] = translate("unlock", "Type the recovery code.")
        elif not self._by_code and not self.passphrase.text:
            found[self.passphrase] = translate("unlock", "Type the passphrase.")
        return found

    def send(self) -> None:
        """Try it."""
        secret = self.code.text if self._by_code else self.passphrase.text
        self.asked.emit(self.path, secret, self._by_code)

    def failed(self, error: Exception) -> None:
        """Wrong, or something else; wrong never says more than that."""
        if not isinstance(error, WrongPassphrase):
            super().failed(error)
            return
        self.done()
        field = self.code if self._by_code else self.passphrase
        self.passphrase.clear()
        if isinstance(error, TooSoon):
            self.lost.show()
            (self.code_countdown if self._by_code else self.countdown).begin(error.wait_s)
            return
        field.say(
            translate("unlock", "That code does not open it.")
            if self._by_code
            else translate("unlock", "That passphrase does not open it. Capitals and gaps count.")
        )
        self.lost.show()
        field.editor.setFocus()


class NewPassphraseSheet(QuestionSheet):
    """After the recovery code: a passphrase that will be remembered."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__(
            translate("unlock", "Choose a new passphrase"),
            translate("unlock", "The recovery code opened your workspace. The old passphrase opens"
                      " nothing any more once you have chosen a new one."),
        )  # fmt: skip
        self.passphrase = PassphraseField(
            translate("unlock", "New passphrase"),
            translate("unlock", "Four or more words that do not belong together"),
        )
        self.again = PassphraseField(translate("unlock", "The new passphrase again"))
        self.meter = StrengthMeter()
        self.passphrase.edit.textChanged.connect(self.meter.judge)
        self.ask_in_order(self.passphrase)
        self.body.addWidget(self.meter)
        self.ask_in_order(self.again)
        self.go = self.add_button(translate("unlock", "Change passphrase"), "primary", self.submit)

    def problems(self) -> dict[Field, str]:
        """What keeps it from being used."""
        return passphrase_problems(self.passphrase, self.again)

    def send(self) -> None:
        """It is fit."""
        self.asked.emit(self.passphrase.text)


__all__ = ["Countdown", "NewPassphraseSheet", "UnlockSheet", "sentence_of"]
