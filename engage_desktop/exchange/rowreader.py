"""From a row's cells to the values of one or two records, by a mapping."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from db.errors import InvalidInput
from db.fields import FieldType
from engage_desktop.exchange.dates import DateReading, read_written
from engage_desktop.exchange.identity import canonical
from engage_desktop.exchange.mapping import ColumnRule, ImportMapping
from engage_desktop.exchange.targets import Shape, Target
from engage_desktop.plain import day_words
from engage_desktop.records.values import fold, parse, split_elements

COMMENT_TEXT = "comment.text"


class RowRefused(Exception):
    """A row that cannot be taken; the text is the reason, for people."""


@dataclass(slots=True)
class LinkCell:
    """What links say: the targets' titles, their ids, or both side by side in one order."""

    titles: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def pairs(self) -> list[tuple[str, str]]:
        """(id, title) of each target, "" where one of them is not known."""
        if not self.ids:
            return [("", title) for title in self.titles]
        titles = self.titles if len(self.titles) == len(self.ids) else [""] * len(self.ids)
        return list(zip(self.ids, titles, strict=True))


@dataclass(slots=True)
class Part:
    """What a row says of one record."""

    values: dict[str, Any] = field(default_factory=dict)
    links: dict[str, LinkCell] = field(default_factory=dict)
    id: str = ""
    lines: list[str] = field(default_factory=list)
    """What columns without a field hold, each with its heading."""

    @property
    def is_empty(self) -> bool:
        """Does the row say nothing of this record?"""
        return not (self.values or self.links or self.id)


@dataclass(slots=True)
class Answer:
    """The words in one column of comments. `given` is false where it was asked and left empty."""

    text: str
    given: bool
    question: str
    column: str


@dataclass(slots=True)
class RowValues:
    """Everything one row says."""

    parts: dict[str, Part]
    answers: list[Answer]
    dates: list[DateReading]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class _Column:
    index: int
    header: str
    rule: ColumnRule
    target: Target
    values: Mapping[str, str]


