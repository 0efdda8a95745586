"""Every kind's real form: filled in by every type of field, saved, and read back equal."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from db.changes import Create, Edit
from db.fields import FieldType
from db.record import validated
from engage_desktop.records.registry import REGISTRY
from ui.form.form import RecordForm
from ui.form.pickers import LinkEditor
from ui.widgets.base import unnamed

KINDS = [cls.meta.name for cls in REGISTRY]

TYPED = {
    FieldType.TEXT: "Quantock Hall",
    FieldType.LONG_TEXT: "First line\nSecond “quoted” line \u00a0",
    FieldType.EMAIL: "hello@example.org",
    FieldType.PHONE: "01632 960123",
    FieldType.POSTCODE: "TA1 1AA",
    FieldType.URL: "https://example.org/",
    FieldType.DATE: "2026-03-27",
    FieldType.DATETIME: "2026-03-27T14:30:00Z",
    FieldType.TIME: "14:30",
    FieldType.INTEGER: 2,
    FieldType.MONEY: 1234,
    FieldType.BOOLEAN: True,
}


def shown_in_window(qtbot, form):
    window = QWidget()
    QVBoxLayout(window).addWidget(form)
    qtbot.addWidget(window)
    form.held = window  # qtbot keeps only a weak reference
    window.setAccessibleName("Window")
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def target_of(spec, context):
    """A record that a link of this field may point to, made if need be."""
    kind = spec.target or "venue"
    cls = REGISTRY[kind]
    store = context.workspace.store
    record_id = store.new_id()
    values = {"id": record_id} | {
        name: value_for(field, context) for name, field in cls.specs().items() if field.required
    }
    store.apply([Create(validated(cls, values))], "Add")
    return record_id


def value_for(spec, context):
    """A value of this field's type."""
    if spec.name == "quarter":
        return "2017-18 Q1"
    if spec.name == "digest":
        return "a" * 64
    if spec.name == "boundary":
        return '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}'
    match spec.type:
        case FieldType.CHOICE:
            return spec.choices[-1].code
        case FieldType.CHOICES:
            return sorted(choice.code for choice in spec.choices[:2])
        case FieldType.FEATURES:
            return {spec.choices[0].code: "yes", spec.choices[1].code: "no"}
        case FieldType.LINK:
            return target_of(spec, context)
        case FieldType.LINKS:
            return sorted([target_of(spec, context), target_of(spec, context)])
    return TYPED[spec.type]


def field_values(kind, entered):
    """Moments in the one spelling that records keep; everything else as it is."""
    specs = kind.specs()
    moment = FieldType.DATETIME
    return {
        n: v.replace("+00:00", "Z") if specs[n].type is moment and v else v
        for n, v in entered.items()
    }


@pytest.mark.parametrize("name", KINDS)
def test_a_filled_form_is_saved_and_reads_back_equal(name, context, qtbot):
    kind = REGISTRY[name]
    store = context.workspace.store
    wanted = {n: value_for(spec, context) for n, spec in kind.specs().items()}
    if "period_end" in wanted:
        wanted["period_end"] = "2026-04-01"
    form = RecordForm(kind, context)
    window = shown_in_window(qtbot, form)
    form.begin(store.new_id())
    for field, value in wanted.items():
        form.fields[field].editor.show_value(value)
        form.fields[field].editor.changed.emit()
    with qtbot.waitSignal(form.saved):
        assert form.save(), form.summary.accessibleName()
    kept = store.get(name, form.record_id).model_dump(mode="json")
    assert {n: kept[n] if not isinstance(kept[n], list) else sorted(kept[n]) for n in wanted} == (
        wanted
    )
    assert not form.dirty
    assert context.workspace.drafts.names() == []
    assert unnamed(window) == []


@pytest.mark.parametrize("name", KINDS)
def test_a_form_shows_and_gives_back_what_it_was_given(name, context, qtbot):
    kind = REGISTRY[name]
    wanted = {n: value_for(spec, context) for n, spec in kind.specs().items()}
    if "period_end" in wanted:
        wanted["period_end"] = "2026-04-01"
    record = validated(kind, {**wanted, "id": context.workspace.store.new_id()})
    form = RecordForm(kind, context)
    shown_in_window(qtbot, form)
    context.workspace.store.apply([Create(record)], "Add")
    assert form.load(record) is False
    entered, problems = form.collect()
    assert problems == {}
    entered = field_values(kind, entered)
    assert {n: sorted(v) if isinstance(v, list) else v for n, v in entered.items()} == wanted
    drafts = {n: field.editor.raw() for n, field in form.fields.items()}
    for n, raw in drafts.items():
        form.fields[n].editor.show_raw(raw)
    assert field_values(kind, form.collect()[0]) == entered


