"""What people told us: a response, the comments in it, and the themes they fall under.

One person's card is one response, however many comments it holds, and counts once.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from db.fields import Choice, KindMeta, Merge, Retention
from db.model import Limits
from db.record import Record
from engage_desktop.records import words as w

FFT = (
    Choice("very_good", "Very good", "very_satisfied", ("extremely likely",)),
    Choice("good", "Good", "satisfied", ("likely",)),
    Choice("neither", "Neither good nor poor", "neutral", ("neither likely nor unlikely",)),
    Choice("poor", "Poor", "dissatisfied", ("unlikely",)),
    Choice("very_poor", "Very poor", "very_dissatisfied", ("extremely unlikely",)),
    Choice("dont_know", "Don’t know", "help"),
    Choice("not_asked", "Not asked"),
)
"""The six answers of the Friends and Family Test in their fixed order, and not asked. Its wording
before April 2020 is known one to one (facts D)."""

SENTIMENTS = w.choices(
    very_positive="Very positive",
    positive="Positive",
    neutral="Neither or mixed",
    negative="Negative",
    very_negative="Very negative",
)


class Theme(Record):
    """A subject that comments fall under. Source: seed 000 2.18 and 2.23."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="theme",
        label="Theme",
        plural="Themes",
        compartment=w.GENERAL,
        retention=Retention("recorded", 0, "Reference list"),
        columns=("name", "description"),
        sort="name",
        icon="label",
    )

    name: Annotated[
        str,
        Limits(min_length=1),
        w.text("Name", searchable=True, width=32, aliases=("theme", "topic")),
    ]
    description: Annotated[str, w.long_text("Description", searchable=True)] = ""
    icon: Annotated[str, w.text("Picture", "Shown on the stand's buttons", advanced=True)] = ""
    on_stand: Annotated[bool, w.yes_no("Offer on the stand")] = False


class Response(Record):
    """One person's feedback at one time. Source: seed 000 2.13 to 2.23, seed 004, facts D."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="response",
        label="Response",
        plural="Responses",
        compartment=w.PEOPLE,
        retention=Retention("received_on", 36, "Organisation's own"),
        columns=("received_on", "source", "service", "provider", "fft", "event"),
        sort="-pk",
        icon="rate_review",
        aliases=("feedback", "card"),
        identities=(("reference", "received_on"),),
        batch=True,
    )

    source: Annotated[
        str,
        w.choice(
            "Source",
            "How it reached us",
            open_choices=True,
            choices=w.choices(
                card="Comment card",
                stand="Stand",
                survey="Survey",
                pals="PALS",
                complaint="Complaint",
                healthwatch="Healthwatch",
                forum="Forum or group",
                online="Online",
                touch_screen="Touch screen",
                story="Patient story",
                phone="Phone",
                letter="Letter or e-mail",
                file="Imported file",
            ),
        ),
    ] = ""
    service: Annotated[
        str, w.text("Service", searchable=True, aliases=("service type", "department", "ward"))
    ] = ""
    provider: Annotated[
        str, w.text("Provider", searchable=True, aliases=("trust", "organisation", "site"))
    ] = ""
    received_on: Annotated[
        dt.date | None,
        w.date_field("Date", width=12, aliases=("received", "date received", "response date")),
    ] = None
    event: Annotated[str | None, w.link("Event", target="event", width=22)] = None
    place: Annotated[str, w.text("Place", searchable=True, aliases=("location", "locality"))] = ""
    fft: Annotated[
        str,
        w.choice(
            "How was it?",
            "Overall, how was your experience of our service?",
            choices=FFT,
            width=18,
            aliases=(
                "fft",
                "fft answer",
                "friends and family test",
                "rating",
                "fft categorical answer",
            ),
        ),
    ] = "not_asked"
    consent_quote: Annotated[
        str,
        w.choice(
            "May we use the words, without a name?",
            choices=w.PERMISSION,
            merge=Merge.RESTRICTIVE,
            restrictive=w.PERMISSION_ORDER,
            aliases=("may quote", "consent", "permission to quote"),
        ),
    ] = "not_asked"
    wants_reply: Annotated[bool, w.yes_no("Wants to hear what we did", aliases=("reply",))] = False
    respondent: Annotated[
        str | None, w.link("Who, if they said", target="stakeholder", sensitive=True, advanced=True)
    ] = None
    reference: Annotated[
        str,
        w.text(
            "Reference",
            "The number on the card or in the file it came from",
            searchable=True,
            advanced=True,
            aliases=("respondent id", "response id", "id", "card number"),
        ),
    ] = ""
    notes: Annotated[str, w.notes(searchable=True)] = ""

    @classmethod
    def title_of(cls, values: Mapping[str, Any]) -> str:
        """Service, or provider, or reference, or where it came from."""
        names = ("service", "provider", "reference", "place")
        found = next((str(values[n]) for n in names if values.get(n)), "")
        if found:
            return found
        return cls.specs()["source"].choice_label(values.get("source") or "") or "Response"


class Comment(Record):
    """The words given to one question. An empty one was asked and not answered."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="comment",
        label="Comment",
        plural="Comments",
        compartment=w.PEOPLE,
        retention=Retention("recorded", 36, "As its response"),
        columns=("text", "themes", "response.fft", "response.service", "response.received_on"),
        sort="-pk",
        icon="rate_review",
        parent="response",
        identities=(("text",),),
        batch=True,
    )

    text: Annotated[
        str,
        w.long_text(
            "In their words",
            searchable=True,
            width=60,
            aliases=("comment", "comments", "answer", "fft answer text", "free text"),
        ),
    ] = ""
    response: Annotated[str | None, w.link("Response", target="response")] = None
    question: Annotated[
        str, w.text("Question", "What was asked", width=24, aliases=("fft question",))
    ] = ""
    answered: Annotated[
        bool, w.yes_no("Answered", "No: the question was asked and left empty", advanced=True)
    ] = True
    themes: Annotated[
        tuple[str, ...], w.links("Themes", target="theme", width=28, aliases=("topic", "theme"))
    ] = ()
    sentiment: Annotated[
        str, w.choice("Tone", choices=SENTIMENTS, aliases=("sentiment", "comment sentiment"))
    ] = ""
    raw_date: Annotated[
        str,
        w.text(
            "Date as it was written", "Kept because the file's date was not clear", advanced=True
        ),
    ] = ""
    reference: Annotated[
        str,
        w.text(
            "Reference",
            "Its number in the file it came from",
            advanced=True,
            aliases=("comment id",),
        ),
    ] = ""

    @classmethod
    def title_of(cls, values: Mapping[str, Any]) -> str:
        """The first words."""
        words = str(values.get("text") or "").split(None, 12)  # the thirteenth is all the rest
        if not words:
            return "Asked, not answered"
        short = " ".join(words[:12])
        return short if len(words) <= 12 else short + "…"


def words_of(text: str) -> dict[str, Any]:
    """A comment's text, and whether the question was answered: no words, no answer."""
    return {"text": text, "answered": bool(text.strip())}
