"""Today: what is on this week, what needs me, how it was, what is not sent, data as of when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from db.changes import Applied
from db.reader import Reader
from engage_desktop.plain import day_month, short_weekday, weekday_name
from engage_desktop.queries.feedback import FftSummary, Scope, fft_summary
from engage_desktop.queries.standing import Standing, standing
from engage_desktop.queries.today import ComingEvent, Need, coming_events, needs_me
from engage_desktop.rules import written_by_import
from ui.pages.page import Page, Surroundings
from ui.theme import theme
from ui.widgets.banners import Banner
from ui.widgets.base import Label, Scroll, clear, look, named, spaced
from ui.widgets.buttons import Button
from ui.widgets.cards import Card, EmptyState, NeedRow, Stat, ruled
from ui.widgets.pills import Pill
from ui.widgets.refused import mute
from ui.words import count_words, initials, moment_words, short_date, translate

REFRESH_MS = 150
MOST_NEEDS = 10
"""Things that need somebody, shown at once."""
WIDE = 860
"""From this width on (pixels at 100 % text) the cards stand beside each other."""

_SHOWN = {
    "conflict": ("call_split", "warning", "Choose"),
    "need_not_met": ("accessible", "bad", "See the event"),
    "no_venue": ("location_on", "warning", "Choose venue"),
    "access_unchecked": ("checklist", "warning", "Check access"),
    "theme_unanswered": ("mark_unread_chat_alt", "info", "Write answer"),
    "attendance_missing": ("groups", "info", "Fill in"),
    "reply_wanted": ("forward_to_inbox", "info", "See them"),
    "date_missing": ("calendar_month", "info", "Give a date"),
    "promise_overdue": ("handshake", "warning", "See them"),
    "contact_due": ("forum", "info", "See them"),
    "ask_again": ("accessible", "info", "See them"),
    "term_ending": ("badge", "info", "See them"),
    "seat_vacant": ("badge", "info", "See them"),
}
"""Icon, tone and the verb on the button for each concern."""


_ERRANDS = {
    "reply_wanted": "replies", "promise_overdue": "promises", "contact_due": "next_contact",
    "ask_again": "ask_again", "term_ending": "terms", "seat_vacant": "vacant",
}  # fmt: skip
"""Those that many records share lead to a list of them."""

_AREAS = {
    "event": "event", "venue": "event", "theme": "you_said", "response": "feedback",
    "comment": "feedback", "stakeholder": "stakeholder", "you_said": "you_said",
}  # fmt: skip
"""Which area's badge a need counts in, by the kind of its record."""


@dataclass(frozen=True)
class Day:
    """Everything the page shows."""

    today: dt.date
    week: list[ComingEvent]
    later: list[ComingEvent]
    needs: list[Need]
    recent: FftSummary
    ever: FftSummary
    standing: Standing
    responses: int
    records: int


def gather(reader: Reader, today: dt.date) -> Day:
    """Read the day. Runs on a reading thread."""
    from db.query import ListQuery

    week_end = today + dt.timedelta(days=7)
    coming = coming_events(reader, today, today + dt.timedelta(days=42))
    since = today - dt.timedelta(days=90)
    kinds = [cls.meta.name for cls in reader.registry]
    counts = {kind: reader.count(ListQuery(kind)) for kind in kinds}
    return Day(
        today,
        [event for event in coming if event.date < week_end],
        [event for event in coming if event.date >= week_end],
        needs_me(reader, today),
        fft_summary(reader, Scope(since=since, until=today)),
        fft_summary(reader),
        standing(reader),
        counts.get("response", 0),
        sum(n for kind, n in counts.items() if kind != "theme"),
    )


