"""Erasing for good: a record, some of its fields or a span of a text, on every laptop.

An erasure is written like any change and travels (`db.erasing` says what it does to the state,
`db.scrubbing` takes the values out of the log). `finish_erasures` then sees to it that no page,
index, draft or attachment of this laptop holds any of it; only after that is it confirmed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from db import log
from db.blobs import Blobs
from db.changes import Applied, ChangeSetHead, Touched, to_slots
from db.connection import Connection, clean
from db.drafts import Drafts
from db.erasing import ERASED, MOVED, TRACE, field_of_slot
from db.errors import InvalidInput
from db.fields import FieldType
from db.parts import every_part
from db.record import Record, Registry
from db.scrubbing import moved_away
from db.traces import traces
from db.typed import id_of
from db.writer import Writer

Steps = Callable[[str, int, int], None]
"""Told in words what is being done, and how many of how many steps are done."""

GONE = "[erased]"
"""What stands in a text where a span of it was erased."""

WORDS = frozenset({FieldType.TEXT, FieldType.LONG_TEXT})
"""Fields of which a span may be erased."""


@dataclass(frozen=True, slots=True)
class Erase:
    """What is to be erased: a record with what belongs to it, or fields, or a span of one.

    `span` is (first, after the last) character of the one field. `refused` maps a field, or a
    kind of what belongs to the record, to why it is kept. `past`: only what the fields said before
    goes; what they say now stays.
    """

    kind: str
    id: str
    fields: tuple[str, ...] = ()
    span: tuple[int, int] | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    past: bool = False

    @property
    def scope(self) -> str:
        """ "record", "field" or "span"."""
        return "span" if self.span else "field" if self.fields else "record"


@dataclass(frozen=True, slots=True)
class ErasePlan:
    """What would go: `fields` hold something now, `parts` are (kind, id, title)."""

    asked: Erase
    title: str
    fields: tuple[str, ...]
    parts: tuple[tuple[str, str, str], ...]
    text: str | None = None
    """What the field says after a span of it went."""


@dataclass(frozen=True, slots=True)
class ErasureNote:
    """One erasure that counts: its change set, by whom, when (ms), and of which records."""

    id: str
    officer: str
    device: str
    ms: int
    records: tuple[tuple[str, str], ...]
    cleaned: int | None
    """When (ms) this laptop's files held nothing of it any more; None before."""


Register = Callable[[str], Record]
"""From an erasure's id to the record that is kept of it."""


