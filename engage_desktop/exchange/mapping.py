"""How the columns of one kind of file become fields: kept in a TOML file, or remembered here.

A mapping says which column goes to which field, what this file's own codes mean, which columns
are yes/no columns for themes, by which columns rows are told apart (`key`) and belong together
(`group`). Columns it names that a file lacks are no error; columns a file has and the mapping
does not are kept as lines of the text that `rest` names, or listed as not taken.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from db.errors import InvalidInput, KnownError, NotFound
from engage_desktop.records.values import fold

DAY_MONTH = "day-month-year"
MONTH_DAY = "month-day-year"
AUTO = "auto"
_ORDERS = (DAY_MONTH, MONTH_DAY, AUTO)


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """One column. `values` turns this file's codes into our words; `empty` are words that mean
    that nothing was answered; `join` is put between several columns that go to one text;
    `question` is what was asked, for a column of comments."""

    to: str
    values: Mapping[str, str] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    join: str = " "
    question: str = ""

    def as_toml(self) -> str | dict[str, Any]:
        """The shortest form: the path alone where nothing else is said."""
        more: dict[str, Any] = {}
        if self.values:
            more["values"] = dict(self.values)
        if self.empty:
            more["empty"] = list(self.empty)
        if self.join != " ":
            more["join"] = self.join
        if self.question:
            more["question"] = self.question
        return {"to": self.to, **more} if more else self.to


@dataclass(frozen=True, slots=True)
class FlagColumns:
    """Columns that hold a mark where a theme (or another choice) applies.

    `columns` names them; `rest` takes every column the mapping says nothing else of. `yes` and
    `no` are the marks; `names` gives another name than the heading's.
    """

    to: str = "comment.themes"
    columns: tuple[str, ...] = ()
    rest: bool = False
    yes: tuple[str, ...] = ("1", "x", "yes", "y", "true", "✓", "✔")
    no: tuple[str, ...] = ("", "0", "no", "n", "false")
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """A whole mapping; see the module's text. `source` names where such files come from: it is
    part of every imported record's identity, so that two sources may number their rows alike.
    `key` names columns, or fields to which columns go. `rest` is the field for what has none: each
    further column becomes a line "Heading: what the cell holds" there."""

    kind: str
    columns: Mapping[str, ColumnRule] = field(default_factory=dict)
    source: str = ""
    key: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    flags: FlagColumns | None = None
    ignore: tuple[str, ...] = ()
    dates: str = DAY_MONTH
    update: bool | None = None
    sheet: str = ""
    header_row: int = 0
    rest: str = ""

    def rule(self, header: str) -> ColumnRule | None:
        """The rule for a heading; case, apostrophes and spacing do not count."""
        wanted = fold(header)
        return next((rule for name, rule in self.columns.items() if fold(name) == wanted), None)


def _words(value: Any, where: str) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise InvalidInput(f"In the mapping, “{where}” must be a list of words.")


def _table(value: Any, where: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise InvalidInput(f"In the mapping, “{where}” must be a table.")


def _only(given: Iterable[str], known: tuple[str, ...], where: str) -> None:
    for name in given:
        if name not in known:
            raise InvalidInput(
                f"In the mapping, {where} has an unknown entry “{name}”. "
                f"It may have: {', '.join(known)}."
            )


def mapping_from(data: Mapping[str, Any]) -> ImportMapping:
    """Read a mapping from what TOML or a setting holds. Raises `InvalidInput` with a sentence."""
    known = ("kind", "source", "rows", "columns", "constants", "flags", "ignore", "dates",
             "update", "sheet", "header_row", "rest")  # fmt: skip
    _only(data, known, "the file")
    kind = data.get("kind")
    if not isinstance(kind, str) or not kind:
        raise InvalidInput('The mapping does not say its kind, for example kind = "feedback".')
    rows = _table(data.get("rows", {}), "rows")
    _only(rows, ("key", "group"), "[rows]")
    dates = str(data.get("dates", DAY_MONTH))
    if dates not in _ORDERS:
        raise InvalidInput(f"In the mapping, “dates” must be one of: {', '.join(_ORDERS)}.")
    header_row = data.get("header_row", 0)
    if not isinstance(header_row, int) or isinstance(header_row, bool) or header_row < 0:
        raise InvalidInput("In the mapping, “header_row” must be a number, 1 for the first row.")
    columns = _table(data.get("columns", {}), "columns")
    constants = _table(data.get("constants", {}), "constants")
    update = data.get("update")
    if update is not None and not isinstance(update, bool):
        raise InvalidInput("In the mapping, “update” must be true or false.")
    return ImportMapping(
        kind=kind,
        source=str(data.get("source", "")),
        columns={name: _rule(name, value) for name, value in columns.items()},
        key=_words(rows.get("key", []), "rows.key"),
        group=_words(rows.get("group", []), "rows.group"),
        constants={name: str(value) for name, value in constants.items()},
        flags=_flags(data["flags"]) if "flags" in data else None,
        ignore=_words(data.get("ignore", []), "ignore"),
        dates=dates,
        update=update,
        sheet=str(data.get("sheet", "")),
        header_row=header_row,
        rest=str(data.get("rest", "")),
    )


def _rule(name: str, value: Any) -> ColumnRule:
    if isinstance(value, str):
        return ColumnRule(value)
    given = _table(value, f"columns.{name}")
    _only(given, ("to", "values", "empty", "join", "question"), f"the column “{name}”")
    if not isinstance(given.get("to"), str):
        raise InvalidInput(f"In the mapping, the column “{name}” does not say where it goes (to).")
    values = _table(given.get("values", {}), f"columns.{name}.values")
    return ColumnRule(
        given["to"],
        {str(code): str(word) for code, word in values.items()},
        _words(given.get("empty", []), f"columns.{name}.empty"),
        str(given.get("join", " ")),
        str(given.get("question", "")),
    )


def _flags(value: Any) -> FlagColumns:
    given = _table(value, "flags")
    _only(given, ("to", "columns", "yes", "no", "names"), "[flags]")
    columns = given.get("columns", [])
    rest = columns == "rest"
    plain = FlagColumns()
    return FlagColumns(
        to=str(given.get("to", plain.to)),
        columns=() if rest else _words(columns, "flags.columns"),
        rest=rest,
        yes=_words(given["yes"], "flags.yes") if "yes" in given else plain.yes,
        no=_words(given["no"], "flags.no") if "no" in given else plain.no,
        names={str(k): str(v) for k, v in _table(given.get("names", {}), "flags.names").items()},
    )


def mapping_data(mapping: ImportMapping) -> dict[str, Any]:
    """A mapping as TOML or a setting holds it; `mapping_from` is its inverse."""
    data: dict[str, Any] = {"kind": mapping.kind}
    for name, value, plain in (
        ("source", mapping.source, ""),
        ("dates", mapping.dates, DAY_MONTH),
        ("update", mapping.update, None),
        ("sheet", mapping.sheet, ""),
        ("header_row", mapping.header_row, 0),
        ("rest", mapping.rest, ""),
    ):
        if value != plain:
            data[name] = value
    if mapping.ignore:
        data["ignore"] = list(mapping.ignore)
    rows = {"key": list(mapping.key), "group": list(mapping.group)}
    if any(rows.values()):
        data["rows"] = {name: value for name, value in rows.items() if value}
    if mapping.constants:
        data["constants"] = dict(mapping.constants)
    data["columns"] = {name: rule.as_toml() for name, rule in mapping.columns.items()}
    if mapping.flags is not None:
        data["flags"] = _flags_data(mapping.flags)
    return data


def _flags_data(flags: FlagColumns) -> dict[str, Any]:
    plain = FlagColumns()
    data: dict[str, Any] = {
        "to": flags.to,
        "columns": "rest" if flags.rest else list(flags.columns),
    }
    if flags.yes != plain.yes:
        data["yes"] = list(flags.yes)
    if flags.no != plain.no:
        data["no"] = list(flags.no)
    if flags.names:
        data["names"] = dict(flags.names)
    return data


def mapping_toml(mapping: ImportMapping) -> str:
    """A mapping as the text of a TOML file."""
    return tomli_w.dumps(mapping_data(mapping))


def load_mapping(path: Path) -> ImportMapping:
    """Read a mapping file. Raises `NotFound`, or `InvalidInput` that says what is wrong where."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise NotFound(f"There is no mapping file “{Path(path).name}” there.") from None
    except OSError as error:
        raise KnownError(f"“{Path(path).name}” cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise InvalidInput(
            f"“{Path(path).name}” is not a mapping (a text file in UTF-8)."
        ) from None
    try:
        return mapping_from(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"“{Path(path).name}” is not a mapping file: {error}.") from None
    except RecursionError:
        raise InvalidInput(f"“{Path(path).name}” is not a mapping file.") from None


def fingerprint(headers: Iterable[str]) -> str:
    """The same for every file with these headings, in any order."""
    joined = "\x1f".join(sorted(fold(header) for header in headers))
    return hashlib.sha256(joined.encode()).hexdigest()[:32]
