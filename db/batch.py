"""A change set that is written in steps, and what listeners are told of very many changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from db.changes import Change, ChangeSetHead, Touched

if TYPE_CHECKING:
    from db.store import Store

MOST_TOLD = 500
"""Above this many records listeners are told only which kinds changed."""


class Told:
    """What listeners hear: each record once, or one of each kind when there are very many."""

    def __init__(self) -> None:
        self._kinds: dict[str, Touched] = {}
        self._listed: dict[tuple[str, str], Touched] = {}

    def add(self, touched: Iterable[Touched]) -> None:
        """More was changed. What was created stays so, whatever came after."""
        for item in touched:
            self._kinds.setdefault(item.kind, item)
            key = (item.kind, item.id)
            before = self._listed.get(key)
            if len(self._listed) <= MOST_TOLD or before is not None:
                new = before is not None and before.what == "created" and item.what == "edited"
                self._listed[key] = before if new and before is not None else item

    def told(self) -> tuple[Touched, ...]:
        """In the order in which they were first changed."""
        if len(self._listed) <= MOST_TOLD:
            return tuple(self._listed.values())
        return tuple(self._kinds.values())


class Batch:
    """A change set that is being written in steps. `add` is one short transaction."""

    def __init__(self, store: Store, head: ChangeSetHead, set_pk: int) -> None:
        self._store = store
        self._head = head
        self._set_pk = set_pk
        self._kinds: dict[str, Touched] = {}
        self._listed: list[Touched] = []
        self.touched = 0
        self.withdrawn = False

    @property
    def change_set(self) -> str:
        """The id by which this batch can be undone."""
        return self._head.id

    def add(self, changes: Iterable[Change]) -> list[Touched]:
        """Write more changes. All of these or none; raises as `Store.apply` does."""
        touched = self._store._write_more(self._head, self._set_pk, self.touched, changes)
        self.touched += len(touched)
        self._listed.extend(touched[: max(0, MOST_TOLD - len(self._listed))])
        for item in touched:
            self._kinds.setdefault(item.kind, item)
        return touched

    def told(self) -> tuple[Touched, ...]:
        """What listeners hear: each record, or one of each kind when there are very many."""
        if self.touched <= MOST_TOLD:
            return tuple(self._listed)
        return tuple(self._kinds.values())

    def withdraw(self) -> None:
        """Take everything of this batch back, as if it had not been begun."""
        if not self.withdrawn:
            self.withdrawn = True
            self._store._withdraw(self._set_pk)
