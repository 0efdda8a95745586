"""Faces, and the chain of faces that a character falls back along.

A handout with an empty box in place of a letter is worse than no handout, so a character that no
face can draw stops the document with a sentence that names the character and its word. Faces are
read once and shared; a `FontBook` belongs to one document and remembers which glyphs it used, so
that only those are embedded.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import uharfbuzz as hb
from fontTools.ttLib import TTFont

import resources
from db.errors import KnownError

FontLocator = Callable[[str, str], Path]

# Joiners, variation selectors and direction marks steer shaping but have no picture of their own,
# so a face that lacks them is not a face that lacks a letter.
_INVISIBLE = frozenset({"Cf", "Cc"})


class MissingGlyphError(KnownError):
    """A character has no picture in any face of the chain. Nothing was printed."""

    code = "missing_glyph"

    def __init__(self, character: str, word: str) -> None:
        """`word` is what the person should look for in their own text."""
        self.character = character
        self.word = word
        super().__init__(_missing_sentence(character, word))


@dataclass(frozen=True)
class Font:
    """What a piece of text asks for: a family and weight, and perhaps another face for digits.

    `digits` names a family whose zero is plain, for faces whose slashed zero is misread in
    telephone numbers.
    """

    family: str
    weight: str = "Regular"
    digits: str | None = None


class Face:
    """One TrueType file, with what shaping, measuring and embedding need to know of it.

    Lengths are in the font's own units; `upem` of them make one em.
    """

    def __init__(self, path: Path, number: int = 0) -> None:
        self.path = path
        with TTFont(path, lazy=True, fontNumber=number) as font:
            head, hhea, os2 = font["head"], font["hhea"], font["OS/2"]
            self.name = str(font["name"].getDebugName(6) or path.stem).replace(" ", "")
            self.upem = int(head.unitsPerEm)
            self.ascent = int(hhea.ascent)
            self.descent = int(hhea.descent)
            self.cap_height = int(getattr(os2, "sCapHeight", 0)) or int(self.upem * 0.7)
            self.bbox = (int(head.xMin), int(head.yMin), int(head.xMax), int(head.yMax))
            self.bold = int(os2.usWeightClass) >= 600
            self.italic_angle = float(font["post"].italicAngle)
            self.cmap: dict[int, int] = {
                code: font.getGlyphID(name) for code, name in (font.getBestCmap() or {}).items()
            }
            metrics = font["hmtx"].metrics
            self.advances = [int(metrics[name][0]) for name in font.getGlyphOrder()]
        self._shaper = hb.Font(hb.Face(hb.Blob(path.read_bytes())))

    def __repr__(self) -> str:
        return f"<Face {self.name}>"

    def covers(self, cluster: str) -> bool:
        """Whether every visible character of `cluster` has a glyph of its own here."""
        return all(ord(c) in self.cmap or is_invisible(c) for c in cluster)

    def shape(
        self, text: str, *, rtl: bool = False
    ) -> tuple[list[hb.GlyphInfo], list[hb.GlyphPosition]]:
        """HarfBuzz's glyphs for `text`, in the order they stand on the page, left to right."""
        buffer = hb.Buffer()
        buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_GRAPHEMES
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rtl else "ltr"
        hb.shape(self._shaper, buffer)
        return buffer.glyph_infos, buffer.glyph_positions


@lru_cache(maxsize=64)
def load_face(path: Path) -> Face:
    """The face in `path`, read once in the life of the process: a face never changes."""
    return Face(path)


