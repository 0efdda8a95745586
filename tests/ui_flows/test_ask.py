"""Joining without an invitation: ask, read eight words out, wait, and be let in."""

import pytest

from engage_desktop.doors import Doors
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync.place import LocalPlace
from engage_desktop.sync.remote.book import keep_place_known, opened_place
from engage_desktop.sync.team import create_team, membership
from engage_desktop.sync.team_asking import answer_file, approve, open_requests, request_from_file
from engage_desktop.sync.team_recovery import make_recovery
from tests.ui_flows.helpers import PASSPHRASE, clipped
from ui.dialogs.ask import WaitSheet
from ui.dialogs.place import PlaceDialog
from ui.dialogs.recent import Recent
from ui.dialogs.recovery_code import CodeSheet
from ui.dialogs.welcome import Welcome
from ui.theme import theme
from ui.widgets.base import unnamed


@pytest.fixture
def shared(tmp_path, workspace):
    """The folder of Sam's team."""
    folder = tmp_path / "Shared drive"
    folder.mkdir()
    create_team(workspace.store)
    exchange_desk.send_and_receive(workspace, folder, start=True)
    return folder


@pytest.fixture
def opened():
    found = []
    yield found
    for workspace in found:
        workspace.close()


@pytest.fixture
def make(opening, tmp_path, around, shown, opened):
    def make():
        doors = Doors(home=tmp_path, around=around)
        window = Welcome(opening, doors, Recent(tmp_path / "recent.json"))
        window.opened.connect(opened.append)
        return shown(window)

    return make


def asking(window, qtbot, tmp_path):
    """The sheet that asks, with Ann's new workspace."""
    sheet = window.show_ask()
    sheet.officer.edit.setText("Ann Tully")
    sheet.folder.edit.setText(str(tmp_path / "Ann"))
    sheet.passphrase.edit.setText(PASSPHRASE)
    sheet.again.edit.setText(PASSPHRASE)
    sheet.submit()
    qtbot.waitUntil(lambda: isinstance(window.currentWidget(), CodeSheet))
    window.currentWidget().tick.setChecked(True)
    window.currentWidget().go.click()
    qtbot.waitUntil(lambda: isinstance(window.currentWidget(), WaitSheet))
    return window.currentWidget()


def test_the_window_opens_by_itself_once_an_admin_agrees(
    make, opened, workspace, shared, qtbot, tmp_path
):
    sheet = asking(make(), qtbot, tmp_path)
    sheet.submit()
    assert "shared folder" in sheet.folder.problem
    sheet.folder.edit.setText(str(shared))
    sheet.submit()
    qtbot.waitUntil(lambda: sheet.asked_words != "")
    assert len(sheet.asked_words.split()) == 8
    sheet.look()
    qtbot.waitUntil(lambda: sheet._looking is None)
    assert opened == [], "nobody has agreed"
    found, _ = open_requests(workspace.store, LocalPlace(shared))
    approve(workspace.store, found, sheet.asked_words)
    exchange_desk.send_and_receive(workspace, shared)
    sheet.look()
    qtbot.waitUntil(lambda: len(opened) == 1)
    assert membership(opened[0].store).role == "officer"
    assert opened[0].store.get_setting(exchange_desk.FOLDER) == str(shared)


def test_one_may_wait_another_time_and_the_words_are_the_same(
    make, opened, workspace, shared, qtbot, tmp_path
):
    window = make()
    sheet = asking(window, qtbot, tmp_path)
    sheet.folder.edit.setText(str(shared))
    sheet.submit()
    qtbot.waitUntil(lambda: sheet.asked_words != "")
    words = sheet.asked_words
    sheet.later.click()
    qtbot.waitUntil(lambda: window.currentWidget() is window.choices)
    qtbot.waitUntil(lambda: window.choices.recent_buttons != [])
    unlock = window.show_unlock(Recent(tmp_path / "recent.json").all()[0])
    unlock.passphrase.edit.setText(PASSPHRASE)
    unlock.submit()
    qtbot.waitUntil(lambda: isinstance(window.currentWidget(), WaitSheet))
    assert window.currentWidget().asked_words == words
    assert opened == []
    window.currentWidget().anyway.click()
    qtbot.waitUntil(lambda: len(opened) == 1)


def test_files_on_a_stick_do_as_well(make, opened, workspace, shared, qtbot, tmp_path):
    sheet = asking(make(), qtbot, tmp_path)
    sheet.save_request(str(tmp_path / "ann.request"))
    qtbot.waitUntil(sheet.answer.isVisible)
    shown = sheet.asked_words
    (tmp_path / "letter.txt").write_text("Dear Ann")
    sheet.take_answer(str(tmp_path / "letter.txt"))
    qtbot.waitUntil(lambda: sheet.problem.sentence != "")
    request = request_from_file((tmp_path / "ann.request").read_bytes())
    assert request.words == shown, "what the admin compares is what this laptop shows"
    approve(workspace.store, [request], shown, role="reader")
    (tmp_path / "ann.answer").write_bytes(answer_file(workspace.store))
    sheet.take_answer(str(tmp_path / "ann.answer"))
    qtbot.waitUntil(lambda: len(opened) == 1)
    assert membership(opened[0].store).role == "reader"


