"""Text that a spreadsheet could mistake, made harmless on the way out and whole on the way in.

A cell that begins with = + - @, a tab or a line break of old Macs is run as a formula by
spreadsheets. It goes out with an apostrophe before it. Text that already looks like that (an
apostrophe or several, then such a sign) gets one more, so that taking one off on the way in gives
back exactly what was there.
"""

from __future__ import annotations

import re

_RISKY = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_ADDED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")

_XML_CANNOT = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_XML_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def neutralised(text: str) -> str:
    """Text that no spreadsheet runs. `restored` is its inverse for every text."""
    return "'" + text if _RISKY.match(text) else text


def restored(text: str) -> str:
    """Take off the apostrophe that `neutralised` added, and only that one."""
    return text[1:] if _ADDED.match(text) else text


def xml_safe(text: str) -> str:
    """Control characters in the workbook format's own escape, `_x000B_`.

    XML 1.0 cannot hold them. Text that happens to look like such an escape is escaped too.
    Carriage returns are among them, because XML readers turn them into line feeds.
    """
    return _XML_CANNOT.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def xml_restored(text: str) -> str:
    """The inverse of `xml_safe`; also reads what spreadsheet programs escape themselves."""
    if "_x" not in text:
        return text
    return _XML_ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
