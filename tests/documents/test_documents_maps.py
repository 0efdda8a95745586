"""Maps on paper: read back as a screen reader and a validator would, at 5, 60 and 300."""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from collections.abc import Callable
from xml.etree import ElementTree

import pypdf
import pypdfium2
import pytest

from engage_desktop.documents.map_doc import PAPERS, Paper, render_map, render_picture
from engage_desktop.maps import county, grid, matrix, network, svg
from engage_desktop.maps.scene import Scene
from engage_desktop.queries.matrix import Standing, Standings
from tests.documents.reading import Reading
from tests.maps import made

DAY = dt.date(2026, 11, 24)
Draw = Callable[[tuple[float, float], float], Scene]


def standings(count: int) -> Standings:
    named = tuple(
        Standing(who, "" if number % 3 else "Mere Trust", "Manager" if number % 2 else "",
                 "Early sight of papers\nA named contact" if number % 4 else "")
        for number, who in enumerate(made.people(count))
    )  # fmt: skip
    return Standings(named, Counter(public=378), Counter(all_stakeholders=378))


def drawers(count: int) -> dict[str, Draw]:
    scores, ties = made.scores(count, before=True), made.ties(count)
    places = made.county(towns=max(2, count // 6), mapped=count // 10)
    known = standings(count)
    return {
        "grid": lambda size, text: grid.build(scores, size=size, text=text),
        "network": lambda size, text: network.build(ties, size=size, text=text),
        "matrix": lambda size, text: matrix.matrix(known, across=size[0], text=text),
        "types": lambda size, text: matrix.types(known, across=size[0], text=text),
        "places": lambda size, text: county.build(places, size=size, text=text),
    }


MAPS = ("grid", "network", "matrix", "types", "places")


def written(draw: Draw, paper: Paper = "a4") -> bytes:
    out = io.BytesIO()
    render_map(draw, out, paper=paper, day=DAY)
    return out.getvalue()


def pictures_in(data: bytes) -> int:
    """Images anywhere in the file, forms and patterns included."""
    reader = pypdf.PdfReader(io.BytesIO(data))
    found = sum(
        1
        for number in range(1, len(reader.xref[0]) + 1)
        if number in reader.xref[0]
        and isinstance(value := reader.get_object(number), dict)
        and value.get("/Subtype") == "/Image"
    )
    return found + sum(len(page.images) for page in reader.pages)


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize(("count", "paper"), [(5, "a4"), (60, "a4"), (60, "a3"), (300, "a4")])
def test_a_map_reads_aloud_is_vector_and_has_its_faces(name: str, count: int, paper: Paper) -> None:
    drawn: list[Scene] = []

    def draw(size: tuple[float, float], text: float) -> Scene:
        drawn.append(drawers(count)[name](size, text))
        return drawn[-1]

    data = written(draw, paper)
    scene = drawn[-1]
    reading = Reading(data)
    assert reading.faults == []
    assert pictures_in(data) == 0
    assert reading.texts("H1") == [scene.title]
    figures = reading.nodes("Figure")
    assert len(figures) == (0 if scene.table.gap else 1)
    for figure in figures:
        assert str(figure.raw["/Alt"]).startswith(scene.title)
    assert reading.texts("TH") == list(scene.table.headings)
    rows = reading.nodes("TR")[1:]
    assert len(rows) == len(scene.table.rows)
    for node, row in zip(rows, scene.table.rows, strict=True):
        cells = [" ".join(kid.all_text.split()) for kid in node.kids]
        told = [" ".join((cell or scene.table.gap).split()) for cell in row]
        assert [c.replace(" ", "") for c in cells] == [c.replace(" ", "") for c in told]
    for words in (*(a.sentence for a in scene.advice), *scene.notes):
        assert words in reading.text
    size = pypdf.PdfReader(io.BytesIO(data)).pages[0].mediabox
    assert (float(size.width), float(size.height)) == pytest.approx(PAPERS[paper].page, abs=0.01)


@pytest.mark.parametrize("name", ["grid", "network", "places"])
def test_the_picture_stays_on_its_page(name: str) -> None:
    """Nothing is drawn over the edge: what lies within the margins is all there is."""
    data = written(drawers(60)[name])
    document = pypdfium2.PdfDocument(data)
    page = document[0]
    bitmap = page.render(scale=1, grayscale=True)
    held, wide, high = bytes(bitmap.buffer), bitmap.width, bitmap.height
    inked = [(x, y) for y in range(high) for x in range(wide) if held[y * bitmap.stride + x] < 250]
    assert min(x for x, _ in inked) >= 34
    assert max(x for x, _ in inked) <= wide - 34
    assert min(y for _, y in inked) >= 30
    bitmap.close()
    page.close()
    document.close()


@pytest.mark.parametrize("name", MAPS)
def test_the_picture_alone_is_one_page(name: str) -> None:
    for count in (5, 60):
        scene = drawers(count)[name]((762.0, 380.0), 9.0)
        out = io.BytesIO()
        assert render_picture(scene, out).pages == 1
        reading = Reading(out.getvalue())
        assert reading.faults == []
        assert float(pypdf.PdfReader(out).pages[0].mediabox.height) > scene.size[1]


@pytest.mark.parametrize("name", MAPS)
def test_an_svg_is_well_formed_and_its_words_are_words(name: str) -> None:
    scene = drawers(60)[name]((762.0, 380.0), 9.0)
    text = svg.render(scene)
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title").text == scene.title
    assert root.find(f"{space}desc").text == scene.description
    drawn = [node.text for node in root.iter(f"{space}text")]
    for item in scene.items:
        if hasattr(item, "anchor") and item.text:
            assert item.text in drawn
    title = next(node for node in root.iter(f"{space}text") if node.text == scene.title)
    assert title.get("fill") != "#FFFFFF", "white on white"
    assert not any("href" in attribute for node in root.iter() for attribute in node.attrib)
    assert not any(who.id in text for who in made.people(60)), "ids stay in the house"


def test_signs_of_every_kind_in_names_are_drawn_or_named() -> None:
    """A name no font has is spelt, and one that a file may not hold does not break it."""
    people = made.people(4)
    odd = ("Zoë Ŵyn", "健康", "a\x00b\x1fc", "<b>&amp;\"'")
    from dataclasses import replace

    placed = tuple(
        replace(one, who=replace(who, name=name))
        for one, who, name in zip(made.scores(4).placed, people, odd, strict=True)
    )
    scores = replace(made.scores(4), placed=placed)
    data = written(lambda size, text: grid.build(scores, size=size, text=text))
    reading = Reading(data)
    assert reading.faults == []
    assert "Zoë Ŵyn" in reading.text
    assert "[Chinese script]" in reading.text
    ElementTree.fromstring(svg.render(grid.build(scores)))
