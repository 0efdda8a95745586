"""The lists that matter say what the rules say."""

import datetime as dt
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.changes import Bin, Create
from db.errors import NotFound
from db.store import Store
from engage_desktop.migrations import MIGRATIONS
from engage_desktop.queries.standing_lists import (
    LISTS,
    Asked,
    months_before,
    standing_counts,
    standing_list,
)
from engage_desktop.records.registry import REGISTRY
from engage_desktop.stakeholders.needs import has_needs
from engage_desktop.stakeholders.parts import promise_overdue, seat_vacant
from engage_desktop.stakeholders.permissions import every_purpose, line_of, who_may_agree

TODAY = dt.date(2026, 5, 26)
DAY = dt.timedelta(days=1)
ASKED = Asked(TODAY)


@pytest.fixture
def store(tmp_path):
    made = Store.create(
        tmp_path / "records.db", bytes(range(32)), REGISTRY, MIGRATIONS, officer="Sam",
        device="d" * 32,
    )  # fmt: skip
    yield made
    made.close()


@pytest.fixture
def add(store):
    def make(kind="stakeholder", **values):
        record = REGISTRY[kind](id=store.new_id(), **values)
        store.apply([Create(record)], "Add")
        return record.id

    return make


def found(store, name, asked=ASKED, **more):
    with closing(store.reader()) as reader:
        answer = standing_list(reader, name, asked, **more)
        assert standing_counts(reader, asked)[name] == answer.count
    return answer


def names(answer):
    return [row.name for row in answer.rows]


def test_an_empty_register_has_nine_empty_lists(store):
    for name in LISTS:
        answer = found(store, name)
        assert (answer.rows, answer.count, answer.left_out) == ((), 0, 0)
    with pytest.raises(NotFound, match=r"not-contacted.*review"):
        found(store, "nobody")


def test_who_was_not_contacted_by_the_later_of_field_and_log(store, add):
    old, edge, new = TODAY - 300 * DAY, dt.date(2025, 11, 26), dt.date(2025, 11, 27)
    add(name="Field old", last_contact=old)
    add("interaction", stakeholder=add(name="Log new", last_contact=old), day=new)
    add("interaction", stakeholder=add(name="Field new", last_contact=new), day=old)
    add("interaction", stakeholder=add(name="On the day"), day=edge)
    add("interaction", stakeholder=add(name="No day"), day=None)
    binned = add("interaction", stakeholder=add(name="Call in the bin"), day=TODAY)
    store.apply([Bin("interaction", binned)], "Delete")
    add(name="Barred", do_not_contact=True)
    add(name="Barred, but spoken to", do_not_contact=True, last_contact=TODAY)
    answer = found(store, "not-contacted")
    assert names(answer) == ["Call in the bin", "No day", "Field old", "On the day"]
    assert (answer.count, answer.left_out) == (4, 1)
    assert [row.since for row in answer.rows] == [None, None, old, edge]
    assert answer.rows[0].what == "No contact is known"
    assert answer.rows[2].what == "Last contact 30 Jul 2025"
    assert len(found(store, "not-contacted", Asked(TODAY, months=5)).rows) == 6
    page = found(store, "not-contacted", limit=1)
    assert (len(page.rows), page.count) == (1, 4)


@given(st.dates(), st.integers(1, 120))
def test_months_before_is_a_day_of_that_month(day, months):
    before = months_before(day, months)
    if before > dt.date.min:
        gone = (day.year - before.year) * 12 + day.month - before.month
        assert gone == months
        assert before.day == day.day or (before + DAY).month != before.month
        assert before.day <= day.day


def test_a_seat_in_a_revealing_group_is_only_listed_when_asked_for(store, add):
    plain, faith = add(name="PPG", nature="group"), add(name="Faith", nature="group", reveals=True)
    bob = add(name="Bob")
    seat = {"member": bob, "role": "chair"}
    add("membership", group=plain, term_ends=TODAY + 60 * DAY, **seat)
    add("membership", group=faith, term_ends=TODAY - DAY, **seat)
    add("membership", group=plain, term_ends=TODAY + 61 * DAY, **seat)
    add("membership", group=plain, term_ends=TODAY, ended=TODAY, **seat)
    answer = found(store, "terms")
    assert [(row.name, row.what) for row in answer.rows] == [
        ("Bob", "Chair, PPG: term ends on 25 Jul 2026")
    ]
    assert (answer.count, answer.covered) == (1, 1)
    whole = found(store, "terms", Asked(TODAY, days=61, sensitive=True))
    assert whole.rows[0].what == "Chair, Faith: term ended on 25 May 2026"
    assert (whole.count, whole.covered) == (3, 0)


