"""Duplicates on the command line: found, merged, taken back, and told apart for good."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Engage


@pytest.fixture
def two(engage: Engage, ws: Path) -> tuple[str, str]:
    """Jane, twice, the second with a call."""
    ids = []
    for values in (
        {"name": "Elizabeth Okafor", "email": "liz@example.org", "bulletin": "yes"},
        {"name": "Okafor, Liz", "email": "liz@example.org", "phone": "01632 960111",
         "bulletin": "no"},
    ):  # fmt: skip
        ran = engage("add", ws, "stakeholder", json.dumps(values), "--json")
        assert ran.code == 0, ran.err
        ids.append(ran.json["id"])
    call = {"stakeholder": ids[1], "subject": "Call"}
    assert engage("add", ws, "interaction", json.dumps(call)).code == 0
    return ids[0], ids[1]


def test_found_merged_and_taken_back(engage: Engage, ws: Path, two: tuple[str, str]) -> None:
    one, other = two
    found = engage("duplicates", ws, "--json").json
    assert found["total"] == 1
    row = found["rows"][0]
    assert {row["one"], row["other"]} == {one, other}
    assert "Same e-mail address" in row["reasons"]
    assert 0.5 <= row["score"] <= 1
    assert "Same e-mail address" in engage("duplicates", ws).out

    before = engage("show", ws, "stakeholder", one, "--json").json
    plan = engage("merge", ws, one, other, "--preview", "--json").json
    assert plan["merging"] is None
    assert engage("show", ws, "stakeholder", one, "--json").json == before
    fields = {field["field"]: field["proposed"] for field in plan["fields"]}
    assert fields["bulletin"] == "no"
    ran = engage("merge", ws, one, other, "--values", '{"name": "Liz Okafor"}', "--json")
    assert ran.code == 0, ran.err
    assert {f["field"]: f["now"] for f in ran.json["fields"]}["name"] == "Liz Okafor"
    assert engage("duplicates", ws, "--json").json["total"] == 0
    again = engage("merge", ws, one, other)
    assert "merged already" in again.out

    apart = engage("put-back", ws, "stakeholder", other)
    assert apart.code == 1
    assert "take the merge back" in apart.err
    told = engage("unmerge", ws, other, "--preview")
    assert "Nothing is changed yet" in told.out
    back = engage("unmerge", ws, other, "--json").json
    assert back["links"] == 1
    assert back["merging"] == ran.json["merging"]
    after = engage("show", ws, "stakeholder", one, "--json").json
    assert after == before
    calls = engage("list", ws, "interaction", "--json").json["rows"]
    assert [row["stakeholder"] for row in calls] == [other]


def test_two_that_are_two(engage: Engage, ws: Path, two: tuple[str, str]) -> None:
    ran = engage("not-duplicates", ws, *two, "--json")
    assert ran.json["change_set"]
    assert engage("not-duplicates", ws, *two, "--json").json["change_set"] == ""
    assert engage("duplicates", ws, "--json").json == {"total": 0, "rows": []}


def test_what_cannot_be_done_is_a_sentence(engage: Engage, ws: Path, two: tuple[str, str]) -> None:
    one, other = two
    for arguments, words in (
        (("merge", ws, one, one), "itself"),
        (("merge", ws, one, "f" * 32), "no stakeholder"),
        (("merge", ws, one, other, "--values", '{"bulletin": "yes"}'), "stricter"),
        (("merge", ws, one, other, "--values", '{"colour": "blue"}'), "colour"),
        (("unmerge", ws, one), "was not merged"),
        (("unmerge", ws, "f" * 32), "no merge"),
        (("unmerge", ws, "Jane"), "not the id"),
        (("not-duplicates", ws, one, one), "not two"),
    ):
        ran = engage(*arguments, "--json")
        assert ran.code == 1, arguments
        assert words in ran.error["sentence"], ran.error
    assert engage("merge", ws, one, other).code == 0
    ran = engage("unmerge", ws, one)
    assert ran.code == 1
    assert other in ran.err, "it names what was merged into it"
