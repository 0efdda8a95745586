"""Documents on disk, and pictures."""

import errno
import io
import os
import sys
from pathlib import Path
from typing import BinaryIO

import pypdfium2
import pytest

import resources
from db.errors import DiskFull, KnownError, NotFound, ReadOnly
from engage_desktop.documents.output import write_pdf
from engage_desktop.documents.pictures import (
    PictureError,
    draw_arrow,
    draw_cross,
    draw_picture,
    draw_tick,
    label_of,
    parse_picture,
    pictogram,
)
from engage_desktop.documents.recovery import render_recovery
from engage_desktop.documents.style import A4, DARK
from engage_desktop.documents.tagged import TaggedPdf
from tests.documents.reading import Reading
from tests.documents.samples import RECOVERY, still


def recovery(out: BinaryIO) -> int:
    return render_recovery(RECOVERY, out, clock=still).pages


def test_a_document_is_written_and_its_report_handed_back(tmp_path: Path) -> None:
    path = tmp_path / "code.pdf"
    assert write_pdf(path, recovery) == 1
    assert Reading(path.read_bytes()).faults == []
    assert [entry.name for entry in tmp_path.iterdir()] == ["code.pdf"]


def test_an_old_document_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "code.pdf"
    path.write_bytes(b"old")
    write_pdf(path, recovery)
    assert path.read_bytes().startswith(b"%PDF-1.7")


@pytest.mark.parametrize("before", [b"the old one", None])
def test_a_failure_half_way_keeps_the_old_document(tmp_path: Path, before: bytes | None) -> None:
    path = tmp_path / "code.pdf"
    if before is not None:
        path.write_bytes(before)

    def failing(out: BinaryIO) -> None:
        out.write(b"%PDF half of it")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_pdf(path, failing)
    assert [entry.read_bytes() for entry in tmp_path.iterdir()] == ([before] if before else [])


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_that_fills_up_is_told_and_loses_nothing(tmp_path: Path) -> None:
    import resource

    path = tmp_path / "code.pdf"
    path.write_bytes(b"the old one")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(DiskFull, match="if there was one before, it is unchanged"):
            write_pdf(path, recovery)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == b"the old one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["code.pdf"]


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.EACCES, ReadOnly),
        (errno.EROFS, ReadOnly),
        (errno.ENOSPC, DiskFull),
        (errno.ENOENT, NotFound),
        (errno.EIO, KnownError),
    ],
)
def test_each_refusal_of_the_disk_has_its_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[KnownError]
) -> None:
    path = tmp_path / "code.pdf"
    path.write_bytes(b"the old one")

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(kind) as caught:
        write_pdf(path, recovery)
    assert type(caught.value) is kind
    assert "code.pdf" in caught.value.sentence
    assert path.read_bytes() == b"the old one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["code.pdf"]


def test_a_folder_that_is_gone_and_a_folder_in_the_way_are_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="“gone” is not there any more"):
        write_pdf(tmp_path / "gone" / "code.pdf", recovery)
    with pytest.raises(KnownError, match="is a folder"):
        write_pdf(tmp_path, recovery)


@pytest.mark.parametrize("entry", resources.pictograms(), ids=lambda entry: entry.id)
def test_every_shipped_pictogram_fills_its_box_and_no_more(entry: resources.Pictogram) -> None:
    pdf = TaggedPdf(title=entry.label, page_size=(300, 300), clock=still)
    pdf.new_page()
    with pdf.content(pdf.add("H1")):
        draw_picture(pdf.canvas, pictogram(entry.id), 100, 100, 100, 100, DARK)
    out = io.BytesIO()
    pdf.save(out)
    left, top, right, bottom = _inked(out.getvalue())
    assert 99 <= left < right <= 201
    assert 99 <= top < bottom <= 201
    assert max(right - left, bottom - top) > 50
    assert label_of(entry.id)


def _inked(data: bytes) -> tuple[int, int, int, int]:
    """The smallest box, in points from the top left, that holds every mark on the first page."""
    with pypdfium2.PdfDocument(data) as document:
        bitmap = document[0].render(scale=1, grayscale=True)
        pixels, stride = bytes(bitmap.buffer), bitmap.stride
        rows = [pixels[at * stride : at * stride + bitmap.width] for at in range(bitmap.height)]
    down = [at for at, row in enumerate(rows) if min(row) < 200]
    across = [at for at in range(len(rows[0])) if min(row[at] for row in rows) < 200]
    return across[0], down[0], across[-1] + 1, down[-1] + 1


def _content(reading: Reading) -> bytes:
    data: bytes = reading.pdf.pages[0].get_contents().get_data()
    return data


def test_ticks_crosses_and_arrows_are_drawn() -> None:
    pdf = TaggedPdf(title="Signs", page_size=A4, clock=still)
    pdf.new_page()
    with pdf.content(pdf.add("H1")):
        for draw in (draw_tick, draw_cross, draw_arrow):
            draw(pdf.canvas, 100, 100, 20, DARK)
    out = io.BytesIO()
    pdf.save(out)
    reading = Reading(out.getvalue())
    assert _content(reading).split().count(b"S") == 3
    assert reading.faults == []


@pytest.mark.parametrize(
    "svg",
    [
        "not a picture",
        "<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0L1 1'/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 0 8'><path d='M0 0'/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'/>",
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'><image href='x'/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'>"
        "<path stroke='red' d='M0 0L1 1'/></svg>",
        "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg viewBox='0 0 8 8'>&a;</svg>",
    ],
)
def test_a_picture_that_would_come_out_wrong_is_refused(svg: str) -> None:
    with pytest.raises(PictureError):
        parse_picture(svg)


def test_each_path_keeps_its_filling_rule() -> None:
    picture = parse_picture(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 -960 960 960'>"
        "<g fill-rule='evenodd'><path d='M0 0L1 1Z'/></g><path d='M2 2L3 3Z'/></svg>"
    )
    assert picture.paths == (("M0 0L1 1Z", True), ("M2 2L3 3Z", False))
    assert (picture.top, picture.height) == (-960, 960)
