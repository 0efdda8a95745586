"""What changed for an officer, to be printed or sent to oneself by e-mail.

Paper and e-mail leave the encrypted workspace, so they say less than the screen: nothing of a
confidential record, not even its title; of people's records and of sensitive fields only that
something changed, not to what. Nothing is ever attached.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from db.errors import InvalidInput
from engage_desktop.plain import counted, day_words, moment_words
from engage_desktop.queries.changes import Changed, Entry

NOWHERE = "nobody@engage.invalid"
"""Stands where the standard wants an address and none is known; a mail program asks for one."""


NOT_NEW = "Something that a colleague wrote before counts now, or no longer counts."
"""Where a record is unread though no change came: who may do what was decided anew."""


@dataclass(frozen=True, slots=True)
class Said:
    """One change: who and when, why, and the fields."""

    who: str
    why: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One record: what it is, its title, why it is told, and its changes."""

    kind: str
    title: str
    reason: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """Everything that goes on paper. `withheld` counts confidential records."""

    officer: str
    day: dt.date
    items: tuple[Item, ...]
    withheld: int
    since: dt.date | None = None

    @property
    def title(self) -> str:
        """The heading, and the subject of the letter."""
        return f"What changed for you, {day_words(self.day)}"

    @property
    def summary(self) -> str:
        """One sentence for the top."""
        if not self.items and not self.withheld:
            return "Nothing that you lead or watch was changed by a colleague."
        since = f" since {day_words(self.since)}" if self.since else ""
        count = counted(len(self.items), "record that you lead or watch was",
                        "records that you lead or watch were")  # fmt: skip
        return f"{count} changed by colleagues{since}."

    @property
    def left_out(self) -> str:
        """What is not told here; "" where that is nothing."""
        if not self.withheld:
            return ""
        count = counted(self.withheld, "confidential record was", "confidential records were")
        return f"{count} changed too and cannot be named here. Open the application to see."


def digest_of(
    officer: str, found: Iterable[Changed], day: dt.date, *, since: dt.date | None = None
) -> Digest:
    """What may leave the workspace of what changed: what is new, or since a day all of it."""
    items, withheld = [], 0
    for each in found:
        if each.confidential:
            withheld += 1
            continue
        reasons = [("you lead it", each.news.lead), ("you watch it", each.news.watched)]
        reason = " and ".join(words for words, holds in reasons if holds)
        title = " ".join(each.news.title.split()) or each.kind_label
        told = [entry for entry in each.entries if entry.new or since is not None]
        said = tuple(_said(entry) for entry in told)
        items.append(Item(each.kind_label, title, reason, said))
    return Digest(officer, day, tuple(items), withheld, since)


def _said(entry: Entry) -> Said:
    lines = list(dict.fromkeys(
        f"{line.label} was changed" if line.private else line.words for line in entry.lines
    ))  # fmt: skip
    if entry.more:
        lines.append(f"and {counted(entry.more, 'more field')}")
    return Said(f"{entry.officer}, {moment_words(entry.ms)}", entry.why, tuple(lines))


def text_of(digest: Digest) -> str:
    """The digest as plain text."""
    parts = [digest.summary]
    if digest.left_out:
        parts.append(digest.left_out)
    for item in digest.items:
        block = [f"{item.title} ({item.kind.lower()}; {item.reason})"]
        if not item.said:
            block.append(f"  {NOT_NEW}")
        for said in item.said:
            block.append(f"  {said.who}: {said.why}")
            block += [f"    {line}" for line in said.lines]
        parts.append("\n".join(block))
    return "\n\n".join(parts) + "\n"


def letter(digest: Digest, *, to: str = "", at: dt.datetime | None = None) -> bytes:
    """The digest as an e-mail (RFC 5322) to oneself, a draft for one's mail program.

    Raises `InvalidInput` for an address that cannot be one.
    """
    name = " ".join(digest.officer.split())
    try:
        address = Address(name, addr_spec=to.strip() or NOWHERE)
    except Exception as error:
        raise InvalidInput(
            f"“{to}” is not an e-mail address. Nothing was written. Type it as name@example.org."
        ) from error
    message = EmailMessage(SMTP)
    message["Subject"] = digest.title
    message["From"] = address
    message["To"] = address
    message["Date"] = format_datetime(at or dt.datetime.now().astimezone())
    message["X-Unsent"] = "1"  # opens as a draft
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text_of(digest), charset="utf-8", cte="quoted-printable")
    return bytes(message)


__all__ = ["NOT_NEW", "Digest", "Item", "Said", "digest_of", "letter", "text_of"]
