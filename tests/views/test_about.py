"""The page that says who publishes the site, and what other pages take from it."""

import datetime as dt
import json
import re

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles import preflight
from articles.changes import site_version
from articles.digests import revisions
from articles.models import AuditEntry, Imprint
from articles.pages import imprints
from tests.support.factories import make_digest, make_user
from tests.support.html_rules import errors

KEPT = {
    "publisher": "김발행",
    "editor": "이편집",
    "legal_name": "주식회사 새벽",
    "registration_number": "서울, 아01234",
    "registered_on": dt.date(2026, 1, 2),
    "address": "서울특별시 중구 세종대로 1",
    "phone": "(02) 1234-5678",
    "email": "desk@news.example",
    "youth_protection_officer": "박보호",
    "copyright": "© 2026 새벽 & 친구들",
    "principles": "**출처**를 밝힙니다.\n\n- 하나\n- 둘",
    "ai_use": "AI가 쓴 초안은 사람이 읽습니다. <script>alert(1)</script>",
}
ABOUT, LINK = "http://testserver/about/", 'href="/about/"'
FEEDS = ("rss", "atom", "json")
VERBS = ("view", "add", "change", "delete")
DESK = "admin:articles_imprint_"


def keep(**changes):
    row = Imprint.objects.create(pk=Imprint.ONLY, **KEPT | changes)
    imprints.know(row)
    return row


def structured(response):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', response.text)
    return {data["@type"]: data for data in map(json.loads, found)}


class PageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_digest("2026-01-03")

    def test_there_is_no_page_and_no_trace_while_nothing_is_kept(self):
        self.assertEqual(self.client.get("/about/").status_code, 404)
        for path in ("/", "/subscribe/", "/nowhere/"):
            self.assertNotIn(LINK, self.client.get(path).text, path)
        for path in ("/llms.txt", "/sitemaps/pages.xml", "/feeds/digests.atom"):
            self.assertNotIn("/about/", self.client.get(path).text, path)
        self.assertNotIn("masthead", json.dumps(structured(self.client.get("/"))))

    def test_the_page_has_everything_that_is_kept(self):
        keep()
        response = self.client.get("/about/")
        self.assertEqual(errors(response.text), [])
        for text in (
            "김발행",
            "이편집",
            "주식회사 새벽",
            "서울, 아01234",
            "박보호",
            "2026년 1월 2일",
        ):
            self.assertContains(response, text)
        self.assertContains(response, "<strong>출처</strong>")
        self.assertContains(response, 'href="tel:021234-5678"')
        self.assertContains(response, 'href="mailto:desk@news.example"')
        self.assertNotContains(response, "<script>alert")

    def test_the_page_of_a_publisher_alone_has_no_empty_part(self):
        keep(**dict.fromkeys(KEPT, "") | {"publisher": "김발행", "registered_on": None})
        response = self.client.get("/about/")
        self.assertEqual(errors(response.text), [])
        self.assertNotContains(response, "<dd></dd>")
        self.assertNotContains(response, "<h2")
        organization = structured(response)["AboutPage"]["mainEntity"]
        self.assertNotIn("contactPoint", organization)
        self.assertNotIn("publishingPrinciples", organization)
        self.assertNotIn("<managingEditor>", self.client.get("/feeds/digests.rss").text)

    def test_every_page_links_to_it(self):
        keep()
        for path in ("/", "/2026/01/03/", "/subscribe/", "/about/", "/nowhere/"):
            self.assertIn(LINK, self.client.get(path).text, path)
        for path in ("/llms.txt", "/sitemaps/pages.xml"):
            self.assertIn(ABOUT, self.client.get(path).text, path)

    def test_programs_learn_who_publishes(self):
        keep()
        site, about = (structured(self.client.get(path)) for path in ("/", "/about/"))
        organization = site["WebSite"]["publisher"]
        self.assertEqual(about["AboutPage"]["mainEntity"], organization)
        self.assertEqual(organization["masthead"], ABOUT)
        self.assertEqual(organization["publishingPrinciples"], f"{ABOUT}#principles")
        self.assertEqual(organization["legalName"], KEPT["legal_name"])
        self.assertEqual(organization["contactPoint"]["email"], KEPT["email"])
        self.assertEqual(
            structured(self.client.get("/2026/01/03/"))["CollectionPage"]["publisher"], organization
        )

    def test_it_costs_other_pages_no_query(self):
        paths = ("/", "/2026/01/03/", "/archive/", "/robots.txt", "/feeds/digests.rss")
        before = [self.queries(path) for path in paths]
        keep()
        self.assertEqual([self.queries(path) for path in paths], before)

    def queries(self, path):
        with CaptureQueriesContext(connection) as captured:
            self.client.get(path)
        return len(captured)


class FeedTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_digest("2026-01-03")

    def feeds(self):
        return {kind: self.client.get(f"/feeds/digests.{kind}") for kind in FEEDS}

    def test_feeds_say_who_publishes(self):
        before = self.feeds()
        keep()
        after = self.feeds()
        rss, atom, json_feed = (after[kind].text for kind in FEEDS)
        self.assertIn("<managingEditor>desk@news.example (이편집)</managingEditor>", rss)
        self.assertIn("<copyright>© 2026 새벽 &amp; 친구들</copyright>", rss)
        self.assertIn("<rights>© 2026 새벽 &amp; 친구들</rights>", atom)
        author = f"<name>Newsroom</name><uri>{ABOUT}</uri><email>desk@news.example</email>"
        self.assertIn(f"<author>{author}</author>", atom)
        self.assertEqual(json.loads(json_feed)["authors"], [{"name": "Newsroom", "url": ABOUT}])
        for kind in FEEDS:
            self.assertNotEqual(before[kind]["ETag"], after[kind]["ETag"])

    def test_feeds_are_the_same_again_once_nothing_is_kept(self):
        before = {kind: feed.content for kind, feed in self.feeds().items()}
        keep().delete()
        imprints.know(None)
        self.assertEqual({kind: feed.content for kind, feed in self.feeds().items()}, before)


class PreflightTests(TestCase):
    def codes(self, draft, **of):
        found = preflight.check(revisions.snapshot(draft), **of)
        return [finding.code for finding in found].count("imprint-missing")

    def test_a_hint_once_for_each_digest_while_there_is_none(self):
        digest = make_digest("2026-01-03", published=False)
        self.assertEqual(self.codes(digest, digest=digest), 1)
        with self.settings(PREFLIGHT_OFF=["imprint-missing"]):
            self.assertEqual(self.codes(digest, digest=digest), 0)
        # A program or a file cannot mend it.
        self.assertEqual(self.codes(digest), 0)
        keep()
        self.assertEqual(self.codes(digest, digest=digest), 0)


class DeskTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        names = [f"{verb}_imprint" for verb in VERBS]
        cls.editor = make_user("editor", permissions=names)

    def setUp(self):
        self.client.force_login(self.editor)

    def post(self, address, **changes):
        """The number of steps that the site version takes."""
        before = site_version.current().number
        with self.captureOnCommitCallbacks(execute=True):
            response = self.client.post(address, KEPT | changes)
        self.assertEqual(response.status_code, 302)
        return site_version.current().number - before

    def test_it_is_written_changed_and_taken_back(self):
        add = reverse(f"{DESK}add")
        self.assertRedirects(self.client.get(reverse(f"{DESK}changelist")), add)
        self.assertNotContains(self.client.get(add), "_addanother")
        self.assertEqual(self.post(add), 1)
        row = Imprint.objects.get()
        self.assertEqual((row.pk, row.principles), (1, KEPT["principles"]))
        self.assertIn(LINK, self.client.get("/about/").text)
        change = reverse(f"{DESK}change", args=[1])
        self.assertRedirects(self.client.get(reverse(f"{DESK}changelist")), change)
        self.assertEqual(self.client.get(add).status_code, 403)
        self.assertEqual(self.post(change), 0)
        self.assertEqual(self.post(change, legal_name="새 회사"), 1)
        self.assertIn("새 회사", self.client.get("/").text)
        self.assertEqual(self.post(reverse(f"{DESK}delete", args=[1]), post="yes"), 1)
        self.assertNotIn(LINK, self.client.get("/").text)
        self.assertEqual(self.client.get("/about/").status_code, 404)
        actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
        self.assertEqual(list(actions), ["added", "changed", "changed", "deleted"])

    def test_an_address_that_is_none_is_a_sentence(self):
        response = self.client.post(reverse(f"{DESK}add"), KEPT | {"email": "아무 데나"})
        self.assertEqual(response.status_code, 200)
        self.assertIn("email", response.context["adminform"].form.errors)
        self.assertFalse(Imprint.objects.exists())

    def test_another_process_learns_of_it_by_the_signal(self):
        Imprint.objects.create(pk=Imprint.ONLY, **KEPT)
        self.client.logout()
        self.assertNotIn(LINK, self.client.get("/").text)
        site_version.signal.change()
        self.assertIn(LINK, self.client.get("/nowhere/").text)
        self.assertIn(LINK, self.client.get("/").text)
