"""The Team page over real workspaces: letting in, taking out, roles, keys, leaving, loss."""

import datetime as dt

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton

from db.changes import Create
from engage_desktop.records.event import Event
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync.errors import BadInvitation
from engage_desktop.sync.invite import read_invitation
from engage_desktop.sync.place import LocalPlace
from engage_desktop.sync.team import create_invite, create_team, join_team, membership
from engage_desktop.sync.team_asking import ask, enter_with
from engage_desktop.sync.team_changes import change_role, revoke, say
from engage_desktop.sync.team_leaving import leave
from engage_desktop.sync.team_recovery import read_recovery
from engage_desktop.workspace import Workspace
from tests.ui_flows.helpers import PASSPHRASE, clipped
from ui.form.context import Context
from ui.pages.send_receive import SendReceivePage
from ui.pages.team import TeamPage
from ui.tasks import Tasks
from ui.theme import theme
from ui.widgets.base import unnamed

MENU = pytest.mark.qt_log_ignore("does not support raise", "grabbing the keyboard", extend=True)
"""What the platform without a screen says of every menu that opens."""


@pytest.fixture
def shared(tmp_path):
    folder = tmp_path / "Shared drive"
    folder.mkdir()
    return folder


@pytest.fixture
def another(tmp_path, around):
    """Makes colleagues' workspaces, and closes them."""
    made = []

    def make(name):
        workspace, _ = Workspace.create(
            tmp_path / name, officer=name, passphrase=PASSPHRASE, around=around
        )
        made.append(workspace)
        return workspace

    yield make
    for workspace in made:
        workspace.close()


def exchange(workspace, shared, *, start=False):
    return exchange_desk.send_and_receive(workspace, shared, start=start)


@pytest.fixture
def team(workspace, shared):
    """Sam's team, with its folder."""
    create_team(workspace.store)
    workspace.store.set_setting(exchange_desk.FOLDER, str(shared))
    exchange(workspace, shared, start=True)
    return workspace


@pytest.fixture
def priya(team, another, shared):
    """Priya, an officer, both in step."""
    made = another("Priya Nair")
    join_team(made.store, create_invite(team.store, role="officer"))
    exchange(made, shared)
    exchange(team, shared)
    return made


@pytest.fixture
def ray(team, priya, another, shared):
    """Ray, who joined and left again by himself; everybody knows."""
    made = another("Ray Poole")
    join_team(made.store, create_invite(team.store, role="officer"))
    exchange(made, shared)
    leave(made.store)
    for one in (made, team, priya):
        exchange(one, shared)
    return made


@pytest.fixture
def page(context, shown, qtbot):
    made = shown(TeamPage(context), (1170, 712))
    settle(made, qtbot)
    return made


def settle(page, qtbot):
    qtbot.waitUntil(
        lambda: page.view is not None and not page._tasks.busy and not page._later.isActive()
    )


def row_of(page, officer):
    return next(row for row in page.rows if row.laptop.officer == officer)


def words_on(widget):
    from PySide6.QtWidgets import QLabel

    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def open_dialog(page, qtbot, what, officer):
    dialog = page.act(what, row_of(page, officer).laptop)
    qtbot.waitUntil(dialog.isVisible)
    qtbot.waitUntil(lambda: not page._tasks.busy)
    return dialog


def test_alone_it_says_so_and_the_first_invitation_is_offered(page):
    assert "on your own" in page.words.text()
    assert page.invite_button.isEnabled()
    assert page.rows == []
    assert page.asking_card.isHidden()


def test_members_show_with_role_and_when_they_last_sent(priya, shared, team, page, qtbot):
    event = Event(id=priya.store.new_id(), name="Carers’ workshop")
    priya.store.apply([Create(event)], "Add event")
    exchange(priya, shared)
    exchange(team, shared)
    page.enter()
    settle(page, qtbot)
    assert [row.laptop.officer for row in page.rows] == ["Sam Pike", "Priya Nair"]
    assert "This laptop" in [pill.text for pill in row_of(page, "Sam Pike").pills]
    hers = row_of(page, "Priya Nair")
    assert [pill.text for pill in hers.pills] == ["Officer"]
    assert "Last sent: " in words_on(hers)
    assert "file 1" in words_on(hers)


