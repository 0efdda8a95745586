"""What to do with an op of a certain shape, worked out once for the many that share it.

A shape is a kind and the slots that an op sets, in their order. Nearly all ops of a store have one
of a few hundred shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

from db.changes import BIN, from_slots
from db.erasing import is_mark
from db.fields import ID, FieldType, Spec
from db.record import Record, Registry
from db.typed import PkOf, TypedTable

MOST_PLANS = 5_000
"""Shapes that are remembered; a set with very many elements makes one of each."""

_MISSING: Any = object()


class Plan:
    """One shape, without marks of erasing, of a kind that this release knows."""

    def __init__(self, table: TypedTable, slots: Sequence[str]) -> None:
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
        self._checks: list[tuple[int, Callable[[Any], bool]]] = []
        self._names: dict[str, int] = {}
        self._sets: list[tuple[Spec, list[tuple[str, int]]]] = []
        for at, slot in enumerate(slots):
            self._take(at, slot)
        last = len(slots)
        places = [self._names.get(form[0], last if form[1] else last + 1) for form in table.forms]
        self._pick: Callable[[Sequence[Any]], Any] = itemgetter(*places, last, last)
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

    def title(self, values: Mapping[str, Any]) -> str:
        """The title of a record that one op of this shape makes."""
        return self._title(values if self._scalar_only else _Fields(self.specs, values))

    def row(self, values: Sequence[Any], pk: int, state: int, pk_of: PkOf) -> tuple[Any, ...]:
        """The row of such a record, as `TypedTable.taken` says."""
        all_values = [*values, "", None]
        for at in self._links:
            link = all_values[at]
            all_values[at] = pk_of(link) if link else ""
        for at in self._switches:
            if all_values[at] is not None:
                all_values[at] = int(all_values[at])
        return (pk, state, *self._pick(all_values)[:-2])

    def elements(
        self, values: Sequence[Any], pk: int, pk_of: PkOf
    ) -> Iterator[tuple[str, list[Any]]]:
        """The rows of such a record's sets, by field, each a flat list."""
        for spec, elements in self._sets:
            flat: list[Any] = []
            for element, at in elements:
                value = values[at]
                if value is None:
                    continue
                if spec.type is FieldType.LINKS:
                    flat += (pk, pk_of(element), 1)
                else:
                    flat += (pk, element, value)
            yield spec.name, flat

    @property
    def has_sets(self) -> bool:
        """Does it set elements of sets?"""
        return bool(self._sets)


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


def _fitting(spec: Spec) -> Callable[[Any], bool]:
    """Tells whether a value fits, most of them with one call."""
    fits = spec.fits
    if spec.any_text:
        return lambda value: (
            "\0" not in value if type(value) is str and value.isascii() else fits(value)
        )
    if spec.type is FieldType.LINK:
        whole = ID.fullmatch
        return lambda value: whole(value) is not None if type(value) is str else fits(value)
    return fits


def _is_there(value: Any) -> bool:
    return value is None or (type(value) is int and value == 1)


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool)
