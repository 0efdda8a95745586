"""The store's key and the two ways to it: a passphrase, and a printed recovery code.

The store key is random and never changes hands in the clear. It is wrapped with AES-256-GCM
under a key that Argon2id derives from the passphrase, and again from the recovery code. The
wrapped key lies in its own small file, twice, and goes into every backup.
Source: RFC 9106 (Argon2), second recommended option; measured on two slow cores at about 0.2 s.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from db.clock import Randomness
from db.errors import NotAWorkspace, WrongPassphrase
from db.files import write_atomic

FORMAT = 1
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that can be taken for a figure."""

WRONG = (
    "That does not open this workspace. Check capitals and gaps; passphrase and recovery code open "
    "it alike."
)
"""Of a passphrase or code, whatever is wrong with it."""

CODE_LENGTH = 25
"""125 bits; printed in five groups of five."""


@dataclass(frozen=True, slots=True)
class KdfCost:
    """What Argon2id may cost: passes, memory in KiB, lanes."""

    time: int = 3
    memory_kib: int = 65_536
    lanes: int = 2


CHEAP = KdfCost(1, 8, 1)
"""For tests only: a thousand workspaces in a minute. It protects nothing."""

Derive = Callable[[str, bytes, KdfCost], bytes]


def derive(secret: str, salt: bytes, cost: KdfCost) -> bytes:
    """32 bytes from a passphrase, by Argon2id."""
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(
        plain_secret(secret), salt, cost.time, cost.memory_kib, cost.lanes, 32, Type.ID
    )


def plain_secret(secret: str) -> bytes:
    """A passphrase's bytes, the same from every keyboard: é is typed as one sign or as two."""
    return unicodedata.normalize("NFC", secret).encode("utf-8", "surrogatepass")


def subkey(key: bytes, purpose: str) -> bytes:
    """A key of its own for one purpose, from the store key."""
    return HKDF(hashes.SHA256(), 32, None, f"engage {purpose}".encode()).derive(key)


