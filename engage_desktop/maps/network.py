"""The network: who is tied to whom, and how.

`build` gives the scene of `Ties`. Its table has a row for each stakeholder with their ties in
words; `Scene.details` has one for each tie. Kinds of tie differ in stroke as well as in tone, and
those with a direction end in an arrow head.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engage_desktop.maps.graph import nobody_asks, place
from engage_desktop.maps.labels import Labelled, Taken, Wish, fits, label
from engage_desktop.maps.lettering import width
from engage_desktop.maps.people import Names, Tie, Ties, Who, in_order, shape_legend
from engage_desktop.maps.scene import (
    Entry,
    Item,
    Line,
    Mark,
    Point,
    Scene,
    Stroke,
    Table,
    Text,
)
from engage_desktop.plain import counted, long_date

A4_ROOM = (770.0, 400.0)
FEW_TIES = 30
"""So many ties have their words written on them."""

_HUB = 6  # ties that make somebody's name stand out
_SOME = 6  # ties told of one stakeholder in words, before the rest is counted


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of tie is drawn."""

    tone: str
    stroke: Stroke
    width: float
    arrow: bool = True


LOOKS: Mapping[str, Look] = {
    "represents": Look("info", "solid", 1.4),
    "funds": Look("good", "dashed", 1.4),
    "advises": Look("plain", "dotted", 1.4),
    "refers_to": Look("warning", "dashdot", 1.2),
    "works_with": Look("plain", "solid", 1.0, arrow=False),
    "in_conflict": Look("bad", "dashed", 1.8, arrow=False),
    "member_of": Look("muted", "solid", 0.7),
    "works_for": Look("muted", "dotted", 0.9),
}
_OTHER = Look("text", "dashdot", 0.9)
"""Kinds that an organisation added itself."""


def build(
    ties: Ties,
    *,
    size: tuple[float, float] = A4_ROOM,
    text: float = 8.5,
    hide_names: bool = False,
    progress: Callable[[int, int | None], None] = nobody_asks,
    cancelled: Callable[[], bool] = lambda: False,
) -> Scene:
    """The scene of a network. `progress` is told how many have a place. Raises `Cancelled`."""
    people = in_order(ties.people)
    at = {who.id: index for index, who in enumerate(people)}
    pairs = [(at[tie.one], at[tie.other]) for tie in ties.ties]
    radius = max(2.4, min(6.0, 0.16 * math.sqrt(size[0] * size[1] / max(len(people), 1))))
    points = place(len(people), pairs, size, radius + 0.5, progress=progress, cancelled=cancelled)
    return _Network(ties, people, Names(hide_names)).scene(points, size, radius, text)


