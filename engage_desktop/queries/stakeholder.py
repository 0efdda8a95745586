"""How things stand with one stakeholder: needs, permissions, promises, and when we last spoke."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from db.reader import Reader
from engage_desktop.stakeholders.needs import (
    Step,
    has_needs,
    needs_words,
    six_steps,
    to_ask_again,
)
from engage_desktop.stakeholders.parts import promise_overdue
from engage_desktop.stakeholders.permissions import Held, every_purpose, line_of, who_may_agree

LAST_CONTACT = (
    "max(coalesce(s.last_contact, ''), coalesce((SELECT max(i.day) FROM interaction i "
    "WHERE i.stakeholder = s.pk AND +i.state = 0), ''))"
)
"""The later of the field and the log, as a day or ''; for queries that call the stakeholder `s`.
The plus keeps it to the contacts of this one, instead of walking down all days for each."""


@dataclass(frozen=True, slots=True)
class StakeholderState:
    """`needs` in words; `warning` is what is missing before a child's yes counts, or ""."""

    steps: tuple[Step, ...]
    permissions: tuple[Held, ...]
    needs: tuple[str, ...]
    any_need: bool
    ask_again: bool
    last_contact: dt.date | None
    promises_open: int
    promises_overdue: int
    warning: str


def stakeholder_state(reader: Reader, stakeholder_id: str, today: dt.date) -> StakeholderState:
    """Read and work out everything about one stakeholder. Raises `NotFound`."""
    record: Any = reader.get("stakeholder", stakeholder_id)
    contacts: list[Any] = reader.children("interaction", stakeholder_id)
    lines = [line_of(each) for each in reader.children("permission", stakeholder_id)]
    values = record.model_dump()
    held = every_purpose(
        lines, today, bulletin=record.bulletin, do_not_contact=record.do_not_contact
    )
    days = [record.last_contact, *(each.day for each in contacts)]
    waiting = [each for each in contacts if each.promise and not each.kept_on]
    return StakeholderState(
        steps=tuple(six_steps(values, today)),
        permissions=tuple(held),
        needs=tuple(needs_words(values)),
        any_need=has_needs(values),
        ask_again=to_ask_again(values, today),
        last_contact=max((day for day in days if day is not None), default=None),
        promises_open=len(waiting),
        promises_overdue=sum(promise_overdue(each, today) for each in waiting),
        warning=who_may_agree(record.age_band, record.guardian, record.competence_by),
    )
