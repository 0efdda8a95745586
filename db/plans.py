"""What to do with an op of a certain shape, worked out once for the many that share it.

A shape is a kind and the slots that an op sets, in their order. Nearly all ops of a store have one
of a few hundred shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import repeat
from typing import Any

from db.changes import BIN, from_slots, packed
from db.erasing import is_mark
from db.fields import ID, FieldType, Spec
from db.record import Record, Registry
from db.typed import LIVE, PkOf, TypedTable

MOST_PLANS = 5_000
"""Shapes that are remembered; a set with very many elements makes one of each."""

_MISSING: Any = object()

_Check = Callable[[Any], bool]


class Plan:
    """One shape, without marks of erasing, of a kind that this release knows."""

    def __init__(self, table: TypedTable, slots: Sequence[str]) -> None:
        from pydantic_core import to_json  # no list needs it, so the start does not wait for it

        cls: type[Record] = table.cls
        self.kind = cls.meta.name
        self.specs = cls.specs()
        self.slots = tuple(slots)
        self.bins = BIN in slots
        self.possible = True
        """False when no values make such an op fit."""
        self.unread = 0
        """1 where it sets anything that this release does not know."""
        self._title = cls.short_title
        self._checks: list[tuple[int, _Check]] = []
        self._names: dict[str, int] = {}
        self._sets: list[tuple[Spec, list[tuple[str, int]]]] = []
        for at, slot in enumerate(slots):
            self._take(at, slot)
        last = len(slots)
        self._places = [
            self._names.get(form[0], last if form[1] else last + 1) for form in table.forms
        ]
        self._links = [
            self._names[name]
            for name, _, convert in table.forms
            if convert is FieldType.LINK and name in self._names
        ]
        self._switches = [
            self._names[name]
            for name, _, convert in table.forms
            if convert is FieldType.BOOLEAN and name in self._names
        ]
        self._scalar_only = not self._sets and len(self._names) == len(slots)
        self._to_json = to_json
        self._in_order = not self.unread and list(slots) == sorted(slots)

    def _take(self, at: int, slot: str) -> None:
        if slot == BIN:
            self._checks.append((at, _is_switch))
            return
        spec = self.specs.get(slot)
        if spec is not None:
            self._names[slot] = at
            self.possible &= not spec.is_set
            self._checks.append((at, _fitting(spec)))
            return
        name, colon, element = slot.partition(":")
        spec = self.specs.get(name)
        if spec is None:
            self.unread = 1
            return
        self.possible &= bool(colon) and spec.fits(None, element)
        features = spec.type is FieldType.FEATURES
        self._checks.append((at, partial(spec.fits, element=element) if features else _is_there))
        for other, elements in self._sets:
            if other is spec:
                elements.append((element, at))
                return
        self._sets.append((spec, [(element, at)]))

    def fits(self, values: Sequence[Any]) -> bool:
        """Has every value that this release understands its field's form?"""
        if not self.possible:
            return False
        for at, check in self._checks:  # noqa: SIM110 - a generator for each op costs more
            if not check(values[at]):
                return False
        return True

    def all_fit(self, columns: Sequence[Sequence[Any]]) -> bool:
        """The same of many ops, given slot by slot."""
        return self.possible and all(_all(check, columns[at]) for at, check in self._checks)

    def title(self, values: Mapping[str, Any]) -> str:
        """The title of a record that one op of this shape makes."""
        return self._title(values if self._scalar_only else _Fields(self.specs, values))

    def packed(self, values: Mapping[str, Any]) -> str:
        """What `packed` makes of such an op's values, where they are known to fit."""
        # Slots in order, texts and whole numbers: every JSON writer that leaves no room writes
        # them alike.
        return self._to_json(values).decode() if self._in_order else packed(values)

    def rows(
        self, columns: Sequence[Sequence[Any]], pks: Sequence[int], pk_of: PkOf
    ) -> Iterator[tuple[Any, ...]]:
        """The rows of such records, given slot by slot, as `TypedTable.taken` says."""
        kept: list[Iterable[Any]] = [*columns, repeat(""), repeat(None)]
        for at in self._links:
            kept[at] = [pk_of(link) if link else "" for link in columns[at]]
        for at in self._switches:
            kept[at] = [value if value is None else int(value) for value in columns[at]]
        return zip(pks, repeat(LIVE), *[kept[at] for at in self._places], strict=False)

    def elements(
        self, columns: Sequence[Sequence[Any]], pks: Sequence[int], pk_of: PkOf
    ) -> Iterator[tuple[str, list[tuple[int, Any, Any]]]]:
        """The rows of such records' sets, by field."""
        for spec, elements in self._sets:
            found: list[tuple[int, Any, Any]] = []
            for element, at in elements:
                links = spec.type is FieldType.LINKS
                there = [(pk, value) for pk, value in zip(pks, columns[at], strict=True)
                         if value is not None]  # fmt: skip
                if there:
                    kept = pk_of(element) if links else element
                    found += [(pk, kept, 1 if links else value) for pk, value in there]
            yield spec.name, found


