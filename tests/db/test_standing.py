"""Whether an op counts depends on the set of ops and the judge, and on nothing else."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.changes import BIN, ChangeSetHead, Create, Op, Received, device_mark
from db.errors import Cancelled, CannotUndo, DiskFull, InvalidInput, NotPermitted
from db.intake import Intake
from db.standing import Claim, Evidence, Source, Standing, Verdict
from tests.db.judges import ALL, LEAD, NOBODY, OWN, Rules
from tests.db.laptops import Laptop

DEVICES = [f"{n:032x}" for n in range(0xA0, 0xA4)]
OFFICERS = ["Ann", "Ben", "Cat", "Dan"]
RECORDS = [f"{n:032x}" for n in range(0xB0, 0xB3)]

Item = tuple[ChangeSetHead, Op, Source | None]


def op_of(device: str = DEVICES[1], number: int = 1, **more: Any) -> Item:
    """One op alone in its change set."""
    ms = more.pop("ms", 1000 + number)
    source = more.pop("source", None)
    set_id = more.pop("change_set", device_mark(device) + f"{number:016x}")
    head = ChangeSetHead(
        set_id, device, OFFICERS[DEVICES.index(device)], ms, 0, more.pop("why", "test")
    )
    said = {"kind": "theme", "record": RECORDS[0], "values": {"name": f"By {number}"}, "index": 0}
    return head, Op(set_id, **(said | more)), source


def name_of(laptop: Laptop, record: str = RECORDS[0]) -> str | None:
    """What a theme is called; None when it is not shown."""
    if laptop.store.where("theme", record) is None:
        return None
    return str(laptop.get("theme", record)["name"])


def shown(laptop: Laptop) -> dict[str, Any]:
    """All there is to compare two laptops by."""
    laptop.whole()
    aside = sorted((a.op, a.verdict, a.reason, a.kind, a.id, a.title) for a in
                   laptop.store.set_aside())  # fmt: skip
    return {**laptop.everything(), "aside": aside}


def give(laptop: Laptop, *items: Item) -> Received:
    """Receive each with its own source."""
    found = Received()
    for head, op, source in items:
        found = laptop.store.receive([(head, op)], source=source)
    return found


# -- rules one by one --------------------------------------------------------------------------


def test_without_a_judge_everything_counts(ann: Laptop) -> None:
    give(ann, op_of())
    assert name_of(ann) == "By 1"
    assert ann.store.set_aside() == []


def test_what_does_not_count_is_kept_and_shown_but_not_merged(ann: Laptop) -> None:
    ann.store.judge = Rules({DEVICES[2]: NOBODY})
    first = op_of()
    give(ann, first)
    over = {"name": [first[1].id]}
    received = give(ann, op_of(DEVICES[2], 2, values={"name": "No"}, supersedes=over, why="Mine"))
    assert (received.new_ops, received.aside, received.waiting) == (1, 1, 0)
    assert name_of(ann) == "By 1"
    (aside,) = ann.store.set_aside()
    assert (aside.officer, aside.reason, aside.verdict) == ("Cat", "role", Verdict.ASIDE)
    assert (aside.kind, aside.id, aside.title) == ("theme", RECORDS[0], "By 1")
    assert (aside.why, aside.ms, aside.device) == ("Mine", 1002, DEVICES[2])
    assert [entry.officer for entry in ann.store.history("theme", RECORDS[0])] == ["Ben"]
    ann.whole()


def test_a_record_of_which_nothing_counts_is_not_there(ann: Laptop) -> None:
    ann.store.judge = Rules({DEVICES[1]: NOBODY})
    give(ann, op_of(creates=True))
    assert name_of(ann) is None
    assert ann.everything()["records"] == {}
    ann.store.judge = None
    ann.store.reconsider([DEVICES[1]])
    assert name_of(ann) == "By 1"
    ann.store.judge = Rules({DEVICES[1]: NOBODY})
    ann.store.reconsider([DEVICES[1]])
    assert name_of(ann) is None
    assert ann.tally() == {}
    ann.whole()


def test_what_waits_counts_when_its_evidence_comes(ann: Laptop) -> None:
    ann.store.judge = Rules({DEVICES[2]: LEAD})
    lead = op_of(DEVICES[1], 1, record=RECORDS[1], values={"description": "Cat"})
    mine = op_of(DEVICES[2], 2, because=lead[1].id)
    assert give(ann, mine).waiting == 1
    assert name_of(ann) is None
    give(ann, lead)
    assert name_of(ann) == "By 2"
    assert ann.store.set_aside() == []


def test_evidence_that_does_not_count_is_none(ann: Laptop) -> None:
    ann.store.judge = Rules({DEVICES[2]: LEAD, DEVICES[1]: NOBODY})
    lead = op_of(DEVICES[1], 1, record=RECORDS[1], values={"description": "Cat"})
    mine = op_of(DEVICES[2], 2, because=lead[1].id)
    give(ann, mine, lead)
    assert {a.reason for a in ann.store.set_aside()} == {"not_lead", "role"}
    ann.store.judge = Rules({DEVICES[2]: LEAD})
    ann.store.reconsider([DEVICES[1]])
    assert name_of(ann) == "By 2"


def test_ops_that_name_each_other_wait_for_ever(ann: Laptop) -> None:
    ann.store.judge = Rules({DEVICES[1]: LEAD, DEVICES[2]: LEAD})
    ids = [device_mark(DEVICES[n]) + f"{n:016x}" for n in (1, 2)]
    give(
        ann,
        op_of(DEVICES[1], 1, values={"name": "Cat"}, because=f"{ids[1]}:0"),
        op_of(DEVICES[2], 2, values={"name": "Ben"}, because=f"{ids[0]}:0"),
    )
    assert [a.verdict for a in ann.store.set_aside()] == [Verdict.WAITING] * 2
    ann.store.reconsider()
    assert [a.verdict for a in ann.store.set_aside()] == [Verdict.WAITING] * 2


def test_a_second_creator_takes_the_first_ones_edits_away(ann: Laptop) -> None:
    ann.store.judge = Rules({DEVICES[2]: OWN})
    made = op_of(DEVICES[2], 1, creates=True)
    edit = op_of(DEVICES[2], 2, values={"name": "Edited"}, supersedes={"name": [made[1].id]})
    give(ann, edit)
    assert name_of(ann) is None
    give(ann, made)
    assert name_of(ann) == "Edited"
    give(ann, op_of(DEVICES[1], 3, creates=True, values={"description": "Also mine"}))
    assert name_of(ann) == "By 1"
    assert [a.reason for a in ann.store.set_aside()] == ["not_creator"]


def test_which_file_an_op_came_in_decides_what_a_revocation_reaches(ann: Laptop) -> None:
    files = [Source(DEVICES[2], "i" * 32, n, f"{n:064x}") for n in (1, 2)]
    first = op_of(DEVICES[2], 1, source=files[0])
    over = {"name": [first[1].id]}
    second = op_of(DEVICES[2], 2, supersedes=over, values={"name": "Late"}, source=files[1])
    give(ann, first, second)
    assert name_of(ann) == "Late"
    ann.store.judge = Rules(until={DEVICES[2]: 1})
    received = ann.store.reconsider([DEVICES[2]])
    assert received.changed == 1
    assert name_of(ann) == "By 1"
    # The same change in an earlier file is within it.
    give(ann, (*second[:2], Source(DEVICES[2], "h" * 32, 1, "e" * 64)))
    assert name_of(ann) == "Late"


def test_own_changes_are_judged_before_they_are_written(ann: Laptop) -> None:
    theme = ann.add("theme", name="Kept")
    before = shown(ann)
    ann.store.judge = Rules({ann.store.device: NOBODY})
    for attempt in (
        lambda: ann.edit("theme", theme, name="No"),
        lambda: ann.bin("theme", theme),
        lambda: ann.add("theme", name="No"),
        ann.store.undo,
    ):
        with pytest.raises(NotPermitted, match="role") as error:
            attempt()
        assert error.value.reason == "role"
    with pytest.raises(NotPermitted), ann.store.batch("No") as batch:
        batch.add([Create(ann.record("theme", "c" * 32))])
    assert shown(ann) == before
    ann.store.judge = Rules({ann.store.device: LEAD})
    ann.store.because = lambda kind, record: f"{'9' * 32}:0"
    with pytest.raises(NotPermitted, match="cannot be told yet"):
        ann.edit("theme", theme, name="No")
    assert shown(ann) == before


def test_own_changes_name_what_gives_the_right(make_laptop: Callable[..., Laptop]) -> None:
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    led = ann.add("theme", name="x", description="Ben")
    lead = ann.ops()[0][1]
    assert (lead.creates, lead.compartment) == (True, "general")
    ben.store.judge = ann.store.judge = Rules({ben.store.device: LEAD})
    ben.store.because = lambda kind, record: lead.id
    ben.take(ann.ops())
    ben.edit("theme", led, name="By its lead")
    sent = ben.ops()
    assert [op.because for _, op in sent] == [lead.id]
    assert not sent[0][1].creates
    ann.take(sent)
    assert name_of(ann, led) == name_of(ben, led) == "By its lead"


def test_what_ceased_to_count_cannot_be_undone(ann: Laptop) -> None:
    theme = ann.add("theme", name="Old")
    ann.edit("theme", theme, name="New")
    ann.store.judge = Rules(until={ann.store.device: 0})
    ann.store.reconsider()
    assert name_of(ann, theme) is None
    with pytest.raises(CannotUndo, match="does not count"):
        ann.store.undo()
    ann.store.judge = None
    ann.store.reconsider()
    assert name_of(ann, theme) == "New"
    ann.store.undo()
    assert name_of(ann, theme) == "Old"
    ann.whole()


def test_a_record_can_be_written_down_where_only_uncounted_changes_are(ann: Laptop) -> None:
    """Two officers import one file; the other's rows do not count."""
    ann.store.judge = Rules({DEVICES[2]: NOBODY})
    give(ann, op_of(DEVICES[2], 1, creates=True, kind="venue", values={"name": "Hall"}))
    ann.add("theme", id=RECORDS[0], name="Ours")
    assert name_of(ann) == "Ours"
    ann.whole()
    ann.store.judge = None
    ann.store.reconsider()
    ann.whole()


