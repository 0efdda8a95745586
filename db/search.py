"""Words typed by a person, as FTS5 is asked for them.

A list shows the newest hits first and stops after a page. FTS5 can walk the hits of one whole word
backwards and stop, and those of a beginning that has an index of its own (three letters). For any
longer beginning it gathers every hit there is before it gives the first: measured, 21 ms for a
word that half a million comments hold. So a longer beginning is first looked up among the words of
the index; where only a few begin so, those are asked for as whole words, and the walk is short.
Source: SQLite documentation, "FTS5", on prefix indexes and on the fts5vocab table.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from unicodedata import category, normalize

from db.connection import Connection

LEAST_PREFIX = 3
"""Letters a word needs before it finds longer words that begin with it."""

MOST_ENDINGS = 24
"""Above this many words, to ask for each costs more than to gather all hits."""

AT_ONCE = 64
"""Places in the index looked at for one word: a rare one is known after one look."""

Endings = Callable[[str], Sequence[str] | None]
"""The words of the index that begin with this one; None where they are many or not known."""


def match_words(text: str, endings: Endings | None = None) -> str:
    """What a person typed, as an FTS5 query: every word, the longer ones also as beginnings."""
    plain, known = [], []
    for word in words_of(text):
        quoted = '"' + word.replace('"', '""') + '"'
        if _last_letters(word) < LEAST_PREFIX:
            plain.append(quoted)
        elif whole := endings(word) if endings is not None else None:
            known.append('("' + '" OR "'.join(whole) + '")')
        else:
            plain.append(quoted + " *")
    if known and plain:
        known.append(f"({' '.join(plain)})")
    return " AND ".join(known) or " ".join(plain) or '""'


def words_of(text: str) -> Sequence[str]:
    """The words in what was typed, without the signs that no index holds."""
    # Marks that sit on letters stay, or words of some scripts would fall apart.
    cleaned = "".join(
        ch if ch.isalnum() or ch in "'’@._-+" or category(ch).startswith("M") else " "
        for ch in normalize("NFC", text)
    )
    return [word for word in cleaned.split() if any(ch.isalnum() for ch in word)]


def _last_letters(word: str) -> int:
    """How many letters stand behind the last sign: what the index has as the last word."""
    count = 0
    for ch in reversed(word):
        if not ch.isalnum():
            break
        count += 1
    return count


class Vocabulary:
    """The words that the search index of each kind holds, seen through one read-only connection.

    The view of them is a temporary table of that connection's: nothing is written to the store.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._open: set[str] = set()

    def open(self, kind: str) -> None:
        """Make a kind's words known; within a transaction, which would undo it, do nothing."""
        if kind in self._open or self._connection.in_transaction:
            return
        with contextlib.ExitStack() as after:
            self._connection.execute("PRAGMA query_only = OFF")  # refuses temporary tables too
            after.callback(self._connection.execute, "PRAGMA query_only = ON")
            self._connection.execute(
                f'CREATE VIRTUAL TABLE temp."{kind}__fts_terms" '
                f"USING fts5vocab('main', '{kind}__fts', 'instance')"
            )
        self._open.add(kind)

    def endings(self, kind: str, word: str) -> list[str] | None:
        """The words that begin with this one, where looking them up is worth it.

        None for more than `MOST_ENDINGS`, and for a word that the index might spell otherwise.
        """
        if kind not in self._open or not (word.isascii() and word.isalnum()):
            return None
        at = word.lower()
        if len(at) <= LEAST_PREFIX:
            return None
        past = at[:-1] + chr(ord(at[-1]) + 1)
        found: list[str] = []
        while len(found) <= MOST_ENDINGS:
            terms = self._connection.execute(
                f'SELECT term FROM temp."{kind}__fts_terms" WHERE term >= ? AND term < ? '
                f"LIMIT {AT_ONCE}",  # as a parameter it would have this prepared each time
                (at, past),
            ).fetchall()
            for (term,) in terms:
                if not found or found[-1] != term:
                    found.append(term)
            if len(terms) < AT_ONCE:
                break
            at = found[-1] + "\x01"  # no word holds it, so the next word is the first behind it
        return found if len(found) <= MOST_ENDINGS else None
