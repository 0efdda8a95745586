"""The lists that matter: whom nobody has spoken to, asked or asked again, and what has run out.

Each is one query, read in pages. Who is not to be contacted is left out where the list is there to
get in touch, and counted. A seat in a group that is marked sensitive is left out unless asked for.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from db.errors import NotFound
from db.reader import Reader
from engage_desktop.plain import counted, short_date
from engage_desktop.queries.row_marks import NEED_SQL
from engage_desktop.queries.stakeholder import LAST_CONTACT
from engage_desktop.records.contact import PURPOSES
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.records.ties import Membership
from engage_desktop.stakeholders.parts import TERM_SOON_DAYS
from engage_desktop.stakeholders.permissions import STATE_WORDS, Line, held

MONTHS: Final = 6
"""After so many months without a contact it is time for one, unless the officer says otherwise."""
MOST_MONTHS: Final = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """As of which day; months without a contact; days to the end of a term.

    `sensitive` asks for seats that reveal something about who holds them, too.
    """

    today: dt.date
    months: int = MONTHS
    days: int = TERM_SOON_DAYS
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """One line: `kind` and `id` lead to the record, `name` is whose it is ("" for a vacant seat).

    `since` is the day it rests on: of the last contact, of the promise, of the end.
    """

    kind: str
    id: str
    name: str
    what: str
    since: dt.date | None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a list. `count` is of all; `left_out` are not to be contacted, `covered` are seats
    that reveal something. `by` says what the list consists of, where it is of several things."""

    rows: tuple[Standing, ...]
    count: int
    left_out: int = 0
    covered: int = 0
    by: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Query:
    """`shown` are the columns of a row: id, name, day, then what `words` makes the rest of."""

    kind: str
    shown: str
    source: str
    order: str
    params: tuple[Any, ...]
    words: Callable[[tuple[Any, ...]], str]
    out: str = "0"
    cover: str = "0"


_WHO = "stakeholder s JOIN record r ON r.pk = s.pk WHERE s.state = 0"
_BARRED = "coalesce(s.do_not_contact, 0) = 1"
_REVEALS = "coalesce(g.reveals, 0) = 1"
_NAMED = "s.name COLLATE NOCASE, s.pk"
_SEATS = (
    "membership m JOIN record r ON r.pk = m.pk LEFT JOIN stakeholder s ON s.pk = m.member "
    "LEFT JOIN stakeholder g ON g.pk = m.\"group\" WHERE m.state = 0 AND coalesce(m.ended, '') = ''"
)


def _not_contacted(asked: Asked) -> _Query:
    day = months_before(asked.today, asked.months).isoformat()

    def words(row: tuple[Any, ...]) -> str:
        return f"Last contact {_day(row[0])}" if row[0] else "No contact is known"

    return _Query(
        "stakeholder", f"s.name, {LAST_CONTACT} AS last, {LAST_CONTACT}",
        f"{_WHO} AND {LAST_CONTACT} <= ?", f"last, {_NAMED}", (day,), words, _BARRED,
    )  # fmt: skip


def _never_asked(_asked: Asked) -> _Query:
    return _Query(
        "stakeholder", "s.name, NULL",
        f"{_WHO} AND coalesce(s.nature, 'person') = 'person' "
        f"AND coalesce(s.needs_asked, '') = '' AND NOT ({NEED_SQL})",
        _NAMED, (), lambda _row: "Nobody has asked what they need", _BARRED,
    )  # fmt: skip


def _ask_again(asked: Asked) -> _Query:
    def words(row: tuple[Any, ...]) -> str:
        barred = ". Not to be contacted" if row[1] else ""
        return f"To be asked again by {_day(row[0])}{barred}"

    return _Query(
        "stakeholder", f"s.name, s.needs_review, s.needs_review, {_BARRED}",
        f"{_WHO} AND s.needs_review < ?", f"s.needs_review, {_NAMED}",
        (asked.today.isoformat(),), words,
    )  # fmt: skip


