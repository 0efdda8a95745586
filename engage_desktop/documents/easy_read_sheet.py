"""What a "You said, we did" sheet says: plain data, without a store and without a page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

# A sentence ends at its stop, unless the stop belongs to a title or an initial.
_END = re.compile(
    r"(?<!\bDr\.)(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bSt\.)(?<!\b[A-Z]\.)(?<=[.!?])\s+"
)

_CONTACT = re.compile(
    r"\b(tell us more|call|ring|contact|phone|e-?mail|write to us|get in touch)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Row:
    """One idea: a picture, a few words that name it, and a short sentence.

    `alt` stands for the picture where its own label would not do.
    """

    picture: str
    heading: str
    sentence: str
    alt: str = ""


@dataclass(frozen=True)
class EasyReadSheet:
    """A whole sheet. `contact` is the last row: how to tell us more.

    `tested_by` says who with a learning disability read it before it was given out, and when.
    """

    title: str
    topic: str
    rows: tuple[Row, ...]
    contact: Row | None = None
    footer_left: str = "Easy read"
    day: date | None = None
    tested_by: str = ""

    @classmethod
    def of_rows(
        cls, title: str, topic: str, rows: Iterable[Row], *, day: date | None = None
    ) -> EasyReadSheet:
        """The sheet these rows make: the last one is the contact when it reads like one."""
        kept = list(rows)
        contact = None
        if kept and _CONTACT.search(f"{kept[-1].heading} {kept[-1].sentence}"):
            contact = kept.pop()
        return cls(title, topic, tuple(kept), contact, day=day)

    @property
    def all_rows(self) -> tuple[Row, ...]:
        """The rows as they are printed, the contact last."""
        return self.rows if self.contact is None else (*self.rows, self.contact)


def sentences(text: str) -> list[str]:
    """`text` in sentences: each is printed on a line of its own."""
    return [part.strip() for line in text.split("\n") for part in _END.split(line) if part.strip()]
