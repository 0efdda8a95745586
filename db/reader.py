"""Reading: a connection of its own that can write nothing and can be interrupted."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from typing import Any, NamedTuple

from db.connection import Connection, known_errors, roll_back
from db.errors import Erased, NotFound
from db.fields import FieldType
from db.query import Column, Condition, ListQuery, Plan
from db.record import Record, Registry
from db.search import Endings, Vocabulary, match_words
from db.typed import ABSENT, ERASED_STATE, LIVE, TypedTable, raw_id


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


@dataclass(frozen=True, slots=True)
class Hit:
    """A record found by its words."""

    kind: str
    id: str
    title: str
    snippet: str


class Reader:
    """One read-only connection. For one thread at a time; `interrupt` may come from any."""

    def __init__(self, connection: Connection, registry: Registry) -> None:
        self._connection = connection
        self.registry = registry
        self._tables = {cls.meta.name: TypedTable(cls) for cls in registry}
        self._statements: dict[tuple[str, tuple[str, ...]], tuple[list[Column], str]] = {}
        self._vocabulary = Vocabulary(connection)
        self._closing = threading.Lock()
        self._closed = False

    def page(
        self, query: ListQuery, *, offset: int = 0, limit: int = 200, after: int | None = None
    ) -> Page:
        """Rows `offset` to `offset + limit`, or those after row key `after` (sorts by pk only)."""
        endings = self._endings(query)
        with self._reading():
            plan = Plan(self.registry, query, endings)
            order = plan.order()
            source, params = plan.source()
            if after is not None and query.sort.lstrip("-") == "pk":
                key = "f.rowid" if "f.rowid" in order else "t.pk"
                source += f" AND {key} {'<' if query.sort.startswith('-') else '>'} ?"
                params.append(after)
                offset = 0
            bare = query.text.strip() and not query.bin and not plan.joins and not query.where
            found = self._connection.execute(
                f"SELECT {'f.rowid' if bare else 't.pk'} {source} {order} LIMIT ? OFFSET ?",
                (*params, limit + 1, offset),
            )
            pks = [row[0] for row in found]
            rows = self.rows(query, pks[:limit])
        return Page(rows, len(pks) > limit, rows[-1].pk if rows else None)

    def _endings(self, query: ListQuery) -> Endings | None:
        """How words typed become words of the index, for lists that stop after a page."""
        if query.bin or not query.text.strip() or query.sort.lstrip("-") != "pk":
            return None
        if not self._tables[self.registry[query.kind].meta.name].searched:
            return None
        with known_errors("store"):
            self._vocabulary.open(query.kind)
        return partial(self._vocabulary.endings, query.kind)

    def rows(self, query: ListQuery, pks: Sequence[int]) -> list[Row]:
        """What the query's columns show of these row keys, in their order."""
        if not pks:
            return []
        columns, select = self._shown(query.kind, query.columns)
        holes = ", ".join("?" * len(pks))
        found = self._connection.execute(f"{select} WHERE t.pk IN ({holes})", tuple(pks)).fetchall()
        if not found:
            return []
        # Column by column, because a page is shown with every scroll and each letter typed.
        keys, ids, titles, *stored = zip(*found, strict=True)
        shown: list[Sequence[Any]] = list(stored)
        self._fill(columns, shown)
        values = zip(*shown, strict=True) if shown else repeat(())
        by_pk = dict(
            zip(keys, map(_ROW, zip(keys, ids, titles, values, strict=False)), strict=True)
        )
        return [by_pk[pk] for pk in pks if pk in by_pk]

    def _shown(self, kind: str, paths: tuple[str, ...]) -> tuple[list[Column], str]:
        """The columns of a list, and the statement that shows them, worked out once."""
        known = self._statements.get((kind, paths))
        if known is not None:
            return known
        plan = Plan(self.registry, ListQuery(kind, paths))
        columns = [plan.column(path) for path in paths]
        shown = [
            plan.title_of(column) if column.spec.type is FieldType.LINK else column.sql
            for column in columns
        ]
        parts = "".join(f", {sql}" for sql in shown)
        joins = " ".join(plan.joins.values())
        select = (
            f"SELECT t.pk, lower(hex(r.id)), r.title{parts} "
            f'FROM "{kind}" AS t JOIN record r ON r.pk = t.pk {joins}'
        )
        self._statements[kind, paths] = (columns, select)
        return columns, select

    def _fill(self, columns: Sequence[Column], shown: list[Sequence[Any]]) -> None:
        """Make of the stored values what is shown; most columns show what is stored."""
        for at, column in enumerate(columns):
            spec, stored = column.spec, shown[at]
            if spec.is_set:
                empty: Any = {} if spec.type is FieldType.FEATURES else ()
                held = self._elements(column, set(stored))
                shown[at] = [held.get(pk, empty) for pk in stored]
            elif spec.type is FieldType.BOOLEAN:
                shown[at] = [spec.default if each is None else bool(each) for each in stored]
            elif spec.default not in ("", None):
                shown[at] = [spec.default if each is None else each for each in stored]

    def _elements(self, column: Column, owners: set[int]) -> dict[int, Any]:
        owners.discard(None)  # what a link that leads nowhere gives
        holes = ", ".join("?" * len(owners))
        table = f'"{column.kind}__{column.spec.name}"'
        if column.spec.type is FieldType.FEATURES:
            answers: dict[int, dict[str, str]] = {}
            for pk, element, value in self._connection.execute(
                f"SELECT pk, element, value FROM {table} WHERE pk IN ({holes}) "
                "ORDER BY pk, element",
                tuple(owners),
            ):
                answers.setdefault(pk, {})[element] = value
            return answers
        if column.spec.type is FieldType.LINKS:
            sql = (
                f"SELECT s.pk, r.title FROM {table} s JOIN record r ON r.pk = s.element "
                f"WHERE s.pk IN ({holes}) AND r.state = 0"
            )
        else:
            sql = f"SELECT pk, element FROM {table} WHERE pk IN ({holes})"
        gathered: dict[int, tuple[str, ...]] = {}
        for pk, element in self._connection.execute(sql, tuple(owners)):
            held = gathered.get(pk)  # sorted here: most records hold one, and SQLite sorts each
            gathered[pk] = (element,) if held is None else tuple(sorted((*held, element)))
        return gathered

    def count(self, query: ListQuery) -> int:
        """How many records match. A whole kind's count is kept, so it costs nothing."""
        with self._reading():
            if not query.where and not query.text.strip():
                row = self._connection.execute(
                    "SELECT n FROM tally WHERE kind = ? AND state = ?", (query.kind, int(query.bin))
                ).fetchone()
                return int(row[0]) if row else 0
            plan = Plan(self.registry, query)
            source, params = plan.source()
            if query.text.strip() and not query.where and not query.bin:
                source, params = (
                    f'FROM "{query.kind}__fts" WHERE "{query.kind}__fts" MATCH ?',
                    [match_words(query.text)],
                )
            return int(
                self._connection.execute(f"SELECT count(*) {source}", tuple(params)).fetchone()[0]
            )

    def position(self, query: ListQuery, record_id: str) -> int | None:
        """Where a record stands in a list sorted by pk; None when it is not in it."""
        if query.sort.lstrip("-") != "pk":
            return None
        plan = Plan(self.registry, query)
        source, params = plan.source()
        with self._reading():
            row = self._connection.execute(
                f"SELECT t.pk {source} AND t.pk = (SELECT pk FROM record WHERE id = ?)",
                (*params, raw_id(record_id)),
            ).fetchone()
            if row is None:
                return None
            sign = ">" if query.sort.startswith("-") else "<"
            ahead = self._connection.execute(
                f"SELECT count(*) {source} AND t.pk {sign} ?", (*params, row[0])
            ).fetchone()
        return int(ahead[0])

    def get(self, kind: str, record_id: str) -> Record:
        """One record, in the bin or not. Raises `NotFound`."""
        table = self._tables[self.registry[kind].meta.name]
        with self._reading():
            row = self._connection.execute(
                "SELECT pk, state FROM record WHERE id = ? AND kind = ? AND state <> ?",
                (raw_id(record_id), kind, ABSENT),
            ).fetchone()
            values = table.read(self._connection, row[0]) if row else None
        if values is None:
            label = self.registry[kind].meta.label.lower()
            if row is not None and row[1] == ERASED_STATE:
                raise Erased(label)
            raise NotFound(f"There is no {label} with the id “{record_id}” here.")
        return table.record(record_id, values)

    def title(self, record_id: str) -> str:
        """The title of any record; "" when it is not here."""
        with self._reading():
            row = self._connection.execute(
                "SELECT title FROM record WHERE id = ?", (raw_id(record_id),)
            ).fetchone()
        return str(row[0]) if row else ""

    def children(self, kind: str, parent_id: str, *, bin: bool = False) -> list[Record]:
        """The records of `kind` that belong to a record, in the kind's order.

        Those outside the bin, or those in it.
        """
        cls = self.registry[kind]
        sort = cls.meta.sort
        query = ListQuery(
            kind, where=(Condition(cls.meta.parent, "=", parent_id),),
            sort="pk" if sort == "-pk" else sort, bin=bin,
        )  # fmt: skip
        with self._reading():
            return [self.get(kind, row.id) for row in self.page(query, limit=10_000).rows]

    def find(self, kind: str, field: str, value: Any) -> list[str]:
        """Ids of the records outside the bin whose field equals a value."""
        query = ListQuery(kind, where=(Condition(field, "=", value),), sort="pk")
        plan = Plan(self.registry, query)
        order = plan.order()
        source, params = plan.source()
        found = self.sql(
            f"SELECT lower(hex((SELECT id FROM record WHERE pk = t.pk))) {source} {order}", params
        )
        return [row[0] for row in found]

    def search_all(self, text: str, limit: int = 8) -> list[Hit]:
        """The newest records of every kind that hold these words, `limit` of each kind."""
        hits: list[Hit] = []
        if not text.strip():
            return hits
        for cls in self.registry:
            specs = [spec for spec in cls.specs().values() if spec.searchable]
            if not specs:
                continue
            columns = tuple(spec.name for spec in specs)
            page = self.page(ListQuery(cls.meta.name, columns, text=text), limit=limit)
            hits += [Hit(cls.meta.name, r.id, r.title, _snippet(r, text)) for r in page.rows]
        return hits

    def sql(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query of `engage_desktop.queries`."""
        with self._reading():
            return list(self._connection.execute(sql, tuple(params)))

    def get_setting(self, name: str, default: Any = None) -> Any:
        """A small JSON value of this laptop's own, read without waiting for the writer."""
        found = self.sql("SELECT value FROM setting WHERE name = ?", (name,))
        return json.loads(found[0][0]) if found else default

    def interrupt(self) -> None:
        """Stop what runs now; it raises `Cancelled`. From any thread."""
        with self._closing:
            if not self._closed:
                self._connection.interrupt()

    def close(self) -> None:
        """Close the connection."""
        with self._closing:
            self._closed = True
            self._connection.close()

    @contextlib.contextmanager
    def steady(self) -> Iterator[None]:
        """See the store as it stands now until the end, whatever is written meanwhile.

        For reading page after page: no row is skipped or met twice. Inside another it does
        nothing more.
        """
        if self._connection.in_transaction:
            yield
            return
        with known_errors("store"):
            self._connection.execute("BEGIN")
        try:
            yield
        finally:
            if not self._closed:
                roll_back(self._connection)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        with known_errors("store"):
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN")  # one moment of the store for several statements
            try:
                yield
            finally:
                roll_back(self._connection)


_ROW = partial(tuple.__new__, Row)
"""A row from its four parts: half the time of `Row(...)`, and there are hundreds to a page."""


def _snippet(row: Row, text: str) -> str:
    word = text.split()[0].casefold() if text.split() else ""
    for value in row.values:
        if isinstance(value, str) and word in value.casefold():
            at = value.casefold().index(word)
            begin = max(0, at - 30)
            return ("…" if begin else "") + " ".join(value[begin : at + 60].split())
    return ""


__all__ = ["LIVE", "Hit", "Page", "Reader", "Row"]
