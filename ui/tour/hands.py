"""The hands of the day: finding a dialog, a record, a page that has settled."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget

from db.query import Condition, ListQuery
from engage_desktop.doors import Doors
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.workspace import Workspace
from ui.dialogs.import_wizard import ImportWizard
from ui.dialogs.print_preview import PrintPreview
from ui.dialogs.recent import Recent
from ui.dialogs.recovery_code import CodeSheet
from ui.dialogs.welcome import Welcome
from ui.main_window import MainWindow
from ui.tasks import Tasks
from ui.theme import theme
from ui.tour.driver import SIZE, Driver, Stuck
from ui.tour.survey import RATINGS

PASSPHRASE = "tractor violin cider hedge"


class Hands:
    """What the steps of the day are made of."""

    def __init__(self, driver: Driver, home: Path) -> None:
        self.d, self.home = driver, home
        self.doors = Doors(home=home)
        self.window: MainWindow
        self.tasks: Tasks
        self.workspace: Workspace
        self.colleague: Workspace | None = None

    def close(self) -> None:
        """Put everything away, whatever happened."""
        for name in ("window",):
            window = getattr(self, name, None)
            if window is not None:
                window.close()
        tasks = getattr(self, "tasks", None)
        if tasks is not None:
            tasks.close()
        for workspace in (getattr(self, "workspace", None), self.colleague):
            if workspace is not None:
                workspace.close()
        self.doors.sweep_samples()
        self.d.live(5)

    def join(self, invitation: Path, code: str, shared: Path) -> None:
        opening = Tasks(NoStore(), readers=0)
        welcome = Welcome(opening, self.doors, Recent(self.home / "recent.json"))
        opened: list[Workspace] = []
        welcome.opened.connect(opened.append)
        welcome.resize(SIZE)
        welcome.show()
        sheet = welcome.show_join()
        sheet.invitation.edit.setText(str(invitation))
        sheet.code.edit.setText(code)
        sheet.officer.edit.setText("Priya Nair")
        sheet.folder.edit.setText(str(self.home / "Priya"))
        sheet.passphrase.edit.setText(PASSPHRASE)
        sheet.again.edit.setText(PASSPHRASE)
        self.d.live(3)
        self.d.shoot(welcome, "join")
        sheet.submit()
        self.d.until(
            lambda: isinstance(welcome.currentWidget(), CodeSheet) or _said(sheet),
            "the second workspace",
        )
        code_sheet = welcome.currentWidget()
        if not isinstance(code_sheet, CodeSheet):
            raise Stuck(_said(sheet))
        self.d.shoot(welcome, "recovery-code")
        self.d.paper("recovery-sheet", code_sheet.render())
        code_sheet.tick.setChecked(True)
        code_sheet.submit()
        self.colleague = self.d.until(lambda: opened and opened[0], "the second workspace")
        welcome.close()
        welcome.deleteLater()
        opening.close()
        self.exchange_there(shared)

    def exchange_there(self, shared: Path) -> None:
        if self.colleague is not None:
            exchange_desk.send_and_receive(
                self.colleague, shared, start=False, progress=_nobody_watches,
                cancelled=lambda: False,
            )  # fmt: skip

    def exchanged(self, page: Any) -> None:
        self.d.until(lambda: not page.busy, "sending and receiving")
        self.d.settle(self.tasks)
        if page.problem.sentence:
            raise Stuck(page.problem.sentence)

    def begin_sitting(self, service: str) -> None:
        from ui.capture.start import StartDialog

        start = self.dialog(StartDialog)
        self.d.until(lambda: start.event_choice.count() > 1, "the events")
        start.service.edit.setText(service)
        start.start()
        self.d.until(lambda: not self.is_open(StartDialog), "the beginning")
        self.d.live(5)

    def next(self, wizard: ImportWizard, step: int) -> None:
        self.d.live(2)
        wizard.next()
        self.d.until(lambda: wizard.at == step or wizard.problem.sentence, f"step {step}")
        if wizard.at != step:
            raise Stuck(wizard.problem.sentence)
        self.d.settle(self.tasks)

    def to_ratings(self, wizard: ImportWizard) -> None:
        table = wizard.columns.table
        for row in range(table.model().rowCount()):
            index = table.model().index(row, 2)
            if index.data(Qt.ItemDataRole.EditRole) == "response.fft":
                table.setCurrentIndex(index)
        if wizard.state is not None:
            wizard.columns.suggestion.findChild(QPushButton).click()
            for number, word in enumerate((*RATINGS, "not_asked"), start=1):
                wizard.state.means("Rating", str(number), word)
        wizard.columns.show_state(wizard.state)
        table.setCurrentIndex(table.model().index(2, 2))

    def at_200(self, widget: QWidget, name: str) -> None:
        theme().set(percent=200)
        self.d.settle(self.tasks)
        self.d.shoot(widget, name)
        theme().set(percent=100)
        self.d.settle(self.tasks)

    def preview(self) -> PrintPreview:
        preview = self.dialog(PrintPreview)
        preview.resize(SIZE)
        self.d.until(lambda: preview.drawn or preview.problem.sentence, "the pages")
        if preview.problem.sentence:
            raise Stuck(preview.problem.sentence)
        self.d.live(10)
        self.d.until(lambda: preview.drawn, "the pages")
        return preview

    def dialog(self, kind: type) -> Any:
        def found() -> QDialog | None:
            return next((w for w in QApplication.topLevelWidgets() if isinstance(w, kind)
                         and w.isVisible()), None)  # fmt: skip

        dialog = self.d.until(found, kind.__name__)
        dialog.activateWindow()
        self.d.live(5)
        return dialog

    def is_open(self, kind: type) -> bool:
        return any(isinstance(w, kind) and w.isVisible() for w in QApplication.topLevelWidgets())

    def batch(self) -> Any:
        found = [w for w in QApplication.topLevelWidgets() if hasattr(w, "entry") and w.isVisible()]
        return found[0] if found else None

    def quiet(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.d.live()
            time.sleep(0.005)
        return True

    def count(self, kind: str) -> int:
        with _reading(self.workspace) as reader:
            return int(reader.count(ListQuery(kind)))

    def first(self, kind: str, nature: str) -> str:
        with _reading(self.workspace) as reader:
            where = (Condition("nature", "=", nature),)
            return str(reader.page(ListQuery(kind, where=where, sort="name"), limit=1).rows[0].id)

    def next_event(self) -> str:
        today = dt.datetime.now().astimezone().date().isoformat()
        with _reading(self.workspace) as reader:
            where = (Condition("date", ">=", today),)
            page = reader.page(ListQuery("event", where=where, sort="date"), limit=1)
            return str(page.rows[0].id)

    def with_lines(self) -> str:
        from engage_desktop.documents.from_store import newest_you_said

        with _reading(self.workspace) as reader:
            return newest_you_said(reader)


class _reading:  # noqa: N801 - used as a word in a with statement
    """A reader for a moment."""

    def __init__(self, workspace: Workspace) -> None:
        self._reader = workspace.store.reader()

    def __enter__(self) -> Any:
        return self._reader

    def __exit__(self, *_: object) -> None:
        self._reader.close()


class NoStore:
    """Before a workspace is open there is nothing to read."""

    def reader(self) -> Any:
        raise RuntimeError("no workspace is open yet")


def _said(sheet: Any) -> str:
    try:
        return str(sheet.problem.sentence)
    except RuntimeError:  # the sheet has been swapped away
        return ""


def _nobody_watches(_done: int, _total: int, _words: str) -> None:
    """Progress of the colleague's laptop."""
