"""What a record says after another was merged into it, field by field, and why.

Nothing that either said is lost without a word: what only one has is taken, sets are joined, long
texts follow each other, consent takes the stricter, and a second e-mail or phone goes where there
is room for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from db.fields import FieldType, Merge, Spec
from engage_desktop.stakeholders.matching import email_key, phone_key
from engage_desktop.stakeholders.words import folded

LATER = ("last_contact", "needs_asked", "needs_shared")
EARLIER = ("next_contact", "review_on", "needs_review")
"""Days of which the later, or the earlier, holds for both."""


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """One field of a merge, values in JSON form. `fixed`: nothing looser may be chosen."""

    name: str
    label: str
    kept: Any
    away: Any
    proposed: Any
    why: str
    fixed: bool = False

    @property
    def differs(self) -> bool:
        """Do the two records say different things here?"""
        return bool(_same_or_empty(self.kept) != _same_or_empty(self.away))


@dataclass(frozen=True, slots=True)
class Choices:
    """Every field either of the two fills, in the order of the form, and what finds no room."""

    fields: tuple[FieldChoice, ...]
    homeless: tuple[str, ...] = ()


def choices(
    specs: Mapping[str, Spec], kept: Mapping[str, Any], away: Mapping[str, Any],
    ids: tuple[str, str],
) -> Choices:  # fmt: skip
    """What to propose for each field of the kept record. `ids` are of the kept and the other: a
    link from one to the other would lead to itself."""
    found: dict[str, FieldChoice] = {}
    for name, spec in specs.items():
        mine, yours = kept.get(name), away.get(name)
        if not _filled(spec, mine) and not _filled(spec, yours):
            continue
        proposed, why = _proposed(spec, _other_than(ids, mine), _other_than(ids, yours))
        fixed = spec.merge is Merge.RESTRICTIVE
        found[name] = FieldChoice(name, spec.label, mine, yours, proposed, why, fixed)
    homeless = [
        *_second(specs, found, kept, away, ("email",), ("other_email",), email_key),
        *_second(specs, found, kept, away, ("phone", "mobile", "other_phone"),
                 ("mobile", "other_phone", "phone"), phone_key),
    ]  # fmt: skip
    return Choices(tuple(found[name] for name in specs if name in found), tuple(homeless))


def _same_or_empty(value: Any) -> Any:
    return sorted(value) if isinstance(value, (list, tuple)) else value or None


def _filled(spec: Spec, value: Any) -> bool:
    return value not in (None, "", (), [], {}) and value != spec.default


def _other_than(ids: tuple[str, str], value: Any) -> Any:
    return None if isinstance(value, str) and value in ids else value


def _proposed(spec: Spec, mine: Any, yours: Any) -> tuple[Any, str]:
    if _same_or_empty(mine) == _same_or_empty(yours):
        return mine, "Both say the same"
    if spec.merge is Merge.RESTRICTIVE:
        return _stricter(spec, mine, yours), "The stricter of the two"
    if spec.is_set:
        return _both(spec, mine, yours), "Both together"
    if spec.type is FieldType.BOOLEAN:
        return bool(mine or yours), "One of them says yes"
    if not _filled(spec, yours):
        return mine, "Only this one says it"
    if not _filled(spec, mine):
        return yours, "Only the other says it"
    if spec.type is FieldType.LONG_TEXT and spec.name != "address":
        return _one_after_the_other(str(mine), str(yours))
    if spec.name in LATER:
        return max(mine, yours), "The later of the two"
    if spec.name in EARLIER:
        return min(mine, yours), "The earlier of the two"
    return mine, "What this record says; choose the other if it is right"


def stricter_than(spec: Spec, one: Any, other: Any) -> bool:
    """Is `one` stricter than `other`, for a field of which the stricter holds?"""
    order = list(spec.restrictive)
    first, second = (spec.default if each is None else each for each in (one, other))
    if first in order and second in order:
        return order.index(first) < order.index(second)
    return first in order and second not in order


def _stricter(spec: Spec, mine: Any, yours: Any) -> Any:
    return yours if stricter_than(spec, yours, mine) else mine


def _both(spec: Spec, mine: Any, yours: Any) -> Any:
    if spec.type is FieldType.FEATURES:
        joined = {**(mine or {}), **(yours or {})}
        both = set(mine or {}) & set(yours or {})
        differ = {code for code in both if (mine or {})[code] != (yours or {})[code]}
        return joined | dict.fromkeys(differ, "no")
    return sorted({*(mine or ()), *(yours or ())})


def _one_after_the_other(mine: str, yours: str) -> tuple[str, str]:
    if folded(yours) in folded(mine):
        return mine, "This one holds the other"
    if folded(mine) in folded(yours):
        return yours, "The other holds this one"
    return f"{mine.rstrip()}\n\n{yours.lstrip()}", "One after the other"


def _second(
    specs: Mapping[str, Spec], found: dict[str, FieldChoice], kept: Mapping[str, Any],
    away: Mapping[str, Any], sources: tuple[str, ...], rooms: tuple[str, ...],
    plain: Callable[[str], str],
) -> list[str]:  # fmt: skip
    """Give what both have differently a place of its own; sentences for what finds none."""
    names = dict.fromkeys((*sources, *rooms))
    homeless = []
    for name in (name for name in names if name in specs):
        value = str(away.get(name) or "")
        held = {plain(str(found[n].proposed or "")) or found[n].proposed for n in names
                if n in found}  # fmt: skip
        if not value or (plain(value) or value) in held:
            continue
        room = next(
            (r for r in rooms if r in specs and not (found[r].proposed if r in found else "")), None
        )
        if room is None:
            homeless.append(
                f"{specs[name].label} “{value}” of the other record finds no room; it stays only "
                "in the record in the bin."
            )
            continue
        mine, yours = kept.get(room), away.get(room)
        why = f"{specs[name].label} of the other record"
        found[room] = FieldChoice(room, specs[room].label, mine, yours, value, why)
    return homeless


__all__ = ["Choices", "FieldChoice", "choices", "stricter_than"]
