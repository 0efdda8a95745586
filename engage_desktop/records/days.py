"""Days that follow one another: one rule for every kind that holds two."""

from __future__ import annotations

import datetime as dt


def in_order(first: dt.date | None, last: dt.date | None, late: str, early: str) -> None:
    """Raises `ValueError` where the day labelled `late` lies before the one labelled `early`."""
    if first is not None and last is not None and last < first:
        raise ValueError(f"“{late}” lies before “{early}”. One of the two days is wrong.")


__all__ = ["in_order"]
