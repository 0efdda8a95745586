"""A whole history taken in at once comes to the same store as the same ops one by one."""

import json
import random
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import db.bulk
from db.blocks import Block
from db.bulk import joined
from db.changes import BIN, ChangeSetHead, Op, device_mark, packed
from db.erasing import ERASED
from db.errors import Cancelled, DiskFull, InvalidInput
from db.intake import Intake
from db.standing import Source
from tests.db.judges import ALL, LEAD, NOBODY, OWN, Rules
from tests.db.laptops import KINDS, Laptop

Item = tuple[ChangeSetHead, Op, Source | None]

DEVICES = [f"{n:032x}" for n in range(0xA0, 0xA4)]
RECORDS = [f"{n:032x}" for n in range(0xB0, 0xBC)]
WORDS = ["ramp", "Naïve café", "steep ramp", "", "quartz\nvein", "waiting"]


# -- two stores, compared whole ----------------------------------------------------------------


def contents(laptop: Laptop) -> dict[str, Any]:
    """Every table that speaks of records, with ids in place of row keys.

    Left out are places of records of which nothing came, or nothing counts: whether a link that was
    replaced since had made one depends on what was known when, and so does the kind it has.
    """
    run = laptop.store._connection.execute
    ids = dict(run("SELECT pk, lower(hex(id)) FROM record"))
    sets = dict(run("SELECT pk, lower(hex(id)) FROM change_set"))
    files = {0: "", **dict(run("SELECT pk, sha256 FROM source"))}
    found: dict[str, Any] = {
        "records": sorted(
            run("SELECT lower(hex(id)), kind, state, title, ms FROM record WHERE state <> 9")
        ),
        "sets": sorted(
            run("SELECT lower(hex(id)), device, officer, ms, counter, why, "
                "coalesce(lower(hex(undoes)), ''), roster_head, here, finished, undoable "
                "FROM change_set"), key=repr,
        ),
        "ops": sorted(
            (sets[set_pk], index, ids[pk], files[file], *rest)
            for set_pk, index, pk, file, *rest in run(
                "SELECT change_set, idx, record, source, body, coalesce(supersedes, ''), unread, "
                "CASE o.kind WHEN '' THEN r.kind ELSE o.kind END, compartment, standing, reason, "
                "creates, coalesce(because, '') FROM op o JOIN record r ON r.pk = o.record"
            )
        ),
        "sources": sorted(
            run("SELECT device, incarnation, seq, sha256 FROM source "
                "WHERE pk IN (SELECT source FROM op)")
        ),
        "conflicts": sorted((ids[pk], slot) for pk, slot in run("SELECT * FROM conflict")),
        "tally": laptop.tally(),
        "erasing": sorted(
            (sets[pk], cleaned is None)
            for pk, cleaned in run("SELECT change_set, cleaned FROM erasing_set WHERE change_set "
                                   "IN (SELECT change_set FROM op WHERE standing = 0)")
        ),
        "aside": sorted(laptop.store.set_aside(), key=repr),
        "erasures": sorted(laptop.store.erasures(), key=repr),
    }  # fmt: skip
    for kind, table in laptop.store._writer.tables.items():
        found[kind] = {ids[pk]: table.read(laptop.store._connection, pk)
                       for (pk,) in run(f'SELECT pk FROM "{kind}"')}  # fmt: skip
        found[f"{kind} states"] = sorted(
            (ids[pk], state) for pk, state in run(f'SELECT pk, state FROM "{kind}"')
        )
        if table.searched:
            run(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.\"{kind}__terms\" "
                f"USING fts5vocab('main', '{kind}__fts', 'instance')")  # fmt: skip
            found[f"{kind} words"] = sorted(
                (ids[pk], *where)
                for pk, *where in run(f'SELECT doc, col, "offset", term FROM temp."{kind}__terms"')
            )
    return found


def one_by_one(laptop: Laptop, items: list[Item]) -> int:
    """As bundles bring them; how many were new."""
    return sum(laptop.store.receive([(head, op)], source=source).new_ops
               for head, op, source in items)  # fmt: skip


# -- histories of everything -------------------------------------------------------------------


