"""The first window: make a workspace, open one, look at the sample, or join a team.

Everything that takes time (deriving the key, making the sample) runs as a task; the window only
ever waits for an answer.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from engage_desktop.doors import Doors
from engage_desktop.workspace import Workspace
from ui.dialogs.ask import AskSheet, WaitSheet, waits
from ui.dialogs.choice import Choice
from ui.dialogs.create import CreateSheet
from ui.dialogs.join import JoinSheet
from ui.dialogs.parts import button, card, column
from ui.dialogs.questions import sentence_of
from ui.dialogs.recent import Opened, Recent
from ui.dialogs.recovery_code import CodeSheet
from ui.dialogs.restore import RestoreSheet
from ui.dialogs.sheet import Sheet
from ui.dialogs.unlock import NewPassphraseSheet, UnlockSheet
from ui.tasks import Tasks
from ui.widgets.base import Label, clear, look, named
from ui.widgets.cards import ruled
from ui.widgets.flow import FlowRow
from ui.words import translate


class Welcome(QStackedWidget):
    """`opened` carries the open workspace, once; the window may then be closed."""

    opened = Signal(object)  # Workspace

    def __init__(
        self, tasks: Tasks, doors: Doors, recent: Recent, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks, self._doors, self._recent = tasks, doors, recent
        self._workspace: Workspace | None = None
        self._asks = False
        title = translate("welcome", "Welcome to Engage")
        self.setWindowTitle(title)
        named(look(self, "page"), title)
        self.choices = ChoiceSheet()
        self.choices.create.clicked.connect(self.show_create)
        self.choices.open.clicked.connect(self.show_open)
        self.choices.sample.clicked.connect(self.explore_sample)
        self.choices.join.clicked.connect(self.show_join)
        self.choices.ask.clicked.connect(self.show_ask)
        self.choices.restore.clicked.connect(self.show_restore)
        self.choices.recent_chosen.connect(self.show_unlock)
        self.addWidget(self.choices)
        tasks.write(lambda _t: self._recent.all(), self.choices.show_recent)

    def show_choices(self) -> None:
        """Back to the beginning."""
        self._asks = False
        self._swap(None)
        self.choices.create.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_create(self) -> CreateSheet:
        """Questions for a new workspace."""
        sheet = CreateSheet(self._doors.default_folder())
        sheet.back.connect(self.show_choices)
        sheet.asked.connect(self._create)
        return self._swap(sheet)

    def show_open(self) -> UnlockSheet:
        """Open a workspace in a folder to be chosen."""
        return self._show_unlock(None)

    def show_unlock(self, opened: Opened) -> UnlockSheet:
        """Open a workspace that was opened before."""
        return self._show_unlock(opened)

    def show_join(self) -> JoinSheet:
        """Make a workspace from a colleague's invitation."""
        sheet = JoinSheet(self._doors.default_folder())
        sheet.back.connect(self.show_choices)
        sheet.asked.connect(self._join)
        return self._swap(sheet)

    def show_ask(self) -> AskSheet:
        """Make a workspace that asks a team to let it in."""
        sheet = AskSheet(self._doors.default_folder())
        sheet.back.connect(self.show_choices)
        sheet.asked.connect(self._create_to_ask)
        return self._swap(sheet)

    def show_restore(self) -> RestoreSheet:
        """Bring a workspace back from a backup."""
        sheet = RestoreSheet(self._doors.default_folder())
        sheet.back.connect(self.show_choices)
        sheet.asked.connect(self._restore)
        return self._swap(sheet)

    def explore_sample(self) -> None:
        """Make the sample county and open it: nothing in it is real."""
        self.choices.busy(translate("welcome", "Making the sample county…"))
        self._run(self.choices, lambda ticket: self._doors.sample(ticket.progress), self._entered)

    def closeEvent(self, event: QCloseEvent) -> None:
        """A workspace that was made but not entered is closed whole."""
        sheet = self.currentWidget()
        if isinstance(sheet, WaitSheet):
            sheet.stop()
            self._tasks.flush()
        if self._workspace is not None:
            self._workspace.close()
            self._workspace = None
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back."""
        sheet = self.currentWidget()
        if event.key() == Qt.Key.Key_Escape and sheet is not self.choices:
            if isinstance(sheet, (CreateSheet, UnlockSheet, JoinSheet, RestoreSheet, WaitSheet)):
                sheet.go_back()
            return
        super().keyPressEvent(event)

    # What the sheets ask for

    def _create(self, officer: str, folder: Path, passphrase: str) -> None:
        sheet = self.currentWidget()
        sheet.busy(translate("welcome", "Making your workspace and its key…"))
        self._run(sheet, lambda _t: self._doors.create(folder, officer, passphrase), self._made)

    def _create_to_ask(self, officer: str, folder: Path, passphrase: str) -> None:
        self._asks = True
        self._create(officer, folder, passphrase)

    def _wait(self, workspace: Workspace) -> None:
        """Ask, and wait for an admin."""
        self._workspace = workspace
        self._recent.add(workspace.folder, workspace.officer)
        sheet = WaitSheet(workspace, self._tasks)
        sheet.entered.connect(self._enter_made)
        sheet.alone.connect(self._open_made)
        sheet.back.connect(self._wait_no_more)
        self._swap(sheet)

    def _wait_no_more(self) -> None:
        workspace, self._workspace = self._workspace, None
        if workspace is not None:
            self._tasks.write(lambda _t: workspace.close(), self._put_away)

    def _put_away(self, _none: object) -> None:
        self._tasks.write(lambda _t: self._recent.all(), self.choices.show_recent)
        self.show_choices()

    def _join(self, wish: object) -> None:
        sheet = self.currentWidget()
        sheet.busy(translate("welcome", "Opening the invitation…"))
        self._run(sheet, lambda _t: self._doors.join(wish), self._made)

    def _restore(self, source: Path, folder: Path, secret: str) -> None:
        sheet = self.currentWidget()
        sheet.busy(translate("welcome", "Bringing the backup back…"))
        self._run(
            sheet,
            lambda ticket: self._doors.restore(
                source, folder, secret, ticket.progress, lambda: ticket.cancelled
            ),
            self._entered,
        )

    def _unlock(self, folder: Path, secret: str, recovery: bool) -> None:
        sheet = self.currentWidget()
        sheet.busy(translate("welcome", "Opening…"))
        self._run(
            sheet,
            lambda _t: self._doors.open(folder, secret),
            self._opened_by_code if recovery else self._entered,
        )

    def _run(self, sheet: Sheet, job, done) -> None:  # type: ignore[no-untyped-def]
        self._tasks.write(job, done, sheet.failed, sheet.progress)

    # What came of it

    def _made(self, made: tuple[Workspace, str]) -> None:
        self._workspace, code = made
        sheet = CodeSheet(self._workspace.name, self._workspace.officer, code, self._tasks)
        sheet.noted.connect(self._enter_made)
        self._swap(sheet)

    def _enter_made(self) -> None:
        if self._workspace is not None:
            self._entered(self._workspace)

    def _opened_by_code(self, workspace: Workspace) -> None:
        self._workspace = workspace
        sheet = NewPassphraseSheet()
        sheet.asked.connect(self._new_passphrase)
        self._swap(sheet)

    def _new_passphrase(self, passphrase: str) -> None:
        workspace = self._workspace
        if workspace is None:
            return
        sheet = self.currentWidget()
        sheet.busy(translate("welcome", "Changing the passphrase…"))
        self._run(sheet, lambda _t: workspace.change_passphrase(passphrase), self._changed)

    def _changed(self, _none: object) -> None:
        self._enter_made()

    def _entered(self, workspace: Workspace) -> None:
        if self._asks or waits(workspace):
            self._asks = False
            self._wait(workspace)
        else:
            self._open(workspace)

    def _open_made(self) -> None:
        if self._workspace is not None:
            self._open(self._workspace)

    def _open(self, workspace: Workspace) -> None:
        self._workspace = None
        if not self._doors.is_sample(workspace.folder):
            self._recent.add(workspace.folder, workspace.officer)
        self.opened.emit(workspace)

    def _show_unlock(self, opened: Opened | None) -> UnlockSheet:
        sheet = UnlockSheet(opened)
        sheet.back.connect(self.show_choices)
        sheet.asked.connect(self._unlock)
        return self._swap(sheet)

    def _swap(self, sheet):  # type: ignore[no-untyped-def]
        while self.count() > 1:
            old = self.widget(1)
            self.removeWidget(old)
            old.deleteLater()
        if sheet is not None:
            self.addWidget(sheet)
            self.setCurrentWidget(sheet)
            sheet.take_keyboard()
        else:
            self.choices.done()
            self.setCurrentWidget(self.choices)
        return sheet


class ChoiceSheet(Sheet):
    """Three ways in, the workspaces opened lately, and two ways for special days."""

    recent_chosen = Signal(object)  # Opened

    def __init__(self) -> None:
        super().__init__(
            translate("welcome", "Welcome to Engage"),
            translate(
                "welcome",
                "Stakeholders, events and feedback on your own laptop. Encrypted, complete without"
                " any network, and shared with colleagues only when you choose.",
            ),
            wide=640,
        )
        self.create = Choice(
            "add",
            translate("welcome", "Create my workspace"),
            translate("welcome", "Begin with an empty one. It takes a minute."),
            first=True,
        )
        self.open = Choice(
            "folder_open",
            translate("welcome", "Open a workspace"),
            translate("welcome", "On this laptop or on a drive."),
        )
        self.sample = Choice(
            "map",
            translate("welcome", "Explore the sample"),
            translate("welcome", "A made-up county with a year of work in it. Change anything."),
        )
        for choice in (self.create, self.open, self.sample):
            self.body.addWidget(choice)
        self._recent_card = card(translate("welcome", "Opened lately"))
        inside = column(self._recent_card, gap=6, edges=(18, 12, 18, 12))
        inside.addWidget(Label(translate("welcome", "Opened lately"), "heading"))
        self._rows = column(gap=4)
        inside.addLayout(self._rows)
        self._recent_card.hide()
        self.recent_buttons: list[QWidget] = []
        self.body.addWidget(self._recent_card)
        self.join = self.add_button(
            translate("welcome", "Join a team with a file"), "link", self._nothing
        )
        self.ask = self.add_button(
            translate("welcome", "Ask a team to let you in"), "link", self._nothing
        )
        self.restore = self.add_button(
            translate("welcome", "Restore a backup"), "link", self._nothing
        )

    def failed(self, error: Exception) -> None:
        """The sample could not be made."""
        self.done(sentence_of(error))

    def take_keyboard(self) -> None:
        """The first choice has the keyboard."""
        self.create.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_recent(self, opened: list[Opened]) -> None:
        """List the workspaces opened lately, newest first."""
        clear(self._rows)
        self.recent_buttons = []
        rows: list[QWidget] = []
        for each in opened:
            line = FlowRow(each.name, 10)
            link = button(each.name, "link", icon="lock")
            link.clicked.connect(self._choose)
            link.setProperty("opened", each)
            words = Label(f"{each.officer} · {each.folder.parent}", "small", wrap=False)
            line.add(link, words)
            rows.append(line)
            self.recent_buttons.append(link)
        ruled(self._rows, rows)
        self._recent_card.setVisible(bool(rows))

    def _choose(self) -> None:
        self.recent_chosen.emit(self.sender().property("opened"))

    def _nothing(self) -> None:
        """The window connects these links itself."""
