"""Nothing plain lands in the folder that a team shares, and nothing on the team's own files."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.changes import Create, Edit
from db.errors import InvalidInput
from db.keys import CHEAP
from engage_desktop.documents.output import write_pdf
from engage_desktop.exchange.exporter import export_file
from engage_desktop.leaving import check_free, leaving
from engage_desktop.outside import team_folder_around
from engage_desktop.records.registry import REGISTRY
from engage_desktop.sync import LocalPlace
from engage_desktop.sync.desk import invite, send_and_receive, write_delivery
from engage_desktop.sync.verify import verify_folder
from engage_desktop.watching import ForMe, write_digest
from engage_desktop.workspace import Surroundings, Workspace

OWN = ("team.json", "TEAM.JSON", "roster/list.csv", "b/list.csv", "snap/new/list.csv", "join/x.csv")
CODE = "tractor-violin-cider"


@pytest.fixture
def workspace(tmp_path: Path):
    made, _ = Workspace.create(
        tmp_path / "ws", officer="Sam Field", passphrase="tractor violin cider",
        around=Surroundings(cost=CHEAP),
    )  # fmt: skip
    with made:
        venue = REGISTRY["venue"](id=made.store.new_id(), name="Church hall")  # type: ignore[call-arg]
        made.store.apply([Create(venue)], "Add a venue")
        yield made


@pytest.fixture
def team(workspace: Workspace, tmp_path: Path) -> Path:
    """The folder that a team shares, after its first exchange."""
    folder = tmp_path / "Team"
    folder.mkdir()
    send_and_receive(workspace, folder)
    return folder


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused_plain(target: Path) -> None:
    with pytest.raises(InvalidInput) as told, leaving(target):
        pytest.fail("the work was begun")  # pragma: no cover
    assert told.value.sentence.startswith("“Team” is the folder that a team shares, and everybody")
    assert "Nothing was written" in told.value.sentence


@pytest.mark.parametrize("name", ["list.csv", "notes/list.csv", *OWN])
def test_nothing_plain_is_written_into_it(team: Path, name: str) -> None:
    (team / "notes").mkdir()
    before = files(team)
    refused_plain(team / name)
    assert files(team) == before


def test_every_kind_of_plain_file_is_refused_before_anything_is_read(
    workspace: Workspace, team: Path
) -> None:
    before = files(team)
    for name in ("list.csv", "list.xlsx", "list.json"):
        with pytest.raises(InvalidInput, match="that a team shares"):
            export_file(workspace.store, "venue", team / name)
    with pytest.raises(InvalidInput, match="that a team shares"):
        write_pdf(team / "map.svg", lambda out: pytest.fail("the work was begun"))
    for name in ("digest.eml", "digest.pdf"):
        with pytest.raises(InvalidInput, match="that a team shares"):
            write_digest(workspace.store, ForMe(0, 0, ()), team / name)
    with pytest.raises(InvalidInput, match="that a team shares"):
        check_free(team / "list.csv", replace=True)
    assert files(team) == before


def test_beside_it_and_around_it_one_writes_as_ever(team: Path) -> None:
    for target in (team.parent / "list.csv", team.parent / "Team list.csv"):
        with leaving(target) as file:
            file.write(b"x")
        assert target.read_bytes() == b"x"
    empty = team.parent / "empty"
    (empty / "b").mkdir(parents=True)
    (empty / "team.json").write_bytes(b"{}")  # another program's, and no team's folder
    with leaving(empty / "list.csv") as file:
        file.write(b"x")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_is_no_way_into_it(team: Path) -> None:
    link = team.parent / "link"
    link.symlink_to(team, target_is_directory=True)
    refused_plain(link / "list.csv")
    (team.parent / "deliveries").symlink_to(team / "b", target_is_directory=True)
    refused_plain(team.parent / "deliveries" / "list.csv")


def test_it_is_known_without_its_first_file_too(team: Path) -> None:
    assert (team / "b").is_dir()
    (team / "team.json").unlink()
    assert team_folder_around(team / "b") == team.resolve()
    refused_plain(team / "list.csv")


def other(folder: Path, *names: str) -> Path:
    """A folder of another program: empty files, and folders where the name ends in "/"."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).mkdir() if name.endswith("/") else (folder / name).write_bytes(b"{}")
    return folder


