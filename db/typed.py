"""The typed table of one kind: where the present state of its records stands, ready for SQL.

It holds nothing that the ops do not: it can be rebuilt from them. Layout for kind `k`:
`k(pk, state, <scalar fields>)`, one `k__<field>(pk, element, value)` for each set field, and
`k__fts` over the searchable fields of the records that are not in the bin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from db.changes import is_empty
from db.connection import Connection
from db.errors import NotFound
from db.fields import INTEGER_TYPES, LINK_TYPES, WORDS, FieldType, Spec, is_id
from db.record import Record, field_of

LIVE = 0
BINNED = 1
ERASED_STATE = 2
"""Erased for good: the row key and the bare log stay, no row and no title."""
ABSENT = 9
"""Only pointed to: the record itself has not arrived, or was withdrawn."""

_FILLING = {"hashsize": 1 << 25, "automerge": 0}
_USUAL = {"hashsize": 1 << 20, "automerge": 4}
"""FTS5's settings while very many rows are indexed at once, and as it comes: bytes of words that
wait in memory, and from how many pieces of an index each write does its share of merging."""

PkOf = Callable[[str], int]
"""From a record's id to its row key, making a place for one that is not here yet."""


class TypedTable:
    """Reads and writes the rows of one kind. Every statement is prepared once."""

    def __init__(self, cls: type[Record]) -> None:
        self.cls = cls
        self.name = cls.meta.name
        specs = cls.specs()
        self.scalars = [spec for spec in specs.values() if not spec.is_set]
        self.sets = [spec for spec in specs.values() if spec.is_set]
        self.searched = [spec for spec in self.scalars if spec.searchable]
        self.forms = [
            (
                spec.name,
                is_empty(spec, "") or spec.type is FieldType.LINK,
                spec.type if spec.type in (FieldType.LINK, FieldType.BOOLEAN) else None,
            )
            for spec in self.scalars
        ]
        """Name, whether "" is kept as nothing, and the type where the kept form is another."""
        names = "".join(f', "{spec.name}"' for spec in self.scalars)
        # To hand over None costs the driver as much as the rest of a row: "" says it.
        self.taken = {"pk": "?", "state": "?"} | {
            f'"{name}"': "nullif(?, '')" if blank else "?" for name, blank, _ in self.forms
        }
        """How each column takes its value: "" may stand for nothing where it would be that."""
        # Told apart, because an insert that may replace costs five times a plain one.
        columns, marks = ", ".join(self.taken), ", ".join(self.taken.values())
        self._insert = f'INSERT INTO "{self.name}"({columns}) VALUES ({marks})'
        sets = "".join(f', "{spec.name}" = ?' for spec in self.scalars)
        self._update = f'UPDATE "{self.name}" SET state = ?{sets} WHERE pk = ?'
        self._select = f'SELECT state{names} FROM "{self.name}" WHERE pk = ?'
        words = ", ".join(f'"{spec.name}"' for spec in self.searched)
        holes = ", ?" * len(self.searched)
        fts = f"{self.name}__fts"
        self._fts_add = f'INSERT INTO "{fts}"(rowid, {words}) VALUES (?{holes})'
        said = " OR ".join(f"\"{spec.name}\" <> ''" for spec in self.searched)
        self._fts_fill = (
            f'INSERT INTO "{fts}"(rowid, {words}) SELECT pk, {words} FROM "{self.name}" '
            f"WHERE pk BETWEEN ? AND ? AND state = {LIVE} AND ({said})"
        )
        self._fts_set = f'INSERT INTO "{fts}"("{fts}", rank) VALUES (?, ?)'
        self._fts_drop = (
            f'INSERT INTO "{fts}"("{fts}", rowid, {words}) VALUES (\'delete\', ?{holes})'
        )

    def write(
        self,
        connection: Connection,
        pk: int,
        state: int,
        values: Mapping[str, Any],
        pk_of: PkOf,
        *,
        new: bool = False,
    ) -> int | None:
        """Make row `pk` say `values` (JSON form). Returns the state it had before, if any."""
        before = None
        if not new:
            before = self._unindex(connection, pk)
        row = [self._stored(spec, values.get(spec.name), pk_of) for spec in self.scalars]
        if before is None:
            connection.execute(self._insert, (pk, state, *row))
        else:
            connection.execute(self._update, (state, *row, pk))
        for spec in self.sets:
            if before is not None:
                connection.execute(f'DELETE FROM "{self.name}__{spec.name}" WHERE pk = ?', (pk,))
            self._write_set(connection, spec, pk, values.get(spec.name), pk_of)
        if state == LIVE and self.searched:
            texts = [values.get(spec.name) or None for spec in self.searched]
            if any(texts):
                connection.execute(self._fts_add, (pk, *texts))
        return before

    def _write_set(
        self, connection: Connection, spec: Spec, pk: int, value: Any, pk_of: PkOf
    ) -> None:
        if value:
            self._add_to_set(connection, spec.name, _elements(spec, pk, value, pk_of))

    def _add_to_set(
        self, connection: Connection, name: str, rows: Sequence[tuple[int, Any, Any]]
    ) -> None:
        connection.executemany(f'INSERT INTO "{self.name}__{name}" VALUES (?, ?, ?)', rows)

    def add_all(
        self, connection: Connection, rows: Sequence[tuple[int, int, Mapping[str, Any]]],
        pk_of: PkOf,
    ) -> None:  # fmt: skip
        """Write many rows (key, state, values in JSON form) of which none is here yet."""
        connection.executemany(self._insert, [self.row_of(*row, pk_of) for row in rows])
        elements: dict[str, list[tuple[int, Any, Any]]] = {}
        for pk, _, values in rows:
            for name, some in self.elements_of(pk, values, pk_of):
                elements.setdefault(name, []).extend(some)
        for name, some in elements.items():
            self._add_to_set(connection, name, some)
        if self.searched:
            words = [
                (pk, *[values.get(spec.name) or None for spec in self.searched])
                for pk, state, values in rows
                if state == LIVE
            ]
            connection.executemany(self._fts_add, [row for row in words if any(row[1:])])

    def fill_index(self, connection: Connection, first: int, last: int) -> None:
        """Let very many rows be found that are not in the index yet: from one row key to another.

        Twice as quick as with FTS5's own settings, which a search pays for a little: words wait in
        memory until there are many, and what one call writes is merged with the rest by later
        writes. To set anything writes first what waits.
        """
        for name, value in _FILLING.items():
            connection.execute(self._fts_set, (name, value))
        connection.execute(self._fts_fill, (first, last))
        for name, value in _USUAL.items():
            connection.execute(self._fts_set, (name, value))

    def row_of(self, pk: int, state: int, values: Mapping[str, Any], pk_of: PkOf) -> list[Any]:
        """The row of a record's values in JSON form, as `taken` says."""
        row: list[Any] = [pk, state]
        for name, blank, convert in self.forms:
            value = values.get(name)
            if value is None or value == "":
                value = "" if blank else value
            elif convert is FieldType.LINK:
                value = pk_of(value)
            elif convert is FieldType.BOOLEAN:
                value = int(value)
            row.append(value)
        return row

    def elements_of(
        self, pk: int, values: Mapping[str, Any], pk_of: PkOf
    ) -> Iterator[tuple[str, list[tuple[int, Any, Any]]]]:
        """The rows of a record's sets, by field."""
        for spec in self.sets:
            value = values.get(spec.name)
            if value:
                yield spec.name, _elements(spec, pk, value, pk_of)

    def _unindex(self, connection: Connection, pk: int) -> int | None:
        row = connection.execute(self._select, (pk,)).fetchone()
        if row is None:
            return None
        if row[0] == LIVE and self.searched:
            old = dict(zip((spec.name for spec in self.scalars), row[1:], strict=True))
            texts = [old[spec.name] or None for spec in self.searched]
            if any(texts):
                connection.execute(self._fts_drop, (pk, *texts))
        return int(row[0])

    def remove(self, connection: Connection, pk: int) -> int | None:
        """Take row `pk` away altogether. Returns the state it had."""
        before = self._unindex(connection, pk)
        for spec in self.sets:
            connection.execute(f'DELETE FROM "{self.name}__{spec.name}" WHERE pk = ?', (pk,))
        connection.execute(f'DELETE FROM "{self.name}" WHERE pk = ?', (pk,))
        return before

    def read(self, connection: Connection, pk: int) -> dict[str, Any] | None:
        """The row's values in JSON form, links as ids; what is empty is left out."""
        row = connection.execute(self._select, (pk,)).fetchone()
        if row is None:
            return None
        values: dict[str, Any] = {}
        for spec, stored in zip(self.scalars, row[1:], strict=True):
            if stored is None:
                continue
            if spec.type is FieldType.LINK:
                values[spec.name] = id_of(connection, stored)
            elif spec.type is FieldType.BOOLEAN:
                values[spec.name] = bool(stored)
            else:
                values[spec.name] = stored
        for spec in self.sets:
            elements = self._read_set(connection, spec, pk)
            if elements:
                values[spec.name] = elements
        return values

    def _read_set(self, connection: Connection, spec: Spec, pk: int) -> Any:
        table = f"{self.name}__{spec.name}"
        if spec.type is FieldType.LINKS:
            found = connection.execute(
                f'SELECT lower(hex(r.id)) FROM "{table}" s JOIN record r ON r.pk = s.element '
                "WHERE s.pk = ?",
                (pk,),
            )
            return sorted(row[0] for row in found)
        found = connection.execute(f'SELECT element, value FROM "{table}" WHERE pk = ?', (pk,))
        if spec.type is FieldType.FEATURES:
            return dict(found.fetchall())
        return sorted(row[0] for row in found)

    @staticmethod
    def _stored(spec: Spec, value: Any, pk_of: PkOf) -> Any:
        if value is None or is_empty(spec, value):
            return None
        if spec.type is FieldType.LINK:
            return pk_of(value) if value else None
        if spec.type is FieldType.BOOLEAN:
            return int(value)
        return value

    def record(self, record_id: str, values: Mapping[str, Any]) -> Record:
        """The record these values make, even where an older or newer rule allowed more."""
        try:
            return self.cls.model_validate({"id": record_id, **values})
        except ValueError:
            return self.cls.model_construct(id=record_id, **self._as_far_as_valid(values))

    def _as_far_as_valid(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Each field by itself: in its own type where its rule still holds, else as it is kept."""
        kept: dict[str, Any] = {}
        for name, value in values.items():
            try:
                kept[name] = field_of(self.cls, name, value)
            except ValueError:
                kept[name] = value
        return kept

    def ddl(self) -> list[str]:
        """The statements that make these tables today.

        Migrations do not call this: they hold its output as literals. Tests compare the two.
        """
        columns = ["pk INTEGER PRIMARY KEY REFERENCES record(pk)", "state INTEGER NOT NULL"]
        columns += [f'"{spec.name}" {_sql_type(spec)}' for spec in self.scalars]
        made = [f'CREATE TABLE "{self.name}"({", ".join(columns)}) STRICT']
        made.append(f'CREATE INDEX "{self.name}__state" ON "{self.name}"(state)')
        sort = self.cls.meta.sort.lstrip("-")
        for spec in self.scalars:
            if spec.type is FieldType.LINK:
                made.append(
                    f'CREATE INDEX "{self.name}__{spec.name}__by" ON "{self.name}"("{spec.name}")'
                )
            elif spec.type is FieldType.DATE or spec.name == sort:
                nocase = " COLLATE NOCASE" if spec.type in WORDS else ""
                made.append(
                    f'CREATE INDEX "{self.name}__{spec.name}__by" '
                    f'ON "{self.name}"(state, "{spec.name}"{nocase})'
                )
            if spec.matched:
                made.append(
                    f'CREATE INDEX "{self.name}__{spec.name}__plain" '
                    f'ON "{self.name}"({plain_form(spec)})'
                )
        for spec in self.sets:
            table = f"{self.name}__{spec.name}"
            element = "INTEGER" if spec.type in LINK_TYPES else "TEXT"
            value = "TEXT" if spec.type is FieldType.FEATURES else "INTEGER"
            made.append(
                f'CREATE TABLE "{table}"(pk INTEGER NOT NULL, element {element} NOT NULL, '
                f"value {value} NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID"
            )
            made.append(f'CREATE INDEX "{table}__by" ON "{table}"(element, pk)')
        if self.searched:
            words = ", ".join(f'"{spec.name}"' for spec in self.searched)
            fts = f"{self.name}__fts"
            made.append(
                f"CREATE VIRTUAL TABLE \"{fts}\" USING fts5({words}, content='{self.name}', "
                "content_rowid='pk', tokenize='unicode61 remove_diacritics 2', prefix='3')"
            )
        return made


def _elements(spec: Spec, pk: int, value: Any, pk_of: PkOf) -> list[tuple[int, Any, Any]]:
    """The rows of one record's set."""
    if spec.type is FieldType.FEATURES:
        return [(pk, code, answer) for code, answer in value.items()]
    if spec.type is FieldType.LINKS:
        return [(pk, pk_of(element), 1) for element in value]
    return [(pk, element, 1) for element in value]


def raw_id(record_id: str) -> bytes:
    """An id as the tables hold it. Raises `NotFound` for anything that is no id."""
    if not is_id(record_id):
        raise NotFound(f"“{record_id[:80]!s}” is not the id of a record.")
    return bytes.fromhex(record_id)


def id_of(connection: Connection, pk: int) -> str:
    """The id of a row key."""
    row = connection.execute("SELECT lower(hex(id)) FROM record WHERE pk = ?", (pk,)).fetchone()
    return str(row[0])


def plain_form(spec: Spec) -> str:
    """SQL for a column's value without what differs between two spellings of it.

    Of phone numbers the last nine digits, so that +44 and 0 are one. Written into indexes: a
    look-up has to use these very words.
    """
    column = f'"{spec.name}"'
    if spec.type is FieldType.PHONE:
        for sign in (" ", "-", "(", ")", "."):
            column = f"replace({column}, '{sign}', '')"
        return f"substr({column}, -9)"
    if spec.type is FieldType.POSTCODE:
        return f"replace(upper({column}), ' ', '')"
    return f"lower({column})"


def _sql_type(spec: Spec) -> str:
    return "INTEGER" if spec.type in INTEGER_TYPES else "TEXT"
