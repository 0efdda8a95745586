"""Reading: a connection of its own that can write nothing and can be interrupted."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from db.claims import logged
from db.connection import Connection, known_errors, roll_back
from db.errors import Erased, NotFound
from db.query import Condition, ListQuery, Plan, found_by
from db.record import Record, Registry
from db.search import Endings, Vocabulary, match_words
from db.shown import Listing, Page, Row
from db.standing import Claim, Standing
from db.typed import ABSENT, ERASED_STATE, LIVE, TypedTable, raw_id


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
        self._listings: dict[tuple[Any, ...], Listing] = {}
        self._vocabulary = Vocabulary(connection)
        self._closing = threading.Lock()
        self._closed = False

    def page(
        self, query: ListQuery, *, offset: int = 0, limit: int = 200, after: int | None = None
    ) -> Page:
        """Rows `offset` to `offset + limit`, or those after row key `after` (sorts by pk only)."""
        walks = query.sort.lstrip("-") == "pk"
        follows = after is not None and walks
        skips = offset > 0 and not follows
        endings = self._endings(query) if walks else None
        tail = (after,) if follows else (offset,) if skips else ()
        # What a look-up finds is asked for in the moment of the store in which it was found.
        with self._reading() if endings else known_errors("store"):
            listing = self._listing(query, limit + 1, follows, skips)
            params = (*found_by(query, endings), *listing.params, *tail)
            found = self._connection.execute(listing.sql, params).fetchall()
        more = len(found) > limit
        rows = listing.rows(found[:limit] if more else found)
        return Page(rows, more, rows[-1].pk if rows else None)

    def _listing(self, query: ListQuery, most: int, after: bool, skips: bool) -> Listing:
        """How a list is fetched, worked out once where no filter is part of it."""
        worded = bool(query.text.strip())
        if query.where or (query.bin and worded):
            return Listing(self.registry, query, most, after=after, skips=skips)
        shape = (query.kind, query.columns, query.sort, query.bin, worded, most, after, skips)
        known = self._listings.get(shape)
        if known is None:
            known = Listing(self.registry, query, most, after=after, skips=skips)
            self._listings[shape] = known
        return known

    def _endings(self, query: ListQuery) -> Endings | None:
        """How words typed become words of the index, for lists that stop after a page."""
        if query.bin or not query.text.strip():
            return None
        if not self._tables[self.registry[query.kind].meta.name].searched:
            return None
        with known_errors("store"):
            self._vocabulary.open(query.kind)
        return partial(self._vocabulary.endings, query.kind)

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

    def kind_of(self, record_id: str) -> str:
        """The kind of any record; "" when it is not here."""
        with self._reading():
            row = self._connection.execute(
                "SELECT kind FROM record WHERE id = ?", (raw_id(record_id),)
            ).fetchone()
        return str(row[0]) if row else ""

    def changes_of(self, record_id: str) -> Iterator[tuple[Claim, Standing]]:
        """Every change of a record, the newest first, with what it comes to."""
        with self._reading():
            found = list(
                logged(
                    self._connection, self.registry,
                    "WHERE r.id = ? ORDER BY c.ms DESC, c.counter DESC, o.idx DESC",
                    (raw_id(record_id),),
                )
            )  # fmt: skip
        return iter([(item.claim, item.standing) for item in found])

    def children(
        self, kind: str, parent_id: str, *, link: str = "", bin: bool = False
    ) -> list[Record]:
        """The records of `kind` that belong to a record, in the kind's order.

        Those outside the bin, or those in it. `link` names another field than the parent.
        """
        cls = self.registry[kind]
        sort = cls.meta.sort
        query = ListQuery(
            kind, where=(Condition(link or cls.meta.parent, "=", parent_id),),
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
            with known_errors("store"):  # SQLite takes the moment of the first read
                self._connection.execute("SELECT 1 FROM record LIMIT 1").fetchall()
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


def _snippet(row: Row, text: str) -> str:
    word = text.split()[0].casefold() if text.split() else ""
    for value in row.values:
        if isinstance(value, str) and word in value.casefold():
            at = value.casefold().index(word)
            begin = max(0, at - 30)
            return ("…" if begin else "") + " ".join(value[begin : at + 60].split())
    return ""


__all__ = ["LIVE", "Hit", "Page", "Reader", "Row"]
