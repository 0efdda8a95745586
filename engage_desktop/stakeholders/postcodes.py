"""Does a postcode exist? Said without a network, and never as a reason to refuse one.

The list is the Office for National Statistics' directory of one month (`as_of()`), for England,
Scotland, Wales, the Channel Islands and the Isle of Man. New postcodes appear every month, so one
that is not in it is only asked about. Northern Ireland is not in the list: its licence is another.

The file: magic; length of the month's words and number of districts (`>BH`); the words; for each
district its four letters and the ten bits of the sectors it has (`>H`); then, sector by sector, 400
bits, one for each pair of the twenty letters that end a postcode. The whole has 560 kB.
"""

from __future__ import annotations

import itertools
import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple

import resources

MAGIC = b"ENGPC1"
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
"""The letters that end a postcode; C I K M O V never do."""

SECTOR_BYTES = len(LETTERS) ** 2 // 8
FICTIONAL = "ZZ"
"""No area of this name was ever given out: samples and exercises use it."""

_NOT_HELD = {"BT": "Northern Ireland", "BF": "the armed forces"}
_FORM = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][A-Z]{2})")
_LOOKS_ALIKE = {"O": "0", "0": "O", "I": "1", "1": "I", "S": "5", "5": "S", "L": "1"}
_PART = re.compile(r"([A-Z]{1,2})(?:([0-9][0-9A-Z]?)(?: ?([0-9](?:[A-Z]{2})?))?)?")


class Standing(StrEnum):
    """What is known of a postcode."""

    KNOWN = "known"
    NOT_KNOWN = "not_known"  # its district is there, it is not
    NO_DISTRICT = "no_district"
    NOT_REAL = "not_real"  # its area was never given out
    NOT_HELD = "not_held"  # cannot be said here
    NO_FORM = "no_form"  # it does not look like one


