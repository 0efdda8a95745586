"""Postcodes: how they are written, which exist, and where a place's districts put them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import resources
from engage_desktop.stakeholders import postcodes
from engage_desktop.stakeholders.postcodes import Standing, check, lies_in, nearest, normalise


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("sw1a0aa", "SW1A 0AA"), (" SW1A  0AA ", "SW1A 0AA"), ("m1 1ad", "M1 1AD"),
        ("E1W-1AA", "E1W 1AA"), ("90210", ""), ("", ""), ("SW1A", ""), ("SW1A 0A", ""),
        ("SW1A 0AAA", ""),
    ],
)  # fmt: skip
def test_a_postcode_is_written_in_one_way(written: str, kept: str) -> None:
    assert normalise(written) == kept


@pytest.mark.parametrize(
    ("written", "standing", "words"),
    [
        ("SW1A 0AA", Standing.KNOWN, ""),
        ("m11ad", Standing.KNOWN, ""),
        ("GY1 1AA", Standing.KNOWN, ""),
        ("", Standing.KNOWN, ""),
        ("SW1A 9ZZ", Standing.NOT_KNOWN, "new ones appear"),
        ("SW1A 1CA", Standing.NOT_KNOWN, "was not in use in February 2025"),
        ("CV99 1AA", Standing.NO_DISTRICT, "no district CV99"),
        ("ZZ1 1ZZ", Standing.NOT_REAL, "ZZ is not a real area"),
        ("QQ1 1AA", Standing.NOT_REAL, "QQ is not a real area"),
        ("BT1 5GS", Standing.NOT_HELD, "Northern Ireland cannot be checked"),
        ("90210", Standing.NO_FORM, "not written like a postcode"),
        ("SWIA OAA", Standing.NO_FORM, "Is SW1A 0AA meant?"),
    ],
)
def test_what_is_known_of_a_postcode(written: str, standing: Standing, words: str) -> None:
    found = check(written)
    assert found.standing is standing
    assert words in found.words
    assert bool(found.words) == bool(words)
    assert found.doubtful == (standing not in (Standing.KNOWN, Standing.NOT_HELD))


@given(st.text(max_size=12))
def test_any_text_gets_an_answer(text: str) -> None:
    found = check(text)
    assert found.standing in Standing
    if found.standing not in (Standing.NO_FORM, Standing.KNOWN):
        assert normalise(text) == found.postcode


def test_the_list_is_whole_dated_and_licensed_beside_itself() -> None:
    assert postcodes.as_of() == "February 2025"
    listed = postcodes._listed()
    assert len(listed.districts) == 2897
    assert sum(byte.bit_count() for byte in listed.bits) == 1_749_487
    assert not [name for name in listed.districts if name.startswith("BT")]
    said = resources.read_text("postcodes/LICENCE.txt")
    assert "Open Government Licence v3.0" in said
    assert "Crown copyright and database right 2025" in said


@pytest.mark.parametrize(
    ("districts", "how"),
    [("ZZ1", 2), ("ZZ1 2; ZZ1 3", 3), ("zz1 2ab", 5), ("ZZ", 1), ("ZZ11", 0), ("ZZ1 3", 0),
     ("", 0), ("Z", 0), ("ZZ12", 0), ("nonsense; ZZ1", 2)],
)  # fmt: skip
def test_a_place_names_its_postcodes_more_or_less_exactly(districts: str, how: int) -> None:
    assert lies_in("zz12ab", districts) == how


def test_the_nearest_places_are_those_that_name_it_most_exactly() -> None:
    places = [("county", "ZZ"), ("town", "ZZ1"), ("north", "ZZ1 2; ZZ1 3"), ("ward", "ZZ1 2")]
    assert nearest("ZZ1 2AB", places) == ["north", "ward"]
    assert nearest("ZZ1 9AB", places) == ["town"]
    assert nearest("QQ1 1AA", places) == []
    assert nearest("ZZ", places) == []
