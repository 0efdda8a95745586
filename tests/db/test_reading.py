"""Lists, filters, sorting and search, held against a plain model in Python."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from db.changes import Create, Edit
from db.errors import Cancelled, InvalidInput, KnownError, NotFound
from db.fields import FieldType, Spec
from db.query import Condition, ListQuery
from db.reader import Reader
from tests.db.laptops import KINDS, Laptop

SPECS = KINDS.cls.specs()
OPS = ["=", "!=", "<", "<=", ">", ">=", "contains", "in", "empty", "not_empty"]

NAMES = ["Ash", "ash", "Birch", "b%rch", "b_rch", "Éclair", "éclair", "O'Neil", "x\\y"]
COLUMNS = {
    "name": st.sampled_from(NAMES),
    "story": st.sampled_from(["", "Once upon", "ONCE", "100% true"]),
    "found_on": st.sampled_from([None, "2025-12-31", "2026-01-01", "2026-03-27"]),
    "shown_from": st.sampled_from(["", "09:05", "23:59"]),
    "colour": st.sampled_from(["", "red", "green", "blue"]),
    "weight": st.sampled_from([None, 0, 7, 12, 120]),
    "price": st.sampled_from([None, -5, 0, 1250]),
    "kept": st.booleans(),
    "tools": st.lists(st.sampled_from(["map", "rope", "torch"]), unique=True),
    "signs": st.dictionaries(st.sampled_from(["lit", "raised"]), st.sampled_from(["yes", "no"])),
    "place": st.sampled_from([None, "1" * 32, "2" * 32]),
    "subjects": st.lists(st.sampled_from(["3" * 32, "4" * 32]), unique=True),
}
TITLES = {"1" * 32: "Mill", "2" * 32: "barn", "3" * 32: "Water", "4" * 32: "Stone"}
BARE: dict[str, Any] = {
    "name": "Ash", "story": "", "found_on": None, "shown_from": "", "colour": "", "weight": None,
    "price": None, "kept": False, "tools": [], "signs": {}, "place": None, "subjects": [],
}  # fmt: skip
SHELF = st.lists(st.fixed_dictionaries(COLUMNS), max_size=12)  # type: ignore[arg-type]


def shelve(laptop: Laptop, rows: list[dict[str, Any]]) -> list[str]:
    """Write rows as specimens, in order; their ids."""
    made = [KINDS.cls.model_validate({"id": f"{n:032x}", **row}) for n, row in enumerate(rows)]
    for kind, ids in (("venue", "12"), ("theme", "34")):
        for digit in ids:
            laptop.add(kind, id=digit * 32, name=TITLES[digit * 32])
    laptop.store.apply([Create(record) for record in made], "Shelve")
    return [record.id for record in made]


def empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}


def holds(spec: Spec, held: Any, op: str, value: Any) -> bool:
    """The meaning of a condition, written a second time."""
    if op == "empty":
        return empty(held)
    if op == "not_empty":
        return not empty(held)
    if op == "has":
        return held.get(value) == "yes" if isinstance(held, dict) else value in held
    if op == "=":
        return bool(held == value) or (empty(held) and empty(value))
    if op == "!=":
        return not holds(spec, held, "=", value)
    if op == "in":
        return any(held == v for v in value)
    if op == "contains":
        text = TITLES.get(held, "") if spec.type is FieldType.LINK else held
        if isinstance(text, bool):
            text = int(text)
        return not empty(text) and ascii_lower(str(value)) in ascii_lower(str(text))
    if empty(held):
        return False
    return bool(
        {"<": held < value, "<=": held <= value, ">": held > value, ">=": held >= value}[op]
    )


def ascii_lower(text: str) -> str:
    return "".join(ch.lower() if ch.isascii() else ch for ch in text)


def wanted_value(name: str, op: str) -> st.SearchStrategy[Any]:
    held = COLUMNS[name]
    if op == "in":
        return st.lists(held.filter(lambda v: not empty(v)), max_size=3)
    if op == "contains":
        return st.sampled_from(["a", "ash", "%", "_", "\\", "'", "1", "É", "Once", "MIL", "0"])
    return held if op in ("=", "!=") else held.filter(lambda v: not empty(v))


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    name = draw(st.sampled_from(sorted(COLUMNS)))
    spec = SPECS[name]
    if spec.is_set:
        op = draw(st.sampled_from(["has", "empty", "not_empty"]))
        elements = {"tools": ["map", "torch"], "signs": ["lit", "raised"], "subjects": ["3" * 32]}
        return Condition(name, op, draw(st.sampled_from(elements[name])))
    allowed = (
        OPS
        if spec.type is not FieldType.LINK
        else ["=", "!=", "in", "contains", "empty", "not_empty"]
    )
    op = draw(st.sampled_from(allowed))
    return Condition(name, op, draw(wanted_value(name, op)))


@given(rows=SHELF, where=st.lists(conditions(), max_size=3))
@example(rows=[BARE, {**BARE, "price": -5}], where=[Condition("price", "!=", None)])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_filters_mean_what_they_say(
    make_laptop: Callable[..., Laptop], rows: list[dict[str, Any]], where: list[Condition]
) -> None:
    laptop = make_laptop()
    ids = shelve(laptop, rows)
    query = ListQuery("specimen", where=tuple(where), sort="pk")
    wanted = [
        record_id
        for record_id, row in zip(ids, rows, strict=True)
        if all(holds(SPECS[c.path], row[c.path], c.op, c.value) for c in where)
    ]
    assert [row.id for row in laptop.reader.page(query).rows] == wanted
    assert laptop.reader.count(query) == len(wanted)
    # The same when every row has been changed and changed back: how it was written is no matter.
    for record_id, row in zip(ids, rows, strict=True):
        blank: dict[str, Any] = {name: None for name in COLUMNS if name not in ("name", "kept")}
        laptop.store.apply(
            [Edit("specimen", record_id, {**blank, "kept": not row["kept"]})], "Blank"
        )
        laptop.store.apply([Edit("specimen", record_id, row)], "Back")
    assert [row.id for row in laptop.reader.page(query).rows] == wanted
    laptop.close()


def rank(spec: Spec, held: Any) -> Any:
    """Where a value sorts: what is empty first."""
    if empty(held):
        return (0, 0)
    if spec.type is FieldType.LINK:
        return (1, ascii_lower(TITLES[held]))
    if spec.type is FieldType.CHOICE:
        return (1, [c.code for c in spec.choices].index(held))
    return (1, ascii_lower(held) if isinstance(held, str) else held)


@given(rows=SHELF, data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_column_sorts_and_pages_meet(
    make_laptop: Callable[..., Laptop], rows: list[dict[str, Any]], data: Any
) -> None:
    laptop = make_laptop()
    ids = shelve(laptop, rows)
    for name, spec in SPECS.items():
        if name not in COLUMNS or spec.is_set:
            continue
        for sign in ("", "-"):
            query = ListQuery("specimen", ("name",), sort=sign + name)
            order = sorted(range(len(ids)), key=lambda n: (rank(spec, rows[n][name]), n))
            wanted = [ids[n] for n in (reversed(order) if sign else order)]
            size = data.draw(st.integers(1, 5))
            got: list[str] = []
            for offset in range(0, len(ids) + 1, size):
                page = laptop.reader.page(query, offset=offset, limit=size)
                assert page.more == (offset + size < len(ids))
                got += [row.id for row in page.rows]
            assert got == wanted, query
    laptop.close()


@pytest.mark.parametrize("sort", ["pk", "-pk"])
@pytest.mark.parametrize("text", ["", "theme"])
def test_pages_by_place_and_by_key_are_the_same(ann: Laptop, sort: str, text: str) -> None:
    ann.store.apply(
        [Create(ann.record("theme", f"{n:032x}", name=f"Theme {n}")) for n in range(25)], "Add"
    )
    for gone in range(0, 25, 4):
        ann.bin("theme", f"{gone:032x}")
    query = ListQuery("theme", ("name",), sort=sort, text=text)
    whole = ann.reader.page(query).rows
    assert len(whole) == ann.reader.count(query) == 18
    assert ann.reader.page(query, offset=99).rows == []
    by_place, by_key, last = [], [], None
    for offset in range(0, 18, 5):
        by_place += ann.reader.page(query, offset=offset, limit=5).rows
        page = ann.reader.page(query, after=last, limit=5)
        by_key += page.rows
        last = page.last
        assert page.more == (len(by_key) < 18)
    assert by_place == by_key == whole
    for place, row in enumerate(whole):
        assert ann.reader.position(query, row.id) == place
    assert ann.reader.position(query, f"{4:032x}") is None
    assert ann.reader.position(ListQuery("theme", sort="name"), whole[0].id) is None


def test_a_row_shows_values_as_the_contract_says(ann: Laptop) -> None:
    links = KINDS.make_links(ann.store)
    record = KINDS.record(ann.store.new_id(), **links)
    bare = ann.add("specimen", name="Bare")
    ann.store.apply([Create(record)], "Add")
    query = ListQuery("specimen", tuple(SPECS), sort="-name")
    full, empty_row = ann.reader.page(query).rows
    shown = dict(zip(SPECS, full.values, strict=True))
    assert shown == {
        **{name: KINDS.values[name] for name in KINDS.values},
        "place": "Ford Mill",
        "subjects": ("Stone", "Water"),
        "tools": ("rope", "torch"),
    }
    assert (full.id, full.title) == (record.id, "Pebble from the ford")
    blank = dict(zip(SPECS, empty_row.values, strict=True))
    assert empty_row.id == bare
    assert blank.pop("name") == "Bare"
    assert blank.pop("kept") is False
    assert (blank.pop("tools"), blank.pop("subjects"), blank.pop("signs")) == ((), (), {})
    assert set(blank.values()) == {None}


def test_paths_go_through_links(ann: Laptop) -> None:
    theme = ann.add("theme", name="Parking")
    event = ann.add("event", name="Show", date="2026-05-01")
    card = ann.add("response", service="Ward 5", fft="poor", event=event)
    other = ann.add("response", service="Ward 6")
    mine = ann.add("comment", text="Loud", response=card, themes=[theme])
    lone = ann.add("comment", text="Late", response=other)
    loose = ann.add("comment", text="Nobody's")
    columns = ("text", "themes", "response.fft", "response.service", "response.event",
               "response.event.date", "response.wants_reply")  # fmt: skip
    rows = {r.id: r.values for r in ann.reader.page(ListQuery("comment", columns)).rows}
    assert rows[mine] == ("Loud", ("Parking",), "poor", "Ward 5", "Show", "2026-05-01", False)
    assert rows[lone] == ("Late", (), "not_asked", "Ward 6", None, None, False)
    assert rows[loose][:2] == ("Nobody's", ())
    for path, op, value, ids in [
        ("response.service", "=", "Ward 5", [mine]),
        ("response.event.date", ">=", "2026-01-01", [mine]),
        ("response.event", "=", event, [mine]),
        ("response.event", "contains", "sho", [mine]),
        ("response", "empty", None, [loose]),
        ("response", "=", None, [loose]),
        ("response", "!=", card, [lone, loose]),
        ("themes", "has", theme, [mine]),
    ]:
        query = ListQuery("comment", where=(Condition(path, op, value),), sort="pk")
        assert [r.id for r in ann.reader.page(query).rows] == ids, (path, op)
    by_date = ListQuery("comment", sort="-response.event.date")
    assert ann.reader.page(by_date).rows[0].id == mine
    ann.edit("event", event, name="County show")
    ann.edit("theme", theme, name="Cars")
    assert ann.reader.page(ListQuery("comment", columns, sort="pk")).rows[0].values[1:5] == (
        ("Cars",), "poor", "Ward 5", "County show",
    )  # fmt: skip
    assert [c.id for c in ann.reader.children("comment", card)] == [mine]
    assert ann.reader.children("comment", card, bin=True) == []
    assert ann.reader.find("response", "service", "Ward 6") == [other]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (ListQuery("shed"), "no kind of record"),
        (ListQuery("comment", ("shed",)), "no field called “shed”"),
        (ListQuery("comment", ("text.name",)), "does not lead to another record"),
        (ListQuery("comment", ("themes.name",)), "does not lead to another record"),
        (ListQuery("comment", sort="themes"), "several values"),
        (ListQuery("comment", sort="x; DROP TABLE comment"), "no field called"),
        (ListQuery("comment", where=(Condition("themes", "=", "x"),)), "several values"),
        (ListQuery("comment", where=(Condition("text", "like", "x"),)), "cannot say “like”"),
    ],
)  # fmt: skip
def test_a_query_that_leads_nowhere_gets_a_sentence(
    ann: Laptop, query: ListQuery, words: str
) -> None:
    ann.add("comment", text="x")
    with pytest.raises(KnownError, match=words):
        ann.reader.page(query)


def test_find_finds_all(ann: Laptop) -> None:
    records = [ann.record("comment", f"{n:032x}", reference="same") for n in range(1_500)]
    ann.store.apply([Create(record) for record in records], "Many")
    assert ann.reader.find("comment", "reference", "same") == [r.id for r in records]


# -- search ------------------------------------------------------------------------------------

TEXTS = [
    "The car park was full",
    "Carpet in the café was naïve",
    'O’Neil\'s mother said "never again" AND left',
    "Dr. Smith-Jones rang ann@example.org at 9.30",
    "NEAR the ford * star ^ hat (brackets)",
    "हिन्दी में लिखा",
    "عربي نص هنا",
    "C++ and 50% off",
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("car", {0, 1}),
        ("CAR", {0, 1}),
        ("ca", set()),
        ("park car", {0}),
        ("cafe", {1}),
        ("CAFÉ", {1}),
        ("cafe\u0301", {1}),
        ("nai\u0308ve", {1}),
        ("naive", {1}),
        ("o'neil", {2}),
        ("O’Neil", {2}),
        ("never again", {2}),
        ('"never again"', {2}),
        ('"never', {2}),
        ("AND", {2, 7}),
        ("NOT full", set()),
        ("the OR ford", set()),
        ("NEAR(", {4}),
        ("NEAR(the ford)", {4}),
        ("ford*", {4}),
        ("* star", {4}),
        ("-star", {4}),
        ("^hat", {4}),
        ("text:star", set()),
        ("(brackets)", {4}),
        ("Smith-Jones", {3}),
        ("smith jones", {3}),
        ("ann@example.org", {3}),
        ("9.30", {3}),
        ("हिन्दी", {5}),
        ("نص", {6}),
        ("c++", {7}),
        ("50%", {7}),
        ("'", set()),
        ('"', set()),
        ("*", set()),
        ("-", set()),
        ("\0", set()),
        ("\ud800", set()),
        ("car \ud800", {0, 1}),
        ("x" * 5_000, set()),
    ],
)
def test_search_takes_what_people_type(ann: Laptop, text: str, found: set[int]) -> None:
    ids = [ann.add("comment", text=words) for words in TEXTS]
    query = ListQuery("comment", ("text",), text=text)
    got = [row.id for row in ann.reader.page(query).rows]
    assert {ids.index(i) for i in got} == found
    assert got == sorted(got, key=ids.index, reverse=True)
    assert ann.reader.count(query) == len(found)
    narrowed = ListQuery("comment", text=text, where=(Condition("answered", "=", True),))
    assert {row.id for row in ann.reader.page(narrowed).rows} == set(got)
    assert ann.reader.count(narrowed) == len(found)
    assert {hit.id for hit in ann.reader.search_all(text)} == set(got)


@pytest.mark.parametrize("nothing", ["", " ", "\n\t"])
def test_a_blank_search_finds_everything_in_a_list_and_nothing_everywhere(
    ann: Laptop, nothing: str
) -> None:
    ann.add("comment", text="x")
    assert len(ann.reader.page(ListQuery("comment", text=nothing)).rows) == 1
    assert ann.reader.search_all(nothing) == []


@pytest.mark.parametrize(
    ("text", "found"), [("park", 1), ("full CAR", 1), ("100%", 0), ("%", 0), ("_", 0), ("'", 0)]
)
def test_the_bin_is_searched_by_words_too(ann: Laptop, text: str, found: int) -> None:
    gone = ann.add("comment", text="The car park was full")
    ann.add("comment", text="The car park was empty")
    ann.bin("comment", gone)
    query = ListQuery("comment", text=text, bin=True)
    assert len(ann.reader.page(query).rows) == found
    assert ann.reader.count(query) == found


def test_search_everywhere_names_kind_title_and_place(ann: Laptop) -> None:
    venue = ann.add("venue", name="Riverside Hall", notes="Park behind the hall")
    comment = ann.add("comment", text="It was " + "very " * 20 + "hard to park by the riverside")
    hits = {(h.kind, h.id): h for h in ann.reader.search_all("riverside")}
    assert set(hits) == {("venue", venue), ("comment", comment)}
    assert hits["venue", venue].title == "Riverside Hall"
    assert hits["comment", comment].snippet.startswith("…")
    assert "riverside" in hits["comment", comment].snippet


def test_search_follows_every_path_a_word_can_take(ann: Laptop) -> None:
    def found(word: str) -> int:
        return ann.reader.count(ListQuery("comment", text=word))

    comment = ann.add("comment", text="heron")
    assert found("heron") == 1
    ann.edit("comment", comment, text="egret")
    assert (found("heron"), found("egret")) == (0, 1)
    ann.store.undo()
    assert (found("heron"), found("egret")) == (1, 0)
    ann.edit("comment", comment, text="")
    assert found("heron") == 0
    ann.store.undo()
    ann.bin("comment", comment)
    assert found("heron") == 0
    ann.restore("comment", comment)
    assert found("heron") == 1
    with contextlib.suppress(ZeroDivisionError), ann.store.batch("Cut off") as batch:
        batch.add([Create(ann.record("comment", ann.store.new_id(), text="bittern"))])
        assert found("bittern") == 1
        raise ZeroDivisionError
    assert found("bittern") == 0
    ann.whole()


# -- a reader among others ---------------------------------------------------------------------


def test_a_reader_writes_nothing(ann: Laptop) -> None:
    with pytest.raises(KnownError):
        ann.reader.sql("DELETE FROM record")


def test_a_long_question_can_be_stopped_and_the_reader_used_again(ann: Laptop) -> None:
    ann.add("theme")
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
    raised: list[BaseException] = []
    begun = threading.Event()

    def ask() -> None:
        begun.set()
        try:
            ann.reader.sql(endless)
        except Cancelled as error:
            raised.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    begun.wait()
    while thread.is_alive():
        ann.reader.interrupt()
        thread.join(0.01)
    assert [str(error) for error in raised] == ["Stopped. Nothing was changed."]
    assert ann.reader.count(ListQuery("theme")) == 1
    assert len(ann.reader.page(ListQuery("theme")).rows) == 1


def test_titles_in_a_set_are_shown_to_the_letter(ann: Laptop) -> None:
    names = ['Say "yes", or [no]', "back\\slash", "a\tb", "Ünïcode ☂", "plain"]
    for n, name in enumerate(names):
        ann.add("theme", id=f"{n + 1:032x}", name=name)
    whole = [f"{n + 1:032x}" for n in range(len(names))]
    for n, subjects in enumerate((whole, whole[:1], [], whole)):
        ann.add("specimen", id=f"{n + 50:032x}", name=f"No {n}", story="fern", subjects=subjects)
    for query in (
        ListQuery("specimen", ("subjects",), sort="pk"),
        ListQuery("specimen", ("subjects",), sort="name"),
        ListQuery("specimen", ("subjects",), text="fern", sort="pk"),
    ):
        rows = ann.reader.page(query).rows
        assert [row.values[0] for row in rows] == [
            tuple(sorted(names)), (names[0],), (), tuple(sorted(names)),
        ]  # fmt: skip


def test_a_steady_reader_sees_the_moment_it_was_asked_in(ann: Laptop) -> None:
    reader = ann.store.reader()
    try:
        with reader.steady():
            ann.add("theme", name="Late")  # before anything has been read
            assert reader.count(ListQuery("theme")) == 0
            assert reader.page(ListQuery("theme")).rows == []
        assert reader.count(ListQuery("theme")) == 1
    finally:
        reader.close()


def test_interrupting_a_closed_reader_is_harmless(ann: Laptop) -> None:
    reader = ann.store.reader()
    reader.close()
    reader.interrupt()


def test_a_reader_sees_a_batch_grow_and_whole_records_only(ann: Laptop) -> None:
    query = ListQuery("comment", ("text", "reference"), sort="pk")
    stop = threading.Event()
    torn: list[Any] = []
    counts: list[int] = []

    def look(reader: Reader) -> None:
        while not stop.is_set():
            rows = reader.page(query, limit=10_000).rows
            counts.append(len(rows))
            torn.extend(row for row in rows if row.values[0] != row.values[1])

    reader = ann.store.reader()
    thread = threading.Thread(target=look, args=(reader,))
    thread.start()
    try:
        with ann.store.batch("Import") as batch:
            for step in range(20):
                batch.add(
                    Create(ann.record("comment", ann.store.new_id(), text=str(n), reference=str(n)))
                    for n in range(step * 50, step * 50 + 50)
                )
    finally:
        stop.set()
        thread.join()
    assert torn == []
    assert counts == sorted(counts)
    assert all(n % 50 == 0 for n in counts)
    assert reader.count(query) == 1_000
    reader.close()


def test_what_is_not_here_is_said(ann: Laptop) -> None:
    with pytest.raises(NotFound, match="no theme with the id"):
        ann.reader.get("theme", "0" * 32)
    assert ann.reader.title("0" * 32) == ""
    with pytest.raises(InvalidInput):
        ann.reader.find("theme", "shed", 1)
