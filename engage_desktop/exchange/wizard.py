"""What is found in a file before it is imported, and what the officer says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from db.errors import InvalidInput
from db.record import Registry
from db.store import Store
from engage_desktop.exchange.guess import mapping_for, notes_field, remember, suggest_flags
from engage_desktop.exchange.mapping import (
    AUTO,
    ColumnRule,
    FlagColumns,
    ImportMapping,
    mapping_data,
    mapping_from,
)
from engage_desktop.exchange.pasted import pasted_table
from engage_desktop.exchange.tables import CancelCheck, Progress, Table, open_table
from engage_desktop.exchange.targets import CARDS_ARE, Shape, check_cards_are, shape_of
from engage_desktop.plain import counted

MOST_DISTINCT = 60
"""A column with more different values than this is free text, not codes."""

SAMPLES = 3
FLAGS = "#flags"
WORDS = "comment.text"
LEAST_LETTERS = 18
"""Letters that the first values have on average before they are taken for sentences."""
NOT_TAKEN = ""
REST = "#rest"
"""Where columns go that become lines of the notes."""

KINDS = (
    "feedback", "stakeholder", "venue", "event", "theme", "you_said", "counted_return",
)  # fmt: skip
"""What can be imported, the likeliest first; `kinds_offered` adds what came later."""


def kinds_offered(registry: Registry) -> list[str]:
    """What can be imported: the likeliest first, then every other kind that is kept by hand."""
    parts = ("response", "comment")  # come with feedback
    rest = [
        cls.meta.name for cls in registry
        if cls.meta.by_hand and cls.meta.name not in (*KINDS, *parts)
    ]  # fmt: skip
    return [*(k for k in KINDS if k == "feedback" or k in registry), *rest]


@dataclass(slots=True)
class ColumnFacts:
    """One column of the file: its first different values, how many cells are filled, and how
    often each value comes while there are few of them (None when there are many)."""

    header: str
    samples: list[str] = field(default_factory=list)
    filled: int = 0
    values: dict[str, int] | None = field(default_factory=dict)

    def meet(self, cell: str) -> None:
        """Take note of one cell."""
        if not cell.strip():
            return
        self.filled += 1
        if len(self.samples) < SAMPLES and cell not in self.samples:
            self.samples.append(cell)
        if self.values is not None:
            self.values[cell] = self.values.get(cell, 0) + 1
            if len(self.values) > MOST_DISTINCT:
                self.values = None

    @property
    def reads_like_words(self) -> bool:
        """Does it hold sentences, mostly different ones?"""
        if not self.samples:
            return False
        letters = sum(len(sample) for sample in self.samples) / len(self.samples)
        differs = self.values is None or len(self.values) > self.filled / 2
        spaced = all(" " in sample.strip() for sample in self.samples)
        return letters >= LEAST_LETTERS and differs and spaced


@dataclass(slots=True)
class Found:
    """A file that was opened and read through once."""

    table: Table
    path: Path | None
    rows: int
    columns: list[ColumnFacts]
    head: list[tuple[str, ...]]

    @property
    def described(self) -> str:
        """Format, encoding, separators and size in a line."""
        marks = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}
        parts = []
        if self.table.sheet:
            parts.append(f"Sheet “{self.table.sheet}”")
        if self.table.encoding:
            parts.append(_encoding(self.table.encoding))
        if self.table.delimiter and not self.table.sheet:
            mark = marks.get(self.table.delimiter, self.table.delimiter)
            parts.append(f"separated by {mark}")
        if self.table.is_cards:
            cards = counted(self.rows, "card")
            return f"Contacts’ cards (vCard), {cards}, {len(self.columns):,} columns"
        parts.append(f"{self.rows:,} rows")
        parts.append(f"{len(self.columns):,} columns")
        return ", ".join(parts)


def _encoding(name: str) -> str:
    plain = name.casefold().replace("_", "-")
    known = {
        "utf-8": "UTF-8", "utf-8-sig": "UTF-8 with a mark", "cp1252": "Windows-1252",
        "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16",
    }  # fmt: skip
    return known.get(plain, name)


def read_through(
    table: Table, path: Path | None, progress: Progress | None, cancelled: CancelCheck | None
) -> Found:
    """Go through every row once. Raises `Cancelled`, `TooLarge`, `KnownError`."""
    facts = [ColumnFacts(header) for header in table.headers]
    head: list[tuple[str, ...]] = []
    count = 0
    for row in table.rows(progress, cancelled):
        count += 1
        if len(head) < SAMPLES:
            head.append(row.cells)
        for column, cell in zip(facts, row.cells, strict=False):
            column.meet(cell)
    return Found(table, path, count, facts, head)


def open_file(
    path: Path, *, sheet: str = "", header_row: int = 0, prefer: tuple[str, ...] = (),
    progress: Progress | None = None, cancelled: CancelCheck | None = None,
) -> Found:  # fmt: skip
    """Open a file and read it through."""
    table = open_table(path, sheet=sheet, header_row=header_row, prefer=prefer)
    return read_through(table, path, progress, cancelled)


def open_pasted(text: str, *, progress: Progress | None = None) -> Found:
    """The same for copied cells."""
    return read_through(pasted_table(text), None, progress, None)


@dataclass(slots=True)
class ImportState:
    """The officer's answers so far. `mapping()` is what they come to."""

    registry: Registry
    found: Found
    kind: str
    columns: dict[str, ColumnRule] = field(default_factory=dict)
    flags: FlagColumns | None = None
    group: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    constants: dict[str, str] = field(default_factory=dict)
    source: str = ""
    dates: str = AUTO
    update: bool | None = None
    suggested: tuple[str, ...] = ()
    rest: str = ""
    ignore: tuple[str, ...] = ()
    _base: ImportMapping | None = None

    @property
    def shape(self) -> Shape:
        """Where columns can go."""
        return shape_of(self.registry, self.kind)

    def take(self, mapping: ImportMapping) -> None:
        """Use a mapping that was guessed, remembered or loaded; absent columns do no harm."""
        if shape_of(self.registry, mapping.kind).word != self.shape.word:
            raise InvalidInput(
                f"This mapping is for {mapping.kind}, but you are importing {self.kind}. "
                "Nothing was changed. Choose what is in the file again, or another mapping."
            )
        headers = self.found.table.headers
        self.columns = {}
        for header in headers:
            rule = mapping.rule(header)
            if rule is not None:
                self.columns[header] = rule
        self.flags = mapping.flags
        self.group, self.key = mapping.group, mapping.key
        self.constants = dict(mapping.constants)
        self.source, self.dates, self.update = mapping.source, mapping.dates, mapping.update
        self.rest, self.ignore = mapping.rest, mapping.ignore
        self._base = mapping

    def mapping(self) -> ImportMapping:
        """Everything that was said, as a mapping. What it says of absent columns is kept."""
        base = self._base or ImportMapping(self.kind)
        here = set(self.found.table.headers)
        absent = {name: rule for name, rule in base.columns.items() if name not in here}
        return replace(
            base, kind=self.kind, columns={**self.columns, **absent}, flags=self.flags,
            group=self.group, key=self.key, constants=dict(self.constants),
            source=self.source, dates=self.dates, update=self.update, rest=self.rest,
            ignore=self.ignore,
        )  # fmt: skip

    def goes_to(self, header: str) -> str:
        """The path a column goes to, `FLAGS`, `REST` or `NOT_TAKEN`."""
        rule = self.columns.get(header)
        if rule is not None:
            return rule.to
        if header in self.flag_headers():
            return FLAGS
        said = header in self.ignore or header in self.found.table.bare
        return REST if self.rest and not said else NOT_TAKEN

    def keep_rest(self, keep: bool) -> None:
        """Keep columns without a field as lines of the notes, or list them as not taken."""
        self.rest = notes_field(self.shape) if keep else ""
        self.ignore = ()

    def flag_headers(self) -> tuple[str, ...]:
        """Columns that hold a mark where a theme applies."""
        if self.flags is None:
            return ()
        if not self.flags.rest:
            return self.flags.columns
        said = {*self.columns, *self.group, *self.key}
        return tuple(h for h in self.found.table.headers if h not in said | set(self.ignore))

    def send(self, header: str, path: str) -> None:
        """Let a column go to a path, to the themes (`FLAGS`), nowhere (`NOT_TAKEN`), or become
        lines of the notes (`REST`): the first that does takes no other with it."""
        flags = [h for h in self.flag_headers() if h != header]
        old = self.columns.pop(header, None)
        self.ignore = tuple(h for h in self.ignore if h != header)
        if path == FLAGS:
            flags.append(header)
        elif path == REST:
            self._to_rest(header)
        elif path == NOT_TAKEN and self.rest:
            self.ignore = (*self.ignore, header)
        elif path != NOT_TAKEN:
            self.columns[header] = replace(old, to=path) if old else ColumnRule(path)
        if self.flags is not None or flags:
            order = {h: n for n, h in enumerate(self.found.table.headers)}
            marks = tuple(sorted(flags, key=lambda h: order.get(h, 0)))
            base = self.flags or FlagColumns()
            self.flags = replace(base, columns=marks, rest=False) if marks else None

    def _to_rest(self, header: str) -> None:
        notes = notes_field(self.shape)
        if header in self.found.table.bare:  # only ever taken by name
            self.columns[header] = ColumnRule(notes, join="\n")
        elif not self.rest:
            others = [h for h in self.found.table.headers if h != header]
            left = tuple(h for h in others if self.goes_to(h) == NOT_TAKEN)
            self.rest, self.ignore = notes, (*self.ignore, *left)

    def means(self, header: str, value: str, word: str | None) -> None:
        """What one of the file's own values means: one of our words; "" for nothing answered;
        None for as it stands."""
        rule = self.columns.get(header)
        if rule is None:
            return
        values = {k: v for k, v in rule.values.items() if k != value}
        empty = tuple(e for e in rule.empty if e != value)
        if word == "":
            empty = (*empty, value)
        elif word is not None:
            values[value] = word
        self.columns[header] = replace(rule, values=values, empty=empty)

    def ask(self, header: str, question: str) -> None:
        """The question that a column of comments answers."""
        rule = self.columns.get(header)
        if rule is not None:
            self.columns[header] = replace(rule, question=question)

    def facts(self, header: str) -> ColumnFacts:
        """What the file holds in a column."""
        return next(c for c in self.found.columns if c.header == header)

    def accept_suggestion(self) -> None:
        """Take the columns that hold only marks as themes."""
        for header in self.suggested:
            self.send(header, FLAGS)
        self.suggested = ()


