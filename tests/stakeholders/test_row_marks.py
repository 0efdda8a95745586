"""What a list shows beside a name says the same as the rules."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.changes import Create
from db.store import Store
from engage_desktop.migrations import MIGRATIONS
from engage_desktop.queries.row_marks import ASK_AGAIN, DO_NOT_CONTACT, HAS_NEEDS, row_marks
from engage_desktop.records.registry import REGISTRY
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.stakeholders.needs import FIELDS, has_needs, to_ask_again

TODAY = dt.date(2026, 5, 26)
FILLED = st.fixed_dictionaries(
    {"do_not_contact": st.booleans()},
    optional={
        **{name: st.lists(st.sampled_from([c.code for c in Stakeholder.specs()[name].choices]),
                          max_size=2).map(tuple) for name in FIELDS},
        "needs_note": st.sampled_from(["", "Near the door"]),
        "letters_in": st.sampled_from(["", "pl"]),
        "needs_review": st.none() | st.dates(TODAY - dt.timedelta(days=2),
                                             TODAY + dt.timedelta(days=2)),
    },
)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = Store.create(
        tmp_path_factory.mktemp("marks") / "records.db", bytes(range(32)), REGISTRY, MIGRATIONS,
        officer="Sam", device="d" * 32,
    )  # fmt: skip
    yield made
    made.close()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(FILLED, min_size=1, max_size=6))
def test_marks_say_what_the_rules_say(store, people):
    made = [Stakeholder(id=store.new_id(), name="Ada", **values) for values in people]
    store.apply([Create(record) for record in made], "Add")
    reader = store.reader()
    try:
        found = row_marks(reader, "stakeholder", [record.id for record in made], TODAY)
        assert row_marks(reader, "venue", [made[0].id], TODAY) == {}
    finally:
        reader.close()
    for record in made:
        values = record.model_dump()
        held = (
            (DO_NOT_CONTACT, record.do_not_contact), (HAS_NEEDS, has_needs(values)),
            (ASK_AGAIN, to_ask_again(values, TODAY)),
        )  # fmt: skip
        assert found.get(record.id, ()) == tuple(mark for mark, there in held if there)
