"""What the commands share: their options, the passphrase, and how they answer."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from db.errors import InvalidInput, KnownError, NotFound

if TYPE_CHECKING:
    from engage_desktop.workspace import Surroundings, Workspace

ENVIRONMENT = "ENGAGE_PASSPHRASE"
_LONGEST_SECRET = 4096  # characters read of a file's first line

WorkspaceFolder = Annotated[Path, typer.Argument(metavar="WS", help="The workspace's folder.")]
Kind = Annotated[
    str,
    typer.Argument(
        metavar="KIND",
        help="A kind of record, for example stakeholder, venue, event or feedback.",
    ),
]
RecordId = Annotated[str, typer.Argument(metavar="ID", help="The record's id.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="FILE, given as an option.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        metavar="FILE",
        help="Read the passphrase from the first line of a file.",
    ),
]
Replace = Annotated[bool, typer.Option("--replace", help="Write over a file of that name.")]
CodeFile = Annotated[
    Path | None,
    typer.Option(
        "--code-file", metavar="FILE", help="The code that locks it, from a file's first line."
    ),
]


@dataclass(slots=True)
class Session:
    """Where this run of the command reads and writes; a test holds it in its hand."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    stdin: TextIO = field(default_factory=lambda: sys.stdin)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    around: Surroundings | None = None
    json: bool = False
    wrote: bool = False
    """Whether this run wrote anything into a workspace."""


_session = Session()


def session() -> Session:
    """The run that is going on."""
    return _session


def begin(new: Session) -> None:
    """Start a run."""
    global _session
    _session = new


def answer(as_json: bool, value: Any, words: Callable[[], str] | str = "") -> None:
    """Print a result: the value as JSON, or the words."""
    out = _session.out
    if as_json:
        out.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
    else:
        text = words if isinstance(words, str) else words()
        if text:
            out.write(harmless(text).rstrip("\n") + "\n")


def tell(text: str) -> None:
    """Say something on the side, where it does not disturb a result."""
    _session.err.write(harmless(text) + "\n")


_CONTROLS = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"}
_CONTROLS |= {0x7F: "␡"} | dict.fromkeys(range(0x80, 0xA0), "�")


def harmless(text: str) -> str:
    """Text for a terminal: what a stranger wrote in a comment must not steer the window it is
    read in, so control characters are shown as signs. JSON and files keep them."""
    return text.replace("\r\n", "\n").translate(_CONTROLS)


def read_stdin() -> str:
    """All of standard input, without the mark that some programs write first."""
    return _session.stdin.read().removeprefix("\ufeff")


# -- passphrase ----------------------------------------------------------------------------


def passphrase_from(file: Path | None, *, new: bool = False) -> str:
    """The passphrase: from a file, the environment or a prompt; never an argument.

    `new` asks twice. Raises `KnownError` where there is none and nobody to ask.
    """
    if file is not None:
        return first_line(file, "passphrase")
    given = _session.environment.get(ENVIRONMENT)
    if given:
        return given
    if not _session.stdin.isatty():
        raise KnownError(
            "The passphrase is needed and there is nobody to ask. Give --passphrase-file FILE, "
            f"or set {ENVIRONMENT}. Nothing was changed.",
            code="no_passphrase",
        )
    return _asked("Passphrase: ", twice=new)


def new_passphrase_from(file: Path | None) -> str:
    """The passphrase to change to: from a file or, twice, from a prompt.

    Never from the environment, which holds the present one. Raises `KnownError` where there is
    none and nobody to ask.
    """
    if file is not None:
        return first_line(file, "new passphrase")
    if not _session.stdin.isatty():
        raise KnownError(
            "The new passphrase is needed and there is nobody to ask. Give "
            "--new-passphrase-file FILE. Nothing was changed.",
            code="no_passphrase",
        )
    return _asked("New passphrase: ", twice=True)


def asked_secretly(words: str, what: str) -> str:
    """A secret from a prompt, not shown. Raises `KnownError` where there is nobody to ask."""
    if not _session.stdin.isatty():
        raise KnownError(
            f"The {what} is needed and there is nobody to ask. Give --password-file FILE. "
            "Nothing was changed.",
            code="no_password",
        )
    return _asked(words, twice=False)


