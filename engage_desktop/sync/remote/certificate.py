"""Which certificates are believed, and what one says that is not."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from dataclasses import dataclass

import certifi
from cryptography import x509

from engage_desktop.plain import day_words
from engage_desktop.sync.remote.address import Address

_ENDED, _EARLY, _OTHER_NAMES = 10, 9, (62, 64)
"""OpenSSL's numbers of what may be wrong with one."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate that was not believed: who issued it, until when, and what is wrong."""

    issuer: str
    ends: dt.date
    wrong: str

    def in_words(self) -> str:
        """One sentence for the officer and whoever looks after the server."""
        when = day_words(self.ends)
        return f"It was issued by “{self.issuer}” and ends on {when}. {self.wrong}"


def trusted() -> ssl.SSLContext:
    """The certificates that this computer trusts, and the usual public ones."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def shown_by(host: str, port: int, seconds: float) -> Shown | None:
    """Look at the certificate of a server, sending it nothing; None where it cannot be seen."""
    try:
        wrong = _wrong_with(host, port, seconds)
        anyway = ssl.create_default_context()
        anyway.check_hostname = False
        anyway.verify_mode = ssl.CERT_NONE
        with _greeted(anyway, host, port, seconds) as line:
            raw = line.getpeercert(binary_form=True)
        certificate = x509.load_der_x509_certificate(raw or b"")
    except (OSError, ValueError):
        return None
    return Shown(_name(certificate.issuer), certificate.not_valid_after_utc.date(), wrong)


def port_of(address: Address) -> tuple[str, int] | None:
    """Where the certificate of an address is shown; None where none is."""
    if address.kind == "webdav" and address.secure:
        return address.host, address.port or 443
    if address.kind == "s3" and address.endpoint.startswith("https://"):
        host, _, port = address.endpoint.removeprefix("https://").partition("/")[0].rpartition(":")
        return (host.strip("[]"), int(port)) if host and port.isdigit() else (host or port, 443)
    return None


def _greeted(context: ssl.SSLContext, host: str, port: int, seconds: float) -> ssl.SSLSocket:
    line = socket.create_connection((host, port), seconds)
    try:
        return context.wrap_socket(line, server_hostname=host)
    except BaseException:
        line.close()
        raise


def _wrong_with(host: str, port: int, seconds: float) -> str:
    unknown = "This laptop does not know who issued it."
    try:
        with _greeted(trusted(), host, port, seconds):
            return unknown
    except ssl.SSLCertVerificationError as error:
        if error.verify_code == _ENDED:
            return "It has ended."
        if error.verify_code == _EARLY:
            return "It has not begun yet, or this laptop's clock is wrong."
        if error.verify_code in _OTHER_NAMES:
            return "It is for a server of another name."
        return unknown


def _name(of: x509.Name) -> str:
    for kind in (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME):
        for attribute in of.get_attributes_for_oid(kind):
            words = "".join(c for c in str(attribute.value) if c.isprintable())
            if words:
                return words[:80]
    return "nobody named"
