"""Taking feedback while the store is held, as it is while colleagues' changes come in."""

import itertools
import threading
import time

import pytest
from PySide6.QtCore import Qt

from db.drafts import Drafts
from db.errors import DiskFull
from db.query import ListQuery
from engage_desktop.capture.card import Card, Sitting
from engage_desktop.capture.desk import Desk, past_of
from engage_desktop.capture.waiting import NOTES, take_up
from tests.ui_flows.helpers import TODAY
from ui.capture.batch import BatchEntry
from ui.capture.stand import Stand
from ui.capture.tally import Counts
from ui.tasks import InlineTasks

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def held(workspace):
    """The store's lock, held by another thread until it is let go."""
    has, let_go = threading.Event(), threading.Event()

    def hold():
        with workspace.store.batch("Bring in changes") as batch:
            del batch
            with workspace.store._lock:
                has.set()
                assert let_go.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    assert has.wait(60)
    yield let_go
    let_go.set()
    thread.join()


@pytest.fixture
def make(workspace, tasks, event, topics, shown):
    def make(source="stand"):
        sitting = Sitting(source, event=event.id, event_title=event.name)
        desk = Desk(workspace.store, workspace.drafts, sitting, tasks, today=lambda: TODAY)
        if source == "stand":
            return shown(Stand(desk))
        return shown(BatchEntry(desk, Counts(workspace.store, "counts")), (1170, 712))

    return make


def take_up_what_waits(workspace):
    inline = InlineTasks(workspace.store)
    take_up(workspace.store, workspace.drafts, inline)
    inline.close()


def kept(workspace):
    """The words in the store, in the order they were written. Does not wait for the writer."""
    reader = workspace.store.reader()
    try:
        columns = ("response.fft", "text")
        return [r.values for r in reader.page(ListQuery("comment", columns, sort="pk")).rows]
    finally:
        reader.close()


def person(hands, answer, words):
    hands.type(answer)
    hands.type("w")
    hands.type(words)
    hands.press(Qt.Key.Key_Return, CONTROL)


def test_the_stand_takes_two_people_while_the_store_is_held(
    workspace, make, hands, qtbot, held, tasks, heartbeat
):
    stand = make()
    with heartbeat:
        person(hands, "4", "first")
        person(hands, "1", "second")
        hands.type("2")
    assert heartbeat.worst < 2_000  # the store is held for up to a minute
    assert stand.card == Card(fft="good")
    assert kept(workspace) == []
    assert stand.state.text() == "Person 3 · 0 saved, 2 being saved"
    assert len(workspace.drafts.names(NOTES)) == 2
    held.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert kept(workspace) == [("poor", "first"), ("very_good", "second")]
    assert stand.state.text() == "Person 3 · 2 saved"
    assert workspace.drafts.names(NOTES) == []
    assert stand.card == Card(fft="good")


def test_the_last_person_is_taken_back_once_the_store_is_free(
    workspace, make, hands, qtbot, held, tasks
):
    stand = make()
    person(hands, "4", "first")
    person(hands, "1", "second")
    stand.take_back.click()
    assert stand.card == Card()
    assert not stand.take_back.isVisible()
    held.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert kept(workspace) == [("poor", "first")]
    assert stand.card == Card(fft="very_good", words="second")
    assert stand.take_back.isVisible()
    assert workspace.drafts.names(NOTES) == []
    stand.next.click()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert kept(workspace) == [("poor", "first"), ("very_good", "second")]


def test_cards_are_keyed_and_corrected_while_the_store_is_held(
    workspace, make, hands, qtbot, held, tasks
):
    entry = make("card")
    qtbot.waitUntil(entry.answer.hasFocus)
    for answer, words in (("4", "first"), ("1", "second")):
        hands.type(answer)
        hands.press(Qt.Key.Key_Tab)
        hands.type(words)
        hands.press(Qt.Key.Key_Return)
    hands.press(Qt.Key.Key_Up)
    entry.comment.setText("second, mended")
    hands.press(Qt.Key.Key_Return)
    assert entry.state.text() == "Saving…"
    assert kept(workspace) == []
    held.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert entry.state.text() == "Saved"
    assert kept(workspace) == [("poor", "first"), ("very_good", "second, mended")]
    assert workspace.drafts.names(NOTES) == []


class Never:
    """A writer that the program does not live to hear from."""

    def __init__(self):
        self.jobs = []

    def write(self, job, done=None, failed=None):
        self.jobs.append(job)


@pytest.fixture
def lost(workspace, event):
    """A desk whose answers never come, and its writer."""
    never = Never()
    sitting = Sitting("stand", event=event.id, service="GP practice")
    return Desk(workspace.store, workspace.drafts, sitting, never, today=lambda: TODAY), never


