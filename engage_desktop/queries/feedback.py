"""What people told us, counted.

An answer to the Friends and Family Test counts once a person: it stands on the response, not on
its comments. Don't know and Neither stay in the denominator. Source: facts D.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from db.reader import Reader
from engage_desktop.records.feedback import FFT

ANSWERS = tuple(choice.code for choice in FFT if choice.code != "not_asked")
POSITIVE = ("very_good", "good")
NEGATIVE = ("poor", "very_poor")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which responses are counted. Dates are both included; "" and None mean any."""

    since: dt.date | None = None
    until: dt.date | None = None
    service: str = ""
    provider: str = ""
    event: str = ""

    def where(self) -> tuple[str, list[Any]]:
        """SQL over `response AS r`, with its parameters."""
        parts: list[str] = ["r.state = 0"]
        params: list[Any] = []
        for name, value in (("service", self.service), ("provider", self.provider)):
            if value:
                parts.append(f"r.{name} = ?")
                params.append(value)
        if self.since:
            parts.append("r.received_on >= ?")
            params.append(self.since.isoformat())
        if self.until:
            parts.append("r.received_on <= ?")
            params.append(self.until.isoformat())
        if self.event:
            parts.append("r.event = (SELECT pk FROM record WHERE id = ?)")
            params.append(bytes.fromhex(self.event))
        return " AND ".join(parts), params

    @property
    def everything(self) -> bool:
        """True when nothing is left out."""
        return self == Scope()


@dataclass(frozen=True, slots=True)
class FftSummary:
    """Counts of people by their answer, and how many were not asked."""

    counts: Mapping[str, int]
    not_asked: int

    @property
    def answered(self) -> int:
        """People who gave any of the six answers."""
        return sum(self.counts.values())

    @property
    def positive_percent(self) -> float | None:
        """Very good and good among all answers, one decimal; None when nobody answered."""
        return self._percent(POSITIVE)

    @property
    def negative_percent(self) -> float | None:
        """Poor and very poor among all answers, one decimal; None when nobody answered."""
        return self._percent(NEGATIVE)

    def _percent(self, codes: tuple[str, ...]) -> float | None:
        if not self.answered:
            return None
        return round(100 * sum(self.counts[code] for code in codes) / self.answered, 1)

    def to_json(self) -> dict[str, Any]:
        """As `engage summary WS fft --json` gives it."""
        return {
            "counts": dict(self.counts),
            "not_asked": self.not_asked,
            "answered": self.answered,
            "positive_percent": self.positive_percent,
            "negative_percent": self.negative_percent,
        }


@dataclass(frozen=True, slots=True)
class ThemeCount:
    """A theme and how many comments fall under it. `answered` says it has a "we did"."""

    id: str
    name: str
    comments: int
    answered: bool = False


def fft_summary(reader: Reader, scope: Scope | None = None) -> FftSummary:
    """Count people by their answer."""
    where, params = (scope or Scope()).where()
    rows = reader.sql(
        f"SELECT coalesce(r.fft, 'not_asked'), count(*) FROM response r WHERE {where} GROUP BY 1",
        params,
    )
    return _summary(dict(rows))


def fft_by_service(reader: Reader) -> dict[str, FftSummary]:
    """Count people by the service they spoke of, then by their answer; services by name."""
    rows = reader.sql(
        "SELECT r.service, coalesce(r.fft, 'not_asked'), count(*) FROM response r "
        "WHERE r.state = 0 AND coalesce(r.service, '') <> '' GROUP BY 1, 2 ORDER BY 1"
    )
    found: dict[str, dict[str, int]] = {}
    for service, code, count in rows:
        found.setdefault(str(service), {})[str(code)] = int(count)
    return {service: _summary(counts) for service, counts in found.items()}


def _summary(found: Mapping[str, int]) -> FftSummary:
    return FftSummary(
        {code: int(found.get(code, 0)) for code in ANSWERS}, int(found.get("not_asked", 0))
    )


def theme_counts(reader: Reader, scope: Scope | None = None) -> list[ThemeCount]:
    """Every theme with its comments, most first, then by name; themes with none are left out."""
    scope = scope or Scope()
    where, params = scope.where()
    join = "" if scope.everything else "JOIN response r ON r.pk = c.response"
    condition = "1" if scope.everything else where
    rows = reader.sql(
        "SELECT lower(hex(x.id)), x.title, count(*), EXISTS (SELECT 1 FROM you_said y WHERE "
        "y.state = 0 AND y.theme = s.element AND coalesce(y.we_did, '') <> '') "
        f"FROM comment__themes s JOIN comment c ON c.pk = s.pk {join} "
        "JOIN record x ON x.pk = s.element "
        f"WHERE c.state = 0 AND x.state = 0 AND {condition} "
        "GROUP BY s.element ORDER BY 3 DESC, 2",
        [] if scope.everything else params,
    )
    return [ThemeCount(str(i), str(n), int(c), bool(a)) for i, n, c, a in rows]


def comment_counts(reader: Reader, scope: Scope | None = None) -> tuple[int, int]:
    """(comments with words, comments asked and not answered)."""
    scope = scope or Scope()
    where, params = scope.where()
    rows = reader.sql(
        "SELECT coalesce(c.answered, 1), count(*) FROM comment c "
        f"LEFT JOIN response r ON r.pk = c.response WHERE c.state = 0 AND ({where} OR "
        f"({int(scope.everything)} AND c.response IS NULL)) GROUP BY 1",
        params,
    )
    found = {bool(answered): int(n) for answered, n in rows}
    return found.get(True, 0), found.get(False, 0)


def monthly_fft(reader: Reader, months: int = 12) -> list[tuple[str, int, int, int]]:
    """(month YYYY-MM, positive, negative, answered) of the last months that have answers."""
    rows = reader.sql(
        "SELECT substr(r.received_on, 1, 7), sum(r.fft IN ('very_good', 'good')), "
        "sum(r.fft IN ('poor', 'very_poor')), count(*) FROM response r WHERE r.state = 0 "
        "AND r.received_on IS NOT NULL AND coalesce(r.fft, 'not_asked') <> 'not_asked' "
        "GROUP BY 1 ORDER BY 1 DESC LIMIT ?",
        [months],
    )
    return [(str(m), int(p), int(n), int(a)) for m, p, n, a in reversed(rows)]


def distinct(reader: Reader, column: str, limit: int = 200) -> list[str]:
    """The services or providers that responses name, most used first."""
    if column not in ("service", "provider", "place"):
        raise ValueError(column)
    rows = reader.sql(
        f"SELECT r.{column}, count(*) FROM response r WHERE r.state = 0 "
        f"AND coalesce(r.{column}, '') <> '' GROUP BY 1 ORDER BY 2 DESC LIMIT ?",
        [limit],
    )
    return [str(row[0]) for row in rows]
