"""Sending and receiving between two real workspaces, in words and by keyboard."""

import pytest
from PySide6.QtCore import Qt

from db.changes import Create, Edit
from engage_desktop.records.event import Event
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync import join_team
from engage_desktop.workspace import Workspace
from tests.heartbeat import MOST_MS
from tests.ui_flows.helpers import PASSPHRASE, clipped
from ui.pages.send_receive import SendReceivePage
from ui.theme import theme
from ui.widgets.base import unnamed


@pytest.fixture
def shared(tmp_path):
    folder = tmp_path / "Shared drive"
    folder.mkdir()
    return folder


@pytest.fixture
def page(context, shown, qtbot):
    made = shown(SendReceivePage(context), (1170, 712))
    qtbot.waitUntil(lambda: made.exchange is not None)
    return made


@pytest.fixture
def event(workspace):
    record = Event(id=workspace.store.new_id(), name="Carers' workshop", start_time="10:00")
    workspace.store.apply([Create(record)], "Add event")
    return record.id


def settled(page, qtbot):
    qtbot.waitUntil(lambda: not page.busy)
    page.refresh()
    qtbot.waitUntil(lambda: not page._tasks.busy)


def exchange(page, qtbot):
    page.exchange_now()
    settled(page, qtbot)


@pytest.fixture
def colleague(page, workspace, event, shared, qtbot, tmp_path, around):
    """Priya, joined by an invitation, both in step."""
    page.use_folder(str(shared))
    qtbot.waitUntil(lambda: page.exchange.folder == str(shared))
    code = "seven words"
    exchange_desk.invite(workspace, tmp_path / "priya.invite", "officer", 7, code)
    exchange(page, qtbot)
    made, _ = Workspace.create(
        tmp_path / "Priya", officer="Priya Nair", passphrase=PASSPHRASE, around=around
    )
    join_team(made.store, (tmp_path / "priya.invite").read_bytes(), code)
    there(made, shared)
    yield made
    made.close()


def there(workspace, shared):
    return exchange_desk.send_and_receive(
        workspace, shared, start=False, progress=lambda *_: None, cancelled=lambda: False
    )


def disagree(page, workspace, colleague, shared, event, qtbot, mine, theirs):
    workspace.store.apply([Edit("event", event, mine)], "Change event")
    colleague.store.apply([Edit("event", event, theirs)], "Change event")
    there(colleague, shared)
    exchange(page, qtbot)
    qtbot.waitUntil(lambda: page.cards != [])


def test_on_ones_own_it_says_what_to_do(page):
    assert "No folder chosen yet" in page.folder.text()
    assert "on your own" in page.team.text()
    assert "Never exchanged" in page.as_of.accessibleName()


def test_what_waits_goes_and_what_came_is_told(page, workspace, colleague, shared, event, qtbot):
    workspace.store.apply([Edit("event", event, {"notes": "Bring the gazebo"})], "Change event")
    page.refresh()
    qtbot.waitUntil(lambda: page.exchange.to_send == 1)
    record = Event(id=colleague.store.new_id(), name="Forum")
    colleague.store.apply([Create(record)], "Add event")
    there(colleague, shared)
    exchange(page, qtbot)
    assert page.exchange.to_send == 0
    assert workspace.store.exists("event", record.id)
    assert "Priya Nair" in page.came.accessibleName()
    assert "Priya Nair" in page.team.text()
    assert page.receipts.isVisible()
    there(colleague, shared)
    assert colleague.store.get("event", event).notes == "Bring the gazebo"


def test_two_versions_are_settled_by_keyboard_and_the_choice_travels(
    page, workspace, colleague, shared, event, hands, qtbot
):
    disagree(page, workspace, colleague, shared, event, qtbot,
             {"start_time": "10:30"}, {"start_time": "11:00"})  # fmt: skip
    card = page.cards[0]
    words = " ".join(b.accessibleName() for b in card.group.buttons())
    for expected in ("10:30", "11:00", "Sam Pike", "Priya Nair"):
        assert expected in words
    card.take_keyboard()
    mine = next(n for n, shown in enumerate(card.choice.shown, 1) if shown == "10:30")
    hands.type(str(mine))
    hands.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.cards == [])
    assert workspace.store.get("event", event).start_time == "10:30"
    exchange(page, qtbot)
    there(colleague, shared)
    assert colleague.store.get("event", event).start_time == "10:30"
    assert colleague.store.conflicts() == []


