"""Does a venue meet what people need? Only what was checked and found absent counts as unmet.

A feature nobody has checked is not known: it is never guessed, and a check is asked for
elsewhere. Source: facts G (three-state rule) and mission row E2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from engage_desktop.records.stakeholder import Stakeholder

NEEDED_FEATURES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "wheelchair": ("step_free_entrance", "step_free_rooms", "accessible_toilet"),
        "hoist": ("changing_places",),
        "hearing_loop": ("hearing_loop",),
        "quiet": ("quiet_room",),
        "lipspeaker": ("good_light",),
        "bsl": ("good_light",),
    }
)
"""What a person's need asks of the building; needs met by booking somebody are not here."""


def unmet(needs: Iterable[str], access: Mapping[str, str]) -> list[str]:
    """Labels of the needs that a venue is known not to meet, in the order of the form."""
    wanted = set(needs)
    spec = Stakeholder.specs()["needs"]
    return [
        choice.label
        for choice in spec.choices
        if choice.code in wanted
        and any(access.get(feature) == "no" for feature in NEEDED_FEATURES.get(choice.code, ()))
    ]


def unknown(needs: Iterable[str], access: Mapping[str, str]) -> list[str]:
    """Labels of the needs about which nobody has checked the venue."""
    wanted = set(needs)
    spec = Stakeholder.specs()["needs"]
    return [
        choice.label
        for choice in spec.choices
        if choice.code in wanted
        and any(feature not in access for feature in NEEDED_FEATURES.get(choice.code, ()))
    ]
