"""The one alias through which words reach a screen.

Only literals may be passed, so that the extraction tool finds them; put values in afterwards with
`.format`. An f-string would be extracted but never match at run time.
"""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def count_words(count: int, one: str, many: str) -> str:
    """ "1 event" or "2,041 events": the number with thousands marked, and the word that fits."""
    return f"{count:,} {one if count == 1 else many}"


def lower_first(words: str) -> str:
    """The words as they stand inside a sentence: "Change venue" to "change venue".

    Words that begin with two capitals (FFT, BSL) are names and stay.
    """
    if len(words) > 1 and words[1].isupper():
        return words
    return words[:1].lower() + words[1:]


def names_words(names: list[str]) -> str:
    """ "venue", "venue and date", "venue, date and lead officer"."""
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + translate("words", " and ") + names[-1]


MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def short_date(iso: str) -> str:
    """ "2026-05-28" as "28 May 2026"; anything else as it stands."""
    year, month, day = ([*iso[:10].split("-"), "", ""])[:3]
    if not (year.isdigit() and month.isdigit() and day.isdigit() and 1 <= int(month) <= 12):
        return iso
    return f"{int(day)} {MONTHS[int(month) - 1]} {int(year)}"


def moment_words(ms: int) -> str:
    """A moment (ms since 1970) in local time: "Tue 26 May 2026, 14:02"."""
    at = dt.datetime.fromtimestamp(ms / 1000).astimezone()
    return f"{DAYS[at.weekday()]} {at.day} {MONTHS[at.month - 1]} {at.year}, {at:%H:%M}"


def initials(name: str) -> str:
    """ "Quantock Deaf Club" as "Q. D. C.": enough to find one's way, not enough to know who."""
    return " ".join(f"{word[0]}." for word in name.split() if word[0].isalnum()) or "…"


def kind_words(label: str, plural: str) -> str:
    """What one of a kind is called inside a sentence; a name in quotation marks stays a name."""
    return f"“{label}”" if label == plural else lower_first(label)