def test_permissions_are_listed_by_purpose_with_the_day_they_ended(store, add):
    ada = add(name="Ada")
    yes = {"stakeholder": ada, "answer": "yes", "basis": "consent"}
    line = add("permission", purpose="quotes", until=TODAY - DAY, **yes)
    add("permission", purpose="loan of a stall", withdrawn_on=TODAY, **yes)
    add("permission", purpose="contact", until=TODAY, **yes)
    answer = found(store, "consent-over")
    assert [(row.kind, row.name, row.what, row.since) for row in answer.rows] == [
        ("permission", "Ada", "Quoting their words: ran out on 25 May 2026", TODAY - DAY),
        ("permission", "Ada", "loan of a stall: withdrawn on 26 May 2026", TODAY),
    ]
    assert answer.rows[0].id == line
    assert dict(answer.by) == {"Quoting their words: ran out": 1, "loan of a stall: withdrawn": 1}


NEAR = st.none() | st.integers(-2, 2).map(lambda n: TODAY + n * DAY)
PERSON = st.fixed_dictionaries(
    {
        "nature": st.sampled_from(["person", "group"]), "do_not_contact": st.booleans(),
        "needs_asked": NEAR, "needs": st.lists(st.just("bsl"), max_size=1).map(tuple),
        "letters_in": st.sampled_from(["", "pl"]), "needs_review": NEAR, "review_on": NEAR,
        "age_band": st.sampled_from(["", "teens", "young"]),
        "guardian": st.sampled_from(["", "Ma"]), "competence_by": st.sampled_from(["", "Dr"]),
        "bulletin": st.sampled_from(["yes", "no", "not_asked"]),
    }
)  # fmt: skip
TOLD = st.fixed_dictionaries(
    {
        "purpose": st.sampled_from(["quotes", "bulletin"]),
        "answer": st.sampled_from(["yes", "no", "not_asked"]), "basis": st.just("consent"),
        "given_on": st.none() | st.just(TODAY - 3 * DAY), "until": NEAR, "withdrawn_on": NEAR,
    }
)  # fmt: skip
CALL = st.fixed_dictionaries({"promise": st.just("A lift"), "due": NEAR, "kept_on": NEAR})
SEAT = st.fixed_dictionaries({"held": st.booleans(), "ended": NEAR})


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(PERSON, st.lists(TOLD, max_size=3), CALL, SEAT), min_size=1, max_size=5))
def test_the_lists_say_what_the_rules_say(store, people):
    def new(kind, **values):
        return REGISTRY[kind](id=store.new_id(), **values)

    club = new("stakeholder", name="Club", nature="group")
    made, expected = [club], {name: set() for name in LISTS}
    for values, told, call, seat in people:
        who = new("stakeholder", name="Ada", **values)
        lines = [new("permission", stakeholder=who.id, **each) for each in told]
        contact = new("interaction", stakeholder=who.id, **call)
        sits = new("membership", member=who.id if seat["held"] else None, group=club.id,
                   ended=seat["ended"])  # fmt: skip
        made += [who, *lines, contact, sits]
        reach = not who.do_not_contact
        unknown = who.needs_asked is None and not has_needs(who.model_dump())
        for name, there in (
            ("needs-never-asked", who.nature == "person" and unknown and reach),
            ("ask-again", who.needs_review and who.needs_review < TODAY),
            ("children", who_may_agree(who.age_band, who.guardian, who.competence_by)),
            ("review", who.review_on and who.review_on < TODAY),
        ):
            expected[name] |= {who.id} if there else set()
        states = every_purpose([line_of(each) for each in lines], TODAY, bulletin=who.bulletin)
        over = {each.line for each in states if each.state in ("ran_out", "withdrawn")}
        expected["consent-over"] |= over
        expected["promises"] |= {contact.id} if promise_overdue(contact, TODAY) else set()
        expected["vacant"] |= {sits.id} if seat_vacant(sits) else set()
    store.apply([Create(record) for record in made], "Add")
    ids = {record.id for record in made}
    for name in ("needs-never-asked", "ask-again", "children", "review", "consent-over",
                 "promises", "vacant"):  # fmt: skip
        assert {row.id for row in found(store, name).rows} & ids == expected[name], name
