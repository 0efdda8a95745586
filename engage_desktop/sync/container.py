"""The file that goes from laptop to laptop.

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

from engage_desktop.sync.canonical import canonical, parse_canonical, sha256
from engage_desktop.sync.errors import refused
from engage_desktop.sync.keys import SigningKey, signature_holds
from engage_desktop.sync.sealing import (
    CHUNK,
    Tick,
    no_tick,
    open_lines,
    plain_is_believable,
    seal_lines,
)

MAGIC = b"ENGAGE-BUNDLE\n"
FORMAT = 1
"""The layout that this version writes, and the newest that it reads."""

MOST_HEADER = 4 << 20
MOST_FILE = 2 << 30
"""Bytes; what is larger is not even read."""

IN_MEMORY = 8 << 20
"""Sealed bytes held in memory before they go to a temporary file."""

_LENGTH = struct.Struct(">I")
_SIGNATURE = 64
_PURPOSE = "bundle 1"
_ID = re.compile(r"[0-9a-f]{32}")
_HASH = re.compile(r"[0-9a-f]{64}")
_WORD = re.compile(r"[a-z][a-z_]{0,30}")


@dataclass(frozen=True, slots=True)
class Sealed:
    """An attachment that a bundle speaks of: where it lies, and the hash of its ciphertext."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Mark:
    """One bundle in a laptop's row: its number in an incarnation and its file's hash."""

    incarnation: str
    seq: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Core:
    """What a bundle says of itself in clear."""

    team: str
    device: str
    incarnation: str
    seq: int
    prev: str = ""  # hash of the bundle before; "" for the first of an incarnation
    deps: tuple[tuple[str, Mark], ...] = ()  # newest bundles of others that the author had
    roster: str = ""
    attachments: tuple[Sealed, ...] = ()
    reader: int = FORMAT  # the least format that a reader must know

    def as_json(self) -> dict[str, Any]:
        """As it stands in the header."""
        return {
            "kind": "bundle",
            "format": FORMAT,
            "reader": self.reader,
            "team": self.team,
            "device": self.device,
            "incarnation": self.incarnation,
            "seq": self.seq,
            "prev": self.prev,
            "deps": [[d, m.incarnation, m.seq, m.sha256] for d, m in sorted(self.deps, key=str)],
            "roster": self.roster,
            "attachments": [[a.name, a.sha256, a.size] for a in self.attachments],
        }


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
        for piece in _after(MAGIC + _LENGTH.pack(len(header)) + header, _pieces(body)):
            whole.update(piece)
            out.write(piece)
        signature = key.sign(_PURPOSE, whole.digest())
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
        if not signature_holds(public, _PURPOSE, self._digest, self._signature):
            raise refused("signature")
        said = self._header["core"]
        if not isinstance(said.get("reader"), int) or said["reader"] > FORMAT:
            raise refused("newer")
        try:
            self.core = _core(said)
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

    def lines(self, part: Part, identity: str) -> Iterator[bytes]:
        """The lines of one part. Raises `Refused`: cannot_open, mismatch, unpacks, content."""
        sealed = _Slice(self._source, part.offset, part.length)
        lines = open_lines(sealed, identity, part.plain)  # type: ignore[arg-type]
        wanted = canonical({"core": self.core_hash, "part": part.compartment})
        if next(lines, b"") != wanted:
            raise refused("mismatch")
        yield from lines


def frame(source: BinaryIO, size: int) -> Bundle:
    """Read a file's frame and hash all of it, without believing anything it says.

    `source` can seek and stays open as long as the bundle is used. Raises `Refused`: empty,
    too_big, not_ours, cut_short, too_long, header.
    """
    if size == 0:
        raise refused("empty")
    if size > MOST_FILE:
        raise refused("too_big")
    source.seek(0)
    start = len(MAGIC) + _LENGTH.size
    head = source.read(start)
    if head[: len(MAGIC)] != MAGIC[: len(head)]:
        raise refused("not_ours")
    if len(head) < start:
        raise refused("cut_short")
    (length,) = _LENGTH.unpack(head[len(MAGIC) :])
    if length > MOST_HEADER:
        raise refused("too_big")
    if start + length + _SIGNATURE > size:
        raise refused("cut_short")
    raw = source.read(length)
    header = _header(raw)
    _fits(header["parts"], size - start - length - _SIGNATURE)
    before, after, signature = _hash_rest(source, head + raw, size)
    body = (start + length, size - _SIGNATURE)
    core = header["core"]
    return Bundle(core["team"], core["device"], after, before, signature, header, source, body)


def _fits(table: list[Any], room: int) -> None:
    """Tell a file that lacks its end from one that was changed; nothing else is believed."""
    try:
        wanted = sum(_count(row["length"]) for row in table)
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


def _header(raw: bytes) -> dict[str, Any]:
    try:
        header = parse_canonical(raw)
        core = header["core"]
        fine = _ID.fullmatch(core["team"]) and _ID.fullmatch(core["device"])
        if not fine or core["kind"] != "bundle" or not isinstance(header["parts"], list):
            raise ValueError("not a bundle's header")
    except (KeyError, TypeError, ValueError):
        raise refused("header") from None
    assert isinstance(header, dict)
    return header


def _core(said: dict[str, Any]) -> Core:
    deps = tuple(
        (_match(_ID, device), Mark(_match(_ID, inc), _count(seq), _match(_HASH, sha)))
        for device, inc, seq, sha in said["deps"]
    )
    sealed = tuple(
        Sealed(_text(name), _match(_HASH, sha), _count(size))
        for name, sha, size in said["attachments"]
    )
    prev = said["prev"]
    core = Core(
        team=_match(_ID, said["team"]),
        device=_match(_ID, said["device"]),
        incarnation=_match(_ID, said["incarnation"]),
        seq=_count(said["seq"]),
        prev=prev if prev == "" else _match(_HASH, prev),
        deps=deps,
        roster=_text(said["roster"]),
        attachments=sealed,
        reader=_count(said["reader"]),
    )
    if core.seq < 1:
        raise ValueError("numbers start at one")
    return core


def _parts(table: list[dict[str, Any]], start: int, end: int) -> Iterator[Part]:
    offset = start
    seen = set()
    for row in table:
        part = Part(
            compartment=_match(_WORD, row["compartment"]),
            epoch=_count(row["epoch"]),
            length=_count(row["length"]),
            sha256=_match(_HASH, row["sha256"]),
            plain=_count(row["plain"]),
            offset=offset,
        )
        offset += part.length
        if part.compartment in seen or offset > end:
            raise ValueError("the table does not fit the file")
        seen.add(part.compartment)
        yield part
    if offset != end:
        raise ValueError("the table does not fit the file")


def _match(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError("not of the right form")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not text")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 53:
        raise ValueError("not a count")
    return value


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
