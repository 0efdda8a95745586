"""What goes and what is kept, one tick for each, with the reason where something is refused."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.dialogs.fields import TextField
from ui.dialogs.parts import column
from ui.widgets.base import Label, named
from ui.widgets.buttons import Tick
from ui.words import translate


class GoesOrStays(QWidget):
    """One thing: ticked it goes; with `ask`, unticked it asks why it is kept."""

    changed = Signal()

    def __init__(self, name: str, words: str, *, goes: bool, ask: bool) -> None:
        super().__init__()
        named(self, words)
        self.name, self.words, self._ask = name, words, ask
        box = column(self, gap=4)
        self.tick = Tick(words)
        self.tick.setChecked(goes)
        box.addWidget(self.tick)
        self.why = TextField(
            translate("erase", "Why is this kept: {what}").format(what=words),
            translate("erase", "The reason is kept in the register"),
        )
        self.why.setContentsMargins(24, 0, 0, 4)
        self.why.setVisible(ask and not goes)
        box.addWidget(self.why)
        self.tick.toggled.connect(self._toggled)
        self.why.edit.editingFinished.connect(self.changed)

    @property
    def goes(self) -> bool:
        """Is it to be erased?"""
        return self.tick.isChecked()

    def _toggled(self, goes: bool) -> None:
        self.why.setVisible(self._ask and not goes)
        self.changed.emit()


class GoesList(QWidget):
    """Every field of a record and every kind of what belongs to it."""

    changed = Signal()

    def __init__(self, title: str, things: list[tuple[str, str]], *, ask: bool) -> None:
        super().__init__()
        named(self, title)
        box = column(self, gap=2)
        hint = (
            translate("erase", "Take a tick off to keep something. You are asked why.") if ask else
            translate("erase", "Tick each that is to go.")
        )  # fmt: skip
        box.addWidget(Label(hint, "small"))
        self.lines: list[GoesOrStays] = []
        for name, words in things:
            line = GoesOrStays(name, words, goes=ask, ask=ask)
            line.changed.connect(self.changed)
            box.addWidget(line)
            self.lines.append(line)

    @property
    def going(self) -> tuple[str, ...]:
        """The names of what is ticked."""
        return tuple(line.name for line in self.lines if line.goes)

    @property
    def refused(self) -> dict[str, str]:
        """The names of what is not, each with the reason typed."""
        return {line.name: line.why.text for line in self.lines if not line.goes}

    def check(self) -> bool:
        """Say beside each that lacks its reason that it does; True when none lacks it."""
        lacking = [line for line in self.lines if not line.goes and not line.why.text]
        for line in self.lines:
            line.why.say(
                translate("erase", "Say why this is kept.") if line in lacking else ""
            )  # fmt: skip
        if lacking:
            lacking[0].why.edit.setFocus()
        return not lacking


__all__ = ["GoesList", "GoesOrStays"]
