"""What changed for an officer, on paper: a heading for each record, a paragraph for each change."""

from __future__ import annotations

from typing import BinaryIO

from engage_desktop.digest import NOT_NEW, Digest, Item
from engage_desktop.documents.flow import Flow
from engage_desktop.documents.fonts import FontBook
from engage_desktop.documents.style import A4, MUTED, StyleSheet
from engage_desktop.documents.tagged import Clock, DocumentReport, TaggedPdf, system_clock
from engage_desktop.plain import long_date


def render_digest(
    digest: Digest, out: BinaryIO, *, clock: Clock = system_clock, book: FontBook | None = None
) -> DocumentReport:
    """Write the digest to `out` as a tagged PDF. A sign that no font has is named in brackets."""
    faces = book or FontBook()
    sheet = StyleSheet("Digest", 12.0, 1.35)
    spelling = _Spelling(faces, sheet)
    title = spelling(digest.title)
    pdf = TaggedPdf(title=title, page_size=A4, clock=clock, book=faces)
    left = spelling(f"{digest.officer} · {long_date(digest.day)}")
    flow = Flow(pdf, sheet, footer_left=left, running=title)
    flow.new_page()
    flow.text("H1", title, sheet.title, after=6)
    flow.text("P", digest.summary, sheet.body, after=6)
    if digest.left_out:
        flow.text("P", digest.left_out, sheet.strong, after=6)
    for item in digest.items:
        _item(flow, item, spelling)
    return DocumentReport(pdf.save(out, flow.footer), ())


def _item(flow: Flow, item: Item, spelling: _Spelling) -> None:
    sheet = flow.sheet
    flow.skip(8)
    leading = sheet.body.leading
    flow.text("H2", spelling(item.title), sheet.heading, keep_with=3 * leading)
    flow.text("P", f"{item.kind}; {item.reason}", sheet.body.coloured(MUTED), after=4)
    if not item.said:
        flow.text("P", NOT_NEW, sheet.body)
    for said in item.said:
        flow.text("P", spelling(f"{said.who}. {said.why}."), sheet.strong, keep_with=leading)
        for line in said.lines:
            flow.text("P", spelling(line), sheet.body)
        flow.skip(4)


class _Spelling:
    """Names what no face can draw, so that the rest can be printed."""

    def __init__(self, book: FontBook, sheet: StyleSheet) -> None:
        self._book, self._font = book, sheet.body.font

    def __call__(self, text: str) -> str:
        return self._book.spell(" ".join(text.split()), self._font)
