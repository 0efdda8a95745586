"""What a role does not allow is not offered in the window, and it is said why."""

import datetime as dt

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from db.changes import Create, Edit
from db.clock import system_ms
from db.keys import CHEAP
from engage_desktop.capture.card import Card, Sitting
from engage_desktop.capture.desk import Desk
from engage_desktop.exchange.guess import mapping_for
from engage_desktop.exchange.importer import import_file
from engage_desktop.exchange.pasted import pasted_table
from engage_desktop.records.event import Event
from engage_desktop.records.feedback import Theme
from engage_desktop.records.venue import Venue
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync.roles import ROLES
from engage_desktop.sync.team import create_invite, join_team
from engage_desktop.workspace import Surroundings, Workspace
from tests.roles import takes_new
from tests.ui_flows.helpers import PASSPHRASE, clipped
from ui.capture.batch import BatchEntry
from ui.capture.stand import Stand
from ui.dialogs.flows import Flows
from ui.main_window import MainWindow
from ui.tasks import Tasks
from ui.theme import theme
from ui.widgets.base import unnamed

K, CTRL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
DAY_MS = 24 * 3_600_000
LIMITED = ("volunteer", "field")


class Clock:
    """Bob's laptop's, which can be turned."""

    def __init__(self):
        self.ms = system_ms()

    def __call__(self):
        self.ms += 1
        return self.ms


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def window_of(workspace, tmp_path, clock, shown, qtbot):
    """A colleague's window: two events are there, and Bob leads one of them. A role that has a last
    day ends in three days."""
    made = []

    def make(role):
        shared = tmp_path / "Shared"
        shared.mkdir()
        store = workspace.store
        led = Event(id=store.new_id(), name="Forum", lead="Bob")
        other = Event(id=store.new_id(), name="Stand", lead="Ann")
        theme_ = Theme(id=store.new_id(), name="Parking", on_stand=True)
        store.apply([Create(led), Create(other), Create(theme_)], "Add")
        last = (
            dt.datetime.now().astimezone().date() + dt.timedelta(days=3)
            if role in LIMITED
            else None
        )
        data = create_invite(store, role=role, last_day=last)
        exchange_desk.send_and_receive(workspace, shared, start=True)
        around = Surroundings(now=clock, cost=CHEAP)
        bob, _ = Workspace.create(
            tmp_path / "Bob", officer="Bob", passphrase=PASSPHRASE, around=around
        )
        join_team(bob.store, data)
        exchange_desk.send_and_receive(bob, shared)
        bob.close()
        bob = Workspace.open(tmp_path / "Bob", PASSPHRASE, around=around)
        tasks = Tasks(bob.store)
        window = MainWindow(bob, tasks, Flows)
        made.append((window, tasks, bob))
        shown(window)
        window.go("event")
        qtbot.waitUntil(lambda: not tasks.busy)
        return window, led.id, other.id

    yield make
    for window, tasks, bob in made:
        window.close()
        tasks.close()
        window.deleteLater()
        bob.close()


def opened(window, record, qtbot):
    page = window.page.list_page
    page.open_record("event", record)
    qtbot.waitUntil(lambda: page.record.place[1] == record and not window.tasks.busy)
    return page.record


def test_a_reader_sees_no_way_to_add_change_or_delete(window_of, qtbot):
    window, led, _ = window_of("reader")
    page = window.page.list_page
    assert page.primary == ("", "")
    view = opened(window, led, qtbot)
    assert view._refused.isVisible()
    assert "A reader cannot change this" in view._refused.accessibleName()
    assert not view.current.form.isEnabled()
    menu = view._menu()
    delete = next(action for action in menu.actions() if action.text().startswith("Delete"))
    assert not delete.isEnabled()
    assert "reader" in delete.toolTip()
    page.pane.view.select_id(led)
    page.bin_selected()
    qtbot.waitUntil(lambda: not window.tasks.busy)
    assert window.workspace.store.exists("event", led)


