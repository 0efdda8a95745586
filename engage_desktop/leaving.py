"""Files that leave the workspace: exports, documents, copies of attachments, and sealed ones.

All of it goes through `leaving`, so that one rule holds: never into a workspace nor, unless it is
sealed, into a team's shared folder, never half a file under the name that was asked for, and
nothing left lying about when the program is killed.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from db.connection import known_errors
from db.errors import InvalidInput
from db.files import PRIVATE, free, fresh, hold, sweep_unfinished, unfinished_in
from engage_desktop.faults import state_folder
from engage_desktop.outside import check_target_outside


class FileThere(InvalidInput):
    """A file lies where another was to be written: it needs a clear yes to take its place."""

    code = "file_there"


def check_target(path: Path, *, sealed: bool = False) -> None:
    """Raise where a file cannot be written at all, before anything is done that it would tell of.

    `InvalidInput` for a path inside a workspace or, as `check_target_outside` says, a team's shared
    folder, for a folder, also by a link, and for what is no file, such as a device or a pipe;
    `NotThere` or `ReadOnly` where its folder is not there or not to be written to.
    """
    check_target_outside(path, sealed=sealed)
    with known_errors(path.name):
        parent = path.parent.stat()
        if not stat.S_ISDIR(parent.st_mode) or not path.name:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(path.parent, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    with contextlib.suppress(OSError):  # nothing is there, or a link that leads nowhere
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            what = "a folder" if stat.S_ISDIR(mode) else "no file"
            raise InvalidInput(
                f"“{path.name}” is {what}, and stays as it is. Nothing was written. Name a file."
            )


def check_free(
    path: Path,
    *,
    replace: bool = False,
    found: str = "is there already",
    why: str = "",
    sealed: bool = False,
) -> None:
    """Raise `FileThere` where writing to `path` would take another file's place unasked.

    `replace` says that it may; `found` what lies there, `why` what it may be. Raises what
    `check_target` does.
    """
    check_target(path, sealed=sealed)
    if not replace and os.path.lexists(path):
        raise FileThere(
            f"“{path.name}” {found}. Nothing was written, and it stays as it is{why}. Give the new "
            "file another name."
        )


def free_name(folder: Path, name: str, suffix: str) -> Path:
    """A place for a new file that takes no other's: "Invitation", then "Invitation 2"."""
    for number in itertools.count(1):
        path = folder / f"{name}{f' {number}' if number > 1 else ''}{suffix}"
        if not os.path.lexists(path):
            break
    return path


@contextlib.contextmanager
def leaving(path: Path, *, private: bool = False, sealed: bool = False) -> Iterator[BinaryIO]:
    """A file to write into that appears at `path` only when it is whole.

    Raises what `check_target` does, and `DiskFull`.
    """
    check_target(path, sealed=sealed)
    with known_errors(path.name), noted(path), fresh(path, private=private) as file:
        yield file


@contextlib.contextmanager
def noted(path: Path) -> Iterator[None]:
    """While a file is written, this computer remembers where, for the start after a kill.

    A note that cannot be made is no reason not to write: the next write to that folder sweeps too.
    """
    note = notes_folder() / f"{secrets.token_hex(8)}.note"
    handle = -1
    try:
        with contextlib.suppress(OSError):
            note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(note, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
            hold(handle)
            os.write(handle, os.fsencode(path.parent.absolute()))
        yield
    finally:
        if handle >= 0:
            os.close(handle)
        with contextlib.suppress(OSError):
            note.unlink(missing_ok=True)


def sweep_noted() -> int:
    """Remove what killed runs of this person's left unfinished, wherever that was. How many."""
    swept = 0
    with contextlib.suppress(OSError):
        for note in list(notes_folder().glob("*.note")):
            with contextlib.suppress(OSError):
                swept += _taken_up(note)
    return swept


def _taken_up(note: Path) -> int:
    handle = os.open(note, os.O_RDWR)
    try:
        if not free(handle, unknown=True):
            return 0  # another program is writing there now
        said = os.fsdecode(os.read(handle, 1 << 16))
    finally:
        os.close(handle)
    if said and not Path(said).is_dir():
        return 0  # a stick that is not plugged in: there may be something on it still
    swept = sweep_unfinished(Path(said)) if said else 0
    if not said or not unfinished_in(Path(said)):
        note.unlink(missing_ok=True)
    return swept


def notes_folder() -> Path:
    """Where it is remembered which folders are being written to."""
    return state_folder() / "unfinished"
