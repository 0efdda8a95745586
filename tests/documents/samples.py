"""Documents and faces for the tests: all fictional, with the clock held still."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

import resources
from engage_desktop.documents.easy_read import EasyReadSheet, Row, render_easy_read
from engage_desktop.documents.recovery import RecoverySheet, render_recovery
from engage_desktop.documents.register import Column, render_register
from engage_desktop.documents.style import Profile
from engage_desktop.documents.summary_doc import (
    FftCounts,
    SummaryDoc,
    ThemeCount,
    render_summary,
)

DAY = date(2026, 5, 1)


def still() -> datetime:
    return datetime(2026, 5, 1, 9, 30, tzinfo=UTC)


SHEET = EasyReadSheet(
    "You said, we did",
    "Buses to hospital",
    (
        Row("bus", "You told us about buses.", "The last bus leaves too early."),
        Row("speak", "62 people talked to us.", "Many people missed the bus home from hospital."),
        Row("change_date", "We asked for a later bus.", "A new bus starts on 1 September 2026."),
    ),
    Row("call", "Do you want to tell us more?", "Call 01632 960 100 or come to the village hall."),
    "Easy read",
    DAY,
    "Marlpool reading group, 20 April 2026",
)
RECOVERY = RecoverySheet(
    "Marlpool engagement", "Amina Sampleton", DAY, ("7K2Q0", "M9XWT", "4HJD1", "PP08E", "0R6TY")
)
SUMMARY = SummaryDoc(
    "What people told us",
    "Comment cards, April to June 2026",
    FftCounts(2875, 729, 203, 172, 248, 14, 225),
    (ThemeCount("Staff manner", 1418), ThemeCount("Timeliness of care", 1104)),
    7908,
    ("1,685 comments were blank.",),
    "Northmoor engagement team",
    DAY,
)


def register_rows(count: int) -> list[list[str]]:
    towns = ("Marlpool", "Saltmarsh Quay", "Great Finchcombe")
    return [
        [
            f"Person {number}",
            towns[number % 3],
            f"01632 960 {number % 1000:03d}",
            "" if number % 4 else "Prefers large print, and a call after 4 pm on weekdays.",
            str(number * 7 % 100),
        ]
        for number in range(1, count + 1)
    ]


COLUMNS = ("Name", "Place", "Telephone", "Notes", Column("Contacts", "right"))

Renderer = Callable[[BinaryIO], object]


def _easy_read(profile: Profile) -> Renderer:
    return lambda out: render_easy_read(SHEET, out, profile=profile, clock=still)


DOCUMENTS: dict[str, Renderer] = {
    **{f"easy read, {profile}": _easy_read(profile) for profile in Profile},
    "register": lambda out: render_register(
        "People", COLUMNS, register_rows(130), out, filters="In Marlpool", day=DAY, clock=still
    ),
    "empty register": lambda out: render_register("People", COLUMNS, [], out, clock=still),
    "recovery": lambda out: render_recovery(RECOVERY, out, clock=still),
    "summary": lambda out: render_summary(SUMMARY, out, clock=still),
    "empty summary": lambda out: render_summary(
        SummaryDoc("What people told us", "", FftCounts(), ()), out, clock=still
    ),
}


def rendered(render: Renderer) -> bytes:
    out = io.BytesIO()
    render(out)
    return out.getvalue()


RTL_FAMILY = "Made-up Letters"
_FEATURES = "feature rlig { sub lam alef by lamalef; } rlig;"


def build_rtl_face(path: Path) -> Path:
    """A face of rectangles for a few Hebrew and Arabic letters, with one ligature."""
    widths = {
        ".notdef": 500,
        "space": 250,
        "shin": 700,
        "lamed": 500,
        "vav": 300,
        "mem": 600,
        "parenleft": 333,
        "parenright": 334,
        "lam": 450,
        "alef": 350,
        "lamalef": 640,
        "ba": 520,
    }
    codes = {
        0x20: "space",
        0x28: "parenleft",
        0x29: "parenright",
        0x5E9: "shin",
        0x5DC: "lamed",
        0x5D5: "vav",
        0x5DD: "mem",
        0x644: "lam",
        0x627: "alef",
        0x628: "ba",
    }
    glyphs = {}
    for name, width in widths.items():
        pen = TTGlyphPen(None)
        if name != "space":
            pen.moveTo((50, 0))
            pen.lineTo((50, 600))
            pen.lineTo((width - 50, 600))
            pen.lineTo((width - 50, 0))
            pen.closePath()
        glyphs[name] = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(widths))
    builder.setupCharacterMap(codes)
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (width, 50) for name, width in widths.items()})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupOS2(sCapHeight=600)
    builder.setupNameTable({"familyName": "MadeUp", "styleName": "Regular", "psName": "MadeUp"})
    builder.setupPost()
    addOpenTypeFeaturesFromString(builder.font, _FEATURES)
    builder.save(path)
    return path


def locate_with(face: Path) -> Callable[[str, str], Path]:
    """The shipped faces, and `face` as the family called RTL_FAMILY."""
    return lambda family, weight: (
        face if family == RTL_FAMILY else resources.font_path(family, weight)
    )
