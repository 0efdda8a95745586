"""F1: the list of every key."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from ui.actions import Actions
from ui.theme import theme
from ui.widgets.base import Label, Scroll, named, sized, spaced
from ui.widgets.buttons import Button
from ui.words import translate


def show_keys(window: QWidget, actions: Actions) -> None:
    """Open the list; Esc closes it."""
    dialog = QDialog(window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    title = translate("keys", "Keys")
    dialog.setWindowTitle(title)
    named(dialog, title)
    box = QVBoxLayout(dialog)
    spaced(box, (20, 16, 20, 16), 12)
    box.addWidget(Label(title, "title"))
    inner = QWidget()
    grid = QGridLayout(inner)
    spaced(grid, gap=6)
    grid.setHorizontalSpacing(theme().px(24))
    more = [
        (translate("keys", "Move in a list"), translate("keys", "Arrows")),
        (translate("keys", "Open from a list"), "Enter"),
        (translate("keys", "Back to the list"), "Esc"),
        (translate("keys", "Delete (goes to the bin)"), "Del"),
        (translate("keys", "Copy rows"), "Ctrl+C"),
    ]
    for row, (words, key) in enumerate([*actions.keys(), *more]):
        grid.addWidget(Label(words), row, 0)
        grid.addWidget(Label(key, "key", wrap=False), row, 1, Qt.AlignmentFlag.AlignLeft)
    box.addWidget(Scroll(inner, title), 1)
    close = Button(translate("keys", "Close"), how="secondary")
    close.clicked.connect(dialog.close)
    box.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
    sized(dialog, 460, 620)
    dialog.open()
    close.setFocus()
