"""Whoever listens to the window hears a name for everything, a human one, and each only once."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget

from tests.day import screens
from tests.day.office import TODAY

R = QAccessible.Role
PRESSED = {
    R.PushButton, R.ButtonMenu, R.CheckBox, R.RadioButton, R.PageTab, R.MenuItem, R.Link,
    R.ButtonDropDown,
}  # fmt: skip
TYPED = {R.EditableText, R.ComboBox, R.SpinBox, R.Slider, R.Dial}
HOLDING = {R.Table, R.Tree, R.List, R.PageTabList, R.Dialog, R.Window, R.AlertMessage}
NAMED = PRESSED | TYPED | HOLDING
ALONE = PRESSED | TYPED | {R.Table, R.Tree, R.List}
"""What a person could take one for another of."""

PROGRAM_WORDS = re.compile(
    r"^Q[A-Z]\w+$|qt_\w+|[a-z]+_[a-z_]+|^_|^[a-z]+[A-Z]\w+$|\b(op|quarantine|kwargs|None|bundle|"
    r"widget|workspace key)\b|<\w|\{\w*\}|object at 0x"
)


@dataclass(frozen=True)
class Thing:
    """What a listener is told of one thing. Never the interface itself: it dies with its widget,
    and the binding would give its place in memory to the next."""

    role: QAccessible.Role
    name: str
    disabled: bool
    where: str
    of_qt: bool


def heard(root: QWidget) -> list[Thing]:
    """Everything that can be reached by ear from a window, in order."""
    found: list[Thing] = []
    _hear(QAccessible.queryAccessibleInterface(root), found, 0)
    return found


def _hear(interface, found, depth):
    if interface is None or not interface.isValid() or depth > 60:
        return
    state, role = interface.state(), interface.role()
    if state.invisible and depth:
        return
    thing = interface.object()
    of_qt = thing is not None and thing.objectName().startswith("qt_")
    name = interface.text(QAccessible.Text.Name)
    if role == R.ComboBox:  # on Linux Qt gives the words in it; the label is what it is called
        labels = [r[0].text(QAccessible.Text.Name) for r in interface.relations()]
        name = labels[0] if labels else name if interface.state().editable else ""
    found.append(Thing(role, name, bool(state.disabled), _where(thing), of_qt))
    if role in {R.Table, R.Tree, R.List, R.ComboBox}:
        return  # rows come and go; they are checked on their own
    for index in range(interface.childCount()):
        _hear(interface.child(index), found, depth + 1)


def faults(root: QWidget) -> list[str]:
    """What a listener could not make sense of."""
    said, found = Counter(), []
    for thing in heard(root):
        if thing.role not in NAMED or thing.role in {R.Slider, R.Dial} or thing.of_qt:
            continue
        kind, name = str(thing.role).rpartition(".")[2], thing.name.strip()
        if not name:
            found.append(f"{kind} without a name ({thing.where})")
        elif PROGRAM_WORDS.search(name):
            found.append(f"{kind} named in the program's own words: “{name}”")
        if thing.role in ALONE and not thing.disabled:
            said[kind, name] += 1
    found += [f"{n} × {kind} “{name}”" for (kind, name), n in said.items() if n > 1 and name]
    return found


def _where(thing) -> str:
    up = []
    while thing is not None and len(up) < 3:
        up.append(type(thing).__name__)
        thing = thing.parent()
    return " in ".join(up)


def test_a_fault_is_found(qtbot):
    root = QWidget()
    root.setAccessibleName("Page")
    qtbot.addWidget(root)
    box = QVBoxLayout(root)
    for name in ("Save", "Save", "we_did", ""):
        button = QPushButton()
        button.setAccessibleName(name)
        box.addWidget(button)
    root.show()
    found = " ".join(faults(root))
    assert "2 × " in found
    assert "we_did" in found
    assert "without a name" in found


@pytest.mark.timeout(300)
def test_everything_has_a_name_of_its_own(make_office, tmp_path):
    office = make_office(filled=True, today=lambda: TODAY)
    found = {}
    for name, root in screens.every(office, tmp_path):
        if wrong := faults(root):
            found[name] = wrong
    assert found == {}, "\n".join(f"{k}: {v}" for k, v in found.items())


def test_the_first_window_has_names_for_everything(qapp, qtbot, tmp_path):
    found = {}
    for name, root in screens.first_window(tmp_path):
        if wrong := faults(root):
            found[name] = wrong
    assert found == {}


@pytest.mark.timeout(300)
def test_rows_of_a_list_are_read_with_their_words(make_office):
    office = make_office(filled=True, today=lambda: TODAY)
    office.window.go("stakeholder")
    office.settle()
    view = office.window.page.list_page.pane.view
    model = view.model()
    table = QAccessible.queryAccessibleInterface(view)
    names = [table.child(n).text(QAccessible.Text.Name) for n in range(model.columnCount() * 3)]
    assert str(model.index(0, 0).data()) in " ".join(names)
    assert str(model.headerData(0, Qt.Orientation.Horizontal)) in names
    headings = [model.headerData(c, Qt.Orientation.Horizontal) for c in range(model.columnCount())]
    assert set(headings) <= set(names), names


def test_a_label_stands_for_its_field(make_office):
    office = make_office(filled=True, today=lambda: TODAY)
    office.window.begin_record("event", {})
    office.settle()
    form = office.window.page.list_page.record.current.form
    for field in form.fields.values():
        if field.editor.own_label or not isinstance(field.label, QLabel):
            continue
        editors = field.editor.fields() or [field.editor]
        spoken = " ".join(e.accessibleName() for e in editors)
        assert field.spec.label.split(":")[0] in spoken, field.spec.name
    assert QApplication.focusWidget() is not None
