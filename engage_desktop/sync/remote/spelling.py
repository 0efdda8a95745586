"""From what people have at hand to an address: a browser's, an SSH program's, or none at all.

An officer copies the address of a folder out of a browser, or types a server's name. What is meant
is made of it here; `address` then holds it to the rules.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, urlsplit

from db.errors import InvalidInput
from engage_desktop.sync.remote.address import Address, is_address, parse_address

_BROWSED = re.compile(r"(?P<base>.*?)(/index\.php)?/apps/files(/.*)?")
"""Where Nextcloud and ownCloud show their files to a browser."""

_COPIED = re.compile(r"([^/@\s]+@)?(\[[^\]]+\]|[^/:\s]+):(?!\d)(.+)")
"""server:folder, as scp has it; a number after the colon would be a port."""

_BY_KIND = {"webdav": "https://", "sftp": "sftp://", "s3": "s3://"}


def kind_of(text: str) -> str:
    """The kind that an address says by its beginning; "" where it does not say."""
    scheme = text.strip().partition("://")[0].lower()
    if scheme in ("sftp", "s3"):
        return scheme
    return "webdav" if scheme in ("https", "http", "webdavs", "davs", "webdav", "dav") else ""


def understood(
    text: str, kind: str, *, user: str = "", endpoint: str = "", region: str = ""
) -> Address:
    """The address that is meant. `endpoint` and `region` are for S3, `user` where the address
    names the person's own folder. Raises `InvalidInput`."""
    text = text.strip()
    if not text:
        raise InvalidInput("Type the server's address. Nothing was changed.")
    if kind == "s3":
        return parse_address(_with_options(*_bucket(text, endpoint.strip()), region.strip()))
    if not is_address(text):
        copied = _COPIED.fullmatch(text) if kind == "sftp" else None
        if copied is not None:
            text = f"{copied[1] or ''}{copied[2]}/{_from_home(copied[3])}"
        text = _BY_KIND[kind] + text
    return parse_address(_as_webdav(text, user) if kind == "webdav" else text)


def _from_home(folder: str) -> str:
    return folder.lstrip("/") if folder.startswith("/") else f"~/{folder.removeprefix('~/')}"


def _bucket(text: str, endpoint: str) -> tuple[str, str]:
    """An object store is often written as its server, then the bucket."""
    if kind_of(text) == "webdav":
        parts = urlsplit(text)
        return f"s3:/{parts.path}", endpoint or f"{parts.scheme}://{parts.netloc}"
    if endpoint and "://" not in endpoint:
        endpoint = f"https://{endpoint}"
    return (text if is_address(text) else f"s3://{text}"), endpoint


def _with_options(bucket: str, endpoint: str, region: str) -> str:
    if "?" in bucket:
        return bucket
    given = [("endpoint", endpoint), ("region", region)]
    options = "&".join(f"{name}={quote(value, safe=':/')}" for name, value in given if value)
    return f"{bucket}?{options}" if options else bucket


def _as_webdav(text: str, user: str) -> str:
    """The WebDAV address of a folder that a Nextcloud shows in a browser."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    browsed = _BROWSED.fullmatch(parts.path)
    if browsed is None:
        return text
    if not user:
        raise InvalidInput(
            "That is the address of a page for people. To make the right one of it, your user name "
            "there is needed: type it too. Nothing was changed."
        )
    folder = parse_qs(parts.query).get("dir", [""])[0].strip("/")
    base = f"{parts.scheme}://{parts.netloc}{browsed['base'].rstrip('/')}"
    path = f"{quote(user)}/{quote(folder)}" if folder else quote(user)
    return f"{base}/remote.php/dav/files/{path}"
