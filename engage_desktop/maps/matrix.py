"""Two tables as pictures: the stakeholder matrix, and types with organisations and job titles.

A cell with nothing in it is a gap, and drawn as one: hatched, with the word on it. Source: seed 002
App. 2 (matrix: group, groups identified, engagement priorities) and seed 001 App. 6 (stakeholder
map: type, organisation, job title).

The picture grows downwards with its rows: `Scene.size` is as high as it has to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engage_desktop.maps.lettering import spelt, width, wrapped
from engage_desktop.maps.people import Names
from engage_desktop.maps.scene import Area, Entry, Item, Line, Name, Scene, Table, Text, rectangle
from engage_desktop.plain import counted
from engage_desktop.queries.matrix import Standing, Standings
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.records.values import fold

GAP = "Gap"
ACROSS = 762.0
_PAD = 4.0
_MOST_LINES = 12  # of one cell in the picture; the table has them all


@dataclass(frozen=True, slots=True)
class _Row:
    """A row before it is drawn. `key` is "group:" or "type:" and the code, or whom it is about;
    rows of one `block` stand together under one label."""

    key: str
    block: str
    cells: tuple[str, ...]


def matrix(standings: Standings, *, across: float = ACROSS, text: float = 9.0,
           hide_names: bool = False) -> Scene:  # fmt: skip
    """Each matrix group: who is there, what they want, what we need from them."""
    names = Names(hide_names)
    spec = Stakeholder.specs()["matrix_group"]
    codes = _codes(
        [choice.code for choice in spec.choices],
        [*(one.who.group for one in standings.named), *standings.others_by_group],
    )
    rows = []
    for code in codes:
        here = _by_name(one for one in standings.named if one.who.group == code)
        label = spec.choice_label(code) if code else "No matrix group yet"
        # A record that is called as the group stands for all of it: it says what they want, and
        # names nobody.
        told = [one for one in here if fold(one.who.name) != fold(label)]
        there = _there(told, standings.others_by_group[code], names)
        wants, needed = _lines(one.wants for one in here), _lines(one.needed for one in here)
        rows.append(_Row(f"group:{code}", code, (label, there, wants, needed)))
    headings = ("Stakeholder group", "Who is there", "What they want", "What we need from them")
    return _drawn("matrix", "Stakeholder matrix", headings, rows, (0.18, 0.34, 0.24, 0.24),
                  across, text, (*names.note, *_scope(standings)))  # fmt: skip


def types(standings: Standings, *, across: float = ACROSS, text: float = 9.0,
          hide_names: bool = False) -> Scene:  # fmt: skip
    """Each stakeholder type: organisations, job titles and names, a row for each."""
    names = Names(hide_names)
    spec = Stakeholder.specs()["stakeholder_type"]
    codes = _codes(
        [choice.code for choice in spec.choices],
        [*(one.who.type for one in standings.named), *standings.others_by_type],
    )
    rows: list[_Row] = []
    everywhere = _with_people(standings.named)
    for code in codes:
        label = spec.choice_label(code) if code else "No type yet"
        here = [one for one in standings.named if one.who.type == code]
        # Made for its people's sake, and without a type of its own: it is in their rows.
        told = _with_people(here) if code else everywhere
        posts = sorted(_posts(here, told, names), key=lambda row: [fold(cell) for cell in row])
        rows += [_Row(key, code, (label, *cells)) for *cells, key in posts]
        others = standings.others_by_type[code]
        if others or (code and not posts):
            who = counted(others, "person", "people") if others else ""
            rows.append(_Row(f"type:{code}", code, (label, "", "", who)))
    headings = ("Stakeholder type", "Organisation", "Job title", "Who")
    return _drawn("types", "Stakeholders by type and organisation", headings, rows,
                  (0.24, 0.32, 0.22, 0.22), across, text,
                  (*names.note, *_scope(standings)))  # fmt: skip


def _codes(known: Sequence[str], used: Iterable[str]) -> list[str]:
    """The list's own in its order, then what others typed, then what is not said, if any is."""
    added = sorted(set(used) - set(known) - {""}, key=lambda code: (fold(code), code))
    return [*known, *added, *([""] if "" in used else [])]


def _by_name(some: Iterable[Standing]) -> list[Standing]:
    return sorted(some, key=lambda one: (fold(one.who.name), one.who.id))


def _there(here: Sequence[Standing], others: int, names: Names) -> str:
    """Organisations and groups by name, people after them, each on a line of their own."""
    lines = [names(one.who) for one in here if one.who.nature != "person"]
    people = [one for one in here if one.who.nature == "person"]
    for one in people:
        post = ", ".join(part for part in (one.job_title, one.organisation) if part)
        lines.append(f"{names(one.who)} ({spelt(post)})" if post else names(one.who))
    if others:
        more = "more " if people else ""
        lines.append(counted(others, f"{more}person", f"{more}people"))
    return "\n".join(dict.fromkeys(lines))


