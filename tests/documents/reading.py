"""Reads a PDF back as a screen reader and a validator would.

`faults` holds every rule of PDF/UA-1 that a machine can check and that these documents can break:
metadata, structure, marked content, fonts. It reads the bytes alone and shares no code with the
writer.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdf
from fontTools.ttLib import TTFont
from pypdf.generic import ContentStream, DictionaryObject, IndirectObject, NumberObject

PAINTING = {b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"sh", b"Do", b"EI"}
SHOWING = {b"Tj", b"TJ", b"'", b'"'}
STANDARD = (
    {"Document", "Sect", "H1", "H2", "H3", "P", "Span", "Figure"}
    | {"L", "LI", "Lbl", "LBody"}
    | {"Table", "Caption", "THead", "TBody", "TR", "TH", "TD"}
)
ALLOWED_KIDS = {
    "L": {"LI", "L", "Caption"},
    "LI": {"Lbl", "LBody"},
    "Table": {"Caption", "TR", "THead", "TBody"},
    "THead": {"TR"},
    "TBody": {"TR"},
    "TR": {"TH", "TD"},
}
ALLOWED_PARENTS = {
    "LI": {"L"},
    "Lbl": {"LI"},
    "LBody": {"LI"},
    "TR": {"Table", "THead", "TBody"},
    "TH": {"TR"},
    "TD": {"TR"},
    "THead": {"Table"},
    "TBody": {"Table"},
}


@dataclass
class Node:
    """A structure element as it was read, with the text of its marked content."""

    role: str
    raw: DictionaryObject
    kids: list["Node"] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)
    text: str = ""
    spoken: str = ""

    def walk(self) -> Iterator["Node"]:
        yield self
        for kid in self.kids:
            yield from kid.walk()

    @property
    def all_text(self) -> str:
        return self.text + "".join(kid.all_text for kid in self.kids)


class _Font:
    """One composite font: what its codes mean, and the program behind them."""

    def __init__(self, font: DictionaryObject) -> None:
        self.kind = str(font["/Subtype"])
        self.name = str(font["/BaseFont"])
        self.faults: list[str] = []
        if self.kind != "/Type0":
            self.faults.append(f"{self.name} is a {self.kind} font")
            return
        below = font["/DescendantFonts"][0].get_object()
        descriptor = below["/FontDescriptor"].get_object()
        if "/FontFile2" not in descriptor:
            self.faults.append(f"{self.name} is not embedded")
            return
        if below.get("/CIDToGIDMap") != "/Identity":
            self.faults.append(f"{self.name} has no CIDToGIDMap")
        self.program = TTFont(io.BytesIO(descriptor["/FontFile2"].get_object().get_data()))
        self.meanings = self._meanings(font["/ToUnicode"].get_object().get_data().decode())
        self.widths = self._widths(below["/W"])

    def _meanings(self, cmap: str) -> dict[int, str]:
        found = {}
        for code, text in re.findall(
            r"<([0-9A-F]{4})> <([0-9A-F]+)>\n", cmap.split("endcodespace")[1]
        ):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
        return found

    def _widths(self, array: Any) -> dict[int, float]:
        found: dict[int, float] = {}
        items = list(array)
        for first, widths in zip(items[::2], items[1::2], strict=True):
            for index, width in enumerate(widths):
                found[int(first) + index] = float(width)
        return found

    def read(self, codes: bytes) -> str:
        text = ""
        order = self.program.getGlyphOrder()
        metrics, upem = self.program["hmtx"].metrics, self.program["head"].unitsPerEm
        for at in range(0, len(codes), 2):
            code = int.from_bytes(codes[at : at + 2], "big")
            meaning = self.meanings.get(code)
            if code == 0:
                self.faults.append(f"{self.name} draws its missing-glyph box")
            elif meaning is None or any(c in "\0\ufeff\ufffe" for c in meaning):
                self.faults.append(f"{self.name}: glyph {code} has no meaning")
            elif code >= len(order):
                self.faults.append(f"{self.name}: glyph {code} is not in the program")
            else:
                text += meaning
                advance = metrics[order[code]][0] * 1000 / upem
                if abs(advance - self.widths.get(code, 1000)) > 1:
                    self.faults.append(f"{self.name}: glyph {code} has another width")
                outline = self.program["glyf"][order[code]]
                if not meaning.isspace() and outline.numberOfContours == 0 and advance > 1:
                    self.faults.append(f"{self.name}: glyph {code} ({meaning}) has no outline")
        return text


class Reading:
    """A document read back."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.pdf = pypdf.PdfReader(io.BytesIO(data))
        self.catalog = self.pdf.trailer["/Root"].get_object()
        self.faults: list[str] = []
        self._fonts: dict[int, _Font] = {}
        self._page_of = {
            page.indirect_reference.idnum: number for number, page in enumerate(self.pdf.pages)
        }
        self.shown: dict[tuple[int, int], str] = {}
        self.spoken: dict[tuple[int, int], str] = {}
        self.tags: dict[tuple[int, int], str] = {}
        self.artifacts: list[list[str]] = []
        self.sizes: list[float] = []
        for number, page in enumerate(self.pdf.pages):
            self._read_page(number, page)
        self._met: set[int] = set()
        root = self.catalog["/StructTreeRoot"].get_object()
        self.root = self._node(root["/K"], root)
        self._check(root)

    # Pages

    def _read_page(self, number: int, page: Any) -> None:
        self.artifacts.append([])
        fonts = page["/Resources"]["/Font"].get_object()
        stack: list[tuple[str, Any]] = []
        font: _Font | None = None
        depth = 0
        for operands, operator in ContentStream(page["/Contents"], self.pdf).operations:
            if operator in (b"BDC", b"BMC"):
                stack.append(self._opened(number, operands, stack))
            elif operator == b"EMC":
                stack.pop()
            elif operator in (b"q", b"Q"):
                depth += 1 if operator == b"q" else -1
            elif operator == b"Tf":
                font = self._font(fonts.raw_get(operands[0]))
                self.sizes.append(float(operands[1]))
            elif operator in SHOWING:
                self._shown(number, stack, font, operands)
            elif operator in PAINTING and not stack:
                self.faults.append(f"page {number + 1} paints outside marked content")
        if stack or depth:
            self.faults.append(f"page {number + 1} leaves marks or states open")

    def _opened(self, number: int, operands: Any, stack: list[tuple[str, Any]]) -> tuple[str, Any]:
        tag = str(operands[0])[1:]
        properties = operands[1] if len(operands) > 1 else {}
        outer = [kind for kind, _ in stack]
        if tag == "Artifact":
            if outer:
                self.faults.append("an artifact stands inside tagged content")
            self.artifacts[number].append("")
            return ("Artifact", None)
        if "/MCID" in properties:
            if outer:
                self.faults.append("tagged content is nested")
            key = (number, int(properties["/MCID"]))
            if key in self.tags:
                self.faults.append(f"mark {key} is used twice")
            self.tags[key] = tag
            self.shown[key] = self.spoken[key] = ""
            return ("Content", key)
        if tag == "Span" and "/ActualText" in properties and outer:
            actual = str(properties["/ActualText"])
            if stack[-1][0] == "Content":
                self.spoken[stack[-1][1]] += actual
            return ("Span", stack[-1])
        self.faults.append(f"marked content {tag} is neither tagged nor an artifact")
        return ("Other", None)

    def _font(self, reference: Any) -> _Font:
        key = reference.idnum if isinstance(reference, IndirectObject) else id(reference)
        if key not in self._fonts:
            self._fonts[key] = _Font(reference.get_object())
        return self._fonts[key]

    def _shown(
        self, number: int, stack: list[tuple[str, Any]], font: _Font | None, operands: Any
    ) -> None:
        if font is None:
            self.faults.append("text is shown without a font")
            return
        parts = operands[0] if isinstance(operands[0], list) else [operands[0]]
        text = "".join(
            font.read(part.original_bytes) for part in parts if hasattr(part, "original_bytes")
        )
        if not stack:
            self.faults.append(f"page {number + 1} shows {text!r} outside marked content")
            return
        kind, key = stack[-1]
        spoken = kind != "Span"
        if kind == "Span":
            kind, key = key
        if kind == "Artifact":
            self.artifacts[number][-1] += text
        elif kind == "Content":
            self.shown[key] += text
            if spoken:
                self.spoken[key] += text

    # Structure

    def _node(self, reference: Any, parent: Any) -> Node:
        raw = reference.get_object()
        if isinstance(reference, IndirectObject):
            if reference.idnum in self._met:
                self.faults.append("an element has two parents")
            self._met.add(reference.idnum)
        if raw["/P"].get_object() is not parent and raw["/P"].get_object() != parent:
            self.faults.append("an element names another parent")
        node = Node(str(raw["/S"])[1:], raw)
        kids = raw.get("/K")
        kids = kids if isinstance(kids, list) else [] if kids is None else [kids]
        for kid in kids:
            page = raw.raw_get("/Pg").idnum if "/Pg" in raw else -1
            if isinstance(kid, NumberObject):
                self._mark(node, (self._page_of[page], int(kid)))
            elif isinstance(kid, IndirectObject):
                node.kids.append(self._node(kid, raw))
            else:
                self._mark(node, (self._page_of[kid.raw_get("/Pg").idnum], int(kid["/MCID"])))
        return node

    def _mark(self, node: Node, key: tuple[int, int]) -> None:
        node.marks.append(key)
        if key not in self.tags:
            self.faults.append(f"{node.role} claims a mark that is on no page: {key}")
            return
        if self.tags[key] != node.role:
            self.faults.append(f"a mark says {self.tags[key]}, its element {node.role}")
        node.text += self.shown[key]
        node.spoken += self.spoken[key]

    def nodes(self, *roles: str) -> list[Node]:
        return [node for node in self.root.walk() if not roles or node.role in roles]

    def texts(self, *roles: str) -> list[str]:
        return [node.all_text.strip() for node in self.nodes(*roles)]

    @property
    def text(self) -> str:
        """Everything that is read aloud, in the order of the tree."""
        return " ".join(node.spoken.strip() for node in self.root.walk() if node.spoken)

    @property
    def fonts(self) -> list[str]:
        return sorted(font.name for font in self._fonts.values())

    # Rules

    def _check(self, root: DictionaryObject) -> None:
        owned = [mark for node in self.root.walk() for mark in node.marks]
        if sorted(owned) != sorted(self.tags):
            self.faults.append("marks on the pages and marks in the tree differ")
        self._check_parent_tree(root)
        self._check_catalog()
        level = 0
        for node in self.root.walk():
            level = self._check_node(node, level)
        if level == 0:
            self.faults.append("there is no heading")
        for font in self._fonts.values():
            self.faults.extend(font.faults)
        if b"Helvetica" in self.data or any("Helvetica" in name for name in self.fonts):
            self.faults.append("Helvetica is referred to")

    def _check_parent_tree(self, root: DictionaryObject) -> None:
        numbers = root["/ParentTree"]["/Nums"]
        table = {int(k): v for k, v in zip(numbers[::2], numbers[1::2], strict=True)}
        owners = {mark: node for node in self.root.walk() for mark in node.marks}
        for number, page in enumerate(self.pdf.pages):
            if page.get("/Tabs") != "/S":
                self.faults.append(f"page {number + 1} has no tab order")
            row = table[int(page["/StructParents"])]
            for mark, reference in enumerate(row):
                if owners[(number, mark)].raw != reference.get_object():
                    self.faults.append(f"the parent tree is wrong about {(number, mark)}")

    def _check_catalog(self) -> None:
        catalog = self.catalog
        metadata = catalog["/Metadata"].get_object().get_data().decode("utf-8")
        rules = {
            "header": re.match(rb"%PDF-1\.[0-7]\n", self.data) is not None,
            "marked": bool(catalog["/MarkInfo"]["/Marked"]),
            "language": str(catalog["/Lang"]) == "en-GB",
            "title shown": bool(catalog["/ViewerPreferences"]["/DisplayDocTitle"]),
            "title": bool(self.pdf.metadata.title) and "<dc:title>" in metadata,
            "claim": "<pdfuaid:part>1</pdfuaid:part>" in metadata,
        }
        self.faults.extend(f"catalog: {name}" for name, kept in rules.items() if not kept)

    def _check_node(self, node: Node, level: int) -> int:
        kids = {kid.role for kid in node.kids}
        if node.role not in STANDARD:
            self.faults.append(f"{node.role} is not a standard type")
        if not kids <= ALLOWED_KIDS.get(node.role, kids):
            self.faults.append(f"{node.role} holds {kids}")
        for kid in node.kids:
            if node.role not in ALLOWED_PARENTS.get(kid.role, {node.role}):
                self.faults.append(f"{kid.role} stands in {node.role}")
        attributes = node.raw.get("/A", {})
        if node.role == "Figure" and not (node.raw.get("/Alt") and "/BBox" in attributes):
            self.faults.append("a figure lacks words or its box")
        if node.role == "TH" and attributes.get("/Scope") not in ("/Row", "/Column"):
            self.faults.append("a TH lacks its scope")
        if node.role == "Table":
            rows = [len(row.kids) for row in node.walk() if row.role == "TR"]
            if len(set(rows)) != 1:
                self.faults.append(f"rows of a table have {sorted(set(rows))} cells")
        if re.fullmatch(r"H\d", node.role):
            if int(node.role[1]) > level + 1:
                self.faults.append(f"{node.role} follows level {level}")
            level = int(node.role[1])
        if not node.kids and not node.marks and node.role not in ("TD", "TH"):
            self.faults.append(f"{node.role} is empty")
        return level
