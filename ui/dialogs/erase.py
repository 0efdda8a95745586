"""Erase for good: what goes, why, a typed yes, and how far it is. There is no undo."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from db.erase import WORDS, Erase
from db.errors import Cancelled, KnownError
from db.reader import Reader
from db.record import Record
from engage_desktop.erasing import LONGEST_REASON, Erased, erase_for_good, what_goes
from engage_desktop.workspace import Workspace
from ui.dialogs.erase_keep import GoesList
from ui.dialogs.fields import Field, TextField
from ui.dialogs.marking import MarkedText
from ui.dialogs.parts import button, column
from ui.dialogs.questions import sentence_of
from ui.dialogs.small import SmallDialog
from ui.tasks import Tasks, Ticket
from ui.widgets.banners import Banner, ProgressStrip
from ui.widgets.base import Label, named
from ui.widgets.buttons import Combo, Radio
from ui.words import lower_first, translate

LOOK_MS = 150
"""After the last change of what is to go, before it is worked out anew."""


class Gate:
    """The point of no return: passed or shut, whichever comes first, and never both."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._passed = self._shut = False

    def go_through(self) -> None:
        """The work begins that cannot be stopped. Raises `Cancelled` if it was shut before."""
        with self._lock:
            if self._shut:
                raise Cancelled("Stopped. Nothing was erased.")
            self._passed = True

    def shut(self) -> bool:
        """Stop it before it begins; False when it is too late."""
        with self._lock:
            self._shut = not self._passed
            return self._shut


@dataclass(frozen=True)
class _Read:
    """What the dialog needs to know of the record."""

    record: Record
    fields: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str, str], ...]
    parts: tuple[tuple[str, str], ...]


