"""One HTTP request to another server: short, without redirects, and with a small response.

The operator chooses hubs in the settings, and they may be on the local network. Receivers that
somebody chose at the desk must be public, or in networks that the operator allows (`networks`).
"""

import datetime as dt
import email.utils
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.outgoing import networks
from articles.rules.text import clean, collapse, decoded

STEP_SECONDS = 5  # for each of connecting, sending and every read of the response
# For connecting, to however many addresses, and for the request until its status is there.
WHOLE_SECONDS = 15
MAX_ANSWER_BYTES = 1000
MAX_SHOWN = 200
PORTS = {"http": 80, "https": 443}
# Parts of an address or of a header that are so long may be secrets.
_SECRET = re.compile(r"[\w.~-]{8,}")
# Responses about the receiver's own state, not about the message.
_NOT_NOW = {408, 429}


@dataclass(frozen=True)
class Answer:
    """The result of a request. `status` is None if there was no response; `error` is empty if the
    receiver accepted. `wait` is how long the receiver asks to be left alone."""

    status: int | None
    error: str = ""
    wait: dt.timedelta = dt.timedelta()

    @property
    def is_ok(self) -> bool:
        return not self.error

    @property
    def is_down(self) -> bool:
        """Whether the receiver takes nothing at the moment, whatever the message."""
        is_away = self.status is None or self.status >= 500 or self.status in _NOT_NOW
        return not self.is_ok and is_away


@dataclass(frozen=True)
class Reply:
    """An answer with the body of a success, empty without one."""

    answer: Answer
    body: bytes = b""


def post(
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    private: Sequence[networks.Network] | None = None,
) -> Answer:
    """Send a body to an http or https address. Any failure is described in the returned Answer.

    `private` lists the networks that are allowed besides the public Internet; None allows all.
    What the receiver says is told without what the request keeps secret, if it repeats that.
    """
    return ask("POST", address, body, headers, private=private, most=0).answer


def ask(
    method: str,
    address: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    private: Sequence[networks.Network] | None = None,
    most: int,
) -> Reply:
    """Like `post`, with any method, and with the body of a success, which may have `most` bytes. A
    longer one is a failure. With 0 it is not read."""
    shown = partial(_shown, secrets=_secrets_of(address, headers))
    try:
        status, found, text = _exchange(method, address, body, headers, private, most)
    except networks.Refused as refusal:
        return Reply(Answer(None, str(refusal)))
    except TimeoutError:
        return Reply(Answer(None, _("The receiver did not answer in time.")))
    except ssl.SSLError as error:
        sentence = _("The receiver's certificate or encryption cannot be trusted: %(reason)s.")
        return Reply(Answer(None, sentence % {"reason": shown(error.reason or str(error))}))
    except (OSError, HTTPException, ValueError) as error:
        sentence = _("The receiver cannot be reached: %(reason)s.")
        return Reply(Answer(None, sentence % {"reason": shown(networks.reason_of(error))}))
    if 200 <= status < 300:
        return Reply(Answer(status), text)
    return Reply(_refusal(status, found, decoded(text, charset_of(found)), shown))


def _refusal(
    status: int, headers: Mapping[str, str], text: str, shown: Callable[[str], str]
) -> Answer:
    if 300 <= status < 400:
        sentence = _("The receiver redirects to “%(address)s”. If it has moved, use that address.")
        return Answer(status, sentence % {"address": shown(headers.get("Location", ""))})
    sentence = _("The receiver refused with status %(status)d: “%(text)s”")
    wait = retry_after(headers.get("Retry-After", ""))
    return Answer(status, sentence % {"status": status, "text": shown(text)}, wait)


def retry_after(value: str) -> dt.timedelta:
    """How long the header Retry-After asks to wait (RFC 9110, 10.2.3), in seconds or until a
    moment. Zero if it is not understood."""
    if re.fullmatch("[0-9]{1,9}", value):
        return dt.timedelta(seconds=int(value))
    try:
        moment = email.utils.parsedate_to_datetime(value)
        return max(moment - timezone.now(), dt.timedelta())
    except (ValueError, TypeError, OverflowError):
        return dt.timedelta()


