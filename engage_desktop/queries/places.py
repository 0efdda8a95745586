"""The tree of places, and how many stakeholders are in each.

A stakeholder is in the places it names; where it names none, in the place that is called like its
locality. Who is in a place is in every larger place that it lies in, and counts once there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from db.reader import Reader
from engage_desktop.records.values import fold


@dataclass(frozen=True, slots=True)
class PlaceNode:
    """One place: `within` is the id of the larger one, "" at the top; `stakeholders` counts those
    in it and in all that lies in it. `depth` is 0 at the top."""

    id: str
    name: str
    level: str
    within: str
    stakeholders: int
    depth: int


def place_tree(reader: Reader) -> list[PlaceNode]:
    """Every place outside the bin, each before those that lie in it, by name.

    A place whose larger one is in the bin stands at the top; so does one of a ring of places that
    two colleagues made by moving each into the other.
    """
    with reader.steady():
        rows = reader.sql(
            "SELECT p.pk, lower(hex(r.id)), p.name, coalesce(p.level, ''), p.within FROM place p "
            "JOIN record r ON r.pk = p.pk WHERE p.state = 0 ORDER BY p.name COLLATE NOCASE, p.pk"
        )
        above = {int(row[0]): row[4] for row in rows}
        counts = _counts(reader, above, {int(row[0]): str(row[2] or "") for row in rows})
    ids = {int(row[0]): str(row[1]) for row in rows}
    under: dict[int | None, list[int]] = {}
    facts = {int(row[0]): (str(row[2] or ""), str(row[3])) for row in rows}
    for pk in facts:
        held = above[pk] if above[pk] in facts and not _in_a_ring(pk, above) else None
        under.setdefault(held, []).append(pk)
    found: list[PlaceNode] = []
    waiting = [(pk, "", 0) for pk in reversed(under.get(None, []))]
    while waiting:
        pk, within, depth = waiting.pop()
        name, level = facts[pk]
        found.append(PlaceNode(ids[pk], name, level, within, counts.get(pk, 0), depth))
        waiting += [(each, ids[pk], depth + 1) for each in reversed(under.get(pk, []))]
    return found


def places_within(nodes: Iterable[PlaceNode], place_id: str) -> set[str]:
    """Ids of a place and of all that lies in it; nothing of it may be moved into them."""
    found = {place_id}
    for node in nodes:  # each after what it lies in
        if node.within in found:
            found.add(node.id)
    return found


def _in_a_ring(pk: int, above: Mapping[int, int | None]) -> bool:
    seen, at = set[int](), above.get(pk)
    while at is not None and at in above and at not in seen:
        if at == pk:
            return True
        seen.add(at)
        at = above[at]
    return False


def _counts(
    reader: Reader, above: Mapping[int, int | None], names: Mapping[int, str]
) -> dict[int, int]:  # fmt: skip
    people: dict[int, set[int]] = {}
    for person, place in reader.sql(
        "SELECT p.pk, p.element FROM stakeholder__places p JOIN stakeholder s ON s.pk = p.pk "
        "WHERE s.state = 0"
    ):
        if place in above:
            people.setdefault(int(place), set()).add(int(person))
    called = {fold(name): pk for pk, name in reversed(list(names.items()))}
    for person, locality in reader.sql(
        "SELECT s.pk, s.locality FROM stakeholder s WHERE s.state = 0 "
        "AND coalesce(s.locality, '') <> '' AND s.pk NOT IN (SELECT pk FROM stakeholder__places)"
    ):
        place = called.get(fold(str(locality)))
        if place is not None:
            people.setdefault(place, set()).add(int(person))
    whole: dict[int, set[int]] = {}
    for place, found in people.items():
        at: int | None = place
        seen = set[int]()
        while at is not None and at in above and at not in seen:
            whole.setdefault(at, set()).update(found)
            seen.add(at)
            at = above[at]
    return {place: len(found) for place, found in whole.items()}
