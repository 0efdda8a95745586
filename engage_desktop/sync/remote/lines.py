"""The connections that are open to a server, so that another thread may break them.

Whoever waits for a server is stuck in a call of its library. Breaking the connection ends that
call at once; a second handle on the same connection is all that is needed for it.
"""

from __future__ import annotations

import contextlib
import socket
import threading


class Lines:
    """Second handles on the connections of one wire."""

    def __init__(self) -> None:
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._cut = False

    def add(self, connection: socket.socket) -> None:
        """One more; broken at once where they all were."""
        with self._lock, contextlib.suppress(OSError):
            self._open.append(connection.dup())
            if self._cut:
                _break(self._open[-1])

    def cut(self) -> None:
        """Break them all, and those to come. From any thread."""
        with self._lock:
            self._cut = True
            for each in self._open:
                _break(each)

    def close(self) -> None:
        """Let go of the handles; the server hears of the end then."""
        with self._lock:
            handles, self._open = self._open, []
        for each in handles:
            each.close()


def _break(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # over already
        connection.shutdown(socket.SHUT_RDWR)
