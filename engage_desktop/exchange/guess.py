"""Which column is which field, found by name, and what an officer corrected before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from db.fields import Role, Spec
from db.record import Registry
from db.store import Store
from engage_desktop.exchange.mapping import (
    AUTO,
    ColumnRule,
    FlagColumns,
    ImportMapping,
    fingerprint,
    mapping_data,
    mapping_from,
)
from engage_desktop.exchange.tables import Table
from engage_desktop.exchange.targets import Shape, Target, shape_of
from engage_desktop.records.values import fold, parse

CARD_KEY = "UID"
"""The column of contacts' cards that says which card it is."""

_SAMPLE = 500
_FEWEST_FLAGS = 3


def guess_mapping(registry: Registry, word: str, headers: Sequence[str]) -> ImportMapping:
    """Match headings to fields by the export's headings, labels, names and aliases.

    Case, punctuation marks of typography and spacing do not count. Each field takes one column.
    """
    shape = shape_of(registry, word)
    columns: dict[str, ColumnRule] = {}
    taken: set[str] = set()
    for names in _rounds(shape):
        for header in headers:
            path = names.get(_plain(header))
            if path and path not in taken and header not in columns:
                columns[header] = ColumnRule(path)
                taken.add(path)
    for target in shape.targets.values():
        if target.path not in taken and target.spec is not None:
            columns.update(_halves(target.spec, target.path, headers))
    for target in shape.targets.values():
        if target.spec is not None and not target.by_id:
            columns.update(_lines(target.spec, target.path, headers, columns))
    return ImportMapping(kind=shape.word, columns=columns, dates=AUTO)


def _halves(spec: Spec, path: str, headers: Sequence[str]) -> dict[str, ColumnRule]:
    found = [next((h for h in headers if _plain(h) in names), None) for names in spec.halves]
    return {header: ColumnRule(path) for header in found if header is not None}


def _lines(
    spec: Spec, path: str, headers: Sequence[str], taken: Mapping[str, ColumnRule]
) -> dict[str, ColumnRule]:
    """The columns that hold one line each of a text, in the lines' order."""
    found: dict[str, ColumnRule] = {}
    for names in spec.lines:
        header = next((h for h in headers if h not in taken and _plain(h) in names), None)
        if header is not None:
            found[header] = ColumnRule(path, join="\n")
    return found


def notes_field(shape: Shape) -> str:
    """The path of the long text that takes what has no field; "" where there is none."""
    return next(
        (t.path for t in shape.targets.values()
         if t.spec and t.spec.role is Role.NOTES and not shape.is_feedback), ""
    )  # fmt: skip


def _plain(text: str) -> str:
    return fold(text).rstrip(":?*. ").replace("e mail", "email")


def _rounds(shape: Shape) -> Iterator[dict[str, str]]:
    """Names to paths, the surest first."""
    targets = shape.targets.values()
    yield {_plain(t.heading): t.path for t in targets}
    yield {_plain(t.path): t.path for t in targets}
    yield _unambiguous(targets, lambda t: (t.spec.label, t.spec.name))
    yield (
        {"id": f"{shape.row_kind}.id" if shape.is_feedback else "id"}
        if not _has_id_field(shape)
        else {}
    )
    yield _unambiguous(targets, lambda t: t.spec.aliases)


def _has_id_field(shape: Shape) -> bool:
    return any(t.spec and "id" in t.spec.aliases for t in shape.targets.values())


def _unambiguous(targets, names_of) -> dict[str, str]:  # type: ignore[no-untyped-def]
    found: dict[str, str] = {}
    for target in targets:
        if target.spec is None or target.by_id:
            continue
        for name in names_of(target):
            found.setdefault(_plain(name), target.path)
    return found


def remembered(store: Store, word: str, headers: Sequence[str]) -> ImportMapping | None:
    """The mapping an officer last used for a file with these headings."""
    shape = shape_of(store.registry, word)
    data = store.get_setting(_setting(shape.word, headers))
    return None if data is None else mapping_from(data)


def remember(store: Store, mapping: ImportMapping, headers: Sequence[str]) -> None:
    """Keep a mapping for the next file with these headings, on this laptop."""
    shape = shape_of(store.registry, mapping.kind)
    store.set_setting(_setting(shape.word, headers), mapping_data(mapping))


def _setting(word: str, headers: Sequence[str]) -> str:
    return f"import_mapping:{word}:{fingerprint(headers)}"


def mapping_for(store: Store, word: str, table: Table) -> ImportMapping:
    """The remembered mapping, else the guessed one.

    Of contacts' cards everything is kept, and a card is known again by its own mark.
    """
    found = remembered(store, word, table.headers)
    guessed = found or guess_mapping(store.registry, word, table.headers)
    if found is None and table.is_cards:
        rest = notes_field(shape_of(store.registry, word))
        key = tuple(name for name in (CARD_KEY,) if name in table.headers)
        return replace(guessed, rest=rest, key=key)
    return guessed


def suggest_flags(table: Table, mapping: ImportMapping) -> FlagColumns | None:
    """Unmatched columns that hold nothing but marks, when there are several of them."""
    flags = FlagColumns()
    marks = {fold(word) for word in (*flags.yes, *flags.no)}
    sample = [row.cells for row in islice(table.rows(), _SAMPLE)]
    found = []
    for index, header in enumerate(table.headers):
        if mapping.rule(header) or header in (*mapping.key, *mapping.group, *mapping.ignore):
            continue
        cells = {fold(cells[index]) for cells in sample}
        if cells <= marks and len(cells - {""}) <= 2 and cells != {""}:
            found.append(header)
    return FlagColumns(columns=tuple(found)) if len(found) >= _FEWEST_FLAGS else None


def unknown_values(table: Table, mapping: ImportMapping, shape: Shape) -> dict[str, list[str]]:
    """For each column of choices, the file's own words that mean nothing yet, in file order."""
    found: dict[str, list[str]] = {}
    for index, header in enumerate(table.headers):
        rule = mapping.rule(header)
        target: Target | None = shape.targets.get(rule.to) if rule else None
        if rule is None or target is None or target.spec is None or not target.spec.choices:
            continue
        words = dict.fromkeys(row.cells[index] for row in table.rows())
        bad = []
        for word in words:
            if not word.strip() or any(fold(word) == fold(code) for code in rule.values):
                continue
            try:
                parse(target.spec, word)
            except ValueError:
                bad.append(word)
        if bad:
            found[header] = bad
    return found
