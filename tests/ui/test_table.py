"""A list of a hundred thousand: a few pages in memory, place kept, the window never held up."""

import pytest
from PySide6.QtCore import QCoreApplication, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester

from db.changes import Bin, Create, Edit
from db.query import ListQuery
from db.record import validated
from engage_desktop.records.registry import REGISTRY
from tests.heartbeat import Heartbeat
from tests.ui.conftest import Bench
from ui.bus import ChangeBus
from ui.table.model import KEPT, PAGE, RecordsModel
from ui.table.view import RecordsView
from ui.tasks import Tasks
from ui.theme import theme

MANY = 100_000
QUERY = ListQuery("comment", REGISTRY["comment"].meta.columns, sort="-pk")
VENUES = ListQuery("venue", REGISTRY["venue"].meta.columns, sort="name")


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    made = Bench(tmp_path_factory.mktemp("big"))
    kind = REGISTRY["comment"]
    with made.store.batch("Import comments") as batch:
        for start in range(0, MANY, 1000):
            batch.add(
                Create(validated(kind, {"id": f"{number:032x}", "text": f"Comment {number}"}))
                for number in range(start, start + 1000)
            )
    yield made
    made.close()


@pytest.fixture
def shown(qtbot):
    """Make a view of a query over a bench, in a window, with real threads."""
    made = []

    def make(bench, query):
        theme()
        tasks = Tasks(bench.store)
        bus = ChangeBus(bench.store)
        model = RecordsModel(REGISTRY, tasks, query)
        view = RecordsView(model, tasks)
        bus.changed.connect(model.heard)
        made.append((view, model, tasks, bus))
        view.resize(900, 600)
        view.show()
        view.activateWindow()
        model.show(query)
        qtbot.waitUntil(lambda: model.count_known and not tasks.busy)
        return view, model, tasks

    yield make
    for view, model, tasks, bus in made:
        bus.close()
        tasks.close()
        view.close()
        view.deleteLater()
        model.deleteLater()


def settled(qtbot, tasks, model):
    QCoreApplication.processEvents()
    qtbot.waitUntil(lambda: not model._timer.isActive() and not tasks.busy)


def venues(bench, *names):
    ids = [bench.store.new_id() for _ in names]
    kind = REGISTRY["venue"]
    bench.store.apply(
        [Create(validated(kind, {"id": i, "name": n})) for i, n in zip(ids, names, strict=True)],
        "Add venues",
    )
    return ids


@pytest.mark.alive
def test_a_hundred_thousand_rows_open_without_holding_up_the_window(big, shown, qtbot):
    theme()
    with Heartbeat() as heart:
        view, model, tasks = shown(big, QUERY)
        assert model.rowCount() == MANY
        for share in (0.5, 0.1, 0.9, 1.0):
            bar = view.verticalScrollBar()
            bar.setValue(int(bar.maximum() * share))
            qtbot.waitUntil(lambda: not tasks.busy)
            first, last = view.rows_in_view()
            qtbot.waitUntil(lambda at=first: model.row(at) is not None)
            for row in (first, last):
                qtbot.waitUntil(lambda at=row: model.row(at) is not None)
                assert model.row(row).title == f"Comment {MANY - 1 - row}"
    assert heart.worst < heart.most
    assert len(model._pages) <= KEPT


def test_never_more_than_a_few_pages_are_held(big, shown, qtbot):
    _, model, _tasks = shown(big, QUERY)
    for page in range(40):
        qtbot.waitUntil(lambda at=page * PAGE: model.row(at) is not None)
    assert len(model._pages) <= KEPT
    assert model.row(39 * PAGE).title == f"Comment {MANY - 1 - 39 * PAGE}"


def test_a_row_not_here_yet_is_shown_as_coming(big, shown):
    _view, model, _tasks = shown(big, QUERY)
    far = model.index(60_000, 0)
    assert far.data() == "…"
    assert far.data(Qt.ItemDataRole.AccessibleTextRole) == "Loading"


def test_a_search_narrows_and_counts(big, shown, qtbot):
    _, model, _tasks = shown(big, ListQuery("comment", QUERY.columns, text="Comment 4242"))
    titles = [model.row(at).title for at in range(model.count)]
    assert model.count == len(titles) == len([t for t in titles if t.startswith("Comment 4242")])
    assert model.count == 11


def test_the_model_keeps_qt_s_rules(bench, shown, qtbot):
    venues(bench, "Bath", "Wells")
    _view, model, tasks = shown(bench, VENUES)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    ids = venues(bench, "Axbridge", "Cheddar", "Yeovil")
    settled(qtbot, tasks, model)
    bench.store.apply([Bin("venue", ids[1])], "Delete")
    settled(qtbot, tasks, model)
    assert [model.row(at).title for at in range(model.count)] == [
        "Axbridge", "Bath", "Wells", "Yeovil",
    ]  # fmt: skip
    assert tester.model() is model


