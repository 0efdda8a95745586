"""The lost-laptop report: what it held, when it last sent, and by when to tell the regulator.

It is read by somebody who decides whether people must be told. So it says plainly what is known,
and what cannot be known. Lengths are in points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from engage_desktop.documents.flow import Flow
from engage_desktop.documents.fonts import FontBook
from engage_desktop.documents.style import A4, MUTED, PROFILES, RULE, SELECTED, TEXT, Profile
from engage_desktop.documents.tagged import Clock, DocumentReport, TaggedPdf, system_clock
from engage_desktop.plain import long_date

_LABEL = 170.0
_PAD = 5.0
_PANEL = 14.0


@dataclass(frozen=True)
class LostDoc:
    """What the report says: `facts` and `held` are rows of a label and its words."""

    officer: str
    laptop: str
    made_by: str
    day: date
    deadline: str
    clock: str
    facts: tuple[tuple[str, str], ...]
    held: tuple[tuple[str, str], ...]
    done: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def render_lost(
    report: LostDoc, out: BinaryIO, *, clock: Clock = system_clock, book: FontBook | None = None
) -> DocumentReport:
    """Write the report to `out` as a tagged PDF. Raises MissingGlyphError."""
    styles = PROFILES[Profile.CLEAR_PRINT]
    title = f"Lost laptop: {report.officer}"
    pdf = TaggedPdf(title=title, page_size=A4, clock=clock, book=book)
    left = f"Confidential · {long_date(report.day)}"
    flow = Flow(pdf, styles, footer_left=left, running=title)
    flow.new_page()
    flow.text("H1", "Lost laptop", styles.title, after=2)
    flow.text("P", f"{report.officer} · {report.laptop}", styles.lead.coloured(TEXT), after=2)
    made = f"Made by {report.made_by} on {long_date(report.day)}"
    flow.text("P", made, styles.body.coloured(MUTED), after=14)
    _deadline(flow, report)
    flow.skip(16)
    _rows(flow, "What is known", report.facts)
    flow.skip(10)
    _rows(flow, "What it may hold, at most", report.held)
    for heading, items in (("What was done", report.done), ("To bear in mind", report.notes)):
        if items:
            flow.skip(10)
            flow.text("H2", heading, styles.heading, after=4, keep_with=styles.body.leading * 2)
            for item in items:
                flow.text("P", item, styles.body, after=4)
    return DocumentReport(pdf.save(out, flow.footer))


def _deadline(flow: Flow, report: LostDoc) -> None:
    """The one thing that cannot wait, in a tinted panel."""
    pdf, styles = flow.pdf, flow.sheet
    inner = flow.width - 2 * _PANEL
    head = pdf.measure(f"Report a breach by {report.deadline}", styles.heading, inner)
    words = pdf.measure(report.clock, styles.body, inner)
    height = (
        len(head) * styles.heading.leading + len(words) * styles.body.leading + 2 * _PANEL
    )  # fmt: skip
    flow.need(min(height, flow.page_room))
    with pdf.artifact("Background"):
        canvas = pdf.canvas
        canvas.setFillColor(SELECTED)
        canvas.roundRect(flow.left, flow.y - height, flow.width, height, 8, stroke=0, fill=1)
    flow.y -= _PANEL
    flow.lines(pdf.add("H2"), head, styles.heading, flow.left + _PANEL, inner)
    flow.lines(pdf.add("P"), words, styles.body, flow.left + _PANEL, inner)
    flow.y -= _PANEL


def _rows(flow: Flow, heading: str, rows: Sequence[tuple[str, str]]) -> None:
    """A heading and a table of two columns, a fine line between its rows."""
    pdf, styles = flow.pdf, flow.sheet
    flow.text("H2", heading, styles.heading, after=4, keep_with=styles.body.leading * 2)
    table = pdf.add("Table")
    value_width = flow.width - _LABEL
    for label, words in rows:
        shown = pdf.measure(label, styles.body.coloured(MUTED), _LABEL - 12)
        said = pdf.measure(words, styles.body, value_width)
        height = max(len(shown), len(said)) * styles.body.leading + 2 * _PAD
        flow.need(min(height, flow.page_room))
        top = flow.y
        with pdf.artifact("Layout"):
            pdf.canvas.setStrokeColor(RULE)
            pdf.canvas.setLineWidth(0.7)
            pdf.canvas.line(flow.left, top, flow.left + flow.width, top)
        row = pdf.add("TR", table)
        with pdf.content(pdf.add("TH", row, scope="Row")):
            pdf.draw_lines(shown, styles.body.coloured(MUTED), flow.left, top - _PAD, _LABEL - 12)
        with pdf.content(pdf.add("TD", row)):
            pdf.draw_lines(said, styles.body, flow.left + _LABEL, top - _PAD, value_width)
        flow.y = top - height
