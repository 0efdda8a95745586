"""Import: look first, then keep it as one step that can be undone.

`plan_import` reads every row and changes nothing: it says what would be made, what is here
already, and which rows cannot be taken and why. `commit` writes the plan under one change set,
with a receipt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from db.changes import Change, Create, Edit, Restore, to_slots
from db.errors import Cancelled, InvalidInput
from db.fields import FieldType
from db.reader import Reader
from db.record import Record, validated
from db.store import Store
from engage_desktop.exchange.dates import OrderWatch
from engage_desktop.exchange.drafts import DateTally, Draft, Gatherer
from engage_desktop.exchange.links import LinkFinder, titles_of
from engage_desktop.exchange.mapping import (
    AUTO,
    DAY_MONTH,
    MONTH_DAY,
    ImportMapping,
    mapping_toml,
)
from engage_desktop.exchange.receipts import Outcome, make_receipt
from engage_desktop.exchange.rowreader import RowReader, RowRefused
from engage_desktop.exchange.tables import CancelCheck, Progress, Table
from engage_desktop.exchange.targets import Shape, shape_of
from engage_desktop.records.values import fold, show

_STEP = 400
"""Records written in one short transaction; between two, the import can be stopped."""

ERASED_ROW = "It is about somebody who was erased for good."
"""The reason for which such a row is not taken."""

_LOOK_UP = 50
"""Records looked at before asking again whether to stop."""


@dataclass(slots=True)
class ImportPlan:
    """What an import would do. Nothing is changed until `commit`."""

    file_name: str
    shape: Shape
    mapping: ImportMapping
    digest: str
    creates: list[Record] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    returning: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Of `creates`, those that an undone import left in the bin: what they say otherwise now."""
    outcome: Outcome = field(default_factory=Outcome)

    def sample(self, kind: str = "", limit: int = 20) -> list[Record]:
        """The first records that would be made of a kind, by default that of the rows."""
        wanted = kind or self.shape.row_kind
        return [record for record in self.creates if record.meta.name == wanted][:limit]

    @property
    def changes_nothing(self) -> bool:
        """Is everything in the file here already (or refused)?"""
        return not (self.creates or self.edits)


def plan_import(
    store: Store,
    table: Table,
    mapping: ImportMapping,
    *,
    progress: Progress | None = None,
    cancelled: CancelCheck | None = None,
) -> ImportPlan:
    """Read the whole file and say what importing it would do.

    Raises `InvalidInput` when no column fits or only the program makes the kind, `TooLarge`,
    `NotATable`, `Cancelled`.
    """
    shape = shape_of(store.registry, mapping.kind)
    for cls in shape.kinds:
        if not cls.meta.by_hand:
            raise InvalidInput(
                f"{cls.meta.plural} cannot be imported from a table. {cls.meta.made_by} "
                "Nothing was imported."
            )
    reader = store.reader()
    try:
        for order in (mapping.dates, MONTH_DAY):
            plan = ImportPlan(table.name, shape, mapping, table.digest)
            try:
                _Planner(store, reader, table, plan, order).run(progress, cancelled)
                break
            except _OtherOrder:  # the whole file shows that its dates have the month first
                continue
    finally:
        reader.close()
    return plan


class _OtherOrder(Exception):
    """Dates were read day first, and turn out to be written month first."""


