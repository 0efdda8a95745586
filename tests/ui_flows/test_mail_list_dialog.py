"""A mail-merge list from the window: four questions, how many that is, and the file."""

import csv

import pytest

from db.query import ListQuery
from tests.ui_flows.helpers import TODAY, clipped
from ui.dialogs.flows import Flows
from ui.dialogs.mail_list import MailListDialog
from ui.theme import theme
from ui.widgets.base import unnamed

EVERYBODY = ListQuery("stakeholder", sort="name")


@pytest.fixture
def dialog(county, context, shown, qtbot):
    made = shown(MailListDialog(context, EVERYBODY, TODAY), None)
    qtbot.waitUntil(lambda: bool(made.found.text()))
    return made


def test_how_many_that_is_is_said_and_by_format(dialog):
    assert dialog.purpose.currentData() == "bulletin"
    assert dialog.found.text().startswith("400 people; ")
    assert dialog.readers.text().startswith("The bulletin goes to 400 people. Standard: ")
    assert "Braille: 3" in dialog.readers.text()


def test_only_those_who_need_a_format_are_written(dialog, context, tmp_path, qtbot):
    said = []
    context.say = lambda words, *_more, **_named: said.append(words)
    dialog.form.setCurrentIndex(dialog.form.findData("braille"))
    qtbot.waitUntil(lambda: dialog.found.text().startswith("3 people"))
    path = tmp_path / "list.csv"
    dialog.write_to(str(path))
    qtbot.waitUntil(lambda: bool(said))
    assert "list.csv" in said[0]
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == 3
    assert not dialog.isVisible()


def test_nobody_wanted_writes_nothing(dialog, qtbot):
    dialog.form.setCurrentIndex(dialog.form.findData("braille"))
    dialog.level.setCurrentIndex(dialog.level.findData("open3"))
    dialog.interest.setCurrentIndex(dialog.interest.findData("end_of_life"))
    qtbot.waitUntil(lambda: dialog.found.text().startswith("0 people"))
    assert not dialog.go.isEnabled()


def test_a_file_of_another_kind_is_refused_and_the_questions_stay(dialog, tmp_path, qtbot):
    dialog.write_to(str(tmp_path / "list.doc"))
    qtbot.waitUntil(lambda: bool(dialog.problem.sentence))
    assert "list.doc" in dialog.problem.sentence
    assert dialog.isVisible()
    assert dialog.go.isEnabled()
    assert not (tmp_path / "list.doc").exists()


@pytest.mark.parametrize("percent", [100, 200])
def test_the_questions_are_named_and_whole(county, context, shown, qtbot, percent):
    theme().set(percent=percent)
    made = shown(MailListDialog(context, EVERYBODY, TODAY), None)
    qtbot.waitUntil(lambda: bool(made.found.text()) and not context.tasks.busy)
    made.fit()
    qtbot.waitUntil(lambda: clipped(made) == [])
    assert unnamed(made) == []


def test_it_is_opened_from_the_window(county, context, qtbot, shown):
    from PySide6.QtWidgets import QWidget

    window = shown(QWidget())
    flows = Flows(context, today=lambda: TODAY)
    dialog = flows.list_for_mailing(window, EVERYBODY)
    assert isinstance(dialog, MailListDialog)
    qtbot.waitUntil(lambda: bool(dialog.found.text()))
    dialog.reject()
