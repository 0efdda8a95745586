"""The one alias through which words reach a screen.

Only literals may be passed, so that the extraction tool finds them; put values in afterwards with
`.format`. An f-string would be extracted but never match at run time.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engage_desktop.plain import counted, moment_words, short_date

translate = QCoreApplication.translate
count_words = counted


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


def initials(name: str) -> str:
    """ "Quantock Deaf Club" as "Q. D. C.": enough to find one's way, not enough to know who."""
    return " ".join(f"{word[0]}." for word in name.split() if word[0].isalnum()) or "…"


def kind_words(label: str, plural: str) -> str:
    """What one of a kind is called inside a sentence; a name in quotation marks stays a name."""
    return f"“{label}”" if label == plural else lower_first(label)


__all__ = [
    "count_words", "initials", "kind_words", "lower_first", "moment_words", "names_words",
    "short_date", "translate",
]  # fmt: skip
