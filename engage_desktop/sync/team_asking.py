"""Joining by eight words: ask, see who asks, approve, and enter. Over the folder or by files."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from db.clock import system_random
from db.errors import InvalidInput, KnownError, NotFound
from db.store import Store
from engage_desktop.sync.canonical import canonical, parse_canonical
from engage_desktop.sync.enrol import (
    Request,
    read_request,
    requests_in,
    with_words,
    write_request,
)
from engage_desktop.sync.entries import Entry, Team, read_entry, read_team
from engage_desktop.sync.errors import (
    BadInvitation,
    NotAllowed,
    NoTeam,
    OtherTeam,
    Refused,
)
from engage_desktop.sync.folder import read_small, read_team_file
from engage_desktop.sync.keys import (
    Randomness,
    SigningKey,
    age_recipient,
    new_age_identity,
    seal_to,
)
from engage_desktop.sync.keys import unseal as unsealed
from engage_desktop.sync.names import named
from engage_desktop.sync.place import LocalPlace, Place
from engage_desktop.sync.roles import in_sentence
from engage_desktop.sync.roster import MOST_ENTRY, Roster
from engage_desktop.sync.team import (
    Membership,
    begin_membership,
    check_admin,
    end_of,
    has_team,
    may_join,
    membership,
)
from engage_desktop.sync.team_changes import say
from engage_desktop.sync.team_keys import everything_for, read_everything, take_keys
from engage_desktop.sync.team_out import check_not_out, out_words
from engage_desktop.sync.work import SetAside, files

_ASK, _SIGN, _AGE = "sync.ask", "join_sign_key", "join_age_key"
_ASKING = "sync.asking"
"""Setting: the laptops that asked to be let in where this one last exchanged."""

MOST_ANSWER = 16 << 20
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """This workspace asks to join: the request, and its eight words. `by_file` where it knew of no
    team and waits for an answer in a file."""

    request: Request

    @property
    def words(self) -> str:
        """What to read to an admin."""
        return self.request.words

    @property
    def by_file(self) -> bool:
        """Whether an answer in a file is awaited."""
        return not self.request.team


def ask(store: Store, place: Place | None, *, randomness: Randomness = system_random) -> Asked:
    """Ask the team of a place to let this workspace in; without a place, by a file.

    Asked again, in whichever way, it is the same request: an approval of the file that was handed
    over counts as well as one over the folder. Raises `NoTeam` where the place is
    no team's, `BadInvitation` when this workspace is in a team or holds records already.
    """
    team = None
    if place is not None:
        place.check()
        team = read_team_file(place)
        if team is None:
            raise NoTeam(
                "No team uses this folder yet. Nothing was changed. Ask a colleague of the team "
                "which folder it is."
            )
    if has_team(store):
        refuse_in_a_team(store, place, team)
    if team is not None:
        may_join(store, None, team)
    wanted = team.id if team else ""
    request = pending(store)
    if request is None or (wanted and request.team not in ("", wanted)):
        request = _new_request(store, wanted, randomness)
    if place is not None:
        place.put_if_absent(request.name, request.text)
    return Asked(request)


def refuse_in_a_team(store: Store, place: Place | None, team: Team | None) -> NoReturn:
    """Why a workspace that is in a team cannot enter one by asking; `team` is the place's."""
    mine = membership(store)
    roster = mine.roster
    if place is not None and team is not None and team.id == mine.team.id:
        roster = Roster(team, [*roster.entries.values(), *entries_in(place, team)])
    check_not_out(store, roster)
    going = out_words(roster, store.device)
    more = (
        f" {going} To come back, ask an admin for an invitation, and: engage team join WS FILE"
        if going
        else ""
    )
    if not more and (team is None or team.id != mine.team.id):
        more = (
            " A workspace stays in the team that it began with. To join another one, make a new "
            "workspace."
        )
    raise BadInvitation(
        f"This workspace is in a team already. Nothing was changed.{more}", code="in_a_team"
    )


