"""What the officer's role does not allow, where it would be offered: muted, with the reason."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

_NOTE = "refusal"


def refused(action: QAction, why: str) -> None:
    """Mute a menu's action if there is a reason, and say the reason in the menu, once each."""
    if not why:
        return
    action.setEnabled(False)
    action.setToolTip(why)
    action.setStatusTip(why)
    menu = action.parent()
    if isinstance(menu, QMenu):
        menu.setToolTipsVisible(True)
        if all(each.property(_NOTE) != why for each in menu.actions()):
            note = QAction(why, menu)
            note.setProperty(_NOTE, why)
            note.setEnabled(False)
            first = next((each for each in menu.actions() if not each.property(_NOTE)), action)
            menu.insertAction(first, note)


def mute(widget: QWidget, why: str) -> None:
    """Mute a button if there is a reason, and give it as its tip and to a screen reader."""
    before = widget.property(_NOTE)
    if not why and before is None:
        return
    if before is None:
        widget.setProperty(_NOTE, [widget.toolTip(), widget.accessibleDescription()])
    tip, described = widget.property(_NOTE)
    widget.setEnabled(not why)
    widget.setToolTip(why or tip)
    widget.setAccessibleDescription(why or described)
    if not why:
        widget.setProperty(_NOTE, None)


__all__ = ["mute", "refused"]
