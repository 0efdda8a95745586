"""Duplicate stakeholders: the review queue, the look-up while typing, and “these are two”."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from db.changes import Applied, Create
from db.errors import Cancelled, InvalidInput, NotFound
from db.fields import is_id
from db.reader import Reader
from db.store import Store
from engage_desktop.queries import alike as asked
from engage_desktop.records.tidy import Distinct
from engage_desktop.stakeholders.duplicates import (
    IsCancelled,
    Progress,
    best_first,
    find_pairs,
)
from engage_desktop.stakeholders.matching import Card, Pair, card_of, compare

KIND = "stakeholder"

WHILE_TYPING = 0.3
"""Pairs with this score or more are worth a word while somebody types: less than in the queue,
because the half of what would tell is not typed yet."""

_READ = 100
"""Thousandths of the work that reading takes."""


def find_duplicates(
    reader: Reader, *, progress: Progress | None = None, cancelled: IsCancelled | None = None
) -> list[Pair]:
    """Every pair of stakeholders that may be one, the surest first, without those said to be two.

    Progress counts thousandths of the work. Raises `Cancelled`; nothing is written.
    """

    def later(done: int, total: int) -> None:
        if progress is not None:
            progress(_READ + done * (1000 - _READ) // total, 1000)

    with reader.steady():
        apart = asked.said_distinct(reader)
        many = max(1, asked.how_many(reader))
        cards: list[Card] = []
        for card in asked.cards(reader):
            if len(cards) % 500 == 0:
                if cancelled is not None and cancelled():
                    raise Cancelled("Stopped. Nothing was changed.")
                if progress is not None:
                    progress(min(_READ, _READ * len(cards) // many), 1000)
            cards.append(card)
    return find_pairs(cards, apart, progress=later, cancelled=cancelled)


def alike(
    reader: Reader, values: Mapping[str, Any], *, but: str = "", least: float = WHILE_TYPING
) -> list[Pair]:
    """Whom a form's values may already describe, the surest first. Fast: for each pause in typing.

    `but` is the id of the record that is being edited, "" for a new one; it is `one` of each pair.
    """
    card = _card_of_form(reader, values, but)
    apart = asked.said_distinct(reader) if but else frozenset()
    found = []
    for other in asked.look_alikes(reader, card):
        if other.id == but or (min(but, other.id), max(but, other.id)) in apart:
            continue
        pair = compare(card, other)
        if pair is not None and pair.score >= least:
            found.append(pair)
    return best_first(found)


def _card_of_form(reader: Reader, values: Mapping[str, Any], but: str) -> Card:
    organisation = str(values.get("organisation") or "")
    return card_of(but, values, reader.title(organisation) if is_id(organisation) else organisation)


def look(reader: Reader, one: str, other: str) -> Pair | None:
    """How alike two stakeholders are, whatever was said of them; None where they cannot be one."""
    cards = {card.id: card for card in asked.cards_by_id(reader, (one, other))}
    if one not in cards or other not in cards:
        return None
    return compare(cards[one], cards[other])


def say_distinct(store: Store, one: str, other: str, *, initiator: object | None = None) -> Applied:
    """Remember that two stakeholders are two: they are not offered as duplicates again.

    Said twice, it is kept once. Raises `InvalidInput`, `NotFound`, `NotPermitted`.
    """
    if one == other:
        raise InvalidInput("That is one record, not two. Nothing was changed.")
    for each in (one, other):
        where = store.where(KIND, each)
        if where != "live":
            raise NotFound(
                "One of the two is not in the register any more. Nothing was changed. "
                "Look for duplicates again."
            )
    why = "Say that two stakeholders are not duplicates"
    with closing(store.reader()) as reader:
        if (min(one, other), max(one, other)) in asked.said_distinct(reader):
            return Applied("", why, (), initiator)
    record = Distinct(id=store.new_id(), one=one, other=other, officer=store.officer)
    return store.apply([Create(record)], why, initiator=initiator)


__all__ = ["Pair", "alike", "find_duplicates", "look", "say_distinct"]
