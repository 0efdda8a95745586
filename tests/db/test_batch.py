"""Long imports: short transactions, one undo step, and nothing left when they are cut off."""

import threading
from typing import Any

import pytest

from db.changes import Create, Edit, Restore
from db.errors import CannotUndo, InvalidInput, StoreBusy
from db.query import ListQuery
from db.record import Record
from tests.db.laptops import Laptop


def themes(ann: Laptop, many: int, start: int = 0) -> list[Record]:
    return [ann.record("theme", f"{n:032x}", name=f"Theme {n}") for n in range(start, start + many)]


def test_a_batch_is_one_step_of_undo(ann: Laptop) -> None:
    before = ann.everything()
    with ann.store.batch("Import 30 themes") as batch:
        for start in range(0, 30, 10):
            batch.add(Create(theme) for theme in themes(ann, 10, start))
            assert ann.reader.count(ListQuery("theme")) == start + 10
    assert ann.store.undo_words() == "Import 30 themes"
    assert len(ann.heard) == 1
    assert len(ann.heard[0].touched) == 30
    assert ann.heard[0].change_set == batch.change_set
    ann.store.undo()
    assert ann.tally() == {("theme", 1): 30}
    ann.store.redo()
    assert ann.tally() == {("theme", 0): 30}
    ann.store.undo()
    assert ann.everything()["conflicts"] == before["conflicts"]
    ann.whole()


def test_a_large_batch_tells_only_which_kinds_changed(ann: Laptop) -> None:
    with ann.store.batch("Import", initiator=7) as batch:
        batch.add(Create(theme) for theme in themes(ann, 600))
        batch.add([Create(ann.record("venue", "f" * 32, name="Hall"))])
    told = ann.heard[-1]
    assert told.kinds == {"theme", "venue"}
    assert len(told.touched) == 2
    assert told.initiator == 7


def leave(ann: Laptop, error: BaseException) -> None:
    with ann.store.batch("Cut off") as batch:
        batch.add(Create(theme) for theme in themes(ann, 5, 100))
        batch.add([Edit("theme", "f" * 32, {"description": "Changed"})])
        raise error


@pytest.mark.parametrize("error", [ZeroDivisionError(), KeyboardInterrupt(), InvalidInput("x")])
def test_leaving_with_an_exception_takes_all_of_it_back(ann: Laptop, error: BaseException) -> None:
    ann.add("theme", id="f" * 32, name="Before")
    before = ann.everything()
    ann.heard.clear()
    with pytest.raises(type(error)):
        leave(ann, error)
    after = ann.everything()
    assert after["tally"] == before["tally"]
    assert {k: v[0:2] + v[3:] for k, v in after["records"].items()} == {
        k: v[0:2] + v[3:] for k, v in before["records"].items()
    }
    assert ann.store.undo_words() == "Add theme"
    assert ann.heard == []
    ann.whole()
    ann.store.apply([Create(theme) for theme in themes(ann, 5, 100)], "Again")
    ann.whole()


def test_a_step_that_fails_can_be_tried_again_without_the_rest_being_lost(ann: Laptop) -> None:
    with ann.store.batch("Import") as batch:
        batch.add([Create(theme) for theme in themes(ann, 3)])
        with pytest.raises(InvalidInput):
            batch.add([Create(themes(ann, 1, 3)[0]), Create(themes(ann, 1)[0])])
        batch.add([Create(theme) for theme in themes(ann, 2, 3)])
        assert batch.touched == 5
    ann.whole()
    assert ann.tally() == {("theme", 0): 5}
    assert len(ann.ops()) == 5


def test_withdrawing_by_hand_ends_it(ann: Laptop) -> None:
    with ann.store.batch("Import") as batch:
        batch.add([Create(theme) for theme in themes(ann, 3)])
        batch.withdraw()
        batch.withdraw()
    assert ann.tally() == {}
    assert ann.store.undo_words() is None
    ann.whole()


