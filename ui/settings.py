"""What a person has set on this laptop: text size, colours, widths of columns, the last place."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from db.store import Store
from ui.tasks import Tasks, Ticket

NAME = "window"


class Settings(QObject):
    """Read once, kept in memory, written behind on the writing thread."""

    changed = Signal(str)

    def __init__(self, store: Store, tasks: Tasks) -> None:
        super().__init__()
        self._store, self._tasks = store, tasks
        self._values: dict[str, Any] = dict(store.get_setting(NAME, {}))

    def get(self, name: str, default: Any = None) -> Any:
        """A value of this laptop's."""
        return self._values.get(name, default)

    def set(self, name: str, value: Any) -> None:
        """Keep a value."""
        if self._values.get(name) == value:
            return
        self._values[name] = value
        kept = dict(self._values)

        def job(_ticket: Ticket) -> None:
            self._store.set_setting(NAME, kept)

        self._tasks.write(job)
        self.changed.emit(name)
