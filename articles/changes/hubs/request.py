"""One HTTP request to a hub: short, without redirects, and with a small response.

The operator chooses the hubs in the settings. So only the scheme of an address is restricted, which
`newsroom/environment.py` checks. A hub may be on the local network.
"""

import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from articles.rules.text import clean, collapse

STEP_SECONDS = 5  # for each of connecting, sending and every read of the response
WHOLE_SECONDS = 15  # for the whole request, however slowly the response arrives
MAX_ANSWER_BYTES = 1000
MAX_SHOWN = 200


@dataclass(frozen=True)
class Answer:
    """The result of a request. `status` is None if there was no response; `error` is empty if the
    hub accepted."""

    status: int | None
    error: str = ""

    @property
    def is_ok(self):
        return not self.error


def post(address: str, fields: Mapping[str, str]) -> Answer:
    """Send a form to an http or https address. Any failure is described in the returned Answer."""
    try:
        status, location, text = _exchange(address, urlencode(fields))
    except TimeoutError:
        return Answer(None, _("The hub did not answer in time."))
    except ssl.SSLError as error:
        sentence = _("The hub's certificate or encryption cannot be trusted: %(reason)s.")
        return Answer(None, sentence % {"reason": _shown(error.reason or str(error))})
    except (OSError, HTTPException) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        sentence = _("The hub cannot be reached: %(reason)s.")
        return Answer(None, sentence % {"reason": _shown(reason)})
    if 200 <= status < 300:
        return Answer(status)
    if 300 <= status < 400:
        sentence = _("The hub redirects to “%(address)s”. If it has moved, change WEBSUB_HUBS.")
        return Answer(status, sentence % {"address": _shown(location)})
    sentence = _("The hub refused with status %(status)d: “%(text)s”")
    return Answer(status, sentence % {"status": status, "text": _shown(text)})


def _exchange(address, body):
    """The status, the Location header and the first part of the response text."""
    parts = urlsplit(address)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.hostname, parts.port, timeout=STEP_SECONDS)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": f"Newsroom (+{settings.SITE_URL})",
    }
    try:
        connection.connect()
        with _cut_after(connection.sock, WHOLE_SECONDS):
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            text = response.read(MAX_ANSWER_BYTES).decode("utf-8", "replace")
    finally:
        connection.close()
    return response.status, response.getheader("Location", ""), text


@contextmanager
def _cut_after(sock, seconds):
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


def _shown(text):
    text = collapse(clean(text)).rstrip(".")
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
