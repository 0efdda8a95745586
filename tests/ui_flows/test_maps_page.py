"""The page of maps in a real workspace: placing, moving, focusing, and taking it back."""

import pytest
from PySide6.QtCore import Qt

from db.changes import Create, Edit
from db.errors import KnownError
from engage_desktop.maps.drawing import Wish
from engage_desktop.maps.scene import Mark
from engage_desktop.records.registry import REGISTRY
from tests.ui_flows.helpers import TODAY
from ui.bus import ChangeBus
from ui.dialogs.flows import Flows
from ui.maps.drawing import GRID, MATRIX, NETWORK, PLACES, TYPES
from ui.maps.freeze import FreezeDialog
from ui.maps.page import MapsPage
from ui.pages.page import Surroundings
from ui.settings import Settings
from ui.theme import theme

K = Qt.Key


@pytest.fixture
def people(workspace):
    """Name -> id: three with scores, one without, and ties between them."""
    store, kind = workspace.store, REGISTRY["stakeholder"]
    scores = {"Ann Vale": (5, 5), "Ben Moor": (1, 5), "Cat Hill": (2, 1), "Dee Lane": (None, None)}
    found, changes = {}, []
    for name, (power, interest) in scores.items():
        made = kind(id=store.new_id(), name=name, power=power, interest=interest)
        found[name] = made.id
        changes.append(Create(made))
    for one, tie, other in (("Ann Vale", "funds", "Ben Moor"), ("Ben Moor", "advises", "Cat Hill")):
        link = REGISTRY["relationship"](
            id=store.new_id(), one=found[one], tie=tie, other=found[other]
        )
        changes.append(Create(link))
    store.apply(changes, "Add people")
    return found


@pytest.fixture
def said():
    return []


@pytest.fixture
def opened():
    return []


@pytest.fixture
def page(context, shown, qtbot, said, opened):
    context.say = lambda words, *_more, **_named: said.append(words)
    context.open_record = lambda kind, record: opened.append((kind, record))
    around = Surroundings(
        context, ChangeBus(context.workspace.store), Settings(context.workspace.store,
        context.tasks), None, None, context.say, said.append, lambda: TODAY,
    )  # fmt: skip
    made = MapsPage(around)
    shown(made)
    around.bus.changed.connect(made.heard)
    made.enter()
    qtbot.waitUntil(lambda: made.drawn is not None and not context.tasks.busy)
    yield made
    made.leave()


def settled(qtbot, page, context):
    qtbot.waitUntil(lambda: not context.tasks.busy and not page._timer.isActive())


def cell_of(page, key):
    mark = next(i for i in page.drawn.scene.walk() if i.key == key)
    assert isinstance(mark, Mark)
    return page.drawn.plot.cell_at(mark.x, mark.y)


def test_who_has_scores_stands_in_their_cell_and_who_has_none_is_listed(people, page):
    assert cell_of(page, people["Ann Vale"]) == (4, 4)
    assert cell_of(page, people["Ben Moor"]) == (4, 0)
    assert [page.side.lost.item(i).text() for i in range(page.side.lost.count())] == ["Dee Lane"]
    assert page.side.legend.isVisible()


def test_a_drop_in_another_cell_changes_the_scores_and_can_be_undone(
    people, page, qtbot, context, said
):
    store, ben = context.workspace.store, people["Ben Moor"]
    box = page.drawn.plot.cell_box((1, 3))
    page.canvas.dropped.emit(ben, box.left + 5, box.top + 5)
    qtbot.waitUntil(lambda: store.get("stakeholder", ben).power == 4)
    assert store.get("stakeholder", ben).interest == 2
    assert store.undo_words() == "Move on the map"
    qtbot.waitUntil(lambda: cell_of(page, ben) == (1, 3))
    assert said == ["Now power 4, interest 2"]
    store.undo()
    qtbot.waitUntil(lambda: cell_of(page, ben) == (4, 0))


def test_let_go_outside_nothing_is_changed(people, page, context, said):
    before = context.workspace.store.get("stakeholder", people["Ben Moor"])
    page.canvas.dropped.emit(people["Ben Moor"], -50, -50)
    assert said == ["Let go outside the grid: nothing was changed."]
    assert context.workspace.store.get("stakeholder", people["Ben Moor"]) == before


