"""Two hundred clients send a byte now and then, headers or a body, and never come to an end."""

import contextlib
import socket
import threading
import time
from pathlib import Path

from tests.faults import pace
from tests.faults.result import Answer, Counts, Result
from tests.faults.site import HOME, PATIENCE, Database, Nginx, Node, status_of

NAME = "slow clients"
CLIENTS = 200
EVERY = 0.5  # seconds between two bytes
SECONDS = 5
LIMIT = 1.0
HEADERS = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
BODY = (
    b"POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n"
    b"Cookie: csrftoken=" + b"a" * 32 + b"\r\n\r\n"
)


def run(folder: Path) -> list[Result]:
    results = []
    with Database() as database:
        for kind, start in (("headers", HEADERS), ("a body", BODY)):
            with Node(folder, database.url) as node, Nginx(folder, [node.port]) as nginx:
                results.append(measure(f"{CLIENTS} dribble {kind} at granian alone", node, start))
                results.append(measure(f"{CLIENTS} dribble {kind} at nginx", nginx, start))
    return results


def measure(done, server, start):
    status_of(server.port, HOME)
    with SlowClients(server.port, start) as slow:
        time.sleep(1)
        counts, held = good_client(server.port), slow.open
    return Result(
        NAME,
        f"{done}, a good client asks on",
        f"{counts}; {held} slow ones still connected at the end",
        f"0 errors, p95 under {pace.shown(LIMIT)}",
        not counts.errors and counts.p95 < pace.limit(LIMIT),
    )


def good_client(port):
    answers, end = [], time.monotonic() + SECONDS
    while time.monotonic() < end:
        for path in ("/healthz", HOME):
            started = time.monotonic()
            status = status_of(port, path)
            now = time.monotonic()
            answers.append(Answer(path, status, now, now - started))
        time.sleep(0.05)
    return Counts(answers)


class SlowClients:
    """Open while the `with` lasts; `open` is how many the server has not sent away."""

    def __init__(self, port, start):
        self.port, self.start = port, start
        self._sockets: list[socket.socket] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._dribble, daemon=True)

    def __enter__(self):
        for _client in range(CLIENTS):
            connection = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
            connection.sendall(self.start)
            connection.setblocking(False)
            self._sockets.append(connection)
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._over.set()
        self._thread.join(PATIENCE)
        for connection in self._sockets:
            connection.close()

    @property
    def open(self):
        return len(self._sockets)

    def _dribble(self):
        while not self._over.wait(EVERY):
            self._sockets = [one for one in self._sockets if self._is_open(one)]

    def _is_open(self, connection):
        with contextlib.suppress(OSError):
            connection.send(b"a")
            try:
                connection.recv(1)  # an answer, or the end
            except BlockingIOError:
                return True
        connection.close()
        return False
