"""The documents that `engage print` writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from db.errors import InvalidInput, NotFound
from db.query import ListQuery
from db.reader import Reader
from engage_desktop.readings import check_may_see

if TYPE_CHECKING:
    from engage_desktop.documents.tagged import DocumentReport
    from engage_desktop.workspace import Workspace

DOCUMENTS = {
    "you-said-we-did": "An easy-read sheet; --id chooses which, else the newest.",
    "register": "A list of the records of one kind; say which with --kind.",
    "labels": "Address labels for stakeholders: --sheet, --start, --order, --where.",
    "feedback-summary": "Answers and the commonest themes on a page.",
    "stakeholder-map": "The grid of two scores (--axes), with who has moved (--since).",
    "network": "Who is linked with whom on a day; --focus on one, --depth steps round it.",
    "matrix": "The stakeholder matrix: who is in each group and what is wanted, gaps shown.",
    "types": "Stakeholders by type, with organisation and job title, gaps shown.",
    "place-map": "How many stakeholders there are in each place; --level chooses which.",
}

Draw = Callable[[BinaryIO], "DocumentReport"]


def print_document(
    workspace: Workspace, name: str, out: Path, *, record: str = "", kind: str = "",
    sensitive: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Write one document as a tagged PDF. Raises `NotFound`, `InvalidInput`, `DiskFull`."""
    from engage_desktop.documents.output import write_pdf

    if name not in DOCUMENTS:
        raise NotFound(f"There is no document “{name}”. Documents: {', '.join(DOCUMENTS)}.")
    day = dt.datetime.fromtimestamp(workspace.store.now() / 1000, dt.UTC).astimezone().date()
    reader = workspace.store.reader()
    try:
        if name == "register" and kind:
            listed = ListQuery(reader.registry.find(kind).meta.name, sort="pk")
            check_may_see(workspace.store, listed.kind)
            workspace.readings.note_query(reader, listed, "printed")
        report = write_pdf(out, _drawing(reader, name, day, record, kind, sensitive))
    finally:
        reader.close()
    return {"document": name, "file": str(out), "pages": report.pages,
            "warnings": list(report.warnings)}  # fmt: skip


def _drawing(
    reader: Reader, name: str, day: dt.date, record: str, kind: str, sensitive: bool
) -> Draw:
    if name == "you-said-we-did":
        return _easy_read(reader, day, record)
    if name == "register":
        return _register(reader, day, kind, sensitive)
    return _summary(reader, day)


def _easy_read(reader: Reader, day: dt.date, record: str) -> Draw:
    from engage_desktop.documents.easy_read import render_easy_read
    from engage_desktop.documents.from_store import easy_read_sheet, newest_you_said

    sheet = easy_read_sheet(reader, record or newest_you_said(reader), day=day)
    if not sheet.rows:
        raise InvalidInput("This “You said, we did” has no words yet. Nothing was written.")
    return lambda out: render_easy_read(sheet, out)


def _register(reader: Reader, day: dt.date, kind: str, sensitive: bool) -> Draw:
    from engage_desktop.documents.from_store import register_columns, register_rows
    from engage_desktop.documents.register import render_register
    from engage_desktop.queries.sensitive import only_plain, with_sensitive

    if not kind:
        raise InvalidInput("Say which records to list: --kind KIND. Nothing was written.")
    meta = reader.registry.find(kind).meta
    query = (with_sensitive if sensitive else only_plain)(ListQuery(meta.name, sort=meta.sort))
    total = reader.count(query)
    columns = register_columns(reader, meta.name)
    rows = register_rows(reader, query)
    return lambda out: render_register(meta.plural, columns, rows, out, total=total, day=day)


def _summary(reader: Reader, day: dt.date) -> Draw:
    from engage_desktop.documents.from_store import feedback_summary
    from engage_desktop.documents.summary_doc import render_summary
    from engage_desktop.queries.feedback import Scope

    summary = feedback_summary(reader, Scope(), day=day)
    return lambda out: render_summary(summary, out)
