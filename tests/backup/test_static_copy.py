"""A copy of the site is served by a plain file server and read like the site itself."""

import html
import re
import shutil
import tempfile
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from django.test import TestCase, override_settings
from django.utils.encoding import iri_to_uri

from articles.backup import static_copy
from articles.backup.static_copy import LISTING, _static_file
from articles.digests import publishing
from articles.models import Digest, Tag
from articles.pictures import cards
from articles.posts.folder import ExportError
from tests.support.factories import make_article, make_digest, publish
from tests.support.waiting import PATIENCE

LINK = re.compile(r'<(?:a|link|img|script)\b[^>]*?\s(?:href|src)="([^"]+)"')
CANARY = "비밀카나리아"


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@contextmanager
def short_lists():
    with (
        patch("articles.views.digest_lists.DAYS_A_PAGE", 3),
        patch("articles.views.corrections.CORRECTIONS_A_PAGE", 3),
    ):
        yield


class CopyCase(TestCase):
    """Issues of so many days, three of which fill a page of a list."""

    days = 4

    @classmethod
    def setUpTestData(cls):
        for day in range(1, cls.days + 1):
            digest = make_digest(f"2026-01-0{day}", articles=1, published=False)
            make_article(digest, headline=f"{day}일의 로봇", tags=["로봇", "C#/AI & 칩"])
            digest = publish(digest)
            publishing.correct(digest, f"{day}일을 바로잡습니다.")

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory())) / "copy"
        self.enterContext(short_lists())

    def copy(self):
        report = static_copy.copy_site(self.folder)
        return (report.written, report.unchanged, report.removed)

    def files(self):
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in found}


# The files are those of the pages, which are tested on both engines.
@pytest.mark.one_engine
class ServedTests(CopyCase):
    days = 7

    def serve(self):
        handler = partial(QuietHandler, directory=str(self.folder))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}"

    def read(self, address):
        with urllib.request.urlopen(address, timeout=PATIENCE) as response:
            return response.read().decode(errors="replace"), response.url

    def crawl(self, origin):
        """Bodies by address of all that links lead to; fails on a link to nothing."""
        waiting, found = [f"{origin}/", f"{origin}/404.html"], {}
        while waiting:
            address = waiting.pop()
            if address in found:
                continue
            try:
                body, final = self.read(address)
            except urllib.error.HTTPError as error:
                self.fail(f"{address}: {error}")
            self.assertEqual(final, address, "the server had to lead on")
            found[address] = body
            if "<html" not in body:
                continue
            for link in LINK.findall(body):
                target = urljoin(address, iri_to_uri(html.unescape(link)))
                self.assertFalse(urlsplit(target).query and target.startswith(origin), target)
                if target.startswith(origin):
                    waiting.append(target.partition("#")[0])
        return found

    def test_every_link_leads_somewhere_and_to_everything(self):
        self.copy()
        origin = self.serve()
        found = self.crawl(origin)
        self.assert_anchors_are_those_of_the_pages(found)
        paths = {address.removeprefix(origin) for address in found}
        for day in range(1, 8):
            slug = quote(f"{day}일의-로봇")
            for end in ("/", ".md", ".json", f"/{slug}/", f"/{slug}.md", f"/{slug}.json"):
                self.assertIn(f"/2026/01/0{day}{end}", paths)
        robots = quote(Tag.objects.get(name="로봇").slug)
        for path in (
            *("/", "/404.html", "/archive/", "/2026/", "/2026/01/", "/tags/", "/corrections/"),
            *("/feeds/digests.rss", "/static/css/site.css", "/static/img/favicon.svg"),
            *("/manifest.webmanifest", "/opensearch.xml"),
            *(f"/tags/{robots}/", f"/tags/{robots}/before/2026-01-05/"),
            f"/tags/{robots}/before/2026-01-02/",
        ):
            self.assertIn(path, paths)
        older = [body for path, body in found.items() if "/corrections/before/" in path]
        self.assertEqual(len(older), 2)
        everything = "".join(found.values())
        listed = "".join([found[f"{origin}/corrections/"], *older])
        for day in range(1, 8):
            self.assertIn(f"{day}일의 로봇", everything)
            self.assertIn(f"{day}일을 바로잡습니다.", listed)

    def assert_anchors_are_those_of_the_pages(self, found):
        for address, body in found.items():
            for link in LINK.findall(body) if "<html" in body else ():
                target, _, anchor = urljoin(address, html.unescape(link)).partition("#")
                target = iri_to_uri(target)
                if anchor and target in found:
                    self.assertIn(f'id="{anchor}"', found[target], link)


