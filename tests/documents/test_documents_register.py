"""Registers, the recovery sheet and the summary, read back."""

import io
from collections.abc import Iterator
from dataclasses import replace

import pypdfium2
import pytest

from db.errors import Cancelled
from engage_desktop.documents.fonts import MissingGlyphError
from engage_desktop.documents.recovery import RecoverySheet, render_recovery
from engage_desktop.documents.register import Column, render_register
from engage_desktop.documents.style import Profile
from engage_desktop.documents.summary_doc import FftCounts, percent, render_summary
from tests.documents.reading import Reading
from tests.documents.samples import COLUMNS, DAY, RECOVERY, SUMMARY, register_rows, still


def test_two_thousand_rows_are_one_table_on_many_pages() -> None:
    rows = register_rows(2000)
    told: list[tuple[int, int | None]] = []
    out = io.BytesIO()
    report = render_register(
        "People",
        COLUMNS,
        iter(rows),
        out,
        filters="In Marlpool",
        total=2000,
        day=DAY,
        clock=still,
        progress=lambda done, total: told.append((done, total)),
    )
    reading = Reading(out.getvalue())
    assert reading.faults == []
    assert len(reading.pdf.pages) == report.pages > 40
    assert len(reading.nodes("Table")) == 1
    body = [[kid.spoken.strip() for kid in row.kids] for row in reading.nodes("TR")]
    assert body[0] == ["Name", "Place", "Telephone", "Notes", "Contacts"]
    assert body[1:] == rows
    assert reading.texts("P") == ["In Marlpool", "2,000 rows. End of the list."]
    assert told[-1] == (2000, 2000)
    assert [done for done, _ in told] == sorted({done for done, _ in told} | {2000}) or (
        told[-2][0] == 2000
    )


def test_the_head_is_said_again_on_each_page_for_the_eye_alone() -> None:
    out = io.BytesIO()
    render_register("People", COLUMNS, register_rows(130), out, clock=still)
    reading = Reading(out.getvalue())
    assert len(reading.nodes("TH")) == len(COLUMNS)
    assert len(reading.pdf.pages) > 2
    for number, page in enumerate(reading.pdf.pages):
        assert "Telephone" in page.extract_text()
        if number:
            assert any("Telephone" in text for text in reading.artifacts[number])


def test_rows_are_drawn_as_they_come() -> None:
    # A stream that counts: it must not be read to its end before the first page is drawn.
    asked: list[int] = []

    def stream() -> Iterator[list[str]]:
        for number, row in enumerate(register_rows(5000), start=1):
            asked.append(number)
            yield row

    with pytest.raises(Cancelled, match="Nothing was written"):
        render_register(
            "People",
            COLUMNS,
            stream(),
            io.BytesIO(),
            clock=still,
            cancelled=lambda: len(asked) >= 300,
        )
    assert 300 <= len(asked) < 600


def test_a_stopped_register_writes_nothing() -> None:
    out = io.BytesIO()
    with pytest.raises(Cancelled):
        render_register(
            "People", COLUMNS, register_rows(60), out, clock=still, cancelled=lambda: True
        )
    assert out.getvalue() == b""


def test_a_narrow_table_stands_upright_and_a_wide_one_lies_on_its_side() -> None:
    def shape(columns: list[str], cell: str) -> tuple[float, float]:
        out = io.BytesIO()
        render_register("List", columns, [[cell] * len(columns)] * 5, out, clock=still)
        with pypdfium2.PdfDocument(out.getvalue()) as document:
            size: tuple[float, float] = document[0].get_size()
            return size

    width, height = shape(["Name", "Place"], "Marlpool")
    assert height > width
    width, height = shape([f"Column {n}" for n in range(8)], "Saltmarsh Quay")
    assert width > height


