"""One act with a large attachment in a process of its own, whose memory is measured.

Run by `test_bounded_memory.py`: `python -m tests.sync.memory ACT FOLDER` prints by how many bytes
the process grew at most while it acted. The system counts, so that what Rust and C hold is in it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from db.changes import Create
from db.keys import CHEAP
from engage_desktop.attachments import attach, attachments, save_copy
from engage_desktop.records.event import Event
from engage_desktop.sync import desk
from engage_desktop.sync.field_copy import make_field_copy, take_field_copy
from engage_desktop.sync.team import create_invite, create_team, join_team
from engage_desktop.workspace import Surroundings, Workspace

CODE, PASSPHRASE = "a code of a few words", "correct horse battery"
AROUND = Surroundings(cost=CHEAP)
PEAK = Path("/proc/self/clear_refs")
OFFICERS = ("priya", "sam", "ann", "robin")


def opened(folder: Path, officer: str) -> Workspace:
    """The workspace of an officer, made where it is not there."""
    path = folder / officer
    if path.exists():
        return Workspace.open(path, PASSPHRASE, around=AROUND)
    return Workspace.create(path, officer=officer, passphrase=PASSPHRASE, around=AROUND)[0]


def prepare(folder: Path) -> None:
    """A team of three and one who will go out, an event, and a shared folder."""
    (folder / "shared").mkdir()
    with opened(folder, "priya") as priya:
        create_team(priya.store)
        event = Event(id=priya.store.new_id(), name="Open day")
        priya.store.apply([Create(event)], "Add")
        (folder / "event").write_text(event.id)
        for officer in OFFICERS[1:]:
            with opened(folder, officer) as other:
                if officer != "robin":
                    join_team(other.store, create_invite(priya.store))


def act_attach(folder: Path) -> None:
    """Keep a file with the event."""
    with opened(folder, "priya") as priya:
        attach(priya, "event", (folder / "event").read_text(), [folder / "film"])


def act_send(folder: Path) -> None:
    """Send it through the folder."""
    with opened(folder, "priya") as priya:
        assert desk.send_and_receive(priya, folder / "shared").attachments_sent == 1


def act_receive(folder: Path) -> None:
    """Receive it from the folder."""
    with opened(folder, "sam") as sam:
        assert desk.send_and_receive(sam, folder / "shared").attachments_received == 1


def act_save(folder: Path) -> None:
    """Write it out again."""
    with opened(folder, "sam") as sam:
        reader = sam.store.reader()
        (film,) = attachments(reader)
        reader.close()
        save_copy(sam, film, folder / "film again")


def act_send_file(folder: Path) -> None:
    """Send it in one file."""
    with opened(folder, "priya") as priya:
        assert desk.write_delivery(priya, folder / "monday.engage").attachments_sent == 1


def act_receive_file(folder: Path) -> None:
    """Receive it from one file."""
    with opened(folder, "ann") as ann:
        assert desk.read_delivery(ann, folder / "monday.engage").attachments_received == 1


def act_verify(folder: Path) -> None:
    """Check the folder."""
    from engage_desktop.sync import LocalPlace, verify_folder

    report = verify_folder(LocalPlace(folder / "shared"))
    assert (report.ok, report.attachments) == (True, 1)


def act_make_copy(folder: Path) -> None:
    """Make a field copy of the event."""
    with opened(folder, "priya") as priya:
        made = make_field_copy(
            priya.store, priya.blobs, (folder / "event").read_text(), folder / "robin.fieldcopy",
            code=CODE, cost=CHEAP,
        )  # fmt: skip
        assert made.attachments == 1


def act_take_copy(folder: Path) -> None:
    """Take it in."""
    with opened(folder, "robin") as robin:
        take_field_copy(robin.store, robin.blobs, folder / "robin.fieldcopy", CODE)
        assert len(robin.blobs.all()) == 1


ACTS: dict[str, Callable[[Path], None]] = {
    name.removeprefix("act_"): act
    for name, act in list(globals().items())
    if name.startswith("act_")
}


def peak() -> int:
    """The most memory that this process held at once, in bytes, since it was last asked anew."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))


def main(act: str, folder: Path) -> None:
    """Act once for nothing that is large, so that all is loaded; then measure."""
    with opened(folder, "priya") as priya:
        priya.blobs.all()
    PEAK.write_text("5")
    before = peak()
    ACTS[act](folder)
    sys.stdout.write(f"{peak() - before}\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
