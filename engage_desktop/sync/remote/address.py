"""What an officer may write instead of a folder: the address of a shared place on a server.

    webdavs://server/path        a WebDAV folder over TLS (also davs:// and https://)
    sftp://server/path           a folder over SSH; sftp://server/~/path begins in one's own home
    s3://bucket/prefix?endpoint=https://server&region=eu-west-2

An address never holds a password: it is shown, remembered and printed. Unprotected WebDAV and S3
(webdav://, an endpoint with http://) reach this computer only, because the password would travel
for everybody to read.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from db.errors import InvalidInput

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")  # one letter alone is a Windows drive
_KINDS = {
    "webdavs": "webdav",
    "davs": "webdav",
    "https": "webdav",
    "webdav": "webdav",
    "dav": "webdav",
    "http": "webdav",
    "sftp": "sftp",
    "s3": "s3",
}
_OPEN = {"webdav", "dav", "http"}
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_NOTHING = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class Address:
    """A place on a server. For S3 `host` is the bucket and `path` the prefix.

    `path` has no slash at its end; `user` is what the officer wrote before the @, if anything.
    """

    kind: str
    host: str
    path: str = ""
    port: int | None = None
    user: str = ""
    secure: bool = True
    endpoint: str = ""
    region: str = ""

    @property
    def text(self) -> str:
        """The one way to write it, without the user: what it is known by on this laptop."""
        if self.kind == "s3":
            options = {"endpoint": self.endpoint, "region": self.region}
            query = urlencode({name: value for name, value in options.items() if value}, safe=":/")
            return f"s3://{self.host}{quote(self.path)}" + (f"?{query}" if query else "")
        scheme = "sftp" if self.kind == "sftp" else "webdavs" if self.secure else "webdav"
        return f"{scheme}://{self.netloc}{quote(self.path, safe='/~')}"

    @property
    def shown(self) -> str:
        """As people know it: a web folder's address begins with https://."""
        return self.url if self.kind == "webdav" else self.text

    @property
    def netloc(self) -> str:
        """Host and port as a URL has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else host

    @property
    def url(self) -> str:
        """For WebDAV: the http or https address of the folder."""
        scheme = "https" if self.secure else "http"
        return f"{scheme}://{self.netloc}{quote(self.path)}"


def is_address(text: str) -> bool:
    """True for anything that begins like an address rather than a folder's path."""
    return _SCHEME.match(text) is not None


def parse_address(text: str) -> Address:
    """The address that `text` is. Raises `InvalidInput`, whose sentence never repeats it."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
        host = (parts.hostname or "").strip()
    except ValueError:
        raise _bad("The address cannot be read") from None
    kind = _KINDS.get(parts.scheme.lower())
    if kind is None:
        raise _bad(
            "A shared place is a folder, or an address that begins with webdavs://, sftp:// or s3://"
        )
    if parts.password is not None or "@" in (parts.username or ""):
        raise _bad(
            "An address must not hold a password, because addresses are shown and remembered. "
            "Leave it out, and give it when you are asked"
        )
    if not host or parts.fragment or not _spoken(text):
        raise _bad("The address is not complete, or holds signs that no address has")
    path = _path(parts.path)
    user = unquote(parts.username or "")
    if kind == "s3":
        return _bucket(parts.netloc.rpartition("@")[2], path, user, parts.query)
    if parts.query:
        raise _bad("The address holds a “?”, which only the address of a bucket may")
    secure = kind == "sftp" or parts.scheme.lower() not in _OPEN
    _check_protected(secure, host)
    return Address(kind, host, path, port, user, secure)


def _bucket(bucket: str, path: str, user: str, query: str) -> Address:
    if not _BUCKET.fullmatch(bucket):
        raise _bad("The address does not name a bucket: s3://bucket/folder?endpoint=https://server")
    options = dict(parse_qsl(query, keep_blank_values=True))
    if set(options) - {"endpoint", "region"}:
        raise _bad("After the “?” only endpoint=… and region=… may stand")
    endpoint = options.get("endpoint", "").rstrip("/")
    if endpoint:
        try:
            parts = urlsplit(endpoint)
            host = parts.hostname or ""
        except ValueError:
            raise _bad("The endpoint cannot be read") from None
        odd = parts.username is not None or parts.query or parts.fragment or not host
        if parts.scheme not in ("http", "https") or odd:
            raise _bad("The endpoint must be like https://server, with no user or password")
        _check_protected(parts.scheme == "https", host)
    region = options.get("region", "")
    if not re.fullmatch(r"[A-Za-z0-9-]*", region):
        raise _bad("The region is not one")
    return Address("s3", bucket, path, None, user, True, endpoint, region)


def _path(raw: str) -> str:
    pieces = [piece for piece in unquote(raw).split("/") if piece]
    if any(piece in (".", "..") or "\\" in piece for piece in pieces):
        raise _bad("The address leads up again with “..”, or holds a backslash")
    return "".join(f"/{piece}" for piece in pieces)


def _spoken(text: str) -> bool:
    return unquote(text).isprintable()


def _check_protected(secure: bool, host: str) -> None:
    if not secure and not is_loopback(host):
        raise _bad(
            "That address is not protected: your password could be read on its way. Use one that "
            "begins with webdavs:// or https://"
        )


def is_loopback(host: str) -> bool:
    """True for this computer itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bad(sentence: str) -> InvalidInput:
    return InvalidInput(f"{sentence}. {_NOTHING}")