def test_what_the_team_lacks_is_said_until_it_is_mended(priya, team, page, qtbot):
    assert page.view.lacks == ("admins", "recovery")
    assert "one admin" in words_on(page)
    change_role(team.store, "Priya Nair", "admin")
    page.refresh()
    settle(page, qtbot)
    assert page.view.lacks == ("recovery",)
    assert "one admin" not in words_on(page)


def test_nobody_is_let_in_before_the_words_were_compared(team, another, shared, page, qtbot, hands):
    ann = another("Ann Tully")
    asked = ask(ann.store, LocalPlace(shared))
    page.enter()
    qtbot.waitUntil(lambda: len(page.asking) == 1)
    dialog = page.compare(page.asking[0].request)
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.words.words == asked.words
    shown = words_on(dialog.words).split()
    assert [word for word in shown if not word.isdigit()] == asked.words.split()
    assert not dialog.go.isEnabled()
    dialog.let_in()
    assert list(membership(team.store).roster.members) == [team.store.device]
    dialog.activateWindow()
    qtbot.waitUntil(dialog.same.hasFocus)
    hands.press(Qt.Key.Key_Space)
    assert dialog.go.isEnabled()
    dialog.go.click()
    qtbot.waitUntil(lambda: len(membership(team.store).roster.members) == 2)
    settle(page, qtbot)
    qtbot.waitUntil(lambda: page.asking == [])
    assert "Ann Tully is in the team" in page.done.accessibleName()
    exchange(team, shared)
    exchange(ann, shared)
    assert membership(ann.store).role == "officer"


@pytest.mark.parametrize(("name", "twice"), [("priya  NAIR", True), ("Priya Nairn", False)])
def test_who_asks_under_a_colleague_s_name_is_told_before_they_are_let_in(
    priya, team, another, shared, page, qtbot, name, twice
):
    asked = ask(another(name).store, LocalPlace(shared))
    page.enter()
    qtbot.waitUntil(lambda: len(page.asking) == 1)
    dialog = page.compare(page.asking[0].request)
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.words.words == asked.words
    assert dialog.twice.isVisible() is twice
    told = "Priya Nair has a laptop in the team already." in words_on(dialog)
    assert told is twice
    first = "Not now" if twice else f"{name} read exactly these eight words to me"
    assert dialog.focusWidget().accessibleName() == first
    assert unnamed(dialog) == []


def test_other_words_let_nobody_in(team, another, shared, page, qtbot):
    ask(another("Ann Tully").store, LocalPlace(shared))
    page.enter()
    qtbot.waitUntil(lambda: len(page.asking) == 1)
    dialog = page.compare(page.asking[0].request)
    qtbot.waitUntil(dialog.isVisible)
    dialog.same.setChecked(True)
    dialog.not_same.click()
    assert dialog.different.isVisible()
    assert not dialog.go.isEnabled()
    assert not dialog.same.isEnabled()
    dialog.let_in()
    dialog.reject()
    assert len(membership(team.store).roster.members) == 1


def test_a_request_on_a_stick_gets_its_answer_there(team, another, page, qtbot, tmp_path):
    ann = another("Ann Tully")
    (tmp_path / "ann.json").write_bytes(ask(ann.store, None).request.text)
    opened = []
    kept, page.compare = page.compare, lambda *a, **k: opened.append(kept(*a, **k))
    page.take_request(str(tmp_path / "ann.json"))
    qtbot.waitUntil(lambda: bool(opened))
    dialog = opened[0]
    dialog.question.combo.setCurrentIndex(dialog.question.combo.findData("volunteer"))
    dialog.question.day.edit.setText("31/12/2096")
    dialog.place.edit.setText(str(tmp_path / "ann.answer"))
    dialog.same.setChecked(True)
    dialog.go.click()
    qtbot.waitUntil((tmp_path / "ann.answer").exists)
    settle(page, qtbot)
    mine = enter_with(ann.store, (tmp_path / "ann.answer").read_bytes())
    assert mine.role == "volunteer"
    assert mine.roster.members[mine.device].expires is not None


