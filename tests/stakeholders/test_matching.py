"""Who may be one with whom, and why."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engage_desktop.stakeholders.matching import (
    ENOUGH,
    Rarity,
    address_key,
    card_of,
    compare,
    email_key,
    phone_key,
    postcode_key,
)
from engage_desktop.stakeholders.names import Given, given_alike, org_alike, org_name, person_name
from engage_desktop.stakeholders.words import alikeness, folded, is_slip, sound


@pytest.mark.parametrize(
    ("written", "given_names", "family"),
    [
        ("Okafor, Dr Jane A.", ("jane", "a"), "okafor"),
        ("Dr Jane Okafor OBE", ("jane",), "okafor"),
        ("Siân O’Brien", ("sian",), "obrien"),
        ("Maria de la Cruz", ("maria",), "delacruz"),
        ("Anne Smith-Jones", ("anne",), "smithjones"),
        ("John Mc Donald", ("john",), "mcdonald"),
        ("Mrs Smith", (), "smith"),
        ("Łukasz Żak", ("lukasz",), "zak"),
        ("", (), ""),
    ],
)
def test_a_name_is_taken_apart(written: str, given_names: tuple[str, ...], family: str) -> None:
    name = person_name(written)
    assert (name.given, name.family) == (given_names, family)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("liz", "elizabeth", Given.FORM), ("beth", "liz", Given.FORM),
        ("j", "jane", Given.INITIAL), ("j", "mary", Given.OTHER), ("sarah", "susan", Given.OTHER),
        ("", "jane", Given.UNKNOWN), ("micheal", "michael", Given.FORM),
        ("rosemay", "rosemary", Given.SLIP), ("jane", "jane", Given.SAME),
    ],
)  # fmt: skip
def test_given_names(one: str, other: str, found: Given) -> None:
    assert given_alike(one, other) is found
    assert given_alike(other, one) is found


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("St Mary's Hospital NHS Foundation Trust", "Saint Marys Hosp. NHS FT", 0.99, 1),
        ("The Hollis Trust", "Hollis Trust Limited", 0.99, 1),
        ("Health Watch Marlshire", "Healthwatch Marlshire Ltd", 0.9, 1),
        ("Marlshire Engagement Advisory Group", "MEAG", 0.85, 0.85),
        ("Marlford Carers Forum", "Kestbury Carers Forum", 0, 0.6),
        ("Ward 3", "Ward 4", 0, 0),
    ],
)
def test_organisations(one: str, other: str, least: float, most: float) -> None:
    assert least <= org_alike(org_name(one), org_name(other)) <= most


def score(one: dict[str, str], other: dict[str, str]) -> float:
    pair = compare(card_of("1", one), card_of("2", other))
    return pair.score if pair is not None else 0.0


JANE = {"name": "Jane Okafor", "postcode": "ZZ1 1AA", "address": "14 Mill Lane",
        "phone": "01632 960111"}  # fmt: skip


def test_one_household_is_not_one_person() -> None:
    assert score(JANE, JANE | {"name": "John Okafor"}) == 0
    assert score(JANE, JANE | {"name": "Sarah Okafor"}) == 0
    assert score(JANE, JANE | {"name": "Janet Okafor"}) > 0.9, "a form of the same name"
    assert score({**JANE, "name": "Mr J Okafor"}, {**JANE, "name": "Mrs J Okafor"}) == 0


def test_a_person_is_never_an_organisation() -> None:
    assert score(JANE, JANE | {"nature": "organisation"}) == 0
    group, committee = ({"name": "Carers Forum", "nature": n, "phone": "01632 960111"}
                        for n in ("group", "committee"))  # fmt: skip
    assert score(group, committee) > ENOUGH


def test_what_differs_counts_against() -> None:
    surer = score(JANE, JANE)
    for name, value in (("phone", "01632 960222"), ("postcode", "ZZ9 9ZZ"),
                        ("address", "15 Mill Lane")):  # fmt: skip
        assert score(JANE, JANE | {name: value}) < surer
        pair = compare(card_of("1", JANE), card_of("2", JANE | {name: value}))
        assert pair is not None
        assert any(reason.startswith("But:") for reason in pair.reasons)


def test_every_pair_says_why() -> None:
    pair = compare(card_of("1", JANE), card_of("2", JANE | {"name": "Okafor, Mrs Jane"}))
    assert pair is not None
    assert pair.reasons == ("Same name", "Same phone number", "Same postcode", "Same address")


def test_a_name_that_many_have_says_less() -> None:
    crowd = [card_of(str(n), {"name": "John Smith"}) for n in range(200)]
    few = [card_of(f"x{n}", {"name": f"Person Quirk{n}"}) for n in range(200)]
    rarity = Rarity([*crowd, *few, *(card_of(f"y{n}", {"name": "Jo Zouch"}) for n in (1, 2))])
    common = compare(crowd[0], crowd[1], rarity)
    rare = compare(card_of("y1", {"name": "Jo Zouch"}), card_of("y2", {"name": "Jo Zouch"}), rarity)
    assert common is not None
    assert rare is not None
    assert common.score < 0.1 < ENOUGH < rare.score


def test_values_are_compared_in_one_form() -> None:
    assert folded("𝐀𝐧𝐧 ᴮell") == folded("Ann Bell") == "ann bell"
    assert phone_key("+44 (0)1632 960111") == phone_key("01632960111 ext 4") == "632960111"
    assert phone_key("999") == ""
    assert email_key(" Jane+list@Example.org") == "jane@example.org"
    assert postcode_key("zz1 1aa") == "ZZ11AA"
    assert address_key("Flat 2, 14 Mill Ln\nMarlford") == ("2 14", "mill")


WORDS = st.text(alphabet="abcdeéø'- ", max_size=9)


@given(WORDS, WORDS)
def test_likeness_is_the_same_from_both_sides(one: str, other: str) -> None:
    first, second = folded(one), folded(other)
    assert 0 <= alikeness(first, second) <= 1
    assert alikeness(first, second) == pytest.approx(alikeness(second, first))
    assert is_slip(first, second) == is_slip(second, first)
    assert (alikeness(first, second) == 1.0) == (first == second)


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["person", "group"]))
@example("𝐀𝐧𝐧 ᴮell", "Ann Bell", "person")
def test_any_text_can_be_a_name(one: str, other: str, nature: str) -> None:
    """Whatever is typed: no error, the same both ways, and a score between 0 and 1."""
    cards = [
        card_of(str(n), {"name": text, "nature": nature}) for n, text in enumerate((one, other))
    ]
    there, back = compare(cards[0], cards[1]), compare(cards[1], cards[0])
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert there.score == pytest.approx(back.score)
        assert 0 <= there.score <= 1
    assert folded(folded(one)) == folded(one)
    assert len(sound(folded(one).replace(" ", ""))) <= 6
