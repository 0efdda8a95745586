"""Without the shared folder: everything in one file, or a folder on a stick, for this once."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from engage_desktop.sync.stick import SUFFIX
from ui.dialogs.parts import button
from ui.exchange import Exchanger
from ui.widgets.base import Label
from ui.widgets.buttons import Button
from ui.widgets.cards import Card
from ui.widgets.flow import FlowRow
from ui.words import translate


class StickCard(Card):
    """Asks for a file or folder, and has the exchange done."""

    def __init__(self, exchanger: Exchanger) -> None:
        super().__init__(translate("send", "Without the shared folder"))
        self._exchanger = exchanger
        self.body.addWidget(
            Label(translate("send", "By a USB stick or any other way: one file holds everything "
                            "that colleagues may lack. It is sealed; only your team can read it."),
                  "muted")
        )  # fmt: skip
        verbs = FlowRow(translate("send", "Without the shared folder"), 10)
        self.buttons: tuple[Button, ...] = (
            button(translate("send", "Export to a file…"), "secondary", icon="usb",
                   pressed=self.export_file),
            button(translate("send", "Import from a file…"), "secondary", icon="inbox",
                   pressed=self.import_file),
            button(translate("send", "Use a folder on a stick…"), "plain", icon="folder_open",
                   pressed=self.stick_folder),
        )  # fmt: skip
        verbs.add(*self.buttons)
        self.body.addWidget(verbs)

    def export_file(self) -> None:
        """Ask where to, and write everything that colleagues may lack into one file."""
        name = translate("send", "For colleagues") + SUFFIX
        dialog = QFileDialog(self.window(), translate("send", "Export to a file"), name)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([translate("send", "Deliveries") + f" (*{SUFFIX})"])
        dialog.setDefaultSuffix(SUFFIX.lstrip("."))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    def export_to(self, path: str) -> None:
        """Write a delivery to a path."""
        self._exchanger.into_file(Path(path))

    def import_file(self) -> None:
        """Ask for a delivery in one file, and take it in."""
        dialog = QFileDialog(self.window(), translate("send", "Import from a file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        deliveries = translate("send", "Deliveries") + f" (*{SUFFIX})"
        dialog.setNameFilters([deliveries, translate("send", "All files") + " (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.import_from)
        dialog.open()

    def import_from(self, path: str) -> None:
        """Take in a delivery."""
        self._exchanger.out_of_file(Path(path))

    def stick_folder(self) -> None:
        """Ask for a folder on a stick, and send and receive through it this once."""
        dialog = QFileDialog(self.window(), translate("send", "A folder on a stick"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.through_stick)
        dialog.open()

    def through_stick(self, folder: str) -> None:
        """Send and receive through a folder that was chosen for this once."""
        self._exchanger.with_folder(folder, start=True)
