"""Asking a team to let this laptop in: eight words to read to an admin, and waiting for the answer.

The workspace is made first. What it asks is kept in it, so that one may close the window, wait
for days and go on.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog

from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync.place import Place
from engage_desktop.sync.remote.book import KnownPlace, known_places
from engage_desktop.sync.team import has_team
from engage_desktop.sync.team_asking import MOST_ANSWER, Asked, ask, enter_from, enter_with, pending
from engage_desktop.sync.team_recovery import use_recovery
from engage_desktop.workspace import Workspace
from ui.dialogs.create import CreateSheet
from ui.dialogs.fields import PathField, TextField
from ui.dialogs.parts import button, column
from ui.dialogs.questions import QuestionSheet, sentence_of
from ui.dialogs.team_approve import write_private
from ui.dialogs.team_parts import EightWords
from ui.tasks import Tasks, Ticket
from ui.widgets.base import Label, clear
from ui.widgets.flow import FlowRow
from ui.words import translate

if TYPE_CHECKING:
    from ui.dialogs.place import PlaceDialog

LOOK_MS = 5_000
SERVER_MS = 20_000
"""How long between two looks for the answer: in a folder, on a server."""

SUFFIX = ".request"


def waits(workspace: Workspace) -> bool:
    """Whether this workspace has asked a team to let it in, and was not answered yet."""
    return pending(workspace.store) is not None and not has_team(workspace.store)


def _small(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_ANSWER + 1)


class AskSheet(CreateSheet):
    """The questions for a new workspace, before it asks."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.title.setText(translate("ask", "Ask a team to let you in"))
        self.words.setText(
            translate("ask", "First your own workspace on this laptop. Then you choose the team’s"
                      " shared folder, and an admin lets you in.")
        )  # fmt: skip
        self.words.show()


