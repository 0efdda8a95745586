"""Who is in the team: signed entries, each in a file of its own, folded into members.

The result is a pure function of the set of entries, so that two laptops that hold the same
entries agree whatever the order in which they came. An entry of a kind that this version does
not know is kept and handed on, and changes nothing. How the fold goes is told in `fold`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from db.errors import KnownError
from db.precedence import Late
from db.standing import Source
from engage_desktop.sync.entries import (
    LONGEST_NAME,
    MOST_ENTRY,
    RECOVERY,
    TEAM_FILE,
    Entry,
    Team,
    admin_entry,
    certificate,
    enrol_entry,
    found_entry,
    new_team,
    read_entry,
    read_team,
    team_id,
    tips,
)
from engage_desktop.sync.epochs import Epoch, epochs, sealing_key
from engage_desktop.sync.fold import ADMISSIONS, NONE, Fold, Right, author, last_day, least
from engage_desktop.sync.fold import role_given as role_given
from engage_desktop.sync.forms import KNOWN_TYPES
from engage_desktop.sync.graph import numbers
from engage_desktop.sync.roles import COMPARTMENTS, ROLES, rank, reads

Chain = Callable[[Source, tuple[int, str]], bool | None]
"""Is this file the one of a mark (number, hash), or an ancestor of it in its row? None: not known
yet. The numbers alone do not tell, since whoever has the laptop can write a second file 3."""


class KeysNeeded(KnownError):
    """No key is fit for sealing until an admin's laptop has made a new one."""

    code = "keys_needed"


@dataclass(frozen=True, slots=True)
class Member:
    """One laptop of the team. `role` is "" for one that is out; `expires` is its last moment."""

    device: str
    officer: str
    role: str
    sign: str
    age: str
    entry: str
    expires: int | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """Something for an admin to review: entries that two people made without knowing.

    `why` is "apart" (a laptop was given two roles), "quarrel" (two admins limited each other),
    or "void" (made by an admin who had been limited; does not count unless kept).
    """

    device: str
    why: str
    entries: tuple[str, ...]


MOST_TIPS = 100
"""Entries that an envelope names; a team whose admins act apart has some ten at once."""

_NO_END = (1 << 47) - 1
"""Milliseconds since 1970 that no last day comes after."""


def _little(role: str, expires: int | None) -> int:
    ends = _NO_END if expires is None else max(0, min(expires, _NO_END))
    return (1 + len(ROLES) - rank(role)) * (_NO_END + 1) + _NO_END - ends


