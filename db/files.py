"""Files written so that a crash or a full disk leaves either the old one or the new one."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from db.connection import known_errors
from db.errors import NotThere

Step = Callable[[str], None]
"""Called with the name of each step of a write; a test stops the world in it."""


def _no_step(name: str) -> None:
    """Ordinary life: nothing happens between the steps."""


@contextlib.contextmanager
def replacing(path: Path, *, step: Step = _no_step) -> Iterator[BinaryIO]:
    """A file to write into that takes `path`'s place only when it is whole and on disk.

    Raises `DiskFull` or `ReadOnly`; the old file is then still there.
    """
    if path.name in ("", ".."):
        raise NotThere("Say which file to write, not only a folder. Nothing was written.")
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    with known_errors(path.name):
        try:
            with temporary.open("xb") as file:
                step("opened")
                yield file
                file.flush()
                step("written")
                os.fsync(file.fileno())
            step("synced")
            temporary.replace(path)
            step("replaced")
            sync_folder(path.parent)
        finally:
            with contextlib.suppress(OSError):  # a name too long, or a drive that is gone
                temporary.unlink(missing_ok=True)


def write_atomic(path: Path, data: bytes, *, step: Step = _no_step) -> None:
    """Write a small file whole or not at all."""
    with replacing(path, step=step) as file:
        file.write(data)


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder last through a power cut, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network mounts cannot
            raise
    finally:
        os.close(handle)


def sweep(folder: Path) -> int:
    """Remove temporary files that a crash left behind, and SQLite's beside them. How many."""
    count = 0
    for leftover in (*folder.glob(".*.tmp"), *folder.glob(".*.tmp-journal")):
        leftover.unlink(missing_ok=True)
        count += 1
    return count