def confirmed(question: str) -> bool:
    """Yes or no from the person; False where there is nobody to ask."""
    if not _session.stdin.isatty():
        return False
    _session.err.write(harmless(f"{question} (yes or no) "))
    _session.err.flush()
    return _session.stdin.readline().strip().casefold() == "yes"


def _asked(words: str, *, twice: bool) -> str:
    from getpass import getpass

    first = getpass(words)
    if twice and getpass("The same again: ") != first:
        raise KnownError("The two were not the same. Nothing was changed. Try again.")
    return first


def first_line(file: Path, what: str) -> str:
    """A secret kept on the first line of a file. Raises `KnownError`, naming `what` it is."""
    try:
        with file.open(encoding="utf-8-sig") as opened_file:
            line = opened_file.readline(_LONGEST_SECRET).rstrip("\r\n")
    except FileNotFoundError:
        raise NotFound(f"There is no {what} file “{file.name}”. Nothing was changed.") from None
    except (OSError, UnicodeDecodeError):
        raise KnownError(
            f"The {what} file “{file.name}” cannot be read. Nothing was changed."
        ) from None
    if not line:
        raise KnownError(f"The first line of “{file.name}” is empty. Nothing was changed.")
    return line


@contextlib.contextmanager
def opened(folder: Path, passphrase_file: Path | None) -> Iterator[Workspace]:
    """The workspace, open for one command. What was recovered is said on the side."""
    from engage_desktop.workspace import Workspace

    secret = passphrase_from(passphrase_file)
    with Workspace.open(folder, secret, around=_session.around) as workspace:
        for line in workspace.recovered:
            tell(line)
        before = workspace.store.writes
        try:
            yield workspace
        finally:
            _session.wrote |= workspace.store.writes != before


# -- input ---------------------------------------------------------------------------------


def json_object(text: str) -> dict[str, Any]:
    """A JSON object given as an argument, as @FILE, or as - for standard input."""
    if text == "-":
        text = read_stdin()
    elif text.startswith("@"):
        path = Path(text[1:])
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise NotFound(f"“{path.name}” cannot be read. Nothing was changed.") from None
    try:
        value = json.loads(text, object_pairs_hook=_once_each)
    except (ValueError, RecursionError):
        raise InvalidInput(
            'That is not JSON. Write for example {"name": "Village hall"}. Nothing was changed.'
        ) from None
    if not isinstance(value, dict):
        raise InvalidInput("The JSON must be one object, { … }. Nothing was changed.")
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are all different: of two values one would be lost unseen."""
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InvalidInput(f"“{twice[:60]}” is there twice. Nothing was changed.")
    return dict(pairs)


def out_file(file: Path | None, out: Path | None, usage: str) -> Path:
    """The one file that is meant, given as an argument or as --out. Raises `InvalidInput`."""
    if file is not None and out is not None and file != out:
        raise InvalidInput(
            f"Two files are named, “{file.name}” and “{out.name}”. Nothing was written. Name one."
        )
    target = file or out
    if target is None:
        raise InvalidInput(f"Say where to write: {usage}. Nothing was written.")
    return target


def new_file(
    file: Path | None, out: Path | None, usage: str, *, replace: bool, sealed: bool = False
) -> Path:
    """The one file to write, as `out_file` finds it. Raises `InvalidInput`, `FileThere`."""
    target = out_file(file, out, usage)
    check_place(target, replace=replace, sealed=sealed)
    return target


def check_place(target: Path, *, replace: bool, sealed: bool = False) -> None:
    """Raise `FileThere`, which names --replace, before a file would be written over unasked, and
    what else `check_target` raises, before anything is done."""
    from engage_desktop.leaving import check_free

    with replaceable():
        check_free(target, replace=replace, sealed=sealed)


@contextlib.contextmanager
def replaceable() -> Iterator[None]:
    """Whoever is told that a file stays is told how to write over it."""
    from engage_desktop.leaving import FileThere

    try:
        yield
    except FileThere as error:
        raise FileThere(f"{error.sentence} To write over it: --replace") from None


# -- words ---------------------------------------------------------------------------------


def columns(headings: Sequence[str], rows: Sequence[Sequence[str]], widest: int = 40) -> str:
    """A plain table: one line a row, long cells shortened."""
    cut = [[_short(cell, widest) for cell in row] for row in (headings, *rows)]
    widths = [max(len(row[i]) for row in cut) for i in range(len(headings))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cut
    )


def _short(text: str, widest: int) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= widest else plain[: widest - 1] + "…"
