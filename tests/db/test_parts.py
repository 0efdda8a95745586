"""What belongs to a record goes into the bin with it, and comes out with it."""

from collections.abc import Callable

from db.changes import Bin, Restore
from db.query import ListQuery
from tests.db.laptops import Laptop, exchange


def family(ann: Laptop) -> dict[str, str]:
    """A response with two comments, a file of the response and one of the first comment."""
    response = ann.add("response", fft="good")
    first = ann.add("comment", response=response, text="The bus came late")
    second = ann.add("comment", response=response, text="Kind staff")
    letter = ann.add("attachment", filename="letter.pdf", owner=response)
    photo = ann.add("attachment", filename="photo.jpg", owner=first)
    return {"response": response, "first": first, "second": second, "letter": letter,
            "photo": photo}  # fmt: skip


def where(ann: Laptop, ids: dict[str, str]) -> dict[str, str | None]:
    kinds = {"response": "response", "first": "comment", "second": "comment"}
    return {name: ann.store.where(kinds.get(name, "attachment"), i) for name, i in ids.items()}


def test_words_go_into_the_bin_with_whoever_said_them(ann: Laptop) -> None:
    ids = family(ann)
    other = ann.add("comment", text="Of nobody's response")
    applied = ann.store.apply([Bin("response", ids["response"])], "Delete")
    assert {item.id for item in applied.touched} == set(ids.values())
    assert set(where(ann, ids).values()) == {"bin"}
    assert [row.id for row in ann.reader.page(ListQuery("comment")).rows] == [other]
    assert ann.reader.page(ListQuery("comment", text="bus")).rows == []
    ann.store.undo()
    assert set(where(ann, ids).values()) == {"live"}
    ann.store.redo()
    assert set(where(ann, ids).values()) == {"bin"}
    ann.whole()


def test_what_was_deleted_by_itself_stays_deleted(ann: Laptop) -> None:
    ids = family(ann)
    ann.store.apply([Bin("comment", ids["second"])], "Delete")
    ann.store.apply([Bin("response", ids["response"])], "Delete")
    with_it = {ids[name] for name in ("first", "letter", "photo")}
    assert ann.store.in_bin_with("response", ids["response"]) == with_it
    ann.store.apply([Restore("response", ids["response"])], "Restore")
    expected = dict.fromkeys(ids, "live") | {"second": "bin"}
    assert where(ann, ids) == expected
    ann.whole()


def test_a_comment_that_a_colleague_changed_meanwhile_is_not_lost(
    make_laptop: Callable[..., Laptop],
) -> None:
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    ids = family(ann)
    exchange(ann, ben)
    ann.store.apply([Bin("response", ids["response"])], "Delete")
    ben.edit("comment", ids["first"], text="The bus came very late")
    exchange(ann, ben)
    for laptop in (ann, ben):
        assert laptop.store.where("response", ids["response"]) == "bin"
        assert laptop.store.where("comment", ids["first"]) == "live"
        assert laptop.store.where("comment", ids["second"]) == "bin"
        assert ids["first"] in {conflict.id for conflict in laptop.store.conflicts()}
        laptop.whole()
