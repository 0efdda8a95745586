"""A kind made of three places (model, registry, migration), from the form to a colleague's list."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from PySide6.QtWidgets import QApplication

from db.keys import CHEAP
from db.query import ListQuery
from db.record import validated
from engage_desktop.exchange.exporter import export_file
from engage_desktop.sync import create_invite, join_team
from engage_desktop.sync import desk as exchange_desk
from tests.day.office import make_workspace
from tests.day.pulse import turn_until
from tests.kinds import every_field_kind
from ui.dialogs.import_wizard import CHECK, COLUMNS, DONE, ROWS, ImportWizard
from ui.dialogs.print_preview import PrintPreview

KIND = every_field_kind()
NAME = KIND.cls.meta.name


@pytest.fixture(autouse=True)
def planted(monkeypatch):
    """The registry and the migrations know it; nothing else is told."""
    KIND.plant(monkeypatch)


def rows(store):
    """What a list shows of it, with every field."""
    reader = store.reader()
    try:
        page = reader.page(ListQuery(NAME, tuple(KIND.cls.specs()), sort="name"), limit=50)
        return [(row.title, row.values) for row in page.rows]
    finally:
        reader.close()


def begin(office, values):
    """A new one, each field filled through its own editor, and saved."""
    run = next(c.id for c in office.window.actions_.offered() if c.words == "Add specimen")
    office.window.actions_.run(run)
    office.settle()
    page = office.window.page.list_page
    form = page.record.current.form
    assert set(form.fields) == set(KIND.cls.specs())
    kept = validated(KIND.cls, {**values, "id": "0" * 32}).model_dump(mode="json")
    for name in values:
        editor = form.fields[name].editor
        editor.show_value(kept[name])
        editor.changed.emit()
    office.settle()
    assert page.record.save(), form.summary.accessibleName()
    office.settle()
    return form.record_id


def same(one, other):
    return {k: sorted(v) if isinstance(v, list) else v for k, v in one.items() if k != "id"} == {
        k: sorted(v) if isinstance(v, list) else v for k, v in other.items() if k != "id"
    }


@pytest.mark.timeout(200)
def test_it_goes_through_every_part_of_the_house(make_office, tmp_path):
    office = make_office()
    links = KIND.make_links(office.store)
    office.settle()
    ids = [
        begin(office, {**KIND.values, **links}),
        begin(office, dict(KIND.other_values)),
    ]
    kept = [office.store.get(NAME, i).model_dump(mode="json") for i in ids]
    wanted = validated(KIND.cls, {**KIND.values, **links, "id": ids[0]}).model_dump(mode="json")
    assert same(kept[0], wanted)
    page = office.window.page.list_page
    assert page.pane.model.count == 2
    for area in ("today", "send"):
        office.window.go(area)
        office.settle()
    files = {form: tmp_path / f"specimens.{form}" for form in ("csv", "xlsx")}
    for path in files.values():
        assert export_file(office.store, NAME, path) == 2
    before = rows(office.store)
    for number, path in enumerate(files.values()):
        colleague = make_office(workspace=make_workspace(tmp_path / f"Copy {number}"))
        take(colleague, path)
        assert rows(colleague.store) == before, path.suffix
    printed = printed_register(office)
    for title, _ in before:
        assert title in printed
    there = sent_to_a_colleague(office, make_office, tmp_path)
    assert rows(there.store) == before
    assert [same(there.store.get(NAME, i).model_dump(mode="json"), k)
            for i, k in zip(ids, kept, strict=True)] == [True, True]  # fmt: skip
    there.window.go(NAME)
    there.settle()
    assert there.window.page.list_page.pane.model.count == 2


def take(office, path):
    """The file through the wizard, as it guesses."""
    run = next(
        c.id for c in office.window.actions_.offered() if c.words == "Import specimens from a file"
    )
    office.window.actions_.run(run)
    wizard = office.dialog(ImportWizard)
    assert wizard.source.kind.currentData() == NAME
    wizard.open_path(path)
    turn_until(lambda: wizard.state is not None)
    for step in (COLUMNS, ROWS, CHECK, DONE):
        wizard.next()
        turn_until(lambda step=step: wizard.at == step or bool(wizard.problem.sentence))
        assert wizard.at == step, wizard.problem.sentence
    assert wizard.plan.outcome.refused == []
    wizard.accept()
    office.settle()
    assert QApplication.activeModalWidget() is None


def printed_register(office):
    """The words of the printed list."""
    office.window.flows.print_list(office.window, ListQuery(NAME, sort="name"))
    preview = office.dialog(PrintPreview)
    turn_until(lambda: preview.drawn or bool(preview.problem.sentence))
    assert preview.problem.sentence == ""
    document = pypdfium2.PdfDocument(io.BytesIO(preview.printed.pdf))
    words = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    preview.reject()
    office.settle()
    return " ".join(words.split())


def sent_to_a_colleague(office, make_office, tmp_path):
    """Both sides send and receive over one folder."""
    shared = tmp_path / "Shared drive"
    shared.mkdir()
    exchange(office, shared, start=True)
    invitation = create_invite(office.store, role="officer", code=None, cost=CHEAP)
    other = make_workspace(tmp_path / "Priya")
    join_team(other.store, invitation, None)
    there = make_office(workspace=other)
    exchange(there, shared, start=False)
    return there


def exchange(office, shared, *, start):
    exchange_desk.send_and_receive(
        office.workspace, shared, start=start, progress=lambda *_: None, cancelled=lambda: False
    )
    office.settle()
