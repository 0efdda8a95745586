"""Addresses as lines, and postcodes as a round goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage_desktop.stakeholders.addresses import address_lines, round_key


@pytest.mark.parametrize(
    ("address", "postcode", "lines"),
    [
        ("12 Mill Lane, Kestbury", "zz2 4ab", ("12 Mill Lane", "Kestbury", "ZZ2 4AB")),
        ("12 Mill Lane\nKestbury, Marlshire", "ZZ2 4AB",
         ("12 Mill Lane", "Kestbury, Marlshire", "ZZ2 4AB")),
        ("12, Mill Lane, Kestbury", "", ("12 Mill Lane", "Kestbury")),
        ("Flat 2, 14a, Mill Lane", "", ("Flat 2, 14a Mill Lane",)),
        ("12 Mill Lane, Kestbury, zz24ab", "ZZ2 4AB", ("12 Mill Lane", "Kestbury", "ZZ2 4AB")),
        ("12 Mill Lane, Kestbury ZZ2 4AB", "ZZ2 4AB", ("12 Mill Lane", "Kestbury", "ZZ2 4AB")),
        ("", "", ()),
        (" ,\n, ", "", ()),
    ],
)  # fmt: skip
def test_an_address_stands_over_lines(address: str, postcode: str, lines: tuple[str, ...]) -> None:
    assert address_lines(address, postcode) == lines


def test_a_round_goes_by_number_and_ends_with_those_without_a_postcode() -> None:
    codes = [
        "ZZ10 1AA",
        "ZZ2 1BR",
        "ZZ1",
        "ZZ1A 1AA",
        "",
        "ZZ2 9AA",
        "ZZ2 1AB",
        "zz2 1aa",
        "AA1 1AA",
        "nowhere",
    ]
    walked = sorted(codes, key=round_key)
    assert walked == [
        "AA1 1AA",
        "ZZ1",
        "ZZ1A 1AA",
        "zz2 1aa",
        "ZZ2 1AB",
        "ZZ2 1BR",
        "ZZ2 9AA",
        "ZZ10 1AA",
        "",
        "nowhere",
    ]


@given(st.text(max_size=60), st.sampled_from(["", "ZZ1 2AB"]))
def test_no_letter_of_an_address_is_lost(address: str, postcode: str) -> None:
    said = "".join(c for c in "".join(address_lines(address, postcode)) if c.isalnum())
    for line in address.replace("ZZ1 2AB", "").split(","):
        for word in line.split():
            bare = "".join(c for c in word if c.isalnum())
            assert bare in said or bare.upper() in "ZZ12AB"
    round_key(address)
