"""The parts of a record: what their fields are for says how they are listed and begun."""

from db.changes import Create
from db.fields import FieldType, Role
from db.record import validated
from engage_desktop.records.outcome import EasyReadLine, YouSaid
from engage_desktop.records.registry import REGISTRY
from ui.form.panels import ChildrenPanel
from ui.widgets.base import Label


def test_a_new_part_comes_last_and_pictures_are_not_read_out(workspace, context, shown, qtbot):
    store = workspace.store
    owner = YouSaid(id=store.new_id(), topic="Buses")
    lines = [
        EasyReadLine(id=store.new_id(), you_said=owner.id, sentence=f"We asked {place} drivers.",
                     pictogram="bus", position=place)
        for place in (2, 7)
    ]  # fmt: skip
    store.apply([Create(owner), *map(Create, lines)], "Add")
    panel = shown(ChildrenPanel(EasyReadLine, context))
    panel.show_children(owner.id, lines, {})
    read = [label.text() for label in panel.findChildren(Label)]
    assert "We asked 7 drivers." in read
    assert "bus" not in read
    panel.begin()
    sentence = panel.form.fields["sentence"].editor
    sentence.show_value("We asked again.")
    sentence.changed.emit()
    assert panel.save()
    qtbot.waitUntil(lambda: not context.tasks.busy)
    reader = store.reader()
    try:
        places = sorted(line.position for line in reader.children("easy_read_line", owner.id))
    finally:
        reader.close()
    assert places == [2, 7, 8]


def test_what_a_field_is_for_fits_its_type():
    fits = {
        Role.ORDER: FieldType.INTEGER,
        Role.PICTURE: FieldType.TEXT,
        Role.NOTES: FieldType.LONG_TEXT,
    }
    roles = [spec for cls in REGISTRY for spec in cls.specs().values() if spec.role]
    assert {spec.role for spec in roles} == set(Role)
    assert all(spec.type is fits[spec.role] for spec in roles)
    for cls in REGISTRY:
        for spec in cls.specs().values():
            if spec.made_with:
                target = REGISTRY[spec.target]
                first = next(iter(target.specs()))
                validated(target, {"id": "0" * 32, first: "Mere", **dict(spec.made_with)})
