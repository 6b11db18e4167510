"""Reads a small document of a stranger: soon, without cookies, and only from the public Internet.

Every address is looked up once and checked before it is connected to, those of redirects too
(`networks`). A document has a limit of bytes on the way and another one when it is decompressed.
"""

import datetime as dt
import ssl
import threading
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from articles.outgoing import networks
from articles.outgoing.requests import PORTS, connected, cut_after, path_of, retry_after
from articles.rules.text import clean, collapse
from articles.rules.validators import is_web_address

WHOLE_SECONDS = 5.0  # for everything, look-ups and redirects included
MAX_BYTES = 2_000_000  # on the way, and again when it is decompressed
MAX_REDIRECTS = 4
CHUNK = 64 * 1024
MAX_SHOWN = 200
_PERMANENT, _OTHERS = (301, 308), (302, 303, 307)
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True)
class Fetched:
    """The result of a request. `error` is a sentence if there is no document; `status` is None if
    there was no response. `address` is where the document was. `moved_to` is the same if every
    redirect on the way was for good, else empty. `wait` is how long the server asks to be left
    alone."""

    status: int | None
    address: str
    error: str = ""
    content: bytes = b""
    headers: Message = field(default_factory=Message)
    moved_to: str = ""
    wait: dt.timedelta = dt.timedelta()


class _Refused(Exception):
    """There is no document. The text is a sentence."""


def fetch(
    address: str, headers: Mapping[str, str], *, private: Sequence[networks.Network]
) -> Fetched:
    """Get a document. Any failure is described in the result. `private` lists the networks that
    are allowed besides the public Internet."""
    until = time.monotonic() + WHOLE_SECONDS
    place, moved_to = address, ""
    is_for_good = True
    try:
        for _hop in range(MAX_REDIRECTS + 1):
            status, found, content = _exchange(place, headers, private, until)
            if status not in _PERMANENT + _OTHERS:
                return _result(status, found, content, place, moved_to)
            is_for_good &= status in _PERMANENT
            place = _target(place, found)
            moved_to = place if is_for_good else moved_to
        raise _Refused(_("It redirects again and again."))
    except (networks.Refused, _Refused) as refusal:
        return Fetched(None, place, str(refusal))
    except TimeoutError:
        return Fetched(None, place, _("It did not answer in time."))
    except ssl.SSLError as error:
        sentence = _("Its certificate or encryption cannot be trusted: %(reason)s.")
        return Fetched(None, place, sentence % {"reason": _shown(error.reason or str(error))})
    except (OSError, HTTPException, ValueError, zlib.error) as error:
        sentence = _("It cannot be read: %(reason)s.")
        return Fetched(None, place, sentence % {"reason": _shown(networks.reason_of(error))})


def _result(status: int, found: Message, content: bytes, place: str, moved_to: str) -> Fetched:
    if status in (200, 304):
        return Fetched(status, place, "", content, found, moved_to)
    sentence = _("It answers with status %(status)d.") % {"status": status}
    wait = retry_after(found.get("Retry-After", ""))
    return Fetched(status, place, sentence, headers=found, wait=wait)


def _target(place: str, found: Message) -> str:
    address = urljoin(place, found.get("Location", "").strip())
    if not is_web_address(address):
        raise _Refused(_("It redirects to what is no web address."))
    return address


def _exchange(
    address: str,
    headers: Mapping[str, str],
    private: Sequence[networks.Network],
    until: float,
) -> tuple[int, Message, bytes]:
    """The status, the headers and, of a 200, the document."""
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    places = _looked_up(host, port, _left(until))
    networks.refuse_private(places, private, is_plain=False)
    sock = connected(places, _left(until))
    connection = _connection(parts, host, port)
    try:
        if isinstance(connection, HTTPSConnection):
            sock = _tls().wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
        connection.sock = sock
        with cut_after(sock, _left(until)):
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
            own = {"User-Agent": f"Newsroom (+{settings.SITE_URL})", "Connection": "close"}
            asked = own | {"Accept-Encoding": "gzip"} | dict(headers)
            connection.request("GET", path_of(parts), headers=asked)
            response = connection.getresponse()
            content = _document(response) if response.status == 200 else b""
    finally:
        connection.close()
        sock.close()
    return response.status, response.headers, content


def _left(until: float) -> float:
    """The seconds that are left. Raises TimeoutError if none are."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _looked_up(host: str, port: int, seconds: float) -> list[networks.Place]:
    """The addresses of a host. A look-up cannot be ended, so it runs beside, and is left behind if
    it takes too long."""
    found: list[list[networks.Place]] = []
    failed: list[Exception] = []

    def look_up() -> None:
        try:
            found.append(networks.look_up(host, port))
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            failed.append(error)

    thread = threading.Thread(target=look_up, name=f"look-up {host}", daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not found:
        raise TimeoutError
    return found[0]


def _connection(parts: SplitResult, host: str, port: int) -> HTTPConnection:
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return kind(host, port, timeout=WHOLE_SECONDS)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Making one reads all certificates of the machine, which takes longer than a request."""
    return ssl.create_default_context()


def _document(response: HTTPResponse) -> bytes:
    """The decompressed body."""
    encoding = (response.headers.get("Content-Encoding") or "identity").strip().lower()
    if encoding == "identity":
        inflated = None
    elif encoding in ("gzip", "x-gzip"):
        inflated = zlib.decompressobj(_GZIP)
    elif encoding == "deflate":
        inflated = zlib.decompressobj()
    else:
        raise _Refused(_("It is compressed in a way that nobody asked for."))
    parts, came, size = [], 0, 0
    while chunk := response.read1(CHUNK):
        came += len(chunk)
        part = inflated.decompress(chunk, MAX_BYTES - size + 1) if inflated else chunk
        size += len(part)
        if came > MAX_BYTES or size > MAX_BYTES:
            message = _("It is larger than %(most)s bytes.")
            raise _Refused(message % {"most": f"{MAX_BYTES:,}"})
        parts.append(part)
    if response.length or (inflated and not inflated.eof):
        raise _Refused(_("Only a part of it arrived."))
    return b"".join(parts)


def _shown(text: str) -> str:
    return collapse(clean(text)).rstrip(".")[:MAX_SHOWN]
