"""The accessible information standard's lists, as choices of a record.

Source: `resources/reference/communication_needs.json` (DAPB1605, facts B2). The lists are shipped
for the organisation to add to: every field that offers one takes other words too.
"""

from __future__ import annotations

from functools import cache

import resources
from db.fields import Choice
from engage_desktop.records import words as w


@cache
def listed(category: str) -> tuple[Choice, ...]:
    """One of the standard's lists. A code is the list's own without the category before it."""
    return tuple(
        Choice(str(item["code"]).removeprefix(f"{category}_"), str(item["label"]))
        for item in resources.reference("communication_needs").items
        if item["category"] == category
    )


@cache
def languages() -> tuple[Choice, ...]:
    """Languages asked for in England, the signed ones first."""
    items = resources.reference("languages").items
    return tuple(Choice(str(item["code"]), str(item["label"])) for item in items)


MAY_BE_TOLD = w.choices(
    team="Our engagement team",
    event_staff="Staff at an event",
    interpreter="Interpreters and notetakers",
    venue="The venue",
    practice="Their GP practice",
    partner="Partner organisations",
)
"""With whom a need may be shared (step four of the standard)."""

MET = w.choices(yes="Yes", partly="Partly", no="No")
"""Was the need met the last time (step five)?"""
