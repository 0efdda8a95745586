"""A workspace's place in its team: founding, inviting and joining, kept in the store.

Keys live in the store as credentials; the team's file and roster as settings. Nothing here
touches a shared folder: what was founded or joined is published at the next sync.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from db.clock import system_random
from db.errors import InvalidInput
from db.keys import KdfCost, new_code
from db.store import RECORD_KEY, Store
from engage_desktop.plain import day_words
from engage_desktop.rules import TEAM
from engage_desktop.sync.errors import BadInvitation, NoLastDay, NotAllowed, NoTeam, Refused
from engage_desktop.sync.invite import (
    OFFERED,
    Invitation,
    read_invitation,
    write_invitation,
)
from engage_desktop.sync.keys import (
    ROLES,
    Randomness,
    Ring,
    SigningKey,
    age_recipient,
    new_age_identity,
    reads,
)
from engage_desktop.sync.names import check_invited, name_to_invite, named
from engage_desktop.sync.rights import judge_store
from engage_desktop.sync.roles import in_sentence, role_named
from engage_desktop.sync.roster import (
    Entry,
    Roster,
    Team,
    certificate,
    enrol_entry,
    found_entry,
    new_team,
    read_entry,
    read_team,
)
from engage_desktop.sync.team_out import check_not_out

DAY_MS = 24 * 60 * 60 * 1000
LONGEST_DAYS = 90
USUAL_DAYS = 91
"""How long a role lasts that ends, where nobody says another day."""

_SIGN, _AGE = "device_sign_key", "device_age_key"
_ROOT, _RING, _BLOB = "team_root_key", "team_ring", "team_blob_key"
_TEAM, _ROSTER = TEAM, "sync.roster"
ROSTER_HEAD = "roster_head"  # the store writes it into each change set's envelope


@dataclass(frozen=True, slots=True)
class Membership:
    """Everything this laptop knows and holds of its team."""

    device: str
    team: Team
    roster: Roster
    sign: SigningKey = field(repr=False)
    ring: Ring = field(repr=False)
    blob_key: bytes = field(repr=False)
    age: str = field(repr=False)

    @property
    def role(self) -> str:
        """This laptop's role; "" while it is not (or no longer) let in."""
        member = self.roster.members.get(self.device)
        return member.role if member else ""


def membership(store: Store) -> Membership:
    """This workspace's membership. Raises `NoTeam` when it has none yet."""
    text = store.get_setting(_TEAM)
    sign, ring, blob = store.get_secret(_SIGN), store.get_secret(_RING), store.get_secret(_BLOB)
    age = store.get_secret(_AGE)
    if text is None or sign is None or ring is None or blob is None or age is None:
        raise NoTeam(
            "This workspace is in no team yet. Nothing was changed. Join with an invitation, or "
            "found a team by making one."
        )
    team = read_team(str(text).encode())
    entries = [read_entry(t.encode(), team.id) for t in store.get_setting(_ROSTER, [])]
    return Membership(
        store.device,
        team,
        Roster(team, entries),
        SigningKey(sign),
        Ring.of(json.loads(ring)),
        blob,
        age.decode(),
    )


def forget_root(store: Store) -> None:
    """Earlier releases kept the root key, with which whoever holds it could found the team anew."""
    if store.get_secret(_ROOT):
        store.set_secret(_ROOT, b"")


def has_team(store: Store) -> bool:
    """Whether this workspace is in a team."""
    return store.get_setting(_TEAM) is not None


def create_team(
    store: Store, *, name: str = "", randomness: Randomness = system_random
) -> Membership:
    """Found a team with this laptop as its first admin; the one there is when there is one."""
    if has_team(store):
        return membership(store)
    root, sign, age = SigningKey(randomness(32)), SigningKey(randomness(32)), new_age_identity()
    ring = Ring.new()
    team = new_team(root, name, store.now())
    entry = found_entry(
        root,
        sign,
        id=store.device,
        officer=named(store),
        age=age_recipient(age),
        recipients=ring.recipients(),
        ms=store.now(),
    )
    with store.bookkeeping():  # the root key has said all it ever says, and is kept nowhere
        store.set_secret(_BLOB, randomness(32))
        if store.get_secret(RECORD_KEY) is None:
            store.set_secret(RECORD_KEY, randomness(32))
        _keep(store, team, sign, age, ring, [read_entry(entry, team.id)])
    return membership(store)


