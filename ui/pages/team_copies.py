"""Field copies on the Team page: the register of all, and the one that this laptop holds."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from engage_desktop.plain import day_words
from engage_desktop.sync.field_back import CopyRow, OwnCopy
from engage_desktop.sync.field_register import OUT, RETURNED, REVOKED, WAITING
from ui.dialogs.parts import button, column, row
from ui.widgets.base import Label, clear, named
from ui.widgets.cards import Card, ruled
from ui.widgets.flow import FlowRow
from ui.widgets.pills import IconTile, Pill
from ui.widgets.refused import mute
from ui.words import count_words, translate


class CopyLine(QWidget):
    """One copy. `lost(device)` when it cannot be found any more."""

    lost = Signal(str)

    def __init__(self, shown: CopyRow, *, admin: bool) -> None:
        super().__init__()
        self.shown = shown
        copy = shown.copy
        who = copy.officer or translate("copies", "not said who")
        self.name = translate("copies", "{event}: {who}").format(event=shown.title, who=who)
        pill = Pill(*self._state())
        named(self, f"{self.name}. {pill.text}. {self._words()}")
        line = row(self, gap=12, edges=(0, 6, 0, 6))
        tone = "warning" if shown.is_overdue else "info"
        line.addWidget(IconTile("storefront", tone, self.name, 40), 0, Qt.AlignmentFlag.AlignTop)
        words = column(gap=2)
        head = FlowRow(self.name, 8)
        head.add(Label(who, "strong"), pill)
        words.addWidget(head)
        words.addWidget(Label(shown.title))
        words.addWidget(Label(self._words(), "small"))
        line.addLayout(words, 1)
        self.report = button(translate("copies", "Lost laptop report…"), "secondary",
                             pressed=self._lost)  # fmt: skip
        named(self.report, translate("copies", "Lost laptop report: {name}, {n}").format(
            name=self.name, n=copy.device[:4]))  # fmt: skip
        line.addWidget(self.report, 0, Qt.AlignmentFlag.AlignVCenter)
        if not admin or copy.state != OUT:
            self.report.hide()

    def _state(self) -> tuple[str, str, str]:
        """Words, tone and icon."""
        if self.shown.is_overdue:
            return translate("copies", "Overdue"), "warning", "schedule"
        return {
            WAITING: (translate("copies", "Not used yet"), "plain", ""),
            OUT: (translate("copies", "Out"), "info", ""),
            RETURNED: (translate("copies", "Returned and wiped"), "good", "check_circle"),
            REVOKED: (translate("copies", "Taken out of the team"), "plain", "block"),
        }[self.shown.copy.state]

    def _words(self) -> str:
        day = day_words(self.shown.last_day) if self.shown.last_day else ""
        if self.shown.is_overdue:
            return translate("copies", "Its last day was {day}. Have it brought back, or report"
                             " the laptop lost.").format(day=day)  # fmt: skip
        if self.shown.copy.state == WAITING:
            return translate("copies", "Made on this laptop, until {day}. Nobody has opened it, as"
                             " far as is known here.").format(day=day)  # fmt: skip
        if self.shown.copy.state == OUT:
            return translate("copies", "Cards can be keyed in there until {day}.").format(day=day)
        if self.shown.copy.state == REVOKED:
            return translate("copies", "What it had not sent before is set aside. What is on it"
                             " is not recalled.")  # fmt: skip
        return translate("copies", "Everything that was keyed in there is here.")

    def _lost(self) -> None:
        self.lost.emit(self.shown.copy.device)


class CopiesCard(Card):
    """The register. `take_back` when a file came back; `lost(device)`."""

    take_back = Signal()
    lost = Signal(str)

    def __init__(self) -> None:
        super().__init__(translate("copies", "Field copies"))
        self.lines: list[CopyLine] = []
        self._list = column(gap=2)
        self.body.addLayout(self._list)
        verbs = FlowRow(translate("copies", "Field copies"), 10)
        self.back = button(translate("copies", "Take a field copy’s file back in…"), "secondary",
                           icon="inbox", pressed=self._take_back)  # fmt: skip
        verbs.add(self.back)
        self.body.addWidget(verbs)
        self.hide()

    def _take_back(self) -> None:
        self.take_back.emit()

    def show_copies(self, copies: tuple[CopyRow, ...], *, admin: bool, no_file: str) -> None:
        """List them; a team that has none is not told of them."""
        clear(self._list)
        self.lines = [CopyLine(each, admin=admin) for each in copies]
        for line in self.lines:
            line.lost.connect(self.lost)
        ruled(self._list, list(self.lines))
        mute(self.back, no_file)
        self.setVisible(bool(copies))


class OwnCopyCard(Card):
    """The copy that this laptop holds. `bring_back` to return it."""

    bring_back = Signal()

    def __init__(self) -> None:
        super().__init__(translate("copies", "This laptop’s field copy"))
        self.words = Label("")
        self.state = Label("", "muted")
        verbs = FlowRow(translate("copies", "This laptop’s field copy"), 10)
        self.back = button(translate("copies", "Return this field copy…"), "primary",
                           icon="logout", pressed=self._bring_back)  # fmt: skip
        verbs.add(self.back)
        for widget in (self.words, self.state, verbs):
            self.body.addWidget(widget)
        self.hide()

    def _bring_back(self) -> None:
        self.bring_back.emit()

    def show_copy(self, own: OwnCopy | None) -> None:
        """How far it has come; hidden on every other laptop."""
        self.setVisible(own is not None)
        if own is None:
            return
        day = day_words(own.last_day) if own.last_day else ""
        words = translate("copies", "“{title}”, until {day}.")
        if own.is_over:
            words = translate("copies", "“{title}”. Its last day was {day}: return it now.")
        if own.is_out:
            words = translate("copies", "“{title}”. This laptop is out of the team.")
        self.words.setText(words.format(title=own.title, day=day))
        self.state.setText(state_words(own))
        for label in (self.words, self.state):
            named(label, label.text())


def state_words(own: OwnCopy) -> str:
    """What of a field copy is on its laptop alone."""
    if own.unsent:
        changes = count_words(own.unsent, translate("copies", "change is"),
                              translate("copies", "changes are"))  # fmt: skip
        return translate("copies", "{changes} on this laptop alone.").format(changes=changes)
    if own.unread:
        return translate("copies", "Everything is sent. No office laptop has said yet that it took"
                         " all of it in.")  # fmt: skip
    return translate("copies", "Everything that was keyed in here is at the office.")


__all__ = ["CopiesCard", "CopyLine", "OwnCopyCard", "state_words"]
