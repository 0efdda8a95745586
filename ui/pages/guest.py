"""A page that holds a widget made elsewhere, such as Send and receive."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.changes import Applied
from ui.pages.page import Page
from ui.widgets.base import look, named, spaced


class GuestPage(Page):
    """Passes on what the guest wants to hear: `enter()` and `heard(applied)`, if it has them."""

    def __init__(self, name: str, guest: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look(named(self, name), "page")
        self.guest = guest
        box = QVBoxLayout(self)
        spaced(box)
        box.addWidget(guest)

    def enter(self) -> None:
        enter = getattr(self.guest, "enter", None)
        if callable(enter):
            enter()

    def heard(self, applied: Applied) -> None:
        heard = getattr(self.guest, "heard", None)
        if callable(heard):
            heard(applied)