def _keep(
    store: Store, team: Team, sign: SigningKey, age: str, ring: Ring, entries: Iterable[Entry]
) -> None:
    store.set_secret(_SIGN, sign.seed)
    store.set_secret(_AGE, age.encode())
    keep_ring(store, ring)
    store.set_setting(_TEAM, team.text.decode())
    keep_roster(store, Roster(team, entries))


def keep_ring(store: Store, ring: Ring) -> None:
    """Remember the compartments' keys."""
    store.set_secret(_RING, json.dumps(ring.as_json()).encode())


def begin_membership(
    store: Store,
    team: Team,
    sign: SigningKey,
    age: str,
    ring: Ring,
    entries: Iterable[Entry],
    *,
    record_key: bytes,
    blob_key: bytes,
) -> Membership:
    """Enter a team with everything that its members hold."""
    with store.bookkeeping():
        store.set_secret(RECORD_KEY, record_key)
        store.set_secret(_BLOB, blob_key)
        _keep(store, team, sign, age, ring, entries)
    return membership(store)


def keep_roster(store: Store, roster: Roster) -> None:
    """Remember a roster's entries, and its head for the envelopes of coming changes.

    From now on the store judges by it; what came with it has still to be judged again.
    """
    ordered = sorted(roster.entries.values(), key=lambda e: (e.body["n"], e.sha256))
    store.set_setting(_ROSTER, [entry.text.decode() for entry in ordered])
    store.set_setting(ROSTER_HEAD, roster.head)
    judge_store(store, roster)


def take_up_rules(store: Store) -> None:
    """Let a store that was just opened judge by its team's rules; a team of none has none."""
    if has_team(store):
        judge_store(store, membership(store).roster)


def create_invite(
    store: Store,
    *,
    role: str = "officer",
    days: int = 7,
    last_day: dt.date | None = None,
    code: str | None = None,
    cost: KdfCost | None = None,
    event: str = "",
    place: str = "",
    officer: str | None = None,
    randomness: Randomness = system_random,
) -> bytes:
    """An invitation for one laptop, founding the team first where there is none.

    `days` (1 to 90) is how long it can be used, `last_day` the end of the role, where it has one;
    `code` locks the file; `event` is that of a field copy; `place` the server's address where the
    team shares through one. `officer` is for whom it is: nobody joins with it under another name;
    None names nobody. Raises `InvalidInput` for an unknown role, number of days, a name that is
    none or an end where there is none, `NotAllowed` when this laptop is no admin's.
    """
    invited = name_to_invite(officer) if officer is not None else ""
    expires = end_of(role, last_day, store.now())
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput(
            f"An invitation lasts from 1 to {LONGEST_DAYS} days. Nothing was made. Give another "
            "number of days."
        )
    mine = create_team(store, randomness=randomness)
    check_admin(mine, "invite somebody to the team")
    join = SigningKey(randomness(32))
    cert = certificate(
        mine.sign,
        team=mine.team.id,
        admin_device=mine.device,
        join=join.public,
        role=role,
        until_ms=store.now() + days * DAY_MS,
        expires=expires,
        event=event,
        officer=invited,
    )
    ordered = sorted(mine.roster.entries.values(), key=lambda e: (e.body["n"], e.sha256))
    invitation = Invitation(
        team=mine.team.text,
        roster=tuple(entry.text for entry in ordered),
        certificate=cert,
        join_seed=join.seed,
        ring=mine.ring.only(reads(role)),
        record_key=store.get_secret(RECORD_KEY) or b"",
        blob_key=mine.blob_key,
        place=place,
    )
    return write_invitation(invitation, code, randomness, cost)


def suggested_last_day(now_ms: int) -> dt.date:
    """The last day of a role that ends, where nobody says another: three months from now."""
    today = dt.datetime.fromtimestamp(now_ms / 1000, dt.UTC).astimezone().date()
    return today + dt.timedelta(days=USUAL_DAYS)


