"""The tree of places, and how many stakeholders are in each.

A stakeholder is in the places it names; where it names none, in the place that is called like its
locality. Who is in a place is in every larger place that it lies in, and counts once there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from db.query import Condition, ListQuery
from db.reader import Reader
from engage_desktop.queries.peopled import peopled
from engage_desktop.stakeholders.postcodes import nearest


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
    known = peopled(reader)
    facts = {spot.id: spot for spot in known.spots}
    above = {spot.id: spot.within for spot in known.spots}
    under: dict[str, list[str]] = {}
    for key in facts:
        held = above[key] if above[key] in facts and not _in_a_ring(key, above) else ""
        under.setdefault(held, []).append(key)
    found: list[PlaceNode] = []
    waiting = [(key, "", 0) for key in reversed(under.get("", []))]
    while waiting:
        key, within, depth = waiting.pop()
        spot = facts[key]
        found.append(PlaceNode(key, spot.name, spot.level, within, known.counts[key], depth))
        waiting += [(each, key, depth + 1) for each in reversed(under.get(key, []))]
    return found


def places_within(nodes: Iterable[PlaceNode], place_id: str) -> set[str]:
    """Ids of a place and of all that lies in it; nothing of it may be moved into them."""
    found = {place_id}
    for node in nodes:  # each after what it lies in
        if node.within in found:
            found.add(node.id)
    return found


def _in_a_ring(place: str, above: Mapping[str, str]) -> bool:
    seen, at = set[str](), above.get(place, "")
    while at in above and at not in seen:
        if at == place:
            return True
        seen.add(at)
        at = above[at]
    return False


def places_of_postcode(reader: Reader, postcode: str) -> list[tuple[str, str]]:
    """(id, name) of the places whose postcode districts name a postcode most exactly."""
    told = Condition("postcodes", "not_empty")
    query = ListQuery("place", columns=("postcodes",), where=(told,), sort="name")
    rows = reader.page(query, limit=_MOST_PLACES).rows
    ids = nearest(postcode, ((row.id, str(row.values[0] or "")) for row in rows))
    return [(row.id, row.title) for row in rows if row.id in ids]


_MOST_PLACES = 10_000
"""Places that are looked through for a postcode; a county has some hundred."""
