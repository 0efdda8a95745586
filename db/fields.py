"""What a field is: its type, its words and its rules, declared once on the record.

A record's field carries one `Spec` in its `Annotated` metadata. The table column, the form's
editor, the import mapping, the export, the printed register and the merge rule all read it, so
none of them ever looks at a field's name.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


class FieldType(StrEnum):
    """How a value is kept, edited and shown.

    Kept in the typed table as: text for `TEXT` to `TIME` and `CHOICE`; integer for `INTEGER`,
    `MONEY` (pence), `BOOLEAN` (0/1) and `LINK` (the target's row key); a link table
    `<kind>__<field>(pk, element, value)` for `CHOICES`, `LINKS` and `FEATURES`.
    """

    TEXT = "text"  # one line
    LONG_TEXT = "long_text"  # paragraphs; never merged by machine
    EMAIL = "email"
    PHONE = "phone"
    POSTCODE = "postcode"
    URL = "url"
    DATE = "date"  # ISO 8601, YYYY-MM-DD
    DATETIME = "datetime"  # ISO 8601 with offset
    TIME = "time"  # HH:MM, 24 hours
    CHOICE = "choice"  # one code of `choices`
    INTEGER = "integer"
    MONEY = "money"  # pence
    BOOLEAN = "boolean"
    LINK = "link"  # id of one record of kind `target`
    CHOICES = "choices"  # set of codes of `choices`, merged element by element
    LINKS = "links"  # set of ids of records of kind `target`, merged element by element
    FEATURES = "features"  # code -> "yes" | "no"; absent means unknown


SET_TYPES = frozenset({FieldType.CHOICES, FieldType.LINKS, FieldType.FEATURES})
LINK_TYPES = frozenset({FieldType.LINK, FieldType.LINKS})
INTEGER_TYPES = frozenset({FieldType.INTEGER, FieldType.MONEY, FieldType.BOOLEAN, FieldType.LINK})

_IN_A_FORM = INTEGER_TYPES | {FieldType.DATE, FieldType.DATETIME, FieldType.TIME}


LONGEST = {False: 2_000, True: 5_000_000}
"""Most characters of one line, and of a long text."""

WORDS = frozenset(
    {FieldType.TEXT, FieldType.LONG_TEXT, FieldType.EMAIL, FieldType.POSTCODE, FieldType.CHOICE}
)
"""Sorted without regard to capitals."""

LARGEST = 10**15
"""Whole numbers (and pence) lie between this and its negative: far inside what SQLite keeps."""

LONGEST_ELEMENT = 500
"""Most characters of one element of a set."""

ID = re.compile(r"[0-9a-f]{32}")
"""What the id of a record, a laptop or a change set looks like."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    _DAY.pattern + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
"""As pydantic writes them; what else ISO 8601 allows would sort and compare wrongly."""


class Merge(StrEnum):
    """What happens when two people changed one field without knowing of each other."""

    CONFLICT = "conflict"  # both values are kept, the later shows, a person chooses
    RESTRICTIVE = "restrictive"  # the first of `restrictive` shows until a person reviews
    UNION = "union"  # sets: every element; withdrawn beats added


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value: the code that is kept and the words that are shown.

    `aliases` are other words for it that files hold or people type.
    """

    code: str
    label: str
    icon: str = ""
    aliases: tuple[str, ...] = ()


class Role(StrEnum):
    """What a field does for the record it stands in, beyond what its type says."""

    ORDER = "order"  # an integer: which place this part has among its parent's parts, from 1
    PICTURE = "picture"  # names a picture: it is shown, not read
    NOTES = "notes"  # a long text that takes what has no field of its own


@dataclass(frozen=True, slots=True)
class Spec:
    """Everything the rest of the house needs to know of one field.

    `name` and `required` are filled in by the registry. `aliases` are other headings under which
    the field is met in files. `width` is the wish for a table column, in characters.
    `unit` is shown behind a number ("miles", "people"). `made_with` is what is known of a record
    that is made only because this link names it. `halves` are the headings of either column where
    files keep a one-line text in two (first name, last name), `lines` those of the columns in which
    they keep a text of several lines one by one (street, town, county). `rule` is asked of a text
    that is written here and raises `ValueError` with a sentence; what a colleague's other release
    let by is read as it is.
    """

    type: FieldType
    label: str
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    open_choices: bool = False  # CHOICE(S): other values than `choices` may be typed
    target: str = ""
    merge: Merge = Merge.CONFLICT
    restrictive: tuple[object, ...] = ()
    sensitive: bool = False
    searchable: bool = False
    aliases: tuple[str, ...] = ()
    width: int = 16
    unit: str = ""
    role: Role | None = None
    made_with: tuple[tuple[str, object], ...] = ()
    halves: tuple[tuple[str, ...], ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()
    advanced: bool = False  # folded away in the form until asked for
    file: bool = False  # names an attachment's file by its digest
    purpose: str = ""  # "lead": names the officer who answers for the record
    section: str = ""  # the heading under which the form shows it; "" comes before them all
    begins: str = ""  # what a new record begins with in the form: "today", "officer"
    matched: bool = False  # who else holds the same is looked for: indexed in its `plain_form`
    rule: Callable[[str], None] | None = None
    name: str = ""
    required: bool = False
    default: object = None
    is_set: bool = field(init=False, repr=False, compare=False, default=False)
    """True when the value is a set or mapping kept in a link table."""
    any_text: bool = field(init=False, repr=False, compare=False, default=False)
    """True when every whole text fits."""

    def __post_init__(self) -> None:
        # Asked for each value of every op: worked out once.
        is_set = self.type in SET_TYPES
        object.__setattr__(self, "is_set", is_set)
        object.__setattr__(self, "any_text", not is_set and self.type not in _IN_A_FORM)
        if self.type in SET_TYPES and self.merge is Merge.CONFLICT:
            object.__setattr__(self, "merge", Merge.UNION)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Let pydantic hold every field to the rules its `Spec` states."""
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(self.checked, handler(source))

    def checked(self, value: Any) -> Any:
        """The value in its kept form. Raises `ValueError` with a sentence for people."""
        if value is None:
            return None
        if isinstance(value, str):
            return self._checked_text(value)
        if self.type in (FieldType.CHOICES, FieldType.LINKS):
            return tuple(sorted({self.checked_element(str(item)) for item in value}))
        if self.type is FieldType.FEATURES:
            return {self.checked_element(code): _yes_no(self, v) for code, v in value.items()}
        if isinstance(value, int) and abs(value) > LARGEST:
            raise ValueError(f"{self.label} is too large a number.")
        return value

    def checked_element(self, value: str) -> str:
        """One element of a set in its kept form. Raises `ValueError` with a sentence."""
        if value == "":
            raise ValueError(f"{self.label} holds an entry with nothing in it.")
        self._check_signs(value)
        if len(value) > LONGEST_ELEMENT:
            raise ValueError(
                f"{self.label} holds an entry longer than {LONGEST_ELEMENT} characters."
            )
        return self._checked_element(value)

    def fits(self, value: Any, element: str | None = None) -> bool:
        """Has a slot's value, in its kept form, the form of this field? `element` is of a set's.

        A colleague's faulty program may send anything. What a release may change (which codes,
        how long, how an address looks) is not asked: a later one's values must be kept.
        """
        if self.any_text and element is None and type(value) is str and value.isascii():
            return "\0" not in value  # as most are
        if self.is_set != (element is not None):
            return False
        if element is not None and not self._element_fits(element):
            return False
        if value is None:
            return True
        if self.is_set:
            if self.type is FieldType.FEATURES:
                return value in ("yes", "no")
            return type(value) is int and value == 1
        if self.type is FieldType.BOOLEAN:
            return type(value) is bool
        if self.type in (FieldType.INTEGER, FieldType.MONEY):
            return type(value) is int and abs(value) <= LARGEST
        return isinstance(value, str) and _is_whole(value) and self._text_fits(value)

    def _element_fits(self, element: str) -> bool:
        return _is_whole(element) and (
            is_id(element) if self.type is FieldType.LINKS else element != ""
        )

    def _text_fits(self, value: str) -> bool:
        match self.type:
            case FieldType.LINK:
                return is_id(value)
            case FieldType.DATE:
                return _is_iso(_DAY, dt.date, value)
            case FieldType.DATETIME:
                return _is_iso(_MOMENT, dt.datetime, value)
            case FieldType.TIME:
                return value == "" or _TIME.fullmatch(value) is not None
        return True

    def _check_signs(self, value: str) -> None:
        if "\0" in value:
            raise ValueError(f"{self.label} holds a NUL character, which no text has.")
        if not _is_whole(value):
            raise ValueError(
                f"{self.label} holds half a character, which cannot be kept. Type or copy it again."
            )

    def _checked_text(self, value: str) -> str:
        self._check_signs(value)
        most = LONGEST[self.type is FieldType.LONG_TEXT]
        if len(value) > most:
            raise ValueError(f"{self.label} is longer than {most:,} characters.")
        if value == "":
            return value
        if self.type is FieldType.LINK or (self.type is FieldType.CHOICE):
            return self._checked_element(value)
        if self.type is FieldType.EMAIL and not _EMAIL.fullmatch(value):
            raise ValueError(f"{self.label} “{value}” is not an e-mail address.")
        if self.type is FieldType.TIME and not _TIME.fullmatch(value):
            raise ValueError(
                f"{self.label} is not a time. Type it as hours and minutes, for example 14:30."
            )
        return value

    def _checked_element(self, value: str) -> str:
        if self.type in LINK_TYPES and not ID.fullmatch(value):
            raise ValueError(f"{self.label} does not point to a record.")
        if self.choices and not self.open_choices and value not in self._labels:
            allowed = ", ".join(choice.label for choice in self.choices)
            raise ValueError(f"{self.label} cannot be “{value}”. It is one of: {allowed}.")
        return value

    def choice_label(self, code: str) -> str:
        """The words for a code; the code itself where it is not in the list."""
        return self._labels.get(code, code)

    @property
    def _labels(self) -> Mapping[str, str]:
        return {choice.code: choice.label for choice in self.choices}

    def named(self, name: str, required: bool, default: object) -> Spec:
        """A copy that knows its field's name."""
        return replace(self, name=name, required=required, default=default)


def is_id(text: object) -> bool:
    """Is this the id of a record: 32 lower-case hexadecimal digits?"""
    return isinstance(text, str) and ID.fullmatch(text) is not None


def _is_whole(text: str) -> bool:
    """No NUL, no half of a character: text that can be kept and sent."""
    try:
        return "\0" not in text and (text.isascii() or bool(text.encode()))
    except UnicodeEncodeError:
        return False


def _is_iso(form: re.Pattern[str], kind: type[dt.date], text: str) -> bool:
    try:
        return form.fullmatch(text) is not None and kind.fromisoformat(text) is not None
    except ValueError:
        return False


def _yes_no(spec: Spec, value: object) -> str:
    if value not in ("yes", "no"):
        raise ValueError(f"{spec.label}: each feature is yes or no, or left out when not known.")
    return str(value)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a kind is kept. Editable by the organisation; these are the shipped defaults.

    `period_months` counts from `trigger` (a field's name, or "recorded"); 0 means for good.
    """

    trigger: str = "recorded"
    period_months: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class KindMeta:
    """What a kind of record is called and how it behaves as a whole.

    `name` is the code and the table's name; `label`/`plural` are the officer's words.
    `columns` name the fields a list shows first, by path ("response.service" goes through a
    link). `sort` is a path, with "-" in front for newest or largest first.
    `parent` names the LINK field whose target a record belongs to (a comment's response).
    `identities` are the sets of fields by each of which a person is known again: after an erasure
    a row of an old file that has the same values in one of them is not taken.
    `purpose` is the sentence an empty list teaches with; `by_hand` is False for what only the
    program writes (a receipt), and `made_by` is the sentence that says how it comes about.
    `batch` kinds are keyed in from cards, also by those who may change nothing else.
    `also` names further LINK fields whose targets show these records among their parts (a
    membership belongs to its member, and is shown with its group too); `also_labels` are what one
    and several of them are called there. `sections` are the headings of its form in their order; a
    field's `section` is one of them.
    """

    name: str
    label: str
    plural: str
    compartment: str
    retention: Retention = field(default_factory=Retention)
    columns: tuple[str, ...] = ()
    sort: str = "-pk"
    icon: str = ""
    parent: str = ""
    aliases: tuple[str, ...] = ()  # other words the command line takes for this kind
    identities: tuple[tuple[str, ...], ...] = ()
    purpose: str = ""
    by_hand: bool = True
    follows: str = ""  # the field that names what this kind shares its compartment with
    made_by: str = ""
    batch: bool = False
    also: tuple[str, ...] = ()
    also_labels: tuple[tuple[str, str], ...] = ()
    twin: str = ""
    untwinned: str = ""
    sections: tuple[str, ...] = ()
