"""Feedback in: one person counts once, nothing is silently taken as right, and twice is once."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db.changes import Bin, Edit
from db.errors import Cancelled
from db.query import ListQuery
from db.store import Store
from engage_desktop.exchange.exporter import records_of
from engage_desktop.exchange.importer import commit, import_file, plan_import
from engage_desktop.exchange.mapping import load_mapping
from engage_desktop.exchange.receipts import Outcome
from engage_desktop.exchange.tables import open_table
from engage_desktop.queries.feedback import comment_counts, fft_summary, theme_counts
from tests.exchange.feedback_files import (
    MAPPING,
    ROWS,
    csv_bytes,
    save_as_spreadsheet,
    save_csv,
)

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "nhs-fft-comments.toml"


def take(store: Store, path: Path, mapping: Any = MAPPING) -> Outcome:
    return import_file(store, open_table(path), mapping)


def held(store: Store, kind: str) -> dict[str, Any]:
    reader = store.reader()
    try:
        return {record.id: record for record in records_of(reader, ListQuery(kind, sort="pk"))}
    finally:
        reader.close()


def by_reference(store: Store, kind: str) -> dict[str, Any]:
    return {record.reference: record for record in held(store, kind).values()}


def nothing_made(outcome: Outcome) -> bool:
    return outcome.total("created") == 0 and outcome.total("updated") == 0


def test_rows_become_people_with_their_comments(store: Store, tmp_path: Path) -> None:
    outcome = take(store, save_csv(tmp_path / "f.csv"))
    assert outcome.kinds["response"]["created"] == 4
    assert outcome.kinds["comment"]["created"] == 6
    assert outcome.kinds["theme"]["created"] == 2
    assert outcome.refused == []
    assert outcome.not_taken == []
    comments, people = by_reference(store, "comment"), by_reference(store, "response")
    assert comments["r1"].text == "Kind, “always”\nand\u00a0quick"
    assert comments["r1"].response == comments["r2"].response == people["p1"].id
    assert (comments["r2"].text, comments["r2"].answered) == ("", False)
    assert (comments["r3"].text, comments["r3"].answered) == ("", False)
    assert (comments["r6"].text, comments["r6"].answered) == (" ", True)
    assert comments["r5"].text == "=never a formula"
    assert people["p1"].source == "survey"
    assert (people["p1"].fft, people["p3"].fft) == ("very_good", "not_asked")
    themes = {theme.id: theme.name for theme in held(store, "theme").values()}
    assert [themes[i] for i in comments["r4"].themes] == ["Waiting"]
    assert any("lacks: Absent" in note for note in outcome.notes)


def test_dates_that_disagree_are_kept_as_written_and_listed(store: Store, tmp_path: Path) -> None:
    outcome = take(store, save_csv(tmp_path / "f.csv"))
    comments, people = by_reference(store, "comment"), by_reference(store, "response")
    assert people["p1"].received_on is None
    assert (comments["r1"].raw_date, comments["r2"].raw_date) == ("03/10/2021", "10/03/2021")
    assert people["p2"].received_on.isoformat() == "2021-10-17"
    assert comments["r4"].raw_date == "10/17/2021"
    assert people["p3"].received_on.isoformat() == "2021-10-18"
    assert comments["r5"].raw_date == "10/18/2021"
    assert (people["p4"].received_on.isoformat(), comments["r6"].raw_date) == ("2021-10-20", "")
    dates = outcome.dates
    assert (dates.other_order, dates.two_dates, dates.left_empty) == (2, 2, 1)
    receipt = store.get("import_receipt", outcome.receipt)
    assert "p1 carries two dates, “03/10/2021” (row 2)" in receipt.detail  # type: ignore[attr-defined]
    assert "“10/18/2021” is written month first" in receipt.detail  # type: ignore[attr-defined]


def test_a_date_that_is_none_is_kept_as_written(store: Store, tmp_path: Path) -> None:
    rows = [["r1", "p1", "last Tuesday", "Heron", "1", "Why?", "Good", "", ""]]
    outcome = take(store, save_csv(tmp_path / "f.csv", rows))
    assert outcome.dates.not_dates == 1
    assert by_reference(store, "comment")["r1"].raw_date == "last Tuesday"
    assert outcome.row_notes == [(2, "“last Tuesday” is not a date; it is kept as written.")]


@pytest.mark.parametrize("keyed", [True, False], ids=["with a key", "by content"])
@pytest.mark.parametrize(
    "again",
    [
        "the same", "a spreadsheet saved it", "in another order", "in another encoding",
        "with other line ends and marks", "a colleague has it",
    ],
)  # fmt: skip
def test_the_same_file_makes_nothing_twice(
    make_store: Callable[..., Store], tmp_path: Path, again: str, keyed: bool
) -> None:
    mapping = MAPPING if keyed else replace(MAPPING, key=(), group=(), source="")
    rows = ROWS if keyed else [*ROWS, ROWS[0], ROWS[4]]
    store = make_store()
    first = take(store, save_csv(tmp_path / "f.csv", rows), mapping)
    assert first.kinds["comment"]["created"] == len(rows)
    before = held(store, "comment") | held(store, "response")
    path = tmp_path / "again.csv"
    shuffled = random.Random(7).sample(rows, len(rows))
    match again:
        case "the same" | "a colleague has it":
            save_csv(path, rows)
        case "a spreadsheet saved it":
            path = save_as_spreadsheet(tmp_path / "again.xlsx", shuffled)
        case "in another order":
            save_csv(path, shuffled)
        case "in another encoding":
            path.write_bytes(csv_bytes(rows, "utf-16"))
        case _:
            spaced = [[cell.replace("\n", "\r\n") for cell in row] for row in rows]
            path.write_bytes(csv_bytes(spaced, delimiter=";", lineterminator="\n"))
    if again == "a colleague has it":
        colleague = make_store()
        take(colleague, path, mapping)
        theirs = held(colleague, "comment") | held(colleague, "response")
        assert theirs == before
        return
    assert nothing_made(take(store, path, mapping))
    assert held(store, "comment") | held(store, "response") == before
    assert len(held(store, "import_receipt")) == 1


def test_another_team_gives_other_ids(make_store: Callable[..., Store], tmp_path: Path) -> None:
    path = save_csv(tmp_path / "f.csv")
    ours, theirs = make_store(), make_store(team=b"x" * 32)
    take(ours, path)
    take(theirs, path)
    assert not set(held(ours, "comment")) & set(held(theirs, "comment"))


@pytest.mark.parametrize("keyed", [True, False])
def test_appended_rows_alone_are_added(store: Store, tmp_path: Path, keyed: bool) -> None:
    mapping = MAPPING if keyed else replace(MAPPING, key=(), group=(), source="")
    take(store, save_csv(tmp_path / "f.csv"), mapping)
    more = [["r7", "p4", "20/10/2021", "Lapwing", "5", "Better?", "Warm tea", "1", ""]]
    outcome = take(store, save_csv(tmp_path / "f.csv", [*more, *ROWS]), mapping)
    assert outcome.kinds["comment"]["created"] == 1
    assert outcome.kinds["response"]["created"] == (0 if keyed else 1)
    assert "theme" not in outcome.kinds


def test_it_is_one_step_to_undo(store: Store, tmp_path: Path) -> None:
    outcome = take(store, save_csv(tmp_path / "f.csv"))
    undone = store.undo(outcome.change_set)
    assert undone.why == "Undo: Import a file"  # no file name: it travels to colleagues
    reader = store.reader()
    try:
        for kind in ("response", "comment", "theme", "import_receipt"):
            assert reader.count(ListQuery(kind)) == 0
    finally:
        reader.close()


def test_an_import_that_was_undone_can_be_made_again(store: Store, tmp_path: Path) -> None:
    path = save_csv(tmp_path / "f.csv")
    first = take(store, path)
    before = by_reference(store, "comment")
    for mapping in (MAPPING, replace(MAPPING, constants={"response.source": "Touch screen"})):
        store.undo()
        assert by_reference(store, "comment") == {}
        again = take(store, path, mapping)
        assert again.kinds == first.kinds
        assert by_reference(store, "comment") == before
        source = mapping.constants["response.source"].casefold().replace(" ", "_")
        assert {r.source for r in by_reference(store, "response").values()} <= {
            source, mapping.constants["response.source"],
        }  # fmt: skip
        assert all(store.where("theme", t) == "live" for c in before.values() for t in c.themes)
        assert nothing_made(take(store, path, mapping))
    store.undo()
    assert by_reference(store, "response") == {}


def test_what_was_changed_by_hand_or_binned_stays_so(store: Store, tmp_path: Path) -> None:
    path = save_csv(tmp_path / "f.csv")
    take(store, path)
    comments = by_reference(store, "comment")
    store.apply([Edit("comment", comments["r4"].id, {"text": "Shorter waits"})], "Mend")
    store.apply([Bin("comment", comments["r5"].id)], "Bin")
    for mapping in (MAPPING, replace(MAPPING, update=True)):
        outcome = take(store, path, mapping)
        assert nothing_made(outcome)
        assert by_reference(store, "comment")["r4"].text == "Shorter waits"
        assert store.where("comment", comments["r5"].id) == "bin"
    assert "1 records are in the bin and stay there." in outcome.notes


def test_a_later_file_may_bring_news_where_the_mapping_says_so(
    store: Store, tmp_path: Path
) -> None:
    take(store, save_csv(tmp_path / "f.csv"))
    rows = [[*row] for row in ROWS]
    rows[3][6], rows[3][7] = "Shorter wait, please", "1"
    path = save_csv(tmp_path / "g.csv", rows)
    assert nothing_made(take(store, path))
    outcome = take(store, path, replace(MAPPING, update=True))
    assert outcome.kinds["comment"]["updated"] == 1
    comment = by_reference(store, "comment")["r4"]
    assert comment.text == "Shorter wait, please"
    assert len(comment.themes) == 2


def test_the_preview_changes_nothing_and_says_everything(store: Store, tmp_path: Path) -> None:
    rows = [*ROWS, ["r1", "p9", "1/1/2022", "Heron", "1", "Why?", "Twice", "", ""],
            ["r8", "p9", "1/1/2022", "Heron", "9", "Why?", "What is 9?", "", ""],
            ["r9", "p9", "1/1/2022", "Heron", "1", "Why?", "Fine", "perhaps", ""]]  # fmt: skip
    plan = plan_import(store, open_table(save_csv(tmp_path / "f.csv", rows)), MAPPING)
    assert held(store, "comment") == {}
    assert [number for number, _ in plan.outcome.refused] == [8, 9]
    reasons = dict(plan.outcome.refused)
    assert reasons[8] == "It has the same “Row ID” as row 2."
    assert "How was it? cannot be “9”" in reasons[9]
    assert (10, "“Staff” holds “perhaps”, which is neither of its marks; it is taken as no.") in (
        plan.outcome.row_notes
    )
    assert len(plan.sample()) == 7
    assert commit(store, plan).receipt
    assert len(held(store, "comment")) == 7


def test_a_nul_byte_and_a_long_line_cost_their_row_only(store: Store, tmp_path: Path) -> None:
    rows = [*ROWS, ["r7", "p7", "", "He\0ron", "1", "Why?", "x", "", ""],
            ["r8", "p8", "", "Heron", "1", "Why?", "y" * 1_000_000, "", ""],
            ["r9", "p9", "", "z" * 3_000, "1", "Why?", "z", "", ""]]  # fmt: skip
    outcome = take(store, save_csv(tmp_path / "f.csv", rows))
    assert [number for number, _ in outcome.refused] == [8, 10]
    assert any("NUL" in reason for _, reason in outcome.refused)
    assert len(by_reference(store, "comment")["r8"].text) == 1_000_000


def test_stopping_half_way_keeps_nothing(store: Store, tmp_path: Path) -> None:
    rows = [[f"r{n}", f"p{n}", "", "Heron", "1", "Why?", "x", "", ""] for n in range(900)]
    plan = plan_import(store, open_table(save_csv(tmp_path / "f.csv", rows)), MAPPING)
    told: list[int] = []
    with pytest.raises(Cancelled):
        commit(
            store, plan, progress=lambda done, _: told.append(done),
            cancelled=lambda: len(told) == 2,
        )  # fmt: skip
    assert told == [400, 800]
    assert held(store, "comment") == {}
    assert store.undo_words() is None


def test_several_questions_in_one_row_are_several_comments(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    path.write_text("Respondent,What was good?,What was not?\n1,Tea,\n2,,Parking\n", "utf-8")
    mapping = replace(
        MAPPING, key=("Respondent",), group=(), flags=None, constants={},
        columns={
            "Respondent": MAPPING.columns["Person"],
            "What was good?": MAPPING.columns["Words"],
            "What was not?": MAPPING.columns["Words"],
        },
    )  # fmt: skip
    outcome = take(store, path, mapping)
    assert outcome.kinds["response"]["created"] == 2
    found = {(c.question, c.text, c.answered) for c in held(store, "comment").values()}
    assert found == {
        ("What was good?", "Tea", True), ("What was not?", "", False),
        ("What was good?", "", False), ("What was not?", "Parking", True),
    }  # fmt: skip
    assert nothing_made(take(store, path, mapping))


def test_the_national_example_gives_the_figures_it_must(
    store: Store, shared_data: Path, make_store: Callable[..., Store]
) -> None:
    path = shared_data / "nhs_fft_comments_v6framework.csv"
    outcome = take(store, path, load_mapping(EXAMPLE))
    assert outcome.kinds["response"]["created"] == 4466
    assert outcome.kinds["comment"]["created"] == 7908
    assert outcome.empty_comments == 1685
    assert (outcome.dates.other_order, outcome.dates.two_dates) == (289, 503)
    assert outcome.refused == []
    reader = store.reader()
    try:
        assert fft_summary(reader).to_json() == {
            "counts": {"very_good": 2875, "good": 729, "neither": 203, "poor": 172,
                       "very_poor": 248, "dont_know": 14},
            "not_asked": 225, "answered": 4241,
            "positive_percent": 85.0, "negative_percent": 9.9,
        }  # fmt: skip
        assert [(t.name, t.comments) for t in theme_counts(reader)[:4]] == [
            ("Positive experience & gratitude", 1781), ("Labelling not possible", 1685),
            ("Staff manner & personal attributes", 1418), ("Timeliness of care", 1104),
        ]  # fmt: skip
        assert comment_counts(reader) == (7908 - 1685, 1685)
    finally:
        reader.close()
    words = {row.cells[0]: row.cells[8] for row in open_table(path).rows()}
    for reference, comment in by_reference(store, "comment").items():
        assert comment.text == (words[reference] if comment.answered else "")
    assert nothing_made(take(store, path, load_mapping(EXAMPLE)))
