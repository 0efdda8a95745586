"""Sending and receiving: against the bare cost of the same bytes, and against peers.

Joplin's terminal client and PouchDB are measured where `BENCH_PEERS` names a folder into which
`npm install joplin@3.5.1 pouchdb` was done; PouchDB neither encrypts nor signs.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import random
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pyrage
import zstandard

from benchmarks.history import bootstrap
from benchmarks.imports import NAME, PLACES
from benchmarks.laptops import laptop, sync
from benchmarks.rosters import rosters
from benchmarks.shelves import changes
from benchmarks.timing import Figure, Report
from db.changes import ChangeSetHead, Create, Edit, Op
from db.keys import CHEAP
from engage_desktop.records.feedback import Comment, Response
from engage_desktop.records.venue import Venue
from engage_desktop.sync import create_invite
from engage_desktop.sync.lines import head_line, op_line

RECORDS = 10_000
HISTORY = 500_000
NOTES = 400
"""Notes given to Joplin, which takes 10 ms and more for each; its figure is for one note."""

LENGTHS = (10, 100, 1_000)


def exchange(report: Report, given: Path | None, *, small: bool) -> None:
    """Every figure about sync."""
    texts = corpus(given)
    if texts is None:
        report.note(f"{NAME} is not here, so made-up comments were sent: --data FILE")
        texts = made_up()
    with tempfile.TemporaryDirectory() as name:
        ours = two_laptops(Path(name), texts, report)
    peers(report, texts, ours)
    with tempfile.TemporaryDirectory() as name:
        bootstrap(Path(name), report, HISTORY // 10 if small else HISTORY)
    with tempfile.TemporaryDirectory() as name:
        idle(Path(name), report)
    rosters(report)


def corpus(given: Path | None) -> list[str] | None:
    """The texts of the published comments, as many as are sent: repeated where they end."""
    source = given or next((p / NAME for p in PLACES if (p / NAME).is_file()), None)
    if source is None:
        return None
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    longest = max(rows[0], key=lambda column: sum(len(row[column] or "") for row in rows[:200]))
    texts = [row[longest] or "" for row in rows]
    return [texts[n % len(texts)] for n in range(RECORDS)]


def made_up() -> list[str]:
    """As many comments of the benchmarks' own vocabulary."""
    chance = random.Random(1)
    made = (c.record for c in changes(RECORDS, lambda: chance.randbytes(16).hex()))  # type: ignore[union-attr]
    return [record.text for record in made if isinstance(record, Comment)]


# -- two laptops and a folder ------------------------------------------------------------------


def two_laptops(home: Path, texts: list[str], report: Report) -> float:
    """Seconds from the first laptop's records to the same records on the second."""
    shared = home / "shared"
    shared.mkdir()
    with laptop(home / "a", "A") as a:
        invitation = create_invite(a.store, cost=CHEAP)
        with laptop(home / "b", "B", invitation) as b:
            sync(a, shared), sync(b, shared)
            before = weight(shared)
            response = Response(id=a.store.new_id())
            rows = [Comment(id=a.store.new_id(), response=response.id, text=t) for t in texts]
            a.store.apply([Create(response), *map(Create, rows)], "Comments")
            begun = time.perf_counter()
            sync(a, shared)
            sent = time.perf_counter()
            received = sync(b, shared).received
            ended = time.perf_counter()
            assert received == len(texts) + 1, received
            weighs = weight(shared) - before
            bare, light = bare_cost(list(a.store.ops_after(0)), home)
    whole = ended - begun
    report.add(Figure(f"{len(texts):,} records, laptop to laptop", whole, "s", bare, "bare bytes"))
    report.add(Figure("  of it, sending", sent - begun, "s"))
    report.add(Figure("  of it, receiving", ended - sent, "s"))
    report.add(Figure("  bytes in the folder", weighs, "B", light, "bare bytes", 2.0))
    return whole