def comment(chance: random.Random) -> dict[str, Any]:
    values: dict[str, Any] = {"text": chance.choice(WORDS), "response": chance.choice(RECORDS)}
    if chance.random() < 0.5:
        values |= {f"themes:{theme}": 1 for theme in chance.sample(RECORDS, 2)}
    return values


def specimen(chance: random.Random) -> dict[str, Any]:
    every: dict[str, Any] = {
        "name": chance.choice(WORDS), "story": chance.choice(WORDS), "found_on": "2026-03-27",
        "weight": chance.choice([0, 7, -1]), "price": 1250, "kept": chance.random() < 0.5,
        "place": chance.choice(RECORDS), "shown_from": "09:05", "colour": "green",
        "tools:rope": 1, "tools:later_tool": 1, f"subjects:{chance.choice(RECORDS)}": 1,
        "signs:lit": chance.choice(["yes", "no"]), "field_of_tomorrow": chance.choice([1, None]),
    }  # fmt: skip
    return {slot: every[slot] for slot in chance.sample(sorted(every), chance.randint(1, 9))}


def attachment(chance: random.Random) -> dict[str, Any]:
    return {"filename": "plan.pdf", "owner": chance.choice(RECORDS), "digest": "d" * 64,
            "size": 3}  # fmt: skip


MAKERS: dict[str, Callable[[random.Random], dict[str, Any]]] = {
    "specimen": specimen,  # of every second a field is erased, of the others the whole record
    "comment": comment,
    "theme": lambda chance: {"name": chance.choice(WORDS)},
    "attachment": attachment,
    "stakeholder": lambda chance: {"name": chance.choice(WORDS), "needs:lift": 1},
    "kind_of_tomorrow": lambda chance: {"x": chance.choice([1, "y"])},
}


