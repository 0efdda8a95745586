"""The window is never dead, whatever the officer has set going."""

from __future__ import annotations

import csv
import datetime as dt
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from db.changes import Create
from db.query import ListQuery
from db.record import validated
from engage_desktop.records.registry import REGISTRY
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.workspace import Workspace
from tests.day.office import Office, make_workspace
from tests.day.pulse import Pulse, stays_alive, turn_until
from ui.dialogs.import_wizard import CHECK, COLUMNS, DONE, ROWS, ImportWizard
from ui.dialogs.print_preview import PrintPreview

pytestmark = pytest.mark.alive

ROWS_OF_FILE = 5_000
THEMES = ("Staff", "Waiting", "Transport", "Parking", "Food", "Signs")
EXAMPLE = Path(__file__).parents[2] / "docs/examples/nhs-fft-comments.toml"


@pytest.fixture(scope="session")
def survey(tmp_path_factory):
    """A made-up file of 5,000 comments by 2,500 people."""
    path = tmp_path_factory.mktemp("survey") / "Autumn survey.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Card", "Person", "Received", "Rating", "What could be better?", *THEMES])
        for number in range(ROWS_OF_FILE):
            marks = ["1" if (number + n) % 4 == 0 else "" for n in range(len(THEMES))]
            words = f"Comment {number}: the bus stops at half past five, so I could not get back."
            day = f"{number % 27 + 1}/9/2025"
            rating = ("Very good", "Good", "Poor")[number % 3]
            writer.writerow([f"A{number}", f"P{number // 2}", day, rating, words, *marks])
    return path


def test_a_pulse_notices_a_window_that_is_held_up(qapp):
    with Pulse().watching() as pulse:
        QTimer.singleShot(30, lambda: time.sleep(0.2))
        end = time.monotonic() + 0.4
        turn_until(lambda: time.monotonic() > end)
    assert pulse.longest > 150
    assert "sleep" in pulse.report() or "<lambda>" in pulse.report()


def test_a_job_of_many_small_reads_lets_the_window_live(make_office, tmp_path, tell):
    """Each read lets go of Python's lock for too short a moment, and starts the wait anew."""
    office = make_office()
    path = tmp_path / "small"
    path.write_bytes(b"x" * 4096)

    def job(ticket):
        end = time.monotonic() + 0.8
        with path.open("rb", buffering=0) as file:
            while time.monotonic() < end and not ticket.cancelled:
                for _ in range(20):
                    file.seek(0)
                    file.read(16)
                    sum(range(20_000))

    def work():
        office.tasks.write(job)
        office.settle()

    stays_alive("many small reads", work, tell=tell)


def to_check(office: Office, path: Path, mapping: Path | None = None) -> ImportWizard:
    """Through the wizard up to its last look."""
    office.window.flows.import_file(office.window, "feedback")
    wizard = office.dialog(ImportWizard)
    wizard.open_path(path)
    turn_until(lambda: wizard.state is not None)
    if mapping is not None:
        wizard.use_mapping(mapping)
    else:
        wizard.next()
    assert wizard.at == COLUMNS, wizard.problem.sentence
    wizard.next()
    assert wizard.at == ROWS
    if mapping is None:
        wizard.state.accept_suggestion()
    wizard.next()
    turn_until(lambda: wizard.at == CHECK or wizard.problem.sentence)
    assert wizard.at == CHECK, wizard.problem.sentence
    return wizard


def test_while_a_file_of_5000_rows_is_imported_and_taken_back(make_office, survey, tell):
    office = make_office()

    def work():
        wizard = to_check(office, survey)
        wizard.next()
        turn_until(lambda: wizard.at == DONE or wizard.problem.sentence)
        assert wizard.at == DONE, wizard.problem.sentence
        assert wizard.plan.outcome.total("created") >= ROWS_OF_FILE
        wizard.accept()
        office.settle()

    def take_back():
        office.window.undo.undo()
        office.settle(60)
        with_reader(office, lambda r: r.count(ListQuery("comment")), 0)

    stays_alive("import of 5,000 rows", work, take_back, tell)
    stays_alive("undo of that import", take_back, lambda: redo(office), tell)


