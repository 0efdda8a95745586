"""Many e-mail files at once: each a contact of its own, and every one accounted for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from db.errors import Cancelled, InvalidInput, KnownError, NotThere
from engage_desktop.mail_in import contact_from_mail
from engage_desktop.plain import counted
from engage_desktop.workspace import Workspace

MOST_NAMED = 20
"""Files that are spoken of one by one."""


@dataclass(slots=True)
class Delivery:
    """What came of several e-mail files: how many became contacts, and which did not and why.

    `ended` says what stopped it before the last.
    """

    files: int
    taken: int = 0
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ended: str = ""

    @property
    def left(self) -> int:
        """Files that nobody looked at."""
        return self.files - self.taken - len(self.refused)

    @property
    def words(self) -> str:
        """In one line."""
        if self.files == 1:
            return next(
                (said for said in (*self.refused, self.ended) if said),
                "The e-mail was added to the contacts.",
            )
        of = "" if self.taken == self.files else f"{self.taken:,} of "
        were = "was" if self.taken == 1 else "were"
        return f"{of}{self.files:,} e-mails {were} added to the contacts."

    def details(self) -> list[str]:
        """What of it somebody has to know or do: a sentence or two each."""
        said = [*self.notes[:MOST_NAMED]]
        if self.files > 1:
            said = [*self.refused[:MOST_NAMED], *said]
            if len(self.refused) > MOST_NAMED:
                more = counted(len(self.refused) - MOST_NAMED, "more file")
                said.append(f"{more} could not be taken either.")
            if self.left:
                files = counted(self.left, "file")
                drop = "Add it again." if self.left == 1 else "Add those again."
                said += [self.ended, f"{files} not looked at. {drop}"]
        return [each for each in said if each]


def contacts_from_mails(
    workspace: Workspace, stakeholder: str, paths: Sequence[Path], delivery: Delivery, *,
    today: dt.date, progress: Callable[[int, int], None], cancelled: Callable[[], bool],
) -> None:  # fmt: skip
    """Each file a contact of its own and a step of its own to undo; `delivery` tells what came.

    What cannot be read is passed over. What would stop every other file too ends it, and so does
    whoever cancels: what was added by then is kept.
    """
    for number, path in enumerate(paths):
        try:
            progress(number, len(paths))
            if cancelled():
                raise Cancelled("You stopped it.")
            taken = contact_from_mail(
                workspace, stakeholder, path, today=today, cancelled=cancelled
            )
        except (InvalidInput, NotThere) as error:
            delivery.refused.append(error.sentence)
        except KnownError as error:
            stopped = "You stopped it. What was added stays."
            delivery.ended = stopped if isinstance(error, Cancelled) else error.sentence
            return
        else:
            delivery.taken += 1
            delivery.notes += [taken.note] if taken.note else []


__all__ = ["MOST_NAMED", "Delivery", "contacts_from_mails"]
