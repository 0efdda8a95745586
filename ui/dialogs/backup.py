"""A backup into one file, while the workspace is in use."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from PySide6.QtWidgets import QWidget

from db.errors import Cancelled
from engage_desktop.workspace import Workspace
from ui.dialogs.fields import PathField
from ui.dialogs.parts import button
from ui.dialogs.questions import sentence_of
from ui.dialogs.small import SmallDialog
from ui.tasks import Tasks, Ticket
from ui.widgets.banners import Banner, ProgressStrip
from ui.words import translate

SUFFIX = ".engage-backup"


class BackupDialog(SmallDialog):
    """Where to, how far it is, and what came of it."""

    def __init__(
        self, workspace: Workspace, tasks: Tasks, *, today: dt.date | None = None,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            translate("backup", "Make a backup"),
            translate(
                "backup",
                "Everything goes into one encrypted file: records, attachments and the locked"
                " key. It opens with today’s passphrase or the recovery code.",
            ),
            parent=parent,
        )
        self._workspace, self._tasks = workspace, tasks
        self._ticket: Ticket | None = None
        box = self.body
        self.done_banner = Banner("good")
        self.done_banner.hide()
        box.addWidget(self.done_banner)
        day = today or dt.datetime.now().astimezone().date()
        name = f"{workspace.name} {day.isoformat()}{SUFFIX}"
        self.place = PathField(
            translate("backup", "Where to"),
            translate("backup", "Best on another drive, kept apart from this laptop"),
            mode="save",
            files=translate("backup", "Backups (*.engage-backup)"),
            path=str(workspace.folder.parent / name),
        )
        box.addWidget(self.place)
        self.waiting = ProgressStrip()
        self.waiting.cancelled.connect(self._stop)
        box.addWidget(self.waiting)
        self.go = button(
            translate("backup", "Make backup"), "primary", icon="save", pressed=self.back_up
        )
        self.close_button = button(translate("backup", "Close"), "quiet", pressed=self.reject)
        self.foot.add(self.go, self.close_button)

    def back_up(self) -> None:
        """Write it. The window goes on living."""
        path = self.place.path
        if path is None:
            self.place.say(translate("backup", "Choose where to."))
            return
        if path.suffix != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        self.place.say("")
        self.problem.say("")
        self.done_banner.hide()
        self.go.setEnabled(False)
        self.waiting.show_progress(translate("backup", "Writing"), 0, 0)
        self.fit()
        workspace = self._workspace

        def job(ticket: Ticket) -> tuple[Path, int]:
            size = workspace.backup(
                path, progress=ticket.progress, cancelled=lambda: ticket.cancelled
            )
            return path, size

        self._ticket = self._tasks.team(job, self._written, self._failed, self._progress)

    def reject(self) -> None:
        """Leave; a backup that is being written is stopped and leaves no file."""
        self._stop()
        super().reject()

    def _progress(self, how_far: tuple[int, int, str]) -> None:
        self.waiting.show_progress(translate("backup", "Writing"), how_far[0], how_far[1])

    def _written(self, written: tuple[Path, int]) -> None:
        path, size = written
        self._settled()
        self.done_banner.show_as(
            "good", translate("backup", "The backup is made."),
            translate("backup", "“{name}”, {size} MB.").format(
                name=path.name, size=f"{size / 1_000_000:,.1f}"
            ),
        )  # fmt: skip
        self.done_banner.show()
        self.fit()

    def _failed(self, error: Exception) -> None:
        self._settled()
        if isinstance(error, Cancelled):
            self.problem.say(translate("backup", "Stopped. No backup was made."))
        else:
            self.problem.say(sentence_of(error))

    def _settled(self) -> None:
        self._ticket = None
        self.waiting.finish()
        self.fit()
        self.go.setEnabled(True)

    def _stop(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()
