"""What was counted by hand before keying: the cards in the box and the tally sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QDialog, QGridLayout, QLineEdit, QWidget

from engage_desktop.capture.card import ANSWERS
from engage_desktop.capture.desk import counts_name
from ui.dialogs.parts import button, card, column, row
from ui.theme import theme
from ui.widgets.base import Label, named, spaced
from ui.widgets.flow import FlowRow
from ui.widgets.pills import Pill
from ui.words import count_words, translate

MOST = 99_999


class Settings(Protocol):
    """Small things this laptop remembers: the store's own settings, or a way there."""

    def set_setting(self, name: str, value: Any) -> None:
        """Keep it."""


@dataclass
class Counts:
    """Figures counted by hand for one sitting, remembered on this laptop only."""

    settings: Settings
    key: str
    box: int | None = None
    tally: dict[str, int] = field(default_factory=dict)

    @classmethod
    def taken_up(cls, settings: Settings, sitting_key: str, kept: Mapping[str, Any]) -> Counts:
        """What was typed last time for this sitting, as it was read."""
        return cls(settings, counts_name(sitting_key), kept.get("box"), dict(kept.get("tally", {})))

    def keep(self) -> None:
        """Remember them."""
        self.settings.set_setting(self.key, {"box": self.box, "tally": self.tally})


class CountsBar(QWidget):
    """Cards counted, cards keyed, and the tally sheet against what was keyed."""

    changed = Signal()

    def __init__(self, counts: Counts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, translate("tally", "Counts"))
        self.counts = counts
        line = row(self, gap=12)
        line.addWidget(self._box_card(), 2)
        line.addWidget(self._keyed_card(), 2)
        line.addWidget(self._tally_card(), 4)

    def show_keyed(
        self, keyed: int, answers: Sequence[tuple[str, str, int]], minutes: int | None
    ) -> None:
        """The figures as they now stand; `minutes` is None while there is no pace yet."""
        self._keyed.setText(f"{keyed:,}")
        self._rest.setText(self._rest_words(keyed, minutes))
        named(self._rest, self._rest.text() or translate("tally", "No count of the box yet"))
        while self._flow.flow.count():
            self._flow.flow.takeAt(0).widget().deleteLater()
        for code, label, so_far in answers:
            self._flow.add(self._pair(code, label.replace(" good nor poor", ""), so_far, keyed))

    def type_tally(self) -> None:
        """Type the figures of the tally sheet."""
        sheet = TallySheet(self.counts, self)
        sheet.accepted.connect(self.changed)
        sheet.open()

    def _box_card(self) -> QWidget:
        title = translate("tally", "Cards counted in the box")
        frame = card(title)
        inside = column(frame, gap=2, edges=(14, 10, 14, 10))
        inside.addWidget(Label(title, "small"))
        self.box = named(QLineEdit(), title)
        self.box.setValidator(QIntValidator(0, MOST, self.box))
        self.box.setPlaceholderText(translate("tally", "Count them first"))
        self.box.setText("" if self.counts.box is None else str(self.counts.box))
        self.box.setMaximumWidth(theme().px(180))
        self.box.editingFinished.connect(self._box_typed)
        inside.addWidget(self.box)
        inside.addStretch(1)
        return frame

    def _keyed_card(self) -> QWidget:
        title = translate("tally", "Keyed")
        frame = card(title)
        inside = column(frame, gap=2, edges=(14, 10, 14, 10))
        inside.addWidget(Label(title, "small"))
        line = row(gap=8)
        self._keyed = Label("0", "number", wrap=False)
        self._rest = Label("", "muted")
        line.addWidget(self._keyed, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._rest, 1)
        inside.addLayout(line)
        inside.addStretch(1)
        return frame

    def _tally_card(self) -> QWidget:
        title = translate("tally", "Tally sheet says / keyed so far")
        frame = card(title)
        inside = column(frame, gap=2, edges=(14, 4, 10, 8))
        top = row()
        top.addWidget(Label(title, "small"), 1)
        self.type = button(translate("tally", "Type the tally"), "link", pressed=self.type_tally)
        top.addWidget(self.type)
        inside.addLayout(top)
        self._flow = FlowRow(title, 14)
        inside.addWidget(self._flow)
        inside.addStretch(1)
        return frame

    def _pair(self, code: str, label: str, so_far: int, keyed: int) -> QWidget:
        said = self.counts.tally.get(code)
        if said is None:
            return Label(f"{label} {so_far:,}", wrap=False)
        words = f"{label} {said:,} / {so_far:,}"
        over = so_far > said
        done = self.counts.box is not None and keyed >= self.counts.box
        if over or (done and so_far != said):
            return Pill(words + translate("tally", ", differs"), "warning")
        return Label(words, wrap=False)

    def _rest_words(self, keyed: int, minutes: int | None) -> str:
        if self.counts.box is None:
            return ""
        to_go = self.counts.box - keyed
        if to_go < 0:
            return translate("tally", "{more} more than were counted").format(more=-to_go)
        if to_go == 0:
            return translate("tally", "All of them")
        if minutes is None:
            return translate("tally", "{n} to go").format(n=to_go)
        left = count_words(minutes, translate("tally", "minute"), translate("tally", "minutes"))
        return translate("tally", "{n} to go, about {left}").format(n=to_go, left=left)

    def _box_typed(self) -> None:
        typed = self.box.text().strip()
        value = int(typed) if typed.isdecimal() else None
        if value != self.counts.box:
            self.counts.box = value
            self.counts.keep()
            self.changed.emit()


class TallySheet(QDialog):
    """The six figures of the tally sheet."""

    def __init__(self, counts: Counts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = counts
        title = translate("tally", "What the tally sheet says")
        named(self, title)
        self.setWindowTitle(title)
        outer = column(self, gap=12, edges=(20, 18, 20, 18))
        outer.addWidget(Label(title, "heading"))
        grid = QGridLayout()
        spaced(grid, gap=8)
        self.figures: dict[str, QLineEdit] = {}
        for line, choice in enumerate(ANSWERS):
            figure = named(QLineEdit(), choice.label)
            figure.setValidator(QIntValidator(0, MOST, figure))
            figure.setText(str(counts.tally.get(choice.code, "")))
            figure.returnPressed.connect(self.accept)
            label = Label(choice.label, wrap=False)
            label.setBuddy(figure)
            grid.addWidget(label, line, 0)
            grid.addWidget(figure, line, 1)
            self.figures[choice.code] = figure
        outer.addLayout(grid)
        foot = row()
        foot.addStretch(1)
        foot.addWidget(button(translate("tally", "Go back"), pressed=self.reject))
        foot.addWidget(button(translate("tally", "Keep tally"), "primary", pressed=self.accept))
        outer.addLayout(foot)

    def accept(self) -> None:
        """Keep the figures that were typed."""
        self._counts.tally = {
            code: int(figure.text())
            for code, figure in self.figures.items()
            if figure.text().strip().isdecimal()
        }
        self._counts.keep()
        super().accept()
