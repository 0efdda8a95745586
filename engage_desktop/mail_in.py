"""An e-mail that was kept as a file (.eml, or its words as .txt) becomes a contact.

Everything in the file came from somebody else: it is read as text, never shown as a page, nothing
in it is fetched, and a file that is no e-mail is refused in a sentence.
"""

from __future__ import annotations

import datetime as dt
import email.policy
import email.utils
import io
import mimetypes
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

from db.changes import Applied, Change, Create
from db.errors import InvalidInput, NotFound, NotThere
from db.record import validated
from engage_desktop.records.contact import Interaction
from engage_desktop.records.filing import Attachment
from engage_desktop.workspace import Workspace

LARGEST = 60_000_000
"""Bytes of a file that is taken: more than any mail server lets through."""
MOST_FILES = 200
"""Attachments of one e-mail that are kept by themselves; the rest stays in the e-mail file."""
LONGEST_SUBJECT, LONGEST_WORDS = 500, 200_000
"""Characters; what is longer is cut, and the file itself is kept with the contact."""
NOTHING = "Nothing was added."
_HEADER = re.compile(r"^(from|to|cc|sent|date|subject):[ \t]*(.*)$", re.IGNORECASE)
_BLOCKS = frozenset({
    "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "td", "th", "tr",
    "ul",
})  # fmt: skip
_BROKEN = (ValueError, IndexError, KeyError, AttributeError, TypeError, LookupError)
"""What Python's reader of e-mails raises where headings break the rules."""
_WORDS = frozenset({"text/plain", "text/html"})
_UNSEEN = frozenset({"script", "style", "title", "template", "noscript"})


@dataclass(frozen=True, slots=True)
class MailFile:
    """What an e-mail says. `day` is the sender's own; `files` are names and contents, `more` counts
    those above `MOST_FILES`. Of what is `cut` the file itself is kept too."""

    subject: str
    day: dt.date | None
    words: str
    sender: str
    receivers: tuple[str, ...]
    files: tuple[tuple[str, bytes], ...]
    cut: bool = False
    more: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """A contact that was made of an e-mail; `note` says what of it is only in the file itself."""

    applied: Applied
    contact: Interaction
    note: str = ""


def read_mail(path: Path) -> MailFile:
    """Read a file that somebody saved or dropped.

    Raises `NotThere` where it cannot be read, `InvalidInput` where it is no e-mail or too large.
    """
    content = _bytes_of(path)
    if path.suffix.casefold() == ".txt":
        return _plain(path, content)
    if path.suffix.casefold() != ".eml":
        raise InvalidInput(
            f"“{path.name}” is no e-mail file. {NOTHING} Save the e-mail as .eml, or its words as "
            ".txt, and try again."
        )
    message = _message(path, content)
    if not any(_header(message, name) for name in ("From", "Date", "Subject")):
        raise InvalidInput(
            f"“{path.name}” holds no e-mail: neither who sent it, nor when, nor about what. "
            f"{NOTHING} Save it from the mail program again."
        )
    words = "\n\n".join(said for part in _read(message) if (said := _words_of(part)))
    files = _files(message)
    return MailFile(
        _line(_header(message, "Subject"), LONGEST_SUBJECT),
        _day(_header(message, "Date")),
        words[:LONGEST_WORDS],
        _address(_header(message, "From")),
        tuple(_addresses(_header(message, "To"), _header(message, "Cc"))),
        tuple(files[:MOST_FILES]),
        cut=len(words) > LONGEST_WORDS or len(files) > MOST_FILES,
        more=max(0, len(files) - MOST_FILES),
    )


