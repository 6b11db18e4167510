import datetime as dt
import json

import pytest
from django.test import TestCase, override_settings

from articles.digests import preview_links, publishing
from articles.models import Digest
from articles.posts import exporting
from tests.support.factories import make_article, make_digest, publish

# Pages are made of plain rows, for which `test_leaks.WorkTests` asks both engines at every address.
pytestmark = pytest.mark.one_engine

TWINS = ("/2026/01/03.md", "/2026/01/03.json")
FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)


class TwinTests(TestCase):
    def setUp(self):
        self.digest = make_digest(front_matter={"layout": "post", "lang": "ko"})

    def test_markdown_is_the_file_that_is_exported(self):
        response = self.client.get("/2026/01/03.md")
        self.assertEqual(response["Content-Type"], "text/markdown; charset=utf-8")
        self.assertEqual(response.content, exporting.markdown_of(self.digest))
        self.assertTrue(response.content.startswith(b"---\n"))

    def test_json_is_the_json_document(self):
        response = self.client.get("/2026/01/03.json")
        self.assertEqual(response["Content-Type"], "application/json")
        self.assertEqual(json.loads(response.content)["id"], self.digest.feed_id)

    def test_page_leads_to_both_in_its_headers_and_its_head(self):
        response = self.client.get("/2026/01/03/")
        self.assertEqual(
            response["Link"].split(", </static/", 1)[0],
            '<http://testserver/2026/01/03.md>; rel="alternate"; type="text/markdown", '
            '<http://testserver/2026/01/03.json>; rel="alternate"; type="application/json"',
        )
        for kind, address in zip(("text/markdown", "application/json"), TWINS, strict=True):
            link = f'<link rel="alternate" type="{kind}" href="http://testserver{address}">'
            self.assertContains(response, link, count=1)

    def test_twins_lead_to_the_page_and_to_each_other(self):
        page = "<http://testserver/2026/01/03/>"
        for address, other in (TWINS, TWINS[::-1]):
            with self.subTest(address):
                response = self.client.get(address)
                links = response["Link"].split(", ")
                self.assertEqual(links[0], f'{page}; rel="canonical"; type="text/html"')
                self.assertEqual(links[1], f'{page}; rel="alternate"; type="text/html"')
                self.assertTrue(links[2].startswith(f"<http://testserver{other}>; rel="))
                self.assertEqual(response["X-Robots-Tag"], "noindex")

    @override_settings(SITE_URL="https://news.example.com")
    def test_addresses_are_the_sites_own_whatever_host_was_asked(self):
        for address in ("/2026/01/03/", *TWINS):
            response = self.client.get(address, headers={"host": "localhost"})
            self.assertIn("<https://news.example.com/2026/01/03", response["Link"])
            self.assertNotIn("localhost", response["Link"] + response.content.decode())

    def test_they_are_sent_like_every_public_page(self):
        for address in TWINS:
            with self.subTest(address):
                response = self.client.get(address, headers={"accept-encoding": "gzip"})
                self.assertEqual(response["Content-Encoding"], "gzip")
                self.assertIn("public", response["Cache-Control"])
                self.assertFalse(response.cookies)
                headers = {"if-none-match": response["ETag"]}
                again = self.client.get(address, headers=headers)
                self.assertEqual((again.status_code, again.content), (304, b""))
                head = self.client.head(address)
                self.assertEqual((head.status_code, head.content), (200, b""))
                self.assertEqual(self.client.post(address).status_code, 405)

    def test_an_edit_changes_the_validator(self):
        for address in TWINS:
            before = self.client.get(address)["ETag"]
            publishing.correct(self.digest, f"고칩니다: {address}")
            self.assertNotEqual(self.client.get(address)["ETag"], before)

    def test_they_ask_the_database_as_often_for_one_article_as_for_many(self):
        for address in TWINS:
            with self.assertNumQueries(5):
                self.client.get(address)
        for number in range(5):
            url = f"https://other{number}.example/"
            sources = [(f"매체 {number}", url, None), ("한빛일보", f"{url}2", None)]
            make_article(self.digest, headline=f"기사 {number}", citations=sources, tags=["AI"])
        for address in TWINS:
            with self.assertNumQueries(5):
                self.client.get(address)


class HiddenTwinTests(TestCase):
    def setUp(self):
        make_digest("2026-01-01")
        make_digest("2026-01-02", published=False)
        scheduled = make_digest("2026-01-03", published=False)
        publishing.publish(scheduled, at=FUTURE, unchecked=True)
        publishing.withdraw(make_digest("2026-01-04"))

    def test_hidden_ones_answer_like_those_that_never_were(self):
        for end in (".md", ".json"):
            never = self.client.get(f"/2025/01/01{end}")
            self.assertEqual(never.status_code, 404)
            for day in ("02", "03", "04"):
                with self.subTest(end=end, day=day):
                    found = self.client.get(f"/2026/01/{day}{end}")
                    self.assertEqual(found.status_code, 404)
                    self.assertEqual(found.headers, never.headers)
                    self.assertEqual(found.content, never.content)

    def test_impossible_days_are_not_found(self):
        for address in ("/2026/02/30.md", "/2026/13/01.json", "/2026/01/3.md", "/2026/01.md"):
            self.assertEqual(self.client.get(address).status_code, 404)

    def test_a_preview_link_tells_of_no_twin(self):
        _link, token = preview_links.make(Digest.objects.get(date=dt.date(2026, 1, 2)))
        response = self.client.get(f"/preview/{token}/")
        self.assertContains(response, "2026년 1월 2일")
        self.assertNotIn("Link", response)
        self.assertNotContains(response, 'rel="alternate"')
        self.assertNotContains(response, "/2026/01/02.")

    def test_a_scheduled_one_has_twins_from_its_hour_on(self):
        draft = Digest.objects.get(date=dt.date(2026, 1, 2))
        self.assertEqual(self.client.get("/2026/01/02.md").status_code, 404)
        publish(draft)
        self.assertEqual(self.client.get("/2026/01/02.md").status_code, 200)
