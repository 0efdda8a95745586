"""Field copies in the window: the register, a file taken back in, the return and the wiping."""

import datetime as dt

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from db.changes import Create
from db.clock import system_ms
from db.keys import CHEAP
from engage_desktop.records.event import Event
from engage_desktop.records.feedback import Comment, Response
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync.field_copy import make_field_copy, take_field_copy
from engage_desktop.sync.place import LocalPlace
from engage_desktop.sync.team import create_invite, create_team, join_team, membership
from engage_desktop.sync.team_asking import ask
from engage_desktop.sync.team_changes import change_role, revoke
from engage_desktop.workspace import Surroundings, Workspace
from tests.ui_flows.helpers import PASSPHRASE, clipped, settle_team
from ui.dialogs.flows import Flows
from ui.main_window import MainWindow
from ui.session import Session
from ui.tasks import Tasks
from ui.theme import theme
from ui.widgets.base import unnamed

CODE = "harvest plum 77"
DAY_MS = 24 * 3_600_000


class Clock:
    def __init__(self):
        self.ms = system_ms()

    def __call__(self):
        self.ms += 1
        return self.ms


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def around(clock):
    return Surroundings(now=clock, cost=CHEAP)


@pytest.fixture
def shared(tmp_path):
    folder = tmp_path / "Shared drive"
    folder.mkdir()
    return folder


@pytest.fixture
def office(workspace, shared):
    create_team(workspace.store)
    store = workspace.store
    guest = Stakeholder(id=store.new_id(), name="Ann Fielding")
    fair = Event(id=store.new_id(), name="Spring fair", invited=(guest.id,))
    store.apply([Create(guest), Create(fair)], "Add")
    exchange_desk.send_and_receive(workspace, shared, start=True)
    return workspace


@pytest.fixture
def out(office, tmp_path, around):
    """Makes field laptops that hold a copy of the fair, and closes them."""
    made = []

    def go(who="Kim Out", *, used=True):
        reader = office.store.reader()
        (fair,) = [hit for hit in reader.search_all("spring") if hit.kind == "event"]
        reader.close()
        file = tmp_path / f"{who}.fieldcopy"
        today = dt.datetime.now().astimezone().date()
        make_field_copy(office.store, office.blobs, fair.id, file, officer=who, code=CODE,
                        cost=CHEAP, last_day=today + dt.timedelta(days=2))  # fmt: skip
        if not used:
            return None
        field, _ = Workspace.create(
            tmp_path / who, officer=who, passphrase=PASSPHRASE, around=around
        )
        made.append(field)
        take_field_copy(field.store, field.blobs, file, CODE)
        return field

    go.made = made
    yield go
    for each in made:
        each.close()


def key_in(field, words="No ramp"):
    store = field.store
    card = Response(id=store.new_id())
    said = Comment(id=store.new_id(), response=card.id, text=words)
    store.apply([Create(card), Create(said)], "Key in a card")
    return said.id


def again(page, qtbot):
    page.enter()
    settle_team(page, qtbot)


def words_on(widget):
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def states(page):
    return [line.shown.copy.state for line in page.copies.lines]


def test_a_team_without_field_copies_is_not_told_of_them(office, page_of):
    page = page_of(office)
    assert page.copies.isHidden()
    assert page.own_copy.isHidden()


def test_the_register_says_who_has_which_until_when(office, out, shared, page_of, clock, qtbot):
    out("Lee Unused", used=False)
    page = page_of(office)
    assert states(page) == ["waiting"]
    assert "Not used yet" in page.copies.lines[0].accessibleName()
    field = out()
    exchange_desk.send_and_receive(field, shared)
    exchange_desk.send_and_receive(office, shared)
    again(page, qtbot)
    assert sorted(states(page)) == ["out", "waiting"]
    said = page.copies.lines[0].accessibleName()
    assert said.startswith("Spring fair: Kim Out. Out. Cards can be keyed in there until ")
    clock.ms += 5 * DAY_MS
    again(page, qtbot)
    first = page.copies.lines[0]
    assert "Overdue. Its last day was " in first.accessibleName()
    qtbot.waitUntil(first.report.isVisible)
    revoke(office.store, "Kim Out", "Lost on a train")
    again(page, qtbot)
    assert "revoked" in states(page)
    qtbot.waitUntil(lambda: "not recalled" in words_on(page.copies))
    assert unnamed(page) == []


