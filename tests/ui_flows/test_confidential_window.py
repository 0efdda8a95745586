"""A confidential kind in the window: whoever sees a word of it is written down, or sees none."""

import io

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from db.changes import Create, Edit
from db.errors import DiskFull
from db.fields import FieldType, Spec
from db.keys import CHEAP
from db.query import ListQuery
from engage_desktop.attachments import attach
from engage_desktop.records.accounts import Reading
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync.team import create_invite, create_team, join_team
from engage_desktop.sync.team_changes import change_role
from engage_desktop.workspace import Surroundings, Workspace
from tests.kinds import Whisper, confidential_kind
from tests.ui_flows.helpers import PASSPHRASE
from ui.dialogs.flows import Flows
from ui.form.context import Context
from ui.form.pickers import Finder, LinkEditor
from ui.main_window import MainWindow
from ui.tasks import Tasks

K, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier
SECRET = "Quockerwodger"


@pytest.fixture
def around(monkeypatch):
    """Every workspace of this module knows a confidential kind."""
    confidential_kind().plant(monkeypatch)
    return Surroundings(cost=CHEAP)


@pytest.fixture
def whisper(workspace):
    record = Whisper(id=workspace.store.new_id(), words=SECRET)
    workspace.store.apply([Create(record)], "Add whisper")
    return record.id


@pytest.fixture
def window(workspace, tasks, whisper, shown, qtbot):
    made = shown(MainWindow(workspace, tasks, Flows))
    qtbot.waitUntil(lambda: not tasks.busy)
    assert ways(workspace) == [], "nothing is read by opening the window"
    yield made
    made.close()
    made.deleteLater()


def ways(workspace):
    reader = workspace.store.reader()
    try:
        page = reader.page(ListQuery("reading", ("way", "record"), sort="pk"), limit=100)
        assert all(SECRET not in str(row) for row in page.rows)
        return [row.values[0] for row in page.rows]
    finally:
        reader.close()


def settle(window, qtbot):
    qtbot.waitUntil(lambda: not window.tasks.busy)


def words_in(root):
    return " ".join(
        f"{w.text()} {w.accessibleName()}" for w in root.findChildren(QLabel) if w.isVisible()
    )


def test_today_and_the_other_areas_show_no_word_of_it(window, qtbot):
    for area in ("today", "stakeholder", "event", "feedback", "you_said", "send", "team"):
        window.visit(area)
        settle(window, qtbot)
        qtbot.wait(20)
        assert SECRET not in words_in(window)
    assert ways(window.workspace) == []


def test_listing_it_is_written_down_once(window, qtbot):
    window.go("whisper")
    page = window.page.list_page
    qtbot.waitUntil(lambda: page.pane.model.rowCount() == 1)
    settle(window, qtbot)
    assert page.pane.model.index(0, 0).data() == SECRET
    assert ways(window.workspace) == ["listed"]
    window.go("today")
    window.go("whisper")
    settle(window, qtbot)
    assert ways(window.workspace) == ["listed"], "the same within a minute is one reading"


def test_opening_it_is_written_down(window, whisper, qtbot):
    window.open_record("whisper", whisper)
    settle(window, qtbot)
    qtbot.waitUntil(lambda: window.page.list_page.record.place[1] == whisper)
    assert "opened" in ways(window.workspace)


def test_finding_it_with_ctrl_k_is_written_down(window, hands, qtbot):
    hands.press(K.Key_K, CTRL)
    hands.type("quocker")
    qtbot.waitUntil(lambda: SECRET in window.palette_.popup.titles)
    assert ways(window.workspace) == ["found"]


def test_what_cannot_be_written_down_is_not_shown(window, whisper, hands, qtbot, monkeypatch):
    def full(*_, **__):
        raise DiskFull("The disk is full. Nothing was changed.")

    monkeypatch.setattr(window.workspace.store, "apply", full)
    hands.press(K.Key_K, CTRL)
    hands.type("quocker")
    qtbot.waitUntil(lambda: not window.tasks.busy and not window.palette_._timer.isActive())
    assert SECRET not in window.palette_.popup.titles
    window.go("whisper")
    settle(window, qtbot)
    model = window.page.list_page.pane.model
    assert SECRET not in [model.index(row, 0).data() for row in range(model.rowCount())]
    window.open_record("whisper", whisper)
    settle(window, qtbot)
    assert SECRET not in words_in(window)
    monkeypatch.undo()
    assert ways(window.workspace) == []


def test_a_picker_writes_down_what_it_offers_and_what_it_shows(workspace, tasks, whisper, qtbot):
    context = Context(workspace, tasks)
    spec = Spec(FieldType.LINK, "About", target="whisper", name="about")
    finder = Finder(spec, context)
    qtbot.addWidget(finder)
    finder.show()
    finder.setText("quo")
    finder.search()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert ways(workspace) == ["found"]
    editor = LinkEditor(spec, context)
    editor.setAccessibleName("About")
    qtbot.addWidget(editor)
    editor.show_value(whisper)
    qtbot.waitUntil(lambda: editor.finder.text() == SECRET)
    assert ways(workspace) == ["found", "listed"]
    anything = Finder(Spec(FieldType.LINK, "Anything", name="any"), context)
    qtbot.addWidget(anything)
    anything.setText("quocker")
    anything.search()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert ways(workspace) == ["found", "listed"], "found within a minute already"


