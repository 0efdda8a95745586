"""The whole day by keyboard: from an empty laptop to a printed sheet, without a mouse."""

from __future__ import annotations

import csv
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QTabBar,
    QTextEdit,
    QWidget,
)

from db.keys import CHEAP
from db.query import ListQuery
from engage_desktop.doors import Doors
from engage_desktop.sync import create_invite, join_team
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.workspace import Surroundings
from tests.day import screens
from tests.day.office import (
    CTRL,
    OFFICER,
    PASSPHRASE,
    SHIFT,
    TODAY,
    Hands,
    Office,
    deliver,
    make_workspace,
)
from tests.day.pulse import turn_until
from ui.capture.batch_table import CardsTable
from ui.capture.stand import Stand
from ui.capture.start import StartDialog
from ui.dialogs.handout import HandoutEditor
from ui.dialogs.import_wizard import CHECK, COLUMNS, DONE, ROWS, SOURCE, ImportWizard
from ui.dialogs.print_preview import PrintPreview
from ui.dialogs.recent import Recent
from ui.dialogs.recovery_code import CodeSheet
from ui.dialogs.welcome import Welcome
from ui.tasks import Tasks

K = Qt.Key


class Day:
    """One officer, one keyboard."""

    def __init__(self, hands: Hands, home) -> None:
        self.hands, self.home = hands, home
        self.office: Office

    def create(self) -> None:
        """From the welcome page to an open workspace."""
        press, hands = self.hands.press, self.hands
        opening = Tasks(screens._NoStore(), readers=0)
        doors = Doors(home=self.home, around=Surroundings(cost=CHEAP))
        welcome = Welcome(opening, doors, Recent(self.home / "recent.json"))
        opened = []
        welcome.opened.connect(opened.append)
        welcome.show()
        welcome.activateWindow()
        turn_until(lambda: not opening.busy)
        hands.tab_to("Create my workspace")
        press(K.Key_Return)
        assert hands.at.accessibleName() == "Your name"
        hands.type(OFFICER)
        for name in ("Passphrase", "The passphrase again"):
            hands.tab_to(name)
            hands.type(PASSPHRASE)
        hands.tab_to("Create workspace")
        press(K.Key_Return)
        turn_until(lambda: isinstance(welcome.currentWidget(), CodeSheet))
        hands.tab_to("I have written it down or printed it")
        press(K.Key_Space)
        hands.tab_to("Open my workspace")
        press(K.Key_Return)
        turn_until(lambda: bool(opened))
        welcome.close()
        welcome.deleteLater()
        opening.close()
        deliver()
        self.office = Office(opened[0], today=lambda: TODAY)

    def count(self, kind: str, **where) -> int:
        """How many there are in the store."""
        reader = self.office.store.reader()
        try:
            return reader.count(ListQuery(kind))
        finally:
            reader.close()

    def titles(self, kind: str) -> set[str]:
        """What the records of a kind are called."""
        reader = self.office.store.reader()
        try:
            return {row.title for row in reader.page(ListQuery(kind), limit=500).rows}
        finally:
            reader.close()

    def command(self, words: str) -> None:
        """Ctrl+K, a few words, Enter."""
        self.hands.press(K.Key_K, CTRL)
        self.hands.type(words)
        palette = self.office.window.palette_
        turn_until(lambda: bool(palette.popup.titles) and palette.popup.titles[0] == words)
        self.hands.press(K.Key_Return)
        self.office.settle()

    def save(self) -> None:
        """Ctrl+S."""
        self.hands.press(K.Key_S, CTRL)
        self.office.settle()

    def path_into_dialog(self, path) -> None:
        """A path typed into the system's question for a file or folder."""
        turn_until(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog))
        self.office.settle()
        self.hands.press(K.Key_A, CTRL)
        self.hands.type(str(path))
        for _ in range(3):  # the first may only close the list of guesses
            if isinstance(QApplication.activeModalWidget(), QFileDialog):
                self.hands.press(K.Key_Return)
        turn_until(lambda: not isinstance(QApplication.activeModalWidget(), QFileDialog))
        self.office.settle()


