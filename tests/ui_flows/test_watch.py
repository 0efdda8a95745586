"""Long work is seen and can be stopped; short work is not talked about."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from db.errors import Cancelled
from db.query import ListQuery
from ui.dialogs.flows import Flows
from ui.widgets.banners import ProgressStrip
from ui.widgets.buttons import Button
from ui.widgets.watch import Watch


@pytest.fixture
def strip(shown):
    made = shown(ProgressStrip(), (500, 60))
    made.hide()
    return made


def test_long_work_is_shown_with_how_far_it_is_and_stopped_by_its_button(strip, tasks, qtbot):
    stop, ended = threading.Event(), []

    def job(ticket):
        ticket.progress(3, 9)
        while not stop.wait(0.01):
            ticket.check()

    watch = Watch(strip, "Exporting…", ended.append, ended.append)
    watch.over(tasks, job)
    try:
        qtbot.waitUntil(strip.isVisible)
        assert strip.accessibleName() == "Exporting… 3 of 9"
        QTest.mouseClick(strip.findChild(Button), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bool(ended))
    finally:
        stop.set()
    assert isinstance(ended[0], Cancelled)
    assert strip.isHidden()


def test_what_is_done_at_once_is_not_shown(strip, tasks, qtbot):
    ended = []

    def done(value):
        ended.append((value, watch.waits, strip.isHidden()))

    watch = Watch(strip, "Exporting…", done, ended.append)
    watch.over(tasks, lambda _ticket: "done")
    assert watch.waits
    qtbot.waitUntil(lambda: bool(ended))
    assert ended == [("done", False, True)]


def test_an_export_goes_through_the_strip(strip, context, county, tmp_path, qtbot):
    said = []
    context.say = said.append
    flows = Flows(context)
    flows.export_to(tmp_path / "venues.csv", ListQuery("venue"), strip)
    qtbot.waitUntil(lambda: bool(said))
    assert said[0].startswith("“venues.csv” is written")
    assert strip.isHidden()
