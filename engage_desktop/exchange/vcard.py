"""vCards as they are met: 2.1, 3.0 and 4.0, however their program broke the lines.

`read_cards` goes through a file card by card and raises nothing for what is odd: a line that is no
property, a card without an end and a value that is no base64 are kept and said. (The reader is our
own because a library that refuses a file for one such line loses every card in it.)
"""

from __future__ import annotations

import base64
import binascii
import codecs
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

_NAME = re.compile(r"(?:([A-Za-z0-9_-]+)\.)?([A-Za-z0-9-]+)")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_DATA = re.compile(r"data:([^,]*?)(;base64)?,(.*)", re.I | re.S)
_CARET = {"^n": "\n", "^N": "\n", "^'": '"', "^^": "^"}
_ENCODINGS = frozenset({"QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT", "B", "Q"})
_VALUES = frozenset({"INLINE", "URL", "CONTENT-ID", "CID"})
_DEEPEST = 4
"""Cards within cards (an agent of an agent); what lies deeper is text."""

NO_PREFERENCE = 101
_MOST_LINE = 40_000_000
"""Longest property that is read, in bytes; a picture has some hundred thousand."""


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a card. `value` is text with its escapes, `binary` what base64 held."""

    name: str
    params: Mapping[str, tuple[str, ...]]
    value: str
    version: str
    group: str = ""
    binary: bytes | None = None
    media_type: str = ""

    @property
    def types(self) -> tuple[str, ...]:
        """What kind of address or number it is: work, home, fax and the like, in small letters."""
        found = [word.strip().casefold() for word in self.params.get("TYPE", ())]
        return tuple(dict.fromkeys(word for word in found if word))

    @property
    def preference(self) -> int:
        """1 for the first choice up to `NO_PREFERENCE`."""
        for word in self.params.get("PREF", ()):
            if word.strip().isdecimal():
                return min(max(int(word), 1), NO_PREFERENCE)
        return 1 if "pref" in self.types else NO_PREFERENCE

    @property
    def text(self) -> str:
        """The value as one text, without escapes."""
        return unescaped(self.value, self.version)

    def parts(self) -> list[str]:
        """The value's parts, which semicolons separate, without escapes."""
        return [unescaped(part, self.version) for part in split(self.value, ";")]

    def listed(self) -> list[str]:
        """The value's parts, which commas separate (and in 2.1 semicolons), without escapes."""
        marks = ",;" if self.version == "2.1" else ","
        return [unescaped(part, self.version).strip() for part in split(self.value, marks)]


@dataclass(slots=True)
class Card:
    """One card of a file. `whole` is false where its end is missing; `odd` are lines in it that
    are no property; `agent_of` is the number of the card that it stood in."""

    number: int
    properties: list[Property] = field(default_factory=list)
    version: str = ""
    whole: bool = False
    odd: list[str] = field(default_factory=list)
    agent_of: int = 0

    def every(self, *names: str) -> list[Property]:
        """Its properties of these names, the preferred first and else as they stand."""
        found = [each for each in self.properties if each.name in names]
        return sorted(found, key=lambda each: each.preference)

    def first(self, *names: str) -> str:
        """The text of the first that says something."""
        return next((each.text for each in self.every(*names) if each.text.strip()), "")


def is_vcard(head: bytes) -> bool:
    """Does a file begin as a list of cards does?"""
    text = head[:400].decode(_encoding(head) or "utf-8-sig", "replace").lstrip("\ufeff \t\r\n")
    return re.match(r"BEGIN[ \t]*:[ \t]*VCARD[ \t]*(\r|\n|$)", text, re.I) is not None


def read_cards(file: BinaryIO) -> Iterator[Card]:
    """Every card, one at a time; agents within cards follow the card they stand in."""
    yield from _Cards().read(_logical(_lines(file)), 0)


