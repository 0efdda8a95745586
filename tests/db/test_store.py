"""One door for every change: what it takes, what it refuses, and that refusal leaves no trace."""

import errno
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.changes import Applied, Bin, Create, Edit, Touched
from db.connection import uri_of
from db.errors import InvalidInput, KnownError, NotFound
from db.files import write_atomic
from db.query import ListQuery
from db.store import Store
from tests.db.laptops import KINDS, Laptop

NOBODY = "0" * 32


def test_a_record_comes_back_as_it_was_written(ann: Laptop) -> None:
    links = KINDS.make_links(ann.store)
    record = KINDS.record(ann.store.new_id(), **links)
    applied = ann.store.apply([Create(record)], "Add a specimen")
    assert applied.touched == (Touched("specimen", record.id, "created"),)
    assert ann.store.get("specimen", record.id) == record
    assert ann.reader.get("specimen", record.id) == record
    ann.reopen()
    assert ann.store.get("specimen", record.id) == record
    ann.whole()


def test_every_change_is_told_once_after_it_is_safe(ann: Laptop) -> None:
    me = object()
    seen: list[int] = []
    ann.store.listen(lambda told: seen.append(ann.reader.count(ListQuery("theme"))))
    record = ann.record("theme", ann.store.new_id(), name="Parking")
    applied = ann.store.apply([Create(record)], "Add", initiator=me)
    assert ann.heard == [applied]
    assert applied.initiator is me
    assert applied.origin == "here"
    assert applied.kinds == {"theme"}
    assert seen == [1]


def test_a_listener_that_stopped_hears_nothing(store: Store, ann: Laptop) -> None:
    heard: list[Applied] = []
    stop = store.listen(heard.append)
    stop()
    stop()
    ann.add("theme")
    assert heard == []


def test_a_change_that_changes_nothing_leaves_no_trace(ann: Laptop) -> None:
    theme = ann.add("theme", name="Parking")
    ann.heard.clear()
    history = ann.store.history("theme", theme)
    applied = ann.edit("theme", theme, name="Parking", description="")
    assert applied.change_set == ""
    assert applied.touched == ()
    assert ann.store.apply([], "Nothing").change_set == ""
    with ann.store.batch("Nothing") as batch:
        batch.add([])
    assert ann.heard == []
    assert ann.store.history("theme", theme) == history
    assert ann.store.undo_words() == "Add theme"


