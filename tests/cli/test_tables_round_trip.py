"""Tables as organisations keep them are keyed into CSV, imported, and come back with the same rows
and gaps: a map of types, organisations and job titles; a stakeholder matrix; a list of groups.

Fictional tables of the same shapes are always tried. The printed ones they are shaped after name
real organisations, so that none of them is kept here; they are read where they lie, in
`shared/seeds` beside the checkout or one folder above.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdf
import pytest

from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.records.values import fold
from tests.cli.conftest import Engage

GAP = ""
Post = tuple[str, str, str]
Group = tuple[str, tuple[str, ...], tuple[str, ...]]

POSTS: list[Post] = [
    ("People who live here", GAP, GAP),
    ("Other patient groups", "Marlshire Patient Council", "Chair"),
    ("Patient reference groups", "Member practices", "Practice managers"),
    ("Healthwatch", "Healthwatch Marlshire", "Manager"),
    ("Member practice", GAP, "Designated lead"),
    ("Acute trust", "Marlford Hospital", "Chief executive"),
    ("Acute trust", "Marlford Hospital", "Medical director"),
    ("Upper tier authority", "Marlshire Council", "Chief executive"),
    ("Upper tier authority", "Marlshire Council", "Director, Adults & Communities"),
    ("Media", "The Marlshire Courier", GAP),
]
GROUPS: list[Group] = [
    ("All stakeholders", (), ("Engagement in decisions",)),
    ("Vulnerable groups", ("Travellers", "Young / Old", "Refugees"),
     ("Through community networks, with toolkits", "Easy read")),
    ("Key partners", ("Marlshire Council", "Marlford Hospital"), ("Contract meetings",)),
    ("Other partners", ("Faith groups",), ()),
    ("Influencers", (), ()),
    ("NHS partners", ("Area team",), ("Reputation",)),
    ("Other NHS", ("Marl Vale Trust",), ("Effective engagement & involvement",)),
]  # fmt: skip
LISTED = [
    ("Prism Marlshire", "Two support groups; 1 for 13 to 19 year olds. Health, “too”."),
    ("The Loft", "A service in Pennicombe, for children's and young people's mental health."),
    ("Whose Voice?", "A game about maternity services."),
]


@dataclass(frozen=True)
class Tables:
    posts: Sequence[Post]
    groups: Sequence[Group]
    listed: Sequence[tuple[str, str]]


def keyed(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headings, *rows])
    return path


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def gone_in(engage: Engage, ws: Path, file: Path) -> None:
    value = engage("import", ws, "stakeholder", file, "--json").json
    assert value["refused"] == []
    assert value["not_taken"] == []


def cell(text: str) -> str:
    return GAP if text == "Gap" else text


def types_come_back(engage: Engage, ws: Path, tmp: Path, posts: Sequence[Post]) -> None:
    # Each post is somebody; who has neither organisation nor title is a gap, and nobody is keyed.
    rows = [
        (f"{title or 'Somebody'} {number}", kind, firm, title)
        for number, (kind, firm, title) in enumerate(posts)
        if firm or title
    ]
    headings = ("Name", "Stakeholder type", "Organisation", "Job title")
    gone_in(engage, ws, keyed(tmp / "types.csv", headings, rows))
    out = tmp / "types-out.csv"
    assert engage("print", ws, "types", "--out", out).code == 0
    drawn = [tuple(cell(text) for text in row[:3]) for row in read_csv(out)[1:]]
    offered = {choice.label for choice in Stakeholder.specs()["stakeholder_type"].choices}
    told = {kind for kind, *_ in posts}
    empty = [(kind, GAP, GAP) for kind in offered - told]
    assert sorted(drawn) == sorted([*posts, *empty])


def matrix_comes_back(engage: Engage, ws: Path, tmp: Path, groups: Sequence[Group]) -> None:
    rows = []
    for label, there, wants in groups:
        said = "\n".join(wants)
        # What is wanted of nobody by name is written down for the group as such.
        names = there or ((label,) if wants else ())
        rows += [(name, "Group or network", label, said) for name in names]
    headings = ("Name", "Person or organisation", "Matrix group", "What they want")
    gone_in(engage, ws, keyed(tmp / "matrix.csv", headings, rows))
    out = tmp / "matrix-out.csv"
    assert engage("print", ws, "matrix", "--out", out).code == 0
    drawn = {row[0]: row for row in read_csv(out)[1:]}
    for label, there, wants in groups:
        row = [cell(text) for text in drawn.pop(label)]
        assert sorted(filter(None, row[1].split("\n"))) == sorted(there)
        assert tuple(filter(None, row[2].split("\n"))) == wants
        assert row[3] == GAP
    assert not drawn


def list_comes_back(engage: Engage, ws: Path, tmp: Path, listed: Sequence[tuple[str, str]]) -> None:
    rows = [(name, "Organisation", about) for name, about in listed]
    headings = ("Name", "Person or organisation", "Notes")
    gone_in(engage, ws, keyed(tmp / "list.csv", headings, rows))
    out = tmp / "list-out.csv"
    assert engage("export", ws, "stakeholder", out).code == 0
    head, *body = read_csv(out)
    at = [head.index("Name"), head.index("Notes")]
    assert sorted((row[at[0]], row[at[1]]) for row in body) == sorted(listed)
    paper = tmp / "list.pdf"
    assert engage("print", ws, "register", "--kind", "stakeholder", "--out", paper).code == 0
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(paper).pages)
    flat = re.sub(r"\s", "", text)
    assert all(re.sub(r"\s", "", name) in flat for name, _ in listed)


CHECKS = {"posts": types_come_back, "groups": matrix_comes_back, "listed": list_comes_back}


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_table_comes_back_with_its_rows_and_gaps(
    engage: Engage, ws: Path, tmp_path: Path, name: str
) -> None:
    tables = Tables(POSTS, GROUPS, LISTED)
    CHECKS[name](engage, ws, tmp_path, getattr(tables, name))


# -- the printed ones -------------------------------------------------------------------------


def printed(number: str) -> str:
    above = Path(__file__).resolve().parents[3:5]
    found = [file for folder in above for file in folder.glob(f"shared/seeds/{number}_*.txt")]
    if not found:
        pytest.skip("The printed tables do not lie beside this checkout (shared/seeds).")
    return found[0].read_text("utf-8")


def test_the_printed_map_of_types_comes_back(engage: Engage, ws: Path, tmp_path: Path) -> None:
    text = printed("001").split("STAKEHOLDER MAP")[-1]
    cells = [" ".join(part.split()) for part in re.split(r"\n\t", text.split("REFERENCES")[0])]
    posts = rows_of_three(cells)
    assert len(posts) >= 15
    assert any(firm == GAP == title for _, firm, title in posts)
    types_come_back(engage, ws, tmp_path, posts)


def rows_of_three(cells: list[str]) -> list[Post]:
    """The cells of the printed table: three to a row, an empty one being a gap.

    The people of the place have a type of their own in the list, which an officer would choose.
    """
    start = cells.index("Job Title") + 1
    body = cells[start:]
    whole = body[: len(body) // 3 * 3]
    rows = [tuple(whole[at : at + 3]) for at in range(0, len(whole), 3)]
    living = "People who live here"
    return [
        (living if row[0].startswith(living.removesuffix(" here")) else row[0], row[1], row[2])
        for row in rows
        if row[0]
    ]


def test_the_printed_matrix_comes_back(engage: Engage, ws: Path, tmp_path: Path) -> None:
    text = printed("002").split("Stakeholder Group\tGroups Identified")[1]
    table = text.split("Health and Social Care Act 2012")[0]
    spec = Stakeholder.specs()["matrix_group"]
    found: list[Group] = []
    for line in table.splitlines()[1:]:
        parts = [part.strip() for part in line.split("\t")]
        if len(parts) < 3:
            continue
        there, wants = bullets(parts[1]), bullets(parts[2])
        if not parts[0]:  # a row that goes on over the page
            label, before, said = found.pop()
            found.append((label, (*before, *there), (*said, *wants)))
            continue
        label = next(
            (c.label for c in spec.choices if fold(parts[0]).startswith(fold(c.label))), parts[0]
        )
        found.append((label, there, wants))
    assert len(found) == 7
    matrix_comes_back(engage, ws, tmp_path, found)


def bullets(text: str) -> tuple[str, ...]:
    plain = re.sub(r"</?(?:ul|li)[^>]*>", " ", text)
    parts = plain.split("•") if "•" in plain else [plain]
    return tuple(said for part in parts if (said := " ".join(part.split())))


def test_the_printed_list_of_groups_comes_back(engage: Engage, ws: Path, tmp_path: Path) -> None:
    text = printed("000").split("APPENDIX 1: ENGAGEMENT GROUPS")[1].split("APPENDIX 2")[0]
    rows = [line.split("\t") for line in text.splitlines() if "\t" in line][1:]
    listed = [(row[0].strip(), row[1].strip()) for row in rows]
    assert len(listed) >= 20
    list_comes_back(engage, ws, tmp_path, listed)
