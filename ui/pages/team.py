"""The team: who is in it with which laptop, who asks to join, and what should be mended."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QFileDialog, QVBoxLayout, QWidget

from db.changes import Applied
from db.reader import Reader
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync import team_view
from engage_desktop.sync.desk import Stoppable
from engage_desktop.sync.enrol import MOST_REQUEST, Request
from engage_desktop.sync.names import colleague_named
from engage_desktop.sync.team_asking import open_requests, request_from_file
from engage_desktop.sync.team_view import Laptop, TeamView
from ui.dialogs.invite import InviteDialog
from ui.dialogs.parts import Problem, button, column, row
from ui.dialogs.questions import sentence_of
from ui.form.context import Context
from ui.pages.page import Page
from ui.pages.team_copies import CopiesCard, OwnCopyCard
from ui.pages.team_rows import LaptopRow, RequestRow
from ui.pages.team_says import OwnRequest, Warnings, where_words
from ui.tasks import Ticket
from ui.widgets.banners import Banner, ProgressStrip
from ui.widgets.base import Label, Scroll, clear, look, named
from ui.widgets.buttons import Button
from ui.widgets.cards import Card, ruled
from ui.widgets.flow import FlowRow
from ui.words import translate

SOON_MS = 200
"""Looking into the shared folder is told of after this long."""


class TeamPage(Page):
    """The page. Looking into the shared folder never holds the window up, nor saving."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._workspace, self._tasks = context.workspace, context.tasks
        self.view: TeamView | None = None
        self.rows: list[LaptopRow] = []
        self.asking: list[RequestRow] = []
        self.looking = False
        self._asked_server: Ticket | None = None
        named(look(self, "page"), translate("team", "Team"))
        self._build()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self._say_looking)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(150)
        self._later.timeout.connect(self.refresh)
        self.refresh()

    def enter(self) -> None:
        """The page comes into view: look again, in the folder too."""
        self.refresh()

    def take_keyboard(self) -> None:
        """The first thing that can be done."""
        first = self.asking[0].go if self.asking else self.invite_button
        if self.own_copy.isVisibleTo(self):
            first = self.own_copy.back
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def heard(self, applied: Applied) -> None:
        """Something changed in the store; colleagues may have come in with it."""
        if not applied.touched or len(applied.kinds) > 1:
            self._later.start()

    def refresh(self) -> None:
        """Look again."""
        store = self._workspace.store
        self._tasks.read(
            lambda reader: team_view.look(store, reader), self.show_team, self._failed,
            key=(self, "look"),
        )  # fmt: skip

    def look_for_requests(self) -> None:
        """Who asks to join, by what lies in the shared folder."""
        view = self.view
        if view is None or not view.is_admin or not view.folder:
            return
        store, folder = self._workspace.store, view.folder
        self.looking = True
        self._soon.start()

        def look(stoppable: Stoppable) -> list[Request]:
            with exchange_desk.reached(store, folder, stoppable) as place:
                place.check()
                return open_requests(store, place)[0]

        if not exchange_desk.is_server(folder):
            self._tasks.read(
                lambda _reader: look(lambda _stop: None), self._show_requests, self._not_looked,
                key=(self, "requests"),
            )  # fmt: skip
            return
        if self._asked_server is not None:
            self._asked_server.cancel()
        self._asked_server = self._tasks.apart(
            lambda ticket: look(ticket.stops_by), self._show_requests, self._not_looked
        )

    def stop_looking(self) -> None:
        """Give up on the shared folder or server for now."""
        if self._asked_server is not None:
            self._asked_server.cancel()
        self._tasks.read(lambda _reader: None, self._stopped, key=(self, "requests"))

    # -- what can be done ----------------------------------------------------------------------

    def invite(self) -> QDialog:
        """Make an invitation for a colleague."""
        dialog = InviteDialog(self._workspace, self._tasks, self.window())
        dialog.invited.connect(self.refresh)
        return self._opened(dialog)

    def compare(self, request: Request, *, by_file: bool = False) -> QDialog:
        """Show the eight words of somebody who asks."""
        from ui.dialogs.team_approve import ApproveDialog

        inside = self.view.laptops if self.view is not None else ()
        dialog = ApproveDialog(
            self._workspace, self._tasks, request, by_file=by_file,
            colleague=colleague_named(request, inside), parent=self.window(),
        )  # fmt: skip
        dialog.approved.connect(self._approved)
        return self._opened(dialog)

    def choose_request(self) -> None:
        """Take a request that came on a stick."""
        dialog = QFileDialog(self.window(), translate("team", "The request’s file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.take_request)
        dialog.open()

    def take_request(self, path: str) -> None:
        """Read a request's file, and show its words."""

        def job(_reader: Reader) -> Request:
            with Path(path).open("rb") as file:
                return request_from_file(file.read(MOST_REQUEST + 1))

        self._tasks.read(job, self._compare_file, self._failed, key=(self, "file"))

    def act(self, what: str, laptop: Laptop) -> QDialog:
        """Change a role, take a laptop out, report one lost, or leave."""
        from ui.dialogs.lost_laptop import LostDialog
        from ui.dialogs.team_leave import LeaveDialog
        from ui.dialogs.team_member import RevokeDialog, RoleDialog

        workspace, tasks, window = self._workspace, self._tasks, self.window()
        dialog: Any
        if what == "role":
            dialog = RoleDialog(workspace, tasks, laptop, window)
            dialog.done.connect(self._done)
        elif what == "out":
            names = self._colleagues(laptop.officer)
            dialog = RevokeDialog(workspace, tasks, laptop, names, window)
            dialog.done.connect(self._done)
        elif what == "lost":
            admin = self.view is not None and self.view.is_admin
            dialog = LostDialog(workspace, tasks, laptop, admin=admin, parent=window)
            dialog.take_out.connect(partial(self.act, "out", laptop))
        else:
            dialog = LeaveDialog(workspace, tasks, self._colleagues(laptop.officer), window)
            dialog.left.connect(self._done)
        return self._opened(dialog)

    def make_key(self) -> QDialog:
        """The organisation's recovery key."""
        from ui.dialogs.team_key import RecoveryKeyDialog

        again = self.view is not None and self.view.is_in and "recovery" not in self.view.lacks
        dialog = RecoveryKeyDialog(self._workspace, self._tasks, again=again, parent=self.window())
        dialog.made.connect(self.refresh)
        return self._opened(dialog)

    def review(self) -> QDialog:
        """What two admins changed without knowing of each other."""
        from ui.dialogs.team_review import ReviewDialog

        disputes = self.view.disputes if self.view is not None else ()
        dialog = ReviewDialog(self._workspace, self._tasks, disputes, self.window())
        dialog.settled.connect(self._done)
        return self._opened(dialog)

    def take_back(self) -> QDialog:
        """Take a field copy's file back in."""
        from ui.dialogs.field_back import TakeBackDialog

        dialog = TakeBackDialog(self._workspace, self._tasks, self.window())
        dialog.taken.connect(self.refresh)
        return self._opened(dialog)

    def return_copy(self) -> QDialog:
        """Return the field copy that this laptop holds; its workspace is wiped then."""
        from ui.dialogs.field_return import ReturnDialog

        dialog = ReturnDialog(self._workspace, self._tasks, self.window())
        dialog.moved.connect(self.refresh)
        dialog.returned.connect(self._wipe)
        return self._opened(dialog)

    # -- building ------------------------------------------------------------------------------

    def _build(self) -> None:
        name = translate("team", "Team")
        inner = look(named(QWidget(), name), "plain")
        box = column(inner, gap=14, edges=(22, 18, 22, 22))
        top = row(gap=12)
        words = column(gap=2)
        words.addWidget(Label(name, "title"))
        self.words = Label("", "muted")
        words.addWidget(self.words)
        top.addLayout(words, 1)
        box.addLayout(top)
        self.doing = FlowRow(translate("team", "What to do"), 10)
        self.invite_button = button(translate("team", "Invite a colleague…"), "primary",
                                    icon="person_add", pressed=self.invite)  # fmt: skip
        self.key_button = button(translate("team", "Recovery key…"), "plain", icon="key",
                                 pressed=self.make_key)  # fmt: skip
        self.file_button = button(translate("team", "Request on a stick…"), "plain", icon="usb",
                                  pressed=self.choose_request)  # fmt: skip
        self.doing.add(self.invite_button, self.file_button, self.key_button)
        box.addWidget(self.doing)
        self.problem = Problem()
        self.done = Banner("good", closable=True)
        self.done.hide()
        self.waiting = ProgressStrip()
        self.waiting.cancelled.connect(self.stop_looking)
        for widget in (self.problem, self.done, self.waiting):
            box.addWidget(widget)
        self.warnings = Warnings(self.review, self.make_key)
        box.addWidget(self.warnings)
        self.own, self.own_copy, self.copies = OwnRequest(), OwnCopyCard(), CopiesCard()
        self.own_copy.bring_back.connect(self.return_copy)
        self.copies.take_back.connect(self.take_back)
        self.copies.lost.connect(self._copy_lost)
        self.asking_card, self._asking_box = _card(translate("team", "Asking to join"))
        self.in_card, self._in_box = _card(translate("team", "In the team"))
        self.gone_card, self._gone_box = _card(translate("team", "Not in the team"))
        for card in (self.own_copy, self.own, self.asking_card, self.in_card, self.copies,
                     self.gone_card):  # fmt: skip
            card.hide()
            box.addWidget(card)
        box.addStretch(1)
        column(self).addWidget(Scroll(inner, name))

    # -- showing -------------------------------------------------------------------------------

    def show_team(self, view: TeamView) -> None:
        """Show how the team stands."""
        first = self.view is None or view.folder != self.view.folder
        had = self._had_keyboard()
        self.view = view
        people = Counter(laptop.officer for laptop in (*view.laptops, *view.gone))
        self._show_rows(self._in_box, view.laptops, people)
        inside = list(self.rows)
        self._show_rows(self._gone_box, view.gone, people)
        self.rows = [*inside, *self.rows]
        self.in_card.setVisible(bool(view.laptops))
        self.gone_card.setVisible(bool(view.gone))
        self.words.setText(where_words(view))
        named(self.words, self.words.text())
        self.warnings.show_for(view)
        self.own.show_for(view)
        self.own_copy.show_copy(view.own_copy)
        self.copies.show_copies(view.copies, admin=view.is_admin, no_file=view.no_file)
        alone = not view.laptops and not view.gone and not view.asked
        may = alone or view.is_admin
        why = "" if may else translate("team", "Only an admin changes who is in the team, and what"
                                       " they may do.")  # fmt: skip
        for each in (self.invite_button, self.key_button, self.file_button):
            each.setEnabled(may)
            each.setToolTip(why)
        self.file_button.setVisible(bool(view.laptops))
        if not view.is_admin:
            self._show_requests([])
        else:
            self.look_for_requests()
        if had:
            self._give_back(had)
        elif first and self.isVisible():
            self.take_keyboard()

    def _show_rows(
        self, box: QVBoxLayout, laptops: tuple[Laptop, ...], people: Counter[str]
    ) -> None:
        clear(box)
        self.rows = []
        admin = self.view is not None and self.view.is_admin
        for laptop in laptops:
            made = LaptopRow(laptop, admin=admin, alone=people[laptop.officer] == 1)
            made.acted.connect(self.act)
            self.rows.append(made)
        ruled(box, list(self.rows))

    def _show_requests(self, requests: list[Request]) -> None:
        self._looked()
        if [each.request for each in self.asking] == requests:
            return
        clear(self._asking_box)
        self.asking = []
        for request in requests:
            made = RequestRow(request)
            made.compare.connect(self.compare)
            self.asking.append(made)
        ruled(self._asking_box, list(self.asking))
        self.asking_card.setVisible(bool(requests))
        self.badge_changed.emit(len(requests))

    # -- what came of it -----------------------------------------------------------------------

    def _say_looking(self) -> None:
        if self.looking:
            self.waiting.show_progress(
                translate("team", "Looking into the shared folder for requests"), 0, 0
            )

    def _looked(self) -> None:
        self.looking = False
        self._soon.stop()
        self.waiting.finish()

    def _stopped(self, _none: object) -> None:
        self._looked()

    def _not_looked(self, error: Exception) -> None:
        self._looked()
        words = translate("team", "Who asks to join could not be seen.")
        self.problem.say(f"{words} {sentence_of(error)}")

    def _compare_file(self, request: Request) -> None:
        self.compare(request, by_file=True)

    def _approved(self, officer: str) -> None:
        self._done(
            translate("team", "{who} is in the team. Send and receive, so that their laptop and the"
                      " others know.").format(who=officer)
        )  # fmt: skip

    def _done(self, words: str) -> None:
        self.problem.say("")
        self.done.show_as("good", words)
        self.done.show()
        self.refresh()

    def _failed(self, error: Exception) -> None:
        self.problem.say(sentence_of(error))

    def _copy_lost(self, device: str) -> None:
        laptop = next((row.laptop for row in self.rows if row.laptop.device == device), None)
        if laptop is not None:
            self.act("lost", laptop)

    def _wipe(self) -> None:
        from engage_desktop.sync.field_return import wipe

        self._context.finish(partial(wipe, self._workspace.folder))

    def _opened(self, dialog: QDialog) -> QDialog:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def _colleagues(self, but: str) -> list[str]:
        laptops = self.view.laptops if self.view is not None else ()
        return sorted({laptop.officer for laptop in laptops} - {but})

    def _had_keyboard(self) -> str:
        at = self.focusWidget()
        return at.accessibleName() if isinstance(at, Button) and self.isAncestorOf(at) else ""

    def _give_back(self, name: str) -> None:
        for each in self.findChildren(Button):
            if each.accessibleName() == name and each.isVisible() and each.isEnabled():
                each.setFocus(Qt.FocusReason.OtherFocusReason)
                return


def _card(heading: str) -> tuple[Card, QVBoxLayout]:
    card = Card(heading)
    box = column(gap=2)
    card.body.addLayout(box)
    return card, box


__all__ = ["TeamPage"]
