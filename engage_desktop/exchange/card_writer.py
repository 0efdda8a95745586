"""Stakeholders as contacts' cards (vCard 3.0 or 4.0), for phones and mail programs.

A card to give away says who somebody is and how to reach them. What they need, what is noted of
them and where they stand on the map is left out, unless the whole record was asked for: then each
further field is a property of our own, so that the card comes back as what it was.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from db.errors import InvalidInput
from db.fields import FieldType
from db.record import Record
from engage_desktop.exchange.card_words import language_tags
from engage_desktop.exchange.cards import OURS, PRODUCT
from engage_desktop.exchange.targets import Shape
from engage_desktop.exchange.vcard import escaped
from engage_desktop.records.values import join_elements, show

VERSIONS = ("3.0", "4.0")
_WIDTH = 75
"""Bytes of one line, the mark that it goes on not counted."""

_KINDS = {"person": "individual", "organisation": "org", "group": "group", "committee": "group"}
SAID = frozenset({
    "name", "nature", "organisation", "job_title", "email", "other_email", "phone", "mobile",
    "other_phone", "website", "address", "postcode", "languages", "interests", "notes",
})  # fmt: skip
"""Fields that standard properties say."""

Picture = tuple[str, bytes]
"""(media type, content)."""


@dataclass(frozen=True, slots=True)
class CardChoice:
    """Which cards: their version, and whether they hold everything that the record does."""

    version: str = "3.0"
    whole: bool = False

    def __post_init__(self) -> None:
        if self.version not in VERSIONS:
            raise InvalidInput(
                f"Cards are written as vCard {' or '.join(VERSIONS)}, not “{self.version}”. "
                "Nothing was written."
            )


class CardWriter:
    """Writes one card after another into a file."""

    def __init__(
        self, file: BinaryIO, shape: Shape, choice: CardChoice, title: Callable[[str], str]
    ) -> None:
        self._file, self._shape, self._choice, self._title = file, shape, choice, title
        self._new = choice.version == "4.0"
        self._tags = language_tags()

    def card(self, record: Record, pictures: Iterable[Picture] = ()) -> None:
        """Write one."""
        lines = [
            "BEGIN:VCARD", f"VERSION:{self._choice.version}", f"PRODID:{PRODUCT}EN",
            f"UID:{_uid(record.id)}", *self._who(record), *self._reach(record),
        ]  # fmt: skip
        if self._choice.whole:
            lines += [*self._text("NOTE", record, "notes"), *self._more(record)]
            lines += [self._picture(media, data) for media, data in pictures]
        for line in (*lines, "END:VCARD"):
            self._file.write(folded(line))

    # -- standard properties ---------------------------------------------------------------

    def _who(self, record: Record) -> Iterator[str]:
        nature, name = str(_value(record, "nature")), str(_value(record, "name"))
        kind = _KINDS.get(nature, "")
        if self._new and kind:
            yield f"KIND:{kind}"
        elif kind == "group":
            yield "X-ADDRESSBOOKSERVER-KIND:group"
        elif kind == "org":
            yield "X-ABSHOWAS:COMPANY"
        if nature == "committee" or not nature:
            yield self._own("nature", show(record.specs()["nature"], nature))
        yield f"FN:{escaped(name)}"
        first, _, last = name.rpartition(" ") if nature == "person" else ("", "", name)
        yield f"N:{escaped(last)};{escaped(first)};;;"
        organisation = _value(record, "organisation")
        if organisation:
            yield f"ORG:{escaped(self._title(str(organisation)))}"
        elif nature != "person":
            yield f"ORG:{escaped(name)}"
        yield from self._text("TITLE", record, "job_title")

    def _reach(self, record: Record) -> Iterator[str]:
        first = ";PREF=1" if self._new else ""
        pref = "" if self._new else ",pref"
        yield from self._text(f"EMAIL;TYPE=internet{pref}{first}", record, "email")
        yield from self._text("EMAIL;TYPE=internet,other", record, "other_email")
        yield from self._text(f"TEL;TYPE=work,voice{pref}{first}", record, "phone")
        yield from self._text("TEL;TYPE=cell", record, "mobile")
        yield from self._text("TEL;TYPE=voice,other", record, "other_phone")
        address, postcode = str(_value(record, "address")), str(_value(record, "postcode"))
        if address or postcode:
            yield f"ADR;TYPE=work:;;{escaped(address)};;;{escaped(postcode)};"
        yield from self._text("URL", record, "website")
        interests = [record.specs()["interests"].choice_label(each)
                     for each in _value(record, "interests")]  # fmt: skip
        if interests:
            yield f"CATEGORIES:{','.join(map(escaped, interests))}"
        yield from self._languages(record)

    def _languages(self, record: Record) -> Iterator[str]:
        """4.0 has a property for languages with a code; the others are one of our own."""
        spoken = list(_value(record, "languages"))
        known = [code for code in spoken if code in self._tags]
        if self._new:
            yield from (f"LANG:{self._tags[code]}" for code in known)
        if spoken and (len(known) < len(spoken) or not self._new):
            labels = map(record.specs()["languages"].choice_label, spoken)
            yield self._own("languages", join_elements(labels))

    def _text(self, name: str, record: Record, field: str) -> Iterator[str]:
        value = str(_value(record, field))
        if value:
            yield f"{name}:{escaped(value)}"

    # -- everything else -------------------------------------------------------------------

    def _more(self, record: Record) -> Iterator[str]:
        for target in self._shape.targets.values():
            spec = target.spec
            if spec is None or (target.field in SAID and not target.by_id):
                continue
            value = getattr(record, target.field)
            # A choice that is not empty of itself is told always: an empty cell would empty it.
            told = isinstance(spec.default, str) and spec.default != ""
            if not told and (value == spec.default or value in (None, "", (), {})):
                continue
            if not target.is_link:
                yield self._own(target.path, show(spec, value))
                continue
            ids = list(value) if spec.type is FieldType.LINKS else [value]
            words = ids if target.by_id else list(map(self._title, ids))
            yield self._own(
                target.path, join_elements(words) if spec.type is FieldType.LINKS else words[0]
            )

    @staticmethod
    def _own(path: str, text: str) -> str:
        return f"{OURS};FIELD={path}:{escaped(text)}"

    def _picture(self, media: str, data: bytes) -> str:
        text = base64.b64encode(data).decode()
        if self._new:
            return f"PHOTO:data:{media};base64,{text}"
        return f"PHOTO;ENCODING=b;TYPE={media.rpartition('/')[2].upper()}:{text}"


def _value(record: Record, field: str) -> Any:
    value = getattr(record, field)
    return "" if value is None else value


def _uid(record_id: str) -> str:
    parts = (record_id[:8], record_id[8:12], record_id[12:16], record_id[16:20], record_id[20:])
    return f"urn:uuid:{'-'.join(parts)}"


def folded(line: str) -> bytes:
    """A line in pieces of 75 bytes at most, none of which ends within a letter."""
    data = line.encode()
    if len(data) <= _WIDTH:
        return data + b"\r\n"
    pieces, piece, size = [], "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > _WIDTH:
            pieces.append(piece)
            piece, size = "", 1  # the space before what goes on
        piece += sign
        size += width
    pieces.append(piece)
    return "\r\n ".join(pieces).encode() + b"\r\n"