def test_a_commissioner_changes_what_they_lead_and_nothing_else(window_of, qtbot):
    window, led, other = window_of("commissioner")
    assert opened(window, led, qtbot).current.form.isEnabled()
    assert opened(window, led, qtbot)._refused.isHidden()
    view = opened(window, other, qtbot)
    assert not view.current.form.isEnabled()
    assert "only records that name them as the lead" in view._refused.accessibleName()


def test_an_officer_is_held_up_nowhere(window_of, qtbot):
    window, led, other = window_of("officer")
    assert window.page.list_page.primary[0] == "Add event"
    for record in (led, other):
        assert opened(window, record, qtbot).current.form.isEnabled()


# -- every command, every role -----------------------------------------------------------------

ADDS_NOTHING = {
    "find", "primary", "save", "undo", "redo", "search", "export", "print", "import", "bin",
    "restore", "erase", "bigger", "smaller", "normal", "light", "dark", "contrast", "names",
    "lock", "settings", "about", "backup", "keys", "quit",
}  # fmt: skip
"""Commands that add nothing by themselves, or ask the list in view, which is tried below."""


def commands(window):
    return list(window.actions_._commands.values())


def test_every_command_says_what_it_adds(window_of):
    window, _, _ = window_of("admin")
    for command in commands(window):
        if not command.adds:
            assert command.id in ADDS_NOTHING or command.id.startswith("go."), command.id
        else:
            assert command.refusal is not None
    assert {c.adds for c in commands(window) if c.id in ("stand", "cards")} == {
        ("response", "comment")
    }


@pytest.mark.parametrize("role", ROLES)
def test_what_is_offered_is_what_the_store_takes(window_of, role, clock, qtbot):
    window, _, _ = window_of(role)
    _offered_is_taken(window)
    if role in LIMITED:
        assert window.actions_.why_not("stand") == ""
        clock.ms += 7 * DAY_MS
        assert "last day" in window.actions_.why_not("stand")
        _offered_is_taken(window)


def _offered_is_taken(window):
    store = window.workspace.store
    offered = {c.id for c in window.actions_.offered()}
    refused = {c.id: why for c, why in window.actions_.refused()}
    for command in commands(window):
        if command.adds:
            taken = takes_new(store, command.adds)
            assert (command.id in offered) == taken, command.id
            assert (command.id in refused) != taken
            assert taken or refused[command.id].endswith(".")
    for area in ("stakeholder", "event", "feedback", "you_said"):
        page = window.page_of(area)
        if area != "you_said":
            page = page.page(0)
        assert (page.why_not("import") == "") == takes_new(store, page.imported), area
        added = ("response", "comment") if area == "feedback" else (page.kind.meta.name,)
        assert (page.primary[0] != "") == takes_new(store, added), area


def test_a_real_import_and_real_cards_write_what_their_commands_say(workspace, tasks, qtbot):
    window = MainWindow(workspace, tasks, Flows)
    store, kinds = workspace.store, {}

    def heard(applied):
        kinds["now"] = kinds.get("now", frozenset()) | applied.kinds

    stop = store.listen(heard)
    try:
        for command in [c for c in commands(window) if c.id.startswith("import.")]:
            kind = command.id.partition(".")[2]
            first = "Comment" if kind == "feedback" else _first_heading(store, kind)
            table = pasted_table(f"{first}\tSource\tCount\nSomething of {kind}\tHelpline\t3\n")
            kinds.clear()
            outcome = import_file(store, table, mapping_for(store, kind, table))
            assert outcome.kinds, (kind, outcome.refused)
            assert set(command.adds) <= kinds["now"], command.id
        kinds.clear()
        desk = _desk(workspace, tasks)
        desk.keep(Card(fft="good", words="Warm room"))
        desk.send(lambda _a: desk.written())
        tasks.flush()
        assert kinds["now"] == {"response", "comment"}
    finally:
        stop()
        window.close()
        window.deleteLater()