def take(page, qtbot, path):
    dialog = page.take_back()
    qtbot.waitUntil(dialog.isVisible)
    dialog.file.edit.setText(str(path))
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.found is not None or dialog.problem.sentence != "")
    settle_team(page, qtbot)
    return dialog


def test_by_stick_alone_it_comes_back_with_a_receipt_and_is_wiped(
    office, out, page_of, tmp_path, qtbot
):
    field = out()
    said = key_in(field)
    there = page_of(field)
    assert "“Spring fair”, until " in there.own_copy.words.text()
    assert "2 changes are on this laptop alone" in there.own_copy.state.text() or (
        "1 change is on this laptop alone" in there.own_copy.state.text()
    )
    back = there.return_copy()
    qtbot.waitUntil(lambda: back.own is not None)
    assert not back.sync.isVisible()
    back.finish()
    assert "Nothing was wiped" in back.problem.sentence
    back.write_to(str(tmp_path / "out.engage"))
    qtbot.waitUntil(lambda: back.own is not None and back.own.unsent == 0)
    assert "No office laptop has said yet" in back.state.accessibleName()

    here = page_of(office)
    taken = take(here, qtbot, tmp_path / "out.engage")
    assert taken.found.came == {"comment": 1, "response": 1}
    assert taken.found.whose == taken.found.waiting == ("Kim Out",)
    assert "Came from Kim Out: 1 comment, 1 response." in taken.said.accessibleName()
    assert "Nothing was set aside." in taken.said.accessibleName()
    assert office.store.get("comment", said).text == "No ramp"
    taken.answer_place.edit.setText(str(tmp_path / "answer"))
    taken.answer()
    qtbot.waitUntil((tmp_path / "answer.engage").exists)
    qtbot.waitUntil(lambda: not here._tasks.busy)
    assert "“answer.engage” is written" in taken.written.text()
    once_more = take(here, qtbot, tmp_path / "out.engage")
    assert once_more.found.came == {}
    assert "Nothing new of a field copy" in once_more.said.accessibleName()

    back.read_from(str(tmp_path / "answer.engage"))
    qtbot.waitUntil(lambda: back.own is not None and back.own.is_at_office)
    back.finish()
    assert "Tick" in back.problem.sentence
    back.sure.setChecked(True)
    back.last.edit.setText(str(tmp_path / "gone"))
    finished = []
    there._context.finish = finished.append
    back.go.click()
    qtbot.waitUntil(lambda: bool(finished))
    assert membership(field.store).role == ""
    assert states(here) == ["out"]
    last = take(here, qtbot, tmp_path / "gone.engage")
    assert last.found.returned == ("Kim Out",)
    assert "Returned and wiped: Kim Out." in last.said.accessibleName()
    assert states(here) == ["returned"]
    assert here.copies.lines[0].report.isHidden()


def test_what_was_keyed_in_after_it_was_taken_out_is_set_aside_with_the_reason(
    office, out, shared, page_of, tmp_path, qtbot
):
    field = out()
    exchange_desk.send_and_receive(field, shared)
    exchange_desk.send_and_receive(office, shared)
    revoke(office.store, "Kim Out", "Given up")
    key_in(field, "Too late")
    exchange_desk.write_delivery(field, tmp_path / "late.engage")
    page = page_of(office)
    taken = take(page, qtbot, tmp_path / "late.engage")
    assert taken.found.came == {}
    assert "From Kim Out came nothing that counts. Set aside: 2." in taken.said.accessibleName()
    assert len(taken.found.aside) == 2
    assert taken.found.unused == ()
    assert taken.found.waiting == (), "who was taken out waits for no answer"
    qtbot.waitUntil(lambda: "Key in a card: Too late (Kim Out, " in words_on(taken))
    assert "Its author’s laptop had been taken out of the team." in words_on(taken)
    assert "revoked" in states(page)
    assert unnamed(taken) == []


