"""The stand, by keys alone: under ten of them besides the words, and nothing is ever lost."""

import datetime as dt

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from db.errors import DiskFull
from db.query import ListQuery
from engage_desktop.capture.card import Card, Sitting
from engage_desktop.capture.desk import Desk, past_of
from tests.ui_flows.helpers import TODAY, clipped
from ui.capture.finder import TopicFinder
from ui.capture.stand import Stand
from ui.capture.tiles import LEAST_TARGET, BigTick, Tile
from ui.tasks import InlineTasks
from ui.theme import theme
from ui.widgets.base import unnamed

CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def sitting(event):
    return Sitting("stand", event=event.id, event_title=event.name, service="GP practice")


@pytest.fixture
def make(workspace, sitting, topics, shown):
    def make(writes=None):
        reader = workspace.store.reader()
        try:
            past = past_of(reader, sitting, workspace.drafts)
        finally:
            reader.close()
        desk = Desk(
            workspace.store, workspace.drafts, sitting, writes or InlineTasks(workspace.store),
            past, today=lambda: TODAY,
        )  # fmt: skip
        return shown(Stand(desk))

    return make


def responses(workspace):
    reader = workspace.store.reader()
    try:
        columns = ("fft", "event", "source", "received_on", "consent_quote", "wants_reply")
        return [row.values for row in reader.page(ListQuery("response", columns=columns)).rows]
    finally:
        reader.close()


def comments(workspace):
    reader = workspace.store.reader()
    try:
        page = reader.page(ListQuery("comment", columns=("text", "themes")))
        return [row.values for row in page.rows]
    finally:
        reader.close()


def test_a_person_in_under_ten_keys_besides_the_words(make, workspace, hands):
    stand = make()
    hands.type("4")
    hands.type("t")
    hands.type("3")
    hands.type("w")
    hands.type("The 4 o'clock bus, twice")
    hands.press(Qt.Key.Key_Return, CONTROL)  # five keys
    assert [row[:5] for row in responses(workspace)] == [
        ("poor", "Rural show stand", "stand", TODAY.isoformat(), "not_asked")
    ]
    assert comments(workspace) == [("The 4 o'clock bus, twice", ("Transport",))]
    assert stand.card == Card()
    assert "1 saved" in stand.state.text()


def test_it_is_one_step_to_undo(make, workspace, hands):
    make()
    hands.type("1")
    hands.press(Qt.Key.Key_Return, CONTROL)
    workspace.store.undo()
    assert responses(workspace) == []
    assert comments(workspace) == []


def test_figures_in_the_words_are_words(make, hands):
    stand = make()
    hands.type("w")
    hands.type("t 1 2 3 q r")
    card = stand.card
    assert card == Card(words="t 1 2 3 q r")


def test_alt_answers_from_inside_the_words(make, hands):
    stand = make()
    hands.type("w")
    hands.type("slow")
    hands.press(Qt.Key.Key_5, ALT)
    hands.press(Qt.Key.Key_Q, ALT)
    assert stand.card == Card(fft="very_poor", words="slow", quote="yes")


def test_permissions_are_only_given_when_ticked(make, workspace, hands):
    make()
    for key in ("2", "q", "r"):
        hands.type(key)
    hands.press(Qt.Key.Key_Return, CONTROL)
    assert responses(workspace)[0][4] == "yes"
    assert responses(workspace)[0][5] == 1


def test_a_crash_loses_no_letter(make, workspace, hands, qtbot, around):
    stand = make()
    hands.type("4")
    hands.type("w")
    hands.type("Half a sent")
    qtbot.waitUntil(lambda: workspace.drafts.names("capture:") != [])
    qtbot.waitUntil(lambda: stand.state.text() == "Kept as you type")
    stand._draft_timer.stop()
    stand.hide()  # no closing, no saving: as when the program is killed
    again = make()
    assert again.card == Card(fft="poor", words="Half a sent")


def test_a_full_disk_keeps_the_card_on_the_screen(make, workspace, hands, monkeypatch):
    stand = make()
    hands.type("4")
    hands.type("w")
    hands.type("Do not lose me")

    def full(*_args, **_more):
        raise DiskFull("The disk is full. Nothing was changed.")

    monkeypatch.setattr(workspace.store, "apply", full)
    hands.press(Qt.Key.Key_Return, CONTROL)
    assert stand.problem.sentence == "The disk is full. Nothing was changed."
    assert stand.card == Card(fft="poor", words="Do not lose me")
    monkeypatch.undo()
    hands.press(Qt.Key.Key_Return, CONTROL)
    assert stand.problem.sentence == ""
    assert len(responses(workspace)) == 1


def test_an_empty_card_is_not_kept(make, workspace, hands):
    stand = make()
    hands.press(Qt.Key.Key_Return, CONTROL)
    assert responses(workspace) == []
    assert "Nothing to keep" in stand.state.text()


def test_the_last_card_can_be_taken_back(make, workspace, hands):
    stand = make()
    hands.type("4")
    hands.press(Qt.Key.Key_Return, CONTROL)
    assert stand.take_back.isVisible()
    stand.take_back.click()
    assert responses(workspace) == []
    assert stand.card == Card(fft="poor")


def test_another_topic_is_found_by_letters(make, hands, topics, qtbot):
    stand = make()
    hands.type("t")
    hands.type("9")
    finder = stand.findChild(TopicFinder)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is finder.letters)
    hands.type("wai")
    hands.press(Qt.Key.Key_Return)
    assert stand.card.themes == (topics["Waiting times"],)


def test_escape_leaves_the_words_first_and_finishing_keeps_the_draft(make, workspace, hands):
    stand = make()
    hands.type("w")
    hands.type("later")
    hands.press(Qt.Key.Key_Escape)
    assert stand.isVisible()
    assert QApplication.focusWidget() is not stand.words
    hands.press(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is stand.finish
    hands.press(Qt.Key.Key_Space)
    assert not stand.isVisible()
    name = workspace.drafts.names("capture:")[0]
    assert workspace.drafts.get(name)["words"] == "later"


def test_everything_has_a_name_and_is_large_enough(make):
    stand = make()
    assert unnamed(stand) == []
    for target in (*stand.findChildren(Tile), *stand.findChildren(BigTick), stand.next):
        assert min(target.width(), target.height()) >= LEAST_TARGET, target.text()


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_nothing_is_clipped_at_any_text_size(make, qtbot, percent):
    theme().set(percent=percent)
    stand = make()
    qtbot.wait(20)
    assert stand.width() == 1366
    assert clipped(stand) == []
    for tile in stand.findChildren(Tile):
        assert tile.width() >= tile.minimumSizeHint().width()
        assert tile.height() >= tile.minimumSizeHint().height()


def test_the_day_is_the_sittings_when_it_has_one(workspace, topics, event):
    sitting = Sitting("card", event=event.id, received_on=dt.date(2026, 1, 2))
    desk = Desk(workspace.store, workspace.drafts, sitting, InlineTasks(workspace.store))
    desk.keep(Card(fft="good"))
    desk.send()
    assert responses(workspace)[0][3] == "2026-01-02"
