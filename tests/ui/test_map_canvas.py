"""The surface of a map: walked, dragged, zoomed, and read without being seen."""

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor

from engage_desktop.maps.scene import Area, Line, Mark, Scene, Table, Text, rectangle
from ui.maps.canvas import MapCanvas
from ui.maps.table import MapTable
from ui.theme import theme

K = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


def scene(*more, name="network"):
    marks = (
        Mark(60, 60, 8, "disc", "plain", "ann", "Ann Vale, in the corner"),
        Mark(300, 60, 8, "square", "plain", "ben", "Ben Moor, to the right", barred=True),
        Mark(60, 220, 8, "diamond", "plain", "cat", "Cat Hill, below", ghost=True),
    )
    items = (
        Area(rectangle(0, 0, 400, 300), "band"),
        Line(((60, 60), (300, 60)), "info", 2.0, "dashed", True, "tie", "Ann Vale funds Ben Moor"),
        *marks,
        Text(72, 64, "Ann Vale", 13, key="ann"),
        Text(312, 64, "Ben Moor", 13, key="ben", ground="surface"),
        *more,
    )
    rows = tuple((mark.words,) for mark in marks)
    table = Table(("Who",), rows, tuple(mark.key for mark in marks))
    return Scene(name, "Who is who", (400, 300), "Three people on a map.", items, table)


@pytest.fixture
def canvas(qtbot):
    theme()
    made = MapCanvas("Map")
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    made.show_scene(scene())
    QCoreApplication.processEvents()
    made.grab()  # paints, shown or not
    return made


def colour_at(canvas, x, y):
    return canvas.grab().toImage().pixelColor(round(x), round(y))


def test_what_the_scene_says_is_what_is_painted(canvas):
    tones = theme().colours
    assert colour_at(canvas, 380, 290).name().upper() == tones.page
    assert colour_at(canvas, 60, 60) == QColor("#D8E8F6")  # the ground of a plain mark
    assert colour_at(canvas, 60, 220).name().upper() == tones.page, "a ghost is hollow"
    theme().set(scheme="dark")
    canvas.repaint()
    assert colour_at(canvas, 380, 290).lightness() < 60


def test_arrows_walk_from_one_to_the_nearest_in_that_direction(canvas, qtbot):
    heard = []
    canvas.chosen.connect(heard.append)
    canvas.setFocus()
    qtbot.keyClick(canvas, K.Key_Home)
    qtbot.keyClick(canvas, K.Key_End)
    assert canvas.current == "cat"
    qtbot.keyClick(canvas, K.Key_Up)
    assert canvas.current == "ann"
    qtbot.keyClick(canvas, K.Key_Right)
    assert canvas.current == "ben"
    assert canvas.accessibleDescription() == "Ben Moor, to the right"
    qtbot.keyClick(canvas, K.Key_Right)
    assert canvas.current == "ben", "there is nothing farther"
    assert heard == ["ann", "cat", "ann", "ben"]


def test_nothing_chosen_says_the_whole_map(canvas):
    assert canvas.accessibleDescription() == "Three people on a map."
    canvas.choose("ann")
    assert canvas.accessibleDescription() == "Ann Vale, in the corner"
    canvas.choose("nobody")
    assert canvas.current == ""
    assert canvas.accessibleDescription() == "Three people on a map."


def test_a_tie_is_chosen_by_hand_and_said(canvas, qtbot):
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(180, 61))
    assert canvas.current == "tie"
    assert canvas.accessibleDescription() == "Ann Vale funds Ben Moor"


def test_enter_and_a_double_click_open(canvas, qtbot):
    heard = []
    canvas.opened.connect(heard.append)
    canvas.choose("cat")
    qtbot.keyClick(canvas, K.Key_Return)
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(302, 61))
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 280))
    assert heard == ["cat", "ben"]


def test_what_lies_under_the_hand(canvas):
    assert canvas.at(QPointF(61, 58)) == "ann"
    assert canvas.at(QPointF(330, 60)) == "ben", "its name is as good as its mark"
    assert canvas.at(QPointF(180, 61)) == "tie"
    assert canvas.at(QPointF(200, 150)) == ""


