"""Address labels on sheets that are bought: Avery L7160 and L7163, and large print.

A sheet's measures are the maker's, in millimetres from the upper left corner of A4; type is in
points. Each name is a heading, so that who listens goes from label to label. Nothing else is on the
paper, and the file asks to be printed at its own size, because a sheet that is fitted to the
printer's margins misses its labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from db.errors import InvalidInput
from engage_desktop.documents.fonts import Font, FontBook
from engage_desktop.documents.layout import Line
from engage_desktop.documents.style import A4, BODY_FAMILY, PLAIN_DIGITS_FAMILY, TextStyle
from engage_desktop.documents.tagged import Clock, DocumentReport, TaggedPdf, system_clock
from engage_desktop.plain import counted, listed

MM = 72 / 25.4
_STEP = 0.5
_NAMED = 10
"""Names in a warning before the rest are only counted."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of labels. Lengths in mm; `size` and `least` are the type's, in points."""

    name: str
    title: str
    across: int
    down: int
    width: float
    height: float
    left: float
    top: float
    pitch: float
    size: float
    least: float
    pad: float = 4.0

    @property
    def places(self) -> int:
        """How many labels are on it."""
        return self.across * self.down

    def corner(self, place: int) -> tuple[float, float]:
        """The upper left corner of a label (0 is the first, then along the row), in mm."""
        row, column = divmod(place, self.across)
        return self.left + column * self.pitch, self.top + row * self.height


SHEETS = {
    "l7160": Sheet("l7160", "Avery L7160, 21 to a sheet", 3, 7, 63.5, 38.1, 7.21, 15.15, 66.04,
                   12.0, 8.0),
    "l7163": Sheet("l7163", "Avery L7163, 14 to a sheet", 2, 7, 99.1, 38.1, 4.65, 15.15, 101.6,
                   14.0, 9.0),
    "large": Sheet("large", "Large print, 8 to a sheet (Avery L7165)", 2, 4, 99.1, 67.7, 4.65,
                   13.1, 101.6, 22.0, 16.0, 5.0),
}  # fmt: skip


@dataclass(frozen=True)
class Drawn(DocumentReport):
    """What came out, with how many labels there are on the pages."""

    labels: int = 0


@dataclass(frozen=True, slots=True)
class Label:
    """One label: the name, and the lines under it."""

    name: str
    lines: tuple[str, ...]


def render_labels(
    labels: Iterable[Label],
    out: BinaryIO,
    *,
    sheet: str = "l7160",
    start: int = 1,
    clock: Clock = system_clock,
    book: FontBook | None = None,
) -> Drawn:
    """Write labels to `out`, the first on place `start` of the first sheet (1 is the upper left).

    A label that is too long even in the least type is left out and named in a warning: half an
    address brings no letter. Raises `InvalidInput` where nothing would be printed.
    """
    shape = sheet_named(sheet)
    if not 1 <= start <= shape.places:
        raise InvalidInput(
            f"A sheet of {shape.name.upper() if shape.name != 'large' else 'large print'} has the "
            f"places 1 to {shape.places}, and no place {start}. Nothing was written."
        )
    faces = book or FontBook()
    pdf = TaggedPdf(title="Address labels", page_size=A4, clock=clock, book=faces)
    pdf.print_at_its_size()
    run = _Run(pdf, shape, start - 1)
    for label in labels:
        run.add(label)
    if not run.drawn:
        raise InvalidInput(
            " ".join(("There is no label to print, so nothing was written.", *run.warnings()))
        )
    pdf.save(out)
    return Drawn(pdf.pages, run.warnings(), run.drawn)


def sheet_named(name: str) -> Sheet:
    """The sheet of that name. Raises `InvalidInput`."""
    found = SHEETS.get(name.strip().casefold())
    if found is None:
        raise InvalidInput(
            f"There is no sheet “{name}”. Sheets: {', '.join(SHEETS)}. Nothing was written."
        )
    return found


