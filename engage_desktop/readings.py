"""The log of confidential readings: who read which record, when, and how.

Opening, printing, exporting or meeting a record of a confidential kind is written down as a record
of its own, which travels and cannot be made or changed by hand. Which kinds these are is said by
their compartment alone. The log holds no word of what was read.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterable
from threading import Lock

from db.changes import Create
from db.errors import Erased, NotFound
from db.query import ListQuery
from db.reader import Reader
from db.record import Registry
from db.store import Store
from engage_desktop.records.accounts import WAYS, Reading
from engage_desktop.records.words import CONFIDENTIAL

AGAIN_MS = 60_000
"""The same reading within this time (a list that scrolls, a search typed on) is one."""

PAGE = 500
"""Records written down in one change."""

_CODES = frozenset(choice.code for choice in WAYS)


def is_confidential(registry: Registry, kind: str) -> bool:
    """Is reading a record of this kind written down? The log itself is not, or it had no end."""
    return (
        kind in registry
        and kind != Reading.meta.name
        and registry[kind].meta.compartment == CONFIDENTIAL
    )


def may_see_readings(store: Store) -> bool:
    """Is it for this laptop to see who read what? For admins, or where there is no team."""
    from engage_desktop.sync.team import has_team, membership

    return not has_team(store) or membership(store).role == "admin"


def check_may_see(store: Store, kind: str) -> None:
    """Raise `NotAllowed` where a kind is the log of readings and it is not for this laptop."""
    if kind != Reading.meta.name or may_see_readings(store):
        return
    from engage_desktop.sync.errors import NotAllowed
    from engage_desktop.sync.team import admins, membership

    raise NotAllowed(
        "Who read what is confidential is for admins to see. Nothing was shown or written. Ask "
        f"one of: {', '.join(admins(membership(store).roster))}."
    )


class Readings:
    """Writes readings down for one open store. Safe from several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._last: dict[tuple[str, str], int] = {}

    def note(self, records: Iterable[tuple[str, str]], way: str) -> int:
        """Write down that these (kind, id) were read now; how many were confidential and new.

        `way` is one of `WAYS`. What cannot be written down may not be shown: let the error through.
        """
        if way not in _CODES:
            raise ValueError(f"{way!r} is no way of reading.")
        store, now = self._store, self._store.now()
        with self._lock:
            wanted = [
                (kind, record_id)
                for kind, record_id in dict.fromkeys(records)
                if self._is_read(kind, record_id)
                and now - self._last.get((record_id, way), -AGAIN_MS) >= AGAIN_MS
            ]
            if not wanted:
                return 0
            when = dt.datetime.fromtimestamp(now // 1000, dt.UTC)
            entries = [
                Reading(
                    id=store.new_id(), what=store.registry[kind].meta.label, record=record_id,
                    way=way, read_at=when, officer=store.officer,
                )
                for kind, record_id in wanted
            ]  # fmt: skip
            store.apply([Create(entry) for entry in entries], "Read what is confidential",
                        undoable=False)  # fmt: skip
            self._last.update(((record_id, way), now) for _, record_id in wanted)
        return len(wanted)

    def _may_be_read(self, kind: str) -> bool:
        """Can a record of this kind be one whose reading is written down?"""
        registry = self._store.registry
        if is_confidential(registry, kind):
            return True
        if kind not in registry or not registry[kind].meta.follows:
            return False
        return any(is_confidential(registry, name) for name in registry.names())

    def _is_read(self, kind: str, record_id: str) -> bool:
        """Of a paper, which is read by who reads what it belongs to, that decides."""
        store = self._store
        if not self._may_be_read(kind) or is_confidential(store.registry, kind):
            return self._may_be_read(kind)
        with contextlib.suppress(NotFound, Erased):
            follows = getattr(store.get(kind, record_id), store.registry[kind].meta.follows)
            if follows in store.registry:  # it names the kind itself
                return is_confidential(store.registry, follows)
            return any(
                store.exists(name, follows) or store.where(name, follows) == "bin"
                for name in store.registry.names() if is_confidential(store.registry, name)
            )  # fmt: skip
        return False

    def note_query(self, reader: Reader, query: ListQuery, way: str) -> int:
        """Write down that everything a list shows is read; how many."""
        if not self._may_be_read(query.kind):
            return 0
        noted = offset = 0
        bare = ListQuery(query.kind, (), query.where, query.text, query.sort, query.bin)
        with reader.steady():
            while True:
                page = reader.page(bare, offset=offset, limit=PAGE)
                noted += self.note(((query.kind, row.id) for row in page.rows), way)
                offset += PAGE
                if not page.more:
                    return noted


__all__ = ["AGAIN_MS", "Readings", "check_may_see", "is_confidential", "may_see_readings"]
