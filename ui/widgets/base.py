"""Names for screen readers, labels that wrap, and the way a widget says how it looks."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject, QPoint, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QComboBox,
    QFocusFrame,
    QFrame,
    QHeaderView,
    QLabel,
    QLayout,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QSplitterHandle,
    QWidget,
)

from ui.theme import theme

W = TypeVar("W", bound=QWidget)


def named(widget: W, name: str, description: str = "") -> W:
    """Give a widget the name (and longer description) that a screen reader says."""
    widget.setAccessibleName(name)
    if description:
        widget.setAccessibleDescription(description)
    return widget


def look(widget: W, how: str) -> W:
    """Say how a widget looks; the style sheet knows the rest."""
    widget.setProperty("look", how)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)
    if how in ("page", "surface", "bar", "rail", "pane"):
        widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
    return widget


class Label(QLabel):
    """Words on the screen. Wraps unless told otherwise; plain text, so typed data never renders."""

    def __init__(
        self, text: str = "", how: str = "", *, wrap: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if how:
            look(self, how)
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)


class Rule(QFrame):
    """A fine line between things."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look(self, "rule")
        named(self, "Line")


def spaced(
    layout: QLayout, margins: tuple[int, int, int, int] = (0, 0, 0, 0), gap: int = 8
) -> None:
    """Margins and gaps in units of the theme (pixels at 100 % text)."""
    px = theme().px
    layout.setContentsMargins(*(px(side) for side in margins))
    layout.setSpacing(px(gap))


def sized(window: QWidget, width: float, height: float) -> None:
    """Open a window at a size in units of the theme, never larger than the screen it is on."""
    screen = window.screen() or QGuiApplication.primaryScreen()
    wanted = QSize(theme().px(width), theme().px(height))
    window.resize(wanted.boundedTo(screen.availableSize()) if screen else wanted)


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and let it go."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)


class Scroll(QScrollArea):
    """A page that scrolls when it does not fit, and never sideways unless it must."""

    def __init__(self, inner: QWidget, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inner)
        named(self, name)
        named(inner, inner.accessibleName() or name)
        self.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)


def bring_into_view(widget: QWidget) -> None:
    """Scroll what `widget` lies in, so that it is seen, with some of what is around it.

    Of what is taller than the view it is the beginning; of a text that is typed in, the cursor.
    """
    within = widget.parentWidget()
    while within is not None:
        if isinstance(within, QScrollArea):
            typed_in = widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
            if widget.height() > within.viewport().height() and not typed_in:
                within.verticalScrollBar().setValue(widget.mapTo(within.widget(), QPoint()).y())
            else:
                within.ensureWidgetVisible(widget, 0, theme().px(30))
        within = within.parentWidget()


_SILENT = (QSplitterHandle, QFocusFrame, QHeaderView, QAbstractSlider)


def unnamed(root: QWidget) -> list[str]:
    """Every widget under `root` that a person can meet and a screen reader could not name.

    Containers of Qt's own making (viewports, scroll-bar boxes) carry no name and are left out.
    """
    return [
        f"{type(w).__name__} {w.objectName()!r} in {type(w.parent()).__name__}"
        for w in (root, *root.findChildren(QWidget))
        if _needs_name(w) and not _name_of(w).strip()
    ]


def _needs_name(widget: QWidget) -> bool:
    if isinstance(widget, _SILENT) or widget.objectName().startswith("qt_"):
        return False
    if widget.isWindow() and not widget.isVisible():
        return False
    if isinstance(widget, QLabel) and not widget.text() and widget.pixmap().isNull():
        return False  # nothing to see, so nothing to say
    if isinstance(widget, (QAbstractButton, QLabel, QLineEdit, QComboBox, QAbstractItemView)):
        return _not_inside_combo(widget)
    if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
        return True
    return type(widget).__module__.startswith("ui.") and not isinstance(widget, QAbstractScrollArea)


def _not_inside_combo(widget: QWidget) -> bool:
    up: QObject | None = widget.parent()
    while up is not None:
        if isinstance(up, QComboBox) or type(up).__name__ in ("QComboBoxPrivateContainer",):
            return False
        up = up.parent()
    return True


def _name_of(widget: QWidget) -> str:
    said = widget.accessibleName()
    if said:
        return said
    if isinstance(widget, QAbstractButton):
        return widget.text()
    if isinstance(widget, QLabel):
        return widget.text()
    return ""
