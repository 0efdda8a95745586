"""How alike two words are: letters without marks, by ear, and by how few slips lie between."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"}
)
"""Letters that are no letter with a mark on it, in the form people type instead."""

_KNOWN = 1 << 17
"""Words, or pairs of them, whose comparison is remembered."""


@lru_cache(maxsize=_KNOWN)
def folded(text: str) -> str:
    """Small letters and digits without marks, words apart by one space.

    Apostrophes and full stops go (O’Brien is obrien, N.H.S. is nhs); anything else parts words.
    """
    plain = unicodedata.normalize("NFKD", text).casefold()  # first, for a letter in another's shape
    plain = unicodedata.normalize("NFKD", plain)
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = re.sub(r"['’‘`´.]", "", plain.translate(_LETTERS))
    return " ".join(re.findall(r"[^\W_]+", plain))


@lru_cache(maxsize=_KNOWN)
def sound(word: str) -> str:
    """A folded word roughly as it is heard, in at most six signs; the same for likely misspellings.

    Vowels count only in front, doubled letters once.
    """
    for written, heard in _HEARD:
        word = word.replace(written, heard)
    for silent, heard in (("kn", "n"), ("wr", "r"), ("ps", "s"), ("mk", "mc")):
        if word.startswith(silent):
            word = heard + word[len(silent) :]
    word = re.sub(r"c(?=[eiy])", "s", word).translate(_ALIKE)
    head, tail = word[:1], re.sub(r"[aeiouyhw]", "", word[1:])
    if head in "aeiouy":
        head = "a"
    return re.sub(r"(.)\1+", r"\1", head + tail)[:6]


_HEARD = (
    ("tch", "x"), ("sch", "sk"), ("ch", "x"), ("sh", "x"), ("ph", "f"), ("gh", "g"), ("ck", "k"),
    ("dg", "j"), ("th", "t"), ("mac", "mc"), ("cz", "x"), ("sz", "x"),
)  # fmt: skip
_ALIKE = str.maketrans({"c": "k", "q": "k", "z": "s", "v": "f", "d": "t", "b": "p", "m": "n"})


@lru_cache(maxsize=_KNOWN)
def alikeness(one: str, other: str) -> float:
    """From 0 (nothing in common) to 1 (the same): Jaro’s measure, with Winkler’s for the beginning.

    Source: W. Winkler, 1990, “String comparator metrics and enhanced decision rules”.
    """
    if one == other:
        return 1.0
    if not one or not other:
        return 0.0
    reach = max(len(one), len(other)) // 2 - 1
    taken = [False] * len(other)
    common = []
    for place, sign in enumerate(one):
        for there in range(max(0, place - reach), min(len(other), place + reach + 1)):
            if not taken[there] and other[there] == sign:
                taken[there] = True
                common.append(sign)
                break
    if not common:
        return 0.0
    theirs = [sign for sign, is_taken in zip(other, taken, strict=True) if is_taken]
    swapped = sum(mine != yours for mine, yours in zip(common, theirs, strict=True)) / 2
    many = len(common)
    jaro = (many / len(one) + many / len(other) + (many - swapped) / many) / 3
    same = 0
    while same < min(4, len(one), len(other)) and one[same] == other[same]:
        same += 1
    return jaro + same * 0.1 * (1 - jaro)


def is_slip(one: str, other: str) -> bool:
    """Is one of two words the other with one slip: a letter more, less, other or two swapped?

    Not of words under four letters, which are too easily other words.
    """
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < 4 or len(long) - len(short) > 1:
        return False
    at = 0
    while at < len(short) and short[at] == long[at]:
        at += 1
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    if short[at + 1 :] == long[at + 1 :]:
        return True
    return short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
