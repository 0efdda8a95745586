"""How stakeholders hang together: who sits where, and who is what to whom."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from db.fields import KindMeta, Retention
from db.model import checks_the_whole
from db.record import Record
from engage_desktop.records import words as w
from engage_desktop.records.days import in_order
from engage_desktop.records.values import show


class Membership(Record):
    """A seat: in a group, a network or on a committee, from when to when, and how it was got.

    Source: mission rows S3 and S6 (seed 000 2.8).
    """

    meta: ClassVar[KindMeta] = KindMeta(
        name="membership",
        label="Membership",
        plural="Memberships",
        compartment=w.PEOPLE,
        retention=Retention("ended", 72, "Organisation's own; public record of who sat where"),
        columns=("member", "group", "role", "came_by", "started", "term_ends", "ended"),
        sort="-started",
        icon="badge",
        parent="member",
        purpose="Seats in groups, networks and on committees: since when, how they were got, and "
        "when the term ends.",
        also=("group",),
        also_labels=(("Member", "Members"),),
        aliases=("seat", "member"),
    )

    member: Annotated[str | None, w.link("Member", target="stakeholder", width=24)] = None
    group: Annotated[
        str | None,
        w.link(
            "Group or committee", target="stakeholder", width=28,
            aliases=("group", "committee", "network"), made_with=(("nature", "group"),),
        ),
    ] = None  # fmt: skip
    role: Annotated[
        str,
        w.choice(
            "Role",
            open_choices=True,
            choices=w.choices(
                member="Member", chair="Chair", deputy_chair="Deputy chair",
                secretary="Secretary", lay_member="Lay member",
                representative="Representative", observer="Observer",
            ),
            aliases=("position", "seat"),
        ),
    ] = "member"  # fmt: skip
    came_by: Annotated[
        str,
        w.choice(
            "Came by",
            choices=w.choices(
                elected="Election", appointed="Appointment", co_opted="Co-option",
                office="Their office", volunteered="Volunteering",
            ),
        ),
    ] = ""  # fmt: skip
    elected_on: Annotated[dt.date | None, w.date_field("Elected or appointed on")] = None
    started: Annotated[
        dt.date | None, w.date_field("From", aliases=("start", "start date", "since"))
    ] = None
    term_ends: Annotated[
        dt.date | None, w.date_field("Term ends", "The day the seat falls vacant")
    ] = None
    ended: Annotated[
        dt.date | None,
        w.date_field("Left on", "Empty while the seat is held", aliases=("end", "end date")),
    ] = None
    role_profile: Annotated[str, w.long_text("Role profile", "What the seat asks of them")] = ""
    named_support: Annotated[
        str, w.text("Named support", "Who they turn to", aliases=("support", "mentor"))
    ] = ""
    induction_on: Annotated[dt.date | None, w.date_field("Induction on")] = None
    notes: Annotated[str, w.notes(sensitive=True)] = ""

    @classmethod
    def title_of(cls, values: Mapping[str, Any]) -> str:
        """The role and the years: the names are in the links."""
        return _with_days(cls, "role", "started", "ended", values)

    @checks_the_whole
    def _makes_sense(self) -> "Membership":
        in_order(self.started, self.ended, "Left on", "From")
        in_order(self.started, self.term_ends, "Term ends", "From")
        if self.member and self.member == self.group:
            raise ValueError("Nobody is a member of themselves: choose another group.")
        return self


class Relationship(Record):
    """What one stakeholder is to another, with a direction. Source: facts H."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="relationship",
        label="Relationship",
        plural="Relationships",
        compartment=w.PEOPLE,
        retention=Retention("ended", 72, "Organisation's own"),
        columns=("one", "tie", "other", "started", "ended"),
        sort="-started",
        icon="link",
        parent="one",
        purpose="Who represents, funds, advises or refers people to whom.",
        also=("other",),
        also_labels=(("Relationship to this", "Relationships to this"),),
        aliases=("tie", "link"),
    )

    one: Annotated[
        str | None, w.link("From", target="stakeholder", width=24, aliases=("source",))
    ] = None
    tie: Annotated[
        str,
        w.choice(
            "Is what to the other",
            open_choices=True,
            choices=w.choices(
                represents="Represents", funds="Funds", advises="Advises",
                refers_to="Refers people to", works_with="Works with",
                in_conflict="Is in conflict with",
            ),
            aliases=("type", "relationship", "tie"),
            width=20,
        ),
    ] = "represents"  # fmt: skip
    other: Annotated[
        str | None, w.link("To", target="stakeholder", width=24, aliases=("target",))
    ] = None
    started: Annotated[dt.date | None, w.date_field("Since", aliases=("start", "start date"))] = (
        None
    )
    ended: Annotated[dt.date | None, w.date_field("Until", aliases=("end", "end date"))] = None
    notes: Annotated[str, w.notes(sensitive=True)] = ""

    @classmethod
    def title_of(cls, values: Mapping[str, Any]) -> str:
        """What it is, and when: the names are in the links."""
        return _with_days(cls, "tie", "started", "ended", values)

    @checks_the_whole
    def _makes_sense(self) -> "Relationship":
        in_order(self.started, self.ended, "Until", "Since")
        if self.one and self.one == self.other:
            raise ValueError("A relationship has two ends: choose somebody else for “To”.")
        return self


class Training(Record):
    """What somebody has learnt for their part in our work. Source: mission row S6."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="training",
        label="Training",
        plural="Training",
        compartment=w.PEOPLE,
        retention=Retention("done_on", 72, "Organisation's own"),
        columns=("person", "course", "done_on", "valid_until", "given_by"),
        sort="-done_on",
        icon="school",
        parent="person",
        purpose="What they have learnt for their part in our work, and until when it holds.",
        aliases=("course",),
    )

    person: Annotated[str | None, w.link("Person", target="stakeholder", width=24)] = None
    course: Annotated[
        str,
        w.text("Course", "For example induction, safeguarding, chairing", searchable=True,
               aliases=("training", "title")),
    ]  # fmt: skip
    done_on: Annotated[dt.date | None, w.date_field("Done on", aliases=("date",))] = None
    valid_until: Annotated[dt.date | None, w.date_field("Valid until")] = None
    given_by: Annotated[str, w.text("Given by", aliases=("provider",))] = ""
    notes: Annotated[str, w.notes()] = ""

    @classmethod
    def title_of(cls, values: Mapping[str, Any]) -> str:
        """The course."""
        return str(values.get("course") or cls.meta.label)

    @checks_the_whole
    def _daysin_order(self) -> "Training":
        in_order(self.done_on, self.valid_until, "Valid until", "Done on")
        return self


def _with_days(
    cls: type[Record], name: str, start: str, end: str, values: Mapping[str, Any]
) -> str:
    specs = cls.specs()
    what = show(specs[name], values.get(name)) or cls.meta.label
    first, last = show(specs[start], values.get(start)), show(specs[end], values.get(end))
    if first and last:
        return f"{what}, {first} to {last}"
    if first:
        return f"{what}, from {first}"
    return f"{what}, until {last}" if last else what