def _lines(texts: Iterable[str]) -> str:
    """What several say, each line once, in the order in which it is first said."""
    said: dict[str, str] = {}
    for text in texts:
        for line in text.splitlines():
            plain = spelt(line)
            if plain:
                said.setdefault(fold(plain), plain)
    return "\n".join(said.values())


def _with_people(here: Iterable[Standing]) -> set[str]:
    return {one.organisation for one in here if one.who.nature == "person"}


def _posts(
    here: Sequence[Standing], with_people: set[str], names: Names
) -> Iterable[tuple[str, str, str, str]]:
    """Organisation, job title, name and id. An organisation whose people are told of is in their
    rows."""
    ordered = _by_name(here)
    for one in ordered:
        if one.who.nature == "person":
            yield spelt(one.organisation), spelt(one.job_title), names(one.who), one.who.id
        elif one.who.name not in with_people:
            yield names(one.who), spelt(one.job_title), "", one.who.id


def _scope(standings: Standings) -> tuple[str, ...]:
    return (f"Only {standings.scope}.",) if standings.scope else ()


# -- the picture ---------------------------------------------------------------------------


def _drawn(
    name: Name, title: str, headings: tuple[str, ...], rows: list[_Row],
    shares: tuple[float, ...], across: float, text: float, notes: tuple[str, ...],
) -> Scene:  # fmt: skip
    edges = [0.0]
    for share in shares:
        edges.append(edges[-1] + share * across)
    items: list[Item] = []
    y = _heading(items, headings, edges, text)
    for index, row in enumerate(rows):
        first = index == 0 or rows[index - 1].block != row.block
        y = _row(items, row, headings, edges, y, text, first)
    items.append(Line(((0.0, y), (across, y)), "muted", 0.8))
    empty = sum(not cell for row in rows for cell in row.cells)
    nobody = [row.cells[0] for row in rows if not any(row.cells[1:])]
    described = (
        f"A table of {counted(len(rows), 'row')} with {counted(empty, 'gap')}: cells in which "
        "nothing is written yet."
    )
    if nobody:
        described += f" Nobody at all: {', '.join(nobody)}."
    gap = Area(rectangle(0, 0, 12, 9), "gap", 0.7, hatched=True)
    legend = (Entry(gap, "Gap: nothing is written here yet"),) if empty else ()
    table = Table(headings, tuple(row.cells for row in rows), tuple(row.key for row in rows), GAP)
    return Scene(name, title, (across, y + 1), described, tuple(items), table,
                 legend, notes)  # fmt: skip


def _heading(
    items: list[Item], headings: tuple[str, ...], edges: list[float], text: float
) -> float:
    height = text * 1.3 + 2 * _PAD
    items.append(Area(rectangle(0, 0, edges[-1], height), "info"))
    for heading, left in zip(headings, edges, strict=False):
        items.append(Text(left + _PAD, _PAD + text, heading, text, "info", bold=True))
    return height


def _row(
    items: list[Item], row: _Row, headings: tuple[str, ...], edges: list[float], y: float,
    text: float, first: bool,
) -> float:  # fmt: skip
    """One row; where it next begins. The words of its group stand once, in the first of them."""
    step = text * 1.3
    cells = [
        _cut(cell, text, right - left - 2 * _PAD, bold=column == 0)
        for column, (cell, left, right) in enumerate(
            zip(row.cells, edges[:-1], edges[1:], strict=True)
        )
    ]
    height = max(1, *(len(cell) for cell in cells)) * step + 2 * _PAD
    said = "; ".join(
        f"{heading}: {cell.replace(chr(10), ', ') or GAP.lower()}"
        for heading, cell in zip(headings[1:], row.cells[1:], strict=True)
    )
    box = rectangle(0, y, edges[-1], y + height)
    items.append(Area(box, "surface", key=row.key, words=f"{row.cells[0]}. {said}"))
    for column, lines in enumerate(cells):
        left, right = edges[column], edges[column + 1]
        if not lines:
            items.append(Area(rectangle(left, y, right, y + height), "gap", hatched=True))
            lines = [GAP]
        if column == 0 and not first:
            continue
        for index, line in enumerate(lines):
            tone = "muted" if line == GAP else "text"
            base = y + _PAD + index * step + text
            items.append(Text(left + _PAD, base, line, text, tone, column == 0, key=row.key,
                              ground="surface" if line == GAP else ""))  # fmt: skip
    begin = 0.0 if first else edges[1]
    items.append(Line(((begin, y), (edges[-1], y)), "muted" if first else "line", 0.8))
    return y + height


def _cut(cell: str, text: float, room: float, *, bold: bool) -> list[str]:
    """A cell in lines; what is more than a picture can hold is counted."""
    lines: list[str] = []
    for part in cell.split("\n") if cell else []:
        lines += wrapped(part, text, room, lines=_MOST_LINES, bold=bold)
    if len(lines) > _MOST_LINES:
        more = f"and {len(lines) - _MOST_LINES + 1} more lines"
        lines = [*lines[: _MOST_LINES - 1], more if width(more, text) <= room else "…"]
    return lines
