"""What is counted and what the day needs, against real stores and a slow count by hand."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.changes import Bin, Create, Edit
from db.keys import CHEAP
from engage_desktop.logistics.access import NEEDED_FEATURES, unknown, unmet
from engage_desktop.queries.feedback import (
    ANSWERS,
    Scope,
    comment_counts,
    distinct,
    fft_summary,
    monthly_fft,
    theme_counts,
)
from engage_desktop.queries.needs import access_needs
from engage_desktop.queries.today import WAITING_THEMES, coming_events, needs_me
from engage_desktop.records.registry import REGISTRY
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.records.venue import Venue
from engage_desktop.sample import fill
from engage_desktop.workspace import Surroundings, Workspace

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    made, _ = Workspace.create(
        tmp_path / "w",
        officer="Ada",
        passphrase="four green buses",
        around=Surroundings(cost=CHEAP),
    )
    with made:
        yield made


def add(workspace: Workspace, kind: str, **values: Any) -> str:
    record = REGISTRY[kind].model_validate({"id": workspace.store.new_id(), **values})
    workspace.store.apply([Create(record)], f"Add {kind}")
    return record.id


def test_an_answer_counts_once_however_many_comments_it_has(workspace: Workspace) -> None:
    response = add(workspace, "response", fft="good")
    for number in range(3):
        add(workspace, "comment", response=response, text=f"Comment {number}")
    reader = workspace.store.reader()
    assert fft_summary(reader).to_json() == {
        "counts": {**dict.fromkeys(ANSWERS, 0), "good": 1},
        "not_asked": 0,
        "answered": 1,
        "positive_percent": 100.0,
        "negative_percent": 0.0,
    }
    assert comment_counts(reader) == (3, 0)
    reader.close()


def test_nobody_asked_gives_no_percentage(workspace: Workspace) -> None:
    add(workspace, "response")
    reader = workspace.store.reader()
    summary = fft_summary(reader)
    assert (summary.answered, summary.not_asked) == (0, 1)
    assert summary.positive_percent is None
    assert summary.negative_percent is None
    reader.close()


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(answers=st.lists(st.sampled_from([*ANSWERS, "not_asked"]), max_size=40))
def test_counts_agree_with_counting_by_hand(workspace: Workspace, answers: list[str]) -> None:
    place = workspace.store.new_id()
    made = [
        REGISTRY["response"].model_validate(
            {"id": workspace.store.new_id(), "fft": answer, "service": place}
        )
        for answer in answers
    ]
    workspace.store.apply([Create(record) for record in made], "Add")
    reader = workspace.store.reader()
    summary = fft_summary(reader, Scope(service=place))
    by_hand = Counter(answers)
    assert summary.not_asked == by_hand.pop("not_asked", 0)
    assert {code: n for code, n in summary.counts.items() if n} == dict(by_hand)
    if summary.answered:
        good = by_hand["very_good"] + by_hand["good"]
        assert summary.positive_percent == round(100 * good / summary.answered, 1)
    reader.close()


def test_scope_takes_dates_service_provider_and_event(workspace: Workspace) -> None:
    event = add(workspace, "event", name="Stand")
    add(workspace, "response", fft="poor", received_on="2026-01-31", service="GP", event=event)
    add(workspace, "response", fft="good", received_on="2026-02-01", provider="Trust")
    reader = workspace.store.reader()

    def poor_and_good(scope: Scope) -> tuple[int, int]:
        counts = fft_summary(reader, scope).counts
        return counts["poor"], counts["good"]

    assert poor_and_good(Scope()) == (1, 1)
    assert poor_and_good(Scope(until=dt.date(2026, 1, 31))) == (1, 0)
    assert poor_and_good(Scope(since=dt.date(2026, 2, 1))) == (0, 1)
    assert poor_and_good(Scope(service="GP")) == (1, 0)
    assert poor_and_good(Scope(provider="Trust")) == (0, 1)
    assert poor_and_good(Scope(event=event)) == (1, 0)
    assert distinct(reader, "service") == ["GP"]
    assert monthly_fft(reader) == [("2026-01", 0, 1, 1), ("2026-02", 1, 0, 1)]
    reader.close()


def test_a_binned_comment_or_theme_leaves_the_counts(workspace: Workspace) -> None:
    buses = add(workspace, "theme", name="Buses")
    staff = add(workspace, "theme", name="Staff")
    first = add(workspace, "comment", text="Late", themes=[buses, staff])
    add(workspace, "comment", text="Kind", themes=[staff])
    reader = workspace.store.reader()
    assert [(t.name, t.comments) for t in theme_counts(reader)] == [("Staff", 2), ("Buses", 1)]
    workspace.store.apply([Bin("comment", first)], "Delete")
    assert [(t.name, t.comments) for t in theme_counts(reader)] == [("Staff", 1)]
    workspace.store.apply([Bin("theme", staff)], "Delete")
    assert theme_counts(reader) == []
    reader.close()


def test_a_theme_is_answered_by_what_was_done_not_by_a_promise_to_write(
    workspace: Workspace,
) -> None:
    buses = add(workspace, "theme", name="Buses")
    add(workspace, "comment", text="Late", themes=[buses])
    answer = add(workspace, "you_said", topic="Buses", theme=buses, you_said="It is late")
    reader = workspace.store.reader()
    assert not theme_counts(reader)[0].answered
    assert [n.concern for n in needs_me(reader, TODAY)] == ["theme_unanswered"]
    workspace.store.apply([Edit("you_said", answer, {"we_did": "A later bus runs"})], "Answer")
    assert theme_counts(reader)[0].answered
    assert needs_me(reader, TODAY) == []
    reader.close()


@given(
    comments=st.lists(st.tuples(st.sets(st.integers(0, 3)), st.booleans()), max_size=12),
    binned=st.sets(st.integers(0, 3)),
    answered=st.sets(st.integers(0, 3)),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_themes_that_wait_agree_with_counting_by_hand(
    workspace: Workspace,
    comments: list[tuple[set[int], bool]],
    binned: set[int],
    answered: set[int],
) -> None:
    themes = [add(workspace, "theme", name=f"Theme {number}") for number in range(4)]
    expected: Counter[str] = Counter()
    for about, live in comments:
        ids = tuple(themes[number] for number in about)
        comment = add(workspace, "comment", text="Long wait", themes=ids)
        if live:
            expected.update(themes[number] for number in about - binned - answered)
        else:
            workspace.store.apply([Bin("comment", comment)], "Delete")
    for number in answered:
        theme = themes[number]
        add(workspace, "you_said", topic="Waits", we_did="Shorter ones", theme=theme)
    for number in binned:
        workspace.store.apply([Bin("theme", themes[number])], "Delete")
    reader = workspace.store.reader()
    rows = [row for row in reader.sql(WAITING_THEMES) if row[0] in themes]
    reader.close()
    assert {row[0]: row[2] for row in rows} == dict(expected)
    assert [row[2] for row in rows] == sorted(expected.values(), reverse=True)


def test_themes_that_wait_are_counted_without_reading_every_comment(workspace: Workspace) -> None:
    reader = workspace.store.reader()
    plan = [str(row[3]) for row in reader.sql(f"EXPLAIN QUERY PLAN {WAITING_THEMES}")]
    reader.close()
    about_comments = [line for line in plan if " c " in line or "comment__themes" in line]
    assert about_comments == [
        "SCAN comment__themes USING COVERING INDEX comment__themes__by",
        "SEARCH c USING COVERING INDEX comment__state (state>?)",
    ]


def test_a_need_is_unmet_only_where_somebody_looked() -> None:
    assert unmet({"hoist"}, {}) == []
    assert unknown({"hoist"}, {}) == ["Hoist and bench (Changing Places)"]
    assert unmet({"hoist"}, {"changing_places": "no"}) == ["Hoist and bench (Changing Places)"]
    assert unmet({"hoist"}, {"changing_places": "yes"}) == []
    assert unmet({"braille"}, dict.fromkeys(NEEDED_FEATURES, "no")) == []


def test_every_needed_feature_and_need_is_on_the_forms() -> None:
    features = {choice.code for choice in Venue.specs()["access"].choices}
    needs = {choice.code for choice in Stakeholder.specs()["needs"].choices}
    assert set(NEEDED_FEATURES) <= needs
    assert {code for codes in NEEDED_FEATURES.values() for code in codes} <= features


def test_the_day_says_what_is_missing(workspace: Workspace) -> None:
    hall = add(workspace, "venue", name="Hall", access={"changing_places": "no"})
    guest = add(workspace, "stakeholder", name="J. Pike", needs=["hoist"])
    soon = (TODAY + dt.timedelta(days=2)).isoformat()
    past = (TODAY - dt.timedelta(days=2)).isoformat()
    add(workspace, "event", name="Workshop", date=soon, venue=hall, invited=[guest])
    add(workspace, "event", name="Nowhere", date=soon)
    add(workspace, "event", name="Online", date=soon, event_type="online")
    add(workspace, "event", name="Called off", date=soon, status="cancelled")
    add(workspace, "event", name="Done", date=past)
    add(workspace, "response", wants_reply=True)
    reader = workspace.store.reader()
    events = coming_events(reader, TODAY, TODAY + dt.timedelta(days=6))
    assert [e.name for e in events] == ["Workshop", "Nowhere", "Online"]
    assert events[0].unmet == ("Hoist and bench (Changing Places)",)
    assert not events[0].ready
    found = {(n.concern, n.detail) for n in needs_me(reader, TODAY)}
    assert found == {
        ("need_not_met", "Workshop, 26 November, Hall"),
        ("no_venue", "Nowhere, 26 November"),
        ("access_unchecked", "Hall, next used 26 November"),
        ("attendance_missing", "Done, 22 November"),
        ("reply_wanted", "They asked for a reply"),
    }
    reader.close()


def test_the_needs_of_somebody_in_the_bin_are_nobodys(workspace: Workspace) -> None:
    hall = add(workspace, "venue", name="Hall", access={"changing_places": "no"})
    guest = add(workspace, "stakeholder", name="J. Pike", needs=["hoist"])
    day = TODAY.isoformat()
    add(workspace, "event", name="Workshop", date=day, venue=hall, invited=[guest])
    workspace.store.apply([Bin("stakeholder", guest)], "Delete")
    reader = workspace.store.reader()
    assert [event.unmet for event in coming_events(reader, TODAY, TODAY)] == [()]
    reader.close()


def test_needs_nobody_has_checked_are_told_apart_from_those_not_met(workspace: Workspace) -> None:
    hall = add(workspace, "venue", name="Hall", access={"changing_places": "no"})
    guests = [
        add(workspace, "stakeholder", name=name, needs=needs)
        for name, needs in (("J. Pike", ["hoist"]), ("A. Roach", ["hoist", "quiet", "braille"]))
    ]
    there = add(workspace, "event", name="Workshop", venue=hall, invited=guests)
    nowhere = add(workspace, "event", name="Workshop", invited=guests)
    reader = workspace.store.reader()
    found, without = access_needs(reader, there), access_needs(reader, nowhere)
    assert found.needs == without.needs == {"hoist", "quiet", "braille"}
    hoist, quiet = (Stakeholder.specs()["needs"].choice_label(c) for c in ("hoist", "quiet"))
    assert (found.unmet, found.unknown) == ((hoist,), (quiet,))
    assert (without.unmet, set(without.unknown)) == ((), {hoist, quiet})
    reader.close()


def test_the_sample_carries_the_figures_of_its_source(workspace: Workspace) -> None:
    count = fill(workspace.store, today=TODAY)
    report = workspace.store.check()
    assert report.ok, report.problems
    assert sum(report.counts.values()) == count
    assert workspace.store.undo_words() is None
    reader = workspace.store.reader()
    total = reader.sql("SELECT count FROM counted_return WHERE source = 'PALS' AND is_total = 1")
    rows = reader.sql(
        "SELECT count(*), sum(count) FROM counted_return WHERE source = 'PALS' AND is_total = 0"
    )
    assert (total, rows) == ([(744,)], [(19, 447)])
    attended = reader.sql(
        "SELECT attendance FROM event WHERE network LIKE '%Advisory%' AND date < '2018-04-01' "
        "ORDER BY date"
    )
    assert [row[0] for row in attended] == [40, 27, 27, 34]
    assert fft_summary(reader).answered < report.counts["response"] < report.counts["comment"]
    assert coming_events(reader, TODAY, TODAY + dt.timedelta(days=6))
    reader.close()
