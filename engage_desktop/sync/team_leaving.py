"""Going: hand over what one leads, leave the team; and what is known of a lost laptop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from db.changes import Edit
from db.errors import InvalidInput, NotFound
from db.query import ListQuery
from db.store import Store
from engage_desktop.queries.laptops import sent_by
from engage_desktop.sync.authority import lead_fields
from engage_desktop.sync.books import Books
from engage_desktop.sync.entries import LONGEST_NAME
from engage_desktop.sync.errors import NotAllowed, TeamEnds
from engage_desktop.sync.field_register import CopyOut, copies_of
from engage_desktop.sync.field_scope import EVENT, scope_of
from engage_desktop.sync.roles import reads, role_named
from engage_desktop.sync.team import Membership, membership
from engage_desktop.sync.team_changes import laptop_named, say

BREACH = "team.breach"
"""Setting: how long the organisation has to report a breach, and on what ground."""

BREACH_HOURS, BREACH_GROUND = 72, "UK GDPR, Article 33: to the regulator, from when it is known"
HOUR_MS = 60 * 60 * 1000
MOST_HOURS = 24 * 365


@dataclass(frozen=True, slots=True)
class Led:
    """A record that somebody leads, and the field that says so."""

    kind: str
    id: str
    title: str
    field: str


def led_by(store: Store, officer: str) -> list[Led]:
    """Every record, outside the bin, that names this officer as its lead."""
    reader = store.reader()
    try:
        return [
            Led(cls.meta.name, record_id, reader.title(record_id), field)
            for cls in store.registry
            for field in lead_fields(store.registry, cls.meta.name)
            for record_id in reader.find(cls.meta.name, field, officer)
        ]
    finally:
        reader.close()


def hand_over(store: Store, officer: str, to: str) -> list[Led]:
    """Give everything that one officer leads to another, as one change. What it was.

    Raises `InvalidInput` for a name that is none or the same.
    """
    to = to.strip()
    if not to or len(to) > LONGEST_NAME or not to.isprintable() or to == officer:
        raise InvalidInput("Name the colleague who takes over. Nothing was changed.")
    found = led_by(store, officer)
    changes = [Edit(led.kind, led.id, {led.field: to}) for led in found]
    if changes:
        store.apply(changes, f"Hand over from {officer} to {to}")
    return found


def check_leaving(mine: Membership, *, yes: bool = False) -> None:
    """May this laptop leave? `yes` says that the team may be left without an admin.

    Raises `NotAllowed` where colleagues would be left with nobody who can let anybody in, and
    `TeamEnds` where that has to be said first: the last laptop goes, or only the recovery key is
    left.
    """
    if not mine.role:
        raise NotAllowed("This laptop is not in the team any more. Nothing was changed.")
    others = [m for d, m in mine.roster.members.items() if d != mine.device]
    if any(m.role == "admin" for m in others) or (others and mine.role != "admin"):
        return
    safe = bool(mine.roster.recoveries)
    if others and not safe:
        raise NotAllowed(
            "This is the team's only admin's laptop. Nothing was changed. Make another laptop an "
            "admin's first: engage team role WS WHO admin"
        )
    if yes:
        return
    who = "the team's only admin's laptop" if others else "the only laptop in the team"
    if safe:
        raise TeamEnds(
            f"This is {who}. Nothing was changed. Once it leaves, only the organisation's recovery "
            "key can let anybody in: make sure that it is in its safe."
        )
    raise TeamEnds(
        f"This is {who}, and there is no recovery key. Nothing was changed. Once it leaves, nobody "
        "can be let in any more, and no other laptop can read what lies in the shared folder. "
        "First let a colleague in as an admin, or make a recovery key."
    )


def leave(
    store: Store, to: str | None = None, *, yes: bool = False
) -> tuple[Membership, list[Led]]:
    """Say that this laptop leaves, after handing over what its officer leads to `to`.

    What was written here so far still counts; the next sync sends it with the word, and an
    admin's laptop changes the keys. Raises what `check_leaving` raises, and `InvalidInput` where
    there is something to hand over and nobody to take it.
    """
    mine = membership(store)
    check_leaving(mine, yes=yes)
    left = led_by(store, store.officer)
    if left and to is None:
        raise InvalidInput(
            f"{store.officer} still leads {len(left):,} "
            f"{'record' if len(left) == 1 else 'records'}. Nothing was changed. Say who takes "
            "over: engage team leave WS --to NAME"
        )
    handed = hand_over(store, store.officer, to) if left and to is not None else []
    return say(store, "leave", {"device": mine.device}), handed


@dataclass(frozen=True, slots=True)
class Lost:
    """What is known here of a laptop that was lost.

    `records` counts, for each kind that its role reads, what it may hold at most: all that is
    here. `last_sent_ms` is when the newest change that came from it was written (0: none came),
    `last_file` the number of its newest file. `deadline_ms` is when a breach must be reported.
    `copies` are the field copies it was given; what their events have now is among `records`.
    """

    device: str
    officer: str
    role: str
    is_out: bool
    reads: tuple[str, ...]
    records: dict[str, int]
    sent: int
    last_sent_ms: int
    last_file: int
    known_ms: int
    hours: int
    ground: str
    deadline_ms: int
    copies: tuple[CopyOut, ...] = ()


def breach_clock(store: Store) -> tuple[int, str]:
    """Hours until a breach must be reported, and the ground; the organisation may change both."""
    value = store.get_setting(BREACH, {})
    return int(value.get("hours", BREACH_HOURS)), str(value.get("ground", BREACH_GROUND))


def set_breach_clock(store: Store, hours: int, ground: str = "") -> None:
    """Change the clock, 1 hour to a year. Raises `InvalidInput`."""
    if not 1 <= hours <= MOST_HOURS:
        raise InvalidInput(f"The clock runs from 1 to {MOST_HOURS:,} hours. Nothing was changed.")
    store.set_setting(BREACH, {"hours": hours, "ground": ground or breach_clock(store)[1]})


def lost(store: Store, who: str, *, known_ms: int | None = None) -> Lost:
    """What a lost laptop held, and when it last sent. `known_ms` is when the loss was noticed.

    Raises `NotFound`, `InvalidInput`. Nothing is changed: revoke the laptop for that.
    """
    mine = membership(store)
    member = laptop_named(mine.roster, who, out=True)
    roles = _roles_had(mine, member.device)
    read = tuple(dict.fromkeys(name for role in roles for name in reads(role)))
    hours, ground = breach_clock(store)
    known = known_ms if known_ms is not None else store.now()
    if known > store.now() + HOUR_MS:
        raise InvalidInput(
            "The loss cannot have been noticed on a day that is still to come. Nothing was "
            "changed. Give the day on which it was noticed."
        )
    reader = store.reader()
    try:
        kinds = [c.meta for c in store.registry if c.meta.compartment in read]
        records = {meta.name: reader.count(ListQuery(meta.name)) for meta in kinds}
        sent, last = sent_by(reader, member.device)
    finally:
        reader.close()
    given = tuple(copies_of(store, [member.device]))
    for copy in given:
        for kind, count in _copied(store, copy.event).items():
            records[kind] = max(count, records.get(kind, 0))
    files = [mark.seq for whose, mark in Books(store).heads(but="") if whose == member.device]
    return Lost(
        device=member.device,
        officer=member.officer,
        role=member.role or roles[-1],
        is_out=not member.role,
        reads=read,
        records={kind: count for kind, count in records.items() if count},
        sent=sent,
        last_sent_ms=last,
        last_file=max(files, default=0),
        known_ms=known,
        hours=hours,
        ground=ground,
        deadline_ms=known + hours * HOUR_MS,
        copies=given,
    )


def _copied(store: Store, event: str) -> dict[str, int]:
    """How many of each kind a field copy of an event would hold now; of one that is gone, one."""
    try:
        return scope_of(store, event).counts()
    except NotFound:
        return {EVENT: 1}


def _roles_had(mine: Membership, device: str) -> list[str]:
    """Every role that a laptop was ever given, the first first."""
    about: Iterable[str] = (
        str(entry.body["role"])
        for entry in mine.roster.graph.entries
        if entry.body.get("device") == device and "role" in entry.body
    )
    return [role for role in about if role_named(role)]


__all__ = [
    "Led",
    "Lost",
    "breach_clock",
    "check_leaving",
    "hand_over",
    "leave",
    "led_by",
    "lost",
    "set_breach_clock",
]
