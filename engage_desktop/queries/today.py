"""What the day holds and what needs the officer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

from db.reader import Reader
from engage_desktop.plain import counted, day_month
from engage_desktop.queries.needs import access_needs
from engage_desktop.stakeholders.parts import TERM_SOON_DAYS

Concern = Literal[
    "conflict", "need_not_met", "no_venue", "access_unchecked", "theme_unanswered",
    "attendance_missing", "reply_wanted", "date_missing", "promise_overdue", "contact_due",
    "ask_again", "term_ending", "seat_vacant",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ComingEvent:
    """An event on or after a day. `unmet` names needs of those invited that the venue fails."""

    id: str
    name: str
    date: dt.date
    start_time: str
    end_time: str
    venue: str
    status: str
    expected: int | None
    unmet: tuple[str, ...]
    online: bool = False

    @property
    def ready(self) -> bool:
        """It has a venue or is online, is confirmed and no known need is unmet."""
        return (bool(self.venue) or self.online) and self.status == "confirmed" and not self.unmet


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs the officer. `kind` and `id` lead to the record; `count` counts."""

    concern: Concern
    title: str
    detail: str
    kind: str = ""
    id: str = ""
    count: int = 1


def coming_events(reader: Reader, first: dt.date, last: dt.date) -> list[ComingEvent]:
    """Events between two days, both included, in order, without the cancelled ones."""
    rows = reader.sql(
        "SELECT lower(hex(r.id)), e.name, e.date, coalesce(e.start_time, ''), "
        "coalesce(e.end_time, ''), coalesce(v.title, ''), coalesce(e.status, 'planned'), "
        "e.expected, coalesce(e.event_type, '') FROM event e JOIN record r ON r.pk = e.pk "
        "LEFT JOIN record v ON v.pk = e.venue WHERE e.state = 0 AND e.date BETWEEN ? AND ? "
        "AND coalesce(e.status, '') <> 'cancelled' ORDER BY e.date, e.start_time, e.pk",
        [first.isoformat(), last.isoformat()],
    )
    return [
        ComingEvent(
            str(row[0]), str(row[1]), dt.date.fromisoformat(row[2]), str(row[3]), str(row[4]),
            str(row[5]), str(row[6]), row[7], access_needs(reader, str(row[0])).unmet,
            row[8] == "online",
        )
        for row in rows
    ]  # fmt: skip


def needs_me(reader: Reader, today: dt.date, limit: int = 4) -> list[Need]:
    """What needs the officer, most pressing first; at most `limit` of each concern."""
    found: list[Need] = []
    found += _conflicts(reader, limit)
    for event in coming_events(reader, today, today + dt.timedelta(days=60)):
        found += _event_needs(event)
    found += _unchecked_venues(reader, today, limit)
    found += _past_without_count(reader, today, limit)
    found += _stakeholders(reader, today)
    found += _themes_unanswered(reader, limit)
    found += _replies(reader)
    return found


def _event_needs(event: ComingEvent) -> list[Need]:
    when = f"{event.name}, {day_month(event.date)}"
    found = []
    if event.unmet:
        what = event.unmet[0]
        found.append(
            Need("need_not_met", f"Venue does not meet a need: {what}", f"{when}, {event.venue}",
                 "event", event.id, len(event.unmet))
        )  # fmt: skip
    if not event.venue and not event.online:
        found.append(Need("no_venue", "No venue yet", when, "event", event.id))
    return found


def _conflicts(reader: Reader, limit: int) -> list[Need]:
    rows = reader.sql(
        "SELECT r.kind, lower(hex(r.id)), r.title FROM conflict c JOIN record r ON r.pk = c.record "
        "GROUP BY c.record ORDER BY r.ms DESC LIMIT ?",
        [limit],
    )
    return [
        Need("conflict", "Two versions: choose one", f"“{title}” was changed by two people",
             str(kind), str(record_id))
        for kind, record_id, title in rows
    ]  # fmt: skip


def _unchecked_venues(reader: Reader, today: dt.date, limit: int) -> list[Need]:
    rows = reader.sql(
        "SELECT lower(hex(r.id)), r.title, min(e.date) FROM event e JOIN venue v ON v.pk = e.venue "
        "JOIN record r ON r.pk = v.pk WHERE e.state = 0 AND v.state = 0 AND e.date >= ? "
        "AND v.checked_on IS NULL GROUP BY v.pk ORDER BY 3 LIMIT ?",
        [today.isoformat(), limit],
    )
    return [
        Need("access_unchecked", "Nobody has checked the access",
             f"{title}, next used {_words(day)}", "venue", str(record_id))
        for record_id, title, day in rows
    ]  # fmt: skip


