"""The easy-read sheet: what it shows, what it says of itself, and that it never cuts anything."""

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.documents.easy_read import (
    EasyReadSheet,
    Level,
    Row,
    check_easy_read,
    render_easy_read,
)
from engage_desktop.documents.easy_read_sheet import sentences
from engage_desktop.documents.pictures import PictureError
from engage_desktop.documents.style import PROFILES, Profile
from engage_desktop.documents.tagged import DocumentReport
from tests.documents.reading import Reading
from tests.documents.samples import SHEET, still

LONG = "We keep asking, and we keep writing down what people tell us about the bus. " * 3


def printed(
    sheet: EasyReadSheet, profile: Profile = Profile.EASY_READ
) -> tuple[Reading, DocumentReport]:
    out = io.BytesIO()
    report = render_easy_read(sheet, out, profile=profile, clock=still)
    return Reading(out.getvalue()), report


def test_picture_heading_and_sentence_are_read_in_that_order() -> None:
    reading, report = printed(SHEET)
    assert report == DocumentReport(1)
    assert [node.role for node in reading.root.kids] == ["H1", "P", "Sect", "Sect", "Sect", "Sect"]
    for section, row in zip(reading.nodes("Sect"), SHEET.all_rows, strict=True):
        assert [kid.role for kid in section.kids] == ["Figure", "H2", "P"]
        assert section.kids[1].spoken.strip() == row.heading
        assert section.kids[2].spoken.strip() == row.sentence


def test_the_words_come_out_in_order_for_a_reader_that_ignores_the_tree() -> None:
    reading, _ = printed(SHEET)
    text = " ".join(reading.pdf.pages[0].extract_text().split())
    said = [SHEET.title, SHEET.topic]
    for row in SHEET.all_rows:
        said += [row.heading, row.sentence]
    at = [text.index(part) for part in said]
    assert at == sorted(at)


def test_pictures_say_what_they_are() -> None:
    reading, _ = printed(replace(SHEET, rows=(replace(SHEET.rows[0], alt="A bus at night"),)))
    words = [str(node.raw["/Alt"]) for node in reading.nodes("Figure")]
    assert words[0] == "A bus at night"
    assert all(words)


@pytest.mark.parametrize("profile", list(Profile))
def test_text_is_as_large_as_the_profile_promises(profile: Profile) -> None:
    reading, _ = printed(SHEET, profile)
    # A digit's face is a little smaller on paper, so that its capitals match.
    assert min(reading.sizes) >= PROFILES[profile].body_size * 0.9


@pytest.mark.parametrize("profile", list(Profile))
def test_a_long_sheet_flows_on_and_loses_nothing(profile: Profile) -> None:
    rows = tuple(replace(SHEET.rows[n % 3], sentence=f"{LONG}{n}.") for n in range(7))
    sheet = replace(SHEET, title="You said, we did, " * 8, topic=LONG, rows=rows)
    reading, report = printed(sheet, profile)
    assert reading.faults == []
    assert report.pages == len(reading.pdf.pages) > 1
    said = " ".join(reading.text.split())
    for row in rows:
        assert " ".join(row.sentence.split()) in said
    assert " ".join(sheet.title.split()) in said


def test_a_row_is_not_divided_between_pages() -> None:
    rows = tuple(replace(SHEET.rows[n % 3], sentence=f"{LONG}{n}.") for n in range(7))
    reading, _ = printed(replace(SHEET, rows=rows))
    for section in reading.nodes("Sect"):
        assert len({page for node in section.walk() for page, _ in node.marks}) == 1


def test_a_row_taller_than_a_page_goes_on_to_the_next() -> None:
    endless = replace(SHEET.rows[0], sentence=LONG * 12)
    reading, report = printed(replace(SHEET, rows=(endless,)), Profile.PERSONAL_28)
    assert reading.faults == []
    assert report.pages > 2
    assert " ".join(endless.sentence.split()) in " ".join(reading.text.split())


def test_more_than_two_sides_are_warned_of() -> None:
    rows = tuple(replace(SHEET.rows[n % 3], sentence="The bus is late.") for n in range(14))
    _, report = printed(replace(SHEET, rows=rows))
    assert report.pages > 2
    assert any("sides" in warning for warning in report.warnings)


def test_each_sentence_begins_a_line() -> None:
    two = replace(SHEET.rows[0], sentence="The bus is late. Dr. Mockridge waits too.")
    reading, _ = printed(replace(SHEET, rows=(two,)))
    section = reading.nodes("Sect")[0]
    assert [kid.spoken for kid in section.kids if kid.role == "P"] == [
        "The bus is late.",
        "Dr. Mockridge waits too.",
    ]


