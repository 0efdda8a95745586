"""The map of places: counts of real stores, tiles that fit, and boundaries where they are."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import InvalidInput
from engage_desktop.maps import county
from engage_desktop.maps.boundaries import area_of, centre_of, project, rings_of
from engage_desktop.maps.palette import SCHEMES, SHADES, shade
from engage_desktop.maps.scene import Area, Scene, Text
from engage_desktop.queries.mapping import Keep
from engage_desktop.queries.peopled import Peopled, peopled
from engage_desktop.queries.places import place_tree
from engage_desktop.stakeholders.places import Spot, by_name, lines_up, whereabouts
from tests.maps import made
from tests.maps.conftest import Office


def areas(scene: Scene) -> dict[str, Area]:
    return {item.key: item for item in scene.items if isinstance(item, Area) and item.key}


def test_who_is_in_a_place_is_in_all_it_lies_within_and_counts_once(office: Office) -> None:
    shire = office.add("place", name="Ribbleshire", level="county")
    mere = office.add("place", name="Mere", level="locality", within=shire)
    moor = office.add("place", name="Moor", level="locality", within=shire)
    surgery = office.add("place", name="Mere Surgery", level="practice", within=mere)
    office.who("In both", places=[mere, moor])
    office.who("At the surgery", places=[surgery], locality="Moor")
    office.who("By its words", locality=" mere ")
    office.who("Elsewhere", locality="Atlantis", matrix_group="influencer")
    found = peopled(office.reader)
    assert found.counts == Counter({shire: 3, mere: 3, moor: 1, surgery: 1})
    assert (found.placed, found.nowhere) == (3, 1)
    assert {node.id: node.stakeholders for node in place_tree(office.reader)} == found.counts
    only = peopled(office.reader, Keep(matrix_group="influencer"))
    assert (only.placed, only.nowhere) == (0, 1)
    scene = county.build(found)
    assert [(row[0], row[3]) for row in scene.table.rows] == [("Mere", "3"), ("Moor", "1")]
    assert scene.table.rows[0][2] == "Ribbleshire"
    assert "1 stakeholder has no place" in " ".join(scene.notes)
    practices = county.build(found, level="Practice")
    assert [row[0] for row in practices.table.rows] == ["Mere Surgery"]
    with pytest.raises(InvalidInput, match="No place is a “galaxy”"):
        county.build(found, level="galaxy")


places = st.lists(st.sampled_from("abcdef"), max_size=3)


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdef")), places)
def test_circles_in_the_tree_end_and_every_place_above_is_counted(
    above: dict[str, str], linked: list[str]
) -> None:
    spots = [Spot(key, f"Place {key}", within=above.get(key, "")) for key in "abcdef"]
    lines = lines_up(spots)
    found = whereabouts(linked, "place A" if not linked else "", by_name(spots), lines)
    for key in linked or ["a"]:
        assert key in found
    for key in found:
        assert above.get(key, key) in found
    assert all(len(line) == len(set(line)) for line in lines.values())


def test_a_locality_means_the_locality_of_two_places_with_its_name() -> None:
    spots = [Spot("2", "Mere", "practice"), Spot("1", "mere", "locality"), Spot("0", "Mere")]
    assert by_name(spots) == {"mere": "1"}


@pytest.mark.parametrize(
    ("towns", "mapped"), [(1, 0), (10, 0), (60, 0), (400, 0), (10, 10), (20, 14), (60, 60)]
)
def test_every_place_has_its_number_and_stays_on_the_page(towns: int, mapped: int) -> None:
    found = made.county(towns=towns, mapped=mapped)
    scene = county.build(found)
    drawn = areas(scene)
    assert [item.key for item in scene.walk()] == list(scene.table.keys)
    assert len(drawn) == towns
    for area in drawn.values():
        for x, y in itertools.chain.from_iterable(area.rings):
            assert -0.01 <= x <= scene.size[0] + 0.01
            assert -0.01 <= y <= scene.size[1] + 0.01
    numbers = Counter(
        item.key
        for item in scene.items
        if isinstance(item, Text) and item.bold and item.text == f"{found.counts[item.key]:,}"
    )
    assert set(numbers) == set(drawn)
    tiles = [area.rings[0] for key, area in drawn.items() if int(key, 16) > mapped]
    for one, other in itertools.combinations(tiles, 2):
        across = min(one[2][0], other[2][0]) - max(one[0][0], other[0][0])
        down = min(one[2][1], other[2][1]) - max(one[0][1], other[0][1])
        assert across < 1e-6 or down < 1e-6


def test_the_legend_says_what_each_shade_stands_for() -> None:
    for most in (0, 1, 3, 5, 24, 25, 378, 40_000):
        spot = Spot("1" * 32, "Mere", "locality", "Locality")
        scene = county.build(Peopled((spot,), Counter({spot.id: most})))
        told = [entry.words for entry in scene.legend]
        assert told[0] == "Nobody"
        assert len(told) <= SHADES
        ends = [[int(p.replace(",", "")) for p in words.split(" to ")] for words in told[1:]]
        covered = [n for end in ends for n in (end[0], end[-1])]
        assert covered == sorted(covered)
        assert (covered[-1] if covered else 0) == most


@given(st.integers(1, 100_000), st.data())
def test_more_is_never_lighter(most: int, data: st.DataObject) -> None:
    few = data.draw(st.integers(0, most))
    many = data.draw(st.integers(few, most))
    assert shade(few, most) <= shade(many, most)
    assert shade(0, most) == "shade0" < shade(1, most)
    assert shade(most, most) <= f"shade{SHADES - 1}"


def test_north_is_up_and_a_degree_is_as_long_both_ways() -> None:
    ring = [(-2.0, 53.0), (-1.0, 53.0), (-1.0, 54.0), (-2.0, 54.0), (-2.0, 53.0)]
    shape = project({"a": [ring]}, (0, 0, 400, 400))["a"]
    xs, ys = [p[0] for p in shape.rings[0]], [p[1] for p in shape.rings[0]]
    ratio = (max(xs) - min(xs)) / (max(ys) - min(ys))
    assert ratio == pytest.approx(math.cos(math.radians(53.5)), rel=1e-3)
    assert shape.rings[0][0][1] > shape.rings[0][2][1]


def test_a_label_stands_inside_a_bent_place() -> None:
    horseshoe = [(0, 0), (9, 0), (9, 9), (6, 9), (6, 3), (3, 3), (3, 9), (0, 9), (0, 0)]
    ring = [(float(x), float(y)) for x, y in horseshoe]
    x, y = centre_of(ring)
    assert 0 < x < 3 or 6 < x < 9 or y < 3
    assert abs(area_of(ring)) == 63


@pytest.mark.parametrize(
    "text", ["", "x", "[]", '{"type": "Point", "coordinates": [0, 0]}', '{"type": "Polygon"}',
             '{"type": "Polygon", "coordinates": [[[0, "a"]]]}',
             '{"type": "Polygon", "coordinates": [[[0, NaN], [1, 1], [0, 1], [0, 0]]]}'],
)  # fmt: skip
def test_a_boundary_somebody_typed_wrongly_leaves_a_tile(text: str) -> None:
    assert rings_of(text) == []
    spot = Spot("1" * 32, "Mere", "locality", "Locality", boundary=text)
    assert len(areas(county.build(Peopled((spot,), Counter())))) == 1


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_and_lines_of_every_tone_can_be_seen(scheme: str) -> None:
    tones = SCHEMES[scheme]
    page = tones["surface"].ground
    for name, tone in tones.items():
        wanted = 7.0 if scheme == "contrast" else 4.5
        assert contrast(tone.text, tone.ground) >= wanted, name
        if name != "line":
            assert contrast(tone.ink, page) >= 3.0, name
