"""Where files are left for colleagues: the one interface, and a local or mounted folder.

`put_if_absent` is the only way anything is published, because other places (`sync/remote`) can
neither rename nor flush. Nothing is ever overwritten through a place, `remove` is for what every
laptop has said it is done with, and the absence of a file never means that something should be
deleted.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import re
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar, cast

from db.errors import DiskFull, KnownError, ReadOnly
from engage_desktop.sync.errors import FolderUnavailable, Refused, refused

T = TypeVar("T")

CHUNK = 1 << 16
"""Bytes moved at a time."""

STALE_SECONDS = 3600
"""Own temporary files older than this were left by a run that was stopped."""

REMOVABLE = ("b/", "snap/", "blob/", "ack/", "join/")
"""Where files lie that may be removed one day: never who the team is."""

_TEMPORARY = re.compile(r"\.engage-[0-9a-z]+-[0-9a-f]+\.tmp")
_SHARING = {5, 32, 33}  # Windows: access denied, sharing violation, lock violation
_RETRIES = (0.05, 0.1, 0.2, 0.4, 0.75, 1.5)  # about 3 s in all

Step = Callable[[str, str], None]
"""Called before each primitive act with its name and the file's; tests make it raise or die."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in a place. `problem` is empty, or the reason why it must not be opened."""

    name: str
    size: int = 0
    stamp: str = ""
    problem: str = ""


class Place(Protocol):
    """A dumb store of named files that several laptops can reach."""

    @property
    def identity(self) -> str:
        """What tells this place from others on this laptop, for instance its full path."""
        ...

    @property
    def called(self) -> str:
        """What a person calls it: "shared folder", or "file"."""
        ...

    def check(self) -> None:
        """Raise `FolderUnavailable` when the place cannot be reached."""
        ...

    def entries(self, under: str = "") -> Iterator[Entry]:
        """Every file below a folder of the place, in any order; nothing where it is missing."""
        ...

    def open(self, name: str) -> BinaryIO:
        """The file for reading. Raises `Refused` (vanished, link, not_a_file)."""
        ...

    def put_if_absent(self, name: str, data: bytes | BinaryIO) -> bool:
        """Publish a whole file under a name that is free; False when it was taken already.

        When it returns True the file is durable, complete and was read back.
        """
        ...

    def remove(self, name: str) -> bool:
        """Delete a file that every laptop is done with; False when it was gone already.

        Only below `REMOVABLE`, never through a link. Raises `ValueError` for any other name.
        """
        ...

    def sweep(self) -> int:
        """Delete this laptop's own temporary files of stopped runs; how many there were."""
        ...

    def close(self) -> None:
        """Let go of what the place holds open. It may be used again."""
        ...


def checked_name(name: str) -> str:
    """A name that stays inside its place. Raises `ValueError` for any other."""
    pieces = name.split("/")
    if any(piece in ("", ".", "..") or "\\" in piece or "\0" in piece for piece in pieces):
        raise ValueError(f"{name!r} is not a name inside a folder")
    return name


def removable_name(name: str) -> str:
    """A name of a file that may be deleted once nobody needs it. Raises `ValueError`."""
    if not checked_name(name).startswith(REMOVABLE):
        raise ValueError(f"{name!r} is not a name of a file that may be removed")
    return name


def is_temporary(name: str) -> bool:
    """True for the name of a file that is not whole yet, without its folder."""
    return _TEMPORARY.fullmatch(name) is not None


def _no_step(act: str, name: str) -> None:
    """Between two primitive acts nothing happens outside tests."""


