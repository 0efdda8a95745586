"""Trees of links: no own change closes a circle, and one that two laptops make harms nobody."""

from __future__ import annotations

from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.changes import Bin, Change, Create, Edit
from db.errors import InvalidInput
from engage_desktop.maps import county
from engage_desktop.queries.peopled import peopled
from engage_desktop.queries.places import place_tree
from engage_desktop.records.place import Place
from tests.db.laptops import Laptop, exchange

ITSELF = "Lies in: this place would come to lie within itself. Nothing was changed. Choose another."


def refused(laptop: Laptop, kind: str, record_id: str, **values: object) -> InvalidInput:
    before = laptop.everything()
    with pytest.raises(InvalidInput) as caught:
        laptop.edit(kind, record_id, **values)
    assert laptop.everything() == before
    return caught.value


def test_a_place_does_not_come_to_lie_within_itself(ann: Laptop) -> None:
    shire = ann.add("place", name="Shire")
    dale = ann.add("place", name="Dale", within=shire)
    mere = ann.add("place", name="Mere", within=dale)
    for inside in (shire, dale, mere):
        error = refused(ann, "place", shire, name="Other", within=inside)
        assert (error.sentence, error.problems) == (ITSELF, {"within": ITSELF})
    ann.edit("place", mere, within=shire)
    ann.edit("place", dale, within=mere)
    assert ann.get("place", dale)["within"] == mere


def test_an_organisation_does_not_come_to_belong_to_itself(ann: Laptop) -> None:
    trust = ann.add("stakeholder", name="Trust", nature="organisation")
    arm = ann.add("stakeholder", name="Arm", nature="organisation", organisation=trust)
    for one in (trust, arm):
        error = refused(ann, "stakeholder", trust, organisation=one)
        assert "this stakeholder would come to lie within itself" in error.problems["organisation"]


def test_nor_by_being_written_down_or_put_back(ann: Laptop) -> None:
    coming = "5" * 32
    first = ann.add("place", name="First", within=coming)
    with pytest.raises(InvalidInput, match="lie within itself"):
        ann.add("place", id=coming, name="Second", within=first)
    with pytest.raises(InvalidInput, match="lie within itself"):
        ann.add("place", id="6" * 32, name="Alone", within="6" * 32)
    second = ann.add("place", name="Second", within=first)
    ann.bin("place", second)
    refused(ann, "place", first, within=second)


def test_two_change_places_in_one_step(ann: Laptop) -> None:
    upper = ann.add("place", name="Upper")
    lower = ann.add("place", name="Lower", within=upper)
    ann.store.apply(
        [Edit("place", upper, {"within": lower}), Edit("place", lower, {"within": None})], "Swap"
    )
    assert ann.get("place", upper)["within"] == lower


@pytest.fixture
def ring(ann: Laptop, make_laptop) -> tuple[Laptop, Laptop, str, str]:  # type: ignore[no-untyped-def]
    """Ann moved Mere into Moor and Bo Moor into Mere, each without knowing; both have both."""
    bo = make_laptop("Bo")
    mere, moor = ann.add("place", name="Mere"), ann.add("place", name="Moor")
    exchange(ann, bo)
    ann.edit("place", mere, within=moor)
    bo.edit("place", moor, within=mere)
    exchange(ann, bo)
    return ann, bo, mere, moor


def test_each_half_of_a_circle_travels_and_everything_ends(
    ring: tuple[Laptop, Laptop, str, str],
) -> None:
    ann, bo, mere, moor = ring
    assert ann.everything() == bo.everything()
    for laptop in (ann, bo):
        laptop.whole()
        assert laptop.get("place", mere)["within"] == moor
        assert laptop.get("place", moor)["within"] == mere
        laptop.add("stakeholder", name="Ada", places=[mere])
        with closing(laptop.store.reader()) as reader:
            tree = place_tree(reader)
            assert {(node.name, node.depth) for node in tree} == {("Mere", 0), ("Moor", 0)}
            found = peopled(reader)
            assert set(found.counts) == {mere, moor}
            assert county.build(found).table.rows


def test_who_is_in_a_circle_can_be_changed_and_taken_out(
    ring: tuple[Laptop, Laptop, str, str],
) -> None:
    ann, bo, mere, moor = ring
    ann.edit("place", mere, name="Meer", within=moor)
    assert ann.get("place", mere)["name"] == "Meer"
    inside = ann.add("place", name="Fen", within=mere)
    ann.edit("place", inside, within=moor)
    refused(ann, "place", mere, within=inside)
    ann.edit("place", mere, within=None)
    exchange(ann, bo)
    assert ann.everything() == bo.everything()
    refused(bo, "place", mere, within=moor)


def in_steps(laptop: Laptop, *steps: Change) -> None:
    with laptop.store.batch("All") as batch:
        for step in steps:
            batch.add([step])


def test_what_comes_in_steps_is_held_to_it_too(ann: Laptop) -> None:
    shire = ann.add("place", name="Shire")
    dale = ann.add("place", name="Dale", within=shire)
    before = ann.everything()
    moor = Create(Place(id="7" * 32, name="Moor"))
    with pytest.raises(InvalidInput, match="lie within itself"):
        in_steps(ann, moor, Edit("place", shire, {"within": dale}))
    assert ann.everything() == before


names = st.sampled_from("abcde")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(names, st.none() | names), max_size=12))
def test_what_is_refused_is_what_would_lead_round(
    ann: Laptop, asked: list[tuple[str, str | None]]
) -> None:
    ids = {name: ann.add("place", name=name) for name in "abcde"}
    above: dict[str, str | None] = dict.fromkeys(ids)
    for name, into in asked:
        passed, at = {name}, into
        while at is not None and at not in passed:
            passed.add(at)
            at = above[at]
        try:
            ann.edit("place", ids[name], within=into and ids[into])
        except InvalidInput:
            assert at == name
        else:
            assert at is None
            above[name] = into
    ann.store.apply([Bin("place", each) for each in ids.values()], "Clear")
