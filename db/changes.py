"""The words in which every change to the store is said.

A change set is who, when and why, and for each record the *slots* that change. A slot is a
field's name; for a set it is one element, "themes:<element>", so that two people who add
different elements never disagree. "_bin" is the slot that says whether a record is in the bin.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any, Literal

from db.fields import FieldType, Spec
from db.record import Record

BIN = "_bin"
"""Slot that says whether a record is in the bin."""

AGAIN = "_again:"
"""With a slot behind it, in `supersedes`: the op whose version this one says again for somebody."""

SEEN = "*"
"""In `supersedes` of an op that bins: every op its author had seen on that record."""


@dataclass(frozen=True, slots=True)
class Create:
    """Write down a new record."""

    record: Record


@dataclass(frozen=True, slots=True)
class Edit:
    """Change some fields. A set field is given as its whole new value."""

    kind: str
    id: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bin:
    """Move a record to the bin."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Restore:
    """Take a record out of the bin."""

    kind: str
    id: str


Change = Create | Edit | Bin | Restore

What = Literal["created", "edited", "binned", "restored", "erased"]


@dataclass(frozen=True, slots=True)
class Touched:
    """One record that a change set changed, and how."""

    kind: str
    id: str
    what: What


@dataclass(frozen=True, slots=True)
class Applied:
    """What happened, told once to everyone who listens.

    `initiator` is whatever the caller passed in, so that a view can tell its own change from
    another's. `origin` is "received" for changes that came from a colleague.
    """

    change_set: str
    why: str
    touched: tuple[Touched, ...]
    initiator: object | None = None
    origin: Literal["here", "received"] = "here"

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of record that changed."""
        return frozenset(item.kind for item in self.touched)


@dataclass(frozen=True, slots=True)
class ChangeSetHead:
    """The envelope of a change set as it travels.

    `ms` and `counter` are the hybrid logical clock: milliseconds since 1970 (48 bits) and a
    counter (32 bits). `id`, `device` and `undoes` are 32 hexadecimal digits.
    """

    id: str
    device: str
    officer: str
    ms: int
    counter: int
    why: str
    undoes: str | None = None
    roster_head: str = ""


@dataclass(frozen=True, slots=True)
class Op:
    """One record's change inside a change set, as it travels. Its id is (change_set, index).

    `compartment` is the part of a file in which it travels. `creates` says that it writes a
    record down for the first time. `because` is the id of the op by which its author had the
    right to it, where that is needed; else "".
    """

    change_set: str
    index: int
    kind: str
    record: str
    values: Mapping[str, Any]
    supersedes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    compartment: str = ""
    creates: bool = False
    because: str = ""

    @property
    def id(self) -> str:
        """ "<change set>:<index>", the form in which other ops name this one."""
        return f"{self.change_set}:{self.index}"


@dataclass(frozen=True, slots=True)
class Received:
    """What came of taking in a colleague's changes.

    `new_ops` are those not known before, `changed` the records they are about, `conflicts` how
    many more there are than before. Of the new ops `waiting` cannot be judged yet and `aside` do
    not count. `contradicted` names the laptops that said two things under one id.
    """

    new_ops: int = 0
    changed: int = 0
    conflicts: int = 0
    waiting: int = 0
    aside: int = 0
    contradicted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One of several values of a field in conflict. `op` names it for a choice."""

    value: Any
    officer: str
    ms: int
    op: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that holds more than one value. `slot` is its field, or "_bin"."""

    kind: str
    id: str
    title: str
    slot: str
    versions: tuple[Version, ...]

    @property
    def field(self) -> str:
        """The field's name, without the element of a set."""
        return self.slot.partition(":")[0]


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change of one record, newest first: when (ms since 1970), who, why and to what."""

    ms: int
    officer: str
    why: str
    change_set: str
    values: Mapping[str, Any]


def to_slots(specs: Mapping[str, Spec], values: Mapping[str, Any]) -> dict[str, Any]:
    """Flatten a record's JSON values to slots, leaving out what is empty."""
    slots: dict[str, Any] = {}
    for name, value in values.items():
        spec = specs.get(name)
        if spec is None or value is None or is_empty(spec, value):
            continue
        if not spec.is_set:
            slots[name] = value
        elif spec.type is FieldType.FEATURES:
            slots.update({f"{name}:{code}": answer for code, answer in value.items()})
        else:
            slots.update({f"{name}:{element}": 1 for element in value})
    return slots


def is_empty(spec: Spec, value: Any) -> bool:
    """Does this value say no more than no value would?"""
    return bool(value == "" and spec.default in ("", None))


def from_slots(specs: Mapping[str, Spec], slots: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of `to_slots`: field values, each set gathered from its elements."""
    values: dict[str, Any] = {}
    for slot, value in slots.items():
        spec = specs.get(slot)
        if spec is not None:
            if spec.fits(value):
                values[slot] = value
            continue
        name, colon, element = slot.partition(":")
        spec = specs.get(name)
        if spec is None or not spec.fits(value, element if colon else None):
            continue
        if not colon:
            values[name] = value
        elif value is not None:
            values.setdefault(name, {})[element] = value
    for name, elements in values.items():
        if type(elements) is dict and specs[name].type is not FieldType.FEATURES:
            values[name] = sorted(elements)
    return values


def difference(
    specs: Mapping[str, Spec], before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    """The slots in which two records' JSON values differ; None where the value goes away."""
    old, new = to_slots(specs, before), to_slots(specs, after)
    return {
        slot: new.get(slot)
        for slot in {**old, **new}
        if not same(old.get(slot), new.get(slot)) and slot.partition(":")[0] in after
    }


def same(left: Any, right: Any) -> bool:
    """Whether two slot values are one: 1 and True differ in JSON, and so they do here."""
    return type(left) is type(right) and bool(left == right)


def packed(value: Any) -> str:
    """JSON in one canonical form."""
    return "".join(_canonical(value, 0))


_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_canonical = json.encoder.c_make_encoder(  # type: ignore[attr-defined]
    None, _encoder.default, json.encoder.encode_basestring, None, ":", ",", True, False, True
)
"""Made once: `json` makes it anew for each op, which costs more than the writing."""


def same_content(one: Op, other: Op) -> bool:
    """Do two ops of one id say the same?"""
    return packed(_content(one)) == packed(_content(other))


def _content(op: Op) -> list[Any]:
    supersedes = {slot: list(keys) for slot, keys in op.supersedes.items()}
    return [op.index, op.kind, op.record, dict(op.values), supersedes, op.compartment,
            op.creates, op.because]  # fmt: skip


def head_rank(head: ChangeSetHead) -> tuple[bool, str]:
    """Which of two envelopes under one id counts: the one with the smaller rank.

    The laptop whose mark the id begins with comes first, or one colleague could take another's
    changes for their own by putting their name on them.
    """
    said = [head.device, head.officer, head.ms, head.counter, head.why, head.undoes or "",
            head.roster_head]  # fmt: skip
    return not head.id.startswith(device_mark(head.device)), sha256(
        packed(said).encode()
    ).hexdigest()


@lru_cache(maxsize=256)
def device_mark(device: str) -> str:
    """The first half of the id of every change set that a laptop makes: 16 hexadecimal digits."""
    return sha256(b"engage device\n" + device.encode()).hexdigest()[:16]
