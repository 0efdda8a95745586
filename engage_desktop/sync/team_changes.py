"""What an admin does: revoke, give another role, change keys, review what two did apart.

Each is one signed entry, kept here at once and told to the others at the next sync.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from db.errors import InvalidInput, NotFound
from db.store import Store
from engage_desktop.sync.books import Books
from engage_desktop.sync.entries import admin_entry, read_entry
from engage_desktop.sync.errors import NotAllowed, OwnRights, Refused, refused
from engage_desktop.sync.names import plain_name
from engage_desktop.sync.rights import judge_again, judge_later
from engage_desktop.sync.roles import (
    COMPARTMENTS,
    FIELD,
    changed_reading,
    in_sentence,
    rank,
    reads,
    role_named,
)
from engage_desktop.sync.roster import Dispute, Member, Roster
from engage_desktop.sync.team import (
    Membership,
    admins,
    check_admin,
    end_of,
    keep_roster,
    membership,
)
from engage_desktop.sync.team_keys import lacking, new_keys, shared_keys, take_keys

LEAST_ADMINS = 2

MOST_MARKS = 1_000
"""Rows of a laptop that an entry names, each with some hundred bytes."""


def laptop_named(roster: Roster, who: str, *, out: bool = False) -> Member:
    """The laptop that a person means: by its officer's name, or the beginning of its number.

    `out` also finds laptops that are out already. Raises `NotFound`, `InvalidInput`.
    """
    wanted = plain_name(who)
    among = list((roster.known if out else roster.members).values())
    found = [m for m in among if plain_name(m.officer) == wanted]
    if not found and len(wanted) >= 4:
        found = [m for m in among if m.device.startswith(wanted)]
    if not found:
        names = ", ".join(sorted({m.officer for m in among}))
        raise NotFound(
            f"Nobody called “{who}” is in the team. Nothing was changed. In it: {names}."
        )
    if len(found) > 1:
        devices = ", ".join(sorted(m.device[:8] for m in found))
        raise InvalidInput(
            f"{found[0].officer} has {len(found)} laptops. Nothing was changed. Name one by its "
            f"number: {devices}."
        )
    return found[0]


def say(store: Store, type_: str, said: Mapping[str, Any]) -> Membership:
    """Sign an entry with this laptop's key and keep it. Raises `Refused` when it is not good."""
    mine = membership(store)
    text = admin_entry(
        mine.sign,
        team=mine.team.id,
        by=mine.device,
        type=type_,
        parents=mine.roster.cited,
        ms=store.now(),
        said=said,
    )
    return keep_entry(store, mine, text)


def keep_entry(store: Store, mine: Membership, text: bytes) -> Membership:
    """Keep an entry that was just signed, and the keys it brings here."""
    entry = read_entry(text, mine.team.id)
    roster = Roster(mine.team, [*mine.roster.entries.values(), entry])
    if entry.sha256 in roster.bad:
        raise refused(roster.bad[entry.sha256])
    if entry.sha256 in roster.pending:
        raise refused("header")
    with store.bookkeeping():
        keep_roster(store, roster)
        judge_later(store, [entry])
        mine = take_keys(store)
    judge_again(store, [entry])
    return mine


def marks_of(store: Store, device: str) -> dict[str, list[Any]]:
    """The newest file of each of a laptop's rows that was taken in here: its last good marks.

    Of more than `MOST_MARKS` those stay that hold most, or a laptop that began rows without end
    could not be taken out: an entry has its size.
    """
    books = Books(store)
    rows = [mark for whose, mark in books.heads(but="") if whose == device]
    if len(rows) > MOST_MARKS:
        held: Counter[str] = Counter()
        for note in books.all_taken().values():
            if note["device"] == device:
                held[note["incarnation"]] += int(note["ops"])
        rows = sorted(rows, key=lambda mark: -held[mark.incarnation])[:MOST_MARKS]
    return {mark.incarnation: [mark.seq, mark.sha256] for mark in rows}


