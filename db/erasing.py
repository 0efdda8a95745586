"""What an erasure does to ops: pure functions of the set of ops about a record.

An erasure is an op like any other, of the slot "_erased" (the whole record) or "_erased:<field>".
It beats everything, for ever: a value counts only if its author had seen every erasure of its
field, which its op says by naming them. What does not count any more is scrubbed out of the log;
the marks that stay ("_scrubbed", "_scrubbed:<field>") say only that something was there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

ERASED = "_erased"
"""Slot of an erasure: alone for the record, "_erased:<field>" for one field."""

SCRUBBED = "_scrubbed"
"""Mark left where values were: alone for all an op said, "_scrubbed:<field>" for one field."""

TRACE = "_trace:"
"""Slots "_trace:<keyed hash>" of an erasure: by these an old file's rows are known again."""

MOVED = "_moved"
"""In `supersedes` of an erasure: ops by which parts belonged to the record, and no longer do."""

RIGHT = "_right:"
"""Slots "_right:<hash>" left where a value was that gave its officer a right: see `right_of`."""

_OWN = (ERASED, TRACE, SCRUBBED, RIGHT)


class Said(Protocol):
    """What an op says."""

    @property
    def key(self) -> str: ...
    @property
    def values(self) -> Mapping[str, Any]: ...
    @property
    def supersedes(self) -> Mapping[str, Sequence[str]]: ...


@dataclass(frozen=True, slots=True)
class Erasures:
    """What was erased of one record: all of it, or some fields, and by which ops."""

    whole: frozenset[str] = frozenset()
    fields: Mapping[str, frozenset[str]] | None = None

    @property
    def any(self) -> bool:
        """Was anything erased?"""
        return bool(self.whole or self.fields)

    def of(self, name: str) -> frozenset[str]:
        """The ops that erased a field."""
        return (self.fields or {}).get(name, frozenset())

    def unseen_by(self, key: str, supersedes: Mapping[str, Sequence[str]]) -> frozenset[str]:
        """The fields about which an op does not count: it was written without these erasures."""
        return frozenset(
            name
            for name, erasers in (self.fields or {}).items()
            if erasers - {key} - set(supersedes.get(f"{ERASED}:{name}", ()))
        )


NOTHING = Erasures()


def is_mark(slot: str) -> bool:
    """Is this one of the slots of erasing, which hold no value of a field?"""
    return slot.startswith("_") and slot.startswith(_OWN)


def field_of_slot(slot: str) -> str:
    """A slot's field, without the element of a set."""
    return slot.partition(":")[0]


def erasures_in(ops: Iterable[Said]) -> Erasures:
    """What these ops, all of which count, erase of their record."""
    whole: set[str] = set()
    fields: dict[str, set[str]] = {}
    for op in ops:
        for slot in op.values:
            if slot[:1] != "_":
                continue
            if slot == ERASED:
                whole.add(op.key)
            elif slot.startswith(f"{ERASED}:"):
                fields.setdefault(slot.partition(":")[2], set()).add(op.key)
    if not whole and not fields:
        return NOTHING
    return Erasures(frozenset(whole), {name: frozenset(keys) for name, keys in fields.items()})


def erasing_part(
    values: Mapping[str, Any], supersedes: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any], dict[str, Sequence[str]]]:
    """Of what an op says, what erases; no values where it erases nothing."""
    erases = {s: v for s, v in values.items() if s == ERASED or s.startswith(f"{ERASED}:")}
    return erases, {s: keys for s, keys in supersedes.items() if s == MOVED or is_mark(s)}


def citations(ops: Sequence[Said], slots: Iterable[str]) -> dict[str, list[str]]:
    """What an op about these slots has to name so that it counts: every erasure it has seen.

    Those its author knows, and those that the authors of what it replaces knew.
    """
    names = {field_of_slot(slot) for slot in slots if not is_mark(slot)}
    names |= {slot.partition(":")[2] for slot in slots if slot.startswith(f"{ERASED}:")}
    cited: dict[str, set[str]] = {}
    for op in ops:
        for slot in (*op.values, *op.supersedes):
            name = slot.partition(":")[2] if slot.startswith(f"{ERASED}:") else ""
            if name and name in names:
                seen = cited.setdefault(f"{ERASED}:{name}", set())
                seen.update(op.supersedes.get(slot, ()))
                if slot in op.values:
                    seen.add(op.key)
    return {slot: sorted(keys) for slot, keys in cited.items() if keys}


def right_of(key: str, officer: str) -> str:
    """The slot that stays where the op `key` named an officer and the name was erased.

    Others' ops cite that op for their right to the record, and must come to the same before and
    after. Only who knows the name can tell that it was this one.
    """
    return RIGHT + sha256(f"{key}\n{officer}".encode()).hexdigest()[:32]


def left_of(
    key: str, values: Mapping[str, Any], supersedes: Mapping[str, Sequence[str]],
    erasures: Erasures, *, whole: bool, keep: str = "", rights: Sequence[str] = (),
    seen: Mapping[str, Sequence[str]] | None = None,
) -> tuple[dict[str, Any], dict[str, Sequence[str]]]:  # fmt: skip
    """An op's values and supersedes after scrubbing; as they were where nothing is to go.

    `whole` says that the record is erased, by itself or with what it belongs to. `keep` is the
    field that says to what it belongs: an id, by which a part that comes late is known as one.
    `rights` are the fields by which an officer gains a right to the record. `seen` is where the
    erasures are cited that its author had seen, if not in `supersedes`.
    """
    lost = erasures.unseen_by(key, supersedes if seen is None else seen)
    gone = frozenset(rights) if whole else lost
    named_once = {
        right_of(key, str(values[name])): 1 for name in rights if name in gone and values.get(name)
    }
    left, named = _left_of(values, supersedes, lost, whole=whole, keep=keep)
    return left | named_once, named


def _left_of(
    values: Mapping[str, Any], supersedes: Mapping[str, Sequence[str]], gone: frozenset[str], *,
    whole: bool, keep: str,
) -> tuple[dict[str, Any], dict[str, Sequence[str]]]:  # fmt: skip
    if whole:
        kept = {slot: v for slot, v in values.items() if is_mark(slot) or (keep and slot == keep)}
        named = {s: keys for s, keys in supersedes.items() if s == MOVED or is_mark(s)}
        if len(kept) < len(values) or len(named) < len(supersedes):
            kept[SCRUBBED] = 1
        return kept, named
    if not gone:
        return dict(values), dict(supersedes)
    kept = {slot: value for slot, value in values.items() if field_of_slot(slot) not in gone}
    lost = {field_of_slot(slot) for slot in (*values, *supersedes)} & gone
    kept |= {f"{SCRUBBED}:{name}": 1 for name in lost}
    return kept, {s: keys for s, keys in supersedes.items() if field_of_slot(s) not in gone}


def is_scrubbed(values: Mapping[str, Any], name: str = "") -> bool:
    """Did an op say something (of a field) that was erased since?"""
    return any(
        slot == SCRUBBED or (slot.startswith(f"{SCRUBBED}:") and name in ("", slot[10:]))
        for slot in values
    )
