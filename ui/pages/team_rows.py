"""Rows of the Team page: a laptop, and somebody who asks to join."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from engage_desktop.plain import day_words
from engage_desktop.sync.enrol import Request
from engage_desktop.sync.team_view import Laptop
from ui.dialogs.parts import button, column, row
from ui.theme import theme
from ui.widgets.base import Label, named
from ui.widgets.flow import FlowRow
from ui.widgets.pills import IconTile, Pill
from ui.widgets.refused import refused
from ui.words import moment_words, translate

_TONES = {"admin": "info", "reader": "plain", "volunteer": "plain", "field": "plain"}


class Face(QWidget):
    """The first letters of a name in a circle. The name beside it carries the meaning."""

    def __init__(self, name: str, *, muted: bool = False) -> None:
        super().__init__()
        words = [word for word in name.split() if word[0].isalnum()]
        self._letters = "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"
        self._muted = muted
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        named(self, name)

    def sizeHint(self) -> QSize:
        """As tall as two lines of words."""
        return QSize(theme().px(40), theme().px(40))

    def minimumSizeHint(self) -> QSize:
        """Never smaller."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Circle and letters."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words, ground = theme().tone("plain" if self._muted else "info")
        painter.setPen(words if theme().scheme == "contrast" else Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.setPen(words)
        painter.setFont(theme().font("small", "bold"))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._letters)
        painter.end()


