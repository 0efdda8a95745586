"""Words to glyphs.

ReportLab draws right-to-left text only with a companion library that cannot be installed
everywhere, and without it silently leaves the words in the wrong order. So the text is shaped
here, with HarfBuzz, and put in order here, with the bidirectional algorithm; ReportLab is handed
positioned glyphs. Lengths in this file are in thousandths of an em unless they say points.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bidi import algorithm as bidi

from engage_desktop.documents.fonts import Face, Font, FontBook, clusters, is_invisible

_RTL = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})


@dataclass(frozen=True)
class Piece:
    """Glyphs of one face, ready for a `TJ` operator.

    `strokes` pairs a rise (thousandths of an em) with the inside of a TJ array. `actual` is the
    text it stands for where the glyphs alone would be read back wrongly. `scale` is the face's
    size beside the size asked for, so that capitals of different faces are equally tall.
    """

    face: Face
    scale: float
    strokes: tuple[tuple[float, str], ...]
    width: float
    actual: str | None


@dataclass(frozen=True)
class Shaped:
    """A word, or a whole right-to-left line, with its width in thousandths of an em."""

    text: str
    pieces: tuple[Piece, ...]
    width: float


def has_rtl(text: str) -> bool:
    """Whether any character is written from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(c) in _RTL for c in text)


