"""Everything the application carries is there, readable, and licensed beside itself."""

import datetime as dt
import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fontTools.misc.transform import Identity
from fontTools.pens.boundsPen import BoundsPen
from fontTools.svgLib.path import SVGPath
from reportlab.pdfbase.ttfonts import TTFont

import resources
from engage_desktop.about import notices, works
from engage_desktop.records.event import Event
from engage_desktop.records.feedback import Response
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.records.venue import Venue

ROOT = Path(__file__).resolve().parent.parent
SVG = "{http://www.w3.org/2000/svg}"
WELSH_AND_POLISH = "âêîôûŵŷÂÊÎÔÛŴŶ" + "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"
ENGLISH = "".join(map(chr, range(0x20, 0x7F))) + "£€½–—‘’“”•…é"
ALL_FONTS = [(f, w) for f, weights in resources.font_families().items() for w in weights]
ALL_SVG = sorted(
    [f"icons/{icon}.svg" for icon in resources.icon_ids()]
    + [p.file for p in resources.pictograms() if p.file.startswith("pictograms/")]
)


def test_the_package_is_this_project_s_own() -> None:
    """A stray `resources` in site-packages would shadow ours without a word."""
    assert Path(resources.__file__).resolve().parent == ROOT / "resources"
    assert resources.path("fonts").resolve().is_relative_to(ROOT)


@pytest.mark.parametrize(("family", "weight"), ALL_FONTS)
def test_a_font_can_be_embedded_and_has_the_letters(family: str, weight: str) -> None:
    face = TTFont(f"{family} {weight}", str(resources.font_path(family, weight))).face
    missing = [c for c in ENGLISH + WELSH_AND_POLISH if ord(c) not in face.charToGlyph]
    assert missing == []


def test_noto_sans_covers_greek_and_cyrillic() -> None:
    face = TTFont("noto", str(resources.font_path("Noto Sans"))).face
    assert [c for c in "Ελληνικά РусскийУкраїнськаґє" if ord(c) not in face.charToGlyph] == []


def test_every_font_file_belongs_to_a_named_family() -> None:
    assert set(resources.fonts()) == set(resources.path("fonts").glob("*.ttf"))


@pytest.mark.parametrize("file", ALL_SVG)
def test_a_picture_is_plain_paths_of_one_colour_inside_its_frame(file: str) -> None:
    svg = resources.read_text(file)
    root = ElementTree.fromstring(svg)
    assert {node.tag for node in root} == {f"{SVG}path"}
    assert {node.get("fill") for node in root} <= {None, "currentColor", "black"}
    assert not any(node.get("stroke") or node.get("style") for node in root.iter())
    pen = BoundsPen(None)
    SVGPath.fromstring(svg.encode(), transform=Identity).draw(pen)
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    slack = 0.02 * width
    assert pen.bounds is not None
    assert pen.bounds[0] >= left - slack
    assert pen.bounds[1] >= top - slack
    assert pen.bounds[2] <= left + width + slack
    assert pen.bounds[3] <= top + height + slack


def test_pictograms_have_their_own_ids_words_and_files() -> None:
    shown = resources.pictograms()
    assert len({p.id for p in shown}) == len(shown) > 100
    for pictogram in shown:
        assert resources.pictogram_svg(pictogram.id) == resources.read_text(pictogram.file)
        assert pictogram.label
        assert len(pictogram.tags) >= 2
        assert all(tag == tag.strip().lower() for tag in pictogram.tags)
        assert pictogram.set in {"healthicons", "material-symbols"}


def test_a_word_an_officer_types_finds_a_picture() -> None:
    found = {p.id for p in resources.pictograms() if "transport" in p.tags}
    assert {"bus", "taxi", "train", "car"} <= found


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (lambda: resources.path("fonts/none.ttf"), "There is no resource called “fonts/none.ttf”."),
        (lambda: resources.path("../LICENSE"), "There is no resource called “../LICENSE”."),
        (lambda: resources.path("/etc"), "There is no resource called “/etc”."),
        (lambda: resources.path(""), "There is no resource called “”."),
        (lambda: resources.icon_svg("unicorn"), "There is no icon called “unicorn”."),
        (lambda: resources.pictogram_svg("unicorn"), "There is no pictogram called “unicorn”."),
        (lambda: resources.font_path("Arial"), "There is no font family called “Arial”; there are"),
        (lambda: resources.font_path("Lexend", "Thin"), "Lexend has no weight called “Thin”"),
        (lambda: resources.reference("x"), "There is no reference list called “x”"),
    ],
)
def test_a_missing_thing_is_named(asked, says) -> None:
    with pytest.raises(resources.MissingResourceError) as caught:
        asked()
    assert str(caught.value).startswith(says)
    assert isinstance(caught.value, KeyError)