def _past_without_count(reader: Reader, today: dt.date, limit: int) -> list[Need]:
    since = today - dt.timedelta(days=90)
    rows = reader.sql(
        "SELECT lower(hex(r.id)), r.title, e.date FROM event e JOIN record r ON r.pk = e.pk "
        "WHERE e.state = 0 AND e.date < ? AND e.date >= ? AND e.attendance IS NULL "
        "AND coalesce(e.status, '') <> 'cancelled' ORDER BY e.date DESC LIMIT ?",
        [today.isoformat(), since.isoformat(), limit],
    )
    return [
        Need("attendance_missing", "How many came?", f"{title}, {_words(day)}", "event",
             str(record_id))
        for record_id, title, day in rows
    ]  # fmt: skip


WAITING_THEMES = (
    "WITH used AS (SELECT element, count(*) AS n FROM comment__themes GROUP BY element), "
    "binned AS (SELECT s.element, count(*) AS n FROM comment c CROSS JOIN comment__themes s "
    "ON s.pk = c.pk WHERE c.state > 0 GROUP BY s.element) "
    "SELECT lower(hex(r.id)), r.title, used.n - coalesce(binned.n, 0) AS live "
    "FROM used JOIN record r ON r.pk = used.element LEFT JOIN binned USING (element) "
    "WHERE r.state = 0 AND live > 0 AND NOT EXISTS (SELECT 1 FROM you_said y "
    "WHERE y.state = 0 AND y.theme = used.element AND coalesce(y.we_did, '') <> '') "
    "ORDER BY live DESC, used.element"
)
"""Themes that somebody spoke of and nobody answered, with how many comments outside the bin.

Counted in the index of themes less what the bin holds, because reading each comment's state takes
the page thirty times as long (107 ms against 3 ms at 100,000 comments).
"""


def _themes_unanswered(reader: Reader, limit: int) -> list[Need]:
    rows = reader.sql(WAITING_THEMES)
    if not rows:
        return []
    if len(rows) == 1:
        record_id, title, count = rows[0]
        detail = f"{title}: {counted(count, 'comment')}"
        return [
            Need("theme_unanswered", "A theme has no answer yet", detail, "theme", str(record_id))
        ]
    names = ", ".join(str(row[1]) for row in rows[:limit])
    return [
        Need("theme_unanswered", f"{len(rows)} themes have no answer yet", names, "theme",
             str(rows[0][0]), len(rows))
    ]  # fmt: skip


def _replies(reader: Reader) -> list[Need]:
    rows = reader.sql("SELECT count(*) FROM response WHERE state = 0 AND wants_reply = 1")
    count = int(rows[0][0])
    if not count:
        return []
    people = counted(count, "person wants", "people want")
    return [Need("reply_wanted", f"{people} to hear what we did",
                 "They asked for a reply", "response", "", count)]  # fmt: skip


def _stakeholders(reader: Reader, today: dt.date) -> list[Need]:
    """Promises, contacts, needs, terms and seats: one line for each, however many there are."""
    day, soon = today.isoformat(), (today + dt.timedelta(days=TERM_SOON_DAYS)).isoformat()
    asked: tuple[tuple[Concern, str, list[str], str, str, str], ...] = (
        ("promise_overdue", "due FROM interaction WHERE state = 0 AND due < ? AND "
         "coalesce(kept_on, '') = ''", [day], "promise is overdue", "promises are overdue",
         "The oldest was for {day}"),
        ("contact_due", "next_contact FROM stakeholder WHERE state = 0 AND next_contact <= ? AND "
         "coalesce(do_not_contact, 0) = 0", [day], "contact is due", "contacts are due",
         "The first was due {day}"),
        ("ask_again", "needs_review FROM stakeholder WHERE state = 0 AND needs_review < ?", [day],
         "person is to be asked again what they need", "people are to be asked again what they "
         "need", "The first by {day}"),
        ("term_ending", "term_ends FROM membership WHERE state = 0 AND term_ends <= ? AND "
         "coalesce(ended, '') = ''", [soon], "term ends soon or is over",
         "terms end soon or are over", "The first on {day}"),
        ("seat_vacant", "started FROM membership WHERE state = 0 AND member IS NULL AND "
         "\"group\" IS NOT NULL AND coalesce(ended, '') = ''", [], "seat is vacant",
         "seats are vacant", ""),
    )  # fmt: skip
    found = []
    for concern, source, params, one, many, detail in asked:
        column, rest = source.split(" ", 1)
        count, first = reader.sql(f"SELECT count(*), min({column}) {rest}", params)[0]
        if count:
            said = detail.format(day=_words(first)) if detail else "Somebody is to be found"
            found.append(Need(concern, counted(count, one, many), said, "stakeholder", "", count))
    return found


def _words(day: Any) -> str:
    return day_month(dt.date.fromisoformat(str(day)))
