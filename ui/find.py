"""Ctrl+K: find any record of any kind, or run any command, by a few letters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from db.reader import Hit, Reader
from db.record import Registry
from db.search import LEAST_PREFIX
from ui.actions import Actions
from ui.table.model import Note
from ui.table.values import title_shown
from ui.tasks import Tasks
from ui.widgets.top_bar import FindBox
from ui.words import translate

if TYPE_CHECKING:
    from ui.widgets.suggest import Suggest, Suggestion

WAIT_MS = 120
OF_EACH_KIND = 3
MOST_RECORDS, MOST_COMMANDS = 12, 6
_NOT_FOUND_ALONE = frozenset({"attachment", "import_receipt", "erasure", "reading"})


class PaletteBox(FindBox):
    """The find box of the top bar: Esc empties it and gives the keyboard back."""

    def __init__(self) -> None:
        super().__init__(
            translate("find", "Find a person, event, comment or command"),
            translate("find", "Find anything"),
            "Ctrl K",
        )
        self._before: QWidget | None = None

    def summon(self) -> None:
        """Take the keyboard, remembering who had it."""
        held = QApplication.focusWidget()
        if held is not self:
            self._before = held
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def give_back(self) -> None:
        """Return the keyboard to where it was."""
        if self._before is not None and isValid(self._before) and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.give_back()
            return
        super().keyPressEvent(event)


class Palette(QObject):
    """Looks while one types; commands first when the words fit one, then records."""

    def __init__(
        self,
        box: PaletteBox,
        tasks: Tasks,
        registry: Registry,
        actions: Actions,
        open_record: Callable[[str, str], None],
        note: Note,
        say: Callable[[str], object],
    ) -> None:
        super().__init__(box)
        self._say = say
        self._box, self._tasks, self._registry = box, tasks, registry
        self._actions, self._open, self._note = actions, open_record, note
        self.hidden = False
        self.popup: Suggest | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._search)
        box.textEdited.connect(self._typed)

    def summon(self) -> None:
        """Open it."""
        self._box.summon()
        self._show([])

    def _typed(self) -> None:
        self._show([])
        self._timer.start()

    def _search(self) -> None:
        text = self._box.text().strip()
        if len(text) < LEAST_PREFIX:
            return

        note = self._note

        def job(reader: Reader) -> tuple[str, list[Hit]]:
            hits = [
                hit for hit in reader.search_all(text, OF_EACH_KIND)
                if hit.kind not in _NOT_FOUND_ALONE
            ]  # fmt: skip
            note([(hit.kind, hit.id) for hit in hits[:MOST_RECORDS]], "found")
            return text, hits

        self._tasks.read(job, self._found, key=self)

    def _found(self, answer: tuple[str, list[Hit]]) -> None:
        text, hits = answer
        if text == self._box.text().strip():
            self._show(hits)

    def _show(self, hits: list[Hit]) -> None:
        from ui.widgets.suggest import Suggest, Suggestion

        if self.popup is None:
            self.popup = Suggest(self._box, translate("find", "Found"))
            self.popup.chosen.connect(self._chosen)
        text = self._box.text().strip()
        commands = self._actions.offered(text)
        refused = self._actions.refused(text) if text else []
        shown: list[Suggestion] = [self._line(hit) for hit in hits[:MOST_RECORDS]]
        shown += [
            Suggestion(("run", c.id), c.words, c.key.split(" | ")[0], c.icon or "keyboard")
            for c in commands[: MOST_COMMANDS if hits or text else 9]
        ]
        room = max(0, MOST_COMMANDS - len(commands))
        shown += [
            Suggestion(("refused", why), c.words, why, "block", muted=True)
            for c, why in refused[:room]
        ]
        if not shown and len(text) >= LEAST_PREFIX:
            shown = [Suggestion(None, translate("find", "Nothing found"), "", "search")]
        self.popup.show_items(shown if self._box.hasFocus() else [])

    def _line(self, hit: Hit) -> Suggestion:
        from ui.widgets.suggest import Suggestion

        cls = self._registry[hit.kind]
        title = title_shown(cls, " ".join(hit.title.split()), hidden=self.hidden)
        return Suggestion(("open", hit.kind, hit.id), title, cls.meta.label, cls.meta.icon)

    def _chosen(self, key: Any) -> None:
        self._box.clear()
        if key is None:
            return
        self._box.give_back()
        if key[0] == "run":
            self._actions.run(key[1])
        elif key[0] == "refused":
            self._say(key[1])
        else:
            self._open(key[1], key[2])
