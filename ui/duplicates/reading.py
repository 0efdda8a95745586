"""What the review of duplicates shows, read on a thread of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from db.fields import LINK_TYPES, FieldType, Spec
from db.query import ListQuery
from db.reader import Reader
from db.store import Store
from engage_desktop.duplicates import KIND, Pair, find_duplicates
from engage_desktop.merging import MergePlan, plan_merge
from engage_desktop.plain import short_date
from engage_desktop.records.values import show
from engage_desktop.stakeholders.choosing import FieldChoice
from ui.tasks import Ticket
from ui.words import translate

MOST_MERGES = 200
NOTHING = translate("duplicates", "Nothing")
"""Stands where a record says nothing."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pair with what its two are called."""

    pair: Pair
    one_title: str
    other_title: str


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a merge as it is shown: what each says, and what both make."""

    choice: FieldChoice
    kept: str
    away: str
    proposed: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two records side by side."""

    plan: MergePlan
    differing: tuple[Line, ...]
    same: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """A merge that stands."""

    id: str
    kept_title: str
    away_title: str
    merged_on: str
    officer: str


def candidates(store: Store, ticket: Ticket) -> list[Candidate]:
    """Look through the whole register. Raises `Cancelled`."""
    with closing(store.reader()) as reader:
        ticket.stops_by(reader.interrupt)
        pairs = find_duplicates(
            reader, progress=ticket.progress, cancelled=lambda: ticket.cancelled
        )
        return [Candidate(p, reader.title(p.one), reader.title(p.other)) for p in pairs]


def comparison(store: Store, reader: Reader, kept: str, away: str) -> Comparison:
    """What merging one into the other would do, in words."""
    plan = plan_merge(store, reader, kept, away)
    specs = reader.registry[KIND].specs()
    lines = [_line(reader, specs[choice.name], choice) for choice in plan.fields]
    return Comparison(
        plan,
        tuple(line for line in lines if line.choice.differs),
        tuple(line for line in lines if not line.choice.differs),
    )


def past(reader: Reader) -> list[Past]:
    """The merges that stand, the newest first."""
    query = ListQuery("merging", ("kept", "away", "merged_on", "officer", "undone_on"), sort="-pk")
    found = []
    for row in reader.page(query, limit=MOST_MERGES).rows:
        record = reader.get("merging", row.id)
        said: Mapping[str, Any] = record.model_dump(mode="json")
        if said["undone_on"]:
            continue
        kept, away = (reader.title(said[name]) if said[name] else "" for name in ("kept", "away"))
        day = short_date(said["merged_on"] or "")
        found.append(Past(row.id, kept, away, day, said["officer"]))
    return found


def _line(reader: Reader, spec: Spec, choice: FieldChoice) -> Line:
    values = (choice.kept, choice.away, choice.proposed)
    return Line(choice, *(_said(reader, spec, value) for value in values))


def _said(reader: Reader, spec: Spec, value: Any) -> str:
    """A value as people read it; links by the titles of what they lead to."""
    if value in (None, "", (), []):
        return NOTHING
    if spec.type not in LINK_TYPES:
        return show(spec, value)
    ids: Sequence[str] = [value] if spec.type is FieldType.LINK else value
    return "; ".join(reader.title(each) for each in ids)


__all__ = ["Candidate", "Comparison", "Line", "Past", "candidates", "comparison", "past"]