def contact_from_mail(
    workspace: Workspace, stakeholder: str, path: Path, *, today: dt.date,
    cancelled: Callable[[], bool] | None = None,
) -> Taken:  # fmt: skip
    """Keep an e-mail as a contact of a stakeholder, its attachments with it: one change.

    Raises `NotFound` for a stakeholder who is not there or in the bin, what `read_mail` raises,
    `DiskFull`, `ReadOnly`, `Cancelled`.
    """
    store = workspace.store
    if store.where("stakeholder", stakeholder) != "live":
        raise NotFound(f"This stakeholder is not here, or is in the bin. {NOTHING}")
    mail = read_mail(path)
    person = store.get("stakeholder", stakeholder)
    ours = {str(getattr(person, name)).casefold() for name in ("email", "other_email")} - {""}
    begun_by = "them" if mail.sender in ours else "us" if ours & set(mail.receivers) else ""
    contact = validated(
        Interaction,
        {
            "id": store.new_id(), "stakeholder": stakeholder, "day": (mail.day or today),
            "way": "email", "begun_by": begun_by, "subject": mail.subject or _line(path.stem, 200),
            "said": mail.words, "officer": workspace.officer,
        },
    )  # fmt: skip
    assert isinstance(contact, Interaction)
    made: list[Change] = [Create(contact)]
    files = list(mail.files)
    if mail.cut:
        files.append((_file_name(path.name, 0, ""), _bytes_of(path)))
    for name, content in files:
        digest, size = workspace.blobs.put(io.BytesIO(content), cancelled=cancelled)
        values = {
            "id": store.new_id(), "filename": name, "owner": contact.id, "size": size,
            "digest": digest, "media_type": mimetypes.guess_type(name)[0] or "",
        }  # fmt: skip
        made.append(Create(validated(Attachment, values)))
    note = ""
    if mail.more:
        note = (
            f"“{path.name}” has {MOST_FILES + mail.more:,} attachments: the first {MOST_FILES} are "
            f"kept by themselves, the other {mail.more:,} in the e-mail file, which is kept with "
            "the contact."
        )
    return Taken(store.apply(made, "Add contact from an e-mail"), contact, note)


def as_text(html: str) -> str:
    """The words of a page: without what is not read, blocks on lines of their own."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    return _tidy("".join(reader.found))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS:
            self.found.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BLOCKS:
            self.found.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.found.append(re.sub(r"\s+", " ", data))


# -- reading the file ------------------------------------------------------------------------


def _bytes_of(path: Path) -> bytes:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for without end
            raise NotThere(f"“{path.name}” is not a file. {NOTHING} Choose a file.")
        if found.st_size > LARGEST:
            raise InvalidInput(
                f"“{path.name}” is larger than {LARGEST // 1_000_000} MB. {NOTHING} Add it as a "
                "file instead."
            )
        content = path.read_bytes()
    except OSError:
        raise NotThere(
            f"“{path.name}” could not be read. {NOTHING} See that it is there and that you may "
            "read it."
        ) from None
    if not content.strip():
        raise InvalidInput(f"“{path.name}” is empty. {NOTHING} Save it again.")
    return content


def _message(path: Path, content: bytes) -> EmailMessage:
    """The e-mail with all its parts. Python's own reader breaks on some headings that break the
    rules, here and whenever a part is asked for its kind: all of them are asked here."""
    try:
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        for part in message.walk():
            part.get_content_type()
            part.get_content_charset()
    except (*_BROKEN, RecursionError):
        raise InvalidInput(
            f"“{path.name}” breaks the rules of e-mails, so that it cannot be read. {NOTHING} Save "
            "its words as .txt and try again."
        ) from None
    return message


def _plain(path: Path, content: bytes) -> MailFile:
    """Words saved as text; the headings that mail programs put above them are understood."""
    text = _decoded(content, "utf-8-sig")
    lines, heads = text.splitlines(), dict[str, str]()
    for line in lines[:12]:
        head = _HEADER.match(line)
        if head:
            heads.setdefault(head[1].casefold(), head[2].strip())
        elif line.strip():
            break
    day = _day(heads.get("date", "") or heads.get("sent", ""))
    if day is None:
        day = dt.datetime.fromtimestamp(path.stat().st_mtime).astimezone().date()
    words = _tidy(text)
    return MailFile(
        _line(heads.get("subject", "") or path.stem, LONGEST_SUBJECT), day, words[:LONGEST_WORDS],
        _address(heads.get("from", "")), tuple(_addresses(heads.get("to", ""))), (),
        cut=len(words) > LONGEST_WORDS,
    )  # fmt: skip


def _header(message: EmailMessage, name: str) -> str:
    """A heading, also one that breaks the standard's rules."""
    try:
        return str(message.get(name) or "")
    except _BROKEN:
        raw = next((v for k, v in message.raw_items() if k.casefold() == name.casefold()), "")
        return str(raw)