def test_a_file_that_is_no_request_is_told(team, page, qtbot, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Sam")
    page.take_request(str(tmp_path / "letter.txt"))
    qtbot.waitUntil(lambda: page.problem.sentence != "")
    assert "asks for nothing" in page.problem.sentence


def test_a_laptop_is_taken_out_and_what_it_led_is_handed_over(priya, team, shared, page, qtbot):
    event = Event(id=team.store.new_id(), name="Forum", lead="Priya Nair")
    team.store.apply([Create(event)], "Add event")
    dialog = open_dialog(page, qtbot, "out", "Priya Nair")
    assert "not recalled" in words_on(dialog)
    dialog.why.edit.setText("Lost on the bus")
    dialog.to.combo.setCurrentIndex(dialog.to.combo.findData("Sam Pike"))
    dialog.go.click()
    qtbot.waitUntil(lambda: "Priya Nair" not in [
        m.officer for m in membership(team.store).roster.members.values()])  # fmt: skip
    settle(page, qtbot)
    assert team.store.get("event", event.id).lead == "Sam Pike"
    assert "1 record" in page.done.accessibleName()
    assert [pill.text for pill in row_of(page, "Priya Nair").pills] == ["Out of the team"]
    team.store.undo()
    assert team.store.get("event", event.id).lead == "Priya Nair"


def test_a_role_is_changed_with_its_last_day_and_a_bad_day_is_told(priya, team, page, qtbot):
    dialog = open_dialog(page, qtbot, "role", "Priya Nair")
    combo = dialog.question.combo
    combo.setCurrentIndex(combo.findData("volunteer"))
    dialog.question.day.edit.setText("the end of May")
    dialog.go.click()
    assert dialog.question.day.problem != ""
    assert membership(team.store).roster.members[priya.store.device].role == "officer"
    dialog.question.day.edit.setText("31/12/2096")
    dialog.go.click()
    qtbot.waitUntil(
        lambda: membership(team.store).roster.members[priya.store.device].role == "volunteer"
    )
    settle(page, qtbot)
    assert row_of(page, "Priya Nair").laptop.last_day == dt.date(2096, 12, 31)


def test_a_refusal_is_shown_as_its_sentence_and_nothing_changes(team, priya, page, qtbot):
    dialog = open_dialog(page, qtbot, "role", "Sam Pike")
    combo = dialog.question.combo
    combo.setCurrentIndex(combo.findData("reader"))
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.problem.sentence != "")
    assert "only admin" in dialog.problem.sentence
    assert membership(team.store).role == "admin"


def test_an_admin_is_asked_before_giving_up_their_own_rights(priya, team, page, qtbot):
    change_role(team.store, "Priya Nair", "admin")
    dialog = open_dialog(page, qtbot, "role", "Sam Pike")
    combo = dialog.question.combo
    combo.setCurrentIndex(combo.findData("officer"))
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.problem.sentence != "")
    assert "Only Priya Nair could make you an admin again" in dialog.problem.sentence
    assert "engage" not in dialog.problem.sentence, "no command line in the window"
    assert membership(team.store).role == "admin"
    assert dialog.go.accessibleName() == "Give up my rights"
    combo.setCurrentIndex(combo.findData("reader"))
    assert dialog.problem.sentence == "", "what was asked of one role is no yes to another"
    assert dialog.go.accessibleName() == "Give this role"
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.problem.sentence != "")
    dialog.go.click()
    qtbot.waitUntil(lambda: membership(team.store).role == "reader")


