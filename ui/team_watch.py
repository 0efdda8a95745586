"""How many things of the team want the officer, for the mark on the rail."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from db.reader import Reader
from engage_desktop.rules import TEAM
from ui.tasks import Tasks

AGAIN_MS = 10 * 60_000
"""A field copy becomes overdue while nobody does anything; so it is looked at from time to time,
and as the day ends."""


def soon(now: dt.datetime) -> int:
    """How long until the next look, in ms: the next second of the next day, at the latest."""
    midnight = dt.datetime.combine(now.date() + dt.timedelta(days=1), dt.time(0, 0, 1))
    left = (midnight - now.replace(tzinfo=None)).total_seconds() * 1000
    return max(1, min(AGAIN_MS, math.ceil(left)))


class TeamWatch(QObject):
    """`needs(count)`: who asks to be let in, overdue field copies, changes to review.

    Who asks lies in the shared folder, which is looked into only where something there has changed;
    of a server it is known as of the last exchange.
    """

    needs = Signal(int)

    def __init__(self, store: Any, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._tasks = store, tasks
        self._found = self._asking = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._again)
        self._begin()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def _begin(self) -> None:
        self._timer.start(soon(dt.datetime.now().astimezone()))

    def _again(self) -> None:
        self._begin()
        self.look()

    def look(self) -> None:
        """Look at what this laptop knows; nothing is loaded where there is no team."""
        store = self._store

        def job(reader: Reader) -> int:
            if reader.get_setting(TEAM) is None:
                return 0
            from engage_desktop.sync.team_view import needs

            return needs(store, reader)

        self._tasks.read(job, self._counted, key=(self, "needs"))

    def look_for_requests(self) -> None:
        """Look into the shared folder for who asks to be let in; a folder that is away has none."""
        store = self._store

        def job(reader: Reader) -> int:
            if reader.get_setting(TEAM) is None:
                return 0
            from engage_desktop.sync.team_asking import count_requests

            return count_requests(store)

        self._tasks.read(job, self.asking, self._away, key=(self, "asking"))

    def asking(self, count: int) -> None:
        """So many ask to be let in."""
        self._asking = count
        self.needs.emit(self._found + self._asking)

    def _counted(self, count: int) -> None:
        self._found = count
        self.needs.emit(self._found + self._asking)

    def _away(self, _error: Exception) -> None:
        """The page says why when somebody looks there; a mark that was there stays."""


__all__ = ["TeamWatch", "soon"]
