"""Who is on the maps, read on a reader's handle.

`Keep` says whom a map is about; `scored` reads for a grid, `occasions` what was frozen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from db.errors import InvalidInput, NotFound
from db.fields import Spec
from db.reader import Reader
from engage_desktop.maps.people import Scored, Scores, Who
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.records.values import fold

SOME = 300
"""Of those without a score, this many are named."""

SCORES = ("power", "interest", "impact", "attitude", "attitude_wanted", "level", "level_wanted")
FROZEN = ("power", "interest", "impact", "attitude", "level")
"""What an occasion keeps: not what is wanted."""

WHO = (
    "lower(hex(r.id)), s.name, coalesce(s.nature, 'person'), coalesce(s.stakeholder_type, ''), "
    "coalesce(s.matrix_group, ''), coalesce(s.reveals, 0), coalesce(s.do_not_contact, 0)"
)
"""The columns that `who_of` reads, from `stakeholder s JOIN record r`."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Whom a map shows. Codes as they are stored; "" is everyone.

    `members_of` is the id of a group, network, committee or organisation: its members on the day
    `on`, and itself. Members of a group marked sensitive are only given where `sensitive` asks.
    """

    matrix_group: str = ""
    stakeholder_type: str = ""
    members_of: str = ""
    on: dt.date | None = None
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Occasion:
    """Scores frozen under one name: the day (the last, where several), and of how many."""

    name: str
    day: dt.date | None
    stakeholders: int


def who_of(row: tuple[Any, ...]) -> Who:
    """From the columns of `WHO`."""
    specs = Stakeholder.specs()
    kind, group = str(row[3]), str(row[4])
    return Who(
        str(row[0]), str(row[1] or ""), str(row[2]), kind, _label(specs["stakeholder_type"], kind),
        group, _label(specs["matrix_group"], group), bool(row[5]), bool(row[6]),
    )  # fmt: skip


def _label(spec: Spec, code: str) -> str:
    return spec.choice_label(code) if code else ""


def kept(reader: Reader, keep: Keep) -> tuple[str, list[Any]]:
    """A condition on `s` (stakeholder) and its parameters. Raises `NotFound`, `InvalidInput`."""
    where, params = ["s.state = 0"], list[Any]()
    for name in ("matrix_group", "stakeholder_type"):
        if value := getattr(keep, name):
            where.append(f"s.{name} = ?")
            params.append(value)
    if keep.members_of:
        group = _group(reader, keep)
        where.append(
            "(s.pk = ? OR s.pk IN (SELECT m.member FROM membership m WHERE m.state = 0 "
            f'AND m."group" = ? AND {in_force("m")}))'
        )
        day = (keep.on or dt.date.max).isoformat()
        params += [group, group, *([day, day] if keep.on else ["9999", ""])]
    return " AND ".join(where), params


def in_force(alias: str) -> str:
    """A condition that a tie holds on a day, first and last day included; takes the day twice."""
    return (
        f"coalesce({alias}.started, '') <= ? AND coalesce(nullif({alias}.ended, ''), '9999') >= ?"
    )


def _group(reader: Reader, keep: Keep) -> int:
    found = reader.sql(
        "SELECT s.pk, s.name, coalesce(s.reveals, 0) FROM stakeholder s "
        "JOIN record r ON r.pk = s.pk WHERE r.id = ? AND s.state = 0",
        [bytes.fromhex(keep.members_of)],
    )
    if not found:
        raise NotFound(
            "That group is not here, or lies in the bin. Nothing was drawn. Choose another."
        )
    pk, name, reveals = found[0]
    if reveals and not keep.sensitive:
        raise InvalidInput(
            f"Being a member of “{name}” says something protected about a person, so its members "
            "are not shown on a map. Nothing was drawn. Ask for sensitive memberships if you need "
            "them and may see them."
        )
    return int(pk)


def scope_words(reader: Reader, keep: Keep) -> str:
    """Whom a map was narrowed to, in words; "" for everyone."""
    specs = Stakeholder.specs()
    parts = [
        f"{specs[name].label.lower()} “{_label(specs[name], value)}”"
        for name in ("matrix_group", "stakeholder_type")
        if (value := getattr(keep, name))
    ]
    if keep.members_of:
        parts.append(f"members of “{reader.title(keep.members_of)}”")
    return ", ".join(parts)


def scored(
    reader: Reader, across: str, up: str, keep: Keep | None = None, occasion: str = ""
) -> Scores:
    """Everyone for a grid of two scores. Raises `NotFound` for an occasion that nobody froze."""
    keep = keep or Keep()
    if across not in SCORES or up not in SCORES:
        raise InvalidInput(f"There are no scores “{up}” and “{across}”.")
    where, params = kept(reader, keep)
    with reader.steady():
        known = _occasion(reader, occasion) if occasion.strip() else None
        before = _before(reader, known.name) if known else {}
        both = f"s.{across} IS NOT NULL AND s.{up} IS NOT NULL"
        columns = ", ".join(f"s.{name}" for name in SCORES)
        source = f"FROM stakeholder s JOIN record r ON r.pk = s.pk WHERE {where}"
        rows = reader.sql(f"SELECT {WHO}, {columns} {source} AND {both}", params)
        lacking = f"NOT ({both})"
        others = reader.sql(
            f"SELECT {WHO} {source} AND {lacking} "
            f"ORDER BY s.name COLLATE NOCASE, r.id LIMIT {SOME}",
            params,
        )
        count = reader.sql(
            f"SELECT count(*) FROM stakeholder s WHERE {where} AND {lacking}", params
        )
        scope = scope_words(reader, keep)
    placed = tuple(_scored(row, before) for row in rows)
    here = {one.who.id for one in placed}
    gone = sum(across in old and up in old for key, old in before.items() if key not in here)
    return Scores(
        placed, tuple(who_of(row) for row in others), int(count[0][0]),
        known.name if known else "", known.day if known else None,
        0 if scope else gone, scope,
    )  # fmt: skip


def _scored(row: tuple[Any, ...], before: Mapping[str, Mapping[str, int | str]]) -> Scored:
    values = dict(zip(SCORES, row[7:], strict=True))
    now = {name: value for name, value in values.items() if value is not None}
    return Scored(who_of(row), now, before.get(str(row[0])))


def occasions(reader: Reader) -> list[Occasion]:
    """What was frozen, the newest first."""
    rows = reader.sql(
        "SELECT a.name, max(a.scored_on), count(DISTINCT a.stakeholder) FROM assessment a "
        "WHERE a.state = 0 AND coalesce(a.name, '') <> '' GROUP BY a.name ORDER BY 2 DESC, 1"
    )
    return [
        Occasion(str(name), dt.date.fromisoformat(day) if day else None, int(count))
        for name, day, count in rows
    ]


def _occasion(reader: Reader, name: str) -> Occasion:
    known = occasions(reader)
    wanted = fold(name)
    for one in known:
        if fold(one.name) == wanted:
            return one
    listed = ", ".join(f"“{one.name}”" for one in known[:8])
    also = f"Frozen so far: {listed}." if listed else "No scores have been frozen yet."
    raise NotFound(f"No scores were frozen as “{name.strip()}”. {also} Nothing was drawn.")


def _before(reader: Reader, name: str) -> dict[str, dict[str, int | str]]:
    """Scores of an occasion by stakeholder; of two for one, the later day's, then the higher id's:
    the same on every laptop."""
    columns = ", ".join(f"a.{score}" for score in FROZEN)
    rows = reader.sql(
        f"SELECT lower(hex(r.id)), {columns} FROM assessment a "
        "JOIN record r ON r.pk = a.stakeholder JOIN record mine ON mine.pk = a.pk "
        "WHERE a.state = 0 AND a.name = ? ORDER BY coalesce(a.scored_on, ''), mine.id",
        [name],
    )
    return {
        str(row[0]): {
            score: value for score, value in zip(FROZEN, row[1:], strict=True) if value is not None
        }
        for row in rows
    }


def present_scores(reader: Reader, keep: Keep) -> list[tuple[str, dict[str, int | str | None]]]:
    """The scores that can be frozen, of everyone who has any: id, and score by field."""
    where, params = kept(reader, keep)
    columns = ", ".join(f"s.{name}" for name in FROZEN)
    scored = " OR ".join(f"coalesce(s.{name}, '') <> ''" for name in FROZEN)
    rows = reader.sql(
        f"SELECT lower(hex(r.id)), {columns} FROM stakeholder s JOIN record r ON r.pk = s.pk "
        f"WHERE {where} AND ({scored}) ORDER BY r.id",
        params,
    )
    return [(str(row[0]), dict(zip(FROZEN, row[1:], strict=True))) for row in rows]
