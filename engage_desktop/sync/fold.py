"""What a set of entries comes to. A pure function of the set, whatever the order of arrival.

Whether an entry is *good* depends on its own ancestors alone: its author was allowed to sign it by
all that they had seen. So it is decided once and for all.

Which good entries *count* depends on the whole set, since two admins may have acted without
knowing of each other. Then the restrictive reading holds:

* A *limit* (a role other than admin, a revocation, a leave) makes void whatever the laptop that
  it limits signed apart from it, neither knowing the other; and whatever was built on that.
* A limit itself counts even so. Of two admins who take each other out, both are out.
* Of two roles given apart, the lesser holds.
* An admin who has seen both, or the recovery key, may `settle` it: keep or drop an entry that is
  an ancestor, and close a laptop, of which nothing that the settlement had not seen counts then.
  A settlement counts unless a limit of its author was signed apart from it, whatever became of
  that limit: its author says it again then. So there is no circle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from engage_desktop.sync.entries import RECOVERY, Entry
from engage_desktop.sync.goodness import reason_against, reason_by_itself
from engage_desktop.sync.graph import Graph, numbers
from engage_desktop.sync.index import ADMISSIONS, GOING, NEEDS_ADMIN, Index, invitation_of
from engage_desktop.sync.index import role_given as role_given
from engage_desktop.sync.roles import lesser, rank


def last_day(entry: Entry) -> int | None:
    """The last moment (ms since 1970) of the role that an entry gives; None for no end."""
    if entry.type == "enrol":
        value = entry.body["certificate"]["body"].get("expires")
    else:
        value = entry.body.get("expires")
    return int(value) if value is not None else None


def author(entry: Entry) -> str:
    """Whose word it is: a laptop, or "recovery:<key>", or "" for the team's founding."""
    if entry.type == "found":
        return ""
    if entry.type == "enrol":
        return str(entry.body["certificate"]["body"]["admin"])
    return str(entry.body["by"])


@dataclass(frozen=True, slots=True)
class Right:
    """What a laptop may do: its role ("" for none) and the last moment of it."""

    role: str
    expires: int | None = None


NONE = Right("")


def least(rights: Iterable[Right]) -> Right:
    """The most restrictive of several; none of none."""
    found: Right | None = None
    for right in rights:
        if found is None:
            found = right
            continue
        ends = [r.expires for r in (found, right) if r.expires is not None]
        found = Right(lesser(found.role, right.role), min(ends, default=None))
    return found or NONE


@dataclass(slots=True)
class Verdicts:
    """What settlements say: entries kept, entries dropped, and laptops closed by which of them."""

    kept: int = 0
    dropped: int = 0
    mentioned: int = 0
    closed: dict[str, list[int]] = field(default_factory=dict)


