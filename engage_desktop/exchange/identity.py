"""What makes a row of a file the same row when it comes again.

With key columns, the key. Without, the whole content, so written that a spreadsheet which saved
the file anew (dates and numbers turned from text, line ends and trailing spaces changed) does not
make another row of it. Equal rows are numbered, so that two of them are two, in any order.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Sequence

from engage_desktop.exchange.dates import read_written
from engage_desktop.exchange.mapping import DAY_MONTH
from engage_desktop.records.values import fold

_NUMBER = re.compile(r"£?(-?)£?(\d{1,3}(?:,\d{3})+|\d+)?(?:\.(\d+))?(%?)")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
_DATE_LIKE = re.compile(r"[0-9]{1,4}[/.\- ].*|[A-Za-z]{3,9},? .*[0-9]{2,4}|[0-9]{1,2}[a-z]{2} .*")


def canonical(cell: str) -> str:
    """A cell's content apart from how a program chose to write it."""
    text = cell.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text or len(text) > 40:
        return text
    match = _NUMBER.fullmatch(text)
    if match and (match[2] or match[3]):
        return _number(match)
    if clock := _CLOCK.fullmatch(text):
        return f"{int(clock[1])}:{clock[2]}"
    if text.casefold() in ("true", "false"):
        return text.casefold()
    if _DATE_LIKE.fullmatch(text):
        day = read_written(text.removesuffix("T00:00:00"), DAY_MONTH)
        if day.day is not None:
            return text if day.other_order else day.day.isoformat()
        return _moment(text)
    return text


def _number(match: re.Match[str]) -> str:
    whole = (match[2] or "0").replace(",", "").lstrip("0")
    part = match[3] or ""
    if match[4]:  # 50% is kept as 0.5
        digits = whole.rjust(2, "0")
        whole, part = digits[:-2].lstrip("0"), digits[-2:] + part
    part = part.rstrip("0")
    sign = match[1] if whole or part else ""
    return f"{sign}{whole or '0'}{'.' + part if part else ''}"


def _moment(text: str) -> str:
    day, gap, clock = text.partition(" ")
    match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", clock)
    reading = read_written(day, DAY_MONTH) if gap and match else None
    if match is None or reading is None or reading.day is None or reading.other_order:
        return text
    moment = dt.time(int(match[1]) % 24, int(match[2]) % 60, int(match[3] or 0) % 60)
    return f"{reading.day.isoformat()} {moment.isoformat()}"


class RowIdentity:
    """Digests of rows, with equal rows numbered."""

    def __init__(self, headers: Sequence[str]) -> None:
        self._order = sorted(range(len(headers)), key=lambda index: fold(headers[index]))
        self._names = [fold(header) for header in headers]
        self._seen: Counter[str] = Counter()

    def digest(self, cells: Sequence[str]) -> tuple[str, int]:
        """(digest of the content, how many rows before had the same)."""
        digest = hashlib.sha256()
        for index in self._order:
            plain = canonical(cells[index])
            if plain:
                digest.update(f"{self._names[index]}\x1f{plain}\x1e".encode("utf-8", "replace"))
        text = digest.hexdigest()
        count = self._seen[text]
        self._seen[text] += 1
        return text, count
