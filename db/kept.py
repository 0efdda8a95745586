"""What every part of the store stands on: one connection, its lock, and who is told.

Also the small things of this laptop's own that are not records and are never sent.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from db import log
from db.changes import Applied
from db.clock import HybridClock
from db.connection import Commit, Connection, known_errors, transaction
from db.record import Registry
from db.writer import Writer

Listener = Callable[[Applied], None]


class Kept:
    """A connection that one thread uses at a time."""

    def __init__(self, connection: Connection, path: Path, key: bytes, registry: Registry) -> None:
        self.registry = registry
        self.path = path
        self._key = key
        self._connection = connection
        self._writer = Writer(connection, registry)
        self._lock = threading.RLock()
        self._listeners: list[Listener] = []
        self._clock: HybridClock
        self._record_key: bytes | None = None
        self._taken_back = 0  # rows, of transactions that were not kept

    @property
    def dated(self) -> int:
        """When a change made now would say it was made (ms since 1970): never before the last."""
        return max(self._clock.now(), self._clock.ms)

    # -- small things of this laptop's own -------------------------------------------------

    def get_setting(self, name: str, default: Any = None) -> Any:
        """A small JSON value that never leaves this laptop."""
        with self._reading():
            row = self._connection.execute(
                "SELECT value FROM setting WHERE name = ?", (name,)
            ).fetchone()
            return default if row is None else json.loads(row[0])

    def settings(self, prefix: str) -> dict[str, Any]:
        """Every such value whose name begins with `prefix`, by name."""
        with self._reading():
            rows = self._connection.execute(
                "SELECT name, value FROM setting WHERE substr(name, 1, ?) = ? ORDER BY name",
                (len(prefix), prefix),
            )
            return {name: json.loads(value) for name, value in rows}

    def set_setting(self, name: str, value: Any) -> None:
        """Keep a small JSON value on this laptop."""
        with self._lock, known_errors(self.path.name):
            log.set_setting(self._connection, name, value)

    def get_secret(self, name: str) -> bytes | None:
        """A credential, or None."""
        with self._reading():
            row = self._connection.execute(
                "SELECT value FROM secret WHERE name = ?", (name,)
            ).fetchone()
            return None if row is None else bytes(row[0])

    def set_secret(self, name: str, value: bytes) -> None:
        """Keep a credential inside the encrypted store."""
        with self._lock, known_errors(self.path.name):
            log.set_secret(self._connection, name, value)
            self._record_key = None

    @contextlib.contextmanager
    def bookkeeping(self) -> Iterator[None]:
        """Several settings and secrets in one transaction (sync's books)."""
        with self._lock, known_errors(self.path.name), transaction(self._connection):
            yield

    # -- telling ---------------------------------------------------------------------------

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Be told of every change, after it is safe on disk. Returns how to stop."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def _tell(self, applied: Applied) -> None:
        if applied.touched:
            for listener in tuple(self._listeners):
                listener(applied)

    # -- using the connection --------------------------------------------------------------

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock, known_errors(self.path.name):
            yield

    @contextlib.contextmanager
    def _writing(self, commit: Commit | None = None) -> Iterator[None]:
        with known_errors(self.path.name):
            before = self._connection.total_changes
            try:
                with transaction(self._connection, commit):
                    yield
                    self._writer.flush_tally()
            except BaseException:
                self._taken_back += self._connection.total_changes - before
                self._writer.forget_ids()
                raise
