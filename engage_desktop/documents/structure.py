"""The structure tree: what each mark on the page is, in the order it is read.

An element knows its role, its parent, its attributes and its kids: other elements, or stretches
of marked content given by page and number. The tree is checked before it is written, because a
document that says it is accessible and is not is a promise broken to the reader who needs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engage_desktop.documents.pdffile import text_string

ROLES = frozenset(
    {"Document", "Sect", "H1", "H2", "H3", "P", "Span", "Figure"}
    | {"L", "LI", "Lbl", "LBody"}
    | {"Table", "Caption", "THead", "TBody", "TR", "TH", "TD"}
)
_PARENTS = {
    "LI": {"L"},
    "Lbl": {"LI"},
    "LBody": {"LI"},
    "TR": {"Table", "THead", "TBody"},
    "TH": {"TR"},
    "TD": {"TR"},
    "THead": {"Table"},
    "TBody": {"Table"},
    "Caption": {"Table", "L"},
}
_KIDS = {
    "L": {"LI", "L", "Caption"},
    "LI": {"Lbl", "LBody"},
    "Table": {"Caption", "TR", "THead", "TBody"},
    "THead": {"TR"},
    "TBody": {"TR"},
    "TR": {"TH", "TD"},
}


class StructureError(ValueError):
    """A document was put together wrongly: a mistake of ours, never of the person's."""


class Element:
    """One node of the tree. `number` is its object number in the file."""

    __slots__ = ("_pages", "attributes", "kids", "number", "parent", "role")

    def __init__(
        self, role: str, parent: Element | Root, pages: list[int], attributes: str
    ) -> None:
        if role not in ROLES:
            raise StructureError(f"{role} is not a structure type this writer knows")
        if role in _PARENTS and parent.role not in _PARENTS[role]:
            raise StructureError(f"{role} cannot stand in {parent.role}")
        if parent.role in _KIDS and role not in _KIDS[parent.role]:
            raise StructureError(f"{parent.role} cannot hold {role}")
        self.role: str = role
        self.parent = parent
        self.kids: list[Element | tuple[int, int]] = []
        self.attributes = attributes
        self.number = 0
        self._pages = pages

    def serialise(self) -> bytes:
        """The element as it stands in the file."""
        first = next((kid[0] for kid in self.kids if isinstance(kid, tuple)), None)
        parts = [f"<</Type/StructElem/S/{self.role}/P {self.parent.number} 0 R"]
        if first is not None:
            parts.append(f"/Pg {self._pages[first]} 0 R")
        kids = [self._kid(kid, first) for kid in self.kids]
        parts.append(f"/K {kids[0]}" if len(kids) == 1 else f"/K[{' '.join(kids)}]")
        return ("".join(parts) + self.attributes + ">>").encode("ascii")

    def _kid(self, kid: Element | tuple[int, int], first: int | None) -> str:
        if isinstance(kid, Element):
            return f"{kid.number} 0 R"
        page, mark = kid
        if page == first:
            return str(mark)
        return f"<</Type/MCR/Pg {self._pages[page]} 0 R/MCID {mark}>>"


class Root:
    """The root of the tree, with the table that leads from marked content back to elements."""

    def __init__(self) -> None:
        self.role = "StructTreeRoot"
        self.number = 0
        self.document: Element | None = None
        self.owners: list[list[Element]] = []

    def serialise(self) -> bytes:
        """The root as it stands in the file, parent tree included."""
        if self.document is None:
            raise StructureError("a document needs a Document element")
        rows = (
            f"{page} [{' '.join(f'{owner.number} 0 R' for owner in owners)}]"
            for page, owners in enumerate(self.owners)
        )
        return (
            f"<</Type/StructTreeRoot/K {self.document.number} 0 R"
            f"/ParentTree<</Nums[{' '.join(rows)}]>>/ParentTreeNextKey {len(self.owners)}>>"
        ).encode("ascii")

    def walk(self) -> Iterator[Element]:
        """Every element, in reading order."""
        waiting = [self.document] if self.document is not None else []
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(kid for kid in reversed(element.kids) if isinstance(kid, Element))

    def check(self) -> None:
        """Raise StructureError where the tree breaks a rule that a machine can check."""
        level = 0
        for element in self.walk():
            heading = re.fullmatch(r"H(\d)", element.role)
            if heading:
                if int(heading[1]) > level + 1:
                    raise StructureError(f"{element.role} follows a heading of level {level}")
                level = int(heading[1])
            if element.role == "Figure" and "/Alt" not in element.attributes:
                raise StructureError("a Figure has no words to stand for it")
            if element.role == "TH" and "/Scope" not in element.attributes:
                raise StructureError("a TH does not say whether it heads a row or a column")
            if not element.kids and element.role not in ("TD", "TH"):
                raise StructureError(f"an element {element.role} is empty")
        if level == 0:
            raise StructureError("a document needs a heading")


def attributes(
    *,
    alt: str = "",
    scope: str = "",
    language: str = "",
    listing: bool = False,
    span: int = 1,
    box: tuple[float, float, float, float] | None = None,
) -> str:
    """The attribute part of an element's dictionary. `box` is in points from the page's corner."""
    parts: list[str] = []
    if alt:
        parts.append(f"/Alt {text_string(alt)}")
    if language:
        parts.append(f"/Lang ({language})")
    if scope or span > 1:
        table = f"/Scope/{scope}" if scope else ""
        table += f"/ColSpan {span}" if span > 1 else ""
        parts.append(f"/A<</O/Table{table}>>")
    if listing:
        parts.append("/A<</O/List/ListNumbering/Decimal>>")
    if box is not None:
        numbers = " ".join(f"{value:.2f}" for value in box)
        parts.append(f"/A<</O/Layout/Placement/Block/BBox[{numbers}]>>")
    return "".join(parts)
