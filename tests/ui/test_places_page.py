"""The county as a tree: counted, walked, renamed, moved and binned by keyboard."""

import datetime as dt

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from db.changes import Edit
from engage_desktop.queries.places import place_tree, places_within
from tests.ui.conftest import shown_window
from tests.ui.test_window import Recorded, settle
from ui.tasks import InlineTasks
from ui.theme import theme
from ui.widgets.base import unnamed

K, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def county(add):
    county = add("place", name="Marlshire", level="county")
    north = add("place", name="North", level="locality", within=county)
    south = add("place", name="South", level="locality", within=county)
    surgery = add("place", name="Bridge Street", level="practice", within=north)
    add("stakeholder", name="Ada", places=(surgery,))
    add("stakeholder", name="Bo", places=(surgery, south))
    add("stakeholder", name="Cy", locality="  NORTH ")
    add("stakeholder", name="Di", locality="South", places=(north,))
    add("stakeholder", name="Ed", locality="Elsewhere")
    return {"county": county, "north": north, "south": south, "surgery": surgery}


def read(store):
    reader = store.reader()
    try:
        return place_tree(reader)
    finally:
        reader.close()


def test_each_counts_once_in_a_place_and_in_all_it_lies_in(bench, county):
    found = [(n.name, n.depth, n.stakeholders) for n in read(bench.store)]
    assert found == [
        ("Marlshire", 0, 4), ("North", 1, 4), ("Bridge Street", 2, 2), ("South", 1, 1),
    ]  # fmt: skip
    inside = places_within(read(bench.store), county["north"])
    assert inside == {county["north"], county["surgery"]}


def test_a_ring_of_places_loses_none(bench, county):
    change = Edit("place", county["county"], {"within": county["surgery"]})
    bench.store.apply([change], "Make a ring", circles=True)
    found = read(bench.store)
    assert len(found) == 4
    assert {n.name for n in found if n.depth == 0} == {"Marlshire", "North", "Bridge Street"}
    assert all(n.stakeholders == 4 for n in found if n.name != "South")


@pytest.fixture
def window(bench, county, qtbot):
    tasks, today = InlineTasks(bench.store), dt.date(2026, 5, 26)
    with shown_window(bench, tasks, Recorded, qtbot, today=lambda: today) as made:
        yield made


@pytest.fixture
def page(window, county, qtbot):
    window.go("stakeholder")
    bar = window.page.bar
    bar.setCurrentIndex(next(t for t in range(bar.count()) if bar.tabText(t) == "Places"))
    settle(qtbot, window)
    return window.page.list_page


def within(bench, place):
    return bench.store.get("place", place).within


def test_the_tree_is_read_out_and_walked(window, page, county, qtbot):
    tree = page.tree
    assert tree.isVisible()
    assert tree.current_id == county["county"]
    page.take_keyboard()
    assert tree.hasFocus()
    QTest.keyClick(tree, K.Key_Down)
    assert tree.current_id == county["north"]
    said = tree.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "North, Locality, 4 stakeholders"
    QTest.keyClick(tree, K.Key_Return)
    qtbot.waitUntil(lambda: page.record.place == ("place", county["north"]))
    assert unnamed(window) == []


def test_it_is_renamed_with_f2(window, page, bench, county, qtbot):
    page.take_keyboard()
    page.tree.select_id(county["south"])
    QTest.keyClick(page.tree, K.Key_F2)
    line = page.tree.findChild(QLineEdit)
    line.selectAll()
    QTest.keyClicks(line, "South Moor")
    QTest.keyClick(line, K.Key_Return)
    settle(qtbot, window)
    assert bench.store.get("place", county["south"]).name == "South Moor"
    assert page.tree.nodes[county["south"]].name == "South Moor"
    assert page.tree.current_id == county["south"]
    window.undo.undo()
    settle(qtbot, window)
    assert page.tree.nodes[county["south"]].name == "South"


