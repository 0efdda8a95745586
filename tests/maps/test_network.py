"""The network: laid out so that it can be read, in the same way on every laptop."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.changes import Bin
from db.errors import Cancelled, InvalidInput, NotFound
from engage_desktop.maps import network
from engage_desktop.maps.graph import place, tiles
from engage_desktop.maps.lettering import width
from engage_desktop.maps.people import Tie, Ties, Who
from engage_desktop.maps.scene import Line, Mark, Scene, Text
from engage_desktop.queries.mapping import Keep
from engage_desktop.queries.ties import network as read
from tests.maps.conftest import Office
from tests.maps.made import ties

TODAY = dt.date(2026, 11, 24)
PAGE = (762.0, 380.0)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    count = draw(st.integers(1, 40))
    node = st.integers(0, count - 1)
    return count, draw(st.lists(st.tuples(node, node), max_size=60))


@given(graphs(), st.sampled_from([PAGE, (300.0, 500.0), (120.0, 90.0)]))
def test_no_node_stands_on_another_and_all_are_on_the_page(
    graph: tuple[int, list[tuple[int, int]]], size: tuple[float, float]
) -> None:
    count, pairs = graph
    points = place(count, pairs, size, 4.0)
    assert points == place(count, pairs, size, 4.0)
    room = math.sqrt(0.45 * size[0] * size[1] / count)
    apart = min(8.0, room * 0.9)
    assert all(math.dist(a, b) >= apart - 1e-6 for a, b in itertools.combinations(points, 2))
    assert all(0 <= x <= size[0] and 0 <= y <= size[1] for x, y in points)


@given(st.lists(st.integers(1, 300), min_size=1, max_size=30))
def test_the_page_is_shared_out_by_weight(weights: list[int]) -> None:
    weights.sort(reverse=True)
    boxes = tiles(weights, (0.0, 0.0, 700.0, 400.0))
    areas = [(right - left) * (bottom - top) for left, top, right, bottom in boxes]
    for area, weight in zip(areas, weights, strict=True):
        assert area == pytest.approx(280_000 * weight / sum(weights), rel=1e-6)
    for one, other in itertools.combinations(boxes, 2):
        across = min(one[2], other[2]) - max(one[0], other[0])
        down = min(one[3], other[3]) - max(one[1], other[1])
        assert across < 1e-6 or down < 1e-6


def test_neighbours_stand_nearer_than_strangers() -> None:
    """Two crowds joined by one tie are seen as two crowds."""
    crowd = [(a, b) for a in range(10) for b in range(a)]
    pairs = [*crowd, *((a + 10, b + 10) for a, b in crowd), (0, 10)]
    points = place(20, pairs, PAGE, 4.0)
    inside = [math.dist(points[a], points[b]) for a, b in pairs[:-1]]
    between = [math.dist(points[a], points[b]) for a in range(10) for b in range(10, 20)]
    assert sum(inside) / len(inside) < 0.6 * sum(between) / len(between)


def names(scene: Scene) -> list[tuple[float, float, float, float]]:
    found = []
    for item in scene.items:
        if isinstance(item, Text):
            across = width(item.text, item.size, bold=item.bold)
            left = item.x - {"start": 0.0, "middle": across / 2, "end": across}[item.anchor]
            found.append((left, item.y - item.ascent, left + across, item.y + item.descent))
    return found


@pytest.mark.parametrize("count", [5, 60, 300])
def test_no_name_covers_another_or_a_mark(count: int) -> None:
    some = ties(count)
    scene = network.build(some)
    marks = [m for m in scene.items if isinstance(m, Mark)]
    for mark, beside in itertools.combinations(marks, 2):
        assert math.dist((mark.x, mark.y), (beside.x, beside.y)) >= mark.radius + beside.radius
    labels = names(scene)
    round_marks = [(m.x - m.radius, m.y - m.radius, m.x + m.radius, m.y + m.radius) for m in marks]
    pairs = [*itertools.combinations(labels, 2), *itertools.product(labels, round_marks)]
    for one, other in pairs:
        across = min(one[2], other[2]) - max(one[0], other[0])
        down = min(one[3], other[3]) - max(one[1], other[1])
        assert across < 1e-6 or down < 1e-6
    assert {m.key for m in marks} == {who.id for who in some.people}
    lines = [x for x in scene.items if isinstance(x, Line)]
    assert {line.key for line in lines} == {tie.key for tie in some.ties}
    assert [item.key for item in scene.walk()] == list(scene.table.keys)
    assert scene.details is not None
    assert len(scene.details.rows) == len(some.ties)
    assert scene == network.build(replace(some, people=some.people[::-1]))


def test_a_stopped_map_says_so_and_progress_is_told() -> None:
    told: list[tuple[int, int | None]] = []
    network.build(ties(60), progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (60, 60)
    with pytest.raises(Cancelled, match="You stopped the map"):
        network.build(ties(60), cancelled=lambda: True)


def test_a_tie_is_told_by_both_its_ends() -> None:
    ann, forum = Who("a" * 32, "Ann"), Who("b" * 32, "Forum", "group")
    tie = Tie("c" * 32, ann.id, forum.id, "member_of", "Member of", "Chair", dt.date(2026, 4, 3))
    scene = network.build(Ties((ann, forum), (tie,), TODAY))
    assert [row[-1] for row in scene.table.rows] == [
        "member of Forum as chair (since 3/4/2026)",
        "Ann member of them as chair (since 3/4/2026)",
    ]
    hidden = network.build(Ties((ann, forum), (tie,), TODAY), hide_names=True)
    assert "Ann" not in repr(hidden)
    assert "Forum" in repr(hidden)


def test_an_empty_network_says_that_it_is() -> None:
    scene = network.build(Ties((), (), TODAY))
    assert "Nobody is linked with anybody yet" in scene.description
    assert scene.table.rows == ()


# -- what is read ---------------------------------------------------------------------------


@pytest.fixture
def linked(office: Office) -> dict[str, str]:
    """A trust that funds a forum, whose chair Ann works for the council; Bob left it in June."""
    ids = {
        "trust": office.who("Trust", nature="organisation"),
        "council": office.who("Council", nature="organisation", matrix_group="key_partner"),
        "forum": office.who("Forum", nature="group"),
    }
    ids["ann"] = office.who("Ann", organisation=ids["council"], job_title="Leader",
                            matrix_group="key_partner")  # fmt: skip
    ids["bob"] = office.who("Bob", do_not_contact=True)
    office.who("Nobody’s friend")
    ids["funds"] = office.add("relationship", one=ids["trust"], tie="funds", other=ids["forum"])
    ids["chair"] = office.add("membership", member=ids["ann"], group=ids["forum"], role="chair")
    ids["left"] = office.add("membership", member=ids["bob"], group=ids["forum"],
                             started=dt.date(2025, 1, 1), ended=dt.date(2026, 6, 30))  # fmt: skip
    return ids


def test_ties_are_those_of_the_day(office: Office, linked: dict[str, str]) -> None:
    now = read(office.reader, on=TODAY)
    assert {tie.key for tie in now.ties} == {
        linked["funds"], linked["chair"], f"works:{linked['ann']}"
    }  # fmt: skip
    assert now.alone == 2
    works = next(tie for tie in now.ties if tie.kind == "works_for")
    assert (works.words, works.role, works.other) == ("Works for", "Leader", linked["council"])
    then = read(office.reader, on=dt.date(2026, 6, 30))
    assert linked["left"] in {tie.key for tie in then.ties}
    bob = next(who for who in then.people if who.id == linked["bob"])
    assert bob.do_not_contact
    assert "do not contact" in repr(network.build(then))


def test_a_focus_shows_so_many_steps(office: Office, linked: dict[str, str]) -> None:
    def near(depth: int) -> set[str]:
        found = read(office.reader, on=TODAY, focus=linked["trust"], depth=depth)
        return {who.name for who in found.people}

    assert near(1) == {"Trust", "Forum"}
    assert near(2) == {"Trust", "Forum", "Ann"}
    assert near(3) == {"Trust", "Forum", "Ann", "Council"}
    alone = read(office.reader, on=TODAY, focus=linked["bob"])
    assert ([who.name for who in alone.people], alone.ties) == (["Bob"], ())
    with pytest.raises(InvalidInput, match="1 to 6, not 0"):
        near(0)
    office.workspace.store.apply([Bin("stakeholder", linked["trust"])], "Remove the trust")
    with pytest.raises(NotFound, match="The stakeholder to focus on is not here"):
        near(1)


def test_kinds_and_groups_narrow_a_network(office: Office, linked: dict[str, str]) -> None:
    funds = read(office.reader, on=TODAY, kinds=["funds"])
    assert {who.name for who in funds.people} == {"Trust", "Forum"}
    partners = read(office.reader, on=TODAY, keep=Keep(matrix_group="key_partner"))
    assert [tie.kind for tie in partners.ties] == ["works_for"]
    assert partners.scope == "matrix group “Key partners”"


def test_who_belongs_to_a_sensitive_group_is_shown_only_when_asked_for(office: Office) -> None:
    forum = office.who("Secret forum", nature="group", reveals=True)
    ann = office.who("Ann", organisation=forum)
    trust = office.who("Trust", nature="organisation")
    office.add("membership", member=ann, group=forum)
    office.add("relationship", one=ann, tie="represents", other=forum)
    office.add("relationship", one=trust, tie="funds", other=forum)
    found = read(office.reader, on=TODAY)
    assert [tie.kind for tie in found.ties] == ["funds"]
    assert "Ann" not in repr(network.build(found))
    assert "marked as sensitive is not shown" in " ".join(network.build(found).notes)
    asked = read(office.reader, on=TODAY, keep=Keep(sensitive=True))
    assert sorted(tie.kind for tie in asked.ties) == [
        "funds", "member_of", "represents", "works_for"
    ]  # fmt: skip


def test_the_most_tied_are_drawn_where_there_are_too_many(
    office: Office, linked: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engage_desktop.queries.ties.MOST", 2)
    found = read(office.reader, on=TODAY)
    assert {who.name for who in found.people} == {"Ann", "Forum"}
    assert found.left_out == 2
    assert "2 stakeholders with the fewest links are left out" in " ".join(
        network.build(found).notes
    )
