"""What stands at the head of an open record: figures, a pill, and one line of plain words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from db.query import Condition, ListQuery
from db.reader import Reader
from db.record import Record
from engage_desktop.plain import short_weekday
from engage_desktop.queries.needs import access_needs
from engage_desktop.queries.stakeholder import StakeholderState, stakeholder_state
from engage_desktop.records.event import Event
from engage_desktop.records.venue import ACCESS
from ui.words import count_words, short_date, translate


@dataclass
class Facts:
    """`stats` are (label, number, rest); `pill` is (words, tone), `flags` more of them; `warning`
    (strong, words). `state` is what the cards of a stakeholder show."""

    line: str = ""
    pill: tuple[str, str] | None = None
    stats: list[tuple[str, str, str]] = field(default_factory=list)
    warning: tuple[str, str] | None = None
    flags: list[tuple[str, str]] = field(default_factory=list)
    state: StakeholderState | None = None


def facts(reader: Reader, record: Record, today: dt.date) -> Facts:
    """The head of a record of any kind; kinds without one have an empty head."""
    made = _KINDS.get(record.meta.name)
    return made(reader, record, today) if made else Facts()


def _count(reader: Reader, kind: str, path: str, op: str, record: Record) -> int:
    return reader.count(ListQuery(kind, where=(Condition(path, op, record.id),)))


def days_words(day: dt.date, today: dt.date) -> str:
    """ "Today", "Tomorrow", "In 2 days", "3 days ago"."""
    apart = (day - today).days
    if apart == 0:
        return translate("days", "Today")
    if apart == 1:
        return translate("days", "Tomorrow")
    if apart > 1:
        return translate("days", "In {days}").format(days=count_words(apart, "day", "days"))
    return translate("days", "{days} ago").format(days=count_words(-apart, "day", "days"))


def _event(reader: Reader, record: Any, today: dt.date) -> Facts:
    made = Facts()
    words = []
    if record.date:
        words.append(f"{short_weekday(record.date)} {short_date(record.date.isoformat())}")
        soon = 0 <= (record.date - today).days <= 14
        made.pill = (days_words(record.date, today), "warning" if soon else "plain")
    if record.status == "cancelled":
        made.pill = (Event.specs()["status"].choice_label("cancelled"), "bad")
    if record.start_time:
        until = f" to {record.end_time}" if record.end_time else ""
        words.append(record.start_time + until)
    if record.venue:
        words.append(reader.title(record.venue))
    made.line = " · ".join(words)
    if record.attendance is not None:
        rest = f"of {record.expected:,} expected" if record.expected is not None else ""
        made.stats.append((translate("facts", "Came"), f"{record.attendance:,}", rest))
    elif record.expected is not None:
        made.stats.append((translate("facts", "Expected"), f"{record.expected:,}", ""))
    invited = len(record.invited)
    made.stats.append((translate("facts", "Invited"), f"{invited:,}", ""))
    heard = _count(reader, "response", "event", "=", record)
    made.stats.append(
        (translate("facts", "Feedback"), f"{heard:,}", "response" if heard == 1 else "responses")
    )
    _needs(reader, record, made)
    return made


def _needs(reader: Reader, record: Any, made: Facts) -> None:
    found = access_needs(reader, record.id)
    if not found.needs:
        return
    failed, asked = found.unmet, found.unknown
    rest = ", ".join(
        part
        for part in (
            f"{len(failed)} not met here" if failed else "",
            f"{len(asked)} not checked" if asked else "",
        )
        if part
    )
    made.stats.append((translate("facts", "Access needs"), str(len(found.needs)), rest))
    if failed:
        made.warning = (
            translate("facts", "This venue cannot meet {count}.").format(
                count=count_words(len(failed), "need", "needs")
            ),
            translate(
                "facts", "{venue} does not have what somebody invited needs: {needs}."
            ).format(venue=reader.title(record.venue), needs="; ".join(failed)),
        )


def _venue(reader: Reader, record: Any, today: dt.date) -> Facts:
    answers = list(record.access.values())
    yes, no = answers.count("yes"), answers.count("no")
    open_ones = len(ACCESS) - yes - no
    made = Facts(line=" · ".join(part for part in (record.postcode, record.contact_name) if part))
    if record.checked_on is None:
        made.pill = (translate("facts", "Access not checked"), "warning")
    else:
        day = short_date(record.checked_on.isoformat())
        made.pill = (translate("facts", "Checked {day}").format(day=day), "good")
    made.stats = [
        (
            translate("facts", "Access"),
            f"{yes} of {len(ACCESS)}",
            f"{no} no, {open_ones} not known",
        ),
        (
            translate("facts", "Events here"),
            f"{_count(reader, 'event', 'venue', '=', record):,}",
            "",
        ),
    ]
    if record.capacity is not None:
        made.stats.append((translate("facts", "Room for"), f"{record.capacity:,}", "people"))
    return made


def _stakeholder(reader: Reader, record: Any, today: dt.date) -> Facts:
    spec = type(record).specs()["stakeholder_type"]
    words = [record.job_title, spec.choice_label(record.stakeholder_type), record.locality]
    if record.organisation:
        words.insert(1, reader.title(record.organisation))
    made = Facts(line=" · ".join(word for word in words if word))
    made.state = state = stakeholder_state(reader, record.id, today)
    if record.do_not_contact:
        made.pill = (translate("facts", "Do not contact"), "bad")
        made.warning = (
            translate("facts", "Do not contact."),
            translate("facts", "No call, letter, e-mail or bulletin, whatever was agreed before. "
                      "It stands above every permission."),
        )  # fmt: skip
    elif not state.any_need and record.needs_asked is None and record.nature == "person":
        made.pill = (translate("facts", "Access needs not asked"), "warning")
    made.flags = _flags(record, state, today)
    invited = _count(reader, "event", "invited", "has", record)
    said = _count(reader, "response", "respondent", "=", record)
    last = state.last_contact
    made.stats = [
        (
            translate("facts", "Last contact"),
            short_date(last.isoformat()) if last else translate("facts", "None"),
            "",
        ),
        (translate("facts", "Invited to"), f"{invited:,}", "event" if invited == 1 else "events"),
        (translate("facts", "Told us"), f"{said:,}", "time" if said == 1 else "times"),
    ]
    return made


def _flags(record: Any, state: StakeholderState, today: dt.date) -> list[tuple[str, str]]:
    """What is to be seen of a stakeholder before anything is read."""
    found = []
    if state.any_need:
        found.append((translate("facts", "Has access needs"), "info"))
    if state.ask_again:
        found.append((translate("facts", "Ask again about needs"), "warning"))
    if state.promises_overdue:
        count = count_words(state.promises_overdue, "promise overdue", "promises overdue")
        found.append((count, "bad"))
    if record.next_contact is not None and record.next_contact < today:
        day = short_date(record.next_contact.isoformat())
        found.append((translate("facts", "Contact was due {day}").format(day=day), "warning"))
    if state.warning:
        found.append((translate("facts", "Who agrees for them?"), "warning"))
    return found


def _theme(reader: Reader, record: Any, today: dt.date) -> Facts:
    comments = _count(reader, "comment", "themes", "has", record)
    answers = _count(reader, "you_said", "theme", "=", record)
    made = Facts()
    if comments and not answers:
        made.pill = (translate("facts", "No answer yet"), "warning")
    made.stats = [
        (translate("facts", "Comments"), f"{comments:,}", ""),
        (translate("facts", "You said, we did"), f"{answers:,}", ""),
    ]
    return made


def _response(reader: Reader, record: Any, today: dt.date) -> Facts:
    specs = type(record).specs()
    words = [specs["source"].choice_label(record.source), record.provider]
    if record.received_on:
        words.append(short_date(record.received_on.isoformat()))
    if record.event:
        words.append(reader.title(record.event))
    made = Facts(line=" · ".join(word for word in words if word))
    tones = {"very_good": "good", "good": "good", "poor": "bad", "very_poor": "bad"}
    tone = tones.get(record.fft, "plain")
    made.pill = (specs["fft"].choice_label(record.fft), tone)
    return made


def _you_said(reader: Reader, record: Any, today: dt.date) -> Facts:
    status = type(record).specs()["status"]
    tone = {"done": "good", "doing": "info", "not_possible": "bad"}.get(record.status, "plain")
    words = [record.quarter, reader.title(record.theme) if record.theme else ""]
    return Facts(
        line=" · ".join(word for word in words if word),
        pill=(status.choice_label(record.status), tone),
    )


def _counted(reader: Reader, record: Any, today: dt.date) -> Facts:
    made = Facts(line=translate("facts", "Counted by {who}").format(who=record.source))
    made.stats = [(translate("facts", "Count"), f"{record.count:,}", "")]
    return made


_KINDS: dict[str, Callable[[Reader, Any, dt.date], Facts]] = {
    "event": _event,
    "venue": _venue,
    "stakeholder": _stakeholder,
    "theme": _theme,
    "response": _response,
    "you_said": _you_said,
    "counted_return": _counted,
}