def test_it_is_moved_with_cut_and_paste_but_not_into_itself(window, page, bench, county, qtbot):
    page.take_keyboard()
    tree = page.tree
    tree.select_id(county["north"])
    QTest.keyClick(tree, K.Key_X, CTRL)
    assert "Ctrl+V" in window.toast.accessibleName()
    tree.select_id(county["surgery"])
    QTest.keyClick(tree, K.Key_V, CTRL)
    settle(qtbot, window)
    assert within(bench, county["north"]) == county["county"]
    assert "cannot lie in itself" in window.toast.accessibleName()
    tree.select_id(county["north"])
    QTest.keyClick(tree, K.Key_X, CTRL)
    tree.select_id(county["south"])
    QTest.keyClick(tree, K.Key_V, CTRL)
    settle(qtbot, window)
    assert within(bench, county["north"]) == county["south"]
    assert tree.nodes[county["surgery"]].depth == 3
    assert tree.nodes[county["south"]].stakeholders == 4
    tree.put_at_top()
    settle(qtbot, window)
    assert within(bench, tree.current_id) is None


def test_what_lies_in_a_place_that_is_deleted_moves_up(window, page, bench, county, qtbot):
    page.take_keyboard()
    page.tree.select_id(county["north"])
    QTest.keyClick(page.tree, K.Key_Delete)
    settle(qtbot, window)
    assert bench.store.where("place", county["north"]) == "bin"
    assert within(bench, county["surgery"]) == county["county"]
    window.undo.undo()
    settle(qtbot, window)
    assert bench.store.where("place", county["north"]) == "live"
    assert within(bench, county["surgery"]) == county["north"]


def test_one_is_added_inside_another(window, page, bench, county, qtbot):
    page.tree.select_id(county["south"])
    page.begin_inside()
    form = page.record.current.form
    qtbot.waitUntil(lambda: form.built)
    form.fields["name"].editor.show_value("Mere Lane")
    form.fields["name"].editor.changed.emit()
    assert page.record.save()
    settle(qtbot, window)
    names = {node.name: node for node in page.tree.nodes.values()}
    assert names["Mere Lane"].within == county["south"]


def test_what_is_searched_for_is_a_list(window, page, qtbot):
    page.pane.search.setText("bridge")
    qtbot.waitUntil(lambda: page.pane.model.count_known and page.pane.model.count == 1)
    assert not page.tree.isVisible()
    assert page.pane.view.isVisible()
    page.pane.search.clear()
    qtbot.waitUntil(lambda: page.tree.isVisible())
    page.pane.search.setText("nothing such")
    qtbot.waitUntil(lambda: page.pane.model.count_known and page.pane.model.count == 0)
    assert not page.tree.isVisible()


def test_the_form_says_beside_the_field_that_it_would_lie_in_itself(
    window, page, bench, county, qtbot
):
    page.tree.select_id(county["north"])
    QTest.keyClick(page.tree, K.Key_Return)
    qtbot.waitUntil(lambda: page.record.place == ("place", county["north"]))
    form = page.record.current.form
    qtbot.waitUntil(lambda: form.built)
    form.fields["within"].editor.show_value(county["surgery"])
    form.fields["within"].editor.changed.emit()
    page.record.save()
    settle(qtbot, window)
    said = form.fields["within"]._problem.text()
    assert "this place would come to lie within itself" in said
    assert form.dirty
    assert within(bench, county["north"]) == county["county"]
    form.discard()


def test_the_tabs_of_the_area_fit_at_every_text_size_and_none_is_lost(window, page, qtbot):
    tabs, bar = window.page.tabs, window.page.bar
    assert tabs.folded == []
    theme().set(percent=200)
    try:
        settle(qtbot, window)
        qtbot.waitUntil(lambda: bool(tabs.folded))
        assert bar.isTabVisible(bar.currentIndex())
        assert bar.sizeHint().width() <= bar.width()
        menu = tabs.menu()
        offered = [action.text() for action in menu.actions()]
        shown = [bar.tabText(t) for t in range(bar.count()) if bar.isTabVisible(t)]
        assert {*offered, *shown} == {bar.tabText(t) for t in range(bar.count())}
        menu.actions()[0].trigger()
        settle(qtbot, window)
        assert bar.tabText(bar.currentIndex()) == offered[0]
        assert bar.isTabVisible(bar.currentIndex())
        assert tabs.more.accessibleName() == "More of Stakeholders"
        assert unnamed(window) == []
    finally:
        theme().set(percent=100)
    settle(qtbot, window)
    assert tabs.folded == []
