"""Two releases in one team: what is not understood is kept, sent on to, and shown after upgrade."""

import shutil
from pathlib import Path
from typing import Annotated, Any, ClassVar

import pytest

from db.changes import Create, Edit
from db.connection import Connection, connect
from db.errors import KnownError, NewerVersion
from db.fields import FieldType, KindMeta, Spec
from db.migrations import Migration, statements
from db.query import ListQuery
from db.record import Record, Registry
from db.store import Store
from tests.db.laptops import KEY, NOON

TEXT = Spec(FieldType.TEXT, "Name", searchable=True)


class Shed(Record):
    """As an earlier release knew it."""

    meta: ClassVar[KindMeta] = KindMeta("shed", "Shed", "Sheds", "general", sort="name")
    name: Annotated[str, TEXT]


class NewShed(Record):
    """As a later release knows it: two fields more."""

    meta: ClassVar[KindMeta] = Shed.meta
    name: Annotated[str, TEXT]
    colour: Annotated[str, Spec(FieldType.TEXT, "Colour")] = ""
    tools: Annotated[tuple[str, ...], Spec(FieldType.CHOICES, "Tools", open_choices=True)] = ()


class Spade(Record):
    """A kind that only the later release has."""

    meta: ClassVar[KindMeta] = KindMeta("spade", "Spade", "Spades", "general", sort="name")
    name: Annotated[str, TEXT]
    shed: Annotated[str | None, Spec(FieldType.LINK, "Shed", target="shed")] = None


ONE = Migration(
    "0001",
    statements(
        'CREATE TABLE "shed"(pk INTEGER PRIMARY KEY REFERENCES record(pk), '
        'state INTEGER NOT NULL, "name" TEXT) STRICT',
        'CREATE VIRTUAL TABLE "shed__fts" USING fts5("name", content=\'shed\', '
        "content_rowid='pk', tokenize='unicode61 remove_diacritics 2', prefix='3')",
    ),
)
TWO = Migration(
    "0002",
    statements(
        'ALTER TABLE "shed" ADD COLUMN "colour" TEXT',
        'CREATE TABLE "shed__tools"(pk INTEGER NOT NULL, element TEXT NOT NULL, '
        "value INTEGER NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE TABLE "spade"(pk INTEGER PRIMARY KEY REFERENCES record(pk), '
        'state INTEGER NOT NULL, "name" TEXT, "shed" INTEGER) STRICT',
        'CREATE VIRTUAL TABLE "spade__fts" USING fts5("name", content=\'spade\', '
        "content_rowid='pk', tokenize='unicode61 remove_diacritics 2', prefix='3')",
    ),
)
OLD = (Registry([Shed]), (ONE,))
NEW = (Registry([NewShed, Spade]), (ONE, TWO))


def opened(path: Path, release: tuple[Registry, tuple[Migration, ...]], **more: Any) -> Store:
    return Store.open(path, KEY, *release, **more)


def made(path: Path, release: tuple[Registry, tuple[Migration, ...]], officer: str) -> Store:
    return Store.create(path, KEY, *release, officer=officer, device=officer, now=lambda: NOON)


