"""Another passphrase or another recovery code, for whoever knows the one there is."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QWidget

from db.clock import system_random
from db.errors import WrongPassphrase
from db.keys import new_code
from engage_desktop.unlocking import TooSoon
from engage_desktop.workspace import Workspace
from ui.dialogs.create import passphrase_problems
from ui.dialogs.fields import Field, PassphraseField, StrengthMeter
from ui.dialogs.parts import column
from ui.dialogs.questions import QuestionSheet
from ui.dialogs.recovery_code import CodeSheet
from ui.dialogs.sheet import Sheet
from ui.dialogs.unlock import Countdown
from ui.tasks import Tasks
from ui.widgets.base import look, named, sized
from ui.words import translate


class ProvenSheet(QuestionSheet):
    """Asks first for what opens the workspace now; wrong tries are slowed as at its door."""

    proven = Signal()

    def __init__(self, title: str, words: str, go: str, workspace: Workspace, tasks: Tasks) -> None:
        super().__init__(title, words)
        self._workspace, self._tasks = workspace, tasks
        self.present = PassphraseField(
            translate("keys", "Present passphrase"),
            translate("keys", "The recovery code does as well"),
        )
        self.ask_in_order(self.present)
        self.ask_more()
        self.go = self.add_button(go, "primary", self.submit)
        self.add_back()
        self.countdown = Countdown(self, self.go, self.present)

    def ask_more(self) -> None:
        """For subclasses: further questions."""

    def problems(self) -> dict[Field, str]:
        """Nothing typed."""
        if self.present.text:
            return {}
        return {self.present: translate("keys", "Type the present passphrase.")}

    @property
    def at_work(self) -> bool:
        """Is a key being derived?"""
        return not self.foot.isEnabled()

    def submit(self) -> None:
        """Not while a try is under way, nor while the next one has to wait."""
        if self.go.isEnabled() and not self.at_work:
            super().submit()

    def send(self) -> None:
        """Deriving the key is a task."""
        secret, after = self.present.text, self.after()
        workspace = self._workspace
        self.busy(translate("keys", "Looking at the passphrase…"))

        def job(_ticket: object) -> None:
            if not workspace.accepts(secret):
                raise WrongPassphrase(translate("keys", "That does not open this workspace."))
            if after:
                workspace.change_passphrase(after)

        self._tasks.write(job, self._proven, self.failed)

    def after(self) -> str:
        """The passphrase to change to, or nothing."""
        return ""

    def failed(self, error: Exception) -> None:
        """Wrong, too often wrong, or something else; nothing was changed."""
        if not isinstance(error, WrongPassphrase):
            super().failed(error)
            return
        self.done()
        self.present.clear()
        if isinstance(error, TooSoon):
            self.countdown.begin(error.wait_s)
            return
        self.present.say(translate("unlock", "That passphrase does not open it."))
        self.present.editor.setFocus()

    def _proven(self, _none: object) -> None:
        self.done()
        self.proven.emit()


class ChangeSheet(ProvenSheet):
    """The present passphrase and, twice, the one that takes its place."""

    def __init__(self, workspace: Workspace, tasks: Tasks) -> None:
        super().__init__(
            translate("keys", "Change the passphrase"),
            translate("keys", "The old passphrase opens nothing any more once it is changed,"
                      " except backups made until then. The recovery code stays."),
            translate("keys", "Change passphrase"), workspace, tasks,
        )  # fmt: skip

    def ask_more(self) -> None:
        """The new one."""
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

    def problems(self) -> dict[Field, str]:
        """What keeps it from being used."""
        return super().problems() | passphrase_problems(self.passphrase, self.again)

    def after(self) -> str:
        """The new passphrase."""
        return self.passphrase.text


class KeyDialog(QDialog):
    """One sheet after another: the question, the new code if it is one, and what came of it.

    A new code takes the old one's place only when it has been noted, so that a window closed or a
    laptop switched off before that loses nothing.
    """

    def __init__(
        self, what: str, workspace: Workspace, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        """`what` is "passphrase" or "code"."""
        super().__init__(parent)
        self._workspace, self._tasks = workspace, tasks
        look(self, "page")
        sized(self, 600, 620)
        self._box = column(self)
        self.sheet: Sheet
        asked: ProvenSheet
        if what == "passphrase":
            asked = ChangeSheet(workspace, tasks)
            asked.proven.connect(self._changed)
        else:
            asked = ProvenSheet(
                translate("keys", "Make a new recovery code"),
                translate("keys", "For when the printed sheet is lost or was seen by others. The"
                          " passphrase stays."),
                translate("keys", "Show a new code"), workspace, tasks,
            )  # fmt: skip
            asked.proven.connect(self._show_code)
        asked.back.connect(self.reject)
        self._show(asked)
        asked.take_keyboard()

    def reject(self) -> None:
        """Not in the middle of a change, whose end should be seen."""
        if self.sheet.foot.isEnabled():
            super().reject()

    def _show(self, sheet: Sheet) -> None:
        if self._box.count():
            self._box.removeWidget(self.sheet)
            self.sheet.hide()
            self.sheet.deleteLater()
        self.sheet = sheet
        named(self, sheet.title.text())
        self.setWindowTitle(sheet.title.text())
        self._box.addWidget(sheet)

    def _changed(self) -> None:
        self._over(
            translate("keys", "The passphrase is changed"),
            translate("keys", "From now on the new one opens this workspace. Backups made before"
                      " still open with the old one."),
        )  # fmt: skip

    def _show_code(self) -> None:
        code = new_code(system_random)
        sheet = CodeSheet(
            self._workspace.name, self._workspace.officer, code, self._tasks,
            title=translate("keys", "Your new recovery code"),
            words=translate("keys", "It is shown this once and kept nowhere. It takes the old"
                            " code’s place when you use it; until then the old code stays."),
            go=translate("keys", "Use this code"),
        )  # fmt: skip
        sheet.noted.connect(self._take_code)
        self._show(sheet)
        sheet.take_keyboard()

    def _take_code(self) -> None:
        sheet, workspace = self.sheet, self._workspace
        if not isinstance(sheet, CodeSheet):
            return
        code = sheet.code
        sheet.busy(translate("keys", "Changing the recovery code…"))
        self._tasks.write(
            lambda _t: workspace.new_recovery_code(code), self._code_taken, sheet.failed
        )

    def _code_taken(self, _code: str) -> None:
        self._over(
            translate("keys", "The recovery code is changed"),
            translate("keys", "From now on the new code opens this workspace. Backups made before"
                      " still open with the old one. Destroy the old sheet only when you need none"
                      " of them."),
        )  # fmt: skip

    def _over(self, title: str, words: str) -> None:
        sheet = Sheet(title, words)
        self.finish = sheet.add_button(translate("keys", "Done"), "primary", self.accept)
        self.finish.setAccessibleDescription(f"{title}. {words}")
        self._show(sheet)
        self.finish.setDefault(True)
        self.finish.setFocus()
