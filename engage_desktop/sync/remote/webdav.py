"""WebDAV: a folder on a web server (Nextcloud, SharePoint's relatives, a NAS).

A file is sent under a temporary name and moved to its own with `Overwrite: F`, so that nobody
ever sees half of it and nobody's file is replaced. Certificates are held against those that the
operating system trusts, and the usual public ones.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Generator, Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

import httpx
from webdav4.client import (
    BadGatewayError,
    Client,
    HTTPError,
    InsufficientStorage,
    MultiStatusError,
    ResourceAlreadyExists,
    ResourceConflict,
    ResourceLocked,
    ResourceNotFound,
)
from webdav4.client import ForbiddenOperation as Forbidden
from webdav4.fsspec import WebdavFileSystem
from webdav4.multistatus import Response, parse_multistatus_response

from db.errors import InvalidInput
from engage_desktop.sync.errors import refused
from engage_desktop.sync.place import CHUNK
from engage_desktop.sync.remote.address import Address
from engage_desktop.sync.remote.base import DEEPEST, TEMPORARY, Body, Found, Patience
from engage_desktop.sync.remote.certificate import trusted
from engage_desktop.sync.remote.faults import Fault, PlaceFault
from engage_desktop.sync.remote.lines import Lines
from engage_desktop.sync.remote.login import Login

_AWAY = {408, 423, 425, 429, 500, 502, 503, 504, 509}
_FULL = {413, 507}
_MOST_REDIRECTS = 5


class _Client(Client):  # type: ignore[misc]
    """webdav4's, for folders of every name: its own loses the % before a sign like “#”."""

    def join_url(self, path: str, add_trailing_slash: bool = False) -> httpx.URL:
        """The address of a quoted name in the folder."""
        pieces = (self.base_url.raw_path.decode().strip("/"), path.strip("/"))
        whole = "/" + "/".join(piece for piece in pieces if piece)
        slash = "/" if add_trailing_slash and whole != "/" else ""
        url: httpx.URL = self.base_url.copy_with(raw_path=f"{whole}{slash}".encode())
        return url


