"""What a file says of itself in clear: who made it, which it is in their row, what it follows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from db.fields import ID
from engage_desktop.sync.papers import HASH

BLOB = re.compile(r"blob/[0-9a-f]{2}/([0-9a-f]{64})-([0-9a-f]{64})\.age")
"""A sealed attachment's own name: a keyed digest of what is in it, and the hash of its bytes."""

BUNDLE, SNAPSHOT, COPY = "bundle", "snapshot", "copy"

FORMAT = 1
"""The layout that this version writes, and the newest that it reads."""


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
class Covered:
    """A bundle that a snapshot stands for.

    `prev` is the hash of the one before it in its row, "" for the first; None where the maker was
    not told. A row that a copied laptop went on with divides, so numbers do not tell it.
    """

    device: str
    mark: Mark
    prev: str | None = None


@dataclass(frozen=True, slots=True)
class Core:
    """What a file says of itself in clear.

    A snapshot's `incarnation`, `seq` and `prev` are those of its maker's newest bundle, so that
    it is judged as of then; it names the bundles it `covers` and the `erasures` that were
    carried out in it.
    """

    team: str
    device: str
    incarnation: str
    seq: int
    prev: str = ""  # hash of the bundle before; "" for the first of an incarnation
    deps: tuple[tuple[str, Mark], ...] = ()  # newest bundles of others that the author had
    roster: str = ""
    attachments: tuple[Sealed, ...] = ()
    reader: int = FORMAT  # the least format that a reader must know
    kind: str = BUNDLE
    covers: tuple[Covered, ...] = ()
    erasures: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it stands in the header."""
        more: dict[str, Any] = {}
        if self.kind == SNAPSHOT:
            more = {"covers": _rows_of(self.covers), "erasures": sorted(self.erasures)}
        return more | {
            "kind": self.kind,
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


def read_core(said: dict[str, Any]) -> Core:
    """The core of a header. Raises `KeyError`, `TypeError`, `ValueError` for any other."""
    deps = tuple(
        (matching(ID, device), Mark(matching(ID, inc), count(seq), matching(HASH, sha)))
        for device, inc, seq, sha in said["deps"]
    )
    sealed = tuple(_sealed(name, sha, size) for name, sha, size in said["attachments"])
    prev = said["prev"]
    core = Core(
        team=matching(ID, said["team"]),
        device=matching(ID, said["device"]),
        incarnation=matching(ID, said["incarnation"]),
        seq=count(said["seq"]),
        prev=prev if prev == "" else matching(HASH, prev),
        deps=deps,
        roster=text(said["roster"]),
        attachments=sealed,
        reader=count(said["reader"]),
        kind=said["kind"],
        covers=tuple(_covered(said["covers"])) if said["kind"] == SNAPSHOT else (),
        erasures=tuple(map(text, said["erasures"])) if said["kind"] == SNAPSHOT else (),
    )
    if core.kind == BUNDLE and core.seq < 1:
        raise ValueError("numbers start at one")
    return core


def _sealed(name: object, sha: object, size: object) -> Sealed:
    """An attachment under its own name, which tells its hash: what one file says of it must not
    keep the one that another speaks of from being found."""
    known = BLOB.fullmatch(name) if isinstance(name, str) else None
    if known is None or known[2] != sha:
        raise ValueError("not an attachment's own name")
    return Sealed(known[0], known[2], count(size))


def _rows_of(covers: Iterable[Covered]) -> dict[str, dict[str, list[list[Any]]]]:
    """Laptop -> incarnation -> [number, hash, which it follows], in order.

    It follows the one before it in the list (1), none (""), or another one (its hash); where that
    is not known the third is left out.
    """
    rows: dict[str, dict[str, list[list[Any]]]] = {}
    for item in sorted(covers, key=lambda c: (c.device, c.mark.incarnation, c.mark.seq, str(c))):
        row = rows.setdefault(item.device, {}).setdefault(item.mark.incarnation, [])
        follows: list[Any] = []
        if item.prev is not None:
            follows = [1 if row and row[-1][1] == item.prev else item.prev]
        row.append([item.mark.seq, item.mark.sha256, *follows])
    return rows


def _covered(rows: dict[str, dict[str, list[list[Any]]]]) -> Iterator[Covered]:
    for device, incarnations in rows.items():
        for incarnation, row in incarnations.items():
            matching(ID, device), matching(ID, incarnation)
            before = ""
            for seq, sha, *follows in row:
                mark = Mark(incarnation, count(seq), matching(HASH, sha))
                yield Covered(device, mark, _before(follows, before))
                before = mark.sha256


def _before(follows: list[Any], before: str) -> str | None:
    match follows:
        case []:
            return None
        case [1] if before:
            return before
        case [""]:
            return ""
        case [sha]:
            return matching(HASH, sha)
    raise ValueError("not a place in a row")


def matching(pattern: re.Pattern[str], value: object) -> str:
    """The text that has this form. Raises `ValueError` for anything else."""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError("not of the right form")
    return value


def text(value: object) -> str:
    """Text. Raises `ValueError` for anything else."""
    if not isinstance(value, str):
        raise ValueError("not text")
    return value


def count(value: object) -> int:
    """A whole number from 0 to 2^53 - 1. Raises `ValueError` for anything else."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 53:
        raise ValueError("not a count")
    return value
