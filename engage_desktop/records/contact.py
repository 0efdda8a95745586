"""What passes between us and a stakeholder, on what basis we keep it, and what is confidential."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from db.fields import KindMeta, Retention
from db.model import Limits, checks_the_whole
from db.record import Record
from engage_desktop.records import words as w
from engage_desktop.records.days import in_order
from engage_desktop.records.values import show

PURPOSES = w.choices(
    contact="Being contacted about our work",
    needs="Keeping what they need",
    quotes="Quoting their words",
    photographs="Photographs and film",
    bulletin="The bulletin",
)
"""Each purpose has a basis of its own: a yes to one is never a yes to another."""

BASES = w.choices(
    consent="Consent",
    explicit_consent="Explicit consent",
    public_task="Public task",
    legal_obligation="Legal obligation",
    legitimate_interests="Legitimate interests",
    vital_interests="Vital interests",
    contract="Contract",
)
"""UK GDPR Article 6(1), and Article 9(2)(a) for what is sensitive."""


MAIL_FILES = (".eml", ".txt")
"""How the files are called that hold an e-mail, and become a contact."""


class Interaction(Record):
    """A call, a meeting, a letter: who, when, what was said, and what was promised."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="interaction",
        label="Contact",
        plural="Contacts",
        compartment=w.PEOPLE,
        retention=Retention("day", 72, "Organisation's own; review when contact ends"),
        columns=("stakeholder", "day", "way", "subject", "officer", "promise", "due", "kept_on"),
        sort="-day",
        icon="forum",
        parent="stakeholder",
        purpose="Calls, meetings, letters and e-mails: what was said, and what was promised. Drop "
        "an e-mail file here to add it.",
        aliases=("contact log", "call"),
    )

    stakeholder: Annotated[
        str | None, w.link("With", target="stakeholder", width=24, aliases=("stakeholder",))
    ] = None
    day: Annotated[dt.date | None, w.date_field("Date", aliases=("on", "day"), begins="today")] = (
        None
    )
    way: Annotated[
        str,
        w.choice(
            "How",
            open_choices=True,
            choices=w.choices(
                call="Call", meeting="Meeting", letter="Letter", email="E-mail",
                text="Text message", visit="Visit", online="Online",
            ),
            aliases=("type", "way", "channel"),
        ),
    ] = ""  # fmt: skip
    begun_by: Annotated[
        str,
        w.choice("Who began it", choices=w.choices(us="We did", them="They did"), advanced=True),
    ] = ""
    subject: Annotated[
        str,
        w.text("About", searchable=True, width=26, aliases=("subject", "topic")),
    ] = ""
    said: Annotated[
        str,
        w.long_text("What was said", searchable=True, sensitive=True, aliases=("notes", "body")),
    ] = ""
    officer: Annotated[str, w.text("Who of us", aliases=("officer",), begins="officer")] = ""
    others: Annotated[tuple[str, ...], w.links("Also there", target="stakeholder")] = ()
    event: Annotated[str | None, w.link("At the event", target="event", advanced=True)] = None
    promise: Annotated[
        str,
        w.text("Promised", "What one side will do; empty where nothing was", searchable=True,
               aliases=("promise", "action")),
    ] = ""  # fmt: skip
    promised_by: Annotated[
        str, w.choice("Who promised", choices=w.choices(us="We did", them="They did"))
    ] = ""
    due: Annotated[dt.date | None, w.date_field("Promised for", aliases=("due", "due date"))] = None
    kept_on: Annotated[dt.date | None, w.date_field("Kept on", "The day the promise was kept")] = (
        None
    )

    @classmethod
    def title_of(cls, values: Mapping[str, Any]) -> str:
        """How, about what and when."""
        specs = cls.specs()
        way = show(specs["way"], values.get("way")) or cls.meta.label
        said = ": ".join(part for part in (way, str(values.get("subject") or "")) if part)
        day = show(specs["day"], values.get("day"))
        return f"{said}, {day}" if day else said

    @checks_the_whole
    def _a_promise_is_whole(self) -> "Interaction":
        if not self.promise and (self.due or self.kept_on):
            raise ValueError("A day is given for a promise, but not what was promised.")
        return self