class LocalPlace:
    """A folder on this computer, a network drive, a USB stick or a synced folder.

    `owner` marks temporary files as this laptop's own, so that it can sweep what it left.
    `sleep` waits between tries when Windows says that somebody holds the file.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        owner: str = "0",
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        step: Step = _no_step,
        words: Callable[[OSError, Path], KnownError] | None = None,
    ) -> None:
        self.folder = Path(folder)
        self._owner = owner
        self._sleep = sleep
        self._clock = clock
        self._step = step
        self._in_words = words or in_words

    @property
    def identity(self) -> str:
        """The folder's full path."""
        return os.path.normcase(os.path.abspath(self.folder))

    @property
    def called(self) -> str:
        """What a person calls it."""
        return "shared folder"

    def check(self) -> None:
        """Raise `FolderUnavailable` when the folder is not there, or is something else."""
        with self._words("check", ""):
            self._step("check", "")
            if not self.folder.is_dir():
                _say_what_it_is(self.folder)
                raise FileNotFoundError(errno.ENOENT, "missing")

    # -- reading ------------------------------------------------------------------------------

    def entries(self, under: str = "") -> Iterator[Entry]:
        """Every file below `under`; links and odd files are named with their problem."""
        with self._words("list", under):
            self._step("list", under)
            start = self.folder / checked_name(under) if under else self.folder
            if self._is_link(under):
                yield Entry(under, problem="link")
                return
            if start.is_dir():
                yield from self._walk(start, f"{under}/" if under else "", depth=4)

    def _walk(self, folder: Path, prefix: str, depth: int) -> Iterator[Entry]:
        with os.scandir(folder) as found:
            items = sorted(found, key=lambda item: item.name)
        for item in items:
            name = prefix + item.name
            if _TEMPORARY.fullmatch(item.name):
                continue
            if (said := speakable(item.name)) != item.name:
                yield Entry(prefix + said, problem="odd_name")
                continue
            try:
                status = item.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if _leads_away(status):
                yield Entry(name, problem="link")
            elif stat.S_ISDIR(status.st_mode):
                if depth:
                    yield from self._walk(Path(item.path), f"{name}/", depth - 1)
            elif stat.S_ISREG(status.st_mode):
                yield Entry(name, status.st_size, str(status.st_mtime_ns))
            else:
                yield Entry(name, problem="not_a_file")

    def open(self, name: str) -> BinaryIO:
        """The file for reading; never through a link, never a pipe or a device."""
        path = self.folder / checked_name(name)
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
        flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with self._words("open", name):
            self._step("open", name)
            if self._is_link(name):
                raise refused("link")
            try:
                handle = self._patiently(lambda: os.open(path, flags))
            except FileNotFoundError:
                if not self.folder.is_dir():
                    raise
                raise refused("vanished") from None
            except PermissionError:
                if not os.access(path.parent, os.R_OK | os.X_OK):
                    raise
                raise refused("no_right") from None
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                os.close(handle)
                raise refused("not_a_file")
            raw = cast(BinaryIO, os.fdopen(handle, "rb", buffering=0))
            return cast(BinaryIO, _Watched(raw, self, name))

    def _is_link(self, name: str) -> bool:
        """True when the file or a folder on the way to it leads somewhere else."""
        path = self.folder
        for piece in name.split("/") if name else []:
            path = path / piece
            try:
                if _leads_away(path.lstat()):
                    return True
            except FileNotFoundError:
                return False
        return False

    # -- writing ------------------------------------------------------------------------------

    def put_if_absent(self, name: str, data: bytes | BinaryIO) -> bool:
        """Temporary file, flush, rename without overwriting, flush the folder, read back."""
        target = self.folder / checked_name(name)
        with self._words("write", name):
            self.check()
            if self._is_link(name):
                raise Refused(
                    f"In the shared folder “{self.folder.name}”, “{name.partition('/')[0]}” leads "
                    "somewhere else, or holds something that does, so nothing was written there. "
                    "Nothing was lost. Remove that link, or choose the folder itself.",
                    code="link",
                )
            if target.exists():
                return False
            self._step("folder", name)
            self._make_parents(target.parent)
            temporary = target.parent / f".engage-{self._owner}-{secrets.token_hex(6)}.tmp"
            try:
                digest = self._write(temporary, data, name)
                self._step("rename", name)
                if not self._rename(temporary, target):
                    return False
            finally:
                with contextlib.suppress(OSError):
                    temporary.unlink(missing_ok=True)
            self._step("flush folder", name)
            _flush_folder(target.parent)
            self._step("read back", name)
            self._read_back(target, digest)
        return True

    def _make_parents(self, parent: Path) -> None:
        missing = []
        while parent != self.folder and not parent.is_dir():
            missing.append(parent)
            parent = parent.parent
        for path in reversed(missing):
            path.mkdir(exist_ok=True)
            _flush_folder(path.parent)

    def _write(self, path: Path, data: bytes | BinaryIO, name: str) -> str:
        source = io.BytesIO(data) if isinstance(data, bytes) else data
        digest = hashlib.sha256()
        self._step("create", name)
        with self._patiently(lambda: path.open("xb", buffering=0)) as out:
            while chunk := source.read(CHUNK):
                self._step("write", name)
                digest.update(chunk)
                view = memoryview(chunk)
                while view:
                    view = view[out.write(view) :]
            self._step("flush", name)
            os.fsync(out.fileno())
        return digest.hexdigest()

    def _rename(self, temporary: Path, target: Path) -> bool:
        """Give the file its name unless somebody has it; hard links refuse to overwrite.

        File systems without hard links (FAT on a stick) get a rename instead. It could lose a
        race on POSIX only, where both files have the same contents, since names carry a hash.
        """
        try:
            self._patiently(lambda: os.link(temporary, target))
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO):
                raise
            if not temporary.exists():
                raise
            if target.exists():
                return False
            try:
                self._patiently(lambda: os.rename(temporary, target))
            except FileExistsError:
                return False
        return True

    def _read_back(self, target: Path, digest: str) -> None:
        found = hashlib.sha256()
        with self._patiently(lambda: target.open("rb", buffering=0)) as again:
            while chunk := again.read(CHUNK):
                found.update(chunk)
        if found.hexdigest() != digest:
            raise OSError(errno.EIO, "read back differs")

    def remove(self, name: str) -> bool:
        """Delete a file and make that durable; a link is never followed, nor deleted."""
        path = self.folder / removable_name(name)
        with self._words("remove", name):
            self.check()
            self._step("remove", name)
            if self._is_link(name):
                raise refused("link")
            try:
                if not stat.S_ISREG(path.lstat().st_mode):
                    raise refused("not_a_file")
                self._patiently(path.unlink)
            except (FileNotFoundError, NotADirectoryError):
                return False
            _flush_folder(path.parent)
        return True

    def close(self) -> None:
        """A folder holds nothing open."""

    def sweep(self) -> int:
        """Delete this laptop's own temporary files of stopped runs; how many there were."""
        swept = 0
        mine = f".engage-{self._owner}-"
        for path in list(self.folder.glob(f"**/{mine}*.tmp")):
            with contextlib.suppress(OSError):
                if self._clock() - path.lstat().st_mtime > STALE_SECONDS:
                    path.unlink()
                    swept += 1
        return swept

    # -- trouble ------------------------------------------------------------------------------

    def _patiently(self, act: Callable[[], T]) -> T:
        """Try again for about 3 s while Windows says that somebody holds the file."""
        for pause in _RETRIES:
            try:
                return act()
            except OSError as error:
                if _winerror(error) not in _SHARING:
                    raise
                self._sleep(pause)
        return act()

    @contextlib.contextmanager
    def _words(self, act: str, name: str) -> Iterator[None]:
        try:
            yield
        except KnownError:
            raise
        except OSError as error:
            raise self._in_words(error, self.folder) from error


