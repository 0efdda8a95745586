"""SFTP: a folder on any machine that one can reach by SSH.

The server's key is pinned: shown once as a fingerprint for the officer to compare, and refused
ever after if it is another one. Keys and agents of the person's own are not tried; what the
officer gave for this place is used and nothing else.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import logging
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

from db.errors import KnownError
from engage_desktop.sync.errors import Refused, ServerNotTrusted, refused
from engage_desktop.sync.place import CHUNK
from engage_desktop.sync.remote.address import Address
from engage_desktop.sync.remote.base import DEEPEST, TEMPORARY, Body, Found, Patience
from engage_desktop.sync.remote.faults import Fault, PlaceFault
from engage_desktop.sync.remote.lines import Lines
from engage_desktop.sync.remote.login import Login

logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # its troubles are told in our words

_WINDOW = 32
"""Requests of 32 KiB on their way at a time."""

_NO_GREETING = "No existing session"
"""What paramiko says where the greeting took too long."""

_LINK, _ODD = "link", "not_a_file"


class HostKeyUnknown(ServerNotTrusted):
    """The first meeting with a server: the officer compares `fingerprint` and says yes or no."""

    code = "host_key_unknown"

    def __init__(self, sentence: str, fingerprint: str) -> None:
        super().__init__(sentence)
        self.fingerprint = fingerprint


class _Pinned(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
    """Takes the one key that the officer said is right."""

    def __init__(self, address: str, pinned: str) -> None:
        self._address = address
        self._pinned = pinned

    def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
        """Asked for every key, since no file of known ones is read."""
        found = fingerprint(key)
        if found == self._pinned:
            return
        nothing = "Nothing was sent, your password neither. "
        if self._pinned:
            raise ServerNotTrusted(
                f"The server of {self._address} shows another key than before: {found} and not "
                f"{self._pinned}. {nothing}It may be another machine that pretends to be yours. "
                "Ask whoever looks after it. Only if they say that the key was changed, forget "
                "the place and add it again.",
                code="host_key_changed",
            )
        raise HostKeyUnknown(
            f"The server of {self._address} is not known yet. It shows the key {found}. {nothing}"
            "Compare the key with what whoever looks after the server tells you, and confirm it: "
            f"engage place add WS ADDRESS --fingerprint {found}",
            found,
        )


def fingerprint(key: Any) -> str:
    """A key's fingerprint as every SSH program shows it."""
    digest = hashlib.sha256(key.asbytes()).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


class _Files(SFTPFileSystem):  # type: ignore[misc]
    """fsspec's, with patience that ends, nothing left behind, and odd files told apart."""

    cachable = False

    def _connect(self) -> None:
        silent = self.ssh_kwargs.pop("silent_seconds")
        lines: Lines = self.ssh_kwargs.pop("lines")
        where = (self.host, self.ssh_kwargs["port"])
        line = socket.create_connection(where, self.ssh_kwargs["timeout"])
        lines.add(line)
        self.client = paramiko.SSHClient()
        self.client.set_missing_host_key_policy(self.host_key_policy)
        try:
            self.client.connect(self.host, sock=line, **self.ssh_kwargs)
            transport = self.client.get_transport()
            self.ftp = self.client.open_sftp()
            self.ftp.get_channel().settimeout(silent)
            transport.set_keepalive(15)
        except BaseException:
            self.client.close()
            line.close()
            raise

    @staticmethod
    def _decode_stat(status: Any, parent_path: str | None = None) -> dict[str, Any]:
        mode = status.st_mode or 0
        kind = "directory" if stat.S_ISDIR(mode) else "link" if stat.S_ISLNK(mode) else "other"
        name = f"{(parent_path or '').rstrip('/')}/{getattr(status, 'filename', '')}"
        return {
            "name": name,
            "size": status.st_size or 0,
            "type": "file" if stat.S_ISREG(mode) or not mode else kind,
            "mtime": float(status.st_mtime or 0),
        }