@pytest.mark.one_engine
class MachineTests(CopyCase):
    def test_what_machines_ask_for_is_there(self):
        self.copy()
        files = self.files()
        for name in (
            *("robots.txt", "llms.txt", "opensearch.xml", "news-sitemap.xml", "sitemap.xml"),
            *("sitemaps/2026/01.xml", "sitemaps/pages.xml", "sitemaps/topics.xml"),
            *("manifest.webmanifest", "static/img/icon-maskable-512.png", "static/img/card.png"),
        ):
            self.assertIn(name, files)
        self.assertNotIn(".well-known/security.txt", files)
        for address in re.findall("<loc>http://testserver([^<]+)", files["sitemap.xml"].decode()):
            self.assertIn(unquote(address).lstrip("/"), files)

    def test_sitemaps_of_older_decades_are_there(self):
        make_digest("1999-12-31")
        self.copy()
        self.assertIn("sitemaps/1990s.xml", self.files())
        self.assertIn("sitemaps/1999/12.xml", self.files())

    def test_cards_are_there_and_are_drawn_once(self):
        if cards.of_digest(Digest.objects.first()) is None:
            self.skipTest("no font with Hangul is installed")
        self.copy()
        files = self.files()
        named = set()
        for name, data in files.items():
            if name.endswith(".html"):
                found = re.findall(r'og:image" content="http://testserver([^"]+)"', data.decode())
                named.update(unquote(address).lstrip("/") for address in found)
        pictures = {name for name in named if name.startswith("cards/")}
        self.assertEqual(len(pictures), 3 * self.days)
        self.assertEqual(named - files.keys(), set())
        with patch("articles.pictures.cards.picture") as picture:
            self.copy()
        picture.assert_not_called()
        self.assertTrue(pictures <= self.files().keys())


