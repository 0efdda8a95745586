"""May we? One answer for each purpose, from every line that was written down about it.

The newest line counts, and of two of one day the stricter. A withdrawal counts on its own day. What
bears a day to come counts as of today. A "no" without a day stands as of today, because nobody can
say that it is over; any other answer without a day is older than every dated one. A yes past its
last day has run out. Source: facts H; UK GDPR Articles 6, 7 and 9.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from engage_desktop.records.contact import PURPOSES

State = Literal["withdrawn", "no", "ran_out", "not_asked", "yes"]

STRICTEST_FIRST: Final[tuple[State, ...]] = ("withdrawn", "no", "ran_out", "not_asked", "yes")

STATE_WORDS: Final[Mapping[State, str]] = {
    "yes": "Yes",
    "no": "No",
    "not_asked": "Not asked",
    "ran_out": "Ran out",
    "withdrawn": "Withdrawn",
}

WITHOUT_CONTACT: Final = ("needs", "quotes", "photographs")
"""The purposes for which nobody need be reached: “do not contact” leaves them as they are."""


@dataclass(frozen=True, slots=True)
class Line:
    """One permission record, as much of it as the rule needs."""

    purpose: str
    answer: str = "not_asked"
    given_on: dt.date | None = None
    until: dt.date | None = None
    withdrawn_on: dt.date | None = None
    basis: str = ""
    source: str = ""
    withdrawn_how: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What holds for one purpose: `since` and `until` are days, where they are known.

    `line` is the id of the record it rests on, "" where it rests on a field or on nothing. `barred`
    says that “do not contact” stands above whatever was answered.
    """

    purpose: str
    state: State = "not_asked"
    basis: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    source: str = ""
    line: str = ""
    barred: bool = False

    @property
    def allowed(self) -> bool:
        """May we?"""
        return self.state == "yes" and not self.barred


def line_of(values: Any) -> Line:
    """From a permission record."""
    return Line(
        values.purpose, values.answer, values.given_on, values.until, values.withdrawn_on,
        values.basis, values.source, values.withdrawn_how, values.id,
    )  # fmt: skip


def held(
    purpose: str, lines: Iterable[Line], today: dt.date, *, bulletin: str = "not_asked",
    do_not_contact: bool = False,
) -> Held:  # fmt: skip
    """What holds for a purpose today. `bulletin` is the field of the register: for the bulletin
    the stricter of the field and the lines counts, where both say something."""
    mine = [line for line in lines if line.purpose == purpose]
    found = Held(purpose)
    if mine:
        found = _said(max(mine, key=lambda line: _weight(line, today)), today)
    if purpose == "bulletin":
        found = _with_field(found, bulletin)
    if do_not_contact and purpose not in WITHOUT_CONTACT:
        found = Held(
            purpose, found.state, found.basis, found.since, found.until, found.source, found.line,
            barred=True,
        )  # fmt: skip
    return found


def every_purpose(
    lines: Iterable[Line], today: dt.date, *, bulletin: str = "not_asked",
    do_not_contact: bool = False,
) -> list[Held]:  # fmt: skip
    """One answer for each purpose: those we have words for, then others that were written down."""
    known = list(lines)
    purposes = [choice.code for choice in PURPOSES]
    purposes += sorted({line.purpose for line in known} - set(purposes))
    return [
        held(each, known, today, bulletin=bulletin, do_not_contact=do_not_contact)
        for each in purposes
    ]


def state_of(line: Line, today: dt.date) -> State:
    """What one line says by itself."""
    if line.withdrawn_on is not None:
        return "withdrawn"
    if line.answer == "yes":
        return "ran_out" if line.until is not None and line.until < today else "yes"
    return "no" if line.answer == "no" else "not_asked"


def day_of(line: Line, today: dt.date) -> dt.date:
    """On which day a line counts."""
    day = line.withdrawn_on or line.given_on
    if day is None:
        return today if line.answer == "no" else dt.date.min
    return min(day, today)


def who_may_agree(age_band: str, guardian: str, competence_by: str) -> str:
    """What is missing before a child's permission counts, as a sentence; "" when nothing is."""
    if not age_band or guardian.strip() or competence_by.strip():
        return ""
    if age_band == "young":
        return (
            "This is a young person of 16 or 17. Write down who judged that they can agree for "
            "themselves, or who agrees for them, before anything rests on their yes."
        )
    return (
        "This is a child. Write down a parent or guardian who agrees for them, or who judged that "
        "they can agree themselves, before anything rests on their yes."
    )


def _weight(line: Line, today: dt.date) -> tuple[dt.date, int]:
    strict = len(STRICTEST_FIRST) - STRICTEST_FIRST.index(state_of(line, today))
    return day_of(line, today), strict


def _said(line: Line, today: dt.date) -> Held:
    state = state_of(line, today)
    since = line.withdrawn_on if state == "withdrawn" else line.given_on
    source = line.withdrawn_how if state == "withdrawn" else line.source
    until = line.until if state in ("yes", "ran_out") else None
    return Held(line.purpose, state, line.basis, since, until, source, line.id)


def _with_field(found: Held, field: str) -> Held:
    if field not in ("yes", "no"):
        return found
    answer: State = "yes" if field == "yes" else "no"
    if found.state == "not_asked" or (
        STRICTEST_FIRST.index(answer) < STRICTEST_FIRST.index(found.state)
    ):
        return Held("bulletin", answer, source="Wants the bulletin")
    return found
