"""What the Team page shows: every laptop with its officer, and what the team should mend."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from db.reader import Reader
from db.store import Store
from engage_desktop.plain import moment
from engage_desktop.queries.laptops import sent_by
from engage_desktop.sync.acks import said_in
from engage_desktop.sync.books import Books
from engage_desktop.sync.desk import FOLDER
from engage_desktop.sync.field_back import CopyRow, OwnCopy, copy_rows, own_copy, why_not_take_back
from engage_desktop.sync.fold import author, role_given
from engage_desktop.sync.roles import FIELD, Role, in_sentence, role_named
from engage_desktop.sync.roster import Dispute, Member, Roster
from engage_desktop.sync.team import Membership, admins, has_team, membership
from engage_desktop.sync.team_asking import pending
from engage_desktop.sync.team_changes import LEAST_ADMINS, dispute_words
from engage_desktop.sync.team_out import out_words


@dataclass(frozen=True, slots=True)
class Laptop:
    """One laptop. `standing` is "in", "out", or "held" (its admission does not count yet).

    `left` says of one that is out that it went by itself, and `lent` that it held a field copy.
    `last_day` is the end of its role. `wrote_ms` is when the newest change that came from it was
    written and `heard_ms` when it last said what it holds; 0 for never. `delivery` is the number
    of its newest file.
    """

    device: str
    officer: str
    role: str
    standing: str
    here: bool
    last_day: dt.date | None
    is_over: bool
    wrote_ms: int
    heard_ms: int
    delivery: int
    left: bool = False
    lent: bool = False

    @property
    def known(self) -> Role | None:
        """What its role may do; None for one of a newer version, and where it has none."""
        return role_named(self.role)


@dataclass(frozen=True, slots=True)
class Disputed:
    """One change of the team to review: whose, what it said, who made it, and what holds."""

    change: str
    words: str
    said: str
    by: str
    ms: int


@dataclass(frozen=True, slots=True)
class TeamView:
    """How the team stands. `asks` are the eight words of an own request not answered yet.

    `lacks` names what the team should mend: "admins", "recovery", "review". `no_file` tells why a
    field copy's file is of no use here, `went` who took this laptop out of the team, and when.
    """

    role: str = ""
    is_in: bool = False
    laptops: tuple[Laptop, ...] = ()
    gone: tuple[Laptop, ...] = ()
    disputes: tuple[tuple[Disputed, ...], ...] = ()
    lacks: tuple[str, ...] = ()
    folder: str = ""
    asks: str = ""
    asked: bool = False
    copies: tuple[CopyRow, ...] = ()
    own_copy: OwnCopy | None = None
    no_file: str = ""
    went: str = ""

    @property
    def is_admin(self) -> bool:
        """Whether this laptop may say who is in the team."""
        return self.role == "admin"


def look(store: Store, reader: Reader) -> TeamView:
    """Everything that the page shows. For a reading thread."""
    folder = str(store.get_setting(FOLDER, ""))
    if not has_team(store):
        request = pending(store)
        words = request.words if request is not None else ""
        return TeamView(folder=folder, asks=words, asked=request is not None)
    mine = membership(store)
    roster = mine.roster
    seen = _Seen(store, reader, mine)
    inside = [seen.laptop(m, "in") for m in roster.members.values()]
    gone = [seen.laptop(m, "out") for m in roster.known.values() if not m.role]
    gone += [seen.laptop(m, "held") for m in roster.held.values()]
    return TeamView(
        role=mine.role,
        is_in=bool(mine.role),
        laptops=tuple(sorted(inside, key=lambda each: (not each.here, each.officer.casefold()))),
        gone=tuple(sorted(gone, key=lambda each: each.officer.casefold())),
        disputes=tuple(disputed(roster, each) for each in roster.disputes),
        lacks=lacks(roster),
        folder=folder,
        copies=copy_rows(store, reader),
        own_copy=own_copy(store, reader),
        no_file=why_not_take_back(store),
        went=out_words(roster, store.device),
    )


def needs(store: Store, reader: Reader) -> int:
    """How many things of the team want this officer now, without who asks to be let in.

    An admin: field copies that are overdue, and changes to review. Who holds a field copy: its
    return, once its last day is over. For a reading thread.
    """
    if not has_team(store):
        return 0
    own = own_copy(store, reader)
    if own is not None:
        return int(own.is_over)
    mine = membership(store)
    if mine.role != "admin":
        return 0
    overdue = sum(row.is_overdue for row in copy_rows(store, reader))
    return overdue + len(mine.roster.disputes)


def lacks(roster: Roster) -> tuple[str, ...]:
    """What the team should mend: "admins", "recovery", "review"."""
    found = {
        "admins": len(admins(roster)) < LEAST_ADMINS,
        "recovery": not roster.recoveries,
        "review": bool(roster.disputes),
    }
    return tuple(name for name, is_lacking in found.items() if is_lacking)


def disputed(roster: Roster, dispute: Dispute) -> tuple[Disputed, ...]:
    """The changes of one dispute, in words."""
    rows = []
    for sha in dispute.entries:
        entry = roster.entries[sha]
        by = roster.officer(author(entry)) or "The recovery key"
        rows.append(
            Disputed(sha, dispute_words(roster, dispute), _said(roster, sha), by,
                     int(entry.body.get("ms", 0)))
        )  # fmt: skip
    return tuple(rows)


def _said(roster: Roster, sha: str) -> str:
    entry = roster.entries[sha]
    whose = roster.officer(str(entry.body.get("device", ""))) or "somebody"
    match entry.type:
        case "revoke":
            return f"Took {whose}’s laptop out of the team"
        case "role" | "approve" | "enrol":
            role = in_sentence(role_given(entry))
            return f"Made {whose} {role}" if entry.type == "role" else f"Let in {whose} as {role}"
        case "rotate" | "share":
            return "Changed the team’s keys"
        case "recovery":
            return "Made a recovery key"
        case _:
            return f"Changed the team ({entry.type})"


class _Seen:
    """Looks up what is known of each laptop."""

    def __init__(self, store: Store, reader: Reader, mine: Membership) -> None:
        self._reader, self._own, self._now = reader, mine.device, store.now()
        self._heard = {device: ack.ms for device, ack in said_in(store).items()}
        self._roster = mine.roster
        self._files: dict[str, int] = {}
        for device, mark in Books(store).heads(but=""):
            self._files[device] = max(mark.seq, self._files.get(device, 0))

    def laptop(self, member: Member, standing: str) -> Laptop:
        _, wrote = sent_by(self._reader, member.device)
        last = None
        let_in = self._roster.entries[member.entry]
        if member.expires is not None:
            last = moment(member.expires).date()
        return Laptop(
            device=member.device,
            officer=member.officer,
            role=member.role if standing == "in" else "",
            standing=standing,
            here=member.device == self._own,
            last_day=last,
            is_over=member.expires is not None and self._now > member.expires,
            wrote_ms=wrote,
            heard_ms=self._heard.get(member.device, 0),
            delivery=self._files.get(member.device, 0),
            left=standing == "out" and self._roster.state.went_by_itself(member.device),
            lent=role_given(let_in) == FIELD,
        )


__all__ = ["Disputed", "Laptop", "TeamView", "disputed", "lacks", "look", "needs"]
