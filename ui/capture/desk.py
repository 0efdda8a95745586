"""Where cards go: the store, the drafts, and what was keyed before. No Qt here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from db.drafts import Drafts
from db.query import Condition, ListQuery
from db.reader import Reader
from db.store import Store
from ui.capture.card import ANSWERS, NOT_ASKED, Card, Sitting, changes_for, corrections

MOST_SHOWN = 200
"""Cards of earlier sittings that are shown above the next one."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A theme as it is offered for choosing."""

    id: str
    name: str
    icon: str = ""
    on_stand: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A card that is in the store."""

    response: str
    comment: str
    card: Card
    change_set: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """What is there already when a sitting begins: topics, cards (oldest first) and counts."""

    topics: tuple[Topic, ...] = ()
    cards: tuple[Kept, ...] = ()
    count: int = 0
    answers: Mapping[str, int] = field(default_factory=dict)


def past_of(reader: Reader, sitting: Sitting) -> Past:
    """Read what a sitting begins with. A few indexed queries; for a reading thread."""
    themes = reader.page(
        ListQuery("theme", columns=("name", "icon", "on_stand"), sort="name"), limit=2_000
    )
    topics = tuple(Topic(r.id, r.values[0], r.values[1] or "", bool(r.values[2]))
                   for r in themes.rows)  # fmt: skip
    where: tuple[Condition, ...] = (Condition("source", "=", sitting.source),)
    if sitting.event:
        where = (Condition("event", "=", sitting.event), *where)
    count = reader.count(ListQuery("response", where=where))
    answers = {
        choice.code: reader.count(
            ListQuery("response", where=(*where, Condition("fft", "=", choice.code)))
        )
        for choice in ANSWERS
    }
    recent = reader.page(ListQuery("response", where=where, sort="-pk"), limit=MOST_SHOWN)
    cards = tuple(
        kept for row in reversed(recent.rows) if (kept := _kept(reader, row.id)) is not None
    )
    return Past(topics, cards, count, answers)


def _kept(reader: Reader, response: str) -> Kept | None:
    record: Any = reader.get("response", response)
    comments: list[Any] = list(reader.children("comment", response))
    if len(comments) != 1:
        return None  # a survey answer with several comments is not one of these cards
    comment = comments[0]
    card = Card(
        fft=record.fft or NOT_ASKED,
        themes=tuple(comment.themes),
        words=comment.text,
        quote=record.consent_quote,
        reply=record.wants_reply,
    )
    return Kept(response, comment.id, card)


class Desk:
    """Takes cards for one sitting. Everything here is quick: one card is one short write."""

    def __init__(
        self,
        store: Store,
        drafts: Drafts,
        sitting: Sitting,
        past: Past | None = None,
        *,
        today: Callable[[], dt.date] = dt.date.today,
        initiator: object | None = None,
    ) -> None:
        self.sitting = sitting
        self._store = store
        self._drafts = drafts
        self._today = today
        self._initiator = initiator
        past = past or Past()
        self.topics = past.topics
        self.cards: list[Kept] = list(past.cards)
        self.count = past.count
        self.answers: dict[str, int] = {c.code: past.answers.get(c.code, 0) for c in ANSWERS}
        self._mine = 0

    @property
    def can_take_back(self) -> bool:
        """True while a card of this sitting can be taken back."""
        return self._mine > 0

    @property
    def hidden(self) -> int:
        """Cards of earlier sittings that are counted but not shown."""
        return self.count - len(self.cards)

    def keep(self, card: Card) -> Kept:
        """Write the card. Raises `KnownError`; the card is then not in the store."""
        response, comment, changes = changes_for(
            card, self.sitting, self._store.new_id, self._today()
        )
        applied = self._store.apply(changes, self._why(), initiator=self._initiator)
        kept = Kept(response, comment, card, applied.change_set)
        self.cards.append(kept)
        self.count += 1
        self._mine += 1
        self._tally(card, 1)
        return kept

    def correct(self, index: int, card: Card) -> Kept:
        """Write what differs of a card kept before."""
        before = self.cards[index]
        edits = corrections(before.response, before.comment, before.card, card)
        if edits:
            self._store.apply(edits, "Correct a card", initiator=self._initiator)
        after = Kept(before.response, before.comment, card, before.change_set)
        self.cards[index] = after
        self._tally(before.card, -1)
        self._tally(card, 1)
        return after

    def take_back(self) -> Card | None:
        """Take the last card of this sitting out of the store and give it back."""
        if not self._mine:
            return None
        kept = self.cards[-1]
        self._store.undo(kept.change_set, initiator=self._initiator)
        self.cards.pop()
        self.count -= 1
        self._mine -= 1
        self._tally(kept.card, -1)
        return kept.card

    def draft(self) -> Card | None:
        """What was on the screen when this sitting was left, or the program stopped."""
        found = self._drafts.get(self._draft_key)
        return Card.from_draft(found) if isinstance(found, dict) else None

    def keep_draft(self, card: Card | None) -> None:
        """Keep what is on the screen; None forgets it."""
        if card is None:
            self._drafts.delete(self._draft_key)
        else:
            self._drafts.put(self._draft_key, card.draft())

    def topic_name(self, topic: str) -> str:
        """The name of a topic, or nothing when it is gone."""
        return next((t.name for t in self.topics if t.id == topic), "")

    @property
    def _draft_key(self) -> str:
        return f"capture:{self.sitting.key}"

    def _why(self) -> str:
        return "Add feedback at a stand" if self.sitting.source == "stand" else "Key in a card"

    def _tally(self, card: Card, by: int) -> None:
        if card.fft in self.answers:
            self.answers[card.fft] += by
