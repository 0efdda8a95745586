"""The places on servers that this laptop knows, each to be used again or forgotten."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from db.store import Store
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync.remote.address import parse_address
from engage_desktop.sync.remote.book import KnownPlace, forget_place, known_places
from engage_desktop.sync.remote.login import KEYCHAIN
from ui.dialogs.parts import Problem, button, column
from ui.dialogs.place_parts import breakable
from ui.dialogs.questions import sentence_of
from ui.tasks import Tasks
from ui.widgets.banners import Banner
from ui.widgets.base import Label, clear, look, named
from ui.widgets.cards import ruled
from ui.widgets.flow import FlowRow
from ui.words import translate

Gone = tuple[KnownPlace, list[KnownPlace]]


def _forget(store: Store, place: KnownPlace) -> Gone:
    gone = forget_place(store, parse_address(place.address))
    if store.get_setting(exchange_desk.FOLDER, "") == gone.address:
        store.set_setting(exchange_desk.FOLDER, "")
    return gone, known_places(store)


class KnownCard(QWidget):
    """`used` and `forgotten` carry a `KnownPlace`; `resized` where it takes more or less room."""

    used = Signal(object)
    forgotten = Signal(object)
    resized = Signal()

    def __init__(self, store: Store, tasks: Tasks) -> None:
        super().__init__()
        self._store, self._tasks = store, tasks
        self._unwanted: KnownPlace | None = None
        self.places: tuple[KnownPlace, ...] = ()
        heading = translate("place", "Known on this laptop")
        named(self, heading)
        outer = column(self, gap=10)
        self._card = named(look(QFrame(), "card"), heading)
        box = column(self._card, gap=8, edges=(16, 12, 16, 12))
        box.addWidget(Label(heading, "heading"))
        self._rows = column(gap=6)
        box.addLayout(self._rows)
        self.sure = Banner("warning")
        self.yes = self.sure.add_button(translate("place", "Yes, forget it"), self.forget)
        self.problem = Problem()
        for widget in (self._card, self.sure, self.problem):
            outer.addWidget(widget)
        self.sure.hide()
        self.buttons: list[QWidget] = []
        self.show_places(known_places(store))

    def show_places(self, places: Iterable[KnownPlace]) -> None:
        """List them; nothing hides the card."""
        self.places = tuple(places)
        clear(self._rows)
        self.buttons = []
        rows = [self._row(place) for place in self.places]
        ruled(self._rows, rows)
        self._card.setVisible(bool(rows))

    def _row(self, place: KnownPlace) -> QWidget:
        address = parse_address(place.address).shown
        row = named(QWidget(), address)
        box = column(row, gap=4)
        box.addWidget(named(Label(breakable(address), "strong"), address))
        box.addWidget(Label(kept_words(place), "small"))
        verbs = FlowRow(address, 10)
        use = button(translate("place", "Use"), "secondary", pressed=self._use)
        forget = button(translate("place", "Forget…"), "plain", pressed=self._ask)
        for made in (use, forget):
            named(made, f"{made.text()} {address}")
            made.setProperty("place", place)
            verbs.add(made)
            self.buttons.append(made)
        box.addWidget(verbs)
        return row

    def _use(self) -> None:
        self.used.emit(self.sender().property("place"))

    def _ask(self) -> None:
        place = self._unwanted = self.sender().property("place")
        self.problem.say("")
        self.sure.show_as(
            "warning",
            translate("place", "Forget {place}?").format(place=parse_address(place.address).shown),
            translate("place", "This laptop forgets the address and its password. What is on the"
                      " server, and all that was exchanged, stays.")
        )  # fmt: skip
        self.sure.show()
        self.yes.setFocus(Qt.FocusReason.OtherFocusReason)
        self.resized.emit()

    def forget(self) -> None:
        """Forget the one that was asked about, its password first."""
        place, store = self._unwanted, self._store
        self.sure.hide()
        if place is not None:
            self._tasks.apart(lambda _t: _forget(store, place), self._gone, self._not_gone)

    def _gone(self, came: Gone) -> None:
        gone, left = came
        self._unwanted = None
        self.show_places(left)
        self.forgotten.emit(gone)
        self.resized.emit()

    def _not_gone(self, error: Exception) -> None:
        self.problem.say(sentence_of(error))
        self.resized.emit()


def kept_words(place: KnownPlace) -> str:
    """Who this laptop is there, and where its password lies."""
    if not place.kept:
        return translate("place", "No password is needed")
    where = (
        translate("place", "password in this computer’s keychain")
        if place.kept == KEYCHAIN
        else translate("place", "password in your workspace, encrypted")
    )
    return f"{place.user}, {where}"


__all__ = ["KnownCard", "kept_words"]
