"""What is the same for every place on a server: the order of acts, retries, and the words.

A kind of server is a `Wire`: a few acts that raise whatever its library raises, and `fault`, which
says what such an error means. `RemotePlace` makes of it what every place promises: a file appears
whole or not at all, is never overwritten, was read back, and trouble is told in a sentence.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, Protocol, TypeVar, cast

from db.errors import Cancelled, KnownError, ReadOnly
from engage_desktop.sync.container import IN_MEMORY
from engage_desktop.sync.errors import FolderUnavailable, refused
from engage_desktop.sync.place import (
    CHUNK,
    STALE_SECONDS,
    Entry,
    checked_name,
    is_temporary,
    removable_name,
)
from engage_desktop.sync.remote.address import Address
from engage_desktop.sync.remote.faults import TRANSIENT, Fault, PlaceFault, words_of

T = TypeVar("T")

CONNECT_SECONDS = 15.0
"""How long a server may take to answer at all."""

SILENT_SECONDS = 60.0
"""How long it may say nothing in the middle of something."""


class Patience(NamedTuple):
    """How long to wait for a server, in seconds."""

    connect: float = CONNECT_SECONDS
    silent: float = SILENT_SECONDS


TEMPORARY = ".engage-tmp"
"""The folder for files that are not whole yet, so that one look finds what a stopped run left."""

DEEPEST = 4
PAUSES = (0.5, 2.0)
"""How long to wait before a broken connection is taken up again, each time."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something in a listing. `changed` is in seconds since 1970; 0 where nobody knows."""

    name: str
    size: int = 0
    stamp: str = ""
    problem: str = ""
    changed: float = 0.0


@dataclass(frozen=True, slots=True)
class Body:
    """What is to be published: whole, seekable, measured."""

    file: BinaryIO
    size: int
    sha256: str

    def __iter__(self) -> Iterator[bytes]:
        """Its bytes from the beginning, however often it is asked."""
        self.file.seek(0)
        while chunk := self.file.read(CHUNK):
            yield chunk


class Wire(Protocol):
    """One kind of server. Names are relative to the place; every act may raise anything."""

    def connect(self) -> None:
        """Reach the server, log in, and see that the place's own folder is there."""
        ...

    def walk(self, under: str) -> list[Found]:
        """Every file below a folder, `DEEPEST` folders deep. Raises what `fault` calls ABSENT."""
        ...

    def top(self) -> list[str]:
        """The names of files and folders in the place itself."""
        ...

    def size(self, name: str) -> int | None:
        """A file's size; None where there is none. Raises `Refused` (link, not_a_file)."""
        ...

    def read(self, name: str, offset: int) -> Iterator[bytes]:
        """A file's bytes from there on; closing the iterator lets go of it."""
        ...

    def publish(self, temporary: str, name: str, body: Body) -> bool:
        """Put it under a free name, by way of a temporary one if need be; False when taken."""
        ...

    def remove(self, name: str) -> None:
        """Delete a file. Raises what `fault` calls ABSENT where there is none."""
        ...

    def temporaries(self) -> list[Found]:
        """The files in `TEMPORARY`."""
        ...

    def fault(self, error: Exception) -> Fault | None:
        """What an error means; None when it is a mistake of ours."""
        ...

    def make(self) -> None:
        """Make the place's own folder, and those above it that are not there."""
        ...

    def close(self) -> None:
        """Let go of the connection; the next act opens another."""
        ...

    def abandon(self) -> None:
        """Break what goes on now, from another thread. Best effort: else its time runs out."""
        ...


