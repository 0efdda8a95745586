"""A map of stakeholders on paper and in files: Qt asks where to, everything else lies below."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from io import BytesIO
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from db.store import Store
from engage_desktop.maps.drawing import Wish, draw
from ui.dialogs.pages_of import Printed
from ui.words import translate

FILTERS = {
    "PDF (*.pdf)": "pdf",
    "SVG (*.svg)": "svg",
    "PNG (*.png)": "png",
    "CSV (*.csv)": "csv",
}
"""The first is what is offered."""


def map_title(wish: Wish) -> str:
    """What the file and the preview are called."""
    return {
        "stakeholder-map": translate("maps", "Stakeholder map"),
        "network": translate("maps", "Network of stakeholders"),
        "matrix": translate("maps", "Stakeholder matrix"),
        "types": translate("maps", "Stakeholders by type"),
        "place-map": translate("maps", "Stakeholders by place"),
    }[wish.name]


def printed_map(store: Store, wish: Wish, day: dt.date) -> Printed:
    """The pages of a map. For a task."""
    from engage_desktop.documents.map_doc import render_map

    with closing(store.reader()) as reader:
        build = draw(reader, wish, today=day)
    out = BytesIO()
    report = render_map(build, out, day=day)
    return Printed(out.getvalue(), tuple(report.warnings))


def write_map(store: Store, wish: Wish, path: Path, day: dt.date) -> None:
    """Write a map to a file. For a task. Raises `KnownError`."""
    from engage_desktop.maps.files import save_map

    with closing(store.reader()) as reader:
        build = draw(reader, wish, today=day)
    save_map(build, path, day=day)


class MapFileDialog(QFileDialog):
    """Asks where a map goes; what it is saved as gives the file its ending."""

    def __init__(self, title: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, title, name)
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setNameFilters(list(FILTERS))
        self.setDefaultSuffix("pdf")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.filterSelected.connect(self._as)

    def _as(self, words: str) -> None:
        ending = FILTERS[words]
        self.setDefaultSuffix(ending)
        for name in self.selectedFiles()[:1]:
            self.selectFile(str(Path(name).with_suffix(f".{ending}")))


def ask_for_map(window: QWidget, wish: Wish) -> MapFileDialog:
    """The question where a map goes, not open yet."""
    dialog = MapFileDialog(translate("maps", "Save map"), f"{map_title(wish)}.pdf", window)
    dialog.setProperty("wish", wish)
    return dialog


__all__ = ["FILTERS", "MapFileDialog", "ask_for_map", "map_title", "printed_map", "write_map"]
