"""Names of people and of organisations, taken apart so that two spellings of one can be told.

Titles, honours and legal forms go; short forms, initials and swapped halves are known.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache

import resources
from engage_desktop.stakeholders.words import alikeness, folded, is_slip, sound


def word_set(words: str) -> frozenset[str]:
    """Words apart by spaces, as a set."""
    return frozenset(words.split())


_HE = frozenset({"mr", "sir", "lord", "fr", "father", "brother"})
_SHE = frozenset({"mrs", "ms", "miss", "lady", "dame", "sister", "madam"})
_OTHER_TITLES = word_set(
    "mx dr doctor prof professor rev revd reverend cllr councillor canon imam rabbi capt captain "
    "major col colonel sgt sergeant hon rt nurse"
)
_TITLES = _HE | _SHE | _OTHER_TITLES
_AFTER = word_set(
    "obe mbe cbe kbe dbe bem mp ms phd md msc bsc ba ma frcgp frcn rgn rn qc kc jp dl esq"
)
_GENERATION = {"jr": "younger", "junior": "younger", "jnr": "younger", "sr": "elder",
               "senior": "elder", "snr": "elder", "ii": "younger", "iii": "third"}  # fmt: skip
_BEFORE_FAMILY = word_set("de la le du da das dos di del della van von der den ter ten al el bin "
    "ibn abu mc mac o st ap ab")  # fmt: skip

LEGAL = word_set("ltd limited plc cic cio llp inc company co the of and for at on in a an uk "
    "charity registered")  # fmt: skip
"""Words that one writes and another leaves out."""

LIGHT = word_set(
    "nhs trust foundation group network forum association society service services centre council "
    "committee community health healthcare care club practice surgery medical partnership team "
    "board department office project support charity wellbeing"
)
"""Words that very many organisations have: alone they say nothing."""

_WRITTEN_OUT = {
    "ft": ("foundation", "trust"), "assoc": ("association",), "assn": ("association",),
    "hosp": ("hospital",), "ctr": ("centre",), "center": ("centre",), "dept": ("department",),
    "soc": ("society",), "surg": ("surgery",), "saint": ("st",), "grp": ("group",),
    "svc": ("service",), "svcs": ("services",), "cttee": ("committee",), "uni": ("university",),
    "ppg": ("patient", "participation", "group"), "cc": ("county", "council"),
    "dc": ("district", "council"), "bc": ("borough", "council"), "pc": ("parish", "council"),
    "organisation": ("organization",), "centres": ("centre",), "services": ("service",),
}  # fmt: skip


class Given(Enum):
    """How two people’s given names stand to each other."""

    SAME = "same"
    FORM = "form"  # one is a short or other form of the other
    INITIAL = "initial"  # one is only the other’s first letter
    SLIP = "slip"
    NEAR = "near"
    UNKNOWN = "unknown"  # at least one has none
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person’s name in folded words. `family` is in one piece, `families` its halves.

    `gender` is "he", "she" or "" as the title says; `generation` "younger", "elder" or "".
    """

    given: tuple[str, ...]
    family: str
    families: tuple[str, ...]
    gender: str = ""
    generation: str = ""

    @property
    def first(self) -> str:
        """The first given name or initial; "" where there is none."""
        return self.given[0] if self.given else ""


@dataclass(frozen=True, slots=True)
class OrgName:
    """An organisation’s name: what tells it from others, what many have, its numbers."""

    strong: tuple[str, ...]
    light: frozenset[str]
    numbers: frozenset[str]
    letters: str
    whole: str
    """`letters` are the first ones of all its words: what it may be called for short; `whole` is
    all of them in one piece."""


@lru_cache(maxsize=1 << 16)
def person_name(text: str) -> PersonName:
    """A person’s name as somebody typed it, in either order: “Okafor, Dr Jane A.”"""
    before, comma, after = text.partition(",")
    if comma and not set(folded(after).split()) <= _AFTER | set(_GENERATION) | _TITLES:
        text = f"{after} {before}"  # the family name was written first
        hyphened = before
    else:
        text = text.replace(",", " ")
        hyphened = text.rsplit(maxsplit=1)[-1] if text.split() else ""
    words = folded(text.replace("-", " ")).split()
    gender = generation = ""
    while len(words) > 1 and words[0] in _TITLES:
        gender = gender or ("he" if words[0] in _HE else "she" if words[0] in _SHE else "")
        words = words[1:]
    while len(words) > 2 and (words[-1] in _AFTER or words[-1] in _GENERATION):
        generation = _GENERATION.get(words[-1], generation)
        words = words[:-1]
    if not words:
        return PersonName((), "", (), gender, generation)
    if len(words) == 1 and gender:
        return PersonName((), words[0], (words[0],), gender, generation)
    many = len(folded(hyphened.replace("-", " ")).split()) if "-" in hyphened else 1
    at = max(1 if len(words) > 1 else 0, len(words) - many)
    while at > 1 and words[at - 1] in _BEFORE_FAMILY:
        at -= 1
    family = words[at:]
    families = tuple(w for w in family if w not in _BEFORE_FAMILY) or tuple(family)
    return PersonName(tuple(words[:at]), "".join(family), families, gender, generation)


