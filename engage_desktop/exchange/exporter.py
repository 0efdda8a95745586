"""Export: any kind of record, feedback as one flat table, or everything into one workbook.

Every field goes out in the officer's own form, with each record's id and the ids behind its
links, so that the file can be imported again: into the same workspace it changes nothing, into an
empty one it makes the same records.
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from db.blobs import Blobs
from db.errors import Cancelled, InvalidInput, NotFound
from db.fields import SET_TYPES, FieldType
from db.query import Condition, ListQuery
from db.reader import Reader
from db.record import Record
from db.store import Store
from engage_desktop.exchange.card_writer import CardChoice, CardWriter
from engage_desktop.exchange.rowfiles import KIND as ATTACHMENT
from engage_desktop.exchange.rowfiles import NOTE as FROM_CARD
from engage_desktop.exchange.tables import CancelCheck, Progress
from engage_desktop.exchange.targets import CARDS_ARE, FEEDBACK, Shape, Target, shape_of
from engage_desktop.exchange.writers import (
    Cell,
    CsvWriter,
    TableWriter,
    XlsxWriter,
    cell_of,
    write_json_rows,
)
from engage_desktop.leaving import leaving
from engage_desktop.outside import check_target_outside
from engage_desktop.queries.sensitive import only_plain, with_sensitive
from engage_desktop.readings import Readings, check_may_see, may_see_readings
from engage_desktop.records.accounts import Reading
from engage_desktop.records.values import join_elements

FORMATS = ("csv", "xlsx", "json", "vcf")
EVERYTHING = "all"
_PAGE = 500
_REMEMBERED = 2_000


def format_of(path: Path, wanted: str = "") -> str:
    """The format a name ends in, or the one asked for. Raises `InvalidInput`."""
    found = (wanted or path.suffix.lstrip(".")).casefold()
    if found not in FORMATS:
        raise InvalidInput(
            f"Export writes .csv, .xlsx or .json, and people as .vcf, not “{path.name}”. "
            "Nothing was written."
        )
    return found


def export_file(
    store: Store,
    word: str,
    path: Path,
    *,
    form: str = "",
    query: ListQuery | None = None,
    sensitive: bool = False,
    cards: CardChoice | None = None,
    blobs: Blobs | None = None,
    progress: Progress | None = None,
    cancelled: CancelCheck | None = None,
) -> int:
    """Write records into a file that appears only when it is whole. Returns how many rows.

    `word` is a kind, "feedback", or "all" (a workbook with a sheet of each). `query` narrows a
    kind to what a list shows. Rows that reveal something protected by being there (members of a
    group marked so) go out only where `sensitive`, or the query itself, asks. The log of readings
    goes out only on an admin's laptop: "all" leaves it out elsewhere. Raises `NotAllowed`,
    `InvalidInput`, `DiskFull`, `ReadOnly`, `Cancelled`. `cards` says which contacts' cards are
    written; whole ones hold the pictures that came with cards where `blobs` gives them.
    """
    check_target_outside(path)
    form = format_of(path, form)
    if word.strip().casefold() == EVERYTHING:
        if form != "xlsx":
            raise InvalidInput("Everything at once goes into a workbook: name a file .xlsx.")
        words = [FEEDBACK, *store.registry.names()]
        if "comment" not in store.registry or "response" not in store.registry:
            words = store.registry.names()
        if not may_see_readings(store):
            words = [each for each in words if each != Reading.meta.name]
    else:
        words = [word]
    shapes = [shape_of(store.registry, each) for each in words]
    if form == "vcf" and shapes[0].row_kind != CARDS_ARE:
        raise InvalidInput(
            f"Contacts’ cards are of people and organisations, not of {shapes[0].plural.lower()}. "
            "Nothing was written. Name a file .csv or .xlsx."
        )
    for shape in shapes:
        check_may_see(store, shape.row_kind)
    reader = store.reader()
    try:
        readings = Readings(store)  # first: what cannot be written down is not given out
        for shape in shapes:
            for cls in shape.kinds:
                readings.note_query(
                    reader, query if query and query.kind == cls.meta.name else
                    ListQuery(cls.meta.name, sort="pk"), "exported",
                )  # fmt: skip
        with leaving(path) as file:
            asked = with_sensitive if sensitive else only_plain
            export = _Export(reader, progress, cancelled, asked)
            if form == "vcf":
                return export.cards(file, shapes[0], query, cards or CardChoice(), blobs)
            return export.write(file, form, shapes, query)
    finally:
        reader.close()


class _Export:
    """One run of an export."""

    def __init__(
        self, reader: Reader, progress: Progress | None, cancelled: CancelCheck | None,
        asked: Callable[[ListQuery], ListQuery],
    ) -> None:  # fmt: skip
        self._reader = reader
        self._asked = asked
        self._progress = progress
        self._cancelled = cancelled
        self._titles: OrderedDict[str, str] = OrderedDict()
        self._records: OrderedDict[str, Record] = OrderedDict()
        self._done = 0
        self._total = 0

    def write(
        self, file: BinaryIO, form: str, shapes: Sequence[Shape], query: ListQuery | None
    ) -> int:
        """Every shape's rows. Returns how many."""
        queries = [self._asked(query or ListQuery(shape.row_kind, sort="pk")) for shape in shapes]
        self._total = sum(self._reader.count(each) for each in queries)
        if form == "json":
            asked = self._asked(_list_query(shapes[0], query))
            rows = json_rows(self._reader, shapes[0], asked)
            write_json_rows(file, list_total(self._reader, shapes[0], asked), self._counted(rows))
            return self._done
        writer: TableWriter = CsvWriter(file) if form == "csv" else XlsxWriter(file)
        try:
            for shape, each in zip(shapes, queries, strict=True):
                self._table(writer, shape, each, everything=query is None)
            writer.close()
        except BaseException:
            writer.abandon()
            raise
        return self._done

    def cards(
        self, file: BinaryIO, shape: Shape, query: ListQuery | None, choice: CardChoice,
        blobs: Blobs | None,
    ) -> int:  # fmt: skip
        """Every record as a contact's card. Returns how many."""
        query = self._asked(query or ListQuery(shape.row_kind, sort="pk"))
        self._total = self._reader.count(query)
        writer = CardWriter(file, shape, choice, self._title)
        for record in self._counted(records_of(self._reader, query)):
            writer.card(record, self._pictures(record.id, blobs) if choice.whole else ())
        return self._done

    def _pictures(self, record_id: str, blobs: Blobs | None) -> Iterator[tuple[str, bytes]]:
        """The pictures that came with a card, those that are on this laptop."""
        for each in self._reader.children(ATTACHMENT, record_id) if blobs is not None else ():
            kept = each.model_dump()
            if kept["description"] == FROM_CARD and kept["media_type"].startswith("image/"):
                with contextlib.suppress(NotFound):
                    assert blobs is not None
                    yield kept["media_type"], b"".join(blobs.read(kept["digest"]))

    def _table(
        self, writer: TableWriter, shape: Shape, query: ListQuery, *, everything: bool
    ) -> None:
        targets = export_targets(shape)
        writer.begin(shape.sheet_names[0], [target.heading for target in targets])
        for parts in self._counted(self._parts(shape, query, everything=everything)):
            writer.row([self._cell(target, parts.get(target.kind)) for target in targets])

    def _counted(self, rows: Iterator[Any]) -> Iterator[Any]:
        for row in rows:
            yield row
            self._done += 1
            if self._done % 100 == 0:
                if self._cancelled is not None and self._cancelled():
                    raise Cancelled("The export was stopped. No file was written.")
                if self._progress is not None:
                    self._progress(self._done, max(self._done, self._total))

    def _parts(
        self, shape: Shape, query: ListQuery, *, everything: bool
    ) -> Iterator[dict[str, Record]]:
        """What each row is made of: one record, or a comment with its response."""
        if not shape.is_feedback:
            for record in records_of(self._reader, query):
                yield {shape.row_kind: record}
            return
        spoken: set[str] = set()
        for comment in records_of(self._reader, query):
            owner = getattr(comment, "response", None)
            row = {"comment": comment}
            if owner is not None:
                response = self._record("response", owner)
                if response is not None:
                    row["response"] = response
                    spoken.add(owner)
            yield row
        if everything:
            for response in records_of(self._reader, ListQuery("response", sort="pk")):
                if response.id not in spoken:
                    yield {"response": response}

    def _record(self, kind: str, record_id: str) -> Record | None:
        found = self._records.get(record_id)
        if found is None:
            with contextlib.suppress(NotFound):
                found = self._reader.get(kind, record_id)
                self._records[record_id] = found
                if len(self._records) > _REMEMBERED:
                    self._records.popitem(last=False)
        return found

    def _cell(self, target: Target, record: Record | None) -> Cell:
        if record is None:
            return None
        if target.spec is None:
            return record.id
        value = getattr(record, target.field)
        if not target.is_link:
            return cell_of(target.spec, value)
        ids = value if target.spec.type is FieldType.LINKS else ([value] if value else [])
        words = list(ids) if target.by_id else [self._title(each) for each in ids]
        if target.spec.type is FieldType.LINKS:
            return join_elements(words)
        return words[0] if words else None

    def _title(self, record_id: str) -> str:
        found = self._titles.get(record_id)
        if found is None:
            found = self._titles[record_id] = self._reader.title(record_id)
            if len(self._titles) > _REMEMBERED:
                self._titles.popitem(last=False)
        return found


