"""Contacts' cards as a table: one card a row, one column for each thing that cards say.

Columns called like a stakeholder's fields are matched to them by name, as those of any file are.
What has no field ("Fax (work)", "Birthday") is a column too: kept among the notes, sent somewhere
else, or listed as not taken. Nothing of a card is left out without a word.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from engage_desktop.exchange.card_words import (
    BARE,
    FILES,
    cut_types,
    day_words,
    heading_of,
    language_of,
    place_lines,
    plain_number,
    word_for,
)
from engage_desktop.exchange.neutral import neutralised
from engage_desktop.exchange.tables import CardFile, NotATable, Table
from engage_desktop.exchange.vcard import Card, Property, read_cards
from engage_desktop.plain import counted
from engage_desktop.stakeholders.postcodes import normalise

NAME, NATURE, ORGANISATION, TITLE = (
    "Name", "Person or organisation", "Organisation", "Job title",
)  # fmt: skip
EMAIL, OTHER_EMAIL, PHONE, MOBILE, OTHER_PHONE = (
    "E-mail", "Other e-mail", "Phone", "Mobile", "Other phone",
)  # fmt: skip
WEBSITE, ADDRESS, POSTCODE, LANGUAGES, INTERESTS, NOTES = (
    "Website", "Address", "Postcode", "Languages", "Areas of interest", "Notes",
)  # fmt: skip
OUR_ID, UID = "Stakeholder id", "UID"
_FIELDS = {
    "name": NAME, "nature": NATURE, "organisation": ORGANISATION, "job_title": TITLE,
    "email": EMAIL, "other_email": OTHER_EMAIL, "phone": PHONE, "mobile": MOBILE,
    "other_phone": OTHER_PHONE, "website": WEBSITE, "address": ADDRESS, "postcode": POSTCODE,
    "languages": LANGUAGES, "interests": INTERESTS, "notes": NOTES,
}  # fmt: skip
"""The fields that standard properties say, with their columns."""

_FIRST = tuple(_FIELDS.values())
"""The labels of a stakeholder's fields, in the order of the columns."""

OTHER = "Other properties"
ODD = "Lines that are no property"
MOST_HEADINGS = 400
"""Beyond these, properties that no other card has share the column `OTHER`."""

OURS = "X-ENGAGE"
"""A property of our own cards: the parameter FIELD names the field that it holds."""

PRODUCT = "-//Engage Desktop//"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NATURES = {
    "individual": "Person", "org": "Organisation", "organization": "Organisation",
    "group": "Group or network",
}  # fmt: skip
_RELAY = re.compile(r"1800[12]")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9-]+)?", re.I)


def open_cards(path: Path) -> Table:
    """Go through a file of cards once and say which columns they have. Raises `NotATable`."""
    headings: dict[str, None] = {}
    names: dict[str, str] = {}
    remarks: dict[int, str] = {}
    count = pictures = 0
    for card in _cards(path):
        count += 1
        said = _Reading(card, names)
        for heading in said.cells:
            if len(headings) < MOST_HEADINGS or heading in _FIRST:
                headings.setdefault(heading)
            else:
                headings.setdefault(OTHER)
        uid = card.first(UID)
        if uid:
            names.setdefault(uid.casefold(), said.cells.get(NAME, ""))
        pictures += sum(1 for _ in said.files)
        if said.remarks:
            remarks[card.number] = " ".join(said.remarks)
    if not count:
        raise NotATable(f"“{path.name}” holds no cards. Nothing was imported.")
    known = [each for each in (OUR_ID, *_FIRST) if each in headings]
    rest = [each for each in headings if each not in known and each not in BARE]
    columns = (*known, *rest, *(each for each in headings if each in BARE))

    def read() -> Iterator[tuple[int, list[str]]]:
        for card in _cards(path):
            cells = _within(_Reading(card, names).cells, columns)
            # A card holds no formulas: what tables take off on the way in is put on here.
            yield card.number, [neutralised(cells.get(each, "")) for each in columns]

    def files() -> Iterator[CardFile]:
        for card in _cards(path):
            yield from _Reading(card, names).files

    notes = []
    if pictures:
        kept = "is kept as a file" if pictures == 1 else "are kept as files"
        notes.append(f"{counted(pictures, 'picture')} on the cards {kept} with their people.")
    return Table(
        path.name, columns, read, notes, estimate=count, told_short=False,
        bare=frozenset(columns) & BARE, remarks=remarks, files=files if pictures else None,
        unit="card",
    )  # fmt: skip


