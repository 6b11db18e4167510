"""Small web servers on this machine that stand for hubs and subscribers."""

import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@contextmanager
def running(server):
    """Serve in a thread until the end of the block; gives the server's origin."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class RecordingHub(ThreadingHTTPServer):
    """Keeps the forms that it is sent in `heard`, and answers what `answer(form)` says: a status,
    headers and a body."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard = []
        self.headers = []
        self.answer = lambda form: (202, {}, b"")

    def topics(self):
        return [urlsplit(form["hub.topic"]).path for form in self.heard]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers["Content-Length"])
        form = dict(parse_qsl(self.rfile.read(length).decode(), strict_parsing=True))
        self.server.heard.append(form)
        self.server.headers.append(dict(self.headers))
        status, headers, body = self.server.answer(form)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(ConnectionError):  # the other side has read enough
            self.wfile.write(body)

    def log_message(self, *arguments):
        """Into no terminal."""