class WaitSheet(QuestionSheet):
    """`entered` once the laptop is in the team; `alone` to work on without waiting."""

    entered = Signal()
    alone = Signal()

    def __init__(self, workspace: Workspace, tasks: Tasks) -> None:
        super().__init__(translate("ask", "Ask a team to let you in"), " ")
        self._store, self._tasks = workspace.store, tasks
        self._near = workspace.folder.parent
        self.asked_words = ""
        self._looking: Ticket | None = None
        self._asking: Ticket | None = None
        folder = str(self._store.get_setting(exchange_desk.FOLDER, ""))
        self.folder = PathField(
            translate("ask", "Your team’s shared folder"),
            translate("ask", "A network drive, a folder that another program keeps in step, or a"
                      " place on a server"),
            path=folder,
        )  # fmt: skip
        self.server = button(translate("ask", "Use a server…"), icon="public",
                             pressed=self.use_server)  # fmt: skip
        instead = FlowRow(translate("ask", "Use a server…"))
        instead.add(self.server)
        self.folder.layout().addWidget(instead)
        self.key = PathField(
            translate("ask", "The recovery key’s file"), mode="open",
            files=translate("ask", "Recovery keys (*.recovery);;All files (*)"),
        )  # fmt: skip
        self.code = TextField(translate("ask", "Its code"))
        self.ask_in_order(self.folder, self.key, self.code)
        self.key.hide()
        self.code.hide()
        self._words_box = column(gap=12)
        self.body.addLayout(self._words_box)
        self.go = self.add_button(translate("ask", "Ask to be let in"), "primary", self.submit,
                                  icon="how_to_reg")  # fmt: skip
        self.by_file = self.add_button(translate("ask", "Save a request file…"), "secondary",
                                       self.choose_file, icon="usb")  # fmt: skip
        self.answer = self.add_button(translate("ask", "Open the answer’s file…"), "secondary",
                                      self.choose_answer, icon="folder_open")  # fmt: skip
        self.by_key = self.add_button(translate("ask", "Use a recovery key"), "link",
                                      self.show_key)  # fmt: skip
        self.later = self.add_button(translate("ask", "Wait another time"), "quiet", self.go_back)
        self.anyway = self.add_button(translate("ask", "Open without waiting"), "link",
                                      self._go_alone)  # fmt: skip
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self.waiting.cancelled.connect(self.give_up)
        request = pending(self._store)
        if request is not None:
            self._show(Asked(request))
        else:
            self._show_question()

    # -- asking --------------------------------------------------------------------------------

    def submit(self) -> None:
        """Ask through the folder, or enter by the recovery key."""
        if self.folder.path is None:
            self.folder.say(translate("ask", "Choose your team’s shared folder."))
            self.folder.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.folder.say("")
        if self._is_new_server():
            self.use_server()
        elif not self.key.isHidden():
            self._use_key()
        else:
            store = self._store
            self._through(translate("ask", "Asking…"), lambda place: ask(store, place), self._asked)

    def use_server(self) -> PlaceDialog:
        """Choose a place on a server in place of a folder."""
        from ui.dialogs.place import PlaceDialog

        dialog = PlaceDialog(self._store, self._tasks, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.where.begin_with(self._where if self._is_new_server() else "")
        dialog.kept.connect(self._server_kept)
        dialog.open()
        return dialog

    def _server_kept(self, place: KnownPlace) -> None:
        self.folder.edit.setText(place.address)
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def _where(self) -> str:
        typed = self.folder.edit.text().strip()
        return typed if exchange_desk.is_server(typed) else str(Path(typed).expanduser())

    def _is_new_server(self) -> bool:
        typed = self._where
        known = {place.address for place in known_places(self._store)}
        return exchange_desk.is_server(typed) and typed not in known

    def _through(
        self, doing: str, act: Callable[[Place], Any], done: Callable[[Any], None]
    ) -> None:
        """Do something through the shared folder or server, which is remembered then."""
        store, folder = self._store, self._where
        self.busy(doing)

        def job(ticket: Ticket) -> Any:
            with exchange_desk.reached(store, folder, ticket.stops_by) as place:
                answer = act(place)
            store.set_setting(exchange_desk.FOLDER, folder)
            return answer

        self._asking = self._tasks.apart(job, done, self.failed)

    def give_up(self) -> None:
        """Stop asking, at once."""
        asking, self._asking = self._asking, None
        if asking is not None and not asking.finished:
            asking.cancel()
            self.done(translate("ask", "Stopped. Nothing was changed; you can ask again."))
            self.take_keyboard()

    def choose_file(self) -> None:
        """Where the request’s file goes."""
        dialog = QFileDialog(self.window(), translate("ask", "Save the request here"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDirectory(str(self._near))
        dialog.selectFile(f"{self._store.officer}{SUFFIX}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_request)
        dialog.open()

    def save_request(self, path: str) -> None:
        """Ask by a file, for a stick."""
        store = self._store
        self.busy(translate("ask", "Writing the request…"))

        def job(_ticket: Ticket) -> Asked:
            asked = ask(store, None)
            write_private(Path(path), asked.request.text)
            return asked

        self._tasks.write(job, self._asked, self.failed)

    def choose_answer(self) -> None:
        """The file that an admin wrote."""
        dialog = QFileDialog(self.window(), translate("ask", "The answer’s file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.take_answer)
        dialog.open()

    def take_answer(self, path: str) -> None:
        """Enter with the answer."""
        store = self._store
        self.busy(translate("ask", "Opening the answer…"))
        self._tasks.write(
            lambda _t: enter_with(store, _small(Path(path))), self._entered, self.failed
        )

    def show_key(self) -> None:
        """Ask for the organisation’s recovery key instead."""
        self._show_question()
        self.key.show()
        self.code.show()
        self.by_key.hide()
        self.by_file.hide()
        self.go.say(translate("ask", "Use the recovery key"))
        self.folder.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _use_key(self) -> None:
        path, code, store = self.key.path, self.code.text, self._store
        if path is None:
            self.key.say(translate("ask", "Choose the recovery key’s file."))
            return
        self.key.say("")
        self._through(
            translate("ask", "Opening the recovery key…"),
            lambda place: use_recovery(store, _small(path), place, code or None),
            self._entered,
        )

    # -- waiting -------------------------------------------------------------------------------

    def look(self) -> None:
        """See whether an admin has answered; again after a while if not."""
        if self._looking is not None or self.folder.path is None:
            return
        store, folder = self._store, self._where
        self._timer.setInterval(SERVER_MS if exchange_desk.is_server(folder) else LOOK_MS)

        def job(ticket: Ticket) -> object:
            with exchange_desk.reached(store, folder, ticket.stops_by) as place:
                place.check()
                return enter_from(store, place)

        self._looking = self._tasks.apart(job, self._looked, self._not_looked)

    def stop(self) -> None:
        """No more looking."""
        self._timer.stop()
        looking, self._looking = self._looking, None
        for ticket in (looking, self._asking):
            if ticket is not None:
                ticket.cancel()

    def go_back(self) -> None:
        """What was asked stays asked."""
        self.stop()
        super().go_back()

    def take_keyboard(self) -> None:
        """Where work begins."""
        first = self.folder.edit if not self.folder.isHidden() else self.later
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _asked(self, asked: Asked) -> None:
        self.done()
        self._show(asked)

    def _show_question(self) -> None:
        self.stop()
        clear(self._words_box)
        self._say(translate("ask", "An admin of the team compares eight words with you before"
                            " anything is shared."))  # fmt: skip
        self.folder.show()
        for each in (self.go, self.by_file, self.by_key):
            each.show()
        self.answer.hide()

    def _show(self, asked: Asked) -> None:
        clear(self._words_box)
        self.asked_words = asked.words
        for each in (self.folder, self.key, self.code, self.go, self.by_file):
            each.hide()
        self.answer.setVisible(asked.by_file)
        if asked.by_file:
            self._say(
                translate("ask", "The request is in a file. Give it to an admin of your team, and"
                          " read these eight words out: they see the same. Then open the file that"
                          " they give back.")
            )  # fmt: skip
        else:
            self._say(
                translate("ask", "Telephone an admin of your team and read these eight words out."
                          " They see the same, and let you in. Wait here, or close the window and"
                          " come back.")
            )  # fmt: skip
        self._words_box.addWidget(EightWords(asked.words))
        if self.folder.path is not None:
            self._words_box.addWidget(
                Label(translate("ask", "Waiting for an admin. This opens by itself."), "muted")
            )
            self._timer.start()
        self.take_keyboard()

    def _say(self, words: str) -> None:
        self.words.setText(words)

    def _looked(self, mine: object) -> None:
        self._looking = None
        self.problem.say("")
        if mine is None:
            self._timer.start()
        else:
            self._entered(mine)

    def _not_looked(self, error: Exception) -> None:
        self._looking = None
        self.problem.say(sentence_of(error))
        self._timer.start()

    def _go_alone(self) -> None:
        self.stop()
        self.alone.emit()

    def _entered(self, _mine: object) -> None:
        self.done()
        self.stop()
        self.entered.emit()


__all__ = ["LOOK_MS", "AskSheet", "WaitSheet", "waits"]
