"""The lists that matter, from the command line."""

import datetime as dt
import json
from pathlib import Path

from engage_desktop.queries.standing_lists import LISTS
from tests.cli.conftest import Engage


def test_the_lists_are_counted_and_one_is_shown(engage: Engage, ws: Path) -> None:
    today = dt.datetime.now().astimezone().date()
    old = (today - dt.timedelta(days=100)).isoformat()
    people = [
        {"name": "Ada Fell", "last_contact": old, "needs_asked": old},
        {"name": "Bob Moor", "do_not_contact": True},
        {"name": "Cy Hill", "last_contact": today.isoformat()},
    ]
    ada, *_ = [engage("add", ws, "stakeholder", json.dumps(p), "--json").json for p in people]
    found = engage("report", ws, "stakeholders", "--json").json
    counts = {row["list"]: row["count"] for row in found["rows"]}
    assert list(counts) == list(LISTS)
    assert {name for name, count in counts.items() if count} == {"needs-never-asked"}
    shown = ("report", ws, "stakeholders", "--list", "not-contacted", "--months", 2)
    found = engage(*shown, "--json").json
    [row] = found["rows"]
    assert (row["name"], row["since"], row["kind"], row["id"]) == (
        "Ada Fell", old, "stakeholder", ada["id"],
    )  # fmt: skip
    assert found["totals"] == {"count": 1, "do_not_contact": 1}
    words = engage(*shown).out
    assert "Ada Fell" in words
    assert "do_not_contact 1" in words


def test_a_sensitive_seat_is_listed_only_when_asked_for(engage: Engage, ws: Path) -> None:
    data = {"name": "Faith Forum", "nature": "group", "reveals": True}
    group = engage("add", ws, "stakeholder", json.dumps(data), "--json").json["id"]
    engage("add", ws, "membership", json.dumps({"group": group, "term_ends": "2020-01-01"}))
    shown = ("report", ws, "stakeholders", "--list", "terms", "--json")
    assert engage(*shown).json == {"rows": [], "totals": {"count": 0, "sensitive": 1}}
    [row] = engage(*shown, "--sensitive").json["rows"]
    assert row["what"] == "Member, Faith Forum: term ended on 1 Jan 2020"


def test_what_is_no_list_is_said(engage: Engage, ws: Path) -> None:
    ran = engage("report", ws, "stakeholders", "--list", "nobody", "--json")
    assert ran.code == 1
    assert "not-contacted" in ran.error["sentence"]
    assert engage("report", ws, "fft", "--list", "terms").code != 0
    assert engage("report", ws, "stakeholders", "--months", 0).code != 0