def is_invisible(character: str) -> bool:
    """Whether a character only steers the text around it."""
    return (
        unicodedata.category(character) in _INVISIBLE
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def clusters(text: str) -> Iterator[str]:
    """`text` in steps of one base character with the marks and joiners that belong to it.

    A mark drawn from another face than its letter would miss it, so a cluster is never divided.
    """
    start = 0
    joined = False
    for index, character in enumerate(text):
        belongs = unicodedata.combining(character) or unicodedata.category(character) in (
            "Mn",
            "Me",
            "Mc",
        )
        if index > start and not belongs and not joined and not is_invisible(character):
            yield text[start:index]
            start = index
        joined = character == "\u200d"
    if start < len(text):
        yield text[start:]


class FontBook:
    """The faces of one document, and the glyphs it has used of each.

    `locate` finds the file of a family and weight; it is a parameter so that an organisation's
    own licensed faces, or a test's, can take the place of those shipped.
    """

    def __init__(
        self,
        locate: FontLocator = resources.font_path,
        fallbacks: Sequence[str] = ("Noto Sans",),
    ) -> None:
        self._locate = locate
        self._fallbacks = tuple(fallbacks)
        self._chains: dict[Font, tuple[Face, ...]] = {}
        self.used: dict[Face, dict[int, str]] = {}

    def chain(self, font: Font) -> tuple[Face, ...]:
        """The faces tried in turn for letters: the one asked for, then the fallbacks."""
        found = self._chains.get(font)
        if found is None:
            families = dict.fromkeys((font.family, *self._fallbacks))
            found = tuple(self._face(family, font.weight) for family in families)
            self._chains[font] = found
        return found

    def _face(self, family: str, weight: str) -> Face:
        try:
            return load_face(self._locate(family, weight))
        except resources.MissingResourceError:
            # A fallback family may ship fewer weights; the nearest it has beats none at all.
            nearest = "Bold" if weight in ("SemiBold", "Bold", "ExtraBold") else "Regular"
            return load_face(self._locate(family, nearest))

    def face_for(self, cluster: str, font: Font, word: str) -> Face:
        """The first face that can draw the whole of `cluster`.

        Raises MissingGlyphError, which names `word`, if there is none.
        """
        if font.digits is not None and cluster.isdecimal() and cluster.isascii():
            digits = self._face(font.digits, font.weight)
            if digits.covers(cluster):
                return digits
        for face in self.chain(font):
            if face.covers(cluster):
                return face
        raise MissingGlyphError(self._first_missing(cluster, font), word)

    def _first_missing(self, cluster: str, font: Font) -> str:
        for character in cluster:
            if not any(face.covers(character) for face in self.chain(font)):
                return character
        return cluster[0]

    def missing(self, text: str, font: Font) -> list[str]:
        """The characters of `text` that nothing here can draw, each once, in order."""
        whole = unicodedata.normalize("NFC", text)
        found: dict[str, None] = {}
        for cluster in clusters(whole):
            if not cluster.isspace() and not any(f.covers(cluster) for f in self.chain(font)):
                found.setdefault(self._first_missing(cluster, font))
        return list(found)

    def spell(self, text: str, font: Font) -> str:
        """`text` with what nothing here can draw named in square brackets.

        A sign is called by its name, and a stretch of letters by its script. For records as other
        people wrote them; a handout is refused instead, so that its writer chooses the words.
        """
        if text.isascii():
            return text
        parts: list[str] = []
        for cluster in clusters(unicodedata.normalize("NFC", text)):
            if cluster.isspace() or any(face.covers(cluster) for face in self.chain(font)):
                parts.append(cluster)
                continue
            missing = self._first_missing(cluster, font)
            script = _script_of(missing)
            name = f"{script} script" if script else unicodedata.name(missing, "").lower()
            named = f"[{name or f'U+{ord(missing):04X}'}]"
            if not script or not parts or parts[-1] != named:
                parts.append(named)
        return "".join(parts)

    def use(self, face: Face, glyph: int, text: str) -> bool:
        """Note that `glyph` stands for `text`. False if it already stands for something else.

        A reader copies a glyph back into text by this one meaning, so a second meaning has to be
        written beside the glyph in the file.
        """
        meanings = self.used.setdefault(face, {})
        return meanings.setdefault(glyph, text) == text


def _missing_sentence(character: str, word: str) -> str:
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "").capitalize()
    described = f"{code}, {name}" if name else code
    shown = character if character.isprintable() else code
    script = _script_of(character)
    if script is not None:
        return (
            f"The word “{word}” is in the {script} script (its letter {described}), and no font "
            "for that script is installed with this program. Nothing was printed. Take the word "
            "out, or write it in letters that the fonts have."
        )
    return (
        f"The character “{shown}” ({described}) in “{word}” is in none of the fonts, so it could "
        "only be printed as an empty box. Nothing was printed. Take it out, or write it in words."
    )


def _script_of(character: str) -> str | None:
    """The script of a letter, from its Unicode name; None for signs, and for scripts we carry."""
    if not unicodedata.category(character).startswith("L"):
        return None
    first = unicodedata.name(character, "").split(" ")[0].capitalize()
    if first.startswith("Cjk"):
        return "Chinese"
    return (
        None if first in ("", "Latin", "Greek", "Cyrillic", "Modifier", "Mathematical") else first
    )
