"""Nothing plain lands in the folder that a team shares, and nothing on the team's own files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from db.changes import Create
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
