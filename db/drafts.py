"""Drafts: what is being typed, kept as it is typed, in an encrypted file of its own.

A file apart, so that a long import never holds up the officer's typing.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from db.clock import NowMs, system_ms
from db.connection import clean, connect, copy_into, known_errors
from db.errors import DamagedStore, NotAWorkspace
from db.keys import subkey


class Drafts:
    """A small keyed store of JSON. Safe from several threads."""

    def __init__(self, path: Path, key: bytes, *, now: NowMs = system_ms) -> None:
        self._now = now
        self._lock = threading.Lock()
        self.lost = False
        try:
            self._connection = self._opened(path, key)
        except (DamagedStore, NotAWorkspace):
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                # All three: a log left behind would be played into the new file.
                with contextlib.suppress(FileNotFoundError):
                    path.with_name(name).replace(path.with_name(f"{name}.damaged"))
            self.lost = True
            self._connection = self._opened(path, key)

    @staticmethod
    def _opened(path: Path, key: bytes) -> Any:
        connection = connect(path, subkey(key, "drafts"), create=True)
        with known_errors(path.name):
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS draft(name TEXT PRIMARY KEY, body TEXT NOT NULL, "
                "ms INTEGER NOT NULL) STRICT, WITHOUT ROWID"
            )
        return connection

    def put(self, name: str, body: Any) -> None:
        """Keep a draft. Raises `DiskFull` or `ReadOnly`."""
        with self._lock, known_errors("drafts"):
            self._connection.execute(
                "INSERT OR REPLACE INTO draft VALUES (?, ?, ?)",
                (name, json.dumps(body), self._now()),
            )

    def get(self, name: str, default: Any = None) -> Any:
        """A draft, or `default`."""
        with self._lock, known_errors("drafts"):
            row = self._connection.execute(
                "SELECT body FROM draft WHERE name = ?", (name,)
            ).fetchone()
        return default if row is None else json.loads(row[0])

    def delete(self, name: str) -> None:
        """A draft that is done with."""
        with self._lock, known_errors("drafts"):
            self._connection.execute("DELETE FROM draft WHERE name = ?", (name,))

    def erase(self, concerns: Callable[[str, str], bool]) -> int:
        """Take away the drafts of which `concerns(name, JSON text)` is true, and every trace.

        How many. Raises `StoreBusy` where the file cannot be cleaned just now; the drafts are gone.
        """
        with self._lock, known_errors("drafts"):
            self._connection.execute("PRAGMA secure_delete = ON")
            found = self._connection.execute("SELECT name, body FROM draft").fetchall()
            gone = [(name,) for name, body in found if concerns(name, body)]
            self._connection.executemany("DELETE FROM draft WHERE name = ?", gone)
        with self._lock:
            clean(self._connection, "drafts")
        return len(gone)

    def names(self, prefix: str = "") -> list[str]:
        """Names of the drafts there are, newest first."""
        with self._lock, known_errors("drafts"):
            rows = self._connection.execute("SELECT name FROM draft ORDER BY ms DESC")
            return [row[0] for row in rows if row[0].startswith(prefix)]

    def snapshot(self, target: Path) -> None:
        """Write a whole, encrypted copy to a new file, while drafts are in use."""
        with self._lock, known_errors(target.name):
            copy_into(self._connection, target)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
