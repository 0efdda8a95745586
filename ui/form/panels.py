"""The parts of a record: listed inside it, added and changed there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.changes import Applied, Bin
from db.fields import Role
from db.record import Record
from engage_desktop.stakeholders.parts import Mark
from ui.form.context import Context
from ui.form.files_panel import Copies
from ui.form.form import RecordForm
from ui.form.part_card import PartCard, Shown, Verbs
from ui.widgets.base import Label, clear, named, spaced
from ui.widgets.buttons import Button
from ui.widgets.cards import Card
from ui.widgets.flow import FlowRow
from ui.widgets.refused import mute
from ui.words import lower_first, translate

MOST_SHOWN = 40
"""Parts listed before one asks for all of them: a committee's members, not a whole register's."""


class ChildrenPanel(QWidget):
    """The parts of a record: the comments of a response, the seats of a committee.

    A kind may be a part by several links: a membership is shown with its member and with its
    group. Each has a button of its own, so that what is added hangs on the right link.
    """

    changed = Signal()

    def __init__(self, kind: type[Record], context: Context, target: str = "") -> None:
        super().__init__()
        self.kind, self._context = kind, context
        named(self, kind.meta.plural)
        self._parent_id, self._records = "", list[Record]()
        self._shown, self._all, self._link = Shown(), False, kind.meta.parent
        self._copies = Copies(self, context)
        self.links = [
            link for link in (kind.meta.parent, *kind.meta.also)
            if not target or kind.specs()[link].target == target
        ]  # fmt: skip
        box = QVBoxLayout(self)
        spaced(box, gap=12)
        self.top = QVBoxLayout()
        spaced(self.top, gap=12)
        box.addLayout(self.top)
        self._note = Label(kind.meta.purpose, "muted")
        box.addWidget(self._note)
        self._list = QVBoxLayout()
        spaced(self._list, gap=10)
        box.addLayout(self._list)
        self._rest = Button(translate("parts", "Show all"), "keyboard_arrow_down", "quiet")
        self._rest.clicked.connect(self._show_all)
        self._rest.hide()
        box.addWidget(self._rest, 0, Qt.AlignmentFlag.AlignLeft)
        self.verbs = FlowRow(kind.meta.plural, 8)
        self.adds = {link: self._add_button(link) for link in self.links}
        self.add = self.adds[self.links[0]]
        self.verbs.add(*self.adds.values())
        self.card = Card(name=kind.meta.label)
        self._form: RecordForm | None = None
        self.card.hide()
        newest_first = kind.meta.sort.startswith("-") and kind.meta.sort != "-pk"
        at = 1 if newest_first else box.count()  # where a new one will stand
        box.insertWidget(at, self.verbs)
        box.insertWidget(at + 1, self.card)
        box.addStretch(1)

    def called(self, link: str) -> tuple[str, str]:
        """What one and several of these are called where they hang on a link."""
        meta = self.kind.meta
        if link in meta.also and meta.also_labels:
            return meta.also_labels[meta.also.index(link)]
        return meta.label, meta.plural

    def _add_button(self, link: str) -> Button:
        label = lower_first(self.called(link)[0])
        made = Button(translate("parts", "Add {what}").format(what=label), "add", "secondary")
        made.setProperty("link", link)
        made.clicked.connect(self._begin_by)
        return made

    @property
    def form(self) -> RecordForm:
        """The form for one part; made when the first is begun or changed."""
        if self._form is None:
            self._form = RecordForm(self.kind, self._context)
            self._form.saved.connect(self._saved)
            self._form.set_hidden(self._shown.hidden)
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

    def _fix(self, link: str) -> None:
        """The whole is known: only the other ends of a part are asked for."""
        self._link = link
        for name in (self.kind.meta.parent, *self.kind.meta.also):
            self.form.fields[name].setVisible(name != link)

    @property
    def dirty(self) -> bool:
        """True while something typed here is not saved."""
        return self._form is not None and self._form.dirty

    def show_children(
        self, parent_id: str, records: list[Record], themes: Mapping[str, str], *,
        read_only: bool = False, refused: Mapping[str, str] | None = None,
        marks: Mapping[str, list[Mark]] | None = None, covered: frozenset[str] = frozenset(),
        files: Mapping[str, list[Record]] | None = None,
    ) -> None:  # fmt: skip
        """List the parts of a record; `themes` names what their links point to.

        Those of a record in the bin are there to be read, and so are those that `refused` names.
        `marks` are what is to be seen of each at once, `files` what was attached to it; of those
        that are `covered` F9 hides every name.
        """
        if parent_id != self._parent_id:
            self._all = False
        if parent_id != self._parent_id or (read_only and not self.dirty):
            self.card.hide()
        kinds = {cls.meta.name: cls for cls in self._context.registry}
        self._shown = Shown(
            parent_id, themes, kinds, self._shown.hidden, read_only, refused or {}, marks or {},
            covered, files or {},
        )  # fmt: skip
        self.verbs.setVisible(not read_only and self.kind.meta.by_hand)
        for button in self.adds.values():
            button.setHidden(self.verbs.isHidden())
            mute(button, self._context.rights.adding(self.kind.meta.name))
        self._parent_id, self._records = parent_id, records
        self._relist()

    def set_hidden(self, hidden: bool) -> None:
        """Cover names and sensitive words, or show them."""
        self._shown = replace(self._shown, hidden=hidden)
        if self._form is not None:
            self._form.set_hidden(hidden)
        self._relist()

    def _relist(self) -> None:
        clear(self._list)
        self._note.setVisible(bool(self._note.text()) and not self._records)
        verbs = Verbs(self._context.open_record, self._edit, self._bin, self._save_file)
        shown = self._records if self._all else self._records[:MOST_SHOWN]
        headed = self._headed()
        for link, records in self._by_link(shown):
            if headed and records:
                self._list.addWidget(Label(self.called(link)[1], "heading"))
            for record in records:
                self._list.addWidget(PartCard(record, self._shown, verbs))
        more = len(self._records) - len(shown)
        self._rest.setVisible(more > 0)
        self._rest.say(translate("parts", "Show {n} more").format(n=more))

    def _headed(self) -> bool:
        """Do parts hang here by more than one link?"""
        return sum(bool(found) for _, found in self._by_link(self._records)) > 1

    def _by_link(self, records: list[Record]) -> list[tuple[str, list[Record]]]:
        return [(link, [r for r in records if self.link_of(r) == link]) for link in self.links]

    def link_of(self, record: Record) -> str:
        """By which link a part hangs on the record shown."""
        held = (link for link in self.links if getattr(record, link) == self._parent_id)
        return next(held, self.links[0])

    def plural_of(self, records: list[Record]) -> str:
        """What they are called together: members, where they all hang on another link."""
        links = {self.link_of(record) for record in records}
        return self.called(links.pop() if len(links) == 1 else self.links[0])[1]

    def _show_all(self) -> None:
        self._all = True
        self._relist()

    def _begin_by(self) -> None:
        self.begin(str(self.sender().property("link")))

    def begin(self, link: str = "", defaults: Mapping[str, Any] | None = None) -> None:
        """Start a new part that hangs on the record by one of its links."""
        self.save()
        link = link or self.links[0]
        begun: dict[str, Any] = {**(defaults or {}), link: self._parent_id}
        for name, spec in self.kind.specs().items():
            if spec.role is Role.ORDER:
                places = (getattr(record, name) or 0 for record in self._records)
                begun[name] = max(places, default=0) + 1
        self._fix(link)
        self.form.begin(self._context.workspace.store.new_id(), begun)
        self.card.show()
        self.form.go_to_start()

    def edit(self, record_id: str) -> None:
        """Open a part for changing."""
        record = next((r for r in self._records if r.id == record_id), None)
        if self._shown.read_only or record_id in self._shown.refused:
            return
        if record is not None and (self.form.record_id != record_id or self.card.isHidden()):
            self.save()
            self._fix(self.link_of(record))
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

    def _save_file(self) -> None:
        wanted = str(self.sender().property("record"))
        held = (file for files in self._shown.files.values() for file in files)
        file = next((each for each in held if each.id == wanted), None)
        if file is not None:
            self._copies.ask(file)
