"""Signatures that cost a hash and not an elliptic curve, with the face of the real ones."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from unittest import mock

from engage_desktop.sync.entries import Entry
from engage_desktop.sync.goodness import reason_by_itself


class CheapKey:
    """Stands in for `SigningKey`. Whoever reads the public key can sign: nobody here does."""

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        self.public = hashlib.sha256(b"public" + seed).hexdigest()

    def sign(self, purpose: str, message: bytes) -> bytes:
        """64 bytes."""
        return _seal(self.public, purpose, message)


def _seal(public: str, purpose: str, message: bytes) -> bytes:
    return hashlib.sha512(public.encode() + purpose.encode() + b"\0" + message).digest()


def _holds(public: str, purpose: str, message: bytes, signature: bytes) -> bool:
    return _seal(public, purpose, message) == signature


@contextlib.contextmanager
def cheap_signatures() -> Iterator[None]:
    """Inside, what reads rosters takes `CheapKey`s for real ones."""
    with contextlib.ExitStack() as stack:
        for module in ("entries", "goodness"):
            where = f"engage_desktop.sync.{module}.signature_holds"
            stack.enter_context(mock.patch(where, _holds))
        # What an entry is by itself is asked anew at each fold: here once, for it cannot change.
        stack.enter_context(
            mock.patch("engage_desktop.sync.fold.reason_by_itself", _once(reason_by_itself))
        )
        yield


def _once(asked: Callable[[Entry, str, str], str]) -> Callable[[Entry, str, str], str]:
    known: dict[str, str] = {}

    def answer(entry: Entry, root: str, team: str) -> str:
        if entry.sha256 not in known:
            known[entry.sha256] = asked(entry, root, team)
        return known[entry.sha256]

    return answer


AGE = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"
"""A recipient for entries: nothing is sealed here."""
