"""Boundaries from files as they come: matched, listed where they are not, refused where wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from db.changes import Create
from db.errors import Cancelled, InvalidInput, KnownError, NotFound
from db.keys import CHEAP
from engage_desktop.exchange import geojson
from engage_desktop.exchange.geojson import commit, plan_boundaries
from engage_desktop.maps.boundaries import area_of, rings_of
from engage_desktop.records.registry import REGISTRY
from engage_desktop.workspace import Surroundings, Workspace

SQUARE = [[-2.0, 53.0], [-1.9, 53.0], [-1.9, 53.1], [-2.0, 53.1], [-2.0, 53.0]]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Workspace]:
    made, _ = Workspace.create(
        tmp_path / "w", officer="Ada", passphrase="four green buses",
        around=Surroundings(cost=CHEAP),
    )  # fmt: skip
    with made:
        for name, code in (("Mere", "E1"), ("Moor", ""), ("Twin", ""), ("twin", "")):
            values = {"id": made.store.new_id(), "name": name, "code": code}
            made.store.apply([Create(REGISTRY["place"].model_validate(values))], "Add place")
        yield made


def feature(geometry: Any = None, **properties: Any) -> dict[str, Any]:
    held = {"type": "Polygon", "coordinates": [SQUARE]} if geometry is None else geometry
    return {"type": "Feature", "properties": properties, "geometry": held}


def planned(office: Workspace, path: Path, *features: Any, **more: Any) -> geojson.BoundaryPlan:
    value = {"type": "FeatureCollection", "features": list(features), **more}
    path.write_text(json.dumps(value), "utf-8")
    return plan_boundaries(office.store, path)


def test_features_are_matched_by_code_and_by_name(office: Workspace, tmp_path: Path) -> None:
    plan = planned(
        office, tmp_path / "a.geojson",
        feature(LAD23CD="e1", LAD23NM="Something else"),
        feature(name="MOOR", population=9000, empty=None),
        feature(name="Twin"), feature(name="Nowhere", id=7), feature(), feature(CD="E1"), "junk",
    )  # fmt: skip
    assert [number for number, _ in plan.outcome.refused] == [3, 4, 5, 6, 7]
    reasons = dict(plan.outcome.refused)
    assert "2 places: “Twin”, “twin”" in reasons[3]
    assert "“Nowhere” is no place here" in reasons[4]
    assert "has no name and no code" in reasons[5]
    assert "“Mere” has its boundary from feature 1 already" in reasons[6]
    assert "not a GeoJSON feature" in reasons[7]
    assert plan.outcome.not_taken == ["LAD23CD", "LAD23NM", "name", "population"]
    assert plan.outcome.not_taken_counts["name"] == 1
    commit(office.store, plan)
    reader = office.store.reader()
    mere = reader.get("place", reader.find("place", "name", "Mere")[0])
    assert rings_of(mere.boundary) == [[tuple(p) for p in SQUARE]]
    reader.close()
    again = plan_boundaries(office.store, tmp_path / "a.geojson")
    assert (again.outcome.total("unchanged"), again.edits) == (2, [])
    # no file name: the words travel to colleagues and outlive an erasure
    assert office.store.undo().why == "Undo: Import boundaries"
    assert planned(office, tmp_path / "b.geojson", feature(n="Mere")).outcome.total("updated") == 1


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        ({"type": "Point", "coordinates": [0, 0]}, "It is a Point, not an area"),
        ({"type": "Polygon", "coordinates": [SQUARE[:3]]}, "fewer than four points"),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:4], [5, 5]]]}, "does not close"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [0, 0]]]}, "holds no area"),
        ({"type": "Polygon", "coordinates": [[["a", 0]] * 4]}, "not a pair of numbers"),
        ({"type": "Polygon", "coordinates": [[[1, math.nan]] * 4]}, "not a pair of numbers"),
        ({"type": "Polygon", "coordinates": [[[10**400, 1]] * 4]}, "not a pair of numbers"),
        ({"type": "Polygon", "coordinates": [[[True, False]] * 4]}, "not a pair of numbers"),
        ({"type": "Polygon", "coordinates": [[[412000, 433000]] * 4]}, "eastings and northings"),
        ({"type": "MultiPolygon", "coordinates": []}, "geometry is empty"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "polygons is empty"),
        ("x", "has no geometry"),
    ],
)
def test_a_bad_geometry_is_listed_with_its_reason(
    office: Workspace, tmp_path: Path, geometry: Any, said: str
) -> None:
    plan = planned(office, tmp_path / "a.geojson", feature(geometry, n="Mere"), feature(n="Moor"))
    assert said in dict(plan.outcome.refused)[1]
    assert len(plan.edits) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("\xff\xfe", "is not JSON"),
        ("[]", "is not a GeoJSON file of features"),
        ('{"type": "Polygon"}', "is not a GeoJSON file of features"),
        ('{"type": "Topology"}', "is TopoJSON"),
        ('{"type": "FeatureCollection"}', "holds no features"),
        ('{"type": "FeatureCollection", "features": [], "crs": {"properties": {"name": '
         '"urn:ogc:def:crs:EPSG::27700"}}}', "is in “urn:ogc:def:crs:EPSG::27700”"),
        ('{"type": "FeatureCollection", "features": [1], "crs": 4}', "another coordinate system"),
    ],
)  # fmt: skip
def test_a_file_of_something_else_is_refused(
    office: Workspace, tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(text, "latin-1")
    with pytest.raises(InvalidInput, match=said) as told:
        plan_boundaries(office.store, path)
    assert "Nothing was imported" in told.value.sentence


def test_degrees_may_say_that_they_are(office: Workspace, tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert len(planned(office, tmp_path / "a.geojson", feature(n="Mere"), crs=crs).edits) == 1


def test_a_huge_or_missing_file_is_told(
    office: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotFound, match="There is no file"):
        plan_boundaries(office.store, tmp_path / "none.geojson")
    monkeypatch.setattr(geojson, "LARGEST", 10)
    with pytest.raises(KnownError, match="is larger than"):
        planned(office, tmp_path / "a.geojson", feature(n="Mere"))


def test_it_can_be_stopped(office: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    value = {"type": "FeatureCollection", "features": [feature(n="Mere")] * 60}
    path.write_text(json.dumps(value), "utf-8")
    with pytest.raises(Cancelled):
        plan_boundaries(office.store, path, cancelled=lambda: True)


def wavy(points: int) -> list[list[float]]:
    ring = [
        [
            -2 + math.cos(2 * math.pi * at / points) * (0.1 + 0.001 * math.sin(at)),
            53 + math.sin(2 * math.pi * at / points) * (0.1 + 0.001 * math.sin(at)),
        ]
        for at in range(points)
    ]
    return [*ring, ring[0]]


def test_a_very_fine_boundary_keeps_its_shape_with_fewer_points(
    office: Workspace, tmp_path: Path
) -> None:
    fine = wavy(40_000)
    plan = planned(
        office, tmp_path / "a.geojson",
        feature({"type": "Polygon", "coordinates": [fine]}, n="Mere"),
    )  # fmt: skip
    (ring,) = rings_of(plan.edits[0].values["boundary"])
    assert 100 < len(ring) <= geojson.MOST_POINTS
    assert ring[0] == ring[-1]
    before = area_of([(x, y) for x, y in fine])
    assert area_of(ring) == pytest.approx(before, rel=0.01)
    assert "fewer points" in plan.outcome.row_notes[0][1]


def test_the_work_of_thinning_does_not_run_away_with_the_points(
    office: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A spiral is the worst there is: whichever point is left out, others lie far away."""
    asked = [0]
    measure = geojson._away

    def counted(*where: Any) -> float:
        asked[0] += 1
        return measure(*where)

    monkeypatch.setattr(geojson, "_away", counted)
    turns = [at / 60_000 for at in range(60_000)]
    spiral = [
        [math.cos(turn * 314) * (1 - turn), 50 + math.sin(turn * 314) * (1 - turn)]
        for turn in turns
    ]
    plan = planned(
        office, tmp_path / "a.geojson",
        feature({"type": "Polygon", "coordinates": [[*spiral, spiral[0]]]}, n="Mere"),
    )  # fmt: skip
    (ring,) = rings_of(plan.edits[0].values["boundary"])
    assert 100 < len(ring) <= geojson.MOST_POINTS
    assert 20_000 < asked[0] < 2_000_000


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(
        st.sampled_from(["type", "features", "geometry", "coordinates", "properties", "crs", "id"]),
        inner | st.sampled_from(["Feature", "FeatureCollection", "Polygon", "MultiPolygon", "E1"]),
        max_size=5,
    ),
    max_leaves=30,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values | values.map(lambda v: {"type": "FeatureCollection", "features": [v]}) | values.map(
    lambda v: {"type": "FeatureCollection", "features": [feature(v, n="Mere")]}
) | values.map(lambda v: {"type": "FeatureCollection", "features": [
    feature({"type": "MultiPolygon", "coordinates": v}, n="Mere")]}))  # fmt: skip
@example({"type": "Feature", "features": None})
@example({"type": "Feature", "features": "E1"})
def test_whatever_json_comes_is_taken_listed_or_refused(
    office: Workspace, tmp_path: Path, value: Any
) -> None:
    path = tmp_path / "any.geojson"
    path.write_text(json.dumps(value), "utf-8")
    try:
        plan = plan_boundaries(office.store, path)
    except KnownError:
        return
    areas = value["features"] if value["type"] == "FeatureCollection" else [value]
    assert len(plan.edits) + len(plan.outcome.refused) == len(areas)
