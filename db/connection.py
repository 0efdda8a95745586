"""Encrypted SQLite connections, and their errors turned into sentences.

SQLCipher is reached through sqlite-utils where its conveniences help (migrations, inspection)
and directly on the hot paths. Source: SQLCipher API documentation; traps measured in design.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import sqlcipher3
from sqlcipher3 import dbapi2

from db.errors import (
    Cancelled,
    DamagedStore,
    DiskFull,
    DriveTrouble,
    InvalidInput,
    KnownError,
    NotAWorkspace,
    NotThere,
    ReadOnly,
    StoreBusy,
)

if TYPE_CHECKING:
    import sqlite_utils

Connection = Any

Commit = Callable[[Callable[[], object]], None]

KEY_BYTES = 32
BUSY_MS = 5_000


def connect(path: Path, key: bytes, *, read_only: bool = False, create: bool = False) -> Connection:
    """Open an encrypted database with a raw 256-bit key.

    Raises `NotAWorkspace` when the file is missing, is no database of ours or the key is not its
    key; `ReadOnly` or `DiskFull` when it cannot be written.
    """
    if len(key) != KEY_BYTES:
        raise ValueError("The key must be 32 bytes.")
    if not create and not path.is_file():
        raise NotAWorkspace(
            f"The file “{path.name}” is missing, so this workspace cannot be opened. "
            "Nothing was changed. Restore a backup, or choose another folder."
        )
    if not create and path.stat().st_size == 0:
        raise NotAWorkspace(
            f"“{path.name}” is empty: it was cut short or replaced. Nothing was changed. "
            "Restore your last backup into a new folder."
        )
    with known_errors(path.name):
        if create:
            make_private(path)
        mode = "ro" if read_only else ("rwc" if create else "rw")
        connection = dbapi2.connect(
            f"{uri_of(path.absolute())}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
        )
        try:
            _prepare(connection, key, read_only=read_only)
        except BaseException:
            connection.close()
            raise
    return connection


def uri_of(path: PurePath) -> str:
    """An absolute path as SQLite reads it.

    A Windows network path (where many offices keep "Documents") makes a URI with the server in the
    place SQLite allows for localhost only; four slashes put it into the path.
    Source: "URI Filenames in SQLite", on the authority.
    """
    uri = path.as_uri()
    return uri if uri.startswith("file:///") else f"file:////{uri.removeprefix('file://')}"


def _prepare(connection: Connection, key: bytes, *, read_only: bool) -> None:
    connection.execute("PRAGMA cipher_log_level = NONE")  # it would write to standard error
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("PRAGMA cipher_memory_security = OFF")
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -16000")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if read_only:
        connection.execute("PRAGMA query_only = ON")
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")


def make_private(path: Path) -> None:
    """Make an empty file that only its owner may read; one that is there is left as it is.

    SQLite would make it readable by all, and gives its log and index the mode of the store.
    """
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def copy_into(connection: Connection, target: Path) -> None:
    """Write a whole, encrypted copy of a database to a new file, its owner's only."""
    make_private(target)
    connection.execute("VACUUM INTO ?", (str(target),))


def clean(connection: Connection, name: str) -> None:
    """Write a file anew without what was deleted from it, and empty its log.

    Takes the file's whole size in time and memory. Raises `StoreBusy` where another connection
    still reads what was before; doing it again later is all that is needed.
    """
    with known_errors(name):
        connection.execute("VACUUM")
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise StoreBusy(
            f"Old pages of “{name}” are still being read by another window or command. What was "
            "erased is out of every list; the last of it goes when that has finished."
        )


def utils(connection: Connection) -> sqlite_utils.Database:
    """The sqlite-utils face of a connection, imported only when it is wanted."""
    sys.modules.setdefault("pysqlite3", sqlcipher3)
    sys.modules.setdefault("pysqlite3.dbapi2", dbapi2)
    import sqlite_utils

    return sqlite_utils.Database(connection, execute_plugins=False)


def engine_versions() -> tuple[str, str]:
    """The versions of SQLite and of SQLCipher in this program."""
    with contextlib.closing(dbapi2.connect(":memory:")) as connection:
        row = connection.execute("PRAGMA cipher_version").fetchone()
    return str(dbapi2.sqlite_version), str(row[0]) if row else ""


