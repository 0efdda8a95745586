"""How a part of a stakeholder's record stands today: a promise, a seat, a permission, a course."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from engage_desktop.plain import short_date

TERM_SOON_DAYS: Final = 60
"""A term that ends within so many days is one to speak about now."""

Tone = Literal["good", "warning", "bad", "info", "plain"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A few words and how they look."""

    words: str
    tone: Tone = "plain"


def marks(part: Any, today: dt.date) -> list[Mark]:
    """What is to be seen at once of a part, most pressing first; [] for kinds without."""
    rule = _RULES.get(part.meta.name)
    return rule(part, today) if rule else []


def is_past(part: Any, today: dt.date) -> bool:
    """Is it over, so that it comes after those that hold? Its last day is one of them."""
    ended = getattr(part, "ended", None)
    return ended is not None and ended < today


def promise_overdue(contact: Any, today: dt.date) -> bool:
    """Is the day of a promise past, and nothing says that it was kept?"""
    return bool(contact.promise) and not contact.kept_on and bool(contact.due) and (
        contact.due < today
    )  # fmt: skip


def seat_vacant(seat: Any) -> bool:
    """A seat in a group that nobody holds."""
    return bool(seat.group) and not seat.member and seat.ended is None


def _contact(part: Any, today: dt.date) -> list[Mark]:
    if not part.promise:
        return []
    whose = "Their promise" if part.promised_by == "them" else "Promise"
    if part.kept_on:
        return [Mark(f"{whose} kept on {_day(part.kept_on)}", "good")]
    if promise_overdue(part, today):
        return [Mark(f"{whose} overdue since {_day(part.due)}", "bad")]
    when = f" for {_day(part.due)}" if part.due else ""
    return [Mark(f"{whose} open{when}", "info")]


def _seat(part: Any, today: dt.date) -> list[Mark]:
    if is_past(part, today):
        return [Mark(f"Left on {_day(part.ended)}")]
    found = [Mark("Seat vacant", "warning")] if seat_vacant(part) else []
    if part.ended:
        return [*found, Mark(f"Leaves on {_day(part.ended)}", "warning")]
    ends = part.term_ends
    if ends is not None and ends < today:
        found.append(Mark(f"Term ended on {_day(ends)}", "bad"))
    elif ends is not None and (ends - today).days <= TERM_SOON_DAYS:
        found.append(Mark(f"Term ends on {_day(ends)}", "warning"))
    return found


def _tie(part: Any, today: dt.date) -> list[Mark]:
    return [Mark(f"Ended on {_day(part.ended)}")] if is_past(part, today) else []


def _course(part: Any, today: dt.date) -> list[Mark]:
    until = part.valid_until
    return [Mark(f"Ran out on {_day(until)}", "warning")] if until and until < today else []


def _permission(part: Any, today: dt.date) -> list[Mark]:
    if part.withdrawn_on:
        return [Mark(f"Withdrawn on {_day(part.withdrawn_on)}", "bad")]
    if part.answer == "yes" and part.until and part.until < today:
        return [Mark(f"Ran out on {_day(part.until)}", "warning")]
    return []


def _merge(part: Any, today: dt.date) -> list[Mark]:
    return [Mark(f"Taken back on {_day(part.undone_on)}")] if part.undone_on else []


def _day(day: dt.date) -> str:
    return short_date(day.isoformat())


_RULES: Mapping[str, Callable[[Any, dt.date], list[Mark]]] = MappingProxyType(
    {
        "interaction": _contact,
        "membership": _seat,
        "relationship": _tie,
        "training": _course,
        "permission": _permission,
        "merging": _merge,
    }
)
