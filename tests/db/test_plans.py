"""What is told of many ops at once is what each of them would be told alone."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.changes import BIN, Op, packed
from db.merge import OpView, merge
from db.outlay import as_one, in_rows
from db.pages import Row
from db.plans import Plan, Plans
from db.typed import LIVE, TypedTable
from engage_desktop.sync.fitting import fits
from tests.db.laptops import KINDS
from tests.kinds import Specimen

TABLES = {cls.meta.name: TypedTable(cls) for cls in KINDS.registry}
ID = "b" * 32
SLOTS = [*Specimen.specs(), "tools:rope", "tools:", f"subjects:{ID}", "subjects:x", "signs:lit",
         "themes:x", "of_tomorrow", "of:tomorrow", BIN]  # fmt: skip
VALUES: st.SearchStrategy[Any] = st.sampled_from(
    ["", "ramp", "Naïve “café”", 'a "b"\\\n\x07\x7f', "nul\0", "half \ud800", ID, "x" * 32, 0, 1,
     -7, 1 << 53, 1 << 70, 1.0, 1e22, True, False, None, "2026-03-27", "2026-02-30", "09:05",
     "25:00", "yes", "no"]
) | st.text(max_size=8)  # fmt: skip


def plan_of(slots: list[str]) -> Plan:
    found = Plans(KINDS.registry, TABLES).of("specimen", dict.fromkeys(slots))
    assert found is not None
    return found


@given(st.data(), st.lists(st.sampled_from(SLOTS), min_size=1, max_size=5, unique=True))
def test_many_fit_where_each_does(data: st.DataObject, slots: list[str]) -> None:
    plan = plan_of(slots)
    kinds = [data.draw(st.sampled_from([VALUES, st.just("ramp"), st.just(1)])) for _ in slots]
    rows = data.draw(st.lists(st.tuples(*kinds), min_size=1, max_size=6))
    columns = [*zip(*rows, strict=True)]
    assert plan.all_fit(columns) == all(plan.fits(row) for row in rows)
    for row in rows:
        op = Op("a" * 32, 0, "specimen", ID, dict(zip(slots, row, strict=True)), {})
        assert plan.fits(row) == fits(KINDS.registry, op)


@pytest.mark.parametrize("value", [["a list"], {"a": 1}, 1.5])
def test_values_that_no_set_can_hold_do_not_fit(value: Any) -> None:
    for slot in ("story", "place", "weight", "tools:rope", BIN):
        assert not plan_of([slot]).all_fit([[value, value]])


@given(st.lists(st.tuples(st.sampled_from(SLOTS), VALUES), min_size=1), st.booleans())
def test_bodies_are_written_in_the_one_canonical_form(
    said: list[tuple[str, Any]], in_order: bool
) -> None:
    fitting = {slot: value for slot, value in said if plan_of([slot]).fits([value])}
    values = dict(sorted(fitting.items())) if in_order else fitting
    assert plan_of([*values]).packed(values) == packed(values)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["", "x"]), st.none() | st.just("y")),
                min_size=1, max_size=5))  # fmt: skip
def test_rows_of_many_are_those_of_each(given_rows: list[tuple[Any, ...]]) -> None:
    slots = ["kept", "story", "weight", "tools:rope"]
    records = [(kept, story, None if more else 7, 1 if more else None)
               for kept, story, more in given_rows]  # fmt: skip
    plan, pks = plan_of(slots), range(5, 5 + len(records))
    columns = [*zip(*records, strict=True)]
    table = TABLES["specimen"]
    wanted = []
    for pk, (kept, story, weight, _) in zip(pks, records, strict=True):
        values = {"kept": kept, "story": story, "weight": weight}
        wanted.append(tuple(table.row_of(pk, LIVE, values, lambda _: 0)))
    found_rows = plan.rows(columns, pks, lambda _: 0)
    assert [*map(kept_as, found_rows)] == [*map(kept_as, wanted)]
    found = {name: sorted(rows) for name, rows in plan.elements(columns, pks, lambda _: 0)}
    assert found == {"tools": [(pk, "rope", 1) for pk, r in zip(pks, records, strict=True) if r[3]]}


def kept_as(row: tuple[Any, ...]) -> list[Any]:
    """The row as the table's statement puts it in."""
    forms = TABLES["specimen"].taken.values()
    return [None if "nullif" in form and value == "" else value
            for form, value in zip(forms, row, strict=True)]  # fmt: skip


def row_of(number: int, values: Mapping[str, Any], named: Mapping[str, list[str]]) -> Row:
    head = [f"{number:032x}", "d" * 32, "Ann", 1000 - number, 0, "Why", None, ""]
    return (head, None, "general", 0, "specimen", ID, dict(values), dict(named), number == 0, "")


OPS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(["name", "story", BIN, "tools:rope"]),
                        st.sampled_from(["x", "y", None, True]), min_size=1, max_size=3),
        st.dictionaries(st.sampled_from(["name", "story", "tools:rope"]),
                        st.lists(st.integers(0, 3), max_size=2)),
    ),
    min_size=1, max_size=4,
)  # fmt: skip


@given(OPS, st.booleans())
def test_a_row_of_changes_comes_to_what_merging_says(ops: list[Any], obedient: bool) -> None:
    rows = []
    for number, (values, names) in enumerate(ops):
        named = {slot: [f"{n:032x}:0" for n in numbers] for slot, numbers in names.items()}
        if obedient:  # each has seen all before it
            named = {slot: [f"{n:032x}:0" for n in range(number)] for slot in values}
        rows.append(row_of(number, values, named))
    found = as_one(rows)
    merged = merge(
        [OpView(f"{r[0][0]}:0", (r[0][3], 0, r[0][1], r[0][0], 0), r[6], r[7]) for r in rows],
        Specimen.specs(),
    )
    if found is not None:
        assert (found, frozenset(), False) == (merged.values, merged.conflicts, merged.binned)
    else:
        assert not obedient or any(BIN in row[6] for row in rows)


def test_columns_are_laid_row_by_row() -> None:
    assert in_rows([1, 2], ("a", "b"), range(7, 9)) == [1, "a", 7, 2, "b", 8]
