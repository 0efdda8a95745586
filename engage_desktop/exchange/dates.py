"""Dates in other people's files: what they can mean, and where that is not certain."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from engage_desktop.exchange.mapping import AUTO, DAY_MONTH, MONTH_DAY
from engage_desktop.records.values import read_date

_NUMERIC = re.compile(r"\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?: 00:00(?::00)?)?\s*")


@dataclass(frozen=True, slots=True)
class DateReading:
    """A date as it was written and as it is read. `day` is None where it is no date at all.

    `other_order` is true where it only makes sense with day and month the other way round than
    in the rest of the file.
    """

    written: str
    day: dt.date | None
    other_order: bool = False


def read_written(text: str, order: str) -> DateReading:
    """Read one date under the file's order; the other order is tried where that gives none."""
    match = _NUMERIC.fullmatch(text)
    if match is None:
        try:
            return DateReading(text, read_date(text))
        except ValueError:
            return DateReading(text, None)
    first, second = int(match[1]), int(match[2])
    year = int(match[3]) if len(match[3]) == 4 else _century(int(match[3]))
    usual = (second, first) if order != MONTH_DAY else (first, second)
    for other, (month, day) in ((False, usual), (True, usual[::-1])):
        try:
            return DateReading(text, dt.date(year, month, day), other)
        except ValueError:
            continue
    return DateReading(text, None)


def _century(year: int) -> int:
    return 2000 + year if year < 70 else 1900 + year


def find_order(order: str, written: Iterable[str]) -> str:
    """Settle "auto": month first only where some dates need it and none speaks against it."""
    if order != AUTO:
        return order
    needs_month = False
    for text in written:
        match = _NUMERIC.fullmatch(text)
        if match and int(match[1]) > 12:
            return DAY_MONTH
        needs_month = needs_month or bool(match and int(match[2]) > 12)
    return MONTH_DAY if needs_month else DAY_MONTH