@pytest.mark.parametrize(
    "names",
    [
        ("roster/", "b"),
        ("roster/", "b/", "team.json"),
        ("roster/week 1.csv", "roster/000001.json", "b/notes.txt", "team.json"),
        ("snap/holiday.jpg", "roster/players.json", "team.json"),
        (f"roster/1-{'a' * 64}.json", f"b/{'a' * 64}.bundle", f"snap/{'a' * 40}.snapshot"),
        (f"roster/000001-{'a' * 64}.json",),  # one folder, copied away from a team's
    ],
)
def test_what_only_has_some_of_its_names_is_no_teams_folder(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    club = other(tmp_path / "Club", *names)
    assert team_folder_around(club / "exports" / "2026") is None
    with leaving(club / "list.csv") as file:
        file.write(b"x")


def test_a_teams_first_file_that_came_alone_makes_no_teams_folder(
    team: Path, tmp_path: Path
) -> None:
    """As where a colleague sent it by e-mail to mend a folder that had lost it."""
    downloads = tmp_path / "Downloads"
    downloads.mkdir()
    (downloads / "team.json").write_bytes((team / "team.json").read_bytes())
    assert team_folder_around(downloads) is None


OWN_FOLDERS = ("roster", "b", "snap")


@pytest.mark.parametrize("late", ["team.json", *OWN_FOLDERS])
def test_it_is_known_while_part_of_it_has_not_arrived(
    workspace: Workspace, team: Path, late: str
) -> None:
    write_more(workspace, team)
    place = team / late
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    refused_plain(team / "list.csv")


def write_more(workspace: Workspace, team: Path) -> None:
    """Two more exchanges, after which the folder has a snapshot and deliveries after it."""
    venue = REGISTRY["venue"](id=workspace.store.new_id(), name="Library")  # type: ignore[call-arg]
    workspace.store.apply([Create(venue)], "Add a venue")
    send_and_receive(workspace, team, snapshot=True)
    workspace.store.apply([Edit("venue", venue.id, {"name": "Town library"})], "Rename a venue")
    send_and_receive(workspace, team)
    assert list(team.glob("b/*/*.bundle"))
    assert list(team.glob("snap/*.snapshot"))


@pytest.mark.parametrize("alone", ["team.json", *OWN_FOLDERS])
def test_it_is_known_by_any_one_of_its_forms_beside_an_empty_folder(
    workspace: Workspace, team: Path, alone: str
) -> None:
    """A sync client makes the folders first, and fills them one after the other."""
    write_more(workspace, team)
    for name in {*OWN_FOLDERS, "ack"} - {alone}:
        shutil.rmtree(team / name)
    if alone != "team.json":
        (team / "team.json").unlink()
    assert team_folder_around(team) is None
    (team / "blob").mkdir()
    refused_plain(team / "list.csv")


def test_it_is_known_by_its_folders_while_they_are_all_empty(
    workspace: Workspace, team: Path
) -> None:
    write_more(workspace, team)
    for name in OWN_FOLDERS:
        shutil.rmtree(team / name)
        (team / name).mkdir()
    (team / "team.json").write_bytes(b"\0" * 500)
    refused_plain(team / "list.csv")


@pytest.mark.parametrize(
    "name", ["{} (1).{}", "{}-Laptop.{}", "{}_conflict-20260901.{}", ".{}.{}.icloud", "~{}.{}.tmp"]
)
def test_it_is_known_by_what_sync_clients_name_otherwise(
    workspace: Workspace, team: Path, name: str
) -> None:
    write_more(workspace, team)
    (team / "team.json").unlink()
    shutil.rmtree(team / "ack")
    for path in [path for folder in OWN_FOLDERS for path in (team / folder).rglob("*.*")]:
        path.rename(path.with_name(name.format(*path.name.split("."))))
    for folder in OWN_FOLDERS:
        kept = team.parent / "kept"
        (team / folder).rename(kept)
        refused_plain(team / "list.csv")
        kept.rename(team / folder)


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="whoever may do all reads all"
)
def test_a_folder_in_it_that_may_not_be_read_hides_none_of_the_others(
    workspace: Workspace, team: Path
) -> None:
    write_more(workspace, team)
    (team / "roster").chmod(0)
    (team / "team.json").chmod(0)
    try:
        refused_plain(team / "list.csv")
    finally:
        (team / "roster").chmod(0o700)


