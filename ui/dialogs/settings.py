"""How the window looks and behaves on this laptop."""

from __future__ import annotations

from typing import Any, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QDialog, QWidget

from ui.dialogs.parts import button, card, column, row
from ui.theme import LARGEST, SMALLEST, STEP, theme
from ui.widgets.base import Label, Scroll, look, named, sized
from ui.widgets.buttons import Combo, Radio, Tick
from ui.widgets.flow import FlowRow
from ui.words import translate

IDLE_CHOICES = (5, 10, 15, 30, 60, 0)
"""Minutes without a key or the mouse before the window locks itself; 0 is never."""

DEFAULT_IDLE = 10


class SettingsLike(Protocol):
    """Kept on this laptop only."""

    def get(self, name: str, default: Any = None) -> Any:
        """What is kept."""

    def set(self, name: str, value: Any) -> None:
        """Keep it."""


class SettingsDialog(QDialog):
    """Every choice is tried at once. `changed` carries what was changed and to what;
    `keys_wanted` that a new "passphrase" or "code" is asked for."""

    changed = Signal(str, object)
    keys_wanted = Signal(str)

    def __init__(
        self,
        settings: SettingsLike,
        *,
        names_hidden: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings, self._names_hidden = settings, names_hidden
        title = translate("settings", "Settings")
        named(look(self, "page"), title)
        self.setWindowTitle(title)
        sized(self, 560, 620)
        inner = look(named(QWidget(), title), "plain")
        box = column(inner, gap=14, edges=(24, 20, 24, 12))
        box.addWidget(Label(title, "title"))
        box.addWidget(Label(translate("settings", "Kept on this laptop only."), "muted"))
        box.addWidget(self._sizes())
        box.addWidget(self._schemes())
        box.addWidget(self._privacy())
        box.addWidget(self._keys())
        box.addStretch(1)
        outer = column(self, gap=0)
        outer.addWidget(Scroll(inner, title), 1)
        foot = row(edges=(24, 10, 24, 14))
        foot.addStretch(1)
        foot.addWidget(button(translate("settings", "Done"), "primary", pressed=self.accept))
        outer.addLayout(foot)

    def _sizes(self) -> QWidget:
        words = translate("settings", "Text size")
        frame = card(words)
        box = column(frame, gap=6, edges=(16, 12, 16, 14))
        box.addWidget(Label(words, "heading"))
        flow = FlowRow(words, 16)
        self._size_group = QButtonGroup(self)
        for percent in range(SMALLEST, LARGEST + 1, STEP):
            radio = Radio(f"{percent} %")
            named(radio, translate("settings", "Text size {n} percent").format(n=percent))
            radio.setChecked(theme().percent == percent)
            self._size_group.addButton(radio, percent)
            flow.add(radio)
        self._size_group.idClicked.connect(self._sized)
        box.addWidget(flow)
        return frame

    def _schemes(self) -> QWidget:
        words = translate("settings", "Colours")
        frame = card(words)
        box = column(frame, gap=6, edges=(16, 12, 16, 14))
        box.addWidget(Label(words, "heading"))
        self._scheme_group = QButtonGroup(self)
        self._schemes_offered = ("light", "dark", "contrast")
        labels = (
            translate("settings", "Light"),
            translate("settings", "Dark"),
            translate("settings", "High contrast"),
        )
        flow = FlowRow(words, 16)
        for index, (scheme, label) in enumerate(zip(self._schemes_offered, labels, strict=True)):
            radio = Radio(label)
            radio.setChecked(theme().scheme == scheme)
            self._scheme_group.addButton(radio, index)
            flow.add(radio)
        self._scheme_group.idClicked.connect(self._coloured)
        box.addWidget(flow)
        return frame

    def _privacy(self) -> QWidget:
        words = translate("settings", "When others may look")
        frame = card(words)
        box = column(frame, gap=10, edges=(16, 12, 16, 14))
        box.addWidget(Label(words, "heading"))
        self.hide_names = Tick(translate("settings", "Hide names beside impairments and needs"))
        self.hide_names.setChecked(self._names_hidden)
        self.hide_names.toggled.connect(self._hidden)
        box.addWidget(self.hide_names)
        said = translate("settings", "On maps people get numbers. A name inside words that "
                         "somebody typed, such as a job title, is not looked for.")  # fmt: skip
        box.addWidget(Label(said, "small"))
        line = row(gap=10)
        label = translate("settings", "Lock the window after")
        line.addWidget(Label(label, wrap=False))
        self.idle = Combo(label, [(str(m), _minutes(m)) for m in IDLE_CHOICES])
        kept = str(self._settings.get("lock_minutes", DEFAULT_IDLE))
        self.idle.setCurrentIndex(max(0, self.idle.findData(kept)))
        self.idle.activated.connect(self._idled)
        line.addWidget(self.idle)
        line.addStretch(1)
        box.addLayout(line)
        return frame

    def _keys(self) -> QWidget:
        words = translate("settings", "Passphrase and recovery code")
        frame = card(words)
        box = column(frame, gap=10, edges=(16, 12, 16, 14))
        box.addWidget(Label(words, "heading"))
        flow = FlowRow(words, 10)
        self.new_passphrase = button(
            translate("settings", "Change the passphrase…"), "secondary", pressed=self._passphrase
        )
        self.new_code = button(
            translate("settings", "Make a new recovery code…"), "secondary", pressed=self._code
        )
        flow.add(self.new_passphrase, self.new_code)
        box.addWidget(flow)
        return frame

    def _passphrase(self) -> None:
        self.keys_wanted.emit("passphrase")

    def _code(self) -> None:
        self.keys_wanted.emit("code")

    def _sized(self, percent: int) -> None:
        theme().set(percent=percent)
        self._keep("percent", percent)

    def _coloured(self, index: int) -> None:
        scheme = self._schemes_offered[index]
        theme().set(scheme=scheme)
        self._keep("scheme", scheme)

    def _hidden(self, hidden: bool) -> None:
        self.changed.emit("hide_names", hidden)  # for this sitting only: never kept

    def _idled(self) -> None:
        self._keep("lock_minutes", int(self.idle.currentData()))

    def _keep(self, name: str, value: Any) -> None:
        self._settings.set(name, value)
        self.changed.emit(name, value)


def _minutes(minutes: int) -> str:
    if not minutes:
        return translate("settings", "Never by itself")
    return translate("settings", "{n} minutes without a key").format(n=minutes)