def _cards(path: Path) -> Iterator[Card]:
    with path.open("rb") as file:
        yield from read_cards(file)


def _within(cells: dict[str, str], columns: Iterable[str]) -> dict[str, str]:
    known = set(columns)
    left = [f"{name}: {text}" for name, text in cells.items() if name not in known]
    found = {name: text for name, text in cells.items() if name in known}
    if left:
        found[OTHER] = "\n".join(filter(None, [found.get(OTHER, ""), *left]))
    return found


class _Reading:
    """What one card says, by column."""

    def __init__(self, card: Card, names: dict[str, str]) -> None:
        self.card = card
        self.cells: dict[str, str] = {}
        self.files: list[CardFile] = []
        self.remarks: list[str] = []
        self._names = names
        self._labels = {
            each.group: cut_types(each.text) for each in card.every("X-ABLABEL") if each.group
        }
        self._ours = any(each.text.startswith(PRODUCT) for each in card.every("PRODID"))
        self._name()
        self._numbers()
        self._mails()
        self._addresses()
        self._words()
        self._rest()
        if not card.whole:
            self.remarks.append("The card’s end (END:VCARD) is missing; what stood there is read.")
        if card.agent_of:
            self.remarks.append(f"It stood within card {card.agent_of}, as its agent.")
        if card.odd:
            self._also(ODD, "\n".join(card.odd))

    def _also(self, heading: str, text: str, join: str = "; ") -> None:
        if text.strip():
            before = self.cells.get(heading)
            self.cells[heading] = f"{before}{join}{text}" if before else text

    def _aside(self, each: Property, name: str, text: str) -> None:
        """A property that has no field of its own: a column with its kind in brackets."""
        self._also(self._heading(name, each, each.types), text)

    def _heading(self, name: str, each: Property, types: Sequence[str]) -> str:
        """One that is no field's, for that column holds the first of its kind."""
        heading = heading_of(name, types, self._labels.get(each.group, ""))
        return heading if heading not in _FIRST else f"Further {heading.lower()}"

    # -- who -------------------------------------------------------------------------------

    def _name(self) -> None:
        card = self.card
        formatted, parts = card.first("FN"), self._parts_of_name()
        organisations = [each.parts() for each in card.every("ORG")]
        org = next((parts[0].strip() for parts in organisations if parts[0].strip()), "")
        named = " ".join(parts[at] for at in (3, 1, 2, 0, 4) if parts[at])
        name = formatted or named or org or card.first("NICKNAME") or card.first("EMAIL")
        self.cells[NAME] = name
        if name and not (formatted or named):
            self.remarks.append("The card has no name; what else it says of who it is was taken.")
        if formatted and not _words_in(named, formatted):
            self._also("Name in parts", named)
        for each in card.every("FN")[1:]:
            if each.text != formatted:
                self._also("Other name", each.text)
        is_org = org == name and not any(parts)
        self._nature(is_org and bool(org))
        if org and org != name:
            self.cells[ORGANISATION] = org
        for index, words in enumerate(organisations):
            if index and words[0].strip() not in ("", org):
                self._also("Other organisation", words[0].strip())
            self._also("Department", ", ".join(part.strip() for part in words[1:] if part.strip()))
        self._jobs()

    def _parts_of_name(self) -> list[str]:
        found = self.card.every("N")
        parts = [" ".join(part.replace(",", " ").split()) for part in found[0].parts()] if (
            found) else []  # fmt: skip
        return (parts + [""] * 5)[:5]

    def _nature(self, is_org: bool) -> None:
        card = self.card
        kind = card.first("KIND", "X-ADDRESSBOOKSERVER-KIND").strip()
        word = _NATURES.get(kind.casefold(), "")
        if not word and (is_org or card.first("X-ABSHOWAS").strip().casefold() == "company"):
            word = "Organisation"
        if not word and self._ours:
            word = "Person"
        if word:
            self.cells[NATURE] = word
        if kind and kind.casefold() not in _NATURES:
            self._also("Kind of card", kind)

    def _jobs(self) -> None:
        titles = [each for each in self.card.every("TITLE", "ROLE") if each.text.strip()]
        titles.sort(key=lambda each: each.name != "TITLE")
        for index, each in enumerate(titles):
            if not index:
                self.cells[TITLE] = each.text
            elif each.text != titles[0].text:
                self._also("Role" if each.name == "ROLE" else "Other job title", each.text)

    # -- how to reach them -------------------------------------------------------------------

    def _numbers(self) -> None:
        waiting: list[Property] = []
        places = {"work": 0, "": 1, "home": 2}
        found = [each for each in self.card.every("TEL") if each.text.strip()]
        found.sort(key=lambda e: (e.preference, min(
            (places[t] for t in e.types if t in places), default=1)))  # fmt: skip
        for each in found:
            number = each.text if self._ours else plain_number(each.text)
            types = set(each.types)
            free = [PHONE, OTHER_PHONE]
            if types & {"fax", "pager"}:
                waiting.append(each)
                continue
            if types & {"cell", "mobile", "iphone"}:
                free = [MOBILE, OTHER_PHONE]
            elif (
                types & {"textphone"}
                or (not self._ours and _RELAY.match(number))
                or (self._ours and "other" in types)
            ):
                free = [OTHER_PHONE]
            place = next((name for name in free if name not in self.cells), "")
            if place and "\n" not in number:
                self.cells[place] = number
            else:
                waiting.append(each)
        for each in waiting:
            fax = "fax" in each.types
            pager = "pager" in each.types
            word = "Fax" if fax else "Pager" if pager else "Phone"
            kinds = [kind for kind in each.types if kind not in ("fax", "pager", "voice")]
            self._also(self._heading(word, each, kinds), plain_number(each.text))

    def _mails(self) -> None:
        for each in self.card.every("EMAIL"):
            address = re.sub(r"^mailto:", "", each.text.strip(), flags=re.I)
            second = self._ours and "other" in each.types
            free = (OTHER_EMAIL,) if second else (EMAIL, OTHER_EMAIL)
            place = next((name for name in free if name not in self.cells), "")
            if place and _EMAIL.fullmatch(address):
                if self._ours or address != self.cells.get(EMAIL):
                    self.cells[place] = address
            elif address:
                self._aside(each, EMAIL, address)

    def _addresses(self) -> None:
        kept: list[str] = []
        for each in self.card.every("ADR"):
            lines, postcode = place_lines(each)
            if not lines and not postcode:
                continue
            kept += [*lines, postcode]
            if ADDRESS not in self.cells and POSTCODE not in self.cells:
                self._also(ADDRESS, "\n".join(lines))
                self._also(POSTCODE, postcode)
            else:
                self._aside(each, ADDRESS, ", ".join([*lines, postcode]).strip(", "))
            for label in each.params.get("LABEL", ()):
                label = label.replace("\\n", "\n")
                if not _words_in(label, " ".join(kept)):
                    self._aside(each, "Label", label)
        for each in self.card.every("LABEL"):
            if _words_in(each.text, " ".join(kept)):
                continue
            if ADDRESS in self.cells or POSTCODE in self.cells:
                self._aside(each, "Label", each.text)
            else:
                self._label(each.text)
                kept.append(each.text)

    def _label(self, text: str) -> None:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        code = next((line for line in reversed(lines) if normalise(line)), "")
        if code:
            lines.remove(code)
            self.cells[POSTCODE] = code
        self._also(ADDRESS, "\n".join(lines))

    def _words(self) -> None:
        card = self.card
        for each in card.every("URL"):
            address = each.text.strip()
            if address and "\n" not in address and WEBSITE not in self.cells:
                self.cells[WEBSITE] = address
            elif address and address != self.cells.get(WEBSITE):
                self._aside(each, WEBSITE, address)
        for each in card.every("NOTE"):
            self._also(NOTES, each.text, "\n\n")
        for each in card.every("CATEGORIES"):
            self._also(INTERESTS, "; ".join(_quoted(part) for part in each.listed() if part))
        for each in card.every("LANG"):
            for word in filter(None, (part.strip() for part in each.listed())):
                if _LANGUAGE.fullmatch(word):
                    self._also(LANGUAGES, language_of(word))
                    if re.search("[-_]", word):
                        self._also("Language as written", word)
                else:
                    self._also(LANGUAGES, _quoted(word))

    # -- everything else ---------------------------------------------------------------------

    def _rest(self) -> None:
        for each in self.card.properties:
            if each.name == OURS:
                self._field(each)
            elif each.name in FILES and each.binary is not None:
                self._file(each)
            elif each.name == UID and self._ours and (found := _id_in(each.text)):
                self.cells[OUR_ID] = found
            elif each.name not in _READ:
                self._one(each)

    def _field(self, each: Property) -> None:
        path = next(iter(each.params.get("FIELD", ())), "")
        if re.fullmatch(r"[a-z_]+(#id)?", path):
            self.cells[_FIELDS.get(path, path)] = each.text

    def _one(self, each: Property) -> None:
        bare = each.name if each.name in BARE else word_for(each.name)
        if bare in BARE:
            size = len(each.binary) if each.binary is not None else 0
            self._also(bare, f"{size:,} bytes" if size else each.text or "empty")
            return
        text = each.text
        if each.binary is not None:
            text = f"{len(each.binary):,} bytes"
        elif not _ADDRESS.match(text):
            text = "; ".join(part.strip() for part in each.parts() if part.strip())
        if each.name in ("MEMBER", "RELATED"):
            text = self._names.get(each.text.strip().casefold()) or text
        self._aside(each, word_for(each.name), day_words(each.name, text))

    def _file(self, each: Property) -> None:
        assert each.binary is not None
        media, ending = _picture(each)
        name = f"{'logo' if each.name == 'LOGO' else 'photo'}{ending}"
        self.files.append(CardFile(self.card.number, name, media, each.binary))


