"""The county as a tree, with how many stakeholders each place has; a place opens beside it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from db.changes import Applied, Bin, Change, Edit
from engage_desktop.queries.places import PlaceNode, place_tree, places_within
from ui.pages.page import Surroundings
from ui.pages.place_tree import PlaceTree
from ui.pages.records_page import RecordsPage
from ui.widgets.buttons import Button
from ui.widgets.flow import FlowRow
from ui.widgets.refused import mute, refused
from ui.words import translate


class PlacesPage(RecordsPage):
    """The list of places, as a tree while nothing narrows it."""

    def __init__(self, around: Surroundings) -> None:
        kind = around.context.registry["place"]
        self.tree = PlaceTree()  # before the list is laid out
        super().__init__(kind, around, purpose=kind.meta.purpose)
        self.pane.stack.insertWidget(0, self.tree)
        self.pane.stack.currentChanged.connect(self._keep_tree)
        self.verbs = FlowRow(translate("places", "What to do with a place"), 6)
        self.inside = Button(translate("places", "Add inside"), "add", "quiet")
        self.inside.clicked.connect(self.begin_inside)
        self.rename = Button(translate("places", "Rename"), "edit", "quiet", key="F2")
        self.rename.clicked.connect(self.tree.rename)
        self.move = Button(translate("places", "Move"), "alt_route", "quiet", key="Ctrl+X")
        self.move.clicked.connect(self._take)
        self.verbs.add(self.inside, self.rename, self.move)
        self.pane.layout().insertWidget(1, self.verbs)
        self.pane.query_changed.connect(self._show_tree)
        self.pane.model.counted.connect(self._show_tree)
        tree = self.tree
        tree.opened.connect(self._open_focused)
        tree.moved_to.connect(self._moved)
        tree.renamed.connect(self._renamed)
        tree.move_wanted.connect(self.move_place)
        tree.bin_wanted.connect(self.selected.bin)
        tree.cut.connect(self._taken)
        tree.menu_wanted.connect(self._place_menu)
        self._rule_places()

    # -- tree or list ------------------------------------------------------------------------

    @property
    def in_tree(self) -> bool:
        """Is the whole county shown, and not what was looked for?"""
        return not self.pane.narrowed

    def _show_tree(self, *_: object) -> None:
        self.pane.stack.setCurrentWidget(self.tree if self.in_tree else self._listing)
        self.verbs.setVisible(self.in_tree and not self.is_empty)

    @property
    def _listing(self) -> Any:
        nothing = self.pane.model.count_known and self.pane.model.count == 0
        at = 2 if nothing and self.pane.stack.count() > 2 else 1
        return self.pane.stack.widget(at)

    def _keep_tree(self, _index: int) -> None:
        wanted = self.tree if self.in_tree else self._listing
        if self.pane.stack.currentWidget() is not wanted:
            self.pane.stack.setCurrentWidget(wanted)

    def enter(self) -> None:
        super().enter()
        self.read_tree()

    def heard(self, applied: Applied) -> None:
        super().heard(applied)
        if self._entered and applied.kinds & {"place", "stakeholder"}:
            self.read_tree()

    def read_tree(self) -> None:
        """Read the places and their figures again."""
        self._context.tasks.read(place_tree, self._came, key=(self, "tree"))

    def _came(self, nodes: list[PlaceNode]) -> None:
        self.tree.show_nodes(nodes)
        self._show_tree()

    def take_keyboard(self) -> None:
        if self.in_tree and not self.is_empty:
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().take_keyboard()

    def close_record(self) -> None:
        super().close_record()
        if self.in_tree:
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_record(self, kind: str, record_id: str) -> None:
        super().open_record(kind, record_id)
        self.tree.select_id(record_id)

    def _was_saved(self, record_id: str) -> None:
        super()._was_saved(record_id)
        self.tree.select_id(record_id)

    def _show_current(self) -> None:
        if not self.in_tree:
            super()._show_current()
            return
        place = self.tree.current_id
        if place and place != self._shown_id() and self._save_first():
            self._show(place, focus=False)

    def _lay(self) -> None:
        super()._lay()
        self.tree.set_narrow(self.pane.view.two_lines)

    def chosen_ids(self) -> list[str]:
        if not self.in_tree:
            return super().chosen_ids()
        return [self.tree.current_id] if self.tree.current_id else []

    # -- changing ----------------------------------------------------------------------------

    def _show_rights(self) -> None:
        super()._show_rights()
        self._rule_places()

    def _rule_places(self) -> None:
        mute(self.inside, self._context.rights.adding("place"))
        why = self._context.rights.changing("place")
        for button in (self.rename, self.move):
            mute(button, why)
        triggers = self.tree.editTriggers()
        off = self.tree.EditTrigger.NoEditTriggers
        on = self.tree.EditTrigger.EditKeyPressed
        if triggers != (off if why else on):
            self.tree.setEditTriggers(off if why else on)

    def begin_inside(self) -> None:
        """Begin a place that lies in the one the cursor is on."""
        within = self.tree.current_id
        self.begin({"within": within} if within else None)

    def _renamed(self, place: str, name: str) -> None:
        words = translate("places", "Rename place")
        self._context.apply([Edit("place", place, {"name": name})], words, None, self._failed)

    def _take(self) -> None:
        if self.tree.taken:
            self.tree.put()
            self._say_move()
        else:
            self.tree.take()

    def _taken(self, name: str) -> None:
        self._say_move()
        words = translate("places", "Go to where “{name}” is to lie, and press Ctrl+V.")
        self.around.toast(words.format(name=name))

    def _say_move(self) -> None:
        taken = self.tree.taken
        words = translate("places", "Put “{name}” here").format(name=taken)
        self.move.say(words if taken else translate("places", "Move"))

    def move_place(self, place: str, into: str) -> None:
        """Move a place, and all that lies in it, into another; "" for the top."""
        self._say_move()
        if why := self._context.rights.changing("place"):
            self.around.toast(why)
            return
        inside = places_within(self.tree.nodes.values(), place)
        if into in inside:
            name = self.tree.nodes[place].name
            words = translate("places", "“{name}” cannot lie in itself, or in a part of itself. "
                              "Nothing was moved.")  # fmt: skip
            self.around.toast(words.format(name=name))
            return
        words = translate("places", "Move place")
        change = Edit("place", place, {"within": into or None})
        self._context.apply([change], words, None, self._failed)
        self.tree.select_id(place)

    def changes_of_bin(self, ids: list[str]) -> list[Change]:
        """What lies in a place that goes moves up to what that place lay in."""
        found: list[Change] = [Bin("place", place) for place in ids]
        for node in self.tree.nodes.values():
            if node.within in ids and node.id not in ids:
                above = self.tree.nodes[node.within].within
                while above in ids:
                    above = self.tree.nodes[above].within
                found.insert(0, Edit("place", node.id, {"within": above or None}))
        return found

    def _failed(self, error: BaseException) -> None:
        words = translate("places", "A fault in the program stopped this. Nothing was changed.")
        self.around.toast(getattr(error, "sentence", words))
        self.read_tree()

    def _place_menu(self, menu: QMenu) -> None:
        why = self._context.rights.changing("place")
        menu.addAction(translate("places", "Open"), self.tree._open)
        adding = self._context.rights.adding("place")
        refused(menu.addAction(translate("places", "Add inside"), self.begin_inside), adding)
        refused(menu.addAction(translate("places", "Rename"), self.tree.rename), why)
        words = translate("places", "Take, to move it (Ctrl+X)")
        refused(menu.addAction(words, self.tree.take), why)
        if self.tree.taken:
            words = translate("places", "Put “{name}” here (Ctrl+V)").format(name=self.tree.taken)
            refused(menu.addAction(words, self.tree.put), why)
        node = self.tree.nodes.get(self.tree.current_id)
        if node is not None and node.within:
            words = translate("places", "Move to the top")
            refused(menu.addAction(words, self.tree.put_at_top), why)
        menu.addSeparator()
        words = translate("places", "Delete (goes to the bin)")
        refused(menu.addAction(words, self.selected.bin), why)


__all__ = ["PlacesPage"]
