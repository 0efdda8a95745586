"""The readers of the sample's bulletin, put together from short lists: always the same ones.

Nothing is drawn by chance, so that every laptop, test and picture shows the same county. What one
person is given follows from their number: steps that have no divisor in common with the length of
a list go through all of it before anything comes twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import resources

Item = dict[str, Any]

_FIRST_PHONE, _LAST_PHONE = 254, 970
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
"""Those that the second half of a postcode may end in."""
_LEVELS = ("open1", "open1", "open2", "open1", "open3", "open1", "open2")
_INTERESTS = (
    ("primary_care",), ("mental_health", "carers"), ("long_term",), ("transport", "primary_care"),
    ("children", "maternity"), ("end_of_life",), (), ("mental_health", "children"), ("carers",),
)  # fmt: skip
_SOURCES = ("Sign-up sheet at a stand", "Website form", "Card sent back", "Call")
_ASKED_ANEW = 365
"""Days after which we ask again what somebody needs."""


def readers() -> list[Item]:
    """Everyone on the list, or who once was: rows as in the files, with `answer` as the list has
    it, first those asked once, then the pairs that are one person twice."""
    lists = resources.read_json("sample/bulletin.json")
    answers = list(chain(*([each["answer"]] * each["people"] for each in lists["answers"])))
    homes = list(chain(*([town] * town["share"] for town in lists["items"])))
    needs = [each["values"] for each in lists["formats"] for _ in range(each["people"])]
    people = [_person(number, lists, homes) for number in range(len(answers))]
    for person, answer in zip(people, answers, strict=True):
        person["answer"] = answer
    for number, values in enumerate(needs):
        _needing(people[number * 7 + 3], number, values)
    for number, twice in enumerate(lists["twice"]):
        people.append({**_plain(number), **twice, "answer": "yes"})
    return people


def permissions() -> Iterator[Item]:
    """What was written down about the bulletin, and about keeping what people need.

    A yes of the bulletin that nothing has changed since stands in the field alone, but for one in
    nine, where the line says how we know.
    """
    for number, person in enumerate(readers()):
        line = {"key": f"{person['key']}-bulletin", "stakeholder": person["key"],
                "purpose": "bulletin", "answer": "yes", "basis": "consent",
                "given_on_in_days": -40 - number * 3, "source": _SOURCES[number % 4]}  # fmt: skip
        answer = person["answer"]
        if answer == "withdrawn":
            yield {**line, "withdrawn_on_in_days": -(number % 31) - 2, "withdrawn_how": "Letter"}
        elif answer == "ran_out":
            yield {**line, "given_on_in_days": -760 - number, "until_in_days": -(number % 29) - 1}
        elif answer == "no":
            yield {**line, "answer": "no", "basis": ""}
        elif answer == "yes" and number % 9 == 0:
            yield line
        if asked := person.get("needs_asked_in_days"):
            yield {**line, "key": f"{person['key']}-needs", "purpose": "needs",
                   "basis": "explicit_consent", "given_on_in_days": asked}  # fmt: skip


def bulletin_field(answer: str) -> str:
    """What the field of the register says for an `answer` of `readers`."""
    return {"yes": "yes", "no": "no", "withdrawn": "no"}.get(answer, "not_asked")


def _person(number: int, lists: Item, homes: list[Item]) -> Item:
    first = lists["first_names"][number * 5 % len(lists["first_names"])]
    # One further each time the first names are through: nobody has another's whole name.
    turn = number // len(lists["first_names"])
    last = lists["last_names"][(number * 9 + turn * 5) % len(lists["last_names"])]
    home = homes[number * 37 % len(homes)]
    name = f"{first} {last}"
    person = {**_plain(number), "key": f"b{number:03}", "name": name,
              "locality": home["locality"]}  # fmt: skip
    if number % 4 != 1:
        street = lists["streets"][number * 3 % len(lists["streets"])]
        person["address"] = f"{number * 7 % 118 + 1} {street}, {home['town']}"
        person["postcode"] = f"{home['district']} {_inward(number)}"
    if number % 3 != 2:
        person["email"] = f"reader{number + 1}@example.org"
    if number % 5 in (0, 2) and _FIRST_PHONE + number <= _LAST_PHONE:
        person["phone"] = f"01632 960{_FIRST_PHONE + number}"
    spots = []
    if number % 2:
        spots.append(home["neighbourhoods"][number // 2 % len(home["neighbourhoods"])])
    if number % 6 == 0:
        spots.append(home["practices"][number // 6 % len(home["practices"])])
    if spots:
        person["places"] = spots
    return person


def _plain(number: int) -> Item:
    return {
        "is_organisation": False, "stakeholder_type": "public",
        "matrix_group": "all_stakeholders", "involvement": _LEVELS[number % len(_LEVELS)],
        "interests": list(_INTERESTS[number % len(_INTERESTS)]),
    }  # fmt: skip


def _inward(number: int) -> str:
    count = len(_LETTERS)
    return f"{number % 9 + 1}{_LETTERS[number * 7 % count]}{_LETTERS[number // 9 * 3 % count]}"


def _needing(person: Item, number: int, values: Item) -> None:
    person.update(values)
    asked = -30 - number * 8
    person["needs_asked_in_days"] = asked
    person["needs_review_in_days"] = asked + _ASKED_ANEW
    if number % 3 == 0:
        person["needs_tell"] = ["team", "event_staff"]
        person["needs_shared_in_days"] = asked + 5
        person["needs_met"] = ("yes", "partly", "no")[number // 3 % 3]
