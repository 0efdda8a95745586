"""A person or an organisation with a stake in local health services."""

import datetime as dt
from typing import Annotated, ClassVar

from db.fields import KindMeta, Merge, Retention
from db.model import Limits
from db.record import Record
from engage_desktop.records import needs as n
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

NATURES = w.choices(
    person="Person", organisation="Organisation", group="Group or network", committee="Committee"
)

CONTACT, PLACE, VOICE = "How to reach them", "Where", "Voice and interest"
NEEDS, TOUCH, MAP = "Communication and access needs", "Keeping in touch", "On the stakeholder map"
YOUNG, NOTES = "Child or young person", "Notes"
"""The sections of the form, in the order of the fields; what comes before them has none."""

SCALE = Limits(ge=1, le=5)
ATTITUDES = Limits(ge=-2, le=2)

LEVELS = w.choices(
    inform="Inform", consult="Consult", involve="Involve", collaborate="Collaborate",
    empower="Empower",
)  # fmt: skip
"""The levels of involvement, least first. Source: mission row R9 (seed 001 s7, IAP2)."""


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
        identities=(
            ("email",),
            ("phone",),
            ("mobile",),
            ("other_email",),
            ("other_phone",),
            ("name", "postcode"),
            ("name", "address"),
        ),
        sections=(CONTACT, PLACE, VOICE, NEEDS, TOUCH, MAP, YOUNG, NOTES),
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
        w.email(
            "E-mail",
            searchable=True,
            sensitive=True,
            width=26,
            aliases=("email address",),
            section=CONTACT,
            matched=True,
        ),
    ] = ""
    phone: Annotated[
        str,
        w.phone(
            "Phone",
            sensitive=True,
            searchable=True,
            aliases=("telephone", "tel"),
            section=CONTACT,
            matched=True,
        ),
    ] = ""
    address: Annotated[
        str, w.long_text("Address", sensitive=True, lines=w.ADDRESS_LINES, section=CONTACT)
    ] = ""
    postcode: Annotated[
        str,
        w.postcode(
            "Postcode",
            sensitive=True,
            width=10,
            aliases=("postal code", "post code"),
            section=CONTACT,
            matched=True,
        ),
    ] = ""
    locality: Annotated[
        str, w.text("Locality", searchable=True, aliases=("area", "district"), section=PLACE)
    ] = ""
    speaks_for: Annotated[
        tuple[str, ...],
        w.choice_set(
            "Speaks for",
            "Whose voice this group brings",
            choices=PROTECTED,
            aliases=("protected characteristics",),
            width=24,
            section=VOICE,
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
            section=VOICE,
        ),
    ] = ()
    do_not_contact: Annotated[
        bool,
        w.yes_no(
            "Do not contact", merge=Merge.RESTRICTIVE, restrictive=(True, False), section=CONTACT
        ),
    ] = False
    bulletin: Annotated[
        str,
        w.choice(
            "Wants the bulletin",
            choices=w.PERMISSION,
            merge=Merge.RESTRICTIVE,
            restrictive=w.PERMISSION_ORDER,
            section=TOUCH,
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
            section=NEEDS,
        ),
    ] = ()
    notes: Annotated[str, w.notes(searchable=True, sensitive=True, section=NOTES)] = ""
    owner: Annotated[
        str,
        w.text(
            "Owner", "The officer who keeps in touch", aliases=("relationship owner",),
            purpose="lead", section=TOUCH,
        ),
    ] = ""  # fmt: skip
    mobile: Annotated[
        str,
        w.phone(
            "Mobile",
            sensitive=True,
            aliases=("mobile phone", "cell"),
            section=CONTACT,
            matched=True,
        ),
    ] = ""
    other_phone: Annotated[
        str,
        w.phone(
            "Other phone",
            "Or text relay, with its prefix",
            sensitive=True,
            section=CONTACT,
            matched=True,
        ),
    ] = ""
    other_email: Annotated[
        str, w.email("Other e-mail", sensitive=True, section=CONTACT, matched=True)
    ] = ""
    website: Annotated[
        str, w.url("Website", aliases=("url", "web address", "web"), section=CONTACT)
    ] = ""
    places: Annotated[
        tuple[str, ...],
        w.links(
            "Places", "Locality, neighbourhood, practice, constituency", target="place",
            section=PLACE,
        ),
    ] = ()  # fmt: skip
    communities: Annotated[
        tuple[str, ...],
        w.choice_set(
            "Communities",
            "Whose lives this group knows",
            open_choices=True,
            choices=w.choices(
                traveller="Gypsy, Roma and Traveller communities",
                homeless="People without a home",
                migrants="Refugees, people seeking asylum and vulnerable migrants",
                sex_workers="Sex workers",
                veterans="Armed forces and veterans",
                farming="Farming families",
                learning_disability="People with a learning disability",
                autism="Autistic people",
                sensory="People with a sensory loss",
                dementia="People with dementia",
                substance="People who use drugs or alcohol",
                prison="People in or leaving prison",
                care_leavers="Care-experienced people",
                parents="Parents and families",
            ),
            section=VOICE,
        ),
    ] = ()
    reveals: Annotated[
        bool,
        w.yes_no(
            "Membership is sensitive",
            "Being in this group says something protected about a person",
            section=VOICE,
        ),
    ] = False
    involvement: Annotated[
        str,
        w.choice(
            "Level of involvement",
            "What a member of the public network asked for",
            choices=w.choices(
                open1="OPEN 1: hears from us",
                open2="OPEN 2: tells us what they think",
                open3="OPEN 3: works with us",
            ),
            aliases=("open level", "membership level"),
            section=VOICE,
        ),
    ] = ""
    languages: Annotated[
        tuple[str, ...],
        w.choice_set(
            "Languages", "Spoken or signed", open_choices=True, choices=n.languages(),
            aliases=("language", "spoken languages"), section=NEEDS,
        ),
    ] = ()  # fmt: skip
    letters_in: Annotated[
        str,
        w.choice(
            "Language for letters", "Empty for English", open_choices=True,
            choices=n.languages(), section=NEEDS,
        ),
    ] = ""  # fmt: skip
    contact_methods: Annotated[
        tuple[str, ...],
        w.choice_set(
            "How to get in touch", open_choices=True, sensitive=True,
            choices=n.listed("contact_method"), aliases=("contact method",), section=NEEDS,
        ),
    ] = ()  # fmt: skip
    formats: Annotated[
        tuple[str, ...],
        w.choice_set(
            "Information format", open_choices=True, sensitive=True,
            choices=n.listed("information_format"), aliases=("format needed", "format"),
            section=NEEDS,
        ),
    ] = ()  # fmt: skip
    professionals: Annotated[
        tuple[str, ...],
        w.choice_set(
            "Communication professional", open_choices=True, sensitive=True,
            choices=n.listed("professional"), section=NEEDS,
        ),
    ] = ()  # fmt: skip
    support: Annotated[
        tuple[str, ...],
        w.choice_set(
            "Communication support", open_choices=True, sensitive=True,
            choices=n.listed("support"), section=NEEDS,
        ),
    ] = ()  # fmt: skip
    needs_note: Annotated[
        str, w.long_text("About these needs", "In their own words", sensitive=True, section=NEEDS)
    ] = ""
    needs_asked: Annotated[
        dt.date | None, w.date_field("Needs asked on", aliases=("date asked",), section=NEEDS)
    ] = None
    needs_tell: Annotated[
        tuple[str, ...],
        w.choice_set(
            "Who may be told", "With their agreement", choices=n.MAY_BE_TOLD, section=NEEDS
        ),
    ] = ()
    needs_shared: Annotated[dt.date | None, w.date_field("Needs shared on", section=NEEDS)] = None
    needs_met: Annotated[str, w.choice("Needs met last time", choices=n.MET, section=NEEDS)] = ""
    needs_review: Annotated[
        dt.date | None,
        w.date_field("Ask again by", "When these needs are to be reviewed", section=NEEDS),
    ] = None
    last_contact: Annotated[
        dt.date | None,
        w.date_field(
            "Last contact", "Kept by the contacts log; type it where there is none",
            section=TOUCH,
        ),
    ] = None  # fmt: skip
    next_contact: Annotated[dt.date | None, w.date_field("Next contact due", section=TOUCH)] = None
    contact_every: Annotated[
        int | None,
        Limits(ge=1, le=120),
        w.number("Contact every", unit="months", section=TOUCH),
    ] = None
    channel: Annotated[
        str,
        w.choice(
            "Channel",
            "How we keep in touch with them",
            open_choices=True,
            choices=w.choices(
                email="E-mail", phone="Phone", letter="Letter", meeting="Meeting",
                bulletin="Bulletin", social="Social media",
            ),
            section=TOUCH,
        ),
    ] = ""  # fmt: skip
    review_on: Annotated[
        dt.date | None, w.date_field("Review on", "Whether to keep this at all", section=TOUCH)
    ] = None
    power: Annotated[int | None, SCALE, w.number("Power", "1 little to 5 great", section=MAP)] = (
        None
    )
    interest: Annotated[
        int | None, SCALE, w.number("Interest", "1 little to 5 great", section=MAP)
    ] = None
    impact: Annotated[
        int | None,
        SCALE,
        w.number("Impact on them", "1 little to 5 great", aliases=("impact", "stake"),
                 section=MAP),
    ] = None  # fmt: skip
    attitude: Annotated[
        int | None,
        ATTITUDES,
        w.number("Attitude", "-2 against to 2 for; they may ask to see it", section=MAP),
    ] = None
    attitude_wanted: Annotated[int | None, ATTITUDES, w.number("Attitude wanted", section=MAP)] = (
        None
    )
    level: Annotated[str, w.choice("Involved now", choices=LEVELS, section=MAP)] = ""
    level_wanted: Annotated[str, w.choice("Involvement wanted", choices=LEVELS, section=MAP)] = ""
    they_want: Annotated[str, w.long_text("What they want", section=MAP)] = ""
    we_need: Annotated[str, w.long_text("What we need from them", section=MAP)] = ""
    age_band: Annotated[
        str,
        w.choice(
            "Age band",
            "Only where it matters who may agree",
            choices=w.choices(under_13="Under 13", teens="13 to 15", young="16 to 17"),
            sensitive=True,
            section=YOUNG,
        ),
    ] = ""
    guardian: Annotated[
        str, w.text("Parent or guardian", "Who agrees for them", sensitive=True, section=YOUNG)
    ] = ""
    competence_by: Annotated[
        str,
        w.text("Competence judged by", "Who found that they can agree themselves", section=YOUNG),
    ] = ""
    competence_on: Annotated[
        dt.date | None, w.date_field("Competence judged on", section=YOUNG)
    ] = None
