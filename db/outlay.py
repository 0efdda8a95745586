"""The rows of many plain records, worked out before any of them is written: see `db.bulk`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from db.blocks import Block
from db.changes import What, from_slots, packed
from db.connection import Connection
from db.merge import OpView, merge
from db.pages import RECORD, HeadRow, Row
from db.plans import Plan, Plans
from db.standing import Source
from db.typed import ABSENT, BINNED, LIVE, TypedTable

Plain = tuple[Row, Plan, list[Row] | None]
"""A record's first op, its plan, and all of its ops where there is anything to merge."""

_SOURCES = Block(
    "source", {"pk": "?", "device": "?", "incarnation": "?", "seq": "?", "sha256": "?"}
)  # fmt: skip
_SETS = Block(
    "change_set",
    {"pk": "?", "id": "?", "device": "?", "officer": "?", "ms": "?", "counter": "?", "why": "?",
     "undoes": "nullif(?, '')", "roster_head": "?", "here": "0", "finished": "NULL",
     "undoable": "0"},
)  # fmt: skip
_OPS = Block(
    "op",
    {"change_set": "?", "idx": "?", "record": "?", "body": "?", "supersedes": "nullif(?, '')",
     "unread": "?", "kind": "''", "compartment": "?", "standing": "0", "reason": "''",
     "source": "?", "creates": "?", "because": "NULL"},
)  # fmt: skip
_RECORDS = Block(
    "record", {"pk": "?", "id": "?", "kind": "?", "state": "?", "title": "?", "ms": "?"}
)
_CONFLICTS = Block("conflict", {"record": "?", "slot": "?"})
_PLACE_TAKEN = "UPDATE record SET kind = ?, state = ?, title = ?, ms = ? WHERE pk = ?"

fromhex = bytearray.fromhex
"""An id as the tables hold it. The driver takes `bytes` five times as slowly."""


class Tables:
    """Ways into the tables of the kinds."""

    def __init__(self, tables: Mapping[str, TypedTable]) -> None:
        self.of = tables
        self._blocks: dict[str, Block] = {}

    def rows(self, kind: str) -> Block:
        """Into that of a kind."""
        if kind not in self._blocks:
            self._blocks[kind] = Block(f'"{kind}"', self.of[kind].taken)
        return self._blocks[kind]

    def elements(self, kind: str, name: str) -> Block:
        """Into that of a set field."""
        table = f'"{kind}__{name}"'
        if table not in self._blocks:
            self._blocks[table] = Block(table, {"pk": "?", "element": "?", "value": "?"})
        return self._blocks[table]


class Known:
    """What is in the store, and what is about to be, as far as it matters to new rows."""

    def __init__(self, connection: Connection, *, complete: bool) -> None:
        self._connection = connection
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
        rows = self._connection.execute("SELECT sha256, pk FROM source")
        self._sources = {sha: int(pk) for sha, pk in rows}

    def _next(self, table: str) -> int:
        row = self._connection.execute(f"SELECT coalesce(max(pk), 0) + 1 FROM {table}").fetchone()
        return int(row[0])

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
            row = self._connection.execute(
                "SELECT pk FROM record WHERE id = ?", (fromhex(record),)
            ).fetchone()
            if row is not None:
                pk = self.pks[record] = int(row[0])
        return pk or 0

    # -- what is not plain after all ---------------------------------------------------------

    def of_two_envelopes(self, plain: Iterable[Plain]) -> Callable[[Row], bool] | None:
        """Tells ops whose change set has another envelope here, or among these."""
        heads: dict[str, HeadRow] = {}
        odd: set[str] = set()
        for first, _, more in plain:
            for row in more or (first,):
                head = row[0]
                other = heads.setdefault(head[0], head)
                if other is not head and other != head:
                    odd.add(head[0])
        recent = self.recent
        asked = (heads.keys() & self._sets if self._complete else heads.keys()) - recent.keys()
        rows = self._connection.execute(
            "SELECT lower(hex(id)), device, officer, ms, counter, why, lower(hex(undoes)), "
            "roster_head, pk FROM change_set "
            "WHERE id IN (SELECT unhex(value) FROM json_each(?))", (json.dumps([*asked]),),
        ) if asked else ()  # fmt: skip
        for *head, pk in rows:
            head[6] = head[6] or None
            recent[head[0]] = (int(pk), head)
        odd.update(i for i in heads.keys() & recent.keys() if recent[i][1] != heads[i])
        return (lambda row: row[0][0] in odd) if odd else None

    def here(self, plain: Iterable[Plain]) -> Callable[[Row], bool] | None:
        """Tells records of which anything is here, or that come twice."""
        ids = [row[RECORD] for row, _, _ in plain]
        seen = set(ids)
        odd = seen & self.written
        if len(seen) < len(ids):
            odd.update(record for record, count in Counter(ids).items() if count > 1)
        asked = (seen & self.pks.keys() if self._complete else seen) - odd - self.places.keys()
        rows = self._connection.execute(
            "SELECT lower(hex(id)), pk, kind FROM record "
            "WHERE id IN (SELECT unhex(value) FROM json_each(?))", (json.dumps([*asked]),),
        ) if asked else ()  # fmt: skip
        for record, pk, kind in rows:
            if kind:
                odd.add(record)
            else:  # something linked to it, and nothing came yet
                self.places[record] = int(pk)
        return (lambda row: row[RECORD] in odd) if odd else None


