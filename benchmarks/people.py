"""Made-up stakeholders of whom some are written down twice or more, and who is who.

Names are drawn as unevenly as in life, whole households and colleagues share what they share, and
a second entry is written as another officer would: short names, slips, another provider, gaps.
Nobody here is anybody: numbers are from the range kept free for drama, addresses from example.org.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import resources


def _words(text: str) -> list[str]:
    return text.split(" ")


FAMILIES = _words(
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans "
    "Walker White Roberts Green Hall Wood Jackson Clarke Khan Hughes Edwards Harris Lewis Turner "
    "Hill Scott Cooper Morris Ward Moore Clark Lee King Baker Harrison Morgan Allen James Begum "
    "Ahmed Hussain Singh Kaur Kowalski Nowak Popescu Okafor Adeyemi Mensah O’Brien O’Neill "
    "Murphy Kelly Ryan Doyle García Müller Žukauskas Şahin Nguyễn Søndergaard McDonald MacLeod "
    "St.John Fitzgerald Ashworth Barraclough Cholmeley Dewhurst Entwistle Featherstone Goldsworthy "
    "Hepworth Inglethorpe Jellicoe Kerslake Lillywhite Merriweather Netherton Ormerod Penhaligon "
    "Quenby Rowbotham Sidebottom Trelawney Umpleby Venables Winterbourne Yelland Zouch"
)
_HEADS = _words(
    "Ash Bram Cal Dun Ever Fen Gar Hol Ing Kel Lang Mar Nor Oak Pen Rad Sel Thorn Wel Yar"
)
_MIDDLES = ("", "ber", "ing", "ning", "ster", "ling", "ding", "ker", "ches", "wors")
_TAILS = _words("ton ford ley worth field by well ham wick dale more combe stead thwaite")
_STREETS = _words(
    "Mill Church Station Orchard Weavers Tannery Quarry Pound Market Bridge Abbey Vicarage"
)
_WAYS = ("Lane", "Road", "Street", "Close", "Hill", "Walk")
_SHORT = {"Lane": "Ln", "Road": "Rd", "Street": "St", "Close": "Cl"}
_TOWNS = _words("Marlford Kestbury Aldermere Pennicombe Harrow Bay Stowick Lynthorpe Brackwell")
_ABOUT = ("Carers", "Diabetes", "Stroke", "Youth", "Autism", "Maternity", "Deaf", "Veterans",
          "Farming", "Refugee", "Memory", "Cancer Support", "Sight Loss", "Parkinson’s", "Pride",
          "Patient Voice", "Mental Health", "Housing", "Food Bank", "Disability")  # fmt: skip
_BODIES = ("Forum", "Group", "Network", "Trust", "Association", "Society", "Centre", "Project")
_TITLES = ("Dr", "Mrs", "Mr", "Ms", "Cllr", "Prof")
_DOMAINS = ("mail", "post", "inbox", "letters", "webmail", "home", "county")
_BOXES = ("info", "enquiries", "office", "admin")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register: what it says, and who it really is."""

    who: int
    values: dict[str, Any]


def register(count: int, seed: int, doubled: float = 0.15) -> list[Entry]:
    """About `count` entries of which a share is about somebody who is there already."""
    chance = random.Random(seed)
    county = _County(chance, count)
    entries: list[Entry] = []
    who = 0
    while len(entries) < count:
        for true in county.arrivals():
            entries.append(Entry(who, true))
            while chance.random() < doubled:
                entries.append(Entry(who, county.again(true)))
            who += 1
    chance.shuffle(entries)
    return entries


def true_pairs(entries: list[Entry]) -> set[tuple[int, int]]:
    """(smaller, larger) places of the entries that are about the same one."""
    by_who: dict[int, list[int]] = {}
    for place, entry in enumerate(entries):
        by_who.setdefault(entry.who, []).append(place)
    return {(i, j) for some in by_who.values() for n, i in enumerate(some) for j in some[n + 1 :]}