def test_the_recovery_key_lets_in_a_new_admin(make, opened, workspace, shared, qtbot, tmp_path):
    key = tmp_path / "Safe.recovery"
    make_recovery(workspace.store, key.write_bytes)
    exchange_desk.send_and_receive(workspace, shared)
    sheet = asking(make(), qtbot, tmp_path)
    sheet.by_key.click()
    sheet.folder.edit.setText(str(shared))
    sheet.key.edit.setText(str(key))
    sheet.go.click()
    qtbot.waitUntil(lambda: len(opened) == 1)
    assert membership(opened[0].store).role == "admin"


def test_a_folder_that_is_no_teams_is_told(make, qtbot, tmp_path):
    (tmp_path / "Empty").mkdir()
    sheet = asking(make(), qtbot, tmp_path)
    sheet.folder.edit.setText(str(tmp_path / "Empty"))
    sheet.submit()
    qtbot.waitUntil(lambda: sheet.problem.sentence != "")
    assert "No team uses this folder" in sheet.problem.sentence


@pytest.mark.parametrize("percent", [100, 200])
def test_the_words_fit_and_are_named(make, shared, qtbot, tmp_path, percent):
    window = make()
    theme().set(percent=percent)
    sheet = asking(window, qtbot, tmp_path)
    assert unnamed(sheet) == []
    assert clipped(sheet) == []
    sheet.folder.edit.setText(str(shared))
    sheet.submit()
    qtbot.waitUntil(lambda: sheet.asked_words != "")
    qtbot.wait(1)
    assert unnamed(sheet) == []
    assert clipped(sheet) == []


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize("server", ["webdav", "sftp", "s3"], indirect=True)
def test_one_asks_and_is_let_in_through_a_server(make, opened, workspace, server, qtbot, tmp_path):
    address = server.address(server.folder)
    create_team(workspace.store)
    keep_place_known(workspace.store, address, server.login(), server.host_key)
    exchange_desk.send_and_receive(workspace, address.text)
    sheet = asking(make(), qtbot, tmp_path)
    sheet.folder.edit.setText(address.text)
    sheet.submit()  # not known here yet, so it is asked about, with the address filled in
    dialog = next(iter(sheet.window().findChildren(PlaceDialog)))
    if server.kind == "s3":
        dialog.where.endpoint.edit.setText(address.endpoint)
    dialog.onward()
    dialog.who.user.edit.setText(server.login().user)
    dialog.who.password.edit.setText(server.login().secret)
    dialog.onward()
    qtbot.waitUntil(lambda: dialog.trial.finding is not None)
    if dialog.trial.finding.what == "host_key_unknown":
        dialog.onward()
        qtbot.waitUntil(lambda: dialog.trial.finding is not None)
    assert dialog.trial.finding.what == "team"
    dialog.onward()
    qtbot.waitUntil(lambda: sheet.window().focusWidget() is sheet.go)
    sheet.submit()
    qtbot.waitUntil(lambda: sheet.asked_words != "")
    with opened_place(address.text, workspace.store) as place:
        found, _ = open_requests(workspace.store, place)
    approve(workspace.store, found, sheet.asked_words)
    exchange_desk.send_and_receive(workspace, address.text)
    sheet.look()
    qtbot.waitUntil(lambda: len(opened) == 1)
    assert membership(opened[0].store).role == "officer"
    assert opened[0].store.get_setting(exchange_desk.FOLDER) == address.text
    exchange_desk.send_and_receive(opened[0], address.text)


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize("server", ["webdav"], indirect=True)
def test_asking_a_silent_server_is_given_up_at_once(make, server, silent, qtbot, tmp_path):
    window = make()
    sheet = asking(window, qtbot, tmp_path)
    address = server.address("team", silent)
    keep_place_known(sheet._store, address, server.login())
    sheet.folder.edit.setText(address.text)
    sheet.submit()
    thread = next(iter(sheet._tasks._apart.values()))
    qtbot.waitUntil(sheet.waiting.isVisible)
    sheet.waiting.cancelled.emit()
    assert sheet.problem.sentence.startswith("Stopped.")
    assert sheet.go.isEnabled()
    qtbot.waitUntil(lambda: not thread.is_alive())
    assert sheet.asked_words == ""
    sheet.submit()
    window.close()
    thread = next(iter(sheet._tasks._apart.values()), None)
    assert thread is None or not thread.join(20)
