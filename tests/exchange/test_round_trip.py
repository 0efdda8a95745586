"""What is exported and imported again is equal: every kind, every type of field, both formats."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.changes import Create
from db.errors import InvalidInput
from db.query import ListQuery
from db.record import Record, validated
from db.store import Store
from engage_desktop.exchange.exporter import export_file, records_of
from engage_desktop.exchange.guess import mapping_for
from engage_desktop.exchange.importer import import_file
from engage_desktop.exchange.tables import open_table
from engage_desktop.records.registry import REGISTRY
from tests.kinds import every_field_kind
from tests.test_values import values

EXAMPLES = 6
"""Each makes two stores; a wider run is a matter of this number."""

SPECIMEN = every_field_kind()
KINDS = [cls.meta.name for cls in SPECIMEN.registry if cls.meta.by_hand]
ODD = st.sampled_from(
    ["=1+1", "'=x", "''@y", "\tz", "a\u00a0b", "one\r\ntwo\nthree\rfour", '"q"', " ", "_x000B_",
     "\x0b\x1f", "-5", "+44 1632 960000", "007", "TRUE", "1/2/2026", "…", "", "𝒳", "'"]
)  # fmt: skip


@st.composite
def records(draw: st.DrawFn, kind: str) -> Record:
    """Any record of a kind that its rules allow."""
    cls = SPECIMEN.registry[kind]
    ids = st.text("0123456789abcdef", min_size=32, max_size=32)
    given_values: dict[str, Any] = {"id": draw(ids)}
    for name, spec in cls.specs().items():
        odd = ODD if spec.type.value in ("text", "long_text", "phone", "postcode", "url") else None
        value = draw(values(spec) | odd if odd is not None else values(spec))
        if value is not None:
            given_values[name] = value
    for name, spec in cls.specs().items():
        if spec.required and spec.type.value == "integer":
            given_values[name] = draw(st.integers(0, 1_000_000))
    for _ in range(len(given_values)):
        try:
            return validated(cls, given_values)
        except InvalidInput as error:
            for name in error.problems:
                needed = name in cls.specs() and cls.specs()[name].required
                if needed:
                    given_values[name] = "needed"
                else:
                    given_values.pop(name, None)
            if "" in error.problems or cls.meta.label in error.problems:
                # A rule between fields: with fewer of them there is less to be at odds.
                optional = [n for n, s in cls.specs().items() if not s.required]
                given_values.pop(next(n for n in reversed(optional) if n in given_values))
    return validated(cls, given_values)


def fresh(folder: Path, name: str) -> Store:
    return Store.create(
        folder / name, b"k" * 32, SPECIMEN.registry, SPECIMEN.migrations,
        officer="Ann", device="0" * 32,
    )  # fmt: skip


def held(store: Store, *kinds: str) -> dict[str, str]:
    reader = store.reader()
    try:
        return {
            record.id: record.model_dump_json()
            for kind in kinds
            for record in records_of(reader, ListQuery(kind, sort="pk"))
        }
    finally:
        reader.close()


def there_and_back(made: list[Record], word: str, form: str, *kinds: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        here, there = fresh(folder, "here.db"), fresh(folder, "there.db")
        try:
            here.apply([Create(record) for record in made], "Make")
            before = held(here, *kinds)
            file = folder / f"out.{form}"
            export_file(here, word, file)
            table = open_table(file)
            outcome = import_file(there, table, mapping_for(there, word, table))
            assert outcome.refused == []
            brought = held(there, *kinds)
            brought.pop(outcome.receipt, None)
            assert brought == before
            again = import_file(here, table, mapping_for(here, word, table))
            assert (again.total("created"), again.total("updated")) == (0, 0)
            assert held(here, *kinds) == before
        finally:
            here.close()
            there.close()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_comes_back_equal(kind: str, form: str) -> None:
    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(st.lists(records(kind), min_size=1, max_size=4, unique_by=lambda r: r.id))
    def check(made: list[Record]) -> None:
        there_and_back(made, kind, form, kind)

    check()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_feedback_comes_back_equal(form: str, data: st.DataObject) -> None:
    responses = data.draw(st.lists(records("response"), max_size=3, unique_by=lambda r: r.id))
    owners = [None, *(response.id for response in responses)]
    comments = [
        comment.model_copy(update={"response": data.draw(st.sampled_from(owners))})
        for comment in data.draw(st.lists(records("comment"), max_size=4, unique_by=lambda r: r.id))
    ]
    made = [*responses, *(c for c in comments if c.id not in owners)]
    if made:
        there_and_back(made, "feedback", form, "response", "comment")


def test_a_cell_longer_than_a_workbook_holds_is_kept_whole(tmp_path: Path) -> None:
    long = "=" + "Words, \x0b“quotes” and 𝒳. " * 4_000
    record = validated(REGISTRY["theme"], {"id": "a" * 32, "name": "Long", "description": long})
    there_and_back([record], "theme", "xlsx", "theme")


def test_everything_goes_into_one_workbook_and_each_sheet_is_found_again(tmp_path: Path) -> None:
    made = [
        validated(REGISTRY["venue"], {"id": "a" * 32, "name": "Hall", "access": {"lift": "yes"}}),
        validated(REGISTRY["event"], {"id": "b" * 32, "name": "Stand", "venue": "a" * 32}),
        validated(REGISTRY["response"], {"id": "c" * 32, "service": "111"}),
    ]
    here, there = (fresh(tmp_path, name) for name in ("here.db", "there.db"))
    try:
        here.apply([Create(record) for record in made], "Make")
        export_file(here, "all", tmp_path / "all.xlsx")
        for word in ("event", "venue", "feedback"):
            table = open_table(
                tmp_path / "all.xlsx", prefer=(SPECIMEN.registry.find(word).meta.plural,)
                if word != "feedback" else ("Feedback",),
            )  # fmt: skip
            import_file(there, table, mapping_for(there, word, table))
        kinds = ("venue", "event", "response")
        there_now, here_now = held(there, *kinds), held(here, *kinds)
        assert set(there_now) == set(here_now)
        assert there_now["b" * 32] == here_now["b" * 32]
    finally:
        here.close()
        there.close()
