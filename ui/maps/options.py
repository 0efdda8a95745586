"""What an officer chooses of a map: which, for whom, since when. One row that wraps."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from engage_desktop.maps.views import VIEWS
from engage_desktop.queries.mapping import Occasion
from engage_desktop.records.place import Place
from engage_desktop.records.stakeholder import Stakeholder
from ui.maps.drawing import GRID, NETWORK, PLACES
from ui.widgets.buttons import Combo
from ui.widgets.flow import FlowRow
from ui.widgets.pills import Chip
from ui.words import count_words, translate

DEPTHS = 4
LETTERS = 18
"""As wide a list is; what is longer is read when it is open."""


class MapOptions(QWidget):
    """`changed` when another map is asked for."""

    changed = Signal()

    def __init__(self, faces: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = FlowRow(translate("maps", "Which map"), 8, self)
        self._group = QButtonGroup(self)
        self.chips: dict[str, Chip] = {}
        for index, (face, words) in enumerate(faces):
            chip = Chip(words)
            chip.setChecked(index == 0)
            self._group.addButton(chip, index)
            self.chips[face] = chip
            self.row.add(chip)
        self._group.idClicked.connect(self._switched)
        self.view = Combo(
            translate("maps", "Axes"), [(view.name, view.title) for view in VIEWS.values()]
        )
        groups = Stakeholder.specs()["matrix_group"].choices
        everyone = translate("maps", "Every matrix group")
        self.group = Combo(
            translate("maps", "Matrix group"),
            [("", everyone), *((c.code, c.label) for c in groups)],
        )
        self._alone = translate("maps", "Compare with nothing")
        self.occasion = Combo(translate("maps", "Compare with"), [("", self._alone)])
        self._largest = translate("maps", "Localities")
        levels = Place.specs()["level"].choices
        self.level = Combo(
            translate("maps", "Which places"),
            [("", self._largest), *((c.code, c.label) for c in levels if c.code != "locality")],
        )
        self.depth = Combo(
            translate("maps", "How far round"),
            [
                (str(n), count_words(n, translate("maps", "step round"),
                                     translate("maps", "steps round")))
                for n in range(1, DEPTHS + 1)
            ],
        )  # fmt: skip
        for combo in (self.view, self.occasion, self.level, self.depth, self.group):
            combo.activated.connect(self.changed)
            combo.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(LETTERS)
            self.row.add(combo)
        self.show_for("")

    @property
    def face(self) -> str:
        """Which map."""
        return list(self.chips)[max(0, self._group.checkedId())]

    def choose_face(self, face: str) -> None:
        """As if its chip were pressed."""
        self.chips[face].setChecked(True)
        self._switched()

    def _switched(self) -> None:
        self.changed.emit()

    def show_for(self, focus: str) -> None:
        """Only the questions that the map in view answers; `focus` is whom it is round."""
        grid = self.face == GRID
        self.view.setVisible(grid)
        self.occasion.setVisible(grid and self.occasion.count() > 1)
        self.depth.setVisible(self.face == NETWORK and bool(focus))
        self.level.setVisible(self.face == PLACES)

    def offer_occasions(self, found: Sequence[Occasion]) -> None:
        """What scores may be compared with; the choice stays where it still can."""
        chosen = self.occasion.currentData()
        self.occasion.clear()
        self.occasion.addItem(self._alone, "")
        for one in found:
            words = translate("maps", "Compare with “{name}”").format(name=one.name)
            self.occasion.addItem(words, one.name)
        self.occasion.setCurrentIndex(max(0, self.occasion.findData(chosen)))


__all__ = ["MapOptions"]