@pytest.mark.one_engine
class CopyTests(CopyCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.first = Path(cls.enterClassContext(tempfile.TemporaryDirectory())) / "copy"
        with short_lists():
            cls.written = static_copy.copy_site(cls.first).written

    def have_first_copy(self):
        """A copy of the site as it is when a test begins; the same files for all of them."""
        shutil.copytree(self.first, self.folder)

    def test_pages_are_those_that_visitors_get(self):
        self.have_first_copy()
        files = self.files()
        for address, name in (
            ("/2026/01/03.md", "2026/01/03.md"),
            ("/feeds/digests.rss", "feeds/digests.rss"),
        ):
            self.assertEqual(files[name], self.client.get(address).content)
        page = files["2026/01/03/index.html"].decode()
        public = self.client.get("/2026/01/03/").content.decode()
        self.assertEqual(page.partition("<main")[2], public.partition("<main")[2])
        self.assertIn('<link rel="canonical" href="http://testserver/2026/01/03/">', page)
        self.assertEqual(
            files["404.html"].count(b"404"), self.client.get("/x/").content.count(b"404")
        )

    def test_nothing_hidden_is_in_it(self):
        draft = make_digest("2026-01-09", articles=0, published=False, title=CANARY)
        make_article(draft, headline=CANARY, tags=[CANARY, "로봇"])
        withdrawn = make_digest("2026-01-10", articles=0, published=False, introduction=CANARY)
        make_article(withdrawn, headline=CANARY, tags=[CANARY])
        publishing.withdraw(publish(withdrawn))
        self.copy()
        for name, data in self.files().items():
            self.assertNotIn(CANARY, name)
            self.assertNotIn(CANARY.encode(), data, name)
            if name != "robots.txt":
                self.assertNotIn(b"/admin/", data, name)
        self.assertFalse((self.folder / "2026/01/09").exists())

    def test_a_second_copy_writes_nothing(self):
        self.have_first_copy()
        before = {path: path.stat().st_mtime_ns for path in self.folder.rglob("*")}
        self.assertEqual(self.copy(), (0, self.written, 0))
        self.assertEqual({path: path.stat().st_mtime_ns for path in before}, before)

    def test_a_withdrawn_digest_is_gone_from_the_next_copy(self):
        self.have_first_copy()
        publishing.withdraw(Digest.objects.get(date="2026-01-03"))
        before = self.files()
        _, _, removed = self.copy()
        gone = before.keys() - self.files().keys()
        self.assertEqual(removed, len(gone))
        self.assertIn("2026/01/03.json", gone)
        own = ("2026/01/03", "cards/2026/01/03")
        self.assertTrue(all(name.startswith(own) or "/before/" in name for name in gone), gone)
        self.assertFalse((self.folder / "2026/01/03").exists())
        self.assertFalse((self.folder / "2026/01/03.md").exists())
        for name, data in self.files().items():
            self.assertNotIn("3일의 로봇".encode(), data, name)

    def test_a_copy_that_fails_half_way_leaves_the_one_before(self):
        self.have_first_copy()
        before, place = self.files(), self.folder.stat().st_ino
        publishing.withdraw(Digest.objects.get(date="2026-01-03"))
        make_digest("2026-01-05")
        for error in (KeyboardInterrupt, ExportError):
            with (
                self.subTest(error=error),
                patch("articles.backup.pages.not_found", side_effect=error),
                self.assertRaises(error),
            ):
                self.copy()
            self.assertEqual(self.files(), before)
        self.copy()
        self.assertEqual(self.folder.stat().st_ino, place)
        self.assertTrue((self.folder / "2026/01/05.md").exists())
        self.assertFalse((self.folder / "2026/01/03.md").exists())

    def test_a_first_copy_that_fails_leaves_an_empty_directory(self):
        with (
            patch("articles.backup.static_copy.finders.find", return_value=None),
            self.assertRaises(ExportError),
        ):
            self.copy()
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_other_peoples_files_are_left_alone(self):
        self.folder.mkdir()
        (self.folder / "thesis.txt").write_text("내 글")
        with self.assertRaises(ExportError):
            self.copy()
        self.assertEqual(list(self.files()), ["thesis.txt"])

    def test_files_added_to_a_copy_and_those_of_git_stay(self):
        (self.folder / ".git").mkdir(parents=True)
        (self.folder / ".git" / "config").write_text("[core]")
        self.copy()
        (self.folder / "CNAME").write_text("news.example.com")
        with (self.folder / LISTING).open("a") as listing:
            listing.write("../outside.txt\n")
        outside = self.folder.parent / "outside.txt"
        outside.write_text("nobody's")
        self.assertEqual(self.copy()[2], 0)
        self.assertTrue(outside.exists())
        self.assertTrue((self.folder / "CNAME").exists())
        self.assertTrue((self.folder / ".git" / "config").exists())

    def test_a_name_too_long_for_a_file_is_cut_and_links_follow(self):
        name = "긴주제" * 30
        make_article(make_digest("2026-01-08"), tags=[name])
        Tag.objects.filter(name=name).update(slug="긴주제" * 30)
        self.copy()
        index = (self.folder / "tags/index.html").read_text()
        [link] = [link for link in LINK.findall(index) if quote("긴주제") in link]
        self.assertTrue(list(self.folder.glob("tags/긴주제*/index.html")))
        self.assertNotIn(quote("긴주제" * 30), index)
        self.assertTrue(link.endswith("/"))

    def test_an_article_with_a_long_name_keeps_the_ending_of_its_files(self):
        headline = "긴 제목의 기사 " * 15
        digest = make_digest("2026-01-08", articles=0, published=False)
        make_article(digest, headline=headline)
        publish(digest)
        self.copy()
        names = {path.name for path in self.folder.glob("2026/01/08/*")}
        [page] = (name for name in names if name.startswith("긴-제목") and "." not in name)
        self.assertLess(len(page.encode()), 201)
        day = (self.folder / "2026/01/08/index.html").read_text()
        self.assertIn(quote(page), day)
        body = (self.folder / "2026/01/08" / page / "index.html").read_text()
        for end in (".md", ".json"):
            [twin] = (name for name in names if name.endswith(end))
            self.assertLess(len(twin.encode()), 201)
            self.assertIn(quote(twin), body)

    @override_settings(SITE_URL="https://news.example.com", ALLOWED_HOSTS=["news.example.com"])
    def test_links_of_a_site_on_https_stay_in_the_copy(self):
        self.copy()
        page = (self.folder / "2026/01/03/index.html").read_text()
        self.assertIn('rel="canonical" href="https://news.example.com/2026/01/03/"', page)
        self.assertIn('href="/2026/01/03.md"', page)

    def test_a_static_file_that_is_missing_is_named(self):
        with (
            patch("articles.backup.static_copy.finders.find", return_value=None),
            self.assertRaisesMessage(ExportError, "css/"),
        ):
            self.copy()


class AttackedTests(CopyCase):
    days = 1

    def write(self, *points):
        digest = make_digest("2026-02-01", published=False)
        make_article(digest, points=list(points))
        publish(digest)

    def test_what_a_point_says_is_no_link(self):
        self.write(
            'Load "/static/app.js" and "/static/../../etc/passwd".',
            'Write <link href="/static/b.js"> or <loc>/static/c.js</loc>, `"/static/d.js"`.',
        )
        self.copy()
        names = self.files()
        self.assertIn("2026/02/01/index.html", names)
        for name in ("static/app.js", "static/b.js", "static/c.js", "static/d.js"):
            self.assertNotIn(name, names)

    def test_nothing_outside_the_static_files_is_read(self):
        folder = self.folder.parent
        (folder / "static").mkdir()
        (folder / "secret.css").write_text(CANARY)
        with override_settings(STATIC_ROOT=folder / "static"):
            for name in ("../secret.css", str(folder / "secret.css"), "a/../../secret.css", "\0"):
                with self.subTest(name=name), self.assertRaises(ExportError):
                    _static_file(name)
