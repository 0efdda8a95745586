"""A delivery in one file, for a USB stick or an e-mail: everything a shared folder would hold.

The file is an ordinary ZIP whose members are the folder's own files, stored as they are: each is
sealed and signed already. It is read where it lies, member by member; nothing is ever unpacked
to a disk. A file that a stranger made can do no more than a strange folder: what is not named as
in a shared folder is not looked at, and a member that claims to unpack to more than it takes up
makes the whole file refused.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from db.connection import known_errors
from db.errors import KnownError, NotFound
from engage_desktop.leaving import leaving
from engage_desktop.sync.engine import sync_once
from engage_desktop.sync.errors import refused
from engage_desktop.sync.place import CHUNK, Entry
from engage_desktop.sync.work import Progress, SyncReceipt, keep_place, quiet
from engage_desktop.workspace import Workspace

SUFFIX = ".engage"
KEEP = "sync"

MOST_MEMBERS = 500_000
"""Files in one delivery. A team of twenty fills as many in some fifty years."""

_OURS = re.compile(r"team\.json|(?:roster|b|blob|snap|ack|join)(?:/[\w.()@ \-]{1,200}){1,3}")
_DAY_ONE = (1980, 1, 1, 0, 0, 0)


class BadDelivery(KnownError):
    """A file that is no delivery, or was made to do harm. Nothing in it was used."""

    code = "bad_delivery"


def send_file(
    workspace: Workspace,
    path: Path,
    *,
    progress: Progress = quiet,
    cancelled: Callable[[], bool] = lambda: False,
) -> SyncReceipt:
    """Write everything that colleagues may lack into one file, which appears only when whole.

    Raises what `sync_once` and `leaving` raise.
    """
    with leaving(path, private=True, sealed=True) as out, FileToFill(out) as place:
        return _exchange(workspace, place, True, progress, cancelled)


def receive_file(
    workspace: Workspace,
    path: Path,
    *,
    progress: Progress = quiet,
    cancelled: Callable[[], bool] = lambda: False,
) -> SyncReceipt:
    """Take in a delivery that came as one file. Raises `BadDelivery` and what `sync_once` does."""
    with opened_file(path) as place:
        return _exchange(workspace, place, False, progress, cancelled)


def _exchange(
    workspace: Workspace,
    place: FileToFill | FileToRead,
    start: bool,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> SyncReceipt:
    store = workspace.store
    keep = keep_place(workspace.folder / KEEP, store.device)
    return sync_once(
        store, workspace.blobs, place, keep=keep, start=start,
        tidy=workspace.finish_erasures, progress=progress, cancelled=cancelled,
    )  # fmt: skip


class _InFile:
    """What both ways have in common: a place that is one ZIP file."""

    identity = "a delivery in one file"
    called = "file"

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def check(self) -> None:
        """It is open, so it is there."""

    def entries(self, under: str = "") -> Iterator[Entry]:
        """Every file below a folder of the place."""
        for info in self._archive.infolist():
            if not under or info.filename.startswith(f"{under}/"):
                yield Entry(info.filename, info.file_size, f"{info.CRC:08x}")

    def open(self, name: str) -> BinaryIO:
        """A file for reading. Raises `Refused` (vanished, damaged while it is read)."""
        try:
            return cast(BinaryIO, _Member(self._archive.open(name)))
        except KeyError:
            raise refused("vanished") from None
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
            raise refused("damaged") from None

    def remove(self, name: str) -> bool:
        """Nothing is taken out of a delivery."""
        return False

    def sweep(self) -> int:
        """No temporary files are made."""
        return 0

    def close(self) -> None:
        """Whoever opened it closes it."""


class FileToFill(_InFile):
    """A new delivery: files are put in. It is written from beginning to end, so that only the
    small papers about the team can be read back."""

    def __init__(self, out: BinaryIO) -> None:
        super().__init__(zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=True))
        self._names: set[str] = set()
        self._papers: dict[str, bytes] = {}

    def __enter__(self) -> FileToFill:
        return self

    def __exit__(self, *error: object) -> None:
        self._archive.close()

    def open(self, name: str) -> BinaryIO:
        """A paper that was put in. Raises `Refused` (vanished) for all else."""
        if name not in self._papers:
            raise refused("vanished")
        return io.BytesIO(self._papers[name])

    def put_if_absent(self, name: str, data: bytes | BinaryIO) -> bool:
        """Add a file; False when it is in already."""
        if name in self._names:
            return False
        info = zipfile.ZipInfo(name, _DAY_ONE)
        info.external_attr = (stat.S_IFREG | 0o600) << 16
        with self._archive.open(info, "w", force_zip64=True) as member:
            if isinstance(data, bytes):
                self._papers[name] = data
                member.write(data)
            else:
                while chunk := data.read(CHUNK):
                    member.write(chunk)
        self._names.add(name)
        return True


class FileToRead(_InFile):
    """A delivery that came: it is read and never changed."""

    def put_if_absent(self, name: str, data: bytes | BinaryIO) -> bool:
        """Nothing is put into what somebody else gave."""
        return False


class _Member:
    """One file of a delivery; damage found while reading is told as such."""

    def __init__(self, raw: object) -> None:
        self._raw = cast(BinaryIO, raw)

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes. Raises `Refused` where the bytes are not those that were stored."""
        try:
            return self._raw.read(size)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError):
            raise refused("damaged") from None

    def close(self) -> None:
        """Let go of it."""
        self._raw.close()

    def __enter__(self) -> _Member:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


@contextmanager
def opened_file(path: Path) -> Iterator[FileToRead]:
    """A delivery for reading. Raises `NotFound`, `BadDelivery`."""
    if path.is_dir():
        raise NotFound(
            f"“{path.name}” is a folder, not a file. Nothing was changed. To exchange through a "
            "folder: engage sync WS FOLDER"
        )
    if not path.is_file():
        raise NotFound(f"There is no file “{path.name}”. Nothing was changed.")
    with known_errors(path.name), path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, EOFError):
            raise _bad(path, "It is not a delivery of this application, or it is cut short.") from (
                None
            )
        with archive:
            size = path.stat().st_size
            problem = _problem(archive, size)
            if problem:
                raise _bad(path, problem)
            yield FileToRead(archive)


def _problem(archive: zipfile.ZipFile, size: int) -> str:
    """Why a file must not be read; "" when it may be.

    Members are stored, never packed, so that all of them together cannot be larger than the file.
    """
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        return "It claims to hold more files than any delivery does."
    names: set[str] = set()
    for info in members:
        if not _OURS.fullmatch(info.filename) or ".." in info.filename.split("/"):
            return "It holds something that no delivery of this application holds."
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.is_dir() or kind not in (0, stat.S_IFREG) or info.flag_bits & 0x1:
            return "It holds something other than ordinary files."
        packed = info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size
        if packed or info.filename in names:
            return "It claims to hold more than it does."
        names.add(info.filename)
    if sum(info.file_size for info in members) > size:
        return "It claims to hold more than it does."
    if "team.json" not in names:
        return "It is not a delivery of this application, or it is cut short."
    return ""


def _bad(path: Path, why: str) -> BadDelivery:
    return BadDelivery(
        f"“{path.name}” was not taken in. {why} Nothing was changed. Ask for it to be made again."
    )


def is_delivery(path: Path) -> bool:
    """Could this be a delivery in one file? A look at its first bytes, no more."""
    with suppress(OSError), path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"
    return False


__all__ = ["SUFFIX", "BadDelivery", "is_delivery", "receive_file", "send_file"]
