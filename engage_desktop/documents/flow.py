"""Text running down a page and on to the next, with the page's furniture.

Nothing is ever cut: what does not fit goes over the page, and what is taller than a page is
continued line by line. Lengths are in points.
"""

from __future__ import annotations

from collections.abc import Sequence

from engage_desktop.documents.layout import Line
from engage_desktop.documents.structure import Element
from engage_desktop.documents.style import MUTED, RULE, StyleSheet, TextStyle
from engage_desktop.documents.tagged import TaggedPdf

_FOOTER_GAP = 10.0
_GUTTER = 18.0


class Flow:
    """Where the next thing goes on the page: `y` counts down from the top margin to `bottom`.

    `running` is said again at the head of later pages, because sheets come apart; `footer_left`
    stands beside the page number. Both are passed over by a screen reader.
    """

    def __init__(
        self,
        pdf: TaggedPdf,
        sheet: StyleSheet,
        *,
        footer_left: str = "",
        running: str = "",
        small: TextStyle | None = None,
    ) -> None:
        self.pdf = pdf
        self.sheet = sheet
        self.left = sheet.margin
        self.width = pdf.page_size[0] - 2 * sheet.margin
        self._small = (small or sheet.body).coloured(MUTED)
        self._running = running
        self._footer_left = footer_left
        number = pdf.layout.width("Page 8888 of 8888", self._small.font, self._small.size)
        self._footer_width = self.width - number - _GUTTER
        self._footer_lines = pdf.measure(footer_left, self._small, self._footer_width)
        footer = max(len(self._footer_lines), 1) * self._small.leading
        self._rule = sheet.margin * 0.7 + footer + _FOOTER_GAP
        self.bottom = self._rule + 14
        self.top = pdf.page_size[1] - sheet.margin
        self.y = self.top

    @property
    def room(self) -> float:
        """The height left on this page."""
        return self.y - self.bottom

    @property
    def page_room(self) -> float:
        """The height of a fresh page, after its running head."""
        head = self.pdf.measure(self._running, self._small, self.width) if self._running else []
        return self.top - self.bottom - len(head) * self._small.leading - (12 if head else 0)

    def new_page(self) -> None:
        """Begin a page; from the second on, with the running head."""
        self.pdf.new_page()
        self.y = self.top
        if self._running and self.pdf.pages > 1:
            lines = self.pdf.measure(self._running, self._small, self.width)
            with self.pdf.artifact("Pagination", "Header"):
                self.y = self.pdf.draw_lines(lines, self._small, self.left, self.y, self.width)
            self.y -= 12

    def need(self, height: float) -> None:
        """Go to a new page unless `height` is left on this one."""
        if height > self.room:
            self.new_page()

    def skip(self, height: float) -> None:
        """Leave `height` empty, or less at the foot of a page."""
        self.y = max(self.y - height, self.bottom)

    def text(
        self,
        role: str,
        text: str,
        style: TextStyle,
        parent: Element | None = None,
        *,
        after: float = 0.0,
        keep_with: float = 0.0,
    ) -> None:
        """A paragraph or heading over the whole width.

        `after` is the space below it; `keep_with` the height that has to follow on the same page,
        so that a heading is never the last thing on one.
        """
        lines = self.pdf.measure(text, style, self.width)
        self.need(min(style.leading * min(len(lines), 2) + keep_with, self.page_room))
        element = self.pdf.add(role, parent)
        self.lines(element, lines, style, self.left, self.width)
        self.skip(after)

    def lines(
        self,
        element: Element,
        lines: Sequence[Line],
        style: TextStyle,
        left: float,
        width: float,
    ) -> None:
        """Draw `lines` as content of `element`, on as many pages as they take."""
        waiting = list(lines)
        while waiting:
            fits = int((self.room + 0.01) / style.leading)
            if fits < 1:
                self.new_page()
                fits = max(1, int((self.room + 0.01) / style.leading))
            part, waiting = waiting[:fits], waiting[fits:]
            with self.pdf.content(element):
                self.y = self.pdf.draw_lines(part, style, left, self.y, width)

    def footer(self, pdf: TaggedPdf, page: int, total: int) -> None:
        """The rule, the words on the left and the page number on the right, as artifacts."""
        number = pdf.measure(f"Page {page} of {total}", self._small, self.width)
        right = self.left + self.width
        with pdf.artifact("Pagination", "Footer"):
            pdf.canvas.setStrokeColor(RULE)
            pdf.canvas.setLineWidth(1)
            pdf.canvas.line(self.left, self._rule, right, self._rule)
            top = self._rule - _FOOTER_GAP
            if self._footer_lines:
                pdf.draw_lines(self._footer_lines, self._small, self.left, top, self._footer_width)
            across = number[0].width
            pdf.draw_lines(number, self._small, right - across, top, across)
