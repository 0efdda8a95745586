"""Contacts' cards into the register: every property mapped, kept as a line, or listed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db.blobs import Blobs
from db.changes import Bin, Edit
from db.errors import InvalidInput
from db.query import ListQuery
from db.store import Store
from engage_desktop.exchange.card_words import BARE, NICE
from engage_desktop.exchange.exporter import records_of
from engage_desktop.exchange.guess import guess_mapping, mapping_for
from engage_desktop.exchange.importer import commit, import_file, plan_import
from engage_desktop.exchange.receipts import Outcome
from engage_desktop.exchange.tables import NotATable, Table, open_table
from engage_desktop.records.registry import REGISTRY
from tests.exchange.card_files import DOT, NEWER, NEWEST, OLD


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs", b"b" * 32)


def table_of(tmp_path: Path, text: str | bytes, name: str = "cards.vcf") -> Table:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return open_table(path)


def take(store: Store, table: Table, blobs: Blobs | None = None, **more: Any) -> Outcome:
    mapping = replace(mapping_for(store, "stakeholder", table), **more)
    return import_file(store, table, mapping, blobs=blobs)


def people(store: Store, kind: str = "stakeholder") -> dict[str, Any]:
    reader = store.reader()
    try:
        return {r.title: r for r in records_of(reader, ListQuery(kind, sort="pk"))}
    finally:
        reader.close()


def accounted(table: Table, outcome: Outcome, mapping: Any) -> bool:
    """Is every column mapped, kept as a line, or listed as not taken?"""
    mapped = {h for h in table.headers if mapping.rule(h)} | set(mapping.key)
    return mapped | set(outcome.in_notes) | set(outcome.not_taken) >= set(table.headers)


def test_a_card_of_an_old_phone_is_taken_whole(store: Store, blobs: Blobs, tmp_path: Path) -> None:
    table = table_of(tmp_path, OLD)
    outcome = take(store, table, blobs)
    assert accounted(table, outcome, mapping_for(store, "stakeholder", table))
    assert (outcome.kinds["stakeholder"]["created"], outcome.refused) == (2, [])
    assert outcome.not_taken_counts == {"KEY": 1, "REV": 1}
    found = people(store)["Dr René Brödel"]
    assert found.organisation == people(store)["Mere Carers"].id
    assert found.model_dump(include={"job_title", "email", "other_email", "phone", "mobile",
                                     "other_phone", "address", "postcode"}) == {
        "job_title": "Chair", "email": "chair@example.org", "other_email": "rene@example.org",
        "phone": "01632 960013", "mobile": "07700 900012", "other_phone": "01632 960011",
        "address": "12 Long Street\nMere\nWessex", "postcode": "ZZ1 2AB",
    }  # fmt: skip
    assert found.notes.split("\n") == [
        "Likes a call first.", "Never before ten\\nhonestly", "Department: Outreach",
        "Role: Convenor", "Fax (work): 01632 960010", "E-mail (x400): /S=brodel/O=mere",
        "Birthday: 14/3/1970", "X-COLOUR: blue",
        "Lines that are no property: this line is no property",
    ]  # fmt: skip
    photo = next(iter(people(store, "attachment").values()))
    assert (photo.owner, photo.filename, photo.media_type) == (found.id, "photo.png", "image/png")
    assert b"".join(blobs.read(photo.digest)) == DOT


def test_newer_cards_agents_and_a_missing_end(store: Store, blobs: Blobs, tmp_path: Path) -> None:
    table = table_of(tmp_path, NEWER)
    mapping = mapping_for(store, "stakeholder", table)
    assert (mapping.rest, mapping.key, table.unit) == ("notes", ("UID",), "card")
    outcome = take(store, table, blobs)
    assert accounted(table, outcome, mapping)
    assert set(outcome.not_taken) == {"PRODID", "GENDER"}
    assert dict(outcome.row_notes) == {
        2: "It stood within card 1, as its agent.",
        3: "The card’s end (END:VCARD) is missing; what stood there is read.",
        4: "The card has no name; what else it says of who it is was taken.",
    }
    found = people(store)
    assert set(found) == {"Sam Field", "Jo Reed", "No End", "Mere Deaf Club"}
    sam = found["Sam Field"]
    assert (sam.phone, sam.other_phone) == ("01632 960020", "18001 01632 960021")
    assert sam.address == "PO Box 3\n1 The Green, rear\nMere; Upper\nUK"
    assert (sam.website, sam.interests) == ("https://example.org/sam", ("carers", "transport"))
    for line in (
        "Nickname: Sammy", "Phone (home): 01632 960022", "Agent: Jo Reed",
        "Further website: https://example.org/other",
        "Instant message (home): xmpp:sam@example.org",
        "Photo: https://example.org/sam.png",
    ):  # fmt: skip
        assert line in sam.notes.split("\n")
    assert sam.notes.startswith("One, two; three\nnext line that is long enough to be folded in")
    assert found["Mere Deaf Club"].nature == "organisation"
    assert people(store, "attachment")["logo.png"].owner == found["Mere Deaf Club"].id


def test_cards_of_4_0_with_members_languages_and_kinds(
    store: Store, blobs: Blobs, tmp_path: Path
) -> None:
    outcome = take(store, table_of(tmp_path, NEWEST), blobs)
    assert outcome.refused == []
    found = people(store)
    ana = found["Ana Novak"]
    assert (ana.phone, ana.languages, ana.nature) == (
        "+44-1632-960030 ext. 5", ("eng", "pol"), "person")  # fmt: skip
    assert (found["Mere Forum"].nature, found["Mere Carers"].nature) == ("group", "organisation")
    assert found["Mere Carers"].organisation is None
    assert found["Mere Forum"].notes == "Member: Ana Novak; mailto:somebody@example.org"
    for line in ("Related (friend): Mere Forum", "Related (contact): Her sister, Eva",
                 "Anniversary: 3/2/2001", "Birthday: 14/3, no year", "X-RFC6868: yes"):  # fmt: skip
        assert line in ana.notes.split("\n")
    assert "Label: 2 Mill Lane\nMere\nthird door" in ana.notes


def test_the_same_cards_again_make_nothing_and_a_changed_card_changes(
    store: Store, blobs: Blobs, tmp_path: Path
) -> None:
    take(store, table_of(tmp_path, NEWER), blobs)
    again = take(store, table_of(tmp_path, NEWER), blobs)
    assert (again.total("created"), again.total("updated"), again.total("unchanged")) == (0, 0, 4)
    sam = people(store)["Sam Field"]
    mine = f"{sam.notes}\nHe likes tea."
    store.apply([Edit("stakeholder", sam.id, {"notes": mine})], "Note")
    changed = NEWER.replace("01632 960022", "01632 960029").replace(
        "TEL;TYPE=WORK,VOICE:01632 960020", "TEL;TYPE=WORK:01632 960028"
    )
    outcome = take(store, table_of(tmp_path, changed), blobs)
    assert outcome.kinds["stakeholder"] == {"created": 0, "updated": 1, "unchanged": 3}
    now = people(store)["Sam Field"]
    assert now.phone == "01632 960028"
    assert now.notes == f"{mine}\nPhone (home): 01632 960029", "nothing was written over"
    less = now.notes.replace("\nNickname: Sammy", "")
    store.apply([Edit("stakeholder", sam.id, {"notes": less})], "Note")
    take(store, table_of(tmp_path, changed), blobs)
    assert people(store)["Sam Field"].notes == less, "what was taken out is not put back"


def test_undo_takes_back_people_and_pictures_in_one_step_and_they_can_come_again(
    store: Store, blobs: Blobs, tmp_path: Path
) -> None:
    table = table_of(tmp_path, OLD)
    outcome = take(store, table, blobs)
    store.undo(outcome.change_set)
    assert (people(store), people(store, "attachment")) == ({}, {})
    again = take(store, table, blobs)
    assert again.total("created") == 3
    assert set(people(store, "attachment")) == {"photo.png"}
    store.apply([Bin("attachment", people(store, "attachment")["photo.png"].id)], "Away")
    third = take(store, table, blobs)
    assert third.total("created") == 0, "what an officer threw away stays away"
    assert people(store, "attachment") == {}


def test_a_preview_keeps_nothing(store: Store, blobs: Blobs, tmp_path: Path) -> None:
    table = table_of(tmp_path, OLD)
    plan = plan_import(store, table, mapping_for(store, "stakeholder", table), blobs=blobs)
    assert plan.outcome.kinds["attachment"]["created"] == 1
    assert not blobs.folder.exists()
    commit(store, plan)
    assert len(people(store, "attachment")) == 1


def test_without_a_place_for_files_pictures_are_listed(store: Store, tmp_path: Path) -> None:
    outcome = take(store, table_of(tmp_path, OLD))
    assert outcome.not_taken[-1] == "PHOTO"
    assert outcome.not_taken_counts["PHOTO"] == 1


def test_the_rest_can_be_left_out_and_is_listed_then(store: Store, tmp_path: Path) -> None:
    outcome = take(store, table_of(tmp_path, OLD), rest="")
    assert {"Birthday", "Fax (work)", "X-COLOUR", "KEY"} <= set(outcome.not_taken)
    assert "14/3/1970" not in people(store)["Dr René Brödel"].notes


def test_cards_are_people_and_nothing_else(store: Store, tmp_path: Path) -> None:
    table = table_of(tmp_path, OLD)
    mapping = mapping_for(store, "venue", table)
    with pytest.raises(InvalidInput, match="people and organisations, not venues"):
        import_file(store, table, mapping)
    with pytest.raises(NotATable, match="holds no cards"):
        table_of(tmp_path, "Name,E-mail\n")


def test_a_card_with_nothing_that_names_it_is_refused(store: Store, tmp_path: Path) -> None:
    table = table_of(tmp_path, "BEGIN:VCARD\nTEL:1\nEND:VCARD\nBEGIN:VCARD\nFN:Ann\nEND:VCARD\n")
    outcome = take(store, table)
    assert outcome.refused == [(1, "Name is needed.")]
    assert set(people(store)) == {"Ann"}


def test_no_property_falls_into_a_field_by_its_name_alone() -> None:
    """An “Interest” of a card is no figure of the stakeholder map."""
    headings = [*NICE.values(), *BARE, "Property NOTES", "Name in parts", "Other properties"]
    assert guess_mapping(REGISTRY, "stakeholder", headings).columns == {}


def test_more_kinds_of_properties_than_columns_share_one(store: Store, tmp_path: Path) -> None:
    many = "\n".join(f"X-THING-{n}:{n}" for n in range(450))
    table = table_of(tmp_path, f"BEGIN:VCARD\nVERSION:3.0\nFN:Ann\n{many}\nEND:VCARD\n")
    assert len(table.headers) <= 420
    take(store, table)
    notes = people(store)["Ann"].notes
    assert all(f"X-THING-{n}: {n}" in notes for n in range(450))


@pytest.mark.parametrize("name", ["vcard_gmail_list.vcf", "vcard_outlook2007_v21.vcf",
                                  "civicrm_import_locations_with_related.csv"])  # fmt: skip
def test_public_lists_of_contacts_lose_nothing(
    store: Store, blobs: Blobs, shared_data: Path, name: str
) -> None:
    table = open_table(shared_data / name)
    mapping = replace(mapping_for(store, "stakeholder", table), rest="notes")
    outcome = import_file(store, table, mapping, blobs=blobs)
    assert outcome.refused == []
    assert accounted(table, outcome, mapping)
    assert set(outcome.not_taken) <= BARE
    rows = list(table.rows())
    found = list(people(store).values())
    for row in rows:
        for heading, cell in zip(table.headers, row.cells, strict=True):
            if not cell.strip() or heading in outcome.not_taken:
                continue
            whole = "\n".join(str(value) for r in found for value in r.model_dump().values())
            assert cell.strip() in whole, heading
