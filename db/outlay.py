"""The rows of many plain records, worked out before any of them is written: see `db.bulk`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import chain
from typing import Any

from db.blocks import Block
from db.changes import BIN, What, from_slots, packed
from db.connection import Connection
from db.known import Known, Plain, fromhex, rows_of
from db.merge import OpView, merge
from db.pages import RECORD, HeadRow, Row
from db.plans import Plan, Plans
from db.typed import ABSENT, BINNED, LIVE, TypedTable

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
_Values = tuple[Any, ...]
"""A row as its block takes it."""

_Laid = tuple[int, str, int, Plan, Mapping[str, Any]]
"""A record: row key, id, newest change, shape and values."""

_PLACE_TAKEN = "UPDATE record SET kind = ?, state = ?, title = ?, ms = ? WHERE pk = ?"


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
        self.new_ops = 0
        """How many ops these are."""
        self._binned: set[str] = set()
        self._sources: list[Any] = []
        self._taken: list[tuple[Any, ...]] = []
        self._conflicts: list[Any] = []
        self._sets: list[Any] = []
        self._records: list[Any] = []
        self._ops: list[Any] = []
        self._rows: dict[str, list[_Values]] = {}
        self._elements: dict[tuple[str, str], list[_Values]] = {}

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
        if not plain:
            return
        known = self._known
        records = [row[RECORD] for row, _, _ in plain]
        first, known.next_record = known.next_record, known.next_record + len(plain)
        self.keys = dict(zip(records, range(first, known.next_record), strict=True))
        for record in self.keys.keys() & known.places.keys() if known.places else ():
            self.keys[record] = known.places[record]  # a gap in the row keys does no harm
        known.pks.update(self.keys)  # so that they can link to each other
        known.written.update(self.keys)
        self._lay_ops(plain)
        self._lay_records(plain, first)
        kinds = {kind for kind, _ in self.counts if self._tables.of[kind].searched}
        self.ranges += [(kind, first, first + len(plain) - 1) for kind in kinds]

    def _lay_ops(self, plain: list[Plain]) -> None:
        """The ops themselves, with their files and change sets."""
        rows = rows_of(plain)
        self.new_ops = len(rows)
        sets = self._lay_sets([row[0] for row in rows])
        files = {
            place: self._known.source(source, self._sources)
            for place, source in {id(row[1]): row[1] for row in rows}.items()
        }
        _, sources, compartments, indexes, _, records, values, named, new, _ = zip(
            *rows, strict=True
        )
        plans = [*self._plans_of(plain)]
        self._ops = in_rows(
            sets, indexes, [*map(self.keys.__getitem__, records)],
            [plan.packed(value) for plan, value in zip(plans, values, strict=True)],
            [packed(keys) if keys else "" for keys in named],
            [plan.unread for plan in plans], compartments,
            [files[id(source)] for source in sources], [*map(int, new)],
        )  # fmt: skip

    def _plans_of(self, plain: list[Plain]) -> Iterator[Plan]:
        for _, plan, more in plain:
            if more is None:
                yield plan
            else:
                for row in more:
                    yield self._plans.of(plan.kind, row[6]) or plan

    def _lay_sets(self, heads: list[HeadRow]) -> Sequence[int]:
        """Lay out the change sets that are not here; the row key of each."""
        known = self._known
        recent, pk = known.recent, known.next_set
        ids = [head[0] for head in heads]
        new = {head[0]: head for head in heads}
        for set_id in new.keys() & recent.keys():
            del new[set_id]
        if new:
            pks = range(pk, pk + len(new))
            known.next_set += len(new)
            recent.update(zip(new, zip(pks, new.values(), strict=True), strict=True))
            _, devices, officers, ms, counters, whys, undone, rosters = zip(
                *new.values(), strict=True
            )
            self._sets = in_rows(
                pks, [*map(fromhex, new)], devices, officers, ms, counters, whys,
                [fromhex(undoes) if undoes else "" for undoes in undone], rosters,
            )  # fmt: skip
            if len(new) == len(ids):
                return pks
        return [recent[set_id][0] for set_id in ids]

    def _lay_records(self, plain: list[Plain], first: int) -> None:
        """What the ops come to."""
        laid: list[_Laid] = []
        merged: list[tuple[list[Row], Plan]] = []
        keys, plan_of = self.keys, self._plans.of
        for row, plan, more in plain:
            pk = keys[row[RECORD]]
            if more is None and pk >= first:
                laid.append((pk, row[RECORD], row[0][3], plan, row[6]))
                continue
            some = more or [row]
            values = as_one(some) if pk >= first else None
            shape = plan_of(plan.kind, values) if values is not None else None
            if shape is None or values is None:
                merged.append((some, plan))
            else:
                stamp = max(other[0][3] for other in some)
                laid.append((pk, row[RECORD], stamp, shape, values))
        if laid:
            self._lay_plainly(laid)
        for some, plan in merged:
            self._lay_merged(some, plan, first)

    def _lay_plainly(self, laid: list[_Laid]) -> None:
        """Records that are live and in no conflict, those of one shape together."""
        pks, records, stamps, plans, all_values = zip(*laid, strict=True)
        self._records = in_rows(
            pks, [*map(fromhex, records)], [plan.kind for plan in plans], [LIVE] * len(laid),
            [plan.title(values) for plan, values in zip(plans, all_values, strict=True)], stamps,
        )  # fmt: skip
        shapes: dict[Plan, list[int]] = {}
        for at, plan in enumerate(plans):
            shapes.setdefault(plan, []).append(at)
        for plan, places in shapes.items():
            kind = plan.kind
            self.counts[kind, LIVE] += len(places)
            own = [pks[at] for at in places]
            columns = [*zip(*[all_values[at].values() for at in places], strict=True)]
            self._rows.setdefault(kind, []).extend(plan.rows(columns, own, self._pk_of))
            for name, elements in plan.elements(columns, own, self._pk_of):
                self._elements.setdefault((kind, name), []).extend(elements)

    def _lay_merged(self, some: list[Row], plan: Plan, first: int) -> None:
        """A record whose ops have to be merged, or that takes the place kept for it."""
        kind, pk = plan.kind, self.keys[some[0][RECORD]]
        merged = merge([_view(row) for row in some], plan.specs)
        state = BINNED if merged.binned else LIVE
        values = from_slots(plan.specs, merged.values)
        table = self._tables.of[kind]
        title, ms = table.cls.short_title(values), max(row[0][3] for row in some)
        self.counts[kind, state] += 1
        if pk >= first:
            self._records += (pk, fromhex(some[0][RECORD]), kind, state, title, ms)
        else:
            self._taken.append((kind, state, title, ms, pk))
            if table.searched:
                self.ranges.append((kind, pk, pk))
        for slot in merged.conflicts:
            self._conflicts += (pk, slot)
        if state == BINNED:
            self._binned.add(some[0][RECORD])
        self._rows.setdefault(kind, []).append(tuple(table.row_of(pk, state, values, self._pk_of)))
        for name, elements in table.elements_of(pk, values, self._pk_of):
            self._elements.setdefault((kind, name), []).extend(elements)

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

    def put(self, connection: Connection, turn: AbstractContextManager[Any]) -> None:
        """Write all of them, `turn` being held while the connection is at work.

        Raises `IntegrityError` where anything of it is here already.
        """
        first = [(_SOURCES, self._sources), (_SETS, self._sets), (_RECORDS, self._records)]
        for own, values in first:
            own.put(connection, values, turn)
        if self._taken:
            with turn:
                connection.executemany(_PLACE_TAKEN, self._taken)
        _OPS.put(connection, self._ops, turn)
        _CONFLICTS.put(connection, self._conflicts, turn)
        blocks = [(self._tables.rows(kind), rows) for kind, rows in self._rows.items()]
        blocks += [(self._tables.elements(*of), rows) for of, rows in self._elements.items()]
        for block, rows in blocks:
            rows.sort()  # those of each shape stand together; the tables are filled in order
            block.put(connection, [*chain.from_iterable(rows)], turn)
        for given in (self._sets, self._records, self._ops, self._rows, self._elements):
            given.clear()  # what a whole transaction writes would take more room than all else


def in_rows(*columns: Sequence[Any]) -> list[Any]:
    """Columns as one flat list of rows, without making a row of any."""
    width = len(columns)
    flat: list[Any] = [None] * (width * len(columns[0]))
    for at, column in enumerate(columns):
        flat[at::width] = column
    return flat


def as_one(some: list[Row]) -> dict[str, Any] | None:
    """What ops come to of which each supersedes what it changes; None where that is not so.

    It is what `merge` would say, only sooner.
    """
    said: dict[str, tuple[str, Any]] = {}
    gone: set[tuple[str, str]] = set()
    for head, _, _, index, _, _, values, named, _, _ in some:
        key = f"{head[0]}:{index}"
        for slot, keys in named.items():
            gone.update([(slot, past) for past in keys])
        for slot, value in values.items():
            before = said.get(slot)
            if slot == BIN or (before is not None and (slot, before[0]) not in gone):
                return None
            said[slot] = (key, value)
    if any((slot, key) in gone for slot, (key, _) in said.items()):
        return None
    return {slot: value for slot, (_, value) in said.items()}


def _view(row: Row) -> OpView:
    head, _, _, index, _, _, values, supersedes, _, _ = row
    stamp = (head[3], head[4], head[1], head[0], index)
    return OpView(f"{head[0]}:{index}", stamp, values, supersedes)


__all__ = ["Outlay", "Tables", "as_one", "in_rows"]
