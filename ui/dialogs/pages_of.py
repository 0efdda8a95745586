"""Pages of a PDF as pictures. No Qt: for a task. One thread at a time, as pdfium asks for."""

from __future__ import annotations

import threading
from dataclasses import dataclass

_ONE_AT_A_TIME = threading.Lock()
POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class Printed:
    """A document that is ready: its bytes, and what to look at before it is given out.

    `exact` is for paper that is cut already: it is printed at its own size, edge to edge, and not
    fitted to what the printer can reach.
    """

    pdf: bytes
    findings: tuple[str, ...] = ()
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """How many pages, and the size of each in points."""

    sizes: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class PagePicture:
    """One page drawn at a scale: rows of blue, green, red and an unused byte for each pixel.

    `words` are the page's text, for those who listen.
    """

    number: int
    scale: float
    width: int
    height: int
    stride: int
    pixels: bytes
    words: str


def shape_of(pdf: bytes) -> Shape:
    """The pages of a document."""
    import pypdfium2

    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return Shape(tuple(document.get_page_size(n) for n in range(len(document))))
        finally:
            document.close()


def draw_page(pdf: bytes, number: int, scale: float) -> PagePicture:
    """Draw page `number` (0 is the first) at `scale` pixels a point."""
    import pypdfium2

    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(pdf)
        try:
            page = document[number]
            bitmap = page.render(scale=scale, prefer_bgrx=True)
            text = page.get_textpage()
            words = text.get_text_range()
            text.close()
            picture = PagePicture(
                number, scale, bitmap.width, bitmap.height, bitmap.stride,
                bytes(bitmap.buffer), words,
            )  # fmt: skip
            bitmap.close()
            page.close()
            return picture
        finally:
            document.close()
