"""Stakeholders as they are compared, and those that have something telling in common with one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from db.fields import FieldType
from db.reader import Reader
from db.typed import plain_form
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.stakeholders.matching import Card, card_of
from engage_desktop.stakeholders.names import forms, person_name
from engage_desktop.stakeholders.words import folded

PAGE = 2_000
MOST = 150
"""Stakeholders looked at for one reason while somebody types."""

_FIELDS = (
    "name", "nature", "job_title", "email", "phone", "address", "postcode", "mobile",
    "other_phone", "other_email", "website", "age_band",
)  # fmt: skip
_COLUMNS = ", ".join(f's."{name}"' for name in _FIELDS)
_SELECT = (
    f"SELECT s.pk, lower(hex(r.id)), o.title, {_COLUMNS} FROM stakeholder s "
    "JOIN record r ON r.pk = s.pk LEFT JOIN record o ON o.pk = s.organisation WHERE s.state = 0"
)


def cards(reader: Reader) -> Iterator[Card]:
    """Every stakeholder outside the bin, in the order they were written down, page by page."""
    after = 0
    while True:
        rows = reader.sql(f"{_SELECT} AND s.pk > ? ORDER BY s.pk LIMIT {PAGE}", (after,))
        for row in rows:
            yield _card(row)
        if len(rows) < PAGE:
            return
        after = int(rows[-1][0])


def cards_by_id(reader: Reader, ids: Iterable[str]) -> list[Card]:
    """Those of some ids that are outside the bin."""
    wanted = [bytes.fromhex(each) for each in ids]
    marks = ", ".join("?" * len(wanted))
    return [_card(row) for row in reader.sql(f"{_SELECT} AND r.id IN ({marks})", wanted)]


def _card(row: tuple[Any, ...]) -> Card:
    values = dict(zip(_FIELDS, row[3:], strict=True))
    return card_of(str(row[1]), values, str(row[2] or ""))


def how_many(reader: Reader) -> int:
    """Stakeholders outside the bin."""
    rows = reader.sql("SELECT n FROM tally WHERE kind = 'stakeholder' AND state = 0")
    return int(rows[0][0]) if rows else 0


def said_distinct(reader: Reader) -> frozenset[tuple[str, str]]:
    """(smaller id, larger id) of those that somebody said are two."""
    rows = reader.sql(
        'SELECT lower(hex(a.id)), lower(hex(b.id)) FROM "distinct" d '
        'JOIN record a ON a.pk = d."one" JOIN record b ON b.pk = d."other" WHERE d.state = 0'
    )
    return frozenset((min(row), max(row)) for row in rows)


def look_alikes(reader: Reader, card: Card) -> list[Card]:
    """Those that share an e-mail, a phone, a postcode or much of the name with a card.

    By indexes only, at most `MOST` for each reason.
    """
    pks: dict[int, None] = {}
    for sql, params in _look_ups(card):
        pks |= dict.fromkeys(int(row[0]) for row in reader.sql(f"{sql} LIMIT {MOST}", params))
    marks = ", ".join("?" * len(pks))
    return [_card(row) for row in reader.sql(f"{_SELECT} AND s.pk IN ({marks})", tuple(pks))]


def _look_ups(card: Card) -> Iterator[tuple[str, list[str]]]:
    held = {
        FieldType.EMAIL: sorted(card.emails),
        FieldType.PHONE: sorted(card.phones),
        FieldType.POSTCODE: [card.postcode] if card.postcode else [],
    }
    for spec in Stakeholder.specs().values():
        some = held.get(spec.type) if spec.matched else None
        if some:
            marks = ", ".join("?" * len(some))
            yield f"SELECT pk FROM stakeholder WHERE {plain_form(spec)} IN ({marks})", some
    for match in _matches(card):
        yield "SELECT rowid FROM stakeholder__fts WHERE stakeholder__fts MATCH ?", [match]


def _matches(card: Card) -> Iterator[str]:
    """Questions to the search index about the name, the narrow one first."""
    if card.body is not None:
        words = [word for word in folded(card.name).split() if word in card.body.strong]
        longest = sorted(words, key=len, reverse=True)[:3]
        if longest:
            yield "name : (" + " AND ".join(f'"{word}"' for word in longest) + ")"
            yield "name : (" + " AND ".join(f'"{word[:4]}" *' for word in longest[:2]) + ")"
        return
    # As the index takes words apart: O’Brien is two there.
    words = folded(card.name.replace("'", " ").replace("’", " ")).split()
    person = person_name(card.name)
    if not person.first or not words:
        return
    family = max((w for w in words if w in person.family or w in person.families),
                 key=len, default=words[-1])  # fmt: skip
    given = " OR ".join(f'"{form}"' for form in sorted(forms(person.first) | {person.first[:1]}))
    yield f'name : ("{family}" AND ({given}))'
    starts = f'"{person.first[:3]}" *' if len(person.first) > 2 else given
    if len(family) > 3:
        yield f'name : ("{family[:3]}" * AND ({starts}))'
    yield f'name : ("{family}" AND "{person.first[:1]}" *)'


__all__ = ["cards", "cards_by_id", "how_many", "look_alikes", "said_distinct"]