def test_other_files_are_told_apart(office, out, page_of, tmp_path, around, qtbot):
    page = page_of(office)
    (tmp_path / "letter.engage").write_text("Dear Sam")
    taken = take(page, qtbot, tmp_path / "letter.engage")
    assert "not a delivery" in taken.problem.sentence
    assert taken.go.isEnabled()
    priya, _ = Workspace.create(
        tmp_path / "Priya", officer="Priya Nair", passphrase=PASSPHRASE, around=around
    )
    with priya:
        join_team(priya.store, create_invite(office.store, role="officer"))
        event = Event(id=priya.store.new_id(), name="Forum")
        priya.store.apply([Create(event)], "Add event")
        exchange_desk.write_delivery(priya, tmp_path / "priya.engage")
    taken.file.edit.setText(str(tmp_path / "priya.engage"))
    taken.go.click()
    qtbot.waitUntil(lambda: taken.found is not None)
    settle_team(page, qtbot)
    assert "Nothing new of a field copy" in taken.said.accessibleName()
    assert "1 change of other colleagues came along" in taken.said.accessibleName()


def test_who_does_not_read_people_is_told_and_opens_no_file(office, out, shared, tmp_path, around,
                                                            page_of, qtbot):  # fmt: skip
    field = out()
    exchange_desk.send_and_receive(field, shared)
    exchange_desk.send_and_receive(office, shared)
    ray, _ = Workspace.create(tmp_path / "Ray", officer="Ray", passphrase=PASSPHRASE, around=around)
    with ray:
        join_team(ray.store, create_invite(office.store, role="reader"))
        exchange_desk.send_and_receive(ray, shared)
        page = page_of(ray)
        assert states(page) == ["out"]
        assert not page.copies.back.isEnabled()
        assert "officers and admins" in page.copies.back.toolTip()
        page.close()
        page._tasks.close()


def test_through_the_folder_the_window_closes_and_the_workspace_is_gone(
    office, out, shared, tmp_path, around, qapp, qtbot, monkeypatch
):
    field = out()
    key_in(field)
    field.store.set_setting(exchange_desk.FOLDER, str(shared))
    folder = field.folder
    out.made.remove(field)
    field.close()
    again_ = Workspace.open(folder, PASSPHRASE, around=around)
    session = Session(qapp)
    over = []
    session.over.connect(lambda: over.append(True))
    session.enter(again_)
    window = session.window
    qtbot.waitUntil(lambda: not window.tasks.busy)
    window.visit("team")
    page = window.page
    qtbot.waitUntil(lambda: page.view is not None and not window.tasks.busy)
    assert page.own_copy.isVisible()
    back = page.return_copy()
    qtbot.waitUntil(lambda: back.own is not None)
    back.send()
    qtbot.waitUntil(lambda: back.own.unsent == 0 and not window.tasks.busy)
    assert not back.own.is_at_office
    exchange_desk.send_and_receive(office, shared)
    back.send()
    qtbot.waitUntil(lambda: back.own.is_at_office and not window.tasks.busy)
    back.sure.setChecked(True)
    back.go.click()
    qtbot.waitUntil(lambda: bool(over))
    assert not folder.exists()
    exchange_desk.send_and_receive(office, shared)
    from engage_desktop.sync.field_register import copies

    assert [copy.state for copy in copies(office.store)] == ["returned"]
    session.close()


# -- the mark on the rail ----------------------------------------------------------------------