def starts_rtl(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left."""
    return bool(bidi.get_base_level(text))


def clean(text: str) -> str:
    """Composed text with tabs and odd spaces made plain, and characters nobody can see removed.

    Line feeds stay: they are breaks that the writer meant.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if composed.isascii() and composed.isprintable():
        return composed
    kept = []
    for character in composed:
        if character == "\n" or character in "\u200c\u200d":
            kept.append(character)
        elif character in "\u2028\u2029\x0b\x0c\x85":
            kept.append("\n")
        elif character == "\u00ad" or character == "\ufeff":
            continue
        elif character.isspace():
            # A no-break space keeps its duty here; it is drawn as a plain one.
            kept.append("\u00a0" if character in "\u00a0\u202f\u2007" else " ")
        elif unicodedata.category(character) not in ("Cc", "Cf") or character in "\u200e\u200f":
            kept.append(character)
    return "".join(kept)


class Shaper:
    """Shapes for one document, keeping every word it has met: a register repeats most of them."""

    def __init__(self, book: FontBook) -> None:
        self.book = book
        self._words: dict[tuple[str, Font], Shaped] = {}

    def word(self, text: str, font: Font) -> Shaped:
        """One word (or several held together by no-break spaces).

        Raises MissingGlyphError.
        """
        key = (text, font)
        found = self._words.get(key)
        if found is None:
            found = self._words[key] = self._shape(text, font)
        return found

    def _shape(self, text: str, font: Font) -> Shaped:
        if has_rtl(text):
            return self.bidirectional(text, font, rtl=starts_rtl(text))
        drawn = text.replace("\u00a0", " ")
        pieces = [self._piece(face, run, font, rtl=False) for face, run in self._runs(drawn, font)]
        return Shaped(text, tuple(pieces), sum(piece.width for piece in pieces))

    def bidirectional(self, line: str, font: Font, *, rtl: bool) -> Shaped:
        """A whole line that mixes directions, put in the order it stands on the page."""
        drawn = line.replace("\u00a0", " ")
        pieces = []
        for level, text in _visual_runs(drawn, rtl=rtl):
            backwards = bool(level % 2)
            runs = list(self._runs(text, font))
            for face, run in reversed(runs) if backwards else runs:
                pieces.append(self._piece(face, run, font, rtl=backwards))
        return Shaped(line, tuple(pieces), sum(piece.width for piece in pieces))

    def _runs(self, text: str, font: Font) -> list[tuple[Face, str]]:
        """`text` divided where the face has to change."""
        runs: list[tuple[Face, str]] = []
        for cluster in clusters(text):
            if cluster == " " and runs:
                face = runs[-1][0] if runs[-1][0].covers(" ") else self.book.chain(font)[0]
            else:
                face = self.book.face_for(cluster, font, text.strip())
            if runs and runs[-1][0] is face:
                runs[-1] = (face, runs[-1][1] + cluster)
            else:
                runs.append((face, cluster))
        return runs

    def _piece(self, face: Face, text: str, font: Font, *, rtl: bool) -> Piece:
        infos, positions = face.shape(text, rtl=rtl)
        meanings = _meanings([info.cluster for info in infos], text)
        exact = not rtl
        for info, meaning in zip(infos, meanings, strict=True):
            if meaning is None:
                exact = False
                self.book.use(face, info.codepoint, _placeholder(face, info.codepoint, text))
            elif not self.book.use(face, info.codepoint, meaning):
                exact = False
        unit = 1000 / face.upem
        primary = self.book.chain(font)[0]
        scale = (primary.cap_height / primary.upem) / (face.cap_height / face.upem)
        scale = 1.0 if face is primary else round(scale, 4)
        glyphs = [
            (info.codepoint, p.x_advance * unit, p.x_offset * unit, p.y_offset * unit)
            for info, p in zip(infos, positions, strict=True)
        ]
        width = sum(glyph[1] for glyph in glyphs) * scale
        return Piece(face, scale, _strokes(face, glyphs), width, None if exact else text)


def _meanings(found: Sequence[int], text: str) -> list[str | None]:
    """What each glyph stands for: the text of its cluster, or None where glyphs share one."""
    starts = sorted(set(found))
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    return [
        text[cluster : ends[cluster]] if found.count(cluster) == 1 else None for cluster in found
    ]


def _placeholder(face: Face, glyph: int, text: str) -> str:
    """A meaning for a glyph that is only part of a cluster; the file's ActualText says the rest."""
    for character in text:
        if face.cmap.get(ord(character)) == glyph:
            return character
    visible = next((c for c in text if not is_invisible(c)), text[:1])
    return visible or " "


def _strokes(
    face: Face, glyphs: Sequence[tuple[int, float, float, float]]
) -> tuple[tuple[float, str], ...]:
    """The inside of TJ arrays: hexadecimal glyph numbers with the kerns between them.

    A kern is written as the difference between where HarfBuzz wants the next glyph and where the
    face's own advance width would leave it.
    """
    strokes: list[tuple[float, str]] = []
    parts: list[str] = []
    digits: list[str] = []
    rise = 0.0
    unit = 1000 / face.upem

    def flush() -> None:
        if digits:
            parts.append(f"<{''.join(digits)}>")
            digits.clear()

    def shift(amount: float) -> None:
        if abs(amount) >= 0.5:
            flush()
            parts.append(f"{-amount:.0f}")

    for glyph, advance, x_offset, y_offset in glyphs:
        if abs(y_offset - rise) >= 0.5:
            flush()
            if parts:
                strokes.append((rise, " ".join(parts)))
                parts = []
            rise = y_offset
        shift(x_offset)
        digits.append(f"{glyph:04X}")
        shift(advance - x_offset - face.advances[glyph] * unit)
    flush()
    strokes.append((rise, " ".join(parts)))
    return tuple(strokes)


def _visual_runs(line: str, *, rtl: bool) -> list[tuple[int, str]]:
    """(level, logical text) for each stretch of one direction, in order from left to right."""
    storage = bidi.get_empty_storage()
    storage["base_level"] = int(rtl)
    storage["base_dir"] = "R" if rtl else "L"
    bidi.get_embedding_levels(line, storage)
    for index, character in enumerate(storage["chars"]):
        character["at"] = index
    bidi.explicit_embed_and_overrides(storage)
    bidi.resolve_weak_types(storage)
    bidi.resolve_neutral_types(storage, False)
    bidi.resolve_implicit_levels(storage, False)
    bidi.reorder_resolved_levels(storage, False)
    runs: list[list[int]] = []
    levels: list[int] = []
    for character in storage["chars"]:
        at, level = int(character["at"]), int(character["level"])
        step = -1 if level % 2 else 1
        if runs and levels[-1] == level and at == runs[-1][-1] + step:
            runs[-1].append(at)
        else:
            runs.append([at])
            levels.append(level)
    return [
        (level, "".join(line[at] for at in sorted(run)))
        for level, run in zip(levels, runs, strict=True)
    ]
