"""One program at a time in a workspace. The lock goes with the process, even when it is killed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from db.connection import known_errors
from db.errors import StoreBusy


class FolderLock:
    """An exclusive lock on a file. Raises `StoreBusy` when another process holds it."""

    def __init__(self, path: Path) -> None:
        with known_errors(path.parent.name):  # of the lock itself nobody has heard
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._handle)
        except OSError:
            os.close(self._handle)
            raise StoreBusy(
                "This workspace is open in another window or command. Nothing was changed. "
                "Close it there, or use that window."
            ) from None

    def release(self) -> None:
        """Let the next one in."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