def test_printing_and_exporting_are_written_down(window, tmp_path, qtbot):
    query = ListQuery("whisper")
    preview = window.flows.print_list(window, query)
    qtbot.waitUntil(lambda: not window.tasks.busy)
    assert ways(window.workspace) == ["printed"]
    preview.close()
    window.flows.export_to(tmp_path / "w.csv", query)
    qtbot.waitUntil((tmp_path / "w.csv").exists)
    settle(window, qtbot)
    assert SECRET in (tmp_path / "w.csv").read_text(encoding="utf-8-sig")
    assert ways(window.workspace) == ["printed", "exported"]


def test_copying_rows_is_written_down(window, whisper, qtbot):
    window.go("whisper")
    page = window.page.list_page
    qtbot.waitUntil(lambda: page.pane.model.rowCount() == 1 and not window.tasks.busy)
    page.pane.view.select_id(whisper)
    qtbot.waitUntil(lambda: page.pane.view.selected_ids() == [whisper])
    page.pane.view.copy()
    qtbot.waitUntil(lambda: SECRET in QApplication.clipboard().text())
    settle(window, qtbot)
    assert ways(window.workspace) == ["listed", "exported"]
    QApplication.clipboard().clear()


def test_the_question_before_an_erasure_is_a_reading(window, whisper, qtbot):
    dialog = window.flows.erase(window, "whisper", whisper)
    qtbot.waitUntil(lambda: not window.tasks.busy)
    assert SECRET in words_in(dialog)
    assert ways(window.workspace) == ["opened"]
    dialog.close()


def test_a_copy_of_its_paper_is_written_down(window, whisper, tmp_path, qtbot):
    workspace = window.workspace
    (tmp_path / "paper.txt").write_text("On paper")
    _, (kept,) = attach(workspace, "whisper", whisper, [tmp_path / "paper.txt"])
    window.open_record("whisper", whisper)
    settle(window, qtbot)
    view = window.page.list_page.record
    qtbot.waitUntil(lambda: view.place[1] == whisper and kept.id in view.current.files._files)
    view.current.files.save_copy(kept.id, tmp_path / "copy.txt")
    qtbot.waitUntil((tmp_path / "copy.txt").exists)
    settle(window, qtbot)
    assert ways(workspace).count("exported") == 1
    assert workspace.readings.note([("attachment", kept.id)], "opened") == 1
    digest, size = workspace.blobs.put(io.BytesIO(b"x"))
    assert size == 1
    assert workspace.readings.note_query(workspace.store.reader(), ListQuery("attachment"),
                                         "printed") == 1  # fmt: skip
    assert digest


def meet(*workspaces, shared, start=False):
    for each in workspaces:
        exchange_desk.send_and_receive(each, shared, start=start)


@pytest.fixture
def priya(workspace, whisper, tmp_path, around):
    shared = tmp_path / "Shared"
    shared.mkdir()
    create_team(workspace.store)
    made, _ = Workspace.create(
        tmp_path / "Priya", officer="Priya", passphrase=PASSPHRASE, around=around
    )
    join_team(made.store, create_invite(workspace.store, role="admin"))
    meet(workspace, made, workspace, shared=shared, start=True)
    made.shared = shared
    yield made
    made.close()


def test_two_versions_are_listed_without_a_word_and_opening_one_is_noted(
    priya, workspace, tasks, whisper, shown, qtbot
):
    workspace.store.apply([Edit("whisper", whisper, {"words": SECRET + " one"})], "Change")
    priya.store.apply([Edit("whisper", whisper, {"words": SECRET + " two"})], "Change")
    meet(workspace, priya, workspace, shared=priya.shared)
    before = len(ways(workspace))
    from engage_desktop.queries.versions import undecided

    reader = workspace.store.reader()
    (item,) = undecided(reader)
    reader.close()
    assert item.title == "Whisper"
    window = shown(MainWindow(workspace, tasks, Flows))
    try:
        window.go("versions")
        page = window.page.current
        qtbot.waitUntil(lambda: page.card is not None and not tasks.busy)
        assert page.model.index(0).data() == "Whisper"
        assert ways(workspace)[before:] == ["opened"]
    finally:
        window.close()
        window.deleteLater()


def test_what_was_set_aside_is_told_without_a_word_of_it(
    priya, workspace, tasks, whisper, shown, qtbot
):
    change_role(workspace.store, "Priya", "officer")
    priya.store.apply([Edit("whisper", whisper, {"words": SECRET + " two"})], "Change whisper")
    meet(priya, workspace, shared=priya.shared)
    aside = exchange_desk.set_aside(workspace.store)
    assert [each.what for each in aside] == ["Change whisper: Whisper"]
    assert SECRET not in str(aside)


def test_who_may_read_it_no_more_is_shown_nothing_and_told_why(
    priya, workspace, whisper, shown, around, qtbot
):
    change_role(workspace.store, "Priya", "officer")
    meet(workspace, priya, shared=priya.shared)
    tasks = Tasks(priya.store)
    window = shown(MainWindow(priya, tasks, Flows))
    try:
        settle(window, qtbot)
        before = len(ways(priya))
        window.go("whisper")
        settle(window, qtbot)
        model = window.page.list_page.pane.model
        assert SECRET not in [model.index(row, 0).data() for row in range(model.rowCount())]
        window.open_record("whisper", whisper)
        settle(window, qtbot)
        assert SECRET not in words_in(window)
        assert len(ways(priya)) == before
    finally:
        window.close()
        tasks.close()
        window.deleteLater()


def test_the_log_says_who_and_when_and_no_kind_hides_behind_an_open_link(workspace):
    for cls in workspace.store.registry:
        if cls.meta.compartment == "confidential":
            continue
        for spec in cls.specs().values():
            target = spec.target
            hidden = target and workspace.store.registry[target].meta.compartment
            assert hidden != "confidential", (cls.meta.name, spec.name)
    assert Reading.meta.compartment == "confidential"