class EventRow(QWidget):
    """One event of the week: day, what, when and where, and whether it is ready."""

    opened = Signal(str)

    def __init__(self, event: ComingEvent, today: dt.date) -> None:
        super().__init__()
        self._id = event.id
        row = QHBoxLayout(self)
        spaced(row, (0, 2, 0, 2), 10)
        date = QVBoxLayout()
        spaced(date, gap=0)
        number = Label(str(event.date.day), "number", wrap=False)
        weekday = Label(short_weekday(event.date), "small", wrap=False)
        room = theme().px(34)
        for label in (number, weekday):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setMinimumWidth(room)
            date.addWidget(label)
        date.addStretch(1)
        row.addLayout(date)
        words = QVBoxLayout()
        spaced(words, gap=0)
        title = Button(event.name, how="link")
        title.clicked.connect(self._open)
        line = QHBoxLayout()
        spaced(line)
        line.addWidget(title)
        line.addStretch(1)
        words.addLayout(line)
        where = self._where(event)
        note = Label(where, "small")
        note.setContentsMargins(theme().px(5), 0, 0, 0)
        words.addWidget(note)
        row.addLayout(words, 1)
        pill = self._pill(event)
        row.addWidget(pill, 0, Qt.AlignmentFlag.AlignVCenter)
        named(self, f"{event.name}, {short_date(event.date.isoformat())}, {where}, {pill.text}")

    @staticmethod
    def _where(event: ComingEvent) -> str:
        hours = event.start_time
        if hours and event.end_time:
            hours += f" to {event.end_time}"
        place = event.venue or (translate("today", "Online") if event.online else "")
        parts = [hours, place]
        if event.expected:
            parts.append(translate("today", "{n} expected").format(n=f"{event.expected:,}"))
        return " · ".join(part for part in parts if part)

    @staticmethod
    def _pill(event: ComingEvent) -> Pill:
        if event.unmet:
            return Pill(
                count_words(
                    len(event.unmet),
                    translate("today", "access need outstanding"),
                    translate("today", "access needs outstanding"),
                ),
                "bad",
            )
        if not event.venue and not event.online:
            return Pill(translate("today", "No venue"), "warning")
        if event.ready:
            return Pill(translate("today", "Ready"), "good")
        return Pill(translate("today", "Not confirmed"), "plain", "schedule")

    def _open(self) -> None:
        self.opened.emit(self._id)


