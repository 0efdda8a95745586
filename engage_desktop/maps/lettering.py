"""How much room words take, and what to do where there is less.

Widths are those of the faces that documents are set in, in points; a screen sets the same family.
"""

from __future__ import annotations

from functools import lru_cache

from engage_desktop.documents.fonts import Font, FontBook
from engage_desktop.documents.style import BODY_FAMILY, PLAIN_DIGITS_FAMILY

REGULAR = Font(BODY_FAMILY, "Regular", PLAIN_DIGITS_FAMILY)
BOLD = Font(BODY_FAMILY, "Bold", PLAIN_DIGITS_FAMILY)


@lru_cache(maxsize=1)
def _book() -> FontBook:
    return FontBook()


def spelt(text: str) -> str:
    """`text` on one line, with signs that no face has named in square brackets."""
    return _book().spell(" ".join(text.split()), REGULAR)


@lru_cache(maxsize=4_000)
def _advance(character: str, bold: bool) -> float:
    """In ems, without the kerns between letters: they make words narrower by a hair, never wider
    than this says by more."""
    font = BOLD if bold else REGULAR
    if _book().missing(character, font):
        return 1.0
    face = _book().face_for(character, font, character)
    return face.advances[face.cmap.get(ord(character), 0)] / face.upem


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide spelt text is, in points."""
    return sum(_advance(character, bold) for character in text) * size


def shortened(text: str, size: float, most: float, *, bold: bool = False) -> str:
    """`text`, or as much of it as `most` points hold with "…" behind it; "" for less than three
    letters: those say nothing."""
    if width(text, size, bold=bold) <= most:
        return text
    low, high = 0, len(text) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if width(_cut(text, middle), size, bold=bold) <= most:
            low = middle
        else:
            high = middle - 1
    return _cut(text, low) if low >= 3 else ""


def _cut(text: str, letters: int) -> str:
    return text[:letters].rstrip(" ,.;:-\t\n") + "…"


def wrapped(text: str, size: float, most: float, *, lines: int, bold: bool = False) -> list[str]:
    """`text` in at most `lines` lines no wider than `most` points; the last is shortened."""
    found: list[str] = []
    words = text.split()
    while words and len(found) < lines:
        taken = 1
        while taken < len(words) and width(" ".join(words[: taken + 1]), size, bold=bold) <= most:
            taken += 1
        if len(found) == lines - 1:
            taken = len(words)
        line = " ".join(words[:taken])
        found.append(shortened(line, size, most, bold=bold) or line[:1])
        words = words[taken:]
    return found
