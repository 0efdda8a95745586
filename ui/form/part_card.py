"""One part of a record as it is listed inside the whole: who, what, when, and its buttons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from db.fields import FieldType, Role, Spec
from db.record import Record
from engage_desktop.records import values
from engage_desktop.stakeholders.parts import Mark
from ui.table.values import title_shown
from ui.widgets.base import Label, named
from ui.widgets.buttons import Button
from ui.widgets.cards import Card
from ui.widgets.flow import FlowRow
from ui.widgets.pills import Pill
from ui.widgets.refused import mute
from ui.words import initials, short_date, translate

_TEXTS = (FieldType.LONG_TEXT, FieldType.TEXT, FieldType.EMAIL, FieldType.PHONE, FieldType.URL)
_FACTS = (FieldType.CHOICE, FieldType.INTEGER, FieldType.DATE)


@dataclass(frozen=True)
class Shown:
    """How parts are shown: titles of what they point to, F9, why some may not be changed, and
    what is to be seen of them at once. `whole` is the record they are shown in."""

    whole: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, type[Record]] = field(default_factory=dict)
    hidden: bool = False
    read_only: bool = False
    refused: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, list[Mark]] = field(default_factory=dict)
    covered: frozenset[str] = frozenset()  # parts whose names F9 covers, whatever their fields
    files: Mapping[str, list[Record]] = field(default_factory=dict)


@dataclass(frozen=True)
class Verbs:
    """What the buttons of a part do."""

    open: Callable[[str, str], None]
    edit: Callable[[], None]
    bin: Callable[[], None]
    save_file: Callable[[], None]


class _Title(Label):
    """A heading as wide as its words where there is room: beside it stand marks."""

    def __init__(self, words: str) -> None:
        super().__init__(words, "strong")

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        wide = self.fontMetrics().horizontalAdvance(self.text()) + 2
        return QSize(wide, super().heightForWidth(wide))


class PartCard(Card):
    """A part, read from its fields' types; links lead to what they name."""

    def __init__(self, record: Record, shown: Shown, verbs: Verbs) -> None:
        self._title = self._covered_title(record, shown)
        super().__init__(name=self._title)
        self._record, self._shown, self._verbs = record, shown, verbs
        links, texts = self._links(), self._texts()
        head = FlowRow(self._title, 8)
        if links:
            head.add(*links)
        elif not self._says_the_same(texts):
            head.add(_Title(self._title))
            texts = [each for each in texts if not self._in_title(each[1])]
        head.add(*(Pill(mark.words, mark.tone) for mark in self._marks))
        if head.flow.count():
            self.body.addWidget(head)
        main = next((each[0] for each in texts if each[0].type is FieldType.LONG_TEXT), None)
        for spec, words in texts:
            plain = len(texts) == 1 or spec is main
            self.body.addWidget(Label(words if plain else f"{spec.label}: {words}"))
        if facts := self._facts(told=not links):
            self.body.addWidget(Label(" · ".join(facts), "small"))
        row = FlowRow(self._title, 8)
        row.add(*self._sets(), *(self._file(file) for file in shown.files.get(record.id, [])))
        if not shown.read_only:
            self._add_verbs(row)
        self.body.addWidget(row)

    @staticmethod
    def _covered_title(record: Record, shown: Shown) -> str:
        if shown.hidden:
            return title_shown(type(record), record.title, hidden=True)
        return record.title

    @property
    def _marks(self) -> list[Mark]:
        return self._shown.marks.get(self._record.id, [])

    def _says_the_same(self, texts: list[tuple[Spec, str]]) -> bool:
        """Is the title nothing but the beginning of the first words?"""
        begins = " ".join(self._title.split()).rstrip("…")[:40]
        return bool(texts) and " ".join(texts[0][1].split()).startswith(begins)

    def _in_title(self, words: str) -> bool:
        return words.casefold() in self._title.casefold()

    # -- what is told ------------------------------------------------------------------------

    def _specs(self) -> list[tuple[Spec, Any]]:
        kept = self._record.model_dump(mode="json")
        return [
            (spec, kept.get(name))
            for name, spec in type(self._record).specs().items()
            if kept.get(name) and not spec.advanced and spec.role is not Role.PICTURE
        ]

    def _links(self) -> list[QWidget]:
        single = [
            (spec, str(value)) for spec, value in self._specs()
            if spec.type is FieldType.LINK and value != self._shown.whole
        ]  # fmt: skip
        found: list[QWidget] = []
        for spec, target in single:
            if len(single) > 1:
                found.append(Label(spec.label, "small", wrap=False))
            found.append(self._link(spec, target))
        return found

    def _link(self, spec: Spec, target: str) -> QWidget:
        words = self._name_of(spec, target)
        button = Button(words, how="link")
        named(button, translate("parts", "Open {title}").format(title=words))
        button.setProperty("target", (spec.target, target))
        button.clicked.connect(self._open)
        return button

    def _name_of(self, spec: Spec, target: str) -> str:
        title = self._shown.titles.get(target) or translate("parts", "not here")
        if not self._shown.hidden:
            return title
        if self._record.id in self._shown.covered:
            return initials(title)
        return title_shown(self._shown.kinds[spec.target], title, hidden=True)

    def _texts(self) -> list[tuple[Spec, str]]:
        return [
            (spec, self._covered(spec, str(value)))
            for spec, value in self._specs() if spec.type in _TEXTS
        ]  # fmt: skip

    def _covered(self, spec: Spec, words: str) -> str:
        if self._shown.hidden and spec.sensitive:
            return translate("parts", "Hidden. F9 shows it again.")
        return words

    def _facts(self, *, told: bool) -> list[str]:
        """Days, choices and figures in one line, without what title and marks say already."""
        found = []
        marked = " ".join(mark.words for mark in self._marks)
        for spec, value in self._specs():
            if spec.type not in _FACTS:
                continue
            words = values.show(spec, value)
            if told and self._in_title(words):
                continue
            if spec.type is FieldType.DATE:
                words = short_date(str(value))
            if words not in marked:
                found.append(f"{spec.label}: {self._covered(spec, words)}")
        return found

    def _sets(self) -> list[Pill]:
        found: list[Pill] = []
        for spec, value in self._specs():
            if spec.type is FieldType.CHOICES:
                found += [Pill(spec.choice_label(v), "info", "") for v in value]
            elif spec.type is FieldType.LINKS:
                found += [Pill(self._name_of(spec, v), "info", "") for v in value]
        return found

    # -- what can be done --------------------------------------------------------------------

    def _file(self, file: Any) -> Button:
        words = translate("parts", "Save a copy of {name}").format(name=file.filename)
        button = Button(file.filename, "attach_file", "quiet")
        named(button, words)
        button.setProperty("record", file.id)
        button.clicked.connect(self._verbs.save_file)
        return button

    def _add_verbs(self, row: FlowRow) -> None:
        why = self._shown.refused.get(self._record.id, "")
        for verb, icon, act in (
            (translate("parts", "Change"), "edit", self._verbs.edit),
            (translate("parts", "Delete"), "delete", self._verbs.bin),
        ):
            button = Button(verb, icon, "quiet")
            named(button, f"{verb}: {self._title}")
            button.setProperty("record", self._record.id)
            button.clicked.connect(act)
            mute(button, why)
            row.add(button)

    def _open(self) -> None:
        self._verbs.open(*self.sender().property("target"))
