"""Maps to files: PDF, SVG, PNG or CSV by the ending of the name."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from db.errors import InvalidInput
from engage_desktop.documents.map_doc import MARGIN, PAPERS, Paper, render_map, render_picture
from engage_desktop.documents.output import write_pdf
from engage_desktop.documents.tagged import DocumentReport
from engage_desktop.exchange.writers import CsvWriter
from engage_desktop.maps import svg
from engage_desktop.maps.drawing import Build
from engage_desktop.maps.scene import Scene

ENDINGS = (".pdf", ".svg", ".png", ".csv")
DOTS_PER_POINT = 200 / 72
"""A picture of 200 dots to the inch prints sharp at its own size."""

_LARGEST_SIDE = 12_000  # dots
_PICTURE = 0.68  # of the height of a sheet


@dataclass(frozen=True, slots=True)
class Saved:
    """What came out: pages, what to know before printing, and what the map itself says."""

    pages: int
    warnings: tuple[str, ...]
    advice: tuple[str, ...]
    notes: tuple[str, ...]


def save_map(build: Build, path: Path, *, paper: Paper = "a4", day: dt.date) -> Saved:
    """Write a map to `path`. Raises `InvalidInput` for another ending, and what the disk says."""
    ending = path.suffix.casefold()
    if ending not in ENDINGS:
        raise InvalidInput(
            f"A map is written as {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}, and “{path.name}” "
            "ends in none of them. Nothing was written."
        )
    drawn: list[Scene] = []

    def watched(size: tuple[float, float], text: float) -> Scene:
        drawn.append(build(size, text))
        return drawn[-1]

    def write(out: BinaryIO) -> DocumentReport:
        if ending == ".pdf":
            return render_map(watched, out, paper=paper, day=day)
        sheet = PAPERS[paper]
        scene = watched((sheet.page[0] - 2 * MARGIN, sheet.page[1] * _PICTURE), sheet.names)
        _WRITERS[ending](scene, out)
        return DocumentReport(1)

    report = write_pdf(path, write)
    scene = drawn[-1]
    advice = tuple(one.sentence for one in scene.advice)
    return Saved(report.pages, report.warnings, advice, scene.notes)


def _svg(scene: Scene, out: BinaryIO) -> None:
    out.write(svg.render(scene).encode())


def _png(scene: Scene, out: BinaryIO) -> None:
    """The one-page PDF of the picture, in pixels."""
    import pypdfium2

    pdf = io.BytesIO()
    render_picture(scene, pdf)
    document = pypdfium2.PdfDocument(pdf.getvalue())
    try:
        page = document[0]
        scale = min(DOTS_PER_POINT, _LARGEST_SIDE / max(page.get_size()))
        bitmap = page.render(scale=scale, rev_byteorder=True)
        row = bitmap.width * bitmap.n_channels
        held = bytes(bitmap.buffer)
        rows = [
            held[at : at + row] for at in range(0, bitmap.stride * bitmap.height, bitmap.stride)
        ]
        write_png(out, rows, bitmap.width, bitmap.n_channels, scale * 72)
        bitmap.close()
        page.close()
    finally:
        document.close()


def write_png(
    out: BinaryIO, rows: Sequence[bytes], width: int, channels: int, dots_per_inch: float
) -> None:
    """Rows of red, green and blue (and a fourth that is passed over) as a PNG file."""
    if channels == 4:
        rows = [bytes(v for at in range(0, len(row), 4) for v in row[at : at + 3]) for row in rows]
    elif channels != 3:
        raise ValueError(f"pixels of {channels} parts")
    out.write(b"\x89PNG\r\n\x1a\n")
    dots = round(dots_per_inch / 0.0254)
    packed = zlib.compress(b"".join(b"\x00" + row for row in rows), 6)
    for name, data in (
        (b"IHDR", struct.pack(">IIBBBBB", width, len(rows), 8, 2, 0, 0, 0)),
        (b"pHYs", struct.pack(">IIB", dots, dots, 1)),
        (b"IDAT", packed),
        (b"IEND", b""),
    ):
        out.write(struct.pack(">I", len(data)) + name + data)
        out.write(struct.pack(">I", zlib.crc32(name + data)))


def _csv(scene: Scene, out: BinaryIO) -> None:
    """The finest table there is: of a network, its ties."""
    table = scene.details or scene.table
    writer = CsvWriter(out)
    writer.begin(scene.title, table.headings)
    for row in table.rows:
        writer.row(row)
    writer.close()


_WRITERS: dict[str, Callable[[Scene, BinaryIO], None]] = {
    ".svg": _svg, ".png": _png, ".csv": _csv
}  # fmt: skip
