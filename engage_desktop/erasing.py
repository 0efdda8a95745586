"""Erasing for good as an officer means it: with a reason, what was refused, and a register.

The register holds not a word of what went. Which laptops have confirmed is learned from their
signed acknowledgements; whoever reads those tells it here.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.changes import Applied
from db.erase import Erase, ErasePlan, Steps
from db.errors import InvalidInput, KnownError
from db.record import Record
from db.store import Store
from engage_desktop.erased import confirmations
from engage_desktop.leaving import leaving
from engage_desktop.outside import check_target_outside
from engage_desktop.plain import counted, moment_words
from engage_desktop.queries import merges
from engage_desktop.records.accounts import Erasure
from engage_desktop.workspace import Workspace

LONGEST_REASON = 500
"""Characters."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What came of it. `cleaned` is False while this laptop's files still hold old pages."""

    applied: Applied
    cleaned: bool


def what_goes(store: Store, plan: ErasePlan) -> list[str]:
    """A plain line for each thing that would go, and for each that stays and why.

    Raises `InvalidInput` for one that was merged into another: its words are there too.
    """
    check_not_merged(store, plan.asked)
    cls = store.registry[plan.asked.kind]
    specs = cls.specs()
    labels = ", ".join(specs[name].label for name in plan.fields)
    lines = []
    if plan.asked.scope == "record" and not plan.asked.refused:
        lines.append(f"The whole {cls.meta.label.lower()}" + (f": {labels}" if labels else ""))
    elif plan.asked.scope == "span":
        lines.append(f"A part of: {labels}")
    else:
        lines.append(f"Of the {cls.meta.label.lower()}: {labels}")
    kinds: dict[str, int] = {}
    for kind, _, _ in plan.parts:
        kinds[kind] = kinds.get(kind, 0) + 1
    for kind, count in kinds.items():
        meta = store.registry[kind].meta
        lines.append(f"With it: {counted(count, meta.label.lower(), meta.plural.lower())}")
    for name, reason in plan.asked.refused.items():
        lines.append(f"Kept: {_label(store, plan.asked.kind, name)} ({reason})")
    return lines


