"""Merging: the state is a pure function of the set of ops, and nothing anybody wrote is lost."""

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.changes import BIN, SEEN, ChangeSetHead, Create, Op, packed
from db.errors import InvalidInput, KnownError, NotFound
from db.merge import OpView, merge
from db.query import ListQuery
from db.reader import Row
from tests.db.laptops import Items, Laptop, exchange

Make = Callable[..., Laptop]

IDS = {
    "theme": ["a1" * 16, "a2" * 16],
    "stakeholder": ["b1" * 16],
    "venue": ["c1" * 16],
    "response": ["d1" * 16],
}
VALUES: dict[str, dict[str, list[Any]]] = {
    "theme": {"name": ["Cars", "Buses", "Trains"], "description": ["", "Long", None]},
    "stakeholder": {
        "name": ["Ann", "Ben"],
        "do_not_contact": [True, False, None],
        "bulletin": ["yes", "no", "not_asked"],
        "needs": [[], ["bsl"], ["bsl", "braille"], ["audio"], None],
        "organisation": [None, "b1" * 16],
    },
    "venue": {
        "name": ["Hall"],
        "capacity": [None, 0, 120],
        "access": [{}, {"lift": "yes"}, {"lift": "no", "parking": "yes"}],
    },
    "response": {"consent_quote": ["yes", "no"], "event": [None, "e1" * 16], "notes": ["x", "y"]},
}
ACTIONS = ["create", "edit", "edit", "edit", "bin", "restore", "undo", "redo", "resolve", "send"]


@contextmanager
def team(blank: Path, size: int, skew: list[int]) -> Iterator[list[Laptop]]:
    """Laptops with a home of their own, for one example."""
    with TemporaryDirectory() as home:
        laptops = []
        for number in range(size):
            path = Path(home) / f"{number}.db"
            shutil.copyfile(blank, path)
            laptops.append(
                Laptop(path, ["Ann", "Ben", "Cas"][number], number=number, ahead=skew[number])
            )
        try:
            yield laptops
        finally:
            for laptop in laptops:
                laptop.close()


def act(laptops: list[Laptop], chance: random.Random) -> None:
    """One thing that one officer does; what is refused changes nothing."""
    laptop = chance.choice(laptops)
    kind = chance.choice(list(IDS))
    record_id = chance.choice(IDS[kind])
    action = chance.choice(ACTIONS)
    fields = {
        name: chance.choice(values)
        for name, values in VALUES[kind].items()
        if chance.random() < 0.5
    }
    try:
        if action == "create":
            defaults = {} if kind == "response" else {"name": "Hall"}
            laptop.add(
                kind,
                id=record_id,
                **{**defaults, **{k: v for k, v in fields.items() if v is not None}},
            )
        elif action == "edit":
            laptop.edit(kind, record_id, **fields)
        elif action == "bin":
            laptop.bin(kind, record_id)
        elif action == "restore":
            laptop.restore(kind, record_id)
        elif action == "undo":
            laptop.store.undo()
        elif action == "redo":
            laptop.store.redo()
        elif action == "resolve":
            settle(laptop, chance)
        else:
            some = [item for item in laptop.ops() if chance.random() < 0.6]
            chance.shuffle(some)
            chance.choice(laptops).take(some)
    except KnownError:
        pass


def settle(laptop: Laptop, chance: random.Random) -> None:
    """Choose one version of one conflict."""
    conflicts = laptop.store.conflicts()
    assert laptop.store.conflict_count() == len(conflicts)
    if conflicts:
        one = chance.choice(conflicts)
        laptop.store.resolve(one.kind, one.id, one.slot, chance.choice(one.versions).value)
        assert one.slot not in [c.slot for c in laptop.store.conflicts() if c.id == one.id]


def all_ops(laptops: list[Laptop]) -> Items:
    """Everything anybody wrote."""
    return [item for laptop in laptops for item in laptop.ops()]


def unsettled(items: Items) -> dict[tuple[str, str, str], set[str]]:
    """By the definition alone: for each slot, the differing values that nothing superseded."""
    gone = {(key, slot) for _, op in items for slot, keys in op.supersedes.items() for key in keys}
    found: dict[tuple[str, str, str], set[str]] = {}
    for _, op in items:
        for slot, value in op.values.items():
            if (op.id, slot) not in gone and slot != BIN:
                found.setdefault((op.kind, op.record, slot), set()).add(packed(value))
    return {key: values for key, values in found.items() if len(values) > 1}


