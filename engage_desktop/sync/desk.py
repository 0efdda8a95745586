"""Sending and receiving as the window and the command line both do it, and what they show of it."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from db.changes import BIN, Conflict
from db.errors import InvalidInput
from db.fields import FieldType, Spec
from db.reader import Reader
from db.standing import AsideOp, Verdict
from db.store import Store
from engage_desktop.leaving import check_free, leaving
from engage_desktop.plain import moment_words
from engage_desktop.queries.standing import standing
from engage_desktop.queries.versions import field_words, undecided_count
from engage_desktop.readings import is_confidential
from engage_desktop.records.values import told
from engage_desktop.sync.authority import REASONS
from engage_desktop.sync.engine import LAST, sync_once
from engage_desktop.sync.invite import OFFERED
from engage_desktop.sync.place import Place
from engage_desktop.sync.remote.address import is_address, parse_address
from engage_desktop.sync.remote.base import PAUSES, RemotePlace
from engage_desktop.sync.remote.book import opened_place
from engage_desktop.sync.stick import receive_file, send_file
from engage_desktop.sync.team import create_invite, has_team, membership
from engage_desktop.sync.team_asking import note_requests
from engage_desktop.sync.work import Progress, SyncReceipt, quiet
from engage_desktop.workspace import Workspace

FOLDER = "window.shared_folder"
BY_ITSELF = "window.exchange_by_itself"
"""Setting: send and receive when the shared folder appears."""
RECEIPTS = "window.sync_receipts"
KEEP = "sync"
MOST_RECEIPTS = 50
MOST_ASIDE = 200
"""Changes that do not count, listed at most; the newest of them."""
LEAST_CODE = 8
"""Characters of a code that locks an invitation."""

_ASK = "It stays on this laptop, to be read. Ask an admin."
_AGAIN = "It stays on this laptop, to be read."
_BY_ITSELF = "Nothing is lost: it counts by itself then. Send and receive now and again."
OWN: dict[str, tuple[str, str]] = {
    "role": (
        "Your role does not allow this, or does no more.",
        f"{_AGAIN} Ask an admin for another role, and do it again then.",
    ),
    "revoked": (
        "This laptop had been taken out of the team.",
        f"{_AGAIN} Ask an admin to let you in again, and key it in again then.",
    ),
    "stranger": (
        "This laptop was not let in to the team.",
        f"{_AGAIN} Ask an admin to let you in.",
    ),
    "compartment": ("It lies among records of another kind of confidence.", _ASK),
    "not_lead": (
        "You change only records that name you as the lead.",
        f"{_AGAIN} Ask who leads it to change it, or to name you as the lead.",
    ),
    "not_creator": (
        "You change only what was keyed in on this laptop.",
        f"{_AGAIN} Ask a colleague at the office to change it.",
    ),
    "expired": (
        "It was written after your last day.",
        f"{_AGAIN} Ask an admin for a later last day, and key it in again then.",
    ),
    "held": ("It waits until an admin invites this laptop anew.", _BY_ITSELF),
    "roster": ("It waits for word of who is in the team.", _BY_ITSELF),
    "evidence": ("It waits for the change that gave you the right to it.", _BY_ITSELF),
}
"""Of one's own change: why it does not count, and what to do."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the team."""

    officer: str
    role: str
    here: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A field that holds two versions, with everything that the card shows."""

    conflict: Conflict
    kind_label: str
    field_label: str
    shown: tuple[str, ...]
    spec: Spec | None


@dataclass(frozen=True, slots=True)
class Aside:
    """A change that does not count, or not yet: what, whose, when and why not, in words.

    Of one that was made here, `own`, it also says what to `do`.
    """

    what: str
    whose: str
    why: str
    waits: bool
    own: bool = False
    do: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """How this laptop stands towards its colleagues."""

    folder: str
    to_send: int
    as_of_ms: int
    last: dict[str, Any] | None
    receipts: tuple[dict[str, Any], ...]
    undecided: int
    members: tuple[Member, ...]
    aside: tuple[Aside, ...] = ()
    by_itself: bool = True
    offered: str = ""


def offered_place(store: Store) -> str:
    """The server's address that the invitation told; "" once something is shared through."""
    return "" if store.get_setting(FOLDER, "") else str(store.get_setting(OFFERED, ""))


def look(store: Store, reader: Reader) -> Exchange:
    """Everything the page shows. For a task."""
    stands = standing(reader)
    return Exchange(
        folder=str(store.get_setting(FOLDER, "")),
        to_send=stands.to_send,
        as_of_ms=stands.last_ms,
        last=store.get_setting(LAST),
        receipts=receipts(store),
        undecided=undecided_count(reader),
        members=members(store),
        aside=set_aside(store),
        by_itself=bool(store.get_setting(BY_ITSELF, True)),
        offered=offered_place(store),
    )


