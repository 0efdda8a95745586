"""From the words in a file to the records they name.

Of several with one name a link takes those it can mean: an organisation's link the organisation,
and not the person who is called like it. Where more than one is left the row says so. In feedback
the first is taken instead, for a comment is not to be lost to two themes of one name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from db.circles import circle_words
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


@dataclass(slots=True)
class _Called:
    """The records of one name. In a file: what it says of each."""

    ids: list[str] = field(default_factory=list)
    values: dict[str, Mapping[str, Any]] = field(default_factory=dict)


class LinkFinder:
    """Finds records by id or title: those here, those in this file, else makes them.

    A theme, venue, person or organisation that is only named is made with the same id on every
    laptop of the team. `made` holds them; `notes` says what was doubtful.
    """

    def __init__(
        self, store: Store, reader: Reader, registry: Registry, *, strict: bool = False
    ) -> None:
        self._store = store
        self._reader = reader
        self._registry = registry
        self._strict = strict
        self._titles: dict[str, dict[str, _Called]] = {}
        self._in_file: dict[str, dict[str, _Called]] = {}
        self._told: set[tuple[str, str]] = set()
        self._points: dict[tuple[str, str], dict[str, str | None]] = {}
        self._ids_in_file: set[str] = set()
        self._known_ids: dict[tuple[str, str], bool] = {}
        self.made: dict[str, Record] = {}
        self.notes: list[str] = []
        self.waiting = 0

    def announce(
        self, kind: str, record_id: str, title: str, values: Mapping[str, Any] | None = None
    ) -> None:
        """Tell of a record that this file itself brings."""
        self._ids_in_file.add(record_id)
        if title:
            called = self._in_file.setdefault(kind, {}).setdefault(fold(title), _Called())
            if record_id not in called.values:
                called.ids.append(record_id)
                called.values[record_id] = values or {}

    def resolve(self, spec: Spec, cell: LinkCell, own: str = "") -> Any:
        """The value of a link field; nobody's name means the record `own` itself.

        Raises `RowRefused` where a title names nothing, or more than one.
        """
        found = [self._one(spec, i, title, own) for i, title in cell.pairs()]
        if spec.type is FieldType.LINKS:
            return tuple(sorted(set(found)))
        if len(set(found)) > 1:
            raise RowRefused(f"{spec.label} names more than one: {', '.join(cell.titles)}.")
        return found[0] if found else None

    def check_chain(self, kind: str, spec: Spec, own: str, target: str) -> None:
        """Raises `RowRefused` where a link to its own kind leads back to where it began.

        A circle further up, which two laptops can make together, ends where it comes round.
        """
        points = self._points.setdefault((kind, spec.name), {})
        at: str | None = target
        passed = set[str]()
        while at and at != own and at not in passed:
            passed.add(at)
            if at not in points:
                here = self._store.exists(kind, at)
                points[at] = getattr(self._reader.get(kind, at), spec.name) if here else None
            at = points[at]
        if at == own:
            words = circle_words(self._registry[kind], spec)
            raise RowRefused(f"{words} One of the rows that lead there is wrong.")
        points[own] = target

    def _one(self, spec: Spec, record_id: str, title: str, own: str) -> str:
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
        for called in (
            self._by_title(spec.target).get(wanted),
            self._in_file.get(spec.target, {}).get(wanted),
        ):
            if called is not None and (here := self._meant(spec, title, called, own)):
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

    def _meant(self, spec: Spec, title: str, called: _Called, own: str) -> str:
        """Which of those of one name a link means; "" where only the record itself is called so."""
        found = [each for each in called.ids if each != own]
        if len(found) > 1 and spec.made_with:
            specs = self._registry[spec.target].specs()
            known = {each: self._values(spec.target, each, called) for each in found}
            like = [e for e in found if all(known[e].get(n) == v for n, v in spec.made_with)]
            unlike = [
                e for e in found
                if all(known[e].get(n, specs[n].default) != specs[n].default
                       for n, _ in spec.made_with)
            ]  # fmt: skip
            found = like or unlike or found
        if len(found) < 2:
            return "".join(found)
        plural = self._registry[spec.target].meta.plural.lower()
        if self._strict:
            raise RowRefused(
                f"{spec.label}: {len(found):,} {plural} are called “{title[:60]}”. Say which is "
                "meant by its id, or give them different names."
            )
        if (spec.target, fold(title)) not in self._told:
            self._told.add((spec.target, fold(title)))
            self.notes.append(
                f"Several {plural} have the same name (“{title[:60]}”); where a row names one of "
                "them, the first that was recorded is taken."
            )
        return found[0]

    def _values(self, kind: str, record_id: str, called: _Called) -> Mapping[str, Any]:
        if record_id in called.values:
            return called.values[record_id]
        return self._reader.get(kind, record_id).model_dump(mode="json")

    def _by_title(self, kind: str) -> dict[str, _Called]:
        if kind not in self._titles:
            found: dict[str, _Called] = {}
            for record_id, title in titles_of(self._reader, kind):
                found.setdefault(fold(title), _Called()).ids.append(record_id)
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
