"""At 200 % on a small laptop every word is there, whole, and can be told from its ground."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from tests.day import screens
from tests.day.office import TODAY
from ui.capture.tiles import Tile
from ui.theme import contrast, theme
from ui.widgets.buttons import Radio, Tick
from ui.widgets.pills import Chip, Pill
from ui.widgets.rail import RailButton

SLACK = 2


def shown_words(widget: QWidget) -> str:
    """The words a widget paints, if it is one that paints words."""
    if isinstance(widget, QLabel):
        return widget.text() if widget.pixmap().isNull() else ""
    if isinstance(widget, QAbstractButton):
        if isinstance(widget, RailButton) and widget.toolTip():
            return ""  # only its icon, in a narrow rail
        return widget.text().replace("&&", "&").strip()
    return widget.text if isinstance(widget, Pill) else ""


def room_needed(widget: QWidget, words: str) -> tuple[int, int]:
    """Width and height that the words themselves take in this widget, in pixels."""
    metrics = widget.fontMetrics()
    wraps = (
        widget.wordWrap()
        if isinstance(widget, QLabel)
        else isinstance(widget, (Tick, Radio, RailButton, Tile))
    )
    if not wraps:
        return metrics.horizontalAdvance(words), metrics.height() - metrics.leading()
    inside = widget.width() - aside(widget)
    flags = int(Qt.TextFlag.TextWordWrap)
    box = metrics.boundingRect(QRect(0, 0, max(1, inside), 100_000), flags, words)
    longest = max((metrics.horizontalAdvance(word) for word in words.split()), default=0)
    return longest, box.height()


def aside(widget: QWidget) -> int:
    """What of a widget's width is not for words: its box, icon, margins."""
    px = theme().px
    if isinstance(widget, (Tick, Radio)):
        return px(32)
    if isinstance(widget, RailButton):
        return px(50)
    if isinstance(widget, Tile):
        return 8
    if isinstance(widget, Chip):
        return px(20)
    if isinstance(widget, Pill):
        return px(16)
    if isinstance(widget, QLabel):
        margins = widget.contentsMargins()
        return margins.left() + margins.right()
    return 0


def too_large(root: QWidget, *most: int) -> list[str]:
    """A window that is larger than the screen, or that cannot be made to fit it."""
    screen = root.screen().availableSize()
    wide, tall = most or (max(screen.width(), 1366), max(screen.height(), 768))
    if root.width() > wide or root.height() > tall:
        return [f"it is {root.width()}×{root.height()}"]
    return []


def cut_by_parents(widget: QWidget, root: QWidget) -> bool:
    """Is part of it outside something that cannot be scrolled to show it?"""
    box, at = widget.rect(), widget
    while at is not root and at.parentWidget() is not None:
        parent = at.parentWidget()
        box = QRect(at.mapTo(parent, box.topLeft()), box.size())
        if isinstance(parent.parentWidget(), QAbstractScrollArea) and (
            parent is parent.parentWidget().viewport()
        ):
            return sideways(parent.parentWidget(), box)
        rect = parent.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK)
        if not rect.contains(box):
            return True
        at = parent
    return False


def sideways(area: QAbstractScrollArea, box: QRect) -> bool:
    """Reaches past the edge of a page that does not scroll that way."""
    view = area.viewport().rect()
    bar = area.horizontalScrollBar()
    over = box.right() > view.right() + SLACK or box.left() < view.left() - SLACK
    return over and bar.maximum() == 0


def clipped(root: QWidget) -> list[str]:
    """Words with less room than they need."""
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisibleTo(root) or not widget.isVisible() or widget.isWindow():
            continue
        if isinstance(widget, QTabBar):
            found += _cut_tabs(widget)
        elif isinstance(widget, QHeaderView) and widget.orientation() == Qt.Orientation.Horizontal:
            found += _cut_headings(widget)
        elif isinstance(widget, QLineEdit) and not widget.text():
            hint = widget.placeholderText()
            if widget.fontMetrics().horizontalAdvance(hint) > widget.width():
                found.append(f"placeholder “{hint}” in {widget.width()} px")
        words = shown_words(widget)
        if not words:
            continue
        wide, tall = room_needed(widget, words)
        inside = widget.width() - aside(widget)
        if isinstance(widget, QPushButton):  # the style sheet knows its padding
            wide, inside = widget.sizeHint().width(), widget.width()
        if wide > inside + SLACK or tall > widget.height() + SLACK:
            found.append(f"{type(widget).__name__} “{words[:60]}” has {inside}×{widget.height()},"
                         f" needs {wide}×{tall}")  # fmt: skip
        elif cut_by_parents(widget, root):
            found.append(f"{type(widget).__name__} “{words[:60]}” reaches out of its place")
    return found