class State:
    """What the entries of one set, closed under ancestors, come to.

    `base` is what a part of them comes to that all others of the set had seen, and in which all
    settlements lie: then nothing in the others bears on it, and they alone are gone through.
    """

    def __init__(self, graph: Graph, index: Index, whole: int, base: State | None = None) -> None:
        self._graph = graph
        self._index = index
        self.whole = whole
        self.verdicts: Verdicts = self._settled() if base is None else base.verdicts
        done, counts = (0, 0) if base is None else (base.whole, base.counts)
        self.counts: int = self._count(self.verdicts, done, counts)

    # -- what counts -----------------------------------------------------------------------

    def _settled(self) -> Verdicts:
        settlements = self._index.settlements & self.whole
        first = self._count(Verdicts()) if settlements else 0
        return self._review(list(numbers(settlements & first)))

    def _review(self, settlements: list[int]) -> Verdicts:
        graph, found = self._graph, Verdicts()
        said: dict[int, list[tuple[int, bool]]] = {}
        for s in settlements:
            body = graph.entries[s].body
            for name, keeps in (("keep", True), ("drop", False)):
                for sha in body[name]:
                    i = graph.number.get(sha)
                    if i is not None and graph.had_seen(s, i):
                        said.setdefault(i, []).append((s, keeps))
            for device in body["closed"]:
                found.closed.setdefault(device, []).append(s)
        for i, all_said in said.items():
            found.mentioned |= 1 << i
            latest = {
                keeps
                for s, keeps in all_said
                if not any(graph.had_seen(other, s) for other, _ in all_said)
            }
            # Two settlements apart that disagree: a limit is kept, anything else is dropped.
            keeps = latest == {True} or (len(latest) > 1 and self._is_limit(i))
            if keeps:
                found.kept |= 1 << i
            else:
                found.dropped |= 1 << i
        return found

    def _is_limit(self, i: int) -> bool:
        entry = self._graph.entries[i]
        return bool(self._index.limits.get(entry.body.get("device", ""), 0) >> i & 1)

    def _count(self, verdicts: Verdicts, done: int = 0, counts: int = 0) -> int:
        for i in numbers(self.whole & ~done):
            entry = self._graph.entries[i]
            if verdicts.dropped >> i & 1 or self._is_closed(i, verdicts):
                continue
            kept = bool(verdicts.kept >> i & 1)
            if kept or self._holds(entry, i, counts, verdicts):
                counts |= 1 << i
        return counts

    def _is_closed(self, i: int, verdicts: Verdicts) -> bool:
        if not verdicts.closed:
            return False
        whose = author(self._graph.entries[i])
        return any(self._graph.apart(i, s) for s in verdicts.closed.get(whose, ()))

    def _holds(self, entry: Entry, i: int, counts: int, verdicts: Verdicts) -> bool:
        if entry.type == "found" or entry.type in GOING or self._index.demotions >> i & 1:
            return True
        if entry.type in ADMISSIONS and self._is_doubled(entry, i, verdicts):
            return False
        return not self._is_limited(i, verdicts) and self._author_stands(entry, i, counts)

    def _is_doubled(self, entry: Entry, i: int, verdicts: Verdicts) -> bool:
        """Was its invitation, or its laptop's number, used by another laptop unseen?

        Where one of them was known to all the others, that one is in.
        """
        graph, body = self._graph, entry.body
        device, invited = self._index.admissions[body["device"]], 0
        if entry.type == "enrol":
            invited = self._index.invited[invitation_of(entry)]
        rivals = (device | invited) & self.whole & ~verdicts.dropped & ~(1 << i)
        for j in numbers(rivals):
            if graph.had_seen(j, i):
                continue
            other = graph.entries[j].body
            if invited >> j & 1 and other["device"] != body["device"]:
                return True
            same = device >> j & 1 and other["sign"] != body["sign"]
            if same and not self._is_elder(i, j):
                return True
        return False

    def _is_elder(self, i: int, j: int) -> bool:
        """Has an admin's word seen the one of these and not the other, and none the other way?

        Who joins writes any laptop's number into the entry that they sign; an admin's word they
        cannot write. Of two with the same number it tells which was there first.
        """
        graph = self._graph
        words = list(numbers(self._index.admins_words & self.whole))
        mine = any(graph.had_seen(x, i) and not graph.had_seen(x, j) for x in words if x != j)
        return mine and not any(
            graph.had_seen(x, j) and not graph.had_seen(x, i) for x in words if x != i
        )

    def _is_limited(self, i: int, verdicts: Verdicts) -> bool:
        whose = author(self._graph.entries[i])
        if whose.startswith(RECOVERY):
            return any(
                self._graph.apart(i, x) and self._is_replacement(x, whose)
                for x in numbers(self._index.recoveries & self.whole)
            )
        return self._limit_apart(whose, i, verdicts.dropped, verdicts)

    def _limit_apart(self, device: str, i: int, dropped: int, verdicts: Verdicts) -> bool:
        unseen = self._index.limits.get(device, 0) & self.whole & ~dropped & ~self._graph.seen[i]
        return any(
            self._graph.apart(i, x) and not self._is_closed(x, verdicts) for x in numbers(unseen)
        )

    def _is_replacement(self, x: int, principal: str) -> bool:
        """A new recovery key by somebody who was not limited apart from it."""
        entry = self._graph.entries[x]
        if RECOVERY + entry.body["sign"] == principal:
            return False
        return not self._limit_apart(author(entry), x, 0, Verdicts())

    def _author_stands(self, entry: Entry, i: int, counts: int) -> bool:
        """Is the author an admin by entries that count themselves?"""
        graph, whose = self._graph, author(entry)
        before = graph.seen[i] & counts
        if whose.startswith(RECOVERY):
            sign = whose.removeprefix(RECOVERY)
            return any(
                graph.entries[x].body["sign"] == sign
                for x in numbers(self._index.recoveries & before)
            )
        if not self._is_let_in(whose, before):
            return False
        index = self._index
        needed = index.making_admin if entry.type in NEEDS_ADMIN else index.settings
        return bool(needed.get(whose, 0) & before)

    # -- what it comes to ------------------------------------------------------------------

    def right(self, device: str, within: int = -1) -> Right:
        """A laptop's role by the entries that count, of those `within` a set.

        None where no entry that let it in counts, whatever role it was given later.
        """
        if not self._is_let_in(device, self.counts & within):
            return NONE
        return least(
            Right(role_given(self._graph.entries[i]), last_day(self._graph.entries[i]))
            for i in self.latest(device, within)
        )

    def right_afterwards(self, device: str, seen: int) -> Right:
        """The right of a laptop that wrote while its admission was held, once it is let in.

        NONE for one that had asked for nothing when it wrote, or was never let in since.
        """
        known = self._index.admissions.get(device, 0) & self.whole
        if not known & seen or self._is_let_in(device, self.counts & seen):
            return NONE
        later = [self._graph.entries[i] for i in numbers(known & self.counts)]
        return least(Right(role_given(entry), last_day(entry)) for entry in later)

    def _is_let_in(self, device: str, counting: int) -> bool:
        return bool(self._index.admissions.get(device, 0) & counting)

    def latest(self, device: str, within: int = -1) -> list[int]:
        """The entries that set a laptop's role and that no other of them had seen."""
        return self._graph.newest(self._index.settings.get(device, 0) & self.counts & within)

    def went_by_itself(self, device: str) -> bool:
        """Did a laptop leave, and nobody take it out?"""
        latest = self.latest(device)
        return bool(latest) and all(self._graph.entries[i].type == "leave" for i in latest)

    def limits(self, device: str) -> list[int]:
        """The limits of a laptop that count."""
        return list(numbers(self._index.limits.get(device, 0) & self.counts))

    def admission(self, device: str) -> Entry | None:
        """The entry that tells a laptop's keys: the latest that counts, else any of them."""
        known = self._index.admissions.get(device, 0) & self.whole
        last = self._graph.newest(known & self.counts or known)
        return max((self._graph.entries[i] for i in last), key=_sha256, default=None)

    @cached_property
    def devices(self) -> tuple[str, ...]:
        """Every laptop that was ever let in, or asked with an admin's word."""
        return tuple(device for device, of in self._index.admissions.items() if of & self.whole)

    @cached_property
    def recoveries(self) -> dict[str, str]:
        """The recovery keys that hold: public signing key -> age recipient."""
        newest = self._graph.newest(self._index.recoveries & self.counts)
        said = [self._graph.entries[i].body for i in newest]
        return {body["sign"]: body["age"] for body in said}