def test_who_has_no_last_day_is_shown_so_and_gets_one(priya, team, page, qtbot):
    device = priya.store.device
    say(team.store, "role", {"device": device, "role": "volunteer", "expires": None,
                             "marks": {}, "rotate": None})  # fmt: skip
    page.refresh()
    settle(page, qtbot)
    row = row_of(page, "Priya Nair")
    assert "No last day" in [pill.text for pill in row.pills]
    assert "no last day yet" in words_on(row)
    dialog = open_dialog(page, qtbot, "role", "Priya Nair")
    assert dialog.question.last_day() is not None, "a day is suggested"
    suggested, soon = dialog.question.last_day(), dt.datetime.now().astimezone().date()
    assert dt.timedelta(days=80) < suggested - soon < dt.timedelta(days=100)
    dialog.question.day.edit.clear()
    dialog.go.click()
    assert "last day" in dialog.question.day.problem
    dialog.question.day.edit.setText("31/12/2096")
    dialog.go.click()
    qtbot.waitUntil(lambda: row_of(page, "Priya Nair").laptop.last_day == dt.date(2096, 12, 31))
    assert "Until 31 Dec 2096" in [pill.text for pill in row_of(page, "Priya Nair").pills]


def test_a_field_copy_is_no_role_to_be_given(priya, team, page, qtbot):
    combo = open_dialog(page, qtbot, "role", "Priya Nair").question.combo
    assert combo.findData("field") == -1
    assert combo.findData("payer") >= 0


def test_a_volunteer_is_invited_with_a_last_day(team, page, qtbot, tmp_path):
    dialog = page.invite()
    qtbot.addWidget(dialog)
    combo = dialog.question.combo
    combo.setCurrentIndex(combo.findData("volunteer"))
    dialog.officer.edit.setText("Vera Lund")
    dialog.place.edit.setText(str(tmp_path / "Vera"))
    dialog.question.day.edit.clear()
    dialog.go.click()
    assert dialog.question.day.problem
    assert not (tmp_path / "Vera.invite").exists()
    dialog.question.day.edit.setText("31/12/2096")
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.code != "")
    brought = read_invitation((tmp_path / "Vera.invite").read_bytes(), dialog.code)
    assert brought.certificate["body"]["expires"] > 0


def test_an_invitation_is_for_somebody(team, page, qtbot, tmp_path):
    dialog = page.invite()
    qtbot.addWidget(dialog)
    dialog.place.edit.setText(str(tmp_path / "Priya"))
    dialog.officer.edit.setText("  ")
    dialog.go.click()
    assert dialog.officer.problem == "Say whom the invitation is for. Nothing was made."
    assert dialog.officer.problem in dialog.officer.edit.accessibleDescription()
    assert not (tmp_path / "Priya.invite").exists()
    dialog.officer.edit.setText("Priya\u200bNair")
    dialog.go.click()
    assert "The name of whom you invite is one line" in dialog.officer.problem
    assert not (tmp_path / "Priya.invite").exists()
    dialog.officer.edit.setText(" Priya  Nair ")
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.code != "")
    assert dialog.officer.problem == ""
    assert "They join under the name Priya Nair." in dialog.written.text()
    brought = read_invitation((tmp_path / "Priya.invite").read_bytes(), dialog.code)
    assert brought.certificate["body"]["for"] == "Priya Nair"


def test_an_invitation_takes_no_other_file_s_place_unasked(team, page, qtbot, tmp_path):
    dialog = page.invite()
    qtbot.addWidget(dialog)
    file = tmp_path / "Priya.invite"
    file.write_bytes(b"what Priya was given")
    dialog.officer.edit.setText("Priya Nair")
    dialog.place.edit.setText(str(file))
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.go.accessibleName() == "Write over that file")
    assert "“Priya.invite” is there already." in dialog.problem.sentence
    assert file.read_bytes() == b"what Priya was given"
    dialog.place.edit.setText(str(tmp_path / "Other"))
    assert dialog.go.accessibleName() == "Make invitation"
    dialog.place.edit.setText(str(file))
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.go.accessibleName() == "Write over that file")
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.code != "")
    assert read_invitation(file.read_bytes(), dialog.code)