def erase_for_good(
    workspace: Workspace, asked: Erase, reason: str, *, initiator: object | None = None,
    progress: Steps | None = None,
) -> Erased:  # fmt: skip
    """Erase, write it into the register, and take away the last remains on this laptop.

    There is no way back once this has begun. Raises `NotFound`, `InvalidInput`, `NotPermitted`.
    """
    reason = reason.strip()
    store = workspace.store
    if not reason:
        raise InvalidInput("Say why it is erased. Nothing was changed.")
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(
            f"The reason is longer than {LONGEST_REASON} characters. Nothing was changed."
        )
    cls = store.registry[asked.kind]
    if asked.kind == Erasure.meta.name:
        raise InvalidInput("The register of erasures cannot be erased. Nothing was changed.")
    plan = store.plan_erasure(asked)
    check_not_merged(store, asked)
    when = dt.datetime.fromtimestamp(store.now() // 1000, dt.UTC)

    def register(erasure: str) -> Record:
        specs = cls.specs()
        whole = asked.scope == "record"
        return Erasure(
            id=erasure,
            what=cls.meta.label,
            record=asked.id,
            scope="field" if whole and asked.refused else asked.scope,
            fields="" if whole else ", ".join(specs[name].label for name in plan.fields),
            parts=len(plan.parts),
            reason=reason,
            refused="\n".join(
                f"{_label(store, asked.kind, name)}: {why.strip()}"
                for name, why in asked.refused.items()
            ),
            erased_at=when,
            officer=store.officer,
        )

    why = f"Erase {cls.meta.label.lower()} for good"
    lent = lent_words(store, asked)
    applied = store.erase(asked, why, register=register, initiator=initiator)
    for other, fields in lent.items():
        past = Erase(asked.kind, other, fields, past=True)
        store.erase(past, why, register=_past_line(store, past, reason), initiator=initiator)
    return Erased(applied, workspace.finish_erasures(progress=progress))


def lent_words(store: Store, asked: Erase) -> dict[str, tuple[str, ...]]:
    """Other stakeholders, with the fields of theirs that held words of the one to be erased, while
    the two were merged: their past is erased too, what they say now stays."""
    if asked.kind != merges.KIND or asked.scope != "record" or asked.refused:
        return {}
    going = {asked.id, *(each for _, each, _ in store.plan_erasure(asked).parts)}
    found: dict[str, set[str]] = {}
    with closing(store.reader()) as reader:
        for note in merges.merges_of(reader, asked.id):
            if note.into not in going and store.exists(merges.KIND, note.into):
                for entry in store.history(merges.KIND, note.into):
                    if entry.change_set == note.change_set:
                        slots = (slot.partition(":")[0] for slot in entry.values)
                        found.setdefault(note.into, set()).update(slots)
    specs = store.registry[merges.KIND].specs()
    return {each: tuple(n for n in specs if n in names) for each, names in found.items() if names}


def _past_line(store: Store, asked: Erase, reason: str) -> Callable[[str], Record]:
    """The register's line about what was erased of another record's past."""
    cls = store.registry[asked.kind]
    labels = ", ".join(cls.specs()[name].label for name in asked.fields)
    when = dt.datetime.fromtimestamp(store.now() // 1000, dt.UTC)

    def line(erasure: str) -> Record:
        return Erasure(
            id=erasure, what=cls.meta.label, record=asked.id, scope="field",
            fields=f"Earlier values: {labels}", reason=reason, erased_at=when,
            officer=store.officer,
        )  # fmt: skip

    return line


def check_not_merged(store: Store, asked: Erase) -> None:
    """Raise `InvalidInput` for a stakeholder that was merged into another and is not taken back.

    The other holds its words and links by now: to erase this one alone would leave them.
    """
    if asked.kind != merges.KIND:
        return
    with closing(store.reader()) as reader:
        note = merges.standing_merge_of(reader, asked.id)
        title = reader.title(note.kept) if note is not None else ""
    if note is not None and store.where(asked.kind, asked.id) == "bin":
        raise InvalidInput(
            f"This stakeholder was merged into “{title}”, which holds the same words. Nothing was "
            f"changed. Erase “{title}”: both go then. Or take the merge back first, where they "
            "are two."
        )


def _label(store: Store, kind: str, name: str) -> str:
    """The officer's words for a field, or for a kind of what belongs to the record."""
    specs = store.registry[kind].specs()
    return specs[name].label if name in specs else store.registry[name].meta.plural


# -- who has confirmed -------------------------------------------------------------------------


def register_of(store: Store) -> list[dict[str, Any]]:
    """The register, newest first: what was erased, why, and which laptops have confirmed."""
    laptops = _laptops(store)
    confirmed = confirmations(store)
    rows = []
    for note in store.erasures():
        row: dict[str, Any] = {"id": note.id, "officer": note.officer, "erased_ms": note.ms,
                               "records": len(note.records)}  # fmt: skip
        try:
            record = store.get(Erasure.meta.name, note.id).model_dump(mode="json")
        except KnownError:  # the register's line is not here (yet); the erasure counts all the same
            record = {}
        row |= {name: record.get(name) for name in ("what", "record", "scope", "fields", "reason",
                                                    "refused", "erased_at")}  # fmt: skip
        done = confirmed[note.id]
        row["confirmed"] = [name for device, name in laptops.items() if device in done]
        row["waiting"] = [name for device, name in laptops.items() if device not in done]
        rows.append(row)
    return rows


@dataclass(frozen=True, slots=True)
class ErasureLine:
    """One line of the register in the officer's words. `records` are the ids of all that went."""

    id: str
    ms: int
    officer: str
    what: str
    scope: str
    reason: str
    refused: str
    laptops: str
    records: frozenset[str]

    @property
    def cells(self) -> list[str]:
        """As a row under `HEADINGS`."""
        return [moment_words(self.ms), self.officer, self.what, self.scope, self.reason,
                self.refused.replace("\n", "; "), self.laptops]  # fmt: skip


HEADINGS = ("Erased at", "By", "Kind", "What went", "Reason", "Kept", "Laptops")


def lines_of(store: Store) -> list[ErasureLine]:
    """The register in words, newest first."""
    records = {note.id: frozenset(each for _, each in note.records) for note in store.erasures()}
    return [_line(row, records.get(row["id"], frozenset())) for row in register_of(store)]


def _line(row: Mapping[str, Any], records: frozenset[str]) -> ErasureLine:
    return ErasureLine(
        row["id"], row["erased_ms"], row["officer"], row["what"] or "A record", _scope_words(row),
        row["reason"] or "", row["refused"] or "",
        laptops_words(row["confirmed"], row["waiting"]), records,
    )  # fmt: skip


def export_register(store: Store, path: Path) -> int:
    """Write the register into a file (.csv, .xlsx or .json) that appears only when it is whole.

    Returns how many erasures. Raises `InvalidInput`, `DiskFull`, `ReadOnly`.
    """
    from engage_desktop.exchange.exporter import format_of
    from engage_desktop.exchange.writers import (
        CsvWriter,
        TableWriter,
        XlsxWriter,
        write_json_rows,
    )

    check_target_outside(path)
    form, lines = format_of(path), lines_of(store)
    with leaving(path) as file:
        if form == "json":
            write_json_rows(file, len(lines), register_of(store))
            return len(lines)
        writer: TableWriter = CsvWriter(file) if form == "csv" else XlsxWriter(file)
        try:
            writer.begin("Erasures", list(HEADINGS))
            for line in lines:
                writer.row(list(line.cells))
            writer.close()
        except BaseException:
            writer.abandon()
            raise
    return len(lines)


def _scope_words(row: Mapping[str, Any]) -> str:
    fields = row["fields"] or ""
    if row["scope"] == "span":
        return f"A part of: {fields}"
    if row["scope"] == "field" and not fields:
        return "All but what was kept"
    if row["scope"] == "field":
        return f"Some of its fields: {fields}"
    more = row["records"] - 1
    return "The whole record" + (f", and {counted(more, 'record')} with it" if more > 0 else "")


def laptops_words(confirmed: Sequence[str], waiting: Sequence[str]) -> str:
    """Whose laptops hold nothing of it any more, and whose still may."""
    said = []
    if confirmed:
        said.append(f"Gone from: {_each(confirmed)}.")
    if waiting:
        said.append(f"Not yet confirmed: {_each(waiting)}.")
    else:
        said.append("Every laptop has confirmed.")
    return " ".join(said)


def _each(officers: Sequence[str]) -> str:
    """Whose laptops; somebody with several is named with how many."""
    return ", ".join(
        f"{name} ({many} laptops)" if many > 1 else name for name, many in Counter(officers).items()
    )


def _laptops(store: Store) -> dict[str, str]:
    """The team's laptops and whose they are; this one alone where there is no team."""
    from engage_desktop.sync.team import has_team, membership

    if not has_team(store):
        return {store.device: store.officer}
    members = membership(store).roster.members
    return {store.device: store.officer} | {
        device: member.officer for device, member in sorted(members.items())
    }