def revoke(
    store: Store,
    who: str,
    why: str = "",
    *,
    marks: Mapping[str, list[Any]] | None = None,
    yes: bool = False,
) -> Membership:
    """Take a laptop out of the team and change the keys that it held.

    What it sent up to `marks` (by default all that was taken in here) still counts; whatever
    comes later is set aside. `yes` says that this very laptop is meant. Raises `NotAllowed`,
    `NotFound`, `InvalidInput`, and `OwnRights` where that has to be said first.
    """
    mine = membership(store)
    check_admin(mine, "take somebody out of the team")
    member = to_take_out(mine.roster, who)
    _check_admin_left(mine.roster, member)
    if member.device == mine.device and not yes:
        raise OwnRights(
            "This is the laptop that you are using. Nothing was changed. Out of the team it gets "
            "nothing more, what is written on it from then on does not count, and only "
            f"{_other_admins(mine)} could let it in again."
        )
    held = _held_by(mine.roster, member)
    said = {
        "device": member.device,
        "why": why,
        "marks": dict(marks) if marks is not None else marks_of(store, member.device),
        "rotate": new_keys(mine.roster, held, roles={member.device: ""}),
    }
    return say(store, "revoke", said)


def to_take_out(roster: Roster, who: str) -> Member:
    """The laptop that is meant: one that is in, or else one that left by itself. Raises as
    `laptop_named` does, and `InvalidInput` for one that was taken out already."""
    try:
        return laptop_named(roster, who)
    except NotFound as unknown:
        try:
            member = laptop_named(roster, who, out=True)
        except NotFound:
            raise unknown from None
    if roster.state.went_by_itself(member.device):
        return member
    raise InvalidInput(
        f"{member.officer}’s laptop was taken out of the team already. Nothing was changed."
    )


def _held_by(roster: Roster, member: Member) -> set[str]:
    """The compartments of which a laptop holds a key that is in use."""
    return {
        name
        for name in COMPARTMENTS
        if name in reads(member.role)
        or ((epoch := roster.sealing(name)) is not None and member.device in epoch.held)
    }


def _check_admin_left(roster: Roster, member: Member) -> None:
    others = [m for m in roster.members.values() if m.role == "admin" and m != member]
    if member.role == "admin" and not others:
        raise NotAllowed(
            f"{member.officer} has the team's only admin's laptop, and without one nobody could "
            "let anybody in any more. Nothing was changed. Make another laptop an admin's first."
        )


def _other_admins(mine: Membership) -> str:
    """Who besides this laptop may change the team: "Priya or Sam"."""
    others = {
        m.officer for m in mine.roster.members.values()
        if m.role == "admin" and m.device != mine.device
    }  # fmt: skip
    return " or ".join(sorted(others))


def change_role(
    store: Store, who: str, role: str, *, last_day: dt.date | None = None, yes: bool = False
) -> Membership:
    """Give a laptop another role, and new keys to what it reads from now on or no longer.

    `yes` says that an admin means to give up this very laptop's rights. Raises `NotAllowed`,
    `NotFound`, `InvalidInput`, and `OwnRights` where that has to be said first.
    """
    expires = end_of(role, last_day, store.now())
    mine = membership(store)
    check_admin(mine, "change a role")
    member = laptop_named(mine.roster, who)
    if member.role == FIELD and role != FIELD:
        raise NotAllowed(
            f"{member.officer}’s laptop holds a field copy, which lacks what other roles need. "
            "Nothing was changed. Let it be returned, and invite the laptop anew."
        )
    if (member.role, member.expires) == (role, expires):
        raise InvalidInput(f"{member.officer} is {in_sentence(role)} already. Nothing was changed.")
    if rank(role) < rank(member.role):
        _check_admin_left(mine.roster, member)
        if member.device == mine.device and not yes:
            raise OwnRights(
                f"You would give up your own rights on this laptop: as {in_sentence(role)} it lets "
                "nobody in, gives no roles and reads nothing confidential that is new. Nothing "
                f"was changed. Only {_other_admins(mine)} could make you an admin again."
            )
    said = {
        "device": member.device,
        "role": role,
        "expires": expires,
        "marks": marks_of(store, member.device),
        "rotate": new_keys(
            mine.roster, changed_reading(member.role, role), roles={member.device: role}
        ),
    }
    return say(store, "role", said)


def rotate(store: Store, compartments: Sequence[str] = COMPARTMENTS) -> Membership:
    """New keys of compartments, for those who read them. Raises `NotAllowed`."""
    mine = membership(store)
    check_admin(mine, "change the team's keys")
    return say(store, "rotate", {"rotate": new_keys(mine.roster, compartments)})