def _first_heading(store, kind):
    return next(s.label for s in store.registry[kind].specs().values() if s.required)


def _desk(workspace, tasks):

    return Desk(
        workspace.store, workspace.drafts, Sitting.at("stand", None, "", None, "", ""), tasks
    )


def dialogs():
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]


@pytest.mark.parametrize(
    ("area", "key", "held"),
    [
        ("event", K.Key_F, CTRL | SHIFT), ("event", K.Key_K, CTRL | SHIFT),
        ("event", K.Key_N, CTRL),
        ("event", K.Key_I, CTRL), ("event", K.Key_Delete, CTRL | SHIFT), ("event", K.Key_R, CTRL),
        ("feedback", K.Key_N, CTRL), ("feedback", K.Key_I, CTRL),
    ],
)  # fmt: skip
def test_a_readers_keys_say_one_sentence_and_open_nothing(window_of, area, key, held, hands, qtbot):
    window, _, _ = window_of("reader")
    window.visit(area)
    qtbot.waitUntil(lambda: not window.tasks.busy)
    hands.press(key, held)
    qtbot.waitUntil(window.toast.isVisible)
    said = window.toast.accessibleName()
    assert said.startswith("A reader cannot ")
    assert dialogs() == []


def test_the_new_menu_and_the_palette_grey_with_the_reason(window_of, hands, qtbot):
    window, _, _ = window_of("commissioner")
    window.go("today")
    reason = "A commissioner cannot add this, only change what names them as the lead."
    hands.press(K.Key_K, CTRL)
    assert not any("Add" in title for title in window.palette_.popup.titles)
    hands.type("add event")
    qtbot.waitUntil(lambda: not window.tasks.busy)
    assert "Add event" in window.palette_.popup.titles
    model = window.palette_.popup._model
    at = window.palette_.popup.titles.index("Add event")
    assert reason in model.item(at).data(Qt.ItemDataRole.AccessibleTextRole)
    assert window.palette_.popup._why.text() == (reason if at == 0 else "")
    for _ in range(at):
        hands.press(K.Key_Down)
    hands.press(K.Key_Return)
    qtbot.waitUntil(window.toast.isVisible)
    assert window.toast.accessibleName() == reason
    assert window.page.list_page is None, "nothing was begun"
    menu = window._menu("New", ["stand", "", "new.event", "new.venue"])
    words = {action.text(): action for action in menu.actions()}
    assert not words["Add event"].isEnabled()
    assert not words["Take feedback at a stand"].isEnabled()
    assert words["Add event"].toolTip() == reason
    assert [a.text() for a in menu.actions()].count(
        "A commissioner cannot add this. An admin can give you another role."
    ) == 1
    menu.deleteLater()


def _stand_of(window, qtbot, flow):
    start = getattr(window.flows, flow)(window)
    qtbot.waitUntil(lambda: not window.tasks.busy)
    with qtbot.waitSignal(start.started):
        start.start()
    kind = Stand if flow == "open_stand" else BatchEntry
    found = [w for w in QApplication.allWidgets() if isinstance(w, kind) and w.isVisible()]
    found[0].window().activateWindow()
    qtbot.waitUntil(found[0].window().isActiveWindow)
    return found[0]


