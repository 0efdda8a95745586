"""Duplicates among many, while typing, and how the work grows."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.people import Entry, register, true_pairs
from db.changes import Create
from db.errors import Cancelled
from engage_desktop.duplicates import alike, find_duplicates
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.stakeholders.duplicates import _candidates, _Told, find_pairs
from engage_desktop.stakeholders.matching import Card, card_of
from tests.db.laptops import Laptop
from tests.stakeholders.registers import person


def cards(entries: list[Entry]) -> list[Card]:
    return [
        card_of(f"{n:032x}", each.values, each.values.get("organisation", ""))
        for n, each in enumerate(entries)
    ]


def test_most_are_found_and_few_are_wrong() -> None:
    entries = register(3_000, seed=41)
    truth = true_pairs(entries)
    found = {
        (min(n), max(n))
        for n in ((int(p.one, 16), int(p.other, 16)) for p in find_pairs(cards(entries)))
    }
    assert len(found & truth) / len(truth) > 0.85
    assert len(found & truth) / len(found) > 0.88


def test_the_work_grows_with_the_register_not_with_its_square() -> None:
    small, large = (
        len(_candidates(cards(register(count, seed=5)), _Told(None, None))) / count
        for count in (2_000, 16_000)
    )
    assert large < 3 * small, "eight times as many: by pairs it would be eight times as much each"


def test_a_name_that_all_have_does_not_make_all_pairs() -> None:
    crowd = [card_of(f"{n:032x}", {"name": "John Smith"}) for n in range(2_000)]
    assert len(_candidates(crowd, _Told(None, None))) < 20 * len(crowd)


def test_progress_only_rises_and_it_can_be_stopped() -> None:
    told: list[int] = []
    some = cards(register(1_500, seed=3))
    find_pairs(some, progress=lambda done, total: told.append(done))
    assert told == sorted(told)
    assert told[-1] == 1000
    assert len(set(told)) > 3
    looks = iter([False, False, True])
    with pytest.raises(Cancelled):
        find_pairs(some, cancelled=lambda: next(looks))


def test_the_register_is_searched_with_progress_and_cancel(ann: Laptop) -> None:
    changes = [
        Create(Stakeholder.model_validate({"id": ann.store.new_id(), **kept(each.values)}))
        for each in register(700, seed=9)
    ]
    ann.store.apply(changes, "Add")
    told: list[tuple[int, int]] = []
    pairs = find_duplicates(ann.reader, progress=lambda done, total: told.append((done, total)))
    assert pairs == sorted(pairs, key=lambda p: -p.score)
    assert len(pairs) > 30
    assert told == sorted(told)
    assert told[-1] == (1000, 1000)
    with pytest.raises(Cancelled, match="Nothing was changed"):
        find_duplicates(ann.reader, cancelled=lambda: True)


def kept(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "organisation"}


def test_what_is_typed_is_known_again(ann: Laptop) -> None:
    jane = person(ann, "Jane O’Brien", email="jane@example.org", phone="01632 960111",
                  other_phone="+44 1632 960222", postcode="ZZ1 1AA")  # fmt: skip
    trust = person(ann, "The Hollis Trust", nature="organisation")
    person(ann, "Somebody Else", email="else@example.org")
    for values, expected in (
        ({"name": "Jane O'Brien"}, jane),
        ({"name": "J O'Brien", "phone": "01632960111"}, jane),
        ({"name": "Jayne Obrien", "phone": "01632 960222"}, jane),
        ({"name": "O’Brien, Jane", "postcode": "zz11aa"}, jane),
        ({"name": "Mrs Jane Smith", "email": "JANE@example.org"}, jane),
        ({"name": "Hollis Trust Ltd", "nature": "organisation"}, trust),
    ):
        assert [pair.other for pair in alike(ann.reader, values)] == [expected], values
    for values in ({}, {"name": ""}, {"name": "John O'Brien", "phone": "01632 960111"},
                   {"name": "Jane O'Brien", "nature": "group"}, {"name": '"*: AND'}):  # fmt: skip
        assert alike(ann.reader, values) == []
    assert alike(ann.reader, ann.get("stakeholder", jane), but=jane) == []
    ann.bin("stakeholder", jane)
    assert alike(ann.reader, {"name": "Jane O'Brien"}) == []
