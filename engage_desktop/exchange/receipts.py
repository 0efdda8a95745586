"""What came of an import: for the screen, the command line and the receipt that is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from db.store import Store
from engage_desktop.exchange.drafts import DateTally
from engage_desktop.records.filing import ImportReceipt

Fate = Literal["created", "updated", "unchanged"]

_LONGEST_DETAIL = 4_000_000


@dataclass(slots=True)
class Outcome:
    """How many records of each kind were made, changed or here already, and what was refused.

    `refused` and `row_notes` are (row as a spreadsheet counts it, sentence). `not_taken_counts`
    says of each column not taken in how many rows it held something, `in_notes` names those kept
    as lines of a text. `postcodes` are (row, postcode, what is doubtful about it).
    """

    kinds: dict[str, dict[Fate, int]] = field(default_factory=dict)
    refused: list[tuple[int, str]] = field(default_factory=list)
    row_notes: list[tuple[int, str]] = field(default_factory=list)
    not_taken: list[str] = field(default_factory=list)
    not_taken_counts: dict[str, int] = field(default_factory=dict)
    in_notes: list[str] = field(default_factory=list)
    postcodes: list[tuple[int, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    dates: DateTally = field(default_factory=DateTally)
    empty_comments: int = 0
    receipt: str = ""
    change_set: str = ""

    def count(self, kind: str, fate: Fate) -> None:
        """Add one record."""
        fates = self.kinds.setdefault(kind, {"created": 0, "updated": 0, "unchanged": 0})
        fates[fate] += 1

    def total(self, fate: Fate) -> int:
        """Records of every kind with that fate."""
        return sum(fates[fate] for fates in self.kinds.values())

    def as_json(self) -> dict[str, Any]:
        """The form the command line prints."""
        return {
            "created": self.total("created"),
            "updated": self.total("updated"),
            "unchanged": self.total("unchanged"),
            "refused": [{"row": row, "reason": reason} for row, reason in self.refused],
            "not_taken": self.not_taken,
            "not_taken_counts": self.not_taken_counts,
            "in_notes": self.in_notes,
            "postcodes": [
                {"row": row, "postcode": code, "said": said} for row, code, said in self.postcodes
            ],
            "kinds": self.kinds,
            "asked_and_empty": self.empty_comments,
            "dates": {
                "month_first": self.dates.other_order,
                "people_with_two_dates": self.dates.two_dates,
                "left_empty": self.dates.left_empty,
                "not_dates": self.dates.not_dates,
            },
            "notes": self.notes,
            "row_notes": [{"row": row, "note": note} for row, note in self.row_notes],
            "receipt": self.receipt or None,
            "change_set": self.change_set or None,
        }

    def left_out(self) -> list[str]:
        """Columns not taken, each with how many rows held something there: “Colour (3)”."""
        return [f"{name} ({self.not_taken_counts.get(name, 0):,})" for name in self.not_taken]

    def detail(self) -> str:
        """Everything worth saying, row by row, for the receipt."""
        lines = [*self.notes]
        if self.not_taken:
            lines.append(f"Columns not taken: {', '.join(self.left_out())}.")
        if self.in_notes:
            lines.append(f"Columns kept as lines of a text: {', '.join(self.in_notes)}.")
        lines += [f"Row {row} was not taken: {reason}" for row, reason in self.refused]
        lines += [f"Row {row}: {note}" for row, note in self.row_notes]
        lines += [f"Row {row}: {said}" for row, _, said in self.postcodes]
        text = "\n".join(lines)
        if len(text) <= _LONGEST_DETAIL:
            return text
        shown = text[:_LONGEST_DETAIL].rsplit("\n", 1)[0]
        return f"{shown}\n… and {text.count(chr(10)) - shown.count(chr(10)):,} more lines."


def make_receipt(
    store: Store, file_name: str, word: str, digest: str, mapping: str, outcome: Outcome
) -> ImportReceipt:
    """The record that says what an import took, what it did not, and why."""
    return ImportReceipt(
        id=store.new_id(),
        file_name=file_name,
        imported=word,
        file_digest=digest,
        created=outcome.total("created"),
        updated=outcome.total("updated"),
        unchanged=outcome.total("unchanged"),
        refused=len(outcome.refused),
        detail=outcome.detail(),
        mapping=mapping,
    )
