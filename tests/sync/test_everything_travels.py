"""Whatever the store lets in arrives, whole: no field's value is stopped on the way."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.changes import Create, Edit
from db.errors import InvalidInput
from engage_desktop.migrations import MIGRATIONS
from engage_desktop.records.registry import REGISTRY
from engage_desktop.sync import create_team
from engage_desktop.sync.keys import COMPARTMENTS, ROLES, reads
from tests.kinds import COLOURS, SIGNS, TOOLS, every_field_kind
from tests.sync.laptops import Laptop

KIND = every_field_kind()
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
IDS = st.text("0123456789abcdef", min_size=32, max_size=32)
DATES = st.dates(dt.date(1000, 1, 1))
VALUES = st.fixed_dictionaries(
    {"name": TEXT.filter(str.strip)},
    optional={
        "story": TEXT,
        "writes_from": st.sampled_from(["", "someone@example.org"]),
        "rings_from": TEXT,
        "lies_at": TEXT,
        "seen_at": TEXT,
        "found_on": st.none() | DATES,
        "catalogued": st.none() | st.datetimes(timezones=st.just(dt.UTC)),
        "shown_from": st.sampled_from(["", "00:00", "23:59"]),
        "colour": st.sampled_from(["", *(choice.code for choice in COLOURS)]),
        "weight": st.none() | st.integers(0, 10**15),
        "price": st.none() | st.integers(-(10**15), 10**15),
        "kept": st.booleans(),
        "place": st.none() | IDS,
        "tools": st.sets(st.sampled_from([choice.code for choice in TOOLS])).map(tuple),
        "subjects": st.sets(IDS, max_size=3).map(tuple),
        "signs": st.dictionaries(
            st.sampled_from([choice.code for choice in SIGNS]), st.sampled_from(["yes", "no"])
        ),
    },
)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pair")
    (folder / "shared").mkdir()
    more = {"registry": KIND.registry, "migrations": KIND.migrations}
    priya = Laptop(folder / "priya", "Priya", **more)
    sam = priya.invite("Sam", folder / "sam", **more)
    priya.sync(folder / "shared")
    yield priya, sam, folder / "shared"
    priya.close()
    sam.close()


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(VALUES, VALUES)
def test_every_value_of_every_field_type_arrives(pair, first, then):
    priya, sam, shared = pair
    record = KIND.cls.model_validate({"id": priya.store.new_id(), **first})
    priya.store.apply([Create(record)], "Add")
    priya.store.apply([Edit("specimen", record.id, then)], "Edit")
    priya.sync(shared)
    receipt = sam.sync(shared)
    assert receipt.quarantined == []
    assert sam.store.get("specimen", record.id) == priya.store.get("specimen", record.id)


def test_the_longest_words_arrive(pair):
    priya, sam, shared = pair
    record = KIND.cls(id=priya.store.new_id(), name="é" * 2000, story="“line”\n" * 700_000)
    priya.store.apply([Create(record)], "why " * 500)
    priya.sync(shared)
    assert sam.sync(shared).quarantined == []
    assert sam.store.get("specimen", record.id) == record


def test_every_kind_has_a_compartment_that_somebody_reads():
    for cls in REGISTRY:
        assert cls.meta.compartment in COMPARTMENTS
    for compartment in COMPARTMENTS:
        assert any(compartment in reads(role) for role in ROLES)
    assert reads("a role of a later version") == ()


def test_a_name_that_nobody_could_have(tmp_path):
    one = Laptop(tmp_path, "x" * 201, registry=REGISTRY, migrations=MIGRATIONS)
    with pytest.raises(InvalidInput):
        create_team(one.store)
    one.close()


def test_an_older_version_keeps_what_it_does_not_know_until_it_is_brought_up_to_date(
    pair, tmp_path
):
    """Sam's laptop has an older release, without this kind; after the upgrade it shows."""
    priya, _, _ = pair
    shared = tmp_path / "shared"
    shared.mkdir()
    old = priya.invite("Alex", tmp_path / "alex", registry=REGISTRY, migrations=MIGRATIONS)
    record = KIND.record(priya.store.new_id())
    priya.store.apply([Create(record)], "Add")
    priya.sync(shared, start=True)
    assert old.sync(shared).quarantined == []
    old.close()
    new = Laptop(
        tmp_path / "alex", "Alex", seed=1, registry=KIND.registry, migrations=KIND.migrations
    )
    try:
        assert new.store.get("specimen", record.id) == record
        assert new.store.check().ok
    finally:
        new.close()
