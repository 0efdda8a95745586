"""What keeps the register clean: frozen scores, merges that can be taken back, and who is two."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from db.fields import KindMeta, Retention
from db.record import Record
from engage_desktop.records import words as w
from engage_desktop.records.stakeholder import ATTITUDES, LEVELS, SCALE
from engage_desktop.records.values import show


class Assessment(Record):
    """Where a stakeholder stood on the map at one moment, kept beside where they stand today."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="assessment",
        label="Earlier score",
        plural="Earlier scores",
        compartment=w.PEOPLE,
        retention=Retention("scored_on", 72, "Organisation's own"),
        columns=("stakeholder", "name", "scored_on", "power", "interest", "impact", "attitude"),
        sort="-scored_on",
        icon="timeline",
        parent="stakeholder",
        purpose="Where they stood on the map at one moment, kept beside where they stand today.",
        aliases=("score",),
    )

    stakeholder: Annotated[str | None, w.link("Whose", target="stakeholder", width=24)] = None
    name: Annotated[
        str, w.text("Occasion", "For example the start of a consultation", width=26)
    ] = ""
    scored_on: Annotated[dt.date | None, w.date_field("Scored on", begins="today")] = None
    power: Annotated[int | None, SCALE, w.number("Power")] = None
    interest: Annotated[int | None, SCALE, w.number("Interest")] = None
    impact: Annotated[int | None, SCALE, w.number("Impact on them")] = None
    attitude: Annotated[int | None, ATTITUDES, w.number("Attitude")] = None
    level: Annotated[str, w.choice("Involved", choices=LEVELS)] = ""

    @classmethod
    def title_of(cls, values: Mapping[str, Any]) -> str:
        """The occasion and the day."""
        day = show(cls.specs()["scored_on"], values.get("scored_on"))
        said = str(values.get("name") or cls.meta.label)
        return f"{said}, {day}" if day else said


class Merging(Record):
    """That two records were made one, and what moved, so that it can be taken back later.

    What the kept record said before is not written here: the log has it, in the change set that
    made this record. Source: design (house), “values are not stored twice”.
    """

    meta: ClassVar[KindMeta] = KindMeta(
        name="merging",
        label="Merge",
        plural="Merges",
        compartment=w.PEOPLE,
        retention=Retention("merged_on", 72, "Needed while a merge may be taken back"),
        columns=("kept", "away", "merged_on", "officer", "undone_on"),
        sort="-pk",
        icon="merge",
        parent="kept",
        twin="away",
        untwinned="undone_on",
        by_hand=False,
        made_by="A merge is written down when two stakeholders are made one.",
    )

    kept: Annotated[str | None, w.link("Kept", target="stakeholder", width=26)] = None
    away: Annotated[str | None, w.link("Merged into it", target="stakeholder", width=26)] = None
    merged_on: Annotated[dt.date | None, w.date_field("Merged on")] = None
    officer: Annotated[str, w.text("By")] = ""
    moved: Annotated[
        str,
        w.long_text("What moved", "Kind, id and field of each link; machine-readable",
                    advanced=True),
    ] = ""  # fmt: skip
    undone_on: Annotated[dt.date | None, w.date_field("Taken back on")] = None

    @classmethod
    def title_of(cls, values: Mapping[str, Any]) -> str:
        """The day; the names are in the links."""
        day = show(cls.specs()["merged_on"], values.get("merged_on"))
        said = "Merge taken back" if values.get("undone_on") else cls.meta.label
        return f"{said}, {day}" if day else said


class Distinct(Record):
    """That two records that look alike are two: they are not offered as duplicates again."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="distinct",
        label="Not a duplicate",
        plural="Not duplicates",
        compartment=w.PEOPLE,
        retention=Retention("recorded", 72, "Needed while both are kept"),
        columns=("one", "other", "officer"),
        sort="-pk",
        icon="call_split",
        parent="one",
        by_hand=False,
        made_by="This is written down when somebody says that two records are not duplicates.",
    )

    one: Annotated[str | None, w.link("One", target="stakeholder", width=26)] = None
    other: Annotated[str | None, w.link("The other", target="stakeholder", width=26)] = None
    officer: Annotated[str, w.text("By")] = ""

    @classmethod
    def title_of(cls, values: Mapping[str, Any]) -> str:
        """The names are in the links."""
        return cls.meta.label
