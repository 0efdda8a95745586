"""The shared places on servers that this laptop knows, and a place from what an officer wrote."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from db.errors import InvalidInput, KnownError, NotFound
from db.store import Store
from engage_desktop.sync.place import LocalPlace, Place
from engage_desktop.sync.remote import login as keeping
from engage_desktop.sync.remote.address import Address, is_address, parse_address
from engage_desktop.sync.remote.base import (
    CONNECT_SECONDS,
    PAUSES,
    SILENT_SECONDS,
    Patience,
    RemotePlace,
    Wire,
)
from engage_desktop.sync.remote.login import Login

_KNOWN = "sync.remote_places"


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place that was added: its address, who this laptop is there, and where the password is
    kept ("keychain", "store", or "" where none is needed). `host_key` is SFTP's, confirmed."""

    address: str
    user: str = ""
    kept: str = ""
    host_key: str = ""


def known_places(store: Store) -> list[KnownPlace]:
    """Every place that was added on this laptop, by address."""
    rows: dict[str, Any] = store.get_setting(_KNOWN, {})
    return [KnownPlace(**row) for _, row in sorted(rows.items())]


def known_place(store: Store, address: Address) -> KnownPlace:
    """One of them. Raises `NotFound`."""
    for place in known_places(store):
        if place.address == address.text:
            return place
    raise NotFound(
        f"The shared place {address.text} is not known on this laptop yet. Nothing was sent, "
        "received or changed. Choose it on the page Send and receive, or add it: engage place add "
        f"WS {address.text}",
    )


def keep_place_known(
    store: Store, address: Address, login: Login | None, host_key: str = ""
) -> KnownPlace:
    """Remember a place, its password in the keychain or else in the encrypted store."""
    kept = ""
    if login is not None:
        kept = keeping.keep_login(store, address.text, login, keeping.system_keychain())
    place = KnownPlace(address.text, login.user if login else "", kept, host_key)
    rows: dict[str, Any] = store.get_setting(_KNOWN, {})
    store.set_setting(_KNOWN, {**rows, place.address: asdict(place)})
    return place


def forget_place(store: Store, address: Address) -> KnownPlace:
    """Forget a place and its password. Raises `NotFound`, or `KnownError` when the keychain
    would not let go of it: then the place stays known."""
    place = next((p for p in known_places(store) if p.address == address.text), None)
    if place is None:
        known = ", ".join(p.address for p in known_places(store))
        raise NotFound(
            f"The shared place {address.text} is not known on this laptop, so there is nothing to "
            f"forget. Nothing was changed. {f'Known: {known}.' if known else 'None are known.'}"
        )
    if not keeping.forget_login(store, place.address, place.kept, keeping.system_keychain()):
        raise KnownError(
            f"The keychain did not let go of the password for {place.address}. The place is "
            "still known here. Unlock the keychain and try again.",
            code="keychain",
        )
    rows: dict[str, Any] = store.get_setting(_KNOWN, {})
    store.set_setting(_KNOWN, {name: row for name, row in rows.items() if name != place.address})
    return place


def forget_passwords(store: Store) -> None:
    """Forget every place and its password, before a workspace is wiped. What a locked keychain does
    not let go of stays in it."""
    for place in known_places(store):
        with contextlib.suppress(KnownError):
            forget_place(store, parse_address(place.address))


def remote_place(
    address: Address,
    login: Login | None,
    *,
    host_key: str = "",
    owner: str = "0",
    connect_seconds: float = CONNECT_SECONDS,
    silent_seconds: float = SILENT_SECONDS,
    sleep: Callable[[float], None] | None = None,
    pauses: tuple[float, ...] = PAUSES,
) -> RemotePlace:
    """A place on a server; nothing is asked of it yet. The kind's library is imported here."""
    seconds = Patience(connect_seconds, silent_seconds)
    wire: Wire
    if address.kind == "webdav":
        from engage_desktop.sync.remote.webdav import WebdavWire

        wire = WebdavWire(address, login, seconds)
    elif address.kind == "sftp":
        from engage_desktop.sync.remote.sftp import SftpWire

        if login is None:
            raise InvalidInput(
                "An SFTP place needs a user and a password or key. Nothing was done."
            )
        wire = SftpWire(address, login, host_key, seconds)
    else:
        from engage_desktop.sync.remote.s3 import S3Wire

        wire = S3Wire(address, login, seconds)
    return RemotePlace(
        address, wire, owner=owner, sleep=sleep, pauses=pauses, seconds=connect_seconds
    )


def place_of(text: str, store: Store, pauses: tuple[float, ...] = PAUSES) -> Place:
    """The place that an officer named: a folder's path, or the address of one that was added.

    Close it when done, or use `opened_place`. Raises `InvalidInput`, `NotFound`, and `KnownError`
    where the password is not on this laptop any more.
    """
    owner = store.device
    if not text.strip():  # or it would be the folder that a command happens to be started in
        raise InvalidInput("No shared folder was named. Nothing was changed. Name one.")
    if not is_address(text):
        return LocalPlace(text, owner=owner)
    address = parse_address(text)
    known = known_place(store, address)
    login = None
    if known.kept:
        chain = keeping.system_keychain() if known.kept == keeping.KEYCHAIN else None
        login = keeping.find_login(store, address.text, known.kept, chain)
    return remote_place(address, login, host_key=known.host_key, owner=owner, pauses=pauses)


@contextlib.contextmanager
def opened_place(text: str, store: Store, pauses: tuple[float, ...] = PAUSES) -> Iterator[Place]:
    """`place_of`, closed at the end. Without `pauses` trouble is not waited out."""
    place = place_of(text, store, pauses)
    try:
        yield place
    finally:
        place.close()
