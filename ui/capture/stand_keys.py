"""The keys of the stand: letters and digits away from the words, Alt with them inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from engage_desktop.capture.card import answer_for_key
from ui.capture.tiles import Tile
from ui.theme import theme
from ui.words import translate

if TYPE_CHECKING:
    from ui.capture.stand import Stand

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class StandKeys(QObject):
    """Watches the tiles and the words, and takes what the window itself was given."""

    def __init__(self, stand: Stand) -> None:
        super().__init__(stand)
        self._stand = stand

    def take(self, event: QKeyEvent) -> bool:
        """A key that no widget wanted. True when it meant something."""
        return self._refused(event) or self._letter(event) or self._leave(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Alt keys and Esc inside the words; arrows among tiles; badges while topics have it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self._stand.words:
                alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
                return self._refused(event) or (alt and self._letter(event)) or self._leave(event)
            return self._arrow(watched, event)
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
                self._stand.scroll.ensureWidgetVisible(watched, 0, theme().px(20))
            QTimer.singleShot(0, self, self._badges)
        return super().eventFilter(watched, event)

    def _refused(self, event: QKeyEvent) -> bool:
        """The key of a button that is muted says why it is."""
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        control = held == Qt.KeyboardModifier.ControlModifier
        if event.key() in _ENTER and control and not self._stand.next.isEnabled():
            self._stand.next_person()
            return True
        return False

    def _letter(self, event: QKeyEvent) -> bool:
        stand = self._stand
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if held not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier):
            return False
        text = chr(event.key()).lower() if 32 < event.key() < 127 else ""
        if not text:
            return False
        if self._in_topics() and held == Qt.KeyboardModifier.NoModifier and text.isdigit():
            stand.topic_group.key(text)
            return True
        if (code := answer_for_key(text)) is not None:
            stand.answer_group.put(code)
            return True
        places = {"t": self._go_topics, "w": stand.words.setFocus, "a": self._go_answers}
        if text in places:
            places[text]()
            return True
        ticks = {"q": stand.quote, "r": stand.reply}
        if text in ticks:
            ticks[text].toggle()
            return True
        return False

    def _leave(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Escape:
            return False
        if self._stand.words.hasFocus() or self._in_topics():
            self._go_answers()
        else:
            self._stand.finish.setFocus()
            self._stand.say_state(
                translate("stand", "Press Enter to finish. What is on the screen is kept.")
            )
        return True

    def _arrow(self, watched: QObject, event: QKeyEvent) -> bool:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            if event.key() in _ENTER and not event.modifiers() and isinstance(watched, Tile):
                watched.click()
                return True
            return False
        for tiles in (self._stand.answer_group.tiles, self._stand.topic_group.tiles):
            if watched in tiles:
                at = tiles.index(watched) + step  # type: ignore[arg-type]
                tiles[at % len(tiles)].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return False

    def _go_topics(self) -> None:
        self._stand.topic_group.tiles[0].setFocus(Qt.FocusReason.TabFocusReason)

    def _go_answers(self) -> None:
        self._stand.answer_group.first().setFocus(Qt.FocusReason.TabFocusReason)

    def _in_topics(self) -> bool:
        return self._stand.focusWidget() in self._stand.topic_group.tiles

    def _badges(self) -> None:
        among = self._in_topics()
        self._stand.topic_group.show_badges(among)
        self._stand.say_keys(topics=among)


__all__ = ["StandKeys"]