def sent(store: Store) -> list[Any]:
    return [(head, op) for _, head, op in store.ops_after(0)]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store of the earlier release that received from a later one."""
    path = tmp_path / "old.db"
    with_new = made(tmp_path / "new.db", NEW, "Ben")
    with_new.apply(
        [
            Create(NewShed(id="1" * 32, name="Blue", colour="blue", tools=("rake", "hoe"))),
            Create(Spade(id="2" * 32, name="Long", shed="1" * 32)),
            Create(Spade(id="3" * 32, name="Short")),
        ],
        "New things",
    )
    with_new.apply([Edit("shed", "1" * 32, {"colour": "green", "name": "Green"})], "Paint")
    with_new.apply([Edit("spade", "3" * 32, {"name": "Very short"})], "Saw off")
    store = made(path, OLD, "Ann")
    received = store.receive(sent(with_new))
    assert received.new_ops == 5
    with_new.close()
    store.close()
    return path


def test_what_is_not_understood_is_kept_out_of_sight(old: Path) -> None:
    store = opened(old, OLD)
    reader = store.reader()
    assert store.get("shed", "1" * 32).title == "Green"
    with pytest.raises(KnownError, match="no kind of record called “spade”"):
        store.get("spade", "2" * 32)
    assert reader.count(ListQuery("shed")) == 1
    assert store.conflicts() == []
    assert store.conflict_count() == 0
    store.apply([Edit("shed", "1" * 32, {"name": "Ann's"})], "Rename")
    report = store.check()
    assert report.ok, report.problems
    reader.close()
    store.close()


def test_after_the_upgrade_all_of_it_is_there(old: Path) -> None:
    store = opened(old, OLD)
    store.apply([Edit("shed", "1" * 32, {"name": "Ann's"})], "Rename")
    store.close()
    copied: list[Connection] = []
    store = opened(old, NEW, before_upgrade=copied.append)
    assert len(copied) == 1
    shed = store.get("shed", "1" * 32)
    assert isinstance(shed, NewShed)
    assert (shed.name, shed.colour, shed.tools) == ("Ann's", "green", ("hoe", "rake"))
    reader = store.reader()
    rows = reader.page(ListQuery("spade", ("name", "shed"), sort="name")).rows
    assert [row.values for row in rows] == [("Long", "Ann's"), ("Very short", None)]
    assert [row.title for row in reader.page(ListQuery("spade", text="short")).rows] == [
        "Very short"
    ]
    assert reader.count(ListQuery("spade")) == 2
    assert reader.sql("SELECT count(*) FROM op WHERE unread") == [(0,)]
    assert store.check().ok
    reader.close()
    store.close()


def test_an_upgrade_cut_off_before_the_ops_were_read_again_is_taken_up(old: Path) -> None:
    class PowerCut(BaseException):
        pass

    def cut(_: object) -> None:
        raise PowerCut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("db.store.log.unread_records", cut)
        with pytest.raises(PowerCut):
            opened(old, NEW)
    store = opened(old, NEW)
    assert store.get("spade", "3" * 32).title == "Very short"
    assert store.check().ok
    store.close()


def test_a_conflict_about_an_unknown_field_waits_for_the_upgrade(old: Path, tmp_path: Path) -> None:
    shutil.copyfile(tmp_path / "new.db", tmp_path / "third.db")
    third = opened(tmp_path / "third.db", NEW)
    third.set_setting("device", "Cas")
    third.close()
    third = opened(tmp_path / "third.db", NEW)
    new = opened(tmp_path / "new.db", NEW)
    new.apply([Edit("shed", "1" * 32, {"colour": "red"})], "Red")
    third.apply([Edit("shed", "1" * 32, {"colour": "black"})], "Black")
    store = opened(old, OLD)
    store.receive(sent(new))
    store.receive(sent(third))
    assert store.conflicts() == []
    assert store.conflict_count() == 0
    store.close()
    store = opened(old, NEW)
    assert [(c.slot, {v.value for v in c.versions}) for c in store.conflicts()] == [
        ("colour", {"red", "black"})
    ]
    for one in (store, new, third):
        one.close()


def test_a_store_of_a_newer_release_is_refused_unchanged(old: Path) -> None:
    opened(old, NEW).close()
    before = old.read_bytes()
    with pytest.raises(NewerVersion, match="newer version of Engage Desktop"):
        opened(old, OLD)
    assert old.read_bytes() == before
    opened(old, NEW).close()


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(old: Path) -> None:
    def half(connection: Connection) -> None:
        connection.execute("CREATE TABLE half_done(x)")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        opened(old, (OLD[0], (ONE, Migration("0002-bad", half))))
    connection = connect(old, KEY)
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE name = 'half_done'"
    ).fetchall()
    assert tables == []
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    connection.close()
    store = opened(old, OLD)
    assert store.get("shed", "1" * 32).title == "Green"
    store.close()


def test_a_copy_that_cannot_be_made_stops_the_upgrade(old: Path) -> None:
    def refuse(_: Connection) -> None:
        raise KnownError("No room for the copy.")

    before = old.read_bytes()
    with pytest.raises(KnownError, match="No room"):
        opened(old, NEW, before_upgrade=refuse)
    assert old.read_bytes() == before