class Permission(Record):
    """On what basis we may do one thing for one purpose: since when, how known, until when.

    A change of mind is a withdrawal here, or a line of its own; what is newest counts, and of two
    of one day the stricter. Source: facts H; UK GDPR Articles 6, 7 and 9.
    """

    meta: ClassVar[KindMeta] = KindMeta(
        name="permission",
        label="Permission",
        plural="Permissions",
        compartment=w.PEOPLE,
        retention=Retention("given_on", 72, "Proof of the basis; kept as long as what rests on it"),
        columns=("stakeholder", "purpose", "answer", "basis", "given_on", "until", "withdrawn_on"),
        sort="-given_on",
        icon="how_to_reg",
        parent="stakeholder",
        purpose="What they agreed to, for each purpose apart: when, how we know, and until when.",
        aliases=("consent", "lawful basis", "basis"),
    )

    stakeholder: Annotated[str | None, w.link("Whose", target="stakeholder", width=24)] = None
    purpose: Annotated[
        str,
        Limits(min_length=1),
        w.choice("For", open_choices=True, choices=PURPOSES, aliases=("purpose",), width=22),
    ]
    answer: Annotated[
        str,
        w.choice(
            "Answer",
            choices=w.PERMISSION,
            merge=w.STRICTER,
            restrictive=w.PERMISSION_ORDER,
        ),
    ] = "not_asked"
    basis: Annotated[str, w.choice("Lawful basis", choices=BASES, aliases=("basis",))] = ""
    given_on: Annotated[
        dt.date | None, w.date_field("Answered on", aliases=("date", "consent date"))
    ] = None
    source: Annotated[
        str, w.text("How we know", "For example sign-up sheet, call", aliases=("source",))
    ] = ""
    until: Annotated[
        dt.date | None, w.date_field("Runs out on", aliases=("expires", "valid until"))
    ] = None
    withdrawn_on: Annotated[dt.date | None, w.date_field("Withdrawn on")] = None
    withdrawn_how: Annotated[str, w.text("How it was withdrawn")] = ""
    notes: Annotated[str, w.notes()] = ""

    @classmethod
    def title_of(cls, values: Mapping[str, Any]) -> str:
        """For what, and the answer."""
        specs = cls.specs()
        purpose = show(specs["purpose"], values.get("purpose")) or cls.meta.label
        if values.get("withdrawn_on"):
            return f"{purpose}: withdrawn"
        return f"{purpose}: {show(specs['answer'], values.get('answer') or 'not_asked').lower()}"

    @checks_the_whole
    def _makes_sense(self) -> "Permission":
        in_order(self.given_on, self.until, "Runs out on", "Answered on")
        in_order(self.given_on, self.withdrawn_on, "Withdrawn on", "Answered on")
        if self.withdrawn_how and not self.withdrawn_on:
            raise ValueError("Say on which day it was withdrawn.")
        if self.answer == "yes" and not self.basis:
            raise ValueError("A yes needs its lawful basis: choose one.")
        return self


class ConfidentialNote(Record):
    """What may be read only by those who may read confidential records; every reading is logged."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="confidential_note",
        label="Confidential note",
        plural="Confidential notes",
        compartment=w.CONFIDENTIAL,
        retention=Retention("written_on", 72, "Organisation's own; review yearly"),
        columns=("stakeholder", "written_on", "about", "officer"),
        sort="-written_on",
        icon="lock",
        parent="stakeholder",
        purpose="What only those may read who may read confidential records. Every reading is "
        "written down.",
    )

    stakeholder: Annotated[str | None, w.link("About", target="stakeholder", width=24)] = None
    written_on: Annotated[dt.date | None, w.date_field("Date", begins="today")] = None
    about: Annotated[str, w.text("Subject", "Without a name")] = ""
    text: Annotated[str, Limits(min_length=1), w.long_text("Note", sensitive=True)]
    officer: Annotated[str, w.text("Written by", begins="officer")] = ""

    @classmethod
    def title_of(cls, values: Mapping[str, Any]) -> str:
        """The subject and the day, never the words."""
        day = show(cls.specs()["written_on"], values.get("written_on"))
        said = str(values.get("about") or cls.meta.label)
        return f"{said}, {day}" if day else said
