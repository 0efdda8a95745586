"""The tagged-PDF writer under every printed thing.

A drawing call is only possible inside `content` (a part of the structure tree) or `artifact` (a
rule, a running footer, a page number), so nothing reaches a page that a screen reader does not
know what to do with. The order of `add` is the order of reading. The file carries its language,
title, metadata and embedded faces, and claims PDF/UA-1 only after the tree has been checked; what a
machine cannot check (whether words of a picture are good ones) stays with the person.

Lengths are in points, from the lower left corner of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, Literal
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

import resources
from engage_desktop.documents import fontembed
from engage_desktop.documents.fonts import Face, FontBook
from engage_desktop.documents.layout import Layout, Line
from engage_desktop.documents.pdffile import PackedDocument, Stream, text_string
from engage_desktop.documents.shaping import Piece, Shaper
from engage_desktop.documents.structure import Element, Root, StructureError, attributes
from engage_desktop.documents.style import BODY_FAMILY, TextStyle

Clock = Callable[[], datetime]
Footer = Callable[["TaggedPdf", int, int], None]
ArtifactKind = Literal["Pagination", "Layout", "Page", "Background"]

PRODUCER = "Engage Desktop"


def system_clock() -> datetime:
    """The present moment. Documents take a clock so that a test can hold it still."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class DocumentReport:
    """What came out: the number of pages, and sentences the person should see before printing."""

    pages: int
    warnings: tuple[str, ...] = ()


def nobody_stops() -> None:
    """The check used where there is nothing to stop."""


