"""What the steps of one sync share: the store, the place, what is kept here, and the receipt."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from db.blobs import Blobs
from db.errors import Cancelled, DiskFull, KnownError, ReadOnly
from db.files import sync_folder
from db.store import Store
from engage_desktop.sync.books import Books
from engage_desktop.sync.container import IN_MEMORY, MOST_FILE
from engage_desktop.sync.cores import BLOB, Mark
from engage_desktop.sync.errors import MISNAMED, Refused, refused
from engage_desktop.sync.place import CHUNK, Entry, LocalPlace, Place
from engage_desktop.sync.team import Membership

Progress = Callable[[str, int, int], None]


def quiet(words: str, done: int, total: int) -> None:
    """Nobody watches how far it is."""


"""Told the present step in words, and how many of how many are done."""

CANONICAL = re.compile(r"(?:.*/)?(?:\d{8,}-([0-9a-f]{64})\.bundle|([0-9a-f]{64})\.snapshot)")
"""The own name of a bundle or snapshot ends in its hash."""

LITTER = re.compile(r"(?i)(\..*|~.*|desktop\.ini|thumbs\.db|ehthumbs\.db|icon\r)")
"""What operating systems leave everywhere."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Files of one laptop that are known to exist and have not come."""

    device: str
    officer: str
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """A laptop that is waited for: for how many days it lacked the newest history, as seen from
    here, and how many erasures in it that laptop has not confirmed."""

    officer: str
    days: int
    erasures: int


MOST_NUMBERS = 6
"""Numbers of deliveries that a sentence names."""


def delivery_words(missing: Sequence[int], officer: str) -> str:
    """Files that have not come, as a person says it: "delivery 17 from Sam’s laptop"."""
    numbers = ", ".join(f"{n:,}" for n in missing[:MOST_NUMBERS])
    left = len(missing) - MOST_NUMBERS
    more = f" and {left:,} more" if left > 0 else ""
    noun = "delivery" if len(missing) == 1 else "deliveries"
    whose = f"{officer}’s laptop" if officer else "a laptop not known yet"
    return f"{noun} {numbers}{more} from {whose}"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A file that was not used, and why: `code` for machines, `reason` for people."""

    file: str
    reason: str
    code: str


@dataclass(slots=True)
class SyncReceipt:
    """What one sync did. `sent` and `received` count changes of records, `team_sent` and
    `team_received` those of who is in the team; `conflicts` are those open now."""

    sent: int = 0
    received: int = 0
    team_sent: int = 0
    team_received: int = 0
    conflicts: int = 0
    waiting: list[Waiting] = field(default_factory=list)
    quarantined: list[SetAside] = field(default_factory=list)
    from_whom: dict[str, int] = field(default_factory=dict)
    attachments_sent: int = 0
    attachments_received: int = 0
    attachments_missing: int = 0
    passed_on: int = 0
    not_holding: list[str] = field(default_factory=list)
    behind: list[Behind] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    at_ms: int = 0

    def as_json(self) -> dict[str, Any]:
        """For machines; `waiting` names the laptop, its officer and the missing numbers."""
        value = asdict(self)
        value["waiting"] = [{**w, "missing": list(w["missing"])} for w in value["waiting"]]
        return value

    def in_words(self) -> list[str]:
        """What a person should know beyond the counts, a sentence each."""
        found = []
        for item in self.waiting:
            found.append(f"Waiting for {delivery_words(item.missing, item.officer)}.")
        for aside in self.quarantined:
            what = "Misnamed" if aside.code == MISNAMED else "Set aside, and nothing in it used"
            found.append(f"{what}: {aside.file}. {aside.reason}")
        if self.attachments_missing:
            count = self.attachments_missing
            found.append(
                "One attachment has not arrived yet."
                if count == 1
                else f"{count:,} attachments have not arrived yet."
            )
        return found + self.notes

    def set_aside(self, name: str, error: Refused) -> None:
        """Name a file that was not used."""
        self.quarantined.append(SetAside(name, error.sentence, error.code))


@dataclass(slots=True)
class Work:
    """One run of a sync. `keep` is this laptop's own copy of every sealed file."""

    store: Store
    blobs: Blobs
    place: Place
    keep: LocalPlace
    mine: Membership
    books: Books
    receipt: SyncReceipt
    progress: Progress
    cancelled: Callable[[], bool]
    own_from_elsewhere: list[Mark] = field(default_factory=list)
    frozen: dict[str, int] = field(default_factory=dict)
    """Own files that this run made, by hash, and how many changes are in each."""
    again: set[str] = field(default_factory=set)
    """Files to read again, though they were taken in: see `reading_again`."""
    read_again: set[str] = field(default_factory=set)
    """Snapshots that were read again for them."""
    came_from: set[str] = field(default_factory=set)
    """Laptops of which this run took files in."""
    altered: set[str] = field(default_factory=set)
    """Files under whose names the place holds something else."""
    gone: set[str] = field(default_factory=set)
    """Files that the place held before, and holds no more."""
    histories: dict[str, str] = field(default_factory=dict)
    """Snapshots that lie whole in the place: name -> hash."""
    broken: list[str] = field(default_factory=list)
    """Names of files that were altered or are gone in the place, and are damaged here too."""

    def pause(self) -> None:
        """Between two files: stop here when the person asked for it. Raises `Cancelled`."""
        if self.cancelled():
            raise Cancelled(
                "Stopped. What was sent and received so far is kept; the next time goes on from "
                "there."
            )

    def erased(self) -> list[str]:
        """Ids of the erasures that were carried out in this store."""
        return sorted(self.store.confirmed_erasures())

    def tick(self, done: int) -> None:
        """Inside a large file."""
        self.pause()

    def spool(self) -> BinaryIO:
        """A temporary file for sealed bytes, in memory while it is small."""
        folder = str(self.keep.folder) if self.keep.folder.is_dir() else None
        return cast(BinaryIO, tempfile.SpooledTemporaryFile(IN_MEMORY, dir=folder))

    def fetch(self, source: Place, entry: Entry) -> tuple[BinaryIO, str, int]:
        """A file's bytes, copied so that nobody can change them while they are checked.

        Its SHA-256 and its size. Raises `Refused`: its problem, empty, too_big, vanished.
        """
        return copied(source, entry, self.spool(), self.pause)


