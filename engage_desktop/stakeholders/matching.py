"""Whether two stakeholders are one: weighted rules, each with its reason in words.

A rule adds or takes away bits, as evidence does: ten bits for makes the same person a thousand
times as likely. The weights were set on generated sets of other seeds than those that
`benchmarks/duplicates.py` reports. Source of the approach: Fellegi and Sunter, 1969, “A theory for
record linkage”.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engage_desktop.stakeholders.names import (
    Given,
    OrgName,
    PersonName,
    family_alike,
    given_alike,
    org_alike,
    org_name,
    person_name,
    word_set,
)
from engage_desktop.stakeholders.words import alikeness, folded, is_slip

ENOUGH = 0.5
"""Pairs with this score or more are shown to a person."""

PRIOR = 11.0
"""Bits against any two records being one, before anything is known of them."""

ROLE_BOXES = word_set(
    "info admin office enquiries enquiry contact hello mail reception secretary manager team "
    "clerk chair support help general post"
)
"""Parts of an address before the @ behind which several people sit."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two stakeholders, by id, that may be one. `score` is 0 to 1, `reasons` are sentences without
    a full stop: what speaks for it, then what against."""

    one: str
    other: str
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """What is compared of one stakeholder. Exactly one of `person` and `body` is there."""

    id: str
    name: str
    person: PersonName | None = None
    body: OrgName | None = None
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    postcode: str = ""
    house: str = ""
    street: str = ""
    organisation: str = ""
    job: str = ""
    website: str = ""
    age_band: str = ""


@dataclass(frozen=True, slots=True)
class Rarity:
    """Bits that an equal name is worth: much where hardly anybody else has it."""

    bits: Mapping[str, float] = field(default_factory=dict)
    usual: float = 9.0

    def of(self, key: str) -> float:
        """The bits of a name, by its key."""
        return self.bits.get(key, self.usual)


PLAIN = Rarity()


def card_of(record_id: str, values: Mapping[str, Any], organisation: str = "") -> Card:
    """What is compared, from a record's or a form's values. `organisation` is what its link names:
    an id, or the words themselves."""

    def text(name: str) -> str:
        return str(values.get(name) or "")

    name = text("name")
    is_person = (values.get("nature") or "person") == "person"
    house, street = address_key(text("address"))
    phones = (phone_key(text(each)) for each in ("phone", "mobile", "other_phone"))
    emails = (email_key(text(each)) for each in ("email", "other_email"))
    return Card(
        record_id,
        name,
        person_name(name) if is_person else None,
        None if is_person else org_name(name),
        frozenset(emails) - {""},
        frozenset(phones) - {""},
        postcode_key(text("postcode")),
        house,
        street,
        folded(organisation),
        folded(text("job_title")),
        re.sub(r"^https?://(www\.)?|/$", "", text("website").casefold().strip()),
        text("age_band"),
    )


# -- values in the form in which they are compared ----------------------------------------------


def email_key(text: str) -> str:
    """An address in small letters, without what stands behind a plus."""
    local, at, domain = text.strip().casefold().partition("@")
    return f"{local.partition('+')[0]}@{domain}" if at and local and domain else ""


def phone_key(text: str) -> str:
    """The last nine digits: with or without +44, 0 or gaps; without an extension. "" for less."""
    number = re.split(r"(?i)\s*(?:ext?n?\.?|x|#)\s*\d", text.replace("(0)", ""))[0]
    digits = re.sub(r"\D", "", number)
    return digits[-9:] if len(digits) >= 9 else ""


def postcode_key(text: str) -> str:
    """A postcode in capitals and without gaps."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def address_key(text: str) -> tuple[str, str]:
    """(numbers of house and flat, telling words of the street): “Flat 2, 14 Mill”: 2 14, mill."""
    first = folded(text.partition("\n")[0])
    numbers = re.findall(r"\b\d+[a-z]?\b", first)
    words = [word for word in first.split() if word not in numbers and word not in _STREET]
    return " ".join(numbers), " ".join(words[:2])


_STREET = word_set("flat apartment apt unit house no the st street rd road ln lane ave avenue cl "
    "close dr drive ct court cres crescent way")  # fmt: skip


# -- the rules -----------------------------------------------------------------------------------


