"""What a store holds, as far as it matters to a history that comes in: see `db.bulk`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from db.connection import Connection
from db.pages import RECORD, HeadRow, Row
from db.plans import Plan
from db.standing import Source

Plain = tuple[Row, Plan, list[Row] | None]
"""A record's first op, its plan, and all of its ops where there is anything to merge."""

fromhex = bytearray.fromhex
"""An id as the tables hold it. The driver takes `bytes` five times as slowly."""


class Known:
    """What is in the store, and what is about to be, as far as it matters to new rows."""

    def __init__(
        self, connection: Connection, turn: AbstractContextManager[Any], *, complete: bool
    ) -> None:
        """`turn` is held for each question, as another thread may be at the connection."""
        self._connection = connection
        self._turn = turn
        self._complete = complete
        """Are the ids below all that there are? Were it not so after all, `Bulk.put` would say."""
        self.pks: dict[str, int] = {}
        self._sets: set[str] = set()
        self.recent: dict[str, tuple[int, HeadRow]] = {}
        """Envelopes of this transaction, and those that were looked up in it."""
        self.written: set[str] = set()
        """Records of this transaction."""
        self.places: dict[str, int] = {}
        """Places for what is only linked to: of this transaction, and those that were looked up."""
        self._sources: dict[str, int] = {}
        self.next_record = self.next_set = 1

    def look(self) -> None:
        """See where row keys go on."""
        self.next_record, self.next_set = self._next("record"), self._next("change_set")
        rows = self._ask("SELECT sha256, pk FROM source")
        self._sources = {sha: int(pk) for sha, pk in rows}

    def _next(self, table: str) -> int:
        return int(self._ask(f"SELECT coalesce(max(pk), 0) + 1 FROM {table}")[0][0])

    def _ask(self, sql: str, given: Sequence[Any] = ()) -> list[Any]:
        with self._turn:
            return list(self._connection.execute(sql, given))

    def forget(self) -> None:
        """Nothing is known any more without looking."""
        self._complete = False
        self.pks.clear()
        self._sets.clear()
        self.end([], {}, 0)

    def end(self, sets: Iterable[str], pks: Mapping[str, int], most: int) -> None:
        """The transaction ends; these came into the store in another way."""
        self._sets.update(self.recent, sets)
        self.pks.update(pks)
        self.recent.clear()
        self.written.clear()
        self.places.clear()
        if max(len(self._sets), len(self.pks)) > most:
            self._complete = False
            self.pks.clear()
            self._sets.clear()

    def source(self, source: Source | None, new: list[Any]) -> int:
        """The row key of a file; `new` gets the row of one that is not here."""
        if source is None:
            return 0
        pk = self._sources.get(source.sha256)
        if pk is None:
            pk = self._sources[source.sha256] = max(self._sources.values(), default=0) + 1
            new += (pk, source.device, source.incarnation, source.seq, source.sha256)
        return pk

    def pk_of(self, record: str) -> int:
        """The row key of a record that is here; 0 for none."""
        pk = self.pks.get(record)
        if pk is None and not self._complete:
            for (found,) in self._ask("SELECT pk FROM record WHERE id = ?", (fromhex(record),)):
                pk = self.pks[record] = int(found)
        return pk or 0

    # -- what is not plain after all ---------------------------------------------------------

    def of_two_envelopes(self, plain: list[Plain]) -> Callable[[Row], bool] | None:
        """Tells ops whose change set has another envelope here, or among these."""
        every = [row[0] for row in rows_of(plain)]
        heads: dict[str, HeadRow] = {head[0]: head for head in every}
        odd: set[str] = set()
        if len(heads) < len(every):
            odd.update(head[0] for head in every if heads[head[0]] != head)
        recent = self.recent
        asked = (heads.keys() & self._sets if self._complete else heads.keys()) - recent.keys()
        rows = self._ask(
            "SELECT lower(hex(id)), device, officer, ms, counter, why, lower(hex(undoes)), "
            "roster_head, pk FROM change_set "
            "WHERE id IN (SELECT unhex(value) FROM json_each(?))", (json.dumps([*asked]),),
        ) if asked else ()  # fmt: skip
        for *head, pk in rows:
            head[6] = head[6] or None
            recent[head[0]] = (int(pk), head)
        if not recent.keys().isdisjoint(heads):
            odd.update(i for i in heads.keys() & recent.keys() if recent[i][1] != heads[i])
        return (lambda row: row[0][0] in odd) if odd else None

    def here(self, plain: list[Plain]) -> Callable[[Row], bool] | None:
        """Tells records of which anything is here, or that come twice."""
        ids = [row[RECORD] for row, _, _ in plain]
        seen = set(ids)
        odd = seen & self.written
        if len(seen) < len(ids):
            odd.update(record for record, count in Counter(ids).items() if count > 1)
        asked = (seen & self.pks.keys() if self._complete else seen) - odd - self.places.keys()
        rows = self._ask(
            "SELECT lower(hex(id)), pk, kind FROM record "
            "WHERE id IN (SELECT unhex(value) FROM json_each(?))", (json.dumps([*asked]),),
        ) if asked else ()  # fmt: skip
        for record, pk, kind in rows:
            if kind:
                odd.add(record)
            else:  # something linked to it, and nothing came yet
                self.places[record] = int(pk)
        return (lambda row: row[RECORD] in odd) if odd else None


def rows_of(plain: list[Plain]) -> list[Row]:
    """All the ops of these records, in their order."""
    return [row for first, _, more in plain for row in more or (first,)]
