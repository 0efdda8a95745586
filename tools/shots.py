"""Make the pictures of the README again, from the application as it is now.

    QT_QPA_PLATFORM=offscreen .venv/bin/python tools/shots.py docs/pictures

The README decides: each `docs/pictures/NAME.png` it shows is taken from the tour's NAME.png, or
drawn from the first page of its NAME.pdf. Exit code 1 names those the tour no longer makes.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
PAGE_SCALE = 1.5
"""Pixels to the point: an A4 page becomes 893 pixels wide."""


def wanted(folder: str) -> list[str]:
    """The names, without ending, of the pictures that the README shows from that folder."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return sorted(set(re.findall(re.escape(folder) + r"/([\w-]+)\.png", text)))


def take(name: str, tour: Path, out: Path) -> bool:
    """Put one picture in place; False when the tour made none of that name."""
    picture, document = (next(tour.rglob(f"{name}.{end}"), None) for end in ("png", "pdf"))
    if picture is not None:
        with Image.open(picture) as image:
            image.convert("RGB").save(out, optimize=True)
        return True
    if document is not None:
        with pypdfium2.PdfDocument(document) as opened:
            opened[0].render(scale=PAGE_SCALE).to_pil().convert("RGB").save(out, optimize=True)
        return True
    return False


def main() -> int:
    folder = Path(sys.argv[1])
    names = wanted(folder.as_posix())
    if not names:
        print(f"The README shows no picture from {folder}.", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        subprocess.run(
            [sys.executable, "-m", "engage_desktop", "--tour", made], cwd=ROOT, check=True
        )
        missing = [n for n in names if not take(n, Path(made), folder / f"{n}.png")]
    for name in missing:
        print(f"The tour makes no {name}.png or {name}.pdf.", file=sys.stderr)
    print(f"{len(names) - len(missing)} pictures in {folder}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
