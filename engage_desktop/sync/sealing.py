"""Sealing in a stream: zstd, then age, a chunk at a time.

One pyrage call over 100 MB would hold the interpreter for 290 ms and freeze the window, so
everything here goes through readers and writers of small pieces.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

import pyrage
import zstandard

from engage_desktop.sync.errors import refused

CHUNK = 1 << 16

MOST_PLAIN = 4 << 30
"""Bytes that one part may unpack to, at most."""

ALWAYS_ALLOWED = 64 << 20
"""Bytes that a part may unpack to however small it is; beyond it `MOST_RATIO` counts."""

MOST_RATIO = 200
"""How many times its sealed size a large part may unpack to. Real ones stay under 40."""

MOST_LINE = 64 << 20
"""Bytes of one line, at most: a long text is 5 million characters."""

_WINDOW = 1 << 23

Tick = Callable[[int], None]
"""Told how many more bytes were done; may raise `Cancelled`."""


def no_tick(done: int) -> None:
    """Nobody watches."""


class _Pull(io.RawIOBase):
    """A reader over pieces of bytes that are made as they are asked for."""

    def __init__(self, pieces: Iterable[bytes], tick: Tick) -> None:
        super().__init__()
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")
        self._tick = tick
        self.total = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        taken: list[bytes] = []
        wanted = size if size >= 0 else CHUNK
        while wanted > 0:
            if not self._rest:
                piece = next(self._pieces, None)
                if piece is None:
                    break
                self._rest = memoryview(piece)
                self.total += len(piece)
                self._tick(len(piece))
                continue
            part = self._rest[:wanted]
            self._rest = self._rest[len(part) :]
            wanted -= len(part)
            taken.append(bytes(part))
        return b"".join(taken)


class _Careful:
    """A reader or writer that remembers why it failed: age tells only that it did."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.error: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            return bytes(self._file.read(size))
        except BaseException as error:
            self.error = error
            raise

    def write(self, data: bytes) -> int:
        try:
            self._file.write(data)
        except BaseException as error:
            self.error = error
            raise
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""


def _encrypt(source: Any, out: Any, recipient: str) -> None:
    """age in a stream. Whatever reading or writing raises comes out as it was."""
    reader, writer = _Careful(source), _Careful(out)
    try:
        pyrage.encrypt_io(reader, writer, [pyrage.x25519.Recipient.from_str(recipient)])
    except (pyrage.EncryptError, OSError) as error:
        raise reader.error or writer.error or error from None


class Hashing:
    """A writer that passes on, counts and hashes."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._digest = hashlib.sha256()
        self.length = 0

    def write(self, data: bytes) -> int:
        """All of `data`."""
        self._digest.update(data)
        self.length += len(data)
        self._out.write(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""

    @property
    def sha256(self) -> str:
        """Hash of what was written so far."""
        return self._digest.hexdigest()


def seal_lines(
    lines: Iterable[bytes], out: BinaryIO, recipient: str, tick: Tick = no_tick
) -> tuple[int, str, int]:
    """Write age(zstd(lines)) to `out`; its length, its SHA-256 and the plain length."""
    plain = _Pull(lines, tick)
    packed = zstandard.ZstdCompressor(level=3).stream_reader(plain)  # type: ignore[arg-type]
    hashing = Hashing(out)
    _encrypt(packed, hashing, recipient)
    return hashing.length, hashing.sha256, plain.total


def seal_stream(
    pieces: Iterable[bytes], out: BinaryIO, recipient: str, tick: Tick = no_tick
) -> tuple[int, str]:
    """Write age(pieces) to `out`, for attachments; its length and its SHA-256."""
    hashing = Hashing(out)
    _encrypt(_Pull(pieces, tick), hashing, recipient)
    return hashing.length, hashing.sha256


def open_stream(source: BinaryIO, out: BinaryIO, identities: Iterable[str]) -> None:
    """Undo `seal_stream`. Raises `Refused` ("cannot_open") for a wrong key or damage."""
    keys = [pyrage.x25519.Identity.from_str(text) for text in identities]
    reader, writer = _Careful(source), _Careful(out)
    try:
        pyrage.decrypt_io(reader, writer, keys)
    except (pyrage.DecryptError, OSError):
        raise reader.error or writer.error or refused("cannot_open") from None


def open_lines(sealed: BinaryIO, identities: Iterable[str], plain: int) -> Iterator[bytes]:
    """The lines of a sealed part that says it unpacks to `plain` bytes.

    Holds the packed bytes in memory (never on disk), the unpacked ones a line at a time. Raises
    `Refused`: cannot_open, unpacks (more than was said), content (not zstd, line too long).
    """
    packed = io.BytesIO()
    open_stream(sealed, packed, identities)
    packed.seek(0)
    unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    rest = b""
    seen = 0
    try:
        with unpacker.stream_reader(packed, closefd=False) as reader:
            while chunk := reader.read(CHUNK):
                seen += len(chunk)
                if seen > plain:
                    raise refused("unpacks")
                *whole, rest = (rest + chunk).split(b"\n")
                yield from whole
                if len(rest) > MOST_LINE:
                    raise refused("unpacks")
    except zstandard.ZstdError:
        raise refused("content") from None
    if rest or seen != plain:
        raise refused("content")


def plain_is_believable(plain: int, sealed: int) -> bool:
    """Whether a part of `sealed` bytes may claim to unpack to `plain`."""
    return 0 <= plain <= min(MOST_PLAIN, max(ALWAYS_ALLOWED, MOST_RATIO * sealed))
