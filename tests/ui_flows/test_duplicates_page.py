"""Reviewing duplicates in a real workspace: one of two, two of two, and back again."""

import pytest
from PySide6.QtCore import Qt

from db.changes import Create, Edit
from engage_desktop.records.registry import REGISTRY
from tests.ui_flows.helpers import TODAY
from ui.bus import ChangeBus
from ui.duplicates.page import DuplicatesPage
from ui.pages.page import Surroundings
from ui.settings import Settings
from ui.theme import theme

K = Qt.Key


@pytest.fixture
def twins(workspace):
    """Ann twice, with a call to the second; and Bob, who is nobody else."""
    store, kind = workspace.store, REGISTRY["stakeholder"]

    def made(**values):
        record = kind(id=store.new_id(), **values)
        store.apply([Create(record)], "Add")
        return record.id

    reach = {"email": "ann.vale@example.org", "phone": "01632 960321"}
    first = made(name="Ann Vale", notes="Met at the show.", bulletin="yes", **reach)
    second = made(name="Anne Vale", job_title="Chair", bulletin="no", **reach)
    made(name="Bob Moor", email="bob@example.org")
    call = REGISTRY["interaction"](id=store.new_id(), stakeholder=second, way="call")
    store.apply([Create(call)], "Add call")
    return first, second, call.id


@pytest.fixture
def said():
    return []


@pytest.fixture
def page(context, shown, qtbot, said):
    context.say = lambda words, *_more, **_named: said.append(words)
    store = context.workspace.store
    around = Surroundings(
        context, ChangeBus(store), Settings(store, context.tasks), None, None, context.say,
        said.append, lambda: TODAY,
    )  # fmt: skip
    made = DuplicatesPage(around)
    around.bus.changed.connect(made.heard)
    shown(made)
    made.enter()
    qtbot.waitUntil(lambda: not made.busy)
    settled(qtbot, context)
    yield made
    made.leave()


def settled(qtbot, context):
    qtbot.waitUntil(lambda: not context.tasks.busy)


def one_card(page, qtbot, context):
    qtbot.waitUntil(lambda: page.panel.shown is not None and page.panel.isVisible())
    settled(qtbot, context)
    return page.panel


def test_the_pair_is_found_and_shown_side_by_side(twins, page, qtbot, context):
    assert [{c.pair.one, c.pair.other} for c in page.queue] == [set(twins[:2])]
    panel = one_card(page, qtbot, context)
    plan = panel.shown.plan
    assert {plan.kept, plan.away} == set(twins[:2])
    labels = {line.choice.label for line in panel.shown.differing}
    assert {"Name", "Notes", "Wants the bulletin", "Job title"} <= labels
    assert "e-mail" in {line.choice.label.lower() for line in panel.shown.same}
    assert "same e-mail address" in panel.why.text()


def test_m_makes_one_and_it_can_be_made_two_again(twins, page, qtbot, context, said):
    store = context.workspace.store
    panel = one_card(page, qtbot, context)
    kept, away = panel.shown.plan.kept, panel.shown.plan.away
    before = {each: store.get("stakeholder", each).model_dump() for each in (kept, away)}
    page.pairs.setFocus()
    qtbot.keyClick(page.pairs, K.Key_M)
    qtbot.waitUntil(lambda: store.where("stakeholder", away) == "bin")
    qtbot.waitUntil(lambda: page.empty.isVisible())
    now = store.get("stakeholder", kept)
    assert (now.bulletin, now.job_title, now.notes) == ("no", "Chair", "Met at the show.")
    assert store.get("interaction", twins[2]).stakeholder == kept
    qtbot.waitUntil(lambda: page.merges.count() == 1 and page.back.isVisible())
    page.back.click()
    qtbot.waitUntil(lambda: store.where("stakeholder", away) == "live")
    assert {each: store.get("stakeholder", each).model_dump() for each in (kept, away)} == before
    assert store.get("interaction", twins[2]).stakeholder == twins[1]
    qtbot.waitUntil(lambda: page.merges.count() == 0)
    assert "They are two again" in said


def test_what_is_chosen_is_kept(twins, page, qtbot, context):
    store = context.workspace.store
    panel = one_card(page, qtbot, context)
    page.turn()
    qtbot.waitUntil(lambda: panel.shown.plan.kept == twins[1])
    settled(qtbot, context)
    name = next(c for c in panel._choices if c.line.choice.name == "name")
    name.group.button(1).setChecked(True)
    bulletin = next(c for c in panel._choices if c.line.choice.name == "bulletin")
    assert [b.isEnabled() for b in bulletin.group.buttons()].count(True) == 1, "stricter only"
    panel.do.click()
    qtbot.waitUntil(lambda: store.where("stakeholder", twins[0]) == "bin")
    assert store.get("stakeholder", twins[1]).name == "Ann Vale"


def test_d_says_they_are_two_and_they_are_not_offered_again(twins, page, qtbot, context):
    one_card(page, qtbot, context)
    page.pairs.setFocus()
    qtbot.keyClick(page.pairs, K.Key_D)
    qtbot.waitUntil(lambda: page.empty.isVisible())
    page.look_again()
    qtbot.waitUntil(lambda: not page.busy)
    assert page.queue == []


def test_what_changed_meanwhile_is_looked_at_again_and_not_merged(twins, page, qtbot, context):
    store = context.workspace.store
    panel = one_card(page, qtbot, context)
    page._in_view = False  # as if the news had not come yet
    store.apply([Edit("stakeholder", twins[0], {"job_title": "Secretary"})], "Change")
    panel.do.click()
    qtbot.waitUntil(lambda: panel.problem.isVisible())
    assert store.where("stakeholder", twins[0]) == store.where("stakeholder", twins[1]) == "live"
    qtbot.waitUntil(
        lambda: any(line.kept == "Secretary" or line.away == "Secretary"
                    for line in panel.shown.differing)
    )  # fmt: skip
    settled(qtbot, context)
    assert panel.problem.isVisible(), "the reason stays in view"
    assert panel.do.isEnabled()
    panel.do.click()
    qtbot.waitUntil(lambda: "bin" in {store.where("stakeholder", each) for each in twins[:2]})
    assert not panel.problem.isVisible()


def test_one_of_the_two_gone_meanwhile_settles_the_pair(twins, page, qtbot, context, said):
    from db.changes import Bin

    one_card(page, qtbot, context)
    context.workspace.store.apply([Bin("stakeholder", twins[1])], "Delete")
    qtbot.waitUntil(lambda: page.queue == [] and not page._soon.isActive())
    settled(qtbot, context)
    assert page.empty.isVisible()
    assert said


def test_nothing_twice_says_what_is_looked_for(page):
    assert page.empty.isVisible()
    assert not page.merges.isVisible()


def test_at_twice_the_text_it_still_fits(twins, page, qtbot, context):
    one_card(page, qtbot, context)
    theme().set(percent=200)
    settled(qtbot, context)
    assert page._side.width() <= page.width() // 2


def test_who_was_merged_away_is_not_put_back_by_itself(twins, page, qtbot, context, said):
    from ui.pages.put_back import put_back

    store = context.workspace.store
    panel = one_card(page, qtbot, context)
    away = panel.shown.plan.away
    panel.do.click()
    qtbot.waitUntil(lambda: store.where("stakeholder", away) == "bin")
    settled(qtbot, context)
    put_back(context, "stakeholder", [away], "Restore stakeholder")
    qtbot.waitUntil(lambda: any("take the merge back" in words for words in said))
    assert store.where("stakeholder", away) == "bin"
