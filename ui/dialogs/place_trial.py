"""Trying a place on a thread apart: what is given to it, how far it is, and what it found."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from db.errors import KnownError
from db.store import Store
from engage_desktop.sync.remote import login as keeping
from engage_desktop.sync.remote.address import Address
from engage_desktop.sync.remote.book import KnownPlace, keep_place_known
from engage_desktop.sync.remote.login import Login
from engage_desktop.sync.remote.trying import Finding, Wish, try_place, wish_for
from ui.dialogs.place_parts import LoginPanel, key_login
from ui.dialogs.questions import sentence_of
from ui.tasks import Tasks, Ticket
from ui.words import translate

Came = tuple[Wish, Finding]


def _look_up(store: Store, known: KnownPlace) -> Login:
    chain = keeping.system_keychain() if known.kept == keeping.KEYCHAIN else None
    return keeping.find_login(store, known.address, known.kept, chain)


class Trial(QObject):
    """`told` carries a `Finding`, of a stop too; `kept` the `KnownPlace`, `unkept` a sentence."""

    progressed = Signal(object)
    told = Signal(object)
    kept = Signal(object)
    unkept = Signal(str)

    def __init__(self, store: Store, tasks: Tasks, seconds: float, parent: QObject) -> None:
        super().__init__(parent)
        self._store, self._tasks, self._seconds = store, tasks, seconds
        self._ticket: Ticket | None = None
        self.wish: Wish | None = None
        self.finding: Finding | None = None

    @property
    def busy(self) -> bool:
        """Whether a server is waited for."""
        return self._ticket is not None

    def begin(self, address: Address, who: LoginPanel, *, make: bool, host_key: str) -> None:
        """Try. A key's file is read, and a kept password looked up, on the thread apart too."""
        login = who.login()
        key: Path | None = who.key.path if who.by_key.isChecked() else None
        known = who.known if who.uses_kept else None
        user, store, seconds = who.user.text, self._store, self._seconds

        def job(ticket: Ticket) -> Came:
            given = login
            if key is not None:
                given = key_login(user, key)
            elif known is not None:
                given = _look_up(store, known)
            wish = wish_for(store, address, given, host_key)
            return wish, try_place(
                wish, make=make, seconds=seconds, progress=ticket.progress,
                stoppable=ticket.stops_by,
            )  # fmt: skip

        self.forget()
        ticket = self._tasks.apart(job, self._came, self._failed, self._passed)
        if not ticket.finished:
            self._ticket = ticket

    def again(self) -> tuple[bool, str]:
        """What to try next with: whether to make the folder, and the key that was confirmed."""
        what = self.finding.what if self.finding is not None else ""
        if self.finding is not None and what == "host_key_unknown":
            return False, self.finding.host_key
        return what == "absent", self.wish.host_key if self.wish is not None else ""

    def stop(self) -> None:
        """Try no more, at once."""
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            ticket.cancel()
            words = translate("place", "Stopped. Nothing was kept or changed.")
            self._tell(Finding("stopped", words, "plain"))

    def keep(self) -> None:
        """Remember what was tried, with its password."""
        wish, store = self.wish, self._store
        if wish is not None:
            self._tasks.apart(
                lambda _t: keep_place_known(store, wish.address, wish.login, wish.host_key),
                self.kept.emit, self._not_kept,
            )  # fmt: skip

    def forget(self) -> None:
        """Nothing was found, and no password is held."""
        self.finding, self.wish = None, None

    def _passed(self, how_far: tuple[int, int, str]) -> None:
        if self._ticket is not None:
            self.progressed.emit(how_far)

    def _came(self, came: Came) -> None:
        self._ticket = None
        self.wish, finding = came
        self._tell(finding)

    def _failed(self, error: Exception) -> None:
        self._ticket = None
        code = error.code if isinstance(error, KnownError) else "fault"
        self._tell(Finding(code, sentence_of(error)))

    def _tell(self, finding: Finding) -> None:
        self.finding = finding
        self.told.emit(finding)

    def _not_kept(self, error: Exception) -> None:
        self.unkept.emit(sentence_of(error))
