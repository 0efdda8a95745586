"""Taking a merge back: both stakeholders whole again, any time, on any laptop.

The one that went comes out of the bin. Links that still lead to the kept one lead back. Values that
were taken over go back to what the record would say without this merge; what a person changed since
stays, and what was added since stays with the kept record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from db.changes import Applied, Change, Edit, HistoryEntry, Restore, from_slots, same, to_slots
from db.errors import Erased, InvalidInput, NotFound
from db.fields import FieldType, Spec
from db.reader import Reader
from db.store import Store
from engage_desktop.merging import Move, moves_in, today
from engage_desktop.plain import counted
from engage_desktop.queries.merges import (
    KIND,
    MERGING,
    MergeNote,
    merge_note,
    merges_into,
    sets_of_merges,
    standing_merge_of,
)
from engage_desktop.records.tidy import Merging


@dataclass(frozen=True, slots=True)
class UnmergePlan:
    """What taking a merge back would do. `left` are sentences: what stays as it is, and why."""

    merging: str
    kept: str
    away: str
    kept_title: str
    away_title: str
    links: int
    fields: tuple[str, ...]
    left: tuple[str, ...]
    changes: tuple[Change, ...] = field(repr=False, default=())


def plan_unmerge(store: Store, reader: Reader, merging_id: str) -> UnmergePlan:
    """What taking a merge back would do. Changes nothing.

    Of a merge that was taken back already: what came too late for that. Raises `NotFound`,
    `Erased`, `InvalidInput`.
    """
    with reader.steady():
        note = _note(store, reader, merging_id)
        record = reader.get(MERGING, merging_id)
        assert isinstance(record, Merging)
        left: list[str] = []
        links = list(_links_back(store, note, moves_in(record.moved), left))
        slots = _Replay(store, reader, without=note.id)
        values = list(slots.given_back(note, left)) if note.stands else []
        back: list[Change] = [Restore(KIND, note.away)]
        if note.stands:
            back += slots.settled(note.away)
            back += _twice_back(store, moves_in(record.moved))
        ended = [Edit(MERGING, note.id, {"undone_on": today(store).isoformat()})]
        changes = [*back, *links, *values, *(ended if note.stands else ())]
        titles = reader.title(note.kept), reader.title(note.away)
    names = tuple(
        store.registry[KIND].specs()[name].label
        for each in values if isinstance(each, Edit) and each.id == note.kept
        for name in each.values
    )  # fmt: skip
    return UnmergePlan(
        note.id, note.kept, note.away, *titles, len(links), names, tuple(left), tuple(changes)
    )


def unmerge(store: Store, merging_id: str, *, initiator: object | None = None) -> Applied:
    """Take a merge back, in one change.

    Raises `NotFound`, `Erased`, `InvalidInput`, `NotPermitted`; nothing is changed then.
    """
    with closing(store.reader()) as reader:
        plan = plan_unmerge(store, reader, merging_id)
    return store.apply(plan.changes, "Take a merge back", initiator=initiator)


def _note(store: Store, reader: Reader, merging_id: str) -> MergeNote:
    where = store.where(MERGING, merging_id)
    if where == "erased":
        raise Erased("merge")
    note = merge_note(reader, merging_id) if where is not None else None
    if note is None:
        raise NotFound(f"There is no merge with the id “{merging_id}” here.")
    if store.where(KIND, note.away) == "erased":
        raise InvalidInput(
            "The record that was merged was erased for good since, so it cannot come back. Nothing "
            "was changed."
        )
    if store.where(KIND, note.kept) != "live":
        raise InvalidInput(
            f"“{reader.title(note.kept)}”, which holds both, is in the bin. Put it back first, "
            "then take the merge back. Nothing was changed."
        )
    if where == "bin":
        raise InvalidInput("This merge was undone already. Nothing was changed.")
    return note


# -- links ---------------------------------------------------------------------------------------


def _links_back(
    store: Store, note: MergeNote, moves: Iterable[Move], left: list[str]
) -> Iterator[Change]:
    edits: dict[tuple[str, str], dict[str, Any]] = {}
    elsewhere = in_bin = 0
    for move in moves:
        if move.what == "binned" or move.kind not in store.registry:
            continue
        spec = store.registry[move.kind].specs().get(move.field)
        where = store.where(move.kind, move.id)
        if spec is None or where != "live":
            in_bin += where == "bin"
            continue
        value = _given_back(spec, store.get(move.kind, move.id), move, note)
        if value is None:
            elsewhere += note.stands
        else:
            edits.setdefault((move.kind, move.id), {})[move.field] = value
    for (kind, record_id), values in edits.items():
        yield Edit(kind, record_id, values)
    if elsewhere:
        left.append(counted(elsewhere, "link leads", "links lead") + " elsewhere by now")
    if in_bin:
        some = counted(in_bin, "entry in the bin stays", "entries in the bin stay")
        left.append(f"{some} with the record that was kept")


def _given_back(spec: Spec, record: Any, move: Move, note: MergeNote) -> Any:
    """The link's value with the record that comes back; None where it is not to be changed."""
    value = getattr(record, move.field)
    if spec.type is FieldType.LINK:
        return note.away if value == note.kept else None
    held = set(value)
    if note.away in held:
        return None
    if move.what == "shared":
        return sorted(held | {note.away}) if note.stands else None
    return sorted(held - {note.kept} | {note.away}) if note.kept in held else None


