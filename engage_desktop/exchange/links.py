"""From the words in a file to the records they name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from db.errors import InvalidInput
from db.fields import ID, FieldType, Spec
from db.query import ListQuery
from db.reader import Reader
from db.record import Record, Registry, validated
from db.store import Store
from engage_desktop.exchange.rowreader import LinkCell, RowRefused
from engage_desktop.exchange.targets import can_be_named
from engage_desktop.records.values import fold

_PAGE = 1_000


class LinkFinder:
    """Finds records by id or title: those here, those in this file, else makes them.

    A theme, venue, person or organisation that is only named is made with the same id on every
    laptop of the team. `made` holds them; `notes` says what was doubtful.
    """

    def __init__(self, store: Store, reader: Reader, registry: Registry) -> None:
        self._store = store
        self._reader = reader
        self._registry = registry
        self._titles: dict[str, dict[str, str]] = {}
        self._in_file: dict[str, dict[str, str]] = {}
        self._ids_in_file: set[str] = set()
        self._known_ids: dict[tuple[str, str], bool] = {}
        self.made: dict[str, Record] = {}
        self.notes: list[str] = []
        self.waiting = 0

    def announce(self, kind: str, record_id: str, title: str) -> None:
        """Tell of a record that this file itself brings."""
        self._ids_in_file.add(record_id)
        if title:
            self._in_file.setdefault(kind, {}).setdefault(fold(title), record_id)

    def resolve(self, spec: Spec, cell: LinkCell) -> Any:
        """The value of a link field. Raises `RowRefused` where a title names nothing."""
        found = [self._one(spec, i, title) for i, title in cell.pairs()]
        if spec.type is FieldType.LINKS:
            return tuple(sorted(set(found)))
        if len(set(found)) > 1:
            raise RowRefused(f"{spec.label} names more than one: {', '.join(cell.titles)}.")
        return found[0] if found else None

    def _one(self, spec: Spec, record_id: str, title: str) -> str:
        if record_id:
            if not ID.fullmatch(record_id):
                raise RowRefused(f"{spec.label}: “{record_id[:40]}” is not the id of a record.")
            if self._is_here(spec.target, record_id):
                return record_id
            if not title or not self._can_make(spec.target):
                self.waiting += 1
                return record_id
            return self._make(spec, title, record_id)
        if not spec.target:
            raise RowRefused(f"{spec.label} can only be given by its id.")
        wanted = fold(title)
        here = self._by_title(spec.target).get(wanted)
        here = here or self._in_file.get(spec.target, {}).get(wanted)
        if here:
            return here
        if not self._can_make(spec.target):
            label = self._registry[spec.target].meta.label.lower()
            raise RowRefused(f"{spec.label}: there is no {label} “{title[:60]}” here.")
        derived = self._store.derived_id(spec.target, "named", wanted)
        return self._make(spec, title, derived)

    def _can_make(self, target: str) -> bool:
        return bool(target) and can_be_named(self._registry[target])

    def _is_here(self, target: str, record_id: str) -> bool:
        if record_id in self._ids_in_file or record_id in self.made:
            return True
        key = (target, record_id)
        if key not in self._known_ids:
            kinds = [target] if target else self._registry.names()
            self._known_ids[key] = any(self._store.exists(kind, record_id) for kind in kinds)
        return self._known_ids[key]

    def _make(self, spec: Spec, title: str, record_id: str) -> str:
        target = spec.target
        if record_id in self.made:
            return record_id
        where = self._store.where(target, record_id)
        if where is not None and not (where == "bin" and self._store.was_undone(target, record_id)):
            return record_id
        cls = self._registry[target]
        first = next(iter(cls.specs()))
        values = {"id": record_id, first: title, **dict(spec.made_with)}
        try:
            self.made[record_id] = validated(cls, values)
        except InvalidInput as error:
            raise RowRefused(error.sentence) from None
        return record_id

    def _by_title(self, kind: str) -> dict[str, str]:
        if kind not in self._titles:
            found: dict[str, str] = {}
            twice: list[str] = []
            for record_id, title in titles_of(self._reader, kind):
                if found.setdefault(fold(title), record_id) != record_id:
                    twice.append(title)
            if twice:
                plural = self._registry[kind].meta.plural.lower()
                names = ", ".join(f"“{title}”" for title in sorted(set(twice))[:5])
                self.notes.append(
                    f"Several {plural} have the same name ({names}); where a row names one of "
                    "them, the first that was recorded is taken."
                )
            self._titles[kind] = found
        return self._titles[kind]


def titles_of(reader: Reader, kind: str) -> Iterable[tuple[str, str]]:
    """(id, title) of every record of a kind outside the bin, the oldest first."""
    query = ListQuery(kind, sort="pk")
    after: int | None = None
    while True:
        page = reader.page(query, limit=_PAGE, after=after)
        yield from ((row.id, row.title) for row in page.rows)
        if not page.more:
            return
        after = page.last
