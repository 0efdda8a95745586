"""Officers' names: when two are one, and what an invitation may say for whom it is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from db.errors import InvalidInput
from engage_desktop.sync.entries import LONGEST_NAME
from engage_desktop.sync.errors import BadInvitation

if TYPE_CHECKING:
    from db.store import Store


_JOINERS = (0x200C, 0x200D)
"""They are not seen and belong into names in Persian, for example."""


def can_be_shown(name: str) -> bool:
    """Are all the signs of a name seen, or belong between letters that are?"""
    return name.translate(dict.fromkeys(_JOINERS)).isprintable()


def plain_name(officer: str) -> str:
    """A name as people tell it from others: neither capitals nor spaces matter, nor how an accent
    is put together.

    The roster is judged by it. What Unicode says of a letter that it knows never changes, so it is
    the same on every laptop whose Python knows the name's letters.
    """
    once = unicodedata.normalize("NFD", " ".join(officer.split()))
    return unicodedata.normalize("NFC", once.casefold())


class Named(Protocol):
    """A laptop, or who asks to be one."""

    @property
    def device(self) -> str:
        """Its number."""

    @property
    def officer(self) -> str:
        """Whose it is."""


def colleague_named(laptop: Named, laptops: Iterable[Named]) -> str:
    """Who has the name of this one on another laptop, as it is spelt there; "" for nobody."""
    wanted = plain_name(laptop.officer)
    others = (other.officer for other in laptops if other.device != laptop.device)
    return next((name for name in others if plain_name(name) == wanted), "")


def name_to_invite(name: str) -> str:
    """The name for which an invitation is made, in one spelling. Raises `InvalidInput`."""
    tidy = unicodedata.normalize("NFC", " ".join(name.split()))
    if not tidy:
        raise InvalidInput("Say whom the invitation is for. Nothing was made.")
    if len(tidy) > LONGEST_NAME or not can_be_shown(tidy):
        raise InvalidInput(
            f"The name of whom you invite is one line of up to {LONGEST_NAME} characters that can "
            "be seen. Nothing was made."
        )
    return tidy


def named(store: Store) -> str:
    """The officer's name as colleagues will know it. Raises `InvalidInput` when it is no name."""
    if not 0 < len(store.officer) <= LONGEST_NAME:
        raise InvalidInput(
            f"An officer’s name has from 1 to {LONGEST_NAME} characters. Nothing was changed. "
            "Make the workspace with a shorter name."
        )
    return store.officer


def check_invited(store: Store, invited: str) -> None:
    """Raise `BadInvitation` (other_name) where an invitation is for somebody else; "" is nobody."""
    if not invited or plain_name(invited) == plain_name(named(store)):
        return
    raise BadInvitation(
        f"This invitation is for {invited}, and the name here is {store.officer}. Nothing was "
        f"changed. If you are {invited}, begin your workspace under that name. If not, ask an "
        "admin for an invitation in your own name.",
        code="other_name",
    )


__all__ = [
    "can_be_shown",
    "check_invited",
    "colleague_named",
    "name_to_invite",
    "named",
    "plain_name",
]
