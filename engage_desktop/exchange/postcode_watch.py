"""Postcodes of a file that may be wrong: taken as they are, counted and listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from db.fields import FieldType
from db.record import Record
from engage_desktop.plain import counted

_WORDS = {
    "not_known": "not in use",
    "no_district": "in no district there is",
    "not_real": "in no real area",
    "no_form": "not written like one",
}


class PostcodeWatch:
    """Looks at every postcode that is kept, and remembers those to look at again."""

    def __init__(self) -> None:
        self.doubtful: list[tuple[int, str, str]] = []
        self._why: Counter[str] = Counter()

    def see(self, row: int, cls: type[Record], values: Mapping[str, Any]) -> None:
        """Look at the postcodes among values that a row brings."""
        for name, spec in cls.specs().items():
            value = values.get(name)
            if spec.type is FieldType.POSTCODE and value:
                from engage_desktop.stakeholders.postcodes import check

                found = check(str(value))
                if found.doubtful:
                    self.doubtful.append((row, str(value), found.words))
                    self._why[found.standing.value] += 1

    def notes(self) -> list[str]:
        """How many are doubtful, and why, in one sentence."""
        if not self.doubtful:
            return []
        from engage_desktop.stakeholders.postcodes import as_of

        parts = [f"{self._why[why]:,} {words}" for why, words in _WORDS.items() if self._why[why]]
        return [
            f"{counted(len(self.doubtful), 'postcode')} may be wrong by the list of {as_of()} "
            f"({', '.join(parts)}); each is kept and listed."
        ]