class _Sum:
    """Bits so far, with what speaks for it and against."""

    __slots__ = ("against", "bits", "reasons")

    def __init__(self) -> None:
        self.bits = -PRIOR
        self.reasons: list[str] = []
        self.against: list[str] = []

    def add(self, bits: float, reason: str) -> None:
        self.bits += bits
        (self.reasons if bits > 0 else self.against).append(reason)

    def pair(self, one: Card, other: Card) -> Pair:
        score = 1 / (1 + 2.0 ** -max(-60.0, min(60.0, self.bits)))
        reasons = (*self.reasons, *(f"But: {reason}" for reason in self.against))
        return Pair(one.id, other.id, score, reasons)


def compare(one: Card, other: Card, rarity: Rarity = PLAIN) -> Pair | None:
    """The pair with its score; None where the two cannot be one.

    A person is never an organisation. Two first names of one household are two people.
    """
    total = _Sum()
    if one.person is not None and other.person is not None:
        if not _people(total, one, other, one.person, other.person, rarity):
            return None
    elif one.body is not None and other.body is not None:
        if not _bodies(total, one, other, one.body, other.body, rarity):
            return None
    else:
        return None
    _reached(total, one, other)
    _placed(total, one, other)
    _works(total, one, other)
    return total.pair(one, other)


def _people(
    total: _Sum, one: Card, other: Card, mine: PersonName, yours: PersonName, rarity: Rarity
) -> bool:
    if mine.family == yours.first and yours.family == mine.first and mine.family and mine.given:
        total.add(rarity.of(name_key(one)) - 1, "First and family name are swapped")
        return True
    given = given_alike(mine.first, yours.first)
    if given is Given.OTHER and len(mine.given) + len(yours.given) > 2:
        given = _middle(mine, yours)
    family = family_alike(mine, yours)
    if given is Given.OTHER:
        return False
    if {mine.gender, yours.gender} == {"he", "she"}:
        if given is not Given.SAME:
            return False
        total.add(-4, f"Titles differ: {one.name}, {other.name}")
    if mine.generation and yours.generation and mine.generation != yours.generation:
        total.add(-6, "One is the younger, the other the elder")
    bits = min(rarity.of(name_key(one)), rarity.of(name_key(other)))
    if family == 0.0:
        return _family_differs(total, one, other, given)
    first, second = one.name.strip(), other.name.strip()
    if family < 1.0:
        bits -= 2.0 if family >= 0.9 else 3.5
    match given:
        case Given.SAME:
            same = "Same name" if family == 1.0 else f"Nearly the same name: {first}, {second}"
            total.add(bits, same)
        case Given.FORM:
            total.add(bits - 1, f"Two forms of one name: {first}, {second}")
        case Given.SLIP:
            total.add(bits - 1.5, f"Names differ by a letter: {first}, {second}")
        case Given.NEAR:
            total.add(bits - 3, f"Names sound alike: {first}, {second}")
        case Given.INITIAL:
            total.add(bits - 4, f"Same family name and initial: {first}, {second}")
        case _:
            total.add(bits - 5.5, f"Same family name; one has no first name: {first}, {second}")
    _middles(total, mine, yours)
    return True


def _middle(mine: PersonName, yours: PersonName) -> Given:
    """Some are known by their middle name."""
    for one, other in ((mine, yours), (yours, mine)):
        if len(one.given) > 1 and len(one.given[1]) > 1:
            found = given_alike(one.given[1], other.first)
            if found in (Given.SAME, Given.FORM):
                return Given.NEAR
    return Given.OTHER


def _family_differs(total: _Sum, one: Card, other: Card, given: Given) -> bool:
    """Another family name: only the same address for mail, or phone and house, can tell."""
    if given not in (Given.SAME, Given.FORM):
        return False
    same_house = one.postcode and one.postcode == other.postcode and one.house == other.house
    if not (one.emails & other.emails or (one.phones & other.phones and same_house)):
        return False
    total.add(1.5, "Same first name")
    total.add(-3, f"Family names differ: {one.name}, {other.name}")
    return True


def _middles(total: _Sum, mine: PersonName, yours: PersonName) -> None:
    if len(mine.given) > 1 and len(yours.given) > 1:
        found = given_alike(mine.given[1], yours.given[1])
        if found is Given.OTHER:
            total.add(-4, "Middle names differ")
        else:
            total.add(1.5, "Same middle name")


