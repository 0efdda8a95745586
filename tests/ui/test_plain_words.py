"""What names a change never holds what was typed: it travels, and stays when a record is erased."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from db.fields import FieldType
from engage_desktop.capture.card import Card, Sitting
from engage_desktop.capture.desk import Desk
from engage_desktop.exchange.guess import guess_mapping
from engage_desktop.exchange.importer import import_file
from engage_desktop.exchange.tables import open_table
from engage_desktop.records.registry import REGISTRY
from tests.ui.conftest import shown_window
from tests.ui.test_form import shown_in_window
from tests.ui.test_window import TODAY, Recorded, settle
from ui.form.form import RecordForm
from ui.tasks import InlineTasks, Tasks

NEEDLE = "Zyxwv"
"""In everything that is typed, named or imported here, and in no word of the program."""


@pytest.fixture
def window(bench, qtbot):
    tasks = Tasks(bench.store)
    with shown_window(bench, tasks, Recorded, qtbot, today=lambda: TODAY) as made:
        settle(qtbot, made)
        yield made


def whys(store):
    """The words of every change set in the store."""
    connection = store._connection
    return [str(why) for (why,) in connection.execute("SELECT why FROM change_set ORDER BY pk")]


def page_of(window, qtbot, area, tab):
    window.go(area)
    if hasattr(window.page, "bar"):
        window.page.bar.setCurrentIndex(tab)
    settle(qtbot, window)
    return window.page.list_page


def typed(page, names, words=NEEDLE):
    """The keys of an officer in some fields of the open record, then Save."""
    form = page.record.current.form
    for name in names:
        QTest.keyClicks(form.fields[name].editor.line, words)
    assert form.dirty
    assert page.record.save()


def texts_of(page):
    specs = page.kind.specs()
    return [name for name, spec in specs.items() if spec.type is FieldType.TEXT]


def pressed(panel, verb):
    """The button of a file that begins so."""
    next(b for b in panel.findChildren(QPushButton) if verb in b.accessibleName()).click()


@pytest.mark.parametrize(("area", "tab", "kind"), [
    ("stakeholder", 0, "stakeholder"), ("event", 0, "event"), ("event", 1, "venue"),
])  # fmt: skip
def test_no_change_is_named_after_what_was_typed(window, bench, qtbot, tmp_path, area, tab, kind):
    page = page_of(window, qtbot, area, tab)
    assert page.kind.meta.name == kind
    store, names = bench.store, texts_of(page)
    page.begin()
    settle(qtbot, window)
    typed(page, names)
    settle(qtbot, window)
    record_id = page.record.place[1]
    assert NEEDLE in store.get(kind, record_id).title
    typed(page, names)  # many fields at once
    settle(qtbot, window)
    typed(page, names[:1])  # one field, the title
    settle(qtbot, window)
    files = page.record.current.files
    for file_names in ((f"{NEEDLE} a.txt", f"{NEEDLE} b.txt"), (f"{NEEDLE} c.txt",)):
        paths = [tmp_path / name for name in file_names]
        for path in paths:
            path.write_text(NEEDLE)
        files.add_files([str(path) for path in paths])
        settle(qtbot, window)
    assert len(files._files) == 3
    pressed(files, "Delete")
    settle(qtbot, window)
    assert len(files._files) == 2
    page.record.delete()
    settle(qtbot, window)
    assert store.where(kind, record_id) == "bin"
    window.undo.undo()
    settle(qtbot, window)
    page.open_record(kind, record_id)
    settle(qtbot, window)
    page.bin_selected()
    settle(qtbot, window)
    assert store.where(kind, record_id) == "bin"
    window.actions_.run("bin")
    settle(qtbot, window)
    page.open_record(kind, record_id)
    settle(qtbot, window)
    page.record.restore()
    settle(qtbot, window)
    assert store.where(kind, record_id) == "live"
    label = page.kind.meta.label.lower()
    said = whys(store)
    assert {f"Add {label}", f"Change {label}", "Add 2 files", "Add a file", "Delete a file",
            f"Delete {label}", f"Restore {label}"} <= set(said)  # fmt: skip
    assert [why for why in said if NEEDLE.lower() in why.lower()] == []
    assert NEEDLE.lower() not in window.top._words.lower()


def test_a_record_made_on_the_spot_is_not_named(context, qtbot):
    store = context.workspace.store
    form = RecordForm(REGISTRY["event"], context)
    shown_in_window(qtbot, form)
    form.begin(store.new_id())
    editor = form.fields["venue"].editor
    editor.go()
    qtbot.keyClicks(editor.finder, f"{NEEDLE} hall")
    qtbot.waitUntil(lambda: editor.finder.popup is not None and editor.finder.popup.isVisible())
    qtbot.keyClick(editor.finder, Qt.Key.Key_Up)
    qtbot.keyClick(editor.finder, Qt.Key.Key_Return)
    assert store.get("venue", editor.value()).title == f"{NEEDLE} hall"
    assert whys(store) == ["Add venue"]


def test_cards_and_imports_are_not_named_after_their_words(bench, tmp_path):
    store = bench.store
    writes = InlineTasks(store)
    sitting = Sitting("card", service=NEEDLE)
    desk = Desk(store, bench.drafts, sitting, writes, today=lambda: TODAY)

    def kept(_result):
        desk.written()

    def refused(error):
        pytest.fail(str(error))

    def sent():
        desk.send(kept, refused)

    desk.keep(Card(fft="good", words=NEEDLE))
    sent()
    desk.correct(0, Card(fft="poor", words=f"{NEEDLE} again"))
    sent()
    desk.take_back()
    sent()
    writes.close()
    file = tmp_path / f"{NEEDLE}.csv"
    file.write_text(f"Name,Capacity\n{NEEDLE} hall,20\n", "utf-8")
    table = open_table(file)
    outcome = import_file(store, table, guess_mapping(store.registry, "venue", table.headers))
    assert outcome.receipt
    assert NEEDLE in store.get("import_receipt", outcome.receipt).title
    assert whys(store) == ["Key in a card", "Correct a card", "Undo: Key in a card",
                           "Import a file"]  # fmt: skip


def test_a_hidden_name_is_not_told_when_its_record_goes(window, qtbot):
    page = page_of(window, qtbot, "stakeholder", 0)
    page.begin()
    settle(qtbot, window)
    typed(page, ["name"])
    settle(qtbot, window)
    window.hide_names()
    settle(qtbot, window)
    page.record.delete()
    settle(qtbot, window)
    assert "moved to the bin" in window.toast.accessibleName()
    assert NEEDLE not in window.toast.accessibleName()
    window.hide_names()
