"""Commands about shared places on servers: add, list, test, forget."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from db.errors import InvalidInput, KnownError, NotFound
from engage_desktop.cli.common import (
    AsJson,
    PassphraseFile,
    WorkspaceFolder,
    answer,
    asked_secretly,
    confirmed,
    first_line,
    opened,
)

if TYPE_CHECKING:
    from engage_desktop.sync.place import Place
    from engage_desktop.sync.remote.address import Address
    from engage_desktop.sync.remote.base import RemotePlace
    from engage_desktop.sync.remote.login import Login

_LONGEST_KEY = 1 << 16

SharedPlace = Annotated[
    str,
    typer.Argument(metavar="FOLDER", help="The shared folder, or the address of a shared place."),
]
PlaceAddress = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="webdavs://…, sftp://… or s3://…")
]
UserName = Annotated[
    str, typer.Option("--user", help="Who you are to the server; for S3, the access key’s id.")
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        metavar="FILE",
        help="Read the server’s password from the first line of a file.",
    ),
]
KeyFile = Annotated[
    Path | None,
    typer.Option("--key-file", metavar="FILE", help="SFTP: a private key in place of a password."),
]
HostKey = Annotated[
    str, typer.Option("--fingerprint", help="SFTP: the server’s key, SHA256:…, as its keeper says.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    place = typer.Typer(help="Shared places on servers.", no_args_is_help=True)
    place.command("add")(add)
    place.command("list")(list_)
    place.command("test")(try_place)
    place.command("forget")(forget)
    app.add_typer(place, name="place")


def add(
    ws: WorkspaceFolder,
    address: PlaceAddress,
    user: UserName = "",
    password_file: PasswordFile = None,
    key_file: KeyFile = None,
    host_key: HostKey = "",
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Make a shared place on a server known, with its password, after it was reached."""
    from engage_desktop.sync.remote.address import parse_address
    from engage_desktop.sync.remote.book import keep_place_known

    where = parse_address(address)
    with opened(ws, passphrase_file) as workspace:
        login = _login(where, user, password_file, key_file)
        with _reached(where, login, host_key) as (_, right_key):
            known = keep_place_known(workspace.store, where, login, right_key)
    kept = {
        "keychain": "Its password is in this system’s keychain.",
        "store": "Its password is in the workspace, encrypted.",
        "": "It needs no password.",
    }[known.kept]
    words = f"{known.address} was reached and is known now. {kept} Use it: engage sync WS ADDRESS"
    answer(as_json, asdict(known), words)


def _login(
    where: Address, user: str, password_file: Path | None, key_file: Path | None
) -> Login | None:
    from engage_desktop.sync.remote.login import Login

    user = user or where.user
    if key_file is not None:
        if where.kind != "sftp" or password_file is not None:
            raise InvalidInput("A key file is for SFTP, in place of a password. Nothing was done.")
        if not user:
            raise InvalidInput("Say who you are to the server: --user NAME. Nothing was done.")
        return Login(user, _key(key_file), "key")
    if not user:
        if where.kind == "webdav" and password_file is None:
            return None  # some need no password inside a building
        raise InvalidInput("Say who you are to the server: --user NAME. Nothing was done.")
    if password_file is not None:
        return Login(user, first_line(password_file, "password"))
    return Login(user, asked_secretly(f"Password of {user}: ", "password"))


def _key(file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as opened_file:
            return opened_file.read(_LONGEST_KEY)
    except FileNotFoundError:
        raise NotFound(f"There is no key file “{file.name}”. Nothing was changed.") from None
    except (OSError, UnicodeDecodeError):
        raise KnownError(
            f"The key file “{file.name}” cannot be read. Nothing was changed."
        ) from None


@contextlib.contextmanager
def _reached(
    where: Address, login: Login | None, host_key: str
) -> Iterator[tuple[RemotePlace, str]]:
    """The place, reached; and the server's key, confirmed by the person where it is new."""
    from engage_desktop.sync.errors import ServerNotTrusted
    from engage_desktop.sync.remote.book import remote_place

    place = remote_place(where, login, host_key=host_key)
    try:
        try:
            place.check()
        except ServerNotTrusted as error:
            found = getattr(error, "fingerprint", "")
            if not found or not confirmed(
                f"{where.text} shows the key {found}. Is that what its keeper told you?"
            ):
                raise
            place.close()
            host_key = found
            place = remote_place(where, login, host_key=found)
            place.check()
        yield place, host_key
    finally:
        place.close()


def list_(
    ws: WorkspaceFolder, passphrase_file: PassphraseFile = None, as_json: AsJson = False
) -> None:
    """The shared places on servers that this workspace knows. Passwords are never shown."""
    from engage_desktop.sync.remote.book import known_places

    with opened(ws, passphrase_file) as workspace:
        rows = [asdict(place) for place in known_places(workspace.store)]
    lines = [
        f"{row['address']}  {row['user'] or '-'}  {row['kept'] or 'no password'}" for row in rows
    ]
    answer(as_json, {"total": len(rows), "rows": rows}, "\n".join(lines) or "None are known.")


def try_place(
    ws: WorkspaceFolder,
    address: PlaceAddress,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """See whether a known place can be reached, read and written. Leaves nothing there."""
    from engage_desktop.sync.remote.book import opened_place
    from engage_desktop.sync.work import files

    with opened(ws, passphrase_file) as workspace, opened_place(address, workspace.store) as place:
        place.check()
        count = sum(1 for _ in files(place, ""))
        try_writing = getattr(place, "try_writing", None)
        if try_writing is None:
            raise InvalidInput("That is a folder. This tests places on servers; nothing was done.")
        try_writing()
        value = {"address": place.identity, "files": count, "writable": True}
    answer(
        as_json, value, f"{value['address']}: reached, read and written. Files there: {count:,}."
    )


def forget(
    ws: WorkspaceFolder,
    address: PlaceAddress,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Forget a place and its password on this laptop. What is there stays there."""
    from engage_desktop.sync.remote.address import parse_address
    from engage_desktop.sync.remote.book import forget_place

    with opened(ws, passphrase_file) as workspace:
        gone = forget_place(workspace.store, parse_address(address))
    words = f"{gone.address} and its password are forgotten here. Nothing there was changed."
    answer(as_json, {"address": gone.address, "forgotten": True}, words)


@contextlib.contextmanager
def place_to_verify(
    text: str, user: str, password_file: Path | None, key_file: Path | None, host_key: str
) -> Iterator[Place]:
    """A folder, or a place on a server with what the person gives now; nothing is kept."""
    from engage_desktop.sync.place import LocalPlace
    from engage_desktop.sync.remote.address import is_address, parse_address

    if not is_address(text):
        if user or password_file or key_file or host_key:
            raise InvalidInput("A folder needs no user or password. Nothing was done.")
        yield LocalPlace(text)
        return
    where = parse_address(text)
    with _reached(where, _login(where, user, password_file, key_file), host_key) as (place, _):
        yield place
