"""What belongs to a record besides its fields: its parts and its files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from db.changes import Applied, Bin
from db.errors import KnownError
from db.fields import FieldType, Role
from db.record import Record
from engage_desktop.attachments import attach, save_copy
from engage_desktop.records import values
from ui.form.context import Context
from ui.form.form import RecordForm
from ui.tasks import Ticket
from ui.widgets.base import Label, clear, named, spaced
from ui.widgets.buttons import Button
from ui.widgets.cards import Card, ruled
from ui.widgets.flow import FlowRow
from ui.widgets.pills import Pill
from ui.widgets.refused import mute
from ui.words import lower_first, translate


class ChildrenPanel(QWidget):
    """The parts of a record: the comments of a response, the lines of a sheet."""

    changed = Signal()

    def __init__(self, kind: type[Record], context: Context) -> None:
        super().__init__()
        self.kind, self._context = kind, context
        named(self, kind.meta.plural)
        self._parent_id, self._records = "", list[Record]()
        self._read_only = False
        self._refused: Mapping[str, str] = {}
        box = QVBoxLayout(self)
        spaced(box, gap=12)
        self._list = QVBoxLayout()
        spaced(self._list, gap=10)
        box.addLayout(self._list)
        label = lower_first(kind.meta.label)
        self.add = Button(translate("parts", "Add {what}").format(what=label), "add", "secondary")
        self.add.clicked.connect(self.begin)
        box.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.card = Card(name=kind.meta.label)
        self._form: RecordForm | None = None
        self.card.hide()
        box.addWidget(self.card)
        box.addStretch(1)

    @property
    def form(self) -> RecordForm:
        """The form for one part; made when the first is begun or changed."""
        if self._form is None:
            self._form = RecordForm(self.kind, self._context)
            self._form.fields[self.kind.meta.parent].hide()
            self._form.saved.connect(self._saved)
            self.card.body.addWidget(self._form)
            label = lower_first(self.kind.meta.label)
            row = FlowRow(self.kind.meta.label)
            keep = Button(translate("parts", "Save {what}").format(what=label), "", "secondary")
            keep.clicked.connect(self.save)
            leave = Button(translate("parts", "Throw away what is typed"), how="quiet")
            leave.clicked.connect(self._discard)
            row.add(keep, leave)
            self.card.body.addWidget(row)
        return self._form

    @property
    def dirty(self) -> bool:
        """True while something typed here is not saved."""
        return self._form is not None and self._form.dirty

    def show_children(
        self, parent_id: str, records: list[Record], themes: Mapping[str, str], *,
        read_only: bool = False, refused: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        """List the parts of a record; `themes` names what their links point to.

        Those of a record in the bin are there to be read, and so are those that `refused` names.
        """
        self._refused = refused or {}
        if parent_id != self._parent_id or (read_only and not self.dirty):
            self.card.hide()
        self._read_only = read_only
        self.add.setVisible(not read_only)
        mute(self.add, self._context.rights.adding(self.kind.meta.name))
        self._parent_id, self._records = parent_id, records
        clear(self._list)
        for record in records:
            self._list.addWidget(self._child(record, themes))

    def _child(self, record: Record, titles: Mapping[str, str]) -> QWidget:
        card = Card(name=record.title)
        long_texts, chips = self._told(record, titles)
        for text in long_texts:
            card.body.addWidget(Label(text))
        if not long_texts:
            card.body.addWidget(Label(record.title, "strong"))
        row = FlowRow(record.title, 8)
        row.add(*(Pill(chip, "info" if info else "plain", "") for chip, info in chips))
        if not self._read_only:
            self._add_verbs(row, record)
        card.body.addWidget(row)
        return card

    def _add_verbs(self, row: FlowRow, record: Record) -> None:
        change = Button(translate("parts", "Change"), "edit", "quiet")
        named(change, translate("parts", "Change: {title}").format(title=record.title))
        change.setProperty("record", record.id)
        change.clicked.connect(self._edit)
        mute(change, self._refused.get(record.id, ""))
        gone = Button(translate("parts", "Delete"), "delete", "quiet")
        named(gone, translate("parts", "Delete: {title}").format(title=record.title))
        gone.setProperty("record", record.id)
        gone.clicked.connect(self._bin)
        mute(gone, self._refused.get(record.id, ""))
        row.add(change, gone)

    def _told(self, record: Record, titles: Mapping[str, str]) -> tuple[list[str], list[Any]]:
        kept = record.model_dump(mode="json")
        texts: list[str] = []
        chips: list[tuple[str, bool]] = []
        for name, spec in self.kind.specs().items():
            value = kept.get(name)
            if not value or spec.advanced or name == self.kind.meta.parent:
                continue
            if spec.role is Role.PICTURE:
                continue
            if spec.type in (FieldType.LONG_TEXT, FieldType.TEXT):
                texts.append(str(value))
            elif spec.type in (FieldType.LINKS, FieldType.CHOICES):
                label = spec.choice_label
                chips += [(titles.get(v, label(v)), True) for v in value]
            elif spec.type in (FieldType.CHOICE, FieldType.INTEGER):
                chips.append((f"{spec.label}: {values.told(spec, value)}", False))
        return texts, chips

    def begin(self) -> None:
        """Start a new part."""
        self.save()
        defaults: dict[str, Any] = {self.kind.meta.parent: self._parent_id}
        for name, spec in self.kind.specs().items():
            if spec.role is Role.ORDER:
                places = (getattr(record, name) or 0 for record in self._records)
                defaults[name] = max(places, default=0) + 1
        self.form.begin(self._context.workspace.store.new_id(), defaults)
        self.card.show()
        self.form.go_to_start()

    def edit(self, record_id: str) -> None:
        """Open a part for changing."""
        record = next((r for r in self._records if r.id == record_id), None)
        if self._read_only or record_id in self._refused:
            return
        if record is not None and (self.form.record_id != record_id or self.card.isHidden()):
            self.save()
            self.form.load(record)
            self.card.show()
            self.form.go_to_start()

    def save(self) -> bool:
        """Save what is typed here; False when something must be put right first."""
        return self.form.save() if self.dirty else True

    def _edit(self) -> None:
        self.edit(str(self.sender().property("record")))

    def _saved(self, _record_id: str) -> None:
        self.card.hide()
        self.changed.emit()

    def _discard(self) -> None:
        self.form.discard()
        self.card.hide()

    def _bin(self) -> None:
        record_id = str(self.sender().property("record"))
        words = translate("parts", "Delete {what}").format(what=lower_first(self.kind.meta.label))
        self._context.apply([Bin(self.kind.meta.name, record_id)], words, self._binned)

    def _binned(self, _applied: Applied) -> None:
        self.changed.emit()


class FilesPanel(QWidget):
    """Attachments: add, save a copy, delete. They are kept encrypted with the record."""

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        named(self, translate("files", "Files"))
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
        record = self._files[str(self.sender().property("record"))]
        dialog = QFileDialog(self.window(), translate("files", "Save a copy"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(record.filename)  # type: ignore[attr-defined]
        dialog.setProperty("record", record.id)
        dialog.fileSelected.connect(self._save_to)
        dialog.open()

    def _save_to(self, name: str) -> None:
        self.save_copy(str(self.sender().property("record")), Path(name))

    def save_copy(self, record_id: str, target: Path) -> None:
        """Write a file's content, decrypted, to a place of the officer's choosing."""
        workspace, record = self._context.workspace, self._files[record_id]

        def job(_ticket: Ticket) -> str:
            save_copy(workspace, record, target)  # type: ignore[arg-type]
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

    def _bin(self) -> None:
        record_id = str(self.sender().property("record"))
        words = translate("files", "Delete a file")
        self._context.apply([Bin("attachment", record_id)], words, self._done)


def _size(size: int) -> str:
    if size < 1_000_000:
        return f"{max(1, round(size / 1000)):,} kB"
    return f"{size / 1_000_000:,.1f} MB"
