"""Making one stakeholder of two: what a merge would do, and doing it, in one change.

Every link to the record that goes leads to the one that is kept, except what would say the same
twice; the record itself goes to the bin with those. `engage_desktop.unmerging` takes it back, on
any laptop and at any time. What the kept record said before is not written down: the log has it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from db.changes import Applied, Bin, Change, Create, Edit, packed
from db.errors import Erased, InvalidInput, KnownError, NotFound, NotPermitted
from db.fields import FieldType, Spec
from db.reader import Reader
from db.record import Registry
from db.store import Store
from engage_desktop.plain import counted
from engage_desktop.queries.merges import KIND, MERGING, pointing_at, standing_merge_of
from engage_desktop.records.contact import Permission
from engage_desktop.records.tidy import Distinct, Merging
from engage_desktop.rules import is_bound, may
from engage_desktop.stakeholders.choosing import Choices, FieldChoice, choices, stricter_than
from engage_desktop.stakeholders.permissions import held, line_of

FACTS = frozenset({"membership", "relationship", "distinct", "permission", "training"})
"""Kinds of which two equal ones say one thing. Two equal contacts were two contacts."""

What = Literal["moved", "shared", "binned"]


class Changed(KnownError):
    """One of the two was changed while somebody looked at them."""

    code = "changed"


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of one record that leads to the one that goes, for one of its links.

    "moved": it leads to the kept one. "shared": a set that holds the kept one already. "binned": it
    would say again what is there, so it goes to the bin.
    """

    kind: str
    id: str
    field: str
    what: What


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a merge would do. `refused` says why this officer may not; "" when they may.

    `mark` changes with everything the plan rests on.
    """

    kept: str
    away: str
    kept_title: str
    away_title: str
    fields: tuple[FieldChoice, ...]
    moves: tuple[Move, ...]
    refusals: tuple[str, ...]
    """Purposes that one of the two said no to: the no stands, though the other said yes since."""
    moved_words: tuple[str, ...]
    warnings: tuple[str, ...]
    refused: str
    mark: str


def plan_merge(store: Store, reader: Reader, kept: str, away: str) -> MergePlan:
    """What merging `away` into `kept` would do, with a value proposed for every field.

    Changes nothing. Raises `InvalidInput`, `NotFound`, `Erased`.
    """
    if kept == away:
        raise InvalidInput(
            "That is one record: it cannot be merged with itself. Nothing was changed."
        )
    with reader.steady():
        mine, yours = (_values(store, reader, each) for each in (kept, away))
        found = choices(reader.registry[KIND].specs(), mine, yours, (kept, away))
        moves = tuple(_moves(reader, kept, away))
        refusals = tuple(_refusals(reader, kept, away, today(store)))
        refused = _refused(store, reader, kept, away, moves)
        titles = reader.title(kept), reader.title(away)
    said = packed([kept, away, mine, yours, [[m.kind, m.id, m.field, m.what] for m in moves],
                   refusals])  # fmt: skip
    mark = sha256(said.encode()).hexdigest()
    words = tuple(_moved_words(reader.registry, moves, refusals))
    warnings = tuple(_warnings(mine, yours, found))
    return MergePlan(
        kept, away, *titles, found.fields, moves, refusals, words, warnings, refused, mark
    )


def merge(
    store: Store, plan: MergePlan, chosen: Mapping[str, Any] | None = None, *,
    initiator: object | None = None,
) -> Applied:  # fmt: skip
    """Merge as planned, in one change. `chosen` are values other than proposed, in JSON form.

    `merging_of` tells the record of the merge. Raises `Changed` when anything the plan rests on is
    different now, `InvalidInput` for a consent looser than the stricter of the two, `NotFound`,
    `NotPermitted`; nothing is changed then.
    """
    with closing(store.reader()) as reader:
        now = plan_merge(store, reader, plan.kept, plan.away)
    if now.refused:
        raise NotPermitted(now.refused)
    if now.mark != plan.mark:
        raise Changed(
            "One of the two was changed while you looked at them. Nothing was merged. Look at both "
            "again, and merge them then."
        )
    edit = _edit(store.registry, now, chosen or {})
    lines = [_no_to(store, plan.kept, purpose) for purpose in now.refusals]
    record = Merging(
        id=store.new_id(), kept=plan.kept, away=plan.away, merged_on=today(store),
        officer=store.officer, moved=moved_json(now.moves, [line.id for line in lines]),
    )  # fmt: skip
    changes: list[Change] = [*_links_changed(store, now.kept, now.away, now.moves), *edit]
    changes += [Bin(KIND, plan.away), *(Create(line) for line in lines), Create(record)]
    return store.apply(changes, "Merge two stakeholders", initiator=initiator)


def merging_of(applied: Applied) -> str:
    """The id of the merge that a change made. Earlier merges may have been moved by it too."""
    return next(t.id for t in applied.touched if t.kind == MERGING and t.what == "created")


def gather(store: Store, merging_id: str, *, initiator: object | None = None) -> Applied:
    """Move also what came to lead to a merged record since: a colleague had not heard of the merge.

    Where there is nothing, nothing is changed. Raises `NotFound`, `InvalidInput`, `NotPermitted`.
    """
    why = "Move what came after a merge"
    note = store.get(MERGING, merging_id)
    assert isinstance(note, Merging)
    if note.undone_on is not None or store.where(MERGING, merging_id) != "live":
        raise InvalidInput("This merge was taken back. Nothing was changed.")
    kept, away = str(note.kept), str(note.away)
    _in_register(store, kept)
    with closing(store.reader()) as reader:
        moves = tuple(_moves(reader, kept, away))
    if not moves:
        return Applied("", why, (), initiator)
    moved = moved_json((*moves_in(note.moved), *moves), made_in(note.moved))
    changes: list[Change] = list(_links_changed(store, kept, away, moves))
    changes.append(Edit(MERGING, merging_id, {"moved": moved}))
    return store.apply(changes, why, initiator=initiator, circles=True)


def why_not_put_back(reader: Reader, record_id: str) -> str:
    """Why a stakeholder comes out of the bin by taking a merge back only; "" where it may as it is.

    Put back by itself it would be there twice: as it was, and in the record that took it over.
    """
    note = standing_merge_of(reader, record_id)
    if note is None:
        return ""
    return (
        f"This stakeholder was merged into “{reader.title(note.kept)}”, which holds what it said. "
        "Nothing was changed. To have two again, take the merge back: under Stakeholders, "
        f"Duplicates, or with engage unmerge (the merge is {note.id})."
    )


def today(store: Store) -> dt.date:
    """This laptop's day."""
    return dt.datetime.fromtimestamp(store.now() / 1000, dt.UTC).astimezone().date()