def test_many_columns_shrink_the_type_and_say_so() -> None:
    out = io.BytesIO()
    columns = [f"Heading {n}" for n in range(18)]
    report = render_register("List", columns, [["Something to say"] * 18] * 5, out, clock=still)
    assert Reading(out.getvalue()).faults == []
    assert "18 columns" in report.warnings[0]


@pytest.mark.parametrize("size", [12.0, 18.0, 28.0])
def test_the_type_can_be_as_large_as_a_reader_needs(size: float) -> None:
    out = io.BytesIO()
    rows = register_rows(12)
    report = render_register("People", COLUMNS, rows, out, clock=still, body_size=size)
    reading = Reading(out.getvalue())
    assert reading.faults == []
    assert report.warnings == ()
    assert [[k.spoken.strip() for k in row.kids][3] for row in reading.nodes("TR")][1:] == [
        row[3] for row in rows
    ]


def test_a_cell_taller_than_a_page_goes_on_and_short_rows_are_filled() -> None:
    story = " ".join(f"word{number}" for number in range(3000))
    out = io.BytesIO()
    render_register("Comments", ["Who", "What"], [["A", story], ["B"], []], out, clock=still)
    reading = Reading(out.getvalue())
    assert reading.faults == []
    cells = [[kid.spoken.split() for kid in row.kids] for row in reading.nodes("TR")]
    assert cells[1] == [["A"], story.split()]
    assert cells[2:] == [[["B"], []], [[], []]]


def test_numbers_stand_against_the_right_of_their_column() -> None:
    out = io.BytesIO()
    rows = [["A", "5"], ["B", "1234"]]
    render_register("Counts", ["Place", Column("Count", "right")], rows, out, clock=still)
    with pypdfium2.PdfDocument(out.getvalue()) as document:
        text = document[0].get_textpage()
        whole = text.get_text_range()
        ends = [
            text.get_charbox(whole.index(number) + len(number) - 1, loose=True)[2]
            for number in ("5", "1234")
        ]
    assert ends[0] == pytest.approx(ends[1], abs=0.6)


def test_an_empty_register_says_so() -> None:
    out = io.BytesIO()
    render_register("People", COLUMNS, [], out, clock=still)
    assert Reading(out.getvalue()).texts("P") == ["There is nothing in this list."]


def test_a_character_nobody_can_draw_stops_a_register_with_its_word() -> None:
    with pytest.raises(MissingGlyphError, match="“thanks\U0001f600”"):
        render_register(
            "Comments", ["What"], [["Many thanks\U0001f600"]], io.BytesIO(), clock=still
        )


def test_other_peoples_signs_can_be_named_instead() -> None:
    out = io.BytesIO()
    rows = [["Thanks\U0001f600 so much"], ["Café"], ["See مرحبا بكم here"], ["Cafe\u0301"]]
    report = render_register("Comments", ["What"], rows, out, clock=still, spell_missing=True)
    reading = Reading(out.getvalue())
    assert reading.faults == []
    assert reading.texts("TD") == [
        "Thanks[grinning face] so much",
        "Café",
        "See [Arabic script] [Arabic script] here",
        "Café",
    ]
    assert report.warnings == (
        "2 cells have signs that no font has. They are named in square brackets.",
    )


def test_a_register_needs_columns() -> None:
    with pytest.raises(ValueError, match="column"):
        render_register("Nothing", [], [], io.BytesIO(), clock=still)


# The recovery sheet


def test_the_recovery_code_is_read_group_by_group() -> None:
    out = io.BytesIO()
    report = render_recovery(RECOVERY, out, clock=still)
    reading = Reading(out.getvalue())
    assert report.pages == 1
    code = reading.nodes("L")[0]
    assert [kid.role for item in code.kids for kid in item.kids] == ["Lbl", "LBody"] * 5
    assert [item.kids[0].spoken for item in code.kids] == ["1", "2", "3", "4", "5"]
    assert tuple(item.kids[1].spoken for item in code.kids) == RECOVERY.groups
    assert "Amina Sampleton on 1 May 2026" in reading.text
    assert "apart from the laptop" in reading.text
    assert RECOVERY.groups[0] not in str(reading.pdf.metadata)


