"""What a list shows beside a name at once: do not contact, has access needs, ask again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from db.reader import Reader
from engage_desktop.stakeholders.needs import FIELDS
from engage_desktop.stakeholders.parts import Tone

AT_ONCE = 500

NEED_SQL = " OR ".join(
    [
        *(f"EXISTS (SELECT 1 FROM stakeholder__{name} WHERE pk = s.pk)" for name in FIELDS),
        "coalesce(s.needs_note, '') <> ''",
        "coalesce(s.letters_in, '') <> ''",
    ]
)
"""The rule of `stakeholders.needs.has_needs`, in SQL, of the stakeholder `s`; a test holds the two
equal."""


@dataclass(frozen=True, slots=True)
class RowMark:
    """A picture beside a name, and the words it stands for."""

    icon: str
    tone: Tone
    words: str


DO_NOT_CONTACT = RowMark("block", "bad", "Do not contact")
HAS_NEEDS = RowMark("accessible", "info", "Has access needs")
ASK_AGAIN = RowMark("schedule", "warning", "Ask again about needs")


def row_marks(
    reader: Reader, kind: str, ids: Sequence[str], today: dt.date
) -> dict[str, tuple[RowMark, ...]]:
    """The marks of some records of a kind, by id; without those that have none."""
    found: dict[str, tuple[RowMark, ...]] = {}
    if kind != "stakeholder":
        return found
    for at in range(0, len(ids), AT_ONCE):
        some = [bytes.fromhex(each) for each in ids[at : at + AT_ONCE]]
        holes = ", ".join("?" * len(some))
        for record_id, barred, need, again in reader.sql(
            f"SELECT lower(hex(r.id)), s.do_not_contact = 1, {NEED_SQL}, s.needs_review < ? "
            f"FROM stakeholder s JOIN record r ON r.pk = s.pk WHERE r.id IN ({holes})",
            [today.isoformat(), *some],
        ):
            held = ((DO_NOT_CONTACT, barred), (HAS_NEEDS, need), (ASK_AGAIN, again))
            marks = tuple(mark for mark, there in held if there)
            if marks:
                found[str(record_id)] = marks
    return found
