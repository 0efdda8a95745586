"""The one style sheet of everything printed.

Sizes and lengths are in points (72 to the inch). Type sizes follow the print profiles that readers
ask for by name; a page number is as large as the text, because it is text. The colours are the
screen's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from engage_desktop.documents.fonts import Font

A4 = (595.28, 841.89)
A4_LANDSCAPE = (A4[1], A4[0])
A3_LANDSCAPE = (1190.55, 841.89)
GRID = 4.0

BODY_FAMILY = "Atkinson Hyperlegible Next"
# Atkinson's zero has a stroke through it, which people read as 8 or as Ø in telephone numbers and
# dates, and the face carries no plain one. Digits are therefore set in Noto Sans: beside Atkinson
# its strokes are equally thick (Lexend's look bold), and its digits stand in columns.
PLAIN_DIGITS_FAMILY = "Noto Sans"
DYSLEXIA_FAMILY = "Lexend"


def colour(value: str) -> tuple[float, float, float]:
    """Red, green and blue from 0 to 1, from "#RRGGBB"."""
    return (int(value[1:3], 16) / 255, int(value[3:5], 16) / 255, int(value[5:7], 16) / 255)


TEXT = colour("#212B32")
MUTED = colour("#4C6272")
RULE = colour("#D8DDE0")
PAGE = colour("#F4F6F7")
WHITE = colour("#FFFFFF")
ACTION = colour("#005EB8")
DARK = colour("#003087")
SELECTED = colour("#E6F0FA")
GOOD = colour("#00541F")
WARNING = colour("#5C4300")
BAD = colour("#9A1508")
CREAM = colour("#FBF5E6")


@dataclass(frozen=True)
class TextStyle:
    """How a piece of text is set. `size` and `leading` (line to line) are in points."""

    font: Font
    size: float
    leading: float
    colour: tuple[float, float, float] = TEXT

    def sized(self, size: float) -> TextStyle:
        """The same, at another size with the leading in proportion."""
        return replace(self, size=size, leading=self.leading * size / self.size)

    def coloured(self, new: tuple[float, float, float]) -> TextStyle:
        """The same, in another colour."""
        return replace(self, colour=new)


class Profile(StrEnum):
    """The ways of printing a reader can ask for."""

    EASY_READ = "easy_read"
    CLEAR_PRINT = "clear_print"
    LARGE_PRINT = "large_print"
    PERSONAL_20 = "personal_20"
    PERSONAL_24 = "personal_24"
    PERSONAL_28 = "personal_28"
    DYSLEXIA_FRIENDLY = "dyslexia_friendly"


@dataclass(frozen=True)
class StyleSheet:
    """The styles of one profile. `spacing` is the line height as a multiple of the size."""

    name: str
    body_size: float
    spacing: float
    family: str = BODY_FAMILY
    background: tuple[float, float, float] | None = None
    margin: float = 48.0

    def _style(
        self, size: float, weight: str, spacing: float, colour: tuple[float, float, float]
    ) -> TextStyle:
        digits = PLAIN_DIGITS_FAMILY if self.family == BODY_FAMILY else None
        return TextStyle(Font(self.family, weight, digits), size, size * spacing, colour)

    @property
    def body(self) -> TextStyle:
        """Running text."""
        return self._style(self.body_size, "Regular", self.spacing, TEXT)

    @property
    def strong(self) -> TextStyle:
        """Running text that matters more: bold, never italic, underlined or in capitals."""
        return self._style(self.body_size, "Bold", self.spacing, TEXT)

    @property
    def lead(self) -> TextStyle:
        """The line under a title."""
        return self._style(self.body_size * 1.15, "Regular", self.spacing, TEXT)

    @property
    def title(self) -> TextStyle:
        """The one title of a document."""
        return self._style(min(self.body_size * 1.9, 38.0), "Bold", 1.15, DARK)

    @property
    def heading(self) -> TextStyle:
        """A heading within the document."""
        return self._style(self.body_size * 1.2, "Bold", max(1.2, self.spacing - 0.1), DARK)


PROFILES: dict[Profile, StyleSheet] = {
    Profile.EASY_READ: StyleSheet("Easy read", 16, 1.4),
    Profile.CLEAR_PRINT: StyleSheet("Clear print", 14, 1.3),
    Profile.LARGE_PRINT: StyleSheet("Large print", 18, 1.3),
    Profile.PERSONAL_20: StyleSheet("Large print, 20 point", 20, 1.3),
    Profile.PERSONAL_24: StyleSheet("Large print, 24 point", 24, 1.3),
    Profile.PERSONAL_28: StyleSheet("Large print, 28 point", 28, 1.3, margin=40.0),
    Profile.DYSLEXIA_FRIENDLY: StyleSheet(
        "Dyslexia friendly", 14, 1.5, family=DYSLEXIA_FAMILY, background=CREAM
    ),
}
