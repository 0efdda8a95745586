"""Erasing for good as an officer does it: from the open record or the list, with keys only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from db.changes import Create, Edit
from db.erase import Erase
from engage_desktop.records.registry import REGISTRY
from tests.day.office import CTRL, SHIFT, Hands, Office, make_workspace
from ui.dialogs.erase import EraseDialog

PHRASE = "Xylograph Quockerwodger"


@pytest.fixture
def office(qapp: object, tmp_path: Path) -> Iterator[Office]:
    made = Office(make_workspace(tmp_path / "Sam"))
    yield made
    made.close()


@pytest.fixture
def person(office: Office) -> str:
    store = office.store
    made = REGISTRY["stakeholder"](id=store.new_id(), name=PHRASE, notes=f"{PHRASE} rang")
    other = REGISTRY["stakeholder"](id=store.new_id(), name="Somebody else")
    store.apply([Create(made), Create(other)], "Add stakeholders")
    office.window.open_record("stakeholder", made.id)
    office.settle()
    return made.id


def said(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def erase(office: Office, hands: Hands) -> None:
    hands.press(Qt.Key.Key_Delete, CTRL | SHIFT)
    dialog = office.dialog(EraseDialog)
    office.settle()
    hands.tab_to("Reason")
    hands.type("They asked")
    hands.press(Qt.Key.Key_Tab)
    hands.type("erase")
    hands.press(Qt.Key.Key_Return)
    office.settle()
    assert "Erased for good on this laptop." in said(dialog)
    hands.press(Qt.Key.Key_Return)
    office.settle()


def test_the_page_of_an_erased_record_says_so(office: Office, person: str) -> None:
    hands = Hands()
    office.window.page.list_page.record.current.form.fields["notes"].editor.go()
    hands.type("never saved ")
    erase(office, hands)
    words = said(office.window)
    assert "This stakeholder was erased for good." in words
    assert "Reason: They asked" in words
    assert "Every laptop has confirmed." in words
    assert PHRASE not in words
    assert office.workspace.drafts.names() == []
    assert office.store.erasures()[0].cleaned is not None
    shown = [w.accessibleName() for w in office.window.findChildren(QWidget)]
    assert not [name for name in shown if PHRASE in name]
    office.window.page.list_page.close_record()
    office.settle()
    assert office.window.page.list_page.pane.model.rowCount() == 1


def test_a_record_chosen_in_the_list_is_erased_too(office: Office, person: str) -> None:
    page = office.window.page.list_page
    page.close_record()
    office.settle()
    page.pane.view.select_id(person)
    erase(office, Hands())
    assert office.store.is_erased(person)


def test_the_palette_offers_it(office: Office, person: str) -> None:
    assert "erase" in [command.id for command in office.window.actions_.offered("erase for good")]


def test_a_record_that_a_colleague_erased_says_so_under_the_eyes(
    office: Office, person: str
) -> None:
    office.store.erase(Erase("stakeholder", person), "Erase stakeholder for good")
    office.settle()
    assert "This stakeholder was erased for good." in said(office.window)
    assert "Not yet confirmed: Sam Pike." in said(office.window)


def test_history_says_what_was_erased(office: Office, person: str) -> None:
    office.store.erase(Erase("stakeholder", person, ("notes",)), "Erase stakeholder for good")
    office.store.apply([Edit("stakeholder", person, {"notes": "New"})], "Change notes")
    office.settle()
    tabs = office.window.page.list_page.record.current
    tabs.bar.setCurrentIndex(tabs.bar.count() - 1)
    office.settle()
    words = said(tabs.history)
    assert "Notes: erased for good" in words
    assert "Notes: what stood here was erased since" in words
    assert PHRASE not in words.replace(f"Name: {PHRASE}", "")
