"""The import wizard with real files: columns, values, groups, preview, receipt, undo, Esc."""

import csv
import gc

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox

from db.query import ListQuery
from engage_desktop.exchange.wizard import DRAFT, FLAGS, NOT_TAKEN, REST
from tests.exchange.card_files import OLD
from tests.ui_flows.helpers import clipped
from ui.dialogs.import_wizard import CHECK, COLUMNS, DONE, ROWS, SOURCE, ImportWizard
from ui.theme import theme
from ui.widgets.base import unnamed

HEADINGS = ["Card", "Person", "Received", "Rating", "What could be better?", "Staff", "Transport",
            "Waiting"]  # fmt: skip
WORDS = ("The last bus leaves before the clinic ends", "Nurse was kind and never in a hurry",
         "Waited two hours and nobody said why")  # fmt: skip


def survey(path, rows=12, *, encoding="utf-8"):
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for n in range(rows):
            marks = ["1" if (n + k) % 3 == 0 else "" for k in range(3)]
            writer.writerow([f"A{n}", f"P{n // 2}", f"{n % 27 + 1}/9/2025", n % 7 + 1,
                             f"{WORDS[n % 3]} ({n})", *marks])  # fmt: skip
    return path


@pytest.fixture
def wizard(workspace, tasks, shown):
    return shown(ImportWizard(workspace, tasks), (1120, 700))


def idle(wizard, qtbot):
    qtbot.waitUntil(lambda: wizard._ticket is None)


def opened(wizard, qtbot, path):
    wizard.open_path(path)
    idle(wizard, qtbot)
    return wizard.state


def count(workspace, kind):
    reader = workspace.store.reader()
    try:
        return reader.count(ListQuery(kind))
    finally:
        reader.close()


def rate(state):
    for number, code in enumerate(("very_good", "good", "neither", "poor", "very_poor",
                                   "dont_know", "not_asked"), start=1):  # fmt: skip
        state.means("Rating", str(number), code)


def test_a_survey_from_file_to_receipt_and_back(wizard, workspace, qtbot, tmp_path):
    state = opened(wizard, qtbot, survey(tmp_path / "survey.csv", encoding="cp1252"))
    assert "12 rows" in state.found.described
    assert "8 columns" in state.found.described
    wizard.next()
    assert wizard.at == COLUMNS
    assert state.goes_to("Received") == "response.received_on"
    assert state.goes_to("Rating") == "response.fft"
    assert state.goes_to("What could be better?") == "comment.text"
    assert state.columns["What could be better?"].question == "What could be better?"
    assert state.suggested == ("Staff", "Transport", "Waiting")
    wizard.columns.suggestion.buttons.itemAt(0).widget().click()
    assert state.flag_headers() == ("Staff", "Transport", "Waiting")
    rate(state)
    wizard.next()
    assert wizard.at == ROWS
    wizard.rows.group.combo.setCurrentIndex(wizard.rows.group.combo.findData("Person"))
    wizard.rows.group.combo.activated.emit(0)
    wizard.rows.key.combo.setCurrentIndex(wizard.rows.key.combo.findData("Card"))
    wizard.rows.key.combo.activated.emit(0)
    wizard.next()
    idle(wizard, qtbot)
    assert wizard.at == CHECK
    assert count(workspace, "comment") == 0  # nothing is made by looking
    fates = wizard.plan.outcome.kinds
    assert (fates["response"]["created"], fates["comment"]["created"]) == (6, 12)
    assert fates["theme"]["created"] == 3
    assert wizard.go_on.text() == "Import 12 comments"
    preview = wizard.check.preview
    assert "In their words" in preview.headings
    assert preview.rows[0][0] == f"{WORDS[0]} (0)"
    wizard.next()
    idle(wizard, qtbot)
    assert wizard.at == DONE
    assert (count(workspace, "response"), count(workspace, "comment")) == (6, 12)
    assert workspace.store.exists("import_receipt", wizard.plan.outcome.receipt)
    wizard.done_step.take_back.click()
    idle(wizard, qtbot)
    assert (count(workspace, "response"), count(workspace, "comment")) == (0, 0)
    assert not wizard.done_step.take_back.isEnabled()


