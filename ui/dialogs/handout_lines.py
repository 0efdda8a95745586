"""The lines of an easy-read sheet while they are being written. No Qt here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import resources
from db.changes import Bin, Change, Create, Edit
from db.reader import Reader
from engage_desktop.documents.easy_read import EasyReadSheet, Finding, Row, check_easy_read
from engage_desktop.documents.from_store import TITLE
from engage_desktop.records.outcome import EasyReadLine


@dataclass(frozen=True, slots=True)
class Line:
    """One picture with its words. `id` is empty until it is saved."""

    id: str = ""
    pictogram: str = ""
    heading: str = ""
    sentence: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing was put in yet."""
        return not (self.pictogram or self.heading.strip() or self.sentence.strip())


def lines_of(reader: Reader, you_said: str) -> list[Line]:
    """The lines that are saved, in their order."""
    found: list[Any] = list(reader.children("easy_read_line", you_said))
    found.sort(key=lambda record: record.position)
    return [Line(r.id, r.pictogram, r.heading, r.sentence) for r in found]


def first_lines(record: Any) -> list[Line]:
    """A beginning for a record that has no lines yet: its own words, to be made shorter."""
    told = (
        ("talking_together", "You told us.", record.you_said),
        ("yes", "What we did.", record.we_did),
        ("phone", "Do you want to tell us more?", ""),
    )
    return [Line("", picture, heading, text) for picture, heading, text in told]


def changes_between(
    before: Sequence[Line], after: Sequence[Line], you_said: str, new_id: Callable[[], str]
) -> tuple[list[Change], list[Line]]:
    """What to write so that the store says `after`, and `after` with every id filled in."""
    old = {line.id: (place, line) for place, line in enumerate(before, start=1)}
    changes: list[Change] = []
    kept: list[Line] = []
    for place, line in enumerate((x for x in after if not x.is_empty), start=1):
        if line.id not in old:
            line = replace(line, id=new_id())
            changes.append(
                Create(
                    EasyReadLine(
                        id=line.id,
                        heading=line.heading.strip(),
                        sentence=line.sentence.strip(),
                        pictogram=line.pictogram,
                        position=place,
                        you_said=you_said,
                    )
                )
            )
        else:
            at, was = old[line.id]
            values: dict[str, Any] = {
                name: new
                for name, then, new in (
                    ("heading", was.heading, line.heading.strip()),
                    ("sentence", was.sentence, line.sentence.strip()),
                    ("pictogram", was.pictogram, line.pictogram),
                    ("position", at, place),
                )
                if then != new
            }
            if values:
                changes.append(Edit("easy_read_line", line.id, values))
        kept.append(line)
    here = {line.id for line in kept}
    changes += [Bin("easy_read_line", gone) for gone in old if gone not in here]
    return changes, kept


def sheet_of(topic: str, lines: Sequence[Line], day: dt.date) -> EasyReadSheet:
    """The sheet that these lines make. The last one is the contact when it reads like one."""
    rows = (Row(x.pictogram, x.heading, x.sentence) for x in lines if not x.is_empty)
    return EasyReadSheet.of_rows(TITLE, topic, rows, day=day)


def findings_of(topic: str, lines: Sequence[Line], day: dt.date) -> list[Finding]:
    """What is hard to read in them."""
    return check_easy_read(sheet_of(topic, lines, day))


def draft_of(lines: Sequence[Line]) -> list[dict[str, str]]:
    """The lines as small JSON."""
    return [asdict(line) for line in lines]


def lines_from(draft: Sequence[Mapping[str, str]]) -> list[Line]:
    """The lines that a draft holds."""
    names = Line.__dataclass_fields__
    return [Line(**{k: str(v) for k, v in each.items() if k in names}) for each in draft]


def pictures(text: str) -> list[tuple[str, str]]:
    """(id, label) of the pictures that a few letters mean, best first; all of them for none."""
    wanted = text.strip().casefold()
    ranked = []
    for order, picture in enumerate(resources.pictograms()):
        words = [picture.label.casefold(), *(tag.casefold() for tag in picture.tags)]
        if not wanted or words[0].startswith(wanted):
            rank = 0
        elif any(word.startswith(wanted) for word in words):
            rank = 1
        elif any(wanted in word for word in words):
            rank = 2
        else:
            continue
        ranked.append((rank, order, picture.id, picture.label))
    return [(found, label) for _, _, found, label in sorted(ranked)]
