"""The one alias through which words reach a screen.

Only literals may be passed, so that the extraction tool finds them; put values in afterwards with
`.format`. An f-string would be extracted but never match at run time.
"""

from __future__ import annotations

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
