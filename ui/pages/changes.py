"""What changed for you: what colleagues did to the records that you lead or watch."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from db.changes import Applied
from db.reader import Reader
from engage_desktop import watching
from engage_desktop.queries.changes import Changed, Entry
from engage_desktop.watching import ForMe
from ui.dialogs.parts import button, column, row
from ui.pages.page import Page, Surroundings
from ui.table.values import title_shown
from ui.tasks import Ticket
from ui.widgets.base import Label, Scroll, clear, look, named
from ui.widgets.cards import Card, EmptyState, ruled
from ui.widgets.flow import FlowRow
from ui.widgets.pills import Chip, IconTile, Pill
from ui.words import count_words, moment_words, translate

SOON_MS = 300
MOST_ENTRIES = 4
"""Changes of one record that are shown; the record itself has them all."""


class ChangesPage(Page):
    """One card of news; the newest at the top. What was looked at stays, without its mark."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around, self._context = around, around.context
        self._most = watching.MOST_AT_ONCE
        self._hidden = False
        self.found: ForMe | None = None
        look(named(self, translate("changes", "What changed for you")), "page")
        self._build()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self.refresh)

    def _build(self) -> None:
        inner = look(named(QWidget(), translate("changes", "What changed for you")), "plain")
        box = column(inner, gap=14, edges=(22, 18, 22, 22))
        self.title = Label(translate("changes", "What changed for you"), "title")
        self.sentence = Label("", "muted")
        box.addWidget(self.title)
        box.addWidget(self.sentence)
        self._verbs = FlowRow(translate("changes", "What to do with it"), 10)
        self.only = Chip(translate("changes", "Only what is not read"))
        self.only.setChecked(True)
        self.only.toggled.connect(self._filter)
        self.all_read = button(translate("changes", "Mark all as read"), "plain", icon="check",
                               pressed=self.mark_all)  # fmt: skip
        self.paper = button(translate("changes", "Print…"), "plain", icon="print",
                            pressed=self._print)  # fmt: skip
        self.letter = button(translate("changes", "E-mail to yourself…"), "plain", icon="mail",
                             pressed=self._mail)  # fmt: skip
        self._verbs.add(self.only, self.all_read, self.paper, self.letter)
        box.addWidget(self._verbs)
        self.card = Card(name=translate("changes", "What changed for you"))
        box.addWidget(self.card)
        self.more = button(translate("changes", "Show more"), "secondary", pressed=self._show_more)
        box.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.empty = EmptyState(
            "notifications",
            translate("changes", "Nothing new for you"),
            translate("changes", "What colleagues change in the events that you lead is told here. "
                      "To keep an eye on any other record, open it and choose Watch."),
        )  # fmt: skip
        box.addWidget(self.empty)
        box.addStretch(1)
        for widget in (self.card, self.more, self.empty):
            widget.hide()
        column(self).addWidget(Scroll(inner, translate("changes", "What changed for you")))

    # -- the window's side ---------------------------------------------------------------------

    def enter(self) -> None:
        self.refresh()

    def take_keyboard(self) -> None:
        self.only.setFocus(Qt.FocusReason.OtherFocusReason)

    def heard(self, applied: Applied) -> None:
        if self.isVisible():
            self._soon.start()

    def show_errand(self, errand: str) -> None:
        self.take_keyboard()

    def set_hidden(self, hidden: bool) -> None:
        self._hidden = hidden
        if self.found is not None:
            self._show(self.found)

    # -- reading -------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Look again."""
        workspace, most, only = self._context.workspace, self._most, self.only.isChecked()
        readings = getattr(workspace, "readings", None)

        def job(reader: Reader) -> ForMe:
            found = watching.for_me(workspace.store, reader, unread_only=only, most=most)
            if readings is not None:  # what is confidential is shown only where that is noted
                readings.note(((e.news.kind, e.news.id) for e in found.shown), "listed")
            return found

        self._context.tasks.read(job, self._show, key=self)

    def _filter(self, _on: bool) -> None:
        self._most = watching.MOST_AT_ONCE
        self.refresh()

    def _show_more(self) -> None:
        self._most += watching.MOST_AT_ONCE
        self.refresh()

    def _show(self, found: ForMe) -> None:
        self.found = found
        place = self._place()
        unread = count_words(
            found.unread,
            translate("changes", "record that you lead or watch has changes you have not read."),
            translate("changes", "records that you lead or watch have changes you have not read."),
        )
        read = translate("changes", "You have read everything.")
        self.sentence.setText(unread if found.unread else read)
        clear(self.card.body)
        ruled(self.card.body, [self._line(each) for each in found.shown])
        self.card.setVisible(bool(found.shown))
        self.empty.setVisible(not found.shown)
        self.more.setVisible(found.total > len(found.shown))
        self.all_read.setEnabled(bool(found.unread))
        for widget in (self.paper, self.letter):
            widget.setEnabled(bool(found.shown))
        self.badge_changed.emit(found.unread)
        self._put_back(place)

    def _line(self, each: Changed) -> QWidget:
        news = each.news
        cls = self._context.registry[news.kind]
        title = title_shown(cls, " ".join(news.title.split()), hidden=self._hidden)
        title = title or each.kind_label
        line = named(QWidget(), title)
        across = row(line, gap=12, edges=(0, 6, 0, 8))
        tile = IconTile(each.icon or "table", "info" if news.unread else "plain", each.kind_label)
        across.addWidget(tile, 0, Qt.AlignmentFlag.AlignTop)
        words = column(gap=4)
        head = FlowRow(title, 10)
        see = button(title, "link", pressed=self._open)
        named(see, translate("changes", "Open {title}").format(title=title))
        see.setProperty("record", [news.kind, news.id])
        head.add(see)
        if news.unread:
            fresh = (
                translate("changes", "New") if each.made_new else translate("changes", "Changed")
            )
            head.add(Pill(fresh, "info", "notifications"))
        head.add(Label(self._reason(each), "small", wrap=False))
        words.addWidget(head)
        shown = [entry for entry in each.entries if entry.new] or list(each.entries[:1])
        for entry in shown[:MOST_ENTRIES]:
            words.addWidget(self._entry(entry))
        if len(shown) > MOST_ENTRIES:
            more = translate("changes", "and {n} earlier changes").format(
                n=len(shown) - MOST_ENTRIES
            )
            words.addWidget(Label(more, "small"))
        across.addLayout(words, 1)
        if news.unread:
            read = button(translate("changes", "Mark as read"), "quiet", icon="check",
                          pressed=self._mark)  # fmt: skip
            named(read, translate("changes", "Mark as read: {title}").format(title=title))
            read.setProperty("record", [news.kind, news.id])
            across.addWidget(read, 0, Qt.AlignmentFlag.AlignTop)
        return line

    def _reason(self, each: Changed) -> str:
        reasons = [
            (translate("changes", "you lead it"), each.news.lead),
            (translate("changes", "you watch it"), each.news.watched),
        ]
        return f"{each.kind_label} · {' · '.join(words for words, holds in reasons if holds)}"

    def _entry(self, entry: Entry) -> QWidget:
        who = f"{entry.officer}, {moment_words(entry.ms)}"
        holder = named(QWidget(), f"{entry.why}. {who}")
        box = column(holder, gap=1, edges=(5, 0, 0, 2))
        box.addWidget(Label(f"{entry.why} · {who}", "small"))
        for line in entry.lines:
            hide = self._hidden and line.private
            box.addWidget(Label(line.label if hide else line.words))
        if entry.more:
            fields = translate("changes", "and {n} more fields").format(n=entry.more)
            box.addWidget(Label(fields, "small"))
        return holder

    # -- doing ---------------------------------------------------------------------------------

    def _of(self, sender: object) -> Changed | None:
        key = list(sender.property("record"))  # type: ignore[attr-defined]
        shown = self.found.shown if self.found else ()
        return next((each for each in shown if [each.news.kind, each.news.id] == key), None)

    def _open(self) -> None:
        each = self._of(self.sender())
        if each is not None:
            self._read([each])
            self._context.open_record(each.news.kind, each.news.id)

    def _mark(self) -> None:
        each = self._of(self.sender())
        if each is not None:
            self._read([each])

    def _read(self, items: list[Changed]) -> None:
        store = self._context.workspace.store
        self._context.tasks.write(
            lambda _t: watching.mark_read(store, [each.news for each in items]), self._marked
        )

    def mark_all(self) -> None:
        """Everything counts as read, also what is not shown."""
        store = self._context.workspace.store

        def job(_ticket: Ticket) -> None:
            reader = store.reader()
            try:
                watching.mark_read(store, watching.every(store, reader))
            finally:
                reader.close()

        self._context.tasks.write(job, self._marked)

    def _marked(self, _none: object) -> None:
        self.refresh()

    def _print(self) -> None:
        self._around.flows.print_digest(self._around.window, not self.only.isChecked())

    def _mail(self) -> None:
        self._around.flows.mail_digest(self._around.window, not self.only.isChecked())

    # -- the keyboard stays --------------------------------------------------------------------

    def _place(self) -> int | None:
        """Which line has the keyboard."""
        here = self.window().focusWidget()
        if here is None or not self.card.isAncestorOf(here):
            return None
        at = [b for b in self.card.findChildren(type(here)) if b.focusPolicy() != 0]
        return at.index(here) if here in at else 0

    def _put_back(self, place: int | None) -> None:
        if place is None:
            return
        lines = [b for b in self.card.findChildren(QWidget)
                 if b.property("record") and b.isVisibleTo(self)]  # fmt: skip
        target = lines[min(place, len(lines) - 1)] if lines else self.only
        target.setFocus(Qt.FocusReason.OtherFocusReason)
