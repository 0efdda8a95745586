"""A person or an organisation with a stake in local health services."""

from typing import Annotated, ClassVar

from db.fields import KindMeta, Merge, Retention
from db.model import Limits
from db.record import Record
from engage_desktop.records import words as w

PROTECTED = w.choices(
    age="Age",
    disability="Disability",
    gender_reassignment="Gender reassignment",
    marriage="Marriage and civil partnership",
    pregnancy="Pregnancy and maternity",
    race="Race",
    religion="Religion or belief",
    sex="Sex",
    sexual_orientation="Sexual orientation",
    carers="Carers",
    deprivation="Living on a low income",
    rural="Rural isolation",
)
"""The nine protected characteristics (Equality Act 2010), then three groups health bodies add."""

NATURES = w.choices(person="Person", organisation="Organisation")


class Stakeholder(Record):
    """Source: seed 001 App. 6 (types), seed 002 App. 2 (matrix groups), seed 000 App. 1."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="stakeholder",
        label="Stakeholder",
        plural="Stakeholders",
        compartment=w.PEOPLE,
        retention=Retention("recorded", 72, "Organisation's own; review when contact ends"),
        columns=("name", "stakeholder_type", "organisation", "locality", "email", "phone"),
        sort="name",
        icon="groups",
        aliases=("person", "organisation", "people"),
        identities=(("email",), ("phone",), ("name", "postcode"), ("name", "address")),
    )

    name: Annotated[
        str,
        Limits(min_length=1),
        w.text(
            "Name",
            searchable=True,
            width=28,
            aliases=("full name", "organisation name"),
            halves=(
                ("first name", "forename", "given name"),
                ("last name", "surname", "family name"),
            ),
        ),
    ]
    nature: Annotated[str, w.choice("Person or organisation", choices=NATURES)] = "person"
    stakeholder_type: Annotated[
        str,
        w.choice(
            "Stakeholder type",
            "For example voluntary sector, council, PPG",
            open_choices=True,
            choices=w.choices(
                public="People who live here",
                ppg="Patient participation group",
                healthwatch="Healthwatch",
                voluntary="Voluntary and community sector",
                practice="Member practice",
                hwb="Health and wellbeing board",
                provider="Provider of care",
                council="Council",
                mp="Member of Parliament",
                lay_member="Lay member",
                media="Media",
                staff="Staff",
            ),
            aliases=("type", "category"),
            width=22,
        ),
    ] = ""
    matrix_group: Annotated[
        str,
        w.choice(
            "Matrix group",
            "Where this stakeholder stands in the stakeholder matrix",
            open_choices=True,
            choices=w.choices(
                all_stakeholders="All stakeholders",
                vulnerable="Vulnerable groups",
                key_partner="Key partners",
                other_partner="Other partners",
                influencer="Influencers",
                nhs_partner="NHS partners",
                other_nhs="Other NHS",
            ),
        ),
    ] = ""
    organisation: Annotated[
        str | None,
        w.link(
            "Organisation",
            target="stakeholder",
            width=24,
            aliases=("company",),
            made_with=(("nature", "organisation"),),
        ),
    ] = None
    job_title: Annotated[
        str, w.text("Job title", searchable=True, aliases=("role", "position"))
    ] = ""
    email: Annotated[
        str,
        w.email("E-mail", searchable=True, sensitive=True, width=26, aliases=("email address",)),
    ] = ""
    phone: Annotated[
        str,
        w.phone("Phone", sensitive=True, searchable=True, aliases=("telephone", "mobile", "tel")),
    ] = ""
    address: Annotated[str, w.long_text("Address", sensitive=True, aliases=("street address",))] = (
        ""
    )
    postcode: Annotated[
        str, w.postcode("Postcode", sensitive=True, width=10, aliases=("postal code", "post code"))
    ] = ""
    locality: Annotated[str, w.text("Locality", searchable=True, aliases=("area", "district"))] = ""
    speaks_for: Annotated[
        tuple[str, ...],
        w.choice_set(
            "Speaks for",
            "Whose voice this group brings",
            choices=PROTECTED,
            aliases=("protected characteristics",),
            width=24,
        ),
    ] = ()
    interests: Annotated[
        tuple[str, ...],
        w.choice_set(
            "Areas of interest",
            open_choices=True,
            choices=w.choices(
                primary_care="GP and primary care",
                mental_health="Mental health",
                maternity="Maternity",
                children="Children and young people",
                long_term="Long-term conditions",
                transport="Transport",
                end_of_life="End of life",
                carers="Carers",
            ),
        ),
    ] = ()
    do_not_contact: Annotated[
        bool,
        w.yes_no("Do not contact", merge=Merge.RESTRICTIVE, restrictive=(True, False)),
    ] = False
    bulletin: Annotated[
        str,
        w.choice(
            "Wants the bulletin",
            choices=w.PERMISSION,
            merge=Merge.RESTRICTIVE,
            restrictive=w.PERMISSION_ORDER,
        ),
    ] = "not_asked"
    needs: Annotated[
        tuple[str, ...],
        w.choice_set(
            "Communication and access needs",
            "Ask before each event; leave empty when nobody has asked",
            open_choices=True,
            sensitive=True,
            choices=w.choices(
                bsl="BSL interpreter",
                lipspeaker="Lipspeaker",
                notetaker="Notetaker",
                speech_to_text="Speech-to-text reporter",
                easy_read="Easy read",
                large_print="Large print",
                braille="Braille",
                audio="Audio",
                hearing_loop="Hearing loop",
                wheelchair="Step-free access",
                hoist="Hoist and bench (Changing Places)",
                quiet="Quiet space",
                language="Spoken-language interpreter",
                personal_assistant="Personal assistant",
                diet="Food needs",
            ),
        ),
    ] = ()
    notes: Annotated[str, w.long_text("Notes", searchable=True, sensitive=True)] = ""