class RemotePlace:
    """A shared place on a server. `close` it when done: it holds a connection.

    `owner` marks temporary files as this laptop's own. `sleep` waits between tries, as long as
    `pauses` say, in seconds; `seconds` is how long the server may say nothing, to be told.
    """

    def __init__(
        self,
        address: Address,
        wire: Wire,
        *,
        owner: str = "0",
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.time,
        pauses: tuple[float, ...] = PAUSES,
        seconds: float = CONNECT_SECONDS,
    ) -> None:
        self.address = address
        self._wire = wire
        self._owner = owner
        self._gone = threading.Event()
        self._sleep: Callable[[float], object] = sleep or self._gone.wait
        self._clock = clock
        self._pauses = pauses
        self._seconds = seconds
        self.trouble: Fault | None = None
        """What the last error came to."""

    @property
    def identity(self) -> str:
        """Its address, which holds no password."""
        return self.address.text

    @property
    def called(self) -> str:
        """What a person calls it."""
        return "shared folder"

    def check(self) -> None:
        """Raise `FolderUnavailable` when the place cannot be reached or is not there."""
        self._patiently(self._wire.connect)

    def make(self) -> None:
        """Make the folder that the address names. Raises `ReadOnly`, `FolderUnavailable`."""
        self._patiently(self._wire.make)
        self.check()

    def close(self) -> None:
        """Let go of the connection."""
        with contextlib.suppress(Exception):
            self._wire.close()

    def abandon(self) -> None:
        """Give up, from another thread: what goes on now ends in `Cancelled`.

        What was on its way is broken off, as when the network goes: nothing half is ever seen.
        """
        self._gone.set()
        with contextlib.suppress(Exception):
            self._wire.abandon()

    # -- reading ------------------------------------------------------------------------------

    def entries(self, under: str = "") -> Iterator[Entry]:
        """Every file below `under`, complete or not at all."""
        if under:
            checked_name(under)
        try:
            found = self._patiently(lambda: self._wire.walk(under))
        except _Absent:
            self.check()
            found = []
        for item in sorted(found, key=lambda each: each.name):
            if is_temporary(item.name.rpartition("/")[2]):
                continue
            if _is_spoken(item.name):
                yield Entry(item.name, item.size, item.stamp, item.problem)
            else:
                yield Entry(_CONTROL.sub("\ufffd", item.name), problem="odd_name")

    def top(self) -> list[str]:
        """What lies in the place itself, files and folders, without our own odds and ends."""
        names = self._patiently(self._wire.top)
        return sorted(name for name in names if _is_spoken(name) and name != TEMPORARY)

    def open(self, name: str) -> BinaryIO:
        """The file for reading; a connection that breaks is taken up again a few times."""
        checked_name(name)
        if not self._has(name):
            self.check()
            raise refused("vanished")
        return cast(BinaryIO, io.BufferedReader(_Stream(self, name), CHUNK))

    def _has(self, name: str) -> bool:
        try:
            return self._patiently(lambda: self._wire.size(name)) is not None
        except _Absent:
            return False

    # -- writing ------------------------------------------------------------------------------

    def put_if_absent(self, name: str, data: bytes | BinaryIO) -> bool:
        """Send, give it its name unless somebody has it, and read it back.

        Where the answer to one's own publishing was lost, what lies there is compared.
        """
        checked_name(name)
        with _spooled(data) as body:
            if self._has(name):
                return False
            tries = 0

            def publish() -> bool:
                nonlocal tries
                tries += 1
                temporary = f"{TEMPORARY}/.engage-{self._owner}-{secrets.token_hex(6)}.tmp"
                return self._wire.publish(temporary, name, body)

            if not self._patiently(publish):
                return tries > 1 and self._digest(name) == body.sha256
            if self._digest(name) != body.sha256:
                raise self._words(Fault.AWAY)
        return True

    def _digest(self, name: str) -> str:
        digest = hashlib.sha256()
        with contextlib.closing(self.open(name)) as again:
            while chunk := again.read(CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    def remove(self, name: str) -> bool:
        """Delete a file that all laptops are done with; False when it was gone already."""
        removable_name(name)
        try:
            self._patiently(lambda: self._wire.remove(name))
        except _Absent:
            self.check()
            return False
        return True

    def sweep(self) -> int:
        """Delete this laptop's own temporary files of stopped runs; how many there were."""
        mine = f"{TEMPORARY}/.engage-{self._owner}-"
        swept = 0
        try:
            found = self._patiently(self._wire.temporaries)
            for item in found:
                old = self._clock() - item.changed > STALE_SECONDS
                if item.name.startswith(mine) and item.changed and old:
                    self._patiently(lambda item=item: self._wire.remove(item.name))  # type: ignore[misc]
                    swept += 1
        except (_Absent, ReadOnly):
            pass
        return swept

    def try_writing(self) -> None:
        """See that this laptop may write and delete here. Raises `ReadOnly`, `DiskFull`."""
        name = f"{TEMPORARY}/.engage-{self._owner}-{secrets.token_hex(6)}.tmp"
        self.put_if_absent(name, b"Engage Desktop tried whether it may write here.\n")
        self._patiently(lambda: self._wire.remove(name))

    # -- trouble ------------------------------------------------------------------------------

    def _patiently(self, act: Callable[[], T]) -> T:
        """Do it, again after a pause where the server was away. Raises `KnownError`, `_Absent`."""
        for pause in (*self._pauses, None):
            self._check_wanted()
            try:
                return act()
            except KnownError:
                raise
            except Exception as error:
                self._check_wanted()
                self.trouble = fault = self._judged(error)
                if fault is None:
                    raise
                if fault is Fault.ABSENT:
                    raise _Absent(self._words(fault).sentence) from error
                if fault not in TRANSIENT or pause is None:
                    raise self._words(fault) from error
                self.close()
                self._sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _check_wanted(self) -> None:
        if self._gone.is_set():
            raise Cancelled("Stopped.")

    def _judged(self, error: Exception) -> Fault | None:
        return error.fault if isinstance(error, PlaceFault) else self._wire.fault(error)

    def _words(self, fault: Fault) -> KnownError:
        return words_of(fault, self.identity, self._seconds)


class _Absent(FolderUnavailable):
    """A file or folder that is not there; told outside only where it is the place itself."""


class _Stream(io.RawIOBase):
    """A file on a server, read from front to back."""

    def __init__(self, place: RemotePlace, name: str) -> None:
        super().__init__()
        self._place = place
        self._name = name
        self._at = 0
        self._chunks: Iterator[bytes] | None = None
        self._left = b""

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object) -> int:
        """The next bytes; 0 only at the end."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        if not self._left:
            try:
                self._left = self._place._patiently(self._next)
            except _Absent:
                raise refused("vanished") from None
        count = min(len(view), len(self._left))
        view[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def _next(self) -> bytes:
        if self._chunks is None:
            self._chunks = self._place._wire.read(self._name, self._at)
        try:
            chunk = next((each for each in self._chunks if each), b"")
        except BaseException:
            self._let_go()
            raise
        self._at += len(chunk)
        return chunk

    def _let_go(self) -> None:
        chunks, self._chunks = self._chunks, None
        close = getattr(chunks, "close", None)
        if close is not None:
            with contextlib.suppress(Exception):
                close()

    def close(self) -> None:
        """Let go of the file."""
        self._let_go()
        super().close()


@contextlib.contextmanager
def _spooled(data: bytes | BinaryIO) -> Iterator[Body]:
    """The data where it can be read twice (what is published is sealed already)."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as spool:
        source = io.BytesIO(data) if isinstance(data, bytes) else data
        digest = hashlib.sha256()
        size = 0
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            spool.write(chunk)
        yield Body(cast(BinaryIO, spool), size, digest.hexdigest())


_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def _is_spoken(name: str) -> bool:
    """True for a name that stays inside the place and that a person can read."""
    try:
        checked_name(name)
    except ValueError:
        return False
    return not _CONTROL.search(name)
