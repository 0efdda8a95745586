"""Where cards go: the store, the drafts, and what was keyed before."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from db.drafts import Drafts
from db.errors import KnownError, NotFound, NotPermitted
from db.query import Condition, ListQuery
from db.reader import Reader
from db.store import Store
from engage_desktop.capture.card import ANSWERS, NOT_ASKED, Card, Sitting, corrections
from engage_desktop.capture.waiting import (
    BACK,
    CORRECT,
    KEEP,
    Made,
    Wait,
    Writes,
    carry_out,
    draft_name,
    forget,
    last_noted,
    sitting_note,
    waits_of,
)

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
    """A card that is in the store, or on its way there."""

    response: str
    comment: str
    card: Card


@dataclass(frozen=True, slots=True)
class Past:
    """What is there already when a sitting begins: topics, cards (oldest first) and counts."""

    topics: tuple[Topic, ...] = ()
    cards: tuple[Kept, ...] = ()
    count: int = 0
    answers: Mapping[str, int] = field(default_factory=dict)
    counted: Mapping[str, Any] = field(default_factory=dict)  # by hand: see ui.capture.tally


def counts_name(sitting_key: str) -> str:
    """Under which name this laptop remembers what was counted by hand."""
    return f"batch:{sitting_key}"


def past_of(reader: Reader, sitting: Sitting, drafts: Drafts) -> Past:
    """Read what a sitting begins with. A few indexed queries; for a reading thread.

    Cards that an earlier sitting noted and the store has not taken yet count as well.
    """
    waiting = waits_of(drafts, sitting.key)  # before the store: what it takes meanwhile is there
    with reader.steady():
        past = _in_store(reader, sitting)
        unwritten = [w for w in waiting if w.what == KEEP and not _is_here(reader, w.response)]
    corrected = {w.response: w.card for w in waiting if w.what == CORRECT}
    known = [*past.cards, *(Kept(w.response, w.comment, w.card) for w in unwritten)]
    cards = tuple(replace(k, card=corrected.get(k.response, k.card)) for k in known)
    answers = dict(past.answers)
    for before, after in zip(known, cards, strict=True):
        if before.card.fft != after.card.fft:
            answers[before.card.fft] = answers.get(before.card.fft, 0) - 1
            answers[after.card.fft] = answers.get(after.card.fft, 0) + 1
    for wait in unwritten:
        answers[wait.card.fft] = answers.get(wait.card.fft, 0) + 1
    return replace(past, cards=cards, count=past.count + len(unwritten), answers=answers)


def _is_here(reader: Reader, response: str) -> bool:
    try:
        reader.get("response", response)
    except NotFound:
        return False
    return True


def _in_store(reader: Reader, sitting: Sitting) -> Past:
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
    counted = reader.get_setting(counts_name(sitting.key), {}) or {}
    return Past(topics, cards, count, answers, counted)


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
    """Takes cards for one sitting. Nothing here waits for the store.

    `keep`, `correct` and `take_back` note what is asked; `send` hands it to the writing thread,
    in order. Each answer is one call of the `done` or `failed` given to `send`; whoever gave them
    calls `written` or `not_written` once for each. `refusal` tells why the officer may keep no
    more cards, as one sentence; "" while they may.
    """

    def __init__(
        self,
        store: Store,
        drafts: Drafts,
        sitting: Sitting,
        writes: Writes,
        past: Past | None = None,
        *,
        today: Callable[[], dt.date] = dt.date.today,
        initiator: object | None = None,
        refusal: Callable[[], str] = lambda: "",
    ) -> None:
        self.sitting, self.refusal = sitting, refusal
        self._store, self._drafts, self._writes = store, drafts, writes
        self._today, self._initiator = today, initiator
        past = past or Past()
        self.topics = past.topics
        self.cards: list[Kept] = list(past.cards)
        self.count = past.count
        self.answers: dict[str, int] = {c.code: past.answers.get(c.code, 0) for c in ANSWERS}
        self._mine: list[str] = []
        self._made: Made = {}
        self._noted = last_noted(drafts)
        self._unsent: deque[Wait] = deque()
        self._sent: deque[Wait] = deque()

    @property
    def can_take_back(self) -> bool:
        """True while a card of this sitting can be taken back."""
        return bool(self._mine) and not any(w.what == BACK for w in self._waiting)

    @property
    def hidden(self) -> int:
        """Cards of earlier sittings that are counted but not shown."""
        return self.count - len(self.cards)

    @property
    def waiting(self) -> int:
        """Cards that are kept on this laptop but not in the store yet."""
        return sum(w.what == KEEP for w in self._waiting)

    @property
    def settled(self) -> bool:
        """True when the store has everything that was asked."""
        return not self._sent and not self._unsent

    @property
    def troubled(self) -> bool:
        """True while something could not be written and is to be sent again."""
        return bool(self._unsent)

    def keep(self, card: Card) -> Kept:
        """Take a card off the screen. Raises `KnownError`; the card then belongs to the screen."""
        wait = Wait(
            KEEP, self._store.new_id(), self._store.new_id(), card,
            more=sitting_note(self.sitting, self._today()),
        )  # fmt: skip
        self._note(wait)
        with contextlib.suppress(KnownError):
            self.keep_draft(None)
        kept = Kept(wait.response, wait.comment, card)
        self.cards.append(kept)
        self.count += 1
        self._mine.append(kept.response)
        self._tally(card, 1)
        return kept

    def correct(self, index: int, card: Card) -> Kept:
        """Ask for what differs of a card kept before."""
        before = self.cards[index]
        if corrections(before.response, before.comment, before.card, card):
            self._note(Wait(CORRECT, before.response, before.comment, card, before.card))
        return self._replace(index, card)

    def take_back(self) -> bool:
        """Ask for the last card of this sitting; `written` gives it back. False if there is none.

        Until then it counts as kept.
        """
        if not self.can_take_back:
            return False
        kept = next(k for k in reversed(self.cards) if k.response == self._mine[-1])
        more = sitting_note(self.sitting, self._today())
        self._note(Wait(BACK, kept.response, kept.comment, kept.card, more=more))
        return True

    def send(
        self, done: Callable[[Any], None] | None = None, failed: Callable[[Any], None] | None = None
    ) -> None:
        """Hand on all that was asked, and again what could not be written before."""
        for _ in range(len(self._unsent)):
            wait = self._unsent.popleft()
            self._sent.append(wait)
            job = partial(carry_out, self._store, self._drafts, wait, self._made, self._initiator)
            self._writes.write(job, done, failed)

    def written(self) -> Wait:
        """The store has the oldest thing sent. A card taken back is no longer among the cards."""
        wait = self._sent.popleft()
        if wait.what == BACK:
            self._remove(wait.response)
        return wait

    def not_written(self, error: Exception) -> Wait:
        """The oldest thing sent could not be written: it is kept for the next `send`.

        Except where that would never help: a card that somebody changed since is not taken back,
        and one that is gone, or that the officer's role does not let them change, is not corrected.
        """
        wait = self._sent.popleft()
        if wait.what == BACK:
            forget(self._drafts, wait)
        elif wait.what == CORRECT and isinstance(error, (NotFound, NotPermitted)):
            forget(self._drafts, wait)
            at = self._at(wait.response)
            if at is not None and wait.before is not None:
                self._replace(at, wait.before)
        else:
            self._unsent.append(wait)
        return wait

    def give_back(self, wait: Wait) -> Card | None:
        """A card that could not be written, for an empty screen. None where it stays waiting."""
        at = self._at(wait.response)
        if wait.what != KEEP or wait not in self._unsent or at is None:
            return None
        card = self.cards[at].card
        try:
            self.keep_draft(card)
        except KnownError:
            return None
        self._unsent.remove(wait)
        forget(self._drafts, wait)
        self._remove(wait.response)
        return card

    def on_screen(self, wait: Wait) -> None:
        """A card taken back is on the screen again, and its draft is kept."""
        forget(self._drafts, wait)

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
        return draft_name(self.sitting.key)

    @property
    def _waiting(self) -> tuple[Wait, ...]:
        return (*self._sent, *self._unsent)

    def _note(self, wait: Wait) -> None:
        self._noted += 1
        wait.note(self._drafts, self._noted)
        self._unsent.append(wait)

    def _at(self, response: str) -> int | None:
        return next((at for at, k in enumerate(self.cards) if k.response == response), None)

    def _replace(self, index: int, card: Card) -> Kept:
        before = self.cards[index]
        after = Kept(before.response, before.comment, card)
        self.cards[index] = after
        self._tally(before.card, -1)
        self._tally(card, 1)
        return after

    def _remove(self, response: str) -> None:
        at = self._at(response)
        if at is not None:
            self._tally(self.cards.pop(at).card, -1)
            self.count -= 1
            self._mine.remove(response)

    def _tally(self, card: Card, by: int) -> None:
        if card.fft in self.answers:
            self.answers[card.fft] += by
