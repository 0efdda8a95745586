"""Keys of a laptop and of a team.

A *device* signs (Ed25519) and has an age key of its own. A *compartment* has one age identity
for each epoch, which every member whose role reads it holds; parts are sealed to it, so that a
newcomer reads the history at once and a part's size does not grow with the team.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from engage_desktop.sync.roles import COMPARTMENTS, ROLES, reads

Randomness = Callable[[int], bytes]
"""Gives that many unpredictable bytes."""


class SigningKey:
    """An Ed25519 key that signs for one purpose at a time.

    The purpose goes into what is signed, so that a signature made for one kind of file can
    never pass for another.
    """

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public(self) -> str:
        """The public key, 64 hexadecimal digits."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, purpose: str, message: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(_said(purpose, message))


def signature_holds(public: str, purpose: str, message: bytes, signature: bytes) -> bool:
    """True when the holder of `public` (hexadecimal) signed exactly this for that purpose."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(signature, _said(purpose, message))
    except (InvalidSignature, ValueError):
        return False
    return True


def _said(purpose: str, message: bytes) -> bytes:
    return b"engage-desktop " + purpose.encode() + b"\0" + message


@dataclass(frozen=True, slots=True)
class Ring:
    """The compartment identities a laptop holds: compartment -> epoch -> age identities.

    Two admins who changed the keys without knowing of each other may have made two of one epoch.
    """

    identities: Mapping[str, Mapping[int, tuple[str, ...]]] = field(
        default_factory=dict, repr=False
    )

    @classmethod
    def new(cls, compartments: Iterable[str] = COMPARTMENTS, epoch: int = 1) -> Ring:
        """Fresh identities for one epoch."""
        return cls({name: {epoch: (new_age_identity(),)} for name in compartments})

    @classmethod
    def of(cls, value: Mapping[str, Mapping[str, str | list[str]]]) -> Ring:
        """From JSON, where epochs are text. Raises `ValueError` when a key is not one."""
        ring = {
            name: {
                int(epoch): tuple(map(_age, [kept] if isinstance(kept, str) else kept))
                for epoch, kept in epochs.items()
            }
            for name, epochs in value.items()
        }
        return cls(ring)

    def as_json(self) -> dict[str, dict[str, list[str]]]:
        """For keeping: epochs as text."""
        return {
            name: {str(epoch): list(kept) for epoch, kept in epochs.items()}
            for name, epochs in self.identities.items()
        }

    def only(self, compartments: Iterable[str]) -> Ring:
        """The part of the ring that a role reads."""
        wanted = set(compartments)
        return Ring({name: e for name, e in self.identities.items() if name in wanted})

    def joined(self, other: Ring) -> Ring:
        """Every key of both."""
        joined: dict[str, dict[int, tuple[str, ...]]] = {}
        for ring in (self, other):
            for name, epochs in ring.identities.items():
                for epoch, kept in epochs.items():
                    before = joined.setdefault(name, {}).get(epoch, ())
                    joined[name][epoch] = before + tuple(k for k in kept if k not in before)
        return Ring(joined)

    def openers(self, compartment: str, epoch: int) -> tuple[str, ...]:
        """The identities that may open a part; none when this laptop does not read it."""
        return tuple(self.identities.get(compartment, {}).get(epoch, ()))

    def all_of(self, compartment: str) -> list[str]:
        """Every identity of a compartment, whatever its epoch: an attachment tells none."""
        return [k for kept in self.identities.get(compartment, {}).values() for k in kept]

    def holding(self, recipient: str) -> str | None:
        """The identity whose public side this is, if it is held."""
        for epochs in self.identities.values():
            for kept in epochs.values():
                for identity in kept:
                    if age_recipient(identity) == recipient:
                        return identity
        return None

    def recipients(self, epoch: int = 1) -> dict[str, str]:
        """Compartment -> public age recipient of one epoch."""
        return {
            name: age_recipient(epochs[epoch][0])
            for name, epochs in self.identities.items()
            if epochs.get(epoch)
        }


def seal_to(recipient: str, secret: bytes) -> str:
    """A small secret, sealed to one age recipient, as text."""
    sealed = pyrage.encrypt(secret, [pyrage.x25519.Recipient.from_str(recipient)])
    return base64.b64encode(sealed).decode()


def unseal(identity: str, text: str) -> bytes | None:
    """Undo `seal_to`; None when it was not sealed to this identity, or is damaged."""
    try:
        key = pyrage.x25519.Identity.from_str(identity)
        return bytes(pyrage.decrypt(base64.b64decode(text, validate=True), [key]))
    except (pyrage.DecryptError, pyrage.IdentityError, ValueError, TypeError):
        return None


def new_age_identity() -> str:
    """A secret age identity; the randomness is the operating system's."""
    return str(pyrage.x25519.Identity.generate())


def age_recipient(identity: str) -> str:
    """The public side of an age identity."""
    return str(pyrage.x25519.Identity.from_str(identity).to_public())


def is_age_recipient(text: object) -> bool:
    """True for a public age recipient."""
    try:
        pyrage.x25519.Recipient.from_str(text)
    except (pyrage.RecipientError, TypeError):
        return False
    return True


def _age(text: str) -> str:
    try:
        pyrage.x25519.Identity.from_str(text)
    except (pyrage.IdentityError, TypeError):
        raise ValueError("not an age identity") from None
    return text


def blob_name(key: bytes, digest: str, compartment: str = "") -> str:
    """The name under which an attachment lies in a place, sealed for one compartment.

    Keyed, so that whoever sees the folder cannot tell whether a document they hold is in it, nor
    that two compartments hold the same one. Without a compartment, as earlier releases named it.
    """
    said = bytes.fromhex(digest) + compartment.encode()
    name = hmac.new(key, said, hashlib.sha256).hexdigest()
    return f"blob/{name[:2]}/{name}.age"


__all__ = [
    "COMPARTMENTS",
    "ROLES",
    "Randomness",
    "Ring",
    "SigningKey",
    "age_recipient",
    "blob_name",
    "is_age_recipient",
    "new_age_identity",
    "reads",
    "seal_to",
    "signature_holds",
    "unseal",
]