def _bodies(
    total: _Sum, one: Card, other: Card, mine: OrgName, yours: OrgName, rarity: Rarity
) -> bool:
    near = org_alike(mine, yours)
    if near < 0.45:
        return False
    bits = min(rarity.of(name_key(one)), rarity.of(name_key(other))) + 1.5
    if near >= 0.99:
        plain = folded(one.name) == folded(other.name)
        other_form = f"Same name, written otherwise: {one.name}, {other.name}"
        total.add(bits, "Same name" if plain else other_form)
    elif near >= 0.85:
        total.add(bits - 2, f"Nearly the same name: {one.name}, {other.name}")
    elif near >= 0.7:
        total.add(bits - 4, f"Names have much in common: {one.name}, {other.name}")
    else:
        total.add(1, f"Names have something in common: {one.name}, {other.name}")
        total.add(-3, "The rest of the names differs")
    return True


def _reached(total: _Sum, one: Card, other: Card) -> None:
    """E-mail and phone."""
    shared = one.emails & other.emails
    if shared:
        box = min(shared).partition("@")[0]
        total.add(5 if box in ROLE_BOXES else 9, "Same e-mail address")
    elif one.emails and other.emails:
        _other_emails(total, one, other)
    if one.phones & other.phones:
        total.add(6, "Same phone number")
    elif one.phones and other.phones:
        if any(is_slip(mine, yours) for mine in one.phones for yours in other.phones):
            total.add(2.5, "Phone numbers differ by a digit")
        else:
            total.add(-1, "Phone numbers differ")


def _other_emails(total: _Sum, one: Card, other: Card) -> None:
    pairs = [(mine.partition("@"), yours.partition("@"))
             for mine in one.emails for yours in other.emails]  # fmt: skip
    if any(is_slip("@".join(m[::2]), "@".join(y[::2])) for m, y in pairs):
        total.add(4, "E-mail addresses differ by a letter")
    elif any(m[0] == y[0] and m[0] not in ROLE_BOXES for m, y in pairs):
        total.add(3, "Same e-mail name at another provider")
    elif any(m[2] == y[2] for m, y in pairs):
        total.add(-2, "E-mail addresses differ")
    else:
        total.add(-0.5, "E-mail addresses are at different providers")


def _placed(total: _Sum, one: Card, other: Card) -> None:
    """Postcode and address. People move; two houses of one street are two households."""
    same_code = False
    if one.postcode and other.postcode:
        same_code = one.postcode == other.postcode
        if same_code:
            total.add(5, "Same postcode")
        elif is_slip(one.postcode, other.postcode):
            total.add(2, "Postcodes differ by a sign")
        else:
            total.add(-2, "Postcodes differ")
    if not (one.street and other.street):
        return
    near = one.street == other.street or alikeness(one.street, other.street) >= 0.88
    if near and one.house == other.house:
        total.add(2.5 if same_code else 4.5, "Same address")
    elif near and one.house and other.house:
        total.add(-2.5, "Houses differ")
    elif not same_code:
        total.add(-0.5, "Addresses differ")


def _works(total: _Sum, one: Card, other: Card) -> None:
    """Organisation, job and web address."""
    if one.organisation and other.organisation:
        if one.organisation == other.organisation:
            total.add(3.5, "Same organisation")
        elif org_alike(org_name(one.organisation), org_name(other.organisation)) >= 0.85:
            total.add(2.5, "Nearly the same organisation")
        else:
            total.add(-1, "Organisations differ")
    if one.job and one.job == other.job:
        total.add(1, "Same job title")
    if one.website and one.website == other.website:
        total.add(5, "Same web address")
    if one.age_band and other.age_band and one.age_band != other.age_band:
        total.add(-2, "Age bands differ")


def name_key(card: Card) -> str:
    """By what a name is counted: so many share it."""
    if card.person is not None:
        return f"p {card.person.family} {card.person.first[:1]}"
    return f"o {' '.join(sorted(card.body.strong))}" if card.body is not None else ""


__all__ = [
    "ENOUGH", "Card", "Pair", "Rarity", "address_key", "card_of", "compare", "email_key",
    "name_key", "phone_key", "postcode_key",
]  # fmt: skip
