"""The window is locked: nothing is shown until the passphrase opens it again."""

from __future__ import annotations

from PySide6.QtCore import Signal

from db.errors import WrongPassphrase
from engage_desktop.unlocking import TooSoon
from engage_desktop.workspace import Workspace
from ui.dialogs.fields import Field, PassphraseField
from ui.dialogs.parts import row
from ui.dialogs.questions import QuestionSheet
from ui.dialogs.unlock import Countdown
from ui.tasks import Tasks
from ui.widgets.pills import IconTile
from ui.words import translate


class LockSheet(QuestionSheet):
    """Covers the window. `unlocked` is emitted once; Esc does nothing."""

    unlocked = Signal()

    def __init__(self, workspace: Workspace, tasks: Tasks) -> None:
        super().__init__(
            translate("lock", "Locked"),
            translate("lock", "{officer}, your work is as you left it. Drafts are kept.").format(
                officer=workspace.officer
            ),
        )
        self._workspace, self._tasks = workspace, tasks
        self.passphrase = PassphraseField(
            translate("lock", "Passphrase"),
            translate("lock", "The recovery code opens it as well"),
        )
        self.words_above()
        self.ask_in_order(self.passphrase)
        self.go = self.add_button(translate("lock", "Unlock"), "primary", self.submit)
        self.countdown = Countdown(self, self.go, self.passphrase)

    def words_above(self) -> None:
        """A lock, so that the page is known at a glance."""
        line = row()
        line.addWidget(IconTile("lock", "info", translate("lock", "Locked"), 48))
        line.addStretch(1)
        self.body.addLayout(line)

    def go_back(self) -> None:
        """There is no way round."""

    def problems(self) -> dict[Field, str]:
        """Nothing typed."""
        if self.passphrase.text:
            return {}
        return {self.passphrase: translate("lock", "Type the passphrase.")}

    def send(self) -> None:
        """Try it. Deriving the key is a task."""
        secret, workspace = self.passphrase.text, self._workspace
        self.busy(translate("lock", "Opening…"))
        self._tasks.write(lambda _t: workspace.accepts(secret), self._tried, self.failed)

    def failed(self, error: Exception) -> None:
        """Too many tries: wait."""
        if isinstance(error, TooSoon):
            self.done()
            self.passphrase.clear()
            self.countdown.begin(error.wait_s)
        elif isinstance(error, WrongPassphrase):
            self._tried(False)
        else:
            super().failed(error)

    def _tried(self, right: bool) -> None:
        self.done()
        self.passphrase.clear()
        if right:
            self.passphrase.say("")
            self.unlocked.emit()
            return
        self.passphrase.say(
            translate("unlock", "That passphrase does not open it. Capitals and gaps count.")
        )
        self.passphrase.editor.setFocus()
