"""listmonk and Buttondown on this machine, as far as their documentation says what they do.

Both refuse what they document as an error, keep what they have in `mails`, and fail as they are
told: `faults` maps the number of a request, from 1 on, to what happens instead of the answer.
"""

import json
import re
import socket
import threading
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from django.utils import timezone

from articles.models import MailService
from tests.changes.hubs.servers import running

__all__ = ["FAULTS", "Buttondown", "Listmonk", "make_service", "running"]

# What happens to a request: whether it is carried out, and what is answered.
FAULTS = {
    "hangs up at once": (False, "hang up"),
    "carries it out and hangs up": (True, "hang up"),
    "fails": (False, (500, {}, b"{}")),
    "carries it out and fails": (True, (502, {}, b"<html>Bad gateway</html>")),
    "has no time": (False, (429, {"Retry-After": "90"}, b"{}")),
    "is away": (False, (503, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, b"")),
    "does not know the key": (False, (401, {}, b'{"message": "invalid token"}')),
    "has moved": (False, (301, {"Location": "https://elsewhere.example/"}, b"")),
    "carries it out and says nothing that is JSON": (True, (200, {}, b"<html>")),
    "carries it out and says other JSON": (True, (200, {}, b'[{"data": [1, null]}]')),
    "carries it out and ends in the middle": (True, (200, {"Content-Length": "999"}, b'{"da')),
    "answers without end": (True, (200, {}, b'{"data": "' + b"x" * 5_000_000 + b'"}')),
}


class Service(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.mails, self.asked, self.faults = {}, [], {}
        self.lock = threading.Lock()

    def answer(self, method, path, query, headers, value):
        """A status and a JSON value for a request."""
        raise NotImplementedError

    def statuses(self):
        return sorted(mail["status"] for mail in self.mails.values())


class Listmonk(Service):
    """https://listmonk.app/docs/apis/campaigns/, version 6; what it does beside that is read from
    its source: the filter is `tag`, and a draft needs `send_at` to be scheduled."""

    TURNS = {
        "draft": {"scheduled"},
        "scheduled": {"draft", "paused"},
        "running": {"draft", "paused"},
        "paused": {"running"},
        "cancelled": {"running", "paused"},
    }

    def answer(self, method, path, query, headers, value):
        if headers["Authorization"] != "token desk:secret":
            return 403, {"message": "invalid API credentials"}
        found = re.fullmatch(r"/api/campaigns(?:/(\d+)(/status)?)?", path)
        key = found and found[1] and int(found[1])
        if not found or (key and key not in self.mails):
            return 400, {"message": "Campaign not found"}
        if method == "GET" and not key:
            tags = set(query.get("tag", []))
            rows = [mail for mail in self.mails.values() if tags <= set(mail["tags"])]
            return 200, {"data": {"results": rows[::-1], "total": len(rows)}}
        if method == "POST" and not key:
            return self._create(value)
        if method == "DELETE" and key:
            del self.mails[key]
            return 200, {"data": True}
        if method == "PUT" and found[2]:
            return self._turn(self.mails[key], value["status"])
        return 405, {"message": "method not allowed"}

    def _create(self, value):
        if not value["lists"] or not value["subject"] or not value["name"]:
            return 400, {"message": "invalid campaign"}
        send_at = value.get("send_at")
        if send_at and datetime.fromisoformat(send_at) < timezone.now():
            return 400, {"message": "send_at is in the past"}
        if re.search(r"\{\{(?!\s*(UnsubscribeURL\s*\}\}|Safe `))", value["body"]):
            return 400, {"message": "error compiling template"}
        key = len(self.asked)
        mail = {"id": key, "status": "draft", "send_at": None} | value
        self.mails[key] = mail
        return 200, {"data": mail}

    def _turn(self, mail, status):
        is_odd = status == "scheduled" and not mail["send_at"]
        if mail["status"] not in self.TURNS[status] or is_odd:
            return 400, {"message": f"cannot turn {mail['status']} into {status}"}
        mail["status"] = status
        return 200, {"data": mail}


class Buttondown(Service):
    """https://docs.buttondown.com, version 2026-04-01. A key of an earlier request (idempotency)
    gets the same answer."""

    def __init__(self):
        super().__init__()
        self.known = {}

    def answer(self, method, path, query, headers, value):
        if headers["Authorization"] != "Token secret":
            return 403, {"detail": "Invalid token."}
        found = re.fullmatch(r"/v1/emails(?:/([\w-]+))?", path)
        key = found and found[1]
        if not found or (key and key not in self.mails):
            return 404, {"detail": "Not found."}
        if method == "GET" and not key:
            rows = list(self.mails.values())[::-1]
            start = 20 * (int(query["page"][0]) - 1)
            more = f"?page={start // 20 + 2}" if len(rows) > start + 20 else None
            return 200, {"results": rows[start : start + 20], "next": more, "count": len(rows)}
        if method == "POST" and not key:
            return self._create(headers, value)
        if method == "DELETE" and key:
            del self.mails[key]
            return 204, None
        if method == "PATCH" and key:
            return self._change(self.mails[key], value)
        return 405, {"detail": "Method not allowed."}

    def _create(self, headers, value):
        idempotency = headers.get("X-Idempotency-Key")
        if idempotency in self.known:
            return 201, self.known[idempotency]
        status = value.get("status", "draft")
        if status == "about_to_send" and "X-Buttondown-Live-Dangerously" not in headers:
            return 400, {"code": "sending_requires_confirmation", "detail": "Confirm."}
        if not value["subject"] or "{{ unsubscribe_url }}" not in value["body"]:
            return 400, {"code": "email_invalid", "detail": "Invalid."}
        key = f"em_{len(self.asked)}"
        self.mails[key] = self.known[idempotency] = {"id": key} | value
        return 201, self.mails[key]

    def _change(self, mail, value):
        if mail["status"] not in ("draft", "scheduled"):
            return 400, {"code": "status_invalid", "detail": "It has been sent."}
        if value.get("status") == "scheduled" and not value.get("publish_date"):
            return 400, {"code": "publish_date_missing", "detail": "Missing."}
        mail |= value
        return 200, mail


class _Handler(BaseHTTPRequestHandler):
    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        parts = urlsplit(self.path)
        with self.server.lock:
            self.server.asked.append((self.command, parts.path))
            fault = self.server.faults.pop(len(self.server.asked), None)
            is_done, instead = FAULTS[fault] if fault else (True, None)
            if is_done:
                value = json.loads(body) if body else None
                query = parse_qs(parts.query)
                status, told = self.server.answer(
                    self.command, parts.path, query, self.headers, value
                )
                answer = status, {}, b"" if told is None else json.dumps(told).encode()
        self.send(instead or answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def send(self, answer):
        if answer == "hang up":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        status, headers, body = answer
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(ConnectionError):  # the other side has read enough
            self.wfile.write(body)

    def log_message(self, *arguments):
        """Into no terminal."""


KEYS = {"listmonk": "desk:secret", "buttondown": "secret", "own": "Bearer secret"}
TEMPLATE = '{"subject": "{{ subject }}", "html": "{{ html }}", "id": "{{ id }}"}'


def make_service(address, kind="listmonk", **fields):
    values = {"name": "아침 메일", "lists": [1], "active_since": timezone.now()}
    values |= {"authorization": KEYS[kind], "template": TEMPLATE if kind == "own" else ""}
    return MailService.objects.create(address=address, kind=kind, **{**values, **fields})