def export_targets(shape: Shape) -> list[Target]:
    """The columns of an export: what people read first, the ids behind it."""
    targets = list(shape.targets.values())
    read = [t for t in targets if t.spec is not None and not t.by_id]
    return [*read, *(t for t in targets if t.spec is None), *(t for t in targets if t.by_id)]


def records_of(reader: Reader, query: ListQuery) -> Iterator[Record]:
    """Every record a query names, page by page, as the store stood when the first was read."""
    after: int | None = None
    offset = 0
    by_key = query.sort.lstrip("-") == "pk"
    with reader.steady():
        while True:
            page = reader.page(query, offset=offset, limit=_PAGE, after=after)
            for row in page.rows:
                yield reader.get(query.kind, row.id)
            if not page.more:
                return
            if by_key:
                after = page.last
            else:
                offset += _PAGE


def list_total(reader: Reader, shape: Shape, query: ListQuery | None = None) -> int:
    """How many rows `json_rows` gives without a limit; for feedback these are responses."""
    return reader.count(_list_query(shape, query))


def json_rows(
    reader: Reader, shape: Shape, query: ListQuery | None = None, limit: int | None = None
) -> Iterator[dict[str, Any]]:
    """Records as JSON: their values, their title and the titles of what they point to.

    Feedback gives responses, each with its comments.
    """
    titles: dict[str, str] = {}
    records = islice(records_of(reader, _list_query(shape, query)), limit)
    while batch := list(islice(records, _PAGE)):
        rows = [json_row(reader, record, titles) for record in batch]
        if shape.is_feedback:
            _add_comments(reader, rows, titles)
        yield from rows


