"""The window: puts rail, top bar and pages together, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QByteArray, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from db.changes import Applied
from db.errors import KnownError
from engage_desktop.queries.standing import Standing, standing
from ui.actions import Actions
from ui.areas import Area, areas
from ui.bus import ChangeBus
from ui.commands import add_commands, added_since
from ui.exchange import Exchanger
from ui.find import Palette, PaletteBox
from ui.folder_watch import FolderWatch
from ui.form.context import Context, local_day
from ui.lock import Cover, IdleWatch
from ui.pages.page import Page, Surroundings
from ui.seams import FlowsLike
from ui.settings import Settings
from ui.standing_words import status_of
from ui.tasks import Tasks
from ui.team_watch import TeamWatch
from ui.theme import theme
from ui.undo import Undo
from ui.widgets.banners import Banner, ProgressStrip, Toast
from ui.widgets.base import named, spaced
from ui.widgets.focus import follow_the_keyboard
from ui.widgets.rail import Rail
from ui.widgets.refused import refused
from ui.widgets.top_bar import TopBar
from ui.words import translate

ERRANDS = {
    "themes": "feedback", "replies": "feedback", "versions": "send", "changes": "send",
    "next_contact": "stakeholder", "ask_again": "stakeholder", "promises": "stakeholder",
    "terms": "stakeholder", "vacant": "stakeholder",
}  # fmt: skip
"""What somebody is sent to see, and the area that shows it."""

STATUS_MS = 400
NARROW = 820
"""Below this width (pixels at 100 % text) the rail shows icons only."""


class MainWindow(QMainWindow):
    """`lock_requested` when the content has been covered; `closed` after the last save."""

    lock_requested = Signal()
    closed = Signal()

    def __init__(
        self,
        workspace: Any,
        tasks: Tasks,
        flows: Callable[[Context, Settings], FlowsLike],
        *,
        today: Callable[[], dt.date] = local_day,
        offered: list[Area] | None = None,
    ) -> None:
        super().__init__()
        self.workspace, self.tasks = workspace, tasks
        self.settings = Settings(workspace.store, tasks)
        theme().set(
            scheme=self.settings.get("scheme", "light"), percent=self.settings.get("percent", 100)
        )
        self.bus = ChangeBus(workspace.store)
        self.undo = Undo(workspace.store, tasks, self.bus)
        self.context = Context(workspace, tasks, self.open_record, self.begin_record, self.say)
        self.context.go, self.context.finish = self.go, self.finish
        self.context.today = today
        self.last_act: Callable[[], None] | None = None
        self.context.exchanger = Exchanger(workspace, tasks, self)
        self.folder_watch = FolderWatch(workspace.store, tasks, self.context.exchanger, self)
        self.folder_watch.server.changed.connect(self.read_status)
        self.team_watch = TeamWatch(workspace.store, tasks, self)
        self.flows = flows(self.context, self.settings)
        self._around = Surroundings(
            self.context, self.bus, self.settings, self.flows, self, self.say, self.go, today
        )
        self.names_hidden = False
        self._areas = {area.id: area for area in (offered or areas(workspace.store.registry))}
        self._pages: dict[str, Page] = {}
        self._at = ""
        self._build()
        self.actions_ = Actions(self, self.say)
        add_commands(self, self.actions_)
        self.palette_ = Palette(
            self._find, tasks, workspace.store.registry, self.actions_, self.open_record,
            self.context.readings.note, self.say,
        )  # fmt: skip
        self._connect()
        self.go(self.settings.get("area", "today"))
        kind, record_id = self.settings.get("place") or ("", "")
        if self.area_of(kind) == self._at:
            self.page.open_record(kind, record_id)
        self.rail.take_keyboard()

    # -- putting together --------------------------------------------------------------------

    def _build(self) -> None:
        title = translate("window", "Engage")
        self.setWindowTitle(f"{self.workspace.name} – {title}")
        named(self, title)
        self.content = named(QWidget(), title)
        row = QHBoxLayout(self.content)
        spaced(row, gap=0)
        self.rail = Rail(title)
        for area in self._areas.values():
            self.rail.add_area(area.id, area.name, area.icon)
        row.addWidget(self.rail)
        right = QVBoxLayout()
        spaced(right, gap=0)
        self._find = PaletteBox()
        self.top = TopBar(self._find)
        self.trouble = Banner("bad", closable=True)
        self.trouble.hide()
        self.progress = ProgressStrip()
        self.stack = QStackedWidget()
        for widget in (self.top, self.trouble, self.progress):
            right.addWidget(widget)
        right.addWidget(self.stack, 1)
        row.addLayout(right, 1)
        self.setCentralWidget(self.content)
        self.toast = Toast(self.content)
        self.cover: Cover | None = None
        follow_the_keyboard()
        self.idle = IdleWatch(self.settings.get("lock_minutes", 10), self)
        self.setMinimumSize(theme().px(360) if theme().percent == 100 else 360, 320)
        self.resize(1366, 768)
        kept = self.settings.get("geometry")
        if kept:
            self.restoreGeometry(QByteArray.fromHex(str(kept).encode()))

    def _connect(self) -> None:
        self.rail.chosen.connect(self.go)
        self.rail.view.clicked.connect(self.show_view_menu)
        self.top.undo_pressed.connect(self.undo.undo)
        self.top.primary_pressed.connect(self.run_primary)
        self.undo.words_changed.connect(self.top.show_undo)
        self.undo.done.connect(self.say)
        self.undo.failed.connect(self.show_trouble)
        self.bus.changed.connect(self._heard)
        self.tasks.trouble.connect(self.show_trouble)
        self._status_timer = QTimer(self)
        self._status_timer.setSingleShot(True)
        self._status_timer.setInterval(STATUS_MS)
        self._status_timer.timeout.connect(self.read_status)
        self.tasks.wrote.connect(self._status_timer.start)
        self.context.rights.changed.connect(self._show_primary)
        self.context.rights.changed.connect(self.team_watch.look)
        self.team_watch.needs.connect(self._show_team)
        self.folder_watch.asked.connect(self.team_watch.look_for_requests)
        self.context.exchanger.done.connect(self._exchanged)
        self.read_status()
        self.idle.idle.connect(self.lock)
        self.settings.changed.connect(self._setting_changed)
        theme().changed.connect(self._lay)

    # -- pages -------------------------------------------------------------------------------

    @property
    def page(self) -> Page:
        """The page in view."""
        return self._pages[self._at]

    def page_of(self, area: str) -> Page:
        """An area's page, made on the first visit."""
        if area not in self._pages:
            page = self._areas[area].make(self._around)
            page.primary_changed.connect(self._show_primary)
            if area == "team":
                page.badge_changed.connect(self.team_watch.asking)
            page.set_hidden(self.names_hidden)
            if area == "today":
                self._join_today(page)
            self._pages[area] = page
            self.stack.addWidget(page)
        return self._pages[area]

    def _join_today(self, page: Page) -> None:
        from ui.pages.today import TodayPage

        if isinstance(page, TodayPage):
            page.badges_read.connect(self._show_badges)
            page.tell_recovered(list(getattr(self.workspace, "recovered", [])))

    def go(self, where: str) -> None:
        """To an area by its id, or one of the errands that pages send one on."""
        errand, _, argument = where.partition(":")
        if where in self._areas:
            self._go_to(where)
        elif errand == "undo":
            self.undo.undo()
        elif errand == "new":
            self.show_new_menu()
        elif errand == "answer":
            self.begin_record("you_said", {"theme": argument})
        elif area := ERRANDS.get(errand):
            self._go_to(area)
            self.page.show_errand(errand)
        else:
            self._go_to("today")

    def visit(self, area: str) -> None:
        """To an area, with the keyboard."""
        self.rail.take_keyboard()
        self.go(area)
        self.rail.take_keyboard()
        self.page.take_keyboard()

    def _go_to(self, area: str) -> None:
        if self._at and area != self._at:
            self.page.leave()
        page = self.page_of(area)
        self._at = area
        self.stack.setCurrentWidget(page)
        self.rail.choose(area)
        page.enter()
        self._show_primary()
        self.settings.set("area", area)

    def area_of(self, kind: str) -> str:
        """The area that shows records of a kind; "" when none does."""
        return next((a.id for a in self._areas.values() if kind in a.kinds), "")

    def open_record(self, kind: str, record_id: str) -> None:
        """Show a record in its own area."""
        area = self.area_of(kind)
        if area:
            self._go_to(area)
            self.page.open_record(kind, record_id)

    def begin_record(self, kind: str, defaults: Mapping[str, Any]) -> None:
        """Start a new record in its own area."""
        area = self.area_of(kind)
        if area:
            self._go_to(area)
            self.page.begin_record(kind, dict(defaults))

    def run_primary(self) -> None:
        """The one primary action of the page in view."""
        self.page.run_primary()

    def _show_primary(self) -> None:
        if self._at:
            words, icon = self.page.primary
            self.top.show_primary(words, icon, "Ctrl+N")

    def _heard(self, applied: Applied) -> None:
        for area, page in self._pages.items():
            if area != "today" or area == self._at or applied.kinds:
                page.heard(applied)

    # -- telling -----------------------------------------------------------------------------

    def say(self, words: str, verb: str = "", act: Callable[[], object] | None = None) -> None:
        """A passing message, with a button if it can be answered."""
        self.toast.say(words, verb, act)

    def show_trouble(self, error: object) -> None:
        """A sentence that stays until it is closed."""
        if isinstance(error, KnownError):
            strong, words = error.sentence, ""
        else:
            strong = translate("window", "Something went wrong inside the program.")
            words = translate("window", "What was saved before is safe. If it happens again, "
                              "close the window and open it again.")  # fmt: skip
        self.trouble.show_as("bad", strong, words)
        self.trouble.show()

    def read_status(self) -> None:
        """See what waits to be sent, and what the team's word allows now."""
        self.context.rights.ask()
        self.tasks.read(standing, self._show_status, key=(self, "status"))

    def _show_status(self, found: Standing) -> None:
        status = status_of(found, self.folder_watch.server.state)
        self.rail.status.show_status(status)
        self.rail.set_badge("send", found.undecided)

    def _show_team(self, count: int) -> None:
        self.rail.set_badge("team", count)

    def _exchanged(self, _receipt: object, _by_itself: bool) -> None:
        self.team_watch.look()
        self.team_watch.look_for_requests()

    def _show_badges(self, badges: dict[str, int]) -> None:
        for area in self._areas:
            if area not in ("send", "team"):  # counted elsewhere
                self.rail.set_badge(area, badges.get(area, 0))

    # -- menus and looks ---------------------------------------------------------------------

    def _menu(self, name: str, ids: list[str]) -> QMenu:
        menu = named(QMenu(self), name)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for command_id in ids:
            if not command_id:
                menu.addSeparator()
            elif why := self.actions_.why_not(command_id):
                refused(menu.addAction(self.actions_.action(command_id).text()), why)
            else:
                menu.addAction(self.actions_.action(command_id))
        return menu

    def show_new_menu(self) -> None:
        """What can be added, under the primary button."""
        ids = [f"new.{kind}" for kind in ("event", "stakeholder", "venue", "you_said")]
        ids += [f"new.{kind}" for kind in added_since(self.workspace.store.registry)]
        menu = self._menu(translate("window", "New"), ["stand", "cards", "", *ids])
        button = self.top.primary
        corner = button.mapToGlobal(QPoint(button.width(), button.height() + 4))
        menu.popup(corner - QPoint(menu.sizeHint().width(), 0))

    def show_view_menu(self) -> None:
        """Text size, colours, hidden names, lock, keys."""
        ids = ["bigger", "smaller", "normal", "", "light", "dark", "contrast", "", "names",
               "lock", "", "settings", "backup", "keys", "about"]  # fmt: skip
        menu = self._menu(translate("window", "View"), ids)
        button = self.rail.view
        menu.popup(button.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def set_look(self, *, scheme: str | None = None, percent: int | None = None) -> None:
        """Change colours or text size, and remember it."""
        theme().set(scheme=scheme, percent=percent)
        self.settings.set("scheme", theme().scheme)
        self.settings.set("percent", theme().percent)

    def hide_names(self) -> None:
        """Cover names beside impairments, or show them again."""
        self.names_hidden = not self.names_hidden
        self.palette_.hidden = self.names_hidden
        for page in self._pages.values():
            page.set_hidden(self.names_hidden)
        self.say(
            translate("window", "Names are hidden. F9 shows them again.")
            if self.names_hidden
            else translate("window", "Names are shown.")
        )

    def _lay(self) -> None:
        self.rail.set_narrow(self.width() < theme().px(NARROW))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay()

    def _setting_changed(self, name: str) -> None:
        if name == "lock_minutes":
            self.idle.set_minutes(float(self.settings.get(name, 10)))

    # -- locking -----------------------------------------------------------------------------

    @property
    def locked(self) -> bool:
        """True while the content is covered."""
        return self.cover is not None

    def lock(self) -> None:
        """Take the content out of view, and out of reach of a screen reader."""
        if self.locked:
            return
        self.page.leave()
        self.folder_watch.paused = True
        self.actions_.set_active(False)
        self._covered = [
            w for w in QApplication.topLevelWidgets() if w is not self and w.isVisible()
        ]
        for window in self._covered:
            window.hide()
        content = self.takeCentralWidget()
        content.hide()
        content.setParent(None)
        self.cover = Cover(self.workspace.officer)
        self.setCentralWidget(self.cover)
        self.setWindowTitle(translate("window", "Engage, locked"))
        self.lock_requested.emit()
        self.flows.unlock(self)

    def unlocked(self) -> None:
        """Give the content back. Called by whoever checked the passphrase."""
        if self.cover is None:
            return
        self.cover = None
        self.folder_watch.paused = False
        self.setCentralWidget(self.content)  # Qt deletes the cover
        self.content.show()
        self.setWindowTitle(f"{self.workspace.name} – " + translate("window", "Engage"))
        self.actions_.set_active(True)
        for window in self._covered:
            window.show()
        self._covered = []
        self.page.setFocus()

    # -- closing -----------------------------------------------------------------------------

    def finish(self, last: Callable[[], None]) -> None:
        """Close, and have `last` done when the workspace is shut."""
        self.last_act = last
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing never asks: what can be saved is saved, the rest is a draft."""
        if self._at:
            self.page.leave()
        self.settings.set("place", list(self.page.place) if self._at else None)
        self.settings.set("geometry", bytes(self.saveGeometry().toHex().data()).decode())
        self.tasks.flush()
        self._status_timer.stop()
        self.idle.stop()
        self.context.rights.stop()
        self.team_watch.stop()
        self.folder_watch.stop()
        self.bus.close()
        self.undo.close()
        self.closed.emit()
        super().closeEvent(event)