def _cut_tabs(bar: QTabBar) -> list[str]:
    found = []
    for tab in range(bar.count()):
        need = bar.fontMetrics().horizontalAdvance(bar.tabText(tab).replace("&&", "&"))
        if bar.isTabVisible(tab) and bar.tabRect(tab).width() < need:
            found.append(f"tab “{bar.tabText(tab)}” has {bar.tabRect(tab).width()}, needs {need}")
    if bar.sizeHint().width() > bar.width() + SLACK and not bar.usesScrollButtons():
        found.append("tabs reach past their bar")
    return found


def _cut_headings(head: QHeaderView) -> list[str]:
    model, found = head.model(), []
    if model is None or not head.isVisible():
        return []
    for section in range(head.count()):
        words = str(model.headerData(section, Qt.Orientation.Horizontal) or "")
        need = head.fontMetrics().horizontalAdvance(words)
        if not head.isSectionHidden(section) and head.sectionSize(section) < need:
            found.append(f"heading “{words}” has {head.sectionSize(section)}, needs {need}")
    return found


def faint(root: QWidget, least: float) -> list[str]:
    """Labels whose painted words do not stand out from what is behind them."""
    picture = root.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    ratio, found = picture.devicePixelRatio(), []
    for label in root.findChildren(QLabel):
        words = shown_words(label)
        if not words.strip() or not label.isVisible() or not label.isEnabled():
            continue
        seen = label.visibleRegion().boundingRect()
        if seen.width() < label.width() // 2 or seen.height() < label.fontMetrics().height():
            continue
        corner = label.mapTo(root, seen.topLeft())
        stands = _stands_out(picture, QRect(corner * ratio, seen.size() * ratio))
        if stands < least - 0.05:
            found.append(f"“{words[:40]}” {stands:.1f}")
    return found


def _stands_out(picture: QImage, box: QRect) -> float:
    """The contrast of the commonest colour in a box and the one furthest from it."""
    part = picture.copy(box.intersected(picture.rect()))
    count = Counter(memoryview(part.constBits()).cast("I"))  # type: ignore[arg-type]
    names = [QColor.fromRgb(rgb & 0xFFFFFF).name() for rgb, _ in count.most_common()]
    return max((contrast(names[0], name) for name in names), default=1.0)


def test_what_is_cut_or_faint_is_found(qtbot):
    theme()
    root = QWidget()
    qtbot.addWidget(root)
    box = QVBoxLayout(root)
    short, pale = QLabel("A sentence that has far too little room"), QLabel("Pale words")
    short.setFixedWidth(60)
    pale.setStyleSheet("color: #DDDDDD; background: #FFFFFF;")
    box.addWidget(short)
    box.addWidget(pale)
    root.show()
    assert [f for f in clipped(root) if "far too little" in f]
    assert [f for f in faint(root, 4.5) if "Pale" in f]


@pytest.mark.timeout(400)
def test_nothing_is_cut_at_200_percent(make_office, tmp_path):
    office = make_office(filled=True, today=lambda: TODAY)
    office.window.set_look(percent=200)
    office.settle()
    found = {}
    for name, root in screens.every(office, tmp_path):
        cut = too_large(root)
        root.resize(1366, 768)
        office.settle()
        cut += too_large(root, 1366, 768) + clipped(root)
        if cut:
            found[name] = cut
    assert found == {}, "\n".join(f"{k}: {v}" for k, v in found.items())


def test_nothing_of_the_first_window_is_cut_at_200_percent(qapp, qtbot, tmp_path):
    theme().set(percent=200)
    found = {}
    for name, root in screens.first_window(tmp_path):
        if cut := clipped(root):
            found[name] = cut
    theme().set(percent=100)
    assert found == {}, "\n".join(f"{k}: {v}" for k, v in found.items())


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("scheme", "least"), [("light", 4.5), ("dark", 4.5), ("contrast", 7)])
def test_every_word_stands_out(make_office, tmp_path, scheme, least):
    office = make_office(filled=True, today=lambda: TODAY)
    office.window.set_look(scheme=scheme, percent=200)
    office.settle()
    found = {}
    for name, root in screens.dialogs(office, tmp_path):
        if pale := faint(root, least):
            found[name] = pale
    for area in ("today", "stakeholder", "feedback", "reports", "send"):
        office.window.go(area)
        office.settle()
        if pale := faint(office.window, least):
            found[area] = pale
    assert found == {}, "\n".join(f"{k}: {v}" for k, v in found.items())
    assert QApplication.activeModalWidget() is None
