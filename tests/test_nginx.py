"""The configuration of nginx that is shipped, started in front of the site."""

import os
import re
import socket
import subprocess
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import pytest
from axes.models import AccessAttempt
from django.test import LiveServerTestCase, override_settings

from articles.models import OldAddress
from articles.serving.page_store import page as pages
from articles.serving.page_store.files import PageFiles
from tests.api.test_pushes import POST
from tests.support import nginx
from tests.support.factories import make_digest, make_user
from tests.support.programs import bearer, make_token
from tests.support.waiting import PATIENCE, wait_until


class NginxMixin:
    """`start` runs nginx in a folder of its own; finished pages are in `files`."""

    def setUp(self):
        super().setUp()
        if nginx.NGINX is None:
            give_up = pytest.fail if os.environ.get("CI") else self.skipTest
            give_up("nginx was not found: apt-get install nginx-light.")
        folder = TemporaryDirectory()
        self.folder = Path(self.enterContext(folder))
        self.folder.chmod(0o755)
        self.files = PageFiles(self.folder / "pages")
        self.files.begin("one")
        self.port = free_port()

    def start(self, nodes, **options):
        command = nginx.configure(
            self.folder, self.port, nodes, pages=self.folder / "pages", **options
        )
        self.let_wait(self.folder / "snippets/newsroom-site.conf")
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        wait_until(lambda: process.poll() is not None or accepts(self.port))
        if process.poll() is not None:
            self.fail(process.stderr.read().decode())

    def let_wait(self, configuration):
        """The site is on this machine, and as slow as it is."""
        text = re.sub(r"(_timeout) \d+s;", rf"\1 {PATIENCE:.0f}s;", configuration.read_text())
        configuration.write_text(text)

    def get(self, path, method="GET", address=None, context=None, body=None, **headers):
        address = f"{address or f'http://127.0.0.1:{self.port}'}{path}"
        request = urllib.request.Request(address, body, method=method, headers=headers)
        opener = urllib.request.build_opener(
            NotFollowed, urllib.request.HTTPSHandler(context=context)
        )
        try:
            with opener.open(request) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def assertRefused(self, status, headers, body):
        """A plain sentence that says what to do, and no redirect."""
        self.assertEqual(status, 403)
        self.assertTrue(headers["Content-Type"].startswith("text/plain"))
        self.assertIsNone(headers["Location"])
        self.assertIn(b"https://127.0.0.1", body)
        self.assertIn(b"make a new one", body)

    def put(self, path, body):
        self.files.put(path, pages.make([("ETag", '"1"')], body), "one")


class NotFollowed(urllib.request.HTTPRedirectHandler):
    """Redirects are answers."""

    def redirect_request(self, *_arguments):
        return None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


