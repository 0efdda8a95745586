"""Every other kind in: by name, by key, with links, and never over somebody's work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db.changes import Create, Edit
from db.errors import Cancelled, InvalidInput, NotFound
from db.query import ListQuery
from db.record import validated
from db.store import Store
from engage_desktop.exchange.exporter import export_file, format_of, records_of
from engage_desktop.exchange.guess import (
    guess_mapping,
    mapping_for,
    remember,
    suggest_flags,
    unknown_values,
)
from engage_desktop.exchange.importer import import_file
from engage_desktop.exchange.mapping import (
    ColumnRule,
    FlagColumns,
    ImportMapping,
    load_mapping,
    mapping_data,
    mapping_from,
    mapping_toml,
)
from engage_desktop.exchange.pasted import pasted_table
from engage_desktop.exchange.receipts import Outcome
from engage_desktop.exchange.targets import shape_of
from engage_desktop.records.registry import REGISTRY
from tests.exchange.feedback_files import MAPPING


def paste(store: Store, word: str, text: str, **more: Any) -> Outcome:
    table = pasted_table(text)
    return import_file(store, table, replace(mapping_for(store, word, table), **more))


def named(store: Store, kind: str) -> dict[str, Any]:
    reader = store.reader()
    try:
        return {r.title: r for r in records_of(reader, ListQuery(kind, sort="pk"))}
    finally:
        reader.close()


def test_columns_find_their_fields_by_label_name_and_alias() -> None:
    headings = ["Full name", "E-MAIL ADDRESS:", "Tel", "Post code", "type", "Shoe size"]
    mapping = guess_mapping(REGISTRY, "people", headings)
    assert {name: rule.to for name, rule in mapping.columns.items()} == {
        "Full name": "name", "E-MAIL ADDRESS:": "email", "Tel": "phone",
        "Post code": "postcode", "type": "stakeholder_type",
    }  # fmt: skip


def test_a_name_in_two_columns_is_put_together(store: Store) -> None:
    paste(store, "people", "Surname\tForename\tPhone\nField\tSam\t01632 960111\n")
    paste(store, "people", "First name\tLast name\nJo\tReed\n")
    assert set(named(store, "stakeholder")) == {"Sam Field", "Jo Reed"}


def test_old_answers_of_the_friends_and_family_test_are_known(store: Store) -> None:
    paste(store, "feedback", "Rating\tComment\nExtremely Likely\tKind\nUnlikely\tSlow\n")
    reader = store.reader()
    try:
        found = [r.fft for r in records_of(reader, ListQuery("response", sort="pk"))]  # type: ignore[attr-defined]
    finally:
        reader.close()
    assert found == ["very_good", "poor"]


def test_pasted_cells_make_records_and_what_their_links_name(store: Store) -> None:
    outcome = paste(
        store, "event",
        "Title\tDate\tStarts\tVenue\tCame\tColour\n"
        "Rural show\t27/3/2026\t9.30am\tMere Hall\t1,200\tred\n"
        "Talk\t2026-04-01\t14:00\tmere hall\t\t\n",
    )  # fmt: skip
    events = named(store, "event")
    assert events["Rural show"].date.isoformat() == "2026-03-27"
    assert (events["Rural show"].start_time, events["Rural show"].attendance) == ("09:30", 1200)
    assert (
        events["Talk"].venue == events["Rural show"].venue == named(store, "venue")["Mere Hall"].id
    )
    assert outcome.not_taken == ["Colour"]
    assert outcome.kinds == {
        "event": {"created": 2, "updated": 0, "unchanged": 0},
        "venue": {"created": 1, "updated": 0, "unchanged": 0},
    }


def test_people_may_belong_to_an_organisation_further_down(store: Store) -> None:
    paste(
        store, "stakeholder",
        "Name\tPerson or organisation\tOrganisation\nSam Field\tPerson\tMere Carers\n"
        "Mere Carers\tOrganisation\t\nJo Reed\tPerson\tFar Group\n",
    )  # fmt: skip
    people = named(store, "stakeholder")
    assert len(people) == 4
    assert people["Sam Field"].organisation == people["Mere Carers"].id
    assert people["Far Group"].nature == "organisation"


def test_bad_rows_are_listed_with_every_reason_and_the_others_taken(store: Store) -> None:
    outcome = paste(
        store, "venue",
        "Name\tCapacity\tE-mail\nMere Hall\t120\t\nBarn\tmany\tnot-an-address\n\t5\t\n",
    )  # fmt: skip
    assert list(named(store, "venue")) == ["Mere Hall"]
    reasons = dict(outcome.refused)
    assert reasons[3] == "Capacity must be a whole number, not “many”."
    assert reasons[4] == "Name is needed."
    with pytest.raises(InvalidInput, match="No column of this file"):
        paste(store, "venue", "Shoe size\n9\n")


def test_a_link_that_cannot_be_made_from_its_name_refuses_its_row(store: Store) -> None:
    outcome = paste(store, "easy_read_line", "Bold words\tYou said, we did (id)\nTea\tzzz\n")
    assert "is not the id of a record" in outcome.refused[0][1]


def test_a_key_finds_records_typed_by_hand_and_older_values_do_not_come_back(
    store: Store,
) -> None:
    hall = validated(REGISTRY["venue"], {"id": "a" * 32, "name": "Mere Hall", "capacity": 100})
    store.apply([Create(hall)], "Add")
    store.apply([Edit("venue", hall.id, {"capacity": 120})], "Widen")
    old = "Name\tCapacity\tPhone\nMERE HALL\t100\t01632 960111\n"
    outcome = paste(store, "venue", old, key=("Name",))
    assert outcome.total("updated") == 1
    venue = store.get("venue", hall.id)
    assert (venue.capacity, venue.phone) == (120, "01632 960111")  # type: ignore[attr-defined]
    assert venue.title == "Mere Hall"
    assert paste(store, "venue", old, key=("Name",)).total("updated") == 0
    fresh = "Name\tCapacity\nMERE HALL\t150\n"
    assert paste(store, "venue", fresh, key=("Name",), update=False).total("updated") == 0
    assert paste(store, "venue", fresh, key=("Name",)).total("updated") == 1
    assert store.get("venue", hall.id).capacity == 150  # type: ignore[attr-defined]


def test_an_export_that_was_edited_brings_its_edits_back(store: Store, tmp_path: Path) -> None:
    paste(store, "venue", "Name\tPostcode\tAccess\nMere Hall\tZZ1 1ZZ\tRamp\n")
    assert named(store, "venue") == {}, "an unknown access feature refuses its row"
    paste(store, "venue", "Name\tAccess\nMere Hall\tHearing loop, tested: yes\n")
    hall = named(store, "venue")["Mere Hall"]
    export_file(store, "venue", tmp_path / "v.csv")
    text = (tmp_path / "v.csv").read_text("utf-8-sig")
    text = text.replace("Hearing loop, tested: Yes", "Lift for people, working: No")
    (tmp_path / "v.csv").write_text(text.replace("Mere Hall", "Mere Village Hall"), "utf-8")
    from engage_desktop.exchange.tables import open_table

    table = open_table(tmp_path / "v.csv")
    outcome = import_file(store, table, mapping_for(store, "venue", table))
    assert outcome.total("updated") == 1
    mended = store.get("venue", hall.id)
    assert mended.title == "Mere Village Hall"
    assert mended.access == {"hearing_loop": "yes", "lift": "no"}  # type: ignore[attr-defined]


def test_american_dates_are_read_as_such_only_where_the_file_shows_it(store: Store) -> None:
    paste(store, "event", "Title\tDate\nA\t3/27/2026\nB\t4/1/2026\n")
    assert named(store, "event")["B"].date.isoformat() == "2026-04-01"
    paste(store, "event", "Title\tDate\nC\t3/27/2026\nD\t4/1/2026\nE\t27/3/2026\n")
    events = named(store, "event")
    assert (events["C"].date.isoformat(), events["D"].date.isoformat()) == (
        "2026-03-27", "2026-01-04")  # fmt: skip


def test_corrections_are_remembered_for_files_with_these_headings(store: Store) -> None:
    text = "Who\tWhere\nSam Field\tMere\n"
    table = pasted_table(text)
    assert guess_mapping(REGISTRY, "stakeholder", table.headers).columns == {}
    mine = ImportMapping(
        "stakeholder", {"Who": ColumnRule("name"), "Where": ColumnRule("locality")}
    )
    remember(store, mine, table.headers)
    assert mapping_for(store, "people", pasted_table("WHERE\tWho\nMere\tJo\n")) == mine
    assert mapping_for(store, "venue", table).columns == {}


def test_a_mapping_survives_its_file(tmp_path: Path) -> None:
    full = replace(
        MAPPING, dates="auto", update=True, sheet="Rows", header_row=3, ignore=("Notes",),
        flags=FlagColumns("comment.themes", ("Staff",), yes=("ja",), no=("nein",),
                          names={"Staff": "Our staff"}),
    )  # fmt: skip
    path = tmp_path / "m.toml"
    path.write_text(mapping_toml(full), "utf-8")
    assert load_mapping(path) == full
    assert mapping_from(mapping_data(MAPPING)) == MAPPING


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kind = ", "is not a mapping file"),
        ("source = 'x'", "does not say its kind"),
        ("kind = 'venue'\ncolour = 1", "unknown entry “colour”"),
        ("kind = 'venue'\ndates = 'maybe'", "must be one of"),
        ("kind = 'venue'\n[columns]\nA = 1", "must be a table"),
        ("kind = 'venue'\n[columns.A]\nvalues = {}", "does not say where it goes"),
        ("kind = 'venue'\n[rows]\nkey = 1", "must be a list of words"),
        ("kind = 'venue'\nheader_row = 'x'", "must be a number"),
    ],
)
def test_a_mapping_with_a_slip_says_where(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InvalidInput, match=words):
        load_mapping(path)
    with pytest.raises(NotFound):
        load_mapping(tmp_path / "none.toml")


def test_a_mapping_to_a_field_there_is_not_says_which_there_are(store: Store) -> None:
    mapping = ImportMapping("venue", {"Name": ColumnRule("nam")})
    with pytest.raises(InvalidInput, match="Fields: access, address"):
        import_file(store, pasted_table("Name\nHall\n"), mapping)


def test_marks_and_unknown_words_are_shown_to_the_officer() -> None:
    table = pasted_table(
        "Comment\tRating\tStaff\tWaiting\tFood\tNote\nA\tsuper\t1\t\t\tx y\nB\tgood\t\t1\t1\t\n"
    )
    mapping = guess_mapping(REGISTRY, "feedback", table.headers)
    flags = suggest_flags(table, mapping)
    assert flags is not None
    assert flags.columns == ("Staff", "Waiting", "Food")
    shape = shape_of(REGISTRY, "feedback")
    assert unknown_values(table, mapping, shape) == {"Rating": ["super"]}


def test_only_formats_that_are_written_are_taken(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"\.csv, \.xlsx or \.json"):
        format_of(Path("a.pdf"))
    with pytest.raises(InvalidInput, match="workbook"):
        export_file(store, "all", tmp_path / "all.csv")
    assert list(tmp_path.glob("*.csv")) == []


def test_an_export_that_is_stopped_leaves_the_old_file(store: Store, tmp_path: Path) -> None:
    paste(store, "theme", "Name\n" + "".join(f"Theme {n}\n" for n in range(250)))
    told: list[tuple[int, int]] = []
    for name in ("t.csv", "t.xlsx", "t.json"):
        path = tmp_path / name
        path.write_text("old", "utf-8")
        with pytest.raises(Cancelled):
            export_file(store, "theme", path, cancelled=lambda: True)
        assert path.read_text("utf-8") == "old"
        rows = export_file(
            store, "theme", path, progress=lambda done, total: told.append((done, total))
        )
        assert rows == 250
    assert told == [(100, 250), (200, 250)] * 3
    assert sorted(p.name for p in tmp_path.glob("*t.*")) == ["t.csv", "t.json", "t.xlsx"]


@pytest.mark.parametrize("kind", [cls.meta.name for cls in REGISTRY if not cls.meta.by_hand])
def test_what_only_the_program_writes_is_not_imported(store: Store, kind: str) -> None:
    heading = next(iter(REGISTRY[kind].specs().values())).label
    with pytest.raises(InvalidInput, match=r"cannot be imported from a table.*Nothing was"):
        paste(store, kind, f"{heading}\tSHA-256 of the file\nleaflet.pdf\tx\n")
    assert named(store, kind) == {}
    assert REGISTRY[kind].meta.made_by.endswith(".")
