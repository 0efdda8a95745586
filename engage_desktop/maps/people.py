"""The plain data that maps are built from; `engage_desktop.queries.mapping` reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engage_desktop.maps.lettering import spelt
from engage_desktop.maps.scene import Entry, Mark, Shape
from engage_desktop.records.stakeholder import NATURES
from engage_desktop.records.values import fold

SHAPES: Mapping[str, Shape] = {
    "person": "disc", "organisation": "square", "group": "diamond", "committee": "hexagon"
}  # fmt: skip
"""By the nature of a stakeholder: told by shape, so that no colour is needed."""

_NATURE_WORDS = {choice.code: choice.label for choice in NATURES}


@dataclass(frozen=True, slots=True)
class Who:
    """One stakeholder as every map needs it. `type` and `group` are codes, with their words."""

    id: str
    name: str
    nature: str = "person"
    type: str = ""
    type_words: str = ""
    group: str = ""
    group_words: str = ""
    reveals: bool = False
    do_not_contact: bool = False

    @property
    def shape(self) -> Shape:
        """How it is drawn."""
        return SHAPES.get(self.nature, "disc")


@dataclass(frozen=True, slots=True)
class Scored:
    """Somebody with the scores of today, by the names of the axes; what is not scored is left out.

    `before` holds those of an earlier occasion, None where there are none.
    """

    who: Who
    now: Mapping[str, int | str]
    before: Mapping[str, int | str] | None = None

    @property
    def then(self) -> Mapping[str, int | str]:
        """The scores of the earlier occasion. What is wanted is never frozen: today's counts."""
        kept = {name: value for name, value in self.now.items() if name.endswith("_wanted")}
        return {**kept, **(self.before or {})}


@dataclass(frozen=True, slots=True)
class Scores:
    """Everyone for a grid: those with both scores, and who is without (`others`: at most some
    hundred of them; `others_count`: all). `occasion` is the earlier one and `occasion_day` its day;
    `gone` counts those who had both scores then and have not now."""

    placed: tuple[Scored, ...]
    others: tuple[Who, ...] = ()
    others_count: int = 0
    occasion: str = ""
    occasion_day: dt.date | None = None
    gone: int = 0
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """That one is something to another: a relationship, a membership, or where somebody works.

    `kind` is the code of the relationship, "member_of" or "works_for", `words` what it is called
    from `one` to `other`. `key` is the id of the record, for a "works_for" that of `one` after
    "works:".
    """

    key: str
    one: str
    other: str
    kind: str
    words: str
    role: str = ""
    started: dt.date | None = None
    ended: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Ties:
    """Everyone for a network, and what ties them, as of `on`.

    `alone` counts those without any tie, who are not in `people`; `left_out` those who were too
    many to draw. `focus` is the id of the one looked at, `depth` how many steps round it.
    """

    people: tuple[Who, ...]
    ties: tuple[Tie, ...]
    on: dt.date
    focus: str = ""
    depth: int = 1
    alone: int = 0
    left_out: int = 0
    scope: str = ""
    sensitive: bool = False


@dataclass(slots=True)
class Names:
    """What everyone is called on one map.

    With `hidden`, people are numbered in the order they are first asked for; organisations, groups
    and committees keep their names.
    """

    hidden: bool = False
    _given: dict[str, str] = field(default_factory=dict)
    _people: int = 0

    def __call__(self, who: Who) -> str:
        """The name to draw and to print, in signs that every face has."""
        found = self._given.get(who.id)
        if found is None:
            secret = self.hidden and who.nature == "person"
            self._people += secret
            found = f"Person {self._people}" if secret else spelt(who.name) or "No name"
            self._given[who.id] = found
        return found

    @property
    def note(self) -> tuple[str, ...]:
        """The sentence that says so."""
        if not self.hidden:
            return ()
        return (
            "Names of people are hidden; organisations and groups keep theirs. Words that somebody "
            "typed, such as a job title or what they want, stand as they are: a name inside them "
            "is not looked for.",
        )


def in_order(people: Iterable[Who]) -> list[Who]:
    """By name as people compare names; the same on every laptop."""
    return sorted(people, key=lambda who: (fold(who.name), who.id))


def shape_legend(people: Iterable[Who], tone: str = "plain") -> tuple[Entry, ...]:
    """The shapes in use, and the bar where somebody is not to be contacted."""
    some = list(people)
    natures = {who.nature for who in some}
    found = [
        Entry(Mark(0, 0, 5, SHAPES[code], tone), words)
        for code, words in _NATURE_WORDS.items()
        if code in natures
    ]
    if any(who.do_not_contact for who in some):
        found.append(Entry(Mark(0, 0, 5, "disc", tone, barred=True), "Do not contact"))
    return tuple(found)