def test_a_picture_that_is_not_there_is_told_in_a_sentence() -> None:
    with pytest.raises(PictureError, match="no picture called “dragon”"):
        printed(replace(SHEET, rows=(replace(SHEET.rows[0], picture="dragon"),)))


def test_a_sheet_that_keeps_the_rules_has_nothing_found() -> None:
    assert check_easy_read(SHEET) == []


def words(count: int) -> str:
    return " ".join(["bus"] * count) + "."


@pytest.mark.parametrize(
    ("count", "levels"), [(15, []), (16, [Level.WARN]), (20, [Level.WARN]), (21, [Level.FAIL])]
)
def test_sentences_are_counted_by_their_words(count: int, levels: list[Level]) -> None:
    sheet = replace(SHEET, rows=(replace(SHEET.rows[0], sentence=words(count)),))
    found = check_easy_read(sheet)
    assert [finding.level for finding in found] == levels
    assert all(finding.where == "Row 1" and str(count) in finding.sentence for finding in found)


@pytest.mark.parametrize(
    ("sentence", "level", "words_of_it"),
    [
        ("This is IMPORTANT news.", Level.FAIL, "“IMPORTANT” is in capitals"),
        ("Ask the ICB.", Level.WARN, "“ICB”"),
        ("We listened; we changed.", Level.WARN, "More than one idea"),
        ("We came and sat but left.", Level.WARN, "More than one idea"),
        ("We heard from 12% of people.", Level.HINT, "percentage"),
        ("We heard from 1,200 people.", Level.HINT, "1,200 is a large number"),
        ("Come on 01/09/2026.", Level.HINT, "date in full"),
        ("They run late.", Level.HINT, "“They” may be unclear"),
        ("The bus was cancelled.", Level.HINT, "was cancelled"),
        ("Stakeholders came.", Level.HINT, "hard word"),
    ],
)
def test_what_is_hard_to_read_is_found(sentence: str, level: Level, words_of_it: str) -> None:
    found = check_easy_read(replace(SHEET, rows=(replace(SHEET.rows[0], sentence=sentence),)))
    assert any(f.level is level and words_of_it in f.sentence for f in found), found


@pytest.mark.parametrize(
    "sentence",
    ["Call 01632 960 100 on 1 September 2026.", "The NHS paid.", "1,000 people came.", "GP, TV."],
)
def test_what_is_plain_is_left_alone(sentence: str) -> None:
    assert check_easy_read(replace(SHEET, rows=(replace(SHEET.rows[0], sentence=sentence),))) == []


@pytest.mark.parametrize(
    ("change", "where", "level"),
    [
        ({"contact": None}, "Contact", Level.FAIL),
        ({"contact": Row("call", "Talk to us.", "Come and see us.")}, "Contact", Level.WARN),
        ({"title": " "}, "Title", Level.FAIL),
        ({"rows": ()}, "Rows", Level.FAIL),
        ({"rows": (Row("", "A bus.", "It is late."),)}, "Row 1", Level.FAIL),
        ({"rows": (Row("dragon", "A bus.", "A bus is late."),)}, "Row 1", Level.FAIL),
        ({"rows": (Row("bus", "", "A bus is late."),)}, "Row 1", Level.WARN),
        ({"rows": (Row("bus", "", ""),)}, "Row 1", Level.FAIL),
        ({"tested_by": ""}, "Tested by", Level.WARN),
    ],
)
def test_what_is_missing_is_found(change: dict[str, object], where: str, level: Level) -> None:
    found = check_easy_read(replace(SHEET, **change))
    assert (where, level) in [(finding.where, finding.level) for finding in found]


@given(st.text(max_size=80))
def test_sentences_keep_every_word(text: str) -> None:
    assert " ".join(sentences(text)).split() == text.split()


@settings(max_examples=25)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.sampled_from(list(Profile)))
def test_any_sheet_is_whole_and_without_fault(lengths: list[int], profile: Profile) -> None:
    rows = tuple(
        replace(SHEET.rows[index % 3], sentence=LONG * length + f"Row {index} ends.")
        for index, length in enumerate(lengths)
    )
    reading, _ = printed(replace(SHEET, rows=rows), profile)
    assert reading.faults == []
    said = " ".join(reading.text.split())
    assert all(f"Row {index} ends." in said for index in range(len(lengths)))
