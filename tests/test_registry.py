"""What must hold for every kind of record, and that a new kind needs three places only."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.changes import Create, Edit
from db.fields import FieldType
from db.store import Store
from db.typed import TypedTable
from tests.kinds import every_field_kind

KEY = bytes(range(32))
KINDS = every_field_kind()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.create(
        tmp_path / "store.db", KEY, KINDS.registry, KINDS.migrations, officer="Ann", device="a" * 32
    )
    yield made
    made.close()


def test_the_specimen_has_every_field_type() -> None:
    assert [spec.type for spec in KINDS.cls.specs().values()] == list(FieldType)
    assert set(KINDS.values) == set(KINDS.other_values)
    assert set(KINDS.cls.specs()) - set(KINDS.values) == {"place", "subjects"}


def plain(sql: str) -> str:
    return re.sub(r"\s+", " ", sql.replace('"', "")).strip()


@pytest.mark.parametrize("cls", list(KINDS.registry), ids=lambda cls: cls.meta.name)
def test_migrated_tables_are_what_the_model_asks_for(store: Store, cls: type) -> None:
    name = cls.meta.name
    with_names = store.reader()
    try:
        rows = with_names.sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
    finally:
        with_names.close()
    mine = re.compile(rf'(TABLE|INDEX) "{name}(__\w+)?"')
    held = {plain(sql) for (sql,) in rows if mine.search(sql) and "'{name}__fts_" not in sql}
    held = {sql for sql in held if not re.search(r"TABLE '?\w+__fts_", sql)}
    assert held == {plain(sql) for sql in TypedTable(cls).ddl()}


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
