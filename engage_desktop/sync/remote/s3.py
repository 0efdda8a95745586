"""S3-compatible object stores.

An object appears whole or not at all, so it is put straight under its name, with the condition
that nobody has it (`If-None-Match: *`). A store that knows no such condition is asked first
whether the name is free; what could still be lost in that moment is a second copy of the same
bytes, since names carry the hash of what they name.
"""

from __future__ import annotations

import contextlib
import functools
import os
import ssl
from collections.abc import Iterator
from typing import Any

import botocore.session
import certifi
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    ReadTimeoutError,
    SSLError,
)
from fsspec import AbstractFileSystem

from engage_desktop.sync.place import CHUNK
from engage_desktop.sync.remote.address import Address
from engage_desktop.sync.remote.base import DEEPEST, TEMPORARY, Body, Found, Patience
from engage_desktop.sync.remote.faults import Fault
from engage_desktop.sync.remote.lines import Lines
from engage_desktop.sync.remote.login import Login

_LOGIN = {
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidToken",
    "ExpiredToken",
    "AuthFailure",
    "InvalidClientTokenId",
    "AuthorizationHeaderMalformed",
}
_FULL = {"QuotaExceeded", "XMinioStorageFull", "StorageFull", "InsufficientStorage"}
_NO_CONDITION = {"NotImplemented", "InvalidArgument", "InvalidRequest"}


_HOME = "us-east-1"
"""The region where none is named; a bucket there is made without naming it."""

_NOBODYS = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}
"""Settings of this person's other programs, left alone."""


@functools.cache
def _session() -> botocore.session.Session:
    """Holds what is known of the protocol, and nobody's login; reading that takes a while."""
    return botocore.session.Session(_NOBODYS)


class S3Files(AbstractFileSystem):  # type: ignore[misc]
    """One bucket as an fsspec file system: what a shared place needs, and nothing more.

    Synchronous and without threads. Only the login that is handed in is used: no file, variable
    or machine role that the person may have for something else.
    """

    cachable = False
    protocol = "s3"

    def __init__(
        self,
        address: Address,
        login: Login | None,
        patience: Patience,
        lines: Lines,
    ) -> None:
        super().__init__()
        self.bucket = address.host
        config = Config(
            region_name=address.region or _HOME,
            signature_version="s3v4" if login else UNSIGNED,
            connect_timeout=patience.connect,
            read_timeout=patience.silent,
            retries={"total_max_attempts": 1},  # ours are counted
            s3={"addressing_style": "path" if address.endpoint else "auto"},
            request_checksum_calculation="when_required",  # many stores know no trailers
            response_checksum_validation="when_required",
            ignore_configured_endpoint_urls=True,
        )
        self.client = _session().create_client(
            "s3",
            endpoint_url=address.endpoint or None,
            aws_access_key_id=login.user if login else None,
            aws_secret_access_key=login.secret if login else None,
            verify=_certificates(),
            config=config,
        )
        _watch(self.client, lines)

    def info(self, path: str, **kwargs: Any) -> dict[str, Any]:
        """Size and stamp of one object. Raises `FileNotFoundError`."""
        try:
            head = self.client.head_object(Bucket=self.bucket, Key=path)
        except ClientError as error:
            if _status(error) == 404 and _code(error) != "NoSuchBucket":
                raise FileNotFoundError(path) from None
            if _status(error) in (400, 401, 403):  # a HEAD cannot say why: ask again, with words
                self.client.list_objects_v2(Bucket=self.bucket, Prefix=path, MaxKeys=1)
            raise
        return _about(path, head["ContentLength"], head["ETag"], head["LastModified"])

    def find(self, path: str, **kwargs: Any) -> list[dict[str, Any]]:
        """Every object whose name begins so, however many pages the answer has."""
        pages = self.client.get_paginator("list_objects_v2")
        return [
            _about(item["Key"], item["Size"], item["ETag"], item["LastModified"])
            for page in pages.paginate(Bucket=self.bucket, Prefix=path)
            for item in page.get("Contents", [])
        ]

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> list[Any]:
        """An object store has no folders: everything below is listed."""
        found = self.find(path)
        return found if detail else [item["name"] for item in found]

    def chunks(self, path: str, offset: int) -> Iterator[bytes]:
        """An object's bytes from there on."""
        more = {"Range": f"bytes={offset}-"} if offset else {}
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=path, **more)
        except ClientError as error:
            if _status(error) == 416:
                return
            raise
        with contextlib.closing(answer["Body"]) as body:
            yield from body.iter_chunks(CHUNK)

    def put_new(self, path: str, body: Body, *, condition: bool) -> None:
        """Put an object; with `condition` only where there is none."""
        more = {"IfNoneMatch": "*"} if condition else {}
        body.file.seek(0)
        self.client.put_object(
            Bucket=self.bucket, Key=path, Body=body.file, ContentLength=body.size, **more
        )

    def rm_file(self, path: str) -> None:
        """Delete an object."""
        self.client.delete_object(Bucket=self.bucket, Key=path)