def test_the_same_file_again_makes_nothing(wizard, workspace, tasks, shown, qtbot, tmp_path):
    path = survey(tmp_path / "survey.csv")
    state = opened(wizard, qtbot, path)
    rate(state)
    state.key = ("Card",)
    wizard._plan()
    idle(wizard, qtbot)
    wizard.next()
    idle(wizard, qtbot)
    made = count(workspace, "comment")
    wizard.accept()
    again = shown(ImportWizard(workspace, tasks), (1120, 700))
    state = opened(again, qtbot, path)
    assert state.key == ("Card",)  # the officer's answers were remembered
    assert state.columns["Rating"].values["1"] == "very_good"
    again._plan()
    idle(again, qtbot)
    assert again.plan.changes_nothing
    assert again.check.same.isVisible()
    again.next()
    assert not again.isVisible()
    assert count(workspace, "comment") == made


@pytest.mark.qt_log_ignore("does not support raise", "grabbing the keyboard", extend=True)
def test_columns_are_matched_by_keyboard(wizard, qtbot, hands, tmp_path):
    state = opened(wizard, qtbot, survey(tmp_path / "survey.csv"))
    wizard.next()
    table = wizard.columns.table
    qtbot.waitUntil(table.hasFocus)
    hands.press(Qt.Key.Key_Return)
    editor = table.viewport().findChild(QComboBox)
    assert editor is not None
    editor.hidePopup()
    at = editor.findData("response.reference")
    editor.setCurrentIndex(at)
    editor.activated.emit(at)
    assert state.goes_to("Card") == "response.reference"
    qtbot.waitUntil(lambda: "goes to" in table.model().index(0, 0).data(
        Qt.ItemDataRole.AccessibleTextRole))  # fmt: skip


def test_values_are_given_a_meaning(wizard, qtbot, tmp_path):
    state = opened(wizard, qtbot, survey(tmp_path / "survey.csv"))
    wizard.next()
    detail = wizard.columns.detail
    detail.show_column(state, "Rating")
    assert set(detail.combos) == set("1234567")
    combo = detail.combos["7"]
    combo.setCurrentIndex(combo.findData("not_asked"))
    combo.activated.emit(combo.currentIndex())
    assert state.columns["Rating"].values["7"] == "not_asked"
    combo.setCurrentIndex(combo.findData(""))
    combo.activated.emit(combo.currentIndex())
    assert state.columns["Rating"].empty == ("7",)
    assert "7" not in state.columns["Rating"].values


def test_rows_that_cannot_be_taken_are_listed_with_the_reason(wizard, workspace, qtbot, tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("Title,Date,Came\nForum,1/5/2026,12\nStand,not a day,3\nFete,2/5/2026,many\n")
    wizard.source.kind.setCurrentIndex(wizard.source.kind.findData("event"))
    state = opened(wizard, qtbot, path)
    assert state.goes_to("Title") == "name"
    wizard._plan()
    idle(wizard, qtbot)
    refused = wizard.plan.outcome.refused
    assert [row for row, _ in refused] == [3, 4]
    assert "(2)" in wizard.check.tabs.tabText(1)
    assert wizard.check.tabs.widget(1).model().index(0, 1).data() == refused[0][1]
    wizard.next()
    idle(wizard, qtbot)
    assert count(workspace, "event") == 1


def test_a_file_that_is_no_table_is_told_and_another_may_be_chosen(wizard, qtbot, tmp_path):
    bad = tmp_path / "picture.csv"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    wizard.open_path(bad)
    idle(wizard, qtbot)
    assert "picture" in wizard.problem.sentence
    assert wizard.at == SOURCE
    assert opened(wizard, qtbot, survey(tmp_path / "good.csv")) is not None
    assert wizard.problem.sentence == ""


def test_going_on_without_a_file_says_so(wizard):
    wizard.next()
    assert "Choose a file first" in wizard.problem.sentence


def test_cells_are_pasted(wizard, qtbot, hands):
    QGuiApplication.clipboard().setText("Title\tDate\nForum\t1/5/2026\nStand\t2/5/2026\n")
    wizard.source.kind.setCurrentIndex(wizard.source.kind.findData("event"))
    wizard.source.choose.setFocus()
    hands.press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    idle(wizard, qtbot)
    assert wizard.state.found.rows == 2
    assert wizard.state.goes_to("Date") == "date"


def test_a_file_is_dropped(wizard, qtbot, tmp_path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(survey(tmp_path / "survey.csv")))])
    event = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    wizard.dropEvent(event)
    idle(wizard, qtbot)
    assert wizard.state.found.rows == 12


