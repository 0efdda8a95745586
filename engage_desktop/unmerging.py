"""Taking a merge back: both stakeholders whole again, any time, on any laptop.

The one that went comes out of the bin. Links that still lead to the kept one lead back. Values that
were taken over go back to what the record would say without this merge; what a person changed since
stays, and what was added since stays with the kept record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from db.changes import Applied, Bin, Change, Edit, Restore
from db.errors import Erased, InvalidInput, NotFound
from db.reader import Reader
from db.store import Store
from engage_desktop.merging import Move, made_in, moves_in, today
from engage_desktop.plain import counted
from engage_desktop.queries.merges import (
    KIND,
    MERGING,
    MergeNote,
    merge_note,
    standing_merge_of,
)
from engage_desktop.records.tidy import Merging
from engage_desktop.replaying import LinkReplay, Replay


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
        above = _merged_on(reader, note)
        links = list(_links_back(store, reader, above, moves_in(record.moved), left))
        slots = Replay(store, reader, without=note.id)
        values = list(slots.given_back(above, left)) if note.stands else []
        back: list[Change] = [Restore(KIND, note.away)]
        if note.stands:
            back += slots.settled(note.away)
            back += _twice_back(store, moves_in(record.moved))
            back += _made_gone(store, record.moved)
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
    return store.apply(plan.changes, "Take a merge back", initiator=initiator, circles=True)


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


def _merged_on(reader: Reader, note: MergeNote) -> list[MergeNote]:
    """A merge, and those by which what it was made into was merged on; the last holds it all."""
    found, passed = [note], {note.away}
    while found[-1].into not in passed:
        passed.add(found[-1].into)
        following = standing_merge_of(reader, found[-1].into)
        if following is None:
            break
        found.append(following)
    return found


def _links_back(
    store: Store, reader: Reader, above: list[MergeNote], moves: Iterable[Move], left: list[str]
) -> Iterator[Change]:
    replay = LinkReplay(store, reader, without=above[0].id)
    put_away = _put_away_by(reader, above[1:])
    edits: dict[tuple[str, str], dict[str, Any]] = {}
    elsewhere = in_bin = 0
    for move in moves:
        if move.what == "binned" or move.kind not in store.registry:
            continue
        where = store.where(move.kind, move.id)
        again = where == "bin" and (move.kind, move.id) in put_away
        if where != "live" and not again:
            in_bin += where == "bin"
            continue
        now = getattr(store.get(move.kind, move.id), move.field)
        value = replay.now(move.kind, move.id, move.field)
        if value == (sorted(now) if isinstance(now, tuple) else now):
            elsewhere += above[0].stands
            continue
        if again:
            yield Restore(move.kind, move.id)
        edits.setdefault((move.kind, move.id), {})[move.field] = value
    for (kind, record_id), values in edits.items():
        yield Edit(kind, record_id, values)
    if elsewhere:
        left.append(counted(elsewhere, "link leads", "links lead") + " elsewhere by now")
    if in_bin:
        some = counted(in_bin, "entry in the bin stays", "entries in the bin stay")
        left.append(f"{some} with the record that was kept")


def _put_away_by(reader: Reader, notes: Iterable[MergeNote]) -> set[tuple[str, str]]:
    """What later merges put in the bin because it said again what was there."""
    found = set()
    for note in notes:
        record = reader.get(MERGING, note.id)
        assert isinstance(record, Merging)
        found |= {(m.kind, m.id) for m in moves_in(record.moved) if m.what == "binned"}
    return found


def _twice_back(store: Store, moves: Iterable[Move]) -> Iterator[Change]:
    for kind, record_id in dict.fromkeys((m.kind, m.id) for m in moves if m.what == "binned"):
        if kind in store.registry and store.where(kind, record_id) == "bin":
            yield Restore(kind, record_id)


def _made_gone(store: Store, moved: str) -> Iterator[Change]:
    """The refusals that the merge itself wrote down go with it."""
    for each in made_in(moved):
        if store.where("permission", each) == "live":
            yield Bin("permission", each)


__all__ = ["UnmergePlan", "plan_unmerge", "unmerge"]
