"""How many stakeholders there are in each place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from db.reader import Reader
from engage_desktop.queries.mapping import Keep, kept, scope_words
from engage_desktop.records.place import Place
from engage_desktop.stakeholders.places import Spot, by_name, lines_up, whereabouts


@dataclass(frozen=True, slots=True)
class Peopled:
    """Every place, and how many are in it or in what lies within it; each counts once a place.

    `placed` are those who are in any, `nowhere` those of whom no place is known.
    """

    spots: tuple[Spot, ...]
    counts: Counter[str]
    placed: int = 0
    nowhere: int = 0
    scope: str = ""


def spots(reader: Reader, *, boundaries: bool = False) -> tuple[Spot, ...]:
    """Every place outside the bin, by name; their boundaries only where they are asked for."""
    drawn = "coalesce(p.boundary, '')" if boundaries else "''"
    spec = Place.specs()["level"]
    rows = reader.sql(
        "SELECT lower(hex(r.id)), p.name, coalesce(p.level, ''), coalesce(lower(hex(w.id)), ''), "
        f"coalesce(p.code, ''), p.list_size, {drawn} FROM place p "
        "JOIN record r ON r.pk = p.pk LEFT JOIN place up ON up.pk = p.within AND up.state = 0 "
        "LEFT JOIN record w ON w.pk = up.pk WHERE p.state = 0 ORDER BY p.name COLLATE NOCASE, r.id"
    )
    return tuple(
        Spot(str(key), str(name), level, spec.choice_label(level) if level else "", within,
             code, people, boundary)
        for key, name, level, within, code, people, boundary in rows
    )  # fmt: skip


def peopled(reader: Reader, keep: Keep | None = None, *, boundaries: bool = False) -> Peopled:
    """The places with their counts. Raises `NotFound`, `InvalidInput`."""
    keep = keep or Keep()
    with reader.steady():
        found = spots(reader, boundaries=boundaries)
        where, params = kept(reader, keep)
        rows = reader.sql(
            "SELECT s.pk, coalesce(s.locality, ''), lower(hex(r.id)) FROM stakeholder s "
            "LEFT JOIN stakeholder__places l ON l.pk = s.pk LEFT JOIN record r ON r.pk = l.element "
            f"WHERE {where} ORDER BY s.pk",
            params,
        )
        scope = scope_words(reader, keep)
    names, lines = by_name(found), lines_up(found)
    linked: dict[int, tuple[str, list[str]]] = {}
    for pk, locality, place in rows:
        linked.setdefault(pk, (str(locality), []))[1].append(str(place or ""))
    counts: Counter[str] = Counter()
    placed = 0
    for locality, places in linked.values():
        here = whereabouts(places, locality, names, lines)
        counts.update(here)
        placed += bool(here)
    return Peopled(found, counts, placed, len(linked) - placed, scope)
