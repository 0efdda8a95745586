"""For lists and counts: the rule of `stakeholders.permissions`, in SQL, over every stakeholder.

A test with made-up histories holds the two equal.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from engage_desktop.stakeholders.permissions import WITHOUT_CONTACT

_LINES = """
SELECT p.stakeholder AS pk,
  CASE WHEN p.withdrawn_on IS NOT NULL THEN 5
       WHEN p.answer = 'no' THEN 4
       WHEN p.answer = 'yes' THEN CASE WHEN p.until < now.day THEN 3 ELSE 1 END
       ELSE 2 END AS strict,
  min(coalesce(p.withdrawn_on, p.given_on,
               CASE WHEN p.answer = 'no' THEN now.day ELSE '0000-00-00' END), now.day) AS day
FROM permission p JOIN now ON p.purpose = now.purpose
WHERE p.state = 0 AND p.stakeholder IS NOT NULL
"""
_TOP = "SELECT pk, max(day || strict) AS top FROM lines GROUP BY pk"
_STATES = {5: "withdrawn", 4: "no", 3: "ran_out", 2: "not_asked", 1: "yes"}
_SAID = " ".join(f"WHEN '{strict}' THEN '{state}'" for strict, state in _STATES.items())

_HELD = f"""
WITH now(day, purpose, reaches) AS (SELECT ?, ?, ?), lines AS ({_LINES}), top AS ({_TOP}),
answered AS (
  SELECT s.pk, coalesce(CASE substr(top.top, -1) {_SAID} END, 'not_asked') AS said,
    CASE WHEN now.purpose = 'bulletin' THEN coalesce(s.bulletin, '') ELSE '' END AS field,
    coalesce(s.do_not_contact, 0) AND now.reaches AS barred
  FROM stakeholder s CROSS JOIN now LEFT JOIN top ON top.pk = s.pk WHERE s.state = 0)
SELECT pk, CASE
    WHEN field = 'no' AND said IN ('yes', 'ran_out', 'not_asked') THEN 'no'
    WHEN field = 'yes' AND said = 'not_asked' THEN 'yes'
    ELSE said END AS said, barred
FROM answered
"""


def held_sql(purpose: str, today: dt.date) -> tuple[str, list[Any]]:
    """A query with a row for each stakeholder outside the bin: `pk`, `said` (a state of
    `stakeholders.permissions`) and `barred` (1 where “do not contact” stands above it), and its
    parameters. Permitted is `said = 'yes' AND NOT barred`. It can stand inside another query.
    """
    return _HELD, [today.isoformat(), purpose, int(purpose not in WITHOUT_CONTACT)]