class _Cards:
    """One run through a file: numbers go on through nested cards."""

    def __init__(self) -> None:
        self._number = 0

    def read(self, lines: Iterable[bytes], depth: int, owner: int = 0) -> Iterator[Card]:
        stack: list[Card] = []
        after: list[Card] = []
        for line in lines:
            word = re.sub(rb"\s", b"", line).upper()
            if word == b"BEGIN:VCARD":
                if stack and not self._awaits_agent(stack, depth):
                    yield from self._end(stack, after)  # its end is missing
                stack.append(self._begun(stack[-1].number if stack else owner))
            elif not stack:
                continue
            elif word == b"END:VCARD":
                stack[-1].whole = True
                self._close(stack, after)
                if not stack:
                    yield from after
                    after = []
            else:
                yield from self._take(stack[-1], line, depth, after)
        yield from self._end(stack, after)

    def _begun(self, owner: int) -> Card:
        self._number += 1
        return Card(self._number, agent_of=owner)

    @staticmethod
    def _awaits_agent(stack: list[Card], depth: int) -> bool:
        last = stack[-1].properties[-1] if stack[-1].properties else None
        return (
            last is not None and last.name == "AGENT" and not last.value.strip()
            and len(stack) + depth < _DEEPEST
        )  # fmt: skip

    @staticmethod
    def _close(stack: list[Card], after: list[Card]) -> None:
        card = stack.pop()
        if stack:
            name_agent(stack[-1], card)
            after.append(card)
        else:
            after.insert(0, card)

    def _end(self, stack: list[Card], after: list[Card]) -> Iterator[Card]:
        while stack:
            self._close(stack, after)
        yield from after
        after.clear()

    def _take(
        self, card: Card, line: bytes, depth: int, after: list[Card]
    ) -> Iterator[Card]:  # fmt: skip
        found = _property(line, card.version)
        if found is None:
            text = _decoded(line, "").strip()
            if text:
                card.odd.append(text)
            return
        if found.name == "VERSION":
            card.version = found.value.strip()
            return
        card.properties.append(found)
        inner = found.text
        if found.name == "AGENT" and depth + 1 < _DEEPEST and is_vcard(inner.encode()[:400]):
            card.properties[-1] = Property("AGENT", {}, "", card.version)
            within = _logical(_lines(io.BytesIO(inner.encode("utf-8", "replace"))))
            for agent in self.read(within, depth + 1, card.number):
                if agent.agent_of == card.number:
                    name_agent(card, agent)
                after.append(agent)
        yield from ()


def name_agent(card: Card, agent: Card) -> None:
    """Let the card say who its agent is: that card stands by itself now."""
    name = agent.first("FN") or " ".join(reversed(_words_of(agent)[:2])) or "?"
    last = card.properties[-1] if card.properties else None
    if last is not None and last.name == "AGENT" and not last.value.strip():
        card.properties.pop()
    card.properties.append(Property("AGENT", {}, escaped(name), agent.version or "3.0"))


def _words_of(card: Card) -> list[str]:
    named = card.every("N")
    return [part.strip() for part in named[0].parts()] if named else []


# -- lines -----------------------------------------------------------------------------------