def test_enter_alone_does_not_leave_the_team(team, page, qtbot):
    """However soon it was found what the officer leads."""
    dialog = open_dialog(page, qtbot, "leave", "Sam Pike")
    qtbot.waitUntil(lambda: dialog.leads is not None)
    assert dialog.focusWidget().accessibleName() == "Stay"


def test_the_recovery_key_is_written_once_and_its_code_opens_it(team, page, qtbot, tmp_path):
    dialog = page.make_key()
    dialog.place.edit.setText(str(tmp_path / "Safe"))
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.code != "")
    key = read_recovery((tmp_path / "Safe.recovery").read_bytes(), dialog.code)
    assert key.sign.public in membership(team.store).roster.recoveries
    dialog.reject()
    assert dialog.isVisible(), "the code is not lost by closing"
    text = pypdfium2.PdfDocument(dialog.render_sheet())[0].get_textpage().get_text_range()
    for group in dialog.code.split("-"):
        assert group in text
    assert "Recovery key of the team" in text
    dialog.noted.setChecked(True)
    dialog.reject()
    settle(page, qtbot)
    assert "recovery" not in page.view.lacks


def test_a_key_file_that_is_there_is_not_written_over(team, page, qtbot, tmp_path):
    (tmp_path / "Safe.recovery").write_text("the old one")
    dialog = page.make_key()
    dialog.place.edit.setText(str(tmp_path / "Safe"))
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.problem.sentence != "")
    assert (tmp_path / "Safe.recovery").read_text() == "the old one"
    assert not membership(team.store).roster.recoveries


def test_leaving_hands_over_everything_as_one_change(priya, team, page, qtbot):
    ids = []
    for name in ("Forum", "Stand", "Workshop"):
        event = Event(id=team.store.new_id(), name=name, lead="Sam Pike")
        team.store.apply([Create(event)], "Add event")
        ids.append(event.id)
    change_role(team.store, "Priya Nair", "admin")
    page.refresh()
    settle(page, qtbot)
    dialog = open_dialog(page, qtbot, "leave", "Sam Pike")
    qtbot.waitUntil(lambda: dialog.leads is not None)
    assert "You lead 3 records" in words_on(dialog)
    dialog.to.combo.setCurrentText("")
    dialog.go.click()
    assert "Choose who takes over" in dialog.problem.sentence
    dialog.to.combo.setCurrentText("Priya Nair")
    dialog.go.click()
    qtbot.waitUntil(lambda: membership(team.store).role == "")
    settle(page, qtbot)
    assert {team.store.get("event", i).lead for i in ids} == {"Priya Nair"}
    assert page.words.text().startswith("This laptop left the team on ")
    assert "To come back, make a new workspace and ask an admin" in page.words.text()
    handed = [team.store.history("event", i)[0] for i in ids]
    assert len({entry.change_set for entry in handed}) == 1, "one change, that can be undone whole"
    assert handed[0].why == "Hand over from Sam Pike to Priya Nair"


def test_the_only_admin_is_told_why_not(priya, team, page, qtbot):
    dialog = open_dialog(page, qtbot, "leave", "Sam Pike")
    qtbot.waitUntil(lambda: dialog.leads is not None)
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.problem.sentence != "")
    assert "only admin" in dialog.problem.sentence


def test_the_last_one_is_asked_before_leaving(team, page, qtbot):
    dialog = open_dialog(page, qtbot, "leave", "Sam Pike")
    qtbot.waitUntil(lambda: dialog.leads is not None)
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.problem.sentence != "")
    assert "there is no recovery key" in dialog.problem.sentence
    assert membership(team.store).role == "admin", "nothing happened yet"
    assert dialog.go.accessibleName() == dialog.go.accessibleName() == "Leave the team all the same"
    dialog.go.click()
    qtbot.waitUntil(lambda: membership(team.store).role == "")


