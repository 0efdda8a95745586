"""Short ways to say what a field is, so that a record reads like the form it becomes."""

from __future__ import annotations

from typing import Any

from db.fields import Choice, FieldType, Merge, Role, Spec

GENERAL = "general"
PEOPLE = "people"
MONEY = "money"
CONFIDENTIAL = "confidential"
COMPARTMENTS = (GENERAL, PEOPLE, MONEY, CONFIDENTIAL)


def choices(**labels: str) -> tuple[Choice, ...]:
    """Codes and their words, in the order they are offered."""
    return tuple(Choice(code, label) for code, label in labels.items())


def _make(kind: FieldType) -> Any:
    def make(label: str, hint: str = "", **more: Any) -> Spec:
        return Spec(kind, label, hint, **more)

    return make


text = _make(FieldType.TEXT)
long_text = _make(FieldType.LONG_TEXT)
email = _make(FieldType.EMAIL)
phone = _make(FieldType.PHONE)
postcode = _make(FieldType.POSTCODE)
url = _make(FieldType.URL)
date_field = _make(FieldType.DATE)
moment = _make(FieldType.DATETIME)
time_field = _make(FieldType.TIME)
choice = _make(FieldType.CHOICE)
number = _make(FieldType.INTEGER)
money = _make(FieldType.MONEY)
yes_no = _make(FieldType.BOOLEAN)
link = _make(FieldType.LINK)
choice_set = _make(FieldType.CHOICES)
links = _make(FieldType.LINKS)
features = _make(FieldType.FEATURES)


def notes(hint: str = "", **more: Any) -> Spec:
    """The long text of a kind that takes what has no field of its own."""
    return Spec(FieldType.LONG_TEXT, "Notes", hint, role=Role.NOTES, **more)


ADDRESS_LINES = (
    ("street address", "street", "address line 1", "address 1", "line 1", "house and street"),
    ("address line 2", "address 2", "line 2", "supplemental address 1"),
    ("address line 3", "address 3", "line 3", "supplemental address 2"),
    ("city", "town", "town or city", "town/city", "post town"),
    ("county", "state", "state/province", "region"),
    ("country",),
)
"""The columns in which contact lists keep an address line by line, from the door outwards."""

PERMISSION = choices(not_asked="Not asked", yes="Yes", no="No")
"""The restrictive reading of two differing answers is "no", then "not asked"."""

PERMISSION_ORDER = ("no", "not_asked", "yes")

STRICTER = Merge.RESTRICTIVE
"""Of two answers given without knowing of each other, the stricter shows until a person reviews."""
