"""Filters kept under a name: for every kind, moving with the calendar, by keyboard."""

import datetime as dt
import json

import pytest
from PySide6.QtCore import Qt

from db.changes import Create
from db.query import Condition
from engage_desktop.records.registry import REGISTRY
from tests.ui_flows.helpers import TODAY
from ui.bus import ChangeBus
from ui.pages.errands import wish_of
from ui.pages.filters import FILTERS, link_option, options, period_option
from ui.pages.kept_filters import ERRANDS, KEPT, entry_of, option_of
from ui.pages.page import Surroundings
from ui.pages.records_page import RecordsPage
from ui.settings import Settings

K = Qt.Key
LATER = TODAY + dt.timedelta(days=40)


@pytest.fixture
def town(workspace):
    """A town hall with a forum of last month and one to come; and a chapel."""
    store = workspace.store

    def new(kind, **values):
        return REGISTRY[kind](id=store.new_id(), **values)

    hall, chapel = new("venue", name="Town Hall"), new("venue", name="Chapel")
    past = new("event", name="Forum", date=dt.date(2026, 4, 20), venue=hall.id)
    coming = new("event", name="Fair", date=dt.date(2026, 6, 20), venue=hall.id)
    store.apply([Create(each) for each in (hall, chapel, past, coming)], "Add")
    return {"hall": hall.id, "chapel": chapel.id}


@pytest.fixture
def said():
    return []


@pytest.fixture
def surroundings(context, said):
    store = context.workspace.store

    def toast(words, verb="", act=None):
        said.append((words, verb, act))

    return Surroundings(
        context, ChangeBus(store), Settings(store, context.tasks), None, None, toast,
        said.append, lambda: TODAY,
    )  # fmt: skip


@pytest.fixture
def page(town, surroundings, shown, qtbot, context):
    made = RecordsPage(REGISTRY["event"], surroundings)
    shown(made)
    made.enter()
    settled(qtbot, context)
    yield made
    made.leave()


def settled(qtbot, context):
    qtbot.waitUntil(lambda: not context.tasks.busy)


def narrow(page, hall):
    specs = REGISTRY["event"].specs()
    month = next(o for o in options(specs["date"], TODAY, []) if o.words == "This month")
    page.pane.filters.choose("date", month)
    page.pane.filters.choose("venue", link_option(specs["venue"], hall, "Town Hall"))


def words(menu):
    return [action.text() for action in menu.actions() if not action.isSeparator()]


@pytest.mark.parametrize("kind", list(REGISTRY), ids=lambda kind: kind.meta.name)
def test_every_filter_of_every_kind_comes_back(kind):
    links = [("ab" * 16, "Town Hall")]
    for spec in kind.specs().values():
        if spec.type not in FILTERS:
            continue
        for option in options(spec, TODAY, links if spec.target else []):
            entry = json.loads(json.dumps(entry_of(spec, option, TODAY)))
            assert "Town Hall" not in json.dumps(entry)
            assert option_of(spec, entry, TODAY, dict(links)) == option


def test_what_moves_with_the_calendar_is_worked_out_anew():
    for errand in ERRANDS:
        name, wish = wish_of(errand, TODAY)
        spec = next(k.specs()[name] for k in REGISTRY if name in k.specs())
        entry = entry_of(spec, wish, TODAY)
        assert entry == {"field": name, "errand": errand}
        assert option_of(spec, entry, LATER, {}) == wish_of(errand, LATER)[1]
    spec = REGISTRY["event"].specs()["date"]
    for then, now in zip(options(spec, TODAY, []), options(spec, LATER, []), strict=True):
        assert option_of(spec, entry_of(spec, then, TODAY), LATER, {}) == now
    fixed = period_option(spec, (TODAY, LATER))
    assert option_of(spec, entry_of(spec, fixed, TODAY), LATER, {}) == fixed


def test_filters_are_kept_chosen_renamed_and_deleted(page, town, qtbot, context, said):
    kept = page.pane.kept
    assert not kept.chip.isVisible()
    narrow(page, town["hall"])
    assert kept.chip.isVisible()
    assert kept.chip.focusPolicy() == Qt.FocusPolicy.StrongFocus
    dialog = kept.ask_name()
    qtbot.keyClick(dialog.name.edit, K.Key_Return)
    assert dialog.problem.sentence == "Type a name."
    qtbot.keyClicks(dialog.name.edit, "Hall this month")
    qtbot.keyClick(dialog.name.edit, K.Key_Return)
    assert kept.current == "Hall this month"
    assert kept.chip.text() == "Kept: Hall this month"
    page.pane.filters.clear_all()
    settled(qtbot, context)
    assert (page.pane.model.count, kept.current) == (2, "")
    menu = kept.menu()
    assert words(menu) == ["Hall this month", "Keep these filters…", "Rename or delete…"]
    menu.actions()[0].trigger()
    settled(qtbot, context)
    assert page.pane.model.count == 0
    assert {option.words for option in page.pane.filters.chosen.values()} == {
        "This month", "Town Hall",
    }  # fmt: skip
    held = context.workspace.store.get_setting("window")[f"{KEPT}:event"]
    assert "Town Hall" not in json.dumps(held)
    change = kept.ask_change()
    qtbot.keyClick(change.names, K.Key_F2)
    qtbot.keyClicks(change.name.edit, "Hall")
    qtbot.keyClick(change.name.edit, K.Key_Return)
    assert list(kept.kept) == ["Hall"]
    qtbot.keyClick(change.names, K.Key_Delete)
    assert not kept.kept
    assert not change.isVisible()
    said[-1][2]()
    assert list(kept.kept) == ["Hall"]


def test_two_of_one_name_are_refused(page, town):
    kept = page.pane.kept
    narrow(page, town["hall"])
    kept.keep("Hall")
    page.pane.filters.choose("date", None)
    kept.keep("Other")
    change = kept.ask_change()
    change.names.setCurrentRow(1)
    change.name.edit.setText("HALL")
    change.rename()
    assert change.problem.sentence == "There is a filter of that name already."
    assert list(kept.kept) == ["Hall", "Other"]
    assert kept.why_not("other") == "There is a filter of that name already."
    change.reject()


def test_what_is_gone_is_left_out_and_said(page, town, qtbot, context, said):
    kept = page.pane.kept
    narrow(page, town["hall"])
    kept.keep("Hall")
    held = kept.kept["Hall"]
    gone = [{**e, "record": "0" * 32} if "record" in e else e for e in held]
    kept._set({"Gone": [*gone, {"field": "no such field", "where": []}, {"field": "event_type"}]})
    kept.show("Gone")
    settled(qtbot, context)
    assert list(page.pane.filters.chosen) == ["date"]
    assert "no longer here" in said[-1][0]


def test_another_days_window_has_them_too(page, town, surroundings, context, qtbot):
    narrow(page, town["hall"])
    page.pane.kept.keep("Hall")
    settled(qtbot, context)
    again = Settings(context.workspace.store, context.tasks)
    assert list(again.get(f"{KEPT}:event")) == ["Hall"]
    assert page.pane.filters.where[0] == Condition("date", ">=", "2026-05-01")
