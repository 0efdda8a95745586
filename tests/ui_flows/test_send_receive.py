"""Sending and receiving between two real workspaces, in words and by keyboard."""

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from db.changes import Create, Edit
from engage_desktop.records.event import Event
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync import join_team
from engage_desktop.workspace import Workspace
from tests.ui_flows.helpers import PASSPHRASE, clipped
from ui.exchange import AUTOMATIC
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
    dialog.officer.edit.setText("Sam Pike")
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
    dialog.officer.edit.setText("Sam Pike")
    dialog.place.edit.setText(str(tmp_path / "gone" / "sam.invite"))
    dialog.make()
    qtbot.waitUntil(lambda: dialog.problem.sentence != "")
    assert dialog.code == ""
    assert dialog.go.isEnabled()
    dialog.reject()


@pytest.mark.alive
def test_sending_much_never_blocks_the_window(page, county, colleague, shared, qtbot, heartbeat):
    with heartbeat:
        exchange(page, qtbot)
    assert page.exchange.to_send == 0
    assert heartbeat.worst < heartbeat.most


def test_what_waits_for_a_choice_is_counted_and_leads_there(
    page, workspace, colleague, shared, event, qtbot
):
    gone = []
    page._context.go = gone.append
    assert page.choices.isHidden()
    workspace.store.apply([Edit("event", event, {"name": "A"})], "Change event")
    colleague.store.apply([Edit("event", event, {"name": "B"})], "Change event")
    there(colleague, shared)
    exchange(page, qtbot)
    qtbot.waitUntil(page.choices.isVisible)
    choose = next(b for b in page.choices.findChildren(QPushButton) if b.text() == "Choose")
    choose.click()
    assert gone == ["versions"]


def test_a_delivery_goes_by_file_and_is_listed(page, workspace, colleague, event, qtbot, tmp_path):
    workspace.store.apply([Edit("event", event, {"notes": "By stick"})], "Change event")
    path = tmp_path / "week.engage"
    page.stick_card.export_to(str(path))
    settled(page, qtbot)
    assert "week.engage" in page.exchange.receipts[0]["through"]
    assert "changes sent" in page.done.accessibleName()
    exchange_desk.read_delivery(colleague, path)
    assert colleague.store.get("event", event).notes == "By stick"
    colleague.store.apply([Edit("event", event, {"expected": 12})], "Change event")
    exchange_desk.write_delivery(colleague, tmp_path / "back.engage")
    page.stick_card.import_from(str(tmp_path / "back.engage"))
    settled(page, qtbot)
    assert workspace.store.get("event", event).expected == 12
    (tmp_path / "bad.engage").write_bytes(b"PK" + b"x" * 90)
    page.stick_card.import_from(str(tmp_path / "bad.engage"))
    settled(page, qtbot)
    assert "was not taken in" in page.problem.sentence
    assert all(each.isEnabled() for each in page._starters())


def test_a_folder_on_a_stick_is_used_for_this_once(page, workspace, colleague, event, qtbot,
                                                   tmp_path, shared):  # fmt: skip
    stick = tmp_path / "Stick"
    stick.mkdir()
    page.stick_card.through_stick(str(stick))
    settled(page, qtbot)
    assert (stick / "team.json").exists()
    assert page.exchange.folder == str(shared)


def test_changes_that_do_not_count_are_named_with_the_reason(
    page, workspace, colleague, shared, event, qtbot, tmp_path, around
):
    exchange_desk.invite(workspace, tmp_path / "reader", "reader", 7, None)
    ann, _ = Workspace.create(
        tmp_path / "Ann", officer="Ann Hale", passphrase=PASSPHRASE, around=around
    )
    with ann:
        join_team(ann.store, (tmp_path / "reader").read_bytes())
        there(ann, shared)
        ann.store.judge = None  # a program that does not hold her to her role
        ann.store.apply([Edit("event", event, {"notes": "No"})], "Change notes")
        there(ann, shared)
    exchange(page, qtbot)
    assert page.aside.isVisible()
    words = " ".join(label.text() for label in page.aside.findChildren(QLabel))
    assert words.count("Change notes: Carers' workshop") == 1
    assert "Ann Hale" in words
    assert "does not allow" in words
    assert workspace.store.get("event", event).notes == ""


def test_by_itself_can_be_switched_off(page, workspace, colleague, qtbot):
    assert page.by_itself.isChecked()
    page.by_itself.click()
    qtbot.waitUntil(lambda: workspace.store.get_setting(AUTOMATIC) is False)
    settled(page, qtbot)
    assert not page.by_itself.isChecked()


@pytest.mark.parametrize("percent", [100, 200])
def test_the_page_is_named_and_whole(page, colleague, shared, qtbot, percent):
    folder = shared / "b" / colleague.store.device
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ("00000099-" + "0" * 64 + ".bundle")).write_bytes(b"not one of ours" * 50)
    exchange(page, qtbot)
    theme().set(percent=percent)
    qtbot.wait(40)
    assert unnamed(page) == []
    assert clipped(page) == []
