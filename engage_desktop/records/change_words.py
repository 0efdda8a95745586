"""A change in words: "Venue: Village Hall", "Themes: Transport added"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from db.changes import BIN
from db.erasing import ERASED, SCRUBBED, is_mark
from db.fields import FieldType, Spec, is_id
from db.reader import Reader
from db.record import Record
from engage_desktop.records import values

LONGEST = 160
"""Characters of one value that a line shows."""


def changes_words(
    kind: type[Record], slots: Mapping[str, Any], titles: Mapping[str, str]
) -> list[str]:
    """Slots as sentences; `titles` names what links point to."""
    specs = kind.specs()
    said = []
    for slot, value in slots.items():
        name, colon, element = slot.partition(":")
        if slot == BIN:
            said.append("Moved to the bin" if value else "Taken out of the bin")
        elif is_mark(slot):
            said += _erased_words(kind, slot)
        elif name in specs and colon:
            what = titles.get(element) or specs[name].choice_label(element)
            if specs[name].type is FieldType.FEATURES:
                answer = {"yes": "yes", "no": "no"}.get(str(value), "not known")
                said.append(f"{specs[name].label}: {what}: {answer}")
            else:
                verb = "added" if value else "taken off"
                said.append(f"{specs[name].label}: {what} {verb}")
        elif name in specs:
            said.append(f"{specs[name].label}: {value_words(specs[name], value, titles)}")
    return said


def _erased_words(kind: type[Record], slot: str) -> list[str]:
    """What a mark of erasing says; hashes say nothing to people."""
    mark, _, name = slot.partition(":")
    specs = kind.specs()
    if mark not in (ERASED, SCRUBBED) or (name and name not in specs):
        return []
    if not name:
        return ["Erased for good" if mark == ERASED else "What stood here was erased since"]
    label = specs[name].label
    return [f"{label}: erased for good" if mark == ERASED else
            f"{label}: what stood here was erased since"]  # fmt: skip


def value_words(spec: Spec, value: Any, titles: Mapping[str, str]) -> str:
    """A value on one line; a link by its title."""
    if value in (None, ""):
        return "empty"
    if spec.type is FieldType.LINK:
        return titles.get(str(value)) or "a record not here yet"
    text = " ".join(values.told(spec, value).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def ids_in(slots: Mapping[str, Any]) -> set[str]:
    """Ids that slots point to, whose titles are wanted."""
    return {
        part
        for slot, value in slots.items()
        for part in (slot.partition(":")[2], value)
        if is_id(part)
    }


def titles_of(reader: Reader, ids: Iterable[str]) -> dict[str, str]:
    """Titles of records by id."""
    return {record_id: reader.title(record_id) for record_id in ids}