def _promises(asked: Asked) -> _Query:
    def words(row: tuple[Any, ...]) -> str:
        whose = "They promised" if row[1] == "them" else "Promised"
        return f"{whose} for {_day(row[2])}: {row[0]}"

    return _Query(
        "interaction", "coalesce(s.name, ''), i.due, i.promise, i.promised_by, i.due",
        "interaction i JOIN record r ON r.pk = i.pk LEFT JOIN stakeholder s "
        "ON s.pk = i.stakeholder WHERE i.state = 0 AND i.due < ? AND coalesce(i.kept_on, '') = ''",
        "i.due, i.pk", (asked.today.isoformat(),), words,
    )  # fmt: skip


def _terms(asked: Asked) -> _Query:
    soon = (asked.today + dt.timedelta(days=asked.days)).isoformat()

    def words(row: tuple[Any, ...]) -> str:
        over = "term ended" if row[2] < asked.today.isoformat() else "term ends"
        return f"{_seat(row[0], row[1])}: {over} on {_day(row[2])}"

    return _Query(
        "membership", "coalesce(s.name, ''), m.term_ends, m.role, g.name, m.term_ends",
        f"{_SEATS} AND m.term_ends <= ?", "m.term_ends, m.pk", (soon,), words, cover=_REVEALS,
    )  # fmt: skip


def _vacant(_asked: Asked) -> _Query:
    return _Query(
        "membership", "'', m.started, m.role, g.name",
        f'{_SEATS} AND m.member IS NULL AND m."group" IS NOT NULL',
        "g.name COLLATE NOCASE, m.pk", (), lambda row: f"{_seat(row[0], row[1])}: nobody holds it",
        cover=_REVEALS,
    )  # fmt: skip


def _children(_asked: Asked) -> _Query:
    bands = Stakeholder.specs()["age_band"]
    return _Query(
        "stakeholder", "s.name, NULL, s.age_band",
        f"{_WHO} AND coalesce(s.age_band, '') <> '' AND trim(coalesce(s.guardian, '')) = '' "
        "AND trim(coalesce(s.competence_by, '')) = ''",
        _NAMED, (),
        lambda row: f"{bands.choice_label(row[0])}: no parent or guardian, and nobody judged "
        "that they can agree themselves",
    )  # fmt: skip


def _review(asked: Asked) -> _Query:
    return _Query(
        "stakeholder", "s.name, s.review_on, s.review_on", f"{_WHO} AND s.review_on < ?",
        f"s.review_on, {_NAMED}", (asked.today.isoformat(),),
        lambda row: f"Whether to keep this was to be looked at by {_day(row[0])}",
    )  # fmt: skip


_QUERIES: Final[Mapping[str, Callable[[Asked], _Query]]] = MappingProxyType(
    {
        "not-contacted": _not_contacted,
        "needs-never-asked": _never_asked,
        "ask-again": _ask_again,
        "promises": _promises,
        "terms": _terms,
        "vacant": _vacant,
        "children": _children,
        "review": _review,
    }
)

LISTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "not-contacted": "Not contacted for some time",
        "needs-never-asked": "Needs never asked",
        "ask-again": "Needs to be asked again",
        "consent-over": "Permission ran out or was withdrawn",
        "promises": "Promises overdue",
        "terms": "Terms that end soon or are over",
        "vacant": "Seats that nobody holds",
        "children": "Children for whom nobody agrees",
        "review": "To be looked at again",
    }
)
"""Every list, in the order in which they are offered, and what it is called."""


def standing_list(
    reader: Reader, name: str, asked: Asked, *, limit: int | None = None
) -> Found:  # fmt: skip
    """One list, its first `limit` rows or all. Raises `NotFound` for a name that is none."""
    if name == "consent-over":
        return _consent_over(reader, asked, limit)
    if name not in _QUERIES:
        raise NotFound(f"There is no list “{name}”. Lists: {', '.join(LISTS)}.")
    query = _QUERIES[name](asked)
    with reader.steady():
        out, covered, count = _counts(reader, query, asked)
        rows = reader.sql(
            f"SELECT lower(hex(r.id)), {query.shown} FROM {query.source} AND NOT ({query.out}) "
            f"{_plain(query, asked)} ORDER BY {query.order} LIMIT ?",
            [*query.params, -1 if limit is None else limit],
        )
    return Found(
        tuple(
            Standing(query.kind, str(row[0]), str(row[1]), query.words(row[3:]), _date(row[2]))
            for row in rows
        ),
        count, out, covered,
    )  # fmt: skip


