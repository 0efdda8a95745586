"""A doubtful postcode is said beside the field, softly, and is saved all the same."""

from PySide6.QtCore import Qt

from db.changes import Create
from db.record import validated
from engage_desktop.records.registry import REGISTRY
from ui.form.form import RecordForm
from ui.form.suggest_place import PlaceSuggestion


def test_a_doubtful_postcode_is_remarked_on_and_kept(context, qtbot):
    form = RecordForm(REGISTRY["venue"], context)
    qtbot.addWidget(form)
    form.begin(context.workspace.store.new_id())
    form.show()
    field = form.fields["postcode"]
    line = field.editor.line
    form.go_to("postcode")
    qtbot.waitUntil(line.hasFocus)
    assert field.remark.isHidden()
    qtbot.keyClicks(line, "SW1A 0")
    assert field.remark.isHidden(), "half of one is not remarked on while it is typed"
    qtbot.keyClicks(line, "ZZ")
    assert "was not in use in February 2025" in field.remark.text()
    assert line.accessibleDescription() == field.remark.text()
    qtbot.keyClick(line, Qt.Key.Key_Backspace)
    assert field.remark.isHidden()
    form.go_to("name")
    qtbot.waitUntil(lambda: not field.remark.isHidden())
    assert "not written like a postcode" in field.remark.text()
    field.set_hidden(True)
    assert field.remark.isHidden()
    field.set_hidden(False)
    assert not field.remark.isHidden()
    form.fields["name"].editor.line.setText("Mere Hall")
    form.fields["name"].editor.line.textEdited.emit("Mere Hall")
    with qtbot.waitSignal(form.saved):
        assert form.save()
    assert context.workspace.store.get("venue", form.record_id).postcode == "SW1A 0Z"
    form.begin(context.workspace.store.new_id())
    assert field.remark.isHidden()


def test_the_place_of_a_postcode_is_offered_and_taken_with_one_key(context, qtbot):
    store = context.workspace.store
    made = {}
    for name, districts in (("Wessex", "ZZ"), ("Mere", "ZZ1 2; ZZ1 3"), ("Far", "ZZ9")):
        made[name] = store.new_id()
        values = {"id": made[name], "name": name, "postcodes": districts}
        store.apply([Create(validated(REGISTRY["place"], values))], "Add")
    form = RecordForm(REGISTRY["stakeholder"], context)
    qtbot.addWidget(form)
    form.begin(store.new_id())
    form.show()
    line, places = form.fields["postcode"].editor.line, form.fields["places"].editor
    offer = form.fields["postcode"].findChild(PlaceSuggestion)
    form.go_to("postcode")
    qtbot.waitUntil(line.hasFocus)
    qtbot.keyClicks(line, "zz1 2ab")
    assert offer.isHidden()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not offer.isHidden())
    assert offer.text().strip() == "Add to places: Mere"
    qtbot.keyClick(offer, Qt.Key.Key_Space)
    assert places.value() == [made["Mere"]]
    assert offer.isHidden()
    assert form.dirty
    qtbot.keyClick(line, Qt.Key.Key_Backspace)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert offer.isHidden(), "a place is chosen already"
