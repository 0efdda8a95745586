"""The recovery sheet: the one way back in when a passphrase is forgotten, on paper.

The code is set in Atkinson with its slashed zero kept, large and in numbered groups, because here
a nought must not be taken for a letter O. Lengths are in points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from engage_desktop.documents.flow import Flow
from engage_desktop.documents.fonts import Font, FontBook
from engage_desktop.documents.structure import Element
from engage_desktop.documents.style import (
    A4,
    BODY_FAMILY,
    DARK,
    MUTED,
    PROFILES,
    RULE,
    SELECTED,
    TEXT,
    Profile,
    TextStyle,
)
from engage_desktop.documents.tagged import Clock, DocumentReport, TaggedPdf, system_clock
from engage_desktop.plain import long_date

_CODE_SIZES = (30.0, 26.0, 22.0, 18.0, 15.0)
_NUMBER_SIZE = 12.0
_GAP = 10.0
_PANEL = 14.0

_STEPS = (
    "Where the passphrase is asked for, choose to use the recovery code instead.",
    "Type the code in order, from group 1. Gaps and capitals make no difference.",
    "Choose a new passphrase.",
)
_CARE = (
    "Keep this sheet apart from the laptop: in a locked drawer or a safe, never in its bag.",
    "Anyone who has both this sheet and the laptop can read everything in it.",
    "If the sheet is lost, make a new code: the old one then opens nothing.",
)

_WORDS = (
    "If the passphrase is forgotten, this code opens the work instead. There is no other way "
    "back in, and nobody can send you another."
)
TEAM_WORDS = (
    "If the team has no admin any more, this code and the recovery key’s file let in a new "
    "admin’s laptop, and open everything that the team shares."
)
TEAM_STEPS = (
    "On a new laptop, choose “Ask a team to let you in” and make its workspace.",
    "Choose “Use a recovery key”, name the team’s folder and the key’s file, and type the code.",
    "That laptop is then an admin’s. Take the lost laptops out of the team, and make a new key.",
)
TEAM_CARE = (
    "Keep this sheet in a safe, and the file on a stick in another place.",
    "Anyone who has both can read everything that the team shares.",
    "If either is lost, make a new recovery key: the old one then opens nothing new.",
)


@dataclass(frozen=True)
class RecoverySheet:
    """What the sheet says. `groups` are the parts of the code, in the order they are typed."""

    workspace: str
    officer: str
    day: date
    groups: tuple[str, ...]
    heading: str = "Recovery code"
    words: str = _WORDS
    footer: str = "Secret. Keep apart from the laptop."


def render_recovery(
    sheet: RecoverySheet,
    out: BinaryIO,
    *,
    clock: Clock = system_clock,
    book: FontBook | None = None,
    steps: Sequence[str] = _STEPS,
    care: Sequence[str] = _CARE,
) -> DocumentReport:
    """Write the recovery sheet to `out` as a tagged PDF.

    `steps` and `care` may be replaced, so that they always say what the program really does. The
    title of the file names the workspace and never the code. Raises ValueError without a code.
    """
    if not any(group.strip() for group in sheet.groups):
        raise ValueError("a recovery sheet needs a code")
    styles = PROFILES[Profile.CLEAR_PRINT]
    title = f"{sheet.heading} for {sheet.workspace}"
    pdf = TaggedPdf(title=title, page_size=A4, clock=clock, book=book)
    flow = Flow(pdf, styles, footer_left=sheet.footer, running=title)
    flow.new_page()
    flow.text("H1", sheet.heading, styles.title, after=2)
    flow.text("P", sheet.workspace, styles.lead.coloured(TEXT), after=2)
    made = f"Made for {sheet.officer} on {long_date(sheet.day)}"
    flow.text("P", made, styles.body.coloured(MUTED), after=14)
    flow.text("P", sheet.words, styles.body, after=16)
    _Code(flow, sheet.groups).draw()
    flow.skip(26)
    _steps(flow, "How to use it", steps)
    flow.skip(12)
    _steps(flow, "Keep it safe", care)
    return DocumentReport(pdf.save(out, flow.footer))


def _steps(flow: Flow, heading: str, items: Sequence[str]) -> None:
    """A heading and a numbered list; the numbers are labels a screen reader announces."""
    pdf, style = flow.pdf, flow.sheet.body
    flow.text("H2", heading, flow.sheet.heading, after=4, keep_with=style.leading * 2)
    whole = pdf.add("L", listing=True)
    indent = 22.0
    for number, item in enumerate(items, start=1):
        lines = pdf.measure(item, style, flow.width - indent)
        flow.need(min(len(lines) * style.leading, flow.page_room))
        entry = pdf.add("LI", whole)
        with pdf.content(pdf.add("Lbl", entry)):
            label = pdf.measure(f"{number}.", style, indent)
            pdf.draw_lines(label, style, flow.left, flow.y, indent)
        flow.lines(pdf.add("LBody", entry), lines, style, flow.left + indent, flow.width - indent)
        flow.skip(4)


class _Code:
    """The groups of the code in a tinted panel, as many to a row as fit."""

    def __init__(self, flow: Flow, groups: Sequence[str]) -> None:
        self._flow = flow
        self._pdf = flow.pdf
        self._groups = [group.strip() for group in groups if group.strip()]
        self._number = TextStyle(flow.sheet.body.font, _NUMBER_SIZE, _NUMBER_SIZE * 1.3, MUTED)
        self._style, self._columns, self._cell = self._fitted()

    def _fitted(self) -> tuple[TextStyle, int, float]:
        """The largest size at which at least two groups stand side by side."""
        style = TextStyle(Font(BODY_FAMILY, "Bold"), _CODE_SIZES[0], _CODE_SIZES[0] * 1.2, DARK)
        layout, room = self._pdf.layout, self._flow.width - 2 * _PANEL
        for size in _CODE_SIZES:
            style = style.sized(size)
            widest = max(layout.width(group, style.font, size) for group in self._groups)
            cell = widest + 2 * _GAP
            columns = min(4, len(self._groups), int((room + _GAP) // (cell + _GAP)))
            if columns >= min(2, len(self._groups)):
                return style, columns, (room - (columns - 1) * _GAP) / columns
        return style, 1, room

    def draw(self) -> None:
        rows = [
            self._groups[at : at + self._columns]
            for at in range(0, len(self._groups), self._columns)
        ]
        height = self._number.leading + self._style.leading + 12
        whole = len(rows) * (height + _GAP) - _GAP + 2 * _PANEL
        self._flow.need(min(whole, self._flow.page_room))
        canvas_top = self._flow.y
        if whole <= self._flow.room:
            with self._pdf.artifact("Background"):
                self._box(self._flow.left, canvas_top, self._flow.width, whole, tint=True)
        self._flow.y -= _PANEL
        listing = self._pdf.add("L", listing=True)
        for index, row in enumerate(rows):
            self._flow.need(height)
            self._row(listing, row, index * self._columns, height)
            self._flow.y -= height + _GAP
        self._flow.y -= _PANEL - _GAP

    def _row(self, listing: Element, row: Sequence[str], first: int, height: float) -> None:
        pdf = self._pdf
        for index, group in enumerate(row):
            x = self._flow.left + _PANEL + index * (self._cell + _GAP)
            top = self._flow.y
            with pdf.artifact("Background"):
                self._box(x, top, self._cell, height, tint=False)
            entry = pdf.add("LI", listing)
            inner = self._cell - 2 * _GAP
            with pdf.content(pdf.add("Lbl", entry)):
                number = pdf.measure(str(first + index + 1), self._number, inner)
                below = pdf.draw_lines(number, self._number, x + _GAP, top - 4, inner)
            with pdf.content(pdf.add("LBody", entry)):
                pdf.draw_lines(
                    pdf.measure(group, self._style, inner), self._style, x + _GAP, below, inner
                )

    def _box(self, x: float, top: float, width: float, height: float, *, tint: bool) -> None:
        canvas = self._pdf.canvas
        canvas.setFillColor(SELECTED if tint else (1, 1, 1))
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(1)
        canvas.roundRect(x, top - height, width, height, 8, stroke=0 if tint else 1, fill=1)
