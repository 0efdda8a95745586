"""The day, step by step."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt

from db.changes import Edit
from db.query import ListQuery
from engage_desktop.workspace import Workspace
from ui.capture.stand import Stand
from ui.capture.tiles import Tile
from ui.dialogs.flows import Flows
from ui.dialogs.handout import HandoutEditor
from ui.dialogs.import_wizard import CHECK, COLUMNS, DONE, ROWS, ImportWizard
from ui.dialogs.recent import Recent
from ui.dialogs.welcome import Welcome
from ui.main_window import MainWindow
from ui.tasks import Tasks
from ui.theme import theme
from ui.tour.driver import SIZE, Stuck
from ui.tour.hands import PASSPHRASE, Hands, NoStore
from ui.tour.survey import ROWS_TO_IMPORT, survey_file

_CARDS = (
    ("1", "tr", "Driver waited for me. Thank you.", "y", "n"),
    ("4", "gp", "Could not get through on the phone for four days", "n", "y"),
    ("2", "men", "Group helps but it is a long way to go", "n", "n"),
    ("1", "st", "Kind and patient with my mother", "y", "n"),
)


class Day(Hands):
    """The whole of it. Every step uses what an officer would use."""

    def take(self) -> None:
        """The whole day."""
        self.first_window()
        for step in (
            self.today, self.stakeholders, self.maps, self.events, self.feedback, self.import_file,
            self.stand, self.cards, self.you_said, self.papers, self.colleagues, self.looks,
            self.lock,
        ):  # fmt: skip
            step()

    def first_window(self) -> None:
        """Welcome, and the sample county."""
        opening = Tasks(NoStore(), readers=0)
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
        self.window.open_record("stakeholder", self.first("stakeholder", "organisation"))
        self.d.settle(self.tasks)
        self.d.shoot(self.window, "stakeholders")
        self.window.actions_.run("find")
        self.d.type("carer")
        self.d.settle(self.tasks)
        self.d.until(lambda: self.quiet(0.4), "the search")
        self.d.settle(self.tasks)
        self.d.shoot(self.window, "find")
        self.d.press(Qt.Key.Key_Escape)
        self.d.press(Qt.Key.Key_Escape)

    def maps(self) -> None:
        """Who is who: the grid, the network, and pairs that may be one."""
        area = self.window.page_of("stakeholder")
        self.window.go("stakeholder")
        for face, name in (("stakeholder-map", "map-grid"), ("network", "map-network")):
            area.show_errand("maps")
            self.d.settle(self.tasks)
            area.current.options.choose_face(face)
            self.drawn(area.current)
            self.d.shoot(self.window, name)
        area.show_errand("duplicates")
        self.d.until(lambda: not area.current.busy, "the look for duplicates")
        self.d.settle(self.tasks)
        self.d.shoot(self.window, "duplicates")

    def drawn(self, page: Any) -> None:
        """Until a map is drawn at the size of the window."""
        self.d.settle(self.tasks)
        self.d.until(lambda: not page.waits, "the map")
        self.d.settle(self.tasks)

    def events(self) -> None:
        """The event that comes next."""
        self.window.open_record("event", self.next_event())
        self.d.settle(self.tasks)
        self.d.shoot(self.window, "events")

    def feedback(self) -> None:
        """What people said, searched."""
        self.window.go("feedback")
        self.d.settle(self.tasks)
        page = self.window.page.list_page
        page.search()
        self.d.type("bus")
        self.d.until(lambda: self.quiet(0.5), "the search")
        self.d.settle(self.tasks)
        self.d.shoot(self.window, "feedback")

    def import_file(self) -> None:
        """A survey's file, column by column."""
        self.window.flows.import_file(self.window, "feedback")
        wizard = self.dialog(ImportWizard)
        wizard.open_path(survey_file(self.home))
        self.d.until(lambda: wizard.state, "the file to be read")
        self.d.shoot(wizard, "import-file")
        self.next(wizard, COLUMNS)
        self.to_ratings(wizard)
        self.d.shoot(wizard, "import-columns")
        self.next(wizard, ROWS)
        wizard.rows.key.combo.setCurrentIndex(1)
        wizard.rows.key.combo.activated.emit(1)
        self.next(wizard, CHECK)
        self.d.shoot(wizard, "import-check")
        self.next(wizard, DONE)
        self.d.shoot(wizard, "import-done")
        made = wizard.plan.outcome.total("created") if wizard.plan else 0
        if made < ROWS_TO_IMPORT // 2:
            raise Stuck(f"The import made {made} records, more were expected.")
        wizard.accept()
        self.d.settle(self.tasks)

    def stand(self) -> None:
        """One person at a stand, in fewer than ten keys and their words."""
        self.window.flows.open_stand(self.window)
        self.begin_sitting("GP practice")
        stand = self.dialog(Stand)
        self.d.type("4")
        self.d.type("t")
        self.d.type(next(t.number for t in stand.findChildren(Tile) if t.text() == "Transport"))
        self.d.type("w")
        self.d.type("The bus stops at half past five, so I cannot get back from the hospital")
        self.d.shoot(stand, "stand")
        before = self.count("response")
        self.d.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self.d.settle(self.tasks)
        if self.count("response") != before + 1:
            raise Stuck("The stand did not keep the person's answer.")
        self.at_200(stand, "stand-200")
        stand.reject()
        self.d.settle(self.tasks)

    def cards(self) -> None:
        """A box of cards, keyed."""
        self.window.flows.key_cards(self.window)
        self.begin_sitting("")
        batch = self.d.until(self.batch, "the table of cards")
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
        record = self.with_lines()
        self.window.open_record("you_said", record)
        self.d.settle(self.tasks)
        self.d.shoot(self.window, "you-said-we-did")
        self.window.flows.print_handout(self.window, record)
        editor = self.dialog(HandoutEditor)
        self.d.until(lambda: editor.lines, "the lines of the sheet")
        self.d.shoot(editor, "handout")
        editor.preview()
        preview = self.preview()
        self.d.shoot(preview, "handout-preview")
        self.d.paper("easy-read", preview.printed.pdf)
        preview.reject()
        editor.reject()
        self.d.settle(self.tasks)

    def papers(self) -> None:
        """A register and the summary."""
        self.window.flows.print_list(self.window, ListQuery("event", sort="-date"))
        register = self.preview()
        self.d.paper("register", register.printed.pdf)
        register.reject()
        self.d.settle(self.tasks)
        self.window.flows.print_summary(self.window)
        summary = self.preview()
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
        dialog.officer.edit.setText("Priya Nair")
        dialog.place.edit.setText(str(invitation))
        dialog.make()
        code = self.d.until(lambda: dialog.code, "the invitation")
        dialog.reject()
        page.exchange_now()
        self.exchanged(page)
        self.join(invitation, code, shared)
        event = self.next_event()
        self.workspace.store.apply(
            [Edit("event", event, {"start_time": "10:30"})], "Change when it starts"
        )
        if self.colleague is not None:
            self.colleague.store.apply(
                [Edit("event", event, {"start_time": "11:00"})], "Change when it starts"
            )
            self.exchange_there(shared)
        page.exchange_now()
        self.exchanged(page)
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
        self.exchanged(page)
        self.d.shoot(self.window, "send-and-receive")

    def looks(self) -> None:
        """Large text, dark, high contrast."""
        self.window.go("today")
        self.d.settle(self.tasks)
        self.at_200(self.window, "today-200")
        self.window.go("feedback")
        self.d.settle(self.tasks)
        self.at_200(self.window, "feedback-200")
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
