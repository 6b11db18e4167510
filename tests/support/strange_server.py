"""A server of feeds on this machine that answers byte for byte as it is told, right or wrong."""

import socketserver
import threading
from contextlib import suppress


class StrangeServer(socketserver.ThreadingTCPServer):
    """`says` has the answer of each path: bytes, or a function that gets the function that writes
    and an event that is set when the server ends. `heard` has the path and the headers (lower
    case) of each request."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.says, self.heard = {}, []
        self.over = threading.Event()
        self.port = self.server_address[1]
        self.origin = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request, client_address):
        """Whoever has had enough closes the connection."""


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        lines = []
        while (line := self.rfile.readline()).strip():
            lines.append(line.decode("latin-1").strip())
        if not lines:
            return
        path = lines[0].split(" ")[1]
        headers = dict(line.split(": ", 1) for line in lines[1:])
        self.server.heard.append((path, {name.lower(): text for name, text in headers.items()}))
        said = self.server.says.get(path, response(b"", status="404 Not Found"))
        with suppress(OSError):
            if callable(said):
                said(self.wfile.write, self.server.over)
            else:
                self.wfile.write(said)


def response(body, *, status="200 OK", **headers):
    """A whole answer. Blanks in names of headers stand for hyphens; None leaves one out."""
    named = {"Content_Type": "application/xml", "Content_Length": len(body)} | headers
    lines = [
        f"{name.replace('_', '-')}: {text}" for name, text in named.items() if text is not None
    ]
    head = "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""])
    return head.encode() + body


def rss(*items):
    """A feed in RSS with these (address, title) or more of an item as text."""
    found = [
        each
        if isinstance(each, str)
        else f"<item><title>{each[1]}</title><link>{each[0]}</link></item>"
        for each in items
    ]
    channel = f"<channel><title>t</title>{''.join(found)}</channel>"
    return f"<rss version='2.0'>{channel}</rss>".encode()
