"""Filters of a list, kept under a name on this laptop.

What moves with the calendar (“this month”, “overdue”) is kept as that and worked out anew. Of a
record that is filtered by only its id is kept, never its title: what is erased leaves nothing here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from db.fields import FieldType, Spec
from db.query import Condition
from db.reader import Reader
from db.record import Record
from ui.pages.errands import wish_of
from ui.pages.filters import Filters, Option, date_options, link_option
from ui.pages.page import Surroundings
from ui.widgets.base import named
from ui.widgets.pills import Chip
from ui.words import translate

KEPT = "kept-filters"
ERRANDS = ("replies", "promises", "next_contact", "ask_again", "terms", "vacant")

Entry = dict[str, Any]


def entry_of(spec: Spec, option: Option, today: dt.date) -> Entry:
    """One filter as it is kept."""
    entry: Entry = {"field": spec.name}
    for errand in ERRANDS:
        if wish_of(errand, today) == (spec.name, option):
            return {**entry, "errand": errand}
    if spec.type is FieldType.DATE and option in date_options(spec.name, today):
        return {**entry, "moving": option.words}
    if spec.target and len(option.where) == 1 and isinstance(option.where[0].value, str):
        return {**entry, "record": option.where[0].value}
    where = [[each.path, each.op, each.value] for each in option.where]
    return {**entry, "words": option.words, "where": where}


def option_of(
    spec: Spec, entry: Entry, today: dt.date, titles: Mapping[str, str]
) -> Option | None:  # fmt: skip
    """A kept filter, as of today; None where what it asks for is not there any more."""
    if errand := entry.get("errand"):
        wish = wish_of(str(errand), today)
        return wish[1] if wish and wish[0] == spec.name else None
    if moving := entry.get("moving"):
        return next((o for o in date_options(spec.name, today) if o.words == moving), None)
    if record := entry.get("record"):
        title = titles.get(str(record))
        return None if title is None else link_option(spec, str(record), title)
    try:
        where = tuple(Condition(str(path), str(op), value) for path, op, value in entry["where"])
    except (KeyError, TypeError, ValueError):
        return None
    return Option(str(entry.get("words", "")), where)


class KeptFilters(QObject):
    """The chip beside a list's filters: choose a kept one, keep these, rename and delete."""

    def __init__(
        self, kind: type[Record], filters: Filters, around: Surroundings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._kind, self._filters, self._around = kind, filters, around
        self._setting = f"{KEPT}:{kind.meta.name}"
        self.chip = Chip(translate("filter", "Kept filters"), icon_name="save")
        self.chip.clicked.connect(self.show_menu)
        filters.add(self.chip)
        filters.changed.connect(self._say)
        around.settings.changed.connect(self._setting_changed)
        self._say()

    # -- what is kept ------------------------------------------------------------------------

    @property
    def kept(self) -> dict[str, list[Entry]]:
        """Every kept filter, by name."""
        held = self._around.settings.get(self._setting, {})
        return dict(sorted(held.items(), key=lambda pair: pair[0].casefold()))

    @property
    def present(self) -> list[Entry]:
        """What is chosen now, as it would be kept."""
        specs, today = self._kind.specs(), self._around.today()
        chosen = self._filters.chosen
        return [entry_of(specs[name], chosen[name], today) for name in sorted(chosen)]

    @property
    def current(self) -> str:
        """The name of the kept filter that is chosen now; "" for none."""
        present = self.present
        return next((name for name, entries in self.kept.items() if entries == present), "")

    def keep(self, name: str) -> None:
        """Keep what is chosen under a name."""
        self._set({**self.kept, name: self.present})

    def rename(self, old: str, new: str) -> None:
        """Call a kept filter something else."""
        self._set({new if name == old else name: each for name, each in self.kept.items()})

    def delete(self, name: str) -> None:
        """Forget a kept filter; it can be taken back at once."""
        gone = self.kept[name]
        self._set({other: each for other, each in self.kept.items() if other != name})
        self._around.toast(
            translate("filter", "“{name}” is deleted").format(name=name),
            translate("filter", "Undo"), partial(self._put_back, name, gone),
        )  # fmt: skip

    def why_not(self, name: str, but: str = "") -> str:
        """Why a filter cannot be called that; "" when it can."""
        if not name:
            return translate("filter", "Type a name.")
        taken = {other.casefold() for other in self.kept if other != but}
        if name.casefold() in taken:
            return translate("filter", "There is a filter of that name already.")
        return ""

    def _put_back(self, name: str, entries: list[Entry]) -> None:
        self._set({**self.kept, name: entries})

    def _set(self, held: Mapping[str, Sequence[Entry]]) -> None:
        self._around.settings.set(self._setting, dict(held))

    def _setting_changed(self, name: str) -> None:
        if name == self._setting:
            self._say()

    # -- choosing ----------------------------------------------------------------------------

    def show(self, name: str) -> None:
        """Filter the list by a kept one."""
        entries = self.kept.get(name, [])
        wanted = [str(entry["record"]) for entry in entries if "record" in entry]

        def job(reader: Reader) -> dict[str, str]:
            titles = ((record_id, reader.title(record_id)) for record_id in wanted)
            return {record_id: title for record_id, title in titles if title}

        self._around.context.tasks.read(job, partial(self._show, entries), key=self)

    def _show(self, entries: list[Entry], titles: Mapping[str, str]) -> None:
        specs, today = self._kind.specs(), self._around.today()
        chosen, lost = {}, 0
        for entry in entries:
            spec = specs.get(str(entry.get("field")))
            option = option_of(spec, entry, today, titles) if spec else None
            if spec is None or option is None:
                lost += 1
            else:
                chosen[spec.name] = option
        self._filters.choose_all(chosen)
        if lost:
            self._around.toast(
                translate("filter", "A part of this filter asks for what is no longer here. It was "
                          "left out.")
            )  # fmt: skip

    def _say(self) -> None:
        held, current = self.kept, self.current
        words = translate("filter", "Kept: {name}").format(name=current) if current else ""
        self.chip.say(words or translate("filter", "Kept filters"))
        self.chip.setChecked(bool(current))
        self.chip.setVisible(bool(held or self._filters.chosen))

    def menu(self) -> QMenu:
        """What is kept, and what can be done."""
        menu = named(QMenu(self._filters), translate("filter", "Kept filters"))
        held, current = self.kept, self.current
        for name in held:
            action = menu.addAction(name.replace("&", "&&"), partial(self.show, name))
            action.setCheckable(True)
            action.setChecked(name == current)
        if held:
            menu.addSeparator()
        keep = menu.addAction(translate("filter", "Keep these filters…"), self.ask_name)
        keep.setEnabled(bool(self._filters.chosen) and not current)
        change = menu.addAction(translate("filter", "Rename or delete…"), self.ask_change)
        change.setEnabled(bool(held))
        return menu

    def show_menu(self) -> None:
        """Open the menu below the chip."""
        self.chip.setChecked(bool(self.current))  # the menu decides, not the press
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.chip.mapToGlobal(QPoint(0, self.chip.height() + 2)))

    def ask_name(self) -> Any:
        """Ask what these filters are to be called."""
        from ui.pages.kept_dialogs import NameDialog

        return self._opened(NameDialog(self, self._filters.window()))

    def ask_change(self) -> Any:
        """Ask which is to be renamed or deleted."""
        from ui.pages.kept_dialogs import ChangeDialog

        return self._opened(ChangeDialog(self, self._filters.window()))

    @staticmethod
    def _opened(dialog: Any) -> Any:
        dialog.open()
        return dialog


__all__ = ["KeptFilters", "entry_of", "option_of"]