def test_by_keyboard_alone_somebody_is_placed_and_moved(people, page, qtbot, context):
    store, dee = context.workspace.store, people["Dee Lane"]
    page.side.lost.setFocus()
    qtbot.keyClick(page.side.lost, K.Key_Return)
    qtbot.waitUntil(lambda: store.get("stakeholder", dee).power == 3)
    qtbot.waitUntil(lambda: page.canvas.current == dee and page.canvas.hasFocus())
    settled(qtbot, page, context)
    qtbot.keyClick(page.canvas, K.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: store.get("stakeholder", dee).power == 4)
    qtbot.waitUntil(lambda: cell_of(page, dee) == (2, 3))
    assert page.canvas.current == dee, "the ring stays with whom it was at"
    assert not page.side.lost.isVisible()
    assert "power 4, interest 3" in page.said.text()


def test_a_step_off_the_grid_changes_nothing(people, page, qtbot, context):
    store, ann = context.workspace.store, people["Ann Vale"]
    page.canvas.nudged.emit(ann, 1, 0)
    page.canvas.nudged.emit(ann, 0, 1)
    settled(qtbot, page, context)
    assert store.undo_words() == "Add people"


def test_the_warning_of_patients_who_are_only_informed(people, page, qtbot, context):
    assert not page.advice.isVisible()
    changes = [
        Edit("stakeholder", record, {"stakeholder_type": "public", "power": 1, "interest": 5})
        for record in people.values()
    ]
    context.workspace.store.apply(changes, "Move all")
    qtbot.waitUntil(page.advice.isVisible)


def test_the_network_is_narrowed_to_those_round_one(people, page, qtbot, context, opened):
    page.options.choose_face(NETWORK)
    qtbot.waitUntil(lambda: page.drawn.scene.name == "network")
    marks = [item.key for item in page.drawn.scene.walk()]
    assert set(marks) == {people[name] for name in ("Ann Vale", "Ben Moor", "Cat Hill")}
    page.canvas.choose(people["Ann Vale"])
    page.round.click()
    qtbot.waitUntil(lambda: len(list(page.drawn.scene.walk())) == 2)
    assert page.options.depth.isVisible()
    page.options.depth.setCurrentIndex(1)
    page.options.depth.activated.emit(1)
    qtbot.waitUntil(lambda: len(list(page.drawn.scene.walk())) == 3)
    page.everyone.click()
    settled(qtbot, page, context)
    assert not page.options.depth.isVisible()
    page.canvas.choose(people["Cat Hill"])
    qtbot.keyClick(page.canvas, K.Key_Return)
    assert opened == [("stakeholder", people["Cat Hill"])]


def test_the_table_goes_to_whom_the_map_was_at(people, page, opened):
    page.canvas.choose(people["Cat Hill"])
    page.as_table.click()
    assert page.table.isVisible()
    assert page.table.key == people["Cat Hill"]
    page.open.click()
    assert opened == [("stakeholder", people["Cat Hill"])]
    page.as_table.click()
    assert page.canvas.isVisible()


def test_names_are_hidden_with_the_rest(people, page, qtbot):
    page.set_hidden(True)
    qtbot.waitUntil(lambda: page.drawn.asked.wish.hide_names)
    said = str(page.drawn.scene)
    assert not any(name in said for name in people)


def test_without_anybody_it_says_how_to_begin(page):
    assert page.empty.isVisible()
    assert not page.nearer.isEnabled()


def test_at_twice_the_text_everything_still_has_room(people, page, qtbot, context):
    theme().set(percent=200)
    settled(qtbot, page, context)
    assert page.canvas.width() > 300
    assert page.drawn.asked.text == theme().px(13) or page._timer.isActive()


def test_axes_and_a_frozen_occasion_are_chosen(people, page, qtbot, context):
    made = REGISTRY["assessment"](
        id=context.workspace.store.new_id(), stakeholder=people["Ann Vale"], name="The start",
        scored_on=TODAY, power=1, interest=1,
    )  # fmt: skip
    context.workspace.store.apply([Create(made)], "Freeze")
    qtbot.waitUntil(page.options.occasion.isVisible)
    page.options.occasion.setCurrentIndex(1)
    page.options.occasion.activated.emit(1)
    ghost = f"ghost:{people['Ann Vale']}"
    qtbot.waitUntil(lambda: any(getattr(i, "key", "") == ghost for i in page.drawn.scene.items))
    page.options.view.setCurrentIndex(page.options.view.findData("attitude"))
    page.options.view.activated.emit(4)
    qtbot.waitUntil(lambda: page.drawn.asked.wish.axes == "attitude")
    assert page.options.face == GRID