def test_a_lost_laptop_is_reported_on_screen_and_paper(priya, team, page, qtbot):
    dialog = open_dialog(page, qtbot, "lost", "Priya Nair")
    qtbot.waitUntil(lambda: dialog.found is not None)
    assert dialog.found.hours == 72
    dialog.day.edit.setText("1/3/2025")
    dialog.time.edit.setText("09:30")
    dialog.hours.edit.setText("48")
    dialog.again.click()
    qtbot.waitUntil(lambda: dialog.found.hours == 48)
    noticed = dt.datetime(2025, 3, 1, 9, 30).astimezone()
    assert dialog.found.deadline_ms == int(noticed.timestamp() * 1000) + 48 * 3_600_000
    assert "Mon 3 Mar 2025, 09:30" in dialog.deadline.accessibleName()
    text = pypdfium2.PdfDocument(dialog.render_report())[0].get_textpage().get_text_range()
    for said in ("Lost laptop", "Priya Nair", "Mon 3 Mar 2025, 09:30", "48 hours"):
        assert said in text
    dialog.hours.edit.setText("a few")
    dialog.again.click()
    assert "as a number" in dialog.problem.sentence
    assert dialog.found.hours == 48


def test_who_is_no_admin_sees_the_team_and_why_it_cannot_be_changed(priya, team, shared, qtbot):
    theme()
    tasks = Tasks(priya.store)
    page = TeamPage(Context(priya, tasks))
    try:
        page.show()
        settle(page, qtbot)
        assert len(page.rows) == 2
        assert not page.invite_button.isEnabled()
        assert "Only an admin" in page.invite_button.toolTip()
        assert [what for what, _ in row_of(page, "Sam Pike")._acts()] == ["lost"]
        assert [what for what, _ in row_of(page, "Priya Nair")._acts()] == ["leave"]
    finally:
        tasks.close()
        page.deleteLater()


def menu_of(row, qtbot):
    """The row's menu, opened by keyboard alone."""
    row.window().activateWindow()
    row.change.setFocus()
    qtbot.keyClick(row.change, Qt.Key.Key_Space)
    (menu,) = row.findChildren(QMenu)
    qtbot.waitUntil(menu.isVisible)
    return menu


@MENU
def test_who_left_by_themselves_is_taken_out_for_good_by_keyboard(ray, team, shared, page, qtbot):
    row = row_of(page, "Ray Poole")
    assert [pill.text for pill in row.pills] == ["Left the team"]
    assert "It left by itself. It has its keys still" in words_on(row)
    opened = []
    kept, page.act = page.act, lambda *a: opened.append(kept(*a))
    row.acted.disconnect()
    row.acted.connect(page.act)
    menu = menu_of(row, qtbot)
    assert menu.accessibleName() == "Change: Ray Poole"
    assert [each.text() for each in menu.actions()] == [
        "Lost laptop report…", "Take out for good…",
    ]  # fmt: skip
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(menu, key)
    qtbot.waitUntil(lambda: bool(opened))
    (dialog,) = opened
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.accessibleName() == "Take Ray Poole’s laptop out for good?"
    assert "may come back as it is" in words_on(dialog)
    assert "only as a new workspace" in words_on(dialog)
    assert (unnamed(dialog), clipped(dialog)) == ([], [])
    assert dialog.go.accessibleName() == "Take out for good"
    dialog.why.edit.setText("Lost on the bus")
    dialog.go.click()
    qtbot.waitUntil(
        lambda: not membership(team.store).roster.state.went_by_itself(ray.store.device)
    )
    settle(page, qtbot)
    qtbot.waitUntil(
        lambda: [p.text for p in row_of(page, "Ray Poole").pills] == ["Out of the team"]
    )
    assert "Ray Poole’s laptop is out of the team" in page.done.accessibleName()
    assert [what for what, _ in row_of(page, "Ray Poole")._acts()] == ["lost"]
    exchange(team, shared)
    exchange(ray, shared)
    with pytest.raises(BadInvitation, match="Lost on the bus"):
        join_team(ray.store, create_invite(team.store))


