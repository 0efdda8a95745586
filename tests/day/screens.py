"""Every screen of the window, one after the other: pages, records, forms, dialogs, capture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from db.query import Condition, ListQuery
from engage_desktop.documents.from_store import newest_you_said
from engage_desktop.doors import Doors
from tests.day.office import PASSPHRASE, Office, deliver
from tests.day.pulse import turn_until
from ui.capture.stand import Stand
from ui.capture.start import StartDialog
from ui.dialogs.about import AboutDialog
from ui.dialogs.backup import BackupDialog
from ui.dialogs.handout import HandoutEditor
from ui.dialogs.import_wizard import CHECK, COLUMNS, DONE, ROWS, ImportWizard
from ui.dialogs.invite import InviteDialog
from ui.dialogs.print_preview import PrintPreview
from ui.dialogs.recent import Recent
from ui.dialogs.recovery_code import CodeSheet
from ui.dialogs.settings import SettingsDialog
from ui.dialogs.unlock import NewPassphraseSheet
from ui.dialogs.welcome import Welcome
from ui.tasks import Tasks

Screen = tuple[str, QWidget]
TABS = {"stakeholder": 6, "event": 2, "feedback": 4, "reports": 4, "send": 3}
LISTS = (("stakeholder", 0), ("event", 0), ("event", 1), ("feedback", 0), ("feedback", 1),
         ("feedback", 2), ("feedback", 3), ("you_said", 0))  # fmt: skip
SURVEY = (
    "Card,Received,Rating,What could be better?,Staff,Transport\n"
    "A1,3/9/2025,Very good,The waiting room was cold,1,\n"
    "A2,4/9/2025,Poor,The bus stops at half past five,,1\n"
    "A3,not a date,Good,Kind staff,1,1\n"
)


class _NoStore:
    def reader(self) -> Any:
        raise RuntimeError("no workspace is open yet")


def first_window(folder: Path) -> Iterator[Screen]:
    """The welcome page and every sheet behind it."""
    tasks = Tasks(_NoStore(), readers=0)
    welcome = Welcome(tasks, Doors(home=folder), Recent(folder / "recent.json"))

    def shown() -> Welcome:
        for _ in range(5):
            QApplication.processEvents()
            deliver()
        return welcome

    try:
        welcome.resize(1366, 768)
        welcome.show()
        welcome.activateWindow()
        turn_until(lambda: not tasks.busy)
        yield "welcome", shown()
        for name in ("show_create", "show_open", "show_join", "show_ask", "show_restore"):
            getattr(welcome, name)()
            yield name.removeprefix("show_"), shown()
            welcome.currentWidget().submit()
            yield f"{name.removeprefix('show_')} with nothing answered", shown()
        welcome.show_open().use_code()
        yield "recovery code asked for", shown()
        welcome._swap(NewPassphraseSheet())
        yield "new passphrase", shown()
        code = "ABCDE-FGHJK-LMNPQ-RSTUV-WXYZ2"
        welcome._swap(CodeSheet("Marlshire", "Sam Pike", code, tasks))
        yield "recovery code", shown()
    finally:
        welcome.close()
        welcome.deleteLater()
        tasks.close()


def pages(office: Office) -> Iterator[Screen]:
    """Every area with each of its tabs, each record with each of its parts, each empty form."""
    window = office.window
    for area in list(window._areas):
        for tab in range(TABS.get(area, 1)):
            yield f"{area} {tab}", _visit(office, area, tab)
    for area, tab in LISTS:
        _visit(office, area, tab)
        page = window.page.list_page
        kind = page.kind.meta.name
        page.open_record(kind, page.pane.model.row(0).id)
        office.settle()
        bar = page.record.current.bar
        for part in range(bar.count()):
            bar.setCurrentIndex(part)
            office.settle()
            yield f"{kind} open, {bar.tabText(part)}", window
        page.close_record()
        office.settle()
        page.begin()
        office.settle()
        yield f"new {kind}", window
        page.close_record()
        page.pane.show_bin(True)
        office.settle()
        yield f"bin of {kind}", window
        page.pane.show_bin(False)
        office.settle()
    window.palette_.summon()
    window._find.setText("car")
    office.settle()
    yield "find", window
    window._find.clear()


def _visit(office: Office, area: str, tab: int) -> QWidget:
    office.window.go(area)
    if hasattr(office.window.page, "bar"):
        office.window.page.bar.setCurrentIndex(tab)
    office.settle()
    return office.window


def dialogs(office: Office, folder: Path) -> Iterator[Screen]:
    """Everything that opens over the window."""
    window, flows = office.window, office.window.flows
    office.window.go("today")
    office.settle()
    for name, opened, kind in (
        ("keys", lambda: window.actions_.run("keys"), "QDialog"),
        ("settings", lambda: flows.settings(window), SettingsDialog),
        ("about", lambda: flows.about(window), AboutDialog),
        ("backup", lambda: flows.back_up(window), BackupDialog),
        ("start of a stand", lambda: flows.open_stand(window), StartDialog),
        ("start of cards", lambda: flows.key_cards(window), StartDialog),
    ):
        opened()
        dialog = office.dialog(kind)
        office.settle()
        yield name, dialog
        dialog.close()
        office.settle()
    window.go("send")
    window.page.bar.setCurrentIndex(0)
    office.settle()
    window.page.current.guest.invite()
    invite = office.dialog(InviteDialog)
    office.settle()
    yield "invite", invite
    invite.officer.edit.setText("Priya Nair")
    invite.place.edit.setText(str(folder / "Priya"))
    invite.make()
    turn_until(lambda: bool(invite.code) or bool(invite.problem.sentence))
    office.settle()
    yield "invitation made", invite
    invite.close()
    yield from _team(office)
    yield from _capture(office)
    yield from _import(office, folder)
    yield from _paper(office)
    window.activateWindow()
    office.settle()
    window.lock()
    office.settle()
    yield "locked", window
    QApplication.focusWidget().setText(PASSPHRASE)
    from PySide6.QtTest import QTest

    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    turn_until(lambda: not window.locked)
    office.settle()


def _team(office: Office) -> Iterator[Screen]:
    """The team's page with its dialogs; the invitation has made a team."""
    office.window.go("team")
    office.settle()
    page = office.window.page
    laptop = page.rows[0].laptop
    for what in ("role", "lost", "leave"):
        dialog = page.act(what, laptop)
        office.settle()
        yield f"team, {what}", dialog
        dialog.close()
        office.settle()
    dialog = page.make_key()
    office.settle()
    yield "team, recovery key", dialog
    dialog.close()
    office.settle()