def test_own_changes_learn_which_file_holds_them(ann: Laptop) -> None:
    theme = ann.add("theme", name="One")
    ann.edit("theme", theme, name="Two")
    arrivals = [arrival for arrival, _, _ in ann.store.ops_after(0)]
    file = Source(ann.store.device, "i" * 32, 1, "1" * 64)
    ann.store.published(0, arrivals[0], file)
    assert [source for *_, source in ann.store.all_ops()] == [file, None]
    ann.store.judge = Rules(until={ann.store.device: 1})
    ann.store.reconsider([ann.store.device])
    assert name_of(ann, theme) == "One"


def test_a_judge_may_ask_only_for_what_is_tracked(ann: Laptop) -> None:
    def nosy(claim: Claim, evidence: Evidence) -> Standing:
        with pytest.raises(ValueError, match="names"):
            evidence.op("f" * 32 + ":0")
        with pytest.raises(ValueError, match="own record"):
            evidence.creations("f" * 32)
        return Standing(Verdict.COUNTS)

    ann.store.judge = nosy
    give(ann, op_of())
    assert name_of(ann) == "By 1"


def test_judging_anew_goes_on_where_it_was_cut_off(ann: Laptop) -> None:
    with ann.store.batch("Many") as batch:
        batch.add(Create(ann.record("theme", f"{n:032x}", name=str(n))) for n in range(1000))
    asked = 0

    def failing(claim: Claim, evidence: Evidence) -> Standing:
        nonlocal asked
        asked += 1
        if asked == 700:
            raise InvalidInput("the power failed")
        return Standing(Verdict.ASIDE, "role")

    ann.store.judge = failing
    with pytest.raises(InvalidInput):
        ann.store.reconsider([ann.store.device])
    assert 0 < len(ann.store.set_aside()) < 1000
    ann.whole()
    ann.reopen()
    ann.store.judge = Rules({ann.store.device: NOBODY})
    ann.store.receive([])
    assert len(ann.store.set_aside()) == 1000
    assert ann.everything()["records"] == {}