def _read(part: EmailMessage) -> list[EmailMessage]:
    """The parts that are read, in their order. Of several that say the same the plain words count,
    and a page where there are none; words between and behind pictures are no less the mail's."""
    kind = part.get_content_type()
    if not part.is_multipart():
        return [part] if kind in _WORDS and not _is_file(part) else []
    if kind == "message/rfc822":
        return []
    found = [_read(each) for each in part.iter_parts() if isinstance(each, EmailMessage)]
    if kind != "multipart/alternative":
        return [each for some in found for each in some]
    said = [some for some in found if any(_words_of(each) for each in some)]
    plain = (some for some in said if any(e.get_content_type() == "text/plain" for e in some))
    return next(plain, said[-1] if said else [])


def _leaves(message: EmailMessage) -> list[EmailMessage]:
    """The parts that hold something; an e-mail inside the e-mail is one of them."""
    found: list[EmailMessage] = []
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        inner = part.get_payload() if part.is_multipart() else None
        if part.get_content_type() != "message/rfc822" and isinstance(inner, list):
            waiting = [each for each in inner if isinstance(each, EmailMessage)] + waiting
        else:
            found.append(part)
    return found


def _is_file(part: EmailMessage) -> bool:
    try:
        return part.get_content_disposition() == "attachment" or bool(part.get_filename())
    except _BROKEN:
        return True


def _words_of(part: EmailMessage) -> str:
    text = _decoded(_content(part), part.get_content_charset() or "utf-8")
    return as_text(text) if part.get_content_type() == "text/html" else _tidy(text)


def _content(part: EmailMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        held = inner if isinstance(inner, list) else []
        return b"".join(_as_sent(each) for each in held if isinstance(each, EmailMessage))
    try:
        content = part.get_payload(decode=True)
    except _BROKEN:  # a character set in pieces
        part.del_param("charset")
        content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _as_sent(message: EmailMessage) -> bytes:
    """An e-mail inside the e-mail; also one whose headings cannot be written again by the rules."""
    try:
        return message.as_bytes()
    except _BROKEN:
        return message.as_bytes(policy=email.policy.compat32)


def _files(message: EmailMessage) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for part in _leaves(message):
        if part.get_content_type() in _WORDS and not _is_file(part):
            continue  # read, or the same words again as a page
        content = _content(part)
        if content:
            kind = part.get_content_type()
            try:
                name = part.get_filename() or ""
            except _BROKEN:
                name = ""
            found.append((_file_name(name, len(found) + 1, kind), content))
    return found


# -- words -----------------------------------------------------------------------------------


def _decoded(content: bytes, charset: str) -> str:
    for each in (charset, "utf-8", "cp1252"):
        try:
            return content.decode(each)
        except (LookupError, UnicodeError):
            continue
    return content.decode("latin-1")


def _tidy(text: str) -> str:
    """Without what no text has, trailing blanks, and more than one empty line together."""
    whole = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    whole = whole.encode("utf-8", "replace").decode("utf-8")
    lines = [line.strip() if line.isspace() else line.rstrip() for line in whole.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _line(text: str, most: int) -> str:
    return " ".join(_tidy(text).split())[:most]


def _file_name(name: str, number: int, kind: str) -> str:
    """A name without folders or signs that no file may bear."""
    last = re.split(r"[\\/]", _line(name, 1_000))[-1]
    kept = re.sub(r'[\x00-\x1f\x7f<>:"|?*]', "", last).strip(". ")
    if kept:
        stem, dot, ending = kept.rpartition(".")
        return f"{stem[:150]}{dot}{ending[:20]}" if dot else kept[:150]
    ending = mimetypes.guess_extension(kind) or ".bin"
    return f"attachment {number}{'.eml' if kind == 'message/rfc822' else ending}"


def _day(text: str) -> dt.date | None:
    """The day of a mail's date, in the sender's own time; None where it is none."""
    try:
        return email.utils.parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _addresses(*texts: str) -> list[str]:
    pairs = email.utils.getaddresses([text for text in texts if text])
    return [address.casefold() for _, address in pairs if "@" in address]


def _address(text: str) -> str:
    return next(iter(_addresses(text)), "")
