"""Files that tell one op differently: what counts hangs on what they say, never on what came when,
also where an erasure took some of it before the rest came."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import claims
from db.changes import BIN, ChangeSetHead, Op, device_mark, packed
from db.erasing import ERASED, RIGHT, SCRUBBED, Erasures, left_of, right_of
from db.precedence import Order
from db.standing import Claim, Source
from db.tellings import agreed, bared, contradict, weighed, with_telling
from tests.db.judges import ALL, NOBODY, OWN, Rules
from tests.db.laptops import Laptop

Item = tuple[ChangeSetHead, Op, Source | None]

DEVICES = [f"{n:032x}" for n in range(0xA0, 0xA3)]
OFFICERS = ["Ann", "Ben", "Cat"]
RECORDS = [f"{n:032x}" for n in range(0xB0, 0xB3)]
PLACES = ("general", "people")
PHRASE = "quartzite heron"


def file_of(device: str, number: int) -> Source:
    """The file of a device with this number."""
    return Source(device, "1" * 32, number, f"{number:04x}{device[-4:]}" * 8)


def head_of(device: str, number: int, ms: int = 0) -> ChangeSetHead:
    """An envelope."""
    officer = OFFICERS[DEVICES.index(device)]
    set_id = device_mark(device) + f"{number:016x}"
    return ChangeSetHead(set_id, device, officer, ms or 1000 + number, 0, "test")


def item(device: str, number: int, file: int, values: dict[str, Any], **more: Any) -> Item:
    """An op alone in its change set, in a file of its author's."""
    head = head_of(device, number)
    said = {"kind": "theme", "record": RECORDS[0], "compartment": "general", "creates": True}
    return head, Op(head.id, 0, values=values, **(said | more)), file_of(device, file)


def give(laptop: Laptop, items: Sequence[Item]) -> set[str]:
    """Receive each by itself; who contradicted themselves."""
    found: set[str] = set()
    for head, op, source in items:
        found |= set(laptop.store.receive([(head, op)], source=source).contradicted)
    return found


def take(laptop: Laptop, items: Sequence[Item], all_items: Sequence[Item] = ()) -> None:
    """Receive these, and read again what an exchange would."""
    give(laptop, items)
    for _ in range(4):
        if not laptop.store.erasure_was_lifted():
            return
        again = laptop.store.files_to_read_again()
        laptop.store.files_were_noted()
        give(laptop, [i for i in all_items or items if i[2] is not None and i[2].sha256 in again])


def held(laptop: Laptop) -> dict[str, Any]:
    """All there is to compare two laptops by: what shows, and what counts of each op.

    Not which tellings are kept: two that are bare stay two, and would have been one when whole.
    """
    laptop.whole()
    registry = laptop.store.registry
    ops = []
    for each in claims.logged(laptop.store._connection, registry, ""):
        op, source = each.claim.op, each.claim.source
        values = {slot: v for slot, v in op.values.items() if not slot.startswith(SCRUBBED)}
        said = packed([op.id, op.kind, op.record, values, dict(op.supersedes), op.compartment])
        ops.append((said, op.creates, op.because, source.sha256 if source else ""))
    aside = sorted((a.op, a.verdict, a.reason, a.kind, a.id) for a in laptop.store.set_aside())
    return {**laptop.everything(), "aside": aside, "log": sorted(ops)}


def bytes_of(laptop: Laptop) -> str:
    """Every text of the log, tellings too."""
    run = laptop.store._connection.execute
    rows = [*run("SELECT body, supersedes FROM op"), *run("SELECT body, supersedes FROM telling")]
    return repr(rows)


# -- two contents, one of which was scrubbed before the other came -------------------------------


def spoken_twice() -> list[Item]:
    """A theme; Ben says twice that he changes it, once with another name; Cat erases the name."""
    made = item(DEVICES[0], 1, 1, {"name": PHRASE, "description": "x"})
    over = {"description": [made[1].id]}
    said = {"supersedes": over, "creates": False}
    one = item(DEVICES[1], 2, 1, {"description": "y"}, **said)
    twin = item(DEVICES[1], 2, 2, {"description": "y", "name": PHRASE + " twin"}, **said)
    erasure = item(DEVICES[2], 3, 1, {f"{ERASED}:name": 1}, creates=False)
    return [made, one, twin, erasure]


