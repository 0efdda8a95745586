"""One bus for every change to the store, heard on the window's thread with its initiator."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot

from db.changes import Applied
from db.store import Store


class ChangeBus(QObject):
    """`changed(Applied)` after each change is safe on disk, whoever made it.

    A view compares `applied.initiator` with itself to tell its own change from another's.
    """

    changed = Signal(object)
    _arrived = Signal(object)

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._arrived.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)
        self._stop = store.listen(self._heard)

    def _heard(self, applied: Applied) -> None:
        """On the thread that wrote."""
        self._arrived.emit(applied)

    @Slot(object)
    def _pass_on(self, applied: Applied) -> None:
        self.changed.emit(applied)

    def close(self) -> None:
        """Hear no more."""
        self._stop()