def test_scores_are_kept_under_a_name_and_compared_with(people, page, qtbot, context, said):
    page.freeze.click()
    dialog = page.window().findChild(FreezeDialog)
    dialog.submit()
    qtbot.waitUntil(lambda: bool(dialog.problem.sentence))
    dialog.name.edit.setText("The start")
    qtbot.keyClick(dialog.name.edit, K.Key_Return)
    qtbot.waitUntil(lambda: "Scores of 3 stakeholders are kept as “The start”" in said)
    qtbot.waitUntil(page.options.occasion.isVisible)


@pytest.mark.parametrize("face", [MATRIX, TYPES, PLACES])
def test_every_other_map_is_drawn_and_has_its_table(face, county, page, qtbot, context):
    page.options.choose_face(face)
    qtbot.waitUntil(lambda: page.drawn is not None and page.drawn.scene.name == face)
    settled(qtbot, page, context)
    if face == PLACES:
        return  # the county may have no places
    assert page.canvas.isVisible()
    assert page.canvas.height() >= int(page.drawn.scene.size[1])
    page.as_table.click()
    assert page.table.isVisible()
    assert page.table.rows.rowCount() > 3


@pytest.mark.parametrize("ending", ["pdf", "svg", "png", "csv"])
def test_a_map_is_saved_as_what_it_ends_in(ending, people, context, tmp_path, qtbot):
    said = []
    context.say = lambda words, *_more, **_named: said.append(words)
    flows = Flows(context, today=lambda: TODAY)
    path = tmp_path / f"map.{ending}"
    flows.save_map_to(path, Wish(GRID))
    qtbot.waitUntil(lambda: said == [f"“map.{ending}” is written"])
    begins = {"pdf": b"%PDF-", "svg": b"<?xml", "png": b"\x89PNG", "csv": b"\xef\xbb\xbfNo."}
    assert path.read_bytes().startswith(begins[ending])


def test_another_ending_is_refused_with_a_sentence(people, context, tmp_path, qtbot):
    said = []
    context.say = lambda words, *_more, **_named: said.append(words)
    flows = Flows(context, today=lambda: TODAY)
    flows.save_map_to(tmp_path / "map.doc", Wish(GRID))
    qtbot.waitUntil(lambda: bool(said))
    assert "map.doc" in said[0]
    assert not (tmp_path / "map.doc").exists()


def test_a_map_is_previewed_on_paper(people, context, qtbot, shown):
    from PySide6.QtWidgets import QWidget

    window = shown(QWidget())
    flows = Flows(context, today=lambda: TODAY)
    preview = flows.print_map(window, Wish(NETWORK))
    qtbot.waitUntil(lambda: not context.tasks.busy and preview.pages > 0)
    preview.close()


def test_a_move_that_is_refused_says_so_and_leaves_the_map(
    people, page, qtbot, context, said, monkeypatch
):
    def refuse(*_arguments, **_named):
        raise KnownError("The disk is full. Nothing was changed.")

    monkeypatch.setattr(context.workspace.store, "apply", refuse)
    page.canvas.nudged.emit(people["Ben Moor"], 0, 1)
    qtbot.waitUntil(lambda: said == ["The disk is full. Nothing was changed."])
    assert not page.trouble.isVisible()
    assert cell_of(page, people["Ben Moor"]) == (4, 0)


def test_what_nobody_waits_for_any_more_is_given_up(people, page, qtbot, context, monkeypatch):
    import ui.maps.page as module

    given = []

    def watched(reader, asked, cancelled):
        given.append(cancelled)
        return drawing(reader, asked, cancelled)

    drawing = module.draw
    monkeypatch.setattr(module, "draw", watched)
    page.options.choose_face(NETWORK)
    qtbot.waitUntil(lambda: bool(given) and page.drawn.scene.name == "network")
    assert not given[-1]()
    page.leave()
    assert given[-1]()
