"""What the window knows of a page, and what a page is given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from db.changes import Applied
from ui.bus import ChangeBus
from ui.form.context import Context, local_day
from ui.seams import FlowsLike
from ui.settings import Settings


@dataclass
class Surroundings:
    """Everything a page may need. `toast(words, verb, act)` shows a passing message."""

    context: Context
    bus: ChangeBus
    settings: Settings
    flows: FlowsLike
    window: QWidget
    toast: Callable[..., None]
    go: Callable[[str], None]
    today: Callable[[], dt.date] = local_day


class Page(QWidget):
    """One area. `primary` is the words on the one primary button; "" for none."""

    primary_changed = Signal()
    badge_changed = Signal(int)

    @property
    def primary(self) -> tuple[str, str]:
        """Words and icon of the primary action."""
        return "", ""

    def run_primary(self) -> None:
        """Do the primary action."""

    def enter(self) -> None:
        """The page comes into view."""

    def take_keyboard(self) -> None:
        """Put the keyboard where work on this page begins."""

    def leave(self) -> bool:
        """The page goes out of view: save. False when something typed could not be saved."""
        return True

    def heard(self, applied: Applied) -> None:
        """Something changed in the store."""

    def set_hidden(self, hidden: bool) -> None:
        """Cover names beside impairments, or show them."""

    def holds(self, kind: str) -> bool:
        """Can this page show a record of that kind?"""
        return False

    def open_record(self, kind: str, record_id: str) -> None:
        """Show a record."""

    def begin_record(self, kind: str, defaults: dict[str, Any]) -> None:
        """Start a new record."""

    def save(self) -> None:
        """Save what is being typed."""

    @property
    def place(self) -> tuple[str, str]:
        """Kind and id of the record that is open, to come back to; empty when none is."""
        return "", ""

    @property
    def list_page(self) -> Any:
        """The page with a list that is in view, if there is one."""
        return None

    def show_errand(self, errand: str) -> None:
        """Show what somebody was sent here for."""
