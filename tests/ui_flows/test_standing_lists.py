"""The page of lists in a real workspace: counts, rows, the record, paper and a file."""

import csv
import datetime as dt

import pytest
from PySide6.QtCore import Qt

from db.changes import Create, Edit
from engage_desktop.queries.standing_lists import LISTS, Asked
from engage_desktop.records.registry import REGISTRY
from tests.ui_flows.helpers import TODAY
from ui.bus import ChangeBus
from ui.dialogs.flows import Flows
from ui.dialogs.list_files import printed_list
from ui.pages.page import Surroundings
from ui.pages.standing_lists import StandingListsPage
from ui.settings import Settings
from ui.theme import theme

K = Qt.Key
OLD = TODAY - dt.timedelta(days=100)


@pytest.fixture
def people(workspace):
    """Ann was asked and met long ago; Ben is not to be contacted; a seat in a faith group ends."""
    store = workspace.store

    def new(kind, **values):
        return REGISTRY[kind](id=store.new_id(), **values)

    ann = new("stakeholder", name="Ann Vale", last_contact=OLD, needs_asked=OLD)
    ben = new("stakeholder", name="Ben Moor", do_not_contact=True, last_contact=OLD)
    faith = new("stakeholder", name="Faith Forum", nature="group", reveals=True, last_contact=TODAY)
    seat = new("membership", member=ann.id, group=faith.id, role="chair", term_ends=TODAY)
    store.apply([Create(each) for each in (ann, ben, faith, seat)], "Add people")
    return {"ann": ann.id, "seat": seat.id}


@pytest.fixture
def said():
    return []


@pytest.fixture
def opened():
    return []


@pytest.fixture
def surroundings(context, said, opened):
    context.say = lambda words, *_more, **_named: said.append(words)
    context.open_record = lambda kind, record: opened.append((kind, record))
    store = context.workspace.store
    return Surroundings(
        context, ChangeBus(store), Settings(store, context.tasks), Flows(context), None,
        context.say, said.append, lambda: TODAY,
    )  # fmt: skip


@pytest.fixture
def page(people, surroundings, shown, qtbot, context):
    made = StandingListsPage(surroundings)
    shown(made)
    surroundings.bus.changed.connect(made.heard)
    made.enter()
    settled(qtbot, context, made)
    yield made
    made.leave()


def settled(qtbot, context, page):
    qtbot.waitUntil(lambda: not context.tasks.busy and not page._timer.isActive())


def choose(page, name, qtbot, context):
    page.lists.setCurrentRow(list(LISTS).index(name))
    settled(qtbot, context, page)


def words(page):
    model = page.rows.model()
    return [tuple(model.index(row, at).data() for at in (0, 1)) for row in range(model.rowCount())]


def line(page, name):
    item = page.lists.item(list(LISTS).index(name))
    return item.data(Qt.ItemDataRole.AccessibleTextRole)


def test_the_lists_say_how_long_they_are_and_what_is_left_out(page, qtbot, context):
    assert line(page, "not-contacted") == "Not contacted for 6 months: 0"
    assert line(page, "terms") == "Terms over, or ending within 60 days: 1"
    assert page.stack.currentWidget() is page.empty
    assert not page.print_button.isEnabled()
    page.months.setCurrentIndex(page.months.findData("2"))
    page.months.activated.emit(page.months.currentIndex())
    settled(qtbot, context, page)
    assert line(page, "not-contacted") == "Not contacted for 2 months: 1"
    assert words(page) == [("Ann Vale", "Last contact 15 Feb 2026")]
    assert "1 who are not to be contacted are left out" in page._note.text()
    assert page._around.settings.get("lists:months") == 2


def test_by_keyboard_to_the_record_and_back(page, people, qtbot, context, opened):
    choose(page, "terms", qtbot, context)
    page.take_keyboard()
    qtbot.keyClick(page.lists, K.Key_Return)
    assert page.rows.hasFocus()
    qtbot.keyClick(page.rows, K.Key_Return)
    assert opened == [("membership", people["seat"])]
    qtbot.keyClick(page.rows, K.Key_Escape)
    assert page.lists.hasFocus()
    qtbot.keyClick(page.lists, K.Key_Down)
    settled(qtbot, context, page)
    assert page.name == "vacant"
    assert page.stack.currentWidget() is page.empty


def test_a_change_elsewhere_is_seen(page, people, qtbot, context):
    choose(page, "terms", qtbot, context)
    store = context.workspace.store
    store.apply([Edit("membership", people["seat"], {"ended": TODAY})], "Leave")
    qtbot.waitUntil(lambda: line(page, "terms").endswith(": 0"))
    assert page.stack.currentWidget() is page.empty


def test_names_can_be_covered(page, qtbot, context):
    choose(page, "terms", qtbot, context)
    assert words(page)[0][0] == "Ann Vale"
    page.set_hidden(True)
    assert words(page)[0][0] == "A. V."
    page.set_hidden(False)
    assert words(page)[0][0] == "Ann Vale"


def test_paper_and_file_leave_out_what_is_sensitive(page, qtbot, context, said, tmp_path):
    choose(page, "terms", qtbot, context)
    assert len(words(page)) == 1
    file = tmp_path / "terms.csv"
    dialog = page._around.flows.export_standing(page, "terms", Asked(TODAY))
    dialog.write_to(str(file))
    settled(qtbot, context, page)
    assert said[-1] == "“terms.csv” is written: 0 rows. Without 1 marked sensitive."
    asked = Asked(TODAY, months=2)
    page._around.flows.export_standing(page, "not-contacted", asked).write_to(str(file))
    settled(qtbot, context, page)
    with file.open(encoding="utf-8-sig", newline="") as text:
        assert list(csv.reader(text)) == [
            ["Name", "About", "Day"], ["Ann Vale", "Last contact 15 Feb 2026", "15/2/2026"],
        ]  # fmt: skip
    made = printed_list(context.workspace.store, "not-contacted", asked)
    assert made.pdf.startswith(b"%PDF")


def test_more_rows_are_a_button_away(page, qtbot, context, monkeypatch):
    store = context.workspace.store
    some = [REGISTRY["stakeholder"](id=store.new_id(), name=f"P {n:03}") for n in range(7)]
    store.apply([Create(each) for each in some], "Add")
    monkeypatch.setattr("ui.pages.standing_lists.PAGE", 4)
    choose(page, "needs-never-asked", qtbot, context)
    qtbot.waitUntil(lambda: len(words(page)) == 4)
    assert page.more.text() == "Show more: 4 of 7 are shown"
    page.more.click()
    settled(qtbot, context, page)
    assert len(words(page)) == 7
    assert not page.more.isVisible()


@pytest.mark.parametrize("percent", [100, 200])
def test_it_fits_large_text(page, qtbot, context, percent):
    theme().set(percent=percent)
    choose(page, "terms", qtbot, context)
    assert page.lists.width() <= page.width() // 2
    head = page.rows.horizontalHeader()
    assert head.length() <= page.rows.viewport().width() + 1
