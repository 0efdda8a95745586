"""What the Team page says above its lists: how the team stands, and what should be mended."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from engage_desktop.sync.team_view import TeamView
from ui.dialogs.parts import column
from ui.dialogs.team_parts import EightWords
from ui.widgets.banners import Banner
from ui.widgets.base import Label, clear, named
from ui.widgets.cards import Card
from ui.words import count_words, translate


def where_words(view: TeamView) -> str:
    """Who is in it, and whether one may change that."""
    officers = len({laptop.officer for laptop in view.laptops})
    if view.laptops and view.is_in:
        return translate("team", "{people} with {laptops}. {role}").format(
            people=count_words(officers, translate("team", "colleague"),
                               translate("team", "colleagues")),
            laptops=count_words(len(view.laptops), translate("team", "laptop"),
                                translate("team", "laptops")),
            role=translate("team", "You may change the team.") if view.is_admin
            else translate("team", "Only an admin changes the team."),
        )  # fmt: skip
    if view.laptops or view.gone:
        return " ".join((
            view.went or translate("team", "This laptop is not in the team any more."),
            translate("team", "What is on it can still be read and exported. To come back, make a"
                      " new workspace and ask an admin to let it in: what your colleagues have"
                      " comes to it by itself."),
        ))  # fmt: skip
    if view.asked:
        return translate("team", "You are waiting to be let in.")
    return translate("team", "You are on your own so far. An invitation for a colleague makes a"
                     " team, with you as its admin.")  # fmt: skip


class Warnings(QWidget):
    """One banner for each thing that the team should mend."""

    def __init__(self, review: Callable[[], object], make_key: Callable[[], object]) -> None:
        super().__init__()
        named(self, translate("team", "What should be mended"))
        self._review, self._make_key = review, make_key
        self._box = column(self, gap=8)
        self.hide()

    def show_for(self, view: TeamView) -> None:
        """Say what is lacking now; only an admin is offered to mend it."""
        clear(self._box)
        lacks = view.lacks if view.is_in else ()  # who is out has nothing to mend
        for what, (strong, words, verb, act) in self._said().items():
            if what not in lacks:
                continue
            banner = Banner("warning", strong, words)
            if act is not None and view.is_admin:
                banner.add_button(verb, act)
            self._box.addWidget(banner)
        self.setVisible(bool(lacks))

    def _said(self) -> dict[str, tuple[str, str, str, Callable[[], object] | None]]:
        return {
            "review": (
                translate("team", "Two admins changed the team without knowing of each other."),
                translate("team", "The stricter change holds until an admin reviews it."),
                translate("team", "Review…"), self._review,
            ),
            "admins": (
                translate("team", "The team has one admin."),
                translate("team", "Make a second one: a lost passphrase would leave nobody who can"
                          " let a colleague in."),
                "", None,
            ),
            "recovery": (
                translate("team", "The organisation holds no recovery key."),
                translate("team", "Make one, and keep it in a safe."),
                translate("team", "Make recovery key…"), self._make_key,
            ),
        }  # fmt: skip


class OwnRequest(Card):
    """One's own request to join, with the eight words to read out."""

    def __init__(self) -> None:
        super().__init__(translate("team", "You asked to join"))
        self._box = column(gap=8)
        self.body.addLayout(self._box)
        self.hide()

    def show_for(self, view: TeamView) -> None:
        """Show it while it is not answered."""
        clear(self._box)
        self.setVisible(view.asked)
        if not view.asked:
            return
        words = (
            translate("team", "Read these eight words to an admin of the team. Once you are let in,"
                      " the next “Send and receive” opens the team’s work here.")
            if view.asks
            else translate("team", "Your request is in a file. Give it to an admin, and bring back"
                           " the answer.")
        )  # fmt: skip
        self._box.addWidget(Label(words))
        if view.asks:
            self._box.addWidget(EightWords(view.asks))


__all__ = ["OwnRequest", "Warnings", "where_words"]
