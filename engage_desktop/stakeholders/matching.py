"""Whether two stakeholders are one: weighted rules, each with its reason in words.

A rule adds or takes away bits, as evidence does: ten bits for makes “the same one” a thousand
times as likely. What few share (a rare name, a number of one's own) is worth more than what many
do, so a switchboard's number counts for little. Source of the approach: I. Fellegi and A. Sunter,
1969, “A theory for record linkage”.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import log2
from typing import Any, ClassVar

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

ROLE_BOXES = word_set(
    "info admin office enquiries enquiry contact hello mail reception secretary manager team "
    "clerk chair support help general post"
)
"""Parts of an address before the @ behind which several people sit."""


AGAINST = "But: "
"""What a reason begins with that speaks against."""


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


class Rarity:
    """Bits that an equal value is worth: log2 of among how many it is one in."""

    DOUBLED = 1.7
    """Bits between “any other record” and “its duplicate”: not everybody is written down twice."""

    def __init__(self, cards: Iterable[Card]) -> None:
        self._counts: Counter[str] = Counter()
        many = {"p": 0, "o": 0}
        for card in cards:
            many[_side(card)] += 1
            self._counts.update(counted_keys(card))
        self._many = {side: log2(max(50, count)) for side, count in many.items()}
        self._known: dict[str, float] = {}

    def bits(self, key: str, most: float) -> float:
        """What it is worth that two share a key of `counted_keys`, at most `most`."""
        known = self._known.get(key)
        if known is None:
            known = self._many[key[0]] - log2(max(2, self._counts[key]))
            self._known[key] = known
        return min(most, known)

    def prior(self, card: Card) -> float:
        """Bits against any two of its side being one, before anything is known of them."""
        return self._many[_side(card)] + self.DOUBLED


class _Usual(Rarity):
    """What values are worth where nobody counted: as in a register of some ten thousand."""

    _BITS: ClassVar[Mapping[str, float]] = {"f": 8, "g": 6, "e": 11, "t": 9, "z": 8, "w": 5, "o": 8}

    def __init__(self) -> None:
        super().__init__(())

    def bits(self, key: str, most: float) -> float:
        return min(most, self._BITS[key[1]])

    def prior(self, card: Card) -> float:
        return 14.0


def _side(card: Card) -> str:
    return "o" if card.person is None else "p"


def counted_keys(card: Card) -> Iterator[str]:
    """By what it is counted how many share it: family and given name, words, e-mail and so on."""
    side = _side(card)
    if card.person is not None:
        yield f"{side}f {card.person.family}"
        yield f"{side}g {card.person.first}"
    if card.body is not None:
        yield from (f"{side}o {word}" for word in card.body.strong)
    yield from (f"{side}e {email}" for email in card.emails)
    yield from (f"{side}t {phone}" for phone in card.phones)
    yield f"{side}z {card.postcode}"
    yield f"{side}w {card.organisation}"


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

    __slots__ = ("against", "bits", "rarity", "reasons", "side")

    def __init__(self, one: Card, rarity: Rarity) -> None:
        self.rarity, self.side = rarity, _side(one)
        self.bits = -rarity.prior(one)
        self.reasons: list[str] = []
        self.against: list[str] = []

    def add(self, bits: float, reason: str) -> None:
        self.bits += bits
        (self.reasons if bits > 0 else self.against).append(reason)

    def worth(self, what: str, value: str, most: float) -> float:
        return self.rarity.bits(f"{self.side}{what} {value}", most)

    def pair(self, one: Card, other: Card) -> Pair:
        score = 1 / (1 + 2.0 ** -max(-60.0, min(60.0, self.bits)))
        reasons = (*self.reasons, *(f"{AGAINST}{reason}" for reason in self.against))
        return Pair(one.id, other.id, score, reasons)


def compare(one: Card, other: Card, rarity: Rarity | None = None) -> Pair | None:
    """The pair with its score; None where the two cannot be one.

    A person is never an organisation. Two first names of one household are two people. Without
    `rarity` every name is taken for one of middling rarity.
    """
    total = _Sum(one, rarity or USUAL)
    if one.person is not None and other.person is not None:
        if not _people(total, one, other, one.person, other.person):
            return None
    elif one.body is not None and other.body is not None:
        if not _bodies(total, one, other, one.body, other.body):
            return None
    else:
        return None
    _reached(total, one, other)
    _placed(total, one, other)
    _works(total, one, other)
    return total.pair(one, other)


def _people(total: _Sum, one: Card, other: Card, mine: PersonName, yours: PersonName) -> bool:
    if _swapped(mine, yours):
        same = mine.family == yours.first and yours.family == mine.first
        bits = total.worth("f", mine.family, 12) + total.worth("g", mine.first, 8)
        total.add(min(bits, 14) - (0 if same else 3), "First and family name are swapped")
        return True
    given = given_alike(mine.first, yours.first)
    if given is Given.OTHER and len(mine.given) + len(yours.given) > 2:
        given = _middle(mine, yours)
    if given is Given.OTHER:
        return False
    if {mine.gender, yours.gender} == {"he", "she"}:
        if given is not Given.SAME:
            return False
        total.add(-4, f"Titles differ: {one.name}, {other.name}")
    if mine.generation and yours.generation and mine.generation != yours.generation:
        total.add(-6, "One is the younger, the other the elder")
    family = family_alike(mine, yours)
    if family == 0.0:
        return _family_differs(total, one, other, given)
    total.add(_family_bits(total, mine, yours, family) + _given_bits(total, mine, yours, given),
              _about_names(one.name.strip(), other.name.strip(), family, given))  # fmt: skip
    _middles(total, mine, yours)
    return True


def _swapped(mine: PersonName, yours: PersonName) -> bool:
    """Is one's first name the other's family name and the other way round, but for a slip?"""
    return (
        len(mine.first) > 1
        and len(yours.first) > 1
        and mine.first[:1] == yours.family[:1]
        and mine.family[:1] == yours.first[:1]
        and is_slip(mine.family, yours.first)
        and is_slip(yours.family, mine.first)
        and mine.family != yours.family
    )


def _family_bits(total: _Sum, mine: PersonName, yours: PersonName, near: float) -> float:
    bits = min(total.worth("f", mine.family, 12), total.worth("f", yours.family, 12))
    if near == 1.0:
        return bits
    return bits - 2.5 if near >= 0.9 else bits - 5


_LESS = {Given.SAME: 0.0, Given.FORM: 0.5, Given.SLIP: 1.5, Given.NEAR: 3.0, Given.INITIAL: 4.0}
"""Bits that a given name is worth less than the same one."""


def _given_bits(total: _Sum, mine: PersonName, yours: PersonName, given: Given) -> float:
    if given is Given.UNKNOWN:
        return 0.0
    if given is Given.INITIAL:
        longer = max(mine.first, yours.first, key=len)
        return max(1.5, min(3.5, total.worth("g", longer, 8) - _LESS[given]))
    bits = min(total.worth("g", mine.first, 8), total.worth("g", yours.first, 8))
    return max(1.0, bits - _LESS[given])


def _about_names(first: str, second: str, family: float, given: Given) -> str:
    both = f"{first}, {second}"
    if family < 1.0:
        return f"Nearly the same name: {both}"
    match given:
        case Given.SAME:
            return "Same name"
        case Given.FORM:
            return f"Two forms of one name: {both}"
        case Given.SLIP:
            return f"Names differ by a letter: {both}"
        case Given.NEAR:
            return f"Names sound alike: {both}"
        case Given.INITIAL:
            return f"Same family name and initial: {both}"
    return f"Same family name; one has no first name: {both}"


def _middle(mine: PersonName, yours: PersonName) -> Given:
    """Some are known by their middle name."""
    for one, other in ((mine, yours), (yours, mine)):
        if len(one.given) > 1 and len(one.given[1]) > 1:
            found = given_alike(one.given[1], other.first)
            if found in (Given.SAME, Given.FORM):
                return Given.NEAR
    return Given.OTHER


def _family_differs(total: _Sum, one: Card, other: Card, given: Given) -> bool:
    """Another family name: only where one can be reached in the same way can they be one."""
    if given not in (Given.SAME, Given.FORM, Given.SLIP):
        return False
    if not (one.emails & other.emails or one.phones & other.phones or _one_home(one, other)):
        return False
    assert one.person is not None
    assert other.person is not None
    bits = _given_bits(total, one.person, other.person, given)
    total.add(bits, "Same first name" if given is Given.SAME else "Nearly the same first name")
    total.add(-4, f"Family names differ: {one.name}, {other.name}")
    return True


def _one_home(one: Card, other: Card) -> bool:
    same_house = bool(one.house) and one.house == other.house
    return same_house and bool(one.street) and _one_street(one, other)


def _one_street(one: Card, other: Card) -> bool:
    return one.street == other.street or alikeness(one.street, other.street) >= 0.88


def _middles(total: _Sum, mine: PersonName, yours: PersonName) -> None:
    if len(mine.given) > 1 and len(yours.given) > 1:
        found = given_alike(mine.given[1], yours.given[1])
        if found is Given.OTHER:
            total.add(-4, "Middle names differ")
        else:
            total.add(2, "Same middle name")


def _bodies(total: _Sum, one: Card, other: Card, mine: OrgName, yours: OrgName) -> bool:
    near = org_alike(mine, yours)
    if near < 0.45:
        return False
    shared = set(mine.strong) & set(yours.strong)
    bits = sum(total.worth("o", word, 10) for word in shared) + 2 * len(mine.light & yours.light)
    both = f"{one.name}, {other.name}"
    if near >= 0.99:
        plain = folded(one.name) == folded(other.name)
        # Bodies take care not to be called as others are.
        total.add(
            min(bits + 4, 18), "Same name" if plain else f"Same name, written otherwise: {both}"
        )
    elif near >= 0.85:
        total.add(max(6.0, min(bits, 14) - 0.5), f"Nearly the same name: {both}")
    else:
        total.add(max(0.5, min(bits, 12) - 2), f"Names have much in common: {both}")
        total.add(-5 if near < 0.7 else -3, "The rest of the names differs")
    return True


def _reached(total: _Sum, one: Card, other: Card) -> None:
    """E-mail and phone."""
    shared = one.emails & other.emails
    if shared:
        total.add(max(total.worth("e", each, 12) for each in shared), "Same e-mail address")
    elif one.emails and other.emails:
        _other_emails(total, one, other)
    numbers = one.phones & other.phones
    if numbers:
        total.add(max(total.worth("t", each, 10) for each in numbers), "Same phone number")
    elif one.phones and other.phones:
        if any(is_slip(mine, yours) for mine in one.phones for yours in other.phones):
            total.add(5, "Phone numbers differ by a digit")
        else:
            total.add(-1, "Phone numbers differ")


def _other_emails(total: _Sum, one: Card, other: Card) -> None:
    pairs = [(mine.partition("@"), yours.partition("@"))
             for mine in one.emails for yours in other.emails]  # fmt: skip
    if any(is_slip(m[0], y[0]) and m[0] != y[0] and m[2] == y[2] for m, y in pairs):
        total.add(6, "E-mail addresses differ by a letter")
    elif any(m[0] == y[0] and m[0] not in ROLE_BOXES for m, y in pairs):
        told_by_name = not any(sign.isdigit() for m, y in pairs if m[0] == y[0] for sign in m[0])
        total.add(1 if told_by_name else 4, "Same e-mail name at another provider")
    elif any(m[2] == y[2] for m, y in pairs):
        total.add(-2, "E-mail addresses differ")
    else:
        total.add(-1, "E-mail addresses are at different providers")


def _placed(total: _Sum, one: Card, other: Card) -> None:
    """Postcode and address. People move; two houses of one street are two households."""
    same_code = False
    if one.postcode and other.postcode:
        same_code = one.postcode == other.postcode
        if same_code:
            total.add(total.worth("z", one.postcode, 8), "Same postcode")
        elif is_slip(one.postcode, other.postcode):
            total.add(3, "Postcodes differ by a sign")
        else:
            total.add(-2.5, "Postcodes differ")
    if not (one.street and other.street):
        return
    near = _one_street(one, other)
    if near and one.house == other.house:
        total.add(3.5 if same_code else 6 if one.house else 2, "Same address")
    elif near and one.house and other.house:
        total.add(-3, "Houses differ")
    elif not same_code:
        total.add(-0.5, "Addresses differ")


def _works(total: _Sum, one: Card, other: Card) -> None:
    """Organisation, job and web address."""
    if one.organisation and other.organisation:
        if one.organisation == other.organisation:
            total.add(total.worth("w", one.organisation, 7), "Same organisation")
        elif org_alike(org_name(one.organisation), org_name(other.organisation)) >= 0.85:
            total.add(4, "Nearly the same organisation")
        else:
            total.add(-1.5, "Organisations differ")
    if one.job and one.job == other.job:
        total.add(1, "Same job title")
    if one.website and one.website == other.website:
        total.add(5, "Same web address")
    if one.age_band and other.age_band and one.age_band != other.age_band:
        total.add(-2, "Age bands differ")


USUAL = _Usual()

__all__ = [
    "ENOUGH", "USUAL", "Card", "Pair", "Rarity", "address_key", "card_of", "compare", "email_key",
    "phone_key", "postcode_key",
]  # fmt: skip
