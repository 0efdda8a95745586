"""Every printed thing, read back as a validator and as a screen reader would."""

import io
import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest

from engage_desktop.documents.style import A4
from engage_desktop.documents.tagged import StructureError, TaggedPdf
from tests.documents.reading import Reading
from tests.documents.samples import DOCUMENTS, rendered, still


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_breaks_no_rule_a_machine_can_check(name: str) -> None:
    reading = Reading(rendered(DOCUMENTS[name]))
    assert reading.faults == []
    assert reading.tags
    assert reading.fonts


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_same_document_is_the_same_bytes(name: str) -> None:
    assert rendered(DOCUMENTS[name]) == rendered(DOCUMENTS[name])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_page_says_which_it_is_of_how_many(name: str) -> None:
    reading = Reading(rendered(DOCUMENTS[name]))
    total = len(reading.pdf.pages)
    for number, artifacts in enumerate(reading.artifacts, start=1):
        assert any(f"Page {number} of {total}" in text for text in artifacts)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_is_drawn_beyond_the_edge_of_the_page(name: str) -> None:
    with pypdfium2.PdfDocument(rendered(DOCUMENTS[name])) as document:
        for page in document:
            width, height = page.get_size()
            text = page.get_textpage()
            assert text.count_chars() > 0
            for index in range(text.count_chars()):
                left, bottom, right, top = text.get_charbox(index, loose=True)
                assert left >= 20
                assert right <= width - 20
                assert bottom >= 10
                assert top <= height - 10


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed here")
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_file_is_sound(name: str, tmp_path: Path) -> None:
    path = tmp_path / "document.pdf"
    path.write_bytes(rendered(DOCUMENTS[name]))
    found = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_a_broken_document_is_found_broken() -> None:
    # The reader of these tests has to be able to see a fault, or its silence means nothing.
    data = rendered(DOCUMENTS["recovery"])
    assert Reading(data.replace(b"<pdfuaid:part>1<", b"<pdfuaid:part>9<")).faults == [
        "catalog: claim"
    ]


def test_what_is_drawn_outside_the_tree_is_found() -> None:
    pdf = _opened()
    heading = pdf.add("H1")
    with pdf.content(heading):
        pdf.canvas.rect(1, 1, 5, 5)
    pdf._canvas.rect(10, 10, 5, 5)
    assert "page 1 paints outside marked content" in Reading(_saved(pdf)).faults


def _opened() -> TaggedPdf:
    pdf = TaggedPdf(title="A trial", page_size=A4, clock=still)
    pdf.new_page()
    return pdf


def _saved(pdf: TaggedPdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def test_nothing_can_be_drawn_outside_content_and_artifacts() -> None:
    pdf = _opened()
    with pytest.raises(StructureError, match="outside content"):
        _ = pdf.canvas


def test_marks_do_not_nest() -> None:
    pdf = _opened()
    heading = pdf.add("H1")
    with pdf.content(heading):
        with pytest.raises(StructureError), pdf.artifact():
            pass
        with pytest.raises(StructureError), pdf.content(heading):
            pass
        with pytest.raises(StructureError):
            pdf.new_page()


@pytest.mark.parametrize(
    ("roles", "complaint"),
    [
        (["P"], "needs a heading"),
        (["H2"], "follows a heading of level 0"),
        (["H1", "H3"], "follows a heading of level 1"),
        (["H1", "Figure"], "no words to stand for it"),
    ],
)
def test_a_tree_that_breaks_its_promise_is_not_written(roles: list[str], complaint: str) -> None:
    pdf = _opened()
    for role in roles:
        with pdf.content(pdf.add(role)):
            pdf.canvas.rect(50, 50, 5, 5)
    out = io.BytesIO()
    with pytest.raises(StructureError, match=complaint):
        pdf.save(out)
    assert out.getvalue() == b""


def test_an_empty_element_and_a_misplaced_one_are_refused() -> None:
    pdf = _opened()
    with pytest.raises(StructureError, match="TD cannot stand in Document"):
        pdf.add("TD")
    with pytest.raises(StructureError, match="TR cannot hold P"):
        pdf.add("P", pdf.add("TR", pdf.add("Table")))
    with pytest.raises(StructureError, match="is empty"):
        _saved(pdf)


def test_a_document_needs_a_title() -> None:
    with pytest.raises(StructureError):
        TaggedPdf(title="  ", page_size=A4, clock=still)


def test_the_file_carries_its_own_date_title_and_language() -> None:
    reading = Reading(rendered(DOCUMENTS["summary"]))
    assert reading.pdf.metadata.title == "What people told us"
    assert reading.pdf.metadata.creation_date == still()
    assert reading.catalog["/Lang"] == "en-GB"


def test_a_title_with_marks_of_its_own_survives_the_metadata() -> None:
    pdf = TaggedPdf(title="Dŵr & <bread> “Ŵyn” (1)", page_size=A4, clock=still)
    pdf.new_page()
    with pdf.content(pdf.add("H1")):
        pdf.canvas.rect(50, 50, 5, 5)
    reading = Reading(_saved(pdf))
    assert reading.pdf.metadata.title == "Dŵr & <bread> “Ŵyn” (1)"
    assert reading.faults == []


def test_only_the_glyphs_that_are_used_are_embedded() -> None:
    # Three faces of Noto and Atkinson whole are over 700 kB.
    assert len(rendered(DOCUMENTS["recovery"])) < 40_000