class _Fields(Mapping[str, Any]):
    """An op's slots as a record's fields; sets are gathered only when somebody asks."""

    __slots__ = ("_slots", "_specs")

    def __init__(self, specs: Mapping[str, Spec], slots: Mapping[str, Any]) -> None:
        self._specs = specs
        self._slots = slots

    def get(self, name: str, default: Any = None) -> Any:
        spec = self._specs.get(name)
        if spec is not None and not spec.is_set:
            return self._slots.get(name, default)
        return from_slots(self._specs, self._slots).get(name, default)

    def __getitem__(self, name: str) -> Any:
        return from_slots(self._specs, self._slots)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(from_slots(self._specs, self._slots))

    def __len__(self) -> int:
        return len(from_slots(self._specs, self._slots))


class Plans:
    """The plans of the shapes that were met."""

    def __init__(self, registry: Registry, tables: Mapping[str, TypedTable]) -> None:
        self._registry = registry
        self._tables = tables
        self._known: dict[tuple[str, ...], Plan | None] = {}

    def of(self, kind: str, slots: Mapping[str, Any]) -> Plan | None:
        """The plan of a shape; None for a kind that is not known here, and for marks."""
        shape = (kind, *slots)
        plan = self._known.get(shape, _MISSING)
        if plan is _MISSING:
            if len(self._known) >= MOST_PLANS:
                self._known.clear()
            plan = self._known[shape] = self._made(kind, shape[1:])
        return plan  # type: ignore[no-any-return]

    def _made(self, kind: str, slots: Sequence[str]) -> Plan | None:
        if kind not in self._registry or any(map(is_mark, slots)):
            return None
        return Plan(self._tables[kind], slots)


def _fitting(spec: Spec) -> _Check:
    """Tells whether a value fits, most of them with one call."""
    fits = spec.fits
    if spec.any_text:
        return _Text(fits)
    if spec.type is FieldType.LINK:
        return _Link(fits)
    return fits


class _Text:
    """Of a field that takes any text."""

    def __init__(self, fits: _Check) -> None:
        self._fits = fits

    def __call__(self, value: Any) -> bool:
        if type(value) is str and value.isascii():
            return "\0" not in value
        return self._fits(value)

    def all(self, values: Sequence[Any]) -> bool | None:
        """Of many at once; None where that cannot be told."""
        whole = "".join(values)
        return "\0" not in whole if whole.isascii() else None


class _Link:
    """Of a field that names another record."""

    def __init__(self, fits: _Check) -> None:
        self._fits = fits

    def __call__(self, value: Any) -> bool:
        return ID.fullmatch(value) is not None if type(value) is str else self._fits(value)

    def all(self, values: Sequence[Any]) -> bool | None:
        """Of many at once; None where that cannot be told."""
        return all(map(ID.fullmatch, values)) or None


def _all(check: _Check, values: Sequence[Any]) -> bool:
    """Does every one of these values fit?"""
    try:
        if isinstance(check, (_Text, _Link)):
            known = check.all(values)
            return all(map(check, values)) if known is None else known
        few = set(zip(map(type, values), values, strict=True))  # 1 and True are told apart
        return all(check(value) for _, value in few)
    except TypeError:  # no text, or nothing that a set can hold
        return all(map(check, values))


def _is_there(value: Any) -> bool:
    return value is None or (type(value) is int and value == 1)


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool)