@pytest.fixture
def day(qapp, qtbot, tmp_path, hands):
    made = Day(hands, tmp_path)
    made.create()
    yield made
    made.office.close()


@pytest.mark.timeout(300)
@pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing)")  # offscreen's own
def test_the_whole_day(day, tmp_path, tell):
    office, hands, press = day.office, day.hands, day.hands.press
    window = office.window

    # A stakeholder, three themes, a venue, and an event at the venue.
    press(K.Key_2, CTRL)
    office.settle()
    press(K.Key_N, CTRL)
    office.settle()
    hands.tab_to("Name")
    hands.type("Carers’ group")
    day.save()
    assert day.titles("stakeholder") == {"Carers’ group"}
    for theme_name in ("Transport", "Staff", "Waiting"):
        day.command("Add theme")
        hands.tab_to("Name")
        hands.type(theme_name)
        day.save()
    assert day.titles("theme") == {"Transport", "Staff", "Waiting"}
    day.command("Add venue")
    hands.tab_to("Name")
    hands.type("Village Hall")
    day.save()
    press(K.Key_3, CTRL)
    office.settle()
    day.command("Add event")
    hands.tab_to("Title")
    hands.type("Carers’ workshop")
    hands.tab_to("Date: day")
    hands.type("28/5/2026")
    hands.tab_to("Venue")
    hands.type("Village")
    finder = window.page.list_page.record.current.form.fields["venue"].editor.finder
    turn_until(lambda: finder.popup is not None and finder.popup.isVisible())
    office.settle()
    press(K.Key_Return)
    office.settle()
    day.save()
    event = next(iter(records(office, "event")))
    assert event.title == "Carers’ workshop"
    assert office.store.get("venue", event.venue).title == "Village Hall"

    # Three people at the stand.
    press(K.Key_F, CTRL | SHIFT)
    begin_sitting(day, "Start the stand")
    office.dialog(Stand)
    words = "The bus stops at half past five"
    costs = []
    for answer in "142":
        before = hands.pressed
        hands.type(answer)
        hands.type("t")
        hands.type("1")
        hands.type("w")
        hands.type(words)
        press(K.Key_Return, CTRL)
        costs.append(hands.pressed - before - len(words))
        office.settle()
    tell(f"keystrokes for an answer, a theme and a comment besides the words: {costs}")
    assert max(costs) < 10
    assert day.count("response") == 3
    kept = records(office, "comment")
    assert {c.text for c in kept} == {words}
    assert all(len(c.themes) == 1 for c in kept)
    assert {r.fft for r in records(office, "response")} == {"very_good", "poor", "good"}
    assert all(r.event == event.id for r in records(office, "response"))
    press(K.Key_Escape)
    press(K.Key_Return)  # Esc comes to Finish, Enter finishes
    turn_until(lambda: QApplication.activeModalWidget() is None)
    office.settle()

    # Two cards from the box.
    press(K.Key_K, CTRL | SHIFT)
    begin_sitting(day, "Begin keying")
    office.dialog("_BatchWindow")
    office.settle()
    for answer, topic, said in (("1", "st", "Kind and patient"), ("5", "wa", "Four hours")):
        hands.type(answer)
        hands.type(topic)
        press(K.Key_Tab)
        hands.type(said)
        press(K.Key_Return)
        office.settle()
    press(K.Key_Escape)
    turn_until(lambda: QApplication.activeModalWidget() is None)
    office.settle()
    assert day.count("response") == 5
    assert {"Kind and patient", "Four hours"} <= {c.text for c in records(office, "comment")}

    # A file.
    path = tmp_path / "survey.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([
            ["Card", "Received", "Rating", "What could be better?"],
            ["A1", "3/5/2026", "Very good", "The car park was full"],
            ["A2", "4/5/2026", "Poor", "Nobody told us about the lift"],
        ])  # fmt: skip
    day.command("Import feedback from a file")
    wizard = office.dialog(ImportWizard)
    hands.tab_to("Choose file…")
    press(K.Key_Return)
    day.path_into_dialog(path)
    turn_until(lambda: wizard.state is not None)
    office.settle()
    for step in (COLUMNS, ROWS, CHECK, DONE):
        assert wizard.at != SOURCE or step == COLUMNS
        press(K.Key_Return, CTRL)
        turn_until(lambda step=step: wizard.at == step or bool(wizard.problem.sentence))
        assert not wizard.problem.sentence
        office.settle()
    press(K.Key_Return, CTRL)
    turn_until(lambda: QApplication.activeModalWidget() is None)
    office.settle()
    assert "The car park was full" in {c.text for c in records(office, "comment")}

    # Search, edit, undo.
    press(K.Key_4, CTRL)
    office.settle()
    bar = window.page.bar  # still at the themes
    for _ in range(40):
        if hands.at is bar:
            break
        press(K.Key_Tab)
    assert hands.at is bar
    while bar.currentIndex():
        press(K.Key_Left)
    office.settle()
    press(K.Key_F, CTRL)
    hands.type("car park")
    office.settle()
    page = window.page.list_page
    assert page.pane.model.count == 1
    to_list(hands, page)
    press(K.Key_Return)
    office.settle()
    hands.tab_to("In their words")
    press(K.Key_End, CTRL)
    hands.type(" again")
    day.save()
    assert "The car park was full again" in {c.text for c in records(office, "comment")}
    press(K.Key_Z, CTRL)
    office.settle()
    assert "The car park was full" in {c.text for c in records(office, "comment")}

    # Into the bin and out of it.
    press(K.Key_Escape)
    office.settle()
    before = day.count("comment")
    to_list(hands, page)
    press(K.Key_Delete)
    office.settle()
    assert day.count("comment") == before - 1
    press(K.Key_B, CTRL)
    office.settle()
    to_list(hands, page)
    press(K.Key_R, CTRL)
    office.settle()
    assert day.count("comment") == before
    press(K.Key_B, CTRL)
    office.settle()

    # You said, we did, and its sheet.
    press(K.Key_5, CTRL)
    office.settle()
    press(K.Key_N, CTRL)
    office.settle()
    hands.type("Buses")
    for field, said in (("You said", "The last bus is too early"), ("We did", "A later bus runs")):
        tab_to_label(hands, field)
        hands.type(said)
    day.save()
    assert day.titles("you_said") == {"Buses"}
    hands.tab_to("Make handout", back=True)
    press(K.Key_Return)
    editor = office.dialog(HandoutEditor)
    turn_until(lambda: bool(editor.lines))
    office.settle()
    press(K.Key_P, CTRL)
    preview = office.dialog(PrintPreview)
    turn_until(lambda: preview.drawn or bool(preview.problem.sentence))
    assert preview.problem.sentence == ""
    press(K.Key_S, CTRL)
    sheet = tmp_path / "sheet.pdf"
    day.path_into_dialog(sheet)
    turn_until(sheet.exists)
    office.settle()
    assert sheet.read_bytes().startswith(b"%PDF")
    press(K.Key_Escape)
    turn_until(lambda: QApplication.activeModalWidget() is editor)
    press(K.Key_Escape)
    turn_until(lambda: QApplication.activeModalWidget() is None)
    office.settle()

    send_and_receive(day, tmp_path)

    # Away from the desk, and back.
    press(K.Key_L, CTRL)
    office.settle()
    assert window.locked
    hands.type(PASSPHRASE)
    press(K.Key_Return)
    turn_until(lambda: not window.locked)
    office.settle()
    press(K.Key_K, CTRL)
    hands.type("Carers")
    turn_until(lambda: "Carers’ workshop" in window.palette_.popup.titles)
    press(K.Key_Down, times=window.palette_.popup.titles.index("Carers’ workshop"))
    press(K.Key_Return)
    office.settle()
    assert window.page.list_page.record.place == ("event", event.id)


