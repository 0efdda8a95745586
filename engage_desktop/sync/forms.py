"""What each type of roster entry must hold, each part in its form; nothing is believed yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from db.fields import ID
from engage_desktop.sync.entries import LONGEST_NAME, RECOVERY
from engage_desktop.sync.keys import is_age_recipient
from engage_desktop.sync.papers import KEY, SEAL
from engage_desktop.sync.roles import ROLES

_WORD = re.compile(r"[a-z][a-z_]{0,30}")


def form_holds(body: Mapping[str, Any]) -> bool:
    """Whether an entry has what its type needs, each of the right form; nothing is believed yet."""
    try:
        if body["type"] not in ("found", "enrol") and not _is_principal(body["by"]):
            return False
        form = _FORMS.get(body["type"])
        return form is None or bool(form(body))
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


def _is_principal(by: object) -> bool:
    return isinstance(by, str) and (
        ID.fullmatch(by) is not None
        or (by.startswith(RECOVERY) and KEY.fullmatch(by.removeprefix(RECOVERY)) is not None)
    )


def _is_found(body: Mapping[str, Any]) -> bool:
    recipients = body["recipients"]
    return (
        _is_device(body)
        and body["role"] == "admin"
        and body["epoch"] == 1
        and all(_WORD.fullmatch(name) is not None for name in recipients)
        and all(is_age_recipient(key) for key in recipients.values())
    )


def _is_enrol(body: Mapping[str, Any]) -> bool:
    cert = body["certificate"]["body"]
    bytes.fromhex(body["certificate"]["signature"])
    return _is_device(body) and _is_certificate(cert)


def _is_approve(body: Mapping[str, Any]) -> bool:
    return (
        _is_device(body)
        and _is_expiry(body["expires"])
        and KEY.fullmatch(body["nonce"]) is not None
        and SEAL.fullmatch(body["asked"]) is not None
        and isinstance(body["at"], int)
        and isinstance(body["asked_team"], str)
        and isinstance(body["keys"], str)
    )


def _is_role(body: Mapping[str, Any]) -> bool:
    return (
        ID.fullmatch(body["device"]) is not None
        and body["role"] in ROLES
        and _is_expiry(body["expires"])
        and _are_marks(body["marks"])
        and _is_rotation(body["rotate"])
    )


def _is_revoke(body: Mapping[str, Any]) -> bool:
    return (
        ID.fullmatch(body["device"]) is not None
        and isinstance(body["why"], str)
        and _are_marks(body["marks"])
        and _is_rotation(body["rotate"])
    )


def _is_recovery(body: Mapping[str, Any]) -> bool:
    return (
        KEY.fullmatch(body["sign"]) is not None
        and is_age_recipient(body["age"])
        and isinstance(body["keys"], str)
        and _is_rotation(body["rotate"])
    )


def _is_settle(body: Mapping[str, Any]) -> bool:
    return (
        all(KEY.fullmatch(sha) is not None for sha in (*body["keep"], *body["drop"]))
        and all(ID.fullmatch(device) is not None for device in body["closed"])
        and _is_rotation(body["rotate"])
    )


def _is_share(body: Mapping[str, Any]) -> bool:
    return all(
        ID.fullmatch(device) is not None
        and isinstance(given["sealed"], str)
        and all(_WORD.fullmatch(name) is not None for name in given["reads"])
        for device, given in body["keys"].items()
    )


def _is_expiry(value: object) -> bool:
    return value is None or (type(value) is int and 0 <= value < 1 << 48)


def _are_marks(marks: Mapping[str, Any]) -> bool:
    return all(
        ID.fullmatch(row) is not None
        and type(mark[0]) is int
        and mark[0] >= 0
        and KEY.fullmatch(mark[1]) is not None
        and len(mark) == 2
        for row, mark in marks.items()
    )


def _is_rotation(rotate: Mapping[str, Any] | None) -> bool:
    if rotate is None:
        return True
    return (
        all(
            _WORD.fullmatch(name) is not None
            and type(new["epoch"]) is int
            and 0 < new["epoch"] < 1 << 31
            and is_age_recipient(new["to"])
            and all(ID.fullmatch(device) is not None for device in new["held"])
            for name, new in rotate["epochs"].items()
        )
        and all(isinstance(text, str) for text in rotate["sealed"].values())
        and all(isinstance(text, str) for text in rotate["recovery"].values())
    )


def _is_device(body: Mapping[str, Any]) -> bool:
    return (
        all(isinstance(body.get(name), str) for name in ("device", "officer", "role", "sign"))
        and ID.fullmatch(body["device"]) is not None
        and KEY.fullmatch(body["sign"]) is not None
        and 0 < len(body["officer"]) <= LONGEST_NAME
        and body["role"] in ROLES
        and is_age_recipient(body.get("age"))
        and isinstance(body.get("ms"), int)
    )


def _is_certificate(cert: Mapping[str, Any]) -> bool:
    return (
        all(isinstance(cert[name], str) for name in ("team", "admin", "join", "role"))
        and KEY.fullmatch(cert["join"]) is not None
        and isinstance(cert["until"], int)
        and _is_expiry(cert.get("expires"))
        and (cert.get("event") is None or ID.fullmatch(cert["event"]) is not None)
        and (cert.get("for") is None or _is_name(cert["for"]))
    )


def _is_name(name: object) -> bool:
    """Judged alike by every laptop: which letters can be shown depends on the release of Python."""
    return isinstance(name, str) and 0 < len(name) <= LONGEST_NAME and not _CONTROL.search(name)


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

_FORMS: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "found": _is_found,
    "enrol": _is_enrol,
    "approve": _is_approve,
    "role": _is_role,
    "revoke": _is_revoke,
    "leave": lambda body: body["by"] == body["device"],
    "rotate": lambda body: body["rotate"] is not None and _is_rotation(body["rotate"]),
    "share": _is_share,
    "recovery": _is_recovery,
    "settle": _is_settle,
}
KNOWN_TYPES = frozenset(_FORMS)