class S3Wire:
    """One bucket, or what lies in it under a prefix."""

    def __init__(
        self,
        address: Address,
        login: Login | None,
        patience: Patience,
    ) -> None:
        self._address = address
        self._login = login
        self._patience = patience
        self._files: S3Files | None = None
        self._prefix = f"{address.path.lstrip('/')}/" if address.path else ""
        self._knows_condition = True
        self._lines = Lines()

    @property
    def files(self) -> S3Files:
        """The file system, connected when first needed."""
        if self._files is None:
            self._files = S3Files(self._address, self._login, self._patience, self._lines)
        return self._files

    def close(self) -> None:
        """Close the connections."""
        files, self._files = self._files, None
        if files is not None:
            files.client.close()
        self._lines.close()

    def abandon(self) -> None:
        """Break the connections, from another thread."""
        self._lines.cut()

    def make(self) -> None:
        """Make the bucket; a folder in it needs no making."""
        region = self._address.region or _HOME
        more = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        self.files.client.create_bucket(
            Bucket=self._address.host, **(more if region != _HOME else {})
        )

    def connect(self) -> None:
        """Log in and see that the bucket is there; a prefix needs no making."""
        bucket, prefix = self._address.host, self._prefix
        self.files.client.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1)

    def walk(self, under: str) -> list[Found]:
        """Every object below, in pages of a thousand."""
        start = self._prefix + (f"{under}/" if under else "")
        found = []
        for item in self.files.find(start):
            name = item["name"].removeprefix(self._prefix)
            if name.count("/") <= DEEPEST and not name.endswith("/"):
                found.append(Found(name, item["size"], item["stamp"], "", item["mtime"]))
        return found

    def top(self) -> list[str]:
        """What lies under the prefix itself, or the first thousand of it."""
        bucket, prefix = self._address.host, self._prefix
        page = self.files.client.list_objects_v2(Bucket=bucket, Prefix=prefix, Delimiter="/")
        keys = [item["Key"] for item in page.get("Contents", [])]
        keys += [item["Prefix"] for item in page.get("CommonPrefixes", [])]
        return [name for key in keys if (name := key.removeprefix(prefix).strip("/"))]

    def size(self, name: str) -> int | None:
        """An object's size."""
        try:
            return int(self.files.info(self._prefix + name)["size"])
        except FileNotFoundError:
            return None

    def read(self, name: str, offset: int) -> Iterator[bytes]:
        """An object's bytes."""
        return self.files.chunks(self._prefix + name, offset)

    def publish(self, temporary: str, name: str, body: Body) -> bool:
        """Put it under its name at once, where the name is free; no temporary one is needed."""
        path = self._prefix + name
        try:
            self.files.put_new(path, body, condition=self._knows_condition)
        except ClientError as error:
            if _status(error) == 412:
                return False
            if not self._knows_condition or _code(error) not in _NO_CONDITION:
                raise
            self._knows_condition = False
            self.files.put_new(path, body, condition=False)
        return True

    def remove(self, name: str) -> None:
        """Delete an object. Raises `FileNotFoundError` where there is none."""
        self.files.info(self._prefix + name)
        self.files.rm_file(self._prefix + name)

    def temporaries(self) -> list[Found]:
        """Left only where trying whether one may write was cut off."""
        return self.walk(TEMPORARY)

    def fault(self, error: Exception) -> Fault | None:
        """By the store's own word for it, or the status, or by how there was no answer."""
        if isinstance(error, FileNotFoundError):
            return Fault.ABSENT
        if isinstance(error, ClientError):
            return _by_word(error)
        if isinstance(error, SSLError) and "CERTIFICATE" in str(error):
            return Fault.CERTIFICATE
        if isinstance(error, (ConnectTimeoutError, ReadTimeoutError)):
            return Fault.SILENT
        if isinstance(error, EndpointConnectionError) and "NameResolution" in str(error):
            return Fault.UNKNOWN
        if isinstance(error, (ConnectionError, HTTPClientError, IncompleteReadError, OSError)):
            return Fault.AWAY
        return Fault.ODD if isinstance(error, BotoCoreError) else None


def _by_word(error: ClientError) -> Fault:
    code, status = _code(error), _status(error)
    if code in _LOGIN or status == 401:
        return Fault.LOGIN
    if code in _FULL or status in (413, 507):
        return Fault.FULL
    if status == 403:
        return Fault.DENIED
    if status in (404, 410):
        return Fault.ABSENT
    if status in (408, 409, 429) or status >= 500:
        return Fault.AWAY
    return Fault.ODD


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _about(name: str, size: int, stamp: str, changed: Any) -> dict[str, Any]:
    seconds = changed.timestamp()
    return {"name": name, "size": size, "type": "file", "stamp": stamp, "mtime": seconds}


def _watch(client: Any, lines: Lines) -> None:
    """Tell `lines` of every connection that the client opens."""

    def told(made: type) -> type:
        class Told(made):  # type: ignore[misc]
            def _new_conn(self) -> Any:
                connection = super()._new_conn()
                lines.add(connection)
                return connection

        return Told

    pools = client._endpoint.http_session._pool_classes_by_scheme
    for scheme, pool in list(pools.items()):
        pools[scheme] = type(pool.__name__, (pool,), {"ConnectionCls": told(pool.ConnectionCls)})


def _certificates() -> str:
    """A file of the certificates to hold servers against: the system's, where it has one."""
    system = ssl.get_default_verify_paths().cafile
    return os.environ.get("AWS_CA_BUNDLE") or system or certifi.where()
