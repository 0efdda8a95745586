"""Returning the field copy that this laptop holds: sent, taken in at the office, then wiped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from db.reader import Reader
from engage_desktop.sync import desk
from engage_desktop.sync.field_back import OwnCopy, own_copy
from engage_desktop.sync.field_return import bring_back
from engage_desktop.sync.stick import SUFFIX
from engage_desktop.workspace import Workspace
from ui.dialogs.fields import PathField
from ui.dialogs.job import DialogJob, Watched
from ui.dialogs.parts import button, card, column
from ui.dialogs.questions import sentence_of
from ui.dialogs.small import SmallDialog
from ui.pages.team_copies import state_words
from ui.tasks import Tasks
from ui.widgets.banners import Banner
from ui.widgets.base import Label, named
from ui.widgets.buttons import Tick
from ui.widgets.flow import FlowRow
from ui.words import translate


class ReturnDialog(SmallDialog):
    """`returned` once this laptop has left the team and its workspace is to be wiped."""

    returned = Signal()
    moved = Signal()

    def __init__(self, workspace: Workspace, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(
            translate("return", "Return this field copy"),
            translate("return", "First the office gets everything that was keyed in here. Once an"
                      " office laptop has taken all of it in, this workspace is wiped from the"
                      " laptop."),
            wide=640, parent=parent,
        )  # fmt: skip
        self._workspace, self._tasks = workspace, tasks
        self.own: OwnCopy | None = None
        self._job = DialogJob(self, tasks)
        self._job.busy.connect(self._busy)
        self._job.failed.connect(self.look)
        self.state = Banner("info", translate("return", "Looking…"))
        self.body.addWidget(self.state)
        self.waiting = self._job.strip
        self.body.addWidget(self.waiting)
        self._build_send()
        self._build_wipe()
        self.go = button(translate("return", "Return and wipe"), "danger", icon="delete",
                         pressed=self.finish)  # fmt: skip
        self.later = button(translate("return", "Later"), "quiet", pressed=self.reject)
        self.foot.add(self.go, self.later)
        self.look()

    def look(self) -> None:
        """See how far it has come."""
        store = self._workspace.store

        def job(reader: Reader) -> OwnCopy | None:
            return own_copy(store, reader)

        self._tasks.read(job, self._show, self._not_looked, key=self)

    def send(self) -> None:
        """Send what was keyed in, and hear what the office has, through the shared folder."""
        if self.own is None or not self.own.folder:
            return
        workspace, folder = self._workspace, self.own.folder
        self._run(lambda watched: desk.send_and_receive(workspace, folder, **watched))

    def write_to(self, path: str) -> None:
        """Write a file for the office with everything that was keyed in."""
        workspace = self._workspace
        self._run(lambda watched: desk.write_delivery(workspace, Path(path), **watched))

    def read_from(self, path: str) -> None:
        """Take in the office's answer."""
        workspace = self._workspace
        self._run(lambda watched: desk.read_delivery(workspace, Path(path), **watched))

    def finish(self) -> None:
        """Leave the team, tell it, and have the workspace wiped."""
        if self.own is None:
            return
        if not self.own.is_at_office:
            self.problem.say(f"{state_words(self.own)} {translate('return', 'Nothing was wiped.')}")
            self.fit_soon()
            return
        if not self.sure.isChecked():
            self.problem.say(translate("return", "Tick that this workspace may be wiped first."))
            self.fit_soon()
            return
        workspace, folder = self._workspace, self.own.folder or None
        path = None if folder else self.last.path
        if folder is None and path is None:
            self.last.say(translate("return", "Choose where to put the file."))
            self.fit_soon()
            return
        if path is not None and path.suffix != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        self._job.run(
            lambda _w: bring_back(workspace, folder, file=path), self._gone,
            translate("return", "Telling the office"), stoppable=False,
        )  # fmt: skip

    # -- building ------------------------------------------------------------------------------

    def _build_send(self) -> None:
        heading = translate("return", "1. To the office")
        frame = card(heading)
        inside = column(frame, gap=10, edges=(16, 12, 16, 14))
        inside.addWidget(Label(heading, "heading"))
        self.how = Label("", "muted")
        inside.addWidget(self.how)
        verbs = FlowRow(heading, 10)
        self.sync = button(translate("return", "Send and receive"), "secondary", icon="sync",
                           pressed=self.send)  # fmt: skip
        self.out = button(translate("return", "Write a file for the office…"), "secondary",
                          icon="usb", pressed=self._choose_out)  # fmt: skip
        self.answer = button(translate("return", "Open the office’s answer…"), "secondary",
                             icon="inbox", pressed=self._choose_answer)  # fmt: skip
        verbs.add(self.sync, self.out, self.answer)
        inside.addWidget(verbs)
        self.body.addWidget(frame)

    def _build_wipe(self) -> None:
        heading = translate("return", "2. Wipe it here")
        frame = card(heading)
        inside = column(frame, gap=10, edges=(16, 12, 16, 14))
        inside.addWidget(Label(heading, "heading"))
        self.sure = Tick(
            translate("return", "Wipe this workspace from the laptop. It cannot be brought back.")
        )
        inside.addWidget(self.sure)
        self.last = PathField(
            translate("return", "Put the last file here"),
            translate("return", "It tells the office that the copy is wiped. Hand it over."),
            mode="save", files=translate("return", "Deliveries (*{suffix})").format(suffix=SUFFIX),
            path=str(self._workspace.folder.parent / (
                translate("return", "Field copy returned") + SUFFIX)),
        )  # fmt: skip
        inside.addWidget(self.last)
        self.body.addWidget(frame)

    def _choose_out(self) -> None:
        name = translate("return", "From the field") + SUFFIX
        dialog = QFileDialog(self, translate("return", "Write a file for the office"), name)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.lstrip("."))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.write_to)
        dialog.open()

    def _choose_answer(self) -> None:
        dialog = QFileDialog(self, translate("return", "Open the office’s answer"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.read_from)
        dialog.open()

    # -- what came of it -----------------------------------------------------------------------

    def _run(self, job: Callable[[Watched], object]) -> None:
        self._job.run(job, self._ran, translate("return", "Sending and receiving"))

    def _ran(self, _receipt: object) -> None:
        self.moved.emit()
        self.look()

    def _show(self, own: OwnCopy | None) -> None:
        self.own = own
        if own is None:
            self.reject()
            return
        ready = own.is_at_office
        self.state.show_as("good" if ready else "warning", state_words(own))
        self.how.setText(
            translate("return", "Through the shared folder. An office laptop has to send and"
                      " receive in between.")
            if own.folder
            else translate("return", "Without the shared folder: hand the office this file. It"
                           " gives you one back, which you open here.")
        )  # fmt: skip
        named(self.how, self.how.text())
        self.sync.setVisible(bool(own.folder))
        self.last.setVisible(not own.folder)
        self.fit_soon()

    def _gone(self, _none: object) -> None:
        self.accept()
        self.returned.emit()

    def _busy(self, on: bool) -> None:
        for each in (self.sync, self.out, self.answer, self.go):
            each.setEnabled(not on)

    def _not_looked(self, error: Exception) -> None:
        self.problem.say(sentence_of(error))
        self.fit_soon()


__all__ = ["ReturnDialog"]
