"""A new kind takes its place in the window from its model, the registry and a migration alone."""

import datetime as dt

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from engage_desktop.queries.standing import Standing
from tests.kinds import every_field_kind
from tests.ui.conftest import Bench
from ui.areas import areas
from ui.main_window import MainWindow
from ui.tasks import InlineTasks
from ui.theme import theme
from ui.widgets.base import named, unnamed

KINDS = every_field_kind()
NAME = KINDS.cls.meta.name


class NoDialogs:
    """The window asks for no dialog here but the page it puts in the rail."""

    def __init__(self, context, settings):
        pass

    def send_receive_page(self, context):
        return named(QWidget(), "Send and receive")

    def __getattr__(self, name):
        return lambda *_: None


@pytest.fixture
def window(tmp_path, qtbot):
    theme()
    bench = Bench(tmp_path, KINDS.registry, KINDS.migrations)
    bench.name = "Marlshire"
    tasks = InlineTasks(bench.store)
    made = MainWindow(bench, tasks, NoDialogs, today=lambda: dt.date(2026, 5, 26))
    made.resize(1366, 768)
    made.show()
    yield made
    made.close()
    tasks.close()
    made.deleteLater()
    bench.close()


def test_it_has_an_area_a_list_a_form_and_commands(window, qtbot):
    store = window.workspace.store
    assert NAME in {area.id for area in areas(KINDS.registry)}
    words = [command.words for command in window.actions_.offered()]
    assert "Add specimen" in words
    assert "Import specimens from a file" in words
    window.go(NAME)
    assert window.page.is_empty
    window.begin_record(NAME, {})
    page = window.page.list_page
    form = page.record.current.form
    qtbot.waitUntil(lambda: len(form.fields) == len(KINDS.cls.specs()))
    form.fields["name"].editor.show_value("Ammonite")
    form.fields["name"].editor.changed.emit()
    with qtbot.waitSignal(form.saved):
        form.save()
    reader = store.reader()
    assert [hit.title for hit in reader.search_all("ammonite")] == ["Ammonite"]
    reader.close()
    QCoreApplication.processEvents()
    qtbot.waitUntil(lambda: page.pane.model.rowCount() == 1)
    assert unnamed(window) == []


def test_the_rail_says_whether_the_shared_folder_is_there(window):
    for here, words in (
        (None, "No shared folder yet"), (True, "Shared folder found"), (False, "Working offline"),
    ):  # fmt: skip
        window._show_status(Standing(0, 0, here))
        assert window.rail.status.status.place == words
        assert window.rail.status.status.offline is not here or here is None
