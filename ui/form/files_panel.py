"""The files of a record: taken in, listed, copied out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from db.changes import Applied, Bin
from db.errors import KnownError
from db.record import Record
from engage_desktop.attachments import attach, save_copy
from ui.form.context import Context
from ui.tasks import Ticket
from ui.widgets.base import Label, clear, named, spaced
from ui.widgets.buttons import Button
from ui.widgets.cards import Card, ruled
from ui.widgets.refused import mute
from ui.words import translate


class Copies(QObject):
    """Writes files kept with a record, decrypted, to where the officer wants them."""

    def __init__(self, owner: QWidget, context: Context) -> None:
        super().__init__(owner)
        self._owner, self._context = owner, context
        self._asked: Record | None = None

    def ask(self, file: Any) -> None:
        """Ask where to, and write it there."""
        self._asked = file
        dialog = QFileDialog(self._owner.window(), translate("files", "Save a copy"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(file.filename)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, name: str) -> None:
        if self._asked is not None:
            self.write(self._asked, Path(name))

    def write(self, file: Any, target: Path) -> None:
        """Write one file."""
        workspace = self._context.workspace

        def job(_ticket: Ticket) -> str:
            save_copy(workspace, file, target)
            return target.name

        self._context.tasks.write(job, self._copied, self._not_copied)

    def _copied(self, name: str) -> None:
        self._context.say(translate("files", "Saved a copy: {name}").format(name=name))

    def _not_copied(self, error: BaseException) -> None:
        if isinstance(error, KnownError):
            self._context.say(error.sentence)
        else:
            self._context.say(translate("files", "The copy could not be written there. The file "
                                        "is still here."))  # fmt: skip


class FilesPanel(QWidget):
    """Attachments: add, save a copy, delete. They are kept encrypted with the record."""

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        named(self, translate("files", "Files"))
        self._copies = Copies(self, context)
        self._owner, self._files = ("", ""), dict[str, Record]()
        self._read_only = False
        self._refused: Mapping[str, str] = {}
        box = QVBoxLayout(self)
        spaced(box, gap=12)
        self.note = Label("", "muted")
        box.addWidget(self.note)
        self.card = Card(name=translate("files", "Files"))
        box.addWidget(self.card)
        self.add = Button(translate("files", "Add a file"), "attach_file", "secondary")
        self.add.clicked.connect(self._choose)
        box.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        box.addStretch(1)

    def show_files(
        self, owner: Record, files: list[Record], *, read_only: bool = False,
        refused: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        """List the files of a record. Those of a record in the bin are there to be read, and so
        are those that `refused` names."""
        self._read_only, self._refused = read_only, refused or {}
        self.add.setVisible(not read_only)
        mute(self.add, self._context.rights.adding("attachment"))
        self._owner = owner.meta.name, owner.id
        self._files = {record.id: record for record in files}
        clear(self.card.body)
        ruled(self.card.body, [self._line(record) for record in files])
        self.card.setVisible(bool(files))
        self.note.setText(
            "" if files else translate("files", "Posters, photographs, minutes: anything that "
                                       "belongs to this record. Kept encrypted.")
        )  # fmt: skip
        self.note.setVisible(not files)

    def _line(self, record: Any) -> QWidget:
        line = named(QWidget(), record.filename)
        row = QHBoxLayout(line)
        spaced(row, gap=8)
        words = QVBoxLayout()
        spaced(words, gap=0)
        words.addWidget(Label(record.filename, "strong"))
        words.addWidget(Label(_size(record.size), "small"))
        row.addLayout(words, 1)
        verbs = [(translate("files", "Save a copy"), "download", self._save)]
        if not self._read_only:
            verbs.append((translate("files", "Delete"), "delete", self._bin))
        for verb, icon, act in verbs:
            button = Button(verb, icon, "quiet")
            named(button, f"{verb}: {record.filename}")
            button.setProperty("record", record.id)
            button.clicked.connect(act)
            if icon == "delete":
                mute(button, self._refused.get(record.id, ""))
            row.addWidget(button)
        return line

    def _choose(self) -> None:
        dialog = QFileDialog(self.window(), translate("files", "Add a file"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self.add_files)
        dialog.open()

    def add_files(self, names: list[str]) -> None:
        """Take files in, as one change."""
        workspace, (kind, owner) = self._context.workspace, self._owner
        paths = [Path(name) for name in names]
        why = translate("files", "Add a file")
        if len(paths) > 1:
            why = translate("files", "Add {n} files").format(n=len(paths))

        def job(ticket: Ticket) -> Applied:
            stopped = lambda: ticket.cancelled  # noqa: E731 - asked again and again
            applied, _ = attach(workspace, kind, owner, paths, why=why, cancelled=stopped)
            return applied

        self._context.tasks.write(job, self._done, self._trouble)

    def _done(self, _applied: Applied) -> None:
        self.changed.emit()

    def _trouble(self, error: BaseException) -> None:
        if isinstance(error, KnownError):
            self._context.say(error.sentence)
        else:
            self._context.say(translate("files", "A fault in the program stopped this."))

    def _save(self) -> None:
        self._copies.ask(self._files[str(self.sender().property("record"))])

    def save_copy(self, record_id: str, target: Path) -> None:
        """Write a file's content, decrypted, to a place of the officer's choosing."""
        self._copies.write(self._files[record_id], target)

    def _bin(self) -> None:
        record_id = str(self.sender().property("record"))
        words = translate("files", "Delete a file")
        self._context.apply([Bin("attachment", record_id)], words, self._done)


def _size(size: int) -> str:
    if size < 1_000_000:
        return f"{max(1, round(size / 1000)):,} kB"
    return f"{size / 1_000_000:,.1f} MB"
