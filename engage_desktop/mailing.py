"""What is sent by post or from a mail-merge: labels and lists, and who is left out of them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from db.errors import Cancelled, InvalidInput
from db.query import ListQuery
from db.reader import Reader
from db.store import Store
from engage_desktop.documents.labels import Label, render_labels
from engage_desktop.documents.tagged import DocumentReport
from engage_desktop.exchange.writers import Cell, CsvWriter, TableWriter, XlsxWriter
from engage_desktop.leaving import leaving
from engage_desktop.outside import check_target_outside
from engage_desktop.plain import counted, listed
from engage_desktop.queries.mailing import (
    ADDRESSED,
    WHY_NOT,
    Recipient,
    Wanted,
    form_label,
    recipients,
)
from engage_desktop.readings import Readings, check_may_see
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.records.values import show
from engage_desktop.stakeholders.addresses import address_lines, round_key

Order = Literal["postcode", "name"]
ORDERS: tuple[Order, ...] = ("postcode", "name")
NO_ADDRESS = "no_address"
WORDS = {**WHY_NOT, NO_ADDRESS: "without an address"}
"""Why somebody gets no label, and the words for it."""

_LINES = 5
"""Columns of a mail-merge for the lines of an address; what is more stays in the last."""

HEADINGS = (
    "Name", "Job title", "Organisation",
    *(f"Address line {number}" for number in range(1, _LINES + 1)),
    "Postcode", "E-mail", "Phone", "Mobile", "Locality", "Level of involvement",
    "Areas of interest", "Format", "Least size of letters (points)", "Language for letters",
    "How to get in touch", "Stakeholder ID",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Printed:
    """What came out: the document, how many labels, and how many got none, by codes of `WORDS`."""

    report: DocumentReport
    labels: int
    left_out: dict[str, int]


@dataclass(frozen=True, slots=True)
class Listed:
    """How many rows a list for a mail-merge has, and who was left out, by codes of `WHY_NOT`."""

    rows: int
    left_out: dict[str, int]


def print_labels(
    reader: Reader,
    query: ListQuery,
    out: BinaryIO,
    *,
    today: dt.date,
    sheet: str = "l7160",
    start: int = 1,
    order: str = "postcode",
) -> Printed:
    """Draw labels for the stakeholders of a list. Nobody who is not to be contacted, or said no to
    being contacted, gets one. Raises `InvalidInput` where nothing would be printed."""
    if order not in ORDERS:
        raise InvalidInput(
            f"Labels go by postcode or by name, not by “{order}”. Nothing was written."
        )
    left: Counter[str] = Counter()
    kept: list[Recipient] = []
    with reader.steady():
        for one in recipients(reader, query, today):
            why = one.why_not or ("" if one.said("address").strip() else NO_ADDRESS)
            if why:
                left[why] += 1
            else:
                kept.append(one)
    by_name = sorted(kept, key=lambda one: (one.name.casefold(), one.id))
    if order == "postcode":
        by_name.sort(key=lambda one: round_key(one.said("postcode")))
    found = {code: left[code] for code in WORDS if left[code]}
    if not kept:
        raise InvalidInput(
            " ".join(("There is no label to print, so nothing was written.", left_words(found)))
            .strip()
        )  # fmt: skip
    drawn = render_labels(map(_label, by_name), out, sheet=sheet, start=start)
    said = (left_words(found), *drawn.warnings)
    report = DocumentReport(drawn.pages, tuple(filter(None, said)))
    return Printed(report, drawn.labels, found)


def left_words(left: dict[str, int], thing: str = "label") -> str:
    """ "No label for 3 who are …", or "" where nobody was left out."""
    if not left:
        return ""
    parts = [f"{count:,} {WORDS[code]}" for code, count in left.items()]
    return f"No {thing} for {listed(parts)}."


def write_mail_list(
    store: Store,
    path: Path,
    query: ListQuery,
    wanted: Wanted,
    *,
    today: dt.date,
    cancelled: Callable[[], bool] | None = None,
) -> Listed:
    """Write who may be sent something as a table for a mail-merge, .csv or .xlsx, that appears
    only when it is whole. Raises `InvalidInput`, `NotAllowed`, `DiskFull`, `Cancelled`."""
    form = path.suffix.lower()
    if form not in (".csv", ".xlsx"):
        raise InvalidInput(
            f"A list for a mail-merge is a .csv or an .xlsx, not “{path.name}”. Nothing was "
            "written."
        )
    check_target_outside(path)
    check_may_see(store, ADDRESSED)
    reader = store.reader()
    try:
        Readings(store).note_query(reader, query, "exported")
        left: Counter[str] = Counter()
        rows = 0
        with leaving(path) as file, reader.steady():
            writer: TableWriter = CsvWriter(file) if form == ".csv" else XlsxWriter(file)
            try:
                writer.begin("Mail-merge", HEADINGS)
                for one in recipients(reader, query, today, wanted):
                    if cancelled is not None and cancelled():
                        raise Cancelled("Stopped. Nothing was written.")
                    if one.why_not:
                        left[one.why_not] += 1
                        continue
                    writer.row(_cells(one))
                    rows += 1
                writer.close()
            except BaseException:
                writer.abandon()
                raise
    finally:
        reader.close()
    return Listed(rows, {code: left[code] for code in WHY_NOT if left[code]})


def list_words(found: Listed, name: str) -> str:
    """What a list for a mail-merge holds, in words."""
    said = f"{counted(found.rows, 'row')} written to “{name}”."
    return " ".join(filter(None, (said, left_words(found.left_out, "row"))))


def _label(one: Recipient) -> Label:
    lines = address_lines(one.said("address"), one.said("postcode"))
    firm = one.organisation if one.at_work else ""
    return Label(one.name, (firm, *lines) if firm else lines)


def _cells(one: Recipient) -> tuple[Cell, ...]:
    specs = Stakeholder.specs()
    lines = list(address_lines(one.said("address"), ""))
    if len(lines) > _LINES:
        lines[_LINES - 1 :] = [", ".join(lines[_LINES - 1 :])]
    lines += [""] * (_LINES - len(lines))

    def said(name: str) -> str:
        return show(specs[name], one.values[name])

    formats = "; ".join(form_label(code) for code in one.formats) or form_label("standard")
    return (
        one.name, said("job_title"), one.organisation, *lines, said("postcode"), said("email"),
        said("phone"), said("mobile"), said("locality"), said("involvement"), said("interests"),
        formats, one.points, said("letters_in"), said("contact_methods"), one.id,
    )  # fmt: skip
