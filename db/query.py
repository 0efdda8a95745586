"""What a list asks for, and the SQL it becomes.

A path is a field's name, or goes through links: "response.service". A page is fetched in two
steps: the row keys first, from an index alone where there is one, then what is shown of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from db.errors import InvalidInput
from db.fields import WORDS, FieldType, Spec
from db.record import Registry
from db.search import Endings, match_words, words_of
from db.typed import BINNED, LIVE


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter. `op` is one of: = != < <= > >= contains has in empty not_empty.

    "=" with the field's default also finds records that hold nothing there. "has" asks whether a
    set holds an element, or a feature is there ("yes"). "contains" on a link looks at the title.
    """

    path: str
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which records, which of their fields, in which order.

    `sort` is a path, "-" in front for descending; "-pk" is newest recorded first. `text` is
    searched in the searchable fields and asks for the sort "-pk".
    """

    kind: str
    columns: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    text: str = ""
    sort: str = "-pk"
    bin: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A path resolved: the SQL that gives it and the field at its end.

    `owner` is the alias of the table the field stands in.
    """

    path: str
    sql: str
    spec: Spec
    owner: str
    kind: str


def found_by(query: ListQuery, endings: Endings | None = None) -> list[Any]:
    """What every list's parameters begin with: the words looked for, and in the bin or not."""
    state = BINNED if query.bin else LIVE
    if query.bin or not query.text.strip():
        return [state]
    return [match_words(query.text, endings), state]


class Plan:
    """A query's FROM clause, growing a join for each link that a path goes through."""

    def __init__(self, registry: Registry, query: ListQuery) -> None:
        self.registry = registry
        self.query = query
        self.joins: dict[str, str] = {}
        registry[query.kind]

    def column(self, path: str) -> Column:
        """Resolve a path. Raises `InvalidInput` where it leads nowhere."""
        kind, alias = self.query.kind, "t"
        *steps, name = path.split(".")
        for step in steps:
            spec = self._spec(kind, step)
            if spec.type is not FieldType.LINK or not spec.target:
                raise InvalidInput(f"“{step}” does not lead to another record.")
            joined = f"{alias}_{step}"
            self.joins.setdefault(
                joined,
                f'LEFT JOIN "{spec.target}" AS "{joined}" ON "{joined}".pk = "{alias}"."{step}"',
            )
            kind, alias = spec.target, joined
        spec = self._spec(kind, name)
        sql = f'"{alias}".pk' if spec.is_set else f'"{alias}"."{name}"'
        return Column(path, sql, spec, alias, kind)

    def _spec(self, kind: str, name: str) -> Spec:
        specs = self.registry[kind].specs()
        if name not in specs:
            label = self.registry[kind].meta.label
            raise InvalidInput(f"{label} has no field called “{name}”.")
        return specs[name]

    def title_of(self, column: Column) -> str:
        """SQL for the title of the record a link points to."""
        alias = f"{column.owner}_{column.spec.name}_title"
        self.joins.setdefault(
            alias, f'LEFT JOIN record AS "{alias}" ON "{alias}".pk = {column.sql}'
        )
        return f'"{alias}".title'

    def source(self) -> tuple[str, list[Any]]:
        """FROM and WHERE of the rows that match, with their parameters, `found_by` first."""
        query = self.query
        where = ["t.state = ?"]
        params = found_by(query)
        for condition in query.where:
            sql, more = self._condition(condition)
            where.append(sql)
            params.extend(more)
        table = f'"{query.kind}" AS t'
        if query.text.strip():
            if query.bin:
                where.append(self._like(params))
            else:
                table = f'"{query.kind}__fts" AS f CROSS JOIN {table} ON t.pk = f.rowid'
                where.insert(0, f'"{query.kind}__fts" MATCH ?')
        joins = " ".join(self.joins.values())
        return f"FROM {table} {joins} WHERE {' AND '.join(where)}", params

    def _like(self, params: list[Any]) -> str:
        specs = self.registry[self.query.kind].specs().values()
        parts = [f"t.\"{spec.name}\" LIKE ? ESCAPE '\\'" for spec in specs if spec.searchable]
        somewhere = f"({' OR '.join(parts) or '0'})"
        words = words_of(self.query.text)
        for word in words:
            params.extend([f"%{_escaped(word)}%"] * len(parts))
        return " AND ".join([somewhere] * len(words)) or "0"

    def order(self) -> str:
        """ORDER BY; a link sorts by the title it shows, and row keys settle what is equal."""
        path = self.query.sort.lstrip("-")
        down = " DESC" if self.query.sort.startswith("-") else ""
        if path == "pk":
            key = "f.rowid" if self.query.text.strip() and not self.query.bin else "t.pk"
            return f"ORDER BY {key}{down}"
        column = self.column(path)
        if column.spec.is_set:
            raise InvalidInput(f"{column.spec.label} cannot be sorted by: it holds several values.")
        if column.spec.type is FieldType.LINK:
            return f"ORDER BY {self.title_of(column)} COLLATE NOCASE{down}, t.pk{down}"
        return f"ORDER BY {_sort_key(column)}{down}, t.pk{down}"

    def _condition(self, condition: Condition) -> tuple[str, list[Any]]:
        column = self.column(condition.path)
        if column.spec.is_set:
            return _set_condition(column, condition)
        value = condition.value
        if column.spec.type is FieldType.LINK and condition.op in ("=", "!=", "in"):
            return _link_condition(column, condition)
        if isinstance(value, bool):
            value = int(value)
        match condition.op:
            case "=":
                if value == _default(column.spec):
                    return f"({column.sql} = ? OR {column.sql} IS NULL)", [value]
                return f"{column.sql} = ?", [value]
            case "!=":
                if value is None:
                    return f"{column.sql} IS NOT NULL", []
                if value == _default(column.spec):
                    return f"({column.sql} <> ? AND {column.sql} IS NOT NULL)", [value]
                return f"{column.sql} IS NOT ?", [value]
            case "<" | "<=" | ">" | ">=":
                return f"{column.sql} {condition.op} ?", [value]
            case "contains":
                held = self.title_of(column) if column.spec.type is FieldType.LINK else column.sql
                return f"{held} LIKE ? ESCAPE '\\'", [f"%{_escaped(str(value))}%"]
            case "in":
                return f"{column.sql} IN ({', '.join('?' * len(value))})", list(value)
            case "empty":
                return f"coalesce({column.sql}, '') = ''", []
            case "not_empty":
                return f"coalesce({column.sql}, '') <> ''", []
        raise InvalidInput(f"A filter cannot say “{condition.op}”.")


