"""Keying cards: keyboard only, draft from the first key, corrections, the count of the box."""

import pytest
from PySide6.QtCore import Qt

from db.query import ListQuery
from engage_desktop.capture.card import Card, Sitting
from engage_desktop.capture.desk import Desk, past_of
from tests.ui_flows.helpers import TODAY
from ui.capture.batch import BatchEntry
from ui.capture.tally import Counts, TallySheet
from ui.tasks import InlineTasks
from ui.theme import theme
from ui.widgets.base import unnamed
from ui.widgets.pills import Pill

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def make(workspace, event, topics, shown, qtbot):
    clock = iter(range(0, 100_000, 20))

    def make(writes=None):
        sitting = Sitting("card", event=event.id, event_title=event.name)
        reader = workspace.store.reader()
        try:
            past = past_of(reader, sitting, workspace.drafts)
        finally:
            reader.close()
        desk = Desk(
            workspace.store, workspace.drafts, sitting, writes or InlineTasks(workspace.store),
            past, today=lambda: TODAY,
        )  # fmt: skip
        counts = Counts.taken_up(workspace.store, sitting.key, past.counted)
        entry = shown(BatchEntry(desk, counts, now=lambda: next(clock)), (1170, 712))
        qtbot.waitUntil(lambda: entry.answer.hasFocus() or entry.comment.hasFocus())
        return entry

    return make


def key(hands, answer, topic, words, quote="", reply=""):
    hands.type(answer)
    hands.type(topic)
    for text in (words, quote, reply):
        hands.press(Qt.Key.Key_Tab)
        hands.type(text)
    hands.press(Qt.Key.Key_Return)


def kept(workspace):
    reader = workspace.store.reader()
    try:
        columns = ("response.fft", "themes", "text", "response.consent_quote")
        query = ListQuery("comment", columns=columns, sort="pk")
        return [row.values for row in reader.page(query).rows]
    finally:
        reader.close()


def test_cards_are_keyed_without_the_mouse(make, workspace, hands):
    make()
    key(hands, "1", "tr", "Driver waited for me.", "y", "n")
    key(hands, "4", "gp", "Four days on the phone", "n", "y")
    assert kept(workspace) == [
        ("very_good", ("Transport",), "Driver waited for me.", "yes"),
        ("poor", ("GP access",), "Four days on the phone", "no"),
    ]


def test_several_topics_with_a_comma(make, workspace, hands):
    make()
    key(hands, "2", "tr, wai", "Late twice")
    assert set(kept(workspace)[0][1]) == {"Transport", "Waiting times"}


def test_an_unknown_topic_is_told_and_nothing_is_lost(make, workspace, hands):
    entry = make()
    key(hands, "2", "zebra", "Late twice")
    assert "zebra" in entry.problem.sentence
    assert kept(workspace) == []
    assert entry.topic.hasFocus()
    assert entry.comment.text() == "Late twice"


def test_same_as_above(make, workspace, hands):
    make()
    key(hands, "4", "tr", "No bus")
    hands.type("3")
    hands.press(Qt.Key.Key_D, CONTROL)
    hands.press(Qt.Key.Key_Tab)
    hands.press(Qt.Key.Key_D, CONTROL)
    hands.press(Qt.Key.Key_Return)
    assert kept(workspace)[1][:3] == ("neither", ("Transport",), "No bus")


def test_up_goes_back_to_correct_and_the_new_card_waits(make, workspace, hands):
    entry = make()
    key(hands, "4", "tr", "No bus")
    hands.type("2")
    hands.press(Qt.Key.Key_Tab)
    hands.type("New one")
    hands.press(Qt.Key.Key_Up)
    assert entry.comment.text() == "No bus"
    entry.answer.setFocus()
    hands.type("5")
    hands.press(Qt.Key.Key_Return)
    assert kept(workspace)[0][0] == "very_poor"
    assert entry.card == Card(fft="good", words="New one")
    assert len(kept(workspace)) == 1


def test_escape_leaves_and_coming_back_takes_it_up(make, workspace, hands, qtbot):
    entry = make()
    hands.type("4")
    hands.type("tr")
    hands.press(Qt.Key.Key_Tab)
    hands.type("Bus was")
    with qtbot.waitSignal(entry.left):
        hands.press(Qt.Key.Key_Escape)
    entry.close()
    again = make()
    assert again.card.words == "Bus was"
    assert again.card.fft == "poor"
    hands.press(Qt.Key.Key_Return)
    assert kept(workspace)[0][:3] == ("poor", ("Transport",), "Bus was")
    assert workspace.drafts.names("capture:") == []


def test_a_crash_in_the_middle_of_a_card_loses_nothing(make, workspace, hands, qtbot):
    entry = make()
    hands.type("4")
    hands.type("tr")
    hands.press(Qt.Key.Key_Tab)
    hands.type("Bus was")
    qtbot.waitUntil(lambda: workspace.drafts.names("capture:") != [])
    entry._draft_timer.stop()
    entry.hide()  # as when the program is killed
    assert make().card.words == "Bus was"


def test_the_box_the_tally_and_the_pace(make, workspace, hands, qtbot):
    entry = make()
    entry.counts.box.setFocus()
    entry.counts.box.clear()
    hands.type("5")
    hands.press(Qt.Key.Key_Return)
    entry.take_keyboard()
    for _ in range(3):
        key(hands, "1", "tr", "Thank you")
    assert entry.counts._rest.text() == "2 to go, about 1 minute"
    entry.counts.type_tally()
    sheet = entry.findChild(TallySheet)
    sheet.figures["very_good"].setText("2")
    sheet.accept()
    assert [p.text for p in entry.counts.findChildren(Pill)] == ["Very good 2 / 3, differs"]
    entry.close()
    again = make().counts.counts
    assert (again.box, again.tally) == (5, {"very_good": 2})


def test_cards_of_an_earlier_sitting_are_there(make, hands):
    entry = make()
    key(hands, "4", "tr", "No bus")
    entry.close()
    again = make()
    assert again.model.rowCount() == 2
    assert again.model.index(0, 3).data() == "No bus"
    assert again.model.index(1, 0).data() == "2"


@pytest.mark.parametrize("percent", [100, 200])
def test_the_row_being_keyed_is_in_view_at_any_text_size(make, hands, percent, qtbot):
    theme().set(percent=percent)
    entry = make()
    for number in range(12):
        key(hands, "2", "gp", f"Comment {number}")
    qtbot.wait(20)
    view = entry.table.viewport().rect()
    assert view.contains(entry.answer.geometry().center())


def test_everything_has_a_name(make):
    assert unnamed(make()) == []