class _Run:
    """Labels going down the sheets, and what is to be said of them."""

    def __init__(self, pdf: TaggedPdf, sheet: Sheet, place: int) -> None:
        self._pdf, self._sheet, self._place = pdf, sheet, place
        self._smaller = 0
        self._too_long: list[str] = []
        self._unspelt: list[str] = []
        self.drawn = 0

    def add(self, label: Label) -> None:
        """Draw one, or note why not."""
        spelt = self._spelt(label)
        fitted = self._fitted(spelt)
        if fitted is None:
            self._too_long.append(label.name)
            return
        if spelt != label:
            self._unspelt.append(spelt.name)
        self._smaller += fitted[0].size < self._sheet.size
        if not self.drawn or self._place == self._sheet.places:
            self._pdf.new_page()
            self._place %= self._sheet.places
        self._draw(*fitted)
        self._place += 1
        self.drawn += 1

    def warnings(self) -> tuple[str, ...]:
        """Sentences for the person who prints."""
        said = []
        if self._too_long:
            said.append(
                f"Too long for this label even at {self._sheet.least:g} point, and left out, to be "
                f"written by hand: {_names(self._too_long)}."
            )
        if self._unspelt:
            said.append(
                "A sign that no typeface here has is named in brackets on the label of "
                f"{_names(self._unspelt)}."
            )
        if self._smaller:
            said.append(
                f"{counted(self._smaller, 'label is', 'labels are')} set smaller than "
                f"{self._sheet.size:g} point to hold the whole address."
            )
        return tuple(said)

    def _spelt(self, label: Label) -> Label:
        font = self._style(self._sheet.size).font
        name, *lines = (
            self._pdf.book.spell(" ".join(line.split()), font)
            for line in (label.name, *label.lines)
        )
        return Label(name, tuple(lines))

    def _style(self, size: float, *, bold: bool = False) -> TextStyle:
        font = Font(BODY_FAMILY, "Bold" if bold else "Regular", PLAIN_DIGITS_FAMILY)
        return TextStyle(font, size, size * 1.2)

    def _fitted(self, label: Label) -> tuple[TextStyle, list[Line], list[Line]] | None:
        """The largest type in which it fits, whole lines before broken ones."""
        for broken in (False, True):
            size = self._sheet.size
            while size >= self._sheet.least:
                if found := self._at(label, size, broken=broken):
                    return found
                size -= _STEP
        return None

    def _at(
        self, label: Label, size: float, *, broken: bool
    ) -> tuple[TextStyle, list[Line], list[Line]] | None:
        sheet, plain, bold = self._sheet, self._style(size), self._style(size, bold=True)
        width, height = (sheet.width - 2 * sheet.pad) * MM, (sheet.height - 2 * sheet.pad) * MM
        name = self._pdf.measure(label.name, bold, width)
        parts = [self._pdf.measure(line, plain, width) for line in label.lines]
        if not broken and any(len(part) > 1 for part in (name, *parts)):
            return None
        lines = [line for part in parts for line in part]
        if (len(name) + len(lines)) * plain.leading > height:
            return None
        return plain, name, lines

    def _draw(self, style: TextStyle, name: Sequence[Line], lines: Sequence[Line]) -> None:
        sheet, pdf = self._sheet, self._pdf
        left, top = sheet.corner(self._place)
        x, width = (left + sheet.pad) * MM, (sheet.width - 2 * sheet.pad) * MM
        tall = (len(name) + len(lines)) * style.leading
        y = A4[1] - (top + sheet.height / 2) * MM + tall / 2
        with pdf.content(pdf.add("H1")):
            y = pdf.draw_lines(name, self._style(style.size, bold=True), x, y, width)
        if lines:
            with pdf.content(pdf.add("P")):
                pdf.draw_lines(lines, style, x, y, width)


def _names(names: Sequence[str]) -> str:
    shown = list(names[:_NAMED])
    if len(names) > _NAMED:
        shown.append(f"{len(names) - _NAMED:,} more")
    return listed(shown)