def test_place_is_kept_when_rows_come_and_go(bench, shown, qtbot):
    ids = venues(bench, "Bath", "Frome", "Wells")
    view, model, tasks = shown(bench, VENUES)
    resets = []
    model.modelReset.connect(lambda: resets.append(1))
    view.selectRow(1)
    assert view.current_id == ids[1]
    moved = []
    view.moved_to.connect(moved.append)
    venues(bench, "Axbridge")
    settled(qtbot, tasks, model)
    assert (view.current_id, view.currentIndex().row()) == (ids[1], 2)
    bench.store.apply([Bin("venue", ids[0])], "Delete")
    settled(qtbot, tasks, model)
    assert (view.current_id, view.currentIndex().row()) == (ids[1], 1)
    bench.store.apply([Edit("venue", ids[1], {"name": "Zeals"})], "Change name")
    settled(qtbot, tasks, model)
    assert (view.current_id, model.row(2).title) == (ids[1], "Zeals")
    assert (resets, moved) == ([], [])


def test_a_change_in_a_linked_record_shows(bench, shown, qtbot):
    store = bench.store
    response, comment = store.new_id(), store.new_id()
    store.apply(
        [
            Create(validated(REGISTRY["response"], {"id": response, "service": "Podiatry"})),
            Create(
                validated(REGISTRY["comment"], {"id": comment, "text": "Ok", "response": response})
            ),
        ],
        "Add",
    )
    _view, model, tasks = shown(bench, QUERY)
    column = QUERY.columns.index("response.service")
    assert model.index(0, column).data() == "Podiatry"
    store.apply([Edit("response", response, {"service": "Dentistry"})], "Change service")
    settled(qtbot, tasks, model)
    assert model.index(0, column).data() == "Dentistry"


def test_headings_sort_and_sets_do_not(bench, shown, qtbot):
    venues(bench, "Bath", "Wells", "Frome")
    view, model, tasks = shown(bench, VENUES)
    view.horizontalHeader().sectionClicked.emit(0)
    settled(qtbot, tasks, model)
    assert [model.row(at).title for at in range(3)] == ["Wells", "Frome", "Bath"]
    comments, rows, _more = shown(bench, QUERY)
    comments.horizontalHeader().sectionClicked.emit(QUERY.columns.index("themes"))
    assert rows.query.sort == "-pk"


def test_keys_move_open_and_copy(bench, shown, qtbot):
    ids = venues(bench, "Bath", "Wells")
    view, model, _tasks = shown(bench, VENUES)
    opened, binned = [], []
    view.opened.connect(opened.append)
    view.bin_wanted.connect(lambda: binned.append(1))
    view.setFocus()
    view.selectRow(0)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert (opened, binned) == ([ids[1]], [1])
    view.selectionModel().select(
        model.index(0, 0),
        QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows,
    )
    with qtbot.waitSignal(view.copied) as copied:
        qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied.args == ["2 rows copied"]
    lines = QGuiApplication.clipboard().text().split("\n")
    assert [line.split("\t")[0] for line in lines] == ["Name", "Bath", "Wells"]
    qtbot.keyClicks(view, "w")
    assert view.currentIndex().row() == 1


def test_names_can_be_covered(bench, shown, qtbot):
    kind = REGISTRY["stakeholder"]
    person = {"id": bench.store.new_id(), "name": "Dana Okafor", "email": "d@example.org"}
    bench.store.apply([Create(validated(kind, person))], "Add")
    _view, model, _tasks = shown(bench, ListQuery("stakeholder", kind.meta.columns, sort="name"))
    assert model.index(0, 0).data() == "Dana Okafor"
    model.set_hidden(True)
    said = " ".join(str(model.index(0, c).data()) for c in range(model.columnCount()))
    assert "Dana" not in said
    assert "example.org" not in said
    assert model.index(0, 0).data() == "D. O."
    assert "Dana" not in str(model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole))


def test_widths_are_told_in_pixels_at_one_hundred_percent(bench, shown):
    view, _model, _tasks = shown(bench, VENUES)
    told = []
    view.widths_changed.connect(told.append)
    view.horizontalHeader().resizeSection(1, 133)
    assert told[-1] == {"postcode": 133}
    view.set_widths({"postcode": 210})
    assert view.columnWidth(1) == 210


def test_the_first_column_takes_the_room_that_is_left(bench, shown):
    view, _, _ = shown(bench, VENUES)
    assert view.horizontalHeader().length() == view.viewport().width()
    view.set_two_lines(True)
    assert view.columnWidth(0) == view.viewport().width()
