"""Undo across screens: each change set of this window is a step on Qt's own undo stack.

The store works out the inverse and refuses where somebody changed the same thing since; then the
step stays where it was and the sentence is shown. Steps from before the window was opened are
still the store's to take back.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from db.changes import Applied
from db.store import Store
from ui.bus import ChangeBus
from ui.tasks import Tasks, Ticket
from ui.words import lower_first, translate

DEEPEST = 500


class _Step(QUndoCommand):
    def __init__(self, owner: Undo, change_set: str, why: str) -> None:
        super().__init__(why)
        self._owner, self._change_set, self._fresh = owner, change_set, True

    def undo(self) -> None:
        self._owner.send(undo=True)

    def redo(self) -> None:
        if self._fresh:  # Qt calls this as it is pushed; the change is made already
            self._fresh = False
            return
        self._owner.send(undo=False)


class Undo(QObject):
    """`words_changed("Undo: change venue")`; `failed` carries the reason why a step stays."""

    words_changed = Signal(str)
    done = Signal(str)
    failed = Signal(object)

    def __init__(self, store: Store, tasks: Tasks, bus: ChangeBus) -> None:
        super().__init__()
        self._store, self._tasks = store, tasks
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(DEEPEST)
        self._quiet = False
        self._earlier = ""
        self._busy = False
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
            self.send(undo=True)

    def redo(self) -> None:
        """Bring back what was last undone."""
        if not self._busy:
            if self.stack.canRedo():
                self.stack.redo()
            else:
                self.send(undo=False)

    def send(self, *, undo: bool) -> None:
        """Have the store do it, on the writing thread."""
        if self._quiet:
            return
        self._busy = True
        store = self._store

        def job(_ticket: Ticket) -> Applied:
            return store.undo(initiator=self) if undo else store.redo(initiator=self)

        self._tasks.write(job, self._undone if undo else self._redone,
                          self._undo_failed if undo else self._redo_failed)  # fmt: skip

    def _undone(self, applied: Applied) -> None:
        self._settled(translate("undo", "Undone: {what}"), applied)

    def _redone(self, applied: Applied) -> None:
        self._settled(translate("undo", "Done again: {what}"), applied)

    def _settled(self, words: str, applied: Applied) -> None:
        self._busy = False
        self.done.emit(words.format(what=lower_first(applied.why)))
        self._ask_for_words()

    def _undo_failed(self, error: object) -> None:
        self._step_back(+1)
        self.failed.emit(error)

    def _redo_failed(self, error: object) -> None:
        self._step_back(-1)
        self.failed.emit(error)

    def _step_back(self, by: int) -> None:
        self._busy = False
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