def test_a_volunteers_stand_ends_with_the_last_day_and_loses_nothing(
    window_of, clock, hands, qtbot
):
    window, _, _ = window_of("volunteer")
    stand = _stand_of(window, qtbot, "open_stand")
    stand.put(Card(fft="good", words="Before"))
    hands.press(K.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not window.tasks.busy)
    assert stand.next.isEnabled()
    tip = stand.next.toolTip()
    assert "Next person" in tip
    stand.put(Card(fft="poor", words="After"))
    clock.ms += 7 * DAY_MS
    for _ in range(2):  # by the button's own key, and once it is muted
        hands.press(K.Key_Return, CTRL)
        assert "last day in this role is over" in stand.problem.sentence
        assert not stand.next.isEnabled()
    assert stand.card.words == "After"
    assert stand._desk.draft().words == "After"
    assert unnamed(stand) == []
    stand.reject()
    qtbot.waitUntil(lambda: not window.tasks.busy)
    reader = window.workspace.store.reader()
    assert [hit.title for hit in reader.search_all("before")] == ["Before"]
    reader.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert window.flows.open_stand(window) is None
    assert window.flows.key_cards(window) is None
    assert "last day" in window.toast.accessibleName()


def test_a_volunteers_cards_end_with_the_last_day_and_stay_a_draft(window_of, clock, hands, qtbot):
    window, _, _ = window_of("volunteer")
    batch = _stand_of(window, qtbot, "key_cards")
    batch.put(Card(fft="poor", words="After"))
    clock.ms += 7 * DAY_MS
    batch.comment.setFocus()
    hands.press(K.Key_Return)
    assert "last day in this role is over" in batch.problem.sentence
    assert batch._desk.draft().words == "After"
    assert batch._desk.settled
    batch.leave()


def test_a_reader_reads_what_belongs_to_a_record_and_adds_nothing(window_of, qtbot):
    window, led, _ = window_of("commissioner")
    view = opened(window, led, qtbot)
    files = view.current.files
    assert not files.add.isEnabled()
    assert "commissioner" in files.add.toolTip()
    menu = view._menu()
    about = [a for a in menu.actions() if a.text().endswith("about this")]
    assert about
    assert not any(a.isEnabled() for a in about)
    copy = next(a for a in menu.actions() if a.text().startswith("Make a field copy"))
    assert not copy.isEnabled()
    assert "Only an admin" in copy.toolTip()
    menu.deleteLater()
    window.go("send")
    page = window.page.current.guest
    qtbot.waitUntil(lambda: page.exchange is not None and not window.tasks.busy)
    assert not page.invite_button.isEnabled()
    assert "Only an admin" in page.invite_button.toolTip()


def test_two_versions_are_shown_and_not_decided_by_who_may_not(
    window_of, workspace, tmp_path, qtbot
):
    window, _, _ = window_of("reader")
    bob, shared = window.workspace, tmp_path / "Shared"
    ann = workspace.store
    venue = Venue(id=ann.new_id(), name="Hall")
    ann.apply([Create(venue)], "Add")
    kim, _ = Workspace.create(tmp_path / "Kim", officer="Kim", passphrase=PASSPHRASE,
                              around=Surroundings(cost=CHEAP))  # fmt: skip
    join_team(kim.store, create_invite(ann, role="officer"))
    try:
        for each in (workspace, kim):
            exchange_desk.send_and_receive(each, shared)
        ann.apply([Edit("venue", venue.id, {"capacity": 1})], "Change")
        kim.store.apply([Edit("venue", venue.id, {"capacity": 2})], "Change")
        for each in (workspace, kim, bob):
            exchange_desk.send_and_receive(each, shared)
    finally:
        kim.close()
    window.go("versions")
    page = window.page.current
    qtbot.waitUntil(lambda: page.card is not None and not window.tasks.busy)
    assert not page.card.keep.isEnabled()
    page.card.pick(1)
    page.run_primary()
    assert "A reader cannot change this" in page.card.problem.text()
    assert window.workspace.store.conflict_count() == 1


@pytest.mark.parametrize("percent", [100, 200])
def test_refusals_are_named_and_whole(window_of, qtbot, percent):
    theme().set(percent=percent)
    window, _, _ = window_of("reader")
    for area in ("today", "stakeholder", "event", "feedback"):
        window.visit(area)
        qtbot.waitUntil(lambda: not window.tasks.busy)
        qtbot.wait(40)
        assert unnamed(window) == []
        assert clipped(window) == []
