"""Real servers on loopback for the tests of shared places: WebDAV, SFTP and S3.

Each takes a free port, knows one user who may write (Sam) and one who may only read (Robin), and
keeps its files where a test can look past the server. `Cut` stands between a laptop and a server
and breaks the connection after so many bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import errno
import io
import ipaddress
import json
import logging
import shutil
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import asyncssh
from cheroot import wsgi
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from wsgidav.fs_dav_provider import FilesystemProvider
from wsgidav.wsgidav_app import WsgiDAVApp

from engage_desktop.sync.remote.address import Address, parse_address
from engage_desktop.sync.remote.login import Login

SAM, ROBIN = "sam", "robin"
PASSWORD = "correct horse battery staple"

logging.getLogger("wsgidav").setLevel(logging.CRITICAL)
logging.getLogger("asyncssh").setLevel(logging.CRITICAL)


class Chain:
    """A keychain in memory. `room` is how long a secret may be."""

    def __init__(self, room: int = 10_000) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.room = room

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password) > self.room:
            raise OSError("too long")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@dataclass
class Trouble:
    """What a server is to do wrong: set by a test, undone by its fixture."""

    full: bool = False
    no_condition: bool = False
    no_tree: bool = False
    said: list[str] = field(default_factory=list)

    def over(self) -> None:
        """All is well again."""
        self.full = self.no_condition = self.no_tree = False
        self.said.clear()


class Server:
    """A running server. `port` is its own; `root` where folders of single tests are made."""

    kind = ""
    port = 0
    trouble: Trouble
    host_key = ""

    def address(self, folder: str, port: int = 0) -> Address:
        """The address of a folder on it, perhaps by way of another port."""
        raise NotImplementedError

    def make(self, folder: str) -> None:
        """Make a folder."""
        raise NotImplementedError

    def take_away(self, folder: str) -> None:
        """Delete a folder and all that is in it."""
        raise NotImplementedError

    def files(self, folder: str) -> dict[str, bytes]:
        """Everything below it, past the server."""
        raise NotImplementedError

    def write(self, folder: str, name: str, data: bytes) -> None:
        """Put a file there, past the server."""
        raise NotImplementedError

    def login(self, user: str = SAM) -> Login:
        """Who may come in."""
        return Login(user, PASSWORD)

    @contextlib.contextmanager
    def unguarded(self) -> Iterator[None]:
        """Let everybody in, where the server cannot check every name that it takes."""
        yield

    def wrong_login(self) -> Login:
        """Who may not."""
        return replace(self.login(), secret="not the password")


class _OnDisk(Server):
    def __init__(self, root: Path) -> None:
        self.root = root
        self.trouble = Trouble()

    def make(self, folder: str) -> None:
        (self.root / folder).mkdir()

    def take_away(self, folder: str) -> None:
        shutil.rmtree(self.root / folder)

    def files(self, folder: str) -> dict[str, bytes]:
        top = self.root / folder
        return {
            path.relative_to(top).as_posix(): path.read_bytes()
            for path in sorted(top.rglob("*"))
            if path.is_file()
        }

    def write(self, folder: str, name: str, data: bytes) -> None:
        path = self.root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


# -- WebDAV ------------------------------------------------------------------------------------


class DavServer(_OnDisk):
    """WsgiDAV behind cheroot."""

    kind = "webdav"

    def __init__(self, root: Path, *, digest: bool = False, tls: Any = None) -> None:
        super().__init__(root)
        self._secure = tls is not None
        app = WsgiDAVApp(
            {
                "provider_mapping": {
                    "/": FilesystemProvider(str(root)),
                    "/read": FilesystemProvider(str(root), readonly=True),
                },
                "simple_dc": {"user_mapping": {"*": {SAM: {"password": PASSWORD}}}},
                "http_authenticator": {
                    "accept_basic": not digest,
                    "accept_digest": digest,
                    "default_to_digest": digest,
                },
                "verbose": 0,
                "logging": {"enable": False},
                "lock_storage": True,
                "property_manager": True,
            }
        )
        self.server = wsgi.Server(("127.0.0.1", 0), self._app(app), numthreads=3, max=3)
        self.server.ssl_adapter = tls

    def _app(self, app: Any) -> Any:
        def troubled(environ: dict[str, Any], start_response: Any) -> Any:
            method = environ["REQUEST_METHOD"]
            self.trouble.said.append(method)
            if self.trouble.full and method == "PUT":
                environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
                start_response("507 Insufficient Storage", [("Content-Length", "0")])
                return [b""]
            if self.trouble.no_tree and environ.get("HTTP_DEPTH") == "infinity":
                start_response("403 Forbidden", [("Content-Length", "0")])
                return [b""]
            return app(environ, start_response)

        return troubled

    def address(self, folder: str, port: int = 0) -> Address:
        scheme = "webdavs" if self._secure else "webdav"
        return parse_address(f"{scheme}://127.0.0.1:{port or self.port}/{folder}")


@contextlib.contextmanager
def webdav(root: Path, **more: Any) -> Iterator[DavServer]:
    """A WebDAV server."""
    dav = DavServer(root, **more)
    with _serving(dav.server) as port:
        dav.port = port
        yield dav


@contextlib.contextmanager
def _serving(server: wsgi.Server) -> Iterator[int]:
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    port = int(server.bind_addr[1])
    with socket.create_connection(("127.0.0.1", port)) as first:  # all its threads run after this
        first.sendall(b"OPTIONS * HTTP/1.0\r\n\r\n")
        with contextlib.suppress(ConnectionError):  # no TLS, which is an answer too
            first.recv(1)
    try:
        yield port
    finally:
        server.stop()
        thread.join()


def self_signed(folder: Path, ends_in: float = 1.0, host: str = "127.0.0.1") -> Any:
    """A certificate that nobody vouches for; `ends_in` is in days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=9))
        .not_valid_after(now + dt.timedelta(days=ends_in))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    return BuiltinSSLAdapter(str(folder / "cert.pem"), str(folder / "key.pem"))


