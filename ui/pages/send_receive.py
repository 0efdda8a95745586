"""Send and receive: what waits, what came, what is missing, and where two people disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QVBoxLayout, QWidget

from db.changes import Applied
from db.errors import Cancelled
from engage_desktop.sync import SyncReceipt
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync.desk import Aside, Exchange
from engage_desktop.sync.errors import FolderEmptied, FolderNotStarted
from engage_desktop.sync.receipt_words import (
    files_aside,
    missing_words,
    not_taken_words,
    receipt_words,
)
from ui.dialogs.invite import InviteDialog
from ui.dialogs.parts import Problem, button, column, row
from ui.dialogs.questions import sentence_of
from ui.exchange import AUTOMATIC, Exchanger
from ui.form.context import Context
from ui.pages.page import Page
from ui.pages.place_card import PlaceCard, place_name
from ui.pages.stick_card import StickCard
from ui.theme import theme
from ui.widgets.banners import Banner, ProgressStrip
from ui.widgets.base import Label, Scroll, clear, look, named
from ui.widgets.cards import Card, NeedRow, Stat, ruled
from ui.widgets.flow import FlowRow
from ui.widgets.refused import mute
from ui.words import count_words, moment_words, translate

if TYPE_CHECKING:
    from engage_desktop.sync.remote.book import KnownPlace
    from ui.dialogs.place import PlaceDialog

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
        self._kept_words = ""
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
        self.exchanger.refused.connect(self._failed)
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

    def choose_folder(self) -> None:
        """Which folder the team shares."""
        dialog = QFileDialog(self.window(), translate("send", "The folder your team shares"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.use_folder)
        dialog.open()

    def use_server(self) -> PlaceDialog:
        """Choose, change or forget a place on a server."""
        from ui.dialogs.place import PlaceDialog

        dialog = PlaceDialog(self._workspace.store, self._tasks, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.kept.connect(self._use_place)
        dialog.forgotten.connect(self._forgotten)
        dialog.open()
        return dialog

    def use_folder(self, folder: str) -> None:
        """Remember the folder or the server's address, on this laptop."""
        store = self._workspace.store
        self._kept_words = ""
        before = self.exchange.folder if self.exchange else ""
        if before and before != folder:
            self._kept_words = exchange_desk.moved_words(before, folder)
        self._tasks.write(
            lambda _t: store.set_setting(exchange_desk.FOLDER, folder), self._folder_kept,
            self._failed,
        )  # fmt: skip

    def _use_place(self, place: KnownPlace) -> None:
        self.use_folder(place.address)

    def _forgotten(self, place: KnownPlace) -> None:
        words = translate("send", "{place} and its password are forgotten on this laptop. What is"
                          " there stays there.")  # fmt: skip
        self._say_done(words.format(place=place_name(place.address)))
        self.refresh()

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
            (
                55,
                (
                    self.own_aside,
                    self.choices,
                    self.missing,
                    self.aside,
                    self.folder_card,
                    self.stick_card,
                ),
            ),
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
        self.own_aside, self._own_box = _listed(
            translate("send", "Yours that the team did not take")
        )
        self.behind, self._behind_box = _listed(
            translate("send", "Waiting for a colleague’s laptop")
        )
        self.receipts, self._receipt_box = _listed(translate("send", "Earlier"))
        self.folder_card, self.stick_card = self._place_card(), StickCard(self.exchanger)

    def _place_card(self) -> PlaceCard:
        card = PlaceCard()
        card.folder_wanted.connect(self.choose_folder)
        card.server_wanted.connect(self.use_server)
        card.by_itself_wanted.connect(self._by_itself)
        self.folder, self.team, self.by_itself = card.folder, card.team, card.by_itself
        return card

    # Showing

    def show_exchange(self, exchange: Exchange) -> None:
        """Show how things stand."""
        self.exchange = exchange
        mute(self.invite_button, self._context.rights.team)
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
        self.folder_card.show_exchange(exchange)
        self._show_choices(exchange.undecided)
        _fill(self.missing, self._missing_box, missing_words(last))
        _fill(self.behind, self._behind_box, not_taken_words(last))
        self._show_aside(exchange, last)
        self._show_receipts(exchange)
        self._lay()

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
        own = [each for each in exchange.aside if each.own]
        others = [each for each in exchange.aside if not each.own]
        self._list_aside(self.own_aside, self._own_box, [], own)
        files = [_told(*told) for told in files_aside(last)]
        self._list_aside(self.aside, self._aside_box, files, others)

    def _list_aside(
        self, card: Card, box: QVBoxLayout, first: list[QWidget], aside: list[Aside]
    ) -> None:
        rows = list(first)
        for each in aside[:MOST_ASIDE]:
            rows.append(_told(each.what, f"{each.whose}. {each.why} {each.do}".rstrip()))
        more = len(aside) - MOST_ASIDE
        if more > 0:
            rows.append(Label(translate("send", "and {n} more").format(n=f"{more:,}"), "small"))
        clear(box)
        ruled(box, rows)
        card.setVisible(bool(rows))

    def _show_receipts(self, exchange: Exchange) -> None:
        clear(self._receipt_box)
        rows: list[QWidget] = [
            _told(moment_words(int(each["at_ms"])), receipt_words(each))
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
        return self.now, *self.stick_card.buttons

    def _progress(self, how_far: tuple[int, int, str]) -> None:
        done, total, words = how_far
        self.waiting.show_progress(words, done, total)

    def _say_done(self, strong: str, words: str = "") -> None:
        self.problem.say("")
        self.done.show_as("good", strong, words)
        self.done.show()

    def _exchanged(self, receipt: SyncReceipt, by_itself: bool) -> None:
        self._settled(by_itself)
        words = receipt_words(receipt.as_json())
        self._say_done(words[:1].upper() + words[1:] + ".", " ".join(receipt.notes))
        self.refresh()

    def _not_exchanged(self, error: Exception, by_itself: bool) -> None:
        self._settled(by_itself)
        if isinstance(error, (FolderNotStarted, FolderEmptied)):
            self.confirm.show_as("warning", translate("send", "Is this the right folder?"),
                                 error.sentence)  # fmt: skip
            self.confirm.show()
        elif not (by_itself and isinstance(error, Cancelled)):  # it gave way, and goes on later
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
        if self._kept_words:
            self._say_done(self._kept_words)
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
