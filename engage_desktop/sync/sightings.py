"""How the deliveries of one place were when each was last read there.

A name says which delivery lies under it, and only reading it tells whether that is so. Each is read
once for each place, and again when its stamp is another: what nobody touched since is not.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from engage_desktop.sync.books import Books
from engage_desktop.sync.place import Entry
from engage_desktop.sync.work import named_hash


class Sightings:
    """What is remembered of a place's files, and what is seen of them now."""

    def __init__(
        self, books: Books, identity: str, listed: Sequence[Entry], kept: Collection[str]
    ) -> None:
        self._books = books
        self._identity = identity
        self._odd_before = books.odd(identity)
        plain = [e for e in listed if named_hash(e.name) and not self._is_odd(e)]
        self._before = books.seen(identity, {named_hash(e.name): e.stamp for e in plain})
        lying = {named_hash(e.name) for e in listed}
        self.gone = {
            sha: stamp for sha, stamp in self._before.items() if sha in kept and sha not in lying
        }
        """What was in the place, is kept here, and is there no more."""
        self._seen: dict[str, str] = {}
        self._odd: dict[str, list[Any]] = {}

    def held(self, entry: Entry) -> str:
        """The hash of what lay in a file when it was last read; else the one that it is named for.

        "" for one whose name says nothing, and that was not read as it is.
        """
        return (
            str(self._odd_before[entry.name][2]) if self._is_odd(entry) else named_hash(entry.name)
        )

    def is_known(self, entry: Entry) -> bool:
        """Was it read as it is, and nobody touched it since?"""
        return self._is_odd(entry) or self._before.get(named_hash(entry.name)) == entry.stamp

    def _is_odd(self, entry: Entry) -> bool:
        before = self._odd_before.get(entry.name)
        return before is not None and before[:2] == [entry.size, entry.stamp]

    def note(self, entry: Entry, sha: str) -> None:
        """This is what lies in it now."""
        if sha == named_hash(entry.name):
            self._seen[sha] = entry.stamp
        else:
            self._odd[entry.name] = [entry.size, entry.stamp, sha]

    def keep(self) -> None:
        """Everything was looked at: what was noted is all there is, or was and ought to be."""
        self._books.set_odd(self._identity, self._odd)
        if {**self.gone, **self._seen} != self._before:
            self._before = {**self.gone, **self._seen}
            self._books.set_seen(self._identity, self._before)

    def keep_so_far(self) -> None:
        """It was cut off: what was read need not be read again, and the rest is as it was."""
        self._books.set_odd(self._identity, {**self._odd_before, **self._odd})
        if self._seen.items() - self._before.items():
            self._books.set_seen(self._identity, {**self._before, **self._seen})


class Histories:
    """What lies in a place's snapshots, read once for each place and again when touched."""

    def __init__(self, books: Books, identity: str) -> None:
        self._books = books
        self._identity = identity
        self._before = books.histories(identity)
        self._now: dict[str, list[Any]] = {}

    def known(self, entry: Entry) -> tuple[str, str]:
        """The hash of what was read in it as it is, and what is wrong with that; "" for neither."""
        before = self._before.get(entry.name, [])
        if before[:2] != [entry.size, entry.stamp]:
            return "", ""
        self._now[entry.name] = before
        return str(before[2]), str(before[3])

    def note(self, entry: Entry, sha: str, code: str) -> None:
        """This is what lies in it now."""
        self._now[entry.name] = [entry.size, entry.stamp, sha, code]

    def keep(self) -> dict[str, str]:
        """Remember it. Those that are what they are named for: name -> hash."""
        self._books.set_histories(self._identity, self._now)
        return {name: str(sha) for name, (_, _, sha, code) in self._now.items() if not code}


__all__ = ["Histories", "Sightings"]
