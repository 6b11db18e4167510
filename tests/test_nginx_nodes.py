"""nginx with TLS, behind a proxy, and in front of several nodes."""

import socket
import socketserver
import ssl
import subprocess
import threading

from django.test import SimpleTestCase

from tests.support import certificates, nginx
from tests.test_nginx import NginxMixin, free_port


class TlsTests(NginxMixin, SimpleTestCase):
    """The server for TLS, and the plain one that sends readers there."""

    def setUp(self):
        super().setUp()
        certificate = certificates.make(self.folder)
        self.tls_port = free_port()
        self.context = ssl.create_default_context(cafile=certificate)
        self.node = Node(self)
        self.start([self.node.address], tls=(self.tls_port, certificate, certificate))

    def secure(self, path, **options):
        address = f"https://127.0.0.1:{self.tls_port}"
        return self.get(path, address=address, context=self.context, **options)

    def test_plain_requests_are_sent_to_tls_also_for_stored_pages(self):
        self.put("/archive/", b"stored")
        for path in ("/archive/", "/search/?q=a", "/feeds/digests.rss"):
            with self.subTest(path):
                status, headers, _body = self.get(path)
                self.assertEqual((status, headers["Location"]), (301, f"https://127.0.0.1{path}"))

    def test_programs_are_refused_over_plain_http_and_not_sent_elsewhere(self):
        for method, body in (("POST", b"x" * 2_000_000), ("POST", b"x"), ("GET", None)):
            with self.subTest(method):
                answer = self.get("/api/v1/digests/2026-01-03/pushes", method, body=body)
                self.assertRefused(*answer)
        self.assertEqual(self.node.requests, [])
        self.assertEqual(self.get("/apis/")[0], 301)

    def test_certificates_are_renewed_over_plain_http(self):
        self.assertEqual(self.get("/.well-known/acme-challenge/token")[0], 404)

    def test_stored_and_other_pages_name_hsts_for_this_host_alone(self):
        self.put("/archive/", b"stored")
        for path in ("/archive/", "/feeds/digests.rss", "/other/"):
            self.put("/feeds/digests.rss", b"stored")
            with self.subTest(path):
                _status, headers, _body = self.secure(path)
                told = headers.get_all("Strict-Transport-Security")
                self.assertEqual(told, ["max-age=31536000"])

    def test_the_site_is_told_that_the_request_came_over_tls_and_from_whom(self):
        self.secure("/other/", **{"X-Forwarded-Proto": "http", "X-Forwarded-For": "192.0.2.1"})
        headers = self.node.requests[-1][1]
        self.assertEqual(headers["X-Forwarded-Proto"], "https")
        self.assertEqual(headers["X-Forwarded-For"], "127.0.0.1")

    def test_http_2_is_spoken(self):
        self.context.set_alpn_protocols(["h2", "http/1.1"])
        with (
            socket.create_connection(("127.0.0.1", self.tls_port)) as raw,
            self.context.wrap_socket(raw, server_hostname="127.0.0.1") as connection,
        ):
            self.assertEqual(connection.selected_alpn_protocol(), "h2")


class BehindAProxyTests(NginxMixin, SimpleTestCase):
    """The server for those who have TLS elsewhere."""

    def setUp(self):
        super().setUp()
        self.node = Node(self)
        self.start([self.node.address], shipped="newsroom-behind-proxy.conf")

    def test_a_request_that_came_over_tls_is_answered(self):
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        self.assertEqual(self.get("/other/", **headers)[0], 200)
        told = self.node.requests[-1][1]
        self.assertEqual(told["X-Forwarded-Proto"], "https")
        self.assertEqual(told["X-Forwarded-For"], "192.0.2.7")

    def test_a_plain_request_is_sent_to_tls_also_for_a_stored_page(self):
        self.put("/archive/", b"stored")
        for headers in ({}, {"X-Forwarded-Proto": "http"}):
            for path in ("/archive/", "/other/?a=b"):
                with self.subTest(path, headers=headers):
                    status, told, _body = self.get(path, **headers)
                    self.assertEqual((status, told["Location"]), (301, f"https://127.0.0.1{path}"))

    def test_programs_are_refused_over_plain_http_and_not_sent_elsewhere(self):
        for headers in ({}, {"X-Forwarded-Proto": "http"}, {"X-Forwarded-Proto": "https,http"}):
            for path in ("/api/v1/digests", "//api/v1/digests", "/%61pi/v1/digests"):
                with self.subTest(path, headers=headers):
                    self.assertRefused(*self.get(path, method="POST", body=b"x", **headers))
        self.assertEqual(self.node.requests, [])
        for path in ("/newsroom-refused", "/apis/"):
            self.assertEqual(self.get(path)[0], 301)

    def test_programs_are_let_in_over_tls(self):
        headers = {"X-Forwarded-Proto": "https", "Authorization": "Bearer x"}
        self.assertEqual(self.get("/api/v1/digests", **headers)[0], 200)
        self.assertEqual(self.node.requests[-1][1]["Authorization"], "Bearer x")
        self.assertEqual(self.get("/newsroom-refused", **headers)[0], 404)


class NodesTests(NginxMixin, SimpleTestCase):
    """Two nodes, of which the first dies with every request."""

    def setUp(self):
        super().setUp()
        self.dying, self.other = Node(self, answers=False), Node(self)
        self.start([self.dying.address, self.other.address])

    def test_another_node_answers_readers(self):
        self.assertEqual([self.get("/other/")[0] for _request in range(4)], [200] * 4)
        self.assertTrue(self.dying.requests)

    def test_a_form_that_a_node_received_is_sent_to_no_other(self):
        statuses = []
        while not self.dying.requests:  # nginx asks its nodes by turns
            statuses.append(self.get("/admin/", method="POST")[0])
        received = len(self.dying.requests) + len(self.other.requests)
        self.assertEqual(statuses[-1], 502)
        self.assertEqual(received, len(statuses))


class ConfigurationTests(NginxMixin, SimpleTestCase):
    def test_nginx_has_nothing_to_warn_of(self):
        certificate = certificates.make(self.folder)
        for shipped in ("newsroom.conf", "newsroom-behind-proxy.conf"):
            with self.subTest(shipped):
                tls = (free_port(), certificate, certificate)
                command = nginx.configure(
                    self.folder, self.port, ["127.0.0.1:8000"], tls=tls, shipped=shipped
                )
                told = subprocess.run([*command, "-t"], capture_output=True, text=True, check=True)
                self.assertNotIn("[warn]", told.stderr)


class Node:
    """An HTTP server in place of the site; `requests` are the request lines with their headers."""

    def __init__(self, test, answers=True):
        self.requests = []
        self.answers = answers
        node = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                node.answer(self)

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        test.addCleanup(server.server_close)
        test.addCleanup(server.shutdown)
        self.address = f"127.0.0.1:{server.server_address[1]}"

    def answer(self, handler):
        line = handler.rfile.readline().decode().strip()
        if not line:
            return  # a connection that was only tried
        fields = iter(lambda: handler.rfile.readline().decode().strip(), "")
        self.requests.append((line, dict(field.split(": ", 1) for field in fields)))
        if self.answers:
            handler.wfile.write(
                b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\nStrict-Transport-Security"
            )
            handler.wfile.write(b": max-age=31536000\r\n\r\nok")
