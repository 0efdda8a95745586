"""Freezing today's scores under the name of an occasion, to be drawn beside those of later days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from db.changes import Applied, Create
from db.errors import InvalidInput
from db.reader import Reader
from db.record import validated
from db.store import Store
from engage_desktop.plain import counted
from engage_desktop.queries.mapping import Keep, occasions, present_scores
from engage_desktop.records.tidy import Assessment
from engage_desktop.records.values import fold

LONGEST = 120
"""Characters of an occasion's name: it stands in legends."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was kept: under which name, of which day, of how many stakeholders."""

    occasion: str
    day: dt.date
    stakeholders: int
    applied: Applied


def freeze_scores(
    store: Store, reader: Reader, occasion: str, day: dt.date, keep: Keep | None = None,
    *, initiator: object | None = None,
) -> Frozen:  # fmt: skip
    """Write down the scores of everyone who has any, as one change that can be undone.

    Raises `InvalidInput` where the occasion has no name, has one already taken, or where nobody
    has a score.
    """
    name = " ".join(occasion.split())
    if not name or len(name) > LONGEST:
        raise InvalidInput(
            f"Give the occasion a name of at most {LONGEST} characters, for example “Start of the "
            "urgent care consultation”. Nothing was frozen."
        )
    with reader.steady():
        known = next((one for one in occasions(reader) if fold(one.name) == fold(name)), None)
        rows = present_scores(reader, keep or Keep())
    if known is not None:
        have = counted(known.stakeholders, "stakeholder has", "stakeholders have")
        raise InvalidInput(
            f"{have} scores frozen as “{known.name}” already. Nothing was frozen. Choose another "
            "name, for example with the date in it."
        )
    if not rows:
        raise InvalidInput("Nobody has a score yet, so there is nothing to freeze.")
    made = [
        Create(
            validated(
                Assessment,
                {"id": store.new_id(), "stakeholder": key, "name": name, "scored_on": day}
                | {field: value for field, value in values.items() if value is not None},
            )
        )
        for key, values in rows
    ]
    applied = store.apply(made, "Freeze scores", initiator=initiator)
    return Frozen(name, day, len(made), applied)
