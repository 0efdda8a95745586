"""Needs are read from the quick ticks and the four lists together; six steps."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage_desktop.records.needs import MAY_BE_TOLD, listed
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.stakeholders import needs as n

TODAY = dt.date(2026, 5, 26)
SPECS = Stakeholder.specs()
CODES = {name: [choice.code for choice in SPECS[name].choices] for name in n.FIELDS}
POINTS_24 = "in_writing_at_least_24_point_sans_serif"


def entries():
    return st.fixed_dictionaries(
        {name: st.lists(st.sampled_from(codes), max_size=4, unique=True).map(tuple)
         for name, codes in CODES.items()}
    )  # fmt: skip


def states(values):
    return {step.key: step.state for step in n.six_steps(values, TODAY)}


def test_what_says_a_quick_tick_more_exactly_is_in_the_lists():
    for quick, said in n.SAYS.items():
        assert quick in CODES["needs"]
        assert all(code in CODES[name] for name, code in said)
    assert set(n._POINTS) <= {choice.code for choice in listed("information_format")}


@pytest.mark.parametrize("values", [
    {"needs": ("easy_read",)}, {"formats": ("easy_read",)},
    {"needs": ("easy_read",), "formats": ("easy_read",)},
])  # fmt: skip
def test_easy_read_is_easy_read_wherever_it_was_ticked(values):
    assert n.formats_needed(values) == ("easy_read",)
    assert n.needs_words(values) == ["Easy read"]
    assert n.format_label("easy_read") == "Easy read"


def test_the_exact_words_stand_for_the_quick_tick():
    values = {"needs": ("large_print", "wheelchair"), "formats": (POINTS_24, "moon")}
    assert n.formats_needed(values) == ("large_print", "moon")
    assert n.needs_words(values) == [
        "Step-free access", "Moon", "In writing, at least 24 point sans serif",
    ]  # fmt: skip
    assert n.print_points(values) == 24
    assert n.print_points({"needs": ("large_print",)}) == 18
    assert n.print_points({}) is None


@given(entries())
def test_nothing_ticked_is_lost_and_nothing_is_said_twice(values):
    words = n.needs_words(values)
    assert len(words) == len(set(words))
    assert n.has_needs(values) is bool(words) is any(values.values())
    for name in n.LISTS:
        assert {SPECS[name].choice_label(code) for code in values[name]} <= set(words)
    quick = n.quick_needs(values)
    assert set(values["needs"]) <= set(quick)
    for code in set(quick) - set(values["needs"]):
        assert any(c in values[name] for name, c in n.SAYS[code])
    formats = n.formats_needed(values)
    assert bool(formats) is bool(set(values["needs"]) & set(n.QUICK_FORMATS) or values["formats"])


@given(entries(), st.sets(st.sampled_from([c.code for c in MAY_BE_TOLD])))
def test_only_those_agreed_on_are_told(values, audiences):
    values["needs_tell"] = tuple(audiences)
    for choice in MAY_BE_TOLD:
        told = n.may_tell(values, choice.code)
        assert told == (n.needs_words(values) if choice.code in audiences else [])


def test_nobody_asked():
    assert states({}) == dict.fromkeys(
        ("identify", "record", "flag", "share", "meet", "review"), "open"
    ) | {"share": "not_needed", "meet": "not_needed"}


def test_asked_and_nothing_needed():
    found = states({"needs_asked": "2026-05-01", "needs_review": "2027-05-01"})
    assert found == {
        "identify": "done", "record": "done", "flag": "not_needed", "share": "not_needed",
        "meet": "not_needed", "review": "done",
    }  # fmt: skip


def test_every_step_in_turn():
    values = {"support": ("lip_reads",)}
    assert states(values)["identify"] == states(values)["flag"] == "done"
    values["needs_asked"] = dt.date(2026, 5, 1)
    assert states(values)["share"] == "open"
    values["needs_tell"] = ("venue",)
    assert states(values)["share"] == "open"
    values["needs_shared"] = dt.date(2026, 4, 30)
    assert states(values)["share"] == "open"  # shared before they were asked again
    values["needs_shared"] = dt.date(2026, 5, 2)
    assert states(values)["share"] == "done"
    for met, state in (("no", "open"), ("partly", "open"), ("yes", "done")):
        assert states(values | {"needs_met": met})["meet"] == state
    values["needs_review"] = TODAY
    assert states(values)["review"] == "done"
    assert not n.to_ask_again(values, TODAY)
    values["needs_review"] = TODAY - dt.timedelta(days=1)
    assert states(values)["review"] == "overdue"
    assert n.to_ask_again(values, TODAY)


def test_a_note_or_a_language_for_letters_is_a_need():
    assert n.has_needs({"needs_note": "Likes to sit near the door"})
    assert n.has_needs({"letters_in": "pl"})
    assert not n.has_needs({"languages": ("pl",)})