@pytest.mark.parametrize("out", [False, True])
def test_an_erasure_between_two_contents_makes_no_difference(
    make_laptop: Callable[..., Laptop], out: bool
) -> None:
    """Found at seed 67657, where it came to be known later that Cat was out already."""
    seen = []
    for order in permutations(spoken_twice()):
        laptop = make_laptop()
        give(laptop, order)
        if out:
            laptop.store.judge = Rules({DEVICES[2]: NOBODY})
            laptop.store.reconsider()
            take(laptop, [], order)
        seen.append(held(laptop))
        assert (PHRASE in bytes_of(laptop)) == out
        laptop.close()
    assert all(each == seen[0] for each in seen)
    (record,) = seen[0]["records"].values()
    assert record[-1].get("name") == (PHRASE if out else None)
    assert record[-1]["description"] == "y"


def test_only_what_all_contents_say_counts(make_laptop: Callable[..., Laptop]) -> None:
    """Also when there are more than two, and in each order."""
    said = ["same", "same", "same"], ["a", "a", "b"], ["x", "y", "z"]
    items = [
        item(DEVICES[1], 1, n + 1, {"name": same, "description": two, BIN: three == "never"})
        for n, (same, two, three) in enumerate(zip(*said, strict=True))
    ]
    for order in permutations(items):
        laptop = make_laptop()
        assert give(laptop, order) == {DEVICES[1]}
        assert laptop.get("theme", RECORDS[0])["name"] == "same"
        assert laptop.get("theme", RECORDS[0])["description"] == ""
        laptop.close()


def test_what_is_told_differently_comes_with_a_snapshot(
    make_laptop: Callable[..., Laptop],
) -> None:
    """A laptop that begins with one can tell, as the others can, what came in time."""
    one = item(DEVICES[1], 1, 1, {"name": "First"})
    twin = item(DEVICES[1], 1, 2, {"name": "Second"})
    ann, new = make_laptop("Ann"), make_laptop("New")
    give(ann, [one, twin])
    new.store.load(ann.store.all_ops())
    for laptop in (ann, new):
        assert laptop.get("theme", RECORDS[0]).get("name") is None
        laptop.store.lateness = lambda file: (1,) * (file.seq > 1)
        laptop.store.reconsider()
        assert laptop.get("theme", RECORDS[0])["name"] == "First"
        laptop.store.lateness = lambda file: (1,) * (file.seq < 2)
        laptop.store.reconsider()
        assert laptop.get("theme", RECORDS[0])["name"] == "Second"
    assert held(new) == held(ann)


def test_a_copied_laptop_that_sends_the_same_twice_contradicts_nobody(
    make_laptop: Callable[..., Laptop],
) -> None:
    """Once whole, and once without what was erased since."""
    whole = item(DEVICES[1], 1, 1, {"name": PHRASE, "description": "x"})
    left = {"description": "x", f"{SCRUBBED}:name": 1}
    bare = (whole[0], replace(whole[1], values=left), file_of(DEVICES[1], 2))
    seen = []
    for order in ((whole, bare), (bare, whole), (bare, whole, bare)):
        laptop = make_laptop()
        assert give(laptop, order) == set()
        assert laptop.get("theme", RECORDS[0])["name"] == PHRASE
        seen.append(held(laptop))
        laptop.close()
    assert all(each == seen[0] for each in seen)


def test_nothing_erased_is_left_in_what_has_no_say(make_laptop: Callable[..., Laptop]) -> None:
    """A content that came too late is kept, in case it did not; its words go too."""
    one = item(DEVICES[1], 1, 1, {"name": PHRASE})
    late = item(DEVICES[1], 1, 2, {"name": PHRASE + " late", "description": PHRASE})
    elsewhere = item(DEVICES[1], 1, 3, {"name": PHRASE}, record=RECORDS[1])
    erasures = [
        item(DEVICES[2], n, 1, {ERASED: 1}, record=record, creates=False)
        for n, record in ((2, RECORDS[0]), (3, RECORDS[1]))
    ]
    for order in permutations([one, late, elsewhere, *erasures]):
        laptop = make_laptop()
        laptop.store.lateness = lambda file: (1,) * (file.device == DEVICES[1] and file.seq == 2)
        give(laptop, order)
        assert PHRASE not in bytes_of(laptop)
        laptop.whole()
        laptop.close()


