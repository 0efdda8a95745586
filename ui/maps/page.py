"""The page of maps: one in view, its table a key away, and what it asks of the officer."""

from __future__ import annotations

from math import ceil
from typing import Any

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from db.changes import Applied, Edit
from db.errors import KnownError
from db.fields import is_id
from db.reader import Reader
from engage_desktop.maps.drawing import Wish
from engage_desktop.maps.scene import Line, Mark
from engage_desktop.maps.views import view_of
from engage_desktop.queries.mapping import Keep
from ui.maps.beside import Beside
from ui.maps.canvas import ZOOM_STEP, MapCanvas
from ui.maps.drawing import (
    FLEXIBLE,
    GRID,
    MATRIX,
    NETWORK,
    PLACES,
    TYPES,
    Asked,
    Drawn,
    draw,
)
from ui.maps.freeze import FreezeDialog
from ui.maps.options import MapOptions
from ui.maps.table import MapTable
from ui.pages.page import Page, Surroundings
from ui.theme import theme
from ui.widgets.banners import Banner
from ui.widgets.base import Label, Scroll, look, named, spaced
from ui.widgets.buttons import Button
from ui.widgets.cards import EmptyState
from ui.widgets.flow import FlowRow
from ui.widgets.refused import mute
from ui.words import translate

REFRESH_MS = 150
KINDS = frozenset({"stakeholder", "membership", "relationship", "assessment", "place"})
BROAD, LOW = 860, 260
"""From this width on there is room beside the map; and the least height of the map, at 100 %."""


def faces() -> tuple[tuple[str, str], ...]:
    """The maps there are."""
    return (
        (GRID, translate("maps", "Grid")),
        (NETWORK, translate("maps", "Network")),
        (MATRIX, translate("maps", "Matrix")),
        (TYPES, translate("maps", "Types")),
        (PLACES, translate("maps", "Places")),
    )


def empty_words(face: str) -> tuple[str, str]:
    """What is said where a map has nothing to draw, and what to do about it."""
    if face == NETWORK:
        return (
            translate("maps", "No ties yet"),
            translate("maps", "Open a stakeholder and add a relationship or a membership: who "
                      "represents, funds, advises whom, and who sits where."),
        )  # fmt: skip
    if face == PLACES:
        return (
            translate("maps", "No places yet"),
            translate("maps", "Under “Places”, add the county, its localities and its "
                      "practices; then the map counts who is where."),
        )  # fmt: skip
    return (
        translate("maps", "Nobody to place"),
        translate("maps", "When there are stakeholders in the register, they are placed "
                  "here by their power and interest."),
    )  # fmt: skip


