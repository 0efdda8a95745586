"""Where the team meets: the shared folder or server, who is in the team, and by itself or not."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal

from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync.desk import Exchange
from ui.dialogs.parts import button
from ui.dialogs.place_parts import breakable
from ui.widgets.base import Label, named
from ui.widgets.buttons import Tick
from ui.widgets.cards import Card
from ui.widgets.flow import FlowRow
from ui.words import translate


class PlaceCard(Card):
    """Shows the place, and asks for another one. `by_itself_wanted` carries the tick."""

    folder_wanted = Signal()
    server_wanted = Signal()
    by_itself_wanted = Signal(bool)

    def __init__(self) -> None:
        super().__init__(translate("send", "Shared folder or server"))
        self.folder = Label("", "strong")
        self.words = Label("", "small")
        self.team = Label("", "muted")
        self.by_itself = Tick(translate("send", "Send and receive by itself when it appears"))
        self.by_itself.toggled.connect(self.by_itself_wanted)
        self.choose = button(translate("send", "Choose folder…"), "secondary", icon="folder_open",
                             pressed=self.folder_wanted.emit)  # fmt: skip
        self.server = button(translate("send", "Use a server…"), "secondary", icon="public",
                             pressed=self.server_wanted.emit)  # fmt: skip
        verbs = FlowRow(translate("send", "Shared folder or server"), 10)
        verbs.add(self.choose, self.server)
        for widget in (self.folder, self.words, self.team, self.by_itself, verbs):
            self.body.addWidget(widget)

    def show_exchange(self, exchange: Exchange) -> None:
        """How things stand."""
        on_server = exchange_desk.is_server(exchange.folder)
        name, words = _named(exchange.folder, on_server, exchange.offered)
        _say(self.folder, name)
        _say(self.words, words)
        use, change = translate("send", "Use a server…"), translate("send", "Change server…")
        self.server.say(change if on_server else use)
        me = translate("send", "this laptop")
        people = [f"{m.officer}{f' ({me})' if m.here else ''}" for m in exchange.members]
        team = translate("send", "In the team: {names}").format(names=", ".join(people))
        alone = translate("send", "You are on your own so far. Invite a colleague to share with.")
        out = translate("send", "This laptop is not in the team any more. The page Team says who"
                        " took it out, and how to come back.")  # fmt: skip
        is_in = any(m.here for m in exchange.members)
        _say(self.team, alone if not people else team if is_in else out)
        self.by_itself.blockSignals(True)
        self.by_itself.setChecked(exchange.by_itself)
        self.by_itself.blockSignals(False)
        appears = translate("send", "Send and receive by itself when it appears")
        answers = translate("send", "Send and receive by itself when the server answers")
        self.by_itself.setText(answers if on_server else appears)
        named(self.by_itself, self.by_itself.text())
        self.by_itself.setVisible(bool(exchange.folder))


def place_name(folder: str) -> str:
    """What a person calls it: the folder's own name, or the server's."""
    if not exchange_desk.is_server(folder):
        return Path(folder).name
    from engage_desktop.sync.remote.address import parse_address
    from engage_desktop.sync.remote.trying import server_words

    address = parse_address(folder)
    last = address.path.rpartition("/")[2] or address.host
    return translate("send", "{folder} on {server}").format(
        folder=last, server=server_words(address)
    )


def _named(folder: str, on_server: bool, offered: str) -> tuple[str, str]:
    if offered:
        return translate("send", "Your team shares through a server"), translate(
            "send",
            "It is {place}. Press “Use a server…”: the address is filled in, and you sign in with"
            " your own name and password.",
        ).format(place=place_name(offered))
    if not folder:
        return translate("send", "No folder chosen yet"), translate(
            "send",
            "A network drive, a stick, a folder that another program keeps in step, or a place on"
            " a server. What is put there is encrypted; only your team can read it.",
        )
    if not on_server:
        return place_name(folder), folder
    from engage_desktop.sync.remote.address import parse_address

    return place_name(folder), breakable(parse_address(folder).shown)


def _say(label: Label, words: str) -> None:
    label.setText(words)
    named(label, words.replace("\u200b", ""))
