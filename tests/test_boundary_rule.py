"""A boundary that is typed is held to what one that is imported is held to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from db.changes import Create, Edit
from db.errors import InvalidInput
from db.record import validated
from db.store import Store
from engage_desktop.exchange.geojson import plan_boundaries
from engage_desktop.migrations import MIGRATIONS
from engage_desktop.records.place import Place
from engage_desktop.records.registry import REGISTRY

RING = [[-2.0, 53.0], [-1.9, 53.0], [-1.9, 53.1], [-2.0, 53.0]]
SQUARE: dict[str, Any] = {"type": "Polygon", "coordinates": [RING]}


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:  # type: ignore[no-untyped-def]
    made = Store.create(
        tmp_path / "store.db", bytes(32), REGISTRY, MIGRATIONS, officer="Ann", device="a" * 32
    )
    yield made
    made.close()


@pytest.fixture
def mere(store: Store) -> str:
    made = Place(id=store.new_id(), name="Mere")
    store.apply([Create(made)], "Add")
    return made.id


UNFIT: list[Any] = [
    {"type": "Point", "coordinates": [0, 0]},
    {"type": "Polygon"},
    {"type": "Polygon", "coordinates": [[]]},
    {"type": "Polygon", "coordinates": [RING[:3]]},
    {"type": "Polygon", "coordinates": [[*RING[:3], [0, 1]]]},
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [0, 0]]]},
    {"type": "Polygon", "coordinates": [[[0, 0], [1, "a"], [1, 1], [0, 0]]]},
    {"type": "Polygon", "coordinates": [[[0, 0], [400000, 0], [1, 300000], [0, 0]]]},
    {"type": "MultiPolygon", "coordinates": []},
]


@pytest.mark.parametrize("geometry", UNFIT)
def test_what_no_import_takes_no_edit_takes_either(
    store: Store, mere: str, geometry: Any, tmp_path: Any
) -> None:
    file = tmp_path / "one.geojson"
    file.write_text(json.dumps({"type": "Feature", "properties": {"name": "Mere"},
                                "geometry": geometry}))  # fmt: skip
    ((_, reason),) = plan_boundaries(store, file).outcome.refused
    with pytest.raises(InvalidInput) as caught:
        store.apply([Edit("place", mere, {"boundary": json.dumps(geometry)})], "Change boundary")
    assert caught.value.sentence == (
        f"Boundary: {reason} Import it from a GeoJSON file, or leave it empty."
    )
    assert caught.value.problems == {"boundary": caught.value.sentence}
    with pytest.raises(InvalidInput, match="Boundary: "):
        validated(Place, {"id": "1" * 32, "name": "M", "boundary": json.dumps(geometry)})


@pytest.mark.parametrize("text", ["nonsense", "[" * 100_000, "{", "NaN", "[]", "7"])
def test_what_is_no_geometry_is_said_to_be_none(store: Store, mere: str, text: str) -> None:
    with pytest.raises(InvalidInput, match=r"Boundary: It (is not GeoJSON|has no geometry)\. Imp"):
        store.apply([Edit("place", mere, {"boundary": text})], "Change boundary")


def test_a_boundary_and_none_are_taken(store: Store, mere: str) -> None:
    for text in (json.dumps(SQUARE), "", " "):
        store.apply([Edit("place", mere, {"boundary": text})], "Change boundary")
        assert store.get("place", mere).model_dump()["boundary"] == text


def test_one_that_came_so_is_read_and_keeps_nobody_from_mending_the_rest(store: Store) -> None:
    came = Place(id=store.new_id(), name="Moor", boundary="nonsense")
    store.apply([Create(came)], "What came")
    assert store.get("place", came.id) == came
    store.apply([Edit("place", came.id, {"name": "Moorside"})], "Change name")
    assert store.get("place", came.id).title == "Moorside"
    with pytest.raises(InvalidInput, match="Name is needed"):
        store.apply([Edit("place", came.id, {"name": " "})], "Change name")
    with pytest.raises(InvalidInput, match="Boundary: "):
        store.apply([Edit("place", came.id, {"boundary": "other"})], "Change boundary")
    store.apply([Edit("place", came.id, {"boundary": ""})], "Change boundary")
