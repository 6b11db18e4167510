"""What posts of other sites have in their texts, on pages, in feeds and in the search."""

import datetime as dt
import json

import pytest
from django.conf import settings
from django.test import TestCase

from articles.digests import publishing
from tests.support.factories import make_article, make_digest

TEXT = """[어제](/2026/01/02/) [아래](#각주) [위](../x.html) [밖](https://other.example/)

![](/img/a.png) ![](https://img.example/chart.png) ![그래프](/img/b.png)

물<sub>2</sub><br>줄 <details><summary>자세히</summary></details><!-- 편집자 메모 -->

각주[^1]

[^1]: 각주글

- [ ] 할 일
"""


# Pages are made of plain rows, for which `test_leaks.WorkTests` asks both engines at every address.
@pytest.mark.one_engine
class TextTests(TestCase):
    def setUp(self):
        digest = make_digest(
            "2026-01-03", articles=0, published=False, introduction="[머리](/2026/01/01/)"
        )
        other = [{"after": "points", "text": TEXT}]
        make_article(
            digest, headline="소식", points=["[요점](../02/)"], outlook="[전망](?a)", other=other
        )
        at = dt.datetime(2026, 1, 3, tzinfo=dt.UTC)
        self.digest = publishing.publish(digest, at=at, unchecked=True)
        publishing.correct(self.digest, "[고침](/2026/01/03/#소식)")

    def assertLinks(self, html, start):
        for address, text in (
            ("/2026/01/01/", "머리"),
            ("/2026/01/02/", "요점"),
            ("/2026/01/03/?a", "전망"),
            ("/2026/01/03/#%EC%86%8C%EC%8B%9D", "고침"),
            *self.of_article,
        ):
            self.assertIn(f'<a href="{start}{address}" rel="noopener">{text}</a>', html)

    of_article = (
        ("/2026/01/02/", "어제"),
        ("/2026/01/03/#%EA%B0%81%EC%A3%BC", "아래"),
        ("/2026/01/x.html", "위"),
        ("/img/a.png", "a.png"),
        ("/img/b.png", "그래프"),
    )

    def test_links_within_the_site_work_on_pages(self):
        page = self.client.get("/2026/01/03/").text
        self.assertLinks(page, "")
        self.assertIn('<a href="https://img.example/chart.png" rel="noopener">chart.png</a>', page)
        page = self.client.get("/2026/01/03/소식/").text
        for address, text in self.of_article:
            self.assertIn(f'<a href="{address}" rel="noopener">{text}</a>', page)
        page = self.client.get("/corrections/").text
        self.assertIn('<a href="/2026/01/03/#%EC%86%8C%EC%8B%9D" rel="noopener">고침</a>', page)

    def test_feeds_have_absolute_links(self):
        feed = json.loads(self.client.get("/feeds/digests.json").content)
        self.assertLinks(feed["items"][0]["content_html"], settings.SITE_URL)
        for name in ("articles", "corrections"):
            feed = json.loads(self.client.get(f"/feeds/{name}.json").content)
            for item in feed["items"]:
                self.assertIn(f'<a href="{settings.SITE_URL}/2026', item["content_html"])
                self.assertNotIn('href="/', item["content_html"])

    def test_nothing_vanishes_and_comments_do(self):
        for path in ("/2026/01/03/", "/feeds/digests.rss"):
            body = self.client.get(path).text
            for text in ("물", "자세히", "각주[^1]", "[^1]: 각주글", "[ ] 할 일"):
                self.assertIn(text, body)
            self.assertNotIn("메모", body)
            self.assertNotIn("<details><summary>자세히", body)

    def test_the_document_has_every_byte(self):
        twin = self.client.get("/2026/01/03.md").text
        self.assertIn("물<sub>2</sub><br>줄 <details><summary>자세히</summary></details>", twin)
        self.assertIn("![](/img/a.png) ![](https://img.example/chart.png)", twin)

    def test_the_search_finds_the_text_and_no_tags(self):
        self.assertContains(self.client.get("/search/?q=물2"), "소식")
        self.assertNotContains(self.client.get("/search/?q=물2"), "&lt;sub")
        self.assertContains(self.client.get("/search/?q=chart.png"), "소식")
