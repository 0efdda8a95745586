"""Letters to glyphs to lines: nothing lost, nothing boxed, nothing parted that belongs together."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage_desktop.documents.fonts import Font, FontBook, MissingGlyphError, clusters
from engage_desktop.documents.layout import Layout, hold_together
from engage_desktop.documents.shaping import Shaper, clean
from engage_desktop.documents.style import A4, BODY_FAMILY, PROFILES, TEXT, Profile, TextStyle
from engage_desktop.documents.tagged import TaggedPdf
from tests.documents.reading import Reading
from tests.documents.samples import RTL_FAMILY, build_rtl_face, locate_with, still

BODY = Font(BODY_FAMILY, "Regular", "Noto Sans")
STYLE = PROFILES[Profile.EASY_READ].body
LETTERS = st.text(
    st.sampled_from("aAbBzZ09 '-.,;:!?()&/@£%éüŵŷßłőžşAVTfiﬁfflЖщяЮΩλέ\u0301\u00a0"), max_size=60
)


def layout(book: FontBook | None = None) -> Layout:
    return Layout(Shaper(book or FontBook()))


def page_with(text: str, *, style: TextStyle = STYLE, book: FontBook | None = None) -> Reading:
    pdf = TaggedPdf(title="A trial", page_size=A4, clock=still, book=book)
    pdf.new_page()
    lines = pdf.measure(text, style, 300)
    with pdf.content(pdf.add("H1")):
        pdf.draw_lines(lines, style, 50, 780, 300)
    out = io.BytesIO()
    pdf.save(out)
    return Reading(out.getvalue())


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_rtl_face(tmp_path_factory.mktemp("faces") / "made-up.ttf")


def rtl_book(face: Path) -> FontBook:
    return FontBook(locate_with(face), ("Noto Sans", RTL_FAMILY))


@given(LETTERS)
def test_what_is_printed_reads_back_as_it_was_written(text: str) -> None:
    reading = page_with(text + "x")
    assert reading.faults == []
    written = clean(text + "x").replace("\u00a0", " ").split()
    assert reading.text.split() == written


@given(LETTERS, st.floats(min_value=4, max_value=400))
def test_no_line_is_wider_than_its_column(text: str, width: float) -> None:
    for line in layout().lines(text, BODY, 12, width):
        # One character wider than the column has nowhere narrower to go.
        assert line.width <= width + 0.1 or len(list(clusters(line.text))) == 1


@given(LETTERS, st.floats(min_value=4, max_value=400))
def test_no_letter_is_lost_between_lines(text: str, width: float) -> None:
    lines = layout().lines(text, BODY, 12, width)
    joined = "".join(line.text for line in lines)
    assert "".join(joined.split()) == "".join(clean(text).split())


@given(LETTERS, st.floats(min_value=60, max_value=400))
def test_balanced_lines_are_as_few_and_say_the_same(text: str, width: float) -> None:
    maker = layout()
    plain = maker.lines(text, BODY, 12, width)
    even = maker.balanced(text, BODY, 12, width)
    assert len(even) == len(plain)
    assert " ".join(line.text for line in even).split() == (
        " ".join(line.text for line in plain).split()
    )


@pytest.mark.parametrize(
    "whole",
    [
        "1 September 2026",
        "Monday 14 June",
        "3rd May 2027",
        "May 2026",
        "01632 960 100",
        "(01632) 960 100",
        "+44 1632 960 100",
        "10.30 am",
        "4 pm",
        "£2 million",
    ],
)
def test_a_date_a_time_a_sum_and_a_number_stay_on_one_line(whole: str) -> None:
    maker = layout()
    room = maker.width(whole, BODY, 16)
    for lead in range(24):
        lines = maker.lines(f"{'o' * lead} {whole} and more", BODY, 16, room + 60)
        assert sum(whole in line.text for line in lines) == 1


def test_words_that_only_look_like_dates_are_left_alone() -> None:
    assert hold_together("We may go in 2 May Street") == "We may go in 2\u00a0May Street"
    assert hold_together("March on") == "March on"


def test_a_telephone_number_wider_than_its_column_is_parted_at_its_spaces() -> None:
    lines = layout().lines("01632 960 100", BODY, 16, 50)
    assert [line.text for line in lines] == ["01632", "960", "100"]


def test_an_address_is_parted_at_a_seam_without_a_hyphen_or_a_space() -> None:
    maker = layout()
    lines = maker.lines("someone.longish@example.org today", BODY, 12, 110)
    assert [line.text for line in lines] == ["someone.longish@", "example.org today"]
    assert page_with("someone.with.a.very.long.name.indeed@office.example.org").text == (
        "someone.with.a.very.long.name.indeed@office.example.org"
    )


def test_no_hyphen_is_ever_added() -> None:
    lines = layout().lines("Incomprehensibilities notwithstanding", BODY, 16, 70)
    assert "-" not in "".join(line.text for line in lines)
    assert "".join(line.text for line in lines) == "Incomprehensibilitiesnotwithstanding"


def test_a_line_feed_ends_a_line_and_an_empty_one_is_kept() -> None:
    lines = layout().lines("One\n\nTwo\r\nThree", BODY, 16, 300)
    assert [line.text for line in lines] == ["One", "", "Two", "Three"]


def test_what_cannot_be_seen_is_not_printed() -> None:
    assert clean("a\x00b\u200bc\ufeffd\u00ade\tf\u2009g") == "abcde f g"


def test_a_letter_the_face_lacks_comes_from_the_next(made_up: Path) -> None:
    reading = page_with("Jak się masz? Как дела? Γειά σου")
    assert reading.text == "Jak się masz? Как дела? Γειά σου"
    assert sorted(name.split("+")[1] for name in reading.fonts) == [
        "AtkinsonHyperlegibleNext-Regular",
        "NotoSans-Regular",
    ]


def test_digits_have_a_plain_zero() -> None:
    chain = FontBook()
    shaped = Shaper(chain).word("01632", BODY)
    assert [piece.face.name for piece in shaped.pieces] == ["NotoSans-Regular"]


def test_capitals_of_both_faces_are_equally_tall() -> None:
    (piece,) = Shaper(FontBook()).word("2026", BODY).pieces
    own = FontBook().chain(BODY)[0]
    assert piece.scale * piece.face.cap_height / piece.face.upem == pytest.approx(
        own.cap_height / own.upem, abs=0.001
    )


@pytest.mark.parametrize(
    ("text", "character", "word"),
    [
        ("Call us \u260e now", "\u260e", "\u260e"),
        ("It was good\U0001f600!", "\U0001f600", "good\U0001f600!"),
        ("Say 한국어 here", "한", "한국어"),
        ("Say مرحبا here", "م", "مرحبا"),
    ],
)
def test_a_character_in_no_face_is_named_with_its_word(
    text: str, character: str, word: str
) -> None:
    with pytest.raises(MissingGlyphError) as caught:
        page_with(text)
    error = caught.value
    assert (error.code, error.character) == ("missing_glyph", character)
    assert word in error.word
    assert word in error.sentence
    assert f"U+{ord(character):04X}" in error.sentence
    assert "Nothing was printed." in error.sentence


def test_a_script_without_a_font_is_told_as_that() -> None:
    with pytest.raises(MissingGlyphError, match="in the Hangul script"):
        page_with("한국어")


def test_missing_characters_can_be_asked_for_before_printing() -> None:
    book = FontBook()
    assert book.missing("Tick ✓ and ✓, arrow →, plain é", BODY) == ["✓", "→"]


def test_right_to_left_words_stand_in_their_own_order_and_read_back(made_up: Path) -> None:
    book = rtl_book(made_up)
    style = TextStyle(Font(RTL_FAMILY), 20, 28, TEXT)
    text = "שלום לשם"
    reading = page_with(text, style=style, book=book)
    assert reading.faults == []
    assert reading.text == text
    # On the page the last letter of the last word comes first from the left.
    (shown,) = [reading.shown[mark] for mark in reading.nodes("H1")[0].marks]
    assert shown == text[::-1]


def test_right_to_left_lines_stand_against_the_right(made_up: Path) -> None:
    maker = layout(rtl_book(made_up))
    font = Font(RTL_FAMILY)
    lines = maker.lines("שלום לשם שלום לשם", font, 20, 120)
    assert len(lines) > 1
    assert all(line.rtl for line in lines)
    assert lines[0].text.startswith("שלום")


def test_a_mixed_line_keeps_each_direction(made_up: Path) -> None:
    book = rtl_book(made_up)
    reading = page_with("Say שלום לשם twice", book=book)
    assert reading.text == "Say שלום לשם twice"
    (shown,) = [reading.shown[mark] for mark in reading.nodes("H1")[0].marks]
    assert shown == f"Say {'שלום לשם'[::-1]} twice"


def test_letters_that_join_carry_their_actual_text(made_up: Path) -> None:
    style = TextStyle(Font(RTL_FAMILY), 20, 28, TEXT)
    reading = page_with("بلا", style=style, book=rtl_book(made_up))
    assert reading.faults == []
    assert reading.text == "بلا"


def test_a_mark_stays_with_its_letter() -> None:
    assert list(clusters("q\u0303a\u200db")) == ["q\u0303", "a\u200db"]
    reading = page_with("q\u0303 and x\u0323")
    assert reading.faults == []
    assert reading.text == "q\u0303 and x\u0323"
