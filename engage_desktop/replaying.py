"""What records say when merges that do not stand have never been.

A record's history is gone through from its beginning: what a person wrote counts, what a merge did
counts while it stands, and the taking back itself says nothing. So it does not matter in which
order merges are taken back, nor on which laptop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from db.changes import Change, Edit, HistoryEntry, from_slots, same, to_slots
from db.fields import FieldType
from db.reader import Reader
from db.store import Store
from engage_desktop.merging import Move, moves_in
from engage_desktop.queries.merges import (
    KIND,
    MERGING,
    MergeNote,
    merge_note,
    merges_into,
    movers_of,
    sets_of_merges,
)
from engage_desktop.records.tidy import Merging


class Replay:
    """Of stakeholders' own fields. `without` is the merge that is being taken back."""

    def __init__(self, store: Store, reader: Reader, *, without: str) -> None:
        self._store, self._reader, self._without = store, reader, without
        self._specs = reader.registry[KIND].specs()
        self._known: dict[str, tuple[list[HistoryEntry], dict[str, MergeNote], frozenset[str]]] = {}

    def given_back(self, above: list[MergeNote], left: list[str]) -> Iterator[Change]:
        """The edits of the record that took values over, and of those it was merged into since."""
        taken = self._slots_of(above[0])
        for note in above:
            if self._store.where(KIND, note.into) == "live":
                yield from self._edit(note.into, taken & self._slots_of(note), left)

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
            yield Edit(KIND, record_id, {name: said.get(name) for name in sorted(names)})

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


class LinkReplay:
    """Of the links that lead to stakeholders. `without` is the merge that is being taken back."""

    def __init__(self, store: Store, reader: Reader, *, without: str) -> None:
        self._store, self._reader, self._without = store, reader, without
        self._notes: dict[str, tuple[MergeNote, frozenset[Move]] | None] = {}

    def now(self, kind: str, record_id: str, name: str) -> Any:
        """The link's value: an id or None; of a set, its elements in order."""
        cls = self._reader.registry[kind]
        history = self._store.history(kind, record_id)[::-1]
        movers = movers_of(self._reader, record_id)
        passive = sets_of_merges(self._reader, record_id)
        many = cls.specs()[name].type is FieldType.LINKS
        held: set[str] = set()
        for place, entry in enumerate(history):
            made = kind == MERGING and place == 0  # a merge itself, moved by a later one
            if entry.change_set in passive and not made:
                for merging in movers.get(entry.change_set, ()):
                    self._moved(held, merging, (kind, record_id, name), cls.meta.parent)
            elif many:
                _said(held, name, entry.values)
            elif name in entry.values:
                held = {str(entry.values[name])} if entry.values[name] else set()
        return sorted(held) if many else next(iter(held), None)

    def _moved(self, held: set[str], merging: str, link: tuple[str, str, str], parent: str) -> None:
        """Let a merge move a link, if it stands and did."""
        known = self._note(merging)
        if known is None:
            return
        note, moves = known
        move = next((move for move in moves if (move.kind, move.id, move.field) == link), None)
        if move is None or move.what == "binned" or note.away not in held:
            return
        held.discard(note.away)
        kind, record_id, name = link
        if parent in ("", name) or self.now(kind, record_id, parent) != note.into:
            held.add(note.into)

    def _note(self, merging: str) -> tuple[MergeNote, frozenset[Move]] | None:
        """A merge that stands, with what it moved; None for others."""
        if merging not in self._notes:
            note = merge_note(self._reader, merging)
            found = None
            if note is not None and note.stands and note.id != self._without:
                record = self._reader.get(MERGING, merging)
                assert isinstance(record, Merging)
                found = (note, frozenset(moves_in(record.moved)))
            self._notes[merging] = found
        return self._notes[merging]


def _said(held: set[str], name: str, values: Any) -> None:
    """What a person put into a set of links or took out of it."""
    for slot, value in values.items():
        field, colon, element = slot.partition(":")
        if field == name and colon:
            (held.add if value else held.discard)(element)


__all__ = ["LinkReplay", "Replay"]