# -- one id, two contents ----------------------------------------------------------------------


def test_of_two_contents_under_one_id_the_same_counts_everywhere(
    make_laptop: Callable[..., Laptop],
) -> None:
    one, other = op_of(values={"name": "One"}), op_of(values={"name": "Other"})
    seen = []
    for order in ((one, other), (other, one), (one, other, one, other)):
        laptop = make_laptop()
        received = give(laptop, *order)
        assert received.contradicted in ((DEVICES[1],), ())
        seen.append(shown(laptop))
    together = make_laptop()
    assert together.take([(h, op) for h, op, _ in (one, other)]).contradicted == (DEVICES[1],)
    assert [shown(together), *seen] == [seen[0]] * 4


def test_a_content_that_is_about_another_record_takes_its_old_one_away(
    make_laptop: Callable[..., Laptop],
) -> None:
    ops = [op_of(record=record, creates=True) for record in RECORDS]
    seen = []
    for order in (ops, ops[::-1]):
        laptop = make_laptop()
        give(laptop, *order)
        seen.append(shown(laptop))
    assert seen[0] == seen[1]
    assert len(seen[0]["records"]) == 1


def test_nobody_can_take_anothers_change_set_for_their_own(
    make_laptop: Callable[..., Laptop],
) -> None:
    real = op_of(values={"name": "Real"})
    forged = [
        op_of(DEVICES[2], 1, change_set=real[0].id, why=str(n), values={"name": "Forged"})
        for n in range(20)
    ]
    for order in ([real, *forged], [*forged, real]):
        laptop = make_laptop()
        give(laptop, *order)
        assert name_of(laptop) == "Real"
        (entry,) = laptop.store.history("theme", RECORDS[0])
        assert entry.officer == "Ben"
        laptop.whole()