def records(office, kind):
    """Every record of a kind, out of the store itself."""
    reader = office.store.reader()
    try:
        return [reader.get(kind, row.id) for row in reader.page(ListQuery(kind), limit=500).rows]
    finally:
        reader.close()


def to_list(hands, page):
    """Tab from the search field into the list, and to its first row."""
    for _ in range(40):
        if hands.at is page.pane.view:
            break
        hands.press(K.Key_Tab)
    assert hands.at is page.pane.view
    if not page.pane.view.selected_ids():
        hands.press(K.Key_Down)
    QApplication.processEvents()
    assert page.pane.view.selected_ids()


def tab_to_label(hands, label):
    """Tab to the field whose name begins so."""
    for _ in range(60):
        if hands.at.accessibleName().startswith(label):
            return
        hands.press(K.Key_Tab)
    raise AssertionError(f"Tab never came to {label}")


def begin_sitting(day, words):
    """The question before a stand or a box: at the event that was just made."""
    start = day.office.dialog(StartDialog)
    turn_until(lambda: start.event_choice.count() > 1)
    day.office.settle()
    day.hands.tab_to(words)
    day.hands.press(K.Key_Return)
    turn_until(lambda: not any(
        isinstance(w, StartDialog) and w.isVisible() for w in QApplication.topLevelWidgets()
    ))  # fmt: skip
    day.office.settle()