def _sha256(entry: Entry) -> str:
    return entry.sha256


def _is_less(entry: Entry, before: State) -> bool:
    """Does a role take away, and give nothing?"""
    new, held = Right(role_given(entry), last_day(entry)), before.right(entry.body["device"])
    if rank(new.role) != rank(held.role):
        return rank(new.role) < rank(held.role)
    return held == new or (
        new.expires is not None and (held.expires is None or new.expires < held.expires)
    )


class Fold:
    """Sorts entries into good, bad (with the reason) and pending, and folds any set of them."""

    def __init__(self, root: str, team: str, entries: Iterable[Entry]) -> None:
        known = {entry.sha256: entry for entry in entries}
        said = {sha: reason_by_itself(entry, root, team) for sha, entry in known.items()}
        self.bad = {sha: reason for sha, reason in said.items() if reason}
        self.graph = Graph({sha: e for sha, e in known.items() if sha not in self.bad})
        self.index = Index()
        self._states = {0: State(self.graph, self.index, 0)}
        for entry in self.graph.ready():
            before = self.state(self.graph.before(entry))
            reason = reason_against(entry, before)
            if reason:
                self.bad[entry.sha256] = reason
                continue
            i = self.graph.add(entry)
            self.index.add(i, entry)
            if entry.type == "role" and _is_less(entry, before):
                self.index.demotions |= 1 << i
        self.pending = self.graph.pending

    def state(self, mask: int) -> State:
        """What these entries come to; they must be closed under ancestors."""
        todo = []
        while mask not in self._states:
            todo.append(mask)
            mask = self.graph.common(mask)
        found = self._states[mask]
        for whole in reversed(todo):
            # A settlement bears on all that it had seen.
            settled = self.index.settlements & whole & ~found.whole
            base = None if settled else found
            found = self._states[whole] = State(self.graph, self.index, whole, base)
        return found


__all__ = [
    "ADMISSIONS",
    "NONE",
    "Fold",
    "Right",
    "State",
    "author",
    "last_day",
    "least",
    "role_given",
]