class MapsPage(Page):
    """Draws on a reading thread whatever is asked for, at the size there is."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around, self._context = around, around.context
        look(named(self, translate("maps", "Maps")), "page")
        self.drawn: Drawn | None = None
        self.focus, self._hidden, self._in_view = "", False, False
        self._drawing = 0
        whole = QVBoxLayout(self)
        spaced(whole)
        inner = named(QWidget(), translate("maps", "Maps"))
        outer = QVBoxLayout(inner)
        spaced(outer, (16, 10, 16, 10), 8)
        whole.addWidget(Scroll(inner, translate("maps", "Maps")))
        self.options = MapOptions(faces())
        self.options.changed.connect(self._asked_anew)
        outer.addWidget(self.options.row)
        self.trouble = Banner("bad", closable=True)
        self.advice = Banner("warning")
        for banner in (self.trouble, self.advice):
            outer.addWidget(banner)
            banner.hide()
        self._middle = middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        spaced(middle, gap=12)
        self._stack = QStackedWidget()
        self.canvas = MapCanvas(translate("maps", "Map"))
        self.table = MapTable(translate("maps", "The map as a table"))
        self.empty = self._empty_state()
        self._surface = Scroll(self.canvas, translate("maps", "Map"))
        for widget in (self._surface, self.table, self.empty):
            self._stack.addWidget(widget)
        middle.addWidget(self._stack, 1)
        self.side = Beside()
        self.side.wanted.connect(self._put)
        theme().changed.connect(self._lay)
        middle.addWidget(self.side)
        for widget in (self._stack, self.side):  # as tall as there is room, and never below LOW
            widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        outer.addLayout(middle, 1)
        outer.addWidget(self._foot())
        self.canvas.chosen.connect(self._tell)
        self.canvas.opened.connect(self._open)
        self.canvas.dropped.connect(self._dropped)
        self.canvas.nudged.connect(self._nudged)
        self.canvas.room_changed.connect(self._soon)
        self.table.chosen.connect(self._tell)
        self.table.opened.connect(self._open)
        self._context.rights.changed.connect(self._show_rights)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)

    # -- putting together --------------------------------------------------------------------

    def _empty_state(self) -> EmptyState:
        begin = Button(translate("maps", "Open the register"), "groups", "primary")
        begin.clicked.connect(self._to_register)
        return EmptyState("map", "", "", begin)

    def _lay(self) -> None:
        """What stands beside the map stands below it where there is little room, and all of it
        scrolls: the map is never too small to be read."""
        px, ways = theme().px, QBoxLayout.Direction
        beside = self.width() >= px(BROAD)
        self._middle.setDirection(ways.LeftToRight if beside else ways.TopToBottom)
        self.side.stand(beside, px(LOW))
        self._stack.setMinimumHeight(px(LOW))
        self._soon()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay()

    def _foot(self) -> QWidget:
        row = FlowRow(translate("maps", "What to do with the map"), 6)
        self.as_table = Button(translate("maps", "Show as a table"), "table_view", "quiet")
        self.as_table.setCheckable(True)
        self.as_table.toggled.connect(self._turn)
        self.nearer = Button(translate("maps", "Nearer"), "zoom_in", "icon", key="+")
        self.nearer.clicked.connect(self._nearer)
        self.farther = Button(translate("maps", "Farther"), "zoom_out", "icon", key="−")
        self.farther.clicked.connect(self._farther)
        self.whole = Button(translate("maps", "Show all"), "", "quiet", key="0")
        self.whole.clicked.connect(self.canvas.fit)
        self.round = Button(translate("maps", "Only those round this one"), "", "quiet")
        self.round.clicked.connect(self._focus)
        self.everyone = Button(translate("maps", "Everyone again"), "", "quiet")
        self.everyone.clicked.connect(self._no_focus)
        self.open = Button(translate("maps", "Open the record"), "open_in_new", "quiet")
        self.open.clicked.connect(self._open_current)
        self.save = Button(translate("maps", "Save as a file"), "download", "quiet")
        self.save.clicked.connect(self._save)
        self.freeze = Button(translate("maps", "Keep today’s scores"), "history", "quiet")
        self.freeze.clicked.connect(self._freeze)
        for button in (self.as_table, self.nearer, self.farther, self.whole, self.open, self.round,
                       self.everyone, self.freeze, self.save):  # fmt: skip
            row.add(button)
        self.said = Label("", "small")
        holder = named(QWidget(), translate("maps", "What to do with the map"))
        box = QVBoxLayout(holder)
        spaced(box, gap=4)
        box.addWidget(self.said)
        box.addWidget(row)
        return holder

    # -- asking ------------------------------------------------------------------------------

    @property
    def asked(self) -> Asked:
        """The map that the officer asks for now."""
        room = self._surface.viewport().size()
        size = (max(320.0, room.width()), max(240.0, room.height()))
        return Asked(self.wish, size, float(theme().px(13)), self._around.today())

    @property
    def wish(self) -> Wish:
        """The same for whatever size: for paper, files and the screen."""
        options = self.options
        return Wish(
            options.face, Keep(matrix_group=str(options.group.currentData() or "")),
            str(options.view.currentData()), str(options.occasion.currentData() or ""),
            self.focus if options.face == NETWORK else "",
            int(options.depth.currentData() or 1), self._around.today(),
            level=str(options.level.currentData() or ""), hide_names=self._hidden,
        )  # fmt: skip

    @property
    def waits(self) -> bool:
        """True while another drawing is on its way."""
        return self.drawn is None or self._timer.isActive() or self.drawn.asked != self.asked

    def refresh(self) -> None:
        """Draw anew."""
        if not self._in_view:
            return
        asked = self.asked
        self._drawing += 1
        turn = self._drawing

        def job(reader: Reader) -> Drawn:
            return draw(reader, asked, cancelled=lambda: turn != self._drawing)

        self._context.tasks.read(job, self._show, self._failed, key=self)

    def _soon(self) -> None:
        if self._in_view:
            self._timer.start()

    def _asked_anew(self) -> None:
        self.trouble.hide()
        self.canvas.fit()
        self._context_row()
        self.refresh()

    def _context_row(self) -> None:
        self.options.show_for(self.focus)
        network = self.options.face == NETWORK
        self.round.setVisible(network)
        self.everyone.setVisible(network and bool(self.focus))
        self.freeze.setVisible(self.options.face == GRID)

    def _failed(self, error: BaseException) -> None:
        sentence = error.sentence if isinstance(error, KnownError) else translate(
            "maps", "A fault in the program kept this map from being drawn. Nothing was changed. "
            "Its table is in the register.")  # fmt: skip
        self.trouble.show_as("bad", translate("maps", "No map"), sentence)
        self.trouble.show()
        if self.focus:
            self.focus = ""
            self._context_row()

    # -- showing -----------------------------------------------------------------------------

    def _show(self, drawn: Drawn) -> None:
        self.drawn = drawn
        scene = drawn.scene
        plot = drawn.plot

        def target(x: float, y: float) -> QRectF | None:
            cell = plot.cell_at(x, y) if plot is not None else None
            if plot is None or cell is None:
                return None
            box = plot.cell_box(cell)
            return QRectF(box.left, box.top, box.width, box.height)

        may = not self._refusal
        tall = ceil(scene.size[1]) if scene.name in FLEXIBLE else 0
        self.canvas.setMinimumHeight(max(180, tall))
        self.canvas.show_scene(scene, movable=plot is not None and may, target=target)
        self.table.show_table(scene.table)
        if scene.name == GRID:
            self.options.offer_occasions(drawn.occasions)
        self._context_row()
        sentences = " ".join(one.sentence for one in scene.advice)
        self.advice.setVisible(bool(sentences))
        if sentences:
            self.advice.show_as("warning", translate("maps", "Look again"), sentences)
        self.side.show_scene(scene, placing=plot is not None)
        self._show_rights()
        self._show_face()
        self._tell(self.canvas.current)

    def _show_face(self) -> None:
        scene = self.drawn.scene if self.drawn else None
        if scene is None:
            return
        nothing = not scene.table.rows and not scene.unplaced_count
        if nothing:
            self.empty.say(*empty_words(self.options.face))
            self._stack.setCurrentWidget(self.empty)
        else:
            table = self.as_table.isChecked()
            self._stack.setCurrentWidget(self.table if table else self._surface)
        for widget in (self.nearer, self.farther, self.whole):
            widget.setEnabled(not nothing and not self.as_table.isChecked())

    def _tell(self, key: str) -> None:
        """Words for what is chosen, for those who look at the picture."""
        words = self.canvas.keys_words
        item = self.canvas.item(key)
        if item is not None:
            words = item.words
        self.said.setText(words)
        kind, record = self._record_of(key)
        self.open.setEnabled(bool(record))
        self.round.setEnabled(kind == "stakeholder" and isinstance(item, Mark))

    def _record_of(self, key: str) -> tuple[str, str]:
        """Kind and id of what a key stands for; empty where it is no record."""
        if self.options.face == PLACES:
            return ("place", key) if is_id(key) else ("", "")
        if isinstance(self.canvas.item(key), Line) and is_id(key):
            return "relationship", key
        key = key.removeprefix("ghost:").removeprefix("works:")
        return ("stakeholder", key) if is_id(key) else ("", "")

    # -- doing -------------------------------------------------------------------------------

    @property
    def _refusal(self) -> str:
        return str(self._context.rights.changing("stakeholder"))

    def _show_rights(self) -> None:
        mute(self.side.put, self._refusal)
        mute(self.freeze, self._context.rights.adding("assessment"))
        if self.drawn is not None and self.drawn.plot is not None:
            self.canvas.movable = not self._refusal

    def _dropped(self, key: str, x: float, y: float) -> None:
        if self.drawn is None or self.drawn.plot is None:
            return
        cell = self.drawn.plot.cell_at(x, y)
        if cell is None:
            self._context.say(translate("maps", "Let go outside the grid: nothing was changed."))
            return
        self._move(key, cell)

    def _nudged(self, key: str, across: int, up: int) -> None:
        drawn = self.drawn
        if drawn is None or drawn.plot is None:
            return
        mark = next((i for i in drawn.scene.walk() if i.key == key), None)
        cell = drawn.plot.cell_at(mark.x, mark.y) if isinstance(mark, Mark) else None
        if cell is None:
            return
        column, row = cell[0] + across, cell[1] + up
        if 0 <= column < drawn.plot.columns and 0 <= row < drawn.plot.rows:
            self._move(key, (column, row))

    def _move(self, key: str, cell: tuple[int, int]) -> None:
        """Give somebody the scores of a cell."""
        if self._refusal or self.drawn is None:
            self._context.say(self._refusal)
            return
        view = view_of(self.drawn.asked.wish.axes)
        values = view.values(cell)
        self.canvas.choose(key, tell=False)
        self._moved_words = translate("maps", "Now {scores}").format(
            scores=", ".join(view.said(values))
        )
        self._context.apply(
            [Edit("stakeholder", key, values)], translate("maps", "Move on the map"),
            self._moved, self._not_moved, initiator=self,
        )  # fmt: skip

    def _moved(self, _applied: Applied) -> None:
        self._context.say(self._moved_words)
        self.refresh()

    def _not_moved(self, error: BaseException) -> None:
        fault = translate("maps", "A fault in the program stopped this. Nothing was moved.")
        self._context.say(error.sentence if isinstance(error, KnownError) else fault)

    def _put(self, key: str) -> None:
        """Somebody without a score goes to the middle, to be moved from there."""
        if self.drawn is None or self.drawn.plot is None:
            return
        plot = self.drawn.plot
        self._move(key, (plot.columns // 2, plot.rows // 2))
        self.canvas.choose_soon(key)
        self.as_table.setChecked(False)
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self, key: str) -> None:
        kind, record = self._record_of(key)
        if record:
            self._context.open_record(kind, record)

    def _open_current(self) -> None:
        key = self.table.key if self.as_table.isChecked() else self.canvas.current
        self._open(key)

    def _to_register(self) -> None:
        self._around.go("stakeholder")

    @property
    def primary(self) -> tuple[str, str]:
        return translate("maps", "Print map"), "print"

    def run_primary(self) -> None:
        self._around.flows.print_map(self._around.window, self.wish)

    def _save(self) -> None:
        self._around.flows.save_map(self._around.window, self.wish)

    def _freeze(self) -> None:
        dialog = FreezeDialog(self._context, self.wish.keep, self._around.today(), self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _focus(self) -> None:
        key = self.table.key if self.as_table.isChecked() else self.canvas.current
        if key:
            self.focus = key
            self._asked_anew()

    def _no_focus(self) -> None:
        self.focus = ""
        self._asked_anew()

    def _turn(self, table: bool) -> None:
        key = self.canvas.current if table else self.table.key
        self._show_face()
        (self.table if table else self.canvas).choose(key)

    def _nearer(self) -> None:
        self.canvas.zoom_by(ZOOM_STEP)

    def _farther(self) -> None:
        self.canvas.zoom_by(1 / ZOOM_STEP)

    # -- as a page ---------------------------------------------------------------------------

    def enter(self) -> None:
        self._in_view = True
        self._context_row()
        self.refresh()

    def leave(self) -> bool:
        self._in_view = False
        self._drawing += 1  # what is still being laid out is not wanted any more
        self._timer.stop()
        return True

    def take_keyboard(self) -> None:
        widget: Any = self._stack.currentWidget()
        widget = self.canvas if widget is self._surface else widget
        widget.setFocus(Qt.FocusReason.TabFocusReason)

    def heard(self, applied: Applied) -> None:
        if applied.kinds & KINDS and applied.initiator is not self:
            self._soon()

    def show_errand(self, errand: str) -> None:
        self.take_keyboard()

    def set_hidden(self, hidden: bool) -> None:
        self._hidden = hidden
        self.refresh()


__all__ = ["MapsPage"]
