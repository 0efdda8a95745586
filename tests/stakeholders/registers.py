"""Small registers to merge in: stakeholders that are linked in every way there is."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from db.changes import Applied
from db.reader import Reader
from engage_desktop.merging import MergePlan, merge, merging_of, plan_merge
from engage_desktop.unmerging import unmerge
from tests.db.laptops import Laptop

HISTORY = ("merging", "distinct")
"""What a merge and its taking back leave behind."""


def person(laptop: Laptop, name: str, **values: Any) -> str:
    """A stakeholder; its id."""
    return laptop.add("stakeholder", name=name, **values)


def plan(laptop: Laptop, kept: str, away: str) -> MergePlan:
    """What a merge would do, by a reader of its own."""
    with closing(laptop.store.reader()) as reader:
        return plan_merge(laptop.store, reader, kept, away)


def merged(laptop: Laptop, kept: str, away: str, **chosen: Any) -> str:
    """Merge; the id of the merge."""
    return merging_of(merge(laptop.store, plan(laptop, kept, away), chosen))


def taken_back(laptop: Laptop, merging: str) -> Applied:
    """Unmerge."""
    return unmerge(laptop.store, merging)


def linked(laptop: Laptop, one: str, other: str) -> dict[str, str]:
    """Records that lead to one of two stakeholders, or both, by every link there is."""
    add = laptop.add
    made = {
        "call": add("interaction", stakeholder=other, subject="Call", day="2026-01-02"),
        "meeting": add("interaction", stakeholder=one, others=[other], subject="Meeting"),
        "event": add("event", name="Forum", invited=[one, other]),
        "stand": add("event", name="Stand", invited=[other]),
        "response": add("response", respondent=other, fft="good"),
        "permission": add("permission", stakeholder=other, purpose="quotes", answer="no"),
        "training": add("training", person=other, course="Chairing"),
        "score": add("assessment", stakeholder=other, name="Start", power=3),
        "note": add("confidential_note", stakeholder=other, text="A worry"),
        "letter": add("attachment", filename="letter.pdf", owner=other),
        "worker": add("stakeholder", name="Worker", organisation=other),
    }
    group = add("stakeholder", name="Carers Forum", nature="group")
    made["seat"] = add("membership", member=other, group=group, role="chair")
    made["one seat"] = add("membership", member=one, group=group, role="member")
    made["twice"] = add("membership", member=other, group=group, role="member")
    made["advises"] = add("relationship", one=group, tie="advises", other=other)
    made["between"] = add("relationship", one=one, tie="works_with", other=other)
    made["sits in it"] = add("membership", member=group, group=other)
    return made


def shown(laptop: Laptop) -> Mapping[tuple[str, str], Any]:
    """All that an officer sees but what a merge and its taking back leave behind: state, title and
    values by kind and id."""
    return {
        key: (said[0], said[1], said[3])
        for key, said in laptop.everything()["records"].items()
        if key[0] not in HISTORY
    }


def leads_to(reader: Reader, record_id: str) -> list[tuple[str, str]]:
    """What outside the bin leads to a stakeholder."""
    from engage_desktop.queries.merges import pointing_at

    return sorted(pointing_at(reader, record_id))