@dataclass(frozen=True, slots=True)
class Wrapped:
    """The store key, locked with one secret."""

    salt: bytes
    cost: KdfCost
    nonce: bytes
    sealed: bytes

    def open(self, secret: str) -> bytes:
        """The store key. Raises `WrongPassphrase`, which never says more."""
        try:
            return AESGCM(derive(secret, self.salt, self.cost)).decrypt(
                self.nonce, self.sealed, b"engage store key"
            )
        except InvalidTag:
            raise WrongPassphrase(WRONG) from None

    @classmethod
    def lock(cls, key: bytes, secret: str, cost: KdfCost, randomness: Randomness) -> Wrapped:
        """Lock the store key with a secret."""
        salt, nonce = randomness(16), randomness(12)
        sealed = AESGCM(derive(secret, salt, cost)).encrypt(nonce, key, b"engage store key")
        return cls(salt, cost, nonce, sealed)

    def to_json(self) -> dict[str, Any]:
        """As it stands in the key file."""
        return {
            "kdf": "argon2id",
            "salt": self.salt.hex(),
            "cost": [self.cost.time, self.cost.memory_kib, self.cost.lanes],
            "nonce": self.nonce.hex(),
            "sealed": self.sealed.hex(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Wrapped:
        """From the key file. Raises `KeyError`, `ValueError` or `TypeError` when it is damaged."""
        time, memory_kib, lanes = (int(n) for n in data["cost"])
        cost = KdfCost(time, memory_kib, lanes)
        if data["kdf"] != "argon2id" or cost.memory_kib > 4_194_304 or cost.time > 64:
            raise ValueError("unknown key derivation")
        fields = (bytes.fromhex(data[name]) for name in ("salt", "nonce", "sealed"))
        salt, nonce, sealed = fields
        if (
            time < 1
            or lanes < 1
            or memory_kib < 8 * lanes
            or len(salt) < 8
            or len(nonce) != 12
            or len(sealed) != 48
        ):
            raise ValueError("cut short")
        return cls(salt, cost, nonce, sealed)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """Both locks of one store, and the workspace's id (32 hexadecimal digits, not secret)."""

    workspace: str
    passphrase: Wrapped
    recovery: Wrapped

    @classmethod
    def make(
        cls, key: bytes, passphrase: str, code: str, workspace: str, cost: KdfCost,
        randomness: Randomness,
    ) -> KeyFile:  # fmt: skip
        """Lock a new store key both ways."""
        return cls(
            workspace,
            Wrapped.lock(key, passphrase, cost, randomness),
            Wrapped.lock(key, plain_code(code), cost, randomness),
        )

    def open(self, secret: str) -> bytes:
        """The store key, from the passphrase or the recovery code. Raises `WrongPassphrase`."""
        if looks_like_code(secret):
            try:
                return self.recovery.open(plain_code(secret))
            except WrongPassphrase:
                return self.passphrase.open(secret)
        return self.passphrase.open(secret)

    def with_passphrase(
        self, key: bytes, passphrase: str, cost: KdfCost, randomness: Randomness
    ) -> KeyFile:
        """The same, locked with another passphrase."""
        return replace(self, passphrase=Wrapped.lock(key, passphrase, cost, randomness))

    def with_recovery(
        self, key: bytes, code: str, cost: KdfCost, randomness: Randomness
    ) -> KeyFile:
        """The same, with another recovery code; the old one opens nothing any more."""
        return replace(self, recovery=Wrapped.lock(key, plain_code(code), cost, randomness))

    def to_bytes(self) -> bytes:
        """The file's text."""
        data = {
            "engage": "key file",
            "format": FORMAT,
            "workspace": self.workspace,
            "passphrase": self.passphrase.to_json(),
            "recovery": self.recovery.to_json(),
        }
        return json.dumps(data, indent=1).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> KeyFile:
        """Read a key file. Raises `ValueError`, `KeyError` or `TypeError` when it is damaged."""
        read = json.loads(data)
        if read["format"] != FORMAT:
            raise ValueError("unknown format")
        passphrase = Wrapped.from_json(read["passphrase"])
        return cls(str(read["workspace"]), passphrase, Wrapped.from_json(read["recovery"]))

    def save(self, *paths: Path) -> None:
        """Write every copy."""
        for path in paths:
            write_atomic(path, self.to_bytes(), private=True)

    @classmethod
    def load(cls, *paths: Path) -> KeyFile:
        """Read the first copy that is whole. Raises `NotAWorkspace` when none is."""
        for path in paths:
            try:
                return cls.from_bytes(path.read_bytes())
            except (OSError, ValueError, KeyError, TypeError, RecursionError):
                continue
        raise NotAWorkspace(
            f"There is no workspace in “{paths[0].parent.name}”, or its key file is missing or "
            "damaged. Nothing was changed. Choose another folder, or restore a backup."
        )


def new_code(randomness: Randomness) -> str:
    """A recovery code of 125 random bits, in five groups."""
    number = int.from_bytes(randomness(16), "big") >> 3
    letters = [ALPHABET[(number >> (5 * place)) & 31] for place in range(CODE_LENGTH)]
    text = "".join(letters)
    return "-".join(text[at : at + 5] for at in range(0, CODE_LENGTH, 5))


def plain_code(code: str) -> str:
    """A recovery code as typed, made plain: capitals, no gaps, O for nought forgiven."""
    text = "".join(ch for ch in code.upper() if ch.isalnum())
    return text.replace("O", "0").replace("I", "1").replace("L", "1")


def looks_like_code(secret: str) -> bool:
    """Could this be a recovery code rather than a passphrase?"""
    plain = plain_code(secret)
    return len(plain) == CODE_LENGTH and all(ch in ALPHABET for ch in plain)