@pytest.mark.parametrize(
    ("field", "empty", "after"),
    [
        ("story", "", ""),
        ("story", None, ""),
        ("writes_from", "", ""),
        ("rings_from", None, ""),
        ("lies_at", None, ""),
        ("seen_at", "", ""),
        ("found_on", None, None),
        ("catalogued", None, None),
        ("shown_from", "", ""),
        ("shown_from", None, ""),
        ("colour", "", ""),
        ("colour", None, ""),
        ("weight", None, None),
        ("price", None, None),
        ("kept", None, False),
        ("place", None, None),
        ("tools", None, []),
        ("tools", (), []),
        ("subjects", [], []),
        ("subjects", None, []),
        ("signs", None, {}),
        ("signs", {}, {}),
    ],
)
def test_every_type_of_field_can_be_emptied_and_filled_again(
    ann: Laptop, field: str, empty: Any, after: Any
) -> None:
    links = KINDS.make_links(ann.store)
    record = KINDS.record(ann.store.new_id(), **links)
    ann.store.apply([Create(record)], "Add")
    full = ann.get("specimen", record.id)
    ann.edit("specimen", record.id, **{field: empty})
    assert ann.get("specimen", record.id) == {**full, field: after}
    assert ann.reader.get("specimen", record.id).model_dump(mode="json") == {**full, field: after}
    ann.whole()
    ann.edit("specimen", record.id, **{field: full[field]})
    assert ann.get("specimen", record.id) == full
    ann.whole()


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("theme", {"name": ""}, "Name is needed."),
        ("theme", {"name": None}, "Name is needed."),
        ("theme", {"name": "a\0b"}, "NUL"),
        ("theme", {"name": "\ud800"}, "half a character"),
        ("theme", {"name": "x" * 2_001}, "longer than 2,000"),
        ("theme", {"description": "x" * 5_000_001}, "longer than 5,000,000"),
        ("theme", {"colour": "x"}, "no field called “colour”"),
        ("theme", {"id": NOBODY}, "no field called “id”"),
        ("specimen", {"weight": -1}, "0 or more"),
        ("specimen", {"weight": 10**30}, "too large"),
        ("specimen", {"price": -(10**18)}, "too large"),
        ("specimen", {"weight": "many"}, "whole number"),
        ("specimen", {"found_on": "31/02/2026"}, "not a date"),
        ("specimen", {"shown_from": "25:00"}, "not a time"),
        ("specimen", {"writes_from": "nobody"}, "not an e-mail"),
        ("specimen", {"colour": "puce"}, "one of: Red, Green, Blue"),
        ("specimen", {"place": "Ford Mill"}, "does not point to a record"),
        ("specimen", {"subjects": ["x"]}, "does not point to a record"),
        ("specimen", {"tools": ["saw"]}, "one of: Map, Rope, Torch"),
        ("specimen", {"tools": [""]}, "nothing in it"),
        ("specimen", {"signs": {"lit": "perhaps"}}, "yes or no"),
        ("specimen", {"signs": {"dim": "yes"}}, "one of: Lit"),
        ("stakeholder", {"interests": ["a\0b"]}, "NUL"),
        ("stakeholder", {"interests": ["x" * 501]}, "longer than 500"),
        ("stakeholder", {"job_title": "\ud800"}, "half a character"),
        ("stakeholder", {"interests": ["\udfff"]}, "half a character"),
    ],
)
def test_bad_values_get_a_sentence_and_change_nothing(
    ann: Laptop, kind: str, values: dict[str, Any], words: str
) -> None:
    record_id = ann.add(kind, name="Good")
    before = ann.everything()
    ann.heard.clear()
    with pytest.raises(InvalidInput, match=words) as caught:
        ann.edit(kind, record_id, **values)
    assert "Traceback" not in caught.value.sentence
    with pytest.raises(KnownError):
        ann.store.apply(
            [Edit(kind, record_id, {"name": "Better"}), Edit(kind, record_id, values)], "Two"
        )
    assert ann.everything() == before
    assert ann.heard == []
    ann.whole()


@pytest.mark.parametrize(
    "name",
    ["x", "🧑‍🦽 step-free", "é and e\u0301", "a\u00a0b", "عربى", "<b>&", "'; DROP TABLE theme; --",
     "line\nbreak", " lead and trail ", "x" * 2_000],
)  # fmt: skip
def test_text_is_kept_to_the_letter(ann: Laptop, name: str) -> None:
    theme = ann.add("theme", name=name)
    assert ann.get("theme", theme)["name"] == name
    assert ann.reader.page(ListQuery("theme", ("name",))).rows[0].values == (name,)


def test_a_megabyte_is_kept_and_its_title_is_short(ann: Laptop) -> None:
    text = "💬word" * 200_000
    comment = ann.add("comment", text=text)
    assert ann.get("comment", comment)["text"] == text
    assert len(ann.reader.title(comment)) == 200
    ann.whole()


@pytest.mark.parametrize("why", ["", "x" * 100_000, "\ud800 half", "a\0b"])
def test_any_reason_is_kept_with_the_change(ann: Laptop, why: str) -> None:
    theme = ann.record("theme", ann.store.new_id())
    ann.store.apply([Create(theme)], why)
    assert ann.store.history("theme", theme.id)[0].why == why.replace("\ud800", "?")


@pytest.mark.parametrize(
    "wrong", ["", "x", "zz" * 16, "A" * 32, "ab" * 15, "0x" + "0" * 30, "ab " * 11]
)
def test_what_is_no_id_is_not_found(ann: Laptop, wrong: str) -> None:
    ann.add("theme", id="a" * 32)
    for look in (ann.store.get, ann.store.history, ann.reader.get):
        with pytest.raises(NotFound, match=r"is not the id|There is no"):
            look("theme", wrong)
    with pytest.raises(NotFound):
        ann.edit("theme", wrong, name="x")
    with pytest.raises(NotFound):
        ann.reader.title(wrong)
    assert not ann.store.exists("theme", wrong)
    assert ann.store.where("theme", wrong) is None


