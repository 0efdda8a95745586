"""Contacts' cards out: to give away, and whole, so that they come back as what they were."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from db.blobs import Blobs
from db.changes import Create
from db.errors import InvalidInput
from db.query import Condition, ListQuery
from db.record import Record, validated
from db.store import Store
from engage_desktop.exchange.card_writer import CardChoice, folded
from engage_desktop.exchange.exporter import export_file, records_of
from engage_desktop.exchange.guess import mapping_for
from engage_desktop.exchange.importer import import_file
from engage_desktop.exchange.tables import open_table
from engage_desktop.exchange.vcard import Card, read_cards
from engage_desktop.migrations import MIGRATIONS
from engage_desktop.records.registry import REGISTRY
from tests.exchange.card_files import DOT, NEWEST, OLD

FULL: dict[str, Any] = {
    "name": "Ana Novak", "nature": "person", "job_title": "Chair; of all, and more",
    "email": "ana@example.org", "other_email": "novak@example.org", "phone": "01632 960001",
    "mobile": "07700 900001", "other_phone": "18001 01632 960002",
    "address": "12 Long Street,\nMere; Upper\n\nWessex", "postcode": "ZZ1 2AB",
    "website": "https://example.org/ana?a=1;b=2", "languages": ("pol", "bfi", "Mereish"),
    "interests": ("transport", "Bees, wasps"), "stakeholder_type": "ppg", "locality": "Mere",
    "needs": ("easy_read",), "formats": ("braille",), "notes": "One\ntwo, three; \\four\n",
    "power": 4, "attitude": -1, "bulletin": "yes", "do_not_contact": True,
    "needs_asked": "2026-02-03", "guardian": "Eva Novak",
}  # fmt: skip


def fresh(folder: Path, name: str) -> Store:
    return Store.create(
        folder / name, b"k" * 32, REGISTRY, MIGRATIONS, officer="Ann", device="0" * 32
    )


def keep(store: Store, **values: Any) -> Record:
    record = validated(REGISTRY["stakeholder"], {"id": store.new_id(), **values})
    store.apply([Create(record)], "Add")
    return record


def held(store: Store, kind: str = "stakeholder") -> dict[str, Any]:
    reader = store.reader()
    try:
        return {r.id: r.model_dump() for r in records_of(reader, ListQuery(kind, sort="pk"))}
    finally:
        reader.close()


def cards_in(path: Path) -> list[Card]:
    return list(read_cards(io.BytesIO(path.read_bytes())))


def brought(path: Path, store: Store, blobs: Blobs | None = None) -> None:
    table = open_table(path)
    outcome = import_file(store, table, mapping_for(store, "stakeholder", table), blobs=blobs)
    assert outcome.refused == []


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_a_card_to_give_away_says_how_to_reach_somebody_and_no_more(
    store: Store, tmp_path: Path, version: str
) -> None:
    club = keep(store, name="Mere Club", nature="organisation")
    keep(store, **FULL, organisation=club.id)
    path = tmp_path / "people.vcf"
    assert export_file(store, "people", path, cards=CardChoice(version)) == 2
    text = path.read_text("utf-8")
    for word in (
        "easy",
        "Easy",
        "braille",
        "Braille",
        "four",
        "Eva",
        "bulletin",
        "power",
        "Mere\n",
    ):
        assert word not in text
    ana = cards_in(path)[1]
    assert (ana.version, ana.first("FN"), ana.first("ORG")) == (version, "Ana Novak", "Mere Club")
    assert ana.every("N")[0].parts() == ["Novak", "Ana", "", "", ""]
    assert [each.text for each in ana.every("EMAIL")] == ["ana@example.org", "novak@example.org"]
    assert ana.every("ADR")[0].parts()[2] == FULL["address"]


@pytest.mark.parametrize("version", ["3.0", "4.0"])
@pytest.mark.parametrize("whole", [False, True])
def test_cards_come_back_as_what_they_were(
    store: Store, make_store: Any, tmp_path: Path, version: str, whole: bool
) -> None:
    club = keep(store, name="Mere Club", nature="organisation", phone="18001 01632 960009")
    keep(store, **FULL, organisation=club.id)
    keep(store, name="Mere Forum", nature="committee", organisation=club.id)
    keep(store, name="Walkers", nature="group", other_phone="1", other_email="w@example.org")
    path = tmp_path / "people.vcf"
    export_file(store, "stakeholder", path, cards=CardChoice(version, whole))
    there = make_store()
    brought(path, there)
    before, after = held(store), held(there)
    assert set(before) == set(after)
    if not whole:
        left = {"stakeholder_type", "locality", "needs", "formats", "notes", "power", "attitude",
                "bulletin", "do_not_contact", "needs_asked", "guardian"}  # fmt: skip
        for values in (*before.values(), *after.values()):
            for name in left:
                values.pop(name)
    assert after == before
    brought(path, store)
    assert len(held(store)) == 4, "and into where they came from they bring nothing"


_LINE = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40
)
_TEXT = st.lists(_LINE, min_size=1, max_size=4).map("\n".join)


@st.composite
def people(draw: st.DrawFn) -> dict[str, Any]:
    values: dict[str, Any] = {"name": draw(_LINE)}
    for name, kind in (
        ("nature", st.sampled_from(["person", "organisation", "group", "committee"])),
        ("job_title", _LINE), ("phone", _LINE), ("mobile", _LINE), ("other_phone", _LINE),
        ("email", st.emails()), ("other_email", st.emails()), ("address", _TEXT),
        ("postcode", _LINE), ("website", _LINE), ("notes", _TEXT), ("needs_note", _TEXT),
        ("languages", st.lists(st.sampled_from(["pol", "bfi", "eng", "rom"]) | _LINE, max_size=3)),
        ("interests", st.lists(st.sampled_from(["carers", "maternity"]) | _LINE, max_size=3)),
        ("power", st.integers(1, 5)), ("locality", _LINE),
    ):  # fmt: skip
        if draw(st.booleans()):
            values[name] = draw(kind)
    return values


@example([{"name": "'=Ann", "email": "0@A.aG", "other_email": "'@A.AC"}], "3.0")
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(people(), min_size=1, max_size=3), st.sampled_from(["3.0", "4.0"]))
def test_whole_cards_of_anybody_come_back_equal(found: list[dict[str, Any]], version: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        here, there = fresh(folder, "here.db"), fresh(folder, "there.db")
        try:
            for values in found:
                keep(here, **values)
            export_file(here, "people", folder / "p.vcf", cards=CardChoice(version, whole=True))
            brought(folder / "p.vcf", there)
            assert held(there) == held(here)
        finally:
            here.close()
            there.close()


def test_pictures_that_came_with_cards_go_out_with_whole_ones(
    store: Store, make_store: Any, tmp_path: Path
) -> None:
    blobs, others = Blobs(tmp_path / "a", b"b" * 32), Blobs(tmp_path / "b", b"c" * 32)
    (tmp_path / "in.vcf").write_text(OLD, "utf-8")
    brought(tmp_path / "in.vcf", store, blobs)
    for version in ("3.0", "4.0"):
        path = tmp_path / f"out{version}.vcf"
        export_file(store, "people", path, cards=CardChoice(version), blobs=blobs)
        assert [p for c in cards_in(path) for p in c.every("PHOTO")] == []
        export_file(store, "people", path, cards=CardChoice(version, whole=True), blobs=blobs)
        assert [p.binary for c in cards_in(path) for p in c.every("PHOTO")] == [DOT]
        there = make_store()
        brought(path, there, others)
        (kept,) = held(there, "attachment").values()
        assert (kept["filename"], kept["media_type"]) == ("photo.png", "image/png")
        brought(path, store, blobs)
        assert len(held(store, "attachment")) == 1, "the same picture is kept once"


def test_only_what_a_list_shows_goes_out_and_only_people(store: Store, tmp_path: Path) -> None:
    (tmp_path / "in.vcf").write_text(NEWEST, "utf-8")
    brought(tmp_path / "in.vcf", store)
    path = tmp_path / "out.vcf"
    groups = ListQuery("stakeholder", where=(Condition("nature", "=", "group"),), sort="pk")
    assert export_file(store, "stakeholder", path, query=groups) == 1
    assert cards_in(path)[0].first("FN") == "Mere Forum"
    with pytest.raises(InvalidInput, match="of people and organisations, not of venues"):
        export_file(store, "venue", path)
    with pytest.raises(InvalidInput, match=r"vCard 3\.0 or 4\.0, not “2\.1”"):
        CardChoice("2.1")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=300))
def test_no_line_is_long_and_none_breaks_a_letter(text: str) -> None:
    lines = folded(f"NOTE:{text}").removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert all(line.startswith(b" ") for line in lines[1:])
    assert b"".join([lines[0], *(line[1:] for line in lines[1:])]).decode() == f"NOTE:{text}"