def test_a_field_copy_that_was_returned_is_not_said_to_have_keys(
    team, another, shared, page, qtbot
):
    kim = another("Kim Lowe")
    day = dt.datetime.now().astimezone().date() + dt.timedelta(days=3)
    join_team(kim.store, create_invite(team.store, role="field", last_day=day))
    leave(kim.store)
    exchange(kim, shared)
    exchange(team, shared)
    page.enter()
    settle(page, qtbot)
    row = row_of(page, "Kim Lowe")
    assert "It returned its field copy." in words_on(row)
    assert "keys" not in words_on(row)


@MENU
def test_who_is_no_admin_reads_why_they_take_nobody_out_for_good(ray, priya, shown, qtbot):
    tasks = Tasks(priya.store)
    page = shown(TeamPage(Context(priya, tasks)), (1170, 712))
    try:
        settle(page, qtbot)
        row = row_of(page, "Ray Poole")
        assert "under Change" not in words_on(row)
        menu = menu_of(row, qtbot)
        offered = {each.text(): each for each in menu.actions()}
        out, note = offered["Take out for good…"], next(iter(offered))
        assert note == "Only an admin takes a laptop out of the team."
        assert not out.isEnabled()
        assert out.toolTip() == out.statusTip() == note
        assert offered["Lost laptop report…"].isEnabled()
        menu.close()
    finally:
        tasks.close()


def test_a_folder_that_is_away_is_told_and_the_team_still_shows(priya, team, shared, page, qtbot):
    shared.rename(shared.with_name("Elsewhere"))
    page.enter()
    qtbot.waitUntil(lambda: page.problem.sentence != "")
    assert "could not be seen" in page.problem.sentence
    assert len(page.rows) == 2


@pytest.mark.parametrize("percent", [100, 200])
def test_everything_is_named_once_and_fits(priya, team, another, shared, page, qtbot, percent):
    ask(another("Ann Tully").store, LocalPlace(shared))
    page.enter()
    qtbot.waitUntil(lambda: len(page.asking) == 1)
    theme().set(percent=percent)
    settle(page, qtbot)
    shown = [page, page.compare(page.asking[0].request)]
    shown += [open_dialog(page, qtbot, what, "Priya Nair") for what in ("role", "out", "lost")]
    shown += [open_dialog(page, qtbot, "leave", "Sam Pike"), page.make_key()]
    for window in shown:
        qtbot.waitUntil(lambda: not page._tasks.busy)
        qtbot.wait(1)
        assert unnamed(window) == []
        assert clipped(window) == []
        names = [
            b.accessibleName() for b in window.findChildren(QPushButton)
            if b.isVisible() and b.window() is window.window()
        ]  # fmt: skip
        assert len(names) == len(set(names))


def test_who_is_out_has_nothing_to_mend_and_is_told_how_to_come_back(
    priya, team, shared, tmp_path, shown, qtbot
):
    revoke(team.store, "Priya Nair", "Left the council")
    exchange(team, shared)
    priya.store.set_setting(exchange_desk.FOLDER, str(shared))
    exchange(priya, shared)
    tasks = Tasks(priya.store)
    try:
        context = Context(priya, tasks)
        page = shown(TeamPage(context), (1170, 712))
        settle(page, qtbot)
        assert page.words.text().startswith("This laptop was taken out of the team on ")
        assert "by Sam Pike (Left the council)" in page.words.text()
        assert not page.warnings.isVisible()
        sends = shown(SendReceivePage(context), (1170, 712))
        qtbot.waitUntil(lambda: sends.exchange is not None)
        assert sends.team.text().startswith("This laptop is not in the team any more.")
        assert not sends.behind.isVisible()
    finally:
        tasks.close()
