"""Every area has a key while there are keys, and the list of keys shows them all."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QVBoxLayout, QWidget

from tests.ui.conftest import shown_window
from tests.ui.test_window import Recorded
from ui.areas import Area
from ui.commands import area_key
from ui.icons import pixmap
from ui.pages.page import Page
from ui.tasks import InlineTasks
from ui.theme import theme
from ui.widgets.banners import Banner
from ui.widgets.base import named

K, CTRL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
MANY = 20


def empty(name):
    def make(_around):
        return named(Page(), name)

    return make


@pytest.fixture
def window(bench, qtbot):
    many = [Area("today", "Today", "today", empty("Today"))]
    many += [Area(f"a{n}", f"Area {n}", "table", empty(f"Area {n}")) for n in range(2, MANY + 1)]
    with shown_window(bench, InlineTasks(bench.store), Recorded, qtbot, offered=many) as made:
        yield made


def test_nine_have_ctrl_and_the_next_nine_shift_as_well():
    assert [area_key(n) for n in (1, 9, 10, 18, 19)] == [
        "Ctrl+1", "Ctrl+9", "Ctrl+Shift+1", "Ctrl+Shift+9", ""
    ]  # fmt: skip


def test_each_key_goes_to_its_area_and_ctrl_0_is_still_the_text_size(window):
    for place, (key, held) in enumerate(
        [(K.Key_1 + n, CTRL) for n in range(9)] + [(K.Key_1 + n, CTRL | SHIFT) for n in range(9)], 1
    ):
        QTest.keyClick(window, K(key), held)
        assert window.page.accessibleName() == ("Today" if place == 1 else f"Area {place}")
    theme().set(percent=140)
    QTest.keyClick(window, K.Key_0, CTRL)
    assert theme().percent == 100
    assert window.page.accessibleName() == "Area 18"


def test_no_key_means_two_things(window):
    bound = [
        key
        for command in window.actions_._commands.values()
        for key in command.key.split(" | ") if key
    ]  # fmt: skip
    assert len(bound) == len(set(bound))


def test_the_list_of_keys_names_every_area(window, qtbot):
    window.actions_.run("keys")
    (dialog,) = [
        w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()
    ]
    said = [label.text() for label in dialog.findChildren(QLabel)]
    for number in range(1, MANY + 1):
        name = "Today" if number == 1 else f"Area {number}"
        at = said.index(f"Go to {name}")
        assert said[at + 1] == (area_key(number) or "Ctrl+K, then its name")
    dialog.close()


@pytest.mark.parametrize("tone", ["warning", "bad", "info"])
def test_a_banner_makes_room_for_its_picture_at_each_text_size(tone, qtbot):
    theme()
    holder = named(QWidget(), "Holder")
    qtbot.addWidget(holder)
    box = QVBoxLayout(holder)
    banner = Banner(tone, "Something to mind.", "And what to do about it.")
    box.addWidget(banner)
    holder.resize(700, 400)
    holder.show()
    for percent in (100, 200, 150, 100):
        theme().set(percent=percent)
        QApplication.processEvents()
        picture = pixmap("info", "text", 22, ratio=1.0).width()
        right = theme().px(18) + picture
        for label in (banner._strong, banner._words):
            left = label.mapTo(banner, label.rect().topLeft()).x()
            assert left >= right + theme().px(4), percent
            assert left <= right + theme().px(16), percent
    theme().set(scheme="dark")
    colour = theme().tone(tone)[0].name()
    assert colour in banner._strong.styleSheet()
    theme().set(scheme="light", percent=100)
