"""Small signed papers: entries of the roster, requests to join, acks. One form, read in one way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engage_desktop.sync.canonical import parse_canonical
from engage_desktop.sync.errors import refused

HASH = re.compile(r"[0-9a-f]{64}")
"""A SHA-256."""

KEY = HASH
"""A public Ed25519 key, or 32 random bytes, in hexadecimal."""

SEAL = re.compile(r"[0-9a-f]{128}")
"""An Ed25519 signature in hexadecimal."""


def read_paper(text: bytes, most: int, kind: str, sealed: str) -> tuple[Mapping[str, Any], Any]:
    """The body of a paper of this kind, and what stands beside it under the name `sealed`.

    Nothing is believed yet but its size in bytes, its one spelling and its frame. Raises `Refused`:
    empty, too_big, header.
    """
    if not text:
        raise refused("empty")
    if len(text) > most:
        raise refused("too_big")
    try:
        value = parse_canonical(text)
        if set(value) == {"body", sealed} and value["body"]["kind"] == kind:
            return value["body"], value[sealed]
    except (KeyError, TypeError, ValueError):
        pass
    raise refused("header")


__all__ = ["HASH", "KEY", "SEAL", "read_paper"]
