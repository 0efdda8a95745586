"""Which rows of a file are records that are here already, by the columns chosen as the key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from db.errors import InvalidInput
from db.fields import FieldType, Spec
from db.query import ListQuery
from db.reader import Reader
from db.record import Record
from db.traces import plain
from engage_desktop.exchange.drafts import Draft
from engage_desktop.exchange.mapping import ImportMapping
from engage_desktop.exchange.rowreader import RowRefused
from engage_desktop.exchange.targets import Shape
from engage_desktop.plain import listed
from engage_desktop.records.values import fold, show

_PAGE = 1_000
_SPELLED_FREELY = frozenset({FieldType.PHONE, FieldType.POSTCODE})
_NAMED = 3


def by_columns(mapping: ImportMapping, shape: Shape, headers: Sequence[str]) -> ImportMapping:
    """The mapping with its key in columns: a field given as key stands for those that go to it."""
    known = {fold(header): header for header in headers}
    key: list[str] = []
    for name in mapping.key:
        path = name.strip().removeprefix(f"{shape.row_kind}.")
        if fold(name) not in known and (path in shape.targets or name in shape.targets):
            goes = [
                header for header in headers
                if (rule := mapping.rule(header)) and shape.target(rule.to).path in (path, name)
            ]  # fmt: skip
            key += goes or [name]
        else:
            key.append(known.get(fold(name), name))
    return replace(mapping, key=tuple(dict.fromkeys(key)))


def check_key(mapping: ImportMapping, shape: Shape, headers: Sequence[str]) -> None:
    """Raises `InvalidInput` where a key was asked for that no column of the file gives."""
    known = {fold(header) for header in headers}
    for name in by_columns(mapping, shape, headers).key:
        if fold(name) not in known:
            raise InvalidInput(
                f"No column of this file is “{name}” or goes to that field, so rows cannot be told "
                "apart by it. Nothing was imported. Choose another key, or match a column to it. "
                f"Its columns: {', '.join(headers[:20])}."
            )


class Known:
    """The records of a kind by the values of their key; made when the first row asks."""

    def __init__(self, reader: Reader, cls: type[Record], shape: Shape, mapping: ImportMapping):
        self._reader, self._cls = reader, cls
        rules = [mapping.rule(name) for name in mapping.key]
        targets = [shape.target(rule.to) for rule in rules if rule is not None]
        whole = bool(targets) and len(targets) == len(mapping.key) and not shape.is_feedback
        self._specs: list[Spec] = [t.spec for t in targets if t.spec is not None]
        self._whole = whole and len(self._specs) == len(targets)
        self._names = mapping.key
        self._here: dict[tuple[str, ...], list[tuple[str, str]]] | None = None
        self._taken: dict[str, int] = {}
        self.has_links = any(spec.target for spec in self._specs)
        """Can it only be said once the row's links are found?"""

    def match(self, draft: Draft) -> None:
        """Give a draft the id of the record that has its key. Raises `RowRefused` where two have
        it, or where a row before is that record."""
        if not self._whole or draft.named:
            return
        words = tuple(_word(spec, draft.values.get(spec.name)) for spec in self._specs)
        if not any(words):
            return
        if self._here is None:
            self._here = self._by_values()
        found = self._here.get(words, [])
        if len(found) > 1:
            raise RowRefused(self._several(found))
        if not found:
            return
        draft.id = found[0][0]
        before = self._taken.setdefault(draft.id, draft.row)
        if before != draft.row:
            raise RowRefused(
                f"It is “{found[0][1]}” here by its {self._key_words()}, and so is row {before}."
            )
        for spec in self._specs:  # "MERE HALL" finds Mere Hall and does not rename it
            draft.values.pop(spec.name, None)

    def _several(self, found: list[tuple[str, str]]) -> str:
        titles = [f"“{title}”" for _, title in found[:_NAMED]]
        if len(found) > _NAMED:
            titles.append(f"{len(found) - _NAMED:,} more")
        return (
            f"{len(found):,} {self._cls.meta.plural.lower()} here have this {self._key_words()}: "
            f"{listed(titles)}. It is not clear which one the row is."
        )

    def _key_words(self) -> str:
        return " and ".join(f"“{name}”" for name in self._names)

    def _by_values(self) -> dict[tuple[str, ...], list[tuple[str, str]]]:
        found: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        for record_id, title, values in self._every():
            words = tuple(map(_word, self._specs, values))
            if any(words):
                found.setdefault(words, []).append((record_id, title))
        return found

    def _every(self) -> Iterator[tuple[str, str, Sequence[Any]]]:
        names = [spec.name for spec in self._specs]
        kind = self._cls.meta.name
        query = ListQuery(kind, columns=() if self.has_links else tuple(names), sort="pk")
        after: int | None = None
        while True:
            page = self._reader.page(query, limit=_PAGE, after=after)
            for row in page.rows:
                if self.has_links:
                    record = self._reader.get(kind, row.id)
                    yield row.id, row.title, [getattr(record, name) for name in names]
                else:
                    yield row.id, row.title, row.values
            if not page.more:
                return
            after = page.last


def _word(spec: Spec, value: Any) -> str:
    """A value as two spellings of it compare."""
    if value in (None, "", (), {}):
        return ""
    if spec.type in _SPELLED_FREELY:
        return plain(spec, value)
    if spec.target:
        return "; ".join(sorted(value)) if isinstance(value, (tuple, list)) else str(value)
    return fold(show(spec, value))
