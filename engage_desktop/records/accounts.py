"""What the program writes down about itself: what was erased, and who read what is confidential.

Neither holds a word of what it is about: these stay when it is gone.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from db.fields import KindMeta, Retention
from db.model import Limits
from db.record import Record
from engage_desktop.records import words as w

SCOPES = w.choices(record="The whole record", field="Some of its fields", span="A part of a text")

WAYS = w.choices(
    opened="Opened", listed="Seen in a list", found="Seen among search results",
    printed="Printed", exported="Exported",
)  # fmt: skip


class Erasure(Record):
    """That something was erased for good, why, and what of it was refused. Source: design (sync).

    Its id is that of the change set that erased, by which laptops confirm it.
    """

    meta: ClassVar[KindMeta] = KindMeta(
        name="erasure",
        label="Erasure",
        plural="Erasures",
        compartment=w.GENERAL,
        retention=Retention("erased_at", 72, "Proof that a wish to be forgotten was met"),
        columns=("erased_at", "what", "scope", "reason", "refused", "officer"),
        sort="-pk",
        icon="delete",
        by_hand=False,
        made_by="An erasure is written down when something is erased for good.",
    )

    what: Annotated[str, Limits(min_length=1), w.text("Kind", width=16)]
    record: Annotated[str, w.text("Number of the record", advanced=True)] = ""
    scope: Annotated[str, w.choice("Scope", choices=SCOPES, width=18)] = "record"
    fields: Annotated[str, w.text("Fields", "Whose words went, where not all did")] = ""
    parts: Annotated[int, Limits(ge=0), w.number("Records that went with it")] = 0
    reason: Annotated[str, w.text("Reason", "Without a word about the person", width=32)] = ""
    refused: Annotated[
        str, w.long_text("Refused", "What was kept, each with the reason", width=32)
    ] = ""
    erased_at: Annotated[dt.datetime | None, w.moment("Erased at", width=18)] = None
    officer: Annotated[str, w.text("By")] = ""

    @classmethod
    def title_of(cls, values: Mapping[str, Any]) -> str:
        """The kind and the day: there is no other name left."""
        day = str(values.get("erased_at") or "")[:10]
        what = str(values.get("what") or cls.meta.label)
        return f"{what}, erased {day}" if day else what


class Reading(Record):
    """That somebody read a confidential record: who, when, which and how."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="reading",
        label="Reading",
        plural="Confidential readings",
        compartment=w.CONFIDENTIAL,
        retention=Retention("read_at", 72, "As the records it is about"),
        columns=("read_at", "officer", "way", "what", "record"),
        sort="-pk",
        icon="help",
        by_hand=False,
        made_by="A reading is written down when a confidential record is read.",
    )

    what: Annotated[str, Limits(min_length=1), w.text("Kind")]
    record: Annotated[str, w.text("Number of the record", width=34)] = ""
    way: Annotated[str, w.choice("How", choices=WAYS)] = "opened"
    read_at: Annotated[dt.datetime | None, w.moment("Read at", width=18)] = None
    officer: Annotated[str, w.text("Who")] = ""

    @classmethod
    def title_of(cls, values: Mapping[str, Any]) -> str:
        """Who and when."""
        who, when = values.get("officer") or "Somebody", str(values.get("read_at") or "")[:16]
        return f"{who}, {when.replace('T', ' ')}" if when else str(who)
