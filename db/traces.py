"""Keyed traces of an erased person: enough to know an old file's row again, and no more.

A trace is made with the team's secret from the values of the fields that a kind names as
identities, written so that another spelling of the same (capitals, gaps, "+44") gives the same.
Without the secret it tells nothing, and with it only whether a value one already has was erased.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any
from unicodedata import normalize

from db.fields import FieldType, Spec
from db.record import Record

LEAST_WORDS = 40
"""Letters of a long text below which it may be anybody's ("Very good, thank you")."""

MOST = 64
"""Combinations of values ever held that are traced for one identity."""

Derive = Callable[..., str]
"""The store's `derived_id`."""


def plain(spec: Spec, value: Any) -> str:
    """A value without what differs between two spellings of it; "" when it identifies nobody."""
    if value is None or isinstance(value, (dict, list, tuple)):
        return ""
    text = " ".join(normalize("NFKC", str(value)).casefold().split())
    if spec.type is FieldType.PHONE:
        digits = "".join(sign for sign in text if sign.isdigit())
        if text.startswith("+") or digits.startswith("00"):
            digits = digits.removeprefix("00")
            digits = f"0{digits[2:].removeprefix('0')}" if digits.startswith("44") else digits
        return digits
    if spec.type is FieldType.POSTCODE:
        return text.replace(" ", "")
    if spec.type is FieldType.LONG_TEXT:
        text = "".join(sign for sign in text if sign.isalnum())
        alone = len(text) >= LEAST_WORDS
        return text if alone else f"short:{text}" if text else ""
    return text


def traces(derive: Derive, cls: type[Record], held: Mapping[str, Iterable[Any]]) -> frozenset[str]:
    """The traces of a record whose fields held these values, now or before."""
    specs = cls.specs()
    found: set[str] = set()
    for names in cls.meta.identities:
        words = [
            sorted({plain(specs[name], value) for value in held.get(name, ())} - {""})
            for name in names
        ]
        for number, combination in enumerate(product(*words)):
            if number == MOST:
                break
            if len(names) == 1 and combination[0].startswith("short:"):
                continue
            found.add(derive("erased", cls.meta.name, *_known_as(cls, names), *combination))
    return frozenset(found)


def _known_as(cls: type[Record], names: tuple[str, ...]) -> tuple[str, ...]:
    """A number is the same number in whichever field of its type it stands: the first of these
    gives them all their name."""
    if len(names) > 1:
        return names
    specs = cls.specs()
    alone = [each[0] for each in cls.meta.identities if len(each) == 1]
    return (next(name for name in alone if specs[name].type is specs[names[0]].type),)


__all__ = ["LEAST_WORDS", "plain", "traces"]