def standing_counts(reader: Reader, asked: Asked) -> dict[str, int]:
    """How long each list is."""
    found = {}
    with reader.steady():
        for name in LISTS:
            if name == "consent-over":
                found[name] = _consent_over(reader, asked, 0).count
            else:
                found[name] = _counts(reader, _QUERIES[name](asked), asked)[2]
    return found


def list_title(name: str, asked: Asked) -> str:
    """What a list is called, with the time it asks for."""
    if name == "not-contacted":
        return f"Not contacted for {counted(asked.months, 'month')}"
    if name == "terms":
        return f"Terms over, or ending within {counted(asked.days, 'day')}"
    return LISTS[name]


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < dt.MINYEAR:
        return dt.date.min
    first = dt.date(year, month + 1, 1)
    last = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def _plain(query: _Query, asked: Asked) -> str:
    return "" if asked.sensitive else f"AND NOT ({query.cover})"


def _counts(reader: Reader, query: _Query, asked: Asked) -> tuple[int, int, int]:
    """How many are left out, how many are covered, and how many are on the list."""
    cover = "0" if asked.sensitive else query.cover
    out, covered, everyone = reader.sql(
        f"SELECT sum({query.out}), sum(NOT ({query.out}) AND {cover}), count(*) "
        f"FROM {query.source}",
        query.params,
    )[0]
    out, covered = int(out or 0), int(covered or 0)
    return out, covered, int(everyone) - out - covered


_OVER = (
    "WITH over AS (SELECT DISTINCT stakeholder, purpose FROM permission WHERE state = 0 AND "
    "(withdrawn_on IS NOT NULL OR (answer = 'yes' AND until < ?))) "
    "SELECT s.pk, s.name, coalesce(s.bulletin, 'not_asked'), p.purpose, "
    "coalesce(p.answer, 'not_asked'), p.given_on, p.until, p.withdrawn_on, lower(hex(r.id)) "
    "FROM over JOIN stakeholder s ON s.pk = over.stakeholder JOIN permission p "
    "ON p.stakeholder = over.stakeholder AND p.purpose = over.purpose "
    "JOIN record r ON r.pk = p.pk WHERE s.state = 0 AND p.state = 0"
)
"""Every line about each purpose of which a line could be over: what holds, the rule says."""


def _consent_over(reader: Reader, asked: Asked, limit: int | None) -> Found:
    told: dict[tuple[int, str], tuple[str, str, list[Line]]] = {}
    for pk, name, field, purpose, answer, given, until, withdrawn, line in reader.sql(
        _OVER, [asked.today.isoformat()]
    ):
        said = Line(purpose, answer, _date(given), _date(until), _date(withdrawn), id=line)
        told.setdefault((pk, purpose), (str(name), str(field), []))[2].append(said)
    labels = {choice.code: choice.label for choice in PURPOSES}
    places = {code: at for at, code in enumerate(labels)}
    rows: list[tuple[tuple[Any, ...], Standing]] = []
    by: Counter[str] = Counter()
    for (_pk, purpose), (name, field, lines) in told.items():
        holds = held(purpose, lines, asked.today, bulletin=field)
        if holds.state not in ("ran_out", "withdrawn"):
            continue
        day = holds.since if holds.state == "withdrawn" else holds.until
        what = f"{labels.get(purpose, purpose)}: {STATE_WORDS[holds.state].lower()}"
        by[what] += 1
        order = (places.get(purpose, len(places)), purpose, day or dt.date.min, name.casefold())
        said_on = f"{what} on {_day(day.isoformat())}" if day else what
        rows.append((order, Standing("permission", holds.line, name, said_on, day)))
    rows.sort(key=lambda each: (each[0], each[1].id))
    page = rows if limit is None else rows[:limit]
    return Found(tuple(row for _order, row in page), len(rows), by=tuple(by.items()))


def _seat(role: Any, group: Any) -> str:
    said = Membership.specs()["role"].choice_label(str(role or "member"))
    return f"{said}, {group}" if group else said


def _day(day: Any) -> str:
    return short_date(str(day))


def _date(day: Any) -> dt.date | None:
    return dt.date.fromisoformat(str(day)) if day else None


__all__ = [
    "LISTS", "MONTHS", "MOST_MONTHS", "Asked", "Found", "Standing", "list_title", "months_before",
    "standing_counts", "standing_list",
]  # fmt: skip
