"""A receiver of webhooks on this machine, which keeps what it gets and answers as it is told."""

import base64
import hashlib
import hmac
import ipaddress
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.utils import timezone

from articles.models import AuditEntry, Digest, Webhook
from articles.notices import deliveries, sending, signing
from tests.changes.hubs.servers import running

THIS_MACHINE = [ipaddress.ip_network("127.0.0.0/8")]

__all__ = ["THIS_MACHINE", "Receiver", "deliver", "happen", "make_webhook", "running", "verified"]


class Receiver(ThreadingHTTPServer):
    """`heard` has the headers (lower case) and the body of each request. `answer(count)` gives a
    status, headers and a body for the request with that number, the first being 1."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard = []
        self.answer = lambda count: (200, {}, b"ok")

    def ids(self):
        return [headers["webhook-id"] for headers, _body in self.heard]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.heard.append((headers, body))
        status, more, text = self.server.answer(len(self.server.heard))
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(ConnectionError):  # the other side has read enough
            self.wfile.write(text)

    def log_message(self, *arguments):
        """Into no terminal."""


def make_webhook(address, *kinds, **fields):
    values = {"name": "알림방", "secret": signing.new_secret(), "active_since": timezone.now()}
    kinds = list(kinds) or ["submitted"]
    return Webhook.objects.create(address=address, kinds=kinds, **{**values, **fields})


def happen(action="submitted", digest: Digest | None = None, **fields):
    """An audit row, as a step of a digest leaves it."""
    values = {"at": timezone.now(), "actor_name": "김민지", "digest_id": digest and digest.pk}
    return AuditEntry.objects.create(action=action, **{**values, **fields})


def deliver():
    """What a turn of `run_due` does for deliveries, without threads. Returns how many receivers
    accepted."""
    deliveries.queue()
    deliveries.give_up()
    return sum(sending.send_lane(lane, threading.Event()) for lane in sending.due_lanes())


def verified(secret, headers, body):
    """Whether one of the signatures is right: the algorithm of Standard Webhooks, as a receiver
    follows it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    found = [each.split(",", 1) for each in headers["webhook-signature"].split(" ")]
    return any(name == "v1" and hmac.compare_digest(value, right) for name, value in found)
