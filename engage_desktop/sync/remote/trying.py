"""Trying a place before it is kept: is it reached, does it let one in, and whose is it?

What is found is one sentence for the officer. Nothing is remembered by it; all that is sent is one
small file, which is taken away again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from db.errors import Cancelled, DiskFull, KnownError, ReadOnly
from db.store import Store
from engage_desktop.sync.errors import OtherTeam
from engage_desktop.sync.folder import OURS, read_team_file
from engage_desktop.sync.remote.address import Address
from engage_desktop.sync.remote.base import CONNECT_SECONDS, RemotePlace
from engage_desktop.sync.remote.book import known_places, remote_place
from engage_desktop.sync.remote.faults import Fault
from engage_desktop.sync.remote.login import Login
from engage_desktop.sync.team import has_team, membership
from engage_desktop.sync.work import LITTER

Progress = Callable[[int, int, str], None]
GOOD, WARNING, BAD = "good", "warning", "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What trying a place came to. `what` is a word for machines, `tone` good, warning or bad;
    one that `fits` may be kept. `host_key` is the fingerprint that an SFTP server shows."""

    what: str
    sentence: str
    tone: str = BAD
    fits: bool = False
    host_key: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the officer gave. `host_key` is what was confirmed; `team` this workspace's, or ""."""

    address: Address
    login: Login | None
    host_key: str = ""
    team: str = ""
    owner: str = "0"


def wish_for(store: Store, address: Address, login: Login | None, host_key: str = "") -> Wish:
    """A wish, with what this workspace knows already."""
    team = membership(store).team.id if has_team(store) else ""
    return Wish(address, login, host_key or known_host_key(store, address), team, store.device)


def known_host_key(store: Store, address: Address) -> str:
    """The key that was confirmed for this server, whichever of its folders it was for."""
    if address.kind != "sftp":
        return ""
    for known in known_places(store):
        if known.host_key and known.address.startswith(f"sftp://{address.netloc}/"):
            return known.host_key
    return ""


def try_place(
    wish: Wish,
    *,
    make: bool = False,
    seconds: float = CONNECT_SECONDS,
    progress: Progress = lambda done, total, words: None,
    stoppable: Callable[[Callable[[], None]], None] = lambda stop: None,
) -> Finding:
    """Reach it, sign in, look whose it is, and whether this laptop may write there.

    `make` makes the folder first. `stoppable` is given what stops it from another thread; it then
    raises `Cancelled`. All other trouble is a finding.
    """
    try:
        place = remote_place(
            wish.address, wish.login, host_key=wish.host_key, owner=wish.owner,
            connect_seconds=seconds, silent_seconds=seconds, pauses=(),
        )  # fmt: skip
    except KnownError as error:
        return Finding(error.code, error.sentence)
    stoppable(place.abandon)
    with contextlib.closing(place):
        try:
            return _tried(place, wish, make, progress)
        except Cancelled:
            raise
        except KnownError as error:
            if make and place.trouble is Fault.DENIED:
                return Finding(
                    "denied",
                    f"{server_words(wish.address)} does not let you make it. Nothing was kept or "
                    "changed. Ask whoever looks after the server to make it for you.",
                )
            return _trouble(place, wish, error, seconds)


def _tried(place: RemotePlace, wish: Wish, make: bool, progress: Progress) -> Finding:
    progress(0, 3, f"Reaching {server_words(wish.address)}")
    if make:
        place.make()
    place.check()
    progress(1, 3, "Looking what is there")
    found = _whose(place, wish)
    if not found.fits:
        return found
    progress(2, 3, "Trying whether this laptop may write")
    try:
        place.try_writing()
    except ReadOnly:
        return Finding(
            "read_only",
            f"{found.sentence} But this laptop may only read there, and could send nothing. Ask "
            "whoever looks after the server to let you write, then try again.",
        )
    except DiskFull:
        return Finding(
            "full",
            f"{found.sentence} But there is no room left, so nothing could be sent. Make room "
            "there, then try again.",
        )
    return found