@lru_cache(maxsize=1 << 15)
def org_name(text: str) -> OrgName:
    """An organisation’s name without its legal form, short forms written out."""
    said = [word for word in folded(text.replace("&", " and ")).split() if word not in LEGAL]
    words = [full for word in said for full in _WRITTEN_OUT.get(word, (word,))]
    strong = tuple(dict.fromkeys(w for w in words if w not in LIGHT and not w.isdigit()))
    light = frozenset(word for word in words if word in LIGHT)
    numbers = frozenset(word for word in words if word.isdigit())
    if not strong:  # "The Trust": then that is all it is called
        strong, light = tuple(sorted(light)), frozenset()
    letters = "".join(word[0] for word in words)
    return OrgName(strong, light, numbers, letters, "".join(words))


@cache
def _roots() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for item in resources.reference("nicknames").items:
        for form in (item["code"], *item["forms"]):
            found.setdefault(form, set()).add(item["code"])
    return {form: frozenset(codes) for form, codes in found.items()}


def roots(given: str) -> frozenset[str]:
    """The full names that a given name may stand for; itself where none is known."""
    return _roots().get(given) or frozenset({given})


def forms(given: str) -> frozenset[str]:
    """Every given name that may be meant by this one, itself among them."""
    mine = roots(given)
    return frozenset({given}) | {form for form, codes in _roots().items() if codes & mine}


@lru_cache(maxsize=1 << 17)
def given_alike(one: str, other: str) -> Given:
    """How two folded given names stand to each other."""
    if not one or not other:
        return Given.UNKNOWN
    if one == other:
        return Given.SAME if len(one) > 1 else Given.INITIAL
    if len(one) == 1 or len(other) == 1:
        return Given.INITIAL if one[0] == other[0] else Given.OTHER
    if one in roots(other) or other in roots(one):
        return Given.FORM
    if is_slip(one, other):
        return Given.SLIP
    if roots(one) & roots(other) & _roots().keys():
        return Given.FORM
    near = alikeness(one, other)
    if near >= 0.9 or (near >= 0.84 and sound(one) == sound(other)):
        return Given.NEAR
    return Given.OTHER


def family_alike(one: PersonName, other: PersonName) -> float:
    """From 0 to 1; half of a double name is 0.9."""
    if not one.family or not other.family:
        return 0.0
    if one.family == other.family:
        return 1.0
    if is_slip(one.family, other.family):
        return 0.95
    shared = set(one.families) & set(other.families)
    if shared and max(map(len, shared)) > 2:
        return 0.9
    near = alikeness(one.family, other.family)
    return near if near >= 0.8 else 0.0


def org_alike(one: OrgName, other: OrgName) -> float:
    """From 0 to 1: how far the telling words are the same; 0 where numbers differ."""
    if one.numbers != other.numbers and (one.numbers and other.numbers):
        return 0.0
    if not one.strong or not other.strong:
        return 0.0
    if set(one.strong) == set(other.strong):
        return 1.0 - _light_apart(one, other)
    if _is_short_for(one, other) or _is_short_for(other, one):
        return 0.85
    if one.whole == other.whole:
        return 0.97  # "Health Watch", "Healthwatch"
    left = list(other.strong)
    met = 0.0
    for word in one.strong:
        best = max(left, key=lambda theirs: alikeness(word, theirs), default="")
        near = 1.0 if word == best else 0.93 if is_slip(word, best) else 0.0
        if near:
            met += near
            left.remove(best)
    return met / max(len(one.strong), len(other.strong)) - _light_apart(one, other)


def _light_apart(one: OrgName, other: OrgName) -> float:
    """A little for each common word that only one has; more where each has one of its own."""
    mine, yours = one.light - other.light, other.light - one.light
    return 0.25 if mine and yours else 0.04 * len(mine | yours)


def _is_short_for(short: OrgName, full: OrgName) -> bool:
    return (
        len(short.strong) == 1
        and not short.light
        and len(short.strong[0]) >= 3
        and short.strong[0] == full.letters
    )
