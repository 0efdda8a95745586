"""What a record is, as a pure function of the set of ops about it.

Arrival order, duplicates and gaps cannot matter: no function here looks at anything but the ops.
Source: design of the sync protocol ("ops and merge").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.changes import BIN, SEEN, packed
from db.erasing import NOTHING, Erasures, erasures_in, field_of_slot, is_mark
from db.fields import FieldType, Merge, Spec

Stamp = tuple[int, int, str, str, int]
"""(ms, counter, device, change set, index): a total order over ops."""


@dataclass(frozen=True, slots=True)
class OpView:
    """An op as merging needs it. `key` is "<change set>:<index>"."""

    key: str
    stamp: Stamp
    values: Mapping[str, Any]
    supersedes: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Merged:
    """A record's state. `heads` holds, for each slot, its un-superseded ops, latest first."""

    values: dict[str, Any]
    heads: dict[str, list[OpView]]
    conflicts: frozenset[str]
    binned: bool
    erasures: Erasures = NOTHING

    @property
    def erased(self) -> bool:
        """Was all of it erased? It has no values then, for ever, and is in no bin."""
        return bool(self.erasures.whole)


def merge(ops: Iterable[OpView], specs: Mapping[str, Spec]) -> Merged:
    """Fold ops, in any order, into the state of their record."""
    ops = list(ops)
    erasures = erasures_in(ops)
    if erasures.whole:
        return Merged({}, {}, frozenset(), False, erasures)
    if len(ops) == 1 and not ops[0].supersedes and not any(map(is_mark, ops[0].values)):
        return _of_one(ops[0])
    if erasures.fields:
        ops = [_without(op, erasures) for op in ops]
    gone = {(key, slot) for op in ops for slot, keys in op.supersedes.items() for key in keys}
    heads: dict[str, list[OpView]] = {}
    for op in ops:
        for slot in op.values:
            if (op.key, slot) not in gone and not (slot[0:1] == "_" and is_mark(slot)):
                heads.setdefault(slot, []).append(op)
    values: dict[str, Any] = {}
    conflicts: set[str] = set()
    for slot, versions in heads.items():
        versions.sort(key=lambda op: op.stamp, reverse=True)
        if slot == BIN:
            continue
        value, disputed = shown(specs.get(slot.partition(":")[0]), slot, versions)
        values[slot] = value
        if disputed:
            conflicts.add(slot)
    binned, disputed = _bin_state(heads)
    if disputed:
        conflicts.add(BIN)
    return Merged(values, heads, frozenset(conflicts), binned, erasures)


def _without(op: OpView, erasures: Erasures) -> OpView:
    """An op without what it says of fields whose erasure its author had not seen."""
    gone = erasures.unseen_by(op.key, op.supersedes)
    if not gone:
        return op
    values = {slot: v for slot, v in op.values.items() if field_of_slot(slot) not in gone}
    named = {slot: k for slot, k in op.supersedes.items() if field_of_slot(slot) not in gone}
    return OpView(op.key, op.stamp, values, named)


def _of_one(op: OpView) -> Merged:
    """As nearly every record is: written once and not changed since."""
    values = dict(op.values)
    binned = bool(values.pop(BIN, False))
    return Merged(values, {slot: [op] for slot in op.values}, frozenset(), binned)


def shown(spec: Spec | None, slot: str, versions: Sequence[OpView]) -> tuple[Any, bool]:
    """The value that shows among versions (latest first), and whether they disagree."""
    latest = versions[0].values[slot]
    if len(versions) == 1 or len({packed(op.values[slot]) for op in versions}) == 1:
        return latest, False
    present = [op.values[slot] for op in versions]
    if spec is None:
        return latest, True
    if spec.merge is Merge.RESTRICTIVE:
        for value in spec.restrictive:
            if any(type(v) is type(value) and v == value for v in present):
                return value, True
        return latest, True
    if spec.is_set:
        if any(v is None for v in present):
            return None, True
        if spec.type is FieldType.FEATURES and "no" in present:
            return "no", True
    return latest, True


def _bin_state(heads: Mapping[str, list[OpView]]) -> tuple[bool, bool]:
    """(in the bin, disputed). A change its deleter had not seen keeps the record, flagged."""
    verdicts = heads.get(BIN, [])
    binning = [op for op in verdicts if op.values[BIN]]
    if not binning:
        return False, False
    if len(binning) < len(verdicts):
        return False, True
    seen = {key for op in binning for key in op.supersedes.get(SEEN, ())}
    seen.update(op.key for op in binning)
    unseen = any(
        op.key not in seen for slot, versions in heads.items() if slot != BIN for op in versions
    )
    return not unseen, unseen