def _capture(office: Office) -> Iterator[Screen]:
    window, flows = office.window, office.window.flows
    flows.open_stand(window)
    _begin(office)
    stand = office.dialog(Stand)
    office.settle()
    yield "stand", stand
    stand.words.setPlainText("The bus was late")
    stand.next_person()
    office.settle()
    yield "stand after one person", stand
    stand.find_topic()
    finder = office.dialog("TopicFinder")
    office.settle()
    yield "topics of the stand", finder
    finder.close()
    stand.reject()
    office.settle()
    flows.key_cards(window)
    _begin(office)
    batch = office.dialog("_BatchWindow")
    office.settle()
    yield "cards", batch
    batch.reject()
    office.settle()


def _begin(office: Office) -> None:
    start = office.dialog(StartDialog)
    office.settle()
    start.start()
    turn_until(
        lambda: (
            not any(
                isinstance(w, StartDialog) and w.isVisible() for w in QApplication.topLevelWidgets()
            )
        )
    )


def _import(office: Office, folder: Path) -> Iterator[Screen]:
    path = folder / "survey.csv"
    path.write_text(SURVEY, encoding="utf-8")
    office.window.flows.import_file(office.window, "feedback")
    wizard = office.dialog(ImportWizard)
    office.settle()
    yield "import, file", wizard
    wizard.open_path(path)
    turn_until(lambda: wizard.state is not None)
    office.settle()
    yield "import, file found", wizard
    for step, name in ((COLUMNS, "columns"), (ROWS, "rows"), (CHECK, "check"), (DONE, "done")):
        wizard.next()
        turn_until(lambda step=step: wizard.at == step or bool(wizard.problem.sentence))
        assert wizard.at == step, wizard.problem.sentence
        office.settle()
        yield f"import, {name}", wizard
    wizard.accept()
    office.settle()


def _paper(office: Office) -> Iterator[Screen]:
    window, reader = office.window, office.store.reader()
    try:
        you_said = newest_you_said(reader)
    finally:
        reader.close()
    window.flows.print_handout(window, you_said)
    editor = office.dialog(HandoutEditor)
    turn_until(lambda: bool(editor.lines))
    office.settle()
    yield "handout", editor
    editor.preview()
    preview = office.dialog(PrintPreview)
    turn_until(lambda: preview.drawn or bool(preview.problem.sentence))
    office.settle()
    yield "preview of a handout", preview
    preview.reject()
    editor.reject()
    office.settle()
    window.flows.print_list(
        window, ListQuery("event", where=(Condition("date", ">", "2026-01-01"),), sort="-date")
    )
    preview = office.dialog(PrintPreview)
    turn_until(lambda: preview.drawn or bool(preview.problem.sentence))
    office.settle()
    yield "preview of a register", preview
    preview.reject()
    office.settle()


def every(office: Office, folder: Path) -> Iterator[Screen]:
    """All of it."""
    yield from pages(office)
    yield from dialogs(office, folder)
