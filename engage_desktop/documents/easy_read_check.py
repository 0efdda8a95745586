"""Is it easy to read? Rules a machine can check, told as sentences.

The rules follow the published guidance for easy read in the United Kingdom: at most 15 words to a
sentence, words and a picture for every idea, no capitals for emphasis, no initials, few numbers, a
way to get in touch, and a reader who tried it. They are advice: nothing here stops a print.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from engage_desktop.documents.easy_read_sheet import EasyReadSheet, Row, sentences

WARN_WORDS, FAIL_WORDS = 15, 20
LARGEST_NUMBER = 1000
KNOWN_INITIALS = frozenset({"NHS", "GP", "GPS", "BSL", "UK", "TV", "ID"})
EASIER: dict[str, str] = {
    "accommodate": "make room for",
    "additional": "more",
    "approximately": "about",
    "attend": "go to",
    "commence": "start",
    "commission": "pay for",
    "commissioned": "paid for",
    "commissioner": "the people who pay for care",
    "commissioning": "choosing and paying for care",
    "consultation": "asking people what they think",
    "discharge": "going home from hospital",
    "engagement": "talking with people",
    "facilitate": "help",
    "feedback": "what you tell us",
    "implement": "start",
    "improvement": "making things better",
    "outcome": "what happened",
    "prior": "before",
    "provider": "the people who give care",
    "purchase": "buy",
    "regarding": "about",
    "require": "need",
    "stakeholder": "people who care about this",
    "utilise": "use",
}


class Level(StrEnum):
    """How much a finding matters."""

    FAIL = "fail"
    WARN = "warn"
    HINT = "hint"


@dataclass(frozen=True)
class Finding:
    """One thing to look at: where it is, and what to do about it."""

    level: Level
    where: str
    sentence: str


_WORD = re.compile(r"[^\W_]+(?:['’\-&][^\W_]+)*")
_CAPITALS = re.compile(r"\b[A-Z][A-Z&]*[A-Z]\b")
_DIGITS = re.compile(r"(?:\+44 ?|\(?\b0)[\d )]{8,14}\d|\d[\d,]*(?:\.\d+)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SHORT_DATE = re.compile(r"\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b")
_JOINING = re.compile(
    r"\b(?:and|but|because|although|however|which|unless|while|whereas|so that)\b", re.IGNORECASE
)
_PRONOUN = re.compile(r"^(?:It|They|He|She|This|These|Those|That)\b")
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+)?"
    r"(?:\w{2,}ed|given|taken|done|made|told|sent|held|found|heard|seen|known|written|spoken|"
    r"chosen|begun|brought|built|bought|kept|paid|put|run|shown|thought|understood)\b",
    re.IGNORECASE,
)
_REACHABLE = re.compile(r"\d{5}|\S@\S|\bwww\.|https?://", re.IGNORECASE)


def check_easy_read(
    sheet: EasyReadSheet, *, has_picture: Callable[[str], bool] = bool
) -> list[Finding]:
    """What in `sheet` is hard to read, in the order of the sheet.

    `has_picture` says whether a picture of that name can be drawn; by default any name will do.
    """
    return list(_findings(sheet, has_picture))


def _findings(sheet: EasyReadSheet, has_picture: Callable[[str], bool]) -> Iterator[Finding]:
    if not sheet.title.strip():
        yield Finding(Level.FAIL, "Title", "The sheet has no title. Say what it is about.")
    yield from _words("Title", sheet.title)
    yield from _words("Topic", sheet.topic)
    if not sheet.rows:
        yield Finding(Level.FAIL, "Rows", "There is nothing on the sheet yet. Add a first row.")
    for number, row in enumerate(sheet.rows, start=1):
        yield from _row(f"Row {number}", row, has_picture)
    yield from _contact(sheet, has_picture)
    if not sheet.tested_by.strip():
        yield Finding(
            Level.WARN,
            "Tested by",
            "Nobody with a learning disability has tried this sheet yet. Ask a reader, and write "
            "down who and when.",
        )


def _row(where: str, row: Row, has_picture: Callable[[str], bool]) -> Iterator[Finding]:
    if not row.picture:
        yield Finding(Level.FAIL, where, "This row has no picture. Every idea needs one.")
    elif not has_picture(row.picture):
        yield Finding(
            Level.FAIL, where, f"There is no picture called “{row.picture}”. Choose another."
        )
    if not row.heading.strip() and not row.sentence.strip():
        yield Finding(Level.FAIL, where, "This row has a picture but no words.")
    elif not row.heading.strip():
        yield Finding(Level.WARN, where, "This row has no bold line. Say its idea in a few words.")
    yield from _words(where, row.heading)
    yield from _words(where, row.sentence)


def _contact(sheet: EasyReadSheet, has_picture: Callable[[str], bool]) -> Iterator[Finding]:
    if sheet.contact is None:
        yield Finding(
            Level.FAIL, "Contact", "The sheet does not say how to get in touch. Add a contact."
        )
        return
    yield from _row("Contact", sheet.contact, has_picture)
    if not _REACHABLE.search(f"{sheet.contact.heading} {sheet.contact.sentence}"):
        yield Finding(
            Level.WARN, "Contact", "The contact has no telephone number, e-mail or web address."
        )


def _words(where: str, text: str) -> Iterator[Finding]:
    for sentence in sentences(text):
        yield from _length(where, sentence)
        yield from _letters(where, sentence)
        yield from _numbers(where, sentence)
        yield from _grammar(where, sentence)


def _length(where: str, sentence: str) -> Iterator[Finding]:
    count = len(_WORD.findall(_DIGITS.sub("1", sentence)))
    if count > WARN_WORDS:
        level = Level.FAIL if count > FAIL_WORDS else Level.WARN
        yield Finding(
            level, where, f"This sentence has {count} words. Keep to {WARN_WORDS}: “{sentence}”"
        )
    joins = len(_JOINING.findall(sentence))
    if ";" in sentence or joins > 1:
        yield Finding(
            Level.WARN, where, f"More than one idea in a sentence. Make it two: “{sentence}”"
        )


def _letters(where: str, sentence: str) -> Iterator[Finding]:
    for word in _CAPITALS.findall(sentence):
        letters = word.replace("&", "")
        if len(letters) > 4:
            yield Finding(
                Level.FAIL, where, f"“{word}” is in capitals. Use small letters, or bold."
            )
        elif word not in KNOWN_INITIALS:
            yield Finding(Level.WARN, where, f"Not everyone knows “{word}”. Write it in full.")
    for word in dict.fromkeys(found.lower() for found in _WORD.findall(sentence)):
        easier = EASIER.get(word) or EASIER.get(word.removesuffix("s"))
        if easier:
            yield Finding(Level.HINT, where, f"“{word}” is a hard word. Perhaps: {easier}.")


def _numbers(where: str, sentence: str) -> Iterator[Finding]:
    if "%" in sentence or re.search(r"\bper ?cent\b", sentence, re.IGNORECASE):
        yield Finding(
            Level.HINT, where, "A percentage is hard to picture. Say “most people” or “a few”."
        )
    if _SHORT_DATE.search(sentence):
        yield Finding(Level.HINT, where, "Write the date in full, such as 1 May 2026.")
    for found in _DIGITS.findall(sentence):
        if found.startswith(("0", "+", "(")) or _YEAR.fullmatch(found):
            continue
        if float(found.replace(",", "")) > LARGEST_NUMBER:
            yield Finding(
                Level.HINT, where, f"{found} is a large number. Say “many people” if you can."
            )


def _grammar(where: str, sentence: str) -> Iterator[Finding]:
    pronoun = _PRONOUN.match(sentence)
    if pronoun:
        yield Finding(Level.HINT, where, f"“{pronoun.group()}” may be unclear. Say the name again.")
    passive = _PASSIVE.search(sentence)
    if passive:
        yield Finding(Level.HINT, where, f"Say who did it. “{passive.group()}” leaves that out.")
