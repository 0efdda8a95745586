"""The least record of each kind, and what a real store says to somebody who writes it."""

from __future__ import annotations

from db.changes import Bin, Change, Create, Edit, Restore
from db.errors import NotPermitted
from db.fields import INTEGER_TYPES, FieldType
from db.record import Record, Registry, validated
from db.store import Store


def least(registry: Registry, kind: str, store: Store, **more: object) -> Record:
    """A record of a kind with nothing but what it must have."""
    cls = registry[kind]
    values: dict[str, object] = {"id": store.new_id()}
    for name, spec in cls.specs().items():
        if spec.required:
            values[name] = 1 if spec.type in INTEGER_TYPES else "x"
        if name == cls.meta.parent or (spec.required and spec.type is FieldType.LINK):
            values[name] = store.new_id()
    return validated(cls, values | more)


def is_taken(store: Store, changes: list[Change]) -> bool:
    """Does the store take these changes as one? Refused ones leave nothing behind."""
    try:
        store.apply(changes, "Try")
    except NotPermitted:
        return False
    return True


def takes_new(store: Store, kinds: tuple[str, ...]) -> bool:
    """Does the store take new records of these kinds, as one change?"""
    return is_taken(store, [Create(least(store.registry, kind, store)) for kind in kinds])


def takes_act(store: Store, kind: str, act: str, record: str) -> bool:
    """Does the store take an edit, a deletion, or a restoration of a record in the bin?"""
    if act == "restore":
        return is_taken(store, [Restore(kind, record)]) and is_taken(store, [Bin(kind, record)])
    if act == "delete":
        return is_taken(store, [Bin(kind, record)]) and is_taken(store, [Restore(kind, record)])
    field = next(
        name for name, spec in store.registry[kind].specs().items()
        if spec.type in (FieldType.TEXT, FieldType.LONG_TEXT) and spec.purpose != "lead"
    )  # fmt: skip
    return is_taken(store, [Edit(kind, record, {field: f"edited {store.new_id()}"})])


__all__ = ["is_taken", "least", "takes_act", "takes_new"]