def test_a_kind_that_disagrees_is_kept_and_not_merged(make_laptop: Callable[..., Laptop]) -> None:
    real = op_of(DEVICES[1], 1, creates=True)
    odd = op_of(DEVICES[2], 2, kind="venue", values={"name": "Hall"}, creates=True)
    seen = []
    for order in ((real, odd), (odd, real)):
        laptop = make_laptop()
        give(laptop, *order)
        assert name_of(laptop) == "By 1"
        seen.append(shown(laptop))
        laptop.store.judge = Rules({DEVICES[1]: NOBODY})
        laptop.store.reconsider([DEVICES[1]])
        assert laptop.store.where("venue", RECORDS[0]) == "live"
        assert sorted(op.kind for _, op, _ in laptop.store.all_ops()) == ["theme", "venue"]
        laptop.whole()
    assert seen[0] == seen[1]


# -- any order, any judge, late evidence -------------------------------------------------------

_WHO = st.sampled_from(DEVICES)
_NAMES = st.sampled_from(["Ann", "Ben", "Cat", "Dan", "Theme"])


@st.composite
def histories(draw: st.DrawFn) -> list[Item]:
    """Ops of four laptops about three records, some twice under one id, some in two files."""
    items: list[Item] = []
    for number in range(draw(st.integers(1, 10))):
        device = draw(_WHO)
        ids = [op.id for _, op, _ in items]
        cited = draw(st.lists(st.sampled_from(ids), max_size=2)) if ids else []
        values: dict[str, Any] = {"name": draw(_NAMES)}
        if draw(st.integers(0, 5)) == 0:
            values = {BIN: draw(st.booleans())}
        likely = [*ids, device_mark(draw(_WHO)) + f"{number + 1:016x}:0"]
        item = op_of(
            device,
            number,
            ms=1000 + draw(st.integers(0, 3)),
            record=draw(st.sampled_from(RECORDS)),
            kind=draw(st.sampled_from(["theme", "theme", "theme", "theme", "venue", "later"])),
            values=values,
            supersedes={slot: cited for slot in values if cited},
            creates=draw(st.booleans()),
            because=draw(st.sampled_from(likely)) if draw(st.booleans()) else "",
            source=draw(st.sampled_from([None, *_files(device)])),
        )
        items.append(item)
    for again in draw(st.lists(st.sampled_from(items), max_size=3)):
        head, op, _ = again
        device = draw(st.sampled_from([head.device, head.device, *DEVICES]))
        number = int(head.id[16:], 16)
        said = {"change_set": head.id, "record": op.record, "values": {"name": draw(_NAMES)}}
        items.append(op_of(device, number, **said, creates=draw(st.booleans())))
        items.append((head, op, draw(st.sampled_from(_files(head.device)))))
    return items