def _add_comments(reader: Reader, rows: list[dict[str, Any]], titles: dict[str, str]) -> None:
    by_id = {row["id"]: row.setdefault("comments", []) for row in rows}
    query = ListQuery("comment", where=(Condition("response", "in", list(by_id)),), sort="pk")
    for comment in records_of(reader, query):
        row = json_row(reader, comment, titles)
        by_id[row["response"]].append(row)


def _list_query(shape: Shape, query: ListQuery | None) -> ListQuery:
    if query is not None:
        return query
    kind = "response" if shape.is_feedback else shape.row_kind
    return ListQuery(kind, sort="pk")


def json_row(reader: Reader, record: Record, titles: dict[str, str]) -> dict[str, Any]:
    """One record as JSON, links by id, with the titles of their targets beside them."""
    row: dict[str, Any] = {"kind": record.meta.name, "id": record.id, "title": record.title}
    row |= record.model_dump(mode="json", exclude={"id"})
    shown: dict[str, Any] = {}
    for name, spec in record.specs().items():
        value = row.get(name)
        if not value or spec.type not in (FieldType.LINK, FieldType.LINKS):
            continue
        ids = value if spec.type in SET_TYPES else [value]
        for each in ids:
            if each not in titles:
                titles[each] = reader.title(each)
        words = [titles[each] for each in ids]
        shown[name] = words if spec.type in SET_TYPES else words[0]
    if shown:
        row["linked"] = shown
    return row
