"""Values given on the command line, in JSON or in the officer's own form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from db.errors import InvalidInput, NotFound
from db.fields import ID, FieldType, Spec
from db.query import Condition, ListQuery, Plan
from db.reader import Reader
from db.record import Record, Registry
from engage_desktop.exchange.links import titles_of
from engage_desktop.records.values import fold, parse

_WHERE = re.compile(r"\s*([a-z_.]+)\s*(!=|<=|>=|=|<|>|~)\s*(.*)", re.DOTALL)


def field_values(reader: Reader, cls: type[Record], data: Mapping[str, Any]) -> dict[str, Any]:
    """JSON values made ready for a record: dates and choices may be in the officer's words, links
    may be titles. Raises `InvalidInput` naming every field at fault."""
    specs = cls.specs()
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, value in data.items():
        if name not in specs:
            known = ", ".join(specs)
            problems[name] = f"{cls.meta.label} has no field “{name}”. Fields: {known}."
            continue
        try:
            values[name] = _value(reader, specs[name], value)
        except InvalidInput as error:
            problems[name] = error.sentence
        except ValueError as error:
            problems[name] = str(error)
    if problems:
        raise InvalidInput(" ".join(problems.values()) + " Nothing was changed.", problems)
    return values


def _value(reader: Reader, spec: Spec, value: Any) -> Any:
    if isinstance(value, bool) and spec.type is not FieldType.BOOLEAN:
        raise ValueError(f"{spec.label} cannot be {str(value).lower()}.")
    if spec.type is FieldType.LINK:
        return _linked(reader, spec, value) if value else None
    if spec.type is FieldType.LINKS:
        items = [value] if isinstance(value, str) else value or []
        if not isinstance(items, list):
            raise ValueError(f"{spec.label} must be a list of ids or titles.")
        return tuple(_linked(reader, spec, item) for item in items)
    if isinstance(value, str) and spec.type not in (FieldType.TEXT, FieldType.LONG_TEXT):
        return parse(spec, value)
    if spec.type is FieldType.CHOICES and isinstance(value, list):
        return tuple(code for item in value for code in parse(spec, f'"{item}"'))
    return value


def _linked(reader: Reader, spec: Spec, value: Any) -> str:
    if not isinstance(value, (str, int)):
        raise ValueError(f"{spec.label} must be an id or a title.")
    text = str(value)
    if ID.fullmatch(text):
        return _known_id(reader, spec, text)
    if not spec.target:
        raise ValueError(f"{spec.label} must be the id of a record.")
    found = [i for i, title in titles_of(reader, spec.target) if fold(title) == fold(text)]
    if len(found) == 1:
        return found[0]
    label = reader.registry[spec.target].meta.label.lower()
    how_many = "no" if not found else "more than one"
    raise ValueError(f"{spec.label}: there is {how_many} {label} called “{text[:60]}”.")


def _known_id(reader: Reader, spec: Spec, record_id: str) -> str:
    if spec.target:
        try:
            reader.get(spec.target, record_id)
        except NotFound as error:
            raise ValueError(f"{spec.label}: {error.sentence}") from None
    return record_id


def condition(registry: Registry, kind: str, text: str) -> Condition:
    """A filter such as "locality=Mere", "date>=1/4/2026", "name~hall" (holds) or "venue="."""
    match = _WHERE.fullmatch(text)
    if not match:
        raise InvalidInput(
            f"“{text}” is not a filter. Write FIELD=VALUE; also != < <= > >= and ~ for “holds”."
        )
    path, sign, words = match.groups()
    spec = Plan(registry, ListQuery(kind)).column(path).spec
    if not words.strip():
        return Condition(path, "empty" if sign == "=" else "not_empty")
    if sign == "~":
        return Condition(path, "contains", words)
    try:
        if spec.is_set:
            return Condition(path, "has", _element(spec, words))
        value = parse(spec, words)
    except ValueError as error:
        raise InvalidInput(str(error)) from None
    return Condition(path, sign, value.isoformat() if hasattr(value, "isoformat") else value)


def _element(spec: Spec, words: str) -> str:
    if spec.type is FieldType.LINKS:
        return words
    codes = parse(spec, f'"{words}"')
    return next(iter(codes), words)


def here(reader: Reader, kind: str, record_id: str) -> Record:
    """A record by its id. Raises `NotFound`."""
    wanted = record_id.strip().casefold()
    if ID.fullmatch(wanted):
        return reader.get(kind, wanted)
    raise NotFound(f"“{record_id}” is not the id of a record: an id has 32 digits (0-9, a-f).")
