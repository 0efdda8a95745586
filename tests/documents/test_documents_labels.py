"""Labels read back: where each stands to a tenth of a millimetre, and that nothing is cut."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.errors import InvalidInput
from engage_desktop.documents.fonts import FontBook
from engage_desktop.documents.labels import MM, SHEETS, Drawn, Label, render_labels
from tests.documents.reading import Reading
from tests.documents.samples import still

MEASURES = {
    # columns, rows, width, height, left, top, from left to left (mm): the maker's figures
    "l7160": (3, 7, 63.5, 38.1, 7.2, 15.15, 66.0),
    "l7163": (2, 7, 99.1, 38.1, 4.65, 15.15, 101.6),
    "large": (2, 4, 99.1, 67.7, 4.65, 13.1, 101.6),
}
ADA = Label("Ada Quickthorn", ("12 Mill Lane", "Kestbury", "ZZ2 4AB"))


def drawn(labels: list[Label], **options: Any) -> tuple[bytes, Drawn]:
    out = io.BytesIO()
    report = render_labels(labels, out, clock=still, **options)
    return out.getvalue(), report


def boxes(pdf: bytes, page: int = 0) -> list[tuple[str, float, float, float, float]]:
    """Each run of text with its ink: words, left, top, right, bottom in mm from the upper left."""
    with pypdfium2.PdfDocument(pdf) as document:
        leaf = document[page]
        _, high = leaf.get_size()
        text = leaf.get_textpage()
        found = []
        for at in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(at)
            words = text.get_text_bounded(left, bottom, right, top)
            found.append((words, left / MM, (high - top) / MM, right / MM, (high - bottom) / MM))
        return found


def cell(sheet: str, place: int) -> tuple[float, float, float, float]:
    across, _, width, height, left, top, pitch = MEASURES[sheet]
    row, column = divmod(place, across)
    x, y = left + column * pitch, top + row * height
    return x, y, x + width, y + height


@pytest.mark.parametrize("sheet", sorted(SHEETS))
def test_every_label_stands_in_its_place_on_the_sheet(sheet: str) -> None:
    across, rows, *_ = MEASURES[sheet]
    many = across * rows
    labels = [Label(f"Name {n:02}", (f"{n} Mill Lane", "Kestbury", "ZZ2 4AB")) for n in range(many)]
    pdf, report = drawn(labels, sheet=sheet)
    assert (report.pages, report.labels, report.warnings) == (1, many, ())
    found = boxes(pdf)
    told = 0
    for number in range(many):
        x, y, x2, y2 = cell(sheet, number)
        inside = [b for b in found if x <= b[1] and b[3] <= x2 and y <= b[2] and b[4] <= y2]
        told += len(inside)
        said = "".join(b[0] for b in inside).replace(" ", "")
        assert said == f"Name{number:02}{number}MillLaneKestburyZZ24AB"
        # The margin inside a label is at least 3 mm, which the cutter may be off by.
        assert min(b[1] for b in inside) - x == pytest.approx(SHEETS[sheet].pad, abs=0.6)
        assert x2 - max(b[3] for b in inside) >= 3
        assert min(b[2] for b in inside) - y >= 3
        assert y2 - max(b[4] for b in inside) >= 3
        # It stands in the middle of its height, so that a sheet fed askew still holds it.
        above, below = min(b[2] for b in inside) - y, y2 - max(b[4] for b in inside)
        assert above == pytest.approx(below, abs=1.5)
    assert told == len(found)
    with pypdfium2.PdfDocument(pdf) as document:
        width, height = document[0].get_size()
    assert width / MM == pytest.approx(210, abs=0.1)
    assert height / MM == pytest.approx(297, abs=0.1)


@pytest.mark.parametrize("sheet", sorted(SHEETS))
def test_the_sheet_adds_up_to_a4(sheet: str) -> None:
    across, rows, width, height, left, top, pitch = MEASURES[sheet]
    assert left * 2 + (across - 1) * pitch + width == pytest.approx(210, abs=0.2)
    assert top * 2 + rows * height == pytest.approx(297, abs=0.2)


def test_what_is_drawn_can_be_read_aloud_and_holds_its_faces() -> None:
    labels = [ADA, Label("Siôn Prydderch", ("5 Beacon View", "ZZ5 7RA")), Label("محمد", ("1 A",))]
    pdf, _ = drawn(labels)
    reading = Reading(pdf)
    assert reading.faults == []
    assert [text.strip() for text in reading.texts("H1")][:2] == ["Ada Quickthorn",
                                                                  "Siôn Prydderch"]  # fmt: skip
    preferences: Any = pypdf.PdfReader(io.BytesIO(pdf)).root_object["/ViewerPreferences"]
    assert preferences["/PrintScaling"] == "/None"


def test_it_begins_where_a_used_sheet_goes_on() -> None:
    pdf, report = drawn([ADA] * 3, start=20)
    assert report.pages == 2
    first, second = boxes(pdf, 0), boxes(pdf, 1)
    assert sum("Ada" in b[0] for b in first) == 2
    spot = cell("l7160", 19)
    assert all(b[1] >= spot[0] and b[2] >= spot[1] for b in first)
    home = cell("l7160", 0)
    assert all(b[3] <= home[2] and b[4] <= home[3] for b in second)
    assert drawn([ADA], start=21)[1].pages == 1
    assert drawn([ADA] * 2, start=21)[1].pages == 2


@pytest.mark.parametrize(("sheet", "start"), [("l7160", 0), ("l7160", 22), ("l7163", 15), ("x", 1)])
def test_a_place_or_sheet_that_is_not_there_is_said(sheet: str, start: int) -> None:
    with pytest.raises(InvalidInput, match="Nothing was written"):
        drawn([ADA], sheet=sheet, start=start)


def test_large_print_is_sixteen_point_or_larger() -> None:
    long = Label("Constance Merriweather-Applethwaite", ("Flat 12, The Old Corn Exchange",
                 "54 Quarry Road", "Saltreach", "ZZ6 2QP"))  # fmt: skip
    pdf, report = drawn([ADA, long], sheet="large")
    assert report.labels == 2
    page = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]
    sizes = _sizes(page)
    assert min(sizes) >= 16
    assert max(sizes) == 22


def _sizes(page: Any) -> set[float]:
    from pypdf.generic import ContentStream

    content = ContentStream(page.get_contents(), page.pdf)
    return {float(operands[1]) for operands, name in content.operations if name == b"Tf"}


def test_a_long_address_is_set_smaller_and_one_too_long_is_named() -> None:
    long = Label("Wilhelmina Featherstonehaugh-Applethwaite",
                 ("The Old Granary behind the Corn Exchange", "54 Quarry Road"))  # fmt: skip
    endless = Label("Percival Endless", tuple(f"Line {n} of an address" for n in range(30)))
    pdf, report = drawn([long, endless, ADA])
    assert report.labels == 2
    assert "Percival Endless" in report.warnings[0]
    assert "1 label is set smaller than 12 point" in report.warnings[-1]
    text = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert "Endless" not in text
    assert "Quickthorn" in text
    box = cell("l7160", 0)
    firsts = [b for b in boxes(pdf) if b[1] < box[2]]
    assert all(b[3] <= box[2] and b[4] <= box[3] for b in firsts)


def test_a_sign_that_no_face_has_is_named_and_said() -> None:
    pdf, report = drawn([Label("Ada \U00013000", ("1 Mill Lane",))])
    assert "Egyptian" in pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().title()
    assert "Ada" in report.warnings[0]


def test_without_a_label_nothing_is_written() -> None:
    out = io.BytesIO()
    with pytest.raises(InvalidInput, match="no label to print"):
        render_labels([], out, clock=still)
    assert out.getvalue() == b""


WORDS = st.text(st.characters(categories=("Lu", "Ll", "Nd"), max_codepoint=0x17F), min_size=1,
                max_size=40)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(
    labels=st.lists(st.builds(Label, WORDS, st.lists(WORDS, max_size=9).map(tuple)), min_size=1,
                    max_size=4),
    sheet=st.sampled_from(sorted(SHEETS)),
    start=st.integers(1, 8),
)  # fmt: skip
def test_no_ink_leaves_its_label(labels: list[Label], sheet: str, start: int) -> None:
    pdf, report = drawn([ADA, *labels], sheet=sheet, start=start, book=FontBook())
    across, rows, *_ = MEASURES[sheet]
    for page in range(report.pages):
        cells = [cell(sheet, place) for place in range(across * rows)]
        for _words, left, top, right, bottom in boxes(pdf, page):
            assert any(
                x <= left and right <= x2 and y <= top and bottom <= y2 for x, y, x2, y2 in cells
            )