# -- what moves ----------------------------------------------------------------------------------


def moved_json(moves: tuple[Move, ...], made: Sequence[str] = ()) -> str:
    """Moves as they are kept: by what, kind and field, the ids. `made` are permissions that the
    merge wrote down."""
    said: dict[str, Any] = {"made": list(made)} if made else {}
    for move in dict.fromkeys(moves):
        said.setdefault(move.what, {}).setdefault(move.kind, {}).setdefault(move.field, []).append(
            move.id
        )
    return packed(said)


def moves_in(text: str) -> tuple[Move, ...]:
    """The moves that were kept. What a newer release kept besides is left out."""
    try:
        said = json.loads(text or "{}")
        return tuple(
            Move(str(kind), str(each), str(field), what)
            for what in ("moved", "shared", "binned")
            for kind, fields in said.get(what, {}).items()
            for field, ids in fields.items()
            for each in ids
        )
    except (ValueError, AttributeError, TypeError):
        return ()


def made_in(text: str) -> list[str]:
    """Ids of the permissions that a merge wrote down."""
    try:
        return [str(each) for each in json.loads(text or "{}").get("made", ())]
    except (ValueError, AttributeError, TypeError):
        return []


def _refusals(reader: Reader, kept: str, away: str, day: dt.date) -> Iterator[str]:
    """Purposes for which the newest line of both together is looser than a no of one of them."""
    lines = [[line_of(each) for each in reader.children(Permission.meta.name, one)]
             for one in (kept, away)]  # fmt: skip
    for purpose in dict.fromkeys(line.purpose for each in lines for line in each):
        apart = {held(purpose, each, day).state for each in lines}
        together = held(purpose, [*lines[0], *lines[1]], day).state
        if apart & _NOES and together not in _NOES:
            yield purpose


