"""What is in `deploy/` is true: the parts that can be started are, the others are compared."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from configparser import RawConfigParser
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from django.test import LiveServerTestCase, SimpleTestCase, override_settings

from articles.page_store import page as pages
from articles.page_store.files import PageFiles
from newsroom.run import serving
from tests import nginx
from tests.nginx import DEPLOY

ROOT = Path(__file__).parent.parent


def options_of(command):
    """The options of a granian command by name, whatever stands before them."""
    words = command.split() if isinstance(command, str) else list(command)
    words = words[next(i for i, word in enumerate(words) if word.endswith("granian")) + 1 : -1]
    return dict(zip(words[::2], words[1::2], strict=True))


class ServerCommandTests(SimpleTestCase):
    """The unit, the image and `make run` start the server in the same way."""

    MINE = {"--host", "--port", "--blocking-threads"}

    def shared(self, options):
        return {name: value for name, value in options.items() if name not in self.MINE}

    def expected(self):
        return self.shared(options_of(serving("127.0.0.1", 8000)))

    def test_the_unit_starts_the_server_as_make_run_does(self):
        unit = RawConfigParser(strict=False)
        unit.optionxform = str
        unit.read(DEPLOY / "systemd/newsroom.service")
        told = options_of(unit["Service"]["ExecStart"])
        self.assertEqual(self.shared(told), self.expected())

    def test_the_image_starts_the_server_as_make_run_does(self):
        text = (ROOT / "Dockerfile").read_text()
        command = text[text.rindex("CMD [") + 4 :].replace("\\\n", " ")
        told = options_of(yaml.safe_load(command))
        self.assertEqual(self.shared(told), self.expected())

    def test_everything_the_site_needs_is_in_the_image(self):
        text = (ROOT / "Dockerfile").read_text()
        for name in ("manage.py", "newsroom", "articles", "templates", "static", "locale"):
            self.assertRegex(text, rf"COPY {name} ")

    def test_the_composition_names_images_and_commands_that_there_are(self):
        services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
        self.assertEqual(set(services), {"migrate", "site", "due", "database"})
        self.assertEqual(services["due"]["command"][2], "run_due")

    def test_variables_of_the_example_are_ones_that_the_readme_explains(self):
        readme = (ROOT / "README.md").read_text()
        lines = (DEPLOY / "newsroom.env.example").read_text().splitlines()
        for name in (line.split("=")[0] for line in lines if "=" in line and line[0] != "#"):
            with self.subTest(name):
                self.assertIn(f"| `{name}` |", readme)


class NginxTests(LiveServerTestCase):
    """nginx with the sample configuration, in front of the site."""

    serialized_rollback = True

    def setUp(self):
        if nginx.NGINX is None:
            give_up = pytest.fail if os.environ.get("CI") else self.skipTest
            give_up("nginx was not found: apt-get install nginx-light.")
        self.folder = Path(self.enterContext(_readable_folder()))
        self.files = PageFiles(self.folder / "pages")
        self.files.begin("one")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.start()

    def start(self):
        changes = (
            ("listen 80;", f"listen 127.0.0.1:{self.port};"),
            ("news\\.example\\.com", "127\\.0\\.0\\.1"),
            ("127.0.0.1:8000", self.live_server_url.removeprefix("http://")),
            ("/var/lib/newsroom", str(self.folder)),
        )
        command = nginx.configure(self.folder, changes)
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait, 10)
        self.addCleanup(process.terminate)
        for _ in range(1200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        self.fail((self.folder / "nginx.log").read_text())

    def get(self, path, method="GET", **headers):
        address = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(address, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def put(self, path, body):
        self.files.put(path, pages.make([("ETag", '"1"')], body), "one")

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
    def test_other_methods_are_told_which_are_allowed_whether_or_not_there_is_a_file(self):
        for path in ("/archive/", "/feeds/digests.rss"):
            for is_stored in (False, True):
                if is_stored:
                    self.put(path, b"x")
                with self.subTest(path, is_stored=is_stored):
                    status, headers, _body = self.get(path, method="POST")
                    self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD"))

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


def _readable_folder():
    """A directory that nginx may read whoever it runs as."""
    folder = TemporaryDirectory()
    Path(folder.name).chmod(0o755)
    return folder
