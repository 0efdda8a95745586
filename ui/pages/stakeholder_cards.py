"""The cards of an open stakeholder: needs in six steps, may we, e-mails that become contacts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QGridLayout, QVBoxLayout, QWidget

from db.errors import Cancelled, KnownError
from engage_desktop.queries.stakeholder import StakeholderState
from engage_desktop.records.contact import BASES, MAIL_FILES, PURPOSES
from engage_desktop.stakeholders.needs import Step
from engage_desktop.stakeholders.permissions import STATE_WORDS, Held
from engage_desktop.stakeholders.withdrawing import withdrawal
from ui.form.context import Context
from ui.form.panels import ChildrenPanel
from ui.tasks import Ticket
from ui.widgets.banners import Banner
from ui.widgets.base import Label, clear, named, spaced
from ui.widgets.buttons import Button
from ui.widgets.cards import Card
from ui.widgets.flow import FlowRow
from ui.widgets.pills import Pill
from ui.widgets.refused import mute
from ui.widgets.steps import StepGrid, StepShown
from ui.widgets.watch import Watch
from ui.words import short_date, translate

if TYPE_CHECKING:
    from engage_desktop.mails_in import Delivery
    from ui.dialogs.withdraw import WithdrawDialog
    from ui.pages.own_cards import Whole
    from ui.pages.record_parts import Loaded

_TONES = {"yes": "good", "no": "bad", "withdrawn": "bad", "ran_out": "warning",
          "not_asked": "plain"}  # fmt: skip


class StepsCard(Card):
    """The six steps of the accessible information standard, and what comes next."""

    def __init__(self, whole: Whole) -> None:
        super().__init__(translate("needs", "Communication and access needs: six steps"))
        self._whole = whole
        self._state: StakeholderState | None = None
        self._hidden = False
        self.needs = Label("")
        self.grid = StepGrid(translate("needs", "Six steps"))
        row = FlowRow(translate("needs", "Next step"), 8)
        self.next = Button("", "edit", "secondary")
        self.next.clicked.connect(self._go)
        row.add(self.next)
        for widget in (self.needs, self.grid, row):
            self.body.addWidget(widget)
        self._field = ""

    def show_state(self, state: StakeholderState, *, person: bool, read_only: bool) -> None:
        """Show the steps; an organisation that nobody asked and that needs nothing has none."""
        self._state = state
        self.setVisible(person or state.any_need or state.steps[0].state == "done")
        self.grid.show_steps([_step(step) for step in state.steps])
        waiting = [step for step in state.steps if step.asks]
        waiting.sort(key=lambda step: step.state != "overdue")
        self.next.setVisible(bool(waiting) and not read_only)
        if waiting:
            self._field = waiting[0].asks
            self.next.say(_next_words(waiting[0]))
        self._show_needs()

    def set_hidden(self, hidden: bool) -> None:
        """Cover what is needed, or show it."""
        self._hidden = hidden
        self._show_needs()

    def _show_needs(self) -> None:
        needs = self._state.needs if self._state else ()
        words = ", ".join(needs)
        if words and self._hidden:
            words = translate("needs", "Hidden. F9 shows it again.")
        self.needs.setText(words)
        self.needs.setVisible(bool(words))

    def _go(self) -> None:
        self._whole.bar.setCurrentIndex(0)
        self._whole.form.go_to(self._field)


def _step(step: Step) -> StepShown:
    said = {
        "done": translate("needs", "done"), "open": translate("needs", "not done"),
        "overdue": translate("needs", "overdue"), "not_needed": translate("needs", "not needed"),
    }[step.state]  # fmt: skip
    day = f" {short_date(step.day.isoformat())}" if step.day else ""
    return StepShown(step.label, step.state, said, step.words + day)


def _next_words(step: Step) -> str:
    if step.state == "overdue":
        return translate("needs", "Ask again, and give the next day")
    return {
        "needs_asked": translate("needs", "Ask, and give the day"),
        "needs": translate("needs", "Write down what is needed"),
        "needs_tell": translate("needs", "Say who may be told"),
        "needs_shared": translate("needs", "Give the day they were told"),
        "needs_met": translate("needs", "Say whether they were met"),
        "needs_review": translate("needs", "Say when to ask again"),
    }[step.asks]


class PermissionsCard(Card):
    """May we? One line for each purpose, and a button to take a yes back."""

    def __init__(self, context: Context) -> None:
        super().__init__(translate("may", "May we?"))
        self._context = context
        self._person: Any = None
        self._read_only = False
        self.barred = Banner("bad")
        self.child = Banner("warning")
        for banner in (self.barred, self.child):
            self.body.addWidget(banner)
            banner.hide()
        self._grid = QGridLayout()
        spaced(self._grid, gap=10)
        self._grid.setColumnStretch(2, 1)
        self.body.addLayout(self._grid)
        self.dialog: WithdrawDialog | None = None
        self._held: dict[str, Held] = {}

    def show_state(self, person: Any, state: StakeholderState, *, read_only: bool) -> None:
        """Show what holds for each purpose today."""
        self._person, self._read_only = person, read_only
        self._held = {held.purpose: held for held in state.permissions}
        self.barred.setVisible(person.do_not_contact)
        if person.do_not_contact:
            self.barred.show_as(
                "bad",
                translate("may", "Do not contact."),
                translate("may", "This stands above every yes for contact and the bulletin."),
            )
        self.child.setVisible(bool(state.warning))
        if state.warning:
            self.child.show_as("warning", state.warning)
        clear(self._grid)
        for row, held in enumerate(state.permissions):
            self._line(row, held)

    def _line(self, row: int, held: Held) -> None:
        purpose = _purpose(held.purpose)
        state, tone = STATE_WORDS[held.state], _TONES[held.state]
        if held.barred:
            state, tone = translate("may", "Do not contact"), "bad"
        pill = Pill(state, tone)
        named(pill, f"{purpose}: {state}")
        self._grid.addWidget(Label(purpose, "strong"), row, 0)
        self._grid.addWidget(pill, row, 1, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(Label(_details(held), "small"), row, 2)
        if held.state == "yes" and not self._read_only:
            button = Button(translate("may", "Withdraw"), how="quiet")
            named(button, translate("may", "Withdraw: {purpose}").format(purpose=purpose))
            button.setProperty("purpose", held.purpose)
            button.clicked.connect(self._withdraw)
            mute(button, self._context.rights.adding("permission"))
            self._grid.addWidget(button, row, 3)

    def _withdraw(self) -> None:
        from ui.dialogs.withdraw import WithdrawDialog

        purpose = str(self.sender().property("purpose"))
        self.dialog = WithdrawDialog(_purpose(purpose), self._context.today(), self.window())
        self.dialog.setProperty("purpose", purpose)
        self.dialog.chosen.connect(self._withdrawn)
        self.dialog.open()

    def _withdrawn(self, day: dt.date, how: str) -> None:
        dialog = self.sender()
        held = self._held[str(dialog.property("purpose"))]
        new_id = self._context.workspace.store.new_id
        try:
            changes = withdrawal(self._person, held, day, how, new_id)
        except KnownError as error:
            dialog.problem.say(error.sentence)
            return
        dialog.accept()
        self._context.apply(changes, translate("may", "Withdraw permission"), None, self._failed)

    def _failed(self, error: BaseException) -> None:
        words = translate("may", "A fault in the program stopped this. Nothing was changed.")
        self._context.say(getattr(error, "sentence", words))


def _purpose(code: str) -> str:
    return next((choice.label for choice in PURPOSES if choice.code == code), code)


def _details(held: Held) -> str:
    basis = next((choice.label for choice in BASES if choice.code == held.basis), held.basis)
    since = translate("may", "since {day}").format(day=_day(held.since)) if held.since else ""
    words = translate("may", "ran out on {day}" if held.state == "ran_out" else "until {day}")
    until = words.format(day=_day(held.until)) if held.until else ""
    return " · ".join(part for part in (basis, since, until, held.source) if part)


def _day(day: dt.date) -> str:
    return short_date(day.isoformat())


class MailIn(QObject):
    """E-mail files that become contacts: chosen with a button, or dropped on the record."""

    def __init__(self, context: Context, owner: QWidget) -> None:
        super().__init__(owner)
        self._context, self._owner, self.person = context, owner, ""
        self.button = Button(translate("mail", "Add from an e-mail file"), "mail", "secondary")
        self.button.clicked.connect(self._choose)
        self.told = Banner("warning")
        self.told.hide()

    def show_for(self, person: str) -> None:
        """Whose contacts they become."""
        if person != self.person:
            self.told.hide()
        self.person = person

    def _choose(self) -> None:
        dialog = QFileDialog(self._owner.window(), self.button.accessibleName())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        endings = " ".join(f"*{suffix}" for suffix in MAIL_FILES)
        dialog.setNameFilter(translate("mail", "E-mails ({endings})").format(endings=endings))
        dialog.filesSelected.connect(self.take)
        dialog.open()

    def take(self, names: list[str]) -> None:
        """Each file becomes a contact of its own; what cannot be read is said."""
        from engage_desktop.mails_in import Delivery, contacts_from_mails

        workspace, person, today = self._context.workspace, self.person, self._context.today()
        paths, delivery = [Path(name) for name in names], Delivery(len(names))

        def job(ticket: Ticket) -> Delivery:
            contacts_from_mails(
                workspace, person, paths, delivery, today=today, progress=ticket.progress,
                cancelled=lambda: ticket.cancelled,
            )  # fmt: skip
            return delivery

        self.told.hide()
        taking = _Taking(self, person, delivery)
        strip = getattr(self._owner.window(), "progress", None)
        if strip is None:
            self._context.tasks.write(job, taking.done, taking.failed)
        else:
            words = translate("mail", "Adding e-mails…")
            Watch(strip, words, taking.done, taking.failed).over(self._context.tasks, job)

    def tell(self, person: str, delivery: Delivery, words: str) -> None:
        """Say what came of it; what somebody has to know or do stays beside the contacts."""
        self._context.say(words)
        details = delivery.details()
        if details and person == self.person:
            self.told.show_as("warning", words, "\n".join(details))
            self.told.show()


class _Taking(QObject):
    """Files under way: another record may be shown by the time they are taken."""

    def __init__(self, mail: MailIn, person: str, delivery: Delivery) -> None:
        super().__init__(mail)
        self._mail, self._person, self._delivery = mail, person, delivery

    def done(self, _delivery: object) -> None:
        self._tell(self._delivery.words)

    def failed(self, error: BaseException) -> None:
        if not isinstance(error, Cancelled):
            self._delivery.ended = translate("mail", "A fault in the program stopped this.")
        self._tell(self._delivery.words)

    def _tell(self, words: str) -> None:
        self._mail.tell(self._person, self._delivery, words)
        self.deleteLater()


class StakeholderCards:
    """Everything a stakeholder shows besides fields and parts."""

    def __init__(self, whole: Whole, context: Context) -> None:
        self._context = context
        self.details: QWidget = named(QWidget(), translate("needs", "Needs"))
        box = QVBoxLayout(self.details)
        spaced(box, gap=0)
        self.steps = StepsCard(whole)
        box.addWidget(self.steps)
        self.may = PermissionsCard(context)
        self.mail = MailIn(context, self.details)

    def join(self, panels: Mapping[str, ChildrenPanel]) -> None:
        """The state above the lines it is made of; the mail button beside “Add contact”."""
        panels["permission"].top.addWidget(self.may)
        panels["interaction"].verbs.add(self.mail.button)
        panels["interaction"].top.addWidget(self.mail.told)

    def show_for(self, loaded: Loaded, *, read_only: bool) -> None:
        """Show what was read of a stakeholder."""
        state, person = loaded.facts.state, loaded.record
        assert state is not None
        nature = getattr(person, "nature", "")
        self.steps.show_state(state, person=nature == "person", read_only=read_only)
        self.may.show_state(person, state, read_only=read_only)
        self.mail.show_for(person.id)
        mute(self.mail.button, self._context.rights.adding("interaction", "attachment"))

    def set_hidden(self, hidden: bool) -> None:
        """Cover what is needed, or show it. What was said of files names them: it goes."""
        self.steps.set_hidden(hidden)
        if hidden:
            self.mail.told.hide()

    def takes(self, names: list[str]) -> bool:
        """E-mail files, where contacts may be added."""
        endings = {Path(name).suffix.casefold() for name in names}
        return bool(names) and endings <= set(MAIL_FILES) and self.mail.button.isEnabled()

    def take(self, names: list[str]) -> None:
        """E-mails dropped on the record become contacts."""
        self.mail.take(names)
