"""The "What people told us" summary: how people felt, and what they talked about, on a page or two.

Each drawing has its table, so that the figures can be read as well as seen; a bar in a table row
only repeats a figure beside it, and is passed over by a screen reader. Lengths are in points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from engage_desktop.documents.flow import Flow
from engage_desktop.documents.fonts import FontBook
from engage_desktop.documents.structure import Element
from engage_desktop.documents.style import (
    A4,
    ACTION,
    DARK,
    MUTED,
    PROFILES,
    RULE,
    TEXT,
    WHITE,
    Profile,
    StyleSheet,
    TextStyle,
    colour,
)
from engage_desktop.documents.tagged import Clock, DocumentReport, TaggedPdf, system_clock
from engage_desktop.plain import long_date

_BAR = 40.0
_ROW_PAD = 4.0
_NUMBER_WIDTH = 78.0


@dataclass(frozen=True)
class FftCounts:
    """Answers to the Friends and Family Test, each person once, in the order of its scale."""

    very_good: int = 0
    good: int = 0
    neither: int = 0
    poor: int = 0
    very_poor: int = 0
    dont_know: int = 0
    not_asked: int = 0

    @property
    def answers(self) -> tuple[int, ...]:
        """The six counts in the order of the scale."""
        return (
            self.very_good,
            self.good,
            self.neither,
            self.poor,
            self.very_poor,
            self.dont_know,
        )

    @property
    def answered(self) -> int:
        """Everyone who answered; "Neither" and "Don't know" are answers."""
        return sum(self.answers)


@dataclass(frozen=True)
class ThemeCount:
    """A theme and how many comments carry it."""

    name: str
    comments: int


@dataclass(frozen=True)
class SummaryDoc:
    """What the summary says. `scope` says in words what was counted, and over what time."""

    title: str
    scope: str
    fft: FftCounts
    themes: tuple[ThemeCount, ...]
    comments: int | None = None
    notes: tuple[str, ...] = ()
    footer_left: str = ""
    day: date | None = None


@dataclass(frozen=True)
class _Answer:
    """How an answer is shown: its words, its tint and the colour of figures upon it."""

    label: str
    tint: tuple[float, float, float]
    ink: tuple[float, float, float]


# Dark at both ends and light in the middle, so that the order survives a black-and-white printer.
_ANSWERS = (
    _Answer("Very good", colour("#003087"), WHITE),
    _Answer("Good", colour("#4C8FD6"), TEXT),
    _Answer("Neither good nor poor", colour("#D8DDE0"), TEXT),
    _Answer("Poor", colour("#F0A59A"), TEXT),
    _Answer("Very poor", colour("#9A1508"), WHITE),
    _Answer("Don’t know", colour("#FFFFFF"), TEXT),
)


def render_summary(
    summary: SummaryDoc,
    out: BinaryIO,
    *,
    profile: Profile = Profile.CLEAR_PRINT,
    clock: Clock = system_clock,
    book: FontBook | None = None,
) -> DocumentReport:
    """Write the summary to `out` as a tagged PDF. Raises MissingGlyphError."""
    styles = PROFILES[profile]
    pdf = TaggedPdf(
        title=summary.title,
        page_size=A4,
        clock=clock,
        book=book,
        subject=summary.scope,
        background=styles.background,
    )
    day = long_date(summary.day) if summary.day else ""
    left = " · ".join(part for part in (summary.footer_left, day) if part)
    flow = Flow(pdf, styles, footer_left=left, running=summary.title)
    flow.new_page()
    flow.text("H1", summary.title, styles.title, after=2)
    if summary.scope:
        flow.text("P", summary.scope, styles.lead)
    flow.skip(styles.body_size)
    drawing = _Summary(flow, styles)
    drawing.feelings(summary.fft)
    drawing.themes(summary.themes, summary.comments)
    for note in summary.notes:
        flow.skip(styles.body_size * 0.5)
        flow.text("P", note, styles.body.coloured(MUTED))
    return DocumentReport(pdf.save(out, flow.footer))


def percent(part: int, whole: int) -> str:
    """`part` of `whole` to one decimal place; a dash when nobody answered."""
    return f"{100 * part / whole:.1f}%" if whole else "–"


class _Summary:
    """Draws the two sections."""

    def __init__(self, flow: Flow, styles: StyleSheet) -> None:
        self._flow = flow
        self._pdf = flow.pdf
        self._styles = styles

    def feelings(self, fft: FftCounts) -> None:
        """The bar, what it comes to in words, and its table."""
        flow, styles = self._flow, self._styles
        flow.text("H2", "How people felt", styles.heading, after=4, keep_with=_BAR * 2)
        if not fft.answered:
            flow.text("P", "Nobody has answered this question yet.", styles.body, after=14)
            return
        good = fft.very_good + fft.good
        poor = fft.poor + fft.very_poor
        flow.text(
            "P",
            f"{fft.answered:,} people answered “Overall, how was your experience of our service?” "
            f"{percent(good, fft.answered)} said good or very good. "
            f"{percent(poor, fft.answered)} said poor or very poor.",
            styles.body,
            after=10,
        )
        self._bar(fft)
        flow.skip(8)
        rows = [
            (answer.label, count, percent(count, fft.answered))
            for answer, count in zip(_ANSWERS, fft.answers, strict=True)
        ]
        self._table(("Answer", "People", "Share"), rows, keys=True)
        if fft.not_asked:
            flow.skip(4)
            flow.text(
                "P",
                f"{fft.not_asked:,} more gave us comments but were not asked this question. They "
                "are not in the shares.",
                styles.body.coloured(MUTED),
            )
        flow.skip(styles.body_size * 1.3)

    def _bar(self, fft: FftCounts) -> None:
        flow, pdf = self._flow, self._pdf
        flow.need(_BAR + 12)
        words = "; ".join(
            f"{answer.label} {percent(count, fft.answered)}"
            for answer, count in zip(_ANSWERS, fft.answers, strict=True)
        )
        box = (flow.left, flow.y - _BAR, flow.left + flow.width, flow.y)
        figure = pdf.add("Figure", alt=f"A bar in six parts. {words}.", box=box)
        style = self._styles.strong
        with pdf.content(figure):
            canvas = pdf.canvas
            x = flow.left
            for answer, count in zip(_ANSWERS, fft.answers, strict=True):
                width = flow.width * count / fft.answered
                canvas.setFillColor(answer.tint)
                canvas.setStrokeColor(WHITE)
                canvas.setLineWidth(1.2)
                canvas.rect(x, flow.y - _BAR, width, _BAR, stroke=1, fill=1)
                share = pdf.measure(f"{100 * count / fft.answered:.0f}%", style, flow.width)
                if share[0].width + 10 <= width:
                    top = flow.y - (_BAR - style.leading) / 2
                    inked = style.coloured(answer.ink)
                    pdf.draw_lines(share, inked, x + 6, top, share[0].width)
                x += width
            canvas.setStrokeColor(MUTED)
            canvas.setLineWidth(0.75)
            canvas.rect(flow.left, flow.y - _BAR, flow.width, _BAR, stroke=1, fill=0)
        flow.y -= _BAR

    def themes(self, themes: Sequence[ThemeCount], comments: int | None) -> None:
        """What people talked about: each theme with its count and a bar beside it."""
        flow, styles = self._flow, self._styles
        flow.text(
            "H2",
            "What people talked about",
            styles.heading,
            after=4,
            keep_with=styles.body.leading * 7,
        )
        if not themes:
            flow.text("P", "No comment has a theme yet.", styles.body)
            return
        if comments is not None:
            flow.text(
                "P",
                f"From {comments:,} comments. A comment can have more than one theme.",
                styles.body,
                after=6,
            )
        rows = [(theme.name, theme.comments, "") for theme in themes]
        self._table(("Theme", "Comments"), rows, keys=False)

    def _table(
        self, heads: Sequence[str], rows: Sequence[tuple[str, int, str]], *, keys: bool
    ) -> None:
        flow, pdf = self._flow, self._pdf
        body, strong = self._styles.body, self._styles.strong.coloured(DARK)
        figures = len(heads) - 1
        head_height = strong.leading + 2 * _ROW_PAD
        flow.need(head_height + body.leading * 2)
        table = pdf.add("Table")
        row = pdf.add("TR", pdf.add("THead", table))
        for index, head in enumerate(heads):
            with pdf.content(pdf.add("TH", row, scope="Column")):
                self._figure_or_label(head, strong, index, figures)
        flow.y -= head_height
        self._rule()
        group = pdf.add("TBody", table)
        most = max((count for _name, count, _share in rows), default=0)
        for index, (name, count, share) in enumerate(rows):
            self._table_row(
                pdf.add("TR", group),
                name,
                (f"{count:,}", share)[:figures],
                key=index if keys else None,
                bar=count / most if most else 0.0,
            )

    def _figure_or_label(self, text: str, style: TextStyle, index: int, figures: int) -> None:
        flow, pdf = self._flow, self._pdf
        top = flow.y - _ROW_PAD
        if index == 0:
            pdf.draw_lines(pdf.measure(text, style, flow.width), style, flow.left, top, flow.width)
            return
        unit = self._number_width()
        right = flow.left + flow.width - (figures - index) * unit
        lines = pdf.measure(text, style, flow.width)
        across = lines[0].width
        pdf.draw_lines(lines, style, right - across, top, across)

    def _number_width(self) -> float:
        return _NUMBER_WIDTH * self._styles.body_size / 14

    def _table_row(
        self,
        row: Element,
        name: str,
        figures: Sequence[str],
        *,
        key: int | None,
        bar: float,
    ) -> None:
        """One row: a key or a bar for the eye, the words, then the figures on the right."""
        flow, pdf, body = self._flow, self._pdf, self._styles.body
        key_width = body.size * 1.5 if key is not None else 0.0
        numbers = self._number_width() * len(figures)
        words = flow.width - numbers - key_width - (0.0 if key is not None else flow.width * 0.3)
        lines = pdf.measure(name, body, words)
        height = len(lines) * body.leading + 2 * _ROW_PAD
        flow.need(height)
        top = flow.y - _ROW_PAD
        with pdf.artifact("Layout"):
            if key is not None:
                self._key(key, top)
            else:
                self._inline_bar(bar, top, words)
        with pdf.content(pdf.add("TH", row, scope="Row")):
            pdf.draw_lines(lines, body, flow.left + key_width, top, words)
        for index, figure in enumerate(figures, start=1):
            with pdf.content(pdf.add("TD", row)):
                self._figure_or_label(figure, body, index, len(figures))
        flow.y -= height
        self._rule()

    def _key(self, index: int, top: float) -> None:
        canvas, body = self._pdf.canvas, self._styles.body
        side = body.size * 0.9
        canvas.setFillColor(_ANSWERS[index].tint)
        canvas.setStrokeColor(MUTED)
        canvas.setLineWidth(0.75)
        canvas.rect(self._flow.left, top - (body.leading + side) / 2, side, side, stroke=1, fill=1)

    def _inline_bar(self, share: float, top: float, words: float) -> None:
        canvas, body = self._pdf.canvas, self._styles.body
        whole = self._flow.width * 0.3 - 12
        height = body.size * 0.85
        canvas.setFillColor(ACTION)
        canvas.rect(
            self._flow.left + words + 6,
            top - (body.leading + height) / 2,
            max(whole * share, 1.0),
            height,
            stroke=0,
            fill=1,
        )

    def _rule(self) -> None:
        flow = self._flow
        with self._pdf.artifact("Layout"):
            canvas = self._pdf.canvas
            canvas.setStrokeColor(RULE)
            canvas.setLineWidth(0.6)
            canvas.line(flow.left, flow.y, flow.left + flow.width, flow.y)