class RowReader:
    """A mapping bound to one file's headings. Raises `InvalidInput` when nothing fits."""

    def __init__(
        self, shape: Shape, mapping: ImportMapping, headers: Sequence[str],
        bare: Collection[str] = (),
    ) -> None:  # fmt: skip
        self.shape = shape
        self._bare = bare
        self.mapping = mapping
        self.headers = tuple(headers)
        self._at = {fold(header): index for index, header in enumerate(headers)}
        self.columns = self._bound()
        self._texts = [c for c in self.columns if self._is_answer(c)]
        self._plain = [c for c in self.columns if not self._is_answer(c)]
        self._flag_target = shape.target(mapping.flags.to) if mapping.flags else None
        self._flags = self._bound_flags()
        self._check_flags()
        self._fixed = self._constants()
        self.key = self._indexes(mapping.key)
        self.group = self._indexes(mapping.group)
        self.rest_field = self._rest_field()
        self.left = self._left()
        self._asks = any(rule.to == COMMENT_TEXT for rule in mapping.columns.values())
        self._many_texts = sum(rule.to == COMMENT_TEXT for rule in mapping.columns.values()) > 1
        if not self.columns and not self._flags:
            raise InvalidInput(
                f"No column of this file could be matched to a field of {shape.plural.lower()}. "
                "Nothing was imported. Match the columns by hand, or give a mapping file. "
                f"Its columns: {', '.join(self.headers[:20])}."
            )

    # -- binding ---------------------------------------------------------------------------

    def _bound(self) -> list[_Column]:
        found: list[_Column] = []
        for name, rule in self.mapping.columns.items():
            target = self.shape.target(rule.to)
            index = self._at.get(fold(name))
            if index is None:
                continue
            values = {canonical(code).casefold(): word for code, word in rule.values.items()}
            found.append(_Column(index, self.headers[index], rule, target, values))
        return found  # in the mapping's order, in which halves of a name are joined

    def _is_answer(self, column: _Column) -> bool:
        return self.shape.is_feedback and column.target.path == COMMENT_TEXT

    def _bound_flags(self) -> list[tuple[int, str]]:
        flags = self.mapping.flags
        if flags is None:
            return []
        names = {fold(name): word for name, word in flags.names.items()}
        if flags.rest:
            spoken = {c.index for c in self.columns}
            for name in (*self.mapping.ignore, *self.mapping.key, *self.mapping.group):
                spoken.add(self._at.get(fold(name), -1))
            indexes = [i for i in range(len(self.headers)) if i not in spoken]
        else:
            indexes = [i for n in flags.columns if (i := self._at.get(fold(n))) is not None]
        return [(i, names.get(fold(self.headers[i]), self.headers[i])) for i in indexes]

    def _check_flags(self) -> None:
        target = self._flag_target
        if target is None:
            return
        if target.spec is None or not target.spec.is_set:
            raise InvalidInput(
                f"In the mapping, flags.to is “{target.path}”, which holds one value. It must be "
                "a field that holds several, such as comment.themes. Nothing was imported."
            )
        for index, word in () if target.is_link else self._flags:
            try:
                parse(target.spec, word)
            except ValueError as error:
                raise InvalidInput(
                    f"In the mapping, the flags take the column “{self.headers[index]}”: {error} "
                    "Leave it out, or give it another name under flags.names."
                ) from None

    def _constants(self) -> list[tuple[Target, Any]]:
        found: list[tuple[Target, Any]] = []
        for path, text in self.mapping.constants.items():
            target = self.shape.target(path)
            if target.spec is None:
                raise InvalidInput("In the mapping, a constant cannot be a record's id.")
            try:
                found.append((target, parse(target.spec, text)))
            except ValueError as error:
                raise InvalidInput(f"In the mapping, the constant {path}: {error}") from None
        return found

    def _rest_field(self) -> str:
        """The long text that takes what has no field of its own; "" where nothing does."""
        path = self.mapping.rest
        if not path:
            return ""
        target = self.shape.target(path)
        if (
            self.shape.is_feedback
            or target.spec is None
            or (target.spec.type is not FieldType.LONG_TEXT)
        ):
            raise InvalidInput(
                f"In the mapping, rest is “{path}”, which cannot take lines of text. It must be a "
                "field of several lines, such as notes. Nothing was imported."
            )
        return target.field

    def _left(self) -> list[tuple[int, str]]:
        """Columns that become lines of the rest's field: those that go nowhere else."""
        if not self.rest_field:
            return []
        taken = {c.index for c in self.columns} | {i for i, _ in self._flags}
        taken |= {self._at.get(fold(name), -1) for name in self.mapping.ignore}
        return [
            (i, header) for i, header in enumerate(self.headers)
            if i not in taken and header not in self._bare
        ]  # fmt: skip

    def _indexes(self, names: Sequence[str]) -> list[int]:
        return [i for name in names if (i := self._at.get(fold(name))) is not None]

    # -- what was and was not found --------------------------------------------------------

    def not_taken(self) -> list[str]:
        """Columns of the file that go nowhere.

        Those that a mapping leaves out on purpose are not among them, unless it keeps the rest.
        """
        taken = {c.index for c in self.columns} | {i for i, _ in self._flags}
        taken |= set(self.key) | set(self.group)
        if not self.rest_field:
            taken |= {self._at.get(fold(name), -1) for name in self.mapping.ignore}
        taken |= {index for index, _ in self.left}
        return [header for i, header in enumerate(self.headers) if i not in taken]

    def absent(self) -> list[str]:
        """Columns the mapping names that the file lacks."""
        flags = self.mapping.flags.columns if self.mapping.flags else ()
        names = (*self.mapping.columns, *flags, *self.mapping.key, *self.mapping.group)
        return [name for name in dict.fromkeys(names) if fold(name) not in self._at]

    # -- one row ---------------------------------------------------------------------------

    def read(self, cells: Sequence[str], order: str) -> RowValues:
        """What a row says. Raises `RowRefused` with every reason at once."""
        row = RowValues({cls.meta.name: Part() for cls in self.shape.kinds}, [], [], [])
        problems: list[str] = []
        for column in self._plain:
            cell = cells[column.index]
            if cell:
                try:
                    self._take(row, column, cell, order)
                except ValueError as error:
                    problems.append(str(error))
        if problems:
            raise RowRefused(" ".join(dict.fromkeys(problems)))
        self._take_flags(row, cells)
        lines = row.parts[self.shape.row_kind].lines
        lines += [f"{header}: {cells[i].strip()}" for i, header in self.left if cells[i].strip()]
        for column in self._texts:
            row.answers.append(self._answer(column, cells[column.index]))
        return row

    def with_constants(self, row: RowValues) -> None:
        """Fill in what the mapping says of every row, where the row itself does not."""
        for target, value in self._fixed:
            part = row.parts[target.kind]
            if target.is_link:
                names = list(value) if isinstance(value, tuple) else [value]
                part.links.setdefault(target.field, LinkCell(titles=names))
            else:
                part.values.setdefault(target.field, value)

    def _take(self, row: RowValues, column: _Column, cell: str, order: str) -> None:
        target, part = column.target, row.parts[column.target.kind]
        text = cell
        if column.values:
            text = column.values.get(canonical(cell).casefold(), cell)
        if target.spec is None:
            part.id = text.strip().casefold()
            return
        if column.rule.empty and fold(text) in {fold(word) for word in column.rule.empty}:
            return
        if target.spec.type is FieldType.DATE:
            self._take_date(row, target, text, order)
        elif target.is_link:
            self._take_link(part, target, text)
        else:
            value = parse(target.spec, text)
            if value is None or value == "" or value == () or value == {}:
                return
            before = part.values.get(target.field)
            if before is None:
                part.values[target.field] = value
            elif target.spec.is_set:
                joined = {**before, **value} if isinstance(before, dict) else None
                part.values[target.field] = joined or tuple(sorted({*before, *value}))
            elif isinstance(before, str) and text.strip():
                part.values[target.field] = f"{before}{column.rule.join}{value}"

    def _take_date(self, row: RowValues, target: Target, text: str, order: str) -> None:
        if not text.strip():
            return
        reading = read_written(text, order)
        if self.shape.is_feedback and target.kind == "response":
            row.dates.append(reading)
            return
        if reading.day is None:
            assert target.spec is not None
            parse(target.spec, text)  # raises with its sentence
            return
        if reading.other_order:
            row.notes.append(
                f"{target.heading} “{text.strip()}” is written with day and month the other way "
                f"round; it is taken as {day_words(reading.day)}."
            )
        row.parts[target.kind].values.setdefault(target.field, reading.day)

    def _take_link(self, part: Part, target: Target, text: str) -> None:
        assert target.spec is not None
        several = target.spec.type is FieldType.LINKS
        words = split_elements(text) if several else [text.strip()]
        words = [word for word in words if word]
        if not words:
            return
        cell = part.links.setdefault(target.field, LinkCell())
        if target.by_id:
            cell.ids += [word.casefold() for word in words]
        else:
            cell.titles += words

    def _take_flags(self, row: RowValues, cells: Sequence[str]) -> None:
        flags, target = self.mapping.flags, self._flag_target
        if flags is None or target is None or target.spec is None:
            return
        yes, no = {fold(w) for w in flags.yes}, {fold(w) for w in flags.no} | {""}
        part = row.parts[target.kind]
        for index, word in self._flags:
            cell = cells[index]
            if not cell:
                continue
            mark = fold(canonical(cell))
            if mark in yes:
                if target.is_link:
                    part.links.setdefault(target.field, LinkCell()).titles.append(word)
                else:
                    more = parse(target.spec, word)
                    before = part.values.get(target.field)
                    both = {**(before or {}), **more} if isinstance(more, dict) else None
                    part.values[target.field] = both or tuple(sorted({*(before or ()), *more}))
            elif mark not in no:
                row.notes.append(
                    f"“{self.headers[index]}” holds “{cell[:40]}”, which is neither of its marks; "
                    "it is taken as no."
                )

    def _answer(self, column: _Column, cell: str) -> Answer:
        empty = cell == "" or fold(cell) in {fold(word) for word in column.rule.empty}
        question = column.rule.question
        if not question and self._many_texts:
            question = column.header
        suffix = fold(column.header) if self._many_texts else ""
        return Answer("" if empty else cell, not empty, question, suffix)