def test_what_an_unfinished_batch_made_belongs_to_it(ann: Laptop) -> None:
    """Or a change to it would be left without its record when the batch is taken back."""
    ann.add("theme", id="e" * 32, name="Mine")
    with ann.store.batch("Import") as batch:
        batch.add([Create(theme) for theme in themes(ann, 2)])
        for change in (
            lambda: ann.edit("theme", f"{0:032x}", name="Hasty"),
            lambda: ann.bin("theme", f"{0:032x}"),
            lambda: ann.store.resolve("theme", f"{0:032x}", "name", "Hasty"),
        ):
            with pytest.raises(StoreBusy, match="import that is still running"):
                change()
        ann.edit("theme", "e" * 32, name="Not of the import")
        with pytest.raises(CannotUndo, match="not made on this laptop"):
            ann.store.undo(batch.change_set)
        batch.add([Edit("theme", f"{0:032x}", {"name": "By the import itself"})])
    ann.edit("theme", f"{0:032x}", name="Now it may")
    ann.whole()


def test_nothing_of_an_unfinished_batch_is_sent(ann: Laptop) -> None:
    with ann.store.batch("Import") as batch:
        batch.add([Create(theme) for theme in themes(ann, 2)])
        assert ann.ops() == []
        mine = ann.add("theme", name="Typed meanwhile")
        assert [op.record for _, op in ann.ops()] == [mine]
    sent = [(arrival, op.record) for arrival, _, op in ann.store.ops_after(0)]
    assert [record for _, record in sent] == [mine, f"{0:032x}", f"{1:032x}"]
    assert sent[0][0] < sent[1][0]


def test_a_batch_cut_off_by_the_end_of_the_program_is_taken_back_and_told(ann: Laptop) -> None:
    kept = ann.add("theme", name="Kept")
    with ann.store._lock, ann.store._writing():
        head, set_pk = ann.store._begin("Import of cards", undoes=None, undoable=True)
    ann.store._write_more(head, set_pk, 0, [Create(theme) for theme in themes(ann, 7)])
    ann.reopen()
    assert len(ann.store.recovered) == 1
    assert "“Import of cards” had not finished" in ann.store.recovered[0]
    assert "7 records" in ann.store.recovered[0]
    assert ann.tally() == {("theme", 0): 1}
    assert ann.store.where("theme", kept) == "live"
    ann.whole()
    ann.reopen()
    assert ann.store.recovered == []


def test_typing_goes_on_while_an_import_runs(ann: Laptop) -> None:
    done = threading.Event()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            with ann.store.batch("Import") as batch:
                for start in range(0, 400, 20):
                    batch.add([Create(theme) for theme in themes(ann, 20, start)])
        except BaseException as error:  # noqa: BLE001  (reported below)
            failures.append(error)
        finally:
            done.set()

    thread = threading.Thread(target=run)
    thread.start()
    mine: list[str] = []
    while not done.is_set() or not mine:
        comment = ann.record("comment", ann.store.new_id(), text="typed")
        mine.append(ann.store.apply([Create(comment)], "Type").change_set)
        if len(mine) % 3 == 0:
            ann.store.undo(mine[-1])
    thread.join()
    assert failures == []
    assert ann.tally()["theme", 0] == 400
    ann.whole()


def test_undo_of_an_import_leaves_what_was_binned_by_hand_and_takes_the_rest(ann: Laptop) -> None:
    with ann.store.batch("Import") as batch:
        batch.add([Create(theme) for theme in themes(ann, 3)])
    ann.bin("theme", f"{0:032x}")
    applied = ann.store.undo(batch.change_set)
    assert [t.id for t in applied.touched if t.what == "binned"] != []
    assert ann.tally() == {("theme", 1): 3}
    assert not ann.store.was_undone("theme", f"{0:032x}")
    assert ann.store.was_undone("theme", f"{1:032x}")
    ann.store.apply([Restore("theme", f"{0:032x}")], "Back")
    ann.whole()


def test_an_import_that_a_colleague_built_on_is_not_undone_in_part(
    make_laptop: Any,
) -> None:
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    with ann.store.batch("Import") as batch:
        batch.add([Create(theme) for theme in themes(ann, 3)])
    ben.take(ann.ops())
    ben.edit("theme", f"{2:032x}", description="Ben's work")
    ann.take(ben.ops())
    before = ann.everything()
    with pytest.raises(CannotUndo, match="Ben"):
        ann.store.undo(batch.change_set)
    assert ann.everything() == before