def test_a_third_value_may_be_typed_and_a_bad_one_is_told(
    page, workspace, colleague, shared, event, hands, qtbot
):
    disagree(page, workspace, colleague, shared, event, qtbot,
             {"start_time": "10:30"}, {"start_time": "11:00"})  # fmt: skip
    card = page.cards[0]
    card.own.setFocus()
    hands.type("half past")
    hands.press(Qt.Key.Key_Return)
    assert card.problem.text() != ""
    assert workspace.store.conflicts() != []
    card.own.clear()
    card.own.setFocus()
    hands.type("2:15pm")
    hands.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.cards == [])
    assert workspace.store.get("event", event).start_time == "14:15"


def test_nothing_chosen_is_told(page, workspace, colleague, shared, event, qtbot):
    disagree(page, workspace, colleague, shared, event, qtbot,
             {"name": "Workshop A"}, {"name": "Workshop B"})  # fmt: skip
    page.cards[0].keep.click()
    assert "Choose one of them first" in page.cards[0].problem.text()


def test_a_folder_that_vanished_changes_nothing(page, workspace, colleague, shared, event, qtbot):
    workspace.store.apply([Edit("event", event, {"notes": "x"})], "Change event")
    shared.rename(shared.with_name("Elsewhere"))
    exchange(page, qtbot)
    assert page.problem.sentence != ""
    assert page.exchange.to_send == 1
    shared.with_name("Elsewhere").rename(shared)
    exchange(page, qtbot)
    assert page.problem.sentence == ""
    assert page.exchange.to_send == 0


def test_a_new_empty_folder_is_asked_about(page, colleague, qtbot, tmp_path):
    other = tmp_path / "Other drive"
    other.mkdir()
    page.use_folder(str(other))
    qtbot.waitUntil(lambda: page.exchange.folder == str(other))
    exchange(page, qtbot)
    assert page.confirm.isVisible()
    assert list(other.iterdir()) == []
    page.confirm.buttons.itemAt(0).widget().click()
    settled(page, qtbot)
    assert (other / "team.json").exists()


def test_a_file_that_is_not_ours_is_set_aside_with_a_reason(page, colleague, shared, event, qtbot):
    folder = shared / "b" / colleague.store.device
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ("00000099-" + "0" * 64 + ".bundle")).write_bytes(b"not one of ours" * 50)
    exchange(page, qtbot)
    assert page.aside.isVisible()
    assert "00000099" in page.exchange.last["quarantined"][0]["file"]


def test_an_invitation_has_a_code_of_its_own(page, workspace, qtbot, tmp_path):
    dialog = page.invite()
    dialog.place.edit.setText(str(tmp_path / "sam"))
    dialog.make()
    qtbot.waitUntil(lambda: dialog.code != "")
    data = (tmp_path / "sam.invite").read_bytes()
    assert dialog.code.encode() not in data
    assert dialog.answer.isVisible()
    assert unnamed(dialog) == []
    dialog.reject()


def test_an_invitation_that_cannot_be_written_is_told(page, qtbot, tmp_path):
    dialog = page.invite()
    dialog.place.edit.setText(str(tmp_path / "gone" / "sam.invite"))
    dialog.make()
    qtbot.waitUntil(lambda: dialog.problem.sentence != "")
    assert dialog.code == ""
    assert dialog.go.isEnabled()
    dialog.reject()


def test_sending_much_never_blocks_the_window(page, county, colleague, shared, qtbot, heartbeat):
    with heartbeat:
        exchange(page, qtbot)
    assert page.exchange.to_send == 0
    assert heartbeat.worst < MOST_MS


@pytest.mark.parametrize("percent", [100, 200])
def test_the_page_is_named_and_whole(page, workspace, colleague, shared, event, qtbot, percent):
    disagree(page, workspace, colleague, shared, event, qtbot,
             {"name": "Workshop A"}, {"name": "Workshop B"})  # fmt: skip
    theme().set(percent=percent)
    qtbot.wait(40)
    assert unnamed(page) == []
    assert clipped(page) == []
