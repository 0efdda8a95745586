"""The easy-read "You said, we did" sheet: a picture on the left, one idea in words on the right.

Rows take the height that lets a short sheet fill one page, and flow on to a second rather than
shrink the words or cut them. A row is never divided between pages unless it is taller than one.
Lengths are in points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from engage_desktop.documents.easy_read_check import Finding, Level
from engage_desktop.documents.easy_read_check import check_easy_read as _check
from engage_desktop.documents.easy_read_sheet import EasyReadSheet, Row, sentences
from engage_desktop.documents.flow import Flow
from engage_desktop.documents.fonts import FontBook
from engage_desktop.documents.layout import Line
from engage_desktop.documents.pictures import PictureError, draw_picture, label_of, pictogram
from engage_desktop.documents.structure import Element
from engage_desktop.documents.style import (
    A4,
    DARK,
    PROFILES,
    RULE,
    SELECTED,
    WHITE,
    Profile,
    TextStyle,
)
from engage_desktop.documents.tagged import Clock, DocumentReport, TaggedPdf, system_clock
from engage_desktop.plain import long_date

__all__ = ["EasyReadSheet", "Finding", "Level", "Row", "check_easy_read", "render_easy_read"]

_GAP, _LEAST_GAP, _MOST_GAP = 20.0, 14.0, 30.0
_TALLEST, _LOWEST = 146.0, 104.0
_RADIUS = 9.0
_PANEL = 12.0
_ONE_SHEET = 2
# Heights that were added up in another order may differ by a hair.
_HAIR = 0.1


@dataclass(frozen=True)
class _Block:
    """A heading or a sentence, measured."""

    role: str
    style: TextStyle
    lines: tuple[Line, ...]

    @property
    def height(self) -> float:
        return len(self.lines) * self.style.leading


@dataclass(frozen=True)
class _Measured:
    """A row, measured; `panel` is how far the tint behind the contact stands out around it."""

    row: Row
    blocks: tuple[_Block, ...]
    between: float
    panel: float

    @property
    def text_height(self) -> float:
        return sum(block.height for block in self.blocks) + self.between * (len(self.blocks) - 1)

    def height(self, frame: float) -> float:
        return max(frame, self.text_height) + 2 * self.panel


def check_easy_read(sheet: EasyReadSheet) -> list[Finding]:
    """What in `sheet` is hard to read, in the order of the sheet; pictures are those shipped."""
    return _check(sheet, has_picture=_has_picture)


def _has_picture(name: str) -> bool:
    try:
        pictogram(name)
    except PictureError:
        return False
    return True


def render_easy_read(
    sheet: EasyReadSheet,
    out: BinaryIO,
    *,
    profile: Profile = Profile.EASY_READ,
    clock: Clock = system_clock,
    book: FontBook | None = None,
) -> DocumentReport:
    """Write `sheet` to `out` as a tagged PDF.

    The report's warnings are what `check_easy_read` fails or warns about, and a sheet that takes
    more than two pages. Raises MissingGlyphError, and PictureError for a picture that is not there.
    """
    styles = PROFILES[profile]
    title = f"{sheet.title}: {sheet.topic}" if sheet.topic else sheet.title
    pdf = TaggedPdf(
        title=title or "Easy read",
        page_size=A4,
        clock=clock,
        book=book,
        background=styles.background,
        subject=sheet.topic,
    )
    left = " · ".join(
        part for part in (sheet.footer_left, long_date(sheet.day) if sheet.day else "") if part
    )
    flow = Flow(pdf, styles, footer_left=left, running=title)
    flow.new_page()
    _Sheet(flow, sheet).draw()
    pages = pdf.save(out, flow.footer)
    warnings = [
        f"{finding.where}: {finding.sentence}"
        for finding in check_easy_read(sheet)
        if finding.level is not Level.HINT
    ]
    if pages > _ONE_SHEET:
        warnings.append(f"It takes {pages} pages. Two sides of one sheet are easier to hand out.")
    return DocumentReport(pages, tuple(warnings))


class _Sheet:
    """Draws one sheet down its flow."""

    def __init__(self, flow: Flow, sheet: EasyReadSheet) -> None:
        self._flow = flow
        self._pdf = flow.pdf
        self._sheet = sheet
        self._styles = flow.sheet
        # Larger words need a wider column more than a larger picture.
        self._frame_width = 146.0 if self._styles.body_size < 20 else 112.0
        self._gutter = 24.0

    def draw(self) -> None:
        styles, sheet = self._styles, self._sheet
        self._flow.text("H1", sheet.title, styles.title, after=4)
        if sheet.topic:
            self._flow.text("P", sheet.topic, styles.lead)
        self._flow.skip(styles.body_size)
        rows = [self._measured(row, contact=False) for row in sheet.rows]
        if sheet.contact is not None:
            rows.append(self._measured(sheet.contact, contact=True))
        frame, gap = self._fitted(rows)
        for index, row in enumerate(rows):
            if index:
                self._flow.skip(gap)
            self._row(row, frame)

    def _measured(self, row: Row, *, contact: bool) -> _Measured:
        styles = self._styles
        panel = _PANEL if contact else 0.0
        width = self._flow.width - self._frame_width - self._gutter
        heading = styles.strong.sized(styles.body_size * 1.1)
        blocks: list[_Block] = []
        if row.heading.strip():
            lines = self._pdf.balanced(row.heading, heading, width)
            blocks.append(_Block("H2", heading, tuple(lines)))
        for sentence in sentences(row.sentence):
            lines = self._pdf.balanced(sentence, styles.body, width)
            blocks.append(_Block("P", styles.body, tuple(lines)))
        return _Measured(row, tuple(blocks), styles.body_size * 0.25, panel)

    def _fitted(self, rows: list[_Measured]) -> tuple[float, float]:
        """The height of the frames and the gap between rows that suit this sheet.

        Frames as tall as let the sheet stay on one page; where it cannot, a middling height.
        """
        if not rows:
            return _TALLEST, _GAP
        frame = _TALLEST
        spaces = len(rows) - 1
        while frame >= _LOWEST:
            total = sum(row.height(frame) for row in rows)
            if total + spaces * _LEAST_GAP <= self._flow.room + _HAIR:
                spare = self._flow.room - total
                return frame, min(_MOST_GAP, spare / spaces if spaces else _GAP)
            frame -= 4
        return (_TALLEST + _LOWEST) / 2, _GAP

    def _row(self, measured: _Measured, frame: float) -> None:
        flow = self._flow
        height = measured.height(frame)
        if height > flow.room + _HAIR:
            flow.new_page()
        section = self._pdf.add("Sect")
        top, page = flow.y, self._pdf.pages
        inner = max(frame, measured.text_height)
        fits = height <= flow.room + _HAIR
        if measured.panel and fits:
            self._panel(top, height)
        flow.y = top - measured.panel
        middle = inner if fits else frame
        self._picture(section, measured, flow.y - (middle - frame) / 2, frame)
        if fits:
            flow.y -= (inner - measured.text_height) / 2
        self._text(section, measured)
        if self._pdf.pages == page:
            flow.y = min(flow.y, top - height)

    def _panel(self, top: float, height: float) -> None:
        with self._pdf.artifact("Background"):
            canvas = self._pdf.canvas
            canvas.setFillColor(SELECTED if self._styles.background is None else WHITE)
            canvas.roundRect(
                self._flow.left - _PANEL,
                top - height,
                self._flow.width + 2 * _PANEL,
                height,
                _RADIUS + _PANEL / 2,
                stroke=0,
                fill=1,
            )

    def _picture(self, section: Element, measured: _Measured, top: float, frame: float) -> None:
        row = measured.row
        picture = pictogram(row.picture)
        x = self._flow.left
        box = (x, top - frame, x + self._frame_width, top)
        figure = self._pdf.add("Figure", section, alt=row.alt or label_of(row.picture), box=box)
        with self._pdf.content(figure):
            canvas = self._pdf.canvas
            canvas.setStrokeColor(RULE)
            canvas.setFillColor(WHITE)
            canvas.setLineWidth(1)
            canvas.roundRect(x, top - frame, self._frame_width, frame, _RADIUS, stroke=1, fill=1)
            side = min(self._frame_width, frame) - 24
            draw_picture(
                canvas,
                picture,
                x + (self._frame_width - side) / 2,
                top - (frame + side) / 2,
                side,
                side,
                DARK,
            )

    def _text(self, section: Element, measured: _Measured) -> None:
        left = self._flow.left + self._frame_width + self._gutter
        width = self._flow.left + self._flow.width - left
        for index, block in enumerate(measured.blocks):
            if index:
                self._flow.y -= measured.between
            element = self._pdf.add(block.role, section)
            self._flow.lines(element, block.lines, block.style, left, width)
