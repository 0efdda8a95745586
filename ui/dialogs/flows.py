"""What the window may ask for, each opened in its own dialog. See `ui.seams.FlowsLike`.

A dialog's module is imported when the dialog is first wanted: the window has to be there at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QWidget

from db.store import Store
from engage_desktop.capture import NOTES
from engage_desktop.rules import CARDS, written_by_import
from ui.dialogs.papers import Papers
from ui.form.context import Context
from ui.tasks import Tasks
from ui.widgets.base import clear
from ui.words import translate

if TYPE_CHECKING:
    from engage_desktop.capture.card import Sitting
    from engage_desktop.capture.desk import Desk, Past
    from ui.capture.start import StartDialog
    from ui.capture.tally import Counts
    from ui.dialogs.about import AboutDialog
    from ui.dialogs.backup import BackupDialog
    from ui.dialogs.erase import EraseDialog
    from ui.dialogs.import_wizard import ImportWizard
    from ui.dialogs.lock import LockSheet
    from ui.dialogs.settings import SettingsDialog, SettingsLike


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()


class Flows(Papers):
    """Opens dialogs; keeps none of them."""

    def __init__(
        self, context: Context, settings: SettingsLike | None = None, *,
        today: Callable[[], dt.date] = _today, parent: QObject | None = None,
    ) -> None:  # fmt: skip
        super().__init__(context, today, parent)
        self._settings = settings
        self._take_up()

    # In, and safe

    def import_file(self, window: QWidget, kind: str) -> ImportWizard | None:
        """Open the import wizard for a kind ("feedback" for responses with comments).

        Pasted cells go the same way. None, with the reason, where the officer's role forbids it.
        """
        from ui.dialogs.import_wizard import ImportWizard

        if why := self._context.rights.adding(*written_by_import(kind)):
            self._context.say(why)
            return None
        wizard = ImportWizard(self._workspace, self._context.tasks, kind, window)
        wizard.receipt_wanted.connect(self._show_receipt)
        return self._opened(wizard)

    def back_up(self, window: QWidget) -> BackupDialog:
        """Ask where to, and write a backup."""
        from ui.dialogs.backup import BackupDialog

        return self._opened(BackupDialog(self._workspace, self._context.tasks, parent=window))

    # Erasing

    def erase(self, window: QWidget, kind: str, record_id: str) -> EraseDialog:
        """Ask what of a record is to be erased for good, and why; and erase it."""
        from ui.dialogs.erase import EraseDialog

        return self._opened(
            EraseDialog(self._workspace, self._context.tasks, kind, record_id, window)
        )

    # Taking feedback

    def open_stand(self, window: QWidget) -> StartDialog | None:
        """Take feedback at a stand."""
        return self._start(window, "stand")

    def key_cards(self, window: QWidget) -> StartDialog | None:
        """Key in a box of cards."""
        return self._start(window, "card")

    def begin(self, window: QWidget, sitting: Sitting, past: Past) -> QDialog:
        """Open the stand or the table of cards for a sitting."""
        from engage_desktop.capture.desk import Desk
        from ui.capture.stand import Stand
        from ui.capture.start import LAST_SITTING
        from ui.capture.tally import Counts

        workspace, tasks = self._workspace, self._context.tasks
        settings = _Later(workspace.store, tasks)
        settings.set_setting(
            LAST_SITTING,
            {"event": sitting.event or "", "service": sitting.service,
             "provider": sitting.provider},
        )  # fmt: skip
        desk = Desk(workspace.store, workspace.drafts, sitting, tasks, past, today=self._today,
                    refusal=self._no_cards)  # fmt: skip
        if sitting.source == "stand":
            stand = Stand(desk, window)
            stand.resize(window.size())
            return self._opened(stand)
        counts = Counts.taken_up(settings, sitting.key, past.counted)
        return self._opened(_BatchWindow(desk, counts, window))

    # The window itself

    def unlock(self, window: Any) -> LockSheet:
        """Put the question for the passphrase on `window.cover`; call `window.unlocked()` then."""
        from ui.dialogs.lock import LockSheet
        from ui.dialogs.parts import column

        cover: QWidget = window.cover
        layout = cover.layout()
        if layout is None:
            layout = column(cover)
        clear(layout)
        sheet = LockSheet(self._workspace, self._context.tasks)
        layout.addWidget(sheet)
        sheet.unlocked.connect(window.unlocked)
        sheet.take_keyboard()
        return sheet

    def settings(self, window: QWidget) -> SettingsDialog | None:
        """How the window looks and behaves on this laptop."""
        from ui.dialogs.settings import SettingsDialog

        if self._settings is None:
            return None
        dialog = SettingsDialog(
            self._settings, names_hidden=bool(getattr(window, "names_hidden", False)), parent=window
        )
        dialog.changed.connect(self._settings_changed)
        dialog.keys_wanted.connect(self._keys_wanted)
        return self._opened(dialog)

    def about(self, window: QWidget) -> AboutDialog:
        """Which program this is, and whose work is in it."""
        from ui.dialogs.about import AboutDialog

        return self._opened(AboutDialog(window))

    def send_receive_page(self, context: Context) -> QWidget:
        """The page “Send and receive”."""
        from ui.pages.send_receive import SendReceivePage

        return SendReceivePage(context)

    # Inside

    def _take_up(self) -> None:
        """Cards that an earlier sitting kept, but could not write any more."""
        if not self._workspace.drafts.names(NOTES):
            return
        from engage_desktop.capture.waiting import take_up

        take_up(self._workspace.store, self._workspace.drafts, self._context.tasks)

    def _no_cards(self) -> str:
        """Why the officer's role lets them take no feedback; "" when it does."""
        return self._context.rights.adding(*CARDS)

    def _start(self, window: QWidget, source: str) -> StartDialog | None:
        from ui.capture.start import StartDialog

        if why := self._no_cards():
            self._context.say(why)
            return None
        self._take_up()
        dialog = StartDialog(
            source, self._context.tasks, self._workspace.drafts, self._today(), window
        )
        dialog.started.connect(self._started)
        self._opened(dialog)
        return dialog

    def _started(self, sitting: Sitting, past: Past) -> None:
        dialog = self.sender()
        window = dialog.parentWidget() if isinstance(dialog, QWidget) else None
        if window is not None:
            self.begin(window, sitting, past)

    def _settings_changed(self, name: str, value: Any) -> None:
        dialog = self.sender()
        window: Any = dialog.parentWidget() if isinstance(dialog, QWidget) else None
        if name == "lock_minutes" and hasattr(window, "idle"):
            window.idle.set_minutes(value)
        elif name == "hide_names" and getattr(window, "names_hidden", value) != value:
            window.hide_names()

    def _keys_wanted(self, what: str) -> None:
        from ui.dialogs.change_keys import KeyDialog

        dialog = self.sender()
        window = dialog if isinstance(dialog, QWidget) else None
        self._opened(KeyDialog(what, self._workspace, self._context.tasks, window))

    def _show_receipt(self, receipt: str) -> None:
        self._context.open_record("import_receipt", receipt)


class _Later:
    """Settings that are kept by the writing thread: the window never waits for the store."""

    def __init__(self, store: Store, tasks: Tasks) -> None:
        self._store, self._tasks = store, tasks

    def set_setting(self, name: str, value: Any) -> None:
        """Keep it, after what was asked before."""
        self._tasks.write(lambda _ticket: self._store.set_setting(name, value))


class _BatchWindow(QDialog):
    """Keying cards fills the window; Esc or Finish later closes it."""

    def __init__(self, desk: Desk, counts: Counts, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Window)
        from ui.capture.batch import BatchEntry
        from ui.dialogs.parts import column

        self.setWindowModality(Qt.WindowModality.ApplicationModal)
        title = translate("batch", "Key in cards")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.entry = BatchEntry(desk, counts)
        self.entry.left.connect(self.accept)
        column(self).addWidget(self.entry)
        self.resize(window.size())

    def reject(self) -> None:
        """Leave as Esc does: nothing is lost."""
        self.entry.leave()
