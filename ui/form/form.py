"""A record as a form: label above, hint under it, trouble beside the field and at the top.

What is typed is kept as a draft at once. It becomes a change set with Ctrl+S or on leaving; only
the fields that changed are in it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from db.changes import Applied, Change, Create, Edit
from db.errors import InvalidInput, KnownError
from db.fields import Spec
from db.record import Record, validated
from ui.form.context import Context
from ui.form.field import Field
from ui.form.section import Section
from ui.form.suggest_place import suggest_places
from ui.widgets.banners import ErrorSummary
from ui.widgets.base import named, spaced
from ui.widgets.buttons import Button
from ui.words import lower_first, names_words, translate

DRAFT_MS = 250


class RecordForm(QWidget):
    """`saved(id)` after a change is safe; `dirty(bool)` as typing begins and ends; `paused` when
    what was typed is kept as a draft."""

    saved = Signal(str)
    dirty_changed = Signal(bool)
    problem_found = Signal()
    paused = Signal()

    def __init__(
        self, kind: type[Record], context: Context, *, at_once: bool = True,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.kind, self._context = kind, context
        named(self, kind.meta.label)
        self._record_id, self._before, self._is_new = "", dict[str, Any](), True
        self._dirty, self._saving, self._hidden = False, False, False
        self._is_folded = True
        self._defaults: dict[str, Any] = {}
        self.summary = ErrorSummary()
        self.summary.chosen.connect(self.go_to)
        self.fields: dict[str, Field] = {}
        self._folded: list[Field] = []
        self.sections: dict[str, Section] = {}
        self._box = QVBoxLayout(self)
        spaced(self._box, gap=18)
        self._box.addWidget(self.summary)
        self._more = Button(translate("form", "Show more"), "keyboard_arrow_down", "quiet")
        self._more.clicked.connect(self._toggle_more)
        self._box.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._more.hide()
        for name in kind.meta.sections:
            self.sections[name] = Section(name, self)
            self._box.addWidget(self.sections[name])
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DRAFT_MS)
        self._timer.timeout.connect(self._keep_draft)
        self._to_build = list(kind.specs().items())  # in the order of the sections
        self._to_build.sort(key=lambda each: ["", *kind.meta.sections].index(each[1].section))
        if at_once:
            self.build(None)

    @property
    def built(self) -> bool:
        """True once every field is there."""
        return not self._to_build

    def build(self, seconds: float | None) -> bool:
        """Make fields for so long (None: to the end), so that the window is never held up.

        True when the last is made.
        """
        began = time.monotonic()
        while self._to_build:
            name, spec = self._to_build.pop(0)
            field = Field(spec, self._context, self)
            field.editor.changed.connect(self._typed)
            self.fields[name] = field
            if spec.section:
                self.sections[spec.section].add(field)
            elif spec.advanced:
                self._folded.append(field)
                self._box.addWidget(field)
                field.hide()
            else:
                self._box.insertWidget(self._box.indexOf(self._more), field)
            if seconds is not None and time.monotonic() - began > seconds:
                break
        if self.built:
            suggest_places(self.fields, self._context)
            self._fold(True)
            self.set_hidden(self._hidden)
            self._order_tabs()
        return self.built

    def _order_tabs(self) -> None:
        """Tab goes as one reads, and not as the fields happened to be made."""
        placed = (self._box.itemAt(at).widget() for at in range(self._box.count()))
        chain = [
            stop
            for widget in placed
            if widget is not None
            for stop in (widget, *widget.findChildren(QWidget))
            if stop.focusPolicy() != Qt.FocusPolicy.NoFocus
            and stop.focusProxy() is None
            and stop.window() is self.window()
        ]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    # -- showing -----------------------------------------------------------------------------

    @property
    def record_id(self) -> str:
        """The record in the form; for a new one the id it will have, "" before `begin`."""
        return self._record_id

    @property
    def is_new(self) -> bool:
        """True until the record is in the store."""
        return self._is_new

    @property
    def dirty(self) -> bool:
        """True while something typed is not saved."""
        return self._dirty

    def load(self, record: Record) -> bool:
        """Show a kept record, with what was typed and not saved. True if there was such a draft."""
        self._show(record.id, record.model_dump(mode="json"), is_new=False)
        return self._take_up_draft()

    def begin(self, record_id: str, defaults: Mapping[str, Any] | None = None) -> bool:
        """Start a new record. True if an unfinished one was taken up instead."""
        specs = self.kind.specs()
        empty = {name: spec.default for name, spec in specs.items()}
        begun = {name: self._begins(spec) for name, spec in specs.items() if spec.begins}
        self._defaults = begun | dict(defaults or {})
        self._show(record_id, empty | self._defaults, is_new=True)
        return self._take_up_draft()

    def _begins(self, spec: Spec) -> Any:
        """What a field holds before anything is typed."""
        if spec.begins == "officer":
            return str(getattr(self._context.workspace, "officer", ""))
        return self._context.today().isoformat()

    def _show(self, record_id: str, values: dict[str, Any], *, is_new: bool) -> None:
        self._timer.stop()
        self._record_id, self._before, self._is_new = record_id, values, is_new
        for name, field in self.fields.items():
            field.editor.show_value(values.get(name))
            field.set_problem("")
        self.summary.show_problems({})
        self._order_tabs()
        self._fold(not any(values.get(f.spec.name) for f in self._folded))
        self._count(values)
        self._set_dirty(False)

    def _count(self, values: Mapping[str, Any]) -> None:
        for section in self.sections.values():
            said = [values.get(f.spec.name) for f in section.fields]
            kept = zip(said, (f.spec.default for f in section.fields), strict=True)
            section.count(sum(1 for value, default in kept if value and value != default))

    def _fold(self, folded: bool) -> None:
        self._is_folded = folded
        for field in self._folded:
            field.setVisible(not folded)
        self._more.setVisible(bool(self._folded))
        labels = names_words([lower_first(field.spec.label) for field in self._folded])
        words = translate("form", "Show {fields}") if folded else translate("form", "Show less")
        self._more.say(words.format(fields=labels) if len(labels) < 60 else
                       translate("form", "Show more") if folded else words)  # fmt: skip

    def _toggle_more(self) -> None:
        self._fold(not self._is_folded)

    def set_hidden(self, hidden: bool) -> None:
        """Cover or show the sensitive fields."""
        self._hidden = hidden
        for field in self.fields.values():
            if field.spec.sensitive:
                field.set_hidden(hidden)

    def go_to(self, name: str) -> None:
        """Put the keyboard into a field, unfolding it first."""
        field = self.fields.get(name)
        if field is None:
            return
        self._unfold(field)
        field.editor.go()
        QTimer.singleShot(0, field, partial(_bring_into_view, field))  # once it has its place

    def _unfold(self, field: Field) -> None:
        section = self.sections.get(field.spec.section)
        if section is not None and section.is_folded:
            section.fold(False)
        if field in self._folded:
            self._fold(False)

    def go_to_start(self) -> None:
        """Put the keyboard into the first field that is asked for."""
        asked = [name for name, field in self.fields.items() if not field.isHidden()]
        self.go_to(asked[0] if asked else next(iter(self.fields)))

    # -- drafts ------------------------------------------------------------------------------

    @property
    def draft_name(self) -> str:
        """Under which name what is typed is kept."""
        if not self._is_new:
            return f"{self.kind.meta.name}:{self._record_id}"
        meta = self.kind.meta
        parent = self._defaults.get(meta.parent, "")
        besides = [f"{link}:{self._defaults[link]}" for link in meta.also
                   if self._defaults.get(link)]  # fmt: skip
        within = parent or (besides[0] if besides else "")
        return f"{meta.name}:new{':' + within if within else ''}"

    def _typed(self) -> None:
        self._set_dirty(True)
        self._timer.start()

    def _set_dirty(self, dirty: bool) -> None:
        if dirty != self._dirty:
            self._dirty = dirty
            self.dirty_changed.emit(dirty)

    def _keep_draft(self) -> None:
        self._timer.stop()
        raw = {name: field.editor.raw() for name, field in self.fields.items()}
        body = {"id": self._record_id, "raw": raw}
        try:
            self._context.workspace.drafts.put(self.draft_name, body)
        except KnownError as error:
            self._context.say(error.sentence)
        self.paused.emit()

    def _take_up_draft(self) -> bool:
        body = self._context.workspace.drafts.get(self.draft_name)
        if not body:
            return False
        if self._is_new:
            self._record_id = str(body.get("id") or self._record_id)
        for name, raw in body["raw"].items():
            if name in self.fields and raw != self.fields[name].editor.raw():
                self.fields[name].editor.show_raw(raw)
        self._set_dirty(True)
        return True

    def discard(self) -> None:
        """Throw away what was typed and not saved."""
        self._timer.stop()
        self._context.workspace.drafts.delete(self.draft_name)
        self._show(self._record_id, self._before, is_new=self._is_new)

    # -- saving ------------------------------------------------------------------------------

    def collect(self) -> tuple[dict[str, Any], dict[str, str]]:
        """What is entered, and a sentence for each field that cannot be read."""
        found: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for name, field in self.fields.items():
            try:
                found[name] = field.editor.value()
            except ValueError as error:
                problems[name] = str(error)
        return found, problems

    def save(self) -> bool:
        """Save what changed. False when something must be put right first; the draft is kept."""
        if not self._dirty or self._saving:
            return True
        if self._timer.isActive():
            self._keep_draft()
        entered, problems = self.collect()
        changed = {n: v for n, v in entered.items() if not _equal(v, self._before.get(n))}
        record: Record | None = None
        if not problems:
            try:
                kept = {n: v for n, v in (self._before | entered).items() if n != "id"}
                filled = {n: v for n, v in kept.items() if v is not None}
                record = validated(self.kind, {**filled, "id": self._record_id})
            except InvalidInput as error:
                problems = dict(error.problems) or {"": error.sentence}
        self._show_problems(problems)
        if problems or record is None:
            return False
        if not changed and not self._is_new:
            self._done_with_draft()
            return True
        self._write(record, changed)
        return True

    def _write(self, record: Record, changed: dict[str, Any]) -> None:
        change: Change = Create(record)
        if not self._is_new:
            change = Edit(self.kind.meta.name, self._record_id, changed)
        self._saving = True
        job = _Save(self, self._record_id, self.draft_name, record.model_dump(mode="json"))
        self._context.apply([change], self._why(changed), job.done, job.failed,
                            initiator=self)  # fmt: skip
        self._job = job

    def _why(self, changed: dict[str, Any]) -> str:
        """Words for the change: never a value, for they travel and outlive the record."""
        what = lower_first(self.kind.meta.label)
        if self._is_new:
            return translate("form", "Add {what}").format(what=what)
        labels = [lower_first(self.fields[name].spec.label) for name in changed]
        if len(labels) > 2:
            return translate("form", "Change {what}").format(what=what)
        return translate("form", "Change {fields}").format(fields=names_words(labels))

    def _show_problems(self, problems: Mapping[str, str]) -> None:
        for name, field in self.fields.items():
            field.set_problem(problems.get(name, ""))
            if name in problems:
                self._unfold(field)
        self.summary.show_problems(problems)
        if problems:
            self.problem_found.emit()

    def _done_with_draft(self) -> None:
        self._context.workspace.drafts.delete(self.draft_name)
        self._set_dirty(False)

    def settle(self, job: _Save, error: KnownError | None) -> None:
        """A save came back."""
        self._saving = False
        if error is not None:
            if job.record_id == self._record_id:
                problems = getattr(error, "problems", {}) or {"": error.sentence}
                self._show_problems(problems)
            else:
                self._context.say(error.sentence)
            return
        self._context.workspace.drafts.delete(job.draft)
        if job.record_id == self._record_id:
            self._before, self._is_new = job.values, False
            self._count(job.values)
            if not self._timer.isActive():
                self._set_dirty(False)
        self.saved.emit(job.record_id)


def _bring_into_view(field: Field) -> None:
    up = field.parentWidget()
    while up is not None and not isinstance(up, QScrollArea):
        up = up.parentWidget()
    if up is not None and field.isVisibleTo(up):
        up.ensureWidgetVisible(field)


class _Save:
    """One save under way: the form may show another record by the time it is done."""

    def __init__(
        self, form: RecordForm, record_id: str, draft: str, values: dict[str, Any]
    ) -> None:
        self.form, self.record_id, self.draft, self.values = form, record_id, draft, values

    def done(self, _applied: Applied) -> None:
        self.form.settle(self, None)

    def failed(self, error: BaseException) -> None:
        known = error if isinstance(error, KnownError) else KnownError(
            translate("form", "This could not be saved because of a fault in the program. What "
                      "you typed is kept as a draft.")
        )  # fmt: skip
        self.form.settle(self, known)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return list(one) == list(other)
    return one == other or (one in ("", None) and other in ("", None))
