"""A workshop, stand, meeting or forum: what was planned, who came, what was heard."""

import datetime as dt
from typing import Annotated, ClassVar

from db.fields import KindMeta, Retention
from db.model import Limits
from db.record import Record
from engage_desktop.records import words as w


class Event(Record):
    """Source: seed 000 2.8 and 2.20 to 2.36."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="event",
        label="Event",
        plural="Events",
        compartment=w.GENERAL,
        retention=Retention("date", 0, "Record of activity, published yearly"),
        columns=("name", "date", "event_type", "venue", "status", "attendance"),
        sort="-date",
        icon="event",
        aliases=("meeting", "workshop"),
    )

    name: Annotated[
        str,
        Limits(min_length=1),
        w.text("Title", searchable=True, width=28, aliases=("name", "event")),
    ]
    event_type: Annotated[
        str,
        w.choice(
            "Type",
            open_choices=True,
            choices=w.choices(
                stand="Stand",
                workshop="Workshop",
                public_meeting="Public meeting",
                forum="Forum",
                network="Network meeting",
                focus_group="Focus group",
                visit="Visit to a group",
                online="Online session",
            ),
            aliases=("event type", "kind"),
        ),
    ] = ""
    date: Annotated[
        dt.date | None, w.date_field("Date", width=12, aliases=("event date", "day"))
    ] = None
    start_time: Annotated[str, w.time_field("Starts", aliases=("start", "from"))] = ""
    end_time: Annotated[str, w.time_field("Ends", aliases=("end", "to", "until"))] = ""
    venue: Annotated[str | None, w.link("Venue", target="venue", width=24)] = None
    status: Annotated[
        str,
        w.choice(
            "Status",
            choices=w.choices(
                planned="Planned", confirmed="Confirmed", done="Done", cancelled="Cancelled"
            ),
        ),
    ] = "planned"
    lead: Annotated[
        str,
        w.text("Lead officer", searchable=True, aliases=("officer", "owner"), purpose="lead"),
    ] = ""
    network: Annotated[
        str, w.text("Network", "The group that meets, if it is one", searchable=True)
    ] = ""
    expected: Annotated[
        int | None, Limits(ge=0, le=1_000_000), w.number("Expected", unit="people")
    ] = None
    attendance: Annotated[
        int | None,
        Limits(ge=0, le=1_000_000),
        w.number(
            "Came",
            "People counted on the day",
            unit="people",
            width=8,
            aliases=("attendance", "attended", "number of attendees"),
        ),
    ] = None
    invited: Annotated[tuple[str, ...], w.links("Invited", target="stakeholder")] = ()
    summary: Annotated[
        str, w.long_text("What was heard", searchable=True, aliases=("summary",))
    ] = ""
    notes: Annotated[str, w.notes(searchable=True)] = ""