def test_an_id_belongs_to_one_kind(ann: Laptop) -> None:
    theme = ann.add("theme")
    assert ann.store.where("theme", theme) == "live"
    assert not ann.store.exists("venue", theme)
    with pytest.raises(NotFound, match="no venue with the id"):
        ann.store.get("venue", theme)
    with pytest.raises(NotFound, match="no kind of record called “shed”"):
        ann.store.get("shed", theme)
    for taken in (ann.record("theme", theme), ann.record("venue", theme, name="Hall")):
        with pytest.raises(InvalidInput, match="exists"):
            ann.store.apply([Create(taken)], "Again")
    ann.whole()


def test_the_bin_keeps_a_record_out_of_the_way(ann: Laptop) -> None:
    theme = ann.add("theme", name="Parking")
    assert ann.bin("theme", theme).touched == (Touched("theme", theme, "binned"),)
    assert ann.bin("theme", theme).touched == ()
    assert ann.store.where("theme", theme) == "bin"
    assert not ann.store.was_undone("theme", theme)
    assert ann.tally() == {("theme", 1): 1}
    assert ann.reader.page(ListQuery("theme")).rows == []
    assert ann.reader.page(ListQuery("theme", text="parking")).rows == []
    assert [r.id for r in ann.reader.page(ListQuery("theme", bin=True)).rows] == [theme]
    with pytest.raises(InvalidInput, match="in the bin"):
        ann.edit("theme", theme, name="Cars")
    assert ann.restore("theme", theme).touched == (Touched("theme", theme, "restored"),)
    assert ann.restore("theme", theme).touched == ()
    assert ann.tally() == {("theme", 0): 1}
    assert [r.id for r in ann.reader.page(ListQuery("theme", text="parking")).rows] == [theme]
    ann.whole()


def test_an_old_slip_does_not_stop_another_field_from_being_mended(ann: Laptop) -> None:
    """Two edits that were each right can merge to a period that ends before it begins."""
    record = ann.add("counted_return", subject="Calls", count=5, source="PALS")
    head = ann.ops()[0][0]
    ann.edit("counted_return", record, period_start="2026-01-01", period_end="2026-03-31")
    table = ann.store._writer.tables["counted_return"]
    with ann.store._lock, ann.store._writing():
        pk = ann.store._writer.pk_of(record)
        new, set_pk = ann.store._begin("Merge", undoes=None, undoable=True)
        ann.store._writer.write_slots(
            set_pk, 0, new, pk, "counted_return", {"period_end": "2025-01-01"}
        )
        ann.store._finish(set_pk, True)
    assert table.read(ann.store._connection, pk)["period_end"] == "2025-01-01"
    kept = ann.store.get("counted_return", record)
    assert kept.period_end.isoformat() == "2025-01-01"  # type: ignore[attr-defined]
    ann.edit("counted_return", record, notes="From the board paper", count="7")
    assert ann.get("counted_return", record)["count"] == 7
    with pytest.raises(InvalidInput, match="not a date"):
        ann.edit("counted_return", record, period_start="soon")
    ann.edit("counted_return", record, period_end="2026-03-31")
    with pytest.raises(InvalidInput, match="ends before it begins"):
        ann.edit("counted_return", record, period_end="2020-03-31")
    assert head.officer == "Ann"
    ann.whole()


def test_history_says_who_when_why_and_what(ann: Laptop) -> None:
    theme = ann.add("theme", name="Parking")
    ann.edit("theme", theme, name="Cars", description="Where to leave them")
    newest, oldest = ann.store.history("theme", theme)
    assert (newest.officer, newest.why) == ("Ann", "Change name, description")
    assert newest.values == {"name": "Cars", "description": "Where to leave them"}
    assert newest.ms > oldest.ms
    assert oldest.values["name"] == "Parking"


