"""Pieces that the team's dialogs share: eight words, roles, last days, colleagues."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QWidget

from engage_desktop.records.values import read_date
from engage_desktop.sync.roles import FIELD, ROLES, role_named
from engage_desktop.sync.team import suggested_last_day
from ui.dialogs.fields import TextField
from ui.dialogs.parts import column, dress, row
from ui.widgets.base import Label, look, named
from ui.widgets.buttons import Combo
from ui.widgets.flow import FlowRow
from ui.words import translate

_WORD = "QLabel { font-size: @size_huge; font-weight: 700; color: @brand; }"
_CELL = "QFrame { background: @info_back; border: 0; border-radius: 6u; }"


class EightWords(FlowRow):
    """The words large and numbered, so that nobody loses their place while reading them out."""

    def __init__(self, words: str) -> None:
        super().__init__(translate("words", "The eight words: {words}").format(words=words), 8)
        self.words = words
        self._cells: list[QWidget] = []
        for number, word in enumerate(words.split(), 1):
            cell = dress(named(QFrame(), f"{number}: {word}"), _CELL)
            line = row(cell, gap=8, edges=(12, 6, 14, 6))
            count = Label(str(number), "small", wrap=False)
            named(count, translate("words", "Word {n}").format(n=number))
            line.addWidget(count)
            line.addWidget(dress(Label(word, wrap=False), _WORD), 1)
            self.add(cell)
            self._cells.append(cell)

    def showEvent(self, event: QShowEvent) -> None:
        """As wide as each other, so that they stand in columns."""
        widest = max((cell.sizeHint().width() for cell in self._cells), default=0)
        for cell in self._cells:
            cell.setMinimumWidth(widest)
        super().showEvent(event)


def typed_day(day: dt.date) -> str:
    """A day as it is typed: day/month/year."""
    return f"{day.day}/{day.month}/{day.year}"


class RoleQuestion(QWidget):
    """Which role, what it may do in words, and its last day where it has one."""

    changed = Signal()

    def __init__(self, role: str = "officer", last_day: dt.date | None = None) -> None:
        super().__init__()
        asked = translate("role", "What may they do?")
        named(self, asked)
        box = column(self, gap=6)
        box.addWidget(Label(asked, "strong"))
        offered = [name for name in ROLES if name != FIELD or role == FIELD]
        known = [found for name in offered if (found := role_named(name))]
        self.combo = Combo(asked, [(each.name, each.label) for each in known])
        self.combo.setCurrentIndex(max(0, self.combo.findData(role)))
        box.addWidget(self.combo)
        self.words = Label("", "muted")
        box.addWidget(self.words)
        self.day = TextField(
            translate("role", "Last day"),
            translate("role", "Day, month and year, such as 30/9/2027"),
            typed_day(last_day or suggested_last_day(round(time.time() * 1000))),
        )
        box.addWidget(self.day)
        self.combo.currentIndexChanged.connect(self._show)
        self._show()

    @property
    def role(self) -> str:
        """The role's name."""
        return str(self.combo.currentData())

    @property
    def ends(self) -> bool:
        """Whether the role has to have a last day."""
        known = role_named(self.role)
        return known is not None and known.expires

    def last_day(self) -> dt.date | None:
        """The last day typed, for a role that ends. Raises `ValueError` with a sentence."""
        return read_date(self.day.text) if self.ends else None

    def checked(self) -> bool:
        """Whether the day can be read; says so beside it where it cannot, or where none is."""
        try:
            problem = translate("role", "This role ends: type its last day.")
            if self.last_day() is not None or not self.ends:
                problem = ""
        except ValueError as error:
            problem = str(error)
        self.day.say(problem)
        if problem:
            self.day.edit.setFocus()
        return not problem

    def _show(self) -> None:
        known = role_named(self.role)
        self.words.setText(known.words if known else "")
        named(self.words, self.words.text())
        self.day.setVisible(self.ends)
        self.changed.emit()


class Colleague(QWidget):
    """Which colleague takes over; a name may be typed for one who is not in the team yet."""

    def __init__(self, asked: str, names: Iterable[str], *, none: str = "") -> None:
        super().__init__()
        named(self, asked)
        box = column(self, gap=6)
        box.addWidget(Label(asked, "strong"))
        items = [(name, name) for name in names]
        self.combo = Combo(asked, [("", none), *items] if none else items, editable=not none)
        box.addWidget(self.combo)

    @property
    def name(self) -> str:
        """The colleague; "" for nobody."""
        if self.combo.isEditable():
            return self.combo.currentText().strip()
        return str(self.combo.currentData() or "")


def plain_list(lines: Iterable[str], name: str) -> QWidget:
    """Sentences under each other, each with a dot."""
    frame = look(named(QWidget(), name), "plain")
    box = column(frame, gap=6)
    for line in lines:
        item = row(gap=8)
        dot = Label("•", wrap=False)
        named(dot, line)
        item.addWidget(dot, 0, Qt.AlignmentFlag.AlignTop)
        item.addWidget(Label(line), 1)
        box.addLayout(item)
    return frame


__all__ = ["Colleague", "EightWords", "RoleQuestion", "plain_list", "typed_day"]
