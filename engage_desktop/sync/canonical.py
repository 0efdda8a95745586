"""One way, and only one, to write a JSON value as bytes.

What is signed or hashed must have a single spelling: keys sorted, no spaces, UTF-8, no NaN.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(value: Any) -> bytes:
    """The bytes of a JSON value. Raises `ValueError` on NaN and on text that is not Unicode."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def parse_canonical(data: bytes) -> Any:
    """The value of bytes that are spelled canonically. Raises `ValueError` otherwise."""
    try:
        value = json.loads(data)
        again = canonical(value)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if again != data:
        raise ValueError("not in the one spelling")
    return value


def sha256(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()
