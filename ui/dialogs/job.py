"""Work that a small dialog has done: how far it is, a way to stop it, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from db.errors import Cancelled
from ui.dialogs.questions import sentence_of
from ui.dialogs.small import SmallDialog
from ui.tasks import Tasks, Ticket
from ui.widgets.banners import ProgressStrip
from ui.words import translate

Watched = dict[str, Any]
"""`progress` and `cancelled`, as what exchanges and deliveries take them."""


class DialogJob(QObject):
    """One piece of writing work at a time. Put `strip` where the dialog shows progress.

    `busy` when work begins and when it is over, `failed` after the reason was said in the dialog.
    """

    busy = Signal(bool)
    failed = Signal()

    def __init__(self, dialog: SmallDialog, tasks: Tasks) -> None:
        super().__init__(dialog)
        self._dialog, self._tasks = dialog, tasks
        self._ticket: Ticket | None = None
        self._done: Callable[[Any], None] | None = None
        self.strip = ProgressStrip()
        self.strip.cancelled.connect(self.stop)

    def run(
        self, job: Callable[[Watched], object], done: Callable[[Any], None], words: str, *,
        stoppable: bool = True,
    ) -> None:  # fmt: skip
        """Do it, and hand what came of it to `done`. What cannot be taken back is not `stoppable`:
        it would be done all the same, and called stopped."""

        def watched(ticket: Ticket) -> object:
            return job({
                "progress": lambda words, done, total: ticket.progress(done, total, words),
                "cancelled": lambda: ticket.cancelled,
            })  # fmt: skip

        self._done = done
        self._dialog.problem.say("")
        self.strip.set_stoppable(stoppable)
        self.strip.show_progress(words, 0, 0)
        self.busy.emit(True)
        self._ticket = self._tasks.team(watched, self._ended, self._failed, self._progress)

    def stop(self) -> None:
        """Ask it to stop; it is over once it has."""
        if self._ticket is not None and not self._ticket.finished:
            self.strip.set_stoppable(False)
            self.strip.show_progress(translate("job", "Stopping…"), 0, 0)
            self._ticket.cancel()

    def _over(self) -> None:
        self.strip.finish()
        self.busy.emit(False)

    def _ended(self, found: object) -> None:
        self._over()
        if self._done is not None:
            self._done(found)

    def _failed(self, error: Exception) -> None:
        self._over()
        stopped = translate("job", "Stopped. What was done so far is kept; the next time goes on"
                            " from there.")  # fmt: skip
        self._dialog.problem.say(stopped if isinstance(error, Cancelled) else sentence_of(error))
        self._dialog.fit_soon()
        self.failed.emit()

    def _progress(self, how_far: tuple[int, int, str]) -> None:
        done, total, words = how_far
        self.strip.show_progress(words, done, total)


__all__ = ["DialogJob", "Watched"]
