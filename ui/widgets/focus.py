"""The focus ring: 3 px of yellow with a fine dark line inside, around whatever has the keyboard.

One ring for each window, painted over its surroundings, so that no widget can forget to show it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QFocusFrame,
    QMenu,
    QTabBar,
    QWidget,
)
from shiboken6 import isValid

from ui.theme import theme

WIDTH, LINE = 3, 1
_FOLLOW = frozenset({
    QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide,
    QEvent.Type.ParentChange, QEvent.Type.LayoutRequest,
})  # fmt: skip


class _Ring(QFocusFrame):
    """Only painted: Qt leaves focus frames out of the tree that screen readers walk."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_ring(painter, self.rect())
        painter.end()


def paint_ring(painter: QPainter, box: QRect) -> None:
    """The ring just inside `box`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = WIDTH / 2
    painter.setPen(QPen(QColor(theme().colours.focus), WIDTH))
    radius = theme().px(8)
    painter.drawRoundedRect(QRectF(box).adjusted(half, half, -half, -half), radius, radius)
    painter.setPen(QPen(QColor(theme().colours.focus_line), LINE))
    inner = WIDTH + LINE / 2
    radius = theme().px(6)
    painter.drawRoundedRect(QRectF(box).adjusted(inner, inner, -inner, -inner), radius, radius)


class FocusRings(QObject):
    """Follows the keyboard through the whole application: see `follow_the_keyboard`."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._ring: _Ring | None = None
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        app.focusChanged.connect(self._moved)

    def _moved(self, old: QWidget | None, new: QWidget | None) -> None:
        self._let_go()
        target = self._shown_for(new)
        if target is None:
            return
        self._target = target
        home = self._home(target)
        if self._ring is None or not isValid(self._ring) or self._ring.parentWidget() is not home:
            if self._ring is not None and isValid(self._ring):
                self._ring.setParent(None)
                self._ring.deleteLater()
            self._ring = _Ring(home)
            self._ring.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._ring.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        up: QWidget | None = target
        while up is not None and up is not home:
            up.installEventFilter(self)
            self._watched.append(up)
            up = up.parentWidget()
        self._place()

    @staticmethod
    def _shown_for(widget: QWidget | None) -> QWidget | None:
        """The widget to ring: a spin or combo box for the line edit inside it, none for windows."""
        if widget is None or widget.isWindow() or isinstance(widget, (QMenu, QTabBar)):
            return widget if isinstance(widget, QTabBar) else None
        rows = isinstance(widget, QAbstractItemView) and widget.property("rings_rows")
        if rows and widget.currentIndex().isValid():
            return None
        proxy = widget.parentWidget()
        if proxy is not None and proxy.focusProxy() is widget:
            return proxy
        if proxy is not None and proxy.property("takes_ring"):
            return proxy
        return proxy if isinstance(proxy, QComboBox) else widget

    def _home(self, target: QWidget) -> QWidget:
        """The nearest ancestor with room for the ring, not beyond a scrolling page."""
        reach = WIDTH + LINE
        home = target.parentWidget()
        while home is not None and not home.isWindow():
            box = self._box(target, home).adjusted(-reach, -reach, reach, reach)
            above = home.parentWidget()
            scrolls = above is not None and isinstance(above.parentWidget(), QAbstractScrollArea)
            if home.rect().contains(box) or scrolls:
                return home
            home = above
        return home if home is not None else target.window()

    @staticmethod
    def _box(target: QWidget, home: QWidget) -> QRect:
        return QRect(target.mapTo(home, QPoint(0, 0)), target.size())

    def _place(self) -> None:
        ring, target = self._ring, self._target
        if ring is None or target is None or not isValid(ring) or not isValid(target):
            return
        home = ring.parentWidget()
        if not target.isVisible() or home is None or not home.isAncestorOf(target):
            ring.hide()
            return
        reach = WIDTH + LINE
        ring.setGeometry(_seen(target, home).adjusted(-reach, -reach, reach, reach))
        ring.show()
        ring.raise_()

    def _let_go(self) -> None:
        for widget in self._watched:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._watched = []
        self._target = None
        if self._ring is not None and isValid(self._ring):
            self._ring.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _FOLLOW:
            self._place()
        return False


def _seen(target: QWidget, home: QWidget) -> QRect:
    """Where a widget is in its home, no farther than what scrolls it shows of it."""
    box = QRect(target.mapTo(home, QPoint(0, 0)), target.size())
    up = target.parentWidget()
    while up is not None and up is not home:
        if isinstance(up.parentWidget(), QAbstractScrollArea):
            box &= QRect(up.mapTo(home, QPoint(0, 0)), up.size())
        up = up.parentWidget()
    return box


_rings: list[FocusRings] = []


def follow_the_keyboard() -> None:
    """Show the ring from here on. There is one for the application, whichever window asks first."""
    if not _rings:
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("A QApplication is needed before the ring.")
        _rings.append(FocusRings(app))