@pytest.mark.parametrize("done", [0, 1, 2, 3])
def test_a_crash_loses_nothing_and_writes_nothing_twice(workspace, lost, done, monkeypatch):
    desk, never = lost
    desk.keep(Card(fft="poor", words="first"))
    kept_second = desk.keep(Card(fft="good", words="secnd"))
    desk.correct(1, Card(fft="good", words="second"))
    desk.send()
    with monkeypatch.context() as stopped:
        stopped.setattr(Drafts, "delete", lambda *_: None)  # stopped before the note was let go
        for job in never.jobs[:done]:
            job(None)
    inline = InlineTasks(workspace.store)
    for _ in range(2):
        take_up(workspace.store, workspace.drafts, inline)
        assert kept(workspace) == [("poor", "first"), ("good", "second")]
        assert workspace.drafts.names(NOTES) == []
    assert workspace.store.get("response", kept_second.response).service == "GP practice"
    inline.close()


@pytest.mark.parametrize("step", [-1_000_000_000, 0], ids=["set back", "coarse"])
def test_what_waits_is_done_in_the_order_it_was_asked_whatever_the_clock_says(
    workspace, lost, monkeypatch, step
):
    """Put right before it was kept, a card would be written as it was at first."""
    clock = itertools.count(1_800_000_000_000_000_000, step)
    monkeypatch.setattr(time, "time_ns", lambda: next(clock))
    desk, never = lost
    for number in range(3):
        desk.keep(Card(fft="good", words=f"secnd {number}"))
        again = Desk(workspace.store, workspace.drafts, desk.sitting, never, today=lambda: TODAY)
        again.cards = desk.cards
        again.correct(number, Card(fft="good", words=f"second {number}"))
    take_up_what_waits(workspace)
    assert kept(workspace) == [("good", f"second {number}") for number in range(3)]


@pytest.mark.parametrize("done", [0, 1, 2])
def test_a_card_put_right_twice_before_it_is_written_is_right_after_a_crash(workspace, lost, done):
    """The note of the second took the place of the first, or was let go with it."""
    desk, never = lost
    desk.keep(Card(fft="poor", words="secnd"))
    desk.correct(0, Card(fft="poor", words="second"))
    desk.correct(0, Card(fft="good", words="second"))
    desk.send()
    for job in never.jobs[:done]:
        job(None)
    take_up_what_waits(workspace)
    assert kept(workspace) == [("good", "second")]
    assert workspace.drafts.names(NOTES) == []


def test_a_note_of_an_earlier_version_is_taken_up_and_let_go(workspace, lost):
    desk, _ = lost
    desk.keep(Card(fft="poor", words="first"))
    [name] = workspace.drafts.names(NOTES)
    note = workspace.drafts.get(name)
    del note["name"]
    workspace.drafts.delete(name)
    workspace.drafts.put(f"{NOTES}{note['response']}:{note['what']}", note)
    take_up_what_waits(workspace)
    assert kept(workspace) == [("poor", "first")]
    assert workspace.drafts.names(NOTES) == []


@pytest.mark.parametrize("done", [0, 1, 2])
def test_a_crash_while_taking_back_leaves_the_card_in_one_place(workspace, lost, done):
    desk, never = lost
    desk.keep(Card(fft="poor", words="only"))
    desk.take_back()
    desk.send()
    for job in never.jobs[:done]:
        job(None)
    take_up_what_waits(workspace)
    in_store = kept(workspace) == [("poor", "only")]
    on_screen = desk.draft() == Card(fft="poor", words="only")
    assert in_store != on_screen
    assert workspace.drafts.names(NOTES) == []


def test_a_full_disk_keeps_earlier_people_for_the_next_one(
    workspace, make, hands, qtbot, held, tasks, monkeypatch
):
    stand = make()

    def full(*_args, **_more):
        raise DiskFull("The disk is full. Nothing was changed.")

    with monkeypatch.context() as small:
        small.setattr(workspace.store, "apply", full)
        person(hands, "4", "first")
        hands.type("1")
        held.set()
        qtbot.waitUntil(lambda: not tasks.busy)
    assert stand.card == Card(fft="very_good")
    assert "kept apart" in stand.problem.sentence
    hands.press(Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: not tasks.busy)
    assert [fft for fft, _ in kept(workspace)] == ["poor", "very_good"]
    assert stand.problem.sentence == ""
    assert workspace.drafts.names(NOTES) == []


def past(workspace, sitting):
    reader = workspace.store.reader()
    try:
        return past_of(reader, sitting, workspace.drafts)
    finally:
        reader.close()


def test_cards_that_are_still_being_written_are_counted_when_it_is_opened_again(
    workspace, tasks, event, held, qtbot
):
    sitting = Sitting("card", event=event.id, event_title=event.name)
    desk = Desk(workspace.store, workspace.drafts, sitting, tasks, today=lambda: TODAY)
    desk.keep(Card(fft="good", words="Kind"))
    desk.keep(Card(fft="poor", words="Cold"))
    desk.correct(1, Card(fft="good", words="Cold room"))
    desk.send()
    elsewhere = past(workspace, Sitting("card"))
    waiting = past(workspace, sitting)
    held.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    written = past(workspace, sitting)
    assert (elsewhere.count, elsewhere.cards) == (0, ())
    for seen in (waiting, written):
        assert (seen.count, [k.card.words for k in seen.cards]) == (2, ["Kind", "Cold room"])
        assert {code: n for code, n in seen.answers.items() if n} == {"good": 2}
