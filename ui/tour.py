"""An officer's day, taken by the real window over a real workspace, with pictures and papers.

`make run` takes it where there is no display, the frozen program takes it to prove that it is
whole, and the README's pictures come from it. It keeps nothing but what it leaves in its folder.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget

import resources
from db.changes import Edit
from db.query import Condition, ListQuery
from engage_desktop.documents.output import write_pdf
from engage_desktop.doors import Doors
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.workspace import Workspace
from ui.capture.stand import Stand
from ui.capture.tiles import Tile
from ui.dialogs.flows import Flows
from ui.dialogs.handout import HandoutEditor
from ui.dialogs.import_wizard import CHECK, COLUMNS, DONE, ROWS, ImportWizard
from ui.dialogs.print_preview import PrintPreview
from ui.dialogs.recent import Recent
from ui.dialogs.recovery_code import CodeSheet
from ui.dialogs.welcome import Welcome
from ui.main_window import MainWindow
from ui.tasks import Tasks
from ui.theme import theme

SIZE = QSize(1366, 768)
PATIENCE_S = 60.0
PASSPHRASE = "tractor violin cider hedge"
ROWS_TO_IMPORT = 40
_NONE = Qt.KeyboardModifier.NoModifier


class Stuck(Exception):
    """Something did not happen in time."""


class Driver:
    """Presses keys, waits for what follows, and takes pictures."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.left: list[str] = []

    def until(self, happened: Callable[[], Any], what: str) -> Any:
        """Let the window live until something is true. Raises `Stuck`."""
        end = time.monotonic() + PATIENCE_S
        while not (found := happened()):
            if time.monotonic() > end:
                raise Stuck(f"Waited {PATIENCE_S:.0f} seconds for {what}.")
            self.live()
            time.sleep(0.002)
        return found

    def live(self, rounds: int = 1) -> None:
        """Let events happen."""
        for _ in range(rounds):
            QApplication.processEvents()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def settle(self, tasks: Tasks) -> None:
        """Until nothing is at work."""
        self.live(3)
        self.until(lambda: not tasks.busy, "the work to be done")
        self.live(5)

    def press(
        self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """One key, wherever the keyboard is."""
        QTest.keyClick(self._target(), key, held)
        self.live(2)

    def type(self, words: str) -> None:
        """Words, wherever the keyboard is."""
        QTest.keyClicks(self._target(), words)
        self.live(2)

    def shoot(self, widget: QWidget, name: str, size: QSize | None = SIZE) -> None:
        """Leave a picture."""
        if size is not None and widget.size() != size:
            widget.resize(size)
        self.live(8)
        path = self.out / f"{name}.png"
        if not widget.grab().save(str(path)):
            raise Stuck(f"The picture {path.name} could not be written.")
        self._note(path)

    def paper(self, name: str, pdf: bytes) -> None:
        """Leave a document."""
        path = self.out / f"{name}.pdf"
        write_pdf(path, lambda file: file.write(pdf))
        self._note(path)

    def _target(self) -> QWidget:
        window = QApplication.activeModalWidget() or QApplication.activeWindow()
        if window is None:
            window = next((w for w in QApplication.topLevelWidgets() if w.isVisible()), None)
        if window is not None and not window.isActiveWindow():
            window.activateWindow()
            self.live(3)
        found = QApplication.focusWidget() or window
        if found is None:
            raise Stuck("No window has the keyboard.")
        return found

    def _note(self, path: Path) -> None:
        self.left.append(path.name)
        sys.stdout.write(f"tour: {path.name}\n")
        sys.stdout.flush()


class Day:
    """The day, step by step. Every step uses what an officer would use."""

    def __init__(self, driver: Driver, home: Path) -> None:
        self.d, self.home = driver, home
        self.doors = Doors(home=home)
        self.window: MainWindow
        self.tasks: Tasks
        self.workspace: Workspace
        self.colleague: Workspace | None = None

    def take(self) -> None:
        """The whole day."""
        self.first_window()
        for step in (
            self.today, self.stakeholders, self.events, self.feedback, self.import_file,
            self.stand, self.cards, self.you_said, self.papers, self.colleagues, self.looks,
            self.lock,
        ):  # fmt: skip
            step()

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

    # Steps

    def first_window(self) -> None:
        """Welcome, and the sample county."""
        opening = Tasks(_NoStore(), readers=0)
        welcome = Welcome(opening, self.doors, Recent(self.home / "recent.json"))
        opened: list[Workspace] = []
        welcome.opened.connect(opened.append)
        welcome.resize(SIZE)
        welcome.show()
        welcome.activateWindow()
        self.d.settle(opening)
        self.d.shoot(welcome, "welcome")
        welcome.show_create()
        sheet = welcome.currentWidget()
        self.d.type("Sam Pike")
        for field in (sheet.passphrase, sheet.again):
            field.edit.setFocus()
            self.d.type(PASSPHRASE)
        self.d.shoot(welcome, "create")
        self.d.press(Qt.Key.Key_Escape)
        welcome.choices.sample.setFocus()
        self.d.press(Qt.Key.Key_Return)
        self.workspace = self.d.until(lambda: opened and opened[0], "the sample county")
        welcome.close()
        welcome.deleteLater()
        opening.close()
        self.tasks = Tasks(self.workspace.store)
        self.window = MainWindow(self.workspace, self.tasks, Flows)
        self.window.resize(SIZE)
        self.window.show()
        self.window.activateWindow()
        self.d.settle(self.tasks)

    def today(self) -> None:
        """What needs me."""
        self.window.go("today")
        self.d.settle(self.tasks)
        self.d.shoot(self.window, "today")

    def stakeholders(self) -> None:
        """The list with a record beside it; finding anything."""
        self.window.go("stakeholder")
        self.d.settle(self.tasks)
        self.window.open_record("stakeholder", self._first("stakeholder", "organisation"))
        self.d.settle(self.tasks)
        self.d.shoot(self.window, "stakeholders")
        self.window.actions_.run("find")
        self.d.type("carer")
        self.d.settle(self.tasks)
        self.d.until(lambda: self._quiet(0.4), "the search")
        self.d.settle(self.tasks)
        self.d.shoot(self.window, "find")
        self.d.press(Qt.Key.Key_Escape)
        self.d.press(Qt.Key.Key_Escape)

    def events(self) -> None:
        """The event that comes next."""
        self.window.open_record("event", self._next_event())
        self.d.settle(self.tasks)
        self.d.shoot(self.window, "events")

    def feedback(self) -> None:
        """What people said, searched."""
        self.window.go("feedback")
        self.d.settle(self.tasks)
        page = self.window.page.list_page
        page.search()
        self.d.type("bus")
        self.d.until(lambda: self._quiet(0.5), "the search")
        self.d.settle(self.tasks)
        self.d.shoot(self.window, "feedback")

    def import_file(self) -> None:
        """A survey's file, column by column."""
        self.window.flows.import_file(self.window, "feedback")
        wizard = self._dialog(ImportWizard)
        wizard.open_path(_survey_file(self.home))
        self.d.until(lambda: wizard.state, "the file to be read")
        self.d.shoot(wizard, "import-file")
        self._next(wizard, COLUMNS)
        self._to_ratings(wizard)
        self.d.shoot(wizard, "import-columns")
        self._next(wizard, ROWS)
        wizard.rows.key.combo.setCurrentIndex(1)
        wizard.rows.key.combo.activated.emit(1)
        self._next(wizard, CHECK)
        self.d.shoot(wizard, "import-check")
        self._next(wizard, DONE)
        self.d.shoot(wizard, "import-done")
        made = wizard.plan.outcome.total("created") if wizard.plan else 0
        if made < ROWS_TO_IMPORT // 2:
            raise Stuck(f"The import made {made} records, more were expected.")
        wizard.accept()
        self.d.settle(self.tasks)

    def stand(self) -> None:
        """One person at a stand, in fewer than ten keys and their words."""
        self.window.flows.open_stand(self.window)
        self._begin_sitting("GP practice")
        stand = self._dialog(Stand)
        self.d.type("4")
        self.d.type("t")
        self.d.type(next(t.number for t in stand.findChildren(Tile) if t.text() == "Transport"))
        self.d.type("w")
        self.d.type("The bus stops at half past five, so I cannot get back from the hospital")
        self.d.shoot(stand, "stand")
        before = self._count("response")
        self.d.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self.d.settle(self.tasks)
        if self._count("response") != before + 1:
            raise Stuck("The stand did not keep the person's answer.")
        self._at_200(stand, "stand-200")
        stand.reject()
        self.d.settle(self.tasks)

    def cards(self) -> None:
        """A box of cards, keyed."""
        self.window.flows.key_cards(self.window)
        self._begin_sitting("")
        batch = self.d.until(self._batch, "the table of cards")
        entry = batch.entry
        entry.counts.box.setText("140")
        entry.counts.box.editingFinished.emit()
        entry.counts.counts.tally = {
            "very_good": 82, "good": 31, "neither": 9, "poor": 11, "very_poor": 7,
        }  # fmt: skip
        entry.take_keyboard()
        self.d.live(3)
        for answer, topic, words, quote, reply in _CARDS:
            self.d.type(answer)
            self.d.type(topic)
            for text in (words, quote, reply):
                self.d.press(Qt.Key.Key_Tab)
                self.d.type(text)
            self.d.press(Qt.Key.Key_Return)
        self.d.type("4")
        self.d.type("tr")
        self.d.press(Qt.Key.Key_Tab)
        self.d.type("Bus was")
        if entry.problem.sentence:
            raise Stuck(entry.problem.sentence)
        self.d.shoot(batch, "cards")
        self.d.press(Qt.Key.Key_Escape)
        self.d.settle(self.tasks)

    def you_said(self) -> None:
        """You said, we did, and its easy-read sheet."""
        record = self._with_lines()
        self.window.open_record("you_said", record)
        self.d.settle(self.tasks)
        self.d.shoot(self.window, "you-said-we-did")
        self.window.flows.print_handout(self.window, record)
        editor = self._dialog(HandoutEditor)
        self.d.until(lambda: editor.lines, "the lines of the sheet")
        self.d.shoot(editor, "handout")
        editor.preview()
        preview = self._preview()
        self.d.shoot(preview, "handout-preview")
        self.d.paper("easy-read", preview.printed.pdf)
        preview.reject()
        editor.reject()
        self.d.settle(self.tasks)

    def papers(self) -> None:
        """A register and the summary."""
        self.window.flows.print_list(self.window, ListQuery("event", sort="-date"))
        register = self._preview()
        self.d.paper("register", register.printed.pdf)
        register.reject()
        self.d.settle(self.tasks)
        self.window.flows.print_summary(self.window)
        summary = self._preview()
        self.d.shoot(summary, "summary-preview")
        self.d.paper("summary", summary.printed.pdf)
        summary.reject()
        self.d.settle(self.tasks)

    def colleagues(self) -> None:
        """An invitation, a second laptop, and two versions of one event."""
        shared = self.home / "Shared drive"
        shared.mkdir()
        self.window.go("send")
        page = self.window.page.current.guest
        self.d.settle(self.tasks)
        page.use_folder(str(shared))
        self.d.settle(self.tasks)
        invitation = self.home / "priya.invite"
        dialog = page.invite()
        dialog.place.edit.setText(str(invitation))
        dialog.make()
        code = self.d.until(lambda: dialog.code, "the invitation")
        dialog.reject()
        page.exchange_now()
        self._exchanged(page)
        self._join(invitation, code, shared)
        event = self._next_event()
        self.workspace.store.apply(
            [Edit("event", event, {"start_time": "10:30"})], "Change when it starts"
        )
        if self.colleague is not None:
            self.colleague.store.apply(
                [Edit("event", event, {"start_time": "11:00"})], "Change when it starts"
            )
            self._exchange_there(shared)
        page.exchange_now()
        self._exchanged(page)
        self.window.go("versions")
        versions = self.window.page.current
        self.d.until(lambda: versions.card, "the two versions")
        self.d.shoot(self.window, "two-versions")
        self.d.press(Qt.Key.Key_2)
        self.d.press(Qt.Key.Key_Return)
        self.d.until(lambda: not versions.model.items, "the choice")
        self.window.page.bar.setCurrentIndex(2)
        self.d.settle(self.tasks)
        self.d.shoot(self.window, "what-changed")
        self.window.page.bar.setCurrentIndex(0)
        page.exchange_now()
        self._exchanged(page)
        self.d.shoot(self.window, "send-and-receive")

    def looks(self) -> None:
        """Large text, dark, high contrast."""
        self.window.go("today")
        self.d.settle(self.tasks)
        self._at_200(self.window, "today-200")
        self.window.go("feedback")
        self.d.settle(self.tasks)
        self._at_200(self.window, "feedback-200")
        self.window.go("today")
        for scheme in ("dark", "contrast"):
            theme().set(scheme=scheme)
            self.d.settle(self.tasks)
            self.d.shoot(self.window, f"today-{scheme}")
        theme().set(scheme="light")
        self.d.settle(self.tasks)

    def lock(self) -> None:
        """Lunch."""
        self.window.lock()
        self.d.settle(self.tasks)
        self.d.shoot(self.window, "locked")
        self.d.type("sample county")
        self.d.press(Qt.Key.Key_Return)
        self.d.until(lambda: not self.window.locked, "the window to open again")
        self.d.settle(self.tasks)

    # Help

    def _join(self, invitation: Path, code: str, shared: Path) -> None:
        opening = Tasks(_NoStore(), readers=0)
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
        self._exchange_there(shared)

    def _exchange_there(self, shared: Path) -> None:
        if self.colleague is not None:
            exchange_desk.send_and_receive(
                self.colleague, shared, start=False, progress=_nobody_watches,
                cancelled=lambda: False,
            )  # fmt: skip

    def _exchanged(self, page: Any) -> None:
        self.d.until(lambda: not page.busy, "sending and receiving")
        self.d.settle(self.tasks)
        if page.problem.sentence:
            raise Stuck(page.problem.sentence)

    def _begin_sitting(self, service: str) -> None:
        from ui.capture.start import StartDialog

        start = self._dialog(StartDialog)
        self.d.until(lambda: start.event_choice.count() > 1, "the events")
        start.service.edit.setText(service)
        start.start()
        self.d.until(lambda: not self._is_open(StartDialog), "the beginning")
        self.d.live(5)

    def _next(self, wizard: ImportWizard, step: int) -> None:
        self.d.live(2)
        wizard.next()
        self.d.until(lambda: wizard.at == step or wizard.problem.sentence, f"step {step}")
        if wizard.at != step:
            raise Stuck(wizard.problem.sentence)
        self.d.settle(self.tasks)

    def _to_ratings(self, wizard: ImportWizard) -> None:
        table = wizard.columns.table
        for row in range(table.model().rowCount()):
            index = table.model().index(row, 2)
            if index.data(Qt.ItemDataRole.EditRole) == "response.fft":
                table.setCurrentIndex(index)
        if wizard.state is not None:
            wizard.columns.suggestion.findChild(QPushButton).click()
            for number, word in enumerate((*_RATINGS, "not_asked"), start=1):
                wizard.state.means("Rating", str(number), word)
        wizard.columns.show_state(wizard.state)
        table.setCurrentIndex(table.model().index(2, 2))

    def _at_200(self, widget: QWidget, name: str) -> None:
        theme().set(percent=200)
        self.d.settle(self.tasks)
        self.d.shoot(widget, name)
        theme().set(percent=100)
        self.d.settle(self.tasks)

    def _preview(self) -> PrintPreview:
        preview = self._dialog(PrintPreview)
        preview.resize(SIZE)
        self.d.until(lambda: preview.drawn or preview.problem.sentence, "the pages")
        if preview.problem.sentence:
            raise Stuck(preview.problem.sentence)
        self.d.live(10)
        self.d.until(lambda: preview.drawn, "the pages")
        return preview

    def _dialog(self, kind: type) -> Any:
        def found() -> QDialog | None:
            return next((w for w in QApplication.topLevelWidgets() if isinstance(w, kind)
                         and w.isVisible()), None)  # fmt: skip

        dialog = self.d.until(found, kind.__name__)
        dialog.activateWindow()
        self.d.live(5)
        return dialog

    def _is_open(self, kind: type) -> bool:
        return any(isinstance(w, kind) and w.isVisible() for w in QApplication.topLevelWidgets())

    def _batch(self) -> Any:
        found = [w for w in QApplication.topLevelWidgets() if hasattr(w, "entry") and w.isVisible()]
        return found[0] if found else None

    def _quiet(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.d.live()
            time.sleep(0.005)
        return True

    def _count(self, kind: str) -> int:
        with _reading(self.workspace) as reader:
            return int(reader.count(ListQuery(kind)))

    def _first(self, kind: str, nature: str) -> str:
        with _reading(self.workspace) as reader:
            where = (Condition("nature", "=", nature),)
            return str(reader.page(ListQuery(kind, where=where, sort="name"), limit=1).rows[0].id)

    def _next_event(self) -> str:
        today = dt.datetime.now().astimezone().date().isoformat()
        with _reading(self.workspace) as reader:
            where = (Condition("date", ">=", today),)
            page = reader.page(ListQuery("event", where=where, sort="date"), limit=1)
            return str(page.rows[0].id)

    def _with_lines(self) -> str:
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


class _NoStore:
    """Before a workspace is open there is nothing to read."""

    def reader(self) -> Any:
        raise RuntimeError("no workspace is open yet")


_RATINGS = ("very_good", "good", "neither", "poor", "very_poor", "dont_know")

_CARDS = (
    ("1", "tr", "Driver waited for me. Thank you.", "y", "n"),
    ("4", "gp", "Could not get through on the phone for four days", "n", "y"),
    ("2", "men", "Group helps but it is a long way to go", "n", "n"),
    ("1", "st", "Kind and patient with my mother", "y", "n"),
)


def _survey_file(home: Path) -> Path:
    """A small survey's file, made from the sample's own words."""
    path = home / "Autumn survey.csv"
    codes = {code: str(n) for n, code in enumerate(_RATINGS, start=1)}
    with path.open("w", newline="", encoding="cp1252", errors="replace") as file:
        writer = csv.writer(file)
        writer.writerow(["Card", "Received", "Rating", "What could be better?", "Staff",
                         "Transport", "Waiting"])  # fmt: skip
        number = 0
        for item in resources.sample("responses"):
            for comment in item["comments"]:
                number += 1
                if number > ROWS_TO_IMPORT:
                    return path
                day = f"{(number % 27) + 1}/9/2025"
                marks = ["1" if (number + n) % 3 == 0 else "" for n in range(3)]
                rating = codes.get(str(item.get("fft", "")), "7")
                writer.writerow([f"A{number:03}", day, rating, comment["text"], *marks])
    return path


def _said(sheet: Any) -> str:
    try:
        return str(sheet.problem.sentence)
    except RuntimeError:  # the sheet has been swapped away
        return ""


def _nobody_watches(_done: int, _total: int, _words: str) -> None:
    """Progress of the colleague's laptop."""


def run_tour(out_dir: Path | str) -> int:
    """Take the day and leave its pictures and papers. 0 when everything worked."""
    out = Path(out_dir)
    out.mkdir(parents=True, exist_ok=True)
    driver = Driver(out)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="engage-tour-") as home:
        day = Day(driver, Path(home))
        try:
            day.take()
        except Exception:  # noqa: BLE001 - told, and the exit code says it
            traceback.print_exc()
            return 1
        finally:
            day.close()
            theme().set(scheme="light", percent=100)
    took = time.monotonic() - began
    sys.stdout.write(f"tour: {len(driver.left)} files in {took:.0f} s\n")
    return 0


__all__ = ["run_tour"]