def redo(office):
    office.window.undo.redo()
    office.settle(60)


def with_reader(office, ask, expected):
    reader = office.store.reader()
    try:
        assert ask(reader) == expected
    finally:
        reader.close()


def many(workspace: Workspace, kind: str, count: int, **more) -> None:
    """Make so many records of a kind in one step."""
    cls = REGISTRY[kind]
    first = next(iter(cls.specs()))
    with workspace.store.batch("Make many") as batch:
        for start in range(0, count, 1000):
            batch.add(
                Create(validated(cls, {
                    "id": f"{number + 1:032x}", first: f"Number {number:06}", **more,
                }))
                for number in range(start, min(start + 1000, count))
            )  # fmt: skip


def test_while_10000_records_are_sent_and_received(make_office, tmp_path, tell):
    from db.keys import CHEAP
    from engage_desktop.sync.team import create_invite, join_team

    shared = tmp_path / "Shared drive"
    shared.mkdir()
    office = make_office()
    many(office.workspace, "stakeholder", 10_000, nature="organisation")
    office.settle()
    invitation = create_invite(office.store, role="officer", code=None, cost=CHEAP)
    window = office.window
    window.go("send")
    office.settle()
    page = window.page.current.guest
    page.use_folder(str(shared))
    office.settle()

    def send():
        page.exchange_now(start=True)
        turn_until(lambda: not page.busy, 100)
        office.settle()
        assert not page.problem.sentence

    stays_alive("sending 10,000 records", send, lambda: fresh_folder(office, page, tmp_path), tell)
    folders = [Path(office.store.get_setting(exchange_desk.FOLDER))]
    received = []

    def receive():
        number = len(received)
        other = make_workspace(tmp_path / f"Priya {number}")
        join_team(other.store, invitation, None)
        there = make_office(workspace=other)
        there.window.go("send")
        there.settle()
        theirs = there.window.page.current.guest
        theirs.use_folder(str(folders[0]))
        there.settle()
        received.append((there, theirs))

    receive()

    def take_in():
        there, theirs = received[-1]
        theirs.exchange_now()
        turn_until(lambda: not theirs.busy, 100)
        there.settle()
        with_reader(there, lambda r: r.count(ListQuery("stakeholder")), 10_000)

    stays_alive("receiving 10,000 records", take_in, receive, tell)


def fresh_folder(office, page, tmp_path):
    """A new shared folder, so that everything is sent again."""
    folder = tmp_path / f"Shared {len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    page.use_folder(str(folder))
    office.settle()


def test_while_a_register_of_2000_rows_is_printed(make_office, tmp_path, tell):
    office = make_office()
    many(office.workspace, "stakeholder", 2_000, nature="organisation")
    office.settle()
    target = tmp_path / "register.pdf"

    def work():
        office.window.flows.print_list(office.window, ListQuery("stakeholder", sort="name"))
        preview = office.dialog(PrintPreview)
        turn_until(lambda: preview.drawn or preview.problem.sentence, 100)
        assert not preview.problem.sentence
        assert preview.pages > 20
        for _ in range(5):
            preview.go_on()
            turn_until(lambda: preview.drawn)
        preview.zoom_by(1)
        turn_until(lambda: preview.drawn)
        preview.save_to(target)
        office.settle()
        assert target.read_bytes().startswith(b"%PDF")
        preview.reject()
        office.settle()

    stays_alive("a printed register of 2,000 rows", work, tell=tell)


