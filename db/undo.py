"""Taking back: the inverse of a change set, and which change set comes next.

Undo supersedes only this laptop's own ops, and only where they are still the only ones that
speak for their field; otherwise it says who changed it since.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from db.changes import AGAIN, BIN, SEEN, Touched, What, packed
from db.connection import Connection
from db.erasing import is_mark
from db.errors import CannotUndo
from db.merge import OpView, shown
from db.typed import id_of
from db.writer import Writer

DEPTH = 500
"""How many change sets back the stacks reach."""


@dataclass(frozen=True, slots=True)
class Step:
    """The slots one record gets back. `versions`: of a slot that held several before, all of them,
    the one that shows last, each with the op that first said it."""

    pk: int
    kind: str
    slots: dict[str, Any]
    versions: dict[str, list[tuple[Any, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """An inverse, worked out and not yet applied."""

    why: str
    steps: tuple[Step, ...]
    touched: tuple[Touched, ...]


@dataclass(slots=True)
class Stacks:
    """What can be undone and redone, last on top: (change set, words)."""

    undo: list[tuple[str, str]] = field(default_factory=list)
    redo: list[tuple[str, str]] = field(default_factory=list)

    def top_undo(self) -> str:
        """The change set to undo. Raises `CannotUndo` when there is none."""
        if not self.undo:
            raise CannotUndo("There is nothing to undo.")
        return self.undo[-1][0]

    def top_redo(self) -> str:
        """The change set to undo so as to redo. Raises `CannotUndo` when there is none."""
        if not self.redo:
            raise CannotUndo("There is nothing to redo.")
        return self.redo[-1][0]

    def undo_words(self) -> str | None:
        """The words of the change that would be taken back."""
        return self.undo[-1][1] if self.undo else None

    def redo_words(self) -> str | None:
        """The words of the change that would be brought back."""
        return self.redo[-1][1] if self.redo else None


def stacks(connection: Connection) -> Stacks:
    """Replay this laptop's last change sets to see what is on each stack."""
    rows = connection.execute(
        "SELECT lower(hex(id)), why, lower(hex(undoes)), undoable FROM (SELECT * FROM change_set "
        "WHERE here AND finished IS NOT NULL ORDER BY finished DESC LIMIT ?) ORDER BY finished",
        (DEPTH,),
    )
    found = Stacks()
    for set_id, why, undoes, undoable in rows:
        if not undoable:
            continue
        if undoes and any(item == undoes for item, _ in found.undo):
            words = next(words for item, words in found.undo if item == undoes)
            found.undo = [entry for entry in found.undo if entry[0] != undoes]
            found.redo.append((set_id, words))
        elif undoes and any(item == undoes for item, _ in found.redo):
            words = next(words for item, words in found.redo if item == undoes)
            found.redo = [entry for entry in found.redo if entry[0] != undoes]
            found.undo.append((set_id, words))
        elif not undoes:
            found.undo.append((set_id, why))
            found.redo.clear()
    return found


