"""The register of erasures and the log of confidential readings, in the window and on paper."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from db.changes import Create
from db.erase import Erase
from engage_desktop.erased import note_confirmed
from engage_desktop.erasing import erase_for_good, lines_of
from engage_desktop.records.registry import REGISTRY
from tests.day.office import Office, make_workspace
from ui.dialogs.erase_register import printed_register
from ui.dialogs.print_preview import PrintPreview
from ui.theme import theme
from ui.widgets.base import unnamed

PHRASE = "Xylograph Quockerwodger"


@pytest.fixture
def office(qapp: object, tmp_path: Path) -> Iterator[Office]:
    made = Office(make_workspace(tmp_path / "Sam"))
    yield made
    made.close()
    theme().set(percent=100)


def said(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def erase(office: Office, reason: str) -> None:
    store = office.store
    made = REGISTRY["stakeholder"](id=store.new_id(), name=PHRASE, locality="Marlbridge")
    store.apply([Create(made)], "Add stakeholder")
    asked = Erase("stakeholder", made.id, refused={"locality": "Counted in a report"})
    erase_for_good(office.workspace, asked, reason)


def show(office: Office, tab: int) -> QWidget:
    office.window.go("reports")
    office.window.page.bar.setCurrentIndex(tab)
    office.settle()
    return office.window.page.current


def test_the_register_says_who_when_why_and_which_laptops(office: Office) -> None:
    page = show(office, 2)
    assert "Nothing was erased yet" in said(page)
    erase(office, "They asked")
    office.settle()
    words = said(page)
    for part in ("1 erasure", "Sam Pike", "Reason: They asked",
                 "Stakeholder. All but what was kept",
                 "Kept: Locality: Counted in a report", "Every laptop has confirmed."):  # fmt: skip
        assert part in words, part
    assert PHRASE not in words
    assert unnamed(page) == []
    bar = office.window.page.bar
    assert bar.width() >= sum(bar.tabRect(at).width() for at in range(bar.count()))


def test_a_laptop_that_confirms_is_shown(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from engage_desktop import erasing

    erase(office, "They asked")
    own, other = office.store.device, "b" * 32
    monkeypatch.setattr(erasing, "_laptops", lambda _store: {own: "Sam Pike", other: "Ben"})
    page = show(office, 2)
    assert "Gone from: Sam Pike. Not yet confirmed: Ben." in said(page)
    note_confirmed(office.store, other, [lines_of(office.store)[0].id])
    page.refresh()
    office.settle()
    assert "Gone from: Sam Pike, Ben. Every laptop has confirmed." in said(page)


def test_the_register_is_printed_and_exported(office: Office, tmp_path: Path) -> None:
    erase(office, "They asked")
    page = show(office, 2)
    page.print_button.click()
    preview = office.dialog(PrintPreview)
    office.settle()

    preview.close()

    pdf = PdfReader(BytesIO(printed_register(office.store, "Erasures", dt.date(2026, 5, 26)).pdf))
    text = " ".join(" ".join(leaf.extract_text() for leaf in pdf.pages).split())
    for part in ("Erasures", "They asked", "Sam Pike", "Every laptop has confirmed."):
        assert part in text
    page.export_button.click()
    dialog = office.dialog("RegisterExport")
    assert isinstance(dialog, QFileDialog)
    dialog.write_to(str(tmp_path / "register.csv"))
    dialog.close()
    office.settle()
    with (tmp_path / "register.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["By"], row["Reason"]) == ("Sam Pike", "They asked")
    assert row["Laptops"] == "Gone from: Sam Pike. Every laptop has confirmed."


def test_readings_are_for_admins(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    import ui.pages.erasures as erasures

    page = show(office, 3)
    assert "No confidential record was read yet" in said(page)
    office.store.apply(
        [Create(REGISTRY["reading"](id=office.store.new_id(), what="Complaint", officer="Ben"))],
        "Read what is confidential", undoable=False,
    )  # fmt: skip
    office.settle()
    assert page.pane.model.rowCount() == 1
    assert page.primary == ("", "")
    monkeypatch.setattr(erasures, "may_see_readings", lambda _store: False)
    page.enter()
    assert "Only admins see who read what" in said(page)
    assert page.list_page is None
