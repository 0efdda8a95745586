"""Let the frozen programs do a small day's work, with nothing of the source tree in reach.

    .venv/bin/python tools/frozen_day.py dist/engage-desktop FOLDER

The window takes its tour without a display; then the command line makes a workspace, takes in a
file, changes and takes back, exports, prints, sends to a colleague and receives, backs up, restores
and checks. Each command must end with code 0, leave what it names, and print no traceback. FOLDER
keeps everything for a look.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SECONDS = 300
"""The longest any one step may take, on two busy cores."""


class Day:
    """One officer's folder, and the frozen programs run inside it."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs.resolve()
        self.folder = folder.resolve()
        self.home = self.folder / "home"
        self.home.mkdir(parents=True, exist_ok=True)
        passphrase = self.folder / "passphrase.txt"
        passphrase.write_text("a long walk to the village hall\n", encoding="utf-8")
        passphrase.chmod(0o600)
        # Not the environment of the build: a frozen program that needs it is not frozen.
        self.env = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.home),
            "LANG": "C.UTF-8",
            "QT_QPA_PLATFORM": "offscreen",
        }
        if sys.platform == "win32":
            self.env = {**os.environ, **self.env, "PATH": os.environ["PATH"]}

    def run(self, program: str, *args: str) -> str:
        """Standard output of one command; ends the whole check with its words if it failed."""
        began = time.monotonic()
        done = subprocess.run(
            [self.programs / program, *args],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        spent = time.monotonic() - began
        print(f"{spent:6.1f} s  {program} {' '.join(args)}", flush=True)
        if done.returncode or "Traceback" in done.stdout + done.stderr:
            sys.exit(f"ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def engage(self, *args: str) -> Any:
        """What the command line answers, as JSON."""
        said = self.run("engage", *args, "--json", "--passphrase-file", "passphrase.txt")
        try:
            return json.loads(said)
        except ValueError:
            sys.exit(f"not JSON: {said[:500]!r}")

    def refused(self, *args: str) -> str:
        """The code of the error that a command ends with."""
        done = subprocess.run(
            [self.programs / "engage", *args, "--json"],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        try:
            return str(json.loads(done.stderr)["error"]["code"])
        except (ValueError, KeyError):
            sys.exit(f"no error but {done.returncode}: {done.stdout}\n{done.stderr}")


def must(holds: bool, what: str) -> None:
    if not holds:
        sys.exit(f"The frozen day went wrong: {what}")


def command_line(day: Day) -> None:
    rows = "Name,Type\nMarsh Lane Carers,Voluntary sector\nHill Farm Readers,Voluntary sector\n"
    (day.folder / "groups.csv").write_text(rows, encoding="utf-8")
    day.engage("new", "ws", "--officer", "Sam Field", "--sample")
    before = day.engage("list", "ws", "stakeholder")["total"]
    must(before > 0, "the sample has no stakeholders")
    day.engage("import", "ws", "stakeholder", "groups.csv")
    must(day.engage("list", "ws", "stakeholder")["total"] == before + 2, "import added no two rows")
    day.engage("import", "ws", "stakeholder", "groups.csv")
    must(day.engage("list", "ws", "stakeholder")["total"] == before + 2, "a second import added")
    added = day.engage("add", "ws", "venue", '{"name": "Frozen Hall"}')["id"]
    day.engage("edit", "ws", "venue", added, '{"name": "Thawed Hall"}')
    must(day.engage("show", "ws", "venue", added)["name"] == "Thawed Hall", "edit changed nothing")
    day.engage("undo", "ws", "venue", added)
    must(day.engage("show", "ws", "venue", added)["name"] == "Frozen Hall", "undo changed nothing")
    for report in ("fft", "themes"):
        must(bool(day.engage("summary", "ws", report)), f"summary {report} is empty")
    for name in ("out.csv", "out.xlsx", "out.json"):
        day.engage("export", "ws", "stakeholder", name)
        must((day.folder / name).stat().st_size > 100, f"{name} is empty")
    for document, *more in (
        ("you-said-we-did",),
        ("register", "--kind", "stakeholder"),
        ("feedback-summary",),
    ):
        paper = f"tour/printed-{document}.pdf"
        day.engage("print", "ws", document, "--out", paper, *more)
        must((day.folder / paper).read_bytes().startswith(b"%PDF-"), f"{document} is no PDF")
    colleague(day)
    day.engage("backup", "ws", "ws.backup")
    day.engage("restore", "ws.backup", "again")
    must(day.engage("check", "again")["ok"], "the restored workspace is not whole")
    must(
        day.engage("list", "again", "stakeholder")["total"] == before + 2,
        "the restored workspace holds another number",
    )


def colleague(day: Day) -> None:
    """A second workspace joins, receives everything, and its own change comes back."""
    (day.folder / "shared").mkdir(exist_ok=True)
    day.engage("sync", "ws", "shared")
    (day.folder / "code.txt").write_text("hedge cider tractor violin\n", encoding="utf-8")
    day.engage("team", "invite", "ws", "joan.invite", "--for", "Joan Hill",
               "--code-file", "code.txt")  # fmt: skip
    joining = ("--join", "joan.invite", "--join-code-file", "code.txt")
    day.engage("new", "joan", "--officer", "Joan Hill", *joining)
    day.engage("sync", "joan", "shared")
    mine, theirs = (day.engage("list", ws, "venue")["total"] for ws in ("ws", "joan"))
    must(mine == theirs > 0, f"the colleague has {theirs} venues of {mine}")
    day.engage("add", "joan", "venue", '{"name": "Joan\'s Barn"}')
    day.engage("sync", "joan", "shared")
    day.engage("sync", "ws", "shared")
    must(day.engage("list", "ws", "venue")["total"] == mine + 1, "the colleague's venue is missing")
    must(day.engage("conflicts", "ws")["total"] == 0, "a conflict where two changed nothing alike")


def servers(day: Day) -> None:
    """Each kind of server's library is there: with nobody listening, all three say just that."""
    nobody = "127.0.0.1:1"
    who = ("--user", "sam", "--password-file", "passphrase.txt")
    for address in (
        f"webdav://{nobody}/team",
        f"sftp://{nobody}/team",
        f"s3://county-team/team?endpoint=http://{nobody}",
    ):
        code = day.refused("verify", address, *who)
        must(code == "folder_unavailable", f"{address} ended with {code}")


def main() -> int:
    day = Day(Path(sys.argv[1]), Path(sys.argv[2]))
    day.run("engage-desktop", "--tour", "tour")
    must(any((day.folder / "tour").glob("*.png")), "the tour left no picture")
    command_line(day)
    servers(day)
    return 0


if __name__ == "__main__":
    sys.exit(main())
