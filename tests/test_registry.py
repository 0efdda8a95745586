"""What must hold for every kind of record, and that a new kind needs three places only."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.changes import Create, Edit
from db.errors import InvalidInput
from db.fields import INTEGER_TYPES, LINK_TYPES, FieldType, Merge, Spec
from db.query import ListQuery, Plan
from db.record import Record, validated
from db.store import Store
from db.typed import TypedTable
from engage_desktop.records import words as w
from tests.kinds import every_field_kind

KEY = bytes(range(32))
KINDS = every_field_kind()
DATES = (FieldType.DATE, FieldType.DATETIME)


def new_store(path: Path, officer: str) -> Store:
    return Store.create(
        path, KEY, KINDS.registry, KINDS.migrations, officer=officer, device=officer * 3
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = new_store(tmp_path / "store.db", "Ann")
    yield made
    made.close()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store]]:
    """Two laptops; what one test writes is in no other's way."""
    folder = tmp_path_factory.mktemp("pair")
    made = (new_store(folder / "ann.db", "Ann"), new_store(folder / "ben.db", "Ben"))
    yield made
    for one in made:
        one.close()


def test_the_specimen_has_every_field_type() -> None:
    assert [spec.type for spec in KINDS.cls.specs().values()] == list(FieldType)
    assert set(KINDS.values) == set(KINDS.other_values)
    assert set(KINDS.cls.specs()) - set(KINDS.values) == {"place", "subjects"}


def plain(sql: str) -> str:
    return re.sub(r"\s+", " ", sql.replace('"', "")).strip()


EVERY = pytest.mark.parametrize("cls", list(KINDS.registry), ids=lambda cls: cls.meta.name)


@EVERY
def test_migrated_tables_are_what_the_model_asks_for(store: Store, cls: type[Record]) -> None:
    reader = store.reader()
    try:
        rows = reader.sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
    finally:
        reader.close()
    mine = re.compile(rf'(TABLE|INDEX) "{cls.meta.name}(__\w+)?"')
    own_to_fts = re.compile(r"TABLE '?\w+__fts_")
    held = {plain(sql) for (sql,) in rows if mine.search(sql)}
    assert {sql for sql in held if not own_to_fts.search(sql)} == {
        plain(sql) for sql in TypedTable(cls).ddl()
    }


@EVERY
def test_a_kind_is_found_by_its_own_words_before_another_s_aliases(cls: type[Record]) -> None:
    for word in (cls.meta.name, cls.meta.label, cls.meta.plural):
        assert KINDS.registry.find(word) is cls
    for alias in cls.meta.aliases:
        assert KINDS.registry.find(alias).meta.name in KINDS.registry


@EVERY
def test_a_form_s_sections_are_those_its_fields_name(cls: type[Record]) -> None:
    named = {spec.section for spec in cls.specs().values()} - {""}
    assert named == set(cls.meta.sections)
    assert len(set(cls.meta.sections)) == len(cls.meta.sections)


@EVERY
def test_a_kind_shown_with_another_record_says_by_which_link(cls: type[Record]) -> None:
    for name in cls.meta.also:
        assert cls.specs()[name].type is FieldType.LINK
        assert cls.specs()[name].target in KINDS.registry
        assert name != cls.meta.parent


@EVERY
def test_a_kind_says_who_reads_it_and_how_long_it_is_kept(cls: type[Record]) -> None:
    meta, specs = cls.meta, cls.specs()
    assert meta.compartment in w.COMPARTMENTS
    assert meta.retention.source
    assert meta.retention.period_months >= 0
    assert meta.retention.trigger == "recorded" or specs[meta.retention.trigger].type in DATES
    assert meta.label
    assert meta.plural


@EVERY
def test_paths_lead_somewhere(store: Store, cls: type[Record]) -> None:
    meta, specs = cls.meta, cls.specs()
    plan = Plan(store.registry, ListQuery(meta.name))
    assert meta.columns
    for path in meta.columns:
        plan.column(path)
    if meta.sort.lstrip("-") != "pk":
        assert not plan.column(meta.sort.lstrip("-")).spec.is_set
    if meta.parent:
        assert specs[meta.parent].type is FieldType.LINK
    for spec in specs.values():
        if spec.type in LINK_TYPES and spec.target:
            assert spec.target in store.registry
        assert (spec.type in LINK_TYPES) or not spec.target
    reader = store.reader()
    try:
        assert reader.page(ListQuery(meta.name, meta.columns, sort=meta.sort)).rows == []
        if meta.parent:
            assert reader.children(meta.name, "0" * 32) == []
    finally:
        reader.close()


@EVERY
def test_fields_have_words_and_choices_are_told_apart(cls: type[Record]) -> None:
    labels = [spec.label for spec in cls.specs().values()]
    assert all(labels)
    assert len(set(labels)) == len(labels)
    for spec in cls.specs().values():
        codes = [choice.code for choice in spec.choices]
        assert len(set(codes)) == len(codes)
        assert len({choice.label for choice in spec.choices}) == len(codes)
        if spec.type in (FieldType.CHOICES, FieldType.FEATURES):
            assert codes or spec.open_choices
        if spec.type is FieldType.CHOICE:
            assert not spec.default or spec.default in codes
        if spec.merge is Merge.RESTRICTIVE:
            assert spec.restrictive
        assert set(spec.restrictive) <= {*codes, True, False}


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
SQUARE = '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}'
IDS = st.integers(0, 5).map(lambda n: f"{n:032x}")


