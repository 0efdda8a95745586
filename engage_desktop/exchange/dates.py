"""Dates in other people's files: what they can mean, and where that is not certain."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from engage_desktop.exchange.mapping import DAY_MONTH, MONTH_DAY
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


class OrderWatch:
    """Watches dates go by and says in which order a file writes them.

    Month first only where some dates need it and none speaks against it.
    """

    def __init__(self) -> None:
        self._month = False
        self._day = False

    def see(self, written: str) -> None:
        """Take one more date into account."""
        match = _NUMERIC.fullmatch(written)
        if match:
            self._day = self._day or int(match[1]) > 12
            self._month = self._month or int(match[2]) > 12

    @property
    def order(self) -> str:
        """The order, as far as the file was seen."""
        return MONTH_DAY if self._month and not self._day else DAY_MONTH
