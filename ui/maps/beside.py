"""What stands beside a map: who is not on it yet, what its signs mean, what was left out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from engage_desktop.maps.scene import Scene
from ui.maps.legend import Legend
from ui.theme import theme
from ui.widgets.base import Label, Scroll, named, spaced
from ui.widgets.buttons import Button
from ui.words import translate

WIDTH = 270
"""Beside the map, in pixels at 100 %."""

QWIDGETSIZE_MAX = 16_777_215
"""Qt's own: no bound."""


class Beside(Scroll):
    """`wanted(key)` when somebody is to be put on the map."""

    wanted = Signal(str)

    def __init__(self) -> None:
        inner = named(QWidget(), translate("maps", "Beside the map"))
        super().__init__(inner, translate("maps", "Beside the map"))
        box = QVBoxLayout(inner)
        spaced(box, (0, 0, 4, 0), 10)
        self._lost_head = Label("", "strong")
        self.lost = named(QListWidget(), translate("maps", "Not on the map yet"))
        self.lost.itemActivated.connect(self._put)
        self.put = Button(translate("maps", "Put on the map"), "add", "secondary")
        self.put.clicked.connect(self._put)
        self.legend = Legend()
        self._notes = Label("", "small")
        for widget in (self._lost_head, self.lost, self.put, self.legend, self._notes):
            box.addWidget(widget)
        box.addStretch(1)

    def stand(self, beside: bool, low: int) -> None:
        """Beside the map, or below it where there is little room: then `low` pixels high at
        least."""
        width = theme().px(WIDTH)
        self.setMinimumWidth(width if beside else 0)
        self.setMaximumWidth(width if beside else QWIDGETSIZE_MAX)
        self.setMinimumHeight(0 if beside else low)

    def show_scene(self, scene: Scene, *, placing: bool) -> None:
        """What belongs to a map; `placing` where somebody can be put on it."""
        chosen = self.lost.currentRow()
        self.lost.clear()
        for key, name in scene.unplaced:
            item = QListWidgetItem(name)
            item.setData(Qt.ItemDataRole.UserRole, key)
            self.lost.addItem(item)
        self.lost.setCurrentRow(min(max(chosen, 0), self.lost.count() - 1))
        self._lost_head.setText(
            translate("maps", "Not on the map yet: {n}").format(n=f"{scene.unplaced_count:,}")
        )
        for widget in (self._lost_head, self.lost, self.put):
            widget.setVisible(bool(scene.unplaced_count) and placing)
        self.legend.show_entries(scene.legend)
        self._notes.setText("\n\n".join(scene.notes))
        self._notes.setVisible(bool(scene.notes))

    def _put(self, *_: object) -> None:
        item = self.lost.currentItem()
        if item is not None:
            self.wanted.emit(str(item.data(Qt.ItemDataRole.UserRole)))


__all__ = ["Beside"]
