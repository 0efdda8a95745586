"""Files written so that a crash or a full disk leaves either the old one or the new one.

Until it is whole, a file lies beside the one wanted, readable by its owner only, under a name
that no other program gives. Killed in the middle, the next write to that folder takes it away.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from db.connection import known_errors
from db.errors import NotThere

Step = Callable[[str], None]
"""Called with the name of each step of a write; a test stops the world in it."""

PRIVATE = 0o600
"""Mode of what only its owner may read."""

WINDOWS = sys.platform == "win32"

STALE_S = 3600
"""Where a drive knows no locks, an unfinished file left alone for so long has nobody any more."""

_UNFINISHED = re.compile(r"\..+\.engage-[0-9a-f]{16}\.tmp", re.DOTALL)
_LONGEST = 120  # bytes of the wanted name that the unfinished one repeats; 255 is the most there is
_BINARY = getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def _no_step(name: str) -> None:
    """Ordinary life: nothing happens between the steps."""


@contextlib.contextmanager
def replacing(path: Path, *, private: bool = False, step: Step = _no_step) -> Iterator[BinaryIO]:
    """A file to write into that takes `path`'s place only when it is whole and on disk.

    `private`: only its owner may read it even then. Raises `DiskFull` or `ReadOnly`; the old file
    is then still there.
    """
    if path.name in ("", ".."):
        raise NotThere("Say which file to write, not only a folder. Nothing was written.")
    with known_errors(path.name), fresh(path, private=private, step=step) as file:
        yield file


@contextlib.contextmanager
def fresh(path: Path, *, private: bool = False, step: Step = _no_step) -> Iterator[BinaryIO]:
    """As `replacing`, for those who have words of their own for an `OSError`."""
    mode = PRIVATE if private else _mode_of(path)
    sweep_unfinished(path.parent)
    file, temporary = _begun(path)
    try:
        with file:
            step("opened")
            yield file
            file.flush()
            step("written")
            os.fsync(file.fileno())
            if mode != PRIVATE and not WINDOWS:
                with contextlib.suppress(OSError):  # a drive without modes
                    os.fchmod(file.fileno(), mode)
            step("synced")
            if not WINDOWS:  # while it is held, so that nobody sweeps what is just whole
                os.replace(temporary, path)
        if WINDOWS:
            os.replace(temporary, path)
        step("replaced")
        sync_folder(path.parent)
    finally:
        with contextlib.suppress(OSError):  # a drive that is gone
            temporary.unlink(missing_ok=True)


def _mode_of(path: Path) -> int:
    """What a plain write to this path would leave. Raises `OSError` for a name that cannot be."""
    try:
        there = path.lstat()
    except FileNotFoundError:
        return 0o666 & ~_UMASK
    return stat.S_IMODE(there.st_mode) & 0o777 if stat.S_ISREG(there.st_mode) else 0o666 & ~_UMASK


def _umask() -> int:
    now = os.umask(0o077)  # it can only be read by setting it; once, while there is one thread
    os.umask(now)
    return now


_UMASK = _umask()


def _begun(path: Path) -> tuple[BinaryIO, Path]:
    """A new file beside `path`, held so that nobody sweeps it."""
    start = os.fsdecode(os.fsencode(path.name)[:_LONGEST]).encode("utf-8", "ignore").decode()
    while True:
        temporary = path.with_name(f".{start}.engage-{secrets.token_hex(8)}.tmp")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, PRIVATE)
        with contextlib.suppress(OSError):
            hold(handle)
        if temporary.exists():
            return os.fdopen(handle, "wb"), temporary
        os.close(handle)  # it was swept before it was held


def write_atomic(path: Path, data: bytes, *, private: bool = False, step: Step = _no_step) -> None:
    """Write a small file whole or not at all."""
    with replacing(path, private=private, step=step) as file:
        file.write(data)


def private_opener(name: str, flags: int) -> int:
    """For `open`: a new file that only its owner may read."""
    return os.open(name, flags | _BINARY, PRIVATE)


def tighten(folder: Path) -> None:
    """Close a folder of our own, and the files in it, to everybody but the person it belongs to.

    Never raises; what belongs to somebody else, and links, are left as they are.
    """
    if WINDOWS:
        return
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        _close(folder, folder.stat(), stat.S_IRWXU)
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                _close(Path(entry.path), entry.stat(follow_symlinks=False), PRIVATE)


def _close(path: Path, seen: os.stat_result, mode: int) -> None:
    now = stat.S_IMODE(seen.st_mode)
    if now & 0o077 and seen.st_uid == os.geteuid():
        with contextlib.suppress(OSError):
            path.chmod(now & mode)


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


# -- what a kill left ----------------------------------------------------------------------


def sweep(folder: Path) -> int:
    """In a folder of our own: remove temporary files, and SQLite's beside them. How many."""
    count = 0
    for leftover in (*folder.glob(".*.tmp"), *folder.glob(".*.tmp-journal")):
        leftover.unlink(missing_ok=True)
        count += 1
    return count


def sweep_unfinished(folder: Path) -> int:
    """In anybody's folder: remove what `replacing` left there when it was killed. How many.

    Only files of its making, by their name, and only those that no running program holds.
    Never raises: what cannot be removed today is met again.
    """
    count = 0
    with contextlib.suppress(OSError):
        for path in unfinished_in(folder):
            with contextlib.suppress(OSError):
                count += _removed(path)
    return count


def unfinished_in(folder: Path) -> list[Path]:
    """The unfinished files of this program's in a folder, whoever is writing them."""
    with os.scandir(folder) as entries:
        return [Path(entry.path) for entry in entries if _UNFINISHED.fullmatch(entry.name)]


def _removed(path: Path) -> bool:
    seen = path.lstat()
    if not stat.S_ISREG(seen.st_mode):
        return False
    long_ago = time.time() - seen.st_mtime > STALE_S
    if WINDOWS:
        # Refused while it is open; between its closing and its renaming it is some seconds old.
        if time.time() - seen.st_mtime > 60:
            path.unlink()
            return True
        return False
    handle = os.open(path, os.O_WRONLY | _NO_LINK)
    try:
        if free(handle, unknown=long_ago):
            path.unlink()
            return True
        return False
    finally:
        os.close(handle)


def free(handle: int, *, unknown: bool = False) -> bool:
    """Does nobody hold this open file? `unknown` is the answer of a drive that knows no locks."""
    try:
        hold(handle)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return unknown
    return True


if sys.platform == "win32":

    def hold(handle: int) -> None:
        """An open file cannot be deleted there anyway."""

else:
    import fcntl

    def hold(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
