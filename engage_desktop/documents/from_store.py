"""From the records of a store to the plain data that documents are drawn from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from db.errors import NotFound
from db.query import ListQuery
from db.reader import Reader
from engage_desktop.documents.easy_read_sheet import EasyReadSheet, Row
from engage_desktop.documents.register import Column
from engage_desktop.documents.summary_doc import FftCounts, SummaryDoc, ThemeCount
from engage_desktop.plain import long_date
from engage_desktop.queries.feedback import Scope, comment_counts, fft_summary, theme_counts
from engage_desktop.queries.sensitive import only_plain
from engage_desktop.records.outcome import EasyReadLine, YouSaid
from engage_desktop.records.values import told

TITLE = "You said, we did"
_PICTURES = ("speech", "agree", "done")
_MOST_THEMES = 20
_PAGE = 500


def newest_you_said(reader: Reader) -> str:
    """The id of the newest "You said, we did" that has easy-read lines, else of the newest.

    Raises `NotFound` where there is none.
    """
    query = ListQuery("you_said", sort="-quarter")
    ids = [row.id for row in reader.page(query, limit=_PAGE).rows]
    if not ids:
        raise NotFound("There is no “You said, we did” to print yet. Nothing was written.")
    return next((i for i in ids if reader.children("easy_read_line", i)), ids[0])


def easy_read_sheet(reader: Reader, you_said_id: str, *, day: dt.date) -> EasyReadSheet:
    """The sheet of one "You said, we did": its easy-read lines, or its own words where it has
    none yet (the check then says which are too long). Raises `NotFound`."""
    record = reader.get("you_said", you_said_id)
    assert isinstance(record, YouSaid)
    lines = [
        x for x in reader.children("easy_read_line", you_said_id) if isinstance(x, EasyReadLine)
    ]
    if lines:
        rows = tuple(
            Row(line.pictogram or _PICTURES[0], line.heading, line.sentence)
            for line in sorted(lines, key=lambda line: line.position)
        )
    else:
        told = (("You said", record.you_said), ("We did", record.we_did),
                ("What changed", record.outcome))  # fmt: skip
        rows = tuple(
            Row(picture, heading, text)
            for picture, (heading, text) in zip(_PICTURES, told, strict=True)
            if text.strip()
        )
    return EasyReadSheet.of_rows(TITLE, record.topic, rows, day=day)


def register_columns(reader: Reader, kind: str) -> list[Column]:
    """The columns of a printed list of a kind: those its list shows."""
    specs = reader.registry[kind].specs()
    return [Column(specs[path].label) for path in _paths(reader, kind)]


def _paths(reader: Reader, kind: str) -> list[str]:
    return [path for path in reader.registry[kind].meta.columns if "." not in path]


def register_rows(reader: Reader, query: ListQuery) -> Iterator[list[str]]:
    """The rows of a printed list, as officers read them, as the store stood at the first.

    Without those that reveal something by being there, unless the query asks for them.
    """
    specs = reader.registry[query.kind].specs()
    paths = tuple(_paths(reader, query.kind))
    query = only_plain(replace(query, columns=paths))
    offset = 0
    with reader.steady():
        while True:
            page = reader.page(query, offset=offset, limit=_PAGE)
            for row in page.rows:
                pairs = zip(paths, row.values, strict=True)
                yield [told(specs[path], value) for path, value in pairs]
            if not page.more:
                return
            offset += _PAGE


def feedback_summary(reader: Reader, scope: Scope, *, day: dt.date) -> SummaryDoc:
    """Answers and the commonest themes, with what was counted in words."""
    summary = fft_summary(reader, scope)
    themes = theme_counts(reader, scope)
    words, empty = comment_counts(reader, scope)
    notes = [f"{empty:,} questions were asked and left empty."] if empty else []
    if len(themes) > _MOST_THEMES:
        notes.append(f"The {_MOST_THEMES} commonest of {len(themes)} themes are shown.")
    return SummaryDoc(
        title="What people told us",
        scope=scope_words(scope),
        fft=FftCounts(**summary.counts, not_asked=summary.not_asked),
        themes=tuple(ThemeCount(t.name, t.comments) for t in themes[:_MOST_THEMES]),
        comments=words,
        notes=tuple(notes),
        day=day,
    )


def scope_words(scope: Scope) -> str:
    """What was counted, in words."""
    parts = [part for part in (scope.service, scope.provider) if part]
    if scope.since:
        parts.append(f"from {long_date(scope.since)}")
    if scope.until:
        parts.append(f"to {long_date(scope.until)}")
    return ", ".join(parts) or "All feedback"
