"""Check that a tour left pictures and documents worth looking at.

    .venv/bin/python tools/check_tour.py FOLDER

Every PNG must be a window's worth of pixels in more than a few colours (a blank or crashed window
is one or two), every PDF must open and carry words. Exit code 1 and a line for each that does not.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from PIL import Image

LEAST_PICTURES = 3
LEAST_WIDTH = 320
"""Pixels; a welcome dialog is the smallest thing worth a picture."""
LEAST_COLOURS = 24
"""Text is smoothed, so that any drawn word alone brings more than this."""
LEAST_WORDS = 5


def picture_faults(path: Path) -> Iterator[str]:
    with Image.open(path) as picture:
        width, height = picture.size
        colours = picture.convert("RGB").getcolors(maxcolors=1 << 24) or []
    if width < LEAST_WIDTH or height < LEAST_WIDTH // 2:
        yield f"{path.name} is only {width} by {height} pixels"
    if len(colours) < LEAST_COLOURS:
        yield f"{path.name} is blank, or nearly: {len(colours)} colours"


def document_faults(path: Path) -> Iterator[str]:
    with pypdfium2.PdfDocument(path) as document:
        if not len(document):
            yield f"{path.name} has no page"
        words = [len(page.get_textpage().get_text_bounded().split()) for page in document]
    if sum(words) < LEAST_WORDS:
        yield f"{path.name} has {sum(words)} words on {len(words)} pages"


def faults(folder: Path) -> Iterator[str]:
    pictures = sorted(folder.rglob("*.png"))
    documents = sorted(folder.rglob("*.pdf"))
    if len(pictures) < LEAST_PICTURES:
        yield f"{len(pictures)} pictures in {folder}, at least {LEAST_PICTURES} expected"
    if not documents:
        yield f"no PDF in {folder}"
    for path in pictures:
        yield from picture_faults(path)
    for path in documents:
        yield from document_faults(path)


def main() -> int:
    folder = Path(sys.argv[1])
    found = list(faults(folder))
    for fault in found:
        print(f"tour: {fault}", file=sys.stderr)
    if not found:
        names = ", ".join(sorted(p.name for p in folder.rglob("*.p[nd][gf]")))
        print(f"tour: {names}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