def scroll_through(office: Office, count: int, tell) -> None:
    """Open the list of comments, look at its ends, search it, open one."""
    window = office.window

    def work():
        window.go("today")
        office.settle()
        window.go("feedback")
        office.settle()
        page = window.page.list_page
        view = page.pane.view
        assert page.pane.model.count == count
        bar = view.verticalScrollBar()
        for part in (1, 3, 5, 7, 9, 10, 4, 0):
            bar.setValue(bar.maximum() * part // 10)
            office.settle()
        page.pane.search.setText("Comment")
        office.settle()
        page.pane.search.setText("")
        office.settle()
        view.setFocus()
        view.selectRow(3)
        office.settle()

    window.go("feedback")  # the page and its form are made once
    office.settle()
    stays_alive(f"a list of {count:,}", work, tell=tell)


def comments(workspace: Workspace, count: int) -> None:
    many(workspace, "comment", count)


def test_while_a_list_of_100000_is_opened_and_scrolled(make_office, tmp_path, tell):
    workspace = make_workspace(tmp_path / "Big")
    comments(workspace, 100_000)
    scroll_through(make_office(workspace=workspace), 100_000, tell)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_while_a_list_of_a_million_is_opened_and_scrolled(make_office, tmp_path, tell):
    workspace = make_workspace(tmp_path / "Big")
    comments(workspace, 1_000_000)
    scroll_through(make_office(workspace=workspace), 1_000_000, tell)


def test_while_a_workspace_is_made_locked_and_unlocked_at_full_cost(qapp, qtbot, tmp_path, tell):
    from engage_desktop.doors import Doors
    from tests.day.office import OFFICER, PASSPHRASE, Hands, deliver
    from ui.dialogs.recent import Recent
    from ui.dialogs.recovery_code import CodeSheet
    from ui.dialogs.welcome import Welcome
    from ui.tasks import Tasks
    from ui.tour.hands import NoStore

    opening, hands = Tasks(NoStore(), readers=0), Hands()
    welcome = Welcome(opening, Doors(home=tmp_path), Recent(tmp_path / "recent.json"))
    opened = []
    welcome.opened.connect(opened.append)
    welcome.resize(1366, 768)
    welcome.show()
    welcome.activateWindow()

    def make():
        sheet = welcome.show_create()
        sheet.officer.edit.setText(OFFICER)
        sheet.passphrase.edit.setText(PASSPHRASE)
        sheet.again.edit.setText(PASSPHRASE)
        sheet.submit()
        turn_until(lambda: isinstance(welcome.currentWidget(), CodeSheet))

    def again():
        welcome._workspace.close()
        welcome._workspace = None

    stays_alive("making a workspace", make, again, tell)
    sheet = welcome.currentWidget()
    sheet.tick.setChecked(True)
    sheet.submit()
    turn_until(lambda: bool(opened))
    workspace = opened[0]
    welcome.close()
    welcome.deleteLater()
    opening.close()
    deliver()
    office = Office(workspace)
    try:

        def lock_and_unlock():
            office.window.lock()
            office.settle()
            hands.type(PASSPHRASE)
            hands.press(Qt.Key.Key_Return)
            turn_until(lambda: not office.window.locked)
            office.settle()

        stays_alive("locking and unlocking", lock_and_unlock, tell=tell)
    finally:
        office.close()
        assert QApplication.activeModalWidget() is None


def test_while_the_published_file_is_imported_and_taken_back(make_office, nhs_file, tell):
    """4,466 responses with 7,908 comments, through the window."""
    office = make_office()
    said = {}

    def work():
        wizard = to_check(office, nhs_file, EXAMPLE)
        said["verb"] = wizard.go_on.text()
        wizard.next()
        turn_until(lambda: wizard.at == DONE or wizard.problem.sentence, 100)
        assert wizard.at == DONE, wizard.problem.sentence
        said["receipt"] = wizard.done_step.detail.toPlainText()
        wizard.accept()
        office.settle()

    def take_back():
        began = dt.datetime.now(dt.UTC)
        office.window.undo.undo()
        office.settle(100)
        tell(f"undo took {(dt.datetime.now(dt.UTC) - began).total_seconds():.1f} s")
        with_reader(office, lambda r: r.count(ListQuery("comment")), 0)

    stays_alive("import of the published file", work, take_back, tell)
    with_reader(office, lambda r: (r.count(ListQuery("response")), r.count(ListQuery("comment"))),
                (4_466, 7_908))  # fmt: skip
    tell(str(said))
    stays_alive("undo of the published file", take_back, lambda: redo(office), tell)