# -- SFTP --------------------------------------------------------------------------------------


class SftpServer(_OnDisk):
    """asyncssh, each connection confined to the root."""

    kind = "sftp"

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.client_key = asyncssh.generate_private_key("ssh-ed25519")
        self.host_key = self.key.get_fingerprint()
        self._loop = asyncio.new_event_loop()
        self._worker = ThreadPoolExecutor(max_workers=1)  # one: its rename looks, then acts
        self._loop.set_default_executor(self._worker)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._acceptor: Any = None

    def address(self, folder: str, port: int = 0) -> Address:
        return parse_address(f"sftp://127.0.0.1:{port or self.port}/{folder}")

    def key_login(self) -> Login:
        """Sam with a private key."""
        return Login(SAM, self.client_key.export_private_key().decode(), "key")

    def start(self, port: int = 0) -> None:
        """Begin to listen."""
        if not self._thread.is_alive():
            self._thread.start()
            self._worker.submit(int).result()  # begun now, so that it is no test's thread
        self._acceptor = self._in_loop(self._listen(port))
        self.port = self._acceptor.get_port()

    def stop(self) -> None:
        """Listen no more, and end what is going on."""
        self._in_loop(self._close())

    def end(self) -> None:
        """Stop for good."""
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._worker.shutdown()

    def change_key(self) -> None:
        """The same address, another machine."""
        port = self.port
        self.stop()
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.start(port)

    def _in_loop(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _close(self) -> None:
        self._acceptor.close()
        await self._acceptor.wait_closed()

    async def _listen(self, port: int) -> Any:
        outer = self

        class Door(asyncssh.SSHServer):
            def begin_auth(self, username: str) -> bool:
                return True

            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                return username in (SAM, ROBIN) and password == PASSWORD

            def public_key_auth_supported(self) -> bool:
                return True

            def validate_public_key(self, username: str, key: Any) -> bool:
                ours = outer.client_key.convert_to_public()
                return username == SAM and bool(key == ours)

        return await asyncssh.create_server(
            Door,
            "127.0.0.1",
            port,
            server_host_keys=[self.key],
            sftp_factory=lambda channel: _Folder(channel, outer),
            allow_scp=False,
        )


class _Folder(asyncssh.SFTPServer):
    def __init__(self, channel: Any, outer: SftpServer) -> None:
        super().__init__(channel, chroot=str(outer.root))
        self._outer = outer
        self._reads_only = channel.get_connection().get_extra_info("username") == ROBIN

    def _check(self) -> None:
        if self._reads_only:
            raise asyncssh.SFTPPermissionDenied("Permission denied")

    def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
        if pflags & (asyncssh.FXF_WRITE | asyncssh.FXF_CREAT):
            self._check()
        return super().open(path, pflags, attrs)

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        if self._outer.trouble.full and offset:
            raise OSError(errno.ENOSPC, "No space left on device")
        return int(super().write(file_obj, offset, data))

    def mkdir(self, path: bytes, attrs: Any) -> None:
        self._check()
        super().mkdir(path, attrs)

    def remove(self, path: bytes) -> None:
        self._check()
        super().remove(path)

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        self._check()
        super().rename(oldpath, newpath)


@contextlib.contextmanager
def sftp(root: Path) -> Iterator[SftpServer]:
    """An SFTP server."""
    server = SftpServer(root)
    said = logging.getLogger("asyncio")  # it complains where a test breaks connections
    before = said.level
    said.setLevel(logging.CRITICAL)
    server.start()
    try:
        yield server
    finally:
        server.end()
        said.setLevel(before)


# -- S3 ----------------------------------------------------------------------------------------


class S3Server(Server):
    """moto, which checks signatures and policies as the real one does."""

    kind = "s3"
    bucket = "county-team"
    _account = "123456789012"

    def __init__(self) -> None:
        from moto.server import DomainDispatcherApplication, create_backend_app

        self.trouble = Trouble()
        self._store.reset()  # moto keeps all there is in the process, for any test before
        self._people.reset()
        app = DomainDispatcherApplication(create_backend_app)
        self.server = wsgi.Server(("127.0.0.1", 0), self._app(app), numthreads=3, max=3)
        self._keys = {
            SAM: self._user(SAM, ["s3:*"]),
            ROBIN: self._user(ROBIN, ["s3:Get*", "s3:List*", "s3:Head*"]),
        }
        self._store.create_bucket(self.bucket, "us-east-1")

    @property
    def _store(self) -> Any:
        from moto.s3.models import s3_backends

        return s3_backends[self._account]["aws"]

    @property
    def _people(self) -> Any:
        from moto.iam.models import iam_backends

        return iam_backends[self._account]["aws"]

    def _user(self, name: str, actions: list[str]) -> tuple[str, str]:
        iam = self._people
        iam.create_user("us-east-1", name)
        allow = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        iam.put_user_policy(name, "all", policy)
        key = iam.create_access_key(name)
        return key.access_key_id, key.secret_access_key

    def _app(self, app: Any) -> Any:
        def troubled(environ: dict[str, Any], start_response: Any) -> Any:
            method = environ["REQUEST_METHOD"]
            self.trouble.said.append(method)
            wrong = ""
            if method == "PUT" and self.trouble.full:
                wrong = "507 Insufficient Storage QuotaExceeded"
            if method == "PUT" and self.trouble.no_condition and "HTTP_IF_NONE_MATCH" in environ:
                wrong = "501 Not Implemented NotImplemented"
            length = int(environ.get("CONTENT_LENGTH") or 0)
            body = environ["wsgi.input"].read(length)
            if len(body) < length:  # moto would keep what came, which no real store does
                wrong = "400 Bad Request IncompleteBody"
            if not wrong:
                environ["wsgi.input"] = io.BytesIO(body)
                return app(environ, start_response)
            status, _, code = wrong.rpartition(" ")
            said = f"<Error><Code>{code}</Code><Message>{status}</Message></Error>".encode()
            start_response(status, [("Content-Length", str(len(said)))])
            return [said]

        return troubled

    def address(self, folder: str, port: int = 0) -> Address:
        endpoint = f"http://127.0.0.1:{port or self.port}"
        bucket = self.bucket if not folder.startswith("no-") else folder
        return parse_address(f"s3://{bucket}/{folder}?endpoint={endpoint}")

    def make(self, folder: str) -> None:
        """A prefix needs no making."""

    def take_away(self, folder: str) -> None:
        for name in self.files(folder):
            self._store.delete_object(self.bucket, f"{folder}/{name}")

    def files(self, folder: str) -> dict[str, bytes]:
        keys = self._store.buckets[self.bucket].keys if self._store.buckets else {}
        return {
            name.removeprefix(f"{folder}/"): key.value
            for name, key in keys.items()
            if name.startswith(f"{folder}/")
        }

    def write(self, folder: str, name: str, data: bytes) -> None:
        self._store.put_object(self.bucket, f"{folder}/{name}", data)

    def login(self, user: str = SAM) -> Login:
        return Login(*self._keys[user])

    @contextlib.contextmanager
    def unguarded(self) -> Iterator[None]:
        from moto import settings

        before, settings.INITIAL_NO_AUTH_ACTION_COUNT = 0.0, float("inf")
        try:
            yield
        finally:
            settings.INITIAL_NO_AUTH_ACTION_COUNT = before


@contextlib.contextmanager
def s3() -> Iterator[S3Server]:
    """An object store."""
    from moto import settings

    server = S3Server()
    before, settings.INITIAL_NO_AUTH_ACTION_COUNT = settings.INITIAL_NO_AUTH_ACTION_COUNT, 0.0
    try:
        with _serving(server.server) as port:
            server.port = port
            yield server
    finally:
        settings.INITIAL_NO_AUTH_ACTION_COUNT = before


# -- a connection that breaks ------------------------------------------------------------------


class Cut:
    """Hands bytes to and fro until `after` have gone one way, then breaks, for so many `times`.

    When it is through with breaking (`times` used up) it lets all pass; with times=-1 the server
    is gone for good from then on.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self.after = 0
        self.way = "up"
        self.times = 0
        self.broken = 0
        self._gone = False
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def _start(self, act: Any, *what: Any) -> None:
        thread = threading.Thread(target=act, args=what, daemon=True)
        thread.start()
        self._threads.append(thread)

    def break_(self, way: str, after: int, times: int = -1) -> None:
        """Break the next connection that carries `after` bytes up or down."""
        self.way, self.after, self.times = way, after, times

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            if self._gone:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._to))
            self._ends += [near, far]
            self._start(self._pump, near, far, "up")
            self._start(self._pump, far, near, "down")

    def _pump(self, source: socket.socket, to: socket.socket, way: str) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 14):
                passed += len(data)
                if self.times and way == self.way and passed > self.after:
                    self.broken += 1
                    self._gone = self.times < 0
                    self.times = max(0, self.times - 1) if self.times > 0 else 0
                    break
                to.sendall(data)
        for end in (source, to):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of everything."""
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in self._ends:
            end.close()


@contextlib.contextmanager
def cut(port: int) -> Iterator[Cut]:
    """A connection to a port that can be broken."""
    between = Cut(port)
    try:
        yield between
    finally:
        between.close()
