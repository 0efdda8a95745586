"""Errors apart: what the person at the keyboard can mend, and what only we can.

A `KnownError` carries the whole sentence the person reads: what happened, what was kept and what
to do next. It is shown or printed as it stands, never with a traceback. Anything else that
escapes is a bug of ours and is reported as one.
"""

from __future__ import annotations


class KnownError(Exception):
    """Something the person can mend.

    `code` is a stable lower-case word for machines (`--json`), `sentence` the text for people.
    """

    code = "known"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if code is not None:
            self.code = code


class WrongPassphrase(KnownError):
    """The passphrase or recovery code does not open this workspace. Never says more than that."""

    code = "wrong_passphrase"


class NotAWorkspace(KnownError):
    """The folder or file is not one of ours, or is cut short."""

    code = "not_a_workspace"


class DamagedStore(KnownError):
    """The store opened but fails its integrity check."""

    code = "damaged"


class NewerVersion(KnownError):
    """The store was written by a newer release than this one."""

    code = "newer_version"


class StoreBusy(KnownError):
    """Another window or command holds the workspace."""

    code = "busy"


class DiskFull(KnownError):
    """The disk (or quota) is full; the change was rolled back whole."""

    code = "disk_full"


class DriveTrouble(KnownError):
    """The drive would not take or give the bytes; the change was rolled back whole."""

    code = "drive"


class NotThere(KnownError):
    """A file or its folder is not where it was said to be."""

    code = "not_there"


class ReadOnly(KnownError):
    """The folder or file cannot be written."""

    code = "read_only"


class InvalidInput(KnownError):
    """A value breaks a rule of its field. `problems` maps field names to sentences."""

    code = "invalid"

    def __init__(self, sentence: str, problems: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.problems = dict(problems or {})


class NotFound(KnownError):
    """No record of that kind and id is here."""

    code = "not_found"


class Erased(NotFound):
    """The record was erased for good. `label` is its kind's."""

    code = "erased"

    def __init__(self, label: str) -> None:
        super().__init__(
            f"This {label} was erased for good, so there is nothing of it to show or to change. "
            "Nothing was changed."
        )


class NotPermitted(KnownError):
    """The officer's role does not let them do this. `reason` is a word for those who know roles."""

    code = "not_permitted"

    def __init__(self, sentence: str, reason: str = "") -> None:
        super().__init__(sentence)
        self.reason = reason


class CannotUndo(KnownError):
    """Somebody changed the record since; the sentence says who."""

    code = "cannot_undo"


class Cancelled(KnownError):
    """The person stopped it; nothing of it was kept unless the sentence says so."""

    code = "cancelled"