@contextlib.contextmanager
def transaction(connection: Connection, commit: Commit | None = None) -> Iterator[None]:
    """BEGIN IMMEDIATE, then COMMIT or, on any exception, ROLLBACK.

    `commit` is given the COMMIT to run it, and returns or raises when that has ended.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        if commit is None:
            connection.execute("COMMIT")
        else:
            commit(lambda: connection.execute("COMMIT"))
    except BaseException:
        roll_back(connection)
        raise


def roll_back(connection: Connection) -> None:
    """Leave a transaction. Where even that fails, what made it fail has been raised already."""
    if connection.in_transaction:
        with contextlib.suppress(dbapi2.Error, MemoryError):
            connection.execute("ROLLBACK")


@contextlib.contextmanager
def known_errors(name: str) -> Iterator[None]:
    """Turn SQLite's errors that a person can mend into sentences; let our own bugs through."""
    try:
        yield
    except (dbapi2.Error, OSError, OverflowError, UnicodeEncodeError, MemoryError) as error:
        known = as_known(error, name)
        if known is None:
            raise
        raise known from error


FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
GONE = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENODEV, errno.ENXIO, errno.EEXIST}
)
NAMES = frozenset({errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL})


def as_known(error: Exception, name: str) -> KnownError | None:
    """What a person can do about an error of SQLite's or the system's; None where nothing."""
    if isinstance(error, (OverflowError, UnicodeEncodeError)):
        return InvalidInput(
            "A number is too large, or a text holds half a character. Nothing was changed."
        )
    if isinstance(error, MemoryError):
        return DriveTrouble(
            f"There was not enough memory for “{name}”, or it is damaged. This change was not "
            "saved; everything before it is kept. Close other programs and try again; if that "
            "does not help, restore your last backup into a new folder."
        )
    text = str(error).lower()
    number = error.errno if isinstance(error, OSError) else None
    if "is full" in text or number in FULL:
        return DiskFull(
            "The disk is full. This change was not saved; everything before it is kept. "
            "Make some room on the disk and try again."
        )
    if "interrupted" in text:
        return Cancelled("Stopped. Nothing was changed.")
    if "readonly" in text or number in (errno.EROFS, errno.EACCES, errno.EPERM):
        return ReadOnly(
            f"“{name}” cannot be written: it is read-only, or open in another program. Nothing was "
            "changed. Close it there, choose a folder of your own, or ask for the right to write "
            "in this one."
        )
    if "locked" in text or "busy" in text:
        return StoreBusy(
            "Another window or command is using this workspace. Nothing was changed. "
            "Close it there, or wait until it has finished, and try again."
        )
    if "not a database" in text:
        return NotAWorkspace(
            f"“{name}” is not a workspace of this program, or it is cut short. Nothing was "
            "changed. Choose another file, or restore a backup."
        )
    if "disk i/o" in text or number == errno.EIO:
        return DriveTrouble(
            f"“{name}” could not be read or written: the drive is full, was unplugged or is "
            "failing. This change was not saved; everything before it is kept. Look to the drive "
            "and try again."
        )
    if number in NAMES:
        return NotThere(
            f"“{name if len(name) <= 60 else name[:59] + '…'}” cannot be the name of a file or "
            "folder here: it is too long, or leads nowhere. Nothing was changed. Choose another."
        )
    if number in GONE:
        return NotThere(
            f"“{name}” or its folder is not there, or a folder stands in its place. Nothing was "
            "changed. If it is on a drive, plug the drive in; otherwise choose another place."
        )
    damaged = getattr(error, "sqlite_errorname", "").startswith("SQLITE_CORRUPT")
    if damaged or "malformed" in text or "corrupt" in text:
        return DamagedStore(
            f"“{name}” is damaged. Nothing more was written to it. Keep the folder as it is and "
            "restore your last backup into a new folder."
        )
    if "unable to open" in text:
        return ReadOnly(
            f"“{name}” cannot be opened here. Nothing was changed. Check that the folder is "
            "there and that you may write in it."
        )
    return None
