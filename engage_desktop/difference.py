"""Where two texts differ, word by word, for people to see and to hear.

Never merges anything: a long text is always somebody's own. Lengths are in characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_WORDS = 2_000
"""Words compared one by one, in what is left between a common beginning and end."""

FOLD = 400
"""A run that both have is folded in the middle when it is longer."""

KEPT = 140
"""So much of it is left on either side of the fold."""

_WORD = re.compile(r"\s*\S+|\s+$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `mark` where the other text does not have it."""

    text: str
    mark: bool


def compared(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, those marked that the other does not have.

    The pieces of each, put together, are that text. Texts that differ in more than `MOST_WORDS`
    words are marked as a whole between their common beginning and end.
    """
    left, right = _WORD.findall(one), _WORD.findall(other)
    head = _same(left, right)
    tail = _same(left[head:][::-1], right[head:][::-1])
    ends = len(left) - tail, len(right) - tail
    middle = left[head : ends[0]], right[head : ends[1]]
    first, second = [(left[:head], False)], [(right[:head], False)]
    if max(map(len, middle)) > MOST_WORDS:
        first.append((middle[0], True))
        second.append((middle[1], True))
    else:
        for what, a, b, c, d in SequenceMatcher(None, *middle, autojunk=False).get_opcodes():
            first.append((middle[0][a:b], what != "equal"))
            second.append((middle[1][c:d], what != "equal"))
    first.append((left[ends[0] :], False))
    second.append((right[ends[1] :], False))
    return _joined(first), _joined(second)


def _same(left: Sequence[str], right: Sequence[str]) -> int:
    """How many words both begin with."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _joined(runs: list[tuple[list[str], bool]]) -> list[Piece]:
    pieces: list[Piece] = []
    for words, mark in runs:
        text = "".join(words)
        if not text:
            continue
        if pieces and pieces[-1].mark == mark:
            text = pieces.pop().text + text
        pieces.append(Piece(text, mark))
    return pieces


def folded(pieces: Sequence[Piece], most: int = 20_000) -> list[Piece]:
    """The same with long common runs folded to an ellipsis, and at most `most` characters."""
    short: list[Piece] = []
    room = most
    for piece in pieces:
        text = piece.text
        if not piece.mark and len(text) > FOLD:
            text = f"{text[:KEPT].rstrip()} … {text[-KEPT:].lstrip()}"
        if len(text) > room:
            short.append(Piece(text[:room] + "…", piece.mark))
            break
        room -= len(text)
        short.append(Piece(text, piece.mark))
    return short


def said(pieces: Sequence[Piece], most: int = 8) -> str:
    """What is marked, for those who listen: "Only here: “ten”; “and lunch”."."""
    marked = [" ".join(piece.text.split()) for piece in pieces if piece.mark]
    marked = [text for text in marked if text]
    if not marked:
        return "Nothing that the other does not have."
    words = "; ".join(
        f"“{text if len(text) <= 200 else text[:199] + '…'}”" for text in marked[:most]
    )
    more = f", and {len(marked) - most:,} more places" if len(marked) > most else ""
    return f"Only here: {words}{more}."


__all__ = ["Piece", "compared", "folded", "said"]
