"""Two stakeholders become one and two again, and nothing of either is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from db.erase import Erase
from db.errors import Erased, InvalidInput, KnownError, NotFound
from engage_desktop.duplicates import find_duplicates, say_distinct
from engage_desktop.erasing import check_not_merged
from engage_desktop.merging import Changed, gather, merge, today
from engage_desktop.stakeholders.permissions import held, line_of
from engage_desktop.unmerging import plan_unmerge
from tests.db.laptops import Laptop, exchange
from tests.stakeholders.registers import (
    leads_to,
    linked,
    merged,
    person,
    plan,
    shown,
    taken_back,
)

Make = Callable[..., Laptop]

JANE = {
    "email": "jane@example.org", "bulletin": "yes", "needs": ["bsl"], "notes": "Met in May",
    "last_contact": "2026-05-02", "next_contact": "2026-12-01",
}  # fmt: skip
JAN = {
    "email": "jan.o@example.org", "phone": "01632 960111", "bulletin": "not_asked",
    "needs": ["quiet", "bsl"], "notes": "Rings often", "do_not_contact": True,
    "last_contact": "2026-08-09", "next_contact": "2026-10-01", "mobile": "01632 960112",
}  # fmt: skip


@pytest.fixture
def two(ann: Laptop) -> tuple[str, str]:
    return person(ann, "Jane Okafor", **JANE), person(ann, "Jan Okafor", **JAN)


def test_every_field_has_a_proposal_and_why(ann: Laptop, two: tuple[str, str]) -> None:
    found = {field.name: field for field in plan(ann, *two).fields}
    proposed = {name: field.proposed for name, field in found.items()}
    assert proposed == {
        "name": "Jane Okafor", "email": "jane@example.org", "other_email": "jan.o@example.org",
        "phone": "01632 960111", "mobile": "01632 960112", "bulletin": "not_asked",
        "do_not_contact": True, "needs": ["bsl", "quiet"], "notes": "Met in May\n\nRings often",
        "last_contact": "2026-08-09", "next_contact": "2026-10-01",
    }  # fmt: skip
    assert found["bulletin"].why == "The stricter of the two"
    assert found["bulletin"].fixed
    assert not found["name"].fixed
    assert all(field.why for field in found.values())


def test_links_of_every_kind_move_and_come_back(ann: Laptop, two: tuple[str, str]) -> None:
    one, other = two
    made = linked(ann, one, other)
    before = shown(ann)
    merging = merged(ann, one, other)
    assert ann.store.where("stakeholder", other) == "bin"
    assert leads_to(ann.reader, other) == []
    assert ann.get("event", made["event"])["invited"] == [one]
    assert ann.get("event", made["stand"])["invited"] == [one]
    assert ann.get("interaction", made["meeting"])["others"] == []
    assert ann.get("stakeholder", made["worker"])["organisation"] == one
    gone = {name for name, each in made.items() if in_bin(ann, each)}
    assert gone == {"twice", "between"}, "said twice, and a tie of somebody with themselves"
    ann.whole()
    taken_back(ann, merging)
    assert shown(ann) == before
    assert ann.get("merging", merging)["undone_on"] is not None
    ann.whole()


def in_bin(laptop: Laptop, record_id: str) -> bool:
    return laptop.store.where(laptop.reader.kind_of(record_id), record_id) == "bin"


def test_undo_right_after_a_merge_is_plain_undo(ann: Laptop, two: tuple[str, str]) -> None:
    linked(ann, *two)
    before = shown(ann)
    merging = merged(ann, *two)
    after = shown(ann)
    ann.store.undo()
    assert shown(ann) == before
    with pytest.raises(InvalidInput, match="undone already"):
        taken_back(ann, merging)
    ann.store.redo()
    assert shown(ann) == after
    taken_back(ann, merging)
    assert shown(ann) == before
    ann.store.undo()
    assert shown(ann) == after, "taking it back can be undone as well"
    taken_back(ann, merging)
    assert shown(ann) == before


def test_what_was_changed_since_stays_and_is_said(ann: Laptop, two: tuple[str, str]) -> None:
    one, other = two
    made = linked(ann, one, other)
    before = shown(ann)
    merging = merged(ann, one, other)
    ann.edit("stakeholder", one, phone="01632 960999", needs=["bsl", "quiet", "braille"])
    elsewhere = person(ann, "Somebody Else")
    ann.edit("interaction", made["call"], stakeholder=elsewhere)
    ann.bin("training", made["training"])
    new = ann.add("interaction", stakeholder=one, subject="Since")
    told = plan_unmerge(ann.store, ann.reader, merging)
    assert "Phone: changed since, left as it is" in told.left
    assert "1 link leads elsewhere by now" in told.left
    assert "1 entry in the bin stays with the record that was kept" in told.left
    taken_back(ann, merging)
    kept = ann.get("stakeholder", one)
    assert kept["phone"] == "01632 960999"
    assert kept["needs"] == ["braille", "bsl"], "quiet was the other's, braille is new"
    assert kept["notes"] == "Met in May"
    assert ann.get("interaction", new)["stakeholder"] == one
    assert ann.get("interaction", made["call"])["stakeholder"] == elsewhere
    assert shown(ann)["stakeholder", other] == before["stakeholder", other]


@pytest.mark.parametrize(("name", "value"), [("bulletin", "yes"), ("do_not_contact", False)])
def test_consent_cannot_be_chosen_looser(
    ann: Laptop, two: tuple[str, str], name: str, value: Any
) -> None:
    before = shown(ann)
    with pytest.raises(InvalidInput, match="stricter counts"):
        merged(ann, *two, **{name: value})
    assert shown(ann) == before
    merged(ann, *two, bulletin="no")
    assert ann.get("stakeholder", two[0])["bulletin"] == "no", "stricter still may be"


def test_a_no_of_one_stands_though_the_other_said_yes_since(
    ann: Laptop, two: tuple[str, str]
) -> None:
    one, other = two
    ann.add("permission", stakeholder=one, purpose="quotes", answer="no", given_on="2026-01-05")
    ann.add("permission", stakeholder=other, purpose="quotes", answer="yes", basis="consent",
            given_on="2026-03-05")  # fmt: skip
    ann.add("permission", stakeholder=other, purpose="photographs", answer="yes", basis="consent")
    before = shown(ann)
    found = plan(ann, one, other)
    assert found.refusals == ("quotes",)
    assert any("the no of one of them stands" in each for each in found.moved_words)
    merging = merged(ann, one, other)
    lines = [line_of(each) for each in ann.reader.children("permission", one)]
    assert held("quotes", lines, today(ann.store)).state == "no"
    assert held("photographs", lines, today(ann.store)).state == "yes"
    taken_back(ann, merging)
    after = shown(ann)
    assert {key: after[key] for key in before} == before
    lines = [line_of(each) for each in ann.reader.children("permission", other)]
    assert held("quotes", lines, today(ann.store)).state == "yes"
    assert len(ann.reader.children("permission", one)) == 1


def test_a_choice_of_ones_own_counts(ann: Laptop, two: tuple[str, str]) -> None:
    merging = merged(ann, *two, name="Jane A. Okafor", notes="")
    assert ann.get("stakeholder", two[0])["name"] == "Jane A. Okafor"
    taken_back(ann, merging)
    assert ann.get("stakeholder", two[0])["name"] == "Jane Okafor"
    with pytest.raises(InvalidInput, match="no field"):
        merged(ann, *two, colour="blue")


def test_what_cannot_be_merged_is_said_in_a_sentence(ann: Laptop, two: tuple[str, str]) -> None:
    one, other = two
    for kept, away, kind, words in (
        (one, one, InvalidInput, "itself"),
        (one, ann.store.new_id(), NotFound, "no stakeholder"),
    ):
        with pytest.raises(kind, match=words):
            plan(ann, kept, away)
    ann.bin("stakeholder", other)
    with pytest.raises(InvalidInput, match="in the bin"):
        plan(ann, one, other)
    ann.restore("stakeholder", other)
    merged(ann, one, other)
    with pytest.raises(InvalidInput, match="was merged into “Jane Okafor” already"):
        plan(ann, one, other)
    third = person(ann, "Third")
    ann.store.erase(Erase("stakeholder", third), "Erase")
    with pytest.raises(Erased):
        plan(ann, one, third)


def test_a_plan_that_is_old_is_not_carried_out(ann: Laptop, two: tuple[str, str]) -> None:
    made = plan(ann, *two)
    ann.add("interaction", stakeholder=two[1], subject="Just now")
    before = shown(ann)
    with pytest.raises(Changed, match="Nothing was merged"):
        merge(ann.store, made)
    assert shown(ann) == before


def test_two_that_work_for_each_other(ann: Laptop, make_laptop: Make) -> None:
    bo = make_laptop("Bo")
    one = person(ann, "Hollis Trust", nature="organisation")
    other = person(ann, "The Hollis Trust", nature="organisation")
    exchange(ann, bo)
    ann.edit("stakeholder", other, organisation=one)
    bo.edit("stakeholder", one, organisation=other)
    exchange(ann, bo)
    before = shown(ann)
    merging = merged(ann, one, other)
    assert ann.get("stakeholder", one)["organisation"] is None
    with pytest.raises(InvalidInput, match="the record itself"):
        merged(ann, one, person(ann, "Another"), organisation=one)
    taken_back(ann, merging)
    assert {key: shown(ann)[key] for key in before} == before


def test_a_merge_whose_kept_record_is_in_the_bin_waits(ann: Laptop, two: tuple[str, str]) -> None:
    merging = merged(ann, *two)
    ann.bin("stakeholder", two[0])
    with pytest.raises(InvalidInput, match="holds both, is in the bin"):
        taken_back(ann, merging)
    ann.restore("stakeholder", two[0])
    taken_back(ann, merging)
    assert ann.store.where("stakeholder", two[1]) == "live"


def test_an_erased_record_does_not_come_back(ann: Laptop, two: tuple[str, str]) -> None:
    merging = merged(ann, *two)
    with pytest.raises(NotFound):
        taken_back(ann, ann.store.new_id())
    ann.store.erase(Erase("stakeholder", two[1]), "Erase")
    with pytest.raises(InvalidInput, match="erased for good"):
        taken_back(ann, merging)


def test_erasing_the_kept_one_erases_the_one_that_went(
    make_laptop: Make,
) -> None:
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    one, other = person(ann, "Jane Okafor", **JANE), person(ann, "Jan Okafor", **JAN)
    made = linked(ann, one, other)
    third = person(ann, "Ja Okafor", phone="01632 960777")
    first, second = merged(ann, other, third), merged(ann, one, other)
    exchange(ann, ben)
    asked = Erase("stakeholder", one)
    assert {other, third, made["call"]} <= {
        each for _, each, _ in ann.store.plan_erasure(asked).parts
    }
    ann.store.erase(asked, "Erase")
    exchange(ann, ben)
    for laptop in (ann, ben):
        gone = (("stakeholder", one), ("stakeholder", other), ("stakeholder", third),
                ("merging", first), ("merging", second), ("interaction", made["call"]))  # fmt: skip
        assert {laptop.store.where(*each) for each in gone} == {"erased"}
        for words in ("Okafor", "960111", "960777", "Rings often"):
            held = laptop.reader.sql("SELECT count(*) FROM op WHERE instr(body, ?)", (words,))
            assert held == [(0,)], words
        laptop.whole()


def test_after_a_merge_was_taken_back_the_two_are_erased_apart(ann: Laptop, two: Any) -> None:
    one, other = two
    undone = merged(ann, one, other)
    taken_back(ann, undone)
    parts = ann.store.plan_erasure(Erase("stakeholder", one)).parts
    assert other not in {each for _, each, _ in parts}
    merged(ann, one, other)
    ann.store.undo()
    parts = ann.store.plan_erasure(Erase("stakeholder", one)).parts
    assert other not in {each for _, each, _ in parts}


def test_the_one_that_went_is_not_erased_alone(ann: Laptop, two: tuple[str, str]) -> None:
    merging = merged(ann, *two)
    asked = Erase("stakeholder", two[1])
    with pytest.raises(InvalidInput, match="both go then"):
        check_not_merged(ann.store, asked)
    check_not_merged(ann.store, Erase("stakeholder", two[0]))
    taken_back(ann, merging)
    check_not_merged(ann.store, asked)


# -- on two laptops ----------------------------------------------------------------------------


def test_a_merge_is_taken_back_on_another_laptop(make_laptop: Make) -> None:
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    one, other = person(ann, "Jane Okafor", **JANE), person(ann, "Jan Okafor", **JAN)
    linked(ann, one, other)
    before = shown(ann)
    merging = merged(ann, one, other)
    exchange(ann, ben)
    assert shown(ben) == shown(ann)
    taken_back(ben, merging)
    exchange(ann, ben)
    for laptop in (ann, ben):
        assert shown(laptop) == before
        assert laptop.store.conflicts() == []
        laptop.whole()


def test_a_change_to_the_one_that_went_meanwhile_is_not_lost(make_laptop: Make) -> None:
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    one, other = person(ann, "Jane Okafor", **JANE), person(ann, "Jan Okafor", **JAN)
    exchange(ann, ben)
    merging = merged(ann, one, other)
    ben.edit("stakeholder", other, phone="01632 960555")
    late = ben.add("interaction", stakeholder=other, subject="Ben's call")
    exchange(ann, ben)
    for laptop in (ann, ben):
        assert laptop.store.where("stakeholder", other) == "live", "the change keeps it, flagged"
        assert {conflict.id for conflict in laptop.store.conflicts()} == {other}
    taken_back(ann, merging)
    exchange(ann, ben)
    for laptop in (ann, ben):
        assert laptop.get("stakeholder", other)["phone"] == "01632 960555"
        assert laptop.get("interaction", late)["stakeholder"] == other
        assert laptop.store.conflicts() == []


def test_what_a_colleague_linked_meanwhile_is_gathered(make_laptop: Make) -> None:
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    one, other = person(ann, "Jane Okafor"), person(ann, "Jan Okafor")
    early = ann.add("interaction", stakeholder=other, subject="Early")
    exchange(ann, ben)
    merging = merged(ann, one, other)
    late = ben.add("interaction", stakeholder=other, subject="Late")
    exchange(ann, ben)
    assert leads_to(ben.reader, other) == [("interaction", late)]
    gather(ben.store, merging)
    assert leads_to(ben.reader, other) == []
    assert gather(ben.store, merging).change_set == "", "a second time there is nothing"
    exchange(ann, ben)
    taken_back(ann, merging)
    assert leads_to(ann.reader, other) == sorted([("interaction", early), ("interaction", late)])
    with pytest.raises(InvalidInput, match="taken back"):
        gather(ann.store, merging)


def test_two_who_merge_the_same_two_can_both_take_it_back(make_laptop: Make) -> None:
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    one, other = person(ann, "Jane Okafor", **JANE), person(ann, "Jan Okafor", **JAN)
    ann.add("interaction", stakeholder=other, subject="Call")
    exchange(ann, ben)
    before = shown(ann)
    first, second = merged(ann, one, other), merged(ben, one, other)
    exchange(ann, ben)
    taken_back(ann, first)
    taken_back(ann, second)
    exchange(ann, ben)
    for laptop in (ann, ben):
        assert shown(laptop) == before
        laptop.whole()


# -- not duplicates ----------------------------------------------------------------------------


def test_not_a_duplicate_is_remembered_everywhere(make_laptop: Make) -> None:
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    one = person(ann, "Jane Okafor", email="jane@example.org")
    other = person(ann, "Jane Okafor", email="jane@example.org")
    assert [{p.one, p.other} for p in find_duplicates(ann.reader)] == [{one, other}]
    say_distinct(ann.store, one, other)
    assert say_distinct(ann.store, other, one).change_set == "", "once is enough"
    assert find_duplicates(ann.reader) == []
    exchange(ann, ben)
    assert find_duplicates(ben.reader) == []
    ann.store.undo()
    assert len(find_duplicates(ann.reader)) == 1
    with pytest.raises(InvalidInput):
        say_distinct(ann.store, one, one)
    with pytest.raises(KnownError):
        say_distinct(ann.store, one, ann.store.new_id())


# -- any order ---------------------------------------------------------------------------------

TEXTS = ("phone", "email", "job_title", "notes", "postcode")
WORDS = {
    "phone": ["01632 960001", "01632 960002", "01632 960003"],
    "email": ["a@example.org", "b@example.org", "c@example.org"],
    "job_title": ["Chair", "Clerk"],
    "notes": ["Deaf", "Has a dog"],
    "postcode": ["ZZ1 1AA", "ZZ2 2BB"],
}
VALUES = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(["", *words]) for name, words in WORDS.items()}
    | {"needs": st.lists(st.sampled_from(["bsl", "quiet", "braille"]), unique=True),
       "bulletin": st.sampled_from(["yes", "no", "not_asked"])},
)  # fmt: skip


@settings(
    suppress_health_check=list(HealthCheck),
    max_examples=12,
    phases=[Phase.explicit, Phase.generate],
)
@given(data=st.data())
def test_any_merges_taken_back_in_any_order_on_any_laptop_leave_all_as_it_was(
    blank: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Chains, several into one, on two laptops, with a person's other changes between."""
    laptops = []
    for number, officer in enumerate(("Ann", "Ben")):
        path = tmp_path_factory.mktemp("laptop") / "store.db"
        shutil.copyfile(blank, path)
        laptops.append(Laptop(path, officer, number=number))
    try:
        merge_and_take_back(laptops, data)
    finally:
        for laptop in laptops:
            laptop.close()