def test_what_belongs_to_itself_does_not_hold_itself_erased(
    make_laptop: Callable[..., Laptop],
) -> None:
    """Nor do two that belong to each other, once the erasure is told of another record."""
    ring = [
        item(DEVICES[0], n, 1, {"text": "x", "response": RECORDS[3 - n]}, kind="comment",
             record=RECORDS[n])
        for n in (1, 2)
    ]  # fmt: skip
    told = [
        item(DEVICES[1], 3, n + 1, {ERASED: 1}, kind="comment", record=RECORDS[n], creates=False)
        for n in (0, 1)
    ]
    seen = []
    for order in permutations([*ring, *told]):
        laptop = make_laptop()
        take(laptop, order)
        seen.append(held(laptop))
        assert laptop.get("comment", RECORDS[1])["text"] == "x"
        laptop.close()
    assert all(each == seen[0] for each in seen)


def test_of_two_compartments_the_one_that_most_read_counts(
    make_laptop: Callable[..., Laptop],
) -> None:
    """Whoever reads only that one comes to the same; the kind is of a release to come."""
    two = [
        item(DEVICES[1], 1, 1, {"x": place}, kind="kind_of_tomorrow", compartment=place)
        for place in PLACES
    ]
    counting = []
    for order in (two, two[::-1], two[:1]):
        laptop = make_laptop()
        laptop.store.compartments = PLACES
        give(laptop, order)
        rows = laptop.store._connection.execute("SELECT compartment, body FROM op").fetchall()
        counting.append(rows)
        laptop.close()
    assert counting[0] == counting[1] == counting[2] == [("general", '{"x":"general"}')]


def test_what_this_laptop_says_itself_is_what_it_sends(make_laptop: Callable[..., Laptop]) -> None:
    """Somebody who holds a copy of it said something else under the same number."""
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    theme = ann.add("theme", name="Ours")
    ((head, op),) = ann.ops()
    forged = replace(op, values={"name": "Theirs"})
    ann.store.receive([(head, forged)], source=file_of(ann.store.device, 1))
    assert ann.get("theme", theme).get("name") is None
    ((_, sent),) = ann.ops()
    assert sent.values == op.values
    ours = file_of(ann.store.device, 2)
    ann.store.published(0, 10**6, ours)
    ben.store.receive([(head, sent)], source=ours)
    ben.store.receive([(head, forged)], source=file_of(ann.store.device, 1))
    assert list(ann.store.all_ops()) == list(ben.store.all_ops())
    for laptop in (ann, ben):
        laptop.store.lateness = lambda file: (1,) * (file.seq == 1)
        laptop.store.reconsider()
        assert laptop.get("theme", theme)["name"] == "Ours"


# -- the rule by itself --------------------------------------------------------------------------

_SLOTS = ["name", "description", "tools:map", "tools:rope", "lead"]
_ERASERS = ["e" * 32 + ":0", "f" * 32 + ":0"]


@st.composite
def contents(draw: st.DrawFn) -> Op:
    """What one id may be made to say, by whoever."""
    values: dict[str, Any] = draw(
        st.dictionaries(st.sampled_from(_SLOTS), st.sampled_from(["a", "b", 1]), max_size=4)
    )
    values |= draw(st.sampled_from([{}, {}, {}, {ERASED: 1}, {f"{ERASED}:name": 1}]))
    named = {
        slot: [f"{n}" * 32 + ":0" for n in draw(st.sets(st.integers(1, 3)))] for slot in values
    }
    cited = draw(st.sets(st.sampled_from(_ERASERS)))
    named |= {f"{ERASED}:name": sorted(cited)}
    named = {slot: sorted(keys) for slot, keys in named.items() if keys}
    return Op("c" * 32, 0, "theme", RECORDS[0], values, named, "general", draw(st.booleans()))


def _leaves(gone: Erasures) -> Callable[[Op, Any], Any]:
    return lambda op, seen: left_of(
        op.id, op.values, op.supersedes, gone, whole=bool(gone.whole), rights=["lead"], seen=seen
    )


def _plain(op: Op) -> tuple[Any, ...]:
    values = {slot: v for slot, v in op.values.items() if not slot.startswith(SCRUBBED)}
    return packed(values), packed({s: list(k) for s, k in op.supersedes.items()}), op.creates


