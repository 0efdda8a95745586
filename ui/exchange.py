"""Exchanges with colleagues: one at a time, whoever asked for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from ui.tasks import Tasks, Ticket

AUTOMATIC = "window.exchange_by_itself"
"""Setting of this laptop: send and receive when the shared folder appears."""

Job = Callable[[Ticket], Any]


class Exchanger(QObject):
    """Runs one exchange at a time on the writing thread."""

    began = Signal(bool)  # by itself
    progressed = Signal(object)  # (done, total, words)
    done = Signal(object, bool)
    failed = Signal(object, bool)
    refused = Signal(object)
    """A server does not let this laptop in any more; told once, by whoever watches it."""

    def __init__(self, workspace: Any, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._tasks = workspace, tasks
        self._ticket: Ticket | None = None
        self.by_itself = False

    @property
    def busy(self) -> bool:
        """True while one runs."""
        return self._ticket is not None

    def with_folder(self, folder: str, *, start: bool = False, by_itself: bool = False) -> bool:
        """Send and receive through a folder or a place; False when one runs already."""
        workspace = self._workspace

        def job(ticket: Ticket) -> Any:
            from engage_desktop.sync import desk

            return desk.send_and_receive(
                workspace, folder, start=start, stoppable=ticket.stops_by, **_watched(ticket)
            )

        return self._run(job, by_itself)

    def into_file(self, path: Path) -> bool:
        """Write a delivery into one file."""
        workspace = self._workspace

        def job(ticket: Ticket) -> Any:
            from engage_desktop.sync import desk

            return desk.write_delivery(workspace, path, **_watched(ticket))

        return self._run(job, False)

    def out_of_file(self, path: Path) -> bool:
        """Take in a delivery that came as one file."""
        workspace = self._workspace

        def job(ticket: Ticket) -> Any:
            from engage_desktop.sync import desk

            return desk.read_delivery(workspace, path, **_watched(ticket))

        return self._run(job, False)

    def stop(self) -> None:
        """Stop between two files; the next time goes on from there."""
        if self._ticket is not None:
            self._ticket.cancel()

    def _run(self, job: Job, by_itself: bool) -> bool:
        if self._ticket is not None:
            return False
        self.by_itself = by_itself
        self.began.emit(by_itself)
        ticket = self._tasks.write(job, self._came, self._lost, self._passed)
        if not ticket.finished:
            self._ticket = ticket
        return True

    def _passed(self, how_far: tuple[int, int, str]) -> None:
        self.progressed.emit(how_far)

    def _came(self, receipt: object) -> None:
        self._ticket = None
        self.done.emit(receipt, self.by_itself)

    def _lost(self, error: Exception) -> None:
        self._ticket = None
        self.failed.emit(error, self.by_itself)


def _watched(ticket: Ticket) -> dict[str, Any]:
    return {
        "progress": lambda words, done, total: ticket.progress(done, total, words),
        "cancelled": lambda: ticket.cancelled,
    }