# It is nginx that answers here, from files.
@pytest.mark.one_engine
class NginxTests(NginxMixin, LiveServerTestCase):
    """In front of the site; how a request came over TLS does not matter here."""

    serialized_rollback = True

    def setUp(self):
        super().setUp()
        self.start([self.live_server_url.removeprefix("http://")], logs=True)

    @override_settings(ALLOWED_HOSTS=["127.0.0.1"])
    def test_finished_pages_are_sent_without_the_site(self):
        self.put("/2026/01/03/", "<p>쌓아 둔 쪽</p>".encode())
        status, headers, body = self.get("/2026/01/03/")
        self.assertEqual((status, body.decode()), (200, "<p>쌓아 둔 쪽</p>"))
        self.assertEqual(headers["Content-Type"], "text/html; charset=utf-8")
        again, _headers, _body = self.get("/2026/01/03/", **{"If-None-Match": headers["ETag"]})
        self.assertEqual(again, 304)

    @override_settings(ALLOWED_HOSTS=["127.0.0.1"])
    def test_what_is_not_finished_and_what_has_a_query_goes_to_the_site(self):
        self.assertEqual(self.get("/archive/")[0], 200)
        self.put("/archive/", b"<p>old</p>")
        self.assertEqual(self.get("/archive/")[2], b"<p>old</p>")
        self.assertNotEqual(self.get("/archive/?x=1")[2], b"<p>old</p>")
        self.assertEqual(self.get("/2026/01/04/")[0], 404)

    @override_settings(ALLOWED_HOSTS=["127.0.0.1"])
    def test_old_addresses_lead_on_and_missing_ones_are_asked_for_again_soon(self):
        digest = make_digest("2026-01-03")
        OldAddress.objects.create(path="/소식/first", digest=digest)
        self.put("/2026/01/03/", b"<p>day</p>")
        for end in ("", ".html", "/", ".html?a=b"):
            status, headers, _body = self.get(f"/%EC%86%8C%EC%8B%9D/First{end}")
            query = "?a=b" if "?" in end else ""
            self.assertEqual((status, headers["Location"]), (301, f"/2026/01/03/{query}"))
        for path in ("/unknown.html", "/2026/01/04/", "/static/css/site.000000000000.css"):
            status, headers, _body = self.get(path)
            self.assertEqual((status, headers["Cache-Control"]), (404, "max-age=5"))

    @override_settings(ALLOWED_HOSTS=["127.0.0.1"])
    def test_what_was_replaced_or_withdrawn_is_gone_with_the_next_request(self):
        for path in ("/archive/", "/2026/01/03.md"):
            with self.subTest(path):
                self.put(path, b"first")
                self.assertEqual(self.get(path)[2], b"first")
                self.put(path, b"other")
                self.assertEqual(self.get(path)[2], b"other")
        (self.folder / "pages/current").unlink()
        self.assertEqual(self.get("/archive/")[0], 200)
        self.assertNotEqual(self.get("/archive/")[2], b"other")
        self.assertEqual(self.get("/2026/01/03.md")[0], 404)

    @override_settings(ALLOWED_HOSTS=["127.0.0.1"])
    def test_programs_reach_the_site_with_their_token_and_their_body(self):
        path, post = "/api/v1/digests/2026-01-03/pushes", POST.encode()
        headers = {"Content-Type": "text/markdown", **bearer(make_token())}
        for body, status, kind in (
            (post, 201, "application/json"),
            (post, 200, "application/json"),
            (post + b" " * 5_000_000, 413, "application/problem+json"),
        ):
            answer = self.get(path, "POST", body=body, **headers)
            self.assertEqual((answer[0], answer[1]["Content-Type"]), (status, kind))
            self.assertEqual(answer[1].get_all("Cache-Control"), ["no-store"])
        for wrong in ({}, bearer("x")):
            status, told, _body = self.get("/api/v1/nothing.md", **wrong)
            self.assertEqual((status, told["Content-Type"]), (401, "application/problem+json"))
            self.assertTrue(told["WWW-Authenticate"].startswith("Bearer"))
        self.assertEqual(self.get(path, "PUT", body=post, **headers)[1]["Allow"], "POST")

    @override_settings(ALLOWED_HOSTS=["127.0.0.1"])
    def test_other_methods_are_told_which_are_allowed_whether_or_not_there_is_a_file(self):
        for path in ("/archive/", "/feeds/digests.rss"):
            for is_stored in (False, True):
                if is_stored:
                    self.put(path, b"x")
                with self.subTest(path, is_stored=is_stored):
                    status, headers, _body = self.get(path, method="POST")
                    self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD"))

    @override_settings(ALLOWED_HOSTS=["127.0.0.1"], TRUST_PROXY=True, AXES_ENABLED=True)
    def test_a_client_does_not_choose_the_address_its_attempts_are_counted_by(self):
        make_user("minji")
        token = "a" * 32
        data = {"username": "minji", "password": "wrong", "csrfmiddlewaretoken": token}
        for header in ("X-Forwarded-For", "X_Forwarded_For", "X-Real-IP", "Forwarded"):
            headers = {header: "203.0.113.9", "Cookie": f"csrftoken={token}"}
            with self.subTest(header):
                status, _headers, _body = self.get(
                    "/admin/login/", method="POST", body=urlencode(data).encode(), **headers
                )
                self.assertEqual(status, 200)
        self.assertEqual({row.ip_address for row in AccessAttempt.objects.all()}, {"127.0.0.1"})

    def test_finished_pages_are_sent_under_their_own_name_only(self):
        self.put("/archive/", b"<p>page</p>")
        for host in ("news.example", "127.0.0.1@news.example", f"127.0.0.1:{self.port}@a.example"):
            with self.subTest(host):
                self.assertEqual(self.get("/archive/", Host=host)[0], 421)
        self.assertEqual(self.get("/archive/", Host="127.0.0.1")[0], 200)

    def test_nginx_does_not_tell_its_version(self):
        self.put("/archive/", b"<p>page</p>")
        self.assertEqual(self.get("/archive/")[1]["Server"], "nginx")

    @override_settings(ALLOWED_HOSTS=["127.0.0.1"])
    def test_files_have_the_headers_that_the_site_gives(self):
        of_site = self.get("/archive/")[1]
        self.put("/archive/", b"<p>old</p>")
        of_file = self.get("/archive/")[1]
        for name in (
            *("Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "Cache-Control"),
            *("X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"),
            "Permissions-Policy",
        ):
            with self.subTest(name):
                self.assertEqual(*(sorted(h[name].split("; ")) for h in (of_file, of_site)))

    @override_settings(ALLOWED_HOSTS=["127.0.0.1"])
    def test_every_kind_of_file_has_its_media_type(self):
        for path, expected in (
            ("/feeds/digests.rss", "application/rss+xml; charset=utf-8"),
            ("/feeds/digests.atom", "application/atom+xml; charset=utf-8"),
            ("/feeds/digests.json", "application/feed+json"),
            ("/tags/ai/feed.json", "application/feed+json"),
            ("/2026/01/03.md", "text/markdown; charset=utf-8"),
            ("/2026/01/03.json", "application/json"),
        ):
            with self.subTest(path):
                self.put(path, b"x")
                status, headers, _body = self.get(path)
                self.assertEqual((status, headers["Content-Type"]), (200, expected))

    @override_settings(ALLOWED_HOSTS=["127.0.0.1"])
    def test_addresses_that_hold_a_secret_are_not_logged(self):
        for path in ("/preview/secret/", "//preview//secret/", "/%70review/secret/", "/archive/"):
            self.get(path)
        self.get("/admin/new-password/secret/MQ/")
        log = self.folder / "access.log"
        wait_until(lambda: "/archive/" in log.read_text())
        self.get("/tags/")  # lines are written in the order of the answers
        wait_until(lambda: "/tags/" in log.read_text())
        self.assertNotIn("secret", log.read_text())

    @override_settings(ALLOWED_HOSTS=["127.0.0.1"])
    def test_the_site_answers_where_nginx_may_not_read_the_files(self):
        for path in ("/archive/", "/feeds/digests.rss", "/2026/01/03.md"):
            self.put(path, b"stored")
        (self.folder / "pages").chmod(0o700)
        for path, expected in (
            ("/archive/", 200),
            ("/feeds/digests.rss", 200),
            ("/2026/01/03.md", 404),
        ):
            with self.subTest(path):
                if os.geteuid() == 0:  # else nginx runs as the owner of the files
                    self.assertEqual(self.get(path)[0], expected)
                    self.assertNotEqual(self.get(path)[2], b"stored")
