"""Exchanges with colleagues: one at a time, whoever asked for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from db.errors import Cancelled
from ui.tasks import Tasks, Ticket

AUTOMATIC = "window.exchange_by_itself"
"""Setting of this laptop: send and receive when the shared folder appears."""

Job = Callable[[Ticket], Any]


class Exchanger(QObject):
    """Runs one exchange at a time, beside whatever is saved meanwhile."""

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
        self._next: Job | None = None
        self.by_itself = False
        tasks.wrote.connect(self._see_to_it, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """True while one runs."""
        return self._ticket is not None

    def with_folder(self, folder: str, *, start: bool = False, by_itself: bool = False) -> bool:
        """Send and receive through a folder or a place; False when one runs already.

        A server is reached on a thread apart first: while it says nothing, no other act of the
        team waits. One that begins by itself was reached a moment ago.
        """
        workspace = self._workspace

        def job(ticket: Ticket) -> Any:
            from engage_desktop.sync import desk

            return desk.send_and_receive(
                workspace, folder, start=start, stoppable=ticket.stops_by, **_watched(ticket)
            )

        def reach(ticket: Ticket) -> None:
            from engage_desktop.sync import desk

            with desk.reached(workspace.store, folder, ticket.stops_by) as place:
                place.check()

        return self._run(job, by_itself, reach if "://" in folder and not by_itself else None)

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
        ticket = self._ticket
        if ticket is not None:
            ticket.cancel()
            if ticket.apart:  # one that writes tells of it itself
                self._lost(Cancelled("Stopped."))

    def _run(self, job: Job, by_itself: bool, first: Job | None = None) -> bool:
        if self._ticket is not None:
            return False
        self.by_itself = by_itself
        self.began.emit(by_itself)
        if first is None:
            self._hold(self._write(job))
        else:
            self._next = job
            self._hold(self._tasks.apart(first, self._reached, self._lost))
        return True

    def _write(self, job: Job) -> Ticket:
        return self._tasks.team(job, self._came, self._lost, self._passed, goes_on=True)

    def _hold(self, ticket: Ticket) -> None:
        if not ticket.finished:
            self._ticket = ticket

    def _reached(self, _none: object) -> None:
        job, self._next, self._ticket = self._next, None, None
        if job is not None:
            self._hold(self._write(job))

    def _see_to_it(self) -> None:
        """One that was stopped when all was done already is told to nobody: it is over as well."""
        if self._ticket is not None and self._ticket.finished:
            self._lost(Cancelled("Stopped."))

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