def test_settings_and_secrets_stay_through_the_night(ann: Laptop) -> None:
    ann.store.set_setting("window", {"width": 800, "words": "naïve"})
    ann.store.set_secret("device key", b"\0\xff")
    with ann.store.bookkeeping():
        ann.store.set_setting("a", 1)
        ann.store.set_secret("b", b"2")

    def fail() -> None:
        with ann.store.bookkeeping():
            ann.store.set_setting("a", 2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    ann.reopen()
    assert ann.store.get_setting("window") == {"width": 800, "words": "naïve"}
    assert ann.store.get_secret("device key") == b"\0\xff"
    assert (ann.store.get_setting("a"), ann.store.get_secret("b")) == (1, b"2")
    assert ann.store.get_setting("none", 7) == 7
    assert ann.store.get_secret("none") is None
    assert ann.ops() == []


def test_derived_ids_are_the_same_in_a_team_and_differ_by_every_part(
    make_laptop: Callable[..., Laptop],
) -> None:
    ann, ben = make_laptop("Ann"), make_laptop("Ben")
    assert ann.store.derived_id("file", "row 1") == ben.store.derived_id("file", "row 1")
    parts = [("file", "row 1"), ("file", "row 2"), ("filerow 1",), ("file", "row", "1"), ()]
    assert len({ann.store.derived_id(*p) for p in parts}) == len(parts)
    ben.store.set_secret("team_record_key", b"another team" * 3)
    assert ann.store.derived_id("file") != ben.store.derived_id("file")


@given(ms=st.lists(st.integers(0, 2**41), min_size=1, max_size=8))
def test_stamps_never_go_back_whatever_the_wall_says(ms: list[int]) -> None:
    from db.clock import HybridClock

    walls = iter(ms)
    clock = HybridClock(lambda: next(walls))
    stamps = [clock.tick() for _ in ms]
    assert stamps == sorted(set(stamps))


def test_a_clock_ten_years_ahead_is_not_followed(make_laptop: Callable[..., Laptop]) -> None:
    ten_years = 10 * 365 * 24 * 3600 * 1000
    ann, ben = make_laptop("Ann"), make_laptop("Ben", ahead=ten_years)
    theme = ben.add("theme", name="From the future")
    ann.take(ben.ops())
    ann.edit("theme", theme, name="From today")
    assert ann.store.history("theme", theme)[-1].ms < ben.ms - ten_years + 10**7
    assert ann.get("theme", theme)["name"] == "From today"
    ben.take(ann.ops())
    assert ben.everything() == ann.everything()
    assert ann.store.conflicts() == []
    ann.store.undo()
    assert ann.get("theme", theme)["name"] == "From the future"


def test_many_threads_write_and_read_at_once(ann: Laptop) -> None:
    failures: list[BaseException] = []
    start = threading.Barrier(5)

    def work(number: int) -> None:
        try:
            start.wait()
            for step in range(10):
                theme = ann.add("theme", name=f"{number}/{step}")
                ann.edit("theme", theme, description=str(step))
                if step % 3 == 0:
                    ann.store.undo()
        except BaseException as error:  # noqa: BLE001  (reported by the test's own thread)
            failures.append(error)

    def read() -> None:
        reader = ann.store.reader()
        try:
            start.wait()
            for _ in range(60):
                page = reader.page(ListQuery("theme", ("name",)), limit=500)
                assert len(page.rows) == len({row.id for row in page.rows})
        except BaseException as error:  # noqa: BLE001
            failures.append(error)
        finally:
            reader.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    threads.append(threading.Thread(target=read))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [f for f in failures if not isinstance(f, KnownError)] == []
    ann.whole()


def test_a_generator_that_fails_halfway_leaves_nothing(ann: Laptop) -> None:
    def changes() -> Any:
        yield Create(ann.record("theme", ann.store.new_id()))
        yield Bin("theme", NOBODY)

    with pytest.raises(NotFound):
        ann.store.apply(changes(), "Half")
    assert ann.everything()["records"] == {}
    ann.add("theme")
    ann.whole()


def test_a_path_of_any_system_becomes_a_uri_that_sqlite_reads() -> None:
    assert uri_of(PurePosixPath("/a b/c?d#e.db")) == "file:///a%20b/c%3Fd%23e.db"
    assert uri_of(PureWindowsPath("C:/Mine/c.db")) == "file:///C:/Mine/c.db"
    assert uri_of(PureWindowsPath("//server/share/c.db")) == "file:////server/share/c.db"


@pytest.mark.parametrize("cannot", [errno.EINVAL, errno.ENOTSUP])
def test_a_mount_that_cannot_flush_folders_still_takes_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cannot: int
) -> None:
    flush = os.fsync

    def of_files_only(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(cannot, os.strerror(cannot))
        flush(handle)

    monkeypatch.setattr(os, "fsync", of_files_only)
    write_atomic(tmp_path / "small", b"whole")
    assert (tmp_path / "small").read_bytes() == b"whole"