def send_and_receive(day, tmp_path):
    """A shared folder, what waits is sent, and what a colleague wrote comes in."""
    office, hands, press = day.office, day.hands, day.hands.press
    shared = tmp_path / "Shared drive"
    shared.mkdir()
    at = list(office.window._areas).index("send") + 1
    press(K(K.Key_0 + at), CTRL)
    office.settle()
    page = office.window.page.current.guest
    hands.tab_to("Send and receive now")
    press(K.Key_Return)
    day.path_into_dialog(shared)
    turn_until(lambda: bool(page.exchange.folder))
    hands.tab_to("Send and receive now")
    press(K.Key_Return)
    turn_until(lambda: not page.busy)
    office.settle()
    if page.confirm.isVisible():
        hands.tab_to("Yes, use this folder")
        press(K.Key_Return)
        turn_until(lambda: not page.busy)
        office.settle()
    assert page.problem.sentence == ""
    assert page.exchange.to_send == 0
    invitation = create_invite(office.store, role="officer", code=None, cost=CHEAP)
    colleague = make_workspace(tmp_path / "Priya")
    try:
        join_team(colleague.store, invitation, None)
        sync(colleague, shared)
        reader = colleague.store.reader()
        assert reader.count(ListQuery("comment")) == day.count("comment")
        reader.close()
        from db.changes import Create
        from engage_desktop.records.registry import REGISTRY

        venue = REGISTRY["venue"](id=colleague.store.new_id(), name="Priya’s hall")
        colleague.store.apply([Create(venue)], "Add a venue")
        sync(colleague, shared)
    finally:
        colleague.close()
    hands.tab_to("Send and receive now")
    press(K.Key_Return)
    turn_until(lambda: not page.busy)
    office.settle()
    assert "Priya’s hall" in day.titles("venue")


def sync(workspace, shared):
    exchange_desk.send_and_receive(
        workspace, shared, start=False, progress=lambda *_: None, cancelled=lambda: False
    )


# -- Tab ---------------------------------------------------------------------------------------

MOST_TABS = 400


def stops(root: QWidget) -> list[QWidget]:
    """What a person must be able to reach in a window."""
    kinds = (QAbstractButton, QLineEdit, QComboBox, QAbstractItemView, QPlainTextEdit, QTextEdit,
             QTabBar)  # fmt: skip
    found = []
    for widget in root.findChildren(QWidget):
        reachable = widget.isVisible() and widget.isEnabled() and widget.window() is root
        if not reachable or not isinstance(widget, kinds) or widget.objectName().startswith("qt_"):
            continue
        if isinstance(widget.parentWidget(), (QComboBox, QLineEdit, QTabBar, QAbstractSlider)):
            continue
        if isinstance(widget.parentWidget(), QAbstractItemView):
            continue
        if isinstance(widget, CardsTable):
            continue  # its fields have the keyboard, and Up and Down in them go through its rows
        found.append(widget)
    return found


