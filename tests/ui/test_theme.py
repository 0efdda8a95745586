"""Every pair of colours that carries words can be read, and sizes follow the text."""

import pytest

from ui.theme import SCHEMES, TONES, contrast, theme

PAIRS = [
    *[(text, ground) for text in ("text", "muted") for ground in ("page", "surface", "selected")],
    *[(tone, f"{tone}_back") for tone in TONES if tone != "plain"],
    *[("text", "bad_back"), ("text", "track"), ("muted", "track"), ("bad", "surface")],
    *[("action", "surface"), ("action", "selected"), ("on_action", "action")],
    *[("on_action", "action_hover"), ("on_selected", "selected"), ("brand", "surface")],
    ("on_badge", "badge"),
]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_stand_out_from_their_ground(scheme):
    colours = SCHEMES[scheme]
    least = 7 if scheme == "contrast" else 4.5
    faint = [
        (one, other, round(ratio, 2))
        for one, other in PAIRS
        if (ratio := contrast(getattr(colours, one), getattr(colours, other))) < least
    ]
    assert faint == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["page", "surface"])
def test_borders_of_controls_are_seen(scheme, ground):
    colours = SCHEMES[scheme]
    assert contrast(colours.control, getattr(colours, ground)) >= 3
    ring = (colours.focus, colours.focus_line)
    assert max(contrast(part, getattr(colours, ground)) for part in ring) >= 3


def test_lengths_and_type_follow_the_text_size(qapp):
    look = theme()
    try:
        look.set(percent=200)
        assert (look.px(8), look.px(0), look.font("title").pixelSize()) == (16, 0, 48)
        assert "padding: 12px 28px" in look.sheet("QPushButton { padding: 6u 14u; }")
        look.set(percent=5_000)
        assert look.percent == 200
    finally:
        look.set(percent=100)
    assert look.px(0.2) == 1


def test_a_sheet_has_no_token_left_over(qapp):
    from ui.style_sheet import SHEET

    assert "@" not in theme().sheet(SHEET)


def test_the_known_ratio_of_black_on_white():
    assert round(contrast("#000000", "#FFFFFF"), 1) == 21.0