class Outlay:
    """All rows of some plain records."""

    def __init__(self, known: Known, tables: Tables, plans: Plans) -> None:
        self._known = known
        self._tables = tables
        self._plans = plans
        self.plain: list[Plain] = []
        self.odd: list[Row] = []
        self.keys: dict[str, int] = {}
        """Row keys of the records."""
        self.ranges: list[tuple[str, int, int]] = []
        """Kinds and row keys, from and to, that have to be indexed."""
        self.counts: Counter[tuple[str, int]] = Counter()
        self._binned: set[str] = set()
        self._sources: list[Any] = []
        self._sets: list[Any] = []
        self._records: list[Any] = []
        self._taken: list[tuple[Any, ...]] = []
        self._ops: list[Any] = []
        self._conflicts: list[Any] = []
        self._rows: dict[str, list[Any]] = {}
        self._elements: dict[tuple[str, str], list[Any]] = {}

    @property
    def new_ops(self) -> int:
        """How many ops these are."""
        return len(self._ops) // _OPS.width

    def what(self, record: str) -> What:
        """What listeners hear of a record."""
        return "binned" if record in self._binned else "created"

    def apart(self, is_odd: Callable[[Row], bool] | None, plain: list[Plain]) -> list[Plain]:
        """`plain` without the records of which an op is odd."""
        if is_odd is None:
            return plain
        kept: list[Plain] = []
        for item in plain:
            rows = item[2] or [item[0]]
            if any(map(is_odd, rows)):
                self.odd += rows
            else:
                kept.append(item)
        return kept

    # -- working them out --------------------------------------------------------------------

    def lay(self, plain: list[Plain]) -> None:
        """Work out the rows of these records, none of which is here."""
        self.plain = plain
        known = self._known
        first = last = known.next_record
        for row, _, _ in plain:
            pk = known.places.get(row[RECORD], 0)
            if not pk:
                pk, last = last, last + 1
            self.keys[row[RECORD]] = pk
        known.next_record = last
        known.pks.update(self.keys)  # so that they can link to each other
        known.written.update(self.keys)
        sets = self._lay_sets(plain)
        files = {
            place: known.source(source, self._sources)
            for place, source in {
                id(row[1]): row[1] for one, _, more in plain for row in more or (one,)
            }.items()
        }
        for row, plan, more in plain:
            if more is None:
                self._lay_one(row, plan, first, sets, files)
            else:
                self._lay_several(more, plan, first, sets, files)
        kinds = {kind for kind, _ in self.counts if self._tables.of[kind].searched}
        if last > first:
            self.ranges += [(kind, first, last - 1) for kind in kinds]

    def _lay_sets(self, plain: Iterable[Plain]) -> dict[str, int]:
        """Lay out the change sets that are not here; the row key of every one."""
        known = self._known
        recent, sets, pk = known.recent, {}, known.next_set
        for first, _, more in plain:
            for row in more or (first,):
                head = row[0]
                set_id = head[0]
                if set_id in sets:
                    continue
                if set_id in recent:
                    sets[set_id] = recent[set_id][0]
                    continue
                _, device, officer, ms, counter, why, undoes, roster_head = head
                self._sets += (
                    pk, fromhex(set_id), device, officer, ms, counter, why,
                    fromhex(undoes) if undoes else "", roster_head,
                )  # fmt: skip
                sets[set_id] = pk
                recent[set_id] = (pk, head)
                pk += 1
        known.next_set = pk
        return sets

    def _lay_one(
        self, row: Row, plan: Plan, first: int, sets: dict[str, int], files: dict[int, int]
    ) -> None:
        """A record that one op made and none changed, as nearly all are."""
        head, source, compartment, index, kind, record, values, _, new, _ = row
        pk = self.keys[record]
        self._ops += (
            sets[head[0]], index, pk, packed(values), "", plan.unread, compartment,
            files[id(source)], int(new),
        )  # fmt: skip
        title = plan.title(values)
        if pk >= first:
            self.counts[kind, LIVE] += 1
            self._records += (pk, fromhex(record), kind, LIVE, title, head[3])
        else:
            self._lay_record(row, kind, pk, LIVE, title, head[3], first)
        in_order = [*values.values()]
        rows = self._rows.get(kind)
        if rows is None:
            rows = self._rows[kind] = []
        rows += plan.row(in_order, pk, LIVE, self._pk_of)
        if plan.has_sets:
            for name, elements in plan.elements(in_order, pk, self._pk_of):
                self._elements.setdefault((kind, name), []).extend(elements)

    def _lay_several(
        self, some: list[Row], plan: Plan, first: int, sets: dict[str, int], files: dict[int, int]
    ) -> None:
        """A record whose ops have to be merged."""
        kind, pk = plan.kind, self.keys[some[0][RECORD]]
        for head, source, compartment, index, _, _, values, supersedes, new, _ in some:
            own = self._plans.of(kind, values) or plan
            self._ops += (
                sets[head[0]], index, pk, packed(values), packed(supersedes) if supersedes else "",
                own.unread, compartment, files[id(source)], int(new),
            )  # fmt: skip
        merged = merge([_view(row) for row in some], plan.specs)
        state = BINNED if merged.binned else LIVE
        values = from_slots(plan.specs, merged.values)
        table = self._tables.of[kind]
        title = table.cls.short_title(values)
        self._lay_record(some[0], kind, pk, state, title, max(row[0][3] for row in some), first)
        for slot in merged.conflicts:
            self._conflicts += (pk, slot)
        if state == BINNED:
            self._binned.add(some[0][RECORD])
        self._rows.setdefault(kind, []).extend(table.row_of(pk, state, values, self._pk_of))
        for name, elements in table.elements_of(pk, values, self._pk_of):
            for element in elements:
                self._elements.setdefault((kind, name), []).extend(element)

    def _lay_record(
        self, row: Row, kind: str, pk: int, state: int, title: str, ms: int, first: int
    ) -> None:
        self.counts[kind, state] += 1
        if pk >= first:
            self._records += (pk, fromhex(row[RECORD]), kind, state, title, ms)
            return
        self._taken.append((kind, state, title, ms, pk))
        if self._tables.of[kind].searched:
            self.ranges.append((kind, pk, pk))

    def _pk_of(self, record: str) -> int:
        """The row key of what is linked to; places for what is not here come after the records."""
        known = self._known
        pk = known.pks.get(record) or known.pk_of(record)
        if not pk:
            pk = known.pks[record] = known.places[record] = known.next_record
            known.next_record += 1
            self._records += (pk, fromhex(record), "", ABSENT, "", 0)
        return pk

    # -- writing them ------------------------------------------------------------------------

    def put(self, connection: Connection) -> None:
        """Write all of them. Raises `IntegrityError` where anything of it is here already."""
        _SOURCES.put(connection, self._sources)
        _SETS.put(connection, self._sets)
        _RECORDS.put(connection, self._records)
        if self._taken:
            connection.executemany(_PLACE_TAKEN, self._taken)
        _OPS.put(connection, self._ops)
        _CONFLICTS.put(connection, self._conflicts)
        for kind, rows in self._rows.items():
            self._tables.rows(kind).put(connection, rows)
        for (kind, name), elements in self._elements.items():
            self._tables.elements(kind, name).put(connection, elements)


def _view(row: Row) -> OpView:
    head, _, _, index, _, _, values, supersedes, _, _ = row
    stamp = (head[3], head[4], head[1], head[0], index)
    return OpView(f"{head[0]}:{index}", stamp, values, supersedes)


__all__ = ["Known", "Outlay", "Plain", "Tables"]