class TodayPage(Page):
    """The first page."""

    badges_read = Signal(dict)

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around, self._context = around, around.context
        look(named(self, translate("today", "Today")), "page")
        outer = QVBoxLayout(self)
        spaced(outer)
        inner = named(QWidget(), translate("today", "Today"))
        self._box = QVBoxLayout(inner)
        spaced(self._box, (20, 16, 20, 20), 14)
        outer.addWidget(Scroll(inner, translate("today", "Today")))
        self._heading()
        self._recovered = Banner("info", closable=True)
        self._recovered.hide()
        self._box.addWidget(self._recovered)
        self._cards()
        self._hidden = False
        self.day: Day | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        theme().changed.connect(self._lay)

    def _heading(self) -> None:
        self._title = Label("", "title", wrap=False)
        self._sentence = Label("", "muted")
        row = QHBoxLayout()
        spaced(row, gap=12)
        row.addWidget(self._title, 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self._sentence, 1, Qt.AlignmentFlag.AlignBottom)
        self._head_row = row
        self._box.addLayout(row)

    def _cards(self) -> None:
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        spaced(self._columns, gap=16)
        self.needs = Card(translate("today", "Needs you"))
        self.week = Card(translate("today", "This week"))
        self.later = Card(translate("today", "Coming up"))
        self.figures = Card(translate("today", "How things stand"))
        self.recent = Stat("", "", card=False)
        self.ever = Stat("", "", card=False)
        self.sent = Stat("", "", card=False)
        for stat in (self.recent, self.ever, self.sent):
            self.figures.body.addWidget(stat)
        for share, cards in ((57, (self.needs, self.figures)), (43, (self.week, self.later))):
            column = QVBoxLayout()
            spaced(column, gap=16)
            for card in cards:
                column.addWidget(card)
            column.addStretch(1)
            self._columns.addLayout(column, share)
        self._box.addLayout(self._columns)
        self._begin, self._bring = self._begin_button(), self._import_button()
        self._empty = EmptyState(
            "today",
            translate("today", "A clear desk"),
            translate("today", "Events, feedback and everything that needs you will be here. "
                      "Begin with an event or a stakeholder, or bring in what you have."),
            self._begin,
            self._bring,
        )  # fmt: skip
        self._empty.hide()
        self._rule()
        self._context.rights.changed.connect(self._rule)
        self._box.addWidget(self._empty)
        self._box.addStretch(1)

    def _rule(self) -> None:
        """What the officer's role does not allow is muted."""
        rights = self._context.rights
        begin, bring = rights.adding("event"), rights.adding(*written_by_import("event"))
        mute(self._begin, begin)
        mute(self._bring, bring)
        self._empty.note.setText(begin or bring)
        self._empty.note.setVisible(bool(begin or bring))

    def _begin_button(self) -> Button:
        button = Button(translate("today", "Add an event"), "add", "primary")
        button.clicked.connect(self.run_primary)
        return button

    def _import_button(self) -> Button:
        button = Button(translate("today", "Import from a file"), "upload", "secondary")
        button.clicked.connect(self._import)
        return button

    # -- the window's side -------------------------------------------------------------------

    @property
    def primary(self) -> tuple[str, str]:
        return translate("today", "New"), "add"

    def run_primary(self) -> None:
        self._around.go("new")

    def _import(self) -> None:
        self._around.flows.import_file(self._around.window, "event")

    def enter(self) -> None:
        self.refresh()

    def heard(self, applied: Applied) -> None:
        self._timer.start()

    def set_hidden(self, hidden: bool) -> None:
        self._hidden = hidden
        if self.day is not None:
            self._show(self.day)

    def tell_recovered(self, sentences: list[str]) -> None:
        """Say what was found and mended when the workspace was opened."""
        if sentences:
            self._recovered.show_as("info", sentences[0], " ".join(sentences[1:]))
            self._recovered.show()

    # -- reading -----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the day again."""
        today = self._around.today()
        self._context.tasks.read(lambda reader: gather(reader, today), self._show, key=self)

    def _show(self, day: Day) -> None:
        self.day = day
        words = f"{weekday_name(day.today)} {day_month(day.today)}"
        self._title.setText(words)
        self._sentence.setText(self._said(day))
        empty = day.records == 0
        for card in (self.needs, self.week, self.figures):
            card.setVisible(not empty)
        self.later.setVisible(bool(day.later) and not empty)
        self._empty.setVisible(empty)
        self._show_needs(day.needs)
        self._show_events(self.week, day.week, translate("today", "Nothing in the diary for the "
                          "next seven days."))  # fmt: skip
        self._show_events(self.later, day.later[:3], "")
        self._show_figures(day)
        self.badges_read.emit(self._badges(day.needs))
        self._lay()

    @staticmethod
    def _said(day: Day) -> str:
        events = count_words(len(day.week), "event this week.", "events this week.")
        if not day.week:
            events = translate("today", "No events this week.")
        count = len(day.needs)
        needs = count_words(count, "thing needs you.", "things need you.")
        return f"{events} {needs if count else translate('today', 'Nothing needs you.')}"

    @staticmethod
    def _badges(needs: list[Need]) -> dict[str, int]:
        found: dict[str, int] = {}
        for need in needs:
            area = _AREAS.get(need.kind)
            if area:
                found[area] = found.get(area, 0) + 1
        return found

    def _show_needs(self, needs: list[Need]) -> None:
        clear(self.needs.body)
        rows: list[QWidget] = []
        for need in needs[:MOST_NEEDS]:
            icon, tone, verb = _SHOWN[need.concern]
            detail = need.detail
            if self._hidden and need.kind == "stakeholder" and need.id:
                detail = initials(detail)
            rows.append(NeedRow(icon, tone, need.title, detail, verb, self._deal(need)))
        if not rows:
            rows.append(Label(translate("today", "Nothing needs you just now."), "muted"))
        ruled(self.needs.body, rows)
        if len(needs) > MOST_NEEDS:
            more = translate("today", "and {n} more").format(n=len(needs) - MOST_NEEDS)
            self.needs.body.addWidget(Label(more, "small"))

    def _deal(self, need: Need) -> Callable[[], None]:
        """What the button of a need does. A plain function: it holds the need, not the page."""
        around = self._around

        def act() -> None:
            if need.concern == "theme_unanswered":
                around.go(f"answer:{need.id}" if need.count == 1 else "themes")
            elif need.concern == "conflict":
                around.go("versions")
            elif need.concern in _ERRANDS:
                around.go(_ERRANDS[need.concern])
            elif need.id:
                around.context.open_record(need.kind, need.id)

        return act

    def _show_events(self, card: Card, events: list[ComingEvent], nothing: str) -> None:
        clear(card.body)
        rows: list[QWidget] = []
        for event in events:
            row = EventRow(event, self._around.today())
            row.opened.connect(self._open_event)
            rows.append(row)
        if not rows:
            rows.append(Label(nothing, "muted"))
        ruled(card.body, rows)

    def _open_event(self, record_id: str) -> None:
        self._context.open_record("event", record_id)

    def _show_figures(self, day: Day) -> None:
        labels = (
            translate("today", "How was it? All services, last 90 days"),
            translate("today", "How was it? All answers so far"),
        )
        for stat, summary, label in zip(
            (self.recent, self.ever), (day.recent, day.ever), labels, strict=True
        ):
            if summary.positive_percent is None:
                stat.show_as(label, translate("today", "No answers"), "")
            else:
                rest = translate("today", "{bad} % negative, {n}").format(
                    bad=summary.negative_percent,
                    n=count_words(summary.answered, "answer", "answers"),
                )
                good = translate("today", "{good} % positive")
                stat.show_as(label, good.format(good=summary.positive_percent), rest)
        self.ever.setVisible(day.ever != day.recent)
        last = day.standing.last_ms
        when = (
            translate("today", "last exchanged {when}").format(when=moment_words(last))
            if last
            else translate("today", "never exchanged with colleagues")
        )
        count = day.standing.to_send
        number = count_words(count, "change", "changes") if count else translate("today", "Nothing")
        self.sent.show_as(translate("today", "Not yet sent"), number, when)

    # -- room --------------------------------------------------------------------------------

    def _lay(self) -> None:
        wide = self.width() >= theme().px(WIDE)
        across = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._columns.setDirection(across)
        self._head_row.setDirection(across)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay()