class _Network:
    """Puts one scene together."""

    def __init__(self, ties: Ties, people: list[Who], names: Names) -> None:
        self._ties, self._people, self._names = ties, people, names
        self._who = {who.id: who for who in people}
        self._numbers = {who.id: number for number, who in enumerate(people, 1)}
        for who in people:
            names(who)
        self._of: dict[str, list[Tie]] = {who.id: [] for who in people}
        for tie in ties.ties:
            self._of[tie.one].append(tie)
            self._of[tie.other].append(tie)

    def scene(
        self, points: list[Point], size: tuple[float, float], radius: float, text: float
    ) -> Scene:
        """The whole of it."""
        marks = [
            Mark(x, y, radius * self._weight(who), who.shape,
                 "dark" if who.id == self._ties.focus else "plain", who.id, self._said(who),
                 barred=who.do_not_contact)
            for who, (x, y) in zip(self._people, points, strict=True)
        ]  # fmt: skip
        by_id = {mark.key: mark for mark in marks}
        lines = list(self._lines(by_id))
        taken = Taken()
        labelled = self._labels(marks, size, text, taken)
        words = self._tie_words(by_id, size, text, taken)
        items: list[Item] = [*lines, *words, *marks, *labelled.texts]
        return Scene(
            "network", self._title(), size, self._description(), tuple(items), self._table(),
            self._legend(), self._notes(labelled), details=self._details(),
        )  # fmt: skip

    def _weight(self, who: Who) -> float:
        """The one looked at is drawn as large as there is room for, the others alike."""
        return 1.0 if who.id == self._ties.focus else 0.92

    # -- what is drawn -----------------------------------------------------------------

    def _lines(self, marks: Mapping[str, Mark]) -> Iterable[Line]:
        """Each tie from edge to edge; several between the same two lie side by side."""
        pairs: dict[tuple[str, str], list[Tie]] = {}
        for tie in self._ties.ties:
            pairs.setdefault((min(tie.one, tie.other), max(tie.one, tie.other)), []).append(tie)
        for some in pairs.values():
            for index, tie in enumerate(some):
                aside = (index - (len(some) - 1) / 2) * 3.0
                if tie.one > tie.other:
                    aside = -aside
                look = LOOKS.get(tie.kind, _OTHER)
                ends = _between(marks[tie.one], marks[tie.other], aside, look.arrow)
                words = f"{self._name(tie.one)}: {tie.words.lower()} {self._name(tie.other)}"
                yield Line(ends, look.tone, look.width, look.stroke, look.arrow, tie.key, words)

    def _tie_words(
        self, marks: Mapping[str, Mark], size: tuple[float, float], text: float, taken: Taken
    ) -> Iterable[Text]:
        """What ties two, between them, where there are few ties and it has room."""
        if len(self._ties.ties) > FEW_TIES:
            return
        pairs: dict[tuple[str, str], list[str]] = {}
        for tie in self._ties.ties:
            known = pairs.setdefault((min(tie.one, tie.other), max(tie.one, tie.other)), [])
            if tie.words.lower() not in known:
                known.append(tie.words.lower())
        for (one, other), words in pairs.items():
            first, last, said = marks[one], marks[other], ", ".join(words)
            for share in (0.5, 0.38, 0.62, 0.28, 0.72):
                x, y = first.x + (last.x - first.x) * share, first.y + (last.y - first.y) * share
                made = Text(x, y + text * 0.3, said, text * 0.85, "muted", anchor="middle",
                            ground="surface")  # fmt: skip
                if fits(made, width(said, text * 0.85), size, taken):
                    yield made
                    break

    def _labels(
        self, marks: list[Mark], size: tuple[float, float], text: float, taken: Taken
    ) -> Labelled:
        """Names: of the one looked at first, then of those with many ties, which stand out."""
        order = sorted(
            marks,
            key=lambda m: (m.key != self._ties.focus, -len(self._of[m.key]), self._numbers[m.key]),
        )
        wishes = [
            Wish(mark, self._name(mark.key), str(self._numbers[mark.key]),
                 mark.key == self._ties.focus or len(self._of[mark.key]) >= _HUB)
            for mark in order
        ]  # fmt: skip
        return label(wishes, size, text, taken=taken, ground="surface")

    # -- words -------------------------------------------------------------------------

    def _name(self, key: str) -> str:
        return self._names(self._who[key])

    def _phrase(self, tie: Tie, who: str) -> str:
        """A tie as one of its ends tells it."""
        if tie.one == who:
            said = f"{tie.words.lower()} {self._name(tie.other)}"
        else:
            said = f"{self._name(tie.one)} {tie.words.lower()} them"
        if tie.role:
            said += f" as {tie.role.lower()}"
        if tie.started or tie.ended:
            said += f" ({_days(tie.started, tie.ended)})"
        return said

    def _phrases(self, who: str) -> list[str]:
        mine = sorted(self._of[who], key=lambda t: (t.one != who, t.words, self._name(t.other)))
        return [self._phrase(tie, who) for tie in mine]

    def _said(self, who: Who) -> str:
        """What a screen reader says of one mark."""
        phrases = self._phrases(who.id)
        more = len(phrases) - _SOME
        told = phrases if more <= 1 else [*phrases[:_SOME], f"and {more} more"]
        head = ", ".join(part for part in (self._names(who), who.type_words) if part)
        parts = [head, counted(len(phrases), "link")]
        if who.do_not_contact:
            parts.append("do not contact")
        return f"{'; '.join(parts)}: {'; '.join(told)}" if told else "; ".join(parts)

    def _title(self) -> str:
        if self._ties.focus:
            return f"Who is linked with {self._name(self._ties.focus)}"
        return "Who is linked with whom"

    def _description(self) -> str:
        ties = self._ties
        if not ties.ties:
            return f"A network as of {long_date(ties.on)}. Nobody is linked with anybody yet."
        kinds = Counter(tie.words for tie in ties.ties)
        said = ", ".join(f"{words.lower()} {many:,}" for words, many in kinds.most_common())
        parts = [
            f"A network of {counted(len(self._people), 'stakeholder')} and "
            f"{counted(len(ties.ties), 'link')} as of {long_date(ties.on)}: {said}."
        ]
        most = sorted(self._people, key=lambda w: (-len(self._of[w.id]), self._numbers[w.id]))[:3]
        told = ", ".join(f"{self._names(who)} ({len(self._of[who.id]):,})" for who in most)
        parts.append(f"Most links: {told}.")
        if ties.focus:
            steps = counted(ties.depth, "step")
            parts.append(f"Shown are those within {steps} of {self._name(ties.focus)}.")
        return " ".join(parts)

    def _notes(self, labelled: Labelled) -> tuple[str, ...]:
        ties = self._ties
        found = [*self._names.note]
        if ties.scope:
            found.append(f"Only {ties.scope}.")
        if not ties.sensitive:
            found.append("Who belongs to a group marked as sensitive is not shown.")
        if ties.alone:
            have = counted(ties.alone, "stakeholder has", "stakeholders have")
            found.append(f"{have} no link and {'is' if ties.alone == 1 else 'are'} not drawn.")
        if ties.left_out:
            left = counted(ties.left_out, "stakeholder")
            found.append(f"{left} with the fewest links are left out: choose a group, or focus on "
                         "one, to see them.")  # fmt: skip
        if labelled.numbers:
            found.append("A number stands for a name where there is no room: it is the row’s in "
                         "the table.")  # fmt: skip
        if labelled.bare:
            have = counted(labelled.bare, "mark has", "marks have")
            found.append(f"{have} no room for a name or number: the table names everyone.")
        return tuple(found)

    def _legend(self) -> tuple[Entry, ...]:
        found = list(shape_legend(self._people))
        words = {tie.kind: tie.words for tie in self._ties.ties}
        for kind in [*LOOKS, *sorted(set(words) - set(LOOKS))]:
            if kind in words:
                look = LOOKS.get(kind, _OTHER)
                sign = Line(((0, 0), (20, 0)), look.tone, look.width, look.stroke, look.arrow)
                found.append(Entry(sign, words[kind]))
        return tuple(found)

    def _table(self) -> Table:
        headings = ("No.", "Name", "Stakeholder type", "Links", "Linked with")
        rows = tuple(
            (str(self._numbers[who.id]), self._names(who), who.type_words,
             str(len(self._of[who.id])), "; ".join(self._phrases(who.id)))
            for who in self._people
        )  # fmt: skip
        return Table(headings, rows, tuple(who.id for who in self._people))

    def _details(self) -> Table:
        headings = ("From", "Is what", "To", "Role", "Since", "Until")
        ordered = sorted(
            self._ties.ties,
            key=lambda t: (self._numbers[t.one], t.words, self._numbers[t.other], t.key),
        )
        rows = tuple(
            (self._name(t.one), t.words, self._name(t.other), t.role, _day(t.started),
             _day(t.ended))
            for t in ordered
        )  # fmt: skip
        return Table(headings, rows, tuple(tie.key for tie in ordered))


def _between(one: Mark, other: Mark, aside: float, arrow: bool) -> tuple[Point, Point]:
    """From edge to edge, shifted aside by so many points."""
    far = math.hypot(other.x - one.x, other.y - one.y) or 1.0
    across, down = (other.x - one.x) / far, (other.y - one.y) / far
    begin, end = one.radius, other.radius + (1.0 if arrow else 0.0)
    return (
        (one.x + across * begin - down * aside, one.y + down * begin + across * aside),
        (other.x - across * end - down * aside, other.y - down * end + across * aside),
    )


def _day(day: dt.date | None) -> str:
    return f"{day.day}/{day.month}/{day.year}" if day else ""


def _days(first: dt.date | None, last: dt.date | None) -> str:
    if first and last:
        return f"{_day(first)} to {_day(last)}"
    return f"since {_day(first)}" if first else f"until {_day(last)}"
