"""Update or create by a key that was chosen; what is ambiguous is said of its row."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db.changes import Create, Edit
from db.errors import InvalidInput
from db.query import ListQuery
from db.record import validated
from db.store import Store
from engage_desktop.exchange.exporter import records_of
from engage_desktop.exchange.guess import mapping_for
from engage_desktop.exchange.importer import import_file
from engage_desktop.exchange.known import by_columns, check_key
from engage_desktop.exchange.mapping import ImportMapping, load_mapping, mapping_toml
from engage_desktop.exchange.pasted import pasted_table
from engage_desktop.exchange.receipts import Outcome
from engage_desktop.exchange.targets import shape_of
from engage_desktop.records.registry import REGISTRY


def paste(store: Store, word: str, text: str, **more: Any) -> Outcome:
    table = pasted_table(text)
    return import_file(store, table, replace(mapping_for(store, word, table), **more))


def every(store: Store, kind: str) -> list[Any]:
    reader = store.reader()
    try:
        return list(records_of(reader, ListQuery(kind, sort="pk")))
    finally:
        reader.close()


def named(store: Store, kind: str = "stakeholder") -> dict[str, Any]:
    return {record.title: record for record in every(store, kind)}


def keep(store: Store, kind: str, **values: Any) -> str:
    record_id = store.new_id()
    store.apply([Create(validated(REGISTRY[kind], {"id": record_id, **values}))], "Add")
    return record_id


def fates(outcome: Outcome, kind: str = "stakeholder") -> tuple[int, int, int]:
    found = outcome.kinds.get(kind, {"created": 0, "updated": 0, "unchanged": 0})
    return found["created"], found["updated"], found["unchanged"]


# -- update or create -----------------------------------------------------------------------


def test_a_field_is_a_key_under_whatever_heading_it_comes(store: Store) -> None:
    sam = keep(store, "stakeholder", name="Sam Field", email="sam@example.org")
    text = (
        "Full name\tE-mail address\tTel\nSamuel Field\tSAM@example.org\t01632 960111\n"
        "Jo Reed\tjo@example.org\t01632 960112\n"
    )
    outcome = paste(store, "people", text, key=("email",))
    assert fates(outcome) == (1, 1, 0)
    assert (store.get("stakeholder", sam).title, len(every(store, "stakeholder"))) == (
        "Samuel Field", 2)  # fmt: skip
    assert store.get("stakeholder", sam).email == "sam@example.org"  # type: ignore[attr-defined]
    assert fates(paste(store, "people", text, key=("email",))) == (0, 0, 2)
    store.undo(outcome.change_set)
    assert list(named(store)) == ["Sam Field"]


def test_a_number_is_known_however_it_is_spelled(store: Store) -> None:
    sam = keep(store, "stakeholder", name="Sam Field", phone="01632 960111")
    outcome = paste(store, "people", "Name\tPhone\nS Field\t+44 (0)1632 960 111\n", key=("phone",))
    assert fates(outcome) == (0, 1, 0)
    assert store.get("stakeholder", sam).phone == "01632 960111"  # type: ignore[attr-defined]


def test_two_who_have_the_key_are_not_chosen_between(store: Store) -> None:
    for name in ("Sam Field", "Jo Field", "Al Field", "Cy Field"):
        keep(store, "stakeholder", name=name, email="field@example.org")
    outcome = paste(
        store, "people",
        "Name\tE-mail\nSam\tfield@example.org\nEve Ash\teve@example.org\n", key=("email",),
    )  # fmt: skip
    assert outcome.refused == [
        (2, "4 stakeholders here have this “E-mail”: “Sam Field”, “Jo Field”, “Al Field” and 1 "
         "more. It is not clear which one the row is."),
    ]  # fmt: skip
    assert fates(outcome) == (1, 0, 0)


def test_two_rows_are_not_one_record_twice(store: Store) -> None:
    keep(store, "stakeholder", name="Sam Field", phone="01632 960111")
    outcome = paste(
        store, "people", "Name\tPhone\nSam\t01632 960111\nOther\t01632960111\n", key=("phone",)
    )
    assert outcome.refused == [
        (3, "It is “Sam Field” here by its “Phone”, and so is row 2."),
    ]


def test_a_row_without_the_key_is_a_record_of_its_own(store: Store) -> None:
    keep(store, "stakeholder", name="Sam Field")
    outcome = paste(store, "people", "Name\tE-mail\nSam Field\t\n", key=("email",))
    assert fates(outcome) == (1, 0, 0)


def test_what_is_here_stays_as_it_is_where_that_was_chosen(store: Store) -> None:
    sam = keep(store, "stakeholder", name="Sam Field", email="sam@example.org")
    text = "Name\tE-mail\tPhone\nSam\tsam@example.org\t1\nJo\tjo@example.org\t2\n"
    outcome = paste(store, "people", text, key=("email",), update=False)
    assert fates(outcome) == (1, 0, 1)
    assert store.get("stakeholder", sam).phone == ""  # type: ignore[attr-defined]
    assert "1 records here differ from the file and are left as they are." in outcome.notes


def test_a_seat_is_known_by_who_sits_where(store: Store) -> None:
    sam = keep(store, "stakeholder", name="Sam Field")
    forum = keep(store, "stakeholder", name="Mere Forum", nature="committee")
    seat = keep(store, "membership", member=sam, group=forum)
    text = "Member\tCommittee\tRole\nSam Field\tMere Forum\tChair\nJo Reed\tMere Forum\tMember\n"
    outcome = paste(store, "membership", text, key=("member", "group"))
    assert fates(outcome, "membership") == (1, 1, 0)
    assert store.get("membership", seat).role == "chair"  # type: ignore[attr-defined]
    assert fates(paste(store, "membership", text, key=("member", "group")), "membership") == (
        0, 0, 2)  # fmt: skip
    keep(store, "membership", member=sam, group=forum)
    outcome = paste(store, "membership", text, key=("member", "group"))
    assert "2 memberships here have this “Member” and “Committee”" in outcome.refused[0][1]


def test_a_key_that_no_column_gives_is_said(store: Store) -> None:
    shape = shape_of(REGISTRY, "stakeholder")
    table = pasted_table("Name\tPhone\nSam\t1\n")
    mapping = replace(mapping_for(store, "stakeholder", table), key=("email",))
    with pytest.raises(InvalidInput, match="No column of this file is “email”"):
        check_key(mapping, shape, table.headers)
    check_key(replace(mapping, key=("phone", "NAME")), shape, table.headers)
    assert by_columns(replace(mapping, key=("phone", "name")), shape, table.headers).key == (
        "Phone", "Name")  # fmt: skip


# -- the rest --------------------------------------------------------------------------------


REST = "Name\tNotes\tShoe size\tMum’s first name\tName\nSam\tTall\t9\tEve\tMe\nJo\t\t\t\t\n"


def test_columns_without_a_field_are_listed_or_kept_as_lines(store: Store) -> None:
    outcome = paste(store, "people", REST)
    assert outcome.not_taken == ["Shoe size", "Mum’s first name", "Name (2)"]
    assert outcome.not_taken_counts == {"Shoe size": 1, "Mum’s first name": 1, "Name (2)": 1}
    assert "Columns not taken: Shoe size (1), Mum’s" in outcome.detail()
    outcome = paste(store, "people", REST, rest="notes", key=("name",))
    assert (outcome.not_taken, outcome.in_notes) == (
        [], ["Shoe size", "Mum’s first name", "Name (2)"])  # fmt: skip
    assert named(store)["Sam"].notes == "Tall\nShoe size: 9\nMum’s first name: Eve\nName (2): Me"
    assert named(store)["Jo"].notes == ""
    assert paste(store, "people", REST, rest="notes", key=("name",)).total("updated") == 0


def test_lines_are_added_to_what_officers_wrote(store: Store) -> None:
    paste(store, "people", "Name\tColour\nSam\tred\n", rest="notes", key=("name",))
    sam = named(store)["Sam"]
    store.apply([Edit("stakeholder", sam.id, {"notes": "Mine\nColour: red\nMore"})], "Note")
    paste(store, "people", "Name\tColour\nSam\tblue\n", rest="notes", key=("name",))
    assert named(store)["Sam"].notes == "Mine\nColour: red\nMore\nColour: blue"


def test_the_rest_goes_to_a_text_of_several_lines_only(store: Store) -> None:
    with pytest.raises(InvalidInput, match="field of several lines, such as notes"):
        paste(store, "people", REST, rest="phone")
    with pytest.raises(InvalidInput, match="There is no field “remarks”"):
        paste(store, "people", REST, rest="remarks")
    with pytest.raises(InvalidInput, match="cannot take lines"):
        paste(store, "feedback", "Comment\nHello\n", rest="comment.text")


def test_the_rest_is_part_of_a_mapping_file(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text(mapping_toml(ImportMapping("stakeholder", rest="notes")), "utf-8")
    assert 'rest = "notes"' in path.read_text("utf-8")
    assert load_mapping(path).rest == "notes"


def test_an_address_in_several_columns_is_put_line_under_line(store: Store) -> None:
    paste(
        store, "people",
        "Name\tCountry\tPost town\tAddress line 2\tStreet\tPostcode\n"
        "Sam\tWessex\tMere\tUpper End\t1 High Street\tZZ1 2AB\n",
    )  # fmt: skip
    assert named(store)["Sam"].address == "1 High Street\nUpper End\nMere\nWessex"


def test_postcodes_that_may_be_wrong_are_counted_listed_and_kept(store: Store) -> None:
    text = "Name\tPostcode\nA\tSW1A 0AA\nB\tSW1A 9ZZ\nC\tZZ1 1AA\nD\t\nE\t90210\nF\tBT1 5GS\n"
    outcome = paste(store, "people", text, key=("name",))
    assert [(row, code) for row, code, _ in outcome.postcodes] == [
        (3, "SW1A 9ZZ"), (4, "ZZ1 1AA"), (6, "90210")]  # fmt: skip
    assert (
        "3 postcodes may be wrong by the list of February 2025 (1 not in use, 1 in no real area, "
        "1 not written like one); each is kept and listed."
    ) in outcome.notes
    assert "Row 3: SW1A 9ZZ was not in use" in outcome.detail()
    assert named(store)["B"].postcode == "SW1A 9ZZ"
    assert paste(store, "people", text, key=("name",)).postcodes == []


# -- links by name ---------------------------------------------------------------------------


def test_an_organisation_is_meant_where_a_person_has_its_name(store: Store) -> None:
    keep(store, "stakeholder", name="Mere Carers")
    org = keep(store, "stakeholder", name="Mere Carers", nature="organisation")
    outcome = paste(store, "people", "Name\tOrganisation\nSam Field\tMere Carers\n")
    assert outcome.refused == []
    assert named(store)["Sam Field"].organisation == org
    outcome = paste(store, "membership", "Member\tCommittee\nSam Field\tMere Carers\n")
    assert every(store, "membership")[0].group == org, "anything rather than a person"


def test_one_name_of_two_is_said_of_its_row(store: Store) -> None:
    for _ in range(2):
        keep(store, "stakeholder", name="Sam Field")
    one = keep(store, "stakeholder", name="Jo Reed")
    text = f"Member\tMember (id)\tCommittee\nSam Field\t\tMere Forum\nJo Reed\t{one}\tMere Forum\n"
    outcome = paste(store, "membership", text)
    assert outcome.refused == [
        (2, "Member: 2 stakeholders are called “Sam Field”. Say which is meant by its id, or give "
         "them different names."),
    ]  # fmt: skip
    assert fates(outcome, "membership") == (1, 0, 0)


def test_in_one_file_a_person_and_a_firm_may_have_one_name(store: Store) -> None:
    outcome = paste(
        store, "people",
        "Name\tPerson or organisation\tOrganisation\nJo Reed\tPerson\tJo Reed\n"
        "Jo Reed\tOrganisation\t\nAl Ash\tPerson\tJo Reed\n",
    )  # fmt: skip
    assert (outcome.refused, fates(outcome)) == ([], (3, 0, 0))
    firm = next(r for r in every(store, "stakeholder") if r.nature == "organisation")
    assert {r.organisation for r in every(store, "stakeholder")} == {firm.id, None}


def test_a_place_may_lie_in_one_further_down_and_in_one_of_its_own_name(store: Store) -> None:
    outcome = paste(
        store, "place",
        "Name\tLevel\tLies in\nUpper Mere\tNeighbourhood\tMere\nMere\tLocality\tMere\n"
        "Mere\tDistrict\tWessex\nWessex\tCounty\t\n",
    )  # fmt: skip
    assert [reason for _, reason in outcome.refused] == [
        "Lies in: 2 places are called “Mere”. Say which is meant by its id, or give them "
        "different names.",
    ]
    found = {(r.title, r.level): r for r in every(store, "place")}
    assert found["Mere", "locality"].within == found["Mere", "district"].id
    assert found["Mere", "district"].within == found["Wessex", "county"].id


def test_a_place_does_not_lie_in_itself(store: Store) -> None:
    outcome = paste(store, "place", "Name\tLies in\nA\tB\nB\tC\nC\tA\nD\tA\n")
    assert [row for row, _ in outcome.refused] == [4]
    assert "come to lie within itself" in outcome.refused[0][1]
    a, b = keep(store, "place", name="X"), keep(store, "place", name="Y")
    store.apply([Edit("place", b, {"within": a})], "Put")
    outcome = paste(store, "place", "Name\tLies in\nX\tY\n", key=("name",))
    assert "come to lie within itself" in outcome.refused[0][1]


def test_a_circle_that_two_laptops_made_holds_up_no_import(store: Store) -> None:
    one, other = keep(store, "place", name="Mere"), keep(store, "place", name="Moor")
    half = [Edit("place", one, {"within": other}), Edit("place", other, {"within": one})]
    store.apply(half, "What came", circles=True)
    outcome = paste(store, "place", "Name\tLies in\nFen\tMere\nMere\tMoor\n", key=("name",))
    assert (outcome.refused, fates(outcome, "place")) == ([], (1, 0, 1))
    assert {r.title: r.within for r in every(store, "place")}["Fen"] == one


def test_a_link_that_is_left_as_it_is_leads_where_it_leads(store: Store) -> None:
    """Mere's row is older than what is here, so Mere stays in Moor, and Moor out of Mere."""
    mere, moor, shire = (keep(store, "place", name=name) for name in ("Mere", "Moor", "Shire"))
    store.apply([Edit("place", mere, {"within": shire})], "Put")
    store.apply([Edit("place", mere, {"within": moor})], "Put elsewhere")
    text = "Name\tLies in\nMere\tShire\nMoor\tMere\n"
    outcome = paste(store, "place", text, key=("name",))
    assert [row for row, _ in outcome.refused] == [3]
    assert "come to lie within itself" in outcome.refused[0][1]
    assert store.get("place", mere).model_dump()["within"] == moor


