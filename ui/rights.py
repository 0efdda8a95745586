"""What the officer's role lets them add or change, as every widget asks it.

The rules answer once for each state of the roster, on a reading thread; here that answer is looked
at, as often as a menu opens or a key is pressed, without waiting for the store.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from db.reader import Reader
from engage_desktop.rules import Rights, rights, rights_mark
from ui.tasks import Tasks

LONGEST_MS = 24 * 3_600_000
"""A timer is never set for longer; a laptop that slept is asked again anyway."""


class RightsWatch(QObject):
    """`changed` when something else is allowed than before. Until it is known, everything is: the
    store refuses by itself what it must."""

    changed = Signal()

    def __init__(self, workspace: Any, tasks: Tasks) -> None:
        super().__init__()
        self._store, self._tasks = workspace.store, tasks
        self.known = Rights()
        self._ends = QTimer(self)
        self._ends.setSingleShot(True)
        self._ends.timeout.connect(self._turned)
        self.ask()

    def ask(self) -> None:
        """Look whether the team's word has changed."""
        store, mark = self._store, self.known.mark

        def job(reader: Reader) -> Rights | None:
            return rights(store, reader) if rights_mark(reader) != mark else None

        self._tasks.read(job, self._came, key=(self, "rights"))

    def adding(self, *kinds: str) -> str:
        """Why one of these kinds may not be added now, as one sentence; "" when all may."""
        return self.known.adding(kinds, self._store.dated) if self.known.mark else ""

    def changing(self, kind: str) -> str:
        """Why no record of a kind may be changed now; "" when some may."""
        return self.known.changing(kind, self._store.dated) if self.known.mark else ""

    @property
    def team(self) -> str:
        """Why the officer may not let anybody in, or give out a field copy; "" when they may."""
        return self.known.team

    @property
    def bound(self) -> bool:
        """Does it depend on the record what may be changed?"""
        return self.known.bound

    def stop(self) -> None:
        """The window closes."""
        self._ends.stop()

    def _came(self, found: Rights | None) -> None:
        if found is None:
            return
        self.known = found
        self._wait()
        self.changed.emit()

    def _wait(self) -> None:
        self._ends.stop()
        ends = self.known.ends_ms
        left = ends - self._store.dated if ends is not None else -1
        if left >= 0:
            self._ends.start(min(left + 1, LONGEST_MS))

    def _turned(self) -> None:
        """The last day is over, or a day of waiting is."""
        self._wait()
        self.changed.emit()


__all__ = ["RightsWatch"]
