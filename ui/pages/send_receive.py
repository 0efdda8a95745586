"""Send and receive: what waits, what came, what is missing, and where two people disagree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QVBoxLayout, QWidget

from db.changes import Applied
from db.errors import Cancelled
from engage_desktop.sync import SyncReceipt
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync.desk import Exchange
from engage_desktop.sync.errors import FolderEmptied, FolderNotStarted
from engage_desktop.sync.stick import SUFFIX
from ui.dialogs.invite import InviteDialog
from ui.dialogs.parts import Problem, button, column, row
from ui.dialogs.questions import sentence_of
from ui.exchange import AUTOMATIC, Exchanger
from ui.form.context import Context
from ui.pages.page import Page
from ui.theme import theme
from ui.widgets.banners import Banner, ProgressStrip
from ui.widgets.base import Label, Scroll, clear, look, named
from ui.widgets.buttons import Tick
from ui.widgets.cards import Card, NeedRow, Stat, ruled
from ui.widgets.flow import FlowRow
from ui.words import count_words, moment_words, translate

MOST_RECEIPTS = 12
"""Earlier exchanges in view."""

MOST_ASIDE = 30
"""Changes that do not count in view; the rest are counted."""

WIDE = 820
"""From this width on (pixels at 100 % text) the cards stand in two columns."""


class SendReceivePage(Page):
    """The page. Everything that takes time is a task."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._workspace, self._tasks = context.workspace, context.tasks
        self.exchanger: Exchanger = context.exchanger or Exchanger(
            context.workspace, context.tasks, self
        )
        self.exchange: Exchange | None = None
        named(look(self, "page"), translate("send", "Send and receive"))
        self._build()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(150)
        self._soon.timeout.connect(self.refresh)
        self.exchanger.began.connect(self._began)
        self.exchanger.progressed.connect(self._progress)
        self.exchanger.done.connect(self._exchanged)
        self.exchanger.failed.connect(self._not_exchanged)
        theme().changed.connect(self._lay)
        if self.exchanger.busy:
            self._began(self.exchanger.by_itself)
        self.refresh()

    @property
    def primary(self) -> tuple[str, str]:
        """The button at the top of the window."""
        return translate("send", "Send and receive now"), "sync"

    @property
    def busy(self) -> bool:
        """True while an exchange runs."""
        return self.exchanger.busy

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
        folder = self.exchange.folder if self.exchange else ""
        if not folder:
            self.choose_folder()
            return
        self.exchanger.with_folder(folder, start=start)

    def stop(self) -> None:
        """Stop between two files; the next time goes on from there."""
        self.exchanger.stop()

    def export_file(self) -> None:
        """Ask where to, and write everything that colleagues may lack into one file."""
        name = translate("send", "For colleagues") + SUFFIX
        dialog = QFileDialog(self.window(), translate("send", "Export to a file"), name)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([translate("send", "Deliveries") + f" (*{SUFFIX})"])
        dialog.setDefaultSuffix(SUFFIX.lstrip("."))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    def export_to(self, path: str) -> None:
        """Write a delivery to a path."""
        self.exchanger.into_file(Path(path))

    def import_file(self) -> None:
        """Ask for a delivery in one file, and take it in."""
        dialog = QFileDialog(self.window(), translate("send", "Import from a file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        deliveries = translate("send", "Deliveries") + f" (*{SUFFIX})"
        dialog.setNameFilters([deliveries, translate("send", "All files") + " (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.import_from)
        dialog.open()

    def import_from(self, path: str) -> None:
        """Take in a delivery."""
        self.exchanger.out_of_file(Path(path))

    def stick_folder(self) -> None:
        """Ask for a folder on a stick, and send and receive through it this once."""
        dialog = QFileDialog(self.window(), translate("send", "A folder on a stick"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.through_stick)
        dialog.open()

    def through_stick(self, folder: str) -> None:
        """Send and receive through a folder that was chosen for this once."""
        self.exchanger.with_folder(folder, start=True)

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
        self._top = row(gap=12)
        self._top.addWidget(Label(translate("send", "Send and receive"), "title"), 1)
        self.invite_button = button(translate("send", "Invite a colleague…"), "plain",
                                    icon="person_add", pressed=self.invite)  # fmt: skip
        self.now = button(translate("send", "Send and receive now"), "primary", icon="sync",
                          pressed=self.exchange_now)  # fmt: skip
        self._top.addWidget(self.invite_button)
        self._top.addWidget(self.now)
        box.addLayout(self._top)
        self.problem = Problem()
        self.confirm = Banner("warning")
        self.confirm.add_button(translate("send", "Yes, use this folder"), self._start_here)
        self.done = Banner("good", closable=True)
        self.waiting = ProgressStrip()
        self.waiting.cancelled.connect(self.stop)
        for widget in (self.problem, self.confirm, self.done, self.waiting):
            widget.hide()
            box.addWidget(widget)
        self.stats = FlowRow(translate("send", "How things stand"), 12)
        self.to_send, self.as_of = Stat("", ""), Stat("", "")
        self.came = Stat("", "")
        self.stats.add(self.to_send, self.as_of, self.came)
        box.addWidget(self.stats)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(theme().px(16))
        self._make_lists()
        for share, cards in (
            (55, (self.choices, self.missing, self.aside, self.folder_card, self.stick_card)),
            (45, (self.behind, self.receipts)),
        ):
            side = column(gap=16)
            for each in cards:
                side.addWidget(each)
            side.addStretch(1)
            self._columns.addLayout(side, share)
        box.addLayout(self._columns)
        box.addStretch(1)
        column(self).addWidget(Scroll(inner, translate("send", "Send and receive")))

    def _make_lists(self) -> None:
        self.choices, self._choice_box = _listed(translate("send", "Two versions: choose one"))
        self.missing, self._missing_box = _listed(translate("send", "Still on its way"))
        self.aside, self._aside_box = _listed(translate("send", "Not taken in"))
        self.behind, self._behind_box = _listed(
            translate("send", "Have not taken the newest history yet")
        )
        self.receipts, self._receipt_box = _listed(translate("send", "Earlier"))
        self.folder_card, self.stick_card = self._folder_card(), self._stick_card()

    def _folder_card(self) -> QWidget:
        card = Card(translate("send", "Shared folder"))
        self.folder = Label("", "strong")
        self.folder_words = Label("", "small")
        self.team = Label("", "muted")
        self.by_itself = Tick(translate("send", "Send and receive by itself when it appears"))
        self.by_itself.toggled.connect(self._by_itself)
        self.choose = button(translate("send", "Choose folder…"), "secondary", icon="folder_open",
                             pressed=self.choose_folder)  # fmt: skip
        verbs = FlowRow(translate("send", "Shared folder"), 10)
        verbs.add(self.choose)
        for widget in (self.folder, self.folder_words, self.team, self.by_itself, verbs):
            card.body.addWidget(widget)
        return card

    def _stick_card(self) -> QWidget:
        card = Card(translate("send", "Without the shared folder"))
        card.body.addWidget(
            Label(translate("send", "By a USB stick or any other way: one file holds everything "
                            "that colleagues may lack. It is sealed; only your team can read it."),
                  "muted")
        )  # fmt: skip
        verbs = FlowRow(translate("send", "Without the shared folder"), 10)
        self.export_button = button(translate("send", "Export to a file…"), "secondary",
                                    icon="usb", pressed=self.export_file)  # fmt: skip
        self.import_button = button(translate("send", "Import from a file…"), "secondary",
                                    icon="inbox", pressed=self.import_file)  # fmt: skip
        self.stick_button = button(translate("send", "Use a folder on a stick…"), "plain",
                                   icon="folder_open", pressed=self.stick_folder)  # fmt: skip
        verbs.add(self.export_button, self.import_button, self.stick_button)
        card.body.addWidget(verbs)
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
        self._show_choices(exchange.undecided)
        _fill(self.missing, self._missing_box, exchange_desk.missing_words(last))
        _fill(self.behind, self._behind_box, exchange_desk.not_taken_words(last))
        self._show_aside(exchange, last)
        self._show_receipts(exchange)
        self._lay()

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
        self.by_itself.blockSignals(True)
        self.by_itself.setChecked(exchange.by_itself)
        self.by_itself.blockSignals(False)
        self.by_itself.setVisible(bool(exchange.folder))

    def _show_choices(self, count: int) -> None:
        clear(self._choice_box)
        self.choices.setVisible(bool(count))
        if count:
            fields = count_words(count, translate("send", "field has two versions"),
                                 translate("send", "fields have two versions"))  # fmt: skip
            words = translate("send", "Both are kept until somebody chooses")
            self._choice_box.addWidget(
                NeedRow("call_split", "warning", fields, words, translate("send", "Choose"),
                        self._to_versions)
            )  # fmt: skip

    def _show_aside(self, exchange: Exchange, last: dict[str, Any]) -> None:
        rows: list[QWidget] = [_told(*told) for told in exchange_desk.files_aside(last)]
        for each in exchange.aside[:MOST_ASIDE]:
            rows.append(_told(each.what, f"{each.whose}. {each.why}"))
        more = len(exchange.aside) - MOST_ASIDE
        if more > 0:
            rows.append(Label(translate("send", "and {n} more").format(n=f"{more:,}"), "small"))
        clear(self._aside_box)
        ruled(self._aside_box, rows)
        self.aside.setVisible(bool(rows))

    def _show_receipts(self, exchange: Exchange) -> None:
        clear(self._receipt_box)
        rows: list[QWidget] = [
            _told(moment_words(int(each["at_ms"])), exchange_desk.receipt_words(each))
            for each in exchange.receipts[:MOST_RECEIPTS]
        ]
        ruled(self._receipt_box, rows)
        self.receipts.setVisible(bool(rows))

    # What came of it

    def _began(self, _by_itself: bool) -> None:
        self.problem.say("")
        self.confirm.hide()
        self.done.hide()
        self._had_keyboard = self.isAncestorOf(self.window().focusWidget() or self.window())
        for each in self._starters():
            each.setEnabled(False)
        self.waiting.show_progress(translate("send", "Opening the shared folder"), 0, 0)

    def _starters(self) -> tuple[QWidget, ...]:
        return self.now, self.export_button, self.import_button, self.stick_button

    def _progress(self, how_far: tuple[int, int, str]) -> None:
        done, total, words = how_far
        self.waiting.show_progress(words, done, total)

    def _exchanged(self, receipt: SyncReceipt, by_itself: bool) -> None:
        self._settled(by_itself)
        words = exchange_desk.receipt_words(receipt.as_json())
        self.done.show_as("good", words[:1].upper() + words[1:] + ".", " ".join(receipt.notes))
        self.done.show()
        self.refresh()

    def _not_exchanged(self, error: Exception, by_itself: bool) -> None:
        self._settled(by_itself)
        if isinstance(error, (FolderNotStarted, FolderEmptied)):
            self.confirm.show_as("warning", translate("send", "Is this the right folder?"),
                                 error.sentence)  # fmt: skip
            self.confirm.show()
        else:
            self._failed(error)
        self.refresh()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self.problem.say(
                translate("send", "Stopped. What was sent and received so far is kept; the next"
                          " time goes on from there.")
            )  # fmt: skip
        else:
            self.problem.say(sentence_of(error))

    def _settled(self, by_itself: bool) -> None:
        for each in self._starters():
            each.setEnabled(True)
        self.waiting.finish()
        if not by_itself and self._had_keyboard and self.isVisible():
            self.now.setFocus(Qt.FocusReason.OtherFocusReason)

    def _start_here(self) -> None:
        self.exchange_now(start=True)

    def _folder_kept(self, _none: object) -> None:
        self.refresh()
        self.now.setFocus(Qt.FocusReason.OtherFocusReason)

    def _by_itself(self, on: bool) -> None:
        store = self._workspace.store
        self._tasks.write(lambda _t: store.set_setting(AUTOMATIC, on), self._by_itself_kept)

    def _by_itself_kept(self, _none: object) -> None:
        self.refresh()

    def _to_versions(self) -> None:
        self._context.go("versions")

    # Room

    def _lay(self) -> None:
        wide = self.width() >= theme().px(WIDE)
        right = not (self.behind.isHidden() and self.receipts.isHidden())
        across = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._columns.setDirection(across)
        self._columns.setStretch(1, 45 if right else 0)
        narrow = self.width() < theme().px(560)
        self._top.setDirection(
            QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column where there is little room."""
        super().resizeEvent(event)
        self._lay()


def _listed(heading: str) -> tuple[Card, QVBoxLayout]:
    """A card with a list in it, hidden while that is empty."""
    card = Card(heading)
    box = column(gap=8)
    card.body.addLayout(box)
    card.hide()
    return card, box


def _told(strong: str, words: str) -> QWidget:
    line = named(QWidget(), f"{strong}. {words}")
    box = column(line, gap=1)
    box.addWidget(Label(strong, "strong"))
    box.addWidget(Label(words, "small"))
    return line


def _fill(card: Card, box: QVBoxLayout, lines: list[str]) -> None:
    clear(box)
    for line in lines:
        box.addWidget(Label(line))
    card.setVisible(bool(lines))


__all__ = ["SendReceivePage"]
