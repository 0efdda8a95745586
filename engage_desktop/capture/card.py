"""One person's card while it is being taken: what is kept as a draft, and what it becomes.

No Qt here. A card becomes one response with one comment, written as one change set, so that one
undo takes back one person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from db.changes import Create, Edit
from engage_desktop.records.feedback import FFT, Comment, Response, words_of

ANSWERS = tuple(choice for choice in FFT if choice.code != "not_asked")
"""The six answers in their fixed order, as keys 1 to 6 give them."""

NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Card:
    """What one person told us. Permissions start as not asked, never as given."""

    fft: str = NOT_ASKED
    themes: tuple[str, ...] = ()
    words: str = ""
    quote: str = NOT_ASKED  # "yes" | "no" | "not_asked"
    reply: bool = False

    @property
    def is_empty(self) -> bool:
        """True while nothing that a person said has been put in."""
        return self.fft == NOT_ASKED and not self.themes and not self.words.strip()

    @property
    def is_bare(self) -> bool:
        """True while it holds no more than an untouched card does."""
        return self.is_empty and self.quote == NOT_ASKED and not self.reply

    def draft(self) -> dict[str, Any]:
        """The card as small JSON, for the drafts file."""
        return asdict(self)

    @classmethod
    def from_draft(cls, draft: Mapping[str, Any]) -> Card:
        """The card a draft holds. What an older release left out keeps its starting value."""
        known = {name: draft[name] for name in cls.__dataclass_fields__ if name in draft}
        return replace(cls(), **{**known, "themes": tuple(known.get("themes", ()))})


@dataclass(frozen=True, slots=True)
class Sitting:
    """What all cards of one stand or one box have in common."""

    source: str  # "stand" or "card"
    event: str | None = None  # id
    event_title: str = ""
    service: str = ""
    provider: str = ""
    place: str = ""
    received_on: dt.date | None = None
    question: str = Response.specs()["fft"].hint
    extra: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def at(
        cls, source: str, event: str | None, event_title: str, event_day: dt.date | None,
        service: str, provider: str,
    ) -> Sitting:  # fmt: skip
        """A stand is held on the day; the cards of a box were written on the event's."""
        day = event_day if source == "card" else None
        return cls(source, event, event_title, service, provider, received_on=day)

    @property
    def key(self) -> str:
        """Names this sitting's draft: one for each event and way of taking cards."""
        return f"{self.source}:{self.event or 'no-event'}"


def changes_for(
    card: Card, sitting: Sitting, new_id: Callable[[], str], today: dt.date
) -> tuple[str, str, list[Create]]:
    """The response's id, the comment's id and the changes that keep this card.

    A card without words keeps its comment as asked and left empty.
    """
    response, comment = new_id(), new_id()
    said = words_of(card.words.strip())
    return (
        response,
        comment,
        [
            Create(
                Response(
                    id=response,
                    source=sitting.source,
                    event=sitting.event,
                    service=sitting.service,
                    provider=sitting.provider,
                    place=sitting.place,
                    received_on=sitting.received_on or today,
                    fft=card.fft,
                    consent_quote=card.quote,
                    wants_reply=card.reply,
                )
            ),
            Create(
                Comment(
                    id=comment,
                    response=response,
                    themes=card.themes,
                    **said,
                )
            ),
        ],
    )


def corrections(response: str, comment: str, before: Card, after: Card) -> list[Edit]:
    """Only what differs, as edits of the two records."""
    of_response = {
        "fft": (before.fft, after.fft),
        "consent_quote": (before.quote, after.quote),
        "wants_reply": (before.reply, after.reply),
    }
    old, new = before.words.strip(), after.words.strip()
    said, says = words_of(old), words_of(new)
    of_comment = {
        **{name: (said[name], says[name]) for name in said},
        "themes": (tuple(sorted(before.themes)), tuple(sorted(after.themes))),
    }
    edits = []
    for kind, record, fields in (
        ("response", response, of_response),
        ("comment", comment, of_comment),
    ):
        changed = {name: new for name, (old, new) in fields.items() if old != new}
        if changed:
            edits.append(Edit(kind, record, changed))
    return edits


def answer_for_key(key: str) -> str | None:
    """The answer's code for a key "1" to "6"; "0" takes the answer away; None for other keys."""
    if key == "0":
        return NOT_ASKED
    if key.isdecimal() and 1 <= int(key) <= len(ANSWERS):
        return ANSWERS[int(key) - 1].code
    return None


def answer_words(code: str) -> str:
    """“1 Very good”, or nothing for not asked."""
    for number, choice in enumerate(ANSWERS, start=1):
        if choice.code == code:
            return f"{number} {choice.label}"
    return ""


def topics_by_letters(letters: str, names: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The topics (id, name) that a person means by a few letters, best first.

    Those that begin with the letters come before those with a later word that does, and both
    before those that only contain them. No letters give every topic.
    """
    wanted = letters.strip().casefold()
    ranked = []
    for order, (topic, name) in enumerate(names):
        low = name.casefold()
        if low.startswith(wanted):
            rank = 0
        elif any(word.startswith(wanted) for word in low.replace("/", " ").split()):
            rank = 1
        elif wanted in low:
            rank = 2
        else:
            continue
        ranked.append((rank, order, topic, name))
    return [(topic, name) for _, _, topic, name in sorted(ranked)]


def minutes_left(seconds_each: Iterable[float], to_go: int) -> int | None:
    """Minutes for the cards still to key at this sitting's own pace (the middle value).

    None before three cards, when there is no pace to speak of, and when none are left.
    """
    paces = sorted(seconds_each)
    if len(paces) < 3 or to_go <= 0:
        return None
    return max(1, round(paces[len(paces) // 2] * to_go / 60))
