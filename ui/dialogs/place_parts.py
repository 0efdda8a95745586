"""The three sheets of the dialog for a shared place on a server: where, who, and what was found."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QLineEdit, QWidget

from db.errors import KnownError
from engage_desktop.sync.remote.address import Address
from engage_desktop.sync.remote.book import KnownPlace
from engage_desktop.sync.remote.login import Login
from engage_desktop.sync.remote.spelling import kind_of, understood
from engage_desktop.sync.remote.trying import Finding
from ui.dialogs.fields import Field, PassphraseField, PathField, TextField
from ui.dialogs.parts import column, dress
from ui.widgets.banners import Banner, ProgressStrip
from ui.widgets.base import Label, look, named
from ui.widgets.buttons import Radio
from ui.words import translate

LONGEST_KEY = 1 << 16
"""Bytes of a private key's file that are read."""

_PRINT = "QLabel { font-size: @size_heading; font-weight: 700; color: @brand; padding: 0; }"


class KindQuestion(QWidget):
    """What kind of server."""

    changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        asked = translate("place", "What kind of server is it?")
        named(self, asked)
        box = column(self, gap=2)
        box.addWidget(Label(asked, "strong"))
        self._group = QButtonGroup(self)
        self.radios: dict[str, Radio] = {}
        for kind, words in (
            ("webdav", translate("place", "A web folder (WebDAV): Nextcloud, ownCloud, a NAS …")),
            ("sftp", translate("place", "A computer reached by SSH (SFTP)")),
            ("s3", translate("place", "An object store (S3)")),
        ):
            self.radios[kind] = Radio(words)
            self._group.addButton(self.radios[kind])
            self.radios[kind].toggled.connect(self._toggled)
            box.addWidget(self.radios[kind])
        self.radios["webdav"].setChecked(True)

    @property
    def kind(self) -> str:
        """webdav, sftp or s3."""
        return next(kind for kind, radio in self.radios.items() if radio.isChecked())

    def choose(self, kind: str) -> None:
        """Choose one."""
        self.radios[kind].setChecked(True)

    def _toggled(self, on: bool) -> None:
        if on:
            self.changed.emit(self.kind)


class WherePanel(QWidget):
    """The kind and the address."""

    def __init__(self) -> None:
        super().__init__()
        named(self, translate("place", "Where"))
        box = column(self, gap=14)
        self.kinds = KindQuestion()
        self.address = TextField(translate("place", "Address"), " ")
        self.endpoint = TextField(
            translate("place", "The store’s own address"),
            translate("place", "https://…, as its keeper says. Empty: Amazon’s"),
        )
        self.region = TextField(
            translate("place", "Region"),
            translate("place", "Such as eu-west-2. Empty where its keeper says nothing of it"),
        )
        for widget in (self.kinds, self.address, self.endpoint, self.region):
            box.addWidget(widget)
        self.kinds.changed.connect(self._show)
        self.address.edit.textEdited.connect(self._typed)
        self._show(self.kinds.kind)

    @property
    def fields(self) -> list[Field]:
        """The questions in order."""
        return [self.address, self.endpoint, self.region]

    def address_for(self, user: str) -> Address:
        """The address that is meant. Raises `InvalidInput`."""
        store = self.kinds.kind == "s3"
        return understood(
            self.address.text, self.kinds.kind, user=user,
            endpoint=self.endpoint.text if store else "", region=self.region.text if store else "",
        )  # fmt: skip

    def show_address(self, address: Address) -> None:
        """Fill in what is known."""
        self.kinds.choose(address.kind)
        self.address.edit.setText(address.shown.partition("?")[0])
        self.endpoint.edit.setText(address.endpoint)
        self.region.edit.setText(address.region)

    def begin_with(self, text: str) -> None:
        """An address that was typed elsewhere."""
        self.address.edit.setText(text)
        self._typed(text)

    def _typed(self, text: str) -> None:
        kind = kind_of(text)
        if kind and not (kind == "webdav" and self.kinds.kind == "s3"):
            self.kinds.choose(kind)

    def _show(self, kind: str) -> None:
        self.address.hint(
            {
                "webdav": translate("place", "Copy it out of your browser while it shows the"
                                    " folder, or type it: https://…"),
                "sftp": translate("place", "Such as sftp://files.example.org/srv/team"),
                "s3": translate("place", "The bucket, and a folder in it: s3://bucket/folder"),
            }[kind]
        )  # fmt: skip
        self.endpoint.setVisible(kind == "s3")
        self.region.setVisible(kind == "s3")