_NOES = frozenset({"no", "withdrawn"})


def _no_to(store: Store, kept: str, purpose: str) -> Permission:
    return Permission(
        id=store.new_id(),
        stakeholder=kept,
        purpose=purpose,
        answer="no",
        given_on=today(store),
        source="Two records were merged, and one of them said no",
    )


def _moves(reader: Reader, kept: str, away: str) -> Iterator[Move]:
    facts = {kind: _held_facts(reader, kind, kept) for kind in FACTS}
    for (kind, record_id), fields in pointing_at(reader, away).items():
        if kind == KIND and record_id in (kept, away):
            continue  # a field of the two themselves
        cls = reader.registry[kind]
        specs = cls.specs()
        before = reader.get(kind, record_id).model_dump(mode="json")
        if kind == MERGING and kept in (before.get("away"), before.get("kept")):
            continue
        after = dict(before)
        shared = set()
        for name in fields:
            if specs[name].type is FieldType.LINK:
                after[name] = kept
        for name in fields:
            if specs[name].type is FieldType.LINKS:
                others = [each for each in before[name] if each != away]
                if kept in others or after.get(cls.meta.parent) == kept:
                    shared.add(name)
                after[name] = sorted({*others} if name in shared else {*others, kept})
        ends = [
            after.get(name) for name, spec in specs.items()
            if spec.type is FieldType.LINK and spec.target == KIND
        ]  # fmt: skip
        to_itself = kind in FACTS and ends.count(kept) > 1
        again = any(_says_all(other, after, specs) for other in facts.get(kind, ()))
        for name in fields:
            what: What = "shared" if name in shared else "moved"
            yield Move(kind, record_id, name, "binned" if to_itself or again else what)


def _held_facts(reader: Reader, kind: str, kept: str) -> list[dict[str, Any]]:
    """What the kept record has of a kind already."""
    names = [name for name, spec in reader.registry[kind].specs().items() if spec.target == KIND]
    ids = dict.fromkeys(each for name in names for each in reader.find(kind, name, kept))
    found = [reader.get(kind, each).model_dump(mode="json") for each in ids]
    if kind == Distinct.meta.name:  # whichever of the two was named first
        found += [{**each, "one": each["other"], "other": each["one"]} for each in found]
    return found


def _says_all(other: Mapping[str, Any], one: Mapping[str, Any], specs: Mapping[str, Spec]) -> bool:
    """Does a record say all that another says? By whom it was written down does not matter."""
    return all(
        not one.get(name) or one[name] == other.get(name) for name in specs if name != "officer"
    )


def _links_changed(store: Store, kept: str, away: str, moves: tuple[Move, ...]) -> Iterator[Change]:
    edits: dict[tuple[str, str], dict[str, Any]] = {}
    for move in moves:
        if move.what == "binned":
            continue
        value: Any = kept
        if store.registry[move.kind].specs()[move.field].type is FieldType.LINKS:
            others = set(getattr(store.get(move.kind, move.id), move.field)) - {away}
            value = sorted(others if move.what == "shared" else others | {kept})
        edits.setdefault((move.kind, move.id), {})[move.field] = value
    for (kind, record_id), values in edits.items():
        yield Edit(kind, record_id, values)
    binned = dict.fromkeys((m.kind, m.id) for m in moves if m.what == "binned")
    yield from (Bin(*each) for each in binned)


# -- what is chosen ------------------------------------------------------------------------------