def test_only_what_changed_is_in_the_change_set_and_it_has_words(context, qtbot):
    store = context.workspace.store
    event_id = target_of(REGISTRY["response"].specs()["event"], context)
    form = RecordForm(REGISTRY["event"], context)
    shown_in_window(qtbot, form)
    form.load(store.get("event", event_id))
    qtbot.keyClicks(form.fields["lead"].editor.line, "Priya")
    assert form.dirty
    assert form.save()
    newest = store.history("event", event_id)[0]
    assert (newest.why, dict(newest.values)) == ("Change lead officer", {"lead": "Priya"})
    assert store.undo_words() == "Change lead officer"


def test_a_date_that_is_not_one_is_said_beside_the_field_and_at_the_top(context, qtbot):
    form = RecordForm(REGISTRY["event"], context)
    shown_in_window(qtbot, form)
    form.begin(context.workspace.store.new_id())
    qtbot.keyClicks(form.fields["name"].editor.line, "Forum")
    day, month, year = form.fields["date"].editor.parts
    qtbot.keyClicks(day, "31")
    qtbot.keyClicks(year, "2026")
    assert form.save() is False
    assert form.summary.links[0].text().strip() == "Date must include a month."
    qtbot.keyClicks(month, "2")
    assert form.save() is False
    assert "not a date" in form.fields["date"]._problem.text()
    form.summary.links[0].click()
    assert day.accessibleDescription() == form.fields["date"]._problem.text()
    assert context.workspace.drafts.get("event:new")["raw"]["name"] == "Forum"
    assert context.workspace.store.reader().count.__self__ is not None
    day.clear()
    qtbot.keyClicks(day, "27")
    with qtbot.waitSignal(form.saved):
        assert form.save()
    assert not form.summary.isVisible()


def test_a_whole_date_pasted_into_the_day_fills_all_three(context, qtbot):
    form = RecordForm(REGISTRY["event"], context)
    shown_in_window(qtbot, form)
    form.begin(context.workspace.store.new_id())
    editor = form.fields["date"].editor
    editor.parts[0].insert("27/3/2026")
    editor.parts[0].textEdited.emit("27/3/2026")
    assert (editor.value(), editor.raw()) == ("2026-03-27", ["27", "3", "2026"])


def test_a_slash_goes_on_to_the_next_box(context, qtbot):
    form = RecordForm(REGISTRY["event"], context)
    shown_in_window(qtbot, form)
    form.begin(context.workspace.store.new_id())
    editor = form.fields["date"].editor
    editor.go()
    for key in "9/11/2026":
        qtbot.keyClicks(QApplication.focusWidget(), key)
    assert editor.value() == "2026-11-09"


def test_what_is_typed_is_there_after_the_form_is_gone(context, qtbot):
    first = RecordForm(REGISTRY["stakeholder"], context)
    shown_in_window(qtbot, first)
    first.begin(context.workspace.store.new_id())
    qtbot.keyClicks(first.fields["phone"].editor.line, "01632 9")
    qtbot.waitUntil(lambda: bool(context.workspace.drafts.names()))
    again = RecordForm(REGISTRY["stakeholder"], context)
    shown_in_window(qtbot, again)
    assert again.begin(context.workspace.store.new_id()) is True
    assert again.record_id == first.record_id
    assert again.fields["phone"].editor.line.text() == "01632 9"
    again.discard()
    assert context.workspace.drafts.names() == []
    assert again.fields["phone"].editor.line.text() == ""


def test_a_title_missing_keeps_the_draft_and_says_so(context, qtbot):
    form = RecordForm(REGISTRY["venue"], context)
    shown_in_window(qtbot, form)
    form.begin(context.workspace.store.new_id())
    qtbot.keyClicks(form.fields["contact_name"].editor.line, "Jo")
    assert form.save() is False
    assert [link.text() for link in form.summary.links] == ["Name is needed."]
    assert form.dirty


def test_a_link_is_found_by_a_few_letters_or_made_on_the_spot(context, qtbot):
    store = context.workspace.store
    hall = target_of(REGISTRY["event"].specs()["venue"], context)
    form = RecordForm(REGISTRY["event"], context)
    shown_in_window(qtbot, form)
    form.begin(store.new_id())
    qtbot.keyClicks(form.fields["name"].editor.line, "Forum")
    editor = form.fields["venue"].editor
    assert isinstance(editor, LinkEditor)
    editor.go()
    qtbot.keyClicks(editor.finder, "Quan")
    with __import__("pytest").raises(ValueError, match="choose “Quan” from the list"):
        editor.value()
    qtbot.waitUntil(lambda: editor.finder.popup is not None and editor.finder.popup.isVisible())
    assert editor.finder.popup.titles == ["Quantock Hall", "Add a new venue called “Quan”"]
    qtbot.keyClick(editor.finder, Qt.Key.Key_Return)
    assert editor.value() == hall
    editor.finder.clear()
    qtbot.keyClicks(editor.finder, "Porlock")
    qtbot.waitUntil(lambda: editor.finder.popup.isVisible())
    qtbot.keyClick(editor.finder, Qt.Key.Key_Up)
    qtbot.keyClick(editor.finder, Qt.Key.Key_Return)
    made = editor.value()
    assert store.get("venue", made).title == "Porlock"