def _twice_back(store: Store, moves: Iterable[Move]) -> Iterator[Change]:
    for kind, record_id in dict.fromkeys((m.kind, m.id) for m in moves if m.what == "binned"):
        if kind in store.registry and store.where(kind, record_id) == "bin":
            yield Restore(kind, record_id)


# -- values --------------------------------------------------------------------------------------


class _Replay:
    """What stakeholders say when merges that do not stand have never been.

    A record's history is gone through from its beginning: what a person wrote counts, what a merge
    took over counts while it stands, and the taking back itself says nothing.
    """

    def __init__(self, store: Store, reader: Reader, *, without: str) -> None:
        self._store, self._reader, self._without = store, reader, without
        self._specs = reader.registry[KIND].specs()
        self._known: dict[str, tuple[list[HistoryEntry], dict[str, MergeNote], frozenset[str]]] = {}

    def given_back(self, note: MergeNote, left: list[str]) -> Iterator[Change]:
        """The edits of the record that took values over, and of those it was merged into since."""
        taken = self._slots_of(note)
        above: MergeNote | None = note
        passed: set[str] = set()
        while above is not None and above.into not in passed:
            passed.add(above.into)
            if self._store.where(KIND, above.into) == "live":
                taken_here = taken & self._slots_of(above)
                yield from self._edit(above.into, taken_here, left)
            above = standing_merge_of(self._reader, above.into)

    def settled(self, record_id: str) -> list[Change]:
        """The edit that takes out of a record what merges into it brought that do not stand."""
        slots: set[str] = set()
        for note in merges_into(self._reader, record_id):
            if not note.stands or note.id == self._without:
                slots |= self._slots_of(note)
        return list(self._edit(record_id, slots, []))

    def _edit(self, record_id: str, slots: Iterable[str], left: list[str]) -> Iterator[Change]:
        now = self._reader.get(KIND, record_id).model_dump(mode="json")
        held = to_slots(self._specs, now)
        disputed = {c.slot for c in self._store.conflicts_of(KIND, record_id)}
        after = dict(held)
        names: set[str] = set()
        for slot in sorted(slots):
            name = slot.partition(":")[0]
            if name not in self._specs:
                continue
            if slot in disputed:
                left.append(f"{self._specs[name].label}: two versions wait for a choice")
                continue
            value = self.value(record_id, slot)
            if same(value, held.get(slot)):
                if self._by_a_person(record_id, slot):
                    left.append(f"{self._specs[name].label}: changed since, left as it is")
                continue
            names.add(name)
            after[slot] = value
        if names:
            said = from_slots(self._specs, {s: v for s, v in after.items() if v is not None})
            yield Edit(KIND, record_id, {name: _or_nothing(said, name) for name in sorted(names)})

    def value(self, record_id: str, slot: str, passed: frozenset[str] = frozenset()) -> Any:
        """What a slot says without the merge that is taken back and those that were."""
        history, notes, machinery = self._look(record_id)
        found: Any = None
        for entry in history:
            if slot not in entry.values:
                continue
            note = notes.get(entry.change_set)
            if note is None:
                if entry.change_set not in machinery:
                    found = entry.values[slot]
            elif self._counts(note):
                value = self._brought(note, slot, entry.values[slot], passed | {record_id})
                found = found if value is None else value
        return found

    def _brought(self, note: MergeNote, slot: str, value: Any, passed: frozenset[str]) -> Any:
        """What a merge took over, unless it had come to that record by a merge that is no more."""
        if note.away in passed:
            return value
        history, notes, _ = self._look(note.away)
        gone = [
            entry.values[slot] for entry in history
            if slot in entry.values and entry.change_set in notes
            and not self._counts(notes[entry.change_set])
        ]  # fmt: skip
        return self.value(note.away, slot, passed) if value in gone else value

    def _counts(self, note: MergeNote) -> bool:
        return note.stands and note.id != self._without

    def _by_a_person(self, record_id: str, slot: str) -> bool:
        """Did a person say it last?"""
        history, _, machinery = self._look(record_id)
        last = next((entry for entry in reversed(history) if slot in entry.values), None)
        return last is not None and last.change_set not in machinery

    def _slots_of(self, note: MergeNote) -> set[str]:
        """What a merge took over into the record it was made into."""
        history, _, _ = self._look(note.into)
        return {s for entry in history if entry.change_set == note.change_set
                for s in entry.values if not s.startswith("_")}  # fmt: skip

    def _look(
        self, record_id: str
    ) -> tuple[list[HistoryEntry], dict[str, MergeNote], frozenset[str]]:
        known = self._known.get(record_id)
        if known is None:
            history = self._store.history(KIND, record_id)[::-1]
            notes = {note.change_set: note for note in merges_into(self._reader, record_id)}
            known = (history, notes, sets_of_merges(self._reader, record_id))
            self._known[record_id] = known
        return known


def _or_nothing(values: Mapping[str, Any], name: str) -> Any:
    return values.get(name)


__all__ = ["UnmergePlan", "plan_unmerge", "unmerge"]
