"""What a row of a file says otherwise than the record that is here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db.changes import to_slots
from db.fields import FieldType
from db.record import Record, validated
from db.store import Store
from engage_desktop.exchange.drafts import Draft


def said_otherwise(draft: Draft, cls: type[Record], present: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that the draft says otherwise than the record does. Raises `InvalidInput`."""
    given = _given(draft, cls, present)
    return {name: value for name, value in given.items() if not says(present.get(name), value)}


def says(present: Any, given: Any) -> bool:
    """Is it the same value? True is no 1 here."""
    return bool(present == given) and type(present) is type(given)


def _given(draft: Draft, cls: type[Record], present: Mapping[str, Any]) -> dict[str, Any]:
    """The draft's values in their kept form; sets hold what is here as well."""
    merged = {**{k: v for k, v in present.items() if v is not None}, **draft.values}
    for name, value in draft.values.items():
        before = present.get(name)
        if isinstance(value, dict) and isinstance(before, Mapping):
            merged[name] = {**before, **value}
        elif isinstance(value, (tuple, list)):
            merged[name] = tuple(sorted({*(before or ()), *value}))
    dumped = validated(cls, {"id": draft.id, **merged}).model_dump(mode="json")
    return {name: dumped[name] for name in draft.values}


def not_held_before(
    store: Store, draft: Draft, cls: type[Record], present: Mapping[str, Any],
    changed: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Without what the record once said and somebody changed since: there the file is older."""
    specs = cls.specs()
    held: dict[str, list[Any]] = {}
    for entry in store.history(draft.kind, draft.id):
        for slot, value in entry.values.items():
            held.setdefault(slot, []).append(value)
    kept: dict[str, Any] = {}
    for name, value in changed.items():
        new = to_slots(specs, {name: value})
        old = to_slots(specs, {name: present.get(name)})
        fresh = {s: v for s, v in new.items() if old.get(s) != v and v not in held.get(s, ())}
        if not fresh:
            continue
        if not specs[name].is_set:
            kept[name] = value
        else:
            slots = {**old, **fresh}
            elements = {slot.partition(":")[2]: v for slot, v in slots.items()}
            features = specs[name].type is FieldType.FEATURES
            kept[name] = elements if features else tuple(sorted(elements))
    return kept


__all__ = ["not_held_before", "said_otherwise", "says"]