def settle(
    store: Store,
    *,
    keep: Sequence[str] = (),
    drop: Sequence[str] = (),
    closed: Sequence[str] = (),
) -> Membership:
    """Review what was done apart: entries to keep and to drop, by hash or its beginning.

    Of the laptops that are `closed`, nothing counts that nobody here has seen yet. Raises
    `NotAllowed`, `NotFound`, `InvalidInput`.
    """
    mine = membership(store)
    check_admin(mine, "review the team's changes")
    say(store, "settle", settlement(mine.roster, keep, drop, closed))
    return tend(store)


def settlement(
    roster: Roster, keep: Sequence[str], drop: Sequence[str], closed: Sequence[str]
) -> dict[str, Any]:
    """What a settlement says. Raises `NotFound`, `InvalidInput`."""
    said: dict[str, Any] = {
        "keep": sorted(_entry_named(roster, sha) for sha in keep),
        "drop": sorted(_entry_named(roster, sha) for sha in drop),
        "closed": sorted(laptop_named(roster, who, out=True).device for who in closed),
        "rotate": None,
    }
    if not keep and not drop and not closed:
        raise InvalidInput("Say what to keep or to drop. Nothing was changed.")
    if set(said["keep"]) & set(said["drop"]):
        raise InvalidInput("One change cannot be both kept and dropped. Nothing was changed.")
    return said


def _entry_named(roster: Roster, sha: str) -> str:
    found = [s for s in roster.graph.number if s.startswith(sha) and len(sha) >= 4]
    if len(found) != 1:
        raise NotFound(
            f"There is no change “{sha}” to review. Nothing was changed. See: engage team review"
        )
    return found[0]


def tend(store: Store) -> Membership:
    """What an admin's laptop does by itself at each sync: keys where there is none fit for use,
    and for members who lack one. On other laptops nothing."""
    mine = take_keys(store)
    if mine.role != "admin":
        return mine
    if mine.roster.overdue:
        mine = say(store, "rotate", {"rotate": new_keys(mine.roster, mine.roster.overdue)})
    if lacking(mine):
        mine = say(store, "share", {"keys": shared_keys(mine)})
    return mine


def endless(roster: Roster) -> list[Member]:
    """Who has a role that ends, and no last day: earlier versions let such roles be given."""
    return [
        m for m in roster.members.values()
        if m.expires is None and (known := role_named(m.role)) is not None and known.expires
    ]  # fmt: skip


def warnings(roster: Roster) -> list[str]:
    """What the team should mend, a sentence each."""
    found = []
    if len(admins(roster)) < LEAST_ADMINS:
        found.append(
            "The team has one admin. Make a second one: a lost passphrase would leave nobody who "
            "can let a colleague in."
        )
    if not roster.recoveries:
        found.append(
            "The organisation holds no recovery key. Make one and keep it in a safe: "
            "engage team recovery make WS FILE"
        )
    found += [
        f"{m.officer} is {in_sentence(m.role)} without a last day. Give one: engage team role WS "
        f"{m.device[:8]} {m.role} --last-day DAY"
        for m in endless(roster)
    ]
    if roster.disputes:
        found.append(
            "Two admins changed the team without knowing of each other. The stricter change holds "
            "until an admin reviews it: engage team review WS"
        )
    return found


def dispute_words(roster: Roster, dispute: Dispute) -> str:
    """What there is to review, in words."""
    whose = roster.officer(dispute.device) or "somebody"
    match dispute.why:
        case "apart":
            return f"{whose}’s laptop was given two roles by two admins. The lesser holds."
        case "quarrel":
            return f"{whose}’s laptop was limited by an admin who was limited at the same time."
        case _:
            return (
                f"A change about {whose}’s laptop was made by an admin who had been taken out or "
                "given a lesser role. It does not count."
            )


__all__ = [
    "Refused",
    "change_role",
    "dispute_words",
    "endless",
    "keep_entry",
    "laptop_named",
    "marks_of",
    "revoke",
    "rotate",
    "say",
    "settle",
    "settlement",
    "tend",
    "to_take_out",
    "warnings",
]