def test_a_nought_in_the_code_keeps_its_stroke() -> None:
    out = io.BytesIO()
    render_recovery(RECOVERY, out, clock=still)
    reading = Reading(out.getvalue())
    (mark,) = reading.nodes("L")[0].kids[0].kids[1].marks
    assert reading.shown[mark] == RECOVERY.groups[0]
    assert any("AtkinsonHyperlegibleNext-Bold" in name for name in reading.fonts)
    assert not any("NotoSans-Bold" in name for name in reading.fonts)


@pytest.mark.parametrize(
    "groups", [("ABCDE",), ("ABCDEFGHJKLMNPQRSTUVWXYZ23456789",) * 3, ("AB",) * 60]
)
def test_any_code_is_printed_whole(groups: tuple[str, ...]) -> None:
    out = io.BytesIO()
    render_recovery(
        RecoverySheet(
            "A name that is long enough to need two lines at least, and more", "A", DAY, groups
        ),
        out,
        clock=still,
    )
    reading = Reading(out.getvalue())
    assert reading.faults == []
    spoken = [item.kids[1].spoken.replace(" ", "") for item in reading.nodes("L")[0].kids]
    assert tuple(spoken) == groups


def test_a_sheet_without_a_code_is_refused() -> None:
    with pytest.raises(ValueError, match="code"):
        render_recovery(replace(RECOVERY, groups=(" ",)), io.BytesIO(), clock=still)


# The summary


def test_the_summary_gives_each_drawing_its_table() -> None:
    out = io.BytesIO()
    assert render_summary(SUMMARY, out, clock=still).pages == 1
    reading = Reading(out.getvalue())
    feelings, themes = reading.nodes("Table")
    rows = [[kid.spoken for kid in row.kids] for row in feelings.walk() if row.role == "TR"]
    assert rows[0] == ["Answer", "People", "Share"]
    assert rows[1] == ["Very good", "2,875", "67.8%"]
    assert rows[6] == ["Don’t know", "14", "0.3%"]
    rows = [[kid.spoken for kid in row.kids] for row in themes.walk() if row.role == "TR"]
    assert rows == [
        ["Theme", "Comments"],
        ["Staff manner", "1,418"],
        ["Timeliness of care", "1,104"],
    ]
    (figure,) = reading.nodes("Figure")
    assert "Very good 67.8%" in str(figure.raw["/Alt"])
    assert "85.0% said good or very good" in reading.text
    assert "9.9% said poor or very poor" in reading.text
    assert "225 more gave us comments" in reading.text


def test_shares_are_of_everyone_who_answered() -> None:
    fft = FftCounts(3, 1, 2, 1, 1, 2, 90)
    assert fft.answered == 10
    assert percent(fft.very_good + fft.good, fft.answered) == "40.0%"
    assert percent(0, 0) == "–"


def test_a_summary_of_nothing_says_so() -> None:
    out = io.BytesIO()
    render_summary(replace(SUMMARY, fft=FftCounts(), themes=()), out, clock=still)
    reading = Reading(out.getvalue())
    assert "Nobody has answered this question yet." in reading.text
    assert "No comment has a theme yet." in reading.text


@pytest.mark.parametrize("profile", list(Profile))
def test_a_long_summary_flows_on(profile: Profile) -> None:
    themes = tuple(
        replace(SUMMARY.themes[0], name=f"Theme {n}, with a rather long name to it")
        for n in range(40)
    )
    out = io.BytesIO()
    report = render_summary(replace(SUMMARY, themes=themes), out, profile=profile, clock=still)
    reading = Reading(out.getvalue())
    assert reading.faults == []
    assert report.pages > 1
    assert all(theme.name in " ".join(reading.text.split()) for theme in themes)
