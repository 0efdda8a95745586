"""Filter chips of a list: one for each choice, date, link or yes/no that a kind has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from db.fields import FieldType, Spec
from db.query import Condition, ListQuery
from db.reader import Reader
from db.record import Record
from engage_desktop.readings import is_confidential
from ui.tasks import Tasks
from ui.widgets.base import named
from ui.widgets.flow import FlowRow
from ui.widgets.pills import Chip
from ui.words import short_date, translate

if TYPE_CHECKING:
    from ui.pages.filter_choice import PeriodDialog, RecordFinder

OFFERED = 3
FIND, PERIOD = "find", "period"
"""Lines of a menu that ask for more."""
MOST_LINKS = 20
FILTERS = frozenset({
    FieldType.CHOICE, FieldType.CHOICES, FieldType.DATE, FieldType.LINK, FieldType.LINKS,
    FieldType.BOOLEAN,
})  # fmt: skip


Period = tuple[dt.date | None, dt.date | None]
"""First and last day, both included; None where it is open."""


@dataclass(frozen=True)
class Option:
    """One line of a filter's menu."""

    words: str
    where: tuple[Condition, ...]


def date_options(path: str, today: dt.date) -> list[Option]:
    """Coming, past, this month, last 90 days, this financial year, no date."""
    first = today.replace(day=1)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    year = today.year if (today.month, today.day) >= (4, 1) else today.year - 1

    def between(words: str, since: dt.date | None, before: dt.date | None) -> Option:
        return Option(words, _between(path, since, before))

    return [
        between(translate("filter", "Today and coming"), today, None),
        between(translate("filter", "Past"), None, today),
        between(translate("filter", "This month"), first, following),
        between(
            translate("filter", "Last 90 days"),
            today - dt.timedelta(days=90),
            today + dt.timedelta(days=1),
        ),
        between(
            translate("filter", "This financial year"),
            dt.date(year, 4, 1),
            dt.date(year + 1, 4, 1),
        ),
        Option(translate("filter", "No date"), (Condition(path, "empty"),)),
    ]


def period_words(period: Period) -> str:
    """ "1 Apr 2026 to 30 Jun 2026", "from 1 Apr 2026", "to 30 Jun 2026"."""
    first, last = (short_date(day.isoformat()) if day else "" for day in period)
    if first and last:
        return translate("filter", "{first} to {last}").format(first=first, last=last)
    if first:
        return translate("filter", "from {first}").format(first=first)
    return translate("filter", "to {last}").format(last=last)


def _between(
    path: str, since: dt.date | None, before: dt.date | None
) -> tuple[Condition, ...]:  # fmt: skip
    where = []
    if since:
        where.append(Condition(path, ">=", since.isoformat()))
    if before:
        where.append(Condition(path, "<", before.isoformat()))
    return tuple(where)


def period_option(spec: Spec, period: Period) -> Option:
    """From one day to another, both included."""
    first, last = period
    before = last + dt.timedelta(days=1) if last and last < dt.date.max else None
    return Option(period_words(period), _between(spec.name, first, before))


def link_option(spec: Spec, record_id: str, title: str) -> Option:
    """The records that point to one."""
    return Option(title, (Condition(spec.name, "has" if spec.is_set else "=", record_id),))


def options(spec: Spec, today: dt.date, links: list[tuple[str, str]]) -> list[Option]:
    """What a filter on this field offers; `links` are ids and titles of its target."""
    path = spec.name
    if spec.type is FieldType.DATE:
        return date_options(path, today)
    if spec.type is FieldType.BOOLEAN:
        return [
            Option(translate("filter", "Yes"), (Condition(path, "=", True),)),
            Option(translate("filter", "No"), (Condition(path, "!=", True),)),
        ]
    op = "has" if spec.is_set else "="
    if spec.target:
        offered = [link_option(spec, i, title) for i, title in links]
    else:
        offered = [Option(c.label, (Condition(path, op, c.code),)) for c in spec.choices]
    if spec.default in ("", None, ()):
        offered.append(Option(translate("filter", "None"), (Condition(path, "empty"),)))
    return offered


