"""What the properties of contacts' cards are called for people, and how some of them read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import resources
from engage_desktop.exchange.vcard import Property
from engage_desktop.records.values import fold

FILES = frozenset({"PHOTO", "LOGO", "X-MS-CARDPICTURE"})
"""Properties that hold a picture: kept as a file of the person."""

BARE = frozenset({
    "UID", "REV", "PRODID", "CLIENTPIDMAP", "SORT-STRING", "KEY", "SOUND", "XML", "MAILER",
    "PROFILE", "Property NAME", "SOURCE", "GENDER", "X-GENDER", "X-WAB-GENDER", "X-MS-OL-DESIGN",
    "X-MS-OL-DEFAULT-POSTAL-ADDRESS", "X-ABUID", "X-ABADR", "X-ABCROP-RECTANGLE",
    "X-PHONETIC-FIRST-NAME", "X-PHONETIC-LAST-NAME", "X-EVOLUTION-FILE-AS",
    "X-EVOLUTION-BLOG-URL", "X-MOZILLA-HTML", "X-CREATED", "CREATED",
})  # fmt: skip
"""What programs write for themselves, and a person's gender, which is asked for on an equality
form and nowhere else. Listed as not taken unless a mapping sends it somewhere."""

NICE = {
    "NICKNAME": "Nickname", "BDAY": "Birthday", "ANNIVERSARY": "Anniversary",
    "X-MS-ANNIVERSARY": "Anniversary", "X-ANNIVERSARY": "Anniversary",
    "X-EVOLUTION-ANNIVERSARY": "Anniversary", "X-ABDATE": "Date", "DEATHDATE": "Died on",
    "BIRTHPLACE": "Born in", "DEATHPLACE": "Died in", "IMPP": "Instant message",
    "X-MS-IMADDRESS": "Instant message", "X-SKYPE": "Skype", "X-SKYPE-USERNAME": "Skype",
    "X-MS-MANAGER": "Manager", "X-MANAGER": "Manager", "X-EVOLUTION-MANAGER": "Manager",
    "X-MS-ASSISTANT": "Assistant", "X-ASSISTANT": "Assistant", "X-EVOLUTION-ASSISTANT": "Assistant",
    "X-MS-SPOUSE": "Spouse", "X-SPOUSE": "Spouse", "X-EVOLUTION-SPOUSE": "Spouse",
    "FBURL": "Free and busy times", "CALURI": "Calendar", "CALADRURI": "Calendar address",
    "GEO": "Position on the map", "TZ": "Time zone", "MEMBER": "Member", "RELATED": "Related",
    "X-ADDRESSBOOKSERVER-MEMBER": "Member", "X-ABRELATEDNAMES": "Related", "AGENT": "Agent",
    "HOBBY": "Hobby", "INTEREST": "Likes", "EXPERTISE": "Expertise", "CLASS": "Class",
    "X-MS-TEL": "Further phone", "X-MS-URL": "Further website", "PHOTO": "Photo", "LOGO": "Logo",
    "X-SOCIALPROFILE": "Social profile", "SOCIALPROFILE": "Social profile",
    "PRONOUNS": "Pronouns",
}  # fmt: skip
"""Properties with words of their own; any other is called as it is in the file."""

_DAYS = frozenset({"Birthday", "Anniversary", "Died on", "Date"})
_SILENT = frozenset({"pref", "internet", "voice", "x509", "jpeg", "png", "gif", "x-internet"})
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:T.*)?")
_YEARLESS = re.compile(r"--(\d{2})-?(\d{2})")


@cache
def language_tags() -> dict[str, str]:
    """Of each language we list its code, and the tag that cards have for it: two letters, or the
    code itself."""
    items = resources.reference("languages").items
    return {str(item["code"]): str(item["iso639_1"] or item["code"]) for item in items}


def language_of(tag: str) -> str:
    """Our code for a language by its tag ("pl" or "pl-PL"); else the tag's first part."""
    first = tag.replace("_", "-").partition("-")[0].casefold()
    return next((code for code, each in language_tags().items() if each == first), first)


def cut_types(label: str) -> str:
    """A label as Apple writes it, without its marks: “_$!<HomePage>!$_” is “HomePage”."""
    return re.sub(r"^_\$!<(.*)>!\$_$", r"\1", label.strip())


def heading_of(name: str, types: Sequence[str], label: str = "") -> str:
    """A property's name with its kind in brackets: “Fax (work)”."""
    words = [label] if label else [kind for kind in types if kind not in _SILENT]
    words = [fold(word)[:40] for word in words]
    return f"{name} ({', '.join(words)})" if words else name


def word_for(name: str) -> str:
    """What a property is called in a column's heading.

    One that is in no standard keeps its name, so written that it is no field's by chance.
    """
    return NICE.get(name) or (name if name.startswith("X-") else f"Property {name}")


def day_words(name: str, text: str) -> str:
    """A day as officers read it, where it is one; else as it is written."""
    if NICE.get(name) not in _DAYS:
        return text
    if match := _DAY.fullmatch(text.strip()):
        return f"{int(match[3])}/{int(match[2])}/{match[1]}"
    if match := _YEARLESS.fullmatch(text.strip()):
        return f"{int(match[2])}/{int(match[1])}, no year"
    return text


def plain_number(text: str) -> str:
    """A number without the marks of its address: “tel:+44-1632-960000;ext=5”."""
    number, *params = text.strip().split(";") if text.strip().startswith("tel:") else [text.strip()]
    number = number.removeprefix("tel:")
    for each in params:
        name, _, value = each.partition("=")
        number += f" ext. {value}" if name.casefold() == "ext" else f" ({each})"
    return number


def place_lines(each: Property) -> tuple[list[str], str]:
    """An address's lines, and its postcode, which stands sixth of its parts."""
    parts = each.parts()
    code = parts[5].strip() if len(parts) > 5 else ""
    lines = [part for at, part in enumerate(parts) if at != 5 and part.strip()]
    return lines, code