def _whose(place: RemotePlace, wish: Wish) -> Finding:
    try:
        team = read_team_file(place)
    except OtherTeam as error:
        return Finding("damaged", error.sentence)
    if team is not None and team.id == wish.team:
        return Finding("ours", "This is your team's place.", GOOD, True)
    if team is not None and wish.team:
        return Finding(
            "other_team",
            "Another team meets there. Nothing was changed. Check the address, or choose a folder "
            "of your team's own.",
        )
    if team is not None:
        return Finding(
            "team",
            "A team meets there, and this workspace is in none yet. Keep the place, then ask the "
            "team to let you in.",
            GOOD, True,
        )  # fmt: skip
    names = [name for name in place.top() if not LITTER.fullmatch(name)]
    if any(f"{name}/" in OURS for name in names):
        return Finding(
            "lost",
            "A team's files are there, but the one that says whose they are is missing. Nothing "
            "was changed. Ask whoever looks after the server to bring “team.json” back.",
        )
    if names:
        return Finding(
            "other_files",
            "The folder is there and holds other files. They would stay as they are; an empty "
            "folder of your team's own is easier to look after.",
            WARNING, True,
        )  # fmt: skip
    return Finding("empty", "The folder is empty: your team can begin there.", GOOD, True)


def _trouble(place: RemotePlace, wish: Wish, error: KnownError, seconds: float) -> Finding:
    shown = getattr(error, "fingerprint", "")
    if shown:
        return Finding("host_key_unknown", error.sentence, WARNING, host_key=shown)
    server = server_words(wish.address)
    nothing = "Nothing was kept or changed."
    told = _told(server, wish.address, seconds).get(place.trouble) if place.trouble else None
    if error.code == "host_key_changed" or told is None:
        return Finding(error.code, error.sentence)
    sentence = f"{told[1]} {nothing} {told[2]}".strip()
    if place.trouble is Fault.CERTIFICATE:
        sentence = f"{told[1]} {_certificate_words(wish.address, seconds)} {nothing} {told[2]}"
    return Finding(told[0], sentence)


def _certificate_words(address: Address, seconds: float) -> str:
    from engage_desktop.sync.remote.certificate import port_of, shown_by

    where = port_of(address)
    shown = shown_by(*where, seconds) if where is not None else None
    return shown.in_words() if shown is not None else "It could not be looked at."


def _told(server: str, address: Address, seconds: float) -> dict[Any, tuple[str, str, str]]:
    """For each fault a word, what happened, and what to do."""
    secret = {"s3": "secret key", "sftp": "password or key"}.get(address.kind, "password")
    check = "Check the address, or ask whoever looks after the server."
    odd = check
    if address.kind == "webdav" and "/remote.php/" not in address.path:
        odd = (
            "Is it a Nextcloud? Then copy the address of the folder out of your browser, and type "
            "your user name. Otherwise ask whoever looks after the server."
        )
    what = "bucket" if address.kind == "s3" else "folder"
    return {
        Fault.LOGIN: (
            "login_refused",
            f"{server} did not take this user name and {secret}.",
            "Type them again, or ask whoever looks after the server.",
        ),
        Fault.DENIED: (
            "denied",
            f"{server} let you in, but does not let you look into this {what}.",
            "Ask whoever looks after it to allow it, or choose another one.",
        ),
        Fault.ABSENT: (
            "absent",
            f"{server} was reached, but has no such {what}.",
            "Check the address, or make it now.",
        ),
        Fault.CERTIFICATE: (
            "server_not_trusted",
            f"{server} could not prove that it is the right one: its certificate is not trusted. "
            "Your password was not sent.",
            "Ask whoever looks after the server.",
        ),
        Fault.SILENT: (
            "no_answer",
            f"There was no answer from {server} within {seconds:g} seconds.",
            "Check the address and the network, then try again.",
        ),
        Fault.UNKNOWN: (
            "no_server",
            f"There is no server {server}, or this laptop is not connected to the network.",
            "Check both, then try again.",
        ),
        Fault.AWAY: (
            "unreachable",
            f"{server} cannot be reached: nothing answers there, or the connection broke.",
            "Check the address and the network, then try again.",
        ),
        Fault.ELSEWHERE: (
            "elsewhere",
            f"{server} sends this laptop on to another server. It was not followed, and your "
            "password stayed here.",
            check,
        ),
        Fault.ODD: ("odd", f"{server} answers, but not as a shared folder does.", odd),
    }


def server_words(address: Address) -> str:
    """The server alone: what a person would call it."""
    if address.kind != "s3":
        return address.netloc
    return address.endpoint.partition("://")[2] or "the object store"


__all__ = [
    "Finding", "Wish", "known_host_key", "server_words", "try_place",
    "wish_for",
]  # fmt: skip