class Roster:
    """The fold of a set of entries.

    `members` are the laptops that are in, `known` all that ever were, `held` those whose
    admission does not count (yet). `bad` entries are refused for good, by their reason;
    `pending` ones lack an ancestor.
    """

    def __init__(self, team: Team, entries: Iterable[Entry]) -> None:
        self.team = team
        self.entries = {entry.sha256: entry for entry in entries}
        fold = Fold(team.root, team.id, self.entries.values())
        self.graph = fold.graph
        self.bad = fold.bad
        self.pending = fold.pending
        self.state = fold.state(self.graph.everything)
        self.members: dict[str, Member] = {}
        self.held: dict[str, Member] = {}
        self.known: dict[str, Member] = {}
        for device in self.state.devices:
            self._sort(device)

    def _sort(self, device: str) -> None:
        entry = self.state.admission(device)
        assert entry is not None
        right = self.state.right(device)
        body = entry.body
        member = Member(
            device, body["officer"], right.role, body["sign"], body["age"], entry.sha256,
            right.expires,
        )  # fmt: skip
        if not self.state.counts >> self.graph.number[entry.sha256] & 1:
            self.held[device] = member
            return
        self.known[device] = member
        if right.role:
            self.members[device] = member

    @property
    def head(self) -> str:
        """The newest entries' hashes, joined by commas; "" before the team was founded."""
        return ",".join(sorted(entry.sha256 for entry in self.cited))

    @cached_property
    def cited(self) -> list[Entry]:
        """The newest entries, none of which had seen another: what an author names who knows all.

        Nobody may make them so many that no file could name them: of more than `MOST_TIPS` those
        stay that bear on who may do what.
        """
        graph = self.graph
        tips = [graph.number[sha] for sha in graph.tips]
        if len(tips) > MOST_TIPS:
            tips, seen = [], 0
            for i in reversed(self._weighty):
                if not seen >> i & 1:
                    tips.append(i)
                    seen |= graph.seen[i] | 1 << i
        return [graph.entries[i] for i in tips]

    @property
    def _weighty(self) -> list[int]:
        """The entries of which there are no more than admins wanted: their own, one that let in
        each laptop, and of each that left the first."""
        found, gone = [], set()
        for i in numbers(self.graph.everything):
            entry = self.graph.entries[i]
            if entry.type == "leave":
                weighs = author(entry) not in gone
                gone.add(author(entry))
            elif entry.type == "enrol":
                weighs = bool(self.state.counts >> i & 1)
            else:
                weighs = entry.type in KNOWN_TYPES
            if weighs:
                found.append(i)
        return found

    def of_one_founding(self, admission: Entry) -> list[Entry]:
        """The good entries that go back to no other founding of the team than this one does.

        There is one; whoever kept the key that founded it could sign another.
        """
        graph = self.graph
        founding = sum(1 << i for i, e in enumerate(graph.entries) if e.type == "found")
        ours = graph.seen[graph.number[admission.sha256]] & founding
        return [
            entry
            for i, entry in enumerate(graph.entries)
            if not (graph.seen[i] | 1 << i) & founding & ~ours
        ]

    @property
    def recoveries(self) -> dict[str, str]:
        """The organisation's recovery keys: public signing key -> age recipient."""
        return self.state.recoveries

    def officer(self, device: str) -> str:
        """Whose laptop it is, or was; "" for a stranger."""
        member = self.known.get(device) or self.held.get(device)
        return member.officer if member else ""

    # -- keys ------------------------------------------------------------------------------

    @cached_property
    def epochs(self) -> list[Epoch]:
        """Every key of every compartment."""
        return epochs(self.graph, self.state)

    def sealing(self, compartment: str) -> Epoch | None:
        """The key to which a compartment's parts are sealed now; None where there is none fit."""
        return sealing_key(self.epochs, compartment, self.state)

    @property
    def overdue(self) -> list[str]:
        """The compartments that need a new key: somebody who is out holds the one in use."""
        return [
            name
            for name in COMPARTMENTS
            if sealing_key(self.epochs, name, self.state, strict=True) is None
        ]

    def recipient(self, compartment: str) -> tuple[int, str]:
        """(epoch, public key) to which a compartment's parts are sealed now.

        Raises `KeysNeeded`.
        """
        epoch = self.sealing(compartment)
        if epoch is None:
            raise KeysNeeded(
                "Somebody left the team, and the team's keys have not been changed since. Your "
                "changes are kept and wait here. They are sent once an admin's laptop has sent "
                "and received."
            )
        return epoch.number, epoch.to

    def readers(self, compartment: str) -> list[Member]:
        """The members whose role reads a compartment."""
        return [m for m in self.members.values() if compartment in reads(m.role)]

    # -- rights ----------------------------------------------------------------------------

    def closure(self, heads: str) -> int | None:
        """The entries that somebody had seen who cites `heads`; None when some are not here."""
        return self.graph.closure(heads.split(",")) if heads else 0

    def role_at(
        self, device: str, heads: str, position: Source | None, chain: Chain | None = None
    ) -> str | None:
        """The role in which a laptop wrote; "" for none, None when entries are missing."""
        right = self.right_at(device, heads, position, chain)
        return right.role if right is not None else None

    def right_at(
        self, device: str, heads: str, position: Source | None, chain: Chain | None = None
    ) -> Right | None:
        """What a laptop might do when it wrote, having seen `heads`.

        That is its role by the entries it had seen, as far as they count, restricted by every
        limit it had not seen whose mark lies before the file it wrote (`position`; None for what
        is in no file yet, which lies after every mark). What a laptop wrote while its admission
        was held counts by the one that let it in afterwards. "" in place of heads is from before
        the team: the founder's own.
        """
        seen = self.closure(heads)
        if seen is None:
            return None
        if not heads:
            founder = self.founder
            if founder is None or founder.body["device"] != device:
                return NONE
            seen = 1 << self.graph.number[founder.sha256]
        right = self.state.right(device, seen)
        rights = [right if right.role else self.state.right_afterwards(device, seen)]
        for i in self.state.limits(device):
            if seen >> i & 1:
                continue
            within = self._within_mark(self.graph.entries[i], position, chain)
            if within is None:
                return None
            if not within:
                entry = self.graph.entries[i]
                rights.append(Right(role_given(entry), last_day(entry)))
        return least(rights)

    def lateness(self, file: Source, chain: Chain | None = None) -> Late:
        """Of each limit of its laptop that a file lies behind, how little right it left, the least
        right first; () where it lies behind none.

        The less right, the greater: by the role, and in the same role by its last day. Who was let
        in again lies behind the old limit with all that they write from then on, so of two such
        files it is told by what came after; the least right alone would make them equal.
        """
        limits = [self.graph.entries[i] for i in self.state.limits(file.device)]
        behind = [e for e in limits if self._within_mark(e, file, chain) is False]
        return tuple(sorted((_little(role_given(e), last_day(e)) for e in behind), reverse=True))

    @staticmethod
    def _within_mark(limit: Entry, position: Source | None, chain: Chain | None) -> bool | None:
        """Was a file still good by what a limit says? None when that cannot be told yet."""
        if limit.type == "leave":
            return True  # it went by itself; an admin's revocation follows
        if position is None:
            return False
        mark = limit.body["marks"].get(position.incarnation)
        if mark is None or position.seq > mark[0]:
            return False
        if position.seq == mark[0]:
            return bool(position.sha256 == mark[1])
        return chain(position, (int(mark[0]), str(mark[1]))) if chain is not None else True

    @cached_property
    def founder(self) -> Entry | None:
        """The founding entry."""
        return next((e for e in self.graph.entries if e.type == "found"), None)

    # -- review ----------------------------------------------------------------------------

    @cached_property
    def _used_twice(self) -> frozenset[str]:
        """The invitations that were used on more than one laptop."""
        used: dict[str, set[str]] = {}
        for entry in self.graph.entries:
            if join := _invitation(entry):
                used.setdefault(join, set()).add(str(entry.body["device"]))
        return frozenset(join for join, devices in used.items() if len(devices) > 1)

    @cached_property
    def disputes(self) -> list[Dispute]:
        """What two admins did without knowing of each other, and nobody has reviewed yet."""
        found = []
        settled = self.state.verdicts.mentioned
        entries = self.graph.entries
        for i in numbers(self.graph.everything & ~self.state.counts & ~settled):
            entry = entries[i]
            if _invitation(entry) in self._used_twice:
                continue  # those laptops are held: not two admins' doing, and mended otherwise
            if entry.type in ADMISSIONS | {"role", "recovery", "settle"}:
                about = str(entry.body.get("device", "")) or author(entry)
                found.append(Dispute(about, "void", (entry.sha256,)))
        for device in self.state.devices:
            apart = [i for i in self.state.latest(device) if not settled >> i & 1]
            given = {role_given(entries[i]) for i in apart}
            if len(given) > 1:
                found.append(Dispute(device, "apart", tuple(entries[i].sha256 for i in apart)))
            for i in self.state.limits(device):
                whose = author(entries[i])
                if whose == device or settled >> i & 1:
                    continue
                if any(self.graph.apart(i, j) for j in self.state.limits(whose)):
                    found.append(Dispute(device, "quarrel", (entries[i].sha256,)))
        return found


def _invitation(entry: Entry) -> str:
    """The key of the invitation that a laptop entered with; "" for all else."""
    return str(entry.body["certificate"]["body"]["join"]) if entry.type == "enrol" else ""


__all__ = [
    "COMPARTMENTS",
    "LONGEST_NAME",
    "MOST_ENTRY",
    "RECOVERY",
    "TEAM_FILE",
    "Chain",
    "Dispute",
    "Entry",
    "KeysNeeded",
    "Member",
    "Right",
    "Roster",
    "Team",
    "admin_entry",
    "certificate",
    "enrol_entry",
    "found_entry",
    "new_team",
    "read_entry",
    "read_team",
    "role_given",
    "team_id",
    "tips",
]
