"""Maps on the command line: every document in every form, narrowed, frozen, and refused."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pypdf
import pypdfium2
import pytest

from engage_desktop.cli.maps import MAPS
from tests.cli.conftest import Engage


@pytest.fixture
def county(engage: Engage, ws: Path) -> dict[str, str]:
    """A handful of stakeholders, tied, scored and placed."""

    def add(kind: str, **values: object) -> str:
        ran = engage("add", ws, kind, json.dumps(values), "--json")
        assert ran.code == 0, ran.err
        return str(ran.json["id"])

    mere = add("place", name="Mere", level="locality", code="E0000001", list_size=9000)
    forum = add("stakeholder", name="Mere Forum", nature="group", stakeholder_type="voluntary",
                matrix_group="vulnerable", power=2, interest=5, locality="mere")  # fmt: skip
    council = add("stakeholder", name="Moor Council", nature="organisation", power=5, interest=2,
                  stakeholder_type="council", matrix_group="key_partner")  # fmt: skip
    ann = add("stakeholder", name="Ann Example", stakeholder_type="ppg", power=1, interest=4,
              attitude=-1, attitude_wanted=2, organisation=council, job_title="Leader",
              places=[mere], do_not_contact=True)  # fmt: skip
    add("membership", member=ann, group=forum, role="chair", started="2025-04-01")
    add("relationship", one=council, tie="funds", other=forum)
    return {"mere": mere, "forum": forum, "council": council, "ann": ann}


@pytest.mark.parametrize("name", MAPS)
def test_each_map_is_written_in_each_form(
    engage: Engage, ws: Path, county: dict[str, str], tmp_path: Path, name: str
) -> None:
    for ending in ("pdf", "svg", "png", "csv"):
        out = tmp_path / f"map.{ending}"
        ran = engage("print", ws, name, "--out", out, "--json")
        assert ran.code == 0, ran.err
        assert ran.json["document"] == name
    text = " ".join(p.extract_text() for p in pypdf.PdfReader(tmp_path / "map.pdf").pages)
    svg = ElementTree.parse(tmp_path / "map.svg").getroot()
    drawn = " ".join("".join(node.itertext()) for node in svg.iter())
    rows = list(csv.reader(io.StringIO((tmp_path / "map.csv").read_text("utf-8-sig"))))
    word = "Mere" if name == "place-map" else "Moor Council"
    assert word in text
    assert word in drawn
    assert any(word in cell for row in rows for cell in row)
    assert [child.tag.rpartition("}")[2] for child in svg][:2] == ["title", "desc"]
    data = (tmp_path / "map.png").read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(data) > 5_000


def test_a_png_is_what_the_pdf_shows(
    engage: Engage, ws: Path, county: dict[str, str], tmp_path: Path
) -> None:
    from PIL import Image

    out = tmp_path / "map.png"
    assert engage("print", ws, "network", "--out", out).code == 0
    with Image.open(out) as picture:
        picture.load()
        assert picture.mode == "RGB"
        assert picture.size[0] > 1500
        colours = {colour for _, colour in picture.getcolors(1_000_000) or []}
        assert {(255, 255, 255), (0, 94, 184), (216, 232, 246)} <= colours
        assert picture.info["dpi"][0] == pytest.approx(200, abs=0.1)


def test_the_map_warns_of_patients_who_are_only_kept_informed(
    engage: Engage, ws: Path, county: dict[str, str], tmp_path: Path
) -> None:
    ran = engage("print", ws, "stakeholder-map", "--out", tmp_path / "map.pdf", "--json")
    (advice,) = ran.json["advice"]
    assert "All patients and local people on this map end in “Keep informed”" in advice
    said = engage("print", ws, "stakeholder-map", "--out", tmp_path / "again.pdf")
    assert "Raise their influence" in said.out


def test_scores_are_frozen_and_drawn_beside_those_of_later(
    engage: Engage, ws: Path, county: dict[str, str], tmp_path: Path
) -> None:
    ran = engage("freeze-scores", ws, "Start of it", "--on", "1/3/2026", "--json")
    assert ran.code == 0, ran.err
    assert (ran.json["stakeholders"], ran.json["scored_on"]) == (3, "2026-03-01")
    again = engage("freeze-scores", ws, "start of  it", "--json")
    assert again.code == 1
    assert "3 stakeholders have scores frozen as “Start of it” already" in again.error["sentence"]
    nameless = engage("freeze-scores", ws, " ", "--json")
    assert "Give the occasion a name" in nameless.error["sentence"]
    moved = {"power": 4}
    assert engage("edit", ws, "stakeholder", county["ann"], json.dumps(moved)).code == 0
    out = tmp_path / "map.csv"
    assert engage("print", ws, "stakeholder-map", "--since", "start of it", "--out", out).code == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    ann = next(row for row in rows if row["Name"] == "Ann Example")
    assert (ann["Power"], ann["Power then"], ann["Do not contact"]) == ("4", "1", "Yes")
    assert engage("undo", ws).code == 0
    undone = engage("undo", ws)
    assert undone.code == 0
    assert "Freeze scores" in undone.out
    assert "Start of it" not in undone.out
    out.unlink()
    gone = engage("print", ws, "stakeholder-map", "--since", "Start of it", "--out", out, "--json")
    assert "No scores have been frozen yet" in gone.error["sentence"]


def test_a_network_is_focused_narrowed_and_dated(
    engage: Engage, ws: Path, county: dict[str, str], tmp_path: Path
) -> None:
    out = tmp_path / "net.csv"

    def ties(*options: str) -> list[tuple[str, str, str]]:
        ran = engage("print", ws, "network", "--out", out, "--replace", *options)
        assert ran.code == 0, ran.err
        rows = csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))
        return sorted((row["From"], row["Is what"], row["To"]) for row in rows)

    member = ("Ann Example", "Member of", "Mere Forum")
    works = ("Ann Example", "Works for", "Moor Council")
    funds = ("Moor Council", "Funds", "Mere Forum")
    assert ties() == [member, works, funds]
    assert ties("--on", "31/3/2025") == [works, funds]
    assert ties("--links", "Funds") == [funds]
    assert ties("--links", "works for", "--links", "member_of") == [member, works]
    assert ties("--group", "Mere Forum") == [member]
    assert ties("--focus", "mere forum") == [member, works, funds]
    assert ties("--focus", county["ann"], "--links", "Member of") == [member]
    assert ties("--type", "Council") == []
    out.unlink()
    unknown = engage("print", ws, "network", "--out", out, "--links", "nonsense", "--json")
    assert unknown.code == 1
    assert "There are no links “nonsense”. Nothing was written." in unknown.error["sentence"]
    assert not out.exists()
    tie = {"one": "Mere Forum", "other": "Moor Council", "tie": "hosts"}
    assert engage("add", ws, "relationship", json.dumps(tie)).code == 0
    assert ties("--links", "hosts") == [("Mere Forum", "hosts", "Moor Council")]
    itself = {"member": "Mere Forum", "group": "Mere Forum"}
    refused = engage("add", ws, "membership", json.dumps(itself), "--json")
    assert "Nobody is a member of themselves" in refused.error["sentence"]
    hidden = ties("--hide-names")
    assert hidden[-1] == ("Person 1", "Works for", "Moor Council")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("stakeholder-map", "--axes", "shoe"), "There are no axes “shoe”"),
        (("stakeholder-map", "--group", "Nobody"), "There is no stakeholder called “Nobody”"),
        (("stakeholder-map", "--paper", "a9"), "Maps are printed on A4 or A3"),
        (("network", "--depth", "9"), "1 to 6, not 9"),
        (("network", "--focus", "f" * 32), "The stakeholder to focus on is not here"),
        (("network", "--on", "32/1/2026"), "32/1/2026"),
        (("place-map", "--level", "galaxy"), "No place is a “galaxy”. Levels in use: Locality"),
        (("feedback-summary", "--focus", "x"), "is not a map"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_written(
    engage: Engage, ws: Path, county: dict[str, str], tmp_path: Path,
    arguments: tuple[str, ...], said: str,
) -> None:  # fmt: skip
    out = tmp_path / "map.pdf"
    out.write_bytes(b"what was here before")
    ran = engage("print", ws, *arguments, "--out", out, "--replace", "--json")
    assert ran.code == 1
    assert said in ran.error["sentence"]
    assert out.read_bytes() == b"what was here before"


def test_another_ending_is_refused(engage: Engage, ws: Path, tmp_path: Path) -> None:
    ran = engage("print", ws, "network", "--out", tmp_path / "map.docx", "--json")
    assert "ends in none of them" in ran.error["sentence"]
    assert not (tmp_path / "map.docx").exists()


def test_maps_of_an_empty_workspace_say_so(engage: Engage, ws: Path, tmp_path: Path) -> None:
    for name in MAPS:
        for ending in ("pdf", "svg", "png", "csv"):
            ran = engage("print", ws, name, "--out", tmp_path / f"{name}.{ending}")
            assert ran.code == 0, ran.err
        document = pypdfium2.PdfDocument(tmp_path / f"{name}.pdf")
        assert len(document) >= 1
        document.close()
    ran = engage("freeze-scores", ws, "Start", "--json")
    assert "Nobody has a score yet" in ran.error["sentence"]


def test_boundaries_come_in_from_a_file(
    engage: Engage, ws: Path, county: dict[str, str], tmp_path: Path
) -> None:
    square = [[[-2.0, 53.0], [-1.9, 53.0], [-1.9, 53.1], [-2.0, 53.1], [-2.0, 53.0]]]
    features = [
        {"type": "Feature", "properties": {"LOC21CD": code, "LOC21NM": name},
         "geometry": {"type": "Polygon", "coordinates": square}}
        for code, name in (("E0000001", "Anything"), ("E0000009", "Elsewhere"))
    ]  # fmt: skip
    path = tmp_path / "places.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    looked = engage("import", ws, "place", path, "--preview", "--json")
    assert (looked.json["updated"], looked.json["preview"]) == (1, True)
    ran = engage("import", ws, "place", path, "--json")
    assert ran.code == 0, ran.err
    assert ran.json["updated"] == 1
    assert [item["row"] for item in ran.json["refused"]] == [2]
    assert ran.json["not_taken"] == ["LOC21CD", "LOC21NM"]
    assert engage("import", ws, "place", path, "--json").json["unchanged"] == 1
    shown = engage("show", ws, "place", county["mere"], "--json").json
    assert json.loads(shown["boundary"])["coordinates"] == square
    svg = tmp_path / "map.svg"
    assert engage("print", ws, "place-map", "--out", svg).code == 0
    assert engage("undo", ws).code == 0
    assert engage("show", ws, "place", county["mere"], "--json").json["boundary"] == ""
    words = engage("import", ws, "place", path)
    assert "Feature 2 was not taken: “Elsewhere” is no place here" in words.out