class _Watched(io.RawIOBase):
    """A file whose troubles while reading are told in words too."""

    def __init__(self, raw: BinaryIO, place: LocalPlace, name: str) -> None:
        super().__init__()
        self._raw = raw
        self._place = place
        self._name = name

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; fewer only at the end."""
        with self._place._words("read", self._name):
            self._place._step("read", self._name)
            return self._raw.read(size)

    def close(self) -> None:
        """Let go of the file."""
        self._raw.close()
        super().close()


def in_words(error: OSError, folder: Path) -> KnownError:
    """The sentence for an operating system's error on a shared folder."""
    rest = "Nothing here was lost or changed, and the next try goes on from where this stopped."
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or _winerror(error) == 112:
        return DiskFull(f"The shared folder {folder} is full. {rest} Make room in it first.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ReadOnly(
            f"The shared folder {folder} does not let this laptop write or read. {rest} "
            "Ask whoever looks after it to allow you to change it."
        )
    return FolderUnavailable(
        f"The shared folder {folder} cannot be reached. {rest} "
        "Plug in the drive or connect to the network, then try again."
    )


def _say_what_it_is(folder: Path) -> None:
    """Raise `FolderUnavailable` where a path, or what it should lie in, is a file."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    if there.exists() and not there.is_dir():
        what = "file" if there.is_file() else "device"
        raise FolderUnavailable(
            f"“{there.name}” is a {what}, not a folder. Nothing was changed. Name the shared "
            "folder. A delivery in one file is taken in with: engage receive-file WS FILE",
            code="not_a_folder",
        )


def _winerror(error: OSError) -> int | None:
    return getattr(error, "winerror", None)


def speakable(name: str) -> str:
    """A name as text. One that is no Unicode, which no program of ours made, gets signs in place of
    what cannot be said, and so is another name than the file's."""
    if name.isascii():
        return name  # as every name of ours: a folder may hold thousands, looked at each time
    return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in name)


def _leads_away(status: os.stat_result) -> bool:
    """True for a symbolic link or a Windows junction (but not for a cloud placeholder)."""
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", object())
    return stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) == junction


def _flush_folder(folder: Path) -> None:
    """Make a new name durable; Windows has no such call and does not need it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some mounts cannot
            raise
    finally:
        os.close(handle)