def test_sensitive_fields_can_be_covered(context, qtbot):
    form = RecordForm(REGISTRY["stakeholder"], context)
    shown_in_window(qtbot, form)
    form.begin(context.workspace.store.new_id())
    form.go_to("needs")  # unfolds its section
    assert form.fields["needs"].editor.isVisible()
    form.set_hidden(True)
    assert not form.fields["needs"].editor.isVisible()
    assert form.fields["name"].editor.isVisible()
    form.set_hidden(False)
    assert form.fields["needs"].editor.isVisible()


def test_a_set_is_one_stop_for_tab_and_arrows_move_inside(context, qtbot):
    form = RecordForm(REGISTRY["stakeholder"], context)
    shown_in_window(qtbot, form)
    form.begin(context.workspace.store.new_id())
    editor = form.fields["speaks_for"].editor
    stops = [c for c in editor.chips.values() if c.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert len(stops) == 1
    stops[0].setFocus()
    qtbot.keyClick(stops[0], Qt.Key.Key_Right)
    second = list(editor.chips.values())[1]
    assert second.hasFocus()
    qtbot.keyClick(second, Qt.Key.Key_Space)
    assert editor.value() == ["disability"]


def test_two_fast_edits_both_arrive(context, qtbot):
    store = context.workspace.store
    record_id = target_of(REGISTRY["event"].specs()["venue"], context)
    form = RecordForm(REGISTRY["venue"], context)
    shown_in_window(qtbot, form)
    form.load(store.get("venue", record_id))
    qtbot.keyClicks(form.fields["contact_name"].editor.line, "Jo")
    assert form.save()
    qtbot.keyClicks(form.fields["contact_name"].editor.line, "anna")
    assert form.save()
    assert store.get("venue", record_id).contact_name == "Joanna"
    store.apply([Edit("venue", record_id, {"capacity": 80})], "Change capacity")
    assert store.get("venue", record_id).capacity == 80


def test_fields_fold_under_headings_that_say_how_many_are_filled(context, qtbot):
    kind = REGISTRY["stakeholder"]
    form = RecordForm(kind, context)
    shown_in_window(qtbot, form)
    form.load(kind(id=context.workspace.store.new_id(), name="Ann", email="a@example.org"))
    assert list(form.sections) == list(kind.meta.sections)
    reach = form.sections["How to reach them"]
    assert reach.head.accessibleName() == "How to reach them (1 filled)"
    assert form.sections["Notes"].head.accessibleName() == "Notes"
    assert not form.fields["email"].isVisible()
    qtbot.keyClick(reach.head, Qt.Key.Key_Space)
    assert form.fields["email"].isVisible()
    qtbot.keyClick(reach.head, Qt.Key.Key_Space)
    assert not form.fields["email"].isVisible()
    form.fields["email"].editor.show_raw("no address")
    form.fields["email"].editor.changed.emit()
    assert not form.save()
    assert form.fields["email"].isVisible(), "what is wrong is shown"


def test_a_long_list_is_picked_from_and_what_was_picked_is_a_chip(context, qtbot):
    form = RecordForm(REGISTRY["stakeholder"], context)
    shown_in_window(qtbot, form)
    form.begin(context.workspace.store.new_id())
    form.go_to("formats")
    editor = form.fields["formats"].editor
    assert not editor.chips
    editor.combo.setFocus()
    qtbot.keyClicks(editor.combo.lineEdit(), "Easy read")
    qtbot.keyClick(editor.combo.lineEdit(), Qt.Key.Key_Return)
    assert editor.value() == ["easy_read"]
    assert [chip.isChecked() for chip in editor.chips.values()] == [True]
    qtbot.keyClicks(editor.combo.lineEdit(), "Widgit symbols")
    assert editor.value() == ["Widgit symbols", "easy_read"], "what is typed counts as it stands"
    kept = editor.raw()
    editor.show_value([])
    assert editor.value() == []
    editor.show_raw(kept)
    assert editor.value() == ["Widgit symbols", "easy_read"]
