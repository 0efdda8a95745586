"""A change says from birth in which compartment it travels."""

import pytest

from tests.db.laptops import Laptop


def compartments(laptop: Laptop, record: str) -> list[str]:
    """Those of a record's ops, in the order they were written."""
    return [op.compartment for _, op in laptop.ops() if op.record == record]


def test_a_kind_has_its_own(ann: Laptop) -> None:
    assert compartments(ann, ann.add("venue", name="Hall")) == ["general"]
    assert compartments(ann, ann.add("stakeholder", name="Jo")) == ["people"]


@pytest.mark.parametrize(("kind", "there"), [("venue", "general"), ("stakeholder", "people")])
def test_a_file_goes_with_the_record_it_belongs_to(ann: Laptop, kind: str, there: str) -> None:
    owner = ann.add(kind, name="Owner")
    file = ann.add("attachment", filename="plan.pdf", owner=owner)
    ann.edit("attachment", file, description="The plan")
    ann.bin("attachment", file)
    assert compartments(ann, file) == [there] * 3


def test_a_file_of_a_file_goes_where_that_went(ann: Laptop) -> None:
    outer = ann.add("attachment", filename="a", owner=ann.add("venue", name="Hall"))
    assert compartments(ann, ann.add("attachment", filename="b", owner=outer)) == ["general"]


@pytest.mark.parametrize("owner", [None, "f" * 32])
def test_a_file_whose_record_is_not_known_goes_with_its_kind(
    ann: Laptop, owner: str | None
) -> None:
    assert compartments(ann, ann.add("attachment", filename="a", owner=owner)) == ["people"]


def test_a_file_that_moves_to_another_compartment_says_all_of_it_there(ann: Laptop) -> None:
    hall, jo = ann.add("venue", name="Hall"), ann.add("stakeholder", name="Jo")
    file = ann.add("attachment", filename="a.pdf", description="Plan", owner=jo)
    ann.edit("attachment", file, owner=hall)
    ann.edit("attachment", file, description="The plan")
    first, moved, last = (op for _, op in ann.ops() if op.record == file)
    assert [op.compartment for op in (first, moved, last)] == ["people", "general", "general"]
    said = {"filename": "a.pdf", "description": "Plan", "owner": hall, "size": 0}
    assert moved.values == said
    assert last.values == {"description": "The plan"}
    ann.store.undo()
    ann.store.undo()
    assert ann.get("attachment", file)["owner"] == jo
    assert compartments(ann, file)[-1] == "people"
    ann.whole()


@pytest.mark.parametrize(
    ("imported", "there"),
    [("venue", "general"), ("stakeholder", "people"), ("feedback", "people"), ("", "people")],
)
def test_a_receipt_goes_with_what_was_imported(ann: Laptop, imported: str, there: str) -> None:
    receipt = ann.add("import_receipt", file_name="cards.csv", imported=imported)
    assert compartments(ann, receipt) == [there]


def test_what_was_written_before_changes_said_it_goes_with_its_kind(ann: Laptop) -> None:
    file = ann.add("attachment", filename="a", owner=ann.add("venue", name="Hall"))
    ann.store._connection.execute("UPDATE op SET compartment = ''")
    assert compartments(ann, file) == ["people"]
    assert {op.compartment for _, op, _ in ann.store.all_ops(["general"])} == {"general"}
