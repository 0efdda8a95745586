"""When Python sweeps its memory: on the window's thread, little by little, never the whole at once.

Left to itself Python sweeps on whichever thread happens to fill its quota. In a task that would
throw window objects away on the wrong thread, which Qt forbids; and a sweep over everything that
was ever loaded stops every thread for more than 100 ms. So nothing is swept while the program is
loading, what is there when a window has opened is set aside for good, and a timer on the window's
thread sweeps what came since.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 250
YOUNG = 2_000
"""New objects that make a sweep worth its while."""

WHOLE_AFTER = 240
"""Rounds (a minute) between two sweeps of everything that came since the window opened."""


class Sweeps(QObject):
    """Takes sweeping over from Python until `stop`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rounds = 0
        self._loading = True
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.sweep)
        self._timer.start(EVERY_MS)

    def loading(self) -> None:
        """A window is about to open: what it brings is set aside too, at the next round."""
        self._loading = True

    def sweep(self) -> None:
        """One round."""
        if self._loading:
            self._loading = False
            gc.freeze()  # without a sweep first, which would keep the window waiting
            return
        self._rounds += 1
        if self._rounds % WHOLE_AFTER == 0:
            gc.collect()
        elif gc.get_count()[0] > YOUNG:
            gc.collect(1 if self._rounds % 8 == 0 else 0)

    def stop(self) -> None:
        """Give sweeping back to Python. Safe to call twice."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