_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|(?:urn|tel|mailto|geo|data):", re.I)

_READ = frozenset({
    "FN", "N", "ORG", "TITLE", "ROLE", "KIND", "X-ADDRESSBOOKSERVER-KIND", "X-ABSHOWAS", "TEL",
    "EMAIL", "ADR", "LABEL", "URL", "NOTE", "CATEGORIES", "LANG", "X-ABLABEL",
})  # fmt: skip
"""What is read by name above."""


def _words_in(text: str, other: str) -> bool:
    """Is every word of a text in the other?"""
    return set(re.findall(r"\w+", text.casefold())) <= set(re.findall(r"\w+", other.casefold()))


def _quoted(part: str) -> str:
    return '"' + part.replace('"', '""') + '"' if re.search(r'[;\n"]', part) else part


def _id_in(uid: str) -> str:
    plain = uid.strip().casefold().removeprefix("urn:uuid:").replace("-", "")
    return plain if re.fullmatch(r"[0-9a-f]{32}", plain) else ""


_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"), (b"\x89PNG", "image/png", ".png"),
    (b"GIF8", "image/gif", ".gif"), (b"RIFF", "image/webp", ".webp"), (b"BM", "image/bmp", ".bmp"),
)  # fmt: skip


def _picture(each: Property) -> tuple[str, str]:
    """(media type, ending): by what the bytes are, for the card may be wrong."""
    data = io.BytesIO(each.binary or b"").read(12)
    for start, media, ending in _STARTS:
        if data.startswith(start):
            return media, ending
    said = each.media_type or next(iter(each.params.get("MEDIATYPE", ())), "")
    return said or "application/octet-stream", ""
