"""Labels, lists for a mail-merge and the bulletin's counts, from the command line to the file."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest

from tests.cli.conftest import Engage

TODAY = dt.datetime.now().astimezone().date()
PAST = (TODAY - dt.timedelta(days=40)).isoformat()


@pytest.fixture
def people(engage: Engage, ws: Path) -> Path:
    """Seven who are different in what matters to the post."""

    def add(kind: str, **values: Any) -> str:
        ran = engage("add", ws, kind, json.dumps(values), "--json")
        assert ran.code == 0, ran.err
        return str(ran.json["id"])

    firm = add("stakeholder", name="Mere Trust", nature="organisation", address="1 Wharf Road",
               postcode="ZZ3 1AA", bulletin="yes")  # fmt: skip
    add("stakeholder", name="Ada Quickthorn", address="12 Mill Lane, Kestbury", postcode="ZZ10 2AB",
        bulletin="yes", needs=["braille", "easy_read"], involvement="open2",
        interests=["carers"], email="ada@example.org")  # fmt: skip
    add("stakeholder", name="Bo Lapwing", address="3 Pound Hill, Aldermere", postcode="ZZ2 1AA",
        bulletin="yes", formats=["in_writing_at_least_24_point_sans_serif"], involvement="open3",
        organisation=firm)  # fmt: skip
    add("stakeholder", name="Cy Sandpiper", bulletin="yes", email="cy@example.org",
        organisation=firm, address="1 Wharf Road", postcode="zz3 1aa")  # fmt: skip
    add("stakeholder", name="Di Wagtail", address="4 Pound Hill", bulletin="yes",
        do_not_contact=True)  # fmt: skip
    withdrew = add("stakeholder", name="Ed Oddgarth", address="5 Pound Hill", bulletin="yes")
    add("permission", stakeholder=withdrew, purpose="bulletin", answer="yes", basis="consent",
        given_on=PAST, withdrawn_on=TODAY.isoformat())  # fmt: skip
    add("stakeholder", name="Flo Inchmarlo", bulletin="yes")
    silent = add("stakeholder", name="Gus Umberslade", address="6 Pound Hill", postcode="ZZ2 1AB")
    add("permission", stakeholder=silent, purpose="contact", answer="no", given_on=PAST)
    return ws


def test_labels_are_printed_in_the_order_of_the_round(
    engage: Engage, people: Path, tmp_path: Path
) -> None:
    out = tmp_path / "labels.pdf"
    ran = engage("print", people, "labels", "--out", out, "--json")
    assert ran.code == 0, ran.err
    value = ran.json
    assert (value["labels"], value["pages"]) == (5, 1)
    assert value["left_out"] == {"do_not_contact": 1, "refused": 1, "no_address": 1}
    assert "1 not to be contacted" in value["warnings"][0]
    text = pypdf.PdfReader(out).pages[0].extract_text()
    names = ["Bo Lapwing", "Cy Sandpiper", "Mere Trust", "Ada Quickthorn", "Ed Oddgarth"]
    assert sorted(names, key=text.index) == names
    assert not any(name in text for name in ("Wagtail", "Inchmarlo", "Umberslade"))
    # The employer stands on the label only where the letter goes to the employer's house.
    assert text.count("Mere Trust") == 2


def test_labels_by_name_on_a_sheet_that_was_begun(
    engage: Engage, people: Path, tmp_path: Path
) -> None:
    out = tmp_path / "labels.pdf"
    asked = ("--sheet", "l7163", "--start", 12, "--order", "name", "--where", "bulletin=yes")
    assert engage("print", people, "labels", "--out", out, *asked, "--json").json["pages"] == 2
    pages = [page.extract_text() for page in pypdf.PdfReader(out).pages]
    assert [sum(name in page for name in ("Ada", "Bo ", "Cy ", "Ed ")) for page in pages] == [3, 1]
    assert engage("print", people, "labels", "--out", tmp_path / "x.pdf", "--start", 99).code == 1
    refused = engage("print", people, "register", "--kind", "venue", "--out", tmp_path / "x.pdf",
                     "--sheet", "large")  # fmt: skip
    assert "labels only" in refused.err
    nobody = engage("print", people, "labels", "--out", tmp_path / "x.pdf", "--where", "name=Di")
    assert "no label" in nobody.err
    assert not (tmp_path / "x.pdf").exists()


def test_the_mail_list_holds_those_who_agreed_and_what_they_need(
    engage: Engage, people: Path, tmp_path: Path
) -> None:
    out = tmp_path / "merge.csv"
    ran = engage("mail-list", people, out, "--json")
    assert ran.code == 0, ran.err
    assert ran.json["rows"] == 5
    assert ran.json["left_out"] == {"do_not_contact": 1, "not_agreed": 2}
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["Name"]: row for row in csv.DictReader(file)}
    assert set(rows) == {"Ada Quickthorn", "Bo Lapwing", "Cy Sandpiper", "Flo Inchmarlo",
                         "Mere Trust"}  # fmt: skip
    ada = rows["Ada Quickthorn"]
    assert (ada["Address line 1"], ada["Address line 2"], ada["Address line 3"]) == (
        "12 Mill Lane", "Kestbury", "",
    )  # fmt: skip
    assert ada["Format"] == "Easy read; Braille"
    assert rows["Bo Lapwing"]["Format"] == "Large print"
    assert rows["Bo Lapwing"]["Least size of letters (points)"] == "24"
    assert rows["Flo Inchmarlo"]["Format"] == "Standard"


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (("--level", "open2"), ["Ada Quickthorn"]),
        (("--interest", "Carers"), ["Ada Quickthorn"]),
        (("--format", "braille"), ["Ada Quickthorn"]),
        (("--format", "Large print"), ["Bo Lapwing"]),
        (("--format", "in_writing_at_least_24_point_sans_serif"), ["Bo Lapwing"]),
        (("--format", "standard"), ["Cy Sandpiper", "Flo Inchmarlo", "Mere Trust"]),
        (("--for", "quotes"), []),
        (("--where", "postcode=ZZ2 1AA"), ["Bo Lapwing"]),
        (("--for", "contact", "--where", "name~Oddgarth"), ["Ed Oddgarth"]),
    ],
)
def test_the_mail_list_is_narrowed(
    engage: Engage, people: Path, tmp_path: Path, asked: tuple[str, ...], names: list[str]
) -> None:
    out = tmp_path / "merge.xlsx"
    ran = engage("mail-list", people, out, *asked, "--json")
    assert ran.code == 0, ran.err
    sheet = openpyxl.load_workbook(out).worksheets[0]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == names


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("a.pdf",), "not “a.pdf”"),
        (("a.csv", "--level", "open9"), "open9"),
        (("a.csv", "--format", "papyrus"), "papyrus"),
        (("a.csv", "--for", "fun"), "Purposes"),
    ],
)
def test_a_wish_that_cannot_be_met_is_said(
    engage: Engage, people: Path, tmp_path: Path, asked: tuple[str, ...], said: str
) -> None:
    ran = engage("mail-list", people, tmp_path / asked[0], *asked[1:])
    assert ran.code == 1
    assert said in ran.err
    assert not (tmp_path / asked[0]).exists()


def test_the_bulletin_is_counted_by_format(engage: Engage, people: Path) -> None:
    value = engage("report", people, "bulletin", "--json").json
    counts = {row["format"]: row["people"] for row in value["rows"]}
    assert counts == {"standard": 3, "easy_read": 1, "large_print": 1, "braille": 1, "audio": 0}
    assert value["totals"] == {"people": 5, "do_not_contact": 1, "not_agreed": 2}
    standard = value["rows"][0]
    assert (standard["with_email"], standard["with_address"]) == (1, 2)


def test_the_sample_has_four_hundred_and_three_in_braille(engage: Engage, tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    assert engage("new", folder, "--officer", "Ada", "--sample").code == 0
    value = engage("report", folder, "bulletin", "--json").json
    counts = {row["format"]: row["people"] for row in value["rows"]}
    assert value["totals"]["people"] == 400
    assert counts["braille"] == 3
    assert counts["easy_read"] >= 10
    assert counts["large_print"] >= 10
    ran = engage("print", folder, "labels", "--out", tmp_path / "l.pdf", "--json")
    assert ran.json["labels"] > 300
    assert ran.json["left_out"]["do_not_contact"] == 3