class LaptopRow(QWidget):
    """One laptop with its officer. `acted(what, laptop)`: role, lost, out or leave."""

    acted = Signal(str, object)

    def __init__(self, laptop: Laptop, *, admin: bool, alone: bool) -> None:
        """`admin`: the viewer may change the team. `alone`: nobody else has this name."""
        super().__init__()
        self.laptop, self._admin = laptop, admin
        number = translate("team", "laptop {number}").format(number=laptop.device[:4])
        self.who = laptop.officer if alone else f"{laptop.officer}, {number}"
        named(self, self.who)
        line = row(self, gap=12, edges=(0, 6, 0, 6))
        line.addWidget(Face(laptop.officer, muted=laptop.standing != "in"), 0,
                       Qt.AlignmentFlag.AlignTop)  # fmt: skip
        words = column(gap=3)
        head = FlowRow(self.who, 8)
        head.add(Label(self.who, "strong"))
        self.pills = self._pills()
        head.add(*self.pills)
        words.addWidget(head)
        for said in self._lines():
            words.addWidget(Label(said, "small"))
        line.addLayout(words, 1)
        self.change = button(translate("team", "Change…"), "secondary", pressed=self.show_menu)
        named(self.change, translate("team", "Change: {who}").format(who=self.who))
        if not self._acts():
            self.change.hide()
        line.addWidget(self.change, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_menu(self) -> None:
        """What can be done about this laptop."""
        menu = named(QMenu(self), self.change.accessibleName())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for what, words in self._acts():
            action = menu.addAction(words, self._act)
            action.setData(what)
            if what == "out" and not self._admin:
                refused(action, translate("team", "Only an admin takes a laptop out of the team."))
        menu.popup(self.change.mapToGlobal(QPoint(0, self.change.height() + 2)))

    def _act(self) -> None:
        self.acted.emit(self.sender().data(), self.laptop)

    def _acts(self) -> list[tuple[str, str]]:
        laptop = self.laptop
        found = []
        if laptop.standing == "in" and self._admin:
            found.append(("role", translate("team", "Change role…")))
        if not laptop.here:
            found.append(("lost", translate("team", "Lost laptop report…")))
        if laptop.standing == "in" and self._admin and not laptop.here:
            found.append(("out", translate("team", "Take out of the team…")))
        if laptop.left and not laptop.here:
            found.append(("out", translate("team", "Take out for good…")))
        if laptop.here and laptop.standing == "in":
            found.append(("leave", translate("team", "Leave the team…")))
        return found

    def _pills(self) -> list[Pill]:
        laptop, known = self.laptop, self.laptop.known
        pills = []
        if laptop.left:
            pills.append(Pill(translate("team", "Left the team"), "plain", "logout"))
        elif laptop.standing == "out":
            pills.append(Pill(translate("team", "Out of the team"), "plain", "block"))
        elif laptop.standing == "held":
            pills.append(Pill(translate("team", "Not let in"), "warning"))
        elif known is not None:
            pills.append(Pill(known.label, _TONES.get(known.name, "good"), ""))
        else:
            pills.append(Pill(translate("team", "A newer role"), "warning"))
        if laptop.here:
            pills.append(Pill(translate("team", "This laptop"), "plain", "computer"))
        if known is not None and known.expires and laptop.last_day is None:
            pills.append(Pill(translate("team", "No last day"), "warning", "event"))
        if laptop.last_day is not None:
            day = day_words(laptop.last_day)
            pills.append(
                Pill(translate("team", "Ended on {day}").format(day=day), "warning")
                if laptop.is_over
                else Pill(translate("team", "Until {day}").format(day=day), "plain", "event")
            )
        return pills

    def _lines(self) -> list[str]:
        laptop, lines = self.laptop, []
        if laptop.standing == "held":
            lines.append(
                translate("team", "Its invitation was used on two laptops. Invite one of them"
                          " again, and it is let in.")
            )  # fmt: skip
        elif laptop.left and not laptop.here:
            lines.append(self._left_words())
        elif laptop.known is not None:
            lines.append(laptop.known.words)
            if laptop.known.expires and laptop.last_day is None and self._admin:
                lines.append(
                    translate("team", "It has no last day yet: set one under Change, Change role.")
                )
        if laptop.here:
            return lines
        if not laptop.wrote_ms:
            lines.append(translate("team", "Nothing has come from this laptop yet."))
            return lines
        said = translate("team", "Last sent: {when}, file {n}.") if laptop.delivery else translate(
            "team", "Newest change: {when}.")  # fmt: skip
        last = said.format(when=moment_words(laptop.wrote_ms), n=laptop.delivery)
        if laptop.heard_ms > laptop.wrote_ms:
            heard = translate("team", "Last seen: {when}.")
            last += " " + heard.format(when=moment_words(laptop.heard_ms))
        lines.append(last)
        return lines

    def _left_words(self) -> str:
        """That a laptop went by itself, and what there is to do about it."""
        if self.laptop.lent:
            return translate("team", "It returned its field copy.")
        words = translate("team", "It left by itself. It has its keys still, and may come back.")
        if not self._admin:
            return words
        more = translate("team", "If it is lost, take it out for good, under Change.")
        return f"{words} {more}"


class RequestRow(QWidget):
    """Somebody who asks to join. `compare(request)` opens the eight words."""

    compare = Signal(object)

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request
        asks = translate("team", "{who} asks to join").format(who=request.officer)
        named(self, asks)
        line = row(self, gap=12, edges=(0, 6, 0, 6))
        line.addWidget(IconTile("person_add", "warning", asks, 40), 0, Qt.AlignmentFlag.AlignTop)
        words = column(gap=2)
        words.addWidget(Label(asks, "strong"))
        when = translate("team", "Asked {when}. Nothing is shared until you compare eight words.")
        words.addWidget(Label(when.format(when=moment_words(request.ms)), "small"))
        line.addLayout(words, 1)
        self.go = button(translate("team", "Compare the words…"), "secondary", icon="hearing",
                         pressed=self._go)  # fmt: skip
        short = request.device[:4]
        named(self.go, translate("team", "Compare the words: {who} ({n})").format(
            who=request.officer, n=short))  # fmt: skip
        line.addWidget(self.go, 0, Qt.AlignmentFlag.AlignVCenter)

    def _go(self) -> None:
        self.compare.emit(self.request)


__all__ = ["Face", "LaptopRow", "RequestRow"]