def _typed(day: dt.date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def end_of(role: str, last_day: dt.date | None, now_ms: int) -> int | None:
    """The last moment of a role, in ms since 1970, by this laptop's time; None if it goes on.

    Raises `InvalidInput`, also for a day that is over at `now_ms`, and for none where the role has
    to have one. (Roles that earlier versions gave without one go on until they get one.)
    """
    known = role_named(role)
    if known is None:
        raise InvalidInput(f"There is no role called “{role}”. Roles: {', '.join(ROLES)}.")
    if not known.expires:
        if last_day is None:
            return None
        whose = in_sentence(role)
        raise InvalidInput(
            f"{whose[0].upper()}{whose[1:]} has no last day. Nothing was changed. Leave the day "
            "out."
        )
    if last_day is None:
        raise NoLastDay(
            f"The role of {in_sentence(role)} ends, and no last day was given. Nothing was "
            f"changed. Give one, such as: --last-day {_typed(suggested_last_day(now_ms))}",
        )
    try:
        after = dt.datetime.combine(last_day + dt.timedelta(days=1), dt.time()).astimezone()
        end = int(after.timestamp() * 1000) - 1
    except (OverflowError, ValueError):
        raise InvalidInput(
            f"{day_words(last_day)} is further away than any clock goes. "
            "Nothing was changed. Give a nearer day."
        ) from None
    if end < now_ms:
        raise InvalidInput(
            f"{day_words(last_day)} is over already. Nothing was changed. Give a last day from "
            "today on."
        )
    return end


def check_admin(mine: Membership, act: str) -> None:
    """Raise `NotAllowed` unless this is an admin's laptop."""
    if mine.role != "admin":
        raise NotAllowed(
            f"Only an admin's laptop can {act}. Nothing was changed. Ask one of: "
            f"{', '.join(admins(mine.roster))}."
        )


def admins(roster: Roster) -> list[str]:
    """The names of the team's admins, once each."""
    return sorted({m.officer for m in roster.members.values() if m.role == "admin"})


def join_team(
    store: Store,
    invitation: bytes,
    code: str | None = None,
    *,
    randomness: Randomness = system_random,
) -> Membership:
    """Join a team with this (new) workspace; the first sync tells the others.

    A laptop that is in the team already and brings a new invitation of it is enrolled anew, with
    the keys it has: the remedy when an invitation was used twice. One that was taken out is not:
    those keys may be in other hands. Raises `BadInvitation`.
    """
    brought = read_invitation(invitation, code)
    try:
        team = read_team(brought.team)
        entries = [read_entry(text, team.id) for text in brought.roster]
        cert = dict(brought.certificate)
        until, fits = int(cert["body"]["until"]), cert["body"]["team"] == team.id
        invited = str(cert["body"].get("for") or "")
    except (Refused, KeyError, TypeError, ValueError) as error:
        raise BadInvitation("This invitation is damaged. Ask for another one.") from error
    if not fits:
        raise BadInvitation("This invitation is damaged. Ask for another one.")
    if store.now() > until:
        raise BadInvitation(
            "This invitation is too old to be used, or this laptop's clock is wrong. Nothing was "
            "changed. Check today's date here, or ask for a new invitation.",
            code="expired",
        )
    old = membership(store) if has_team(store) else None
    may_join(store, old, team)
    check_invited(store, invited)
    sign = old.sign if old else SigningKey(randomness(32))
    age = old.age if old else new_age_identity()
    known = {entry.sha256: entry for entry in entries}
    known |= old.roster.entries if old else {}
    check_not_out(store, Roster(team, known.values()))
    mine = enrol_entry(
        SigningKey(brought.join_seed),
        sign,
        cert=cert,
        id=store.device,
        officer=named(store),
        age=age_recipient(age),
        parents=Roster(team, known.values()).cited,
        ms=store.now(),
    )
    entry = read_entry(mine, team.id)
    known[entry.sha256] = entry
    roster = Roster(team, known.values())
    if store.device not in roster.members:
        raise BadInvitation(
            "This invitation does not let this laptop in: it was not made by one of the team's "
            "admins, or was used before. Nothing was changed. Ask for a new one."
        )
    if brought.place:
        store.set_setting(OFFERED, brought.place)
    return begin_membership(
        store,
        team,
        sign,
        age,
        old.ring.joined(brought.ring) if old else brought.ring,
        known.values(),
        record_key=brought.record_key,
        blob_key=brought.blob_key,
    )


def may_join(store: Store, old: Membership | None, team: Team) -> None:
    """Raise `BadInvitation` unless this workspace can enter the team: empty, and in no other."""
    if old is not None and old.team.id != team.id:
        raise BadInvitation(
            "This workspace is in another team already. Nothing was changed. Make a new "
            "workspace to join this team.",
            code="other_team",
        )
    if old is None and next(store.ops_after(0), None) is not None:
        raise BadInvitation(
            "This workspace holds records of its own, and would give its imports other names "
            "than the team's. Nothing was changed. Make a new workspace to join the team.",
            code="not_empty",
        )


__all__ = [
    "Membership",
    "admins",
    "begin_membership",
    "check_admin",
    "create_invite",
    "create_team",
    "end_of",
    "forget_root",
    "has_team",
    "join_team",
    "keep_ring",
    "keep_roster",
    "may_join",
    "membership",
    "new_code",
    "suggested_last_day",
]