ERASED_SOMEHOW = st.sampled_from(
    [
        Erasures(fields={"name": frozenset(_ERASERS[:1])}),
        Erasures(fields={"name": frozenset(_ERASERS), "tools": frozenset(_ERASERS[:1])}),
        Erasures(fields={"lead": frozenset(_ERASERS[:1])}),
        Erasures(frozenset(_ERASERS[:1])),
    ]
)


@given(
    ops=st.lists(contents(), min_size=1, max_size=4), gone=ERASED_SOMEHOW,
    files=st.lists(st.integers(1, 3), min_size=4, max_size=4), data=st.data(),
)  # fmt: skip
def test_scrubbing_before_another_content_comes_leaves_what_scrubbing_after_it_does(
    ops: list[Op], gone: Erasures, files: list[int], data: st.DataObject
) -> None:
    head, order, leaves = head_of(DEVICES[0], 1), Order(), _leaves(gone)
    told = [Claim(head, op, file_of(DEVICES[0], n)) for op, n in zip(ops, files, strict=False)]

    def taken(claims: Sequence[Claim], scrubs: Sequence[bool]) -> Op:
        known: tuple[Claim, ...] = ()
        for claim, scrub in zip(claims, scrubs, strict=True):
            known = with_telling(order, known, claim) if known else (claim,)
            if scrub:
                known = bared(weighed(order, known), order, leaves).tellings
        return bared(weighed(order, known), order, leaves).counts.op

    last = taken(told, [False] * len(told))
    mixed = data.draw(st.permutations(told))
    scrubs = data.draw(st.lists(st.booleans(), min_size=len(told), max_size=len(told)))
    assert _plain(taken(mixed, scrubs)) == _plain(last)


@given(ops=st.lists(contents(), min_size=1, max_size=4), gone=ERASED_SOMEHOW)
def test_what_was_scrubbed_is_whole_again_once_it_is_read_again(
    ops: list[Op], gone: Erasures
) -> None:
    for op in ops:
        values, named = left_of(
            op.id, op.values, op.supersedes, gone, whole=bool(gone.whole), rights=["lead"]
        )
        bare = replace(op, values=values, supersedes=named)
        assert agreed([bare, op]) == agreed([op, bare]) == op
        head = head_of(DEVICES[0], 1)
        assert not contradict(Claim(head, bare), Claim(head, op))
    assert agreed([agreed(ops), *ops]) == agreed(ops) == agreed([agreed(ops[::-1]), ops[0]])


def test_an_erased_lead_gives_the_right_it_gave_when_all_named_the_same() -> None:
    gone = Erasures(fields={"lead": frozenset(_ERASERS[:1])})
    key = "c" * 32 + ":0"
    bare = []
    for lead in ("Robin", "Robin", "Sam"):
        op = Op("c" * 32, 0, "theme", RECORDS[0], {"name": "x", "lead": lead}, {}, "general")
        values, _ = left_of(op.id, op.values, {}, gone, whole=False, rights=["lead"])
        bare.append(replace(op, values=values))
    assert right_of(key, "Robin") in agreed(bare[:2]).values
    assert not any(slot.startswith(RIGHT) for slot in agreed(bare).values)


# -- any order, with erasures, kinds and compartments that disagree --------------------------------

_WHO = st.sampled_from(DEVICES)
_WORDS = st.sampled_from(["one", "two", "three"])
_KINDS = ["theme", "theme", "theme", "comment", "response", "venue", "later"]