def _new_request(store: Store, team: str, randomness: Randomness) -> Request:
    sign, age = SigningKey(randomness(32)), new_age_identity()
    request = write_request(
        sign,
        team=team,
        device=store.device,
        officer=named(store),
        age=age_recipient(age),
        nonce=randomness(32).hex(),
        ms=store.now(),
    )
    with store.bookkeeping():
        store.set_secret(_SIGN, sign.seed)
        store.set_secret(_AGE, age.encode())
        store.set_setting(_ASK, request.text.decode())
    return request


def pending(store: Store) -> Request | None:
    """What this workspace has asked and was not answered yet."""
    text = store.get_setting(_ASK)
    return read_request(str(text).encode()) if text else None


def open_requests(
    store: Store, place: Place, *, every: bool = False
) -> tuple[list[Request], list[SetAside]]:
    """Who asks and is not in the team yet, and the files that are no requests.

    With `every`, also those who were let in meanwhile: their request lies there until they enter.
    """
    mine = membership(store)
    found, aside = requests_in(place, mine.team.id)
    return [r for r in found if every or r.device not in mine.roster.known], aside


def count_requests(store: Store) -> int:
    """How many ask to be let in, in the shared folder of an admin's laptop; 0 for all others.

    A server is not asked for this alone: there it is who asked at the last exchange. Raises what
    opening the folder raises.
    """
    folder = str(store.get_setting("window.shared_folder", ""))
    mine = membership(store)
    if not folder or mine.role != "admin":
        return 0
    if "://" in folder:
        asked: list[str] = store.get_setting(_ASKING, [])
        return sum(device not in mine.roster.known for device in asked)
    place = LocalPlace(Path(folder))
    place.check()
    return len(open_requests(store, place)[0])


def note_requests(store: Store, place: Place) -> None:
    """After an exchange: remember on an admin's laptop who asks there to be let in."""
    if membership(store).role != "admin":
        return
    asked = sorted({request.device for request in open_requests(store, place)[0]})
    if asked != store.get_setting(_ASKING, []):
        store.set_setting(_ASKING, asked)


def request_from_file(data: bytes) -> Request:
    """A request that came as a file. Raises `InvalidInput`."""
    try:
        return read_request(data.strip())
    except Refused as error:
        raise InvalidInput(
            f"This file asks for nothing. {error.sentence} Nothing was changed."
        ) from None


def approve(
    store: Store,
    requests: list[Request],
    words: str,
    *,
    role: str = "officer",
    last_day: dt.date | None = None,
) -> tuple[Membership, Request]:
    """Let in the laptop that shows these eight words. The next sync tells it.

    Raises `NotFound` when none of the requests shows them, `InvalidInput`, `NotAllowed`.
    """
    expires = end_of(role, last_day, store.now())
    mine = membership(store)
    check_admin(mine, "let somebody in")
    request = with_words(requests, words)
    if request is None:
        raise NotFound(
            "No laptop that asks to join shows these words. Nothing was changed. If your colleague "
            "reads exactly these, somebody may have changed the request on the way: do not "
            "approve it, and hand it over on a stick."
        )
    if request.device in mine.roster.members:
        here = in_sentence(mine.roster.members[request.device].role)
        raise InvalidInput(
            f"{request.officer}’s laptop has been let in already, as {here}. Nothing "
            "was changed. If that is not the right role, change the role."
        )
    if request.device in mine.roster.known:
        raise InvalidInput(
            f"{request.officer}’s laptop was taken out of the team. Nothing was changed. It comes "
            "back as a new workspace, with a request of its own."
        )
    said = {
        "device": request.device,
        "officer": request.officer,
        "role": role,
        "expires": expires,
        "sign": request.sign,
        "age": request.age,
        "nonce": request.nonce,
        "at": request.ms,
        "asked": request.seal,
        "asked_team": request.team,
        "keys": seal_to(request.age, everything_for(store, mine, role)),
    }
    return say(store, "approve", said), request


