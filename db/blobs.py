"""Attachments: encrypted, found by a keyed hash of what they hold, streamed in chunks.

A file is: magic, 16 bytes of salt, then chunks of 64 KiB, each sealed with ChaCha20-Poly1305
under a key of the file's own. The nonce counts the chunks and its last byte marks the final one,
so that a cut file is never taken for a whole one.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from db.connection import known_errors
from db.errors import Cancelled, DamagedStore, NotFound
from db.files import private_opener, sync_folder
from db.keys import subkey

MAGIC = b"ENGBLOB1"
CHUNK = 65_536
TAG = 16


class Blobs:
    """The attachments of one workspace.

    `names` gives the secret from which digests are made. A team shares it, because a record
    that names an attachment by its digest must find the same one on every laptop; without it
    digests are this workspace's own.
    """

    def __init__(
        self, folder: Path, key: bytes, names: Callable[[], bytes | None] = lambda: None
    ) -> None:
        self.folder = folder
        self._own_names = subkey(key, "attachment names")
        self._names = names
        self._key = subkey(key, "attachments")

    def _hash_key(self) -> bytes:
        secret = self._names()
        return self._own_names if secret is None else subkey(secret, "attachment names")

    def put(
        self, source: BinaryIO, *, progress: Callable[[int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> tuple[str, int]:  # fmt: skip
        """Keep what `source` holds. Returns (digest of 64 hexadecimal digits, size in bytes).

        The same content is kept once. Raises `DiskFull`, `ReadOnly`, `Cancelled`.
        """
        with known_errors("attachments"):
            _make(self.folder)
            temporary = self.folder / f".{secrets.token_hex(8)}.tmp"
            try:
                digest, size = self._seal(source, temporary, progress, cancelled)
                target = self.path(digest)
                _make(target.parent)
                if not target.exists():
                    temporary.replace(target)
                    sync_folder(target.parent)
            finally:
                temporary.unlink(missing_ok=True)
        return digest, size

    def _seal(
        self, source: BinaryIO, target: Path, progress: Callable[[int], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> tuple[str, int]:  # fmt: skip
        import os

        salt = os.urandom(16)
        cipher = ChaCha20Poly1305(subkey(self._key, salt.hex()))
        name = hmac.new(self._hash_key(), digestmod=sha256)
        size = index = 0
        with open(target, "xb", opener=private_opener) as file:
            file.write(MAGIC + salt)
            chunk = _read_full(source)
            while True:
                if cancelled is not None and cancelled():
                    raise Cancelled("Stopped. The file was not added.")
                following = _read_full(source) if len(chunk) == CHUNK else b""
                last = not following
                name.update(chunk)
                size += len(chunk)
                file.write(cipher.encrypt(_nonce(index, last), chunk, None))
                if progress is not None:
                    progress(size)
                if last:
                    break
                chunk, index = following, index + 1
            file.flush()
            os.fsync(file.fileno())
        return name.hexdigest(), size

    def read(self, digest: str) -> Iterator[bytes]:
        """The content, chunk by chunk. Raises `NotFound` or `DamagedStore`."""
        path = self.path(digest)
        if not path.is_file():
            raise NotFound(
                "This attachment is not on this laptop yet. It comes with the next send and "
                "receive, if a colleague has it."
            )
        with path.open("rb") as file:
            head = file.read(len(MAGIC) + 16)
            cipher = ChaCha20Poly1305(subkey(self._key, head[len(MAGIC) :].hex()))
            index, sealed = 0, file.read(CHUNK + TAG)
            while True:
                following = file.read(CHUNK + TAG)
                try:
                    yield cipher.decrypt(_nonce(index, not following), sealed, None)
                except InvalidTag:
                    raise DamagedStore(
                        "This attachment's file is damaged and cannot be opened. The record is "
                        "whole. Restore the file from a backup."
                    ) from None
                if not following:
                    return
                sealed, index = following, index + 1

    def has(self, digest: str) -> bool:
        """Is this content here?"""
        return self.path(digest).is_file()

    def path(self, digest: str) -> Path:
        """Where the encrypted file of a digest lies."""
        if len(digest) != 64 or not all(ch in "0123456789abcdef" for ch in digest):
            raise NotFound("This attachment has no file.")
        return self.folder / digest[:2] / digest

    def remove(self, digest: str) -> None:
        """Take the file of an erased attachment away. One that is not here is no error."""
        with known_errors("attachments"):
            path = self.path(digest)
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                sync_folder(path.parent)

    def all(self) -> list[str]:
        """Digests of everything kept."""
        return sorted(path.name for path in self.folder.glob("??/*") if len(path.name) == 64)


def _make(folder: Path) -> None:
    """A folder that outlives a power cut, as what is put in it does."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)


def _read_full(source: BinaryIO) -> bytes:
    parts, wanted = [], CHUNK
    while wanted:
        part = source.read(wanted)
        if not part:
            break
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)


def _nonce(index: int, last: bool) -> bytes:
    return index.to_bytes(11, "big") + (b"\x01" if last else b"\x00")
