"""Save a shared folder as this release writes it, for later releases to be tested against.

    python tools/make_sync_fixture.py tests/fixtures/sync-0.1.0

Run it once for a release, before it ships, and never again for that release. There are two
folders: `bundles`, before any snapshot, and `snapshot`, after one stands for them. Beside them lie
an invitation, with which a test reads them as a new laptop would, and what it should see. All keys
in it are made for this and used nowhere else.
"""

from __future__ import annotations

import io
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from db.changes import Create  # noqa: E402
from db.erase import Erase  # noqa: E402
from engage_desktop.records.filing import Attachment  # noqa: E402
from engage_desktop.sync import LocalPlace, create_invite  # noqa: E402
from engage_desktop.sync.team_asking import ask  # noqa: E402
from engage_desktop.sync.team_changes import change_role, revoke  # noqa: E402
from tests.sync.laptops import Laptop  # noqa: E402


def shown(one: Laptop) -> dict[str, Any]:
    """What a laptop shows, as JSON has it."""
    state = one.state()
    records = {f"{kind} {record}": list(v) for (kind, record), v in state["records"].items()}
    made: dict[str, Any] = json.loads(
        json.dumps({"records": records, "conflicts": state["conflicts"]})
    )
    return made


def make(folder: Path, target: Path) -> None:
    """Let a team work, and keep what it left in the folder."""
    shared = folder / "shared"
    shared.mkdir()
    priya = Laptop(folder / "priya", "Priya")
    sam = priya.invite("Sam", folder / "sam")
    alex = priya.invite("Alex", folder / "alex")
    for one in (priya, sam, alex):
        one.add_venue(f"Hall of {one.store.officer}")
        one.add_comment("The ramp was steep")
        one.sync(shared)
    digest, size = sam.blobs.put(io.BytesIO(b"the way to the hall" * 100))
    leaflet = Attachment(id=sam.store.new_id(), filename="map.txt", size=size, digest=digest)
    sam.store.apply([Create(leaflet)], "Attach a file")
    both = priya.add_venue("Library", address="1 High Street")
    for one in (priya, sam, alex):
        one.sync(shared)
    sam.edit_venue(both, name="Town library")
    priya.edit_venue(both, name="Old library")
    gone = priya.add_venue("Kiosk")
    priya.bin_venue(gone)
    sam.sync(shared)
    priya.sync(shared)
    change_role(priya.store, "Alex", "reader")
    revoke(priya.store, "Alex", "The laptop was lost")
    sam.store.erase(Erase("venue", both, ("address",)), "Asked for")
    sam.store.finish_erasures(sam.blobs)
    sam.sync(shared)
    ask(Laptop(folder / "casey", "Casey").store, LocalPlace(shared))
    invitation = create_invite(priya.store, role="admin", days=90)
    shutil.copytree(shared, target / "bundles")
    for one in (priya, sam):
        for _ in range(2):
            one.store.finish_erasures(one.blobs)
            one.sync(shared)
    priya.sync(shared, snapshot=True)
    for one in (sam, priya, sam):
        one.sync(shared)
    shutil.copytree(shared, target / "snapshot")
    (target / "invitation.json").write_bytes(invitation)
    (target / "content.json").write_text(json.dumps(shown(priya), indent=1, sort_keys=True) + "\n")


def main() -> None:
    target = Path(sys.argv[1])
    if target.exists():
        sys.exit(f"{target} is there already: a release's folder is saved once.")
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), target)


if __name__ == "__main__":
    main()
