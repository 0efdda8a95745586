"""What two admins changed without knowing of each other, reviewed in the window by a third word."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from db.clock import system_ms
from db.keys import CHEAP
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync.team import create_invite, create_team, join_team, membership
from engage_desktop.sync.team_changes import change_role, revoke
from engage_desktop.workspace import Surroundings, Workspace
from tests.ui_flows.helpers import PASSPHRASE, clipped, settle_team
from ui.dialogs.team_review import ReviewDialog
from ui.theme import theme
from ui.widgets.banners import Banner
from ui.widgets.base import unnamed

K = Qt.Key


@pytest.fixture
def shared(tmp_path):
    folder = tmp_path / "Shared drive"
    folder.mkdir()
    return folder


@pytest.fixture
def team(workspace, shared, tmp_path):
    """Sam, Priya and Lee are admins, Kim is an officer; all in step through a real folder."""
    create_team(workspace.store)
    made = {"Sam": workspace}
    for name, role in (("Priya", "admin"), ("Lee", "admin"), ("Kim", "officer")):
        made[name], _ = Workspace.create(
            tmp_path / name, officer=name, passphrase=PASSPHRASE,
            around=Surroundings(now=system_ms, cost=CHEAP),
        )  # fmt: skip
        join_team(made[name].store, create_invite(workspace.store, role=role))
    everybody = [*made.values(), *made.values()]
    for n, each in enumerate(everybody):
        exchange_desk.send_and_receive(each, shared, start=n == 0)
    yield made
    for name in ("Priya", "Lee", "Kim"):
        made[name].close()


@pytest.fixture
def meet(team, shared):
    """Everybody sends and receives, twice, in turn."""

    def go(*names):
        for name in (names or tuple(team)) * 2:
            exchange_desk.send_and_receive(team[name], shared)

    return go


def role_of(workspace, of):
    return next(
        (m.role for m in membership(workspace.store).roster.members.values() if m.officer == of), ""
    )


def role_at(team, name):
    return role_of(team[name], "Kim")


def words_on(widget):
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def banner(page):
    return next(
        (b for b in page.warnings.findChildren(Banner) if b.accessibleName().startswith("Two adm")),
        None,
    )


def review(page, qtbot):
    button = next(b for b in banner(page).findChildren(QPushButton) if "Review" in b.text())
    button.click()
    (dialog,) = [
        w for w in QApplication.topLevelWidgets() if isinstance(w, ReviewDialog) and w.isVisible()
    ]
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def apart(team, meet):
    """Sam makes Kim a reader; Priya, who has not heard of it, makes her an approver."""
    change_role(team["Sam"].store, "Kim", "reader")
    change_role(team["Priya"].store, "Kim", "approver")
    meet()


def pick(dialog, said, code):
    """Choose for the change that says this."""
    for sha, group in dialog.choices.items():
        button = group.button(code)
        if said in button.accessibleName():
            button.setFocus()
            QApplication.processEvents()
            return sha, button
    raise AssertionError(f"nothing says {said!r}")


def test_nothing_to_review_is_not_offered(team, page_of):
    page = page_of(team["Sam"])
    assert banner(page) is None


def test_two_roles_given_apart_are_reviewed_by_keys_and_hold_everywhere(
    team, meet, page_of, hands, qtbot
):
    apart(team, meet)
    assert {role_at(team, name) for name in team} == {"reader"}, "the stricter holds meanwhile"
    page = page_of(team["Lee"])
    dialog = review(page, qtbot)
    assert len(dialog.choices) == 2
    shown = words_on(dialog)
    assert "Kim’s laptop was given two roles by two admins. The lesser holds." in shown
    assert "Made Kim a reader" in shown
    assert "Made Kim an approver" in shown
    assert "Sam Pike, " in shown
    assert "Priya, " in shown
    dialog.go.setFocus()
    hands.press(K.Key_Return)
    assert "whether it counts" in dialog.problem.sentence
    assert membership(team["Lee"].store).roster.disputes
    _, drops = pick(dialog, "Made Kim a reader", 0)
    hands.press(K.Key_Space)
    assert drops.isChecked()
    hands.press(K.Key_Return)  # on a choice Enter decides nothing by itself
    _, keeps = pick(dialog, "Made Kim an approver", 1)
    hands.press(K.Key_Space)
    assert keeps.isChecked()
    dialog.go.setFocus()
    hands.press(K.Key_Return)
    qtbot.waitUntil(lambda: not membership(team["Lee"].store).roster.disputes)
    settle_team(page, qtbot)
    assert "Decided. Send and receive" in page.done.accessibleName()
    assert banner(page) is None
    meet()
    assert {role_at(team, name) for name in team} == {"approver"}
    assert not any(membership(each.store).roster.disputes for each in team.values())


def test_later_changes_nothing(team, meet, page_of, hands, qtbot):
    apart(team, meet)
    page = page_of(team["Sam"])
    before = membership(team["Sam"].store).roster.head
    dialog = review(page, qtbot)
    pick(dialog, "Made Kim a reader", 1)
    hands.press(K.Key_Space)
    hands.press(K.Key_Escape)
    qtbot.waitUntil(lambda: not page._tasks.busy)
    assert membership(team["Sam"].store).roster.head == before
    assert banner(page) is not None


def test_two_admins_who_took_each_other_out_are_judged_by_the_third(team, meet, page_of, qtbot):
    revoke(team["Sam"].store, "Priya", "Lost")
    revoke(team["Priya"].store, "Sam Pike", "Left")
    meet()
    assert {role_of(team[name], "Sam Pike") for name in team} == {""}
    assert {role_of(team[name], "Priya") for name in team} == {""}
    page = page_of(team["Lee"])
    dialog = review(page, qtbot)
    shown = words_on(dialog)
    assert "Took Priya’s laptop out of the team" in shown
    assert "Took Sam Pike’s laptop out of the team" in shown
    for said, code in (("Took Priya", 1), ("Took Sam Pike", 0)):
        _, button = pick(dialog, said, code)
        button.click()
    dialog.go.click()
    qtbot.waitUntil(lambda: not membership(team["Lee"].store).roster.disputes)
    settle_team(page, qtbot)
    meet()
    for name in ("Sam", "Lee", "Kim"):
        assert role_of(team[name], "Sam Pike") == "admin"
        assert role_of(team[name], "Priya") == ""


def test_who_is_no_admin_is_told_and_offered_nothing(team, meet, page_of):
    apart(team, meet)
    page = page_of(team["Kim"])
    assert banner(page) is not None
    assert not [b for b in banner(page).findChildren(QPushButton) if b.isVisible()]


def test_an_admin_who_was_taken_out_meanwhile_is_refused_with_a_sentence(
    team, meet, page_of, qtbot
):
    apart(team, meet)
    page = page_of(team["Lee"])
    dialog = review(page, qtbot)
    change_role(team["Sam"].store, "Lee", "officer")
    meet("Sam", "Lee")
    for said, code in (("Made Kim a reader", 0), ("Made Kim an approver", 1)):
        pick(dialog, said, code)[1].click()
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.problem.sentence != "")
    assert "admin" in dialog.problem.sentence
    assert dialog.isVisible()
    assert dialog.go.isEnabled()
    assert role_at(team, "Lee") == "reader"


@pytest.mark.parametrize("percent", [100, 200])
def test_the_review_is_named_once_and_fits(team, meet, page_of, qtbot, percent):
    apart(team, meet)
    theme().set(percent=percent)
    page = page_of(team["Lee"])
    dialog = review(page, qtbot)
    qtbot.wait(1)
    for window in (page, dialog):
        assert unnamed(window) == []
        assert clipped(window) == []
    names = [b.accessibleName() for group in dialog.choices.values() for b in group.buttons()]
    assert len(names) == len(set(names)) == 4
