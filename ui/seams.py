"""Where the window meets the dialogs: what it asks of them, without knowing any.

The composition root hands in an object of this shape (`ui.dialogs.flows.Flows`). Every call
returns at once: dialogs are opened, never run; long work goes through `context.tasks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QWidget

from db.query import ListQuery
from ui.form.context import Context

if TYPE_CHECKING:
    from engage_desktop.maps.drawing import Wish
    from engage_desktop.queries.standing_lists import Asked


class FlowsLike(Protocol):
    """What the window can ask for. `window` is the parent of whatever opens."""

    def import_file(self, window: QWidget, kind: str) -> None:
        """Open the import wizard for a kind ("feedback" for responses with comments)."""

    def export_list(self, window: QWidget, query: ListQuery) -> None:
        """Ask where to, and write what a list shows."""

    def print_list(self, window: QWidget, query: ListQuery) -> None:
        """Preview what a list shows as a printed register."""

    def list_for_mailing(self, window: QWidget, query: ListQuery) -> None:
        """Ask what for, and write who of a list of stakeholders may be sent it."""

    def print_labels(self, window: QWidget, query: ListQuery) -> None:
        """Ask on which sheet, and preview address labels for what a list shows."""

    def print_handout(self, window: QWidget, you_said: str) -> None:
        """Preview the easy-read sheet of a “You said, we did”."""

    def print_summary(self, window: QWidget) -> None:
        """Preview the printed summary of answers and themes."""

    def print_map(self, window: QWidget, wish: Wish) -> None:
        """Preview a map of stakeholders on paper."""

    def save_map(self, window: QWidget, wish: Wish) -> None:
        """Ask where to, and write a map as PDF, SVG, PNG or its table as CSV."""

    def print_standing(self, window: QWidget, name: str, asked: Asked) -> object:
        """Preview one of the lists that matter as a printed register."""

    def export_standing(self, window: QWidget, name: str, asked: Asked) -> object:
        """Ask where to, and write one of the lists that matter."""

    def print_digest(self, window: QWidget, everything: bool) -> None:
        """Preview what changed for the officer on paper: all of it, or what is not read."""

    def mail_digest(self, window: QWidget, everything: bool) -> None:
        """Ask where to, and write the same as a letter."""

    def erase(self, window: QWidget, kind: str, record_id: str) -> None:
        """Ask what of a record is to be erased for good, and why; and erase it."""

    def print_erasures(self, window: QWidget) -> None:
        """Preview the register of erasures as it is printed."""

    def export_erasures(self, window: QWidget) -> None:
        """Ask where to, and write the register of erasures."""

    def open_stand(self, window: QWidget) -> None:
        """Take feedback at a stand."""

    def key_cards(self, window: QWidget) -> None:
        """Key in a box of cards."""

    def unlock(self, window: QWidget) -> None:
        """Put the question for the passphrase on `window.cover`; call `window.unlocked()` then."""

    def back_up(self, window: QWidget) -> None:
        """Ask where to, and write a backup."""

    def settings(self, window: QWidget) -> object:
        """How the window looks and behaves on this laptop."""

    def about(self, window: QWidget) -> object:
        """Which program this is, and whose work is in it."""

    def send_receive_page(self, context: Context) -> QWidget:
        """The page “Send and receive”."""
