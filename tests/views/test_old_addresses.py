"""Addresses of a Jekyll site lead to the digests that were imported from it."""

import datetime as dt
import tempfile
import unicodedata
from io import StringIO
from pathlib import Path
from urllib.parse import quote

from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import RequestFactory, TestCase
from django.utils import translation

from articles.digests import editing, publishing, trash
from articles.models import Digest, OldAddress
from articles.posts.importing import import_posts
from articles.posts.post_files import find_posts
from articles.serving.page_store.front import Front
from tests.support.posts import POST, post

DAY = "/2026/01/03/"


class OldSiteCase(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def import_post(self, front="categories: news", name="2026-01-03-ai-news", **options):
        text = options.pop("text", None) or POST.replace("categories: news", front)
        (self.folder / f"{name}.md").write_text(text, encoding="utf-8")
        return list(import_posts(find_posts([self.folder]), **{"publish": True} | options))

    def warnings(self, *arguments, **options):
        outcomes = self.import_post(*arguments, **options)
        return [sentence for outcome in outcomes for sentence in outcome.warnings]

    def assertLeads(self, path, to=DAY):
        response = self.client.get(path)
        self.assertEqual((response.status_code, response.get("Location")), (301, to), path)

    def assertMissing(self, path):
        response = self.client.get(path)
        unknown = self.client.get("/unknown/")
        self.assertEqual(response.status_code, 404, path)
        self.assertEqual(response.content, unknown.content)
        self.assertEqual(response.headers, unknown.headers)


class LeadingTests(OldSiteCase):
    def test_the_usual_addresses_lead_to_the_day(self):
        self.import_post()
        for start in ("/news/2026/01/03/ai-news", "/2026/01/03/ai-news"):
            for end in ("", ".html", "/", ".html/", "/index.html"):
                self.assertLeads(start + end)

    def test_a_permalink_and_former_addresses_lead_there(self):
        self.import_post(
            "permalink: /:year/:title/\nredirect_from: [/old/a, /old/b.html]\naliases: c"
        )
        for path in ("/2026/ai-news/", "/2026/ai-news", "/old/a/", "/old/b.html", "/old/b", "/c"):
            self.assertLeads(path)

    def test_korean_addresses_lead_there_however_they_are_written(self):
        self.import_post("permalink: /소식/%EC%B2%AB-Post/")
        for form in ("NFC", "NFD"):
            for path in ("/소식/첫-Post/", "/소식/첫-post.html"):
                self.assertLeads(quote(unicodedata.normalize(form, path)))
        self.assertLeads(quote("/소식/첫-post").lower())

    def test_the_query_goes_along_and_caches_ask_again(self):
        self.import_post()
        response = self.client.get("/news/2026/01/03/ai-news.html?utm_source=feed")
        self.assertEqual(response["Location"], f"{DAY}?utm_source=feed")
        self.assertIn("no-cache", response["Cache-Control"])
        self.assertEqual(self.client.head("/news/2026/01/03/ai-news.html").status_code, 301)
        self.assertNotEqual(self.client.post("/news/2026/01/03/ai-news.html").status_code, 301)

    def test_before_and_after_publication_nothing_is_told(self):
        self.import_post("permalink: /first/", publish=False)
        for path in ("/first/", "/2026/01/03/ai-news.html"):
            self.assertMissing(path)
        digest = publishing.publish(Digest.objects.get(), unchecked=True)
        self.assertLeads("/first/")
        publishing.withdraw(digest)
        for path in ("/first/", "/2026/01/03/ai-news.html"):
            self.assertMissing(path)

    def test_an_unknown_address_costs_one_query(self):
        self.import_post()
        with self.assertNumQueries(1):
            self.client.get("/wp-login.php")
        for path in ("/static/css/site.000000000000.css", "/" + "a" * 600, "/a%00b"):
            with self.assertNumQueries(0):
                self.assertEqual(self.client.get(path).status_code, 404)

    def test_no_old_address_leads_to_another_site(self):
        odd = "redirect_from: ['//evil.example', 'https://evil.example/x', '/\\evil.example']"
        self.assertEqual(len(self.warnings(odd)), 3)
        for path in ("/evil.example", "/evil.example/x", "/%5Cevil.example", "/x//evil.example"):
            self.assertMissing(path)

    def test_an_article_comes_before_an_old_address(self):
        self.import_post("permalink: /2026/01/03/온디바이스-모델-지역-병원에-도입/")
        path = quote("/2026/01/03/온디바이스-모델-지역-병원에-도입/")
        self.assertEqual(self.client.get(path).status_code, 200)

    def test_old_addresses_are_in_no_sitemap(self):
        self.import_post("permalink: /first/")
        for path in ("/sitemap.xml", "/sitemaps/2026/01.xml", "/sitemaps/pages.xml"):
            self.assertNotIn("first", self.client.get(path).text)


class ClaimTests(OldSiteCase):
    def test_the_first_post_keeps_an_address_that_two_claim(self):
        self.import_post("permalink: /same/")
        text = post("2026-01-04").replace("categories: news", "permalink: /same.html")
        with translation.override("en"):
            found = self.warnings(name="2026-01-04-b", text=text)
        self.assertEqual(
            found, ["The old address “/same.html” leads to the digest of 2026-01-03 already."]
        )
        self.assertLeads("/same/")

    def test_addresses_of_the_site_cannot_be_claimed(self):
        own = ("/feed.xml", "/admin/x", "/static/a.css", "/2026/02/01/", "/tags/ai/", "/", "/2026/")
        found = self.warnings(f"redirect_from: [{', '.join(own)}]")
        self.assertEqual(len(found), len(own))
        self.assertFalse(OldAddress.objects.filter(path__startswith="/admin").exists())

    def test_a_post_states_a_limited_number(self):
        paths = ", ".join(f"/old/{number}" for number in range(150))
        with translation.override("en"):
            found = self.warnings(f"redirect_from: [{paths}]")
        self.assertEqual(
            found, ["The post names more than 100 old addresses. The rest is not kept."]
        )
        self.assertLeads("/old/99")
        self.assertMissing("/old/100")
        self.assertLeads("/2026/01/03/ai-news.html")

    def test_the_day_itself_needs_no_old_address(self):
        self.assertEqual(self.warnings("permalink: /:year/:month/:day/"), [])
        self.assertEqual(self.client.get(DAY).status_code, 200)

    def test_the_command_says_what_is_not_kept(self):
        (self.folder / "2026-01-03-a.md").write_text(
            POST.replace("categories: news", "redirect_from: /feed.xml"), encoding="utf-8"
        )
        errors = StringIO()
        call_command("import_posts", self.folder, stdout=StringIO(), stderr=errors)
        self.assertIn("/feed.xml", errors.getvalue())

    def test_a_public_digest_keeps_the_addresses_of_earlier_imports(self):
        self.import_post("permalink: /first/")
        self.import_post("permalink: /second/", name="2026-01-03-ai-news")
        for path in ("/first/", "/second/"):
            self.assertLeads(path)

    def test_a_draft_has_those_of_its_last_import(self):
        self.import_post("permalink: /first/", publish=False)
        self.import_post("permalink: /second/", publish=False)
        publishing.publish(Digest.objects.get(), unchecked=True)
        self.assertMissing("/first/")
        self.assertLeads("/second/")

    def test_an_identical_post_brings_the_addresses_of_an_earlier_version(self):
        self.import_post("permalink: /first/")
        OldAddress.objects.all().delete()
        self.assertEqual(self.import_post("permalink: /first/")[0].status, "unchanged")
        self.assertLeads("/first/")

    def test_a_dry_run_keeps_nothing(self):
        self.import_post("permalink: /first/", dry_run=True)
        self.assertEqual(OldAddress.objects.count(), 0)

    def test_they_follow_the_digest_to_another_day(self):
        self.import_post("permalink: /first/")
        digest = Digest.objects.get()
        digest.date = dt.date(2026, 1, 5)
        digest.save()
        self.assertLeads("/first/", "/2026/01/05/")

    def test_they_come_back_from_the_trash_if_they_are_free(self):
        self.import_post("permalink: /first/\nredirect_from: /other/")
        kept = trash.delete(Digest.objects.get())
        self.assertMissing("/first/")
        text = post("2026-01-04").replace("categories: news", "permalink: /other/")
        (self.folder / "2026-01-03-ai-news.md").unlink()
        self.assertEqual(self.warnings(name="2026-01-04-b", text=text), [])
        publishing.publish(trash.restore(kept), unchecked=True)
        self.assertLeads("/first/")
        self.assertLeads("/other/", "/2026/01/04/")
        self.assertEqual(editing.lock(Digest.objects.earliest("date")).status, "published")


class StoreTests(OldSiteCase):
    """In front of Django is the store of finished pages."""

    def setUp(self):
        super().setUp()
        for signal in (request_started, request_finished):  # as Django's own test client does
            signal.disconnect(close_old_connections)
            self.addCleanup(signal.connect, close_old_connections)
        self.front = Front(get_wsgi_application(), max_bytes=10_000_000, renewed=0)

    def answer(self, path):
        told = []
        environ = RequestFactory().get(path).environ
        b"".join(self.front(environ, lambda status, headers: told.append((status, dict(headers)))))
        [(status, headers)] = told
        return int(status[:3]), headers

    def test_an_old_address_leads_on_as_long_as_the_digest_is_public(self):
        path = "/news/2026/01/03/ai-news.html"
        self.import_post(publish=False)
        for _time in range(2):
            status, headers = self.answer(path)
            self.assertEqual((status, headers["Cache-Control"]), (404, "max-age=5"))
        with self.captureOnCommitCallbacks(execute=True):
            digest = publishing.publish(Digest.objects.get(), unchecked=True)
        for _time in range(2):
            status, headers = self.answer(path)
            self.assertEqual((status, headers["Location"]), (301, DAY))
        self.assertEqual(self.answer(DAY)[0], 200)
        with self.captureOnCommitCallbacks(execute=True):
            publishing.withdraw(digest)
        self.assertEqual(self.answer(path)[0], 404)

    def test_missing_files_and_days_are_asked_for_again_soon(self):
        for path in ("/static/css/site.000000000000.css", DAY, "/unknown/"):
            status, headers = self.answer(path)
            self.assertEqual((status, headers["Cache-Control"]), (404, "max-age=5"))