class TaggedPdf:
    """A document being drawn. Open a page, add elements, draw their content, then `save`."""

    def __init__(
        self,
        *,
        title: str,
        page_size: tuple[float, float],
        clock: Clock = system_clock,
        book: FontBook | None = None,
        language: str = "en-GB",
        author: str = "",
        subject: str = "",
        background: tuple[float, float, float] | None = None,
    ) -> None:
        if not title.strip():
            raise StructureError("a document needs a title")
        self.book = book or FontBook()
        self.layout = Layout(Shaper(self.book))
        self.page_size = page_size
        self._background = background
        self._faces: dict[Face, str] = {}
        self._mark: str | None = None
        self._page_numbers: list[int] = []
        self._streams: list[Any] = []
        self._canvas = Canvas(
            None, pagesize=page_size, invariant=1, initialFontName=_initial_face(), lang=language
        )
        self._file = PackedDocument(invariant=1, pdfVersion=(1, 7), lang=language)
        self._canvas._doc = self._file
        self._describe(title, author, subject, language, clock())
        self._root = Root()
        self._root.number = self._file.reserve(self._root)
        self._file.Catalog.StructTreeRoot = f"{self._root.number} 0 R"
        self.root = self._new("Document", self._root, "")
        self._root.document = self.root

    # Metadata

    def _describe(
        self, title: str, author: str, subject: str, language: str, created: datetime
    ) -> None:
        info, catalog = self._file.info, self._file.Catalog
        info.title, info.author, info.subject = title, author, subject
        info.producer, info.creator, info.created = f"{PRODUCER} (ReportLab)", PRODUCER, created
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        catalog.MarkInfo = pdfdoc.PDFDictionary({"Marked": "true"})
        catalog.Metadata = Stream(
            _xmp(title, author, subject, language, created).encode("utf-8"),
            "/Type /Metadata /Subtype /XML",
            compress=False,
        )

    def print_at_its_size(self) -> None:
        """Ask viewers not to fit the pages to a printer's margins."""
        self._canvas.setViewerPreference("PrintScaling", "None")

    # Structure

    def _new(self, role: str, parent: Element | Root, extra: str) -> Element:
        element = Element(role, parent, self._page_numbers, extra)
        element.number = self._file.reserve(element)
        return element

    def add(
        self,
        role: str,
        parent: Element | None = None,
        *,
        alt: str = "",
        scope: str = "",
        language: str = "",
        listing: bool = False,
        span: int = 1,
        box: tuple[float, float, float, float] | None = None,
    ) -> Element:
        """A new element, read after those `parent` already has. `alt` stands for a Figure."""
        extra = attributes(
            alt=alt, scope=scope, language=language, listing=listing, span=span, box=box
        )
        element = self._new(role, parent or self.root, extra)
        (parent or self.root).kids.append(element)
        return element

    # Pages

    @property
    def pages(self) -> int:
        """How many pages there are so far, the open one included."""
        return len(self._root.owners)

    def new_page(self) -> None:
        """Close the page being drawn, if there is one, and open the next."""
        if self._mark is not None:
            raise StructureError("a page cannot end inside marked content")
        if self._root.owners:
            self._close_page()
        self._root.owners.append([])
        if self._background is not None:
            with self.artifact("Background"):
                self.canvas.setFillColor(self._background)
                self.canvas.rect(0, 0, *self.page_size, stroke=0, fill=1)

    def _close_page(self) -> None:
        number = len(self._page_numbers)
        self._canvas.showPage()
        drawn = self._file.Pages.pages[-1]
        self._page_numbers.append(self._file.idToObjectNumberAndVersion[drawn.__InternalName__][0])
        drawn.__NoDefault__ = [*drawn.__NoDefault__, "StructParents", "Tabs"]
        drawn.StructParents, drawn.Tabs = number, pdfdoc.PDFName("S")
        # The text of a long register is many times its compressed size: keep only the latter.
        drawn.Contents = self._file.Reference(Stream(drawn.stream.encode("latin-1")))
        drawn.stream = None
        self._streams.append(drawn)

    # Marks

    @contextmanager
    def content(self, element: Element) -> Iterator[None]:
        """What is drawn inside belongs to `element`."""
        if self._mark is not None:
            raise StructureError("marked content cannot be nested")
        owners = self._root.owners[-1]
        element.kids.append((len(self._root.owners) - 1, len(owners)))
        self._mark = f"/{element.role} <</MCID {len(owners)}>> BDC"
        owners.append(element)
        yield from self._marked()

    @contextmanager
    def artifact(self, kind: ArtifactKind = "Layout", subtype: str = "") -> Iterator[None]:
        """What is drawn inside is passed over by a screen reader."""
        if self._mark is not None:
            raise StructureError("an artifact cannot stand inside marked content")
        extra = f" /Subtype /{subtype}" if subtype else ""
        self._mark = f"/Artifact <</Type /{kind}{extra}>> BDC"
        yield from self._marked()

    def _marked(self) -> Iterator[None]:
        self._canvas._code.append(self._mark)
        self._canvas._code.append("q")
        try:
            yield
        finally:
            self._canvas._code.append("Q")
            self._canvas._code.append("EMC")
            self._mark = None

    @property
    def canvas(self) -> Any:
        """ReportLab's canvas, for vectors; only to be had inside `content` or `artifact`."""
        if self._mark is None:
            raise StructureError("nothing may be drawn outside content or an artifact")
        return self._canvas

    # Text

    def measure(self, text: str, style: TextStyle, width: float) -> list[Line]:
        """`text` broken into lines for `style`. Raises MissingGlyphError."""
        return self.layout.lines(text, style.font, style.size, width)

    def balanced(self, text: str, style: TextStyle, width: float) -> list[Line]:
        """As `measure`, for headings and single sentences: lines about equally long."""
        return self.layout.balanced(text, style.font, style.size, width)

    def draw_lines(
        self, lines: Sequence[Line], style: TextStyle, x: float, top: float, width: float
    ) -> float:
        """Draw lines downwards from `top`, and return the height where the next would begin.

        Text that runs from right to left stands against the right of `width`.
        """
        code = self.canvas._code
        red, green, blue = style.colour
        code.append(f"{red:.4g} {green:.4g} {blue:.4g} rg BT")
        font = ""
        face = self.book.chain(style.font)[0]
        drop = style.leading / 2 + style.size * face.cap_height / face.upem / 2
        for line in lines:
            left = x + width - line.width if line.rtl else x
            code.append(f"1 0 0 1 {left:.2f} {top - drop:.2f} Tm")
            font = self._draw_pieces(code, line.pieces, style.size, font)
            top -= style.leading
        code.append("ET")
        return top

    def _draw_pieces(self, code: list[str], pieces: Sequence[Piece], size: float, font: str) -> str:
        waiting: list[str] = []

        def flush() -> None:
            if waiting:
                code.append(f"[{''.join(waiting)}] TJ")
                waiting.clear()

        for piece in pieces:
            wanted = f"/{self._face_name(piece.face)} {size * piece.scale:.4g} Tf"
            if wanted != font:
                flush()
                code.append(wanted)
                font = wanted
            if piece.actual is None and piece.strokes[0][0] == 0 and len(piece.strokes) == 1:
                waiting.append(piece.strokes[0][1])
                continue
            flush()
            if piece.actual is not None:
                code.append(f"/Span <</ActualText {text_string(piece.actual)}>> BDC")
            for rise, stroke in piece.strokes:
                code.append(f"{rise * size * piece.scale / 1000:.3f} Ts [{stroke}] TJ")
            code.append("0 Ts")
            if piece.actual is not None:
                code.append("EMC")
        flush()
        return font

    def _face_name(self, face: Face) -> str:
        return self._faces.setdefault(face, f"F{len(self._faces) + 1}")

    # The file

    def save(
        self,
        out: BinaryIO,
        footer: Footer | None = None,
        check: Callable[[], None] = nobody_stops,
    ) -> int:
        """Write the file to `out` and return how many pages it has.

        `footer(pdf, page, total)` draws what only the end can know, as artifacts. `check` is
        called often, and stops the writing by raising.
        """
        self._close_page()
        self._root.check()
        total = self.pages
        for number, page in enumerate(self._streams, start=1):
            if footer is not None:
                self._canvas._code = []
                footer(self, number, total)
                code = "\n".join(self._canvas._code) + "\n"
                page.Contents = pdfdoc.PDFArray(
                    [page.Contents, self._file.Reference(Stream(code.encode("latin-1")))]
                )
            if number % 50 == 0:
                check()
        fonts = self._file.idToObject["BasicFonts"].dict
        for face, name in self._faces.items():
            fonts[name] = fontembed.embed(self._file, face, self.book.used[face])
        self._file.write(out, check)
        return total