def _sort_key(column: Column) -> str:
    """Choices sort in the order they are offered, words without regard to capitals."""
    spec = column.spec
    if spec.type is FieldType.CHOICE and not spec.open_choices:
        held = f"coalesce({column.sql}, '{spec.default or ''}')"
        codes = " ".join(
            f"WHEN '{choice.code}' THEN {place}" for place, choice in enumerate(spec.choices)
        )
        return f"CASE {held} {codes} ELSE -1 END" if codes else column.sql
    return f"{column.sql} COLLATE NOCASE" if spec.type in WORDS else column.sql


def _default(spec: Spec) -> Any:
    return int(spec.default) if isinstance(spec.default, bool) else spec.default


def _link_condition(column: Column, condition: Condition) -> tuple[str, list[Any]]:
    if condition.value in (None, ""):
        return f"{column.sql} IS {'NOT ' * (condition.op == '!=')}NULL", []
    ids = condition.value if condition.op == "in" else [condition.value]
    holes = ", ".join("?" * len(ids))
    inner = f"(SELECT pk FROM record WHERE id IN ({holes}))"
    if condition.op == "!=":
        return f"({column.sql} IS NULL OR {column.sql} NOT IN {inner})", [_blob(i) for i in ids]
    return f"{column.sql} IN {inner}", [_blob(i) for i in ids]


def _set_condition(column: Column, condition: Condition) -> tuple[str, list[Any]]:
    table = f'"{column.kind}__{column.spec.name}"'
    if condition.op in ("empty", "not_empty"):
        word = "NOT IN" if condition.op == "empty" else "IN"
        return f"{column.sql} {word} (SELECT pk FROM {table})", []
    if condition.op != "has":
        raise InvalidInput(f"{column.spec.label} holds several values: ask whether it has one.")
    if column.spec.type is FieldType.LINKS:
        return (
            f"{column.sql} IN (SELECT s.pk FROM {table} s JOIN record r ON r.pk = s.element "
            "WHERE r.id = ?)",
            [_blob(condition.value)],
        )
    yes = " AND value = 'yes'" if column.spec.type is FieldType.FEATURES else ""
    return f"{column.sql} IN (SELECT pk FROM {table} WHERE element = ?{yes})", [condition.value]


def _blob(record_id: Any) -> bytes:
    try:
        return bytes.fromhex(str(record_id))
    except ValueError:
        return b""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