class _County:
    def __init__(self, chance: random.Random, count: int) -> None:
        self.chance = chance
        items = resources.reference("nicknames").items
        self.given = [str(item["label"]) for item in items]
        chance.shuffle(self.given)
        self.forms = {item["label"]: [f.capitalize() for f in item["forms"]] for item in items}
        made = {h + m + t for h in _HEADS for m in _MIDDLES for t in _TAILS}
        rare = sorted(made)
        chance.shuffle(rare)
        self.families = [*FAMILIES, *rare[:1500]]
        self.weights = [1 / (n + 6) ** 0.8 for n in range(len(self.families))]
        self.given_weights = [1 / (n + 8) ** 0.7 for n in range(len(self.given))]
        self.postcodes = [self._postcode() for _ in range(max(50, count // 12))]
        bodies = (self._body() for _ in range(max(8, count // 25)))
        self.bodies = list({body["name"]: body for body in bodies}.values())
        self.left = list(self.bodies)

    # -- who there is ----------------------------------------------------------------------

    def arrivals(self) -> Iterator[dict[str, Any]]:
        """One more: an organisation, somebody who works in one, or a household."""
        draw = self.chance.random()
        if draw < 0.06 and self.left:
            yield self.left.pop()
        elif draw < 0.35:
            yield self._colleague()
        else:
            yield from self._household()

    def _person(self, family: str, home: tuple[str, str]) -> dict[str, Any]:
        given = self.chance.choices(self.given, self.given_weights)[0]
        if self.chance.random() < 0.04:
            family = f"{family}-{self._family()}"
        middle = f" {self.chance.choice(self.given)[0]}" if self.chance.random() < 0.1 else ""
        values = {"nature": "person", "name": f"{given}{middle} {family}"}
        self._reach(values, given, family)
        if self.chance.random() < 0.75:
            values["postcode"], values["address"] = home
            if self.chance.random() < 0.3:
                del values["address"]
        return values

    def _household(self) -> Iterator[dict[str, Any]]:
        family, home = self._family(), self._home()
        landline = self._phone()
        size = self.chance.choices((1, 2, 3), (70, 22, 8))[0]
        shared = f"{_plain(family)}family@{self._domain()}" if size > 1 else ""
        here: set[str] = set()
        for _ in range(size):
            person = self._person(family, home)
            if person["name"].partition(" ")[0] in here:
                continue  # two of one name in one home are told apart by nobody
            here.add(person["name"].partition(" ")[0])
            if size > 1 and self.chance.random() < 0.6:
                person["phone"] = landline
            if shared and self.chance.random() < 0.25:
                person["email"] = shared
            yield person

    def _colleague(self) -> dict[str, Any]:
        body = self.chance.choice(self.bodies)
        family = self._family()
        given = self.chance.choices(self.given, self.given_weights)[0]
        values = {"nature": "person", "name": f"{given} {family}", "organisation": body["name"]}
        domain = body["email"].partition("@")[2]
        if self.chance.random() < 0.8:
            values["email"] = f"{_plain(given)}.{_plain(family)}@{domain}"
        if self.chance.random() < 0.5:
            values["phone"] = body["phone"] if self.chance.random() < 0.5 else self._phone()
        if self.chance.random() < 0.5:
            values["postcode"], values["address"] = body["postcode"], body["address"]
        return values

    def _body(self) -> dict[str, Any]:
        place = self.chance.choice([*_TOWNS, *(self._family() for _ in range(3))])
        name = f"{place} {self.chance.choice(_ABOUT)} {self.chance.choice(_BODIES)}"
        postcode, address = self._home()
        return {
            "nature": "organisation", "name": name, "postcode": postcode, "address": address,
            "email": f"{self.chance.choice(_BOXES)}@{_plain(name)[:20]}.example.org",
            "phone": self._phone(),
        }  # fmt: skip

    def _reach(self, values: dict[str, Any], given: str, family: str) -> None:
        if self.chance.random() < 0.7:
            local = self.chance.choice((
                f"{_plain(given)}.{_plain(family)}", f"{_plain(given)[:1]}{_plain(family)}",
                f"{_plain(given)}{self.chance.randrange(100)}",
                f"{_plain(family)}{_plain(given)[:1]}{self.chance.randrange(100)}",
            ))  # fmt: skip
            values["email"] = f"{local}@{self._domain()}"
        if self.chance.random() < 0.6:
            values["phone"] = self._phone()

    def _family(self) -> str:
        return self.chance.choices(self.families, self.weights)[0]

    def _domain(self) -> str:
        return f"{self.chance.choice(_DOMAINS)}.example.org"

    def _phone(self) -> str:
        """Of the range for drama, made longer where that range is too short for a county."""
        return f"01632 {self.chance.randrange(10**6):06d}"

    def _postcode(self) -> str:
        pick = self.chance
        letters = "ABDEFGHJLNPQRSTUWXYZ"
        inward = f"{pick.randrange(10)}{pick.choice(letters)}{pick.choice(letters)}"
        return f"ZZ{pick.randrange(1, 30)} {inward}"

    def _home(self) -> tuple[str, str]:
        postcode = self.chance.choice(self.postcodes)
        street = random.Random(postcode)  # one street for one postcode
        way = f"{street.choice(_STREETS)} {street.choice(_WAYS)}"
        return postcode, f"{self.chance.randrange(1, 60)} {way}"

    # -- written down once more ------------------------------------------------------------

    def again(self, true: dict[str, Any]) -> dict[str, Any]:
        """The same one as somebody else wrote it down."""
        values = dict(true)
        person = true["nature"] == "person"
        values["name"] = (
            self._person_again(true["name"]) if person else self._body_again(true["name"])
        )
        for name, lost in (("email", 0.25), ("phone", 0.35), ("postcode", 0.25), ("address", 0.35),
                           ("organisation", 0.3)):  # fmt: skip
            if name in values and self.chance.random() < lost:
                del values[name]
        self._reach_again(values, true)
        self._place_again(values)
        return values

    def _person_again(self, name: str) -> str:
        given, *more = name.split()
        family = more[-1]
        draw = self.chance.random()
        if draw < 0.22 and self.forms.get(given):
            given = self.chance.choice(self.forms[given])
        elif draw < 0.29:
            given = given[0]
        elif draw < 0.37:
            given = self._slip(given)
        draw = self.chance.random()
        if draw < 0.1:
            family = self._slip(family)
        elif draw < 0.14 and "-" in family:
            family = family.partition("-")[0]
        elif draw < 0.16:
            family = self._family()  # married
        elif draw < 0.22:
            family = _marks_off(family)
        if self.chance.random() < 0.12:
            return f"{family}, {given}"
        if self.chance.random() < 0.02:
            return f"{family} {given}"
        title = (
            f"{self.chance.choice(('Dr', 'Cllr', 'Prof'))} " if self.chance.random() < 0.1 else ""
        )
        return f"{title}{given} {family}"

    def _body_again(self, name: str) -> str:
        draw = self.chance.random()
        if draw < 0.2:
            return f"{name} Ltd"
        if draw < 0.3:
            return f"The {name}"
        if draw < 0.45:
            return self._slip(name)
        if draw < 0.55:
            return name.replace("Association", "Assoc.").replace("Centre", "Ctr").replace(" ", "  ")
        if draw < 0.65:
            return name.rpartition(" ")[0]
        return name.upper() if draw < 0.75 else name

    def _reach_again(self, values: dict[str, Any], true: dict[str, Any]) -> None:
        chance = self.chance
        if email := values.get("email"):
            local, _, domain = email.partition("@")
            draw = chance.random()
            if draw < 0.1:
                values["email"] = f"{local}@{self._domain()}"
            elif draw < 0.18:
                values["email"] = f"{self._slip(local)}@{domain}"
            elif draw < 0.3:
                values["email"] = (
                    f"{_plain(true['name'])[:6]}{chance.randrange(1000)}@{self._domain()}"
                )
        if phone := values.get("phone"):
            draw = chance.random()
            if draw < 0.3:
                values["phone"] = f"+44 {phone[1:]}"
            elif draw < 0.5:
                values["phone"] = phone.replace(" ", "")
            elif draw < 0.56:
                values["phone"] = self._slip(phone)
            elif draw < 0.72:
                values["phone"] = self._phone()

    def _place_again(self, values: dict[str, Any]) -> None:
        chance = self.chance
        if chance.random() < 0.08 and "postcode" in values:  # moved
            values["postcode"], address = self._home()
            if "address" in values:
                values["address"] = address
        elif "postcode" in values and chance.random() < 0.05:
            values["postcode"] = self._slip(values["postcode"])
        if "postcode" in values and chance.random() < 0.3:
            values["postcode"] = values["postcode"].lower().replace(" ", "")
        if "address" in values and chance.random() < 0.4:
            for full, short in _SHORT.items():
                values["address"] = values["address"].replace(full, short)

    def _slip(self, word: str) -> str:
        """One letter (or digit) more, less, other, or two swapped; not the first."""
        if len(word) < 4:
            return word
        at = self.chance.randrange(1, len(word) - 1)
        new = self.chance.choice("0123456789" if word[at].isdigit() else _LETTERS)
        match self.chance.randrange(4):
            case 0:
                return word[:at] + word[at + 1 :]
            case 1:
                return word[:at] + new + word[at:]
            case 2:
                return word[:at] + new + word[at + 1 :]
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _plain(name: str) -> str:
    return "".join(sign for sign in _marks_off(name).lower() if sign.isascii() and sign.isalnum())


def _marks_off(name: str) -> str:
    import unicodedata

    plain = unicodedata.normalize("NFKD", name.replace("ø", "o").replace("’", "'"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


__all__ = ["Entry", "register", "true_pairs"]
