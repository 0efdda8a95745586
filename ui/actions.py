"""Every command there is, once: its words, its key and what it does. Ctrl+K runs any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ui.words import translate


@dataclass(frozen=True)
class Command:
    """One command. `enabled` and `refusal` are asked each time it is offered or its key is pressed.

    One that is not enabled has no use here and is not offered; one that is refused is shown as
    such, and says why. `adds` are the kinds of record that it writes down. One that is `shown`
    stands in the list of keys even without one.
    """

    id: str
    words: str
    run: Callable[[], object]
    key: str = ""
    icon: str = ""
    enabled: Callable[[], bool] | None = None
    listed: bool = True
    refusal: Callable[[], str] | None = None
    adds: tuple[str, ...] = ()
    shown: bool = False

    @property
    def is_enabled(self) -> bool:
        """Is there something here for it to do?"""
        return self.enabled is None or self.enabled()

    @property
    def why_not(self) -> str:
        """Why the officer's role does not allow it, as one sentence; "" when it does."""
        return self.refusal() if self.refusal is not None else ""


class Actions(QObject):
    """The registry. Keys work anywhere in the window that owns it; `say` tells why one does not."""

    def __init__(self, window: QWidget, say: Callable[[str], object] | None = None) -> None:
        super().__init__(window)
        self._window, self._say = window, say
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}

    def add(self, command: Command) -> QAction:
        """Add a command and bind its key (several keys are separated by " | ")."""
        if command.id in self._commands:
            raise ValueError(f"Two commands are called {command.id!r}.")
        self._commands[command.id] = command
        action = QAction(command.words, self)
        action.setObjectName(command.id)
        if command.key:
            action.setShortcuts([QKeySequence(key) for key in command.key.split(" | ")])
        action.triggered.connect(self._triggered)
        self._window.addAction(action)
        self._actions[command.id] = action
        return action

    def _triggered(self) -> None:
        self.run(self.sender().objectName())

    def run(self, command_id: str) -> None:
        """Run a command, if it can be run now; one that is refused says why."""
        command = self._commands[command_id]
        if not command.is_enabled:
            return
        why = command.why_not
        if not why:
            command.run()
        elif self._say is not None:
            self._say(why)

    def why_not(self, command_id: str) -> str:
        """Why a command is refused now; "" when it is not."""
        return self._commands[command_id].why_not

    def action(self, command_id: str) -> QAction:
        """The action of a command, for menus."""
        return self._actions[command_id]

    def set_active(self, active: bool) -> None:
        """Bind or unbind every key (a locked window answers none)."""
        for action in self._actions.values():
            action.setEnabled(active)

    def offered(self, text: str = "") -> list[Command]:
        """Commands that can be run now and hold every word typed, in the order they were added."""
        return [command for command in self._found(text) if not command.why_not]

    def refused(self, text: str = "") -> list[tuple[Command, str]]:
        """Commands that hold every word typed and are refused, each with the reason."""
        return [(command, why) for command in self._found(text) if (why := command.why_not)]

    def _found(self, text: str) -> list[Command]:
        wanted = text.casefold().split()
        return [
            command
            for command in self._commands.values()
            if command.listed
            and command.is_enabled
            and all(word in command.words.casefold() for word in wanted)
        ]

    def keys(self) -> list[tuple[str, str]]:
        """Words and key of every command that has one, for the list of keys.

        Of a command that is reached by its name alone and is told to be `shown`, how to do that.
        """
        return [
            (c.words, c.key.split(" | ")[0] or translate("keys", "Ctrl+K, then its name"))
            for c in self._commands.values()
            if c.key or c.shown
        ]