def inverse(connection: Connection, writer: Writer, change_set: str) -> Plan:
    """What has to be written to take a change set back. Raises `CannotUndo`."""
    row = connection.execute(
        "SELECT pk, why, here, finished, undoes FROM change_set WHERE id = ?",
        (bytes.fromhex(change_set),),
    ).fetchone()
    if row is None or not row[2] or row[3] is None:
        raise CannotUndo("That change was not made on this laptop, so it cannot be undone here.")
    set_pk, why, undoes = row[0], str(row[1]), row[4]
    steps: dict[int, Step] = {}
    touched: dict[int, Touched] = {}
    ops = connection.execute(
        "SELECT o.record, r.kind, o.idx, o.body, o.supersedes, NOT EXISTS(SELECT 1 FROM op e "
        "WHERE e.record = o.record AND (e.change_set, e.idx) < (o.change_set, o.idx)), "
        "o.standing FROM op o JOIN record r ON r.pk = o.record WHERE o.change_set = ? "
        "ORDER BY o.idx DESC",
        (set_pk,),
    ).fetchall()
    later: set[tuple[str, str]] = set()
    for pk, kind, index, body, supersedes, first, standing in ops:
        if standing:
            raise CannotUndo(
                "That change does not count for the team, so there is nothing to take back. "
                "Nothing was changed."
            )
        key = f"{change_set}:{index}"
        values = json.loads(body)
        if writer.state(pk).merged.erased or any(is_mark(slot) for slot in values):
            raise CannotUndo(_ERASED)
        replaced = json.loads(supersedes) if supersedes else {}
        versions: dict[str, list[tuple[Any, str]]] = {}
        if first and not replaced and BIN not in values:
            _only_mine(connection, writer.state(pk).ops, key)
            slots = {BIN: True}
        else:
            slots = _before(connection, writer, pk, key, values, replaced, later)
            versions = _disputed(writer, pk, slots, replaced)
        later.update((old, slot) for slot, keys in replaced.items() for old in keys)
        if pk in steps:
            slots = {**steps[pk].slots, **slots}
            versions = {**steps[pk].versions, **versions}
        steps[pk] = Step(pk, kind, slots, versions)
        touched[pk] = Touched(kind, id_of(connection, pk), _what(steps[pk].slots))
    for pk in [pk for pk, step in steps.items() if step.slots == {BIN: True}]:
        if writer.state(pk).merged.binned:
            del steps[pk], touched[pk]
    title = _words(why, again=undoes is not None)
    return Plan(title, tuple(steps.values()), tuple(touched.values()))


def _words(why: str, *, again: bool) -> str:
    """Undoing an undo is called a redo; the words behind stay those of the first change."""
    if not again:
        return f"Undo: {why}"
    if why.startswith("Undo: "):
        return f"Redo: {why.removeprefix('Undo: ')}"
    return f"Undo: {why.removeprefix('Redo: ')}"


def _before(
    connection: Connection,
    writer: Writer,
    pk: int,
    key: str,
    values: dict[str, Any],
    replaced: dict[str, list[str]],
    later: set[tuple[str, str]],
) -> dict[str, Any]:
    """What each slot held before the op `key`; raises `CannotUndo` where others spoke since.

    `later` names what later ops of the same change set replaced: those are ours to take back.
    """
    state = writer.state(pk)
    by_key = {op.key: op for op in state.ops}
    if state.merged.binned and BIN not in values:
        _nobody_else_binned(connection, state.heads[BIN], by_key[key])
    slots: dict[str, Any] = {}
    for slot in values:
        speaking = state.heads.get(slot, [])
        if (key, slot) not in later and not _stands(connection, pk, by_key, slot, key, speaking):
            other = next((op.key for op in speaking if op.key != key), key)
            raise CannotUndo(_since(connection, other))
        old = [by_key[k] for k in replaced.get(slot, []) if k in by_key]
        if any(slot not in op.values for op in old):
            raise CannotUndo(_ERASED)
        slots[slot] = _shown_before(writer, slot, old, connection, pk)
        if slot == BIN and slots[slot]:
            _seen_by_deleter(connection, state.heads, old, by_key[key])
    return slots


def _stands(
    connection: Connection,
    pk: int,
    by_key: Mapping[str, OpView],
    slot: str,
    key: str,
    speaking: list[OpView],
) -> bool:
    """Does `key` still speak for a slot, itself or through an undo that went back to it?"""
    if [op.key for op in speaking] == [key]:
        return True
    mine = by_key[key].stamp[2]
    if any(op.stamp[2] != mine for op in speaking):
        return False
    rows = connection.execute(
        "SELECT DISTINCT lower(hex(c.id)), lower(hex(c.undoes)) FROM op o "
        "JOIN change_set c ON c.pk = o.change_set WHERE o.record = ? AND c.undoes IS NOT NULL",
        (pk,),
    )
    undoes = dict(rows.fetchall())
    said = [_first_said(undoes, by_key, slot, keys) for keys in ([key], [o.key for o in speaking])]
    return said[0] == said[1]