class SftpWire:
    """One folder on an SSH server. `host_key` is the fingerprint that was confirmed, or ""."""

    def __init__(
        self,
        address: Address,
        login: Login,
        host_key: str,
        patience: Patience,
    ) -> None:
        self._address = address
        self._login = login
        self._host_key = host_key
        self._patience = patience
        self._files: _Files | None = None
        self._root = ""
        self._made: set[str] = set()
        self._lines = Lines()

    @property
    def files(self) -> _Files:
        """The file system, connected when first needed."""
        if self._files is None:
            files = self._opened()
            try:
                path = self._address.path or "/"
                home = path.removeprefix("/~").lstrip("/") if _is_home(path) else None
                self._root = files.ftp.normalize(path if home is None else home or ".").rstrip("/")
            except BaseException:
                files.client.close()
                raise
            self._files = files
        return self._files

    def _opened(self) -> _Files:
        seconds = self._patience.connect
        by = private_key(self._login) if self._login.kind == "key" else None
        return _Files(
            self._address.host,
            port=self._address.port or 22,
            username=self._login.user,
            **({"pkey": by} if by else {"password": self._login.secret}),
            timeout=seconds,
            banner_timeout=seconds,
            auth_timeout=seconds,
            channel_timeout=seconds,
            allow_agent=False,
            look_for_keys=False,
            host_key_policy=_Pinned(self._address.text, self._host_key),
            silent_seconds=self._patience.silent,
            lines=self._lines,
        )

    def close(self) -> None:
        """End the connection and its thread."""
        files, self._files = self._files, None
        self._made.clear()
        if files is not None:
            _end(files, self._patience.connect)
        self._lines.close()

    def abandon(self) -> None:
        """Break the connection, from another thread."""
        self._lines.cut()

    def make(self) -> None:
        """Make the folder, and those above it."""
        files = self._opened()
        try:
            path = self._address.path
            folder, rest = (".", path[2:]) if _is_home(path) else ("", path)
            for piece in rest.strip("/").split("/"):
                folder = f"{folder}/{piece}"
                try:
                    files.ftp.stat(folder)
                except FileNotFoundError:
                    files.ftp.mkdir(folder)
        finally:
            _end(files, self._patience.connect)

    def _path(self, name: str) -> str:
        _ = self.files
        return f"{self._root}/{name}" if name else self._root or "/"

    # -- looking ------------------------------------------------------------------------------

    def connect(self) -> None:
        """Log in and see that the folder is one."""
        path = self._path("")
        if not stat.S_ISDIR(self.files.ftp.stat(path).st_mode or 0):
            raise PlaceFault(Fault.ABSENT)

    def walk(self, under: str) -> list[Found]:
        """Every file below, folder by folder; links and odd files are named with their problem."""
        try:
            if under:
                self._looked_at(under)
        except Refused:
            return [Found(under, problem=_LINK)]
        found: list[Found] = []
        waiting = [(under, DEEPEST)]
        while waiting:
            folder, left = waiting.pop()
            with contextlib.ExitStack() as gone:
                if folder != under:
                    gone.enter_context(contextlib.suppress(FileNotFoundError))
                for item in self._listed(folder):
                    if item.problem != "directory":
                        found.append(item)
                    elif left and item.name != TEMPORARY:
                        waiting.append((item.name, left - 1))
        return found

    def _listed(self, folder: str) -> list[Found]:
        items = []
        for item in self.files.ls(self._path(folder), detail=True):
            last = item["name"].rpartition("/")[2]
            name = f"{folder}/{last}" if folder else last
            problem = {"file": "", "directory": "directory", "link": _LINK}.get(item["type"], _ODD)
            size, changed = item["size"], item["mtime"]
            items.append(Found(name, size if not problem else 0, str(changed), problem, changed))
        return items

    def top(self) -> list[str]:
        """What lies in the folder itself."""
        return [item.name for item in self._listed("")]

    def _looked_at(self, name: str) -> paramiko.SFTPAttributes | None:
        """What lies under a name; None for nothing. Raises `Refused` (link) when it, or a folder
        on the way to it, leads somewhere else."""
        path = self._path(name)
        try:
            status = self.files.ftp.lstat(path)
            if stat.S_ISLNK(status.st_mode or 0) or self.files.ftp.normalize(path) != path:
                raise refused("link")
        except FileNotFoundError:
            above = str(PurePosixPath(name).parent)
            if above != ".":
                self._looked_at(above)
            return None
        return status

    def size(self, name: str) -> int | None:
        """A file's size; links and odd files are refused."""
        status = self._looked_at(name)
        if status is None:
            return None
        if not stat.S_ISREG(status.st_mode or stat.S_IFREG):
            raise refused("not_a_file")
        return int(status.st_size or 0)

    def read(self, name: str, offset: int) -> Iterator[bytes]:
        """Its bytes, a window of requests at a time."""
        with self.files.open(self._path(name), "rb") as file:
            file._prefetch_thread = _quietly(file._prefetch_thread)
            size = int(file.stat().st_size or 0)
            step = file.MAX_REQUEST_SIZE
            while offset < size:
                end = min(size, offset + _WINDOW * step)
                wanted = [(at, min(step, end - at)) for at in range(offset, end, step)]
                for chunk in file.readv(wanted):
                    if not chunk:
                        return  # it was cut short meanwhile
                    offset += len(chunk)
                    yield chunk

    # -- changing -----------------------------------------------------------------------------

    def publish(self, temporary: str, name: str, body: Body) -> bool:
        """Write under a temporary name, flush, rename: which, in SFTP, never overwrites."""
        ftp = self.files.ftp
        self._make_folder(str(PurePosixPath(temporary).parent))
        self._make_folder(str(PurePosixPath(name).parent))
        source, target = self._path(temporary), self._path(name)
        moved = False
        try:
            self._write(source, body)
            try:
                ftp.rename(source, target)
                moved = True
            except OSError:
                if not ftp.get_channel().closed and self.size(name) is not None:
                    return False
                raise
        finally:
            if not moved:
                with contextlib.suppress(Exception):
                    ftp.remove(source)
        return True

    def _write(self, path: str, body: Body) -> None:
        """Write in windows, so that an error is heard and a long way does not make it slow."""
        ftp = self.files.ftp
        with self.files.open(path, "wxb", block_size=0) as file:
            try:
                for number, chunk in enumerate(body):
                    file.set_pipelined(number % (_WINDOW // 2) != _WINDOW // 2 - 1)
                    file.write(chunk)
                file.set_pipelined(False)
                if (file.stat().st_size or 0) != body.size:
                    raise PlaceFault(Fault.FULL if self._is_full() else Fault.AWAY)
            except OSError as error:
                if error.errno is None and not ftp.get_channel().closed and self._is_full(error):
                    raise PlaceFault(Fault.FULL) from error
                raise
            with contextlib.suppress(OSError):  # an extension that few servers lack
                ftp._request(200, "fsync@openssh.com", file.handle)

    def _is_full(self, error: OSError | None = None) -> bool:
        """SFTP has one word for every failure, so the text and the disk are asked too."""
        said = str(error or "").lower()
        if "space" in said or "quota" in said:
            return True
        with contextlib.suppress(OSError, paramiko.SFTPError):
            _, answer = self.files.ftp._request(200, "statvfs@openssh.com", self._path(""))
            figures = [answer.get_int64() for _ in range(5)]
            return bool(figures[4] == 0)  # blocks left for ordinary people
        return False

    def _make_folder(self, folder: str) -> None:
        if folder in ("", ".") or folder in self._made:
            return
        self._make_folder(str(PurePosixPath(folder).parent))
        if self._looked_at(folder) is None:
            with contextlib.suppress(OSError):  # made meanwhile; else writing into it will tell
                self.files.ftp.mkdir(self._path(folder))
        self._made.add(folder)

    def remove(self, name: str) -> None:
        """Delete a file; a link is neither followed nor deleted."""
        if self.size(name) is None:
            raise PlaceFault(Fault.ABSENT)
        self.files.ftp.remove(self._path(name))

    def temporaries(self) -> list[Found]:
        """What lies in the folder for temporary files."""
        return self._listed(TEMPORARY)

    def fault(self, error: Exception) -> Fault | None:
        """SFTP names three errors; all else is a failure, or the connection."""
        if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
            return Fault.SILENT
        if isinstance(error, paramiko.SSHException) and str(error) == _NO_GREETING:
            return Fault.SILENT
        if isinstance(error, paramiko.AuthenticationException):
            return Fault.SILENT if "timeout" in str(error).lower() else Fault.LOGIN
        if isinstance(error, socket.gaierror):
            return Fault.UNKNOWN
        if isinstance(error, FileNotFoundError):
            return Fault.ABSENT
        if isinstance(error, PermissionError):
            return Fault.DENIED
        if isinstance(error, (paramiko.SSHException, paramiko.SFTPError, OSError, EOFError)):
            return Fault.AWAY
        return None


def _quietly(ask: Callable[..., None]) -> Callable[..., None]:
    """Asking ahead is done on a thread of paramiko's; that the connection broke is told to whoever
    waits for the answer, and needs no second telling."""

    def asked(*what: Any) -> None:
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            ask(*what)

    return asked


def _end(files: _Files, seconds: float) -> None:
    transport = files.client.get_transport()
    files.client.close()
    if transport is not None:
        transport.join(seconds)


def private_key(login: Login) -> paramiko.PKey:
    """The private key that an officer gave. Raises `KnownError` for one that cannot be used."""
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(login.secret))
        except paramiko.PasswordRequiredException:
            raise KnownError(
                "The private key is locked with a passphrase, and nobody could give it at each "
                "sync. Nothing was kept. Make a key for this place without one: it is kept in "
                "the keychain or the encrypted store.",
                code="locked_key",
            ) from None
        except (paramiko.SSHException, ValueError):
            continue
    raise KnownError(
        "That is not a private key that can be used (Ed25519, ECDSA or RSA). Nothing was kept.",
        code="bad_key",
    )


def _is_home(path: str) -> bool:
    return path == "/~" or path.startswith("/~/")


assert CHUNK % 32768 == 0, "a chunk is a whole number of SFTP requests"
