"""How hard a passphrase is to guess, in words. No Qt, no network, no word list kept.

An estimate in bits from what a guesser tries first: known runs, repeats, few different
characters; then words. It never blocks anybody but the very shortest: NIST SP 800-63B asks for
length, not for classes of characters.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from engage_desktop.plain import counted

SHORTEST = 8
"""Fewest characters that are taken (NIST SP 800-63B, 3.1.1.2, for a secret chosen by a person)."""

_RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_COMMON = re.compile(
    r"pass\s*word|pass\s*phrase|letmein|welcome|admin|engage|nhs|summer|winter|spring|autumn"
    r"|monday|friday|liverpool|somerset|changeme|secret|qwerty",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Strength:
    """`level` is 0 (too short) to 4; `words` say it; `enough` is whether it may be used."""

    level: int
    words: str
    enough: bool


def strength_of(passphrase: str) -> Strength:
    """Judge a passphrase as it is typed."""
    if not passphrase:
        return Strength(0, "Four or more words that do not belong together work well.", False)
    if len(passphrase) < SHORTEST:
        more = SHORTEST - len(passphrase)
        return Strength(0, f"Too short: {counted(more, 'more character')}.", False)
    bits = guess_bits(passphrase)
    if bits < 30:
        return Strength(1, "Weak: easy to guess. Add a word or two.", True)
    if bits < 45:
        return Strength(2, "Fair. Another word makes it good.", True)
    if bits < 60:
        return Strength(3, "Good.", True)
    return Strength(4, "Strong.", True)


def guess_bits(passphrase: str) -> float:
    """About how many bits a guesser needs: 11 for each word, less for runs and repeats."""
    text = _COMMON.sub("~", passphrase.casefold())
    words = [w for w in re.split(r"[\s\-_.,]+", text) if w]
    distinct = list(dict.fromkeys(words))
    return sum(_word_bits(word) for word in distinct)


def _word_bits(word: str) -> float:
    letters = _shortened(word)
    if len(letters) <= 1:
        return 3.0
    per_character = math.log2(max(2, _alphabet(letters)))
    plain = len(letters) * min(per_character, 3.2 + 0.6 * math.log2(len(set(letters))))
    if letters.isalpha():
        return min(plain * 0.55, 14.0 + max(0, len(letters) - 8) * 2.0)
    return plain * 0.75


def _alphabet(letters: str) -> int:
    size = 26 if any(c.isalpha() for c in letters) else 0
    size += 10 if any(c.isdigit() for c in letters) else 0
    return size + (20 if any(not c.isalnum() for c in letters) else 0)


def _shortened(word: str) -> str:
    """The word with each run (abcd, 1234, aaaa) taken as one character."""
    kept: list[str] = []
    for character in word:
        if kept:
            pair = kept[-1][-1] + character
            follows = any(pair in run or pair in run[::-1] for run in _RUNS)
            if kept[-1][-1] == character or follows:
                kept[-1] += character
                continue
        kept.append(character)
    return "".join(part[0] if len(part) > 2 else part for part in kept)
