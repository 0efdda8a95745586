"""Before a stand or a box of cards: at which event, about which service."""

from __future__ import annotations

import datetime as dt
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from db.drafts import Drafts
from db.query import ListQuery
from db.reader import Reader
from engage_desktop.capture.card import Sitting
from engage_desktop.capture.desk import Past, past_of
from engage_desktop.queries.feedback import distinct
from ui.dialogs.fields import Field, TextField
from ui.dialogs.parts import button
from ui.dialogs.questions import sentence_of
from ui.dialogs.small import SmallDialog
from ui.tasks import Tasks
from ui.widgets.buttons import Combo
from ui.words import short_date, translate

MOST_EVENTS = 60
LAST_SITTING = "window.last_sitting"
_Event = tuple[str, str, dt.date | None]
_Offered = tuple[list[_Event], list[str], list[str], dict[str, Any]]


class StartDialog(SmallDialog):
    """`started` carries the `Sitting` and what was there before (`Past`)."""

    started = Signal(object, object)

    def __init__(
        self, source: str, tasks: Tasks, drafts: Drafts, today: dt.date,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        stand = source == "stand"
        super().__init__(
            translate("start", "Take feedback at a stand")
            if stand
            else translate("start", "Key in a box of cards"),
            wide=540,
            parent=parent,
        )
        self._source, self._tasks, self._drafts, self._today = source, tasks, drafts, today
        self._days: dict[str, tuple[str, dt.date | None]] = {}
        box = self.body
        words = translate("start", "Event")
        self.event_choice = Combo(words, [("", translate("start", "Not at an event"))])
        box.addWidget(Field(words, self.event_choice, translate("start", "Nearest to today first")))
        self.service = TextField(
            translate("start", "Service"),
            translate("start", "Its plain name, for example: GP practice. May be empty."),
        )
        self.provider = TextField(translate("start", "Provider"), "")
        box.addWidget(self.service)
        box.addWidget(self.provider)
        self.go = button(
            translate("start", "Start the stand") if stand else translate("start", "Begin keying"),
            "primary",
            pressed=self.start,
        )
        self.go.setDefault(True)
        back = button(translate("start", "Go back"), "quiet", pressed=self.reject)
        self.foot.add(self.go, back)
        tasks.read(self._read, self._show, self._failed)

    def start(self) -> None:
        """Read what is there already, then begin."""
        sitting, drafts = self.sitting(), self._drafts
        self.go.setEnabled(False)
        self._tasks.read(lambda reader: (sitting, past_of(reader, sitting, drafts)), self._began,
                         self._failed)  # fmt: skip

    def sitting(self) -> Sitting:
        """What was answered."""
        event = self.event_choice.currentData() or None
        name, day = self._days.get(event or "", ("", None))
        service = self.service.text
        return Sitting.at(self._source, event, name, day, service, self.provider.text)

    def _read(self, reader: Reader) -> _Offered:
        page = reader.page(ListQuery("event", columns=("name", "date"), sort="-date"), limit=500)
        events = []
        for each in page.rows:
            day = dt.date.fromisoformat(each.values[1]) if each.values[1] else None
            events.append((each.id, str(each.values[0]), day))
        events.sort(key=self._far)
        remembered = reader.get_setting(LAST_SITTING, {}) or {}
        return (
            events[:MOST_EVENTS], distinct(reader, "service"), distinct(reader, "provider"),
            remembered,
        )  # fmt: skip

    def _far(self, event: _Event) -> int:
        return abs((event[2] - self._today).days) if event[2] else 1_000_000

    def _show(self, read: _Offered) -> None:
        events, services, providers, remembered = read
        for event, name, day in events:
            shown = f"{name}, {short_date(day.isoformat())}" if day else name
            self._days[event] = (name, day)
            self.event_choice.addItem(shown, event)
        kept = remembered.get("event", "")
        at = self.event_choice.findData(kept) if kept else (1 if events else 0)
        self.event_choice.setCurrentIndex(max(0, at))
        for field in (self.service, self.provider):
            if not field.text:
                field.edit.setText(
                    str(remembered.get("service" if field is self.service else "provider", ""))
                )
        _suggest(self.service.edit, services)
        _suggest(self.provider.edit, providers)
        self.event_choice.setFocus(Qt.FocusReason.OtherFocusReason)

    def _began(self, began: tuple[Sitting, Past]) -> None:
        self.started.emit(*began)
        self.accept()

    def _failed(self, error: Exception) -> None:
        self.go.setEnabled(True)
        self.problem.say(sentence_of(error))


def _suggest(edit: QLineEdit, words: list[str]) -> None:
    completer = QCompleter(words, edit)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    edit.setCompleter(completer)