def weight(folder: Path) -> int:
    """Bytes of all files below."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def bare_cost(items: list[tuple[int, ChangeSetHead, Op]], home: Path) -> tuple[float, int]:
    """Seconds and bytes of the same lines as JSON, packed, sealed, flushed; opened again."""
    identity = pyrage.x25519.Identity.generate()
    path = home / "bare"
    begun = time.perf_counter()
    lines, last = [], ""
    for _, head, op in items:
        if head.id != last:
            lines.append(head_line(head))
            last = head.id
        lines.append(op_line(op))
    packed = zstandard.compress(b"".join(lines))
    with path.open("wb") as file:
        file.write(pyrage.encrypt(packed, [identity.to_public()]))
        file.flush()
        os.fsync(file.fileno())
    opened = zstandard.decompress(pyrage.decrypt(path.read_bytes(), [identity]))
    found = [json.loads(line) for line in opened.splitlines()]
    assert len(found) == len(lines)
    return time.perf_counter() - begun, path.stat().st_size


# -- peers -------------------------------------------------------------------------------------

_POUCH = """
const P = require('pouchdb'), fs = require('fs');
(async () => {
  const docs = JSON.parse(fs.readFileSync(process.argv[2])), dir = process.argv[3] + '/';
  const a = new P(dir + 'a'), shared = new P(dir + 'shared'), b = new P(dir + 'b');
  await a.bulkDocs(docs); await shared.info(); await b.info();
  const begun = process.hrtime.bigint();
  await a.replicate.to(shared); await b.replicate.from(shared);
  const took = Number(process.hrtime.bigint() - begun) / 1e9;
  const n = (await b.info()).doc_count;
  if (n !== docs.length) throw new Error('only ' + n);
  console.log(took);
  await a.close(); await shared.close(); await b.close();
})();
"""


def peers(report: Report, texts: list[str], ours: float) -> None:
    """The same records through PouchDB and, fewer of them, through Joplin."""
    folder = os.environ.get("BENCH_PEERS", "")
    if not folder or not shutil.which("node"):
        report.note("PouchDB and Joplin were not measured: BENCH_PEERS names no folder")
        return
    with tempfile.TemporaryDirectory() as name:
        pouch = pouchdb(Path(folder), Path(name), texts)
        report.add(Figure("  against PouchDB, which seals nothing", ours, "s", pouch, "PouchDB", 1))
    with tempfile.TemporaryDirectory() as name:
        slow = joplin(Path(folder), Path(name), texts[:NOTES])
        each, theirs = ours / len(texts) * 1e3, slow / NOTES * 1e3
        report.add(Figure("  one record", each, "ms", theirs, "Joplin", 0.02))


def pouchdb(peer: Path, home: Path, texts: list[str]) -> float:
    """Seconds to replicate to a database on disk and from there to a third."""
    docs = [
        {"_id": hashlib.sha256(f"{n}".encode()).hexdigest()[:32], "text": t}
        for n, t in enumerate(texts)
    ]
    (home / "docs.json").write_text(json.dumps(docs))
    (home / "run.js").write_text(_POUCH)
    environment = {**os.environ, "NODE_PATH": str(peer / "node_modules")}
    command = ["node", str(home / "run.js"), str(home / "docs.json"), str(home)]
    out = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return float(out.stdout.split()[-1])


def joplin(peer: Path, home: Path, texts: list[str]) -> float:
    """Seconds to send notes to a folder and to take them in elsewhere, start of program off."""
    notes = home / "notes"
    notes.mkdir()
    for number, text in enumerate(texts):
        (notes / f"{number}.md").write_text(text or "-")
    shared = home / "shared"
    shared.mkdir()
    client = [str(peer / "node_modules" / ".bin" / "joplin"), "--profile"]

    def run(profile: str, *words: str) -> float:
        begun = time.perf_counter()
        command = [*client, str(home / profile), *words]
        subprocess.run(command, check=True, capture_output=True, timeout=900)
        return time.perf_counter() - begun

    for profile in ("a", "b"):
        run(profile, "config", "sync.target", "2")
        run(profile, "config", "sync.2.path", str(shared))
    run("a", "mkbook", "Bench")
    run("a", "import", "--format", "md", str(notes), "Bench")
    idle_run = run("b", "version")
    return max(0.0, run("a", "sync") - idle_run) + max(0.0, run("b", "sync") - idle_run)


# -- again and again ---------------------------------------------------------------------------


def idle(home: Path, report: Report) -> None:
    """One more sync with nothing new, after histories of different lengths."""
    first = 0.0
    for length in LENGTHS:
        folder = home / str(length)
        shared = folder / "shared"
        shared.mkdir(parents=True)
        with laptop(folder / "a", "A") as a:
            venue = Venue(id=a.store.new_id(), name="Hall")
            a.store.apply([Create(venue)], "Add")
            for number in range(length):
                a.store.apply([Edit("venue", venue.id, {"name": f"Hall {number}"})], "Rename")
                sync(a, shared)
            took = []
            for _ in range(7):
                begun = time.perf_counter()
                sync(a, shared)
                took.append(time.perf_counter() - begun)
        best = sorted(took)[len(took) // 2] * 1e3
        first = first or best
        report.add(
            Figure(f"nothing new after {length:,} syncs", best, "ms", first, "the shortest", 2)
        )


__all__ = ["exchange"]
