"""May we? The rule on made-up histories, and the same rule in SQL."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.changes import Create
from db.store import Store
from engage_desktop.migrations import MIGRATIONS
from engage_desktop.queries.permissions import held_sql
from engage_desktop.records.contact import PURPOSES, Permission
from engage_desktop.records.registry import REGISTRY
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.stakeholders.permissions import (
    STATE_WORDS,
    STRICTEST_FIRST,
    Line,
    every_purpose,
    held,
    line_of,
    who_may_agree,
)

TODAY = dt.date(2026, 5, 26)
DAY = dt.timedelta(days=1)
PURPOSE = st.sampled_from(["contact", "quotes", "bulletin", "loan of a stall"])


@st.composite
def lines(draw):
    """A permission that the model takes: days in order."""
    near = st.integers(-6, 3).map(lambda n: TODAY + n * DAY)
    given_on = draw(st.none() | near)
    first = given_on or TODAY - 10 * DAY
    later = near.map(lambda day: max(day, first))
    return Line(
        draw(PURPOSE), draw(st.sampled_from(["yes", "no", "not_asked"])), given_on,
        until=draw(st.none() | later), withdrawn_on=draw(st.none() | later), basis="consent",
    )  # fmt: skip


def yes(days=-5, **more):
    return Line("contact", "yes", TODAY + days * DAY, basis="consent", **more)


def no(days=-5, **more):
    return Line("contact", "no", TODAY + days * DAY, **more)


@pytest.mark.parametrize(
    ("history", "state"),
    [
        ([], "not_asked"),
        ([yes()], "yes"),
        ([yes(-5), no(-4)], "no"),
        ([no(-5), yes(-4)], "yes"),
        ([yes(-5), no(-5)], "no"),
        ([yes(until=TODAY)], "yes"),
        ([yes(until=TODAY - DAY)], "ran_out"),
        ([yes(until=TODAY - DAY), yes(-4)], "yes"),
        ([yes(withdrawn_on=TODAY - DAY)], "withdrawn"),
        ([yes(-5, withdrawn_on=TODAY - 3 * DAY), yes(-2)], "yes"),
        ([yes(-5, withdrawn_on=TODAY - 2 * DAY), yes(-3)], "withdrawn"),
        ([yes(withdrawn_on=TODAY + 9 * DAY)], "withdrawn"),
        ([yes(3), no(0)], "no"),
        ([Line("contact", "no"), yes(0)], "no"),
        ([Line("contact", "yes"), no(-900)], "no"),
        ([Line("contact", "yes")], "yes"),
        ([Line("quotes", "yes", TODAY)], "not_asked"),
    ],
)
def test_the_newest_counts_and_of_one_day_the_stricter(history, state):
    for order in (history, history[::-1]):
        assert held("contact", order, TODAY).state == state


def test_a_withdrawal_tells_its_own_day_and_how():
    line = yes(source="Sign-up sheet", withdrawn_on=TODAY, withdrawn_how="Rang us", id="a" * 32)
    found = held("contact", [line], TODAY)
    assert (found.since, found.source, found.basis, found.line) == (
        TODAY, "Rang us", "consent", "a" * 32,
    )  # fmt: skip
    assert not found.allowed


@pytest.mark.parametrize(
    ("field", "line", "state"),
    [
        ("not_asked", None, "not_asked"), ("yes", None, "yes"), ("no", None, "no"),
        ("not_asked", "yes", "yes"), ("yes", "no", "no"), ("no", "yes", "no"),
        ("yes", "not_asked", "yes"),
    ],
)  # fmt: skip
def test_of_the_bulletins_field_and_its_lines_the_stricter_counts(field, line, state):
    told = [Line("bulletin", line, TODAY, basis="consent")] if line else []
    assert held("bulletin", told, TODAY, bulletin=field).state == state
    assert held("quotes", told, TODAY, bulletin=field).state == "not_asked"


def test_do_not_contact_stands_above_what_needs_reaching_somebody():
    told = [Line(c.code, "yes", TODAY, basis="consent") for c in PURPOSES]
    found = {h.purpose: h for h in every_purpose(told, TODAY, do_not_contact=True)}
    assert {p for p, h in found.items() if h.barred} == {"contact", "bulletin"}
    assert {p for p, h in found.items() if h.allowed} == {"needs", "quotes", "photographs"}
    other = held("loan of a stall", told, TODAY, do_not_contact=True)
    assert other.barred


@given(st.lists(lines(), max_size=6), st.sampled_from(["not_asked", "yes", "no"]), st.booleans())
def test_one_more_no_of_today_always_forbids(history, field, barred):
    found = every_purpose(history, TODAY, bulletin=field, do_not_contact=barred)
    assert [h.purpose for h in found][:5] == [c.code for c in PURPOSES]
    for each in found:
        assert each.state in STATE_WORDS
        told = [*history, Line(each.purpose, "no", TODAY)]
        after = held(each.purpose, told, TODAY, bulletin=field, do_not_contact=barred)
        assert not after.allowed
        assert STRICTEST_FIRST.index(after.state) <= 1
        assert held(each.purpose, history[::-1], TODAY, bulletin=field,
                    do_not_contact=barred).state == each.state  # fmt: skip


@pytest.mark.parametrize(
    ("band", "guardian", "judge", "warned"),
    [
        ("", "", "", False), ("under_13", "", "", True), ("teens", "", " ", True),
        ("young", "", "", True), ("teens", "Her aunt", "", False),
        ("young", "", "Youth worker", False),
    ],
)  # fmt: skip
def test_a_child_needs_somebody_who_agrees_or_judged(band, guardian, judge, warned):
    assert bool(who_may_agree(band, guardian, judge)) is warned


class Histories:
    """One store, and a new person for each example."""

    def __init__(self, folder):
        self.store = Store.create(
            folder / "records.db", bytes(range(32)), REGISTRY, MIGRATIONS, officer="Sam",
            device="d" * 32,
        )  # fmt: skip

    def keep(self, history, field, barred):
        person = self.store.new_id()
        made = [Create(Stakeholder(id=person, name="Ada", bulletin=field, do_not_contact=barred))]
        for line in history:
            values = {name: getattr(line, name) for name in (
                "purpose", "answer", "given_on", "until", "withdrawn_on", "basis")}  # fmt: skip
            made.append(Create(Permission(id=self.store.new_id(), stakeholder=person, **values)))
        self.store.apply(made, "Keep a history")
        return person

    def said(self, person, purpose):
        sql, params = held_sql(purpose, TODAY)
        reader = self.store.reader()
        try:
            return reader.sql(
                f"SELECT h.said, h.barred FROM ({sql}) h JOIN record r ON r.pk = h.pk "
                "WHERE r.id = ?", [*params, bytes.fromhex(person)],
            )  # fmt: skip
        finally:
            reader.close()


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    made = Histories(tmp_path_factory.mktemp("permissions"))
    yield made
    made.store.close()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(lines(), max_size=5), st.sampled_from(["not_asked", "yes", "no"]), st.booleans())
def test_lists_say_what_the_rule_says(kept, history, field, barred):
    person = kept.keep(history, field, barred)
    for purpose in ("contact", "quotes", "bulletin", "loan of a stall"):
        wanted = held(purpose, history, TODAY, bulletin=field, do_not_contact=barred)
        assert kept.said(person, purpose) == [(wanted.state, int(wanted.barred))], purpose


def test_a_line_is_read_from_its_record():
    record = Permission(
        id="a" * 32, purpose="quotes", answer="yes", basis="consent", given_on=TODAY,
        source="Call", until=TODAY + DAY,
    )  # fmt: skip
    found = held("quotes", [line_of(record)], TODAY)
    assert (found.state, found.basis, found.since, found.until, found.source, found.line) == (
        "yes", "consent", TODAY, TODAY + DAY, "Call", "a" * 32,
    )  # fmt: skip