class LoginPanel(QWidget):
    """Who this laptop is to the server, and where that is kept."""

    resized = Signal()

    def __init__(self, kind: str, known: KnownPlace | None) -> None:
        super().__init__()
        self._kind, self.known = kind, known
        named(self, translate("place", "Sign in"))
        box = column(self, gap=14)
        store = kind == "s3"
        self.user = TextField(
            translate("place", "Access key") if store else translate("place", "User name"),
            translate("place", "Leave this and the password empty where the server asks for none")
            if kind == "webdav" else "",
            known.user if known else "",
        )  # fmt: skip
        self.by_password = Radio(translate("place", "With a password"))
        self.by_key = Radio(translate("place", "With a private key in a file"))
        hints = {
            "webdav": translate("place", "With Nextcloud, best an app password: Settings,"
                                " Security"),
        }  # fmt: skip
        left = translate("place", "Leave it empty to go on with the one that is kept")
        self.password = PassphraseField(
            translate("place", "Secret key") if store else translate("place", "Password"),
            left if known and known.kept else hints.get(kind, ""),
        )
        self.key = PathField(
            translate("place", "Private key"),
            translate("place", "Made for this laptop, and not locked with a passphrase"),
            mode="open",
        )
        self.kept = Label("", "muted")
        how = named(QWidget(), translate("place", "How to sign in"))
        ways = column(how, gap=2)
        ways.addWidget(self.by_password)
        ways.addWidget(self.by_key)
        for widget in (self.user, how, self.password, self.key, self.kept):
            box.addWidget(widget)
        how.setVisible(kind == "sftp")
        self.by_password.setChecked(True)
        self.key.hide()
        self.by_key.toggled.connect(self._by_key)

    @property
    def fields(self) -> list[Field]:
        """The questions in order."""
        return [self.user, self.password, self.key]

    @property
    def uses_kept(self) -> bool:
        """Whether to go on with the login that is kept already."""
        known = self.known
        same = known is not None and bool(known.kept) and self.user.text == known.user
        return same and not self.password.text and not self.by_key.isChecked()

    def problems(self) -> dict[Field, str]:
        """One sentence for each answer that will not do."""
        found: dict[Field, str] = {}
        needs = self._kind != "webdav" or bool(self.password.text)
        if needs and not self.user.text:
            found[self.user] = translate("place", "Type who you are to the server.")
        if self.by_key.isChecked():
            if self.key.path is None:
                found[self.key] = translate("place", "Choose the private key’s file.")
        elif (needs or self.user.text) and not self.password.text and not self.uses_kept:
            found[self.password] = translate("place", "Type the password.")
        return found

    def login(self) -> Login | None:
        """What was typed; None where nothing is needed. The key's file is read by `key_login`."""
        if not self.user.text:
            return None
        return Login(self.user.text, self.password.text)

    def say_where(self, keychain: bool) -> None:
        """Where the password will be kept."""
        words = (
            translate("place", "The password is kept in this computer’s keychain.")
            if keychain
            else translate("place", "The password is kept in your workspace, encrypted as"
                           " everything there is: this computer has no keychain that can be used.")
        )  # fmt: skip
        self.kept.setText(words)
        named(self.kept, words)

    def forget(self) -> None:
        """Take what was typed out of the fields."""
        self.password.clear()

    def take_its_turn(self, after: QWidget) -> None:
        """The Tab key comes here from that widget."""
        for widget in (self.user.edit, self.by_password, self.by_key, self.password.edit,
                       self.password.show_words, self.key.edit, self.key.choose):  # fmt: skip
            QWidget.setTabOrder(after, widget)
            after = widget

    def _by_key(self, on: bool) -> None:
        self.key.setVisible(on)
        self.password.setVisible(not on)
        self.resized.emit()


class FoundPanel(QWidget):
    """How far trying is, and what it found."""

    def __init__(self) -> None:
        super().__init__()
        named(self, translate("place", "Try"))
        box = column(self, gap=14)
        self.where = Label("", "strong")
        self.waiting = ProgressStrip()
        self.found = Banner("good")
        self.key = named(look(QFrame(), "card"), translate("place", "The server’s key"))
        inside = column(self.key, gap=6, edges=(16, 14, 16, 14))
        inside.addWidget(Label(translate("place", "This laptop has not met this server before. It"
                                         " shows this key:")))  # fmt: skip
        self.print = dress(Label(""), _PRINT)
        self.print.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        inside.addWidget(self.print)
        inside.addWidget(
            Label(translate("place", "Ask whoever runs the server whether it is this one. Nothing"
                            " was sent yet, your password neither."))
        )  # fmt: skip
        for widget in (self.where, self.waiting, self.found, self.key):
            box.addWidget(widget)
        self.begin("")

    def begin(self, where: str) -> None:
        """Nothing is found yet."""
        self.where.setText(breakable(where))
        named(self.where, where or self.accessibleName())
        self.found.hide()
        self.key.hide()

    def show_finding(self, finding: Finding) -> None:
        """Show it."""
        self.waiting.finish()
        unknown = finding.what == "host_key_unknown"
        self.key.setVisible(unknown)
        self.found.setVisible(not unknown)
        if unknown:
            self.print.setText(breakable(finding.host_key))
            named(self.print, finding.host_key)
        else:
            self.found.show_as(finding.tone, finding.sentence)


def key_login(user: str, file: Path) -> Login:
    """A login by the private key in a file. Raises `KnownError`."""
    try:
        with file.open(encoding="utf-8") as opened:
            return Login(user, opened.read(LONGEST_KEY), "key")
    except (OSError, UnicodeDecodeError):
        raise KnownError(
            f"The key file “{file.name}” cannot be read. Nothing was changed. Choose another one.",
            code="bad_key",
        ) from None


def breakable(text: str) -> str:
    """A long address or fingerprint that may go on in the next line."""
    out = text
    for sign in "/?&:.":
        out = out.replace(sign, f"{sign}\u200b")
    pieces = []
    for piece in out.split("\u200b"):
        pieces += [piece[at : at + 16] for at in range(0, len(piece), 16)]
    return "\u200b".join(pieces)


def line_edits(fields: Iterable[Field]) -> list[QLineEdit]:
    """The editors of those questions that are shown."""
    return [
        field.editor
        for field in fields
        if isinstance(field.editor, QLineEdit) and not field.isHidden()
    ]


__all__ = [
    "FoundPanel", "KindQuestion", "LoginPanel", "WherePanel", "breakable", "key_login",
    "line_edits",
]  # fmt: skip
