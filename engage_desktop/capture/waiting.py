"""What a sitting has asked of the store and not yet heard back about.

The store may be held for seconds while colleagues' changes come in, and a stand cannot wait. So a
card goes to the one writing thread, and until the store has it, a note of it stays in the drafts
file: a crash in between loses nothing, and a note carried out twice changes nothing twice.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from db.drafts import Drafts
from db.errors import KnownError
from db.store import Store
from engage_desktop.capture import NOTES
from engage_desktop.capture.card import Card, Sitting, changes_for, corrections

KEEP, CORRECT, BACK = "keep", "correct", "back"
Made = dict[str, str]
"""Response id to the change set that made it; touched on the writing thread only."""


class Writes(Protocol):
    """The one writing thread: see `ui.tasks.Tasks`."""

    def write(
        self,
        job: Callable[[Any], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Any], None] | None = None,
    ) -> Any:
        """Run `job(ticket)` after those asked before it."""


@dataclass(slots=True, eq=False)
class Wait:
    """One thing asked: to keep a card, to correct one, or to take one back."""

    what: str
    response: str
    comment: str
    card: Card
    before: Card | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    """Of its note, which no other has: a card may be put right twice before it is kept."""

    def note(self, drafts: Drafts, order: int) -> None:
        """Keep small JSON, enough to carry it out after a crash; `order` is higher than of any
        before. Raises `KnownError`.

        No clock tells it: one that is coarse, or was set back, would put a card right before it is
        kept.
        """
        self.name = f"{NOTES}{self.response}:{self.what}:{order}"
        note = {
            "order": order,
            "name": self.name,
            "what": self.what,
            "response": self.response,
            "comment": self.comment,
            "card": self.card.draft(),
            "before": self.before.draft() if self.before is not None else None,
            "more": dict(self.more),
        }
        drafts.put(self.name, note)

    @classmethod
    def from_note(cls, note: Mapping[str, Any]) -> Wait:
        """What a note holds."""
        before = note.get("before")
        return cls(
            note["what"], note["response"], note["comment"], Card.from_draft(note["card"]),
            Card.from_draft(before) if before is not None else None, note.get("more", {}),
            note.get("name", f"{NOTES}{note['response']}:{note['what']}"),
        )  # fmt: skip


def sitting_note(sitting: Sitting, today: dt.date) -> dict[str, Any]:
    """What a card needs of its sitting."""
    return {
        "draft": draft_name(sitting.key),
        "source": sitting.source,
        "event": sitting.event,
        "service": sitting.service,
        "provider": sitting.provider,
        "place": sitting.place,
        "day": (sitting.received_on or today).isoformat(),
    }


def draft_name(sitting_key: str) -> str:
    """Where what is on a sitting's screen is kept."""
    return f"capture:{sitting_key}"


def carry_out(
    store: Store, drafts: Drafts, wait: Wait, made: Made, initiator: object | None, _ticket: object
) -> None:
    """Do what was asked, on the writing thread. Raises `KnownError`; the note then stays."""
    if wait.what == BACK:
        # Its note stays until the card is on the screen again.
        if wait.response in made and store.where("response", wait.response) == "live":
            store.undo(made[wait.response], initiator=initiator)
        return
    if wait.what == KEEP:
        if not store.exists("response", wait.response):
            _keep(store, wait, made, initiator)
    else:
        edits = corrections(wait.response, wait.comment, wait.before or Card(), wait.card)
        store.apply(edits, "Correct a card", initiator=initiator)
    forget(drafts, wait)


def _keep(store: Store, wait: Wait, made: Made, initiator: object | None) -> None:
    more = wait.more
    day = dt.date.fromisoformat(more["day"])
    sitting = Sitting(
        more["source"], more["event"], "", more["service"], more["provider"], more["place"], day
    )
    ids = iter((wait.response, wait.comment))
    _, _, changes = changes_for(wait.card, sitting, lambda: next(ids), day)
    why = "Add feedback at a stand" if sitting.source == "stand" else "Key in a card"
    made[wait.response] = store.apply(changes, why, initiator=initiator).change_set


def forget(drafts: Drafts, wait: Wait) -> None:
    """Let a note go. One that cannot be let go is harmless: it is carried out once only."""
    with contextlib.suppress(KnownError):
        drafts.delete(wait.name)


def waits_of(drafts: Drafts, sitting_key: str) -> list[Wait]:
    """What earlier sittings of that name asked and the store may not have yet, oldest first.

    A correction does not say its sitting; those of every sitting are given.
    """
    here = draft_name(sitting_key)
    found = [Wait.from_note(note) for note in _notes(drafts)]
    return [w for w in found if w.what == CORRECT or w.more.get("draft") == here]


def _notes(drafts: Drafts) -> list[dict[str, Any]]:
    notes = [drafts.get(name) for name in drafts.names(NOTES)]
    return sorted((n for n in notes if isinstance(n, dict)), key=lambda n: int(n["order"]))


def last_noted(drafts: Drafts) -> int:
    """The order of the last note there is, of whatever sitting; 0 where nothing waits."""
    return max((int(note["order"]) for note in _notes(drafts)), default=0)


def take_up(store: Store, drafts: Drafts, writes: Writes) -> int:
    """Have everything written that a crash, a lock or a full disk left waiting; how many.

    To be called when no sitting of this store is open.
    """
    found = _notes(drafts)
    for note in found:
        wait = Wait.from_note(note)
        if wait.what == BACK:
            writes.write(partial(_settle_back, store, drafts, wait))
            continue
        screen = str(wait.more.get("draft", ""))
        on_screen = drafts.get(screen) if wait.what == KEEP else None
        if isinstance(on_screen, dict) and Card.from_draft(on_screen) == wait.card:
            drafts.delete(screen)  # stopped between noting the card and clearing the screen
        writes.write(partial(carry_out, store, drafts, wait, {}, None))
    return len(found)


def _settle_back(store: Store, drafts: Drafts, wait: Wait, _ticket: object) -> None:
    """A card that was being taken back is in the store, or goes to its screen: never in neither."""
    screen = str(wait.more["draft"])
    if store.where("response", wait.response) != "live" and drafts.get(screen) is None:
        drafts.put(screen, wait.card.draft())
    forget(drafts, wait)
