"""Entries in the order of who had seen what: each names its parents by their hashes.

Sets of entries are whole numbers, a bit an entry, so that "had seen" is one look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engage_desktop.sync.entries import Entry


class Graph:
    """Entries whose every ancestor is here, parents first. `seen[i]` holds the ancestors of i."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self.entries: list[Entry] = []
        self.number: dict[str, int] = {}
        self.seen: list[int] = []
        self._waiting = dict(entries)

    def ready(self) -> Iterator[Entry]:
        """Entries whose parents have all been added, until there are none. Add the good ones."""
        refused: set[str] = set()
        by_parent: dict[str, list[Entry]] = {}
        missing: dict[str, int] = {}
        for entry in self._waiting.values():
            parents = set(entry.body["parents"])
            missing[entry.sha256] = len(parents)
            for parent in parents:
                by_parent.setdefault(parent, []).append(entry)
        todo = sorted(sha for sha, count in missing.items() if count == 0)
        while todo:
            sha = todo.pop()
            entry = self._waiting.pop(sha)
            yield entry
            if sha not in self.number:
                refused.add(sha)
                continue
            for child in by_parent.get(sha, ()):
                missing[child.sha256] -= 1
                if missing[child.sha256] == 0:
                    todo.append(child.sha256)

    @property
    def pending(self) -> frozenset[str]:
        """Entries of which an ancestor is not here, or is not good."""
        return frozenset(self._waiting)

    def add(self, entry: Entry) -> int:
        """Take a good entry; its number."""
        number = len(self.entries)
        self.entries.append(entry)
        self.number[entry.sha256] = number
        self.seen.append(self.before(entry))
        return number

    def before(self, entry: Entry) -> int:
        """The ancestors of an entry whose parents are here."""
        mask = 0
        for parent in entry.body["parents"]:
            number = self.number[parent]
            mask |= self.seen[number] | 1 << number
        return mask

    def had_seen(self, later: int, earlier: int) -> bool:
        """Did whoever signed `later` know `earlier`?"""
        return bool(self.seen[later] >> earlier & 1)

    def apart(self, one: int, other: int) -> bool:
        """Was neither known to whoever signed the other?"""
        return one != other and not self.had_seen(one, other) and not self.had_seen(other, one)

    def closure(self, shas: Iterable[str]) -> int | None:
        """These entries with all their ancestors; None when one is not here."""
        mask = 0
        for sha in shas:
            number = self.number.get(sha)
            if number is None:
                return None
            mask |= self.seen[number] | 1 << number
        return mask

    @property
    def everything(self) -> int:
        """All entries that were added."""
        return (1 << len(self.entries)) - 1

    @property
    def tips(self) -> list[str]:
        """The entries that no other had seen, by hash."""
        return sorted(self.entries[i].sha256 for i in self.newest(self.everything))

    def newest(self, mask: int) -> list[int]:
        """Those of a set that no other of it had seen, parents before children."""
        found = []
        while mask:
            last = mask.bit_length() - 1  # seen by none that is left, as children come later
            found.append(last)
            mask &= ~(self.seen[last] | 1 << last)
        return found[::-1]

    def common(self, mask: int) -> int:
        """A part of a set closed under ancestors: all of it that all the rest had seen.

        Nothing of the rest is apart from anything in it.
        """
        last = mask.bit_length() - 1
        part, asked = mask, 0
        rest = 1 << last if mask else 0
        while rest:
            for i in numbers(rest):
                part &= self.seen[i]
            asked |= rest
            rest = mask & ~part & ~asked
        return part


def numbers(mask: int) -> Iterator[int]:
    """The numbers in a set, parents before children."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