def _files(device: str) -> list[Source]:
    return [Source(device, "i" * 32, n, f"{n:x}{device[1:]}{device}") for n in (1, 2)]


JUDGES = st.builds(
    Rules,
    st.dictionaries(_WHO, st.sampled_from([ALL, LEAD, OWN, NOBODY])),
    st.dictionaries(_WHO, st.integers(0, 2), max_size=1),
)


@pytest.fixture(scope="module")
def blanks(blank: Path) -> Callable[[], Any]:
    """Fresh laptops inside one Hypothesis example."""

    @contextmanager
    def fresh(count: int) -> Iterator[list[Laptop]]:
        with tempfile.TemporaryDirectory(dir=blank.parent) as folder:
            made = []
            try:
                for n in range(count):
                    path = Path(folder) / f"{n}.db"
                    shutil.copyfile(blank, path)
                    made.append(Laptop(path, "Zoe", number=0))
                yield made
            finally:
                for laptop in made:
                    laptop.close()

    return fresh


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])  # fmt: skip
@given(data=st.data())
def test_state_is_a_function_of_the_ops_and_the_judge(
    data: st.DataObject, blanks: Callable[[int], Any]
) -> None:
    items = data.draw(histories())
    judge, earlier = data.draw(JUDGES), data.draw(JUDGES)
    with blanks(4) as (plain, shuffled, changing, loaded):
        plain.store.judge = judge
        give(plain, *items)
        expected = shown(plain)

        shuffled.store.judge = judge
        give(shuffled, *data.draw(st.permutations(items)))
        assert shown(shuffled) == expected

        some = data.draw(st.integers(0, len(items)))
        mixed = data.draw(st.permutations(items))
        changing.store.judge = earlier
        give(changing, *mixed[:some])
        changing.store.judge = judge
        differ = {d for d in DEVICES
                  if earlier.roles.get(d, ALL) != judge.roles.get(d, ALL)
                  or earlier.until.get(d) != judge.until.get(d)}  # fmt: skip
        changing.store.reconsider(data.draw(st.sampled_from([sorted(differ), None])))
        give(changing, *mixed[some:])
        assert shown(changing) == expected

        loaded.store.judge = judge
        loaded.store.load(data.draw(st.sampled_from([items, mixed, list(plain.store.all_ops())])))
        assert shown(loaded) == expected
        assert loaded.store.load(plain.store.all_ops()).new_ops == 0
        assert shown(loaded) == expected


# -- snapshots ---------------------------------------------------------------------------------


def test_everything_comes_out_record_by_record_and_goes_in_again(
    make_laptop: Callable[..., Laptop],
) -> None:
    ann, ben, new = make_laptop("Ann"), make_laptop("Ben"), make_laptop("New")
    judge = Rules({DEVICES[2]: NOBODY, DEVICES[3]: LEAD})
    for laptop in (ann, new):
        laptop.store.judge = judge
    theme = ann.add("theme", name="Ours")
    venue = ann.add("venue", name="Hall", access={"lift": "yes"})
    ben.take(ann.ops())
    ben.edit("theme", theme, name="Ben's")
    ann.edit("theme", theme, name="Ann's")
    ann.bin("venue", venue)
    ann.take(ben.ops())
    give(
        ann,
        op_of(DEVICES[2], 1, record=theme),
        op_of(DEVICES[3], 2, record=theme, because="9" * 32 + ":0"),
        op_of(DEVICES[1], 3, kind="kind_of_tomorrow", values={"x": 1}, compartment="people"),
        op_of(DEVICES[1], 4, record=RECORDS[2], source=Source(DEVICES[1], "i" * 32, 7, "7" * 64)),
    )
    items = list(ann.store.all_ops())
    records = [op.record for _, op, _ in items]
    assert len(items) == 9
    assert len(list(groupby(records))) == len(set(records)) == 4
    told: list[tuple[int, int]] = []
    received = new.store.load(items, total=9, progress=lambda *done: told.append(done))
    assert (received.new_ops, received.waiting, received.aside) == (9, 1, 1)
    assert received.conflicts == 1
    assert told == [(9, 9)]
    assert shown(new) == shown(ann)
    assert sorted(map(repr, new.store.all_ops())) == sorted(map(repr, items))
    people = list(ann.store.all_ops(["people"]))
    assert [op.kind for _, op, _ in people] == ["kind_of_tomorrow"]