def _first_said(
    undoes: Mapping[str, str], by_key: Mapping[str, OpView], slot: str, keys: list[str]
) -> set[str]:
    """The ops that first said what these say: an undo says what was said before what it undid."""
    waiting, looked_at, found = list(keys), set(), set()
    while waiting:
        key = waiting.pop()
        if key in looked_at:
            continue
        looked_at.add(key)
        undone = undoes.get(key[:32])
        if undone is None:
            found.add(key)
            continue
        inside = [op for other, op in by_key.items() if other[:32] == undone]
        before = {old for op in inside for old in op.supersedes.get(slot, ())}
        waiting.extend(old for old in before if old[:32] != undone)
    return found


def _nobody_else_binned(connection: Connection, binning: list[OpView], mine: OpView) -> None:
    for op in binning:
        if op.values[BIN] and op.stamp[2] != mine.stamp[2]:
            raise CannotUndo(_since(connection, op.key))


def _seen_by_deleter(
    connection: Connection, heads: Mapping[str, list[OpView]], old: list[OpView], mine: OpView
) -> None:
    """Going back to the bin must not take with it what a colleague wrote in the meantime."""
    seen = {key for op in old for key in op.supersedes.get(SEEN, ())}
    for ops in heads.values():
        for op in ops:
            if op.stamp[2] != mine.stamp[2] and op.key not in seen and op not in old:
                raise CannotUndo(_since(connection, op.key))


def _shown_before(
    writer: Writer, slot: str, old: list[OpView], connection: Connection, pk: int
) -> Any:
    if slot == BIN:
        return any(op.values[BIN] for op in old)
    if not old:
        return None
    kind = connection.execute("SELECT kind FROM record WHERE pk = ?", (pk,)).fetchone()[0]
    spec = writer.registry[kind].specs().get(slot.partition(":")[0])
    old = sorted(old, key=lambda op: op.stamp, reverse=True)
    return shown(spec, slot, old)[0]


def _disputed(
    writer: Writer, pk: int, slots: Mapping[str, Any], replaced: Mapping[str, list[str]]
) -> dict[str, list[tuple[Any, str]]]:
    """The versions that stood beside each other in a slot, where there were several.

    A choice between them that is taken back is to be made again, by whoever comes first.
    """
    by_key = {op.key: op for op in writer.state(pk).ops}
    found = {}
    for slot, value in slots.items():
        old = [by_key[key] for key in replaced.get(slot, []) if key in by_key]
        said: dict[str, tuple[Any, str]] = {}
        for op in sorted(old, key=lambda op: op.stamp, reverse=True):
            origin = next(iter(op.supersedes.get(AGAIN + slot, ())), op.key)
            said.setdefault(packed(op.values[slot]), (op.values[slot], origin))
        if slot != BIN and len(said) > 1 and packed(value) in said:
            shown_last = said.pop(packed(value))
            found[slot] = [*said.values(), shown_last]
    return found


def _only_mine(connection: Connection, ops: list[OpView], key: str) -> None:
    mine = next(op.stamp[2] for op in ops if op.key == key)
    other = next((op for op in ops if op.stamp[2] != mine), None)
    if other is not None:
        raise CannotUndo(_since(connection, other.key))


_ERASED = (
    "This cannot be undone: what it was about was erased for good. Nothing was changed. Other "
    "records that were changed with it can be changed by hand."
)


def _since(connection: Connection, key: str) -> str:
    row = connection.execute(
        "SELECT officer FROM change_set WHERE id = ?", (bytes.fromhex(key[:32]),)
    ).fetchone()
    who = row[0] if row else "Somebody"
    return (
        f"This cannot be undone: {who} changed the same thing since. Nothing was changed. "
        "Open the record to see both, and change it by hand."
    )


def _what(slots: dict[str, Any]) -> What:
    if BIN in slots:
        return "binned" if slots[BIN] else "restored"
    return "edited"


__all__ = ["SEEN", "Plan", "Stacks", "Step", "inverse", "stacks"]
