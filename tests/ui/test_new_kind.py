"""A new kind with every type of field there is comes to the form and the list by itself."""

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.changes import Create
from db.query import ListQuery
from db.record import validated
from tests.kinds import every_field_kind
from tests.ui.conftest import Bench
from ui.form.context import Context, local_day
from ui.form.form import RecordForm
from ui.pages.filters import Filters
from ui.table.model import RecordsModel
from ui.tasks import InlineTasks
from ui.theme import theme
from ui.widgets.base import unnamed

KINDS = every_field_kind()
NAME = KINDS.cls.meta.name


@pytest.fixture
def context(tmp_path, qtbot):
    theme()
    bench = Bench(tmp_path, KINDS.registry, KINDS.migrations)
    tasks = InlineTasks(bench.store)
    yield Context(bench, tasks)
    tasks.close()
    bench.close()


def same(kept, wanted):
    return {name: sorted(v) if isinstance(v, list | tuple) else v for name, v in kept.items()
            if name in wanted} == {
        name: sorted(v) if isinstance(v, list | tuple) else v for name, v in wanted.items()
    }  # fmt: skip


@pytest.mark.parametrize("values", [KINDS.values, KINDS.other_values], ids=["one", "another"])
def test_every_type_of_field_is_filled_in_saved_and_shown(values, context, qtbot):
    wanted = validated(KINDS.cls, {**values, "id": "0" * 32}).model_dump(mode="json")
    wanted = {name: wanted[name] for name in values}
    form = RecordForm(KINDS.cls, context)
    window = QWidget()
    window.setAccessibleName("Window")
    QVBoxLayout(window).addWidget(form)
    window.show()
    form.begin(context.workspace.store.new_id())
    for name, value in wanted.items():
        form.fields[name].editor.show_value(value)
        form.fields[name].editor.changed.emit()
    with qtbot.waitSignal(form.saved):
        assert form.save(), form.summary.accessibleName()
    kept = context.workspace.store.get(NAME, form.record_id).model_dump(mode="json")
    assert same(kept, wanted)
    assert unnamed(window) == []
    window.close()
    window.deleteLater()


def test_it_stands_in_a_list_and_can_be_filtered(context, qtbot):
    store = context.workspace.store
    record = validated(KINDS.cls, {**KINDS.values, "id": store.new_id()})
    store.apply([Create(record)], "Add")
    columns = tuple(KINDS.cls.specs())
    model = RecordsModel(KINDS.registry, context.tasks, ListQuery(NAME, columns))
    model.show(model.query)
    assert model.rowCount() == 1
    for name in KINDS.values:
        assert model.index(0, columns.index(name)).data(), name
    filters = Filters(KINDS.cls, context.tasks, local_day)
    filters.setAccessibleName("Filters")
    filters.load_links()
    assert unnamed(filters) == []
    model.deleteLater()
    filters.deleteLater()
