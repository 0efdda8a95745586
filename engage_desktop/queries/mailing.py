"""Who of a list may be sent something, in which formats, and where to."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from db.query import ListQuery
from db.reader import Reader
from engage_desktop.queries.permissions import held_sql
from engage_desktop.stakeholders.needs import (
    FIELDS,
    QUICK_FORMATS,
    format_label,
    formats_needed,
    print_points,
)
from engage_desktop.stakeholders.permissions import who_may_agree

ADDRESSED = "stakeholder"
"""The kind that is written to."""

STANDARD = "standard"
"""Sent as everybody gets it: no format is needed."""

DO_NOT_CONTACT, REFUSED = "do_not_contact", "refused"
NOT_AGREED, NO_ADULT = "not_agreed", "no_adult"
WHY_NOT = {
    DO_NOT_CONTACT: "not to be contacted",
    REFUSED: "said no to being contacted",
    NOT_AGREED: "without a yes that holds",
    NO_ADULT: "a child with nobody who agrees for them",
}
"""Why somebody of the list is left out, and the words for it."""

_PAGE = 500
_OWN = (
    "name", "job_title", "email", "phone", "mobile", "address", "postcode", "locality",
    "involvement", "interests", "letters_in", "age_band", "guardian", "competence_by", *FIELDS,
)  # fmt: skip
_WORK = ("organisation.name", "organisation.address", "organisation.postcode",
         "organisation.reveals")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipient:
    """One line of the list. `why_not` is "" where they may be sent something, else a code of
    `WHY_NOT`. `organisation` is set where they work and that says nothing protected of them;
    `at_work` says that the address is the organisation's."""

    id: str
    values: dict[str, Any]
    formats: tuple[str, ...]
    points: int | None
    organisation: str
    at_work: bool
    why_not: str

    @property
    def name(self) -> str:
        """As it is in the register."""
        return str(self.values["name"])

    def said(self, field: str) -> str:
        """What a field of the record says; "" where it says nothing."""
        return str(self.values[field] or "")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the list: `purpose` is what they must have agreed to ("contact": only that nobody
    said no), `level` and `interest` codes of the record's choices, `form` a code of
    `formats_needed` or `STANDARD`. Empty wants everybody."""

    purpose: str = "contact"
    level: str = ""
    interest: str = ""
    form: str = ""

    def takes(self, one: Recipient) -> bool:
        """Is this one wanted, whether or not they may be sent anything?"""
        if self.level and one.values["involvement"] != self.level:
            return False
        if self.interest and self.interest not in (one.values["interests"] or ()):
            return False
        return not self.form or self.form in (one.formats or (STANDARD,))


def recipients(
    reader: Reader, query: ListQuery, today: dt.date, wanted: Wanted | None = None
) -> Iterator[Recipient]:
    """Those of a list of stakeholders that are wanted, in its order, with who is left out and why.

    Raises `InvalidInput`. It reads in steps; keep the reader steady round it.
    """
    wanted = wanted or Wanted()
    held, params = held_sql(wanted.purpose, today)
    states = {
        str(row[0]): (str(row[1]), bool(row[2]))
        for row in reader.sql(
            f"SELECT lower(hex(r.id)), h.said, h.barred FROM ({held}) h "
            "JOIN record r ON r.pk = h.pk",
            params,
        )
    }
    query = replace(query, columns=(*_OWN, *_WORK))
    offset = 0
    while True:
        page = reader.page(query, offset=offset, limit=_PAGE)
        for row in page.rows:
            said, barred = states.get(row.id, ("not_asked", False))
            one = _recipient(row.id, row.values, _why_not(wanted.purpose, said, barred))
            if wanted.takes(one):
                yield one
        if not page.more:
            return
        offset += _PAGE


@dataclass(frozen=True, slots=True)
class FormatCount:
    """How many need one format, and how many of them have an e-mail address and a postal one."""

    code: str
    label: str
    people: int
    with_email: int
    with_address: int


@dataclass(frozen=True, slots=True)
class Bulletin:
    """Who gets the bulletin in which format: who needs two is in two rows. `people` are all who
    get it, `left_out` counts the others by the codes of `WHY_NOT`."""

    rows: tuple[FormatCount, ...]
    people: int
    left_out: dict[str, int]


def bulletin(reader: Reader, today: dt.date) -> Bulletin:
    """The bulletin's readers by the format they need."""
    counts: dict[str, Counter[str]] = {code: Counter() for code in (STANDARD, *QUICK_FORMATS)}
    left: Counter[str] = Counter()
    people = 0
    with reader.steady():
        for one in recipients(reader, ListQuery("stakeholder"), today, Wanted("bulletin")):
            if one.why_not:
                left[one.why_not] += 1
                continue
            people += 1
            has = {"people": 1, "email": bool(one.said("email")),
                   "address": bool(one.said("address"))}  # fmt: skip
            for code in one.formats or (STANDARD,):
                counts.setdefault(code, Counter()).update(has)
    rows = tuple(
        FormatCount(code, form_label(code), each["people"], each["email"], each["address"])
        for code, each in counts.items()
    )
    return Bulletin(rows, people, {code: left[code] for code in WHY_NOT if left[code]})


def form_label(code: str) -> str:
    """The words for a format, or for none."""
    return "Standard" if code == STANDARD else format_label(code)


def _why_not(purpose: str, said: str, barred: bool) -> str:
    if barred:
        return DO_NOT_CONTACT
    if purpose == "contact":
        return REFUSED if said in ("no", "withdrawn") else ""
    return "" if said == "yes" else NOT_AGREED


def _recipient(id_: str, cells: tuple[Any, ...], why_not: str) -> Recipient:
    values = dict(zip(_OWN, cells, strict=False))
    firm, address, postcode, reveals = cells[len(_OWN) :]
    agreed = who_may_agree(
        values["age_band"] or "", values["guardian"] or "", values["competence_by"] or ""
    )
    home = (_flat(values["address"]), _flat(values["postcode"]))
    return Recipient(
        id_, values, formats_needed(values), print_points(values),
        "" if reveals else str(firm or ""), home == (_flat(address), _flat(postcode)),
        why_not or (NO_ADULT if agreed else ""),
    )  # fmt: skip


def _flat(text: Any) -> str:
    return "".join(character for character in str(text or "").casefold() if character.isalnum())
