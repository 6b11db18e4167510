"""What pages tell machines in their heads: canonical addresses, Open Graph, JSON-LD."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import quote, unquote

import pytest
from django.test import SimpleTestCase, TestCase, override_settings

from articles.digests import publishing
from articles.models import Digest
from articles.rules import rendering
from tests.support import schema_org
from tests.support.factories import make_article, make_digest, publish

ATTACK = "</script><script>alert(1)</script><!--&\u2028\u2029\"'"
SITE = "http://testserver"
# Properties of Open Graph that every page has, and those that only pages of articles have.
EVERYWHERE = {
    *("og:site_name", "og:type", "og:title", "og:description", "og:url", "og:locale"),
    *("og:image", "og:image:alt", "og:image:type", "og:image:width", "og:image:height"),
}
OF_ARTICLES = {"article:published_time", "article:modified_time"}


class Head(HTMLParser):
    """Metadata by name, links by relation, and the JSON-LD documents of a page, by type."""

    def __init__(self, body):
        super().__init__()
        self.meta, self.links, self.documents, self.scripts = {}, {}, {}, []
        self.is_data, self.title = False, ""
        self.feed(body)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "meta" and (name := attrs.get("property") or attrs.get("name")):
            self.meta.setdefault(name, []).append(attrs["content"])
        elif tag == "link":
            self.links.setdefault(attrs["rel"], []).append(attrs["href"])
        elif tag == "script":
            self.is_data = attrs.get("type") == "application/ld+json"
            if not self.is_data:
                self.scripts.append(attrs.get("src"))

    def handle_data(self, data):
        if self.is_data:
            document = json.loads(data)
            self.documents.setdefault(document["@type"], []).append(document)
            self.is_data = False


@pytest.mark.one_engine
class HeadCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.digest = make_digest("2026-01-03", articles=0, published=False, title="새해 첫 소식")
        cls.article = make_article(cls.digest, headline="새 가속기 공개", tags=["반도체", "AI"])
        make_article(cls.digest, headline="阿里巴巴发布新一代大模型", tags=["AI"])
        publish(cls.digest)

    def head(self, path):
        response = self.client.get(path)
        self.assertEqual(response.status_code, 200, path)
        return Head(response.content.decode())

    @property
    def paths(self):
        """Of one page of every kind."""
        tag, publisher = self.article.tags.first(), self.article.citations.get().publisher
        return (
            *("/2026/01/03/", self.article.get_absolute_url(), tag.get_absolute_url()),
            *(f"/publishers/{quote(publisher.slug)}/", "/archive/", "/2026/", "/2026/01/"),
            *("/tags/", "/publishers/", "/topics/", "/corrections/", "/subscribe/", "/search/"),
        )


class OpenGraphTests(HeadCase):
    def test_every_page_says_what_it_is(self):
        for path in self.paths:
            with self.subTest(path):
                meta = self.head(path).meta
                self.assertEqual(EVERYWHERE - meta.keys(), set())
                twice = {n for n, v in meta.items() if n in EVERYWHERE | OF_ARTICLES and len(v) > 1}
                self.assertEqual(twice, set())
                self.assertEqual([n for n, v in meta.items() if not all(v)], [])
                self.assertEqual(meta["twitter:card"], ["summary_large_image"])
                self.assertEqual(meta["og:description"], meta["description"])
                self.assertEqual(meta["og:locale"], ["ko_KR"])

    def test_canonical_address_is_the_pages_own(self):
        for path in self.paths:
            with self.subTest(path):
                head = self.head(path)
                self.assertEqual(head.links["canonical"], [SITE + path])
                self.assertEqual(head.meta["og:url"], [SITE + path])

    @override_settings(SITE_URL="https://news.example.com")
    def test_addresses_are_the_sites_own_whatever_host_was_asked(self):
        body = self.client.get("/2026/01/03/", headers={"host": "localhost"}).content.decode()
        head = Head(body)
        for address in (*head.links["canonical"], *head.meta["og:url"], *head.meta["og:image"]):
            self.assertTrue(address.startswith("https://news.example.com/"), address)
        self.assertNotIn("localhost", body)
        self.assertNotIn("testserver", body)

    def test_only_digests_and_articles_are_articles(self):
        for path in self.paths:
            with self.subTest(path):
                meta = self.head(path).meta
                is_article = path.startswith("/2026/01/03/")
                self.assertEqual(meta["og:type"], ["article" if is_article else "website"])
                self.assertEqual(OF_ARTICLES & meta.keys(), OF_ARTICLES if is_article else set())

    def test_times_and_topics_of_an_article(self):
        meta = self.head(self.article.get_absolute_url()).meta
        self.assertEqual(meta["article:published_time"], ["2026-01-03T07:00:00+09:00"])
        self.assertEqual(meta["article:modified_time"], meta["article:published_time"])
        self.assertEqual(meta["article:tag"], ["반도체", "AI"])
        self.assertEqual(meta["article:section"], ["반도체"])
        self.assertEqual(self.head("/2026/01/03/").meta["article:tag"], ["반도체", "AI"])

    def test_a_correction_moves_the_time_of_its_article_alone(self):
        publishing.correct(self.digest, "바로잡습니다.", article=self.article)
        digest = Digest.objects.get()
        for article in digest.articles.all():
            meta = self.head(article.get_absolute_url()).meta
            has_moved = meta["article:modified_time"] != meta["article:published_time"]
            self.assertEqual(has_moved, article == self.article)
        publishing.correct(digest, "이것도 바로잡습니다.")
        meta = self.head(article.get_absolute_url()).meta
        self.assertNotEqual(meta["article:modified_time"], meta["article:published_time"])

    def test_without_a_digest_the_home_page_is_its_own(self):
        Digest.objects.all().delete()
        head = self.head("/")
        self.assertEqual(head.links["canonical"], [f"{SITE}/"])
        self.assertEqual(EVERYWHERE - head.meta.keys(), set())

    def test_picture_is_there(self):
        for path in self.paths:
            with self.subTest(path):
                [address] = self.head(path).meta["og:image"]
                if not path.startswith("/2026/01/03/"):
                    self.assertEqual(address, f"{SITE}/static/img/card.png")
                elif not address.startswith(f"{SITE}/static/"):
                    response = self.client.get(address.removeprefix(SITE))
                    self.assertEqual(response["Content-Type"], "image/png")


class RobotsTests(HeadCase):
    def test_results_of_searches_are_not_for_indexes(self):
        head = self.head(f"/search/?q={quote('가속기')}")
        self.assertEqual(head.meta["robots"], ["noindex, follow"])
        self.assertNotIn("canonical", head.links)
        for path in self.paths:
            self.assertNotIn("robots", self.head(path).meta, path)


class JsonLdTests(HeadCase):
    def test_every_document_is_by_the_book(self):
        publishing.correct(self.digest, "**둘**을 셋으로.", article=self.article)
        for path in ("/", *self.paths):
            documents = [d for found in self.head(path).documents.values() for d in found]
            self.assertTrue(documents, path)
            for document in documents:
                with self.subTest(path, type=document["@type"]):
                    self.assertEqual(list(schema_org.faults(document)), [])

    def test_article_says_what_its_page_shows(self):
        publishing.correct(self.digest, "**둘**을 셋으로.", article=self.article)
        path = self.article.get_absolute_url()
        [data] = self.head(path).documents["NewsArticle"]
        self.assertEqual(data["headline"], "새 가속기 공개")
        self.assertEqual(data["mainEntityOfPage"]["@id"], SITE + path)
        self.assertEqual(data["keywords"], ["반도체", "AI"])
        self.assertEqual([whole["@id"] for whole in data["isPartOf"]], [f"{SITE}/2026/01/03/"])
        citation = {
            "@type": "CreativeWork",
            "url": "https://hanbit.example/2026/01/03/1",
            "datePublished": "2026-01-03",
            "publisher": {"@type": "Organization", "name": "한빛일보"},
        }
        self.assertEqual(data["citation"], [citation])
        [correction] = data["correction"]
        self.assertEqual(correction["text"], "둘을 셋으로.")
        self.assertEqual(correction["datePublished"], data["dateModified"])

    def test_digest_lists_its_articles_in_their_order(self):
        [data] = self.head("/2026/01/03/").documents["CollectionPage"]
        listed = data["mainEntity"]["itemListElement"]
        articles = list(Digest.objects.get().articles.all())
        self.assertEqual([item["position"] for item in listed], [1, 2])
        self.assertEqual(
            [unquote(item["url"]) for item in listed],
            [SITE + unquote(article.get_absolute_url()) for article in articles],
        )
        for item in listed:
            self.assertEqual(self.client.get(item["url"].removeprefix(SITE)).status_code, 200)

    def test_breadcrumbs_lead_from_home_to_the_page(self):
        for path in self.paths:
            with self.subTest(path):
                [data] = self.head(path).documents["BreadcrumbList"]
                items = data["itemListElement"]
                self.assertEqual([i["position"] for i in items], list(range(1, len(items) + 1)))
                addresses = [item["item"].removeprefix(SITE) for item in items]
                self.assertEqual((addresses[0], addresses[-1]), ("/", path))
                for address in addresses:
                    self.assertEqual(self.client.get(address).status_code, 200, address)
        trail = self.head(self.article.get_absolute_url()).documents["BreadcrumbList"][0]
        self.assertEqual(
            [item["name"] for item in trail["itemListElement"]],
            [
                *("Newsroom", "모아 보기", "2026년", "2026년 1월", "2026년 1월 3일"),
                "새 가속기 공개",
            ],
        )

    def test_home_names_the_site_and_how_to_search_it(self):
        [site] = self.head("/").documents["WebSite"]
        template = site["potentialAction"]["target"]["urlTemplate"]
        found = template.replace("{search_term_string}", quote("가속기")).removeprefix(SITE)
        self.assertContains(self.client.get(found), 'value="가속기"')
        for path in self.paths:
            self.assertNotIn("WebSite", self.head(path).documents, path)


# A text is escaped in Python.
@pytest.mark.one_engine
class EscapingTests(TestCase):
    def test_no_text_ends_its_block(self):
        digest = make_digest(
            "2026-01-03", articles=0, published=False, title=ATTACK, introduction=ATTACK
        )
        article = make_article(digest, headline=f"머리 {ATTACK}", tags=["AI"], points=[ATTACK])
        digest = publish(digest)
        publishing.correct(digest, ATTACK, article=article)
        for path in ("/", "/2026/01/03/", article.get_absolute_url(), "/2026/01/"):
            with self.subTest(path):
                head = Head(self.client.get(path).content.decode())
                self.assertEqual([src for src in head.scripts if not src], [])
                for document in (d for found in head.documents.values() for d in found):
                    self.assertEqual(list(schema_org.faults(document)), [])
        [data] = Head(self.client.get(article.get_absolute_url()).content.decode()).documents[
            "NewsArticle"
        ]
        # What looks like a comment is one, and goes.
        self.assertEqual(data["headline"], "머리 </script><script>alert(1)</script>")


class JsonDataTests(SimpleTestCase):
    def test_reads_as_the_same_and_holds_no_sign_of_markup(self):
        value = {ATTACK: [ATTACK, 1, None, True, "한국어"]}
        written = rendering.json_data(value)
        self.assertEqual(json.loads(written), value)
        self.assertFalse(re.search("[<>&\u2028\u2029]", written))
        self.assertIn("한국어", written)