def test_escape_leaves_and_the_answers_are_taken_up_again(
    wizard, workspace, tasks, shown, hands, qtbot, tmp_path
):
    state = opened(wizard, qtbot, survey(tmp_path / "survey.csv"))
    wizard.next()
    state.send("Card", "comment.reference")
    state.send("Staff", FLAGS)
    hands.press(Qt.Key.Key_Escape)
    assert not wizard.isVisible()
    assert workspace.drafts.get(DRAFT) is not None
    again = shown(ImportWizard(workspace, tasks), (1120, 700))
    assert again.source.left.isVisible()
    again.source.left.buttons.itemAt(0).widget().click()
    idle(again, qtbot)
    assert again.state.goes_to("Card") == "comment.reference"
    assert again.state.goes_to("Staff") == FLAGS
    assert again.state.goes_to("Transport") == NOT_TAKEN


def test_stopping_in_the_middle_keeps_nothing(wizard, workspace, hands, qtbot, tmp_path):
    state = opened(wizard, qtbot, survey(tmp_path / "long.csv", rows=3_000))
    rate(state)
    wizard._plan()
    idle(wizard, qtbot)
    wizard.next()
    qtbot.waitUntil(lambda: count(workspace, "comment") > 0 or wizard._ticket is None)
    hands.press(Qt.Key.Key_Escape)
    idle(wizard, qtbot)
    if wizard.at == CHECK:  # it was stopped in time
        assert count(workspace, "comment") == 0
        assert wizard.problem.sentence == "Stopped. Nothing was kept of it."
    assert wizard.isVisible()


def test_a_mapping_is_saved_and_used_again(wizard, workspace, tasks, shown, qtbot, tmp_path):
    state = opened(wizard, qtbot, survey(tmp_path / "survey.csv"))
    rate(state)
    state.group = ("Person",)
    wizard.save_mapping(str(tmp_path / "survey.toml"))
    wizard.reject()
    again = shown(ImportWizard(workspace, tasks), (1120, 700))
    opened(again, qtbot, tmp_path / "survey.csv")
    again.use_mapping(tmp_path / "survey.toml")
    assert again.problem.sentence == ""
    assert again.state.group == ("Person",)
    assert again.at == COLUMNS


def test_a_mapping_that_is_none_is_told(wizard, qtbot, tmp_path):
    opened(wizard, qtbot, survey(tmp_path / "survey.csv"))
    (tmp_path / "bad.toml").write_text("kind = [")
    wizard.use_mapping(tmp_path / "bad.toml")
    assert "not a mapping file" in wizard.problem.sentence


@pytest.mark.alive
def test_a_long_import_never_blocks_the_window(wizard, qtbot, tmp_path, heartbeat):
    path = survey(tmp_path / "long.csv", rows=3_000)
    qtbot.wait(50)
    with heartbeat:
        state = opened(wizard, qtbot, path)
        rate(state)
        wizard._plan()
        idle(wizard, qtbot)
        wizard.next()
        idle(wizard, qtbot)
    assert wizard.at == DONE
    assert heartbeat.worst < heartbeat.most


def test_what_is_set_aside_from_sweeps_stays_aside(wizard, qtbot, tmp_path):
    """`ui.sweeps` has set aside what was there when the window opened: swept along, it would stop
    every thread for 100 ms, once a minute for the rest of the day."""
    aside = gc.get_freeze_count()
    opened(wizard, qtbot, survey(tmp_path / "survey.csv"))
    wizard.next()
    wizard.reject()
    assert gc.get_freeze_count() > aside // 2 > 0


@pytest.mark.parametrize("percent", [100, 200])
def test_every_step_is_named_and_whole(wizard, qtbot, tmp_path, percent):
    theme().set(percent=percent)
    wizard.resize(1366, 768)
    rate(opened(wizard, qtbot, survey(tmp_path / "survey.csv")))
    for step in (SOURCE, COLUMNS, ROWS, CHECK, DONE):
        assert wizard.at == step
        qtbot.wait(20)
        assert unnamed(wizard) == [], step
        assert clipped(wizard) == [], step
        if step != DONE:
            wizard.next()
            idle(wizard, qtbot)
    assert QApplication.focusWidget() is not None


