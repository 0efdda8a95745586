"""A snapshot's lines are read at a glance only where the exact reader would take them too."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.changes import ChangeSetHead, Op
from db.standing import Source
from engage_desktop.sync.errors import Refused
from engage_desktop.sync.lines import plain_heads, plain_ops, read_head, read_op
from engage_desktop.sync.snapshot_lines import read_items, write_items

HEAD = ["1" * 32, "2" * 32, "Ann", 1_790_000_000_000, 0, "Why", None, "r"]
OP = [0, 1, 3, "theme", "4" * 32, {"name": "Ramp", "themes:x": 1}, {"name": ["1" * 32 + ":0"]},
      True, ""]  # fmt: skip

_SOME = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2), st.just(1 << 70), st.just(1.5), st.just(1e999),
    st.text(max_size=3), st.just("5" * 32), st.just("theme"), st.just("6" * 32 + ":1"),
    st.just([]), st.just({}), st.just({"": 1}), st.just({"a": [1]}), st.just({"a": "x", "b": None}),
    st.just({"name": ["no op"]}), st.just({"name": "no list"}), st.just({"a": 1 << 70}),
    st.just({"a": True}), st.just({"a": 1.0}),
)  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 8), _SOME), max_size=3), st.booleans())
def test_what_is_plain_at_a_glance_is_taken_by_the_exact_reader(
    changes: list[tuple[int, Any]], cut: bool
) -> None:
    head, op = copy.deepcopy(HEAD), copy.deepcopy(OP)
    for at, value in changes:
        op[at] = value
        if at < 8:
            head[at] = value
    if cut:
        head.pop()
        op.pop()
    if _plain(plain_heads, [HEAD, head]):
        read_head(head, clean=True)
    if _plain(plain_ops, [OP, op]):
        read_op("1" * 32, op[2:], clean=True)
    if not changes and not cut:
        assert plain_heads([HEAD, head])
        assert plain_ops([OP, op])


def _plain(look: Any, rows: list[list[Any]]) -> bool:
    try:
        return bool(look(rows))
    except (TypeError, ValueError):  # which refuses the file as well
        return False


def test_every_place_in_a_line_has_to_be_there() -> None:
    head = ChangeSetHead(*HEAD)
    op = Op(head.id, 3, "theme", "4" * 32, {"name": "x"}, {}, "general", True)
    source = Source("2" * 32, "3" * 32, 1, "4" * 64)
    lines = [line.rstrip(b"\n") for line in write_items([(head, op, source)])]
    assert list(read_items(lines, "general")) == [(head, op, source)]
    for column in (0, 1):
        for place in (-1, 2, True, "0", None, 0.0):
            row = json.loads(lines[0])
            row[3][0][column] = place
            with pytest.raises(Refused):
                list(read_items([json.dumps(row).encode(), *lines[1:]], "general"))
    for short in ([], [0, 1], "no row", {"no": "row"}):
        row = json.loads(lines[0])
        row[3][0] = short
        with pytest.raises(Refused):
            list(read_items([json.dumps(row).encode(), *lines[1:]], "general"))