def test_folders_that_cannot_be_listed_leave_it_to_the_first_file(
    team: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_right(folder: Path) -> Iterator[os.DirEntry[str]]:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr("engage_desktop.outside.os.scandir", no_right)
    assert not (team / "ack").exists()
    refused_plain(team / "list.csv")  # by its first file
    (team / "team.json").write_bytes(b"")
    assert team_folder_around(team) is None  # nothing in it says so


def test_looking_stops_early_in_a_large_folder_of_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []
    real = os.scandir

    def counting(folder: Path) -> Any:
        looked.append(folder)
        return real(folder)

    club = other(
        tmp_path / "Club", "team.json", "roster/", *(f"b/{n:032x}/{n}.txt" for n in range(40))
    )
    monkeypatch.setattr("engage_desktop.outside.os.scandir", counting)
    assert team_folder_around(club) is None
    assert 3 <= len(looked) < 12


@pytest.mark.parametrize("where", ["ws2", "notes/ws2", "."])
def test_no_workspace_is_made_or_restored_in_it(
    workspace: Workspace, team: Path, where: str
) -> None:
    backup = team.parent / "Backup.zip"
    workspace.backup(backup)
    (team / "notes").mkdir()
    before = files(team)
    for make in (
        lambda: Workspace.create(
            team / where, officer="Alex", passphrase="tractor violin cider",
            around=Surroundings(cost=CHEAP),
        ),
        lambda: Workspace.restore(
            backup, team / where, "tractor violin cider", around=Surroundings(cost=CHEAP)
        ),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as told:
            make()
        assert told.value.sentence.startswith("“Team” is the folder that a team shares")
        assert "Nothing was made. Choose another folder" in told.value.sentence
    assert files(team) == before
    assert sorted(path.name for path in (team / "notes").iterdir()) == []


def test_what_is_sealed_may_lie_in_it_and_harms_nothing(workspace: Workspace, team: Path) -> None:
    before = files(team)
    write_delivery(workspace, team / "For Alex.engage")
    workspace.backup(team / "Backup.zip")
    invite(workspace, team / "Alex.invite", "officer", 7, CODE, officer="Alex")
    assert {p.name for p in files(team).keys() - before.keys()} == {
        "For Alex.engage", "Backup.zip", "Alex.invite",
    }  # fmt: skip
    assert verify_folder(LocalPlace(team)).ok
    send_and_receive(workspace, team)


@pytest.mark.parametrize("name", OWN)
def test_nothing_sealed_takes_the_place_of_the_teams_own(
    workspace: Workspace, team: Path, name: str
) -> None:
    before = files(team)
    for write in (
        lambda path: write_delivery(workspace, path),
        workspace.backup,
        lambda path: invite(workspace, path, "officer", 7, CODE, officer="Alex"),
    ):
        with pytest.raises(InvalidInput, match="is the team’s own, and stays as it is"):
            write(team / name)
    assert files(team) == before


def test_an_invitation_without_a_code_is_not_left_where_whoever_passes_may_join(
    workspace: Workspace, team: Path
) -> None:
    before = files(team)
    with pytest.raises(InvalidInput, match="that a team shares"):
        invite(workspace, team / "Alex.invite", "officer", 7, None, officer="Alex")
    assert files(team) == before
    invite(workspace, team.parent / "Alex.invite", "officer", 7, None, officer="Alex")


def test_nor_is_anything_of_a_workspace_a_target(workspace: Workspace, tmp_path: Path) -> None:
    before = {path.name for path in workspace.folder.rglob("*")}
    for name in ("store.db", "keys.json", "drafts.db", "new.csv", "blobs/aa/new.csv"):
        for sealed in (False, True):
            with pytest.raises(InvalidInput, match="folder of a workspace"):
                check_free(workspace.folder / name, replace=True, sealed=sealed)
    assert {path.name for path in workspace.folder.rglob("*")} == before
