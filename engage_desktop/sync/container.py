"""The files that go from laptop to laptop: bundles, and the snapshots that stand for many.

    magic | length | clear header | one sealed part for each compartment | signature

The header is canonical JSON: a *core* (who, which in order, what came before) and a table of the
parts. The core's hash is repeated inside every part, so that no part can be moved into another
file. The signature (Ed25519, over the SHA-256 of all before it) comes last and is checked first.
A laptop that cannot open a part still verifies every bit of the file and hands it on.
"""

from __future__ import annotations

import hashlib
import re
import struct
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from db.fields import ID
from engage_desktop.sync.canonical import canonical, parse_canonical, sha256
from engage_desktop.sync.cores import (
    BUNDLE,
    COPY,
    FORMAT,
    SNAPSHOT,
    Core,
    count,
    matching,
    read_core,
)
from engage_desktop.sync.errors import refused
from engage_desktop.sync.keys import SigningKey, signature_holds
from engage_desktop.sync.papers import HASH
from engage_desktop.sync.sealing import (
    CHUNK,
    Tick,
    no_tick,
    open_lines,
    plain_is_believable,
    seal_lines,
)

MAGIC = {
    BUNDLE: b"ENGAGE-BUNDLE\n",
    SNAPSHOT: b"ENGAGE-SNAPSHOT\n",
    COPY: b"ENGAGE-COPY\n",
}
"""What a file of each kind begins with."""

MOST_HEADER = {BUNDLE: 4 << 20, SNAPSHOT: 64 << 20, COPY: 4 << 20}
MOST_FILE = 2 << 30
"""Bytes; what is larger is not even read."""

IN_MEMORY = 8 << 20
"""Sealed bytes held in memory before they go to a temporary file."""

_LENGTH = struct.Struct(">I")
_SIGNATURE = 64
_PURPOSE = {BUNDLE: "bundle 1", SNAPSHOT: "snapshot 1", COPY: "field copy 1"}
_WORD = re.compile(r"[a-z][a-z_]{0,30}")


@dataclass(frozen=True, slots=True)
class PartSource:
    """What goes into one sealed part."""

    compartment: str
    epoch: int
    recipient: str
    lines: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Part:
    """One sealed part of a file that was read."""

    compartment: str
    epoch: int
    length: int
    sha256: str
    plain: int
    offset: int


def write_bundle(
    out: BinaryIO,
    core: Core,
    parts: Sequence[PartSource],
    key: SigningKey,
    *,
    tick: Tick = no_tick,
) -> str:
    """Write the whole file and give its SHA-256. Only sealed bytes ever touch a disk."""
    said = core.as_json()
    core_hash = sha256(canonical(said))
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
        table = []
        for part in parts:
            first = canonical({"core": core_hash, "part": part.compartment}) + b"\n"
            lines = _after(first, part.lines)
            length, digest, plain = seal_lines(lines, body, part.recipient, tick)  # type: ignore[arg-type]
            table.append(
                {
                    "compartment": part.compartment,
                    "epoch": part.epoch,
                    "length": length,
                    "sha256": digest,
                    "plain": plain,
                }
            )
        header = canonical({"core": said, "parts": table})
        whole = hashlib.sha256()
        body.seek(0)
        for piece in _after(MAGIC[core.kind] + _LENGTH.pack(len(header)) + header, _pieces(body)):
            whole.update(piece)
            out.write(piece)
        signature = key.sign(_PURPOSE[core.kind], whole.digest())
        whole.update(signature)
        out.write(signature)
    return whole.hexdigest()


