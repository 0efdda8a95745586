"""What the stakeholder matrix and the table of types are made from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from db.reader import Reader
from engage_desktop.maps.people import Who
from engage_desktop.queries.mapping import WHO, Keep, kept, scope_words, who_of


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody with what the tables say of them. `organisation` is where they work, by name."""

    who: Who
    organisation: str = ""
    job_title: str = ""
    wants: str = ""
    needed: str = ""


@dataclass(frozen=True, slots=True)
class Standings:
    """Everyone who is told of by name or by what is written about them, and how many others there
    are of each type and each matrix group (by code): people with nothing to tell but a name."""

    named: tuple[Standing, ...]
    others_by_type: Counter[str]
    others_by_group: Counter[str]
    scope: str = ""


_TELLING = (
    "(coalesce(s.nature, 'person') <> 'person' OR s.organisation IS NOT NULL "
    "OR coalesce(s.job_title, '') <> '' OR coalesce(s.they_want, '') <> '' "
    "OR coalesce(s.we_need, '') <> '')"
)

_ORGANISATION = (
    "CASE WHEN coalesce(o.reveals, 0) AND coalesce(s.nature, 'person') = 'person' THEN '' "
    "ELSE coalesce(o.name, '') END"
)
"""Where somebody works, unless that says something protected about them."""


def standings(reader: Reader, keep: Keep | None = None) -> Standings:
    """Everyone for both tables. Raises `NotFound`, `InvalidInput`."""
    keep = keep or Keep()
    where_from = "coalesce(o.name, '')" if keep.sensitive else _ORGANISATION
    with reader.steady():
        where, params = kept(reader, keep)
        rows = reader.sql(
            f"SELECT {WHO}, {where_from}, coalesce(s.job_title, ''), "
            "coalesce(s.they_want, ''), coalesce(s.we_need, '') FROM stakeholder s "
            "JOIN record r ON r.pk = s.pk LEFT JOIN stakeholder o ON o.pk = s.organisation "
            f"AND o.state = 0 WHERE {where} AND {_TELLING}",
            params,
        )
        others = reader.sql(
            "SELECT coalesce(s.stakeholder_type, ''), coalesce(s.matrix_group, ''), count(*) "
            f"FROM stakeholder s WHERE {where} AND NOT {_TELLING} GROUP BY 1, 2",
            params,
        )
        scope = scope_words(reader, keep)
    types: Counter[str] = Counter()
    groups: Counter[str] = Counter()
    for kind, group, count in others:
        types[str(kind)] += int(count)
        groups[str(group)] += int(count)
    named = tuple(Standing(who_of(row), *(str(cell) for cell in row[7:])) for row in rows)
    return Standings(named, types, groups, scope)
