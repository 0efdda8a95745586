"""The grid: who stands where, side by side, in the same way on every laptop."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import InvalidInput
from engage_desktop.maps import grid
from engage_desktop.maps.lettering import shortened, width, wrapped
from engage_desktop.maps.people import Scored, Scores, Who
from engage_desktop.maps.scene import Line, Mark, Scene, Text
from engage_desktop.stakeholders.influence import AXES, HIGH, quadrant, unheard
from tests.maps.made import scores


def marks(scene: Scene) -> dict[str, Mark]:
    return {m.key: m for m in scene.items if isinstance(m, Mark) and not m.ghost}


def labels(scene: Scene) -> list[tuple[float, float, float, float]]:
    """The boxes of the names: left, top, right, bottom."""
    return [
        (t.x, t.y - t.size * 0.7, t.x + width(t.text, t.size), t.y + t.size * 0.2)
        for t in scene.items
        if isinstance(t, Text) and t.key and t.text
    ]


def overlap(boxes: list[tuple[float, float, float, float]]) -> int:
    found = 0
    for index, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[index + 1 :]:
            found += left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
    return found


@pytest.mark.parametrize("count", [0, 1, 5, 60, 300])
@pytest.mark.parametrize("size", [(762.0, 360.0), (1118.0, 600.0), (500.0, 300.0)])
def test_everyone_stands_in_their_cell_and_no_name_over_another(
    count: int, size: tuple[float, float]
) -> None:
    given_scores = scores(count, before=True)
    view = grid.VIEWS["power-interest"]
    scene = grid.build(given_scores, view, size=size)
    plot = grid.plot_for(given_scores, view, size=size)
    cells = {one.who.id: view.cell(one.now) for one in given_scores.placed}
    placed = marks(scene)
    for key, mark in placed.items():
        assert plot.cell_at(mark.x, mark.y) == cells[key]
    boxes = labels(scene) + [
        (m.x - m.radius, m.y - m.radius, m.x + m.radius, m.y + m.radius) for m in placed.values()
    ]
    assert overlap([(a + 0.1, b + 0.4, c - 0.1, d - 0.4) for a, b, c, d in boxes]) == 0
    missing = count - len(placed)
    assert (missing == 0) or any(f"{missing} stakeholder" in note for note in scene.notes)
    assert [row[0] for row in scene.table.rows] == [str(n) for n in range(1, count + 1)]
    assert set(scene.table.keys) == {one.who.id for one in given_scores.placed}
    assert [item.key for item in scene.walk()] == [k for k in scene.table.keys if k in placed]


def test_the_order_in_which_people_are_read_makes_no_difference() -> None:
    one = scores(80, before=True)
    placed = list(one.placed)
    random.Random(1).shuffle(placed)
    assert grid.build(one) == grid.build(replace(one, placed=tuple(placed)))


def test_what_moved_has_a_ghost_and_an_arrow_to_today() -> None:
    ann = Who("a" * 32, "Ann", "organisation")
    bea = Who("b" * 32, "Bea")
    found = Scores(
        (
            Scored(ann, {"power": 4, "interest": 5}, {"power": 2, "interest": 1}),
            Scored(bea, {"power": 3, "interest": 3}, {"power": 3, "interest": 3}),
        ),
        occasion="Start of the consultation",
    )
    scene = grid.build(found)
    plot = grid.plot_for(found)
    ghosts = [m for m in scene.items if isinstance(m, Mark) and m.ghost]
    assert [(g.key, g.shape, plot.cell_at(g.x, g.y)) for g in ghosts] == [
        (f"ghost:{ann.id}", "square", (0, 1))
    ]
    today = marks(scene)[ann.id]
    arrows = [x for x in scene.items if isinstance(x, Line) and x.arrow and x.tone == "muted"]
    (arrow,) = arrows
    tip = arrow.points[-1]
    assert (tip[0] - today.x) ** 2 + (tip[1] - today.y) ** 2 < (today.radius + 2) ** 2
    assert "at Start of the consultation: power 2, interest 1" in today.words
    assert scene.table.headings[-2:] == ("Power then", "Interest then")
    assert scene.table.rows[0][-2:] == ("2", "1")
    assert "1 stakeholder has moved since “Start of the consultation”" in scene.description


def test_patients_who_are_only_kept_informed_are_said_with_what_to_do() -> None:
    types = (("ppg", 1, 5), ("public", 2, 3), ("lay_member", 5, 5), ("council", 1, 5))
    people = tuple(
        Scored(Who(f"{n:032x}", f"Person {n}", type=kind), {"power": p, "interest": i})
        for n, (kind, p, i) in enumerate(types)
    )
    (advice,) = grid.build(Scores(people)).advice
    assert advice.sentence.startswith(
        "2 of the 3 patients and local people on this map end in “Keep informed”"
    )
    assert "Raise their influence" in advice.sentence
    assert set(advice.keys) == {people[0].who.id, people[1].who.id}
    assert grid.build(Scores(people[2:])).advice == ()
    assert grid.build(Scores(people), grid.VIEWS["power-attitude"]).advice == ()


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 5), st.integers(1, 5))))
def test_the_warning_counts_what_the_quadrants_say(stood: list[tuple[bool, int, int]]) -> None:
    few, many = unheard(stood)
    assert many == sum(patient for patient, _, _ in stood)
    assert few == sum(p and power < HIGH <= stake for p, power, stake in stood)


def test_the_four_quadrants() -> None:
    counts = Counter(quadrant(p, i) for p in range(1, 6) for i in range(1, 6))
    assert counts == {"closely": 9, "satisfied": 6, "informed": 6, "monitor": 4}


@pytest.mark.parametrize("view", grid.VIEWS.values(), ids=lambda view: view.name)
def test_a_drop_gives_back_the_fields_of_its_cell(view: grid.View) -> None:
    found = scores(40)
    for even in (False, True):
        plot = grid.plot_for(found, view, even=even)
        for column in range(plot.columns):
            for row in range(plot.rows):
                box = plot.cell_box((column, row))
                cell = plot.cell_at((box.left + box.right) / 2, (box.top + box.bottom) / 2)
                assert cell == (column, row)
                assert view.cell(view.values((column, row))) == (column, row)
        assert plot.cell_at(-5, 40) is None
        widths = {round(b - a, 6) for a, b in zip(plot.xs, plot.xs[1:], strict=False)}
        assert (len(widths) == 1) == even


def test_axes_are_named_or_paired_and_nothing_else() -> None:
    assert grid.view_of("Power interest") is grid.VIEWS["power-interest"]
    assert grid.view_of("power/interest") is grid.VIEWS["power-interest"]
    made = grid.view_of("interest/attitude-wanted")
    assert (made.y, made.x) == (AXES["interest"], AXES["attitude_wanted"])
    for words in ("", "power", "power/power", "power/shoe", "a/b/c"):
        with pytest.raises(InvalidInput, match="There are no axes"):
            grid.view_of(words)


def test_names_of_people_can_be_hidden_and_those_of_organisations_stay() -> None:
    people = (
        Scored(Who("1" * 32, "Ann Example"), {"power": 3, "interest": 3}),
        Scored(Who("2" * 32, "Example Council", "organisation"), {"power": 3, "interest": 3}),
    )
    scene = grid.build(Scores(people), hide_names=True)
    assert "Ann" not in repr(scene)
    assert [row[1] for row in scene.table.rows] == ["Person 1", "Example Council"]
    assert any("hidden" in note for note in scene.notes)


def test_where_we_want_them_is_the_diagonal() -> None:
    view = grid.VIEWS["level"]
    people = tuple(
        Scored(Who(f"{n:032x}", f"Group {n}"), {"level": now, "level_wanted": wanted})
        for n, (now, wanted) in enumerate(
            (("inform", "inform"), ("inform", "involve"), ("empower", "consult"))
        )
    )
    scene = grid.build(Scores(people), view)
    assert "1 stand where we want them, 1 below it, 1 above it" in scene.description


@given(st.text(max_size=40), st.floats(1, 300), st.booleans())
def test_a_shortened_name_fits(text: str, most: float, bold: bool) -> None:
    said = shortened(text, 9, most, bold=bold)
    assert width(said, 9, bold=bold) <= most or said == ""
    for line in wrapped(text, 9, max(most, 60), lines=3, bold=bold):
        assert width(line, 9, bold=bold) <= max(most, 60) or len(line) == 1