def people(workspace):
    reader = workspace.store.reader()
    try:
        rows = reader.page(ListQuery("stakeholder", sort="pk"), limit=50).rows
        return [reader.get("stakeholder", row.id) for row in rows]
    finally:
        reader.close()


def test_contacts_cards_go_in_with_their_pictures_and_come_out_in_one_step(
    wizard, workspace, qtbot, tmp_path
):
    path = tmp_path / "contacts.vcf"
    path.write_text(OLD, "utf-8")
    state = opened(wizard, qtbot, path)
    assert wizard.source.kind.currentData() == "stakeholder", "cards say themselves what they are"
    assert "1 card" in state.found.described
    wizard.next()
    assert wizard.columns.keep.isVisible()
    assert wizard.columns.keep.isChecked(), "of cards everything is kept"
    assert (state.goes_to("Birthday"), state.goes_to("KEY")) == (REST, NOT_TAKEN)
    state.send("Birthday", NOT_TAKEN)
    wizard.columns.table.model().refresh()
    assert state.goes_to("Birthday") == NOT_TAKEN
    wizard.next()
    wizard.next()
    idle(wizard, qtbot)
    assert wizard.at == CHECK
    tabs = [wizard.check.tabs.tabText(n) for n in range(wizard.check.tabs.count())]
    assert tabs[3:] == ["Columns not taken (3)", "Kept as lines (6)"]
    wizard.next()
    idle(wizard, qtbot)
    assert wizard.at == DONE
    (carers, rene) = sorted(people(workspace), key=lambda record: record.nature)
    assert "Birthday" not in rene.notes
    assert "Fax (work): 01632 960010" in rene.notes
    assert (carers.title, count(workspace, "attachment")) == ("Mere Carers", 1)
    wizard.done_step.take_back.click()
    idle(wizard, qtbot)
    assert (people(workspace), count(workspace, "attachment")) == ([], 0)


def test_what_fits_no_field_is_kept_by_one_tick_and_what_is_here_can_be_left(
    workspace, tasks, shown, qtbot, tmp_path
):
    path = tmp_path / "people.csv"
    path.write_text("Name,E-mail,Colour,Team\nSam,sam@example.org,red,A\n", "utf-8")
    wizard = shown(ImportWizard(workspace, tasks, "stakeholder"), (1120, 700))
    state = opened(wizard, qtbot, path)
    wizard.next()
    assert state.goes_to("Colour") == NOT_TAKEN
    wizard.columns.keep.click()
    assert (state.goes_to("Colour"), state.goes_to("Team")) == (REST, REST)
    wizard.columns.keep.click()
    state.send("Colour", REST)
    wizard.columns.table.model().refresh()
    assert wizard.columns.keep.isChecked()
    assert (state.goes_to("Colour"), state.goes_to("Team")) == (REST, NOT_TAKEN)
    wizard.next()
    assert unnamed(wizard) == []
    wizard.rows.key.combo.setCurrentIndex(wizard.rows.key.combo.findData("E-mail"))
    wizard.rows.key.combo.activated.emit(0)
    wizard.next()
    idle(wizard, qtbot)
    wizard.next()
    idle(wizard, qtbot)
    assert [(r.title, r.notes) for r in people(workspace)] == [("Sam", "Colour: red")]
    wizard.accept()
    path.write_text("Name,E-mail,Phone\nSamuel,SAM@example.org,1\n", "utf-8")
    again = shown(ImportWizard(workspace, tasks, "stakeholder"), (1120, 700))
    state = opened(again, qtbot, path)
    again.next()
    again.next()
    again.rows.key.combo.setCurrentIndex(again.rows.key.combo.findData("E-mail"))
    again.rows.key.combo.activated.emit(0)
    again.rows.here.setCurrentIndex(again.rows.here.findText("Leave it as it is"))
    again.next()
    idle(again, qtbot)
    assert again.plan.changes_nothing
    again.back()
    again.rows.here.setCurrentIndex(0)
    again.next()
    idle(again, qtbot)
    again.next()
    idle(again, qtbot)
    assert [(r.title, r.phone) for r in people(workspace)] == [("Samuel", "1")]
