"""The stakeholder matrix and the table of types: the same rows and gaps as in the papers."""

from __future__ import annotations

import csv
import io

import pytest

from engage_desktop.maps import matrix
from engage_desktop.maps.files import save_map
from engage_desktop.maps.scene import Area, Scene, Text
from engage_desktop.queries.mapping import Keep
from engage_desktop.queries.matrix import standings
from tests.maps.conftest import Office


@pytest.fixture
def papers(office: Office) -> Office:
    """The shape of seed 002 App. 2 and seed 001 App. 6, with the names made up."""
    office.who("Everybody", nature="group", matrix_group="all_stakeholders",
               we_need="Engagement and involvement in decision-making")  # fmt: skip
    for name in ("Travellers’ network", "Refugee forum"):
        office.who(name, nature="group", matrix_group="vulnerable",
                   we_need="Use of interpretive tools\nMeetings, events, focus groups")  # fmt: skip
    trust = office.who("Mere Acute Trust", nature="organisation", matrix_group="nhs_partner",
                       stakeholder_type="provider")  # fmt: skip
    for name, title in (("Ann Example", "Chief Executive"), ("Bob Example", "Medical Director")):
        office.who(name, stakeholder_type="provider", organisation=trust, job_title=title)
    office.who("Patient reference groups", nature="group", stakeholder_type="ppg")
    office.who("Cai Example", stakeholder_type="practice", job_title="Designated GP Lead")
    for number in range(3):
        office.who(f"Resident {number}", stakeholder_type="public")
    return office


def cells(scene: Scene, first: str) -> list[tuple[str, ...]]:
    return [row[1:] for row in scene.table.rows if row[0] == first]


def test_the_matrix_has_a_row_for_each_group_and_shows_its_gaps(papers: Office) -> None:
    scene = matrix.matrix(standings(papers.reader))
    assert [row[0] for row in scene.table.rows] == [
        "All stakeholders", "Vulnerable groups", "Key partners", "Other partners", "Influencers",
        "NHS partners", "Other NHS", "No matrix group yet",
    ]  # fmt: skip
    assert cells(scene, "All stakeholders") == [
        ("Everybody", "", "Engagement and involvement in decision-making")
    ]
    assert cells(scene, "Vulnerable groups") == [
        ("Refugee forum\nTravellers’ network", "",
         "Use of interpretive tools\nMeetings, events, focus groups")
    ]  # fmt: skip
    assert cells(scene, "Key partners") == [("", "", "")]
    assert "Nobody at all: Key partners, Other partners, Influencers, Other NHS" in (
        scene.description
    )
    empty = sum(not cell for row in scene.table.rows for cell in row)
    hatched = [item for item in scene.items if isinstance(item, Area) and item.hatched]
    said = [item for item in scene.items if isinstance(item, Text) and item.text == "Gap"]
    assert len(hatched) == len(said) == empty > 0
    assert [area.key for area in scene.walk()] == list(scene.table.keys)
    assert len(set(scene.table.keys)) == len(scene.table.keys)


def test_the_table_of_types_has_organisation_and_job_title(papers: Office) -> None:
    scene = matrix.types(standings(papers.reader))
    assert cells(scene, "Provider of care") == [
        ("Mere Acute Trust", "Chief Executive", "Ann Example"),
        ("Mere Acute Trust", "Medical Director", "Bob Example"),
    ]
    assert cells(scene, "Patient participation group") == [("Patient reference groups", "", "")]
    assert cells(scene, "Member practice") == [("", "Designated GP Lead", "Cai Example")]
    assert cells(scene, "People who live here") == [("", "", "3 people")]
    assert cells(scene, "Media") == [("", "", "")]
    assert [area.key for area in scene.walk()] == list(scene.table.keys)
    assert len(set(scene.table.keys)) == len(scene.table.keys)


def test_gaps_stay_empty_in_a_file(papers: Office, tmp_path: object) -> None:
    import datetime as dt
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    known = standings(papers.reader)
    out = tmp_path / "types.csv"
    save_map(lambda size, text: matrix.types(known), out, day=dt.date(2026, 11, 24))
    rows = list(csv.reader(io.StringIO(out.read_text("utf-8-sig"))))
    assert ["Media", "", "", ""] in rows
    assert tuple(map(tuple, rows[1:])) == matrix.types(known).table.rows


def test_names_are_hidden_and_sensitive_work_is_not_told(office: Office) -> None:
    forum = office.who("Secret forum", nature="group", reveals=True, matrix_group="vulnerable")
    office.who("Ann Example", organisation=forum, job_title="Chair", matrix_group="vulnerable")
    plain = matrix.matrix(standings(office.reader))
    assert cells(plain, "Vulnerable groups")[0][0] == "Secret forum\nAnn Example (Chair)"
    asked = matrix.matrix(standings(office.reader, Keep(sensitive=True)))
    assert "Ann Example (Chair, Secret forum)" in cells(asked, "Vulnerable groups")[0][0]
    hidden = matrix.matrix(standings(office.reader), hide_names=True)
    assert "Ann" not in repr(hidden)
    assert "Secret forum" in repr(hidden)
    assert "a name inside them is not looked for" in " ".join(hidden.notes)


def test_a_long_cell_is_cut_in_the_picture_and_whole_in_the_table(office: Office) -> None:
    office.who("Forum", nature="group", matrix_group="vulnerable",
               they_want="\n".join(f"Wish number {n}" for n in range(40)))  # fmt: skip
    scene = matrix.matrix(standings(office.reader))
    assert cells(scene, "Vulnerable groups")[0][1].count("\n") == 39
    drawn = [item.text for item in scene.items if isinstance(item, Text)]
    assert "and 29 more lines" in drawn
    assert "Wish number 30" not in drawn
    bottoms = [item.y for item in scene.items if isinstance(item, Text)]
    assert max(bottoms) <= scene.size[1]
