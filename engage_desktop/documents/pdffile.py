"""ReportLab's document, written out object by object.

ReportLab joins the whole file in memory and gives every object a line of its own, which for the
structure tree of a long register is most of the file. Here small objects are packed together and
compressed (PDF 1.5 object streams), what is finished goes to the stream at once, and the person
can stop it. The file's identity is a digest of its content, so the same document written twice
is the same bytes.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, BinaryIO, Protocol

from reportlab.pdfbase import pdfdoc

_PACK = 200
_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class Numbered(Protocol):
    """An object outside ReportLab's own tables that knows how to write itself."""

    def serialise(self) -> bytes:
        """The object's value, without its number."""


class Info(pdfdoc.PDFInfo):  # type: ignore[misc]
    """The information dictionary, with the document's own date instead of the machine's."""

    created: datetime | None = None

    def format(self, document: Any) -> bytes:
        """The dictionary as it stands in the file."""
        entries = {
            "Title": pdfdoc.PDFString(self.title),
            "Producer": pdfdoc.PDFString(self.producer),
            "Creator": pdfdoc.PDFString(self.creator),
        }
        if self.author:
            entries["Author"] = pdfdoc.PDFString(self.author)
        if self.subject:
            entries["Subject"] = pdfdoc.PDFString(self.subject)
        if self.created is not None:
            date = pdfdoc.PDFString(pdf_date(self.created))
            entries["CreationDate"] = entries["ModDate"] = date
        return bytes(pdfdoc.PDFDictionary(entries).format(document))


class Stream(pdfdoc.PDFObject):  # type: ignore[misc]
    """A stream with the entries it needs; compressed at once, so that long pages take no room."""

    __RefOnly__ = 1

    def __init__(self, content: bytes, entries: str = "", *, compress: bool = True) -> None:
        self._content = zlib.compress(content, 6) if compress else content
        self._entries = f"{entries} /Filter /FlateDecode" if compress else entries

    def format(self, _document: Any) -> bytes:
        """The stream as it stands in the file."""
        head = f"<<{self._entries} /Length {len(self._content)}>>\nstream\n"
        return head.encode("ascii") + self._content + b"\nendstream"


def pdf_date(moment: datetime) -> str:
    """`moment` in the form PDF uses. A moment without a zone is taken as universal time."""
    offset = moment.strftime("%z")
    zone = f"{offset[:3]}'{offset[3:5]}'" if offset and offset != "+0000" else "Z"
    return f"D:{moment:%Y%m%d%H%M%S}{zone}"


class PackedDocument(pdfdoc.PDFDocument):  # type: ignore[misc]
    """A PDFDocument that also holds numbered objects, and writes a packed file."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.info = Info()
        self.numbered: dict[int, Numbered] = {}

    def reserve(self, thing: Numbered) -> int:
        """Give `thing` an object number; it will be written when the file is."""
        self.objectcounter += 1
        self.numbered[self.objectcounter] = thing
        return int(self.objectcounter)

    def write(self, out: BinaryIO, check: Callable[[], None]) -> None:
        """Write the whole file to `out`, calling `check` now and then so that it can be stopped."""
        # ReportLab gives these two their numbers only when it saves.
        root, info = self.Reference(self.Catalog), self.Reference(self.info)
        self.Outlines.prepare(self, None)
        if self.Outlines.ready < 0:
            self.Catalog.Outlines = None
        writer = _Packer(self, out)
        number = 0
        while number < self.objectcounter:
            number += 1
            if number % 500 == 0:
                check()
            writer.add(number)
        writer.finish(root.format(self), info.format(self))

    def take(self, number: int) -> bytes | None:
        """The value of object `number`; None if the file already holds it."""
        if number in self.numbered:
            return self.numbered[number].serialise()
        name = self.numberToId.get(number)
        if name is None:
            return None
        value = pdfdoc.format(self.idToObject[name], self, toplevel=1)
        return bytes(value)


class _Packer:
    """Writes objects, packing the small ones, and the cross-reference stream at the end."""

    def __init__(self, document: PackedDocument, out: BinaryIO) -> None:
        self._document = document
        self._out = out
        self._offset = 0
        self._places: dict[int, tuple[int, int, int]] = {}
        self._waiting: list[tuple[int, bytes]] = []
        self._digest = hashlib.sha256()
        self._put(_HEADER)

    def _put(self, data: bytes) -> None:
        self._out.write(data)
        self._digest.update(data)
        self._offset += len(data)

    def add(self, number: int) -> None:
        value = self._document.take(number)
        if value is None:
            return
        if value.endswith(b"endstream"):
            self._direct(number, value)
            return
        self._waiting.append((number, value))
        if len(self._waiting) >= _PACK:
            self._flush()

    def _direct(self, number: int, value: bytes) -> None:
        self._places[number] = (1, self._offset, 0)
        self._put(b"%d 0 obj\n" % number + value + b"\nendobj\n")

    def _flush(self) -> None:
        if not self._waiting:
            return
        self._document.objectcounter += 1
        holder = int(self._document.objectcounter)
        heads: list[str] = []
        body = bytearray()
        for index, (number, value) in enumerate(self._waiting):
            self._places[number] = (2, holder, index)
            heads.append(f"{number} {len(body)}")
            body += value + b"\n"
        first = (" ".join(heads) + "\n").encode("ascii")
        entries = f"/Type /ObjStm /N {len(self._waiting)} /First {len(first)}"
        self._waiting.clear()
        self._direct(holder, Stream(first + bytes(body), entries).format(None))

    def finish(self, root: bytes, info: bytes) -> None:
        self._flush()
        self._document.objectcounter += 1
        number = int(self._document.objectcounter)
        start = self._offset
        self._places[number] = (1, start, 0)
        table = bytearray(struct.pack(">BIH", 0, 0, 65535))
        for at in range(1, number + 1):
            table += struct.pack(">BIH", *self._places.get(at, (0, 0, 65535)))
        identity = self._digest.hexdigest()[:32]
        entries = (
            f"/Type /XRef /Size {number + 1} /W [1 4 2] /Root {root.decode()} "
            f"/Info {info.decode()} /ID [<{identity}> <{identity}>]"
        )
        self._direct(number, Stream(bytes(table), entries).format(None))
        self._put(b"startxref\n%d\n%%%%EOF\n" % start)


def text_string(text: str) -> str:
    """`text` as a PDF string in hexadecimal: plain where it can be, UTF-16 where it must."""
    if text.isascii() and text.isprintable():
        return f"<{text.encode('ascii').hex()}>"
    return f"<FEFF{text.encode('utf-16-be').hex()}>"