def values_of(spec: Spec) -> st.SearchStrategy[Any]:
    """Any value that a field may hold, in JSON form."""
    codes = st.sampled_from([choice.code for choice in spec.choices] or [""])
    by_type: dict[FieldType, st.SearchStrategy[Any]] = {
        FieldType.EMAIL: st.sampled_from(["", "a@example.org", "o'neil+x@example.org"]),
        FieldType.DATE: st.dates().map(str),
        FieldType.DATETIME: st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
        FieldType.TIME: st.times().map(lambda time: time.strftime("%H:%M")),
        FieldType.CHOICE: st.one_of(codes, TEXTS) if spec.open_choices else codes,
        FieldType.INTEGER: st.integers(0, 99),
        FieldType.MONEY: st.integers(-(10**15), 10**15),
        FieldType.BOOLEAN: st.booleans(),
        FieldType.LINK: IDS,
        FieldType.CHOICES: st.lists(codes.filter(bool), max_size=4),
        FieldType.LINKS: st.lists(IDS, max_size=4),
        FieldType.FEATURES: st.dictionaries(codes, st.sampled_from(["yes", "no"])),
    }
    special = {
        "quarter": st.sampled_from(["", "2017-18 Q1"]), "digest": st.just("a" * 64),
        "boundary": st.sampled_from(["", SQUARE]),
    }  # fmt: skip
    return special.get(spec.name, by_type.get(spec.type, TEXTS))


def records_of(cls: type[Record]) -> st.SearchStrategy[Record]:
    fields = {spec.name: values_of(spec) for spec in cls.specs().values()}
    needed = {name: s for name, s in fields.items() if cls.specs()[name].required}
    chosen = st.fixed_dictionaries(
        needed, optional={n: s for n, s in fields.items() if n not in needed}
    )

    def made(values: dict[str, Any]) -> Record | None:
        try:
            return validated(cls, {"id": "f" * 32, **values})
        except InvalidInput:
            return None  # a rule between fields, or a name of nothing but spaces

    return chosen.map(made).filter(lambda record: record is not None)  # type: ignore[return-value]


@EVERY
@given(data=st.data())
@settings(
    max_examples=15,
    # a stakeholder has many fields, any of which may run out of the room for an example
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
def test_whatever_a_kind_may_hold_comes_back(
    pair: tuple[Store, Store], cls: type[Record], data: st.DataObject
) -> None:
    here, there = pair
    kind = cls.meta.name
    one, two = data.draw(records_of(cls)), data.draw(records_of(cls))
    record_id = here.new_id()
    first = one.model_copy(update={"id": record_id})
    here.apply([Create(first)], "Add")
    assert here.get(kind, record_id) == first
    changed = {n: v for n, v in two.model_dump(mode="json").items() if n != "id"}
    edited = here.apply([Edit(kind, record_id, changed)], "Change everything")
    second = two.model_copy(update={"id": record_id})
    assert here.get(kind, record_id) == second
    assert second.title == here.get(kind, record_id).title
    there.receive([(head, op) for _, head, op in here.ops_after(0) if op.record == record_id])
    assert there.get(kind, record_id) == second
    if edited.change_set:
        here.undo(edited.change_set)
    assert here.get(kind, record_id) == first
    for one_store in pair:
        reader = one_store.reader()
        try:
            row = reader.page(ListQuery(kind, tuple(cls.specs())), limit=1).rows[0]
            assert (row.id, row.title) == (record_id, one_store.get(kind, record_id).title)
        finally:
            reader.close()


def test_every_store_is_whole_after_it(pair: tuple[Store, Store]) -> None:
    for cls in KINDS.registry:
        example = {spec.name: spec.default for spec in cls.specs().values() if not spec.required}
        needed = {
            n: 1 if s.type in INTEGER_TYPES else "x" for n, s in cls.specs().items() if s.required
        }
        record = cls.model_validate({"id": pair[0].new_id(), **example, **needed})
        pair[0].apply([Create(record)], "Add")
    pair[1].receive([(head, op) for _, head, op in pair[0].ops_after(0)])
    for store in pair:
        assert store.check().ok


def test_a_new_kind_is_listed_searched_and_sent_like_any_other(pair: tuple[Store, Store]) -> None:
    here, there = pair
    links = KINDS.make_links(here)
    record = KINDS.record(here.new_id(), **links)
    here.apply([Create(record)], "Add")
    there.receive([(head, op) for _, head, op in here.ops_after(0)])
    assert there.get("specimen", record.id) == record
    for store in pair:
        reader = store.reader()
        try:
            assert reader.find("specimen", "name", record.title)[-1] == record.id
            assert [hit.id for hit in reader.search_all("quartz")] == [record.id]
            row = reader.page(ListQuery("specimen", KINDS.cls.meta.columns), limit=1).rows[0]
            assert row.values[0] == "Pebble from the ford"
            assert row.values[6] == "Ford Mill"
        finally:
            reader.close()
    there.apply([Edit("specimen", record.id, KINDS.other_values)], "Change")
    here.receive([(head, op) for _, head, op in there.ops_after(0)])
    assert here.get("specimen", record.id) == there.get("specimen", record.id)
    assert here.check().ok
    assert KINDS.registry.find("sample piece") is KINDS.cls


def test_a_new_kind_is_kept_and_changed_like_any_other(store: Store) -> None:
    links = KINDS.make_links(store)
    record = KINDS.record(store.new_id(), **links)
    store.apply([Create(record)], "Add")
    assert store.get("specimen", record.id) == record
    store.apply([Edit("specimen", record.id, KINDS.other_values)], "Change")
    changed = store.get("specimen", record.id)
    assert changed == KINDS.record(record.id, **KINDS.other_values, **links)
    store.undo()
    assert store.get("specimen", record.id) == record
