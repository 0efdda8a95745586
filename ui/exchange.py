"""Exchanges with colleagues: one at a time, whoever asked, and by itself when the folder appears.

The looking is done on a reading thread, because a network drive that sleeps may make it wait.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from db.reader import Reader
from engage_desktop.queries.standing import standing
from ui.tasks import Tasks, Ticket

AUTOMATIC = "window.exchange_by_itself"
"""Setting of this laptop: send and receive when the shared folder appears."""

LOOK_MS = 10_000
"""How often the shared folder is looked for."""

GUARD_MS = 200
"""How soon an exchange that began by itself gives way to somebody who opens the stand."""

PATIENCE_S = 600.0
"""Own changes wait no longer while the folder is there; what failed is tried again after this."""

Job = Callable[[Ticket], Any]


class Exchanger(QObject):
    """Runs one exchange at a time on the writing thread."""

    began = Signal(bool)  # by itself
    progressed = Signal(object)  # (done, total, words)
    done = Signal(object, bool)
    failed = Signal(object, bool)

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

            return desk.send_and_receive(workspace, folder, start=start, **_watched(ticket))

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


@dataclass(frozen=True)
class Seen:
    """What a look found: the folder ("" where nothing is to be done by itself), whether it is
    there, what tells its contents from others, and how many own changes wait."""

    folder: str
    here: bool
    contents: tuple[Any, ...]
    to_send: int


def look_for(store: Any, reader: Reader) -> Seen:
    """Is the shared folder there, and is anything in it new? Opens no file."""
    folder = str(store.get_setting("window.shared_folder", ""))
    known = store.get_setting("sync.last") and "://" not in folder
    if not folder or not known or not store.get_setting(AUTOMATIC, True):
        return Seen("", False, (), 0)
    found = []
    try:
        with os.scandir(os.path.join(folder, "b")) as entries:
            found = sorted((e.name, e.stat().st_mtime_ns) for e in entries)
        here = True
    except OSError:
        here = Path(folder).is_dir()
    return Seen(folder, here, tuple(found), standing(reader).to_send)


class FolderWatch(QObject):
    """Begins an exchange when the folder appears, when something new lies in it, and when own
    changes have waited; never while a stand, cards or any other dialog is open."""

    def __init__(
        self, store: Any, tasks: Tasks, exchanger: Exchanger, parent: QObject | None = None,
        *, look_ms: int = LOOK_MS,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._store, self._tasks, self._exchanger = store, tasks, exchanger
        self._here = False
        self._contents: tuple[Any, ...] | None = None
        self._last = 0.0
        self.paused = False
        self._timer = QTimer(self)
        self._timer.setInterval(look_ms)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.timeout.connect(self.look)
        self._guard = QTimer(self)
        self._guard.setInterval(GUARD_MS)
        self._guard.timeout.connect(self._give_way)
        exchanger.began.connect(self._began)
        exchanger.done.connect(self._ended)
        exchanger.failed.connect(self._ended)
        self._timer.start()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()
        self._guard.stop()

    @property
    def _busy(self) -> bool:
        dialog = QApplication.activeModalWidget() or QApplication.activePopupWidget()
        return self.paused or self._exchanger.busy or dialog is not None

    def look(self) -> None:
        """Look for the folder, away from the window's thread."""
        if not self._busy and not self._tasks.busy:
            store = self._store
            self._tasks.read(lambda reader: look_for(store, reader), self._seen, key=self)

    def _seen(self, seen: Seen) -> None:
        appeared = seen.here and not self._here
        fresh = self._contents is not None and seen.contents != self._contents
        waited = seen.to_send > 0 and time.monotonic() - self._last > PATIENCE_S
        self._here = seen.here
        if seen.here:
            self._contents = seen.contents
        if seen.folder and seen.here and (appeared or fresh or waited) and not self._busy:
            self._exchanger.with_folder(seen.folder, by_itself=True)

    def _began(self, by_itself: bool) -> None:
        if by_itself:
            self._guard.start()

    def _ended(self, _what: object, _by_itself: bool) -> None:
        self._guard.stop()
        self._last = time.monotonic()
        self._contents = None  # what we put there ourselves is not new

    def _give_way(self) -> None:
        if QApplication.activeModalWidget() is not None:
            self._exchanger.stop()
