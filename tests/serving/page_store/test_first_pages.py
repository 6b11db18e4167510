"""A new process makes its first pages before anybody asks."""

import datetime as dt
import threading
from unittest.mock import patch

from django.db import DatabaseError
from django.test import SimpleTestCase, TestCase
from django.urls import URLPattern, resolve

from articles import urls
from articles.serving.page_store import versions
from articles.serving.page_store.first_pages import NOWHERE, wanted
from articles.serving.page_store.front import WARMING, Front
from tests.serving.page_store.test_front import FIRST, Site, ask
from tests.support.factories import make_article, make_digest, publish
from tests.support.waiting import wait_for_thread

# They are asked for rarely, by programs, or by one reader.
UNWANTED = {
    *("article-markdown", "article-json", "picture", "day-card", "article-card"),
    *("preview-link", "preview-link-picture", "sitemap-decade", "sitemap-pages", "sitemap-topics"),
    *("opensearch", "manifest", "security-txt", "favicon", "healthz", "readyz", "metrics"),
}


class WarmTests(SimpleTestCase):
    def setUp(self):
        self.site = Site()
        self.enterContext(patch.object(versions, "current", lambda: FIRST))
        self.front = Front(self.site, max_bytes=1_000_000)

    def test_the_first_reader_gets_a_finished_page(self):
        self.front.warm(lambda: ["/", "/archive/"])
        self.assertEqual([a["PATH_INFO"] for a in self.site.asked], ["/", "/archive/"])
        self.assertEqual(ask(self.front)[2], b"page 1")
        self.assertEqual(len(self.site.asked), 2)

    def test_a_query_is_asked_and_not_stored(self):
        self.front.warm(lambda: ["/search/?q=AI"])
        [asked] = self.site.asked
        self.assertEqual((asked["PATH_INFO"], asked["QUERY_STRING"]), ("/search/", "q=AI"))
        self.assertEqual(self.front.store.keys(FIRST), [])

    def test_a_database_that_refuses_makes_no_page_and_no_noise(self):
        with (
            patch.object(versions, "current", side_effect=DatabaseError("away")),
            self.assertLogs("articles.serving.page_store.versions", "WARNING"),
        ):
            self.front.warm(lambda: ["/"])
        self.assertEqual(self.site.asked, [])

    def test_a_fault_is_logged_and_keeps_nothing_from_starting(self):
        def broken():
            raise DatabaseError("no such table")
            yield

        with self.assertLogs("articles.serving.page_store.front", "ERROR"):
            self.front.warm(broken)
        self.assertEqual(ask(self.front)[0], 200)

    def test_what_hangs_is_waited_for_no_longer_than_said(self):
        self.site.gate = threading.Event()
        self.front.warm(lambda: ["/", "/archive/"], seconds=0)
        [warming] = [thread for thread in threading.enumerate() if thread.name == WARMING]
        self.site.gate.set()
        wait_for_thread(warming)
        self.assertEqual(len(self.site.asked), 2)


class WantedTests(TestCase):
    def test_a_site_without_a_digest_has_only_pages_of_its_own(self):
        paths = list(wanted())
        self.assertEqual(paths[0], "/")
        self.assertEqual(self.missing_of(paths), ["/about/", NOWHERE])

    def test_the_newest_day_comes_first_and_every_kind_of_page_is_there(self):
        make_digest(dt.date(2026, 1, 2))
        digest = make_digest(dt.date(2026, 1, 3), articles=0, published=False)
        make_article(digest, headline="새 가속기", tags=["반도체"])
        publish(digest)
        make_digest(dt.date(2026, 1, 4), published=False)
        paths = list(wanted())
        self.assertEqual(paths[:2], ["/", "/2026/01/03/"])
        self.assertEqual(self.missing_of(paths), ["/about/", NOWHERE])
        kinds = {path.strip("/").split("/")[0] for path in paths}
        self.assertLessEqual({"2026", "tags", "publishers", "feeds", "archive"}, kinds)

    def test_every_kind_of_public_page_is_there(self):
        digest = make_digest(dt.date(2026, 1, 2), articles=0, published=False)
        make_article(digest, headline="첫 소식", tags=["반도체"], storyline="공장")
        publish(digest)
        digest = make_digest(dt.date(2026, 1, 3), articles=0, published=False)
        make_article(digest, headline="새 가속기", tags=["반도체"], storyline="공장")
        publish(digest)
        names = {
            resolve(path.partition("?")[0].encode("latin-1").decode()).url_name
            for path in wanted()
            if path != NOWHERE
        }
        public = {
            pattern.name
            for pattern in urls.urlpatterns
            if isinstance(pattern, URLPattern) and pattern.name not in UNWANTED
        }
        self.assertEqual(public - names, set())

    def missing_of(self, paths):
        """Those of the paths where nothing is. The others are there."""
        answers = {}
        for path in paths:
            address, _, query = path.encode("latin-1").decode().partition("?")
            answers[path] = self.client.get(address, QUERY_STRING=query).status_code
        self.assertLessEqual(set(answers.values()), {200, 404})
        return [path for path, status in answers.items() if status == 404]