@pytest.mark.parametrize("first", [0, 1])
def test_the_file_of_two_contents_is_the_same_whether_or_not_they_come_together(
    make_laptop: Callable[..., Laptop], first: int
) -> None:
    """Two contents under one id, one of them in a file."""
    told = [op_of(DEVICES[0], 0, values={"name": "Ann"}),
            op_of(DEVICES[0], 0, values={"_bin": False}, source=_files(DEVICES[0])[0])]  # fmt: skip
    apart, together = make_laptop("Ann"), make_laptop("Ben")
    for laptop in (apart, together):
        laptop.store.judge = Rules({}, {DEVICES[0]: 1})
    give(apart, told[first], told[1 - first])
    together.store.load([told[first], told[1 - first]])
    assert shown(together) == shown(apart)


def test_an_import_that_is_not_finished_is_in_no_snapshot(ann: Laptop) -> None:
    with ann.store.batch("Many") as batch:
        batch.add([Create(ann.record("theme", "c" * 32))])
        assert list(ann.store.all_ops()) == []
    assert len(list(ann.store.all_ops())) == 1


def test_loading_can_be_stopped_and_taken_up(
    make_laptop: Callable[..., Laptop], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.loading.OPS_IN_FIRST_LOAD", 500)
    ann, new = make_laptop("Ann"), make_laptop("New")
    with ann.store.batch("Many") as batch:
        batch.add(Create(ann.record("theme", f"{n:032x}", name=f"Theme {n}")) for n in range(1200))
    steps: list[int] = []
    with pytest.raises(Cancelled):
        new.store.load(
            ann.store.all_ops(),
            progress=lambda done, total: steps.append(done),
            cancelled=lambda: bool(steps),
        )
    assert 0 < len(new.everything()["records"]) < 1200
    new.whole()
    assert new.heard[-1].origin == "received"
    new.store.load(ann.store.all_ops())
    assert new.everything() == ann.everything()


def test_a_delivery_cut_off_half_way_is_whole_after_the_next(
    make_laptop: Callable[..., Laptop], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, new = make_laptop("Ann"), make_laptop("New")
    monkeypatch.setattr("db.sharing.OPS_IN_STEP", 10)
    for n in range(30):
        theme = ann.add("theme", name=f"Theme {n}")
        ann.edit("theme", theme, name=f"Changed {n}")
    steps = 0
    whole = Intake.take

    def fails(intake: Intake, items: Any) -> None:
        nonlocal steps
        steps += 1
        whole(intake, items)
        if steps == 3:
            raise OSError(28, "No space left on device")

    sent = ann.ops()
    with monkeypatch.context() as then:
        then.setattr(Intake, "take", fails)
        with pytest.raises(DiskFull):
            new.take(sent)
    assert 0 < len(new.everything()["records"]) < 30
    new.whole()
    received = new.take(sent)
    assert 0 < received.new_ops < 60
    assert new.everything() == ann.everything()
    new.whole()


def test_others_can_write_between_the_steps_of_taking_in(
    make_laptop: Callable[..., Laptop], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.loading.OPS_IN_FIRST_LOAD", 500)
    ann, new = make_laptop("Ann"), make_laptop("New")
    with ann.store.batch("Many") as batch:
        batch.add(Create(ann.record("theme", f"{n:032x}", name=f"Theme {n}")) for n in range(1200))
    reader = new.store.reader()
    seen = []

    def write(done: int, total: int) -> None:
        seen.append(reader.sql("SELECT count(*) FROM record")[0][0])
        new.add("venue", name=f"While loading {done}")

    new.store.load(ann.store.all_ops(), progress=write)
    reader.close()
    assert len(seen) > 1
    assert seen == sorted(set(seen))
    new.whole()
    assert new.tally()["theme", 0] == 1200
