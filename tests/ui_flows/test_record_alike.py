"""While somebody is typed in, who is here already is named, and can be opened instead."""

import pytest
from PySide6.QtCore import Qt

from db.changes import Create
from engage_desktop.records.registry import REGISTRY
from ui.form.form import RecordForm
from ui.pages.record_alike import AlikeBanner


@pytest.fixture
def ann(workspace):
    record = REGISTRY["stakeholder"](
        id=workspace.store.new_id(), name="Ann Vale", email="ann.vale@example.org"
    )
    workspace.store.apply([Create(record)], "Add")
    return record


@pytest.fixture
def form(context, shown):
    made = RecordForm(REGISTRY["stakeholder"], context)
    made.banner = AlikeBanner(made, context)
    made.layout().insertWidget(0, made.banner)
    shown(made)
    return made


def typed(qtbot, form, name, words):
    form.go_to(name)
    qtbot.keyClicks(form.fields[name].editor.fields()[0], words)


def test_who_is_typed_in_again_is_named_and_can_be_opened(ann, form, context, qtbot):
    opened = []
    context.open_record = lambda kind, record: opened.append((kind, record))
    form.begin(context.workspace.store.new_id())
    typed(qtbot, form, "name", "Ann Vale")
    typed(qtbot, form, "email", "ann.vale@example.org")
    qtbot.waitUntil(form.banner.isVisible)
    assert "Ann Vale: same name" in form.banner.accessibleName()
    link = form.banner.extra.itemAt(0).widget()
    qtbot.keyClick(link, Qt.Key.Key_Return)
    assert opened == [("stakeholder", ann.id)]


def test_somebody_else_is_not_held_up(ann, form, context, qtbot):
    form.begin(context.workspace.store.new_id())
    typed(qtbot, form, "name", "Bob Moor")
    qtbot.waitUntil(lambda: not form._timer.isActive() and not context.tasks.busy)
    assert not form.banner.isVisible()


def test_a_kept_record_is_not_asked_about(ann, form, context, qtbot):
    form.load(ann)
    typed(qtbot, form, "job_title", "Chair")
    qtbot.waitUntil(lambda: not form._timer.isActive() and not context.tasks.busy)
    assert not form.banner.isVisible()


def test_thrown_away_it_is_quiet_again(ann, form, context, qtbot):
    form.begin(context.workspace.store.new_id())
    typed(qtbot, form, "name", "Ann Vale")
    typed(qtbot, form, "email", "ann.vale@example.org")
    qtbot.waitUntil(form.banner.isVisible)
    form.discard()
    assert not form.banner.isVisible()
