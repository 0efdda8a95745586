"""Import: look first, then keep it as one step that can be undone.

`plan_import` reads every row and changes nothing: it says what would be made, what is here
already, and which rows cannot be taken and why. `commit` writes the plan under one change set,
with a receipt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from db.blobs import Blobs
from db.changes import Change, Create, Edit, Restore
from db.circles import ties_up
from db.errors import Cancelled, InvalidInput
from db.fields import FieldType
from db.reader import Reader
from db.record import Record, validated
from db.store import Store
from engage_desktop.exchange import lines
from engage_desktop.exchange.comparing import not_held_before, said_otherwise, says
from engage_desktop.exchange.dates import OrderWatch
from engage_desktop.exchange.drafts import DateTally, Draft, Gatherer
from engage_desktop.exchange.known import Known, by_columns
from engage_desktop.exchange.links import LinkFinder
from engage_desktop.exchange.mapping import (
    AUTO,
    DAY_MONTH,
    MONTH_DAY,
    ImportMapping,
    mapping_toml,
)
from engage_desktop.exchange.postcode_watch import PostcodeWatch
from engage_desktop.exchange.receipts import Outcome, make_receipt
from engage_desktop.exchange.rowfiles import KIND as FILE_KIND
from engage_desktop.exchange.rowfiles import FilePlan, file_changes, plan_files
from engage_desktop.exchange.rowreader import RowReader, RowRefused
from engage_desktop.exchange.tables import CancelCheck, Progress, Table
from engage_desktop.exchange.targets import Shape, check_cards_are, shape_of

_STEP = 400
"""Records written in one short transaction; between two, the import can be stopped."""

PICTURES = "PHOTO"
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
    files: FilePlan | None = None
    """What rows bring besides their cells, where the import was given somewhere to keep it."""
    blobs: Blobs | None = None
    outcome: Outcome = field(default_factory=Outcome)

    def sample(self, kind: str = "", limit: int = 20) -> list[Record]:
        """The first records that would be made of a kind, by default that of the rows."""
        wanted = kind or self.shape.row_kind
        return [record for record in self.creates if record.meta.name == wanted][:limit]

    @property
    def changes_nothing(self) -> bool:
        """Is everything in the file here already (or refused)?"""
        return not (self.creates or self.edits or (self.files and self.files.owners))


def plan_import(
    store: Store,
    table: Table,
    mapping: ImportMapping,
    *,
    blobs: Blobs | None = None,
    progress: Progress | None = None,
    cancelled: CancelCheck | None = None,
) -> ImportPlan:
    """Read the whole file and say what importing it would do.

    `blobs` takes the files that rows bring with them; without it they are listed as not taken.
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
    if table.is_cards:
        check_cards_are(store.registry, shape, table.name)
    mapping = by_columns(mapping, shape, table.headers)
    reader = store.reader()
    try:
        for order in (mapping.dates, MONTH_DAY):
            plan = ImportPlan(table.name, shape, mapping, table.digest, blobs=blobs)
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
        self._rows = RowReader(plan.shape, plan.mapping, table.headers, table.bare)
        self._gatherer = Gatherer(store, self._rows, table.headers)
        self._links = LinkFinder(store, reader, store.registry, strict=not plan.shape.is_feedback)
        cls = store.registry[plan.shape.row_kind]
        self._known = Known(reader, cls, plan.shape, plan.mapping)
        self._of_row: dict[int, str] = {}
        self._postcodes = PostcodeWatch()
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
        left = {self._table.headers.index(name): name for name in self._rows.not_taken()}
        tally = dict.fromkeys(left.values(), 0)
        for row in self._table.rows(progress, cancelled):
            for index in dates:
                watch.see(row.cells[index])
            for index, name in left.items():
                tally[name] += bool(row.cells[index].strip())
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
        self._out.not_taken_counts = tally
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
        self._plan_files()
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
        if self._known.has_links:  # said once a row's links are found
            return drafts
        taken = []
        for draft in drafts:
            try:
                self._known.match(draft)
                taken.append(draft)
            except RowRefused as refusal:
                self._out.refused.append((draft.row, str(refusal)))
        return taken

    def _announce(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            cls = self._store.registry[draft.kind]
            first = next(iter(cls.specs()))
            title = "" if draft.kind in ("response", "comment") else draft.values.get(first)
            self._links.announce(draft.kind, draft.id, str(title or ""), draft.values)

    def _decide(self, draft: Draft) -> None:
        """Create, change or leave; raises `RowRefused`."""
        if draft.person in self._refused_people:
            raise RowRefused("Its person could not be taken; see the row where they first appear.")
        cls = self._store.registry[draft.kind]
        self._resolve(draft, cls)
        if self._known.has_links:
            self._known.match(draft)
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
        if where != "bin" or self._plan.returning.get(draft.id) is not None:
            self._of_row[draft.row] = draft.id

    def _resolve(self, draft: Draft, cls: type[Record]) -> None:
        for name, cell in draft.links.items():
            spec = cls.specs()[name]
            value = self._links.resolve(spec, cell, draft.id)
            if value:
                draft.values[name] = value

    def _ties_up(self, cls: type[Record], record_id: str, values: Mapping[str, Any]) -> None:
        """What is going to be written must not come to lie within itself."""
        for spec in ties_up(cls):
            if values.get(spec.name):
                self._links.check_chain(cls.meta.name, spec, record_id, values[spec.name])

    def _plan_files(self) -> None:
        plan, out = self._plan, self._out
        if plan.blobs is None or self._table.files is None:
            return
        plan.files = plan_files(self._store, self._table, self._of_row)
        for _ in plan.files.owners:
            out.count(FILE_KIND, "created")

    def _create(self, draft: Draft, cls: type[Record]) -> Record:
        lines.whole(draft, self._rows.rest_field)
        values = {"id": draft.id, **self._blanks(draft, cls), **draft.values}
        record = validated(cls, values)
        if self._erased_traces and self._erased_traces & self._store.traces_of(record):
            raise self._is_erased()
        self._ties_up(cls, draft.id, draft.values)
        self._postcodes.see(draft.row, cls, draft.values)
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
            name: value for name, value in given.items() if not says(present.get(name), value)
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
        if self._rows.rest_field:
            lines.added(self._store, draft, self._rows.rest_field, present)
        changed = said_otherwise(draft, cls, present)
        for name in self._store.erased_fields(draft.kind, draft.id) if changed else ():
            if changed.pop(name, None) is not None:
                self._kept_erased += 1
        if changed and self._may_update(draft):
            asked = len(changed)
            changed = not_held_before(self._store, draft, cls, present, changed)
            self._differ += asked - len(changed)
            if changed:
                self._ties_up(cls, draft.id, changed)
                self._postcodes.see(draft.row, cls, changed)
                self._plan.edits.append(Edit(draft.kind, draft.id, changed))
                self._out.count(draft.kind, "updated")
                return
        elif changed:
            self._differ += 1
        self._out.count(draft.kind, "unchanged")

    def _may_update(self, draft: Draft) -> bool:
        update = self._plan.mapping.update
        if update is not None:
            return update
        return draft.named or not self._plan.shape.is_feedback

    # -- what is said ----------------------------------------------------------------------

    def _say(self, order: str) -> None:
        out, dates = self._out, self._gatherer.dates
        reasons: dict[int, str] = {}
        for row, reason in out.refused:
            reasons.setdefault(row, reason)
        out.refused = sorted(reasons.items())
        out.not_taken = self._rows.not_taken()
        if self._table.files is not None and self._plan.files is None:
            out.not_taken.append(PICTURES)
            out.not_taken_counts[PICTURES] = sum(1 for _ in self._table.files())
        out.in_notes = [header for _, header in self._rows.left]
        out.postcodes = self._postcodes.doubtful
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
        notes += self._postcodes.notes()
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
    total = len(plan.creates) + len(plan.edits) + (len(plan.files.owners) if plan.files else 0)
    with store.batch("Import a file", initiator=initiator) as batch:
        done = 0
        for changes in _steps(store, plan, cancelled):
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


def _steps(store: Store, plan: ImportPlan, cancelled: CancelCheck | None) -> Iterator[list[Change]]:
    changes: list[Change] = []
    for change in _changes(store, plan, cancelled):
        changes.append(change)
        if len(changes) >= _STEP:
            yield changes
            changes = []
    if changes:
        yield changes


def _changes(store: Store, plan: ImportPlan, cancelled: CancelCheck | None) -> Iterator[Change]:
    for record in plan.creates:
        otherwise = plan.returning.get(record.id)
        if otherwise is None:
            yield Create(record)
            continue
        yield Restore(record.meta.name, record.id)
        if otherwise:
            yield Edit(record.meta.name, record.id, otherwise)
    yield from plan.edits
    if plan.files is not None and plan.blobs is not None:
        yield from file_changes(store, plan.blobs, plan.files, cancelled)


def import_file(
    store: Store,
    table: Table,
    mapping: ImportMapping,
    *,
    blobs: Blobs | None = None,
    initiator: object | None = None,
    progress: Progress | None = None,
    cancelled: CancelCheck | None = None,
) -> Outcome:
    """Plan and commit in one go, for the command line and tests."""
    plan = plan_import(store, table, mapping, blobs=blobs, progress=progress, cancelled=cancelled)
    return commit(store, plan, initiator=initiator, progress=progress, cancelled=cancelled)


__all__ = ["ImportPlan", "Outcome", "commit", "import_file", "plan_import"]