def test_ties_permissions_and_contacts_find_those_they_are_about(store: Store) -> None:
    keep(store, "stakeholder", name="Sam Field")
    keep(store, "stakeholder", name="Mere Carers", nature="organisation")
    assert (
        paste(store, "relationship", "From\tTie\tTo\nSam Field\tRepresents\tMere Carers\n").refused
        == []
    )
    assert paste(
        store, "permission",
        "Whose\tFor\tAnswer\tLawful basis\tAnswered on\nSam Field\tThe bulletin\tYes\tConsent\t"
        "1/2/2026\n",
    ).refused == []  # fmt: skip
    assert (
        paste(
            store, "contact", "With\tDate\tHow\tAbout\nSam Field\t3/2/2026\tCall\tTransport\n"
        ).refused
        == []
    )
    sam, carers = named(store)["Sam Field"].id, named(store)["Mere Carers"].id
    tie, line, call = (every(store, k)[0] for k in ("relationship", "permission", "interaction"))
    assert (tie.one, tie.tie, tie.other) == (sam, "represents", carers)
    assert (line.stakeholder, line.purpose, line.answer) == (sam, "bulletin", "yes")
    assert (call.stakeholder, call.way) == (sam, "call")
    assert len(every(store, "stakeholder")) == 2
    bad = paste(store, "relationship", "From\tTo\nSam Field\tSam Field\n")
    assert "A relationship has two ends" in bad.refused[0][1]


def test_feedback_keeps_a_comment_whose_theme_has_a_double(store: Store) -> None:
    first = keep(store, "theme", name="Transport")
    keep(store, "theme", name="Transport")
    outcome = paste(store, "feedback", "Comment\tThemes\nThe last bus is gone\tTransport\n")
    assert outcome.refused == []
    assert every(store, "comment")[0].themes == (first,)
    assert any("Several themes have the same name" in note for note in outcome.notes)