class WebdavWire:
    """One WebDAV folder."""

    def __init__(
        self,
        address: Address,
        login: Login | None,
        patience: Patience,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._address = address
        self._login = login
        self._timeout = httpx.Timeout(patience.silent, connect=patience.connect)
        self._trust = trust
        self._files: WebdavFileSystem | None = None
        self._made: set[str] = set()
        self._whole_tree = True
        self._lines = Lines()

    @property
    def files(self) -> WebdavFileSystem:
        """The file system, connected when first needed."""
        if self._files is None:
            login = self._login
            try:
                client = _Client(
                    self._address.url,
                    auth=_Auth(login.user, login.secret) if login else None,
                    retry=False,
                    chunk_size=CHUNK,
                    timeout=self._timeout,
                    verify=self._trust or trusted(),
                    event_hooks={"request": [self._watch], "response": [self._stay]},
                )
            except httpx.InvalidURL:
                raise InvalidInput(
                    "The address names no server that there could be. Nothing was changed. Write "
                    "it as its keeper gave it to you."
                ) from None
            self._files = WebdavFileSystem(
                self._address.url, client=client, skip_instance_cache=True
            )
        return self._files

    def close(self) -> None:
        """Close the connections."""
        files, self._files = self._files, None
        self._made.clear()
        if files is not None:
            files.client.http.close()
        self._lines.close()

    def abandon(self) -> None:
        """Break the connections, from another thread."""
        self._lines.cut()

    def _watch(self, request: httpx.Request) -> None:
        def happened(what: str, about: dict[str, Any]) -> None:
            if what.endswith("connect_tcp.complete"):
                self._lines.add(about["return_value"].get_extra_info("socket"))

        request.extensions = {**request.extensions, "trace": happened}

    def _stay(self, response: httpx.Response) -> None:
        """Follow nobody to another server: it may not be the one that the officer chose."""
        if response.has_redirect_location:
            asked = response.request.url
            try:
                to = asked.join(response.headers["Location"])
            except httpx.InvalidURL:
                raise PlaceFault(Fault.ELSEWHERE) from None
            if (to.scheme, to.host, to.port) != (asked.scheme, asked.host, asked.port):
                raise PlaceFault(Fault.ELSEWHERE)

    # -- looking ------------------------------------------------------------------------------

    def connect(self) -> None:
        """Log in and see that the folder is one."""
        try:
            root = self._asked("", "0", folder=True)
        except ResourceNotFound:
            root = self._asked("", "0")
        if not any(each.properties.collection for each in root):
            raise PlaceFault(Fault.ODD)

    def make(self) -> None:
        """MKCOL, from the top down where a folder above is not there either."""
        pieces = self._address.path.strip("/").split("/")
        missing: list[str] = []
        while pieces:
            answer = self._mkcol("/".join(pieces))
            if answer.status_code != 409:
                break
            missing.append("/".join(pieces))
            pieces.pop()
        for folder in reversed(missing):
            answer = self._mkcol(folder)
        if answer.is_error and answer.status_code != 405:  # there already
            raise HTTPError(answer)

    def _mkcol(self, path: str) -> httpx.Response:
        root = self._address.url.removesuffix(quote(self._address.path))
        answer: httpx.Response = self.files.client.http.mkcol(f"{root}/{quote(path)}/")
        return answer

    def _asked(self, name: str, depth: str, *, folder: bool = False) -> list[Response]:
        """A PROPFIND. An answer that is none (a web page, say) is odd.

        Redirects within the server are followed here, so that each request is signed in anew: a
        proof of the password by Digest is for one address alone. A `folder` is asked for with a
        slash, to which some servers would only redirect.
        """
        client = self.files.client
        url = client.join_url(quote(name), add_trailing_slash=folder)
        for _ in range(_MOST_REDIRECTS):
            answer = client.http.propfind(url, headers={"Depth": depth}, follow_redirects=False)
            if not answer.has_redirect_location:
                break
            url = url.join(answer.headers["Location"])
        if answer.status_code == 404:
            raise ResourceNotFound(name)
        if answer.status_code >= 300:
            raise HTTPError(answer)
        try:
            told: list[Response] = list(parse_multistatus_response(answer).responses.values())
        except (ValueError, KeyError, AssertionError):
            raise PlaceFault(Fault.ODD) from None
        return told

    def walk(self, under: str) -> list[Found]:
        """Every file below: in one answer where the server gives the whole tree, else by folder."""
        found: list[Found] = []
        waiting = [(under, DEEPEST)]
        if self._whole_tree:
            files, folders = self._listed(under, "infinity")
            deeper = any(_depth(each, under) > 1 for each in [*(f.name for f in files), *folders])
            if deeper or not folders:
                return [f for f in files if _depth(f.name, under) <= DEEPEST + 1]
            found += files
            waiting = [(folder, DEEPEST - 1) for folder in folders]
        while waiting:
            folder, left = waiting.pop()
            with contextlib.ExitStack() as gone:
                if folder != under:
                    gone.enter_context(contextlib.suppress(ResourceNotFound))
                files, folders = self._listed(folder, "1")
                found += files
                if left:
                    waiting += [(each, left - 1) for each in folders]
        return found

    def _listed(self, folder: str, depth: str) -> tuple[list[Found], list[str]]:
        """What a PROPFIND tells: files, and folders by name."""
        client = self.files.client
        try:
            answer = self._asked(folder, depth, folder=True)
        except HTTPError as error:
            if depth == "infinity" and error.status_code in (400, 403, 405, 501):
                self._whole_tree = False
                return self._listed(folder, "1")
            raise
        files, folders = [], []
        for response in answer:
            name = response.path_relative_to(client.base_url).strip("/")
            if name == folder or (folder and not name.startswith(f"{folder}/")):
                continue
            if name == TEMPORARY or (not folder and name.startswith(f"{TEMPORARY}/")):
                continue
            about = response.properties
            if about.collection or about.resource_type == "directory":
                folders.append(name)
            else:
                changed = about.modified
                stamp = str(about.etag or changed or "")
                seconds = changed.timestamp() if changed else 0.0
                files.append(Found(name, about.content_length or 0, stamp, "", seconds))
        return files, folders

    def top(self) -> list[str]:
        """What lies in the folder itself."""
        files, folders = self._listed("", "1")
        return [each.name for each in files] + folders

    def size(self, name: str) -> int | None:
        """A file's size; a folder is refused."""
        try:
            (about, *_) = self._asked(name, "0")
        except ResourceNotFound:
            return None
        if about.properties.collection:
            raise refused("not_a_file")
        return about.properties.content_length or 0

    def read(self, name: str, offset: int) -> Iterator[bytes]:
        """Its bytes; a server that cannot begin in the middle is read from the front."""
        client = self.files.client
        headers = {"Accept-Encoding": "identity"}
        if offset:
            headers["Range"] = f"bytes={offset}-"
        with client.http.stream("GET", client.join_url(quote(name)), headers=headers) as response:
            if response.status_code == 416:
                return
            if response.status_code not in (200, 206):
                raise HTTPError(response)
            skip = offset if response.status_code == 200 else 0
            for chunk in response.iter_bytes(CHUNK):
                yield chunk[skip:]
                skip = max(0, skip - len(chunk))

    # -- changing -----------------------------------------------------------------------------

    def publish(self, temporary: str, name: str, body: Body) -> bool:
        """PUT under a temporary name, then MOVE without overwriting."""
        client = self.files.client
        self._make_folder(str(PurePosixPath(temporary).parent))
        self._make_folder(str(PurePosixPath(name).parent))
        headers = {"Content-Length": str(body.size), "Content-Type": "application/octet-stream"}
        moved = False
        try:
            client.request("PUT", quote(temporary), content=body, headers=headers)
            client.move(quote(temporary), quote(name), overwrite=False)
            moved = True
        except ResourceAlreadyExists:
            return False
        except ResourceConflict:
            self._made.clear()  # somebody took the folder away, or the whole place
            self.connect()
            raise
        finally:
            if not moved:
                with contextlib.suppress(Exception):
                    client.remove(quote(temporary))
        return True

    def _make_folder(self, folder: str) -> None:
        if folder in ("", ".") or folder in self._made:
            return
        self._make_folder(str(PurePosixPath(folder).parent))
        with contextlib.suppress(ResourceAlreadyExists):
            self.files.client.mkdir(quote(folder))
        self._made.add(folder)

    def remove(self, name: str) -> None:
        """Delete a file, never a folder with all that is in it."""
        if self.size(name) is None:
            raise PlaceFault(Fault.ABSENT)
        self.files.client.remove(quote(name))

    def temporaries(self) -> list[Found]:
        """What lies in the folder for temporary files."""
        return self._listed(TEMPORARY, "1")[0]

    def fault(self, error: Exception) -> Fault | None:
        """By the status of the answer, or by how there was none."""
        if isinstance(error, ResourceNotFound):
            return Fault.ABSENT
        if isinstance(error, InsufficientStorage):
            return Fault.FULL
        if isinstance(error, (Forbidden, MultiStatusError)):
            return Fault.DENIED
        if isinstance(error, (ResourceConflict, ResourceLocked, BadGatewayError)):
            return Fault.AWAY
        if isinstance(error, HTTPError):
            return _by_status(error.status_code)
        if isinstance(error, httpx.TimeoutException):
            return Fault.SILENT
        if isinstance(error, httpx.TransportError):
            if came_of(error, ssl.SSLCertVerificationError):
                return Fault.CERTIFICATE
            return Fault.UNKNOWN if came_of(error, socket.gaierror) else Fault.AWAY
        if isinstance(error, (httpx.HTTPError, SyntaxError)):  # an answer that is no XML
            return Fault.ODD
        return None


def _by_status(status: int) -> Fault:
    if status == 401:
        return Fault.LOGIN
    if status in (404, 410):
        return Fault.ABSENT
    if status in (403, 405):
        return Fault.DENIED
    if status in _FULL:
        return Fault.FULL
    return Fault.AWAY if status in _AWAY else Fault.ODD


def came_of(error: BaseException | None, kind: type[BaseException]) -> bool:
    """True where an error of that kind lies at the bottom of it."""
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False


def _depth(name: str, under: str) -> int:
    return name.removeprefix(under).strip("/").count("/") + 1


class _Auth(httpx.Auth):
    """Basic, or Digest where the server asks for that."""

    def __init__(self, user: str, password: str) -> None:
        self._basic = httpx.BasicAuth(user, password)
        self._digest = httpx.DigestAuth(user, password)
        self._asks_digest = False

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, Any, None]:
        """Ask as the server wants to be asked."""
        if not self._asks_digest:
            response: httpx.Response = yield next(self._basic.auth_flow(request))
            asked = response.headers.get("www-authenticate", "").lower()
            if response.status_code != 401 or "digest" not in asked:
                return
            self._asks_digest = True
            request.headers.pop("Authorization", None)
        yield from self._digest.auth_flow(request)
