"""What colleagues changed in the records that an officer leads or watches.

A record's parts (its files, its easy-read lines) belong to it here: a colleague's poster is news
of the event. What one wrote oneself, on whichever laptop, is no news. Which changes are new is
told by the order in which they came in, never by a clock: a colleague's work of last month that
arrives today is new today.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from db.fields import Spec
from db.reader import Reader
from engage_desktop.records.change_words import changes_words, ids_in, titles_of
from engage_desktop.records.words import CONFIDENTIAL

LEAD = "lead"
"""The purpose of a field that names the officer who answers for the record."""

AT_ONCE = 500
"""Row keys in one statement."""

MOST_LINES = 8
"""Lines of one change; the rest are counted."""

Mark = tuple[int, int]
"""How far somebody had read a record: the last change that had come, and how many there were."""


@dataclass(frozen=True, slots=True)
class News:
    """Where a record stands: who it concerns me by, how far its changes go, and when (ms)."""

    pk: int
    kind: str
    id: str
    title: str
    lead: bool
    watched: bool
    mark: Mark
    last_ms: int
    seen: Mark | None

    @property
    def unread(self) -> bool:
        """Has anything come, or gone, since it was last looked at?"""
        return self.mark != self.seen


@dataclass(frozen=True, slots=True)
class Line:
    """One field that changed. `value` is "" where a paper must not carry it."""

    words: str
    label: str
    private: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One change by one colleague: when (ms), who, why, and what in words."""

    ms: int
    officer: str
    why: str
    lines: tuple[Line, ...]
    more: int
    new: bool
    confidential: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """A record with what colleagues changed in it, the newest first."""

    news: News
    kind_label: str
    icon: str
    entries: tuple[Entry, ...] = field(default=())

    @property
    def made_new(self) -> bool:
        """Was nothing of it ever seen?"""
        return self.news.seen is None

    @property
    def confidential(self) -> bool:
        """Must it stay off paper and out of letters?"""
        return any(entry.confidential for entry in self.entries)


def lead_fields(specs: Mapping[str, Spec]) -> list[str]:
    """The fields of a kind that name its lead."""
    return [name for name, spec in specs.items() if spec.purpose == LEAD]


def news(
    reader: Reader,
    officer: str,
    watched: Iterable[str],
    seen: Mapping[str, Sequence[int]],
    *,
    since_ms: int = 0,
) -> list[News]:
    """Every record that concerns an officer and that others changed, the latest change first.

    `watched` are ids; `seen` says how far each was read. `since_ms` leaves out records whose last
    change was written before.
    """
    leads = set(_led(reader, officer))
    eyed = set(_pks(reader, watched))
    owners = _with_parts(reader, leads | eyed)
    marks: dict[int, tuple[int, int, int]] = {}
    for pk, last, count, ms in _changes(reader, officer, owners):
        owner = owners[pk]
        before = marks.get(owner, (0, 0, 0))
        marks[owner] = (max(before[0], last), before[1] + count, max(before[2], ms))
    found = []
    for pk, kind, record_id, title in _records(reader, marks):
        last, count, ms = marks[pk]
        if kind in reader.registry and ms >= since_ms:
            known = seen.get(record_id)
            found.append(
                News(pk, kind, record_id, title, pk in leads, pk in eyed, (last, count), ms,
                     (known[0], known[1]) if known else None)
            )  # fmt: skip
    return sorted(found, key=lambda item: (-item.last_ms, item.pk))


def changed(
    reader: Reader, officer: str, wanted: Iterable[News], *, since_ms: int = 0
) -> list[Changed]:
    """The same records with what was changed in each."""
    items = list(wanted)
    owners = _with_parts(reader, {item.pk for item in items})
    rows: dict[int, list[Sequence[Any]]] = {}
    for row in _ops(reader, officer, owners, since_ms):
        rows.setdefault(owners[int(row[0])], []).append(row)
    titles = titles_of(
        reader, {i for group in rows.values() for row in group for i in ids_in(json.loads(row[5]))}
    )
    return [
        Changed(
            item, reader.registry[item.kind].meta.label, reader.registry[item.kind].meta.icon,
            _entries(reader, item, rows.get(item.pk, []), titles),
        )
        for item in items
    ]  # fmt: skip


def _batched(items: Iterable[Any]) -> Iterator[list[Any]]:
    waiting = list(items)
    for start in range(0, len(waiting), AT_ONCE):
        yield waiting[start : start + AT_ONCE]


# -- which records ---------------------------------------------------------------------------


def _led(reader: Reader, officer: str) -> Iterator[int]:
    for cls in reader.registry:
        for name in lead_fields(cls.specs()):
            rows = reader.sql(
                f'SELECT pk FROM "{cls.meta.name}" WHERE trim("{name}") = ? COLLATE NOCASE',
                [officer.strip()],
            )
            yield from (int(row[0]) for row in rows)


