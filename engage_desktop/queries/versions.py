"""Fields that hold more than one version, a page at a time.

Only where they are is read here: what the versions say is worked out for the one that is looked
at, so that the first page is there at once, however many wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.changes import BIN
from db.reader import Reader
from db.record import Registry
from engage_desktop.readings import is_confidential

Place = tuple[int, str]
"""Where a page ends: the row key of a record, and the slot."""

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Undecided:
    """A field of a record that holds two versions or more, in words."""

    kind: str
    id: str
    title: str
    slot: str
    kind_label: str
    field_label: str
    place: Place

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others."""
        return self.id, self.slot


def undecided_count(reader: Reader) -> int:
    """How many there are that this release can ask about."""
    rows = reader.sql(
        "SELECT r.kind, CASE instr(c.slot, ':') WHEN 0 THEN c.slot "
        "ELSE substr(c.slot, 1, instr(c.slot, ':') - 1) END AS field, count(*) "
        "FROM conflict c JOIN record r ON r.pk = c.record GROUP BY r.kind, field"
    )
    return sum(int(n) for kind, field, n in rows if _is_known(reader.registry, kind, field))


def undecided(reader: Reader, after: Place | None = None, limit: int = AT_ONCE) -> list[Undecided]:
    """The next of them, the newest record first, from where an earlier page ended."""
    found: list[Undecided] = []
    while len(found) < limit:
        rows = _rows(reader, after, limit)
        for pk, slot, kind, record_id, title in rows:
            after = (int(pk), str(slot))
            if len(found) < limit and _is_known(reader.registry, kind, slot.partition(":")[0]):
                found.append(_worded(reader, after, kind, record_id, title))
        if len(rows) < limit:
            break
    return found


def _rows(reader: Reader, after: Place | None, limit: int) -> Sequence[Sequence[Any]]:
    where, params = "", []
    if after is not None:
        where = "WHERE c.record <= ? AND (c.record < ? OR c.slot > ?) "
        params = [after[0], *after]
    return reader.sql(
        "SELECT c.record, c.slot, r.kind, lower(hex(r.id)), r.title FROM conflict c "
        f"JOIN record r ON r.pk = c.record {where}ORDER BY c.record DESC, c.slot LIMIT ?",
        [*params, limit],
    )


def _is_known(registry: Registry, kind: str, field: str) -> bool:
    return kind in registry and (field == BIN or field in registry[kind].specs())


def _worded(reader: Reader, place: Place, kind: str, record_id: str, title: str) -> Undecided:
    cls, slot = reader.registry[kind], place[1]
    label = field_words(reader, kind, slot)
    if is_confidential(reader.registry, kind):
        title = cls.meta.label  # a list of many is no reading of each: who opens one is noted
    return Undecided(kind, record_id, title, slot, cls.meta.label, label, place)


def field_words(reader: Reader, kind: str, slot: str) -> str:
    """What a slot is called: "Venue", "Themes: Transport", "Deleted or kept"."""
    name, colon, element = slot.partition(":")
    spec = reader.registry[kind].specs().get(name)
    if spec is None:
        return "Deleted or kept"
    if not colon:
        return spec.label
    called = (reader.title(element) or "a record not here yet") if spec.target else ""
    return f"{spec.label}: {called or spec.choice_label(element)}"