def _after(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _pieces(source: Any) -> Iterator[bytes]:
    return iter(lambda: source.read(CHUNK), b"")


@dataclass(slots=True)
class Bundle:
    """A file that was framed: it says these things, but nothing of it is believed yet.

    Call `verify` with the sender's key before anything else is used.
    """

    kind: str
    team: str
    device: str
    sha256: str
    _digest: bytes
    _signature: bytes
    _header: dict[str, Any]
    _source: BinaryIO
    _body: tuple[int, int]
    _part_hashes: dict[int, str] = field(default_factory=dict)
    core: Core = field(init=False)
    core_hash: str = field(init=False)
    parts: tuple[Part, ...] = field(init=False, default=())

    def verify(self, public: str) -> None:
        """Raise `Refused` unless the sender signed exactly this; then read the header.

        Reasons: signature, newer, header.
        """
        if not signature_holds(public, _PURPOSE[self.kind], self._digest, self._signature):
            raise refused("signature")
        said = self._header["core"]
        if not isinstance(said.get("reader"), int) or said["reader"] > FORMAT:
            raise refused("newer")
        try:
            self.core = read_core(said)
            self.core_hash = sha256(canonical(said))
            self.parts = tuple(_parts(self._header["parts"], *self._body))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise refused("header") from None
        for part in self.parts:
            if not plain_is_believable(part.plain, part.length):
                raise refused("too_big")
            self._check_part(part)

    def _check_part(self, part: Part) -> None:
        digest = hashlib.sha256()
        for piece in _slice(self._source, part.offset, part.length):
            digest.update(piece)
        if digest.hexdigest() != part.sha256:
            raise refused("damaged")

    def lines(self, part: Part, identities: Iterable[str]) -> Iterator[bytes]:
        """The lines of one part. Raises `Refused`: cannot_open, mismatch, unpacks, content."""
        sealed = _Slice(self._source, part.offset, part.length)
        lines = open_lines(sealed, identities, part.plain)  # type: ignore[arg-type]
        wanted = canonical({"core": self.core_hash, "part": part.compartment})
        if next(lines, b"") != wanted:
            raise refused("mismatch")
        yield from lines


def frame(source: BinaryIO, size: int, kind: str = BUNDLE) -> Bundle:
    """Read a file's frame and hash all of it, without believing anything it says.

    `kind` is what the file should be: "bundle" or "snapshot". `source` can seek and stays open as
    long as the bundle is used. Raises `Refused`: empty, too_big, not_ours, cut_short, too_long,
    header.
    """
    if size == 0:
        raise refused("empty")
    if size > MOST_FILE:
        raise refused("too_big")
    source.seek(0)
    magic = MAGIC[kind]
    start = len(magic) + _LENGTH.size
    head = source.read(start)
    if head[: len(magic)] != magic[: len(head)]:
        raise refused("not_ours")
    if len(head) < start:
        raise refused("cut_short")
    (length,) = _LENGTH.unpack(head[len(magic) :])
    if length > MOST_HEADER[kind]:
        raise refused("too_big")
    if start + length + _SIGNATURE > size:
        raise refused("cut_short")
    raw = source.read(length)
    header = _header(raw, kind)
    _fits(header["parts"], size - start - length - _SIGNATURE)
    before, after, signature = _hash_rest(source, head + raw, size)
    body = (start + length, size - _SIGNATURE)
    core = header["core"]
    return Bundle(
        kind, core["team"], core["device"], after, before, signature, header, source, body
    )


def _fits(table: list[Any], room: int) -> None:
    """Tell a file that lacks its end from one that was changed; nothing else is believed."""
    try:
        wanted = sum(count(row["length"]) for row in table)
    except (KeyError, TypeError, ValueError):
        raise refused("header") from None
    if wanted != room:
        raise refused("cut_short" if wanted > room else "too_long")


def _hash_rest(source: BinaryIO, head: bytes, size: int) -> tuple[bytes, str, bytes]:
    """Digest of all before the signature, hash of the whole file, and the signature."""
    digest = hashlib.sha256(head)
    left = size - _SIGNATURE - len(head)
    while left:
        piece = source.read(min(CHUNK, left))
        if not piece:
            raise refused("cut_short")
        digest.update(piece)
        left -= len(piece)
    before = digest.digest()
    signature = source.read(_SIGNATURE)
    if len(signature) < _SIGNATURE:
        raise refused("cut_short")
    digest.update(signature)
    return before, digest.hexdigest(), signature


def _header(raw: bytes, kind: str) -> dict[str, Any]:
    try:
        header = parse_canonical(raw)
        core = header["core"]
        fine = ID.fullmatch(core["team"]) and ID.fullmatch(core["device"])
        if not fine or core["kind"] != kind or not isinstance(header["parts"], list):
            raise ValueError("not such a file's header")
    except (KeyError, TypeError, ValueError):
        raise refused("header") from None
    assert isinstance(header, dict)
    return header


def _parts(table: list[dict[str, Any]], start: int, end: int) -> Iterator[Part]:
    offset = start
    seen = set()
    for row in table:
        part = Part(
            compartment=matching(_WORD, row["compartment"]),
            epoch=count(row["epoch"]),
            length=count(row["length"]),
            sha256=matching(HASH, row["sha256"]),
            plain=count(row["plain"]),
            offset=offset,
        )
        offset += part.length
        if part.compartment in seen or offset > end:
            raise ValueError("the table does not fit the file")
        seen.add(part.compartment)
        yield part
    if offset != end:
        raise ValueError("the table does not fit the file")


class _Slice:
    """A reader over a part of a file; it seeks before each read, so that slices may mix."""

    def __init__(self, source: BinaryIO, offset: int, length: int) -> None:
        self._source = source
        self._at = offset
        self._end = offset + length

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; empty at the end of the part."""
        left = self._end - self._at
        self._source.seek(self._at)
        data = self._source.read(left if size < 0 else min(size, left))
        self._at += len(data)
        return data


def _slice(source: BinaryIO, offset: int, length: int) -> Iterator[bytes]:
    part = _Slice(source, offset, length)
    return iter(lambda: part.read(CHUNK), b"")
