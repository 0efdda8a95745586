"""Words to lines.

Nothing is ever hyphenated, and a date, a time, a sum or a telephone number stays on one line,
because a reader who meets half of one at a line's end reads a different thing. Widths and sizes
are in points.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engage_desktop.documents.fonts import Font
from engage_desktop.documents.shaping import Piece, Shaper, clean, has_rtl, starts_rtl

_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)"
)
_DAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_TOGETHER = re.compile(
    rf"(?:{_DAY} )?\b\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}\b(?: \d{{4}}\b)?"
    rf"|\b{_MONTH} \d{{4}}\b"
    r"|(?:\+44 ?|\(0|\b0)\d[\d )]{6,13}\d\b"
    r"|\b\d{1,2}(?:[.:]\d{2})? ?(?:am|pm|noon)\b"
    r"|£\d[\d,.]* (?:million|billion)\b"
)
# Where a word too wide for its column may be parted without a hyphen.
_SEAM = re.compile(r"(?<=[/@._\-?&=,;:])")
# Stands at the end of a part that the next line goes on with: no space was there. `clean` takes
# it out of what people write, so that it can only come from here.
_GOES_ON = "\u200b"


@dataclass(frozen=True)
class Line:
    """One line ready to draw. `width` is in points, without the space at its end."""

    text: str
    pieces: tuple[Piece, ...]
    width: float
    rtl: bool = False


def hold_together(text: str) -> str:
    """`text` with the spaces inside dates, times, sums and telephone numbers made no-break."""
    if not any(c.isdigit() for c in text):
        return text
    return _TOGETHER.sub(lambda found: found.group().replace(" ", "\u00a0"), text)


class Layout:
    """Breaks text into lines for one document."""

    def __init__(self, shaper: Shaper) -> None:
        self._shaper = shaper

    def width(self, text: str, font: Font, size: float) -> float:
        """How wide `text` is on one line, in points. Raises MissingGlyphError."""
        return sum(line.width for line in self.lines(text, font, size, float("inf")))

    def widest_word(self, text: str, font: Font, size: float, most: float) -> float:
        """The narrowest column, in points, that parts no word of `text`.

        A word wider than `most` (an address of the web, say) counts by its widest part between
        the seams where it may be parted, and never for more than `most`.
        """
        widest = 0.0
        for word in hold_together(clean(text)).replace("\n", " ").split(" "):
            width = self._shaper.word(word, font).width * size / 1000
            if width > most:
                parts = (self._shaper.word(part, font).width for part in _SEAM.split(word))
                width = min(max(parts) * size / 1000, most)
            widest = max(widest, width)
        return widest

    def lines(self, text: str, font: Font, size: float, width: float) -> list[Line]:
        """`text` in lines no wider than `width`; a word wider than that is parted, never cut.

        A line feed in `text` ends a line. Raises MissingGlyphError.
        """
        found: list[Line] = []
        for paragraph in hold_together(clean(text)).split("\n"):
            found.extend(self._paragraph(paragraph, font, size, width))
        return found

    def balanced(self, text: str, font: Font, size: float, width: float) -> list[Line]:
        """As `lines`, with lines about equally long: a last word alone on its line is passed over.

        For headings and single sentences; never more lines than `lines` would take.
        """
        best = self.lines(text, font, size, width)
        longest = self.widest_word(text, font, size, float("inf"))
        if not 1 < len(best) <= 6 or "\n" in text or longest > width:
            return best
        low, high = max(width * 0.5, longest), width
        while high - low > 2:
            middle = (low + high) / 2
            tried = self.lines(text, font, size, middle)
            if len(tried) == len(best):
                best, high = tried, middle
            else:
                low = middle
        return best

    def _paragraph(self, text: str, font: Font, size: float, width: float) -> list[Line]:
        words = self._fitting(text.split(" "), font, width * 1000 / size)
        space = self._shaper.word(" ", font).width
        limit = width * 1000 / size + 0.5
        rows: list[list[str]] = [[]]
        used = 0.0
        for word in words:
            extent = self._shaper.word(word.rstrip(_GOES_ON), font).width
            if rows[-1] and (used + space + extent > limit or rows[-1][-1].endswith(_GOES_ON)):
                rows.append([])
                used = 0.0
            used += extent + (space if rows[-1] else 0)
            rows[-1].append(word)
        mixed = has_rtl(text)
        rtl = mixed and starts_rtl(text)
        last = len(rows) - 1
        return [
            self._line(row, font, size, mixed=mixed, rtl=rtl, last=index == last)
            for index, row in enumerate(rows)
        ]

    def _fitting(self, words: list[str], font: Font, limit: float) -> list[str]:
        """The words, with any that is wider than `limit` given up to smaller parts."""
        fitted: list[str] = []
        for word in words:
            if not word:
                continue
            if self._shaper.word(word, font).width <= limit:
                fitted.append(word)
            elif "\u00a0" in word:
                fitted.extend(self._fitting(word.split("\u00a0"), font, limit))
            else:
                fitted.extend(self._parted(word, font, limit))
        return fitted

    def _parted(self, word: str, font: Font, limit: float) -> list[str]:
        """A word wider than its column: parted at a seam if it has one, else where it is full."""
        parts: list[str] = []
        room = ""
        for seam in _SEAM.split(word):
            if self._shaper.word(room + seam, font).width <= limit:
                room += seam
                continue
            if room:
                parts.append(room)
            room = ""
            for character in seam:
                if room and self._shaper.word(room + character, font).width > limit:
                    parts.append(room)
                    room = ""
                room += character
        if room:
            parts.append(room)
        return [*(part + _GOES_ON for part in parts[:-1]), *parts[-1:]]

    def _line(
        self, words: list[str], font: Font, size: float, *, mixed: bool, rtl: bool, last: bool
    ) -> Line:
        goes_on = bool(words) and words[-1].endswith(_GOES_ON)
        words = [word.rstrip(_GOES_ON) for word in words]
        text = " ".join(words)
        if mixed:
            whole = self._shaper.bidirectional(text, font, rtl=rtl)
            return Line(text, whole.pieces, whole.width * size / 1000, rtl)
        space = self._shaper.word(" ", font)
        pieces: list[Piece] = []
        width = 0.0
        for index, word in enumerate(words):
            shaped = self._shaper.word(word, font)
            pieces.extend(shaped.pieces)
            width += shaped.width
            if index < len(words) - 1:
                pieces.extend(space.pieces)
                width += space.width
        if not last and not goes_on:
            # A reader that joins lines needs the space the eye supplies.
            pieces.extend(space.pieces)
        return Line(text.replace("\u00a0", " "), tuple(pieces), width * size / 1000)