def merge_and_take_back(laptops: list[Laptop], data: st.DataObject) -> None:
    ann, ben = laptops
    ids = [person(ann, f"Person {n}", **data.draw(VALUES)) for n in range(4)]
    group = person(ann, "Forum", nature="group")
    for n, each in enumerate(ids):
        ann.add("membership", member=each, group=group, role=data.draw(st.sampled_from("ab")))
        ann.add("interaction", stakeholder=each, subject=str(n), others=ids[: n % 2])
    exchange(ann, ben)
    expected = {each: dict(ann.get("stakeholder", each)) for each in ids}
    before = {key: said for key, said in shown(ann).items() if key[0] != "stakeholder"}
    live, standing = list(ids), []
    for _ in range(data.draw(st.integers(2, 9))):
        at = data.draw(st.sampled_from(laptops))
        act = data.draw(st.sampled_from(["merge", "merge", "back", "edit"]))
        if act == "merge" and len(live) > 1:
            kept, away = data.draw(st.permutations(live))[:2]
            standing.append((merged(at, kept, away), away))
            live.remove(away)
            if data.draw(st.booleans()):
                at.store.undo()
                standing.pop()
                live.append(away)
        elif act == "back" and standing:
            live.append(take_one_back(at, standing, data))
        elif act == "edit":
            edited(at, data.draw(st.sampled_from(sorted(live))), expected, data)
        exchange(ann, ben)
    while standing:
        take_one_back(data.draw(st.sampled_from(laptops)), standing, data)
        exchange(ann, ben)
    for laptop in laptops:
        for each in ids:
            assert laptop.store.where("stakeholder", each) == "live"
            assert laptop.get("stakeholder", each) == expected[each]
        now = {key: said for key, said in shown(laptop).items() if key[0] != "stakeholder"}
        assert now == before
        assert laptop.store.conflicts() == []
        laptop.whole()


def take_one_back(at: Laptop, standing: list[tuple[str, str]], data: st.DataObject) -> str:
    merging, away = standing.pop(data.draw(st.integers(0, len(standing) - 1)))
    taken_back(at, merging)
    return away


def edited(
    at: Laptop, record_id: str, expected: dict[str, dict[str, Any]], data: st.DataObject
) -> None:
    """A person changes a field: it stays, whatever is taken back later."""
    name = data.draw(st.sampled_from(TEXTS))
    value = data.draw(st.sampled_from(WORDS[name])) + " "
    value = value.strip() if name in ("email",) else value
    before = at.get("stakeholder", record_id)[name]
    at.edit("stakeholder", record_id, **{name: value})
    if before != value:
        expected[record_id][name] = value
