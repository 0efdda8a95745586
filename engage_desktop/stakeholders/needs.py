"""What somebody needs to take part, read from the quick ticks and the four lists together.

A sign-up sheet offers a short list to tick (`needs`); the accessible information standard has four
lists of its own. A record may hold either or both, so nothing but this module reads them apart.
Source: facts B (DAPB1605: identify, record, flag, share, meet, review).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from engage_desktop.records.needs import MAY_BE_TOLD
from engage_desktop.records.stakeholder import Stakeholder

LISTS: Final = ("contact_methods", "formats", "professionals", "support")
"""The standard's four lists, as fields."""

FIELDS: Final = ("needs", *LISTS)

SAYS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = MappingProxyType(
    {
        "bsl": (
            ("professionals", "bsl_interpreter"), ("support", "uses_british_sign_language"),
        ),
        "lipspeaker": (("professionals", "lipspeaker"), ("support", "lipspeaker")),
        "notetaker": (
            ("professionals", "manual_notetaker"), ("support", "manual_notetaker"),
            ("support", "electronic_notetaker"),
        ),
        "speech_to_text": (
            ("professionals", "speech_to_text_reporter"), ("support", "speech_to_text_reporter"),
        ),
        "easy_read": (("formats", "easy_read"),),
        "large_print": (
            ("formats", "in_writing_at_least_20_point_sans_serif"),
            ("formats", "in_writing_at_least_24_point_sans_serif"),
            ("formats", "in_writing_at_least_28_point_sans_serif"),
        ),
        "braille": (
            ("formats", "contracted_braille_grade_2"), ("formats", "uncontracted_braille_grade_1"),
        ),
        "audio": (
            ("formats", "recording_on_a_personal_audio_device"), ("formats", "electronic_audio"),
            ("formats", "audio_cassette"),
        ),
    }
)  # fmt: skip
"""A quick tick, and what in the four lists says it more exactly."""

QUICK_FORMATS: Final = ("easy_read", "large_print", "braille", "audio")
"""The quick ticks that are formats of what is sent."""

LARGE_PRINT_POINTS: Final = 18
_POINTS: Final = {
    f"in_writing_at_least_{points}_point_sans_serif": points for points in (20, 24, 28)
}

Key = Literal["identify", "record", "flag", "share", "meet", "review"]
StepState = Literal["done", "open", "overdue", "not_needed"]


@dataclass(frozen=True, slots=True)
class Step:
    """One of the six: `day` is when it was done, or by when it is to be. `words` say why, `asks`
    names the field that would take it further."""

    key: Key
    label: str
    state: StepState
    words: str
    day: dt.date | None = None
    asks: str = ""


