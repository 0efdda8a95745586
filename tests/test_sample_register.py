"""The sample's register: 400 readers of the bulletin, places, seats, ties and scores, all whole."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator

import pytest

import resources
from db.keys import CHEAP
from db.query import Condition, ListQuery
from db.reader import Reader
from engage_desktop import sample
from engage_desktop.duplicates import find_duplicates
from engage_desktop.queries.peopled import peopled
from engage_desktop.queries.permissions import held_sql
from engage_desktop.records.registry import REGISTRY
from engage_desktop.sample_readers import permissions, readers
from engage_desktop.workspace import Surroundings, Workspace

TODAY = dt.date(2026, 11, 24)
LINKING = ("memberships", "relationships", "training", "contacts", "scores")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    made, _ = Workspace.create(
        tmp_path_factory.mktemp("sample") / "w",
        officer="Ada",
        passphrase="four green buses",
        around=Surroundings(cost=CHEAP),
    )
    with made:
        sample.fill(made.store, today=TODAY)
        reading = made.store.reader()
        yield reading
        reading.close()


def named(reader: Reader, id_: str) -> str:
    return str(reader.get("stakeholder", id_).model_dump()["name"])


def test_four_hundred_may_be_sent_the_bulletin(reader: Reader) -> None:
    query, params = held_sql("bulletin", TODAY)
    said = Counter((row[1], bool(row[2])) for row in reader.sql(query, params))
    assert said["yes", False] == 400
    assert said["no", False] >= 10
    assert said["withdrawn", False] >= 5
    assert said["ran_out", False] >= 5
    assert said["not_asked", True] >= 3
    ticked = ListQuery("stakeholder", where=(Condition("bulletin", "=", "yes"),))
    assert reader.count(ticked) == 400


def test_six_people_are_there_twice_and_found(reader: Reader) -> None:
    pairs = {
        frozenset((named(reader, pair.one), named(reader, pair.other)))
        for pair in find_duplicates(reader)
    }
    twice = [row["name"] for row in readers() if row["key"].startswith("t")]
    planted = {frozenset(twice[at : at + 2]) for at in range(0, len(twice), 2)}
    assert len(planted) == 6
    assert pairs == planted


def test_nobody_else_has_another_s_name_or_way_to_be_reached() -> None:
    once = [row for row in readers() if not row["key"].startswith("t")]
    for field in ("name", "email", "phone"):
        held = [row[field] for row in once if row.get(field)]
        assert len(held) == len(set(held))
    own = {row["name"] for row in resources.sample("stakeholders")}
    assert not own & {row["name"] for row in readers()}


def test_readers_are_always_the_same_and_can_reach_nobody_real() -> None:
    assert readers() == readers()
    for row in readers():
        assert re.fullmatch(r"[\w.]+@example\.org", row.get("email", "a@example.org"))
        assert re.sub(r"\D", "", row.get("phone", "01632960000")).startswith("01632960")
        assert re.fullmatch(r"ZZ[1-7] \d[A-Z]{2}", row.get("postcode", "ZZ1 1AA"))


def test_every_key_leads_somewhere() -> None:
    people = {row["key"] for name in ("stakeholders", "groups") for row in resources.sample(name)}
    people |= {row["key"] for row in readers()}
    places = {row["key"] for row in resources.sample("places")}
    for name in LINKING:
        for row in resources.sample(name):
            ends = (row.get(key) for key in ("member", "group", "one", "other", "person",
                                             "stakeholder"))  # fmt: skip
            assert {end for end in ends if end} <= people, row
            assert name != "scores" or row["key"] in people
    for row in (*readers(), *resources.sample("stakeholders"), *resources.sample("groups")):
        assert set(row.get("places", ())) <= places
    for row in resources.sample("places"):
        assert row.get("within", "county") in places
    assert {row["stakeholder"] for row in permissions()} <= people


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("place", "places"),
        ("membership", "memberships"),
        ("relationship", "relationships"),
        ("training", "training"),
        ("interaction", "contacts"),
        ("assessment", "scores"),
        ("stakeholder", "groups"),
    ],
)
def test_no_name_of_a_file_is_passed_over(kind: str, name: str) -> None:
    """A field misspelt in a file would be left out without a word."""
    known = {*REGISTRY[kind].specs(), *REGISTRY["stakeholder"].specs(), "key", "start"}
    if kind != "assessment":
        known = {*REGISTRY[kind].specs(), "key"}
    for row in resources.sample(name):
        assert {field.removesuffix("_in_days") for field in row} <= known


def test_every_code_is_one_that_the_lists_offer(reader: Reader) -> None:
    for kind in ("stakeholder", "membership", "relationship", "permission", "interaction", "place"):
        specs = REGISTRY[kind].specs()
        offered = {
            name: {choice.code for choice in spec.choices}
            for name, spec in specs.items()
            if spec.choices
        }
        page = reader.page(ListQuery(kind, tuple(offered)), limit=2000)
        assert not page.more
        for row in page.rows:
            for name, value in zip(offered, row.values, strict=True):
                held = value if isinstance(value, (list, tuple, set, frozenset)) else [value or ""]
                assert set(held) <= offered[name] | {""}, (kind, name, value)


def test_everyone_of_the_county_has_a_place(reader: Reader) -> None:
    found = peopled(reader)
    assert found.nowhere <= 10
    counts = {spot.name: found.counts[spot.id] for spot in found.spots}
    assert all(counts.values()), counts
    assert counts["Marlshire"] >= counts["Marlford"] > counts["Harrow Bay"] > 0


def test_promises_are_kept_open_and_overdue() -> None:
    promised = [row for row in resources.sample("contacts") if row.get("promise")]
    kept = [row for row in promised if "kept_on_in_days" in row]
    late = [row for row in promised if row not in kept and row["due_in_days"] < 0]
    assert len(kept) >= 5
    assert len(late) >= 3
    assert len(promised) - len(kept) - len(late) >= 5


def test_who_stands_on_the_grid_has_moved_since_the_consultation_began() -> None:
    scores = resources.sample("scores")
    assert len(scores) >= 40
    moved = [
        row for row in scores if "start" in row
        and any(row[axis] != row["start"][axis] for axis in ("power", "interest", "attitude"))
    ]  # fmt: skip
    assert len(moved) >= 20
    assert any("start" not in row for row in scores)
    spread = {(row["power"], row["interest"]) for row in scores}
    assert len(spread) >= 12