def lists(laptop: Laptop) -> dict[str, list[tuple[Any, ...]]]:
    """What the lists show, by a column that does not depend on the order of arrival."""

    def plain(row: Row) -> tuple[Any, ...]:
        return (row.id, row.title, *(repr(value) for value in row.values))

    return {
        kind + ("/bin" if in_bin else ""): sorted(
            plain(row)
            for row in laptop.reader.page(ListQuery(kind, tuple(VALUES[kind]), bin=in_bin)).rows
        )
        for kind in IDS
        for in_bin in (False, True)
    }


def converge(laptops: list[Laptop], chance: random.Random) -> None:
    """Everybody gets everything, in an order of their own, some of it twice."""
    items = all_ops(laptops)
    for laptop in laptops:
        mine = items + chance.sample(items, len(items) // 3)
        chance.shuffle(mine)
        while mine:
            step = chance.randint(1, len(mine))
            laptop.take(mine[:step])
            del mine[:step]


@given(
    seed=st.integers(0, 2**32),
    actions=st.integers(5, 60),
    skew=st.lists(st.sampled_from([0, -(10**12), 3 * 10**11, 5_000]), min_size=3, max_size=3),
)
@settings(deadline=None)
def test_three_laptops_come_to_the_same_records(
    blank: Path, seed: int, actions: int, skew: list[int]
) -> None:
    chance = random.Random(seed)
    with team(blank, 3, skew) as laptops:
        for _ in range(actions):
            act(laptops, chance)
        converge(laptops, chance)
        first, *others = laptops
        shown = first.everything()
        for other in others:
            assert other.everything() == shown
            assert lists(other) == lists(first)
        for laptop in laptops:
            laptop.whole()
        # Nothing lost: every version that nobody settled is on a card, with its author.
        cards = {(c.kind, c.id, c.slot): c for c in first.store.conflicts()}
        for key, values in unsettled(all_ops(laptops)).items():
            assert key in cards, key
            assert {packed(v.value) for v in cards[key].versions} == values
        # A fourth that starts from nothing and hears it backwards is no different.
        first.reopen()
        assert first.everything() == shown


@given(seed=st.integers(0, 2**32))
def test_the_order_of_ops_never_matters(seed: int) -> None:
    chance = random.Random(seed)
    slots = ["name", "description", BIN]
    ops: list[OpView] = []
    for number in range(chance.randint(1, 9)):
        known = [op for op in ops if chance.random() < 0.6]
        slot = chance.choice(slots)
        value = chance.random() < 0.5 if slot == BIN else chance.choice(["a", "b", None])
        old = [op.key for op in known if slot in op.values]
        supersedes = {slot: old} if old else {}
        if value is True:
            supersedes[SEEN] = [op.key for op in known]
        stamp = (chance.randint(0, 3), 0, str(number % 3), f"{number:032x}", 0)
        ops.append(OpView(f"{number:032x}:0", stamp, {slot: value}, supersedes))
    specs: dict[str, Any] = {}
    one = merge(ops, specs)
    for _ in range(5):
        again = ops + chance.sample(ops, len(ops) // 2)
        chance.shuffle(again)
        unique = list({op.key: op for op in again}.values())
        other = merge(unique, specs)
        assert (other.values, other.conflicts, other.binned) == (
            one.values,
            one.conflicts,
            one.binned,
        )
        assert {s: [o.key for o in h] for s, h in other.heads.items()} == {
            s: [o.key for o in h] for s, h in one.heads.items()
        }


# -- each rule by itself ---------------------------------------------------------------------


@pytest.fixture
def pair(make_laptop: Make) -> tuple[Laptop, Laptop]:
    return make_laptop("Ann"), make_laptop("Ben")


def both(pair: tuple[Laptop, Laptop], kind: str, **values: Any) -> str:
    """A record that both have."""
    record_id = pair[0].add(kind, **values)
    exchange(*pair)
    return record_id


def slots(laptop: Laptop) -> dict[str, list[Any]]:
    """Conflicts: slot to its values, the one that came last first."""
    return {c.slot: [v.value for v in c.versions] for c in laptop.store.conflicts()}


def same(pair: tuple[Laptop, Laptop]) -> None:
    """Both show the same, and both pass their check."""
    assert pair[0].everything() == pair[1].everything()
    pair[0].whole()
    pair[1].whole()


def test_two_values_are_kept_and_a_card_names_their_authors(pair: tuple[Laptop, Laptop]) -> None:
    ann, ben = pair
    theme = both(pair, "theme", name="Ours")
    ann.edit("theme", theme, name="Ann's")
    ben.ms = ann.ms + 60_000
    ben.edit("theme", theme, name="Ben's")
    received = ann.take(ben.ops())
    assert (received.new_ops, received.changed, received.conflicts) == (1, 1, 1)
    ben.take(ann.ops())
    same(pair)
    card = ann.store.conflicts()[0]
    assert [(v.officer, v.value) for v in card.versions] == [("Ben", "Ben's"), ("Ann", "Ann's")]
    assert card.title == ann.reader.title(theme) == "Ben's"
    assert card.field == "name"
    ann.store.resolve("theme", theme, "name", "Ann's")
    ben.take(ann.ops())
    same(pair)
    assert ben.get("theme", theme)["name"] == "Ann's"
    assert slots(ben) == {}


def test_the_cards_of_one_record_are_asked_for_alone(pair: tuple[Laptop, Laptop]) -> None:
    ann, ben = pair
    ids = [both(pair, "theme", name=f"Theme {number}") for number in range(3)]
    for record_id in ids[:2]:
        ann.edit("theme", record_id, name="Ann's")
        ben.edit("theme", record_id, name="Ben's")
    exchange(*pair)
    every = ann.store.conflicts()
    assert len(every) == 2
    for record_id in ids:
        assert ann.store.conflicts_of("theme", record_id) == [c for c in every if c.id == record_id]
    with pytest.raises(NotFound):
        ann.store.conflicts_of("theme", "0" * 32)


def test_equal_values_collapse_silently(pair: tuple[Laptop, Laptop]) -> None:
    ann, ben = pair
    theme = both(pair, "theme", name="Ours")
    ann.edit("theme", theme, name="New")
    ben.edit("theme", theme, name="New")
    exchange(*pair)
    same(pair)
    assert slots(ann) == {}


def test_an_ordinary_edit_settles_a_conflict_too(pair: tuple[Laptop, Laptop]) -> None:
    ann, ben = pair
    theme = both(pair, "theme", name="Ours")
    ann.edit("theme", theme, name="Ann's")
    ben.edit("theme", theme, name="Ben's")
    exchange(*pair)
    ann.edit("theme", theme, name="A third")
    exchange(*pair)
    same(pair)
    assert slots(ben) == {}
    assert ben.get("theme", theme)["name"] == "A third"


def test_choosing_the_value_that_shows_settles_it(pair: tuple[Laptop, Laptop]) -> None:
    ann, ben = pair
    theme = both(pair, "theme", name="Ours")
    ann.edit("theme", theme, name="Ann's")
    ben.edit("theme", theme, name="Ben's")
    exchange(*pair)
    shown = ann.get("theme", theme)["name"]
    ann.store.resolve("theme", theme, "name", shown)
    exchange(*pair)
    same(pair)
    assert slots(ben) == {}


def test_two_people_who_settle_differently_get_a_new_card(pair: tuple[Laptop, Laptop]) -> None:
    ann, ben = pair
    theme = both(pair, "theme", name="Ours")
    ann.edit("theme", theme, name="Ann's")
    ben.edit("theme", theme, name="Ben's")
    exchange(*pair)
    ann.store.resolve("theme", theme, "name", "Ann's")
    ben.store.resolve("theme", theme, "name", "Ben's")
    exchange(*pair)
    same(pair)
    assert sorted(slots(ann)["name"]) == ["Ann's", "Ben's"]


@pytest.mark.parametrize(
    ("kind", "field", "ours", "one", "other", "shows"),
    [
        ("stakeholder", "do_not_contact", False, True, None, True),
        ("stakeholder", "bulletin", "not_asked", "yes", "no", "no"),
        ("response", "consent_quote", "not_asked", "yes", "no", "no"),
    ],
)
def test_the_restrictive_answer_shows_until_someone_reviews(
    pair: tuple[Laptop, Laptop], kind: str, field: str, ours: Any, one: Any, other: Any, shows: Any
) -> None:
    ann, ben = pair
    record = both(pair, kind, **({"name": "Jo"} if kind == "stakeholder" else {}), **{field: ours})
    ann.edit(kind, record, **{field: other})
    ben.edit(kind, record, **{field: one})
    exchange(*pair)
    same(pair)
    assert ann.get(kind, record)[field] == shows
    assert field in slots(ann)


def test_sets_are_joined_element_by_element(pair: tuple[Laptop, Laptop]) -> None:
    ann, ben = pair
    person = both(pair, "stakeholder", name="Jo", needs=["bsl", "audio"])
    ann.edit("stakeholder", person, needs=["bsl", "audio", "braille"])
    ben.edit("stakeholder", person, needs=["audio", "hoist"])
    exchange(*pair)
    same(pair)
    assert ann.get("stakeholder", person)["needs"] == ["audio", "braille", "hoist"]
    assert slots(ann) == {}


def test_what_was_withdrawn_stays_withdrawn_and_is_flagged(pair: tuple[Laptop, Laptop]) -> None:
    ann, ben = pair
    person = both(pair, "stakeholder", name="Jo", needs=["bsl"])
    ann.edit("stakeholder", person, needs=[])
    ben.edit("stakeholder", person, needs=[])
    ben.edit("stakeholder", person, needs=["bsl"])
    exchange(*pair)
    same(pair)
    assert ann.get("stakeholder", person)["needs"] == []
    assert sorted(map(str, slots(ann)["needs:bsl"])) == ["1", "None"]
    ann.store.resolve("stakeholder", person, "needs:bsl", True)
    exchange(*pair)
    same(pair)
    assert ben.get("stakeholder", person)["needs"] == ["bsl"]
    assert slots(ben) == {}


def test_a_feature_seen_both_ways_shows_no(pair: tuple[Laptop, Laptop]) -> None:
    ann, ben = pair
    hall = both(pair, "venue", name="Hall")
    ann.edit("venue", hall, access={"lift": "no"})
    ben.edit("venue", hall, access={"lift": "yes", "parking": "yes"})
    exchange(*pair)
    same(pair)
    assert ann.get("venue", hall)["access"] == {"lift": "no", "parking": "yes"}
    for answer in ("yes", "no", None):
        ann.store.resolve("venue", hall, "access:lift", answer)
        exchange(*pair)
        same(pair)
        assert ben.get("venue", hall)["access"].get("lift") == answer


@pytest.mark.parametrize(
    ("kind", "slot", "value"),
    [
        ("venue", "access", {"lift": "yes"}),
        ("venue", "access:lift", "perhaps"),
        ("venue", "access:nonsense", "yes"),
        ("venue", "name:x", "y"),
        ("venue", "shed", "y"),
        ("venue", "name", ""),
        ("venue", "capacity", "many"),
        ("specimen", "subjects:x", True),
        ("specimen", "tools:saw", True),
        ("specimen", "place", "x"),
    ],
)
def test_what_cannot_be_chosen_is_refused(ann: Laptop, kind: str, slot: str, value: Any) -> None:
    record = ann.add(kind, name="Hall")
    before = ann.everything()
    with pytest.raises(InvalidInput):
        ann.store.resolve(kind, record, slot, value)
    assert ann.everything() == before


def test_every_kind_of_slot_can_be_settled(ann: Laptop) -> None:
    record = ann.add("specimen", name="x")
    theme = ann.add("theme")
    chosen: list[tuple[str, Any, str, Any]] = [
        ("name", "y", "name", "y"),
        ("story", "long", "story", "long"),
        ("story", None, "story", ""),
        ("found_on", "2026-02-01", "found_on", "2026-02-01"),
        ("catalogued", "2026-02-01T10:00:00Z", "catalogued", "2026-02-01T10:00:00Z"),
        ("shown_from", "10:00", "shown_from", "10:00"),
        ("colour", "red", "colour", "red"),
        ("weight", 5, "weight", 5),
        ("price", 250, "price", 250),
        ("kept", True, "kept", True),
        ("place", record, "place", record),
        ("tools:map", True, "tools", ["map"]),
        ("tools:map", 1, "tools", ["map"]),
        ("tools:map", "no", "tools", ["map"]),
        ("tools:map", None, "tools", []),
        (f"subjects:{theme}", True, "subjects", [theme]),
        ("signs:lit", "no", "signs", {"lit": "no"}),
        ("signs:lit", None, "signs", {}),
    ]
    for slot, value, field, shown in chosen:
        ann.store.resolve("specimen", record, slot, value)
        assert ann.get("specimen", record)[field] == shown, slot
        ann.whole()


def test_an_edit_that_the_deleter_had_not_seen_survives(pair: tuple[Laptop, Laptop]) -> None:
    ann, ben = pair
    theme = both(pair, "theme", name="Ours")
    ann.bin("theme", theme)
    ben.edit("theme", theme, description="Ben's work")
    exchange(*pair)
    same(pair)
    assert ann.store.where("theme", theme) == "live"
    assert slots(ann) == {BIN: [True, False]}
    # A further edit does not settle it; choosing does.
    ben.edit("theme", theme, description="More of it")
    exchange(*pair)
    same(pair)
    assert BIN in slots(ann)
    ann.store.resolve("theme", theme, BIN, True)
    exchange(*pair)
    same(pair)
    assert ben.store.where("theme", theme) == "bin"
    assert slots(ben) == {}


@pytest.mark.parametrize("keep", [True, False])
def test_edit_against_delete_is_settled_either_way(pair: tuple[Laptop, Laptop], keep: bool) -> None:
    ann, ben = pair
    theme = both(pair, "theme", name="Ours")
    ann.bin("theme", theme)
    ben.edit("theme", theme, name="Ben's")
    exchange(*pair)
    ben.store.resolve("theme", theme, BIN, not keep)
    exchange(*pair)
    same(pair)
    assert ann.store.where("theme", theme) == ("live" if keep else "bin")
    assert slots(ann) == {}


def test_an_edit_that_the_deleter_had_seen_does_not_survive(pair: tuple[Laptop, Laptop]) -> None:
    ann, ben = pair
    theme = both(pair, "theme", name="Ours")
    ben.edit("theme", theme, name="Ben's")
    exchange(*pair)
    ann.bin("theme", theme)
    exchange(*pair)
    same(pair)
    assert ben.store.where("theme", theme) == "bin"
    assert slots(ben) == {}


def test_restored_by_one_and_deleted_by_another_stays_and_is_flagged(
    pair: tuple[Laptop, Laptop],
) -> None:
    ann, ben = pair
    theme = both(pair, "theme", name="Ours")
    ann.bin("theme", theme)
    ann.restore("theme", theme)
    ben.bin("theme", theme)
    exchange(*pair)
    same(pair)
    assert ann.store.where("theme", theme) == "live"
    assert BIN in slots(ann)
    ann.bin("theme", theme)
    exchange(*pair)
    same(pair)
    assert ben.store.where("theme", theme) == "bin"


def test_settling_a_field_in_the_bin_leaves_the_record_there(pair: tuple[Laptop, Laptop]) -> None:
    ann, ben = pair
    theme = both(pair, "theme", name="Ours")
    ann.edit("theme", theme, name="Ann's")
    ben.edit("theme", theme, name="Ben's")
    exchange(*pair)
    ann.bin("theme", theme)
    ann.store.resolve("theme", theme, "name", "Ann's")
    assert ann.store.where("theme", theme) == "bin"
    assert slots(ann) == {}
    exchange(*pair)
    same(pair)
    ben.restore("theme", theme)
    assert ben.get("theme", theme)["name"] == "Ann's"


def test_a_link_to_what_has_not_arrived_shows_when_it_does(pair: tuple[Laptop, Laptop]) -> None:
    ann, ben = pair
    hall = ann.add("venue", name="Mill Hall")
    event = ann.add("event", name="Show", venue=hall)
    hall_op, event_op = ann.ops()
    ben.take([event_op])
    query = ListQuery("event", ("name", "venue"))
    assert ben.reader.page(query).rows[0].values == ("Show", "")
    assert ben.get("event", event)["venue"] == hall
    assert not ben.store.exists("venue", hall)
    assert ben.tally() == {("event", 0): 1}
    ben.whole()
    with pytest.raises(NotFound):
        ben.edit("venue", hall, name="x")
    ben.take([hall_op])
    assert ben.reader.page(query).rows[0].values == ("Show", "Mill Hall")
    ann.edit("venue", hall, name="Ford Hall")
    exchange(*pair)
    assert ben.reader.page(query).rows[0].values == ("Show", "Ford Hall")
    same(pair)


def test_an_edit_may_come_before_the_record_it_changes(pair: tuple[Laptop, Laptop]) -> None:
    ann, ben = pair
    theme = ann.add("theme", name="One")
    ann.edit("theme", theme, name="Two")
    for item in reversed(ann.ops()):
        ben.take([item])
        ben.whole()
    assert ben.get("theme", theme)["name"] == "Two"
    same(pair)


def test_receiving_the_same_again_changes_and_tells_nothing(pair: tuple[Laptop, Laptop]) -> None:
    ann, ben = pair
    theme = both(pair, "theme", name="Ours")
    assert ben.heard[-1].origin == "received"
    assert [(t.id, t.what) for t in ben.heard[-1].touched] == [(theme, "created")]
    ben.heard.clear()
    received = ben.take([*ann.ops(), *ann.ops()])
    assert (received.new_ops, received.changed) == (0, 0)
    assert ben.heard == []
    assert ann.take(ann.ops()).new_ops == 0


def test_one_only_sends_what_is_ones_own_and_new(pair: tuple[Laptop, Laptop]) -> None:
    ann, ben = pair
    both(pair, "theme", name="Ours")
    assert ben.ops() == []
    (arrival, _, _), *rest = list(ann.store.ops_after(0))
    assert rest == []
    ann.add("theme", name="Next")
    assert [op.values["name"] for _, _, op in ann.store.ops_after(arrival)] == ["Next"]


def test_ops_come_in_order_however_many_there_are(ann: Laptop) -> None:
    with ann.store.batch("Many") as batch:
        themes = (ann.record("theme", ann.store.new_id(), name=str(n)) for n in range(2_345))
        batch.add(Create(theme) for theme in themes)
    ann.add("theme", name="last")
    names = [op.values["name"] for _, _, op in ann.store.ops_after(0)]
    assert names == [*map(str, range(2_345)), "last"]


@pytest.mark.parametrize(
    "change",
    [
        {"record": "not an id"},
        {"record": "A" * 32},
        {"values": {"name": object()}},
        {"values": {"name": "\ud800"}},
        {"values": {BIN: "yes"}},
        {"index": -1},
    ],
)
def test_an_op_of_no_right_form_is_refused_whole(ann: Laptop, change: dict[str, Any]) -> None:
    head = ChangeSetHead("f" * 32, "e" * 32, "Ben", 5, 0, "x")
    good = Op("f" * 32, 0, "theme", "1" * 32, {"name": "Good"})
    fields = {"index": 1, "kind": "theme", "record": "2" * 32, "values": {"name": "x"}, **change}
    with pytest.raises(InvalidInput, match="cannot be read"):
        ann.take([(head, good), (head, Op("f" * 32, **fields))])
    assert ann.everything()["records"] == {}
    ann.take([(head, good)])
    assert ann.get("theme", "1" * 32)["name"] == "Good"
    ann.whole()


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("capacity", "many"), ("capacity", 10**30), ("capacity", 1.5), ("capacity", [1]),
        ("name", 7), ("name", ["x"]), ("access:lift", 1), ("access", "yes"), ("checked_on", {}),
        ("name:x", "y"), ("phone", True),
    ],
)  # fmt: skip
def test_a_value_that_no_table_can_keep_stays_in_the_log_and_harms_nothing(
    ann: Laptop, slot: str, value: Any
) -> None:
    head = ChangeSetHead("f" * 32, "e" * 32, "Ben", 5, 0, "x")
    values = {"name": "Hall", slot: value}
    ann.take([(head, Op("f" * 32, 0, "venue", "1" * 32, values))])
    ann.whole()
    ann.edit("venue", "1" * 32, name="New hall", capacity=5)
    assert ann.get("venue", "1" * 32)["capacity"] == 5
    ann.whole()


