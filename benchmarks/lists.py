"""Opening a list page and searching newest first, against the bare SQL on the same connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.shelves import COMMON, FILLER, RARE, SIZES, opened
from benchmarks.timing import Figure, Report, pair_ms
from db.query import ListQuery
from db.reader import Reader
from engage_desktop.records.feedback import Comment

SHOWN = (
    "SELECT c.pk, lower(hex(r.id)), r.title, c.text, p.fft, p.service, p.received_on, "
    "(SELECT group_concat(t.title) FROM comment__themes s JOIN record t ON t.pk = s.element "
    "WHERE s.pk = c.pk) FROM {source} JOIN record r ON r.pk = c.pk "
    "LEFT JOIN response p ON p.pk = c.response WHERE c.state = 0 {where} "
    "ORDER BY {key} DESC LIMIT 200"
)
PAGE = SHOWN.format(source="comment c", where="", key="c.pk")
FOUND = SHOWN.format(
    source="comment__fts f CROSS JOIN comment c ON c.pk = f.rowid",
    where="AND comment__fts MATCH ?",
    key="f.rowid",
)
WORDS = {
    "a common word": COMMON,
    "a very common long word": FILLER[6],
    "a rare word": RARE,
    "the beginning of a word": COMMON[:3],
    "more of its beginning": COMMON[:4],
}


def lists(report: Report, sizes: tuple[int, ...] = SIZES) -> None:
    """Every size; each against bare SQL, and the largest against the smallest."""
    first: dict[str, float] = {}
    for count in sizes:
        with opened(count) as workspace:
            reader = workspace.store.reader()
            try:
                for what, ours, bare in jobs(reader):
                    mine, theirs = pair_ms(ours, bare)
                    report.add(
                        Figure(f"{what}, {count:,}", mine, "ms", theirs, "bare SQL", wanted=2)
                    )
                    if count == sizes[0]:
                        first[what] = mine
                    elif count == sizes[-1]:
                        against = f"{sizes[0]:,} comments"
                        report.add(Figure(f"{what}, {count:,}", mine, "ms", first[what], against))
            finally:
                reader.close()
            seconds = float(workspace.store.get_setting("bench_seconds", 0))
            report.note(f"the store of {count:,} comments took {seconds:,.0f} s to make, once")


def jobs(reader: Reader) -> list[tuple[str, Callable[[], Any], Callable[[], Any]]]:
    """(what, through the reader, as bare SQL)."""
    columns = Comment.meta.columns
    middle = reader.count(ListQuery("comment")) // 2
    made: list[tuple[str, Callable[[], Any], Callable[[], Any]]] = [
        (
            "first page of the list",
            lambda: reader.page(ListQuery("comment", columns)),
            lambda: bare(reader, PAGE),
        ),
        (
            "page in the middle of the list",
            lambda: reader.page(ListQuery("comment", columns), offset=middle),
            lambda: bare(reader, PAGE + " OFFSET ?", middle),
        ),
    ]
    for what, word in WORDS.items():
        query = ListQuery("comment", columns, text=word)
        matched = f'"{word}" *'
        made.append(
            (
                f"search for {what}",
                lambda query=query: reader.page(query),  # type: ignore[misc]
                lambda matched=matched: bare(reader, FOUND, matched),  # type: ignore[misc]
            )
        )
    return made


def bare(reader: Reader, sql: str, *params: object) -> list[Any]:
    """Straight to the connection."""
    return reader._connection.execute(sql, params).fetchall()
