"""What an officer watches, and how far they have read what colleagues changed.

Both are kept in this laptop's own settings and never travel: a reader's laptop writes no changes
and may watch all the same, and what somebody keeps an eye on is nobody else's business. A backup
holds them, so a restored workspace goes on where it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db.errors import InvalidInput, NotFound
from db.reader import Reader
from db.store import Store
from engage_desktop.leaving import leaving
from engage_desktop.queries.changes import Changed, News, changed, news

if TYPE_CHECKING:
    from engage_desktop.digest import Digest

WATCHED = "changes.watched"
SEEN = "changes.seen"

MOST_AT_ONCE = 40
"""Records whose changes are put into words at once."""


@dataclass(frozen=True, slots=True)
class ForMe:
    """What colleagues changed: how many records are unread, and some of them in words."""

    total: int
    unread: int
    shown: tuple[Changed, ...]


def watched(store: Store) -> dict[str, str]:
    """Every record that is watched: its id -> its kind."""
    value: Mapping[str, str] = store.get_setting(WATCHED, {})
    return dict(value)


def watch(store: Store, reader: Reader, kind: str, record_id: str, *, on: bool) -> None:
    """Watch a record from now on, or no more. Raises `NotFound`.

    What was changed before counts as read: it was there to be seen.
    """
    if not store.exists(kind, record_id):
        label = store.registry[kind].meta.label.lower()
        raise NotFound(f"There is no {label} with the id “{record_id}” here. Nothing was changed.")
    now = watched(store)
    if on:
        now[record_id] = kind
    else:
        now.pop(record_id, None)
    store.set_setting(WATCHED, now)
    if on:
        mark_read(store, [n for n in every(store, reader) if n.id == record_id])


def every(store: Store, reader: Reader, *, since_ms: int = 0) -> list[News]:
    """All the records that concern this officer and that others changed."""
    seen: Mapping[str, Any] = store.get_setting(SEEN, {})
    return news(reader, store.officer, watched(store), seen, since_ms=since_ms)


def for_me(
    store: Store,
    reader: Reader,
    *,
    unread_only: bool = False,
    since_ms: int = 0,
    most: int | None = MOST_AT_ONCE,
) -> ForMe:
    """What colleagues changed in them, in words for the first `most`. For a task."""
    found = every(store, reader, since_ms=since_ms)
    unread = sum(item.unread for item in found)
    wanted = [item for item in found if item.unread] if unread_only else found
    shown = changed(reader, store.officer, wanted[:most], since_ms=since_ms)
    return ForMe(len(wanted), unread, tuple(shown))


def mark_read(store: Store, items: Iterable[News]) -> None:
    """These were looked at, as far as their changes went then."""
    marks: dict[str, Any] = dict(store.get_setting(SEEN, {}))
    marks |= {item.id: list(item.mark) for item in items}
    store.set_setting(SEEN, marks)


def write_digest(
    store: Store, found: ForMe, path: Path, *, since: dt.date | None = None, to: str = ""
) -> Digest:
    """Write what changed as a letter (.eml) or a tagged PDF, by the file's name.

    Raises `InvalidInput` for another ending or a bad address, `DiskFull`, `ReadOnly`.
    """
    from engage_desktop.digest import digest_of, letter

    day = dt.datetime.fromtimestamp(store.now() / 1000, dt.UTC).astimezone()
    made = digest_of(store.officer, found.shown, day.date(), since=since)
    ending = path.suffix.lower()
    if ending == ".eml":
        data = letter(made, to=to, at=day)
        with leaving(path, private=True) as file:
            file.write(data)
    elif ending == ".pdf":
        from engage_desktop.documents.digest_doc import render_digest
        from engage_desktop.documents.output import write_pdf

        write_pdf(path, lambda out: render_digest(made, out))
    else:
        raise InvalidInput(
            f"“{path.name}” ends in neither .eml (a letter) nor .pdf (a paper). Nothing was "
            "written. Give the file one of these endings."
        )
    return made


__all__ = ["ForMe", "every", "for_me", "mark_read", "watch", "watched", "write_digest"]
