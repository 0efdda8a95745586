"""Field copies as the office sees them: the register in words, and taking a copy's file back in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from db.reader import Reader
from db.store import Store
from engage_desktop.plain import moment
from engage_desktop.queries.came import came_from, newest_set
from engage_desktop.queries.standing import standing
from engage_desktop.sync import desk
from engage_desktop.sync.authority import REASONS
from engage_desktop.sync.desk import Aside
from engage_desktop.sync.errors import NotAllowed
from engage_desktop.sync.field_copy import HELD
from engage_desktop.sync.field_register import OUT, RETURNED, CopyOut, copies
from engage_desktop.sync.field_return import unreturned
from engage_desktop.sync.field_scope import TAKEN
from engage_desktop.sync.receipt_words import file_words
from engage_desktop.sync.roles import FIELD, reads
from engage_desktop.sync.team import has_team, membership
from engage_desktop.sync.work import Progress, SyncReceipt, quiet
from engage_desktop.workspace import Workspace

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One field copy for the register. `last_day` is the last on which cards could be keyed in."""

    copy: CopyOut
    title: str
    last_day: dt.date | None
    is_over: bool

    @property
    def is_overdue(self) -> bool:
        """Its last day has passed, and it is out still."""
        return self.is_over and self.copy.state == OUT


@dataclass(frozen=True, slots=True)
class OwnCopy:
    """The field copy that this laptop itself holds, and how far its return has come.

    `unsent` counts changes that are in no file yet, `unread` files that no office laptop has said
    it read. `folder` is where it exchanges, "" for none.
    """

    title: str
    last_day: dt.date | None
    is_over: bool
    unsent: int
    unread: int
    folder: str
    is_out: bool

    @property
    def is_at_office(self) -> bool:
        """Does the office have everything, so that the copy may be wiped?"""
        return not self.unsent and not self.unread


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a file brought back. `whose` are the holders of field copies of whom something is in it,
    `waiting` those of them who are still out, and so wait for an answer; `came` counts records by
    kind; `unused` are files in it that were not used, each with a reason; `returned` are holders
    that say that their copy is wiped."""

    whose: tuple[str, ...]
    came: dict[str, int]
    aside: tuple[Aside, ...]
    unused: tuple[tuple[str, str], ...]
    returned: tuple[str, ...]
    waiting: tuple[str, ...]
    receipt: SyncReceipt


def copy_rows(store: Store, reader: Reader) -> tuple[CopyRow, ...]:
    """The register, what needs somebody first. For a reading thread."""
    now = store.now()
    rows = [
        CopyRow(each, _title(reader, each.event), _day(each.until_ms), now > each.until_ms > 0)
        for each in copies(store)
    ]
    order = {OUT: 1, RETURNED: 3}
    return tuple(
        sorted(rows, key=lambda r: (not r.is_overdue, order.get(r.copy.state, 2), -r.copy.until_ms))
    )


def own_copy(store: Store, reader: Reader) -> OwnCopy | None:
    """The copy that this laptop holds; None for every other laptop. For a reading thread."""
    held = store.get_setting(HELD)
    if held is None or not has_team(store):
        return None
    mine = membership(store)
    member = mine.roster.members.get(mine.device)
    until = member.expires if member is not None else None
    return OwnCopy(
        title=_title(reader, str(held["event"])),
        last_day=_day(until or 0),
        is_over=until is not None and store.now() > until,
        unsent=standing(reader).to_send,
        unread=unreturned(store, mine),
        folder=str(store.get_setting(desk.FOLDER, "")),
        is_out=mine.role != FIELD,
    )


def why_not_take_back(store: Store) -> str:
    """Why a field copy's file is of no use on this laptop; "" where it can be opened."""
    role = membership(store).role if has_team(store) else ""
    if set(TAKEN) <= set(reads(role)):
        return ""
    return "What a field copy brings back is read by officers and admins only."


def take_back(
    workspace: Workspace,
    path: Path,
    *,
    progress: Progress = quiet,
    cancelled: Callable[[], bool] = lambda: False,
) -> TakenBack:
    """Take in a file that a field copy wrote; may be repeated. Raises `KnownError`.

    `NotAllowed` on a laptop that may not read what is in it.
    """
    store = workspace.store
    if why := why_not_take_back(store):
        raise NotAllowed(f"{why} Nothing was changed.")
    before = _asked(store, newest_set)
    returned = _states(store, RETURNED)
    receipt = desk.read_delivery(workspace, path, progress=progress, cancelled=cancelled)
    holders = {copy.device: copy.officer for copy in copies(store) if copy.device}
    came = _asked(store, lambda reader: came_from(reader, holders, before))
    aside = tuple(desk.set_aside(store, holders))
    now = _states(store, RETURNED)
    from_field = {name for name in receipt.from_whom if name in holders.values()}
    return TakenBack(
        tuple(sorted(from_field)),
        came,
        aside,
        tuple(_unused(receipt, holders)),
        tuple(sorted({holders[device] for device in now - returned})),
        tuple(sorted(from_field & {holders[device] for device in _states(store, OUT)})),
        receipt,
    )


def _unused(receipt: SyncReceipt, holders: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Files that were not used: whose, where that is known, and why."""
    for item in receipt.quarantined:
        if item.code in REASONS and "/" not in item.file:
            continue  # its changes are told one by one
        parts = item.file.split("/")
        officer = holders.get(parts[1], "") if len(parts) > 1 else ""
        whose = f"A file of {officer}’s laptop" if officer else file_words(item.file)
        yield whose, item.reason


def _states(store: Store, state: str) -> set[str]:
    return {copy.device for copy in copies(store) if copy.state == state}


def _asked(store: Store, ask: Callable[[Reader], _Found]) -> _Found:
    reader = store.reader()
    try:
        return ask(reader)
    finally:
        reader.close()


def _title(reader: Reader, event: str) -> str:
    return reader.title(event) or "An event that is not here"


def _day(ms: int) -> dt.date | None:
    return moment(ms).date() if ms else None


__all__ = [
    "CopyRow", "OwnCopy", "TakenBack", "copy_rows", "own_copy", "take_back", "why_not_take_back",
]  # fmt: skip