def copied(
    source: Place, entry: Entry, out: BinaryIO, pause: Callable[[], None]
) -> tuple[BinaryIO, str, int]:
    """Copy a file into `out`, counting and hashing. Raises `Refused`; `out` is closed then."""
    digest = hashlib.sha256()
    size = 0
    try:
        if entry.problem:
            raise refused(entry.problem)
        if entry.size == 0:
            raise refused("empty")
        if entry.size > MOST_FILE:
            raise refused("too_big")
        with source.open(entry.name) as file:
            while chunk := file.read(CHUNK):
                pause()
                size += len(chunk)
                if size > MOST_FILE:
                    raise refused("too_big")
                digest.update(chunk)
                out.write(chunk)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return out, digest.hexdigest(), size


def bundle_name(device: str, seq: int, sha256: str) -> str:
    """Where a bundle lies in a place."""
    return f"b/{device}/{seq:08d}-{sha256}.bundle"


def has_attachment(work: Work, digest: str) -> bool:
    """Are an attachment's contents here? True for what is no digest: nothing to look for."""
    with contextlib.suppress(KnownError):
        return work.blobs.has(digest)
    return True


def named_hash(name: str) -> str:
    """The hash in a file's own name; "" for a name that somebody else gave it."""
    match = CANONICAL.fullmatch(name)
    return match[1] or match[2] if match else ""


def files(place: Place, under: str) -> Iterator[Entry]:
    """Every file below a folder, without what operating systems leave everywhere."""
    for entry in place.entries(under):
        if not LITTER.fullmatch(entry.name.rpartition("/")[2]) or entry.problem:
            yield entry


def keep_place(folder: Path, device: str) -> LocalPlace:
    """This laptop's own copy of what was exchanged, made if it is not there."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)  # or a power cut takes all that is kept, files and folder
    return LocalPlace(folder, owner=device[:8], words=_kept_words)


def _kept_words(error: OSError, folder: Path) -> KnownError:
    """Trouble with this laptop's own disk."""
    rest = "Nothing was lost; the next try goes on from where this stopped."
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskFull(f"This laptop's disk is full. {rest} Make room on it first.")
    return ReadOnly(f"The workspace's folder {folder} cannot be read or written. {rest}")


__all__ = [
    "BLOB",
    "Progress",
    "SetAside",
    "SyncReceipt",
    "Waiting",
    "Work",
    "bundle_name",
    "copied",
    "delivery_words",
    "files",
    "has_attachment",
    "keep_place",
    "named_hash",
]
