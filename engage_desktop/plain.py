"""Counts and days in plain words, as every screen, paper and command says them.

English, whatever language the computer speaks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHORT = 3
"""Letters of a short month or day: Sep, Wed."""

_FIRST_MS = 2 * 24 * 60 * 60 * 1000
_LAST_MS = 253_402_300_800_000 - _FIRST_MS
"""3 January 1970 and 30 December 9999: what lies between, any computer says in its own time."""


def counted(count: int, one: str, many: str = "") -> str:
    """ "1 event" or "2,041 events": thousands marked, and the word that fits."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """ "Ann", "Ann and Bob", "Ann, Bob and Cas"."""
    *most, last = names or ("",)
    return f"{', '.join(most)} and {last}" if most else last


def month_name(day: dt.date) -> str:
    """The month in full: May."""
    return MONTHS[day.month - 1]


def weekday_name(day: dt.date) -> str:
    """The day of the week in full: Thursday."""
    return WEEKDAYS[day.weekday()]


def short_weekday(day: dt.date) -> str:
    """The day of the week in three letters: Thu."""
    return weekday_name(day)[:_SHORT]


def day_month(day: dt.date) -> str:
    """A day of this year or the next, as it is said: 28 May."""
    return f"{day.day} {month_name(day)}"


def long_date(day: dt.date) -> str:
    """A date in full, as it is said: 1 May 2026."""
    return f"{day_month(day)} {day.year}"


def short_date(iso: str) -> str:
    """ "2026-09-28" as "28 Sep 2026"; anything else as it stands."""
    year, month, day = ([*iso[:10].split("-"), "", ""])[:3]
    if not (year.isdigit() and month.isdigit() and day.isdigit() and 1 <= int(month) <= 12):
        return iso
    return f"{int(day)} {MONTHS[int(month) - 1][:_SHORT]} {int(year)}"


def day_words(day: dt.date) -> str:
    """A day as every screen and command says it: "26 May 2026"."""
    return short_date(day.isoformat())


def moment(ms: int) -> dt.datetime:
    """A moment (ms since 1970) in local time.

    What colleagues' laptops say may lie beyond any calendar: it is the nearest moment then that
    every time zone has.
    """
    known = min(max(ms, _FIRST_MS), _LAST_MS)
    return dt.datetime.fromtimestamp(known / 1000, dt.UTC).astimezone()


def moment_words(ms: int) -> str:
    """A moment (ms since 1970) in local time: "Tue 26 May 2026, 14:02"."""
    at = moment(ms)
    return f"{short_weekday(at)} {short_date(at.date().isoformat())}, {at:%H:%M}"
