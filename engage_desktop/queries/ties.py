"""Who is tied to whom on a day: relationships, memberships, and where people work."""

from __future__ import annotations

import datetime as dt
from collections import Counter, deque
from collections.abc import Iterable

from db.errors import InvalidInput, NotFound
from db.reader import Reader
from engage_desktop.maps.people import Tie, Ties, Who, in_order
from engage_desktop.queries.mapping import WHO, Keep, in_force, kept, scope_words, who_of
from engage_desktop.records.ties import Membership, Relationship

MOST = 600
"""More than this many stakeholders cannot be told apart on any paper."""

DEEPEST = 6
MEMBER_OF, WORKS_FOR = "member_of", "works_for"
KINDS = (*(choice.code for choice in Relationship.specs()["tie"].choices), MEMBER_OF, WORKS_FOR)
"""The kinds of tie that ship; an organisation may have added others of its own."""

_ENDS = "JOIN record a ON a.pk = {one} JOIN record b ON b.pk = {other}"
_OPEN = (
    "JOIN stakeholder sa ON sa.pk = a.pk AND sa.state = 0 "
    "JOIN stakeholder sb ON sb.pk = b.pk AND sb.state = 0"
)
_HIDDEN = (
    "NOT ((coalesce(sa.reveals, 0) AND coalesce(sb.nature, 'person') = 'person') "
    "OR (coalesce(sb.reveals, 0) AND coalesce(sa.nature, 'person') = 'person'))"
)
"""A tie between a person and a group that says something protected about them."""


def network(
    reader: Reader,
    *,
    on: dt.date,
    keep: Keep | None = None,
    focus: str = "",
    depth: int = 1,
    kinds: Iterable[str] = (),
) -> Ties:
    """Everyone with a tie, and the ties in force on a day.

    With `focus` (an id), only those within `depth` steps of it. `kinds` are codes of ties to keep,
    all where it is empty. Raises `NotFound`, `InvalidInput`.
    """
    keep = keep or Keep()
    if not 1 <= depth <= DEEPEST:
        raise InvalidInput(
            f"The depth is the number of steps from the one in focus: 1 to {DEEPEST}, not {depth}. "
            "Nothing was drawn."
        )
    with reader.steady():
        where, params = kept(reader, keep)
        people = {
            who.id: who
            for row in reader.sql(
                f"SELECT {WHO} FROM stakeholder s JOIN record r ON r.pk = s.pk WHERE {where}",
                params,
            )
            if (who := who_of(row))
        }
        wanted = frozenset(kinds)
        ties = [
            tie
            for tie in _all(reader, on, keep.sensitive)
            if tie.one in people and tie.other in people and (not wanted or tie.kind in wanted)
        ]
        scope = scope_words(reader, keep)
    return _drawn(people, ties, on, focus, depth, scope, keep.sensitive)


def _drawn(
    people: dict[str, Who], ties: list[Tie], on: dt.date, focus: str, depth: int, scope: str,
    sensitive: bool,
) -> Ties:  # fmt: skip
    """Those to draw: round the focus, or with the most ties where they are too many."""
    if focus:
        if focus not in people:
            raise NotFound(
                "The stakeholder to focus on is not here, lies in the bin, or is not of the group "
                "chosen. Nothing was drawn. Choose another."
            )
        near = _near(ties, focus, depth)
        people = {key: who for key, who in people.items() if key in near}
        ties = [tie for tie in ties if tie.one in people and tie.other in people]
    degree = Counter(end for tie in ties for end in (tie.one, tie.other))
    tied = [who for key, who in people.items() if degree[key] or key == focus]
    alone = len(people) - len(tied)
    if len(tied) > MOST:
        rank = {who.id: place for place, who in enumerate(in_order(tied))}
        order = sorted(tied, key=lambda w: (w.id != focus, -degree[w.id], rank[w.id]))
        drawn = {who.id for who in order[:MOST]}
        ties = [tie for tie in ties if tie.one in drawn and tie.other in drawn]
        left = [who for who in tied if who.id not in drawn]
        tied = [who for who in tied if who.id in drawn]
    else:
        left = []
    return Ties(tuple(tied), tuple(ties), on, focus, depth, alone, len(left), scope, sensitive)


def _near(ties: Iterable[Tie], focus: str, depth: int) -> set[str]:
    """Everyone within so many steps, whichever way a tie points."""
    around: dict[str, list[str]] = {}
    for tie in ties:
        around.setdefault(tie.one, []).append(tie.other)
        around.setdefault(tie.other, []).append(tie.one)
    steps = {focus: 0}
    waiting = deque([focus])
    while waiting:
        key = waiting.popleft()
        for other in around.get(key, ()):
            if other not in steps and steps[key] < depth:
                steps[other] = steps[key] + 1
                waiting.append(other)
    return set(steps)


def _all(reader: Reader, on: dt.date, sensitive: bool) -> list[Tie]:
    """Every tie in force, relationships first, each kind in the order of its ids."""
    shown = "1" if sensitive else _HIDDEN
    day = on.isoformat()
    return [
        *_relationships(reader, shown, day),
        *_memberships(reader, shown, day),
        *_employments(reader, shown),
    ]


def _relationships(reader: Reader, shown: str, day: str) -> list[Tie]:
    spec = Relationship.specs()["tie"]
    rows = reader.sql(
        "SELECT lower(hex(r.id)), lower(hex(a.id)), lower(hex(b.id)), "
        "coalesce(t.tie, 'represents'), t.started, t.ended FROM relationship t "
        f"JOIN record r ON r.pk = t.pk {_ENDS.format(one='t.one', other='t.other')} {_OPEN} "
        f"WHERE t.state = 0 AND {in_force('t')} AND {shown} ORDER BY r.id",
        [day, day],
    )
    return [
        Tie(key, one, other, kind, spec.choice_label(kind), "", _date(first), _date(last))
        for key, one, other, kind, first, last in rows
        if one != other
    ]


def _memberships(reader: Reader, shown: str, day: str) -> list[Tie]:
    spec = Membership.specs()["role"]
    ends = _ENDS.format(one="m.member", other='m."group"')
    rows = reader.sql(
        "SELECT lower(hex(r.id)), lower(hex(a.id)), lower(hex(b.id)), "
        "coalesce(m.role, 'member'), m.started, m.ended FROM membership m "
        f"JOIN record r ON r.pk = m.pk {ends} {_OPEN} "
        f"WHERE m.state = 0 AND {in_force('m')} AND {shown} ORDER BY r.id",
        [day, day],
    )
    return [
        Tie(key, one, other, MEMBER_OF, "Member of",
            "" if role == "member" else spec.choice_label(role), _date(first), _date(last))
        for key, one, other, role, first, last in rows
        if one != other
    ]  # fmt: skip


def _employments(reader: Reader, shown: str) -> list[Tie]:
    rows = reader.sql(
        "SELECT lower(hex(a.id)), lower(hex(b.id)), coalesce(s.job_title, '') FROM stakeholder s "
        f"{_ENDS.format(one='s.pk', other='s.organisation')} {_OPEN} "
        f"WHERE s.state = 0 AND {shown} ORDER BY a.id"
    )
    return [
        Tie(f"works:{one}", one, other, WORKS_FOR, "Works for", str(title))
        for one, other, title in rows
        if one != other
    ]


def _date(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None