@pytest.fixture
def window(office, tasks, shared, shown, qtbot):
    office.store.set_setting(exchange_desk.FOLDER, str(shared))
    made = shown(MainWindow(office, tasks, Flows))
    qtbot.waitUntil(lambda: not tasks.busy)
    yield made
    made.close()
    made.deleteLater()


def team_on_rail(window):
    return window.rail._buttons["team"].accessibleName()


def test_the_rail_says_when_the_team_wants_somebody(
    window, office, out, shared, tmp_path, around, clock, qtbot
):
    assert team_on_rail(window) == "Team"
    ann, _ = Workspace.create(
        tmp_path / "Ann", officer="Ann Tully", passphrase=PASSPHRASE, around=around
    )
    with ann:
        ask(ann.store, LocalPlace(shared))
    window.folder_watch.look()
    qtbot.waitUntil(lambda: team_on_rail(window) == "Team, 1 needs you")
    field = out()
    exchange_desk.send_and_receive(field, shared)
    clock.ms += 5 * DAY_MS
    qtbot.waitUntil(lambda: not window.context.exchanger.busy and not window.tasks.busy)
    assert window.context.exchanger.with_folder(str(shared))
    qtbot.waitUntil(lambda: team_on_rail(window) == "Team, 2 need you")
    window.go("today")
    qtbot.waitUntil(lambda: not window.tasks.busy)
    assert team_on_rail(window) == "Team, 2 need you", "the day’s own marks leave it alone"


def test_the_rail_says_when_a_review_waits_and_only_to_admins(
    window, office, shared, tmp_path, around, qtbot
):
    priya, _ = Workspace.create(
        tmp_path / "Priya", officer="Priya Nair", passphrase=PASSPHRASE, around=around
    )
    kim, _ = Workspace.create(tmp_path / "Kim", officer="Kim", passphrase=PASSPHRASE, around=around)
    with priya, kim:
        join_team(priya.store, create_invite(office.store, role="admin"))
        join_team(kim.store, create_invite(office.store, role="officer"))
        for each in (priya, kim, office, priya):
            exchange_desk.send_and_receive(each, shared)
        change_role(office.store, "Kim", "reader")
        change_role(priya.store, "Kim", "volunteer", last_day=dt.date(2096, 9, 1))
        exchange_desk.send_and_receive(priya, shared)
        assert window.context.exchanger.with_folder(str(shared))
        qtbot.waitUntil(lambda: team_on_rail(window) == "Team, 1 needs you")


def test_a_field_laptop_is_told_on_the_rail_to_return_its_copy(out, clock, shown, qtbot):
    field = out()
    tasks = Tasks(field.store)
    window = shown(MainWindow(field, tasks, Flows))
    try:
        qtbot.waitUntil(lambda: not tasks.busy)
        assert team_on_rail(window) == "Team"
        clock.ms += 5 * DAY_MS
        window.team_watch.look()
        qtbot.waitUntil(lambda: team_on_rail(window) == "Team, 1 needs you")
        window.visit("team")
        qtbot.waitUntil(lambda: window.page.view is not None and not tasks.busy)
        assert "return it now" in window.page.own_copy.words.text()
        assert QApplication.focusWidget() is window.page.own_copy.back
    finally:
        window.close()
        tasks.close()
        window.deleteLater()


@pytest.mark.parametrize("percent", [100, 200])
def test_everything_is_named_and_fits(
    office, out, shared, page_of, tmp_path, clock, qtbot, percent
):
    field = out()
    key_in(field)
    exchange_desk.write_delivery(field, tmp_path / "out.engage")
    theme().set(percent=percent)
    there, here = page_of(field), page_of(office)
    back, taken = there.return_copy(), take(here, qtbot, tmp_path / "out.engage")
    qtbot.waitUntil(lambda: back.own is not None)
    for shown_ in (there, here, back, taken):
        qtbot.wait(1)
        assert unnamed(shown_) == []
        assert clipped(shown_) == []
