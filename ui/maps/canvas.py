"""The surface of a map: drawn, walked with the arrow keys, zoomed, and dragged on.

What stands still is painted once and kept as a picture; while something is dragged only that is
painted anew, so that the hand never waits for the map.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engage_desktop.maps.scene import Area, Line, Mark, Scene, Text
from ui.maps.painting import Painter, Prepared, path_of
from ui.theme import theme
from ui.widgets.banners import announce
from ui.widgets.base import named
from ui.widgets.focus import paint_ring
from ui.words import translate

K = Qt.Key
ARROWS = {K.Key_Left: (-1, 0), K.Key_Right: (1, 0), K.Key_Up: (0, -1), K.Key_Down: (0, 1)}
ZOOM_STEP, NEAREST, FARTHEST = 1.25, 8.0, 0.5
SHARP_MS = 90
"""A map that is moved or zoomed is drawn sharp again after so long."""

DRAG_PX = 5
"""How far the hand moves before it is a drag and not a click."""

Walked = Mark | Line | Area


class MapCanvas(QWidget):
    """`chosen(key)` as the keyboard or a click comes to something, `opened(key)` on Enter or a
    double click; on maps that let things be moved, `dropped(key, x, y)` in the scene's points and
    `nudged(key, across, up)` for a step with Shift and an arrow. `room_changed` when the surface
    has another size."""

    chosen = Signal(str)
    opened = Signal(str)
    dropped = Signal(str, float, float)
    nudged = Signal(str, int, int)
    room_changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        named(self, name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.scene: Scene | None = None
        self.movable = False
        self.current = self._wanted = ""
        self.zoom, self._offset = 1.0, QPointF(0, 0)
        self._target: Callable[[float, float], QRectF | None] | None = None
        self._walk: list[Mark | Area] = []
        self._ties: list[Line] = []
        self._by_key: dict[str, Walked] = {}
        self._still: QPixmap | None = None
        self._still_as = QTransform()
        self._painter: Painter | None = None
        self._prepared: Prepared | None = None
        self._sharpen = QTimer(self)
        self._sharpen.setSingleShot(True)
        self._sharpen.setInterval(SHARP_MS)
        self._sharpen.timeout.connect(self.sharpen)
        self._pressed: QPointF | None = None
        self._held = ""
        self._dragging, self._panning = False, False
        self._at = QPointF(0, 0)
        theme().changed.connect(self._restyle)

    # -- showing -----------------------------------------------------------------------------

    def show_scene(
        self,
        scene: Scene,
        *,
        movable: bool = False,
        target: Callable[[float, float], QRectF | None] | None = None,
    ) -> None:
        """Draw a scene. `target` gives the box (in points) into which a drop at a point falls."""
        self.scene, self.movable, self._target = scene, movable, target
        self._prepared = None
        self._walk = list(scene.walk())
        self._ties = [i for i in scene.items if isinstance(i, Line) and i.key and i.words]
        self._by_key = {item.key: item for item in (*self._ties, *self._walk)}
        self._let_go()
        if self._wanted in self._by_key:
            self.current, self._wanted = self._wanted, ""
        if self.current not in self._by_key:
            self.current = ""
        self._say()
        self._redraw()

    def choose_soon(self, key: str) -> None:
        """Put the ring around something that the next scene will hold."""
        self._wanted = key

    def item(self, key: str) -> Walked | None:
        """What stands for a key, if it can be chosen."""
        return self._by_key.get(key)

    def fit(self) -> None:
        """The whole map, at the size it was made for."""
        self.zoom, self._offset = 1.0, QPointF(0, 0)
        self._redraw()

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Nearer or farther, keeping one point where it is (the middle, where none is given)."""
        middle = QPointF(self.width() / 2, self.height() / 2)
        point = middle if around is None else around  # the corner counts as nothing in Qt
        wanted = min(NEAREST, max(FARTHEST, self.zoom * factor))
        share = wanted / self.zoom
        self._offset = point - (point - self._offset) * share
        self.zoom = wanted
        self._keep_in_view()
        self.update()

    def pan(self, by: QPointF) -> None:
        """Move the map, in pixels of this widget."""
        self._offset += by
        self._keep_in_view()
        self.update()

    def sharpen(self) -> None:
        """Draw everything anew."""
        self._redraw()

    def hold(self, key: str, at: QPointF) -> None:
        """Take something up, or move it on while it is held."""
        if not self._dragging:
            self._held, self._dragging, self._still = key, True, None
        self._at = at
        self.update()

    def let_go(self) -> None:
        """Nothing is held any more."""
        self._let_go()
        self._redraw()

    def choose(self, key: str, *, tell: bool = True) -> None:
        """Put the ring around something; "" around nothing."""
        self.current = key if key in self._by_key else ""
        self._show_current()
        self._say()
        self.update()
        if self.current and tell:
            self.chosen.emit(self.current)

    def sizeHint(self) -> QSize:
        return QSize(theme().px(720), theme().px(440))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 180)

    def _restyle(self) -> None:
        self._painter = self._prepared = None
        self._redraw()

    def _redraw(self) -> None:
        self._still = None
        self.update()

    def _say(self) -> None:
        """What a screen reader says: the thing the ring is at, else the whole map."""
        if self.scene is None:
            return
        item = self._by_key.get(self.current)
        words = item.words if item is not None else self.scene.description
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)
            if self.hasFocus():
                announce(self)

    # -- painting ----------------------------------------------------------------------------

    @property
    def transform(self) -> QTransform:
        """From the scene's points to this widget's."""
        return QTransform(self.zoom, 0, 0, self.zoom, self._offset.x(), self._offset.y())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.scene is None:
            painter.end()
            return
        self._draw_picture(painter)
        if self._dragging:
            self._paint_drag(painter)
        elif self.current and self.hasFocus():
            paint_ring(painter, self._box_of(self._by_key[self.current]).toAlignedRect())
        painter.end()

    def _draw_picture(self, painter: QPainter) -> None:
        """What stands still; while the map moves, the last picture of it is moved along, and drawn
        sharp as soon as there is time."""
        if self._still is not None and self._still_as != self.transform:
            painter.fillRect(self.rect(), self._tones().ground("surface"))
            moved = self._still_as.inverted()[0] * self.transform
            painter.setTransform(moved)
            painter.drawPixmap(0, 0, self._still)
            painter.resetTransform()
            if not self._sharpen.isActive():
                self._sharpen.start()
            return
        painter.drawPixmap(0, 0, self._picture())

    def _picture(self) -> QPixmap:
        """Everything that stands still."""
        if self._still is None:
            ratio = self.devicePixelRatioF()
            still = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            still.setDevicePixelRatio(ratio)
            tones = self._tones()
            still.fill(tones.ground("surface"))
            painter = QPainter(still)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setTransform(self.transform, combine=True)
            self._prepared_items().paint(painter, self._held if self._dragging else "")
            painter.end()
            self._still, self._still_as = still, self.transform
        return self._still

    def _prepared_items(self) -> Prepared:
        if self._prepared is None:
            self._prepared = Prepared(self.scene.items if self.scene else (), self._tones())
        return self._prepared

    def _tones(self) -> Painter:
        if self._painter is None:
            self._painter = Painter()
        return self._painter

    def _paint_drag(self, painter: QPainter) -> None:
        item = self._by_key.get(self._held)
        if not isinstance(item, Mark) or self.scene is None:
            return
        tones, at = self._tones(), self._to_scene(self._at)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(self.transform, combine=True)
        box = self._target(at.x(), at.y()) if self._target else None
        if box is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().colour("selected"))
            painter.setOpacity(0.6)
            painter.drawRect(box)
            painter.setOpacity(1)
        label = next(
            (t.text for t in self.scene.items if isinstance(t, Text) and t.key == item.key), ""
        )
        size = max(9.0, theme().px(13))
        moved = Mark(at.x(), at.y(), max(item.radius, 6.0) * 1.2, item.shape, "info", item.key)
        tones.paint(painter, moved)
        x = at.x() + moved.radius + 4
        tones.paint(painter, Text(x, at.y() + size * 0.35, label, size, ground="surface"))

    def _box_of(self, item: Walked) -> QRectF:
        """Around something, in this widget's pixels, at least 18 wide and high."""
        if isinstance(item, Mark):
            r = item.radius
            box = QRectF(item.x - r, item.y - r, 2 * r, 2 * r)
        elif isinstance(item, Area):
            box = path_of(item).boundingRect()
        else:
            xs, ys = [x for x, _ in item.points], [y for _, y in item.points]
            box = QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
        shown = self.transform.mapRect(box)
        more = max(0.0, 18 - shown.width()) / 2 + 3, max(0.0, 18 - shown.height()) / 2 + 3
        return shown.adjusted(-more[0], -more[1], more[0], more[1])

    # -- where -------------------------------------------------------------------------------

    def _to_scene(self, point: QPointF) -> QPointF:
        return self.transform.inverted()[0].map(point)

    def at(self, point: QPointF) -> str:
        """The key of what lies at a point of this widget; "" for nothing. The nearest mark first,
        then ties, then areas."""
        where = self._to_scene(point)
        reach = 6 / self.zoom
        marks = [
            (math.hypot(item.x - where.x(), item.y - where.y()) - item.radius, item.key)
            for item in self._walk
            if isinstance(item, Mark)
        ]
        near = min(marks, default=(math.inf, ""))
        if near[0] <= reach:
            return near[1]
        for text in self.scene.items if self.scene else ():
            if (
                isinstance(text, Text)
                and text.key in self._by_key
                and (self._tones().room(text).contains(where))
            ):
                return text.key
        for tie in self._ties:
            if _distance(tie, where) <= reach:
                return tie.key
        for item in reversed(self._walk):
            if isinstance(item, Area) and path_of(item).contains(where):
                return item.key
        return ""

    def _keep_in_view(self) -> None:
        """Some of the map is always to be seen."""
        if self.scene is None:
            return
        wide, tall = self.scene.size[0] * self.zoom, self.scene.size[1] * self.zoom
        x = min(max(self._offset.x(), self.width() * 0.25 - wide), self.width() * 0.75)
        y = min(max(self._offset.y(), self.height() * 0.25 - tall), self.height() * 0.75)
        self._offset = QPointF(x, y)

    def _show_current(self) -> None:
        """Bring what the ring is at into view."""
        item = self._by_key.get(self.current)
        if item is None or self.zoom <= 1:
            return
        middle = self._box_of(item).center()
        if not self.rect().adjusted(8, 8, -8, -8).contains(middle.toPoint()):
            self._offset += QPointF(self.width() / 2, self.height() / 2) - middle
            self._redraw()

    # -- keyboard ----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = event.key(), event.modifiers()
        if key == K.Key_Escape and (self._dragging or self._panning):
            self.let_go()
        elif key in ARROWS and held & Qt.KeyboardModifier.ShiftModifier and self.movable:
            if self.current:
                across, down = ARROWS[K(key)]
                self.nudged.emit(self.current, across, -down)
        elif key in ARROWS and held & Qt.KeyboardModifier.ControlModifier:
            across, down = ARROWS[K(key)]
            self.pan(QPointF(-across * 60, -down * 60))
        elif key in ARROWS:
            self._step(*ARROWS[K(key)])
        elif key in (K.Key_Home, K.Key_End) and self._walk:
            self.choose(self._walk[0 if key == K.Key_Home else -1].key)
        elif key in (K.Key_Return, K.Key_Enter) and self.current:
            self.opened.emit(self.current)
        elif key in (K.Key_Plus, K.Key_Equal):
            self.zoom_by(ZOOM_STEP)
        elif key == K.Key_Minus:
            self.zoom_by(1 / ZOOM_STEP)
        elif key == K.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def _step(self, across: int, down: int) -> None:
        """To the nearest thing in that direction."""
        if not self._walk:
            return
        item = self._by_key.get(self.current)
        if item is None:
            self.choose(self._walk[0].key)
            return
        here = self._box_of(item).center()
        found: list[tuple[float, str]] = []
        for other in self._walk:
            there = self._box_of(other).center() - here
            along = there.x() * across + there.y() * down
            aside = abs(there.x() * down) + abs(there.y() * across)
            if other.key != self.current and along > 0.5:
                found.append((along + 2.5 * aside, other.key))
        if found:
            self.choose(min(found)[1])

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.current and self._walk and event.reason() in (
            Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason
        ):  # fmt: skip
            self.choose(self._walk[0].key)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # -- mouse -------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._pressed = self._at = event.position()
        self._held = self.at(event.position())
        if self._held:
            self.choose(self._held)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        moved = event.position() - self._at
        if self._pressed is None:
            shape = Qt.CursorShape.PointingHandCursor if self.at(event.position()) else (
                Qt.CursorShape.ArrowCursor)  # fmt: skip
            self.setCursor(shape)
            return
        far = (event.position() - self._pressed).manhattanLength() > DRAG_PX
        if not (self._dragging or self._panning) and far:
            item = self._by_key.get(self._held)
            self._dragging = self.movable and isinstance(item, Mark)
            self._panning = not self._dragging
            if self._dragging:
                self._still = None
        self._at = event.position()
        if self._panning:
            self.pan(moved)
        elif self._dragging:
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        key, dragged = self._held, self._dragging
        where = self._to_scene(event.position())
        self.let_go()
        if dragged:
            self.dropped.emit(key, where.x(), where.y())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if key := self.at(event.position()):
            self.opened.emit(key)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            steps = event.angleDelta().y() / 120
            self.zoom_by(ZOOM_STEP**steps, event.position())
            event.accept()
        else:
            event.ignore()

    def _let_go(self) -> None:
        self._pressed, self._held = None, ""
        self._dragging = self._panning = False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            item = self._by_key.get(self.at(QPointF(event.pos())))
            QToolTip.showText(event.globalPos(), item.words if item else "", self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._redraw()
        self.room_changed.emit()

    @property
    def keys_words(self) -> str:
        """What the keys do here, in a line."""
        words = translate("maps", "Arrows go from one to the next, Enter opens, + and − zoom, 0 "
                          "shows all")  # fmt: skip
        if self.movable:
            words += translate("maps", "; Shift with an arrow moves by one score")
        return words


def _distance(line: Line, where: QPointF) -> float:
    """From a point to the nearest part of a line."""
    best = math.inf
    for (x0, y0), (x1, y1) in zip(line.points, line.points[1:], strict=False):
        across, down = x1 - x0, y1 - y0
        long = across * across + down * down
        share = ((where.x() - x0) * across + (where.y() - y0) * down) / long if long else 0.0
        share = min(1.0, max(0.0, share))
        best = min(best, math.hypot(where.x() - x0 - share * across, where.y() - y0 - share * down))
    return best


__all__ = ["MapCanvas"]