class Filters(FlowRow):
    """`changed` when the conditions are others. Chips open a menu of what the field can be."""

    changed = Signal()

    def __init__(self, kind: type[Record], tasks: Tasks, today: Callable[[], dt.date]) -> None:
        super().__init__(translate("filter", "Filters"), 6)
        self._kind, self._tasks, self._today = kind, tasks, today
        specs = kind.specs()
        names = [n for n in kind.meta.columns if n in specs and specs[n].type in FILTERS]
        names += [n for n, s in specs.items() if s.type in FILTERS and n not in names]
        names = [n for n in names if not specs[n].advanced]
        self._names, self._chosen = names, dict[str, Option]()
        self._links: dict[str, list[tuple[str, str]]] = {}
        self._chips: dict[str, Chip] = {}
        for name in names[:OFFERED]:
            self._chip(name)
        self._more = Chip(translate("filter", "More filters"), icon_name="filter_list",
                          checkable=False)  # fmt: skip
        self._more.clicked.connect(self._show_more)
        self.add(self._more)
        self._more.setVisible(len(names) > OFFERED)

    def _chip(self, name: str) -> Chip:
        label = self._kind.specs()[name].label
        chip = Chip(label, icon_name="keyboard_arrow_down")
        named(chip, translate("filter", "Filter by {field}").format(field=label))
        chip.setProperty("field", name)
        chip.clicked.connect(self._clicked)
        self._chips[name] = chip
        self.flow.addWidget(chip)
        return chip

    @property
    def where(self) -> tuple[Condition, ...]:
        """The conditions chosen."""
        return tuple(condition for option in self._chosen.values() for condition in option.where)

    def choose(self, name: str, option: Option | None) -> None:
        """Choose an option of a field; None takes the filter off."""
        spec = self._kind.specs()[name]
        if option is None:
            self._chosen.pop(name, None)
        else:
            self._chosen[name] = option
        chip = self._chips.get(name) or self._chip(name)
        chip.say(f"{spec.label}: {option.words}" if option else spec.label)
        chip.setChecked(option is not None)
        self.changed.emit()

    @property
    def chosen(self) -> dict[str, Option]:
        """What is chosen, by field."""
        return dict(self._chosen)

    def choose_all(self, chosen: Mapping[str, Option]) -> None:
        """Choose these and nothing else; the list is asked once."""
        before = self.blockSignals(True)
        self.clear_all()
        for name, option in chosen.items():
            self.choose(name, option)
        self.blockSignals(before)
        self.changed.emit()

    def clear_all(self) -> None:
        """Take every filter off."""
        for name in list(self._chosen):
            self.choose(name, None)

    def load_links(self) -> None:
        """Fetch what link filters can point to: the newest of each target."""
        specs = self._kind.specs()
        targets = {n: specs[n].target for n in self._names if specs[n].target}

        def job(reader: Reader) -> dict[str, list[tuple[str, str]]]:
            found = {}
            for name, target in targets.items():
                if is_confidential(reader.registry, target):
                    continue  # a menu of titles is a reading of each
                sort = reader.registry[target].meta.sort
                page = reader.page(ListQuery(target, sort=sort), limit=MOST_LINKS)
                found[name] = [(row.id, row.title) for row in page.rows]
            return found

        if targets:
            self._tasks.read(job, self._linked, key=(self, "links"))

    def _linked(self, links: dict[str, list[tuple[str, str]]]) -> None:
        self._links = links

    def _clicked(self) -> None:
        chip = self.sender()
        name = str(chip.property("field"))
        chip.setChecked(name in self._chosen)  # the menu decides, not the press
        self._menu(name, chip)

    def _menu(self, name: str, over: QWidget) -> None:
        menu = named(QMenu(self), self._kind.specs()[name].label)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill(menu, name)
        menu.popup(over.mapToGlobal(QPoint(0, over.height() + 2)))

    def _fill(self, menu: QMenu, name: str) -> None:
        spec = self._kind.specs()[name]
        anything = menu.addAction(translate("filter", "Any"))
        anything.setData((name, None))
        for option in options(spec, self._today(), self._links.get(name, [])):
            action = menu.addAction(option.words.replace("&", "&&")[:60])
            action.setCheckable(True)
            action.setChecked(self._chosen.get(name) == option)
            action.setData((name, option))
        if spec.target:
            menu.addAction(translate("filter", "Find another…")).setData((name, FIND))
        elif spec.type is FieldType.DATE:
            menu.addAction(translate("filter", "From … to …")).setData((name, PERIOD))
        menu.triggered.connect(self._picked)

    def _picked(self, action) -> None:  # type: ignore[no-untyped-def]
        if action.data() is None:
            return
        name, picked = action.data()
        if picked in (FIND, PERIOD):
            self.ask(name)
        else:
            self.choose(name, picked)

    def ask(self, name: str) -> RecordFinder | PeriodDialog:
        """Ask for what the menu of a field does not hold."""
        from ui.pages.filter_choice import PeriodDialog, RecordFinder

        spec = self._kind.specs()[name]
        dialog: RecordFinder | PeriodDialog
        if spec.target:
            dialog = RecordFinder(spec.target, spec.label, self._tasks, self.window())
            dialog.chosen.connect(self._found)
        else:
            dialog = PeriodDialog(spec.label, self.window())
            dialog.chosen.connect(self._between)
        dialog.setProperty("field", name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def _asked(self) -> str:
        return str(self.sender().property("field"))

    def _found(self, record_id: str, title: str) -> None:
        name = self._asked()
        self.choose(name, link_option(self._kind.specs()[name], record_id, title))

    def _between(self, period: Period) -> None:
        name = self._asked()
        self.choose(name, period_option(self._kind.specs()[name], period))

    def _show_more(self) -> None:
        menu = named(QMenu(self), translate("filter", "More filters"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in self._names:
            if name not in self._chips:
                self._fill(menu.addMenu(self._kind.specs()[name].label), name)
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height() + 2)))