def test_every_borrowed_set_has_its_licence_beside_it_and_a_line_of_attribution() -> None:
    folders = ("fonts", "icons", "pictograms", "postcodes")
    licences = [f.name for d in folders for f in resources.path(d).glob("*.txt")]
    attribution = (ROOT / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert sorted(licences) == sorted(
        [
            "AtkinsonHyperlegibleNext-OFL.txt",
            "Lexend-OFL.txt",
            "NotoSans-OFL.txt",
            "LICENSE-Apache-2.0.txt",
            "LICENSE-MIT.txt",
            "LICENCE.txt",
        ]
    )
    assert all(licence in attribution for licence in licences)
    assert len(re.findall(r"`[0-9a-f]{64}`", attribution)) == len(licences)


def test_every_kind_of_file_is_packed_with_the_package() -> None:
    """A file that no glob of pyproject names would be left out of the wheel without a word."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    globs = settings["tool"]["setuptools"]["package-data"]["resources"]
    packed = {f for glob in globs for f in resources.path("fonts").parent.glob(glob)}
    there = {
        f
        for f in resources.path("fonts").parent.rglob("*")
        if f.is_file() and f.suffix not in {".py", ".pyc"}
    }
    assert there - packed == set()


@pytest.mark.parametrize("name", resources.reference_names())
def test_a_reference_list_says_where_it_is_from_and_when(name: str) -> None:
    listed = resources.reference(name)
    assert len(listed.source) > 20
    assert dt.date.fromisoformat(listed.as_of) <= dt.date(2026, 12, 31)
    codes = [item["code"] for item in listed.items]
    assert len(set(codes)) == len(codes) > 4
    for item in listed.items:
        assert re.fullmatch(r"[a-z0-9_]+", item["code"])
        assert item["label"].strip() == item["label"] != ""
        assert item.get("icon", "help") in resources.icon_ids()


def test_the_friends_and_family_answers_are_in_their_fixed_order() -> None:
    fft = resources.reference("fft_answers")
    assert fft.more["question"] == "Overall, how was your experience of our service?"
    assert [(a["number"], a["label"]) for a in fft.items] == [
        (1, "Very good"),
        (2, "Good"),
        (3, "Neither good nor poor"),
        (4, "Poor"),
        (5, "Very poor"),
        (6, "Don’t know"),
    ]


def test_languages_are_a_list_of_sixty_with_the_signed_ones_first() -> None:
    languages = resources.reference("languages").items
    assert len(languages) == 60
    assert [item["code"] for item in languages[:3]] == ["bfi", "isg", "ase"]
    assert {item["direction"] for item in languages} == {"signed", "ltr", "rtl"}
    assert all(re.fullmatch(r"[a-z]{3}", item["code"]) for item in languages)
    asked_for = {"Polish", "Portuguese", "Slovak", "Chinese (Mandarin)", "Lithuanian", "Russian"}
    assert asked_for <= {item["label"] for item in languages}


def test_the_lists_agree_with_the_choices_of_the_records() -> None:
    """A code that the list offers and the record refuses would lose what somebody chose."""
    pairs = {
        "stakeholder_types": Stakeholder.specs()["stakeholder_type"],
        "matrix_groups": Stakeholder.specs()["matrix_group"],
        "protected_characteristics": Stakeholder.specs()["speaks_for"],
        "event_types": Event.specs()["event_type"],
        "feedback_sources": Response.specs()["source"],
        "fft_answers": Response.specs()["fft"],
        "venue_features": Venue.specs()["access"],
    }
    for name, spec in pairs.items():
        offered = {item["code"] for item in resources.reference(name).items}
        known = {choice.code for choice in spec.choices} - {"not_asked"}
        assert known <= offered, name


def test_the_program_names_everybody_whose_work_it_carries() -> None:
    """What the repository says of others' work, and what the window says, is one list."""
    table = [line for line in (ROOT / "ATTRIBUTION.md").read_text("utf-8").splitlines()
             if line.startswith("| ") and "`resources/" in line]  # fmt: skip
    said = works()
    assert len(table) == len(said) >= 6
    for line, work in zip(table, said, strict=True):
        assert line.startswith(f"| {work.what}"), line
        assert f"`resources/{work.part}/`" in line
        assert work.licence.removesuffix(" License") in line
        assert len(work.text) > 500
    attribution = " ".join((ROOT / "ATTRIBUTION.md").read_text("utf-8").split())
    assert all(notice in attribution for notice in notices())