class Erasing:
    """What a store does about erasures."""

    registry: Registry
    path: Path
    now: Callable[[], int]
    _connection: Connection
    _writer: Writer
    _lock: threading.RLock
    _reading: Callable[[], AbstractContextManager[None]]
    _writing: Callable[[], AbstractContextManager[None]]
    _begin: Callable[..., tuple[ChangeSetHead, int]]
    _tell: Callable[[Applied], None]
    derived_id: Callable[..., str]

    # -- before ----------------------------------------------------------------------------

    def plan_erasure(self, asked: Erase) -> ErasePlan:
        """What an erasure would take. Raises `NotFound`, `Erased` and `InvalidInput`."""
        with self._reading():
            return _plan(self._connection, self._writer, asked)

    # -- the erasure itself ----------------------------------------------------------------

    def erase(
        self, asked: Erase, why: str, *, register: Register | None = None,
        initiator: object | None = None,
    ) -> Applied:  # fmt: skip
        """Erase for good, in one transaction. There is no way back.

        `why` travels and is kept, so it says nothing of what went. `register` makes the record
        that is kept of the erasure. Raises `NotFound`, `Erased`, `InvalidInput`, `NotPermitted`.
        """
        with self._lock:
            with self._writing():
                plan = _plan(self._connection, self._writer, asked)
                head, set_pk = self._begin(why, undoes=None, undoable=False)
                touched = self._write(plan, head, set_pk)
                if register is not None:
                    record = register(head.id)
                    self._writer.create(set_pk, len(touched), head, record)
                    touched.append(Touched(record.meta.name, record.id, "created"))
                log.finish(self._connection, set_pk)
            applied = Applied(head.id, why, tuple(touched), initiator)
        self._tell(applied)
        return applied

    def _write(self, plan: ErasePlan, head: ChangeSetHead, set_pk: int) -> list[Touched]:
        asked, writer = plan.asked, self._writer
        kept = asked.fields or asked.refused
        targets = [(asked.kind, asked.id), *((kind, part) for kind, part, _ in plan.parts)]
        pks = {writer.row(kind, record_id)[0] for kind, record_id in targets}
        touched: list[Touched] = []
        # What belongs to it first: on an erased owner nothing more can be written.
        for kind, record_id in reversed(targets):
            pk, _ = writer.row(kind, record_id)
            cls = self.registry[kind]
            own = (kind, record_id) == targets[0]
            names = plan.fields if own and kept else ()
            slots: dict[str, Any] = {f"{ERASED}:{name}": 1 for name in names} or {ERASED: 1}
            if plan.text is not None:
                slots[plan.fields[0]] = plan.text
            if asked.past:
                now = to_slots(cls.specs(), writer.tables[kind].read(self._connection, pk) or {})
                slots |= {s: v for s, v in now.items() if field_of_slot(s) in names}
            if asked.scope == "record":
                found = traces(self.derived_id, cls, _ever(writer, pk, cls))
                slots |= {f"{TRACE}{each}": 1 for each in sorted(found)}
            moved = moved_away(writer, record_id, pks) if ERASED in slots else []
            named = {MOVED: moved} if moved else {}
            writer.write_slots(set_pk, len(touched), head, pk, kind, slots, named)
            touched.append(Touched(kind, record_id, "edited" if names else "erased"))
        return touched

    # -- what is known of erasures ---------------------------------------------------------

    def erasures(self) -> list[ErasureNote]:
        """Every erasure that counts here, newest first."""
        with self._reading():
            return _notes(self._connection)

    def confirmed_erasures(self) -> frozenset[str]:
        """Ids of the erasures of which nothing is left on this laptop."""
        return frozenset(note.id for note in self.erasures() if note.cleaned is not None)

    def unfinished_erasures(self) -> frozenset[str]:
        """Ids of those whose last remains `finish_erasures` has still to take away."""
        return frozenset(note.id for note in self.erasures() if note.cleaned is None)

    def is_erased(self, record_id: str) -> bool:
        """Was a record, of whatever kind, erased for good?"""
        with self._reading():
            return record_id in self._writer.erased_ids()

    def erased_fields(self, kind: str, record_id: str) -> frozenset[str]:
        """The fields of a record of which something was erased."""
        with self._reading():
            pk, _ = self._writer.row(kind, record_id)
            return frozenset(self._writer.state(pk).merged.erasures.fields or {})

    def erased_traces(self) -> frozenset[str]:
        """By these the rows of an old file are known again that are about an erased person."""
        with self._reading():
            rows = self._connection.execute(
                "SELECT o.body FROM erasing_set e JOIN op o ON o.change_set = e.change_set "
                "WHERE o.standing = 0"
            )
            return frozenset(
                slot.removeprefix(TRACE)
                for (body,) in rows
                for slot in json.loads(body)
                if slot.startswith(TRACE)
            )

    def traces_of(self, record: Record) -> frozenset[str]:
        """The traces that this record would leave."""
        held = {name: [value] for name, value in record.model_dump(mode="json").items()}
        return traces(self.derived_id, type(record), held)

    # -- after -----------------------------------------------------------------------------

    def finish_erasures(
        self, blobs: Blobs | None = None, drafts: Drafts | None = None, *,
        removed: Callable[[str], None] | None = None, progress: Steps | None = None,
    ) -> frozenset[str]:  # fmt: skip
        """Take away the last remains on this laptop; ids of the erasures confirmed by that.

        Search index, attachments' files, drafts, free pages and the log beside the store.
        `removed` is told the digest of each file before its entry goes. May be
        stopped at any moment and done again. Raises `StoreBusy` while others still read what was
        before, `DiskFull`, `ReadOnly`; what remains is told by `unfinished_erasures` then.
        """
        ids = self.unfinished_erasures()
        if not ids:
            return frozenset()
        step = _counted(progress)
        step("Cleaning the search index")
        self._clean_words()
        if blobs is not None:
            step("Removing attachments")
            self._remove_files(blobs, removed or _told_to_nobody)
        if drafts is not None:
            step("Removing drafts")
            concerned = self._erased_records()
            drafts.erase(lambda name, body: any(each in name or each in body for each in concerned))
        step("Writing the records' file anew")
        with self._lock:
            clean(self._connection, self.path.name)
        with self._lock, self._writing():
            marks = ", ".join("?" * len(ids))
            self._connection.execute(
                "UPDATE erasing_set SET cleaned = ? WHERE change_set IN (SELECT pk FROM change_set "
                f"WHERE id IN ({marks}))",
                (self.now(), *(bytes.fromhex(each) for each in ids)),
            )
        step("")
        return ids

    def _clean_words(self) -> None:
        """FTS5 keeps the words of deleted rows until their segments are merged."""
        for table in self._writer.tables.values():
            if not table.searched:
                continue
            fts = f"{table.name}__fts"
            with self._lock, self._writing():
                self._connection.execute(
                    f'INSERT INTO "{fts}"("{fts}", rank) VALUES (\'secure-delete\', 1)'
                )
            with self._lock, self._writing():
                self._connection.execute(f'INSERT INTO "{fts}"("{fts}") VALUES (\'optimize\')')
            with self._lock, self._writing():  # or taking back an import would take minutes
                self._connection.execute(
                    f'INSERT INTO "{fts}"("{fts}", rank) VALUES (\'secure-delete\', 0)'
                )

    def _remove_files(self, blobs: Blobs, removed: Callable[[str], None]) -> None:
        with self._reading():
            rows = self._connection.execute("SELECT digest FROM erased_file").fetchall()
        for (digest,) in rows:
            with self._lock, self._writing():
                if not _named(self._connection, self.registry, digest):
                    blobs.remove(digest)
                    removed(digest)
                self._connection.execute("DELETE FROM erased_file WHERE digest = ?", (digest,))

    def _erased_records(self) -> frozenset[str]:
        """Ids of everything of which anything was erased."""
        with self._reading():
            fields = {r for note in _notes(self._connection) for _, r in note.records}
            return frozenset(fields | self._writer.erased_ids())