class EraseDialog(SmallDialog):
    """`erased(kind, id)` once it is done."""

    erased = Signal(str, str)

    def __init__(
        self, workspace: Workspace, tasks: Tasks, kind: str, record_id: str,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        cls = workspace.store.registry[kind]
        super().__init__(
            translate("erase", "Erase this {what} for good").format(
                what=lower_first(cls.meta.label)
            ),
            wide=620, parent=parent,
        )  # fmt: skip
        self._workspace, self._tasks = workspace, tasks
        self.kind, self.record_id = cls, record_id
        self._gate = Gate()
        self._ticket: Ticket | None = None
        self._done = False
        self._build()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(LOOK_MS)
        self._soon.timeout.connect(self._look)
        self._settle(False)
        self._tasks.read(self._read, self._came, self._lost, key=(self, "record"))

    # -- putting together --------------------------------------------------------------------

    def _build(self) -> None:
        self.result_banner = Banner("good")
        self.result_banner.hide()
        self.warning = Banner(
            "warning", translate("erase", "There is no undo."),
            translate("erase", "It goes on this laptop now, and on each other laptop at its next "
                      "send and receive. Backups made before, printed paper and files given out "
                      "are not reached: destroy those by hand."),
        )  # fmt: skip
        self.ask = named(QWidget(), translate("erase", "What is to be erased"))
        self._asking = column(self.ask, gap=12)
        self.waiting = ProgressStrip()
        self.waiting.cancelled.connect(self.stop)
        for widget in (self.result_banner, self.warning, self.ask, self.waiting):
            self.body.addWidget(widget)
        self.go = button(translate("erase", "Erase for good"), "danger", icon="delete",
                         pressed=self.submit)  # fmt: skip
        self.close_button = button(translate("erase", "Leave it as it is"), "quiet",
                                   pressed=self.reject)  # fmt: skip
        self.foot.add(self.go, self.close_button)

    def _read(self, reader: Reader) -> _Read:
        store, kind = self._workspace.store, self.kind.meta.name
        record = reader.get(kind, self.record_id)
        self._workspace.readings.note([(kind, self.record_id)], "opened")  # what goes is shown
        held = record.model_dump(mode="json")
        specs = self.kind.specs()
        filled = [n for n, spec in specs.items() if held.get(n) not in (spec.default, None, "", [])]
        plan = store.plan_erasure(Erase(kind, self.record_id))
        kinds = dict.fromkeys(part for part, _, _ in plan.parts)
        return _Read(
            record,
            tuple((n, specs[n].label) for n in filled if n != self.kind.meta.parent),
            tuple((n, specs[n].label, str(held[n])) for n in filled if specs[n].type in WORDS),
            tuple((name, store.registry[name].meta.plural) for name in kinds),
        )

    def _lost(self, error: Exception) -> None:
        self.problem.say(sentence_of(error))
        self.fit()

    def _came(self, found: _Read) -> None:
        box = self._asking
        self._found = found
        self.title_line = Label(" ".join(found.record.title.split())[:160], "strong")
        box.addWidget(self.title_line)
        self.scopes = QButtonGroup(self)
        words = [translate("erase", "The whole record, with what belongs to it")]
        if found.fields:
            words.append(translate("erase", "Some of its fields"))
        if found.texts:
            words.append(translate("erase", "A part of a text"))
        for number, each in enumerate(words):
            radio = Radio(each)
            self.scopes.addButton(radio, number)
            box.addWidget(radio)
        self.whole = GoesList(
            translate("erase", "What goes, and what is kept"),
            [*found.fields, *found.parts], ask=True,
        )  # fmt: skip
        self.some = GoesList(translate("erase", "Fields to erase"), list(found.fields), ask=False)
        self.part = self._marking()
        for widget in (self.whole, self.some, self.part):
            box.addWidget(widget)
        for goes in (self.whole, self.some):
            goes.changed.connect(self._soon.start)
        self._questions()
        self.scopes.button(0).setChecked(True)
        self.scopes.idToggled.connect(self._chosen)
        self._settle(True)
        self._show_scope()
        QTimer.singleShot(0, self, self._take_keyboard)  # what was just put in is shown by then

    def _take_keyboard(self) -> None:
        """To the first question, and never to the button that erases."""
        self.scopes.button(0).setFocus(Qt.FocusReason.OtherFocusReason)

    def _marking(self) -> QWidget:
        holder = named(QWidget(), translate("erase", "A part of a text"))
        box = column(holder, gap=8)
        self.texts = Combo(translate("erase", "Which text"))
        for _, label, _ in self._found.texts:
            self.texts.addItem(label)
        self.text = MarkedText()
        if self._found.texts:
            self.text.show_text(self._found.texts[0][2])
        self.texts.currentIndexChanged.connect(self._other_text)
        self.text.marked.connect(self._soon.start)
        box.addWidget(Field(translate("erase", "Which text"), self.texts))
        box.addWidget(
            Field(
                translate("erase", "Mark what is to be erased"), self.text,
                translate("erase", "Shift and the arrow keys mark; so does the mouse."),
            )
        )  # fmt: skip
        return holder

    def _questions(self) -> None:
        self.heading = Label(translate("erase", "This goes for good"), "heading")
        self.lines = Label("")
        self.reason = TextField(
            translate("erase", "Reason"),
            translate("erase", "It is kept and every colleague reads it: without a word about the "
                      "person"),
        )  # fmt: skip
        self.reason.edit.setMaxLength(LONGEST_REASON)
        word = translate("erase", "erase")
        self.typed = TextField(
            translate("erase", "Type the word “{word}” to say that you mean it").format(word=word)
        )
        self.typed.edit.returnPressed.connect(self.submit)
        for widget in (self.heading, self.lines, self.reason, self.typed):
            self._asking.addWidget(widget)

    # -- choosing ----------------------------------------------------------------------------

    @property
    def scope(self) -> str:
        """ "record", "field" or "span"."""
        if self.scopes.checkedId() <= 0:
            return "record"
        return "field" if self.scopes.checkedId() == 1 else "span"

    @property
    def asked(self) -> Erase | None:
        """What is to be erased as it is chosen now; None while nothing is."""
        kind, record_id = self.kind.meta.name, self.record_id
        if self.scope == "record":
            refused = {n: why or translate("erase", "no reason yet")
                       for n, why in self.whole.refused.items()}  # fmt: skip
            return Erase(kind, record_id, refused=refused) if self.whole.going else None
        if self.scope == "field":
            return Erase(kind, record_id, self.some.going) if self.some.going else None
        name = self._found.texts[self.texts.currentIndex()][0]
        span = self.text.span
        return Erase(kind, record_id, (name,), span) if span else None

    def _chosen(self, _number: int, checked: bool) -> None:
        if checked:
            self._show_scope()

    def _show_scope(self) -> None:
        for widget, scope in ((self.whole, "record"), (self.some, "field"), (self.part, "span")):
            widget.setVisible(self.scope == scope)
        self._look()

    def _other_text(self, at: int) -> None:
        self.text.show_text(self._found.texts[at][2])

    def _look(self) -> None:
        """Say in a plain list what goes."""
        asked = self.asked
        if asked is None:
            self.lines.setText(
                translate("erase", "Nothing yet: mark a part of the text.")
                if self.scope == "span"
                else translate("erase", "Nothing yet: tick what is to go.")
            )
            self.fit()
            return
        store = self._workspace.store

        def job(_reader: Reader) -> list[str]:
            return what_goes(store, store.plan_erasure(asked))

        self._tasks.read(job, self._show_lines, self._not_possible, key=(self, "plan"))

    def _show_lines(self, lines: list[str]) -> None:
        self.lines.setText("\n".join(f"•  {line}" for line in lines))
        self.fit()

    def _not_possible(self, error: Exception) -> None:
        self.lines.setText(sentence_of(error))

    # -- erasing -----------------------------------------------------------------------------

    def _problem(self) -> str:
        """What is still missing, and the keyboard where it is given."""
        self.reason.say("")
        self.typed.say("")
        if self.scope == "record" and not self.whole.check():
            return translate("erase", "Something is kept without a reason. Nothing was erased.")
        if self.asked is None:
            return translate("erase", "Choose what is to be erased. Nothing was erased.")
        if not self.reason.text:
            self.reason.say(translate("erase", "Say why it is erased."))
            self.reason.edit.setFocus()
            return translate("erase", "Say why it is erased. Nothing was erased.")
        word = translate("erase", "erase")
        if self.typed.text.casefold() != word:
            wanted = translate("erase", "Type the word “{word}” here.").format(word=word)
            self.typed.say(wanted)
            self.typed.edit.setFocus()
            return translate("erase", "The word is missing. Nothing was erased.")
        return ""

    def submit(self) -> None:
        """Erase, if all is said; else say what is missing."""
        if not self.go.isEnabled():
            return
        problem = self._problem()
        self.problem.say(problem)
        asked, reason = self.asked, self.reason.text
        if problem or asked is None:
            self.fit()
            return
        self._gate = gate = Gate()
        self._settle(False)
        self.waiting.set_stoppable(True)
        self.waiting.show_progress(translate("erase", "Waiting for other work to end"), 0, 0)
        self.fit()
        workspace = self._workspace

        def job(ticket: Ticket) -> Erased:
            ticket.check()
            gate.go_through()

            def step(words: str, done: int, total: int) -> None:
                ticket.progress(done, total, words)

            ticket.progress(0, 0, translate("erase", "Erasing"))
            return erase_for_good(workspace, asked, reason, progress=step)

        self._ticket = self._tasks.team(job, self._erased, self._failed, self._progress)

    def stop(self) -> None:
        """Stop before it begins; once it has begun it goes on to its end."""
        if self._ticket is None:
            return
        if self._gate.shut():
            self._ticket.cancel()
        else:
            self.problem.say(
                translate("erase", "It has begun and cannot be stopped: it is done in a moment.")
            )

    def reject(self) -> None:
        """Leave; what has not begun does not begin."""
        if self._ticket is not None:
            self.stop()
            if self._gate.shut():
                super().reject()
            return
        super().reject()

    def _progress(self, how_far: tuple[int, int, str]) -> None:
        done, total, words = how_far
        self.waiting.show_progress(words, done, total)
        self.waiting.set_stoppable(False)

    def _erased(self, done: Erased) -> None:
        self._ticket = None
        self._done = True
        self.waiting.finish()
        self.ask.hide()
        self.warning.hide()
        self.go.hide()
        words = translate("erase", "Each other laptop follows at its next send and receive. The "
                          "register of erasures says which have.")  # fmt: skip
        if not done.cleaned:
            words = translate("erase", "Old pages of the file are still being read here; they go "
                              "when this workspace is next opened.") + " " + words  # fmt: skip
        self.result_banner.show_as(
            "good", translate("erase", "Erased for good on this laptop."), words
        )
        self.result_banner.show()
        self.close_button.say(translate("erase", "Close"))
        self._settle(True)
        self.close_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.fit()
        self.erased.emit(self.kind.meta.name, self.record_id)

    def _failed(self, error: Exception) -> None:
        self._ticket = None
        self.waiting.finish()
        stopped = isinstance(error, Cancelled)
        self.problem.say(
            translate("erase", "Stopped. Nothing was erased.") if stopped else sentence_of(error)
        )
        self._settle(stopped or isinstance(error, KnownError))
        self.fit()

    def _settle(self, ready: bool) -> None:
        self.ask.setEnabled(ready)
        self.go.setEnabled(ready and not self._done)


__all__ = ["EraseDialog", "Gate"]
