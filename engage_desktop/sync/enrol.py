"""Asking to join, with eight words that both laptops show.

The new laptop writes its public keys, signed, into `join/` of the folder or into a file. Both
laptops work out eight words from the team, the keys and a random number; two officers read them
to each other, and so know that nobody changed a key on the way. Nothing here is secret.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import resources
from db.errors import InvalidInput
from db.fields import ID
from engage_desktop.sync.canonical import canonical, sha256
from engage_desktop.sync.entries import LONGEST_NAME, asked_body
from engage_desktop.sync.errors import Refused, refused
from engage_desktop.sync.folder import read_small
from engage_desktop.sync.keys import SigningKey, is_age_recipient, signature_holds
from engage_desktop.sync.papers import KEY, SEAL, read_paper
from engage_desktop.sync.place import Place
from engage_desktop.sync.work import SetAside, files

WORDS = 8
MOST_REQUEST = 16 << 10
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Request:
    """A laptop that asks to join. `team` is "" where it asked by a file and knew of none."""

    team: str
    device: str
    officer: str
    sign: str
    age: str
    nonce: str
    ms: int
    seal: str
    text: bytes

    @property
    def name(self) -> str:
        """Where it lies in a place."""
        return f"join/{sha256(self.text)}.json"

    @property
    def words(self) -> str:
        """The eight words. Both laptops work them out from the request alone, so that they can be
        compared before anybody is let in, also where it was asked by a file and knew of no team."""
        return words_of(self.team, self.sign, self.age, self.nonce)

    def words_in(self, team: str) -> str:
        """The words to compare after the answer: they stand for the team that answered as well."""
        return words_of(team, self.sign, self.age, self.nonce)


def write_request(
    key: SigningKey, *, team: str, device: str, officer: str, age: str, nonce: str, ms: int
) -> Request:
    """Ask to join; `nonce` is 32 random bytes in hexadecimal."""
    body = asked_body(
        team=team, device=device, officer=officer, sign=key.public, age=age, nonce=nonce, ms=ms
    )
    seal = key.sign("join 1", canonical(body)).hex()
    return read_request(canonical({"body": body, "seal": seal}))


def read_request(text: bytes) -> Request:
    """Read and verify a request. Raises `Refused`: empty, too_big, header, signature."""
    body, seal = read_paper(text, MOST_REQUEST, "join", "seal")
    try:
        fine = (
            type(body["ms"]) is int
            and (body["team"] == "" or ID.fullmatch(body["team"]))
            and ID.fullmatch(body["device"])
            and KEY.fullmatch(body["sign"])
            and KEY.fullmatch(body["nonce"])
            and SEAL.fullmatch(seal)
            and is_age_recipient(body["age"])
            and 0 < len(body["officer"]) <= LONGEST_NAME
            and body["officer"].isprintable()
        )
        known = {name: body[name] for name in _FIELDS}
        if not fine or asked_body(**known) != body:
            raise ValueError("not a request")
    except (KeyError, TypeError, ValueError, AttributeError):
        raise refused("header") from None
    if not signature_holds(body["sign"], "join 1", canonical(body), bytes.fromhex(seal)):
        raise refused("signature")
    return Request(**known, seal=seal, text=text)


_FIELDS = ("team", "device", "officer", "sign", "age", "nonce", "ms")


def requests_in(place: Place, team: str) -> tuple[list[Request], list[SetAside]]:
    """Who asks this team to let them in, and the files that are no requests, with the reason."""
    found: dict[str, Request] = {}
    aside: list[SetAside] = []
    for entry in files(place, "join"):
        try:
            request = read_request(read_small(place, entry, MOST_REQUEST))
            if request.team not in ("", team):
                raise refused("other_team")
        except Refused as error:
            aside.append(SetAside(entry.name, error.sentence, error.code))
            continue
        found[sha256(request.text)] = request
    return sorted(found.values(), key=lambda r: (r.ms, r.nonce)), aside


# -- words -------------------------------------------------------------------------------------


@cache
def word_list() -> tuple[str, ...]:
    """The 1,024 words, no two alike in their first four letters: eight of them are 80 bits."""
    return tuple(resources.read_text("words/words.txt").split())


def words_of(team: str, sign: str, age: str, nonce: str) -> str:
    """Eight words that stand for these keys in this team."""
    said = canonical(["engage-desktop words 1", team, sign, age, nonce])
    number = int.from_bytes(hashlib.sha256(said).digest(), "big")
    known = word_list()
    chosen = []
    for _ in range(WORDS):
        number, at = divmod(number, len(known))
        chosen.append(known[at])
    return " ".join(chosen)


def plain_words(typed: str) -> tuple[str, ...]:
    """Words as somebody typed them, made plain: the first four letters tell each.

    Raises `InvalidInput` where they are not eight words of the list.
    """
    known = {word[:4]: word for word in word_list()}
    parts = re.findall(r"[a-z]+", typed.lower())
    found = [known.get(part[:4], "") for part in parts]
    wrong = [
        part
        for part, word in zip(parts, found, strict=True)
        if not word or not word.startswith(part)
    ]
    if wrong:
        raise InvalidInput(
            f"“{wrong[0]}” is none of the words that a laptop shows. Nothing was changed. Ask "
            "your colleague to read the words again."
        )
    if len(found) != WORDS:
        raise InvalidInput(
            f"There are {len(found)} words; a laptop shows {WORDS}. Nothing was changed."
        )
    return tuple(found)


def with_words(requests: Iterable[Request], typed: str) -> Request | None:
    """The request that shows these words, if there is one. Raises `InvalidInput`."""
    wanted = " ".join(plain_words(typed))
    return next((r for r in requests if r.words == wanted), None)