def charset_of(headers: Message) -> str:
    """The charset that a response names; empty if it names none."""
    with suppress(LookupError, ValueError):
        return str(headers.get_content_charset() or "")
    return ""


def _exchange(method, address, body, headers, private, most):
    """The status, the headers, and the body of a success or the first part of a refusal's text."""
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    places = networks.look_up(host, port)
    if private is not None:
        networks.refuse_private(places, private, is_plain=parts.scheme == "http")
    connection = HTTPConnection(host, port, timeout=STEP_SECONDS)
    if parts.scheme == "https":
        connection = HTTPSConnection(host, port, timeout=STEP_SECONDS)
    path = path_of(parts)
    headers = {"User-Agent": f"Newsroom (+{settings.SITE_URL})", **headers}
    try:
        connection.sock = sock = connected(places)
        if parts.scheme == "https":
            context = ssl.create_default_context()
            connection.sock = sock = context.wrap_socket(
                sock, server_hostname=host, do_handshake_on_connect=False
            )
        with cut_after(sock, WHOLE_SECONDS):
            if parts.scheme == "https":
                sock.do_handshake()
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = _body(response, most)
        text = text or _text(response, sock)
    finally:
        connection.close()
    return response.status, response.headers, text


def path_of(parts: SplitResult) -> str:
    """The path and the query of an address, in ASCII."""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return quote(path, safe="%/?:@!$&'()*+,;=[]~|")


def _body(response, most):
    """The body of a success. Raises OSError if it is longer than `most`."""
    if not most or not 200 <= response.status < 300:
        return b""
    body = response.read(most + 1)
    if len(body) > most:
        raise OSError(_("its answer is longer than %(most)d bytes") % {"most": most})
    return body


def _text(response, sock):
    """The first part of a refusal's text, as far as it arrives. The status alone says whether the
    receiver accepted."""
    text = b""
    if not 200 <= response.status < 300:
        with suppress(OSError, HTTPException), cut_after(sock, STEP_SECONDS):
            text = response.read(MAX_ANSWER_BYTES)
    return text


def connected(places: Sequence[networks.Place], seconds: float | None = None) -> socket.socket:
    """A socket that is connected to the first of the places that answers, within so many seconds,
    by default WHOLE_SECONDS. Raises OSError."""
    failure = OSError(_("the name has no address"))
    until = time.monotonic() + (WHOLE_SECONDS if seconds is None else seconds)
    for place in places:
        left = until - time.monotonic()
        if left <= 0:
            break
        sock = socket.socket(place.family, socket.SOCK_STREAM)
        try:
            sock.settimeout(min(STEP_SECONDS, left))
            sock.connect(place.address)
        except OSError as error:
            sock.close()
            failure = error
        else:
            sock.settimeout(STEP_SECONDS)
            return sock
    raise failure


@contextmanager
def cut_after(sock: socket.socket, seconds: float) -> Iterator[None]:
    """Close a connection that is still open after so many seconds. Raises TimeoutError then."""
    is_cut = threading.Event()

    def cut():
        is_cut.set()
        with suppress(OSError):  # it was closed a moment ago
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException) as error:
        if is_cut.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
    if is_cut.is_set():
        raise TimeoutError


def _secrets_of(address, headers):
    """The parts of a request that may be secrets, the longest first."""
    parts = urlsplit(address)
    kept = f"{parts.path} {parts.query} {headers.get('Authorization', '')}"
    return sorted(set(_SECRET.findall(kept)), key=len, reverse=True)


def _shown(text: str, secrets: Sequence[str] = ()) -> str:
    text = collapse(clean(text)).rstrip(".")
    for secret in secrets:
        text = text.replace(secret, "…")
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
