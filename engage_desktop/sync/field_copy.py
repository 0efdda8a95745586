"""A field copy: one event and its people, in one locked file, for one laptop that goes out.

`ENGAGE-FIELD-COPY\\n`, four bytes of length, a box sealed under a code, then what the box tells the
hash and size of: the history of the records that `field_scope` names, signed by the admin's laptop
that made it, and their attachments. Both are sealed to a key that lies in the box alone.

The box holds an invitation of the role "field": no key of any compartment, so that the laptop opens
nothing of the shared folder, not even what it sent itself. Of the team's common keys it holds the
one for records only where attachments come along, whose names are made with it; this role imports
nothing, and so makes no ids by it. It seals no attachment, and has a key of its own for their
names.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import struct
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, cast

from db.blobs import Blobs
from db.clock import system_random
from db.connection import known_errors
from db.errors import InvalidInput
from db.keys import KdfCost, new_code
from db.pages import Item
from db.store import RECORD_KEY, Store
from engage_desktop.leaving import check_free, check_target, leaving
from engage_desktop.sync.books import Books
from engage_desktop.sync.container import IN_MEMORY, Bundle, PartSource, frame, write_bundle
from engage_desktop.sync.cores import COPY, Core
from engage_desktop.sync.entries import LONGEST_NAME
from engage_desktop.sync.errors import BadInvitation, Refused, refused
from engage_desktop.sync.field_register import MADE
from engage_desktop.sync.field_scope import EVENT, TAKEN, Scope, scope_of
from engage_desktop.sync.fitting import fits
from engage_desktop.sync.invite import (
    MOST_INVITATION,
    opened_box,
    read_invitation,
    sealed_box,
    write_invitation,
)
from engage_desktop.sync.keys import Randomness, age_recipient, new_age_identity
from engage_desktop.sync.place import CHUNK
from engage_desktop.sync.receiving import Piped
from engage_desktop.sync.rights import VOUCHED
from engage_desktop.sync.roles import FIELD
from engage_desktop.sync.sealing import seal_stream
from engage_desktop.sync.sending import digest_of
from engage_desktop.sync.snapshot_lines import read_items, write_items
from engage_desktop.sync.team import (
    DAY_MS,
    LONGEST_DAYS,
    Membership,
    check_admin,
    create_invite,
    create_team,
    join_team,
    membership,
)

MAGIC = b"ENGAGE-FIELD-COPY\n"
SUFFIX = ".fieldcopy"
NAME = "field copy"
USUAL_DAYS = 7
"""How long a copy lasts where the event has no day, or is over."""

MAKING = "sync.copy_making"
"""Setting while a copy is written: of which event, and the hash of its box."""

LEAST_CODE = 8
HELD = "sync.field_copy"
"""Setting of a laptop that holds a copy: the event, and who made it when."""

_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Made:
    """A copy that was written: what it holds of each kind, until when, and its code.

    `absent` counts attachments that had not come to this laptop yet.
    """

    event: str
    title: str
    officer: str
    last_day: dt.date
    records: dict[str, int]
    attachments: int
    absent: int
    code: str


def is_field_copy(path: Path) -> bool:
    """Does a file begin as a field copy does? False where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


# -- making ------------------------------------------------------------------------------------


def make_field_copy(
    store: Store,
    blobs: Blobs,
    event: str,
    path: Path,
    *,
    last_day: dt.date | None = None,
    officer: str = "",
    code: str | None = None,
    replace_file: bool = False,
    cost: KdfCost | None = None,
    randomness: Randomness = system_random,
) -> Made:
    """Write the copy of one event for one laptop; `officer` is who takes it, for the register.

    Without a `code` one is made. The last day is the event's own, or a week from now where that
    has passed or is not known. `replace_file` lets it take the place of another file; one of the
    same event whose making was cut off gives way unasked. Raises `NotAllowed` unless this is an
    admin's laptop, `NotFound`, `InvalidInput`, and `FileThere`.
    """
    check_target(path, sealed=True)
    if not replace_file:
        _check_free(store, event, path)
    if code is not None and len(code) < LEAST_CODE:
        raise InvalidInput(
            f"The code is too short: it needs at least {LEAST_CODE} characters. Nothing was made."
        )
    if len(officer) > LONGEST_NAME or not officer.isprintable():
        raise InvalidInput(
            f"An officer’s name is one line of up to {LONGEST_NAME} characters. Nothing was made."
        )
    mine = create_team(store, randomness=randomness)
    check_admin(mine, "make a field copy")
    scope = scope_of(store, event)
    record = store.get(EVENT, event)
    until = _last_day(store, getattr(record, "date", None), last_day)
    identity = new_age_identity()
    items = list(store.counting_ops(scope.records, TAKEN))
    code = code or new_code(randomness)
    with _spool() as out:
        sha = _write_history(store, mine, items, age_recipient(identity), out)
        held = out.tell()
        files, absent = _write_files(blobs, items, age_recipient(identity), out)
        box, join = _box(store, mine, scope, until, randomness, keyed=bool(files))
        body = {
            "field_copy": 1,
            "event": event,
            "officer": officer,
            "made_ms": store.now(),
            "invitation": box,
            "identity": identity,
            "history": [sha, held],
            "files": files,
            "vouched": _vouched(store, items),
        }
        locked = sealed_box(NAME, body, code, randomness, cost)
        out.seek(0)
        making = {"event": event, "box": hashlib.sha256(locked).hexdigest()}
        store.set_setting(MAKING, making)
        with leaving(path, private=True, sealed=True) as file:
            file.write(MAGIC + _LENGTH.pack(len(locked)) + locked)
            while chunk := out.read(CHUNK):
                file.write(chunk)
    made = Made(
        event, record.title, officer, until, scope.counts(), len(files), absent, code
    )  # fmt: skip
    said = {"event": event, "officer": officer, "ms": store.now(), "until": until.isoformat()}
    with store.bookkeeping():
        store.set_setting(MADE, {**store.get_setting(MADE, {}), join: said})
        store.set_setting(MAKING, None)
    return made