def tour_by_tab(root: QWidget, hands: Hands) -> tuple[list[QWidget], str]:
    """Where Tab goes from here until it is back, and what held it."""
    start, seen = QApplication.focusWidget(), []
    if start is None:
        hands.press(K.Key_Tab)
        start = QApplication.focusWidget()
    if start is None:
        return [], "nothing takes the keyboard"
    for _ in range(MOST_TABS):
        before = QApplication.focusWidget()
        seen.append(before)
        hands.press(K.Key_Tab)
        after = QApplication.focusWidget()
        if after is before:
            alone = len(stops(root)) == 1
            return seen, "" if alone else f"Tab does not leave {told(before)}"
        if after is start:
            return seen, ""
        if after in seen:  # the start is no stop of Tab; what the round misses is told as lost
            return seen[seen.index(after) :], ""
    return seen, f"Tab never came back to {told(start)}"


def told(widget: QWidget) -> str:
    return f"{type(widget).__name__} “{widget.accessibleName()}”"


def by_arrows(widget: QWidget, seen: list[QWidget]) -> bool:
    """One of a set that Tab enters once, where arrows move inside."""
    group = getattr(widget, "group", lambda: None)()
    if isinstance(widget, QRadioButton):
        mates = group.buttons() if group else widget.parentWidget().findChildren(QRadioButton)
        return any(mate in seen for mate in mates)
    mates = [w for w in widget.parentWidget().children() if isinstance(w, type(widget))]
    return any(mate in seen for mate in mates)


def read_backwards(seen: list[QWidget], root: QWidget) -> list[str]:
    """Fields of one column that Tab visits from below to above."""
    found = []
    for before, after in pairwise(seen):
        if before.parentWidget() is None or not before.isVisible() or not after.isVisible():
            continue
        one, other = column_of(before), column_of(after)
        if one is None or one is not other:
            continue
        top, bottom = (w.mapTo(root, QPoint(0, 0)) for w in (before, after))
        if bottom.y() + after.height() <= top.y():
            found.append(f"{told(before)} comes before {told(after)} above it")
    return found


def column_of(widget: QWidget) -> QWidget | None:
    """The form, card or bar that two fields have in common when they are read one by one."""
    up = widget.parentWidget()
    while up is not None and not up.isWindow():
        if type(up).__name__ in ("RecordForm", "FlowRow", "Card", "Sheet", "ColumnDetail"):
            return up
        up = up.parentWidget()
    return None


@pytest.mark.timeout(1200)
def test_tab_reaches_everything_and_is_held_by_nothing(make_office, hands, tmp_path):
    office = make_office(filled=True, today=lambda: TODAY)
    found = {}
    for name, root in screens.every(office, tmp_path):
        if name == "find":
            continue  # a list that hangs below its field: arrows move in it, Esc leaves
        wrong = []
        seen, held = tour_by_tab(root, hands)
        if held:
            wrong.append(held)
        lost = [told(w) for w in stops(root) if w not in seen and not by_arrows(w, seen)]
        if lost:
            wrong.append(f"Tab never comes to {lost}")
        wrong += read_backwards(seen, root)
        if wrong:
            found[name] = wrong
    assert found == {}, "\n".join(f"{k}: {v}" for k, v in found.items())


@pytest.mark.timeout(120)
def test_tab_reaches_everything_of_the_first_window(qapp, qtbot, hands, tmp_path):
    found = {}
    for name, root in screens.first_window(tmp_path):
        seen, held = tour_by_tab(root, hands)
        lost = [told(w) for w in stops(root) if w not in seen and not by_arrows(w, seen)]
        if held or lost:
            found[name] = (held, lost)
    assert found == {}, "\n".join(f"{k}: {v}" for k, v in found.items())
