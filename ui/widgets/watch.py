"""Long work in sight: a strip that says how far it is, from its second moment to its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from ui.tasks import Tasks, Ticket
from ui.widgets.banners import ProgressStrip

PATIENCE_MS = 200
"""Work that is done by then is not talked about."""


class Watch(QObject):
    """Belongs to the strip, and goes when the work it watches has ended."""

    def __init__(
        self, strip: ProgressStrip, words: str, done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:  # fmt: skip
        super().__init__(strip)
        self._strip, self._words = strip, words
        self._done_with, self._failed_with = done, failed
        self._far = (0, 0)
        self._ticket: Ticket | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._show)

    def over(self, tasks: Tasks, job: Callable[[Ticket], Any]) -> Ticket:
        """Have the job done on the writing thread, in sight."""
        self._patience.start()
        self._strip.cancelled.connect(self._stop)
        self._ticket = tasks.write(job, self._done, self._failed, self._progress)
        return self._ticket

    @property
    def waits(self) -> bool:
        """True while the work is too young to be talked about."""
        return self._patience.isActive()

    @Slot()
    def _show(self) -> None:
        if self._ticket is None or not self._ticket.finished:
            self._strip.show_progress(self._words, *self._far)

    @Slot()
    def _stop(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()

    def _progress(self, how_far: tuple[int, int, str]) -> None:
        self._far = how_far[:2]
        if not self.waits:
            self._show()

    def _done(self, value: Any) -> None:
        self._end()
        self._done_with(value)

    def _failed(self, error: Exception) -> None:
        self._end()
        self._failed_with(error)

    def _end(self) -> None:
        self._patience.stop()
        self._strip.finish()
        self.deleteLater()
