"""Faces into the file: only the glyphs used, each with the text it stands for.

Glyphs are addressed by their number in the face (a composite font with an identity map), so that
whatever HarfBuzz chose can be drawn, and there is one font object for each face instead of one
for every 256 characters.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from typing import Any

from fontTools import subset
from reportlab.pdfbase import pdfdoc

from engage_desktop.documents.fonts import Face
from engage_desktop.documents.pdffile import Stream

_SYMBOLIC, _FORCE_BOLD = 1 << 2, 1 << 18


def embed(document: Any, face: Face, meanings: Mapping[int, str]) -> Any:
    """Add `face`, cut down to the glyphs in `meanings`, and return a reference to its font.

    `document` is ReportLab's PDFDocument; `meanings` maps glyph numbers to Unicode text.
    """
    name = f"{_tag(face, meanings)}+{face.name}"
    descendant = pdfdoc.PDFDictionary(
        {
            "Type": "/Font",
            "Subtype": "/CIDFontType2",
            "BaseFont": pdfdoc.PDFName(name),
            "CIDSystemInfo": "<</Registry (Adobe) /Ordering (Identity) /Supplement 0>>",
            "FontDescriptor": document.Reference(_descriptor(document, face, meanings, name)),
            "DW": 1000,
            "W": _widths(face, meanings),
            "CIDToGIDMap": "/Identity",
        }
    )
    font = pdfdoc.PDFDictionary(
        {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": pdfdoc.PDFName(name),
            "Encoding": "/Identity-H",
            "DescendantFonts": pdfdoc.PDFArray([document.Reference(descendant)]),
            "ToUnicode": document.Reference(Stream(_to_unicode(meanings).encode("ascii"))),
        }
    )
    return document.Reference(font)


def _descriptor(document: Any, face: Face, meanings: Mapping[int, str], name: str) -> Any:
    program = _program(face, meanings)
    stream = Stream(program, f"/Length1 {len(program)}")
    unit = 1000 / face.upem
    return pdfdoc.PDFDictionary(
        {
            "Type": "/FontDescriptor",
            "FontName": pdfdoc.PDFName(name),
            "Flags": _SYMBOLIC | (_FORCE_BOLD if face.bold else 0),
            "FontBBox": pdfdoc.PDFArray([round(value * unit) for value in face.bbox]),
            "ItalicAngle": round(face.italic_angle),
            "Ascent": round(face.ascent * unit),
            "Descent": round(face.descent * unit),
            "CapHeight": round(face.cap_height * unit),
            "StemV": 140 if face.bold else 84,
            "FontFile2": document.Reference(stream),
        }
    )


def _program(face: Face, meanings: Mapping[int, str]) -> bytes:
    """The TrueType file with the outlines of the used glyphs alone, numbered as before."""
    options = subset.Options()
    options.retain_gids = True
    options.notdef_outline = True
    options.hinting = False
    options.layout_features = []
    options.legacy_kern = False
    options.recalc_timestamp = False
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "OS/2", "cmap", "name", "post", "STAT", "kern"]
    options.no_subset_tables += ["meta"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(gids=[0, *meanings])
    out = io.BytesIO()
    with subset.load_font(str(face.path), options, dontLoadGlyphNames=True) as font:
        subsetter.subset(font)
        subset.save_font(font, out, options)
    return out.getvalue()


def _tag(face: Face, meanings: Mapping[int, str]) -> str:
    """Six capital letters that are the same whenever face and glyphs are the same."""
    seed = f"{face.name}:{','.join(map(str, sorted(meanings)))}".encode()
    return "".join(chr(65 + byte % 26) for byte in hashlib.sha256(seed).digest()[:6])


def _widths(face: Face, meanings: Mapping[int, str]) -> str:
    """The W array: advance widths of neighbouring glyph numbers, in thousandths of an em."""
    parts: list[str] = []
    previous = -2
    for glyph in sorted(meanings):
        width = f"{face.advances[glyph] * 1000 / face.upem:.3f}".rstrip("0").rstrip(".")
        parts.append(f" {width}" if glyph == previous + 1 else f"] {glyph} [{width}")
        previous = glyph
    return f"[{''.join(parts)[1:]}]]" if parts else "[]"


def _to_unicode(meanings: Mapping[int, str]) -> str:
    """The CMap a reader uses to turn glyph numbers back into text."""
    rows = [
        f"<{glyph:04X}> <{text.encode('utf-16-be').hex().upper()}>"
        for glyph, text in sorted(meanings.items())
    ]
    blocks = [rows[at : at + 100] for at in range(0, len(rows), 100)]
    body = "\n".join(
        f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks
    )
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    )