def history(seed: int, size: int, *, odd: float = 0.3) -> list[Item]:
    """Ops of four laptops in the order in which a snapshot has them: record by record.

    `odd` is how often something is not plain: an edit, a bin, a conflict, a value that does not
    fit, evidence; and, in one history, erasures, in another one id for two contents, two envelopes
    or two kinds.
    """
    chance = random.Random(seed)
    honest = chance.random() < 0.5
    files = [Source(d, "1" * 32, n, f"{n}{d}{'f' * 31}") for d in DEVICES for n in (1, 2)]
    items: list[Item] = []
    heads: list[ChangeSetHead] = []
    for number in range(size):
        device = chance.choice(DEVICES)
        if heads and chance.random() < 0.3:
            head = chance.choice(heads)
        else:
            set_id = device_mark(device) + f"{number:016x}"
            undoes = f"{number:032x}" if chance.random() < 0.1 else None
            head = ChangeSetHead(set_id, device, "Ann", 1000 + chance.randint(0, 9),
                                 chance.randint(0, 1), "Why", undoes, "r")  # fmt: skip
            heads.append(head)
        record = chance.choice(RECORDS[: max(2, size // 2)])
        at = RECORDS.index(record) if honest or chance.random() < 0.8 else chance.randint(0, 99)
        kind = list(MAKERS)[at % len(MAKERS)]
        values = MAKERS[kind](chance)
        known = [op for _, op, _ in items if op.record == record]
        named: dict[str, list[str]] = {}
        because = ""
        if chance.random() < odd:
            match chance.randint(0, 5):
                case 0:
                    values = {BIN: chance.random() < 0.7}
                case 1 if known:
                    named = {slot: [chance.choice(known).id] for slot in values}
                case 2 if honest:
                    values = {ERASED: 1} if at % 2 else {f"{ERASED}:name": 1}
                case 3:
                    values = {**values, "name": 7, "themes:no id": 1}
                case 4 if items:
                    because = chance.choice(items)[1].id
                case 5 if not honest:
                    head = ChangeSetHead(head.id, head.device, head.officer, head.ms, head.counter,
                                         "Another envelope", head.undoes, "r")  # fmt: skip
        ways = ["general", "general", "people", "" if kind in KINDS.registry else "general"]
        compartment = chance.choice(ways)
        index = 100 + number if honest or head.why != "Why" else chance.randint(0, 2)
        op = Op(head.id, index, kind, record, values, named, compartment,
                chance.random() < 0.7, because)  # fmt: skip
        items.append((head, op, chance.choice([None, *files])))
    items.sort(key=lambda item: (item[1].compartment, item[1].record))
    return items


@contextmanager
def two(blank: Path) -> Iterator[tuple[Laptop, Laptop]]:
    """Two laptops that nothing came to yet."""
    with tempfile.TemporaryDirectory(dir=blank.parent) as folder:
        made = []
        try:
            for number in range(2):
                path = Path(folder) / f"{number}.db"
                shutil.copyfile(blank, path)
                made.append(Laptop(path, "Zoe"))
            yield made[0], made[1]
        finally:
            for laptop in made:
                laptop.close()


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many pieces and transactions for few ops."""
    monkeypatch.setattr("db.loading.OPS_IN_FIRST_LOAD", 20)
    monkeypatch.setattr("db.loading.OPS_IN_LOAD", 20)
    monkeypatch.setattr("db.loading.OPS_IN_PIECE", 4)
    monkeypatch.setattr("db.loading.MOST_ODD", 12)
    monkeypatch.setattr("db.pages.OPS_IN_PAGE", 2)
    monkeypatch.setattr("db.bulk.MOST_IDS", 30)


@pytest.mark.usefixtures("small_steps")
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    seed=st.integers(0, 10**6),
    size=st.integers(1, 60),
    odd=st.sampled_from([0.0, 0.1, 0.5]),
    roles=st.dictionaries(st.sampled_from(DEVICES), st.sampled_from([ALL, LEAD, OWN, NOBODY])),
    judged=st.booleans(),
    first=st.integers(0, 20),
    shuffled=st.booleans(),
)
@example(seed=5303, size=22, odd=0.5, roles={DEVICES[2]: OWN}, judged=True, first=0, shuffled=False)
def test_all_at_once_is_as_one_by_one(
    blank: Path, seed: int, size: int, odd: float, roles: dict[str, str], judged: bool,
    first: int, shuffled: bool,
) -> None:  # fmt: skip
    """Also where some were here before, and in an order that no snapshot has."""
    items = history(seed, size, odd=odd)
    if shuffled:
        random.Random(seed).shuffle(items)
    with two(blank) as (slow, quick):
        for laptop in (slow, quick):
            laptop.store.judge = Rules(roles, {DEVICES[0]: 1}) if judged else None
        one_by_one(slow, items)
        one_by_one(quick, items[: first if first < 10 else 0])
        quick.store.load(items, cancelled=lambda: False)
        quick.whole()
        at_first = contents(quick) == contents(slow)
        # An erasure may count until a second author of its record is heard of. What it took
        # away comes back with the files, which are read again then.
        came_back = one_by_one(slow, items) + quick.store.load(items).new_ops
        assert at_first or came_back
        assert contents(quick) == contents(slow)
        assert quick.store.load(items).new_ops == one_by_one(slow, items) == 0
        assert contents(quick) == contents(slow)
        quick.whole()


@pytest.mark.parametrize("seed", range(6))
def test_a_longer_history_in_steps_of_the_usual_size(blank: Path, seed: int) -> None:
    items = history(seed, 400, odd=0.05 * seed)
    with two(blank) as (slow, quick):
        one_by_one(slow, items)
        quick.store.load(items)
        assert contents(quick) == contents(slow)
        quick.whole()


# -- that it is the quick way at all -----------------------------------------------------------


def plain(count: int, **more: Any) -> list[Item]:
    """Themes, each in its own change set."""
    items: list[Item] = []
    for number in range(count):
        head = ChangeSetHead(f"{number:032x}", DEVICES[0], "Ann", 1000 + number, 0, "Add")
        said = {"kind": "theme", "record": f"{number + 1:032x}", "values": {"name": f"T {number}"}}
        op = Op(head.id, 0, **(said | {"compartment": "general", "creates": True} | more))
        items.append((head, op, None))
    return items


def test_only_what_is_not_plain_goes_the_long_way(
    ann: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd: list[Op] = []
    take = Intake.take

    def watched(intake: Intake, items: Any) -> None:
        some = list(items)
        odd.extend(op for _, op, _ in some)
        take(intake, some)

    monkeypatch.setattr(Intake, "take", watched)
    ann.store.judge = Rules({DEVICES[1]: NOBODY})
    items = plain(50)
    mine = ChangeSetHead("e" * 32, DEVICES[1], "Ben", 5000, 0, "Add")
    items += [
        (mine, Op(mine.id, 0, "theme", "e" * 32, {"name": "Not mine to add"}, {}, "general"), None),
        (items[0][0], Op(items[0][0].id, 1, "venue", "d" * 32, {ERASED: 1}, {}, "general"), None),
    ]
    received = ann.store.load(items)
    assert [op.record for op in odd] == ["e" * 32, "d" * 32]
    assert (received.new_ops, received.changed, received.aside) == (52, 52, 1)
    ann.whole()


def test_one_id_for_two_things_in_one_transaction(
    make_laptop: Callable[..., Laptop],
) -> None:
    """The quick way would write both: it is taken back, and the long way chooses."""
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    items = plain(30)
    head = items[3][0]
    items.append(
        (head, Op(head.id, 0, "theme", "f" * 32, {"name": "Another"}, {}, "general"), None)
    )
    ann.store.load(items)
    one_by_one(ben, items)
    assert contents(ann) == contents(ben)
    ann.whole()


def test_the_index_of_words_gets_its_usual_settings_back(ann: Laptop) -> None:
    """What a history is indexed with would let the index fall into ever more pieces."""
    ann.store.load(plain(20))
    run = ann.store._connection.execute
    set_to = dict(run("SELECT k, v FROM theme__fts_config"))
    assert (set_to["hashsize"], set_to["automerge"]) == (1 << 20, 4)
    assert run("SELECT count(*) FROM theme__fts WHERE theme__fts MATCH 'T'").fetchone() == (20,)
    ann.whole()


def test_what_was_linked_to_before_it_came_is_found(
    make_laptop: Callable[..., Laptop],
) -> None:
    """Its place was made by the link; it has to get into the search index all the same."""
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    head = ChangeSetHead("e" * 32, DEVICES[1], "Ben", 5000, 0, "Add")
    items: list[Item] = [
        (head, Op("e" * 32, 0, "comment", "1" * 31 + "0",
                  {"text": "ramp", "response": "d" * 32}, {}, "general", True), None),
        (head, Op("e" * 32, 1, "response", "d" * 32,
                  {"service": "Heronry"}, {}, "general", True), None),
    ]  # fmt: skip
    ann.store.load(items)
    one_by_one(ben, items)
    assert contents(ann) == contents(ben)
    assert contents(ann)["response words"] == [("d" * 32, "service", 0, "heronry")]
    ann.whole()


def test_a_wrong_form_is_refused_and_what_came_before_is_kept(ann: Laptop) -> None:
    items = plain(9)
    bad = (items[0][0], Op(items[0][0].id, 5, "theme", "no id", {"name": "x"}, {}, "general"), None)
    with pytest.raises(InvalidInput):
        ann.store.load([*items, bad])
    ann.whole()


# -- stopped ----------------------------------------------------------------------------------


def test_it_is_asked_often_whether_to_go_on(ann: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.loading.OPS_IN_PIECE", 200)
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 5

    with pytest.raises(Cancelled):
        ann.store.load(plain(2000), cancelled=stop)
    assert 0 < len(ann.everything()["records"]) < 1500
    ann.whole()
    ann.store.load(plain(2000))
    assert len(ann.everything()["records"]) == 2000
    ann.whole()


def test_it_is_asked_while_sqlite_is_busy(ann: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second thread may be at work for longer than a person should wait for an answer."""
    asked = threading.Semaphore(0)
    put = db.bulk.Bulk.put

    def slow(bulk: Any, laid: Any) -> None:
        for _ in range(4):  # asked again and again, or this never ends
            assert asked.acquire(timeout=30)
        put(bulk, laid)

    monkeypatch.setattr(db.bulk.Bulk, "put", slow)

    def never() -> bool:
        asked.release()
        return False

    ann.store.load(plain(20), cancelled=never)
    assert len(ann.everything()["records"]) == 20


class Shared:
    """A store's connection that notes when two threads are at it at once."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._busy = threading.Lock()
        self.overlaps: list[str] = []
        self.threads: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, sql: str, *given: Any) -> Any:
        return self._alone(sql, lambda: self._connection.execute(sql, *given))

    def executemany(self, sql: str, *given: Any) -> Any:
        return self._alone(sql, lambda: self._connection.executemany(sql, *given))

    def _alone(self, sql: str, call: Callable[[], Any]) -> Any:
        self.threads.add(threading.current_thread().name)
        if not self._busy.acquire(blocking=False):
            self.overlaps.append(sql[:60])
            return call()
        try:
            return call()
        finally:
            self._busy.release()


@pytest.mark.usefixtures("small_steps")
def test_two_threads_are_never_at_one_connection(
    ann: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite keeps the last error with it: one thread would read what the other's call came to."""
    shared = Shared(ann.store._connection)
    monkeypatch.setattr(ann.store, "_connection", shared)
    ann.store.load(plain(4_000, because=""))
    ann.store.load(plain(4_000))
    for number in range(6):
        ann.store.load(
            [(head, Op(head.id, 0, "comment", f"{number:02}{op.record[2:]}"[:32].replace("0", "c"),
                       {"text": "x", "response": f"{number:04}{op.record[4:]}"}, {}, "people",
                       True), None) for head, op, _ in plain(200)]
        )  # fmt: skip
    assert len(shared.threads) == 2
    assert shared.overlaps == []


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("where", ["prepare", "put", "finish"])
def test_a_fault_leaves_whole_transactions(
    ann: Laptop, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    real, calls = getattr(db.bulk.Bulk, where), 0

    def fails(bulk: Any, *given: Any) -> Any:
        nonlocal calls
        calls += 1
        found = real(bulk, *given)
        if calls == 8:
            raise OSError(28, "No space left on device")
        return found

    with monkeypatch.context() as then:
        then.setattr(db.bulk.Bulk, where, fails)
        with pytest.raises(DiskFull):
            ann.store.load(plain(200))
    assert not ann.store._connection.in_transaction
    kept = len(ann.everything()["records"])
    assert 0 < kept < 200
    assert len(list(ann.store.all_ops())) == kept
    ann.whole()
    ann.store.load(plain(200))
    assert len(ann.everything()["records"]) == 200
    ann.whole()


def test_what_goes_wrong_while_reading_is_raised_after_what_came_before(ann: Laptop) -> None:
    def breaks() -> Iterator[Item]:
        yield from plain(10_000)
        raise ValueError("torn")

    with pytest.raises(ValueError, match="torn"):
        ann.store.load(breaks())
    assert len(ann.everything()["records"]) == 8_000 - 1  # what is about one record stays together
    ann.whole()


# -- rows by the thousand ----------------------------------------------------------------------


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 64, 65, 4095, 4096, 4097, 9000])
def test_a_block_puts_in_every_row_once(ann: Laptop, rows: int) -> None:
    run = ann.store._connection.execute
    run("CREATE TEMP TABLE sheet(pk INTEGER PRIMARY KEY, word TEXT, fixed INTEGER) STRICT")
    block = Block("temp.sheet", {"pk": "?", "word": "nullif(?, '')", "fixed": "7"})
    block.put(
        ann.store._connection,
        [value for n in range(1, rows + 1) for value in (n, "" if n % 2 else f"w{n}")],
        threading.Lock(),
    )
    expected = [(n, None if n % 2 else f"w{n}", 7) for n in range(1, rows + 1)]
    assert run("SELECT * FROM temp.sheet ORDER BY pk").fetchall() == expected
    run("DROP TABLE temp.sheet")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_is_written_as_the_library_writes_it(value: Any) -> None:
    assert packed(value) == json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


@given(
    st.lists(st.tuples(st.sampled_from(["comment", "theme"]), st.integers(1, 40),
                       st.integers(0, 9)), max_size=12)
)  # fmt: skip
def test_spans_that_meet_are_indexed_as_one(drawn: list[tuple[str, int, int]]) -> None:
    spans = [(kind, first, first + more) for kind, first, more in drawn]
    found = joined(spans)
    rows = [(kind, pk) for kind, first, last in found for pk in range(first, last + 1)]
    wanted = {(kind, pk) for kind, first, last in spans for pk in range(first, last + 1)}
    assert sorted(wanted) == sorted(rows), "each row once"
    for (kind, _, last), (next_kind, first, _) in pairwise(found):
        assert kind != next_kind or first > last + 1
