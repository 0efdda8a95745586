"""What one kind of record shows besides its form and its parts: the cards of a stakeholder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtWidgets import QWidget

from ui.form.context import Context
from ui.form.panels import ChildrenPanel

if TYPE_CHECKING:
    from ui.pages.record_parts import Loaded


class Whole(Protocol):
    """The open record, as much of it as its cards need."""

    @property
    def form(self) -> Any:
        """The form of its fields."""

    @property
    def bar(self) -> Any:
        """The tabs; the first is the form's."""


class OwnCards(Protocol):
    """Cards of one kind of record."""

    details: QWidget
    """Shown above the form."""

    def join(self, panels: Mapping[str, ChildrenPanel]) -> None:
        """Put what belongs to parts beside them."""

    def show_for(self, loaded: Loaded, *, read_only: bool) -> None:
        """Show what was read of a record."""

    def set_hidden(self, hidden: bool) -> None:
        """Cover what is sensitive, or show it."""

    def takes(self, names: list[str]) -> bool:
        """Can files of these names be dropped on the record now?"""

    def take(self, names: list[str]) -> None:
        """Files were dropped on the record."""


def own_cards(kind: str, whole: Whole, context: Context) -> OwnCards | None:
    """The cards of a kind; None for kinds without."""
    made = _KINDS.get(kind)
    return made(whole, context) if made else None


def _stakeholder(whole: Whole, context: Context) -> OwnCards:
    from ui.pages.stakeholder_cards import StakeholderCards

    return StakeholderCards(whole, context)


_KINDS: dict[str, Callable[[Whole, Context], OwnCards]] = {"stakeholder": _stakeholder}
