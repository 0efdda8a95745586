"""Two days of a record that cannot be the other way round: one sentence, whatever the kind."""

from __future__ import annotations

import pytest

from db.errors import InvalidInput
from db.record import validated
from engage_desktop.records.registry import REGISTRY

PAIRS = [
    ("membership", "started", "ended", {}),
    ("membership", "started", "term_ends", {}),
    ("relationship", "started", "ended", {}),
    ("training", "done_on", "valid_until", {"course": "Chairing"}),
    ("permission", "given_on", "until", {"purpose": "quotes"}),
    ("permission", "given_on", "withdrawn_on", {"purpose": "quotes"}),
]


@pytest.mark.parametrize(("kind", "early", "late", "more"), PAIRS)
def test_the_later_day_does_not_lie_before_the_earlier(
    kind: str, early: str, late: str, more: dict[str, str]
) -> None:
    cls = REGISTRY[kind]
    values = {"id": "1" * 32, **more, early: "2026-05-02"}
    for day in (None, "2026-05-02", "2026-05-03"):
        validated(cls, {**values, late: day})
    validated(cls, {"id": "1" * 32, **more, late: "2026-05-01"})
    with pytest.raises(InvalidInput) as caught:
        validated(cls, {**values, late: "2026-05-01"})
    first, last = (cls.specs()[name].label for name in (early, late))
    assert caught.value.sentence == (
        f"“{last}” lies before “{first}”. One of the two days is wrong."
    )
