"""What can go wrong with a server, and the sentence for each."""

from __future__ import annotations

from enum import Enum, auto

from db.errors import DiskFull, KnownError, ReadOnly
from engage_desktop.sync.errors import FolderUnavailable, LoginRefused, ServerNotTrusted


class Fault(Enum):
    """What an error of a server or its library comes to."""

    ABSENT = auto()
    TAKEN = auto()
    DENIED = auto()
    FULL = auto()
    LOGIN = auto()
    CERTIFICATE = auto()
    AWAY = auto()
    SILENT = auto()
    UNKNOWN = auto()
    ELSEWHERE = auto()
    ODD = auto()


TRANSIENT = frozenset({Fault.AWAY, Fault.SILENT})
"""What may be over in a moment."""


class PlaceFault(Exception):
    """Raised by a wire itself, where its library would raise nothing or nothing clear."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.name)
        self.fault = fault


_REST = "Nothing here was lost or changed, and the next try goes on from where this stopped."
_KEEPER = "whoever looks after it"
_AGAIN = "choose the server anew on the page Send and receive, or use: engage place add"


def words_of(fault: Fault, identity: str, seconds: float) -> KnownError:
    """The sentence; `identity` is the place's address and `seconds` how long was waited."""
    where = f"The shared place {identity}"
    if fault is Fault.FULL:
        return DiskFull(f"{where} is full. {_REST} Make room in it, or ask {_KEEPER}.")
    if fault in (Fault.DENIED, Fault.TAKEN):
        return ReadOnly(
            f"{where} does not let this laptop write or read. {_REST} Ask {_KEEPER} to allow it."
        )
    if fault is Fault.LOGIN:
        return LoginRefused(
            f"{where} did not accept the user name and password of this laptop. {_REST} Give "
            f"the right ones: {_AGAIN}"
        )
    if fault is Fault.CERTIFICATE:
        return ServerNotTrusted(
            f"{where} could not prove that it is the right server: its certificate is not one "
            f"that this laptop trusts. Nothing was sent, your password neither. {_REST} Ask "
            f"{_KEEPER}."
        )
    said = _UNAVAILABLE.get(fault, _UNAVAILABLE[Fault.AWAY])
    return FolderUnavailable(f"{where} {said.format(rest=_REST, keeper=_KEEPER, n=seconds)}")


_UNAVAILABLE = {
    Fault.ABSENT: (
        "is not there: the server answers, but has no such folder. {rest} Check the address, or "
        "have the folder made."
    ),
    Fault.ODD: ("answers as no such place does. {rest} Check the address, or ask {keeper}."),
    Fault.ELSEWHERE: (
        "sends this laptop on to another server, which was not followed: your password is for "
        "this one alone. {rest} Check the address, or ask {keeper}."
    ),
    Fault.UNKNOWN: (
        "cannot be reached: no server of that name is found. {rest} Check the address, and that "
        "this laptop is connected to the network."
    ),
    Fault.SILENT: (
        "cannot be reached: the server did not answer within {n:g} seconds. {rest} Connect to the "
        "network, then try again."
    ),
    Fault.AWAY: (
        "cannot be reached, or the connection broke. {rest} Connect to the network, then try again."
    ),
}
