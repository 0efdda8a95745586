"""A shared place on a server: say where, sign in, try it, keep it; or forget one.

Everything that waits for a server runs on a thread apart and can be stopped at once. What is typed
as a password stays in its field until the place is kept or the dialog is closed.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from db.errors import InvalidInput
from db.store import Store
from engage_desktop.sync.desk import offered_place
from engage_desktop.sync.remote import login as keeping
from engage_desktop.sync.remote.address import Address, parse_address
from engage_desktop.sync.remote.base import CONNECT_SECONDS
from engage_desktop.sync.remote.book import KnownPlace
from engage_desktop.sync.remote.trying import Finding
from ui.dialogs.fields import Field
from ui.dialogs.parts import button
from ui.dialogs.place_known import KnownCard
from ui.dialogs.place_parts import FoundPanel, LoginPanel, WherePanel, line_edits
from ui.dialogs.place_trial import Trial
from ui.dialogs.small import SmallDialog
from ui.dialogs.steps import Steps
from ui.tasks import Tasks
from ui.widgets.base import Scroll
from ui.words import translate

WHERE, WHO, TRY = range(3)
_TO_BE_TYPED_AGAIN = ("login_refused", "bad_key", "locked_key", "no_login")


class PlaceDialog(SmallDialog):
    """`kept` carries a `KnownPlace` that is to be used from now on, `forgotten` one that is gone.

    `seconds` is how long a server may take to answer.
    """

    kept = Signal(object)
    forgotten = Signal(object)

    def __init__(
        self, store: Store, tasks: Tasks, parent: QWidget | None = None, *,
        seconds: float = CONNECT_SECONDS,
    ) -> None:  # fmt: skip
        super().__init__(
            translate("place", "Share through a server"),
            translate("place", "What is put there is encrypted; only your team can read it."),
            wide=600, parent=parent,
        )  # fmt: skip
        self._tasks = tasks
        self._at = WHERE
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._settle)
        self.steps = Steps(
            [translate("place", "Where"), translate("place", "Sign in"), translate("place", "Try")]
        )
        self.known = KnownCard(store, tasks)
        self.where = WherePanel()
        self.who: LoginPanel | None = None
        self.found = FoundPanel()
        self.trial = Trial(store, tasks, seconds, self)
        for widget in (self.steps, self.known, self.where, self.found):
            self.body.addWidget(widget)
        self.go = button(translate("place", "Next"), "primary", pressed=self.onward)
        self.back = button(translate("place", "Go back"), "plain", pressed=self.backward)
        self.close_button = button(translate("place", "Close"), "quiet", pressed=self.close)
        self.foot.add(self.go, self.back, self.close_button)
        self._connect()
        self._enter_goes_on(self.where.fields)
        self._go_to(WHERE)
        if offered := offered_place(store):
            self.where.show_address(parse_address(offered))

    def _connect(self) -> None:
        self.known.used.connect(self.use)
        self.known.forgotten.connect(self.forgotten)
        self.known.resized.connect(self.fit)
        self.where.kinds.changed.connect(self.fit)
        self.found.waiting.cancelled.connect(self.trial.stop)
        self.trial.progressed.connect(self._progress)
        self.trial.told.connect(self._show)
        self.trial.kept.connect(self._was_kept)
        self.trial.unkept.connect(self._not_kept)

    # -- step by step --------------------------------------------------------------------------

    def onward(self) -> None:
        """What the first button says."""
        finding = self.trial.finding
        if self._at == WHERE:
            self._to_who()
        elif self._at == WHO:
            self.try_it()
        elif finding is not None and finding.fits:
            self.go.setEnabled(False)
            self.trial.keep()
        else:
            make, host_key = self.trial.again()
            self.try_it(make=make, host_key=host_key)

    def backward(self) -> None:
        """One step back; what was typed is still there."""
        self.trial.stop()
        self._go_to(max(WHERE, self._at - 1))

    def use(self, place: KnownPlace) -> None:
        """Go on with one that is known."""
        self.where.show_address(parse_address(place.address))
        self._to_who()

    def try_it(self, *, make: bool = False, host_key: str = "") -> None:
        """Reach it, sign in, and look whose it is."""
        who = self.who
        if who is None or not _answered(who.fields, who.problems()):
            self.fit()
            return
        try:
            address = self.where.address_for(who.user.text)
        except InvalidInput as error:
            _answered(who.fields, {who.user: error.sentence})
            self.fit()
            return
        self._go_to(TRY)
        self.found.begin(address.shown)
        self.go.setEnabled(False)
        self.trial.begin(address, who, make=make, host_key=host_key)
        if self.trial.busy:
            self.found.waiting.show_progress(translate("place", "Trying"), 0, 0)
            self.found.waiting.take_keyboard()
            self.fit()

    def _to_who(self) -> None:
        try:
            address = self.where.address_for("somebody")
        except InvalidInput as error:
            _answered(self.where.fields, {self.where.address: error.sentence})
            self.fit()
            return
        self.where.address.say("")
        known = next((each for each in self.known.places if each.address == address.text), None)
        self._ask_who(address, known)
        self._go_to(WHO)
        self._tasks.apart(lambda _t: keeping.system_keychain() is not None, self._say_where)

    def _ask_who(self, address: Address, known: KnownPlace | None) -> None:
        before, self.who = self.who, LoginPanel(address.kind, known)
        if before is not None:
            before.forget()
            before.hide()
            before.deleteLater()
        if address.user and not self.who.user.text:
            self.who.user.edit.setText(address.user)
        self.body.insertWidget(self.body.indexOf(self.found), self.who)
        self.who.resized.connect(self.fit)
        self._enter_goes_on(self.who.fields)
        self.who.take_its_turn(self.where.region.edit)

    def _say_where(self, keychain: bool) -> None:
        if self.who is not None:
            self.who.say_where(keychain)
            self.fit()

    def _go_to(self, step: int) -> None:
        self._at = step
        self.problem.say("")
        self.steps.show_at(step)
        self.known.setVisible(step == WHERE)
        self.where.setVisible(step == WHERE)
        self.found.setVisible(step == TRY)
        if self.who is not None:
            self.who.setVisible(step == WHO)
        self.back.setVisible(step != WHERE)
        self.go.setEnabled(True)
        if step != TRY:
            self.go.say(translate("place", "Next") if step == WHERE else translate("place", "Try"))
        if self.isVisible():
            self._take_keyboard()
            self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        """The keyboard is where one types first."""
        super().showEvent(event)
        self._take_keyboard()

    def _take_keyboard(self) -> None:
        editors = self._editors()
        empty = [each for each in editors if not each.text()]
        (empty or editors or [self.go])[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _editors(self) -> list[QLineEdit]:
        panel = self.where if self._at == WHERE else self.who if self._at == WHO else None
        return line_edits(panel.fields) if panel is not None else []

    def _enter_goes_on(self, fields: list[Field]) -> None:
        for field in fields:
            field.editor.returnPressed.connect(self._entered)

    def _entered(self) -> None:
        editors = self._editors()
        at = editors.index(self.sender()) if self.sender() in editors else -1
        if 0 <= at < len(editors) - 1 and not editors[at + 1].text():
            editors[at + 1].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.onward()

    # -- what came of it -----------------------------------------------------------------------

    def _progress(self, how_far: tuple[int, int, str]) -> None:
        done, total, words = how_far
        self.found.waiting.show_progress(words, done, total)

    def _show(self, finding: Finding) -> None:
        self.found.show_finding(finding)
        verb = translate("place", "Try again")
        if finding.fits:
            verb = translate("place", "Keep and use it")
        elif finding.what == "absent":
            verb = translate("place", "Make the folder")
        elif finding.what == "host_key_unknown":
            verb = translate("place", "Yes, it is this one")
        self.go.say(verb)
        self.go.setEnabled(True)
        first = self.back if finding.what in _TO_BE_TYPED_AGAIN else self.go
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        self.fit()

    def _was_kept(self, place: KnownPlace) -> None:
        self.kept.emit(place)
        self.accept()

    def _not_kept(self, sentence: str) -> None:
        self.go.setEnabled(True)
        self.problem.say(sentence)
        self.fit()

    # -- room, and leaving ---------------------------------------------------------------------

    def fit(self) -> None:
        """What was just shown has its height a moment later."""
        super().fit()
        self._soon.start()

    def _settle(self) -> None:
        super().fit()
        at = self.focusWidget()
        if at is not None and self._inner.isAncestorOf(at):
            self.findChild(Scroll).ensureWidgetVisible(at)

    def reject(self) -> None:
        """Esc stops what goes on; pressed again it leaves."""
        if self.trial.busy:
            self.trial.stop()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave, whatever goes on."""
        self.trial.stop()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        """Take the password out of its field."""
        if self.who is not None:
            self.who.forget()
        self.trial.forget()
        super().done(result)


def _answered(fields: list[Field], problems: dict[Field, str]) -> bool:
    """Say what is wrong beside each question; the keyboard goes to the first."""
    for field in fields:
        field.say(problems.get(field, ""))
    if problems:
        next(iter(problems)).editor.setFocus(Qt.FocusReason.OtherFocusReason)
    return not problems
