"""A place where people meet, and what it is like to get into and use."""

import datetime as dt
from typing import Annotated, ClassVar

from db.fields import KindMeta, Retention
from db.model import Limits
from db.record import Record
from engage_desktop.records import words as w

ACCESS = w.choices(
    step_free_entrance="Step-free entrance",
    step_free_rooms="Step-free to every room used",
    accessible_toilet="Accessible toilet near the room",
    changing_places="Hoist and adult bench (Changing Places)",
    blue_badge="Blue-badge bays that can be reserved",
    drop_off="Drop-off within 50 m",
    public_transport="Step-free public transport",
    lift="Lift for people, working",
    hearing_loop="Hearing loop, tested",
    microphones="Roving microphones",
    quiet_room="Quiet room",
    good_light="Even light without flicker",
    door_one_hand="Doors that open with one hand",
    clear_signs="Clear signs",
    assistance_dogs="Water and space for assistance dogs",
    visual_alarm="Visual fire alarm",
    evacuation="Evacuation plan for people who need help",
    parking="Car park",
)
"""Own wording of the checklist in facts G5. Yes, no, or not known: never guessed."""


class Venue(Record):
    """Source: seed 000 3.7.1 (accessible venues), facts G."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="venue",
        label="Venue",
        plural="Venues",
        compartment=w.GENERAL,
        retention=Retention("recorded", 0, "Public information"),
        columns=("name", "postcode", "capacity", "checked_on", "contact_name"),
        sort="name",
        icon="location_on",
        aliases=("place",),
    )

    name: Annotated[str, Limits(min_length=1), w.text("Name", searchable=True, width=28)]
    address: Annotated[str, w.long_text("Address", searchable=True)] = ""
    postcode: Annotated[str, w.postcode("Postcode", searchable=True, width=10)] = ""
    contact_name: Annotated[str, w.text("Contact name", aliases=("contact",))] = ""
    phone: Annotated[str, w.phone("Phone", aliases=("telephone", "tel"))] = ""
    email: Annotated[str, w.email("E-mail")] = ""
    capacity: Annotated[
        int | None, Limits(ge=0, le=1_000_000), w.number("Capacity", unit="people", width=9)
    ] = None
    access: Annotated[
        dict[str, str],
        w.features("Access", "Leave a feature empty until somebody has checked it", choices=ACCESS),
    ] = {}  # noqa: RUF012 - every record gets a copy
    checked_on: Annotated[dt.date | None, w.date_field("Access checked on")] = None
    checked_by: Annotated[str, w.text("Checked by", "Who, and whether by visit or by phone")] = ""
    notes: Annotated[str, w.notes(searchable=True)] = ""
