"""What can be done with the records that are selected in a list, by whom the rules let."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from db.reader import Reader
from engage_desktop.queries.mailing import ADDRESSED
from engage_desktop.queries.sensitive import may_reveal
from engage_desktop.rules import may
from ui.pages.put_back import put_back
from ui.widgets.base import named
from ui.widgets.refused import refused
from ui.words import count_words, lower_first, translate

if TYPE_CHECKING:
    from ui.pages.records_page import RecordsPage


class Selected(QObject):
    """Bins, restores and erases; each asks the rules about every record first, and says why not."""

    def __init__(self, page: RecordsPage) -> None:
        super().__init__(page)
        self._page, self._around = page, page.around
        self._context, self._meta = page.around.context, page.kind.meta
        self._then: Callable[[], None] | None = None

    def why_not(self, act: str) -> str:
        """Why nothing at all may be imported, restored or erased here; "" when something may."""
        rights = self._context.rights
        if act == "import":
            return rights.adding(*self._page.imported)
        return rights.changing(self._meta.name)

    def bin(self) -> None:
        """Move the selected records to the bin, as one change that can be undone."""
        ids = self._page.chosen_ids()
        if ids and not self._page.pane.query.bin:
            self._if_allowed("delete", ids, partial(self._bin, ids))

    def restore(self) -> None:
        """Take the selected records out of the bin."""
        ids = self._page.chosen_ids()
        if ids and self._page.pane.query.bin:
            self._if_allowed("restore", ids, partial(self._restore, ids))

    def erase(self) -> None:
        """Erase the open record, or else the one selected, for good: ask what and why first."""
        kind, record_id = self._page.place
        ids = self._page.chosen_ids()
        if why := self.why_not("erase"):
            self._around.toast(why)
        elif record_id:
            self._if_allowed("delete", [record_id], partial(self._erase_open, kind, record_id))
        elif len(ids) == 1:
            self._if_allowed("delete", ids, partial(self._page.erase_record, self._meta.name, *ids))
        else:
            self._around.toast(translate("list", "Choose the one record that is to be erased."))

    def row_menu(self, menu: QMenu) -> None:
        """What the menu of a row offers."""
        why = self.why_not("delete")
        if self._page.pane.query.bin:
            refused(menu.addAction(translate("list", "Restore"), self.restore), why)
        else:
            menu.addAction(translate("list", "Open"), self._page.pane.view._open)
            words = translate("list", "Delete (goes to the bin)")
            refused(menu.addAction(words, self.bin), why)
        refused(menu.addAction(translate("list", "Erase for good…"), self.erase), why)
        menu.addAction(translate("list", "Copy rows"), self._page.pane.view.copy)

    def list_menu(self) -> QMenu:
        """What the menu of the list offers."""
        page = self._page
        menu = named(QMenu(page), page.pane.menu.accessibleName())
        bring = menu.addAction(translate("list", "Import from a file…"), page.import_file)
        refused(bring, self.why_not("import"))
        menu.addAction(translate("list", "Export this list…"), page.export_list)
        menu.addAction(translate("list", "Print this list…"), page.print_list)
        if self._meta.name == ADDRESSED:
            menu.addAction(translate("list", "Print address labels…"), page.print_labels)
            menu.addAction(translate("list", "List for a mailing…"), page.list_for_mailing)
        if may_reveal(self._meta.name):
            words = translate("list", "Export with what is marked sensitive…")
            menu.addAction(words, page.export_all)
            words = translate("list", "Print with what is marked sensitive…")
            menu.addAction(words, page.print_all)
        menu.addSeparator()
        words = translate("list", "Leave the bin") if page.pane.in_bin.isChecked() else translate(
            "list", "Show the bin")  # fmt: skip
        menu.addAction(words, page.toggle_bin)
        return menu

    # -- inside --------------------------------------------------------------------------------

    def _if_allowed(self, act: str, ids: list[str], then: Callable[[], None]) -> None:
        if not self._context.rights.bound:
            then()
            return
        store, name = self._context.workspace.store, self._meta.name
        self._then = then

        def job(reader: Reader) -> str:
            said = (may(store, reader, name, act, each) for each in ids)
            return next((sentence for sentence in said if sentence), "")

        self._context.tasks.read(job, self._told, key=(self, "may"))

    def _told(self, why: str) -> None:
        then, self._then = self._then, None
        if why:
            self._around.toast(why)
        elif then is not None:
            then()

    def _what(self, ids: list[str]) -> str:
        return count_words(len(ids), lower_first(self._meta.label), lower_first(self._meta.plural))

    def _bin(self, ids: list[str]) -> None:
        what = self._what(ids)
        why = translate("list", "Delete {what}").format(what=what)
        self._page.put_away(ids)
        self._context.apply(self._page.changes_of_bin(ids), why)
        self._around.toast(
            translate("list", "{what} moved to the bin").format(what=what),
            translate("list", "Undo"), self._page.undo,
        )  # fmt: skip

    def _restore(self, ids: list[str]) -> None:
        what = self._what(ids)
        why = translate("list", "Restore {what}").format(what=what)
        said = translate("list", "{what} restored").format(what=what)
        put_back(self._context, self._meta.name, ids, why, said)

    def _erase_open(self, kind: str, record_id: str) -> None:
        if self._page.leave():
            self._context.tasks.flush()
            self._page.erase_record(kind, record_id)


__all__ = ["Selected"]
