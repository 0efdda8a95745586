"""A change of mind, as one change: what is to be written when somebody takes a yes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from db.changes import Change, Create, Edit
from db.errors import InvalidInput
from engage_desktop.records.contact import Permission
from engage_desktop.stakeholders.permissions import Held


def withdrawal(
    person: Any, held: Held, day: dt.date, how: str, new_id: Callable[[], str]
) -> list[Change]:
    """The changes that withdraw what holds for one purpose, on a day and in a way.

    The line it rests on is marked withdrawn; a yes that rests on a field alone becomes a line that
    says no, and the field says no with it. Raises `InvalidInput` for a day before the answer.
    """
    if held.state != "yes":
        raise InvalidInput("There is no yes to withdraw. Nothing was changed.")
    if held.since is not None and day < held.since:
        raise InvalidInput(
            "It cannot be withdrawn before the day of the answer. Nothing was changed. Give a "
            "later day."
        )
    found: list[Change] = []
    if held.line:
        values = {"withdrawn_on": day.isoformat(), "withdrawn_how": how}
        found.append(Edit("permission", held.line, values))
    else:
        line = Permission(
            id=new_id(), stakeholder=person.id, purpose=held.purpose, answer="no", given_on=day,
            source=how,
        )  # fmt: skip
        found.append(Create(line))
    if held.purpose == "bulletin" and person.bulletin == "yes":
        found.append(Edit("stakeholder", person.id, {"bulletin": "no"}))
    return found