def _told_to_nobody(_digest: str) -> None:
    """Nobody keeps copies of attachments elsewhere."""


# -- inside ------------------------------------------------------------------------------------


def _plan(connection: Connection, writer: Writer, asked: Erase) -> ErasePlan:
    pk, _ = writer.row(asked.kind, asked.id)
    cls = writer.registry[asked.kind]
    specs = cls.specs()
    title = connection.execute("SELECT title FROM record WHERE pk = ?", (pk,)).fetchone()[0]
    unknown = [name for name in asked.fields if name not in specs]
    if unknown:
        raise InvalidInput(f"{cls.meta.label} has no field called “{unknown[0]}”.")
    values = writer.tables[asked.kind].read(connection, pk) or {}
    if asked.span is not None:
        return ErasePlan(asked, title, asked.fields, (), _cut(cls, asked, values))
    if asked.fields:
        if asked.refused:
            raise InvalidInput(
                "What is refused is said of a whole record. Name only the fields that go. "
                "Nothing was changed."
            )
        return ErasePlan(asked, title, asked.fields, ())
    parts = every_part(writer, asked.kind, asked.id)
    kinds = {kind for kind, _, _ in parts}
    for name, reason in asked.refused.items():
        if name not in specs and name not in kinds:
            raise InvalidInput(
                f"{cls.meta.label} has nothing called “{name}” that could be kept. "
                "Nothing was changed."
            )
        if not reason.strip():
            raise InvalidInput(f"Say why “{name}” is kept. Nothing was changed.")
    going = tuple(part for part in parts if part[0] not in asked.refused)
    names = tuple(name for name in specs if name not in asked.refused)
    if not asked.refused:
        names = tuple(n for n in names if n in values and values[n] != specs[n].default)
    elif cls.meta.parent in names:  # what it belongs to is no word of its own, and holds it
        names = tuple(name for name in names if name != cls.meta.parent)
    return ErasePlan(asked, title, names, going)