def _edit(registry: Registry, plan: MergePlan, chosen: Mapping[str, Any]) -> list[Change]:
    specs = registry[KIND].specs()
    unknown = next((name for name in chosen if name not in specs), None)
    if unknown is not None:
        raise InvalidInput(f"A stakeholder has no field called “{unknown}”. Nothing was changed.")
    proposed = {field.name: field for field in plan.fields}
    for name, value in chosen.items():
        field = proposed.get(name)
        if field is not None and field.fixed and stricter_than(specs[name], field.proposed, value):
            raise InvalidInput(
                f"{field.label}: of two answers the stricter counts. Nothing was merged. Merge "
                "first; change the answer afterwards, when they have been asked.",
                {name: "The stricter of the two answers counts."},
            )
    values = {field.name: field.proposed for field in plan.fields} | dict(chosen)
    for name, value in values.items():
        if value in (plan.kept, plan.away) and specs[name].type is FieldType.LINK:
            raise InvalidInput(
                f"{specs[name].label} would lead to the record itself. Nothing was merged.",
                {name: "Choose somebody else."},
            )
    changed = {
        name: value for name, value in values.items()
        if name not in proposed or value != proposed[name].kept
    }  # fmt: skip
    return [Edit(KIND, plan.kept, changed)] if changed else []


# -- before --------------------------------------------------------------------------------------


def _values(store: Store, reader: Reader, record_id: str) -> dict[str, Any]:
    _in_register(store, record_id, reader)
    return reader.get(KIND, record_id).model_dump(mode="json")


def _in_register(store: Store, record_id: str, reader: Reader | None = None) -> None:
    """Raise a sentence for a stakeholder that is not in the register now."""
    where = store.where(KIND, record_id)
    if where == "live":
        return
    if where == "erased":
        raise Erased("stakeholder")
    if where is None:
        raise NotFound(f"There is no stakeholder with the id “{record_id}” here.")
    note = standing_merge_of(reader, record_id) if reader is not None else None
    if note is not None and reader is not None:
        raise InvalidInput(
            f"“{reader.title(record_id)}” was merged into “{reader.title(note.kept)}” already. "
            "Nothing was changed."
        )
    raise InvalidInput("This stakeholder is in the bin. Put it back first. Nothing was changed.")


def _refused(store: Store, reader: Reader, kept: str, away: str, moves: tuple[Move, ...]) -> str:
    asked: dict[tuple[str, str, str], None] = {
        (KIND, "edit", kept): None, (KIND, "delete", away): None, (MERGING, "create", ""): None,
    }  # fmt: skip
    each_by_itself = is_bound(store)
    kinds: set[str] = set()
    for move in moves:
        if each_by_itself or move.kind not in kinds:
            asked[move.kind, "edit", move.id] = None
        kinds.add(move.kind)
    found = (may(store, reader, *each) for each in asked)
    return next((sentence for sentence in found if sentence), "")


def _moved_words(
    registry: Registry, moves: tuple[Move, ...], refusals: tuple[str, ...]
) -> Iterator[str]:
    purpose_of = Permission.specs()["purpose"].choice_label
    for purpose in refusals:
        yield f"{purpose_of(purpose)}: the no of one of them stands until they are asked again"
    moving = {(m.kind, m.id) for m in moves if m.what != "binned"}
    for kind, count in Counter(kind for kind, _ in moving).items():
        meta = registry[kind].meta
        yield f"{counted(count, meta.label.lower(), meta.plural.lower())} will lead here"
    binned = len({(m.kind, m.id) for m in moves if m.what == "binned"})
    if binned:
        yield f"{counted(binned, 'entry', 'entries')} said twice will be kept once"


def _warnings(mine: Mapping[str, Any], yours: Mapping[str, Any], found: Choices) -> Iterator[str]:
    natures = {mine.get("nature") or "person", yours.get("nature") or "person"}
    if "person" in natures and len(natures) > 1:
        yield "One is a person and the other is not. Are they really the same?"
    if mine.get("age_band") and yours.get("age_band") and mine["age_band"] != yours["age_band"]:
        yield "The two say different age bands. Are they really the same?"
    yield from found.homeless


__all__ = [
    "Changed", "FieldChoice", "MergePlan", "Move", "gather", "made_in", "merge", "merging_of",
    "moved_json", "moves_in", "plan_merge", "today",
]  # fmt: skip
