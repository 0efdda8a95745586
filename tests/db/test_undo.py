"""Undo and redo: every kind of change, deep, after a night, and refused where others came in."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.changes import Bin, Create, Edit, Restore
from db.errors import CannotUndo
from db.query import ListQuery
from db.store import Store
from tests.db.laptops import KINDS, Laptop, exchange

Make = Callable[..., Laptop]


def live(laptop: Laptop) -> dict[str, Any]:
    """What is outside the bin, without stamps."""
    shown = laptop.everything()
    return {
        "records": {k: v[3] for k, v in shown["records"].items() if v[0] == 0},
        "tally": {k: n for k, n in laptop.tally().items() if k[1] == 0},
        "found": [r.id for r in laptop.reader.page(ListQuery("theme", text="theme")).rows],
    }


def test_nothing_to_undo_is_said(store: Store) -> None:
    assert store.undo_words() is None
    assert store.redo_words() is None
    with pytest.raises(CannotUndo, match="nothing to undo"):
        store.undo()
    with pytest.raises(CannotUndo, match="nothing to redo"):
        store.redo()
    with pytest.raises(CannotUndo, match="not made on this laptop"):
        store.undo("0" * 32)


def steps(ann: Laptop) -> list[Callable[[], Any]]:
    """One change of each kind, in an order that can be gone through."""
    links = KINDS.make_links(ann.store)
    specimen = KINDS.record(ann.store.new_id(), **links)
    theme = ann.record("theme", ann.store.new_id(), name="Parking theme")
    extra = [ann.record("theme", ann.store.new_id(), name=f"Theme {n}") for n in range(3)]

    def batch() -> None:
        with ann.store.batch("Import three themes") as many:
            many.add([Create(item) for item in extra[:2]])
            many.add([Create(extra[2]), Edit("theme", extra[0].id, {"description": "Twice"})])

    def one_set() -> None:
        changes = [
            Edit("theme", theme.id, {"name": "Cars theme"}),
            Edit("theme", theme.id, {"name": "Cars and bikes theme", "description": "x"}),
            Bin("theme", extra[1].id),
            Restore("theme", extra[1].id),
            Edit("theme", extra[1].id, {"name": "Another theme"}),
            Bin("theme", extra[2].id),
        ]
        ann.store.apply(changes, "Many at once")

    return [
        lambda: ann.store.apply([Create(specimen)], "Add a specimen"),
        lambda: ann.store.apply([Edit("specimen", specimen.id, KINDS.other_values)], "Change all"),
        lambda: ann.edit("specimen", specimen.id, subjects=links["subjects"][:1], tools=["map"]),
        lambda: ann.edit("specimen", specimen.id, place=None, subjects=None),
        lambda: ann.edit("specimen", specimen.id, signs={"lit": "no", "bilingual": "yes"}),
        lambda: ann.bin("specimen", specimen.id),
        lambda: ann.restore("specimen", specimen.id),
        lambda: ann.store.apply([Create(theme)], "Add a theme"),
        batch,
        one_set,
        lambda: ann.store.apply(
            [
                Create(extra[0].model_copy(update={"id": "b" * 32})),
                Edit("theme", "b" * 32, {"name": "Made and changed theme"}),
            ],
            "Both",
        ),
    ]


def test_every_kind_of_change_is_undone_and_redone_in_order(ann: Laptop) -> None:
    shown = []
    words = []
    for step in steps(ann):
        shown.append(live(ann))
        step()
        words.append(ann.store.undo_words())
    shown.append(live(ann))
    for _ in range(2):
        for number in reversed(range(len(words))):
            assert ann.store.undo_words() == words[number]
            ann.store.undo()
            assert live(ann) == shown[number], words[number]
            assert ann.store.redo_words() == words[number]
            ann.whole()
        ann.reopen()
        for number in range(len(words)):
            assert ann.store.redo_words() == words[number]
            ann.store.redo()
            assert live(ann) == shown[number + 1], words[number]
            assert ann.store.undo_words() == words[number]
        ann.whole()


@given(data=st.data())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_walk_over_undo_and_redo_shows_what_was_there(make_laptop: Make, data: Any) -> None:
    ann = make_laptop()
    path = [live(ann)]
    at = 0
    for step in steps(ann):
        path = path[: at + 1]
        if len(path) == 1:
            path = [live(ann)]
        step_fails = False
        try:
            step()
        except Exception:  # noqa: BLE001  (the record it changes was undone; nothing happened)
            step_fails = True
        if not step_fails and live(ann) != path[-1]:
            path.append(live(ann))
            at += 1
        for move in data.draw(st.lists(st.sampled_from(["undo", "redo"]), max_size=3)):
            if move == "undo" and at > 0:
                ann.store.undo()
                at -= 1
            elif move == "redo" and at < len(path) - 1:
                ann.store.redo()
                at += 1
            assert live(ann) == path[at]
    ann.whole()


def test_two_hundred_steps_back_and_forth(ann: Laptop) -> None:
    theme = ann.add("theme", name="0")
    for number in range(1, 201):
        ann.edit("theme", theme, name=str(number))
    for number in reversed(range(200)):
        ann.store.undo()
        assert ann.get("theme", theme)["name"] == str(number)
    for number in range(1, 201):
        ann.store.redo()
        assert ann.get("theme", theme)["name"] == str(number)
    ann.whole()


def test_a_new_change_ends_what_could_be_redone(ann: Laptop) -> None:
    theme = ann.add("theme", name="One")
    ann.edit("theme", theme, name="Two")
    ann.store.undo()
    ann.edit("theme", theme, name="Three")
    assert ann.store.redo_words() is None
    ann.store.undo()
    assert ann.get("theme", theme)["name"] == "One"


def test_a_change_set_is_undone_by_its_name_once(ann: Laptop) -> None:
    first = ann.record("theme", ann.store.new_id())
    made = ann.store.apply([Create(first)], "First").change_set
    ann.add("theme", name="Second")
    ann.store.undo(made)
    assert ann.store.where("theme", first.id) == "bin"
    assert ann.store.undo_words() == "Add theme"
    before = ann.everything()
    with pytest.raises(CannotUndo, match="undone already"):
        ann.store.undo(made)
    assert ann.everything() == before
    assert ann.store.redo_words() == "First"
    ann.whole()


def test_what_is_not_undoable_is_passed_over(ann: Laptop) -> None:
    theme = ann.add("theme", name="Mine")
    other = ann.record("theme", ann.store.new_id())
    ann.store.apply([Create(other)], "Sample", undoable=False)
    assert ann.store.undo_words() == "Add theme"
    ann.store.undo()
    assert ann.store.where("theme", theme) == "bin"
    assert ann.store.where("theme", other.id) == "live"


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("edit", {"name": "Ben's"}),
        ("create", {"description": "Ben's"}),
        ("create", "bin"),
        ("edit", "bin"),
        ("restore", {"description": "Ben's"}),
        ("bin", "restore"),
    ],
)
def test_undo_says_which_colleague_came_in_between(
    make_laptop: Make, mine: str, theirs: Any
) -> None:
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    theme = ann.add("theme", name="Ours")
    if mine == "edit":
        ann.edit("theme", theme, name="Ann's")
    elif mine == "restore":
        ann.bin("theme", theme)
        ann.restore("theme", theme)
    elif mine == "bin":
        ann.bin("theme", theme)
    exchange(ann, ben)
    if theirs == "bin":
        ben.bin("theme", theme)
    elif theirs == "restore":
        ben.restore("theme", theme)
    else:
        ben.edit("theme", theme, **theirs)
    exchange(ann, ben)
    before = ann.everything()
    with pytest.raises(CannotUndo, match="Ben changed the same thing since"):
        ann.store.undo()
    assert ann.everything() == before
    ann.whole()


def test_a_redo_is_refused_too_when_a_colleague_came_in_between(make_laptop: Make) -> None:
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    theme = ann.add("theme", name="One")
    ann.edit("theme", theme, name="Two")
    ann.store.undo()
    exchange(ann, ben)
    ben.edit("theme", theme, name="Ben's")
    exchange(ann, ben)
    with pytest.raises(CannotUndo, match="Ben"):
        ann.store.redo()
    assert ann.get("theme", theme)["name"] == "Ben's"


def test_a_colleagues_change_of_another_field_does_not_stand_in_the_way(make_laptop: Make) -> None:
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    theme = ann.add("theme", name="One")
    ann.edit("theme", theme, name="Two")
    exchange(ann, ben)
    ben.edit("theme", theme, description="Ben's")
    exchange(ann, ben)
    ann.store.undo()
    assert ann.get("theme", theme)["name"] == "One"
    assert ann.get("theme", theme)["description"] == "Ben's"
    exchange(ann, ben)
    assert ann.everything() == ben.everything()


def test_a_colleagues_change_cannot_be_undone_here(make_laptop: Make) -> None:
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    made = ben.store.apply([Create(ben.record("theme", ben.store.new_id()))], "Ben's").change_set
    ann.take(ben.ops())
    assert ann.store.undo_words() is None
    with pytest.raises(CannotUndo, match="not made on this laptop"):
        ann.store.undo(made)


def test_a_colleague_with_a_clock_ahead_does_not_make_an_edit_look_like_a_making(
    make_laptop: Make,
) -> None:
    ben = make_laptop("Ben", ahead=10**12)
    ann = make_laptop("Ann")
    theme = ben.add("theme", name="Ben's")
    ann.take(ben.ops())
    ann.edit("theme", theme, description="Added by Ann")
    ann.store.undo()
    assert ann.store.where("theme", theme) == "live"
    assert ann.get("theme", theme)["description"] == ""


@pytest.mark.parametrize("name", ["Parking", "Cars"])
def test_undoing_an_import_that_a_colleague_made_too(make_laptop: Make, name: str) -> None:
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    same = ann.store.derived_id("file", "row 1")
    ann.add("theme", id=same, name="Parking")
    ben.add("theme", id=same, name=name)
    exchange(ann, ben)
    assert ann.everything() == ben.everything()
    for one, other in ((ann, "Ben"), (ben, "Ann")):
        with pytest.raises(CannotUndo, match=other):
            one.store.undo()
        assert one.store.where("theme", same) == "live"


def test_undoing_before_the_colleagues_same_import_arrives_loses_nothing(make_laptop: Make) -> None:
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    same = ann.store.derived_id("file", "row 1")
    ann.add("theme", id=same, name="Parking")
    ben.add("theme", id=same, name="Parking")
    ann.store.undo()
    assert ann.store.was_undone("theme", same)
    exchange(ann, ben)
    assert ann.everything() == ben.everything()
    assert ann.store.where("theme", same) == "live"
    assert [c.slot for c in ann.store.conflicts()] == ["_bin"]


def test_in_the_bin_because_undone_or_because_deleted(ann: Laptop) -> None:
    theme = ann.add("theme")
    assert not ann.store.was_undone("theme", theme)
    ann.store.undo()
    assert ann.store.was_undone("theme", theme)
    ann.store.redo()
    assert not ann.store.was_undone("theme", theme)
    ann.store.undo()
    assert ann.store.was_undone("theme", theme)
    ann.store.redo()
    ann.bin("theme", theme)
    assert not ann.store.was_undone("theme", theme)
    ann.store.undo()
    ann.store.redo()
    assert not ann.store.was_undone("theme", theme)
    ann.restore("theme", theme)
    ann.store.undo()
    assert ann.store.where("theme", theme) == "bin"
    assert not ann.store.was_undone("theme", theme)


def test_undo_in_the_bin_does_not_bring_a_record_back(ann: Laptop) -> None:
    theme = ann.add("theme", name="One")
    edited = ann.edit("theme", theme, name="Two").change_set
    ann.bin("theme", theme)
    ann.store.undo(edited)
    assert ann.store.where("theme", theme) == "bin"
    assert ann.store.conflicts() == []
    ann.restore("theme", theme)
    assert ann.get("theme", theme)["name"] == "One"
    ann.whole()


def test_undo_and_redo_of_a_choice_between_versions(make_laptop: Make) -> None:
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    theme = ann.add("theme", name="Ours")
    exchange(ann, ben)
    ann.edit("theme", theme, name="Ann's")
    ben.edit("theme", theme, name="Ben's")
    exchange(ann, ben)
    shown = ann.get("theme", theme)["name"]
    ann.store.resolve("theme", theme, "name", "Both")
    assert ann.store.conflicts() == []
    ann.store.undo()
    assert ann.get("theme", theme)["name"] == shown
    ann.store.redo()
    assert ann.get("theme", theme)["name"] == "Both"
    exchange(ann, ben)
    assert ben.get("theme", theme)["name"] == "Both"
    assert ann.everything() == ben.everything()


def test_words_do_not_grow_with_every_turn(ann: Laptop) -> None:
    theme = ann.add("theme", name="One")
    for _ in range(3):
        ann.store.undo()
        ann.store.redo()
    whys = {entry.why for entry in ann.store.history("theme", theme)}
    assert whys == {"Add theme", "Undo: Add theme", "Redo: Add theme"}


# -- a choice between two versions, taken back -------------------------------------------------


def disputed(make_laptop: Make) -> tuple[list[Laptop], str]:
    """Ann and Bob named one theme differently; Cat looks on. All know of it."""
    laptops = [make_laptop(name) for name in ("Ann", "Bob", "Cat")]
    ann, bob, _ = laptops
    theme = ann.add()
    exchange(*laptops)
    ann.edit("theme", theme, name="Cars", description="By Ann")
    bob.edit("theme", theme, name="Bikes")
    exchange(*laptops)
    return laptops, theme


def versions(laptop: Laptop) -> dict[str, list[tuple[Any, str]]]:
    return {
        c.slot: sorted((str(v.value), v.officer) for v in c.versions)
        for c in laptop.store.conflicts()
    }


def test_a_choice_taken_back_is_to_be_made_again_everywhere(make_laptop: Make) -> None:
    laptops, theme = disputed(make_laptop)
    ann = laptops[0]
    wanted = versions(ann)
    assert wanted == {"name": [("Bikes", "Bob"), ("Cars", "Ann")]}
    when = {v.value: v.ms for c in ann.store.conflicts() for v in c.versions}
    shown = ann.get("theme", theme)["name"]
    other = "Cars" if shown == "Bikes" else "Bikes"
    for _ in range(2):
        ann.store.resolve("theme", theme, "name", other)
        assert ann.store.conflicts() == []
        ann.store.undo()
        assert versions(ann) == wanted, "whose they were, not who took the choice back"
        assert {v.value: v.ms for c in ann.store.conflicts() for v in c.versions} == when
        assert ann.get("theme", theme)["name"] == shown
        ann.store.redo()
        assert ann.store.conflicts() == []
        assert ann.get("theme", theme)["name"] == other
        ann.store.undo()
        assert versions(ann) == wanted
        exchange(*laptops)
        for laptop in laptops:
            assert versions(laptop) == wanted
            laptop.whole()
    laptops[2].store.resolve("theme", theme, "name", "Roads")
    exchange(*laptops)
    assert [laptop.get("theme", theme)["name"] for laptop in laptops] == ["Roads"] * 3
    assert ann.get("theme", theme)["description"] == "By Ann"


def test_a_value_typed_over_two_versions_gives_both_back_too(make_laptop: Make) -> None:
    laptops, theme = disputed(make_laptop)
    ann = laptops[0]
    wanted = versions(ann)
    ann.edit("theme", theme, name="Traffic")
    assert ann.store.conflicts() == []
    ann.store.undo()
    assert versions(ann) == wanted


def test_what_a_colleague_chose_since_is_not_undone(make_laptop: Make) -> None:
    laptops, theme = disputed(make_laptop)
    ann, bob, _ = laptops
    ann.store.resolve("theme", theme, "name", "Cars")
    exchange(*laptops)
    bob.edit("theme", theme, name="Both")
    exchange(*laptops)
    with pytest.raises(CannotUndo, match="Bob changed the same thing since"):
        ann.store.undo()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_choices_and_undos_on_three_laptops_come_to_the_same(
    make_laptop: Make, data: st.DataObject
) -> None:
    laptops, theme = disputed(make_laptop)
    for _ in range(data.draw(st.integers(1, 6))):
        one = data.draw(st.sampled_from(laptops))
        match data.draw(st.sampled_from(["choose", "undo", "redo", "edit", "exchange"])):
            case "choose" if one.store.conflicts():
                slot = one.store.conflicts()[0].slot
                one.store.resolve("theme", theme, slot, data.draw(st.sampled_from(["A", "B"])))
            case "edit":
                one.edit("theme", theme, name=data.draw(st.sampled_from(["C", "D"])))
            case "exchange":
                exchange(*laptops)
            case act if act in ("undo", "redo"):
                with contextlib.suppress(CannotUndo):
                    getattr(one.store, act)()
            case _:
                pass
    exchange(*laptops)
    exchange(*laptops)
    states = [laptop.everything() for laptop in laptops]
    assert states[0] == states[1] == states[2]
    for laptop in laptops:
        laptop.whole()
