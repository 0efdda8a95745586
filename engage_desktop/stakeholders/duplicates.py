"""Finding duplicates among many: only those are compared that share something telling.

Each stakeholder goes into several blocks (who has this phone number, who is called so), and only
those in one block are compared. A block that grows with the register, because very many are called
so, is sorted and each compared with the next few: so the work grows with the number of
stakeholders, not with its square.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from db.errors import Cancelled
from engage_desktop.stakeholders.matching import (
    ENOUGH,
    ROLE_BOXES,
    Card,
    Pair,
    Rarity,
    compare,
)
from engage_desktop.stakeholders.names import LIGHT, roots
from engage_desktop.stakeholders.words import sound

Progress = Callable[[int, int], None]
IsCancelled = Callable[[], bool]

LARGEST = 16
"""Members of a block who are all compared with each other."""

NEXT = 5
"""Of a larger block: with how many of those that follow each is compared."""

STEP = 500
"""Pairs, or stakeholders, between two words about progress."""


def find_pairs(
    cards: Sequence[Card],
    apart: frozenset[tuple[str, str]] = frozenset(),
    *,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
    least: float = ENOUGH,
) -> list[Pair]:
    """Every pair worth a look, the surest first. `apart` are (smaller id, larger id) of those that
    were said to be two. Progress counts thousandths. Raises `Cancelled`.
    """
    told = _Told(progress, cancelled)
    rarity = Rarity(cards)
    candidates = _candidates(cards, told)
    found: list[Pair] = []
    total = len(candidates)
    for number, (i, j) in enumerate(sorted(candidates)):
        if number % STEP == 0:
            told(300 + 700 * number // max(1, total))
        one, other = cards[i], cards[j]
        if (min(one.id, other.id), max(one.id, other.id)) in apart:
            continue
        pair = compare(one, other, rarity)
        if pair is not None and pair.score >= least:
            found.append(pair)
    told(1000)
    return best_first(found)


def best_first(pairs: Iterable[Pair]) -> list[Pair]:
    """The surest first; equal ones in an order that every laptop gives."""
    return sorted(pairs, key=lambda pair: (-pair.score, pair.one, pair.other))


class _Told:
    """Says how far it is, in thousandths, and stops when it is to."""

    def __init__(self, progress: Progress | None, cancelled: IsCancelled | None) -> None:
        self._progress, self._cancelled = progress, cancelled

    def __call__(self, done: int) -> None:
        if self._cancelled is not None and self._cancelled():
            raise Cancelled("Stopped. Nothing was changed.")
        if self._progress is not None:
            self._progress(done, 1000)


def _candidates(cards: Sequence[Card], told: _Told) -> set[tuple[int, int]]:
    blocks: dict[str, list[int]] = defaultdict(list)
    for number, card in enumerate(cards):
        if number % STEP == 0:
            told(200 * number // max(1, len(cards)))
        for key in keys_of(card):
            blocks[key].append(number)
    found: set[tuple[int, int]] = set()
    for number, members in enumerate(blocks.values()):
        if number % (8 * STEP) == 0:
            told(200 + 100 * number // len(blocks))
        if len(members) > 1:
            found.update(_pairs_in(cards, members))
    return found


def _pairs_in(cards: Sequence[Card], members: list[int]) -> Iterator[tuple[int, int]]:
    if len(members) <= LARGEST:
        for place, i in enumerate(members):
            for j in members[place + 1 :]:
                yield i, j
        return
    for order in (_by_name, _by_place):
        line = sorted(members, key=lambda number: order(cards[number]))
        for place, i in enumerate(line):
            for j in line[place + 1 : place + 1 + NEXT]:
                yield (i, j) if i < j else (j, i)


def _by_name(card: Card) -> tuple[str, ...]:
    if card.person is not None:
        return (card.person.family, *card.person.given, card.postcode)
    return (card.body.whole if card.body is not None else "", card.postcode)


def _by_place(card: Card) -> tuple[str, ...]:
    return (card.postcode, card.street, card.house, *_by_name(card))


def keys_of(card: Card) -> Iterator[str]:
    """The blocks into which a stakeholder goes, each once."""
    return iter(dict.fromkeys(_keys(card)))


def _keys(card: Card) -> Iterator[str]:
    kind = "p" if card.person is not None else "o"
    for email in card.emails:
        yield f"{kind}e {email}"
        local = email.partition("@")[0]
        if local not in ROLE_BOXES and len(local) > 4:
            yield f"{kind}l {local}"
    for phone in card.phones:
        yield f"{kind}t {phone}"
    if card.person is not None:
        yield from _keys_of_person(card)
    else:
        yield from _keys_of_body(card)


def _keys_of_person(card: Card) -> Iterator[str]:
    person = card.person
    assert person is not None
    given, family = person.first, person.family
    heard = sound(family)
    names = roots(given) if len(given) > 1 else ()
    for name in names:
        yield f"pn {heard} {name}"
        yield f"pf {family[:4]} {name}"
        if card.postcode:
            yield f"pg {card.postcode} {name}"
        if card.organisation:
            yield f"po {card.organisation} {name}"
    if len(person.families) > 1:
        for half in person.families:
            yield from (f"pn {sound(half)} {name}" for name in names)
    if given and family:
        yield f"px {' '.join(sorted((sound(given), heard)))}"  # swapped
        yield f"pi {heard} {given[:1]} {card.postcode[:-3]}"
        if card.organisation:
            yield f"pw {heard} {given[:1]} {card.organisation}"
    if card.street and card.house:
        yield f"ph {card.house} {card.street} {given[:1]}"
    for middle in person.given[1:2]:
        if len(middle) > 1:
            yield from (f"pn {heard} {name}" for name in roots(middle))
    if card.postcode:
        yield f"pz {card.postcode} {family[:1]}"
        yield f"pz {card.postcode} {given[:1]}"


def _keys_of_body(card: Card) -> Iterator[str]:
    body = card.body
    assert body is not None
    yield f"ow {body.whole[:24]}"
    yield f"oa {body.letters}"
    for word in body.strong:
        yield f"os {sound(word)}" if word not in LIGHT else f"os {word}"
        if 3 <= len(word) <= 6:  # it may be the other's first letters
            yield f"oa {word}"
    if card.postcode:
        yield f"oz {card.postcode}"
    if card.website:
        yield f"ou {card.website}"


__all__ = ["Progress", "best_first", "find_pairs", "keys_of"]
