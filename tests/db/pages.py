"""Every byte of an encrypted database as SQLite sees it: live pages, free pages and the log.

Source: SQLCipher's design notes (version 4: 4,096-byte pages, AES-256 in CBC mode, 80 bytes of
each page for the initialisation vector and the HMAC; the first 16 bytes of page 1 are the salt).
"""

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE, RESERVED, SALT, WAL_HEADER, FRAME_HEADER = 4096, 80, 16, 32, 24


def plain_pages(path: Path, key: bytes) -> Iterator[bytes]:
    """Every page of the file, then every frame of its log."""
    data = path.read_bytes()
    for at in range(0, len(data), PAGE):
        yield _plain(data[at : at + PAGE], key, first=at == 0)
    log = path.with_name(path.name + "-wal")
    if not log.exists():
        return
    data = log.read_bytes()
    for at in range(WAL_HEADER, len(data) - PAGE, FRAME_HEADER + PAGE):
        number = int.from_bytes(data[at : at + 4], "big")
        page = data[at + FRAME_HEADER : at + FRAME_HEADER + PAGE]
        yield _plain(page, key, first=number == 1)


def _plain(page: bytes, key: bytes, *, first: bool) -> bytes:
    end = PAGE - RESERVED
    vector = page[end : end + 16]
    opener = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return opener.update(page[SALT if first else 0 : end]) + opener.finalize()


def holds(path: Path, key: bytes, phrase: str) -> bool:
    """Does any page hold these words, as written or as the search index cuts them?"""
    wanted = [phrase.encode(), *(word.casefold().encode() for word in phrase.split())]
    return any(each in page for page in plain_pages(path, key) for each in wanted)