class _Planner:
    """One run of planning."""

    def __init__(
        self, store: Store, reader: Reader, table: Table, plan: ImportPlan, order: str
    ) -> None:
        self._order = order
        self._store = store
        self._reader = reader
        self._table = table
        self._plan = plan
        self._out = plan.outcome
        self._rows = RowReader(plan.shape, plan.mapping, table.headers)
        self._gatherer = Gatherer(store, self._rows, table.headers)
        self._links = LinkFinder(store, reader, store.registry)
        self._refused_people: set[str] = set()
        self._differ = 0
        self._erased_traces = store.erased_traces()
        self._erased = 0
        self._kept_erased = 0
        self._binned = 0

    def run(self, progress: Progress | None, cancelled: CancelCheck | None) -> None:
        """Rows to drafts, drafts to records, and what is to be said of it."""
        watch, dates = OrderWatch(), self._dates() if self._order == AUTO else []
        order = DAY_MONTH if self._order == AUTO else self._order
        for row in self._table.rows(progress, cancelled):
            for index in dates:
                watch.see(row.cells[index])
            if row.note:
                self._gatherer.row_notes.append((row.number, row.note))
            try:
                if row.problem:
                    raise RowRefused(row.problem)
                self._gatherer.take(row, self._rows.read(row.cells, order))
            except RowRefused as refusal:
                self._out.refused.append((row.number, str(refusal)))
        if dates and watch.order != order:
            raise _OtherOrder
        self._gatherer.settle_dates()
        drafts = self._matched(self._gatherer.drafts)
        self._announce(drafts)
        drafts.reverse()
        while drafts:  # each gives up its place to the record it becomes
            if len(drafts) % _LOOK_UP == 0 and cancelled is not None and cancelled():
                raise Cancelled("The import was stopped. Nothing was kept of it.")
            self._try(drafts.pop())
        made = list(self._links.made.values())
        for record in made:
            if self._store.where(record.meta.name, record.id) is not None:
                self._bring_back(record)
        self._plan.creates[:0] = made
        for record in made:
            self._out.count(record.meta.name, "created")
        self._say(order)

    def _try(self, draft: Draft) -> None:
        try:
            self._decide(draft)
        except RowRefused as refusal:
            self._out.refused.append((draft.row, str(refusal)))
            if draft.kind == "response":
                self._refused_people.add(draft.id)

    def _dates(self) -> list[int]:
        columns = self._rows.columns
        return [c.index for c in columns if c.target.spec and c.target.spec.type is FieldType.DATE]

    # -- who is here already ---------------------------------------------------------------

    def _matched(self, drafts: list[Draft]) -> list[Draft]:
        """Give drafts with a key the ids of the records that have that key already."""
        shape, mapping = self._plan.shape, self._plan.mapping
        if shape.is_feedback or not mapping.key:
            return drafts
        rules = [mapping.rule(name) for name in mapping.key]
        targets = [shape.target(rule.to) for rule in rules if rule is not None]
        if len(targets) != len(mapping.key) or any(t.spec is None or t.is_link for t in targets):
            return drafts
        here = self._by_values([t.field for t in targets])
        for draft in drafts:
            values = (draft.values.get(t.field) for t in targets)
            words = tuple(
                fold(show(t.spec, v)) for t, v in zip(targets, values, strict=True) if t.spec
            )
            if not draft.named and any(words) and words in here:
                draft.id = here[words]
                for target in targets:  # "MERE HALL" finds Mere Hall and does not rename it
                    draft.values.pop(target.field, None)
        return drafts

    def _by_values(self, fields: list[str]) -> dict[tuple[str, ...], str]:
        kind = self._plan.shape.row_kind
        specs = self._store.registry[kind].specs()
        found: dict[tuple[str, ...], str] = {}
        for record_id, _ in titles_of(self._reader, kind):
            record = self._reader.get(kind, record_id)
            words = tuple(fold(show(specs[name], getattr(record, name))) for name in fields)
            found.setdefault(words, record_id)
        return found

    def _announce(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            cls = self._store.registry[draft.kind]
            first = next(iter(cls.specs()))
            title = "" if draft.kind in ("response", "comment") else draft.values.get(first)
            self._links.announce(draft.kind, draft.id, str(title or ""))

    def _decide(self, draft: Draft) -> None:
        """Create, change or leave; raises `RowRefused`."""
        if draft.person in self._refused_people:
            raise RowRefused("Its person could not be taken; see the row where they first appear.")
        cls = self._store.registry[draft.kind]
        for name, cell in draft.links.items():
            value = self._links.resolve(cls.specs()[name], cell)
            if value:
                draft.values[name] = value
        where = self._store.where(draft.kind, draft.id)
        try:
            owner = draft.values.get(cls.meta.parent) if cls.meta.parent else None
            if where == "erased" or (isinstance(owner, str) and self._store.is_erased(owner)):
                raise self._is_erased()
            if where is None:
                self._create(draft, cls)
            elif where == "bin" and self._store.was_undone(draft.kind, draft.id):
                self._bring_back(self._create(draft, cls))
            elif where == "bin":
                self._binned += 1
                self._out.count(draft.kind, "unchanged")
            else:
                self._compare(draft, cls)
        except InvalidInput as error:
            raise RowRefused(error.sentence) from None

    def _create(self, draft: Draft, cls: type[Record]) -> Record:
        values = {"id": draft.id, **self._blanks(draft, cls), **draft.values}
        record = validated(cls, values)
        if self._erased_traces and self._erased_traces & self._store.traces_of(record):
            raise self._is_erased()
        self._plan.creates.append(record)
        self._out.count(draft.kind, "created")
        return record

    def _is_erased(self) -> RowRefused:
        self._erased += 1
        return RowRefused(ERASED_ROW)

    def _bring_back(self, record: Record) -> None:
        """An undone import left it in the bin: it comes out again and says what the file says."""
        kind = record.meta.name
        present = self._reader.get(kind, record.id).model_dump(mode="json", exclude={"id"})
        given = record.model_dump(mode="json", exclude={"id"})
        self._plan.returning[record.id] = {
            name: value for name, value in given.items() if not _says(present.get(name), value)
        }

    def _blanks(self, draft: Draft, cls: type[Record]) -> dict[str, Any]:
        """In a row that brings its own id, an empty cell is what the record held."""
        if not draft.named:
            return {}
        fields = {c.target.field for c in self._rows.columns if c.target.kind == draft.kind}
        specs = cls.specs()
        return {
            name: ""
            for name in fields & set(specs)
            if isinstance(specs[name].default, str) and specs[name].default
        }

    def _compare(self, draft: Draft, cls: type[Record]) -> None:
        present = self._reader.get(draft.kind, draft.id).model_dump(mode="json", exclude={"id"})
        given = self._given(draft, cls, present)
        changed = {name: v for name, v in given.items() if not _says(present.get(name), v)}
        for name in self._store.erased_fields(draft.kind, draft.id) if changed else ():
            if changed.pop(name, None) is not None:
                self._kept_erased += 1
        if changed and self._may_update(draft):
            changed = self._not_held_before(draft, cls, present, changed)
            if changed:
                self._plan.edits.append(Edit(draft.kind, draft.id, changed))
                self._out.count(draft.kind, "updated")
                return
        elif changed:
            self._differ += 1
        self._out.count(draft.kind, "unchanged")

    def _given(self, draft: Draft, cls: type[Record], present: Mapping[str, Any]) -> dict[str, Any]:
        """The draft's values in their kept form; sets hold what is here as well."""
        merged = {**{k: v for k, v in present.items() if v is not None}, **draft.values}
        for name, value in draft.values.items():
            before = present.get(name)
            if isinstance(value, dict) and isinstance(before, Mapping):
                merged[name] = {**before, **value}
            elif isinstance(value, (tuple, list)):
                merged[name] = tuple(sorted({*(before or ()), *value}))
        dumped = validated(cls, {"id": draft.id, **merged}).model_dump(mode="json")
        return {name: dumped[name] for name in draft.values}

    def _may_update(self, draft: Draft) -> bool:
        update = self._plan.mapping.update
        if update is not None:
            return update
        return draft.named or not self._plan.shape.is_feedback

    def _not_held_before(
        self, draft: Draft, cls: type[Record], present: Mapping[str, Any], changed: dict[str, Any]
    ) -> dict[str, Any]:
        """Leave out what the record once said and somebody changed since: the file is older."""
        specs = cls.specs()
        held: dict[str, list[Any]] = {}
        for entry in self._store.history(draft.kind, draft.id):
            for slot, value in entry.values.items():
                held.setdefault(slot, []).append(value)
        kept: dict[str, Any] = {}
        for name, value in changed.items():
            new = to_slots(specs, {name: value})
            old = to_slots(specs, {name: present.get(name)})
            fresh = {s: v for s, v in new.items() if old.get(s) != v and v not in held.get(s, ())}
            if not fresh:
                self._differ += 1
            elif not specs[name].is_set:
                kept[name] = value
            else:
                slots = {**old, **fresh}
                elements = {slot.partition(":")[2]: v for slot, v in slots.items()}
                features = specs[name].type is FieldType.FEATURES
                kept[name] = elements if features else tuple(sorted(elements))
        return kept

    # -- what is said ----------------------------------------------------------------------

    def _say(self, order: str) -> None:
        out, dates = self._out, self._gatherer.dates
        reasons: dict[int, str] = {}
        for row, reason in out.refused:
            reasons.setdefault(row, reason)
        out.refused = sorted(reasons.items())
        out.not_taken = self._rows.not_taken()
        out.row_notes = sorted(self._gatherer.row_notes)
        out.dates = dates
        out.empty_comments = self._gatherer.empty_comments
        notes = [*self._table.notes]
        if not (out.kinds or out.refused):
            notes.append("The file has headings and no rows below them. Nothing was imported.")
        if absent := self._rows.absent():
            notes.append(f"The mapping names columns that this file lacks: {', '.join(absent)}.")
        if self._plan.mapping.dates == AUTO and order == MONTH_DAY:
            notes.append("Dates in this file are read as month/day/year.")
        notes += _date_notes(dates)
        for count, words in (
            (out.empty_comments, "comments were asked for and left empty; they are kept as such."),
            (self._binned, "records are in the bin and stay there."),
            (self._differ, "records here differ from the file and are left as they are."),
            (self._links.waiting, "links point to records that are not here yet."),
        ):
            if count:
                notes.append(f"{count:,} {words}")
        if self._kept_erased:
            were, stay = ("field was", "stays as it is") if self._kept_erased == 1 else (
                "fields were", "stay as they are")  # fmt: skip
            notes.append(f"{self._kept_erased:,} {were} erased for good here and {stay}.")
        if self._erased:
            are = "row is" if self._erased == 1 else "rows are"
            notes.append(
                f"{self._erased:,} {are} about somebody who was erased for good; not taken."
            )
        out.notes = notes + self._links.notes


def _says(present: Any, given: Any) -> bool:
    return bool(present == given) and type(present) is type(given)


def _date_notes(dates: DateTally) -> list[str]:
    words = (
        (dates.other_order, "dates have day and month the other way round from the rest."),
        (dates.two_dates, "people carry two dates; each is listed."),
        (dates.left_empty, "of them have no date that is certain; it is left empty."),
        (dates.not_dates, "dates are not dates; they are kept as written."),
    )
    return [f"{count:,} {sentence}" for count, sentence in words if count]


def commit(
    store: Store,
    plan: ImportPlan,
    *,
    initiator: object | None = None,
    progress: Progress | None = None,
    cancelled: CancelCheck | None = None,
) -> Outcome:
    """Keep what was planned, as one step that can be undone, with its receipt.

    A plan that changes nothing leaves no trace. Raises `Cancelled`, `DiskFull`, `ReadOnly`;
    nothing of the import is kept then.
    """
    outcome = plan.outcome
    if plan.changes_nothing:
        return outcome
    total = len(plan.creates) + len(plan.edits)
    with store.batch("Import a file", initiator=initiator) as batch:
        done = 0
        for changes in _steps(plan):
            if cancelled is not None and cancelled():
                raise Cancelled("The import was stopped. Nothing was kept of it.")
            batch.add(changes)
            done += len(changes)
            if progress is not None:
                progress(done, total)
        receipt = make_receipt(store, plan.file_name, plan.shape.word, plan.digest,
                               mapping_toml(plan.mapping), outcome)  # fmt: skip
        batch.add([Create(receipt)])
        outcome.receipt = receipt.id
        outcome.change_set = batch.change_set
    return outcome


def _steps(plan: ImportPlan) -> Iterator[list[Change]]:
    changes: list[Change] = []
    for record in plan.creates:
        otherwise = plan.returning.get(record.id)
        if otherwise is None:
            changes.append(Create(record))
        else:
            changes.append(Restore(record.meta.name, record.id))
            if otherwise:
                changes.append(Edit(record.meta.name, record.id, otherwise))
        if len(changes) >= _STEP:
            yield changes
            changes = []
    for edit in plan.edits:
        changes.append(edit)
        if len(changes) == _STEP:
            yield changes
            changes = []
    if changes:
        yield changes


def import_file(
    store: Store,
    table: Table,
    mapping: ImportMapping,
    *,
    initiator: object | None = None,
    progress: Progress | None = None,
    cancelled: CancelCheck | None = None,
) -> Outcome:
    """Plan and commit in one go, for the command line and tests."""
    plan = plan_import(store, table, mapping, progress=progress, cancelled=cancelled)
    return commit(store, plan, initiator=initiator, progress=progress, cancelled=cancelled)


__all__ = ["ImportPlan", "Outcome", "commit", "import_file", "plan_import"]
