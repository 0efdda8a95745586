"""Beginnings of words, looked up among the words of the index, find what the index itself finds."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.changes import Bin, Create, Edit
from db.errors import KnownError
from db.query import ListQuery
from db.reader import Reader
from db.search import AT_ONCE, MOST_ENDINGS, match_words
from tests.db.laptops import KINDS, Laptop

STEMS = ["wait", "waiting", "waitings", "waité", "wai", "staff", "Staffing", "don't", "cafés"]
TYPED = [
    "wai",
    "wait",
    "WAITI",
    "waitings",
    "waitingsx",
    "wait staf",
    "staff",
    "don't wait",
    "café",
]


def straight(reader: Reader, text: str) -> list[int]:
    """The row keys that FTS5 gives for the beginnings themselves, newest first."""
    sql = "SELECT rowid FROM specimen__fts WHERE specimen__fts MATCH ? ORDER BY rowid DESC"
    return [row[0] for row in reader.sql(sql, (match_words(text),))]


def listed(reader: Reader, text: str) -> list[int]:
    return [row.pk for row in reader.page(ListQuery("specimen", ("story",), text=text)).rows]


def fill(laptop: Laptop, stories: list[str], first: int = 0) -> list[str]:
    made = [
        KINDS.cls.model_validate({"id": f"{first + n:032x}", "name": f"No {n}", "story": story})
        for n, story in enumerate(stories)
    ]
    laptop.store.apply([Create(record) for record in made], "Shelve")
    return [record.id for record in made]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stories=st.lists(st.lists(st.sampled_from(STEMS), max_size=4).map(" ".join), max_size=12),
    text=st.sampled_from(TYPED),
    data=st.data(),
)
def test_a_list_finds_what_the_index_finds(make_laptop, stories, text, data):
    laptop = make_laptop("Ann")
    ids = fill(laptop, stories)
    for record_id in ids:
        match data.draw(st.sampled_from(["leave", "leave", "bin", "edit"])):
            case "bin":
                laptop.store.apply([Bin("specimen", record_id)], "Delete")
            case "edit":
                words = data.draw(st.sampled_from(STEMS))
                laptop.store.apply([Edit("specimen", record_id, {"story": words})], "Change")
    reader = laptop.store.reader()
    try:
        assert listed(reader, text) == straight(reader, text)
    finally:
        reader.close()


@pytest.mark.parametrize("many", [MOST_ENDINGS - 1, MOST_ENDINGS, MOST_ENDINGS + 1, 40])
def test_few_endings_are_asked_for_as_words_and_many_as_a_beginning(ann: Laptop, many: int) -> None:
    endings = [f"wait{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(many)]
    fill(ann, [f"{word} " * (AT_ONCE if n % 7 == 0 else 1) for n, word in enumerate(endings)])
    reader = ann.store.reader()
    try:
        assert listed(reader, "wait") == straight(reader, "wait")
        assert len(listed(reader, "wait")) == many
        known = reader._vocabulary.endings("specimen", "wait")
        assert known == (endings if many <= MOST_ENDINGS else None)
    finally:
        reader.close()


def test_a_word_written_after_the_first_search_is_found(ann: Laptop) -> None:
    reader = ann.store.reader()
    try:
        with reader.steady():  # begun before the words were ever looked at
            assert listed(reader, "waiting") == []
        fill(ann, ["waiting"])
        assert len(listed(reader, "waiti")) == 1
        fill(ann, ["waitings"], first=50)
        assert len(listed(reader, "waiti")) == 2
        with reader.steady():
            assert len(listed(reader, "waiti")) == 2
            fill(ann, ["waitingly"], first=60)
            assert len(listed(reader, "waiti")) == 2
        assert len(listed(reader, "waiti")) == 3
    finally:
        reader.close()


def test_looking_up_words_leaves_the_reader_unable_to_write(ann: Laptop) -> None:
    fill(ann, ["waiting"])
    reader = ann.store.reader()
    try:
        assert len(listed(reader, "waiti")) == 1
        assert reader.sql("PRAGMA query_only") == [(1,)]
        with pytest.raises(KnownError):
            reader.sql("UPDATE record SET title = 'x'")
    finally:
        reader.close()