@st.composite
def histories(draw: st.DrawFn) -> list[Item]:
    """Ops about three records, many of them told twice, with erasures among them."""
    items: list[Item] = []
    for number in range(draw(st.integers(1, 8))):
        device, record = draw(_WHO), draw(st.sampled_from(RECORDS))
        values: dict[str, Any] = draw(
            st.dictionaries(st.sampled_from(["name", "description", "text"]), _WORDS, min_size=1)
        )
        kind = draw(st.sampled_from(_KINDS))
        if kind == "comment" and draw(st.booleans()):  # to itself too, as no program lets it
            values["response"] = draw(st.sampled_from(RECORDS))
        ids = [op.id for _, op, _ in items if op.record == record]
        some = draw(st.lists(st.sampled_from(ids), max_size=2, unique=True)) if ids else []
        named = {slot: some for slot in values if some}
        match draw(st.integers(0, 7)):
            case 0:
                values = {ERASED: 1}
            case 1:
                values = {f"{ERASED}:name": 1, **draw(st.sampled_from([{}, {"name": "left"}]))}
            case 2:
                values[BIN] = draw(st.booleans())
            case 3 if some:
                named[f"{ERASED}:name"] = some
        items.append(
            item(
                device, number, draw(st.integers(1, 2)), values, kind=kind, record=record,
                supersedes=named, creates=draw(st.booleans()),
                compartment=draw(st.sampled_from(["general", "general", "people"])),
            )
        )  # fmt: skip
    said = {(op.id, source.sha256) for _, op, source in items if source is not None}
    for head, op, _ in draw(st.lists(st.sampled_from(items), max_size=5)):
        file = file_of(head.device, draw(st.integers(1, 4)))
        if (op.id, file.sha256) not in said:  # a file says an op once, or is refused
            said.add((op.id, file.sha256))
            items.append((head, draw(twins(op)), file))
    return items


def twins(op: Op) -> st.SearchStrategy[Op]:
    """What a broken laptop says under an id that it used, or the same."""
    return st.sampled_from(
        [
            op,
            replace(op, values={**op.values, "name": "twin"}),
            replace(op, values={**op.values, f"{ERASED}:name": 1}),
            replace(op, values={"description": "twin"}),
            replace(op, supersedes={}),
            replace(op, record=RECORDS[-1]),
            replace(op, kind="theme"),
            replace(op, compartment="people"),
        ]
    )


JUDGES = st.builds(
    Rules,
    st.dictionaries(_WHO, st.sampled_from([ALL, OWN, NOBODY]), max_size=2),
    st.dictionaries(_WHO, st.integers(0, 2), max_size=1),
)


@contextmanager
def fresh(blank: Path, count: int) -> Iterator[list[Laptop]]:
    """Laptops inside one Hypothesis example."""
    with tempfile.TemporaryDirectory(dir=blank.parent) as folder:
        made = []
        try:
            for n in range(count):
                path = Path(folder) / f"{n}.db"
                shutil.copyfile(blank, path)
                made.append(Laptop(path, "Zoe", number=0))
                made[-1].store.compartments = PLACES
            yield made
        finally:
            for laptop in made:
                laptop.close()


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large,
                                 HealthCheck.function_scoped_fixture])  # fmt: skip
@given(data=st.data())
def test_state_is_a_function_of_what_the_files_say(data: st.DataObject, blank: Path) -> None:
    items = data.draw(histories())
    judge, before = data.draw(JUDGES), data.draw(JUDGES)
    with fresh(blank, 4) as (plain, shuffled, changing, loaded):
        plain.store.judge = judge
        take(plain, items)
        expected = held(plain)

        shuffled.store.judge = judge
        mixed = data.draw(st.permutations(items))
        take(shuffled, mixed)
        assert held(shuffled) == expected
        take(shuffled, items)
        assert held(shuffled) == expected

        loaded.store.judge = judge
        loaded.store.load(data.draw(st.sampled_from([mixed, list(plain.store.all_ops())])))
        take(loaded, [], items)
        assert held(loaded) == expected

        changing.store.judge = before
        some = data.draw(st.integers(0, len(items)))
        take(changing, mixed[:some])
        changing.store.judge = judge
        changing.store.reconsider()
        take(changing, mixed[some:], items)
        assert held(changing) == expected


def test_loaded_is_as_received_whatever_the_seed(blank: Path) -> None:
    """Tellings in the quick way: some of them about records that are otherwise plain."""
    for seed in range(20):
        chance = random.Random(seed)
        items = []
        for n in range(30):
            device = chance.choice(DEVICES)
            record = f"{n // 2:032x}"
            items.append(item(device, n, 1, {"name": f"N {n}"}, record=record))
        for head, op, _ in chance.sample(items, 4):
            said = {"name": chance.choice(["twin", op.values["name"]]), "description": "more"}
            items.append((head, replace(op, values=said), file_of(head.device, 2)))
        items.sort(key=lambda each: each[1].record)
        with fresh(blank, 2) as (slow, quick):
            give(slow, items)
            quick.store.load(items)
            assert held(quick) == held(slow)
