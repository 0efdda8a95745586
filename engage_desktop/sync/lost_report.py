"""What is known of a lost laptop in words, for a screen and for paper."""

from __future__ import annotations

import datetime as dt

from db.record import Registry
from engage_desktop.documents.lost_doc import LostDoc
from engage_desktop.plain import counted, moment_words
from engage_desktop.sync.roles import role_named
from engage_desktop.sync.team_leaving import Lost

PARTS = {
    "general": "events, venues and what people said",
    "people": "people and how to reach them",
    "money": "money",
    "confidential": "what is confidential",
}
"""What each compartment holds, in words."""

NOTES = (
    "The workspace on the laptop is encrypted. Whoever has it needs the passphrase or the recovery "
    "code to read anything.",
    "What is on the laptop cannot be recalled or wiped from here.",
    "The figures are what is on this laptop now. The lost one may hold less, and it may hold "
    "changes that it never sent.",
)


def facts(lost: Lost) -> tuple[tuple[str, str], ...]:
    """What is known: rows of a label and its words."""
    known = role_named(lost.role)
    role = known.label if known else "A role that this version does not know"
    sent = moment_words(lost.last_sent_ms) if lost.last_sent_ms else "Nothing came from it"
    return (
        ("Whose", lost.officer),
        ("Role", role),
        ("In the team", "No, it was taken out" if lost.is_out else "Yes, still"),
        ("Could read", ", ".join(PARTS.get(part, part) for part in lost.reads) or "Nothing shared"),
        ("Newest change that came", sent),
        ("Came in all", f"{counted(lost.sent, 'change')}, the last in file {lost.last_file}"),
        ("The loss was noticed", moment_words(lost.known_ms)),
    )


def held(lost: Lost, registry: Registry) -> tuple[tuple[str, str], ...]:
    """How many records of each kind it may hold at most."""
    rows = tuple((registry[kind].meta.plural, f"{count:,}") for kind, count in lost.records.items())
    return rows or (("Records", "None that were shared"),)


def clock_words(lost: Lost) -> str:
    """Why the deadline is when it is."""
    return f"{counted(lost.hours, 'hour')} from when the loss was noticed. {lost.ground}."


def lost_doc(lost: Lost, registry: Registry, made_by: str, day: dt.date) -> LostDoc:
    """The report for paper."""
    done = (
        ("The laptop was taken out of the team, and the keys it held were changed.",)
        if lost.is_out
        else ("Not yet: the laptop is still in the team. Take it out now.",)
    )
    return LostDoc(
        officer=lost.officer,
        laptop=f"laptop {lost.device[:8]}",
        made_by=made_by,
        day=day,
        deadline=moment_words(lost.deadline_ms),
        clock=clock_words(lost),
        facts=facts(lost),
        held=held(lost, registry),
        done=done,
        notes=NOTES,
    )


__all__ = ["NOTES", "PARTS", "clock_words", "facts", "held", "lost_doc"]
