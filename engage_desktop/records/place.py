"""Localities, neighbourhoods, practices, constituencies: the county as a tree."""

import datetime as dt
from typing import Annotated, ClassVar

from db.fields import KindMeta, Retention
from db.model import Limits
from db.record import Record
from engage_desktop.records import words as w

LEVELS = w.choices(
    county="County", constituency="Constituency", district="District", locality="Locality",
    neighbourhood="Neighbourhood", ward="Ward", practice="Practice",
)  # fmt: skip
"""Source: mission row S4 (seed 002 App. 3)."""


def _is_a_boundary(text: str) -> None:
    from engage_desktop.records.geometry import check_boundary  # when the first is written

    check_boundary(text)


class Place(Record):
    """One place of the tree. It lies in at most one other; several trees may stand side by side.

    Source: mission row S4.
    """

    meta: ClassVar[KindMeta] = KindMeta(
        name="place",
        label="Place",
        plural="Places",
        compartment=w.GENERAL,
        retention=Retention("recorded", 0, "Reference data of the organisation"),
        columns=("name", "level", "within", "code", "list_size"),
        sort="name",
        icon="map",
        aliases=("locality", "area"),
        purpose="Where people live and practices are: the county as a tree, from the largest "
        "part down. Maps and counts by place are drawn from it.",
    )

    name: Annotated[
        str,
        Limits(min_length=1),
        w.text("Name", searchable=True, width=26, aliases=("place", "practice name")),
    ]
    level: Annotated[
        str, w.choice("Level", open_choices=True, choices=LEVELS, aliases=("type", "kind"))
    ] = ""
    within: Annotated[
        str | None,
        w.link("Lies in", "The larger place it is a part of", target="place", width=22,
               aliases=("parent", "part of")),
    ] = None  # fmt: skip
    code: Annotated[
        str,
        w.text("Code", "As the office for statistics or the NHS writes it", searchable=True,
               aliases=("gss code", "ods code", "practice code")),
    ] = ""  # fmt: skip
    postcodes: Annotated[
        str,
        w.text("Postcode districts", "For example ZZ1 2; ZZ1 3", aliases=("postcode districts",)),
    ] = ""
    list_size: Annotated[
        int | None,
        Limits(ge=0, le=100_000_000),
        w.number("People", "Population, or patients on the list", unit="people",
                 aliases=("population", "list size", "registered patients")),
    ] = None  # fmt: skip
    as_of: Annotated[dt.date | None, w.date_field("People counted on")] = None
    boundary: Annotated[
        str,
        w.long_text(
            "Boundary", "GeoJSON geometry in degrees, WGS 84", advanced=True, rule=_is_a_boundary
        ),
    ] = ""
    notes: Annotated[str, w.notes(searchable=True)] = ""