def drag(canvas, qtbot, start, end):
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(canvas, left, pos=QPoint(*start))
    middle = QPoint((start[0] + end[0]) // 2, (start[1] + end[1]) // 2)
    qtbot.mouseMove(canvas, middle)
    qtbot.mouseMove(canvas, QPoint(*end))
    canvas.repaint()
    qtbot.mouseRelease(canvas, left, pos=QPoint(*end))


def test_a_mark_is_dragged_where_things_may_be_moved(canvas, qtbot):
    heard = []
    canvas.dropped.connect(lambda *told: heard.append(told))
    asked = []

    def target(x, y):
        asked.append((x, y))
        return QRectF(x - 5, y - 5, 10, 10)

    canvas.show_scene(scene(), movable=True, target=target)
    drag(canvas, qtbot, (60, 60), (200, 150))
    assert heard == [("ann", 200.0, 150.0)]
    assert asked
    assert canvas.zoom == 1


def test_elsewhere_dragging_moves_the_map_and_never_a_mark(canvas, qtbot):
    heard = []
    canvas.dropped.connect(lambda *told: heard.append(told))
    drag(canvas, qtbot, (60, 60), (100, 90))
    assert heard == []
    assert canvas.at(QPointF(100, 90)) == "ann"


def test_esc_lets_go_of_what_is_dragged(canvas, qtbot):
    heard = []
    canvas.dropped.connect(lambda *told: heard.append(told))
    canvas.show_scene(scene(), movable=True)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    qtbot.mouseMove(canvas, QPoint(90, 90))
    qtbot.mouseMove(canvas, QPoint(150, 120))
    qtbot.keyClick(canvas, K.Key_Escape)
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(150, 120))
    assert heard == []


def test_shift_with_an_arrow_asks_for_a_step(canvas, qtbot):
    heard = []
    canvas.nudged.connect(lambda *told: heard.append(told))
    canvas.choose("ann")
    qtbot.keyClick(canvas, K.Key_Up, SHIFT)
    assert heard == [], "not where nothing may be moved"
    canvas.show_scene(scene(), movable=True)
    qtbot.keyClick(canvas, K.Key_Up, SHIFT)
    qtbot.keyClick(canvas, K.Key_Left, SHIFT)
    assert heard == [("ann", 0, 1), ("ann", -1, 0)]


def test_zooming_keeps_a_point_where_it_is_and_has_ends(canvas, qtbot):
    canvas.zoom_by(2, QPointF(60, 60))
    assert canvas.at(QPointF(60, 60)) == "ann"
    assert canvas.at(QPointF(60 + 2 * 240, 60)) == "ben"
    for _ in range(30):
        qtbot.keyClick(canvas, K.Key_Plus)
    most = canvas.zoom
    qtbot.keyClick(canvas, K.Key_Plus)
    assert canvas.zoom == most
    for _ in range(40):
        qtbot.keyClick(canvas, K.Key_Minus)
    assert 0 < canvas.zoom < 1
    qtbot.keyClick(canvas, K.Key_0)
    assert canvas.zoom == 1
    assert canvas.at(QPointF(60, 60)) == "ann"


def test_a_moved_map_is_sharp_again_after_a_moment(canvas, qtbot):
    canvas.zoom_by(2, QPointF(0, 0))
    canvas.repaint()
    moved = canvas.grab().toImage()
    canvas.sharpen()
    canvas.repaint()
    sharp = canvas.grab().toImage()
    assert moved != sharp, "while it moves, the last picture is shown at another size"
    canvas.zoom_by(0.5, QPointF(0, 0))
    canvas.zoom_by(2, QPointF(0, 0))
    qtbot.waitUntil(lambda: canvas.grab().toImage() == sharp)


def test_the_map_never_leaves_the_window_altogether(canvas):
    for _ in range(50):
        canvas.pan(QPointF(200, 150))
    canvas.sharpen()
    assert canvas.at(canvas.transform.map(QPointF(60, 60))) == "ann"
    assert canvas.rect().contains(canvas.transform.map(QPointF(1, 1)).toPoint())


def test_the_table_holds_the_same_and_opens_the_same(qtbot):
    theme()
    table = MapTable("The map as a table")
    qtbot.addWidget(table)
    heard, walked = [], []
    table.opened.connect(heard.append)
    table.chosen.connect(walked.append)
    table.show_table(scene().table)
    table.show()
    table.setFocus()
    table.choose("ben")
    qtbot.keyClick(table, K.Key_Down)
    qtbot.keyClick(table, K.Key_Return)
    assert heard == ["cat"]
    assert walked == ["ben", "cat"]
    said = table.rows.data(table.currentIndex(), Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Who: Cat Hill, below"
    table.show_table(Table(("Who", "What"), (("x", "y"),), ("",)))
    assert table.key == ""
    qtbot.keyClick(table, K.Key_Return)
    assert heard == ["cat"], "a row that stands for nothing opens nothing"