def quick_needs(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The quick ticks that hold, ticked or said by one of the four lists, in the form's order."""
    ticked = set(values.get("needs") or ())
    ticked |= {quick for quick, said in SAYS.items() if _says(values, said)}
    return _in_order("needs", ticked)


def formats_needed(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Codes of the formats to send things in: the quick ones first, then those of the standard's
    list that no quick tick stands for. Empty: as everybody gets it."""
    quick = [code for code in quick_needs(values) if code in QUICK_FORMATS]
    meant = {code for each in QUICK_FORMATS for name, code in SAYS[each] if name == "formats"}
    own = [code for code in _in_order("formats", values.get("formats")) if code not in meant]
    return (*quick, *own)


def format_label(code: str) -> str:
    """The words for a code of `formats_needed`."""
    specs = Stakeholder.specs()
    return specs["needs" if code in QUICK_FORMATS else "formats"].choice_label(code)


def print_points(values: Mapping[str, Any]) -> int | None:
    """The least size of letters on paper, in points; None where nobody asked for large print."""
    sizes = [_POINTS[code] for code in values.get("formats") or () if code in _POINTS]
    if not sizes and "large_print" in (values.get("needs") or ()):
        return LARGE_PRINT_POINTS
    return max(sizes, default=None)


def needs_words(values: Mapping[str, Any]) -> list[str]:
    """Everything that is needed, in words, each thing once: the exact words before the quick."""
    specs = Stakeholder.specs()
    ticked = _in_order("needs", values.get("needs"))
    found = [
        specs["needs"].choice_label(code)
        for code in ticked
        if not _says(values, SAYS.get(code, ()))
    ]
    for name in LISTS:
        spec = specs[name]
        found += [spec.choice_label(code) for code in _in_order(name, values.get(name))]
    return list(dict.fromkeys(found))


def has_needs(values: Mapping[str, Any]) -> bool:
    """Is a need recorded: a tick, an entry of a list, a word, or a language for letters?"""
    said = (*FIELDS, "needs_note", "letters_in")
    return any(values.get(name) for name in said)


def may_tell(values: Mapping[str, Any], audience: str) -> list[str]:
    """What may be told to an audience (a code of `MAY_BE_TOLD`): everything, or nothing."""
    return needs_words(values) if audience in (values.get("needs_tell") or ()) else []


def told_words(values: Mapping[str, Any]) -> str:
    """Who may be told, in words; "" where nobody was agreed on."""
    labels = {choice.code: choice.label for choice in MAY_BE_TOLD}
    wanted = set(values.get("needs_tell") or ())
    return ", ".join(label for code, label in labels.items() if code in wanted)


def to_ask_again(values: Mapping[str, Any], today: dt.date) -> bool:
    """Has the day passed by which these needs were to be asked about again?"""
    by = _day(values.get("needs_review"))
    return by is not None and by < today


def six_steps(values: Mapping[str, Any], today: dt.date) -> list[Step]:
    """The standard's steps for one person or group, each done or not."""
    asked, any_need = _day(values.get("needs_asked")), has_needs(values)
    known = any_need or asked is not None
    return [
        _identify(asked, any_need),
        _record(asked, any_need, len(needs_words(values))),
        _flag(known, any_need),
        _share(values, asked, any_need),
        _meet(values, any_need),
        _review(values, known, today),
    ]


def _identify(asked: dt.date | None, any_need: bool) -> Step:
    if asked:
        return Step("identify", "Identify", "done", "Asked", asked)
    if any_need:
        return Step("identify", "Identify", "done", "Known; the day of asking is not written down")
    return Step("identify", "Identify", "open", "Nobody has asked yet", asks="needs_asked")


def _record(asked: dt.date | None, any_need: bool, count: int) -> Step:
    if any_need:
        words = {0: "Written down", 1: "One need"}.get(count, f"{count} needs")
        return Step("record", "Record", "done", words)
    if asked:
        return Step("record", "Record", "done", "Asked: nothing is needed", asked)
    return Step("record", "Record", "open", "Nothing is written down", asks="needs")


def _flag(known: bool, any_need: bool) -> Step:
    if any_need:
        return Step("flag", "Flag", "done", "Shown on the record and in lists")
    words = "Nothing to flag" if known else "Comes by itself with the first need"
    return Step("flag", "Flag", "not_needed" if known else "open", words)


def _share(values: Mapping[str, Any], asked: dt.date | None, any_need: bool) -> Step:
    shared = _day(values.get("needs_shared"))
    if not any_need:
        return Step("share", "Share", "not_needed", "Nothing to share")
    if not values.get("needs_tell"):
        return Step("share", "Share", "open", "Ask who may be told", shared, "needs_tell")
    if shared is None:
        words = f"May be told: {told_words(values)}"
        return Step("share", "Share", "open", words, asks="needs_shared")
    if asked is not None and shared < asked:
        words = "Asked again since they were shared"
        return Step("share", "Share", "open", words, shared, "needs_shared")
    return Step("share", "Share", "done", f"Told: {told_words(values)}", shared)


def _meet(values: Mapping[str, Any], any_need: bool) -> Step:
    met = values.get("needs_met") or ""
    if met == "yes":
        return Step("meet", "Meet", "done", "Met last time")
    if met in ("partly", "no"):
        words = "Met only partly last time" if met == "partly" else "Not met last time"
        return Step("meet", "Meet", "open", words, asks="needs_met")
    if not any_need:
        return Step("meet", "Meet", "not_needed", "Nothing to meet")
    return Step("meet", "Meet", "open", "Not known whether they were met", asks="needs_met")


def _review(values: Mapping[str, Any], known: bool, today: dt.date) -> Step:
    by = _day(values.get("needs_review"))
    if by is None:
        words = "No day to ask again" if known else "Comes after the first asking"
        return Step("review", "Review", "open", words, asks="needs_review")
    if by < today:
        return Step("review", "Review", "overdue", "Was to be asked again by", by, "needs_review")
    return Step("review", "Review", "done", "Ask again by", by)


def _says(values: Mapping[str, Any], said: Iterable[tuple[str, str]]) -> bool:
    return any(code in (values.get(name) or ()) for name, code in said)


def _in_order(name: str, codes: Iterable[str] | None) -> tuple[str, ...]:
    wanted = set(codes or ())
    offered = [choice.code for choice in Stakeholder.specs()[name].choices]
    return (*(code for code in offered if code in wanted), *sorted(wanted - set(offered)))


def _day(value: Any) -> dt.date | None:
    if isinstance(value, str):
        return dt.date.fromisoformat(value) if value else None
    return value if isinstance(value, dt.date) else None
