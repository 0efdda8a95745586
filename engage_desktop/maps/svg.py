"""A scene as SVG: text as text, with a title and a description, nothing fetched from anywhere.

Ids of records stay in the house: the file holds what is printed and no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from engage_desktop.documents.style import BODY_FAMILY, PLAIN_DIGITS_FAMILY
from engage_desktop.maps.lettering import spelt, width, wrapped
from engage_desktop.maps.palette import PAPER
from engage_desktop.maps.scene import (
    DASHES,
    Area,
    Entry,
    Item,
    Line,
    Mark,
    Point,
    Scene,
    Text,
    arrow_head,
    bar,
    hatching,
    outline,
)

_MARGIN = 24.0
_TITLE, _WORDS = 18.0, 10.0
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ANCHORS = {"start": "", "middle": ' text-anchor="middle"', "end": ' text-anchor="end"'}


def render(scene: Scene) -> str:
    """The whole file. The picture stands under its title; legend and notes beneath it."""
    across = scene.size[0] + 2 * _MARGIN
    top = _MARGIN + _TITLE * 1.6
    foot, height = _foot(scene, top + scene.size[1] + 12, across)
    body = "\n".join(line for item in scene.items for line in _item(item))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{across:g}pt" height="{height:g}pt" '
        f'viewBox="0 0 {across:g} {height:g}" role="img" aria-labelledby="title description" '
        f"font-family={quoteattr(f'{BODY_FAMILY}, {PLAIN_DIGITS_FAMILY}, sans-serif')}>\n"
        f'<title id="title">{_said(scene.title)}</title>\n'
        f'<desc id="description">{_said(scene.description)}</desc>\n'
        f'<rect width="100%" height="100%" fill="#FFFFFF"/>\n'
        f"{_text(Text(_MARGIN, _MARGIN + _TITLE * 0.8, scene.title, _TITLE, 'info', True))}\n"
        f'<g transform="translate({_MARGIN:g} {top:g})">\n{body}\n</g>\n'
        + "\n".join(foot)
        + "\n</svg>\n"
    )


def _foot(scene: Scene, top: float, across: float) -> tuple[list[str], float]:
    """Legend, advice and notes, and the height of the file."""
    found: list[str] = []
    x, y = _MARGIN, top
    for entry in scene.legend:
        room = 30 + width(spelt(entry.words), _WORDS)
        if x > _MARGIN and x + room > across - _MARGIN:
            x, y = _MARGIN, y + _WORDS * 1.6
        found.append(_sign(entry, x + 10, y + _WORDS * 0.5))
        found.append(_text(Text(x + 24, y + _WORDS * 0.85, entry.words, _WORDS)))
        x += room + 14
    y += _WORDS * 2.2 if scene.legend else 0
    for words, bold in [
        *((a.sentence, True) for a in scene.advice),
        *((n, False) for n in scene.notes),
    ]:
        for line in wrapped(spelt(words), _WORDS, across - 2 * _MARGIN, lines=9, bold=bold):
            found.append(_text(Text(_MARGIN, y + _WORDS * 0.85, line, _WORDS, "text", bold)))
            y += _WORDS * 1.4
    return found, y + _MARGIN


def _sign(entry: Entry, x: float, y: float) -> str:
    centre = 0.0, 0.0
    if isinstance(entry.sign, Line):
        centre = 9.0, 0.0
    elif isinstance(entry.sign, Area):
        centre = 6.0, 4.5
    body = "".join(_item(entry.sign))
    return f'<g transform="translate({x - centre[0]:g} {y - centre[1]:g})">{body}</g>'


def _item(item: Item) -> Iterator[str]:
    if isinstance(item, Area):
        yield from _area(item)
    elif isinstance(item, Line):
        yield from _line(item)
    elif isinstance(item, Mark):
        yield from _mark(item)
    else:
        yield _text(item)


def _area(area: Area) -> Iterator[str]:
    tone = PAPER[area.tone]
    path = " ".join(f"M {_points(ring)} Z" for ring in area.rings)
    edge = f' stroke="{tone.ink}" stroke-width="{area.edge:g}"' if area.edge else ""
    look = f'fill="{tone.ground}" fill-rule="evenodd"{edge}'
    yield f'<path d="{path}" {look}>{_title(area.words)}</path>'
    if area.hatched:
        for begin, end in hatching(area):
            yield f'<path d="M {_points((begin, end))}" stroke="{tone.ink}" stroke-width="0.4"/>'


def _line(line: Line) -> Iterator[str]:
    ink = PAPER[line.tone].ink
    dashes = " ".join(f"{part * max(line.width, 0.6):g}" for part in DASHES[line.stroke])
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    yield (
        f'<path d="M {_points(line.points)}" fill="none" stroke="{ink}" '
        f'stroke-width="{line.width:g}"{dashed}>{_title(line.words)}</path>'
    )
    if line.arrow:
        yield f'<path d="M {_points(arrow_head(line))} Z" fill="{ink}"/>'


def _mark(mark: Mark) -> Iterator[str]:
    tone = PAPER[mark.tone]
    ground = "none" if mark.ghost else tone.ground
    look = f'fill="{ground}" stroke="{tone.ink}" stroke-width="1"'
    look += ' stroke-dasharray="2 1.5"' if mark.ghost else ""
    if corners := outline(mark):
        yield f'<path d="M {_points(corners)} Z" {look}>{_title(mark.words)}</path>'
    else:
        yield (
            f'<circle cx="{mark.x:.2f}" cy="{mark.y:.2f}" r="{mark.radius:.2f}" {look}>'
            f"{_title(mark.words)}</circle>"
        )
    if mark.barred:
        yield f'<path d="M {_points(bar(mark))}" stroke="{PAPER["bad"].ink}" stroke-width="1.2"/>'


def _text(text: Text) -> str:
    bold = ' font-weight="bold"' if text.bold else ""
    behind = ""
    if text.ground:
        across = width(text.text, text.size, bold=text.bold)
        left = text.x - {"start": 0.0, "middle": across / 2, "end": across}[text.anchor]
        behind = (
            f'<rect x="{left:.2f}" y="{text.y - text.ascent:.2f}" width="{across:.2f}" '
            f'height="{text.ascent + text.descent:.2f}" fill="{PAPER[text.ground].ground}"/>'
        )
    # Where the face is missing another is set in its place, as wide: names stay apart.
    wide = width(text.text, text.size, bold=text.bold)
    fitted = f' textLength="{wide:.2f}" lengthAdjust="spacingAndGlyphs"' if wide > 0 else ""
    return (
        f'{behind}<text x="{text.x:.2f}" y="{text.y:.2f}" font-size="{text.size:g}"{bold}{fitted}'
        f'{_ANCHORS[text.anchor]} fill="{PAPER[text.tone].text}">{_said(text.text)}</text>'
    )


def _points(points: tuple[Point, ...]) -> str:
    return " L ".join(f"{x:.2f} {y:.2f}" for x, y in points)


def _title(words: str) -> str:
    return f"<title>{_said(words)}</title>" if words else ""


def _said(text: str) -> str:
    """Text that an XML file may hold: control characters may not stand in one."""
    return escape(_FORBIDDEN.sub("�", text))
