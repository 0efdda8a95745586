"""Where a stakeholder stands on a map of two scores, and what that asks of us.

Source: facts H (power and interest; the NHS variant with power and impact; its warning that
patients land in “inform”).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from engage_desktop.records.stakeholder import ATTITUDES, LEVELS, SCALE, Stakeholder

AxisName = Literal[
    "power", "interest", "impact", "attitude", "attitude_wanted", "level", "level_wanted"
]
Quadrant = Literal["closely", "satisfied", "informed", "monitor"]

HIGH = 3
"""A score of this or more counts as high: the middle of the scale asks for the closer contact."""

PATIENTS = frozenset({"public", "ppg", "lay_member"})
"""The types that are patients and local people, and those who speak for them in person."""

VULNERABLE = "vulnerable"
"""The matrix group that counts as patients and local people, whatever its types."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One score: its field, its label, and its values with their words, lowest first."""

    name: AxisName
    label: str
    values: tuple[int | str, ...]
    words: tuple[str, ...]

    def said(self, value: int | str | None) -> str:
        """The words of a value; "" for none."""
        return self.words[self.values.index(value)] if value in self.values else ""


def _axis(name: AxisName) -> Axis:
    label = Stakeholder.specs()[name].label
    if name.startswith("level"):
        return Axis(name, label, tuple(c.code for c in LEVELS), tuple(c.label for c in LEVELS))
    limits = ATTITUDES if name.startswith("attitude") else SCALE
    values = tuple(range(int(limits.ge or 0), int(limits.le or 0) + 1))
    if name.startswith("attitude"):
        said = ("Against", "Rather against", "Neutral", "Rather for", "For")
        words = tuple(f"{value:+d} {word}" for value, word in zip(values, said, strict=True))
        return Axis(
            name, label, values, tuple(word.replace("-", "−").replace("+0", "0") for word in words)
        )
    return Axis(name, label, values, tuple(str(value) for value in values))


AXES: Mapping[str, Axis] = {
    name: _axis(name)
    for name in (
        "power", "interest", "impact", "attitude", "attitude_wanted", "level", "level_wanted"
    )
}  # fmt: skip

STRATEGIES: Mapping[Quadrant, str] = {
    "closely": "Manage closely",
    "satisfied": "Keep satisfied",
    "informed": "Keep informed",
    "monitor": "Monitor",
}

WHAT_TO_DO: Mapping[Quadrant, str] = {
    "closely": "involve them in the decision, early and often",
    "satisfied": "meet their needs, and ask before anything that touches them",
    "informed": "tell them, listen, and raise their influence through groups and advocacy",
    "monitor": "watch for changes, with the least effort that is fair",
}


def quadrant(power: int, stake: int) -> Quadrant:
    """Where somebody stands. `power` and `stake` (interest or impact) are 1 to 5."""
    if power >= HIGH:
        return "closely" if stake >= HIGH else "satisfied"
    return "informed" if stake >= HIGH else "monitor"


def is_patient(stakeholder_type: str, matrix_group: str) -> bool:
    """Patients, local people and those who speak for them; takes the codes of the fields."""
    return stakeholder_type in PATIENTS or matrix_group == VULNERABLE


def unheard(placed: Iterable[tuple[bool, int, int]]) -> tuple[int, int]:
    """How many patients (first of each: is it one?) end in “keep informed”, of how many."""
    found = [quadrant(power, stake) for patient, power, stake in placed if patient]
    return found.count("informed"), len(found)


def warning(few: int, many: int, stake: str) -> str:
    """What to say where `few` of `many` patients end in “keep informed”; "" where none does.

    `stake` is the word of the other axis: "interest" or "impact on them".
    """
    if not few:
        return ""
    who = (
        "All patients and local people on this map end"
        if few == many
        else f"{few:,} of the {many:,} patients and local people on this map "
        f"{'ends' if few == 1 else 'end'}"
    )
    return (
        f"{who} in “Keep informed”: little power, but much {stake}. Telling them is not enough. "
        "Raise their influence: bring them together in a group, fund an advocate, give them a seat "
        "where it is decided, and show what became of what they said."
    )
