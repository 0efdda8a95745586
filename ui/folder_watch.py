"""Looking for the shared folder or server, and beginning an exchange when there is a reason.

A folder is looked at every ten seconds, on a reading thread. A server is asked every five minutes
on a thread apart, and less often while it does not answer; that it does not answer is shown in the
rail and on the page, and never told as a trouble.
"""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from db.errors import Cancelled
from db.reader import Reader
from engage_desktop.queries.standing import standing
from ui.exchange import AUTOMATIC, Exchanger
from ui.tasks import Tasks, Ticket

LOOK_MS = 10_000
"""How often the shared folder is looked for."""

SERVER_S = 300.0
"""How often a server is asked whether anything is new."""

LONGEST_S = 1_800.0
"""How seldom, at most, while it does not answer: each time twice as long."""

GUARD_MS = 200
"""How soon an exchange that began by itself gives way to somebody who opens the stand."""

PATIENCE_S = 600.0
"""Own changes wait no longer while the folder is there; what failed is tried again after this."""

_FOR_THE_OFFICER = ("login_refused", "no_login")
"""After these no server is asked until somebody exchanges: asking again would lock the account,
or have the keychain ask the officer over and over."""

HERE, AWAY, REFUSED = "here", "away", "refused"


@dataclass(frozen=True)
class Seen:
    """What a look found: the folder ("" where nothing is to be done by itself), whether it is
    there, what tells its contents from others, how many own changes wait, and who asks to join."""

    folder: str
    here: bool
    contents: tuple[Any, ...]
    to_send: int
    server: bool = False
    asking: tuple[str, ...] = ()


def look_for(store: Any, reader: Reader) -> Seen:
    """Is the shared folder there, and is anything in it new? Opens no file, asks no server."""
    folder = str(store.get_setting("window.shared_folder", ""))
    if not folder or not store.get_setting("sync.last") or not store.get_setting(AUTOMATIC, True):
        return Seen("", False, (), 0)
    if "://" in folder:
        return Seen(folder, False, (), standing(reader).to_send, server=True)
    found = []
    try:
        with os.scandir(os.path.join(folder, "b")) as entries:
            found = sorted((e.name, e.stat().st_mtime_ns) for e in entries)
        here = True
    except OSError:
        here = Path(folder).is_dir()
    try:
        asking = tuple(sorted(os.listdir(os.path.join(folder, "join"))))
    except OSError:
        asking = ()
    return Seen(folder, here, tuple(found), standing(reader).to_send, asking=asking)


class ServerWatch(QObject):
    """Asks a server now and then. `state` is "" (not asked yet), here, away or refused."""

    seen = Signal(object)  # Seen
    changed = Signal()
    refused = Signal(object)  # the error, once

    def __init__(self, store: Any, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._tasks = store, tasks
        self._ticket: Ticket | None = None
        self._asked: Seen | None = None
        self._due, self._pause = 0.0, SERVER_S
        self._told = ""
        self.state = ""

    def ask(self, seen: Seen) -> None:
        """Ask, if it is time."""
        if self._asked is not None and self._asked.folder != seen.folder:
            self.stop()
            self.soon()
            self._say("")
        if self._ticket is not None or time.monotonic() < self._due:
            return
        self._asked = seen
        store = self._store

        def job(ticket: Ticket) -> Any:
            from engage_desktop.sync import desk

            return desk.glance(store, seen.folder, ticket.stops_by).contents

        ticket = self._tasks.apart(job, self._answered, self._silent)
        if not ticket.finished:
            self._ticket = ticket

    def soon(self) -> None:
        """At the next look; as after an exchange, to know what lies there now."""
        self._due = 0.0

    def stop(self) -> None:
        """Wait for no answer."""
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            ticket.cancel()

    def _answered(self, contents: tuple[Any, ...]) -> None:
        self._ticket, self._pause, self._told = None, SERVER_S, ""
        self._due = time.monotonic() + SERVER_S
        self._say(HERE)
        if self._asked is not None:
            asked = self._asked
            self.seen.emit(Seen(asked.folder, True, contents, asked.to_send, server=True))

    def _silent(self, error: Exception) -> None:
        self._ticket = None
        self._due = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, LONGEST_S)
        code = str(getattr(error, "code", ""))
        if code in _FOR_THE_OFFICER:
            self._due = math.inf
        is_away = code == "folder_unavailable"
        self._say(AWAY if is_away else REFUSED)
        if not is_away and code != self._told:
            self._told = code
            self.refused.emit(error)
        if self._asked is not None:
            self.seen.emit(Seen(self._asked.folder, False, (), 0, server=True))

    def _say(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit()


class FolderWatch(QObject):
    """Begins an exchange when the folder appears, when something new lies in it, and when own
    changes have waited; never while a stand, cards or any other dialog is open. `asked` when
    somebody asks in the folder to join, or does no more."""

    asked = Signal()

    def __init__(
        self, store: Any, tasks: Tasks, exchanger: Exchanger, parent: QObject | None = None,
        *, look_ms: int = LOOK_MS,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._store, self._tasks, self._exchanger = store, tasks, exchanger
        self._here = self._broken_off = False
        self._contents: tuple[Any, ...] | None = None
        self._asking: tuple[str, ...] = ()
        self._last = 0.0
        self._folder = ""
        self.paused = False
        self.server = ServerWatch(store, tasks, self)
        self.server.seen.connect(self._weigh)
        self.server.refused.connect(exchanger.refused)
        self._timer = QTimer(self)
        self._timer.setInterval(look_ms)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.timeout.connect(self.look)
        self._guard = QTimer(self)
        self._guard.setInterval(GUARD_MS)
        self._guard.timeout.connect(self._give_way)
        exchanger.began.connect(self._began)
        exchanger.done.connect(self._ended)
        exchanger.failed.connect(self._failed)
        self._timer.start()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()
        self._guard.stop()
        self.server.stop()

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
        if seen.folder != self._folder:
            self._folder, self._here, self._contents = seen.folder, False, None
        if seen.server:
            self.server.ask(seen)
        else:
            self._weigh(seen)

    def _weigh(self, seen: Seen) -> None:
        appeared = seen.here and not self._here
        fresh = self._contents is not None and seen.contents != self._contents
        waited = seen.to_send > 0 and time.monotonic() - self._last > PATIENCE_S
        reason = appeared or fresh or waited or self._broken_off
        self._here = seen.here
        if seen.asking != self._asking:
            self._asking = seen.asking
            self.asked.emit()
        if seen.here:
            self._contents = seen.contents
        if seen.folder and seen.here and reason and not self._busy:
            self._exchanger.with_folder(seen.folder, by_itself=True)

    def _began(self, by_itself: bool) -> None:
        self._broken_off = False
        if by_itself:
            self._guard.start()

    def _ended(self, _what: object, _by_itself: bool) -> None:
        self._guard.stop()
        self._last = time.monotonic()
        self._contents = None  # what we put there ourselves is not new
        self.server.soon()

    def _failed(self, error: Exception, by_itself: bool) -> None:
        self._ended(error, by_itself)
        self._broken_off = by_itself and isinstance(error, Cancelled)

    def _give_way(self) -> None:
        """To a dialog, which may be about the team, and would wait."""
        if QApplication.activeModalWidget() is not None:
            self._exchanger.stop()