def test_a_received_slip_is_shown_as_it_is_and_can_be_mended(ann: Laptop) -> None:
    """A rule may be stricter here than where it was written."""
    head = ChangeSetHead("f" * 32, "e" * 32, "Ben", 5, 0, "x")
    values = {"name": "", "email": "nobody", "capacity": -5, "checked_on": "soon"}
    ann.take([(head, Op("f" * 32, 0, "venue", "1" * 32, values))])
    assert ann.reader.get("venue", "1" * 32).email == "nobody"  # type: ignore[attr-defined]
    ann.edit("venue", "1" * 32, notes="Rang them")
    ann.edit("venue", "1" * 32, name="Hall", capacity="40", checked_on="2026-01-02", email="")
    assert ann.get("venue", "1" * 32)["capacity"] == 40
    ann.whole()


def test_parts_come_back_even_when_a_field_was_settled_in_the_bin(ann: Laptop) -> None:
    card = ann.add("response", service="Ward 5")
    comment = ann.add("comment", text="Loud", response=card)
    lone = ann.add("comment", text="Deleted by itself", response=card)
    ann.bin("comment", lone)
    ann.bin("response", card)
    assert ann.store.where("comment", comment) == "bin"
    ann.store.resolve("response", card, "service", "Ward 6")
    ann.store.resolve("comment", comment, "text", "Very loud")
    ann.restore("response", card)
    assert ann.store.where("comment", comment) == "live"
    assert ann.store.where("comment", lone) == "bin"
    assert ann.get("comment", comment)["text"] == "Very loud"
    ann.whole()
