"""The command's beginning and end: its parser, and what becomes of an error."""

from __future__ import annotations

import functools
import io
import json
import os
import re
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.exceptions import Abort, Exit, TyperException
from typer.main import get_command

from db.connection import as_known
from db.errors import InvalidInput, KnownError, NotFound
from engage_desktop.cli import (
    changes,
    contacts,
    duplicates,
    erasing,
    field,
    files,
    filing,
    mailing,
    maps,
    places,
    records,
    reports,
    space,
    team,
)
from engage_desktop.cli.common import Session, answer, begin, harmless
from engage_desktop.cli.common import session as this_run
from engage_desktop.faults import fault_log, note_fault

STOPPED = 130
_KEPT = "Nothing was changed."
_SAID = re.compile(r"\bnothing\b|\bno \w+ was\b", re.IGNORECASE)

app = typer.Typer(
    name="engage",
    help="Engage Desktop on the command line. Every command takes --json and --help. "
    "The passphrase comes from a prompt, from --passphrase-file or from ENGAGE_PASSPHRASE.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)
for room in (
    space,
    records,
    duplicates,
    erasing,
    files,
    mailing,
    maps,
    filing,
    reports,
    team,
    field,
    changes,
    places,
    contacts,
):
    room.register(app)


def _tell_version(wanted: bool) -> None:
    if not wanted:
        return
    from engage_desktop.about import NAME, versions

    told = versions()
    answer(this_run().json, told, f"{NAME} {told['version']}")
    raise Exit(0)


@app.callback()
def _engage(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_tell_version,
                           help="Say which version this is.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", hidden=True)] = False,
) -> None:  # fmt: skip
    """`--json` before a command is for `--version`, which never comes here."""
    if json_:
        raise InvalidInput(
            "Say --json after the command, for example: engage check WS --json. Nothing was "
            "changed."
        )


@functools.cache
def _parser() -> Any:
    """All commands with their options; to make it takes ten times as long as most of them."""
    return get_command(app)


def main(argv: Sequence[str] | None = None, given: Session | None = None) -> int:
    """Run one command. Returns its exit code: 0 only when it did what was asked."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if given is None:
        _speak_utf8()
    session = given or Session()
    session.json = "--json" in arguments
    begin(session)
    try:
        done = _parser()(args=arguments, prog_name="engage", standalone_mode=False)
        if done == STOPPED:  # what becomes of Ctrl+C on its way here
            return _stopped(session)
        return int(done) if isinstance(done, int) else 0
    except Exit as leaving:
        return leaving.exit_code
    except KnownError as error:
        return _known(session, error)
    except (Abort, KeyboardInterrupt):
        return _stopped(session)
    except TyperException as error:
        format_message = getattr(error, "format_message", error.__str__)
        words = str(format_message()).rstrip(".")
        if type(error).__name__ == "NoArgsIsHelpError":  # Typer does not give the class
            return _said(session, "usage", words, 2)
        end = "" if words.endswith("?") else "."
        return _said(session, "usage", f"{words}{end} {_KEPT} Try: engage --help", 2)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - for the exit
        return 1
    except OSError as error:  # a file or drive that failed where nobody looked for it
        known = as_known(error, _named(error))
        return _ours(session, error) if known is None else _known(session, known)
    except Exception as error:  # noqa: BLE001 - whatever else happens is our fault
        return _ours(session, error)


def _speak_utf8() -> None:
    """What officers write is not confined to one country's letters, whatever the console says.

    Bytes that are no letters (in a file's name, or read from a pipe) come through as half
    characters, which are refused or shown where they matter, and are no error by themselves.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if isinstance(sys.stdin, io.TextIOWrapper) and not sys.stdin.isatty():
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")


def _named(error: OSError) -> str:
    name = os.path.basename(os.fsdecode(error.filename)) if error.filename else ""
    return name or "A file"


def _stopped(session: Session) -> int:
    words = "Stopped. What was not finished was not kept."
    return _said(session, "cancelled", words, STOPPED)


def _known(session: Session, error: KnownError) -> int:
    problems = error.problems if isinstance(error, InvalidInput) else {}
    return _said(session, error.code, _with_what_was_kept(session, error), 1, problems)


def _with_what_was_kept(session: Session, error: KnownError) -> str:
    """The sentence of an error; of an argument that will not do, with what became of the rest.

    Many are worded by rules that only look and cannot know. It is said only where it is so: this
    run wrote into no workspace.
    """
    asked = isinstance(error, (InvalidInput, NotFound))
    if not asked or session.wrote or _SAID.search(error.sentence):
        return error.sentence
    return f"{error.sentence.rstrip()} {_KEPT}"


def _said(
    session: Session, code: str, sentence: str, status: int, problems: dict[str, str] | None = None
) -> int:
    if session.json:
        detail: dict[str, object] = {"code": code, "sentence": sentence}
        if problems:
            detail["problems"] = problems
        session.err.write(json.dumps({"error": detail}, ensure_ascii=False) + "\n")
    else:
        session.err.write(harmless(sentence) + "\n")
    return status


def _ours(session: Session, error: Exception) -> int:
    log = fault_log()
    noted = note_fault(log, type(error), error.__traceback__)
    where = f" What went wrong is written, without any of your data, in {log}." if noted else ""
    sentence = f"This is our mistake, not yours: the command could not go on.{where}"
    return _said(session, "bug", sentence, 70)
