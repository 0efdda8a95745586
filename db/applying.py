"""From a change as a caller asks for it to the ops it takes. Inside the store's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from db.changes import (
    BIN,
    Bin,
    Change,
    ChangeSetHead,
    Create,
    Edit,
    Restore,
    Touched,
    to_slots,
)
from db.circles import Watch
from db.errors import InvalidInput, NotFound
from db.fields import FieldType, Spec
from db.parts import binned_with, restored_with
from db.writer import Writer


def run(
    writer: Writer, head: ChangeSetHead, set_pk: int, index: int, changes: Iterable[Change],
    *, circles: bool = False,
) -> list[Touched]:  # fmt: skip
    """Write changes under an open change set, whose next op has `index`.

    Raises `InvalidInput` where they close a circle of links, unless `circles` are let by.
    """
    touched: list[Touched] = []
    watch = None if circles else Watch(writer)
    for asked in changes:
        for change in _with_parts(writer, asked):
            if watch is not None:
                watch.see(change)
            done = _one(writer, head, set_pk, index + len(touched), change)
            if done is not None:
                touched.append(done)
    if watch is not None:
        watch.ask()
    return touched


def _with_parts(writer: Writer, change: Change) -> list[Change]:
    """A record takes what belongs to it into the bin, and out again."""
    match change:
        case Bin(kind, record_id):
            return [change, *(Bin(*part) for part in binned_with(writer, kind, record_id))]
        case Restore(kind, record_id):
            return [change, *(Restore(*part) for part in restored_with(writer, kind, record_id))]
    return [change]


def _one(
    writer: Writer, head: ChangeSetHead, set_pk: int, index: int, change: Change
) -> Touched | None:
    match change:
        case Create(record):
            if record.meta.name not in writer.registry:
                raise NotFound(f"There is no kind of record called “{record.meta.name}”.")
            writer.create(set_pk, index, head, record)
            return Touched(record.meta.name, record.id, "created")
        case Edit(kind, record_id, values):
            if writer.edit(set_pk, index, head, kind, record_id, values):
                return Touched(kind, record_id, "edited")
        case Bin(kind, record_id):
            if writer.set_bin(set_pk, index, head, kind, record_id, True):
                return Touched(kind, record_id, "binned")
        case Restore(kind, record_id):
            if writer.set_bin(set_pk, index, head, kind, record_id, False):
                return Touched(kind, record_id, "restored")
    return None


def settled(writer: Writer, kind: str, record_id: str, slot: str, value: Any) -> Any:
    """What a slot in conflict is to hold from now on. Raises `InvalidInput`."""
    if slot == BIN:
        return bool(value)
    name, colon, element = slot.partition(":")
    specs = writer.registry[kind].specs()
    if name not in specs or specs[name].is_set != bool(colon):
        raise InvalidInput(f"There is no field called “{slot}” here.")
    if colon:
        return _settled_element(specs[name], element, value)
    before = writer.tables[kind].read(writer.connection, writer.pk_of(record_id))
    checked = writer.edited(kind, record_id, before or {}, {name: value})
    return to_slots(specs, checked).get(slot)


def _settled_element(spec: Spec, element: str, value: Any) -> Any:
    try:
        spec.checked_element(element)
    except ValueError as error:
        raise InvalidInput(str(error)) from None
    if spec.type is not FieldType.FEATURES:
        return 1 if value else None
    if value in (None, False, ""):
        return None
    if value not in ("yes", "no"):
        raise InvalidInput(f"{spec.label}: choose yes, no, or not known.")
    return value
