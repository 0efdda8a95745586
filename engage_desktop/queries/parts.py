"""What else is known of the parts of a record: their files, and which of them reveal something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from db.query import Condition, ListQuery
from db.reader import Reader
from db.record import Record

MOST = 500
"""Parts asked about at once."""


def files_of_parts(reader: Reader, parts: Sequence[str]) -> dict[str, list[Record]]:
    """The files attached to parts, outside the bin, by the part's id."""
    found: dict[str, list[Record]] = {}
    if "attachment" not in reader.registry:
        return found
    for at in range(0, len(parts), MOST):
        where = (Condition("owner", "in", list(parts[at : at + MOST])),)
        for row in reader.page(ListQuery("attachment", where=where), limit=MOST).rows:
            file: Any = reader.get("attachment", row.id)
            found.setdefault(file.owner, []).append(file)
    return found


def revealing_parts(reader: Reader, parts: Iterable[Any]) -> frozenset[str]:
    """Ids of the memberships of a group where being a member says something protected."""
    seats = [part for part in parts if part.meta.name == "membership" and part.group]
    groups = {seat.group for seat in seats}
    revealing = {group for group in groups if _reveals(reader, group)}
    return frozenset(seat.id for seat in seats if seat.group in revealing)


def _reveals(reader: Reader, group: str) -> bool:
    rows = reader.sql(
        "SELECT s.reveals FROM stakeholder s JOIN record r ON r.pk = s.pk WHERE r.id = ?",
        [bytes.fromhex(group)],
    )
    return bool(rows and rows[0][0])
