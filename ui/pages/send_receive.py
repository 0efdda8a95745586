"""Send and receive: what waits, what came, what is missing, and where two people disagree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from db.changes import Applied
from db.errors import Cancelled, KnownError
from engage_desktop.sync import SyncReceipt
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync.desk import Choice, Exchange
from engage_desktop.sync.errors import FolderEmptied, FolderNotStarted
from ui.dialogs.invite import InviteDialog
from ui.dialogs.parts import Problem, button, column, row
from ui.dialogs.questions import sentence_of
from ui.dialogs.two_versions import TwoVersions
from ui.form.context import Context
from ui.pages.page import Page
from ui.tasks import Ticket
from ui.widgets.banners import Banner, ProgressStrip
from ui.widgets.base import Label, Scroll, clear, look, named
from ui.widgets.cards import Card, Stat, ruled
from ui.widgets.flow import FlowRow
from ui.words import count_words, moment_words, translate

MOST_SHOWN = 40
"""Cards of two versions shown at once; the next come as these are settled."""


class SendReceivePage(Page):
    """The page. Everything that takes time is a task."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._workspace, self._tasks = context.workspace, context.tasks
        self._ticket: Ticket | None = None
        self.exchange: Exchange | None = None
        self.cards: list[TwoVersions] = []
        named(look(self, "page"), translate("send", "Send and receive"))
        self._build()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(150)
        self._soon.timeout.connect(self.refresh)
        self.refresh()

    @property
    def primary(self) -> tuple[str, str]:
        """The button at the top of the window."""
        return translate("send", "Send and receive now"), "sync"

    @property
    def busy(self) -> bool:
        """True while an exchange runs."""
        return self._ticket is not None

    def run_primary(self) -> None:
        """Send and receive."""
        self.exchange_now()

    def enter(self) -> None:
        """The page comes into view."""
        self.refresh()

    def heard(self, applied: Applied) -> None:
        """Something changed: there is more to send, or a choice was made."""
        self._soon.start()

    def refresh(self) -> None:
        """Look again."""
        store = self._workspace.store
        self._tasks.read(
            lambda reader: exchange_desk.look(store, reader), self.show_exchange, self._failed,
            key=self,
        )  # fmt: skip

    def exchange_now(self, *, start: bool = False) -> None:
        """Send what waits and receive what came, through the folder."""
        if self._ticket is not None:
            return
        folder = self.exchange.folder if self.exchange else ""
        if not folder:
            self.choose_folder()
            return
        self.problem.say("")
        self.confirm.hide()
        self.done.hide()
        self.now.setEnabled(False)
        self.waiting.show_progress(translate("send", "Opening the shared folder"), 0, 0)
        workspace, path = self._workspace, Path(folder)

        def job(ticket: Ticket) -> SyncReceipt:
            return exchange_desk.send_and_receive(
                workspace, path, start=start, cancelled=lambda: ticket.cancelled,
                progress=lambda words, done, total: ticket.progress(done, total, words),
            )  # fmt: skip

        self._ticket = self._tasks.write(job, self._exchanged, self._failed, self._progress)

    def stop(self) -> None:
        """Stop between two files; the next time goes on from there."""
        if self._ticket is not None:
            self._ticket.cancel()

    def choose_folder(self) -> None:
        """Which folder the team shares."""
        dialog = QFileDialog(self.window(), translate("send", "The folder your team shares"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.use_folder)
        dialog.open()

    def use_folder(self, folder: str) -> None:
        """Remember the folder, on this laptop."""
        store = self._workspace.store
        self._tasks.write(
            lambda _t: store.set_setting(exchange_desk.FOLDER, folder), self._folder_kept,
            self._failed,
        )  # fmt: skip

    def invite(self) -> InviteDialog:
        """Make an invitation for a colleague."""
        dialog = InviteDialog(self._workspace, self._tasks, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.invited.connect(self.refresh)
        dialog.open()
        return dialog

    # Building

    def _build(self) -> None:
        inner = look(named(QWidget(), translate("send", "Send and receive")), "plain")
        box = column(inner, gap=14, edges=(22, 18, 22, 22))
        top = row(gap=12)
        top.addWidget(Label(translate("send", "Send and receive"), "title"), 1)
        self.invite_button = button(translate("send", "Invite a colleague…"), "plain",
                                    icon="person_add", pressed=self.invite)  # fmt: skip
        self.now = button(translate("send", "Send and receive now"), "primary", icon="sync",
                          pressed=self.exchange_now)  # fmt: skip
        top.addWidget(self.invite_button)
        top.addWidget(self.now)
        box.addLayout(top)
        self.problem = Problem()
        box.addWidget(self.problem)
        self.confirm = Banner("warning")
        self.confirm.add_button(translate("send", "Yes, use this folder"), self._start_here)
        self.confirm.hide()
        box.addWidget(self.confirm)
        self.done = Banner("good", closable=True)
        self.done.hide()
        box.addWidget(self.done)
        self.waiting = ProgressStrip()
        self.waiting.cancelled.connect(self.stop)
        box.addWidget(self.waiting)
        self.stats = FlowRow(translate("send", "How things stand"), 12)
        self.to_send, self.as_of = Stat("", ""), Stat("", "")
        self.came = Stat("", "")
        self.stats.add(self.to_send, self.as_of, self.came)
        box.addWidget(self.stats)
        self.choices = Card(translate("send", "Two versions: choose one"))
        self._choice_box = column(gap=6)
        self.choices.body.addLayout(self._choice_box)
        box.addWidget(self.choices)
        box.addWidget(self._folder_card())
        self.missing = Card(translate("send", "Still on its way"))
        self._missing_box = column(gap=6)
        self.missing.body.addLayout(self._missing_box)
        box.addWidget(self.missing)
        self.aside = Card(translate("send", "Not taken in"))
        self._aside_box = column(gap=6)
        self.aside.body.addLayout(self._aside_box)
        box.addWidget(self.aside)
        self.receipts = Card(translate("send", "Earlier"))
        self._receipt_box = column(gap=4)
        self.receipts.body.addLayout(self._receipt_box)
        box.addWidget(self.receipts)
        for card in (self.choices, self.missing, self.aside, self.receipts):
            card.hide()
        box.addStretch(1)
        column(self).addWidget(Scroll(inner, translate("send", "Send and receive")))

    def _folder_card(self) -> QWidget:
        card = Card(translate("send", "Shared folder"))
        line = row(gap=12)
        words = column(gap=2)
        self.folder = Label("", "strong")
        self.folder_words = Label("", "small")
        words.addWidget(self.folder)
        words.addWidget(self.folder_words)
        line.addLayout(words, 1)
        self.choose = button(translate("send", "Choose folder…"), "secondary", icon="folder_open",
                             pressed=self.choose_folder)  # fmt: skip
        line.addWidget(self.choose)
        card.body.addLayout(line)
        self.team = Label("", "muted")
        card.body.addWidget(self.team)
        return card

    # Showing

    def show_exchange(self, exchange: Exchange) -> None:
        """Show how things stand."""
        self.exchange = exchange
        one, many = translate("send", "change"), translate("send", "changes")
        sends = one if exchange.to_send == 1 else many
        self.to_send.show_as(
            translate("send", "Waiting to be sent"), f"{exchange.to_send:,}", sends
        )
        when = moment_words(exchange.as_of_ms) if exchange.as_of_ms else ""
        self.as_of.show_as(
            translate("send", "Data as of"), when or translate("send", "Never exchanged"), ""
        )
        last = exchange.last or {}
        whom = last.get("from_whom") or {}
        names = ", ".join(f"{name} {n:,}" for name, n in sorted(whom.items()))
        self.came.show_as(
            translate("send", "Came last time"), f"{int(last.get('received', 0)):,}",
            names or translate("send", "nothing from anybody"),
        )  # fmt: skip
        self._show_folder(exchange)
        self._show_choices(exchange)
        self._show_missing(last)
        self._show_aside(last)
        self._show_receipts(exchange)
        self.badge_changed.emit(len(exchange.choices))

    def _show_folder(self, exchange: Exchange) -> None:
        name = Path(exchange.folder).name if exchange.folder else ""
        self.folder.setText(name or translate("send", "No folder chosen yet"))
        named(self.folder, self.folder.text())
        self.folder_words.setText(
            exchange.folder
            or translate(
                "send",
                "A network drive, a stick, or a folder that another program keeps in step. What is"
                " put there is encrypted; only your team can read it.",
            )
        )
        named(self.folder_words, self.folder_words.text())
        me = translate("send", "this laptop")
        people = [f"{m.officer}{f' ({me})' if m.here else ''}" for m in exchange.members]
        words = translate("send", "In the team: {names}").format(names=", ".join(people))
        self.team.setText(
            words if people else translate("send", "You are on your own so far. Invite a colleague"
                                           " to share with.")
        )  # fmt: skip
        named(self.team, self.team.text())

    def _show_choices(self, exchange: Exchange) -> None:
        wanted = list(exchange.choices[:MOST_SHOWN])
        if [card.choice for card in self.cards] == wanted and all(
            card.keep.isEnabled() for card in self.cards
        ):
            return  # what somebody has half chosen stays as it is
        had_keyboard = any(card.isAncestorOf(self.focusWidget()) for card in self.cards
                           if self.focusWidget() is not None)  # fmt: skip
        clear(self._choice_box)
        self.cards = []
        for choice in wanted:
            card = TwoVersions(choice)
            card.chosen.connect(self._choose)
            card.open_record.connect(self._context.open_record)
            self.cards.append(card)
        ruled(self._choice_box, list(self.cards))
        self.choices.setVisible(bool(self.cards))
        more = len(exchange.choices) - len(self.cards)
        if more > 0:
            self._choice_box.addWidget(
                Label(translate("send", "{n} more come after these.").format(n=more), "muted")
            )
        if had_keyboard and self.cards:
            self.cards[0].take_keyboard()

    def _show_missing(self, last: dict[str, Any]) -> None:
        lines = []
        for waiting in last.get("waiting", []):
            numbers = waiting["missing"]
            files = count_words(len(numbers), translate("send", "file"), translate("send", "files"))
            shown = ", ".join(str(n) for n in numbers[:6]) + ("…" if len(numbers) > 6 else "")
            lines.append(
                translate("send", "{files} from {who}’s laptop: number {numbers}").format(
                    files=files,
                    who=waiting["officer"] or translate("send", "a colleague"),
                    numbers=shown,
                )
            )
        if last.get("attachments_missing"):
            n = int(last["attachments_missing"])
            lines.append(count_words(n, translate("send", "attachment"),
                                     translate("send", "attachments")))  # fmt: skip
        _lines(self._missing_box, lines)
        self.missing.setVisible(bool(lines))

    def _show_aside(self, last: dict[str, Any]) -> None:
        lines = [f"{item['file']}: {item['reason']}" for item in last.get("quarantined", [])]
        _lines(self._aside_box, lines)
        self.aside.setVisible(bool(lines))

    def _show_receipts(self, exchange: Exchange) -> None:
        lines = [
            f"{moment_words(int(each['at_ms']))}: {exchange_desk.receipt_words(each)}"
            for each in exchange.receipts[:8]
        ]
        _lines(self._receipt_box, lines)
        self.receipts.setVisible(bool(lines))

    # What came of it

    def _progress(self, how_far: tuple[int, int, str]) -> None:
        done, total, words = how_far
        self.waiting.show_progress(words, done, total)

    def _exchanged(self, receipt: SyncReceipt) -> None:
        self._settled()
        self.now.setFocus(Qt.FocusReason.OtherFocusReason)
        words = exchange_desk.receipt_words(receipt.as_json())
        self.done.show_as("good", words[:1].upper() + words[1:] + ".", " ".join(receipt.notes))
        self.done.show()
        self.refresh()

    def _failed(self, error: Exception) -> None:
        self._settled()
        if isinstance(error, Cancelled):
            self.problem.say(
                translate("send", "Stopped. What was sent and received so far is kept; the next"
                          " time goes on from there.")
            )  # fmt: skip
        elif isinstance(error, (FolderNotStarted, FolderEmptied)):
            self.confirm.show_as("warning", translate("send", "Is this the right folder?"),
                                 error.sentence)  # fmt: skip
            self.confirm.show()
        else:
            self.problem.say(sentence_of(error))

    def _settled(self) -> None:
        self._ticket = None
        self.now.setEnabled(True)
        self.waiting.finish()

    def _start_here(self) -> None:
        self.exchange_now(start=True)

    def _folder_kept(self, _none: object) -> None:
        self.refresh()
        self.now.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, choice: Choice, value: object) -> None:
        store, conflict = self._workspace.store, choice.conflict
        self._deciding = self.sender()

        def job(_ticket: Ticket) -> Applied:
            return store.resolve(conflict.kind, conflict.id, conflict.slot, value, initiator=self)

        self._tasks.write(job, self._chosen, self._not_chosen)

    def _chosen(self, _applied: object) -> None:
        self.refresh()

    def _not_chosen(self, error: Exception) -> None:
        if isinstance(self._deciding, TwoVersions):
            sentence = error.sentence if isinstance(error, KnownError) else sentence_of(error)
            self._deciding.failed(sentence)


def _lines(box: QVBoxLayout, lines: list[str]) -> None:
    clear(box)
    for line in lines:
        box.addWidget(Label(line))


__all__ = ["SendReceivePage"]
