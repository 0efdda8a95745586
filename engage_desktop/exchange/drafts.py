"""Rows gathered into records-to-be: who they are, and which rows belong to one response."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from db.fields import ID
from db.store import Store
from engage_desktop.exchange.dates import DateReading
from engage_desktop.exchange.identity import RowIdentity, canonical
from engage_desktop.exchange.mapping import ImportMapping, fingerprint
from engage_desktop.exchange.rowreader import (
    Answer,
    LinkCell,
    Part,
    RowReader,
    RowRefused,
    RowValues,
)
from engage_desktop.exchange.tables import Row
from engage_desktop.plain import day_words
from engage_desktop.records.values import fold, show


@dataclass(slots=True)
class Draft:
    """A record that a file would make or change. `named` says that the file gave its id, `person`
    to which response a comment belongs."""

    kind: str
    id: str
    values: dict[str, Any]
    links: dict[str, LinkCell]
    row: int
    named: bool = False
    person: str = ""
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Person:
    """One response being gathered from its rows."""

    draft: Draft
    dates: list[tuple[int, DateReading]] = field(default_factory=list)
    comments: list[tuple[Draft, DateReading | None]] = field(default_factory=list)


@dataclass(slots=True)
class DateTally:
    """What is said of dates in the receipt; people are counted once."""

    other_order: int = 0
    two_dates: int = 0
    left_empty: int = 0
    not_dates: int = 0


class Gatherer:
    """Takes rows in any order and makes drafts of them."""

    def __init__(self, store: Store, reader: RowReader, headers: Sequence[str]) -> None:
        self._store = store
        self._reader = reader
        self._mapping: ImportMapping = reader.mapping
        self._shape = reader.shape
        self._identity = RowIdentity(headers)
        self._source = self._mapping.source or fingerprint(
            [*self._mapping.key, *self._mapping.group]
        )
        self._seen: dict[str, int] = {}
        self._people: dict[str, Person] = {}
        self.drafts: list[Draft] = []
        self.row_notes: list[tuple[int, str]] = []
        self.dates = DateTally()
        self.empty_comments = 0

    def take(self, row: Row, values: RowValues) -> None:
        """Add one row. Raises `RowRefused` when it is another row over again."""
        row_key = self._row_key(row)
        self.row_notes += [(row.number, note) for note in values.notes]
        if self._shape.is_feedback:
            self._take_feedback(row, values, row_key)
        else:
            self._reader.with_constants(values)
            part = values.parts[self._shape.row_kind]
            self.drafts.append(self._draft(self._shape.row_kind, part, row, row_key))

    # -- identity --------------------------------------------------------------------------

    def _row_key(self, row: Row) -> tuple[str, ...]:
        cells = [canonical(row.cells[index]) for index in self._reader.key]
        if any(cells):
            return (self._source, "key", *cells)
        digest, count = self._identity.digest(row.cells)
        return ("content", digest, str(count))

    def _draft(self, kind: str, part: Part, row: Row, key: tuple[str, ...]) -> Draft:
        if part.id and not ID.fullmatch(part.id):
            raise RowRefused(f"“{part.id[:40]}” is not the id of a record.")
        record_id = part.id or self._store.derived_id(kind, *key)
        self._once(record_id, row)
        return Draft(
            kind, record_id, part.values, part.links, row.number, bool(part.id), lines=part.lines
        )

    def _once(self, record_id: str, row: Row) -> None:
        before = self._seen.setdefault(record_id, row.number)
        if before != row.number:
            names = " and ".join(f"“{name}”" for name in self._mapping.key) or "id"
            raise RowRefused(f"It has the same {names} as row {before}.")

    # -- feedback --------------------------------------------------------------------------

    def _take_feedback(self, row: Row, values: RowValues, row_key: tuple[str, ...]) -> None:
        group = [canonical(row.cells[index]) for index in self._reader.group]
        part = values.parts["response"]
        if part.id and not ID.fullmatch(part.id):
            raise RowRefused(f"“{part.id[:40]}” is not the id of a record.")
        key = (self._source, "group", *group) if any(group) else row_key
        person_id = part.id or self._store.derived_id("response", *key)
        silent = values.parts["comment"].is_empty
        alone = self._told("response.id") and part.is_empty  # an export's comment without response
        self._reader.with_constants(values)
        comments = self._comments(row, values, row_key, silent)  # may refuse it: before the person
        if alone and comments:
            self.drafts += comments
            return
        person = self._people.get(person_id)
        if person is None:
            draft = Draft("response", person_id, part.values, part.links, row.number, bool(part.id))
            person = self._people[person_id] = Person(draft)
            self.drafts.append(draft)
        else:
            self._merge(person.draft, part, row.number)
        person.dates += [(row.number, reading) for reading in values.dates]
        reading = values.dates[0] if values.dates else None
        for comment in comments:
            comment.person = person_id
            comment.values["response"] = person_id
            person.comments.append((comment, reading))
        self.drafts += comments

    def _told(self, path: str) -> bool:
        return any(column.target.path == path for column in self._reader.columns)

    def _merge(self, draft: Draft, part: Part, row: int) -> None:
        for name, value in part.values.items():
            before = draft.values.setdefault(name, value)
            if before != value:
                spec = self._shape.targets[f"response.{name}"].spec
                assert spec is not None
                self.row_notes.append(
                    (row, f"{spec.label} is “{show(spec, value)[:60]}” here and "
                     f"“{show(spec, before)[:60]}” in row {draft.row} of the same person; "
                     "the first is kept.")
                )  # fmt: skip
        for name, link in part.links.items():
            draft.links.setdefault(name, link)

    def _comments(
        self, row: Row, values: RowValues, row_key: tuple[str, ...], silent: bool
    ) -> list[Draft]:
        part = values.parts["comment"]
        answers = values.answers
        if self._told("comment.id") and silent and not any(answer.given for answer in answers):
            return []  # a row that stands for a response without comments
        if not answers:
            if silent:
                return []
            answers = [Answer("", False, "", "")]
        drafts = []
        for answer in answers:
            text = {"text": answer.text} if answer.text else {}
            given = {"answered": answer.given, **part.values, **text}
            if answer.question:
                given.setdefault("question", answer.question)
            if not given["answered"]:
                self.empty_comments += 1
            mine = Part(given, dict(part.links), part.id)
            key = (*row_key, answer.column) if answer.column else row_key
            if len(answers) > 1:
                mine.id = ""
            drafts.append(self._draft("comment", mine, row, key))
        return drafts

    # -- when every row is in --------------------------------------------------------------

    def settle_dates(self) -> None:
        """Give each person one date where what was written allows only one, and say the rest."""
        for person in self._people.values():
            if person.dates:
                self._settle(person)
        self._people.clear()
        self._seen.clear()

    def _settle(self, person: Person) -> None:
        written = list(dict.fromkeys(canonical_date(r.written) for _, r in person.dates))
        days = {reading.day for _, reading in person.dates if reading.day is not None}
        bad = [(row, r) for row, r in person.dates if r.day is None]
        turned = [(row, r) for row, r in person.dates if r.other_order]
        self.dates.other_order += len(turned)
        self.dates.not_dates += len(bad)
        if len(days) == 1 and "received_on" not in person.draft.values:
            person.draft.values["received_on"] = next(iter(days))
        doubtful = bool(bad or turned or len(written) > 1)
        for comment, reading in person.comments:
            if reading is not None and doubtful:
                comment.values.setdefault("raw_date", reading.written)
        for row, reading in bad:
            self.row_notes.append(
                (row, f"“{reading.written[:40]}” is not a date; it is kept as written.")
            )
        if len(written) > 1:
            self._tell_two(person, days)
        elif turned:
            row, reading = turned[0]
            self.row_notes.append((row, _turned(reading)))

    def _tell_two(self, person: Person, days: set[Any]) -> None:
        self.dates.two_dates += 1
        row = person.dates[0][0]
        pairs = dict.fromkeys((r.written.strip(), n) for n, r in person.dates)
        words = " and ".join(f"“{text}” (row {number})" for text, number in pairs)
        who = person.draft.values.get("reference") or "One person"
        if len(days) == 1:
            day = next(iter(days))
            end = f"both can be {day_words(day)}, which is taken; please check it."
        else:
            self.dates.left_empty += 1
            end = "the date is left empty; both are kept as written."
        self.row_notes.append((row, f"{who} carries two dates, {words}: {end}"))


def canonical_date(written: str) -> str:
    """A written date without what does not tell two apart (spacing, leading zeros, ISO form)."""
    return canonical(written) or fold(written)


def _turned(reading: DateReading) -> str:
    day = reading.day
    assert day is not None
    return (
        f"“{reading.written.strip()}” is written month first; it is taken as "
        f"{day_words(day)} and kept as written; please check it."
    )
