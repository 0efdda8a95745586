"""What a grid says in words: its description, its table, its legend, and what to act on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from engage_desktop.maps.cells import Placed
from engage_desktop.maps.people import Names, Scored, Scores, shape_legend
from engage_desktop.maps.scene import Advice, Area, Entry, Line, Mark, Table, rectangle
from engage_desktop.maps.views import Cell, View
from engage_desktop.plain import counted, long_date
from engage_desktop.stakeholders.influence import (
    STRATEGIES,
    WHAT_TO_DO,
    Quadrant,
    is_patient,
    quadrant,
    unheard,
    warning,
)

QUADRANT_TONES: Mapping[Quadrant, str] = {
    "closely": "info", "satisfied": "band", "informed": "warning", "monitor": "surface"
}  # fmt: skip


class Found:
    """Everyone on one grid, in the order of reading, and what is to be said of them."""

    def __init__(
        self,
        scores: Scores,
        view: View,
        names: Names,
        people: Sequence[Scored],
        moved: Mapping[str, Cell],
    ) -> None:
        self.scores, self.view, self.names, self.people = scores, view, names, people
        self.moved = moved
        self._barred = any(one.who.do_not_contact for one in people)
        self.numbers = {one.who.id: number for number, one in enumerate(people, 1)}

    def words(self, one: Scored) -> str:
        """What a screen reader says of one mark."""
        who = one.who
        parts = [", ".join(part for part in (self.names(who), who.type_words) if part)]
        parts.append(", ".join(self.view.said(one.now)))
        parts.append(self.view.strategy(one.now).lower())
        if who.id in self.moved:
            parts.append(f"at {self.scores.occasion}: {', '.join(self.view.said(one.then))}")
        if who.do_not_contact:
            parts.append("do not contact")
        return "; ".join(part for part in parts if part)

    def description(self) -> str:
        """A paragraph that stands for the picture."""
        view = self.view
        across, up = view.x, view.y
        parts = [
            f"A grid of {up.label.lower()} (upwards, {up.words[0]} to {up.words[-1]}) and "
            f"{across.label.lower()} (to the right, {across.words[0]} to {across.words[-1]}) with "
            f"{counted(len(self.people), 'stakeholder')}."
        ]
        if self.people:
            parts += self._standing()
        if self.scores.occasion:
            have = counted(len(self.moved), "stakeholder has", "stakeholders have")
            parts.append(f"{have} moved since {self._occasion()}; “then” in the table is that day.")
        return " ".join(parts)

    def _standing(self) -> Iterable[str]:
        view = self.view
        if view.strategic:
            counts = Counter(view.strategy(one.now) for one in self.people)
            said = (
                f"{words}: {counts[words]:,} ({WHAT_TO_DO[name]})"
                for name, words in STRATEGIES.items()
            )
            yield "; ".join(said) + "."
        elif view.wanted:
            cells = [cell for one in self.people if (cell := view.cell(one.now)) is not None]
            same = sum(column == row for column, row in cells)
            below = sum(column < row for column, row in cells)
            above = len(cells) - same - below
            yield f"{same:,} stand where we want them, {below:,} below it, {above:,} above it."

    def _occasion(self) -> str:
        day = self.scores.occasion_day
        return f"“{self.scores.occasion}”" + (f" ({long_date(day)})" if day else "")

    def advice(self) -> tuple[Advice, ...]:
        """The warning of facts H, where patients and local people are only kept informed."""
        if not self.view.strategic:
            return ()
        stood = [
            (one.who.id, is_patient(one.who.type, one.who.group), int(one.now["power"]),
             int(one.now[self.view.x.name]))
            for one in self.people
        ]  # fmt: skip
        few, many = unheard(row[1:] for row in stood)
        said = warning(few, many, self.view.x.label.lower())
        keys = tuple(
            key for key, patient, power, stake in stood
            if patient and quadrant(power, stake) == "informed"
        )  # fmt: skip
        return (Advice(said, keys),) if said else ()

    def notes(self, placed: Sequence[Placed]) -> tuple[str, ...]:
        """What was left out, and how to read what is drawn."""
        found = [*self.names.note]
        if self.scores.scope:
            found.append(f"Only {self.scores.scope}.")
        if others := self.scores.others_count:
            scores = f"{self.view.y.label.lower()} or {self.view.x.label.lower()}"
            have = counted(others, "stakeholder has", "stakeholders have")
            are = "is" if others == 1 else "are"
            found.append(f"{have} no score for {scores} and {are} not on the map.")
        if any(item.numbered for item in placed):
            found.append("A number stands for a name where there is no room: it is the row’s in "
                         "the table.")  # fmt: skip
        if missing := sum(item.more for item in placed):
            have = counted(missing, "stakeholder has", "stakeholders have")
            found.append(f"{have} no room in the picture: see the table.")
        if gone := self.scores.gone:
            had = counted(gone, "stakeholder")
            found.append(f"{had} had both scores at {self._occasion()} and not today.")
        if self.view.wanted and self.scores.occasion:
            found.append("What is wanted was not frozen: arrows show how far we have come.")
        return tuple(found)

    def legend(self) -> tuple[Entry, ...]:
        """The signs in use."""
        found = list(shape_legend(one.who for one in self.people))
        box = rectangle(0, 0, 12, 9)
        if self.moved:
            was = f"Where they stood at {self._occasion()}"
            found.append(Entry(Mark(0, 0, 3.5, "disc", "muted", ghost=True), was))
            today = Line(((0, 0), (18, 0)), "muted", 0.9, arrow=True)
            found.append(Entry(today, "To where they stand today"))
        if self.view.strategic:
            found += [
                Entry(Area(box, QUADRANT_TONES[name], 0.7), f"{words}: {WHAT_TO_DO[name]}")
                for name, words in STRATEGIES.items()
            ]
        elif self.view.wanted:
            found.append(Entry(Area(box, "good", 0.7), "Where we want them"))
        return tuple(found)

    def table(self) -> Table:
        """A row for each stakeholder, in the order of reading."""
        view = self.view
        headings = ["No.", "Name", "Stakeholder type", "Matrix group", view.y.label, view.x.label]
        if view.strategic:
            headings.append("Strategy")
        if self.scores.occasion:
            headings += [f"{view.y.label} then", f"{view.x.label} then"]
        if self._barred:
            headings.append("Do not contact")
        rows = tuple(self._row(one) for one in self.people)
        return Table(tuple(headings), rows, tuple(one.who.id for one in self.people))

    def _row(self, one: Scored) -> tuple[str, ...]:
        who, axes = one.who, (self.view.y, self.view.x)
        row = [str(self.numbers[who.id]), self.names(who), who.type_words, who.group_words]
        row += [axis.said(one.now.get(axis.name)) for axis in axes]
        if self.view.strategic:
            row.append(self.view.strategy(one.now))
        if self.scores.occasion:
            row += [axis.said((one.before or {}).get(axis.name)) for axis in axes]
        if self._barred:
            row.append("Yes" if who.do_not_contact else "")
        return tuple(row)
