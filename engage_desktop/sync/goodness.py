"""Whether an entry is good: decided by its own ancestors alone, once and for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engage_desktop.sync.canonical import canonical
from engage_desktop.sync.entries import RECOVERY, Entry, asked_body
from engage_desktop.sync.forms import form_holds
from engage_desktop.sync.index import ADMINS_WORDS
from engage_desktop.sync.keys import signature_holds
from engage_desktop.sync.names import plain_name
from engage_desktop.sync.roles import role_named

if TYPE_CHECKING:
    from engage_desktop.sync.fold import State


def reason_by_itself(entry: Entry, root: str, team: str) -> str:
    """What is wrong with an entry whatever its ancestors are, a name of `errors.REASONS`."""
    if not form_holds(entry.body):
        return "header"
    match entry.type:
        case "found":
            return _against_found(entry, root)
        case "enrol":
            return _against_invited(entry, team)
        case "approve":
            return _against_asked(entry)
    return ""


def reason_against(entry: Entry, before: State) -> str:
    """Why an entry that is fine by itself is refused; `before` is what its ancestors come to."""
    if entry.type == "found":
        return ""
    if entry.type == "enrol":
        return _against_inviter(entry, before)
    reason = _against_author(entry, before)
    if reason:
        return reason
    if entry.type == "approve":
        return _against_number(entry, before)
    if entry.type not in ("role", "revoke") or before.right(entry.body["device"]).role:
        return ""
    if entry.type == "revoke" and before.went_by_itself(entry.body["device"]):
        return ""  # it has its keys still: only a revocation has marks
    return "nobody"


def _against_found(entry: Entry, root: str) -> str:
    by_root = entry.signed_by("root", root)
    if not (by_root and entry.signed_by("device", entry.body["sign"])):
        return "signature"
    return "" if not entry.body["parents"] else "header"


def _against_author(entry: Entry, before: State) -> str:
    by = str(entry.body["by"])
    if by.startswith(RECOVERY):
        public = by.removeprefix(RECOVERY)
        if public not in before.recoveries:
            return "stranger"
        return "" if entry.signed_by("by", public) else "signature"
    admission = before.admission(by)
    if admission is None:
        return "stranger"
    if not entry.signed_by("by", admission.body["sign"]):
        return "signature"
    role = before.right(by).role
    if not role:
        return "revoked"
    return "not_admin" if entry.type in ADMINS_WORDS and role != "admin" else ""


def _against_invited(entry: Entry, team: str) -> str:
    """An enrolment, as far as the laptop itself can have signed it."""
    body = entry.body
    cert = body["certificate"]["body"]
    if cert["team"] != team:
        return "header"
    fine = (
        entry.signed_by("join", cert["join"])
        and entry.signed_by("device", body["sign"])
        and cert["role"] == body["role"]
        and body["ms"] <= cert["until"]
    )
    if not fine:
        return "signature"
    invited = cert.get("for")
    is_who = invited is None or plain_name(invited) == plain_name(body["officer"])
    return "" if is_who else "name"


def _against_inviter(entry: Entry, before: State) -> str:
    """The invitation's admin."""
    cert = entry.body["certificate"]
    whose = cert["body"]["admin"]
    admin = before.admission(whose)
    if admin is None:
        return "stranger"
    seal = bytes.fromhex(cert["signature"])
    if not signature_holds(admin.body["sign"], "invitation 1", canonical(cert["body"]), seal):
        return "signature"
    role = before.right(whose).role
    if role != "admin":
        return "not_admin" if role else "revoked"
    return _against_number(entry, before)


def _against_asked(entry: Entry) -> str:
    """An approval repeats what the laptop asked, under the laptop's own signature."""
    body = entry.body
    asked = asked_body(
        team=body["asked_team"],
        device=body["device"],
        officer=body["officer"],
        sign=body["sign"],
        age=body["age"],
        nonce=body["nonce"],
        ms=body["at"],
    )
    if body["asked_team"] not in ("", body["team"]):
        return "other_team"
    if not signature_holds(body["sign"], "join 1", canonical(asked), bytes.fromhex(body["asked"])):
        return "signature"
    role = role_named(body["role"])
    if role is None or (body["expires"] is not None and not role.expires):
        return "header"
    return ""


def _against_number(entry: Entry, before: State) -> str:
    """A laptop's number belongs to the keys it was first let in with."""
    known = before.admission(entry.body["device"])
    if known is not None and known.body["sign"] != entry.body["sign"]:
        return "taken"
    return ""
