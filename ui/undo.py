"""Undo across screens: each change set of this window is a step on Qt's own undo stack.

The store works out the inverse and refuses where somebody changed the same thing since; then the
step stays where it was and the sentence is shown. Steps from before the window was opened are
still the store's to take back.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from db.changes import Applied
from db.store import Store
from ui.bus import ChangeBus
from ui.tasks import Callback, Tasks, Ticket
from ui.words import lower_first, translate

DEEPEST = 500


class _Step(QUndoCommand):
    def __init__(self, owner: Undo, change_set: str, why: str) -> None:
        super().__init__(why)
        self._owner, self.change_set, self._fresh = owner, change_set, True

    def undo(self) -> None:
        self._owner.send_undo(self)

    def redo(self) -> None:
        if self._fresh:  # Qt calls this as it is pushed; the change is made already
            self._fresh = False
            return
        self._owner.send_redo(self)


class Undo(QObject):
    """`words_changed("Undo: change venue")`; `failed` carries the reason why a step stays."""

    words_changed = Signal(str)
    done = Signal(str)
    failed = Signal(object)
    _stepped = Signal(int)

    def __init__(self, store: Store, tasks: Tasks, bus: ChangeBus) -> None:
        super().__init__()
        self._store, self._tasks = store, tasks
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(DEEPEST)
        self._quiet, self._busy = False, False
        self._step: _Step | None = None
        self._earlier = ""
        self._stepped.connect(self._step_back, Qt.ConnectionType.QueuedConnection)
        bus.changed.connect(self._heard)
        self._ask_for_words()

    def _heard(self, applied: Applied) -> None:
        if applied.origin != "here" or applied.initiator is self or not applied.change_set:
            return
        self.stack.push(_Step(self, applied.change_set, applied.why))
        self._ask_for_words()

    def undo(self) -> None:
        """Take the last change back."""
        if self._busy:
            return
        if self.stack.canUndo():
            self.stack.undo()
        elif self._earlier:
            self.send_undo(None)

    def redo(self) -> None:
        """Bring back what was last undone."""
        if self._busy:
            return
        if self.stack.canRedo():
            self.stack.redo()
        else:
            self.send_redo(None)

    def close(self) -> None:
        """Let every step go while both Qt and Python still know it: at the end they would fall
        apart in any order, and Qt would free a step that Python has freed."""
        self._quiet = True
        self.stack.clear()

    def send_undo(self, step: _Step | None) -> None:
        """Have the store take a step back, on the writing thread; None: what it did last."""
        store, change_set = self._store, step.change_set if step else None
        self._send(step, lambda _t: store.undo(change_set, initiator=self), self._undone, +1)

    def send_redo(self, step: _Step | None) -> None:
        """Have the store bring back what was last undone."""
        store = self._store
        self._send(step, lambda _t: store.redo(initiator=self), self._redone, -1)

    def _send(
        self, step: _Step | None, job: Callable[[Ticket], Applied], done: Callback, back: int
    ) -> None:
        if self._quiet:
            return
        self._busy, self._step, self._back = True, step, back
        self._tasks.write(job, done, self._refused)

    def _undone(self, applied: Applied) -> None:
        self._settled(translate("undo", "Undone: {what}"), applied)

    def _redone(self, applied: Applied) -> None:
        if self._step is not None:
            self._step.change_set = applied.change_set
        self._settled(translate("undo", "Done again: {what}"), applied)

    def _settled(self, words: str, applied: Applied) -> None:
        self._busy = False
        self.done.emit(words.format(what=lower_first(_plain(applied.why))))
        self._ask_for_words()

    def _refused(self, error: object) -> None:
        if self._step is not None:
            self._stepped.emit(self._back)
        self._busy = False
        self.failed.emit(error)

    def _step_back(self, by: int) -> None:
        self._quiet = True
        self.stack.setIndex(max(0, min(self.stack.count(), self.stack.index() + by)))
        self._quiet = False

    def _ask_for_words(self) -> None:
        store = self._store
        self._tasks.write(lambda _t: store.undo_words() or "", self._told)

    def _told(self, words: str) -> None:
        self._earlier = words
        said = translate("undo", "Undo: {what}").format(what=lower_first(words)) if words else ""
        self.words_changed.emit(said)


def _plain(why: str) -> str:
    """The store names an inverse "Undo: change venue"; the words after the colon are the change."""
    return why.partition(": ")[2] or why