def _encoding(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(head) >= 4:
        if head[1:4:2] == b"\0\0":
            return "utf-16-le"
        if head[0:3:2] == b"\0\0":
            return "utf-16-be"
    return ""


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines without their ends. UTF-16 becomes UTF-8; else bytes stay bytes, for a 2.1 card may
    name another encoding for each property."""
    head = file.read(4096)
    file.seek(0)
    if wide := _encoding(head):
        text = io.TextIOWrapper(file, encoding=wide, errors="replace", newline="\n")
        try:
            for words in text:
                yield words.lstrip("\ufeff").rstrip("\r\n").encode("utf-8", "replace")
        finally:
            text.detach()
        return
    if b"\n" not in head and b"\r" in head:
        yield from file.read().removeprefix(codecs.BOM_UTF8).split(b"\r")
        return
    first = True
    for raw in file:
        line = raw.rstrip(b"\r\n")
        yield line.removeprefix(codecs.BOM_UTF8) if first else line
        first = False


def _logical(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Whole properties: folded lines, soft line breaks and lines of base64 put together again."""
    parts: list[bytes] = []
    kind = ""
    old = False
    for line in lines:
        if parts:
            if kind == "quoted" and parts[-1].rstrip(b" \t").endswith(b"="):
                parts[-1] = parts[-1].rstrip(b" \t")[:-1]
                parts.append(line)
                continue
            folded = line[:1] in (b" ", b"\t")
            if folded and kind == "base64":
                parts.append(line.strip())
                continue
            if folded and (line.strip() or not old):
                parts.append(b" " + line.lstrip() if old else line[1:])
                continue
            if kind == "base64" and _BASE64_LINE.fullmatch(line.strip()):
                parts.append(line.strip())
                continue
            whole = b"".join(parts)
            old = _old(whole, old)
            yield whole[:_MOST_LINE]
        parts, kind = ([line], _kind(line)) if line.strip() else ([], "")
    if parts:
        yield b"".join(parts)[:_MOST_LINE]


def _old(line: bytes, before: bool) -> bool:
    """In 2.1 a line is folded where it has a space, which stays; later ones fold anywhere."""
    head, _, value = line.partition(b":")
    return value.strip() == b"2.1" if head.strip().upper() == b"VERSION" else before


def _kind(line: bytes) -> str:
    head = line.partition(b":")[0].upper()
    if b"QUOTED-PRINTABLE" in head:
        return "quoted"
    return "base64" if b"BASE64" in head or b"ENCODING=B" in head else ""


# -- one property ----------------------------------------------------------------------------


def _property(line: bytes, version: str) -> Property | None:
    at = _colon(line)
    if at < 0:
        return None
    head = _decoded(line[:at], "").strip()
    words = _apart(head, ";")
    name = _NAME.fullmatch(words[0].strip())
    if name is None:
        return None
    params = _params(words[1:], version)
    raw, binary, media = line[at + 1 :], None, ""
    encodings = {word.upper() for word in params.get("ENCODING", ())}
    charset = next(iter(params.get("CHARSET", ())), "")
    if encodings & {"QUOTED-PRINTABLE", "Q"}:
        raw = _HEX.sub(lambda m: bytes([int(m[1], 16)]), raw)
    value = _decoded(raw, charset)
    if encodings & {"BASE64", "B"}:
        binary = _unpacked(value)
        value = "" if binary is not None else value
    elif data := _DATA.match(value):
        media = data[1].partition(";")[0]
        binary = _unpacked(data[3]) if data[2] else None
        value = "" if binary is not None else value
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return Property(
        name[2].upper(), params, value, version, name[1] or "", binary, media.casefold()
    )


def _colon(line: bytes) -> int:
    """The colon that ends the name and parameters: one within quotation marks does not."""
    if b'"' not in line:
        return line.find(b":")
    quoted = False
    for at, sign in enumerate(line):
        if sign == 0x22:
            quoted = not quoted
        elif sign == 0x3A and not quoted:
            return at
    return line.find(b":")


def _apart(text: str, mark: str) -> list[str]:
    """Split at a mark that stands outside of quotation marks."""
    if '"' not in text:
        return text.split(mark)
    found, quoted = [""], False
    for sign in text:
        if sign == '"':
            quoted = not quoted
        if sign == mark and not quoted:
            found.append("")
        else:
            found[-1] += sign
    return found


def _params(words: list[str], version: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            plain = name.strip().upper()
            kind = "ENCODING" if plain in _ENCODINGS else "VALUE" if plain in _VALUES else "TYPE"
            found.setdefault(kind, []).append(name.strip())
            continue
        several = _apart(value, ",")
        if name.strip().upper() == "TYPE":  # also written TYPE="work,voice"
            several = [part for each in several for part in each.strip('" ').split(",")]
        plain_values = [part.strip().strip('"') for part in several]
        if version != "2.1":
            plain_values = [
                re.sub(r"\^[nN'^]", lambda m: _CARET[m[0]], part) for part in plain_values
            ]
        found.setdefault(name.strip().upper(), []).extend(plain_values)
    return {name: tuple(values) for name, values in found.items()}


def _decoded(raw: bytes, charset: str) -> str:
    """The told encoding, else UTF-8, else Windows-1252."""
    for each in (charset.strip().strip('"'), "utf-8", "cp1252"):
        if each:
            try:
                return raw.decode(each).replace("\0", "")
            except (UnicodeDecodeError, LookupError, ValueError):
                continue
    return raw.decode("latin-1").replace("\0", "")


def _unpacked(text: str) -> bytes | None:
    plain = re.sub(r"\s", "", text)
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def split(value: str, marks: str) -> list[str]:
    """Split where one of the marks stands without a backslash before it; escapes stay."""
    if "\\" not in value and len(marks) == 1:
        return value.split(marks)
    found, at = [""], 0
    while at < len(value):
        if value[at] == "\\" and at + 1 < len(value):
            found[-1] += value[at : at + 2]
            at += 2
        elif value[at] in marks:
            found.append("")
            at += 1
        else:
            found[-1] += value[at]
            at += 1
    return found


def unescaped(value: str, version: str) -> str:
    """A text without its escapes. In 2.1 only the marks were escaped, and \\n is what it is."""
    if "\\" not in value:
        return value
    if version == "2.1":
        return re.sub(r"\\([;,\\])", r"\1", value)
    return re.sub(r"\\([nN;,:\\])", lambda m: "\n" if m[1] in "nN" else m[1], value)


def escaped(text: str) -> str:
    """A text as 3.0 and 4.0 write it."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = plain.replace("\\", "\\\\").replace("\n", "\\n")
    return plain.replace(",", "\\,").replace(";", "\\;")
