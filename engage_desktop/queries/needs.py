"""What those invited to an event need of its venue, and what is known of that."""

from __future__ import annotations

from dataclasses import dataclass

from db.reader import Reader
from engage_desktop.logistics.access import unknown, unmet
from engage_desktop.stakeholders.needs import FIELDS, quick_needs


@dataclass(frozen=True, slots=True)
class AccessNeeds:
    """`needs` are codes, `unmet` and `unknown` their labels in the order of the form. Nothing is
    unmet where there is no venue, and everything a building answers for is unknown."""

    needs: frozenset[str]
    unmet: tuple[str, ...]
    unknown: tuple[str, ...]


def access_needs(reader: Reader, event: str) -> AccessNeeds:
    """Of one event, by its id: the quick ticks, and what the four lists say of the same. Those in
    the bin need nothing."""
    mine = [bytes.fromhex(event)]
    told = {
        name: [
            str(row[0])
            for row in reader.sql(
                "SELECT DISTINCT n.element FROM record e JOIN event__invited i ON i.pk = e.pk "
                f"JOIN stakeholder s ON s.pk = i.element JOIN stakeholder__{name} n "
                "ON n.pk = s.pk WHERE e.id = ? AND s.state = 0",
                mine,
            )
        ]
        for name in FIELDS
    }
    needs = frozenset(quick_needs(told))
    access = {
        str(code): str(answer)
        for code, answer in reader.sql(
            "SELECT a.element, a.value FROM record r JOIN event e ON e.pk = r.pk "
            "JOIN venue__access a ON a.pk = e.venue WHERE r.id = ?",
            mine,
        )
    }
    return AccessNeeds(needs, tuple(unmet(needs, access)), tuple(unknown(needs, access)))
