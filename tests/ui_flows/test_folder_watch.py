"""By itself: when the folder appears or holds something new, and never over somebody's typing."""

import pytest
from PySide6.QtWidgets import QDialog

from db.changes import Create
from engage_desktop.records.event import Event
from engage_desktop.sync import desk as exchange_desk
from ui.exchange import AUTOMATIC, Exchanger
from ui.folder_watch import FolderWatch


@pytest.fixture
def shared(workspace, tmp_path):
    """The team's folder, used before."""
    folder = tmp_path / "Shared drive"
    folder.mkdir()
    workspace.store.set_setting(exchange_desk.FOLDER, str(folder))
    exchange_desk.send_and_receive(workspace, folder)
    return folder


@pytest.fixture
def watch(workspace, tasks, qtbot, context):
    exchanger = Exchanger(workspace, tasks)
    done = []
    exchanger.done.connect(lambda receipt, by_itself: done.append((receipt, by_itself)))
    exchanger.failed.connect(lambda error, by_itself: done.append((error, by_itself)))
    made = FolderWatch(workspace.store, tasks, exchanger, look_ms=3_600_000)
    made.done, made.exchanger = done, exchanger
    yield made
    made.stop()


def look(watch, tasks, qtbot):
    watch.look()
    qtbot.waitUntil(lambda: not tasks.busy and not watch.exchanger.busy)


def add(workspace):
    record = Event(id=workspace.store.new_id(), name="Forum")
    workspace.store.apply([Create(record)], "Add event")


def test_a_drive_that_is_plugged_in_is_used_once(watch, workspace, tasks, shared, qtbot):
    away = shared.with_name("Unplugged")
    shared.rename(away)
    add(workspace)
    look(watch, tasks, qtbot)
    assert watch.done == []
    away.rename(shared)
    look(watch, tasks, qtbot)
    [(receipt, by_itself)] = watch.done
    assert (receipt.sent, by_itself) == (1, True)
    look(watch, tasks, qtbot)
    look(watch, tasks, qtbot)
    assert len(watch.done) == 1, "nothing is new"


def test_something_new_in_the_folder_is_taken_in(watch, workspace, tasks, shared, qtbot):
    look(watch, tasks, qtbot)
    look(watch, tasks, qtbot)
    assert len(watch.done) == 1
    (shared / "b" / ("f" * 32)).mkdir(parents=True)
    look(watch, tasks, qtbot)
    assert len(watch.done) == 2


def test_switched_off_or_never_used_it_does_nothing(watch, workspace, tasks, shared, qtbot):
    workspace.store.set_setting(AUTOMATIC, False)
    look(watch, tasks, qtbot)
    assert watch.done == []
    workspace.store.set_setting(AUTOMATIC, True)
    workspace.store.set_setting("sync.last", None)  # no exchange ever: that is the officer's to do
    look(watch, tasks, qtbot)
    assert watch.done == []


def test_never_while_a_dialog_is_open_and_it_gives_way(
    watch, workspace, tasks, shared, qtbot, shown
):
    stand = QDialog()
    stand.setModal(True)
    shown(stand, (300, 200))
    look(watch, tasks, qtbot)
    assert watch.done == []
    watch._began(True)
    stopped = []
    watch._exchanger.stop = lambda: stopped.append(True)
    qtbot.waitUntil(lambda: stopped != [])
    watch._guard.stop()
    stand.close()
    watch.paused = True  # the window is locked
    look(watch, tasks, qtbot)
    assert watch.done == []


def test_one_that_is_stopped_as_it_ends_is_over_all_the_same(
    watch, workspace, tasks, shared, qtbot, monkeypatch
):
    real = exchange_desk.send_and_receive

    def stopped_at_the_end(*what, **more):
        receipt = real(*what, **more)
        watch.exchanger.stop()
        return receipt

    monkeypatch.setattr(exchange_desk, "send_and_receive", stopped_at_the_end)
    watch.exchanger.with_folder(str(shared))
    qtbot.waitUntil(lambda: not watch.exchanger.busy)
    assert [error.code for error, _ in watch.done] == ["cancelled"]


def test_what_fails_is_told_and_not_tried_at_once_again(watch, workspace, tasks, shared, qtbot):
    (shared / "team.json").unlink()
    look(watch, tasks, qtbot)
    [(error, by_itself)] = watch.done
    assert by_itself
    assert error.sentence
    look(watch, tasks, qtbot)
    look(watch, tasks, qtbot)
    assert len(watch.done) == 1
