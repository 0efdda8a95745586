"""Commands about one stakeholder: how things stand, and an e-mail that becomes a contact."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from engage_desktop.cli.common import (
    AsJson,
    PassphraseFile,
    RecordId,
    WorkspaceFolder,
    answer,
    opened,
)
from engage_desktop.plain import short_date


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("standing")(standing)
    app.command("contact-from-mail")(contact_from_mail)


def standing(
    ws: WorkspaceFolder,
    record_id: RecordId,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Say how things stand with a stakeholder: needs in six steps, permissions, promises."""
    from engage_desktop.queries.stakeholder import stakeholder_state

    with opened(ws, passphrase_file) as workspace:
        reader = workspace.store.reader()
        try:
            person: Any = reader.get("stakeholder", record_id)
            state = stakeholder_state(reader, record_id, _today())
        finally:
            reader.close()
    value = {
        "id": record_id,
        "name": person.name,
        "do_not_contact": person.do_not_contact,
        "needs": list(state.needs),
        "steps": [
            {"step": s.key, "state": s.state, "words": s.words, "day": _iso(s.day)}
            for s in state.steps
        ],
        "ask_again": state.ask_again,
        "permissions": [
            {
                "purpose": h.purpose, "state": h.state, "allowed": h.allowed, "basis": h.basis,
                "since": _iso(h.since), "until": _iso(h.until), "source": h.source,
            }
            for h in state.permissions
        ],
        "last_contact": _iso(state.last_contact),
        "promises_open": state.promises_open,
        "promises_overdue": state.promises_overdue,
        "warning": state.warning,
    }  # fmt: skip
    answer(as_json, value, lambda: _standing_words(value))


def contact_from_mail(
    ws: WorkspaceFolder,
    record_id: RecordId,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An e-mail: .eml, or .txt.")],
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Make a contact of an e-mail that was saved as a file, its attachments with it."""
    from engage_desktop.attachments import attachments
    from engage_desktop.mail_in import contact_from_mail as take

    with opened(ws, passphrase_file) as workspace:
        taken = take(workspace, record_id, file, today=_today())
        contact = taken.contact
        reader = workspace.store.reader()
        try:
            names = [each.filename for each in attachments(reader, contact.id)]
        finally:
            reader.close()
    value = {
        "id": contact.id, "day": _iso(contact.day), "subject": contact.subject,
        "attachments": names, "change_set": taken.applied.change_set, "note": taken.note,
    }  # fmt: skip
    words = f"“{file.name}” is kept as the contact {contact.id}. {taken.note}"
    answer(as_json, value, words.rstrip())


def _standing_words(value: dict[str, Any]) -> str:
    lines = [value["name"]]
    if value["do_not_contact"]:
        lines.append("DO NOT CONTACT")
    lines.append(f"Needs: {', '.join(value['needs']) or 'none written down'}")
    for step in value["steps"]:
        told = f"  {step['step']:<9} {step['state'].replace('_', ' '):<11} {step['words']}"
        lines.append(f"{told} {_said(step['day'])}".rstrip())
    lines.append("May we?")
    for held in value["permissions"]:
        barred = "" if held["allowed"] or held["state"] != "yes" else " (do not contact)"
        lines.append(f"  {held['purpose']:<12} {held['state'].replace('_', ' ')}{barred}")
    last = _said(value["last_contact"]) or "none"
    lines.append(f"Last contact: {last}. Promises overdue: {value['promises_overdue']}.")
    if value["warning"]:
        lines.append(value["warning"])
    return "\n".join(lines)


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _said(day: str | None) -> str:
    return short_date(day) if day else ""


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()