def _check_free(store: Store, event: str, path: Path) -> None:
    """Raise `FileThere` for a file that is not what a killed run left of this event's copy.

    Such a file is whole, but its code was never told and no register knows it.
    """
    if not os.path.lexists(path):
        return
    making = store.get_setting(MAKING) or {}
    if making.get("event") == event and making.get("box") == _box_in(path):
        return
    found = "is a field copy already" if is_field_copy(path) else "is there already"
    check_free(path, found=found, sealed=True)


def _box_in(path: Path) -> str:
    """The hash of the locked box that a field copy begins with; "" where it is none."""
    try:
        with path.open("rb") as file:
            head = file.read(len(MAGIC) + _LENGTH.size)
            if head[: len(MAGIC)] != MAGIC or len(head) < len(MAGIC) + _LENGTH.size:
                return ""
            (length,) = _LENGTH.unpack(head[len(MAGIC) :])
            box = file.read(length) if length <= MOST_INVITATION else b""
    except OSError:
        return ""
    return hashlib.sha256(box).hexdigest()


def _last_day(store: Store, day: object, wanted: dt.date | None) -> dt.date:
    today = dt.datetime.fromtimestamp(store.now() / 1000, dt.UTC).astimezone().date()
    if wanted is not None and wanted < today:
        raise InvalidInput("The last day has passed already. Nothing was made. Name a later one.")
    if wanted is not None:
        return wanted
    if isinstance(day, dt.date) and day >= today:
        return day
    return today + dt.timedelta(days=USUAL_DAYS)


