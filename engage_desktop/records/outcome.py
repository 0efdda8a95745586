"""What was done with what people said, and figures that others counted."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from db.fields import KindMeta, Retention, Role
from db.model import Limits, checks_the_whole
from db.record import Record
from engage_desktop.records import words as w


class YouSaid(Record):
    """“You said, we did”. Source: seed 000 App. 2, seed 003 plan 5.2."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="you_said",
        label="You said, we did",
        plural="You said, we did",
        compartment=w.GENERAL,
        retention=Retention("recorded", 0, "Published record of impact"),
        columns=("topic", "quarter", "status", "theme", "you_said"),
        sort="-quarter",
        icon="campaign",
        aliases=("ysw", "yswd", "you_said_we_did", "outcome"),
    )

    topic: Annotated[str, Limits(min_length=1), w.text("Topic", searchable=True, width=26)]
    theme: Annotated[str | None, w.link("Theme", target="theme", width=20)] = None
    you_said: Annotated[
        str, w.long_text("You said", "What people told us", searchable=True, width=50)
    ] = ""
    we_did: Annotated[
        str, w.long_text("We did", "What is being done, and by when", searchable=True, width=50)
    ] = ""
    quarter: Annotated[
        str,
        Limits(form=r"^(|\d{4}-\d{2} Q[1-4])$"),
        w.text("Quarter", "Financial year and quarter, for example 2017-18 Q1", width=12),
    ] = ""
    status: Annotated[
        str,
        w.choice(
            "Status",
            choices=w.choices(
                planned="Planned", doing="Doing", done="Done", not_possible="Not possible"
            ),
        ),
    ] = "planned"
    outcome: Annotated[str, w.long_text("What changed", searchable=True)] = ""


class EasyReadLine(Record):
    """One picture and one short sentence of an easy-read sheet. Source: facts A1."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="easy_read_line",
        label="Easy-read line",
        plural="Easy-read lines",
        compartment=w.GENERAL,
        retention=Retention("recorded", 0, "Published record of impact"),
        columns=("position", "heading", "sentence"),
        sort="position",
        icon="menu_book",
        parent="you_said",
    )

    heading: Annotated[str, Limits(max_length=120), w.text("Bold words", width=28)] = ""
    sentence: Annotated[
        str, Limits(max_length=400), w.text("Sentence", "One idea, 15 words at most", width=44)
    ] = ""
    pictogram: Annotated[str, w.text("Picture", "Left of the words", role=Role.PICTURE)] = ""
    position: Annotated[int, Limits(ge=1, le=99), w.number("Order", width=6, role=Role.ORDER)] = 1
    you_said: Annotated[str | None, w.link("You said, we did", target="you_said")] = None

    @classmethod
    def title_of(cls, values: Mapping[str, Any]) -> str:
        """Its bold words, or its sentence."""
        return str(values.get("heading") or values.get("sentence") or "")


class CountedReturn(Record):
    """A figure that others counted. Never a person reached, never a response.

    Source: seed 000 2.17 to 2.26, mission row F9.
    """

    meta: ClassVar[KindMeta] = KindMeta(
        name="counted_return",
        label="Counted return",
        plural="Counted returns",
        compartment=w.GENERAL,
        retention=Retention("period_end", 0, "Published figures"),
        columns=("subject", "count", "source", "period_start", "period_end"),
        sort="-count",
        icon="bar_chart",
        aliases=("return", "count", "counts"),
    )

    subject: Annotated[
        str, Limits(min_length=1), w.text("Subject", searchable=True, width=34, aliases=("topic",))
    ]
    count: Annotated[
        int,
        Limits(ge=0, le=1_000_000_000),
        w.number(
            "Count", "As counted by the source", width=9, aliases=("number", "total", "contacts")
        ),
    ]
    source: Annotated[
        str,
        Limits(min_length=1),
        w.text("Source", "Who counted: PALS, website, provider", searchable=True),
    ]
    period_start: Annotated[
        dt.date | None, w.date_field("From", width=12, aliases=("period start",))
    ] = None
    period_end: Annotated[dt.date | None, w.date_field("To", width=12, aliases=("period end",))] = (
        None
    )
    is_total: Annotated[
        bool,
        w.yes_no("This is the source's own total", "Not added to the other rows", advanced=True),
    ] = False
    notes: Annotated[str, w.notes(searchable=True)] = ""

    @checks_the_whole
    def _period_runs_forward(self) -> Self:
        if self.period_start and self.period_end and self.period_end < self.period_start:
            raise ValueError("The period ends before it begins.")
        return self
