"""Sending and receiving as the window and the command line both do it, and what they show of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.changes import Conflict
from db.errors import InvalidInput
from db.fields import FieldType, Spec
from db.reader import Reader
from db.store import Store
from engage_desktop.leaving import leaving
from engage_desktop.outside import check_outside
from engage_desktop.plain import counted
from engage_desktop.queries.standing import standing
from engage_desktop.records.values import show
from engage_desktop.sync.engine import LAST, sync_once
from engage_desktop.sync.remote.book import opened_place
from engage_desktop.sync.team import create_invite, has_team, membership
from engage_desktop.sync.work import Progress, SyncReceipt, quiet
from engage_desktop.workspace import Workspace

FOLDER = "window.shared_folder"
RECEIPTS = "window.sync_receipts"
KEEP = "sync"
MOST_RECEIPTS = 20
LEAST_CODE = 8
"""Characters of a code that locks an invitation."""


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
class Exchange:
    """How this laptop stands towards its colleagues."""

    folder: str
    to_send: int
    as_of_ms: int
    last: dict[str, Any] | None
    receipts: tuple[dict[str, Any], ...]
    choices: tuple[Choice, ...]
    members: tuple[Member, ...]


def look(store: Store, reader: Reader) -> Exchange:
    """Everything the page shows. For a task."""
    stands = standing(reader)
    return Exchange(
        folder=str(store.get_setting(FOLDER, "")),
        to_send=stands.to_send,
        as_of_ms=stands.last_ms,
        last=store.get_setting(LAST),
        receipts=receipts(store),
        choices=choices(store, reader),
        members=members(store),
    )


def receipts(store: Store) -> tuple[dict[str, Any], ...]:
    """What the last exchanges brought, the newest first."""
    return tuple(store.get_setting(RECEIPTS, []))


def choices(store: Store, reader: Reader) -> tuple[Choice, ...]:
    """Every field that holds two versions."""
    return tuple(_choice(store, reader, conflict) for conflict in store.conflicts())


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
    label = spec.label if spec else "Deleted or kept"
    if spec is not None and ":" in conflict.slot:
        element = conflict.slot.partition(":")[2]
        named = reader.title(element) if spec.target else spec.choice_label(element)
        label = f"{spec.label}: {named}"
    shown = tuple(_shown(reader, spec, conflict.slot, v.value) for v in conflict.versions)
    return Choice(conflict, cls.meta.label, label, shown, spec)


def _shown(reader: Reader, spec: Spec | None, slot: str, value: Any) -> str:
    if spec is None:
        return "Deleted" if value else "Kept"
    if ":" in slot:
        return {None: "Left out", 1: "In"}.get(value, str(value).capitalize())
    if spec.type is FieldType.LINK:
        return reader.title(value) if value else "Empty"
    return show(spec, value) or "Empty"


def send_and_receive(
    workspace: Workspace,
    folder: Path | str,
    *,
    start: bool = False,
    snapshot: bool = False,
    progress: Progress = quiet,
    cancelled: Callable[[], bool] = lambda: False,
) -> SyncReceipt:
    """One exchange through a folder, or the address of a place that was added.

    Its receipt is remembered. `snapshot` asks for the whole history as one file. Raises
    `KnownError`.
    """
    store = workspace.store
    with opened_place(str(folder), store) as place:
        receipt = sync_once(
            store, workspace.blobs, place, keep=workspace.folder / KEEP, start=start,
            snapshot=snapshot, tidy=workspace.finish_erasures,
            progress=progress, cancelled=cancelled,
        )  # fmt: skip
    store.set_setting(RECEIPTS, [receipt.as_json(), *receipts(store)][:MOST_RECEIPTS])
    return receipt


def invite(
    workspace: Workspace,
    path: Path,
    role: str,
    days: int,
    code: str | None,
    last_day: dt.date | None = None,
) -> None:
    """Write an invitation file, locked with a code where there is one.

    Raises `InvalidInput` for a code that is too short, and what `create_invite` raises.
    """
    check_outside(path)
    if code is not None and len(code) < LEAST_CODE:
        raise InvalidInput(
            f"The code is too short: it needs at least {LEAST_CODE} characters. Nothing was made."
        )
    data = create_invite(workspace.store, role=role, days=days, last_day=last_day, code=code)
    with leaving(path, private=True) as file:
        file.write(data)


def receipt_words(receipt: dict[str, Any]) -> str:
    """One receipt in a line."""
    sent, received = int(receipt.get("sent", 0)), int(receipt.get("received", 0))
    parts = [f"{counted(sent, 'change')} sent", f"{received:,} received"]
    whom = receipt.get("from_whom") or {}
    if whom:
        parts.append("from " + ", ".join(f"{name} ({n:,})" for name, n in sorted(whom.items())))
    return ", ".join(parts)