def _box(
    store: Store, mine: Membership, scope: Scope, until: dt.date,
    randomness: Randomness, *, keyed: bool,
) -> tuple[str, str]:  # fmt: skip
    """An invitation for the copy's laptop, with what it may hold and no more; and its key."""
    ends = dt.datetime.combine(until, dt.time()).timestamp() * 1000
    days = max(1, min(LONGEST_DAYS, 1 + int((ends - store.now()) // DAY_MS) + 1))
    usual = create_invite(
        store, role=FIELD, days=days, last_day=until, event=scope.event, randomness=randomness
    )
    invitation = replace(
        read_invitation(usual, None),
        record_key=(store.get_secret(RECORD_KEY) or b"") if keyed else randomness(32),
        blob_key=randomness(32),
    )
    join = str(invitation.certificate["body"]["join"])
    return write_invitation(invitation, None, randomness).decode(), join


def _write_history(
    store: Store, mine: Membership, items: list[Item], to: str, out: BinaryIO
) -> str:
    position = Books(store).position()
    core = Core(
        team=mine.team.id,
        device=store.device,
        incarnation=position.incarnation,
        seq=position.seq,
        prev=position.sha256,
        roster=mine.roster.head,
        kind=COPY,
    )
    parts = []
    for name in TAKEN:
        those = [item for item in items if item[1].compartment == name]
        parts.append(PartSource(name, 1, to, write_items(those)))
    return write_bundle(out, core, parts, mine.sign)


def _write_files(
    blobs: Blobs, items: Iterable[Item], to: str, out: BinaryIO
) -> tuple[list[list[Any]], int]:
    """Seal the attachments one after the other: [digest, hash, size] each; how many are absent."""
    digests = sorted({digest for _, op, _ in items if (digest := digest_of(op))})
    here = [digest for digest in digests if blobs.has(digest)]
    files = []
    for digest in here:
        size, sha = seal_stream(blobs.read(digest), out, to)
        files.append([digest, sha, size])
    return files, len(digests) - len(here)


def _vouched(store: Store, items: Iterable[Item]) -> dict[str, list[Any]]:
    """Every file of these ops' authors that was taken in here, for judging who had which right."""
    authors = {head.device for head, _, _ in items}
    return {
        sha: [note["device"], int(note["seq"]), *([note["prev"]] if "prev" in note else [])]
        for sha, note in Books(store).all_taken().items()
        if note["device"] in authors
    }


# -- taking ------------------------------------------------------------------------------------


def take_field_copy(
    store: Store,
    blobs: Blobs,
    path: Path,
    code: str | None,
    *,
    randomness: Randomness = system_random,
) -> Membership:
    """Join the team with this new workspace and take in what the copy holds.

    All of the file is checked before anything is changed. Raises `BadInvitation`, `NotThere`.
    """
    try:
        with known_errors(path.name), path.open("rb") as file:
            return _take(store, blobs, file, code, randomness)
    except Refused as error:
        raise BadInvitation(
            f"This field copy cannot be used. {error.sentence} Ask for another one."
        ) from error


@dataclass(frozen=True, slots=True)
class _Told:
    """What the box says: who may join, and what follows it in the file."""

    event: str
    ms: int
    invitation: bytes
    identity: str
    vouched: dict[str, list[Any]]
    history: tuple[str, int]
    files: list[tuple[str, str, int]]


def _take(
    store: Store, blobs: Blobs, file: BinaryIO, code: str | None, randomness: Randomness
) -> Membership:
    told = _opened(file, code)
    with _spool() as history:
        _check(file, *told.history, history)
        start = file.tell()
        for _, sealed, size in told.files:
            _check(file, sealed, size)
        if file.read(1):
            raise _damaged()
        mine = join_team(store, told.invitation, randomness=randomness)
        bundle = _signed(mine, history, told.history[1])
        with store.bookkeeping():
            store.set_setting(VOUCHED, told.vouched)
            store.set_setting(HELD, {"event": told.event, "by": bundle.device, "ms": told.ms})
        store.load(_items(store, bundle, told.identity))
    for digest, _, size in told.files:
        file.seek(start)
        start += size
        with Piped(cast(BinaryIO, _Part(file, size)), [told.identity]) as plain:
            found, _ = blobs.put(cast(BinaryIO, plain))
        if found != digest:
            raise refused("damaged")
    return membership(store)


class _Part:
    """The next bytes of a file, and no more of it."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = size

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, never more at once than a chunk; empty at the end of the part."""
        data = self._file.read(min(size if size >= 0 else CHUNK, CHUNK, self._left))
        self._left -= len(data)
        return data


def _opened(file: BinaryIO, code: str | None) -> _Told:
    """Open the box at the beginning of the file, and leave the file behind it."""
    head = file.read(len(MAGIC) + _LENGTH.size)
    if head[: len(MAGIC)] != MAGIC or len(head) < len(MAGIC) + _LENGTH.size:
        raise _damaged()
    (length,) = _LENGTH.unpack(head[len(MAGIC) :])
    box = file.read(length) if length <= MOST_INVITATION else b""
    if len(box) != length or not box:
        raise _damaged()
    body = opened_box(NAME, box, code)
    try:
        return _Told(
            str(body["event"]),
            int(body["made_ms"]),
            str(body["invitation"]).encode(),
            str(body["identity"]),
            dict(body["vouched"]),
            (str(body["history"][0]), int(body["history"][1])),
            [(str(digest), str(sha), int(size)) for digest, sha, size in body["files"]],
        )
    except (KeyError, TypeError, ValueError, IndexError):
        raise _damaged() from None


def _signed(mine: Membership, history: BinaryIO, size: int) -> Bundle:
    """The history, verified as the word of the admin who also certified the invitation."""
    bundle = frame(history, size, COPY)
    maker = mine.roster.members.get(bundle.device)
    if bundle.team != mine.team.id or maker is None or maker.role != "admin":
        raise refused("not_admin")
    bundle.verify(maker.sign)
    return bundle


def _items(store: Store, bundle: Bundle, identity: str) -> Iterator[Item]:
    for part in bundle.parts:
        if part.compartment not in TAKEN:
            raise refused("content")
        for head, op, source in read_items(bundle.lines(part, [identity]), part.compartment):
            if not fits(store.registry, op):
                raise refused("content")
            yield head, op, source


def _check(file: BinaryIO, sha: str, size: int, out: BinaryIO | None = None) -> None:
    digest, left = hashlib.sha256(), size
    while left > 0:
        chunk = file.read(min(CHUNK, left))
        if not chunk:
            raise _damaged()
        left -= len(chunk)
        digest.update(chunk)
        if out is not None:
            out.write(chunk)
    if digest.hexdigest() != sha:
        raise _damaged()


def _spool() -> BinaryIO:
    """Sealed bytes, in memory while they are few."""
    return cast(BinaryIO, tempfile.SpooledTemporaryFile(IN_MEMORY))


def _damaged() -> BadInvitation:
    return BadInvitation(
        "This file is not a field copy, or it was cut or damaged on the way. Nothing was made. Ask "
        "the colleague who made it to give it again."
    )


__all__ = [
    "HELD",
    "SUFFIX",
    "Made",
    "is_field_copy",
    "make_field_copy",
    "take_field_copy",
]