@dataclass(frozen=True, slots=True)
class Checked:
    """One postcode: how it is written, what is known, and the words beside the field ("" for
    nothing to say). `meant` are known ones that differ by a sign that is easily mistaken."""

    standing: Standing
    postcode: str
    words: str = ""
    meant: tuple[str, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Is there a reason to look again?"""
        return self.standing not in (Standing.KNOWN, Standing.NOT_HELD)


class _Listed(NamedTuple):
    as_of: str
    districts: Mapping[str, tuple[int, int]]  # the sectors it has, where its first one lies
    areas: frozenset[str]
    bits: bytes


def normalise(text: str) -> str:
    """A postcode as it is written: “sw1a0aa” is “SW1A 0AA”. "" where it has not the form."""
    match = _FORM.fullmatch(_plain(text))
    return f"{match[1]} {match[2]}" if match else ""


def check(text: str) -> Checked:
    """What is known of one postcode; of an empty text nothing is to be said."""
    plain = _plain(text)
    if not plain:
        return Checked(Standing.KNOWN, "")
    match = _FORM.fullmatch(plain)
    if match is None:
        meant = _meant(plain)
        return Checked(
            Standing.NO_FORM, text.strip(),
            f"“{text.strip()[:20]}” is not written like a postcode, for example SW1A 0AA."
            f"{_ask(meant)}", meant,
        )  # fmt: skip
    outcode, incode = match[1], match[2]
    postcode, listed = f"{outcode} {incode}", _listed()
    area = _area(outcode)
    if area == FICTIONAL:
        return Checked(
            Standing.NOT_REAL, postcode, f"{FICTIONAL} is not a real area: samples use it."
        )
    if area in _NOT_HELD:
        return Checked(
            Standing.NOT_HELD, postcode, f"Postcodes of {_NOT_HELD[area]} cannot be checked here."
        )
    if _is_listed(outcode, incode):
        return Checked(Standing.KNOWN, postcode)
    meant = _meant(plain)
    if area not in listed.areas:
        return Checked(
            Standing.NOT_REAL, postcode, f"{area} is not a real area.{_ask(meant)}", meant
        )
    if outcode not in listed.districts:
        words = f"There was no district {outcode} in {listed.as_of}.{_ask(meant)}"
        return Checked(Standing.NO_DISTRICT, postcode, words, meant)
    words = (
        f"{postcode} was not in use in {listed.as_of}.{_ask(meant)} "
        "Keep it if you are sure: new ones appear."
    )
    return Checked(Standing.NOT_KNOWN, postcode, words, meant)


def as_of() -> str:
    """The month of the list, in words."""
    return _listed().as_of


def lies_in(postcode: str, districts: str) -> int:
    """How exactly a place's list of districts names a postcode: 0 not at all, more is nearer.

    `districts` is what a place keeps: areas, districts, sectors or whole postcodes, separated by
    semicolons, commas or lines ("ZZ1 2; ZZ1 3").
    """
    match = _FORM.fullmatch(_plain(postcode))
    if match is None:
        return 0
    outcode, incode = match[1], match[2]
    best = 0
    for part in re.split(r"[;,\n]", districts):
        named = _PART.fullmatch(" ".join(part.upper().split()))
        if named is None or _area(outcode) != named[1]:
            continue
        if named[2] is None:
            best = max(best, 1)
        elif outcode == named[1] + named[2] and incode.startswith(named[3] or ""):
            best = max(best, 2 + len(named[3] or ""))
    return best


def nearest(postcode: str, places: Iterable[tuple[str, str]]) -> list[str]:
    """Of (id, districts) the ids of those that name a postcode most exactly; several where
    several do."""
    found = [(lies_in(postcode, districts), each) for each, districts in places]
    best = max((how for how, _ in found), default=0)
    return [each for how, each in found if how == best] if best else []


def _plain(text: str) -> str:
    return re.sub(r"[\s.\-]+", "", text).upper()


def _area(outcode: str) -> str:
    return outcode.rstrip("0123456789") if outcode[-1].isdigit() else re.split(r"\d", outcode)[0]


def _ask(meant: tuple[str, ...]) -> str:
    return f" Is {' or '.join(meant)} meant?" if meant else ""


def _meant(plain: str) -> tuple[str, ...]:
    """Known postcodes that look like this one: O for 0, I for 1, S for 5."""
    if len(plain) > 7:
        return ()
    ways = [(sign, _LOOKS_ALIKE[sign]) if sign in _LOOKS_ALIKE else (sign,) for sign in plain]
    found = []
    for signs in itertools.product(*ways):
        match = _FORM.fullmatch("".join(signs))
        if match and "".join(signs) != plain and _is_listed(match[1], match[2]):
            found.append(f"{match[1]} {match[2]}")
    return tuple(found[:2])


def _is_listed(outcode: str, incode: str) -> bool:
    listed = _listed()
    place = listed.districts.get(outcode)
    if place is None or incode[1] not in LETTERS or incode[2] not in LETTERS:
        return False
    sectors, first = place
    sector = int(incode[0])
    if not sectors >> sector & 1:
        return False
    before = (sectors & ((1 << sector) - 1)).bit_count()
    bit = LETTERS.index(incode[1]) * len(LETTERS) + LETTERS.index(incode[2])
    at = (first + before) * SECTOR_BYTES + bit // 8
    return bool(listed.bits[at] >> bit % 8 & 1)


@cache
def _listed() -> _Listed:
    data = resources.read_bytes("postcodes/gb.bin")
    size, count = struct.unpack_from(">BH", data, len(MAGIC))
    at = len(MAGIC) + 3
    words = data[at : at + size].decode()
    at += size
    districts: dict[str, tuple[int, int]] = {}
    sectors = 0
    for _ in range(count):
        name, mask = struct.unpack_from(">4sH", data, at)
        districts[name.decode().rstrip()] = (mask, sectors)
        sectors += mask.bit_count()
        at += 6
    return _Listed(words, districts, frozenset(map(_area, districts)), data[at:])