def _cut(cls: type[Record], asked: Erase, values: Mapping[str, Any]) -> str:
    """The one field's text with a span of it replaced. Raises `InvalidInput`."""
    assert asked.span is not None
    first, after = asked.span
    name = asked.fields[0] if len(asked.fields) == 1 else ""
    spec = cls.specs().get(name)
    if spec is None or spec.type not in WORDS:
        raise InvalidInput(
            "A span is erased of one field that holds text. Name that field. Nothing was changed."
        )
    text = str(values.get(name) or "")
    if not 0 <= first < after <= len(text):
        raise InvalidInput(
            f"{spec.label} has {len(text):,} characters, so nothing stands from {first} to "
            f"{after}. Nothing was changed. Count from 0; the end is not erased itself."
        )
    return f"{text[:first]}{GONE}{text[after:]}"


def _ever(writer: Writer, pk: int, cls: type[Record]) -> dict[str, list[Any]]:
    """Every value that a record's identifying fields held at any time."""
    wanted = {name for names in cls.meta.identities for name in names}
    held: dict[str, list[Any]] = {name: [] for name in wanted}
    for op in writer.state(pk).ops:
        for name in wanted & op.values.keys():
            held[name].append(op.values[name])
    return held


def _notes(connection: Connection) -> list[ErasureNote]:
    rows = connection.execute(
        "SELECT lower(hex(c.id)), c.officer, c.device, c.ms, e.cleaned, r.kind, r.pk, o.body "
        "FROM erasing_set e JOIN change_set c ON c.pk = e.change_set "
        "JOIN op o ON o.change_set = c.pk JOIN record r ON r.pk = o.record "
        "WHERE o.standing = 0 ORDER BY c.ms DESC, c.counter DESC, c.id, o.idx"
    ).fetchall()
    heads: dict[str, tuple[Any, ...]] = {}
    records: dict[str, list[tuple[str, str]]] = {}
    for set_id, officer, device, ms, cleaned, kind, pk, body in rows:
        if any(slot.startswith(ERASED) for slot in json.loads(body)):
            heads[set_id] = (officer, device, ms, cleaned)
            records.setdefault(set_id, []).append((kind, id_of(connection, pk)))
    return [
        ErasureNote(set_id, officer, device, ms, tuple(records[set_id]), cleaned)
        for set_id, (officer, device, ms, cleaned) in heads.items()
    ]


def _named(connection: Connection, registry: Registry, digest: str) -> bool:
    """Does any op still name this file?"""
    kinds = [cls.meta.name for cls in registry if any(s.file for s in cls.specs().values())]
    marks = ", ".join("?" * len(kinds))
    row = connection.execute(
        "SELECT 1 FROM op o JOIN record r ON r.pk = o.record "
        f"WHERE r.kind IN ({marks}) AND instr(o.body, ?) UNION ALL "
        f"SELECT 1 FROM telling t WHERE t.kind IN ({marks}) AND instr(t.body, ?) LIMIT 1",
        (*kinds, digest) * 2,
    ).fetchone()
    return row is not None


def _counted(progress: Steps | None) -> Callable[[str], None]:
    done = [0]

    def step(words: str) -> None:
        if progress is not None:
            progress(words, done[0], STEPS)
        done[0] += 1

    return step


STEPS = 4
"""What `finish_erasures` counts up to."""

__all__ = ["GONE", "STEPS", "Erase", "ErasePlan", "Erasing", "ErasureNote"]
