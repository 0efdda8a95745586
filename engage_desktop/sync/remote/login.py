"""Where the password of a shared place is kept: the system's keychain, or the encrypted store.

Never in a plain file. Only keychains of the operating system are used; other programs may offer
themselves as one and keep what they are given in the clear.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass, field
from typing import Protocol

from db.errors import KnownError
from db.store import Store

SERVICE = "Engage Desktop"
KEYCHAIN, STORE = "keychain", "store"

_TRUSTED = ("Windows", "macOS", "SecretService", "kwallet", "libsecret")


@dataclass(frozen=True, slots=True)
class Login:
    """Who this laptop is to a server. `kind` is "password" or "key" (an SSH private key).

    For S3 the user is the access key's id and the secret its secret.
    """

    user: str
    secret: str = field(repr=False)
    kind: str = "password"


class Keychain(Protocol):
    """What a system's keychain does for us; each may raise anything."""

    def get_password(self, service: str, username: str) -> str | None:
        """The secret, or None."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        ...


def system_keychain() -> Keychain | None:
    """The keychain of this operating system; None where there is none, or it cannot be used."""
    try:
        import keyring.backend

        found = keyring.backend.get_all_keyring()
    except Exception:  # noqa: BLE001 - a broken keychain is no keychain
        return None
    ours = [
        ring
        for ring in found
        if type(ring).__module__ in {f"keyring.backends.{name}" for name in _TRUSTED}
    ]
    return max(ours, key=lambda ring: float(ring.priority), default=None)


def keep_login(store: Store, address: str, login: Login, keychain: Keychain | None) -> str:
    """Keep a login; says where: `KEYCHAIN` or, where that has no room for it, `STORE`."""
    text = json.dumps({"user": login.user, "secret": login.secret, "kind": login.kind})
    if keychain is not None:
        account = _account(store, address)
        with contextlib.suppress(Exception):  # too long for it, locked, or not there
            keychain.set_password(SERVICE, account, text)
            if keychain.get_password(SERVICE, account) == text:
                store.set_secret(_name(address), b"")
                return KEYCHAIN
    store.set_secret(_name(address), text.encode())
    return STORE


def find_login(store: Store, address: str, kept: str, keychain: Keychain | None) -> Login:
    """The login that was kept. Raises `KnownError` when it is there no more."""
    text: str | None = None
    if kept == KEYCHAIN and keychain is not None:
        with contextlib.suppress(Exception):
            text = keychain.get_password(SERVICE, _account(store, address))
    elif kept == STORE:
        text = (store.get_secret(_name(address)) or b"").decode()
    if not text:
        raise KnownError(
            f"The password for {address} is not on this laptop any more, or its keychain is "
            "locked. Nothing was sent, received or changed. Unlock it, or give the password "
            "again: on the page Send and receive, or with engage place add",
            code="no_login",
        )
    value = json.loads(text)
    return Login(value["user"], value["secret"], value["kind"])


def forget_login(store: Store, address: str, kept: str, keychain: Keychain | None) -> bool:
    """Forget a login, wherever it is. False when the keychain would not let go of it."""
    store.set_secret(_name(address), b"")
    if kept != KEYCHAIN:
        return True
    if keychain is None:
        return False
    account = _account(store, address)
    with contextlib.suppress(Exception):
        keychain.delete_password(SERVICE, account)
    try:
        return keychain.get_password(SERVICE, account) is None
    except Exception:  # noqa: BLE001 - locked: it may still be there
        return False


def _account(store: Store, address: str) -> str:
    """Two workspaces on one laptop may be two people's."""
    return f"{store.device[:8]} {address}"


def _name(address: str) -> str:
    return f"place.{hashlib.sha256(address.encode()).hexdigest()[:32]}"