def answer_file(store: Store) -> bytes:
    """What a laptop that was approved needs to enter, for a stick. Every secret in it is sealed."""
    mine = membership(store)
    return canonical(
        {
            "answer": 1,
            "team": mine.team.text.decode(),
            "roster": [entry.text.decode() for entry in mine.roster.graph.entries],
        }
    )


# -- entering ----------------------------------------------------------------------------------


def enter_from(store: Store, place: Place) -> Membership | None:
    """Enter the team of a place if an admin has approved this workspace; None until then.

    Raises `OtherTeam` when it is not the team that was asked, `BadInvitation` when this workspace
    is in a team.
    """
    request = pending(store)
    team = read_team_file(place)
    if has_team(store):
        refuse_in_a_team(store, place, team)
    if request is None or team is None:
        return None
    return _enter(store, request, team, entries_in(place, team))


def entries_in(place: Place, team: Team) -> list[Entry]:
    """The roster's entries that lie in a place; what cannot be read is left out."""
    found = []
    for entry in files(place, "roster"):
        with contextlib.suppress(Refused):
            found.append(read_entry(read_small(place, entry, MOST_ENTRY), team.id, entry.name))
    return found


def enter_with(store: Store, data: bytes) -> Membership:
    """Enter with the answer in a file. Raises `BadInvitation`, `OtherTeam`, `NotAllowed`."""
    request = pending(store)
    if request is None:
        raise BadInvitation(
            "This workspace has not asked to join a team. Nothing was changed. Ask first: "
            "engage team ask",
            code="not_asked",
        )
    try:
        value = parse_canonical(data.strip())
        team = read_team(value["team"].encode())
        entries = [read_entry(text.encode(), team.id) for text in value["roster"]]
    except (KnownError, KeyError, TypeError, ValueError, AttributeError):
        raise BadInvitation(
            "This file is not an answer to a laptop that asked to join, or it was damaged on the "
            "way. Nothing was changed."
        ) from None
    mine = _enter(store, request, team, entries)
    if mine is None:
        raise NotAllowed(
            "The answer in this file does not let this laptop in. Nothing was changed. Ask the "
            "admin to approve it and to write the answer again."
        )
    return mine


def check_no_request(store: Store, data: bytes) -> None:
    """Raise `BadInvitation` (request) for the file with which a laptop asks to be let in."""
    try:
        request = read_request(data.strip())
    except Refused:
        return
    whose = "this laptop’s own" if request.device == store.device else f"{request.officer}’s"
    raise BadInvitation(
        f"This file is {whose} request to join a team, not the answer to it. Nothing was changed. "
        "Give it to an admin of the team and compare the eight words; the admin approves it, and "
        "gives back the file with the answer, which is the one to join with.",
        code="request",
    )


def is_answer(data: bytes) -> bool:
    """Whether a file is an answer, rather than an invitation."""
    return data.lstrip()[:12].startswith(b'{"answer":')


def _enter(store: Store, request: Request, team: Team, entries: list[Entry]) -> Membership | None:
    if request.team not in ("", team.id):
        raise OtherTeam(
            "This is not the team that this laptop asked to let it in. Nothing was changed."
        )
    may_join(store, None, team)
    sign, age = store.get_secret(_SIGN), store.get_secret(_AGE)
    roster = Roster(team, entries)
    if sign is None or age is None or request.device not in roster.members:
        return None
    admission = roster.entries[roster.members[request.device].entry]
    if admission.type != "approve" or admission.body["nonce"] != request.nonce:
        return None
    secret = unsealed(age.decode(), admission.body["keys"])
    if secret is None:
        return None
    ring, record_key, blob_key = read_everything(secret)
    begin_membership(
        store,
        team,
        SigningKey(sign),
        age.decode(),
        ring,
        roster.of_one_founding(admission),
        record_key=record_key,
        blob_key=blob_key,
    )
    store.set_setting(_ASK, None)
    return take_keys(store)


__all__ = [
    "Asked",
    "answer_file",
    "approve",
    "ask",
    "check_no_request",
    "enter_from",
    "enter_with",
    "entries_in",
    "is_answer",
    "note_requests",
    "open_requests",
    "pending",
    "request_from_file",
]
