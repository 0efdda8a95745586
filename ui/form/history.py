"""Who changed what in a record, and the choice between two versions of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.changes import BIN, Applied, Conflict, HistoryEntry
from db.fields import FieldType, Spec
from db.record import Record
from engage_desktop.records.change_words import changes_words, ids_in, titles_of, value_words
from ui.form.context import Context
from ui.tasks import Ticket
from ui.widgets.banners import Banner
from ui.widgets.base import Label, clear, named, spaced
from ui.widgets.buttons import Button
from ui.widgets.cards import Card, ruled
from ui.widgets.refused import mute
from ui.words import moment_words, translate


class HistoryPanel(QWidget):
    """Who changed what, newest first."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        named(self, translate("history", "Who changed what"))
        self._box = QVBoxLayout(self)
        spaced(self._box, gap=10)
        self._kind: type[Record] | None = None

    def show_history(
        self, kind: type[Record], entries: list[HistoryEntry], titles: Mapping[str, str]
    ) -> None:
        """List the changes of a record; `titles` names what its links point to."""
        clear(self._box)
        card = Card(name=self.accessibleName())
        ruled(card.body, [self._entry(kind, entry, titles) for entry in entries])
        self._box.addWidget(card)
        self._box.addStretch(1)

    def _entry(self, kind: type[Record], entry: HistoryEntry, titles: Mapping[str, str]) -> QWidget:
        line = QWidget()
        box = QVBoxLayout(line)
        spaced(box, (0, 4, 0, 4), 2)
        box.addWidget(Label(entry.why, "strong"))
        who = f"{entry.officer} · {moment_words(entry.ms)}"
        box.addWidget(Label(who, "small"))
        named(line, f"{entry.why}. {who}")
        for words in changes_words(kind, entry.values, titles)[:8]:
            box.addWidget(Label(words))
        return line


class ChoicePanel(QWidget):
    """“Two versions: choose one”: each version with who and when, and a button to keep it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        named(self, translate("conflict", "Two versions: choose one"))
        self._box = QVBoxLayout(self)
        spaced(self._box, gap=10)
        self._conflicts: list[Conflict] = []
        self._refusal = ""
        self.hide()

    def show_conflicts(
        self, kind: type[Record], conflicts: list[Conflict], titles: Mapping[str, str], *,
        refusal: str = "",
    ) -> None:  # fmt: skip
        """One banner for each field that holds more than one version.

        `refusal` says why the officer may not choose.
        """
        clear(self._box)
        self._refusal = refusal
        self._conflicts = conflicts
        for number, conflict in enumerate(conflicts):
            self._box.addWidget(self._banner(kind, number, conflict, titles))
        self.setVisible(bool(conflicts))

    def _banner(
        self, kind: type[Record], number: int, conflict: Conflict, titles: Mapping[str, str]
    ) -> Banner:
        spec = kind.specs().get(conflict.field)
        label = spec.label if spec else translate("conflict", "Deleted or kept")
        strong = translate("conflict", "Two versions: choose one")
        banner = Banner("warning", f"{strong}. {label}")
        for place, version in enumerate(conflict.versions):
            words = _version_words(spec, conflict.slot, version.value, titles)
            line = QWidget()
            row = QHBoxLayout(line)
            spaced(row, gap=10)
            text = QVBoxLayout()
            spaced(text, gap=0)
            who = f"{version.officer}, {moment_words(version.ms)}"
            text.addWidget(Label(words, "strong"))
            text.addWidget(Label(who, "small"))
            named(line, f"{words} — {who}")
            row.addLayout(text, 1)
            keep = Button(translate("conflict", "Keep this"), "check", "secondary")
            named(
                keep, translate("conflict", "Keep {words}, from {who}").format(words=words, who=who)
            )
            keep.setProperty("pick", [number, place])
            keep.clicked.connect(self._keep)
            mute(keep, self._refusal)
            row.addWidget(keep)
            banner.extra.addWidget(line)
        if self._refusal:
            banner.extra.addWidget(Label(self._refusal, "small"))
        elif spec is not None and not spec.is_set:
            banner.extra.addWidget(
                Label(
                    translate("conflict", "Or type a third in the field below and save."), "small"
                )
            )
        return banner

    def _keep(self) -> None:
        number, place = (int(n) for n in self.sender().property("pick"))
        conflict = self._conflicts[number]
        value = conflict.versions[place].value
        store = self._context.workspace.store

        def job(_ticket: Ticket) -> Applied:
            applied: Applied = store.resolve(conflict.kind, conflict.id, conflict.slot, value)
            return applied

        self._context.tasks.write(job, self._kept, self._failed)

    def _kept(self, _applied: Applied) -> None:
        self._context.say(translate("conflict", "Kept. Your choice goes to everybody."))

    def _failed(self, error: BaseException) -> None:
        self._context.say(getattr(error, "sentence", str(error)))


def _version_words(spec: Spec | None, slot: str, value: Any, titles: Mapping[str, str]) -> str:
    if slot == BIN:
        if value:
            return translate("conflict", "In the bin")
        return translate("conflict", "Kept, with what was changed")
    if spec is None:
        return str(value)
    element = slot.partition(":")[2]
    if element:
        what = titles.get(element) or spec.choice_label(element)
        if spec.type is FieldType.FEATURES:
            return f"{what}: {value or translate('conflict', 'not known')}"
        return what if value else translate("conflict", "without {what}").format(what=what)
    return value_words(spec, value, titles)


def linked_ids(records: list[Record], slots: list[Mapping[str, Any]]) -> set[str]:
    """Ids that records' links or history's slots point to, whose titles are wanted."""
    found: set[str] = set()
    for record in records:
        for name, spec in type(record).specs().items():
            value = getattr(record, name)
            if spec.type is FieldType.LINK and value:
                found.add(value)
            elif spec.type is FieldType.LINKS:
                found.update(value)
    for values in slots:
        found |= ids_in(values)
    return found


__all__ = ["ChoicePanel", "HistoryPanel", "changes_words", "linked_ids", "titles_of"]
