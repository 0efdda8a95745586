"""What a list shows of its records: the SQL that fetches a page, and the rows made of it.

One statement fetches a page with everything on it, sets too: they come as JSON, a column's whole
page of them is read at once, and no second statement needs to see the same moment of the store.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from typing import Any, NamedTuple

from db.fields import FieldType
from db.query import Column, ListQuery, Plan, found_by
from db.record import Registry


class Row(NamedTuple):
    """One record in a list: its values in the order of the query's columns.

    A LINK shows its target's title, LINKS a tuple of titles, CHOICES a tuple of codes, FEATURES
    a dict; what is empty is None (or an empty tuple or dict).
    """

    pk: int
    id: str
    title: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, and whether more follow. `last` is where the next page begins."""

    rows: list[Row]
    more: bool
    last: int | None


_ROW = partial(tuple.__new__, Row)
"""A row from its four parts: half the time of `Row(...)`, and there are hundreds to a page."""


class Listing:
    """How the pages of one list are fetched.

    The parameters of `sql` are `found_by`, `params` and what the page needs: `after`, the row key
    behind which it begins; `skips`, how many rows to pass over, of which only the keys are read.
    `most` stands in the SQL as a number: with a parameter in its place SQLite prepares the
    statement anew each time (measured: 18 of 60 microseconds).
    """

    def __init__(
        self, registry: Registry, query: ListQuery, most: int, *, after: bool, skips: bool
    ) -> None:
        plan = Plan(registry, query)
        order = plan.order()
        # What is sorted or filtered is worked out for every row that matches; what is shown must
        # not be, nor stand in the way of the order in which the tables are best gone through.
        apart = skips or bool(query.where) or query.sort.lstrip("-") != "pk"
        outer = Plan(registry, ListQuery(query.kind)) if apart else plan
        outer.joins["r"] = "CROSS JOIN record AS r ON r.pk = t.pk"
        self._columns = [outer.column(path) for path in query.columns]
        shown = ", ".join(
            ["t.pk", "r.id", "r.title", *(_shown(outer, each) for each in self._columns)]
        )
        source, params = plan.source()
        self.params = params[len(found_by(query)) :]
        if after:
            key = "f.rowid" if "f.rowid" in order else "t.pk"
            source += f" AND {key} {'<' if query.sort.startswith('-') else '>'} ?"
        order += f" LIMIT {most}{' OFFSET ?' * skips}"
        if not apart:
            self.sql = f"SELECT {shown} {source} {order}"
            return
        # A CROSS JOIN is gone through from left to right, so the keys keep their order.
        self.sql = (
            f"SELECT {shown} FROM (SELECT t.pk AS pk {source} {order}) AS k "
            f'CROSS JOIN "{query.kind}" AS t ON t.pk = k.pk {" ".join(outer.joins.values())}'
        )

    def rows(self, found: Sequence[tuple[Any, ...]]) -> list[Row]:
        """Rows of what the statement gave, column by column: a page is shown with each letter."""
        if not found:
            return []
        keys, ids, titles, *stored = zip(*found, strict=True)
        columns = map(_values, self._columns, stored)
        values = zip(*columns, strict=True) if stored else repeat(())
        return list(map(_ROW, zip(keys, map(bytes.hex, ids), titles, values, strict=False)))


def _shown(plan: Plan, column: Column) -> str:
    """SQL for what a column shows."""
    if column.spec.type is FieldType.LINK:
        return plan.title_of(column)
    if not column.spec.is_set:
        return column.sql
    table = f'"{column.kind}__{column.spec.name}" AS s'
    if column.spec.type is FieldType.LINKS:
        return (
            f"(SELECT json_group_array(e.title) FROM {table} CROSS JOIN record AS e "
            f"ON e.pk = s.element WHERE s.pk = {column.sql} AND e.state = 0)"
        )
    gathered = (
        "json_group_object(s.element, s.value)"
        if column.spec.type is FieldType.FEATURES
        else "json_group_array(s.element)"
    )
    return f"(SELECT {gathered} FROM {table} WHERE s.pk = {column.sql})"


def _values(column: Column, stored: Iterable[Any]) -> Iterable[Any]:
    """Make of the stored values what is shown; most columns show what is stored."""
    spec = column.spec
    if spec.is_set:
        return _sets(spec.type, list(stored))
    if spec.type is FieldType.BOOLEAN:
        return [spec.default if each is None else bool(each) for each in stored]
    if spec.default not in ("", None):
        return [spec.default if each is None else each for each in stored]
    return stored


def _sets(type_: FieldType, stored: Sequence[str]) -> list[Any]:
    """Sets out of JSON; records that hold the same share one."""
    different = set(stored)
    held: dict[str, Any] = {}
    for text, read in zip(different, json.loads(f"[{','.join(different)}]"), strict=True):
        if type_ is FieldType.FEATURES:
            held[text] = dict(sorted(read.items()))
        else:
            held[text] = tuple(sorted(read))
    return [held[text] for text in stored]