def moved_words(before: str, after: str) -> str:
    """What it means that the team meets elsewhere from now on."""
    kept = (
        "All that was exchanged so far stays on this laptop, and is put there too at the next "
        "“Send and receive”. Tell your colleagues: each laptop has to choose it."
    )
    if is_server(before):
        left = "The server stays known here with its password until you forget it"
    else:
        left = f"The folder “{Path(before).name}” stays as it is"
    where = "server" if is_server(after) else "folder"
    return f"Your team’s {where} is another one now. {kept} {left}."


@dataclass(frozen=True, slots=True)
class Glance:
    """What a server holds that tells something new from nothing new: names and sizes."""

    contents: tuple[tuple[str, int], ...]


Stoppable = Callable[[Callable[[], None]], None]
"""Is given what breaks off waiting for a server, to be called from another thread."""


@contextlib.contextmanager
def reached(
    store: Store, folder: str, stoppable: Stoppable, pauses: tuple[float, ...] = PAUSES
) -> Iterator[Place]:
    """A folder, or the address of a place that was added; closed at the end."""
    with opened_place(folder, store, pauses) as place:
        if isinstance(place, RemotePlace):
            stoppable(place.abandon)
        yield place


def glance(store: Store, address: str, stoppable: Stoppable) -> Glance:
    """Look at a server without opening a file: who is in the team, who sent, who asks to be let in.

    Raises `KnownError`.
    """
    with reached(store, address, stoppable, ()) as place:
        place.check()
        listed = [e for under in ("roster", "b", "join") for e in place.entries(under)]
    return Glance(tuple(sorted((entry.name, entry.size) for entry in listed)))


def is_server(folder: str) -> bool:
    """Whether what was chosen to share through is a place on a server."""
    return is_address(folder)


def set_aside(store: Store, devices: Container[str] | None = None) -> tuple[Aside, ...]:
    """The changes that do not count, or not yet, the newest first: of these laptops, or of all."""
    found = (op for op in store.set_aside() if devices is None or op.device in devices)
    return tuple(_aside(store, op) for op in islice(found, MOST_ASIDE))


def _aside(store: Store, op: AsideOp) -> Aside:
    label = store.registry[op.kind].meta.label if op.kind in store.registry else "Record"
    waits = op.verdict is Verdict.WAITING
    unsaid = "It waits for something that is not here yet." if waits else "It was not allowed."
    own = op.device == store.device
    why, do = OWN.get(op.reason, (unsaid, _ASK)) if own else (REASONS.get(op.reason, unsaid), "")
    title = "" if is_confidential(store.registry, op.kind) else op.title
    what = f"{op.why}: {title or label}"
    return Aside(what, f"{op.officer}, {moment_words(op.ms)}", why, waits, own, do)


def receipts(store: Store) -> tuple[dict[str, Any], ...]:
    """What the last exchanges brought, the newest first."""
    return tuple(store.get_setting(RECEIPTS, []))


def choices(store: Store, reader: Reader) -> tuple[Choice, ...]:
    """Every field that holds two versions. Takes its time where there are thousands."""
    return tuple(_choice(store, reader, conflict) for conflict in store.conflicts())


def choice_of(store: Store, reader: Reader, kind: str, record_id: str, slot: str) -> Choice | None:
    """One of them, whatever else waits; None when it has been settled since."""
    for conflict in store.conflicts_of(kind, record_id):
        if conflict.slot == slot:
            return _choice(store, reader, conflict)
    return None


def members(store: Store) -> tuple[Member, ...]:
    """Who is in the team, oneself first; nobody where there is none yet."""
    if not has_team(store):
        return ()
    mine = membership(store)
    found = [
        Member(m.officer, m.role, device == mine.device)
        for device, m in mine.roster.members.items()
    ]
    return tuple(sorted(found, key=lambda m: (not m.here, m.officer)))


def _choice(store: Store, reader: Reader, conflict: Conflict) -> Choice:
    cls = store.registry[conflict.kind]
    spec = cls.specs().get(conflict.field)
    label = field_words(reader, conflict.kind, conflict.slot)
    shown = tuple(_shown(reader, spec, conflict.slot, v.value) for v in conflict.versions)
    return Choice(conflict, cls.meta.label, label, shown, spec)


