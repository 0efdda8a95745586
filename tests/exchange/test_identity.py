"""What a program may do to a cell without making another row of it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage_desktop.exchange.identity import RowIdentity, canonical
from engage_desktop.exchange.workbook import cell_text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1", "1.0"), ("007", "7"), ("1,234.50", "1234.5"), ("£1.20", "1.2"), ("50%", "0.5"),
        ("12.5%", "0.125"), ("-5", "-5.00"), ("27/3/2026", "2026-03-27"),
        ("27 March 2026", "2026-03-27"), ("03/10/2021", "3/10/2021"), ("14:30", "14:30:00"),
        ("27/3/2026 14:30", "2026-03-27 14:30:00"), ("true", "TRUE"), ("a \r\nb  ", "a \nb"),
    ],
)  # fmt: skip
def test_a_spreadsheet_may_write_it_so(before: str, after: str) -> None:
    assert canonical(before) == canonical(after)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", "10"), ("1", "-1"), ("27/3/2026", "3/27/2026"), ("03/10/2021", "10/03/2021"),
        ("14:30", "14:31"), ("a b", "a  b"), ("", "0"), ("Yes", "No"), ("1.5", "15"),
    ],
)  # fmt: skip
def test_what_is_different_stays_different(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@given(st.text(max_size=60))
def test_it_settles_at_once(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


@given(
    st.integers(-(10**12), 10**12) | st.dates() | st.floats(-1e6, 1e6).map(lambda f: round(f, 3))
)
def test_a_number_or_date_is_the_same_typed_or_kept(value: object) -> None:
    kept = cell_text(value)
    assert canonical(kept) == canonical(f" {kept} ")
    if isinstance(value, int):
        assert canonical(f"{value:,}") == canonical(kept)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy")), max_size=12))
def test_equal_rows_are_numbered_whatever_their_order_or_the_columns(
    rows: list[tuple[str, str]],
) -> None:
    straight = RowIdentity(("Name", "Said"))
    turned = RowIdentity(("SAID", "name"))
    first = {straight.digest(row) for row in rows}
    shuffled = random.Random(3).sample(rows, len(rows))
    assert {turned.digest(row[::-1]) for row in shuffled} == first
    assert len(first) == len(rows)
