"""An invitation: one file that lets one laptop into the team.

It holds the team's keys for the role it gives, so whoever has the file (and its code, when it
was locked with one) reads what that role reads. The window always locks it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from db.errors import InvalidInput, KnownError, NotFound
from db.keys import KdfCost, derive, plain_code
from engage_desktop.sync.canonical import canonical, parse_canonical, sha256
from engage_desktop.sync.errors import BadInvitation
from engage_desktop.sync.keys import Randomness, Ring
from engage_desktop.sync.remote.address import is_address, parse_address

FORMAT = 1
OFFERED = "sync.offered_place"
"""Setting of who joined: the server's address that the invitation told."""

MOST_INVITATION = 4 << 20
"""Bytes, at most."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation brings. `place` is the server's address where the team shares through one,
    without a user or a password; "" for none."""

    team: bytes
    roster: tuple[bytes, ...]
    certificate: Mapping[str, Any]
    join_seed: bytes
    ring: Ring
    record_key: bytes
    blob_key: bytes
    place: str = ""


def _is_sane(cost: KdfCost) -> bool:
    """Within what any laptop can do; a file must not ask for a terabyte."""
    return (
        8 * cost.lanes <= cost.memory_kib <= 1_048_576
        and 1 <= cost.time <= 20
        and 1 <= cost.lanes <= 16
    )


def write_invitation(
    invitation: Invitation, code: str | None, randomness: Randomness, cost: KdfCost | None = None
) -> bytes:
    """The file's bytes, locked with the code when there is one."""
    body: dict[str, Any] = {
        "invitation": FORMAT,
        "team": invitation.team.decode(),
        "roster": [text.decode() for text in invitation.roster],
        "certificate": dict(invitation.certificate),
        "join": invitation.join_seed.hex(),
        "keys": invitation.ring.as_json(),
        "record_key": invitation.record_key.hex(),
        "blob_key": invitation.blob_key.hex(),
    }
    if invitation.place:
        body["place"] = invitation.place
    body["sum"] = sha256(canonical(body))
    return sealed_box("invitation", body, code, randomness, cost)


def sealed_box(
    name: str,
    body: Mapping[str, Any],
    code: str | None,
    randomness: Randomness,
    cost: KdfCost | None = None,
) -> bytes:
    """A small file of secrets, locked with the code when there is one. `name` is what it is."""
    if code is None:
        return canonical(dict(body))
    cost = cost or KdfCost()
    salt, nonce = randomness(16), randomness(12)
    key = derive(plain_code(code), salt, cost)
    sealed = ChaCha20Poly1305(key).encrypt(nonce, canonical(dict(body)), _purpose(name))
    return canonical(
        {
            "invitation": FORMAT,
            "locked": asdict(cost),
            "salt": salt.hex(),
            "nonce": nonce.hex(),
            "sealed": sealed.hex(),
        }
    )


def opened_box(name: str, data: bytes, code: str | None) -> dict[str, Any]:
    """Undo `sealed_box`. Raises `BadInvitation`; it never says how near a code was."""
    value = _parsed(data, name)
    if "locked" in value:
        if not code:
            raise BadInvitation(
                f"This {name} is locked with a code. Ask whoever made it for the code, then try "
                "again.",
                code="code_needed",
            )
        value = _unlocked(value, code, name)
    return value


def _purpose(name: str) -> bytes:
    return f"engage-desktop {name}".encode()


def invitation_bytes(path: Path) -> bytes:
    """An invitation's file; of one too large to be any, no more than shows that.

    Raises `NotFound`, `KnownError`.
    """
    try:
        with path.open("rb") as file:
            return file.read(MOST_INVITATION + 1)
    except FileNotFoundError:
        raise NotFound(f"There is no file “{path.name}”. Nothing was made.") from None
    except OSError as error:
        raise KnownError(
            f"“{path.name}” cannot be read ({error.strerror}). Nothing was made."
        ) from None


def read_invitation(data: bytes, code: str | None) -> Invitation:
    """Open an invitation. Raises `BadInvitation`; it never says how near a code was."""
    value = opened_box("invitation", data, code)
    try:
        told = value.pop("sum")
        if sha256(canonical(value)) != told:
            # A key of which one bit fell over on the way would be found out months later.
            raise ValueError("not what was written")
        return Invitation(
            team=value["team"].encode(),
            roster=tuple(text.encode() for text in value["roster"]),
            certificate=value["certificate"],
            join_seed=_bytes(value["join"], 32),
            ring=Ring.of(value["keys"]),
            record_key=_bytes(value["record_key"], 32),
            blob_key=_bytes(value["blob_key"], 32),
            place=_place(value.get("place", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _damaged() from None


def _parsed(data: bytes, name: str) -> dict[str, Any]:
    if len(data) > MOST_INVITATION:
        raise _damaged(name)
    try:
        value = parse_canonical(data.strip())
        if not isinstance(value, dict):
            raise ValueError("not a box")
        form = value["invitation"] if name == "invitation" or "locked" in value else FORMAT
    except (KeyError, TypeError, ValueError):
        raise _damaged(name) from None
    if not isinstance(form, int) or form > FORMAT:
        raise BadInvitation(
            f"This {name} was made by a newer version. Update this laptop, then try again."
        )
    return value


def _unlocked(value: dict[str, Any], code: str, name: str) -> dict[str, Any]:
    try:
        cost = KdfCost(**value["locked"])
        salt, nonce = bytes.fromhex(value["salt"]), _bytes(value["nonce"], 12)
        sealed = bytes.fromhex(value["sealed"])
        if not _is_sane(cost) or len(salt) < 8:
            raise ValueError("not a cost that we ask for")
        key = derive(plain_code(code), salt, cost)
    except (KeyError, TypeError, ValueError):
        raise _damaged(name) from None
    try:
        opened = ChaCha20Poly1305(key).decrypt(nonce, sealed, _purpose(name))
    except InvalidTag:
        raise BadInvitation(
            f"The code does not open this {name}. Check each letter, then try again.",
            code="wrong_code",
        ) from None
    return _parsed(opened, name)


def _place(text: object) -> str:
    """The address as it is known on a laptop; "" for what is none, which only has to be typed."""
    if not isinstance(text, str) or not is_address(text):
        return ""
    try:
        return parse_address(text).text
    except InvalidInput:
        return ""


def _bytes(text: str, length: int) -> bytes:
    value = bytes.fromhex(text)
    if len(value) != length or not re.fullmatch(r"[0-9a-f]*", text):
        raise ValueError("not of the right length")
    return value


def _damaged(name: str = "invitation") -> BadInvitation:
    return BadInvitation(
        f"This file is not an {name}, or it was damaged on the way. Nothing was changed. "
        "Ask the colleague who made it to send it again."
        if name == "invitation"
        else f"This file is not a {name}, or it was damaged. Nothing was changed."
    )