def _shown(reader: Reader, spec: Spec | None, slot: str, value: Any) -> str:
    if slot == BIN or spec is None:
        return "Delete it: into the bin" if value else "Keep it, with what was changed since"
    element = slot.partition(":")[2]
    if element:
        named = (reader.title(element) if spec.target else "") or spec.choice_label(element)
        if spec.type is FieldType.FEATURES:
            return f"{named}: {value or 'not known'}"
        return f"With “{named}”" if value else f"Without “{named}”"
    if spec.type is FieldType.LINK:
        return (reader.title(value) or "A record that is not here yet") if value else "Empty"
    return told(spec, value) or "Empty"


def send_and_receive(
    workspace: Workspace,
    folder: Path | str,
    *,
    start: bool = False,
    snapshot: bool = False,
    progress: Progress = quiet,
    cancelled: Callable[[], bool] = lambda: False,
    stoppable: Stoppable = lambda stop: None,
) -> SyncReceipt:
    """One exchange through a folder, or the address of a place that was added.

    Its receipt is remembered. `snapshot` asks for the whole history as one file. `stoppable` is
    given what breaks off waiting for a server, from another thread. Raises `KnownError`.
    """
    store = workspace.store
    with reached(store, str(folder), stoppable) as place:
        receipt = sync_once(
            store, workspace.blobs, place, keep=workspace.folder / KEEP, start=start,
            snapshot=snapshot, tidy=workspace.finish_erasures,
            progress=progress, cancelled=cancelled,
        )  # fmt: skip
        note_requests(store, place)
    remember_folder(store, folder)
    return _kept(store, receipt, "")


def remember_folder(store: Store, folder: Path | str) -> None:
    """Have the window share through this folder or address too, where it knows of none yet."""
    if not store.get_setting(FOLDER, ""):
        known = str(folder) if is_server(str(folder)) else str(Path(folder).absolute())
        store.set_setting(FOLDER, known)


def write_delivery(
    workspace: Workspace,
    path: Path,
    *,
    progress: Progress = quiet,
    cancelled: Callable[[], bool] = lambda: False,
) -> SyncReceipt:
    """Write everything that colleagues may lack into one file. Raises `KnownError`."""
    receipt = send_file(workspace, path, progress=progress, cancelled=cancelled)
    return _kept(workspace.store, receipt, f"into the file “{path.name}”")


def read_delivery(
    workspace: Workspace,
    path: Path,
    *,
    progress: Progress = quiet,
    cancelled: Callable[[], bool] = lambda: False,
) -> SyncReceipt:
    """Take in a delivery that came as one file. Raises `KnownError`."""
    receipt = receive_file(workspace, path, progress=progress, cancelled=cancelled)
    return _kept(workspace.store, receipt, f"out of the file “{path.name}”")


def _kept(store: Store, receipt: SyncReceipt, through: str) -> SyncReceipt:
    value = {**receipt.as_json(), "through": through}
    store.set_setting(RECEIPTS, [value, *receipts(store)][:MOST_RECEIPTS])
    return receipt


def invite(
    workspace: Workspace,
    path: Path,
    role: str,
    days: int,
    code: str | None,
    last_day: dt.date | None = None,
    *,
    officer: str | None = None,
    replace_file: bool = True,
) -> None:
    """Write an invitation file, locked with a code where there is one; `officer` is for whom.

    It tells the server's address where the team shares through one, and never how to sign in.

    Raises `InvalidInput` for a code that is too short, and for a file without one in a team's
    shared folder, where whoever has that folder could join with it; `FileThere` where a file stays
    unless `replace_file` says otherwise, and what `create_invite` raises.
    """
    why = ": it may be another colleague’s invitation"
    check_free(path, replace=replace_file, why=why, sealed=code is not None)
    if code is not None and len(code) < LEAST_CODE:
        raise InvalidInput(
            f"The code is too short: it needs at least {LEAST_CODE} characters. Nothing was made."
        )
    folder = str(workspace.store.get_setting(FOLDER, ""))
    place = parse_address(folder).text if is_server(folder) else ""
    data = create_invite(
        workspace.store, role=role, days=days, last_day=last_day, code=code, place=place,
        officer=officer,
    )  # fmt: skip
    with leaving(path, private=True, sealed=code is not None) as file:
        file.write(data)


__all__ = [
    "BY_ITSELF", "FOLDER", "Aside", "Choice", "Exchange", "Member", "choice_of", "choices",
    "glance", "invite", "is_server", "look", "members",
    "moved_words", "offered_place", "reached",
    "read_delivery", "receipts", "remember_folder", "send_and_receive",
    "set_aside", "write_delivery",
]  # fmt: skip
