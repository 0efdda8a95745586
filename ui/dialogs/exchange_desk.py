"""Sending and receiving, as jobs and plain facts. No Qt, no window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.changes import Conflict
from db.fields import FieldType, Spec
from db.files import write_atomic
from db.reader import Reader
from db.store import Store
from engage_desktop.outside import check_outside
from engage_desktop.queries.standing import standing
from engage_desktop.records.values import show
from engage_desktop.sync import (
    LocalPlace,
    SyncReceipt,
    create_invite,
    has_team,
    new_code,
    sync_once,
)
from engage_desktop.sync.engine import LAST
from engage_desktop.sync.team import membership
from engage_desktop.workspace import Workspace
from ui.words import translate

FOLDER = "window.shared_folder"
RECEIPTS = "window.sync_receipts"
KEEP = "sync"
MOST_RECEIPTS = 20


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
        receipts=tuple(store.get_setting(RECEIPTS, [])),
        choices=tuple(_choice(store, reader, c) for c in store.conflicts()),
        members=_members(store),
    )


def _members(store: Store) -> tuple[Member, ...]:
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
    workspace: Workspace, folder: Path, *, start: bool,
    progress: Callable[[int, int, str], None], cancelled: Callable[[], bool],
) -> SyncReceipt:  # fmt: skip
    """One exchange through a folder; its receipt is remembered. Raises `KnownError`."""
    store = workspace.store
    receipt = sync_once(
        store, workspace.blobs, LocalPlace(folder, owner=store.device),
        keep=workspace.folder / KEEP, start=start,
        progress=lambda words, done, total: progress(done, total, words), cancelled=cancelled,
    )  # fmt: skip
    kept = [receipt.as_json(), *store.get_setting(RECEIPTS, [])][:MOST_RECEIPTS]
    store.set_setting(RECEIPTS, kept)
    return receipt


def invite(workspace: Workspace, path: Path, role: str, days: int) -> str:
    """Write an invitation file, locked. Returns the code that opens it."""
    from db.clock import system_random

    check_outside(path)
    code = new_code(system_random)
    write_atomic(path, create_invite(workspace.store, role=role, days=days, code=code))
    return code


def receipt_words(receipt: dict[str, Any]) -> str:
    """One receipt in a line."""
    sent, received = int(receipt.get("sent", 0)), int(receipt.get("received", 0))
    changes = translate("send", "change") if sent == 1 else translate("send", "changes")
    parts = [f"{sent:,} {changes} sent", f"{received:,} received"]
    whom = receipt.get("from_whom") or {}
    if whom:
        parts.append("from " + ", ".join(f"{name} ({n:,})" for name, n in sorted(whom.items())))
    return ", ".join(parts)