def begin(store: Store, found: Found, kind: str, mapping: ImportMapping | None) -> ImportState:
    """The wizard's first guess: what was remembered or loaded, else columns matched by name.

    Contacts' cards are people and organisations, whatever was chosen before.
    """
    if found.table.is_cards:
        kind = CARDS_ARE
    state = ImportState(store.registry, found, kind)
    state.take(mapping or mapping_for(store, kind, found.table))
    if kind == "feedback":
        _find_words(state)
    if kind == "feedback" and state.flags is None:
        flags = suggest_flags(found.table, state.mapping())
        state.suggested = flags.columns if flags else ()
    return state


def unasked(store: Store, table: Table, kind: str) -> ImportMapping:
    """The mapping for a file of which nobody says anything: what the wizard first shows.

    Raises `InvalidInput` for contacts' cards that are to be another kind.
    """
    if table.is_cards:
        check_cards_are(store.registry, shape_of(store.registry, kind), table.name)
    return begin(store, read_through(table, None, None, None), kind, None).mapping()


def _find_words(state: ImportState) -> None:
    """Where no heading says so, take columns that hold sentences for people's words; each
    column's heading is then what was asked."""
    if any(rule.to == WORDS for rule in state.columns.values()):
        return
    for facts in state.found.columns:
        if state.goes_to(facts.header) == NOT_TAKEN and facts.reads_like_words:
            state.columns[facts.header] = ColumnRule(WORDS, question=facts.header)


def keep_draft(put: Callable[[str, Any], None], state: ImportState) -> None:
    """Remember an import that was left, so that it can be taken up again."""
    if state.found.path is not None:
        put(DRAFT, {"path": str(state.found.path), "mapping": mapping_data(state.mapping())})


def draft_of(kept: Mapping[str, Any] | None) -> tuple[Path, ImportMapping] | None:
    """The file and mapping of an import that was left, while the file is still there."""
    if not kept:
        return None
    try:
        path, mapping = Path(kept["path"]), mapping_from(kept["mapping"])
    except (KeyError, TypeError, InvalidInput):
        return None
    return (path, mapping) if path.is_file() else None


DRAFT = "import:left"

__all__ = [
    "CARDS_ARE", "DRAFT", "FLAGS", "KINDS", "NOT_TAKEN", "REST", "ColumnFacts", "Found",
    "ImportState", "begin", "draft_of", "keep_draft", "kinds_offered", "open_file", "open_pasted",
    "remember", "unasked",
]  # fmt: skip