def _pks(reader: Reader, ids: Iterable[str]) -> Iterator[int]:
    for some in _batched(ids):
        holes = ", ".join("?" * len(some))
        raw = [bytes.fromhex(record_id) for record_id in some]
        for row in reader.sql(f"SELECT pk FROM record WHERE id IN ({holes})", raw):
            yield int(row[0])


def _with_parts(reader: Reader, owners: set[int]) -> dict[int, int]:
    """Row key of each record and each of its parts -> that of the record."""
    found = {pk: pk for pk in owners}
    for cls in reader.registry:
        meta = cls.meta
        if not meta.parent:
            continue
        for some in _batched(sorted(owners)):
            holes = ", ".join("?" * len(some))
            rows = reader.sql(
                f'SELECT pk, "{meta.parent}" FROM "{meta.name}" WHERE "{meta.parent}" IN ({holes})',
                some,
            )
            for pk, owner in rows:
                found.setdefault(int(pk), int(owner))
    return found


def _records(reader: Reader, pks: Iterable[int]) -> Iterator[tuple[int, str, str, str]]:
    for some in _batched(pks):
        holes = ", ".join("?" * len(some))
        rows = reader.sql(
            "SELECT pk, kind, lower(hex(id)), title FROM record "
            f"WHERE pk IN ({holes}) AND state IN (0, 1)",
            some,
        )
        for pk, kind, record_id, title in rows:
            yield int(pk), str(kind), str(record_id), str(title)


# -- what others did -------------------------------------------------------------------------

_OTHERS = (
    "FROM op o JOIN change_set c ON c.pk = o.change_set "
    "WHERE o.standing = 0 AND NOT c.here AND trim(c.officer) <> ? COLLATE NOCASE "
)


def _changes(
    reader: Reader, officer: str, pks: Iterable[int]
) -> Iterator[tuple[int, int, int, int]]:
    for some in _batched(pks):
        holes = ", ".join("?" * len(some))
        rows = reader.sql(
            f"SELECT o.record, max(o.change_set), count(*), max(c.ms) {_OTHERS}"
            f"AND o.record IN ({holes}) GROUP BY o.record",
            [officer.strip(), *some],
        )
        for pk, last, count, ms in rows:
            yield int(pk), int(last), int(count), int(ms)


def _ops(
    reader: Reader, officer: str, pks: Iterable[int], since_ms: int
) -> Iterator[Sequence[Any]]:
    for some in _batched(pks):
        holes = ", ".join("?" * len(some))
        yield from reader.sql(
            "SELECT o.record, o.change_set, c.ms, c.officer, c.why, o.body, o.compartment, "
            f"(SELECT kind FROM record WHERE pk = o.record) {_OTHERS}"
            f"AND c.ms >= ? AND o.record IN ({holes}) "
            "ORDER BY c.ms DESC, c.counter DESC, o.change_set, o.idx",
            [officer.strip(), since_ms, *some],
        )


def _entries(
    reader: Reader, item: News, rows: Iterable[Sequence[Any]], titles: Mapping[str, str]
) -> tuple[Entry, ...]:
    groups: dict[int, list[Sequence[Any]]] = {}
    for row in rows:
        groups.setdefault(int(row[1]), []).append(row)
    entries = []
    for change_set, group in groups.items():
        lines = [line for row in group for line in _lines(reader, item, row, titles)]
        _, _, ms, officer, why = group[0][:5]
        shut = any(CONFIDENTIAL in (row[6], _compartment(reader, row[7])) for row in group)
        new = item.seen is None or change_set > item.seen[0]
        entries.append(
            Entry(int(ms), str(officer), str(why), tuple(lines[:MOST_LINES]),
                  max(0, len(lines) - MOST_LINES), new, shut)
        )  # fmt: skip
    return tuple(entries)


def _compartment(reader: Reader, kind: str) -> str:
    return reader.registry[kind].meta.compartment if kind in reader.registry else CONFIDENTIAL


def _lines(
    reader: Reader, item: News, row: Sequence[Any], titles: Mapping[str, str]
) -> Iterator[Line]:
    kind = row[7]
    if kind not in reader.registry:
        return
    cls = reader.registry[kind]
    specs = cls.specs()
    part = f"{cls.meta.label}. " if int(row[0]) != item.pk else ""
    general = (row[6] or cls.meta.compartment) == "general"
    for slot, value in json.loads(row[5]).items():
        spec = specs.get(slot.partition(":")[0])
        if spec is not None and spec.advanced:
            continue
        for words in changes_words(cls, {slot: value}, titles):
            label = part + (spec.label if spec else words)
            private = spec is not None and (spec.sensitive or not general)
            yield Line(part + words, label, private)


__all__ = ["Changed", "Entry", "Line", "News", "changed", "lead_fields", "news"]