def _initial_face() -> str:
    """The name under which ReportLab knows an embedded face.

    A canvas opens every page with its initial font, which would otherwise be one of the standard
    fourteen that no file embeds. Ours is dynamic, so ReportLab writes nothing until it is used,
    and it never is: the faces in the file are our own.
    """
    name = "EngageInitial"
    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(name, str(resources.font_path(BODY_FAMILY, "Regular"))))
    return name


def _xmp(title: str, author: str, subject: str, language: str, created: datetime) -> str:
    """The metadata packet. Its white space at the end is there for editors to grow into."""
    moment = (created if created.tzinfo else created.replace(tzinfo=UTC)).isoformat("T", "seconds")

    def words(name: str, text: str, kind: str, item: str) -> str:
        if not text:
            return ""
        return (
            f"<dc:{name}><rdf:{kind}><rdf:li{item}>{escape(text)}</rdf:li></rdf:{kind}></dc:{name}>"
        )

    default = ' xml:lang="x-default"'
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"'
        ' xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">'
        "<dc:format>application/pdf</dc:format>"
        + words("title", title, "Alt", default)
        + words("creator", author, "Seq", "")
        + words("description", subject, "Alt", default)
        + f"<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>"
        f"<xmp:CreateDate>{moment}</xmp:CreateDate><xmp:ModifyDate>{moment}</xmp:ModifyDate>"
        f"<xmp:CreatorTool>{PRODUCER}</xmp:CreatorTool>"
        f"<pdf:Producer>{PRODUCER} (ReportLab)</pdf:Producer>"
        "<pdfuaid:part>1</pdfuaid:part>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>\n"
        '<?xpacket end="w"?>'
    )
